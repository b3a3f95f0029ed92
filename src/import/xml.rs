//! Elements of an XML part by their local names: a file may choose its prefixes.

use std::io::{Cursor, Read};

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use zip::ZipArchive;

/// One start tag.
pub(super) struct Tag<'t> {
    pub local: &'t str,
    element: &'t BytesStart<'t>,
}

impl Tag<'_> {
    /// The attribute with this local name, whatever its prefix.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let found = self.element.attributes().with_checks(false).flatten().find(|attribute| {
            let key: &str = attribute.key.local_name().into_inner();
            key == name
        })?;
        found.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
    }

    /// The attribute with this whole name, where two have one local name.
    pub(super) fn get_named(&self, name: &str) -> Option<String> {
        let attribute = self.element.try_get_attribute(name).ok()??;
        attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
    }

    /// A whole number.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.get(name)?.trim().parse().ok()
    }

    /// `1`, `true`, or no value where the attribute stands alone.
    pub(super) fn is_on(&self, name: &str) -> bool {
        matches!(self.get(name).as_deref(), Some("1" | "true" | "on"))
    }
}

/// What is met in an XML part.
pub(super) enum Met<'t> {
    Start(Tag<'t>),
    /// Text with its entities resolved; one text may come in several pieces.
    Text(&'t str),
    /// Local name.
    End(&'t str),
}

/// A part cannot be read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damaged;

/// Goes through a part; an empty element is a start and an end.
pub(super) fn walk(xml: &str, visit: &mut dyn FnMut(Met<'_>)) -> Result<(), Damaged> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    loop {
        match reader.read_event().map_err(|_| Damaged)? {
            Event::Start(element) => {
                visit(Met::Start(Tag { local: element.local_name().into_inner(), element: &element }));
            }
            Event::Empty(element) => {
                let local = element.local_name();
                visit(Met::Start(Tag { local: local.into_inner(), element: &element }));
                visit(Met::End(element.local_name().into_inner()));
            }
            Event::End(element) => visit(Met::End(element.local_name().into_inner())),
            Event::Text(text) => visit(Met::Text(&text.xml10_content())),
            Event::CData(text) => visit(Met::Text(&text.xml10_content())),
            Event::GeneralRef(entity) => {
                if let Some(text) = resolve_xml_entity(&entity) {
                    visit(Met::Text(text));
                } else if let Ok(Some(letter)) = entity.resolve_char_ref() {
                    visit(Met::Text(letter.encode_utf8(&mut [0; 4])));
                }
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The text directly within the elements of a local name, as far as the part can be read.
pub(super) fn text_of(xml: &str, element: &str) -> String {
    let (mut inside, mut found) = (false, String::new());
    let _ = walk(xml, &mut |met| match met {
        Met::Start(tag) => inside = tag.local == element,
        Met::Text(text) if inside => found.push_str(text),
        Met::End(_) => inside = false,
        Met::Text(_) => {}
    });
    found
}

/// The text of a part: UTF-8 or UTF-16, by its mark.
pub(super) fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Option<String> {
    let exact = name.trim_start_matches('/');
    let own = archive.index_for_name(exact).or_else(|| {
        // A part may be named in other letters than it is asked for, and with backslashes.
        let wanted = exact.to_ascii_lowercase();
        let names: Vec<Option<String>> = archive.file_names().map(|name| name.ok().map(|n| n.to_string())).collect();
        names.iter().flatten().position(|name| name.to_ascii_lowercase().replace('\\', "/") == wanted)
    })?;
    let mut bytes = Vec::new();
    archive.by_index(own).ok()?.read_to_end(&mut bytes).ok()?;
    let encoding = encoding_rs::Encoding::for_bom(&bytes).map_or(encoding_rs::UTF_8, |(encoding, _)| encoding);
    Some(encoding.decode_with_bom_removal(&bytes).0.into_owned())
}
