//! What the people of a vote do next: the one thing that the vote needs, as their pages tell them, and what else they may try.

use app::AppError;
use app::counting::day::{TypedAccount, TypedSignatures, TypedStep, proposers, signer};
use app::counting::room::{EVERY_DECK, TypedBatch, TypedChange, TypedRecount};
use app::preparing::TypedDecision;
use domain::ballot_account::BallotAccount;
use domain::batch::Pile;
use domain::poll_state::Stage;
use domain::proposal::{Proposal, ProposalKind, ProposalState};
use domain::role::Role;
use domain::simulate::SeededStream;
use store::{batches, open_batches, polls, preparation};

use super::papers::{BallotBox, Sheet};
use super::plan::{Act, pick};
use super::sending::{Keying, Op, Sent};
use super::world::{Hand, World};

/// Delegates in the hall.
const PRESENT: u32 = 50;
/// Papers of each form that were printed.
const PRINTED: u32 = 60;

/// What the people know.
pub struct Hall {
    pub boxes: Vec<BallotBox>,
    /// The deck is keyed, and not waived.
    pub keys_deck: bool,
}

type Wanted = Result<Option<Sent>, AppError>;

impl World {
    pub async fn stage(&self) -> Stage {
        let mut tx = self.store.read(self.council).await.expect("read");
        polls::find(&mut tx, self.poll).await.expect("poll").expect("poll").state.stage()
    }

    pub async fn proposals_now(&self) -> Vec<Proposal> {
        let mut tx = self.store.read(self.council).await.expect("read");
        preparation::proposals(&mut tx, self.poll).await.expect("proposals")
    }

    pub async fn open_now(&self) -> Vec<open_batches::OpenBatchRow> {
        let mut tx = self.store.read(self.council).await.expect("read");
        open_batches::list(&mut tx, self.poll).await.expect("piles")
    }

    /// What the vote needs next. `None` when it is published or called off.
    pub async fn next(&self, hall: &Hall, dice: &mut SeededStream) -> Wanted {
        let head = if dice.below(8) == 0 { Hand::OtherHead } else { Hand::Head };
        match self.stage().await {
            Stage::Sealed if !hall.keys_deck => {
                self.by_two(ProposalKind::DeckWaived, because("Máy in hỏng"), dice).await
            }
            Stage::Sealed => self.next_of_deck(head, dice).await,
            Stage::Tested | Stage::Waived => Ok(Some(self.sent(head, Op::Zero))),
            Stage::Zeroed => {
                let typed = TypedStep { present: PRESENT.to_string(), ..because("Theo chương trình kỳ họp") };
                self.by_two(ProposalKind::VotingOpened, typed, dice).await
            }
            Stage::Voting => self.next_figures(head, hall).await,
            Stage::Counting => self.next_of_count(head, hall, dice).await,
            Stage::Closed => self.next_recount(hall, dice).await,
            Stage::Declared => Ok(Some(self.sent(Hand::Head, Op::PutMinutes))),
            Stage::Proposed => self.signs().await,
            Stage::Minuted => {
                let decision = TypedDecision { number: "52/NQ-HĐND".into(), day: "08/12/2023".into() };
                let typed = TypedStep { decision, ..TypedStep::default() };
                self.by_two(ProposalKind::ResultConfirmed, typed, dice).await
            }
            Stage::Confirmed => self.by_two(ProposalKind::ResultPublished, TypedStep::default(), dice).await,
            Stage::Published | Stage::Archived | Stage::Cancelled | Stage::Created | Stage::Listed => Ok(None),
        }
    }

    /// A step for two people: it is confirmed where it waits and still is what would be done, refused where it is not, and
    /// proposed where none waits.
    pub async fn by_two(&self, kind: ProposalKind, typed: TypedStep, dice: &mut SeededStream) -> Wanted {
        let waits = |p: &Proposal| p.kind == kind && p.state == ProposalState::Open;
        if let Some(open) = self.proposals_now().await.into_iter().find(waits) {
            let own = self.hand_of(open.proposed.account);
            let leader = if own == Some(Hand::Leader) { Hand::OtherLeader } else { Hand::Leader };
            let page = self.app.proposal(&self.caller(leader), self.poll, open.id).await?;
            let op = if page.obstacle.is_some() { Op::Refuse(open.id) } else { Op::Confirm(open.id) };
            return Ok(Some(self.sent(leader, op)));
        }
        let may = proposers(kind);
        let by = match dice.below(3) {
            0 => Hand::Leader,
            _ if may.contains(&Role::HeadTeller) => Hand::Head,
            _ => Hand::Clerk,
        };
        Ok(Some(self.sent(by, Op::Propose { kind, typed: Box::new(typed) })))
    }

