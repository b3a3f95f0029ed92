//! Whose turn it is in a poll: what waits, for whom, and the sentence that each reader is told about it.
//!
//! Nothing here is about what was marked or counted: who has not finished a pile is told, what they read is not known here.

use super::batch::Pile as Work;
use super::id::{AccountId, ProposalId};
use super::poll_state::Stage;
use super::proposal::ProposalKind;
use super::role::Role;
use super::task::TaskId;

/// The steps of counting day, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayTaskId {
    /// The test deck is counted.
    Deck,
    /// The zero report is made.
    Zero,
    /// Delegates receive their ballots.
    Opening,
    /// It is announced what went out.
    Issued,
    /// It is announced what came back.
    Ballots,
    /// Batches are counted.
    Batches,
    /// The count is closed, and its totals are opened.
    Closing,
    /// Lines near a threshold are counted again.
    Recounts,
    /// The result is declared.
    Result,
    /// The minutes are proposed and signed.
    Minutes,
    /// The council confirms the result.
    Resolution,
    /// The result is public.
    Publishing,
    /// The papers are archived.
    Archive,
}

/// Somebody by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub account: AccountId,
    pub name: String,
}

/// A pile on the table, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pile {
    pub form: String,
    /// Said where the poll has several forms; empty otherwise.
    pub block: String,
    pub number: u32,
    pub work: Work,
}

impl Pile {
    /// `tập 3`, `tập 3, khối Chính phủ`, `dòng 7`.
    fn words(&self) -> String {
        let what = match self.work {
            Work::Deck => "tập phiếu thử",
            Work::Ballots => "tập",
            Work::Recount => "dòng",
        };
        let of = if self.block.is_empty() { String::new() } else { format!(", {}", self.block) };
        format!("{what} {}{of}", self.number)
    }
}

/// A pile that waits for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingPile {
    pub pile: Pile,
    /// Tellers who have not sent what is asked of them.
    pub busy: Vec<Person>,
    /// They read what differs once more.
    pub is_again: bool,
    /// The head teller who opened it, where it waits for a decision.
    pub head: Option<Person>,
    /// The first paper that the head teller decides on; `None` where it is rows of a tally sheet.
    pub paper: Option<usize>,
}

/// A proposal that waits for another person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingProposal {
    pub proposal: ProposalId,
    pub kind: ProposalKind,
    pub by: AccountId,
}

/// What whose turn it is follows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situation {
    pub stage: Stage,
    /// The oldest first.
    pub open: Vec<WaitingProposal>,
    pub piles: Vec<WaitingPile>,
    /// Steps of the day that can be taken now and wait for no proposal.
    pub now: Vec<DayTaskId>,
    /// The next task of the preparation; `None` once the forms are sealed.
    pub next: Option<TaskId>,
}

/// What somebody does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Confirms or refuses what somebody else proposed.
    Decide { proposal: ProposalId, kind: ProposalKind },
    /// Keys a pile.
    Key { pile: Pile, is_again: bool },
    /// Decides what two tellers still read differently.
    Settle { pile: Pile, paper: Option<usize> },
    /// Takes a step of the day; with the stage, because the minutes are proposed by one and signed before another.
    Day(DayTaskId, Stage),
    /// Goes on with the preparation.
    Prepare(TaskId),
}

/// For whom something waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// For these people, each of them.
    People(Vec<Person>),
    /// For somebody of this role, but not for this account.
    Role(Role, Option<AccountId>),
}

/// Something that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    pub whom: Whom,
    pub doing: Doing,
}

/// The reader of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    pub account: AccountId,
    pub roles: Vec<Role>,
}

/// Who takes a step of the day; of one for two people, who proposes it.
const fn taker(task: DayTaskId, stage: Stage) -> Role {
    match task {
        // The office took over once the minutes are signed.
        DayTaskId::Resolution | DayTaskId::Publishing | DayTaskId::Archive => Role::Clerk,
        DayTaskId::Minutes if matches!(stage, Stage::Proposed) => Role::Leader,
        _ => Role::HeadTeller,
    }
}

