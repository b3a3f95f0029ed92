//! Polls that are counted, for stories about what comes after.

use std::collections::BTreeMap;

use app::counting::day::TypedStep;
use app::counting::outcome::{minutes_paper, resolution_paper};
use app::polls::CountedBatch;
use app::preparing::TypedDecision;
use domain::audit::Digest;
use domain::ballot_account::{BallotAccount, IssuedPapers};
use domain::count::BatchCounts;
use domain::id::{CouncilId, PollId};
use domain::poll::LevelCounts;
use domain::proposal::ProposalKind;
use domain::role::Role;
use domain::roster::Teller;
use store::polls;

use super::{RETURNED, Site};
use crate::poll_state::by_two;

/// The official whose line has the figures of Vĩnh Phúc, 13/12/2023: 19, 2 and 25 of 47 (53,19 %).
pub const GOLDEN: &str = "Bùi Thị H";

/// The counts of an official: the published figures for one person, a unanimous line, a line with one dissent, and
/// plain ones.
pub fn golden(name: &str) -> LevelCounts {
    let (high, medium, low) = match name {
        GOLDEN => (19, 2, 25),
        "Nguyễn Văn A" => (46, 0, 1),
        "Trần Thị B" => (47, 0, 0),
        "Lê Văn C" => (33, 8, 6),
        _ => (35, 9, 3),
    };
    LevelCounts::Rating { high, medium, low }
}

impl Site {
    /// The ballots of every form come back and are counted, all in one batch; the count stays open.
    pub async fn counts_all(&self, council: CouncilId, poll: PollId, of: fn(&str) -> LevelCounts) {
        self.announces(council, poll, IssuedPapers { issued: 48, printed: 60 }).await;
        self.counts_announced(council, poll, of).await;
    }

    /// The same of a poll whose issued ballots are announced: 48 of each form.
    pub async fn counts_announced(&self, council: CouncilId, poll: PollId, of: fn(&str) -> LevelCounts) {
        let head = self.somebody(council, Role::HeadTeller);
        let forms = polls::forms(&mut self.store.read(council).await.expect("read"), poll).await.expect("forms");
        for form in &forms {
            let account = BallotAccount { exchanged: 1, ..BallotAccount::plain(60, 48, RETURNED) };
            let account = BallotAccount { unused: 11, ..account };
            let id = form.form.id.clone();
            self.app.record_ballots(self.hand(&head), poll, id, account).await.expect("ballots");
        }
        for form in forms {
            self.counts_one(council, poll, &form.form.id, of).await;
        }
    }

    /// The ballots of one form are counted, all in one batch.
    pub async fn counts_one(&self, council: CouncilId, poll: PollId, form: &str, of: fn(&str) -> LevelCounts) {
        let teller = self.somebody(council, Role::Teller);
        let (forms, list) = {
            let mut tx = self.store.read(council).await.expect("read");
            (polls::forms(&mut tx, poll).await.expect("forms"), polls::officials(&mut tx, poll).await.expect("list"))
        };
        let block = &forms.iter().find(|other| other.form.id == form).expect("form").form.block;
        let lines =
            list.iter().filter(|official| official.block == *block).map(|official| of(&official.name)).collect();
        let counts = BatchCounts { papers: RETURNED, invalid: BTreeMap::new(), lines };
        let counted = CountedBatch { form: form.to_owned(), batch: 1, counts, read: by_two() };
        self.app.commit_batch(self.hand(&teller), poll, counted).await.expect("batch");
    }

    /// Closes the count.
    pub async fn closes_counting(&self, council: CouncilId, poll: PollId) {
        self.two(council, poll, ProposalKind::CountingClosed, TypedStep::default()).await.expect("closed");
    }

