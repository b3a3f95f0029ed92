//! What a council has settled for all its accounts.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Redirect;

use crate::Site;
use crate::answer::{Answer, SignedIn, redirect};
use crate::field;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;

#[derive(Template)]
#[template(path = "settings.html")]
struct Settings {
    form: Form,
    options: Vec<(String, String)>,
}

/// `GET /hoi-dong/cai-dat`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn) -> Answer<Page> {
    let required = site.app.is_second_factor_required(&caller).await?;
    let form = Form::filled(required.then(|| ("required", "yes".to_owned())));
    let label = "Mọi người đăng nhập bằng mật khẩu đều phải có mã xác thực trên điện thoại";
    Ok(Page::new(Settings { form, options: vec![("yes".to_owned(), label.to_owned())] }))
}

/// `POST /hoi-dong/cai-dat`
pub async fn save(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer<Redirect> {
    let saved = site.app.require_second_factor(form.ask(&caller)?, form.has(field::REQUIRED.name, "yes")).await;
    redirect(saved, Done::Saved, "/hoi-dong/cai-dat")
}
