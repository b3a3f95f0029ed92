//! Lines that are counted again from paper: which are due, what two people found, and which figure is used.

use super::{COUNTERS, Day, HALL};
use crate::Caller;
use crate::polls::{Requester, rules_of};
use crate::service::app::{App, Ask};
use crate::service::error::{AppError, FieldError};
use domain::audit::event::poll::{LineRecounted, Stands};
use domain::id::PollId;
use domain::poll::{Level, LevelCounts, PollKind};
use domain::poll_state::{ClosedCount, LineRecount, PollState, Stage};
use domain::recount::{self, RecountBoard};
use domain::roster::name_key;
use domain::text::clean;
use macros::boxed;
use store::{CouncilTx, batches, polls};

const NO_LINE: AppError = AppError::NotFound("dòng này");

/// One line of a form.
#[derive(Clone, Debug)]
pub struct RecountLine {
    /// Id of the form.
    pub form: String,
    /// Khối.
    pub block: String,
    /// Number on the form, from 1.
    pub line: u32,
    /// Name of the official.
    pub name: String,
    /// All posts.
    pub posts: String,
    /// Why it has to be recounted; empty when it does not.
    pub why: String,
    /// The current figures.
    pub counts: LevelCounts,
    /// Its recounts, in the order of the log.
    pub recounts: Vec<LineRecounted>,
    /// The people who may recount it.
    pub board: RecountBoard,
}

/// All lines of a closed count.
#[derive(Clone, Debug)]
pub struct RecountPage {
    /// Name of the sitting.
    pub sitting: String,
    /// How far the poll has come.
    pub stage: Stage,
    /// Rating or confidence vote.
    pub kind: PollKind,
    /// Whether it is a rehearsal, of which no recount is required.
    pub rehearsal: bool,
    /// Form by form; empty before the count is closed.
    pub lines: Vec<RecountLine>,
    /// Whether the caller may record recounts now.
    pub may_record: bool,
}

impl RecountPage {
    /// One line.
    ///
    /// # Errors
    /// When there is none.
    pub fn line(&self, form: &str, line: u32) -> Result<&RecountLine, AppError> {
        self.lines.iter().find(|of| of.form == form && of.line == line).ok_or(NO_LINE)
    }

    /// How many lines still have to be recounted.
    pub fn left(&self) -> usize {
        self.lines.iter().filter(|line| !line.why.is_empty() && line.recounts.is_empty()).count()
    }
}

/// What two people found, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedRecount {
    /// The people who recounted.
    pub readers: [String; 2],
    /// What each of them found, level by level in ballot order.
    pub found: [Vec<String>; 2],
    /// `counted` or `recounted`.
    pub stands: String,
    /// Why that figure is used.
    pub reason: String,
}

/// Names of the fields of both readers, level by level.
const FOUND: [[&str; 3]; 2] = [["one_1", "one_2", "one_3"], ["two_1", "two_2", "two_3"]];

impl App {
    /// All lines of a closed count, with what is due.
    ///
    /// # Errors
    /// When there is no such poll, or the caller has no role of `HALL`.
    #[boxed]
    pub async fn recount_page(&self, caller: &Caller, poll: PollId) -> Result<RecountPage, AppError> {
        caller.may(HALL)?;
        let mut tx = self.store.read(caller.council).await?;
        let day = Day::load(&mut tx, poll).await?;
        let created = day.state.poll().created.clone();
        let lines = match &day.state {
            PollState::Closed(_, counted) => lines(&mut tx, &day, counted).await?,
            _ => Vec::new(),
        };
        Ok(RecountPage {
            sitting: day.sitting(),
            stage: day.state.stage(),
            kind: created.kind,
            rehearsal: created.rehearsal,
            lines,
            may_record: day.state.stage() == Stage::Closed && caller.may(COUNTERS).is_ok(),
        })
    }

    /// Writes down what two people found on a line.
    ///
    /// # Errors
    /// When a field is wrong, the two found different figures, the caller is no head teller, or the poll refuses it.
    #[boxed]
    pub async fn record_recount(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        (form, line): (&str, u32),
        typed: &TypedRecount,
    ) -> Result<(), AppError> {
        ask.caller.may(COUNTERS)?;
        let page = self.recount_page(ask.caller, poll).await?;
        let of = page.line(form, line)?;
        let found = typed.read(of, page.kind)?;
        self.recount_line(Requester::Form(ask), poll, found).await.map(drop)
    }
}

