//! The main job on the sample council, from the command line to the last byte.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use scraper::{Html, Selector};
use serde_json::Value;

use crate::office::{Office, files, pages};
use crate::serve::{Process, tinnhiem};

#[test]
fn the_demo_makes_every_paper_twice_alike_and_its_bundle_verifies() {
    let office = Office::new();
    let run = office.runs(&["demo", "--no-serve", "--out", "one"]).ends(0);
    assert!(run.stdout.contains("one/minutes.pdf"), "the summary says where to look: {}", run.stdout);
    office.runs(&["demo", "--no-serve", "--out", "two"]).ends(0);
    let (one, two) = (files(&office.path("one")), files(&office.path("two")));
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(bytes == &two[name], "{name} differs between two runs of one seed");
    }
    for name in ["minutes.pdf", "resolution.pdf", "list.pdf", "results.json", "results.csv", "results.xlsx"] {
        assert!(one.contains_key(name), "{name} is missing");
    }
    let count = |prefix: &str| one.keys().filter(|n| n.starts_with(prefix) && n.ends_with(".pdf")).count();
    assert_eq!((count("dossiers/officials/"), count("ballots/")), (30, 2));
    assert!(count("dossiers/fields/") > 5);
    office.runs(&["verify", "one/bundle"]).ends(0);

    office.runs(&["demo", "--no-serve", "--out", "other", "--seed", "2"]).ends(0);
    assert_ne!(one["results.json"], files(&office.path("other"))["results.json"], "the seed changes nothing");
}

#[test]
fn one_more_byte_on_any_file_of_the_bundle_is_named() {
    let office = Office::new();
    office.runs(&["demo", "--no-serve", "--out", "demo"]).ends(0);
    let bundle = office.path("demo/bundle");
    for (name, bytes) in files(&bundle) {
        let mut longer = bytes.clone();
        longer.push(b'x');
        fs::write(bundle.join(&name), longer).expect("write");
        let run = office.runs(&["verify", "demo/bundle"]).ends(1);
        assert!(run.stderr.contains(&name), "{name} is not named: {}", run.stderr);
        fs::write(bundle.join(&name), bytes).expect("restore");
    }
    office.runs(&["verify", "demo/bundle"]).ends(0);
}

#[test]
fn every_page_of_a_rehearsal_says_so_and_the_root_on_paper_is_the_bundles() {
    let office = Office::new();
    office.runs(&["demo", "--no-serve", "--out", "demo"]).ends(0);
    for name in files(&office.path("demo")).keys().filter(|n| n.ends_with(".pdf")) {
        for (index, page) in pages(&office.path("demo").join(name)).iter().enumerate() {
            assert!(page.contains("DIỄN TẬP"), "{name}, page {}: {page}", index + 1);
        }
    }
    let results: Value = serde_json::from_slice(&files(&office.path("demo"))["results.json"]).expect("JSON");
    assert_eq!(results["rehearsal"], true);
    assert_eq!(results["officials"].as_array().map(Vec::len), Some(30));
    for official in results["officials"].as_array().expect("officials") {
        let count = |key: &str| official["counts"][key].as_u64().expect("count");
        let sum = count("high") + count("medium") + count("low") + count("not_counted");
        assert_eq!(Some(sum), results["ballots"]["returned"].as_u64(), "{}", official["name"]);
    }
}

#[test]
fn whoever_holds_the_table_alone_can_recompute_it() {
    let office = Office::new();
    office.runs(&["demo", "--no-serve", "--out", "demo"]).ends(0);
    let results: Value = serde_json::from_slice(&files(&office.path("demo"))["results.json"]).expect("JSON");
    let returned = results["base"]["value"].to_string();
    for table in ["demo/results.csv", "demo/results.xlsx"] {
        let rules = ["tally", table, "--rules", "NQ96-2023-QH15", "--returned", &returned, "--json"];
        let report: Value = serde_json::from_str(&office.runs(&rules).ends(0).stdout).expect("JSON");
        let bands = |value: &Value| -> Vec<Value> {
            value["officials"].as_array().expect("officials").iter().map(|o| o["band"].clone()).collect()
        };
        assert_eq!(bands(&report), bands(&results), "{table}");
        assert_eq!(report["follows"], true);
    }
}

