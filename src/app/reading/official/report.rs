//! The person's own report by section, and receipts of asset declarations.

use jiff::civil::Date;

use super::{NOT_LINKED, OWNERS, StoredFact, check_version, current_poll};
use crate::facts::attachments::Paper;
use crate::facts::entry::{by, put, tracked};
use crate::preparing::poll_book::PollBook;
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::clock::day_in_vietnam;
use crate::service::drawn;
use crate::service::error::{AppError, FieldError};
use crate::service::upload::Received;
use domain::document::{Frame, person_report};
use domain::fact::{Fact, FactKind, FactState, Period, Source};
use domain::fact_state::{FactTransition, TrackedFact};
use domain::id::{FactId, OfficialId};
use domain::official::Field;
use domain::record::Action;
use domain::report::{ReportForm, Section};
use domain::rules::Attested;
use domain::text::{clean, read_day};
use macros::boxed;
use store::facts;
use store::roster::StoredOfficial;
use store::{CouncilTx, roster};

/// Longest line of a receipt, in characters.
const MAX_LINE: usize = 300;

const NO_SECTION: AppError = AppError::NotFound("phần này của báo cáo");
/// A report is written for a poll: its rules say what it holds.
const NO_POLL: AppError = AppError::NotFound("đợt lấy phiếu đang chuẩn bị");

/// A section of the report with what was filed for it.
#[derive(Clone, Debug)]
pub struct OwnSection {
    /// Which.
    pub section: Section,
    /// What was filed last.
    pub fact: Option<StoredFact>,
}

impl OwnSection {
    /// The text below the title; empty when nothing was filed.
    pub fn body(&self) -> &str {
        self.fact.as_ref().and_then(|fact| self.section.body(&fact.kept.fact.text)).unwrap_or_default()
    }

    /// The office has received it.
    pub fn is_received(&self) -> bool {
        self.fact.as_ref().is_some_and(|fact| fact.kept.state == FactState::Verified)
    }

    /// The version that the next one is written over; 0 when nothing was filed.
    pub fn version(&self) -> u64 {
        self.fact.as_ref().map_or(0, |fact| fact.version)
    }
}

/// The report of the official who asks.
#[derive(Clone, Debug)]
pub struct OwnReport {
    /// Who.
    pub official: StoredOfficial,
    /// In the order of the law; empty while no poll is being prepared.
    pub sections: Vec<OwnSection>,
    /// The article, and how well it was read.
    pub law: Option<(String, Attested)>,
    /// What was filed otherwise, under no title of the form.
    pub others: Vec<StoredFact>,
}

/// Receipts of asset declarations.
#[derive(Clone, Debug)]
pub struct Declarations {
    /// The newest first.
    pub filed: Vec<StoredFact>,
}

/// A receipt as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedDeclaration {
    /// Day of filing, `31/12/2026`.
    pub filed_on: String,
    /// Where.
    pub place: String,
    /// Number of the receipt.
    pub number: String,
}

