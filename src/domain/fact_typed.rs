//! A fact as somebody typed it into a form, read field by field; all that is wrong is said at once.

use std::fmt::Display;

use jiff::civil::Date;

use super::decimal::Decimal;
use super::fact::{Fact, FactKind, Figures, Period, Source, Status};
use super::id::OfficialId;
use super::official::Field;
use super::text::{clean, date_dmy, read_day};

/// Most letters of a statement. Longer ones are several facts, or belong into the attached paper.
const MAX_TEXT: usize = 4_000;
/// Most letters of any other answer.
const MAX_LINE: usize = 300;
/// Years that a fact may speak of: a typing error is none of them.
const YEARS: std::ops::RangeInclusive<i16> = 1945..=2100;

/// Texts typed into the fields of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedFact {
    /// Ids of officials that are ticked.
    pub officials: Vec<String>,
    pub field: String,
    pub kind: String,
    /// `year`, `day` or `span`.
    pub period: String,
    /// The year of `year`.
    pub year: String,
    /// The day of `day`, the first one of `span`.
    pub from: String,
    /// The last day of `span`.
    pub to: String,
    pub text: String,
    /// Planned value, with Vietnamese separators.
    pub planned: String,
    /// Actual value, with Vietnamese separators.
    pub actual: String,
    /// Unit of both.
    pub unit: String,
    /// The plan is not to be exceeded.
    pub lower_is_better: bool,
    /// Code of the status; empty for none.
    pub status: String,
    /// Day by which it was due; empty for none.
    pub due: String,
    pub source_number: String,
    pub source_date: String,
    pub source_issuer: String,
    /// Page in the source; empty for none.
    pub source_page: String,
}

/// What is wrong with one field, and what to do. Vietnamese.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Name of the field in [`TypedFact`].
    pub field: &'static str,
    pub sentence: String,
}

/// Answers of a form, and what is wrong with them so far.
#[derive(Default)]
struct Reading(Vec<Wrong>);

impl Reading {
    fn wrong(&mut self, field: &'static str, sentence: impl Display) {
        self.0.push(Wrong { field, sentence: sentence.to_string() });
    }

    /// One line without control characters; `None` when nothing was typed.
    fn line(&mut self, field: &'static str, typed: &str, most: usize) -> Option<String> {
        let text = clean(typed).chars().filter(|letter| !letter.is_control()).collect::<String>();
        if text.chars().count() > most {
            self.wrong(field, format!("Mục này dài quá {most} chữ cái; hãy viết ngắn lại."));
        }
        (!text.is_empty()).then_some(text)
    }

    fn needed(&mut self, field: &'static str, typed: &str, most: usize, sentence: &str) -> String {
        let text = self.line(field, typed, most);
        if text.is_none() {
            self.wrong(field, sentence);
        }
        text.unwrap_or_default()
    }

    fn day(&mut self, field: &'static str, typed: &str) -> Option<Date> {
        let day = read_day(typed).filter(|day| YEARS.contains(&day.year()));
        if day.is_none() {
            let what = if typed.trim().is_empty() { "Chưa có ngày" } else { "Ngày này không đọc được" };
            self.wrong(field, format!("{what}; hãy ghi ngày/tháng/năm, ví dụ 05/12/2025."));
        }
        day
    }

    fn period(&mut self, typed: &TypedFact) -> Option<Period> {
        match typed.period.as_str() {
            "year" => {
                let year = typed.year.trim().parse().ok().filter(|year| YEARS.contains(year));
                if year.is_none() {
                    self.wrong("year", "Năm phải viết bằng bốn chữ số, ví dụ 2025.");
                }
                year.map(Period::Year)
            }
            "day" => self.day("from", &typed.from).map(Period::Day),
            "span" => {
                let (from, to) = (self.day("from", &typed.from), self.day("to", &typed.to));
                let (from, to) = (from?, to?);
                if to < from {
                    let (from, to) = (date_dmy(from), date_dmy(to));
                    self.wrong("to", format!("Ngày cuối ({to}) sớm hơn ngày đầu ({from}); hãy sửa một trong hai."));
                    return None;
                }
                Some(if from == to { Period::Day(from) } else { Period::Span(from, to) })
            }
            _ => {
                self.wrong("period", "Hãy chọn dữ kiện thuộc về một năm, một ngày hay một khoảng ngày.");
                None
            }
        }
    }

    fn number(&mut self, field: &'static str, typed: &str) -> Option<(Decimal, bool)> {
        let number = Decimal::typed(typed);
        if number.is_none() && !typed.trim().is_empty() {
            self.wrong(field, "Số này không đọc được; hãy viết như 12.500 hoặc 97,5, không kèm đơn vị.");
        }
        number
    }

