//! What an office says of a rule set that it goes by: this parameter was compared with the official text, that one has
//! another value here, this one is taken as it is although nobody has read the text. From the text of the program and
//! what was said of it follows the effective set: a text of its own, with a hash of its own.
//!
//! A comparison speaks of one value. When the program brings another value later, the comparison says nothing about it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::load::{LoadedRules, RuleError, RuleText, from_json};
use super::{Attested, Parameter, RuleSet};
use crate::audit::Digest;
use crate::audit::canonical::to_text;
use crate::council::CouncilKind;
use crate::poll::PollKind;

/// What an office says of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementKind {
    /// Đối chiếu với văn bản gốc: the value is what the official text says.
    Compared,
    /// Another value holds, with its reason and from a day on.
    Changed,
    /// The law leaves the value to the council's own rules (Quy chế).
    Filled,
    /// Taken as it is, with a reason, although it was not compared.
    Accepted,
    /// Taken over from the set that the overseer's installation published.
    Adopted,
}

impl StatementKind {
    /// All that can be said in a form, in its order. What is [`Self::Adopted`] is read from the published set, never typed.
    pub const ALL: [Self; 4] = [Self::Compared, Self::Changed, Self::Filled, Self::Accepted];

    /// Code in forms, in the database and in the log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Compared => "compared",
            Self::Changed => "changed",
            Self::Filled => "filled",
            Self::Accepted => "accepted",
            Self::Adopted => "adopted",
        }
    }

    /// Inverse of [`Self::code`], for what a form sends.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The state of a parameter of which this was said last.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Compared => "đã đối chiếu với văn bản gốc",
            Self::Changed => "đã thay giá trị",
            Self::Filled => "theo Quy chế của hội đồng",
            Self::Accepted => "chấp nhận khi chưa đối chiếu",
            Self::Adopted => "theo bộ đối chiếu do cấp trên công bố",
        }
    }

    /// Whether it brings a value with it.
    pub const fn has_value(self) -> bool {
        matches!(self, Self::Changed | Self::Filled)
    }
}

/// A file that proves a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedFile {
    /// Name of the file, without folder.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
}

/// One parameter of which a statement speaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// The article that papers cite from now on.
    pub article: String,
    /// What the overseer said of it: document, page, day, people; only where it is adopted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// SHA-256 of the file that proved it to the overseer; only where it is adopted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Digest>,
    /// The day from which the value holds, where it is adopted and has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// [`super::Parameter::key`].
    pub key: String,
    /// [`RuleSet::fingerprints`] of the value that was seen.
    pub sha256: Digest,
    /// Canonical JSON of the new value; only where the statement brings one.
    pub value: Option<String>,
}

/// What is proposed, confirmed and logged. Fields stand in canonical order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The text that was read: `Công báo số 823 + 824 ngày 15/7/2023`; the decision behind the council's own rules.
    pub document: String,
    pub file: Option<StatedFile>,
    /// The day from which a value holds.
    pub from: Option<Date>,
    pub kind: StatementKind,
    /// Page of the document.
    pub page: String,
    pub parameters: Vec<Stated>,
    /// Who compared.
    pub read_by: String,
    /// The day on which it was compared.
    pub read_on: Option<Date>,
    pub reason: String,
    /// Id of the rule set.
    pub ruleset: String,
}

/// Words of doubt: they belong on the sheet of the office, never on a paper that others get.
pub const DOUBTS: [&str; 6] = ["chưa kiểm chứng", "chưa đọc", "suy theo", "suy từ", "cần đối chiếu", "chưa đối chiếu"];

/// Whether a text carries a word of doubt.
pub fn is_doubtful(text: &str) -> bool {
    let text = text.to_lowercase();
    DOUBTS.iter().any(|word| text.contains(word))
}

