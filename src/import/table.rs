//! Finds the table or the form on a sheet, and says what on the sheet is no part of it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use domain::text::fold;

use super::grid::{Cell, Doubt, Grid, Placed, Spot};
use super::report::{self, Report, TableLayout};
use super::rows;
use super::schema::{Column, Layout, Need, Schema};

/// Number of rows among which the header is searched.
const HEADER_ROWS: usize = 30;
/// Number of texts that a note quotes; the rest is counted.
const QUOTED: usize = 5;

/// Folded words that begin the text under a table; no person, post or fact begins with them.
const BELOW_TABLE: [&str; 9] =
    ["ghi chu", "luu y", "nguoi lap", "nguoi tong hop", "nguoi kiem tra", "noi nhan", "ky ghi ro ho ten", "tm", "t m"];

/// Largest number of required columns that a signature row fills; a record fills more, or is an error anyhow.
const SIGNATURES: usize = 2;

/// One record of a sheet: the cell of each of its fields.
#[derive(Clone, Debug)]
pub(super) struct SheetRecord<'g> {
    grid: &'g Grid,
    row: u32,
    spots: Spots,
}

/// Where the fields of a record are.
#[derive(Clone, Debug)]
enum Spots {
    /// In the record's row; the columns are those of all records of the sheet.
    Columns(Rc<BTreeMap<&'static str, u32>>),
    /// Anywhere: a form.
    Each(BTreeMap<&'static str, Spot>),
}

impl<'g> SheetRecord<'g> {
    fn spot(&self, title: &str) -> Option<Spot> {
        match &self.spots {
            Spots::Columns(columns) => columns.get(title).map(|column| (self.row, *column)),
            Spots::Each(spots) => spots.get(title).copied(),
        }
    }

    /// The cell of a column; `None` when it is empty or the column absent.
    pub(super) fn cell(&self, column: &Column) -> Option<&'g Cell> {
        self.grid.at(self.spot(column.title)?).map(|placed| &placed.cell)
    }

    /// Why what is read of the cell may not be what is seen.
    pub(super) fn doubts(&self, column: &Column) -> &'g [Doubt] {
        let placed = self.spot(column.title).and_then(|spot| self.grid.at(spot));
        placed.map_or(&[], |placed| placed.doubts.as_slice())
    }

    /// Whether the file counts days from 01/01/1904.
    pub(super) const fn counts_from_1904(&self) -> bool {
        self.grid.counts_from_1904
    }

    /// Whether the sheet has the column at all.
    pub(super) fn has(&self, column: &Column) -> bool {
        self.spot(column.title).is_some()
    }

    /// Address of a column's cell, or of the record when the sheet lacks the column.
    pub(super) fn place(&self, column: &Column) -> String {
        self.spot(column.title).map_or_else(|| self.place_of_record(), |spot| self.grid.place(spot))
    }

    /// Address of the whole record.
    pub(super) fn place_of_record(&self) -> String {
        self.grid.place_of_row(self.row)
    }

    /// Line of the file, from 1.
    pub(super) fn line(&self) -> u64 {
        u64::from(self.row) + 1
    }
}

/// The records of a sheet; `None` after the finding that says why there are none.
pub(super) fn records<'g>(grid: &'g Grid, schema: &Schema, report: &mut Report) -> Option<Vec<SheetRecord<'g>>> {
    note_hidden(grid, report);
    tell_marks(grid, report);
    let header = Header::find(grid, schema);
    if schema.layout == Layout::Form {
        let form = Form::find(grid, schema);
        if form.keys.len() > header.as_ref().map_or(0, |h| h.columns.len()) {
            return Some(vec![form.into_record(report)]);
        }
    }
    let Some(header) = header else {
        let wanted: Vec<&str> = required(schema).map(|column| column.title).collect();
        let remedy = format!("Ghi một dòng tiêu đề có ít nhất các cột: {}.", wanted.join("; "));
        report.add(report::HEADER_MISSING, &grid.title, "Không tìm thấy dòng tiêu đề của bảng.", remedy);
        return None;
    };
    Some(header.into_records(report))
}

fn required(schema: &Schema) -> impl Iterator<Item = &'static Column> {
    schema.columns.iter().filter(|column| column.need == Need::Required)
}

