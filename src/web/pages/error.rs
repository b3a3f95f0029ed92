//! Pages that say what went wrong and what to do next.

use std::any::Any;

use std::error::Error;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::address::{choice_of, open_rules_of, room_of};
use crate::render::Page;
use app::AppError;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    title: &'static str,
    sentence: String,
    /// Where it is put right: address and label.
    remedy: Option<(String, &'static str)>,
    /// Whether the page loads itself again.
    is_retried: bool,
}

fn page(status: StatusCode, title: &'static str, sentence: impl Into<String>) -> Page {
    Page::new(ErrorPage { title, sentence: sentence.into(), remedy: None, is_retried: false }).with_status(status)
}

const NO_PAGE: &str = "Đường dẫn có thể đã cũ hoặc gõ sai; hãy kiểm tra lại, hoặc đi từ trang đầu.";

/// No such page.
pub async fn not_found() -> Page {
    page(StatusCode::NOT_FOUND, "Không có trang này", NO_PAGE)
}

/// There is such a page, but it does not take what was sent to it.
pub async fn method_not_allowed() -> Page {
    let sentence = "Trang này không nhận yêu cầu kiểu đó; hãy mở trang từ thanh điều hướng rồi làm lại.";
    page(StatusCode::METHOD_NOT_ALLOWED, "Yêu cầu không đúng", sentence)
}

/// Something in the program went wrong that nobody foresaw. What it was stands in the log, never on the page.
#[expect(clippy::needless_pass_by_value, reason = "a panic's payload is handed over whole")]
pub fn after_panic(cause: Box<dyn Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    tracing::error!(cause = text.unwrap_or("unknown"), "a handler panicked");
    failed().into_response()
}

fn failed() -> Page {
    let sentence = "Chương trình gặp lỗi; việc này chưa được ghi. Hãy thử lại, nếu vẫn lỗi thì báo người bảo trì.";
    page(StatusCode::INTERNAL_SERVER_ERROR, "Chương trình gặp lỗi", sentence)
}

/// The page of an error that came from a layer below all pages: one of axum, or a limit.
pub fn of_status(status: StatusCode) -> Page {
    match status {
        StatusCode::FORBIDDEN => forbidden(),
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        StatusCode::NOT_FOUND => page(status, "Không có trang này", NO_PAGE),
        StatusCode::TOO_MANY_REQUESTS => {
            page(status, "Quá nhiều lần", "Đã có quá nhiều lần thử trong thời gian ngắn; hãy chờ vài phút rồi làm lại.")
        }
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => {
            page(status, "Tạm thời chưa làm được", "Hệ thống đang bận; hãy chờ nửa phút rồi tải lại trang.")
        }
        other if other.is_server_error() => failed().with_status(other),
        other => page(
            other,
            "Yêu cầu không đọc được",
            "Đường dẫn hoặc nội dung gửi lên không đúng mẫu; hãy mở trang từ thanh điều hướng rồi làm lại.",
        ),
    }
}

/// Somebody is signed in, without the role for this page.
pub fn forbidden() -> Page {
    page(StatusCode::FORBIDDEN, "Không có quyền", AppError::Forbidden.to_string())
}

/// A form that somebody else typed, before this person signed in.
pub fn not_your_form() -> Page {
    let sentence = "Biểu mẫu đang dở là của tài khoản khác nên không gửi được bằng tài khoản này; chưa ghi gì cả. Nếu \
                    biểu mẫu là của bạn, hãy đăng xuất rồi đăng nhập bằng tài khoản đã dùng để nhập.";
    page(StatusCode::FORBIDDEN, "Biểu mẫu của tài khoản khác", sentence)
}

/// Nobody has used the link on the console yet.
pub fn not_set_up() -> Page {
    let sentence = "Hệ thống này chưa cài đặt. Người vận hành hãy mở đường dẫn cài đặt mà chương trình in ra trên màn \
                    hình dòng lệnh khi khởi động; đường dẫn chỉ dùng được một lần.";
    page(StatusCode::SERVICE_UNAVAILABLE, "Chưa cài đặt", sentence)
}

/// The link on the console was used, or is of an earlier start.
pub fn no_such_set_up_link() -> Page {
    let sentence = "Đường dẫn cài đặt này sai, đã dùng rồi hoặc của lần khởi động trước; nếu hệ thống chưa cài đặt, hãy \
                    khởi động lại chương trình rồi mở đường dẫn mới được in ra.";
    page(StatusCode::NOT_FOUND, "Đường dẫn cài đặt không dùng được", sentence)
}

/// Sent by a page of another site.
pub fn foreign() -> Page {
    let sentence = "Yêu cầu này đến từ một trang web khác nên đã bị từ chối; hãy mở trang của hội đồng rồi làm lại.";
    page(StatusCode::FORBIDDEN, "Yêu cầu bị từ chối", sentence)
}

/// The form was made for another session.
pub fn stale_form() -> Page {
    let sentence = "Biểu mẫu này thuộc phiên làm việc trước; hãy quay lại, tải lại trang rồi gửi lần nữa.";
    page(StatusCode::CONFLICT, "Biểu mẫu đã cũ", sentence)
}