/// The article alone, as papers cite it: what a citation says of how it was read is left out.
pub fn article(cite: &str) -> String {
    let mut kept: Vec<String> = Vec::new();
    for part in cite.split(';') {
        let mut text = part.trim().to_owned();
        while let Some((before, rest)) = text.split_once('(') {
            let Some((inside, after)) = rest.split_once(')') else { break };
            if !is_doubtful(inside) {
                break;
            }
            text = format!("{} {}", before.trim_end(), after.trim_start()).trim().to_owned();
        }
        let folded = text.to_lowercase();
        let plain = ["suy theo ", "suy từ ", "theo "].iter().find(|word| folded.starts_with(*word));
        if let Some(rest) = plain.filter(|_| is_doubtful(&text)).and_then(|word| text.get(word.len()..)) {
            text = rest.trim().to_owned();
        }
        if !text.is_empty() && !is_doubtful(&text) {
            kept.push(text);
        }
    }
    if kept.is_empty() { "quy định của pháp luật".to_owned() } else { kept.join("; ") }
}

/// What is wrong with a statement: the name of its field, and a sentence.
pub type StatementFault = (&'static str, String);

impl Statement {
    /// Everything that is missing or wrong by itself, in the order of the form.
    pub fn faults(&self) -> Vec<StatementFault> {
        let mut wrong: Vec<StatementFault> = Vec::new();
        let mut ask = |holds: bool, field: &'static str, sentence: &str| {
            if !holds {
                wrong.push((field, sentence.to_owned()));
            }
        };
        let said = |text: &str| !text.trim().is_empty();
        ask(!self.parameters.is_empty(), "keys", "Hãy chọn ít nhất một tham số.");
        let cites = || self.parameters.iter().map(|stated| stated.article.as_str());
        match self.kind {
            StatementKind::Compared => {
                ask(said(&self.document), "document", "Hãy ghi văn bản đã đối chiếu: tên, số, bản nào.");
                ask(said(&self.page), "page", "Hãy ghi trang của văn bản.");
                ask(said(&self.read_by), "read_by", "Hãy ghi họ tên người đối chiếu.");
                ask(self.read_on.is_some(), "read_on", "Hãy ghi ngày đối chiếu, ví dụ 05/12/2028.");
                ask(self.file.is_some(), "file", "Hãy gửi kèm tệp văn bản đã đối chiếu.");
            }
            StatementKind::Changed | StatementKind::Filled => {
                ask(said(&self.reason), "reason", "Hãy ghi lý do.");
                ask(self.from.is_some(), "from", "Hãy ghi ngày bắt đầu áp dụng, ví dụ 05/12/2028.");
                ask(said(&self.document), "document", "Hãy ghi văn bản quy định: tên, số, ngày.");
                let has_value = matches!(self.parameters.as_slice(), [one] if one.value.is_some());
                ask(has_value, "keys", "Mỗi lần chỉ thay giá trị của một tham số.");
            }
            StatementKind::Accepted => {
                ask(said(&self.reason), "reason", "Hãy ghi lý do chấp nhận khi chưa đối chiếu.");
            }
            StatementKind::Adopted => {
                let is_told = self.parameters.iter().all(|stated| stated.basis.as_deref().is_some_and(said));
                ask(
                    said(&self.document) && is_told,
                    "document",
                    "Bộ đã công bố phải nói rõ ai đối chiếu, theo văn bản nào.",
                );
            }
        }
        if self.kind != StatementKind::Accepted {
            ask(cites().all(said), "article", "Hãy ghi điều khoản.");
            let sentence =
                "Giấy tờ chỉ ghi điều khoản: hãy bỏ lời nghi ngờ («chưa đọc», «suy theo» …) khỏi điều khoản.";
            ask(!cites().any(is_doubtful), "article", sentence);
        }
        wrong
    }
}

/// A statement that two people stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    pub statement: Statement,
    pub proposed_by: String,
    pub confirmed_by: String,
    /// The day on which it was confirmed.
    pub on: Date,
}

