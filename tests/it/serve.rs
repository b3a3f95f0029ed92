//! The real program as a child process, as somebody who installs it meets it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Longest that a story waits for the program: a test that hangs tells nobody why.
const PATIENCE: Duration = Duration::from_secs(15);

/// A service that runs until the story ends it.
pub struct Process {
    child: Child,
    pub address: String,
    output: Arc<Mutex<String>>,
    readers: Vec<thread::JoinHandle<()>>,
}

pub fn tinnhiem() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tinnhiem"));
    command.env_remove("DATABASE_URL").env_remove("TINNHIEM_KEY_FILE").env_remove("NOTIFY_SOCKET");
    command
}

/// Waits for the end of a program, and ends it when it takes too long.
pub fn ended(child: &mut Child) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("status") {
            return status;
        }
        if start.elapsed() > PATIENCE {
            drop(child.kill());
            panic!("it has not ended after {PATIENCE:?}");
        }
        thread::sleep(Duration::from_millis(10));
    }
}

impl Process {
    /// Starts on a free port, and waits until it says where it serves.
    pub fn start(data: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = tinnhiem();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(arguments);
        Self::of(command.envs(variables.iter().copied()))
    }

    /// The same with any command that says where it serves, after whatever it says before that.
    pub fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("program");
        let output = Arc::new(Mutex::new(String::new()));
        let stderr = child.stderr.take().expect("stderr");
        let mut readers = vec![collect(stderr, &output)];
        let (tell, told) = mpsc::channel();
        readers.push(every_line(child.stdout.take().expect("stdout"), &output, tell));
        // Nothing more is told when the program ends, or when it takes too long: a demo makes all its papers first.
        let mut lines = std::iter::from_fn(|| told.recv_timeout(PATIENCE * 6).ok());
        let address = |line: String| Some(line.split("nghe ở ").nth(1)?.split(';').next()?.to_owned());
        let address = lines.find_map(address);
        let mut process = Self { child, address: String::new(), output, readers };
        match address {
            Some(address) => process.address = address,
            None => panic!("it did not start: {}", process.ends().1),
        }
        process
    }

    /// Its number among the processes.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// All that it printed so far.
    pub fn printed(&self) -> String {
        self.output.lock().expect("output").clone()
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.expect("kill").success());
    }

    /// Waits for its end, and gives all that it ever printed.
    pub fn ends(&mut self) -> (ExitStatus, String) {
        let status = ended(&mut self.child);
        self.readers.drain(..).for_each(|reader| reader.join().expect("reader"));
        (status, self.output.lock().expect("output").clone())
    }

    /// What came back for raw bytes, until the other side closes.
    pub fn sends(&self, bytes: &[u8]) -> String {
        self.tries(bytes).expect("connection")
    }

    /// The same of a program that may be gone: what came back before it went.
    pub fn tries(&self, bytes: &[u8]) -> std::io::Result<String> {
        let start = Instant::now();
        let mut stream = TcpStream::connect_timeout(&self.address.parse().expect("address"), PATIENCE)?;
        // Whoever refuses a request may close before all of it was sent.
        drop(stream.write_all(bytes));
        let (mut answer, mut buffer) = (Vec::new(), [0; 4096]);
        while let Some(left) = PATIENCE.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) {
            stream.set_read_timeout(Some(left))?;
            match stream.read(&mut buffer) {
                Ok(length @ 1..) => answer.extend_from_slice(&buffer[..length]),
                Ok(0) | Err(_) => break,
            }
        }
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    pub fn gets(&self, path: &str) -> String {
        self.sends(format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).as_bytes())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn collect(mut from: impl std::io::Read + Send + 'static, into: &Arc<Mutex<String>>) -> thread::JoinHandle<()> {
    let into = Arc::clone(into);
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            into.lock().expect("output").push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
    })
}

/// Collects every line and tells it.
fn every_line(from: ChildStdout, into: &Arc<Mutex<String>>, tell: mpsc::Sender<String>) -> thread::JoinHandle<()> {
    let into = Arc::clone(into);
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            into.lock().expect("output").push_str(&format!("{line}\n"));
            // Once the address is known nobody waits for more.
            tell.send(line).ok();
        }
    })
}

