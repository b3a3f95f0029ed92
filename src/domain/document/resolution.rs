//! Nghị quyết xác nhận kết quả lấy phiếu tín nhiệm, in the wording of the resolution of HĐND tỉnh Thanh Hóa of
//! 12/12/2023; the base is named as the rule set names it.

use jiff::civil::Date;

use super::frame::{Frame, Issue};
use super::parts::{
    block_heading, body, body_spans, centred, cite_text, count_words, grounds, heading, roman, signature,
};
use super::{Block, CheckpointBox, Document, Span};
use crate::council::CouncilKind;
use crate::occasion::Occasion;
use crate::poll::BallotTotals;
use crate::result::{FormResult, OfficialResult, PollResult};
use crate::rules::{Attested, BandRule};
use crate::text::{date_words, lower_first};

/// The resolution that confirms `result`; the Party's rule sets ask for a report instead, which has the same body without
/// articles.
pub fn resolution(frame: &Frame<'_>, result: &PollResult, checkpoint: CheckpointBox) -> Document {
    let occasion = &frame.occasion;
    let is_resolution = !occasion.is_party();
    let mut blocks = if is_resolution { resolution_head(occasion) } else { report_head(occasion) };
    let by_law = if is_resolution { "quy định của pháp luật" } else { "quy định" };
    blocks.push(article(
        occasion,
        1,
        format!(
            "{} đã tiến hành {} đối với {} {} bảo đảm nghiêm túc, đúng nội dung, quy trình, thủ tục theo {by_law}.",
            occasion.council.sitting.name,
            result.kind.label(),
            count_words(len32(result.voted_on().count())),
            occasion.voted_on(&occasion.body_with_term()),
        ),
    ));
    let confirmed = if is_resolution { "Xác nhận kết quả" } else { "Kết quả" };
    blocks.push(article(occasion, 2, format!("{confirmed} {} như sau:", result.kind.label())));
    blocks.extend(figures(occasion, result));
    blocks.push(article(occasion, 3, "Kết luận về mức độ tín nhiệm:".to_owned()));
    blocks.extend(conclusions(occasion, result));
    blocks.push(article(occasion, 4, carrying_out(occasion)));
    let mut end = Vec::new();
    if is_resolution {
        end.push(body(format!(
            "Nghị quyết này được {}, {} thông qua {}.",
            occasion.body_with_term(),
            lower_first(&occasion.council.sitting.name),
            date_words(frame.date)
        )));
    }
    end.extend([signatures(occasion), recipients(occasion), Block::Checkpoint(checkpoint)]);
    blocks.push(Block::Together(end));
    let title = if is_resolution { "Nghị quyết xác nhận kết quả" } else { "Báo cáo kết quả" };
    let number = number_line(occasion, frame.date);
    frame.document(title, Issue { board: None, number: &number }, blocks)
}

/// `Số:        /NQ-HĐND`, with the place for the number; resolutions of the National Assembly are numbered by year and
/// legislature, papers of the Party have no colon and a dash (Hướng dẫn 36-HD/VPTW).
fn number_line(occasion: &Occasion<'_>, date: Date) -> String {
    match occasion.council.kind {
        CouncilKind::PartyCommittee => "Số        -BC/……".to_owned(),
        CouncilKind::NationalAssembly => {
            let legislature = &occasion.council.term.legislature;
            let number =
                (1..=30).find(|&n| roman(n) == *legislature).map_or_else(|| legislature.clone(), |n| n.to_string());
            format!("Số:        /{}/QH{number}", date.year())
        }
        CouncilKind::ProvinceCouncil | CouncilKind::DistrictCouncil | CouncilKind::CommuneCouncil => {
            "Số:        /NQ-HĐND".to_owned()
        }
    }
}

/// Ballots, then every person by block; ballots once for all where every form has the same.
pub(super) fn figures(occasion: &Occasion<'_>, result: &PollResult) -> Vec<Block> {
    let mut blocks: Vec<Block> = result.common_ballots().into_iter().flat_map(ballot_lines).collect();
    for (index, form) in result.forms.iter().enumerate() {
        blocks.push(heading(2, block_heading(index, &form.count.block.0)));
        if result.common_ballots().is_none() {
            blocks.extend(ballot_lines(form.ballots));
        }
        if let Some(words) = form.void_words() {
            blocks.push(body(words));
            continue;
        }
        blocks.extend(form.officials.iter().enumerate().map(|(i, o)| official_lines(occasion, form, i, o)));
    }
    blocks
}

