//! Nghị quyết xác nhận kết quả lấy phiếu tín nhiệm, in the wording of the resolution of HĐND tỉnh Thanh Hóa of
//! 12/12/2023; the base is named as the rule set names it.

use super::frame::{Frame, Issue};
use super::parts::{block_heading, body, body_spans, centred, count_words, grounds, heading, signature};
use super::{Block, CheckpointBox, Document, Span};
use crate::domain::occasion::Occasion;
use crate::domain::poll::BallotTotals;
use crate::domain::result::{FormResult, OfficialResult, PollResult};
use crate::domain::rules::BandRule;
use crate::domain::text::{date_words, lower_first};

/// The resolution that confirms `result`; the Party's rule sets ask for a report instead, which has the same body.
pub fn resolution(frame: &Frame<'_>, result: &PollResult, checkpoint: CheckpointBox) -> Document {
    let occasion = &frame.occasion;
    let is_resolution = occasion.rules.resolution.is_some();
    let mut blocks = if is_resolution { resolution_head(occasion) } else { report_head(occasion) };
    blocks.push(article(
        1,
        format!(
            "{} đã tiến hành {} đối với {} {} bảo đảm nghiêm túc, đúng nội dung, quy trình, thủ tục theo quy định.",
            occasion.council.sitting.name,
            result.kind.label(),
            result.officials().count(),
            occasion.voted_on(&occasion.body_with_term()),
        ),
    ));
    blocks.push(article(2, format!("Xác nhận kết quả {} như sau:", result.kind.label())));
    if let Some(ballots) = result.common_ballots() {
        blocks.extend(ballot_lines(ballots));
    }
    for (index, form) in result.forms.iter().enumerate() {
        blocks.push(heading(2, block_heading(index, &form.count.block.0)));
        if result.common_ballots().is_none() {
            blocks.extend(ballot_lines(form.count.ballots));
        }
        blocks.extend(form.officials.iter().enumerate().map(|(i, o)| official_lines(occasion, form, i, o)));
    }
    blocks.push(article(3, "Kết luận về mức độ tín nhiệm:".to_owned()));
    blocks.extend(conclusions(occasion, result));
    blocks.push(article(4, carrying_out(occasion)));
    let mut end = Vec::new();
    if is_resolution {
        end.push(body(format!(
            "Nghị quyết này được {}, {} thông qua {}.",
            occasion.body_with_term(),
            lower_first(&occasion.council.sitting.name),
            date_words(frame.date)
        )));
    }
    end.extend([signatures(occasion), recipients(), Block::Checkpoint(checkpoint)]);
    blocks.push(Block::Together(end));
    let (title, number) = if is_resolution {
        ("Nghị quyết xác nhận kết quả", "Số:        /NQ-HĐND")
    } else {
        ("Báo cáo kết quả", "Số        -BC/")
    };
    frame.document(title, Issue { board: None, number }, blocks)
}

fn resolution_head(occasion: &Occasion<'_>) -> Vec<Block> {
    let council = occasion.council;
    let mut blocks = vec![
        Block::Title {
            kind: "NGHỊ QUYẾT".to_owned(),
            subject: format!(
                "Xác nhận kết quả {} đối với {}",
                occasion.kind.label(),
                occasion.voted_on(&occasion.body_with_term())
            ),
        },
        centred(format!(
            "{} KHÓA {}, {}",
            council.name.to_uppercase(),
            council.term.legislature,
            council.sitting.name.to_uppercase()
        )),
    ];
    let laws = occasion.rules.legal_bases_on(council.kind, council.sitting.votes_on);
    blocks.extend(laws.map(|b| grounds(format!("Căn cứ {};", b.text))));
    blocks.push(grounds(format!("Căn cứ {};", occasion.rules.title)));
    blocks.push(grounds(format!(
        "Căn cứ Biên bản kiểm phiếu {} về kết quả {} đối với {}.",
        date_words(council.sitting.votes_on),
        occasion.kind.label(),
        occasion.voted_on(&occasion.body_with_term())
    )));
    blocks.push(centred("QUYẾT NGHỊ:"));
    blocks
}

