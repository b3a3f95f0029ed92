//! Biên bản bàn giao phiếu đã niêm phong: who sealed the counted ballots, in how many packets, who received them, when. The
//! text that asks for it was read for Party votes (Thông tư 45/2015/TT-BCA, Điều 10.2.c); a council's own rules say who
//! keeps them.

use super::frame::{Frame, Issue};
use super::parts::{SIGN_AND_NAME, body, count_words, properties, signature};
use super::{Block, CheckpointBox, Document};
use crate::day_record::HandOverTold;
use crate::rules::RuleSet;
use crate::text::date_words;

/// Who keeps the packets: as the rules of the poll say, with the article.
fn kept_words(rules: &RuleSet) -> String {
    match &rules.storage {
        Some(rule) => format!("Lưu giữ phiếu: {} ({}).", rule.value.trim_end_matches('.'), rule.cite),
        None => "Bên nhận giữ gói niêm phong theo quy định về lưu trữ.".to_owned(),
    }
}

/// The record of handing over; `checkpoint` is the head of the log after its entry.
pub fn hand_over(frame: &Frame<'_>, told: &HandOverTold, checkpoint: CheckpointBox) -> Document {
    let (occasion, handed) = (&frame.occasion, &told.handed);
    let label = occasion.kind.label();
    let mut rows = vec![
        ("Người niêm phong", handed.sealed_by.clone()),
        ("Số gói niêm phong", format!("{} gói", count_words(handed.packets))),
        ("Người nhận", handed.received_by.clone()),
        ("Lúc", told.at.in_vietnam()),
    ];
    if !handed.note.is_empty() {
        rows.push(("Ghi thêm", handed.note.clone()));
    }
    let blocks = vec![
        Block::Title { kind: "BIÊN BẢN".to_owned(), subject: "Bàn giao phiếu đã niêm phong".to_owned() },
        body(format!(
            "Phiếu đã kiểm của cuộc {label} {} tại {} được niêm phong và bàn giao như sau:",
            date_words(occasion.council.sitting.votes_on),
            occasion.sitting_of_body()
        )),
        properties(rows),
        body(format!("Hai bên đã kiểm số gói, niêm phong còn nguyên vẹn. {}", kept_words(occasion.rules))),
        Block::Together(vec![
            Block::Signatures(vec![
                signature(&["BÊN NHẬN"], SIGN_AND_NAME, ""),
                signature(&["BÊN GIAO", "TM. BAN KIỂM PHIẾU"], SIGN_AND_NAME, ""),
            ]),
            Block::Checkpoint(checkpoint),
        ]),
    ];
    frame.document("Biên bản bàn giao phiếu", Issue { board: Some("Ban kiểm phiếu"), number: "" }, blocks)
}
