//! How offices write posts: `PCT UBND tỉnh`, `Q. Giám đốc Sở Y tế`, `nguyên Chủ tịch HĐND`. Rule sets name each post once,
//! in full; this file brings a written title to that form and says what the writing adds. It never decides who is voted on.

use super::council::CouncilKind;
use super::text::fold;

/// Short forms and what they stand for, as folded whole words. Applied one after another, so a form that holds another
/// one stands before it. `tp` is missing on purpose: it is a city as well as a head of division.
const SHORT_FORMS: [(&str, &str); 33] = [
    ("dong chi", ""),
    ("d c", ""),
    ("pcttt", "pho chu tich"),
    ("pct", "pho chu tich"),
    ("p chu tich", "pho chu tich"),
    ("p ct", "pho chu tich"),
    ("ct", "chu tich"),
    ("pgd", "pho giam doc"),
    ("p giam doc", "pho giam doc"),
    ("gd", "giam doc"),
    ("ptb", "pho truong ban"),
    ("p truong ban", "pho truong ban"),
    ("pcvp", "pho chanh van phong"),
    ("cvp", "chanh van phong"),
    ("uvbtv", "uy vien ban thuong vu"),
    ("btv", "ban thuong vu"),
    ("uvubnd", "uy vien ubnd"),
    ("uv", "uy vien"),
    ("ubtvqh", "uy ban thuong vu quoc hoi"),
    ("ubmttq", "uy ban mat tran to quoc"),
    ("mttq", "mat tran to quoc"),
    ("dbqh", "dai bieu quoc hoi"),
    ("qh", "quoc hoi"),
    ("tandtc", "toa an nhan dan toi cao"),
    ("vksndtc", "vien kiem sat nhan dan toi cao"),
    ("chqs", "chi huy quan su"),
    ("bchqs", "bo chi huy quan su"),
    ("ktns", "kinh te ngan sach"),
    ("kt ns", "kinh te ngan sach"),
    ("vhxh", "van hoa xa hoi"),
    ("vh xh", "van hoa xa hoi"),
    ("ban pc", "ban phap che"),
    ("ub", "uy ban"),
];

/// Ways in which papers write a post in full, and the one that rule sets use; the standing deputy is a deputy.
const ONE_FORM: [(&str, &str); 5] = [
    ("hoi dong nhan dan", "hdnd"),
    ("uy ban nhan dan", "ubnd"),
    ("pho chu tich tt", "pho chu tich"),
    ("pho chu tich thuong truc", "pho chu tich"),
    ("pho truong ban thuong truc", "pho truong ban"),
];

/// Words before a post that somebody fills without being elected to it.
const ACTING: [&str; 5] = ["giao quyen", "quyen", "q", "giao phu trach", "phu trach"];

/// Words before a post that somebody no longer holds.
const FORMER: [&str; 2] = ["nguyen", "cuu"];

/// Words after the name of a body that say whose it is, with the councils that may mean their own by it. A city stands
/// at the level of a province or of a district.
const LEVELS: [(&str, &[CouncilKind]); 12] = [
    ("tinh", &[CouncilKind::ProvinceCouncil]),
    ("thanh pho", &[CouncilKind::ProvinceCouncil, CouncilKind::DistrictCouncil]),
    ("tp", &[CouncilKind::ProvinceCouncil, CouncilKind::DistrictCouncil]),
    ("huyen", &[CouncilKind::DistrictCouncil]),
    ("quan", &[CouncilKind::DistrictCouncil]),
    ("thi xa", &[CouncilKind::DistrictCouncil]),
    ("tx", &[CouncilKind::DistrictCouncil]),
    ("xa", &[CouncilKind::CommuneCouncil]),
    ("phuong", &[CouncilKind::CommuneCouncil]),
    ("thi tran", &[CouncilKind::CommuneCouncil]),
    ("tt", &[CouncilKind::CommuneCouncil]),
    ("dac khu", &[CouncilKind::CommuneCouncil]),
];

/// Whether the person holds the post as elected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenure {
    /// Nothing in the title says otherwise.
    Held,
    /// Quyền, phụ trách: fills the post; whether elected to it, the office must say.
    Acting,
    /// Nguyên, cựu: no longer holds it.
    Former,
}

/// One post as an office wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostTitle {
    /// The form in which rule sets name posts: folded, written out, `hdnd` and `ubnd` short.
    pub key: String,
    /// Words before the post.
    pub tenure: Tenure,
}

