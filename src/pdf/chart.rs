//! Bars by year: plan beside result, drawn to one scale, with the exact figures in a table under them.

use super::error::PdfError;
use super::layout::{BLACK, Column, Cursor, Grey, Piece, Shape, THIN, table};
use super::length::{Length, Points, Rect};
use domain::decimal::Decimal;
use domain::document::{Align, Cell, Chart, ChartPoint, Size, Span, Table};

/// Bars of the plan are light and outlined, those of the result dark: a bad copy and weak eyes still tell them apart.
const PLANNED: Grey = Grey(76);
/// Lightness of the bars of the result.
const ACTUAL: Grey = Grey(30);
/// Size of the figures under the bars.
const FIGURES: Points = Points(10);
/// Room for the bars.
const HEIGHT: Length = Length::mm(38);
/// The same in a chart of half the width.
const HALF_HEIGHT: Length = Length::mm(24);
/// Largest width of a bar.
const MAX_BAR: Length = Length::mm(9);
/// Years in one chart; more years make a second one, because figures would not fit under their bars.
const YEARS_ABREAST: usize = 6;
/// Share of the width that the legend takes; a year takes [`YEAR_SHARE`].
const LEGEND_SHARE: u16 = 9;
/// Share of the width of one year.
const YEAR_SHARE: u16 = 6;

/// `chart` across `width`: one piece that is never split, or several when there are many years.
///
/// # Errors
/// A character that the print face lacks.
pub fn chart(chart: &Chart, width: Length) -> Result<Vec<Piece>, PdfError> {
    let scale = Scale::of(&chart.points, if chart.half { HALF_HEIGHT } else { HEIGHT });
    chart.points.chunks(YEARS_ABREAST).map(|years| part(&chart.title, years, &scale, width)).collect()
}

fn part(title: &str, years: &[ChartPoint], scale: &Scale, width: Length) -> Result<Piece, PdfError> {
    let mut cursor = Cursor::default();
    cursor.text(&[Span::bold(title)], Points(11), Align::Center, Column { x: Length::ZERO, width })?;
    cursor.skip(Length::mm(2));

    let shares = i64::from(LEGEND_SHARE) + i64::from(YEAR_SHARE) * i64::try_from(years.len()).unwrap_or(0);
    let legend = width.share(i64::from(LEGEND_SHARE), shares);
    let slot = width.share(i64::from(YEAR_SHARE), shares);
    let bar = MAX_BAR.min(slot.share(2, 5));
    // Where every figure is zero there is nothing to draw: the table says it.
    let height = if scale.is_flat() { Length::ZERO } else { scale.room };
    let zero = cursor.y + scale.above_zero();
    let (mut planned, mut actual) = (Vec::new(), Vec::new());
    let mut middle = legend + slot / 2;
    for year in years {
        planned.extend(year.planned.map(|value| scale.bar(value, middle - bar, bar, zero)));
        actual.extend(year.actual.map(|value| scale.bar(value, middle, bar, zero)));
        middle += slot;
    }
    let outlines: Vec<Shape> = planned.iter().map(|area| outline(*area)).collect();
    cursor.shapes.push(Shape::Fill { areas: planned, grey: PLANNED });
    cursor.shapes.extend(outlines);
    cursor.shapes.push(Shape::Fill { areas: actual, grey: ACTUAL });
    cursor.shapes.push(Shape::Rules { segments: vec![((legend, zero), (width, zero))], thickness: THIN, grey: BLACK });
    cursor.skip(height + Length::mm(1));
    figures(years, width, &mut cursor)?;
    Ok(Piece { space_before: Length::mm(3), height: cursor.y, shapes: cursor.shapes, ..Piece::default() })
}

/// The frame of a light bar or swatch.
fn outline(area: Rect) -> Shape {
    Shape::Frame { area, thickness: THIN, grey: BLACK }
}

/// The table under the bars: a legend and the figures as they were reported.
fn figures(years: &[ChartPoint], width: Length, cursor: &mut Cursor) -> Result<(), PdfError> {
    let row = |name: &str, value: fn(&ChartPoint) -> Option<Decimal>| {
        let text = |year: &ChartPoint| value(year).map_or_else(|| "–".to_owned(), |v| v.to_string());
        // Room for the swatch before the name.
        let mut cells = vec![Cell::left(format!("\u{A0}\u{A0}\u{A0}\u{A0}\u{A0}{name}"))];
        cells.extend(years.iter().map(|year| Cell::center(text(year))));
        cells
    };
    let mut labels = vec![Cell::left("")];
    labels.extend(years.iter().map(|year| Cell::head(year.label.as_str())));
    let mut widths = vec![LEGEND_SHARE];
    widths.extend(years.iter().map(|_| YEAR_SHARE));
    let rows = vec![labels, row("Kế hoạch", |year| year.planned), row("Thực hiện", |year| year.actual)];
    let model = Table { widths, head: Vec::new(), rows, anchor: None, size: Size::Tiny };

    let swatches = [None, Some(PLANNED), Some(ACTUAL)];
    for (piece, swatch) in table(&model, FIGURES, width, Length::mm(200))?.into_iter().zip(swatches) {
        cursor.shapes.extend(piece.shapes.into_iter().map(|mut shape| {
            shape.shift(Length::ZERO, cursor.y);
            shape
        }));
        if let Some(grey) = swatch {
            let area = Rect::square(Length::tenths_mm(13), cursor.y + Length::tenths_mm(15), Length::tenths_mm(24));
            cursor.shapes.extend([Shape::Fill { areas: vec![area], grey }, outline(area)]);
        }
        cursor.skip(piece.height);
    }
    Ok(())
}

