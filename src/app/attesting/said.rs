//! What the office said of a parameter, in words.

use domain::rules::{Attestation, StatementKind};
use domain::text::date_dmy;

/// `Công báo số 823, trang 5; Lê Pháp Chế đối chiếu ngày 01/11/2026; đề xuất: An, xác nhận: Bình, 02/11/2026`.
pub fn said_words(said: &Attestation) -> String {
    let mut parts = Vec::new();
    match (said.document.as_str(), said.page.as_str()) {
        ("", _) => {}
        (document, "") => parts.push(document.to_owned()),
        (document, page) => parts.push(format!("{document}, trang {page}")),
    }
    if let Some(day) = said.read_on {
        parts.push(format!("{} đối chiếu ngày {}", said.read_by, date_dmy(day)));
    }
    if let Some(from) = said.from {
        parts.push(format!("áp dụng từ ngày {}", date_dmy(from)));
    }
    if !said.reason.is_empty() {
        let label = if said.kind == StatementKind::Adopted { "căn cứ" } else { "lý do" };
        parts.push(format!("{label}: {}", said.reason));
    }
    let (one, other, on) = (&said.proposed_by, &said.confirmed_by, date_dmy(said.confirmed_on));
    parts.push(format!("đề xuất: {one}, xác nhận: {other}, ngày {on}"));
    parts.join("; ")
}
