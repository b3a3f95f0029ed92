//! Several papers in one file, with contents, bookmarks, and page numbers of the whole.

use super::Pdf;
use super::error::PdfError;
use super::file_info::{FileInfo, Printing};
use super::layout::Page;
use super::length::Length;
use super::outline::{Bookmark, headings};
use super::page_frame::{bare_pages, finish};
use super::render;
use domain::document::{Document, Volume, VolumeLine, contents};

/// How often the contents are laid out until they are as long as they were taken for.
const MOST_TRIES: usize = 4;

/// One paper of a volume, laid out.
struct Laid<'d> {
    paper: &'d Document,
    pages: Vec<Page>,
}

impl Laid<'_> {
    fn part(&self) -> &str {
        self.paper.guide.as_ref().map_or("Hồ sơ", |guide| guide.part.as_str())
    }
}

/// `papers` in one file after a list of contents. Every page has the foot and the watermark of its own paper, and the
/// number that it has in the volume.
///
/// # Errors
/// As [`super::document`].
pub fn volume(volume: &Volume, papers: &[Document]) -> Result<Pdf, PdfError> {
    let laid = |paper| Ok::<_, PdfError>(Laid { paper, pages: bare_pages(paper)? });
    let mut laid = papers.iter().map(laid).collect::<Result<Vec<_>, _>>()?;
    let (front, front_pages) = front(volume, &laid)?;
    let total = front_pages.len() + laid.iter().map(|one| one.pages.len()).sum::<usize>();
    let mut pages = front_pages;
    finish(&front, &mut pages, Some((0, total)))?;
    let top = |title: &str, page| Bookmark { level: 1, title: title.to_owned(), page, y: Length::ZERO };
    let mut bookmarks = vec![top("Mục lục", 0)];
    let mut part = String::new();
    for one in &mut laid {
        let before = pages.len();
        if one.part() != part {
            one.part().clone_into(&mut part);
            bookmarks.push(top(&part, before));
        }
        bookmarks.push(Bookmark { level: 2, ..top(&one.paper.title, before) });
        bookmarks.extend(headings(&one.pages, before, 2));
        finish(one.paper, &mut one.pages, Some((before, total)))?;
        pages.append(&mut one.pages);
    }
    let order: Vec<usize> = (0..pages.len()).collect();
    let info = FileInfo { title: &volume.title, author: &volume.author, date: volume.date, printing: Printing::Scaled };
    render::with_bookmarks(&pages, &order, &info, &bookmarks)
}

/// The contents, which are as long as the pages that they name begin after them.
fn front(volume: &Volume, laid: &[Laid<'_>]) -> Result<(Document, Vec<Page>), PdfError> {
    let mut length = 1;
    let mut made = None;
    for _ in 0..MOST_TRIES {
        let mut page = length + 1;
        let line = |one: &Laid<'_>| {
            let line = VolumeLine { part: one.part().to_owned(), title: one.paper.title.clone(), page };
            page += one.pages.len();
            line
        };
        let lines: Vec<VolumeLine> = laid.iter().map(line).collect();
        let front = contents(volume, &lines);
        let pages = bare_pages(&front)?;
        let is_right = pages.len() == length;
        length = pages.len();
        made = Some((front, pages));
        if is_right {
            break;
        }
    }
    made.ok_or_else(|| PdfError::Write("no contents".to_owned()))
}

#[cfg(test)]
mod tests {
    use lopdf::{Object, ObjectId};

    use super::*;
    use crate::document;
    use domain::document::{Block, Guide, Paragraph, Span};

    fn paper(name: &str, part: &str, lines: usize) -> Document {
        let line =
            |n| Block::Paragraph(Paragraph { spans: vec![Span::plain(format!("Dòng {n}"))], ..Default::default() });
        let mut blocks = vec![
            Block::Heading { level: 1, text: "I. Điểm cần xem".into() },
            Block::Heading { level: 3, text: "Chỉ tiêu (2)".into() },
        ];
        blocks.extend((0..lines).map(line));
        Document {
            title: format!("Hồ sơ {name}"),
            author: "HĐND".into(),
            date: jiff::civil::date(2023, 12, 7),
            watermark: None,
            foot: None,
            guide: Some(Guide { part: part.into(), facts: Vec::new() }),
            blocks,
        }
    }

