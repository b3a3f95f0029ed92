//! Known ballots are counted by the running program; then everything that it left is searched for them: its memory, its
//! database to the last free page, its files, all that it printed.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use domain::marks::Mark;
use domain::poll::{Level, PollKind};
use domain::simulate::SeededStream;
use sqlx::{Connection as _, Row as _, SqliteConnection};

use crate::serve::{Process, tinnhiem};
use crate::site::{BOARD, Engine, Site};
use crate::two_processes::data_with_key;
use crate::wire::{Reading, Wire, keys_batch};

const LINES: u32 = 30;
const PAPERS: u32 = 20;

/// Papers that nobody would fill in by chance: no two of them share eight marks in a row.
fn planted() -> Vec<String> {
    let mut chance = SeededStream::new(2028, "planted ballots");
    let key = |chance: &mut SeededStream| ['1', '2', '3', '0', '9'][usize::try_from(chance.below(5)).expect("small")];
    (0..PAPERS).map(|_| (0..LINES).map(|_| key(&mut chance)).collect()).collect()
}

/// The byte that a mark is in memory: levels in their order, then no mark, then several. The control in the story finds it.
fn in_memory(keys: &str) -> Vec<u8> {
    let levels = [Level::High, Level::Medium, Level::Low, Level::Confidence, Level::NoConfidence];
    assert_eq!(size_of::<Mark>(), 1);
    let byte = |key: char| match Mark::of_key(PollKind::Rating, key).expect("a key") {
        Mark::Level(level) => {
            u8::try_from(levels.iter().position(|other| *other == level).expect("known")).expect("small")
        }
        Mark::None => 5,
        Mark::Multiple => 6,
    };
    keys.chars().map(byte).collect()
}

/// What would give a paper away: its keys as they are typed and sent, its marks as they lie in memory.
fn patterns(papers: &[String]) -> Vec<Vec<u8>> {
    papers.iter().flat_map(|keys| [keys.as_bytes().to_vec(), in_memory(keys)]).collect()
}

/// How many of `patterns` are in `bytes`; half a paper is enough to know it by.
fn found(bytes: &[u8], patterns: &[Vec<u8>]) -> usize {
    let parts = patterns.iter().flat_map(|pattern| pattern.chunks(pattern.len() / 2));
    parts.filter(|part| memchr::memmem::find(bytes, part).is_some()).count()
}

/// Everything that a process may read of itself, as a core dump would have it.
fn memory(process: &Process) -> Vec<u8> {
    let maps = fs::read_to_string(format!("/proc/{}/maps", process.id())).expect("maps");
    let file = File::open(format!("/proc/{}/mem", process.id())).expect("memory");
    let mut all = Vec::new();
    for line in maps.lines() {
        let mut parts = line.split_whitespace();
        let (range, rights) = (parts.next().expect("range"), parts.next().expect("rights"));
        // The program text holds no marks; what the kernel shares is not readable.
        if !rights.starts_with("rw") {
            continue;
        }
        let (from, to) = range.split_once('-').expect("range");
        let [from, to] = [from, to].map(|end| u64::from_str_radix(end, 16).expect("address"));
        let mut region = vec![0; usize::try_from(to - from).expect("size")];
        if file.read_exact_at(&mut region, from).is_ok() {
            all.extend_from_slice(&region);
        }
    }
    assert!(all.len() > 1 << 20, "{} bytes of memory", all.len());
    all
}

/// Every file below a folder, one after the other.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push((path.display().to_string(), fs::read(&path).unwrap_or_default()));
        }
    }
    all
}

/// Rows of every table.
async fn rows(database: &Path) -> Vec<(String, i64)> {
    let mut connection = SqliteConnection::connect(&format!("sqlite:{}", database.display())).await.expect("database");
    let tables = sqlx::query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
    let mut rows = Vec::new();
    for table in tables.fetch_all(&mut connection).await.expect("tables") {
        let name: String = table.get(0);
        let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM \"{name}\""));
        let count: i64 = sqlx::query_scalar(count).fetch_one(&mut connection).await.expect("count");
        rows.push((name, count));
    }
    rows
}

/// A hall, a batch and its two tellers, on SQLite.
struct Hall {
    site: Site,
    runtime: tokio::runtime::Runtime,
    room: String,
    form: String,
    ids: [String; 2],
}

