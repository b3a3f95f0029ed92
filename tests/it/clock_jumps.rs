//! The clock of the machine is wrong for a while: what it would write is refused with a sentence, and where the log has the
//! wrong time already, two people let it go on.

use app::counting::day::TypedStep;
use app::people::clock::Proof;
use app::trail::verify_db;
use domain::audit::event::council::SessionsEnded;
use domain::audit::{CouncilEvent, UtcTime};
use domain::id::CouncilId;
use domain::proposal::ProposalKind;
use domain::role::Role;
use jiff::SignedDuration;
use store::{logs, polls};

use crate::counting::Hall;
use crate::live_bundle::{bundle, holds, kept};
use crate::serve::{Process, tinnhiem};
use crate::site::{Engine, GOLDEN, PASSWORD, Site, golden, log_of, on_both};
use crate::two_processes::data_with_key;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn newest(site: &Site, council: CouncilId) -> UtcTime {
    logs::last_at(&mut site.store.read(council).await.expect("read")).await.expect("time").expect("a time")
}

fn proof(login: &str) -> Proof {
    Proof::new(login.to_owned(), format!("{PASSWORD}\n"))
}

async fn is_whole(site: &Site) {
    let report = verify_db::database(&site.database.target(), None).await.expect("read");
    report.expect("every log holds");
}

#[test]
fn a_clock_that_is_behind_writes_nothing_and_is_told_wherever_somebody_looks() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        let open = [("name", "Trần Thị Thư"), ("login", "thu"), ("roles", "clerk")];
        let before = newest(&site, council).await;

        site.clock.advance(-HOUR);
        admin.opens("/tai-khoan/moi").await;
        let refused = admin.submits("/tai-khoan/moi", &open).await;
        assert_eq!(refused.status.as_u16(), 500, "{}", refused.html);
        assert!(refused.text("main").contains("Hãy chỉnh đồng hồ máy chủ cho đúng"), "{}", refused.html);
        assert!(site.find_account(council, "thu").await.is_none(), "nothing is written");
        assert!(admin.opens("/").await.text("[role=alert]").contains("tinnhiem clock"));
        let ready = site.visitor().opens("/readyz").await;
        assert_eq!((ready.status.as_u16(), ready.html.as_str()), (503, "clock\n"));
        let door = site.visitor().signs_in("mau", "quan.tri", PASSWORD).await;
        assert!(door.text("main").contains("Đồng hồ máy chủ"), "{}", door.html);

        // A few minutes, as between two machines, are none: the log stays in its order.
        site.clock.advance(HOUR - SignedDuration::from_mins(9));
        assert_eq!(site.visitor().opens("/readyz").await.status.as_u16(), 200);
        admin.opens("/tai-khoan/moi").await;
        assert_eq!(admin.submits("/tai-khoan/moi", &open).await.status.as_u16(), 200);
        assert_eq!(newest(&site, council).await, before);
        assert!(admin.opens("/").await.all("[role=alert]").is_empty());
        is_whole(&site).await;
    });
}

#[test]
fn a_log_that_is_years_ahead_goes_on_when_two_people_say_so_and_both_verifiers_take_it() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "giam.sat", "Lê Thị Giám Sát", Role::Auditor).await;
        site.has_account(council, "lanh.dao", "Phạm Thường Trực", Role::Leader).await;
        let poll = site.has_sealed_poll(council).await.poll;
        site.opens_the_vote(council, poll).await;
        site.clock.advance(DAY * 3650);
        site.counts_all(council, poll, golden).await;
        site.clock.advance(DAY * -3650);

        let wrong = TypedStep { reason: "Đồng hồ sai".into(), ..TypedStep::default() };
        let refused = site.two(council, poll, ProposalKind::PollCancelled, wrong).await;
        assert!(refused.expect_err("ten years behind").to_string().contains("«tinnhiem clock»"));
        let confirm = |first: &'static str, second: Option<&'static str>, reason: &'static str| {
            site.app.confirm_clock(council, proof(first), second.map(proof), reason)
        };
        for (first, second, reason, why) in [
            ("lanh.dao", None, "Pin đồng hồ hỏng", "hai người"),
            ("lanh.dao", Some("lanh.dao"), "Pin đồng hồ hỏng", "hai tài khoản khác nhau"),
            ("lanh.dao", Some("quan.tri"), " ", "lý do"),
            ("giam.sat", Some("quan.tri"), "Pin đồng hồ hỏng", "không xác nhận giờ máy được"),
            ("ai.do", Some("quan.tri"), "Pin đồng hồ hỏng", "không đúng"),
        ] {
            let said = confirm(first, second, reason).await.expect_err("refused").to_string();
            assert!(said.contains(why), "{why}: {said}");
        }
        let written = confirm("lanh.dao", Some("quan.tri"), "Pin đồng hồ hỏng").await.expect("confirmed");
        assert_eq!(written, 2, "the council's log and the poll's");
        let (kind, data) = log_of(&site, council).await.pop().expect("an entry");
        assert_eq!((kind.as_str(), data["reason"].as_str()), ("clock.confirmed", Some("Pin đồng hồ hỏng")));
        assert!(newest(&site, council).await.as_str().starts_with("2026-12-01"), "time goes on by the clock");

        site.closes_counting(council, poll).await;
        site.recounts(council, poll, GOLDEN, golden(GOLDEN)).await;
        site.declares(council, poll).await;
        let mut auditor = site.signed_in("mau", "giam.sat").await;
        let (_, bytes) = bundle(&mut auditor, poll).await;
        holds(&kept(&site, "goi.zip", &bytes));
        is_whole(&site).await;
        let page = auditor.opens("/nhat-ky").await;
        assert!(page.html.contains("Hai người xác nhận giờ máy chủ") || page.status.as_u16() == 200);
    });
}

