//! PDF/A-1b (ISO 19005-1), because official papers are archived for decades and must then look as they were signed. Faces
//! are embedded and nothing is transparent already; this file adds the XMP description, the output intent for greys, and
//! the list of glyphs of each face.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::error::PdfError;
use super::file_info::{FileInfo, PROGRAM};

/// Adds what the standard requires to `file`, which has its catalog and its faces.
///
/// # Errors
/// A face without its font file.
pub fn make_archival(file: &mut Document, info: &FileInfo<'_>) -> Result<(), PdfError> {
    list_glyphs(file)?;
    let description = Dictionary::from_iter([("Type", name("Metadata")), ("Subtype", name("XML"))]);
    // Readable without a PDF reader: never compressed (6.7.2).
    let description = file.add_object(Stream::new(description, xmp(info).into_bytes()).with_compression(false));
    let profile = Dictionary::from_iter([("N", Object::Integer(1))]);
    let profile = file.add_object(Stream::new(profile, grey_profile()));
    let intent = Dictionary::from_iter([
        ("Type", name("OutputIntent")),
        ("S", name("GTS_PDFA1")),
        ("OutputConditionIdentifier", Object::string_literal(PROFILE_NAME)),
        ("Info", Object::string_literal(PROFILE_NAME)),
        ("DestOutputProfile", Object::Reference(profile)),
    ]);
    let catalog = file.catalog_mut()?;
    catalog.set("Metadata", Object::Reference(description));
    catalog.set("OutputIntents", vec![Object::Dictionary(intent)]);
    Ok(())
}

fn name(text: &str) -> Object {
    Object::Name(text.as_bytes().to_vec())
}

/// A bit for every glyph in the font file of every face (6.3.5). A subset numbers its glyphs from 0 without gaps, and holds
/// more than the letters: the parts that accents are put together from.
fn list_glyphs(file: &mut Document) -> Result<(), PdfError> {
    let mut lists: Vec<(ObjectId, Vec<u8>)> = Vec::new();
    for (id, object) in &file.objects {
        let Ok(descriptor) = object.as_dict() else { continue };
        let Ok(font) = descriptor.get(b"FontFile2").and_then(Object::as_reference) else { continue };
        let font = file.get_object(font).and_then(Object::as_stream).and_then(Stream::get_plain_content);
        let count = glyph_count(&font?);
        let count = count.ok_or_else(|| PdfError::Write("a face without glyphs".to_owned()))?;
        lists.push((*id, first_bits(count)));
    }
    for (id, bits) in lists {
        let list = file.add_object(Stream::new(Dictionary::new(), bits));
        file.get_dictionary_mut(id)?.set("CIDSet", Object::Reference(list));
    }
    Ok(())
}

/// `numGlyphs` of the table `maxp` of a TrueType file.
fn glyph_count(font: &[u8]) -> Option<u16> {
    let record = font.get(12..)?.chunks_exact(16).find(|record| record.starts_with(b"maxp"))?;
    let offset = u32::from_be_bytes(record.get(8..12)?.try_into().ok()?);
    let at = usize::try_from(offset).ok()?.checked_add(4)?;
    Some(u16::from_be_bytes(font.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// `count` ones from the highest bit of the first byte, then zeroes.
fn first_bits(count: u16) -> Vec<u8> {
    let mut bits = vec![0xFF; usize::from(count / 8)];
    bits.extend((!count.is_multiple_of(8)).then(|| !(0xFF >> (count % 8))));
    bits
}

/// The document information as XMP, with equal values (6.7.3).
fn xmp(info: &FileInfo<'_>) -> String {
    let (title, author) = (escaped(info.title), escaped(info.author));
    let date = info.date.strftime("%Y-%m-%dT00:00:00+07:00");
    format!(
        r#"<?xpacket begin="{bom}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<pdf:Producer>{PROGRAM}</pdf:Producer><xmp:CreatorTool>{PROGRAM}</xmp:CreatorTool>
<xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate>
<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"#,
        bom = '\u{FEFF}'
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const PROFILE_NAME: &str = "Grey, gamma 2.2";
/// White of the profile connection space, D50, as three signed 16.16 numbers.
const D50: [u32; 3] = [0x0000_F6D6, 0x0001_0000, 0x0000_D32D];

/// An ICC profile (version 2.1, monochrome display, gamma 2.2), which defines the greys.
fn grey_profile() -> Vec<u8> {
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
    let text = || [PROFILE_NAME.as_bytes(), &[0]].concat();
    let white = [b"XYZ \0\0\0\0".to_vec(), words(&D50)].concat();
    // One entry is a gamma, in 8.8 fixed point.
    let curve = [b"curv\0\0\0\0".as_slice(), &[0, 0, 0, 1, 0x02, 0x33, 0, 0]].concat();
    let length = u32::try_from(PROFILE_NAME.len() + 1).unwrap_or(0);
    // The name in ASCII, then none in Unicode (8 bytes) and none for the Macintosh (70 bytes).
    let description = [b"desc\0\0\0\0".to_vec(), words(&[length]), text(), vec![0; 78]].concat();
    let copyright = [b"text\0\0\0\0".to_vec(), text()].concat();
    let tags = [(b"desc", description), (b"cprt", copyright), (b"wtpt", white), (b"kTRC", curve)];

    let (mut directory, mut data) = (words(&[4]), Vec::new());
    for (signature, content) in &tags {
        let at = u32::try_from(128 + 4 + 12 * tags.len() + data.len()).unwrap_or(0);
        directory.extend_from_slice(*signature);
        directory.extend(words(&[at, u32::try_from(content.len()).unwrap_or(0)]));
        data.extend_from_slice(content);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let size = u32::try_from(128 + directory.len() + data.len()).unwrap_or(0);
    let head = [words(&[size, 0, 0x0210_0000]), b"mntrGRAYXYZ ".to_vec(), vec![0x07, 0xE7, 0, 1, 0, 1]].concat();
    let head = [head, vec![0; 6], b"acsp".to_vec(), vec![0; 28], words(&D50), vec![0; 48]].concat();
    [head, directory, data].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fonts::Face;

    #[test]
    fn a_profile_is_as_long_as_it_says_and_its_tags_lie_inside() {
        let profile = grey_profile();
        let word = |at: usize| {
            let word = u32::from_be_bytes(profile[at..at + 4].try_into().expect("four bytes"));
            usize::try_from(word).expect("a short profile")
        };
        assert_eq!((word(0), &profile[36..40], word(128)), (profile.len(), b"acsp".as_slice(), 4));
        for tag in 0..4 {
            let (at, length) = (word(132 + tag * 12 + 4), word(132 + tag * 12 + 8));
            assert!(at % 4 == 0 && at >= 180 && at + length <= profile.len(), "tag {tag}");
        }
    }

    #[test]
    fn glyphs_are_counted_in_the_font_file() {
        assert!(Face::ALL.iter().all(|face| glyph_count(face.bytes()).is_some_and(|count| count > 2500)));
        assert_eq!(glyph_count(b"no font"), None);
        assert_eq!((first_bits(8), first_bits(11)), (vec![0xFF], vec![0xFF, 0xE0]));
    }
}
