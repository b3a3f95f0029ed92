//! What voters said, as the Fatherland Front collected it: filed for each official, then sent on to the person, who
//! explains.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::report::{day, examined, line, stated};
use super::{DueLine, NO_FACT, StoredFact, calendar, check_version};
use crate::facts::attachments::Paper;
use crate::facts::entry::{by, put, tracked};
use crate::preparing::poll_book::PollBook;
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::clock::day_in_vietnam;
use crate::service::error::{AppError, FieldError};
use crate::service::upload::Received;
use domain::deadline::{Deadline, DeadlineStatus, deadlines, status};
use domain::fact::{FactKind, Source};
use domain::fact_state::TrackedFact;
use domain::id::{FactId, OfficialId, PollId};
use domain::question;
use domain::role::Role;
use domain::text::date_dmy;
use macros::boxed;
use store::{facts, roster};

/// Roles that file opinions and send them on.
const OFFICE: &[Role] = &[Role::Clerk, Role::Leader];

/// One opinion as the office sees it.
#[derive(Clone, Debug)]
pub struct Opinion {
    /// What was filed.
    pub fact: StoredFact,
    /// Whom it concerns.
    pub officials: String,
    /// How many days after the Front's last day it came; 0 when in time, or the rules set no day.
    pub came_late_days: i32,
    /// How many days after its last day it was sent on.
    pub sent_late_days: i32,
    /// `đã xong ngày …`, `còn 3 ngày`.
    pub standing: String,
}

/// Opinions before a vote.
#[derive(Clone, Debug)]
pub struct Opinions {
    /// The poll.
    pub poll: PollId,
    /// `Kỳ họp thứ 17`.
    pub sitting: String,
    /// Not sent first, then by whom they concern.
    pub opinions: Vec<Opinion>,
    /// Officials to file for: id and name with posts.
    pub officials: Vec<(String, String)>,
    /// Last day of the Front; `None` where the rules set none.
    pub front: Option<DueLine>,
    /// Last day for sending on; `None` where the rules set none.
    pub person: Option<DueLine>,
}

/// An opinion as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedOpinion {
    /// Id of the official.
    pub official: String,
    /// What voters said.
    pub text: String,
    /// Day on which the Front's paper came, `31/12/2026`.
    pub received_on: String,
    /// Number of the Front's paper.
    pub number: String,
    /// Its day.
    pub dated: String,
    /// Which committee of the Front.
    pub issuer: String,
}

fn days_late(deadline: Option<&Deadline<'_>>, done: Option<Date>, today: Date) -> i32 {
    match deadline.map(|deadline| status(deadline, today, done)) {
        Some(DeadlineStatus::DoneLate { days, .. } | DeadlineStatus::LateBy { days }) => days,
        _ => 0,
    }
}

impl App {
    /// All stored opinions, with the days of the poll.
    ///
    /// # Errors
    /// When the caller is not of the office, or there is no such poll.
    #[boxed]
    pub async fn opinions(&self, caller: &Caller, poll: PollId) -> Result<Opinions, AppError> {
        caller.may(OFFICE)?;
        let today = day_in_vietnam(self.clock.now());
        let mut tx = self.store.read(caller.council).await?;
        let poll_book = PollBook::load(&mut tx, poll, Vec::new()).await?;
        let (all, calendar) = (roster::officials(&mut tx).await?, calendar()?);
        let names: BTreeMap<OfficialId, String> =
            all.iter().map(|kept| (kept.id, kept.value.official.addressed())).collect();
        let rules = deadlines(&poll_book.rules, &poll_book.book.council, poll_book.plan.kind, &calendar);
        let find = |id: &str| rules.iter().find(|deadline| deadline.rule.id == id);
        let (front, person) = (find("front_report"), find("opinions_to_person"));
        let opinion = |fact: StoredFact| {
            let whom = fact.kept.fact.officials.iter().filter_map(|id| names.get(id)).cloned();
            Opinion {
                officials: whom.collect::<Vec<_>>().join(", "),
                came_late_days: days_late(front, Some(fact.kept.fact.period.end()), today),
                sent_late_days: days_late(person, fact.kept.sent_on, today),
                standing: person.map_or_else(String::new, |due| status(due, today, fact.kept.sent_on).text()),
                fact,
            }
        };
        let found = facts::of_kind(&mut tx, FactKind::VotersOpinion).await?;
        let mut opinions: Vec<Opinion> = found.into_iter().map(opinion).collect();
        opinions.sort_by_key(|one| (one.fact.kept.sent_on.is_some(), one.officials.clone(), one.fact.id));
        let offered = all.iter().filter(|kept| !kept.value.withdrawn).map(|kept| {
            let official = &kept.value.official;
            (kept.id.to_string(), format!("{}, {}", official.addressed(), official.posts_text()))
        });
        Ok(Opinions {
            poll,
            sitting: poll_book.book.council.sitting.name.clone(),
            officials: offered.collect(),
            opinions,
            front: front.map(|due| DueLine::new(due, today)),
            person: person.map(|due| DueLine::new(due, today)),
        })
    }

