//! Bars by year as SVG: plan beside result. All widths are shares of the whole, all heights are in the size of the text,
//! so that a chart is as readable as the text around it on any screen. Integers only.

use domain::decimal::Decimal;
use domain::document::Chart;

/// Hundredths of a percent of the width that the longest bar takes; the rest is for the figure behind it.
const LONGEST: i128 = 7_000;
/// Tenths of an em: the line with the year, a bar with the gap under it, the gap under a year.
const YEAR: i64 = 16;
const BAR: i64 = 14;
const GAP: i64 = 8;

/// A chart as the template draws it.
pub(super) struct Drawing {
    /// Tells its parts apart from those of other charts on the page.
    pub number: usize,
    pub title: String,
    /// `24.6em`
    pub height: String,
    /// Where zero is: `12.50%`.
    pub zero: String,
    pub years: Vec<Year>,
}

/// One year.
pub(super) struct Year {
    pub label: String,
    /// Where its label stands.
    pub y: String,
    /// Figures for the table; `–` where there is none.
    pub planned: String,
    pub actual: String,
    pub bars: Vec<Bar>,
}

/// One bar with its figure.
pub(super) struct Bar {
    pub is_planned: bool,
    pub x: String,
    pub y: String,
    pub width: String,
    /// Where the figure stands.
    pub label_x: String,
    pub label_y: String,
    pub value: String,
}

fn percent(hundredths: i128) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

fn em(tenths: i64) -> String {
    format!("{}.{}em", tenths / 10, tenths % 10)
}

impl Drawing {
    pub(super) fn new(number: usize, chart: &Chart) -> Self {
        let scale = Scale::of(chart.points.iter().flat_map(|point| [point.planned, point.actual]).flatten());
        let (mut y, mut years) = (0, Vec::with_capacity(chart.points.len()));
        for point in &chart.points {
            let label_y = y + YEAR - 5;
            y += YEAR;
            let mut bars = Vec::new();
            for (is_planned, value) in [(true, point.planned), (false, point.actual)] {
                let Some(value) = value else { continue };
                bars.push(scale.bar(is_planned, value, y));
                y += BAR;
            }
            y += GAP;
            let figure = |value: Option<Decimal>| value.map_or_else(|| "–".to_owned(), |value| value.to_string());
            let (planned, actual) = (figure(point.planned), figure(point.actual));
            years.push(Year { label: point.label.clone(), y: em(label_y), planned, actual, bars });
        }
        Self { number, title: chart.title.clone(), height: em(y), zero: percent(scale.zero()), years }
    }
}

/// From the lowest to the highest figure, zero included, as whole numbers of one scale.
struct Scale {
    low: i128,
    high: i128,
    digits: Decimal,
}

impl Scale {
    fn of(values: impl Iterator<Item = Decimal> + Clone) -> Self {
        // The finest figure gives the scale of all; without figures nothing is drawn.
        let finest = values.clone().max_by_key(|value| value.scale());
        let digits = finest.or(Decimal::new(0, 0)).unwrap_or_else(|| unreachable!("zero has no digits to spare"));
        let whole = |value: Decimal| value.aligned(digits).0;
        let (low, high) = values.map(whole).fold((0, 0), |(low, high), value| (low.min(value), high.max(value)));
        Self { low, high, digits }
    }

    /// A length of the scale in hundredths of a percent of the width.
    fn length(&self, of: i128) -> i128 {
        let whole = self.high - self.low;
        if whole == 0 { 0 } else { of * LONGEST / whole }
    }

    fn zero(&self) -> i128 {
        self.length(-self.low)
    }

    fn bar(&self, is_planned: bool, value: Decimal, y: i64) -> Bar {
        let whole = value.aligned(self.digits).0;
        let width = self.length(whole.abs());
        let from = if whole < 0 { self.zero() - width } else { self.zero() };
        Bar {
            is_planned,
            x: percent(from),
            y: em(y),
            width: percent(width),
            label_x: percent((from + width).max(self.zero())),
            label_y: em(y + 9),
            value: value.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::document::ChartPoint;

    fn drawing(points: &[(&str, &str, &str)]) -> Drawing {
        let point = |(label, planned, actual): &(&str, &str, &str)| ChartPoint {
            label: (*label).to_owned(),
            planned: Decimal::parse_plain(planned),
            actual: Decimal::parse_plain(actual),
        };
        Drawing::new(1, &Chart { title: "Tỷ lệ (%)".into(), points: points.iter().map(point).collect(), half: false })
    }

    fn spans(drawing: &Drawing) -> Vec<(String, String)> {
        drawing.years.iter().flat_map(|year| &year.bars).map(|bar| (bar.x.clone(), bar.width.clone())).collect()
    }

    #[test]
    fn bars_are_as_long_as_their_figures_whatever_their_decimals() {
        let drawn = drawing(&[("2022", "100", "50.00"), ("2023", "25.0", "12.5")]);
        let widths: Vec<_> = spans(&drawn).into_iter().map(|(_, width)| width).collect();
        assert_eq!(widths, ["70.00%", "35.00%", "17.50%", "8.75%"]);
        assert_eq!((drawn.zero.as_str(), drawn.height.as_str()), ("0.00%", "10.4em"));
        assert_eq!(drawn.years[1].actual, "12,5");
    }

    #[test]
    fn figures_below_zero_end_at_the_zero_line_and_nothing_gives_no_bar() {
        let drawn = drawing(&[("2021", "5", "-2"), ("2022", "5", "")]);
        assert_eq!(drawn.zero, "20.00%");
        assert_eq!(spans(&drawn)[1], ("0.00%".to_owned(), "20.00%".to_owned()));
        assert_eq!((drawn.years[1].bars.len(), drawn.years[1].actual.as_str()), (1, "–"));
        assert_eq!(spans(&drawing(&[("2021", "0", "0")])), vec![("0.00%".to_owned(), "0.00%".to_owned()); 2]);
    }
}
