//! Biên bản kiểm phiếu (NQ 96/2023/QH15, Điều 19.1; Quy định 96-QĐ/TW, Điều 6.3): ballots issued, returned, valid and
//! invalid, then every person's counts and shares, as the board of tellers signs them.

mod day;

use super::frame::{Frame, Issue};
use super::parts::{block_heading, board_signatures, body, cite_text, count_words, heading, notice, table};
use super::{Block, Cell, CheckpointBox, Document};
use crate::day_record::DayRecord;
use crate::occasion::Occasion;
use crate::poll::PollKind;
use crate::result::{FormResult, OfficialResult, PollResult};
use crate::roster::Teller;
use crate::rules::BandRule;
use crate::tally::margin_words;
use crate::text::{date_words, upper_first};

/// What the minutes say besides the result.
#[derive(Clone, Debug)]
pub struct MinutesParts<'a> {
    /// Members of the board, in the order of the sheet.
    pub tellers: &'a [Teller],
    pub delegates: u32,
    pub counting: CountingMode,
    /// Record of the day of the vote, read from the poll's log.
    pub day: &'a DayRecord,
    /// Copies in which they are made; `None` where it was not recorded.
    pub copies: Option<u32>,
    /// Head of the log when counting closed.
    pub checkpoint: CheckpointBox,
}

/// How the figures of the minutes came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountingMode {
    /// Simulated voters, counted in batches by two simulated readings.
    Simulated {
        /// Seed from which anybody can repeat it; `None` where it was not kept.
        seed: Option<u64>,
        batches: u32,
        /// Lines that the first two readings differed on.
        reread: u32,
    },
    /// Figures that the office typed from a count that the program did not see.
    Declared,
    /// Paper ballots, counted in batches by two people each.
    Real {
        /// Lines on which the two differed and read again; `None` where it was not recorded.
        reread: Option<u32>,
        /// Lines of those that the head teller decided with the paper in hand, where that was kept.
        decided: Option<u32>,
        /// Batches counted by hand tally; `None` where it was not recorded.
        by_hand: Option<u32>,
    },
}

impl CountingMode {
    /// Whether people counted ballots of people.
    pub const fn is_real(self) -> bool {
        matches!(self, Self::Real { .. })
    }
}

/// The minutes of counting.
pub fn minutes(frame: &Frame<'_>, result: &PollResult, parts: MinutesParts<'_>) -> Document {
    let occasion = &frame.occasion;
    let mut blocks = vec![
        Block::Title {
            kind: "BIÊN BẢN KIỂM PHIẾU".to_owned(),
            subject: format!(
                "{} đối với {}",
                upper_first(occasion.kind.label()),
                occasion.voted_on(&occasion.body_with_term())
            ),
        },
        body(format!(
            "Hôm nay, {}, tại {}, Ban kiểm phiếu gồm {} thành viên đã tiến hành kiểm phiếu {} theo {}.",
            date_words(frame.date),
            occasion.sitting_of_body(),
            parts.tellers.len(),
            occasion.kind.label(),
            occasion.rules.short
        )),
    ];
    blocks.extend(provenance(parts.counting));
    blocks.push(heading(2, "1. Ban kiểm phiếu"));
    blocks.push(tellers_table(parts.tellers));
    let voters = occasion.voters();
    blocks.push(heading(2, format!("2. Số {voters} và số phiếu")));
    // Who was present is counted in the hall: a place to write it, where nobody has.
    let present = parts.day.present.map_or_else(|| "…………".to_owned(), |present| format!("{present}."));
    blocks.push(body(format!("Tổng số {voters}: {}. Số {voters} có mặt: {present}", parts.delegates)));
    blocks.extend(day::hall(occasion, parts.day));
    blocks.extend(day::opening(occasion, parts.day));
    blocks.push(ballots_table(result));
    blocks.extend(invalid_reasons(occasion, result));
    blocks.extend(day::papers(occasion, &parts));
    blocks.extend(closed_with(&parts.day.closers).map(body));
    blocks.push(heading(2, "3. Kết quả kiểm phiếu"));
    blocks.push(body(how_counted(occasion, result)));
    let who =
        if occasion.rules.awaits_choice() { "Ban kiểm phiếu chưa chọn" } else { "Ban kiểm phiếu chọn" };
    let choice = occasion.rules.bad_line_choice();
    blocks.extend(choice.map(|choice| body(format!("{who} trước khi kiểm phiếu; áp dụng cho cả cuộc: {choice}."))));
    for (index, form) in result.forms.iter().enumerate() {
        blocks.push(heading(3, block_heading(index, &form.count.block.0)));
        blocks.push(form.void_words().map_or_else(|| result_table(result.kind, form), body));
    }
    blocks.push(heading(2, "4. Mức hệ quả và khoảng cách đến ngưỡng"));
    blocks.extend(band_blocks(occasion, result, parts.day));
    let procedure = day::procedure(occasion, &parts);
    let is_told = !procedure.is_empty();
    if is_told {
        blocks.push(heading(2, "5. Trình tự kiểm phiếu"));
        blocks.extend(procedure);
    }
    blocks.extend(day::recounts(if is_told { 6 } else { 5 }, occasion, result, &parts));
    blocks.extend(parts.day.made_with().map(body));
    blocks.push(Block::Together(vec![
        body(format!(
            "Biên bản được lập{}, đọc trước {}; Thư ký và Trưởng ban ký, Trưởng ban thay mặt Ban kiểm phiếu.",
            copies_words(parts.copies),
            occasion.meeting()
        )),
        board_signatures(occasion, parts.tellers),
        Block::Checkpoint(parts.checkpoint),
    ]));
    frame.document("Biên bản kiểm phiếu", Issue { board: Some("Ban kiểm phiếu"), number: "" }, blocks)
}