/// What was said last of one parameter, as the effective set carries it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    pub key: String,
    pub kind: StatementKind,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub document: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub page: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub read_by: String,
    #[serde(default, deserialize_with = "crate::audit::day::read_some")]
    pub read_on: Option<Date>,
    #[serde(default, deserialize_with = "crate::audit::day::read_some")]
    pub from: Option<Date>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// SHA-256 of the file that proves it.
    pub file: Option<Digest>,
    pub proposed_by: String,
    pub confirmed_by: String,
    /// The day on which it was confirmed.
    #[serde(deserialize_with = "crate::audit::day::read")]
    pub confirmed_on: Date,
}

/// A field of a value, for a form: name inside the value, and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// `threshold.share`; items of a list stand one to a line.
    pub name: String,
    pub text: String,
}

/// Fields of a parameter that are no part of its value.
const SOURCE_FIELDS: [&str; 3] = ["cite", "attested", "note"];

/// `band[1]` as a JSON pointer: `/band/1`.
fn pointer(path: &str) -> String {
    format!("/{}", path.replace(['.', '['], "/").replace(']', ""))
}

/// A parameter without its source, and without fields that are absent: a field that a later program adds with nothing in
/// it changes no fingerprint.
fn value_of(parameter: &Value) -> Value {
    let Value::Object(fields) = parameter else { return Value::Null };
    let is_said = |value: &Value| !matches!(value, Value::Null | Value::Bool(false));
    let kept = fields.iter().filter(|(name, value)| !SOURCE_FIELDS.contains(&name.as_str()) && is_said(value));
    Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
}

fn fingerprint_of(parameter: &Value) -> Digest {
    Digest::of(to_text(&value_of(parameter)).unwrap_or_default().as_bytes())
}

impl RuleSet {
    fn json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn parameter_json(&self, key: &str) -> Option<Value> {
        let path = self.parameters().into_iter().find(|parameter| parameter.key == key)?.path;
        self.json().pointer(&pointer(&path)).cloned()
    }

    /// SHA-256 over the value of each parameter, by key, in the order of the file.
    pub fn fingerprints(&self) -> BTreeMap<String, Digest> {
        let json = self.json();
        let print = |path: &str| json.pointer(&pointer(path)).map(fingerprint_of);
        self.parameters().iter().filter_map(|p| Some((p.key.clone(), print(&p.path)?))).collect()
    }

    /// What was said last of a parameter; `None` when nothing was.
    pub fn attestation(&self, key: &str) -> Option<&Attestation> {
        self.attestations.iter().find(|attestation| attestation.key == key)
    }

    /// What decides in a vote of `kind` at a body of kind `body` on `day`, and of which no office has said anything: forms
    /// of a poll that is no rehearsal are not sealed while there is one.
    pub fn unattested(&self, kind: PollKind, body: CouncilKind, day: Date) -> Vec<Parameter<'_>> {
        let mut all = self.parameters();
        all.retain(|p| p.decides_in(kind, body, day) && self.attestation(&p.key).is_none());
        all
    }

    /// The value of a parameter as canonical JSON, as a statement brings it.
    pub fn value_text(&self, key: &str) -> Option<String> {
        let Value::Object(mut fields) = self.parameter_json(key)? else { return None };
        fields.retain(|name, _| !SOURCE_FIELDS.contains(&name.as_str()));
        to_text(&Value::Object(fields)).ok()
    }

    /// The value of a parameter as the fields of a form.
    pub fn leaves(&self, key: &str) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        if let Some(Value::Object(fields)) = self.parameter_json(key) {
            for (name, value) in fields.iter().filter(|(name, _)| !SOURCE_FIELDS.contains(&name.as_str())) {
                flatten(name, value, &mut leaves);
            }
        }
        leaves
    }

    /// The value that the fields of a form give, as canonical JSON; `typed` gives what stands in each field.
    pub fn value_from(&self, key: &str, typed: impl Fn(&str) -> String) -> Option<String> {
        let Value::Object(fields) = self.parameter_json(key)? else { return None };
        let kept = fields.iter().filter(|(name, _)| !SOURCE_FIELDS.contains(&name.as_str()));
        let read: Map<String, Value> = kept.map(|(name, old)| (name.clone(), read_leaf(name, old, &typed))).collect();
        to_text(&Value::Object(read)).ok()
    }
}

