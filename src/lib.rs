//! `tinnhiem` carries a confidence vote of a Vietnamese council from the first fact in an official's dossier to the
//! signed result: dossiers, ballots, count, papers, and a trail that a stranger can check.
//!
//! This page is the map: the layers, one job from end to end, where each promise is kept, and what is left out on
//! purpose.
//!
//! # Layers
//!
//! Every layer is a crate under `src`, and its `Cargo.toml` names the layers below it; `tests/it/architecture.rs` says which
//! it may name, and which outside crates.
//!
//! ```text
//! main -> cli -> web -> app -> { store, pdf, import } -> domain
//! ```
//!
//! * [`domain`]: pure values and decisions. No input or output, no clock, no randomness (all three are arguments), no
//!   floats. One file per idea.
//! * [`import`]: workbooks and CSV to domain values with findings, and back. Decides nothing about the vote.
//! * [`pdf`]: document model to bytes; the same model gives the same bytes on any machine. Knows no law.
//! * [`store`]: SQL, one text for SQLite and PostgreSQL. Decides nothing; every row belongs to a council, and a statement
//!   that does not name its council does not compile.
//! * [`app`]: use cases, one folder per subject without circles between them; the only layer that touches files, the clock
//!   and chance ([`app::service::clock`]) and threads.
//! * [`web`]: pages, drawn from what use cases answer. Never sees a transaction.
//! * [`cli`]: one file per subcommand; data to stdout, messages to stderr.
//!
//! # One job from end to end
//!
//! `tinnhiem rehearse BOOK --out DIR` arrives at [`app::rehearse::from_file`] and goes the way of the day itself. It founds
//! an installation with a council and a poll on a database of its own, and takes each step as the service's own use case
//! ([`app::polls`]): one transaction for the rows, the entries of the [log](domain::audit) and the head signed with them.
//!
//! 1. **Read.** [`import::read_xlsx`] finds sheets, headers and cells however they are spelt, and gives a
//!    [`Book`](domain::book::Book) or *all* [`Finding`](domain::finding::Finding)s at once. An error ends the job with
//!    nothing written.
//! 2. **Plan.** The [`RuleSet`](domain::rules::RuleSet) that the book names decides who is on the list
//!    ([`eligibility`](domain::eligibility)), which days count ([`deadline`](domain::deadline)), and whether sitting,
//!    board and ballots fit it ([`readiness`](domain::readiness)). From here on nothing is asked any more.
//! 3. **List and dossiers.** [`dossier`](domain::dossier) compiles the facts of every person and every field;
//!    [`document`](domain::document) says what stands on the papers, [`pdf::document`] draws them, on all cores. Their
//!    hashes are the next entry of the log.
//! 4. **Ballots.** [`ballot::forms`](domain::ballot::forms) makes one form per block; [`pdf::ballots`] prints a sheet once
//!    and all copies point at it. The form's hash seals it: first checkpoint. The test deck is waived, because it is a
//!    rehearsal, and the zero report is made; voting opens: second checkpoint.
//! 5. **Count.** Simulated delegates ([`simulate`](domain::simulate)) fill a box; every pile goes through
//!    [`Batch`](domain::batch::Batch), read twice by two tellers. Only
//!    [`BatchCounts`](domain::count::BatchCounts) come out, and the log gets a
//!    [commitment](domain::audit::pedersen) to them. Counting closes: third checkpoint. With a sheet `Kết quả` the counts
//!    of a real count take the place of this step.
//! 6. **Decide.** [`result::decide`](domain::result::decide) puts the sums through the rule set:
//!    [`tally_line`](domain::tally::tally_line) for every official, identities checked, nothing rounded but text.
//! 7. **Papers.** The minutes carry the third head on paper; they are proposed and signed: fourth checkpoint. The resolution
//!    carries the fourth; the last checkpoint covers all.
//! 8. **Bundle.** [`app::trail::bundle`] writes log, checkpoints, rule set, results and papers as the database holds
//!    them, and the folder appears whole ([`app::service::files::OutFolder`]). `tinnhiem verify` ([`app::trail::verify`]) reads it back and
//!    recomputes `results.json` from the totals, which the sums of the commitments show, and the rule set alone.
//!
//! `tinnhiem demo` does the same for a sample council, keeps the database among the papers, gives every role a password
//! ([`app::demo`]) and serves it ([`web::serve`]).
//!
//! # One request from end to end
//!
//! A clerk sends a form; the browser knows nothing but HTML.
//!
//! 1. **In.** [`web`] refuses what another site sent, finds the session behind the cookie
//!    ([`App::caller`](app::App::caller)), and looks the route up in the one table that says who may call it
//!    ([`web::routes()`]). A form carries a token of its session and an id of its own.
//! 2. **Use case.** A method of [`App`](app::App) asks whether the [`Caller`](app::Caller) may, then hands one piece of
//!    work to the [`Store`](store::Store). In one transaction it claims the form's id (the same form sent again does
//!    nothing), loads, lets the domain decide, writes, and appends the log entries that the decision brought.
//! 3. **Commit.** One task writes; all that arrives while it commits shares its next commit. Nobody hears "done" before
//!    that commit is on the disk.
//! 4. **Out.** The handler answers with a redirect, or with a page struct; one layer draws it with what every page has.
//!
//! # One preparation from end to end
//!
//! An office works for months before a vote; all of it is [records](domain::record): officials, delegates, facts, the parts
//! of a [preparation](domain::preparation), questions, summaries. A record's row holds its canonical text, every version
//! of it stays in one table, and one entry of the council's log tells of each change by hash ([`app::trail::verify_db`] recomputes
//! one from the other).
//!
//! 1. **Begin.** A clerk begins a poll: its log, its row and its plan are one transaction ([`app::preparing`]). From then
//!    on [`domain::task`] says what is done and what is missing, with the article behind it.
//! 2. **Fill.** Roster and facts are typed in or come from a workbook ([`app::people::roster`], [`app::facts::entry`]); an import is
//!    compared first and written whole or not at all. A fact stands in dossiers once a second person checked it against
//!    its source.
//! 3. **Decide.** What cannot be taken back is a [proposal](domain::proposal): one person proposes a canonical text,
//!    another sees exactly that text and confirms it, and the step is taken in the same transaction, if the text is still
//!    what would be done.
//! 4. **Release.** Dossiers are compiled from a `Book` out of the database, printed, and kept as they are: document, canonical
//!    text, PDF, and the versions of their facts. A later release is compared by those.
//! 5. **Read.** Delegates read what was released, mark it, note and ask. Notes are sealed with a key that the server
//!    never keeps ([`app::reading::notes`]).
//! 6. **Seal.** The list as it was decided, not the roster, makes the ballot forms; the hash of the very PDF seals each.
//!
//! # Counting day from end to end
//!
//! A poll with sealed forms goes the way of [`domain::poll_state`], whose diagram is drawn from the code. Every step is a
//! use case: what one person does is in [`app::polls`], what takes two is a proposal of [`app::counting::day`], and both verifiers
//! hold the poll's log to it.
//!
//! 1. **Test and open.** The deck of [`domain::test_deck`] is keyed like ballots, form by form; what stands on every paper
//!    and what was read are an entry. The zero report and the opening follow, with the number of delegates in the hall, which
//!    [`domain::opening`] holds against quorum and plan. What goes out is announced, then what comes back.
//! 2. **Count.** The head teller opens a pile: the database has which one, of how many papers and for whom; what is read of it
//!    is on the [table](app::counting::room::table), which is memory and nothing else. Two tellers send their
//!    [readings](domain::batch::Reading) paper by paper, the page's keys being those of [`domain::keying`]. Where everybody
//!    agrees, counts go under seal and a commitment into the log, in one transaction that also takes the pile away and
//!    claims the id of everything that ended a reading.
//! 3. **Close.** Every returned paper is in a batch: the domain makes a [`MayOpen`](domain::poll_state::MayOpen), the sealed
//!    counts are added up, and the head is signed. Lines that [`domain::recount`] names are counted again.
//! 4. **Tell.** [`app::counting::outcome`] reads result, minutes, notices and what follows out of the log and the rules, the same
//!    bytes whenever it is asked; what a leader exposes, everybody may read.
//!
//! Long work (an import, all dossiers) runs beside the request and says how far it has come ([`app::service::jobs`]).
//!
//! # Where the promises are kept
//!
//! | promise | kept by |
//! |---|---|
//! | A result follows from its counts by exact integers | [`domain::threshold`], [`domain::tally`]; every count of every base up to 600 against a naive second tally and Python, and published results, in the tests |
//! | issued ≥ returned = valid + invalid; on each line the levels and `not_counted` = returned | [`domain::poll::BallotTotals`], [`domain::count::BatchCounts::check`] |
//! | The law is data with its article and its mark; what is not verified shows on the screen and on the office's own sheet, never on a paper that others get | [`domain::rules`], [`domain::document::rules_sheet`] |
//! | Forms of a poll that is no rehearsal are sealed under rules that two people of the office attested or accepted | [`app::attesting`]; `tests/it/attesting.rs` |
//! | On every day one instrument holds for a body and a vote, or a sentence says why none; every parameter has a case that a jurist can read | [`domain::rules::holding`], [`domain::rule_case`]; `tests/fixtures/rule-cases.csv` |
//! | A poll goes by the very rules that it froze | [`store::polls::ruleset_text`]: their text against the hash that the poll's log froze last |
//! | No state that a poll can reach breaks a promise of two people, of early levels or of the log | `tests/it/poll_model.rs` walks through all of a small vote |
//! | No fact without a source | [`domain::fact::Fact`], whose source is no option; [`import`] refuses the row |
//! | Two tellers, the second blind to the first; a difference names paper and line, never a mark | [`domain::batch`], by its types |
//! | A line, a level, a key or a paper that is taken for another shows before voting opens | [`domain::test_deck`]: no two lines have the same marks over the papers; a test tries every fault on every form of 1 to 120 lines |
//! | What the keys do is the same on the page and in the program | [`domain::keying`]; tests hold the page's module against it key by key |
//! | The page of a teller that sends again changes nothing, and is never told what the other teller read | [`app::counting::room`], whose ids of what was sent are claimed in the transaction that commits |
//! | A vote is opened with a quorum and on its day, or two people say why not | [`domain::opening`], checked again by both verifiers |
//! | No more ballots go out than delegates were ever there; what went out is announced before anything comes back | [`domain::presence`], [`domain::ballot_account`], [`domain::poll_state`] |
//! | Head and secretary sign the minutes, every other member or a reason is there; two people undo it | [`domain::signing`] |
//! | Nobody sees a level total before the count is closed, and the hall none before the result is declared | [`app::counting::room::screen`]: what it loads is sealed until [`domain::poll_state::MayOpen`], and is shown from [`domain::poll_state::Stage::has_result`] on |
//! | Where a council chose so, nobody opens a batch before the close without the shares of two of its board, whoever has the machine and its key | [`domain::shares`], [`domain::share_lock`], `app::polls::openings`; `tests/it/shares.rs` |
//! | Every paper of a form went somewhere: printed = issued + exchanged + unused | [`domain::ballot_account`] |
//! | A line close to a threshold is counted again from paper before the result stands, by two under their own accounts; another figure takes a third person | [`domain::recount`], [`domain::poll_state`], [`app::counting::room`] |
//! | Only members of the appointed board count, whatever roles an administrator gives; nobody on the ballot does | [`domain::counters`], `app::polls::members`, `app::preparing::seats` |
//! | Whoever was let in by an administrator since a poll began is nobody's second person in it until another vouches | [`domain::reset`], [`app::people::resets`] |
//! | No change of a record is lost, none is silent | `app::service::records`; `tinnhiem verify --db` |
//! | A dossier that was released never changes | triggers in both databases; its hash stands on every page and in the poll's log |
//! | Nobody but its author reads a private note | [`app::reading::notes`], which also says what is not guaranteed |
//! | A page that is loaded again, another machine or another teller goes on at the next paper; after a restart the piles lie there again | [`app::counting::room`], [`store::open_batches`]; `tests/it/room.rs` |
//! | No ballot outlives its batch | [`domain::batch`], which also says what is not guaranteed |
//! | All copies of a form are the same bytes | [`pdf::ballots`] |
//! | The same input gives the same output, byte for byte | seed and days are arguments; no map without an order; [`app::service::clock`] |
//! | What the log says can't be changed after its head went onto paper | [`domain::audit`], checked by [`app::trail::bundle::verify`], by `tests/verify.py` and by the page `/kiem-tra-goi` in the reader's browser, which share no code; `tests/it/strangers.rs` finds them of one mind on changed bundles and on the fifty lies of [`app::trail::scenarios`] |
//! | A council sees its own rows only | [`store::CouncilTx`], whose statements begin with the council; row-level security on PostgreSQL |
//! | What cannot be taken back is proposed by one person and confirmed by another, who sees exactly what would be done | [`domain::proposal`]; [`app::confirm`] compares the text that was seen with what would be done, in the transaction that does it; [`app::counting::day::Evidence`] is what a page shows of it, and without it there is no button |
//! | Ballots are made from the list that was decided; a roster that changes later changes none | [`domain::decided`] |
//! | What is done is logged, what is logged is done | one transaction for both; `tinnhiem verify --db` compares accounts, slips, proposals, records and releases with the logs; what it does not compare stands in `tests/reviewed/uncovered.txt` |
//! | A log is only ever added to | triggers in both databases; roots on paper; anchors beside the key ([`domain::audit::anchor`], [`app::service::anchors`]): a database that is behind, absent or rewritten is refused, one that was served before and has no anchors too, and two people who go on with it are logged; `tests/it/anchors.rs` |
//! | Who writes to the database alone becomes nobody else: no copied password, no session given away, no role added, no slip of one's own | tags of the installation's key on accounts, sessions and slips, which also say what they do not see ([`domain::audit::row_tag`], [`store::row_tags`]); `tests/it/store_row_tags.rs` |
//! | A backup has its name only when it was read back, decrypted, counted and found the same; the installation's key is in none; one is put back whole into an empty database, or nothing is | [`app::backup`]; `tests/it/backup.rs`, `tests/it/backup_running.rs` |
//! | A database of an older step is kept before it is upgraded | [`store::keep_older`], [`app::installation::data_folder`]; `tests/it/backup_running.rs` |
//! | What one installation signed, another can hold it to | [`domain::audit::witness`], [`app::trail::witnessing`]; `tests/it/witness.rs` |
//! | Two groups of a signed paper tell whether it is of what was published | [`domain::audit::paper`]; `tests/it/on_paper.rs` |
//! | A workbook takes nothing away; it is written as it was looked at, all of it or nothing | [`domain::import_diff`], [`app::facts::workbooks`] |
//! | A form that is sent twice is done once | [`app::service::app`] |
//! | A password cannot be guessed at: each guess is counted before it is looked at, delays double, and what others type keeps out no browser that the account knows | [`app::people::sign_in`], [`domain::sign_in_delay`] |
//! | No figure of a count is on a page, a paper or a file before the count is closed | [`app::counting::outcome`], which asks the state each time |
//! | Minutes tell of the day what the log tells, and nothing that was typed for them | [`domain::day_record`] |
//! | A paper that was issued comes out again to the byte | [`app::counting::outcome`]: nothing on papers is of now |
//! | Whoever publishes knows before what the counts tell of single ballots | [`domain::disclosure`] |
//! | What nobody may see looks from outside as what there is not | [`app::counting::outcome`], its public pages |
//! | What was typed survives the end of a session and a database that is away | `web::carry` |
//! | A copy of the database of a count in progress tells no figure of it | [`app::polls`]: openings are sealed with a key that is not in the database; `tests/it/under_seal.rs` |
//! | The published totals are what was bound batch by batch, and no batch is opened to show it | [`domain::audit::pedersen`]; `tests/it/sums.rs` |
//! | Secrets are kept as hashes, or sealed with a key that is not in the database | [`app::service::passwords`], [`app::people::sign_in`], [`app::service::keys`] |
//! | An output folder appears whole or not at all | [`app::service::files::OutFolder`] |
//! | Every message says what, where, and what to do | [`domain::finding`], [`app::AppError`] |
//!
//! # Left out on purpose
//!
//! * **Ballots.** No type of a single ballot can be serialized or printed by `{:?}`. With thirty lines of three levels
//!   almost every ballot is unique: stored without a name it would still be its voter's signature.
//! * **Numbers on ballots.** Nothing differs between two copies of a form, so nothing can tell whose one is.
//! * **Scores and ranks.** A dossier puts facts beside their sources; the delegate judges.
//! * **Shares that add up to 100.** A line that was spoiled stays in the base, as in the published results.
//! * **"Now".** Papers carry the day of the vote, a rehearsal's log the times of a made-up clock.
//! * **Silent corrections.** What is read otherwise than it was typed is told with sheet, cell, before and after; what is
//!   wrong is for a person to put right.

pub mod cli;
