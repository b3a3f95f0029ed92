//! `Kết quả`: counts of a real vote, when there was one.

use std::collections::BTreeSet;

use crate::fields::Fields;
use crate::report::{self, Report};
use crate::schema::{Column, Layout, Need, Schema, Shape};
use crate::sheets::NUMBER;
use crate::sheets::directory::Directory;
use crate::sheets::facts::say_unresolved;
use crate::table::SheetRecord;
use domain::book::DeclaredLine;
use domain::official::OfficialNo;
use domain::poll::{BallotTotals, LevelCounts, PollKind};

pub(crate) const OFFICIAL: Column = Column::required("Người được lấy phiếu", Shape::Text)
    .decides()
    .named(&["ho ten", "ho va ten", "ten", "can bo", "ho ten nguoi duoc lay phieu"])
    .help("họ tên như ở trang Người được lấy phiếu.")
    .example("Nguyễn Văn A")
    .width(26);
pub(crate) const HIGH: Column = Column::optional("Tín nhiệm cao", Shape::Count)
    .named(&["so phieu tin nhiem cao", "tnc", "cao", "high"])
    .help("số phiếu tín nhiệm cao (lấy phiếu).")
    .example("40");
pub(crate) const MEDIUM: Column = Column::optional("Tín nhiệm", Shape::Count)
    .named(&["so phieu tin nhiem", "tn", "trung binh", "mid", "medium"])
    .help("số phiếu tín nhiệm (lấy phiếu).")
    .example("4");
pub(crate) const LOW: Column = Column::optional("Tín nhiệm thấp", Shape::Count)
    .named(&["so phieu tin nhiem thap", "tnt", "thap", "low"])
    .help("số phiếu tín nhiệm thấp (lấy phiếu).")
    .example("2");
pub(crate) const CONFIDENCE: Column = Column::optional("Tín nhiệm (bỏ phiếu)", Shape::Count)
    .named(&["bo phieu tin nhiem", "co tin nhiem", "confidence"])
    .help("số phiếu tín nhiệm khi bỏ phiếu hai mức; lấy phiếu ba mức thì để trống.")
    .width(20);
pub(crate) const NO_CONFIDENCE: Column = Column::optional("Không tín nhiệm", Shape::Count)
    .named(&["so phieu khong tin nhiem", "ktn", "khong", "no confidence"])
    .help("số phiếu không tín nhiệm khi bỏ phiếu hai mức.");
pub(crate) const ISSUED: Column = Column::optional("Phiếu phát ra", Shape::Count)
    .named(&["phat ra", "so phieu phat ra", "tong so phieu phat ra"])
    .help("ghi ở dòng đầu của khối; các dòng dưới để trống thì dùng lại.")
    .example("47");
pub(crate) const RETURNED: Column = Column::optional("Phiếu thu về", Shape::Count)
    .named(&["thu ve", "so phieu thu ve", "tong so phieu thu ve"])
    .help("bằng tổng phiếu hợp lệ và không hợp lệ.")
    .example("47");
pub(crate) const VALID: Column = Column::optional("Phiếu hợp lệ", Shape::Count)
    .named(&["hop le", "so phieu hop le"])
    .help("số phiếu hợp lệ.")
    .example("47");
pub(crate) const INVALID: Column = Column::optional("Phiếu không hợp lệ", Shape::Count)
    .named(&["khong hop le", "so phieu khong hop le"])
    .help("số phiếu không hợp lệ; không có thì ghi 0.")
    .example("0")
    .width(18);

const LEVELS: [Column; 5] = [HIGH, MEDIUM, LOW, CONFIDENCE, NO_CONFIDENCE];
const TOTALS: [Column; 4] = [ISSUED, RETURNED, VALID, INVALID];

pub(crate) const SHEET: Schema = Schema {
    title: "Kết quả",
    names: &["ket qua kiem phieu", "ket qua lay phieu", "ket qua bo phieu", "so phieu", "results"],
    need: Need::Optional,
    layout: Layout::Table,
    columns: &[NUMBER, OFFICIAL, HIGH, MEDIUM, LOW, CONFIDENCE, NO_CONFIDENCE, ISSUED, RETURNED, VALID, INVALID],
    help: "Chỉ ghi khi đã kiểm phiếu thật; để trống cả trang thì chương trình chạy diễn tập. Ô trống không được hiểu là 0.",
};

