//! Counting day up to any of its moments, for stories about what comes then: the one place that knows the way.

use app::counting::day::TypedStep;
use app::counting::room::TypedBatch;
use app::polls::NewPoll;
use app::service::app::Ask;
use domain::audit::event::poll::{DeckForm, ListedOfficial, PollCreated, SealedForm};
use domain::audit::{Digest, KeyName};
use domain::ballot_account::{BallotAccount, IssuedPapers};
use domain::id::{CouncilId, PollId};
use domain::poll::PollKind;
use domain::poll_state::FormProgress;
use domain::proposal::ProposalKind;
use domain::role::Role;
use domain::roster::{Teller, TellerRole};
use domain::rules::{RuleSet, builtin, builtin_texts, load};
use domain::test_deck::TestDeck;
use store::polls;

use super::{Site, attested_rules, somebody_in};

/// Who counts in stories: head teller, four tellers, and who watches.
pub const BOARD: [(&str, &str, Role); 6] = [
    ("truong.ban", "Trưởng Ban Kiểm", Role::HeadTeller),
    ("kp.an", "Kiểm Phiếu An", Role::Teller),
    ("kp.binh", "Kiểm Phiếu Bình", Role::Teller),
    ("kp.cuc", "Kiểm Phiếu Cúc", Role::Teller),
    ("kp.dung", "Kiểm Phiếu Dung", Role::Teller),
    ("chieu", "Người Chiếu Hình", Role::Observer),
];

/// A poll on its day.
#[derive(Clone, Debug)]
pub struct Day {
    pub council: CouncilId,
    pub poll: PollId,
    pub kind: PollKind,
    /// Id and number of lines of each form.
    pub forms: Vec<(String, u32)>,
}

/// The rules that days go by.
pub fn day_rules() -> RuleSet {
    let id = builtin_texts()[0].0;
    builtin().expect("carried").into_iter().find(|set| set.id == id).expect("the first")
}

/// What the log is told of a deck that two careful tellers read.
pub fn read_right(deck: &TestDeck) -> DeckForm {
    deck.told(&deck.readings()).expect("its own papers")
}

impl Site {
    /// Accounts of everybody in [`BOARD`].
    pub async fn has_board(&self, council: CouncilId) {
        for (login, name, role) in BOARD {
            self.has_account(council, login, name, role).await;
        }
    }

    /// A poll whose forms are sealed, of as many lines as `lines` has numbers.
    pub async fn has_sealed_day(&self, council: CouncilId, name: &str, kind: PollKind, lines: &[u32]) -> Day {
        let rules = attested_rules();
        let (ruleset, text) = (rules.set.id.as_str(), rules.source.text.as_str());
        let created = PollCreated {
            again_of: None,
            program: None,
            council: "Hội đồng nhân dân tỉnh Mẫu".into(),
            delegates: 80,
            kind,
            rehearsal: false,
            ruleset: ruleset.into(),
            ruleset_sha256: Digest::of(text.as_bytes()),
            simulated: false,
            sitting: format!("Kỳ họp {name}"),
        };
        let new = NewPoll {
            origin: KeyName::new(format!("tinnhiem/mau/{name}")).expect("name"),
            created,
            ruleset_text: text.into(),
        };
        let by = |role| somebody_in(council, role, self.clock.now());
        let (clerk, leader) = (by(Role::Clerk), by(Role::Leader));
        let app = &self.app;
        let poll = app.begin_poll(self.hand(&clerk), new).await.expect("begun");
        let block = |form: usize| format!("Khối {}", form + 1);
        let officials = lines.iter().enumerate().flat_map(|(form, lines)| {
            (1..=*lines).map(move |line| ListedOfficial {
                block: block(form),
                name: format!("Nguyễn Văn Người {}.{line}", form + 1),
                posts: "Giám đốc Sở".into(),
            })
        });
        app.decide_list(self.hand(&leader), poll, officials.collect(), "31/NQ-HĐND".into()).await.expect("list");
        let board = vec![Teller { account: None, name: "Trưởng Ban Kiểm".into(), role: TellerRole::Head }];
        app.appoint_board(self.hand(&leader), poll, board, "32/NQ-HĐND".into()).await.expect("board");
        let forms: Vec<SealedForm> = lines
            .iter()
            .enumerate()
            .map(|(form, lines)| SealedForm {
                block: block(form),
                id: format!("F{}-0A1B2C", form + 1),
                lines: *lines,
                sha256: Digest::of(name.as_bytes()),
                sheets: 1,
            })
            .collect();
        app.seal_forms(self.hand(&leader), poll, forms.clone()).await.expect("sealed");
        Day { council, poll, kind, forms: forms.into_iter().map(|form| (form.id, form.lines)).collect() }
    }

