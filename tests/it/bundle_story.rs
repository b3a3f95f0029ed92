//! A rehearsal of two blocks told event by event, and the bundle that it becomes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use app::trail::bundle::{self, BundleError, BundleParts, Failure, Options, verify};
use domain::audit::event::poll::{
    BallotsIssued, BatchCommitted, CountingClosed, DeckWaived, FormTotals, FormsSealed, ListDecided, ListedOfficial,
    MinutesProposed, MinutesSigned, PaperIssued, PollCreated, ResultConfirmed, ResultDeclared, ResultPublished,
    SealedForm, VotingOpened, ZeroReported,
};
use domain::audit::pedersen::Generator;
use domain::audit::{
    Actor, Binding, Checkpoint, Digest, KeyName, Log, Moment, Nonce, PollEvent, SealedCounts, Signer, UtcTime,
};
use domain::ballot_account::BallotAccount;
use domain::count::BatchCounts;
use domain::poll::{LevelCounts, PollKind};
use domain::role::Role;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

pub const RULESET: &str = "id = \"MAU\"\n";
pub const REASONS: [&str; 2] = ["no_seal", "not_prescribed_form"];
pub const RESULTS: &str = "{\"rehearsal\":true}\n";

/// What becomes of an event before it is told.
pub type Bend = fn(PollEvent) -> Vec<PollEvent>;

/// A rehearsal of two blocks, told event by event; tests bend one thing before it becomes a bundle.
pub struct Story {
    pub bend: Bend,
    pub log: Log,
    pub now: Timestamp,
    pub heads: Vec<Checkpoint>,
    pub openings: Vec<SealedCounts>,
    pub papers: BTreeMap<String, Vec<u8>>,
    /// Its commitments add up; otherwise they are those of an older program.
    pub adds_up: bool,
    /// Its bundle opens no batch.
    pub is_public: bool,
}

pub const ORIGIN: &str = "tinnhiem/mau/2026-12-10";

pub fn signer() -> Signer {
    Signer::from_seed(KeyName::new("tinnhiem/mau/2026-12-10").expect("name"), &[42; 32])
}

pub fn program() -> Actor {
    Actor { account: None, name: "Chương trình".into(), role: Role::Program }
}

/// Somebody without an account who is not the program: the same person as anybody else without one.
pub fn nobody() -> Actor {
    Actor { role: Role::Leader, ..program() }
}

/// A batch that C and D read, who differed once.
pub fn committed(batch: u32, commitment: Digest, form: &str, papers: u32) -> BatchCommitted {
    let readers = ["C", "D"].map(str::to_owned).to_vec();
    BatchCommitted {
        accounts: None,
        batch,
        commitment,
        commitments: None,
        decided: 0,
        earlier: None,
        form: form.into(),
        papers,
        readers,
        reread: 1,
    }
}

pub fn pile(form: &str, batch: u32, papers: u32, lines: usize) -> SealedCounts {
    let line = |i: usize| {
        let low = u32::try_from(i).expect("few lines");
        LevelCounts::Rating { high: papers - 4 - low, medium: 2, low }
    };
    let invalid = BTreeMap::from([("no_seal".to_owned(), 1)]);
    let counts = BatchCounts { papers, invalid, lines: (0..lines).map(line).collect() };
    SealedCounts { batch, counts, form: form.into(), nonce: Nonce::from_bytes([batch as u8; 32]) }
}

pub fn listed() -> ListDecided {
    let official = |block: &str, name: &str| ListedOfficial {
        block: block.into(),
        name: name.into(),
        posts: "Ủy viên \"mẫu\"".into(),
    };
    let (council, committee) = ("Khối HĐND", "Khối UBND");
    ListDecided {
        officials: vec![
            official(council, "Nguyễn Văn A"),
            official(council, "Trần Thị B"),
            official(committee, "Lê Văn C"),
            official(committee, "Phạm Thị D"),
            official(committee, "Hoàng Văn E"),
        ],
        resolution: String::new(),
    }
}

fn sealed() -> FormsSealed {
    let form = |id: &str, block: &str, lines| SealedForm {
        block: block.into(),
        id: id.into(),
        lines,
        sha256: Digest::of(id.as_bytes()),
        sheets: 1,
    };
    FormsSealed { forms: vec![form("F1-AAAAAA", "Khối HĐND", 2), form("F2-BBBBBB", "Khối UBND", 3)] }
}

