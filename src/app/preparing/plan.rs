//! The plan of a poll: who votes, when, on what, under which rules. With it a poll begins, and until the forms are sealed
//! it may still be changed.

use super::{NO_POLL, OFFICE, PREPARERS};
use crate::Caller;
use crate::polls::{self, NewPoll};
use crate::preparing::poll_book::PollBook;
use crate::rules::{attested, sets};
use crate::service::app::{App, Ask};
use crate::service::clock::in_vietnam;
use crate::service::error::{AppError, Conflict, FieldError};
use crate::service::records::Revised;
use domain::audit::canonical::to_text;
use domain::audit::event::poll::{PollAmended, PollCreated};
use domain::audit::{Actor, KeyName, UtcTime};
use domain::council::{Council, CouncilKind, Sitting, Term};
use domain::id::{LogId, PollId};
use domain::poll::PollKind;
use domain::poll_state::Stage;
use domain::preparation::{Part, Plan};
use domain::record::{Action, Subject};
use domain::rules::{Caution, InForce, LoadedRules, RuleSet, Side};
use domain::text::{clean, date_dmy, read_day, read_number};
use macros::boxed;
use store::preparation::StoredPart;
use store::{CouncilTx, councils, preparation, roster};

/// A plan as it was typed, or as it is proposed to be typed.
#[derive(Clone, Debug, Default)]
pub struct TypedPlan {
    /// Code of the kind of vote.
    pub kind: String,
    /// Id of the rule set.
    pub ruleset: String,
    /// Number of the legislature.
    pub legislature: String,
    /// First day of the term.
    pub term_from: String,
    /// Last day of the term.
    pub term_to: String,
    /// Name of the sitting.
    pub sitting: String,
    /// Opening day.
    pub opens_on: String,
    /// Day of the vote.
    pub votes_on: String,
    /// All delegates.
    pub delegates: String,
    /// Where papers are signed.
    pub place: String,
    /// Name of the person who chairs the sitting.
    pub chair: String,
    /// Secretary of the sitting.
    pub secretary: String,
    /// Legal basis for a body that the rule set leaves out.
    pub basis: String,
    /// Code of what the poll is for: see [`Purpose`]; said once, when it begins.
    pub purpose: String,
}

/// What a poll is for. It is said when the poll begins, stands in the first entry of its log, and stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The vote itself.
    Real,
    /// Diễn tập with ballots on paper: people vote and count as on the day.
    Rehearsal,
    /// Diễn tập whose ballots the program makes up.
    Simulated,
}

impl Purpose {
    /// All.
    pub const ALL: [Self; 3] = [Self::Real, Self::Rehearsal, Self::Simulated];

    /// Code in forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Rehearsal => "rehearsal",
            Self::Simulated => "simulated",
        }
    }

    /// Vietnamese label: title, and what it means.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Real => "Cuộc thật",
            Self::Rehearsal => "Diễn tập: tập dượt với phiếu giấy; mọi trang, mọi giấy tờ đều in DIỄN TẬP.",
            Self::Simulated => "Diễn tập, đại biểu mô phỏng: chương trình tự tạo phiếu khi kiểm.",
        }
    }

    /// What was typed; nothing typed is the vote itself.
    fn read(code: &str) -> Option<Self> {
        if code.is_empty() { Some(Self::Real) } else { Self::ALL.into_iter().find(|purpose| purpose.code() == code) }
    }

    /// What the first entry of the log says: rehearsal, simulated.
    pub(crate) const fn flags(self) -> (bool, bool) {
        match self {
            Self::Real => (false, false),
            Self::Rehearsal => (true, false),
            Self::Simulated => (true, true),
        }
    }

    /// Inverse of [`Self::flags`].
    pub(crate) const fn of(created: &PollCreated) -> Self {
        match (created.rehearsal, created.simulated) {
            (_, true) => Self::Simulated,
            (true, false) => Self::Rehearsal,
            (false, false) => Self::Real,
        }
    }
}

/// A rule set that a council of this kind may choose.
#[derive(Clone, Debug)]
pub struct RulesChoice {
    /// Its id.
    pub id: String,
    /// `NQ 96/2023/QH15`.
    pub short: String,
    /// Full name.
    pub title: String,
    /// `từ 01/07/2023`, `01/07/2015 – 30/06/2023`.
    pub in_force: String,
    /// It has rules for bỏ phiếu.
    pub has_confidence: bool,
    /// It leaves bodies of this kind out of lấy phiếu.
    pub leaves_out: Option<String>,
    /// What decides a result and is not verified.
    pub cautions: Vec<String>,
}

