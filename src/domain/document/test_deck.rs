//! Báo cáo kiểm thử: what stands on every paper of a deck, what the tellers read, and whether voting may open.

use super::frame::{Frame, Issue};
use super::parts::{block_heading, board_signatures, body, body_spans, heading, notice, table};
use super::{Block, Cell, Document, Span};
use crate::audit::UtcTime;
use crate::audit::event::poll::DeckForm;
use crate::ballot::BallotForm;
use crate::count::BatchCounts;
use crate::day_record::Hands;
use crate::occasion::Occasion;
use crate::roster::Teller;
use crate::test_deck::{Compared, DeckNames, TestDeck, grouped};
use crate::text::{date_words, full_stop};

/// The deck of one form, as it was tried last.
#[derive(Clone, Copy, Debug)]
pub struct DeckCount<'a> {
    pub form: &'a BallotForm,
    pub deck: &'a TestDeck,
    /// What the tellers read, and when it was written down; `None` when it was not tried.
    pub told: Option<(&'a DeckForm, UtcTime)>,
}

impl DeckCount<'_> {
    /// Paper by paper; `None` where only totals were written down, or nothing.
    fn compared(&self) -> Option<Compared> {
        let (expected, read) = self.told?.0.read_papers(self.form.kind, &self.deck.reasons)?;
        Some(Compared::of(self.form.kind, &self.deck.reasons, &expected, &read))
    }

    fn has_passed(&self) -> bool {
        self.told.is_some_and(|(told, _)| told.has_passed())
    }
}