/// The counts in order; `None` when the sheet holds none. Who lacks counts, and who should have none, the list decides:
/// [`readiness`](domain::readiness::readiness) says it.
pub(crate) fn read(
    records: &[SheetRecord<'_>],
    directory: &Directory<'_>,
    report: &mut Report,
) -> Option<Vec<DeclaredLine>> {
    let mut lines: Vec<DeclaredLine> = Vec::new();
    let mut seen: BTreeSet<OfficialNo> = BTreeSet::new();
    let mut kind: Option<PollKind> = None;
    let mut above: Option<BallotTotals> = None;
    for record in records {
        let mut fields = Fields::new(record, report);
        let official = official(&mut fields, directory);
        let own = totals(&mut fields, record, above);
        above = own.or(above);
        let Some(counts) = counts(&mut fields, record) else { continue };
        if *kind.get_or_insert(counts.kind()) != counts.kind() {
            let remedy = "Lấy phiếu (ba mức) và bỏ phiếu (hai mức) là hai cuộc riêng: tách thành hai tệp.";
            fields.find(report::RESULT_MIXED, &OFFICIAL, "Dòng này khác loại phiếu với các dòng trên.", remedy);
        }
        if official.is_some_and(|id| !seen.insert(id)) {
            fields.find(
                report::OFFICIAL_TWICE,
                &OFFICIAL,
                "Người này đã có kết quả ở một dòng phía trên.",
                "Bỏ dòng thừa.",
            );
        }
        if let (Some(official), Some(ballots)) = (official, above) {
            check_levels(&mut fields, ballots, counts);
            lines.push(DeclaredLine { place: record.place(&OFFICIAL), official, ballots, counts });
        }
    }
    (!lines.is_empty()).then_some(lines)
}

fn official(fields: &mut Fields<'_, '_>, directory: &Directory<'_>) -> Option<OfficialNo> {
    let name = fields.text(&OFFICIAL)?;
    match directory.find(&name) {
        Ok(id) => Some(id),
        Err(unresolved) => {
            say_unresolved(fields, &OFFICIAL, &name, &unresolved);
            None
        }
    }
}

/// Names of the empty ones among some cells; `None` when all are empty.
fn gaps(record: &SheetRecord<'_>, columns: &[Column]) -> Option<Vec<&'static str>> {
    let empty: Vec<&'static str> = columns.iter().filter(|c| record.cell(c).is_none()).map(|c| c.title).collect();
    (empty.len() < columns.len()).then_some(empty)
}

/// The row's own totals, all four or none.
fn totals(fields: &mut Fields<'_, '_>, record: &SheetRecord<'_>, above: Option<BallotTotals>) -> Option<BallotTotals> {
    match gaps(record, &TOTALS) {
        None if above.is_none() && gaps(record, &LEVELS).is_some() => {
            let what = "Chưa ghi số phiếu phát ra, thu về, hợp lệ, không hợp lệ.";
            fields.find(
                report::RESULT_PARTIAL,
                &ISSUED,
                what,
                "Ghi đủ bốn số ở dòng đầu tiên; các dòng dưới dùng lại.",
            );
            return None;
        }
        None => return None,
        Some(gaps) if !gaps.is_empty() => {
            let what = format!("Chưa ghi {}.", gaps.join(", "));
            let remedy = "Ghi đủ bốn số phiếu trên cùng một dòng; không có phiếu không hợp lệ thì ghi 0.";
            fields.find(report::RESULT_PARTIAL, &ISSUED, what, remedy);
            return None;
        }
        Some(_) => {}
    }
    let (issued, returned) = (fields.count(&ISSUED), fields.count(&RETURNED));
    let (valid, invalid) = (fields.count(&VALID), fields.count(&INVALID));
    let totals = BallotTotals { issued: issued?, returned: returned?, valid: valid?, invalid: invalid? };
    if let Err(error) = totals.check() {
        fields.find(
            report::IDENTITY,
            &RETURNED,
            format!("Số liệu không khớp: {error}."),
            "Đối chiếu với biên bản kiểm phiếu.",
        );
    }
    Some(totals)
}

/// The row's counts by level: three of a rating or two of a confidence poll, none of them left empty.
fn counts(fields: &mut Fields<'_, '_>, record: &SheetRecord<'_>) -> Option<LevelCounts> {
    // A sheet of a confidence poll alone heads its columns «Tín nhiệm» and «Không tín nhiệm».
    let two_levels = record.has(&NO_CONFIDENCE) && ![HIGH, LOW, CONFIDENCE].iter().any(|column| record.has(column));
    let for_confidence = if two_levels { MEDIUM } else { CONFIDENCE };
    let rating = if two_levels { None } else { gaps(record, &[HIGH, MEDIUM, LOW]) };
    let confidence = gaps(record, &[for_confidence, NO_CONFIDENCE]);
    match (rating, confidence) {
        (None, None) => None,
        (Some(_), Some(_)) => {
            let remedy = "Lấy phiếu chỉ ghi ba mức; bỏ phiếu chỉ ghi hai mức.";
            fields.find(report::RESULT_MIXED, &HIGH, "Một dòng ghi cả mức lấy phiếu và mức bỏ phiếu.", remedy);
            None
        }
        (Some(gaps), None) | (None, Some(gaps)) if !gaps.is_empty() => {
            let what = format!("Chưa ghi {}.", gaps.join(", "));
            fields.find(report::RESULT_PARTIAL, &OFFICIAL, what, "Ghi đủ các mức; mức không có phiếu nào thì ghi 0.");
            None
        }
        (Some(_), None) => {
            let (high, medium, low) = (fields.count(&HIGH), fields.count(&MEDIUM), fields.count(&LOW));
            Some(LevelCounts::Rating { high: high?, medium: medium?, low: low? })
        }
        (None, Some(_)) => {
            let (confidence, no_confidence) = (fields.count(&for_confidence), fields.count(&NO_CONFIDENCE));
            Some(LevelCounts::Confidence { confidence: confidence?, no_confidence: no_confidence? })
        }
    }
}

fn check_levels(fields: &mut Fields<'_, '_>, ballots: BallotTotals, counts: LevelCounts) {
    if ballots.check().is_ok()
        && let Err(error) = ballots.not_counted(counts)
    {
        fields.find(
            report::IDENTITY,
            &OFFICIAL,
            format!("Số liệu không khớp: {error}."),
            "Đối chiếu với biên bản kiểm phiếu.",
        );
    }
}
