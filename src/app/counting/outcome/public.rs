//! What everybody may see of a council's results, without signing in: those that a leader switched on and that are
//! published. Whatever else there is looks the same from outside as what there is not.

use jiff::civil::Date;

use super::board::{FormTable, tables};
use super::corrigenda::{self, Correction};
use super::day_data::{DayData, SignedHead, signed_head};
use super::exposure::{is_public, stored};
use super::page;
use crate::service::app::App;
use crate::service::drawn::Drawn;
use crate::service::error::AppError;
use domain::audit::{Digest, Moment, PollEvent};
use domain::id::{CouncilId, PollId};
use domain::paper_title::is_corrigendum;
use domain::poll::PollKind;
use domain::rules::article;
use macros::boxed;
use store::{CouncilTx, polls};

/// For everything that there is not, or that nobody may see.
pub(super) const NOTHING: AppError = AppError::NotFound("trang này");

/// A result that everybody may see, in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicPoll {
    /// Its id.
    pub poll: PollId,
    /// Lấy phiếu or bỏ phiếu.
    pub kind: &'static str,
    /// Name of the sitting.
    pub sitting: String,
    /// Day of the vote.
    pub votes_on: Date,
    /// Officials on the list.
    pub officials: usize,
}

/// The results of a council that everybody may see.
#[derive(Clone, Debug)]
pub struct PublicList {
    /// Its name.
    pub council: String,
    /// Its name in addresses.
    pub slug: String,
    /// The newest first; never empty.
    pub polls: Vec<PublicPoll>,
}

/// A result as everybody sees it.
#[derive(Clone, Debug)]
pub struct PublicResult {
    /// Name of the council.
    pub council: String,
    /// Its name in addresses.
    pub slug: String,
    /// Its id.
    pub poll: PollId,
    /// Which vote.
    pub kind: PollKind,
    /// Name of the sitting.
    pub sitting: String,
    /// Day of the vote.
    pub votes_on: Date,
    /// When it was published: `08:05 ngày 01/12/2026`.
    pub published_at: String,
    /// The resolution that confirmed it; empty where none did.
    pub resolution: String,
    /// Full name of the rules.
    pub rules: String,
    /// What the rule set calls the base.
    pub base: String,
    /// Article of the base.
    pub base_cite: String,
    /// Form by form.
    pub forms: Vec<FormTable>,
    /// SHA-256 of `ket-qua.json`.
    pub results_sha256: Digest,
    /// Entries of the log.
    pub log_size: u64,
    /// Root over them as 16 groups.
    pub log_groups: Vec<String>,
    /// Corrections, the oldest first.
    pub corrections: Vec<Correction>,
}

/// A file for everybody.
#[derive(Clone, Debug)]
pub struct PublicFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl App {
    /// The results of a council that everybody may see.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there are none, or no such council.
    #[boxed]
    pub async fn public_list(&self, slug: &str) -> Result<PublicList, AppError> {
        let (mut tx, council) = self.open_to_all(slug).await?;
        let mut open = Vec::new();
        for summary in polls::list(&mut tx).await? {
            let is_open = is_public(summary.stage) && !summary.rehearsal;
            if !is_open || !stored(&mut tx, summary.id).await?.0.is_exposed {
                continue;
            }
            let day_data = DayData::load(&mut tx, summary.id).await?;
            let sitting = &day_data.prepared.poll_book.book.council.sitting;
            open.push(PublicPoll {
                poll: summary.id,
                kind: summary.kind.label(),
                sitting: sitting.name.clone(),
                votes_on: sitting.votes_on,
                officials: day_data.list.len(),
            });
        }
        if open.is_empty() {
            return Err(NOTHING);
        }
        Ok(PublicList { council, slug: slug.to_owned(), polls: open })
    }