impl App {
    /// The report of the official who asks; `None` for an account that no official is linked to.
    ///
    /// # Errors
    /// When the caller is no official.
    #[boxed]
    pub async fn own_report(&self, caller: &Caller) -> Result<Option<OwnReport>, AppError> {
        caller.may(OWNERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let Some(official) = roster::official_of(&mut tx, caller.account.id).await? else { return Ok(None) };
        let Some(poll_book) = poll_book(&mut tx).await? else {
            return Ok(Some(OwnReport { official, sections: Vec::new(), law: None, others: Vec::new() }));
        };
        let form = ReportForm::of(&poll_book.rules);
        let filed = filed(&mut tx, &official, FactKind::ReportSection).await?;
        let law = form.law.map(|(cite, attested)| (cite.to_owned(), attested));
        let is_other = |fact: &StoredFact| form.sections.iter().all(|s| s.body(&fact.kept.fact.text).is_none());
        let others = filed.iter().filter(|fact| is_other(fact)).cloned().collect();
        let sections = form.sections.iter().map(|section| of_section(section, &filed)).collect();
        Ok(Some(OwnReport { official, sections, law, others }))
    }

    /// Files a section of the caller's report, or files it anew over `version`: the office receives it then again.
    ///
    /// # Errors
    /// On field `text`; when it was changed since `version`, or the rules know no such section.
    #[boxed]
    pub async fn file_section(&self, ask: Ask<'_>, id: &str, version: u64, typed: &str) -> Result<(), AppError> {
        let actor = ask.caller.may(OWNERS)?;
        let now = self.clock.now();
        let (at, today, new) = (self.now_text()?, day_in_vietnam(now), FactId::new(now, &self.chance.for_id()?));
        let (account, id, typed) = (ask.caller.account.id, id.to_owned(), typed.to_owned());
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let official = roster::official_of(tx, account).await?.ok_or(NOT_LINKED)?;
                let poll_book = poll_book(tx).await?.ok_or(NO_POLL)?;
                let form = ReportForm::of(&poll_book.rules);
                let section = form.section(&id).ok_or(NO_SECTION)?;
                let text = section.stated(&typed).map_err(|e| AppError::field("text", e))?;
                let filed = filed(tx, &official, FactKind::ReportSection).await?;
                let own = of_section(section, &filed);
                if let Some(fact) = &own.fact {
                    check_version(fact, version, [("Nội dung", own.body(), typed.trim())])?;
                }
                let mut source = Source {
                    number: "Báo cáo cá nhân".to_owned(),
                    date: today,
                    issuer: official.value.official.addressed(),
                    page: None,
                    file: None,
                };
                let (place, step) = match own.fact {
                    Some(fact) if fact.kept.fact.text == text => return Ok(()),
                    Some(fact) => {
                        source.file = fact.kept.fact.source.file;
                        let stated = Fact { text, period: Period::Day(today), source, ..fact.kept.fact.clone() };
                        ((fact.id, version), tracked(&fact)?.changed(stated, by(&actor))?)
                    }
                    None => {
                        let stated = stated(&official, FactKind::ReportSection, text, today, source);
                        ((new, 0), TrackedFact::entered(stated, by(&actor)))
                    }
                };
                put(tx, at, &actor, place, filed_now(step)).await.map(drop)
            })
        })
        .await
    }

    /// The whole report of the caller as a PDF, of today.
    ///
    /// # Errors
    /// When no official is linked to the account, or no poll is being prepared.
    #[boxed]
    pub async fn own_report_pdf(&self, caller: &Caller) -> Result<Vec<u8>, AppError> {
        let report = self.own_report(caller).await?.ok_or(NOT_LINKED)?;
        let mut tx = self.store.read(caller.council).await?;
        let poll_book = poll_book(&mut tx).await?.ok_or(NO_POLL)?;
        drop(tx);
        let date = day_in_vietnam(self.clock.now());
        let drawn = move || {
            let form = ReportForm::of(&poll_book.rules);
            let written = |id: &str| {
                let own = report.sections.iter().find(|own| own.section.id == id)?;
                own.fact.is_some().then(|| own.body())
            };
            let frame = Frame { occasion: poll_book.occasion(), date, foot: None };
            drawn::document(&person_report(&report.official.value.official, &form, written, &frame))
        };
        let drawn = tokio::task::spawn_blocking(drawn).await.map_err(|e| AppError::internal("in báo cáo", e))?;
        drawn.map(|pdf| pdf.bytes).map_err(|e| AppError::internal("in báo cáo", e))
    }

    /// Receipts of asset declarations of the official who asks; `None` for an account that no official is linked to.
    ///
    /// # Errors
    /// When the caller is no official.
    #[boxed]
    pub async fn own_declarations(&self, caller: &Caller) -> Result<Option<Declarations>, AppError> {
        caller.may(OWNERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let Some(official) = roster::official_of(&mut tx, caller.account.id).await? else { return Ok(None) };
        let mut filed = filed(&mut tx, &official, FactKind::AssetDeclaration).await?;
        filed.sort_by_key(|fact| std::cmp::Reverse(fact.kept.fact.period.end()));
        Ok(Some(Declarations { filed }))
    }

    /// Files the receipt of an asset declaration, with its scan if there is one.
    ///
    /// # Errors
    /// On fields `filed_on`, `place`, `number`, `file`; all at once.
    #[boxed]
    pub async fn file_declaration(
        &self,
        ask: Ask<'_>,
        typed: &TypedDeclaration,
        file: Option<Received>,
    ) -> Result<(), AppError> {
        let actor = ask.caller.may(OWNERS)?;
        let now = self.clock.now();
        let (at, today, id) = (self.now_text()?, day_in_vietnam(now), FactId::new(now, &self.chance.for_id()?));
        let mut wrong = Vec::new();
        let date = day(&mut wrong, "filed_on", &typed.filed_on, today);
        let place = line(&mut wrong, "place", &typed.place, "Hãy ghi cơ quan, đơn vị nhận bản kê khai.");
        let number = line(&mut wrong, "number", &typed.number, "Hãy ghi số biên nhận, hoặc «không số».");
        let paper = examined(file, &mut wrong).await;
        let (Some(date), Some(issuer), Some(number), true) = (date, place, number, wrong.is_empty()) else {
            return Err(AppError::Fields { fields: wrong });
        };
        let account = ask.caller.account.id;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let official = roster::official_of(tx, account).await?.ok_or(NOT_LINKED)?;
                let file = paper.as_ref().map(Paper::sha256);
                if let Some(paper) = paper {
                    paper.keep(tx, at, &actor.name).await?;
                }
                let text = format!("Đã nộp bản kê khai tài sản, thu nhập tại {issuer}; biên nhận số {number}.");
                let source = Source { number, date, issuer, page: None, file };
                let stated = stated(&official, FactKind::AssetDeclaration, text, date, source);
                let step = filed_now(TrackedFact::entered(stated, by(&actor)));
                put(tx, at, &actor, (id, 0), step).await.map(drop)
            })
        })
        .await
    }
}