    async fn next_of_deck(&self, head: Hand, dice: &mut SeededStream) -> Wanted {
        let report = self.app.deck_report(&self.caller(head), self.poll).await?;
        let left: Vec<_> = report.decks.iter().filter(|deck| !deck.has_passed()).collect();
        if left.iter().all(|deck| deck.agreed.is_some()) {
            return Ok(Some(self.sent(head, Op::RecordDeck)));
        }
        if left.iter().any(|deck| deck.agreed.is_none() && deck.pile.is_none()) {
            let typed = TypedBatch { form: EVERY_DECK.into(), ..self.typed_for(dice) };
            return Ok(Some(self.sent(head, Op::Open(typed))));
        }
        let decks = self.app.deck_page(&self.caller(head), self.poll).await?;
        for row in self.open_now().await {
            let Some(deck) = decks.decks.iter().find(|deck| deck.form.id == row.form) else { continue };
            let reasons: Vec<&str> =
                self.rules.ballot_reasons(deck.form.lines.len()).map(|reason| reason.id.as_str()).collect();
            let sheets: Vec<Sheet> = deck.deck.readings().iter().map(|paper| sheet(paper, &reasons)).collect();
            if let Some(sent) = self.keys_next(&row, &sheets, &[], dice).await? {
                return Ok(Some(sent));
            }
        }
        Ok(None)
    }

    /// Two tellers by chance, and nothing else.
    fn typed_for(&self, dice: &mut SeededStream) -> TypedBatch {
        let one = pick(dice, 4);
        let two = (one + 1 + pick(dice, 3)) % 4;
        let [first, second] = [one, two].map(|teller| self.account(Hand::Teller(teller)).to_string());
        TypedBatch { mode: "marks".into(), first, second, ..TypedBatch::default() }
    }

    async fn next_figures(&self, head: Hand, hall: &Hall) -> Wanted {
        let lines = self.app.account_page(&self.caller(head), self.poll).await?.lines;
        for (line, own) in lines.iter().zip(&hall.boxes) {
            if line.issued.is_none() {
                let typed = TypedAccount::of(BallotAccount::plain(PRINTED, issued(own), 0));
                return Ok(Some(self.sent(head, Op::Announce { form: own.form.clone(), typed })));
            }
        }
        for (line, own) in lines.iter().zip(&hall.boxes) {
            if line.account.is_none() {
                let account = BallotAccount::plain(PRINTED, issued(own), own.len() - own.overlooked);
                let typed = TypedAccount::of(account);
                return Ok(Some(self.sent(head, Op::Record { form: own.form.clone(), typed })));
            }
        }
        Ok(None)
    }

    async fn next_of_count(&self, head: Hand, hall: &Hall, dice: &mut SeededStream) -> Wanted {
        let waits = |p: &Proposal| p.kind == ProposalKind::BatchReopened && p.state == ProposalState::Open;
        if self.proposals_now().await.iter().any(waits) {
            return self.by_two(ProposalKind::BatchReopened, TypedStep::default(), dice).await;
        }
        let mut open = self.open_now().await;
        let turn = pick(dice, open.len());
        open.rotate_left(turn);
        if open.len() < 3
            && dice.below(4) == 0
            && let Some(sent) = self.opens(head, hall, dice).await?
        {
            return Ok(Some(sent));
        }
        for row in &open {
            let own = hall.boxes.iter().find(|own| own.form == row.form).expect("a box");
            if let Some(sent) = self.keys_next(row, &own.pile(row.number), &[], dice).await? {
                return Ok(Some(sent));
            }
        }
        if let Some(sent) = self.opens(head, hall, dice).await? {
            return Ok(Some(sent));
        }
        if let Some(sent) = self.puts_right(hall, dice).await? {
            return Ok(Some(sent));
        }
        self.by_two(ProposalKind::CountingClosed, TypedStep::default(), dice).await
    }

    /// Another pile is opened, where papers are left.
    async fn opens(&self, head: Hand, hall: &Hall, dice: &mut SeededStream) -> Wanted {
        for own in &hall.boxes {
            let page = self.app.open_page(&self.caller(head), self.poll, &own.form).await?;
            let Some((_, _, left)) = page.forms.iter().find(|(form, ..)| *form == own.form) else { continue };
            let papers = match *left {
                20.. if dice.below(2) == 0 => 10 + dice.below((left - 20).min(30) + 1),
                left => left.min(50),
            };
            let typed = TypedBatch {
                form: own.form.clone(),
                number: page.proposed.number.clone(),
                papers: papers.to_string(),
                ..self.typed_for(dice)
            };
            return Ok(Some(self.sent(head, Op::Open(typed))));
        }
        Ok(None)
    }

