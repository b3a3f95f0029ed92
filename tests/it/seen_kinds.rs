//! Each kind of cell that other programs read wrongly, by several writers: what is told of it, or read of it, whoever wrote the
//! file. `tests/fixtures/seen/make.py` made the files.

use std::path::PathBuf;

use import::{read_published, read_xlsx};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/seen")
}

/// The files of a kind: `formats-op.xlsx`, `formats-lo.ods`.
fn files_of(kind: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder())
        .expect("the fixtures")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = entries.filter(|name| name == kind || name.starts_with(&format!("{kind}-"))).collect();
    names.sort();
    names
}

/// What is read of a workbook, and what is told.
fn read(name: &str) -> (Vec<String>, Vec<String>) {
    let read = read_xlsx(&std::fs::read(folder().join(name)).expect("a file"), name);
    let told = read.findings.iter().map(ToString::to_string).collect();
    let Some(book) = read.book else { return (Vec::new(), told) };
    let number = |n: Option<domain::decimal::Decimal>| n.map_or_else(|| "–".to_owned(), |n| n.to_string());
    let facts = book.facts.iter().map(|fact| {
        let figures = fact.figures.as_ref();
        let figures =
            figures.map(|f| format!("{} {} {}", number(f.planned), number(f.actual), f.unit)).unwrap_or_default();
        format!("{}: {figures}; {}; {}; {}", fact.text, fact.source.number, fact.source.date, fact.period.text())
    });
    let people = book.officials.iter().map(domain::official::Official::addressed);
    let delegates = format!("{} đại biểu", book.delegates.len());
    (facts.chain(people).chain([delegates]).collect(), told)
}

/// What is read of a published table, and what is told.
fn read_table(name: &str) -> (Vec<String>, Vec<String>) {
    let bytes = std::fs::read(folder().join(name)).expect("a file");
    let (rows, findings) = match read_published(&bytes, name) {
        Ok((table, findings)) => (table.rows, findings),
        Err(findings) => (Vec::new(), findings),
    };
    let count = |row: &domain::published::PublishedRow| {
        let counts = row.cells.iter().map(|cell| cell.count.map_or_else(|| "–".to_owned(), |count| count.to_string()));
        format!("{}: {}", row.name, counts.collect::<Vec<_>>().join(" "))
    };
    (rows.iter().map(count).collect(), findings.iter().map(ToString::to_string).collect())
}

/// Lines that have all the words of an expectation, words parted by ` & `.
fn has(lines: &[String], expected: &str) -> bool {
    lines.iter().any(|line| expected.split(" & ").all(|part| line.contains(part)))
}

