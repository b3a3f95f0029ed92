//! One process leads the table of a poll for all that share a PostgreSQL: another one says so and asks to be tried again,
//! and takes over when the leading one is gone.

use std::sync::Arc;

use domain::poll::PollKind;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use store::batches;

use crate::counting::{Hall, pile};
use crate::proxies::Proxy;
use crate::serve::Process;
use crate::site::{Engine, Site, on_both};
use crate::two_processes::data_with_key;
use crate::wire::{Reading, Wire, keys_batch, message};

const ELSEWHERE: &str = "đang mở ở một máy chủ khác";
const TEN: [&str; 10] = ["113", "121", "201", "119", "333", "222", "111", "123", "123", "321"];

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime")
}

/// Ends the connections that hold locks of this database, as a server does that restarts.
async fn ends_leases(site: &Site) {
    let mut connection = PgConnection::connect(site.database.url()).await.expect("server");
    let ended = sqlx::query(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    assert!(ended.execute(&mut connection).await.expect("ended").rows_affected() > 0, "nobody led");
}

#[test]
fn another_process_says_that_the_room_is_open_elsewhere_and_lays_no_pile() {
    runtime().block_on(async {
        let mut hall = Hall::counting(Engine::Postgres, &[3], &[20]).await;
        hall.opens("1", "10", "marks").await;
        let (room, address) = (hall.room(), hall.batch(1));
        assert_eq!(hall.an.keys(&address, "entry", &pile(&TEN)).await["state"], "wait");

        let other = Site::on(Arc::clone(&hall.site.database)).await;
        let mut binh = hall.binh.visitor.moved_to(other.router());
        for page in [room.clone(), address.clone(), format!("{room}/mo-tap"), format!("{room}/phieu-thu")] {
            let answer = if page.ends_with("mo-tap") {
                hall.head.visitor.moved_to(other.router()).opens(&page).await
            } else {
                binh.opens(&page).await
            };
            assert_eq!(answer.status.as_u16(), 503, "{page}: {}", answer.html);
            assert_eq!(answer.headers["retry-after"], "1", "{page}");
            assert!(answer.text("main").contains(ELSEWHERE), "{page}: {}", answer.html);
            assert!(answer.html.contains(r#"<meta http-equiv="refresh" content="3">"#), "{page}: {}", answer.html);
        }
        let answer = binh.opens(&format!("{address}/tien-do.json")).await;
        let told: Value = serde_json::from_str(&answer.html).expect("json");
        assert_eq!((answer.status.as_u16(), &answer.headers["retry-after"]), (503, &"1".parse().expect("value")));
        assert!(told["sentence"].as_str().expect("sentence").contains(ELSEWHERE), "{told}");

        // A form that was typed on a page of the leading process comes back with what was typed.
        let mut head = hall.head.visitor.moved_to(other.router());
        hall.head.visitor.opens(&format!("{room}/mo-tap")).await;
        let ours = hall.head.visitor.hidden_fields(&format!("{room}/mo-tap"));
        let mut fields: Vec<(&str, &str)> = ours.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.extend([("form", "F1-0A1B2C"), ("number", "1"), ("papers", "10")]);
        let refused = head.submits(&format!("{room}/mo-tap"), &fields).await;
        assert_eq!((refused.status.as_u16(), &refused.headers["retry-after"]), (503, &"1".parse().expect("value")));
        assert!(refused.text("main").contains(ELSEWHERE), "{}", refused.html);

        // What is not counted is everybody's: the room of another day is led by whoever is asked first.
        let second = other.has_sealed_day(hall.council, "hai", PollKind::Rating, &[3]).await;
        assert_eq!(binh.opens(&format!("/kiem-phieu/{}", second.poll)).await.status.as_u16(), 200);
        let there = hall.an.visitor.opens(&format!("/kiem-phieu/{}", second.poll)).await;
        assert_eq!(there.status.as_u16(), 503, "{}", there.html);

        assert_eq!(hall.binh.keys(&address, "entry", &pile(&TEN)).await["state"], "taken", "the leading one goes on");
        assert_eq!(hall.told("batch.committed").await.len(), 1);
    });
}

#[test]
fn a_process_that_lost_its_lease_forgets_what_lay_on_its_table() {
    runtime().block_on(async {
        let mut hall = Hall::counting(Engine::Postgres, &[3], &[20]).await;
        hall.opens("1", "10", "marks").await;
        let address = hall.batch(1);
        let kept = hall.an.keys(&address, "entry", &pile(&TEN)).await;
        assert_eq!(kept["state"], "wait");

        ends_leases(&hall.site).await;
        let other = Site::on(Arc::clone(&hall.site.database)).await;
        let there = hall.head.visitor.moved_to(other.router());
        let here = std::mem::replace(&mut hall.head.visitor, there);
        let laid = hall.head.visitor.opens(&hall.room()).await;
        assert!(laid.html.contains("Bày lại sau khi máy chủ khởi động lại"), "the other one leads now: {}", laid.html);
        let lost = hall.an.visitor.opens(&address).await;
        assert_eq!(lost.status.as_u16(), 503, "{}", lost.html);

        // The other one ends in turn: what was keyed here before is gone, and the pile lies here anew.
        other.app.close().await;
        hall.head.visitor = here;
        let told = hall.an.follows(&address).await;
        assert_eq!((&told["state"], &told["done"]), (&json!("key"), &json!(0)));
        assert_eq!(hall.an.keys(&address, "entry", &pile(&TEN)).await["state"], "wait");
        assert_eq!(hall.binh.keys(&address, "entry", &pile(&TEN)).await["state"], "taken");
        assert_eq!(hall.told("batch.committed").await.len(), 1);
    });
}

#[test]
fn a_database_of_one_process_needs_no_lease() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3], &[20]).await;
        hall.opens("1", "10", "marks").await;
        let leaders = hall.site.store.leaders(hall.council, &[hall.day.poll]).await.expect("leaders");
        assert_eq!(leaders.len(), usize::from(engine == Engine::Postgres), "{leaders:?}");
        // Nobody holds a lock for a poll that is not counted, however often its room is asked for.
        for poll in ["01JZZZZZZZZZZZZZZZZZZZZZZZ", "x"] {
            assert_eq!(hall.an.visitor.opens(&format!("/kiem-phieu/{poll}")).await.status.as_u16(), 404);
        }
        let again = hall.site.store.leaders(hall.council, &[hall.day.poll]).await.expect("leaders");
        assert_eq!(again, leaders);
        hall.site.app.close().await;
        let other = Site::on(Arc::clone(&hall.site.database)).await;
        let ended = other.store.leaders(hall.council, &[hall.day.poll]).await.expect("leaders");
        assert!(ended.is_empty(), "it ends with its process: {ended:?}");
    });
}

