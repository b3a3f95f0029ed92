//! Each step of two people, tried by everybody who must not take it: one person with all roles, whomever one administrator
//! opened, reset or renamed, accounts outside the board, somebody on the ballot. None of them passes, and nothing is written.

use std::collections::BTreeSet;

use app::counting::day::{TypedAccount, TypedStep};
use app::counting::outcome::minutes_paper;
use app::people::accounts::{Manager, Typed};
use app::preparing::{TypedChoice, TypedDecision};
use app::{AppError, Caller};
use domain::audit::Digest;
use domain::ballot_account::{BallotAccount, IssuedPapers};
use domain::council::CouncilKind;
use domain::eligibility::Verdict;
use domain::id::{OfficialId, PollId, ProposalId};
use domain::poll::LevelCounts;
use domain::presence::PresenceChange;
use domain::proposal::{ProposalKind, ProposalState};
use domain::role::Role;
use jiff::SignedDuration;
use store::{logs, polls, roster};

use crate::board::{Board, CLERK, LEADER, STRANGER, batch, decision, plain};
use crate::site::{CountingPoll, Engine, RETURNED, Site, on_both, retold, sample_board, sample_plan};

/// Holds every role of the council from before the poll, and leads the board.
const ALONE: &str = "truong.ban";
/// A leader since before the poll, whose password an administrator set since.
const RESET: &str = "dat.lai";
/// A leader whom an administrator opened since.
const OPENED: &str = "moi.mo";
/// An official on the ballot with every role of the count, and a leader.
const LISTED: &str = "quan.chuc";
/// The administrator; he made himself a leader under another leader's name.
const ADMIN: &str = "quan.tri";
/// Whoever confirms nothing.
const SECONDS: [&str; 5] = [ALONE, RESET, OPENED, LISTED, ADMIN];

/// A poll whose steps everybody tries.
struct Trial {
    board: Board,
    ruleset: String,
    tried: BTreeSet<&'static str>,
}

impl Trial {
    /// A council of the state, or a committee of the Party, whose board has a choice.
    async fn of(engine: Engine, kind: CouncilKind) -> Self {
        let (site, mut council) = Site::with_council(engine).await;
        let mut plan = sample_plan();
        if kind == CouncilKind::PartyCommittee {
            let operator = site.actor_of_operator().await;
            council = site.found_of(&operator, "dang", "Đảng bộ tỉnh Mẫu", kind).await;
            plan.ruleset = "QD96-TW-2023".into();
        }
        site.has_board(council).await;
        for (login, name, role) in [
            (STRANGER, "Kiểm Phiếu An", Role::HeadTeller),
            (CLERK, "Phạm Văn Phòng", Role::Clerk),
            (LEADER, "Lê Thường Trực", Role::Leader),
            (RESET, "Vũ Thường Trực", Role::Leader),
            (LISTED, "Ngô Quan Chức", Role::Leader),
        ] {
            site.has_account(council, login, name, role).await;
        }
        let (officials, delegates) = site.has_sample_roster(council).await;
        let poll = PollId::new(site.clock.now(), &[0; 10]);
        let board = Board { site, council, poll, officials, delegates };
        let roles = Role::OF_COUNCIL.into_iter().filter(|role| ![Role::Official, Role::Admin].contains(role));
        let roles: Vec<Role> = roles.collect();
        board.gives(ALONE, &roles).await;
        board.gives(STRANGER, &[Role::HeadTeller, Role::Teller]).await;
        board.gives(LISTED, &[Role::Leader, Role::HeadTeller, Role::Teller, Role::Clerk]).await;
        board.site.clock.advance(SignedDuration::from_secs(60));
        let clerk = board.caller(CLERK).await;
        let ruleset = plan.ruleset.clone();
        let poll = board.site.app.begin_preparation(board.ask(&clerk), plan).await.expect("begun").poll;
        let verdicts = board.site.app.verdicts(&clerk, poll).await.expect("verdicts").lines;
        let listed = verdicts.iter().filter(|line| line.standing.verdict == Verdict::Listed);
        let listed: Vec<OfficialId> = listed.map(|line| line.official).collect();
        board.site.clock.advance(SignedDuration::from_secs(60));
        let board = Board { poll, officials: listed, ..board };
        links(&board).await;
        let trial = Self { board, ruleset, tried: BTreeSet::new() };
        trial.conspires().await;
        trial
    }

