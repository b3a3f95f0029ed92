//! Strangers, and people with an account, who send more than anybody should. The program is the real one; its memory stays under
//! a limit all along, and somebody else is answered.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use domain::id::CouncilId;
use domain::role::Role;
use tempfile::TempDir;

use crate::serve::{Process, tinnhiem};
use crate::site::{Engine, PASSWORD, Site};
use crate::two_processes::data_with_key;

/// Most memory that the program may ever have held.
const MOST_MB: u64 = 200;
/// Longest that somebody else may wait. It is a second on a machine with nothing else to do; this machine may be building.
const PATIENCE: Duration = Duration::from_secs(6);

/// A running program on a council of its own, with a clerk.
struct Attacked {
    service: Process,
    runtime: tokio::runtime::Runtime,
    _site: Site,
    _council: CouncilId,
    _home: TempDir,
}

/// `limit` is run by the shell before the program starts.
fn attacked(arguments: &[&str], limit: &str) -> Attacked {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    let (site, council) = runtime.block_on(Site::with_council_now(Engine::Sqlite));
    runtime.block_on(site.has_account(council, "thu.ky", "Thư Ký", Role::Clerk));
    let home = tempfile::tempdir().expect("folder");
    let data = data_with_key(home.path());
    let program = tinnhiem();
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{limit}; exec \"$0\" \"$@\"")]).arg(program.get_program());
    command.env_remove("NOTIFY_SOCKET").env_remove("TINNHIEM_KEY_FILE").env("DATABASE_URL", site.database.url());
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data).args(arguments);
    let service = Process::of(&mut command);
    Attacked { service, runtime, _site: site, _council: council, _home: home }
}

/// Memory that a process holds, and the most that it ever held, in MB.
fn memory(process: &Process) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).expect("status");
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("line");
        line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).expect("number") / 1024
    };
    (of("VmRSS:"), of("VmHWM:"))
}

/// Runs an attack while somebody else opens a page again and again; gives the longest that they waited.
fn answers_during(service: &Process, attack: impl FnOnce()) -> Duration {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            let mut longest = Duration::ZERO;
            while !is_over.load(Ordering::Relaxed) {
                let start = Instant::now();
                let answer = service.gets("/dang-nhap");
                assert!(answer.starts_with("HTTP/1.1 200"), "somebody else is answered: {answer}");
                longest = longest.max(start.elapsed());
            }
            longest
        });
        attack();
        is_over.store(true, Ordering::Relaxed);
        other.join().expect("somebody else")
    })
}

fn holds(name: &str, service: &Process, before: u64, longest: Duration) {
    let (now, most) = memory(service);
    eprintln!(
        "{name}: {before} MB before, {most} MB at most, {now} MB after; somebody else waited {longest:?} at most"
    );
    assert!(most < MOST_MB, "{name}: {most} MB");
    assert!(longest < PATIENCE, "{name}: {longest:?}");
}

fn posted(service: &Process, path: &str, head: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{head}Content-Type: \
         application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        service.address,
        body.len()
    )
}

