//! The power goes while people work: of the data folder only that is left which was synced to the disk. What somebody was
//! told that it is saved is there, and every log verifies.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use domain::simulate::SeededStream;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::faults::{database, official};
use crate::serve::{Process, tinnhiem};
use crate::two_processes::data_with_key;
use crate::wire::Wire;

/// Power cuts that the suite makes.
const CUTS: u64 = 6;

/// The layer between program and disk, built from its source.
fn layer(folder: &Path) -> PathBuf {
    let library = folder.join("unsynced.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/unsynced.c");
    let built =
        Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl").status();
    assert!(built.expect("a C compiler, which building SQLite needs as well").success());
    library
}

/// Copies the files of a folder.
fn copies(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("folder");
    for entry in fs::read_dir(from).expect("folder").map(|entry| entry.expect("entry")) {
        if entry.file_type().expect("type").is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
        }
    }
}

/// Names of all officials in a database that nobody serves.
fn officials(data: &Path) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(data.join("tinnhiem.db"));
        let mut connection = options.connect().await.expect("database");
        let names =
            sqlx::query_scalar("SELECT name FROM officials").fetch_all(&mut connection).await.expect("officials");
        // Its write-ahead log is gone with the last connection, and the files are copied next.
        connection.close().await.expect("closed");
        names
    })
}

#[test]
fn a_power_cut_takes_nothing_that_was_acknowledged() {
    let home = tempfile::tempdir().expect("folder");
    let library = layer(home.path());
    let mut data = data_with_key(home.path());
    database(&data);
    let mut chance = SeededStream::new(2026, "power cuts");
    let mut saved: Vec<String> = Vec::new();
    for cut in 0..CUTS {
        // What is on the disk when the program starts was synced long ago.
        let disk = home.path().join(format!("disk-{cut}"));
        copies(&data, &disk);
        let mut command = tinnhiem();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data).env("LD_PRELOAD", &library);
        command.env("UNSYNCED_FOLDER", &data).env("UNSYNCED_DISK", &disk);
        let service = Process::of(&mut command);
        let clerk = Wire::signed_in(&service.address, "thu.ky");
        let is_off = AtomicBool::new(false);
        let told = thread::scope(|scope| {
            let works = scope.spawn(|| {
                let mut told = Vec::new();
                for number in 0.. {
                    let name = format!("Người {cut} Số {number}");
                    match clerk.submits("/can-bo/moi", &official(&name)) {
                        Some((303, _)) => told.push(name),
                        _ if is_off.load(Ordering::SeqCst) => break,
                        heard => panic!("{heard:?}"),
                    }
                }
                told
            });
            thread::sleep(Duration::from_millis(300 + u64::from(chance.below(900))));
            is_off.store(true, Ordering::SeqCst);
            service.signal("KILL");
            works.join().expect("work")
        });
        saved.extend(told);
        // The old folder is what the program wrote; the new one what was synced of it.
        data = disk;
        let there = officials(&data);
        let lost: Vec<&String> = saved.iter().filter(|name| !there.contains(name)).collect();
        assert!(lost.is_empty(), "acknowledged before cut {cut}, and not there: {lost:?}");
    }
    assert!(saved.len() > 20, "only {} were saved", saved.len());
    let verified = tinnhiem().args(["verify", "--db", "--data"]).arg(&data).output().expect("program");
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    eprintln!("{} officials were acknowledged, {CUTS} power cuts, none is gone", saved.len());
}