fn note_hidden(grid: &Grid, report: &mut Report) {
    if grid.hidden {
        report.add(
            report::HIDDEN,
            &grid.title,
            "Trang đang ẩn; vẫn được đọc.",
            "Bỏ ẩn để kiểm tra, hoặc xóa nếu không dùng.",
        );
    }
    let hidden_rows = grid.hidden_rows.iter().flat_map(|range| grid.rows.range(range.clone()));
    let rows: BTreeSet<u32> = hidden_rows.map(|(row, _)| *row).collect();
    let rows: Vec<String> = rows.iter().map(|row| (u64::from(*row) + 1).to_string()).collect();
    let used: BTreeSet<u32> = grid.rows.values().flat_map(|cells| cells.keys().copied()).collect();
    let columns = used.iter().filter(|column| grid.hidden_columns.iter().any(|range| range.contains(column)));
    let columns: Vec<String> = columns.map(|column| super::grid::column_letters(*column)).collect();
    for (what, hidden) in [("Dòng", rows), ("Cột", columns)] {
        if !hidden.is_empty() {
            let what = format!("{what} đang ẩn vẫn được đọc: {}.", quoted(&hidden, |text| text.clone()));
            report.add(report::HIDDEN, &grid.title, what, "Bỏ ẩn để kiểm tra; xóa hẳn nếu không muốn dùng.");
        }
    }
}

/// Rows that are struck through count for nothing on paper; comments are seen only where somebody points at them.
fn tell_marks(grid: &Grid, report: &mut Report) {
    let mut rows: Vec<u32> = grid.struck.iter().map(|spot| spot.0).collect();
    rows.dedup();
    for row in rows {
        let cells: Vec<String> = grid
            .struck
            .range((row, 0)..=(row, u32::MAX))
            .filter_map(|spot| grid.at(*spot))
            .map(|placed| placed.cell.shown())
            .collect();
        let what = format!("Chữ bị gạch ngang vẫn được đọc: {}.", quoted(&cells, |text| format!("«{text}»")));
        let remedy = "Xóa hẳn dòng nếu đã bỏ; nếu vẫn dùng, bỏ gạch ngang.";
        report.add(report::STRUCK, grid.place_of_row(row), what, remedy);
    }
    for spot in &grid.comments {
        let remedy = "Nếu ghi chú là dữ liệu, chép vào ô.";
        report.add(
            report::COMMENT_ONLY,
            grid.place(*spot),
            "Ô trống nhưng có ghi chú (comment), không được đọc.",
            remedy,
        );
    }
}

/// The first few of a list, and how many more.
fn quoted<T>(items: &[T], show: impl Fn(&T) -> String) -> String {
    let mut shown: Vec<String> = items.iter().take(QUOTED).map(show).collect();
    if items.len() > QUOTED {
        shown.push(format!("và {} mục khác", items.len() - QUOTED));
    }
    shown.join("; ")
}

/// Whether a cell holds a running number, `12` or `12.`.
fn is_number(placed: &Placed) -> bool {
    fold(&placed.cell.shown()).bytes().all(|byte| byte.is_ascii_digit())
}

/// Example and instruction lines of the template: never read.
fn is_marked(cells: &BTreeMap<u32, Placed>) -> bool {
    let first = cells.values().next().map(|placed| fold(&placed.cell.shown())).unwrap_or_default();
    first.starts_with("vi du") || first.starts_with("huong dan")
}

/// The header of a table, one or two rows deep.
struct Header<'g> {
    grid: &'g Grid,
    schema: Schema,
    first: u32,
    last: u32,
    /// Column of the sheet by title in the schema.
    columns: BTreeMap<&'static str, u32>,
    /// Headings that name a column of the schema a second time.
    twice: Vec<(Spot, &'static str)>,
    /// Columns under the right part of a heading that is merged over several.
    sideways: BTreeMap<u32, &'static str>,
}