/// The range of values, which always includes zero.
struct Scale {
    low: Decimal,
    high: Decimal,
    /// Height of the whole range.
    room: Length,
}

const ZERO: Decimal = match Decimal::new(0, 0) {
    Some(zero) => zero,
    None => unreachable!(),
};

impl Scale {
    fn of(points: &[ChartPoint], room: Length) -> Self {
        let values = points.iter().flat_map(|point| [point.planned, point.actual]).flatten();
        values.fold(Self { low: ZERO, high: ZERO, room }, |scale, value| Self {
            low: if value.compare(scale.low).is_lt() { value } else { scale.low },
            high: if value.compare(scale.high).is_gt() { value } else { scale.high },
            ..scale
        })
    }

    /// Whether no value differs from zero.
    fn is_flat(&self) -> bool {
        self.low.compare(ZERO).is_eq() && self.high.compare(ZERO).is_eq()
    }

    /// `value` as a share of the whole scale; a scale of nothing has no heights.
    fn height(&self, value: Decimal) -> Length {
        // One scale for all three figures: that of the finest.
        let finest = [self.low, self.high, value].into_iter().max_by_key(|v| v.scale()).unwrap_or(value);
        let whole = self.high.aligned(finest).0 - self.low.aligned(finest).0;
        let part = value.aligned(finest).0.abs();
        let scaled = if whole == 0 { 0 } else { part * i128::from(self.room.in_thousandths()) / whole };
        Length::thousandths(i64::try_from(scaled).unwrap_or(0))
    }

    /// Room that values over zero take.
    fn above_zero(&self) -> Length {
        self.height(self.high)
    }

    fn bar(&self, value: Decimal, x: Length, width: Length, zero: Length) -> Rect {
        let height = self.height(value);
        let y = if value.compare(ZERO).is_lt() { zero } else { zero - height };
        Rect { x, y, width, height }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Option<Decimal> {
        Decimal::parse_plain(text)
    }

    fn point(label: &str, planned: &str, actual: &str) -> ChartPoint {
        ChartPoint { label: label.to_owned(), planned: decimal(planned), actual: decimal(actual) }
    }

    fn bars(chart_piece: &Piece, grey: Grey) -> Vec<Length> {
        let of = |shape: &Shape| match shape {
            Shape::Fill { areas, grey: g } if *g == grey && areas.len() > 1 => {
                Some(areas.iter().map(|a| a.height).collect())
            }
            _ => None,
        };
        chart_piece.shapes.iter().find_map(of).unwrap_or_default()
    }

    #[test]
    fn bars_are_as_high_as_their_figures_whatever_their_decimals() {
        let model = Chart {
            title: "Tỷ lệ (%)".into(),
            half: false,
            points: vec![point("2022", "100", "50.00"), point("2023", "25.0", "12.5")],
        };
        let piece = chart(&model, Length::mm(165)).expect("letters").remove(0);
        assert_eq!(bars(&piece, PLANNED), [HEIGHT, HEIGHT / 4]);
        assert_eq!(bars(&piece, ACTUAL), [HEIGHT / 2, HEIGHT / 8]);
        let texts: Vec<String> = piece
            .shapes
            .iter()
            .filter_map(|s| if let Shape::Text(r) = s { Some(r.text.clone()) } else { None })
            .collect();
        assert!(["100", "50,00", "25,0", "12,5"].iter().all(|figure| texts.iter().any(|t| t == figure)), "{texts:?}");
    }

    #[test]
    fn figures_below_zero_hang_from_the_zero_line_and_nothing_gives_no_bar() {
        let model = Chart {
            title: "Tăng trưởng (%)".into(),
            half: false,
            points: vec![point("2021", "6", "-2"), point("2022", "6", "")],
        };
        let piece = chart(&model, Length::mm(165)).expect("letters").remove(0);
        assert_eq!(bars(&piece, PLANNED), [HEIGHT * 6 / 8, HEIGHT * 6 / 8]);
        let zeroes = Chart { title: "Không".into(), points: vec![point("2021", "0", "0")], half: false };
        assert_eq!(chart(&zeroes, Length::mm(165)).expect("letters").len(), 1);
    }
}
