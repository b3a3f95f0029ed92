//! Tellers go on counting while the program is killed under their hands, again and again: what was acknowledged is there
//! once, nothing is there by half, and the totals are those of the papers.

use std::env;
use std::net::TcpListener;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use app::trail::verify_db;
use domain::id::CouncilId;
use domain::poll::{LevelCounts, PollKind};
use domain::poll_state::PollState;
use domain::simulate::SeededStream;
use store::{batches, polls};

use crate::serve::{Process, tinnhiem};
use crate::site::{BOARD, Day, Engine, Site};
use crate::two_processes::data_with_key;
use crate::wire::{Reading, Wire, keys_batch};

/// How often the program is killed on each database. `TINNHIEM_KILLS` asks for another number: 200 take a minute and a half.
const KILLS: u32 = 60;
/// Papers of each form that came back, and in each batch.
const RETURNED: u32 = 80;
const IN_BATCH: u32 = 10;
const FORMS: [u32; 6] = [3; 6];
/// Longest that one count may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// One paper of a form of three lines: mostly marks, now and then none or two.
fn paper(chance: &mut SeededStream) -> String {
    (0..3)
        .map(|_| ['1', '1', '1', '2', '2', '3', '3', '0', '9'][usize::try_from(chance.below(9)).expect("small")])
        .collect()
}

/// What one of a pair keys of true papers who slips in one line of `one_in`. No two of a pair ever read the same wrong
/// mark: what both read wrong in the same way is found by no second reading.
fn slips(truth: &[String], chance: &mut SeededStream, teller: usize, one_in: u32) -> Vec<String> {
    let slip = |key: char, chance: &mut SeededStream| match (chance.below(one_in), teller % 2, key) {
        (0, 0, '0') => '9',
        (0, 0, _) => '0',
        (0, _, '1') => '2',
        (0, ..) => '1',
        _ => key,
    };
    truth.iter().map(|paper| paper.chars().map(|key| slip(key, chance)).collect()).collect()
}

/// A batch with its papers as they are.
struct Pile {
    address: String,
    form: String,
    number: u32,
    papers: Vec<String>,
}

fn piles(day: &Day, chance: &mut SeededStream) -> Vec<Pile> {
    let mut piles = Vec::new();
    for (form, _) in &day.forms {
        for number in 1..=RETURNED / IN_BATCH {
            let address = format!("/kiem-phieu/{}/{form}/{number}", day.poll);
            let papers = (0..IN_BATCH).map(|_| paper(chance)).collect();
            piles.push(Pile { address, form: form.clone(), number, papers });
        }
    }
    piles
}

/// Levels of every line of a form by its papers.
fn truth(piles: &[Pile], form: &str) -> Vec<LevelCounts> {
    let count = |line: usize, key: char| {
        let papers = piles.iter().filter(|pile| pile.form == form).flat_map(|pile| &pile.papers);
        u32::try_from(papers.filter(|paper| paper.chars().nth(line) == Some(key)).count()).expect("few")
    };
    let line = |line| LevelCounts::Rating { high: count(line, '1'), medium: count(line, '2'), low: count(line, '3') };
    (0..3).map(line).collect()
}

/// The program on one port, as often as it is started.
fn starts(address: &str, data: &std::path::Path, url: &str) -> Process {
    let mut command: Command = tinnhiem();
    command.args(["serve", "--listen", address, "--data"]).arg(data).env("DATABASE_URL", url);
    Process::of(&mut command)
}

/// The head teller opens what is not on the table, and decides where two people differ to the end.
fn leads(address: &str, day: &Day, pairs: &[(Vec<&Pile>, [String; 2]); 2], is_over: &(dyn Fn() -> bool + Sync)) {
    let head = Wire::signed_in(address, "truong.ban");
    let rooms = format!("/kiem-phieu/{}/mo-tap", day.poll);
    thread::scope(|scope| {
        for (piles, tellers) in pairs {
            let (head, rooms) = (&head, &rooms);
            scope.spawn(move || {
                for pile in piles {
                    let is_in = AtomicBool::new(false);
                    let stops = || is_over() || is_in.load(Ordering::Relaxed);
                    thread::scope(|scope| {
                        scope.spawn(|| {
                            while !stops() {
                                let (number, papers) = (pile.number.to_string(), IN_BATCH.to_string());
                                let told = head.gets(&format!("{}/tien-do.json", pile.address));
                                if told.is_some_and(|(status, body)| status == 200 && body.contains("\"gone\"")) {
                                    head.submits(
                                        rooms,
                                        &[
                                            ("form", &pile.form),
                                            ("number", &number),
                                            ("papers", &papers),
                                            ("mode", "marks"),
                                            ("first", &tellers[0]),
                                            ("second", &tellers[1]),
                                        ],
                                    );
                                }
                                thread::sleep(Duration::from_millis(20));
                            }
                        });
                        let again = pile.papers.clone();
                        let reading = Reading { first: Vec::new(), again };
                        keys_batch(head, &pile.address, &reading, &stops);
                        is_in.store(true, Ordering::Relaxed);
                    });
                }
            });
        }
    });
}

