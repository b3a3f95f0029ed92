//! The test deck, keyed like ballots: what had to come out beside what did, and the entry of the log that says so.

use super::counting_room::CountingRoom;
use super::table::Pile;
use super::{COUNTERS, HEADS};
use crate::Caller;
use crate::polls::Requester;
use crate::preparing::{Paper, PreparedPoll, sealed_forms};
use crate::service::app::{App, Ask};
use crate::service::clock::day_in_vietnam;
use crate::service::drawn;
use crate::service::error::AppError;
use domain::audit::event::poll::{DeckCounted, DeckForm};
use domain::audit::{LogEntry, PollEvent, UtcTime};
use domain::count::BatchCounts;
use domain::document::{DeckCount, Frame, test_deck_report};
use domain::id::{LogId, PollId};
use domain::poll::Level;
use domain::poll_state::Refusal;
use domain::test_deck::{FormBox, Mismatch, TestDeck, compare};
use macros::boxed;
use store::{CouncilTx, logs, polls};

const NO_REPORT: AppError = AppError::NotFound("báo cáo kiểm thử");

/// One figure of a deck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeckRow {
    /// Of what: a line's number and name with the level, a reason, all papers.
    pub what: String,
    /// What the deck gives.
    pub expected: u32,
    /// What was counted.
    pub obtained: u32,
    /// What it was probably taken for, in words.
    pub hint: String,
}

impl DeckRow {
    /// Whether it came out.
    pub const fn is_right(&self) -> bool {
        self.expected == self.obtained
    }
}

/// One form's deck, compared.
#[derive(Clone, Debug)]
pub struct DeckTable {
    /// Id of the form.
    pub form: String,
    /// Khối.
    pub block: String,
    /// Papers keyed so far.
    pub keyed: u32,
    /// Papers of the deck.
    pub papers: u32,
    /// Every figure, in the order of the form; none before all papers are keyed.
    pub rows: Vec<DeckRow>,
}

impl DeckTable {
    /// Figures that did not come out.
    pub fn wrong(&self) -> usize {
        self.rows.iter().filter(|row| !row.is_right()).count()
    }
}

/// The decks of a poll, compared.
#[derive(Clone, Debug)]
pub struct DeckReport {
    /// Name of the sitting.
    pub sitting: String,
    /// One for each form.
    pub decks: Vec<DeckTable>,
    /// Whether the deck may be counted now.
    pub is_open: bool,
    /// What the log says of the deck that was recorded last: when, and whether it passed.
    pub recorded: Option<(UtcTime, bool)>,
}

impl DeckReport {
    /// Whether every paper of every form is keyed.
    pub fn is_whole(&self) -> bool {
        self.decks.iter().all(|deck| deck.keyed == deck.papers)
    }

    /// Figures that did not come out.
    pub fn wrong(&self) -> usize {
        self.decks.iter().map(DeckTable::wrong).sum()
    }
}

impl App {
    /// What the deck gave so far beside what it has to give.
    ///
    /// # Errors
    /// When the caller does not count, or there is no such poll.
    #[boxed]
    pub async fn deck_report(&self, caller: &Caller, poll: PollId) -> Result<DeckReport, AppError> {
        caller.may(COUNTERS)?;
        self.lead(caller.council, poll).await?;
        let mut tx = self.store.read(caller.council).await?;
        let room = CountingRoom::load(&mut tx, poll).await?;
        room.admit(caller, COUNTERS)?;
        let recorded = last_deck(&mut tx, room.log).await?;
        drop(tx);
        let counted = self.counted_deck(&room)?;
        let table = |(deck, obtained): (TestDeck, BatchCounts)| compared(&room, &deck, &obtained);
        Ok(DeckReport {
            sitting: room.sitting().to_owned(),
            decks: counted.into_iter().map(table).collect(),
            is_open: room.pile() == Some(Pile::Deck),
            recorded: recorded.map(|(at, told)| (at, has_passed(&told))),
        })
    }