/// A form with a file that did not come whole.
pub fn cut_off() -> Page {
    let sentence = "Tệp gửi lên bị ngắt giữa chừng nên chưa ghi gì cả; hãy kiểm tra đường truyền rồi gửi lại.";
    page(StatusCode::BAD_REQUEST, "Chưa nhận được tệp", sentence)
}

/// More than a form may hold.
pub fn too_large() -> Page {
    let sentence = "Nội dung gửi lên quá dài; hãy rút ngắn rồi gửi lại.";
    page(StatusCode::PAYLOAD_TOO_LARGE, "Quá dài", sentence)
}

/// An error and what led to it, for the log: sentences only. `Debug` would add the detail of the database, which quotes
/// values of rows.
pub fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(" <- ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

/// What a use case refused, when it is no matter of one field.
pub fn of(problem: &AppError) -> Page {
    match problem {
        AppError::Forbidden => forbidden(),
        AppError::NotFound(_) => page(StatusCode::NOT_FOUND, "Không tìm thấy", problem.to_string()),
        AppError::Undrawn => page(StatusCode::CONFLICT, "Có người vừa sửa", problem.to_string()),
        AppError::Stale { .. } => page(StatusCode::CONFLICT, "Có người vừa sửa", problem.to_string()),
        AppError::Store(store) if store.is_passing() => {
            tracing::warn!(cause = causes(store), "the database does not answer");
            page(StatusCode::SERVICE_UNAVAILABLE, "Tạm thời chưa làm được", problem.to_string())
        }
        AppError::Store(store) if store.is_of_clock() => {
            tracing::error!(cause = causes(store), "the clock of the machine does not fit the logs");
            page(StatusCode::INTERNAL_SERVER_ERROR, "Đồng hồ máy chủ sai", problem.to_string())
        }
        AppError::Store(store) if store.is_tampering() => {
            tracing::error!(cause = causes(store), "stored data is not what the log says");
            page(StatusCode::INTERNAL_SERVER_ERROR, "Phải dừng lại", problem.to_string())
        }
        AppError::Changed(_) | AppError::ChangedEntry { .. } | AppError::ChangedLog { .. } | AppError::Anchors(_) => {
            tracing::error!(cause = causes(problem), "stored data is not what the log says");
            page(StatusCode::INTERNAL_SERVER_ERROR, "Phải dừng lại", problem.to_string())
        }
        AppError::Crowded => page(StatusCode::SERVICE_UNAVAILABLE, "Đang quá đông", problem.to_string()),
        AppError::OtherContent => page(StatusCode::CONFLICT, "Nội dung đã khác", problem.to_string()),
        AppError::AlreadyDone => page(StatusCode::OK, "Đã làm rồi", problem.to_string()),
        AppError::Fields { .. } | AppError::Findings { .. } | AppError::Input(_) | AppError::Backup(_) => {
            page(StatusCode::UNPROCESSABLE_ENTITY, "Chưa làm được", problem.to_string())
        }
        AppError::Unattested { poll, .. } => {
            let remedy = Some((open_rules_of(*poll), "Xem các tham số chưa đối chiếu"));
            let page = ErrorPage {
                title: "Chưa chốt được mẫu phiếu",
                sentence: problem.to_string(),
                remedy,
                is_retried: false,
            };
            Page::new(page).with_status(StatusCode::UNPROCESSABLE_ENTITY)
        }
        AppError::Unchosen { poll } => {
            let remedy = Some((choice_of(*poll), "Ghi lựa chọn của Ban kiểm phiếu"));
            let page = ErrorPage {
                title: "Chưa chốt được mẫu phiếu",
                sentence: problem.to_string(),
                remedy,
                is_retried: false,
            };
            Page::new(page).with_status(StatusCode::UNPROCESSABLE_ENTITY)
        }
        AppError::Elsewhere { poll } => {
            let remedy = Some((room_of(*poll), "Thử lại từ phòng kiểm phiếu"));
            let (title, sentence) = ("Phòng kiểm phiếu đang mở ở máy chủ khác", problem.to_string());
            let page = ErrorPage { title, sentence, remedy, is_retried: true };
            Page::new(page).with_status(StatusCode::SERVICE_UNAVAILABLE).retried_at_once()
        }
        AppError::Store(_) | AppError::File { .. } | AppError::Internal { .. } => {
            tracing::error!(cause = causes(problem), "a use case failed");
            failed()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_a_page_with_its_own_status() {
        for number in (400..=431).chain(500..=511) {
            let Ok(status) = StatusCode::from_u16(number) else { continue };
            assert_eq!(of_status(status).into_response().status(), status);
        }
    }

    #[test]
    fn a_panic_is_a_page_that_does_not_say_what_it_was() {
        let answer = after_panic(Box::new("mat-khau: 123".to_owned()));
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!format!("{answer:?}").contains("123"));
    }
}
