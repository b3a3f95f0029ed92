//! Two programs on one PostgreSQL, one of them killed while it writes; and a PostgreSQL that stops for a while.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use domain::audit::merkle::{Frontier, leaf_hash};
use domain::audit::{Anchors, Tagged};
use domain::id::{CouncilId, RequestId};
use jiff::Timestamp;
use store::{accounts, logs};
use tempfile::TempDir;

use crate::serve::{Process, ended, tinnhiem};
use crate::site::{Database, Engine, PASSWORD, Site};

/// A data folder with the key of [`Site`], and anchors of before anything was written.
pub fn data_with_key(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    std::fs::create_dir(&data).expect("folder");
    puts_key(&data);
    puts_anchors(&data);
    data
}

/// Puts anchors into a folder that say nothing of any log: those of a service that began on an empty database.
pub fn puts_anchors(data: &Path) {
    let at = "2023-12-01T01:00:00Z".parse().expect("time");
    let anchors = Anchors { at, tagged: Tagged::Rows, logs: BTreeMap::new() };
    anchors_of(data, &anchors);
}

/// Signs anchors with the key of [`Site`].
pub fn anchors_of(data: &Path, anchors: &Anchors) {
    let signer = crate::store_verify::keys().anchor_signer().expect("key");
    std::fs::write(data.join("anchors.txt"), anchors.sign(&signer).expect("note")).expect("file");
}

