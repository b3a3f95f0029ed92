//! The bookmarks of a file (ISO 32000-1, 12.3.3): its headings as a tree, closed below the first level.

use lopdf::{Dictionary, Object, ObjectId};

use super::error::PdfError;
use super::file_info::text_string;
use super::layout::{PAGE_HEIGHT, Page};
use super::length::Length;

/// A place that readers can turn to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookmark {
    /// 1 is the highest. One that skips levels hangs under the last one above it.
    pub level: u8,
    pub title: String,
    /// Position of its page in the file.
    pub page: usize,
    /// From the top of the page.
    pub y: Length,
}

/// The headings of `pages`, which come at position `before` of the file, `deeper` levels down.
pub fn headings(pages: &[Page], before: usize, deeper: u8) -> Vec<Bookmark> {
    let of_page = |(at, page): (usize, &Page)| {
        let bookmark = |mark: &super::layout::Mark| Bookmark {
            level: mark.level.saturating_add(deeper),
            title: mark.text.clone(),
            page: before + at,
            y: mark.y,
        };
        page.marks.iter().map(bookmark).collect::<Vec<_>>()
    };
    pages.iter().enumerate().flat_map(of_page).collect()
}

/// Adds `bookmarks` to a file that has all its pages; nothing where there are none.
///
/// # Errors
/// A file without a catalog; more bookmarks than a file can number.
pub fn add_outline(file: &mut lopdf::Document, bookmarks: &[Bookmark]) -> Result<(), PdfError> {
    if bookmarks.is_empty() {
        return Ok(());
    }
    let pages: Vec<ObjectId> = file.page_iter().collect();
    let root = file.new_object_id();
    let ids: Vec<ObjectId> = bookmarks.iter().map(|_| file.new_object_id()).collect();
    let parents = parents(bookmarks);
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); bookmarks.len()];
    let mut top = Vec::new();
    for (at, parent) in parents.iter().enumerate() {
        match parent.and_then(|parent| children.get_mut(parent)) {
            Some(list) => list.push(at),
            None => top.push(at),
        }
    }
    let reference = |at: usize| ids.get(at).map(|id| Object::Reference(*id));
    for (siblings, parent) in children.iter().zip(&ids).chain(std::iter::once((&top, &root))) {
        for (place, at) in siblings.iter().enumerate() {
            let (Some(bookmark), Some(id)) = (bookmarks.get(*at), ids.get(*at)) else { continue };
            let mut entry = Dictionary::from_iter([
                ("Title", text_string(&bookmark.title)),
                ("Parent", Object::Reference(*parent)),
            ]);
            entry.extend(&destination(bookmark, &pages));
            let beside = |place: Option<usize>| siblings.get(place?).and_then(|at| reference(*at));
            for (key, other) in [("Prev", beside(place.checked_sub(1))), ("Next", beside(place.checked_add(1)))] {
                other.into_iter().for_each(|other| entry.set(key, other));
            }
            let below = children.get(*at).map(Vec::as_slice).unwrap_or_default();
            entry.extend(&ends(below, &reference, -1)?);
            file.set_object(*id, entry);
        }
    }
    let mut tree = Dictionary::from_iter([("Type", Object::Name(b"Outlines".to_vec()))]);
    tree.extend(&ends(&top, &reference, 1)?);
    file.set_object(root, tree);
    let catalog = file.catalog_mut()?;
    catalog.set("Outlines", Object::Reference(root));
    catalog.set("PageMode", Object::Name(b"UseOutlines".to_vec()));
    Ok(())
}

/// The bookmark under which each hangs: the last one before it of a higher level.
fn parents(bookmarks: &[Bookmark]) -> Vec<Option<usize>> {
    let mut above: Vec<usize> = Vec::new();
    let mut parents = Vec::with_capacity(bookmarks.len());
    for (at, bookmark) in bookmarks.iter().enumerate() {
        above.retain(|other| bookmarks.get(*other).is_some_and(|other| other.level < bookmark.level));
        parents.push(above.last().copied());
        above.push(at);
    }
    parents
}

/// Where a bookmark leads: the place on its page, with the reader's own zoom.
fn destination(bookmark: &Bookmark, pages: &[ObjectId]) -> Dictionary {
    let Some(page) = pages.get(bookmark.page) else { return Dictionary::new() };
    // Points are enough, and the same on every machine.
    let from_foot = (PAGE_HEIGHT - bookmark.y).in_thousandths() / 1_000;
    let to = [
        Object::Reference(*page),
        Object::Name(b"XYZ".to_vec()),
        Object::Null,
        Object::Integer(from_foot),
        Object::Null,
    ];
    Dictionary::from_iter([("Dest", Object::Array(to.to_vec()))])
}

/// First and last of what hangs below, and how many; `sign` is negative where they are closed at first.
fn ends(below: &[usize], reference: &impl Fn(usize) -> Option<Object>, sign: i64) -> Result<Dictionary, PdfError> {
    let mut ends = Dictionary::new();
    if let (Some(first), Some(last)) = (below.first(), below.last()) {
        let count = i64::try_from(below.len()).map_err(|_| PdfError::TooManyPages { pages: below.len() })?;
        reference(*first).into_iter().for_each(|first| ends.set("First", first));
        reference(*last).into_iter().for_each(|last| ends.set("Last", last));
        ends.set("Count", Object::Integer(sign * count));
    }
    Ok(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bookmark(level: u8, title: &str, page: usize) -> Bookmark {
        Bookmark { level, title: title.into(), page, y: Length::mm(30) }
    }

    #[test]
    fn a_bookmark_hangs_under_the_last_one_above_it_though_levels_are_skipped() {
        let levels = [1, 3, 3, 2, 1, 2];
        let bookmarks: Vec<_> = levels.iter().map(|level| bookmark(*level, "", 0)).collect();
        assert_eq!(parents(&bookmarks), [None, Some(0), Some(0), Some(0), None, Some(4)]);
    }
}
