//! Before the day: list, board, dossiers, forms; and papers at any time.

use super::{Pair, Poll, PollState, Refusal, Transition};
use crate::audit::event::poll::{
    BoardAppointed, CouncilLogNoted, DossiersReleased, FileHash, FormsSealed, ListDecided, ListedOfficial, PaperIssued,
    PollAmended, PollCreated, RulesFrozen, SealedForm,
};
use crate::audit::{Digest, Moment};
use crate::counters::Counters;
use crate::deck_trials::DeckTrials;
use crate::roster::Teller;
use crate::rules::BadLineCosts;
use crate::shares::{Shares, TO_CLOSE};

/// Members with an account, at the least, where the close needs shares of two of them.
const LEAST_HOLDERS: usize = 3;

impl PollState {
    /// What was expected of the sitting is different now; nothing is said when it is not.
    ///
    /// # Errors
    /// Once the forms are sealed.
    pub fn amend(self, amended: PollAmended) -> Result<Transition, Refusal> {
        let change = |poll: Poll| {
            let created = &poll.created;
            let is_same = (created.delegates, &created.sitting) == (amended.delegates, &amended.sitting);
            let events = if is_same { Vec::new() } else { vec![amended.clone().into()] };
            let PollAmended { delegates, sitting } = amended;
            (Poll { created: PollCreated { delegates, sitting, ..poll.created }, ..poll }, events)
        };
        let (state, events) = match self {
            Self::Created(poll) => {
                let (poll, events) = change(poll);
                (Self::Created(poll), events)
            }
            Self::Listed(poll, list, board) => {
                let (poll, events) = change(poll);
                (Self::Listed(poll, list, board), events)
            }
            other => return other.refuse("sửa thông tin kỳ họp"),
        };
        Ok(Transition::quiet(state, events))
    }

    /// The poll goes by another text of its rule set from now on.
    ///
    /// # Errors
    /// Once the forms are sealed, and when one person alone asks for it.
    pub fn freeze_rules(self, ruleset_sha256: Digest, pair: Pair) -> Result<Transition, Refusal> {
        let change = |poll: Poll| Poll { created: PollCreated { ruleset_sha256, ..poll.created }, ..poll };
        let (state, proposed_by) = match self {
            Self::Created(poll) => {
                let proposed_by = pair.proposer(&poll)?;
                (Self::Created(change(poll)), proposed_by)
            }
            Self::Listed(poll, list, board) => {
                let proposed_by = pair.proposer(&poll)?;
                (Self::Listed(change(poll), list, board), proposed_by)
            }
            other => return other.refuse("thay bộ quy tắc"),
        };
        Ok(Transition::quiet(state, vec![RulesFrozen { bad_line: None, proposed_by, ruleset_sha256 }.into()]))
    }

    /// The board chose what a line that is marked wrongly costs; `ruleset_sha256` is of the rules that say so. Whoever calls
    /// this sees to it that it is chosen once.
    ///
    /// # Errors
    /// Before the board is appointed, once the forms are sealed, and when one person alone asks for it.
    pub fn choose_bad_line(
        self,
        costs: BadLineCosts,
        ruleset_sha256: Digest,
        pair: Pair,
    ) -> Result<Transition, Refusal> {
        let Self::Listed(poll, list, board) = self else { return self.refuse("chọn cách tính dòng ghi sai") };
        if board.is_empty() {
            return Err(Refusal::NoBoard);
        }
        let proposed_by = pair.proposer(&poll)?;
        let poll = Poll { created: PollCreated { ruleset_sha256, ..poll.created }, ..poll };
        let events = vec![RulesFrozen { bad_line: Some(costs), proposed_by, ruleset_sha256 }.into()];
        Ok(Transition::quiet(Self::Listed(poll, list, board), events))
    }

    /// Who is voted on, in ballot order, by the decision `resolution`.
    ///
    /// # Errors
    /// When it was decided before, or is empty.
    pub fn decide_list(self, officials: Vec<ListedOfficial>, resolution: String) -> Result<Transition, Refusal> {
        let Self::Created(poll) = self else { return self.refuse("chốt danh sách") };
        if officials.is_empty() {
            return Err(Refusal::List);
        }
        let events = vec![ListDecided { officials: officials.clone(), resolution }.into()];
        Ok(Transition::quiet(Self::Listed(poll, officials, Vec::new()), events))
    }