/// What the page of a new poll offers.
#[derive(Clone, Debug)]
pub struct PlanOffer {
    /// Filled in from the last poll and from the roster.
    pub typed: TypedPlan,
    /// What it may be for: in a demo's database every poll is a rehearsal.
    pub purposes: Vec<Purpose>,
    /// The last poll was taken over.
    pub from_last: bool,
    /// Kind and level of the council.
    pub council: CouncilKind,
    /// Delegates in the roster.
    pub in_roster: usize,
    /// Rule sets that fit the council.
    pub rules: Vec<RulesChoice>,
}

/// The plan of a poll, to be looked at and changed.
#[derive(Clone, Debug)]
pub struct PlanPage {
    /// As it is stored.
    pub plan: Plan,
    /// The same as it is typed.
    pub typed: TypedPlan,
    /// The version that the next change replaces.
    pub version: u64,
    /// When it was changed last, as pages write it.
    pub changed_at: String,
    /// Name of the person who changed it last.
    pub changed_by: String,
    /// Whether it may still be changed.
    pub is_open: bool,
    /// Delegates in the roster.
    pub in_roster: usize,
    /// The rules that it goes by; they stay.
    pub rules: RulesChoice,
}

/// A poll that has just begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Its id.
    pub poll: PollId,
}

