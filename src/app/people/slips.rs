//! Access slips: printed for delegates, used once instead of a password, made void.

use std::collections::BTreeMap;

use crate::people::accounts::Manager;
use crate::people::sign_in::attempt::{Turn, wait_sentence};
use crate::people::sign_in::{Device, Door, Token};
use crate::service::app::{App, Ask};
use crate::service::caller::Caller;
use crate::service::clock::{day_in_vietnam, in_vietnam};
use crate::service::error::AppError;
use domain::account::Account;
use domain::audit::event::council::{IssuedSlip, SignInBy, SlipsIssued, SlipsRevoked};
use domain::audit::{Actor, CouncilEvent, Digest, UtcTime};
use domain::document::{SlipPaper, SlipSheet};
use domain::id::{AccountId, CouncilId, SlipId};
use domain::role::Role;
use domain::slip::{Slip, SlipCode, SlipError, SlipState, days, may_have_slip};
use domain::text::name_order;
use macros::boxed;
use pdf::{self, Pdf};
use store::failures::Failures;
use store::{CouncilTx, accounts, councils, credentials, logs, slips};

/// A slip in the list, for people.
#[derive(Clone, Debug)]
pub struct SlipLine {
    /// The slip.
    pub id: SlipId,
    /// Whom it lets in.
    pub name: String,
    /// What it is good for.
    pub state: SlipState,
    /// `08:00 ngày 01/12/2026`.
    pub issued_at: String,
    /// When it ends, was used, or was made void.
    pub until: String,
}

/// What the page of slips shows.
#[derive(Clone, Debug)]
pub struct Slips {
    /// The newest first.
    pub lines: Vec<SlipLine>,
    /// Accounts that may get a slip, and whether they have one that can be used.
    pub delegates: Vec<(Account, bool)>,
}

/// A slip that is to be written, with its code's hash.
type Draft = (Slip, Digest, SlipCode);

impl App {
    /// Slips of the caller's council, and who may get one.
    ///
    /// # Errors
    /// When the caller does not manage the accounts of a council.
    #[boxed]
    pub async fn slips(&self, caller: &Caller) -> Result<Slips, AppError> {
        caller.may(&[Role::Admin])?;
        let now = self.now_text()?;
        let mut tx = self.store.read(caller.council).await?;
        let mut all = accounts::list(&mut tx).await?;
        all.sort_by_cached_key(|account| name_order(&account.name));
        let found = slips::list(&mut tx).await?;
        let names: BTreeMap<AccountId, &str> = all.iter().map(|account| (account.id, account.name.as_str())).collect();
        let line = |slip: &Slip| SlipLine {
            id: slip.id,
            name: names.get(&slip.account).copied().unwrap_or_default().to_owned(),
            state: slip.state(now),
            issued_at: in_vietnam(slip.issued_at),
            until: in_vietnam(slip.used_at.or(slip.revoked_at).unwrap_or(slip.expires_at)),
        };
        let lines = found.iter().map(line).collect();
        let holds =
            |account: AccountId| found.iter().any(|slip| slip.account == account && slip.state(now) == SlipState::Live);
        let delegates = all.iter().filter(|account| may_have_slip(account));
        let delegates = delegates.map(|account| (account.clone(), holds(account.id))).collect();
        Ok(Slips { lines, delegates })
    }

    /// Prints a slip for each of `accounts`, that holds `days` days; slips that they had before are void. The codes are
    /// on the paper that comes back and nowhere else.
    ///
    /// `public_url` is how delegates reach the service: `https://tinnhiem.vinhphuc.gov.vn`.
    ///
    /// # Errors
    /// When nobody is chosen, somebody is who may not have a slip, or the days are too many.
    #[boxed]
    pub async fn issue_slips(
        &self,
        ask: Ask<'_>,
        accounts: &[String],
        days_text: &str,
        public_url: &str,
    ) -> Result<Pdf, AppError> {
        let actor = ask.caller.may(&[Role::Admin])?;
        let now = self.clock.now();
        let until = now.checked_add(days(days_text).map_err(|e| AppError::field("days", e))?);
        let until = until.map_err(|e| AppError::internal("tính thời hạn", e))?;
        let expires_at = UtcTime::try_from(until).map_err(|e| AppError::internal("tính thời hạn", e))?;
        let issued_at = self.now_text()?;
        let council = ask.caller.council;
        let mut drafts: Vec<Draft> = Vec::new();
        for text in accounts {
            let account = text.parse().map_err(|_| AppError::field("accounts", SlipError::NotDelegate))?;
            if drafts.iter().any(|(slip, ..)| slip.account == account) {
                continue;
            }
            let id = SlipId::new(now, &self.chance.for_id()?);
            let code = SlipCode::new(&self.chance.block()?);
            let slip = Slip { id, account, issued_at, expires_at, used_at: None, revoked_at: None };
            drafts.push((slip, code.hash(council), code));
        }
        if drafts.is_empty() {
            return Err(AppError::field("accounts", SlipError::Nobody));
        }
        let written = drafts.iter().map(|(slip, hash, _)| (slip.clone(), *hash)).collect();
        let manager = Manager::try_from(ask)?;
        let (names, slug) = self
            .write_as(&manager, move |tx| Box::pin(write_slips(tx, written, (issued_at, actor), expires_at)))
            .await?;
        let door = format!("{}/phieu/{slug}", public_url.trim_end_matches('/'));
        let slips = drafts.iter().map(|(slip, _, code)| SlipPaper {
            name: names.get(&slip.account).cloned().unwrap_or_default(),
            code: code.grouped(),
        });
        let sheet = SlipSheet {
            council: ask.caller.council_name.clone(),
            until: in_vietnam(expires_at),
            day: day_in_vietnam(now),
            door,
            slips: slips.collect(),
        };
        tokio::task::spawn_blocking(move || pdf::slips(&sheet))
            .await
            .map_err(|e| AppError::internal("in thẻ truy cập", e))?
            .map_err(|e| AppError::internal("in thẻ truy cập", e))
    }