    /// Takes a sealed poll on until its papers are counted: the deck passes, the vote is opened, of each form as many
    /// papers come back as `returned` says.
    pub async fn counts(&self, day: &Day, returned: &[u32]) {
        let head = somebody_in(day.council, Role::HeadTeller, self.clock.now());
        let rules = day_rules();
        let deck = |(form, lines): &(String, u32)| read_right(&TestDeck::sized(form, day.kind, *lines, &rules));
        let app = &self.app;
        app.count_deck(self.hand(&head), day.poll, day.forms.iter().map(deck).collect()).await.expect("deck");
        app.report_zero(self.hand(&head), day.poll).await.expect("zero");
        let present = TypedStep { present: "80".into(), ..TypedStep::default() };
        self.two(day.council, day.poll, ProposalKind::VotingOpened, present).await.expect("open");
        for ((form, _), issued) in day.forms.iter().zip(returned) {
            let papers = IssuedPapers { issued: *issued, printed: 80 };
            app.issue_ballots(self.hand(&head), day.poll, form.clone(), papers).await.expect("issued");
        }
        for ((form, _), returned) in day.forms.iter().zip(returned) {
            let account = BallotAccount::plain(80, *returned, *returned);
            app.record_ballots(self.hand(&head), day.poll, form.clone(), account).await.expect("ballots");
        }
    }

    /// Counts the test deck of a poll with sealed forms, in which everything comes out.
    pub async fn passes_deck(&self, council: CouncilId, poll: PollId) {
        let head = somebody_in(council, Role::HeadTeller, self.clock.now());
        let mut tx = self.store.read(council).await.expect("read");
        let forms = polls::forms(&mut tx, poll).await.expect("forms");
        let kind = polls::find(&mut tx, poll).await.expect("poll").expect("poll").state.poll().created.kind;
        let text = polls::ruleset_text(&mut tx, poll).await.expect("rules").expect("rules");
        drop(tx);
        let rules = load("ruleset.toml", &text).expect("rules");
        let deck = |form: &FormProgress| read_right(&TestDeck::sized(&form.form.id, kind, form.form.lines, &rules));
        self.app.count_deck(self.hand(&head), poll, forms.iter().map(deck).collect()).await.expect("deck");
    }

    /// A batch of the test deck of a poll on the table, for the account `first` and one more; gives the id of its form.
    pub async fn has_deck_batch(&self, council: CouncilId, poll: PollId, first: &str) -> String {
        let head = somebody_in(council, Role::HeadTeller, self.clock.now());
        let second = self.has_account(council, "kiem.hai", "Kiểm Phiếu Hai", Role::Teller).await;
        let room = self.app.counting_room(&head, poll).await.expect("room");
        let (form, papers) = (room.forms[0].id.clone(), room.forms[0].expected.to_string());
        let typed = TypedBatch {
            form: form.clone(),
            number: "1".into(),
            papers,
            mode: "marks".into(),
            first: self.account(council, first).await.to_string(),
            second: second.to_string(),
        };
        let ask = Ask { caller: &head, request: self.app.new_request().expect("request") };
        self.app.open_batch(ask, poll, &typed).await.expect("opened");
        form
    }

    /// Closes the count of a poll whose papers are all in batches.
    pub async fn closes(&self, day: &Day) {
        let closed = self.two(day.council, day.poll, ProposalKind::CountingClosed, TypedStep::default());
        closed.await.expect("closed");
    }
}