/// How a start that must fail ends: status and stderr.
fn refused(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().expect("program");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn data() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().expect("folder");
    let data = home.path().join("data");
    (home, data)
}

#[test]
fn the_first_start_makes_its_folder_answers_probes_and_stops_when_told() {
    let (home, data) = data();
    let socket = home.path().join("notify");
    let systemd = UnixDatagram::bind(&socket).expect("socket");
    let mut service = Process::start(&data, &[], &[("NOTIFY_SOCKET", socket.to_str().expect("path"))]);
    let mut buffer = [0; 64];
    let length = systemd.recv(&mut buffer).expect("datagram");
    assert_eq!(&buffer[..length], b"READY=1");
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(&data), mode(&data.join("secret.key"))), (0o700, 0o600));
    for path in ["/healthz", "/healthz?deep=1", "/readyz"] {
        let answer = service.gets(path);
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\nok\n"), "{answer}");
    }
    service.signal("TERM");
    let (status, output) = service.ends();
    assert_eq!(status.code(), Some(0), "{output}");
}

/// `tinnhiem serve 2>&1 | head -1`: nobody reads what it says any more, and it serves on and stops when told.
#[test]
fn a_service_whose_output_nobody_reads_serves_and_stops_when_told() {
    for (name, closed) in [("TERM", 2), ("INT", 2), ("TERM", 1)] {
        let (_home, data) = data();
        let mut command = tinnhiem();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("program");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout")).lines();
        let line = lines.next().expect("a line").expect("text");
        let address = line.split("nghe ở ").nth(1).and_then(|rest| rest.split(';').next()).expect("address").to_owned();
        drop(lines);
        if closed == 2 {
            drop(child.stderr.take());
        }
        let request = |path: &str| {
            let mut stream = TcpStream::connect(&address).expect("connection");
            stream.set_read_timeout(Some(PATIENCE)).expect("patience");
            write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("sent");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("answer");
            answer
        };
        for path in ["/healthz", "/khong-co", "/readyz"] {
            assert!(request(path).starts_with(if path == "/khong-co" { "HTTP/1.1 404" } else { "HTTP/1.1 200" }));
        }
        let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
        assert!(sent.expect("kill").success());
        assert_eq!(ended(&mut child).code(), Some(0), "{name}, {closed} closed");
    }
}

