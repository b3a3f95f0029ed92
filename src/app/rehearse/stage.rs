//! Where a rehearsal takes place: an installation of its own, with a council, its board of tellers and a poll, on a
//! database that goes away with it, unless the demo keeps it. Every step is the service's own use case. Time and ids
//! come from the plan, so that the same input gives the same log.
//!
//! The seed is no secret: minutes of a simulated count print it, and its default is in the source. Anybody who knows it
//! can open every commitment and sign as the rehearsal does, so its commitments hide nothing and its signatures name
//! nobody; the bundle's README.txt says so. The installation's own secret is not drawn from it: see [`Keys`].

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder};
use std::future::Future;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::Date;
use tokio::runtime::{Builder, Runtime};
use zeroize::Zeroizing;

use super::counting::CountedForm;
use super::papers::{NamedPdf, PrintedForm};
use super::people::{self, BoardActors};
use super::prepare::Plan;
use crate::installation::data_folder;
use crate::people::councils::{FirstAccount, Founding};
use crate::polls::{Act, CountedBatch, NewPoll, Rehearser, Requester, Taken, entries};
use crate::service::anchors::AnchorFile;
use crate::service::app::App;
use crate::service::clock::{Chance, Clock, RehearsalClock};
use crate::service::demo_folder;
use crate::service::error::AppError;
use crate::service::files::OutFolder;
use crate::service::keys::Keys;
use crate::service::passwords::{Cost, Password};
use crate::trail::BundleKind;
use crate::trail::bundle::SEEDED;
use domain::audit::event::poll::{FileHash, ListedOfficial, PaperIssued, PollCreated, SealedForm};
use domain::audit::{Actor, Checkpoint, Digest, KeyName, Moment};
use domain::ballot_account::{BallotAccount, IssuedPapers};
use domain::batch::ReadTwice;
use domain::day_record::DayRecord;
use domain::document::CheckpointBox;
use domain::id::{CouncilId, PollId};
use domain::role::Role;
use domain::roster::Teller;
use domain::simulate::SeededStream;
use domain::text::slug;
use store::{Store, Target, polls};

/// Why there is no test deck, as the log has it.
const NO_DECK: &str = "Diễn tập: không nhập tập phiếu thử.";
/// Why it goes on with fewer delegates than a quorum, as the log has it.
const NO_QUORUM: &str = "Diễn tập: số phiếu do người chạy diễn tập chọn.";

/// A folder of our own that goes away.
struct TempFolder(PathBuf);

