//! Nghị quyết xác nhận kết quả lấy phiếu tín nhiệm, in the wording of the resolution of HĐND tỉnh Thanh Hóa of
//! 12/12/2023; the base is named as the rule set names it.

use jiff::civil::Date;

use super::model::{Block, CheckpointBox, Document, Signature, Span};
use super::wording::{Occasion, block_heading, body, body_spans, centred, count_words, grounds, lower_first};
use crate::domain::poll::{BallotTotals, PollKind};
use crate::domain::result::{FormResult, OfficialResult, PollResult};
use crate::domain::rules::BandRule;
use crate::domain::text::date_words;

/// The resolution that confirms `result`; the Party's rule sets ask for a report instead, which has the same body.
pub fn resolution(occasion: &Occasion<'_>, result: &PollResult, day: Date, checkpoint: CheckpointBox) -> Document {
    let is_resolution = occasion.rules.resolution.is_some();
    let mut blocks = if is_resolution { resolution_head(occasion, day) } else { report_head(occasion, day) };
    blocks.push(article(
        1,
        format!(
            "{} đã tiến hành {} đối với {} {} bảo đảm nghiêm túc, đúng nội dung, quy trình, thủ tục theo quy định.",
            occasion.council.sitting.name,
            result.kind.label(),
            result.officials().count(),
            occasion.voted_on(),
        ),
    ));
    blocks.push(article(2, format!("Xác nhận kết quả {} như sau:", result.kind.label())));
    if let Some(ballots) = result.common_ballots() {
        blocks.extend(ballot_lines(ballots));
    }
    for (index, form) in result.forms.iter().enumerate() {
        blocks.push(Block::Heading { level: 2, text: block_heading(index, &form.count.block.0) });
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
            date_words(day)
        )));
    }
    end.extend([signatures(occasion), recipients(), Block::Checkpoint(checkpoint)]);
    blocks.push(Block::Together(end));
    Document {
        title: if is_resolution { "Nghị quyết xác nhận kết quả" } else { "Báo cáo kết quả" }.to_owned(),
        author: occasion.council.name.clone(),
        date: day,
        watermark: occasion.watermark.map(str::to_owned),
        foot: None,
        blocks,
    }
}

fn resolution_head(occasion: &Occasion<'_>, day: Date) -> Vec<Block> {
    let council = occasion.council;
    let mut blocks = vec![
        occasion.letterhead(None, "Số:        /NQ-HĐND", day),
        Block::Title {
            kind: "NGHỊ QUYẾT".to_owned(),
            subject: format!("Xác nhận kết quả {} đối với {}", occasion.kind.label(), occasion.voted_on()),
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
        occasion.voted_on()
    )));
    blocks.push(centred("QUYẾT NGHỊ:"));
    blocks
}

fn report_head(occasion: &Occasion<'_>, day: Date) -> Vec<Block> {
    vec![
        occasion.letterhead(None, "Số        -BC/", day),
        Block::Title {
            kind: "BÁO CÁO".to_owned(),
            subject: format!("kết quả {} đối với {}", occasion.kind.label(), occasion.voted_on()),
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
    match (occasion.party(), occasion.kind) {
        (true, _) => "Kết quả được báo cáo cấp có thẩm quyền quản lý cán bộ và công khai theo quy định.".to_owned(),
        (false, PollKind::Rating | PollKind::Confidence) => format!(
            "Giao cơ quan, người có thẩm quyền tổ chức thực hiện Nghị quyết này theo quy định của pháp luật. \
             Kết quả được công khai theo {}.",
            occasion.rules.publication.cite
        ),
    }
}

fn signatures(occasion: &Occasion<'_>) -> Block {
    let capacity = if occasion.party() {
        vec![format!("T/M {}", occasion.council.name.to_uppercase())]
    } else {
        vec!["CHỦ TỌA KỲ HỌP".to_owned()]
    };
    Block::Signatures(vec![Signature {
        capacity,
        hint: "(Ký tên, đóng dấu)".to_owned(),
        name: occasion.council.chair.clone(),
    }])
}

fn recipients() -> Block {
    Block::Recipients(vec![
        "- Như Điều 4;".to_owned(),
        "- Cơ quan, người có tên trong Điều 2;".to_owned(),
        "- Lưu: VT.".to_owned(),
    ])
}