/// Puts the key of a site into a folder.
pub fn puts_key(data: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let key = data.join("secret.key");
    std::fs::write(&key, base64::engine::general_purpose::STANDARD.encode([7; 32])).expect("key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("mode");
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// A form as it goes over the wire.
fn post(service: &Process, path: &str, cookie: &str, body: &str) -> String {
    let head = format!("POST {path} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}", service.address);
    let kind = "Content-Type: application/x-www-form-urlencoded\r\nConnection: close";
    format!("{head}\r\n{kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// What a browser sends to sign in as the administrator.
pub fn signing_in(service: &Process) -> String {
    let body = form(&[("council", "mau"), ("login", "quan.tri"), ("password", PASSWORD)]);
    post(service, "/dang-nhap", "", &body)
}

fn signs_in(service: &Process) -> String {
    service.sends(signing_in(service).as_bytes())
}

/// The cookie of the session that an answer begins.
fn cookie_of(answer: &str) -> String {
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    let cookie = cookie.unwrap_or_else(|| panic!("no session: {answer}"));
    cookie.split(';').next().expect("pair").to_owned()
}

fn opens(service: &Process, path: &str, cookie: &str) -> String {
    let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}", service.address);
    service.sends(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes())
}

fn is_fine(answer: &str) -> bool {
    answer.starts_with("HTTP/1.1 200")
}

/// A form that opens an account, as the page of a session would send it.
struct Opening {
    login: String,
    body: String,
}

impl Opening {
    fn new(form_token: &str, writer: u8, number: u32) -> Self {
        let [a, b, c, d] = number.to_be_bytes();
        let request = RequestId::new(Timestamp::now(), &[7, 0, 0, 0, 0, writer, a, b, c, d]);
        let login = format!("nguoi.{writer}.{number}");
        let body = form(&[
            ("form_token", form_token),
            ("request_id", &request.to_string()),
            ("name", "Trần Thị Thư"),
            ("login", &login),
            ("roles", "clerk"),
        ]);
        Self { login, body }
    }

    /// What the service said, if it said all of it.
    fn sent(&self, service: &Process, cookie: &str) -> Option<String> {
        let answer = service.tries(post(service, "/tai-khoan/moi", cookie, &self.body).as_bytes()).ok()?;
        answer.trim_end().ends_with("</html>").then_some(answer)
    }
}

/// What a writer heard: forms that were answered, and the one that was not.
#[derive(Default)]
struct Heard {
    answered: Vec<String>,
    unanswered: Option<Opening>,
}

/// Sends form after form until one is not answered, or `most` were.
fn keeps_writing(
    service: &Process,
    cookie: &str,
    form_token: &str,
    (writer, most): (u8, u32),
    count: &AtomicUsize,
) -> Heard {
    let mut heard = Heard::default();
    for number in 0..most {
        let opening = Opening::new(form_token, writer, number);
        let Some(answer) = opening.sent(service, cookie) else {
            heard.unanswered = Some(opening);
            break;
        };
        assert!(is_fine(&answer) && answer.contains(&opening.login), "{answer}");
        heard.answered.push(opening.login);
        count.fetch_add(1, Ordering::Relaxed);
    }
    heard
}

/// Logins of the accounts that the council's log opened, in order, after every entry was hashed again, found in its place
/// and the head found to follow from them.
async fn opened_by_log(site: &Site, council: CouncilId) -> Vec<String> {
    let mut tx = site.store.read(council).await.expect("read");
    let log = logs::heads(&mut tx).await.expect("heads").remove(0);
    let entries = logs::entries(&mut tx, log.log, 0, 1_000_000).await.expect("entries");
    let (mut frontier, mut opened) = (Frontier::default(), Vec::new());
    for (seq, entry) in entries.iter().enumerate() {
        let read: serde_json::Value = serde_json::from_str(entry).expect("entry");
        assert_eq!(read["seq"].as_u64(), u64::try_from(seq).ok(), "no gap, nothing twice");
        frontier.push(leaf_hash(entry.as_bytes()));
        if read["kind"] == "account.opened" {
            opened.push(read["data"]["login"].as_str().expect("login").to_owned());
        }
    }
    assert_eq!((frontier.size(), frontier.root()), (log.head.size, log.head.root));
    opened
}

/// Asks the program itself whether the database holds together.
fn is_verified(data: &Path, url: &str) -> String {
    let mut command = tinnhiem();
    command.args(["verify", "--db", "--data"]).arg(data).env("DATABASE_URL", url);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("program");
    let status = ended(&mut child);
    let output = child.wait_with_output().expect("output");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(status.success() && said.contains("KHỚP."), "{said}");
    said
}

#[test]
fn what_a_killed_process_acknowledged_is_there_once_and_the_log_has_no_gap() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    let (site, council) = runtime.block_on(Site::with_council_now(Engine::Postgres));
    let data = data_with_key(&site.database.folder());
    let variables = [("DATABASE_URL", site.database.url())];
    let (first, second) = (Process::start(&data, &[], &variables), Process::start(&data, &[], &variables));

    let cookie = cookie_of(&signs_in(&first));
    let page = opens(&second, "/tai-khoan/moi", &cookie);
    assert!(is_fine(&page) && page.contains("Nguyễn Quản Trị"), "signed in on one, acts on the other: {page}");
    let token = page.split("name=\"form_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let token = token.expect("token of forms");

    let through_first = AtomicUsize::new(0);
    let through_second = AtomicUsize::new(0);
    let (mut answered, unanswered) = thread::scope(|scope| {
        let (first, second, cookie) = (&first, &second, cookie.as_str());
        let (by_first, by_second) = (&through_first, &through_second);
        let killed: Vec<_> = (0..8)
            .map(|writer| scope.spawn(move || keeps_writing(first, cookie, token, (writer, 1_000), by_first)))
            .collect();
        let other = scope.spawn(move || keeps_writing(second, cookie, token, (8, 8), by_second));
        // The kill comes whatever happened before it: until then the writers go on.
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(8)
            && (by_first.load(Ordering::Relaxed) < 40 || by_second.load(Ordering::Relaxed) < 2)
        {
            thread::sleep(Duration::from_millis(1));
        }
        first.signal("KILL");
        let (mut answered, mut unanswered) = (Vec::new(), Vec::new());
        for writer in killed {
            let heard = writer.join().expect("writer");
            answered.extend(heard.answered);
            unanswered.push(heard.unanswered.expect("it was killed in the middle"));
        }
        let heard = other.join().expect("writer of the other process");
        assert!(heard.unanswered.is_none() && heard.answered.len() == 8, "the other process goes on writing");
        answered.extend(heard.answered);
        (answered, unanswered)
    });
    assert!(answered.len() > 16, "it was killed before it wrote: {}", answered.len());

    let there: BTreeSet<String> = runtime.block_on(opened_by_log(&site, council)).into_iter().collect();
    assert!(answered.iter().all(|login| there.contains(login)), "an acknowledged account is lost");
    is_verified(&data, site.database.url());

    // Whoever got no answer sends the form again, to whichever process is there: it is done once, too.
    for opening in unanswered {
        let answer = opening.sent(&second, &cookie).expect("answer");
        let was_done = there.contains(&opening.login);
        assert!(is_fine(&answer) && answer.contains("Đã làm rồi") == was_done, "{was_done}: {answer}");
        answered.push(opening.login);
    }
    answered.push("quan.tri".into());
    answered.sort();
    let mut opened = runtime.block_on(opened_by_log(&site, council));
    opened.sort();
    assert_eq!(opened, answered, "each form once in the log");
    let rows = runtime.block_on(async {
        let mut tx = site.store.read(council).await.expect("read");
        accounts::list(&mut tx).await.expect("accounts")
    });
    let mut rows: Vec<String> = rows.into_iter().map(|row| row.login.to_string()).collect();
    rows.sort();
    assert_eq!(rows, answered, "each form once among the accounts");
    let said = is_verified(&data, site.database.url());
    assert!(said.contains(&format!("{} tài khoản", answered.len())), "{said}");
}

/// A PostgreSQL of its own, because stopping that of the other tests would stop them too.
struct Cluster {
    folder: TempDir,
    port: u16,
}

impl Cluster {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("port");
        let cluster = Self { folder, port: free.port() };
        let owned = Command::new("chown").arg("postgres").arg(cluster.folder.path()).status();
        drop(owned);
        let data = cluster.data();
        cluster
            .runs("initdb", &["-D", &data, "-A", "trust", "-U", "postgres", "--no-locale", "-E", "UTF8", "--no-sync"]);
        cluster.up();
        let port = cluster.port.to_string();
        cluster.runs("createuser", &["-h", "127.0.0.1", "-p", &port, "-U", "postgres", "--createdb", "tinnhiem"]);
        cluster.runs("createdb", &["-h", "127.0.0.1", "-p", &port, "-U", "tinnhiem", "tinnhiem"]);
        cluster
    }

    fn data(&self) -> String {
        self.folder.path().join("data").to_str().expect("path").to_owned()
    }

    fn up(&self) {
        let options = format!("-p {} -k {} -h 127.0.0.1 -F", self.port, self.folder.path().display());
        let log = format!("{}/log", self.folder.path().display());
        self.runs("pg_ctl", &["-D", &self.data(), "-w", "-l", &log, "-o", &options, "start"]);
    }

    fn down(&self) {
        self.runs("pg_ctl", &["-D", &self.data(), "-w", "-m", "immediate", "stop"]);
    }

    /// As the user postgres when the tests run as root, which PostgreSQL refuses to be.
    fn runs(&self, program: &str, arguments: &[&str]) {
        let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL: run scripts/test");
        let newest = versions.filter_map(Result::ok).map(|entry| entry.path()).max().expect("a version");
        let program = newest.join("bin").join(program);
        let id = Command::new("id").arg("-u").output().expect("id");
        let mut command = if id.stdout == b"0\n" {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/").args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("program");
        assert!(ended(&mut child).success(), "{arguments:?}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if thread::panicking() {
            drop(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.down())));
        } else {
            self.down();
        }
    }
}

#[test]
fn a_database_that_stops_for_a_while_needs_no_restart() {
    let cluster = Cluster::start();
    let url = format!("postgres://tinnhiem@127.0.0.1:{}/tinnhiem", cluster.port);
    let database = Arc::new(Database::at(url.clone()));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    let (site, _) = runtime.block_on(Site::with_council_on(database));
    let data = data_with_key(&site.database.folder());
    let service = Process::start(&data, &[], &[("DATABASE_URL", &url)]);
    let cookie = cookie_of(&signs_in(&service));
    assert!(is_fine(&service.gets("/readyz")) && is_fine(&opens(&service, "/tai-khoan", &cookie)));

    cluster.down();
    thread::scope(|scope| {
        // All at once: each waits for a connection until it is told that there is none.
        let ready = scope.spawn(|| service.gets("/readyz"));
        let page = scope.spawn(|| opens(&service, "/tai-khoan", &cookie));
        let signing_in = scope.spawn(|| signs_in(&service));
        assert!(is_fine(&service.gets("/healthz")), "the process is up");
        let answer = ready.join().expect("probe");
        assert!(answer.starts_with("HTTP/1.1 503") && answer.ends_with("database\n"), "{answer}");
        for answer in [page.join().expect("page"), signing_in.join().expect("form")] {
            assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
            assert!(answer.contains("Không kết nối được cơ sở dữ liệu"), "{answer}");
            assert!(!answer.contains(PASSWORD) && !answer.contains("set-cookie"), "{answer}");
        }
    });

    cluster.up();
    let waited = Instant::now();
    while !is_fine(&service.gets("/readyz")) {
        assert!(waited.elapsed() < Duration::from_secs(10), "it does not come back");
        thread::sleep(Duration::from_millis(50));
    }
    // Every connection of before is dead, and nobody has to meet one.
    for _ in 0..12 {
        let page = opens(&service, "/tai-khoan", &cookie);
        assert!(is_fine(&page) && page.contains("Nguyễn Quản Trị"), "the session is still there: {page}");
    }
    assert!(cookie_of(&signs_in(&service)) != cookie, "it writes again");
    is_verified(&data, &url);
}
