//! A year's real size, on the program as it is released: 40 officials, 8,000 facts, 2,000 papers, 500 delegates. How long
//! compiling and releasing all dossiers takes, how long each page, and what 500 delegates who open dossiers at once feel.
//!
//! The load comes from `wrk` (Debian's package of that name); without it that part is left out, and said. PostgreSQL is the
//! server of `TINNHIEM_TEST_POSTGRES`. Targets: dossiers 2 s, pages 100 ms, p99 25 ms, 120 MB resident.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints, and stops where it is wrong"
)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use app::demo::fill::{Filled, Links};
use app::installation::data_folder::open_app;
use app::people::councils::{FirstAccount, Founding};
use app::preparing::TypedPlan;
use app::service::app::Ask;
use app::{App, Caller};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::account::{Account, AccountState, Roles};
use domain::attachment::{Attachment, FileKind};
use domain::audit::{Actor, Digest, UtcTime};
use domain::book::Book;
use domain::council::{Council, CouncilKind, Sitting, Term};
use domain::decimal::Decimal;
use domain::fact::{Fact, FactKind, Figures, Period, Source, Status};
use domain::id::{AccountId, CouncilId, PollId, SessionId};
use domain::job::JobState;
use domain::official::{Block, Field, Honorific, Official, OfficialNo, Post};
use domain::role::Role;
use domain::roster::Delegate;
use jiff::Timestamp;
use jiff::civil::date;
use sqlx::{AssertSqlSafe, Connection as _};
use store::sessions::Session;
use store::{Store, StoreError, Target, accounts, attachments, sessions};
use zeroize::Zeroizing;

const OFFICIALS: usize = 40;
const FACTS: usize = 8_000;
const PAPERS: usize = 2_000;
const DELEGATES: usize = 500;
/// Bytes of a scanned paper.
const PAPER_BYTES: usize = 60_000;
/// How often a page is opened for its figure.
const OPENED: usize = 15;

fn now() -> UtcTime {
    Timestamp::now().try_into().expect("moment")
}

fn council() -> Council {
    Council {
        name: "Hội đồng nhân dân tỉnh Mẫu".into(),
        kind: CouncilKind::ProvinceCouncil,
        term: Term { legislature: "XVIII".into(), from: date(2021, 6, 24), to: date(2026, 3, 31) },
        sitting: Sitting {
            name: "Kỳ họp thứ 17".into(), opens_on: date(2023, 12, 5), votes_on: date(2023, 12, 7)
        },
        delegates_total: u32::try_from(DELEGATES).expect("few"),
        ruleset: "NQ96-2023-QH15".into(),
        place: "Mẫu".into(),
        chair: "Nguyễn Văn A".into(),
        secretary: "Ngô Văn D".into(),
    }
}

fn plan() -> TypedPlan {
    TypedPlan {
        kind: "rating".into(),
        ruleset: "NQ96-2023-QH15".into(),
        legislature: "XVIII".into(),
        term_from: "2021-06-24".into(),
        term_to: "2026-03-31".into(),
        sitting: "Kỳ họp thứ 17".into(),
        opens_on: "2023-12-05".into(),
        votes_on: "2023-12-07".into(),
        delegates: DELEGATES.to_string(),
        place: "Mẫu".into(),
        chair: "Nguyễn Văn A".into(),
        secretary: "Ngô Văn D".into(),
        basis: String::new(),
        purpose: String::new(),
    }
}

/// A scanned paper.
fn paper(n: usize) -> Vec<u8> {
    let mut bytes = format!("%PDF-1.7\n% tài liệu số {n}\n").into_bytes();
    bytes.resize(PAPER_BYTES, u8::try_from(n % 251).expect("byte"));
    bytes
}

