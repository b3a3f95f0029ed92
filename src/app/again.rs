//! A cancelled vote begins again: what one person wrote for it is taken over, and what two people decided is proposed anew
//! as it was, so that the second of them reads it and confirms it for the vote that begins.
//!
//! Nothing that was decided is taken over without that: list, board and dossiers are decisions about one vote, and the log
//! of the new one must name the two who took them. Forms are not taken over at all: the ballots of the cancelled vote may
//! be on paper already, and nobody must take them for those of this one.

use crate::Caller;
use crate::dossiers;
use crate::polls;
use crate::polls::proposals::{self, Offer};
use crate::preparing::overview;
use crate::preparing::{NO_POLL, OFFICE, PREPARERS, PreparedPoll, Purpose, content, new_poll, put_part};
use crate::rules::{attested, sets};
use crate::service::app::{App, Ask};
use crate::service::clock::in_vietnam;
use crate::service::error::AppError;
use domain::audit::{LogEntry, PollEvent};
use domain::decided::{DecidedBoard, DecidedList};
use domain::id::{LogId, PollId, ProposalId};
use domain::poll_state::Stage;
use domain::preparation::{DeadlineMark, Part, Plan, TellerBoard};
use domain::proposal::{Proposal, ProposalKind, ProposalState};
use domain::text::date_dmy;
use macros::boxed;
use store::preparation::StoredPart;
use store::{CouncilTx, councils, logs, preparation, releases};

/// What of a cancelled vote can begin again.
#[derive(Clone, Debug, Default)]
pub struct AgainPage {
    /// Name of the sitting.
    pub sitting: String,
    /// When and by whom it was cancelled.
    pub cancelled: String,
    /// What is taken over as it is, in words.
    pub kept: Vec<String>,
    /// What is proposed anew, in words, for another person to confirm.
    pub proposed: Vec<String>,
    /// What is done once more, in words, with the reason.
    pub anew: Vec<String>,
    /// The vote that was begun in its place.
    pub begun: Option<PollId>,
    /// Why it cannot begin again.
    pub obstacle: Option<String>,
}

/// What stands to be taken over.
struct Taken {
    plan: Plan,
    parts: Vec<StoredPart>,
    /// Verdicts, release, list and board that two people decided and that still are what would be decided, in the order in
    /// which they are confirmed.
    decided: Vec<Offer>,
    /// In words: see [`AgainPage`].
    proposed: Vec<String>,
    anew: Vec<String>,
}

impl App {
    /// What a cancelled vote would begin again with.
    ///
    /// # Errors
    /// When there is no such vote with a plan, or the caller does not prepare votes.
    #[boxed]
    pub async fn again_page(&self, caller: &Caller, poll: PollId) -> Result<AgainPage, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        let taken = match taken(&mut tx, poll).await {
            Ok(taken) => taken,
            Err(AppError::Input(sentence)) => {
                let sitting = overview::sitting(&mut tx, poll).await?;
                return Ok(AgainPage { sitting, obstacle: Some(sentence), ..AgainPage::default() });
            }
            Err(problem) => return Err(problem),
        };
        let off = preparation::proposals(&mut tx, poll)
            .await?
            .into_iter()
            .find(|p| p.kind == ProposalKind::PollCancelled && p.state == ProposalState::Confirmed);
        let cancelled = off
            .and_then(|p| p.decided)
            .map_or_else(String::new, |by| format!("{}, {} xác nhận", in_vietnam(by.at), by.name));
        Ok(AgainPage {
            sitting: taken.plan.council.sitting.name.clone(),
            cancelled,
            kept: kept(&taken)?,
            begun: begun_after(&mut tx, poll).await?,
            obstacle: None,
            proposed: taken.proposed,
            anew: taken.anew,
        })
    }

    /// The cancelled vote in whose place this one was begun.
    ///
    /// # Errors
    /// When there is no such vote, or the caller does not prepare votes.
    #[boxed]
    pub async fn again_of(&self, caller: &Caller, poll: PollId) -> Result<Option<PollId>, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        let Some(stored) = store::polls::find(&mut tx, poll).await? else { return Err(NO_POLL) };
        let Some(origin) = named(&mut tx, stored.log).await? else { return Ok(None) };
        let heads = logs::heads(&mut tx).await?;
        Ok(heads.into_iter().find(|log| log.head.origin.as_str() == origin).and_then(|log| log.poll))
    }

    /// Begins a vote in place of one that was cancelled.
    ///
    /// # Errors
    /// When the caller is no clerk, the vote is not cancelled, or one was begun in its place before.
    #[boxed]
    pub async fn begin_again(&self, ask: Ask<'_>, poll: PollId) -> Result<PollId, AppError> {
        let actor = ask.caller.may(PREPARERS)?;
        let mut tx = self.store.read(ask.caller.council).await?;
        let stored = store::polls::find(&mut tx, poll).await?.ok_or(NO_POLL)?;
        let taken = taken(&mut tx, poll).await?;
        let all = sets::available(None)?;
        let base = sets::named(&all, &taken.plan.council.ruleset).ok_or(NO_POLL)?;
        let rules = attested::on(&mut tx, base, taken.plan.council.sitting.votes_on).await?;
        let slug = councils::own(&mut tx).await?.ok_or(NO_POLL)?.slug;
        let heads = logs::heads(&mut tx).await?;
        drop(tx);
        let origin = heads.iter().find(|log| log.log == stored.log).map(|log| log.head.origin.as_str().to_owned());
        let (at, now) = (self.now_text()?, self.clock.now());
        let id = PollId::new(now, &self.chance.for_id()?);
        let log = LogId::new(now, &self.chance.for_id()?);
        let mut new = new_poll(&taken.plan, &rules, &slug, id, Purpose::of(&stored.state.poll().created))?;
        new.created.again_of = Some(origin.ok_or(NO_POLL)?);
        let new = new.by(self.program());
        let public_key = self.keys.poll_signer(&new.origin, new.created.rehearsal).verifier().to_text();
        let drawn = taken.decided.iter().map(|_| Ok(ProposalId::new(now, &self.chance.for_id()?)));
        let mut ids: Vec<ProposalId> = drawn.collect::<Result<_, AppError>>()?;
        // Proposals are listed by their ids: these in the order in which they are confirmed.
        ids.sort_unstable();
        let begun = self.write_once(ask, move |tx| {
            Box::pin(async move {
                if let Some(other) = begun_after(tx, poll).await? {
                    let sitting = overview::sitting(tx, other).await?;
                    return Err(AppError::Input(format!("Cuộc này đã được bắt đầu lại: {sitting}.")));
                }
                polls::begin(tx, new, id, log, public_key, at, &actor).await?;
                for StoredPart { part, content: text, .. } in taken.parts {
                    let value: serde_json::Value = content(&text)?;
                    put_part(tx, id, part, 1, &value, at, &actor).await?;
                }
                for (proposal, offer) in ids.into_iter().zip(taken.decided) {
                    proposals::propose(tx, proposal, at, &actor, Offer { poll: id, ..offer }).await?;
                }
                Ok(())
            })
        });
        begun.await?;
        Ok(id)
    }
}

