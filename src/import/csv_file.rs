//! CSV files to grids: detects code page and separator; line numbers are those that an editor shows.

use std::collections::BTreeMap;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, WINDOWS_1258};
use unicode_normalization::UnicodeNormalization;

use super::container::{MAX_FILE_BYTES, Refusal};
use super::csv_records::{self, QuoteFault, Split};
use super::grid::{Cell, Grid, Origin};
use super::legacy::{self, Legacy};
use super::report::{self, Report};

/// Largest number of lines of one file.
const MAX_LINES: usize = 100_000;
/// Records that decide which separator is used.
const SAMPLE: usize = 50;
/// Bytes that hold them.
const SAMPLE_BYTES: usize = 64 * 1024;

/// Reads one file as one grid; `None` after a finding that says why it cannot be read.
pub(super) fn load(bytes: &[u8], file_name: &str, report: &mut Report) -> Option<Grid> {
    if bytes.len() > MAX_FILE_BYTES {
        let (code, what, remedy) = Refusal::FileTooLarge.message();
        report.add(code, file_name, what, remedy);
        return None;
    }
    let Decoded { text, encoding, bad } = decode(bytes);
    if text.contains('\0') {
        let (code, what, remedy) = Refusal::NotASpreadsheet.message();
        report.add(code, file_name, what, remedy);
        return None;
    }
    if encoding == WINDOWS_1258 || encoding == WINDOWS_1252 {
        let what = format!("Tệp không dùng bảng mã Unicode; đã đọc theo {}.", encoding.name());
        let remedy = "Kiểm tra lại dấu tiếng Việt; khi lưu CSV chọn mã UTF-8 (CSV UTF-8).";
        report.add(report::OLD_ENCODING, file_name, what, remedy);
    }
    say_bad_bytes(&bad, file_name, report);
    let Separator { byte: separator, start, doubt } = separator(&text);
    let mut grid = Grid::new(file_name, Origin::Csv);
    let split = csv_records::split(&text[start..], separator);
    say_faults(&split, start > 0, file_name, report);
    say_separator(separator, doubt, &split, file_name, report);
    say_uneven(&split, start > 0, file_name, report);
    for (index, (line, fields)) in split.records.into_iter().enumerate() {
        if index >= MAX_LINES {
            let what = format!("Tệp có hơn {MAX_LINES} dòng.");
            report.add(report::TOO_LARGE, file_name, what, "Chỉ giữ các dòng dữ liệu, bỏ các dòng thừa.");
            return None;
        }
        let row = line - u32::from(start == 0);
        for (column, field) in fields.into_iter().enumerate() {
            if let Ok(column) = u32::try_from(column) {
                grid.put((row, column), cell_of(field));
            }
        }
    }
    Some(grid)
}

/// A file as text.
#[derive(Debug)]
struct Decoded {
    text: String,
    encoding: &'static Encoding,
    /// Bytes that are none of the encoding, with their lines.
    bad: Vec<(usize, u8, char)>,
}

impl Decoded {
    const fn whole(text: String, encoding: &'static Encoding) -> Self {
        Self { text, encoding, bad: Vec::new() }
    }
}

/// Text and its encoding. Bytes that are not Unicode are in an old Windows code page: windows-1258, or windows-1252, which
/// TCVN3 and VNI fonts reuse; the one that gives fewer impossible words is chosen. A few such bytes among many letters of UTF-8
/// are strangers that somebody pasted.
fn decode(bytes: &[u8]) -> Decoded {
    let marked = Encoding::for_bom(bytes);
    if let Some((encoding, mark)) = marked.filter(|(encoding, _)| *encoding != UTF_8) {
        let body = bytes.get(mark..).unwrap_or_default();
        return Decoded::whole(encoding.decode_without_bom_handling(body).0.into_owned(), encoding);
    }
    if let Some(encoding) = utf16_without_mark(bytes).filter(|_| marked.is_none()) {
        return Decoded::whole(encoding.decode_without_bom_handling(bytes).0.into_owned(), encoding);
    }
    let body = bytes.get(marked.map_or(0, |(_, mark)| mark)..).unwrap_or_default();
    let (text, bad) = with_strangers(body);
    let wide = text.chars().filter(|letter| !letter.is_ascii()).count();
    if bad.is_empty() || marked.is_some() || wide > 4 * bad.len() {
        return Decoded { text, encoding: UTF_8, bad };
    }
    let vietnamese: String = WINDOWS_1258.decode_without_bom_handling(bytes).0.nfc().collect();
    let latin = WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned();
    let hidden = [Legacy::Tcvn3, Legacy::Vni].into_iter().filter_map(|font| font.decode(&latin));
    let best_of_latin = hidden.map(|text| legacy::nonsense(&text)).min();
    if best_of_latin.is_some_and(|nonsense| nonsense < legacy::nonsense(&vietnamese)) {
        Decoded::whole(latin, WINDOWS_1252)
    } else {
        Decoded::whole(vietnamese, WINDOWS_1258)
    }
}

