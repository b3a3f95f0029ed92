//! Releases of dossiers, which never change. Lists leave out texts and files, which are long.

use std::collections::BTreeSet;

use serde::Serialize;

use super::error::StoreError;
use super::scope::CouncilTx;
use super::sql::{execute, row, row_struct, rows, to_u32};
use domain::audit::canonical::to_text;
use domain::audit::{Digest, UtcTime};
use domain::document::TextLine;
use domain::id::PollId;
use domain::release::{About, FrozenFact, Stated};
use domain::text::fold;
use macros::boxed;

row_struct! {
    /// A row of `releases` with the number of its dossiers.
    ReleaseRow {
        /// From 1, without gaps.
        number: i64,
        released_at: String,
        /// Full name of the person who confirmed the release.
        released_by: String,
        dossiers: i64,
    }
}

row_struct! {
    /// A row of `dossiers`, without texts and file.
    DossierRow {
        /// Place in the release, from 1.
        position: i64,
        /// `official` or `field`.
        kind: String,
        /// Id of the official, or name of the field.
        about: String,
        name: String,
        /// Title of the dossier: name of the official or of the field.
        title: String,
        /// Posts of the official, or officials of the field.
        subtitle: String,
        /// SHA-256 of its canonical text.
        sha256: String,
        pages: i64,
        pdf_sha256: String,
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// From 1, without gaps.
    pub number: u32,
    pub at: UtcTime,
    /// Full name of the person who confirmed the release.
    pub by: String,
    pub dossiers: u32,
}

/// One dossier of a release, in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleasedDossier {
    /// Place in the release, from 1: officials in the order of the list, then fields.
    pub position: u32,
    /// What it is about.
    pub about: About,
    /// Name of the file, as the poll's log spells it: `v1/officials/01-nguyen-van-a.pdf`.
    pub name: String,
    /// Whom or what it is about: `Ông Nguyễn Văn A`, `Y tế`.
    pub title: String,
    /// Posts of the official, or officials of the field.
    pub subtitle: String,
    /// SHA-256 of its canonical text.
    pub sha256: Digest,
    pub pages: u32,
    pub pdf_sha256: Digest,
}

/// A dossier to be added to a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// The values that lists show.
    pub dossier: ReleasedDossier,
    pub stated: Stated,
    /// Canonical text of the [`Document`](domain::document::Document) that was printed.
    pub document: String,
    pub pdf: Vec<u8>,
    /// Lines of the document, for the full-text search.
    pub lines: Vec<TextLine>,
    /// SHA-256 of the files of the facts' sources. Delegates may open them once the release is stored.
    pub files: Vec<Digest>,
}

impl ReleaseRow {
    fn release(self) -> Result<Release, StoreError> {
        Ok(Release {
            number: to_u32(self.number)?,
            at: self.released_at.parse().map_err(StoreError::corrupt)?,
            by: self.released_by,
            dossiers: to_u32(self.dossiers)?,
        })
    }
}

impl DossierRow {
    fn dossier(self) -> Result<ReleasedDossier, StoreError> {
        let digest = |text: String| text.parse::<Digest>().map_err(StoreError::corrupt);
        let about = About::from_parts(&self.kind, &self.about);
        Ok(ReleasedDossier {
            position: to_u32(self.position)?,
            about: about.ok_or_else(|| StoreError::corrupt("dossiers.about"))?,
            name: self.name,
            title: self.title,
            subtitle: self.subtitle,
            sha256: digest(self.sha256)?,
            pages: to_u32(self.pages)?,
            pdf_sha256: digest(self.pdf_sha256)?,
        })
    }
}

/// Adds a release with all its dossiers and their lines.
///
/// # Errors
/// [`StoreError::Refused`] when there is one of this number already.
#[boxed]
pub async fn add(tx: &mut CouncilTx, poll: PollId, release: &Release, frozen: &[Frozen]) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO releases (council_id, poll_id, number, released_at, released_by) VALUES ($1, $2, $3, $4, $5)",
        poll.to_string(),
        i64::from(release.number),
        release.at.to_string(),
        release.by.as_str(),
    )?;
    for one in frozen {
        let Frozen { dossier, stated, document, pdf, .. } = one;
        execute!(
            tx,
            "INSERT INTO dossiers (council_id, poll_id, release, position, kind, about, name, title, subtitle, canonical, \
             sha256, document, facts, pages, pdf, pdf_sha256) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            poll.to_string(),
            i64::from(release.number),
            i64::from(dossier.position),
            dossier.about.kind(),
            dossier.about.key(),
            dossier.name.as_str(),
            dossier.title.as_str(),
            dossier.subtitle.as_str(),
            stated.canonical.as_str(),
            dossier.sha256.to_string(),
            document.as_str(),
            to_text(&stated.facts)?,
            i64::from(dossier.pages),
            pdf.clone(),
            dossier.pdf_sha256.to_string(),
        )?;
    }
    add_files(tx, poll, release.number, frozen).await?;
    add_lines(tx, poll, release.number, frozen).await
}

