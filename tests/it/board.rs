//! Who counts, confirms and counts again: members of the board by their accounts, and nobody whom an administrator alone let
//! in.

use app::counting::day::TypedStep;
use app::counting::room::{TypedBatch, TypedRecount};
use app::people::accounts::{Manager, Typed};
use app::polls::CountedBatch;
use app::preparing::{TypedBoard, TypedDecision};
use app::service::app::Ask;
use app::trail::verify_db;
use app::{AppError, Caller};
use domain::account::{Change, Roles};
use domain::audit::{Actor, UtcTime};
use domain::batch::hand_tally::Row;
use domain::batch::{ReadTwice, Reader};
use domain::count::BatchCounts;
use domain::id::{AccountId, CouncilId, DelegateId, OfficialId, PollId, RequestId};
use domain::poll::{LevelCounts, PollKind};
use domain::poll_state::Stage;
use domain::proposal::ProposalKind;
use domain::reset::Proofs;
use domain::role::Role;
use jiff::SignedDuration;
use store::{accounts, logs, open_batches, polls, resets};

use crate::own_account::code;
use crate::site::{CountingPoll, Engine, RETURNED, Site, Visitor, on_both, sample_board};
use crate::store_log::past_the_program;

/// A council whose board is bound to accounts.
pub struct Board {
    pub site: Site,
    pub council: CouncilId,
    pub poll: PollId,
    pub officials: Vec<OfficialId>,
    pub delegates: Vec<DelegateId>,
}

/// Somebody outside the board, with every role of a count.
pub const STRANGER: &str = "ngoai.ban";
pub const CLERK: &str = "van.phong";
pub const LEADER: &str = "thuong.truc";

pub fn said<T>(refused: Result<T, AppError>) -> String {
    refused.err().expect("refused").to_string()
}

impl Board {
    /// The list of a poll is decided; everybody has an account.
    async fn listed(engine: Engine) -> Self {
        let (site, council) = Site::with_council(engine).await;
        site.has_board(council).await;
        for (login, name, role) in [
            (STRANGER, "Kiểm Phiếu An", Role::HeadTeller),
            (CLERK, "Phạm Văn Phòng", Role::Clerk),
            (LEADER, "Lê Thường Trực", Role::Leader),
        ] {
            site.has_account(council, login, name, role).await;
        }
        let (officials, delegates) = site.has_sample_roster(council).await;
        let poll = site.has_poll(council).await;
        let board = Self { site, council, poll, officials, delegates };
        let (clerk, leader) = (board.caller(CLERK).await, board.caller(LEADER).await);
        let list = board.site.app.propose_list(board.ask(&clerk), poll, &decision()).await.expect("list");
        board.site.app.confirm(board.ask(&leader), poll, list).await.expect("decided");
        let draft = sample_board(&board.delegates);
        board.site.app.draft_board(board.ask(&clerk), poll, 0, draft).await.expect("draft");
        board
    }

    /// The board is appointed, the forms are sealed.
    pub async fn sealed(engine: Engine) -> Self {
        Self::listed(engine).await.seals().await
    }

    /// The same, where the council chose that the close needs shares of two.
    pub async fn sealed_with_shares(engine: Engine) -> Self {
        let board = Self::listed(engine).await;
        let clerk = board.caller(CLERK).await;
        let version = board.site.app.board_page(&clerk, board.poll).await.expect("page").version;
        let draft = TypedBoard { shares: true, ..sample_board(&board.delegates) };
        board.site.app.draft_board(board.ask(&clerk), board.poll, version, draft).await.expect("draft");
        board.seals().await
    }

    async fn seals(self) -> Self {
        let board = self;
        let (clerk, leader) = (board.caller(CLERK).await, board.caller(LEADER).await);
        let app = &board.site.app;
        board.binds(&["truong.ban", "kp.an", "kp.binh", "kp.cuc", "kp.dung"]).await.expect("bound");
        let appointed = app.propose_board(board.ask(&clerk), board.poll, None, &decision()).await.expect("board");
        app.confirm(board.ask(&leader), board.poll, appointed).await.expect("appointed");
        let forms = app.propose_forms(board.ask(&clerk), board.poll).await.expect("forms");
        app.confirm(board.ask(&leader), board.poll, forms).await.expect("sealed");
        board
    }

