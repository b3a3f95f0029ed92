//! Papers of the day, made from what is stored whenever they are asked for: the same bytes each time, because nothing
//! on them depends on the time of printing. The hash of an issued paper is in the log, and is shown beside the file.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::READERS;
use super::corrigenda;
use super::day_data::{DayData, head_box, key_of, signed_head};
use super::printed::{PrintedPaper, notice_file, one_notice};
use crate::Caller;
use crate::preparing::Paper;
use crate::service::app::App;
use crate::service::clock::day_in_vietnam;
use crate::service::drawn::Drawn;
use crate::service::error::AppError;
use domain::audit::event::poll::PaperIssued;
use domain::audit::{Checkpoint, Digest, Moment, PollEvent, UtcTime};
use domain::count::BatchCounts;
use domain::day_record::{BatchRead, Deck, Hands};
use domain::deck_trials;
use domain::document::{
    self, CheckpointBox, CountingMode, DeckCount, Document, EmptyForm, Frame, MinutesParts, test_deck_report,
    zero_report,
};
use domain::id::PollId;
use domain::paper_title::{MINUTES, RESOLUTION, is_corrigendum};
use domain::poll_state::{Refusal, Stage};
use domain::signing::usual_copies;
use domain::test_deck::TestDeck;
use macros::boxed;
use pdf::Pdf;
use store::{CouncilTx, polls};

const NO_PAPER: AppError = AppError::NotFound("giấy tờ này");

/// A paper in the list.
#[derive(Clone, Debug)]
pub struct PaperLine {
    /// Name of the file.
    pub file: String,
    /// What it is.
    pub title: String,
    /// What has to happen before it can be printed; `None` when it can be.
    pub waits_for: Option<&'static str>,
    /// Its last issue in the log; `None` when it was never issued.
    pub issued: Option<PaperIssued>,
}

/// The papers of a day.
#[derive(Clone, Debug)]
pub struct PapersPage {
    /// Name of the sitting.
    pub sitting: String,
    /// Whether it is a rehearsal.
    pub rehearsal: bool,
    /// In the order of the day.
    pub papers: Vec<PaperLine>,
    /// The notice of each official, as a file of its own.
    pub notices: Vec<PaperLine>,
    /// Whether forms are sealed, so that sheets for counting by hand can be printed.
    pub has_forms: bool,
    /// The result is declared: there is a bundle.
    pub has_result: bool,
}

/// The kinds of papers of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Deck,
    Zero,
    Minutes,
    Announcement,
    Resolution,
    Notices,
    HandOver,
}

impl Kind {
    const ALL: [Self; 7] =
        [Self::Deck, Self::Zero, Self::Minutes, Self::Announcement, Self::HandOver, Self::Resolution, Self::Notices];

    const fn file(self) -> &'static str {
        match self {
            Self::Deck => "bao-cao-kiem-thu.pdf",
            Self::Zero => "bien-ban-so-lieu-bang-0.pdf",
            Self::Minutes => "bien-ban-kiem-phieu.pdf",
            Self::Announcement => "cong-bo-ket-qua.pdf",
            Self::Resolution => "nghi-quyet.pdf",
            Self::Notices => "thong-bao.pdf",
            Self::HandOver => "ban-giao-phieu.pdf",
        }
    }

    const fn title(self, is_party: bool) -> &'static str {
        match self {
            Self::Deck => "Báo cáo kiểm thử",
            Self::Zero => "Biên bản xác nhận số liệu trước khi mở bằng 0",
            Self::Minutes => "Biên bản kiểm phiếu",
            Self::Announcement => "Lời công bố kết quả",
            Self::Resolution if is_party => "Báo cáo kết quả",
            Self::Resolution => "Nghị quyết xác nhận kết quả",
            Self::Notices => "Thông báo kết quả từng người (tất cả)",
            Self::HandOver => "Biên bản bàn giao phiếu đã niêm phong",
        }
    }

    /// Its name in the log; `None` for a paper that is not logged.
    const fn logged(self) -> Option<&'static str> {
        match self {
            Self::Minutes => Some(MINUTES),
            Self::Resolution => Some(RESOLUTION),
            _ => None,
        }
    }

    /// What has to happen before it can be printed; `None` when it can be.
    fn waits_for(self, day_data: &DayData) -> Option<&'static str> {
        let reached = |stage| day_data.stage() >= stage && day_data.stage() != Stage::Cancelled;
        match self {
            Self::Deck => deck_trials::last_of(&day_data.entries).is_empty().then_some("khi đã kiểm bộ phiếu thử"),
            Self::Zero => {
                day_data.day.zero_reported.is_none().then_some("khi Ban kiểm phiếu đã xác nhận số liệu bằng 0")
            }
            Self::Minutes | Self::Announcement => {
                (!reached(Stage::Declared)).then_some("khi đã có kết quả, sau khi kiểm lại các dòng sát ngưỡng")
            }
            Self::HandOver => day_data.day.handed_over.is_none().then_some("khi đã ghi bàn giao phiếu đã niêm phong"),
            Self::Resolution | Self::Notices => {
                (!reached(Stage::Minuted)).then_some("khi Ban kiểm phiếu đã ký biên bản")
            }
        }
    }
}

