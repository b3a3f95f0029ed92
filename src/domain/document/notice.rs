//! Thông báo kết quả to one official: the own result and nobody else's, with what the law attaches to it.

use super::frame::{Frame, Issue};
use super::parts::{body, cite_text, heading, properties, table, without_doubt};
use super::resolution::signatures;
use super::{Block, Cell, Document};
use crate::follow_up::{self, FollowUp};
use crate::occasion::Occasion;
use crate::result::{FormResult, OfficialResult, PollResult};
use crate::text::{date_words, upper_first};

/// The notice to `official`, who is listed on `form`.
pub fn notice(frame: &Frame<'_>, form: &FormResult, official: &OfficialResult) -> Document {
    let blocks = content(&frame.occasion, form, official);
    frame.document(format!("Thông báo kết quả của {}", official.listed.addressed()), Issue::default(), blocks)
}

/// All notices in one file, each on a page of its own, in ballot order.
pub fn notices(frame: &Frame<'_>, result: &PollResult) -> Document {
    let mut all: Option<Document> = None;
    for form in &result.forms {
        for official in &form.officials {
            let one = notice(frame, form, official);
            match &mut all {
                None => all = Some(Document { title: "Thông báo kết quả".to_owned(), ..one }),
                Some(all) => {
                    all.blocks.push(Block::PageBreak);
                    all.blocks.extend(one.blocks);
                }
            }
        }
    }
    all.unwrap_or_else(|| frame.document("Thông báo kết quả", Issue::default(), Vec::new()))
}

fn content(occasion: &Occasion<'_>, form: &FormResult, official: &OfficialResult) -> Vec<Block> {
    let (label, listed) = (occasion.kind.label(), &official.listed);
    let mut blocks = vec![
        Block::Title { kind: "THÔNG BÁO".to_owned(), subject: format!("Kết quả {label}") },
        body(format!("Kính gửi: {}, {}.", listed.addressed(), listed.post)),
        body(format!(
            "{}, tại {}, {} đã tiến hành {label} theo {}. Kết quả của {} như sau:",
            upper_first(&date_words(occasion.council.sitting.votes_on)),
            occasion.sitting_of_body(),
            occasion.body_with_term(),
            occasion.rules.short,
            listed.addressed()
        )),
        ballots(form, official),
    ];
    if let Some(words) = form.void_words() {
        blocks.push(body(words));
    } else {
        let base = &occasion.rules.base;
        blocks.push(levels(official));
        let cite = cite_text(&base.cite);
        blocks.push(body(format!("Tỷ lệ phần trăm tính trên {} ({cite}).", base.value.phrase)));
        blocks.push(heading(2, "Hệ quả theo quy định"));
        blocks.extend(consequence(occasion, official));
    }
    blocks.push(Block::Together(vec![
        signatures(occasion),
        Block::Recipients(vec!["- Như trên;".to_owned(), "- Lưu: VT.".to_owned()]),
    ]));
    blocks
}

fn ballots(form: &FormResult, official: &OfficialResult) -> Block {
    let ballots = form.ballots;
    properties(vec![
        ("Mẫu phiếu", format!("{}, {}", form.count.form, form.count.block.0)),
        ("Số phiếu", format!("phát ra {}, thu về {}", ballots.issued, ballots.returned)),
        ("Trong đó", format!("hợp lệ {}, không hợp lệ {}", ballots.valid, ballots.invalid)),
        ("Không tính", format!("{} phiếu, kể cả phiếu không hợp lệ", official.tally.not_counted)),
    ])
}

fn levels(official: &OfficialResult) -> Block {
    let row = |(level, count, share): (crate::poll::Level, u32, &str)| {
        vec![Cell::left(level.label()), Cell::right(count.to_string()), Cell::right(format!("{share}%"))]
    };
    table(&[(8, "Mức"), (4, "Số phiếu"), (4, "Tỷ lệ")], official.levels().map(row).collect())
}

/// What the band brings, and who does what by when; that nothing follows, where nothing does.
fn consequence(occasion: &Occasion<'_>, official: &OfficialResult) -> Vec<Block> {
    let Some(band) = official.tally.band.rule(occasion.rules) else {
        let level = occasion.kind.decisive().label().to_lowercase();
        return vec![body(format!("Số phiếu “{level}” chưa đạt mức có hệ quả theo {}.", occasion.rules.short))];
    };
    let range = occasion.rules.range_words(occasion.kind, band);
    let level = occasion.kind.decisive().label().to_lowercase();
    let mut blocks =
        vec![body(format!("Có {range} đánh giá “{level}”: {} ({}).", band.consequence, cite_text(&band.cite)))];
    let duty = |duty: FollowUp<'_>| {
        let rule = duty.rule;
        let cite = cite_text(&rule.cite);
        let who = upper_first(&without_doubt(&rule.who, "cơ quan có thẩm quyền"));
        let by = without_doubt(&rule.by, "theo quy định");
        body(format!("- {who}: {}. Thời hạn: {by} ({cite}).", rule.what))
    };
    let body_and_day = (occasion.council.kind, occasion.council.sitting.votes_on);
    blocks.extend(follow_up::of_official(occasion.rules, body_and_day, official).map(duty));
    blocks
}
