//! Hồ sơ on paper: of one official, and of one field.

use jiff::civil::Date;

use super::dossier_facts::{Columns, fact_blocks, report_blocks};
use super::dossier_summary::summary_blocks;
use super::dossier_words::{counted, ranges, result_text};
use super::frame::{Frame, Issue};
use super::parts::{centered_italic, cite_text, compact, heading, notice, properties, roman, small, table};
use super::{Block, Cell, Chart, ChartPoint, Document, FactMark, Guide};
use crate::decimal::Decimal;
use crate::dossier::{
    Begins, Coverage, Dossier, FactNo, FieldDossier, Gathered, Missing, SeriesPoint, TargetSeries, YearFacts,
    YearFigures,
};
use crate::fact::{Fact, Status};
use crate::official::{Birth, Post};
use crate::text::date_dmy;

const NEUTRAL: &str = "Hồ sơ tập hợp các dữ kiện có tài liệu nguồn, không chấm điểm, không xếp hạng; đại biểu tự đánh giá. \
                       Số trong ngoặc là số thứ tự của dữ kiện tại phần dữ kiện theo lĩnh vực.";

/// Years of a chart that takes half of the width: the figures of more would not fit under their bars.
const MOST_ABREAST: usize = 4;

/// The part of a volume that has the dossiers of fields.
const OF_FIELDS: &str = "Hồ sơ theo lĩnh vực";

/// The dossier of one official as a paper.
pub fn dossier_document(dossier: &Dossier<'_>, frame: &Frame<'_>) -> Document {
    let official = dossier.official;
    let kind = if frame.occasion.is_party() {
        "HỒ SƠ CÁN BỘ"
    } else {
        "HỒ SƠ NGƯỜI ĐƯỢC LẤY PHIẾU TÍN NHIỆM"
    };
    let subject = format!("{}, {}", official.addressed(), official.posts_text());
    let mut blocks = vec![
        Block::Title { kind: kind.into(), subject },
        centered_italic(format!("(Phục vụ {})", frame.occasion.sitting_with_term())),
    ];
    let columns = Columns::Person(dossier.coverage);
    blocks.extend(body(identity(dossier), &dossier.gathered, &dossier.missing, frame, &columns));
    let guide = guide(official.block.0.clone(), &dossier.gathered);
    Document { guide: Some(guide), ..frame.document(format!("Hồ sơ {}", official.name), Issue::default(), blocks) }
}

/// The dossier of one field as a paper.
pub fn field_document(dossier: &FieldDossier<'_>, frame: &Frame<'_>) -> Document {
    let people = dossier.officials.iter().map(|(_, o)| format!("{} ({})", o.addressed(), o.posts_text()));
    let mut blocks = vec![
        Block::Title { kind: "HỒ SƠ LĨNH VỰC".into(), subject: dossier.field.0.clone() },
        centered_italic(format!("(Phục vụ {})", frame.occasion.sitting_with_term())),
    ];
    let general = properties(vec![
        ("Lĩnh vực", dossier.field.0.clone()),
        ("Người liên quan", people.collect::<Vec<_>>().join("; ")),
        ("Thời gian của hồ sơ", dossier.coverage.text()),
        ("Số dữ kiện", fact_count(&dossier.gathered, dossier.coverage)),
    ]);
    let columns = Columns::Field(&dossier.officials);
    blocks.extend(body(general, &dossier.gathered, &dossier.missing, frame, &columns));
    let guide = guide(OF_FIELDS.to_owned(), &dossier.gathered);
    let title = format!("Hồ sơ lĩnh vực {}", dossier.field.0);
    Document { guide: Some(guide), ..frame.document(title, Issue::default(), blocks) }
}

fn guide(part: String, gathered: &Gathered<'_>) -> Guide {
    let mark = |fact: &&Fact| FactMark { kind: fact.kind, year: fact.period.year(), status: fact.status };
    Guide { part, facts: gathered.facts.iter().map(mark).collect() }
}

fn identity(dossier: &Dossier<'_>) -> Block {
    let official = dossier.official;
    let post = |post: &Post| match post.elected_on {
        Some(day) => format!("{} (từ ngày {})", post.title, date_dmy(day)),
        None => format!("{} (chưa ghi ngày được bầu)", post.title),
    };
    let birth = match official.birth {
        Some(Birth::Day(day)) => date_dmy(day),
        Some(Birth::Year(year)) => format!("Năm {year}"),
        None => "Chưa ghi".to_owned(),
    };
    let fields: Vec<&str> = official.fields.iter().map(|f| f.0.as_str()).collect();
    properties(vec![
        ("Họ và tên", official.addressed()),
        ("Ngày sinh", birth),
        ("Chức vụ", official.posts.iter().map(post).collect::<Vec<_>>().join("; ")),
        ("Khối", official.block.0.clone()),
        ("Lĩnh vực phụ trách", if fields.is_empty() { "Chưa ghi".to_owned() } else { fields.join("; ") }),
        ("Thời gian của hồ sơ", dossier.coverage.text()),
        ("Số dữ kiện", fact_count(&dossier.gathered, dossier.coverage)),
    ])
}

