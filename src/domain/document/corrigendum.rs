//! Đính chính: what a published paper says wrong, and what is right. It leaves the result that was declared as it is; no
//! text that was read prescribes its form.

use super::frame::{Frame, Issue};
use super::parts::{body, properties, signature};
use super::{Block, Document};
use crate::text::date_words;

/// What is put right.
#[derive(Clone, Copy, Debug)]
pub struct Corrected<'a> {
    /// Title of the paper that is wrong.
    pub paper: &'a str,
    /// SHA-256 of that paper, as the log has it.
    pub sha256: &'a str,
    pub wrong: &'a str,
    pub right: &'a str,
}

/// The paper that puts another one right.
pub fn corrigendum(frame: &Frame<'_>, corrected: Corrected<'_>) -> Document {
    let occasion = &frame.occasion;
    let capacity = format!("{} {}", occasion.on_behalf(), occasion.council.name.to_uppercase());
    let blocks = vec![
        Block::Title {
            kind: "ĐÍNH CHÍNH".to_owned(),
            subject: format!("Văn bản đã công bố về kết quả {}", occasion.kind.label()),
        },
        body(format!(
            "Văn bản nêu dưới đây, lập cho cuộc {} ngày {} tại {}, có chỗ ghi sai; nay đính chính như sau:",
            occasion.kind.label(),
            date_words(occasion.council.sitting.votes_on).trim_start_matches("ngày "),
            occasion.sitting_of_body()
        )),
        properties(vec![
            ("Văn bản", corrected.paper.to_owned()),
            ("SHA-256 của văn bản", corrected.sha256.to_owned()),
            ("Đã ghi", corrected.wrong.to_owned()),
            ("Nay ghi đúng là", corrected.right.to_owned()),
        ]),
        body(
            "Số phiếu và kết quả đã ghi trong nhật ký không thay đổi; văn bản này và lý do của nó được ghi thêm vào nhật \
             ký, kèm tên người đề nghị và người đồng ý.",
        ),
        Block::Signatures(vec![signature(&[&capacity], "(Ký tên, đóng dấu)", &occasion.council.chair)]),
    ];
    frame.document("Đính chính", Issue { board: None, number: "" }, blocks)
}