impl TypedRecount {
    fn read(&self, of: &RecountLine, kind: PollKind) -> Result<LineRecount, AppError> {
        let mut wrong = Vec::new();
        let seated = |name: &str| of.board.members.iter().any(|member| name_key(member) == name_key(name));
        for (field, name) in ["reader_one", "reader_two"].into_iter().zip(&self.readers) {
            if !seated(name) {
                let sentence = "Hãy chọn thành viên Ban kiểm phiếu chưa đọc tập nào của mẫu này.".to_owned();
                wrong.push(FieldError { field, sentence });
            }
        }
        if wrong.is_empty() && name_key(&self.readers[0]) == name_key(&self.readers[1]) {
            let sentence = "Hai người kiểm lại phải là hai người khác nhau.".to_owned();
            wrong.push(FieldError { field: "reader_two", sentence });
        }
        let [one, two] = [0, 1].map(|reader| self.figures(reader, kind, &mut wrong));
        if let (Some(one), Some(two)) = (one, two)
            && one != two
        {
            let sentence = "Hai người đếm ra số khác nhau; hãy cùng đếm lại từ phiếu rồi ghi số thống nhất.".to_owned();
            wrong.push(FieldError { field: "two_1", sentence });
        }
        let stands = match self.stands.as_str() {
            "counted" => Some(Stands::Counted),
            "recounted" => Some(Stands::Recounted),
            _ => None,
        };
        let differs = one.is_some_and(|counts| counts != of.counts);
        if differs && stands.is_none() {
            let sentence = "Số kiểm lại khác số đã kiểm: hãy chọn số nào được lấy.".to_owned();
            wrong.push(FieldError { field: "stands", sentence });
        }
        let reason = clean(&self.reason);
        if differs && reason.is_empty() {
            let sentence =
                "Số kiểm lại khác số đã kiểm: hãy ghi lý do lấy số đã chọn; biên bản in lý do này.".to_owned();
            wrong.push(FieldError { field: "reason", sentence });
        }
        match one {
            Some(counts) if wrong.is_empty() => Ok(LineRecount {
                form: of.form.clone(),
                line: of.line,
                counts,
                stands: stands.unwrap_or(Stands::Recounted),
                reason,
                readers: self.readers.clone(),
            }),
            _ => Err(AppError::Fields { fields: wrong }),
        }
    }

    fn figures(&self, reader: usize, kind: PollKind, wrong: &mut Vec<FieldError>) -> Option<LevelCounts> {
        let names = FOUND.get(reader)?;
        let typed = self.found.get(reader)?;
        let mut figures = Vec::new();
        for ((level, field), typed) in kind.levels().iter().zip(names).zip(typed) {
            match typed.trim().parse() {
                Ok(figure) => figures.push((*level, figure)),
                Err(_) => {
                    let sentence = format!("{}: hãy ghi số phiếu bằng chữ số.", level.label());
                    wrong.push(FieldError { field, sentence });
                }
            }
        }
        counts(kind, &figures)
    }
}

fn counts(kind: PollKind, figures: &[(Level, u32)]) -> Option<LevelCounts> {
    let of = |wanted: Level| figures.iter().find(|(level, _)| *level == wanted).map(|(_, figure)| *figure);
    Some(match kind {
        PollKind::Rating => {
            LevelCounts::Rating { high: of(Level::High)?, medium: of(Level::Medium)?, low: of(Level::Low)? }
        }
        PollKind::Confidence => {
            LevelCounts::Confidence { confidence: of(Level::Confidence)?, no_confidence: of(Level::NoConfidence)? }
        }
    })
}

async fn lines(tx: &mut CouncilTx, day: &Day, counted: &ClosedCount) -> Result<Vec<RecountLine>, AppError> {
    let created = &day.state.poll().created;
    let rules = rules_of(tx, day.poll).await?;
    let due =
        recount::due(&rules, created, counted.forms()).map_err(|e| AppError::internal("xét dòng phải kiểm lại", e))?;
    let told = day.record(tx).await?.recounts;
    let officials = polls::officials(tx, day.poll).await?;
    let (tellers, read) = (polls::tellers(tx, day.poll).await?, batches::list(tx, day.poll).await?);
    let mut lines = Vec::new();
    for progress in polls::forms(tx, day.poll).await? {
        let (form, block) = (progress.form.id, progress.form.block);
        let own = read.iter().filter(|batch| batch.form == form);
        let readers: Vec<String> =
            own.flat_map(|batch| batch.readers.iter().map(|reader| reader.name.clone())).collect();
        let board = RecountBoard::of(&tellers, &readers);
        let of_block = officials.iter().filter(|official| official.block == block);
        for (line, official) in (1..).zip(of_block) {
            let Some(counts) = counted.line(&form, line) else { continue };
            let why = due.iter().find(|due| due.form == form && due.line == line).map(recount::DueLine::why);
            let recounts = told.iter().filter(|told| told.form == form && told.line == line).cloned().collect();
            lines.push(RecountLine {
                form: form.clone(),
                block: block.clone(),
                line,
                name: official.name.clone(),
                posts: official.posts.clone(),
                why: why.unwrap_or_default(),
                counts,
                recounts,
                board: board.clone(),
            });
        }
    }
    Ok(lines)
}