/// Whose shares opened the count, where the council chose that the close needs them.
fn closed_with(closers: &[String]) -> Option<String> {
    let [one, other] = closers else { return None };
    Some(format!(
        "Số liệu các tập phiếu chỉ mở được bằng mảnh khóa của hai thành viên Ban kiểm phiếu; {one} và {other} đã nhập mảnh \
         của mình khi đóng kiểm phiếu."
    ))
}

/// What every share is taken of, and which papers count for nobody or for all but one.
fn how_counted(occasion: &Occasion<'_>, result: &PollResult) -> String {
    let (base, rules) = (&occasion.rules.base, occasion.rules);
    let loses_lines = result.forms.iter().any(|form| !rules.line_reasons(form.officials.len()).is_empty());
    let lost = if loses_lines {
        " và phiếu có dòng của người đó bị bỏ trống hoặc đánh dấu từ hai ô trở lên"
    } else {
        ", kể cả phiếu có dòng bị bỏ trống hoặc đánh dấu từ hai ô trở lên"
    };
    let whole = &base.value.phrase;
    format!(
        "Tỷ lệ phần trăm tính trên {whole} ({}). Phiếu không tính cho một người gồm phiếu không hợp lệ{lost}; phiếu đó \
         vẫn nằm trong {whole}.",
        cite_text(&base.cite)
    )
}

/// ` thành 03 bản có giá trị như nhau`, after `được lập`.
fn copies_words(copies: Option<u32>) -> String {
    match copies {
        Some(1) => " thành 01 bản".to_owned(),
        Some(copies) => format!(" thành {} bản có giá trị như nhau", count_words(copies)),
        None => " xong".to_owned(),
    }
}

fn tellers_table(tellers: &[Teller]) -> Block {
    let row = |(i, t): (usize, &Teller)| {
        vec![Cell::center((i + 1).to_string()), Cell::left(t.name.clone()), Cell::left(t.role.label())]
    };
    table(&[(1, "TT"), (6, "Họ và tên"), (4, "Chức danh")], tellers.iter().enumerate().map(row).collect())
}

fn ballots_table(result: &PollResult) -> Block {
    let row = |form: &FormResult| {
        let b = form.ballots;
        let mut cells = vec![Cell::left(form.count.block.0.clone()), Cell::center(form.count.form.clone())];
        cells.extend([b.issued, b.returned, b.valid, b.invalid].map(|n| Cell::right(n.to_string())));
        cells
    };
    let columns = [(7, "Khối"), (4, "Mẫu phiếu"), (2, "Phát ra"), (2, "Thu về"), (2, "Hợp lệ"), (3, "Không hợp lệ")];
    table(&columns, result.forms.iter().map(row).collect())
}