/// Two real programs, two tellers and a head teller; the leading one is killed in the middle of a pile.
#[test]
fn when_the_leading_program_is_killed_the_other_one_takes_over_and_counts_once() {
    let runtime = runtime();
    let hall = runtime.block_on(Hall::counting_now(Engine::Postgres, &[3], &[20]));
    let ids = ["kp.an", "kp.binh"].map(|login| runtime.block_on(hall.site.account(hall.council, login)).to_string());
    let data = data_with_key(&hall.site.database.folder());
    let variables = [("DATABASE_URL", hall.site.database.url())];
    let (first, second) = (Process::start(&data, &[], &variables), Process::start(&data, &[], &variables));
    let (room, batch) = (hall.room(), hall.batch(1));
    let open = format!("{room}/mo-tap");
    let form = hall.day.forms[0].0.clone();
    let fields = [
        ("form", form.as_str()),
        ("number", "1"),
        ("papers", "10"),
        ("mode", "marks"),
        ("first", &ids[0]),
        ("second", &ids[1]),
    ];

    let head = Wire::signed_in(&first.address, "truong.ban");
    assert_eq!(head.submits(&open, &fields).expect("answer").0, 303);
    let (an, binh) = (Wire::signed_in(&first.address, "kp.an"), Wire::signed_in(&second.address, "kp.binh"));
    let told: Value = serde_json::from_str(&an.gets(&format!("{batch}/tien-do.json")).expect("told").1).expect("json");
    let papers = (1..).zip(TEN).map(|(n, keys)| json!({"paper": n, "reason": null, "lines": [1, 2, 3], "keys": keys}));
    let entry = message(&told, ("entry", "send"), papers.collect::<Vec<_>>().into());
    assert_eq!(an.tells(&format!("{batch}/gui"), &entry).expect("answer").0, 200);
    let (status, page) = binh.gets(&batch).expect("answer");
    assert!(status == 503 && page.contains(ELSEWHERE), "{status} {page}");
    let there = Wire::signed_in(&second.address, "truong.ban");
    let (status, page) = there.submits(&open, &fields).expect("answer");
    assert!(status == 503 && page.contains(ELSEWHERE), "the same pile is not laid twice: {status} {page}");

    first.signal("KILL");
    // Nobody waits for a time to pass: the server ends the locks of a process that is gone.
    let begun = std::time::Instant::now();
    let is_over = || begun.elapsed() > std::time::Duration::from_secs(20);
    while there.gets(&room).expect("answer").0 != 200 {
        assert!(!is_over(), "the other one does not take over");
    }
    let (status, page) = there.submits(&open, &fields).expect("answer");
    assert!(status == 422 && page.contains("đã được mở"), "it lies there by itself: {status} {page}");
    let reading = Reading { first: TEN.map(str::to_owned).to_vec(), again: Vec::new() };
    let moved = Wire::signed_in(&second.address, "kp.an");
    std::thread::scope(|scope| {
        let hands = [&moved, &binh].map(|wire| scope.spawn(|| keys_batch(wire, &batch, &reading, &is_over)));
        hands.into_iter().for_each(|hand| assert!(hand.join().expect("a hand"), "it was not taken"));
    });
    let rows = runtime.block_on(async {
        let mut tx = hall.site.store.read(hall.council).await.expect("read");
        batches::list(&mut tx, hall.day.poll).await.expect("batches")
    });
    assert_eq!(rows.iter().map(|row| (row.number, row.papers)).collect::<Vec<_>>(), [(1, 10)]);
    assert_eq!(runtime.block_on(hall.told("batch.committed")).len(), 1);
}