impl TempFolder {
    fn new() -> Result<Self, AppError> {
        let name = URL_SAFE_NO_PAD.encode(Chance::System.for_id()?);
        let path = std::env::temp_dir().join(format!("tinnhiem-{name}"));
        DirBuilder::new().mode(0o700).create(&path).map_err(|e| AppError::file(&path, e))?;
        Ok(Self(path))
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        // What can't be removed now, the system clears with its other temporary files.
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Where the database of a rehearsal is, and the secret of its installation.
pub(super) struct Home {
    data: PathBuf,
    secret: Keys,
    passing: Option<TempFolder>,
}

impl Home {
    /// One that goes away, and its secret with it.
    pub(super) fn passing() -> Result<Self, AppError> {
        let folder = TempFolder::new()?;
        let secret = Keys::new(Zeroizing::new(Chance::System.block()?));
        Ok(Self { data: folder.0.clone(), secret, passing: Some(folder) })
    }

    /// One that stays among the papers for a service to open.
    pub(super) fn kept(papers: &OutFolder) -> Result<Self, AppError> {
        let data = papers.path().join(demo_folder::DATA);
        let secret = data_folder::key_alone(&data)?;
        demo_folder::mark(&data)?;
        Ok(Self { data, secret, passing: None })
    }
}

/// The rehearsal so far.
pub(super) struct RehearsalStage {
    app: App,
    council: CouncilId,
    poll: PollId,
    /// Stands for the office and the chair, whom the workbook does not name.
    program: Actor,
    board: BoardActors,
    head: Option<(Moment, Checkpoint)>,
    /// After `app`, so that the database is closed when its folder goes.
    runtime: Runtime,
    _home: Home,
}

impl Drop for RehearsalStage {
    fn drop(&mut self) {
        if let Err(cause) = self.runtime.block_on(self.app.anchor()) {
            tracing::warn!(%cause, "the anchors of a rehearsal are not written");
        }
        self.runtime.block_on(self.app.store.close());
    }
}

impl RehearsalStage {
    /// Sets everything up, and starts the poll with its list.
    pub(super) fn begin(plan: &Plan<'_>, home: Home) -> Result<Self, AppError> {
        let internal = |e: std::io::Error| AppError::internal("chuẩn bị diễn tập", e);
        let runtime = Builder::new_current_thread().enable_all().build().map_err(internal)?;
        let program = Actor { account: None, name: "tinnhiem".to_owned(), role: Role::Program };
        let app = runtime.block_on(open(plan, &home))?;
        let (council, board) = runtime.block_on(found(&app, plan, &program))?;
        let requester = Requester::Rehearsal(Rehearser::new(council, &program));
        let poll = runtime.block_on(app.begin_poll(requester, new_poll(plan)?))?;
        let listed = plan.list().into_iter();
        let listed = listed.map(|o| ListedOfficial { block: o.block.0, name: o.name, posts: o.post }).collect();
        runtime.block_on(app.decide_list(requester, poll, listed, String::new()))?;
        if !plan.book.tellers.is_empty() {
            runtime.block_on(app.appoint_board(requester, poll, plan.book.tellers.clone(), String::new()))?;
        }
        Ok(Self { app, council, poll, program, board, head: None, runtime, _home: home })
    }

    fn requester<'a>(&self, actor: &'a Actor) -> Requester<'a> {
        Requester::Rehearsal(Rehearser::new(self.council, actor))
    }