    /// Who counts, by the decision `resolution`; in place of a board that was appointed before.
    ///
    /// # Errors
    /// Before the list is decided, once the forms are sealed, and when there is nobody.
    pub fn appoint_board(self, tellers: Vec<Teller>, resolution: String) -> Result<Transition, Refusal> {
        self.appoint(tellers, resolution, None)
    }

    /// The same, with the choice that the close needs the shares of two members.
    ///
    /// # Errors
    /// As [`Self::appoint_board`]; when fewer than three members have an account: any two must serve when one falls ill.
    pub fn appoint_holders(self, tellers: Vec<Teller>, resolution: String) -> Result<Transition, Refusal> {
        if tellers.iter().filter(|teller| teller.account.is_some()).count() < LEAST_HOLDERS {
            return Err(Refusal::FewHolders);
        }
        self.appoint(tellers, resolution, Some(TO_CLOSE))
    }

    fn appoint(self, tellers: Vec<Teller>, resolution: String, shares: Option<u32>) -> Result<Transition, Refusal> {
        let Self::Listed(mut poll, list, _) = self else { return self.refuse("lập Ban kiểm phiếu") };
        if tellers.is_empty() {
            return Err(Refusal::NoBoard);
        }
        poll.counters = Counters::of(&tellers, poll.created.rehearsal);
        let board = BoardAppointed { resolution, shares, tellers: tellers.clone() };
        poll.shares = Shares::chosen(&board);
        let events = vec![board.into()];
        Ok(Transition::quiet(Self::Listed(poll, list, tellers), events))
    }

    /// Dossiers go to the delegates, who read them before they vote.
    ///
    /// # Errors
    /// Once voting is open.
    pub fn release_dossiers(self, files: Vec<FileHash>, council: CouncilLogNoted) -> Result<Transition, Refusal> {
        let is_before = matches!(
            self,
            Self::Created(_)
                | Self::Listed(..)
                | Self::Sealed(..)
                | Self::Tested(..)
                | Self::Waived(..)
                | Self::Zeroed(..)
        );
        if !is_before {
            return self.refuse("phát hành hồ sơ");
        }
        Ok(Transition::quiet(self, vec![DossiersReleased { files }.into(), council.into()]))
    }

    /// The ballot forms are final: one for each block of the list, with a line for each of its officials.
    ///
    /// # Errors
    /// Before the list is decided and the board appointed (a rehearsal may have none), a second time, and when they do
    /// not fit the list.
    pub fn seal_forms(self, forms: Vec<SealedForm>, council: CouncilLogNoted) -> Result<Transition, Refusal> {
        let Self::Listed(poll, list, board) = self else { return self.refuse("chốt mẫu phiếu") };
        if board.is_empty() && !poll.created.rehearsal {
            return Err(Refusal::NoBoard);
        }
        for form in &forms {
            let twice = forms.iter().filter(|other| other.block == form.block || other.id == form.id).count() > 1;
            let listed = list.iter().filter(|official| official.block == form.block).count();
            if twice || listed == 0 || u32::try_from(listed) != Ok(form.lines) {
                return Err(Refusal::Forms(form.block.clone()));
            }
        }
        if let Some(left_out) = list.iter().find(|official| forms.iter().all(|form| form.block != official.block)) {
            return Err(Refusal::Forms(left_out.block.clone()));
        }
        let events = vec![council.into(), FormsSealed { forms: forms.clone() }.into()];
        Ok(Transition::signed(Self::Sealed(poll, forms, DeckTrials::default()), events, Moment::FormsSealed))
    }

    /// Any paper that no other step issues.
    ///
    /// # Errors
    /// Once the result is public, or the vote is called off.
    pub fn issue_paper(self, paper: PaperIssued) -> Result<Transition, Refusal> {
        if !self.stage().is_under_way() {
            return self.refuse("phát hành văn bản");
        }
        Ok(Transition::quiet(self, vec![paper.into()]))
    }
}