impl App {
    /// What a new poll may be, filled in from the last one.
    ///
    /// # Errors
    /// When the caller does not prepare votes.
    #[boxed]
    pub async fn plan_offer(&self, caller: &Caller) -> Result<PlanOffer, AppError> {
        caller.may(PREPARERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let (_, kind) = own_body(&mut tx).await?;
        let in_roster = delegates_in_roster(&mut tx).await?;
        let mut polls = store::polls::list(&mut tx).await?;
        // What was typed for a rehearsal is taken over only where there is nothing else.
        polls.sort_by_key(|poll| poll.rehearsal);
        let last = match polls.into_iter().next() {
            Some(poll) => stored_plan(&mut tx, poll.id).await?.map(|(plan, _)| plan),
            None => None,
        };
        let all = sets::available(None)?;
        let rules = all.iter().filter(|rules| fits(&rules.set, kind)).map(|rules| choice(&rules.set, kind)).collect();
        let from_last = last.is_some();
        let purposes = self.purposes();
        let purpose = purposes.first().map(|purpose| purpose.code().to_owned()).unwrap_or_default();
        let typed = TypedPlan { purpose, ..proposed(last, in_roster, &all, kind) };
        Ok(PlanOffer { typed, purposes, from_last, council: kind, in_roster, rules })
    }

    /// Begins a poll: its log, its row and its plan, in one transaction.
    ///
    /// # Errors
    /// When the caller does not prepare votes, or a field is wrong.
    #[boxed]
    pub async fn begin_preparation(&self, ask: Ask<'_>, typed: TypedPlan) -> Result<Begun, AppError> {
        let actor = ask.caller.may(PREPARERS)?;
        let body = own_body(&mut self.store.read(ask.caller.council).await?).await?;
        let all = sets::available(None)?;
        let rules = sets::named(&all, &typed.ruleset)
            .ok_or_else(|| AppError::field("ruleset", "Hãy chọn một bộ quy tắc trong danh sách."));
        let plan = match rules {
            Ok(rules) => read(&typed, (&body.0.name, body.1), &rules.set)?,
            Err(problem) => return Err(problem),
        };
        let mut tx = self.store.read(ask.caller.council).await?;
        let rules = attested::on(&mut tx, rules?, plan.council.sitting.votes_on).await?;
        drop(tx);
        let purpose = self.purpose(&typed.purpose)?;
        let (at, now) = (self.now_text()?, self.clock.now());
        let id = PollId::new(now, &self.chance.for_id()?);
        let log = LogId::new(now, &self.chance.for_id()?);
        let new = new_poll(&plan, &rules, &body.0.slug, id, purpose)?.by(self.program());
        let public_key = self.keys.poll_signer(&new.origin, new.created.rehearsal).verifier().to_text();
        let begun = self.write_once(ask, move |tx| {
            Box::pin(async move {
                polls::begin(tx, new, id, log, public_key, at, &actor).await?;
                write_plan(tx, id, 1, &plan, at, &actor).await
            })
        });
        begun.await?;
        Ok(Begun { poll: id })
    }

    /// What a poll that begins here may be for, the usual first.
    fn purposes(&self) -> Vec<Purpose> {
        Purpose::ALL.into_iter().filter(|purpose| !self.is_demo || *purpose != Purpose::Real).collect()
    }

    /// What was typed, as this installation may take it.
    fn purpose(&self, typed: &str) -> Result<Purpose, AppError> {
        let purpose =
            Purpose::read(typed).ok_or_else(|| AppError::field("purpose", "Hãy chọn cuộc thật hoặc diễn tập."))?;
        Ok(if self.is_demo && purpose == Purpose::Real { Purpose::Rehearsal } else { purpose })
    }

    /// The plan of a poll.
    ///
    /// # Errors
    /// When there is no such poll, or the caller does not prepare votes.
    #[boxed]
    pub async fn poll_plan(&self, caller: &Caller, poll: PollId) -> Result<PlanPage, AppError> {
        caller.may(OFFICE)?;
        let mut tx = self.store.read(caller.council).await?;
        let stored = preparation::part(&mut tx, poll, &Part::Plan).await?.ok_or(NO_POLL)?;
        let state = store::polls::find(&mut tx, poll).await?.ok_or(NO_POLL)?.state;
        let poll_book = PollBook::load(&mut tx, poll, Vec::new()).await?;
        Ok(PlanPage {
            typed: TypedPlan::from(&poll_book.plan),
            rules: choice(&poll_book.rules, poll_book.plan.council.kind),
            version: stored.version,
            changed_at: in_vietnam(stored.changed_at),
            changed_by: stored.changed_by,
            is_open: state.stage() < Stage::Sealed,
            in_roster: delegates_in_roster(&mut tx).await?,
            plan: poll_book.plan,
        })
    }

    /// Changes the plan of a poll. Kind of vote and rule set stay: another one is another poll.
    ///
    /// # Errors
    /// When a field is wrong, somebody else changed the plan since `version`, or the forms are sealed.
    #[boxed]
    pub async fn change_plan(
        &self,
        ask: Ask<'_>,
        poll: PollId,
        version: u64,
        typed: TypedPlan,
    ) -> Result<(), AppError> {
        let actor = ask.caller.may(PREPARERS)?;
        let (at, keys) = (self.now_text()?, self.keys.clone());
        self.write_once(ask, move |tx| {
            Box::pin(async move {
                let poll_book = PollBook::load(tx, poll, Vec::new()).await?;
                let stored = preparation::part(tx, poll, &Part::Plan).await?.ok_or(NO_POLL)?;
                let before = &poll_book.plan;
                let fixed =
                    TypedPlan { kind: before.kind.code().to_owned(), ruleset: before.council.ruleset.clone(), ..typed };
                let plan = read(&fixed, (&before.council.name, before.council.kind), &poll_book.rules)?;
                if stored.version != version {
                    return Err(AppError::Stale(conflict(&stored, before, &plan)));
                }
                if plan == *before {
                    return Ok(());
                }
                let amended =
                    PollAmended { delegates: plan.council.delegates_total, sitting: plan.council.sitting.name.clone() };
                polls::take_step(tx, poll, (at, &actor), &keys, |state| state.amend(amended)).await?;
                write_plan(tx, poll, version + 1, &plan, at, &actor).await
            })
        })
        .await
    }
}

impl From<&Plan> for TypedPlan {
    fn from(plan: &Plan) -> Self {
        let Council { term, sitting, .. } = &plan.council;
        Self {
            kind: plan.kind.code().to_owned(),
            ruleset: plan.council.ruleset.clone(),
            legislature: term.legislature.clone(),
            term_from: term.from.to_string(),
            term_to: term.to.to_string(),
            sitting: sitting.name.clone(),
            opens_on: sitting.opens_on.to_string(),
            votes_on: sitting.votes_on.to_string(),
            delegates: plan.council.delegates_total.to_string(),
            place: plan.council.place.clone(),
            chair: plan.council.chair.clone(),
            secretary: plan.council.secretary.clone(),
            basis: plan.basis.clone().unwrap_or_default(),
            purpose: String::new(),
        }
    }
}

/// The caller's council, with its kind.
async fn own_body(tx: &mut CouncilTx) -> Result<(councils::CouncilRow, CouncilKind), AppError> {
    let row = councils::own(tx).await?.ok_or(AppError::NotFound("hội đồng"))?;
    let kind = row.kind.as_deref().and_then(CouncilKind::from_code).ok_or(AppError::NotFound("hội đồng"))?;
    Ok((row, kind))
}

async fn delegates_in_roster(tx: &mut CouncilTx) -> Result<usize, AppError> {
    Ok(roster::delegates(tx).await?.iter().filter(|kept| !kept.value.withdrawn).count())
}

async fn stored_plan(tx: &mut CouncilTx, poll: PollId) -> Result<Option<(Plan, u64)>, AppError> {
    let Some(stored) = preparation::part(tx, poll, &Part::Plan).await? else { return Ok(None) };
    let plan = serde_json::from_str(&stored.content).map_err(|e| AppError::internal("đọc phần chuẩn bị", e))?;
    Ok(Some((plan, stored.version)))
}

/// Writes the plan with its version and its entry.
async fn write_plan(
    tx: &mut CouncilTx,
    poll: PollId,
    version: u64,
    plan: &Plan,
    at: UtcTime,
    actor: &Actor,
) -> Result<(), AppError> {
    put(tx, poll, Part::Plan, version, plan, at, actor).await
}

/// Writes a part of a preparation with its version and its entry.
///
/// # Errors
/// When it is no longer at the version before.
pub(crate) async fn put(
    tx: &mut CouncilTx,
    poll: PollId,
    part: Part,
    version: u64,
    value: &impl serde::Serialize,
    at: UtcTime,
    actor: &Actor,
) -> Result<(), AppError> {
    let action = if version == 1 { Action::Added } else { Action::Changed };
    let record = part.record(poll);
    let content = to_text(value).map_err(|e| AppError::internal("ghi phần chuẩn bị", e))?;
    let stored = StoredPart { part, content, version, changed_at: at, changed_by: actor.name.clone() };
    preparation::put_part(tx, poll, &stored).await?;
    Revised::one(Subject::Preparation, action, record, version, value)?.write(tx, at, actor).await
}

fn fits(rules: &RuleSet, kind: CouncilKind) -> bool {
    (rules.side == Side::Party) == (kind == CouncilKind::PartyCommittee)
}

fn choice(set: &RuleSet, kind: CouncilKind) -> RulesChoice {
    let InForce { from, until } = set.in_force.value;
    let whole = set.not_subjects.iter().find(|n| n.titles.is_empty() && n.councils.contains(&kind));
    let cautions = set.cautions(PollKind::Rating);
    RulesChoice {
        id: set.id.clone(),
        short: set.short.clone(),
        title: set.title.clone(),
        in_force: match until {
            Some(until) => format!("{} – {}", date_dmy(from), date_dmy(until)),
            None => format!("từ {}", date_dmy(from)),
        },
        has_confidence: set.confidence.is_some(),
        leaves_out: whole.map(|n| format!("{} ({}) [{}]", n.reason, n.cite, n.attested.label())),
        cautions: cautions.iter().map(Caution::to_string).collect(),
    }
}

/// What is filled in before anybody typed: sitting and days are new, the rest stays.
fn proposed(last: Option<Plan>, in_roster: usize, rules: &[LoadedRules], kind: CouncilKind) -> TypedPlan {
    let mut typed = last.as_ref().map(TypedPlan::from).unwrap_or_default();
    for new in [&mut typed.sitting, &mut typed.opens_on, &mut typed.votes_on] {
        new.clear();
    }
    typed.kind = PollKind::Rating.code().to_owned();
    if in_roster > 0 {
        typed.delegates = in_roster.to_string();
    }
    if typed.ruleset.is_empty() {
        let in_force = rules.iter().find(|r| fits(&r.set, kind) && r.set.in_force.value.until.is_none());
        typed.ruleset = in_force.map(|rules| rules.set.id.clone()).unwrap_or_default();
    }
    typed
}

/// The plan that was typed, or everything that is wrong with it.
///
/// # Errors
/// All fields that are wrong.
pub(crate) fn read(typed: &TypedPlan, (name, kind): (&str, CouncilKind), rules: &RuleSet) -> Result<Plan, AppError> {
    let mut wrong: Vec<FieldError> = Vec::new();
    let mut day = |field: &'static str, text: &str| {
        let read = read_day(text);
        if read.is_none() {
            let sentence = "Hãy ghi ngày, ví dụ 05/12/2028.".to_owned();
            wrong.push(FieldError { field, sentence });
        }
        read.unwrap_or_default()
    };
    let term = Term {
        legislature: clean(&typed.legislature),
        from: day("term_from", &typed.term_from),
        to: day("term_to", &typed.term_to),
    };
    let sitting = Sitting {
        name: clean(&typed.sitting),
        opens_on: day("opens_on", &typed.opens_on),
        votes_on: day("votes_on", &typed.votes_on),
    };
    let vote = PollKind::from_code(&typed.kind);
    if vote.is_none() {
        wrong.push(FieldError { field: "kind", sentence: "Hãy chọn lấy phiếu hoặc bỏ phiếu.".to_owned() });
    }
    let basis = clean(&typed.basis);
    let plan = Plan {
        basis: (!basis.is_empty()).then_some(basis),
        council: Council {
            name: name.to_owned(),
            kind,
            term,
            sitting,
            delegates_total: read_number(&typed.delegates).unwrap_or(0),
            ruleset: rules.id.clone(),
            place: clean(&typed.place),
            chair: clean(&typed.chair),
            secretary: clean(&typed.secretary),
        },
        kind: vote.unwrap_or(PollKind::Rating),
    };
    // A day that did not read makes no second sentence out of what follows from it.
    let unread: Vec<&str> = wrong.iter().map(|error| error.field).collect();
    let is_dated = !unread.iter().any(|field| ["term_from", "term_to", "opens_on", "votes_on"].contains(field));
    let dated = ["term_to", "votes_on", "ruleset"];
    let faults = plan.faults(rules).into_iter().filter(|(field, _)| is_dated || !dated.contains(field));
    wrong.extend(faults.map(|(field, fault)| FieldError { field, sentence: fault.to_string() }));
    if wrong.is_empty() { Ok(plan) } else { Err(AppError::Fields { fields: in_form_order(wrong) }) }
}

