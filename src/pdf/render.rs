//! Pages as a PDF file. printpdf writes the embedded faces and the catalog; the rest is written here, and nothing in the
//! file depends on the day, the machine or the process.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object, ObjectId, Stream, StringFormat};
use printpdf::{
    FontId, Mm, Op, ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions, Pt, TextItem,
};
use subsetter::GlyphRemapper;

use super::Pdf;
use super::archive::make_archival;
use super::content::{self, Letters, Renumbering};
use super::error::PdfError;
use super::file_info::{FileInfo, PROGRAM, Printing, info_dictionary};
use super::fonts::Face;
use super::layout::Page;
use super::outline::{Bookmark, add_outline};
use domain::audit::Digest;

/// Pages below one node of the page tree: PDF 1.4 readers may refuse an array of more than 8,191 elements (PDF
/// Reference 1.4, C.1).
const PAGES_PER_NODE: usize = 1_000;

/// [`PAGE_WIDTH`](super::layout::PAGE_WIDTH) and [`PAGE_HEIGHT`](super::layout::PAGE_HEIGHT) in the library's numbers.
const A4: [Object; 4] = [Object::Integer(0), Object::Integer(0), Object::Real(595.276), Object::Real(841.89)];

/// The file of `pages` in `order` (positions in `pages`, repeats allowed). A page that comes more than once is written
/// once and shared.
///
/// # Errors
/// A character that the print face lacks; too many pages; a defect in the PDF library.
pub fn render(pages: &[Page], order: &[usize], info: &FileInfo<'_>) -> Result<Pdf, PdfError> {
    with_bookmarks(pages, order, info, &[])
}

/// The same with bookmarks.
///
/// # Errors
/// As [`render`].
pub fn with_bookmarks(
    pages: &[Page],
    order: &[usize],
    info: &FileInfo<'_>,
    bookmarks: &[Bookmark],
) -> Result<Pdf, PdfError> {
    let count = u32::try_from(order.len()).map_err(|_| PdfError::TooManyPages { pages: order.len() })?;
    let letters = Letters::of(pages);
    let subsets = Subsets::of(&letters)?;
    let mut file = shell(&letters, subsets.fonts, info)?;
    let mut contents = Vec::with_capacity(pages.len());
    for page in pages {
        let stream = Stream::new(Dictionary::new(), content::stream(page, &subsets.renumbering)?);
        contents.push(file.add_object(stream));
    }
    let sequence: Vec<ObjectId> = order.iter().filter_map(|page| contents.get(*page).copied()).collect();
    add_pages(&mut file, &sequence)?;
    add_outline(&mut file, bookmarks)?;
    file.compress();
    Ok(Pdf { bytes: save(file)?, pages: count })
}

/// A file with faces, catalog and information, and no pages yet. Objects that nothing needs are dropped here, while they
/// are few: looking for them takes the square of their number.
fn shell(
    letters: &Letters,
    fonts: BTreeMap<FontId, PdfFont>,
    info: &FileInfo<'_>,
) -> Result<lopdf::Document, PdfError> {
    let mut file = specimen(letters, fonts);
    let page_tree = Dictionary::from_iter([
        ("MediaBox", Object::Array(A4.to_vec())),
        ("Resources", Object::Dictionary(Dictionary::from_iter([("Font", font_resources(&file)?)]))),
    ]);
    let root = page_tree_root(&file)?;
    file.set_object(root, page_tree);
    set_catalog(&mut file, info.printing)?;
    let dictionary = file.add_object(info_dictionary(info));
    file.trailer.set("Info", dictionary);
    make_archival(&mut file, info)?;
    // PDF/A-1 is PDF 1.4; nothing here needs more.
    file.version = "1.4".to_owned();
    file.prune_objects();
    file.renumber_objects();
    Ok(file)
}

/// The faces cut down to the letters of a file.
struct Subsets {
    fonts: BTreeMap<FontId, PdfFont>,
    renumbering: Renumbering,
}

