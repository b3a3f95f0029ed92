//! Who is voted on, and why.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};

use super::{proposed, read_official, read_poll, tag};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::render::Page;
use app::preparing::{VerdictLine, Verdicts};
use app::{AppError, Caller};
use domain::eligibility::Verdict;
use domain::finding::Finding;
use domain::rules::Attested;

#[derive(Template)]
#[template(path = "preparing/verdicts.html")]
struct List {
    poll: String,
    page: Verdicts,
    findings: Vec<Finding>,
    listed: usize,
}

#[derive(Template)]
#[template(path = "preparing/verdict.html")]
struct Propose {
    poll: String,
    sitting: String,
    is_open: bool,
    line: VerdictLine,
    form: Form,
}

impl List {
    fn tag(&self, finding: &Finding) -> &'static str {
        tag(finding)
    }
}

impl Propose {
    fn choices(&self) -> Vec<(&'static str, &'static str)> {
        let others = Verdict::ALL.into_iter().filter(|verdict| *verdict != self.line.standing.verdict);
        others.map(|verdict| (verdict.code(), verdict.label())).collect()
    }
}

/// `GET /ky/{poll}/doi-tuong`
pub async fn list(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    let mut page = site.app.verdicts(&caller, read_poll(&poll)?).await?;
    let findings = std::mem::take(&mut page.findings);
    let listed = page.lines.iter().filter(|line| line.standing.verdict == Verdict::Listed).count();
    Ok(Page::new(List { poll, page, findings, listed }))
}

async fn page(site: &Site, caller: &Caller, (poll, official): (&str, &str), form: Form) -> Result<Page, AppError> {
    let id = read_official(official)?;
    let Verdicts { sitting, lines, is_open, .. } = site.app.verdicts(caller, read_poll(poll)?).await?;
    let line = lines.into_iter().find(|line| line.official == id).ok_or(AppError::NotFound("người này"))?;
    Ok(Page::new(Propose { poll: poll.to_owned(), sitting, is_open, line, form }))
}

/// `GET /ky/{poll}/doi-tuong/{official}`
pub async fn ask(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, official)): Path<(String, String)>,
) -> Answer<Page> {
    Ok(page(&site, &caller, (&poll, &official), Form::default()).await?)
}

/// `POST /ky/{poll}/doi-tuong/{official}`
pub async fn propose(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, official)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let (ask, verdict, reason) = (form.ask(&caller)?, form.value("verdict"), form.value("reason"));
    let outcome = site.app.propose_verdict(ask, read_poll(&poll)?, read_official(&official)?, verdict, reason).await;
    let page = |form| page(&site, &caller, (&poll, &official), form);
    form.answered(outcome, |id| proposed(&poll, id), page).await
}
