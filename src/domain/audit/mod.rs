//! The log, its tree, its proofs and its signed heads; and the formats of a bundle, exactly enough to write another
//! verifier. `tests/verify.py` is one.
//!
//! All texts are UTF-8, lines end in one line feed. `‖` joins bytes. Hex is lower case. Base64 is RFC 4648, section 4,
//! padded, with unused bits zero. *Canonical* is RFC 8785, with whole numbers of at most 2^53 - 1 only and at most 16
//! levels of nesting. Every value has one spelling, and a verifier refuses every other.
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
//! * `at` is UTC to the second, `2023-12-13T01:00:00Z`, and never earlier than in the line before, but in an
//!   entry `clock.confirmed`, whose `last` is the time of the line before.
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
//! `batch.committed`, whose number is not that of a standing batch of the form. `batch.reopened` takes a standing batch away by its number
//! and commitment. At the close the papers of a form's standing batches are its ballots returned.
//!
//! A board may name accounts (`account` of a member, none of them twice). Then `accounts` of a batch and of a recount are
//! two different members of the board that was appointed last; in a rehearsal they may be absent. Where the board names
//! none, two readers are two accounts where the entry has them, and two names otherwise (after NFC; case, runs of white
//! space and zero-width letters do not count).
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
//! # Commitment
//!
//! `SHA-256("tinnhiem batch counts v1\n" ‖ nonce ‖ counts)`: 32 random bytes, then the canonical text of
//! `{"invalid":{reason:n,…},"lines":[{"high":n,"low":n,"medium":n},…],"papers":n}`; in a Confidence poll a line is
//! `{"confidence":n,"no_confidence":n}`. Papers are all papers of the batch; the invalid add up to at most that, and the
//! levels of a line to at most the valid ones. What a line lacks to the papers is not counted.
//!
//! # Bundle
//!
//! | file | content |
//! |---|---|
//! | `MANIFEST` | signed note: `tinnhiem bundle v1`, then `hex(SHA-256)  size  path` for every other file, two spaces between, sorted by the bytes of the path; no part of a path is empty, `.` or `..`, or has `\` or a control character |
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
//! | `openings.json` | canonical, line feed: `{"openings":[{"batch":n,"counts":{…},"form":id,"nonce":hex},…],"v":1}`, one for each batch that stands, in any order |
//! | `ruleset.toml` | hash in `poll.created` |
//! | `results.json` | hash in `result.declared` |
//! | `papers/NAME` | hash in the last `paper.issued` of that name |
//!
//! There is no other file, and none is a link. A verifier may refuse over 10,000 files, and over 64 MiB in a file other
//! than the log and the papers. The openings of a form add up, figure by figure and reason by reason, to its totals in
//! `counting.closed`, which has the forms in the order of `forms.sealed`; its papers are the ballots returned.
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
//! The openings do show the counts of each batch, and those of a few papers nearly are the papers. A batch therefore has
//! 10 papers or more, or all of its form; the program writes no bundle with a smaller one. That is no error in the
//! figures, so a verifier of such a bundle accepts it and says so; it says so too where fewer than 10 valid papers, and
//! not all of the form, remain in a batch.

pub mod canonical;
pub mod checkpoint;
pub mod commitment;
pub mod council_course;
pub mod course;
pub mod digest;
pub mod entry;
pub mod event;
pub mod log;
pub mod merkle;
pub mod note;
pub mod replay;
pub mod settle;
pub mod time;

pub use checkpoint::Checkpoint;
pub use commitment::{Nonce, SealedCounts};
pub use council_course::CouncilCourse;
pub use course::{Course, MOMENTS, Moment, Record};
pub use digest::Digest;
pub use entry::LogEntry;
pub use event::{Actor, CouncilEvent, LogEvent, PollEvent};
pub use log::Log;
pub use note::{KeyName, Signer, VerifierKey};
pub use replay::Replay;
pub use time::UtcTime;
