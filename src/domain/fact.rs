//! Dữ kiện: one dated statement about an official, with the paper that proves it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::audit::Digest;
use super::decimal::Decimal;
use super::id::OfficialId;
use super::official::{Field, OfficialNo};

/// Kind of a fact (design: what delegates may read about an official).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// Chỉ tiêu.
    Target,
    /// Nhiệm vụ được giao.
    AssignedTask,
    /// Chất vấn, lời hứa.
    Questioning,
    /// Kết luận giám sát, kiến nghị.
    Supervision,
    /// Kiến nghị của cử tri.
    Petition,
    /// Khiếu nại, tố cáo.
    Complaint,
    /// Tiếp công dân.
    CitizenReception,
    /// Xếp loại hằng năm.
    YearlyRating,
    /// Khen thưởng.
    Award,
    /// Kỷ luật.
    Discipline,
    /// Kê khai tài sản, thu nhập.
    AssetDeclaration,
    /// Báo cáo của người được lấy phiếu.
    ReportSection,
    /// Ý kiến cử tri do Mặt trận Tổ quốc tổng hợp.
    VotersOpinion,
    /// Tham dự kỳ họp, phiên họp.
    Attendance,
}

impl FactKind {
    /// Code stored in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::AssignedTask => "assigned_task",
            Self::Questioning => "questioning",
            Self::Supervision => "supervision",
            Self::Petition => "petition",
            Self::Complaint => "complaint",
            Self::CitizenReception => "citizen_reception",
            Self::YearlyRating => "yearly_rating",
            Self::Award => "award",
            Self::Discipline => "discipline",
            Self::AssetDeclaration => "asset_declaration",
            Self::ReportSection => "report_section",
            Self::VotersOpinion => "voters_opinion",
            Self::Attendance => "attendance",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// All kinds, in the order in which a dossier shows them.
    pub const ALL: [Self; 14] = [
        Self::Target,
        Self::AssignedTask,
        Self::Questioning,
        Self::Supervision,
        Self::Petition,
        Self::Complaint,
        Self::CitizenReception,
        Self::YearlyRating,
        Self::Award,
        Self::Discipline,
        Self::AssetDeclaration,
        Self::ReportSection,
        Self::VotersOpinion,
        Self::Attendance,
    ];

    /// Whether the person whom it concerns sees it only after the council's standing body has sent it on: what voters
    /// said reaches that body first (NQ 96/2023/QH15, Điều 10 and 11).
    pub const fn is_sent_on(self) -> bool {
        matches!(self, Self::VotersOpinion)
    }

    /// The kind in Vietnamese, as sheets and dossiers show it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Target => "Chỉ tiêu",
            Self::AssignedTask => "Nhiệm vụ được giao",
            Self::Questioning => "Chất vấn, lời hứa",
            Self::Supervision => "Kết luận giám sát",
            Self::Petition => "Kiến nghị cử tri",
            Self::Complaint => "Khiếu nại, tố cáo",
            Self::CitizenReception => "Tiếp công dân",
            Self::YearlyRating => "Xếp loại hằng năm",
            Self::Award => "Khen thưởng",
            Self::Discipline => "Kỷ luật",
            Self::AssetDeclaration => "Kê khai tài sản",
            Self::ReportSection => "Báo cáo cá nhân",
            Self::VotersOpinion => "Ý kiến cử tri (MTTQ)",
            Self::Attendance => "Tham dự họp",
        }
    }
}

/// When a fact holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A whole calendar year.
    Year(i16),
    Day(Date),
    /// From a day to a day, both included.
    Span(Date, Date),
}

impl Period {
    /// First day.
    pub fn start(self) -> Date {
        match self {
            Self::Year(year) => Date::new(year, 1, 1).unwrap_or(Date::MIN),
            Self::Day(day) | Self::Span(day, _) => day,
        }
    }

    /// Last day.
    pub fn end(self) -> Date {
        match self {
            Self::Year(year) => Date::new(year, 12, 31).unwrap_or(Date::MAX),
            Self::Day(day) | Self::Span(_, day) => day,
        }
    }

    /// Year under which a dossier counts the fact: that of its last day.
    pub fn year(self) -> i16 {
        self.end().year()
    }

    /// As papers print it: `2024`, `05/12/2023`, `01/01/2023 - 30/6/2023`.
    pub fn text(self) -> String {
        use super::text::date_dmy;
        match self {
            Self::Year(year) => format!("Năm {year}"),
            Self::Day(day) => date_dmy(day),
            Self::Span(from, to) => format!("{} - {}", date_dmy(from), date_dmy(to)),
        }
    }
}

