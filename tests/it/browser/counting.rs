//! Four real browsers at once key 60 ballots of 30 lines twice, with slips; the network is cut; pictures of the pages.

use std::time::Instant;

use app::counting::day::TypedStep;
use domain::proposal::ProposalKind;
use domain::simulate::SeededStream;
use serde_json::{Value, json};
use store::batches;

use super::{Browser, DESKTOP, NARROW, TABLET, in_browser, serve};
use crate::counting::{Hall, Laptop};
use crate::site::{Engine, PASSWORD};

const LINES: usize = 30;
const PAPERS: usize = 30;
/// What a practised person presses in ten seconds.
const PRESSES_IN_TEN_SECONDS: usize = 25;

/// Keys of a pile, paper by paper, as the papers say.
fn truth(stream: &mut SeededStream) -> Vec<String> {
    let key = |n: u32| match n {
        0..60 => '1',
        60..85 => '2',
        85..96 => '3',
        96..99 => '0',
        _ => '9',
    };
    (0..PAPERS).map(|_| (0..LINES).map(|_| key(stream.below(100))).collect()).collect()
}

/// The same as somebody reads it who slips on one mark in fifty. The two of a pair never read the same wrong mark: what
/// both read wrong in the same way no second reading finds.
fn read(truth: &[String], teller: usize, stream: &mut SeededStream) -> Vec<String> {
    let slip = |key: char, stream: &mut SeededStream| match (stream.below(50), teller, key) {
        (0, 0, '0') => '9',
        (0, 0, _) => '0',
        (0, _, '1') => '2',
        (0, ..) => '1',
        _ => key,
    };
    truth.iter().map(|keys| keys.chars().map(|key| slip(key, stream)).collect()).collect()
}

/// One teller at a browser.
struct Teller {
    browser: Browser,
    presses: usize,
}

impl Teller {
    async fn at(address: &str, login: &str) -> Self {
        let mut browser = Browser::at(address, DESKTOP).await;
        browser.signs_in("Hội đồng nhân dân tỉnh Mẫu", login, PASSWORD).await;
        browser.sees("Chào").await;
        Self { browser, presses: 0 }
    }

    /// Presses these keys, `↵` for Enter.
    async fn presses(&mut self, keys: &str) {
        self.presses += keys.chars().count();
        self.browser.keys_to_page(keys).await;
    }

    /// Keys a whole pile and sends it.
    async fn keys_pile(&mut self, papers: &[String]) {
        self.keys_papers(papers).await;
        self.presses("+").await;
    }

    async fn keys_papers(&mut self, papers: &[String]) {
        for paper in papers {
            self.presses(&format!("{paper}↵")).await;
        }
    }

    /// Keys what is asked again, with the paper in hand, until the batch is in.
    async fn keys_again(&mut self, truth: &[String]) {
        for _ in 0..600 {
            let shown = self.browser.keying().await;
            if shown["done"] == true {
                return;
            }
            if shown["what"] == "again" {
                self.presses("↵").await;
                for asked in shown["asked"].as_array().expect("papers") {
                    let paper: Vec<char> = truth[number(&asked["paper"]) - 1].chars().collect();
                    let lines: Vec<usize> = asked["lines"].as_array().expect("lines").iter().map(number).collect();
                    let keys: String = lines.iter().map(|line| paper[line - 1]).collect();
                    self.presses(&keys).await;
                }
                self.presses("+").await;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("the batch does not come in: {}", self.browser.text().await)
    }
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().expect("number")).expect("small")
}

/// Four tellers with 60 ballots on the table, and the head teller.
struct Sixty {
    hall: Hall,
    piles: [Vec<String>; 2],
    /// What each seat reads: seat 1 and 2 of the first pile, then of the second.
    read: [Vec<String>; 4],
    tellers: [Teller; 4],
}

impl Sixty {
    const LOGINS: [&str; 4] = ["kp.an", "kp.binh", "kp.cuc", "kp.dung"];

