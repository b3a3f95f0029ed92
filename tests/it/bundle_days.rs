//! Days of a vote that are bent in one place, held before both verifiers: what happens in the hall, who was there, what
//! was announced when.

use domain::audit::event::poll::{
    BallotsHandedOver, BallotsIssued, BallotsReturned, BoardAppointed, CountingClosed, IssuedCorrected,
    MinutesProposed, MinutesReopened, MinutesSigned, PollMoved, PresenceChanged, PresenceCorrected, RulesFrozen,
    ShareTaken, UnusedSealed, VotingOpened,
};
use domain::audit::{Digest, PollEvent};
use domain::batch::Reader;
use domain::id::AccountId;
use domain::presence::PresenceChange::{self, Arrived, Left, Returned};
use domain::roster::{Teller, TellerRole};
use domain::rules::BadLineCosts;
use domain::share_lock::Share;
use domain::signing::MissingSignature;
use jiff::civil::date;

use crate::bundle_story::{Bend, RULESET, Story, nobody, program};

fn opened(event: PollEvent, change: impl FnOnce(VotingOpened) -> VotingOpened) -> Vec<PollEvent> {
    match event {
        PollEvent::VotingOpened(told) => vec![change(told).into()],
        other => vec![other],
    }
}

/// The story is opened on 10/12/2026; this moves it before, from one day of that month to another.
fn moved(event: PollEvent, days: [i8; 2], planned: i8) -> Vec<PollEvent> {
    let december = |day| date(2026, 12, day);
    match event {
        PollEvent::VotingOpened(told) => {
            let [before, day] = days.map(december);
            let moved = PollMoved { before, day, proposed_by: program(), reason: "Bão".into() };
            vec![moved.into(), VotingOpened { planned: Some(december(planned)), ..told }.into()]
        }
        other => vec![other],
    }
}

/// 50 of 60 are in the hall when the vote is opened; the entries come right after it.
fn then(event: PollEvent, more: Vec<PollEvent>) -> Vec<PollEvent> {
    match event {
        PollEvent::VotingOpened(_) => std::iter::once(event).chain(more).collect(),
        other => vec![other],
    }
}

fn changed(change: PresenceChange, number: u32, [attended, present]: [u32; 2]) -> PollEvent {
    PresenceChanged { attended, change, number, present, reason: "Đi công tác".into() }.into()
}

fn corrected([opened, attended, present]: [u32; 3]) -> PollEvent {
    let reason = "Đếm nhầm".to_owned();
    PresenceCorrected { attended, opened, present, proposed_by: program(), reason }.into()
}

const FIRST: &str = "F1-AAAAAA";
/// The last form of which everything is told.
const SECOND: &str = "F2-BBBBBB";

fn issued(form: &str, issued: u32) -> PollEvent {
    BallotsIssued { form: form.into(), issued, printed: 60 }.into()
}

fn corrected_issue(issued: u32, reason: &str) -> IssuedCorrected {
    IssuedCorrected { form: SECOND.into(), issued, printed: 60, proposed_by: program(), reason: reason.into() }
}

fn put_right(issued: u32, reason: &str) -> PollEvent {
    corrected_issue(issued, reason).into()
}

fn unused(packets: u32) -> PollEvent {
    UnusedSealed { note: "Để tại bàn Thư ký".into(), packets }.into()
}

const BOARD: [(&str, TellerRole); 3] =
    [("C", TellerRole::Head), ("D", TellerRole::Secretary), ("E", TellerRole::Member)];

fn tellers(of: &[(&str, TellerRole)]) -> Vec<Teller> {
    of.iter().map(|(name, role)| Teller { account: None, name: (*name).into(), role: *role }).collect()
}

