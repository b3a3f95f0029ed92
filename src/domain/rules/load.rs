//! Reads rule files, and refuses a wrong one with file, key and what to do about it.

use super::{RuleSet, builtin_texts, check, syntax};
use crate::audit::Digest;

/// Why a rule file is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, khóa {key}: {what}")]
pub struct RuleError {
    pub file: String,
    /// Path of the key: `band[1].threshold.share`; `.` for the file as a whole.
    pub key: String,
    pub what: String,
}

/// The text of a rule file as it was read: what a bundle keeps, so that a stranger decides by the very same rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// Name of the file, without its folder.
    pub file: String,
    pub text: String,
    /// SHA-256 of [`Self::text`], as the log records it.
    pub sha256: Digest,
}

impl RuleText {
    /// Keeps `text` together with its hash.
    pub fn new(file: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { file: file.into(), sha256: Digest::of(text.as_bytes()), text }
    }
}

/// A rule set and the text it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedRules {
    pub source: RuleText,
    pub set: RuleSet,
}

/// Parses and checks the rule file `text` that came from `file`.
///
/// # Errors
/// The first thing that is wrong: syntax, an unknown, missing or doubled key, a value out of its range, a share over 1,
/// an empty citation, thresholds that do not ascend.
pub fn load(file: &str, text: &str) -> Result<RuleSet, RuleError> {
    let refuse = |key: String, what: String| RuleError { file: file.into(), key, what };
    if text.starts_with('\u{FEFF}') {
        let what = "tệp bắt đầu bằng dấu thứ tự byte (BOM); hãy lưu lại dạng UTF-8 không có dấu đó";
        return Err(refuse(".".into(), what.into()));
    }
    let input = toml::Deserializer::parse(text).map_err(|e| refuse(".".into(), unread(text, &e)))?;
    if let Some(place) = syntax::first_of_toml_1_1(text) {
        let line = line_of(text, place);
        let what = format!(
            "dòng {line} viết theo cú pháp chỉ có từ TOML 1.1; hãy bỏ dấu phẩy cuối, xuống dòng hoặc ghi chú trong {{…}}, và các \
             ký hiệu \\e, \\x"
        );
        return Err(refuse(".".into(), what));
    }
    let set: RuleSet = serde_path_to_error::deserialize(input).map_err(|e| {
        let (key, what) = explain(&e.path().to_string(), e.inner().message());
        refuse(key, what)
    })?;
    check::check(&set).map_err(|(key, what)| refuse(key, what))?;
    Ok(set)
}

/// The same checks on a rule set that was read before and has other values now.
///
/// # Errors
/// As [`load`].
pub(super) fn from_json(file: &str, json: serde_json::Value) -> Result<RuleSet, RuleError> {
    let refuse = |key: String, what: String| RuleError { file: file.into(), key, what };
    let set: RuleSet = serde_path_to_error::deserialize(json).map_err(|e| {
        let (key, what) = explain(&e.path().to_string(), &e.inner().to_string());
        refuse(key, what)
    })?;
    check::check(&set).map_err(|(key, what)| refuse(key, what))?;
    Ok(set)
}

/// The carried rule sets with `added` files, name and text each, put in: a file whose id is carried replaces that set
/// in its place, another one is appended. A change of the law thus needs no new program.
///
/// # Errors
/// As [`load`], and when two added files have one id.
pub fn load_all(added: &[(String, String)]) -> Result<Vec<LoadedRules>, RuleError> {
    let read =
        |file: &str, text: &str| load(file, text).map(|set| LoadedRules { source: RuleText::new(file, text), set });
    let carried = builtin_texts().iter().map(|(id, text)| read(&format!("{id}.toml"), text));
    let mut all: Vec<LoadedRules> = carried.collect::<Result<_, _>>()?;
    let mut seen: Vec<(String, &str)> = Vec::new();
    for (file, text) in added {
        let new = read(file, text)?;
        if let Some((_, other)) = seen.iter().find(|(id, _)| *id == new.set.id) {
            let what = format!("mã “{}” đã có trong tệp {other}; mỗi bộ quy tắc chỉ một tệp", new.set.id);
            return Err(RuleError { file: file.clone(), key: "id".into(), what });
        }
        seen.push((new.set.id.clone(), file));
        match all.iter_mut().find(|old| old.set.id == new.set.id) {
            Some(old) => *old = new,
            None => all.push(new),
        }
    }
    Ok(all)
}

/// A text that is no TOML: where, and what the parser says.
fn unread(text: &str, error: &toml::de::Error) -> String {
    let line = line_of(text, error.span().map_or(text.len(), |span| span.start));
    format!("dòng {line} không đúng cú pháp TOML; hãy xem dấu nháy, dấu ngoặc và dấu bằng ở dòng đó")
}