impl App {
    /// The papers of a day, and which of them were issued.
    ///
    /// # Errors
    /// When there is no such poll, or the caller may not see its papers.
    #[boxed]
    pub async fn papers_page(&self, caller: &Caller, poll: PollId) -> Result<PapersPage, AppError> {
        caller.may(READERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let day_data = DayData::load(&mut tx, poll).await?;
        let issued = polls::papers(&mut tx, poll).await?;
        let is_party = day_data.occasion().is_party();
        let line = |kind: Kind| PaperLine {
            file: kind.file().to_owned(),
            title: kind.title(is_party).to_owned(),
            waits_for: kind.waits_for(&day_data),
            issued: kind.logged().and_then(|name| issued.iter().rfind(|paper| paper.name == name).cloned()),
        };
        let notices = if Kind::Notices.waits_for(&day_data).is_none() {
            let notice = |(place, person): (usize, &domain::decided::DecidedOfficial)| PaperLine {
                file: notice_file(place, &person.name),
                title: format!("{} {}, {}", person.honorific.label(), person.name, person.posts),
                waits_for: None,
                issued: None,
            };
            day_data.list.iter().enumerate().map(notice).collect()
        } else {
            Vec::new()
        };
        let mut papers = Kind::ALL.map(line).to_vec();
        papers.extend(corrigenda::issued(&day_data)?.into_iter().map(|correction| PaperLine {
            file: correction.paper.name.clone(),
            title: format!("{}: {}", correction.title, correction.of),
            waits_for: None,
            issued: Some(correction.paper),
        }));
        Ok(PapersPage {
            sitting: day_data.prepared.poll_book.book.council.sitting.name.clone(),
            rehearsal: day_data.is_rehearsal(),
            papers,
            notices,
            has_forms: day_data.stage().is_sealed(),
            has_result: day_data.stage().has_result(),
        })
    }

    /// One paper of a day, by the name of its file.
    ///
    /// # Errors
    /// When there is none of this name, or it can't be printed yet.
    #[boxed]
    pub async fn day_paper(&self, caller: &Caller, poll: PollId, file: &str) -> Result<Paper, AppError> {
        caller.may(READERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let day_data = DayData::load(&mut tx, poll).await?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.file() == file);
        let drawn = Drawn::default();
        let pdf = match kind {
            Some(kind) => print(&mut tx, &day_data, kind, &drawn).await?,
            None if is_corrigendum(file) => corrigenda::printed(&mut tx, poll, &day_data, file, &drawn).await?.pdf,
            None => one_notice(&day_data, file, &drawn).await?,
        };
        Ok(Paper { name: file.to_owned(), bytes: pdf.bytes })
    }
}

/// The minutes as they are proposed in `copies` copies; every later printing gives the same bytes.
///
/// # Errors
/// Before the result is declared.
#[boxed]
pub async fn minutes_paper(tx: &mut CouncilTx, poll: PollId, copies: u32) -> Result<PrintedPaper, AppError> {
    let mut day_data = DayData::load(tx, poll).await?;
    day_data.day.copies = Some(copies);
    Ok(PrintedPaper::new(MINUTES, print(tx, &day_data, Kind::Minutes, &Drawn::default()).await?))
}

/// The minutes in the copies in which they were proposed last.
///
/// # Errors
/// Before the result is declared.
#[boxed]
pub async fn proposed_minutes(tx: &mut CouncilTx, poll: PollId) -> Result<PrintedPaper, AppError> {
    let day_data = DayData::load(tx, poll).await?;
    Ok(PrintedPaper::new(MINUTES, print(tx, &day_data, Kind::Minutes, &Drawn::default()).await?))
}

/// The resolution that confirms the result, or the Party's report in its place.
///
/// # Errors
/// Before the minutes are signed.
#[boxed]
pub async fn resolution_paper(tx: &mut CouncilTx, poll: PollId) -> Result<PrintedPaper, AppError> {
    resolution_drawn(tx, poll, &Drawn::default()).await
}

/// The same in a transaction that writes, drawn before.
///
/// # Errors
/// As [`resolution_paper`].
#[boxed]
pub(crate) async fn resolution_drawn(
    tx: &mut CouncilTx,
    poll: PollId,
    drawn: &Drawn,
) -> Result<PrintedPaper, AppError> {
    let day_data = DayData::load(tx, poll).await?;
    Ok(PrintedPaper::new(RESOLUTION, print(tx, &day_data, Kind::Resolution, drawn).await?))
}

/// The papers that a poll's log issued, by their names there, as far as they come out again to the byte: a bundle has no
/// others. None for a poll that was not prepared here.
///
/// # Errors
/// When the database does not answer.
#[boxed]
pub async fn issued_papers(tx: &mut CouncilTx, poll: PollId) -> Result<BTreeMap<String, Vec<u8>>, AppError> {
    let day_data = match DayData::load(tx, poll).await {
        Ok(day_data) => day_data,
        Err(AppError::NotFound(_)) => return Ok(BTreeMap::new()),
        Err(other) => return Err(other),
    };
    // A later paper of a name takes the place of the one before.
    let issued = polls::papers(tx, poll).await?.into_iter().map(|paper| (paper.name, paper.sha256));
    let (mut papers, drawn) = (BTreeMap::new(), Drawn::default());
    for (name, sha256) in issued.collect::<BTreeMap<_, _>>() {
        let printed = match name.as_str() {
            MINUTES => print(tx, &day_data, Kind::Minutes, &drawn).await,
            RESOLUTION => print(tx, &day_data, Kind::Resolution, &drawn).await,
            other if is_corrigendum(other) => {
                corrigenda::printed(tx, poll, &day_data, other, &drawn).await.map(|printed| printed.pdf)
            }
            _ => continue,
        };
        match printed {
            Ok(pdf) if Digest::of(&pdf.bytes) == sha256 => drop(papers.insert(name, pdf.bytes)),
            Err(problem @ AppError::Store(_)) => return Err(problem),
            Ok(_) | Err(_) => {}
        }
    }
    Ok(papers)
}

async fn print(tx: &mut CouncilTx, day_data: &DayData, kind: Kind, drawn: &Drawn) -> Result<Pdf, AppError> {
    if kind.waits_for(day_data).is_some() {
        return Err(Refusal::NotNow { doing: "in giấy tờ này", stage: day_data.stage() }.into());
    }
    let frame = day_data.frame();
    let document = match kind {
        Kind::Deck => deck_report(day_data)?,
        Kind::Zero => zero(tx, day_data).await?,
        Kind::Minutes => {
            let usual = usual_copies(frame.occasion.rules);
            let parts = MinutesParts {
                tellers: &day_data.tellers,
                delegates: day_data.prepared.state.poll().created.delegates,
                counting: counting(day_data),
                day: &day_data.day,
                // Before they are proposed, they are shown in the usual number of copies.
                copies: day_data.day.copies.or((day_data.stage() == Stage::Declared).then_some(usual)),
                checkpoint: head(tx, day_data, Moment::CountingClosed).await?,
            };
            document::minutes(&frame, &day_data.result()?, parts)
        }
        Kind::Announcement => {
            let checkpoint = head(tx, day_data, Moment::CountingClosed).await?;
            document::announcement(&frame, &day_data.result()?, &day_data.tellers, checkpoint)
        }
        Kind::Resolution => {
            document::resolution(&frame, &day_data.result()?, head(tx, day_data, Moment::Minutes).await?)
        }
        Kind::Notices => document::notices(&frame, &day_data.result()?),
        Kind::HandOver => hand_over(tx, day_data).await?,
    };
    drawn.document(document).await
}

/// How the ballots were counted, as far as the log records it.
fn counting(day_data: &DayData) -> CountingMode {
    let sum = |figure: fn(&BatchRead) -> u32| Some(day_data.day.batches.iter().map(figure).sum());
    if day_data.prepared.state.poll().created.simulated {
        let batches = u32::try_from(day_data.day.batches.len()).unwrap_or(u32::MAX);
        let reread = sum(|read| read.reread).unwrap_or_default();
        return CountingMode::Simulated { seed: None, batches, reread };
    }
    CountingMode::Real { reread: sum(|read| read.reread), decided: sum(|read| read.decided), by_hand: None }
}

/// The head that was signed at a moment, as papers print it.
async fn head(tx: &mut CouncilTx, day_data: &DayData, moment: Moment) -> Result<CheckpointBox, AppError> {
    let signed = signed_head(tx, day_data, moment).await?;
    signed.map(|signed| signed.boxed(moment)).ok_or_else(|| AppError::internal("in điểm chốt", "chưa có điểm chốt"))
}

/// The frame of a paper that is dated with the day of `at`.
fn frame_on(day_data: &DayData, at: UtcTime) -> Frame<'_> {
    let day = at.as_str().parse::<Timestamp>().map(day_in_vietnam);
    let frame = day_data.frame();
    Frame { date: day.unwrap_or(frame.date), ..frame }
}