impl Subsets {
    fn of(letters: &Letters) -> Result<Self, PdfError> {
        let mut fonts = BTreeMap::new();
        let mut renumbering = Renumbering::default();
        for face in Face::ALL {
            if !letters.face(face).is_empty() {
                let (font, new_numbers) = subset(face, letters)?;
                fonts.insert(FontId(face.resource().to_owned()), PdfFont::new(font));
                renumbering.0[face.index()] = new_numbers;
            }
        }
        Ok(Self { fonts, renumbering })
    }
}

/// `face` with the glyphs of its letters only, and the new number of every old glyph (0 where it was left out).
fn subset(face: Face, letters: &Letters) -> Result<(ParsedFont, Vec<u16>), PdfError> {
    let broken = || PdfError::Font { face: face.name() };
    let whole = face.parsed()?;
    let mut remapper = GlyphRemapper::new();
    let mut new_numbers = vec![0; whole.glyph_widths.len()];
    let (mut codepoints, mut widths) = (BTreeMap::new(), BTreeMap::new());
    for character in letters.face(face) {
        let missing = || PdfError::MissingGlyph { character: *character, text: character.to_string() };
        let old = face.glyph(*character)?.ok_or_else(missing)?.id;
        let new = remapper.remap(old);
        *new_numbers.get_mut(usize::from(old)).ok_or_else(broken)? = new;
        codepoints.insert(u32::from(*character), new);
        widths.insert(new, whole.get_glyph_width(old).ok_or_else(broken)?);
    }
    let bytes = subsetter::subset(face.bytes(), 0, &remapper).map_err(|_| broken())?;
    let font = ParsedFont {
        original_bytes: bytes,
        font_index: 0,
        font_name: Some(format!("{}+{}", subset_tag(letters.face(face).iter()), face.name())),
        codepoint_to_glyph: codepoints,
        glyph_widths: widths,
        units_per_em: whole.units_per_em,
        font_metrics: whole.font_metrics.clone(),
        font_type: whole.font_type,
        pdf_font_metrics: whole.pdf_font_metrics.clone(),
    };
    Ok((font, new_numbers))
}

/// Six capitals from the letters, so that two subsets of one face are not taken for the same (ISO 32000-1, 9.6.4).
fn subset_tag<'a>(letters: impl Iterator<Item = &'a char>) -> String {
    let text: String = letters.collect();
    Digest::of(text.as_bytes()).as_bytes().iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
}

/// printpdf's document with one page that shows every letter of every face: so it writes each face with its widths and
/// its map back to Unicode. The page itself is dropped by [`shell`].
fn specimen(letters: &Letters, fonts: BTreeMap<FontId, PdfFont>) -> lopdf::Document {
    let mut ops = vec![Op::StartTextSection];
    for face in Face::ALL {
        let id = FontId(face.resource().to_owned());
        // The last letter of a glyph is the one that it is copied as: the hyphen, not the hyphen that may not break.
        let text: String = letters.face(face).iter().rev().collect();
        ops.push(Op::SetFont { font: PdfFontHandle::External(id), size: Pt(1.0) });
        ops.push(Op::ShowText { items: vec![TextItem::Text(text)] });
    }
    ops.push(Op::EndTextSection);
    let mut document = PdfDocument::new(PROGRAM);
    document.resources.fonts.map = fonts;
    document.pages.push(PdfPage::new(Mm(210.0), Mm(297.0), ops));
    document.to_lopdf_document(&PdfSaveOptions::default(), &mut Vec::new())
}

/// The faces among the resources of the specimen page; the empty dictionaries beside them are left behind.
fn font_resources(file: &lopdf::Document) -> Result<Object, PdfError> {
    let page = file.page_iter().next().ok_or_else(|| PdfError::Write("no page".to_owned()))?;
    let resources = file.get_dictionary(page).and_then(|page| page.get_deref(b"Resources", file));
    let fonts = resources.and_then(Object::as_dict).and_then(|resources| resources.get(b"Font"));
    Ok(fonts.cloned()?)
}

