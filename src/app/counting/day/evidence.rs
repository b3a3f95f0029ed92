//! What a step of two is about, as whoever proposes or confirms it sees it. A text with hashes is what is compared; a person
//! compares the table, the paper, the figures before and after.

use super::{Day, papers};
use crate::counting::outcome::{Figures, correctable_papers, figures};
use crate::service::error::AppError;
use domain::audit::Digest;
use domain::audit::event::poll::PaperIssued;
use domain::day_step::{ClosingForm, DayStep};
use domain::paper_title::paper_title;
use domain::poll::LevelCounts;
use domain::poll_state::PollState;
use domain::rules::Side;
use store::batches::{self, BatchRow};
use store::{CouncilTx, polls};

/// A form whose count is to be closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosingLine {
    /// Id on the form.
    pub form: String,
    /// Khối.
    pub block: String,
    /// Phát ra.
    pub issued: u32,
    /// Thu về.
    pub returned: u32,
    /// Number and papers of each batch that is in.
    pub batches: Vec<(u32, u32)>,
}

/// The paper that a step issues or takes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownPaper {
    /// What becomes of it: `Văn bản được phát hành`.
    pub fate: &'static str,
    /// `Nghị quyết xác nhận kết quả`.
    pub title: String,
    /// Pages.
    pub pages: u32,
    /// Whether it comes out as the step names it: only then it can be opened.
    pub is_there: bool,
}

