//! A batch counted by hand on two sheets, and the test deck keyed like ballots: passed, and failed.

use domain::batch::Paper;
use domain::marks::Mark;
use domain::poll::{Level, PollKind};
use domain::role::Role;
use domain::test_deck::TestDeck;
use serde_json::{Value, json};

use crate::counting::{Hall, Laptop};
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
        let mut hall = Hall::counting(engine, &[3], &[20]).await;
        hall.opens("1", "12", "hand").await;
        let address = hall.batch(1);
        let page = hall.an.visitor.opens(&address).await;
        assert!(!page.html.contains("<script") && page.text("h1").starts_with("Đếm tay tập 1"), "{}", page.html);
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

/// What a careful teller sends of these papers of the deck.
fn readings(deck: &TestDeck, from: usize, to: usize, reasons: &[String]) -> Value {
    let key = |mark: &Mark| match mark {
        Mark::None => '0',
        Mark::Multiple => '9',
        Mark::Level(Level::High | Level::Confidence) => '1',
        Mark::Level(Level::Medium | Level::NoConfidence) => '2',
        Mark::Level(Level::Low) => '3',
    };
    let papers = deck.papers[from..to].iter().zip(1..);
    let paper = |(paper, number): (&domain::test_deck::TestPaper, usize)| match &paper.reading() {
        Paper::Invalid(reason) => {
            let place = reasons.iter().position(|id| id == reason).expect("a reason") + 1;
            json!({ "paper": number, "reason": place, "lines": [], "keys": "" })
        }
        Paper::Marked(marks) => {
            let lines: Vec<usize> = (1..=marks.len()).collect();
            json!({ "paper": number, "reason": null, "lines": lines, "keys": marks.iter().map(key).collect::<String>() })
        }
    };
    papers.map(paper).collect()
}

#[test]
fn a_deck_is_keyed_like_ballots_and_what_it_gave_is_recorded_passed_or_failed() {
    on_both(|engine| async move {
        let mut hall = Hall::sealed(engine, &[3]).await;
        let form = hall.day.forms[0].0.clone();
        let rules = day_rules();
        let deck = TestDeck::sized(&form, PollKind::Rating, 3, &rules);
        let reasons: Vec<String> =
            rules.spoils_ballot.iter().filter(|reason| !reason.single_name_only).map(|r| r.id.clone()).collect();
        let papers = deck.papers.len();
        let compare = format!("{}/phieu-thu", hall.room());
        for passes in [false, true] {
            let opened = hall.opens("1", &papers.to_string(), "marks").await;
            assert!(opened.text(".trial").starts_with("PHIẾU THỬ"), "{}", opened.html);
            let address = hall.batch(1);
            let mut read = readings(&deck, 0, papers, &reasons);
            if !passes {
                // Both take line 1 for line 2 on the first paper that counts.
                let paper =
                    read.as_array_mut().expect("papers").iter_mut().find(|p| p["reason"].is_null()).expect("one");
                let keys: Vec<char> = paper["keys"].as_str().expect("keys").chars().collect();
                let other = if keys[0] == '1' { '2' } else { '1' };
                paper["keys"] = json!(format!("{other}{}{}", keys[1], keys[2]));
            }
            hall.an.keys(&address, "entry", &read).await;
            assert_eq!(hall.binh.keys(&address, "entry", &read).await["state"], "taken");
            let page = hall.head.visitor.opens(&compare).await;
            let off = page.all("tr.off");
            assert_eq!(off.is_empty(), passes, "{off:?}");
            assert!(off.iter().all(|row| row.contains("✗ lệch")), "{off:?}");
            let recorded = hall.head.visitor.submits(&compare, &[]).await;
            assert!(recorded.text(".notice").starts_with("Đã ghi kết quả"), "{}", recorded.html);
            let verdict = recorded.all("p b").into_iter().next().expect("a verdict");
            assert_eq!(verdict, if passes { "đạt" } else { "không đạt" });
            assert_eq!(recorded.all("tbody td.number"), ["0".to_owned(), papers.to_string()], "off the table");
        }
        let told = hall.told("deck.counted").await;
        assert_eq!(told.len(), 2);
        assert!(told[0]["forms"][0]["counted"] != told[0]["forms"][0]["expected"]);
        assert!(told[1]["forms"][0]["counted"] == told[1]["forms"][0]["expected"]);
        let head = somebody_in(hall.council, Role::HeadTeller, hall.site.clock.now());
        hall.site.app.report_zero(hall.site.hand(&head), hall.day.poll).await.expect("the deck passed");
        assert!(hall.an.visitor.opens(&hall.room()).await.text(".notice").contains("không có tập phiếu nào"));
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
        assert!(head.opens(&format!("/kiem-phieu/{}/phieu-thu", sealed.poll)).await.text(".notice").contains("đạt"));
    });
}