fn page_tree_root(file: &lopdf::Document) -> Result<ObjectId, PdfError> {
    let root = file.catalog().and_then(|catalog| catalog.get(b"Pages")).and_then(Object::as_reference);
    Ok(root?)
}

/// A page per content in `sequence`; pages inherit size and resources from the root of the page tree.
fn add_pages(file: &mut lopdf::Document, sequence: &[ObjectId]) -> Result<(), PdfError> {
    let root = page_tree_root(file)?;
    let mut nodes = Vec::new();
    for part in sequence.chunks(PAGES_PER_NODE) {
        let node = file.new_object_id();
        let page = |content: &ObjectId| {
            Dictionary::from_iter([
                ("Type", Object::Name(b"Page".to_vec())),
                ("Parent", Object::Reference(node)),
                ("Contents", Object::Reference(*content)),
            ])
        };
        let kids = part.iter().map(|content| Object::Reference(file.add_object(page(content)))).collect();
        file.set_object(node, tree_node(kids, part.len(), Some(root))?);
        nodes.push(Object::Reference(node));
    }
    let page_tree = file.get_dictionary_mut(root)?;
    page_tree.extend(&tree_node(nodes, sequence.len(), None)?);
    Ok(())
}

/// A node of the page tree over `count` pages.
fn tree_node(kids: Vec<Object>, count: usize, parent: Option<ObjectId>) -> Result<Dictionary, PdfError> {
    let pages = i64::try_from(count).map_err(|_| PdfError::TooManyPages { pages: count })?;
    let mut node = Dictionary::from_iter([
        ("Type", Object::Name(b"Pages".to_vec())),
        ("Count", Object::Integer(pages)),
        ("Kids", Object::Array(kids)),
    ]);
    if let Some(parent) = parent {
        node.set("Parent", Object::Reference(parent));
    }
    Ok(node)
}

fn set_catalog(file: &mut lopdf::Document, printing: Printing) -> Result<(), PdfError> {
    let mut preferences = Dictionary::from_iter([("DisplayDocTitle", Object::Boolean(true))]);
    if printing == Printing::TrueSize {
        preferences.set("PrintScaling", Object::Name(b"None".to_vec()));
    }
    let catalog = file.catalog_mut()?;
    catalog.set("Lang", Object::string_literal("vi-VN"));
    catalog.set("ViewerPreferences", preferences);
    Ok(())
}