/// The attached file after its examination; what is wrong with it is added to `wrong`.
pub(super) async fn examined(file: Option<Received>, wrong: &mut Vec<FieldError>) -> Option<Paper> {
    let paper = Paper::examine(file?).await;
    paper.map_err(|problem| wrong.extend(fields_of(problem))).ok()
}

/// What is wrong with a file, at its field.
fn fields_of(problem: AppError) -> Vec<FieldError> {
    match problem {
        AppError::Fields { fields } => fields,
        other => vec![FieldError { field: "file", sentence: other.to_string() }],
    }
}

/// A line that must not be empty.
pub(super) fn line(wrong: &mut Vec<FieldError>, field: &'static str, typed: &str, when_empty: &str) -> Option<String> {
    let text = clean(typed);
    let sentence = match text.chars().count() {
        0 => when_empty.to_owned(),
        1..=MAX_LINE => return Some(text),
        _ => format!("Nội dung dài quá {MAX_LINE} ký tự; hãy rút gọn."),
    };
    wrong.push(FieldError { field, sentence });
    None
}

/// A day that is not to come.
pub(super) fn day(wrong: &mut Vec<FieldError>, field: &'static str, typed: &str, today: Date) -> Option<Date> {
    let sentence = match read_day(typed) {
        Some(day) if day <= today => return Some(day),
        Some(_) => "Ngày này chưa đến; hãy ghi ngày đã nộp, đã nhận.",
        None => "Hãy ghi ngày/tháng/năm, ví dụ 31/12/2026.",
    };
    wrong.push(FieldError { field, sentence: sentence.to_owned() });
    None
}

/// The poll_book of the poll that is being prepared, without facts.
async fn poll_book(tx: &mut CouncilTx) -> Result<Option<PollBook>, AppError> {
    let Some(poll) = current_poll(tx).await? else { return Ok(None) };
    PollBook::load(tx, poll, Vec::new()).await.map(Some)
}

/// What of one kind is stated about the official.
async fn filed(tx: &mut CouncilTx, official: &StoredOfficial, kind: FactKind) -> Result<Vec<StoredFact>, AppError> {
    let mut found = facts::about(tx, official.id).await?;
    found.retain(|fact| fact.kept.fact.kind == kind);
    Ok(found)
}

/// A section with the newest fact of it.
fn of_section(section: &Section, filed: &[StoredFact]) -> OwnSection {
    let newest = filed.iter().rev().find(|fact| section.body(&fact.kept.fact.text).is_some());
    OwnSection { section: section.clone(), fact: newest.cloned() }
}

/// What the person hands in is told so, whether it is new or says something else.
fn filed_now(step: FactTransition) -> FactTransition {
    FactTransition { action: Action::Filed, ..step }
}

/// A statement about one official, of one day.
pub(super) fn stated(
    official: &StoredOfficial,
    kind: FactKind,
    text: String,
    day: Date,
    source: Source,
) -> Fact<OfficialId> {
    let field = official.value.official.fields.first().cloned();
    Fact {
        officials: vec![official.id],
        field: field.unwrap_or_else(|| Field("Chung".to_owned())),
        kind,
        period: Period::Day(day),
        text,
        figures: None,
        status: None,
        due: None,
        source,
        reply: None,
    }
}
