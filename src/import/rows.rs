//! Rows that are no people and no facts, by what stands where a name should: sums, averages, closing lines, heads of groups.
//!
//! Accents count where they were typed: «Tống Văn Cộng» is a person.

use domain::names::is_without_accents;
use domain::text::{clean, fold};

/// Words of sums, as typed with accents.
const SUMS: [&str; 16] = [
    "tổng cộng",
    "tổng số",
    "tổng hợp",
    "tổng",
    "cộng",
    "cộng chung",
    "trung bình",
    "bình quân",
    "tỷ lệ chung",
    "tỉ lệ chung",
    "toàn tỉnh",
    "total",
    "tỷ lệ",
    "tỉ lệ",
    "số đại biểu",
    "số người",
];
/// Posts in whose name a paper is signed, and what stands under the signature.
const SIGNERS: [&str; 15] = [
    "chủ tịch",
    "phó chủ tịch",
    "trưởng ban",
    "trưởng ban kiểm phiếu",
    "thư ký",
    "thư ký kỳ họp",
    "chủ tọa",
    "chủ tọa kỳ họp",
    "người lập",
    "người lập biểu",
    "thủ trưởng đơn vị",
    "kt. chủ tịch",
    "chánh văn phòng",
    "đã ký",
    "ký tên",
];
/// Words that close a list.
const CLOSING: [&str; 6] =
    ["ấn định danh sách", "danh sách này có", "danh sách gồm", "danh sách có", "(danh sách", "tổng danh sách"];
/// Words that head a group, before a number, or before what the group is of.
const GROUPS: [&str; 8] = ["tổ đại biểu", "đoàn đại biểu", "tổ số", "tổ", "đoàn", "nhóm", "khối", "đơn vị bầu cử"];

/// A text as it is compared: in small letters, and without accents where none were typed.
struct Typed {
    text: String,
    is_bare: bool,
}

impl Typed {
    fn of(text: &str) -> Self {
        let is_bare = is_without_accents(text);
        Self { text: if is_bare { fold(text) } else { text.to_lowercase() }, is_bare }
    }

    /// What stands behind a word with which the text begins.
    fn behind(&self, word: &str) -> Option<&str> {
        // Every row of a sheet comes here, and most do not even begin with the letter.
        let differs = word.chars().next().is_some_and(|letter| letter.is_ascii() && !self.text.starts_with(letter));
        if differs {
            return None;
        }
        let rest = if self.is_bare { self.text.strip_prefix(&fold(word)) } else { self.text.strip_prefix(word) }?;
        let apart = rest.chars().next().is_none_or(|letter| !letter.is_alphanumeric());
        apart.then(|| rest.trim_start_matches(|letter: char| !letter.is_alphanumeric()))
    }
}

/// `Tổng số: 10 đại biểu`, `Cộng`, `Trung bình`, but not `Tống Văn Cộng` or `Cộng Văn Hòa`.
pub(super) fn is_sum(text: &str) -> bool {
    let text = clean(text);
    let typed = Typed::of(&text);
    SUMS.iter().any(|word| {
        typed.behind(word).is_some_and(|rest| {
            let marked = text.contains(':') || text.contains('(');
            rest.is_empty() || marked || rest.starts_with(|letter: char| letter.is_ascii_digit()) || {
                let first = rest.split(' ').next().unwrap_or_default();
                word.contains(' ')
                    && ["số", "so", "đại", "dai", "người", "nguoi", "phiếu", "phieu", "các", "cac", "chung", "cộng"]
                        .contains(&first)
            }
        })
    })
}

/// `Ấn định danh sách có 10 đại biểu./.`
pub(super) fn is_closing(text: &str) -> bool {
    let text = clean(text);
    let typed = Typed::of(&text);
    text.ends_with("./.") || CLOSING.iter().any(|word| typed.behind(word).is_some() || typed.text.starts_with(word))
}

/// `Tỉnh A, ngày 13 tháng 12 năm 2023`, `TRƯỞNG BAN KIỂM PHIẾU`, `(Đã ký)`: what stands under a table, alone in its row.
pub(super) fn is_signature(text: &str) -> bool {
    let lower = clean(text).to_lowercase();
    let bare = lower.trim_matches(|letter: char| !letter.is_alphanumeric());
    let dated = lower
        .split_once("ngày")
        .is_some_and(|(_, rest)| rest.split_once("tháng").is_some_and(|(_, rest)| rest.contains("năm")));
    dated || SIGNERS.contains(&bare) || (bare.starts_with("ký") && lower.contains("họ tên"))
}

/// `Tổ đại biểu số 1`, `I. Khối HĐND`, `Tổ 3 (huyện B)`.
pub(super) fn is_group(text: &str) -> bool {
    let text = clean(text);
    let numbered = text.split_once(['.', ')', '-', '/']).filter(|(mark, _)| {
        let roman = !mark.is_empty() && mark.trim().chars().all(|letter| "IVX".contains(letter));
        roman || mark.trim().len() == 1 && mark.chars().all(|letter| letter.is_ascii_uppercase())
    });
    let text = numbered.map_or(text.as_str(), |(_, rest)| rest.trim());
    let typed = Typed::of(text);
    let has_group = GROUPS.iter().any(|word| {
        typed.behind(word).is_some_and(|rest| {
            let first = rest.split(' ').next().unwrap_or_default();
            let number = |word: &str| {
                !word.is_empty()
                    && (word.chars().all(|c| c.is_ascii_digit()) || word.chars().all(|c| "ivx".contains(c)))
            };
            word.contains(' ')
                || number(first)
                || ["số", "so", "các", "cac", "hđnd", "hdnd", "ubnd", "cơ", "co"].contains(&first)
        })
    });
    has_group || numbered.is_some() && text.split(' ').count() > 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_closing_lines_and_groups_are_no_people() {
        for text in [
            "Tổng số: 10 đại biểu",
            "TỔNG CỘNG",
            "Tổng cộng: 10",
            "Cộng",
            "Trung bình",
            "tong so 26",
            "Bình quân",
            "Tổng số đại biểu: 10",
            "Tỷ lệ (%)",
            "Số đại biểu: 3",
        ] {
            assert!(is_sum(text), "{text}");
        }
        for text in ["Ấn định danh sách có 10 đại biểu./.", "Danh sách này có 26 người", "ẤN ĐỊNH DANH SÁCH: 5"]
        {
            assert!(is_closing(text), "{text}");
        }
        for text in
            ["Tổ đại biểu số 1", "Tổ 1", "I. Khối HĐND tỉnh", "Đoàn đại biểu huyện B", "TỔ SỐ 3", "Khối UBND", "Tổ II"]
        {
            assert!(is_group(text), "{text}");
        }
        for text in [
            "Tỉnh Thử, ngày 13 tháng 12 năm 2023",
            "CHỦ TỊCH",
            "(Đã ký)",
            "Trưởng Ban kiểm phiếu",
            "(Ký, ghi rõ họ tên)",
        ] {
            assert!(is_signature(text), "{text}");
        }
        for name in [
            "Tống Văn Cộng",
            "Cộng Văn Hòa",
            "Tổ",
            "Đoàn Văn Hậu",
            "Y Cộng",
            "Trung Văn Bình",
            "Nhóm",
            "Đoàn Thị Điểm",
            "Tong Van So",
            "K' Tổng",
        ] {
            assert!(!is_sum(name) && !is_closing(name) && !is_group(name) && !is_signature(name), "{name}");
        }
    }
}