    fn figures(&mut self, typed: &TypedFact) -> Option<Figures> {
        let (planned, actual) = (self.number("planned", &typed.planned), self.number("actual", &typed.actual));
        let unit = self.line("unit", &typed.unit, MAX_LINE);
        let percent = [planned, actual].into_iter().flatten().any(|(_, percent)| percent);
        let nothing_typed = typed.planned.trim().is_empty() && typed.actual.trim().is_empty();
        match &unit {
            Some(_) if nothing_typed => {
                self.wrong("unit", "Có đơn vị tính mà không có số; hãy ghi số kế hoạch, số thực hiện, hoặc bỏ đơn vị.");
            }
            Some(unit) if percent && !unit.contains('%') => {
                self.wrong("unit", format!("Số ghi kèm dấu % nhưng đơn vị tính là «{unit}»; hãy sửa một trong hai."));
            }
            _ => {}
        }
        let (planned, actual) = (planned.map(|(value, _)| value), actual.map(|(value, _)| value));
        let unit = unit.unwrap_or_else(|| if percent { "%".to_owned() } else { String::new() });
        (planned.is_some() || actual.is_some()).then_some(Figures {
            planned,
            actual,
            unit,
            lower_is_better: typed.lower_is_better,
        })
    }

    fn source(&mut self, typed: &TypedFact) -> Option<Source> {
        let number = self.needed(
            "source_number",
            &typed.source_number,
            MAX_LINE,
            "Dữ kiện phải có tài liệu nguồn; hãy ghi số, ký hiệu, hoặc «không số» nếu tài liệu không có số.",
        );
        let date = self.day("source_date", &typed.source_date);
        let issuer =
            self.needed("source_issuer", &typed.source_issuer, MAX_LINE, "Hãy ghi cơ quan ban hành tài liệu nguồn.");
        let page = self.line("source_page", &typed.source_page, MAX_LINE);
        Some(Source { number, date: date?, issuer, page, file: None })
    }
}

impl TypedFact {
    /// The fact that was typed, without file and without reply; `is_known` says of whom facts may speak.
    ///
    /// # Errors
    /// All that is wrong, in the order of the form.
    pub fn read(&self, is_known: impl Fn(OfficialId) -> bool) -> Result<Fact<OfficialId>, Vec<Wrong>> {
        let mut reading = Reading::default();
        let mut officials: Vec<OfficialId> = self.officials.iter().filter_map(|id| id.parse().ok()).collect();
        officials.sort_unstable();
        officials.dedup();
        if officials.is_empty() {
            reading.wrong("officials", "Hãy đánh dấu ít nhất một người mà dữ kiện nói đến.");
        } else if !officials.iter().all(|id| is_known(*id)) {
            reading.wrong("officials", "Có người không còn trong danh sách; hãy đánh dấu lại.");
        }
        let field = reading.needed("field", &self.field, MAX_LINE, "Hãy ghi lĩnh vực công tác.");
        let kind = FactKind::from_code(&self.kind);
        if kind.is_none() {
            reading.wrong("kind", "Hãy chọn loại dữ kiện.");
        }
        let period = reading.period(self);
        let text =
            reading.needed("text", &self.text, MAX_TEXT, "Hãy ghi nội dung: một câu nêu sự việc, không nhận xét.");
        let figures = reading.figures(self);
        let status = Status::from_code(&self.status);
        if status.is_none() && !self.status.is_empty() {
            reading.wrong("status", "Hãy chọn lại tình trạng trong danh sách.");
        }
        let due = if self.due.trim().is_empty() { None } else { reading.day("due", &self.due) };
        let source = reading.source(self);
        match (kind, period, source, reading.0) {
            (Some(kind), Some(period), Some(source), wrong) if wrong.is_empty() => {
                let field = Field(field);
                Ok(Fact { officials, field, kind, period, text, figures, status, due, source, reply: None })
            }
            (.., wrong) => Err(wrong),
        }
    }