/// Counts one poll while the program is killed; gives how often it was.
fn counts_under_fire(
    site: &Site,
    day: &Day,
    chance: &mut SeededStream,
    ids: &[String; 4],
    most: u32,
) -> (u32, Vec<Pile>) {
    let data = tempfile::tempdir().expect("folder");
    let data = data_with_key(data.path());
    let port = TcpListener::bind("127.0.0.1:0").expect("port").local_addr().expect("address").port();
    let address = format!("127.0.0.1:{port}");
    let all = piles(day, chance);
    let half = |odd: usize| all.iter().skip(odd).step_by(2).collect::<Vec<&Pile>>();
    let [a, b, c, d] = ids.clone();
    let pairs = [(half(0), [a, b]), (half(1), [c, d])];
    let (begun, is_done) = (Instant::now(), AtomicBool::new(false));
    let is_over = || begun.elapsed() > PATIENCE;
    let mut killed = 0;
    let mut process = starts(&address, &data, site.database.url());
    thread::scope(|scope| {
        let mut hands = vec![scope.spawn(|| leads(&address, day, &pairs, &is_over))];
        for (teller, (login, ..)) in BOARD[1..5].iter().enumerate() {
            let (piles, _) = &pairs[teller / 2];
            let mut chance = SeededStream::new(u64::try_from(teller).expect("small"), &day.poll.to_string());
            let (address, is_over) = (&address, &is_over);
            hands.push(scope.spawn(move || {
                let wire = Wire::signed_in(address, login);
                for pile in piles {
                    // One line in fifty is a slip; the second of a pair reads one line in thirty wrong twice.
                    let first = slips(&pile.papers, &mut chance, teller, 50);
                    let again = if teller % 2 == 0 {
                        pile.papers.clone()
                    } else {
                        slips(&pile.papers, &mut chance, teller, 30)
                    };
                    assert!(keys_batch(&wire, &pile.address, &Reading { first, again }, is_over), "{login} gave up");
                }
            }));
        }
        let is_done = &is_done;
        scope.spawn(move || {
            hands.into_iter().for_each(|hand| hand.join().expect("a hand"));
            is_done.store(true, Ordering::Relaxed);
        });
        // Everybody signs in first: a sign-in is not what is tried here.
        thread::sleep(Duration::from_millis(1500));
        while !is_done.load(Ordering::Relaxed) && killed < most {
            thread::sleep(Duration::from_millis(u64::from(chance.below(400))));
            process.signal("KILL");
            process.ends();
            killed += 1;
            process = starts(&address, &data, site.database.url());
        }
    });
    assert!(!is_over(), "the count has not ended");
    drop(process);
    (killed, all)
}

fn under_fire(engine: Engine) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    let kills = env::var("TINNHIEM_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let (site, council): (Site, CouncilId) = runtime.block_on(Site::with_council_now(engine));
    runtime.block_on(site.has_board(council));
    let ids = BOARD[1..5].iter().map(|(login, ..)| runtime.block_on(site.account(council, login)).to_string());
    let ids: [String; 4] = ids.collect::<Vec<_>>().try_into().expect("four");
    let mut chance = SeededStream::new(u64::from(kills), "under fire");
    let (mut killed, mut round) = (0, 0);
    while killed < kills {
        round += 1;
        let day = runtime.block_on(async {
            let day = site.has_sealed_day(council, &format!("lan-{round}"), PollKind::Rating, &FORMS).await;
            site.counts(&day, &[RETURNED; 6]).await;
            day
        });
        let (more, piles) = counts_under_fire(&site, &day, &mut chance, &ids, kills - killed);
        killed += more;
        runtime.block_on(async {
            let mut tx = site.store.read(council).await.expect("read");
            let rows = batches::list(&mut tx, day.poll).await.expect("batches");
            assert_eq!(rows.len(), piles.len(), "every batch is there once");
            drop(tx);
            site.closes(&day).await;
            let mut tx = site.store.read(council).await.expect("read");
            let PollState::Closed(_, counted) =
                polls::find(&mut tx, day.poll).await.expect("poll").expect("poll").state
            else {
                panic!("not closed")
            };
            for total in counted.forms() {
                assert_eq!(total.counts.lines, truth(&piles, &total.form), "totals of {}", total.form);
            }
        });
        eprintln!("{engine:?}, count {round}: {} batches, killed {killed} times so far", piles.len());
    }
    let report = runtime.block_on(verify_db::database(&site.database.target(), None)).expect("read");
    report.expect("every log holds, and the rows are those of the logs");
}

#[test]
fn a_count_survives_that_its_program_is_killed_on_sqlite() {
    under_fire(Engine::Sqlite);
}

#[test]
fn a_count_survives_that_its_program_is_killed_on_postgresql() {
    under_fire(Engine::Postgres);
}