/// Number, from 1, of the line with the byte `place`.
fn line_of(text: &str, place: usize) -> usize {
    text.get(..place).unwrap_or(text).matches('\n').count() + 1
}

/// Key and Vietnamese words for what serde says at `path`.
fn explain(path: &str, message: &str) -> (String, String) {
    if let Some(field) = message.strip_prefix("missing field ").and_then(quoted) {
        let key = if path == "." { field.into() } else { format!("{path}.{field}") };
        return (key, "thiếu khóa này; hãy thêm vào tệp".into());
    }
    let what = if message.starts_with("unknown field") {
        format!("khóa lạ; các khóa dùng được: {}", expected(message))
    } else if message.starts_with("unknown variant") {
        format!(
            "giá trị “{}” không dùng được; dùng một trong: {}",
            quoted(message).unwrap_or_default(),
            expected(message)
        )
    } else if message.starts_with("invalid ") {
        "giá trị sai kiểu hoặc ngoài khoảng cho phép".into()
    } else if path.starts_with("in_force") {
        "ngày phải có thật và viết dạng \"2023-07-01\"".into()
    } else {
        message.into()
    };
    (path.into(), what)
}

/// The first name in backquotes.
fn quoted(message: &str) -> Option<&str> {
    message.split('`').nth(1)
}

