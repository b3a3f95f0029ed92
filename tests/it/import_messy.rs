//! Real offices' sheets: titles, merged cells, old fonts, wrong dates, people who are not on the list. Everything readable
//! is read, everything else is named, all at once.

use std::io::Write as _;

use domain::decimal::Decimal;
use domain::finding::Finding;
use domain::poll::LevelCounts;
use import::{Imported, read_csv_folder, read_xlsx};
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

/// An office's workbook, sheet by sheet.
pub struct Office(Workbook);

impl Office {
    pub fn with_council(day: &str) -> Self {
        let lines = [
            ("THÔNG TIN KỲ HỌP", ""),
            ("Tên Hội đồng:", "HĐND tỉnh A"),
            ("Cấp", "tỉnh"),
            ("Khoá", "XVII"),
            ("Nhiệm kỳ từ", "29-6-2021"),
            ("Nhiệm kỳ đến", "30.06.2026"),
            ("Kỳ họp", "Kỳ họp thứ 13"),
            ("Khai mạc", "12/12/2023"),
            ("Ngày lấy phiếu", day),
            ("Tổng số đại biểu", "2 đại biểu"),
            ("Bộ quy tắc", "NQ96-2023-QH15"),
            ("Địa danh", "Tỉnh A"),
            ("Chủ tọa", "Lê Văn Hai"),
            ("Thư ký", "Trần Thị Ba"),
        ];
        let mut office = Self(Workbook::new());
        let sheet = office.sheet("THÔNG TIN CHUNG");
        for (row, (key, value)) in (0..).zip(lines) {
            sheet.write(row, 1, key).unwrap().write(row, 2, value).unwrap();
        }
        office.rows(
            "1. Danh sách đại biểu",
            &[&["Stt", "Họ tên", "Tổ"], &["1", "Lê Văn Hai", "Tổ 1"], &["2", "Trần Thị Ba", ""]],
        );
        office.rows("Ban kiểm phiếu", &[&["Họ tên", "Vai trò"], &["Trần Thị Ba", "Trưởng Ban kiểm phiếu"]]);
        office
    }

    fn sheet(&mut self, name: &str) -> &mut Worksheet {
        self.0.add_worksheet().set_name(name).unwrap()
    }

    pub fn rows(&mut self, name: &str, rows: &[&[&str]]) -> &mut Worksheet {
        let sheet = self.sheet(name);
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(*cells) {
                sheet.write_string(row, column, *cell).unwrap();
            }
        }
        sheet
    }

    fn one_official(&mut self) {
        self.rows(
            "Cán bộ",
            &[&["Họ tên", "Ông/Bà", "Chức vụ", "Khối"], &["Nguyễn Văn A", "Ông", "Chủ tịch UBND tỉnh", "UBND"]],
        );
    }

    pub fn file(mut self) -> Vec<u8> {
        self.0.save_to_buffer().unwrap()
    }

    pub fn read(self) -> Imported {
        read_xlsx(&self.file(), "so-lieu.xlsx")
    }
}

pub fn told(findings: &[Finding]) -> String {
    findings.iter().map(|f| format!("{f}\n")).collect()
}

