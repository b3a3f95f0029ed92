//! A [`Document`] drawn for the screen: the same model that is printed, so that page and paper say the same.

mod chart;
mod linked;

use askama::Template;

use self::chart::Drawing;
use self::linked::Part as Linked;
use domain::document::{Block, Cell, Document, LetterHead, Paragraph, Size, Statement, Table, heading_anchor};

/// A paper as HTML, to be put into a page as it is: everything in it is escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// From the title, which is the page's `h1`, to the last block.
    pub html: String,
    /// Its sections, for a list of contents.
    pub sections: Vec<Section>,
    /// Name of the paper.
    pub title: String,
}

/// A heading that a list of contents leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Name of its place on the page.
    pub anchor: String,
    /// Text.
    pub text: String,
    /// 1 or 2.
    pub level: u8,
}

/// Draws a paper; what is long in it is folded.
///
/// # Errors
/// When the template does.
pub fn draw(document: &Document) -> askama::Result<Drawn> {
    drawn(document, Walk::default())
}

/// The same with nothing folded, for what somebody asked for.
///
/// # Errors
/// As [`draw`].
pub fn draw_open(document: &Document) -> askama::Result<Drawn> {
    drawn(document, Walk { is_open: true, ..Walk::default() })
}

fn drawn<'d>(document: &'d Document, mut walk: Walk<'d>) -> askama::Result<Drawn> {
    walk.blocks(&document.blocks);
    let body = Body { parts: walk.parts, watermark: document.watermark.as_deref(), foot: document.foot.as_deref() };
    Ok(Drawn { html: body.render()?, sections: walk.sections, title: document.title.clone() })
}

#[derive(Template)]
#[template(path = "document/body.html")]
struct Body<'d> {
    parts: Vec<Part<'d>>,
    watermark: Option<&'d str>,
    foot: Option<&'d str>,
}

/// A block as the template draws it.
enum Part<'d> {
    Head {
        issuer: String,
        head: &'d LetterHead,
    },
    Title {
        kind: &'d str,
        subject: &'d str,
    },
    Heading {
        level: u8,
        text: &'d str,
        anchor: String,
    },
    Text {
        paragraph: &'d Paragraph,
        class: &'static str,
    },
    Properties(Vec<(&'d Cell, Value<'d>)>),
    Rows(Rows<'d>),
    Chart(Drawing),
    /// A table of counts: it stays one on a narrow screen.
    Counts(Counts),
    /// A long one is folded.
    Notice {
        title: &'d str,
        lines: Vec<Vec<Linked>>,
        is_long: bool,
    },
    /// The heading of what can be folded away; `is_open` says whether it is at first.
    FoldBegins {
        level: u8,
        text: &'d str,
        anchor: String,
        is_open: bool,
    },
    FoldEnds,
    Statement {
        told: &'d Statement,
        is_open: bool,
    },
    List(Vec<String>),
}

/// A table with the names of its columns, which a narrow screen shows beside each cell.
struct Rows<'d> {
    caption: String,
    head: Vec<String>,
    rows: Vec<Row<'d>>,
    /// Rows state facts: they are led to by their numbers.
    is_facts: bool,
    /// Three short columns, which a narrow screen has room for.
    is_plain: bool,
}

/// Counts by kind and year, with the numbers of the facts behind them.
struct Counts {
    caption: String,
    head: Vec<String>,
    rows: Vec<Vec<Vec<Linked>>>,
}

/// What stands beside a name: linked where it is a count.
enum Value<'d> {
    Cell(&'d Cell),
    Count(Vec<Linked>),
}

struct Row<'d> {
    anchor: Option<String>,
    cells: Vec<(String, &'d Cell)>,
}

#[derive(Default)]
struct Walk<'d> {
    parts: Vec<Part<'d>>,
    sections: Vec<Section>,
    headings: usize,
    charts: usize,
    /// The headings above, for the caption of a table.
    above: [String; 3],
    /// Level of the heading before, below which no heading goes by more than one.
    level: u8,
    /// Nothing is folded at first.
    is_open: bool,
}

/// Charts that are shown without being asked for.
const MOST_CHARTS: usize = 2;
/// Lines of a note that are.
const MOST_LINES: usize = 5;

