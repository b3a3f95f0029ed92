//! One record's cells as values; whatever does not fit becomes a finding at its cell.

use jiff::civil::Date;

use domain::fact::Period;
use domain::letters::{LetterFault, foreign, unseen};
use domain::names::{from_capitals, undressed, with_true_letters};
use domain::official::Birth;
use domain::text::{clean, date_dmy};

use super::dates::{self, DateError, Reading, Window};
use super::grid::{Cell, Doubt};
use super::number::{self, Figure};
use super::report::{self, Code, Report};
use super::schema::{Choice, Column, Need, labels};
use super::table::SheetRecord;

/// Units that offices write after a count.
const COUNTED: [&str; 4] = ["phiếu", "đại biểu", "người", "lá phiếu"];

/// Reads one record.
pub(super) struct Fields<'a, 'g> {
    record: &'a SheetRecord<'g>,
    report: &'a mut Report,
}

impl<'a, 'g> Fields<'a, 'g> {
    /// Reads `record`; findings go to `report`.
    pub(super) const fn new(record: &'a SheetRecord<'g>, report: &'a mut Report) -> Self {
        Self { record, report }
    }

    /// Adds a finding at the cell of a column.
    pub(super) fn find(&mut self, code: Code, column: &Column, what: impl Into<String>, remedy: impl Into<String>) {
        self.report.add(code, self.record.place(column), what, remedy);
    }

    /// Keeps who may be meant by a name in the cell of a column: texts of the whole cell with another name in its place.
    pub(super) fn offer(&mut self, column: &Column, name: &str, others: &[String]) {
        let typed = self.record.cell(column).map(Cell::shown).unwrap_or_default();
        let choices = others.iter().map(|other| typed.replacen(name, other, 1)).collect();
        self.report.offer(&self.record.place(column), choices);
    }

