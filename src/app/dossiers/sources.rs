//! Files behind the facts of a released dossier: what its readers may open.

use crate::service::error::AppError;
use domain::attachment::Attachment;
use domain::fact::KeptFact;
use domain::id::PollId;
use domain::record::Subject;
use domain::release::About;
use store::{CouncilTx, attachments, releases, revisions};

/// A file, and which facts rest on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The stored file.
    pub attachment: Attachment,
    /// `245/BC-UBND của UBND tỉnh`: the paper whose file it is.
    pub paper: String,
    /// Numbers of the facts in the dossier, ascending.
    pub facts: Vec<usize>,
}

/// Files of a released dossier in the order of its facts, each once.
///
/// # Errors
/// When there is no such dossier, or a stored version cannot be read.
pub(crate) async fn sources(
    tx: &mut CouncilTx,
    poll: PollId,
    release: u32,
    about: &About,
) -> Result<Vec<SourceFile>, AppError> {
    let stated = releases::stated(tx, poll, release, about).await?.ok_or(super::compile::NO_DOSSIER)?;
    let wanted: Vec<(String, u64)> = stated.facts.iter().map(|fact| (fact.fact.to_string(), fact.version)).collect();
    let texts = revisions::of_versions(tx, Subject::Fact, &wanted).await?;
    let mut found: Vec<SourceFile> = Vec::new();
    for (place, version) in wanted.iter().enumerate() {
        let Some(text) = texts.get(version) else { continue };
        let KeptFact { fact, .. } =
            serde_json::from_str(text).map_err(|e| AppError::internal("đọc dữ kiện đã phát hành", e))?;
        let Some(sha256) = fact.source.file else { continue };
        let number = place + 1;
        if let Some(known) = found.iter_mut().find(|source| source.attachment.sha256 == sha256) {
            known.facts.push(number);
        } else if let Some(attachment) = attachments::find(tx, sha256).await? {
            let paper = format!("{} của {}", fact.source.number, fact.source.issuer);
            found.push(SourceFile { attachment, paper, facts: vec![number] });
        }
    }
    Ok(found)
}
