//! Discussion in groups: the secretary of each drafts and files its summary, the Standing Committee collects them.

use std::collections::BTreeMap;

use crate::preparing::poll_book::PollBook;
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::clock::day_in_vietnam;
use crate::service::drawn;
use crate::service::error::{AppError, Conflict};
use crate::service::records::Revised;
use domain::audit::{Actor, UtcTime};
use domain::document::{Discussion, Frame, GroupOpinion, OfficialOpinions, discussion_report};
use domain::group_summary::{Content, GroupSummary, Stepped, SummaryError, SummaryState};
use domain::id::{OfficialId, PollId, SummaryId};
use domain::record::Subject;
use domain::role::Role;
use macros::boxed;
use store::group_summaries::StoredSummary;
use store::{CouncilTx, group_summaries, polls, roster};

/// Roles that discuss in groups.
pub const MEMBERS: &[Role] = &[Role::Delegate];
/// Roles that collect what groups filed.
pub const COLLECTORS: &[Role] = &[Role::Leader, Role::Clerk];
/// Roles that reopen a filed summary.
pub const REOPENERS: &[Role] = &[Role::Leader];

const NO_POLL: AppError = AppError::NotFound("đợt lấy phiếu");
const NO_SUMMARY: AppError = AppError::NotFound("tổng hợp thảo luận tổ");

/// An official whom a group may say something of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discussed {
    /// Who.
    pub id: OfficialId,
    /// `Ông Nguyễn Văn A`.
    pub name: String,
    /// Posts in one line.
    pub post: String,
}

/// The discussion of one group, for its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupDesk {
    /// Name of the sitting.
    pub sitting: String,
    /// Name of the group; empty for somebody whom the roster puts in none.
    pub group: String,
    /// Whether the caller files its summary.
    pub is_secretary: bool,
    /// What there is of it; members see it once it is filed.
    pub summary: Option<StoredSummary>,
    /// Officials in the order of the list.
    pub officials: Vec<Discussed>,
}

/// One group in the report of the Standing Committee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupLine {
    /// Its name.
    pub group: String,
    /// Full names of its secretaries.
    pub secretaries: Vec<String>,
    /// Its summary, drafts too.
    pub summary: Option<StoredSummary>,
}

impl GroupLine {
    /// Its summary, once it is filed.
    pub fn filed(&self) -> Option<&StoredSummary> {
        self.summary.as_ref().filter(|kept| kept.value.state == SummaryState::Filed)
    }
}

/// All groups before a vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupReport {
    /// Name of the sitting.
    pub sitting: String,
    /// Groups by name.
    pub groups: Vec<GroupLine>,
    /// What filed summaries say.
    pub discussion: Discussion,
}

async fn sitting(tx: &mut CouncilTx, poll: PollId) -> Result<String, AppError> {
    Ok(polls::find(tx, poll).await?.ok_or(NO_POLL)?.state.poll().created.sitting.clone())
}

async fn discussed(tx: &mut CouncilTx) -> Result<Vec<Discussed>, AppError> {
    let all = roster::officials(tx).await?.into_iter().filter(|kept| !kept.value.withdrawn);
    let one = |kept: roster::StoredOfficial| Discussed {
        id: kept.id,
        name: kept.value.official.addressed(),
        post: kept.value.official.posts_text(),
    };
    Ok(all.map(one).collect())
}

/// The group that the caller belongs to, and whether they file its summary; `None` for somebody whom the roster puts in
/// none.
async fn own_group(tx: &mut CouncilTx, caller: &Caller) -> Result<Option<(String, bool)>, AppError> {
    let own = roster::delegate_of(tx, caller.account.id).await?;
    Ok(own.and_then(|kept| Some((kept.value.delegate.group?, kept.value.is_secretary))))
}