    /// The cell, as [`Self::value`], for a column that nothing else reads.
    pub(super) fn cell(&mut self, column: &Column) -> Option<&'g Cell> {
        self.record.cell(column)?;
        self.value(column)
    }

    /// What was typed as text.
    pub(super) fn typed(&self, column: &Column) -> Option<&'g str> {
        if let Some(Cell::Text(text)) = self.record.cell(column) { Some(text) } else { None }
    }

    /// Tells of each doubt about a cell: an error where the column decides.
    fn say_doubts(&mut self, column: &Column) {
        for doubt in self.record.doubts(column) {
            let code = match doubt {
                // Words that are units of a count, as somebody would type them.
                Doubt::Beside { literal, .. } if COUNTED.contains(&literal.trim()) => continue,
                Doubt::Beside { .. } if !column.is_number() => continue,
                Doubt::ShownAs { rounded: true, .. } if !column.is_number() && !column.decides => continue,
                // Formats of shares always round; what is printed is what is seen.
                _ if column.decides => report::SEEN_DECIDES,
                Doubt::ShownAs { rounded: true, .. } => report::SEEN_ROUNDED,
                _ => report::SEEN_OTHERWISE,
            };
            let (what, remedy) = doubt.told();
            self.find(code, column, what, remedy);
        }
    }

    /// The cell; `None` after a finding when it is broken, or missing where it is needed. A column that is missing as a whole
    /// has one finding of its own and none per row.
    fn value(&mut self, column: &Column) -> Option<&'g Cell> {
        match self.record.cell(column) {
            Some(Cell::Broken(error)) => {
                let what = format!("Công thức ở ô «{}» cho kết quả lỗi {error}.", column.title);
                self.find(report::BROKEN_FORMULA, column, what, "Sửa công thức hoặc ghi trực tiếp giá trị.");
                None
            }
            Some(Cell::Uncomputed) => {
                let what = format!("Công thức ở ô «{}» chưa được tính.", column.title);
                let remedy = "Mở tệp bằng Excel hoặc LibreOffice, lưu lại rồi nhập; hoặc ghi trực tiếp giá trị.";
                self.find(report::BROKEN_FORMULA, column, what, remedy);
                None
            }
            Some(Cell::Stale { stored, computed }) => {
                let what = format!(
                    "Công thức ở ô «{}» lưu kết quả {} nhưng tính lại được {}.",
                    column.title,
                    stored.replace('.', ","),
                    computed.replace('.', ",")
                );
                let remedy = "Mở tệp bằng Excel hoặc LibreOffice, lưu lại rồi nhập; hoặc ghi trực tiếp giá trị.";
                self.find(report::BROKEN_FORMULA, column, what, remedy);
                None
            }
            Some(cell) => {
                self.say_doubts(column);
                if let Cell::Text(text) = cell
                    && let Some(fault) = unseen(text)
                {
                    self.say_letter(column, &fault);
                }
                Some(cell)
            }
            None => {
                self.say_missing(column);
                None
            }
        }
    }

    fn say_missing(&mut self, column: &Column) {
        let code = match column.need {
            Need::Required if self.record.has(column) => report::CELL_MISSING,
            Need::Wanted => report::CELL_WANTED,
            _ => return,
        };
        self.find(code, column, format!("Chưa ghi «{}».", column.title), format!("Ghi: {}", column.help));
    }

    /// Text in NFC, trimmed, with single spaces.
    pub(super) fn text(&mut self, column: &Column) -> Option<String> {
        let cell = self.value(column)?;
        self.say_turned_date(column, cell);
        Some(cell.shown())
    }

    /// Excel makes a day of «3-5» and of «5/2023»: in a column of text that is told.
    fn say_turned_date(&mut self, column: &Column, cell: &Cell) {
        let told = self.record.doubts(column).iter().any(|doubt| matches!(doubt, Doubt::NoYear { .. }));
        let whole = matches!(cell, Cell::Date(_)) && !column.may_be_day();
        if matches!(cell, Cell::Month(_)) || (whole && !told) {
            let what =
                format!("Ô «{}» là ngày tháng, có thể do bảng tính tự đổi; đã đọc «{}».", column.title, cell.shown());
            let remedy = "Nếu không phải ngày, định dạng ô là văn bản rồi gõ lại.";
            let code = if column.decides { report::SEEN_DECIDES } else { report::SEEN_OTHERWISE };
            self.find(code, column, what, remedy);
        }
    }

    /// The name of a person, without what is no part of it; that is told.
    pub(super) fn name(&mut self, column: &Column) -> Option<String> {
        let mut name = self.name_in_true_letters(column)?;
        if let Some(bare) = undressed(&name) {
            let what = format!("Họ tên «{name}» kèm xưng hô, học vị hoặc dấu thừa; đã đọc «{bare}».");
            let remedy = "Xưng hô ghi ở cột riêng. Nếu «Ông», «Bà» là họ thì ghi hai lần, ví dụ «Ông Ông Văn Ba».";
            self.find(report::NAME_DRESSED, column, what, remedy);
            name = bare;
        }
        self.say_odd(column, &name);
        self.say_foreign(column, &name);
        Some(name)
    }

    /// A name as it was printed, with its title.
    pub(super) fn printed_name(&mut self, column: &Column) -> Option<String> {
        let name = self.name_in_true_letters(column)?;
        if name.starts_with(['\'', '’', '‘', '`', '"', '“']) {
            let what = format!("Họ tên «{name}» bắt đầu bằng một dấu thừa.");
            self.find(report::NAME_DRESSED, column, what, "Bỏ dấu ở đầu họ tên.");
        }
        self.say_odd(column, &name);
        self.say_foreign(column, &name);
        Some(name)
    }

    /// A name without letters that nobody sees, and with Đ for what looks like it.
    fn name_in_true_letters(&mut self, column: &Column) -> Option<String> {
        let mut name = self.text(column)?;
        if self.record.cell(column).is_some_and(|cell| matches!(cell, Cell::Text(text) if has_unseen_blank(text))) {
            let what = format!("Họ tên «{name}» có ký tự không hiện ra; đã bỏ.");
            self.find(report::NAME_DRESSED, column, what, "Gõ lại họ tên nếu không đúng.");
        }
        if let Some(right) = with_true_letters(&name).filter(|right| foreign(right).is_none()) {
            let what = format!("Họ tên «{name}» có chữ trông giống «Đ» hoặc ký tự không hiện ra; đã đọc «{right}».");
            self.find(report::NAME_DRESSED, column, what, "Kiểm tra lại; nên gõ lại bằng bàn phím tiếng Việt.");
            name = right;
        }
        Some(name)
    }

    /// Capitals alone, and a number in a name, are printed as they are: that is asked.
    fn say_odd(&mut self, column: &Column, name: &str) {
        if let Some(proposed) = from_capitals(name) {
            let what = format!("Họ tên «{name}» viết hoa toàn bộ; giấy tờ sẽ in như vậy.");
            self.find(report::NAME_DRESSED, column, what, format!("Có phải là: {proposed}?"));
        }
        // A year of birth in brackets tells two people of one name apart.
        let outside = name.split('(').next().unwrap_or_default();
        if outside.contains(|letter: char| letter.is_ascii_digit()) {
            let bare: String = outside.chars().filter(|letter| !letter.is_ascii_digit()).collect();
            let bare = clean(bare.trim_matches(|letter: char| !letter.is_alphabetic()));
            let what = format!("Họ tên «{name}» có chữ số.");
            self.find(report::NAME_DRESSED, column, what, format!("Có phải là: {bare}?"));
        }
    }

    fn say_foreign(&mut self, column: &Column, name: &str) {
        if name.contains('?') {
            let what = format!("Họ tên «{name}» có dấu «?»: chữ có dấu đã mất khi chuyển mã.");
            self.find(
                report::BAD_LETTER,
                column,
                what,
                "Gõ lại họ tên có dấu, hoặc lấy lại tệp gốc và lưu dạng Unicode.",
            );
        } else if let Some(fault) = foreign(name) {
            self.say_letter(column, &fault);
        }
    }

    fn say_letter(&mut self, column: &Column, fault: &LetterFault) {
        let what = format!("Ô «{}» {fault}.", column.title);
        self.find(report::BAD_LETTER, column, what, "Gõ lại ô này trong bảng tính rồi nhập lại.");
    }

    /// Items separated by `;` or line breaks, none of them empty.
    pub(super) fn list(&mut self, column: &Column) -> Vec<String> {
        let mut items = self.items(column);
        items.retain(|item| !item.is_empty());
        items
    }

    fn items(&mut self, column: &Column) -> Vec<String> {
        match self.value(column) {
            Some(Cell::Text(text)) => text.split([';', '\n']).map(clean).collect(),
            Some(other) => {
                self.say_turned_date(column, other);
                vec![other.shown()]
            }
            None => Vec::new(),
        }
    }

    /// A value of a closed set.
    pub(super) fn choice<T: Choice>(&mut self, column: &Column) -> Option<T> {
        let text = self.text(column)?;
        let found = T::of(&text);
        if found.is_none() {
            let what = format!("«{text}» không phải là giá trị của «{}».", column.title);
            let remedy = format!("Ghi một trong: {}.", labels::<T>().join("; "));
            self.find(report::BAD_CHOICE, column, what, remedy);
        }
        found
    }

    /// Whole number from 0.
    pub(super) fn count(&mut self, column: &Column) -> Option<u32> {
        let cell = self.value(column)?;
        let figure = match cell {
            Cell::Number { plain, percent: false, .. } => number::from_stored(plain, false),
            Cell::Text(text) => number::from_text(without_counted(&clean(text))),
            _ => None,
        };
        let whole = figure.filter(|figure| !figure.percent && !figure.rounded).and_then(whole_number);
        if whole.is_none() {
            let what = format!("«{}» không phải là số nguyên không âm.", cell.shown());
            self.find(report::BAD_COUNT, column, what, "Ghi số bằng chữ số, ví dụ 47 hoặc 1.234.");
        }
        whole
    }

    /// Exact decimal figure, and whether it is in per cent.
    pub(super) fn figure(&mut self, column: &Column) -> Option<Figure> {
        let cell = self.value(column)?;
        let figure = match cell {
            Cell::Number { plain, percent, .. } => number::from_stored(plain, *percent),
            Cell::Text(text) => number::from_text(text),
            _ => None,
        };
        match figure {
            None => {
                let what = format!("«{}» không phải là số.", cell.shown());
                let remedy = "Ghi số với dấu phẩy thập phân, ví dụ 8,5 hoặc 1.234,5; đơn vị ghi ở cột riêng.";
                self.find(report::BAD_NUMBER, column, what, remedy);
            }
            Some(figure) if figure.rounded => {
                let what = format!("«{}» được làm tròn thành {}.", cell.shown(), figure.value);
                self.find(report::ROUNDED, column, what, "Ghi số đã làm tròn như trong tài liệu nguồn.");
            }
            Some(_) => {}
        }
        figure
    }

    pub(super) fn date(&mut self, column: &Column) -> Option<Date> {
        let cell = self.value(column)?;
        let read = match cell {
            Cell::Date(date) => stored_date(*date, Window::EVENTS),
            Cell::Text(text) => dates::day(text, Window::EVENTS),
            Cell::Number { plain, .. } => match self.period_of(column, plain) {
                Some(Period::Day(day)) => stored_date(day, Window::EVENTS),
                _ => Err(DateError::Form),
            },
            _ => Err(DateError::Form),
        };
        self.dated(column, &cell.shown(), read, "Ghi đủ ngày/tháng/năm, ví dụ 05/12/2023.")
    }

    /// One day for each of `count` items, or one for all; `None` stands for an item without a day.
    pub(super) fn dates(&mut self, column: &Column, count: usize) -> Vec<Option<Date>> {
        if !matches!(self.record.cell(column), Some(Cell::Text(text)) if text.contains([';', '\n'])) {
            return vec![self.date(column); count];
        }
        let items = self.items(column);
        if items.len() != count {
            let what = format!("Có {} ngày cho {count} chức vụ.", items.len());
            let remedy = "Ghi một ngày cho tất cả, hoặc mỗi chức vụ một ngày theo đúng thứ tự, cách nhau bằng dấu «;».";
            self.find(report::DATES_UNALIGNED, column, what, remedy);
            return vec![None; count];
        }
        let remedy = "Ghi đủ ngày/tháng/năm, ví dụ 05/12/2023; chức vụ không rõ ngày thì để trống giữa hai dấu «;».";
        let mut read = |item: &String| {
            let reading = if item.is_empty() { return None } else { dates::day(item, Window::EVENTS) };
            self.dated(column, item, reading, remedy)
        };
        items.iter().map(&mut read).collect()
    }

    /// A day or a year of birth.
    pub(super) fn birth(&mut self, column: &Column) -> Option<Birth> {
        let cell = self.value(column)?;
        let exact = |value| Ok(Reading { value, short_year: false });
        let read = match cell {
            Cell::Date(date) => stored_date(*date, Window::BIRTHS).map(|reading| reading.map(Birth::Day)),
            Cell::Number { plain, .. } => match self.period_of(column, plain) {
                Some(Period::Year(year)) => exact(Birth::Year(year)),
                Some(Period::Day(day)) => exact(Birth::Day(day)),
                _ => Err(DateError::Form),
            },
            Cell::Text(text) => match dates::period(text) {
                Ok(Reading { value: Period::Year(year), .. }) => exact(Birth::Year(year)),
                _ => dates::day(text, Window::BIRTHS).map(|reading| reading.map(Birth::Day)),
            },
            _ => Err(DateError::Form),
        };
        self.dated(column, &cell.shown(), read, "Ghi ngày/tháng/năm sinh, ví dụ 19/08/1965, hoặc chỉ năm sinh 1965.")
    }

    /// Day, month, quarter, year or span.
    pub(super) fn period(&mut self, column: &Column) -> Option<Period> {
        let cell = self.value(column)?;
        let read = match cell {
            Cell::Date(date) => stored_date(*date, Window::EVENTS).map(|reading| reading.map(Period::Day)),
            Cell::Month(date) => dates::period(&format!("{}/{}", date.month(), date.year())),
            Cell::Number { plain, .. } => match self.period_of(column, plain) {
                Some(value) => Ok(Reading { value, short_year: false }),
                None => Err(DateError::Form),
            },
            Cell::Text(text) => dates::period(text),
            _ => Err(DateError::Form),
        };
        let remedy = "Ghi ngày (05/12/2023), tháng (tháng 5/2023), quý (Quý I/2023), năm (2023) hoặc khoảng \
            (01/01/2023 - 30/6/2023).";
        self.dated(column, &cell.shown(), read, remedy)
    }

    /// A bare number as a year or a day; what is seen is the number, so a day is told.
    fn period_of(&mut self, column: &Column, plain: &str) -> Option<Period> {
        let period = dates::from_stored(plain, self.record.counts_from_1904())?;
        if let Period::Day(day) = period {
            let what =
                format!("Ô hiện số {}, không phải ngày; đã hiểu là ngày {}.", plain.replace('.', ","), date_dmy(day));
            let code = if column.decides { report::SEEN_DECIDES } else { report::SEEN_OTHERWISE };
            self.find(code, column, what, "Đối chiếu với văn bản gốc rồi ghi lại thành ngày/tháng/năm.");
        }
        Some(period)
    }

    fn dated<T>(
        &mut self,
        column: &Column,
        shown: &str,
        read: Result<Reading<T>, DateError>,
        remedy: &str,
    ) -> Option<T> {
        match read {
            Ok(Reading { value, short_year }) => {
                if short_year {
                    let what = format!("Năm trong «{shown}» chỉ ghi hai chữ số; đã hiểu theo thế kỷ duy nhất hợp lý.");
                    self.find(report::SHORT_YEAR, column, what, "Kiểm tra và ghi đủ bốn chữ số của năm.");
                }
                Some(value)
            }
            Err(error) => {
                let what = format!("«{}»: {shown} – {error}.", column.title);
                self.find(report::BAD_DATE, column, what, remedy);
                None
            }
        }
    }
}

/// A day that the file stores as such. A year typed into a cell with a date format becomes a day of 1905, and is refused
/// for that.
fn stored_date(date: Date, window: Window) -> Result<Reading<Date>, DateError> {
    if window.has(date.year()) {
        Ok(Reading { value: date, short_year: false })
    } else {
        Err(DateError::Year { year: date.year() })
    }
}

fn whole_number(figure: Figure) -> Option<u32> {
    let unit = 10_i64.checked_pow(u32::from(figure.value.scale()))?;
    let mantissa = figure.value.mantissa();
    (mantissa % unit == 0).then(|| u32::try_from(mantissa / unit).ok()).flatten()
}

/// Whether a text has blanks that nobody sees.
fn has_unseen_blank(text: &str) -> bool {
    text.trim().trim_matches('\u{FEFF}').contains(['\u{200B}', '\u{200C}', '\u{200D}', '\u{FEFF}'])
}

fn without_counted(text: &str) -> &str {
    COUNTED.iter().find_map(|word| text.strip_suffix(word)).unwrap_or(text).trim_end()
}