#[test]
fn titles_merged_cells_and_hidden_columns_do_not_hide_the_list() {
    let mut office = Office::with_council("13/12/2023");
    let sheet = office.sheet("DANH SACH  LAY PHIEU ");
    let (plain, merged) = (Format::new(), Format::new());
    sheet.merge_range(0, 0, 0, 6, "DANH SÁCH NGƯỜI ĐƯỢC LẤY PHIẾU TÍN NHIỆM", &merged).unwrap();
    for (column, top, bottom) in [
        (0, "TT", ""),
        (1, "HỌ  VÀ TÊN", ""),
        (2, "Giới tính", ""),
        (3, "Chức danh", ""),
        (4, "Ngày bầu", ""),
        (5, "Ghi chú", ""),
        (6, "Khối", ""),
    ] {
        sheet.merge_range(2, column, 3, column, top, &plain).unwrap();
        assert!(bottom.is_empty());
    }
    sheet.merge_range(4, 0, 4, 6, "I. KHỐI UBND", &merged).unwrap();
    // NFD, no-break and zero-width spaces; a serial; a date for each post.
    let people = [
        ("  Nguye\u{302}\u{303}n\u{a0}Va\u{306}n \u{200B}A", "nam", "Chủ tịch UBND tỉnh", "01/7/2021"),
        ("Trần Thị Bốn", "Nữ", "Phó Chủ tịch UBND tỉnh\nỦy viên UBND tỉnh", "01/7/2021; 5-12-22"),
    ];
    for (row, (name, gender, posts, elected)) in (6..).zip(people) {
        sheet.write(row, 1, name).unwrap().write(row, 2, gender).unwrap();
        sheet.write(row, 3, posts).unwrap().write(row, 4, elected).unwrap();
    }
    sheet.write(7, 5, "tái cử").unwrap();
    sheet.merge_range(6, 6, 7, 6, "Ủy ban nhân dân tỉnh", &plain).unwrap();
    sheet.write(9, 1, "Tổng cộng").unwrap().write(9, 3, "2 người").unwrap();
    sheet.set_column_hidden(4).unwrap().set_row_hidden(7).unwrap();
    office.rows("Biểu đồ", &[&["tạm"]]);

    let read = office.read();
    let book = read.book.unwrap_or_else(|| panic!("{}", told(&read.findings)));
    let people: Vec<_> = book.officials.iter().map(|o| (o.addressed(), o.posts_text(), o.block.0.as_str())).collect();
    assert_eq!(people[0], ("Ông Nguyễn Văn A".into(), "Chủ tịch UBND tỉnh".into(), "Ủy ban nhân dân tỉnh"));
    assert_eq!(people[1].1, "Phó Chủ tịch UBND tỉnh, Ủy viên UBND tỉnh");
    assert_eq!(people[1].2, "Ủy ban nhân dân tỉnh", "a merged block is every row's block");
    assert_eq!(book.officials[1].posts[1].elected_on, Some(jiff::civil::date(2022, 12, 5)));
    insta::assert_snapshot!(told(&read.findings), @r#"
    LƯU Ý IMP-013 [Biểu đồ] Trang không thuộc tệp mẫu nên không đọc. Nếu trang có dữ liệu, đổi tên thành một trong: Hội đồng; Người được lấy phiếu; Đại biểu; Ban kiểm phiếu; Dữ kiện; Kết quả.
    CẢNH BÁO IMP-011 [so-lieu.xlsx] Không có trang «Dữ kiện». Thêm trang «Dữ kiện» theo tệp mẫu. Mỗi dữ kiện một dòng, có tài liệu chứng minh: số, ngày và cơ quan ban hành. Không có tài liệu thì không ghi.
    LƯU Ý IMP-019 [THÔNG TIN CHUNG!B1] Ô không được dùng: «THÔNG TIN KỲ HỌP». Nếu cần dùng, ghi đúng tên mục theo tệp mẫu ở cột bên trái.
    CẢNH BÁO IMP-018 [DANH SACH LAY PHIEU] Dòng đang ẩn vẫn được đọc: 8. Bỏ ẩn để kiểm tra; xóa hẳn nếu không muốn dùng.
    CẢNH BÁO IMP-018 [DANH SACH LAY PHIEU] Cột đang ẩn vẫn được đọc: E. Bỏ ẩn để kiểm tra; xóa hẳn nếu không muốn dùng.
    LƯU Ý IMP-019 [DANH SACH LAY PHIEU] Phần phía trên bảng không được đọc: «DANH SÁCH NGƯỜI ĐƯỢC LẤY PHIẾU TÍN NHIỆM». Không cần làm gì nếu đó chỉ là tên bảng.
    LƯU Ý IMP-019 [DANH SACH LAY PHIEU, dòng 5] Bỏ qua dòng tiêu đề nhóm: «I. KHỐI UBND». Nếu đây là dữ liệu, ghi lại cho đúng cột.
    LƯU Ý IMP-019 [DANH SACH LAY PHIEU, dòng 10] Bỏ qua dòng tổng cộng: «Tổng cộng; 2 người». Nếu đây là dữ liệu, ghi lại cho đúng cột.
    LƯU Ý IMP-017 [DANH SACH LAY PHIEU, cột F] Cột «Ghi chú» không được dùng (1 ô có nội dung). Nếu cần dùng, đổi tiêu đề cột theo tệp mẫu.
    CẢNH BÁO IMP-046 [DANH SACH LAY PHIEU!B7] Họ tên «Nguyễn Văn A» có ký tự không hiện ra; đã bỏ. Gõ lại họ tên nếu không đúng.
    CẢNH BÁO IMP-023 [DANH SACH LAY PHIEU!E8] Năm trong «5-12-22» chỉ ghi hai chữ số; đã hiểu theo thế kỷ duy nhất hợp lý. Kiểm tra và ghi đủ bốn chữ số của năm.
    "#);
}

#[test]
fn old_fonts_are_turned_into_unicode_and_shown() {
    let mut office = Office::with_council("13/12/2023");
    office.rows(
        "Danh s¸ch c¸n bé",
        &[
            &["Hä vµ tªn", "¤ng/Bµ", "Chøc vô", "Khèi"],
            &["NguyÔn V¨n A", "Ông", "Chñ tÞch UBND tØnh", "UBND tØnh"],
            &["Traàn Thò Boán", "Bà", "Phó Chủ tịch UBND tỉnh", "UBND tỉnh"],
        ],
    );
    let sheet = office
        .rows("Dữ kiện", &[&["Cán bộ", "Lĩnh vực", "Loại", "Năm", "Nội dung", "Số văn bản", "Ngày văn bản", "Nguồn"]]);
    let caps = Format::new().set_font_name(".VnTimeH");
    for (column, text) in
        (0..).zip(["Nguyễn Văn A", "Y tế", "Chỉ tiêu", "2022", "Café Besançon 25 m²", "1/BC", "1/2/2023"])
    {
        sheet.write_string(1, column, text).unwrap();
    }
    sheet.write_string_with_format(1, 7, "së y tÕ", &caps).unwrap();
    let read = office.read();
    let book = read.book.unwrap_or_else(|| panic!("{}", told(&read.findings)));
    assert_eq!(book.officials[0].name, "Nguyễn Văn A");
    assert_eq!(book.officials[0].posts_text(), "Chủ tịch UBND tỉnh");
    assert_eq!(book.officials[1].name, "Trần Thị Bốn");
    assert_eq!(book.facts[0].source.issuer, "SỞ Y TẾ");
    assert_eq!(book.facts[0].text, "Café Besançon 25 m²", "other languages are left alone");
    insta::assert_snapshot!(told(&read.findings), @r#"
    CẢNH BÁO IMP-005 [Danh s¸ch c¸n bé!A1] Chữ gõ bằng phông TCVN3 (ABC) đã đổi: «Hä vµ tªn» thành «Họ và tên». Kiểm tra chữ đã đổi; nên gõ lại bằng phông Unicode.
    CẢNH BÁO IMP-005 [Danh s¸ch c¸n bé!B1] Chữ gõ bằng phông TCVN3 (ABC) đã đổi: «¤ng/Bµ» thành «Ông/Bà». Kiểm tra chữ đã đổi; nên gõ lại bằng phông Unicode.
    CẢNH BÁO IMP-005 [Danh s¸ch c¸n bé!C1] Chữ gõ bằng phông TCVN3 (ABC) đã đổi: «Chøc vô» thành «Chức vụ». Kiểm tra chữ đã đổi; nên gõ lại bằng phông Unicode.
    CẢNH BÁO IMP-005 [Danh s¸ch c¸n bé!D1] Chữ gõ bằng phông TCVN3 (ABC) đã đổi: «Khèi» thành «Khối». Kiểm tra chữ đã đổi; nên gõ lại bằng phông Unicode.
    CẢNH BÁO IMP-005 [Danh s¸ch c¸n bé!A2] Chữ gõ bằng phông TCVN3 (ABC) đã đổi: «NguyÔn V¨n A» thành «Nguyễn Văn A». Kiểm tra chữ đã đổi; nên gõ lại bằng phông Unicode.
    CẢNH BÁO IMP-005 [Danh s¸ch c¸n bé!C2] Chữ gõ bằng phông TCVN3 (ABC) đã đổi: «Chñ tÞch UBND tØnh» thành «Chủ tịch UBND tỉnh». Kiểm tra chữ đã đổi; nên gõ lại bằng phông Unicode.
    CẢNH BÁO IMP-005 [Danh s¸ch c¸n bé!D2] Chữ gõ bằng phông TCVN3 (ABC) đã đổi: «UBND tØnh» thành «UBND tỉnh». Kiểm tra chữ đã đổi; nên gõ lại bằng phông Unicode.
    CẢNH BÁO IMP-005 [Danh s¸ch c¸n bé!A3] Chữ gõ bằng phông VNI đã đổi: «Traàn Thò Boán» thành «Trần Thị Bốn». Kiểm tra chữ đã đổi; nên gõ lại bằng phông Unicode.
    CẢNH BÁO IMP-005 [Dữ kiện!H2] Chữ gõ bằng phông TCVN3 (ABC) chữ hoa đã đổi: «së y tÕ» thành «SỞ Y TẾ». Kiểm tra chữ đã đổi; nên gõ lại bằng phông Unicode.
    LƯU Ý IMP-019 [THÔNG TIN CHUNG!B1] Ô không được dùng: «THÔNG TIN KỲ HỌP». Nếu cần dùng, ghi đúng tên mục theo tệp mẫu ở cột bên trái.
    "#);
}

#[test]
fn figures_and_days_are_read_as_the_sheet_shows_them() {
    let mut office = Office::with_council("13/12/2023");
    office.one_official();
    let header = [
        "Cán bộ",
        "Lĩnh vực",
        "Loại",
        "Thời gian",
        "Nội dung",
        "Kế hoạch",
        "Thực hiện",
        "ĐVT",
        "Số văn bản",
        "Ngày văn bản",
        "Nguồn",
    ];
    let sheet = office.rows("Số liệu", &[&header]);
    let percent = Format::new().set_num_format("0.0%");
    let day = Format::new().set_num_format("d/m/yyyy");
    for row in 1..=4 {
        for (column, text) in
            [(0, "Nguyễn Văn A"), (1, "Ngân sách"), (2, "chỉ tiêu"), (4, "Thu"), (8, "1/BC"), (10, "UBND")]
        {
            sheet.write_string(row, column, text).unwrap();
        }
        sheet.write_number_with_format(row, 9, 45_000.0, &day).unwrap();
    }
    sheet
        .write_number(1, 3, 2022)
        .unwrap()
        .write_number_with_format(1, 5, 0.125, &percent)
        .unwrap()
        .write(1, 6, "12,75%")
        .unwrap();
    sheet
        .write(2, 3, "Quý I/2023")
        .unwrap()
        .write_number(2, 5, 1.234)
        .unwrap()
        .write(2, 6, "1.234")
        .unwrap()
        .write(2, 7, "tấn")
        .unwrap();
    sheet
        .write_number(3, 3, 45_047)
        .unwrap()
        .write(3, 5, "1 234,50")
        .unwrap()
        .write_number(3, 6, 0.1 + 0.2)
        .unwrap()
        .write(3, 7, "km")
        .unwrap();
    sheet
        .write(4, 3, "01/01/2023 - 30/6/2023")
        .unwrap()
        .write_number(4, 5, 200.0 / 3.0)
        .unwrap()
        .write(4, 7, "ha")
        .unwrap();
    let read = office.read();
    let book = read.book.unwrap_or_else(|| panic!("{}", told(&read.findings)));
    let text = |d: Option<Decimal>| d.map_or_else(|| "-".to_owned(), |d| d.to_string());
    let facts: Vec<String> = book
        .facts
        .iter()
        .map(|fact| {
            let figures = fact.figures.as_ref().expect("figures");
            format!("{} | {} | {} | {}", fact.period.text(), text(figures.planned), text(figures.actual), figures.unit)
        })
        .collect();
    assert_eq!(
        facts,
        [
            "Năm 2022 | 12,5 | 12,75 | %",
            "01/01/2023 - 31/03/2023 | 1,234 | 1.234 | tấn",
            "01/05/2023 | 1.234,50 | 0,3 | km",
            "01/01/2023 - 30/06/2023 | 66,666666667 | - | ha",
        ]
    );
    let codes: Vec<(&str, &str)> = read.findings.iter().map(|f| (f.code, f.place.as_str())).collect();
    // A bare serial number is read as the day that Excel would show, and told: nobody sees a day in it.
    let told = [("IMP-019", "THÔNG TIN CHUNG!B1"), ("IMP-060", "Số liệu!D4"), ("IMP-027", "Số liệu!F5")];
    assert_eq!(codes, told);
}

/// A workbook with every mistake that an office makes.
pub fn with_every_mistake() -> Office {
    let mut office = Office::with_council("11/12/2023");
    office.rows(
        "Người được lấy phiếu",
        &[
            &["Họ tên", "Ông/Bà", "Năm sinh", "Chức vụ", "Khối", "Ngày bầu"],
            &["Nguyễn Văn A", "Cụ", "1965", "Chủ tịch UBND tỉnh", "UBND", "12/31/2021"],
            &[
                "Nguyễn Văn A",
                "Ông",
                "1975",
                "Giám đốc Sở Y tế; Ủy viên UBND tỉnh",
                "UBND",
                "1/7/2021; 2/7/2021; 3/7/2021",
            ],
            &["Nguyễn Văn A", "Ông", "", "Ủy viên", "UBND", ""],
            &["Trần Thị Ba", "Bà", "", "", "UBND", ""],
        ],
    );
    let facts = office.rows(
        "Dữ kiện",
        &[
            &["Cán bộ", "Lĩnh vực", "Loại", "Thời gian", "Nội dung", "Kế hoạch", "Số văn bản", "Ngày văn bản", "Nguồn"],
            &["Trần Thị Bà Ba; Nguyễn Văn A", "Y tế", "Tin đồn", "31/4/2023", "x", "nhiều", "1/BC", "1/2/2023", "UBND"],
            &["Nguyễn Văn A (1975)", "Y tế", "Chỉ tiêu", "2019", "x", "", "", "", "UBND"],
            &["Nguyễn Văn A (1965), Trần Thị Ba", "Y tế", "Khen thưởng", "5/5/23", "x", "", "1/BC", "1/2/2024", "UBND"],
        ],
    );
    facts.write_formula(2, 5, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    let results = [
        ["Họ tên", "Tín nhiệm cao", "Tín nhiệm", "Tín nhiệm thấp", "Phát ra", "Thu về", "Hợp lệ", "Không hợp lệ"],
        ["Nguyễn Văn A (1975)", "1", "0", "2", "2", "2", "1", "0"],
        ["Trần Thị Ba", "1", "", "1", "", "", "", ""],
        ["Trần Thị Ba", "2", "0", "1", "2", "2", "2", "0"],
    ];
    office.rows("Kết quả", &results.each_ref().map(|row| &row[..]));
    office
}

#[test]
fn every_mistake_of_a_bad_workbook_is_told_at_once() {
    let read = with_every_mistake().read();
    assert_eq!(read.book, None);
    insta::assert_snapshot!(told(&read.findings), @r#"
    LƯU Ý IMP-019 [THÔNG TIN CHUNG!B1] Ô không được dùng: «THÔNG TIN KỲ HỌP». Nếu cần dùng, ghi đúng tên mục theo tệp mẫu ở cột bên trái.
    LỖI IMP-040 [THÔNG TIN CHUNG!C9] Ngày lấy phiếu (11/12/2023) trước ngày khai mạc (12/12/2023). Sửa ngày khai mạc hoặc ngày lấy phiếu.
    LỖI IMP-026 [Người được lấy phiếu!B2] «Cụ» không phải là giá trị của «Ông/Bà». Ghi một trong: Ông; Bà; Đồng chí.
    LỖI IMP-022 [Người được lấy phiếu!F2] «Ngày bầu»: 12/31/2021 – không có tháng 31; ngày phải đứng trước tháng. Ghi đủ ngày/tháng/năm, ví dụ 05/12/2023.
    LỖI IMP-033 [Người được lấy phiếu!F3] Có 3 ngày cho 2 chức vụ. Ghi một ngày cho tất cả, hoặc mỗi chức vụ một ngày theo đúng thứ tự, cách nhau bằng dấu «;».
    LỖI IMP-030 [Người được lấy phiếu!A4] Nguyễn Văn A đã có ở một dòng phía trên. Một người nhiều chức vụ: gộp vào một dòng, chức vụ cách nhau bằng «;». Hai người trùng tên: ghi ngày sinh của cả hai.
    LỖI IMP-020 [Người được lấy phiếu!D5] Chưa ghi «Chức vụ». Ghi: chức vụ được lấy phiếu; nhiều chức vụ cách nhau bằng dấu «;» trong cùng một ô.
    LỖI IMP-031 [Dữ kiện!A2] «Trần Thị Bà Ba» không có trong danh sách người được lấy phiếu. Có phải là: Trần Thị Ba?
    LỖI IMP-032 [Dữ kiện!A2] «Nguyễn Văn A» chưa rõ là ai trong 3 người cùng tên. Ghi một trong: Nguyễn Văn A (1965); Nguyễn Văn A (1975); Nguyễn Văn A (Ủy viên).
    LỖI IMP-026 [Dữ kiện!C2] «Tin đồn» không phải là giá trị của «Loại». Ghi một trong: Chỉ tiêu; Nhiệm vụ được giao; Chất vấn, lời hứa; Kết luận giám sát; Kiến nghị cử tri; Khiếu nại, tố cáo; Tiếp công dân; Xếp loại hằng năm; Khen thưởng; Kỷ luật; Kê khai tài sản; Báo cáo cá nhân; Ý kiến cử tri (MTTQ); Tham dự họp.
    LỖI IMP-022 [Dữ kiện!D2] «Thời gian»: 31/4/2023 – không có ngày 31 trong tháng 4/2023. Ghi ngày (05/12/2023), tháng (tháng 5/2023), quý (Quý I/2023), năm (2023) hoặc khoảng (01/01/2023 - 30/6/2023).
    LỖI IMP-024 [Dữ kiện!F2] «nhiều» không phải là số. Ghi số với dấu phẩy thập phân, ví dụ 8,5 hoặc 1.234,5; đơn vị ghi ở cột riêng.
    LỖI IMP-006 [Dữ kiện!F3] Công thức ở ô «Kế hoạch» cho kết quả lỗi #DIV/0!. Sửa công thức hoặc ghi trực tiếp giá trị.
    LỖI IMP-050 [Dữ kiện!G3] Dữ kiện thiếu tài liệu nguồn: chưa ghi «Số văn bản nguồn», «Ngày văn bản». Ghi số, ngày và cơ quan ban hành của tài liệu chứng minh, hoặc bỏ dữ kiện này.
    CẢNH BÁO IMP-041 [Dữ kiện!D3] Dữ kiện (Năm 2019) nằm ngoài nhiệm kỳ 2021 - 2026. Kiểm tra lại thời gian; hồ sơ chỉ tính từ đầu nhiệm kỳ.
    CẢNH BÁO IMP-023 [Dữ kiện!D4] Năm trong «5/5/23» chỉ ghi hai chữ số; đã hiểu theo thế kỷ duy nhất hợp lý. Kiểm tra và ghi đủ bốn chữ số của năm.
    CẢNH BÁO IMP-042 [Dữ kiện!H4] Ngày của tài liệu nguồn sau ngày lấy phiếu. Kiểm tra lại ngày của tài liệu.
    LỖI IMP-051 [Kết quả!F2] Số liệu không khớp: số phiếu thu về (2) khác tổng phiếu hợp lệ (1) và không hợp lệ (0). Đối chiếu với biên bản kiểm phiếu.
    LỖI IMP-052 [Kết quả!A3] Chưa ghi Tín nhiệm. Ghi đủ các mức; mức không có phiếu nào thì ghi 0.
    LỖI IMP-051 [Kết quả!A4] Số liệu không khớp: cộng các mức (3) lớn hơn số phiếu hợp lệ (2). Đối chiếu với biên bản kiểm phiếu.
    "#);
}

#[test]
fn totals_written_once_count_for_the_rows_below() {
    let mut office = Office::with_council("13/12/2023");
    office.rows(
        "Cán bộ",
        &[
            &["Họ tên", "Ông/Bà", "Chức vụ", "Khối"],
            &["Nguyễn Văn A", "Ông", "Chủ tịch", "UBND"],
            &["Trần Thị Bốn", "Bà", "Phó Chủ tịch", "UBND"],
        ],
    );
    let sheet = office.rows(
        "Kết quả bỏ phiếu",
        &[&["Họ tên", "Tín nhiệm", "Không tín nhiệm", "Số phiếu phát ra", "Số phiếu thu về", "Hợp lệ", "Không hợp lệ"]],
    );
    sheet.write(1, 0, "Ông Nguyễn Văn A").unwrap().write(1, 1, 1).unwrap().write(1, 2, 1).unwrap();
    sheet.write(2, 0, "tran thi bon").unwrap().write(2, 1, 0).unwrap().write(2, 2, "2 phiếu").unwrap();
    for (column, total) in [(3, 2), (4, 2), (5, 2), (6, 0)] {
        sheet.write(1, column, total).unwrap();
    }
    let read = office.read();
    let book = read.book.unwrap_or_else(|| panic!("{}", told(&read.findings)));
    let lines = book.declared.expect("results");
    assert_eq!(lines[1].ballots, lines[0].ballots);
    assert_eq!(lines[1].counts, LevelCounts::Confidence { confidence: 0, no_confidence: 2 });
}

#[test]
fn files_that_are_no_workbooks_get_one_clear_finding() {
    let zip_of = |name: &str, size: usize| {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file("xl/workbook.xml", options).unwrap();
        archive.start_file(name, options).unwrap();
        for _ in 0..size {
            archive.write_all(&[b' '; 1 << 20]).unwrap();
        }
        archive.finish().unwrap().into_inner()
    };
    let encrypted = [
        &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..],
        &[0; 600],
        &"EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
    ]
    .concat();
    let whole = Office::with_council("13/12/2023").0.save_to_buffer().unwrap();
    for (bytes, code, word) in [
        (b"%PDF-1.7 \x00\x01".to_vec(), "IMP-001", "không phải là bảng tính"),
        (b"H\xE1\xBB\x8D t\xC3\xAAn,Kh\xE1\xBB\x91i\n".to_vec(), "IMP-001", "CSV"),
        (whole[..whole.len() / 2].to_vec(), "IMP-001", "hỏng"),
        (zip_of("xl/workbook.bin", 0), "IMP-001", ".xlsb"),
        (encrypted, "IMP-002", "mật khẩu"),
        (zip_of("xl/worksheets/sheet1.xml", 201), "IMP-003", "200 MB"),
        (vec![b'P'; 50 * 1024 * 1024 + 1], "IMP-003", "50 MB"),
    ] {
        let read = read_xlsx(&bytes, "la.xlsx");
        let [finding] = read.findings.as_slice() else { panic!("{word}: {}", told(&read.findings)) };
        assert_eq!((finding.code, finding.place.as_str()), (code, "la.xlsx"));
        assert!(finding.to_string().contains(word), "{finding}");
    }
}

#[test]
fn two_cells_at_the_far_corners_take_no_more_room_than_two_cells() {
    let mut office = Office::with_council("13/12/2023");
    office.one_official();
    let sheet = office.sheet("Dữ kiện");
    sheet.write(0, 0, "Cán bộ").unwrap().write(1_048_575, 16_383, "x").unwrap();
    let read = office.read();
    assert!(told(&read.findings).contains("Không tìm thấy dòng tiêu đề"), "{}", told(&read.findings));
}

#[test]
fn old_code_pages_of_csv_files_are_found_out() {
    let tcvn3 = b"H\xE4 t\xAAn,T\xE6\nNguy\xD4n V\xA8n A,T\xE6 s\xE8 1\n".to_vec();
    let read = read_csv_folder(vec![("dai-bieu.csv".into(), tcvn3)]);
    let text = told(&read.findings);
    assert!(
        text.contains("«NguyÔn V¨n A» thành «Nguyễn Văn A»") && text.contains("dai-bieu.csv, dòng 2, cột A"),
        "{text}"
    );
}

/// An .ods file with one sheet; `rows` is its XML.
fn ods(sheet: &str, rows: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let content = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:o" xmlns:table="urn:t" xmlns:text="urn:x">
        <office:body><office:spreadsheet><table:table table:name="{sheet}">{rows}</table:table></office:spreadsheet></office:body>
        </office:document-content>"#
    );
    let manifest = r#"<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:m"></manifest:manifest>"#;
    let mime = "application/vnd.oasis.opendocument.spreadsheet";
    for (name, text) in [("mimetype", mime), ("META-INF/manifest.xml", manifest), ("content.xml", content.as_str())] {
        archive.start_file(name, options).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn libreoffice_files_are_read_and_their_repeated_cells_bounded() {
    let cell = |text: &str| {
        format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
    };
    let row = |cells: [&str; 2]| format!("<table:table-row>{}</table:table-row>", cells.map(cell).concat());
    let rows = row(["Họ tên", "Tổ"]) + &row(["Lê Văn Hai", "Tổ 1"]) + &row(["Lê Văn Hai", "tổ 1"]);
    let read = read_xlsx(&ods("Đại biểu", &rows), "so-lieu.ods");
    let twice: Vec<&str> = read.findings.iter().filter(|f| f.code == "IMP-034").map(|f| f.place.as_str()).collect();
    assert_eq!(twice, ["Đại biểu!A3"], "{}", told(&read.findings));

    let endless = r#"<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="float"
        office:value="1" table:number-columns-repeated="1000"/></table:table-row>"#;
    let read = read_xlsx(&ods("Đại biểu", endless), "la.ods");
    assert_eq!(read.findings.iter().map(|f| f.code).collect::<Vec<_>>(), ["IMP-003"]);
}

#[test]
fn libreoffice_files_say_no_less_than_excel_files() {
    let text = |text: &str| {
        format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
    };
    let heads =
        ["Cán bộ", "Lĩnh vực", "Loại", "Thời gian", "Nội dung", "Thực hiện", "Số văn bản", "Ngày văn bản", "Nguồn"];
    let merged = r#"<table:table-cell office:value-type="string" table:number-rows-spanned="2"><text:p>Vũ Thị Năm</text:p>
        </table:table-cell>"#;
    let share = r#"<table:table-cell office:value-type="percentage" office:value="0.9345"><text:p>93,45%</text:p>
        </table:table-cell>"#;
    let broken = r#"<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value=""
        calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>"#;
    let row = |first: &str, figure: &str| {
        let about = ["Y tế", "Chỉ tiêu", "2022", "Bảo hiểm y tế"].map(text).concat();
        let source = ["1/BC", "05/12/2022", "Sở Y tế"].map(text).concat();
        format!("<table:table-row>{first}{about}{figure}{source}</table:table-row>")
    };
    let hidden =
        r#"<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>"#;
    let head = format!("{hidden}<table:table-row>{}</table:table-row>", heads.map(text).concat());
    let rows = head + &row(merged, share) + &row("<table:covered-table-cell/>", broken);
    let read = read_xlsx(&ods("Dữ kiện", &rows), "so-lieu.ods");
    let told: Vec<(&str, &str)> = read.findings.iter().map(|f| (f.code, f.place.as_str())).collect();
    assert!(told.contains(&("IMP-018", "Dữ kiện")), "the hidden column is noted: {told:?}");
    assert!(told.contains(&("IMP-006", "Dữ kiện!F3")), "the broken formula is one: {told:?}");
    let missing: Vec<_> = told.iter().filter(|(code, _)| *code == "IMP-020").collect();
    assert!(missing.is_empty(), "the merged name is both rows' name: {missing:?}");
    assert!(!told.iter().any(|(code, _)| *code == "IMP-024"), "a share is a figure: {told:?}");
}

#[test]
fn a_person_typed_over_the_example_is_not_lost_in_silence() {
    let mut office = Office::with_council("13/12/2023");
    office.rows(
        "Cán bộ",
        &[
            &["TT", "Họ và tên", "Ông/Bà", "Chức vụ", "Khối"],
            &["VÍ DỤ", "Nguyễn Văn A", "Ông", "", ""],
            &["VÍ DỤ", "Vũ Thị Năm", "Bà", "Phó Chủ tịch UBND tỉnh", "UBND"],
            &["1", "Nguyễn Văn A", "Ông", "Chủ tịch UBND tỉnh", "UBND"],
        ],
    );
    let read = office.read();
    let told: Vec<String> = read.findings.iter().filter(|f| f.code == "IMP-029").map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "CẢNH BÁO IMP-029 [Cán bộ!B3] Dòng mẫu không được đọc mà có nội dung khác mẫu: «Vũ Thị Năm». Nếu là dữ liệu, xóa \
          chữ «VÍ DỤ» ở đầu dòng."
        ]
    );
}

#[test]
fn remarks_and_signatures_under_a_table_are_no_people_and_are_not_lost() {
    let mut office = Office::with_council("13/12/2023");
    office.rows(
        "DS cán bộ",
        &[
            &["TT", "Họ tên", "Ông/Bà", "Chức vụ", "Khối"],
            &["1", "Nguyễn Văn A", "Ông", "Chủ tịch UBND tỉnh", "UBND"],
            &["Danh sách có 01 người", "", "", "", ""],
            &["", "NGƯỜI LẬP BIỂU", "", "", "TM. THƯỜNG TRỰC"],
            &["", "", "", "", ""],
            &["", "Vũ Thị Năm", "", "", ""],
        ],
    );
    let read = office.read();
    let passed: Vec<String> = read.findings.iter().filter(|f| f.code == "IMP-019").map(|f| f.what.clone()).collect();
    assert_eq!(
        passed[1..],
        [
            "Bỏ qua dòng ấn định danh sách: «Danh sách có 01 người».",
            "Bỏ qua phần ghi chú, chữ ký dưới bảng: «NGƯỜI LẬP BIỂU; TM. THƯỜNG TRỰC».",
            "Bỏ qua phần ghi chú, chữ ký dưới bảng: «Vũ Thị Năm».",
        ]
    );
    assert_eq!(read.book.expect("no error").officials.len(), 1);
}

#[test]
fn a_formula_that_nobody_computed_is_no_empty_cell() {
    let mut office = Office::with_council("13/12/2023");
    office.one_official();
    let facts = office.rows(
        "Dữ kiện",
        &[
            &[
                "Cán bộ",
                "Lĩnh vực",
                "Loại",
                "Thời gian",
                "Nội dung",
                "Thực hiện",
                "Số văn bản",
                "Ngày văn bản",
                "Nguồn",
            ],
            &["Nguyễn Văn A", "Y tế", "Chỉ tiêu", "2022", "Bảo hiểm y tế", "", "1/BC", "05/12/2022", "Sở Y tế"],
        ],
    );
    facts.write_formula(1, 5, Formula::new("1+1")).unwrap();
    let bytes = office.0.save_to_buffer().unwrap();
    // What a program writes that does not compute.
    let bare = with_part(&bytes, "xl/worksheets/sheet5.xml", |xml| xml.replace("<f>1+1</f><v>0</v>", "<f>1+1</f><v/>"));
    let read = read_xlsx(&bare, "so-lieu.xlsx");
    let errors: Vec<String> = read.findings.iter().filter(|f| f.is_error()).map(ToString::to_string).collect();
    assert_eq!(
        errors,
        [
            "LỖI IMP-006 [Dữ kiện!F2] Công thức ở ô «Thực hiện» chưa được tính. Mở tệp bằng Excel hoặc LibreOffice, lưu lại \
          rồi nhập; hoặc ghi trực tiếp giá trị."
        ]
    );
}

/// The archive with one of its parts changed.
fn with_part(archive: &[u8], name: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut parts = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..parts.len() {
        let mut part = parts.by_index(index).unwrap();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut content).unwrap();
        let part_name = part.name().unwrap().into_owned();
        if part_name == name {
            let changed = change(std::str::from_utf8(&content).unwrap());
            assert!(changed.as_bytes() != content, "the part was to be changed");
            content = changed.into_bytes();
        }
        out.start_file(part_name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(&content).unwrap();
    }
    out.finish().unwrap().into_inner()
}
