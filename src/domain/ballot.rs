//! Mẫu phiếu: the layout-free content of a ballot paper. Every copy of a form is the same; nothing on it names a voter.

use super::audit::Digest;
use super::book::Book;
use super::occasion::Occasion;
use super::official::{Block, Official, OfficialNo};
use super::poll::{Level, PollKind};
use super::text::date_words;

/// One official on a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Number on the form, from 1.
    pub number: u32,
    pub official: OfficialNo,
    /// `Ông Nguyễn Văn A`.
    pub name: String,
    pub posts: String,
}

/// Mẫu phiếu of one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BallotForm {
    /// Goes into the QR code together with the sheet number, and nothing else: `F1-3F9A2C`.
    pub id: String,
    pub kind: PollKind,
    pub block: Block,
    /// Head on the left, line by line: issuing body.
    pub issuer: Vec<String>,
    /// Whether the state's name and motto head the paper (state) or the Party's name (Party).
    pub party: bool,
    /// `PHIẾU TÍN NHIỆM`.
    pub title: String,
    /// `đối với người giữ chức vụ … khối Ủy ban nhân dân tỉnh`.
    pub subject: String,
    /// `Kỳ họp thứ 13, ngày 13 tháng 12 năm 2023`.
    pub occasion: String,
    /// What the voter does, one sentence each.
    pub instructions: Vec<String>,
    /// Levels in order, as column heads.
    pub levels: Vec<Level>,
    /// Officials in ballot order.
    pub lines: Vec<Line>,
    /// Printed across every sheet: `DIỄN TẬP`.
    pub watermark: Option<String>,
}

/// One form per block, in the order of the list; `listed` are those whom the vote is held on.
pub fn forms(occasion: &Occasion<'_>, book: &Book, listed: &[OfficialNo]) -> Vec<BallotForm> {
    let on_block = |block: &Block| -> Vec<(OfficialNo, &Official)> {
        listed.iter().filter_map(|&id| Some((id, book.official(id)?))).filter(|(_, o)| o.block == *block).collect()
    };
    let blocks = book.blocks().into_iter().map(|block| (block, on_block(block))).filter(|(_, who)| !who.is_empty());
    blocks.enumerate().map(|(index, (block, who))| form(occasion, index + 1, block, &who)).collect()
}

fn form(occasion: &Occasion<'_>, number: usize, block: &Block, who: &[(OfficialNo, &Official)]) -> BallotForm {
    let line = |(i, &(official, o)): (usize, &(OfficialNo, &Official))| Line {
        number: u32::try_from(i + 1).unwrap_or(u32::MAX),
        official,
        name: o.addressed(),
        posts: o.posts_text(),
    };
    let mut form = BallotForm {
        id: String::new(),
        kind: occasion.kind,
        block: block.clone(),
        issuer: vec![occasion.council.name.to_uppercase()],
        party: occasion.is_party(),
        title: "PHIẾU TÍN NHIỆM".to_owned(),
        subject: subject(occasion, block),
        occasion: format!("{}, {}", occasion.council.sitting.name, date_words(occasion.council.sitting.votes_on)),
        instructions: instructions(occasion, who.len()),
        levels: occasion.kind.levels().to_vec(),
        lines: who.iter().enumerate().map(line).collect(),
        watermark: occasion.watermark.map(str::to_owned),
    };
    form.id = format!("F{number}-{}", fingerprint(&form));
    form
}

fn subject(occasion: &Occasion<'_>, block: &Block) -> String {
    let name = in_sentence(&block.0);
    let name = name.strip_prefix("khối ").or_else(|| name.strip_prefix("Khối ")).unwrap_or(&name);
    let who = occasion.voted_on("Hội đồng nhân dân");
    format!("đối với {who}, khối {name}")
}

/// A block's name inside a sentence: as the office wrote it, and one in capitals (`KHỐI ỦY BAN NHÂN DÂN TỈNH KHÓA XVIII`)
/// as `khối Ủy ban nhân dân tỉnh khóa XVIII`.
fn in_sentence(name: &str) -> String {
    const ABBREVIATIONS: [&str; 7] = ["HĐND", "UBND", "UBTVQH", "TAND", "VKSND", "MTTQ", "KTNN"];
    const BODIES: [&str; 12] = [
        "Hội đồng nhân dân",
        "Ủy ban nhân dân",
        "Ủy ban Thường vụ",
        "Hội đồng Dân tộc",
        "Quốc hội",
        "Chủ tịch nước",
        "Chính phủ",
        "Tòa án nhân dân",
        "Viện kiểm sát nhân dân",
        "Kiểm toán nhà nước",
        "Tỉnh ủy",
        "Đảng",
    ];
    let name = name.trim();
    if name.chars().any(char::is_lowercase) {
        return name.to_owned();
    }
    let word = |word: &str| {
        let letters = word.trim_matches(|c: char| !c.is_alphabetic());
        let numeral = !letters.is_empty() && letters.chars().all(|c| "IVXLC".contains(c));
        if numeral || ABBREVIATIONS.contains(&letters) { word.to_owned() } else { word.to_lowercase() }
    };
    let lower = name.split(' ').map(word).collect::<Vec<_>>().join(" ");
    BODIES.iter().fold(lower, |text, body| text.replace(&body.to_lowercase(), body))
}