impl Hall {
    fn open() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
        let (site, council) = runtime.block_on(Site::with_council_now(Engine::Sqlite));
        let (day, ids) = runtime.block_on(async {
            site.has_board(council).await;
            let day = site.has_sealed_day(council, "mot", PollKind::Rating, &[LINES, LINES]).await;
            site.counts(&day, &[PAPERS, PAPERS]).await;
            let ids = [site.account(council, BOARD[1].0).await, site.account(council, BOARD[2].0).await];
            (day, ids.map(|id| id.to_string()))
        });
        let room = format!("/kiem-phieu/{}", day.poll);
        Self { site, runtime, room, form: day.forms[0].0.clone(), ids }
    }

    fn opens_batch(&self, head: &Wire) {
        let papers = PAPERS.to_string();
        let [first, second] = &self.ids;
        let fields = [
            ("form", self.form.as_str()),
            ("number", "1"),
            ("papers", &papers),
            ("mode", "marks"),
            ("first", first),
            ("second", second),
        ];
        let (status, page) = head.submits(&format!("{}/mo-tap", self.room), &fields).expect("an answer");
        assert_eq!(status, 303, "{page}");
    }

    fn batch(&self) -> String {
        format!("{}/{}/1", self.room, self.form)
    }
}

fn starts(data: &Path, url: &str) -> Process {
    let port = TcpListener::bind("127.0.0.1:0").expect("port").local_addr().expect("address").port();
    let mut command = tinnhiem();
    command.args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data"]).arg(data).env("DATABASE_URL", url);
    Process::of(&mut command)
}

#[test]
fn after_a_batch_is_in_nothing_of_its_ballots_is_anywhere() {
    let hall = Hall::open();
    let data = tempfile::tempdir().expect("folder");
    let data = data_with_key(data.path());
    let process = starts(&data, hall.site.database.url());
    let wire = |who: usize| Wire::signed_in(&process.address, BOARD[who].0);
    let (head, an, binh) = (wire(0), wire(1), wire(2));
    let truth = planted();
    // An slips in one mark, so that lines are read again too.
    let mut slipped = truth.clone();
    slipped[4].replace_range(7..8, if &truth[4][7..8] == "1" { "2" } else { "1" });
    let patterns = patterns(&truth);
    let before = hall.runtime.block_on(rows(&hall.site.database.folder().join("tinnhiem.db")));

    // The control: while a reading lies on the table, a dump of the memory has it.
    hall.opens_batch(&head);
    let entered = || found(&memory(&process), &patterns) > 0;
    std::thread::scope(|scope| {
        let is_seen = std::sync::atomic::AtomicBool::new(false);
        let reading = Reading { first: truth.clone(), again: truth.clone() };
        let batch = hall.batch();
        let keyed = scope.spawn(move || keys_batch(&binh, &batch, &reading, &|| false));
        let begun = std::time::Instant::now();
        while !entered() {
            assert!(
                begun.elapsed().as_secs() < 20,
                "the control does not find what is there: has a mark another byte now?"
            );
        }
        is_seen.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(keys_batch(&an, &hall.batch(), &Reading { first: slipped, again: truth.clone() }, &|| false));
        assert!(keyed.join().expect("keyed"));
    });

    // Everybody goes on: the next request of each uses the buffers of the last one.
    for wire in [&head, &an] {
        assert_eq!(wire.gets(&hall.room).map(|(status, _)| status), Some(200));
    }
    let left = found(&memory(&process), &patterns);
    assert_eq!(left, 0, "{left} parts of ballots are in the memory of the program");
    let printed = process.printed();
    assert_eq!(found(printed.as_bytes(), &patterns), 0, "{printed}");
    for folder in [data.as_path(), &hall.site.database.folder()] {
        for (path, bytes) in files(folder) {
            assert_eq!(found(&bytes, &patterns), 0, "a ballot is in {path}");
        }
    }
    // No row for a ballot: a batch of twenty leaves as many rows as one of any other size.
    let after = hall.runtime.block_on(rows(&hall.site.database.folder().join("tinnhiem.db")));
    let more: Vec<(&str, i64)> = before
        .iter()
        .zip(&after)
        .filter(|((_, before), (_, after))| before != after)
        .map(|((name, before), (_, after))| (name.as_str(), after - before))
        .collect();
    let mut more = more;
    // Who signed in when, and which forms were sent, is of people, not of papers.
    more.retain(|(name, _)| !["sessions", "sign_ins", "failures"].contains(name));
    assert_eq!(more, [("batches", 1), ("log_entries", 1), ("requests", 5), ("sealed_batches", 1)], "{after:?}");
}
