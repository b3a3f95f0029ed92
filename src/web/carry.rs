//! What was typed survives: a session that ended while somebody typed, one that was renewed in another window, a database
//! that is away for a moment. The form goes on through the page in between, in hidden fields, and is sent again by one
//! press of a button. Passwords, codes and tokens are left behind, and private notes too: the
//! page in between may be in front of somebody else.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use subtle::ConstantTimeEq as _;

use super::Site;
use super::answer::Why;
use super::field;
use super::form::Form;
use super::pages::error;
use super::render::Page;
use super::routes;
use super::session::Visitor;
use domain::role::Role;

/// Most that is carried on, in bytes of names and values. Percent-encoded it may be three times as long, and must still
/// fit into a form.
const MAX_CARRIED: usize = 64 * 1024;
/// Before the names of carried fields, so that they meet no field of the page in between.
const PREFIX: &str = "tiep.";

/// Names of fields that are never carried on, in whole or as a part.
const SECRET: &[&str] = &["password", "code", "token", "secret", "passed", "sealed", "passphrase", "private"];

/// Whether what is typed into a field is nobody else's business and not to be shown or sent again.
pub(super) fn is_secret(field: &str) -> bool {
    SECRET.iter().any(|part| field.contains(part))
}

/// A form on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Where it was sent to.
    pub path: String,
    /// Whose it is: only that account may send it on.
    pub owner: String,
    /// What tells it apart: when it was done after all, it is not done again.
    pub request: String,
    /// What was typed, in its order.
    pub fields: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "carried.html")]
struct CarriedPage {
    title: &'static str,
    sentence: String,
    button: &'static str,
    form_token: String,
    carried: Carried,
    shown: Vec<(String, String)>,
}

impl Carried {
    /// A form that was sent to `path`. `None` when there is nothing in it that somebody typed, or it is not of our making.
    pub(super) fn of(path: &str, form: &Form) -> Option<Self> {
        let (_, owner) = form.value("form_token").split_once('.')?;
        let fields = form.pairs().filter(|(name, _)| *name != "request_id");
        let carried = Self {
            path: path.to_owned(),
            owner: owner.to_owned(),
            request: form.value("request_id").to_owned(),
            fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        };
        carried.checked()
    }

    /// The form that the page in between carried on.
    pub fn resumed(between: &Form) -> Option<Self> {
        let fields = between.pairs().filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?, value)));
        let carried = Self {
            path: between.value("carried_path").to_owned(),
            owner: between.value("carried_owner").to_owned(),
            request: between.value("carried_request").to_owned(),
            fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        };
        carried.checked()
    }

    fn checked(mut self) -> Option<Self> {
        self.fields.retain(|(name, _)| !is_secret(name));
        let size: usize = self.fields.iter().map(|(name, value)| name.len() + value.len()).sum();
        let is_typed = self.fields.iter().any(|(name, value)| !value.is_empty() && !SILENT.contains(&name.as_str()));
        let fits = is_typed && size <= MAX_CARRIED && routes::is_form(&self.path) && !self.owner.is_empty();
        fits.then_some(self)
    }

    /// Hidden fields that carry it on through the page in between.
    pub fn hidden(&self) -> Vec<(String, &str)> {
        let mut hidden = vec![
            ("carried_path".to_owned(), self.path.as_str()),
            ("carried_owner".to_owned(), &self.owner),
            ("carried_request".to_owned(), &self.request),
        ];
        hidden.extend(self.fields.iter().map(|(name, value)| (format!("{PREFIX}{name}"), value.as_str())));
        hidden
    }

    fn is_of(&self, owner: &str) -> bool {
        self.owner.as_bytes().ct_eq(owner.as_bytes()).into()
    }

    /// Leads somebody who has just signed in on to the form, when it is theirs.
    pub(super) fn go_on(self, site: &Site, visitor: Visitor) -> Response {
        let is_theirs = visitor.caller.as_ref().is_some_and(|caller| self.is_of(&site.app.form_owner(caller)));
        let mut answer = if is_theirs {
            let sentence = "Phiên đăng nhập đã hết hạn trong lúc bạn nhập; những gì đã nhập vẫn còn, dưới đây. Hãy kiểm \
                            tra lại rồi gửi. Mật khẩu và mã không được giữ lại.";
            self.page("Gửi tiếp những gì đã nhập", sentence, "Gửi tiếp", visitor.form_token.clone()).into_response()
        } else {
            error::not_your_form().into_response()
        };
        answer.extensions_mut().insert(visitor);
        answer
    }

    /// For somebody whose session was renewed in another window, when the form is theirs.
    pub(super) fn renewed(self, visitor: &Visitor) -> Response {
        if visitor.form_token.split_once('.').is_none_or(|(_, owner)| !self.is_of(owner)) {
            return error::not_your_form().into_response();
        }
        let sentence = "Bạn đã đăng nhập lại ở cửa sổ khác từ khi mở biểu mẫu này; những gì đã nhập vẫn còn, dưới đây. \
                        Hãy kiểm tra lại rồi gửi. Mật khẩu và mã không được giữ lại.";
        let page = self.page("Gửi tiếp những gì đã nhập", sentence, "Gửi tiếp", visitor.form_token.clone());
        page.with_status(StatusCode::CONFLICT).into_response()
    }

    /// For a moment in which the database is away. The form goes back with its own token: nobody knows yet whether that
    /// is still good.
    pub(super) fn try_again(self, form_token: String, why: Option<Why>) -> Response {
        let why =
            why.map_or_else(|| "Cơ sở dữ liệu tạm thời không trả lời nên chưa ghi gì cả.".to_owned(), |why| why.0);
        let sentence = format!(
            "{why} Những gì đã nhập vẫn còn, dưới đây; hãy đợi một lát rồi gửi lại. Mật khẩu và mã không được giữ lại."
        );
        let page = self.page("Chưa gửi được", sentence, "Gửi lại", form_token);
        page.with_status(StatusCode::SERVICE_UNAVAILABLE).into_response()
    }

    /// For a form of a counting room that another process leads.
    pub(super) fn at_another_process(self, form_token: String) -> Response {
        let sentence = "Phòng kiểm phiếu của cuộc bỏ phiếu này đang mở ở một máy chủ khác của hệ thống nên chưa ghi gì cả; \
                        những gì đã nhập vẫn còn, dưới đây. Hãy gửi lại ngay. Mật khẩu và mã không được giữ lại.";
        let page = self.page("Chưa gửi được", sentence, "Gửi lại", form_token);
        page.with_status(StatusCode::SERVICE_UNAVAILABLE).retried_at_once().into_response()
    }

    /// For a form that was sent again with another content: it goes on under an id of its own.
    pub(super) fn under_another_id(mut self, form_token: String, request: String) -> Response {
        self.request = request;
        let sentence = "Biểu mẫu này đã được gửi một lần và lần đó đã ghi xong; lần này nội dung khác nên chưa ghi gì cả. Những gì \
                        vừa nhập vẫn còn, dưới đây: hãy kiểm tra rồi gửi như một lần sửa mới, hoặc mở lại trang để xem nội \
                        dung đang lưu. Mật khẩu và mã không được giữ lại.";
        let page = self.page("Nội dung đã khác lần gửi trước", sentence, "Gửi nội dung này", form_token);
        page.with_status(StatusCode::CONFLICT).into_response()
    }

    fn page(self, title: &'static str, sentence: impl Into<String>, button: &'static str, form_token: String) -> Page {
        let shown = self.fields.iter().filter(|(_, value)| !value.is_empty()).filter_map(shown).collect();
        Page::new(CarriedPage { title, sentence: sentence.into(), button, form_token, carried: self, shown })
    }
}

