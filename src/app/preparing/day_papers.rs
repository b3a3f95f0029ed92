//! Papers that a board of tellers takes with it into counting day, once the forms are sealed: the test deck with the
//! figures that have to come out of it, and sheets for a batch that is counted by hand.

use std::sync::Arc;

use super::Paper;
use super::forms::{NO_FORM, check_sealed, printed};
use super::prepared::PreparedPoll;
use crate::Caller;
use crate::polls::FOLLOWERS;
use crate::service::app::App;
use crate::service::drawn;
use crate::service::drawn::Drawn;
use crate::service::error::AppError;
use domain::ballot::BallotForm;
use domain::batch::{DEFAULT_PAPERS, PAPERS_PER_BATCH};
use domain::document::{Frame, Pile, tally_sheets};
use domain::id::PollId;
use domain::rules::RuleSet;
use domain::test_deck::TestDeck;
use domain::text::read_number;
use macros::boxed;
use pdf;
use store::CouncilTx;

/// Most batches of one form.
const MOST_BATCHES: u32 = 999;

/// The deck of one form.
#[derive(Clone, Debug)]
pub struct DeckOfForm {
    /// The form.
    pub form: BallotForm,
    /// Its deck, with what has to come out.
    pub deck: TestDeck,
}

/// The test decks of a poll.
#[derive(Clone, Debug)]
pub struct DeckPage {
    /// Name of the sitting.
    pub sitting: String,
    /// One deck a form; none before the forms are sealed.
    pub decks: Vec<DeckOfForm>,
    /// Its words for what spoils a ballot.
    pub rules: Arc<RuleSet>,
}

/// A pile that is counted by hand, as it was typed; what is empty is the first pile of the usual size.
#[derive(Clone, Debug, Default)]
pub struct TypedPile {
    /// Number of the batch.
    pub number: String,
    /// Papers in it.
    pub papers: String,
}

impl TypedPile {
    fn read(&self) -> Result<(u32, u32), AppError> {
        let figure = |typed: &str, usual: u32| if typed.trim().is_empty() { Some(usual) } else { read_number(typed) };
        let number = figure(&self.number, 1).filter(|number| (1..=MOST_BATCHES).contains(number));
        let papers = figure(&self.papers, DEFAULT_PAPERS).filter(|papers| PAPERS_PER_BATCH.contains(papers));
        let (least, most) = (PAPERS_PER_BATCH.start(), PAPERS_PER_BATCH.end());
        number.zip(papers).ok_or_else(|| {
            let sentence = format!(
                "Chưa in được phiếu đếm tay: số tập phải từ 1 đến {MOST_BATCHES}, mỗi tập có từ {least} đến {most} phiếu; \
                 hãy quay lại sửa."
            );
            AppError::Input(sentence)
        })
    }
}

impl App {
    /// The test decks of a poll.
    ///
    /// # Errors
    /// When there is no such poll, or what was sealed does not come out again.
    #[boxed]
    pub async fn deck_page(&self, caller: &Caller, poll: PollId) -> Result<DeckPage, AppError> {
        caller.may(FOLLOWERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let prepared = PreparedPoll::load(&mut tx, poll).await?;
        let rules = prepared.poll_book.rules.clone();
        let forms = sealed_forms(&mut tx, poll, &prepared).await?;
        let deck = |form: BallotForm| DeckOfForm { deck: TestDeck::of(&form, &rules), form };
        let decks = forms.into_iter().map(deck).collect();
        Ok(DeckPage { sitting: prepared.poll_book.book.council.sitting.name.clone(), decks, rules })
    }

    /// The deck of one form, ready to be printed.
    ///
    /// # Errors
    /// When there is no such form that is sealed.
    #[boxed]
    pub async fn deck_paper(&self, caller: &Caller, poll: PollId, form: &str) -> Result<Paper, AppError> {
        caller.may(FOLLOWERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let prepared = PreparedPoll::load(&mut tx, poll).await?;
        let form = sealed_form(&mut tx, poll, &prepared, form).await?;
        drop(tx);
        let deck = TestDeck::of(&form, &prepared.poll_book.rules);
        let day = prepared.poll_book.book.council.sitting.votes_on;
        let pdf = pdf::test_papers(&form, &deck, day).map_err(|e| AppError::Input(e.to_string()))?;
        Ok(Paper { name: format!("phieu-thu-{}.pdf", form.id), bytes: pdf.bytes })
    }

    /// Two sheets for a batch of one form that is counted by hand; the names of who counts are written on them.
    ///
    /// # Errors
    /// When there can be no such batch, or there is no such form that is sealed.
    #[boxed]
    pub async fn tally_paper(
        &self,
        caller: &Caller,
        poll: PollId,
        form: &str,
        typed: &TypedPile,
    ) -> Result<Paper, AppError> {
        caller.may(FOLLOWERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let prepared = PreparedPoll::load(&mut tx, poll).await?;
        let form = sealed_form(&mut tx, poll, &prepared, form).await?;
        drop(tx);
        let (number, papers) = typed.read()?;
        let pile = Pile { form: &form, number, papers, tellers: ["", ""] };
        let date = prepared.poll_book.book.council.sitting.votes_on;
        let frame = Frame { occasion: prepared.poll_book.occasion(), date, foot: None };
        let pdf = drawn::document(&tally_sheets(&frame, &pile)).map_err(|e| AppError::Input(e.to_string()))?;
        Ok(Paper { name: format!("phieu-dem-tay-{}-tap-{number}.pdf", form.id), bytes: pdf.bytes })
    }
}

/// The forms that were sealed, in their order; none before.
///
/// # Errors
/// When what was sealed does not come out again.
pub(crate) async fn sealed_forms(
    tx: &mut CouncilTx,
    poll: PollId,
    prepared: &PreparedPoll,
) -> Result<Vec<BallotForm>, AppError> {
    if !prepared.stage().is_sealed() {
        return Ok(Vec::new());
    }
    check_sealed(tx, poll, true, &printed(prepared, &Drawn::default()).await?).await?;
    let list = prepared.decided_list()?.ok_or(NO_FORM)?;
    Ok(list.forms(&prepared.poll_book.occasion()))
}

async fn sealed_form(
    tx: &mut CouncilTx,
    poll: PollId,
    prepared: &PreparedPoll,
    id: &str,
) -> Result<BallotForm, AppError> {
    sealed_forms(tx, poll, prepared).await?.into_iter().find(|form| form.id == id).ok_or(NO_FORM)
}
