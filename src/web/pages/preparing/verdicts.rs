//! Who is voted on, and why.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;

use super::{answer, failed, nobody, proposed, read_official, read_poll, refused, tag};
use crate::Site;
use crate::form::Form;
use crate::render::Page;
use crate::session::Visitor;
use app::AppError;
use app::preparing::{VerdictLine, Verdicts};
use app::service::app::Ask;
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
pub async fn list(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let page = async {
        let mut page = site.app.verdicts(&caller, read_poll(&poll)?).await?;
        let findings = std::mem::take(&mut page.findings);
        let listed = page.lines.iter().filter(|line| line.standing.verdict == Verdict::Listed).count();
        Ok(Page::new(List { poll: poll.clone(), page, findings, listed }))
    };
    answer(page.await)
}

async fn page(site: &Site, visitor: &Visitor, (poll, official): (&str, &str), form: Form) -> Result<Page, AppError> {
    let caller = visitor.caller.as_ref().ok_or(AppError::Forbidden)?;
    let id = read_official(official)?;
    let Verdicts { sitting, lines, is_open, .. } = site.app.verdicts(caller, read_poll(poll)?).await?;
    let line = lines.into_iter().find(|line| line.official == id).ok_or(AppError::NotFound("người này"))?;
    Ok(Page::new(Propose { poll: poll.to_owned(), sitting, is_open, line, form }))
}

/// `GET /ky/{poll}/doi-tuong/{official}`
pub async fn ask(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, official)): Path<(String, String)>,
) -> Response {
    answer(page(&site, &visitor, (&poll, &official), Form::default()).await)
}

/// `POST /ky/{poll}/doi-tuong/{official}`
pub async fn propose(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path((poll, official)): Path<(String, String)>,
    form: Form,
) -> Response {
    let Some(caller) = &visitor.caller else { return nobody() };
    let done = async {
        let ask = Ask { caller, request: form.request()? };
        let (verdict, reason) = (form.value("verdict"), form.value("reason"));
        site.app.propose_verdict(ask, read_poll(&poll)?, read_official(&official)?, verdict, reason).await
    };
    let problem = match proposed(&poll, done.await) {
        Ok(answer) => return answer,
        Err(problem) => problem,
    };
    match form.with_errors(problem) {
        Ok(form) => match page(&site, &visitor, (&poll, &official), form).await {
            Ok(page) => refused(page, false),
            Err(problem) => failed(&problem),
        },
        Err(problem) => failed(&problem),
    }
}