impl<'g> Header<'g> {
    /// The row, or pair of rows, that names most columns; `None` when none names the required ones or at least two.
    fn find(grid: &'g Grid, schema: &Schema) -> Option<Self> {
        let top: Vec<u32> =
            grid.rows.iter().filter(|(_, cells)| !is_marked(cells)).map(|(row, _)| *row).take(HEADER_ROWS).collect();
        let mut best: Option<Self> = None;
        for &row in &top {
            for last in [row, row.saturating_add(1)] {
                let header = Self::at(grid, schema, row, last);
                // Of equals one row is better than two: a title above the header is no part of it.
                let rank = |h: &Self| (h.columns.len(), h.first == h.last);
                if best.as_ref().is_none_or(|b| rank(&header) > rank(b)) {
                    best = Some(header);
                }
            }
        }
        best.filter(|header| {
            let named = |column: &Column| header.columns.contains_key(column.title);
            header.columns.len() >= 2 || required(schema).any(named) && required(schema).all(named)
        })
    }

    fn at(grid: &'g Grid, schema: &Schema, first: u32, last: u32) -> Self {
        let mut header = Self {
            grid,
            schema: *schema,
            first,
            last,
            columns: BTreeMap::new(),
            twice: Vec::new(),
            sideways: BTreeMap::new(),
        };
        let (Some(top), Some(bottom)) = (grid.rows.get(&first), grid.rows.get(&last)) else { return header };
        let used: BTreeSet<u32> = top.keys().chain(bottom.keys()).copied().collect();
        for column in used {
            let text = |cells: &BTreeMap<u32, Placed>| cells.get(&column).map(|placed| placed.cell.shown());
            let (upper, lower) = (text(top), text(bottom));
            let candidates = match (upper, lower) {
                (Some(upper), Some(lower)) if upper != lower => vec![format!("{upper} {lower}"), lower],
                (upper, lower) => upper.or(lower).into_iter().collect(),
            };
            let Some(found) = candidates.iter().find_map(|text| schema.column_of(text)) else { continue };
            let merged = bottom.get(&column).or(top.get(&column)).and_then(|placed| placed.copy_of);
            if header.columns.contains_key(found.title) {
                if merged.is_some_and(|(_, from)| from != column) {
                    header.sideways.insert(column, found.title);
                } else {
                    header.twice.push(((last, column), found.title));
                }
            } else {
                header.columns.insert(found.title, column);
            }
        }
        header
    }