    /// Two people count a line again; their figures are used.
    pub async fn recounts(&self, council: CouncilId, poll: PollId, name: &str, counts: LevelCounts) {
        let (form, line) = self.line(council, poll, name).await;
        let mut readers = Vec::new();
        for (login, name) in [("doc.ly", "Lý Văn Đọc"), ("soat.mai", "Mai Thị Soát")] {
            if self.find_account(council, login).await.is_none() {
                self.has_account(council, login, name, Role::Teller).await;
            }
            readers.push(self.account_caller(council, login).await);
        }
        let head = self.somebody(council, Role::HeadTeller);
        self.counts_again(&head, poll, (&form, line), counts, [&readers[0], &readers[1]]).await.expect("recounted");
        self.confirms_recount(council, poll).await;
    }

    /// The form and the line of an official.
    pub async fn line(&self, council: CouncilId, poll: PollId, name: &str) -> (String, u32) {
        let mut tx = self.store.read(council).await.expect("read");
        let (forms, list) =
            (polls::forms(&mut tx, poll).await.expect("forms"), polls::officials(&mut tx, poll).await.expect("list"));
        let person = list.iter().find(|official| official.name == name).expect("listed");
        let form = forms.iter().find(|form| form.form.block == person.block).expect("a form");
        let on_form = list.iter().filter(|official| official.block == person.block);
        let line = (1..).zip(on_form).find(|(_, official)| official.name == name).expect("a line").0;
        (form.form.id.clone(), line)
    }

    /// Declares the result of the current figures.
    pub async fn declares(&self, council: CouncilId, poll: PollId) {
        self.two(council, poll, ProposalKind::ResultDeclared, TypedStep::default()).await.expect("declared");
    }

    /// The board proposes its minutes: their hash and their file, and who has to sign.
    pub async fn proposes_minutes(&self, council: CouncilId, poll: PollId) -> (Digest, Vec<u8>, Vec<Teller>) {
        let head = self.somebody(council, Role::HeadTeller);
        let (minutes, board) = {
            let mut tx = self.store.read(council).await.expect("read");
            (
                minutes_paper(&mut tx, poll, 3).await.expect("minutes"),
                polls::tellers(&mut tx, poll).await.expect("board"),
            )
        };
        let sha256 = minutes.issued.sha256;
        self.app.propose_minutes(self.hand(&head), poll, minutes.issued, 3).await.expect("proposed");
        (sha256, minutes.pdf.bytes, board)
    }

    /// The same, and the board signs them.
    pub async fn signs_minutes(&self, council: CouncilId, poll: PollId) -> Vec<u8> {
        let leader = self.somebody(council, Role::Leader);
        let (sha256, bytes, board) = self.proposes_minutes(council, poll).await;
        self.app.sign_minutes(self.hand(&leader), poll, sha256, board.into()).await.expect("signed");
        bytes
    }

    /// The council confirms the result, and it is made public.
    pub async fn publishes(&self, council: CouncilId, poll: PollId) -> Vec<u8> {
        let paper = resolution_paper(&mut self.store.read(council).await.expect("read"), poll).await;
        let paper = paper.expect("resolution");
        let decision = TypedDecision { number: "52/NQ-HĐND".into(), day: "08/12/2023".into() };
        let resolution = TypedStep { decision, ..TypedStep::default() };
        self.two(council, poll, ProposalKind::ResultConfirmed, resolution).await.expect("confirmed");
        self.two(council, poll, ProposalKind::ResultPublished, TypedStep::default()).await.expect("published");
        paper.pdf.bytes
    }

    /// A poll of the sample council with a declared result: somebody on it is over half, and that line was counted again.
    pub async fn has_declared_poll(&self, council: CouncilId, poll: PollId) {
        self.opens_the_vote(council, poll).await;
        self.counts_all(council, poll, golden).await;
        self.closes_counting(council, poll).await;
        self.recounts(council, poll, GOLDEN, golden(GOLDEN)).await;
        self.declares(council, poll).await;
    }

    /// The same, published.
    pub async fn has_published_poll(&self, council: CouncilId, poll: PollId) {
        self.has_declared_poll(council, poll).await;
        self.signs_minutes(council, poll).await;
        self.publishes(council, poll).await;
    }
}
