//! Pages that say what went wrong and what to do next.

use askama::Template;
use axum::http::StatusCode;

use crate::app::AppError;
use crate::web::render::Page;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    title: &'static str,
    sentence: String,
}

fn page(status: StatusCode, title: &'static str, sentence: impl Into<String>) -> Page {
    Page::new(ErrorPage { title, sentence: sentence.into() }).with_status(status)
}

/// No such page.
pub async fn not_found() -> Page {
    page(StatusCode::NOT_FOUND, "Không có trang này", "Đường dẫn có thể đã cũ hoặc gõ sai; hãy về trang đầu.")
}

/// Somebody is signed in, without the role for this page.
pub fn forbidden() -> Page {
    page(StatusCode::FORBIDDEN, "Không có quyền", AppError::Forbidden.to_string())
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

/// More than a form may hold.
pub fn too_large() -> Page {
    let sentence = "Nội dung gửi lên quá dài; hãy rút ngắn rồi gửi lại.";
    page(StatusCode::PAYLOAD_TOO_LARGE, "Quá dài", sentence)
}

/// What a use case refused, when it is no matter of one field.
pub fn of(problem: &AppError) -> Page {
    match problem {
        AppError::Forbidden => forbidden(),
        AppError::NotFound(_) => page(StatusCode::NOT_FOUND, "Không tìm thấy", problem.to_string()),
        AppError::Stale { .. } => page(StatusCode::CONFLICT, "Có người vừa sửa", problem.to_string()),
        AppError::Store(store) if store.is_passing() => {
            tracing::warn!(cause = ?store, "the database does not answer");
            page(StatusCode::SERVICE_UNAVAILABLE, "Tạm thời chưa làm được", problem.to_string())
        }
        AppError::AlreadyDone => page(StatusCode::OK, "Đã làm rồi", problem.to_string()),
        AppError::Fields { .. } | AppError::Findings { .. } | AppError::Input(_) => {
            page(StatusCode::UNPROCESSABLE_ENTITY, "Chưa làm được", problem.to_string())
        }
        AppError::Store(_) | AppError::File { .. } | AppError::Internal { .. } => {
            tracing::error!(cause = ?problem, "a use case failed");
            let sentence =
                "Chương trình gặp lỗi; việc này chưa được ghi. Hãy thử lại, nếu vẫn lỗi thì báo người bảo trì.";
            page(StatusCode::INTERNAL_SERVER_ERROR, "Chương trình gặp lỗi", sentence)
        }
    }
}
