//! The disk fills up under the running program, and its database file is renamed or replaced: what is told, and what is there
//! afterwards.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use domain::role::Role;

use crate::serve::{Process, tinnhiem};
use crate::site::{Engine, Site};
use crate::two_processes::data_with_key;
use crate::wire::Wire;

/// A database with a council and its clerk `thu.ky`; nobody serves it.
pub fn database(folder: &Path) {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let (site, council) = Site::with_council_now(Engine::Sqlite).await;
        site.has_account(council, "thu.ky", "Thư Ký", Role::Clerk).await;
        site.store.close().await;
        let path = site.database.url().strip_prefix("sqlite:").expect("file").to_owned();
        fs::copy(path, folder.join("tinnhiem.db")).expect("copied");
    });
}

/// An official as the form of `/can-bo/moi` has it.
pub fn official(name: &str) -> [(&str, &str); 5] {
    [("name", name), ("honorific", "mr"), ("post_title", "Giám đốc Sở"), ("post_from", "29/06/2021"), ("block", "Khối")]
}

/// Adds an official; status and page.
pub fn adds(clerk: &Wire, name: &str) -> (u16, String) {
    clerk.submits("/can-bo/moi", &official(name)).expect("answered")
}

pub fn readiness(service: &Process) -> String {
    let answer = service.gets("/readyz");
    let status = answer.split(' ').nth(1).expect("status");
    format!("{status} {}", answer.lines().last().expect("body"))
}

#[test]
fn a_full_disk_is_told_and_writing_goes_on_as_soon_as_there_is_room() {
    let may = Command::new("unshare").args(["-Urm", "true"]).stderr(Stdio::null()).status();
    if !may.is_ok_and(|status| status.success()) {
        eprintln!("a full disk is not tried: this system gives no mount of its own to whoever runs the tests");
        return;
    }
    let home = tempfile::tempdir().expect("folder");
    let (data, small) = (data_with_key(home.path()), home.path().join("small"));
    fs::create_dir(&small).expect("folder");
    database(&data);
    let script = "mount -t tmpfs -o size=24m none \"$0\" && cp -p \"$1\"/* \"$0\" && shift && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["-Urm", "sh", "-c", script]).arg(&small).arg(&data).arg(tinnhiem().get_program());
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&small);
    for variable in ["DATABASE_URL", "TINNHIEM_KEY_FILE", "NOTIFY_SOCKET"] {
        command.env_remove(variable);
    }
    let service = Process::of(&mut command);
    let clerk = Wire::signed_in(&service.address, "thu.ky");
    assert_eq!((adds(&clerk, "Người Đầu Tiên").0, readiness(&service).as_str()), (303, "200 ok"));

    let filling = format!("/proc/{}/root{}/fill", service.id(), small.display());
    let mut file = File::create(&filling).expect("file");
    while file.write_all(&[7; 4096]).is_ok() {}
    let (mut done, mut refused) = (vec!["Người Đầu Tiên".to_owned()], Vec::new());
    // What is left of the log of the database may take a few more.
    for number in 1..200 {
        let name = format!("Người Số {number}");
        match adds(&clerk, &name) {
            (303, _) => done.push(name),
            (status, page) => {
                assert_eq!(status, 503, "{page}");
                assert!(page.contains("Ổ đĩa của cơ sở dữ liệu"), "{page}");
                assert!(page.contains(&name), "what was typed goes on: {page}");
                refused.push(name);
            }
        }
        if refused.len() == 3 {
            break;
        }
    }
    assert_eq!((refused.len(), readiness(&service).as_str()), (3, "503 disk"));
    assert_eq!(clerk.gets("/can-bo").expect("answered").0, 200, "what is there can be read");

    drop(file);
    fs::remove_file(&filling).expect("freed");
    let freed = Instant::now();
    while adds(&clerk, "Người Sau Cùng").0 != 303 {
        assert!(freed.elapsed() < Duration::from_secs(10), "it does not write: {}", service.printed());
    }
    eprintln!(
        "it wrote {:?} after there was room; {} of {} names were taken",
        freed.elapsed(),
        done.len() + 1,
        done.len() + 4
    );
    assert_eq!(readiness(&service), "200 ok");
    let (_, list) = clerk.gets("/can-bo").expect("answered");
    done.push("Người Sau Cùng".to_owned());
    assert!(done.iter().all(|name| list.contains(&format!("{name}<"))), "acknowledged: {done:?}, {list}");
    assert!(refused.iter().all(|name| !list.contains(&format!("{name}<"))), "refused: {refused:?}, {list}");
}

#[test]
fn a_database_file_that_is_renamed_or_replaced_is_told_and_nothing_goes_into_it() {
    let home = tempfile::tempdir().expect("folder");
    let data = data_with_key(home.path());
    database(&data);
    let service = Process::start(&data, &[], &[]);
    let clerk = Wire::signed_in(&service.address, "thu.ky");
    assert_eq!(adds(&clerk, "Người Một").0, 303);
    let (own, other) = (data.join("tinnhiem.db"), data.join("cho-khac.db"));
    let page = clerk.gets("/can-bo/moi").expect("answered").1;
    let copy = fs::read(&own).expect("bytes");
    fs::rename(&own, &other).expect("renamed");
    let refused = |what: &str| {
        let sent = clerk.sends_form("/can-bo/moi", &page, &[("name", "Người Hai"), ("post_title", "Giám đốc Sở")]);
        let (status, page) = sent.expect("answered");
        assert_eq!(status, 503, "{what}: {page}");
        assert!(page.contains("đã bị đổi tên, xóa hoặc thay"), "{what}: {page}");
        assert_eq!(readiness(&service), "503 file", "{what}");
    };
    refused("renamed");
    assert!(service.printed().contains("the database file was renamed, removed or replaced"), "{}", service.printed());
    fs::write(&own, copy).expect("replaced");
    refused("replaced");

    fs::rename(&other, &own).expect("put back");
    assert_eq!((adds(&clerk, "Người Ba").0, readiness(&service).as_str()), (303, "200 ok"));
    let (_, list) = clerk.gets("/can-bo").expect("answered");
    let there = ["Người Một<", "Người Hai<", "Người Ba<"].map(|name| list.contains(name));
    assert_eq!(there, [true, false, true], "{list}");
}
