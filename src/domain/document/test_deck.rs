//! Báo cáo kiểm thử: what a deck of pre-marked papers had to give, what the tellers counted, and whether voting may open.

use super::frame::{Frame, Issue};
use super::parts::{block_heading, board_signatures, body, body_spans, heading, notice, table};
use super::{Block, Cell, Document, Span};
use crate::ballot::BallotForm;
use crate::count::BatchCounts;
use crate::occasion::Occasion;
use crate::roster::Teller;
use crate::test_deck::{Mismatch, TestDeck, compare};
use crate::text::date_words;

/// The deck of one form, counted.
#[derive(Clone, Copy, Debug)]
pub struct DeckCount<'a> {
    pub form: &'a BallotForm,
    pub deck: &'a TestDeck,
    /// What the tellers' batches add up to.
    pub obtained: &'a BatchCounts,
}

impl DeckCount<'_> {
    /// Every figure that did not come out.
    pub fn mismatches(&self) -> Vec<Mismatch> {
        compare(&self.deck.expected, self.obtained)
    }
}

/// The report on the decks of all forms of a poll.
pub fn test_deck_report(frame: &Frame<'_>, decks: &[DeckCount<'_>], tellers: &[Teller]) -> Document {
    let occasion = &frame.occasion;
    let wrong: usize = decks.iter().map(|deck| deck.mismatches().len()).sum();
    let mut blocks = vec![
        Block::Title {
            kind: "BÁO CÁO KIỂM THỬ".to_owned(),
            subject: format!("Kiểm phiếu thử trước khi mở {}", occasion.kind.label()),
        },
        body(format!(
            "Hôm nay, {}, tại {}, Ban kiểm phiếu đã kiểm các bộ phiếu thử theo đúng cách kiểm phiếu {}: mỗi tập hai người \
             nhập độc lập. Phiếu thử do chương trình đánh dấu sẵn, mỗi tờ ghi rõ “PHIẾU THỬ”, không phải phiếu của {}; \
             số đếm dưới đây không tính vào kết quả.",
            date_words(frame.date),
            occasion.sitting_of_body(),
            occasion.kind.label(),
            occasion.voters()
        )),
        summary(decks),
        verdict(wrong),
    ];
    for (index, deck) in decks.iter().enumerate() {
        blocks.push(heading(2, format!("{}, mẫu {}", block_heading(index, &deck.form.block.0), deck.form.id)));
        blocks.push(ballots_table(occasion, deck));
        blocks.push(levels_table(deck));
    }
    blocks.extend(untried(decks));
    blocks.push(Block::Together(vec![
        body("Báo cáo được lập trước khi phát phiếu; Thư ký và Trưởng ban ký."),
        board_signatures(occasion, tellers),
    ]));
    frame.document("Báo cáo kiểm thử", Issue { board: Some("Ban kiểm phiếu"), number: "" }, blocks)
}

fn summary(decks: &[DeckCount<'_>]) -> Block {
    let row = |deck: &DeckCount<'_>| {
        let wrong = deck.mismatches().len();
        let verdict = if wrong == 0 { "Đạt".to_owned() } else { format!("Không đạt ({wrong} chỗ lệch)") };
        vec![
            Cell::left(deck.form.block.0.clone()),
            Cell::center(deck.form.id.clone()),
            Cell::right(deck.form.lines.len().to_string()),
            Cell::right(deck.deck.papers.len().to_string()),
            Cell::left(verdict),
        ]
    };
    let columns =
        [(7, "Khối"), (4, "Mẫu phiếu"), (3, "Số người trên phiếu"), (3, "Số phiếu thử"), (5, "Kết quả kiểm thử")];
    table(&columns, decks.iter().map(row).collect())
}