/// A browser that keeps one cookie.
struct Browser {
    base: String,
    agent: ureq::Agent,
    cookie: Option<String>,
}

impl Browser {
    fn at(address: &str) -> Self {
        let agent = ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).build();
        Self { base: format!("http://{address}"), agent: agent.into(), cookie: None }
    }

    /// Where it was sent on to, and the page.
    fn takes(&mut self, mut answer: ureq::http::Response<ureq::Body>) -> (Option<String>, String) {
        let text = |name: &str| answer.headers().get(name).map(|value| value.to_str().expect("text").to_owned());
        let (to, set) = (text("location"), text("set-cookie"));
        if let Some(set) = set {
            self.cookie = set.split(';').next().map(str::to_owned);
        }
        (to, answer.body_mut().read_to_string().expect("page"))
    }

    fn opens(&mut self, path: &str) -> String {
        let cookie = self.cookie.clone().unwrap_or_default();
        let answer = self.agent.get(format!("{}{path}", self.base)).header("cookie", cookie).call();
        self.takes(answer.expect("answer")).1
    }

    /// Signs in with the hidden fields that the page brings, and gives the page that it is sent to.
    fn signs_in(&mut self, council: &str, login: &str, password: &str) -> String {
        let page = Html::parse_document(&self.opens("/dang-nhap"));
        let hidden = Selector::parse("form[action='/dang-nhap'] input[type=hidden]").expect("selector");
        let mut body = form_urlencoded::Serializer::new(String::new());
        for field in page.select(&hidden) {
            body.append_pair(field.attr("name").expect("name"), field.attr("value").unwrap_or_default());
        }
        body.extend_pairs([("council", council), ("login", login), ("password", password)]);
        let post = self.agent.post(format!("{}/dang-nhap", self.base));
        let post = post.header("content-type", "application/x-www-form-urlencoded");
        let post = post.header("cookie", self.cookie.clone().unwrap_or_default());
        let (to, page) = self.takes(post.send(body.finish()).expect("answer"));
        assert_eq!(to.as_deref(), Some("/"), "{login}: {page}");
        self.opens("/")
    }
}

fn demo(out: &Path) -> Process {
    let mut command = tinnhiem();
    // A demo stands for itself: what the environment says of the service is not for it.
    command.env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none").env("TINNHIEM_KEY_FILE", "/nowhere/key");
    Process::of(command.args(["demo", "--listen", "127.0.0.1:0", "--out"]).arg(out))
}

/// Council, login, password and role of every account in the table.
fn table(printed: &str) -> Vec<[String; 4]> {
    let rows = printed.lines().skip_while(|line| !line.contains("mật khẩu chỉ hiện một lần")).skip(2);
    let row = |line: &str| {
        let cells: Vec<String> =
            line.split("  ").map(|cell| cell.trim().to_owned()).filter(|c| !c.is_empty()).collect();
        cells.try_into().expect("four cells")
    };
    rows.take_while(|line| line.starts_with("  ")).map(row).collect()
}

