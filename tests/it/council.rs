//! The council of the stories: what a province brings to a vote before anybody is on a list.

use domain::council::{Council, CouncilKind, Sitting, Term};
use domain::document::Frame;
use domain::occasion::Occasion;
use domain::poll::PollKind;
use domain::rules::{RuleSet, builtin};
use jiff::civil::date;

/// The carried rule set `id`.
pub fn rules(id: &str) -> RuleSet {
    builtin().expect("carried sets").into_iter().find(|set| set.id == id).expect("id")
}

/// A province of 85 delegates that votes at the end of the third year of its term.
pub fn province() -> Council {
    Council {
        name: "Hội đồng nhân dân tỉnh Mẫu".into(),
        kind: CouncilKind::ProvinceCouncil,
        term: Term { legislature: "XVIII".into(), from: date(2021, 5, 23), to: date(2026, 5, 22) },
        sitting: Sitting {
            name: "Kỳ họp thứ 17".into(), opens_on: date(2023, 12, 11), votes_on: date(2023, 12, 12)
        },
        delegates_total: 85,
        ruleset: "NQ96-2023-QH15".into(),
        place: "Mẫu".into(),
        chair: "Nguyễn Văn A".into(),
        secretary: "Trần Thị B".into(),
    }
}

/// The Party committee of the same province.
pub fn party_committee() -> Council {
    Council {
        name: "Ban Chấp hành Đảng bộ tỉnh Mẫu".into(),
        kind: CouncilKind::PartyCommittee,
        ruleset: "QD96-TW-2023".into(),
        ..province()
    }
}

/// What a council does.
pub trait Votes {
    /// The frame of a paper about its vote of `kind` under `rules`, on the day of the vote.
    fn votes<'a>(&'a self, kind: PollKind, rules: &'a RuleSet) -> Frame<'a>;
}

impl Votes for Council {
    fn votes<'a>(&'a self, kind: PollKind, rules: &'a RuleSet) -> Frame<'a> {
        let occasion = Occasion { council: self, rules, kind, basis: None, watermark: Some("DIỄN TẬP") };
        Frame { occasion, date: self.sitting.votes_on, foot: None }
    }
}