/// The name that the first entry of a log gives of the vote before it.
async fn named(tx: &mut CouncilTx, log: LogId) -> Result<Option<String>, AppError> {
    let kind = "poll.created";
    let Some(text) = logs::of_kinds(tx, log, [kind, kind]).await?.pop() else { return Ok(None) };
    let entry: LogEntry = LogEntry::parse(&text).map_err(|e| AppError::internal("đọc bản ghi đầu của cuộc", e))?;
    match entry.event {
        PollEvent::PollCreated(created) => Ok(created.again_of),
        _ => Ok(None),
    }
}

/// The vote that was begun in place of `poll`.
async fn begun_after(tx: &mut CouncilTx, poll: PollId) -> Result<Option<PollId>, AppError> {
    let heads = logs::heads(tx).await?;
    let Some(own) = heads.iter().find(|log| log.poll == Some(poll)) else { return Err(NO_POLL) };
    for other in &heads {
        let Some(id) = other.poll.filter(|id| *id != poll) else { continue };
        if named(tx, other.log).await?.as_deref() == Some(own.head.origin.as_str()) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// All that is taken over from a cancelled vote.
async fn taken(tx: &mut CouncilTx, poll: PollId) -> Result<Taken, AppError> {
    let prepared = PreparedPoll::load(tx, poll).await?;
    if prepared.stage() != Stage::Cancelled {
        let stage = prepared.stage().label();
        return Err(AppError::Input(format!("Cuộc này {stage}; chỉ cuộc đã hủy mới bắt đầu lại được.")));
    }
    let is_taken = |part: &Part| matches!(part, Part::Plan | Part::Board | Part::Named | Part::Deadline(_));
    let parts: Vec<StoredPart> =
        preparation::parts(tx, poll).await?.into_iter().filter(|stored| is_taken(&stored.part)).collect();
    let mut taken = Taken {
        plan: prepared.poll_book.plan.clone(),
        parts,
        decided: Vec::new(),
        proposed: Vec::new(),
        anew: Vec::new(),
    };
    let verdicts = verdicts(&prepared, &mut taken);
    release(tx, &prepared, verdicts, &mut taken).await?;
    list_and_board(&prepared, &mut taken)?;
    taken
        .anew
        .push("Mẫu phiếu: chốt lại, vì phiếu của cuộc đã hủy có thể đã in và không được lẫn với phiếu mới.".into());
    if prepared.proposals.iter().any(|p| is_confirmed(p, ProposalKind::BadLineChosen)) {
        let sentence = "Cách tính dòng ghi sai: Ban kiểm phiếu của cuộc mới chọn lại, sau khi Ban được lập.";
        taken.anew.push(sentence.into());
    }
    Ok(taken)
}

fn is_confirmed(proposal: &Proposal, kind: ProposalKind) -> bool {
    proposal.kind == kind && proposal.state == ProposalState::Confirmed
}

fn offer(proposal: &Proposal) -> Offer {
    let Proposal { poll, kind, about, content, .. } = proposal.clone();
    Offer { poll, kind, about, content }
}

/// The verdicts that stand; how many there are.
fn verdicts(prepared: &PreparedPoll, taken: &mut Taken) -> usize {
    let mut last: Vec<&Proposal> = Vec::new();
    // The newest first.
    for proposal in prepared.proposals.iter().filter(|p| is_confirmed(p, ProposalKind::EligibilityOverride)) {
        if !last.iter().any(|other| other.about == proposal.about) {
            last.push(proposal);
        }
    }
    taken.decided.extend(last.iter().rev().map(|proposal| offer(proposal)));
    if !last.is_empty() {
        taken.proposed.push(format!("Xét lại diện lấy phiếu của {} người, xác nhận trước danh sách", last.len()));
    }
    last.len()
}

/// The dossiers as they were released, where they would be released as the first ones of the new vote to the byte.
async fn release(
    tx: &mut CouncilTx,
    prepared: &PreparedPoll,
    verdicts: usize,
    taken: &mut Taken,
) -> Result<(), AppError> {
    let released = prepared.proposals.iter().find(|p| is_confirmed(p, ProposalKind::DossiersReleased));
    let Some(released) = released else { return Ok(()) };
    let number = releases::newest(tx, released.poll).await?.unwrap_or(0);
    let is_as_before = number == 1 && (verdicts > 0 || dossiers::states_the_same(tx, released).await?);
    if is_as_before {
        taken.decided.push(offer(released));
        taken.proposed.push("Hồ sơ đã phát hành, giữ nguyên: khi xác nhận, chương trình in lại và so từng byte".into());
    } else {
        let sentence = "Hồ sơ: lập lại bản phát hành từ dữ kiện đang lưu, không phải nhập gì; dữ kiện đã khác, hoặc cuộc cũ \
                        phát hành nhiều lần nên số của bản phát hành khác.";
        taken.anew.push(sentence.into());
    }
    Ok(())
}

/// List and board as two people decided them, where they would be decided so today.
fn list_and_board(prepared: &PreparedPoll, taken: &mut Taken) -> Result<(), AppError> {
    let confirmed = |kind| prepared.proposals.iter().find(|p| is_confirmed(p, kind));
    if let Some(proposal) = confirmed(ProposalKind::ListDecided) {
        let list: DecidedList = content(&proposal.content)?;
        if prepared.list_now(list.decision.clone()) == list {
            let (people, decision) = (list.officials.len(), list.decision.text());
            taken.proposed.push(format!("Danh sách {people} người, theo văn bản {decision}"));
            taken.decided.push(offer(proposal));
        } else {
            taken.anew.push("Danh sách: đề xuất lại, vì danh sách người được lấy phiếu đã khác lúc chốt.".into());
        }
    }
    match confirmed(ProposalKind::BoardAppointed) {
        Some(proposal) => {
            let board: DecidedBoard = content(&proposal.content)?;
            let (members, decision) = (board.tellers.len(), board.decision.text());
            taken.proposed.push(format!("Ban kiểm phiếu {members} người cùng tài khoản, theo văn bản {decision}"));
            taken.decided.push(offer(proposal));
        }
        None if taken.parts.iter().any(|stored| stored.part == Part::Board) => {
            taken.anew.push("Ban kiểm phiếu: đề xuất lập theo bản dự kiến được giữ.".into());
        }
        None => {}
    }
    Ok(())
}

/// What is taken over as it is, in words.
fn kept(taken: &Taken) -> Result<Vec<String>, AppError> {
    let sitting = &taken.plan.council.sitting;
    let mut kept = vec![format!(
        "Kế hoạch: {}, khai mạc {}, bỏ phiếu {}; sửa được trước khi chốt mẫu phiếu",
        sitting.name,
        date_dmy(sitting.opens_on),
        date_dmy(sitting.votes_on)
    )];
    let mut done = 0;
    for stored in &taken.parts {
        match stored.part {
            Part::Board => {
                let board: TellerBoard = content(&stored.content)?;
                kept.push(format!("Bản dự kiến Ban kiểm phiếu: {} người, cùng tài khoản của họ", board.seats.len()));
            }
            Part::Deadline(_) => {
                let mark: DeadlineMark = content(&stored.content)?;
                done += usize::from(mark.done_on.is_some());
            }
            Part::Named => kept.push("Những người đưa ra bỏ phiếu tín nhiệm, theo kết quả đã có".to_owned()),
            _ => {}
        }
    }
    if done > 0 {
        kept.push(format!("Thời hạn: {done} việc đã ghi là làm xong"));
    }
    kept.push("Danh sách người được lấy phiếu, đại biểu, dữ kiện và tài khoản là của hội đồng, không đổi".to_owned());
    Ok(kept)
}