#[test]
fn the_demo_is_served_with_an_account_for_every_role_and_its_database_verifies() {
    let office = Office::new();
    let out = office.path("demo");
    let mut process = demo(&out);
    let data = out.join("data");
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(&data), mode(&data.join("secret.key"))), (0o700, 0o600));

    let busy = office.runs(&["demo", "--out", "other", "--listen", &process.address]).ends(2);
    assert!(
        busy.stderr.contains("đang có chương trình khác dùng") && !office.path("other").exists(),
        "{}",
        busy.stderr
    );
    let taken = office.runs(&["demo", "--no-serve", "--out", "demo"]).ends(2);
    assert!(taken.stderr.contains("đang phục vụ từ thư mục này"), "{}", taken.stderr);
    let open = office.runs(&["demo", "--out", "other", "--listen", "0.0.0.0:0"]).ends(2);
    assert!(open.stderr.contains("chính máy này"), "{}", open.stderr);

    let accounts = table(&process.printed());
    let roles: Vec<&str> = accounts.iter().map(|[.., role]| role.as_str()).collect();
    assert_eq!(
        roles,
        [
            "Quản trị hệ thống",
            "Quản trị tài khoản",
            "Văn phòng",
            "Thường trực",
            "Đại biểu",
            "Người được lấy phiếu",
            "Trưởng Ban kiểm phiếu",
            "Thành viên Ban kiểm phiếu",
            "Màn chiếu",
            "Giám sát"
        ]
    );
    for [council, login, password, role] in &accounts {
        let home = Browser::at(&process.address).signs_in(council, login, password);
        assert!(home.contains("<h1>Chào ") && home.contains(role.as_str()), "{login}: {home}");
        assert!(!home.contains("đặt mật khẩu riêng"), "{login} has to choose a password first");
    }
    let [council, login, password, _] = &accounts[9];
    let mut auditor = Browser::at(&process.address);
    auditor.signs_in(council, login, password);
    let logs = auditor.opens("/nhat-ky");
    assert!(logs.contains("tinnhiem/dien-tap/"), "the rehearsed poll's log is there: {logs}");

    // Nothing that begins in a demo can pass for a real vote, the half-prepared one neither.
    let [council, login, password, _] = &accounts[2];
    let mut clerk = Browser::at(&process.address);
    clerk.signs_in(council, login, password);
    let new = clerk.opens("/ky/moi");
    assert!(new.contains("mọi kỳ lập ở đây đều là diễn tập") && !new.contains("value=\"real\""), "{new}");
    let list = clerk.opens("/ky");
    let poll = list.split('"').find(|to| to.starts_with("/ky/0")).expect("the half-prepared vote");
    assert!(clerk.opens(poll).contains("DIỄN TẬP"), "{poll}");

    process.signal("TERM");
    let (status, printed) = process.ends();
    assert_eq!(status.code(), Some(0), "{printed}");
    for [_, login, password, _] in &accounts {
        assert_eq!(printed.matches(password.as_str()).count(), 1, "the password of {login} is printed once");
    }

    office.runs(&["verify", "demo/bundle"]).ends(0);
    let verified = office.runs(&["verify", "--db", "--data", "demo/data"]).ends(0);
    assert!(verified.stdout.contains("ký bằng khóa riêng"), "{}", verified.stdout);
    office.runs(&["doctor", "--data", "demo/data"]).ends(0);
    let mut service = Process::start(&data, &[], &[]);
    let [council, login, password, _] = &accounts[1];
    Browser::at(&service.address).signs_in(council, login, password);
    service.signal("TERM");
    assert_eq!(service.ends().0.code(), Some(0));
}

#[test]
fn a_demo_replaces_what_a_demo_left_and_never_the_folder_of_a_service() {
    let office = Office::new();
    let out = office.path("demo");
    let papers = |out: &Path| {
        let mut all = files(out);
        all.retain(|name, _| !name.starts_with("data/"));
        all
    };
    let mut first = demo(&out);
    first.signal("INT");
    let (status, printed) = first.ends();
    assert_eq!(status.code(), Some(0), "{printed}");
    let (key, made) = (fs::read(out.join("data/secret.key")).expect("key"), papers(&out));
    let mut second = demo(&out);
    second.signal("INT");
    let (_, again) = second.ends();
    assert_ne!(fs::read(out.join("data/secret.key")).expect("key"), key, "the secret is drawn anew");
    assert_ne!(table(&printed)[0][2], table(&again)[0][2]);
    assert!(made == papers(&out), "serving changes no byte of the papers");
    office.runs(&["demo", "--no-serve", "--out", "demo"]).ends(0);
    assert!(made == files(&out), "without serving the same papers and nothing else");

    let data = office.path("office/data");
    let mut service = Process::start(&data, &[], &[]);
    service.signal("TERM");
    service.ends();
    let key = fs::read(data.join("secret.key")).expect("key");
    let refused = office.runs(&["demo", "--out", "office", "--listen", "127.0.0.1:0"]).ends(2);
    assert!(refused.stderr.contains("không phải cơ sở dữ liệu của «tinnhiem demo»"), "{}", refused.stderr);
    assert_eq!(fs::read(data.join("secret.key")).expect("key"), key);
}