fn fact_count(gathered: &Gathered<'_>, coverage: Coverage) -> String {
    let before = match coverage.begins {
        Begins::Term => "trước đầu nhiệm kỳ",
        Begins::Post => "trước khi nhận chức vụ",
    };
    let mut text = format!("{} dữ kiện", gathered.facts.len());
    for (count, which) in [(gathered.left_out_before, before), (gathered.left_out_after, "sau ngày bỏ phiếu")] {
        if count > 0 {
            text.push_str(&format!("; không đưa vào {count} dữ kiện {which}"));
        }
    }
    text
}

/// The numbered sections, `general` about whom or what it is; one without content is left out and its number goes to the
/// next. What needs attention comes first: it is what a reader looks for.
fn body(
    general: Block,
    gathered: &Gathered<'_>,
    missing: &[Missing],
    frame: &Frame<'_>,
    columns: &Columns<'_>,
) -> Vec<Block> {
    let mut summary = summary_blocks(gathered, missing);
    summary.push(small(NEUTRAL));
    let sections = [
        ("Điểm cần xem", summary),
        ("Thông tin chung", vec![general]),
        ("Nội dung cần bổ sung, làm rõ", missing_blocks(missing, frame)),
        ("Số liệu theo năm", figure_blocks(gathered, columns)),
        ("Diễn biến chỉ tiêu qua các năm", series_blocks(gathered, columns)),
        ("Báo cáo của người được lấy phiếu", report_blocks(gathered, columns)),
        ("Dữ kiện theo lĩnh vực", fact_blocks(gathered, columns)),
    ];
    let mut blocks = Vec::new();
    let with_content = sections.into_iter().filter(|(_, content)| !content.is_empty());
    for (i, (title, content)) in with_content.enumerate() {
        blocks.push(heading(1, format!("{}. {title}", roman(i + 1))));
        blocks.extend(content);
    }
    blocks
}

fn missing_blocks(missing: &[Missing], frame: &Frame<'_>) -> Vec<Block> {
    if missing.is_empty() {
        return vec![small("Không phát hiện nội dung còn thiếu.")];
    }
    let line = |gap: &Missing| match gap.kind.law(frame.occasion.rules, frame.occasion.council.kind) {
        Some((cite, _)) => format!("{} ({})", gap.text, cite_text(cite)),
        None => gap.text.clone(),
    };
    let lines: Vec<String> = missing.iter().map(line).collect();
    notice(&format!("{} nội dung", lines.len()), lines).into_iter().collect()
}

fn figure_blocks(gathered: &Gathered<'_>, columns: &Columns<'_>) -> Vec<Block> {
    let mut blocks = progress_blocks(gathered);
    // Ratings and attendance are of a person: side by side without names they would say nothing of a field.
    if matches!(columns, Columns::Person(_)) {
        blocks.extend(rating_blocks(gathered));
    }
    blocks
}

fn progress_blocks(gathered: &Gathered<'_>) -> Vec<Block> {
    let statuses = Status::ALL.map(Some).into_iter().chain([None]);
    let is_used = |status: &Option<Status>| gathered.figures.iter().any(|row| !row.by_status.of(*status).is_empty());
    let statuses: Vec<Option<Status>> = statuses.filter(is_used).collect();
    if statuses.is_empty() {
        return Vec::new();
    }
    let mut columns = vec![(22, "Loại"), (9, "Năm"), (11, "Tổng")];
    // Columns that are left share the room: most of it is for the numbers of facts.
    columns.extend(statuses.iter().map(|status| (22, status.map_or("Chưa ghi", Status::label))));
    let rows = gathered.figures.iter().map(|row| figure_row(row, &statuses)).collect();
    vec![compact(table(&columns, rows))]
}

fn rating_blocks(gathered: &Gathered<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut years: Vec<i16> = gathered.ratings.iter().chain(&gathered.attendance).map(|y| y.year).collect();
    years.sort_unstable();
    years.dedup();
    if !years.is_empty() {
        let of = |list: &[YearFacts], year| {
            list.iter().find(|y| y.year == year).map_or_else(String::new, |y| said(gathered, y))
        };
        let row = |year: &i16| {
            let cells = [of(&gathered.ratings, *year), of(&gathered.attendance, *year)].map(Cell::left);
            std::iter::once(Cell::center(year.to_string())).chain(cells).collect()
        };
        let columns = [(12, "Năm"), (40, "Xếp loại"), (60, "Tham dự họp")];
        blocks.push(heading(2, format!("Xếp loại, tham dự họp ({} năm)", years.len())));
        blocks.push(table(&columns, years.iter().map(row).collect()));
    }
    blocks
}

