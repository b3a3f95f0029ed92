//! Measures on paper, as integers: the same on every machine, and exact to a thousandth of a point.
//!
//! A sum of lengths leaves 64 bits after 10^13 pages; were a defect to reach that, overflow checks stop the program in
//! release as in tests, and no wrong paper is printed.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Sub};

/// A distance on paper in thousandths of a point (1 pt = 1/72 inch; 1 mm = 360/127 pt).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Length(i64);

impl Length {
    pub const ZERO: Self = Self(0);

    pub const fn thousandths(n: i64) -> Self {
        Self(n)
    }

    pub const fn pt(n: i64) -> Self {
        Self(n * 1000)
    }

    /// From millimetres, to the nearest thousandth of a point.
    pub const fn mm(n: i64) -> Self {
        Self((n * 360_000 + 63) / 127)
    }

    /// From tenths of a millimetre, to the nearest thousandth of a point.
    pub const fn tenths_mm(n: i64) -> Self {
        Self((n * 36_000 + 63) / 127)
    }

    pub const fn in_thousandths(self) -> i64 {
        self.0
    }

    /// `self * part / whole`, truncated to a thousandth of a point; `ZERO` where `whole` is 0.
    pub fn share(self, part: i64, whole: i64) -> Self {
        if whole == 0 { Self::ZERO } else { Self(self.0 * part / whole) }
    }

    /// The smallest multiple of `step` that is not below `self`; `self` where `step` is not positive.
    pub fn round_up_to(self, step: Self) -> Self {
        if step.0 <= 0 {
            return self;
        }
        let below = Self(self.0.div_euclid(step.0) * step.0);
        if below == self { self } else { below + step }
    }

    /// `self` multiplied by `n`.
    pub fn times(self, n: usize) -> Self {
        Self(self.0.saturating_mul(i64::try_from(n).unwrap_or(i64::MAX)))
    }
}

impl Add for Length {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Length {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Length {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul<i64> for Length {
    type Output = Self;
    fn mul(self, n: i64) -> Self {
        Self(self.0 * n)
    }
}

impl Div<i64> for Length {
    type Output = Self;
    fn div(self, n: i64) -> Self {
        Self(self.0 / n)
    }
}

impl Sum for Length {
    fn sum<I: Iterator<Item = Self>>(lengths: I) -> Self {
        lengths.fold(Self::ZERO, Add::add)
    }
}

/// Size of text in whole points. A glyph of `w` thousandths of an em is then exactly `w * size` thousandths of a point wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Points(pub u16);

impl Points {
    /// The length of `per_mille` thousandths of an em at this size.
    pub fn em(self, per_mille: i64) -> Length {
        Length(i64::from(self.0) * per_mille)
    }

    /// From one baseline to the next. The face is 1.107 em high from the tail of `ợ` to the hook of `Ẩ`.
    pub fn leading(self) -> Length {
        self.em(1180)
    }

    /// From the top of a line to its baseline: the face's ascent of 0.891 em under half of what the leading adds.
    pub fn baseline(self) -> Length {
        self.em(927)
    }
}

/// A rectangle; `y` grows downwards from the top edge of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rect {
    pub x: Length,
    pub y: Length,
    pub width: Length,
    pub height: Length,
}

impl Rect {
    pub const fn square(x: Length, y: Length, side: Length) -> Self {
        Self { x, y, width: side, height: side }
    }

    pub fn right(self) -> Length {
        self.x + self.width
    }

    pub fn bottom(self) -> Length {
        self.y + self.height
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a4_in_millimetres_is_the_a4_of_every_printer() {
        assert_eq!(Length::mm(210), Length::thousandths(595_276));
        assert_eq!(Length::mm(297), Length::thousandths(841_890));
        assert_eq!(Length::tenths_mm(254), Length::pt(72));
    }

    #[test]
    fn rounding_up_stays_on_the_grid_on_both_sides_of_zero() {
        for (from, to) in [(0, 0), (1, 4), (4, 4), (5, 8), (-1, 0), (-4, -4), (-5, -4)] {
            assert_eq!(Length::pt(from).round_up_to(Length::pt(4)), Length::pt(to), "{from}");
        }
        assert_eq!(Length::pt(5).round_up_to(Length::ZERO), Length::pt(5));
    }

    #[test]
    fn shares_never_add_up_to_more_than_the_whole() {
        let width = Length::mm(165);
        for whole in 1..40 {
            let sum: Length = (0..whole).map(|_| width.share(1, whole)).sum();
            assert!(sum <= width && width - sum < Length::thousandths(whole), "{whole}");
        }
    }
}
