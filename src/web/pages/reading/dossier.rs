//! One dossier a page, with the reader's own note and questions beside it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Redirect;

use super::filter::{Choices, Filter, Wanted};
use super::{read_poll, read_position, saved_pdf};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::pages::document::{self, Section};
use crate::render::Page;
use crate::session;
use app::dossiers::SourceFile;
use app::reading::notes::{Lock, Note};
use app::reading::room::{Opened, Read};
use app::{AppError, Caller};
use domain::document::{Document, chosen};
use domain::id::PollId;
use domain::release::About;

/// The list of contents and the paper itself.
#[derive(Template)]
#[template(path = "reading/paper.html")]
struct Paper {
    sections: Vec<Section>,
    html: String,
    sources: Vec<SourceFile>,
    filter: Filter,
    groups: Vec<Choices>,
    /// How many facts are chosen; `None` where all are shown.
    shown: Option<usize>,
    total: usize,
}

#[derive(Template)]
#[template(path = "reading/dossier.html")]
struct DossierPage {
    opened: Opened,
    paper: Arc<String>,
    form: Form,
}

impl DossierPage {
    fn here(&self) -> String {
        format!("/doc/{}/{}", self.opened.poll.id, self.opened.dossier.position)
    }

    const fn is_official(&self) -> bool {
        matches!(self.opened.dossier.about, About::Official(_))
    }

    /// The note that is stored, for the printed page.
    fn note_text(&self) -> &str {
        self.opened.note.as_ref().and_then(|note| note.text.as_ref()).map_or("", |text| text.as_str())
    }

    /// Somebody changed the note in the database.
    fn is_note_broken(&self) -> bool {
        self.opened.note.as_ref().is_some_and(|note| note.text.is_none())
    }
}

/// The page with what is stored in its forms, or with a form that was refused.
async fn page(
    site: &Site,
    caller: &Caller,
    headers: &HeaderMap,
    (poll, position): (&str, &str),
    filter: Filter,
    typed: Option<Form>,
) -> Result<Page, AppError> {
    let key = session::note_key(site.settings, headers);
    let poll = read_poll(poll)?;
    let opened = site.app.open_dossier(caller, key.as_ref(), poll, read_position(position)?).await?;
    let release = opened.release.number;
    let paper = if filter.is_active() {
        let document = site.app.document_of_dossier(caller, poll, release, &opened.dossier).await?;
        Arc::new(draw_chosen(&document, filter).map_err(|e| AppError::internal("vẽ hồ sơ", e))?)
    } else {
        site.app.drawn_dossier((caller, poll, release, &opened.dossier), draw).await?
    };
    draw_others(site, caller, poll, release).await?;
    let mut form = typed.unwrap_or_default();
    // Sent by the form of a question: the note beside it is shown as it is stored, so that it is not saved empty.
    if form.value("version").is_empty() {
        stored_note(opened.note.as_ref()).into_iter().for_each(|(field, value)| form.add(field.to_owned(), value));
    }
    Ok(Page::new(DossierPage { opened, paper, form }))
}

fn draw(document: &Document, sources: Vec<SourceFile>) -> askama::Result<String> {
    let drawn = document::draw(document)?;
    let filter = Filter::default();
    Paper {
        sections: drawn.sections,
        html: drawn.html,
        sources,
        filter,
        groups: document.guide.as_ref().map(|guide| filter.choices(guide)).unwrap_or_default(),
        shown: None,
        total: document.guide.as_ref().map_or(0, |guide| guide.facts.len()),
    }
    .render()
}

/// The facts that somebody asked for, unfolded. A dossier that was released before facts could be chosen is shown whole.
fn draw_chosen(document: &Document, filter: Filter) -> askama::Result<String> {
    let Some(guide) = &document.guide else { return draw(document, Vec::new()) };
    let numbers = filter.numbers(guide);
    let drawn = document::draw_open(&chosen(document, &numbers))?;
    Paper {
        sections: Vec::new(),
        html: drawn.html,
        sources: Vec::new(),
        filter,
        groups: filter.choices(guide),
        shown: Some(numbers.len()),
        total: guide.facts.len(),
    }
    .render()
}

