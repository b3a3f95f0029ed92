//! The log, its tree, its proofs and its signed heads; and the formats of a bundle, exactly enough to write another
//! verifier. `tests/verify.py` is one, and the page that checks a bundle in a browser another. The example is made by
//! `tests/it/audit_example.rs`.
//!
#![doc = include_str!("EXAMPLE.md")]
//!
//! # Texts
//!
//! All texts are UTF-8, lines end in one line feed. `‖` joins bytes. Hex is lower case. Base64 is RFC 4648, section 4,
//! padded, with unused bits zero. *Canonical* is RFC 8785, with whole numbers of at most 2^53 - 1 only and at most 16
//! levels of nesting. Every value has one spelling, and a verifier refuses every other. A day is `2023-12-13`, a moment
//! `2023-12-13T01:00:00Z`, UTC to the second; both are of the years 1900 to 9998, in log and rule set alike. The day on which a
//! moment was is that of Vietnam, seven hours ahead. White space is that of Unicode (White_Space). No other
//! table of Unicode decides whether a bundle holds, but for NFC and lower case of the letters that are named below.
//!
//! # Entry
//!
//! One line of `log.jsonl` without its line feed, at most 2^20 bytes, canonical, with exactly these keys:
//!
//! ```text
//! {"actor":{"account":I,"name":N,"role":R},"at":T,"data":{…},"kind":K,"seq":n,"v":1}
//! ```
//!
//! * `seq` counts from 0 without gaps.
//! * `at` is a moment, never earlier than in the line before, but in an entry `clock.confirmed`, whose `last` is the time of
//!   the line before.
//! * `account` is a lower-case UUID, or `null` for the program itself.
//! * `role` is `operator`, `admin`, `clerk`, `leader`, `delegate`, `official`, `head_teller`, `teller`, `observer`,
//!   `auditor` or `program`.
//! * `kind` and the keys of `data`: [`event::poll`], which has a type for each; [`PollEvent`]'s table is the same as data. All
//!   keys are required but those of which the type says when they are absent, and there are no others. Figures are 0 to
//!   2^32 - 1, hashes 64 hex digits, a vote is `rating` or `confidence`.
//!
//! # Course
//!
//! `poll.created` first; then once each, in this order: `list.decided`, `forms.sealed`, `zero.reported`,
//! `voting.opened`, `counting.closed`, `result.declared`, `minutes.signed`, `result.published`; `minutes.signed` again after
//! `minutes.reopened`. `poll.amended` and `rules.frozen` before the forms are sealed, the latter with a choice (`bad_line`)
//! once and after a board was appointed; `board.appointed` between list and forms (only a rehearsal may have none),
//! `poll.moved` between forms and opening, `dossiers.released` before voting opens, `council_log.noted` and `clock.confirmed` anywhere,
//! `paper.issued` until the result is published and after that for a corrigendum. A sealed form has one line for each official of its block, in the order of the list; blocks and forms
//! correspond one to one. `zero.reported` has the sealed forms in their order, `deck.counted` one or more of them, each once.
//!
//! Between forms and zero report: `deck.counted`, any number of times, and `deck.waived`. A form passes where `counted` =
//! `expected`, of at least one paper, and where it has `papers`, each was `read` as `expected`; their keys add up to the two
//! figures (a number of a reason stands for one reason, as many papers of each). The zero report comes after the last deck of
//! every form passed, or after a waiver since which no deck failed. It is the table of `counting.closed` with 0 in every
//! place.
//!
//! Where the board that was appointed last has `shares` (2; at least two of its members have accounts), the close takes two
//! shares: `share.taken` between forms and opening, whose actor is a member by account and holds it from there on (a later one
//! takes the place of an earlier one); at the opening two members hold one; `counting.closed` has in `shares` two different
//! holders, with the names under which they took them. Otherwise there is none of these.
//!
//! Opening: `quorum` and `planned` are what the rule set and the plan ask for; where fewer are present, or the day is another
//! one, `reason` is not blank. From there to the close the hall has three figures: there at the opening, there at any time
//! (`attended`), there now. `presence.changed` changes them by what it says, `presence.corrected` puts others in their place;
//! `attended` is never more than the delegates and never less than the ballots issued of a form.
//!
//! Between opening and closing: `ballots.issued` of every sealed form, again until the last form's; then `issued.corrected`,
//! which takes the form's returned ballots away, and once `unused.sealed` before the first of them. `ballots.returned` of
//! every form with the number that was announced, again until the last form's, in which `issued` + `exchanged` + `unused`
//! is at most `printed`, `returned` + `not_returned` is `issued`, and `issued` is at most `attended`. A log whose
//! `voting.opened` has no `quorum` is of an older program: it has `ballots.returned` once of a form and no entry before it.
//! After that of the last form: `ballots.corrected`, whose figures take the place of those before and obey the same, and
//! `batch.committed`, whose number is at least 1 and not that of a standing batch of the form. `batch.reopened` takes a standing batch away by its number
//! and commitment. At the close the papers of a form's standing batches are its ballots returned.
//!
//! A board may name accounts (`account` of a member, none of them twice). Then `accounts` of a batch and of a recount are
//! two different members of the board that was appointed last; in a rehearsal they may be absent. Where the board names
//! none, two readers are two accounts where the entry has them, and two names otherwise. In a name U+200B to U+200D and U+FEFF do
//! not count, and a run of white space is one space, none at the ends. If it then has only letters U+0000 to U+036F, U+1E00 to
//! U+1EFF and U+2010 to U+2027, its NFC in lower case is compared, else the name as it is: no version of Unicode tells them
//! otherwise.
//!
//! Where the board names accounts, `deck.counted`, `zero.reported`, `ballots.issued`, `unused.sealed`, `ballots.returned`
//! and `minutes.proposed` have the account of its head or secretary as actor; in a rehearsal the actor may have none.
//!
//! Between close and result: `recount.ordered`, of a line of the form, and `line.recounted`, whose `counted` is the figure
//! that stands (of the close, or of an earlier recount), whose `recounted` is at most the valid ballots, by two readers, with
//! a reason where the two differ. Where the board names accounts and it is no rehearsal, `proposed_by` is there if the two
//! differ, the actor is then somebody else and none of the readers; without it the actor is one of the readers, and the
//! line was due or ordered. `stands` says which figure is the line's from there on, also in results.json. Which lines are
//! due follows from the rule set: a decisive count within the margin that it names of the smallest count that reaches a
//! threshold. Every line that is due, and every line since it was ordered last, was recounted before the result. A rehearsal
//! has no paper to count again and owes none.
//!
//! After the result: `minutes.proposed`, which names a paper that was issued before it;
//! `minutes.signed`, of the minutes proposed last, by members of the board, whom account and name tell apart, head and
//! secretary among them, everybody else in `missing` with a reason; `minutes.reopened` before the result is confirmed or
//! published; `result.confirmed` between it and `result.published` where the rule set has a resolution; then
//! `corrigendum.issued` and once `poll.archived`; `ballots.handed_over` until then. `poll.cancelled` before the result ends
//! the log: such a log makes no bundle.
//!
//! Every event with `proposed_by` takes two people: that account is not the entry's actor's, and a `reason`, where the event
//! has one that is not optional, is not blank. So do minutes: who signs for them is not who proposed them. In a rehearsal
//! both may be the program.
//!
//! # Tree
//!
//! RFC 9162 with SHA-256. Leaf: `SHA-256(0x00 ‖ entry)`. Node: `SHA-256(0x01 ‖ left ‖ right)`. Root of nothing:
//! `SHA-256()`. Proofs as in sections 2.1.3 and 2.1.4, hashes in the order given there.
//!
//! # Key, note, checkpoint
//!
//! The key's name is the log's origin: 1 to 255 bytes, no white space, no control characters, no `+`. Key id: the first
//! 4 bytes of `SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key)`. Key text: `name+hex(id)+base64(0x01 ‖ public key)`;
//! fingerprint: SHA-256 of that text. A signed note (C2SP signed-note) is a text that ends in a line feed and has no
//! empty line and no other control character (Unicode Cc), then an empty line, then exactly one line
//! `— name base64(id ‖ signature)`, where the signature is Ed25519 (RFC 8032) over the text. A checkpoint (C2SP
//! tlog-checkpoint) is a note with the text: origin, size in decimal, base64 of the root, a line each. On paper a root
//! is 16 groups of 4 hex digits.
//!
//! C2SP tlog-proof (`c2sp.org/tlog-proof@v1`, `index`, the hashes of an inclusion proof in base64, an empty line, the
//! checkpoint) says what `proofs/inclusion.json` says of each paper, one file an entry; whoever needs that form can write it from
//! the bundle without a key. C2SP tlog-policy (which logs, which witnesses, how many of them) is what `--witness` says on the
//! command line: every witness that is named has to have cosigned. A file of that form is not read.
//!
//! # Anchor
//!
//! What an installation keeps beside its key: [`anchor`]. It is in no bundle.
//!
//! # Cosignature
//!
//! What another installation says of a head: [`witness`]. A bundle has the lines beside the checkpoint that they are of; they
//! mean something to whoever holds the witness's key from elsewhere.
//!
//! # Commitment
//!
//! Commitments add up (Pedersen, CRYPTO '91), on ristretto255 (RFC 9496: encoding 4.3.1 and 4.3.2, derivation from 64 bytes
//! 4.3.4, scalars 4.4). `ℓ` is the order of the group, `B` its base point; `frame(x)` is the length of `x` in bytes as 4 bytes,
//! big-endian, `‖ x`.
//!
//! * Generator of the values of a form: `V = derive(SHA-512("tinnhiem count value v2\n" ‖ frame(origin) ‖ frame(form)))`, of the
//!   origin of the poll's log and the id of the form. Nobody knows its logarithm to `B`; it is another one in every poll and
//!   form, so a commitment of another poll or form does not open. All batches of a form have one V, since only commitments with
//!   the same V add up; what binds a commitment to its batch is the blinding.
//! * Cells: `N/LEVEL` of line N (from 1) and each level of the poll's kind (`high`, `medium`, `low`; or `confidence`,
//!   `no_confidence`), and `invalid/REASON` for every reason of the rule set for which a ballot is invalid, and
//!   `reason_not_given`.
//! * Blinding of a cell: `r = SHA-512("tinnhiem count blinding v2\n" ‖ nonce ‖ frame(origin) ‖ frame(form) ‖ batch ‖
//!   frame(cell))`, a little-endian number mod ℓ; the nonce has 32 random bytes, the batch's number is 4 bytes, big-endian.
//! * Commitment of a cell of value v: `C = v·V + r·B`. In `commitments` of `batch.committed` its 32 bytes stand in hex.
//! * A line has `not_counted` besides: its value is what the levels lack to the papers (so wholly invalid papers are in it),
//!   its blinding minus the sum of the line's blindings, mod ℓ. So the commitments of a line add up to `papers·V`, which
//!   anybody checks from the entry alone.
//! * `commitment` is `SHA-256("tinnhiem batch commitments v2\n" ‖ canonical text of commitments)`, a short name.
//!
//! Commitments and blindings are for exactly the reasons of the rule set: every id of its `spoils_ballot`, and
//! `reason_not_given`. They have as many lines as the form, with exactly the levels of
//! the poll's kind. Every point is a canonical encoding, also in a batch that was counted anew.
//!
//! In `counting.closed` each form has `blindings`: for each cell the sum of the blindings of the standing batches, mod ℓ, 32
//! bytes little-endian in hex, below ℓ. They are there exactly where every standing batch has `commitments`; of a form
//! without batches they are zeros, or absent in an older log. In each cell the sum of the commitments of the standing batches
//! is `total·V + blinding·B`; a reason that the totals do not name has the total 0, and they name none besides.
//!
//! An entry without `commitments` is of an older program. Its `commitment` is
//! `SHA-256("tinnhiem batch counts v1\n" ‖ nonce ‖ counts)` of 32 random bytes and the canonical text of
//! `{"invalid":{reason:n,…},"lines":[{"high":n,"low":n,"medium":n},…],"papers":n}`; in a Confidence poll a line is
//! `{"confidence":n,"no_confidence":n}`. Papers are all papers of the batch; the invalid add up to at most that, and the
//! levels of a line to at most the valid ones. What a line lacks to the papers is not counted.
//!
//! # Bundle
//!
//! | file | content |
//! |---|---|
//! | `MANIFEST` | signed note: `tinnhiem bundle v1`, then `hex(SHA-256)  size  path` for every other file, two spaces between, sorted by the bytes of the path; the letters of a path are U+0020 to U+007E without `\` and `:`, U+00A1 to U+024F without U+00AD, and U+1E00 to U+1EFF, its parts between `/` are not empty and neither begin nor end with a space nor end with a full stop |
//! | `README.txt` | for people |
//! | `key.pub` | key text and a line feed |
//! | `log.jsonl` | entries |
//! | `checkpoints/1-forms-sealed.txt` | covers `forms.sealed` and not `voting.opened` |
//! | `checkpoints/2-voting-opened.txt` | covers `voting.opened` and not `counting.closed` |
//! | `checkpoints/3-counting-closed.txt` | covers `counting.closed` and not `minutes.signed` |
//! | `checkpoints/4-minutes.txt` | covers `minutes.signed`; absent before |
//! | `checkpoints/5-published.txt` | covers the whole log; absent before `result.published` |
//! | `checkpoints/head.txt` | covers the whole log; there exactly while `result.published` is not: a bundle may be written from `result.declared` on |
//! | `proofs/consistency.json` | canonical, line feed: `{"proofs":[{"from":m,"hashes":[hex,…],"to":n},…],"v":1}`, one from each checkpoint to the next |
//! | `proofs/inclusion.json` | canonical, line feed: `{"proofs":[{"entry":text,"hashes":[hex,…],"seq":i,"size":n},…],"v":1}`, one for each `paper.issued` in its order, in the last checkpoint |
//! | `openings.json` | in a *sealed* bundle, absent in a *public* one; canonical, line feed: `{"openings":[{"batch":n,"counts":{…},"form":id,"nonce":hex},…],"v":1}`, one for each batch that stands, in any order |
//! | `ruleset.toml` | hash in `poll.created` |
//! | `results.json` | hash in `result.declared` |
//! | `papers/NAME` | hash in the last `paper.issued` of that name; every `name` of `paper.issued` is a path of one part |
//! | `cosignatures/NAME` | signature lines of witnesses, sorted by their bytes, each once, of `checkpoints/NAME`, which is there; absent where nobody cosigned |
//!
//! There is no other file, and none is a link; nothing in a folder has a name that is no UTF-8. There are at most 10,000 files,
//! `MANIFEST` among them, and at most 2^26 bytes in each but the log and the papers. A verifier uses bytes that it held to
//! the manifest, or to a signed root: what it reads twice it holds to them twice.
//!
//! `counting.closed` has the forms in the order of `forms.sealed`; papers of its totals are the ballots returned, the invalid add
//! up to at most these, and the levels of a line to at most the valid ones. An opening is checked by computing all commitments of
//! its batch anew. The openings of a form add up, figure by figure and reason by reason, to its totals. A form with a batch of an
//! older program needs the openings.
//!
//! # One file
//!
//! A bundle may be handed on as a .zip (APPNOTE 6.3.10) in which every program that unpacks it finds the same files. It has,
//! from its first byte to its last and with nothing between: a header and the content of each entry, one after the other; the
//! directory, with a record of each in the same order; the end record, whose counts, size and offset are right, whose disks are
//! 0, and which has no comment. The 20 bytes before it do not begin with `PK\6\7`; nothing is of zip64 or encrypted, and no size
//! stands behind a content. In header and record the 24 bytes from the version to the length of the name are the same, and so is
//! the name. The version is at most 20. Of the flags only bits 1, 2 and 11 may be set, the last where the name has letters beyond
//! ASCII. A content is stored (0), or one deflate stream (8) that ends at its last byte; sizes and CRC are right. Extra fields are
//! whole and of the ids 0x000A, 0x5455, 0x7875 (times, owners). A record has no comment and disk 0; of its external attributes the
//! upper 4 bits are 0 or 8 (a regular file) and the bits 0x0458 are 0. Names are paths as in MANIFEST, no two alike in lower case.
//! A name that ends in `/` is a folder: stored, empty, with CRC 0 and a file below it; there 4 may stand for 8, and 0x10 be set. A
//! verifier may refuse over 4 GiB of content.
//!
//! # Rule set
//!
//! `ruleset.toml` is TOML 1.0, without a byte order mark. Its keys are the fields of [`RuleSet`](super::rules::RuleSet) and no others; days are texts
//! `2023-07-01`, a share is a text `2/3` of at most one, its parts below 2^32 and of 1 to 10 digits, which may have a `+` before
//! and white space around them. A parameter is a table `value`, `cite`, `attested`
//! (`verified`, `single`, `unverified`) and, where there is one, `note`. The id is upper-case letters, digits and `-`, and that of
//! `poll.created`. Not blank: `short`, `title`, the base's phrase, each `cite`, `share_words` and `consequence` of a band, `reason`,
//! the ids of lists, `who`, `what`, `by`. `levels` is `high`, `medium`, `low`; shares have at most 6 decimals; bands ascend
//! (`over_half_low`, `two_thirds_low`), `confidence.loss` is `lost`. `titles` are words with one space between,
//! of the letters `a` to `z`, `0` to `9`, U+014B, U+0180 and U+0250 to U+02AF: lower case without accents. The ids of
//! `spoils_ballot`, `spoils_line` and `follow_up` are of `a` to `z`, `0` to `9` and `_`. An id stands once in its list, in
//! `follow_up` once for each band, in `deadline` once for each body; an `attestation` once for each parameter. `until` is not before
//! `from`. Where `bad_line` costs the ballot, a reason of `spoils_ballot` has `literal_reading_only`, which none has together with
//! `single_name_only`; `is_chosen` only where `board_chooses`. `exemption` has `months` exactly for `under_months`. On the side
//! `party` no consequence of `two_thirds_low` has the words `từ chức`.
//!
//! The smallest count that reaches a threshold `a/b` of a base n: `⌊a·n/b⌋ + 1` with edge `above`, `⌈a·n/b⌉` with `from`. `quorum` in
//! `voting.opened` is that of the rule set's quorum and all delegates.
//!
//! # Result
//!
//! `results.json` follows from the log and the rule set, and is compared letter by letter: two spaces of indent, a line feed at the
//! end, keys in this order: `ruleset`, `kind`, `rehearsal`, `simulated`, `base` and `ballots` (those of all forms where they agree, else
//! `null`; void forms have no say in `base`), `forms` (`form`, `block`, `base`, `ballots`, and `void` only where it is true),
//! `officials` (`name`, `post`, `block`, `counts`, `percent`, `band`, `margin`), in the order of forms and lines. `base` is `name` and
//! `value`; `ballots` is `issued`, `returned`, `valid`, `invalid`; levels stand in the order of the ballot, after them `not_counted`.
//!
//! Counts are those of `counting.closed` with the figures that stand after recounts. The base is the ballots returned or all
//! delegates, as the rule set's `base` says; it is not 0, and no more ballots came back than there are delegates, where that number is
//! not 0. A form of which none was issued, or none came back where that is the base, is void: base 0, `band` `void`, `not_counted` 0,
//! `percent` and `margin` empty. `not_counted` is returned less the levels. A share is 100·count/base, rounded half up to the rule
//! set's decimals, with a comma; zeros at the end go where the rule set says so. The band is the highest whose smallest count
//! the decisive level (`low`, `no_confidence`) reaches, else `none` or `kept`; `margin` has `half` (`over_half_low`, `lost`) and
//! `two_thirds`: the decisive count less that smallest count.
//!
//! A line is due to be counted again where that distance, taken without its sign, is at most the margin's ballots or its share of
//! the base (one ballot and 2/100 where the rule set tells none), by the figures that stand at the end; a form of which nothing came
//! back owes nothing.
//!
//! # What this does and does not show
//!
//! The key signs whatever its holder wants; the root on signed paper is what the holder cannot take back. A verifier that
//! was not given that root shows only that the bundle agrees with itself. Deliberately absent: marks, single ballots,
//! serial numbers, hashes of ballots.
//!
//! A batch that was counted anew is opened once: laid beside its first counts, its second would show what changed on single
//! papers. That the first commitment hid honest counts is therefore not shown.
//!
//! The sums of commitments show that the published totals are the content of what was bound batch by batch, before anybody
//! knew the result, and no batch is opened for it. They do not show that papers were read rightly. Nor do they show that no
//! batch was bound with a figure below zero for which another makes up: that needs the openings, or range proofs, which are
//! not there; two readers of each pile and the program's own check stand for it.
//!
//! Two batches of one form with as many papers are alike to whoever has no openings: in a public bundle their commitments can
//! change places without being seen, while the sums stay. Which commitment is that of which pile is shown by the openings alone.
//!
//! The openings of a sealed bundle show the counts of each batch, and those of a few papers nearly are the papers. A batch
//! therefore has 10 papers or more, or all of its form; the program writes no sealed bundle with a smaller one. That is no
//! error in the figures, so a verifier of such a bundle accepts it and says so; it says so too where fewer than 10 valid
//! papers, and not all of the form, remain in a batch.
//!
//! In the database openings are sealed with a key that is derived from the installation's secret, which no database and no
//! backup has. Whoever holds both reads them.

pub mod anchor;
pub mod batches;
pub mod canonical;
pub mod checkpoint;
pub mod commitment;
pub mod council_course;
pub mod course;
pub mod day;
pub mod digest;
pub mod entry;
pub mod event;
pub mod hkdf;
pub mod log;
pub mod merkle;
pub mod note;
pub mod paper;
pub mod path;
pub mod pedersen;
pub mod replay;
pub mod row_tag;
pub mod settle;
pub mod tag;
pub mod time;
pub mod witness;

pub use anchor::{Anchor, AnchorFault, Anchors, Tagged};
pub use checkpoint::Checkpoint;
pub use commitment::{Nonce, SealedCounts};
pub use council_course::{CouncilCourse, LoggedAccount, LoggedProposal};
pub use course::{Course, MOMENTS, Moment, Record};
pub use digest::Digest;
pub use entry::LogEntry;
pub use event::{Actor, CouncilEvent, LogEvent, PollEvent};
pub use log::Log;
pub use note::{KeyName, Signer, VerifierKey};
pub use pedersen::{BatchCommitments, Binding};
pub use replay::Replay;
pub use time::UtcTime;
