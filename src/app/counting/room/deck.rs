//! The test deck, keyed like ballots and compared paper by paper: what differs, and the entry of the log that says so. Each
//! form has a deck of its own, which is recorded and tried again by itself.

use std::collections::BTreeMap;

use super::counting_room::{CountingForm, CountingRoom};
use super::table::{BatchKey, BatchStage};
use super::{COUNTERS, HEADS, NO_POLL};
use crate::Caller;
use crate::polls::Requester;
use crate::preparing::{Paper as PrintedPaper, PreparedPoll, sealed_forms};
use crate::service::app::{App, Ask};
use crate::service::clock::day_in_vietnam;
use crate::service::drawn;
use crate::service::error::AppError;
use domain::audit::event::poll::DeckForm;
use domain::audit::{LogEntry, PollEvent, UtcTime};
use domain::batch::{Paper, Pile};
use domain::day_record::{DayRecord, Deck, Hands};
use domain::deck_trials::{DeckStanding, DeckTrials, last_of};
use domain::document::{DeckCount, Frame, test_deck_report};
use domain::id::{LogId, PollId};
use domain::poll_state::{Refusal, Stage};
use domain::test_deck::{Compared, DeckNames, TestDeck};
use macros::boxed;
use store::{CouncilTx, logs, polls};

const NO_REPORT: AppError = AppError::NotFound("báo cáo kiểm thử");

/// A reading of a form's deck, held against what stands on its papers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeckTrial {
    /// Whether every paper was read as it is marked.
    pub has_passed: bool,
    /// What all differences come from, in a sentence.
    pub explanation: Option<String>,
    /// Every difference in a sentence, in the order of the papers.
    pub differences: Vec<String>,
    /// Papers were not written down, so that only totals were compared.
    pub is_of_totals: bool,
}

/// The deck of one form.
#[derive(Clone, Debug)]
pub struct FormDeck {
    /// Id of the form.
    pub form: String,
    /// Khối.
    pub block: String,
    /// Papers of the deck.
    pub papers: u32,
    /// Its pile on the table: number, and how far it is.
    pub pile: Option<(u32, BatchStage)>,
    /// What both tellers read, which is not recorded yet.
    pub agreed: Option<DeckTrial>,
    /// What was recorded last, and when.
    pub recorded: Option<(UtcTime, DeckTrial)>,
}

impl FormDeck {
    /// Whether the deck that was recorded last passed.
    pub fn has_passed(&self) -> bool {
        self.recorded.as_ref().is_some_and(|(_, trial)| trial.has_passed)
    }
}

/// The decks of a poll.
#[derive(Clone, Debug)]
pub struct DeckReport {
    /// Name of the sitting.
    pub sitting: String,
    /// One for each form.
    pub decks: Vec<FormDeck>,
    /// How far the poll has come.
    pub stage: Stage,
    /// Whether the deck may be counted now.
    pub is_open: bool,
    /// Whether the caller records what it gave.
    pub is_head: bool,
    /// Who let the vote go on without; `None` where nobody did, or every form passed since.
    pub waived: Option<Hands>,
}

impl DeckReport {
    /// Whether the last deck of every form passed.
    pub fn has_passed(&self) -> bool {
        self.decks.iter().all(FormDeck::has_passed)
    }

    /// Forms of which a reading waits to be recorded.
    pub fn waiting(&self) -> usize {
        self.decks.iter().filter(|deck| deck.agreed.is_some()).count()
    }

    /// Whether anything was recorded.
    pub fn is_recorded(&self) -> bool {
        self.decks.iter().any(|deck| deck.recorded.is_some())
    }
}

/// A form's deck on which both tellers agree.
struct AgreedDeck {
    /// Papers as they were read, in their order.
    read: Vec<Paper>,
    /// The piles in which they lie.
    piles: Vec<BatchKey>,
}

