//! A batch counted by hand on two sheets, and the test deck keyed like ballots: passed, and failed.

use app::service::app::Ask;
use domain::batch::Paper;
use domain::marks::Mark;
use domain::poll::{Level, PollKind};
use domain::poll_state::Stage;
use domain::role::Role;
use domain::test_deck::{TestDeck, keys};
use serde_json::{Value, json};
use store::polls;

use crate::counting::{Hall, Laptop, pile};
use crate::site::{Answer, Site, day_rules, on_both, somebody_in};

/// Fields of a tally sheet: invalid papers by reason, then the levels of every line.
fn sheet(reasons: usize, lines: &[[u32; 3]]) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = (1..=reasons).map(|at| (format!("sealed-r{at}"), "0".to_owned())).collect();
    for (line, figures) in (1..).zip(lines) {
        fields.extend((1..).zip(figures).map(|(at, figure)| (format!("sealed-d{line}-{at}"), figure.to_string())));
    }
    fields
}

async fn fills(laptop: &mut Laptop, address: &str, fields: &[(String, String)]) -> Answer {
    laptop.visitor.opens(address).await;
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    laptop.visitor.submits(&format!("{address}/dem-tay"), &fields).await
}

#[test]
fn two_tally_sheets_are_keyed_without_a_script_row_by_row_until_they_agree() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3], &[22]).await;
        hall.opens("1", "12", "hand").await;
        let address = hall.batch(1);
        let page = hall.an.visitor.opens(&address).await;
        assert!(page.all("[data-keying]").is_empty() && page.text("h1").starts_with("Đếm tay tập 1"), "{}", page.html);
        let reasons = page.all("fieldset:first-of-type input").len();
        assert!(reasons > 1 && page.all("fieldset").len() == 4, "{}", page.html);

        // What cannot be right is said at once, row by row, and what was typed stays.
        let mut wrong = sheet(reasons, &[[6, 5, 2], [0, 12, 0], [4, 4, 4]]);
        wrong.last_mut().expect("a field").1 = "x".into();
        let refused = fills(&mut hall.an, &address, &wrong).await;
        assert_eq!(refused.status.as_u16(), 422);
        assert_eq!(refused.all(".problems li"), ["Dòng 3: ghi số cho từng mức, không có thì ghi 0."]);
        wrong.last_mut().expect("a field").1 = "4".into();
        let refused = fills(&mut hall.an, &address, &wrong).await;
        let told = "Dòng 1: cộng các mức nhiều hơn số phiếu hợp lệ; hãy đếm lại dòng này.";
        assert_eq!(refused.all(".problems li"), [told]);
        assert!(refused.html.contains("value=\"12\""), "{}", refused.html);

        let right = sheet(reasons, &[[6, 4, 2], [0, 12, 0], [4, 4, 4]]);
        let sent = fills(&mut hall.an, &address, &right).await;
        assert!(sent.text(".notice").starts_with("Đã nhận"), "{}", sent.html);
        assert!(sent.all("form.sheet").is_empty(), "one sheet each");
        let other = sheet(reasons, &[[6, 3, 2], [0, 12, 0], [4, 4, 4]]);
        let differs = fills(&mut hall.binh, &address, &other).await;
        assert_eq!(differs.all("form.sheet legend"), ["1 Nguyễn Văn Người 1.1"], "{}", differs.html);
        assert!(!differs.html.contains("value=\"4\""), "never the other's figures: {}", differs.html);
        let row = |figures: [u32; 3]| sheet(0, &[figures]);
        fills(&mut hall.an, &address, &row([6, 4, 2])).await;
        fills(&mut hall.binh, &address, &row([6, 3, 2])).await;
        let head = hall.head.visitor.opens(&address).await;
        assert!(head.text(".warning").starts_with("Hai người vẫn đếm khác nhau"), "{}", head.html);
        let done = fills(&mut hall.head, &address, &row([6, 4, 2])).await;
        assert!(done.text(".notice").starts_with("Hai phiếu đếm tay đã khớp"), "{}", done.html);
        let entry = &hall.told("batch.committed").await[0];
        assert_eq!((&entry["papers"], &entry["reread"], &entry["decided"]), (&json!(12), &json!(1), &json!(1)));
    });
}

/// What two tellers send who read a deck so.
fn readings(deck: &TestDeck, read: &[Paper]) -> Value {
    let keyed: Vec<String> = read.iter().map(|paper| keys(paper, deck.kind, &deck.reasons)).collect();
    pile(&keyed.iter().map(String::as_str).collect::<Vec<_>>())
}