#[test]
fn a_balancer_finds_the_process_that_leads() {
    let runtime = runtime();
    let hall = runtime.block_on(Hall::counting_now(Engine::Postgres, &[3], &[20]));
    let ids = ["kp.an", "kp.binh"].map(|login| runtime.block_on(hall.site.account(hall.council, login)).to_string());
    let data = data_with_key(&hall.site.database.folder());
    let variables = [("DATABASE_URL", hall.site.database.url())];
    let both = [(); 2].map(|()| Process::start(&data, &["--proxy"], &variables));
    let programs = [("127.0.0.1:8081", both[0].address.as_str()), ("127.0.0.1:8082", both[1].address.as_str())];
    let balancer = Proxy::nginx(include_str!("../../templates/deploy/nginx-several.conf"), &programs);
    let begun = std::time::Instant::now();
    let is_over = || begun.elapsed() > std::time::Duration::from_secs(30);
    let hands = ["truong.ban", "kp.an", "kp.binh"].map(|login| Wire::signed_in(&balancer.address, login));
    let [head, an, binh] = &hands;
    let (room, form) = (hall.room(), hall.day.forms[0].0.clone());
    for _ in 0..10 {
        for hand in &hands {
            let (status, page) = hand.gets(&room).expect("answer");
            assert_eq!(status, 200, "{page}");
        }
    }
    for number in ["1", "2"] {
        let fields = [
            ("form", form.as_str()),
            ("number", number),
            ("papers", "10"),
            ("mode", "marks"),
            ("first", &ids[0]),
            ("second", &ids[1]),
        ];
        let (status, page) = head.submits(&format!("{room}/mo-tap"), &fields).expect("answer");
        assert_eq!(status, 303, "{page}");
        let batch = format!("{room}/{form}/{number}");
        let reading = Reading { first: TEN.map(str::to_owned).to_vec(), again: Vec::new() };
        std::thread::scope(|scope| {
            let keyed = [an, binh].map(|wire| scope.spawn(|| keys_batch(wire, &batch, &reading, &is_over)));
            keyed.into_iter().for_each(|hand| assert!(hand.join().expect("a hand"), "it was not taken"));
        });
        // The one that leads is gone; the next pile goes through the other one.
        let led = runtime.block_on(hall.site.store.leaders(hall.council, &[hall.day.poll])).expect("leaders");
        let leader = both.iter().find(|process| led[0].1.contains(&format!("process {},", process.id())));
        if number == "1" {
            leader.expect("one of the two").signal("KILL");
        }
    }
    assert_eq!(runtime.block_on(hall.told("batch.committed")).len(), 2);
}
