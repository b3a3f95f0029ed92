//! Papers are drawn before the one transaction that writes, never in it: everybody's writes wait for that.
//!
//! A use case that issues a paper first looks through the same steps in a transaction that reads, which draws what is
//! needed ([`Drawn`]). In the transaction that writes, the paper's model is made again, which is cheap, and the PDF is the
//! one that was drawn from that very model. Where somebody changed what the paper says meanwhile there is none, and the use
//! case begins again.
//!
//! A count is added up in the same way before it is closed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use tokio::task::spawn_blocking;

use crate::service::error::AppError;
use domain::audit::Digest;
use domain::audit::canonical::to_text;
use domain::ballot::BallotForm;
use domain::document::Document;
use domain::poll_state::{AddedUp, Closing, CountLog};
use pdf::{Pdf, PdfError};

/// How often a paper is drawn while others change what it says.
pub(crate) const TRIES: u32 = 4;

/// What was made before the transaction that writes, as long as one request lasts. A clone has the same.
#[derive(Clone, Default)]
pub(crate) struct Drawn {
    /// By the SHA-256 of what they were drawn from.
    papers: Arc<Mutex<BTreeMap<Digest, Pdf>>>,
    sums: Arc<Mutex<Option<AddedUp>>>,
}

impl Drawn {
    /// The sums of a count, if they were kept and are of it still.
    pub(crate) fn sums(&self, closing: &Closing, log: &CountLog<'_>) -> Option<AddedUp> {
        let kept = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|added| added.is_of(closing, log)).cloned()
    }

    pub(crate) fn keep_sums(&self, added: AddedUp) {
        *self.sums.lock().unwrap_or_else(PoisonError::into_inner) = Some(added);
    }

    /// The file of a paper.
    ///
    /// # Errors
    /// When a character cannot be printed; [`AppError::Undrawn`] in a transaction that writes, when it was not drawn before.
    pub(crate) async fn document(&self, document: Document) -> Result<Pdf, AppError> {
        let from = to_text(&document).map_err(|e| AppError::internal("in văn bản", e))?;
        self.get(&from, move || {
            pdf::document(&document).map_err(|e| AppError::Input(format!("{}: {e}.", document.title)))
        })
        .await
    }

    /// One copy of a ballot form.
    ///
    /// # Errors
    /// As [`Self::document`].
    pub(crate) async fn ballot(&self, form: BallotForm, day: Date) -> Result<Pdf, AppError> {
        // Every field of the form and of what is in it has its name in this text.
        let from = format!("{day} {form:?}");
        self.get(&from, move || pdf::ballots(&form, 1, day).map_err(|e| AppError::Input(e.to_string()))).await
    }

    async fn get(
        &self,
        from: &str,
        draw: impl FnOnce() -> Result<Pdf, AppError> + Send + 'static,
    ) -> Result<Pdf, AppError> {
        let key = Digest::of(from.as_bytes());
        let found = self.papers.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(pdf) = found {
            return Ok(pdf);
        }
        if store::is_writing() {
            return Err(AppError::Undrawn);
        }
        let drawn = spawn_blocking(draw).await.map_err(|e| AppError::internal("in văn bản", e))??;
        self.papers.lock().unwrap_or_else(PoisonError::into_inner).insert(key, drawn.clone());
        Ok(drawn)
    }
}

/// The file of a paper that nobody keeps.
///
/// # Errors
/// When a character cannot be printed.
pub(crate) fn document(document: &Document) -> Result<Pdf, PdfError> {
    debug_assert!(!store::is_writing(), "«{}» is drawn while all writers wait", document.title);
    pdf::document(document)
}

#[cfg(test)]
mod tests {
    use domain::id::CouncilId;
    use store::{Store, StoreError, Target};

    use super::*;

    /// A paper that says `text`.
    fn paper(text: &str) -> Document {
        let json = serde_json::json!({ "title": text, "author": "Hội đồng", "date": "2026-12-01", "blocks": [] });
        serde_json::from_value(json).expect("paper")
    }

    #[tokio::test]
    async fn nothing_is_drawn_while_all_writers_wait_but_what_was_drawn_is_there() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(&Target::in_folder(folder.path())).await.expect("store");
        let drawn = Drawn::default();
        let before = drawn.document(paper("Một")).await.expect("drawn");
        let inside = drawn.clone();
        let answers = store
            .write(CouncilId::INSTALLATION, move |_| {
                Box::pin(async move {
                    let (known, other) = (inside.document(paper("Một")).await, inside.document(paper("Hai")).await);
                    Ok::<_, StoreError>((known, other))
                })
            })
            .await;
        let (known, other) = answers.expect("written");
        assert_eq!(known.expect("the one of before"), before);
        assert!(matches!(other, Err(AppError::Undrawn)), "{other:?}");
        assert!(drawn.document(paper("Hai")).await.is_ok(), "outside it may be drawn");
    }
}