    fn into_records(self, report: &mut Report) -> Vec<SheetRecord<'g>> {
        self.report_columns(report);
        self.note_above(report);
        let mut unread: BTreeMap<u32, usize> = BTreeMap::new();
        let mut records = Vec::new();
        let mut layout = self.layout();
        let columns = Rc::new(self.columns.clone());
        let mut below = false;
        for (&row, cells) in self.grid.rows.range(self.last + 1..) {
            below = below || self.ends_table(cells);
            match self.role(row, cells) {
                Role::Marked => self.warn_of_filled_example(row, cells, report),
                Role::Data if below && self.may_be_signature(cells) => {
                    self.note_passed_over(row, cells, "phần ghi chú, chữ ký dưới bảng", report);
                }
                Role::NoData(why) => self.note_passed_over(row, cells, why, report),
                Role::Data => {
                    for (column, _) in
                        cells.iter().filter(|(column, placed)| placed.copy_of.is_none() && !self.reads(**column))
                    {
                        *unread.entry(*column).or_default() += 1;
                    }
                    let spots = Spots::Columns(Rc::clone(&columns));
                    let record = SheetRecord { grid: self.grid, row, spots };
                    if self.schema.columns.iter().any(|c| c.need != Need::Ignored && record.cell(c).is_some()) {
                        layout.rows.insert(row);
                        records.push(record);
                    } else if cells.values().any(|placed| matches!(placed.cell, Cell::Text(_)) && !is_number(placed)) {
                        self.note_passed_over(row, cells, "dòng không có dữ liệu", report);
                    }
                }
            }
        }
        self.note_unread(&unread, report);
        report.lay_out(&self.grid.title, layout);
        records
    }

    /// Head and columns, without rows.
    fn layout(&self) -> TableLayout {
        let columns: BTreeSet<u32> = self.columns.values().copied().collect();
        let heads = (self.first..=self.last).flat_map(|row| columns.iter().map(move |column| (row, *column))).collect();
        TableLayout { heads, columns, ..TableLayout::default() }
    }

    fn note_passed_over(&self, row: u32, cells: &BTreeMap<u32, Placed>, why: &str, report: &mut Report) {
        let texts: Vec<&Placed> = cells.values().filter(|placed| placed.copy_of.is_none()).collect();
        let what = format!("Bỏ qua {why}: «{}».", quoted(&texts, |placed| placed.cell.shown()));
        let remedy = "Nếu đây là dữ liệu, ghi lại cho đúng cột.";
        report.add(report::PASSED_OVER, self.grid.place_of_row(row), what, remedy);
    }

    /// An office may type over the example and leave its mark, and a person would be lost.
    fn warn_of_filled_example(&self, row: u32, cells: &BTreeMap<u32, Placed>, report: &mut Report) {
        let own = |column: &&Column| {
            let placed = self.columns.get(column.title).and_then(|at| cells.get(at));
            placed.is_some_and(|placed| ![column.example, column.help].contains(&placed.cell.shown().as_str()))
        };
        let own: Vec<&Column> = self.schema.columns.iter().filter(|c| c.need != Need::Ignored).filter(own).collect();
        if let Some(first) = own.first() {
            let spot = (row, self.columns.get(first.title).copied().unwrap_or_default());
            let shown = self.grid.at(spot).map(|placed| placed.cell.shown()).unwrap_or_default();
            let what = format!("Dòng mẫu không được đọc mà có nội dung khác mẫu: «{shown}».");
            let remedy = "Nếu là dữ liệu, xóa chữ «VÍ DỤ» ở đầu dòng.";
            report.add(report::EXAMPLE_FILLED, self.grid.place(spot), what, remedy);
        }
    }

    /// Cells of a row that stand in required columns.
    fn filled(&self, cells: &BTreeMap<u32, Placed>) -> usize {
        let columns = required(&self.schema).filter_map(|column| self.columns.get(column.title));
        columns.filter(|column| cells.contains_key(column)).count()
    }

    /// Whether a row is too empty to be a record, but not to be a signature.
    fn may_be_signature(&self, cells: &BTreeMap<u32, Placed>) -> bool {
        let needed = required(&self.schema).count();
        self.filled(cells) <= SIGNATURES.min(needed.saturating_sub(1).max(1))
    }

    /// Whether a row begins what offices put under a table: remarks, place and date, who drew it up, who signs. Remarks
    /// beside a name are of that person.
    fn ends_table(&self, cells: &BTreeMap<u32, Placed>) -> bool {
        if !self.may_be_signature(cells) {
            return false;
        }
        // A post alone may sign, and one beside figures is that of a person without a name.
        let numbers = self.schema.columns.iter().filter(|column| column.is_number());
        let has_number = numbers.filter_map(|c| self.columns.get(c.title)).any(|column| cells.contains_key(column));
        let closing = |placed: &Placed| {
            let shown = placed.cell.shown();
            let words = fold(&shown);
            (rows::is_signature(&shown) && !has_number)
                || BELOW_TABLE.iter().any(|start| words == *start || words.starts_with(&format!("{start} ")))
        };
        let key = required(&self.schema).find_map(|column| self.columns.get(column.title));
        let named = key.and_then(|column| cells.get(column)).is_some_and(|placed| !closing(placed));
        !named && cells.values().any(closing)
    }

    fn reads(&self, column: u32) -> bool {
        self.columns.values().any(|used| *used == column)
    }

    fn report_columns(&self, report: &mut Report) {
        for (spot, title) in &self.twice {
            let what = format!("Hai cột cùng được hiểu là «{title}».");
            let remedy = "Đổi tên hoặc bỏ một cột; cột đứng trước được đọc.";
            report.add(report::COLUMN_TWICE, self.grid.place(*spot), what, remedy);
        }
        for column in required(&self.schema).filter(|column| !self.columns.contains_key(column.title)) {
            let place = self.grid.place_of_row(self.last);
            let what = format!("Thiếu cột «{}».", column.title);
            let also =
                column.names.first().map_or_else(String::new, |name| format!(" (hoặc tên tương đương, như «{name}»)"));
            report.add(
                report::COLUMN_MISSING,
                place,
                what,
                format!("Thêm cột «{}»{also}: {}", column.title, column.help),
            );
        }
    }

    fn note_above(&self, report: &mut Report) {
        let above = self.grid.rows.range(..self.first).filter(|(_, cells)| !is_marked(cells));
        let cells: Vec<&Placed> = above.flat_map(|(_, cells)| cells.values()).filter(|p| p.copy_of.is_none()).collect();
        if !cells.is_empty() {
            let what =
                format!("Phần phía trên bảng không được đọc: «{}».", quoted(&cells, |placed| placed.cell.shown()));
            report.add(report::PASSED_OVER, &self.grid.title, what, "Không cần làm gì nếu đó chỉ là tên bảng.");
        }
    }

    fn note_unread(&self, unread: &BTreeMap<u32, usize>, report: &mut Report) {
        let heading = |row: u32, column: u32| self.grid.at((row, column)).map(|placed| placed.cell.shown());
        let mut columns: BTreeSet<u32> = unread.keys().copied().collect();
        let heads = [self.first, self.last].into_iter().filter_map(|row| self.grid.rows.get(&row));
        columns.extend(heads.flat_map(|cells| cells.keys()).filter(|column| !self.reads(**column)));
        columns.retain(|column| !self.twice.iter().any(|((_, c), _)| c == column));
        for column in columns {
            let count = unread.get(&column).copied().unwrap_or(0);
            if let Some(title) = self.sideways.get(&column) {
                if count > 0 {
                    let what = format!("Tiêu đề «{title}» gộp nhiều cột mà cột này có nội dung riêng ({count} ô).");
                    let remedy = "Dồn nội dung vào một cột rồi bỏ gộp ô tiêu đề.";
                    report.add(report::COLUMN_TWICE, self.grid.place_of_column(column), what, remedy);
                }
                continue;
            }
            let named = heading(self.last, column).or_else(|| heading(self.first, column));
            let named = named.map_or_else(|| "không có tiêu đề".to_owned(), |name| format!("«{name}»"));
            let what = format!("Cột {named} không được dùng ({count} ô có nội dung).");
            let remedy = "Nếu cần dùng, đổi tiêu đề cột theo tệp mẫu.";
            report.add(report::COLUMN_UNKNOWN, self.grid.place_of_column(column), what, remedy);
        }
    }

    fn role(&self, row: u32, cells: &BTreeMap<u32, Placed>) -> Role {
        if is_marked(cells) {
            return Role::Marked;
        }
        let key = required(&self.schema).find_map(|column| self.columns.get(column.title));
        let named = key.and_then(|column| cells.get(column)).or_else(|| cells.values().next());
        if let Some(placed) = named {
            let text = placed.cell.shown();
            if rows::is_sum(&text) {
                return Role::NoData("dòng tổng cộng");
            }
            if rows::is_closing(&text) {
                return Role::NoData("dòng ấn định danh sách");
            }
            let own = |placed: &&Placed| placed.copy_of.is_none() && !is_number(placed);
            if rows::is_group(&text) && cells.values().filter(own).count() <= 1 {
                return Role::NoData("dòng tiêu đề nhóm");
            }
        }
        let repeated = |(column, placed): (&u32, &Placed)| {
            let found = self.schema.column_of(&placed.cell.shown());
            found.is_some_and(|found| self.columns.get(found.title) == Some(column))
        };
        if cells.iter().all(repeated) {
            return Role::NoData("dòng tiêu đề lặp lại");
        }
        let (Some((&left, first)), Some(second)) = (cells.first_key_value(), cells.values().nth(1)) else {
            return Role::Data;
        };
        // One value merged over the row is a caption; the copies of a value merged downwards are data.
        let across = (row, left);
        if first.copy_of.is_none() && cells.values().skip(1).all(|placed| placed.copy_of == Some(across)) {
            return Role::NoData("dòng tiêu đề nhóm");
        }
        if [first, second].iter().any(|placed| rows::is_sum(&placed.cell.shown())) {
            return Role::NoData("dòng tổng cộng");
        }
        let is_nth = |(nth, placed): (usize, &Placed)| fold(&placed.cell.shown()) == nth.to_string();
        let counts_columns = row == self.last + 1 && (1..).zip(cells.values()).all(is_nth);
        if counts_columns { Role::NoData("dòng đánh số cột") } else { Role::Data }
    }
}