/// `deck` as somebody reads it who takes line 3 for line 7 on every paper.
fn lines_exchanged(deck: &TestDeck) -> Vec<Paper> {
    let mut read = deck.readings();
    for paper in &mut read {
        if let Paper::Marked(marks) = paper {
            marks.swap(2, 6);
        }
    }
    read
}

/// `deck` with one level of the first paper read as another.
fn one_slip(deck: &TestDeck) -> Vec<Paper> {
    let mut read = deck.readings();
    if let Some(Paper::Marked(marks)) = read.first_mut() {
        let low = Mark::Level(Level::Low);
        marks[6] = if marks[6] == low { Mark::Level(Level::High) } else { low };
    }
    read
}

impl Hall {
    /// Both tellers key the deck of a form in one pile, and agree on it.
    async fn reads_deck(&mut self, deck: &TestDeck, read: &[Paper]) {
        let (first, second) = (self.id("kp.an").await, self.id("kp.binh").await);
        let papers = deck.papers.len().to_string();
        let typed = [("form", deck.form.as_str()), ("number", "1"), ("papers", &papers), ("mode", "marks")];
        let tellers = [("first", first.as_str()), ("second", second.as_str())];
        let opened = self.opens_as(&[&typed[..], &tellers[..]].concat()).await;
        assert!(opened.text(".trial").starts_with("PHIẾU THỬ"), "{}", opened.html);
        let (address, sent) = (format!("{}/{}/1", self.room(), deck.form), readings(deck, read));
        self.an.keys(&address, "entry", &sent).await;
        assert_eq!(self.binh.keys(&address, "entry", &sent).await["state"], "taken");
    }

    async fn stage(&self) -> Stage {
        let mut tx = self.site.store.read(self.council).await.expect("read");
        polls::find(&mut tx, self.day.poll).await.expect("poll").expect("poll").state.stage()
    }
}

#[test]
fn each_form_is_compared_paper_by_paper_recorded_and_tried_again_by_itself() {
    on_both(|engine| async move {
        let mut hall = Hall::sealed(engine, &[8, 3]).await;
        let rules = day_rules();
        let forms = hall.day.forms.clone();
        let [one, two] = [0, 1].map(|at: usize| TestDeck::sized(&forms[at].0, PollKind::Rating, forms[at].1, &rules));
        let compare = format!("{}/phieu-thu", hall.room());

        // A deck is one pile, keyed paper by paper.
        let refused = hall.opens("1", "5", "marks").await;
        assert!(refused.text("#problems").contains("là một tập 9 phiếu"), "{}", refused.html);
        let refused = hall.opens("1", "9", "hand").await;
        assert!(refused.html.contains("phải nhập từng phiếu bằng bàn phím"), "{}", refused.html);
        assert!(!refused.html.contains("Đếm tay"), "{}", refused.html);

        // One form fails, for a cause that is said once; the other passes.
        hall.reads_deck(&one, &lines_exchanged(&one)).await;
        hall.reads_deck(&two, &two.readings()).await;
        let page = hall.head.visitor.opens(&compare).await;
        let why = "Mọi chỗ lệch đúng như khi dòng 3 và dòng 7 bị nhập lẫn nhau.";
        assert!(page.text(".warning").contains(why), "{}", page.html);
        let first = page.all("ul.off li").into_iter().next().expect("a difference");
        assert!(first.contains(", dòng 3 Nguyễn Văn Người 1.3: phải là «") && first.contains("», đọc là «"), "{first}");
        let seen = hall.an.visitor.opens(&compare).await;
        assert!(seen.all("button").iter().all(|button| !button.contains("Ghi")), "{}", seen.html);
        // The first form's button, then the other one's.
        hall.head.visitor.submits(&compare, &[]).await;
        let recorded = hall.head.visitor.submits(&compare, &[]).await;
        assert!(recorded.text(".notice").starts_with("Đã ghi kết quả"), "{}", recorded.html);
        assert_eq!(recorded.all("td .tag"), ["không đạt, phải kiểm lại", "đạt"], "{}", recorded.html);
        assert!(recorded.html.contains(why), "what was recorded is told too: {}", recorded.html);
        assert_eq!(recorded.all("a.button"), ["Nhập lại phiếu thử của mẫu này"], "{}", recorded.html);
        assert_eq!(hall.stage().await, Stage::Sealed);

        // Alone it is tried again; a slip is called a slip, and the page says which paper and line.
        hall.reads_deck(&one, &one_slip(&one)).await;
        let page = hall.head.visitor.opens(&compare).await;
        let why = "Một phiếu đọc nhầm mức: chỉ lệch ở phiếu 1, dòng 7.";
        assert!(page.text(".warning").contains(why), "{}", page.html);
        let form = [("form", one.form.as_str())];
        hall.head.visitor.submits(&compare, &form).await;
        assert_eq!(hall.stage().await, Stage::Sealed);
        hall.reads_deck(&one, &one.readings()).await;
        hall.head.visitor.opens(&compare).await;
        let passed = hall.head.visitor.submits(&compare, &form).await;
        assert_eq!(passed.all("td .tag"), ["đạt", "đạt"], "{}", passed.html);
        assert_eq!(passed.all("a.button"), ["Tiếp theo: xác nhận số liệu bằng 0"], "{}", passed.html);
        let teller = hall.an.visitor.opens(&compare).await;
        assert!(!teller.html.contains("xac-nhan-bang-0"), "a teller may not open it: {}", teller.html);
        let leads = hall.site.account_caller(hall.council, "truong.ban").await;
        let ask = Ask { caller: &leads, request: hall.site.app.new_request().expect("request") };
        let again =
            hall.site.app.record_deck(ask, hall.day.poll, Some(&one.form)).await.expect_err("nothing lies there");
        assert!(again.to_string().contains("Chưa có bộ phiếu thử của mẫu"), "{again}");

        let told = hall.told("deck.counted").await;
        let told_forms: Vec<usize> = told.iter().map(|told| told["forms"].as_array().expect("forms").len()).collect();
        assert_eq!((told_forms, hall.stage().await), (vec![1, 1, 1, 1], Stage::Tested));
        let papers = told[3]["forms"][0]["papers"].as_array().expect("papers");
        assert!(papers.len() == 9 && papers.iter().all(|paper| paper["read"] == paper["expected"]), "{papers:?}");
        let slips = told[2]["forms"][0]["papers"].as_array().expect("papers").iter();
        assert_eq!(slips.filter(|paper| paper["read"] != paper["expected"]).count(), 1);
        let head = somebody_in(hall.council, Role::HeadTeller, hall.site.clock.now());
        hall.site.app.report_zero(hall.site.hand(&head), hall.day.poll).await.expect("both decks passed");
        assert!(hall.an.visitor.opens(&hall.room()).await.text(".notice").contains("không có tập phiếu nào"));
    });
}