fn flatten(name: &str, value: &Value, leaves: &mut Vec<Leaf>) {
    let text = match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(inner, value)| flatten(&format!("{name}.{inner}"), value, leaves));
            return;
        }
        Value::Array(items) => items.iter().map(scalar).collect::<Vec<_>>().join("\n"),
        other => scalar(other),
    };
    leaves.push(Leaf { name: name.to_owned(), text });
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "có".to_owned(),
        Value::Bool(false) => "không".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What was typed, in the type of what stands there now; what does not read is left as text, for the checks to refuse.
fn read_leaf(name: &str, old: &Value, typed: &impl Fn(&str) -> String) -> Value {
    match old {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(inner, old)| (inner.clone(), read_leaf(&format!("{name}.{inner}"), old, typed)))
                .collect(),
        ),
        Value::Array(_) => {
            let text = typed(name);
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            Value::Array(lines.map(|line| Value::String(line.to_owned())).collect())
        }
        Value::Number(_) => {
            let text = typed(name);
            text.trim().parse::<u64>().map_or_else(|_| Value::String(text), Value::from)
        }
        Value::Bool(_) => Value::Bool(typed(name).trim().to_lowercase() == "có"),
        Value::Null | Value::String(_) => {
            let text = typed(name);
            let text = text.trim();
            if text.is_empty() && old.is_null() { Value::Null } else { Value::String(text.to_owned()) }
        }
    }
}

/// The set that holds on `day`, out of the text of the program and what was said of it, in the order of confirmation.
/// When nothing was said, that is the text of the program itself.
///
/// # Errors
/// When a value that was put in is refused by the checks of every rule file, or gives a parameter another name.
pub fn effective(base: &LoadedRules, said: &[Confirmed], day: Date) -> Result<LoadedRules, RuleError> {
    let refuse = |key: &str, what: &str| RuleError {
        file: base.source.file.clone(),
        key: key.to_owned(),
        what: what.to_owned(),
    };
    let paths: BTreeMap<String, String> =
        base.set.parameters().into_iter().map(|parameter| (parameter.key, pointer(&parameter.path))).collect();
    let mut json = base.set.json();
    let mut notes: BTreeMap<&str, Attestation> = BTreeMap::new();
    for confirmed in said {
        let statement = &confirmed.statement;
        if statement.ruleset != base.set.id || statement.from.is_some_and(|from| day < from) {
            continue;
        }
        for stated in &statement.parameters {
            let place = paths.get(&stated.key).and_then(|path| json.pointer_mut(path));
            let Some(Value::Object(parameter)) = place else { continue };
            if stated.from.is_some_and(|from| day < from) {
                continue;
            }
            let is_adopted_value = statement.kind == StatementKind::Adopted && stated.value.is_some();
            if statement.kind.has_value() || is_adopted_value {
                let value = stated.value.as_deref().and_then(|text| serde_json::from_str(text).ok());
                let Some(Value::Object(value)) = value else {
                    return Err(refuse(&stated.key, "giá trị thay không đọc được"));
                };
                parameter.extend(value);
            } else if fingerprint_of(&Value::Object(parameter.clone())) != stated.sha256 {
                // Said of another value.
                continue;
            }
            if statement.kind != StatementKind::Accepted {
                parameter.insert("cite".to_owned(), Value::String(stated.article.clone()));
                parameter.insert("attested".to_owned(), serde_json::to_value(Attested::Verified).unwrap_or_default());
                parameter.insert("note".to_owned(), Value::Null);
            }
            notes.insert(&stated.key, note(confirmed, stated));
        }
    }
    if notes.is_empty() {
        return Ok(base.clone());
    }
    let ordered = paths.keys().filter_map(|key| notes.remove(key.as_str())).collect();
    let set = RuleSet { attestations: ordered, ..from_json(&base.source.file, json)? };
    let renamed = set.parameters().into_iter().find(|parameter| !paths.contains_key(&parameter.key));
    if let Some(renamed) = renamed {
        return Err(refuse(
            &renamed.key,
            "mã, loại hội đồng đứng đầu và ngày của tham số không thay được; chỉ thay nội dung",
        ));
    }
    let written = toml::to_string(&set).map_err(|e| refuse(".", &e.to_string()))?;
    let text = format!("# {}: bộ quy tắc đã đối chiếu của hội đồng, do chương trình viết ra.\n{written}", set.short);
    Ok(LoadedRules { source: RuleText::new(base.source.file.clone(), text), set })
}