impl App {
    /// The discussion of the caller's own group.
    ///
    /// # Errors
    /// When the caller is no delegate, or there is no such poll.
    #[boxed]
    pub async fn group_desk(&self, caller: &Caller, poll: PollId) -> Result<GroupDesk, AppError> {
        caller.may(MEMBERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let sitting = sitting(&mut tx, poll).await?;
        let (group, is_secretary) = own_group(&mut tx, caller).await?.unwrap_or_default();
        let summary = group_summaries::of_group(&mut tx, poll, &group).await?;
        let summary = summary.filter(|kept| is_secretary || kept.value.state == SummaryState::Filed);
        Ok(GroupDesk { sitting, group, is_secretary, summary, officials: discussed(&mut tx).await? })
    }

    /// Writes the summary of the caller's group over `version` (0 for the first draft), and with `and_file` hands it in.
    ///
    /// # Errors
    /// When the caller is not the secretary of a group, it was filed, or it was changed since `version`; on field
    /// `general` when there is nothing to file or a text is too long.
    #[boxed]
    pub async fn write_summary(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        version: u64,
        content: Content,
        and_file: bool,
    ) -> Result<(), AppError> {
        let actor = ask.caller.may(MEMBERS)?;
        let caller = ask.caller.clone();
        let (new, at) = (SummaryId::new(self.clock.now(), &self.chance.for_id()?), self.now_text()?);
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                sitting(tx, poll).await?;
                let (group, is_secretary) = own_group(tx, &caller).await?.unwrap_or_default();
                if !is_secretary {
                    return Err(AppError::Input("Chỉ thư ký tổ mới soạn và nộp tổng hợp của tổ.".to_owned()));
                }
                let stored = group_summaries::of_group(tx, poll, &group).await?;
                let id = stored.as_ref().map_or(new, |kept| kept.id);
                let stepped = match stored {
                    Some(kept) if kept.version != version => {
                        return Err(AppError::Stale(conflict(&kept, &content)));
                    }
                    Some(kept) => kept.value.write(content).map_err(refused)?,
                    None => GroupSummary::drafted(poll, group, content),
                };
                let written = keep(tx, (id, version + 1), (at, &actor), stepped).await?;
                if and_file {
                    let filed = written.file().map_err(refused)?;
                    keep(tx, (id, version + 2), (at, &actor), filed).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// The Standing Committee lets a group write its filed summary again.
    ///
    /// # Errors
    /// When it was not filed, or was changed since `version`.
    #[boxed]
    pub async fn reopen_summary(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        id: SummaryId,
        version: u64,
    ) -> Result<(), AppError> {
        let actor = ask.caller.may(REOPENERS)?;
        let at = self.now_text()?;
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let kept = group_summaries::find(tx, id).await?.filter(|kept| kept.value.poll == poll);
                let kept = kept.ok_or(NO_SUMMARY)?;
                if kept.version != version {
                    let content = kept.value.content.clone();
                    return Err(AppError::Stale(conflict(&kept, &content)));
                }
                let stepped = kept.value.reopen().map_err(refused)?;
                keep(tx, (id, version + 1), (at, &actor), stepped).await.map(drop)
            })
        })
        .await
    }

    /// All groups before a vote with what they filed.
    ///
    /// # Errors
    /// When the caller does not collect summaries, or there is no such poll.
    #[boxed]
    pub async fn group_report(&self, caller: &Caller, poll: PollId) -> Result<GroupReport, AppError> {
        caller.may(COLLECTORS)?;
        let mut tx = self.store.read(caller.council).await?;
        report(&mut tx, poll).await
    }

    /// The same as a paper.
    ///
    /// # Errors
    /// As [`Self::group_report`]; when a text has a letter that cannot be printed.
    #[boxed]
    pub async fn group_report_pdf(&self, caller: &Caller, poll: PollId) -> Result<Vec<u8>, AppError> {
        caller.may(COLLECTORS)?;
        let mut tx = self.store.read(caller.council).await?;
        let discussion = report(&mut tx, poll).await?.discussion;
        let poll_book = PollBook::load(&mut tx, poll, Vec::new()).await?;
        drop(tx);
        let frame = Frame { occasion: poll_book.occasion(), date: day_in_vietnam(self.clock.now()), foot: None };
        let document = discussion_report(&frame, &discussion);
        let printed = tokio::task::spawn_blocking(move || drawn::document(&document)).await;
        let printed = printed.map_err(|e| AppError::internal("in báo cáo thảo luận tổ", e))?;
        // What cannot be printed was typed by somebody: the sentence says where.
        printed.map(|pdf| pdf.bytes).map_err(|e| AppError::Input(format!("Chưa in được báo cáo: {e}.")))
    }
}

