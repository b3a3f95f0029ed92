//! Lines that are counted again from paper: which are due, which two people ordered, what was found, which figure is used.

use super::{COUNTERS, Day, HALL};
use crate::Caller;
use crate::counting::room::OpenRecount;
use crate::polls::rules_of;
use crate::service::app::App;
use crate::service::error::AppError;
use domain::audit::event::poll::LineRecounted;
use domain::day_record::Hands;
use domain::id::{PollId, ProposalId};
use domain::poll::{LevelCounts, PollKind};
use domain::poll_state::{ClosedCount, PollState, Stage};
use domain::proposal::{ProposalKind, ProposalState};
use domain::recount;
use domain::rules::RuleSet;
use domain::rules::words::recount_words;
use macros::boxed;
use store::{CouncilTx, polls, preparation};

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
    /// Two people who have it counted again though it is not due.
    pub ordered: Option<Hands>,
    /// The current figures.
    pub counts: LevelCounts,
    /// Its recounts, in the order of the log.
    pub recounts: Vec<LineRecounted>,
    /// It is being counted again.
    pub open: Option<OpenRecount>,
    /// It is due or ordered, and was not counted again since.
    pub is_left: bool,
    /// A proposal about it that waits: to count it again, or to take what was found.
    pub waits: Option<ProposalId>,
}

impl RecountLine {
    /// Whether a head teller may let it be counted again now.
    pub fn is_to_be_counted(&self) -> bool {
        let is_named = !self.why.is_empty() || self.ordered.is_some();
        is_named && self.open.is_none() && self.waits.is_none()
    }
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
    /// Which lines are due: `dòng cách ngưỡng không quá 1 phiếu, …`, and the source of that.
    pub duty: (String, String),
    /// Form by form; empty before the count is closed.
    pub lines: Vec<RecountLine>,
    /// The caller may let lines be counted again now.
    pub may_open: bool,
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
        self.lines.iter().filter(|line| line.is_left).count()
    }
}

impl App {
    /// All lines of a closed count, with what is due.
    ///
    /// # Errors
    /// When there is no such poll, or the caller has no role of `HALL`.
    #[boxed]
    pub async fn recount_page(&self, caller: &Caller, poll: PollId) -> Result<RecountPage, AppError> {
        caller.may(HALL)?;
        self.lead(caller.council, poll).await?;
        let mut tx = self.store.read(caller.council).await?;
        let day = Day::load(&mut tx, poll).await?;
        let created = day.state.poll().created.clone();
        let rules = rules_of(&mut tx, poll).await?;
        let mut lines = match &day.state {
            PollState::Closed(_, counted) => lines(&mut tx, &day, &rules, counted).await?,
            _ => Vec::new(),
        };
        if !lines.is_empty() {
            let open = self.open_recounts(&mut tx, poll).await?;
            for line in &mut lines {
                line.open = open.iter().find(|open| open.form == line.form && open.line == line.line).cloned();
            }
        }
        let leads = day.admits(caller, COUNTERS);
        let source = rules.recount.as_ref().map_or_else(String::new, |rule| rule.cite.clone());
        Ok(RecountPage {
            duty: (recount_words(&rules, rules.recount_margin()), source),
            sitting: day.sitting(),
            stage: day.state.stage(),
            kind: created.kind,
            rehearsal: created.rehearsal,
            lines,
            may_open: day.state.stage() == Stage::Closed && leads,
        })
    }
}

async fn lines(
    tx: &mut CouncilTx,
    day: &Day,
    rules: &RuleSet,
    counted: &ClosedCount,
) -> Result<Vec<RecountLine>, AppError> {
    let created = &day.state.poll().created;
    let due =
        recount::due(rules, created, counted.forms()).map_err(|e| AppError::internal("xét dòng phải kiểm lại", e))?;
    let told = day.record(tx).await?;
    let officials = polls::officials(tx, day.poll).await?;
    let proposals = preparation::proposals(tx, day.poll).await?;
    let mut lines = Vec::new();
    for progress in polls::forms(tx, day.poll).await? {
        let (form, block) = (progress.form.id, progress.form.block);
        let of_block = officials.iter().filter(|official| official.block == block);
        for (line, official) in (1..).zip(of_block) {
            let Some(counts) = counted.line(&form, line) else { continue };
            let why = due.iter().find(|due| due.form == form && due.line == line).map(recount::DueLine::why);
            let ordered = told.orders.iter().rfind(|(of, at, _)| *of == form && *at == line);
            let about = format!("{form}/{line}");
            let waits = proposals.iter().find(|proposal| {
                let is_of_line = [ProposalKind::RecountOrdered, ProposalKind::LineRecounted].contains(&proposal.kind);
                is_of_line && proposal.state == ProposalState::Open && proposal.about == about
            });
            let is_due = why.is_some();
            lines.push(RecountLine {
                form: form.clone(),
                block: block.clone(),
                line,
                name: official.name.clone(),
                posts: official.posts.clone(),
                why: why.unwrap_or_default(),
                ordered: ordered.map(|(.., hands)| hands.clone()),
                counts,
                recounts: told.recounts.iter().filter(|told| told.form == form && told.line == line).cloned().collect(),
                is_left: (is_due || counted.is_ordered(&form, line)) && !counted.is_recounted(&form, line),
                open: None,
                waits: waits.map(|proposal| proposal.id),
            });
        }
    }
    Ok(lines)
}
