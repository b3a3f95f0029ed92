//! Files of papers: examined, stored once, sent chunk by chunk to the people whom they concern.

use std::fs::File;
use std::io::{Read as _, Seek as _};

use futures_util::Stream;
use futures_util::stream::unfold;

use crate::service::app::App;
use crate::service::caller::Caller;
use crate::service::error::AppError;
use crate::service::upload::{Received, trouble};
use domain::attachment::{Attachment, FileKind, named};
use domain::audit::{Digest, UtcTime};
use domain::id::CouncilId;
use domain::role::Role;
use import;
use macros::boxed;
use store::{CouncilTx, attachments};

/// Roles that may open files: the office all files, others those that concern them.
pub const READERS: &[Role] = &[Role::Clerk, Role::Leader, Role::Official, Role::Delegate, Role::Operator];

const NO_FILE: AppError = AppError::NotFound("tệp nguồn");

/// A received file of a known kind, which may be stored.
#[derive(Debug)]
pub(crate) struct Paper {
    name: String,
    kind: FileKind,
    size: u64,
    sha256: Digest,
    /// Its bytes, in the pieces in which they are stored: no disk is read while others wait to write.
    pieces: Vec<Vec<u8>>,
}

impl Paper {
    /// Examines a received file. That unpacks documents, so it does not run on a thread that answers requests.
    ///
    /// # Errors
    /// When it is of no kind that is accepted; the error is at the field `file`.
    pub(crate) async fn examine(received: Received) -> Result<Self, AppError> {
        let (name, size, sha256) = (received.name.clone(), received.size, received.sha256);
        let looked = move || {
            let mut file = received.into_file()?;
            let kind = import::attachment::examine(&mut file).map_err(trouble)?;
            let kind = kind.map_err(|refusal| AppError::field("file", refusal))?;
            Ok(Self { name: named(&name, kind), kind, size, sha256, pieces: pieces(file).map_err(trouble)? })
        };
        let looked = tokio::task::spawn_blocking(looked).await;
        looked.map_err(|e| AppError::internal("xem tệp nguồn", e))?
    }

    /// Name of the file, without folder.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 of its bytes.
    pub(crate) const fn sha256(&self) -> Digest {
        self.sha256
    }

    /// Stores it, unless the same bytes are stored already.
    ///
    /// # Errors
    /// When disk or database refuse; nothing is stored then.
    pub(crate) async fn keep(self, tx: &mut CouncilTx, at: UtcTime, by: &str) -> Result<(), AppError> {
        let Self { name, kind, size, sha256, pieces } = self;
        let attachment = Attachment { sha256, name, kind, size, added_at: at, added_by: by.to_owned() };
        if !attachments::add(tx, &attachment).await? {
            return Ok(());
        }
        for (number, bytes) in (0_u32..).zip(pieces) {
            attachments::add_chunk(tx, sha256, number, bytes).await?;
        }
        Ok(())
    }
}

/// The bytes of a file, in pieces.
fn pieces(mut file: File) -> std::io::Result<Vec<Vec<u8>>> {
    file.rewind()?;
    let most = u64::try_from(attachments::CHUNK_BYTES).unwrap_or(u64::MAX);
    let mut pieces = Vec::new();
    loop {
        let mut bytes = Vec::with_capacity(attachments::CHUNK_BYTES);
        (&mut file).take(most).read_to_end(&mut bytes)?;
        if bytes.is_empty() {
            return Ok(pieces);
        }
        pieces.push(bytes);
    }
}

/// A file that is being downloaded.
pub struct Download {
    /// The stored file.
    pub attachment: Attachment,
    app: App,
    council: CouncilId,
}

impl Download {
    /// Its bytes, chunk by chunk: each is read when the one before was taken, and no transaction stays open between.
    pub fn chunks(self) -> impl Stream<Item = Result<Vec<u8>, AppError>> + Send {
        let Self { attachment, app, council } = self;
        let sha256 = attachment.sha256;
        unfold(Some((app, 0_u32)), move |next| async move {
            let (app, number) = next?;
            match app.chunk(council, sha256, number).await {
                Ok(None) => None,
                Ok(Some(bytes)) => Some((Ok(bytes), Some((app, number + 1)))),
                Err(problem) => Some((Err(problem), None)),
            }
        })
    }
}

impl App {
    /// A file that the caller may open: the office any, an official what proves a fact about that person, a delegate
    /// what released dossiers rest on. The office also opens what the installation published with its rules: it keeps no
    /// other files.
    ///
    /// # Errors
    /// When there is none that the caller may open.
    #[boxed]
    pub async fn download(&self, caller: &Caller, sha256: Digest) -> Result<Download, AppError> {
        caller.may(READERS)?;
        let roles = &caller.account.roles;
        let is_office = [Role::Clerk, Role::Leader, Role::Operator].into_iter().any(|role| roles.has(role));
        let mut tx = self.store.read(caller.council).await?;
        let mut council = caller.council;
        let mut found = attachments::find(&mut tx, sha256).await?;
        if found.is_none() && is_office {
            council = CouncilId::INSTALLATION;
            found = attachments::find(&mut self.store.read(council).await?, sha256).await?;
        }
        let attachment = found.ok_or(NO_FILE)?;
        let may = is_office
            || (roles.has(Role::Official) && attachments::concerns(&mut tx, sha256, caller.account.id).await?)
            || (roles.has(Role::Delegate) && attachments::is_released(&mut tx, sha256).await?);
        if !may {
            return Err(NO_FILE);
        }
        Ok(Download { attachment, app: self.clone(), council })
    }

    async fn chunk(&self, council: CouncilId, sha256: Digest, number: u32) -> Result<Option<Vec<u8>>, AppError> {
        let mut tx = self.store.read(council).await?;
        Ok(attachments::chunk(&mut tx, sha256, number).await?)
    }
}