/// Kind; what is told in each of its files; what is read in each.
const WORKBOOKS: &[(&str, usize, &[&str], &[&str])] = &[
    (
        "formats",
        6,
        &[
            "Dữ kiện!G3 & 12.500.000",
            "Dữ kiện!H3 & 13.120.500",
            "Dữ kiện!G6 & 1 1/2",
            "IMP-062 & Dữ kiện!G8",
            "Dữ kiện!G9 & «5»",
            "Dữ kiện!G10 & E+06",
            "Dữ kiện!G12 & triệu",
        ],
        &[
            "a phần trăm: 97,5 105,2 %",
            "c số hiệu: ; 84/BC-UBND",
            "d số không đầu: ; 007",
            "g đơn vị trong ô: 1.250 – người",
            "m phần trăm chữ: 97,5",
        ],
    ),
    ("clock", 6, &["Dữ kiện!G2 & «12:00»", "Dữ kiện!G3 & không nhìn thấy"], &[]),
    (
        "days",
        6,
        &[
            "Dữ kiện!K5 & tháng đứng trước ngày",
            "Dữ kiện!M6 & không hiện năm",
            "Dữ kiện!J7 & là ngày tháng",
            "Dữ kiện!K8 & 17:00",
            "Dữ kiện!K9 & 23:58",
        ],
        &[
            "a tháng & 01/05/2023 - 31/05/2023",
            "b tháng số & 01/05/2023 - 31/05/2023",
            "c năm & Năm 2023",
            "d mdy & 2022-05-12",
        ],
    ),
    ("zone", 3, &["LỖI & Dữ kiện!K2 & múi giờ", "LỖI & Dữ kiện!K3 & múi giờ"], &[]),
    ("mixed", 6, &["IMP-065 & Dữ kiện!K2"], &[]),
    ("e1904", 3, &["Dữ kiện!K3 & 15/12/2022"], &["a ngày & 2022-12-15", "b số & 2022-12-15"]),
    ("y1900", 2, &["LỖI & năm 1900"], &[]),
    ("counted", 4, &["LỖI IMP-006 & Kết quả!E2"], &[]),
    ("function", 3, &["LỖI IMP-006 & Kết quả!E2", "LỖI IMP-006 & Kết quả!E3"], &[]),
    ("fact", 3, &["LỖI IMP-006 & Dữ kiện!G2", "LỖI IMP-006 & Dữ kiện!H3"], &[]),
    ("name", 2, &["LỖI IMP-006 & Đại biểu!B2"], &[]),
    ("external", 2, &["LỖI & Kết quả!E2"], &[]),
    (
        "hidden",
        6,
        &["IMP-018 & Người được lấy phiếu] Dòng & : 3", "IMP-018 & Dữ kiện] Cột & : F", "IMP-018 & Kết quả] Trang"],
        &[],
    ),
    ("filter", 4, &["IMP-018 & Người được lấy phiếu] Dòng & : 3"], &[]),
    ("unseen", 6, &["IMP-063 & dòng 3", "LỖI IMP-061 & Đại biểu!B5"], &[]),
    ("colour", 3, &["LỖI IMP-061 & Đại biểu!B5", "LỖI IMP-061 & Đại biểu!B6", "LỖI IMP-061 & Đại biểu!B7"], &[]),
    ("covered", 3, &["LỖI IMP-061 & Kết quả!E3 & «3»"], &[]),
    ("package", 6, &["IMP-018 & Dòng & : 3", "LỖI IMP-006 & Dữ kiện!G2", "Dữ kiện!K3 & tháng đứng trước ngày"], &[]),
    ("page.xls", 1, &["LỖI IMP-001 & HTML & .xlsx"], &[]),
    ("page16.xls", 1, &["LỖI IMP-001 & HTML & .xlsx"], &[]),
    ("page-xml.xls", 1, &["LỖI IMP-001 & HTML & .xlsx"], &[]),
    ("mime.xls", 1, &["LỖI IMP-001 & HTML & .xlsx"], &[]),
    ("xml2003.xls", 1, &["LỖI IMP-001 & XML & .xlsx"], &[]),
    ("xml2003-b.xls", 1, &["LỖI IMP-001 & XML & .xlsx"], &[]),
    ("tabs.xls", 1, &["LỖI IMP-001 & văn bản thuần"], &[]),
    (
        "dressed",
        4,
        &["IMP-046 & !B2 & «Lê Văn Cường»", "IMP-046 & !B3 & «Hoàng Thị Em»"],
        &["Ông Lê Văn Cường", "Bà Hoàng Thị Em", "a: ", "b: "],
    ),
    ("doubles", 3, &["IMP-030 & K' Nhiễu", "IMP-030 & Trần Thị Hòa", "IMP-030 & Đặng Văn Sơn"], &[]),
    (
        "rightful",
        3,
        &["IMP-046 & «Ông Văn Thế»"],
        &[
            "Ông Y Thịnh",
            "Bà Bàn Thị Ba",
            "Bà H’Yim Kđoh",
            "Huyền Trân Phúc",
            "Ông Siu",
            "Ông Tống Văn Cộng",
            "Ông Đoàn Văn Tổ",
        ],
    ),
    ("accents", 3, &["IMP-031 & Dữ kiện!B2 & Có phải là: Phạm Văn Hưng?", "IMP-031 & Dữ kiện!B3"], &[]),
    (
        "letters",
        3,
        &[
            "LỖI & !B5 & «?»",
            "LỖI & !B6 & U+0430",
            "IMP-046 & !B7",
            "IMP-046 & !B8 & Lê Thị Hồng?",
            "LỖI & !B9 & không in được",
        ],
        &[],
    ),
    (
        "figures",
        3,
        &[
            "IMP-066 & Dữ kiện!G2",
            "Dữ kiện!G3 & 6,125%",
            "Dữ kiện!G4 & 6,125%",
            "IMP-028 & Dữ kiện!I6",
            "IMP-028 & Dữ kiện!I7",
            "LỖI & Dữ kiện!G8",
            "IMP-066 & Dữ kiện!G9",
        ],
        &[],
    ),
    ("line0", 2, &["IMP-019 & Đại biểu, dòng 5 & tổng cộng"], &["3 đại biểu"]),
    ("line1", 2, &["IMP-019 & Đại biểu, dòng 5 & ấn định"], &["3 đại biểu"]),
    ("line2", 2, &["IMP-019 & Đại biểu, dòng 5 & nhóm"], &["3 đại biểu"]),
    ("line3", 2, &["IMP-019 & Đại biểu, dòng 5 & chữ ký"], &["3 đại biểu"]),
    ("line4", 2, &["IMP-019 & Đại biểu, dòng 5 & tiêu đề lặp lại"], &["3 đại biểu"]),
    ("line5", 2, &["IMP-019 & Đại biểu, dòng 5 & chữ ký"], &["3 đại biểu"]),
];

