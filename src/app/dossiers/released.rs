//! What was released: lists, pages, files, and how versions differ.

use std::collections::BTreeMap;

use super::compile::NO_DOSSIER;
use super::{READERS, SourceFile, held, sources};
use crate::service::app::App;
use crate::service::caller::Caller;
use crate::service::error::AppError;
use domain::document::{Document, result_text};
use domain::fact::KeptFact;
use domain::id::{CouncilId, PollId};
use domain::record::Subject;
use domain::release::{About, Change, FrozenFact, compare};
use macros::boxed;
use store::releases::{self, Release, ReleasedDossier};
use store::{CouncilTx, revisions};

const NO_RELEASE: AppError = AppError::NotFound("bản phát hành này");

/// A released dossier for its page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleasedPage {
    /// When and by whom it was released.
    pub release: Release,
    /// The dossier, as lists show it.
    pub dossier: ReleasedDossier,
    /// The paper.
    pub document: Document,
    /// Files behind its facts.
    pub sources: Vec<SourceFile>,
    /// Numbers of all releases that have a dossier about the same, the newest first.
    pub versions: Vec<u32>,
}

/// How one version of a dossier differs from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionChanges {
    /// `Ông Nguyễn Văn A`.
    pub title: String,
    /// Changes of facts.
    pub facts: Vec<ChangeView>,
    /// Lines about the person or the council, apart from facts, that only the older version has.
    pub head_before: Vec<String>,
    /// Such lines that only the newer version has.
    pub head_after: Vec<String>,
}