    async fn on_the_table() -> Self {
        let mut hall = Hall::counting(Engine::Sqlite, &[30], &[60]).await;
        let address = serve(&hall.site).await;
        hall.opens_for("1", "30", "marks", ["kp.an", "kp.binh"]).await;
        hall.opens_for("2", "30", "marks", ["kp.cuc", "kp.dung"]).await;
        let mut stream = SeededStream::new(60, "ballots");
        let piles = [truth(&mut stream), truth(&mut stream)];
        let read = [0, 1, 2, 3].map(|seat: usize| {
            let mut slips = SeededStream::new(u64::try_from(seat).expect("small"), "slips");
            read(&piles[seat / 2], seat % 2, &mut slips)
        });
        let [an, binh, cuc, dung] = Self::LOGINS;
        let tellers = tokio::join!(
            Teller::at(&address, an),
            Teller::at(&address, binh),
            Teller::at(&address, cuc),
            Teller::at(&address, dung)
        );
        let (mut an, mut binh, mut cuc, mut dung) = tellers;
        let (one, two) = (hall.batch(1), hall.batch(2));
        tokio::join!(
            an.browser.opens(&one),
            binh.browser.opens(&one),
            cuc.browser.opens(&two),
            dung.browser.opens(&two)
        );
        Self { hall, piles, read, tellers: [an, binh, cuc, dung] }
    }

    /// Bình and Cúc exchange their piles after half of them.
    async fn exchanges(&mut self) {
        let [_, binh, cuc, _] = Self::LOGINS;
        for (batch, leaves, comes) in [(1, binh, cuc), (2, cuc, binh)] {
            let (leaves, comes) = (self.hall.id(leaves).await, self.hall.id(comes).await);
            let place = self.hall.place_of(batch, &leaves).await;
            let changed = self.hall.changes(batch, &[(place, &comes)]).await;
            assert!(changed.text(".notice").starts_with("Đã sửa tập"), "{}", changed.html);
        }
    }

    /// The first reading: An skips paper 7 and keys paper 20 twice, Bình and Cúc exchange their piles.
    async fn read_once(&mut self) {
        let half = PAPERS / 2;
        let [one, other, two, second] = &self.read;
        let (first, last) = (self.hall.batch(1), self.hall.batch(2));
        let mut skipped = one.clone();
        skipped.insert(20, one[19].clone());
        skipped.remove(6);
        let [an, binh, cuc, dung] = &mut self.tellers;
        tokio::join!(
            an.keys_pile(&skipped),
            binh.keys_papers(&other[..half]),
            cuc.keys_papers(&two[..half]),
            dung.keys_pile(second)
        );
        tokio::join!(binh.browser.loads_again(&first, half), cuc.browser.loads_again(&last, half));
        self.exchanges().await;
        let [one, other, two, _] = &self.read;
        let [an, binh, cuc, _] = &mut self.tellers;
        tokio::join!(binh.browser.loads_again(&last, half), cuc.browser.loads_again(&first, half));
        tokio::join!(binh.keys_pile(&two[half..]), cuc.keys_pile(&other[half..]));
        // Both readings of the first pile differ from paper 7 on: the page says so, and An looks.
        an.browser.sees("Từ phiếu 7 hai lượt lệch liên tiếp").await;
        an.browser.presses("Mở lại lượt nhập của tôi để sửa").await;
        an.browser.waits_for("return document.querySelector('[data-go=insert]').checkVisibility();").await;
        an.browser.presses("Chèn phiếu trước phiếu 7").await;
        an.presses += 2;
        cuc.browser.sees("Người kia mở lại lượt nhập của họ để sửa").await;
        an.browser.sees("? Nhập phiếu bỏ sót, thành phiếu 7").await;
        an.presses(&format!("{}↵*21↵⌦↵+", one[6])).await;
        an.browser.sees("Hai lượt lệch ở các dòng tô đậm").await;
        let lines = "return JSON.parse(document.querySelector('[data-keying]').dataset.asked).flatMap(p => p.lines).length < 60;";
        cuc.browser.waits_for(lines).await;
    }