fn figure_row(figures: &YearFigures, statuses: &[Option<Status>]) -> Vec<Cell> {
    let by = &figures.by_status;
    let mut row = vec![
        Cell::left(figures.kind.label()),
        Cell::center(figures.year.to_string()),
        Cell::center(by.total().to_string()),
    ];
    row.extend(statuses.iter().map(|status| Cell::center(counted(by.of(*status)))));
    row
}

/// What the facts of one year say, each with its number.
fn said(gathered: &Gathered<'_>, year: &YearFacts) -> String {
    let one = |number: &FactNo| gathered.fact(*number).map(|fact| format!("{} ({})", with_result(fact), number.0));
    year.facts.iter().filter_map(one).collect::<Vec<_>>().join("; ")
}

fn with_result(fact: &Fact) -> String {
    let result = result_text(fact);
    if result.is_empty() { fact.text.clone() } else { format!("{}: {result}", fact.text) }
}

/// Targets of several years: those that were missed in a year as charts, all others in one table.
fn series_blocks(gathered: &Gathered<'_>, columns: &Columns<'_>) -> Vec<Block> {
    let status = |point: &SeriesPoint| gathered.fact(point.fact).and_then(|fact| fact.status);
    let is_missed = |series: &&TargetSeries<'_>| series.points.iter().any(|p| status(p) == Some(Status::NotMet));
    let (missed, others): (Vec<_>, Vec<_>) = gathered.series.iter().partition(is_missed);
    let mut blocks = Vec::new();
    if !missed.is_empty() {
        blocks.push(heading(2, format!("Chỉ tiêu có năm không đạt ({})", missed.len())));
        blocks.extend(missed.iter().map(|series| chart(series, columns)));
    }
    if !others.is_empty() {
        let rows = others.iter().map(|series| series_row(series)).collect();
        blocks.push(heading(2, format!("Các chỉ tiêu khác ({})", others.len())));
        blocks.push(compact(table(&[(66, "Chỉ tiêu"), (77, "Kế hoạch / thực hiện"), (22, "Dữ kiện")], rows)));
    }
    blocks
}

/// The unit in brackets, where the title does not end with it.
fn with_unit(series: &TargetSeries<'_>) -> String {
    let unit = format!("({})", series.unit);
    if series.unit.is_empty() || series.title.ends_with(&unit) {
        series.title.clone()
    } else {
        format!("{} {unit}", series.title)
    }
}

fn numbers(series: &TargetSeries<'_>) -> Vec<FactNo> {
    series.points.iter().map(|p| p.fact).collect()
}

fn series_row(series: &TargetSeries<'_>) -> Vec<Cell> {
    let value = |value: Option<Decimal>| value.map_or_else(|| "–".to_owned(), |value| value.to_string());
    let year = |p: &SeriesPoint| format!("{}: {} / {}", p.label, value(p.planned), value(p.actual));
    let years: Vec<String> = series.points.iter().map(year).collect();
    vec![Cell::left(with_unit(series)), Cell::left(years.join("; ")), Cell::center(ranges(&numbers(series)))]
}

