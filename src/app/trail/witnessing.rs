//! Installations that hold each other: a head goes out as a file, comes back cosigned, and is kept with its log. The formats are
//! those of C2SP ([`domain::audit::witness`]); files travel as the offices like.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::logs::tree;
use crate::installation::data_folder::key_in;
use crate::service::app::App;
use crate::service::clock::Clock;
use crate::service::error::AppError;
use crate::service::files;
use domain::audit::witness::{Cosignature, HeadRequest, WitnessError, WitnessKey};
use domain::audit::{Checkpoint, Digest, KeyName, Signer, UtcTime, VerifierKey};
use domain::id::{CouncilId, LogId, PollId};
use macros::boxed;
use store::logs::LogHead;
use store::{CouncilTx, cosignatures, logs};

/// Which log.
#[derive(Clone, Copy, Debug)]
pub enum LogOf {
    /// The own log of a council, or of the installation.
    Council(CouncilId),
    /// The log of a poll of any council.
    Poll(PollId),
}

/// A head on its way to a witness.
#[derive(Clone, Debug)]
pub struct SentHead {
    /// Key text of the log, which the witness needs the first time.
    pub key: String,
    /// Entries that the head covers.
    pub size: u64,
    /// What the file says.
    pub request: HeadRequest,
}

/// What was kept of a cosignature.
#[derive(Clone, Debug)]
pub struct TakenCosignature {
    /// Who.
    pub witness: String,
    /// Entries that the head covers.
    pub size: u64,
}

/// A cosignature that a witness gave.
#[derive(Clone, Debug)]
pub struct GivenCosignature {
    /// Of which log.
    pub origin: String,
    /// Entries that the head covers.
    pub size: u64,
    /// Key text of the witness.
    pub key: String,
    /// What the file says.
    pub line: String,
}

fn refused(cause: WitnessError) -> AppError {
    AppError::Input(format!("Chưa đồng chứng: {cause}."))
}

impl App {
    /// The newest signed head of a log for a witness that stands at `from`; by default where a witness stood last. The own log
    /// of a council is signed for it.
    ///
    /// # Errors
    /// When there is no such log, it has no signed head, or it has not so many entries.
    #[boxed]
    pub async fn head_for_witness(&self, of: LogOf, from: Option<u64>) -> Result<SentHead, AppError> {
        let (council, log) = self.log_of(of).await?;
        if matches!(of, LogOf::Council(_)) {
            let (app, at) = (self.clone(), self.now_text()?);
            let signed = self.store.write(council, move |tx| {
                Box::pin(async move { app.sign_within(tx, log.log, None, at).await.map(drop) })
            });
            signed.await?;
        }
        let mut tx = self.store.read(council).await?;
        let newest = logs::checkpoints(&mut tx, log.log).await?.pop();
        let newest = newest.ok_or_else(|| AppError::Input("Nhật ký này chưa có điểm chốt nào đã ký.".to_owned()))?;
        let key = VerifierKey::parse(&log.public_key).map_err(|e| AppError::internal("đọc điểm chốt", e))?;
        let head = Checkpoint::open(&newest.note, &key).map_err(|e| AppError::internal("đọc điểm chốt", e))?;
        let last = cosignatures::list(&mut tx, log.log).await?.pop().and_then(|row| u64::try_from(row.size).ok());
        let old = from.or(last).unwrap_or_default();
        let proof = tree(&mut tx, log.log, head.size).await?.consistency_proof(old, head.size);
        let proof = proof.ok_or_else(|| {
            AppError::Input(format!("--from: điểm chốt mới nhất chỉ có {} bản ghi; hãy sửa số này.", head.size))
        })?;
        let request = HeadRequest { old, proof, note: newest.note };
        Ok(SentHead { key: log.public_key, size: head.size, request })
    }