fn fact(i: usize) -> Fact {
    let fields = ["Y tế", "Đất đai", "Ngân sách", "Giáo dục", "Giao thông", "Xây dựng", "Nội vụ", "Môi trường"];
    let year = [2021, 2022, 2023][i / 14 % 3];
    Fact {
        officials: vec![OfficialNo(i % OFFICIALS)],
        field: Field(fields[i / OFFICIALS % fields.len()].into()),
        kind: FactKind::ALL[i / 3 % FactKind::ALL.len()],
        period: Period::Year(year),
        text: format!(
            "Tỷ lệ hồ sơ giải quyết đúng hạn của đơn vị số {i}, năm {year}, theo báo cáo của cơ quan chuyên môn"
        ),
        figures: Some(Figures {
            planned: Decimal::new(920 + i64::try_from(i % 50).expect("small"), 1),
            actual: Decimal::new(915, 1),
            unit: "%".into(),
            lower_is_better: false,
        }),
        status: Status::ALL.get(i % 6).copied(),
        due: None,
        source: Source {
            number: format!("{i}/BC-MẪU"),
            date: date(2023, 1, 10),
            issuer: "UBND tỉnh Mẫu".into(),
            page: Some("4".into()),
            file: (i < PAPERS).then(|| Digest::of(&paper(i))),
        },
        reply: i.is_multiple_of(7).then(|| "Đã tiếp thu và khắc phục trong quý sau.".into()),
    }
}

fn book() -> Book {
    let official = |i: usize| Official {
        name: format!("Nguyễn Văn Mẫu {i}"),
        honorific: Honorific::Mr,
        birth: None,
        posts: vec![Post {
            title: if i == 0 {
                "Chủ tịch UBND tỉnh".into()
            } else {
                format!("Ủy viên UBND tỉnh, Giám đốc Sở số {i}")
            },
            elected_on: Some(date(2021, 6, 24)),
        }],
        block: Block("KHỐI ỦY BAN NHÂN DÂN".into()),
        fields: vec![Field("Y tế".into())],
        retirement_notice: None,
    };
    let delegate =
        |i: usize| Delegate { name: format!("Đại Biểu {i}"), group: Some(format!("Tổ {}", i % 12 + 1)) };
    Book {
        council: council(),
        officials: (0..OFFICIALS).map(official).collect(),
        delegates: (0..DELEGATES).map(delegate).collect(),
        tellers: Vec::new(),
        facts: (0..FACTS).map(fact).collect(),
        declared: None,
    }
}

fn first(login: &str) -> FirstAccount {
    let password = Zeroizing::new("mat-khau-thu-nghiem".to_owned());
    FirstAccount { name: "Người Quản Trị".into(), login: login.into(), password, must_change: false }
}

fn account(council: CouncilId, n: usize, role: Role) -> Account {
    let [a, b, c, d] = u32::try_from(n).expect("few").to_be_bytes();
    Account {
        id: AccountId::new(Timestamp::now(), &[0, 0, 0, 0, 0, 0, a, b, c, d]),
        login: format!("nguoi.{n}").parse().expect("login"),
        name: format!("Đại Biểu {n}"),
        roles: Roles::new(council, [role]).expect("roles"),
        state: AccountState::Open,
        must_change_password: false,
        has_second_factor: false,
        last_sign_in_at: None,
        version: 1,
        changed_at: now(),
        changed_by: "tinnhiem".into(),
    }
}

/// Somebody who is signed in, and the cookie that says so.
async fn signed_in(store: &Store, council: CouncilId, n: usize, role: Role) -> (Caller, String) {
    let account = account(council, n, role);
    let mut secret = [0_u8; 32];
    secret[..8].copy_from_slice(&u64::try_from(n + 1).expect("few").to_be_bytes());
    let token = Digest::of_parts(&[b"tinnhiem session v1\n", &secret]);
    let [a, b, c, d] = u32::try_from(n).expect("few").to_be_bytes();
    let session = SessionId::new(Timestamp::now(), &[1, 0, 0, 0, 0, 0, a, b, c, d]);
    let row = Session {
        id: session,
        account: account.id,
        signed_in_by: "password".into(),
        device: String::new(),
        started_at: now(),
        seen_at: now(),
        previous_at: None,
        failures_before: 0,
    };
    let added = account.clone();
    let work = store.write(council, move |tx| {
        Box::pin(async move {
            accounts::add(tx, &added, None).await?;
            sessions::add(tx, &row, &token).await
        })
    });
    let work: Result<(), StoreError> = work.await;
    work.expect("account");
    let caller = Caller {
        council,
        council_name: "Hội đồng nhân dân tỉnh Mẫu".into(),
        account,
        session,
        pending: None,
        previous_sign_in: None,
        failures_before: 0,
    };
    (caller, format!("tinnhiem={council}.{}", URL_SAFE_NO_PAD.encode(secret)))
}