    /// Writes down what the deck gave, whether it passed or not, and clears it off the table: it may be tried again.
    ///
    /// # Errors
    /// When the caller is no head teller, papers are left to be keyed, or it is not the time.
    #[boxed]
    pub async fn record_deck(&self, ask: Ask<'_>, poll: PollId) -> Result<(), AppError> {
        ask.caller.may(HEADS)?;
        self.lead(ask.caller.council, poll).await?;
        let mut tx = self.store.read(ask.caller.council).await?;
        let room = CountingRoom::load(&mut tx, poll).await?;
        room.admit(ask.caller, HEADS)?;
        drop(tx);
        if room.pile() != Some(Pile::Deck) {
            return Err(Refusal::NotNow { doing: "ghi kết quả kiểm phiếu thử", stage: room.stage() }.into());
        }
        let counted = self.counted_deck(&room)?;
        if let Some((deck, _)) = counted.iter().find(|(deck, counted)| counted.papers < deck.expected.papers) {
            let sentence = format!("Phiếu thử của mẫu {} chưa nhập hết; hãy nhập nốt rồi ghi kết quả.", deck.form);
            return Err(AppError::Input(sentence));
        }
        let form =
            |(deck, counted): (TestDeck, BatchCounts)| DeckForm { counted, expected: deck.expected, form: deck.form };
        self.count_deck(Requester::Form(ask), poll, counted.into_iter().map(form).collect()).await?;
        self.table().clear_deck(poll);
        Ok(())
    }