impl PostTitle {
    /// Reads one post; [`posts_of`] parts a title that holds several.
    pub fn read(text: &str) -> Self {
        let key = post_key(text);
        let without = |words: &[&str]| words.iter().find_map(|word| key.strip_prefix(word)?.strip_prefix(' '));
        match (without(&FORMER), without(&ACTING)) {
            (Some(rest), _) => Self { key: rest.to_owned(), tenure: Tenure::Former },
            (None, Some(rest)) => Self { key: rest.to_owned(), tenure: Tenure::Acting },
            (None, None) => Self { key, tenure: Tenure::Held },
        }
    }

    /// Whether the post is that of `key` or begins with its words; `key` is the [`post_key`] of a title.
    pub fn begins(&self, key: &str) -> bool {
        begins_with(&self.key, key)
    }

    /// Whether the title names the council or committee of a level that the council of `kind` is not of:
    /// `Chủ tịch UBND huyện` on the sheet of a province.
    pub fn is_of_another_level(&self, kind: CouncilKind) -> bool {
        if !LEVELS.iter().any(|(_, kinds)| kinds.contains(&kind)) {
            return false;
        }
        let after_body = ["hdnd ", "ubnd "].iter().find_map(|body| self.key.split_once(body)).map(|(_, rest)| rest);
        after_body
            .and_then(|rest| LEVELS.iter().find(|(word, _)| begins_with(rest, word)))
            .is_some_and(|(_, kinds)| !kinds.contains(&kind))
    }
}

