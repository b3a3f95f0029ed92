//! Compiles one dossier from a poll's book.

use crate::preparing::poll_book::PollBook;
use crate::service::drawn;
use crate::service::error::AppError;
use domain::audit::Digest;
use domain::document::{Document, Frame, dossier_document, field_document};
use domain::dossier::{
    Days, Dossier, FieldDossier, Gathered, Missing, canonical_field_text, canonical_text, compile, compile_field,
};
use domain::occasion::Occasion;
use domain::official::OfficialNo;
use domain::release::{About, FrozenFact, Stated};
use pdf::{self, Pdf};

pub(super) const NO_DOSSIER: AppError = AppError::NotFound("hồ sơ này");

/// How a dossier is to be drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draw<'a> {
    /// The days by which it is judged; its paper bears the day of compiling.
    pub days: Days,
    /// Printed across every page.
    pub watermark: Option<&'a str>,
    /// Set when the facts are of this year only: what is missing in other years is no gap.
    pub year: Option<i16>,
    /// Number of the release that it is drawn for.
    pub number: Option<u32>,
}

/// What a list shows of a dossier, for which no paper is drawn.
#[derive(Clone, Debug)]
pub(super) struct Outline {
    pub title: String,
    pub subtitle: String,
    pub sha256: Digest,
    /// Number of facts in it.
    pub facts: usize,
    pub missing: Vec<String>,
}

/// A dossier with everything that is stored of it.
pub(super) struct Made {
    pub title: String,
    pub subtitle: String,
    pub stated: Stated,
    pub sha256: Digest,
    pub document: Document,
    /// Papers behind its facts.
    pub files: Vec<Digest>,
}

/// What the dossiers of a poll are about: every official who is to be voted on, then every field that has facts.
pub(super) fn targets(poll_book: &PollBook, listed: &[OfficialNo]) -> Vec<About> {
    let people = listed.iter().filter_map(|place| poll_book.id(*place)).map(About::Official);
    let fields = poll_book.book.fields_with_facts().into_iter().cloned().map(About::Field);
    people.chain(fields).collect()
}

/// A dossier that is compiled and not drawn.
enum Compiled<'s> {
    Person(Dossier<'s>),
    Field(FieldDossier<'s>),
}

impl<'s> Compiled<'s> {
    /// `None` when the book has nobody of that id, or nothing of that field.
    fn of(poll_book: &'s PollBook, about: &'s About, days: Days) -> Option<Self> {
        match about {
            About::Official(id) => compile(&poll_book.book, poll_book.place(*id)?, days).map(Self::Person),
            About::Field(field) => {
                let field = compile_field(&poll_book.book, field, days);
                let is_empty = field.officials.is_empty() && field.gathered.facts.is_empty();
                (!is_empty).then_some(Self::Field(field))
            }
        }
    }

    const fn gathered(&self) -> &Gathered<'s> {
        match self {
            Self::Person(person) => &person.gathered,
            Self::Field(field) => &field.gathered,
        }
    }

    const fn missing(&mut self) -> &mut Vec<Missing> {
        match self {
            Self::Person(person) => &mut person.missing,
            Self::Field(field) => &mut field.missing,
        }
    }

    fn canonical(&self) -> String {
        match self {
            Self::Person(person) => canonical_text(person),
            Self::Field(field) => canonical_field_text(field),
        }
    }

    fn title(&self) -> String {
        match self {
            Self::Person(person) => person.official.addressed(),
            Self::Field(field) => format!("Lĩnh vực {}", field.field.0),
        }
    }

    /// Posts, or the people of the field.
    fn subtitle(&self) -> String {
        match self {
            Self::Person(person) => person.official.posts_text(),
            Self::Field(field) => {
                let people: Vec<&str> = field.officials.iter().map(|(_, official)| official.name.as_str()).collect();
                people.join(", ")
            }
        }
    }
}

/// What a list shows of one dossier.
///
/// # Errors
/// When the book has nobody of that id, or nothing of that field.
pub(super) fn outline(poll_book: &PollBook, about: &About, days: Days) -> Result<Outline, AppError> {
    let mut compiled = Compiled::of(poll_book, about, days).ok_or(NO_DOSSIER)?;
    Ok(Outline {
        title: compiled.title(),
        subtitle: compiled.subtitle(),
        sha256: Digest::of(compiled.canonical().as_bytes()),
        facts: compiled.gathered().facts.len(),
        missing: compiled.missing().drain(..).map(|gap| gap.text).collect(),
    })
}

/// Compiles one dossier and draws its paper.
///
/// # Errors
/// As [`outline`].
pub(super) fn make(poll_book: &PollBook, about: &About, draw: &Draw<'_>) -> Result<Made, AppError> {
    let mut compiled = Compiled::of(poll_book, about, draw.days).ok_or(NO_DOSSIER)?;
    compiled.missing().retain(|missing| draw.year.is_none_or(|year| missing.year == Some(year)));
    let canonical = compiled.canonical();
    let sha256 = Digest::of(canonical.as_bytes());
    let frame = frame(poll_book, draw, sha256);
    Ok(Made {
        title: compiled.title(),
        subtitle: compiled.subtitle(),
        document: match &compiled {
            Compiled::Person(person) => dossier_document(person, &frame),
            Compiled::Field(field) => field_document(field, &frame),
        },
        files: files(compiled.gathered()),
        stated: Stated { canonical, facts: origins(poll_book, compiled.gathered())? },
        sha256,
    })
}

fn frame<'s>(poll_book: &'s PollBook, draw: &Draw<'s>, sha256: Digest) -> Frame<'s> {
    let own = poll_book.occasion();
    // A draft of a rehearsal is a rehearsal first.
    let occasion = Occasion { watermark: own.watermark.or(draw.watermark), ..own };
    let foot = match draw.number {
        Some(number) => format!("Bản phát hành {number} · SHA-256 nội dung: {sha256}"),
        None => format!("SHA-256 nội dung: {sha256}"),
    };
    Frame { occasion, date: draw.days.as_of, foot: Some(foot) }
}

fn origins(poll_book: &PollBook, gathered: &Gathered<'_>) -> Result<Vec<FrozenFact>, AppError> {
    let of = gathered.places.iter().zip(&gathered.facts);
    of.filter_map(|(place, fact)| Some(poll_book.facts.get(*place)?.frozen(fact))).collect()
}

fn files(gathered: &Gathered<'_>) -> Vec<Digest> {
    gathered.facts.iter().filter_map(|fact| fact.source.file).collect()
}

/// The paper as a PDF file.
///
/// # Errors
/// When a character cannot be printed.
pub(super) fn print(document: &Document) -> Result<Pdf, AppError> {
    drawn::document(document).map_err(|e| AppError::Input(format!("{}: {e}.", document.title)))
}
