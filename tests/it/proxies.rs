//! nginx and Caddy by the templates of the repository, on ports of their own and without TLS: what the program promises comes
//! through them.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use app::service::upload::MAX_FILE_BYTES;

use crate::faults::database;
use crate::serve::Process;
use crate::two_processes::data_with_key;
use crate::wire::Wire;

/// A proxy before programs.
pub struct Proxy {
    child: Child,
    pub address: String,
    _folder: tempfile::TempDir,
}

/// A program that `scripts/test` names.
fn program(variable: &str) -> Command {
    let path = std::env::var(variable);
    Command::new(path.unwrap_or_else(|_| panic!("{variable} is not set: run scripts/test, which fetches the proxies")))
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("port").to_string()
}

impl Proxy {
    /// nginx by `template`; each pair of `programs` is what the template names, and what listens.
    pub fn nginx(template: &str, programs: &[(&str, &str)]) -> Self {
        let (folder, free) = (tempfile::tempdir().expect("folder"), free_address());
        let is_kept =
            |line: &&str| !["ssl", "server_name", "listen [::]"].iter().any(|word| line.trim().starts_with(word));
        let site: String = template.lines().filter(is_kept).map(|line| format!("{line}\n")).collect();
        let site = before(&site.replace("listen 443 ssl;", &format!("listen {free};")), programs);
        let place = folder.path().display();
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {place}/{name};"))
            .concat();
        let whole = format!(
            "daemon off; master_process off; pid {place}/pid; error_log {place}/errors;\nevents {{}}\nhttp {{ {paths}\n{site} }}\n"
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, whole).expect("written");
        let mut command = program("TINNHIEM_TEST_NGINX");
        command.arg("-c").arg(&file).arg("-p").arg(folder.path());
        Self::listens(command, free, folder)
    }

    /// Caddy by `template`.
    pub fn caddy(template: &str, programs: &[(&str, &str)]) -> Self {
        let (folder, free) = (tempfile::tempdir().expect("folder"), free_address());
        let site = before(template, programs).replace("tinnhiem.example.gov.vn {", &format!("http://{free} {{"));
        let file = folder.path().join("Caddyfile");
        std::fs::write(&file, format!("{{\n\tadmin off\n\tauto_https off\n}}\n{site}")).expect("written");
        let mut command = program("TINNHIEM_TEST_CADDY");
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(&file).env("HOME", folder.path());
        Self::listens(command, free, folder)
    }

    fn listens(mut command: Command, address: String, folder: tempfile::TempDir) -> Self {
        let child = command.stderr(std::process::Stdio::null()).spawn().expect("proxy");
        let proxy = Self { child, address, _folder: folder };
        let begun = Instant::now();
        while TcpStream::connect(&proxy.address).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(20), "the proxy does not listen");
            thread::sleep(Duration::from_millis(10));
        }
        proxy
    }
}

/// A template in front of these programs.
fn before(template: &str, programs: &[(&str, &str)]) -> String {
    programs.iter().fold(template.to_owned(), |site, (named, address)| {
        assert!(site.contains(named), "{site}");
        site.replace(named, address)
    })
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A file of so many bytes is handed in as a workbook.
fn sends(clerk: &Wire, size: u64) -> (u16, String) {
    let page = clerk.gets("/nhap-bang-tinh").expect("page").1;
    let bytes = vec![b'x'; usize::try_from(size).expect("size")];
    clerk.sends_file("/nhap-bang-tinh", &page, "so-lieu.xlsx", &bytes).expect("answered")
}

#[test]
fn the_largest_file_comes_through_both_proxies_and_a_larger_one_is_refused_by_the_program() {
    let home = tempfile::tempdir().expect("folder");
    let data = data_with_key(home.path());
    database(&data);
    let service = Process::start(&data, &["--proxy"], &[]);
    let programs = [("127.0.0.1:8080", service.address.as_str())];
    let proxies = [
        ("nginx", Proxy::nginx(include_str!("../../templates/deploy/nginx.conf"), &programs)),
        ("caddy", Proxy::caddy(include_str!("../../templates/deploy/Caddyfile"), &programs)),
    ];
    for (name, proxy) in &proxies {
        let clerk = Wire::signed_in(&proxy.address, "thu.ky");
        let (status, page) = sends(&clerk, MAX_FILE_BYTES);
        assert_eq!(status, 303, "{name}: it is taken, and read later: {page}");
        let (status, page) = sends(&clerk, MAX_FILE_BYTES + 1);
        assert!((400..500).contains(&status) && page.contains("20 MB"), "{name}: {status} {page}");
    }
}