    /// What one administrator can do alone once the poll is begun.
    async fn conspires(&self) {
        let board = &self.board;
        board.resets(ADMIN, RESET).await;
        let admin = board.caller(ADMIN).await;
        let typed =
            Typed { name: "Người Mới".into(), login: OPENED.into(), roles: vec![Role::Leader.code().into()] };
        let manager = Manager::try_from(board.ask(&admin)).expect("manager");
        board.site.app.open_account(manager, typed).await.expect("opened");
        board.changes(ADMIN, "Lê Thường Trực", &[Role::Admin]).await;
        board.mixes(ADMIN, &[Role::Admin, Role::Leader, Role::HeadTeller, Role::Teller]).await;
    }

    async fn caller(&self, login: &str) -> Caller {
        let mut caller = self.board.caller(login).await;
        caller.pending = None;
        caller
    }

    /// Number of entries of each log of the council.
    async fn written(&self) -> Vec<u64> {
        let mut tx = self.board.site.store.read(self.board.council).await.expect("read");
        logs::heads(&mut tx).await.expect("heads").into_iter().map(|head| head.head.size).collect()
    }

    /// Everybody who must not confirms the proposal.
    async fn is_refused(&self, kind: ProposalKind, id: ProposalId) {
        let before = self.written().await;
        let (app, poll) = (&self.board.site.app, self.board.poll);
        // What two readers found blind is theirs: the one who leads them is a third person.
        let is_theirs = kind == ProposalKind::LineRecounted;
        for login in SECONDS.into_iter().filter(|login| !(is_theirs && *login == ALONE)) {
            let caller = self.caller(login).await;
            let refused = app.confirm(self.board.ask(&caller), poll, id).await;
            assert!(refused.is_err(), "{login} confirms {kind:?}");
        }
        let stranger = self.caller(STRANGER).await;
        assert!(app.confirm(self.board.ask(&stranger), poll, id).await.is_err(), "{kind:?}");
        assert_eq!(self.written().await, before, "{kind:?}: nothing is written");
    }

    /// Everybody who must not confirms the proposal; then the leader does.
    async fn is_confirmed(&mut self, kind: ProposalKind, id: ProposalId) {
        self.is_refused(kind, id).await;
        let (app, poll) = (&self.board.site.app, self.board.poll);
        let leader = self.caller(LEADER).await;
        app.confirm(self.board.ask(&leader), poll, id).await.unwrap_or_else(|e| panic!("{kind:?}: {e}"));
        self.tried.insert(kind.code());
    }

    /// Everybody who must not proposes the step; then the one with all roles does, whom the leader confirms.
    async fn takes(&mut self, kind: ProposalKind, typed: TypedStep) {
        let before = self.written().await;
        let (app, poll) = (&self.board.site.app, self.board.poll);
        for login in [STRANGER, LISTED, OPENED, RESET, ADMIN] {
            let caller = self.caller(login).await;
            let refused = app.propose_step(self.board.ask(&caller), poll, kind, &typed).await;
            assert!(refused.is_err(), "{login} proposes {kind:?}");
        }
        assert_eq!(self.written().await, before, "{kind:?}: nothing is written");
        let alone = self.caller(ALONE).await;
        let id = app.propose_step(self.board.ask(&alone), poll, kind, &typed).await;
        self.is_confirmed(kind, id.unwrap_or_else(|e| panic!("{kind:?}: {e}"))).await;
    }

    /// The one open proposal.
    async fn open(&self) -> ProposalId {
        let leader = self.caller(LEADER).await;
        let (_, proposals) = self.board.site.app.proposals(&leader, self.board.poll).await.expect("proposals");
        let open: Vec<_> = proposals.into_iter().filter(|proposal| proposal.state == ProposalState::Open).collect();
        assert_eq!(open.len(), 1, "{open:?}");
        open[0].id
    }