#[test]
fn the_log_and_the_figures_name_routes_and_never_what_was_sent() {
    let (_home, data) = data();
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("port");
    let mut service = Process::start(&data, &["--metrics-listen", &port.to_string(), "--log", "json"], &[]);
    let address = service.address.clone();
    let body = "council=he-thong&login=BIMAT-ten&password=BIMAT-mat-khau";
    for request in [
        format!("GET /BIMAT-duong-dan?x=BIMAT HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"),
        format!("GET /tep/BIMAT HTTP/1.1\r\nHost: {address}\r\nCookie: tinnhiem=BIMAT\r\nConnection: close\r\n\r\n"),
        format!("BIMAT / HTTP/1.1\r\nHost: {address}\r\nUser-Agent: BIMAT\r\nConnection: close\r\n\r\n"),
        format!(
            "POST /dang-nhap HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ),
    ] {
        assert!(service.sends(request.as_bytes()).starts_with("HTTP/1.1 "));
    }
    assert!(service.gets("/metrics").starts_with("HTTP/1.1 404"), "figures are not for visitors");
    let mut figures = ureq::get(format!("http://{port}/metrics")).call().expect("figures");
    assert_eq!(figures.headers()["x-content-type-options"], "nosniff");
    let policy = figures.headers()["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    let figures = figures.body_mut().read_to_string().expect("text");
    assert!(
        figures.contains("tinnhiem_requests_total{route=\"/tep/{*name}\",method=\"GET\",status=\"404\"} 1"),
        "{figures}"
    );
    assert!(figures.contains("tinnhiem_database_up 1"), "{figures}");
    service.signal("INT");
    let (status, output) = service.ends();
    assert_eq!(status.code(), Some(0));
    assert!(output.contains(r#""route":"/tep/{*name}""#) && output.contains(r#""method":"OTHER""#), "{output}");
    assert!(!output.contains("BIMAT") && !figures.contains("BIMAT"), "{output}{figures}");
}

#[test]
fn what_keeps_it_from_starting_is_said_in_one_sentence() {
    let (home, data) = data();
    let running = Process::start(&data, &[], &[]);
    let other = home.path().join("other");
    let serve = |data: &Path| {
        let mut command = tinnhiem();
        command.args(["serve", "--data"]).arg(data);
        command
    };
    let (code, said) = refused(serve(&other).args(["--listen", &running.address]));
    assert_eq!((code, said.contains("đang có chương trình khác dùng")), (Some(2), true), "{said}");
    let (code, said) = refused(serve(&other).args(["--listen", "0.0.0.0:0"]));
    assert_eq!((code, said.contains("--tls-cert")), (Some(2), true), "{said}");

    std::fs::create_dir(home.path().join("foreign")).expect("folder");
    std::fs::write(home.path().join("foreign/tinnhiem.db"), "chỉ là văn bản, không phải cơ sở dữ liệu".repeat(99))
        .expect("file");
    let (code, said) = refused(serve(&home.path().join("foreign")).args(["--listen", "127.0.0.1:0"]));
    assert_eq!((code, said.contains("không phải tệp cơ sở dữ liệu SQLite")), (Some(2), true), "{said}");

    let key = data.join("secret.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).expect("mode");
    let (code, said) = refused(serve(&data).args(["--listen", "127.0.0.1:0"]));
    assert_eq!((code, said.contains("chmod 600")), (Some(2), true), "{said}");
}

fn certificate(folder: &Path, name: &str) -> (String, String) {
    let path = |kind| folder.join(format!("{name}.{kind}")).to_str().expect("path").to_owned();
    let (certificate, key) = (path("crt"), path("key"));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            "/CN=localhost",
        ])
        .args(["-addext", "subjectAltName=DNS:localhost", "-keyout", &key, "-out", &certificate, "-days", "30"])
        .output()
        .expect("openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (certificate, key)
}

#[test]
fn tls_is_served_from_files_and_a_wrong_pair_is_named() {
    let (home, data) = data();
    let (good, key) = certificate(home.path(), "good");
    let expired = |kind| format!("{}/tests/fixtures/tls/expired.{kind}", env!("CARGO_MANIFEST_DIR"));
    let (old, old_key) = (expired("crt"), expired("key"));
    let (_, other_key) = certificate(home.path(), "other");
    let nothing = home.path().join("nothing").to_str().expect("path").to_owned();
    for (certificate, key, sentence) in [
        (&old, &old_key, "chứng thư chỉ có hiệu lực từ"),
        (&good, &other_key, "không phải của chứng thư"),
        (&nothing, &key, "không đọc được"),
        (&key, &key, "không có chứng thư"),
    ] {
        let mut command = tinnhiem();
        command.args(["serve", "--listen", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key, "--data"]);
        let (code, said) = refused(command.arg(&data));
        assert_eq!((code, said.contains(sentence)), (Some(2), true), "{said}");
    }
    let service = Process::start(&data, &["--tls-cert", &good, "--tls-key", &key], &[]);
    let port = service.address.rsplit(':').next().expect("port");
    let answer = Command::new("openssl")
        .args(["s_client", "-quiet", "-verify_return_error", "-CAfile", &good, "-servername", "localhost"])
        .args(["-connect", &format!("127.0.0.1:{port}")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .and_then(|mut client| {
            let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            client.stdin.as_mut().expect("stdin").write_all(request)?;
            client.wait_with_output()
        })
        .expect("openssl");
    let answer = String::from_utf8_lossy(&answer.stdout).into_owned();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("strict-transport-security"), "{answer}");
}
