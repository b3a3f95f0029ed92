//! Discussion in groups: the summary of one's own group, and the report on all of them.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Redirect;

use super::{read_poll, saved_pdf};
use crate::Site;
use crate::answer::{Answer, SignedIn, redirect};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::reading::groups::{GroupDesk, GroupReport};
use app::{AppError, Caller};
use domain::group_summary::{Content, SummaryState};
use domain::id::{OfficialId, PollId, SummaryId};
use domain::role::Role;

#[derive(Template)]
#[template(path = "reading/group.html")]
struct GroupPage {
    poll: PollId,
    desk: GroupDesk,
    form: Form,
}

impl GroupPage {
    fn is_filed(&self) -> bool {
        self.desk.summary.as_ref().is_some_and(|kept| kept.value.state == SummaryState::Filed)
    }

    fn may_write(&self) -> bool {
        self.desk.is_secretary && !self.is_filed()
    }

    /// What is typed of an official.
    fn remark(&self, id: &OfficialId) -> &str {
        self.form.value(&format!("remark.{id}"))
    }

    fn said_of(&self, id: &OfficialId) -> &str {
        self.desk.summary.as_ref().map_or("", |kept| kept.value.content.of(*id))
    }
}

#[derive(Template)]
#[template(path = "reading/groups.html")]
struct ReportPage {
    poll: PollId,
    report: GroupReport,
    may_reopen: bool,
}

fn stored_form(desk: &GroupDesk) -> Form {
    let version = desk.summary.as_ref().map_or(0, |kept| kept.version);
    let mut values = vec![("version".to_owned(), version.to_string())];
    if let Some(kept) = &desk.summary {
        values.push(("general".to_owned(), kept.value.content.general.clone()));
        let remarks = kept.value.content.remarks.iter();
        values.extend(remarks.map(|remark| (format!("remark.{}", remark.official), remark.text.clone())));
    }
    Form::filled(values.iter().map(|(name, value)| (name.as_str(), value.clone())))
}

async fn page(site: &Site, caller: &Caller, poll: &str, typed: Option<Form>) -> Result<Page, AppError> {
    let poll = read_poll(poll)?;
    let desk = site.app.group_desk(caller, poll).await?;
    let form = typed.unwrap_or_else(|| stored_form(&desk));
    Ok(Page::new(GroupPage { poll, desk, form }))
}

/// `GET /thao-luan/{poll}`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    Ok(page(&site, &caller, &poll, None).await?)
}

/// What was typed, in the order of the form.
fn content(form: &Form) -> Result<Content, AppError> {
    let remark = |(name, text): (&str, &'_ str)| {
        let official: OfficialId = name.strip_prefix("remark.")?.parse().ok()?;
        Some((official, text.to_owned()))
    };
    let remarks: Vec<(OfficialId, String)> = form.pairs().filter_map(remark).collect();
    let typed = Content::typed(form.value("general"), remarks.iter().map(|(id, text)| (*id, text.as_str())));
    typed.map_err(|e| AppError::field("general", e))
}

/// `POST /thao-luan/{poll}`: keeps the draft; with the second button hands it in.
pub async fn save(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer {
    let and_file = form.value("step") == "file";
    let (ask, id, version) = (form.ask(&caller)?, read_poll(&poll)?, form.version()?);
    let saved = match content(&form) {
        Ok(content) => site.app.write_summary(ask, id, version, content, and_file).await,
        Err(problem) => Err(problem),
    };
    let done = if and_file { Done::SummaryFiled } else { Done::Saved };
    let next = |_| done.at(&format!("/thao-luan/{poll}"));
    form.answered(saved, next, |form| page(&site, &caller, &poll, Some(form))).await
}

/// `GET /ky/{poll}/thao-luan`
pub async fn report(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
) -> Answer<Page> {
    let poll = read_poll(&poll)?;
    let report = site.app.group_report(&caller, poll).await?;
    let may_reopen = caller.account.roles.has(Role::Leader);
    Ok(Page::new(ReportPage { poll, report, may_reopen }))
}

/// `GET /ky/{poll}/thao-luan/pdf`
pub async fn pdf(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer {
    let bytes = site.app.group_report_pdf(&caller, read_poll(&poll)?).await?;
    Ok(saved_pdf("bao-cao-thao-luan-to.pdf", bytes))
}

/// `POST /ky/{poll}/thao-luan/{summary}/mo-lai`
pub async fn reopen(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, summary)): Path<(String, String)>,
    form: Form,
) -> Answer<Redirect> {
    let ask = form.ask(&caller)?;
    let summary: SummaryId = summary.parse().map_err(|_| AppError::NotFound("tổng hợp thảo luận tổ"))?;
    let reopened = site.app.reopen_summary(ask, read_poll(&poll)?, summary, form.version()?).await;
    redirect(reopened, Done::SummaryReopened, &format!("/ky/{poll}/thao-luan"))
}