fn chart(series: &TargetSeries<'_>, columns: &Columns<'_>) -> Block {
    let since = match columns {
        Columns::Person(coverage) => coverage.took_office_in(coverage.from.year()),
        Columns::Field(_) => None,
    };
    // A year in whose middle the person took office is not that person's alone.
    let has_year = |day: Date| series.points.iter().any(|p| p.label == day.year().to_string());
    let office =
        since.filter(|day| has_year(*day)).map_or_else(String::new, |day| format!("; nhận chức {}", date_dmy(day)));
    Block::Chart(Chart {
        title: format!("{} - dữ kiện {}{office}", with_unit(series), ranges(&numbers(series))),
        points: series
            .points
            .iter()
            .map(|p| ChartPoint { label: p.label.clone(), planned: p.planned, actual: p.actual })
            .collect(),
        half: series.points.len() <= MOST_ABREAST,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::book::Book;
    use crate::dossier::{Days, compile, compile_field};
    use crate::fact::{FactKind, Figures, Period};
    use crate::fixture::{self, fact};
    use crate::official::{Field, OfficialNo};
    use crate::rules::RuleSet;

    fn frame<'a>(rules: &'a RuleSet, book: &'a Book) -> Frame<'a> {
        let foot = Some("SHA-256 0123".to_owned());
        Frame { occasion: fixture::occasion(rules, book), date: date(2023, 12, 7), foot }
    }

    fn target(year: i16, actual: &str) -> Fact {
        let decimal = |t| Decimal::parse_plain(t);
        Fact {
            figures: Some(Figures {
                planned: decimal("92"),
                actual: decimal(actual),
                unit: "%".into(),
                lower_is_better: false,
            }),
            status: Some(Status::Met),
            ..fact(FactKind::Target, Period::Year(year), &format!("Tỷ lệ bao phủ BHYT năm {year}"))
        }
    }

    fn book() -> Book {
        fixture::book()
            .with_official("Trần Văn B", &[("Giám đốc Sở Y tế", Some(date(2021, 6, 30)))])
            .with_fact(target(2021, "92.1"))
            .with_fact(target(2022, "93"))
            .with_fact(Fact {
                reply: Some("Đã hoàn thành.".into()),
                ..fact(FactKind::Questioning, Period::Day(date(2022, 7, 1)), "Khi nào xây trạm y tế?")
            })
    }

    /// Every text of a paper, one line a row or block.
    fn lines(document: &Document) -> Vec<String> {
        let cells = |row: &Vec<Cell>| {
            let text = |c: &Cell| c.spans.iter().map(|s| s.text.as_str()).collect::<String>();
            row.iter().map(text).collect::<Vec<_>>().join(" | ")
        };
        let of = |block: &Block| match block {
            Block::Title { kind, subject } => vec![kind.clone(), subject.clone()],
            Block::Heading { text, .. } => vec![text.clone()],
            Block::Table(t) => t.head.iter().chain(&t.rows).map(cells).collect(),
            Block::Chart(c) => vec![c.title.clone()],
            Block::Notice { title, lines } => [title].into_iter().chain(lines).cloned().collect(),
            _ => Vec::new(),
        };
        document.blocks.iter().flat_map(of).collect()
    }

    #[test]
    fn a_dossier_states_every_fact_with_its_source_and_the_reply_under_it() {
        let (rules, book) = (fixture::rules(), book());
        let dossier = compile(&book, OfficialNo(0), Days::at(date(2023, 12, 7))).expect("official");
        let document = dossier_document(&dossier, &frame(&rules, &book));
        assert_eq!((document.watermark.as_deref(), document.foot.as_deref()), (Some("DIỄN TẬP"), Some("SHA-256 0123")));
        let lines = lines(&document);
        for line in [
            "Ông Trần Văn B, Giám đốc Sở Y tế",
            "Thời gian của hồ sơ | từ ngày 30/06/2021 (ngày nhận chức vụ) đến ngày 07/12/2023",
            "I. Điểm cần xem",
            "Chỉ tiêu | 2021 | 1 | 1 (1) | –",
            "Chất vấn, lời hứa | 2022 | 1 | – | 1 (3)",
            "V. Diễn biến chỉ tiêu qua các năm",
            "Tỷ lệ bao phủ BHYT (%) | 2021: 92 / 92,1; 2022: 92 / 93 | 1, 2",
            "1 | Năm 2021 (nhận chức 30/06/2021) | Tỷ lệ bao phủ BHYT năm 2021 | Kế hoạch 92%; thực hiện 92,1%; Đạt | 12/BC-MẪU ngày 01/11/2023, UBND tỉnh Mẫu",
            "3 | 01/07/2022 | Khi nào xây trạm y tế? | 12/BC-MẪU ngày 01/11/2023, UBND tỉnh Mẫu",
            " | Trả lời | Đã hoàn thành. | ",
            "Chưa có báo cáo của người được lấy phiếu. (Điều 11)",
        ] {
            assert!(lines.iter().any(|l| l == line), "{line}\nis not among\n{}", lines.join("\n"));
        }
    }

    #[test]
    fn every_row_of_every_table_has_a_cell_for_every_column() {
        let (rules, book) = (fixture::rules(), book());
        let dossier = compile(&book, OfficialNo(0), Days::at(date(2023, 12, 7))).expect("official");
        let health = Field("Y tế".into());
        let of_field =
            field_document(&compile_field(&book, &health, Days::at(date(2023, 12, 7))), &frame(&rules, &book));
        for document in [dossier_document(&dossier, &frame(&rules, &book)), of_field] {
            let tables: Vec<_> =
                document.blocks.iter().filter_map(|b| if let Block::Table(t) = b { Some(t) } else { None }).collect();
            assert!(tables.len() >= 4);
            for table in tables {
                assert!(table.head.iter().chain(&table.rows).all(|row| row.len() == table.widths.len()));
            }
        }
    }

    #[test]
    fn the_dossier_of_a_field_names_the_person_of_each_fact() {
        let (rules, book) = (fixture::rules(), book());
        let health = Field("Y tế".into());
        let document =
            field_document(&compile_field(&book, &health, Days::at(date(2023, 12, 7))), &frame(&rules, &book));
        let lines = lines(&document);
        assert!(lines.iter().any(|l| l.starts_with("1 | Năm 2021 | Trần Văn B | Tỷ lệ")), "{}", lines.join("\n"));
    }
}