/// In the order of the form, one sentence for each field.
fn in_form_order(mut wrong: Vec<FieldError>) -> Vec<FieldError> {
    const ORDER: [&str; 13] = [
        "kind",
        "ruleset",
        "basis",
        "legislature",
        "term_from",
        "term_to",
        "sitting",
        "opens_on",
        "votes_on",
        "delegates",
        "place",
        "chair",
        "secretary",
    ];
    wrong.sort_by_key(|error| ORDER.iter().position(|field| *field == error.field));
    wrong.dedup_by_key(|error| error.field);
    wrong
}

/// The poll of a plan, which is to begin.
///
/// # Errors
/// When its log can have no name.
pub(crate) fn new_poll(
    plan: &Plan,
    rules: &LoadedRules,
    slug: &str,
    id: PollId,
    purpose: Purpose,
) -> Result<NewPoll, AppError> {
    let council = &plan.council;
    let (rehearsal, simulated) = purpose.flags();
    // The last letters of an id are chance; its first ones are time, which two polls of one day may share.
    let id = id.to_string();
    let short = id.get(id.len().saturating_sub(8)..).unwrap_or(&id);
    let name = format!("tinnhiem/{slug}/{}/{short}", council.sitting.votes_on);
    let created = PollCreated {
        again_of: None,
        program: None,
        council: council.name.clone(),
        delegates: council.delegates_total,
        kind: plan.kind,
        rehearsal,
        ruleset: rules.set.id.clone(),
        ruleset_sha256: rules.source.sha256,
        simulated,
        sitting: council.sitting.name.clone(),
    };
    let origin = KeyName::new(name).map_err(|e| AppError::internal("đặt tên nhật ký", e))?;
    Ok(NewPoll { origin, created, ruleset_text: rules.source.text.clone() })
}