    /// The ballots are back.
    async fn counting(engine: Engine) -> (Self, CountingPoll) {
        let board = Self::sealed(engine).await;
        let (head, leader) = (board.caller("truong.ban").await, board.caller(LEADER).await);
        let (app, poll) = (&board.site.app, board.poll);
        let waiver = TypedStep { reason: "Máy in hỏng".into(), ..TypedStep::default() };
        board.two(&head, &leader, ProposalKind::DeckWaived, waiver).await.expect("waived");
        app.report_zero(board.site.hand(&head), poll).await.expect("zero");
        // The sample's day is in the past, so that two people say why it is opened all the same.
        let reason = "Kỳ họp dời ngày".to_owned();
        let present = TypedStep { present: "48".into(), reason, ..TypedStep::default() };
        board.two(&head, &leader, ProposalKind::VotingOpened, present).await.expect("opened");
        let counting = board.site.takes_ballots_back_as(&head, poll).await;
        (board, counting)
    }

    /// The count is closed: on the first line of every form `first`, on all others everybody marked the highest level.
    async fn closed(engine: Engine, first: LevelCounts) -> (Self, CountingPoll) {
        let (board, counting) = Self::counting(engine).await;
        let (head, leader) = (board.caller("truong.ban").await, board.caller(LEADER).await);
        for (form, lines) in &counting.forms {
            board
                .commits("kp.an", batch(form, *lines, first, board.read(["kp.an", "kp.binh"]).await))
                .await
                .expect("in");
        }
        board.two(&head, &leader, ProposalKind::CountingClosed, TypedStep::default()).await.expect("closed");
        (board, counting)
    }

    pub async fn caller(&self, login: &str) -> Caller {
        self.site.account_caller(self.council, login).await
    }