/// Whoever opens the first dossier of a release has the others drawn meanwhile: hundreds open them in the minutes after.
async fn draw_others(site: &Site, caller: &Caller, poll: PollId, release: u32) -> Result<(), AppError> {
    let others = site.app.dossiers_to_draw(caller, poll, release).await?;
    if !others.is_empty() {
        let (app, caller) = (site.app.clone(), caller.clone());
        tokio::spawn(async move {
            for dossier in &others {
                // Whoever opens it is told what is wrong with it.
                drop(app.drawn_dossier((&caller, poll, release, dossier), draw).await);
            }
        });
    }
    Ok(())
}

fn stored_note(note: Option<&Note>) -> [(&'static str, String); 2] {
    let text = note.and_then(|note| note.text.as_ref()).map_or_else(String::new, |text| text.to_string());
    let version = note.map_or(0, |note| note.version);
    [("private_note", text), ("version", version.to_string())]
}

/// `GET /doc/{poll}/{position}?nam=2022&loai=target&muc=chua-dat`: writes nothing.
pub async fn show(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, position)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Answer<Page> {
    Ok(page(&site, &caller, &headers, (&poll, &position), Filter::of(&wanted), None).await?)
}

/// `POST /doc/{poll}/{position}/da-doc`: leads to the next dossier, or back to the room after the last.
pub async fn mark(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, position)): Path<(String, String)>,
    form: Form,
) -> Answer<Redirect> {
    let release = form.value("release").parse();
    let release = release.map_err(|_| AppError::Input("Biểu mẫu thiếu số bản; hãy tải lại trang.".to_owned()))?;
    let (ask, id) = (form.ask(&caller)?, read_poll(&poll)?);
    Ok(match site.app.mark_read(ask, id, read_position(&position)?, release).await? {
        Some(next) => Done::DossierRead.at(&format!("/doc/{poll}/{next}")),
        None => Done::LastDossierRead.at(&format!("/doc/{poll}")),
    })
}

/// `GET /doc/{poll}/{position}/pdf`
pub async fn pdf(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, position)): Path<(String, String)>,
) -> Answer {
    let (name, bytes) = site.app.dossier_file(&caller, read_poll(&poll)?, read_position(&position)?).await?;
    Ok(saved_pdf(&name, bytes))
}

/// `POST /doc/{poll}/{position}/ghi-chu`
pub async fn write_note(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, position)): Path<(String, String)>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let key = session::note_key(site.settings, &headers);
    let (ask, version, id) = (form.ask(&caller)?, form.version()?, read_poll(&poll)?);
    let about = site.app.about_of_dossier(&caller, id, read_position(&position)?).await?;
    let written = site.app.write_note(ask, key.as_ref(), id, about, version, form.value("private_note")).await;
    let next = |_| Done::NoteSaved.at(&format!("/doc/{poll}/{position}"));
    form.answered(written, next, |form| {
        page(&site, &caller, &headers, (&poll, &position), Filter::default(), Some(form))
    })
    .await
}

/// `POST /doc/{poll}/{position}/cau-hoi`
pub async fn ask(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, position)): Path<(String, String)>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let (ask, id) = (form.ask(&caller)?, read_poll(&poll)?);
    let About::Official(official) = site.app.about_of_dossier(&caller, id, read_position(&position)?).await? else {
        let sentence = "Câu hỏi được gửi tới từng người, không gửi tới lĩnh vực.";
        return Err(AppError::Input(sentence.to_owned()).into());
    };
    let asked = site.app.ask_question(ask, id, official, form.value("question")).await;
    let next = |_| Done::QuestionAsked.at(&format!("/doc/{poll}/cau-hoi"));
    form.answered(asked, next, |form| page(&site, &caller, &headers, (&poll, &position), Filter::default(), Some(form)))
        .await
}
