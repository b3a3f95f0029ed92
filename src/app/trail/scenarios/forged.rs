//! A bundle taken apart, and put together again as somebody with the key could.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::service::error::AppError;
use crate::trail::bundle::{self, layout};
use crate::trail::verify::result_of;
use domain::audit::merkle::{Tree, leaf_hash};
use domain::audit::{Checkpoint, Digest, Moment, Signer, canonical};

/// Files by their paths.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// A bundle whose log is values, so that anything can be said in it.
pub(super) struct Forged<'a> {
    pub files: Files,
    pub log: Vec<Value>,
    /// The bundle of another count of the same council.
    pub other: &'a Files,
    signer: &'a Signer,
}

impl<'a> Forged<'a> {
    pub fn of(files: &Files, other: &'a Files, signer: &'a Signer) -> Option<Self> {
        let log = std::str::from_utf8(files.get(layout::LOG)?).ok()?;
        let log = log.lines().map(|line| serde_json::from_str(line).ok()).collect::<Option<_>>()?;
        Some(Self { files: files.clone(), log, other, signer })
    }

    /// Replaces the first `from` in a file; `None` where it does not stand there.
    pub fn edit(&mut self, file: &str, from: &str, to: &str) -> Option<()> {
        let text = std::str::from_utf8(self.files.get(file)?).ok()?;
        let changed = text.contains(from).then(|| text.replacen(from, to, 1))?;
        self.files.insert(file.to_owned(), changed.into_bytes());
        Some(())
    }