    /// Papers that nobody saw are found: the figure is corrected, and a batch goes back so that they are in a pile.
    async fn puts_right(&self, hall: &Hall, dice: &mut SeededStream) -> Wanted {
        let lines = self.app.account_page(&self.caller(Hand::Head), self.poll).await?.lines;
        for (line, own) in lines.iter().zip(&hall.boxes) {
            let account = line.account.expect("recorded");
            if account.returned < own.len() {
                let account = TypedAccount::of(BallotAccount::plain(PRINTED, account.issued, own.len()));
                let typed = TypedStep { about: own.form.clone(), account, ..because("Còn phiếu trong hòm") };
                return self.by_two(ProposalKind::BallotsCorrected, typed, dice).await;
            }
            if own.free() > 0 {
                return self.reopens(&own.form, dice).await;
            }
        }
        Ok(None)
    }

    async fn reopens(&self, form: &str, dice: &mut SeededStream) -> Wanted {
        let mut tx = self.store.read(self.council).await.expect("read");
        let rows = batches::list(&mut tx, self.poll).await.expect("batches");
        drop(tx);
        let of_form: Vec<_> = rows.iter().filter(|row| form.is_empty() || row.form == form).collect();
        if of_form.is_empty() {
            return Ok(None);
        }
        let place = pick(dice, of_form.len());
        let about = format!("{}/{}", of_form[place].form, of_form[place].number);
        let typed = TypedStep { about, ..because("Kiểm lại cả tập") };
        self.by_two(ProposalKind::BatchReopened, typed, dice).await
    }

    /// Lines near a threshold are counted again; then the result is declared.
    async fn next_recount(&self, hall: &Hall, dice: &mut SeededStream) -> Wanted {
        let page = self.app.recount_page(&self.caller(Hand::Head), self.poll).await?;
        for line in &page.lines {
            let own = hall.boxes.iter().find(|own| own.form == line.form).expect("a box");
            let figures = own.truth()[usize::try_from(line.line).expect("few") - 1];
            let figures: Vec<u32> = figures.each().into_iter().map(|(_, figure)| figure).collect();
            if line.open.is_some() {
                let rows = self.open_now().await;
                let row = rows.iter().find(|row| row.form == line.form && row.number == line.line).expect("open");
                if let Some(sent) = self.keys_next(row, &[], &figures, dice).await? {
                    return Ok(Some(sent));
                }
            } else if let Some(waits) = line.waits {
                return self.decides(waits).await.map(Some);
            } else if line.is_left {
                let offer = self.app.recount_offer(&self.caller(Hand::Head), self.poll, &line.form).await?.board;
                let all: Vec<_> = offer.members.iter().map(|member| member.account).collect();
                let pair =
                    all.iter().flat_map(|one| all.iter().map(move |two| [*one, *two])).find(|two| offer.admits(*two));
                let [first, second] = pair.expect("a pair").map(|account| account.to_string());
                let typed = TypedRecount { first, second };
                let (form, line) = (line.form.clone(), line.line);
                return Ok(Some(self.sent(Hand::Head, Op::OpenRecount { form, line, typed })));
            }
        }
        self.by_two(ProposalKind::ResultDeclared, TypedStep::default(), dice).await
    }

    /// A leader who has no part in it confirms what waits, or refuses what is out of date.
    async fn decides(&self, id: domain::id::ProposalId) -> Result<Sent, AppError> {
        let open = self.proposals_now().await.into_iter().find(|proposal| proposal.id == id).expect("a proposal");
        let own = self.hand_of(open.proposed.account);
        let leader = if own == Some(Hand::Leader) { Hand::OtherLeader } else { Hand::Leader };
        let page = self.app.proposal(&self.caller(leader), self.poll, id).await?;
        let op = if page.obstacle.is_some() { Op::Refuse(id) } else { Op::Confirm(id) };
        Ok(self.sent(leader, op))
    }

    async fn signs(&self) -> Wanted {
        let page = self.app.minutes_page(&self.caller(Hand::Leader), self.poll).await?;
        let sha256 = page.proposed.expect("proposed").1;
        let typed = TypedSignatures { sha256, signers: page.tellers.iter().map(signer).collect(), reasons: Vec::new() };
        Ok(Some(self.sent(Hand::Leader, Op::Sign(typed))))
    }