fn ask<'a>(app: &App, caller: &'a Caller) -> Ask<'a> {
    Ask { caller, request: app.new_request().expect("request") }
}

/// Keeps the files that facts name as their sources.
async fn add_papers(store: &Store, council: CouncilId) {
    for from in (0..PAPERS).step_by(100) {
        let work = store.write(council, move |tx| {
            Box::pin(async move {
                for n in from..from + 100 {
                    let bytes = paper(n);
                    let attachment = Attachment {
                        sha256: Digest::of(&bytes),
                        name: format!("bao-cao-{n}.pdf"),
                        kind: FileKind::Pdf,
                        size: u64::try_from(bytes.len()).expect("small"),
                        added_at: now(),
                        added_by: "tinnhiem".into(),
                    };
                    attachments::add(tx, &attachment).await?;
                    attachments::add_chunk(tx, attachment.sha256, 0, bytes).await?;
                }
                Ok::<_, StoreError>(())
            })
        });
        work.await.expect("papers");
    }
}

/// What the measured pages need to know.
struct World {
    poll: PollId,
    filled: Filled,
    clerk: String,
    leader: String,
    official: String,
    delegates: Vec<String>,
}

async fn prepare(app: &App, store: &Store) -> World {
    let operator = app.set_up(first("he.thong")).await.expect("set-up");
    let operator = Actor { account: Some(operator), name: "Người Vận Hành".into(), role: Role::Operator };
    let founding = Founding {
        name: council().name,
        slug: "mau".into(),
        kind: Some(CouncilKind::ProvinceCouncil),
        first: first("quan.tri"),
    };
    let council = app.found_council(operator, founding).await.expect("council");
    let (clerk, clerk_cookie) = signed_in(store, council, 10_001, Role::Clerk).await;
    let (leader, leader_cookie) = signed_in(store, council, 10_002, Role::Leader).await;
    let (official, official_cookie) = signed_in(store, council, 10_003, Role::Official).await;
    let mut links = Links { officials: vec![None; OFFICIALS], delegates: Vec::new() };
    links.officials[3] = Some(official.account.id);
    let mut delegates = Vec::new();
    for n in 0..DELEGATES {
        let (delegate, cookie) = signed_in(store, council, n, Role::Delegate).await;
        links.delegates.push(Some(delegate.account.id));
        delegates.push(cookie);
    }
    let watch = Instant::now();
    add_papers(store, council).await;
    println!("  {PAPERS} papers of {PAPER_BYTES} bytes written: {} ms", watch.elapsed().as_millis());
    let watch = Instant::now();
    let filled = app.fill(council, &book(), &links).await.expect("filled");
    println!("  roster and {FACTS} facts written in one transaction: {} ms", watch.elapsed().as_millis());
    let poll = app.begin_preparation(ask(app, &clerk), plan()).await.expect("poll").poll;
    release(app, &clerk, &leader, poll).await;
    World { poll, filled, clerk: clerk_cookie, leader: leader_cookie, official: official_cookie, delegates }
}

async fn release(app: &App, clerk: &Caller, leader: &Caller, poll: PollId) {
    let watch = Instant::now();
    let job = app.print_release(ask(app, clerk), poll).await.expect("job");
    loop {
        match app.job(clerk, job).await.expect("job").job.state {
            JobState::Running => tokio::time::sleep(Duration::from_millis(5)).await,
            JobState::Ready => break,
            other => panic!("{other:?}: {:?}", app.job_result(clerk, job).await),
        }
    }
    println!("  all dossiers compiled and printed: {} ms", watch.elapsed().as_millis());
    app.propose_release(ask(app, clerk), poll, job).await.expect("proposed");
    let offer = app.dossier_desk(leader, poll).await.expect("desk").offer.expect("offer").proposal;
    let watch = Instant::now();
    app.confirm_release(ask(app, leader), poll, offer).await.expect("released");
    println!("  release confirmed, printed again and kept: {} ms", watch.elapsed().as_millis());
}