/// UTF-8 with each byte that is none read as the sign that Windows has there: `0x93` is «“».
fn with_strangers(bytes: &[u8]) -> (String, Vec<(usize, u8, char)>) {
    let (mut text, mut bad) = (String::with_capacity(bytes.len()), Vec::new());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for &byte in chunk.invalid() {
            let letter = WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next();
            // A letter with an accent is more likely a torn one than a sign that was pasted.
            let sign = letter.filter(|letter| !letter.is_alphabetic() && !letter.is_control());
            let letter = sign.unwrap_or('\u{FFFD}');
            bad.push((line_of(&text), byte, letter));
            text.push(letter);
        }
    }
    (text, bad)
}

/// Line of the letter that comes next.
fn line_of(text: &str) -> usize {
    let ends = text.bytes().filter(|byte| *byte == b'\n').count();
    let lone = text.bytes().zip(text.bytes().skip(1).chain([b' '])).filter(|pair| pair.0 == b'\r' && pair.1 != b'\n');
    1 + ends + lone.count()
}

fn say_bad_bytes(bad: &[(usize, u8, char)], file_name: &str, report: &mut Report) {
    let mut lines: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (line, byte, letter) in bad {
        let read = if *letter == '\u{FFFD}' {
            "không đọc được".to_owned()
        } else {
            format!("đã đọc là «{letter}»")
        };
        lines.entry(*line).or_default().push(format!("0x{byte:02X} {read}"));
    }
    for (line, bytes) in lines {
        let what = format!("Có byte không thuộc mã UTF-8: {}.", bytes.join("; "));
        let place = format!("{file_name}, dòng {line}");
        report.add(report::BAD_BYTES, place, what, "Kiểm tra lại dòng này; khi lưu CSV chọn mã UTF-8 (CSV UTF-8).");
    }
}

/// Quotation marks that are open or closed at a wrong place swallow rows, so nothing of such a file is trusted.
fn say_faults(split: &Split, after_first: bool, file_name: &str, report: &mut Report) {
    for (line, fault) in &split.faults {
        let line = line + u32::from(after_first);
        let (what, remedy) = match fault {
            QuoteFault::Open => (
                "Dấu ngoặc kép mở ở dòng này không được đóng, các dòng sau bị coi là một ô.".to_owned(),
                "Thêm dấu ngoặc kép đóng, hoặc bỏ dấu ngoặc kép mở.",
            ),
            QuoteFault::TextBehind => (
                "Sau dấu ngoặc kép đóng còn chữ: có thể một dấu ngoặc kép mở trước đó chưa được đóng.".to_owned(),
                "Kiểm tra các dấu ngoặc kép của dòng này; dấu ngoặc kép trong nội dung phải gõ hai lần.",
            ),
            QuoteFault::Swallows { lines } => (
                format!(
                    "Một ô trong ngoặc kép kéo dài {lines} dòng và chứa cả dòng dữ liệu khác: có thể thiếu dấu ngoặc kép đóng."
                ),
                "Kiểm tra các dấu ngoặc kép từ dòng này.",
            ),
        };
        report.add(report::QUOTE_OPEN, format!("{file_name}, dòng {line}"), what, remedy);
    }
}

/// UTF-16 shows by its zero bytes: separators, digits and line ends have one each.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let zeros = |parity: usize| bytes.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = bytes.len() >= 4 && bytes.len().is_multiple_of(2) && (even + odd) * 8 >= bytes.len();
    match many {
        true if even == 0 => Some(UTF_16LE),
        true if odd == 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// `="007"` is how a CSV file makes a spreadsheet keep a text; any other formula has no result in such a file.
fn cell_of(field: String) -> Cell {
    let Some(formula) = field.strip_prefix('=').filter(|rest| !rest.trim().is_empty()) else {
        return Cell::Text(field);
    };
    let quoted = formula.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match quoted.filter(|text| !text.contains('"')) {
        Some(text) => Cell::Text(text.to_owned()),
        None => Cell::Uncomputed,
    }
}

/// What stands between the fields of a file.
struct Separator {
    byte: u8,
    /// Offset of the first record.
    start: usize,
    doubt: Doubted,
}

/// How sure it is what separates the fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubted {
    /// The file says it, or it is a comma and nothing else fits.
    No,
    /// Guessed, and nothing else fits.
    Guessed,
    /// Another sign would do as well.
    Other(u8),
}