    /// The report on the deck that was recorded last.
    ///
    /// # Errors
    /// When the caller does not count, or none was recorded.
    #[boxed]
    pub async fn deck_report_paper(&self, caller: &Caller, poll: PollId) -> Result<Paper, AppError> {
        caller.may(COUNTERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let stored = polls::find(&mut tx, poll).await?.ok_or(NO_REPORT)?;
        let (at, told) = last_deck(&mut tx, stored.log).await?.ok_or(NO_REPORT)?;
        let tellers = polls::tellers(&mut tx, poll).await?;
        let prepared = PreparedPoll::load(&mut tx, poll).await?;
        let forms = sealed_forms(&mut tx, poll, &prepared).await?;
        drop(tx);
        let decks: Vec<TestDeck> = forms.iter().map(|form| TestDeck::of(form, &prepared.poll_book.rules)).collect();
        let count = |(form, deck)| {
            let obtained = told.forms.iter().find(|told| told.form == deck_id(deck)).map(|told| &told.counted)?;
            Some(DeckCount { form, deck, obtained })
        };
        let counts: Vec<DeckCount<'_>> = forms.iter().zip(&decks).filter_map(count).collect();
        let frame = Frame { occasion: prepared.poll_book.occasion(), date: day_of(at), foot: None };
        let pdf = drawn::document(&test_deck_report(&frame, &counts, &tellers))
            .map_err(|e| AppError::Input(e.to_string()))?;
        Ok(Paper { name: "bao-cao-kiem-thu.pdf".to_owned(), bytes: pdf.bytes })
    }

    /// Every form's deck with what its batches on the table add up to.
    fn counted_deck(&self, room: &CountingRoom) -> Result<Vec<(TestDeck, BatchCounts)>, AppError> {
        let piles = self.table().deck(room.poll);
        let mut counted = Vec::with_capacity(room.forms.len());
        for form in &room.forms {
            let deck = TestDeck::sized(&form.form.id, room.kind(), form.form.lines, &room.rules);
            let own = piles.iter().filter(|(key, _)| key.form == form.form.id).map(|(_, counts)| counts);
            let sum = BatchCounts::sum(room.kind(), form.lines.len(), own);
            counted.push((deck, sum.map_err(|e| AppError::internal("cộng phiếu thử", e))?));
        }
        Ok(counted)
    }
}

/// The day of a moment of the log in Vietnam.
fn day_of(at: UtcTime) -> jiff::civil::Date {
    day_in_vietnam(at.as_str().parse().unwrap_or(jiff::Timestamp::UNIX_EPOCH))
}

fn deck_id(deck: &TestDeck) -> &str {
    &deck.form
}

fn has_passed(told: &DeckCounted) -> bool {
    told.forms.iter().all(|form| form.counted == form.expected)
}

/// The deck that was recorded last, and when.
async fn last_deck(tx: &mut CouncilTx, log: LogId) -> Result<Option<(UtcTime, DeckCounted)>, AppError> {
    let kind = "deck.counted";
    let Some(text) = logs::of_kinds(tx, log, [kind, kind]).await?.pop() else { return Ok(None) };
    let entry: LogEntry = LogEntry::parse(&text).map_err(|e| AppError::internal("đọc kết quả kiểm thử", e))?;
    match entry.event {
        PollEvent::DeckCounted(told) => Ok(Some((entry.at, told))),
        _ => Err(AppError::internal("đọc kết quả kiểm thử", "bản ghi khác loại")),
    }
}

fn compared(room: &CountingRoom, deck: &TestDeck, obtained: &BatchCounts) -> DeckTable {
    let form = room.forms.iter().find(|form| form.form.id == deck.form);
    let names: Vec<&str> =
        form.map_or_else(Vec::new, |form| form.lines.iter().map(|official| official.name.as_str()).collect());
    let is_whole = obtained.papers == deck.expected.papers;
    DeckTable {
        form: deck.form.clone(),
        block: form.map(|form| form.form.block.clone()).unwrap_or_default(),
        keyed: obtained.papers,
        papers: deck.expected.papers,
        rows: if is_whole { rows(room, deck, obtained, &names) } else { Vec::new() },
    }
}

fn rows(room: &CountingRoom, deck: &TestDeck, obtained: &BatchCounts, names: &[&str]) -> Vec<DeckRow> {
    let expected = &deck.expected;
    let mismatches = compare(expected, obtained);
    let name = |line: usize| line.checked_sub(1).and_then(|place| names.get(place)).copied().unwrap_or_default();
    let hint = |here: FormBox| {
        let taken = mismatches.iter().find_map(|found| match found {
            Mismatch::Level { place, taken_for, .. } if *place == here => *taken_for,
            _ => None,
        });
        taken.map_or_else(String::new, |for_| hint_words(here, for_, name(for_.line)))
    };
    let row = |what: String, expected, obtained, hint| DeckRow { what, expected, obtained, hint };
    let mut rows = vec![row("Tổng số phiếu".to_owned(), expected.papers, obtained.papers, String::new())];
    let reasons: std::collections::BTreeSet<&String> = expected.invalid.keys().chain(obtained.invalid.keys()).collect();
    for id in reasons {
        let text = room.rules.spoils_ballot.iter().find(|reason| reason.id == *id).map_or(id, |reason| &reason.text);
        let of = |counts: &BatchCounts| counts.invalid.get(id).copied().unwrap_or(0);
        rows.push(row(format!("Không hợp lệ: {text}"), of(expected), of(obtained), String::new()));
    }
    for (line, (wanted, counted)) in (1..).zip(expected.lines.iter().zip(&obtained.lines)) {
        for ((level, expected), (_, obtained)) in wanted.each().into_iter().zip(counted.each()) {
            let what = format!("{line}. {}: {}", name(line), level.label());
            rows.push(row(what, expected, obtained, hint(FormBox { line, level })));
        }
    }
    rows
}

/// What a wrong total was probably taken for.
fn hint_words(here: FormBox, taken: FormBox, name: &str) -> String {
    let level = Level::label(taken.level);
    if here.line == taken.line {
        format!("đúng bằng số của cột «{level}» cùng dòng: có thể nhầm cột")
    } else {
        format!("đúng bằng số của dòng {} ({name}), cột «{level}»: có thể nhầm dòng", taken.line)
    }
}