/// The report on the decks of all forms of a poll; `waived` says who let the vote go on without.
pub fn test_deck_report(
    frame: &Frame<'_>,
    decks: &[DeckCount<'_>],
    waived: Option<&Hands>,
    tellers: &[Teller],
) -> Document {
    let occasion = &frame.occasion;
    let mut blocks = vec![
        Block::Title {
            kind: "BÁO CÁO KIỂM THỬ".to_owned(),
            subject: format!("Kiểm phiếu thử trước khi mở {}", occasion.kind.label()),
        },
        body(format!(
            "Hôm nay, {}, tại {}, Ban kiểm phiếu đã kiểm các bộ phiếu thử theo đúng cách kiểm phiếu {}: mỗi tập hai người \
             nhập độc lập. Phiếu thử do chương trình đánh dấu sẵn, mỗi tờ ghi rõ “PHIẾU THỬ”, không phải phiếu của {}. \
             Từng dòng của từng phiếu đọc được so với dấu in sẵn; không số nào tính vào kết quả.",
            date_words(frame.date),
            occasion.sitting_of_body(),
            occasion.kind.label(),
            occasion.voters()
        )),
        summary(decks),
        verdict(decks, waived),
    ];
    for (index, deck) in decks.iter().enumerate() {
        blocks.push(heading(2, format!("{}, mẫu {}", block_heading(index, &deck.form.block.0), deck.form.id)));
        blocks.extend(of_form(occasion, deck));
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
        let verdict = match (deck.told, deck.compared()) {
            (None, _) => "Chưa kiểm".to_owned(),
            (Some(_), _) if deck.has_passed() => "Đạt".to_owned(),
            (Some(_), Some(compared)) => format!("Không đạt ({} chỗ lệch)", compared.differences.len()),
            (Some(_), None) => "Không đạt".to_owned(),
        };
        let at = deck.told.map_or_else(|| "–".to_owned(), |(_, at)| at.in_vietnam());
        let papers = deck.told.map_or(deck.deck.expected.papers, |(told, _)| told.expected.papers);
        vec![
            Cell::left(deck.form.block.0.clone()),
            Cell::center(deck.form.id.clone()),
            Cell::right(deck.form.lines.len().to_string()),
            Cell::right(papers.to_string()),
            Cell::left(verdict),
            Cell::left(at),
        ]
    };
    let columns = [
        (6, "Khối"),
        (4, "Mẫu phiếu"),
        (3, "Số người trên phiếu"),
        (3, "Số phiếu thử"),
        (4, "Kết quả kiểm thử"),
        (4, "Ghi lúc"),
    ];
    table(&columns, decks.iter().map(row).collect())
}

fn verdict(decks: &[DeckCount<'_>], waived: Option<&Hands>) -> Block {
    if decks.iter().all(DeckCount::has_passed) {
        let words = "lần kiểm cuối của mọi mẫu phiếu, từng dòng của từng phiếu đọc đúng như dấu in sẵn.";
        return body_spans(vec![Span::bold("ĐẠT: "), Span::plain(words)]);
    }
    if let Some(Hands { asked, agreed, reason, at }) = waived {
        let reason = reason.trim();
        let words = format!(
            "không kiểm đủ mọi mẫu phiếu. Lý do: {reason}{} Người đề nghị: {asked}; người đồng ý: {agreed} ({}).",
            full_stop(reason),
            at.in_vietnam()
        );
        return body_spans(vec![Span::bold("ĐÃ BỎ QUA PHIẾU THỬ: "), Span::plain(words)]);
    }
    let left = decks.iter().filter(|deck| !deck.has_passed()).map(|deck| deck.form.id.as_str());
    body_spans(vec![
        Span::bold("CHƯA ĐẠT: "),
        Span::plain(format!(
            "mẫu {}. Chưa được mở; tìm nguyên nhân, kiểm lại phiếu thử của riêng mẫu ấy rồi lập báo cáo mới.",
            left.collect::<Vec<_>>().join(", ")
        )),
    ])
}

fn of_form(occasion: &Occasion<'_>, deck: &DeckCount<'_>) -> Vec<Block> {
    let Some((told, _)) = deck.told else { return vec![body("Chưa kiểm phiếu thử của mẫu này.")] };
    let Some(compared) = deck.compared() else {
        return vec![body("Bản ghi này chỉ có tổng số, không có từng phiếu."), totals_table(deck, told)];
    };
    let mut blocks = vec![papers_table(told)];
    let lines: Vec<&str> = deck.form.lines.iter().map(|line| line.name.as_str()).collect();
    let names = DeckNames { lines: &lines, rules: occasion.rules };
    blocks.extend(compared.explanation.map(body));
    if !compared.differences.is_empty() {
        let row = |difference: &crate::test_deck::DeckDifference| {
            let [expected, read] = difference.told(names);
            vec![Cell::left(difference.place(names)), Cell::left(expected), bold(read)]
        };
        let rows = compared.differences.iter().map(row).collect();
        blocks.push(table(&[(10, "Chỗ lệch"), (7, "Phải là"), (7, "Đọc là")], rows));
    }
    blocks
}

/// A row for every paper: keys as they had to be and as they were.
fn papers_table(told: &DeckForm) -> Block {
    let row = |(number, paper): (usize, &crate::audit::event::poll::DeckPaper)| {
        let read = grouped(&paper.read);
        let is_right = paper.read == paper.expected;
        vec![
            Cell::center(number.to_string()),
            Cell::left(grouped(&paper.expected)),
            if is_right { Cell::left(read) } else { bold(read) },
            if is_right { Cell::center("đúng") } else { bold("lệch") },
        ]
    };
    let papers = told.papers.iter().flatten();
    let columns = [(2, "Phiếu"), (10, "Dấu in sẵn, theo phím"), (10, "Hai người đọc"), (3, "So sánh")];
    table(&columns, (1..).zip(papers).map(row).collect())
}

/// What an older program wrote down of a form: each level of each line, in all.
fn totals_table(deck: &DeckCount<'_>, told: &DeckForm) -> Block {
    let figures =
        |counts: &BatchCounts, line: usize| counts.lines.get(line).map(|counts| counts.each()).unwrap_or_default();
    let mut rows = Vec::new();
    for (index, line) in deck.form.lines.iter().enumerate() {
        for ((level, expected), (_, counted)) in
            figures(&told.expected, index).into_iter().zip(figures(&told.counted, index))
        {
            let difference = i64::from(counted) - i64::from(expected);
            rows.push(vec![
                Cell::center(line.number.to_string()),
                Cell::left(line.name.clone()),
                Cell::left(level.label()),
                Cell::right(expected.to_string()),
                Cell::right(counted.to_string()),
                if difference == 0 { Cell::right("0") } else { bold(format!("{difference:+}")) },
            ]);
        }
    }
    let columns = [(2, "TT"), (11, "Họ và tên"), (6, "Mức"), (4, "Phải có"), (4, "Đếm được"), (3, "Lệch")];
    table(&columns, rows)
}

fn bold(text: impl Into<String>) -> Cell {
    Cell { spans: vec![Span::bold(text)], ..Cell::left("") }
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
