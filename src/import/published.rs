//! A published table of results, read exactly as printed; an empty cell is "not printed", never zero.

use domain::decimal::Decimal;
use domain::finding::{Finding, Severity};
use domain::names::{person_key, undressed};
use domain::poll::{Level, PollKind};
use domain::published::{PublishedCell, PublishedRow, PublishedTable};
use domain::text::{clean, fold};
use domain::workbook_answer::WorkbookAnswer;

use super::fields::Fields;
use super::grid::{Cell, Grid};
use super::report::{self, Report};
use super::schema::{Column, Layout, Need, Schema, Shape};
use super::table::{self, SheetRecord};
use super::{answers, bounds, csv_file, read, workbook};

const NAME: Column = Column::required("name", Shape::Text)
    .decides()
    .named(&["ho ten", "ho va ten", "ten", "full name"])
    .help("họ tên người được lấy phiếu.");
const POST: Column = Column::optional("post", Shape::Text).named(&["chuc vu", "chuc danh", "chuc vu chuc danh"]);
const HIGH: Column = Column::optional("high", Shape::Count).named(&["tin nhiem cao", "so phieu tin nhiem cao"]);
const HIGH_PCT: Column =
    Column::optional("high_pct", Shape::Figure).named(&["ty le tin nhiem cao", "tin nhiem cao ty le"]);
const MID: Column = Column::optional("mid", Shape::Count).named(&["medium", "tin nhiem", "so phieu tin nhiem"]);
const MID_PCT: Column =
    Column::optional("mid_pct", Shape::Figure).named(&["medium pct", "ty le tin nhiem", "tin nhiem ty le"]);
const LOW: Column = Column::optional("low", Shape::Count).named(&["tin nhiem thap", "so phieu tin nhiem thap"]);
const LOW_PCT: Column =
    Column::optional("low_pct", Shape::Figure).named(&["ty le tin nhiem thap", "tin nhiem thap ty le"]);
const CONFIDENCE: Column = Column::optional("confidence", Shape::Count).named(&["co tin nhiem"]);
const CONFIDENCE_PCT: Column = Column::optional("confidence_pct", Shape::Figure).named(&["ty le co tin nhiem"]);
const NO_CONFIDENCE: Column = Column::optional("no_confidence", Shape::Count).named(&["khong tin nhiem"]);
const NO_CONFIDENCE_PCT: Column =
    Column::optional("no_confidence_pct", Shape::Figure).named(&["ty le khong tin nhiem"]);

/// Count and share of each level, in ballot order.
const RATING: [(Level, Column, Column); 3] =
    [(Level::High, HIGH, HIGH_PCT), (Level::Medium, MID, MID_PCT), (Level::Low, LOW, LOW_PCT)];
const TWO_LEVELS: [(Level, Column, Column); 2] =
    [(Level::Confidence, CONFIDENCE, CONFIDENCE_PCT), (Level::NoConfidence, NO_CONFIDENCE, NO_CONFIDENCE_PCT)];

const SHEET: Schema = Schema {
    title: "Bảng kết quả đã công bố",
    names: &[],
    need: Need::Required,
    layout: Layout::Table,
    columns: &[
        NAME,
        POST,
        HIGH,
        HIGH_PCT,
        MID,
        MID_PCT,
        LOW,
        LOW_PCT,
        CONFIDENCE,
        CONFIDENCE_PCT,
        NO_CONFIDENCE,
        NO_CONFIDENCE_PCT,
    ],
    help: "",
};

/// See [`super::read_published`].
pub(super) fn read(
    bytes: &[u8],
    file_name: &str,
    answers: &[WorkbookAnswer],
) -> Result<(PublishedTable, Vec<Finding>), Vec<Finding>> {
    let mut report = Report::default();
    let table = first_grid(bytes, file_name, "Ghi bảng với các cột name,post,high,mid,low.", &mut report).and_then(
        |mut grid| {
            answers::apply(answers, std::slice::from_mut(&mut grid), &mut report);
            let records = table::records(&grid, &SHEET, &mut report)?;
            table_of(&grid, &records, &mut report)
        },
    );
    let failed = report.has_errors();
    let mut findings = report.into_findings();
    // A result table has many other columns; notes that they are ignored would not help the reader.
    findings.retain(|finding| finding.severity != Severity::Note || report::is_of_whole_rows(finding));
    match table {
        Some(table) if !failed => Ok((table, findings)),
        _ => Err(findings),
    }
}

/// The CSV file itself, or the first sheet of a workbook that holds anything; `remedy` is for an empty one.
pub(super) fn first_grid(bytes: &[u8], file_name: &str, remedy: &str, report: &mut Report) -> Option<Grid> {
    let is_csv = !bytes.starts_with(b"PK") && !bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]);
    let mut sheets = if is_csv {
        let grid = csv_file::load(bytes, file_name, report)?;
        vec![bounds::Loaded { grid, fonts: std::collections::BTreeMap::new() }]
    } else {
        workbook::load(bytes, file_name, report)?
    };
    sheets.retain(|sheet| !sheet.grid.is_empty());
    read::convert_old_fonts(&mut sheets, report);
    for extra in sheets.iter().skip(1) {
        report.add(
            report::SHEET_UNKNOWN,
            &extra.grid.title,
            "Chỉ trang đầu tiên được đọc.",
            "Đưa bảng kết quả lên trang đầu.",
        );
    }
    let first = sheets.into_iter().next().map(|sheet| sheet.grid);
    if first.is_none() {
        report.add(report::HEADER_MISSING, file_name, "Tệp không có nội dung.", remedy);
    }
    first
}