    /// A step for two people: the head of the board asks, the office confirms.
    fn two(&self, act: Act) -> impl Future<Output = Result<Taken, AppError>> + '_ {
        let confirmer = Rehearser::new(self.council, &self.program);
        self.app.rehearse_act(confirmer, self.poll, self.board.head.clone(), act)
    }

    /// Waits for a step, and keeps the head that was signed with it.
    fn take(
        &self,
        moment: Option<Moment>,
        step: impl Future<Output = Result<Taken, AppError>>,
    ) -> Result<Option<(Moment, Checkpoint)>, AppError> {
        let taken = self.runtime.block_on(step)?;
        Ok(moment.zip(taken.head))
    }

    pub(super) fn dossiers_released(&self, dossiers: &[NamedPdf]) -> Result<(), AppError> {
        let hash = |d: &NamedPdf| FileHash { name: d.name.clone(), sha256: Digest::of(&d.pdf.bytes) };
        let files = dossiers.iter().map(hash).collect();
        self.take(None, self.app.release_dossiers(self.requester(&self.program), self.poll, files)).map(drop)
    }

    pub(super) fn forms_sealed(&mut self, plan: &Plan<'_>, printed: &[PrintedForm]) -> Result<(), AppError> {
        let sealed = plan.forms.iter().zip(printed).map(|(form, printed)| SealedForm {
            block: form.block.0.clone(),
            id: form.id.clone(),
            lines: u32::try_from(form.lines.len()).unwrap_or(u32::MAX),
            sha256: Digest::of(&printed.single.bytes),
            sheets: printed.single.pages,
        });
        let step = self.app.seal_forms(self.requester(&self.program), self.poll, sealed.collect());
        self.head = self.take(Some(Moment::FormsSealed), step)?;
        Ok(())
    }

    /// The way of the real day: the deck is waived by two people because nobody keys it in a rehearsal, and the zero
    /// report is made before the first ballot.
    pub(super) fn voting_opened(&mut self, present: u32, day: Date) -> Result<(), AppError> {
        self.take(None, self.two(Act::WaiveDeck { reason: NO_DECK.to_owned() }))?;
        self.take(None, self.app.report_zero(self.requester(&self.board.head), self.poll))?;
        // Any number of ballots can be rehearsed; the reason is kept where they are fewer than a quorum.
        let reason = NO_QUORUM.to_owned();
        let step = self.two(Act::OpenVoting { planned: Some(day), present, reason });
        self.head = self.take(Some(Moment::VotingOpened), step)?;
        Ok(())
    }

    /// Ballots out and back, every batch as a commitment, and at the end the totals. Of each form `printed` were printed.
    pub(super) fn counted(&mut self, counted: &[CountedForm], printed: u32) -> Result<(), AppError> {
        let head_teller = self.requester(&self.board.head);
        for CountedForm { form, .. } in counted {
            let papers = IssuedPapers { issued: form.issued, printed };
            self.take(None, self.app.issue_ballots(head_teller, self.poll, form.form.clone(), papers))?;
        }
        for CountedForm { form, .. } in counted {
            let account = BallotAccount::plain(printed, form.issued, form.counts.papers);
            self.take(None, self.app.record_ballots(head_teller, self.poll, form.form.clone(), account))?;
        }
        for CountedForm { form, batches, .. } in counted {
            let id = &form.form;
            for batch in batches {
                let readers = self.board.readers.clone();
                let read = ReadTwice { readers, earlier: Vec::new(), reread: batch.reread, decided: 0 };
                let counted =
                    CountedBatch { form: id.clone(), batch: batch.number, counts: batch.counts.clone(), read };
                // One after another, so that one seed gives one log.
                let step = self.app.commit_batch(self.requester(&self.board.teller), self.poll, counted);
                self.take(None, step)?;
            }
        }
        let step = self.two(Act::CloseCounting);
        self.head = self.take(Some(Moment::CountingClosed), step)?;
        Ok(())
    }

    pub(super) fn result_declared(&self, results_json: &str) -> Result<(), AppError> {
        let step = self.two(Act::DeclareResult { results: results_json.to_owned() });
        self.take(None, step).map(drop)
    }

    /// The board proposes its minutes and signs them.
    pub(super) fn minutes_signed(&mut self, minutes: &NamedPdf, copies: u32, board: &[Teller]) -> Result<(), AppError> {
        let paper = issued(minutes);
        let sha256 = paper.sha256;
        self.take(None, self.app.propose_minutes(self.requester(&self.board.head), self.poll, paper, copies))?;
        let step = self.app.sign_minutes(self.requester(&self.program), self.poll, sha256, board.to_vec().into());
        self.head = self.take(Some(Moment::Minutes), step)?;
        Ok(())
    }

    /// The last paper; with it everything is published. Where the rule set knows no resolution, the paper is issued and
    /// confirms nothing.
    pub(super) fn resolution_issued(&mut self, resolution: &NamedPdf, confirms: bool) -> Result<(), AppError> {
        let requester = self.requester(&self.program);
        let paper = issued(resolution);
        if confirms {
            self.take(None, self.two(Act::ConfirmResult { paper, resolution: String::new() }))?;
        } else {
            self.take(None, self.app.issue_paper(requester, self.poll, paper))?;
        }
        self.head = self.take(Some(Moment::Published), self.two(Act::Publish))?;
        Ok(())
    }

    /// What the log records of the day so far.
    pub(super) fn day(&self) -> Result<DayRecord, AppError> {
        self.runtime.block_on(async {
            let mut tx = self.app.store.read(self.council).await?;
            let log = polls::find(&mut tx, self.poll).await?.map(|stored| stored.log);
            let log = log.ok_or_else(|| AppError::internal("đọc nhật ký", "không có kỳ diễn tập"))?;
            Ok(DayRecord::of(&entries(&mut tx, log).await?))
        })
    }

    /// The head of the last moment, as papers print it.
    pub(super) fn head_box(&self) -> Result<CheckpointBox, AppError> {
        let missing = || AppError::internal("in điểm chốt", "chưa có điểm chốt");
        let (moment, head) = self.head.as_ref().ok_or_else(missing)?;
        Ok(CheckpointBox {
            caption: format!("Điểm chốt khi {}: {} bản ghi", moment.label(), head.size),
            groups: head.root.groups().to_vec(),
            key: self.app.keys.poll_signer(&head.origin, true).verifier().fingerprint().grouped(),
            qr: head.to_text(),
        })
    }

    /// Root at the last moment, as 16 groups.
    pub(super) fn root(&self) -> String {
        self.head.as_ref().map(|(_, head)| head.root.grouped()).unwrap_or_default()
    }

    pub(super) fn write_bundle(
        self,
        folder: &OutFolder,
        papers: impl IntoIterator<Item = NamedPdf>,
    ) -> Result<(), AppError> {
        let papers: BTreeMap<String, Vec<u8>> = papers.into_iter().map(|p| (p.name, p.pdf.bytes)).collect();
        for (name, kind) in [("bundle", BundleKind::Public), ("bundle-sealed", BundleKind::Sealed)] {
            let (dir, requester) = (folder.path().join(name), self.requester(&self.program));
            self.runtime.block_on(self.app.write_bundle(requester, (self.poll, kind), &dir, &papers))?;
        }
        Ok(())
    }
}

