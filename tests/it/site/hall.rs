//! A day on which everything happens that may happen in the hall.

use app::counting::day::{TypedAccount, TypedStep};
use app::preparing::TypedDecision;
use domain::audit::event::poll::BallotsHandedOver;
use domain::ballot_account::IssuedPapers;
use domain::id::{CouncilId, PollId};
use domain::presence::PresenceChange;
use domain::proposal::ProposalKind;
use domain::role::Role;

use super::{GOLDEN, Site, golden};

impl Site {
    /// As [`Site::has_declared_poll`], with a day that was moved, delegates who came and went, figures that two people
    /// corrected, unused papers under seal, and ballots that were handed over.
    pub async fn has_eventful_poll(&self, council: CouncilId, poll: PollId) {
        let head = self.somebody(council, Role::HeadTeller);
        let step = || TypedStep { reason: "Bão".into(), ..TypedStep::default() };
        let decision = TypedDecision { day: "08/12/2023".into(), ..TypedDecision::default() };
        let moved = TypedStep { decision, ..step() };
        self.two(council, poll, ProposalKind::PollMoved, moved).await.expect("moved");
        self.opens_the_vote(council, poll).await;
        let late = self.app.change_presence(self.hand(&head), poll, PresenceChange::Arrived, 1, "Đến muộn".into());
        late.await.expect("one more");
        let [opened, attended, now] = ["48", "49", "49"].map(str::to_owned);
        let right = TypedStep { opened, attended, now, ..step() };
        self.two(council, poll, ProposalKind::PresenceCorrected, right).await.expect("hall");
        self.announces(council, poll, IssuedPapers { issued: 48, printed: 60 }).await;
        let about = self.app.account_page(&head, poll).await.expect("forms").lines[0].progress.form.id.clone();
        let account = TypedAccount { printed: "60".into(), issued: "48".into(), ..TypedAccount::default() };
        let again = TypedStep { about, account, ..step() };
        self.two(council, poll, ProposalKind::IssuedCorrected, again).await.expect("issued");
        self.app.seal_unused(self.hand(&head), poll, 1, String::new()).await.expect("unused");
        self.counts_announced(council, poll, golden).await;
        self.closes_counting(council, poll).await;
        self.recounts(council, poll, GOLDEN, golden(GOLDEN)).await;
        self.declares(council, poll).await;
        let [received_by, sealed_by] = ["Phòng Lưu trữ", "Trưởng ban"].map(str::to_owned);
        let handed = BallotsHandedOver { note: String::new(), packets: 1, received_by, sealed_by };
        self.app.hand_over(self.hand(&head), poll, handed).await.expect("handed over");
    }
}