fn conflict(stored: &StoredPart, before: &Plan, typed: &Plan) -> Conflict {
    let conflict = Conflict {
        what: "thông tin kỳ họp",
        by: stored.changed_by.clone(),
        at: in_vietnam(stored.changed_at),
        version: stored.version,
        differences: Vec::new(),
    };
    let texts = |plan: &Plan| {
        let Council { term, sitting, delegates_total, place, chair, secretary, .. } = &plan.council;
        [
            plan.basis.clone().unwrap_or_default(),
            term.legislature.clone(),
            date_dmy(term.from),
            date_dmy(term.to),
            sitting.name.clone(),
            date_dmy(sitting.opens_on),
            date_dmy(sitting.votes_on),
            delegates_total.to_string(),
            place.clone(),
            chair.clone(),
            secretary.clone(),
        ]
    };
    const LABELS: [&str; 11] = [
        "Căn cứ",
        "Khóa",
        "Nhiệm kỳ từ",
        "Nhiệm kỳ đến",
        "Kỳ họp",
        "Ngày khai mạc",
        "Ngày bỏ phiếu",
        "Tổng số đại biểu",
        "Địa danh",
        "Chủ tọa",
        "Thư ký",
    ];
    let (stored, typed) = (texts(before), texts(typed));
    let field = |i: usize| (LABELS[i], stored[i].as_str(), typed[i].as_str());
    conflict.with_fields(std::array::from_fn::<_, 11, _>(field))
}
