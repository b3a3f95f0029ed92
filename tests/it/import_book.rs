//! A book goes out to a workbook and comes back the same; the template is a workbook that nothing is wrong with but its
//! emptiness; written tables cannot hurt whoever opens them.

use std::sync::LazyLock;

use domain::book::{Book, DeclaredLine};
use domain::council::{Council, CouncilKind};
use domain::decimal::Decimal;
use domain::fact::{Fact, FactKind, Figures, Period, Source, Status};
use domain::finding::{Finding, Severity};
use domain::official::{Birth, Block, Field, Honorific, Official, OfficialNo, Post, RetirementNotice};
use domain::poll::{BallotTotals, LevelCounts};
use domain::roster::{Delegate, Teller, TellerRole};
use import::{CellValue, Sheet, book_xlsx, read_csv_folder, read_xlsx, sheet_csv, sheet_xlsx, template_xlsx};
use jiff::civil::date;
use proptest::prelude::*;

use crate::council::province;

fn official(name: &str, birth: Option<Birth>, posts: &[(&str, Option<jiff::civil::Date>)]) -> Official {
    let posts =
        posts.iter().map(|(title, elected_on)| Post { title: (*title).into(), elected_on: *elected_on }).collect();
    Official {
        name: name.into(),
        honorific: Honorific::Ms,
        birth,
        posts,
        block: Block("Ủy ban nhân dân tỉnh".into()),
        fields: vec![Field("Y tế".into()), Field("Văn hóa, Thể thao và Du lịch".into())],
        retirement_notice: None,
    }
}

fn fact(officials: &[usize], period: Period, figures: Option<Figures>) -> Fact {
    Fact {
        officials: officials.iter().map(|i| OfficialNo(*i)).collect(),
        field: Field("Ngân sách".into()),
        kind: FactKind::Questioning,
        period,
        text: "=HYPERLINK là chữ, không phải công thức; Quý I/2023 đạt 4/5".into(),
        figures,
        status: Some(Status::NotMet),
        due: Some(date(2023, 6, 30)),
        source: Source {
            number: "4/5".into(),
            date: date(2022, 12, 5),
            issuer: "UBND tỉnh".into(),
            page: Some("12".into()),
            file: None,
        },
        reply: Some("Đã khắc phục.".into()),
    }
}

/// One of everything that a book can hold.
fn full_book() -> Book {
    let since = date(2021, 7, 1);
    let mut retiring = official("Nguyễn Văn A", Some(Birth::Year(1965)), &[("Chủ tịch UBND tỉnh", Some(since))]);
    retiring.retirement_notice = Some(RetirementNotice { text: "TB 12/TB-SNV ngày 01/3/2023".into() });
    let officials = vec![
        retiring,
        official(
            "Nguyễn Văn A",
            Some(Birth::Day(date(1975, 5, 9))),
            &[("Giám đốc Sở Y tế", None), ("Ủy viên UBND tỉnh", Some(since))],
        ),
        official("Lê Thị Út", None, &[("Phó Chủ tịch HĐND tỉnh", Some(since)), ("Trưởng Ban Pháp chế", Some(since))]),
    ];
    let plain = |t: &str| Decimal::parse_plain(t);
    let figures =
        |planned, actual, unit: &str| Some(Figures { planned, actual, unit: unit.into(), lower_is_better: false });
    let facts = vec![
        fact(&[0, 2], Period::Year(2022), figures(plain("12500"), plain("13120.5"), "tỷ đồng")),
        fact(&[1], Period::Day(date(2023, 5, 4)), figures(plain("8.50"), plain("-0.125"), "%")),
        fact(&[2], Period::Span(date(2023, 1, 1), date(2023, 6, 30)), figures(plain("1.234"), None, "ha")),
        fact(&[2], Period::Span(date(2023, 5, 1), date(2023, 5, 31)), None),
    ];
    let ballots = BallotTotals { issued: 3, returned: 3, valid: 3, invalid: 0 };
    let counts = LevelCounts::Rating { high: 1, medium: 0, low: 2 };
    // Where the template has its records: below what the sheet is for, what each column is for, and the header.
    let line =
        |i, ballots| DeclaredLine {
            place: format!("Kết quả!B{}", i + 4), official: OfficialNo(i), ballots, counts
        };
    let delegates = ["Nguyễn Văn Hai", "Trần Thị Ba", "Phạm Văn Tư"]
        .map(|n| Delegate { name: n.into(), group: Some("Tổ 1".into()) });
    let tellers = vec![
        Teller { account: None, name: "Phạm Văn Tư".into(), role: TellerRole::Head },
        Teller { account: None, name: "Trần Thị Ba".into(), role: TellerRole::Member },
    ];
    let declared = Some(vec![line(0, ballots), line(1, BallotTotals { returned: 3, ..ballots }), line(2, ballots)]);
    let council = Council { delegates_total: 3, ..province() };
    Book { council, officials, delegates: delegates.into(), tellers, facts, declared }
}

