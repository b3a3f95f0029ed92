//! A [`Document`] drawn for the screen: the same model that is printed, so that page and paper say the same.

mod chart;

use askama::Template;

use self::chart::Drawing;
use domain::document::{Block, Cell, Document, LetterHead, Paragraph, Size, Table, heading_anchor};

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

/// Draws a paper.
///
/// # Errors
/// When the template does.
pub fn draw(document: &Document) -> askama::Result<Drawn> {
    let mut walk = Walk::default();
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
    Head { issuer: String, head: &'d LetterHead },
    Title { kind: &'d str, subject: &'d str },
    Heading { level: u8, text: &'d str, anchor: String },
    Text { paragraph: &'d Paragraph, class: &'static str },
    Properties(Vec<(&'d Cell, &'d Cell)>),
    Rows(Rows<'d>),
    Chart(Drawing),
    Notice { title: &'d str, lines: &'d [String] },
    List(Vec<String>),
}

/// A table with the names of its columns, which a narrow screen shows beside each cell.
struct Rows<'d> {
    caption: String,
    head: Vec<String>,
    rows: Vec<Row<'d>>,
    /// Rows state facts: they are led to by their numbers.
    is_facts: bool,
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
}

impl<'d> Walk<'d> {
    fn blocks(&mut self, blocks: &'d [Block]) {
        for block in blocks {
            match block {
                Block::Together(inner) => self.blocks(inner),
                Block::Heading { level, text } => self.heading(*level, text),
                Block::PageBreak => {}
                other => {
                    let part = self.part(other);
                    self.parts.extend(part);
                }
            }
        }
    }

    fn heading(&mut self, level: u8, text: &'d str) {
        self.headings += 1;
        let anchor = heading_anchor(self.headings);
        if level <= 2 {
            self.sections.push(Section { anchor: anchor.clone(), text: text.to_owned(), level });
        }
        let place = usize::from(level.clamp(1, 3)) - 1;
        for (deeper, above) in self.above.iter_mut().enumerate().skip(place) {
            *above = if deeper == place { text.to_owned() } else { String::new() };
        }
        self.parts.push(Part::Heading { level, text, anchor });
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
            Block::Notice { title, lines } => Part::Notice { title, lines },
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
            return Part::Properties(properties);
        }
        let head: Vec<String> = table.head.last().into_iter().flatten().map(Cell::text).collect();
        let named = |row: &'d Vec<Cell>| {
            let labels = head.iter().cloned().chain(std::iter::repeat(String::new()));
            Row { anchor: table.row_anchor(row), cells: labels.zip(row).collect() }
        };
        let caption = self.above.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(", ");
        let is_facts = table.anchor.is_some();
        Part::Rows(Rows { caption, rows: table.rows.iter().map(named).collect(), head, is_facts })
    }
}

const fn class_of(paragraph: &Paragraph) -> &'static str {
    match paragraph.size {
        Size::Title => "large",
        Size::Body => "",
        Size::Small | Size::Tiny => "muted",
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
