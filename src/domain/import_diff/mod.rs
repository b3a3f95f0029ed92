//! What a workbook says, held against what is stored: what would be added, what changed, what stays. Pure: the same
//! workbook and the same database give the same comparison, so that what was looked at can be told from what would be
//! written by now.
//!
//! A workbook never takes anything away: whoever is stored and not in it stays as it is, and an empty cell leaves what
//! is stored.

mod facts;
mod people;
mod shown;

use std::collections::BTreeMap;

use super::council::Council;
use super::fact::{Fact, KeptFact};
use super::finding::{Finding, Severity};
use super::id::{DelegateId, FactId, OfficialId};
use super::names::person_key;
use super::official::Official;
use super::preparation::{Plan, TellerBoard};
use super::roster::{Delegate, RosterDelegate, RosterOfficial, Teller, TellerRole};
use super::words::{FieldChange, differences};

pub use people::{Pairing, pair_officials};
pub use shown::{Group, Item, Preview, Told, Written};

/// Most facts that one workbook may bring.
pub const MAX_FACTS: usize = 20_000;

/// A value of a workbook with its sheet and cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// `Người được lấy phiếu!B7`.
    pub place: String,
    pub value: T,
}

/// Whom a row of a workbook names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// An official of the workbook's own sheet, by place.
    OfFile(usize),
    /// An official who is stored and not in the workbook, by place in the list that the reader was given.
    OfStore(usize),
}

/// What a workbook says, sheet by sheet; `None` is a sheet that it lacks or that is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// `Hội đồng`.
    pub council: Option<Council>,
    /// `Người được lấy phiếu`, in order.
    pub officials: Option<Vec<Placed<Official>>>,
    /// `Đại biểu`, in order.
    pub delegates: Option<Vec<Placed<Delegate>>>,
    /// `Ban kiểm phiếu`.
    pub tellers: Option<Vec<Placed<Teller>>>,
    /// `Dữ kiện`.
    pub facts: Option<Vec<Fact<Named>>>,
    pub has_results: bool,
}

/// What is stored.
#[derive(Clone, Debug, Default)]
pub struct Stored<'s> {
    /// All officials in their order, those that were withdrawn too.
    pub officials: Vec<(OfficialId, &'s RosterOfficial)>,
    /// All delegates in their order, those that left too.
    pub delegates: Vec<(DelegateId, &'s RosterDelegate)>,
    pub facts: Vec<(FactId, &'s KeptFact)>,
    /// The board of the chosen poll, while it is being put together.
    pub board: Option<&'s TellerBoard>,
    pub plan: Option<&'s Plan>,
}

/// Somebody who is stored, or would be by this import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Person<I> {
    Known(I),
    /// By place among those that would be added.
    Added(usize),
}

/// A record that would say something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed<I, T> {
    pub id: I,
    pub before: T,
    pub after: T,
}

/// What becomes of the records of one sort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section<I, T, A = T> {
    pub added: Vec<A>,
    /// Stored records with other contents.
    pub changed: Vec<Changed<I, T>>,
    /// How many of the workbook say what is stored.
    pub same: usize,
    /// Those that are stored and not in the workbook.
    pub kept: Vec<I>,
}

impl<I, T, A> Default for Section<I, T, A> {
    fn default() -> Self {
        Self { added: Vec::new(), changed: Vec::new(), same: 0, kept: Vec::new() }
    }
}

/// Seats of a board that somebody may have who is not stored yet.
pub type Seats = Vec<(Person<DelegateId>, TellerRole)>;

/// What an import would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    pub officials: Section<OfficialId, RosterOfficial>,
    pub delegates: Section<DelegateId, RosterDelegate>,
    /// Facts; a new one may be about somebody who is new.
    pub facts: Section<FactId, KeptFact, Fact<Person<OfficialId>>>,
    /// The board as it would be; `None` leaves it.
    pub board: Option<Seats>,
    /// How the sheet `Hội đồng` differs from the poll's plan, for people: nothing of it is written here.
    pub council: Vec<FieldChange>,
    /// What stands against it, and what is left out.
    pub findings: Vec<Finding>,
}

