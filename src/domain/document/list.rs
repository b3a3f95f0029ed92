//! Danh sách người được lấy phiếu, with those left out and why; and the table of deadlines.

use std::collections::BTreeMap;

use super::frame::{Frame, Issue};
use super::parts::{SIGN_AND_NAME, body, centered_italic, cite_text, heading, notice, roman, signature, small, table};
use super::{Block, Cell, Document, Signature};
use crate::book::Book;
use crate::council::{Council, CouncilKind};
use crate::deadline::Deadline;
use crate::eligibility::{Override, Standing, StandingReason, Verdict};
use crate::official::Official;
use crate::rules::CountedFrom;
use crate::text::{date_dmy, lower_first};

/// Who is voted on, by block in ballot order, and who is not, with reasons and articles.
pub fn officials_list(book: &Book, standings: &[Standing], frame: &Frame<'_>) -> Document {
    let occasion = frame.occasion;
    let rows: Vec<(&Official, &Standing)> =
        standings.iter().filter_map(|s| book.official(s.official).map(|o| (o, s))).collect();
    let (listed, left_out): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, s)| s.verdict == Verdict::Listed);
    let who = if occasion.is_party() { "Cán bộ" } else { "Người giữ chức vụ" };
    let are = occasion.who_are();
    let subject = format!("{who} {are} tại {}", lower_first(&occasion.sitting_with_term()));
    let mut blocks = vec![
        Block::Title { kind: "DANH SÁCH".into(), subject },
        centered_italic(format!("(Lập theo {})", occasion.rules.short)),
        heading(1, format!("A. Người {are} ({} người)", listed.len())),
    ];
    blocks.extend(listed_blocks(book, &listed));
    blocks.push(heading(1, format!("B. Người không {} ({} người)", occasion.kind.label(), left_out.len())));
    blocks.push(left_out_block(&left_out));
    blocks.extend(overridden_blocks(&listed, &left_out));
    blocks.extend(notice("Nội dung cơ quan lập danh sách phải xác nhận", to_confirm(&listed, &left_out)));
    blocks.push(Block::Signatures(vec![who_signs(occasion.council)]));
    frame.document(format!("Danh sách người {are}"), Issue::default(), blocks)
}

fn listed_blocks(book: &Book, listed: &[(&Official, &Standing)]) -> Vec<Block> {
    let columns = [(9, "TT"), (37, "Họ và tên"), (56, "Chức vụ"), (26, "Ngày được bầu"), (40, "Căn cứ")];
    let mut blocks = Vec::new();
    let present = book.blocks().into_iter().filter(|block| listed.iter().any(|(o, _)| o.block == **block));
    for (i, block) in present.enumerate() {
        let members = listed.iter().filter(|(o, _)| o.block == *block);
        let row = |(n, (official, standing)): (usize, &(&Official, &Standing))| {
            vec![
                Cell::center((n + 1).to_string()),
                Cell::left(official.addressed()),
                Cell::left(official.posts_text()),
                Cell::center(elected(official)),
                Cell::left(ground(standing)),
            ]
        };
        blocks.push(heading(2, format!("{}. {}", roman(i + 1), block.0)));
        blocks.push(table(&columns, members.enumerate().map(row).collect()));
    }
    blocks
}

fn left_out_block(left_out: &[(&Official, &Standing)]) -> Block {
    if left_out.is_empty() {
        return small("Không có.");
    }
    let columns = [(9, "TT"), (34, "Họ và tên"), (45, "Chức vụ"), (50, "Lý do"), (38, "Căn cứ")];
    let row = |(n, (official, standing)): (usize, &(&Official, &Standing))| {
        vec![
            Cell::center((n + 1).to_string()),
            Cell::left(official.addressed()),
            Cell::left(official.posts_text()),
            Cell::left(format!("{}: {}", standing.verdict.label(), why(standing))),
            Cell::left(ground(standing)),
        ]
    };
    table(&columns, left_out.iter().enumerate().map(row).collect())
}

fn why(standing: &Standing) -> String {
    match &standing.overridden {
        Some(decision) => decision.reason.trim_end_matches('.').to_owned(),
        None => {
            let texts: Vec<&str> = standing.reasons.iter().map(|r| r.text.trim_end_matches('.')).collect();
            texts.join("; ")
        }
    }
}

/// The articles, or where it is said who decided otherwise.
fn ground(standing: &Standing) -> String {
    if standing.overridden.is_some() { "xem mục C".to_owned() } else { cites(&standing.reasons) }
}