/// A board is appointed, and the minutes are signed.
fn signs(event: PollEvent, signed: &[(&str, TellerRole)], missing: &[(&str, &str)]) -> Vec<PollEvent> {
    match event {
        PollEvent::ListDecided(_) => {
            vec![event, BoardAppointed { resolution: String::new(), shares: None, tellers: tellers(&BOARD) }.into()]
        }
        PollEvent::MinutesSigned(told) => {
            let missing = missing.iter().map(|(name, reason)| MissingSignature {
                account: None,
                name: (*name).into(),
                reason: (*reason).into(),
            });
            vec![MinutesSigned { missing: Some(missing.collect()), tellers: tellers(signed), ..told }.into()]
        }
        other => vec![other],
    }
}

/// Members of a board with accounts.
fn member(number: u8) -> Reader {
    let account = Some(AccountId::new(jiff::Timestamp::UNIX_EPOCH, &[number; 10]));
    Reader { account, name: format!("Người {number}") }
}

/// A board whose close needs so many shares is appointed.
fn shared(event: PollEvent, shares: u32) -> Vec<PollEvent> {
    let tellers = BOARD.iter().zip(1..).map(|((_, role), number)| {
        let Reader { account, name } = member(number);
        Teller { account, name, role: *role }
    });
    match event {
        PollEvent::ListDecided(_) => {
            let board = BoardAppointed { resolution: String::new(), shares: Some(shares), tellers: tellers.collect() };
            vec![event, board.into()]
        }
        other => vec![other],
    }
}

/// The forms are sealed, and whoever writes the log takes a share.
fn takes_share(event: PollEvent) -> Vec<PollEvent> {
    let public_key = Share::from_bytes(zeroize::Zeroizing::new([1; 16])).key();
    match event {
        PollEvent::FormsSealed(_) => vec![event, ShareTaken { public_key }.into()],
        other => vec![other],
    }
}

fn undone(reason: &str) -> PollEvent {
    MinutesReopened { proposed_by: program(), reason: reason.into() }.into()
}

/// The minutes of the story are proposed once more.
fn again() -> PollEvent {
    let sha256 = Digest::of(b"%PDF minutes.pdf");
    MinutesProposed { copies: Some(3), name: "minutes.pdf".into(), sha256 }.into()
}

fn handed(packets: u32, received_by: &str) -> PollEvent {
    let (note, sealed_by) = (String::new(), "C".to_owned());
    BallotsHandedOver { note, packets, received_by: received_by.into(), sealed_by }.into()
}

/// The text of the story once more, with what the board chose or without.
fn frozen(bad_line: Option<BadLineCosts>) -> PollEvent {
    RulesFrozen { bad_line, proposed_by: program(), ruleset_sha256: Digest::of(RULESET.as_bytes()) }.into()
}

fn choice() -> PollEvent {
    frozen(Some(BadLineCosts::Ballot))
}

/// A board is appointed and chooses, and the whole of it signs.
fn chooses(event: PollEvent, choices: Vec<PollEvent>) -> Vec<PollEvent> {
    let is_list = matches!(event, PollEvent::ListDecided(_));
    let mut events = signs(event, &BOARD, &[]);
    events.extend(choices.into_iter().filter(|_| is_list));
    events
}

/// Whoever writes these steps of two down proposed them.
fn by_one(mut events: Vec<PollEvent>) -> Vec<PollEvent> {
    for event in &mut events {
        match event {
            PollEvent::PollMoved(told) => told.proposed_by = nobody(),
            PollEvent::PresenceCorrected(told) => told.proposed_by = nobody(),
            PollEvent::IssuedCorrected(told) => told.proposed_by = nobody(),
            PollEvent::MinutesReopened(told) => told.proposed_by = nobody(),
            PollEvent::RulesFrozen(told) => told.proposed_by = nobody(),
            _ => {}
        }
    }
    events
}