    /// What two seats read differently, a number of each pile.
    fn differences(&self) -> [usize; 2] {
        let marks = |papers: &[String]| papers.concat().chars().collect::<Vec<_>>();
        [0, 2].map(|seat| {
            let (one, other) = (marks(&self.read[seat]), marks(&self.read[seat + 1]));
            one.iter().zip(&other).filter(|(one, other)| one != other).count()
        })
    }
}

/// Slips in one mark of fifty, a skipped paper, a paper too many, two tellers who change their places: all of it is found.
#[test]
fn four_browsers_key_sixty_ballots_of_thirty_lines_twice_and_every_slip_is_found() {
    in_browser(async {
        let mut sixty = Sixty::on_the_table().await;
        let began = Instant::now();
        sixty.read_once().await;
        let first = sixty.tellers.each_ref().map(|teller| teller.presses);
        let Sixty { piles, tellers, .. } = &mut sixty;
        let [an, binh, cuc, dung] = tellers;
        tokio::join!(
            an.keys_again(&piles[0]),
            cuc.keys_again(&piles[0]),
            binh.keys_again(&piles[1]),
            dung.keys_again(&piles[1])
        );
        let took = began.elapsed();
        let hall = &sixty.hall;
        let committed = {
            let mut tx = hall.site.store.read(hall.council).await.expect("read");
            batches::list(&mut tx, hall.day.poll).await.expect("batches").len()
        };
        assert_eq!(committed, 2);
        let entries = hall.told("batch.committed").await;
        for (number, differences) in (1..).zip(sixty.differences()) {
            let entry = entries.iter().find(|entry| entry["batch"] == number).expect("committed");
            assert_eq!(entry["reread"], json!(differences), "every slip was found, and nothing else");
            assert_eq!(entry["decided"], 0);
            assert_eq!(entry["earlier"].as_array().expect("readers").len(), 1, "{entry}");
        }
        let presses = sixty.tellers.each_ref().map(|teller| teller.presses);
        assert!(first[3] * 100 <= PAPERS * LINES * 105, "at most 1.05 presses a mark");
        // The paper that An keyed twice is work of its own, whatever the page does.
        let twice = LINES + 1;
        let seconds = |presses: usize| presses * 10 / PRESSES_IN_TEN_SECONDS;
        let longest = [presses[0] - twice, presses[1], presses[2], presses[3]].into_iter().max().expect("tellers");
        let (seconds, with_it) = (seconds(longest), seconds(presses[0]));
        eprintln!(
            "60 ballots of 30 lines, two pairs, {:?} differences: {first:?} presses for the first reading, {presses:?} in all; \
             at 2.5 a second the busiest teller takes {seconds} s ({} min {} s), An with the paper that was keyed twice \
             {with_it} s; the scripted run took {} s",
            sixty.differences(),
            seconds / 60,
            seconds % 60,
            took.as_secs()
        );
        assert!(seconds <= 6 * 60 + 30 && with_it <= 6 * 60 + 45);
        let Sixty { hall, piles, tellers, .. } = sixty;
        for teller in tellers {
            teller.browser.closes().await;
        }
        hall.site.closes(&hall.day).await;
        let totals = hall.told("counting.closed").await[0]["forms"][0]["counts"]["lines"].clone();
        for line in 0..LINES {
            let marks: Vec<char> = piles.iter().flatten().filter_map(|paper| paper.chars().nth(line)).collect();
            let count = |key: char| marks.iter().filter(|mark| **mark == key).count();
            let papers = json!({ "high": count('1'), "low": count('3'), "medium": count('2') });
            assert_eq!(totals[line], papers, "line {}: what came out is what the papers say", line + 1);
        }
    });
}

/// The line is cut while a pile is sent and while the hall looks on: both go on by themselves.
#[test]
fn a_cut_of_the_network_loses_nothing_on_the_keying_page_and_on_the_screen() {
    in_browser(async {
        let mut hall = Hall::counting(Engine::Sqlite, &[30], &[20]).await;
        let address = serve(&hall.site).await;
        hall.opens_for("1", "10", "marks", ["kp.an", "kp.binh"]).await;
        let batch = hall.batch(1);
        let screen = format!("/may-chieu/{}", hall.day.poll);
        let mut projector = Teller::at(&address, "chieu").await.browser;
        projector.opens(&screen).await;
        projector.sees("Đang kiểm phiếu").await;
        projector.sees("0/20").await;
        projector.screenshot(DESKTOP, "man-hinh-truoc").await;

        let mut teller = Teller::at(&address, "kp.an").await;
        teller.browser.opens(&batch).await;
        let paper = format!("{}↵", "1".repeat(LINES));
        teller.presses("12").await;
        teller.browser.sees("Phiếu 1").await;
        for screen in [TABLET, DESKTOP] {
            teller.browser.picture(screen, "nhap-phieu").await;
        }
        let room = "const end = e => document.querySelector(e).getBoundingClientRect(); \
                    return end('.legend').top - end('[data-line=\"30\"]').bottom;";
        let room = teller.browser.runs(room).await.as_f64().expect("pixels");
        assert!(room >= 0.0, "30 lines fit a laptop's screen between head and keys: {room}");
        assert_eq!(teller.browser.axe().await, Vec::<String>::new());
        // Takes the two marks back, and a level that this vote does not have is refused.
        teller.presses("⌫⌫x").await;
        teller.browser.sees("✗ Phím này không dùng được").await;
        for _ in 0..9 {
            teller.presses(&paper).await;
        }
        teller.presses(paper.trim_end_matches('↵')).await;
        teller.browser.goes_offline(true).await;
        projector.goes_offline(true).await;
        projector.sees("Mất kết nối, đang nối lại…").await;
        teller.presses("↵+").await;
        teller.browser.sees("✗ Chưa gửi được, đang thử lại…").await;
        teller.browser.goes_offline(false).await;
        teller.browser.sees("✓ Đã gửi.").await;

        let mut binh = Laptop::of(&hall.site, "kp.binh").await;
        let keys = "1".repeat(LINES);
        let papers: Vec<&str> = std::iter::repeat_n(keys.as_str(), 10).collect();
        assert_eq!(binh.keys(&batch, "entry", &crate::counting::pile(&papers)).await["state"], "taken");
        teller.browser.sees("✓ Đã chốt tập.").await;
        teller.presses("↵").await;
        teller.browser.sees("Chưa có tập nào giao cho bạn").await;

        projector.goes_offline(false).await;
        projector.sees("10/20").await;
        hall.opens_for("2", "10", "marks", ["kp.an", "kp.binh"]).await;
        let batch = hall.batch(2);
        let mut an = Laptop::of(&hall.site, "kp.an").await;
        an.keys(&batch, "entry", &crate::counting::pile(&papers)).await;
        binh.keys(&batch, "entry", &crate::counting::pile(&papers)).await;
        projector.sees("20/20").await;
        hall.site.closes(&hall.day).await;
        projector.sees("Đã đóng kiểm phiếu, đang lập kết quả").await;
        hall.site
            .two(hall.council, hall.day.poll, ProposalKind::ResultDeclared, TypedStep::default())
            .await
            .expect("result");
        projector.sees("Đã có kết quả kiểm phiếu").await;
        projector.screenshot(DESKTOP, "man-hinh-cho-chieu").await;
        let mut head = Teller::at(&address, "truong.ban").await.browser;
        head.opens(&format!("/kiem-phieu/{}/chieu-ket-qua", hall.day.poll)).await;
        head.screenshot(DESKTOP, "chieu-ket-qua").await;
        head.presses("Chiếu kết quả").await;
        head.sees("Đang chiếu trang 1/8").await;
        projector.sees("Trang 1/8").await;
        projector.sees("100%").await;
        head.presses("Trang sau").await;
        projector.sees("Trang 2/8").await;
        head.screenshot(DESKTOP, "chieu-ket-qua-trang-2").await;
        assert_eq!(head.axe().await, Vec::<String>::new());
        head.closes().await;
        assert_eq!(projector.axe().await, Vec::<String>::new());
        projector.screenshot(DESKTOP, "man-hinh-sau").await;
        teller.browser.closes().await;
        projector.closes().await;
    });
}

/// A batch that the head teller takes off the table and opens anew: what was keyed of it is thrown away, not sent again.
#[test]
fn what_was_keyed_of_an_abandoned_batch_is_not_sent_for_the_next() {
    in_browser(async {
        let mut hall = Hall::counting(Engine::Sqlite, &[2], &[20]).await;
        let address = serve(&hall.site).await;
        hall.opens_for("1", "10", "marks", ["kp.an", "kp.binh"]).await;
        let mut teller = Teller::at(&address, "kp.an").await;
        teller.browser.opens(&hall.batch(1)).await;
        teller.keys_pile(&vec!["12".to_owned(); 10]).await;
        teller.browser.sees("✓ Đã gửi.").await;
        hall.abandons(1).await;
        teller.browser.sees("✗ Trưởng ban đã bỏ tập này khỏi bàn").await;
        hall.opens_for("1", "10", "marks", ["kp.an", "kp.binh"]).await;
        teller.browser.sees("Phiếu 1").await;
        assert_eq!(teller.browser.keying().await["what"], "key");
        teller.browser.closes().await;
    });
}

#[test]
fn a_tally_sheet_is_accessible_and_fits_every_screen() {
    in_browser(async {
        let mut hall = Hall::counting(Engine::Sqlite, &[12], &[20]).await;
        let address = serve(&hall.site).await;
        hall.opens_for("1", "20", "hand", ["kp.an", "kp.binh"]).await;
        let mut teller = Teller::at(&address, "kp.an").await.browser;
        teller.opens(&hall.batch(1)).await;
        teller.sees("Đếm tay tập 1").await;
        for screen in [NARROW, TABLET, DESKTOP] {
            teller.screenshot(screen, "dem-tay").await;
            assert_eq!(teller.overflowing().await, Vec::<String>::new(), "{}", screen.name);
            assert_eq!(teller.small_targets().await, Vec::<String>::new(), "{}", screen.name);
            assert_eq!(teller.axe().await, Vec::<String>::new(), "{}", screen.name);
        }
        teller.closes().await;
    });
}
