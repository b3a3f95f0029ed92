//! A small province and a small rule set, for the unit tests of the files beside this one.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test stops where its values are wrong")]

use jiff::civil::{Date, date};

use super::ballot::{BallotForm, Line};
use super::book::Book;
use super::council::{Council, CouncilKind, Sitting, Term};
use super::fact::{Fact, FactKind, Period, Source};
use super::occasion::Occasion;
use super::official::{Block, Field, Honorific, Official, OfficialNo, Post};
use super::poll::PollKind;
use super::roster::{Teller, TellerRole};
use super::rules::{RuleSet, load};

/// The shape of NQ 96/2023/QH15 with the few posts that the tests name.
pub fn rules() -> RuleSet {
    load("mẫu.toml", include_str!("fixture/rules.toml")).expect("the rule set of the fixture")
}

/// A province that votes on 07/12/2023 at a sitting that opens on 05/12/2023.
pub fn book() -> Book {
    Book {
        council: Council {
            name: "Hội đồng nhân dân tỉnh Mẫu".into(),
            kind: CouncilKind::ProvinceCouncil,
            term: Term { legislature: "XVIII".into(), from: date(2021, 5, 23), to: date(2026, 5, 22) },
            sitting: Sitting {
                name: "Kỳ họp thứ 17".into(), opens_on: date(2023, 12, 5), votes_on: date(2023, 12, 7)
            },
            delegates_total: 60,
            ruleset: "NQ96-2023-QH15".into(),
            place: "Mẫu".into(),
            chair: "Nguyễn Văn A".into(),
            secretary: "Lê Thị C".into(),
        },
        officials: Vec::new(),
        delegates: Vec::new(),
        tellers: Vec::new(),
        facts: Vec::new(),
        declared: None,
    }
}

/// A rehearsed lấy phiếu of the council of `book`.
pub fn occasion<'a>(rules: &'a RuleSet, book: &'a Book) -> Occasion<'a> {
    Occasion { council: &book.council, rules, kind: PollKind::Rating, basis: None, watermark: Some("DIỄN TẬP") }
}

/// A form of a vote of `kind` on `people` officials.
pub fn form(kind: PollKind, people: u32) -> BallotForm {
    let line = |number| Line {
        number,
        official: OfficialNo(0),
        name: format!("Ông Nguyễn Văn Số {number}"),
        posts: "Giám đốc Sở, Ủy viên Ủy ban nhân dân tỉnh".into(),
    };
    BallotForm {
        id: "F1-3F9A2C".into(),
        kind,
        block: Block("Khối Ủy ban nhân dân tỉnh".into()),
        issuer: vec!["HỘI ĐỒNG NHÂN DÂN".into(), "TỈNH MẪU".into()],
        party: false,
        title: "PHIẾU TÍN NHIỆM".into(),
        subject: "đối với người giữ chức vụ".into(),
        occasion: "Kỳ họp thứ 13".into(),
        instructions: Vec::new(),
        levels: kind.levels().to_vec(),
        lines: (1..=people).map(line).collect(),
        watermark: None,
    }
}

impl Book {
    /// With one more official who holds `posts`, each with its day of election.
    pub fn with_official(mut self, name: &str, posts: &[(&str, Option<Date>)]) -> Self {
        self.officials.push(Official {
            name: name.into(),
            honorific: Honorific::Mr,
            birth: None,
            posts: posts.iter().map(|&(title, elected_on)| Post { title: title.into(), elected_on }).collect(),
            block: Block("Khối Ủy ban nhân dân".into()),
            fields: vec![Field("Y tế".into())],
            retirement_notice: None,
        });
        self
    }

    /// With a board of one head, one secretary and `members` members.
    pub fn with_board(mut self, members: usize) -> Self {
        let teller = |name: String, role| Teller { account: None, name, role };
        self.tellers =
            vec![teller("Đỗ Văn Trưởng".into(), TellerRole::Head), teller("Lý Thị Thư".into(), TellerRole::Secretary)];
        self.tellers.extend((1..=members).map(|i| teller(format!("Ủy viên số {i}"), TellerRole::Member)));
        self
    }

    /// With one more fact.
    pub fn with_fact(mut self, fact: Fact) -> Self {
        self.facts.push(fact);
        self
    }
}

/// A fact of the first official in the field `Y tế`.
pub fn fact(kind: FactKind, period: Period, text: &str) -> Fact {
    Fact {
        officials: vec![OfficialNo(0)],
        field: Field("Y tế".into()),
        kind,
        period,
        text: text.into(),
        figures: None,
        status: None,
        due: None,
        source: Source {
            number: "12/BC-MẪU".into(),
            date: date(2023, 11, 1),
            issuer: "UBND tỉnh Mẫu".into(),
            page: None,
            file: None,
        },
        reply: None,
    }
}