#[test]
fn a_flood_of_wrong_passwords_takes_a_fixed_amount_of_memory() {
    // Each guess comes from an address of its own, so that no delay of an address ends the flood.
    let attacked = attacked(&["--proxy"], ":");
    let service = &attacked.service;
    let (before, _) = memory(service);
    let (next, refused, wrong) = (AtomicU32::new(0), AtomicU32::new(0), AtomicU32::new(0));
    let longest = answers_during(service, || {
        thread::scope(|scope| {
            for _ in 0..160 {
                scope.spawn(|| {
                    loop {
                        let guess = next.fetch_add(1, Ordering::Relaxed);
                        if guess >= 480 {
                            return;
                        }
                        let body = format!("council=mau&login=ai{guess}&password={}", "x".repeat(40));
                        let head = format!("X-Forwarded-For: 10.1.{}.{}\r\n", guess / 250, guess % 250);
                        let request = posted(service, "/dang-nhap", &head, &body);
                        if guess % 4 == 3 {
                            // One in four hangs up at once.
                            let mut stream = TcpStream::connect(&service.address).expect("connection");
                            drop(stream.write_all(request.as_bytes()));
                            drop(stream.shutdown(Shutdown::Both));
                            continue;
                        }
                        let answer = service.sends(request.as_bytes());
                        match () {
                            () if answer.contains("đang có quá nhiều người")
                                || answer.contains("Đang có quá nhiều người") =>
                            {
                                refused.fetch_add(1, Ordering::Relaxed)
                            }
                            () if answer.contains("không đúng") => wrong.fetch_add(1, Ordering::Relaxed),
                            () => panic!("{answer}"),
                        };
                    }
                });
            }
        });
    });
    let (refused, wrong) = (refused.into_inner(), wrong.into_inner());
    eprintln!("{wrong} guesses looked at, {refused} told that too many wait");
    assert!(wrong > 100 && refused + wrong == 360, "{wrong} and {refused}");
    holds("flood of passwords", service, before, longest);
    // The right person gets in afterwards, and the first time: nothing was counted for them.
    let body = format!("council=mau&login=thu.ky&password={PASSWORD}");
    let answer = service.sends(posted(service, "/dang-nhap", "", &body).as_bytes());
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
}

/// Signs in; gives the cookie.
fn signed_in(service: &Process, login: &str) -> String {
    let body = format!("council=mau&login={login}&password={PASSWORD}");
    let answer = service.sends(posted(service, "/dang-nhap", "", &body).as_bytes());
    let cookies = answer.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
    let pairs: Vec<&str> = cookies.filter_map(|cookie| cookie.split(';').next()).collect();
    assert!(!pairs.is_empty(), "{answer}");
    pairs.join("; ")
}

/// The token of the form on a page.
fn token(service: &Process, path: &str, cookie: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n");
    let answer = service.sends(request.as_bytes());
    let after = answer.split("name=\"form_token\" value=\"").nth(1).unwrap_or_else(|| panic!("no form: {answer}"));
    after.split('"').next().expect("token").to_owned()
}

/// Sends chunks of a form until the program has enough; gives how many MB went out, and what came back.
fn pours(service: &Process, path: &str, cookie: &str, mut next: impl FnMut(u32) -> Vec<u8>) -> (usize, String) {
    let mut stream = TcpStream::connect(&service.address).expect("connection");
    stream.set_write_timeout(Some(Duration::from_secs(20))).expect("timeout");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("timeout");
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nContent-Type: multipart/form-data; \
         boundary=mark\r\nTransfer-Encoding: chunked\r\n\r\n",
        service.address
    );
    stream.write_all(head.as_bytes()).expect("head");
    let mut sent = 0;
    for number in 0.. {
        let part = next(number);
        let chunk = [format!("{:x}\r\n", part.len()).into_bytes(), part, b"\r\n".to_vec()].concat();
        if sent > 300 * 1024 * 1024 || stream.write_all(&chunk).is_err() {
            break;
        }
        sent += chunk.len();
    }
    let (mut answer, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        answer.extend_from_slice(&buffer[..length]);
        if answer.len() > 200 {
            break;
        }
    }
    (sent / 1024 / 1024, String::from_utf8_lossy(&answer).into_owned())
}