/// A real program, whose clock is that of this machine, on a database whose log is ahead of it.
#[test]
fn a_program_on_a_log_that_is_ahead_says_so_and_the_command_lets_it_go_on() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    let (site, council) = runtime.block_on(async {
        let (site, council) = Site::with_council_now(Engine::Sqlite).await;
        site.has_account(council, "lanh.dao", "Phạm Thường Trực", Role::Leader).await;
        let later = jiff::Timestamp::now().checked_add(HOUR).expect("time");
        let at: UtcTime = later.try_into().expect("time");
        let account = site.account(council, "lanh.dao").await;
        let event = CouncilEvent::from(SessionsEnded { account });
        let log = crate::store_log::own_log(&site.store, council).await;
        let work = site.store.write(council, move |tx| {
            Box::pin(async move { tx.append(log, at, &crate::store_log::actor(), &event).await })
        });
        work.await.expect("an hour ahead");
        (site, council)
    });
    let data = data_with_key(&site.database.folder());
    let variables = [("DATABASE_URL", site.database.url())];
    let service = Process::start(&data, &[], &variables);
    assert!(service.gets("/readyz").ends_with("clock\n"), "{}", service.gets("/readyz"));
    let (_, checks) = crate::doctor::examines(&data, Some(site.database.url()));
    assert!(checks.iter().any(|check| check == "clock error"), "{checks:?}");

    let clock = |arguments: &[&str], passwords: &str| {
        use std::io::Write as _;
        let mut command = tinnhiem();
        command.args(["clock", "--data"]).arg(&data).args(arguments).envs(variables);
        let pipe = std::process::Stdio::piped;
        let mut child = command.stdin(pipe()).stdout(pipe()).stderr(pipe()).spawn().expect("program");
        drop(child.stdin.take().expect("stdin").write_all(passwords.as_bytes()));
        let output = child.wait_with_output().expect("output");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.code(), said)
    };
    let (code, said) = clock(&[], "");
    assert!(code == Some(1) && said.contains("Đồng hồ máy chủ"), "{code:?} {said}");
    let two = ["--first", "lanh.dao", "--second", "quan.tri", "--reason", "Đồng hồ chạy nhanh một giờ"];
    let (code, said) = clock(&two, &format!("{PASSWORD}\nsai\n"));
    assert!(code == Some(2) && said.contains("không đúng"), "{code:?} {said}");
    let (code, said) = clock(&two, &format!("{PASSWORD}\n{PASSWORD}\n"));
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(clock(&[], "").0, Some(0));
    assert!(service.gets("/readyz").ends_with("ok\n"));
    assert!(service.sends(crate::two_processes::signing_in(&service).as_bytes()).contains("set-cookie"));
    runtime.block_on(is_whole(&site));
    assert!(runtime.block_on(log_of(&site, council)).iter().any(|(kind, _)| kind == "clock.confirmed"));
}

/// Somebody sets the clock three days ahead in the middle of a count.
#[test]
fn a_clock_that_jumps_ahead_in_a_count_is_refused_until_it_is_set_right() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3], &[20]).await;
        let passed = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
        let steady = std::sync::Arc::clone(&passed);
        let read = move || std::time::Duration::from_secs(steady.load(std::sync::atomic::Ordering::Relaxed));
        hall.site.store.watch_clock(std::sync::Arc::new(read));
        assert!(hall.opens("1", "10", "marks").await.status.is_success());
        let another = Site::signed_in(&hall.site, "mau", "truong.ban").await;
        hall.site.clock.advance(DAY * 3);
        let refused = hall.site.visitor().signs_in("mau", "truong.ban", PASSWORD).await;
        assert!(refused.text("main").contains("nhảy vượt quá xa"), "{}", refused.html);
        let mut tx = hall.site.store.read(hall.council).await.expect("read");
        assert!(polls::find(&mut tx, hall.day.poll).await.expect("poll").is_some());
        drop(tx);
        hall.site.clock.advance(-(DAY * 3));
        hall.head.visitor = another;
        assert_eq!(hall.site.visitor().opens("/readyz").await.status.as_u16(), 200);
        // Three days that really passed are no jump.
        passed.store(3 * 24 * 60 * 60, std::sync::atomic::Ordering::Relaxed);
        hall.site.clock.advance(DAY * 3);
        assert_eq!(hall.site.visitor().signs_in("mau", "truong.ban", PASSWORD).await.path, "/");
    });
}