    /// A result that everybody may see.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when nobody may, or there is none.
    #[boxed]
    pub async fn public_result(&self, slug: &str, poll: PollId) -> Result<PublicResult, AppError> {
        let (mut tx, council) = self.open_to_all(slug).await?;
        let Shown { day_data, declared, head } = shown(&mut tx, poll).await?;
        let (rules, sitting) = (&day_data.prepared.poll_book.rules, &day_data.prepared.poll_book.book.council.sitting);
        let mut page = PublicResult {
            council,
            slug: slug.to_owned(),
            poll,
            kind: day_data.prepared.poll_book.plan.kind,
            sitting: sitting.name.clone(),
            votes_on: sitting.votes_on,
            published_at: String::new(),
            resolution: String::new(),
            rules: rules.title.clone(),
            base: rules.base.value.phrase.clone(),
            base_cite: article(&rules.base.cite),
            forms: tables(&day_data.occasion(), &day_data.result()?),
            results_sha256: Digest::of(declared.as_bytes()),
            log_size: head.head.size,
            log_groups: head.head.root.groups().to_vec(),
            corrections: corrigenda::issued(&day_data)?,
        };
        for entry in &day_data.entries {
            match &entry.event {
                PollEvent::ResultPublished(told) => page.published_at = told.at.in_vietnam(),
                PollEvent::ResultConfirmed(told) => page.resolution.clone_from(&told.resolution),
                _ => {}
            }
        }
        Ok(page)
    }

    /// A file of a result that everybody may see: `ket-qua.csv`, `.xlsx`, `.json`, `diem-chot.txt`, a corrigendum.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when nobody may, or there is none.
    #[boxed]
    pub async fn public_file(&self, slug: &str, poll: PollId, name: &str) -> Result<PublicFile, AppError> {
        let (mut tx, _) = self.open_to_all(slug).await?;
        let Shown { day_data, declared, head } = shown(&mut tx, poll).await?;
        let bytes = match name {
            "ket-qua.json" => declared.into_bytes(),
            "ket-qua.csv" => page::file(&day_data, "csv")?,
            "ket-qua.xlsx" => page::file(&day_data, "xlsx")?,
            "diem-chot.txt" => head.note.into_bytes(),
            _ if is_corrigendum(name) => {
                corrigenda::printed(&mut tx, poll, &day_data, name, &Drawn::default()).await?.pdf.bytes
            }
            _ => return Err(NOTHING),
        };
        Ok(PublicFile { name: name.to_owned(), bytes })
    }

    /// The council of a result that everybody may see, and how many entries its log has.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when nobody may, or there is none.
    pub(crate) async fn public_log_size(&self, slug: &str, poll: PollId) -> Result<(CouncilId, u64), AppError> {
        let (mut tx, _) = self.open_to_all(slug).await?;
        let Shown { head, .. } = shown(&mut tx, poll).await?;
        Ok((tx.council(), head.head.size))
    }

    /// The council of a name in addresses, with what reads its rows.
    async fn open_to_all(&self, slug: &str) -> Result<(CouncilTx, String), AppError> {
        let found = self.store.read_installation().await?;
        let row = found.into_iter().find(|row| row.slug == slug).ok_or(NOTHING)?;
        Ok((self.store.read(row.id()?).await?, row.name))
    }
}

/// A poll whose result everybody may see.
struct Shown {
    day_data: DayData,
    declared: String,
    head: SignedHead,
}

async fn shown(tx: &mut CouncilTx, poll: PollId) -> Result<Shown, AppError> {
    // The two cheap questions first: what nobody may see costs nothing to ask for.
    if !stored(tx, poll).await?.0.is_exposed {
        return Err(NOTHING);
    }
    let found = polls::find(tx, poll).await?.ok_or(NOTHING)?;
    if !is_public(found.state.stage()) || found.state.poll().created.rehearsal {
        return Err(NOTHING);
    }
    let day_data = DayData::load(tx, poll).await?;
    let declared = polls::results(tx, poll).await?.ok_or(NOTHING)?;
    let head = signed_head(tx, &day_data, Moment::Published).await?.ok_or(NOTHING)?;
    Ok(Shown { day_data, declared, head })
}
