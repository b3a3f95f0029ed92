//! What people try in the world of [`super`], and what the machine that runs says to it.

use domain::audit::event::poll::{BallotsHandedOver, DeckForm, PollAmended, SealedForm, Stands};
use domain::audit::{Actor, Digest, SealedCounts};
use domain::ballot_account::{BallotAccount, IssuedPapers};
use domain::opening::Opening;
use domain::poll::LevelCounts;
use domain::poll_state::{CountLog, LineRecount, Pair, PollState, Refusal, StandingBatch};
use domain::presence::{HallFigures, PresenceChange};
use domain::roster::{Teller, TellerRole};
use domain::rules::BadLineCosts;
use domain::shares::Shares;
use domain::signing::{MissingSignature, Signatures};

use super::{BOARD, DELEGATES, FORM, Node, Taken, account, at, counts, official, readers, sealed, state_rules};
use crate::poll_state::{paper, plain};

/// What one or two people may try.
#[derive(Clone, Copy, Debug)]
pub enum Move {
    Amend,
    /// The poll takes over what the office attested since it began.
    Freeze,
    /// The board chooses what a line that is marked wrongly costs; the service lets it do so once.
    Choose,
    Decide,
    Appoint,
    Seal,
    Deck {
        passes: bool,
    },
    Waive,
    Zero,
    /// The vote is held a day later.
    OtherDay,
    /// With a reason where quorum or day stand against it.
    Open {
        present: u32,
        has_reason: bool,
    },
    Come {
        change: PresenceChange,
    },
    CorrectHall {
        attended: u32,
    },
    Issue {
        issued: u32,
    },
    CorrectIssued {
        issued: u32,
    },
    SealUnused,
    Return {
        returned: u32,
    },
    Correct {
        returned: u32,
    },
    /// A pile of so many papers, on which the first official has `Tín nhiệm thấp` everywhere or nowhere.
    Commit {
        batch: u32,
        papers: u32,
        low: bool,
    },
    Reopen {
        batch: u32,
    },
    Close,
    /// The second line, which no rule names.
    OrderRecount,
    /// A figure that somebody else confirms: who proposes it and another member counted.
    Recount {
        low: u32,
        stands: Stands,
    },
    /// The figure that stands already, which the two who counted write down themselves.
    RecountAlike {
        line: u32,
    },
    Declare,
    Propose,
    /// By the head of the board, who must, or by the other member alone.
    Sign {
        by_head: bool,
    },
    ReopenMinutes,
    HandOver,
    Confirm,
    Publish,
    Corrigendum,
    Archive,
    Cancel,
}

impl Move {
    /// What falls to the head and the secretary of the board.
    pub fn is_led(self) -> bool {
        use Move::*;
        matches!(self, Deck { .. } | Zero | Issue { .. } | SealUnused | Return { .. } | Propose)
    }
}

pub fn moves() -> Vec<Move> {
    use Move::*;
    let mut all = vec![
        Amend, Freeze, Choose, Decide, Appoint, Seal, Waive, Zero, OtherDay, Close, Declare, Propose, Confirm, Publish,
    ];
    all.extend([SealUnused, OrderRecount, ReopenMinutes, HandOver, Corrigendum, Archive, Cancel]);
    all.extend([true, false].map(|passes| Deck { passes }));
    all.extend([0, 3, 4].map(|present| Open { present, has_reason: false }));
    all.extend([true, false].map(|has_reason| Open { present: 1, has_reason }));
    all.extend([PresenceChange::Arrived, PresenceChange::Left].map(|change| Come { change }));
    all.extend([3, 4].map(|attended| CorrectHall { attended }));
    all.extend([3, 4].map(|issued| Issue { issued }));
    all.extend([3, 4].map(|issued| CorrectIssued { issued }));
    all.extend([true, false].map(|by_head| Sign { by_head }));
    all.extend([2, 3, 4].map(|returned| Return { returned }));
    all.extend([2, 3].map(|returned| Correct { returned }));
    for low in [true, false] {
        all.extend([(1, 3), (1, 2), (2, 1)].map(|(batch, papers)| Commit { batch, papers, low }));
    }
    all.extend([1, 2].map(|batch| Reopen { batch }));
    for stands in [Stands::Counted, Stands::Recounted] {
        all.extend([0, 3].map(|low| Recount { low, stands }));
    }
    all.extend([1, 2].map(|line| RecountAlike { line }));
    all
}

/// Head and members, each bound to an account; the head has to sign. The last account is of nobody on the board.
fn board() -> Vec<Teller> {
    let teller = |number| {
        let Actor { account, name, .. } = account(number);
        Teller { account, name, role: if number == 0 { TellerRole::Head } else { TellerRole::Member } }
    };
    (0..BOARD).map(teller).collect()
}

