//! The workbook that an office fills: blank, or filled from a book. Reading the filled one gives the same book.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Formula, Workbook, Worksheet,
};

use domain::decimal::Decimal;

use super::error::ImportError;
use super::grid::column_letters;
use super::number;
use super::schema::{Column, Layout, Need, Schema, Shape};
use super::sheets;

/// Name of the sheet with the words of the drop-downs.
const CHOICES: &str = "Danh mục";
/// Rows for which formats and drop-downs are laid out.
const PREPARED_ROWS: u32 = 2_000;
/// Rows above the records of a table: what the sheet is for, what each column is for, the header.
const HEAD_ROWS: u32 = 3;

/// One written cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Out {
    /// Text, also where it looks like a number.
    Text(String),
    /// Whole number.
    Count(u32),
    /// Exact figure.
    Figure(Decimal),
    Date(Date),
}

/// Cells of one record by title of their column.
pub(super) type Row = BTreeMap<&'static str, Out>;

/// Font of all written sheets, the one that state papers are typed in.
pub(super) const FONT: &str = "Times New Roman";
/// A4, in Excel's numbering of paper sizes.
const A4: u8 = 9;

/// One line of text in 12 points.
const LINE_POINTS: u32 = 16;
/// Excel's own limit.
const MAX_HEIGHT_POINTS: u32 = 409;
/// Characters per line that stay legible on A4 landscape.
const PAGE_WIDTH: u32 = 190;

/// Colours that stay distinct on a monochrome printer.
pub(super) mod colour {
    use rust_xlsxwriter::Color;

    pub(crate) const REQUIRED: Color = Color::RGB(0x00FF_E3A8);
    pub(crate) const OPTIONAL: Color = Color::RGB(0x00DD_E6F0);
    pub(crate) const EXAMPLE: Color = Color::RGB(0x00F2_F2F2);
    pub(crate) const FAINT: Color = Color::RGB(0x0066_6666);
}

/// Formats of the workbook.
struct Formats {
    title: Format,
    intro: Format,
    label: Format,
    help: Format,
    header: Format,
    required: Format,
    example: Format,
    text: Format,
    date: Format,
    plain: Format,
}

impl Formats {
    fn new() -> Self {
        let font = || Format::new().set_font_name(FONT).set_font_size(12);
        let cell = || font().set_align(FormatAlign::Top).set_text_wrap();
        let head = || cell().set_bold().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter);
        let faint = || cell().set_italic().set_font_color(colour::FAINT);
        Self {
            title: font().set_bold().set_font_size(16),
            intro: cell().set_bold(),
            label: cell().set_bold().set_border(FormatBorder::Thin),
            help: faint().set_font_size(10),
            header: head().set_background_color(colour::OPTIONAL),
            required: head().set_background_color(colour::REQUIRED),
            example: faint().set_background_color(colour::EXAMPLE),
            // Text stays as typed: Excel would turn 4/5 into a day and 05/12/2023 round.
            text: cell().set_num_format("@"),
            date: cell().set_num_format("dd/mm/yyyy"),
            plain: cell(),
        }
    }

    const fn of(&self, shape: Shape) -> &Format {
        match shape {
            Shape::Date => &self.date,
            Shape::Count | Shape::Figure => &self.plain,
            Shape::Text
            | Shape::List
            | Shape::Dates
            | Shape::Birth
            | Shape::Period
            | Shape::Choice(_)
            | Shape::Suggested(_) => &self.text,
        }
    }

    const fn head_of(&self, column: &Column) -> &Format {
        if matches!(column.need, Need::Required) { &self.required } else { &self.header }
    }
}

/// A4 across, numbered, as long as it needs and `pages` wide.
pub(super) fn for_print(sheet: &mut Worksheet, pages: u16) {
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(pages, 0);
    sheet.set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3).set_footer("&C&A - Trang &P/&N");
}