/// The thing itself, as far as a step has one.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Label and value.
    pub lines: Vec<(&'static str, String)>,
    /// Label, before, after.
    pub changes: Vec<(&'static str, String, String)>,
    /// Forms whose count is to be closed.
    pub closing: Vec<ClosingLine>,
    /// The result that is declared, confirmed or published.
    pub figures: Option<Box<Figures>>,
    /// The paper that is issued.
    pub paper: Option<ShownPaper>,
    /// What a hash is of, and the hash.
    pub hashes: Vec<(&'static str, Digest)>,
    /// Why the thing can't be shown any more: then nobody can confirm it.
    pub missing: Option<String>,
}

impl Evidence {
    /// What `step` of the poll is about.
    ///
    /// # Errors
    /// When the database does not answer, or what is stored does not read. What can't be shown is no error: see
    /// [`Self::missing`].
    pub(super) async fn of(tx: &mut CouncilTx, day: &Day, step: &DayStep) -> Result<Self, AppError> {
        let mut evidence =
            Self { lines: step.lines(), changes: step.changes(), hashes: step.hashes(), ..Self::default() };
        match step {
            DayStep::CountingClosed { forms } => evidence.closing = closing(tx, day, forms).await?,
            DayStep::RecountOrdered { form, line, .. } => evidence.lines.extend(standing(day, form, *line)),
            DayStep::BatchReopened { form, batch, .. } => evidence.lines.extend(readers(tx, day, form, *batch).await?),
            DayStep::ResultDeclared { results_sha256 } | DayStep::ResultPublished { results_sha256 } => {
                evidence.take_figures(tx, day, Some(*results_sha256)).await?;
            }
            DayStep::ResultConfirmed { paper, .. } => {
                evidence.take_figures(tx, day, None).await?;
                evidence.take_paper(tx, day, step, paper).await?;
            }
            DayStep::MinutesReopened { .. } => evidence.take_back_minutes(tx, day, step).await?,
            DayStep::CorrigendumIssued { corrects, paper, .. } => {
                evidence.lines.insert(0, ("Đính chính văn bản", corrected(tx, day, corrects).await?));
                evidence.take_paper(tx, day, step, paper).await?;
            }
            DayStep::DeckWaived { .. }
            | DayStep::PollMoved { .. }
            | DayStep::VotingOpened { .. }
            | DayStep::PresenceCorrected { .. }
            | DayStep::IssuedCorrected { .. }
            | DayStep::BallotsCorrected { .. }
            | DayStep::LineRecounted { .. }
            | DayStep::PollArchived { .. }
            | DayStep::PollCancelled { .. } => {}
        }
        Ok(evidence)
    }

    /// The result as it stands, for a step that is typed first.
    pub(super) async fn of_result(tx: &mut CouncilTx, day: &Day) -> Result<Self, AppError> {
        let mut evidence = Self::default();
        evidence.take_figures(tx, day, None).await?;
        Ok(evidence)
    }

    async fn take_figures(&mut self, tx: &mut CouncilTx, day: &Day, wanted: Option<Digest>) -> Result<(), AppError> {
        match figures(tx, day.poll).await {
            Ok(figures) if wanted.is_none_or(|wanted| wanted == figures.results_sha256) => {
                self.figures = Some(Box::new(figures));
            }
            Ok(_) => {
                let sentence = "Kết quả nêu trong đề xuất khác với kết quả tính lại bây giờ, nên không xem được và không xác \
                                nhận được; hãy đề xuất lại.";
                self.missing = Some(sentence.to_owned());
            }
            Err(problem) => self.missing = Some(told(problem)?),
        }
        Ok(())
    }

    async fn take_paper(
        &mut self,
        tx: &mut CouncilTx,
        day: &Day,
        step: &DayStep,
        paper: &PaperIssued,
    ) -> Result<(), AppError> {
        let is_there = match papers::of_step(tx, day.poll, step).await {
            Ok(printed) => printed.is_some(),
            Err(problem) => {
                self.missing = Some(told(problem)?);
                false
            }
        };
        let title = title(tx, day, &paper.name).await?;
        self.paper = Some(ShownPaper { fate: "Văn bản được phát hành", title, pages: paper.pages, is_there });
        Ok(())
    }

    async fn take_back_minutes(&mut self, tx: &mut CouncilTx, day: &Day, step: &DayStep) -> Result<(), AppError> {
        match papers::of_step(tx, day.poll, step).await {
            Ok(Some(printed)) => {
                let (fate, pages) = ("Biên bản đã ký sẽ bị mở lại", printed.issued.pages);
                let title = title(tx, day, &printed.issued.name).await?;
                self.paper = Some(ShownPaper { fate, title, pages, is_there: true });
            }
            Ok(None) => {}
            // Minutes that a newer program prints otherwise can still be taken back: the signed ones are on paper.
            Err(problem) => {
                told(problem)?;
                self.lines.push(("Biên bản đã ký", "Không in lại được đúng như khi ký; hãy đọc bản giấy.".to_owned()));
            }
        }
        Ok(())
    }
}

/// The sentence of a problem that is the data's; one that is the database's stays an error.
fn told(problem: AppError) -> Result<String, AppError> {
    match problem {
        AppError::Input(_) | AppError::NotFound(_) => Ok(problem.to_string()),
        other => Err(other),
    }
}

async fn closing(tx: &mut CouncilTx, day: &Day, forms: &[ClosingForm]) -> Result<Vec<ClosingLine>, AppError> {
    let progress = polls::forms(tx, day.poll).await?;
    let standing = batches::list(tx, day.poll).await?;
    let line = |form: &ClosingForm| {
        let known = progress.iter().find(|known| known.form.id == form.form);
        let of_form = standing.iter().filter(|batch| batch.form == form.form);
        ClosingLine {
            form: form.form.clone(),
            block: known.map(|known| known.form.block.clone()).unwrap_or_default(),
            issued: form.issued.or(known.and_then(|known| known.ballots).map(|(issued, _)| issued)).unwrap_or_default(),
            returned: form.returned,
            batches: of_form.map(|batch| (batch.number, batch.papers)).collect(),
        }
    };
    Ok(forms.iter().map(line).collect())
}

/// Who read a batch that is to be counted anew.
async fn readers(
    tx: &mut CouncilTx,
    day: &Day,
    form: &str,
    batch: u32,
) -> Result<Option<(&'static str, String)>, AppError> {
    let standing = batches::list(tx, day.poll).await?;
    let found = standing.iter().find(|row| row.form == form && row.number == batch);
    Ok(found.map(|BatchRow { readers: [one, two], .. }| ("Hai người đã nhập", format!("{}; {}", one.name, two.name))))
}

/// The figures that stand on a line that is to be counted again.
fn standing(day: &Day, form: &str, line: u32) -> Vec<(&'static str, String)> {
    let PollState::Closed(_, counted) = &day.state else { return Vec::new() };
    let each = counted.line(form, line).map(LevelCounts::each).unwrap_or_default();
    each.into_iter().map(|(level, count)| (level.label(), format!("đã kiểm {count}"))).collect()
}

/// The title of a paper of this poll.
async fn title(tx: &mut CouncilTx, day: &Day, name: &str) -> Result<String, AppError> {
    let is_party = crate::polls::rules_of(tx, day.poll).await?.side == Side::Party;
    Ok(paper_title(name, is_party))
}

/// The title of a paper that a corrigendum puts right.
async fn corrected(tx: &mut CouncilTx, day: &Day, name: &str) -> Result<String, AppError> {
    let known = correctable_papers(tx, day.poll).await?.into_iter().find(|(known, _)| known == name);
    Ok(known.map_or_else(|| name.to_owned(), |(_, title)| title))
}