/// The program that is measured.
struct Service {
    child: Child,
    address: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Service {
    fn start(data: &Path, url: Option<&str>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tinnhiem"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        command.env_remove("DATABASE_URL").stdout(Stdio::piped()).stderr(Stdio::null());
        if let Some(url) = url {
            command.env("DATABASE_URL", url);
        }
        let mut child = command.spawn().expect("program");
        let output = BufReader::new(child.stdout.take().expect("output"));
        let address = output.lines().map_while(Result::ok).find_map(|line| {
            let (_, rest) = line.split_once("http://")?;
            Some(rest.split(['/', ' ']).next()?.to_owned())
        });
        Self { child, address: address.expect("address") }
    }

    fn opens(&self, path: &str, cookie: &str) -> (u16, usize) {
        let url = format!("http://{}{path}", self.address);
        let answer = ureq::get(&url).config().http_status_as_error(false).build().header("Cookie", cookie).call();
        let mut answer = answer.expect("answer");
        let status = answer.status().as_u16();
        (status, answer.body_mut().with_config().limit(64 << 20).read_to_vec().expect("body").len())
    }

    /// Megabytes that are resident now, and at most so far.
    fn resident(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("status");
        let figure = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).expect(name);
            line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).expect(name) / 1024
        };
        (figure("VmRSS:"), figure("VmHWM:"))
    }
}

fn pages(service: &Service, world: &World) {
    let poll = world.poll;
    let (official, fact) = (world.filled.officials[3], world.filled.facts[4_001]);
    let reader = &world.delegates[0];
    let (clerk, leader, own) = (&world.clerk, &world.leader, &world.official);
    let pages = [
        (clerk, "/".to_owned()),
        (clerk, "/can-bo".to_owned()),
        (clerk, format!("/can-bo/{official}")),
        (clerk, format!("/can-bo/{official}/lich-su")),
        (clerk, "/dai-bieu".to_owned()),
        (clerk, "/du-kien".to_owned()),
        (clerk, "/du-kien?trang=80".to_owned()),
        (clerk, "/du-kien?tim=don+vi+so+77".to_owned()),
        (clerk, format!("/du-kien?nguoi={official}&nam=2023&xep=official")),
        (clerk, format!("/du-kien/{fact}")),
        (clerk, format!("/du-kien/{fact}/tep")),
        (clerk, "/du-kien/moi".to_owned()),
        (clerk, "/du-kien/lich-su".to_owned()),
        (leader, "/du-kien/tham-tra".to_owned()),
        (leader, format!("/du-kien/tham-tra/{}", world.filled.facts[4_024])),
        (clerk, "/nhap-bang-tinh".to_owned()),
        (clerk, "/viec".to_owned()),
        (clerk, "/ky".to_owned()),
        (clerk, format!("/ky/{poll}")),
        (clerk, format!("/ky/{poll}/ky-hop")),
        (clerk, format!("/ky/{poll}/doi-tuong")),
        (clerk, format!("/ky/{poll}/thoi-han")),
        (clerk, format!("/ky/{poll}/danh-sach")),
        (clerk, format!("/ky/{poll}/ban-kiem-phieu")),
        (clerk, format!("/ky/{poll}/mau-phieu")),
        (clerk, format!("/ky/{poll}/de-xuat")),
        (clerk, format!("/ky/{poll}/y-kien-cu-tri")),
        (clerk, format!("/ky/{poll}/ho-so")),
        (clerk, format!("/ky/{poll}/ho-so/nguoi/{official}")),
        (clerk, format!("/ky/{poll}/ho-so/nguoi/{official}/pdf")),
        (clerk, format!("/ky/{poll}/ho-so/phat-hanh")),
        (clerk, format!("/ky/{poll}/ho-so/phat-hanh/1")),
        (clerk, format!("/ky/{poll}/ho-so/phat-hanh/1/nguoi/{official}")),
        (leader, format!("/ky/{poll}/cau-hoi")),
        (leader, format!("/ky/{poll}/thao-luan")),
        (own, "/".to_owned()),
        (own, "/cua-toi".to_owned()),
        (own, "/cua-toi/du-kien".to_owned()),
        (own, "/cua-toi/bao-cao".to_owned()),
        (reader, "/".to_owned()),
        (reader, "/doc".to_owned()),
        (reader, format!("/doc/{poll}")),
        (reader, format!("/doc/{poll}/1")),
        (reader, format!("/doc/{poll}/1/pdf")),
        (reader, format!("/doc/{poll}/tim?q=don+vi+so+77")),
        (reader, format!("/doc/{poll}/ghi-chu")),
        (reader, format!("/doc/{poll}/cau-hoi")),
        (reader, format!("/thao-luan/{poll}")),
    ];
    println!("  page: status, bytes, median and longest of {OPENED} in ms");
    for (cookie, path) in pages {
        let mut times = Vec::new();
        let mut seen = (0, 0);
        for _ in 0..OPENED {
            let watch = Instant::now();
            seen = service.opens(&path, cookie);
            times.push(watch.elapsed());
        }
        times.sort_unstable();
        let (median, longest) = (times[OPENED / 2].as_micros(), times[OPENED - 1].as_micros());
        let path = path.replace(&poll.to_string(), "{poll}").replace(&official.to_string(), "{official}");
        let path = path.replace(&fact.to_string(), "{fact}");
        let ms = |micros: u128| format!("{}.{}", micros / 1000, micros % 1000 / 100);
        println!("    {path}: {}, {}, {}, {}", seen.0, seen.1, ms(median), ms(longest));
    }
}