    /// What somebody tries besides; `None` when there is nothing to try it on.
    pub async fn tries(&self, act: Act, hall: &Hall, dice: &mut SeededStream) -> Wanted {
        let stage = self.stage().await;
        let open: Vec<_> = self.open_now().await;
        let row = (!open.is_empty()).then(|| open[pick(dice, open.len())].clone());
        match act {
            Act::Abandon => Ok(row.map(|row| {
                let (form, number, opened) = (row.form, row.number, row.opened);
                self.sent(Hand::Head, Op::Abandon { form, number, opened })
            })),
            Act::TakeBack => self.takes_back(row, dice).await,
            Act::ChangeTeller => Ok(row.filter(|row| row.pile == Pile::Ballots).map(|row| {
                let new = self.account(Hand::Teller(pick(dice, 6)));
                let mut two = row.tellers;
                two[usize::from(dice.below(2) == 0)] = new;
                let [first, second] = two.map(|account| account.to_string());
                let (opened, papers) = (row.opened.to_string(), row.papers.to_string());
                let begins_anew = dice.below(2) == 0;
                let typed = TypedChange { opened, papers, mode: "marks".into(), first, second, begins_anew };
                self.sent(Hand::Head, Op::Change { form: row.form, number: row.number, typed })
            })),
            Act::ReopenBatch if stage == Stage::Counting => self.reopens("", dice).await,
            Act::OrderRecount if stage == Stage::Closed => {
                let own = &hall.boxes[pick(dice, hall.boxes.len())];
                let line = 1 + dice.below(u32::try_from(own.truth().len()).expect("few"));
                let typed =
                    TypedStep { about: format!("{}/{line}", own.form), ..because("Có đại biểu đề nghị") };
                self.by_two(ProposalKind::RecountOrdered, typed, dice).await
            }
            Act::ReopenMinutes if stage == Stage::Minuted => {
                self.by_two(ProposalKind::MinutesReopened, because("Thiếu tên một thành viên"), dice).await
            }
            Act::Refuse => {
                Ok(self.proposals_now().await.into_iter().find(|p| p.state == ProposalState::Open).map(|p| {
                    let own = self.hand_of(p.proposed.account).expect("known");
                    match dice.below(2) {
                        0 => self.sent(own, Op::Withdraw(p.id)),
                        _ if own == Hand::Leader => self.sent(Hand::OtherLeader, Op::Refuse(p.id)),
                        _ => self.sent(Hand::Leader, Op::Refuse(p.id)),
                    }
                }))
            }
            Act::Cancel if stage < Stage::Declared => {
                self.by_two(ProposalKind::PollCancelled, because("Hoãn kỳ họp"), dice).await
            }
            _ => Ok(None),
        }
    }

    async fn takes_back(&self, row: Option<open_batches::OpenBatchRow>, dice: &mut SeededStream) -> Wanted {
        let Some(row) = row.filter(|row| row.pile != Pile::Recount) else { return Ok(None) };
        let teller = self.hand_of(row.tellers[usize::from(dice.below(2) == 0)]).expect("known");
        let follow = self.app.follow_batch(&self.caller(teller), self.poll, &row.form, row.number).await?;
        let Some(opened) = follow.opened else { return Ok(None) };
        let keying = Keying {
            form: row.form,
            number: row.number,
            what: app::counting::room::What::Entry,
            step: app::counting::room::Step::Reopen,
            opened,
            revision: follow.own.revision,
            papers: Vec::new(),
        };
        Ok(Some(self.sent(teller, Op::Key(keying))))
    }
}

fn issued(own: &BallotBox) -> u32 {
    (own.len() + 3).min(PRESENT)
}

fn because(reason: &str) -> TypedStep {
    TypedStep { reason: reason.into(), ..TypedStep::default() }
}

/// A paper of a deck as it is keyed.
fn sheet(paper: &domain::batch::Paper, reasons: &[&str]) -> Sheet {
    match paper {
        domain::batch::Paper::Invalid(id) => {
            Sheet { reason: reasons.iter().position(|reason| reason == id).map(|place| place + 1), keys: String::new() }
        }
        domain::batch::Paper::Marked(marks) => {
            let kind = domain::poll::PollKind::Rating;
            Sheet { reason: None, keys: marks.iter().map(|mark| mark.key(kind)).collect() }
        }
    }
}
