//! Lời công bố kết quả kiểm phiếu, as the head of the board of tellers reads it in the hall (NQ 96/2023/QH15, Điều 19.1):
//! ballots, then every person in ballot order, in the words of the published resolutions.

use super::frame::{Frame, Issue};
use super::parts::{body, cite_text, signature};
use super::resolution::figures;
use super::{Block, CheckpointBox, Document};
use crate::result::PollResult;
use crate::roster::{Teller, TellerRole};
use crate::text::date_words;

/// The announcement read out at the sitting; `tellers` are the members of the board.
pub fn announcement(frame: &Frame<'_>, result: &PollResult, tellers: &[Teller], checkpoint: CheckpointBox) -> Document {
    let occasion = &frame.occasion;
    let label = occasion.kind.label();
    let mut blocks = vec![
        Block::Title {
            kind: "CÔNG BỐ KẾT QUẢ KIỂM PHIẾU".to_owned(),
            subject: format!(
                "{} đối với {}",
                crate::text::upper_first(label),
                occasion.voted_on(&occasion.body_with_term())
            ),
        },
        body(format!("Kính thưa {}!", occasion.meeting())),
        body(format!(
            "Hôm nay, {}, tại {}, Ban kiểm phiếu gồm {} thành viên đã kiểm phiếu {label} theo {}. Thay mặt Ban kiểm phiếu, \
             tôi xin công bố kết quả như sau:",
            date_words(occasion.council.sitting.votes_on),
            occasion.sitting_of_body(),
            tellers.len(),
            occasion.rules.short
        )),
    ];
    blocks.extend(figures(occasion, result));
    blocks.push(body(format!(
        "Tỷ lệ phần trăm tính trên {} ({}). Số liệu trên đây lấy từ biên bản kiểm phiếu, không xếp hạng, theo đúng thứ tự \
         trên phiếu.",
        occasion.rules.base.value.phrase,
        cite_text(&occasion.rules.base.cite)
    )));
    let head = tellers.iter().find(|teller| teller.role == TellerRole::Head);
    let capacity = format!("{} BAN KIỂM PHIẾU", occasion.on_behalf());
    let name = head.map_or("", |head| head.name.as_str());
    blocks.push(Block::Together(vec![
        Block::Signatures(vec![signature(&[&capacity, "TRƯỞNG BAN"], "", name)]),
        Block::Checkpoint(checkpoint),
    ]));
    frame.document("Công bố kết quả kiểm phiếu", Issue { board: Some("Ban kiểm phiếu"), number: "" }, blocks)
}