#[test]
fn a_kind_is_told_or_read_as_it_is_seen_whoever_wrote_the_file() {
    let mut wrong = String::new();
    for (kind, files, told, values) in WORKBOOKS {
        let names = if kind.contains('.') { vec![(*kind).to_owned()] } else { files_of(kind) };
        if names.len() != *files {
            wrong += &format!("{kind}: {files} files are expected: {names:?}\n");
        }
        for name in names {
            let (read, findings) = read(&name);
            for expected in told.iter().filter(|expected| !has(&findings, expected)) {
                wrong += &format!("{name}: not told: {expected} in {findings:#?}\n");
            }
            for expected in values.iter().filter(|expected| !has(&read, expected)) {
                wrong += &format!("{name}: not read: {expected} in {read:#?} {findings:#?}\n");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// File; words of what is told, or none where nothing needs to be; rows that are read.
const TABLES: &[(&str, &str, &[&str])] = &[
    ("quote-middle", "LỖI IMP-008 & dòng 3", &[]),
    ("quote-last", "LỖI IMP-008 & dòng 4", &[]),
    ("quote-pair", "LỖI IMP-008 & dòng 2", &[]),
    ("quote-semicolon", "LỖI IMP-008 & dòng 3", &[]),
    ("cr", "", &["Nguyễn Văn An: 40 5 2", "Trần Thị Bình: 39 6 2", "Lê Văn Cường: 30 10 7"]),
    ("crcrlf", "", &["Nguyễn Văn An: 40 5 2", "Trần Thị Bình: 39 6 2", "Lê Văn Cường: 30 10 7"]),
    ("mixed-ends", "", &["Nguyễn Văn An: 40 5 2", "Trần Thị Bình: 39 6 2", "Lê Văn Cường: 30 10 7"]),
    ("badbyte", "IMP-009 & dòng 3 & 0xE1", &[]),
    ("badbyte-bom", "IMP-009 & dòng 4 & 0x96", &["Lê Văn Cường: 30 10 7"]),
    ("torn", "IMP-009 & dòng 4", &[]),
    ("utf16", "", &["Trần Thị Bình: 39 6 2"]),
    ("utf16be", "", &["Trần Thị Bình: 39 6 2"]),
    ("utf16-tab", "IMP-056 & tab", &["Trần Thị Bình: 39 6 2"]),
    ("utf16-odd", "LỖI IMP-045 & dòng 5", &[]),
    ("utf32", "LỖI IMP-001", &[]),
    ("nul", "LỖI IMP-001", &[]),
    ("semicolon", "IMP-056 & chấm phẩy", &["Trần Thị Bình: 39 6 2"]),
    ("tab", "IMP-056 & tab", &["Trần Thị Bình: 39 6 2"]),
    ("pipe", "IMP-056 & gạch đứng", &["Trần Thị Bình: 39 6 2"]),
    ("two-separators", "LỖI & dòng 3", &[]),
    ("short-row", "IMP-007 & dòng 3", &["Trần Thị Bình: 39 6 –"]),
    ("long-row", "IMP-007 & dòng 3", &[]),
    ("comma-post", "IMP-007 & dòng 2", &[]),
    ("ls", "LỖI IMP-045 & U+2028", &[]),
    ("1258", "IMP-004 & windows-1258", &["Nguyên Văn An: 40 5 2"]),
    ("row-plain", "", &["Phạm Văn Dũng: 40 5 2"]),
    ("row-total", "IMP-019 & dòng 4 & Tổng cộng", &[]),
    ("row-total2", "IMP-019 & dòng 4 & Tổng số phiếu", &[]),
    ("row-average", "IMP-019 & dòng 4 & Bình quân", &[]),
    ("row-average2", "IMP-019 & dòng 4 & Trung bình chung", &[]),
    ("row-signed", "IMP-019 & dòng 4 & TRƯỞNG BAN", &[]),
    ("row-signed2", "IMP-019 & dòng 4 & Người lập biểu", &[]),
    ("row-closing", "IMP-019 & dòng 4 & Ấn định", &[]),
    ("row-group", "IMP-019 & dòng 4 & II. Khối", &[]),
    ("row-group2", "IMP-019 & dòng 4 & B. Khối", &[]),
    ("row-note", "IMP-019 & dòng 4 & Ghi chú", &[]),
    ("row-count", "IMP-019 & dòng 4 & Cộng: 3", &[]),
    ("row-ratio", "IMP-019 & dòng 4 & Tỷ lệ", &[]),
    ("row-sum-caps", "IMP-019 & dòng 4 & TỔNG CỘNG", &[]),
    ("row-date", "IMP-019 & dòng 4 & ngày 13", &[]),
    ("second-head", "IMP-019 & dòng 3 & lặp lại", &["Trần Thị Bình: 39 6 2"]),
    ("second-head-vn", "IMP-019 & dòng 3 & lặp lại", &["Trần Thị Bình: 39 6 2"]),
    ("double", "LỖI IMP-030 & dòng 5", &[]),
    ("double-title", "LỖI IMP-030 & dòng 5", &[]),
    ("double-caps", "LỖI IMP-030 & dòng 5", &[]),
    ("double-tone", "LỖI IMP-030 & dòng 3", &[]),
    ("double-other", "LỖI IMP-030 & dòng 5", &[]),
    ("name-qmark", "LỖI IMP-045 & «?»", &[]),
    ("name-qmark2", "LỖI IMP-045 & U+FFFD", &[]),
    ("name-cyrillic", "LỖI IMP-045 & U+0410", &[]),
    ("name-greek", "LỖI IMP-045 & U+0391", &[]),
    ("name-zwsp", "IMP-046 & dòng 2", &["Nguyễn Văn An: 40 5 2"]),
    ("name-shy", "LỖI IMP-045 & U+00AD", &[]),
    ("name-rlm", "LỖI IMP-045 & U+200F", &[]),
    ("name-nbsp", "", &["Nguyễn Văn An: 40 5 2"]),
    ("name-eth", "IMP-046 & «Đặng Văn An»", &["Đặng Văn An: 40 5 2"]),
    ("name-caps", "IMP-046 & Có phải là: Nguyễn Văn An?", &[]),
    ("name-apos", "IMP-046 & dòng 2", &[]),
    ("name-mr", "", &["Ông Nguyễn Văn An: 40 5 2"]),
    ("name-emoji", "LỖI IMP-045 & không in được", &[]),
    ("name-full", "LỖI IMP-045 & U+FF2E", &[]),
    ("name-math", "LỖI IMP-045 & U+1D40D", &[]),
    ("name-entity", "LỖI IMP-045", &[]),
    ("name-mojibake", "LỖI IMP-045", &[]),
    ("name-digit", "IMP-046 & chữ số & Nguyễn Văn An?", &[]),
    ("name-dot", "IMP-046 & chữ số & Nguyễn Văn An?", &[]),
    ("count-thousand", "LỖI IMP-025 & «1,234»", &[]),
    ("count-decimal", "", &["Nguyễn Văn An: 40 5 2"]),
    ("count-unit", "", &["Nguyễn Văn An: 40 5 2"]),
    ("count-paren", "LỖI IMP-025", &[]),
    ("count-dash", "LỖI IMP-025", &[]),
    ("count-o", "LỖI IMP-025 & «4O»", &[]),
];

#[test]
fn a_table_is_told_or_read_as_it_is_seen() {
    let mut wrong = String::new();
    for (file, told, rows) in TABLES {
        let (read, findings) = read_table(&format!("t-{file}.csv"));
        if told.is_empty() && !findings.is_empty() || !told.is_empty() && !has(&findings, told) {
            wrong += &format!("{file}: to be told «{told}»: {findings:#?}\n");
        }
        for row in rows.iter().filter(|row| !read.contains(&(**row).to_owned())) {
            wrong += &format!("{file}: not read: {row} in {read:#?} {findings:#?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