fn part(name: &str, value: &str) -> Vec<u8> {
    format!("--mark\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
}

#[test]
fn forms_of_any_size_take_a_fixed_amount_of_memory() {
    const PATH: &str = "/nhap-bang-tinh";
    let attacked = attacked(&[], ":");
    let service = &attacked.service;
    let cookie = signed_in(service, "thu.ky");
    let token = token(service, PATH, &cookie);
    let (before, _) = memory(service);
    let long = "x".repeat(60_000);
    let longest = answers_during(service, || {
        type Attack<'a> = (&'a str, Box<dyn FnMut(u32) -> Vec<u8> + 'a>);
        let attacks: [Attack<'_>; 4] = [
            ("fields without a token", Box::new(|number| part(&format!("f{number}"), &long))),
            (
                "fields after the token",
                Box::new(
                    |number| if number == 0 { part("form_token", &token) } else { part(&format!("f{number}"), &long) },
                ),
            ),
            ("a part that never begins", Box::new(|_| long.clone().into_bytes())),
            (
                "a head of a part that never ends",
                Box::new(|number| if number == 0 { b"--mark\r\nX: ".to_vec() } else { long.clone().into_bytes() }),
            ),
        ];
        for (name, next) in attacks {
            let (sent, answer) = pours(service, PATH, &cookie, next);
            eprintln!("{name}: {sent} MB went out, {:?}, {:?} MB", answer.lines().next(), memory(service));
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{name}: {answer}");
        }
        // Forms without a file, of nobody in particular, that never end.
        let body = format!("council=mau&login=a&rest={}", "x".repeat(250_000));
        let half = posted(service, "/dang-nhap", "", &body).replace("Content-Length: 25", "Content-Length: 26");
        let open: Vec<_> = (0..200)
            .map(|_| {
                let mut stream = TcpStream::connect(&service.address).expect("connection");
                stream.set_write_timeout(Some(Duration::from_millis(500))).expect("timeout");
                drop(stream.write_all(half.as_bytes()));
                stream
            })
            .collect();
        eprintln!("{} forms that never end: {:?} MB", open.len(), memory(service));
    });
    holds("forms", service, before, longest);
}

#[test]
fn idle_connections_make_room_for_others() {
    let attacked = attacked(&[], "ulimit -Sn 256; ulimit -Hn 512");
    let service = &attacked.service;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", service.id())).expect("limits");
    let files = limits.lines().find(|line| line.starts_with("Max open files")).expect("line");
    assert_eq!(files.split_whitespace().nth(3), Some("512"), "raised at the start: {files}");
    let (before, _) = memory(service);
    let mut idle = Vec::new();
    let longest = answers_during(service, || {
        for _ in 0..400 {
            idle.push(TcpStream::connect(&service.address).expect("connection"));
        }
    });
    // (512 - 192) / 2 of them are open; the oldest were closed, the newest is served.
    let is_closed = |stream: &mut TcpStream| {
        stream.set_read_timeout(Some(Duration::from_secs(3))).expect("timeout");
        matches!(stream.read(&mut [0; 1]), Ok(0))
            || matches!(stream.read(&mut [0; 1]), Err(e) if e.kind() == std::io::ErrorKind::ConnectionReset)
    };
    assert!(is_closed(&mut idle[0]) && is_closed(&mut idle[100]));
    let mut newest = idle.pop().expect("one");
    newest.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").expect("request");
    let mut answer = String::new();
    newest.read_to_string(&mut answer).expect("answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    holds("idle connections", service, before, longest);
}

#[test]
fn a_form_that_is_refused_is_read_to_its_end_and_the_connection_goes_on() {
    let attacked = attacked(&[], ":");
    let service = &attacked.service;
    let mut stream = TcpStream::connect(&service.address).expect("connection");
    stream.set_read_timeout(Some(Duration::from_secs(15))).expect("timeout");
    let body = "x".repeat(200_000);
    for _ in 0..2 {
        let head = format!("POST /dang-nhap HTTP/1.1\r\nHost: {}\r\nOrigin: https://example.org", service.address);
        let request = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        stream.write_all(request.as_bytes()).expect("all of it is taken");
        let (mut answer, mut buffer) = (String::new(), [0; 8192]);
        while !answer.contains("</html>") {
            let length = stream.read(&mut buffer).expect("answer");
            assert_ne!(length, 0, "it was closed: {answer}");
            answer.push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    }
    drop(attacked.runtime);
}
