//! The plan of a poll: a new one, and a change of one.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use jiff::civil::Date;

use super::{LIST, is_clerk, read_poll};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::preparing::{Begun, PlanOffer, PlanPage, Purpose, RulesChoice, TypedPlan};
use app::{AppError, Caller};
use domain::council::CouncilKind;
use domain::poll::PollKind;
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
    purposes: Vec<Purpose>,
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
        let (from_last, purposes) = (offer.from_last, offer.purposes);
        Page::new(Self { form, words, from_last, rules: offer.rules, choices, purposes })
    }

    /// Whether one of the rule sets leaves this council out.
    fn leaves_out(&self) -> bool {
        self.rules.iter().any(|set| set.leaves_out.is_some())
    }

    /// Whether nothing but a rehearsal begins here.
    fn is_demo(&self) -> bool {
        !self.purposes.contains(&Purpose::Real)
    }

    fn purposes(&self) -> Vec<(&'static str, &'static str)> {
        self.purposes.iter().map(|purpose| (purpose.code(), purpose.label())).collect()
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
        ("purpose", typed.purpose.clone()),
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
        purpose: value("purpose"),
    }
}

async fn new_page(site: &Site, caller: &Caller, form: Option<Form>) -> Result<Page, AppError> {
    let offer = site.app.plan_offer(caller).await?;
    let form = form.unwrap_or_else(|| form_of(&offer.typed, 0));
    Ok(New::page(form, offer))
}

/// `GET /ky/moi`
pub async fn new(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    Ok(new_page(&site, &caller, None).await?)
}

/// `POST /ky/moi`
pub async fn begin(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer {
    let begun = site.app.begin_preparation(form.ask(&caller)?, typed(&form)).await;
    let next = |begun: Option<Begun>| {
        Done::PollBegun.at(&begun.map_or_else(|| LIST.to_owned(), |begun| format!("{LIST}/{}", begun.poll)))
    };
    form.answered(begun, next, |form| new_page(&site, &caller, Some(form))).await
}

async fn edit_page(site: &Site, caller: &Caller, poll: &str, form: Option<Form>) -> Result<Page, AppError> {
    let page = site.app.poll_plan(caller, read_poll(poll)?).await?;
    let form = form.unwrap_or_else(|| form_of(&page.typed, page.version));
    let words = Words::of(page.plan.council.kind, page.in_roster);
    let may_change = page.is_open && is_clerk(caller);
    Ok(Page::new(Edit { form, words, poll: poll.to_owned(), page, may_change }))
}

/// `GET /ky/{poll}/ky-hop`
pub async fn edit(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    Ok(edit_page(&site, &caller, &poll, None).await?)
}

/// `POST /ky/{poll}/ky-hop`
pub async fn save(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer {
    let saved = site.app.change_plan(form.ask(&caller)?, read_poll(&poll)?, form.version()?, typed(&form)).await;
    let next = |_| Done::Saved.at(&format!("{LIST}/{poll}"));
    form.answered(saved, next, |form| edit_page(&site, &caller, &poll, Some(form))).await
}