fn begins_with(text: &str, words: &str) -> bool {
    text.strip_prefix(words).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// A key that is equal for a post and the matching title in a rule set.
pub fn post_key(text: &str) -> String {
    let mut key = format!(" {} ", fold(text));
    for (short, full) in SHORT_FORMS.into_iter().chain(ONE_FORM) {
        let full = if full.is_empty() { " ".to_owned() } else { format!(" {full} ") };
        key = key.replace(&format!(" {short} "), &full);
    }
    key.trim().to_owned()
}

/// Whether `text` shortens more than the names that official papers shorten too (HĐND, UBND): what stands in the sheet
/// is printed on ballots as it is.
pub fn is_shortened(text: &str) -> bool {
    let key = format!(" {} ", fold(text));
    SHORT_FORMS.iter().any(|(short, _)| key.contains(&format!(" {short} ")))
}

/// The posts in `title`: `Ủy viên UBND tỉnh, Giám đốc Sở Y tế` holds two, `Giám đốc Sở Văn hóa, Thể thao và Du lịch`
/// one. What follows a comma, a dash, `kiêm` or `và` is a post of its own when it begins like one: `heads` has the
/// first two words of every title that the rule set names.
pub fn posts_of(title: &str, heads: &[String]) -> Vec<PostTitle> {
    let mut posts: Vec<String> = Vec::new();
    for (joint, piece) in pieces(title) {
        match posts.last_mut() {
            Some(last) if joint != ";" && !begins_a_post(&piece, heads) => {
                last.push_str(&format!(" {joint} {piece}"));
            }
            _ => posts.push(piece),
        }
    }
    posts.iter().map(|post| PostTitle::read(post)).collect()
}

/// The first two words of `title`, by which [`posts_of`] knows the beginning of a post.
pub fn head_of(title: &str) -> String {
    post_key(title).split(' ').take(2).collect::<Vec<_>>().join(" ")
}

fn begins_a_post(piece: &str, heads: &[String]) -> bool {
    let post = PostTitle::read(piece);
    post.tenure != Tenure::Held || heads.contains(&head_of(&post.key))
}

/// `title` cut at every joint, each piece with the joint before it.
fn pieces(title: &str) -> Vec<(&'static str, String)> {
    const SIGNS: [(char, &str); 6] = [(',', ","), (';', ";"), ('/', "-"), ('–', "-"), ('+', "-"), ('\n', ";")];
    let mut pieces = vec![("", String::new())];
    for word in SIGNS.iter().fold(title.to_owned(), |t, (c, sign)| t.replace(*c, &format!(" {sign} "))).split(' ') {
        let joint = match word.to_lowercase().as_str() {
            "," => ",",
            ";" => ";",
            "-" => "-",
            "kiêm" => "kiêm",
            "và" => "và",
            _ => "",
        };
        match pieces.last_mut() {
            _ if !joint.is_empty() => pieces.push((joint, String::new())),
            Some((_, piece)) if !word.is_empty() => {
                piece.push_str(if piece.is_empty() { "" } else { " " });
                piece.push_str(word);
            }
            _ => {}
        }
    }
    pieces.retain(|(_, piece)| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offices_write_one_post_in_many_ways() {
        for title in [
            "PCT UBND tỉnh",
            "PCT.UBND tỉnh",
            "Phó CT Ủy ban nhân dân tỉnh",
            "P. Chủ tịch UBND tỉnh",
            "P.CT UB nhân dân tỉnh",
            "Đ/c Phó Chủ tịch TT UBND tỉnh",
            "PHÓ CHỦ TỊCH THƯỜNG TRỰC UBND TỈNH",
        ] {
            assert_eq!(post_key(title), "pho chu tich ubnd tinh", "{title}");
        }
        assert_eq!(post_key("Trưởng Ban KT-NS HĐND tỉnh"), "truong ban kinh te ngan sach hdnd tinh");
        assert_eq!(post_key("UV UBND, GĐ Sở Y tế"), "uy vien ubnd giam doc so y te");
        assert_eq!(post_key("Chỉ huy trưởng Bộ CHQS tỉnh"), "chi huy truong bo chi huy quan su tinh");
    }

    #[test]
    fn only_what_official_papers_do_not_shorten_counts_as_shortened() {
        assert!(is_shortened("PCT HĐND tỉnh") && is_shortened("Trưởng Ban KT-NS HĐND tỉnh"));
        assert!(!is_shortened("Phó Chủ tịch HĐND tỉnh") && !is_shortened("Chủ tịch Ủy ban nhân dân tỉnh"));
    }

    #[test]
    fn who_acts_in_a_post_and_who_left_it_are_told_apart() {
        let read = |text| PostTitle::read(text);
        let head = |tenure| PostTitle { key: "giam doc so y te".into(), tenure };
        assert_eq!(read("GĐ Sở Y tế"), head(Tenure::Held));
        for title in ["Q. Giám đốc Sở Y tế", "Quyền Giám đốc Sở Y tế", "Giao quyền GĐ Sở Y tế"]
        {
            assert_eq!(read(title), head(Tenure::Acting), "{title}");
        }
        assert_eq!(read("nguyên Giám đốc Sở Y tế"), head(Tenure::Former));
        assert_eq!(read("Quyền hạn").tenure, Tenure::Acting, "only asked about, never decided");
    }

    #[test]
    fn a_comma_inside_the_name_of_a_department_does_not_part_it() {
        let heads: Vec<String> = ["giam doc so", "uy vien ubnd", "truong ban", "chu tich hdnd"].map(head_of).into();
        let keys = |title| posts_of(title, &heads).into_iter().map(|p| p.key).collect::<Vec<_>>();
        assert_eq!(
            keys("Ủy viên UBND tỉnh, Giám đốc Sở Văn hóa, Thể thao và Du lịch"),
            ["uy vien ubnd tinh", "giam doc so van hoa the thao va du lich"]
        );
        assert_eq!(keys("Trưởng Ban Kinh tế - Ngân sách HĐND huyện"), ["truong ban kinh te ngan sach hdnd huyen"]);
        assert_eq!(
            keys("Bí thư Tỉnh ủy - Chủ tịch HĐND tỉnh Kiêm Trưởng Ban Pháp chế"),
            ["bi thu tinh uy", "chu tich hdnd tinh", "truong ban phap che"]
        );
        assert_eq!(keys("Tỉnh ủy viên, Q. Giám đốc Sở Y tế").len(), 2);
    }

    #[test]
    fn a_post_of_another_level_is_seen_by_the_word_after_the_body() {
        let elsewhere = |title, kind| PostTitle::read(title).is_of_another_level(kind);
        let (province, district) = (CouncilKind::ProvinceCouncil, CouncilKind::DistrictCouncil);
        assert!(elsewhere("Chủ tịch UBND huyện A", province) && elsewhere("Chủ tịch HĐND xã B", district));
        assert!(elsewhere("Trưởng Ban Pháp chế HĐND tỉnh", district));
        for title in ["Chủ tịch UBND tỉnh", "Chủ tịch UBND TP Mẫu", "Chủ tịch UBND", "Trưởng Ban Văn hóa - Xã hội"]
        {
            assert!(!elsewhere(title, province), "{title}");
        }
        assert!(!elsewhere("Chủ tịch UBND tỉnh", CouncilKind::PartyCommittee));
    }
}