/// Ballots invalid as a whole, by reason, where the count recorded reasons.
fn invalid_reasons(occasion: &Occasion<'_>, result: &PollResult) -> Option<Block> {
    let mut rows = Vec::new();
    for form in &result.forms {
        for (id, count) in form.count.counts.invalid.iter().filter(|(_, n)| **n > 0) {
            let reason = occasion.rules.spoils_ballot.iter().find(|r| r.id == *id);
            rows.push(vec![
                Cell::left(form.count.block.0.clone()),
                Cell::left(reason.map_or("Không ghi lý do", |r| r.text.as_str())),
                Cell::left(reason.map(|r| cite_text(&r.cite)).unwrap_or_default()),
                Cell::right(count.to_string()),
            ]);
        }
    }
    let columns = [(5, "Khối"), (6, "Lý do phiếu không hợp lệ"), (6, "Căn cứ"), (2, "Số phiếu")];
    (!rows.is_empty()).then(|| table(&columns, rows))
}

fn result_table(kind: PollKind, form: &FormResult) -> Block {
    // A level takes `448 (90,63%)` on one line, the longest that the largest council gives.
    let mut columns = vec![(9, "TT"), (32, "Họ và tên"), (40, "Chức vụ")];
    columns.extend(kind.levels().iter().map(|level| (25, level.label())));
    columns.push((15, "Không tính"));
    let rows = form.officials.iter().enumerate().map(|(i, o)| result_row(i, o)).collect();
    table(&columns, rows)
}

fn result_row(index: usize, official: &OfficialResult) -> Vec<Cell> {
    let mut cells = vec![
        Cell::center((index + 1).to_string()),
        Cell::left(official.listed.addressed()),
        Cell::left(official.listed.post.clone()),
    ];
    for (_, count, share) in official.levels() {
        cells.push(Cell::right(format!("{count} ({share}%)")));
    }
    cells.push(Cell::right(official.tally.not_counted.to_string()));
    cells
}

/// Everybody in a band or near a threshold, with the margins; a sentence when there is nobody.
fn band_blocks(occasion: &Occasion<'_>, result: &PollResult, record: &DayRecord) -> Vec<Block> {
    let mut rows = Vec::new();
    for (form, line, official) in day::lines(result) {
        let tally = &official.tally;
        let band = tally.band.rule(occasion.rules);
        if band.is_none() && tally.warnings.is_empty() {
            continue;
        }
        let mut consequence: Vec<String> =
            band.map(|b| format!("{} ({}).", upper_first(&b.consequence), cite_text(&b.cite))).into_iter().collect();
        consequence.extend(day::warning_words(official, record.recount(form, line).is_some()));
        rows.push(vec![
            Cell::left(official.listed.addressed()),
            Cell::left(margins(occasion, official)),
            Cell::left(consequence.join(" ")),
        ]);
    }
    if rows.is_empty() {
        let level = result.kind.decisive().label().to_lowercase();
        return vec![body(format!("Không có người nào có số phiếu “{level}” đạt hoặc sát ngưỡng có hệ quả."))];
    }
    vec![table(&[(5, "Họ và tên"), (7, "Khoảng cách đến ngưỡng"), (11, "Hệ quả theo quy định")], rows)]
}

/// `quá nửa: vượt 1 phiếu; cách mức từ hai phần ba trở lên 7 phiếu`.
pub fn margins(occasion: &Occasion<'_>, official: &OfficialResult) -> String {
    let bands = occasion.rules.band_rules(official.tally.counts.kind()).unwrap_or_default();
    let margin = |b: &BandRule| {
        let margin = official.tally.margin.to(b.id)?;
        Some(match margin {
            ..0 => format!("cách mức {} {} phiếu", b.words(), margin.unsigned_abs()),
            _ => format!("{}: {}", b.words(), margin_words(margin)),
        })
    };
    bands.iter().filter_map(margin).collect::<Vec<_>>().join("; ")
}

/// Where figures come from that nobody may sign.
fn provenance(counting: CountingMode) -> Option<Block> {
    let line = match counting {
        CountingMode::Simulated { seed, .. } => {
            let from = seed.map(|seed| format!(" từ hạt giống {seed}")).unwrap_or_default();
            format!(
                "Bản diễn tập: phiếu do chương trình mô phỏng{from}, không phải phiếu của đại biểu; không ký, không công \
                 bố."
            )
        }
        CountingMode::Declared => {
            "Bản diễn tập: số đếm lấy từ trang “Kết quả” của bảng tính; chương trình không chứng kiến \
                               việc kiểm phiếu, số liệu phải được đối chiếu với biên bản đã ký."
                .to_owned()
        }
        CountingMode::Real { .. } => return None,
    };
    notice("Nguồn số liệu", vec![line])
}