fn verdict(wrong: usize) -> Block {
    if wrong == 0 {
        return body_spans(vec![
            Span::bold("ĐẠT: "),
            Span::plain("mọi số đếm được đều đúng bằng số phải có của bộ phiếu thử."),
        ]);
    }
    body_spans(vec![
        Span::bold("KHÔNG ĐẠT: "),
        Span::plain(format!(
            "có {wrong} số đếm khác số phải có. Chưa được mở; tìm nguyên nhân, kiểm lại toàn bộ phiếu thử của mẫu bị lệch rồi \
             lập báo cáo mới."
        )),
    ])
}

/// Papers in all and invalid ones by reason.
fn ballots_table(occasion: &Occasion<'_>, deck: &DeckCount<'_>) -> Block {
    let (expected, obtained) = (&deck.deck.expected, deck.obtained);
    let mut rows = vec![figures(vec![Cell::left("Tổng số phiếu")], expected.papers, Some(obtained.papers))];
    let other = obtained.invalid.keys().filter(|id| !expected.invalid.contains_key(*id));
    for id in expected.invalid.keys().chain(other) {
        let reason = occasion.rules.spoils_ballot.iter().find(|reason| reason.id == *id);
        let what =
            format!("Không hợp lệ: {}", reason.map_or("lý do không có trong quy định áp dụng", |r| r.text.as_str()));
        let of = |counts: &BatchCounts| counts.invalid.get(id).copied().unwrap_or(0);
        rows.push(figures(vec![Cell::left(what)], of(expected), Some(of(obtained))));
    }
    table(&[(12, "Phiếu"), (3, "Phải có"), (3, "Đếm được"), (2, "Lệch")], rows)
}

/// A row for every level of every line; each says whose it is, wherever a page ends.
fn levels_table(deck: &DeckCount<'_>) -> Block {
    let mut rows = Vec::new();
    for (index, (line, expected)) in deck.form.lines.iter().zip(&deck.deck.expected.lines).enumerate() {
        let counted = deck.obtained.lines.get(index).map(|counts| counts.each()).unwrap_or_default();
        for (level, expected) in expected.each() {
            let obtained = counted.iter().find(|(of, _)| *of == level).map(|(_, count)| *count);
            let head =
                vec![Cell::center(line.number.to_string()), Cell::left(line.name.clone()), Cell::left(level.label())];
            rows.push(figures(head, expected, obtained));
        }
    }
    let columns = [(2, "TT"), (11, "Họ và tên"), (6, "Mức"), (4, "Phải có"), (4, "Đếm được"), (3, "Lệch")];
    table(&columns, rows)
}

/// `head`, then expected, obtained and the difference; bold where they differ, so that it shows without colour.
fn figures(mut head: Vec<Cell>, expected: u32, obtained: Option<u32>) -> Vec<Cell> {
    let difference = obtained.map(|obtained| i64::from(obtained) - i64::from(expected));
    head.push(Cell::right(expected.to_string()));
    head.push(Cell::right(obtained.map_or("–".to_owned(), |count| count.to_string())));
    head.push(match difference {
        Some(0) => Cell::right("0"),
        Some(difference) => bold_right(format!("{difference:+}")),
        None => bold_right("–".to_owned()),
    });
    head
}

fn bold_right(text: String) -> Cell {
    Cell { spans: vec![Span::bold(text)], ..Cell::right("") }
}

/// What the decks could not try, and where the rule set leaves the board to decide.
fn untried(decks: &[DeckCount<'_>]) -> Option<Block> {
    let mut lines: Vec<String> = Vec::new();
    for deck in decks {
        let told = deck.deck.untried.iter().map(|text| format!("- Không có phiếu thử cho lý do “{text}”."));
        lines.extend(told);
        if !deck.deck.crossing_spoils {
            lines.push(
                "- Quy định áp dụng không nói phiếu gạch xóa họ tên đã in là không hợp lệ; phiếu thử như vậy được tính theo \
                 dấu trên phiếu. Ban kiểm phiếu thống nhất cách xử lý trước khi kiểm phiếu."
                    .to_owned(),
            );
        }
    }
    lines.sort();
    lines.dedup();
    notice("Điều bộ phiếu thử không quyết định thay Ban kiểm phiếu", lines)
}