    /// From the list to the sealed forms.
    async fn is_prepared(&mut self) {
        let alone = self.caller(ALONE).await;
        let (poll, app) = (self.board.poll, &self.board.site.app);
        let listed = self.caller(LISTED).await;
        let [own, other] = [self.board.officials[0], self.board.officials[1]];
        let verdict = |by, official| app.propose_verdict(self.board.ask(by), poll, official, "exempt", "Văn bản 12");
        assert!(verdict(&listed, own).await.is_err(), "{LISTED} decides on himself");
        let id = verdict(&alone, own).await.expect("verdict");
        self.is_refused(ProposalKind::EligibilityOverride, id).await;
        let leader = self.caller(LEADER).await;
        app.refuse(self.board.ask(&leader), poll, id, "Không đủ căn cứ").await.expect("refused");
        let id = verdict(&alone, other).await.expect("verdict");
        app.confirm(self.board.ask(&leader), poll, id).await.expect("confirmed");
        self.tried.insert(ProposalKind::EligibilityOverride.code());
        let id = self.board.site.app.propose_list(self.board.ask(&alone), poll, &decision()).await.expect("list");
        self.is_confirmed(ProposalKind::ListDecided, id).await;
        let site = &self.board.site;
        site.attests_all(self.board.council, &self.ruleset).await;
        let id = site.app.propose_rules(self.board.ask(&alone), poll).await.expect("rules");
        self.is_confirmed(ProposalKind::RulesFrozen, id).await;
        let job = self.board.site.has_printed(self.board.council, poll).await;
        self.board.site.app.propose_release(self.board.ask(&alone), poll, job).await.expect("dossiers");
        let id = self.open().await;
        self.is_confirmed(ProposalKind::DossiersReleased, id).await;
        let draft = sample_board(&self.board.delegates);
        self.board.site.app.draft_board(self.board.ask(&alone), poll, 0, draft).await.expect("draft");
        self.board.binds(&[ALONE, "kp.an", "kp.binh", "kp.cuc", "kp.dung"]).await.expect("bound");
        let id =
            self.board.site.app.propose_board(self.board.ask(&alone), poll, None, &decision()).await.expect("board");
        self.is_confirmed(ProposalKind::BoardAppointed, id).await;
        if self.ruleset == "QD96-TW-2023" {
            let choice = || TypedChoice { costs: "ballot".into(), decision: "Biên bản họp".into() };
            let before = self.written().await;
            let app = &self.board.site.app;
            for login in [STRANGER, LISTED, OPENED, RESET, ADMIN] {
                let by = self.caller(login).await;
                let refused = app.propose_bad_line(self.board.ask(&by), poll, choice()).await;
                assert!(refused.is_err(), "{login} chooses");
            }
            assert_eq!(self.written().await, before, "nothing is written");
            let id = app.propose_bad_line(self.board.ask(&alone), poll, choice()).await.expect("choice");
            self.is_confirmed(ProposalKind::BadLineChosen, id).await;
        }
        let id = self.board.site.app.propose_forms(self.board.ask(&alone), poll).await.expect("forms");
        self.is_confirmed(ProposalKind::FormsSealed, id).await;
    }

    /// A step of one person that reaches nobody outside the board and nobody on the ballot.
    async fn leads<T>(&self, what: &str, step: impl AsyncFn(&Board, &Caller) -> Result<T, AppError>) {
        let before = self.written().await;
        for login in [STRANGER, LISTED] {
            assert!(step(&self.board, &self.caller(login).await).await.is_err(), "{login}: {what}");
        }
        assert_eq!(self.written().await, before, "{what}: nothing is written");
        step(&self.board, &self.caller(ALONE).await).await.unwrap_or_else(|e| panic!("{what}: {e}"));
    }