    /// Adds to the `nth` figure of this name in a text of several lines.
    pub fn adds_in(&mut self, file: &str, name: &str, nth: usize, more: i64) -> Option<()> {
        let text = std::str::from_utf8(self.files.get(file)?).ok()?;
        let before = format!("\"{name}\": ");
        let places = text.match_indices(&before).map(|(at, _)| at + before.len());
        let is_figure = |at: &usize| text.get(*at..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let at = places.filter(is_figure).nth(nth)?;
        let (head, tail) = text.split_at_checked(at)?;
        let digits = tail.find(|c: char| !c.is_ascii_digit())?;
        let (figure, rest) = tail.split_at_checked(digits)?;
        let changed = format!("{head}{}{rest}", figure.parse::<i64>().ok()?.checked_add(more)?);
        self.files.insert(file.to_owned(), changed.into_bytes());
        Some(())
    }

    /// A canonical file of one line, changed.
    pub fn edit_json(&mut self, file: &str, change: impl FnOnce(&mut Value) -> Option<()>) -> Option<()> {
        let mut value: Value = serde_json::from_slice(self.files.get(file)?).ok()?;
        change(&mut value)?;
        self.files.insert(file.to_owned(), (canonical::to_text(&value).ok()? + "\n").into_bytes());
        Some(())
    }

    /// Places of the entries of a kind.
    pub fn places(&self, kind: &str) -> Vec<usize> {
        let is_of_kind = |entry: &Value| entry.get("kind").and_then(Value::as_str) == Some(kind);
        (0..).zip(&self.log).filter(|(_, entry)| is_of_kind(entry)).map(|(place, _)| place).collect()
    }

    /// A value in the data of the `nth` entry of a kind.
    pub fn told(&mut self, kind: &str, nth: usize, pointer: &str) -> Option<&mut Value> {
        let place = *self.places(kind).get(nth)?;
        self.log.get_mut(place)?.get_mut("data")?.pointer_mut(pointer)
    }

    /// Adds to a figure in the data of an entry.
    pub fn adds(&mut self, kind: &str, nth: usize, pointer: &str, more: i64) -> Option<()> {
        let told = self.told(kind, nth, pointer)?;
        *told = json!(told.as_i64()?.checked_add(more)?);
        Some(())
    }

    /// The data of the first entry of a kind in the other count.
    pub fn others(&self, kind: &str, pointer: &str) -> Option<Value> {
        let log = std::str::from_utf8(self.other.get(layout::LOG)?).ok()?;
        let entries = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut of_kind = entries.filter(|entry| entry.get("kind").and_then(Value::as_str) == Some(kind));
        of_kind.next()?.get("data")?.pointer(pointer).cloned()
    }

    /// Whether the batches are bound by commitments that add up.
    pub fn adds_up(&self) -> bool {
        self.log.iter().any(|entry| entry.pointer("/data/commitments").is_some())
    }

    /// What names the commitments of each batch is made right again.
    pub fn name_commitments(&mut self) -> Option<()> {
        for place in self.places("batch.committed") {
            let data = self.log.get_mut(place)?.get_mut("data")?;
            if let Some(told) = data.get("commitments") {
                let text = canonical::to_text(told).ok()?;
                let name = Digest::of_parts(&[b"tinnhiem batch commitments v2\n", text.as_bytes()]);
                *data.get_mut("commitment")? = json!(name.to_string());
            }
        }
        Some(())
    }

    /// Numbers all entries anew.
    pub fn number(&mut self) -> Option<()> {
        for (seq, entry) in self.log.iter_mut().enumerate() {
            *entry.get_mut("seq")? = json!(seq);
        }
        Some(())
    }

    /// The manifest, signed over the files as they are.
    pub fn list(mut self) -> Result<Files, AppError> {
        let failed = |e| AppError::internal("ký lại danh sách tệp", e);
        self.files.insert(layout::KEY.to_owned(), format!("{}\n", self.signer.verifier().to_text()).into_bytes());
        bundle::list(&mut self.files, self.signer).map_err(failed)?;
        Ok(self.files)
    }

    /// Every head signed anew as it stands, then the manifest.
    pub fn sign(mut self) -> Option<Result<Files, AppError>> {
        for (_, bytes) in self.files.iter_mut().filter(|(path, _)| path.starts_with("checkpoints/")) {
            let note = std::str::from_utf8(bytes).ok()?;
            let (text, _) = note.split_once("\n\n")?;
            *bytes = self.signer.sign(&format!("{text}\n")).ok()?.into_bytes();
        }
        Some(self.list())
    }

    fn entries(&self) -> Option<Vec<String>> {
        self.log.iter().map(|entry| canonical::to_text(entry).ok()).collect()
    }

    /// The result that follows from the log and the rule set, where one does.
    pub fn recompute(&mut self) -> Option<()> {
        let ruleset = std::str::from_utf8(self.files.get(layout::RULESET)?).ok()?;
        if let Some(text) = result_of(&self.entries()?, ruleset) {
            self.files.insert(layout::RESULTS.to_owned(), text.into_bytes());
        }
        Some(())
    }

    /// The log names rule set, result and papers as they are; then log, heads, proofs and manifest are written anew.
    pub fn rewrite(mut self) -> Option<Result<Files, AppError>> {
        let hash = |files: &Files, file: &str| files.get(file).map(|bytes| json!(Digest::of(bytes).to_string()));
        let frozen = if self.places("rules.frozen").is_empty() { "poll.created" } else { "rules.frozen" };
        let last = self.places(frozen).len().checked_sub(1)?;
        *self.told(frozen, last, "/ruleset_sha256")? = hash(&self.files, layout::RULESET)?;
        self.recompute()?;
        *self.told("result.declared", 0, "/results_sha256")? = hash(&self.files, layout::RESULTS)?;
        let entries = self.entries()?;
        let mut tree = Tree::default();
        entries.iter().for_each(|entry| tree.push(leaf_hash(entry.as_bytes())));
        self.files.insert(layout::LOG.to_owned(), (entries.join("\n") + "\n").into_bytes());
        let heads = self.heads(tree.size())?;
        let sizes: Vec<u64> = heads.iter().map(|(_, size)| *size).collect();
        for (file, size) in heads {
            let origin = self.signer.verifier().name().clone();
            let head = Checkpoint { origin, size, root: tree.root_at(size)? };
            self.files.insert(file.to_owned(), head.sign(self.signer).ok()?.into_bytes());
        }
        let told = |proofs: Vec<Value>| canonical::to_text(&json!({ "proofs": proofs, "v": 1 })).ok();
        let text = |hashes: Vec<Digest>| hashes.iter().map(Digest::to_string).collect::<Vec<_>>();
        let pairs = sizes.iter().zip(sizes.iter().skip(1));
        let consistency = pairs.map(|(from, to)| {
            Some(json!({ "from": from, "hashes": text(tree.consistency_proof(*from, *to)?), "to": to }))
        });
        let papers = self.places("paper.issued").into_iter().zip(std::iter::repeat(tree.size()));
        let inclusion = papers.map(|(place, size)| {
            let seq = u64::try_from(place).ok()?;
            let hashes = text(tree.inclusion_proof(seq, size)?);
            Some(json!({ "entry": entries.get(place)?, "hashes": hashes, "seq": seq, "size": size }))
        });
        for (file, proofs) in [
            (layout::CONSISTENCY, consistency.collect::<Option<Vec<_>>>()?),
            (layout::INCLUSION, inclusion.collect::<Option<Vec<_>>>()?),
        ] {
            self.files.insert(file.to_owned(), (told(proofs)? + "\n").into_bytes());
        }
        Some(self.list())
    }

    /// The heads that the log implies, with their sizes; the last one covers it whole.
    fn heads(&mut self, size: u64) -> Option<Vec<(&'static str, u64)>> {
        const KINDS: [&str; 5] =
            ["forms.sealed", "voting.opened", "counting.closed", "minutes.signed", "result.published"];
        self.files.retain(|path, _| !path.starts_with("checkpoints/"));
        let mut heads = Vec::new();
        for ((file, kind), moment) in layout::CHECKPOINTS.into_iter().zip(KINDS).zip(Moment::ALL) {
            if let Some(place) = self.places(kind).last() {
                let covered = u64::try_from(*place).ok()? + 1;
                heads.push((file, if moment == Moment::Published { size } else { covered }));
            }
        }
        if self.places("result.published").is_empty() {
            heads.push((layout::HEAD, size));
        }
        Some(heads)
    }
}
