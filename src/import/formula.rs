//! Plain formulas computed again: sums, differences and references within one sheet. What a file stores as a result may be
//! old, or a zero that a library wrote because it does not compute.

use super::grid::Spot;

/// Formulas behind formulas that are followed.
const MOST_STEPS: usize = 64;
/// Cells of a sum.
const MOST_CELLS: u32 = 20_000;
/// Numbers are held as whole billionths.
const UNIT: i128 = 1_000_000_000;

/// What a cell gives to a formula.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operand<'s> {
    Empty,
    /// Plain decimal text.
    Number(&'s str),
    /// A formula, and a number that it gave where that may be trusted.
    Formula(&'s str),
    /// Text, an error, a day.
    Other,
}

/// The result in plain decimal text; `None` where the formula is not plain, or one of its cells is no number.
pub(super) fn compute<'s>(formula: &str, cells: &dyn Fn(Spot) -> Operand<'s>) -> Option<String> {
    let value = evaluate(formula, cells, 0)?;
    let digits = format!("{:0>10}", value.unsigned_abs());
    let (whole, fraction) = digits.split_at(digits.len() - 9);
    let fraction = fraction.trim_end_matches('0');
    let sign = if value < 0 { "-" } else { "" };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// Plain decimal text in billionths; `None` with more digits than that.
pub(super) fn billionths(plain: &str) -> Option<i128> {
    let (sign, digits) = plain.strip_prefix('-').map_or((1, plain), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = format!("{fraction:0<9}");
    let whole: i128 = whole.parse().ok()?;
    let fraction: i128 = fraction.get(..9)?.parse().ok()?;
    whole.checked_mul(UNIT)?.checked_add(fraction)?.checked_mul(sign)
}

fn evaluate<'s>(formula: &str, cells: &dyn Fn(Spot) -> Operand<'s>, steps: usize) -> Option<i128> {
    if steps > MOST_STEPS {
        return None;
    }
    // LibreOffice writes `of:=[.G2]+SUM([.C2:.D2])`.
    let text = formula.trim().trim_start_matches("of:").trim_start_matches("oooc:").trim_start_matches('=');
    let text: String = text.chars().filter(|c| !matches!(c, '[' | ']' | '$' | ' ' | '\u{A0}' | '.')).collect();
    // Points are left out above because of `[.G2:.G9]`; a formula with decimals, or of another sheet, is not plain.
    let mut before = ' ';
    for letter in formula.trim_start_matches("of:").chars() {
        if letter == '.' && !matches!(before, '[' | ':') {
            return None;
        }
        before = letter;
    }
    let mut parser = Parser { text: text.as_bytes(), at: 0, cells, steps };
    let value = parser.sum()?;
    (parser.at == parser.text.len()).then_some(value)
}

struct Parser<'p, 's> {
    text: &'p [u8],
    at: usize,
    cells: &'p dyn Fn(Spot) -> Operand<'s>,
    steps: usize,
}

impl Parser<'_, '_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn eat(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn sum(&mut self) -> Option<i128> {
        let mut total = self.term()?;
        loop {
            if self.eat(b'+') {
                total = total.checked_add(self.term()?)?;
            } else if self.eat(b'-') {
                total = total.checked_sub(self.term()?)?;
            } else {
                return Some(total);
            }
        }
    }

    fn term(&mut self) -> Option<i128> {
        if self.eat(b'-') {
            return self.term()?.checked_neg();
        }
        if self.eat(b'+') {
            return self.term();
        }
        if self.eat(b'(') {
            let value = self.sum()?;
            return self.eat(b')').then_some(value);
        }
        let word = self.word().to_owned();
        if word.eq_ignore_ascii_case("SUM") && self.eat(b'(') {
            return self.arguments();
        }
        if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()) {
            return word.parse::<i128>().ok()?.checked_mul(UNIT);
        }
        self.value(spot_of(&word)?)
    }

    fn word(&mut self) -> &str {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric()) {
            self.at += 1;
        }
        self.text.get(start..self.at).and_then(|word| std::str::from_utf8(word).ok()).unwrap_or_default()
    }

    /// Numbers and areas between commas or semicolons; an area passes over text.
    fn arguments(&mut self) -> Option<i128> {
        let mut total: i128 = 0;
        loop {
            let start = self.at;
            let from = spot_of(self.word());
            if let (Some(from), true) = (from, self.eat(b':')) {
                total = total.checked_add(self.area(from)?)?;
            } else {
                self.at = start;
                total = total.checked_add(self.sum()?)?;
            }
            if self.eat(b')') {
                return Some(total);
            }
            if !self.eat(b',') && !self.eat(b';') {
                return None;
            }
        }
    }

    fn area(&mut self, from: Spot) -> Option<i128> {
        let to = spot_of(self.word())?;
        let (rows, columns) = (to.0.checked_sub(from.0)?, to.1.checked_sub(from.1)?);
        if rows.checked_add(1)?.checked_mul(columns.checked_add(1)?)? > MOST_CELLS {
            return None;
        }
        let mut total: i128 = 0;
        for row in from.0..=to.0 {
            for column in from.1..=to.1 {
                let value = match (self.cells)((row, column)) {
                    Operand::Empty | Operand::Other => 0,
                    _ => self.value((row, column))?,
                };
                total = total.checked_add(value)?;
            }
        }
        Some(total)
    }

    fn value(&self, spot: Spot) -> Option<i128> {
        match (self.cells)(spot) {
            Operand::Empty => Some(0),
            Operand::Number(plain) => billionths(plain),
            Operand::Formula(formula) => evaluate(formula, self.cells, self.steps + 1),
            Operand::Other => None,
        }
    }
}

/// Row and column of `C14`, from 0.
pub(super) fn spot_of(reference: &str) -> Option<Spot> {
    let (letters, digits) = reference.split_at(reference.find(|c: char| c.is_ascii_digit())?);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let place = |sum: u32, letter: u8| {
        let digit = letter.to_ascii_uppercase().checked_sub(b'A').filter(|digit| *digit < 26)?;
        sum.checked_mul(26)?.checked_add(u32::from(digit) + 1)
    };
    let column = letters.bytes().try_fold(0, place)?.checked_sub(1)?;
    Some((digits.parse::<u32>().ok()?.checked_sub(1)?, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_formulas_are_computed_and_no_others() {
        let cells = |spot: Spot| match spot {
            (1, 2) => Operand::Number("10"),
            (1, 3) => Operand::Number("5"),
            (1, 4) => Operand::Formula("47-C2-D2"),
            (1, 5) => Operand::Formula("F2"),
            (1, 6) => Operand::Other,
            _ => Operand::Empty,
        };
        for (formula, result) in [
            ("47-C2-D2", Some("32")),
            ("=47-SUM(C2:D2)", Some("32")),
            ("of:=47-SUM([.C2:.D2])", Some("32")),
            ("of:=[.C2]+1", Some("11")),
            ("SUM(C2,D2,E2)", Some("47")),
            ("-(C2-$D$2)", Some("-5")),
            ("$Z$99", Some("0")),
            ("F2", None),
            ("G2+1", None),
            ("IF(C2>1,1,0)", None),
            ("C2*1.5", None),
            ("Sheet2!C2", None),
            ("[1]Sheet1!A1", None),
        ] {
            assert_eq!(compute(formula, &cells).as_deref(), result, "{formula}");
        }
    }
}