    pub fn ask<'a>(&self, caller: &'a Caller) -> Ask<'a> {
        Ask { caller, request: self.site.app.new_request().expect("request") }
    }

    pub async fn binds(&self, logins: &[&str]) -> Result<(), AppError> {
        let clerk = self.caller(CLERK).await;
        let page = self.site.app.board_page(&clerk, self.poll).await.expect("page");
        let mut typed = Vec::new();
        for (seat, login) in page.seats.iter().zip(logins.iter().map(Some).chain(std::iter::repeat(None))) {
            let account = match login {
                Some(login) => self.site.account(self.council, login).await.to_string(),
                None => String::new(),
            };
            typed.push((seat.delegate.to_string(), account));
        }
        self.site.app.bind_board(self.ask(&clerk), self.poll, page.version, typed).await
    }

    pub async fn two(
        &self,
        one: &Caller,
        other: &Caller,
        kind: ProposalKind,
        typed: TypedStep,
    ) -> Result<(), AppError> {
        let id = self.site.app.propose_step(self.ask(one), self.poll, kind, &typed).await?;
        self.site.app.confirm(self.ask(other), self.poll, id).await
    }

    /// The request that opened a batch.
    async fn opened(&self, form: &str, number: u32) -> RequestId {
        let mut tx = self.site.store.read(self.council).await.expect("read");
        let rows = open_batches::list(&mut tx, self.poll).await.expect("rows");
        rows.into_iter().find(|row| row.form == form && row.number == number).expect("an open batch").opened
    }

    pub async fn read(&self, logins: [&str; 2]) -> ReadTwice {
        let [one, two] = [self.caller(logins[0]).await, self.caller(logins[1]).await];
        let reader = |caller: Caller| Reader { account: Some(caller.account.id), name: caller.account.name };
        ReadTwice { readers: [reader(one), reader(two)], earlier: Vec::new(), reread: 0, decided: 0 }
    }

    pub async fn commits(&self, login: &str, batch: CountedBatch) -> Result<(), AppError> {
        let caller = self.caller(login).await;
        self.site.app.commit_batch(self.site.hand(&caller), self.poll, batch).await.map(drop)
    }

    async fn pair(&self, logins: [&str; 2]) -> TypedRecount {
        let [first, second] = [self.account(logins[0]).await, self.account(logins[1]).await];
        TypedRecount { first, second }
    }

    async fn account(&self, login: &str) -> String {
        self.site.account(self.council, login).await.to_string()
    }

    async fn typed_batch(&self, form: &str, readers: [&str; 2]) -> TypedBatch {
        let [first, second] =
            [self.site.account(self.council, readers[0]).await, self.site.account(self.council, readers[1]).await];
        TypedBatch {
            form: form.to_owned(),
            number: "1".into(),
            papers: RETURNED.to_string(),
            mode: "hand".into(),
            first: first.to_string(),
            second: second.to_string(),
        }
    }

    async fn admin(&self, login: &str) -> Visitor {
        self.site.signed_in("mau", login).await
    }

    pub async fn is_held(&self) {
        let held = verify_db::database(&self.site.database.target(), None).await.expect("read");
        held.unwrap_or_else(|failure| panic!("{failure}"));
    }

    pub async fn stage(&self) -> Stage {
        let mut tx = self.site.store.read(self.council).await.expect("read");
        polls::find(&mut tx, self.poll).await.expect("poll").expect("poll").state.stage()
    }

    /// An administrator changes the roles of an account.
    pub async fn gives(&self, login: &str, roles: &[Role]) {
        let name = self.caller(login).await.account.name;
        self.changes(login, &name, roles).await;
    }

    /// Gives an account roles that no program of today gives together: an older one did.
    pub async fn mixes(&self, login: &str, roles: &[Role]) {
        let before = self.site.find_account(self.council, login).await.expect("account");
        let (council, roles) = (self.council, roles.to_vec());
        let at = UtcTime::try_from(self.site.clock.now()).expect("time");
        let work = self.site.store.write(council, move |tx| {
            Box::pin(async move {
                let all = accounts::list(tx).await?;
                let change = Change { all: &all, by: None, by_name: "chương trình cũ", at };
                let name = before.name.clone();
                let roles = Roles::new(council, roles).expect("roles");
                let (account, event) = before.clone().edited(name, roles, change).expect("changed");
                accounts::change(tx, &account, before.version).await?;
                let log = logs::own(tx).await?;
                let actor = Actor { account: None, name: "dòng lệnh".into(), role: Role::Program };
                let event = event.expect("other roles");
                tx.append(log, at, &actor, &event).await?;
                let (has_factor, reset) = (before.has_second_factor, resets::find(tx, account.id).await?);
                let mut proofs = Proofs { roles: before.roles.iter().collect(), has_factor, reset };
                proofs.take(&event, &actor, at);
                resets::put(tx, account.id, proofs.reset.as_ref()).await
            })
        });
        work.await.expect("written");
    }

    /// An administrator gives an account another name and other roles.
    pub async fn changes(&self, login: &str, name: &str, roles: &[Role]) {
        let admin = self.caller("quan.tri").await;
        let account = self.site.find_account(self.council, login).await.expect("account");
        let typed = Typed {
            name: name.to_owned(),
            login: login.to_owned(),
            roles: roles.iter().map(|role| role.code().to_owned()).collect(),
        };
        let manager = Manager::try_from(self.ask(&admin)).expect("manager");
        self.site.app.change_account(manager, account.id, account.version, typed).await.expect("changed");
    }

    /// An administrator sets somebody's password.
    pub async fn resets(&self, admin: &str, login: &str) {
        let admin = self.caller(admin).await;
        let account = self.site.account(self.council, login).await;
        let manager = Manager::try_from(self.ask(&admin)).expect("manager");
        self.site.app.reset_password(manager, account).await.expect("reset");
    }
}

pub fn decision() -> TypedDecision {
    TypedDecision { number: "31/NQ-HĐND".into(), day: "2023-12-05".into() }
}

pub fn batch(form: &str, lines: usize, first: LevelCounts, read: ReadTwice) -> CountedBatch {
    let mut counts = BatchCounts { papers: RETURNED, ..BatchCounts::zero(PollKind::Rating, lines) };
    counts.lines.fill(LevelCounts::Rating { high: RETURNED, medium: 0, low: 0 });
    counts.lines[0] = first;
    CountedBatch { form: form.into(), batch: 1, counts, read }
}

pub fn plain() -> LevelCounts {
    LevelCounts::Rating { high: 40, medium: 7, low: 0 }
}

