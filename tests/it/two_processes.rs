//! Two programs on one PostgreSQL, one of them killed while it writes; and a PostgreSQL that stops for a while.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;
use tinnhiem::domain::audit::merkle::{Frontier, leaf_hash};
use tinnhiem::domain::id::CouncilId;
use tinnhiem::store::logs;

use crate::serve::Process;
use crate::site::{Engine, PASSWORD, Site};

/// A data folder with the key of [`Site`].
fn data_with_key(folder: &Path) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let data = folder.join("data");
    std::fs::create_dir(&data).expect("folder");
    let key = data.join("secret.key");
    std::fs::write(&key, base64::engine::general_purpose::STANDARD.encode([7; 32])).expect("key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("mode");
    data
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The cookie of a session, when the service said that one began.
fn signs_in(service: &Process) -> Option<String> {
    let answer = posts(service, &form(&[("council", "mau"), ("login", "quan.tri"), ("password", PASSWORD)]));
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: "))?;
    Some(cookie.split(';').next()?.to_owned())
}

fn posts(service: &Process, body: &str) -> String {
    let head = "POST /dang-nhap HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close";
    let request = format!("{head}\r\nHost: {}\r\nContent-Length: {}\r\n\r\n{body}", service.address, body.len());
    service.sends(request.as_bytes())
}

fn opens(service: &Process, path: &str, cookie: &str) -> String {
    let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}", service.address);
    service.sends(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes())
}

/// Number of entries, after every one was hashed again and the head found to follow; and of those that begin a session.
async fn recomputed(site: &Site, council: CouncilId) -> (u64, usize) {
    let mut tx = site.store.read(council).await.expect("read");
    let log = logs::heads(&mut tx).await.expect("heads").remove(0);
    let entries = logs::entries(&mut tx, log.log, 0, 1_000_000).await.expect("entries");
    let mut frontier = Frontier::default();
    for (seq, entry) in entries.iter().enumerate() {
        let read: serde_json::Value = serde_json::from_str(entry).expect("entry");
        assert_eq!(read["seq"].as_u64(), u64::try_from(seq).ok(), "no gap, nothing twice");
        frontier.push(leaf_hash(entry.as_bytes()));
    }
    assert_eq!((frontier.size(), frontier.root()), (log.head.size, log.head.root));
    let started = entries.iter().filter(|entry| entry.contains("\"session.started\"")).count();
    (frontier.size(), started)
}

async fn sessions(site: &Site, council: CouncilId) -> usize {
    let mut connection = PgConnection::connect(site.database.url()).await.expect("connection");
    let set = sqlx::query("SELECT set_config('tinnhiem.council', $1, false)").bind(council.to_string());
    set.execute(&mut connection).await.expect("council");
    let (count,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM sessions").fetch_one(&mut connection).await.expect("count");
    usize::try_from(count).expect("count")
}

#[test]
fn what_a_killed_process_acknowledged_is_there_once_and_the_log_has_no_gap() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    let (site, council) = runtime.block_on(Site::with_council(Engine::Postgres));
    let data = data_with_key(&site.database.folder());
    let variables = [("DATABASE_URL", site.database.url())];
    let first = Process::start(&data, &[], &variables);
    let second = Process::start(&data, &[], &variables);

    let cookie = signs_in(&first).expect("session");
    let page = opens(&second, "/tai-khoan", &cookie);
    assert!(
        page.starts_with("HTTP/1.1 200") && page.contains("Nguyễn Quản Trị"),
        "signed in on one, acts on the other"
    );

    let acknowledged: Vec<String> = thread::scope(|scope| {
        let writer = || {
            let mut got = Vec::new();
            // Until the process is gone.
            while let Some(cookie) = signs_in(&first) {
                got.push(cookie);
            }
            got
        };
        let writers: Vec<_> = (0..8).map(|_| scope.spawn(writer)).collect();
        let other = scope.spawn(|| (0..20).filter_map(|_| signs_in(&second)).collect::<Vec<_>>());
        let through_second = other.join().expect("the other process");
        assert_eq!(through_second.len(), 20);
        first.signal("KILL");
        let mut all: Vec<String> = writers.into_iter().flat_map(|writer| writer.join().expect("writer")).collect();
        assert!(all.len() > 8, "it was killed before it wrote: {}", all.len());
        all.extend(through_second);
        all
    });

    for cookie in &acknowledged {
        assert!(opens(&second, "/tai-khoan", cookie).starts_with("HTTP/1.1 200"), "an acknowledged session is lost");
    }
    assert!(signs_in(&second).is_some(), "the other process goes on writing");
    let (_, started) = runtime.block_on(recomputed(&site, council));
    assert_eq!(started, runtime.block_on(sessions(&site, council)), "entry and row, both or neither");
    assert!(started >= acknowledged.len() + 2, "{started} entries of {} acknowledged", acknowledged.len());
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
        assert!(command.status().expect("program").success(), "{arguments:?}");
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
    let home = tempfile::tempdir().expect("folder");
    let url = format!("postgres://tinnhiem@127.0.0.1:{}/tinnhiem", cluster.port);
    let service = Process::start(&home.path().join("data"), &[], &[("DATABASE_URL", &url)]);
    assert!(service.gets("/readyz").starts_with("HTTP/1.1 200"));
    cluster.down();
    assert!(service.gets("/healthz").starts_with("HTTP/1.1 200"), "the process is up");
    let answer = service.gets("/readyz");
    assert!(answer.starts_with("HTTP/1.1 503") && answer.ends_with("database\n"), "{answer}");
    let answer = posts(&service, &form(&[("council", "mau"), ("login", "quan.tri"), ("password", PASSWORD)]));
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("Không kết nối được cơ sở dữ liệu"), "{answer}");
    assert!(!answer.contains(PASSWORD));
    cluster.up();
    let waited = Instant::now();
    while !service.gets("/readyz").starts_with("HTTP/1.1 200") {
        assert!(waited.elapsed() < Duration::from_secs(30), "it does not come back");
    }
    assert!(service.gets("/dang-nhap").starts_with("HTTP/1.1 "), "pages are there again");
    assert!(!service.gets("/dang-nhap").starts_with("HTTP/1.1 503"));
}