/// Where two read differently, what both read again and what the head teller decided is what is compared.
#[test]
fn what_was_read_again_and_decided_is_what_is_compared() {
    on_both(|engine| async move {
        let mut hall = Hall::sealed(engine, &[8]).await;
        let deck = TestDeck::sized(&hall.day.forms[0].0.clone(), PollKind::Rating, 8, &day_rules());
        let right = readings(&deck, &deck.readings());
        hall.opens("1", &deck.papers.len().to_string(), "marks").await;
        let address = hall.batch(1);
        hall.an.keys(&address, "entry", &readings(&deck, &one_slip(&deck))).await;
        hall.binh.keys(&address, "entry", &right).await;
        let (slip, key) = (readings(&deck, &one_slip(&deck)), |sent: &Value| {
            let keys = sent[0]["keys"].as_str().expect("keys").chars().nth(6).expect("a key");
            json!([{ "paper": 1, "reason": null, "lines": [7], "keys": keys.to_string() }])
        });
        hall.an.keys(&address, "again", &key(&slip)).await;
        hall.binh.keys(&address, "again", &key(&right)).await;
        hall.head.keys(&address, "decide", &key(&right)).await;
        let compare = format!("{}/phieu-thu", hall.room());
        let page = hall.head.visitor.opens(&compare).await;
        assert_eq!(page.all("td .tag"), ["khớp, chờ ghi kết quả: đạt"], "{}", page.html);
        hall.head.visitor.submits(&compare, &[]).await;
        assert_eq!(hall.stage().await, Stage::Tested);
    });
}

/// The report is a paper of a real poll: its forms come from the list that was decided.
#[test]
fn the_report_on_the_deck_is_a_paper() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_board(council).await;
        let sealed = site.has_sealed_poll(council).await;
        let mut head = site.signed_in("mau", "truong.ban").await;
        let address = format!("/kiem-phieu/{}/bao-cao-kiem-thu.pdf", sealed.poll);
        assert_eq!(head.opens(&address).await.status.as_u16(), 404);
        site.passes_deck(council, sealed.poll).await;
        let report = head.opens(&address).await;
        assert!(report.bytes.starts_with(b"%PDF"), "{}", report.html);
        assert!(head.opens(&format!("/kiem-phieu/{}/phieu-thu", sealed.poll)).await.text(".notice").contains("Đạt"));
    });
}