#[test]
fn a_board_is_appointed_with_accounts_and_without_anybody_on_the_ballot() {
    on_both(|engine| async move {
        let board = Board::listed(engine).await;
        let (clerk, app) = (board.caller(CLERK).await, &board.site.app);
        let decision = decision();
        let propose = || app.propose_board(board.ask(&clerk), board.poll, None, &decision);
        assert!(said(propose().await).contains("Cần ít nhất 3 người"));
        board.binds(&["kp.an", "kp.binh", "kp.cuc"]).await.expect("bound");
        assert!(said(propose().await).contains("vai trò Trưởng Ban kiểm phiếu"), "nobody could open a batch");
        let twice = board.binds(&["truong.ban", "kp.an", "kp.an"]).await;
        assert!(said(twice).contains("không dùng cho hai thành viên"));
        assert!(said(board.binds(&["truong.ban", LEADER, "kp.an"]).await).contains("vai trò kiểm phiếu"));

        // The account is that of somebody on the ballot.
        board.binds(&["truong.ban", "kp.an", "kp.binh"]).await.expect("bound");
        let an = board.site.account(board.council, "kp.an").await;
        board.site.signs_in_as(board.council, board.officials[0], an).await;
        assert!(said(propose().await).contains("có tên trên phiếu"), "when it is proposed");
        assert!(said(board.binds(&["truong.ban", "kp.cuc", "kp.an"]).await).contains("có tên trên phiếu"));
        // So is the delegate, whatever account counts for him or her.
        let seat = app.board_page(&clerk, board.poll).await.expect("page").seats[0].delegate;
        board.binds(&["truong.ban", "kp.binh", "kp.cuc"]).await.expect("bound");
        assert!(propose().await.is_ok());
        board.site.seats(board.council, seat, an, "Tổ 1", false).await;
        let draft = sample_board(&board.delegates);
        let version = app.board_page(&clerk, board.poll).await.expect("page").version;
        let drafted = app.draft_board(board.ask(&clerk), board.poll, version, draft).await;
        assert!(said(drafted).contains("có tên trên phiếu"), "when it is drafted");
    });
}

/// Each step of the count by an account with every role of it, that is not on the board.
#[test]
fn roles_that_an_administrator_gives_reach_no_step_of_a_count() {
    on_both(|engine| async move {
        let (board, counting) = Board::counting(engine).await;
        board.gives(STRANGER, &[Role::HeadTeller, Role::Teller]).await;
        let (stranger, head) = (board.caller(STRANGER).await, board.caller("truong.ban").await);
        let (app, poll, form) = (&board.site.app, board.poll, counting.forms[0].0.clone());
        let outside = |refused: String| assert!(refused.contains("không phải thành viên Ban kiểm phiếu"), "{refused}");
        outside(said(app.counting_room(&stranger, poll).await));
        outside(said(app.open_page(&stranger, poll, "").await));
        outside(said(app.deck_report(&stranger, poll).await));
        outside(said(app.record_deck(board.ask(&stranger), poll, None).await));
        outside(said(app.report_zero(board.site.hand(&stranger), poll).await));
        let account = domain::ballot_account::BallotAccount::plain(60, 47, 47);
        outside(said(app.record_ballots(board.site.hand(&stranger), poll, form.clone(), account).await));
        let typed = board.typed_batch(&form, ["kp.an", "kp.binh"]).await;
        outside(said(app.open_batch(board.ask(&stranger), poll, &typed).await));
        let reason = TypedStep { reason: "Lý do".into(), ..TypedStep::default() };
        for kind in [ProposalKind::CountingClosed, ProposalKind::PollCancelled, ProposalKind::DeckWaived] {
            outside(said(app.propose_step(board.ask(&stranger), poll, kind, &reason).await));
        }
        let lines = counting.forms[0].1;
        let read = board.read(["kp.an", "kp.binh"]).await;
        outside(said(board.commits(STRANGER, batch(&form, lines, plain(), read)).await));
        // He bears the name of a member: names let nobody in.
        let read = board.read(["kp.binh", STRANGER]).await;
        outside(said(board.commits("kp.binh", batch(&form, lines, plain(), read)).await));

        // Nobody else is offered, and nobody else is taken.
        let offered = app.open_page(&head, poll, "").await.expect("page").tellers;
        assert_eq!(offered.len(), 4, "{offered:?}");
        let typed = board.typed_batch(&form, ["kp.an", STRANGER]).await;
        assert!(said(app.open_batch(board.ask(&head), poll, &typed).await).contains("chọn người nhập"));
        let typed = board.typed_batch(&form, ["kp.an", "kp.binh"]).await;
        app.open_batch(board.ask(&head), poll, &typed).await.expect("opened");
        outside(said(app.batch_page(&stranger, poll, &form, 1).await));
        outside(said(app.key_tally(board.ask(&stranger), poll, (&form, 1), vec![(Row::Line(1), vec![0])]).await));
        let opened = board.opened(&form, 1).await;
        outside(said(app.abandon_batch(board.ask(&stranger), poll, (&form, 1), opened).await));

        // A member who does not lead leads no more for a role.
        board.gives("kp.cuc", &[Role::Teller, Role::HeadTeller]).await;
        let cuc = board.caller("kp.cuc").await;
        let refused = said(app.open_page(&cuc, poll, "").await);
        assert!(refused.contains("không phải Trưởng ban hay Thư ký"), "{refused}");
        board.is_held().await;
        // Who is on the ballot reads nothing, though it was found out late.
        app.abandon_batch(board.ask(&head), poll, (&form, 1), opened).await.expect("taken off");
        let an = board.site.account(board.council, "kp.an").await;
        board.site.signs_in_as(board.council, board.officials[0], an).await;
        assert!(app.open_page(&head, poll, "").await.expect("page").tellers.iter().all(|(id, _)| *id != an));
        assert!(app.open_batch(board.ask(&head), poll, &typed).await.is_err());
        // Leading too is over for somebody on the ballot.
        let own = board.site.account(board.council, "truong.ban").await;
        board.site.signs_in_as(board.council, board.officials[1], own).await;
        assert!(said(app.open_page(&head, poll, "").await).contains("có tên trên phiếu"));
        assert_eq!(board.stage().await, Stage::Counting);
    });
}

