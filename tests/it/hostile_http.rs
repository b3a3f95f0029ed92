//! What strangers send to an open port.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::serve::Process;

#[test]
fn others_are_served_whatever_a_stranger_sends() {
    let home = tempfile::tempdir().expect("folder");
    let mut service = Process::start(&home.path().join("data"), &[], &[]);
    let mut slow = TcpStream::connect(&service.address).expect("connection");
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: a").expect("half a head");

    let mut long = b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: ".to_vec();
    long.resize(10 * 1024 * 1024, b'a');
    // The rest is sent into a connection that is closed already, so its answer may be lost on the way; never a page.
    let answer = service.sends(&long);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    let lines = format!("GET /healthz HTTP/1.1\r\n{}\r\n", "X-A: b\r\n".repeat(200));
    assert!(service.sends(lines.as_bytes()).starts_with("HTTP/1.1 431"));
    for garbage in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], b"\0\0\0\0\r\n\r\n", b"GET\r\n\r\n"] {
        let answer = service.sends(garbage);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    let body = "a".repeat(300 * 1024);
    let head =
        "POST /dang-nhap HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close";
    let answer = service.sends(format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    for path in
        ["/dang-nhap?hoi-dong=khong-co", "/dang-nhap?hoi-dong=%ff%00", "/..%2f..%2fetc/passwd", "/tep/../secret.key"]
    {
        // Nothing is set up here, and 503 says so.
        assert!(!service.gets(path).starts_with("HTTP/1.1 500"), "{path}");
    }
    assert!(service.gets("/healthz").starts_with("HTTP/1.1 200"));

    slow.set_read_timeout(Some(Duration::from_secs(30))).expect("timeout");
    let mut rest = Vec::new();
    slow.read_to_end(&mut rest).expect("the slow one is hung up on");
    assert!(!rest.starts_with(b"HTTP/1.1 200"));
    service.signal("TERM");
    assert_eq!(service.ends().0.code(), Some(0));
}