const fn day_words(task: DayTaskId, stage: Stage) -> &'static str {
    match task {
        DayTaskId::Deck => "kiểm phiếu thử",
        DayTaskId::Zero => "lập biên bản xác nhận số liệu bằng 0",
        DayTaskId::Opening => "đề xuất mở bỏ phiếu",
        DayTaskId::Issued => "công bố số phiếu phát ra",
        DayTaskId::Ballots => "mở hòm phiếu, công bố số phiếu thu về",
        DayTaskId::Batches => "mở tập để kiểm",
        DayTaskId::Closing => "đề xuất đóng kiểm phiếu",
        DayTaskId::Recounts => "giao hai người kiểm lại dòng phải kiểm lại",
        DayTaskId::Result => "đề xuất ghi kết quả",
        DayTaskId::Minutes if matches!(stage, Stage::Proposed) => "ghi nhận việc ký biên bản",
        DayTaskId::Minutes => "trình biên bản kiểm phiếu",
        DayTaskId::Resolution => "ghi nghị quyết xác nhận kết quả",
        DayTaskId::Publishing => "đề xuất công bố kết quả",
        DayTaskId::Archive => "đề xuất lưu trữ",
    }
}

const fn role_words(role: Role) -> &'static str {
    match role {
        Role::HeadTeller => "Trưởng ban",
        other => other.label(),
    }
}

/// Everything that waits, in the order in which it is told: what two people have in hand, what lies on the table, then what
/// nobody has begun.
pub fn turns(now: Situation) -> Vec<Turn> {
    let decide = |open: WaitingProposal| Turn {
        whom: Whom::Role(Role::Leader, Some(open.by)),
        doing: Doing::Decide { proposal: open.proposal, kind: open.kind },
    };
    let mut turns: Vec<Turn> = now.open.into_iter().map(decide).collect();
    let has_piles = now.piles.iter().any(|pile| pile.head.is_some() || !pile.busy.is_empty());
    let (for_head, others): (Vec<WaitingPile>, _) = now.piles.into_iter().partition(|pile| pile.head.is_some());
    for WaitingPile { pile, head, paper, .. } in for_head {
        let doing = Doing::Settle { pile, paper };
        turns.extend(head.map(|head| Turn { whom: Whom::People(vec![head]), doing }));
    }
    for WaitingPile { pile, busy, is_again, .. } in others.into_iter().filter(|pile| !pile.busy.is_empty()) {
        turns.push(Turn { whom: Whom::People(busy), doing: Doing::Key { pile, is_again } });
    }
    let on_table = |task: DayTaskId| matches!(task, DayTaskId::Deck | DayTaskId::Batches | DayTaskId::Recounts);
    let begun = now.now.into_iter().filter(|task| !(has_piles && on_table(*task)));
    let day = |task| Turn { whom: Whom::Role(taker(task, now.stage), None), doing: Doing::Day(task, now.stage) };
    turns.extend(begun.map(day));
    let prepare = |task| Turn { whom: Whom::Role(Role::Clerk, None), doing: Doing::Prepare(task) };
    turns.extend(now.next.map(prepare));
    turns
}

impl Turn {
    /// Whether it waits for the reader.
    pub fn is_of(&self, reader: &Reader) -> bool {
        match &self.whom {
            Whom::People(people) => people.iter().any(|person| person.account == reader.account),
            Whom::Role(role, but) => reader.roles.contains(role) && *but != Some(reader.account),
        }
    }

    /// What is to be done: `nhập tập 3`.
    pub fn words(&self) -> String {
        match &self.doing {
            Doing::Decide { kind, .. } => format!("xác nhận đề xuất «{}»", kind.label()),
            Doing::Key { pile, .. } if pile.work == Work::Recount => format!("kiểm lại {}", pile.words()),
            Doing::Key { pile, is_again: true } => format!("nhập lại chỗ lệch của {}", pile.words()),
            Doing::Key { pile, .. } => format!("nhập {}", pile.words()),
            Doing::Settle { pile, paper: Some(paper) } => format!("quyết định phiếu số {paper} của {}", pile.words()),
            Doing::Settle { pile, paper: None } => format!("quyết định các dòng còn lệch của {}", pile.words()),
            Doing::Day(task, stage) => day_words(*task, *stage).to_owned(),
            Doing::Prepare(task) => format!("làm tiếp việc «{}»", task.label()),
        }
    }