#[test]
fn a_line_is_counted_again_by_two_of_the_board_and_another_figure_waits_for_a_third_person() {
    on_both(|engine| async move {
        let near = LevelCounts::Rating { high: 20, medium: 3, low: 24 };
        let (board, counting) = Board::closed(engine, near).await;
        let (head, leader) = (board.caller("truong.ban").await, board.caller(LEADER).await);
        let (cuc, dung) = (board.caller("kp.cuc").await, board.caller("kp.dung").await);
        board.gives(STRANGER, &[Role::HeadTeller, Role::Teller]).await;
        let stranger = board.caller(STRANGER).await;
        let (app, poll, form) = (&board.site.app, board.poll, counting.forms[0].0.as_str());
        let again = |head, line, found, readers| board.site.counts_again(head, poll, (form, line), found, readers);

        assert!(said(again(&stranger, 1, near, [&cuc, &dung]).await).contains("không phải thành viên"));
        let an = board.caller("kp.an").await;
        assert!(
            said(again(&head, 1, near, [&an, &cuc]).await).contains("trong danh sách"),
            "two fresh members are there"
        );
        assert!(said(again(&head, 1, near, [&stranger, &cuc]).await).contains("trong danh sách"));
        assert!(said(again(&head, 2, near, [&cuc, &dung]).await).contains("không sát ngưỡng"), "not due");

        // 23 of 47 is not over half: nothing changes before somebody who did not count says so.
        let other = LevelCounts::Rating { high: 20, medium: 4, low: 23 };
        again(&head, 1, other, [&cuc, &dung]).await.expect("counted");
        let page = app.recount_page(&head, poll).await.expect("page");
        let line = page.line(form, 1).expect("line");
        assert_eq!((line.counts, line.recounts.len()), (near, 0));
        let waits = line.waits.expect("a proposal");
        assert!(said(again(&head, 1, near, [&cuc, &dung]).await).contains("chờ xác nhận"));
        board.gives("kp.cuc", &[Role::Teller, Role::Leader]).await;
        let own = board.caller("kp.cuc").await;
        assert!(app.confirm(board.ask(&own), poll, waits).await.is_err(), "who counted does not confirm");
        app.confirm(board.ask(&leader), poll, waits).await.expect("confirmed");
        let page = app.recount_page(&head, poll).await.expect("page");
        assert_eq!(page.line(form, 1).expect("line").counts, other);

        // A line that no rule names needs a reason and two people before it is opened.
        let order =
            |reason: &str| TypedStep { about: format!("{form}/2"), reason: reason.into(), ..TypedStep::default() };
        let kind = ProposalKind::RecountOrdered;
        assert!(said(board.two(&head, &leader, kind, order(" ")).await).contains("lý do"));
        assert!(said(board.two(&leader, &leader, kind, order("Có ý kiến")).await).contains("không tự xác nhận"));
        let page = app.recount_page(&head, poll).await.expect("page");
        let waits = page.line(form, 2).expect("line").waits.expect("the leader's");
        app.withdraw(board.ask(&leader), poll, waits).await.expect("withdrawn");
        board.two(&head, &leader, kind, order("Có ý kiến của đại biểu")).await.expect("ordered");
        let all = LevelCounts::Rating { high: RETURNED, medium: 0, low: 0 };
        again(&head, 2, all, [&dung, &board.caller("kp.cuc").await]).await.expect("the same figure");
        let page = app.recount_page(&head, poll).await.expect("page");
        let told = &page.line(form, 2).expect("line").recounts[0];
        assert_eq!((told.accounts.as_ref().map(Vec::len), told.proposed_by.is_none()), (Some(2), true));
        board.is_held().await;
    });
}