fn resolution_head(occasion: &Occasion<'_>) -> Vec<Block> {
    let council = occasion.council;
    let voted_on = occasion.voted_on(&occasion.body_with_term());
    let mut blocks = vec![
        Block::Title {
            kind: "NGHỊ QUYẾT".to_owned(),
            subject: format!("Xác nhận kết quả {} đối với {voted_on}", occasion.kind.label()),
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
    blocks.extend(occasion.basis.map(|basis| grounds(format!("Căn cứ {};", basis.trim_end_matches([';', '.'])))));
    blocks.push(grounds(format!(
        "Căn cứ Biên bản kiểm phiếu {} về kết quả {} đối với {voted_on}.",
        date_words(council.sitting.votes_on),
        occasion.kind.label(),
    )));
    blocks.push(centred("QUYẾT NGHỊ:"));
    blocks
}

fn report_head(occasion: &Occasion<'_>) -> Vec<Block> {
    let (council, label) = (occasion.council, occasion.kind.label());
    let voted_on = occasion.voted_on(&occasion.body_with_term());
    vec![
        Block::Title { kind: "BÁO CÁO".to_owned(), subject: format!("Kết quả {label} đối với {voted_on}") },
        body(format!(
            "Căn cứ {} và Biên bản kiểm phiếu {}, {} báo cáo kết quả {label} như sau:",
            occasion.rules.title,
            date_words(council.sitting.votes_on),
            occasion.body_with_term(),
        )),
    ]
}

/// `Điều 1. …` of a resolution, `1. …` of a report.
fn article(occasion: &Occasion<'_>, number: u8, text: String) -> Block {
    let label = if occasion.is_party() { format!("{number}. ") } else { format!("Điều {number}. ") };
    body_spans(vec![Span::bold(label), Span::plain(text)])
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
    let lost_lines = official.tally.not_counted.saturating_sub(form.ballots.invalid);
    if lost_lines > 0 {
        lines.push(body(format!(
            "- Số phiếu không tính cho người này (dòng không hợp lệ): {} phiếu.",
            count_words(lost_lines)
        )));
    }
    Block::Together(lines)
}

/// Who is in which band, with the consequence in the law's words; and that nobody is, where nobody is.
fn conclusions(occasion: &Occasion<'_>, result: &PollResult) -> Vec<Block> {
    let mut blocks = Vec::new();
    let level = result.kind.decisive().label().to_lowercase();
    for band in occasion.rules.band_rules(result.kind).unwrap_or_default() {
        // A band ends where the next begins: “nobody over half” would be false beside somebody with two thirds.
        let range = occasion.rules.range_words(result.kind, band);
        let within: Vec<&OfficialResult> = result.officials().filter(|o| o.tally.band.id() == Some(band.id)).collect();
        let above = result.officials().any(|o| o.tally.band.id() > Some(band.id));
        if within.is_empty() {
            let reach = if above { range } else { band.words_of(&occasion.rules.base.value.phrase) };
            blocks.push(body(format!("- Không có người nào có {reach} đánh giá “{level}”.")));
        } else {
            let count = count_words(len32(within.len()));
            blocks.push(body(format!("- Có {count} người có {range} đánh giá “{level}”:")));
            blocks.extend(within.into_iter().map(|o| consequence(band, o)));
        }
    }
    blocks
}

fn consequence(band: &BandRule, official: &OfficialResult) -> Block {
    body_spans(vec![
        Span::bold(format!("{}, {}. ", official.listed.addressed(), official.listed.post)),
        Span::plain(format!("Hệ quả theo {}: {}.", cite_text(&band.cite), band.consequence)),
    ])
}

fn len32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn carrying_out(occasion: &Occasion<'_>) -> String {
    if occasion.is_party() {
        return "Kết quả được báo cáo cấp có thẩm quyền quản lý cán bộ và công khai theo quy định.".to_owned();
    }
    // An article that was not read is no ground: the text then names the law in general.
    let publication = &occasion.rules.publication;
    let by = match publication.attested {
        Attested::Verified | Attested::Single => cite_text(&publication.cite),
        Attested::Unverified => "quy định của pháp luật".to_owned(),
    };
    format!(
        "Giao cơ quan, người có thẩm quyền tổ chức thực hiện Nghị quyết này theo quy định của pháp luật. Kết quả được \
         công khai theo {by}."
    )
}

/// Who signs for the council.
pub(super) fn signatures(occasion: &Occasion<'_>) -> Block {
    let of_the_party = format!("{} {}", occasion.on_behalf(), occasion.council.name.to_uppercase());
    let capacity = match occasion.council.kind {
        CouncilKind::PartyCommittee => of_the_party.as_str(),
        CouncilKind::NationalAssembly => "CHỦ TỊCH QUỐC HỘI",
        CouncilKind::ProvinceCouncil | CouncilKind::DistrictCouncil | CouncilKind::CommuneCouncil => "CHỦ TỌA KỲ HỌP",
    };
    Block::Signatures(vec![signature(&[capacity], "(Ký tên, đóng dấu)", &occasion.council.chair)])
}

fn recipients(occasion: &Occasion<'_>) -> Block {
    let lines: &[&str] = if occasion.is_party() {
        &["- Cấp có thẩm quyền quản lý cán bộ;", "- Người được lấy phiếu;", "- Lưu."]
    } else {
        &["- Như Điều 4;", "- Người có tên tại Điều 2;", "- Lưu: VT."]
    };
    Block::Recipients(lines.iter().map(|&line| line.to_owned()).collect())
}