    /// Makes slips void. Those that were used or void already stay as they are. Gives how many are void now.
    ///
    /// # Errors
    /// When none is chosen.
    #[boxed]
    pub async fn revoke_slips(&self, ask: Ask<'_>, chosen: &[String]) -> Result<usize, AppError> {
        let actor = ask.caller.may(&[Role::Admin])?;
        let unknown = || AppError::NotFound("thẻ truy cập");
        let chosen: Result<Vec<SlipId>, _> = chosen.iter().map(|text| text.parse()).collect();
        let chosen = chosen.map_err(|_| unknown())?;
        if chosen.is_empty() {
            return Err(AppError::field("slips", "Hãy chọn ít nhất một thẻ còn hiệu lực."));
        }
        let at = self.now_text()?;
        let manager = Manager::try_from(ask)?;
        let revoked = self.write_as(&manager, move |tx| {
            Box::pin(async move {
                let mut revoked = Vec::new();
                for slip in chosen {
                    if slips::revoke(tx, slip, at).await? {
                        revoked.push(slip);
                    }
                }
                if revoked.is_empty() {
                    return Ok(0);
                }
                let count = revoked.len();
                let event = CouncilEvent::from(SlipsRevoked { slips: revoked });
                let log = logs::own(tx).await?;
                tx.append(log, at, &actor, &event).await?;
                Ok(count)
            })
        });
        revoked.await
    }

    /// The council behind a name in addresses, if there is one.
    ///
    /// # Errors
    /// When the database does not answer.
    #[boxed]
    pub async fn door(&self, slug: &str) -> Result<Option<Door>, AppError> {
        Ok(self.doors().await?.into_iter().find(|door| door.slug == slug))
    }

    /// Lets somebody in by a slip and uses it up, in one transaction. Wrong codes delay the address that they come from.
    ///
    /// A first password that an administrator chose and its owner never changed is taken away: its owner has proved who
    /// they are, and from here on nobody else knows a way in.
    ///
    /// # Errors
    /// When this is no code of a slip, or its slip can no longer be used.
    #[boxed]
    pub async fn enter_by_slip(&self, slug: &str, code: &str, device: Device) -> Result<Token, AppError> {
        let code: SlipCode = code.parse().map_err(|e| AppError::field("code", e))?;
        let found = self.store.read_installation().await?;
        let row = found.into_iter().find(|row| row.slug == slug).ok_or(AppError::NotFound("hội đồng"))?;
        let council: CouncilId = row.id()?;
        let (hash, at) = (code.hash(council), self.now_text()?);
        // Nobody guesses 80 bits, so a code that is right is let in whatever others have typed at this address; a wrong one is
        // counted, and writes nothing.
        let is_known = slips::by_code(&mut self.store.read(council).await?, &hash).await?.is_some();
        if !is_known {
            let counts = match self.guess_at_anyone(&device.address)?.enter(Failures::default()) {
                Turn::Wait(seconds) => return Err(AppError::field("code", wait_sentence(seconds))),
                Turn::Counted(counts) => counts,
            };
            return Err(AppError::field("code", self.was_wrong(council, &counts, "Mã thẻ").await?));
        }
        let session = self.new_session(council, SignInBy::Slip, &device.agent)?;
        let entered = self.store.write(council, move |tx| {
            Box::pin(async move {
                let slip = slips::by_code(tx, &hash).await?;
                let slip = slip.ok_or(AppError::NotFound("thẻ truy cập"))?;
                if let Some(refusal) = slip.refusal(at) {
                    return Err(AppError::field("code", refusal));
                }
                let account = accounts::find(tx, slip.account).await?.filter(may_have_slip);
                let account = account.ok_or_else(|| AppError::field("code", UNFIT))?;
                if !slips::use_up(tx, slip.id, at).await? {
                    return Err(AppError::field("code", UNFIT));
                }
                if account.must_change_password {
                    credentials::take_password(tx, account.id).await?;
                }
                session.begin(tx, account.id).await
            })
        });
        entered.await
    }
}

/// The slip is right and its account may not come in by it.
const UNFIT: &str = "Thẻ này không dùng được nữa; hãy xin văn phòng thẻ mới.";

/// Writes slips with the log, earlier ones of the same people void. Gives the names on the papers and the council's name
/// in addresses.
async fn write_slips(
    tx: &mut CouncilTx,
    written: Vec<(Slip, Digest)>,
    (at, actor): (UtcTime, Actor),
    expires_at: UtcTime,
) -> Result<(BTreeMap<AccountId, String>, String), AppError> {
    let all = accounts::list(tx).await?;
    let mut names = BTreeMap::new();
    let mut issued = Vec::new();
    for (slip, hash) in &written {
        let account = all.iter().find(|account| account.id == slip.account).filter(|account| may_have_slip(account));
        let account = account.ok_or_else(|| AppError::field("accounts", SlipError::NotDelegate))?;
        slips::revoke_of(tx, account.id, at).await?;
        slips::add(tx, slip, hash).await?;
        names.insert(account.id, account.name.clone());
        issued.push(IssuedSlip { account: account.id, slip: slip.id });
    }
    let council = councils::own(tx).await?.ok_or(AppError::NotFound("hội đồng"))?;
    let log = logs::own(tx).await?;
    tx.append(log, at, &actor, &CouncilEvent::from(SlipsIssued { expires_at, slips: issued })).await?;
    Ok((names, council.slug))
}