/// A recount that was ordered, lies on the table or waits for a decision could give another result.
#[test]
fn a_result_waits_for_every_recount_that_was_begun() {
    on_both(|engine| async move {
        let near = LevelCounts::Rating { high: 20, medium: 3, low: 24 };
        let all = LevelCounts::Rating { high: RETURNED, medium: 0, low: 0 };
        let (board, counting) = Board::closed(engine, near).await;
        let (head, leader) = (board.caller("truong.ban").await, board.caller(LEADER).await);
        let (cuc, dung) = (board.caller("kp.cuc").await, board.caller("kp.dung").await);
        let (app, poll, form) = (&board.site.app, board.poll, counting.forms[0].0.as_str());
        let again = |form, line, found| board.site.counts_again(&head, poll, (form, line), found, [&cuc, &dung]);
        for (form, _) in &counting.forms {
            again(form, 1, near).await.expect("what is due");
        }
        let result = TypedStep::default();
        let declare = || app.propose_step(board.ask(&head), poll, ProposalKind::ResultDeclared, &result);
        let order = || TypedStep { about: format!("{form}/2"), reason: "Có ý kiến".into(), ..TypedStep::default() };
        let ordered = app.propose_step(board.ask(&head), poll, ProposalKind::RecountOrdered, &order()).await;
        let ordered = ordered.expect("proposed");
        assert!(said(declare().await).contains("đang chờ quyết định"), "an order");
        app.confirm(board.ask(&leader), poll, ordered).await.expect("ordered");
        assert!(said(declare().await).contains("chưa có số kiểm lại"));
        assert_eq!(app.recount_page(&head, poll).await.expect("page").left(), 1);

        // One of the two counts otherwise: they are asked again, and the line lies on the table all the time.
        let pair = board.pair(["kp.cuc", "kp.dung"]).await;
        app.open_recount(board.ask(&head), poll, (form, 2), &pair).await.expect("open");
        let row = |high| vec![(Row::Line(1), vec![high, RETURNED - high, 0])];
        let keys = |who, high| app.key_tally(board.ask(who), poll, (form, 2), row(high));
        keys(&cuc, RETURNED).await.expect("taken").expect("figures");
        keys(&dung, 40).await.expect("taken").expect("figures");
        assert!(said(declare().await).contains("đang được kiểm lại"), "on the table");
        let obstacle = app.step_page(&head, poll, ProposalKind::ResultDeclared).await.expect("page").obstacle;
        assert!(obstacle.expect("an obstacle").contains("đang được kiểm lại"));
        keys(&cuc, 40).await.expect("taken").expect("figures");
        keys(&dung, 40).await.expect("taken").expect("figures");
        assert!(said(declare().await).contains("đang chờ quyết định"), "another figure");
        let waits = app.recount_page(&head, poll).await.expect("page").line(form, 2).expect("line").waits;
        app.refuse(board.ask(&leader), poll, waits.expect("a proposal"), "Đếm nhầm chồng").await.expect("refused");
        assert!(said(declare().await).contains("chưa có số kiểm lại"), "it is still ordered");
        again(form, 2, all).await.expect("the figure that stands");

        // Nothing is begun between the proposal and who confirms it.
        let proposed = declare().await.expect("proposed");
        app.open_recount(board.ask(&head), poll, (form, 2), &pair).await.expect("open");
        let page = app.proposal(&leader, poll, proposed).await.expect("page");
        assert!(page.obstacle.expect("an obstacle").contains("đang được kiểm lại"));
        assert!(said(app.confirm(board.ask(&leader), poll, proposed).await).contains("đang được kiểm lại"));
        let opened = board.opened(form, 2).await;
        app.abandon_batch(board.ask(&head), poll, (form, 2), opened).await.expect("taken off");
        app.confirm(board.ask(&leader), poll, proposed).await.expect("declared");
        assert_eq!(board.stage().await, Stage::Declared);
        board.is_held().await;

        // Whoever changes the table of the board counts for nobody.
        let seat = "UPDATE poll_tellers SET account_id = NULL WHERE council_id = :council AND position = 1";
        assert_eq!(past_the_program(&board.site.database, board.council, seat).await, Ok(1));
        let held = verify_db::database(&board.site.database.target(), None).await.expect("read");
        assert!(held.expect_err("tampered").to_string().contains("bảng poll_tellers, dòng 1: cột account_id"));
    });
}