impl Story {
    pub fn begins() -> Self {
        let name = KeyName::new("tinnhiem/mau/2026-12-10").expect("name");
        let now = "2026-12-10T01:00:00Z".parse().expect("time");
        Self {
            bend: |event| vec![event],
            log: Log::new(name),
            now,
            heads: Vec::new(),
            openings: Vec::new(),
            papers: BTreeMap::new(),
            adds_up: false,
            is_public: false,
        }
    }

    pub fn says(&mut self, event: impl Into<PollEvent>) -> &mut Self {
        for event in (self.bend)(event.into()) {
            self.log.append(self.now, &program(), &event).expect("entry");
            self.now += SignedDuration::from_secs(60);
        }
        self
    }

    pub fn checkpoint(&mut self) -> &mut Self {
        self.heads.push(self.log.head());
        self
    }

    pub fn opens(&mut self) -> &mut Self {
        let poll = PollCreated {
            again_of: None,
            program: None,
            council: "Hội đồng nhân dân tỉnh Mẫu".into(),
            delegates: 60,
            kind: PollKind::Rating,
            rehearsal: true,
            ruleset: "MAU".into(),
            ruleset_sha256: Digest::of(RULESET.as_bytes()),
            simulated: true,
            sitting: "Kỳ họp thứ 13".into(),
        };
        self.says(poll).says(listed()).says(sealed()).checkpoint();
        let zero = |form: &SealedForm| {
            let counts = BatchCounts::zero(PollKind::Rating, usize::try_from(form.lines).expect("few"));
            FormTotals { blindings: None, counts, form: form.id.clone(), issued: 0, returned: 0 }
        };
        self.says(DeckWaived { proposed_by: program(), reason: "Diễn tập".into() });
        self.says(ZeroReported { forms: sealed().forms.iter().map(zero).collect() });
        let at = UtcTime::try_from(self.now).expect("moment");
        let opened =
            VotingOpened { at, planned: None, present: 50, proposed_by: program(), quorum: Some(40), reason: None };
        self.says(opened).checkpoint()
    }

    pub fn counts(&mut self) -> &mut Self {
        self.counts_in([24, 23])
    }

    pub fn counts_in(&mut self, piles: [u32; 2]) -> &mut Self {
        for form in ["F1-AAAAAA", "F2-BBBBBB"] {
            self.says(BallotsIssued { form: form.into(), issued: 50, printed: 60 });
        }
        for form in ["F1-AAAAAA", "F2-BBBBBB"] {
            self.says(BallotAccount::plain(60, 50, 47).told(form.into()));
        }
        for (form, lines) in [("F1-AAAAAA", 2), ("F2-BBBBBB", 3)] {
            for (batch, papers) in (1..).zip(piles) {
                let opening = pile(form, batch, papers, lines);
                let binding = if self.adds_up {
                    Binding::of(ORIGIN, &opening, REASONS).expect("binding")
                } else {
                    Binding { commitment: opening.commitment().expect("commitment"), commitments: None }
                };
                let plain = committed(batch, binding.commitment, form, papers);
                self.says(BatchCommitted { commitments: binding.commitments, ..plain });
                self.openings.push(opening);
            }
        }
        self
    }

    pub fn totals(&self) -> Vec<FormTotals> {
        let of = |form: &str| {
            let mut piles = self.openings.iter().filter(|o| o.form == form).map(|o| o.counts.clone());
            let first = piles.next().expect("a batch");
            let counts = piles.fold(first, |sum, pile| sum.add(&pile).expect("one form"));
            let own = self.openings.iter().filter(|o| o.form == form);
            let shape = (PollKind::Rating, counts.lines.len());
            let blindings = self.adds_up.then(|| Generator::of(ORIGIN, form).blindings(shape, own, REASONS));
            let blindings = blindings.map(|blindings| blindings.expect("blindings"));
            FormTotals { blindings, counts, form: form.into(), issued: 50, returned: 47 }
        };
        vec![of("F1-AAAAAA"), of("F2-BBBBBB")]
    }

