//! A rehearsal whose delegates are simulated: what came back of every form is filled in by the program and counted pile by
//! pile by two simulated readings, as on the day. Never in a real vote.

use super::{COUNTERS, Day};
use crate::polls::{self, CountedBatch};
use crate::service::app::{App, Ask};
use crate::service::error::AppError;
use domain::audit::Nonce;
use domain::batch::{ReadTwice, Reader};
use domain::id::PollId;
use domain::poll_state::{FormProgress, Refusal, Stage};
use domain::rules::RuleSet;
use domain::simulate::{self, SeededStream, Turnout, Voting, count_box, fill_box, two_tellers};
use macros::boxed;

const DOING: &str = "đếm phiếu mô phỏng";

impl App {
    /// Counts, in a rehearsal with simulated delegates, the papers of every form of which nothing is counted yet.
    ///
    /// # Errors
    /// When the poll is no such rehearsal, or its papers are not counted now, and when the caller is no head teller.
    #[boxed]
    pub async fn simulate_count(&self, ask: Ask<'_>, poll: PollId) -> Result<(), AppError> {
        let actor = ask.caller.may(COUNTERS)?;
        let seed = u64::from_be_bytes(first_eight(self.chance.block()?));
        let (at, keys, chance) = (self.now_text()?, self.keys.clone(), self.chance.clone());
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let day = Day::load(tx, poll).await?;
                let created = &day.state.poll().created;
                if !(created.rehearsal && created.simulated) {
                    return Err(AppError::Input("Chỉ cuộc diễn tập có đại biểu mô phỏng mới tự tạo phiếu.".to_owned()));
                }
                if day.state.stage() != Stage::Counting {
                    return Err(Refusal::NotNow { doing: DOING, stage: day.state.stage() }.into());
                }
                let rules = polls::rules_of(tx, poll).await?;
                let board = store::polls::tellers(tx, poll).await?;
                let tellers = two_tellers(&board);
                let forms = store::polls::forms(tx, poll).await?;
                let binder = polls::Binder::of(tx, poll).await?;
                let last = forms.len().saturating_sub(1);
                for (index, form) in forms.iter().enumerate().filter(|(_, form)| form.batches == 0) {
                    let counted = simulated(&rules, created.kind, form, (seed, index, index == last), tellers)?;
                    for batch in counted {
                        let bound = binder.bind(&keys, batch, Nonce::from_bytes(chance.block()?))?;
                        polls::commit_within(tx, poll, (at, &actor), &keys, bound).await?;
                    }
                }
                Ok(())
            })
        })
        .await
    }
}

/// What the simulated delegates left of one form, counted. Somebody of the last form stands at the edge of one half, so
/// that a rehearsal meets the bands too.
fn simulated(
    rules: &RuleSet,
    kind: domain::poll::PollKind,
    form: &FormProgress,
    (seed, index, is_last): (u64, usize, bool),
    tellers: [&str; 2],
) -> Result<Vec<CountedBatch>, AppError> {
    let returned = form.ballots.map_or(0, |(_, returned)| returned);
    let lines = usize::try_from(form.form.lines).unwrap_or_default();
    let mut voters = SeededStream::new(seed, &format!("voters of form {index}"));
    let general = rules.spoils_ballot.iter().filter(|reason| !reason.single_name_only);
    let reasons: Vec<&str> = general.map(|reason| reason.id.as_str()).collect();
    let troubled = is_last.then(|| usize::try_from(voters.below(form.form.lines)).unwrap_or_default());
    let voting = Voting {
        kind,
        lines,
        turnout: Turnout { returned, invalid: voters.below(returned / 30 + 1) },
        troubled,
        invalid_reasons: &reasons,
        marks_reason: rules.marks_spoil_ballot(lines).map(|reason| reason.id.as_str()),
    };
    let filled = fill_box(&mut voters, voting);
    let mut slips = SeededStream::new(seed, &format!("tellers of form {index}"));
    let counted = count_box(filled, tellers, &mut slips).map_err(|e| AppError::internal(DOING, e))?;
    let batch = |simulate::CountedBatch { number, counts, reread }| {
        let readers = tellers.map(|name| Reader { account: None, name: name.to_owned() });
        let read = ReadTwice { readers, earlier: Vec::new(), reread, decided: 0 };
        CountedBatch { form: form.form.id.clone(), batch: number, counts, read }
    };
    Ok(counted.into_iter().map(batch).collect())
}

fn first_eight(block: [u8; 32]) -> [u8; 8] {
    std::array::from_fn(|at| block[at])
}
