//! Hồ sơ on paper: of one official, and of one field.

use super::frame::{Frame, Issue};
use super::parts::{centered_italic, cite_text, heading, notice, properties, roman, small, table};
use super::{Block, Cell, Chart, ChartPoint, Document, Span, Table};
use crate::decimal::Decimal;
use crate::dossier::{Dossier, FactNo, FieldDossier, Gathered, Missing, TargetSeries, YearFacts, YearFigures};
use crate::fact::{Fact, Status};
use crate::official::{Birth, Official, OfficialNo, Post};
use crate::text::date_dmy;

const NEUTRAL: &str = "Hồ sơ tập hợp các dữ kiện có tài liệu nguồn, không chấm điểm, không xếp hạng; đại biểu tự đánh giá. \
                       Số trong ngoặc là số thứ tự của dữ kiện tại phần dữ kiện theo lĩnh vực.";

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
        identity(dossier),
        small(NEUTRAL),
    ];
    blocks.extend(body(&dossier.gathered, &dossier.missing, frame, &Columns::Person));
    frame.document(format!("Hồ sơ {}", official.name), Issue::default(), blocks)
}

/// The dossier of one field as a paper.
pub fn field_document(dossier: &FieldDossier<'_>, frame: &Frame<'_>) -> Document {
    let people = dossier.officials.iter().map(|(_, o)| format!("{} ({})", o.addressed(), o.posts_text()));
    let mut blocks = vec![
        Block::Title { kind: "HỒ SƠ LĨNH VỰC".into(), subject: dossier.field.0.clone() },
        centered_italic(format!("(Phục vụ {})", frame.occasion.sitting_with_term())),
        properties(vec![
            ("Lĩnh vực", dossier.field.0.clone()),
            ("Người liên quan", people.collect::<Vec<_>>().join("; ")),
            ("Kỳ hồ sơ", dossier.coverage.text()),
            ("Số dữ kiện", fact_count(&dossier.gathered)),
        ]),
        small(NEUTRAL),
    ];
    let columns = Columns::Field(&dossier.officials);
    blocks.extend(body(&dossier.gathered, &dossier.missing, frame, &columns));
    frame.document(format!("Hồ sơ lĩnh vực {}", dossier.field.0), Issue::default(), blocks)
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
        ("Kỳ hồ sơ", dossier.coverage.text()),
        ("Số dữ kiện", fact_count(&dossier.gathered)),
    ])
}

fn fact_count(gathered: &Gathered<'_>) -> String {
    let mut text = format!("{} dữ kiện trong kỳ", gathered.facts.len());
    for (count, which) in [(gathered.left_out_before, "trước kỳ"), (gathered.left_out_after, "sau kỳ")] {
        if count > 0 {
            text.push_str(&format!("; không đưa vào {count} dữ kiện {which}"));
        }
    }
    text
}

/// The numbered sections after the identity; one without content is left out and its number goes to the next.
fn body(gathered: &Gathered<'_>, missing: &[Missing], frame: &Frame<'_>, columns: &Columns<'_>) -> Vec<Block> {
    let sections = [
        ("Nội dung cần bổ sung, làm rõ", missing_blocks(missing, frame)),
        ("Số liệu theo năm", figure_blocks(gathered, columns)),
        ("Diễn biến chỉ tiêu qua các năm", gathered.series.iter().map(chart).collect()),
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
        return vec![small("Không phát hiện nội dung còn thiếu trong kỳ hồ sơ.")];
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
    if matches!(columns, Columns::Person) {
        blocks.extend(rating_blocks(gathered));
    }
    blocks
}

fn progress_blocks(gathered: &Gathered<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !gathered.figures.is_empty() {
        let columns = [
            (18, "Loại"),
            (9, "Năm"),
            (8, "Tổng"),
            (13, "Đạt"),
            (13, "Không đạt"),
            (13, "Đúng hạn"),
            (13, "Chậm"),
            (13, "Đang thực hiện"),
            (13, "Chưa ghi"),
        ];
        blocks.push(table(&columns, gathered.figures.iter().map(figure_row).collect()));
    }
    blocks
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
        blocks.push(table(&columns, years.iter().map(row).collect()));
    }
    blocks
}