/// What is bent, and whether it still holds.
const DAYS: &[(&str, bool, Bend)] = &[
    ("fewer than the quorum and no reason", false, |event| {
        opened(event, |told| VotingOpened { quorum: Some(51), ..told })
    }),
    ("fewer than the quorum and a blank reason", false, |event| {
        opened(event, |told| VotingOpened { quorum: Some(51), reason: Some(" ".into()), ..told })
    }),
    ("fewer than the quorum with a reason", true, |event| {
        opened(event, |told| VotingOpened { quorum: Some(51), reason: Some("Bão".into()), ..told })
    }),
    ("another day than was planned and no reason", false, |event| {
        opened(event, |told| VotingOpened { planned: Some(date(2026, 12, 9)), ..told })
    }),
    ("the day that was planned", true, |event| {
        opened(event, |told| VotingOpened { planned: Some(date(2026, 12, 10)), ..told })
    }),
    ("a log of an older program", true, |event| match event {
        PollEvent::BallotsIssued(_) => Vec::new(),
        other => opened(other, |told| VotingOpened { quorum: None, ..told }),
    }),
    ("returned without an announcement of what went out", false, |event| match event {
        PollEvent::BallotsIssued(_) => Vec::new(),
        other => vec![other],
    }),
    ("returned of one form before the other went out", false, |event| match event {
        PollEvent::BallotsIssued(told) if told.form == SECOND => Vec::new(),
        PollEvent::BallotsReturned(told) if told.form == SECOND => vec![issued(SECOND, 50), told.into()],
        other => vec![other],
    }),
    ("announced again before the last form's", true, |event| match event {
        PollEvent::BallotsIssued(told) if told.form != SECOND => vec![issued(&told.form, 49), told.into()],
        other => vec![other],
    }),
    ("announced again after the last form's", false, |event| match event {
        PollEvent::BallotsIssued(told) if told.form == SECOND => vec![told.into(), issued(SECOND, 50)],
        other => vec![other],
    }),
    ("more announced than there are in the hall", false, |event| match event {
        PollEvent::BallotsIssued(told) if told.form != SECOND => vec![issued(&told.form, 51), told.into()],
        other => vec![other],
    }),
    ("another number returned than was announced", false, |event| match event {
        PollEvent::BallotsIssued(told) if told.form == SECOND => vec![issued(SECOND, 49)],
        other => vec![other],
    }),
    ("an announcement that two people put right", true, |event| match event {
        PollEvent::BallotsIssued(told) if told.form == SECOND => {
            vec![issued(SECOND, 49), put_right(50, "Sót một người")]
        }
        other => vec![other],
    }),
    ("an announcement that one person put right", false, |event| match event {
        PollEvent::BallotsIssued(told) if told.form == SECOND => {
            by_one(vec![issued(SECOND, 49), put_right(50, "Sót một người")])
        }
        other => vec![other],
    }),
    ("an announcement put right without a reason", false, |event| match event {
        PollEvent::BallotsIssued(told) if told.form == SECOND => vec![issued(SECOND, 49), put_right(50, " ")],
        other => vec![other],
    }),
    ("an announcement put right after all came back", false, |event| match event {
        PollEvent::BallotsReturned(told) if told.form == SECOND => vec![told.into(), put_right(50, "Sót một người")],
        other => vec![other],
    }),
    ("an announcement put right after its form came back", false, |event| match event {
        PollEvent::BallotsReturned(told) if told.form == SECOND => {
            let first = IssuedCorrected { form: FIRST.into(), ..corrected_issue(50, "Sót một người") };
            vec![first.into(), told.into()]
        }
        other => vec![other],
    }),
    ("unused papers under seal before the box is opened", true, |event| match event {
        PollEvent::BallotsIssued(told) if told.form == SECOND => vec![told.into(), unused(2)],
        other => vec![other],
    }),
    ("unused papers under seal in no packet", false, |event| match event {
        PollEvent::BallotsIssued(told) if told.form == SECOND => vec![told.into(), unused(0)],
        other => vec![other],
    }),
    ("unused papers under seal after the box was opened", false, |event| match event {
        PollEvent::BallotsReturned(told) if told.form != SECOND => vec![told.into(), unused(2)],
        other => vec![other],
    }),
    ("returned again before the last form's", true, |event| match event {
        PollEvent::BallotsReturned(told) if told.form != SECOND => {
            let fewer = BallotsReturned { returned: 46, not_returned: 4, ..told.clone() };
            vec![fewer.into(), told.into()]
        }
        other => vec![other],
    }),
    ("returned again after the last form's", false, |event| match event {
        PollEvent::BallotsReturned(told) if told.form == SECOND => vec![told.clone().into(), told.into()],
        other => vec![other],
    }),
    ("moved to the day of the vote", true, |event| moved(event, [8, 10], 10)),
    ("moved to the day of the vote by one person", false, |event| by_one(moved(event, [8, 10], 10))),
    ("moved to a day that nobody planned then", false, |event| moved(event, [8, 9], 10)),
    ("moved to the same day", false, |event| moved(event, [10, 10], 10)),
    ("moved after the vote was opened", false, |event| {
        let mut told = moved(event, [8, 10], 10);
        told.reverse();
        told
    }),
    ("delegates who come, leave and come back", true, |event| {
        let course = vec![changed(Left, 2, [50, 48]), changed(Arrived, 10, [60, 58]), changed(Returned, 2, [60, 60])];
        then(event, course)
    }),
    ("more delegates than the council has", false, |event| then(event, vec![changed(Arrived, 11, [61, 61])])),
    ("figures that do not follow", false, |event| then(event, vec![changed(Arrived, 1, [52, 51])])),
    ("delegates come back who never left", false, |event| then(event, vec![changed(Returned, 1, [50, 51])])),
    ("more leave than are there", false, |event| then(event, vec![changed(Left, 51, [50, 0])])),
    ("a hall that two people put right", true, |event| then(event, vec![corrected([49, 51, 50])])),
    ("a hall that one person put right", false, |event| then(event, by_one(vec![corrected([49, 51, 50])]))),
    ("a hall of more than all delegates", false, |event| then(event, vec![corrected([49, 61, 50])])),
    ("a hall with more at the opening than ever", false, |event| then(event, vec![corrected([52, 51, 50])])),
    ("a hall with fewer than took a ballot", false, |event| then(event, vec![corrected([49, 49, 49])])),
    ("a hall put right below the ballots that went out", false, |event| match event {
        PollEvent::BallotsReturned(_) => vec![event, corrected([49, 49, 49])],
        other => vec![other],
    }),
    ("delegates who come after the close", false, |event| match event {
        PollEvent::CountingClosed(_) => vec![event, changed(Arrived, 1, [51, 51])],
        other => vec![other],
    }),
    ("minutes signed by the whole board", true, |event| signs(event, &BOARD, &[])),
    ("minutes that a member did not sign, who said why", true, |event| signs(event, &BOARD[..2], &[("E", "Ốm")])),
    ("minutes that a member did not sign without a word", false, |event| signs(event, &BOARD[..2], &[])),
    ("minutes that a member did not sign without a reason", false, |event| signs(event, &BOARD[..2], &[("E", " ")])),
    ("minutes without the head", false, |event| signs(event, &BOARD[1..], &[("C", "Ốm")])),
    ("minutes without the secretary", false, |event| signs(event, &[BOARD[0], BOARD[2]], &[("D", "Ốm")])),
    ("minutes signed by a stranger", false, |event| {
        signs(event, &[BOARD[0], BOARD[1], BOARD[2], ("F", TellerRole::Member)], &[])
    }),
    ("minutes of which the signing was undone", true, |event| match event {
        PollEvent::MinutesSigned(told) => vec![told.clone().into(), undone("Sai tên"), again(), told.into()],
        other => vec![other],
    }),
    ("minutes of which one person undid the signing", false, |event| match event {
        PollEvent::MinutesSigned(told) => by_one(vec![told.clone().into(), undone("Sai tên"), again(), told.into()]),
        other => vec![other],
    }),
    ("minutes of which the signing was undone without a reason", false, |event| match event {
        PollEvent::MinutesSigned(told) => vec![told.clone().into(), undone(" "), again(), told.into()],
        other => vec![other],
    }),
    ("minutes of which the signing was undone, and nobody signed again", false, |event| match event {
        PollEvent::MinutesSigned(told) => vec![told.into(), undone("Sai tên")],
        other => vec![other],
    }),
    ("minutes signed again that were not proposed again", false, |event| match event {
        PollEvent::MinutesSigned(told) => vec![told.clone().into(), undone("Sai tên"), told.into()],
        other => vec![other],
    }),
    ("minutes of which the signing was undone after the resolution", false, |event| match event {
        PollEvent::ResultConfirmed(_) => vec![event, undone("Sai tên")],
        other => vec![other],
    }),
    ("ballots under seal that were handed over", true, |event| match event {
        PollEvent::ResultConfirmed(_) => vec![event, handed(4, "Phòng Lưu trữ")],
        other => vec![other],
    }),
    ("ballots handed over in no packet", false, |event| match event {
        PollEvent::ResultConfirmed(_) => vec![event, handed(0, "Phòng Lưu trữ")],
        other => vec![other],
    }),
    ("ballots handed over to nobody", false, |event| match event {
        PollEvent::ResultConfirmed(_) => vec![event, handed(4, " ")],
        other => vec![other],
    }),
    ("rules that two people froze again", true, |event| match event {
        PollEvent::ListDecided(_) => vec![event, frozen(None)],
        other => vec![other],
    }),
    ("rules that one person froze again", false, |event| match event {
        PollEvent::ListDecided(_) => by_one(vec![event, frozen(None)]),
        other => vec![other],
    }),
    ("rules frozen after the forms were sealed", false, |event| match event {
        PollEvent::FormsSealed(_) => vec![event, frozen(None)],
        other => vec![other],
    }),
    ("a choice of the board", true, |event| chooses(event, vec![choice()])),
    ("a choice of the board that one person made", false, |event| chooses(event, by_one(vec![choice()]))),
    ("a second choice of the board", false, |event| chooses(event, vec![choice(), choice()])),
    ("a choice before the board", false, |event| {
        let is_list = matches!(event, PollEvent::ListDecided(_));
        let mut events = signs(event, &BOARD, &[]);
        if is_list {
            events.insert(1, choice());
        }
        events
    }),
    ("a choice after the forms were sealed", false, |event| match event {
        PollEvent::FormsSealed(_) => vec![event, choice()],
        other => chooses(other, Vec::new()),
    }),
    ("a vote opened before anybody took a share", false, |event| shared(event, 2)),
    ("shares of three members", false, |event| shared(event, 3)),
    ("a share where none is needed", false, takes_share),
    ("a share that somebody outside the board took", false, |event| {
        shared(event, 2).into_iter().flat_map(takes_share).collect()
    }),
    ("a close with shares where none is needed", false, |event| match event {
        PollEvent::CountingClosed(told) => {
            vec![CountingClosed { shares: Some(vec![member(1), member(2)]), ..told }.into()]
        }
        other => vec![other],
    }),
    ("ballots handed over before the result", false, |event| match event {
        PollEvent::CountingClosed(_) => vec![event, handed(4, "Phòng Lưu trữ")],
        other => vec![other],
    }),
];

#[test]
fn both_verifiers_hold_every_bent_day_to_the_same() {
    for (what, holds, bend) in DAYS {
        let sample = Story::bent(*bend).bundle();
        let told = sample.verify();
        assert_eq!(told.is_ok(), *holds, "{what}: {told:?}");
        let (code, text) = sample.python(&[]);
        assert_eq!(code, Some(i32::from(!holds)), "{what}: {text}");
        assert!(!text.contains("Traceback") && !text.contains("malformed"), "{what}: {text}");
    }
}