    /// Keeps what a witness said of a head of this log. `text` is the file that came back.
    ///
    /// # Errors
    /// When no line of it is this witness's, or none is of a signed head of this log.
    #[boxed]
    pub async fn take_cosignature(
        &self,
        of: LogOf,
        text: &str,
        witness: &WitnessKey,
    ) -> Result<TakenCosignature, AppError> {
        let lines: Vec<Cosignature> = text.lines().filter_map(|line| Cosignature::parse(line).ok()).collect();
        let told = lines.into_iter().find(|line| witness.is_of(line));
        let told = told.ok_or_else(|| AppError::Input(format!("Chưa ghi: {}.", WitnessError::OtherKey)))?;
        let (council, log) = self.log_of(of).await?;
        let mut tx = self.store.read(council).await?;
        let key = VerifierKey::parse(&log.public_key).map_err(|e| AppError::internal("đọc điểm chốt", e))?;
        let rows = logs::checkpoints(&mut tx, log.log).await?;
        drop(tx);
        let mut heads = rows.iter().rev().filter_map(|row| Checkpoint::open(&row.note, &key).ok());
        let head = heads.find(|head| witness.check(&told, head).is_ok());
        let size = head.ok_or_else(|| AppError::Input(format!("Chưa ghi: {}.", WitnessError::Signature)))?.size;
        let (at, line, text) = (self.now_text()?, told.to_line(), witness.to_text());
        self.store
            .write(council, move |tx| {
                Box::pin(async move { cosignatures::add(tx, log.log, size, (&text, &line), at).await })
            })
            .await
            .map_err(|error: store::StoreError| AppError::from(error))?;
        Ok(TakenCosignature { witness: witness.name().as_str().to_owned(), size })
    }

    async fn log_of(&self, of: LogOf) -> Result<(CouncilId, LogHead), AppError> {
        for row in self.store.read_installation().await? {
            let council = row.id()?;
            let mut tx = self.store.read(council).await?;
            let is_it = |head: &LogHead| match of {
                LogOf::Council(own) => own == council && head.poll.is_none(),
                LogOf::Poll(poll) => head.poll == Some(poll),
            };
            if let Some(found) = logs::heads(&mut tx).await?.into_iter().find(is_it) {
                return Ok((council, found));
            }
        }
        Err(AppError::NotFound("nhật ký"))
    }
}

/// Lines of the cosignatures of a log, by the size of the head: what a bundle carries.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn lines(tx: &mut CouncilTx, log: LogId) -> Result<BTreeMap<u64, Vec<String>>, store::StoreError> {
    let mut lines: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for row in cosignatures::list(tx, log).await? {
        let size = u64::try_from(row.size).map_err(|_| store::StoreError::Corrupt("cosignatures.size".to_owned()))?;
        lines.entry(size).or_default().push(row.line);
    }
    Ok(lines)
}

const STATE: &str = "witness.txt";
const FIRST_TIME: &str = "Lần đầu đồng chứng nhật ký này: hãy thêm --log-key với dòng khóa mà cơ quan kia đưa tận tay.";
const STATE_TITLE: &str = "tinnhiem witness v1";

/// Where a witness stands: of each log the key and the head that it cosigned last. A line each, `size root key`, in a signed
/// note: whoever can write to the folder and has not the key cannot make the witness forget what it cosigned.
#[derive(Default)]
struct State(BTreeMap<KeyName, (VerifierKey, Option<(u64, Digest)>)>);

impl State {
    fn read(path: &Path, signer: &Signer) -> Result<Self, AppError> {
        let note = match fs::read_to_string(path) {
            Err(source) if source.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            read => read.map_err(|source| AppError::file(path, source))?,
        };
        let wrong = || {
            AppError::Input(format!(
                "{}: tệp ghi các lần đồng chứng bị hỏng, bị sửa hoặc không do khóa bí mật của thư mục này ký; hãy khôi phục \
                 từ bản chép cất riêng của thư mục đó.",
                path.display()
            ))
        };
        let mut lines = signer.verifier().open(&note).map_err(|_| wrong())?.lines();
        if lines.next() != Some(STATE_TITLE) {
            return Err(wrong());
        }
        let read = |line: &str| {
            let [size, root, key] = line.split(' ').collect::<Vec<_>>().try_into().ok()?;
            let root = Digest::from_bytes(STANDARD.decode(root).ok()?.try_into().ok()?);
            let key = VerifierKey::parse(key).ok()?;
            Some((key.name().clone(), (key, Some((size.parse().ok()?, root)))))
        };
        Ok(Self(lines.map(|line| read(line).ok_or_else(wrong)).collect::<Result<_, _>>()?))
    }