    /// From the sealed forms to the ballots that are back.
    async fn votes(&mut self) -> CountingPoll {
        let reason = || TypedStep { reason: "Có văn bản".into(), ..TypedStep::default() };
        let day = TypedDecision { day: "08/12/2023".into(), ..TypedDecision::default() };
        self.takes(ProposalKind::PollMoved, TypedStep { decision: day, ..reason() }).await;
        self.takes(ProposalKind::DeckWaived, reason()).await;
        let poll = self.board.poll;
        self.leads("zero", async |on, by| on.site.app.report_zero(on.site.hand(by), on.poll).await).await;
        self.takes(ProposalKind::VotingOpened, TypedStep { present: "48".into(), ..reason() }).await;
        self.leads("presence", async |on, by| {
            let change = PresenceChange::Arrived;
            on.site.app.change_presence(on.site.hand(by), on.poll, change, 1, "Đến muộn".into()).await
        })
        .await;
        let [opened, attended, now] = ["48", "49", "49"].map(str::to_owned);
        self.takes(ProposalKind::PresenceCorrected, TypedStep { opened, attended, now, ..reason() }).await;
        let alone = self.caller(ALONE).await;
        let forms = self.board.site.app.account_page(&alone, poll).await.expect("forms").lines;
        let form = forms[0].progress.form.id.clone();
        let papers = IssuedPapers { issued: RETURNED, printed: 60 };
        for line in &forms {
            let id = &line.progress.form.id;
            self.leads("issued", async |on, by| {
                on.site.app.issue_ballots(on.site.hand(by), on.poll, id.clone(), papers).await
            })
            .await;
        }
        let account = TypedAccount { printed: "60".into(), issued: "48".into(), ..TypedAccount::default() };
        self.takes(ProposalKind::IssuedCorrected, TypedStep { about: form.clone(), account, ..reason() }).await;
        let back = TypedAccount { printed: "60".into(), issued: "47".into(), ..TypedAccount::default() };
        self.takes(ProposalKind::IssuedCorrected, TypedStep { about: form.clone(), account: back, ..reason() }).await;
        let (last, first) = forms.split_last().expect("forms");
        for line in first.iter().chain([last]) {
            let id = &line.progress.form.id;
            let account = BallotAccount::plain(60, RETURNED, RETURNED);
            self.leads("returned", async |on, by| {
                on.site.app.record_ballots(on.site.hand(by), on.poll, id.clone(), account).await
            })
            .await;
        }
        let account = TypedAccount {
            printed: "61".into(),
            issued: "47".into(),
            exchanged: "0".into(),
            unused: "14".into(),
            returned: "47".into(),
            not_returned: "0".into(),
        };
        self.takes(ProposalKind::BallotsCorrected, TypedStep { about: form, account, ..reason() }).await;
        let size = |lines: u32| usize::try_from(lines).expect("few");
        let forms = forms.into_iter().map(|line| (line.progress.form.id, size(line.progress.form.lines))).collect();
        CountingPoll { poll, forms }
    }

    async fn commits(&self, form: &str, lines: usize) {
        let read = || self.board.read(["kp.an", "kp.binh"]);
        for login in [STRANGER, LISTED] {
            assert!(self.board.commits(login, batch(form, lines, plain(), read().await)).await.is_err(), "{login}");
        }
        self.board.commits("kp.an", batch(form, lines, plain(), read().await)).await.expect("committed");
    }

    /// From the ballots to the declared result.
    async fn counts(&mut self, counting: &CountingPoll) {
        let reason = || TypedStep { reason: "Có văn bản".into(), ..TypedStep::default() };
        for (form, lines) in &counting.forms {
            self.commits(form, *lines).await;
        }
        let (form, lines) = &counting.forms[0];
        self.takes(ProposalKind::BatchReopened, TypedStep { about: format!("{form}/1"), ..reason() }).await;
        self.commits(form, *lines).await;
        self.takes(ProposalKind::CountingClosed, TypedStep::default()).await;
        self.takes(ProposalKind::RecountOrdered, TypedStep { about: format!("{form}/1"), ..reason() }).await;
        let (head, cuc, dung) = (self.caller(ALONE).await, self.caller("kp.cuc").await, self.caller("kp.dung").await);
        let other = LevelCounts::Rating { high: 39, medium: 8, low: 0 };
        let (site, poll) = (&self.board.site, self.board.poll);
        for outside in [STRANGER, LISTED] {
            let outside = self.caller(outside).await;
            assert!(site.counts_again(&outside, poll, (form, 1), other, [&cuc, &dung]).await.is_err());
            assert!(site.counts_again(&head, poll, (form, 1), other, [&outside, &dung]).await.is_err());
        }
        site.counts_again(&head, poll, (form, 1), other, [&cuc, &dung]).await.expect("counted");
        let id = self.open().await;
        self.is_confirmed(ProposalKind::LineRecounted, id).await;
        self.takes(ProposalKind::ResultDeclared, TypedStep::default()).await;
    }