/// Height in points of a row whose texts wrap; `cells` are pairs of text and width of its column in characters. It is
/// written down because not every program finds it by itself.
pub(super) fn height_points<'t>(cells: impl Iterator<Item = (&'t str, usize)>) -> u32 {
    let lines = cells.map(|(text, width)| text.chars().count().div_ceil(width.max(1))).max().unwrap_or(1).max(1);
    u32::try_from(lines).unwrap_or(u32::MAX).saturating_mul(LINE_POINTS).saturating_add(2).min(MAX_HEIGHT_POINTS)
}

/// A workbook with every sheet; `rows` are the records of each, by title of the sheet, and examples stand where the
/// workbook is blank.
pub(super) fn workbook(rows: &BTreeMap<&'static str, Vec<Row>>, examples: bool) -> Result<Vec<u8>, ImportError> {
    let mut book = new_book()?;
    let formats = Formats::new();
    instructions(book.add_worksheet(), &formats)?;
    let choices = Choices::new();
    for schema in sheets::ALL {
        let sheet = book.add_worksheet().set_name(schema.title)?;
        let records = rows.get(schema.title).map_or(&[][..], Vec::as_slice);
        match schema.layout {
            Layout::Form => form(sheet, schema, records.first(), &formats, &choices)?,
            Layout::Table => table(sheet, schema, records, examples, &formats, &choices)?,
        }
    }
    choices.write(book.add_worksheet(), &formats)?;
    Ok(book.save_to_buffer()?)
}

/// A workbook whose properties do not depend on when it is written.
pub(super) fn new_book() -> Result<Workbook, ImportError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2024, 1, 1)?;
    book.set_properties(&DocProperties::new().set_author("tinnhiem").set_creation_datetime(&made));
    Ok(book)
}

fn instructions(sheet: &mut Worksheet, formats: &Formats) -> Result<(), ImportError> {
    sheet.set_name("Hướng dẫn")?.set_column_width(0, 28)?.set_column_width(1, 100)?;
    for_print(sheet, 1);
    sheet.write_string_with_format(0, 0, "Tệp dữ liệu lấy phiếu tín nhiệm", &formats.title)?;
    let general = [
        ("Cách điền", "Điền lần lượt các trang dưới đây, rồi đưa tệp này cho chương trình."),
        ("Dòng mẫu", "Dòng bắt đầu bằng «VÍ DỤ» hoặc «HƯỚNG DẪN» không được đọc; có thể xóa hoặc để nguyên."),
        (
            "Ngày tháng",
            "Ghi ngày/tháng/năm, ví dụ 05/12/2023. Cột Thời gian nhận cả tháng, quý, năm và khoảng thời gian.",
        ),
        ("Số", "Dấu phẩy là dấu thập phân, dấu chấm ngăn hàng nghìn: 1.234,5. Đơn vị tính ghi ở cột riêng."),
        ("Nhiều giá trị", "Nhiều chức vụ, lĩnh vực hoặc người trong một ô cách nhau bằng dấu chấm phẩy «;»."),
        ("Trùng tên", "Hai người trùng họ tên: ghi ngày sinh, rồi ở các trang khác ghi «Nguyễn Văn A (1975)»."),
        (
            "Phông chữ",
            "Dùng phông Unicode (Times New Roman). Chữ gõ bằng phông TCVN3 hoặc VNI được đổi và có cảnh báo.",
        ),
        ("Kiểm tra", "Khi nhập, mọi lỗi được báo cùng lúc, kèm tên trang và ô, ví dụ «Dữ kiện!C14»."),
    ];
    let mut row = 2;
    let mut line = |format: &Format, title: &str, text: &str| -> Result<(), ImportError> {
        sheet.write_string_with_format(row, 0, title, format)?;
        sheet.write_string_with_format(row, 1, text, &formats.plain)?;
        row += 1;
        Ok(())
    };
    for (title, text) in general {
        line(&formats.label, title, text)?;
    }
    line(&formats.required, "Tiêu đề màu vàng", "Bắt buộc phải ghi.")?;
    line(&formats.header, "Tiêu đề màu xanh", "Có thể để trống.")?;
    for schema in sheets::ALL {
        let head = if schema.need == Need::Required { &formats.required } else { &formats.header };
        line(head, schema.title, schema.help)?;
    }
    Ok(())
}