fn issued(paper: &NamedPdf) -> PaperIssued {
    PaperIssued { name: paper.name.clone(), pages: paper.pdf.pages, sha256: Digest::of(&paper.pdf.bytes) }
}

async fn open(plan: &Plan<'_>, home: &Home) -> Result<App, AppError> {
    let store = Store::open(&Target::in_folder(&home.data)).await?;
    let day = plan.book.council.sitting.votes_on;
    let clock = Clock::Rehearsal(Arc::new(Mutex::new(RehearsalClock::on(day))));
    let chance = Chance::seeded(SeededStream::new(plan.seed, "ids and nonces"));
    let keys = home.secret.clone().rehearsing(SeededStream::new(plan.seed, "signing key").block());
    let app = App::new(store, clock, chance, keys, Cost::Least);
    // A service opens what is kept, and no database that was used and has no anchors.
    Ok(if home.passing.is_some() { app } else { app.with_anchors(AnchorFile::in_folder(&home.data)) })
}

/// A password that nobody knows: accounts of a rehearsal act, but nobody signs in as them.
fn unknown_password() -> Result<Password, AppError> {
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(Chance::System.block()?)))
}

async fn found(app: &App, plan: &Plan<'_>, program: &Actor) -> Result<(CouncilId, BoardActors), AppError> {
    let first = |name: &str, login: &str| {
        let password = unknown_password()?;
        Ok::<_, AppError>(FirstAccount { name: name.to_owned(), login: login.to_owned(), password, must_change: false })
    };
    let operator = "Người vận hành";
    let account = app.set_up(first(operator, "van.hanh")?).await?;
    let operator = Actor { account: Some(account), name: operator.to_owned(), role: Role::Operator };
    let body = &plan.book.council;
    let founding = Founding {
        name: body.name.clone(),
        slug: council_slug(&body.name),
        kind: Some(body.kind),
        first: first("Quản trị tài khoản", "quan.tri")?,
    };
    let council = app.found_council(operator, founding).await?;
    let board = people::board(app, council, &plan.book.tellers, program).await?;
    Ok((council, board))
}

/// The council's name in addresses; never empty.
fn council_slug(name: &str) -> String {
    let slug: String = slug(name).chars().take(40).collect();
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "hoi-dong".to_owned() } else { slug.to_owned() }
}

fn new_poll(plan: &Plan<'_>) -> Result<NewPoll, AppError> {
    let council = &plan.book.council;
    let name = format!("{SEEDED}{}/{}", slug(&council.name), council.sitting.votes_on);
    let created = PollCreated {
        again_of: None,
        program: None,
        council: council.name.clone(),
        delegates: council.delegates_total,
        kind: plan.kind,
        rehearsal: plan.provenance.rehearsal,
        ruleset: plan.rules.set.id.clone(),
        ruleset_sha256: plan.rules.source.sha256,
        simulated: plan.provenance.simulated,
        sitting: council.sitting.name.clone(),
    };
    let origin = KeyName::new(name).map_err(|e| AppError::internal("đặt tên nhật ký", e))?;
    Ok(NewPoll { origin, created, ruleset_text: plan.rules.source.text.clone() })
}
