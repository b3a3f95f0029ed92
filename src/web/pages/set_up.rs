//! The first set-up, by the link that the console shows.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;

use super::error;
use crate::Site;
use crate::address::Sender;
use crate::answer::Answer;
use crate::field;
use crate::form::Form;
use crate::render::Page;
use crate::session;
use app::AppError;
use app::people::councils::{FirstAccount, Founding};
use app::people::set_up::{FirstCouncil, Person};
use domain::council::CouncilKind;
use domain::text::{clean, slug};

#[derive(Template)]
#[template(path = "set_up.html")]
struct SetUp {
    form: Form,
    kinds: Vec<(String, String)>,
    token: String,
}

fn page(token: String, form: Form) -> Page {
    let code = |kind: CouncilKind| serde_json::to_value(kind).ok()?.as_str().map(str::to_owned);
    let all = CouncilKind::ALL.into_iter().filter_map(|kind| Some((code(kind)?, kind.label().to_owned())));
    let kinds = std::iter::once((String::new(), "– Chọn –".to_owned())).chain(all).collect();
    Page::new(SetUp { form, kinds, token })
}

/// `GET /cai-dat/{token}`
pub async fn show(State(site): State<Arc<Site>>, Path(token): Path<String>) -> Page {
    if !site.app.is_set_up_token(&token) {
        return error::no_such_set_up_link();
    }
    page(token, Form::default())
}

/// The council that is founded in the same step; none when its part of the form is empty.
fn council(form: &Form) -> Result<Option<FirstCouncil>, AppError> {
    let typed = ["council_name", "council_slug", "council_admin", "council_login", "council_password"];
    if typed.iter().all(|field| form.value(field).trim().is_empty()) {
        return Ok(None);
    }
    let name = clean(form.value("council_name"));
    if name.is_empty() || name.chars().count() > 200 {
        let sentence = "Tên hội đồng không được để trống và không dài quá 200 ký tự; nếu chưa lập hội đồng, hãy để \
                        trống cả phần này.";
        return Err(AppError::field("council_name", sentence));
    }
    let typed_slug = form.value("council_slug").trim();
    let slug = slug(if typed_slug.is_empty() { &name } else { typed_slug });
    let kind = serde_json::from_value(form.value("council_kind").into());
    let kind: CouncilKind =
        kind.map_err(|_| AppError::field("council_kind", "Hãy chọn loại cơ quan trong danh sách."))?;
    let first = FirstAccount {
        name: form.value("council_admin").to_owned(),
        login: form.value("council_login").to_owned(),
        password: form.secret("council_password"),
        must_change: true,
    };
    let founding = Founding { name, slug, kind: Some(kind), first };
    Ok(Some(FirstCouncil { founding, again: form.secret("council_password_again") }))
}

/// `POST /cai-dat/{token}`
pub async fn submit(
    State(site): State<Arc<Site>>,
    Path(token): Path<String>,
    Sender(device): Sender,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    if !site.app.is_set_up_token(&token) {
        return Ok(error::no_such_set_up_link().into_response());
    }
    let operator = Person {
        name: form.value(field::NAME.name).to_owned(),
        login: form.value(field::LOGIN.name).to_owned(),
        password: form.secret("password"),
        again: form.secret("password_again"),
    };
    let done = match council(&form) {
        Ok(council) => site.app.set_up_by_link(&token, operator, council, &device).await,
        Err(problem) => Err(problem),
    };
    Ok(match done {
        Ok(new) => session::welcome(&site, &headers, &new, None, "/").await,
        Err(problem) => {
            let form = form.with_errors(problem)?;
            page(token, form).with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response()
        }
    })
}