/// What the voter does. Marks on paper only; a spoiled paper is exchanged before it is cast (NQ 31/2023/UBTVQH15, Điều 12).
fn instructions(occasion: &Occasion<'_>, people: usize) -> Vec<String> {
    let boxes = match occasion.kind {
        PollKind::Rating => "ba",
        PollKind::Confidence => "hai",
    };
    let spoiled = if occasion.rules.marks_spoil_ballot(people).is_some() {
        "Phiếu bỏ trống hoặc đánh dấu từ hai ô trở lên là phiếu không hợp lệ."
    } else {
        "Dòng bỏ trống hoặc đánh dấu từ hai ô trở lên không được tính cho người ở dòng đó."
    };
    vec![
        format!("Với mỗi người, đánh dấu X vào MỘT trong {boxes} ô ở cùng dòng với họ tên người đó."),
        spoiled.to_owned(),
        "Không gạch, xóa họ tên đã in; không viết thêm tên người khác.".to_owned(),
        "Phiếu viết hỏng được đổi trước khi bỏ vào hòm phiếu.".to_owned(),
    ]
}

/// Six hex digits that change with anything printed on the form, and with nothing else.
fn fingerprint(form: &BallotForm) -> String {
    // All fields by name: a field that is added later has to be thought about here.
    let BallotForm {
        id: _,
        kind: _,
        block,
        issuer,
        party,
        title,
        subject,
        occasion,
        instructions,
        levels,
        lines,
        watermark,
    } = form;
    let mut printed = vec![block.0.clone(), party.to_string(), title.clone(), subject.clone(), occasion.clone()];
    printed.extend(issuer.iter().chain(instructions).chain(watermark).cloned());
    printed.extend(levels.iter().map(|level| level.label().to_owned()));
    printed.extend(lines.iter().map(|line| format!("{}. {}, {}", line.number, line.name, line.posts)));
    Digest::of(printed.join("\n").as_bytes()).to_string().chars().take(6).collect::<String>().to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_block_is_a_form_and_its_id_follows_what_is_printed_on_it() {
        let (rules, mut book) = (fixture::rules(), fixture::book());
        book = book.with_official("Trần Văn B", &[("Phó Chủ tịch UBND tỉnh", None)]);
        book = book.with_official("Lê Thị C", &[("Giám đốc Sở Y tế", None), ("Ủy viên UBND tỉnh", None)]);
        book.officials[0].block = Block("Khối Hội đồng nhân dân".into());
        let of = |book: &Book, listed: &[usize]| {
            let listed: Vec<OfficialNo> = listed.iter().map(|&i| OfficialNo(i)).collect();
            forms(&fixture::occasion(&rules, book), book, &listed)
        };
        let both = of(&book, &[0, 1]);
        let heads: Vec<_> = both.iter().map(|f| (f.block.0.as_str(), f.lines.len())).collect();
        assert_eq!(heads, [("Khối Hội đồng nhân dân", 1), ("Khối Ủy ban nhân dân", 1)]);
        assert_eq!(
            (both[1].lines[0].number, both[1].lines[0].posts.as_str()),
            (1, "Giám đốc Sở Y tế, Ủy viên UBND tỉnh")
        );
        assert!(both[0].id.starts_with("F1-") && both[1].id.starts_with("F2-"), "{both:?}");
        assert_eq!(of(&book, &[0, 1]), both, "the same list gives the same forms");

        // Nobody of a block on the list: no form for it, and the other one is the first.
        let alone = of(&book, &[1]);
        assert_eq!((alone.len(), &alone[0].id[3..]), (1, &both[1].id[3..]));

        let mut later = book.clone();
        later.council.sitting.votes_on = jiff::civil::date(2023, 12, 8);
        assert_ne!(of(&later, &[0, 1])[0].id, both[0].id, "another day is another form");
        book.officials[1].name = "Lê Thị D".into();
        assert_ne!(of(&book, &[0, 1])[1].id, both[1].id, "another name is another form");
    }

    #[test]
    fn a_blocks_name_keeps_its_abbreviations_and_numerals_inside_a_sentence() {
        for (written, read) in [
            ("KHỐI ỦY BAN NHÂN DÂN TỈNH", "khối Ủy ban nhân dân tỉnh"),
            ("KHỐI HĐND TỈNH KHÓA XVIII, NHIỆM KỲ 2021 - 2026", "khối HĐND tỉnh khóa XVIII, nhiệm kỳ 2021 - 2026"),
            ("Khối UBND tỉnh", "Khối UBND tỉnh"),
        ] {
            assert_eq!(in_sentence(written), read);
        }
    }
}