/// The step as the service takes it; `people` are whoever proposes and whoever confirms, or the two who read.
pub fn step(node: &Node, asked: Move, people: [usize; 2]) -> Taken {
    let state = node.state.clone();
    let [one, other] = people.map(account);
    let pair = Pair::new(one.clone(), other.clone());
    let digest = Digest::of(b"mau");
    let printed = |returned| BallotAccount::plain(DELEGATES, DELEGATES, returned);
    match asked {
        Move::Amend => state.amend(PollAmended { delegates: DELEGATES, sitting: "Kỳ họp chuyên đề".into() }),
        Move::Freeze => state.freeze_rules(Digest::of(b"doi chieu"), pair),
        Move::Choose => state.choose_bad_line(BadLineCosts::Ballot, Digest::of(b"lua chon"), pair),
        Move::Decide => state.decide_list(vec![official("A"), official("B")], "31/NQ-HĐND".into()),
        Move::Appoint => state.appoint_board(board(), "32/NQ-HĐND".into()),
        Move::Seal => {
            let form = SealedForm { block: "Khối".into(), id: FORM.into(), lines: 2, sha256: digest, sheets: 1 };
            let noted = domain::audit::event::poll::CouncilLogNoted { origin: "mau".into(), root: digest, size: 3 };
            state.seal_forms(vec![form], noted)
        }
        Move::Deck { passes } => {
            let (expected, counted) = (counts(5, true), counts(5, passes));
            state.count_deck(vec![DeckForm { counted, expected, form: FORM.into(), papers: None }])
        }
        Move::Waive => state.waive_deck(pair.because("Lý do")),
        Move::Zero => state.report_zero(),
        Move::Return { returned } => state.record_ballots(FORM.into(), printed(returned)),
        Move::Correct { returned } => state.correct_ballots(FORM.into(), printed(returned), pair.because("Lý do")),
        Move::Commit { batch, papers, low } => {
            state.commit_batch(&sealed(batch, counts(papers, low)), plain(digest), readers(people))
        }
        Move::Reopen { batch } => {
            let papers = node.openings.get(&batch).map_or(0, |counts| counts.papers);
            let standing = StandingBatch { form: FORM.into(), batch, commitment: digest, papers };
            state.reopen_batch(standing, pair.because("Lý do"))
        }
        Move::Close => {
            let openings: Vec<SealedCounts> = node.openings.iter().map(|(n, c)| sealed(*n, c.clone())).collect();
            let log = CountLog { origin: "tinnhiem/mau", forms: node.course.forms(), reasons: &[] };
            state.close()?.add_up(&openings, &log)?.close(pair, Shares::default().closers(None)?)
        }
        Move::OrderRecount => state.order_recount(FORM.into(), 2, pair.because("Có ý kiến")),
        Move::Recount { low, stands } => {
            let readers = readers([people[0], (people[0] + 1) % BOARD]).readers;
            let counts = LevelCounts::Rating { high: DELEGATES - low, medium: 0, low };
            let reason = "Đọc lại từng phiếu".into();
            let found = LineRecount { form: FORM.into(), line: 1, counts, stands, reason, readers };
            state.recount_line(state_rules(), found, Some(pair))
        }
        Move::RecountAlike { line } => {
            let PollState::Closed(_, counted) = &state else { return Err(closed_only(&state)) };
            let counts = counted.line(FORM, line).expect("a line");
            let (form, reason, readers) = (FORM.into(), String::new(), readers(people).readers);
            let found = LineRecount { form, line, counts, stands: Stands::Recounted, reason, readers };
            state.recount_line(state_rules(), found, None)
        }
        Move::Declare => state.declare_result(state_rules(), digest, pair),
        Move::Propose => state.propose_minutes(paper("minutes.pdf"), 3, one),
        Move::Sign { by_head } => {
            let signs = |teller: &Teller| (teller.role == TellerRole::Head) == by_head;
            let (signed, others): (Vec<_>, Vec<_>) = board().into_iter().partition(signs);
            let missing = others.iter().map(|teller| MissingSignature::of(teller, "Ốm".into()));
            let signatures = Signatures { signed, missing: missing.collect() };
            state.sign_minutes(&board(), digest, signatures, &other)
        }
        Move::ReopenMinutes => state.reopen_minutes(pair.because("Ghi sai")),
        Move::HandOver => {
            let [sealed_by, received_by] = [one.name, other.name];
            state.hand_over(BallotsHandedOver { note: String::new(), packets: 1, received_by, sealed_by })
        }
        Move::Confirm => state.confirm_result(paper("resolution.pdf"), "35/NQ-HĐND".into(), pair),
        Move::Publish => state.publish(state_rules(), at(), pair),
        Move::Corrigendum => state.issue_corrigendum(paper("corrigendum.pdf"), pair.because("Lý do")),
        Move::Archive => state.archive("Kho lưu trữ".into(), pair),
        Move::Cancel => state.cancel(pair.because("Lý do")),
        of_hall => in_hall(node, of_hall, pair),
    }
}

fn closed_only(state: &PollState) -> Refusal {
    Refusal::NotNow { doing: "kiểm lại một dòng", stage: state.stage() }
}

/// The day, the opening, and who and what is in the hall.
fn in_hall(node: &Node, asked: Move, pair: Pair) -> Taken {
    let state = node.state.clone();
    match asked {
        Move::OtherDay => {
            let [before, day] = [10, 11].map(|day| jiff::civil::date(2026, 12, day));
            state.move_day(before, day, pair.because("Bão"))
        }
        Move::Open { present, has_reason } => {
            let planned = Some(jiff::civil::date(2026, 12, if node.is_moved { 11 } else { 10 }));
            let at = if node.is_moved { "2026-12-11T01:00:00Z".parse().expect("time") } else { at() };
            let reason = if has_reason { "Chủ tọa quyết định".into() } else { String::new() };
            state.open_voting(state_rules(), Opening { at, planned, present, reason }, pair)
        }
        Move::Come { change } => state.change_presence(change, 1, "Đến sau"),
        Move::CorrectHall { attended } => {
            let figures = HallFigures { attended, now: attended, opened: attended };
            state.correct_presence(figures, pair.because("Đếm lại"))
        }
        Move::Issue { issued } => state.issue_ballots(FORM.into(), IssuedPapers { issued, printed: issued }),
        Move::CorrectIssued { issued } => {
            state.correct_issued(FORM.into(), IssuedPapers { issued, printed: DELEGATES }, pair.because("Lý do"))
        }
        Move::SealUnused => state.seal_unused(1, String::new()),
        other => unreachable!("{other:?} is taken by step"),
    }
}
