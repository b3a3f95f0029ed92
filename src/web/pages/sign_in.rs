//! Signing in and out.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, Request, State};
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::error;
use crate::app::sign_in::Door;
use crate::web::Site;
use crate::web::form::Form;
use crate::web::render::Page;
use crate::web::session::{self, Visitor};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    /// Name in addresses and name.
    doors: Vec<(String, String)>,
    form: Form,
}

fn options(doors: Vec<Door>) -> Vec<(String, String)> {
    doors.into_iter().map(|door| (door.slug, door.name)).collect()
}

/// The door that a link names: `/dang-nhap?hoi-dong=vinh-phuc`.
#[derive(Deserialize)]
pub struct Link {
    #[serde(rename = "hoi-dong", default)]
    council: String,
}

/// Leads a guest to the page to sign in.
pub fn first(_request: &Request) -> Response {
    Redirect::to("/dang-nhap").into_response()
}

/// `GET /dang-nhap`
pub async fn show(State(site): State<Arc<Site>>, Query(link): Query<Link>) -> Response {
    match site.app.doors().await {
        Ok(doors) => {
            Page::new(SignIn { doors: options(doors), form: Form::filled([("council", link.council)]) }).into_response()
        }
        Err(problem) => error::of(&problem).into_response(),
    }
}

/// `POST /dang-nhap`
pub async fn submit(State(site): State<Arc<Site>>, headers: HeaderMap, form: Form) -> Response {
    let device = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let device: String = device.chars().take(200).collect();
    let password = Zeroizing::new(form.value("password").to_owned());
    let signed_in = site.app.sign_in(form.value("council"), form.value("login"), password, device).await;
    let problem = match signed_in {
        Ok(token) => {
            let cookie = session::set_cookie(site.settings, &token).map(|cookie| [(SET_COOKIE, cookie)]);
            return (cookie, Redirect::to("/")).into_response();
        }
        Err(problem) => problem,
    };
    match (form.with_errors(problem), site.app.doors().await) {
        (Ok(form), Ok(doors)) => Page::new(SignIn { doors: options(doors), form })
            .with_status(StatusCode::UNPROCESSABLE_ENTITY)
            .into_response(),
        (Err(problem), _) | (_, Err(problem)) => error::of(&problem).into_response(),
    }
}

/// `POST /dang-xuat`
pub async fn sign_out(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>) -> Response {
    if let Some(caller) = &visitor.caller
        && let Err(problem) = site.app.sign_out(caller).await
    {
        return error::of(&problem).into_response();
    }
    let cookie = session::forget_cookie(site.settings).map(|cookie| [(SET_COOKIE, cookie)]);
    (cookie, Redirect::to("/dang-nhap")).into_response()
}
