//! Where a simulated vote takes place: a council that is founded once and copied for each vote, and the program on it, which
//! crashes and is started again.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use app::attesting::TypedStatement;
use app::attesting::page::Wanted;
use app::people::councils::{FirstAccount, Founding};
use app::people::roster::{TypedOfficial, TypedPost};
use app::polls::Requester;
use app::preparing::{TypedDecision, TypedPlan};
use app::service::app::Ask;
use app::service::clock::{Chance, Clock};
use app::service::keys::Keys;
use app::service::passwords::Cost;
use app::service::upload::Incoming;
use app::{App, Caller};
use domain::account::{Account, AccountState, Roles};
use domain::audit::event::council::AccountOpened;
use domain::audit::{Actor, CouncilEvent};
use domain::council::CouncilKind;
use domain::id::{AccountId, CouncilId, PollId, SessionId};
use domain::role::Role;
use domain::roster::{RosterOfficial, Teller, TellerRole};
use domain::rules::{RuleSet, StatementKind};
use domain::simulate::SeededStream;
use jiff::Timestamp;
use store::{Store, StoreError, Target, accounts, logs};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Lines of the forms of a vote: of the council's own block, and of the committee's.
pub const SHAPES: [[usize; 2]; 4] = [[3, 0], [0, 5], [3, 2], [2, 4]];

const RULES: &str = "NQ96-2023-QH15";
const SLUG: &str = "mau";
const FOUNDED: &str = "2023-12-05T01:00:00Z";
/// Half past seven in the morning of the vote, in Vietnam.
const MORNING: &str = "2023-12-07T00:30:00Z";

/// Everybody who has a hand in a vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hand {
    Head,
    OtherHead,
    Teller(usize),
    Leader,
    OtherLeader,
    Clerk,
    Auditor,
    Admin,
    Observer,
}

impl Hand {
    pub const ALL: [Self; 14] = [
        Self::Head,
        Self::OtherHead,
        Self::Teller(0),
        Self::Teller(1),
        Self::Teller(2),
        Self::Teller(3),
        Self::Teller(4),
        Self::Teller(5),
        Self::Leader,
        Self::OtherLeader,
        Self::Clerk,
        Self::Auditor,
        Self::Admin,
        Self::Observer,
    ];

    const fn role(self) -> Role {
        match self {
            Self::Head | Self::OtherHead => Role::HeadTeller,
            Self::Teller(_) => Role::Teller,
            Self::Leader | Self::OtherLeader => Role::Leader,
            Self::Clerk => Role::Clerk,
            Self::Auditor => Role::Auditor,
            Self::Admin => Role::Admin,
            Self::Observer => Role::Observer,
        }
    }

    fn place(self) -> usize {
        Self::ALL.iter().position(|other| *other == self).expect("listed")
    }

    fn name(self) -> String {
        format!(
            "Người Số {}",
            ["Một", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Đồng", "Tây", "Nam", "Bắc"]
                [self.place()]
        )
    }
}

/// A council whose poll has sealed forms, with its database.
struct Founded {
    bytes: Vec<u8>,
    council: CouncilId,
    poll: PollId,
    forms: Vec<(String, usize)>,
    people: Vec<Account>,
    rules: RuleSet,
}

/// One vote with its database, and whatever process runs on it at this moment.
pub struct World {
    folder: TempDir,
    file: PathBuf,
    pub app: App,
    pub store: Store,
    pub clock: Clock,
    chance: Chance,
    pub council: CouncilId,
    pub poll: PollId,
    /// Ids of the forms with their lines.
    pub forms: Vec<(String, usize)>,
    pub rules: RuleSet,
    people: Vec<Account>,
}

fn keys() -> Keys {
    Keys::new(Zeroizing::new([7; 32]))
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("folder")
}

async fn opened(file: &Path, clock: &Clock, chance: &Chance) -> (Store, App) {
    let target = Target::parse(&format!("sqlite:{}", file.display())).expect("target");
    let store = Store::open(&target).await.expect("store");
    let app = App::new(store.clone(), clock.clone(), chance.clone(), keys(), Cost::Least);
    (store, app)
}

impl World {
    /// The vote of a seed before its first step.
    pub async fn of(seed: u64, shape: usize) -> Self {
        static COUNCILS: [OnceLock<Founded>; SHAPES.len()] = [const { OnceLock::new() }; SHAPES.len()];
        let founded = COUNCILS[shape].get_or_init(|| {
            // A runtime of its own: that of the vote waits here.
            let found = move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
                runtime.block_on(found(SHAPES[shape]))
            };
            std::thread::spawn(found).join().expect("a council")
        });
        let folder = folder();
        let file = folder.path().join("tinnhiem.db");
        fs::write(&file, &founded.bytes).expect("copy");
        let clock = Clock::still(MORNING.parse().expect("time"));
        let chance = Chance::seeded(SeededStream::new(seed, "chance of a simulated vote"));
        let (store, app) = opened(&file, &clock, &chance).await;
        Self {
            folder,
            file,
            app,
            store,
            clock,
            chance,
            council: founded.council,
            poll: founded.poll,
            forms: founded.forms.clone(),
            rules: founded.rules.clone(),
            people: founded.people.clone(),
        }
    }