/// `file` as bytes, with the hash of everything else in it as `/ID`.
fn save(mut file: lopdf::Document) -> Result<Vec<u8>, PdfError> {
    let failed = |e: std::io::Error| PdfError::Write(e.to_string());
    file.trailer.remove(b"ID");
    let mut bytes = Vec::new();
    file.save_to(&mut bytes).map_err(failed)?;
    let digest: Vec<u8> = Digest::of(&bytes).as_bytes().iter().take(16).copied().collect();
    let id = Object::String(digest, StringFormat::Hexadecimal);
    file.trailer.set("ID", Object::Array(vec![id.clone(), id]));
    bytes.clear();
    file.save_to(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{BLACK, Shape, TextRun};
    use crate::length::{Length, Points};

    const INFO: FileInfo<'_> = FileInfo {
        title: "Phiếu tín nhiệm",
        author: "Hội đồng nhân dân",
        date: jiff::civil::date(2023, 12, 13),
        printing: Printing::TrueSize,
    };

    fn page(text: &str) -> Page {
        let (x, y, stretch) = (Length::mm(30), Length::mm(30), Length::ZERO);
        let (face, size, text) = (Face::Bold, Points(13), text.to_owned());
        Page { shapes: vec![Shape::Text(TextRun { x, y, face, size, grey: BLACK, stretch, text })], ..Page::default() }
    }

    fn read(pages: &[Page], order: &[usize]) -> lopdf::Document {
        let pdf = render(pages, order, &INFO).expect("a file");
        lopdf::Document::load_mem(&pdf.bytes).expect("a sound file")
    }

    #[test]
    fn repeated_pages_share_one_content_and_all_share_their_faces() {
        let file = read(&[page("Tờ 1/2"), page("Tờ 2/2")], &[0, 1, 0, 1, 0, 1]);
        let contents: Vec<ObjectId> = file.page_iter().map(|page| file.get_page_contents(page)).map(|c| c[0]).collect();
        assert_eq!(contents.len(), 6);
        assert_eq!((contents[0], contents[1]), (contents[2], contents[3]));
        assert_ne!(contents[0], contents[1]);
        let streams = file.objects.values().filter(|object| object.as_stream().is_ok()).count();
        assert_eq!(streams, 7, "two sheets; a face, its map to Unicode, its glyphs; description, meaning of greys");
    }

    #[test]
    fn the_catalog_names_the_language_and_asks_for_true_size() {
        let file = read(&[page("Độc lập")], &[0]);
        let catalog = file.catalog().expect("catalog");
        assert_eq!(catalog.get(b"Lang").and_then(Object::as_str).expect("language"), b"vi-VN");
        let preferences = catalog.get(b"ViewerPreferences").and_then(Object::as_dict).expect("preferences");
        assert_eq!(preferences.get(b"PrintScaling").and_then(Object::as_name).expect("scaling"), b"None");
        assert!(preferences.get(b"DisplayDocTitle").and_then(Object::as_bool).expect("title"));
        let id = file.trailer.get(b"ID").and_then(Object::as_array).expect("id");
        assert_eq!(id[0], id[1]);
        let info = file.trailer.get(b"Info").and_then(Object::as_reference).expect("info");
        let info = file.get_dictionary(info).expect("info");
        for junk in ["GTS_PDFXVersion", "Trapped", "Identifier", "Keywords", "Subject"] {
            assert!(!info.has(junk.as_bytes()), "{junk}");
        }
    }

    #[test]
    fn thousands_of_ballots_make_no_array_that_an_old_reader_refuses() {
        let file = read(&[page("Tờ 1/2"), page("Tờ 2/2")], &[0, 1].repeat(4_100));
        assert_eq!(file.page_iter().count(), 8_200);
        let kids =
            |object: &Object| object.as_dict().and_then(|d| d.get(b"Kids")).and_then(Object::as_array).map(Vec::len);
        assert_eq!(file.objects.values().filter_map(|object| kids(object).ok()).max(), Some(PAGES_PER_NODE));
    }

    #[test]
    fn a_file_is_made_to_be_kept() {
        let info = FileInfo { title: "Khối A & B <2023>", ..INFO };
        let pdf = render(&[page("Độc lập")], &[0], &info).expect("a file");
        let readable = String::from_utf8_lossy(&pdf.bytes);
        for stated in [
            "%PDF-1.4",
            "<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>",
            "Khối A &amp; B &lt;2023&gt;",
            "<xmp:CreateDate>2023-12-13T00:00:00+07:00</xmp:CreateDate>",
        ] {
            assert!(readable.contains(stated), "{stated}");
        }
        let file = lopdf::Document::load_mem(&pdf.bytes).expect("a sound file");
        let intents = file.catalog().and_then(|catalog| catalog.get(b"OutputIntents")).and_then(Object::as_array);
        assert_eq!(intents.map(Vec::len).ok(), Some(1));
        let descriptors = || file.objects.values().filter_map(|o| o.as_dict().ok()).filter(|d| d.has(b"FontFile2"));
        assert!(descriptors().count() == 1 && descriptors().all(|d| d.has(b"CIDSet")));
    }

    #[test]
    fn the_tag_of_a_subset_depends_on_its_letters() {
        let tag = |text: &str| subset_tag(text.chars().collect::<Vec<_>>().iter());
        assert_eq!(tag("abc"), tag("abc"));
        assert_ne!(tag("abc"), tag("abd"));
        assert!(tag("Đ").bytes().all(|b| b.is_ascii_uppercase()) && tag("Đ").len() == 6);
    }
}