const fn sign_of(separator: u8) -> &'static str {
    match separator {
        b'\t' => "dấu tab",
        b';' => "dấu chấm phẩy (;)",
        b'|' => "dấu gạch đứng (|)",
        _ => "dấu phẩy (,)",
    }
}

fn say_separator(separator: u8, doubt: Doubted, split: &Split, file_name: &str, report: &mut Report) {
    if !split.records.iter().any(|(_, fields)| fields.len() > 1) {
        return;
    }
    let used = sign_of(separator);
    let remedy = "Nếu các cột không đúng, thêm dòng đầu «sep=,» (hoặc dấu khác) rồi nhập lại.";
    match doubt {
        Doubted::No => {}
        Doubted::Guessed => report.add(report::SEPARATOR, file_name, format!("Các ô ngăn cách bằng {used}."), remedy),
        Doubted::Other(other) => {
            let what = format!("Các ô được đọc là ngăn cách bằng {used}, nhưng {} cũng có thể.", sign_of(other));
            report.add(report::SEPARATOR_DOUBTFUL, file_name, what, remedy);
        }
    }
}

/// Tells of records with more fields than the others, of which the last belong to no column, and of those with fewer.
fn say_uneven(split: &Split, after_first: bool, file_name: &str, report: &mut Report) {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, fields) in &split.records {
        *counts.entry(fields.len()).or_default() += 1;
    }
    let Some((&usual, _)) = counts.iter().max_by_key(|(_, count)| **count).filter(|(width, _)| **width > 1) else {
        return;
    };
    let head = split.records.iter().position(|(_, fields)| fields.len() >= usual).unwrap_or(0);
    let filled = |fields: &[String]| fields.iter().filter(|field| !field.trim().is_empty()).count();
    let mut short = Vec::new();
    for (line, fields) in split.records.iter().skip(head) {
        let line = line + u32::from(after_first);
        if filled(fields.get(usual..).unwrap_or_default()) > 0 {
            let what = format!("Dòng có {} ô, các dòng khác có {usual} ô: các ô có thể đã lệch cột.", fields.len());
            let remedy = "Đặt nội dung có dấu ngăn cách trong ngoặc kép.";
            report.add(report::UNEVEN, format!("{file_name}, dòng {line}"), what, remedy);
        } else if fields.len() < usual && filled(fields) > 1 {
            short.push(line);
        }
    }
    if let Some(first) = short.first() {
        let more = if short.len() > 1 { format!(" (và {} dòng khác)", short.len() - 1) } else { String::new() };
        let what = format!("Dòng có ít ô hơn {usual} ô của các dòng khác{more}; các ô cuối coi là trống.");
        report.add(report::UNEVEN, format!("{file_name}, dòng {first}"), what, "Kiểm tra xem dòng có thiếu ô không.");
    }
}