fn figure_row(figures: &YearFigures) -> Vec<Cell> {
    let by = &figures.by_status;
    let statuses = Status::ALL.map(Some).into_iter().chain([None]);
    let mut row = vec![
        Cell::left(figures.kind.label()),
        Cell::center(figures.year.to_string()),
        Cell::center(by.total().to_string()),
    ];
    row.extend(statuses.map(|status| Cell::center(counted(by.of(status)))));
    row
}

/// `3 (4-6)`: the figure and the facts behind it.
fn counted(facts: &[FactNo]) -> String {
    if facts.is_empty() { "0".to_owned() } else { format!("{} ({})", facts.len(), ranges(facts)) }
}

/// `1, 4-6, 9`; a range from three on.
fn ranges(facts: &[FactNo]) -> String {
    let runs = facts.chunk_by(|a, b| a.0 + 1 == b.0);
    let texts = runs.flat_map(|run| match run {
        [first, _, .., last] => vec![format!("{}-{}", first.0, last.0)],
        few => few.iter().map(|n| n.0.to_string()).collect(),
    });
    texts.collect::<Vec<_>>().join(", ")
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

fn chart(series: &TargetSeries<'_>) -> Block {
    let facts: Vec<FactNo> = series.points.iter().map(|p| p.fact).collect();
    Block::Chart(Chart {
        title: format!("{} ({}) - dữ kiện {}", series.title, series.unit, ranges(&facts)),
        points: series
            .points
            .iter()
            .map(|p| ChartPoint { label: p.label.clone(), planned: p.planned, actual: p.actual })
            .collect(),
    })
}

/// Which columns a table of facts has: a field's names the person, a person's does not.
enum Columns<'a> {
    Person,
    Field(&'a [(OfficialNo, &'a Official)]),
}

impl Columns<'_> {
    fn heads(&self) -> Vec<(u16, &'static str)> {
        match self {
            Self::Person => {
                vec![(10, "TT"), (24, "Thời gian"), (52, "Nội dung"), (32, "Kết quả, tình trạng"), (46, "Nguồn")]
            }
            Self::Field(_) => vec![
                (10, "TT"),
                (24, "Thời gian"),
                (22, "Người"),
                (38, "Nội dung"),
                (27, "Kết quả, tình trạng"),
                (44, "Nguồn"),
            ],
        }
    }

    fn row(&self, number: &str, time: Cell, fact: &Fact, content: Cell, result: &str, source: &str) -> Vec<Cell> {
        let mut row = vec![Cell::center(number), time];
        if let Self::Field(officials) = self {
            let named = officials.iter().filter(|(id, _)| fact.officials.contains(id));
            let names: Vec<&str> = named.map(|(_, o)| o.name.as_str()).collect();
            row.push(Cell::left(names.join("; ")));
        }
        row.extend([content, Cell::left(result), Cell::left(source)]);
        row
    }
}

fn fact_blocks(gathered: &Gathered<'_>, columns: &Columns<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (i, section) in gathered.sections.iter().enumerate() {
        // A field's dossier is of one field: its name stands in the title already.
        if matches!(columns, Columns::Person) {
            blocks.push(heading(2, format!("{}. Lĩnh vực {}", i + 1, section.field.0)));
        }
        for group in &section.groups {
            let Some(facts) = gathered.facts.get(group.facts.clone()) else { continue };
            let numbered = facts.iter().zip(group.facts.start + 1..);
            let rows = numbered.flat_map(|(fact, number)| fact_rows(fact, number, columns)).collect();
            blocks.push(heading(3, format!("{} ({})", group.kind.label(), facts.len())));
            blocks.push(fact_table(columns, rows));
        }
    }
    blocks
}