/// What became of one fact, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeView {
    /// `Mới`, `Thay đổi`, `Không còn`.
    pub label: &'static str,
    /// What it said; empty when it is new.
    pub before: Vec<(&'static str, String)>,
    /// What it says; empty when it is gone.
    pub after: Vec<(&'static str, String)>,
}

impl App {
    /// All releases of a poll with the dossiers of each, the newest first.
    ///
    /// # Errors
    /// When the caller may not see them.
    #[boxed]
    pub async fn releases(
        &self,
        caller: &Caller,
        poll: PollId,
    ) -> Result<Vec<(Release, Vec<ReleasedDossier>)>, AppError> {
        caller.may(READERS)?;
        let mut tx = self.store.read(caller.council).await?;
        store::polls::find(&mut tx, poll).await?.ok_or(crate::preparing::NO_POLL)?;
        let mut found = Vec::new();
        for release in releases::list(&mut tx, poll).await? {
            let dossiers = releases::dossiers(&mut tx, poll, release.number).await?;
            found.push((release, dossiers));
        }
        Ok(found)
    }

    /// One released dossier.
    ///
    /// # Errors
    /// When there is none, or the caller may not see it.
    #[boxed]
    pub async fn released(
        &self,
        caller: &Caller,
        poll: PollId,
        number: u32,
        about: &About,
    ) -> Result<ReleasedPage, AppError> {
        caller.may(READERS)?;
        released_page(&mut self.store.read(caller.council).await?, poll, number, about).await
    }

    /// The file of a released dossier, with its name.
    ///
    /// # Errors
    /// When there is none, or the caller may not see it.
    #[boxed]
    pub async fn released_pdf(
        &self,
        caller: &Caller,
        poll: PollId,
        number: u32,
        about: &About,
    ) -> Result<(String, Vec<u8>), AppError> {
        caller.may(READERS)?;
        released_file(&mut self.store.read(caller.council).await?, poll, number, about).await
    }

    /// How a dossier changed from release `from` to release `to`. Everybody in the council who may read released
    /// dossiers may see it: callers check that first.
    ///
    /// # Errors
    /// When one of the two has no such dossier.
    pub(crate) async fn version_changes(
        &self,
        council: CouncilId,
        poll: PollId,
        about: &About,
        (from, to): (u32, u32),
    ) -> Result<VersionChanges, AppError> {
        let mut tx = self.store.read(council).await?;
        let dossier = one(&mut tx, poll, to, about).await?;
        let before = releases::stated(&mut tx, poll, from, about).await?.ok_or(NO_DOSSIER)?;
        let after = releases::stated(&mut tx, poll, to, about).await?.ok_or(NO_DOSSIER)?;
        let comparison = compare(&before, &after);
        let facts = told(&mut tx, &comparison.facts).await?;
        let words = |lines: Vec<String>| lines.iter().map(|line| head_words(line)).collect();
        let (head_before, head_after) = (words(comparison.head.0), words(comparison.head.1));
        Ok(VersionChanges { title: dossier.title, facts, head_before, head_after })
    }

    /// How a dossier changed from one release to another, for the office.
    ///
    /// # Errors
    /// When one of the two has no such dossier, or the caller may not see it.
    #[boxed]
    pub async fn release_changes(
        &self,
        caller: &Caller,
        poll: PollId,
        about: &About,
        versions: (u32, u32),
    ) -> Result<VersionChanges, AppError> {
        caller.may(READERS)?;
        self.version_changes(caller.council, poll, about, versions).await
    }
}

/// A released dossier for its page. Callers check first that it may be seen.
pub(crate) async fn released_page(
    tx: &mut CouncilTx,
    poll: PollId,
    number: u32,
    about: &About,
) -> Result<ReleasedPage, AppError> {
    let all = releases::list(tx, poll).await?;
    let release = all.iter().find(|release| release.number == number).cloned().ok_or(NO_RELEASE)?;
    let dossier = one(tx, poll, number, about).await?;
    let document = held::document(tx, poll, number, about).await?;
    let mut versions = Vec::new();
    for other in all {
        if releases::dossiers(tx, poll, other.number).await?.iter().any(|d| d.about == *about) {
            versions.push(other.number);
        }
    }
    let sources = sources(tx, poll, number, about).await?;
    Ok(ReleasedPage { release, dossier, document, sources, versions })
}

/// The file of a released dossier, with its name. Callers check first that it may be seen.
pub(crate) async fn released_file(
    tx: &mut CouncilTx,
    poll: PollId,
    number: u32,
    about: &About,
) -> Result<(String, Vec<u8>), AppError> {
    let (dossier, bytes) = held::paper(tx, poll, number, about).await?;
    Ok((dossier.name.replace('/', "-"), bytes))
}

async fn one(tx: &mut CouncilTx, poll: PollId, number: u32, about: &About) -> Result<ReleasedDossier, AppError> {
    let all = releases::dossiers(tx, poll, number).await?;
    all.into_iter().find(|dossier| dossier.about == *about).ok_or(NO_DOSSIER)
}

async fn told(tx: &mut CouncilTx, changes: &[Change]) -> Result<Vec<ChangeView>, AppError> {
    let mut wanted = Vec::new();
    for change in changes {
        match change {
            Change::Added(fact) | Change::Removed(fact) => wanted.push(*fact),
            Change::Changed { before, after } => wanted.extend([*before, *after]),
        }
    }
    let keys: Vec<(String, u64)> = wanted.iter().map(|fact| (fact.fact.to_string(), fact.version)).collect();
    let texts = revisions::of_versions(tx, Subject::Fact, &keys).await?;
    let views = changes.iter().map(|change| match change {
        Change::Added(fact) => Ok(ChangeView { label: "Mới", before: Vec::new(), after: said(&texts, *fact)? }),
        Change::Removed(fact) => {
            Ok(ChangeView { label: "Không còn", before: said(&texts, *fact)?, after: Vec::new() })
        }
        Change::Changed { before, after } => {
            Ok(ChangeView { label: "Thay đổi", before: said(&texts, *before)?, after: said(&texts, *after)? })
        }
    });
    views.collect()
}

/// What a version of a fact says, in the order of a dossier's columns.
fn said(texts: &BTreeMap<(String, u64), String>, fact: FrozenFact) -> Result<Vec<(&'static str, String)>, AppError> {
    let damaged = |cause: &dyn ToString| AppError::internal("đọc lịch sử dữ kiện", cause.to_string());
    let text = texts.get(&(fact.fact.to_string(), fact.version)).ok_or_else(|| damaged(&"thiếu phiên bản"))?;
    let kept: KeptFact = serde_json::from_str(text).map_err(|e| damaged(&e))?;
    let stated = kept.fact;
    let lines = [
        ("Loại", stated.kind.label().to_owned()),
        ("Thời gian", stated.period.text()),
        ("Nội dung", stated.text.clone()),
        ("Kết quả, tình trạng", result_text(&stated)),
        ("Nguồn", stated.source.text()),
        ("Trả lời", stated.reply.clone().unwrap_or_default()),
    ];
    Ok(lines.into_iter().filter(|(_, text)| !text.is_empty()).collect())
}

/// A line of a canonical text that states no fact, in words for people.
fn head_words(line: &str) -> String {
    let mut cells = line.split('\t');
    let label = match cells.next().unwrap_or_default() {
        "council" => "Hội đồng",
        "field" => "Lĩnh vực",
        "name" => "Họ và tên",
        "birth" => "Ngày sinh",
        "post" => "Chức vụ",
        "of-field" => "Lĩnh vực phụ trách",
        "from" => "Hồ sơ từ ngày",
        "to" => "Hồ sơ đến ngày",
        _ => "Phần chung",
    };
    let day = |cell: &str| cell.parse().map_or_else(|_| cell.to_owned(), domain::text::date_dmy);
    let rest: Vec<String> = cells.filter(|cell| !cell.is_empty()).map(day).collect();
    format!("{label}: {}", rest.join(", "))
}