/// One administrator opens, resets and renames others, and is nobody's second person by it.
#[test]
fn whom_one_administrator_let_in_counts_as_nobody_until_another_vouches() {
    on_both(|engine| async move {
        let (board, counting) = Board::counting(engine).await;
        let (app, poll, form) = (&board.site.app, board.poll, counting.forms[0].0.as_str());
        board.site.has_account(board.council, "quan.tri.hai", "Trần Quản Trị", Role::Admin).await;
        board.site.clock.advance(SignedDuration::from_secs(60));
        let (head, leader) = (board.caller("truong.ban").await, board.caller(LEADER).await);
        let reason = || TypedStep { reason: "Mất điện".into(), ..TypedStep::default() };
        let kind = ProposalKind::PollCancelled;
        let cancel = app.propose_step(board.ask(&head), poll, kind, &reason()).await.expect("proposed");

        // A new name is nobody else; a new password is.
        board.changes(LEADER, "Bà Thường Trực", &[Role::Leader]).await;
        assert!(app.own_reset(&leader).await.expect("read").is_none());
        board.resets("quan.tri", LEADER).await;
        let refused = said(app.confirm(board.ask(&leader), poll, cancel).await);
        assert!(refused.contains("do Nguyễn Quản Trị cấp hoặc đặt lại") && refused.contains("Đúng người"), "{refused}");
        let page = app.proposal(&leader, poll, cancel).await.expect("page");
        assert_eq!(page.obstacle.as_deref(), Some(refused.as_str()), "before anything is pressed");

        // A leader whom the administrator opens, and one whom he makes of himself, are no better.
        let admin = board.caller("quan.tri").await;
        let manager = Manager::try_from(board.ask(&admin)).expect("manager");
        let typed =
            Typed { name: "Người Mới".into(), login: "nguoi.moi".into(), roles: vec![Role::Leader.code().into()] };
        app.open_account(manager, typed).await.expect("opened");
        let mut new = board.caller("nguoi.moi").await;
        new.pending = None;
        assert!(said(app.confirm(board.ask(&new), poll, cancel).await).contains("cấp hoặc đặt lại"));
        let own = board.site.find_account(board.council, "quan.tri").await.expect("account");
        let roles = vec![Role::Admin.code().to_owned(), Role::Leader.code().to_owned()];
        let typed = Typed { name: own.name.clone(), login: String::new(), roles };
        let manager = Manager::try_from(board.ask(&admin)).expect("manager");
        let refused = said(app.change_account(manager, own.id, own.version, typed).await);
        assert!(refused.contains("vừa là «Quản trị tài khoản»"), "{refused}");
        board.mixes("quan.tri", &[Role::Admin, Role::Leader]).await;
        let both = board.caller("quan.tri").await;
        let refused = app.confirm(board.ask(&both), poll, cancel).await.expect_err("an administrator");
        assert!(matches!(refused, AppError::Forbidden), "{refused}");
        let own = app.propose_step(board.ask(&both), poll, kind, &reason()).await.expect_err("nor proposes");
        assert!(matches!(own, AppError::Forbidden), "{own}");
        // Whom an administrator makes a leader, and be it a clerk until now, counts as nobody as long.
        board.site.has_account(board.council, "van.phong.hai", "Đỗ Văn Phòng", Role::Clerk).await;
        board.gives("van.phong.hai", &[Role::Clerk, Role::Leader]).await;
        let raised = board.caller("van.phong.hai").await;
        assert!(said(app.confirm(board.ask(&raised), poll, cancel).await).contains("cấp hoặc đặt lại"));
        let own = app.propose_step(board.ask(&raised), poll, kind, &reason()).await;
        assert!(said(own).contains("chưa được đề xuất"), "nor the one who proposes");

        // A teller whose password was set since the board was appointed reads nothing.
        board.resets("quan.tri", "kp.an").await;
        let typed = board.typed_batch(form, ["kp.an", "kp.binh"]).await;
        let refused = said(app.open_batch(board.ask(&head), poll, &typed).await);
        assert!(refused.contains("sau khi Ban kiểm phiếu được lập"), "{refused}");

        // Neither the one who reset it nor somebody whom he let in vouches; another administrator does.
        let id = |login: &'static str| board.site.account(board.council, login);
        let path = format!("/tai-khoan/{}", id(LEADER).await);
        let mut first = board.admin("quan.tri").await;
        assert!(first.opens(&path).await.html.contains("Người xác nhận phải là người quản trị tài khoản khác"));
        assert!(said(app.vouch(board.ask(&both), id(LEADER).await).await).contains("khác với"));
        board.gives("nguoi.moi", &[Role::Admin]).await;
        let mut puppet = board.caller("nguoi.moi").await;
        puppet.pending = None;
        assert!(said(app.vouch(board.ask(&puppet), id(LEADER).await).await).contains("đã có từ trước"));
        let mut second = board.admin("quan.tri.hai").await;
        second.opens(&path).await;
        let vouched = second.submits(&format!("{path}/dung-nguoi"), &[]).await;
        assert_eq!(vouched.text(".notice"), "Đã ghi: đúng người đang giữ tài khoản này.", "{}", vouched.html);
        let other = board.caller("quan.tri.hai").await;
        app.vouch(board.ask(&other), id("kp.an").await).await.expect("vouched");
        app.open_batch(board.ask(&head), poll, &typed).await.expect("opened");
        app.confirm(board.ask(&leader), poll, cancel).await.expect("confirmed");
        assert_eq!(board.stage().await, Stage::Cancelled);
        board.is_held().await;
    });
}