/// Officials whose verdict differs from the rule set's: by whose decision, and why.
fn overridden_blocks(listed: &[(&Official, &Standing)], left_out: &[(&Official, &Standing)]) -> Vec<Block> {
    let all = || listed.iter().chain(left_out);
    let rows = all().filter_map(|(official, standing)| Some((official, standing, standing.overridden.as_ref()?)));
    let row = |(n, (official, standing, decision)): (usize, (&&Official, &&Standing, &Override))| {
        vec![
            Cell::center((n + 1).to_string()),
            Cell::left(official.addressed()),
            Cell::left(standing.verdict.label()),
            Cell::left(decision.reason.trim_end_matches('.')),
            Cell::left(format!("{}; {}", decision.proposed_by, decision.confirmed_by)),
        ]
    };
    let rows: Vec<Vec<Cell>> = rows.enumerate().map(row).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let columns = [(9, "TT"), (34, "Họ và tên"), (27, "Quyết định"), (58, "Lý do"), (48, "Người đề xuất; xác nhận")];
    let title = format!("C. Trường hợp quyết định khác bộ quy tắc ({} người)", rows.len());
    vec![heading(1, title), table(&columns, rows)]
}

/// Days of election, one per post; posts of one day share it.
fn elected(official: &Official) -> String {
    let mut days: Vec<String> =
        official.posts.iter().map(|p| p.elected_on.map_or_else(|| "chưa ghi".to_owned(), date_dmy)).collect();
    days.dedup();
    days.join("; ")
}