/// Kind of a row below the header.
enum Role {
    /// An example or an instruction of the template.
    Marked,
    /// A row that is not a record; holds what it is, for the message.
    NoData(&'static str),
    Data,
}

/// A form: keys in one column, values to the right of them.
struct Form<'g> {
    grid: &'g Grid,
    schema: Schema,
    keys: BTreeMap<&'static str, Spot>,
}

impl<'g> Form<'g> {
    /// The column that holds most keys.
    fn find(grid: &'g Grid, schema: &Schema) -> Self {
        let mut by_column: BTreeMap<u32, BTreeMap<&'static str, Spot>> = BTreeMap::new();
        for (&row, cells) in grid.rows.iter().filter(|(_, cells)| !is_marked(cells)) {
            for (&column, placed) in cells.iter().filter(|(_, placed)| placed.copy_of.is_none()) {
                if let Some(found) = schema.column_of(&placed.cell.shown()) {
                    by_column.entry(column).or_default().entry(found.title).or_insert((row, column));
                }
            }
        }
        let best =
            by_column.into_values().max_by_key(|keys| (keys.len(), std::cmp::Reverse(keys.values().next().copied())));
        Self { grid, schema: *schema, keys: best.unwrap_or_default() }
    }

    fn into_record(self, report: &mut Report) -> SheetRecord<'g> {
        let mut used: BTreeSet<Spot> = self.keys.values().copied().collect();
        let captions = self.caption_columns();
        let mut spots = BTreeMap::new();
        for (title, &(row, column)) in &self.keys {
            let value = self.grid.rows.get(&row).into_iter().flat_map(|cells| cells.range(column + 1..));
            let value =
                value.map(|(c, placed)| (*c, placed)).find(|(c, p)| p.copy_of.is_none() && !captions.contains(c));
            let spot = (row, value.map_or(column + 1, |(c, _)| c));
            used.insert(spot);
            spots.insert(*title, spot);
        }
        for column in required(&self.schema).filter(|column| !self.keys.contains_key(column.title)) {
            let what = format!("Thiếu dòng «{}».", column.title);
            let remedy = format!("Thêm một dòng «{}» và ghi giá trị ở ô bên phải: {}", column.title, column.help);
            report.add(report::COLUMN_MISSING, &self.grid.title, what, remedy);
        }
        for (&row, cells) in self.grid.rows.iter().filter(|(_, cells)| !is_marked(cells)) {
            for (&column, placed) in cells {
                let is_caption = captions.contains(&column) || self.is_heading_row(cells);
                if placed.copy_of.is_none() && !is_caption && !used.contains(&(row, column)) {
                    let what = format!("Ô không được dùng: «{}».", placed.cell.shown());
                    let remedy = "Nếu cần dùng, ghi đúng tên mục theo tệp mẫu ở cột bên trái.";
                    report.add(report::PASSED_OVER, self.grid.place((row, column)), what, remedy);
                }
            }
        }
        let row = self.keys.values().map(|spot| spot.0).min().unwrap_or(0);
        let (heads, cells) = (self.keys.values().copied().collect(), spots.values().copied().collect());
        report.lay_out(&self.grid.title, TableLayout { heads, cells, ..TableLayout::default() });
        SheetRecord { grid: self.grid, row, spots: Spots::Each(spots) }
    }

    fn is_heading_row(&self, cells: &BTreeMap<u32, Placed>) -> bool {
        let words: Vec<String> = cells.values().map(|placed| fold(&placed.cell.shown())).collect();
        words.iter().any(|word| word == "muc") && words.iter().any(|word| word == "noi dung")
    }

    /// Columns that explain: under the headings of the template's form.
    fn caption_columns(&self) -> BTreeSet<u32> {
        let heading = self.grid.rows.values().find(|cells| self.is_heading_row(cells));
        let captions = heading
            .into_iter()
            .flatten()
            .filter(|(_, placed)| ["huong dan", "vi du", "ghi chu"].contains(&fold(&placed.cell.shown()).as_str()));
        captions.map(|(column, _)| *column).collect()
    }
}