async fn report(tx: &mut CouncilTx, poll: PollId) -> Result<GroupReport, AppError> {
    let sitting = sitting(tx, poll).await?;
    let mut groups: BTreeMap<String, GroupLine> = BTreeMap::new();
    // As the list of delegates has them: by their names, the tenth group would stand before the second.
    let mut order: Vec<String> = Vec::new();
    let line = |group: &str| GroupLine { group: group.to_owned(), secretaries: Vec::new(), summary: None };
    for kept in roster::delegates(tx).await?.into_iter().filter(|kept| !kept.value.withdrawn) {
        let Some(group) = kept.value.delegate.group else { continue };
        if !groups.contains_key(&group) {
            order.push(group.clone());
        }
        let entry = groups.entry(group.clone()).or_insert_with(|| line(&group));
        if kept.value.is_secretary {
            entry.secretaries.push(kept.value.delegate.name);
        }
    }
    // A group that was renamed or dissolved since has said what it said.
    for summary in group_summaries::of_poll(tx, poll).await? {
        let group = summary.value.group.clone();
        groups.entry(group.clone()).or_insert_with(|| line(&group)).summary = Some(summary);
    }
    let mut groups: Vec<GroupLine> = groups.into_values().collect();
    groups.sort_by_key(|line| order.iter().position(|group| *group == line.group).unwrap_or(usize::MAX));
    let discussion = discussion(&groups, &discussed(tx).await?);
    Ok(GroupReport { sitting, groups, discussion })
}

fn discussion(groups: &[GroupLine], officials: &[Discussed]) -> Discussion {
    let filed: Vec<(&str, &Content)> =
        groups.iter().filter_map(|line| Some((line.group.as_str(), &line.filed()?.value.content))).collect();
    let said_of = |official: &Discussed| {
        let opinions: Vec<(String, String)> = filed
            .iter()
            .map(|(group, content)| ((*group).to_owned(), content.of(official.id).to_owned()))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        let who = format!("{}, {}", official.name, official.post);
        (!opinions.is_empty()).then_some(OfficialOpinions { official: who, opinions })
    };
    let opinion = |(group, content): &(&str, &Content)| GroupOpinion {
        group: (*group).to_owned(),
        general: content.general.clone(),
    };
    Discussion {
        filed: filed.iter().map(opinion).collect(),
        missing: groups.iter().filter(|line| line.filed().is_none()).map(|line| line.group.clone()).collect(),
        officials: officials.iter().filter_map(said_of).collect(),
    }
}

fn refused(error: SummaryError) -> AppError {
    match error {
        SummaryError::Empty | SummaryError::TooLong => AppError::field("general", error),
        SummaryError::Filed | SummaryError::NotFiled => AppError::Input(error.to_string()),
    }
}

fn conflict(kept: &StoredSummary, typed: &Content) -> Conflict {
    let conflict = Conflict {
        what: "tổng hợp",
        by: kept.changed_by.clone(),
        at: kept.changed_at.in_vietnam(),
        version: kept.version,
        differences: Vec::new(),
    };
    conflict.with_fields([("Ý kiến chung của tổ", &kept.value.content.general, &typed.general)])
}

/// Writes the row of a summary, its version and the entry of the log.
async fn keep(
    tx: &mut CouncilTx,
    (id, version): (SummaryId, u64),
    (at, actor): (UtcTime, &Actor),
    (summary, action): Stepped,
) -> Result<GroupSummary, AppError> {
    let revised = Revised::one(Subject::GroupSummary, action, id, version, &summary)?;
    let kept = StoredSummary { id, value: summary, version, changed_at: at, changed_by: actor.name.clone() };
    group_summaries::put(tx, &kept).await?;
    revised.write(tx, at, actor).await?;
    Ok(kept.value)
}
