//! Letters that nobody sees as they are stored: refused at the field where they are typed, told at the cell of a workbook.

use axum::http::StatusCode;
use domain::role::Role;
use import::read_xlsx;
use rust_xlsxwriter::Workbook;

use crate::site::{Site, on_both};

/// On the screen this is «Nguyễn Văn A».
const REVERSED: &str = "\u{202E}A năV nễyugN";
/// The second word has the Cyrillic letter а.
const LOOK_ALIKE: &str = "Nguyễn Vаn A";

#[test]
fn a_name_that_is_seen_otherwise_than_it_is_printed_is_refused_where_it_is_typed() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "van.phong", "Lê Văn Phòng", Role::Clerk).await;
        let mut clerk = site.signed_in("mau", "van.phong").await;
        for (name, part) in [
            (REVERSED, "đổi chiều chữ"),
            (LOOK_ALIKE, "U+0430"),
            ("Nguyễn\u{AD} Văn A", "không hiện ra"),
            ("Nguyễn\0Văn A", "điều khiển"),
        ] {
            clerk.opens("/dai-bieu/moi").await;
            let refused = clerk.submits("/dai-bieu/moi", &[("name", name), ("group", "Tổ số 1")]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            let told = refused.text("#name-error");
            assert!(told.starts_with("Họ tên có") && told.contains(part), "{told}");
        }
        assert!(clerk.opens("/dai-bieu").await.text("main").contains("Chưa có đại biểu"), "nobody was added");

        let mut admin = site.signed_in("mau", "quan.tri").await;
        let path = "/tai-khoan/nhieu";
        admin.opens(path).await;
        let list = format!("Bùi Thị A\n{REVERSED}");
        let looked = admin.submits(path, &[("names", &list), ("role", "teller"), ("step", "open_plain")]).await;
        assert!(looked.text("tbody .error").contains("đổi chiều chữ"), "{}", looked.html);
    });
}

/// Before, PostgreSQL refused the zero byte and the page said that the program had failed.
#[test]
fn any_other_text_is_refused_at_its_field_too_and_nothing_typed_is_lost() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "van.phong", "Lê Văn Phòng", Role::Clerk).await;
        let mut clerk = site.signed_in("mau", "van.phong").await;
        for letter in ["\0", "\u{202E}", "\u{F0B7}"] {
            clerk.opens("/dai-bieu/moi").await;
            let group = format!("Tổ {letter}số 1");
            let refused = clerk.submits("/dai-bieu/moi", &[("name", "Trần Văn Hai"), ("group", &group)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.html);
            assert!(refused.text("#group-error").contains("ngay sau «Tổ»"), "{}", refused.html);
            assert!(refused.html.contains("Trần Văn Hai"), "{}", refused.html);
        }
        clerk.opens("/dai-bieu/moi").await;
        let saved = clerk.submits("/dai-bieu/moi", &[("name", "Trần Văn Hai"), ("group", "Tổ số 1")]).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.html);
    });
}

#[test]
fn a_workbook_with_such_letters_is_told_cell_by_cell() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Đại biểu").expect("name");
    let rows = [["Họ và tên", "Tổ"], [REVERSED, "Tổ 1"], [LOOK_ALIKE, "Tổ 1"], ["Trần Văn Hai", "Tổ\u{2060} 2"]];
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).expect("cell");
        }
    }
    let read = read_xlsx(&workbook.save_to_buffer().expect("file"), "dai-bieu.xlsx");
    let found: Vec<String> =
        read.findings.iter().filter(|finding| finding.code == "IMP-045").map(ToString::to_string).collect();
    for (cell, part) in [("A2", "U+202E"), ("A3", "U+0430"), ("B4", "U+2060")] {
        assert!(found.iter().any(|line| line.contains(cell) && line.contains(part)), "{cell} in {found:?}");
    }
    assert_eq!(found.len(), 3, "{found:?}");
}