/// Each article once.
fn cites(reasons: &[StandingReason]) -> String {
    let mut texts: Vec<String> = Vec::new();
    for text in reasons.iter().map(|r| cite_text(&r.cite)) {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts.join("; ")
}

fn to_confirm(listed: &[(&Official, &Standing)], left_out: &[(&Official, &Standing)]) -> Vec<String> {
    let sentences = |(o, s): &(&Official, &Standing)| {
        let name = o.name.clone();
        s.confirm.iter().map(move |sentence| format!("{name}: {sentence}")).collect::<Vec<_>>()
    };
    listed.iter().chain(left_out).flat_map(sentences).collect()
}

fn who_signs(council: &Council) -> Signature {
    let capacity: &[&str] = match council.kind {
        CouncilKind::NationalAssembly => &["TM. ỦY BAN THƯỜNG VỤ", "QUỐC HỘI", "CHỦ TỊCH"],
        CouncilKind::PartyCommittee => &["CHỦ TRÌ HỘI NGHỊ"],
        CouncilKind::ProvinceCouncil | CouncilKind::DistrictCouncil | CouncilKind::CommuneCouncil => {
            &["TM. THƯỜNG TRỰC", "HỘI ĐỒNG NHÂN DÂN", "CHỦ TỊCH"]
        }
    };
    signature(capacity, SIGN_AND_NAME, &council.chair)
}

/// Who owes what to whom by when, earliest first, with the reason for every day that moved.
///
/// `marks` maps the id of a deadline's rule to what was done: `đã xong ngày 20/10/2023`. A plan that knows
/// nothing of that yet gives none.
pub fn deadline_table(deadlines: &[Deadline<'_>], marks: &BTreeMap<String, String>, frame: &Frame<'_>) -> Document {
    let columns = [
        (10, "TT"),
        (27, "Chậm nhất"),
        (46, "Việc"),
        (42, "Người thực hiện; nơi nhận"),
        (38, "Căn cứ"),
        (42, "Ghi chú"),
    ];
    let row = |(n, deadline): (usize, &Deadline<'_>)| {
        let rule = deadline.rule;
        vec![
            Cell::center((n + 1).to_string()),
            Cell::center(date_dmy(deadline.due)),
            Cell::left(&rule.what),
            Cell::left(format!("{}; {}", rule.from, rule.to)),
            Cell::left(cite_text(&rule.cite)),
            Cell::left(deadline_note(deadline, marks.get(&rule.id))),
        ]
    };
    let sitting = &frame.occasion.council.sitting;
    let mut blocks = vec![
        Block::Title {
            kind: format!("THỜI HẠN CHUẨN BỊ {}", frame.occasion.kind.label().to_uppercase()),
            subject: frame.occasion.sitting_with_term(),
        },
        centered_italic(format!(
            "(Khai mạc ngày {}; {} ngày {}; tính theo {})",
            date_dmy(sitting.opens_on),
            frame.occasion.kind.label(),
            date_dmy(sitting.votes_on),
            frame.occasion.rules.short
        )),
    ];
    let counting = small(
        "Thời hạn tính lùi theo ngày dương lịch; ngày cuối vẫn trong hạn. Ngày cuối trùng ngày nghỉ thì chuyển về ngày \
             làm việc liền trước (văn bản không nêu; theo cách làm của Hội đồng nhân dân tỉnh Hà Tĩnh năm 2023).",
    );
    if deadlines.is_empty() {
        blocks.push(body("Bộ quy tắc không nêu thời hạn nào cho cuộc này."));
    } else {
        blocks.extend([counting, table(&columns, deadlines.iter().enumerate().map(row).collect())]);
    }
    frame.document(format!("Thời hạn chuẩn bị {}", frame.occasion.kind.label()), Issue::default(), blocks)
}

fn deadline_note(deadline: &Deadline<'_>, mark: Option<&String>) -> String {
    let day = match deadline.rule.before {
        CountedFrom::Opening => "ngày khai mạc",
        CountedFrom::Vote => "ngày lấy phiếu",
    };
    let mut notes = vec![format!("{} ngày trước {day}", deadline.rule.days)];
    notes.extend(deadline.moved.clone());
    notes.extend(mark.cloned());
    notes.join("; ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::calendar::Calendar;
    use crate::deadline::deadlines;
    use crate::document::Table;
    use crate::eligibility::eligibility;
    use crate::fixture;
    use crate::poll::PollKind;
    use crate::rules::RuleSet;

    fn frame<'a>(rules: &'a RuleSet, book: &'a Book) -> Frame<'a> {
        Frame { occasion: fixture::occasion(rules, book), date: date(2023, 10, 20), foot: None }
    }

    fn tables(document: &Document) -> Vec<&Table> {
        document.blocks.iter().filter_map(|b| if let Block::Table(t) = b { Some(t) } else { None }).collect()
    }

    fn texts(row: &[Cell]) -> Vec<&str> {
        row.iter().flat_map(|c| c.spans.iter().map(|s| s.text.as_str())).collect()
    }

    #[test]
    fn the_list_names_everybody_once_with_the_article() {
        let before = Some(date(2021, 6, 30));
        let book = fixture::book()
            .with_official("Trần Văn B", &[("Chủ tịch UBND tỉnh", before)])
            .with_official("Lê Thị C", &[("Phó Chủ tịch UBND tỉnh", Some(date(2023, 4, 1)))])
            .with_official("Phạm Văn D", &[("Giám đốc Sở Y tế", before)]);
        let rules = fixture::rules();
        let document = officials_list(&book, &eligibility(&rules, &book, PollKind::Rating, &[]), &frame(&rules, &book));
        let tables = tables(&document);
        assert_eq!(
            texts(&tables[0].rows[0]),
            ["1", "Ông Trần Văn B", "Chủ tịch UBND tỉnh", "30/06/2021", "Điều 2.2.b"]
        );
        assert_eq!(tables[0].rows.len(), 2);
        assert_eq!(
            texts(&tables[1].rows[0])[3..],
            ["Không lấy phiếu: Được bầu, bổ nhiệm trong năm lấy phiếu tín nhiệm (ngày 01/04/2023)", "Điều 2.5"]
        );
        let confirm = document.blocks.iter().any(|b| matches!(b, Block::Notice { lines, .. } if lines.len() == 1));
        assert!(confirm, "the head of department is to be confirmed");
    }

    #[test]
    fn a_moved_deadline_says_from_which_day_and_why() {
        let (rules, book) = (fixture::rules(), fixture::book());
        let calendar = Calendar::builtin().expect("calendar");
        let document = deadline_table(
            &deadlines(&rules, &book.council, PollKind::Rating, &calendar),
            &BTreeMap::new(),
            &frame(&rules, &book),
        );
        let row = texts(&tables(&document)[0].rows[0]);
        // 30 days before 05/12/2023 is a Sunday.
        assert_eq!((row[1], row[4]), ("03/11/2023", "Điều 11"));
        assert!(
            row[5].starts_with("30 ngày trước ngày khai mạc; ngày 05/11/2023 là ngày nghỉ (Chủ nhật)"),
            "{}",
            row[5]
        );
    }
}