/// What the sheet is for, over the width of its table.
fn intro(sheet: &mut Worksheet, schema: &Schema, widths: &[u8], formats: &Formats) -> Result<(), ImportError> {
    let last = u16::try_from(widths.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let (text, width) =
        (format!("HƯỚNG DẪN: {}", schema.help), widths.iter().map(|width| u32::from(*width)).sum::<u32>());
    sheet.merge_range(0, 0, 0, last, &text, &formats.intro)?;
    let height = height_points([(text.as_str(), usize::try_from(width).unwrap_or(usize::MAX))].into_iter());
    sheet.set_row_height(0, height)?.set_tab_color(if schema.need == Need::Required {
        colour::REQUIRED
    } else {
        colour::OPTIONAL
    });
    for_print(sheet, if width > PAGE_WIDTH { 2 } else { 1 });
    Ok(())
}

fn form(
    sheet: &mut Worksheet,
    schema: &Schema,
    record: Option<&Row>,
    formats: &Formats,
    choices: &Choices,
) -> Result<(), ImportError> {
    const WIDTHS: [u8; 4] = [26, 46, 52, 30];
    for (column, width) in (0..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    intro(sheet, schema, &WIDTHS, formats)?;
    for (column, heading) in (0..).zip(["Mục", "Nội dung", "Hướng dẫn", "Ví dụ"]) {
        sheet.write_string_with_format(2, column, heading, &formats.header)?;
    }
    sheet.set_freeze_panes(3, 0)?;
    for (row, column) in (3..).zip(schema.columns) {
        let format = formats.of(column.shape).clone().set_border(FormatBorder::Thin);
        sheet.set_row_height(row, height_points([(column.help, usize::from(WIDTHS[2]))].into_iter()))?;
        sheet.write_string_with_format(row, 0, column.title, formats.head_of(column))?;
        sheet.write_blank(row, 1, &format)?;
        if let Some(out) = record.and_then(|record| record.get(column.title)) {
            put(sheet, (row, 1), out, &format)?;
        }
        sheet.write_string_with_format(row, 2, column.help, &formats.help)?;
        sheet.write_string_with_format(row, 3, column.example, &formats.example)?;
        sheet.add_data_validation(row, 1, row, 1, &choices.validation(schema, column)?)?;
    }
    Ok(())
}

fn table(
    sheet: &mut Worksheet,
    schema: &Schema,
    records: &[Row],
    examples: bool,
    formats: &Formats,
    choices: &Choices,
) -> Result<(), ImportError> {
    let widths: Vec<u8> = schema.columns.iter().map(|column| column.width).collect();
    intro(sheet, schema, &widths, formats)?;
    let height = |text: fn(&Column) -> &'static str| {
        height_points(schema.columns.iter().map(|column| (text(column), usize::from(column.width))))
    };
    sheet.set_row_height(1, height(|column| column.help))?.set_row_height(2, height(|column| column.title))?;
    if examples {
        sheet.set_row_height(3, height(|column| column.example))?;
    }
    // The running number and the name stay in sight, however far to the right the office types.
    sheet.set_freeze_panes(HEAD_ROWS, 2)?.set_repeat_rows(2, 2)?.set_repeat_columns(0, 1)?;
    for (index, column) in (0..).zip(schema.columns) {
        let ignored = column.need == Need::Ignored;
        sheet.set_column_width(index, column.width)?.set_column_format(index, formats.of(column.shape))?;
        sheet.write_string_with_format(1, index, if ignored { "HƯỚNG DẪN" } else { column.help }, &formats.help)?;
        sheet.write_string_with_format(2, index, column.title, formats.head_of(column))?;
        if examples {
            sheet.write_string_with_format(
                3,
                index,
                if ignored { "VÍ DỤ" } else { column.example },
                &formats.example,
            )?;
        }
        if !ignored {
            let last = HEAD_ROWS + PREPARED_ROWS;
            sheet.add_data_validation(HEAD_ROWS, index, last, index, &choices.validation(schema, column)?)?;
        }
    }
    for (number, (row, record)) in (1_u32..).zip((HEAD_ROWS..).zip(records)) {
        for (index, column) in (0..).zip(schema.columns) {
            let format = formats.of(column.shape);
            match record.get(column.title) {
                Some(out) => put(sheet, (row, index), out, format)?,
                None if column.need == Need::Ignored => put(sheet, (row, index), &Out::Count(number), format)?,
                None => {}
            }
        }
    }
    Ok(())
}

fn put(sheet: &mut Worksheet, (row, column): (u32, u16), out: &Out, format: &Format) -> Result<(), ImportError> {
    match out {
        Out::Text(text) => sheet.write_string_with_format(row, column, text, format)?,
        Out::Count(count) => sheet.write_number_with_format(row, column, *count, format)?,
        Out::Figure(value) => match stored(*value) {
            Some(number) => sheet.write_number_with_format(row, column, number, format)?,
            None => sheet.write_string_with_format(row, column, value.to_string(), format)?,
        },
        Out::Date(date) => {
            let parts = (u16::try_from(date.year()), u8::try_from(date.month()), u8::try_from(date.day()));
            let (Ok(year), Ok(month), Ok(day)) = parts else { return Ok(()) };
            sheet.write_datetime_with_format(row, column, &ExcelDateTime::from_ymd(year, month, day)?, format)?
        }
    };
    Ok(())
}

/// A stored number that reads back to the very digits; `8,50` has none and stays text.
fn stored(value: Decimal) -> Option<f64> {
    let number: f64 = value.plain().parse().ok()?;
    let back = number::from_stored(&number::plain(number)?, false)?;
    (back.value == value).then_some(number)
}

/// The words of all drop-downs, each list in a column of a sheet of its own: some words hold commas, which a list inside
/// a cell cannot.
struct Choices {
    lists: Vec<(&'static str, &'static str, Vec<&'static str>)>,
}

impl Choices {
    fn new() -> Self {
        let columns =
            sheets::ALL.iter().flat_map(|schema| schema.columns.iter().map(move |column| (schema.title, column)));
        let lists = columns.filter_map(|(sheet, column)| match column.shape {
            Shape::Choice(labels) | Shape::Suggested(labels) => Some((sheet, column.title, labels())),
            _ => None,
        });
        Self { lists: lists.collect() }
    }

    fn validation(&self, schema: &Schema, column: &Column) -> Result<DataValidation, ImportError> {
        let rule = DataValidation::new().set_input_title(column.title)?.set_input_message(column.help)?;
        let list =
            (0..).zip(&self.lists).find(|(_, (sheet, title, _))| *sheet == schema.title && *title == column.title);
        Ok(match (column.shape, list) {
            (Shape::Count, _) => rule
                .allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(0))
                .set_error_title("Không phải số nguyên")?
                .set_error_message("Ghi số nguyên từ 0 trở lên.")?,
            (shape, Some((index, (.., labels)))) => {
                let (letters, last) = (column_letters(index), labels.len() + 1);
                let list =
                    rule.allow_list_formula(Formula::new(format!("='{CHOICES}'!${letters}$2:${letters}${last}")));
                let closed = matches!(shape, Shape::Choice(_));
                list.set_error_style(if closed {
                    DataValidationErrorStyle::Stop
                } else {
                    DataValidationErrorStyle::Warning
                })
                .set_error_title("Không có trong danh sách")?
                .set_error_message("Chọn một giá trị trong danh sách thả xuống.")?
            }
            _ => rule.allow_any_value(),
        })
    }

    fn write(&self, sheet: &mut Worksheet, formats: &Formats) -> Result<(), ImportError> {
        // Nothing to fill in here; the drop-downs read it all the same.
        sheet.set_name(CHOICES)?.set_hidden(true);
        for (column, (_, title, labels)) in (0..).zip(&self.lists) {
            sheet.set_column_width(column, 28)?;
            sheet.write_string_with_format(0, column, *title, &formats.header)?;
            for (row, label) in (1..).zip(labels) {
                sheet.write_string_with_format(row, column, *label, &formats.plain)?;
            }
        }
        Ok(())
    }
}