    /// What a form shows for a fact that is there: read again, it is the same fact.
    pub fn of(fact: &Fact<OfficialId>) -> Self {
        let iso = |day: Date| day.to_string();
        let (period, year, from, to) = match fact.period {
            Period::Year(year) => ("year", year.to_string(), String::new(), String::new()),
            Period::Day(day) => ("day", String::new(), iso(day), String::new()),
            Period::Span(from, to) => ("span", String::new(), iso(from), iso(to)),
        };
        let figures = fact.figures.as_ref();
        let number = |value: Option<Decimal>| value.map_or_else(String::new, |value| value.to_string());
        Self {
            officials: fact.officials.iter().map(ToString::to_string).collect(),
            field: fact.field.0.clone(),
            kind: fact.kind.code().to_owned(),
            period: period.to_owned(),
            year,
            from,
            to,
            text: fact.text.clone(),
            planned: number(figures.and_then(|figures| figures.planned)),
            actual: number(figures.and_then(|figures| figures.actual)),
            unit: figures.map_or_else(String::new, |figures| figures.unit.clone()),
            lower_is_better: figures.is_some_and(|figures| figures.lower_is_better),
            status: fact.status.map_or_else(String::new, |status| status.code().to_owned()),
            due: fact.due.map_or_else(String::new, iso),
            source_number: fact.source.number.clone(),
            source_date: iso(fact.source.date),
            source_issuer: fact.source.issuer.clone(),
            source_page: fact.source.page.clone().unwrap_or_default(),
        }
    }

    /// What the next fact out of the same paper has in common with this one.
    #[must_use]
    pub fn next(self) -> Self {
        let Self {
            officials, field, kind, period, year, source_number, source_date, source_issuer, source_page, ..
        } = self;
        Self {
            officials,
            field,
            kind,
            period,
            year,
            source_number,
            source_date,
            source_issuer,
            source_page,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;

    use super::*;

    fn official() -> OfficialId {
        OfficialId::new(Timestamp::UNIX_EPOCH, &[1; 10])
    }

    fn typed() -> TypedFact {
        let text = str::to_owned;
        TypedFact {
            officials: vec![official().to_string()],
            field: text(" Ngân  sách "),
            kind: text("target"),
            period: text("span"),
            from: text("2025-01-01"),
            to: text("30/6/2025"),
            text: text("Thu ngân sách\u{0}\n trên địa bàn"),
            planned: text("12.500"),
            actual: text("13.120,50"),
            unit: text("tỷ đồng"),
            lower_is_better: true,
            status: text("met"),
            due: text("31/12/2025"),
            source_number: text("245/BC-UBND"),
            source_date: text("05/12/2025"),
            source_issuer: text("UBND tỉnh"),
            ..TypedFact::default()
        }
    }

    fn wrong(typed: &TypedFact) -> Vec<&'static str> {
        let read = typed.read(|id| id == official());
        read.expect_err("wrong").into_iter().map(|wrong| wrong.field).collect()
    }

    #[test]
    fn what_was_typed_is_a_fact_and_a_form_shows_the_same_fact_again() {
        let fact = typed().read(|_| true).expect("fact");
        assert_eq!((fact.field.0.as_str(), fact.text.as_str()), ("Ngân sách", "Thu ngân sách trên địa bàn"));
        assert_eq!(fact.period, Period::Span(date(2025, 1, 1), date(2025, 6, 30)));
        let figures = fact.figures.as_ref().expect("figures");
        assert_eq!(figures.actual.map(Decimal::plain).as_deref(), Some("13120.50"), "as exact as it was typed");
        assert_eq!(TypedFact::of(&fact).read(|_| true), Ok(fact));
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let nothing = TypedFact::default();
        let needed = ["officials", "field", "kind", "period", "text", "source_number", "source_date", "source_issuer"];
        assert_eq!(wrong(&nothing), needed);
        let stranger = OfficialId::new(Timestamp::UNIX_EPOCH, &[2; 10]).to_string();
        assert_eq!(wrong(&TypedFact { officials: vec![stranger], ..typed() }), ["officials"]);
        assert_eq!(wrong(&TypedFact { to: "31/12/2024".into(), ..typed() }), ["to"]);
        assert_eq!(wrong(&TypedFact { from: "30/02/2025".into(), to: String::new(), ..typed() }), ["from", "to"]);
        assert_eq!(wrong(&TypedFact { period: "year".into(), year: "25".into(), ..typed() }), ["year"]);
        assert_eq!(
            wrong(&TypedFact { planned: "mười".into(), actual: "1.23.4".into(), ..typed() }),
            ["planned", "actual"]
        );
        assert_eq!(wrong(&TypedFact { planned: "95%".into(), ..typed() }), ["unit"]);
        assert_eq!(wrong(&TypedFact { planned: String::new(), actual: " ".into(), ..typed() }), ["unit"]);
        assert_eq!(wrong(&TypedFact { text: "a".repeat(4_001), ..typed() }), ["text"]);
    }

    #[test]
    fn the_next_fact_keeps_what_comes_from_the_same_paper() {
        let next = typed().next();
        assert_eq!((next.field.as_str(), next.source_number.as_str()), (" Ngân  sách ", "245/BC-UBND"));
        assert_eq!((next.text.as_str(), next.planned.as_str(), next.due.as_str()), ("", "", ""));
    }
}
