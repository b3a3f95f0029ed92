//! One dossier out of a poll's book.

use crate::app::error::AppError;
use crate::app::shelf::Shelf;
use crate::domain::audit::Digest;
use crate::domain::document::{Document, Frame, dossier_document, field_document};
use crate::domain::dossier::{
    Digest as Gathered, Missing, canonical_field_text, canonical_text, compile, compile_field,
};
use crate::domain::occasion::Occasion;
use crate::domain::official::OfficialNo;
use crate::domain::release::{About, FrozenFact, Stated};
use crate::pdf::{self, Pdf};

/// How a dossier is to be drawn.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Draw<'a> {
    /// Across every page.
    pub watermark: Option<&'a str>,
    /// The facts are of this year only: what is missing in others is no gap.
    pub year: Option<i16>,
    /// Number of the release that it is drawn for.
    pub number: Option<u32>,
}

/// A dossier with everything that is kept of it.
pub(super) struct Made {
    pub title: String,
    pub subtitle: String,
    pub stated: Stated,
    pub sha256: Digest,
    pub document: Document,
    pub missing: Vec<String>,
    /// Papers behind its facts.
    pub files: Vec<Digest>,
}

/// Every dossier of a poll: of who is to be voted on, then of every field that has facts.
pub(super) fn targets(shelf: &Shelf, listed: &[OfficialNo]) -> Vec<About> {
    let people = listed.iter().filter_map(|place| shelf.id(*place)).map(About::Official);
    let fields = shelf.book.fields_with_facts().into_iter().cloned().map(About::Field);
    people.chain(fields).collect()
}

/// One dossier; `None` when the book has nobody of that id.
pub(super) fn make(shelf: &Shelf, about: &About, draw: &Draw<'_>) -> Option<Made> {
    let day = shelf.book.council.sitting.votes_on;
    let of_year = |missing: &Missing| draw.year.is_none_or(|year| missing.year == Some(year));
    let told = |missing: &[Missing]| missing.iter().map(|gap| gap.text.clone()).collect();
    match about {
        About::Official(id) => {
            let mut compiled = compile(&shelf.book, shelf.place(*id)?, day)?;
            compiled.missing.retain(of_year);
            let canonical = canonical_text(&compiled);
            let sha256 = Digest::of(canonical.as_bytes());
            Some(Made {
                title: compiled.official.addressed(),
                subtitle: compiled.official.posts_text(),
                document: dossier_document(&compiled, &frame(shelf, draw, sha256)),
                missing: told(&compiled.missing),
                files: files(&compiled.digest),
                stated: Stated { canonical, facts: origins(shelf, &compiled.digest) },
                sha256,
            })
        }
        About::Field(field) => {
            let mut compiled = compile_field(&shelf.book, field, day);
            if compiled.officials.is_empty() && compiled.digest.facts.is_empty() {
                return None;
            }
            compiled.missing.retain(of_year);
            let canonical = canonical_field_text(&compiled);
            let sha256 = Digest::of(canonical.as_bytes());
            let people: Vec<&str> = compiled.officials.iter().map(|(_, official)| official.name.as_str()).collect();
            Some(Made {
                title: format!("Lĩnh vực {}", field.0),
                subtitle: people.join(", "),
                document: field_document(&compiled, &frame(shelf, draw, sha256)),
                missing: told(&compiled.missing),
                files: files(&compiled.digest),
                stated: Stated { canonical, facts: origins(shelf, &compiled.digest) },
                sha256,
            })
        }
    }
}

fn frame<'s>(shelf: &'s Shelf, draw: &Draw<'s>, sha256: Digest) -> Frame<'s> {
    let occasion = Occasion { watermark: draw.watermark, ..shelf.occasion() };
    let foot = match draw.number {
        Some(number) => format!("Bản phát hành {number} · SHA-256 nội dung: {sha256}"),
        None => format!("SHA-256 nội dung: {sha256}"),
    };
    Frame { occasion, date: shelf.book.council.sitting.votes_on, foot: Some(foot) }
}

fn origins(shelf: &Shelf, digest: &Gathered<'_>) -> Vec<FrozenFact> {
    let origin = |place: &usize| {
        let origin = shelf.facts.get(*place)?;
        Some(FrozenFact { fact: origin.fact, sha256: origin.sha256, version: origin.version })
    };
    digest.places.iter().filter_map(origin).collect()
}

fn files(digest: &Gathered<'_>) -> Vec<Digest> {
    digest.facts.iter().filter_map(|fact| fact.source.file).collect()
}

/// The paper as a file.
///
/// # Errors
/// When a character cannot be printed.
pub(super) fn print(document: &Document) -> Result<Pdf, AppError> {
    pdf::document(document).map_err(|e| AppError::Input(format!("{}: {e}.", document.title)))
}