impl App {
    /// What the decks gave so far beside what stands on their papers.
    ///
    /// # Errors
    /// When the caller does not count, or there is no such poll.
    #[boxed]
    pub async fn deck_report(&self, caller: &Caller, poll: PollId) -> Result<DeckReport, AppError> {
        caller.may(COUNTERS)?;
        self.lead(caller.council, poll).await?;
        let mut tx = self.store.read(caller.council).await?;
        let room = self.room(&mut tx, poll).await?;
        room.admit(caller, COUNTERS)?;
        if room.stage() < Stage::Sealed {
            return Err(NO_POLL);
        }
        let entries = deck_entries(&mut tx, room.log).await?;
        drop(tx);
        let recorded = last_of(&entries);
        let agreed = self.agreed_decks(&room);
        let lying = room.lying(self);
        let deck = |form: &CountingForm| {
            let (id, deck) = (form.form.id.as_str(), deck_of(&room, form));
            let names = Names::of(form);
            let told = recorded.get(id).map(|(told, at)| (*at, names.of_told(&room, &deck, told)));
            let pile = lying.iter().find(|lying| lying.key.form == id).map(|lying| (lying.key.number, lying.stage));
            FormDeck {
                form: id.to_owned(),
                block: form.form.block.clone(),
                papers: deck.expected.papers,
                pile,
                agreed: agreed.get(id).map(|agreed| names.compared(&room, &deck, &deck.readings(), &agreed.read)),
                recorded: told,
            }
        };
        Ok(DeckReport {
            sitting: room.sitting().to_owned(),
            decks: room.forms.iter().map(deck).collect(),
            stage: room.stage(),
            is_open: room.pile() == Some(Pile::Deck),
            is_head: room.admit(caller, HEADS).is_ok(),
            waived: waived(&entries, room.forms.iter().map(|form| form.form.id.as_str())),
        })
    }

    /// Writes down what the deck of `form` gave, or of every form on which both tellers agree, passed or not, and clears it off
    /// the table: it may be tried again.
    ///
    /// # Errors
    /// When the caller is no head teller, nobody agrees on such a deck, or it is not the time.
    #[boxed]
    pub async fn record_deck(&self, ask: Ask<'_>, poll: PollId, form: Option<&str>) -> Result<(), AppError> {
        ask.caller.may(HEADS)?;
        self.lead(ask.caller.council, poll).await?;
        let mut tx = self.store.read(ask.caller.council).await?;
        let room = self.room(&mut tx, poll).await?;
        room.admit(ask.caller, HEADS)?;
        drop(tx);
        if room.pile() != Some(Pile::Deck) {
            return Err(Refusal::NotNow { doing: "ghi kết quả kiểm phiếu thử", stage: room.stage() }.into());
        }
        let mut agreed = self.agreed_decks(&room);
        if let Some(form) = form {
            let id = room.form(form)?.form.id.clone();
            agreed.retain(|own, _| *own == id);
        }
        let (mut told, mut piles) = (Vec::new(), Vec::new());
        for form in &room.forms {
            if let Some(agreed) = agreed.remove(&form.form.id) {
                let of_form = deck_of(&room, form).told(&agreed.read);
                told.push(of_form.map_err(|cause| AppError::internal("ghi phiếu thử", cause))?);
                piles.extend(agreed.piles);
            }
        }
        if told.is_empty() {
            let which = form.map_or_else(|| "nào".to_owned(), |form| format!("của mẫu {form}"));
            let sentence =
                format!("Chưa có bộ phiếu thử {which} được hai người nhập khớp; hãy nhập xong rồi ghi kết quả.");
            return Err(AppError::Input(sentence));
        }
        // A task of its own: what is recorded leaves the table also when the browser closes the connection now.
        let (app, caller, request) = (self.clone(), ask.caller.clone(), ask.request);
        let recording = tokio::spawn(async move { app.record_told(&caller, request, poll, told, &piles).await });
        recording.await.map_err(|cause| AppError::internal("ghi phiếu thử", cause))?
    }

    async fn record_told(
        &self,
        caller: &Caller,
        request: domain::id::RequestId,
        poll: PollId,
        told: Vec<DeckForm>,
        piles: &[BatchKey],
    ) -> Result<(), AppError> {
        self.count_deck(Requester::Form(Ask { caller, request }), poll, told).await?;
        self.table().clear_deck(piles);
        Ok(())
    }