/// `pause`: the longest that a delegate reads before the next dossier.
fn load(service: &Service, world: &World, folder: &Path, pause: Duration) {
    let cookies = folder.join("cookies.txt");
    std::fs::write(&cookies, world.delegates.join("\n")).expect("cookies");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/load/wrk.lua");
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--connections", &DELEGATES.to_string(), "--duration", "20s", "--timeout", "10s"]);
    wrk.arg("--script").arg(script).arg(format!("http://{}", service.address)).arg("--").arg(&cookies);
    wrk.args([OFFICIALS.to_string(), world.poll.to_string(), pause.as_millis().to_string()]);
    let Ok(output) = wrk.output() else {
        println!("  wrk is not installed (apt-get install wrk): the load is not measured");
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout);
    println!("  {DELEGATES} delegates, up to {} ms between dossiers:", pause.as_millis());
    for line in text.lines().filter(|line| line.starts_with("requests ") || line.starts_with("p50")) {
        println!("    {line}");
    }
    let (now, most) = service.resident();
    println!("    resident {now} MB, at most {most} MB");
}

async fn on(name: &str, url: Option<&str>) {
    println!("{name}:");
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("folder");
    let data = folder.path().join("data");
    let app = open_app(&data, url).await.expect("service");
    let target = url.map_or_else(|| Ok(Target::in_folder(&data)), Target::parse).expect("target");
    let store = Store::open(&target).await.expect("store");
    let world = prepare(&app, &store).await;
    store.close().await;
    app.close().await;
    let service = Service::start(&data, url);
    let (idle, _) = service.resident();
    println!("  resident at idle: {idle} MB");
    pages(&service, &world);
    for pause in [10_000, 1_000] {
        load(&service, &world, folder.path(), Duration::from_millis(pause));
    }
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        on("SQLite", None).await;
        let Ok(server) = std::env::var("TINNHIEM_TEST_POSTGRES") else {
            println!("PostgreSQL: TINNHIEM_TEST_POSTGRES is not set, not measured");
            return;
        };
        let mut raw = sqlx::PgConnection::connect(&format!("{server}/postgres")).await.expect("server");
        let name = format!("bench_{}", std::process::id());
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut raw).await.expect("database");
        on("PostgreSQL", Some(&format!("{server}/{name}"))).await;
    });
}