    pub fn target(&self) -> Target {
        Target::parse(&format!("sqlite:{}", self.file.display())).expect("target")
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn keys() -> Keys {
        keys()
    }

    /// The process has ended, by a crash or in order; another one starts on the same file. What was in memory is gone.
    pub async fn starts_again(&mut self) {
        self.store.close().await;
        (self.store, self.app) = opened(&self.file, &self.clock, &self.chance).await;
    }

    pub async fn ends(&self) {
        self.store.close().await;
    }

    /// Somebody, as a session would give them.
    pub fn caller(&self, hand: Hand) -> Caller {
        caller(self.council, self.people[hand.place()].clone())
    }

    pub fn account(&self, hand: Hand) -> AccountId {
        self.people[hand.place()].id
    }

    pub fn hand_of(&self, account: AccountId) -> Option<Hand> {
        Hand::ALL.into_iter().find(|hand| self.account(*hand) == account)
    }
}

fn caller(council: CouncilId, account: Account) -> Caller {
    Caller {
        council,
        council_name: "Hội đồng".into(),
        session: SessionId::new(MORNING.parse().expect("time"), &[1; 10]),
        account,
        pending: None,
        previous_sign_in: None,
        failures_before: 0,
    }
}

fn first(name: &str, login: &str) -> FirstAccount {
    let password = Zeroizing::new("mat-khau-mo-phong".to_owned());
    FirstAccount { name: name.into(), login: login.into(), password, must_change: false }
}

/// A council of two blocks with a poll whose forms two people sealed, always the same.
async fn found(shape: [usize; 2]) -> Founded {
    let folder = folder();
    let file = folder.path().join("tinnhiem.db");
    let clock = Clock::still(FOUNDED.parse().expect("time"));
    let chance = Chance::seeded(SeededStream::new(1, "founding of a simulated council"));
    let (store, app) = opened(&file, &clock, &chance).await;
    let operator = app.set_up(first("Người Vận Hành", "he.thong")).await.expect("set-up");
    let operator = Actor { account: Some(operator), name: "Người Vận Hành".into(), role: Role::Operator };
    let founding = Founding {
        name: "Hội đồng nhân dân tỉnh Mẫu".into(),
        slug: SLUG.into(),
        kind: Some(CouncilKind::ProvinceCouncil),
        first: first("Nguyễn Quản Trị", "quan.tri"),
    };
    let council = app.found_council(operator, founding).await.expect("council");
    let people = have_accounts(&store, council, clock.now()).await;
    let by = |hand: Hand| caller(council, people[hand.place()].clone());
    let (clerk, leader) = (by(Hand::Clerk), by(Hand::Leader));
    let ask = |caller| Ask { caller, request: app.new_request().expect("request") };
    for official in officials(shape) {
        app.add_entry::<RosterOfficial>(ask(&clerk), official).await.expect("official");
    }
    attest(&app, (&clerk, &leader)).await;
    let poll = app.begin_preparation(ask(&clerk), plan()).await.expect("begun").poll;
    let decision = TypedDecision { number: "31/NQ-HĐND".into(), day: "2023-12-05".into() };
    let list = app.propose_list(ask(&clerk), poll, &decision).await.expect("list");
    app.confirm(ask(&leader), poll, list).await.expect("decided");
    let tellers = board(&people);
    app.appoint_board(Requester::Form(ask(&leader)), poll, tellers, decision.number).await.expect("board");
    let forms = app.propose_forms(ask(&clerk), poll).await.expect("forms");
    app.confirm(ask(&leader), poll, forms).await.expect("sealed");
    let decks = app.deck_page(&by(Hand::Head), poll).await.expect("decks");
    let forms = decks.decks.iter().map(|deck| (deck.form.id.clone(), deck.form.lines.len())).collect();
    // Whoever closes last writes all into the one file.
    store.close().await;
    let bytes = fs::read(&file).expect("file");
    Founded { bytes, council, poll, forms, people, rules: RuleSet::clone(&decks.rules) }
}

async fn have_accounts(store: &Store, council: CouncilId, now: Timestamp) -> Vec<Account> {
    let at = now.try_into().expect("time");
    let account = |hand: Hand| {
        let number = u8::try_from(hand.place()).expect("small");
        Account {
            id: AccountId::new(now, &[number; 10]),
            login: format!("nguoi.{number}").parse().expect("login"),
            name: hand.name(),
            roles: Roles::new(council, [hand.role()]).expect("roles"),
            state: AccountState::Open,
            must_change_password: false,
            has_second_factor: false,
            last_sign_in_at: None,
            version: 1,
            changed_at: at,
            changed_by: "mô phỏng".into(),
        }
    };
    let people: Vec<Account> = Hand::ALL.into_iter().map(account).collect();
    let all = people.clone();
    let added: Result<(), StoreError> = store
        .write(council, move |tx| {
            Box::pin(async move {
                let log = logs::own(tx).await?;
                let actor = Actor { account: None, name: "dòng lệnh".into(), role: Role::Program };
                for account in &all {
                    accounts::add(tx, account, None).await?;
                    let event = AccountOpened {
                        account: account.id,
                        login: account.login.to_string(),
                        name: account.name.clone(),
                        roles: account.roles.iter().collect(),
                    };
                    tx.append(log, at, &actor, &CouncilEvent::from(event)).await?;
                }
                Ok(())
            })
        })
        .await;
    added.expect("accounts");
    people
}

fn officials([own, committee]: [usize; 2]) -> Vec<TypedOfficial> {
    static OWN: [&str; 3] = ["Chủ tịch HĐND tỉnh", "Phó Chủ tịch HĐND tỉnh", "Trưởng Ban Pháp chế HĐND tỉnh"];
    static COMMITTEE: [&str; 5] = [
        "Chủ tịch UBND tỉnh",
        "Phó Chủ tịch UBND tỉnh",
        "Ủy viên UBND tỉnh, Giám đốc Sở Tài chính",
        "Ủy viên UBND tỉnh, Giám đốc Sở Tư pháp",
        "Ủy viên UBND tỉnh, Giám đốc Sở Nội vụ",
    ];
    const NAMES: [&str; 8] = ["An", "Bách", "Cường", "Dũng", "Giang", "Hải", "Khánh", "Lâm"];
    let posts = OWN[..own].iter().map(|post| (post, "KHỐI HỘI ĐỒNG NHÂN DÂN"));
    let posts = posts.chain(COMMITTEE[..committee].iter().map(|post| (post, "KHỐI ỦY BAN NHÂN DÂN")));
    let official = |((post, block), name): ((&&str, &str), &str)| TypedOfficial {
        honorific: "mr".into(),
        name: format!("Nguyễn Văn {name}"),
        birth: "1970".into(),
        posts: vec![TypedPost { title: (*post).into(), elected_on: "24/06/2021".into(), ..TypedPost::default() }],
        block: block.into(),
        fields: "Điều hành chung".into(),
        ..TypedOfficial::default()
    };
    posts.zip(NAMES).map(official).collect()
}

/// Two people say that they compared every parameter of the rules with the official text.
async fn attest(app: &App, (clerk, leader): (&Caller, &Caller)) {
    let ask = |caller| Ask { caller, request: app.new_request().expect("request") };
    let wanted = Wanted { ruleset: RULES.into(), open_only: true, poll: None };
    let keys = app.rules_page(clerk, &wanted).await.expect("rules").lines.into_iter().map(|line| line.key);
    let typed = TypedStatement {
        ruleset: RULES.into(),
        kind: StatementKind::Compared.code().into(),
        keys: keys.collect(),
        document: "Công báo số 823 + 824 ngày 15/7/2023".into(),
        page: "5".into(),
        read_by: "Lê Pháp Chế".into(),
        read_on: "01/11/2023".into(),
        ..TypedStatement::default()
    };
    let mut proof = Incoming::begin("cong-bao.pdf").expect("file");
    assert!(proof.take(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n").expect("disk"));
    let proof = proof.finish().expect("whole");
    let proposed = app.propose_statement(ask(clerk), typed, Some(proof)).await.expect("proposed");
    app.confirm_statement(ask(leader), proposed).await.expect("confirmed");
}

fn plan() -> TypedPlan {
    TypedPlan {
        kind: "rating".into(),
        ruleset: RULES.into(),
        legislature: "XVIII".into(),
        term_from: "2021-06-24".into(),
        term_to: "2026-03-31".into(),
        sitting: "Kỳ họp thứ 17".into(),
        opens_on: "2023-12-05".into(),
        votes_on: "2023-12-07".into(),
        delegates: "60".into(),
        place: "Mẫu".into(),
        chair: "Nguyễn Văn A".into(),
        secretary: "Ngô Văn D".into(),
        basis: String::new(),
        purpose: String::new(),
    }
}

/// Everybody who counts, bound to their accounts.
fn board(people: &[Account]) -> Vec<Teller> {
    let counts = Hand::ALL.into_iter().filter(|hand| matches!(hand.role(), Role::HeadTeller | Role::Teller));
    counts
        .map(|hand| {
            let role = match hand {
                Hand::Head => TellerRole::Head,
                Hand::OtherHead => TellerRole::Secretary,
                _ => TellerRole::Member,
            };
            let account = &people[hand.place()];
            Teller { account: Some(account.id), name: account.name.clone(), role }
        })
        .collect()
}