#[test]
fn an_old_second_factor_vouches_for_its_owner_and_a_new_one_does_not() {
    on_both(|engine| async move {
        let board = Board::sealed(engine).await;
        let mut leader = board.site.signed_in("mau", LEADER).await;
        let secret = leader.opens("/toi/ma-xac-thuc").await.text("#secret");
        leader.submits("/toi/ma-xac-thuc", &[("code", &code(&board.site, &secret))]).await;
        board.site.clock.advance(SignedDuration::from_secs(60));
        board.resets("quan.tri", LEADER).await;
        let caller = board.caller(LEADER).await;
        let app = &board.site.app;
        assert!(app.vouch_for_own(board.ask(&caller), "000000").await.is_err());
        let right = code(&board.site, &secret);
        app.vouch_for_own(board.ask(&caller), &right).await.expect("the factor from before");
        assert!(app.own_reset(&caller).await.expect("read").is_none());

        // The administrator takes the factor away; whoever comes in sets up another, which proves nothing.
        let admin = board.caller("quan.tri").await;
        let account: AccountId = caller.account.id;
        app.remove_second_factor(board.ask(&admin), account).await.expect("removed");
        assert!(!app.own_reset(&caller).await.expect("read").expect("marked").keeps_factor);
        assert!(said(app.vouch_for_own(board.ask(&caller), "000000").await).contains("không chứng minh"));
        board.is_held().await;
    });
}
