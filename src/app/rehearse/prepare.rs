//! From a workbook to a plan: rule set, who is on the list, forms, and everything a person must look at first.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Input, Options};
use crate::polls::results::Provenance;
use crate::rules::sets;
use crate::service::error::AppError;
use domain::ballot::{self, BallotForm};
use domain::batch::secrecy_finding;
use domain::book::Book;
use domain::calendar::Calendar;
use domain::deadline::{self, Deadline};
use domain::document::Frame;
use domain::dossier::Days;
use domain::eligibility::{self, Standing};
use domain::finding::{Finding, Severity};
use domain::occasion::{Occasion, REHEARSAL};
use domain::official::OfficialNo;
use domain::poll::PollKind;
use domain::readiness::readiness;
use domain::result::Listed;
use domain::rules::{LoadedRules, RuleSet};

/// Everything that is settled before the first paper is printed.
pub(super) struct Plan<'a> {
    pub book: &'a Book,
    pub rules: &'a LoadedRules,
    pub kind: PollKind,
    pub provenance: Provenance,
    /// Legal basis that the office stated for its body.
    pub basis: Option<&'a str>,
    pub seed: u64,
    /// Ballots of each form to print and hand out.
    pub issued: u32,
    /// The days by which dossiers are judged.
    pub days: Days,
    pub standings: Vec<Standing>,
    pub deadlines: Vec<Deadline<'a>>,
    pub listed: Vec<OfficialNo>,
    pub forms: Vec<BallotForm>,
}

impl Plan<'_> {
    pub(super) fn occasion(&self) -> Occasion<'_> {
        occasion(self.book, &self.rules.set, self.kind, self.basis)
    }

    /// The frame of a paper, with `foot` at the foot of every page. Papers carry the day of the vote.
    pub(super) fn frame(&self, foot: Option<String>) -> Frame<'_> {
        Frame { occasion: self.occasion(), date: self.book.council.sitting.votes_on, foot }
    }

    /// The frame of a dossier: it carries the day by which its facts are judged.
    pub(super) fn dossier_frame(&self, foot: String) -> Frame<'_> {
        Frame { date: self.days.judged_on(), ..self.frame(Some(foot)) }
    }

    /// The list as it was decided, form by form, in ballot order.
    pub(super) fn list(&self) -> Vec<Listed> {
        let officials = self.forms.iter().flat_map(|f| &f.lines).filter_map(|line| self.book.official(line.official));
        officials
            .map(|o| Listed {
                name: o.name.clone(),
                honorific: Some(o.honorific),
                post: o.posts_text(),
                block: o.block.clone(),
            })
            .collect()
    }
}

/// Settles the plan, and gives it with all that was noticed about input, rules and preparation.
///
/// # Errors
/// When the rule set is unknown or has no rule for the vote, or a check found an error, such as that nobody is on the
/// list.
pub(super) fn plan<'a>(
    input: &'a Input,
    rules: &'a [LoadedRules],
    options: &'a Options,
    today: Date,
) -> Result<(Plan<'a>, Vec<Finding>), AppError> {
    let book = &input.book;
    let mut findings = input.findings.clone();
    let text = rules_of(input, rules)?;
    let kind = declared_kind(book).unwrap_or(options.kind);
    require_rules_for(&text.set, kind)?;
    let calendar = Calendar::builtin().map_err(|e| AppError::internal("đọc lịch ngày nghỉ", e))?;
    let standings = eligibility::eligibility(&text.set, book, kind, &options.enabled);
    let deadlines = deadline::deadlines(&text.set, &book.council, kind, &calendar);
    findings.extend(eligibility::findings(book, &standings));
    findings.extend(readiness(&text.set, book, kind, &standings));
    findings.extend(deadline::deadline_findings(&deadlines, &book.council.sitting, &BTreeMap::new(), today));
    let listed: Vec<OfficialNo> = eligibility::listed(&standings).collect();
    let basis = stated_basis(book, kind, options);
    if findings.iter().any(Finding::is_error) {
        return Err(AppError::Findings { file: input.name.clone(), findings });
    }
    let forms = ballot::forms(&occasion(book, &text.set, kind, basis), book, &listed);
    let issued = issued(book, options);
    findings.extend(secrecy_finding(issued));
    let plan = Plan {
        book,
        rules: text,
        kind,
        provenance: Provenance { rehearsal: true, simulated: book.declared.is_none() },
        basis,
        seed: options.seed,
        issued,
        days: Days::new(today, book.council.sitting.votes_on, &deadlines, None),
        standings,
        deadlines,
        listed,
        forms,
    };
    Ok((plan, findings))
}

fn occasion<'a>(book: &'a Book, rules: &'a RuleSet, kind: PollKind, basis: Option<&'a str>) -> Occasion<'a> {
    Occasion { council: &book.council, rules, kind, basis, watermark: Some(REHEARSAL) }
}

/// The basis that the office stated for its own body, where the vote needs one.
fn stated_basis<'a>(book: &Book, kind: PollKind, options: &'a Options) -> Option<&'a str> {
    let stated = options.enabled.iter().find(|e| e.kind == book.council.kind && kind == PollKind::Rating)?;
    Some(stated.basis.trim()).filter(|basis| !basis.is_empty())
}

/// The rule set that the workbook names. Without it nothing else can be checked, so what reading found is said with it.
fn rules_of<'a>(input: &Input, rules: &'a [LoadedRules]) -> Result<&'a LoadedRules, AppError> {
    sets::named(rules, &input.book.council.ruleset).ok_or_else(|| {
        let what = format!("Không có bộ quy tắc «{}».", input.book.council.ruleset);
        let remedy = format!("Ở mục «Bộ quy tắc», ghi một trong: {}.", sets::ids(rules));
        let unknown = Finding::new("RDY-008", Severity::Error, "Hội đồng", what, remedy);
        let findings = input.findings.iter().cloned().chain([unknown]).collect();
        AppError::Findings { file: input.name.clone(), findings }
    })
}

fn declared_kind(book: &Book) -> Option<PollKind> {
    book.declared.as_ref()?.first().map(|line| line.counts.kind())
}

fn require_rules_for(rules: &RuleSet, kind: PollKind) -> Result<(), AppError> {
    if kind == PollKind::Confidence && rules.confidence.is_none() {
        return Err(AppError::Input(format!(
            "Bộ quy tắc {} không có quy định đã đọc được về bỏ phiếu tín nhiệm; hãy chọn bộ quy tắc khác hoặc thêm tệp quy \
             tắc bằng --rules.",
            rules.id
        )));
    }
    Ok(())
}

/// Ballots of a real count when there is one; else what was asked for; else one for every delegate.
fn issued(book: &Book, options: &Options) -> u32 {
    let declared = book.declared.iter().flatten().map(|line| line.ballots.issued).max();
    declared.or(options.ballots).unwrap_or(book.council.delegates_total)
}