    fn write(&self, path: &Path, signer: &Signer) -> Result<(), AppError> {
        let mut text = format!("{STATE_TITLE}\n");
        for (key, last) in self.0.values() {
            if let Some((size, root)) = last {
                text.push_str(&format!("{size} {} {}\n", STANDARD.encode(root.as_bytes()), key.to_text()));
            }
        }
        let note = signer.sign(&text).map_err(|e| AppError::internal("ghi lần đồng chứng", e))?;
        files::write_private(path, note.as_bytes())
    }
}

/// Cosigns the head in `text`, with the key in the folder `data` and the name `name`. `log_key` is the log's key, which is needed
/// the first time and kept. What is cosigned is on the disk before it is given.
///
/// # Errors
/// When the head is not of the log that was cosigned last, only longer; then nothing is kept.
pub fn cosign(data: &Path, name: &str, text: &str, log_key: Option<&str>) -> Result<GivenCosignature, AppError> {
    let name =
        KeyName::new(name).map_err(|e| AppError::Input(format!("--name: {e}; ví dụ: tinh.example.gov.vn/chung.")))?;
    // What was typed is read first: a mistake in it makes no folder and no key.
    let request = HeadRequest::parse(text).map_err(refused)?;
    let origin = request.note.lines().next().unwrap_or_default().to_owned();
    let origin = KeyName::new(origin).map_err(|_| refused(WitnessError::Form))?;
    let told = log_key.map(VerifierKey::parse).transpose();
    let told = told.map_err(|e| AppError::Input(format!("--log-key: {e}; hãy chép lại dòng khóa của nhật ký.")))?;
    if told.is_none() && !data.join(STATE).exists() {
        return Err(AppError::Input(FIRST_TIME.to_owned()));
    }
    let keys = key_in(data)?;
    let cosigner = keys.cosigner(&name);
    let signer = keys.witness_state_signer().map_err(|e| AppError::internal("đọc lần đồng chứng", e))?;
    let path: PathBuf = data.join(STATE);
    // One at a time: a second one must see what the first cosigned.
    let lock = data.join("witness.lock");
    let lock = File::create(&lock).and_then(|file| file.lock().map(|()| file)).map_err(|e| AppError::file(&lock, e))?;
    let mut state = State::read(&path, &signer)?;
    let known = state.0.get(&origin).cloned();
    let (key, last) = match (known, told) {
        (Some((key, _)), Some(told)) if key != told => {
            let sentence = "--log-key: nhật ký này lần trước do khóa khác ký; không đồng chứng, hãy hỏi cơ quan kia vì sao đổi khóa.";
            return Err(AppError::Input(sentence.to_owned()));
        }
        (Some((key, last)), _) => (key, last),
        (None, Some(told)) => (told, None),
        (None, None) => return Err(AppError::Input(FIRST_TIME.to_owned())),
    };
    let last = last.map(|(size, root)| Checkpoint { origin: origin.clone(), size, root });
    let now = UtcTime::try_from(Clock::System.now()).map_err(|e| AppError::internal("đọc đồng hồ", e))?;
    let seconds = now.as_str().parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second);
    let time = u64::try_from(seconds).map_err(|e| AppError::internal("đọc đồng hồ", e))?;
    let (head, cosignature) = cosigner.cosign(&request, &key, last.as_ref(), time).map_err(refused)?;
    state.0.insert(origin.clone(), (key, Some((head.size, head.root))));
    state.write(&path, &signer)?;
    drop(lock);
    Ok(GivenCosignature {
        origin: origin.as_str().to_owned(),
        size: head.size,
        key: cosigner.key().to_text(),
        line: cosignature.to_line(),
    })
}