impl Comparison {
    /// Whether there is anything to write.
    pub fn changes_anything(&self) -> bool {
        let is_empty = self.officials.added.is_empty()
            && self.officials.changed.is_empty()
            && self.delegates.added.is_empty()
            && self.delegates.changed.is_empty()
            && self.facts.added.is_empty()
            && self.facts.changed.is_empty()
            && self.board.is_none();
        !is_empty
    }
}

/// Holds a workbook against what is stored.
pub fn compare(parts: &Parts, stored: &Stored<'_>) -> Comparison {
    let mut findings = left_out(parts, stored);
    let (officials, of_file) = people::officials(parts.officials.as_deref(), &stored.officials, &mut findings);
    let (delegates, voters) = people::delegates(parts.delegates.as_deref(), &stored.delegates, &mut findings);
    let facts = facts::compare(parts.facts.as_deref(), &of_file, stored, &mut findings);
    let board = parts.tellers.as_deref().zip(stored.board);
    let board = board.and_then(|(tellers, board)| seats(tellers, board, &voters, &mut findings));
    let plan = parts.council.as_ref().zip(stored.plan);
    let council = plan.map_or_else(Vec::new, |(council, plan)| differences(&plan.council.words(), &council.words()));
    Comparison { officials, delegates, facts, board, council, findings }
}

/// What the workbook says and nobody reads here.
fn left_out(parts: &Parts, stored: &Stored<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if parts.tellers.is_some() && stored.board.is_none() {
        let what = "Trang Ban kiểm phiếu không được nhập: chưa chọn cuộc bỏ phiếu, hoặc Ban kiểm phiếu đã lập.";
        let remedy = "Muốn nhập thì chọn cuộc bỏ phiếu đang chuẩn bị khi gửi tệp.";
        findings.push(Finding::new("DIF-005", Severity::Note, "Ban kiểm phiếu", what, remedy));
    }
    if parts.has_results {
        let what = "Trang Kết quả không được nhập ở đây: kết quả chỉ đến từ kiểm phiếu.";
        findings.push(Finding::new("DIF-006", Severity::Note, "Kết quả", what, "Không cần làm gì."));
    }
    if let Some(facts) = parts.facts.as_ref().filter(|facts| facts.len() > MAX_FACTS) {
        let what = format!("Trang có {} dữ kiện, nhiều hơn {MAX_FACTS}.", facts.len());
        let remedy = "Chia thành nhiều tệp, ví dụ mỗi năm một tệp.";
        findings.push(Finding::new("DIF-007", Severity::Error, "Dữ kiện", what, remedy));
    }
    findings
}

/// Who sits on the board; `None` when that changes nothing. Members of the board who are not in the workbook stay.
fn seats(
    tellers: &[Placed<Teller>],
    board: &TellerBoard,
    voters: &[(Person<DelegateId>, String)],
    findings: &mut Vec<Finding>,
) -> Option<Seats> {
    let mut by_name: BTreeMap<String, Vec<Person<DelegateId>>> = BTreeMap::new();
    for (person, name) in voters {
        by_name.entry(person_key(name)).or_default().push(*person);
    }
    let before: Seats = board.seats.iter().map(|seat| (Person::Known(seat.delegate), seat.role)).collect();
    let mut after = before.clone();
    for Placed { place, value: teller } in tellers {
        match by_name.get(&person_key(&teller.name)).map_or(&[][..], Vec::as_slice) {
            [person] => match after.iter_mut().find(|(seated, _)| seated == person) {
                Some((_, role)) => *role = teller.role,
                None => after.push((*person, teller.role)),
            },
            [] => {
                let what = format!("{} không có trong danh sách đại biểu.", teller.name);
                let remedy = "Kiểm tra cách viết họ tên; thành viên Ban kiểm phiếu phải là đại biểu.";
                findings.push(Finding::new("DIF-003", Severity::Error, place, what, remedy));
            }
            several => {
                let what = format!("Có {} đại biểu cùng tên {}.", several.len(), teller.name);
                let remedy = "Chọn người này ở trang Ban kiểm phiếu của cuộc bỏ phiếu, rồi bỏ dòng này khỏi tệp.";
                findings.push(Finding::new("DIF-004", Severity::Error, place, what, remedy));
            }
        }
    }
    (after != before).then_some(after)
}

#[cfg(test)]
mod tests;
