//! What somebody sends to the program: a form or a message of a keying page, with the id by which it is known again.

use app::AppError;
use app::counting::day::{TypedAccount, TypedSignatures, TypedStep};
use app::counting::room::table::BatchProgress;
use app::counting::room::{Keyed, KeyedMessage, Step, TypedBatch, TypedChange, TypedRecount, What};
use app::polls::Requester;
use app::service::app::Ask;
use domain::batch::hand_tally::Row;
use domain::id::{ProposalId, RequestId};
use domain::proposal::ProposalKind;

use super::papers::Sheet;
use super::world::{Hand, World};

/// A paper of a message: its number in the pile, the lines that are keyed, and what stands on them.
#[derive(Clone, Debug)]
pub struct Page {
    pub paper: usize,
    pub lines: Vec<usize>,
    pub sheet: Sheet,
}

/// What is sent of a batch.
#[derive(Clone, Debug)]
pub struct Keying {
    pub form: String,
    pub number: u32,
    pub what: What,
    pub step: Step,
    pub opened: RequestId,
    pub revision: u32,
    pub papers: Vec<Page>,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub enum Op {
    Key(Keying),
    CommitAgain { form: String, number: u32 },
    Tally { form: String, line: u32, rows: Vec<(Row, Vec<u32>)> },
    Open(TypedBatch),
    Abandon { form: String, number: u32, opened: RequestId },
    Change { form: String, number: u32, typed: TypedChange },
    RecordDeck,
    Zero,
    Announce { form: String, typed: TypedAccount },
    Record { form: String, typed: TypedAccount },
    OpenRecount { form: String, line: u32, typed: TypedRecount },
    PutMinutes,
    Sign(TypedSignatures),
    Propose { kind: ProposalKind, typed: Box<TypedStep> },
    Confirm(ProposalId),
    Refuse(ProposalId),
    Withdraw(ProposalId),
}

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Sent {
    pub by: Hand,
    pub request: RequestId,
    pub op: Op,
}

/// What the program answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The form is done.
    Done,
    /// How the batch stands for the sender.
    Stands(Option<BatchProgress>),
}

impl Op {
    /// The batch that it may commit, or the line that it may write down.
    pub fn batch(&self) -> Option<(&str, u32)> {
        match self {
            Self::Key(Keying { form, number, .. }) | Self::CommitAgain { form, number } => {
                Some((form.as_str(), *number))
            }
            Self::Tally { form, line, .. } => Some((form.as_str(), *line)),
            _ => None,
        }
    }

    /// Whether it is a form, which is claimed by its id in the transaction that does it.
    pub const fn is_form(&self) -> bool {
        !matches!(self, Self::Key(_) | Self::CommitAgain { .. } | Self::Tally { .. })
    }

    /// In a few words, without what was keyed.
    pub fn name(&self) -> String {
        match self {
            Self::Key(Keying { form, number, what, step, .. }) => format!("{what:?}/{step:?} of {form}/{number}"),
            Self::CommitAgain { form, number } => format!("commit again {form}/{number}"),
            Self::Tally { form, line, .. } => format!("tally of {form}, line {line}"),
            Self::Open(typed) => format!("open {}/{} of {} papers", typed.form, typed.number, typed.papers),
            Self::Abandon { form, number, .. } => format!("abandon {form}/{number}"),
            Self::Change { form, number, .. } => format!("change {form}/{number}"),
            Self::OpenRecount { form, line, .. } => format!("open the recount of {form}, line {line}"),
            Self::Announce { form, .. } => format!("announce {form}"),
            Self::Record { form, .. } => format!("record {form}"),
            Self::Propose { kind, .. } => format!("propose {kind:?}"),
            Self::RecordDeck => "record the deck".into(),
            Self::Zero => "zero report".into(),
            Self::PutMinutes => "propose the minutes".into(),
            Self::Sign(_) => "sign the minutes".into(),
            Self::Confirm(_) => "confirm".into(),
            Self::Refuse(_) => "refuse".into(),
            Self::Withdraw(_) => "withdraw".into(),
        }
    }
}

impl World {
    /// Somebody sends something new.
    pub fn sent(&self, by: Hand, op: Op) -> Sent {
        Sent { by, request: self.app.new_request().expect("request"), op }
    }

    /// The program takes a message.
    pub async fn takes(&self, sent: &Sent) -> Result<Answer, AppError> {
        let caller = self.caller(sent.by);
        let (app, poll) = (&self.app, self.poll);
        let ask = Ask { caller: &caller, request: sent.request };
        match &sent.op {
            Op::Key(keying) => self.takes_keys(ask, keying).await,
            Op::CommitAgain { form, number } => {
                let progress = app.commit_again(ask, poll, (form.as_str(), *number)).await?;
                Ok(Answer::Stands(Some(progress)))
            }
            Op::Tally { form, line, rows } => {
                let told = app.key_tally(ask, poll, (form.as_str(), *line), rows.clone()).await?;
                Ok(Answer::Stands(told.ok()))
            }
            Op::Open(typed) => app.open_batch(ask, poll, typed).await.map(|()| Answer::Done),
            Op::Abandon { form, number, opened } => {
                app.abandon_batch(ask, poll, (form.as_str(), *number), *opened).await.map(|()| Answer::Done)
            }
            Op::Change { form, number, typed } => {
                app.change_batch(ask, poll, (form.as_str(), *number), typed).await.map(|()| Answer::Done)
            }
            Op::RecordDeck => app.record_deck(ask, poll, None).await.map(|()| Answer::Done),
            Op::Zero => app.report_zero(Requester::Form(ask), poll).await.map(|_| Answer::Done),
            Op::Announce { form, typed } => {
                app.announce_issued(ask, poll, (form.as_str(), false), typed).await.map(|()| Answer::Done)
            }
            Op::Record { form, typed } => app.record_account(ask, poll, form, typed, true).await.map(|()| Answer::Done),
            Op::OpenRecount { form, line, typed } => {
                app.open_recount(ask, poll, (form.as_str(), *line), typed).await.map(|_| Answer::Done)
            }
            Op::PutMinutes => app.put_minutes(ask, poll, "3").await.map(|()| Answer::Done),
            Op::Sign(typed) => app.minutes_signed(ask, poll, typed).await.map(|()| Answer::Done),
            Op::Propose { kind, typed } => app.propose_step(ask, poll, *kind, typed).await.map(|_| Answer::Done),
            Op::Confirm(proposal) => app.confirm(ask, poll, *proposal).await.map(|()| Answer::Done),
            Op::Refuse(proposal) => app.refuse(ask, poll, *proposal, "Chưa đúng").await.map(|()| Answer::Done),
            Op::Withdraw(proposal) => app.withdraw(ask, poll, *proposal).await.map(|()| Answer::Done),
        }
    }

    async fn takes_keys(&self, ask: Ask<'_>, keying: &Keying) -> Result<Answer, AppError> {
        let Keying { form, number, what, step, opened, revision, papers } = keying;
        let papers: Vec<Keyed<'_>> = papers
            .iter()
            .map(|page| Keyed {
                paper: page.paper,
                reason: page.sheet.reason,
                lines: &page.lines,
                keys: &page.sheet.keys,
            })
            .collect();
        let message = KeyedMessage { what: *what, step: *step, opened: *opened, revision: *revision, papers: &papers };
        let follow = self.app.key_batch(ask, self.poll, (form.as_str(), *number), message).await?;
        Ok(Answer::Stands(follow.progress))
    }
}