    /// Files an opinion with the Front's paper as its source.
    ///
    /// # Errors
    /// On the fields of [`TypedOpinion`] and `file`, all at once.
    #[boxed]
    pub async fn file_opinion(
        &self,
        ask: Ask<'_>,
        typed: &TypedOpinion,
        file: Option<Received>,
    ) -> Result<(), AppError> {
        let actor = ask.caller.may(OFFICE)?;
        let now = self.clock.now();
        let (at, today, id) = (self.now_text()?, day_in_vietnam(now), FactId::new(now, &self.chance.for_id()?));
        let mut wrong = Vec::new();
        let official = self.typed_official(ask.caller, &mut wrong, &typed.official).await?;
        let text = question::typed(&typed.text);
        let text = text.map_err(|e| wrong.push(FieldError { field: "text", sentence: e.to_string() })).ok();
        let received_on = day(&mut wrong, "received_on", &typed.received_on, today);
        let number = line(&mut wrong, "number", &typed.number, "Hãy ghi số văn bản của Mặt trận Tổ quốc.");
        let dated = day(&mut wrong, "dated", &typed.dated, today);
        let issuer = line(&mut wrong, "issuer", &typed.issuer, "Hãy ghi Ủy ban Mặt trận Tổ quốc đã gửi văn bản.");
        let paper = examined(file, &mut wrong).await;
        let (Some(official), Some(text), Some(received_on)) = (official, text, received_on) else {
            return Err(AppError::Fields { fields: wrong });
        };
        let (Some(number), Some(date), Some(issuer), true) = (number, dated, issuer, wrong.is_empty()) else {
            return Err(AppError::Fields { fields: wrong });
        };
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let file = paper.as_ref().map(Paper::sha256);
                if let Some(paper) = paper {
                    paper.keep(tx, at, &actor.name).await?;
                }
                let source = Source { number, date, issuer, page: None, file };
                let stated = stated(&official, FactKind::VotersOpinion, text, received_on, source);
                put(tx, at, &actor, (id, 0), TrackedFact::entered(stated, by(&actor))).await.map(drop)
            })
        })
        .await
    }

    /// Sends an opinion on to the official: from here on the person reads it and explains.
    ///
    /// # Errors
    /// When it was sent before, or was changed since `version`.
    #[boxed]
    pub async fn send_opinion(&self, ask: Ask<'_>, id: FactId, version: u64) -> Result<(), AppError> {
        let actor = ask.caller.may(OFFICE)?;
        let (at, today) = (self.now_text()?, day_in_vietnam(self.clock.now()));
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let fact = facts::find(tx, id).await?.ok_or(NO_FACT)?;
                if !fact.kept.fact.kind.is_sent_on() {
                    return Err(NO_FACT);
                }
                check_version(&fact, version, [])?;
                if let Some(day) = fact.kept.sent_on {
                    return Err(AppError::Input(format!("Ý kiến này đã gửi ngày {}.", date_dmy(day))));
                }
                let step = tracked(&fact)?.forwarded(today)?;
                put(tx, at, &actor, (id, version), step).await.map(drop)
            })
        })
        .await
    }

    async fn typed_official(
        &self,
        caller: &Caller,
        wrong: &mut Vec<FieldError>,
        typed: &str,
    ) -> Result<Option<super::StoredOfficial>, AppError> {
        let found = match typed.parse::<OfficialId>() {
            Ok(id) => roster::official(&mut self.store.read(caller.council).await?, id).await?,
            Err(_) => None,
        };
        let found = found.filter(|kept| !kept.value.withdrawn);
        if found.is_none() {
            let sentence = "Hãy chọn người được lấy phiếu trong danh sách.".to_owned();
            wrong.push(FieldError { field: "official", sentence });
        }
        Ok(found)
    }
}