fn deck_report(day_data: &DayData) -> Result<Document, AppError> {
    let tried = deck_trials::last_of(&day_data.entries);
    let last = tried.values().map(|(_, at)| *at).max().ok_or(NO_PAPER)?;
    let list = day_data.prepared.decided_list()?.ok_or(NO_PAPER)?;
    let forms = list.forms(&day_data.sealed_occasion());
    let decks: Vec<TestDeck> =
        forms.iter().map(|form| TestDeck::of(form, &day_data.prepared.poll_book.rules)).collect();
    let of = |(form, deck)| DeckCount { form, deck, told: tried.get(form.id.as_str()).copied() };
    let decks: Vec<DeckCount<'_>> = forms.iter().zip(&decks).map(of).collect();
    Ok(test_deck_report(&frame_on(day_data, last), &decks, waived(day_data), &day_data.tellers))
}

/// Who let the vote go on without a test deck.
const fn waived(day_data: &DayData) -> Option<&Hands> {
    match &day_data.day.deck {
        Deck::Waived(hands) => Some(hands),
        Deck::Untold | Deck::Passed(_) => None,
    }
}

/// The zero report, with the log's head right after it: everything that is counted comes later.
async fn zero(tx: &mut CouncilTx, day_data: &DayData) -> Result<Document, AppError> {
    let doing = "lập biên bản xác nhận số liệu bằng 0";
    let (size, root) = day_data.head_after(|event| matches!(event, PollEvent::ZeroReported(_))).ok_or(NO_PAPER)?;
    let key = key_of(tx, day_data.log()).await?;
    let head = Checkpoint { origin: key.name().clone(), size, root };
    let at = day_data.day.zero_reported.ok_or(NO_PAPER)?;
    let list = day_data.prepared.decided_list()?.ok_or(NO_PAPER)?;
    let forms = list.forms(&day_data.sealed_occasion());
    let zeros: Vec<BatchCounts> = forms.iter().map(|form| BatchCounts::zero(form.kind, form.lines.len())).collect();
    let empty: Vec<EmptyForm<'_>> =
        forms.iter().zip(&zeros).map(|(form, counts)| EmptyForm { form, batches: 0, counts }).collect();
    let checkpoint = head_box("Điểm chốt sau khi xác nhận số liệu bằng 0", &head, &key);
    let told = (waived(day_data), day_data.day.made_with());
    zero_report(&frame_on(day_data, at), &empty, told, &day_data.tellers, checkpoint)
        .map_err(|e| AppError::internal(doing, e))
}

/// With the log's head right after the entry.
async fn hand_over(tx: &mut CouncilTx, day_data: &DayData) -> Result<Document, AppError> {
    let told = day_data.day.handed_over.as_ref().ok_or(NO_PAPER)?;
    let last = day_data.entries.iter().rposition(|entry| matches!(entry.event, PollEvent::BallotsHandedOver(_)));
    let seq = last.and_then(|place| day_data.entries.get(place)).map(|entry| entry.seq).ok_or(NO_PAPER)?;
    let (size, root) = day_data.head_at(seq + 1).ok_or(NO_PAPER)?;
    let key = key_of(tx, day_data.log()).await?;
    let head = Checkpoint { origin: key.name().clone(), size, root };
    let checkpoint = head_box("Điểm chốt sau khi bàn giao phiếu", &head, &key);
    Ok(document::hand_over(&frame_on(day_data, told.at), told, checkpoint))
}