fn note(confirmed: &Confirmed, stated: &Stated) -> Attestation {
    let statement = &confirmed.statement;
    Attestation {
        key: stated.key.clone(),
        kind: statement.kind,
        document: statement.document.clone(),
        page: statement.page.clone(),
        read_by: statement.read_by.clone(),
        read_on: statement.read_on,
        from: statement.from.or(stated.from),
        reason: stated.basis.clone().unwrap_or_else(|| statement.reason.clone()),
        file: stated.file.or(statement.file.as_ref().map(|file| file.sha256)),
        proposed_by: confirmed.proposed_by.clone(),
        confirmed_by: confirmed.confirmed_by.clone(),
        confirmed_on: confirmed.on,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::rules::{BaseKind, builtin_texts, load, load_all};

    fn base() -> LoadedRules {
        load_all(&[]).expect("carried").remove(0)
    }

    fn stated(rules: &RuleSet, key: &str) -> Stated {
        let parameters = rules.parameters();
        let found = parameters.iter().find(|parameter| parameter.key == key).expect("a key");
        Stated {
            article: found.cite.to_owned(),
            basis: None,
            file: None,
            from: None,
            key: key.to_owned(),
            sha256: rules.fingerprints()[key],
            value: None,
        }
    }

    fn said(kind: StatementKind, parameters: Vec<Stated>) -> Confirmed {
        let statement = Statement {
            document: "Công báo".into(),
            file: Some(StatedFile { name: "cong-bao.pdf".into(), sha256: Digest::of(b"pdf") }),
            from: kind.has_value().then(|| date(2027, 1, 1)),
            kind,
            page: "3".into(),
            parameters,
            read_by: "Lê Pháp Chế".into(),
            read_on: Some(date(2026, 11, 1)),
            reason: "theo văn bản".into(),
            ruleset: "NQ96-2023-QH15".into(),
        };
        Confirmed { statement, proposed_by: "An".into(), confirmed_by: "Bình".into(), on: date(2026, 11, 2) }
    }

    #[test]
    fn an_attested_set_is_a_rule_file_with_a_hash_of_its_own() {
        let base = base();
        let keys: Vec<String> = base.set.fingerprints().into_keys().collect();
        let all: Vec<Stated> = keys.iter().map(|key| stated(&base.set, key)).collect();
        let on = date(2028, 12, 5);
        let attested = effective(&base, &[said(StatementKind::Compared, all)], on).expect("a set");
        assert_ne!(attested.source.sha256, base.source.sha256);
        assert_eq!(load("x.toml", &attested.source.text).expect("loads"), attested.set);
        assert!(attested.set.parameters().iter().all(|p| p.attested == Attested::Verified && p.note.is_none()));
        assert_eq!(attested.set.fingerprints(), base.set.fingerprints());
        let found = attested.set.attestation("base").expect("attested");
        assert_eq!((found.read_by.as_str(), found.confirmed_by.as_str()), ("Lê Pháp Chế", "Bình"));
        assert_eq!(effective(&base, &[], on).expect("the text"), base);
    }

    #[test]
    fn a_value_holds_from_its_day_and_a_comparison_speaks_of_the_value_that_was_seen() {
        let base = base();
        let before = stated(&base.set, "base");
        let typed = |name: &str| match name {
            "value.kind" => "delegates".to_owned(),
            _ => "tổng số đại biểu".to_owned(),
        };
        let value = base.set.value_from("base", typed);
        let changed = said(StatementKind::Changed, vec![Stated { value, article: "Điều 1".into(), ..before.clone() }]);
        let compared = said(StatementKind::Compared, vec![before]);
        let both = [changed, compared];
        let later = effective(&base, &both, date(2028, 12, 5)).expect("a set").set;
        assert_eq!((later.base.value.kind, later.base.cite.as_str()), (BaseKind::Delegates, "Điều 1"));
        assert_eq!(later.attestation("base").map(|said| said.kind), Some(StatementKind::Changed));
        let earlier = effective(&base, &both, date(2026, 12, 5)).expect("a set").set;
        assert_eq!(earlier.base.value, base.set.base.value);
        assert_eq!(earlier.attestation("base").map(|said| said.kind), Some(StatementKind::Compared));
    }

    #[test]
    fn a_value_that_no_rule_file_may_have_is_refused_and_so_is_another_name() {
        let base = base();
        let with = |key: &str, name: &'static str, text: &'static str| {
            let old: BTreeMap<String, String> =
                base.set.leaves(key).into_iter().map(|leaf| (leaf.name, leaf.text)).collect();
            let typed = |field: &str| if field == name { text.to_owned() } else { old[field].clone() };
            let value = base.set.value_from(key, typed);
            let changed = said(StatementKind::Changed, vec![Stated { value, ..stated(&base.set, key) }]);
            effective(&base, &[changed], date(2028, 12, 5)).map(|rules| rules.set).map_err(|e| e.key)
        };
        let sizes = with("board_min", "value.province_council", "9").expect("nine");
        assert_eq!(sizes.board_min.expect("sizes").value.values().copied().max(), Some(9));
        assert!(with("board_min", "value.province_council", "chín").is_err());
        assert_eq!(with("band.two_thirds_low", "threshold.share", "1/3").expect_err("refused"), "band[1].threshold");
        assert_eq!(with("spoils_line.no_mark", "id", "khac").expect_err("refused"), "spoils_line.khac");
        assert_eq!(builtin_texts()[0].0, base.set.id);
    }

    #[test]
    fn a_paper_cites_the_article_and_nothing_of_how_it_was_read() {
        for (cite, plain) in [
            ("NQ 96/2023/QH15, Điều 19.3", "NQ 96/2023/QH15, Điều 19.3"),
            ("NQ 96/2023/QH15, Điều 11 (suy theo Điều 10)", "NQ 96/2023/QH15, Điều 11"),
            (
                "NQ 96/2023/QH15, Điều 18 (chưa đọc nguyên văn); suy từ kết quả Vĩnh Phúc",
                "NQ 96/2023/QH15, Điều 18; kết quả Vĩnh Phúc",
            ),
            ("Suy theo HD 883/HD-UBTVQH14 năm 2021, điểm 5a", "HD 883/HD-UBTVQH14 năm 2021, điểm 5a"),
            ("Luật số 72/2025/QH15 (luật kế tiếp)", "Luật số 72/2025/QH15 (luật kế tiếp)"),
            ("số điều chưa đọc", "quy định của pháp luật"),
        ] {
            assert_eq!(article(cite), plain);
        }
        let carried = load_all(&[]).expect("carried");
        let all = carried.iter().flat_map(|rules| rules.set.parameters());
        all.for_each(|parameter| assert!(!is_doubtful(&article(parameter.cite)), "{}", parameter.cite));
    }

    #[test]
    fn a_statement_says_what_it_lacks_and_no_article_carries_a_doubt() {
        let base = base();
        let whole = said(StatementKind::Compared, vec![stated(&base.set, "levels")]).statement;
        assert_eq!(whole.faults(), []);
        let bare = Statement { file: None, page: String::new(), ..whole.clone() };
        assert_eq!(bare.faults().iter().map(|(field, _)| *field).collect::<Vec<_>>(), ["page", "file"]);
        let doubtful =
            Stated { article: "Điều 18 (chưa đọc nguyên văn)".into(), ..stated(&base.set, "levels") };
        let doubtful = Statement { parameters: vec![doubtful], ..whole };
        assert_eq!(doubtful.faults().first().map(|(field, _)| *field), Some("article"));
    }
}
