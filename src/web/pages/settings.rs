//! What a council has settled for all its accounts.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};

use super::error;
use crate::Site;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::session::Visitor;
use app::AppError;
use app::service::app::Ask;

#[derive(Template)]
#[template(path = "settings.html")]
struct Settings {
    form: Form,
    options: Vec<(String, String)>,
}

/// `GET /hoi-dong/cai-dat`
pub async fn show(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    match site.app.is_second_factor_required(&caller).await {
        Ok(required) => {
            let form = Form::filled(required.then(|| ("required", "yes".to_owned())));
            let label = "Mọi người đăng nhập bằng mật khẩu đều phải có mã xác thực trên điện thoại";
            Page::new(Settings { form, options: vec![("yes".to_owned(), label.to_owned())] }).into_response()
        }
        Err(problem) => error::of(&problem).into_response(),
    }
}

/// `POST /hoi-dong/cai-dat`
pub async fn save(State(site): State<Arc<Site>>, Extension(visitor): Extension<Visitor>, form: Form) -> Response {
    let Some(caller) = visitor.caller else { return error::forbidden().into_response() };
    let saved = async {
        let ask = Ask { caller: &caller, request: form.request()? };
        site.app.require_second_factor(ask, form.has("required", "yes")).await
    };
    match saved.await {
        Ok(()) | Err(AppError::AlreadyDone) => Done::Saved.at("/hoi-dong/cai-dat").into_response(),
        Err(problem) => error::of(&problem).into_response(),
    }
}