/// Fields that nobody typed.
const SILENT: &[&str] =
    &["version", "session", "back", "seen", "sha256", "looked_at", "exposed", "then", "request_id", "form_token"];

/// A line for the reader: label and value.
fn shown((name, value): &(String, String)) -> Option<(String, String)> {
    if SILENT.contains(&name.as_str()) {
        return None;
    }
    let field = name.split('.').next().unwrap_or_default();
    let label = field::known(field).map_or("Mục khác", |known| known.label);
    let value = Role::from_code(value).map_or(value.as_str(), |role| role.label());
    Some((label.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn templates(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).expect("templates") {
            let path = entry.expect("entry").path();
            if path.is_dir() { templates(&path, found) } else { found.push(fs::read_to_string(path).expect("text")) }
        }
    }

    #[test]
    fn every_field_that_may_be_carried_has_a_label() {
        let mut all = Vec::new();
        templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/web"), &mut all);
        let posts = all.iter().filter(|text| !text.contains("method=\"get\""));
        let (mut seen, mut unnamed) = (0, Vec::new());
        for mark in ["field::of(\"", "<input name=\"", " name=\""] {
            for name in
                posts.clone().flat_map(|text| text.split(mark).skip(1)).filter_map(|rest| rest.split('"').next())
            {
                let name = name.split('.').next().unwrap_or_default();
                if name.contains('{') || SILENT.contains(&name) || is_secret(name) || PAGE.contains(&name) {
                    continue;
                }
                seen += 1;
                if field::known(name).is_none() {
                    unnamed.push(name);
                }
            }
        }
        assert!(unnamed.is_empty(), "{unnamed:?}");
        assert!(seen >= 50, "the fields were not found");
    }

    /// Names in templates that are of the page, or of the address.
    const PAGE: &[&str] = &["viewport", "color-scheme", "ky", "so", "tap", "khoa", "bo", "chon", "q"];

    #[test]
    fn every_field_for_a_password_or_a_code_is_left_behind() {
        let mut all = Vec::new();
        templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/web"), &mut all);
        let mut seen = 0;
        for line in all.iter().flat_map(|text| text.lines()) {
            if !(line.contains("\"password\"") || line.contains("one-time-code")) || line.contains("kind != ") {
                continue;
            }
            // The macro itself, which draws them all.
            if line.starts_with("<input") || line.starts_with("<div") || line.contains("autocapitalize") {
                continue;
            }
            // `{% call fields::text(form, "new_password", "Mật khẩu mới", "password", …`
            let name = line.split('"').nth(1).unwrap_or_default();
            assert!(is_secret(name), "{name} in {line}");
            seen += 1;
        }
        assert!(seen >= 5, "the fields were not found");
    }

    #[test]
    fn a_form_is_carried_on_to_forms_of_ours_alone() {
        let form = |path: &str| {
            let fields = [("form_token", "a.b"), ("request_id", "r"), ("name", "Lan"), ("new_password", "x")];
            Carried::of(path, &Form::filled(fields.map(|(name, value)| (name, value.to_owned()))))
        };
        let carried = form("/hoi-dong/cai-dat").expect("carried");
        assert_eq!(carried.fields, [("name".to_owned(), "Lan".to_owned())]);
        for wrong in ["//example.org/", "/khong-co", "https://example.org/", "/dang-nhap", ""] {
            assert_eq!(form(wrong), None, "{wrong}");
        }
    }
}