fn table_of(grid: &Grid, records: &[SheetRecord<'_>], report: &mut Report) -> Option<PublishedTable> {
    let Some(first) = records.first() else {
        report.add(report::CELL_MISSING, &grid.title, "Bảng chưa có dòng nào.", "Ghi mỗi người một dòng dưới tiêu đề.");
        return None;
    };
    let has = |levels: &[(Level, Column, Column)]| {
        levels.iter().any(|(_, count, share)| first.has(count) || first.has(share))
    };
    let (kind, levels): (PollKind, &[_]) = match (has(&RATING), has(&TWO_LEVELS)) {
        (true, false) => (PollKind::Rating, &RATING),
        (false, true) => (PollKind::Confidence, &TWO_LEVELS),
        (true, true) => {
            let remedy = "Lấy phiếu dùng high, mid, low; bỏ phiếu dùng confidence, no_confidence; không dùng cả hai.";
            report.add(report::RESULT_MIXED, &grid.title, "Bảng có cả cột lấy phiếu và cột bỏ phiếu.", remedy);
            return None;
        }
        (false, false) => {
            let remedy = "Thêm các cột high, mid, low (lấy phiếu) hoặc confidence, no_confidence (bỏ phiếu).";
            report.add(report::COLUMN_MISSING, &grid.title, "Bảng không có cột số phiếu nào.", remedy);
            return None;
        }
    };
    for (_, count, _) in levels.iter().filter(|(_, count, _)| !first.has(count)) {
        let what = format!("Thiếu cột «{}».", count.title);
        report.add(report::COLUMN_MISSING, &grid.title, what, "Thêm cột; số không công bố thì để trống ô.");
    }
    let mut rows: Vec<PublishedRow> = Vec::new();
    for record in records {
        let Some(row) = row(record, levels, report) else { continue };
        say_double(record, &row, &rows, report);
        rows.push(row);
    }
    Some(PublishedTable { kind, rows })
}

/// One person printed twice counts once for the reader and twice for the tally.
fn say_double(record: &SheetRecord<'_>, row: &PublishedRow, above: &[PublishedRow], report: &mut Report) {
    let key = |name: &str| person_key(&undressed(name).unwrap_or_else(|| name.to_owned()));
    let same_name = |other: &&PublishedRow| key(&other.name) == key(&row.name);
    let Some(other) = above.iter().find(same_name) else { return };
    let post = |row: &PublishedRow| fold(&row.post);
    let what = format!("{} đã có ở dòng {}.", row.name, other.line);
    if post(other) == post(row) || row.cells == other.cells {
        report.add(report::OFFICIAL_TWICE, record.place(&NAME), what, "Bỏ dòng thừa; mỗi người chỉ một dòng.");
    } else {
        let remedy = "Nếu là hai người trùng tên, ghi thêm năm sinh sau họ tên; nếu là một người, bỏ dòng thừa.";
        report.add(report::MAY_BE_ONE, record.place(&NAME), what, remedy);
    }
}

fn row(record: &SheetRecord<'_>, levels: &[(Level, Column, Column)], report: &mut Report) -> Option<PublishedRow> {
    let mut fields = Fields::new(record, report);
    let name = fields.printed_name(&NAME);
    let post = fields.text(&POST).unwrap_or_default();
    let mut cell = |(level, count, share): &(Level, Column, Column)| PublishedCell {
        level: *level,
        count: fields.count(count),
        percent: percent(&mut fields, share),
    };
    let cells = levels.iter().map(&mut cell).collect();
    Some(PublishedRow { line: record.line(), name: name?, post, cells })
}

/// A share as printed: point or comma before the decimals, with or without a sign.
fn percent(fields: &mut Fields<'_, '_>, column: &Column) -> Option<Decimal> {
    let cell = fields.cell(column)?;
    let read = match cell {
        Cell::Text(text) => Decimal::parse_plain(&clean(text).trim_end_matches('%').trim_end().replace(',', ".")),
        Cell::Number { plain, .. } => Decimal::parse_plain(plain),
        Cell::Date(_) | Cell::Month(_) | Cell::Bool(_) | Cell::Broken(_) | Cell::Uncomputed | Cell::Stale { .. } => {
            None
        }
    };
    if read.is_none_or(|share| share.mantissa() < 0) {
        let what = format!("«{}» không phải là tỷ lệ phần trăm.", cell.shown());
        fields.find(
            report::BAD_PERCENT,
            column,
            what,
            "Ghi đúng như đã công bố, ví dụ 97,5 hoặc 97.5%; không công bố thì để trống.",
        );
        return None;
    }
    read
}