    /// The report on the decks that were recorded last.
    ///
    /// # Errors
    /// When the caller does not count, or none was recorded.
    #[boxed]
    pub async fn deck_report_paper(&self, caller: &Caller, poll: PollId) -> Result<PrintedPaper, AppError> {
        caller.may(COUNTERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let stored = polls::find(&mut tx, poll).await?.ok_or(NO_REPORT)?;
        let entries = deck_entries(&mut tx, stored.log).await?;
        let tried = last_of(&entries);
        let last = tried.values().map(|(_, at)| *at).max().ok_or(NO_REPORT)?;
        let tellers = polls::tellers(&mut tx, poll).await?;
        let prepared = PreparedPoll::load(&mut tx, poll).await?;
        let forms = sealed_forms(&mut tx, poll, &prepared).await?;
        drop(tx);
        let decks: Vec<TestDeck> = forms.iter().map(|form| TestDeck::of(form, &prepared.poll_book.rules)).collect();
        let of = |(form, deck)| told_of(&tried, form, deck);
        let counts: Vec<DeckCount<'_>> = forms.iter().zip(&decks).map(of).collect();
        let frame = Frame { occasion: prepared.poll_book.occasion(), date: day_of(last), foot: None };
        let waived = waived(&entries, forms.iter().map(|form| form.id.as_str()));
        let document = test_deck_report(&frame, &counts, waived.as_ref(), &tellers);
        let pdf = drawn::document(&document).map_err(|e| AppError::Input(e.to_string()))?;
        Ok(PrintedPaper { name: "bao-cao-kiem-thu.pdf".to_owned(), bytes: pdf.bytes })
    }

    /// The decks on which both tellers agree, by form. This is the only place that asks the table for their papers: a deck
    /// that lies in several piles is read in the order of their numbers.
    fn agreed_decks(&self, room: &CountingRoom) -> BTreeMap<String, AgreedDeck> {
        let mut decks: BTreeMap<String, AgreedDeck> = BTreeMap::new();
        for (key, papers) in self.table().deck(room.poll) {
            let none = AgreedDeck { read: Vec::new(), piles: Vec::new() };
            let deck = decks.entry(key.form.clone()).or_insert(none);
            deck.read.extend(papers);
            deck.piles.push(key);
        }
        let is_whole = |form: &str, deck: &AgreedDeck| {
            room.form(form).is_ok_and(|form| u32::try_from(deck.read.len()) == Ok(form.expected))
        };
        decks.retain(|form, deck| is_whole(form, deck));
        decks
    }
}

fn told_of<'a>(
    tried: &BTreeMap<&'a str, (&'a DeckForm, UtcTime)>,
    form: &'a domain::ballot::BallotForm,
    deck: &'a TestDeck,
) -> DeckCount<'a> {
    DeckCount { form, deck, told: tried.get(form.id.as_str()).copied() }
}

/// The day of a moment of the log in Vietnam.
fn day_of(at: UtcTime) -> jiff::civil::Date {
    day_in_vietnam(at.as_str().parse().unwrap_or(jiff::Timestamp::UNIX_EPOCH))
}

fn deck_of(room: &CountingRoom, form: &CountingForm) -> TestDeck {
    TestDeck::sized(&form.form.id, room.kind(), form.form.lines, &room.rules)
}

/// What a poll's log says of test decks.
async fn deck_entries(tx: &mut CouncilTx, log: LogId) -> Result<Vec<LogEntry>, AppError> {
    let texts = logs::of_kinds(tx, log, ["deck.counted", "deck.waived"]).await?;
    let parsed = texts.iter().map(|text| LogEntry::parse(text)).collect::<Result<_, _>>();
    parsed.map_err(|e| AppError::internal("đọc kết quả kiểm thử", e))
}

/// Who let the vote go on without a deck of every form, if it stands so after these entries.
fn waived<'f>(entries: &[LogEntry], forms: impl IntoIterator<Item = &'f str>) -> Option<Hands> {
    let trials = DeckTrials::of_log(entries.iter().map(|entry| &entry.event));
    let last = entries.iter().rev().find(|entry| matches!(entry.event, PollEvent::DeckWaived(_)));
    let last = last.filter(|_| trials.standing(forms) == DeckStanding::Waived)?;
    match DayRecord::of(std::slice::from_ref(last)).deck {
        Deck::Waived(hands) => Some(hands),
        Deck::Untold | Deck::Passed(_) => None,
    }
}

/// Names on a form, with which differences are told.
struct Names<'a>(Vec<&'a str>);

impl<'a> Names<'a> {
    fn of(form: &'a CountingForm) -> Self {
        Self(form.lines.iter().map(|official| official.name.as_str()).collect())
    }

    fn compared(&self, room: &CountingRoom, deck: &TestDeck, expected: &[Paper], read: &[Paper]) -> DeckTrial {
        let Compared { differences, explanation } = Compared::of(deck.kind, &deck.reasons, expected, read);
        let names = DeckNames { lines: &self.0, rules: &room.rules };
        let differences: Vec<String> = differences.iter().map(|difference| difference.sentence(names)).collect();
        DeckTrial { has_passed: differences.is_empty(), explanation, differences, is_of_totals: false }
    }

    fn of_told(&self, room: &CountingRoom, deck: &TestDeck, told: &DeckForm) -> DeckTrial {
        match told.read_papers(deck.kind, &deck.reasons) {
            Some((expected, read)) => self.compared(room, deck, &expected, &read),
            None => DeckTrial {
                has_passed: told.has_passed(),
                explanation: None,
                differences: Vec::new(),
                is_of_totals: true,
            },
        }
    }
}