/// Planned and actual value of a target, in `unit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// Kế hoạch.
    pub planned: Option<Decimal>,
    /// Thực hiện.
    pub actual: Option<Decimal>,
    /// Đơn vị tính: `%`, `tỷ đồng`.
    pub unit: String,
    /// Càng thấp càng tốt: the plan is not to be exceeded.
    #[serde(default, skip_serializing_if = "is_no")]
    pub lower_is_better: bool,
}

/// What was kept before a value could be said has the same text as long as it is not said.
const fn is_no(value: &bool) -> bool {
    !*value
}

/// How far a target, task, promise, recommendation or petition has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Đạt.
    Met,
    /// Không đạt.
    NotMet,
    /// Hoàn thành đúng hạn.
    OnTime,
    /// Hoàn thành chậm.
    Late,
    /// Đang thực hiện, chưa xong.
    Open,
}

impl Status {
    /// All, in the order in which drop-downs offer them.
    pub const ALL: [Self; 5] = [Self::Met, Self::NotMet, Self::OnTime, Self::Late, Self::Open];

    /// As forms spell it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not_met",
            Self::OnTime => "on_time",
            Self::Late => "late",
            Self::Open => "open",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// The status in Vietnamese.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Met => "Đạt",
            Self::NotMet => "Không đạt",
            Self::OnTime => "Đúng hạn",
            Self::Late => "Chậm",
            Self::Open => "Đang thực hiện",
        }
    }
}

/// Tài liệu nguồn: the paper that proves a fact. Number or page may be missing, date and issuer may not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Số, ký hiệu: `245/BC-UBND`.
    pub number: String,
    pub date: Date,
    /// Cơ quan ban hành.
    pub issuer: String,
    pub page: Option<String>,
    /// SHA-256 of the attached file, as hex.
    pub file: Option<Digest>,
}

impl Source {
    /// `245/BC-UBND ngày 05/12/2023, UBND tỉnh, tr. 4`.
    pub fn text(&self) -> String {
        let page = self.page.as_deref().map_or_else(String::new, |p| format!(", tr. {p}"));
        format!("{} ngày {}, {}{page}", self.number, super::text::date_dmy(self.date), self.issuer)
    }
}

/// One dated statement about one or more officials. There is no fact without a source: the type has no room for one.
///
/// Officials are identified by their position in a [`Book`](super::book::Book), or, where facts are stored for the
/// whole term, by their [id](super::id::OfficialId).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact<O = OfficialNo> {
    pub officials: Vec<O>,
    pub field: Field,
    pub kind: FactKind,
    /// Day, span or year it holds for.
    pub period: Period,
    pub text: String,
    /// Planned and actual value, where the kind has them.
    pub figures: Option<Figures>,
    /// How far it has come, where the kind has that.
    pub status: Option<Status>,
    pub due: Option<Date>,
    pub source: Source,
    pub reply: Option<String>,
}

impl<O> Fact<O> {
    /// The same statement with its officials identified by another type of id.
    pub fn about<P>(self, officials: Vec<P>) -> Fact<P> {
        let Self { field, kind, period, text, figures, status, due, source, reply, .. } = self;
        Fact { officials, field, kind, period, text, figures, status, due, source, reply }
    }
}

/// How far a fact has come on its way into a dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactState {
    Entered,
    /// A second person checked it against its source: from now on it stands in dossiers.
    Verified,
    /// Withdrawn; it no longer counts.
    Withdrawn,
}

impl FactState {
    /// All, in the order in which filters offer them.
    pub const ALL: [Self; 3] = [Self::Entered, Self::Verified, Self::Withdrawn];

    /// Code stored in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Verified => "verified",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Vietnamese label shown on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Entered => "chờ đối chiếu",
            Self::Verified => "đã đối chiếu",
            Self::Withdrawn => "đã rút",
        }
    }
}

/// A fact as it is kept for the whole term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptFact {
    pub fact: Fact<OfficialId>,
    /// Day on which it was sent to the official, where the law has it sent ([`FactKind::is_sent_on`]).
    pub sent_on: Option<Date>,
    pub state: FactState,
}

impl KeptFact {
    /// A fact that nobody has sent anywhere yet.
    pub const fn new(fact: Fact<OfficialId>, state: FactState) -> Self {
        Self { fact, sent_on: None, state }
    }

    /// Whether the official whom it is about may see it.
    pub const fn is_shown_to_official(&self) -> bool {
        !matches!(self.state, FactState::Withdrawn) && (!self.fact.kind.is_sent_on() || self.sent_on.is_some())
    }
}
