//! The official's own pages: what is stated about me, my replies, my report, my declarations, questions to me.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse as _;
use serde::Deserialize;

use super::dossiers::pdf_file;
use super::read_fact;
use crate::Site;
use crate::answer::{Answer, Sent, SignedIn};
use crate::field;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::upload::Upload;
use app::reading::official::{
    Declarations, OwnFacts, OwnPage, OwnReport, OwnSection, StoredFact, TypedDeclaration, awaits_reply,
};
use app::reading::questions::Asked;
use app::service::clock::in_vietnam;
use app::{AppError, Caller};
use domain::fact::{FactKind, FactState};
use domain::id::QuestionId;
use domain::rules::Attested;
use domain::text::date_dmy;

const FACTS: &str = "/cua-toi/du-kien";
const REPORT: &str = "/cua-toi/bao-cao";
const DECLARATIONS: &str = "/cua-toi/ke-khai";
const QUESTIONS: &str = "/cua-toi/cau-hoi";
/// Facts on a page.
const ON_A_PAGE: usize = 50;

/// A fact as its official and the office read it.
pub(super) struct Shown {
    pub(super) id: String,
    pub(super) field: String,
    pub(super) kind: &'static str,
    pub(super) period: String,
    pub(super) text: String,
    /// `kế hoạch 92 %, thực hiện 90 %`; empty without figures.
    pub(super) figures: String,
    pub(super) status: &'static str,
    pub(super) due: String,
    pub(super) source: String,
    pub(super) file: Option<String>,
    pub(super) reply: String,
    pub(super) is_verified: bool,
    pub(super) awaits_reply: bool,
    pub(super) can_reply: bool,
    pub(super) sent_on: String,
    pub(super) version: u64,
}

impl From<&StoredFact> for Shown {
    fn from(stored: &StoredFact) -> Self {
        let fact = &stored.kept.fact;
        let figures = fact.figures.as_ref().map(|figures| {
            let part = |name: &str, value: &Option<domain::decimal::Decimal>| {
                value.as_ref().map(|value| format!("{name} {value} {}", figures.unit))
            };
            let parts = [part("kế hoạch", &figures.planned), part("thực hiện", &figures.actual)];
            parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
        });
        let reply = fact.reply.clone().unwrap_or_default();
        Self {
            id: stored.id.to_string(),
            field: fact.field.0.clone(),
            kind: fact.kind.label(),
            period: fact.period.text(),
            text: fact.text.clone(),
            figures: figures.unwrap_or_default(),
            status: fact.status.map_or("", |status| status.label()),
            due: fact.due.map_or_else(String::new, date_dmy),
            source: fact.source.text(),
            file: fact.source.file.map(|file| file.to_string()),
            awaits_reply: awaits_reply(fact.kind) && reply.is_empty(),
            can_reply: fact.kind != FactKind::ReportSection,
            reply,
            is_verified: stored.kept.state == FactState::Verified,
            sent_on: stored.kept.sent_on.map_or_else(String::new, date_dmy),
            version: stored.version,
        }
    }
}

#[derive(Template)]
#[template(path = "official/nobody.html")]
struct Nobody;

#[derive(Template)]
#[template(path = "official/show.html")]
struct Show {
    own: OwnPage,
    opens_on: String,
    votes_on: String,
    questions: usize,
}

#[derive(Template)]
#[template(path = "official/facts.html")]
struct Facts {
    sections: Vec<(String, Vec<Shown>)>,
    total: usize,
    page: usize,
    pages: usize,
}

#[derive(Template)]
#[template(path = "official/fact.html")]
struct One {
    fact: Shown,
    form: Form,
}

#[derive(Template)]
#[template(path = "official/report.html")]
struct Report {
    report: OwnReport,
    others: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "official/section.html")]
struct EditSection {
    own: OwnSection,
    law: Option<(String, Attested)>,
    form: Form,
}

#[derive(Template)]
#[template(path = "official/declarations.html")]
struct DeclarationPage {
    filed: Vec<Shown>,
    form: Form,
}

#[derive(Template)]
#[template(path = "official/questions.html")]
struct Questions {
    asked: Vec<Question>,
}

#[derive(Template)]
#[template(path = "official/question.html")]
struct OneQuestion {
    asked: Question,
    form: Form,
}

