//! What a keying page sends: JSON, read into a buffer that is wiped, and never copied or logged.

use std::fmt;

use axum::extract::{FromRequest, Request};
use axum::http::header;
use futures_util::StreamExt as _;
use serde::Deserialize;
use zeroize::{Zeroize as _, Zeroizing};

use app::counting::room::{Keyed, Step, What};

/// Longest reading: 50 papers of over a thousand lines.
const MAX_BYTES: usize = 256 * 1024;

/// The bytes of a request, wiped when dropped. `None` when they did not come whole, are too many, or are no JSON.
///
/// The server's own read buffer, through which they came, is wiped where nothing else shares it; where something does,
/// the next request overwrites it.
pub struct Secret(pub Option<Zeroizing<Vec<u8>>>);

impl<S: Send + Sync> FromRequest<S> for Secret {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let kind = request.headers().get(header::CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
        if !kind.starts_with(b"application/json") {
            return Ok(Self(None));
        }
        // Room for all at once: a buffer that grows would leave its beginning behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES));
        let mut frames = request.into_body().into_data_stream();
        while let Some(frame) = frames.next().await {
            let Ok(frame) = frame else { return Ok(Self(None)) };
            if bytes.len() + frame.len() > MAX_BYTES {
                return Ok(Self(None));
            }
            bytes.extend_from_slice(&frame);
            if let Ok(mut own) = frame.try_into_mut() {
                own.zeroize();
            }
        }
        Ok(Self(Some(bytes)))
    }
}

/// A message of a keying page; marks stay in the buffer that it borrows from.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message<'a> {
    /// Token of the session's forms.
    pub token: &'a str,
    /// Tells it from the same message sent again.
    pub request: &'a str,
    /// The account that the page was drawn for: somebody else may have signed in in this browser since.
    pub by: &'a str,
    what: &'a str,
    step: &'a str,
    /// The opening of the batch that the page is of.
    pub opened: &'a str,
    /// Messages of this person that the page knows to be taken.
    pub revision: u32,
    #[serde(borrow)]
    papers: Vec<SentPaper<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentPaper<'a> {
    paper: usize,
    reason: Option<usize>,
    lines: Vec<usize>,
    keys: &'a str,
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({} papers)", self.papers.len())
    }
}

impl<'a> Message<'a> {
    /// The message in `bytes`, if it is one.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// Which reading it is of, and what becomes of its papers.
    pub fn kind(&self) -> Option<(What, Step)> {
        let what = match self.what {
            "entry" => What::Entry,
            "again" => What::Again,
            "decide" => What::Decision,
            _ => return None,
        };
        let step = match self.step {
            "put" => Step::Put,
            "insert" => Step::Insert,
            "remove" => Step::Remove,
            "send" => Step::Send,
            "reopen" => Step::Reopen,
            "commit" => Step::Commit,
            _ => return None,
        };
        Some((what, step))
    }

    /// The papers.
    pub fn papers(&self) -> Vec<Keyed<'_>> {
        let mut keyed = Vec::with_capacity(self.papers.len());
        for SentPaper { paper, reason, lines, keys } in &self.papers {
            keyed.push(Keyed { paper: *paper, reason: *reason, lines, keys });
        }
        keyed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_borrows_its_marks_and_prints_none() {
        let text = br#"{"token":"t","request":"r","by":"b","what":"again","step":"put","opened":"o","revision":3,
            "papers":[{"paper":4,"reason":null,"lines":[2,7],"keys":"39"}]}"#;
        let message = Message::read(text).expect("message");
        assert_eq!((message.kind(), message.papers().len()), (Some((What::Again, Step::Put)), 1));
        let papers = message.papers();
        assert_eq!((papers[0].lines, papers[0].keys), ([2, 7].as_slice(), "39"));
        assert!(text.as_ptr_range().contains(&papers[0].keys.as_ptr()), "no copy of the marks was made");
        assert_eq!(format!("{message:?} {papers:?}"), "Message(1 papers) [Keyed(4, …)]");
        for wrong in [&b"{}"[..], b"", br#"{"token":"t","request":"r","by":"b","what":"again","step":"put","opened":"o","revision":3,"papers":[],"x":1}"#] {
            assert!(Message::read(wrong).is_none());
        }
    }
}