    /// The minutes are proposed by the one with all roles; who may sign them is somebody else of their own.
    async fn signs(&self) {
        let (site, poll) = (&self.board.site, self.board.poll);
        let (minutes, tellers) = {
            let mut tx = site.store.read(self.board.council).await.expect("read");
            let board = polls::tellers(&mut tx, poll).await.expect("board");
            (minutes_paper(&mut tx, poll, 3).await.expect("minutes").issued, board)
        };
        let sha256: Digest = minutes.sha256;
        self.leads("minutes", async |on, by| {
            on.site.app.propose_minutes(on.site.hand(by), poll, minutes.clone(), 3).await
        })
        .await;
        let before = self.written().await;
        for login in SECONDS.into_iter().chain([STRANGER]) {
            let by = self.caller(login).await;
            let signed = site.app.sign_minutes(site.hand(&by), poll, sha256, tellers.clone().into()).await;
            assert!(signed.is_err(), "{login} signs the minutes");
        }
        assert_eq!(self.written().await, before, "nothing is written");
        let leader = self.caller(LEADER).await;
        site.app.sign_minutes(site.hand(&leader), poll, sha256, tellers.into()).await.expect("signed");
    }

    /// From the minutes to the archive.
    async fn concludes(&mut self) {
        let reason = || TypedStep { reason: "Sai chức danh".into(), ..TypedStep::default() };
        self.signs().await;
        self.takes(ProposalKind::MinutesReopened, reason()).await;
        self.signs().await;
        let decision = || TypedDecision { number: "52/NQ-HĐND".into(), day: "08/12/2023".into() };
        let resolution = TypedStep { decision: decision(), ..TypedStep::default() };
        self.takes(ProposalKind::ResultConfirmed, resolution).await;
        self.takes(ProposalKind::ResultPublished, TypedStep::default()).await;
        let corrects = "resolution.pdf".to_owned();
        let right = TypedStep { corrects, right: "Phó Chủ tịch".into(), decision: decision(), ..reason() };
        self.takes(ProposalKind::CorrigendumIssued, right).await;
        self.takes(ProposalKind::PollArchived, TypedStep { place: "Kho 3".into(), ..TypedStep::default() }).await;
    }
}

/// The first official on the list signs in as [`LISTED`], as the office links them: the log tells it.
async fn links(board: &Board) {
    let mut tx = board.site.store.read(board.council).await.expect("read");
    let mut kept = roster::official(&mut tx, board.officials[0]).await.expect("roster").expect("an official");
    drop(tx);
    kept.value.account = Some(board.site.account(board.council, LISTED).await);
    kept.version += 1;
    retold(&board.site, board.council, kept).await;
}

#[test]
fn no_step_of_two_is_taken_by_one_by_an_administrators_people_by_outsiders_or_by_whom_it_is_about() {
    on_both(|engine| async move {
        let mut trial = Trial::of(engine, CouncilKind::ProvinceCouncil).await;
        trial.is_prepared().await;
        let counting = trial.votes().await;
        trial.counts(&counting).await;
        trial.concludes().await;
        trial.board.is_held().await;
        let mut tried = trial.tried;

        let mut trial = Trial::of(engine, CouncilKind::PartyCommittee).await;
        trial.is_prepared().await;
        let reason = TypedStep { reason: "Hoãn kỳ họp".into(), ..TypedStep::default() };
        trial.takes(ProposalKind::PollCancelled, reason).await;
        trial.board.is_held().await;
        tried.extend(trial.tried);
        let left: Vec<_> = ProposalKind::all().filter(|kind| !tried.contains(kind.code())).collect();
        assert!(left.is_empty(), "steps that nobody tried: {left:?}");
    });
}