/// A question as the official reads it.
struct Question {
    id: String,
    text: String,
    by: String,
    version: u64,
    due: String,
    law: String,
    is_late: bool,
    reply: String,
    replied_at: String,
}

impl From<&Asked> for Question {
    fn from(asked: &Asked) -> Self {
        let question = &asked.question;
        let due = question.due();
        let reply = question.answer();
        Self {
            id: asked.id.to_string(),
            text: question.text.clone(),
            by: question.asked.by.clone(),
            version: asked.version,
            due: due.map_or_else(String::new, |due| date_dmy(due.on)),
            law: due.map_or_else(String::new, |due| match due.attested {
                Attested::Verified => due.cite.clone(),
                mark => format!("{} [{}]", due.cite, mark.label()),
            }),
            is_late: asked.is_late,
            reply: reply.map_or_else(String::new, |reply| reply.text.clone()),
            replied_at: reply.map_or_else(String::new, |reply| in_vietnam(reply.hand.at)),
        }
    }
}

/// Which page of a list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    #[serde(rename = "trang")]
    page: String,
}

/// The page of an account that is linked to no official.
fn not_linked() -> Page {
    Page::new(Nobody)
}

/// `GET /cua-toi`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    let asked = site.app.questions_for_official(&caller).await?;
    let questions = asked.iter().filter(|asked| asked.question.answer().is_none()).count();
    let Some(own) = site.app.own_page(&caller).await? else { return Ok(not_linked()) };
    let day = |day: fn(&app::reading::official::OwnPoll) -> jiff::civil::Date| {
        own.poll.as_ref().map_or_else(String::new, |poll| date_dmy(day(poll)))
    };
    let (opens_on, votes_on) = (day(|poll| poll.opens_on), day(|poll| poll.votes_on));
    Ok(Page::new(Show { own, opens_on, votes_on, questions }))
}

/// `GET /cua-toi/du-kien`
pub async fn facts(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Query(wanted): Query<Wanted>,
) -> Answer<Page> {
    let Some(OwnFacts { facts, .. }) = site.app.own_facts(&caller).await? else { return Ok(not_linked()) };
    let (total, pages) = (facts.len(), facts.len().div_ceil(ON_A_PAGE).max(1));
    let page = wanted.page.parse().unwrap_or(1_usize).clamp(1, pages);
    let here = facts.iter().skip((page - 1) * ON_A_PAGE).take(ON_A_PAGE).map(Shown::from);
    let mut sections: Vec<(String, Vec<Shown>)> = Vec::new();
    for fact in here {
        match sections.last_mut() {
            Some((field, facts)) if *field == fact.field => facts.push(fact),
            _ => sections.push((fact.field.clone(), vec![fact])),
        }
    }
    Ok(Page::new(Facts { sections, total, page, pages }))
}

/// `GET /cua-toi/du-kien/{fact}`
pub async fn fact(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Answer<Page> {
    let stored = site.app.own_fact(&caller, read_fact(&id)?).await?;
    let fact = Shown::from(&stored);
    let form = Form::filled([(field::REPLY.name, fact.reply.clone()), ("version", fact.version.to_string())]);
    Ok(Page::new(One { fact, form }))
}

/// `POST /cua-toi/du-kien/{fact}`
pub async fn reply(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let id = read_fact(&id)?;
    // A fact about somebody else counts as not found, whatever the form says.
    site.app.own_fact(&caller, id).await?;
    let replied = site.app.reply_fact(form.ask(&caller)?, id, form.version()?, form.value(field::REPLY.name)).await;
    Ok(match form.sent(replied)? {
        Sent::Done(()) | Sent::Repeated => Done::Replied.at(&format!("{FACTS}/{id}")).into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            let fact = Shown::from(&site.app.own_fact(&caller, id).await?);
            Page::new(One { fact, form }).with_status(status).into_response()
        }
    })
}

/// `GET /cua-toi/bao-cao`
pub async fn report(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    let Some(report) = site.app.own_report(&caller).await? else { return Ok(not_linked()) };
    let others = report.others.iter().map(Shown::from).collect();
    Ok(Page::new(Report { report, others }))
}

