//! `results.json`, and the same figures as tables for CSV and XLSX. `verify` recomputes the JSON text from a bundle, so
//! it depends on nothing but the rule set, the list and the counts.

use serde::Serialize;

use crate::service::error::AppError;
use domain::document::margins;
use domain::occasion::Occasion;
use domain::poll::{BallotTotals, LevelCounts, PollKind};
use domain::result::{FormResult, OfficialResult, PollResult};
use domain::rules::{BaseKind, RuleSet};
use domain::tally::{Base, LevelPercent, Margin};
use import::{CellValue, Sheet};

#[derive(Serialize)]
struct ResultsFile<'a> {
    ruleset: &'a str,
    kind: PollKind,
    rehearsal: bool,
    /// Whether the counts are simulated, as against taken from a real count.
    simulated: bool,
    /// `null` when forms differ; each form then has its own.
    base: Option<BaseFile>,
    ballots: Option<BallotTotals>,
    forms: Vec<FormFile<'a>>,
    officials: Vec<OfficialFile<'a>>,
}

#[derive(Serialize)]
struct BaseFile {
    name: BaseKind,
    value: u32,
}

#[derive(Serialize)]
struct FormFile<'a> {
    form: &'a str,
    block: &'a str,
    base: BaseFile,
    ballots: BallotTotals,
    /// Only on a form without a result.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    void: bool,
}

#[derive(Serialize)]
struct OfficialFile<'a> {
    name: &'a str,
    post: &'a str,
    block: &'a str,
    counts: CountsFile,
    percent: PercentFile<'a>,
    band: &'static str,
    margin: Margin,
}

#[derive(Serialize)]
struct CountsFile {
    #[serde(flatten)]
    levels: LevelCounts,
    not_counted: u32,
}

/// Level to share, in ballot order.
struct PercentFile<'a>(&'a [LevelPercent]);

impl Serialize for PercentFile<'_> {
    fn serialize<S: serde::Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.collect_map(self.0.iter().map(|p| (p.level.key(), &p.text)))
    }
}

/// What kind of run the figures come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// Not a real poll: no official paper may be signed from it.
    pub rehearsal: bool,
    /// The counts come from simulated delegates.
    pub simulated: bool,
}

impl Provenance {
    /// What kind of figures these are, for people who see the table without its papers.
    pub const fn label(self) -> &'static str {
        match (self.rehearsal, self.simulated) {
            (_, true) => "DIỄN TẬP, số liệu mô phỏng",
            (true, false) => "DIỄN TẬP, số đếm do cơ quan nhập",
            (false, false) => "Kết quả kiểm phiếu",
        }
    }
}

/// The text of `results.json`: two spaces of indent, a newline at the end.
///
/// # Errors
/// Never for values that the domain made; an error all the same, so that no caller can panic.
pub fn json_text(rules: &RuleSet, provenance: Provenance, result: &PollResult) -> Result<String, AppError> {
    let file = ResultsFile {
        ruleset: &rules.id,
        kind: result.kind,
        rehearsal: provenance.rehearsal,
        simulated: provenance.simulated,
        base: result.common_base().map(base_file),
        ballots: result.common_ballots(),
        forms: result.forms.iter().map(form_file).collect(),
        officials: result.forms.iter().flat_map(officials_file).collect(),
    };
    let text = serde_json::to_string_pretty(&file).map_err(|e| AppError::internal("ghi results.json", e))?;
    Ok(text + "\n")
}

fn base_file(base: Base) -> BaseFile {
    BaseFile { name: base.kind, value: base.value }
}

fn form_file(form: &FormResult) -> FormFile<'_> {
    let (block, base) = (form.count.block.0.as_str(), base_file(form.base));
    FormFile { form: &form.count.form, block, base, ballots: form.ballots, void: form.is_void() }
}

/// The officials of a form; the band of one whose form has no result says so.
fn officials_file(form: &FormResult) -> impl Iterator<Item = OfficialFile<'_>> {
    let void = form.is_void().then_some("void");
    form.officials.iter().map(official_file).map(move |file| OfficialFile { band: void.unwrap_or(file.band), ..file })
}

fn official_file(official: &OfficialResult) -> OfficialFile<'_> {
    let tally = &official.tally;
    OfficialFile {
        name: &official.listed.name,
        post: &official.listed.post,
        block: &official.listed.block.0,
        counts: CountsFile { levels: tally.counts, not_counted: tally.not_counted },
        percent: PercentFile(&tally.percents),
        band: tally.band.key(),
        margin: tally.margin,
    }
}

/// The same figures as one table, a person a row.
pub fn sheet(occasion: &Occasion<'_>, provenance: Provenance, result: &PollResult) -> Sheet {
    let mut headers: Vec<String> = ["TT", "Khối", "Họ và tên", "Chức vụ"].map(str::to_owned).to_vec();
    for level in result.kind.levels() {
        headers.push(level.label().to_owned());
        headers.push(format!("Tỷ lệ {} (%)", level.label().to_lowercase()));
    }
    headers.extend(
        [
            "Không tính",
            "Phát ra",
            "Thu về",
            "Hợp lệ",
            "Không hợp lệ",
            "Căn cứ tính tỷ lệ",
            "Mức hệ quả",
            "Khoảng cách đến ngưỡng",
            "Nguồn số liệu",
        ]
        .map(str::to_owned),
    );
    let rows = result.forms.iter().flat_map(|f| f.officials.iter().map(move |o| (f, o)));
    let row = |(i, (form, official))| {
        let mut cells = row(occasion, i, form, official);
        cells.push(CellValue::Text(provenance.label().to_owned()));
        cells
    };
    Sheet {
        title: format!("Kết quả {}", result.kind.label()),
        notes: vec![
            format!("{}, {}", occasion.council.name, occasion.council.sitting.name),
            format!("{}; tỷ lệ tính trên {}", occasion.rules.short, occasion.rules.base.value.phrase),
            provenance.label().to_owned(),
        ],
        headers,
        rows: rows.enumerate().map(row).collect(),
    }
}

fn row(occasion: &Occasion<'_>, index: usize, form: &FormResult, official: &OfficialResult) -> Vec<CellValue> {
    let tally = &official.tally;
    let text = |s: &str| CellValue::Text(s.to_owned());
    let count = |n: u32| CellValue::Count(u64::from(n));
    let mut cells = vec![
        CellValue::Count(u64::try_from(index + 1).unwrap_or(u64::MAX)),
        text(&official.listed.block.0),
        text(&official.listed.name),
        text(&official.listed.post),
    ];
    let shares = tally.percents.iter().map(|share| share.text.as_str()).chain(std::iter::repeat(""));
    for ((_, counted), share) in tally.counts.each().into_iter().zip(shares) {
        cells.push(count(counted));
        cells.push(text(share));
    }
    let ballots = form.ballots;
    cells.extend([tally.not_counted, ballots.issued, ballots.returned, ballots.valid, ballots.invalid].map(count));
    cells.push(count(form.base.value));
    let none = if form.is_void() { "Không có kết quả" } else { "Không" };
    cells.push(tally.band.rule(occasion.rules).map_or_else(|| text(none), |b| text(&b.consequence)));
    cells.push(text(&margins(occasion, official)));
    cells
}