/// Names that serde would have accepted, after its `expected`.
fn expected(message: &str) -> String {
    let names = message.split_once("expected").map_or("", |(_, rest)| rest);
    names.split('`').skip(1).step_by(2).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Attested, builtin};

    /// Text of the set in force with one change, which must be a change.
    fn changed(from: &str, to: &str) -> String {
        let text = builtin_texts()[0].1;
        assert!(text.contains(from), "{from:?} is not in the file");
        text.replacen(from, to, 1)
    }

    fn refusal(from: &str, to: &str) -> RuleError {
        load("luat.toml", &changed(from, to)).expect_err("the change must be refused")
    }

    #[test]
    fn every_carried_set_loads_under_its_own_id_with_a_source_for_each_parameter() {
        let sets = builtin().expect("carried files");
        let ids: Vec<&str> = sets.iter().map(|set| set.id.as_str()).collect();
        assert_eq!(ids, builtin_texts().iter().map(|(id, _)| *id).collect::<Vec<_>>());
        for cited in sets.iter().flat_map(RuleSet::parameters) {
            assert!(!cited.cite.trim().is_empty(), "{}", cited.key);
        }
        assert_eq!(sets[0].parameters().iter().find(|c| c.key == "base").map(|c| c.attested), Some(Attested::Verified));
    }

    #[test]
    fn a_wrong_file_is_refused_with_its_name_and_the_key() {
        let wrong = [
            ("side = \"state\"", "side = \"state\"\nmau_phieu = 1", "mau_phieu", "khóa lạ"),
            ("edge = \"from\"", "edge = \"from\", percent = 66", "quorum.value.threshold.percent", "khóa lạ"),
            ("days = 45", "days = 45\nhours = 1", "deadline[0].hours", "khóa lạ"),
            ("cite = \"NQ 96/2023/QH15, Điều 19.3\"\n", "", "base.cite", "thiếu khóa"),
            ("cite = \"NQ 96/2023/QH15, Điều 19.3\"", "cite = \"  \"", "base.cite", "thiếu căn cứ"),
            (
                "id = \"over_half_low\"\nthreshold = { share = \"1/2\"",
                "id = \"over_half_low\"\nthreshold = { share = \"3/2\"",
                "band[0].threshold.share",
                "lớn hơn 1",
            ),
            (
                "id = \"two_thirds_low\"\nthreshold = { share = \"2/3\"",
                "id = \"two_thirds_low\"\nthreshold = { share = \"0.67\"",
                "band[1].threshold.share",
                "dạng \"2/3\"",
            ),
            (
                "id = \"two_thirds_low\"\nthreshold = { share = \"2/3\"",
                "id = \"two_thirds_low\"\nthreshold = { share = \"1/3\"",
                "band[1].threshold",
                "từ thấp đến cao",
            ),
            ("id = \"two_thirds_low\"", "id = \"over_half_low\"", "band[1].threshold", "không trùng"),
            ("[\"high\", \"medium\", \"low\"]", "[]", "levels.value", "đúng ba mức"),
            ("[\"high\", \"medium\", \"low\"]", "[\"high\", \"good\"]", "levels.value[1]", "“good”"),
            (
                "from = \"2023-07-01\"",
                "from = \"2023-07-01\", until = \"2023-06-30\"",
                "in_force.value.until",
                "đứng trước",
            ),
            ("from = \"2023-07-01\"", "from = \"2023-02-30\"", "in_force.value.from", "ngày phải có thật"),
            ("id = \"reply\"", "id = \"clarify_request\"", "deadline[12].id", "đã dùng"),
            ("councils = [\"national_assembly\"]\nid", "councils = []\nid", "deadline[0].councils", "ít nhất một"),
            ("kind = \"retirement_notice\"", "kind = \"under_months\"", "exemption[0].months", "under_months"),
            ("[\"pho truong ban\"]", "[\"Phó Trưởng Ban\"]", "not_subject[1].titles[0]", "“pho truong ban”"),
            ("attested = \"verified\"", "attested = \"yes\"", "in_force.attested", "verified, single, unverified"),
            ("[minutes_copies]\nvalue = 3", "[minutes_copies]\nvalue = 0", "minutes_copies.value", "ít nhất một bản"),
            ("costs = \"line\"", "costs = \"ballot\"", "bad_line.value.costs", "literal_reading_only"),
            ("share = \"2/100\"", "share = \"2%\"", "recount.value.share", "dạng \"2/3\""),
            ("share = \"2/100\"", "share = \"00000000002/100\"", "recount.value.share", "dạng \"2/3\""),
            ("[\"pho truong ban\"]", "[\"pho truong ⓐ\"]", "not_subject[1].titles[0]", "không dấu"),
            ("from = \"2023-07-01\"", "from = \"0202-07-01\"", "in_force.value.from", "ngày phải có thật"),
            ("from = \"2023-07-01\"", "from = \"20230701\"", "in_force.value.from", "ngày phải có thật"),
            ("decimals = 2", "decimals = 300", "percent.value.decimals", "ngoài khoảng"),
            ("side = \"state\"", "side = state", ".", "dòng 5 không đúng cú pháp"),
        ];
        for (from, to, key, what) in wrong {
            let error = refusal(from, to);
            assert_eq!((error.file.as_str(), error.key.as_str()), ("luat.toml", key), "{error}");
            assert!(error.what.contains(what), "{error}");
        }
        let marked = format!("\u{FEFF}{}", builtin_texts()[0].1);
        let error = load("luat.toml", &marked).expect_err("a mark of byte order");
        assert!(error.what.contains("BOM"), "{error}");
    }

    #[test]
    fn a_file_with_a_carried_id_replaces_that_set_and_another_is_added() {
        let stricter = changed("Điều 19.3", "Điều 19.3 (sửa đổi)");
        let new = changed("id = \"NQ96-2023-QH15\"", "id = \"NQ01-2028-QH16\"");
        let files = [("a.toml".to_owned(), stricter.clone()), ("b.toml".to_owned(), new)];
        let all = load_all(&files).expect("both load");
        let ids: Vec<&str> = all.iter().map(|rules| rules.set.id.as_str()).collect();
        assert_eq!(ids, ["NQ96-2023-QH15", "QD96-TW-2023", "NQ85-2014-QH13", "NQ35-2012-QH13", "NQ01-2028-QH16"]);
        assert_eq!((all[0].source.file.as_str(), all[0].source.text.as_str()), ("a.toml", stricter.as_str()));
        let twice = load_all(&[files[0].clone(), ("c.toml".to_owned(), files[0].1.clone())]).expect_err("one id twice");
        assert_eq!((twice.file.as_str(), twice.key.as_str()), ("c.toml", "id"));
    }

    /// Quy định 377-QĐ/TW, and 41-QĐ/TW before it: whoever must be removed is not let go instead.
    #[test]
    fn the_party_side_never_offers_to_resign_in_the_upper_band() {
        let party = builtin_texts()[1].1;
        load("x.toml", party).expect("as it is carried");
        for (from, to, key) in [
            (
                "consequence = \"miễn nhiệm chức vụ",
                "consequence = \"cho từ chức hoặc miễn nhiệm chức vụ",
                "band[1].consequence",
            ),
            ("what = \"miễn nhiệm chức vụ\"", "what = \"cho từ chức hoặc miễn nhiệm\"", "follow_up[1].what"),
        ] {
            assert!(party.contains(from), "{from}");
            let error = load("x.toml", &party.replacen(from, to, 1)).expect_err("the offer must be refused");
            assert_eq!(error.key, key, "{error}");
        }
    }

    /// Papers print values and articles; what is not sure of them stands in the note, for the office alone.
    #[test]
    fn values_and_citations_carry_no_marks_of_doubt() {
        for (id, text) in builtin_texts() {
            for line in text.lines().filter(|line| !line.starts_with("note = ") && !line.starts_with('#')) {
                let folded = line.to_lowercase();
                let doubts = ["chưa đọc", "chưa đối chiếu", "chưa kiểm chứng", "suy theo", "suy từ", "không rõ"];
                assert!(!doubts.iter().any(|doubt| folded.contains(doubt)), "{id}: {line}");
            }
        }
    }

    #[test]
    fn the_hash_is_of_the_exact_text() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(RuleText::new("x.toml", "abc").sha256.to_string(), abc);
    }
}