impl<'d> Walk<'d> {
    fn blocks(&mut self, blocks: &'d [Block]) {
        let mut rest = blocks;
        while let Some((block, after)) = rest.split_first() {
            rest = after;
            match block {
                Block::Together(inner) => self.blocks(inner),
                Block::Heading { level, text } => {
                    let folded = folded(*level, text, after);
                    let has_few_charts = folded <= MOST_CHARTS && matches!(after.first(), Some(Block::Chart(_)));
                    let is_open = self.is_open || has_few_charts;
                    self.heading(*level, text, (folded > 0).then_some(is_open));
                    if folded > 0 {
                        let (inside, outside) = after.split_at(folded);
                        self.blocks(inside);
                        self.parts.push(Part::FoldEnds);
                        rest = outside;
                    }
                }
                Block::PageBreak => {}
                other => {
                    let part = self.part(other);
                    self.parts.extend(part);
                }
            }
        }
    }

    /// `fold` is set where what follows can be folded away, and says whether it is open at first.
    fn heading(&mut self, level: u8, text: &'d str, fold: Option<bool>) {
        self.headings += 1;
        let anchor = heading_anchor(self.headings);
        if level <= 2 {
            self.sections.push(Section { anchor: anchor.clone(), text: text.to_owned(), level });
        }
        let place = usize::from(level.clamp(1, 3)) - 1;
        for (deeper, above) in self.above.iter_mut().enumerate().skip(place) {
            *above = if deeper == place { text.to_owned() } else { String::new() };
        }
        self.level = level.min(self.level + 1);
        let level = self.level;
        self.parts.push(match fold {
            None => Part::Heading { level, text, anchor },
            Some(is_open) => Part::FoldBegins { level, text, anchor, is_open },
        });
    }