/// `GET /cua-toi/bao-cao.pdf`
pub async fn report_pdf(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer {
    Ok(pdf_file("bao-cao.pdf", site.app.own_report_pdf(&caller).await?))
}

async fn own_section(
    site: &Site,
    caller: &Caller,
    id: &str,
) -> Result<(OwnSection, Option<(String, Attested)>), AppError> {
    let missing = || AppError::NotFound("phần này của báo cáo");
    let report = site.app.own_report(caller).await?.ok_or_else(missing)?;
    let own = report.sections.into_iter().find(|own| own.section.id == id).ok_or_else(missing)?;
    Ok((own, report.law))
}

/// `GET /cua-toi/bao-cao/{section}`
pub async fn section(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
) -> Answer<Page> {
    let (own, law) = own_section(&site, &caller, &id).await?;
    let form = Form::filled([(field::TEXT.name, own.body().to_owned()), ("version", own.version().to_string())]);
    Ok(Page::new(EditSection { own, law, form }))
}

/// `POST /cua-toi/bao-cao/{section}`
pub async fn file_section(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let (own, law) = own_section(&site, &caller, &id).await?;
    let filed = site.app.file_section(form.ask(&caller)?, &id, form.version()?, form.value(field::TEXT.name)).await;
    Ok(match form.sent(filed)? {
        Sent::Done(()) | Sent::Repeated => Done::SectionFiled.at(REPORT).into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            Page::new(EditSection { own, law, form }).with_status(status).into_response()
        }
    })
}

fn declaration_page(Declarations { filed }: &Declarations, form: Form) -> Page {
    Page::new(DeclarationPage { filed: filed.iter().map(Shown::from).collect(), form })
}

/// `GET /cua-toi/ke-khai`
pub async fn declarations(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    let found = site.app.own_declarations(&caller).await?;
    Ok(found.map_or_else(not_linked, |found| declaration_page(&found, Form::default())))
}

/// `POST /cua-toi/ke-khai`
pub async fn file_declaration(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Upload { form, file }: Upload,
) -> Answer {
    let typed = TypedDeclaration {
        filed_on: form.value("filed_on").into(),
        place: form.value(field::PLACE.name).into(),
        number: form.value(field::NUMBER.name).into(),
    };
    let ask = form.ask(&caller)?;
    let filed = match file.transpose() {
        Ok(file) => site.app.file_declaration(ask, &typed, file).await,
        Err(problem) => Err(problem),
    };
    Ok(match form.sent(filed)? {
        Sent::Done(_) | Sent::Repeated => Done::DeclarationFiled.at(DECLARATIONS).into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            match site.app.own_declarations(&caller).await? {
                Some(found) => declaration_page(&found, form).with_status(status).into_response(),
                None => not_linked().into_response(),
            }
        }
    })
}

/// `GET /cua-toi/cau-hoi`
pub async fn questions(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    let asked = site.app.questions_for_official(&caller).await?;
    Ok(Page::new(Questions { asked: asked.iter().map(Question::from).collect() }))
}

async fn own_question(site: &Site, caller: &Caller, id: &str) -> Result<(QuestionId, Question), AppError> {
    let missing = || AppError::NotFound("câu hỏi");
    let id: QuestionId = id.parse().map_err(|_| missing())?;
    let asked = site.app.questions_for_official(caller).await?;
    let found = asked.iter().find(|asked| asked.id == id).ok_or_else(missing)?;
    Ok((id, Question::from(found)))
}

/// `GET /cua-toi/cau-hoi/{question}`
pub async fn question(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
) -> Answer<Page> {
    let (_, asked) = own_question(&site, &caller, &id).await?;
    let form = Form::filled([("version", asked.version.to_string())]);
    Ok(Page::new(OneQuestion { asked, form }))
}

/// `POST /cua-toi/cau-hoi/{question}`
pub async fn reply_question(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let (question, asked) = own_question(&site, &caller, &id).await?;
    let (ask, version) = (form.ask(&caller)?, form.version()?);
    let replied = site.app.reply_question(ask, question, version, form.value(field::REPLY.name)).await;
    Ok(match form.sent(replied)? {
        Sent::Done(_) | Sent::Repeated => Done::Replied.at(QUESTIONS).into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            Page::new(OneQuestion { asked, form }).with_status(status).into_response()
        }
    })
}
