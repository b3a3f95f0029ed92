//! What a second person is asked about a fact before it stands in a dossier. A question, never a refusal: a verdict may
//! be right where its figures look otherwise, and only the paper tells.

use std::cmp::Ordering;

use jiff::civil::Date;

use super::fact::{Fact, Figures, Status};
use super::text::date_dmy;

/// Questions about `fact` on the day `today`, in Vietnamese.
pub fn doubts<O>(fact: &Fact<O>, today: Date) -> Vec<String> {
    let verdict = fact.figures.as_ref().zip(fact.status).and_then(|(figures, status)| contradiction(figures, status));
    let source = (fact.source.date > today).then(|| {
        let day = date_dmy(fact.source.date);
        format!("Tài liệu nguồn ghi ngày {day}, sau hôm nay. Hãy xem lại ngày của văn bản.")
    });
    verdict.into_iter().chain(source).collect()
}

/// Why the verdict does not follow from plan and actual value.
fn contradiction(figures: &Figures, status: Status) -> Option<String> {
    let order = figures.actual?.compare(figures.planned?);
    let (is_reached, told) = match (order, figures.lower_is_better) {
        (Ordering::Equal, _) => (true, "bằng kế hoạch"),
        (Ordering::Less, is_lower) => (is_lower, "thấp hơn kế hoạch"),
        (Ordering::Greater, is_lower) => (!is_lower, "cao hơn kế hoạch"),
    };
    let is_contrary = match status {
        Status::Met => !is_reached,
        Status::NotMet => is_reached,
        Status::OnTime | Status::Late | Status::Open => false,
    };
    let remedy = if figures.lower_is_better {
        "Chỉ tiêu này đã được đánh dấu càng thấp càng tốt; hãy xem lại số liệu, tình trạng hoặc bỏ đánh dấu."
    } else if order == Ordering::Equal {
        "Hãy xem lại số liệu hoặc tình trạng."
    } else {
        "Chỉ tiêu càng thấp càng tốt thì đánh dấu ô đó; nếu không, hãy xem lại số liệu hoặc tình trạng."
    };
    is_contrary.then(|| format!("Thực hiện {told} mà ghi «{}». {remedy}", status.label()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::decimal::Decimal;
    use crate::fact::{FactKind, Period};
    use crate::fixture::fact;

    fn asked(planned: &str, actual: &str, status: Status, lower_is_better: bool) -> bool {
        let value = Decimal::parse_plain;
        let figures = Figures { planned: value(planned), actual: value(actual), unit: "vụ".into(), lower_is_better };
        let fact = Fact {
            figures: Some(figures),
            status: Some(status),
            ..fact(FactKind::Target, Period::Year(2023), "Số vụ tai nạn giao thông")
        };
        !doubts(&fact, date(2026, 11, 29)).is_empty()
    }

    #[test]
    fn a_verdict_is_asked_about_where_its_figures_say_otherwise() {
        for (planned, actual, status, lower_is_better, is_asked) in [
            ("100", "70", Status::Met, false, true),
            ("110", "140", Status::NotMet, false, true),
            ("210", "201", Status::Met, false, true),
            ("210", "201", Status::Met, true, false),
            ("210", "230", Status::Met, true, true),
            ("210", "201", Status::NotMet, true, true),
            ("92.0", "92", Status::NotMet, false, true),
            ("92.0", "92", Status::Met, true, false),
            ("92.0", "9.3", Status::NotMet, false, false),
            ("100", "70", Status::Open, false, false),
        ] {
            let told = asked(planned, actual, status, lower_is_better);
            assert_eq!(told, is_asked, "{planned} {actual} {status:?} {lower_is_better}");
        }
    }

    #[test]
    fn a_source_that_is_dated_in_the_future_is_told() {
        let mut fact = fact(FactKind::Award, Period::Year(2026), "khen");
        fact.source.date = date(2026, 12, 20);
        assert_eq!(
            doubts(&fact, date(2026, 11, 29)),
            ["Tài liệu nguồn ghi ngày 20/12/2026, sau hôm nay. Hãy xem lại ngày của văn bản."]
        );
        assert_eq!(doubts(&fact, date(2026, 12, 20)), [""; 0]);
    }
}