/// The separator: Excel's first line `sep=;` is an instruction, not a record.
fn separator(text: &str) -> Separator {
    let first = text.split(['\r', '\n']).next().unwrap_or_default();
    if let Some(&[order]) = first.trim_end().strip_prefix("sep=").map(str::as_bytes) {
        let rest = text.get(first.len()..).unwrap_or_default();
        let end = if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) };
        return Separator { byte: order, start: first.len() + end, doubt: Doubted::No };
    }
    // The separator gives most records the same number of fields; agreement weighs more than the number.
    let sample = text.get(..text.floor_char_boundary(SAMPLE_BYTES)).unwrap_or(text);
    let fit = |separator: u8| {
        let widths: Vec<usize> =
            csv_records::split(sample, separator).records.iter().take(SAMPLE).map(|(_, fields)| fields.len()).collect();
        let agreeing = |width: &usize| widths.iter().filter(|w| *w == width).count().pow(2) * (width - 1);
        widths.iter().filter(|w| **w > 0).map(agreeing).max().unwrap_or(0)
    };
    // The comma stands last: of equals the last is taken, when nothing separates anything.
    let mut fits: Vec<(usize, u8)> = [b'|', b'\t', b';', b','].map(|separator| (fit(separator), separator)).into();
    fits.sort_by_key(|(fit, _)| *fit);
    let (most, byte) = fits.pop().unwrap_or((0, b','));
    let doubt = match fits.pop() {
        Some((fit, other)) if fit > 0 && 2 * fit >= most => Doubted::Other(other),
        _ if byte == b',' => Doubted::No,
        _ => Doubted::Guessed,
    };
    Separator { byte, start: 0, doubt }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str =
        "Họ và tên;Chức vụ\nNguyễn Văn A;\"Chủ tịch; Trưởng ban\"\n\n\nTrần Thị B;Phó Chủ tịch, Ủy viên\n";

    fn loaded(bytes: &[u8]) -> (Vec<(String, String)>, usize) {
        let mut report = Report::default();
        let grid = load(bytes, "danh-sach.csv", &mut report).expect("readable");
        let cells =
            grid.rows.iter().flat_map(|(&row, cells)| cells.iter().map(move |(&column, cell)| ((row, column), cell)));
        let placed = cells.map(|(spot, placed)| (grid.place(spot), placed.cell.shown())).collect();
        (placed, report.into_findings().len())
    }

    #[test]
    fn lines_have_the_numbers_that_an_editor_shows() {
        let (cells, _) = loaded(TABLE.as_bytes());
        let last = cells.last().expect("cells");
        assert_eq!(last, &("danh-sach.csv, dòng 5, cột B".to_owned(), "Phó Chủ tịch, Ủy viên".to_owned()));
    }

    #[test]
    fn the_same_table_is_read_from_every_encoding() {
        let (expected, _) = loaded(TABLE.as_bytes());
        let with_mark = [b"\xEF\xBB\xBF".as_slice(), TABLE.as_bytes()].concat();
        let utf16: Vec<u8> = TABLE.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16_marked = [b"\xFF\xFE".as_slice(), &utf16].concat();
        for bytes in [with_mark, utf16, utf16_marked] {
            assert_eq!(loaded(&bytes), (expected.clone(), 1));
        }
        // windows-1258 has no precomposed letters with two marks: tones follow their vowel.
        let tones_apart: String = TABLE.nfd().collect::<String>();
        let bytes = to_windows_1258(&tones_apart);
        assert_eq!(loaded(&bytes), (expected, 2));
    }

    fn to_windows_1258(decomposed: &str) -> Vec<u8> {
        let joined = decomposed.replace("a\u{302}", "â").replace("e\u{302}", "ê").replace("o\u{302}", "ô");
        let joined = joined.replace("u\u{31B}", "ư").replace("o\u{31B}", "ơ").replace("a\u{306}", "ă");
        let joined = joined.replace("e\u{323}\u{302}", "ê\u{323}").replace("a\u{323}\u{302}", "â\u{323}");
        let joined = joined.replace("o\u{323}\u{302}", "ô\u{323}");
        let (bytes, _, lossy) = WINDOWS_1258.encode(&joined);
        assert!(!lossy, "the test's own text must fit the code page");
        bytes.into_owned()
    }

    #[test]
    fn commas_semicolons_and_tabs_are_told_apart() {
        for (text, fields) in [
            ("a,b,c\n1,\"x;y;z\",3\n", 3),
            ("Tên;HĐND tỉnh A, khóa XVII\nNơi;Hà Nội, Việt Nam\n", 2),
            ("a\tb\n1,5\t2,5\n", 2),
            ("sep=;\na;b\n", 2),
        ] {
            let Separator { byte, start, .. } = separator(text);
            let split = csv_records::split(&text[start..], byte);
            assert!(split.records.iter().all(|(_, f)| f.len() == fields), "{text}");
        }
    }

    #[test]
    fn tcvn3_bytes_are_told_from_windows_1258() {
        let Decoded { text, encoding, .. } = decode(b"Nguy\xD4n V\xA8n A,Ch\xF1 t\xDEch\n");
        assert_eq!((text.as_str(), encoding), ("NguyÔn V¨n A,Chñ tÞch\n", WINDOWS_1252));
    }

    #[test]
    fn what_a_csv_file_leaves_open_is_told() {
        let told = |text: &str| {
            let mut report = Report::default();
            load(text.as_bytes(), "t.csv", &mut report);
            report.into_findings().iter().map(ToString::to_string).collect::<String>()
        };
        assert_eq!(told("a,b\n1,2\n"), "");
        assert!(told("a;b\n1;2\n").contains("chấm phẩy"));
        assert!(told("a;b,c\n1;2,3\n").contains("cũng có thể"));
        assert!(told("a,b,c\n1,2,3\n4,5,6,7\n").contains("dòng 3] Dòng có 4 ô"));
        assert!(told("a,b,c\n1,2,3\n4,5\n").contains("dòng 3] Dòng có ít ô hơn"));
    }

    #[test]
    fn formulas_of_a_csv_file_have_no_result() {
        for (field, cell) in [
            ("=\"007\"", Cell::Text("007".into())),
            ("=47-C2", Cell::Uncomputed),
            ("=", Cell::Text("=".into())),
            ("a=b", Cell::Text("a=b".into())),
        ] {
            assert_eq!(cell_of(field.to_owned()), cell, "{field}");
        }
    }
}