/// Facts in rows that a page can lead to: `dk-12`.
fn fact_table(columns: &Columns<'_>, rows: Vec<Vec<Cell>>) -> Block {
    match table(&columns.heads(), rows) {
        Block::Table(facts) => Block::Table(Table { anchor: Some("dk".to_owned()), ..facts }),
        other => other,
    }
}

/// The statement with its source, and the reply in a row of its own under it.
fn fact_rows(fact: &Fact, number: usize, columns: &Columns<'_>) -> Vec<Vec<Cell>> {
    let time = Cell::center(fact.period.text());
    let (text, source) = (Cell::left(&fact.text), fact.source.text());
    let mut rows = vec![columns.row(&number.to_string(), time, fact, text, &result_text(fact), &source)];
    if let Some(reply) = &fact.reply {
        let lead = Cell { spans: vec![Span::italic("Trả lời")], ..Cell::center("") };
        let text = Cell { spans: vec![Span::italic(reply)], ..Cell::left("") };
        rows.push(columns.row("", lead, fact, text, "", ""));
    }
    rows
}

/// `Kế hoạch 92%; thực hiện 92,1%; Đạt; hạn 30/06/2023`.
pub fn result_text<O>(fact: &Fact<O>) -> String {
    let mut parts = Vec::new();
    if let Some(figures) = &fact.figures {
        let value = |d: Decimal| match figures.unit.as_str() {
            "" => d.to_string(),
            "%" => format!("{d}%"),
            unit => format!("{d} {unit}"),
        };
        parts.extend(figures.planned.map(|d| format!("Kế hoạch {}", value(d))));
        parts.extend(figures.actual.map(|d| format!("thực hiện {}", value(d))));
    }
    parts.extend(fact.status.map(|s| s.label().to_owned()));
    parts.extend(fact.due.map(|d| format!("hạn {}", date_dmy(d))));
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::book::Book;
    use crate::dossier::{Days, compile, compile_field};
    use crate::fact::{FactKind, Figures, Period};
    use crate::fixture::{self, fact};
    use crate::official::Field;
    use crate::rules::RuleSet;

    fn frame<'a>(rules: &'a RuleSet, book: &'a Book) -> Frame<'a> {
        let foot = Some("SHA-256 0123".to_owned());
        Frame { occasion: fixture::occasion(rules, book), date: date(2023, 12, 7), foot }
    }

    fn target(year: i16, actual: &str) -> Fact {
        let decimal = |t| Decimal::parse_plain(t);
        Fact {
            figures: Some(Figures { planned: decimal("92"), actual: decimal(actual), unit: "%".into() }),
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
            "Kỳ hồ sơ | từ ngày 30/06/2021 (ngày nhận chức vụ) đến ngày 07/12/2023",
            "Chỉ tiêu | 2021 | 1 | 1 (1) | 0 | 0 | 0 | 0 | 0",
            "Chất vấn, lời hứa | 2022 | 1 | 0 | 0 | 0 | 0 | 0 | 1 (3)",
            "III. Diễn biến chỉ tiêu qua các năm",
            "Tỷ lệ bao phủ BHYT (%) - dữ kiện 1, 2",
            "1 | Năm 2021 | Tỷ lệ bao phủ BHYT năm 2021 | Kế hoạch 92%; thực hiện 92,1%; Đạt | 12/BC-MẪU ngày 01/11/2023, UBND tỉnh Mẫu",
            "3 | 01/07/2022 | Khi nào xây trạm y tế? |  | 12/BC-MẪU ngày 01/11/2023, UBND tỉnh Mẫu",
            " | Trả lời | Đã hoàn thành. |  | ",
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

    #[test]
    fn numbers_of_facts_are_gathered_into_ranges() {
        let of = |numbers: &[usize]| ranges(&numbers.iter().map(|n| FactNo(*n)).collect::<Vec<_>>());
        assert_eq!(of(&[1, 4, 5, 6, 9, 10]), "1, 4-6, 9, 10");
    }
}