fn told(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

#[test]
fn a_book_written_and_read_again_is_the_same_book() {
    let book = full_book();
    let bytes = book_xlsx(&book).expect("a book fits a workbook");
    let back = read_xlsx(&bytes, "so-lieu.xlsx");
    assert_eq!(told(&back.findings), "", "a clean book has no findings");
    assert_eq!(back.book, Some(book.clone()));
    assert_eq!(book_xlsx(&book).expect("again"), bytes, "the same book gives the same bytes");
}

#[test]
fn the_template_lacks_only_what_the_office_must_fill_in() {
    let bytes = template_xlsx().expect("template");
    let read = read_xlsx(&bytes, "mau.xlsx");
    assert_eq!(read.book, None);
    let empty: Vec<&Finding> = read.findings.iter().filter(|f| f.code != "IMP-020" && f.code != "IMP-021").collect();
    assert!(empty.is_empty(), "{}", told(&read.findings));
    assert!(read.findings.iter().any(|f| f.place == "Hội đồng!B4" && f.what == "Chưa ghi «Tên cơ quan»."));
    assert!(!told(&read.findings).contains("VÍ DỤ"), "examples are never read");
}

#[test]
fn a_folder_of_csv_files_is_a_workbook_too() {
    let files = [
        (
            "hoi-dong.csv",
            "Mục;Nội dung\nTên cơ quan;HĐND xã B\nCấp;xã\nKhóa;III\nNhiệm kỳ từ ngày;1/7/2021\nNhiệm kỳ đến ngày;30/6/2026\nKỳ họp;Kỳ họp thứ 5\nKhai mạc;10/12/2023\nNgày lấy phiếu;11/12/2023\nSố đại biểu;2\nBộ quy tắc;NQ96-2023-QH15\nNơi ký;Xã B\nChủ tọa;Trần Văn C\nThư ký;Lê Thị D\n",
        ),
        (
            "danh sách cán bộ.csv",
            "STT,Họ tên,Giới tính,Chức vụ,Khối\n1,Trần Văn C,Nam,\"Chủ tịch HĐND; Trưởng Ban\",HĐND\n",
        ),
        ("So lieu-Dai_bieu.csv", "Họ và tên\nTrần Văn C\nLê Thị D\n"),
        ("ban kiểm phiếu.csv", "Họ tên\tNhiệm vụ\nLê Thị D\ttrưởng ban\n"),
        (
            "dữ liệu.csv",
            "Cán bộ,Lĩnh vực,Loại,Thời gian,Nội dung,Kế hoạch,Số văn bản,Ngày văn bản,Nguồn\nÔng Trần Văn C,Pháp chế,chỉ tiêu,Quý I/2023,Ban hành nghị quyết,\"12,5%\",5/BC,1/4/2023,UBND xã\n",
        ),
        ("ghi-chu.txt", "không phải dữ liệu"),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
    let read = read_csv_folder(files.into());
    let book = read.book.unwrap_or_else(|| panic!("{}", told(&read.findings)));
    assert_eq!((book.officials.len(), book.delegates.len(), book.tellers.len()), (1, 2, 1));
    assert_eq!(book.council.kind, CouncilKind::CommuneCouncil);
    assert_eq!(book.officials[0].posts_text(), "Chủ tịch HĐND, Trưởng Ban");
    let figures = book.facts[0].figures.clone().expect("figures");
    assert_eq!((figures.planned.map(|d| d.to_string()).as_deref(), figures.unit.as_str()), (Some("12,5"), "%"));
    let codes: Vec<(&str, &str)> = read.findings.iter().map(|f| (f.code, f.place.as_str())).collect();
    let guessed = [("IMP-056", "hoi-dong.csv"), ("IMP-056", "ban kiểm phiếu.csv")];
    assert_eq!(codes, [&guessed[..], &[("IMP-013", "ghi-chu.txt")]].concat());
}

#[test]
fn tables_open_safely_and_are_the_same_bytes_every_time() {
    let sheet = Sheet {
        title: "Kết quả lấy phiếu: kỳ họp [13]".into(),
        notes: vec!["DIỄN TẬP".into()],
        headers: vec!["Họ tên".into(), "Tín nhiệm thấp".into(), "Còn thiếu".into()],
        rows: vec![
            vec![CellValue::Text("=cmd|'/C calc'!A0".into()), CellValue::Count(25), CellValue::Text("-7".into())],
            vec![
                CellValue::Text("Nguyễn Văn A, \"Út\"".into()),
                CellValue::Count(u64::MAX),
                CellValue::Text("@SUM(A1)".into()),
            ],
        ],
    };
    let csv = String::from_utf8(sheet_csv(&sheet)).expect("UTF-8");
    insta::assert_snapshot!(csv.trim_start_matches('\u{FEFF}').replace('\r', ""), @r#"
    Họ tên,Tín nhiệm thấp,Còn thiếu
    '=cmd|'/C calc'!A0,25,-7
    "Nguyễn Văn A, ""Út""",18446744073709551615,'@SUM(A1)
    "#);
    assert!(csv.starts_with('\u{FEFF}') && csv.ends_with("\r\n"));
    let bytes = sheet_xlsx(&sheet).expect("a table fits a sheet");
    assert_eq!(sheet_xlsx(&sheet).expect("again"), bytes);
}

fn name() -> impl Strategy<Value = String> {
    let family = prop::sample::select(vec!["Nguyễn", "Trần", "Lê", "Phạm", "Hồ", "Y", "Đặng"]);
    let middle = prop::sample::select(vec!["Văn", "Thị", "Đức", "Ngọc", "Bích"]);
    let given = prop::sample::select(vec!["An", "Bình", "Cường", "Hà", "Lý", "Tú", "Út", "Hưng", "Hùng"]);
    (family, middle, given).prop_map(|(f, m, g)| format!("{f} {m} {g}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_figures_and_days_come_back_digit_by_digit(
        mantissa in any::<i64>(), scale in 0_u8..=9, day in 0_i32..1_600, who in name(), span in 0_i32..90,
    ) {
        let mut book = full_book();
        let value = Decimal::new(mantissa, scale);
        let from = date(2021, 7, 1).checked_add(jiff::Span::new().days(day)).expect("in range");
        let to = from.checked_add(jiff::Span::new().days(span)).expect("in range");
        book.officials[2].name = who;
        book.facts[0].figures = Some(Figures { planned: value, actual: Decimal::new(-(mantissa / 2), scale), unit: "km".into(), lower_is_better: false });
        book.facts[1].period = if span == 0 { Period::Day(from) } else { Period::Span(from, to) };
        book.facts[1].source.date = from;
        let back = read_xlsx(&book_xlsx(&book).expect("workbook"), "b.xlsx");
        prop_assert_eq!(back.book.as_ref(), Some(&book), "{}", told(&back.findings));
        prop_assert!(back.findings.iter().all(|f| f.severity == Severity::Warning));
    }

    #[test]
    fn random_bytes_never_stop_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        for start in [&b""[..], b"PK\x03\x04", &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]] {
            let read = read_xlsx(&[start, &bytes].concat(), "la.xlsx");
            prop_assert!(read.book.is_none() && !read.findings.is_empty());
        }
        let read = read_csv_folder(vec![("dai-bieu.csv".into(), bytes)]);
        prop_assert!(read.book.is_none());
    }

    #[test]
    fn a_damaged_workbook_is_told_not_died_of(at in 0_usize..40_000, byte in any::<u8>(), cut in 0_usize..40_000) {
        static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| book_xlsx(&full_book()).expect("workbook"));
        let mut bytes = WHOLE.clone();
        let at = at % bytes.len();
        bytes[at] = byte;
        read_xlsx(&bytes, "hong.xlsx");
        bytes.truncate(cut % bytes.len());
        let read = read_xlsx(&bytes, "cut.xlsx");
        prop_assert!(read.book.is_none());
    }
}