async fn add_files(tx: &mut CouncilTx, poll: PollId, release: u32, frozen: &[Frozen]) -> Result<(), StoreError> {
    let files: BTreeSet<String> = frozen.iter().flat_map(|one| &one.files).map(Digest::to_string).collect();
    let files = serde_json::to_string(&files).map_err(StoreError::corrupt)?;
    let added = if tx.is_postgres() {
        execute!(
            tx,
            "INSERT INTO released_files (council_id, sha256, poll_id, release) \
             SELECT $1, sha256, $2, $3 FROM json_array_elements_text($4::json) AS sha256",
            poll.to_string(),
            i64::from(release),
            files,
        )
    } else {
        execute!(
            tx,
            "INSERT INTO released_files (council_id, sha256, poll_id, release) \
             SELECT $1, value, $2, $3 FROM json_each($4)",
            poll.to_string(),
            i64::from(release),
            files,
        )
    };
    added.map(drop)
}

/// A line in the JSON list that one statement inserts.
#[derive(Serialize)]
struct GivenLine<'l> {
    position: u32,
    anchor: &'l str,
    text: &'l str,
    folded: String,
}

async fn add_lines(tx: &mut CouncilTx, poll: PollId, release: u32, frozen: &[Frozen]) -> Result<(), StoreError> {
    let numbered = frozen.iter().flat_map(|one| one.lines.iter().map(|line| (one.dossier.position, line)));
    let given: Vec<GivenLine<'_>> = numbered
        .map(|(position, line)| GivenLine {
            position,
            anchor: &line.anchor,
            text: &line.text,
            folded: fold(&line.text),
        })
        .collect();
    let given = serde_json::to_string(&given).map_err(StoreError::corrupt)?;
    let added = if tx.is_postgres() {
        execute!(
            tx,
            "INSERT INTO search_lines (council_id, poll_id, release, position, anchor, text, folded) \
             SELECT $1, $2, $3, position, anchor, text, folded FROM json_to_recordset($4::json) \
             AS given (position BIGINT, anchor TEXT, text TEXT, folded TEXT)",
            poll.to_string(),
            i64::from(release),
            given,
        )
    } else {
        execute!(
            tx,
            "INSERT INTO search_lines (council_id, poll_id, release, position, anchor, text, folded) \
             SELECT $1, $2, $3, value ->> 'position', value ->> 'anchor', value ->> 'text', value ->> 'folded' \
             FROM json_each($4)",
            poll.to_string(),
            i64::from(release),
            given,
        )
    };
    added.map(drop)
}

/// All releases of a poll, the newest first.
#[boxed]
pub async fn list(tx: &mut CouncilTx, poll: PollId) -> Result<Vec<Release>, StoreError> {
    let rows = rows!(
        tx,
        ReleaseRow,
        "SELECT number, released_at, released_by, (SELECT count(*) FROM dossiers d WHERE d.council_id = $1 \
         AND d.poll_id = $2 AND d.release = releases.number) AS dossiers FROM releases \
         WHERE council_id = $1 AND poll_id = $2 ORDER BY number DESC",
        poll.to_string()
    )?;
    rows.into_iter().map(ReleaseRow::release).collect()
}

/// Number of the newest release; `None` before the first.
#[boxed]
pub async fn newest(tx: &mut CouncilTx, poll: PollId) -> Result<Option<u32>, StoreError> {
    let row = row!(
        tx,
        (Option<i64>,),
        "SELECT max(number) FROM releases WHERE council_id = $1 AND poll_id = $2",
        poll.to_string()
    )?;
    row.and_then(|(number,)| number).map(to_u32).transpose()
}

