//! The program is killed while two tellers key, a page is loaded again, the pile has another size, a teller leaves: nobody
//! keys more again than the paper at hand.

use std::net::TcpListener;
use std::process::Command;

use super::{Browser, DESKTOP, in_browser};
use crate::counting::Hall;
use crate::serve::{Process, tinnhiem};
use crate::site::{Engine, PASSWORD};
use crate::two_processes::data_with_key;

const PAPERS: [&str; 10] = ["113", "121", "201", "119", "333", "222", "111", "132", "123", "321"];

async fn keys(teller: &mut Browser, papers: &[&str]) {
    for paper in papers {
        teller.keys_to_page(&format!("{paper}↵")).await;
    }
}

async fn pulled_apart(engine: Engine) {
    let hall = Hall::counting_now(engine, &[3], &[22]).await;
    let desk = tempfile::tempdir().expect("folder");
    let (data, url) = (data_with_key(desk.path()), hall.site.database.url());
    let port = TcpListener::bind("127.0.0.1:0").expect("port").local_addr().expect("address").to_string();
    let starts = || {
        let mut command: Command = tinnhiem();
        Process::of(command.args(["serve", "--listen", &port, "--data"]).arg(&data).env("DATABASE_URL", url))
    };
    let program = starts();
    let address = format!("http://{port}");
    let enters = async |login: &str| {
        let mut browser = Browser::at(&address, DESKTOP).await;
        browser.signs_in("Hội đồng nhân dân tỉnh Mẫu", login, PASSWORD).await;
        browser.sees("Chào").await;
        browser
    };
    let mut head = enters("truong.ban").await;
    head.opens(&format!("{}/mo-tap", hall.room())).await;
    head.types("Số phiếu trong tập", "12").await;
    head.chooses("Người nhập thứ nhất", "Kiểm Phiếu An").await;
    head.chooses("Người nhập thứ hai", "Kiểm Phiếu Bình").await;
    head.presses("Mở tập").await;
    head.sees("Đã mở tập").await;
    let batch = hall.batch(1);
    let (mut an, mut binh) = (enters("kp.an").await, enters("kp.binh").await);
    for teller in [&mut an, &mut binh] {
        teller.opens(&batch).await;
        teller.sees("Phiếu 1").await;
        keys(teller, &PAPERS[..4]).await;
    }
    an.keys_to_page("33").await;

    // The power is cut, and comes back: both go on with the paper at hand, and the pages send what they hold.
    drop(program);
    let _program = starts();
    an.keys_to_page("3↵").await;
    keys(&mut binh, &PAPERS[4..5]).await;
    for teller in [&mut an, &mut binh] {
        teller.sees("Máy chủ đã khởi động lại: trang này tự gửi lại").await;
        keys(teller, &PAPERS[5..6]).await;
    }
    // A page that is loaded again goes on at the next paper.
    binh.loads_again(&batch, 6).await;

    // The pile has two papers less than was said, and Bình leaves; Cúc goes on where Bình stopped.
    head.opens(&format!("{batch}/sua")).await;
    let place = head.runs("return document.querySelector('[name=first] option:checked').text.includes('Bình');").await;
    let label = if place == true { "Người nhập thứ nhất" } else { "Người nhập thứ hai" };
    head.chooses(label, "Kiểm Phiếu Cúc").await;
    head.types("Số phiếu trong tập", "10").await;
    head.presses("Sửa tập 1").await;
    head.sees("Đã sửa tập").await;
    let mut cuc = enters("kp.cuc").await;
    cuc.loads_again(&batch, 6).await;
    an.sees("Trưởng ban sửa số phiếu của tập từ 12 thành 10").await;
    for teller in [&mut an, &mut cuc] {
        keys(teller, &PAPERS[6..]).await;
        teller.keys_to_page("+").await;
    }
    an.sees("✓ Đã chốt tập.").await;
    let entry = &hall.told("batch.committed").await[0];
    assert_eq!((&entry["papers"], &entry["reread"]), (&10.into(), &0.into()), "{entry}");
    for browser in [head, an, binh, cuc] {
        browser.closes().await;
    }
}

#[test]
fn a_power_cut_a_reload_another_size_and_another_teller_cost_nobody_more_than_the_paper_at_hand() {
    in_browser(async {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            eprintln!("on {engine:?}:");
            pulled_apart(engine).await;
        }
    });
}
