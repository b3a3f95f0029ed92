//! The minutes of the count: proposed by the head teller, signed on paper, recorded as signed by another person, who sees
//! what will be recorded first.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::IntoResponse as _;

use super::{read_poll, step_path};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::live::Live;
use crate::notice::Done;
use crate::render::Page;
use crate::turn::{self, TurnLine};
use app::counting::day::{MinutesPage, SigningPreview, TypedSignatures, signer};
use app::{AppError, Caller};
use domain::poll_state::Stage;
use domain::proposal::ProposalKind;
use domain::roster::Teller;
use domain::signing::COPIES;

#[derive(Template)]
#[template(path = "day/minutes.html")]
struct Show {
    poll: String,
    page: MinutesPage,
    form: Form,
    signers: Vec<(String, String)>,
    /// Field and label of the reason of each member of the board.
    reasons: Vec<(String, String)>,
    reopen: String,
    turns: Vec<TurnLine>,
}

impl Show {
    /// How many copies are usual, and what says so.
    fn copies_help(&self) -> String {
        match &self.page.copies_rule {
            Some((copies, cite, "")) => format!("Biên bản in số này. Mặc định {copies} bản, theo {cite}."),
            Some((copies, cite, mark)) => format!("Biên bản in số này. Mặc định {copies} bản, theo {cite} ({mark})."),
            None => format!(
                "Biên bản in số này. Mặc định {COPIES} bản, theo Thông tư 45/2015/TT-BCA, Điều 10.2.c (một nguồn; chưa thấy \
                 văn bản nào của Hội đồng nhân dân quy định)."
            ),
        }
    }
}

#[derive(Template)]
#[template(path = "day/signing.html")]
struct Confirm {
    poll: String,
    page: SigningPreview,
    /// What was typed, sent again with the confirmation.
    fields: Vec<(String, String)>,
}

/// More members than any board has.
const MAX_BOARD: usize = 200;

/// The field for why a member of the board did not sign; `place` counts from 0.
fn reason_field(place: usize) -> String {
    format!("reason_{}", place + 1)
}

async fn page(site: &Site, caller: &Caller, poll: &str, form: Form) -> Result<Page, AppError> {
    let id = read_poll(poll)?;
    let live = Live::of(site, caller, id).await?;
    let page = site.app.minutes_page(caller, id).await?;
    let turns = turn::elsewhere(site, caller, id, &path(poll)).await?;
    let named = |teller: &Teller| (signer(teller), format!("{}: {}", teller.name, teller.role.label()));
    let signers = page.tellers.iter().map(named).collect();
    let reason = |(place, teller): (usize, &Teller)| (reason_field(place), format!("{}: lý do không ký", teller.name));
    let reasons = page.tellers.iter().enumerate().map(reason).collect();
    let reopen = step_path(poll, ProposalKind::MinutesReopened);
    let form =
        if form.value("copies").is_empty() { form.also_filled([("copies", page.copies.to_string())]) } else { form };
    Ok(Page::new(Show { poll: poll.to_owned(), page, form, signers, reasons, reopen, turns }).live(live))
}

/// `GET /ky/{poll}/bien-ban`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    Ok(page(&site, &caller, &poll, Form::default()).await?)
}

/// `POST /ky/{poll}/bien-ban/trinh`
pub async fn propose(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer {
    let proposed = site.app.put_minutes(form.ask(&caller)?, read_poll(&poll)?, form.value("copies")).await;
    form.answered(proposed, |_| Done::Saved.at(&path(&poll)), |form| page(&site, &caller, &poll, form)).await
}

fn typed(form: &Form) -> TypedSignatures {
    let reasons = (0..MAX_BOARD).map(|place| form.value(&reason_field(place)).to_owned());
    TypedSignatures {
        sha256: form.value("sha256").to_owned(),
        signers: form.all("signers").to_vec(),
        reasons: reasons.collect(),
    }
}

/// `POST /ky/{poll}/bien-ban/ky`: shows what would be recorded; sent again from there, it is.
pub async fn sign(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer {
    let (id, typed) = (read_poll(&poll)?, typed(&form));
    if form.has("confirmed", "1") {
        let signed = site.app.minutes_signed(form.ask(&caller)?, id, &typed).await;
        return form.answered(signed, |_| Done::Saved.at(&path(&poll)), |form| page(&site, &caller, &poll, form)).await;
    }
    match site.app.signing_preview(&caller, id, &typed).await {
        Ok(preview) => {
            let signers = typed.signers.into_iter().map(|name| ("signers".to_owned(), name));
            let reasons = typed.reasons.into_iter().enumerate().filter(|(_, why)| !why.is_empty());
            let reasons = reasons.map(|(place, why)| (reason_field(place), why));
            let fields = signers.chain(reasons).collect();
            Ok(Page::new(Confirm { poll, page: preview, fields }).into_response())
        }
        Err(problem) => {
            let again = form.with_errors(problem)?.again(|form| page(&site, &caller, &poll, form)).await?;
            Ok(again.into_response())
        }
    }
}

fn path(poll: &str) -> String {
    format!("/ky/{poll}/bien-ban")
}