    /// The sentence for the reader: `Bạn: nhập tập 3`, `Chờ Kiểm Phiếu An nhập tập 3`.
    pub fn sentence(&self, reader: &Reader) -> String {
        if self.is_of(reader) {
            return format!("Bạn: {}", self.words());
        }
        let whom = match &self.whom {
            Whom::People(people) => {
                let names: Vec<&str> = people.iter().map(|person| person.name.as_str()).collect();
                let head = if matches!(self.doing, Doing::Settle { .. }) { "Trưởng ban " } else { "" };
                format!("{head}{}", names.join(" và "))
            }
            Whom::Role(role, Some(by)) if *by == reader.account && reader.roles.contains(role) => {
                format!("một người khác có vai trò {}", role_words(*role))
            }
            Whom::Role(role, _) => role_words(*role).to_owned(),
        };
        format!("Chờ {whom} {}", self.words())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn account(n: u8) -> AccountId {
        AccountId::new(Timestamp::UNIX_EPOCH, &[n; 10])
    }

    fn person(n: u8, name: &str) -> Person {
        Person { account: account(n), name: name.to_owned() }
    }

    fn pile(number: u32, work: Work) -> Pile {
        Pile { form: "F1".to_owned(), block: String::new(), number, work }
    }

    fn waiting(number: u32, busy: Vec<Person>) -> WaitingPile {
        WaitingPile { pile: pile(number, Work::Ballots), busy, is_again: false, head: None, paper: None }
    }

    fn situation() -> Situation {
        Situation { stage: Stage::Counting, open: Vec::new(), piles: Vec::new(), now: Vec::new(), next: None }
    }

    fn said(turns: &[Turn], account: AccountId, role: Role) -> Vec<String> {
        let reader = Reader { account, roles: vec![role] };
        turns.iter().map(|turn| turn.sentence(&reader)).collect()
    }

    #[test]
    fn each_reader_is_told_whom_everybody_waits_for() {
        let [an, binh, head] = [person(1, "An"), person(2, "Bình"), person(3, "Cường")];
        let for_head = WaitingPile { head: Some(head), paper: Some(10), ..waiting(2, Vec::new()) };
        let again = WaitingPile { is_again: true, ..waiting(4, vec![an.clone(), binh]) };
        let piles = vec![waiting(3, vec![an]), for_head, again, waiting(5, Vec::new())];
        let turns = turns(Situation { piles, now: vec![DayTaskId::Batches], ..situation() });
        assert_eq!(
            said(&turns, account(1), Role::Teller),
            [
                "Chờ Trưởng ban Cường quyết định phiếu số 10 của tập 2",
                "Bạn: nhập tập 3",
                "Bạn: nhập lại chỗ lệch của tập 4"
            ]
        );
        assert_eq!(
            said(&turns, account(3), Role::HeadTeller),
            [
                "Bạn: quyết định phiếu số 10 của tập 2",
                "Chờ An nhập tập 3",
                "Chờ An và Bình nhập lại chỗ lệch của tập 4"
            ]
        );
    }

    #[test]
    fn whoever_proposed_waits_for_another_and_who_may_confirm_is_told_so() {
        let proposal = ProposalId::new(Timestamp::UNIX_EPOCH, &[9; 10]);
        let open = vec![WaitingProposal { proposal, kind: ProposalKind::CountingClosed, by: account(4) }];
        let turns = turns(Situation { open, ..situation() });
        let what = "xác nhận đề xuất «Đóng kiểm phiếu»";
        assert_eq!(said(&turns, account(5), Role::Leader), [format!("Bạn: {what}")]);
        assert_eq!(said(&turns, account(3), Role::HeadTeller), [format!("Chờ Thường trực {what}")]);
        let other = format!("Chờ một người khác có vai trò Thường trực {what}");
        assert_eq!(said(&turns, account(4), Role::Leader), [other]);
    }

    #[test]
    fn minutes_are_proposed_by_one_and_signed_before_another() {
        let at = |stage| turns(Situation { stage, now: vec![DayTaskId::Minutes], ..situation() });
        let sentence = |stage| said(&at(stage), account(5), Role::Leader).remove(0);
        assert_eq!(sentence(Stage::Declared), "Chờ Trưởng ban trình biên bản kiểm phiếu");
        assert_eq!(sentence(Stage::Proposed), "Bạn: ghi nhận việc ký biên bản");
    }
}
