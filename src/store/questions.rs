//! Questions of delegates to officials.

use super::error::StoreError;
use super::records::{StoredRecord, is_its_version, record, records};
use super::revisions;
use super::scope::CouncilTx;
use super::sql::execute;
use domain::audit::canonical::to_text;
use domain::id::{OfficialId, PollId, QuestionId};
use domain::question::Question;
use domain::record::Subject;
use macros::boxed;

pub type StoredQuestion = StoredRecord<QuestionId, Question>;

/// Adds a question (version 1), or writes it over the version before its own.
///
/// # Errors
/// [`StoreError::Stale`] when it is no longer at that version.
#[boxed]
pub async fn put(tx: &mut CouncilTx, kept: &StoredQuestion) -> Result<(), StoreError> {
    let question = &kept.value;
    let put = execute!(
        tx,
        concat!(
            "INSERT INTO questions (council_id, question_id, poll_id, official_id, asked_account, state, content, version, \
         changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (council_id, question_id) DO UPDATE SET state = $6, content = $7, version = $8, changed_at = $9, \
         changed_by = $10 WHERE questions.version = $8 - 1",
            is_its_version!("questions", "questions.question_id", "question")
        ),
        kept.id.to_string(),
        question.poll.to_string(),
        question.official.to_string(),
        question.account.to_string(),
        question.state.code(),
        to_text(question)?,
        i64::try_from(kept.version).map_err(StoreError::corrupt)?,
        kept.changed_at.to_string(),
        kept.changed_by.as_str(),
    )?;
    revisions::over_the_last(tx, put, (Subject::Question, &kept.id.to_string()), kept.version).await
}

/// One question.
#[boxed]
pub async fn find(tx: &mut CouncilTx, id: QuestionId) -> Result<Option<StoredQuestion>, StoreError> {
    record!(tx, "questions", "question_id", "WHERE council_id = $1 AND question_id = $2", id.to_string())
}

/// All questions before a vote, the first asked first.
#[boxed]
pub async fn of_poll(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<StoredQuestion>, StoreError> {
    records!(
        tx,
        "questions",
        "question_id",
        "WHERE council_id = $1 AND poll_id = $2 ORDER BY question_id",
        poll.to_string()
    )
}

/// Questions about one official before a vote, the first asked first.
#[boxed]
pub async fn about(tx: &mut CouncilTx, poll: PollId, official: OfficialId) -> Result<Vec<StoredQuestion>, StoreError> {
    records!(
        tx,
        "questions",
        "question_id",
        "WHERE council_id = $1 AND poll_id = $2 AND official_id = $3 ORDER BY question_id",
        poll.to_string(),
        official.to_string()
    )
}

/// Questions that went on to an official, before whichever vote, the newest first.
#[boxed]
pub async fn to_official(tx: &mut CouncilTx, official: OfficialId) -> Result<Vec<StoredQuestion>, StoreError> {
    records!(
        tx,
        "questions",
        "question_id",
        "WHERE council_id = $1 AND official_id = $2 AND state IN ('forwarded', 'answered') ORDER BY question_id DESC",
        official.to_string()
    )
}