    fn read(pdf: &Pdf) -> lopdf::Document {
        lopdf::Document::load_mem(&pdf.bytes).expect("a sound file")
    }

    /// Title and page of every bookmark, two spaces for each level.
    fn bookmarks(file: &lopdf::Document) -> Vec<String> {
        let pages: Vec<ObjectId> = file.page_iter().collect();
        let mut told = Vec::new();
        let Ok(root) = file.catalog().expect("catalog").get(b"Outlines").and_then(Object::as_reference) else {
            return told;
        };
        below(file, &pages, root, 0, &mut told);
        told
    }

    fn below(file: &lopdf::Document, pages: &[ObjectId], above: ObjectId, depth: usize, told: &mut Vec<String>) {
        let entry = |id| file.get_dictionary(id).expect("a bookmark");
        let link = |id, key: &[u8]| entry(id).get(key).and_then(Object::as_reference).ok();
        let mut next = link(above, b"First");
        let mut before = None;
        while let Some(id) = next {
            assert_eq!((link(id, b"Parent"), link(id, b"Prev")), (Some(above), before), "a list that leads back");
            let title = entry(id).get(b"Title").and_then(Object::as_str).expect("title");
            let units = title.chunks(2).skip(1).map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
            let title = String::from_utf16(&units.collect::<Vec<_>>()).expect("UTF-16");
            let to = entry(id).get(b"Dest").and_then(Object::as_array).expect("destination");
            let page = pages.iter().position(|page| Some(*page) == to[0].as_reference().ok()).expect("page");
            told.push(format!("{}{title} {}", "  ".repeat(depth), page + 1));
            below(file, pages, id, depth + 1, told);
            (before, next) = (Some(id), link(id, b"Next"));
        }
        assert_eq!(link(above, b"Last"), before);
    }

    #[test]
    fn a_volume_leads_to_every_paper_and_to_its_headings() {
        let papers = [paper("Ông A", "Khối 1", 90), paper("Bà B", "Khối 1", 1), paper("Ông C", "Khối 2", 1)];
        let told = Volume {
            author: "HĐND".into(),
            title: "Hồ sơ lấy phiếu".into(),
            edition: "Bản phát hành 2".into(),
            date: jiff::civil::date(2023, 12, 7),
            watermark: Some("DIỄN TẬP".into()),
        };
        let pdf = volume(&told, &papers).expect("a file");
        let pages = |paper| document(paper).expect("a paper").pages;
        assert_eq!(pdf.pages, 1 + papers.iter().map(pages).sum::<u32>());
        let second = 2 + pages(&papers[0]);
        let third = second + 1;
        assert_eq!(
            bookmarks(&read(&pdf)),
            [
                "Mục lục 1".to_owned(),
                "Khối 1 2".to_owned(),
                "  Hồ sơ Ông A 2".to_owned(),
                "    I. Điểm cần xem 2".to_owned(),
                "      Chỉ tiêu (2) 2".to_owned(),
                format!("  Hồ sơ Bà B {second}"),
                format!("    I. Điểm cần xem {second}"),
                format!("      Chỉ tiêu (2) {second}"),
                format!("Khối 2 {third}"),
                format!("  Hồ sơ Ông C {third}"),
                format!("    I. Điểm cần xem {third}"),
                format!("      Chỉ tiêu (2) {third}"),
            ]
        );
        assert_eq!(volume(&told, &papers).expect("a file"), pdf, "the same papers give the same bytes");
    }

    #[test]
    fn a_paper_that_was_kept_before_there_were_bookmarks_is_printed_as_it_was() {
        let now = paper("Ông A", "Khối 1", 2);
        let before = Document { guide: None, ..now.clone() };
        let text = domain::audit::canonical::to_text(&before).expect("text");
        assert!(!text.contains("guide"), "what is kept of it has the same hash: {text}");
        let (now, before) = (document(&now).expect("a paper"), document(&before).expect("a paper"));
        assert_eq!(bookmarks(&read(&now)), ["I. Điểm cần xem 1", "  Chỉ tiêu (2) 1"]);
        assert_eq!(bookmarks(&read(&before)), [""; 0]);
        let sha256 = domain::audit::Digest::of(&before.bytes).to_string();
        assert_eq!(
            sha256, "0cb861f9ef60ba603f2cb2916d94603c18e125dac709a97d9f61e8ca8f59be30",
            "released papers are printed again and held against their hashes"
        );
    }
}