    fn part(&mut self, block: &'d Block) -> Option<Part<'d>> {
        Some(match block {
            Block::LetterHead(head) => Part::Head { issuer: head.issuer.join(" · "), head },
            Block::Title { kind, subject } => Part::Title { kind, subject },
            Block::Paragraph(paragraph) => Part::Text { paragraph, class: class_of(paragraph) },
            Block::Table(table) => self.table(table),
            Block::Chart(chart) => {
                self.charts += 1;
                Part::Chart(Drawing::new(self.charts, chart))
            }
            Block::Notice { title, lines } => {
                let is_long = lines.len() > MOST_LINES;
                Part::Notice { title, lines: lines.iter().map(|text| linked::line(text)).collect(), is_long }
            }
            Block::Statement(told) => Part::Statement { told, is_open: self.is_open },
            Block::Recipients(lines) => Part::List(lines.clone()),
            Block::Signatures(signatures) => {
                let line = |s: &domain::document::Signature| format!("{}: {}", s.capacity.join(", "), s.name);
                Part::List(signatures.iter().map(line).collect())
            }
            Block::Checkpoint(head) => Part::List(vec![head.caption.clone(), head.groups.join(" ")]),
            Block::Heading { .. } | Block::Together(_) | Block::PageBreak => return None,
        })
    }

    fn table(&self, table: &'d Table) -> Part<'d> {
        let pairs = || table.rows.iter().map(|row| row.first().zip(row.get(1)));
        if table.head.is_empty()
            && table.widths.len() == 2
            && let Some(properties) = pairs().collect()
        {
            let value = |(name, cell): (&'d Cell, &'d Cell)| match linked::figure(&cell.text()) {
                parts if parts.len() > 1 => (name, Value::Count(parts)),
                _ => (name, Value::Cell(cell)),
            };
            let properties: Vec<_> = properties;
            return Part::Properties(properties.into_iter().map(value).collect());
        }
        let head: Vec<String> = table.head.last().into_iter().flatten().map(Cell::text).collect();
        let named = |row: &'d Vec<Cell>| {
            let labels = head.iter().cloned().chain(std::iter::repeat(String::new()));
            Row { anchor: table.row_anchor(row), cells: labels.zip(row).collect() }
        };
        let caption = self.above.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(", ");
        let is_facts = table.anchor.is_some();
        if head.starts_with(&COUNTS.map(str::to_owned)) {
            let cells = |row: &Vec<Cell>| row.iter().map(|cell| linked::figure(&cell.text())).collect();
            return Part::Counts(Counts { caption, rows: table.rows.iter().map(cells).collect(), head });
        }
        let is_plain = head.first().is_some_and(|first| first == "Năm");
        Part::Rows(Rows { caption, rows: table.rows.iter().map(named).collect(), head, is_facts, is_plain })
    }
}

/// The first columns of a table of counts.
const COUNTS: [&str; 2] = ["Loại", "Năm"];

/// End of the heading over what the title of a dossier tells already.
const GENERAL: &str = ". Thông tin chung";

/// How many of the blocks after a heading are folded away with it: a table of facts, or targets over the years.
fn folded(level: u8, text: &str, after: &[Block]) -> usize {
    let is_table = |block: &Block, facts: bool| matches!(block, Block::Table(t) if t.anchor.is_some() == facts);
    match after.first() {
        Some(Block::Table(_)) if text.ends_with(GENERAL) => 1,
        Some(first) if level >= 2 && is_table(first, true) => 1,
        Some(first) if level == 2 && is_table(first, false) => 1,
        Some(Block::Chart(_)) => after.iter().take_while(|block| matches!(block, Block::Chart(_))).count(),
        _ => 0,
    }
}

const fn class_of(paragraph: &Paragraph) -> &'static str {
    match paragraph.size {
        Size::Title => "large",
        Size::Body => "",
        Size::Small | Size::Compact | Size::Tiny => "muted",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use scraper::{Html, Selector};

    use super::*;

    fn texts(html: &str, selector: &str) -> Vec<String> {
        let page = Html::parse_fragment(html);
        let selector = Selector::parse(selector).expect("selector");
        page.select(&selector).map(|element| element.text().collect::<String>().trim().to_owned()).collect()
    }

    #[test]
    fn every_block_stands_on_the_page_and_nothing_in_it_is_markup() {
        let cells = |texts: [&str; 3]| texts.map(Cell::left).to_vec();
        let table = |anchor: Option<&str>, head, rows, widths| {
            Block::Table(Table { widths, head, rows, anchor: anchor.map(str::to_owned), size: Size::Small })
        };
        let document = Document {
            title: "Hồ sơ".into(),
            author: "HĐND".into(),
            date: date(2023, 12, 7),
            watermark: Some("DỰ THẢO".into()),
            foot: Some("SHA-256 0123".into()),
            guide: None,
            blocks: vec![
                Block::Title { kind: "HỒ SƠ".into(), subject: "<script>alert(1)</script>".into() },
                table(None, Vec::new(), vec![vec![Cell::left("Khối"), Cell::left("UBND")]], vec![1, 2]),
                Block::Together(vec![Block::Heading { level: 1, text: "I. Dữ kiện".into() }]),
                Block::Heading { level: 3, text: "Chỉ tiêu (1)".into() },
                table(
                    Some("dk"),
                    vec![cells(["TT", "Nội dung", "Nguồn"])],
                    vec![cells(["1", "xây trạm", "12/BC"]), cells(["", "đã xong", ""])],
                    vec![1, 1, 1],
                ),
                Block::Notice { title: "1 nội dung".into(), lines: vec!["Chưa có báo cáo.".into()] },
            ],
        };
        let drawn = draw(&document).expect("drawn");
        assert_eq!(texts(&drawn.html, "script"), [""; 0]);
        assert!(texts(&drawn.html, "h1")[0].contains("<script>"));
        assert_eq!(texts(&drawn.html, "dl.facts dt"), ["Khối"]);
        assert_eq!(texts(&drawn.html, "h2#muc-1"), ["I. Dữ kiện"]);
        assert_eq!(texts(&drawn.html, "tr#dk-1 th"), ["1"]);
        assert_eq!(texts(&drawn.html, "tbody tr").len(), 2);
        assert_eq!(texts(&drawn.html, "caption"), ["I. Dữ kiện, Chỉ tiêu (1)"]);
        assert_eq!(texts(&drawn.html, ".warning li"), ["Chưa có báo cáo."]);
        assert!(texts(&drawn.html, ".paper-foot")[0].contains("SHA-256 0123"));
        let sections: Vec<_> = drawn.sections.iter().map(|s| (s.anchor.as_str(), s.level)).collect();
        assert_eq!(sections, [("muc-1", 1)]);
    }
}
