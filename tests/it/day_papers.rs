//! Papers of counting day before voting opens, as a reader of the paper sees them: test deck, its report, zero report,
//! sheets for counting by hand.

use domain::audit::event::poll::DeckForm;
use domain::ballot::BallotForm;
use domain::batch::Paper;
use domain::count::BatchCounts;
use domain::day_record::Hands;
use domain::document::{
    CheckpointBox, DeckCount, Document, EmptyForm, Pile, tally_sheets, test_deck_report, zero_report,
};
use domain::poll::PollKind;
use domain::roster::{Teller, TellerRole};
use domain::test_deck::{Look, TestDeck};
use pdf::{self, Pdf};

use crate::council::{Votes, province, rules};
use crate::office::{Office, pages};
use crate::papers_render::{DAY, form, words_of};
use crate::pictures::Picture;

fn pages_of(pdf: &Pdf) -> Vec<String> {
    let office = Office::new();
    let file = office.path("paper.pdf");
    std::fs::write(&file, &pdf.bytes).unwrap();
    pages(&file)
}

/// The words of a paper, page breaks and runs of blanks as one blank.
fn words(document: &Document) -> String {
    let text = pages_of(&pdf::document(document).unwrap()).join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn has(text: &str, sentences: &[&str]) {
    for sentence in sentences {
        assert!(text.contains(sentence), "“{sentence}” is not on the paper:\n{text}");
    }
}

fn board() -> Vec<Teller> {
    vec![
        Teller { account: None, name: "Phạm Văn C".into(), role: TellerRole::Head },
        Teller { account: None, name: "Lý Thị Thư".into(), role: TellerRole::Secretary },
    ]
}

fn deck(form: &BallotForm) -> TestDeck {
    TestDeck::of(form, &rules("NQ96-2023-QH15"))
}

fn report(form: &BallotForm, deck: &TestDeck, told: Option<&DeckForm>, waived: Option<&Hands>) -> String {
    let (rules, council) = (rules("NQ96-2023-QH15"), province());
    let frame = council.votes(form.kind, &rules);
    let at = "2026-12-08T01:05:00Z".parse().unwrap();
    let told = told.map(|told| (told, at));
    words(&test_deck_report(&frame, &[DeckCount { form, deck, told }], waived, &board()))
}

#[test]
fn every_sheet_of_a_test_deck_says_that_it_is_no_ballot_and_which_paper_it_is() {
    let form = form(PollKind::Rating, 30);
    let deck = deck(&form);
    let pdf = pdf::test_papers(&form, &deck, DAY).unwrap();
    let texts = pages_of(&pdf);
    let sheets = texts.len() / deck.papers.len();
    assert!(sheets > 1 && texts.len() == sheets * deck.papers.len());
    for (paper, sheets) in deck.papers.iter().zip(texts.chunks(sheets)) {
        for text in sheets {
            has(text, &["PHIẾU THỬ", &format!("PHIẾU THỬ số {}/{}", paper.number, deck.papers.len())]);
            has(text, &["không phải phiếu của người bỏ phiếu", "Họ và tên"]);
        }
        let last = sheets.last().unwrap();
        assert_eq!(last.contains("Trần Văn Viết Thêm"), paper.look == Look::NameWrittenIn);
        assert_eq!(last.contains("Mẫu F1-3F9A2C"), paper.look != Look::OtherForm);
    }
    assert_eq!(pdf, pdf::test_papers(&form, &deck, DAY).unwrap(), "the same deck is the same bytes");
}

#[test]
fn a_marked_box_is_dark_in_its_corners_and_an_empty_one_is_white() {
    let form = form(PollKind::Confidence, 5);
    let deck = deck(&form);
    let pictures = Picture::of(&pdf::test_papers(&form, &deck, DAY).unwrap(), 127);
    let sheet = &pdf::ballot::sheets(&form).unwrap()[0];
    let plain = deck.papers.iter().zip(&pictures).filter(|(paper, _)| paper.look == Look::Plain);
    for (paper, picture) in plain {
        for tick in &sheet.boxes {
            let middle = |from, side| from + side / 2;
            let (x, y) = (middle(tick.area.x, tick.area.width), middle(tick.area.y, tick.area.height));
            let marked = paper.boxes[tick.line as usize - 1].contains(&tick.level);
            assert_eq!(picture.at(x, y) < 128, marked, "paper {} {tick:?}", paper.number);
        }
    }
}

#[test]
fn the_report_of_a_passed_deck_shows_every_paper_twice_and_says_so() {
    let form = form(PollKind::Rating, 7);
    let deck = deck(&form);
    let told = deck.told(&deck.readings()).unwrap();
    let text = report(&form, &deck, Some(&told), None);
    has(
        &text,
        &[
            "BÁO CÁO KIỂM THỬ Kiểm phiếu thử trước khi mở lấy phiếu tín nhiệm",
            "BAN KIỂM PHIẾU",
            "ĐẠT: lần kiểm cuối của mọi mẫu phiếu, từng dòng của từng phiếu đọc đúng như dấu in sẵn.",
            "99999 99 99999 99 đúng",
            "-2 -2 đúng",
            "Lý Thị Thư",
            "Phạm Văn C",
        ],
    );
    let rows = told.papers.iter().flatten().count();
    assert_eq!((rows, text.matches(" đúng").count()), (9, 9 + 2), "a row each, and the sentences: {text}");
    assert!(!text.contains("CHƯA ĐẠT"), "{text}");
}

#[test]
fn the_report_of_a_deck_with_two_lines_taken_for_each_other_says_where() {
    let form = form(PollKind::Rating, 5);
    let deck = deck(&form);
    let mut read = deck.readings();
    for paper in &mut read {
        if let Paper::Marked(marks) = paper {
            marks.swap(0, 1);
        }
    }
    let told = deck.told(&read).unwrap();
    let text = report(&form, &deck, Some(&told), None);
    has(
        &text,
        &[
            "CHƯA ĐẠT: mẫu F1-3F9A2C. Chưa được mở",
            "Không đạt (",
            "Mọi chỗ lệch đúng như khi dòng 1 và dòng 2 bị nhập lẫn nhau.",
            "Phiếu 1, dòng 1 Ông Nguyễn Văn Số 1",
        ],
    );
    let hands = Hands {
        asked: "Phạm Văn C".into(),
        agreed: "Lê Thị L".into(),
        reason: "Máy in hỏng".into(),
        at: "2026-12-08T01:10:00Z".parse().unwrap(),
    };
    let waived = report(&form, &deck, Some(&told), Some(&hands));
    has(&waived, &["ĐÃ BỎ QUA PHIẾU THỬ: không kiểm đủ mọi mẫu phiếu. Lý do: Máy in hỏng.", "người đồng ý: Lê Thị L"]);
    has(&report(&form, &deck, None, Some(&hands)), &["Chưa kiểm phiếu thử của mẫu này."]);
    // A log of an older program has totals alone.
    let old = DeckForm { papers: None, ..told };
    has(&report(&form, &deck, Some(&old), None), &["Bản ghi này chỉ có tổng số, không có từng phiếu."]);
}

#[test]
fn the_zero_report_names_every_form_and_carries_the_head_of_the_log() {
    let (rules, council) = (rules("NQ96-2023-QH15"), province());
    let frame = council.votes(PollKind::Rating, &rules);
    let (one, mut two) = (form(PollKind::Rating, 4), form(PollKind::Rating, 7));
    two.id = "F2-0A1B2C".into();
    let (none, nothing) = (BatchCounts::zero(PollKind::Rating, 4), BatchCounts::zero(PollKind::Rating, 7));
    let empty =
        [EmptyForm { form: &one, batches: 0, counts: &none }, EmptyForm { form: &two, batches: 0, counts: &nothing }];
    let checkpoint = CheckpointBox {
        caption: "Điểm chốt trước khi mở, 9 bản ghi".into(),
        groups: vec!["ab12".into(); 16],
        key: "cd34".into(),
        qr: "mẫu".into(),
    };
    let text = words(&zero_report(&frame, &empty, (None, None), &board(), checkpoint).unwrap());
    has(
        &text,
        &[
            "BIÊN BẢN XÁC NHẬN SỐ LIỆU TRƯỚC KHI MỞ BẰNG 0",
            "F1-3F9A2C 4 0 0 0 0",
            "F2-0A1B2C 7 0 0 0 0",
            "Điểm chốt trước khi mở, 9 bản ghi ab12 ab12 ab12 ab12",
            "TRƯỞNG BAN",
        ],
    );
}

#[test]
fn both_tellers_get_a_sheet_of_their_own_with_a_line_for_every_person() {
    let (rules, council) = (rules("NQ96-2023-QH15"), province());
    let frame = council.votes(PollKind::Rating, &rules);
    let form = form(PollKind::Rating, 30);
    let pile = Pile { form: &form, number: 3, papers: 25, tellers: ["Đỗ Thị D", ""] };
    let text = words_of(&pdf::document(&tally_sheets(&frame, &pile)).unwrap());
    has(
        &text,
        &[
            "PHIẾU ĐẾM TAY Mẫu F1-3F9A2C, tập số 3, người đếm thứ nhất",
            "tập số 3, người đếm thứ hai",
            "Số phiếu trong tập: 25.",
            "tổng số phiếu không hợp lệ phải bằng 25.",
            "NGƯỜI ĐẾM THỨ NHẤT",
            "NGƯỜI ĐẾM THỨ HAI",
            "Đỗ Thị D",
            "Phiếu không có dấu theo quy định",
        ],
    );
    for person in 1..=30 {
        assert_eq!(text.matches(&format!("Ông Nguyễn Văn Số {person},")).count(), 2, "person {person}");
    }
}