/// Dossiers of a release in their order, without texts and files.
#[boxed]
pub async fn dossiers(tx: &mut CouncilTx, poll: PollId, release: u32) -> Result<Vec<ReleasedDossier>, StoreError> {
    let rows = rows!(
        tx,
        DossierRow,
        "SELECT position, kind, about, name, title, subtitle, sha256, pages, pdf_sha256 FROM dossiers \
         WHERE council_id = $1 AND poll_id = $2 AND release = $3 ORDER BY position",
        poll.to_string(),
        i64::from(release),
    )?;
    rows.into_iter().map(DossierRow::dossier).collect()
}

/// Columns of the dossier about `$about` in a release; `None` when the release has none.
macro_rules! dossier_columns {
    ($tx:expr, $row:ty, $columns:literal, $poll:expr, $release:expr, $about:expr) => {
        row!(
            $tx,
            $row,
            concat!(
                "SELECT ",
                $columns,
                " FROM dossiers WHERE council_id = $1 AND poll_id = $2 AND release = $3 AND kind = $4 AND about = $5"
            ),
            $poll.to_string(),
            i64::from($release),
            $about.kind(),
            $about.key(),
        )
    };
}

/// Canonical text of the document of one dossier; `None` when the release has none about that.
#[boxed]
pub async fn document(
    tx: &mut CouncilTx,
    poll: PollId,
    release: u32,
    about: &About,
) -> Result<Option<String>, StoreError> {
    let row = dossier_columns!(tx, (String,), "document", poll, release, about)?;
    Ok(row.map(|(document,)| document))
}

/// What one dossier states; `None` when the release has none about that.
#[boxed]
pub async fn stated(
    tx: &mut CouncilTx,
    poll: PollId,
    release: u32,
    about: &About,
) -> Result<Option<Stated>, StoreError> {
    let row = dossier_columns!(tx, (String, String), "canonical, facts", poll, release, about)?;
    let stated = |(canonical, facts): (String, String)| {
        let facts: Vec<FrozenFact> = serde_json::from_str(&facts).map_err(StoreError::corrupt)?;
        Ok(Stated { canonical, facts })
    };
    row.map(stated).transpose()
}

/// The file of one dossier; `None` when the release has none about that.
#[boxed]
pub async fn pdf(tx: &mut CouncilTx, poll: PollId, release: u32, about: &About) -> Result<Option<Vec<u8>>, StoreError> {
    let row = dossier_columns!(tx, (Vec<u8>,), "pdf", poll, release, about)?;
    Ok(row.map(|(pdf,)| pdf))
}

/// Lines of a release that are kept for the search, by position and in their order: anchor, text, folded text.
#[boxed]
pub async fn search_lines(
    tx: &mut CouncilTx,
    poll: PollId,
    release: u32,
) -> Result<Vec<(i64, String, String, String)>, StoreError> {
    rows!(
        tx,
        (i64, String, String, String),
        "SELECT position, anchor, text, folded FROM search_lines WHERE council_id = $1 AND poll_id = $2 AND release = $3 \
         ORDER BY position, line_id",
        poll.to_string(),
        i64::from(release),
    )
}

row_struct! {
    /// Sums of versions, and a count, none of which ever goes down.
    BasisRow {
        officials: i64,
        facts: i64,
        /// Sum of the versions of the poll's preparation parts.
        parts: i64,
        /// Confirmed proposals of the poll.
        confirmed: i64,
    }
}

/// A number that changes with the data from which dossiers of a poll are compiled: records are never deleted and their
/// versions only go up, so two equal numbers mean that nothing changed in between.
#[boxed]
pub async fn basis(tx: &mut CouncilTx, poll: PollId) -> Result<i64, StoreError> {
    let row = row!(
        tx,
        BasisRow,
        "SELECT (SELECT CAST(coalesce(sum(version), 0) AS BIGINT) FROM officials WHERE council_id = $1) AS officials, \
         (SELECT CAST(coalesce(sum(version), 0) AS BIGINT) FROM facts WHERE council_id = $1) AS facts, \
         (SELECT CAST(coalesce(sum(version), 0) AS BIGINT) FROM poll_records WHERE council_id = $1 AND poll_id = $2) \
         AS parts, \
         (SELECT count(*) FROM proposals WHERE council_id = $1 AND poll_id = $2 AND state = 'confirmed') AS confirmed",
        poll.to_string()
    )?;
    Ok(row.map_or(0, |basis| basis.officials + basis.facts + basis.parts + basis.confirmed))
}
