//! What every use case of the service needs: store, keys, clock, randomness, and the caller's request.

use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

use crate::service::anchors::AnchorFile;
use crate::service::backup_plan::BackupPlan;
use crate::service::caller::Caller;
use crate::service::clock::{self, Chance, Clock};
use crate::service::error::{AppError, FieldError};
use crate::service::forms::{Announced, Carrying, Claim};
use crate::service::keys::Keys;
use crate::service::memory::Memory;
use crate::service::passwords::Cost;
use domain::audit::UtcTime;
use domain::id::{AccountId, RequestId};
use store::{CouncilTx, Store, Work, name_of};

/// The service without its pages: use cases are its methods, one file per subject. A clone is another handle.
#[derive(Clone)]
pub struct App {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) chance: Chance,
    pub(crate) keys: Keys,
    pub(crate) cost: Cost,
    pub(crate) memory: Memory,
    /// What is kept of the logs outside the database; a service in memory keeps nothing.
    pub(crate) anchors: Option<Arc<AnchorFile>>,
    /// Where and how often it makes backups; `None` for one that makes none.
    pub(crate) backups: Option<Arc<BackupPlan>>,
    /// Its polls say which program began them.
    pub(crate) tells_program: bool,
    /// Sample data: every poll that begins here is a rehearsal.
    pub(crate) is_demo: bool,
}

/// A form that somebody who is signed in sent.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The person who sent it.
    pub caller: &'a Caller,
    /// Id by which the same form sent again is recognized.
    pub request: RequestId,
}

impl App {
    /// The service on a database.
    pub fn new(store: Store, clock: Clock, chance: Chance, keys: Keys, cost: Cost) -> Self {
        store.tag_with(keys.tag_keys());
        Self {
            store,
            clock,
            chance,
            keys,
            cost,
            memory: Memory::default(),
            anchors: None,
            backups: None,
            tells_program: false,
            is_demo: false,
        }
    }

    /// The same on the database of a demo.
    pub fn of_demo(self) -> Self {
        Self { is_demo: true, ..self }
    }

    /// The same, which makes backups.
    pub fn with_backups(self, plan: BackupPlan) -> Self {
        Self { backups: Some(Arc::new(plan)), ..self }
    }

    /// The data folder; a service in memory has none.
    pub(crate) fn data_folder(&self) -> Option<&Path> {
        self.anchors.as_ref().and_then(|file| file.path().parent())
    }

    /// The id of a form that is about to be shown.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn new_request(&self) -> Result<RequestId, AppError> {
        Ok(RequestId::new(self.clock.now(), &self.chance.for_id()?))
    }

    /// Runs `work` in one transaction of the caller's council, once for each form: sent again, it does nothing and says
    /// [`AppError::AlreadyDone`]; with another content, [`AppError::OtherContent`].
    ///
    /// # Errors
    /// [`AppError::Anchors`] while the database is not what was anchored, those of `work`, and those of the database.
    pub(crate) async fn write_once<T, F>(&self, ask: Ask<'_>, work: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut CouncilTx) -> Work<'t, Result<T, AppError>> + Send + 'static,
    {
        // Nobody adds to a database that is known to be put back or rewritten.
        self.check_anchors()?;
        let claim = self.claim_of(ask.request, Some(ask.caller.account.id))?;
        let council = ask.caller.council;
        let name = name_of::<F>();
        self.store.write_as(name, council, move |tx| Box::pin(run_once(tx, claim, work))).await
    }

    /// Tells that a form is about to be done: `open` is what it says, `secret` what may be kept nowhere, empty when nothing is;
    /// `fault` is the first field with a letter that nobody sees, at which the use case refuses the form.
    ///
    /// # Errors
    /// [`AppError::OtherContent`] when one with the same id and another content is being done at this moment.
    pub fn form_came(
        &self,
        request: RequestId,
        open: &[u8],
        secret: &[u8],
        fault: Option<FieldError>,
    ) -> Result<Announced, AppError> {
        self.memory.of::<Carrying>().announce((&self.keys, &self.chance), request, (open, secret), fault)
    }

    /// The id of a form, to be claimed with what it carries.
    pub(crate) fn claim_of(&self, request: RequestId, account: Option<AccountId>) -> Result<Claim, AppError> {
        let (content, fault) = self.memory.of::<Carrying>().content(request);
        Ok(Claim { request, account, at: self.now_text()?, content, fault })
    }

    /// Today in Vietnam, by the service's clock.
    pub(crate) fn today(&self) -> Date {
        clock::day_in_vietnam(self.clock.now())
    }

    /// The moment, as rows and entries write it.
    pub(crate) fn now_text(&self) -> Result<UtcTime, AppError> {
        UtcTime::try_from(self.clock.now()).map_err(|e| AppError::internal("đọc đồng hồ", e))
    }
}

pub(crate) async fn run_once<T, F>(tx: &mut CouncilTx, claim: Claim, work: F) -> Result<T, AppError>
where
    F: for<'t> FnOnce(&'t mut CouncilTx) -> Work<'t, Result<T, AppError>> + Send,
{
    claim.make(tx).await?;
    work(tx).await
}