    pub fn closes(&mut self, forms: Vec<FormTotals>) -> &mut Self {
        self.says(CountingClosed { forms, proposed_by: program(), shares: None }).checkpoint();
        let results_sha256 = Digest::of(RESULTS.as_bytes());
        self.says(ResultDeclared { proposed_by: program(), results_sha256 });
        let (name, sha256) = ("minutes.pdf".to_owned(), self.issues("minutes.pdf"));
        self.says(MinutesProposed { copies: Some(3), name, sha256 });
        self.says(MinutesSigned { missing: Some(Vec::new()), sha256, tellers: Vec::new() }).checkpoint();
        let sha256 = self.issues("resolution.pdf");
        self.says(ResultConfirmed { proposed_by: program(), resolution: String::new(), sha256 });
        let at = UtcTime::try_from(self.now).expect("moment");
        self.says(ResultPublished { at, proposed_by: program() }).checkpoint()
    }

    pub fn issues(&mut self, name: &str) -> Digest {
        let bytes = format!("%PDF {name}").into_bytes();
        let sha256 = Digest::of(&bytes);
        self.says(PaperIssued { name: name.into(), pages: 2, sha256 });
        self.papers.insert(name.into(), bytes);
        sha256
    }

    /// The whole story with every event bent before it is told.
    pub fn bent(bend: Bend) -> Self {
        let mut story = Self { bend, ..Self::begins() };
        story.opens().counts();
        let totals = story.totals();
        story.closes(totals);
        story
    }

    /// The whole story with commitments that add up.
    pub fn adding_up(bend: Bend) -> Self {
        let mut story = Self { bend, adds_up: true, ..Self::begins() };
        story.opens().counts();
        let totals = story.totals();
        story.closes(totals);
        story
    }

    pub fn whole() -> Self {
        Self::bent(|event| vec![event])
    }

    pub fn try_write(&self, dir: &Path) -> Result<(), BundleError> {
        let heads: Vec<_> = Moment::ALL.into_iter().zip(self.heads.clone()).collect();
        let parts = BundleParts {
            cosignatures: &BTreeMap::new(),
            signer: &signer(),
            log: &self.log,
            heads: &heads,
            openings: (!self.is_public).then_some(self.openings.as_slice()),
            ruleset: RULESET,
            results: RESULTS,
            papers: &self.papers,
        };
        bundle::write(dir, &parts)
    }

    pub fn bundle(&self) -> Sample {
        let folder = tempfile::tempdir().expect("folder");
        self.try_write(&folder.path().join("bundle")).expect("bundle");
        Sample { folder }
    }
}

/// A bundle in a folder that goes away.
pub struct Sample {
    pub folder: TempDir,
}

impl Sample {
    pub fn dir(&self) -> PathBuf {
        self.folder.path().join("bundle")
    }

    pub fn files(&self) -> Vec<String> {
        fn below(dir: &Path, prefix: &str, found: &mut Vec<String>) {
            for entry in fs::read_dir(dir).expect("folder") {
                let entry = entry.expect("entry");
                let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
                if entry.path().is_dir() {
                    below(&entry.path(), &format!("{path}/"), found);
                } else {
                    found.push(path);
                }
            }
        }
        let mut found = Vec::new();
        below(&self.dir(), "", &mut found);
        found.sort();
        found
    }

    pub fn verify(&self) -> Result<bundle::Report, Failure> {
        verify(&self.dir(), &Options::default())
    }

    pub fn fails(&self) -> Failure {
        self.verify().expect_err("something is wrong with it")
    }

    pub fn edit(&self, file: &str, change: impl FnOnce(String) -> String) {
        let path = self.dir().join(file);
        let before = fs::read_to_string(&path).expect("text");
        let after = change(before.clone());
        assert_ne!(before, after, "the change of {file} changes nothing");
        fs::write(path, after).expect("written");
    }

    /// What somebody who holds the key could do: sign the list of files anew.
    pub fn reseal(&self) {
        bundle::seal(&self.dir(), &signer()).expect("sealed");
    }

    /// Exit code and output of the independent verifier, which holds the result to its hash: a sample has none that
    /// could be computed.
    pub fn python(&self, extra: &[&str]) -> (Option<i32>, String) {
        python(&self.dir(), &[extra, &["--hash-only"]].concat())
    }
}

/// The same for any folder.
pub fn python(bundle: &Path, extra: &[&str]) -> (Option<i32>, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verify.py");
    let run = Command::new("python3").arg(script).arg(bundle).args(extra).output();
    let run = run.expect("python3 must be installed: scripts/test does it");
    let text = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    (run.status.code(), text)
}
