//! The plan of a poll: a new one, and a change of one.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use jiff::civil::Date;

use super::{LIST, failed, nobody, read_poll, refused};
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::Visitor;
use app::preparing::{PlanOffer, PlanPage, RulesChoice, TypedPlan};
use app::service::app::Ask;
use app::{AppError, Caller};
use domain::council::CouncilKind;
use domain::poll::PollKind;
use domain::role::Role;
use domain::text::date_dmy;

/// What the fields of a plan need besides the form: words of the body, and what stands in the roster.
struct Words {
    is_party: bool,
    in_roster: usize,
}

impl Words {
    fn of(kind: CouncilKind, in_roster: usize) -> Self {
        Self { is_party: kind == CouncilKind::PartyCommittee, in_roster }
    }

    /// What the meeting is called.
    const fn meeting(&self) -> &'static str {
        if self.is_party { "Tên hội nghị" } else { "Tên kỳ họp" }
    }

    const fn meeting_help(&self) -> &'static str {
        if self.is_party { "Ví dụ «Hội nghị lần thứ 12»." } else { "Ví dụ «Kỳ họp thứ 8»." }
    }

    const fn voters(&self) -> &'static str {
        if self.is_party { "Tổng số người được triệu tập" } else { "Tổng số đại biểu" }
    }

    const fn chair(&self) -> &'static str {
        if self.is_party { "Chủ trì" } else { "Chủ tọa" }
    }

    fn voters_help(&self) -> String {
        match self.in_roster {
            0 => "Danh sách đại biểu chưa có ai.".to_owned(),
            n => format!("Danh sách đại biểu hiện có {n} người."),
        }
    }
}

#[derive(Template)]
#[template(path = "preparing/new.html")]
struct New {
    form: Form,
    words: Words,
    from_last: bool,
    rules: Vec<RulesChoice>,
    choices: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "preparing/plan.html")]
struct Edit {
    form: Form,
    words: Words,
    poll: String,
    page: PlanPage,
    may_change: bool,
}

impl New {
    fn page(form: Form, offer: PlanOffer) -> Page {
        let words = Words::of(offer.council, offer.in_roster);
        let choice = |set: &RulesChoice| (set.id.clone(), format!("{}, hiệu lực {}", set.short, set.in_force));
        let choices = offer.rules.iter().map(choice).collect();
        Page::new(Self { form, words, from_last: offer.from_last, rules: offer.rules, choices })
    }

    /// Whether one of the rule sets leaves this council out.
    fn leaves_out(&self) -> bool {
        self.rules.iter().any(|set| set.leaves_out.is_some())
    }

    fn kinds(&self) -> [(&'static str, &'static str); 2] {
        PollKind::ALL.map(|kind| {
            let label = match kind {
                PollKind::Rating => "Lấy phiếu tín nhiệm (3 mức)",
                PollKind::Confidence => "Bỏ phiếu tín nhiệm (2 mức)",
            };
            (kind.code(), label)
        })
    }
}

impl Edit {
    fn day(&self, date: &Date) -> String {
        date_dmy(*date)
    }
}

fn form_of(typed: &TypedPlan, version: u64) -> Form {
    Form::filled([
        ("version", version.to_string()),
        ("kind", typed.kind.clone()),
        ("ruleset", typed.ruleset.clone()),
        ("legislature", typed.legislature.clone()),
        ("term_from", typed.term_from.clone()),
        ("term_to", typed.term_to.clone()),
        ("sitting", typed.sitting.clone()),
        ("opens_on", typed.opens_on.clone()),
        ("votes_on", typed.votes_on.clone()),
        ("delegates", typed.delegates.clone()),
        ("place", typed.place.clone()),
        ("chair", typed.chair.clone()),
        ("secretary", typed.secretary.clone()),
        ("basis", typed.basis.clone()),
    ])
}

fn typed(form: &Form) -> TypedPlan {
    let value = |field: &str| form.value(field).to_owned();
    TypedPlan {
        kind: value("kind"),
        ruleset: value("ruleset"),
        legislature: value("legislature"),
        term_from: value("term_from"),
        term_to: value("term_to"),
        sitting: value("sitting"),
        opens_on: value("opens_on"),
        votes_on: value("votes_on"),
        delegates: value("delegates"),
        place: value("place"),
        chair: value("chair"),
        secretary: value("secretary"),
        basis: value("basis"),
    }
}

/// `GET /ky/moi`
pub async fn new(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    match site.app.plan_offer(&caller).await {
        Ok(offer) => New::page(form_of(&offer.typed, 0), offer).into_response(),
        Err(problem) => failed(&problem),
    }
}

/// `POST /ky/moi`
pub async fn begin(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>, form: Form) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let begun = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.begin_preparation(ask, typed(&form)).await
    };
    let problem = match begun.await {
        Ok(begun) => return Done::PollBegun.at(&format!("{LIST}/{}", begun.poll)).into_response(),
        Err(AppError::AlreadyDone) => return Done::PollBegun.at(LIST).into_response(),
        Err(problem) => problem,
    };
    let again = async { Ok::<_, AppError>((form.with_errors(problem)?, site.app.plan_offer(&caller).await?)) };
    match again.await {
        Ok((form, offer)) => refused(New::page(form, offer), false),
        Err(problem) => failed(&problem),
    }
}

fn edit_page(caller: &Caller, poll: String, page: PlanPage, form: Form) -> Page {
    let words = Words::of(page.plan.council.kind, page.in_roster);
    let may_change = page.is_open && caller.account.roles.has(Role::Clerk);
    Page::new(Edit { form, words, poll, page, may_change })
}

/// `GET /ky/{poll}/ky-hop`
pub async fn edit(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let found = async { site.app.poll_plan(&caller, read_poll(&poll)?).await };
    match found.await {
        Ok(page) => {
            let form = form_of(&page.typed, page.version);
            edit_page(&caller, poll, page, form).into_response()
        }
        Err(problem) => failed(&problem),
    }
}

/// `POST /ky/{poll}/ky-hop`
pub async fn save(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(poll): Path<String>,
    form: Form,
) -> Response {
    let Some(caller) = visitor.caller else { return nobody() };
    let saved = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.change_plan(ask, read_poll(&poll)?, form.version()?, typed(&form)).await
    };
    let problem = match saved.await {
        Ok(()) | Err(AppError::AlreadyDone) => return Done::Saved.at(&format!("{LIST}/{poll}")).into_response(),
        Err(problem) => problem,
    };
    let is_conflict = matches!(problem, AppError::Stale(_));
    let again = async {
        let form = form.with_errors(problem)?;
        Ok::<_, AppError>((form, site.app.poll_plan(&caller, read_poll(&poll)?).await?))
    };
    match again.await {
        Ok((form, page)) => refused(edit_page(&caller, poll, page, form), is_conflict),
        Err(problem) => failed(&problem),
    }
}