fn report_head(occasion: &Occasion<'_>) -> Vec<Block> {
    vec![
        Block::Title {
            kind: "BÁO CÁO".to_owned(),
            subject: format!(
                "kết quả {} đối với {}",
                occasion.kind.label(),
                occasion.voted_on(&occasion.body_with_term())
            ),
        },
        grounds(format!("Căn cứ {};", occasion.rules.title)),
        grounds(format!("Căn cứ Biên bản kiểm phiếu {}.", date_words(occasion.council.sitting.votes_on))),
    ]
}

fn article(number: u8, text: String) -> Block {
    body_spans(vec![Span::bold(format!("Điều {number}. ")), Span::plain(text)])
}

fn ballot_lines(ballots: BallotTotals) -> [Block; 4] {
    let BallotTotals { issued, returned, valid, invalid } = ballots;
    [
        body(format!("Tổng số phiếu phát ra: {} phiếu", count_words(issued))),
        body(format!("Số phiếu thu về: {} phiếu", count_words(returned))),
        body(format!("Số phiếu hợp lệ: {} phiếu", count_words(valid))),
        body(format!("Số phiếu không hợp lệ: {} phiếu", count_words(invalid))),
    ]
}

/// One person's lines, kept on one page.
fn official_lines(occasion: &Occasion<'_>, form: &FormResult, index: usize, official: &OfficialResult) -> Block {
    let phrase = &occasion.rules.base.value.phrase;
    let mut lines = vec![body(format!("{}. {}, {}", index + 1, official.listed.addressed(), official.listed.post))];
    for (level, count, share) in official.levels() {
        lines.push(body(format!(
            "- Số phiếu {}: {} phiếu (chiếm {share}% {phrase}).",
            level.label().to_lowercase(),
            count_words(count),
        )));
    }
    let lost_lines = official.tally.not_counted.saturating_sub(form.count.ballots.invalid);
    if lost_lines > 0 {
        lines.push(body(format!("- Số phiếu không tính riêng cho người này: {} phiếu.", count_words(lost_lines))));
    }
    Block::Together(lines)
}

/// Who is in which band, with the consequence in the law's words; and that nobody is, where nobody is.
fn conclusions(occasion: &Occasion<'_>, result: &PollResult) -> Vec<Block> {
    let mut blocks = Vec::new();
    for band in occasion.rules.band_rules(result.kind).unwrap_or_default() {
        let phrase = &occasion.rules.base.value.phrase;
        let level = result.kind.decisive().label().to_lowercase();
        let reach = format!("{} {phrase}{} đánh giá “{level}”", band.share_words, band.tail());
        let within: Vec<&OfficialResult> = result.officials().filter(|o| o.tally.band.id() == Some(band.id)).collect();
        if within.is_empty() {
            blocks.push(body(format!("- Không có người nào có {reach}.")));
        } else {
            blocks.push(body(format!("- Có {} người có {reach}:", count_words(len32(within.len())))));
            blocks.extend(within.into_iter().map(|o| consequence(band, o)));
        }
    }
    blocks
}

fn consequence(band: &BandRule, official: &OfficialResult) -> Block {
    body_spans(vec![
        Span::bold(format!("{}, {}. ", official.listed.addressed(), official.listed.post)),
        Span::plain(format!("Hệ quả theo {}: {}.", band.cite, band.consequence)),
    ])
}

fn len32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn carrying_out(occasion: &Occasion<'_>) -> String {
    if occasion.is_party() {
        return "Kết quả được báo cáo cấp có thẩm quyền quản lý cán bộ và công khai theo quy định.".to_owned();
    }
    format!(
        "Giao cơ quan, người có thẩm quyền tổ chức thực hiện Nghị quyết này theo quy định của pháp luật. Kết quả được \
         công khai theo {}.",
        occasion.rules.publication.cite
    )
}

fn signatures(occasion: &Occasion<'_>) -> Block {
    let of_the_party = format!("T/M {}", occasion.council.name.to_uppercase());
    let capacity = if occasion.is_party() { of_the_party.as_str() } else { "CHỦ TỌA KỲ HỌP" };
    Block::Signatures(vec![signature(&[capacity], "(Ký tên, đóng dấu)", &occasion.council.chair)])
}

fn recipients() -> Block {
    Block::Recipients(vec![
        "- Như Điều 4;".to_owned(),
        "- Cơ quan, người có tên trong Điều 2;".to_owned(),
        "- Lưu: VT.".to_owned(),
    ])
}
