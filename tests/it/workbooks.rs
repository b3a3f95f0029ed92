//! Workbooks over HTTP: looked at, mended, written once, and brought out again; and what no workbook should be.

use std::io::Write as _;

use axum::http::StatusCode;
use domain::id::CouncilId;
use domain::role::Role;
use rust_xlsxwriter::{Formula, Workbook};
use store::{facts, roster};
use zip::write::SimpleFileOptions;

use crate::site::{Answer, Engine, Site, Visitor, log_of, on_both, sample_book};

const PAGE: &str = "/nhap-bang-tinh";

pub async fn office(engine: Engine) -> (Site, CouncilId, Visitor) {
    let (site, council) = Site::with_council(engine).await;
    site.has_account(council, "van.phong", "Lê Văn Phòng", Role::Clerk).await;
    let clerk = site.signed_in("mau", "van.phong").await;
    (site, council, clerk)
}

/// Sends a file and waits until it was read.
pub async fn sends(clerk: &mut Visitor, fields: &[(&str, &str)], name: &str, file: &[u8]) -> Answer {
    clerk.opens(PAGE).await;
    let mut page = clerk.uploads(PAGE, fields, name, file).await;
    for _ in 0..100_000 {
        if page.all(".working").is_empty() {
            return page;
        }
        assert_eq!(page.all("meta[http-equiv=refresh]").len(), 1, "a running page refreshes itself");
        let path = page.path.clone();
        page = clerk.opens(&path).await;
    }
    panic!("the import did not end: {}", page.html);
}

fn counts(page: &Answer) -> Vec<String> {
    page.all("#counts td")
}

pub async fn writes(clerk: &mut Visitor, page: &Answer) -> Answer {
    let path = page.path.split('?').next().expect("path").to_owned();
    let seen =
        page.html.split("name=\"seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    clerk.submits(&format!("{path}/ghi"), &[("seen", seen)]).await
}

async fn stored(site: &Site, council: CouncilId) -> (usize, usize, usize) {
    let mut tx = site.store.read(council).await.expect("read");
    let officials = roster::officials(&mut tx).await.expect("officials").len();
    let delegates = roster::delegates(&mut tx).await.expect("delegates").len();
    (officials, delegates, facts::all(&mut tx).await.expect("facts").len())
}

#[test]
fn a_whole_workbook_is_looked_at_written_once_and_comes_out_the_same() {
    on_both(|engine| async move {
        let (site, council, mut clerk) = office(engine).await;
        let poll = site.has_poll(council).await.to_string();
        assert!(clerk.opens(PAGE).await.text(".empty").starts_with("Chưa nhập tệp nào."));
        let book = sample_book();
        let (people, voters, stated) = (book.officials.len(), book.delegates.len(), book.facts.len());
        let file = import::book_xlsx(&book).expect("workbook");
        let page = sends(&mut clerk, &[("poll", &poll)], "ky-17.xlsx", &file).await;
        let added = |n: usize| [n.to_string(), "0".into(), "0".into(), "0".into()];
        let expected = [people, voters, stated, book.tellers.len()].map(added).concat();
        assert_eq!(counts(&page), expected, "{}", page.html);
        assert_eq!(stored(&site, council).await, (0, 0, 0), "nothing is written by looking");
        let facts = clerk.opens(&format!("{}?xem=du-kien-moi&trang=2", page.path)).await;
        assert_eq!(facts.all("#xem + p + table tbody tr").len(), 50);
        assert!(facts.html.contains("Trang 2/"));

        let written = writes(&mut clerk, &page).await;
        assert_eq!(written.text(".notice"), "Đã ghi bảng tính vào danh sách.", "{}", written.html);
        assert_eq!(stored(&site, council).await, (people, voters, stated));
        let log = log_of(&site, council).await;
        let told: Vec<String> = log
            .iter()
            .filter(|(kind, data)| kind == "records.revised" && data["records"].as_u64() > Some(1))
            .map(|(_, data)| format!("{} {} {}", data["subject"], data["action"], data["records"]))
            .collect();
        let expected = [
            format!("\"official\" \"added\" {people}"),
            format!("\"delegate\" \"added\" {voters}"),
            format!("\"fact\" \"added\" {stated}"),
        ];
        assert_eq!(told, expected, "one entry for each sort");
        // The form of the page that was looked at, sent once more.
        let again = writes(&mut clerk, &page).await;
        assert_eq!(log_of(&site, council).await.len(), log.len(), "{}", again.html);

        let twice = sends(&mut clerk, &[("poll", &poll)], "ky-17.xlsx", &file).await;
        assert!(twice.text("#nothing").starts_with("Không có gì để ghi"), "{}", twice.html);
        for of in ["", &format!("?ky={poll}")] {
            let current = clerk.opens(&format!("{PAGE}/hien-co.xlsx{of}")).await;
            assert_eq!(current.status, StatusCode::OK);
            let back = sends(&mut clerk, &[("poll", &poll)], "hien-co.xlsx", &current.bytes).await;
            assert_eq!(back.all("#nothing").len(), 1, "{of}: {}", back.html);
        }
        let blank = clerk.opens(&format!("{PAGE}/mau.xlsx")).await;
        let empty = sends(&mut clerk, &[], "mau.xlsx", &blank.bytes).await;
        assert!(empty.text("#findings td:nth-child(3)").contains("không có trang nào"), "{}", empty.html);
        assert_eq!(clerk.opens("/viec").await.all("tbody tr").len(), 5);
    });
}

#[test]
fn findings_name_the_cell_are_mended_and_what_changed_is_shown_field_by_field() {
    on_both(|engine| async move {
        let (site, council, mut clerk) = office(engine).await;
        let bad = "Họ và tên,Ông/Bà,Chức vụ,Khối,Ngày bầu\nTrần Thị B,Bà,Giám đốc <script>,UBND,31/02/2023\nLê Văn C,,Phó Giám đốc,UBND,\n";
        let refused = sends(&mut clerk, &[], "nguoi-duoc-lay-phieu.csv", bad.as_bytes()).await;
        assert!(refused.text("#refused").starts_with("Tệp có 2 lỗi phải sửa; chưa ghi gì cả."), "{}", refused.html);
        assert_eq!(refused.all("#findings tbody th").len(), 2);
        assert!(refused.all("#findings tbody th")[0].contains('2'), "the line is named");
        assert!(!refused.html.contains("<script"));
        let good = bad.replace("31/02/2023", "01/02/2023").replace("C,,Phó", "C,Ông,Phó");
        let page = sends(&mut clerk, &[], "nguoi-duoc-lay-phieu.csv", good.as_bytes()).await;
        assert_eq!(counts(&page)[..4], ["2", "0", "0", "0"]);
        writes(&mut clerk, &page).await;
        assert_eq!(clerk.opens("/can-bo").await.all("tbody th"), ["Bà Trần Thị B", "Ông Lê Văn C"]);

        // Only one of them, at another post; the other stays.
        let one = "Họ và tên,Ông/Bà,Chức vụ,Khối\nLÊ VĂN C,Ông,Giám đốc,UBND\n";
        let page = sends(&mut clerk, &[], "nguoi-duoc-lay-phieu.csv", one.as_bytes()).await;
        assert_eq!(counts(&page)[..4], ["0", "1", "0", "1"]);
        let shown = page.all("#xem + p + table td");
        assert_eq!(shown, ["Họ tên", "Lê Văn C", "LÊ VĂN C", "Chức vụ", "Phó Giám đốc", "Giám đốc"]);
        assert!(page.html.contains("Không có trong tệp, được giữ nguyên"));

        // Somebody changes the same person before it is written: the new comparison is shown, nothing is written.
        let mut other = site.signed_in("mau", "van.phong").await;
        let list = other.opens("/can-bo").await;
        let own = list.html.split("href=\"/can-bo/0").nth(2).and_then(|rest| rest.split('"').next()).expect("link");
        let own = format!("/can-bo/0{own}");
        other.opens(&own).await;
        let fields = [("honorific", "mr"), ("name", "Lê Văn C"), ("post_title", "Chánh Thanh tra"), ("block", "UBND")];
        let saved = other.submits(&own, &fields).await;
        assert_eq!(saved.text(".notice"), "Đã lưu.", "{}", saved.html);
        let differs = writes(&mut clerk, &page).await;
        assert_eq!((differs.status, differs.all("#differs").len()), (StatusCode::CONFLICT, 1), "{}", differs.html);
        assert!(differs.all("#xem + p + table td").contains(&"Chánh Thanh tra".to_owned()));
        assert!(clerk.opens("/can-bo").await.html.contains("Chánh Thanh tra"));
        let page = clerk.opens(&page.path).await;
        let written = writes(&mut clerk, &page).await;
        assert_eq!(written.all("#written").len(), 1, "{}", written.html);
        let mut tx = site.store.read(council).await.expect("read");
        let names: Vec<String> = roster::officials(&mut tx)
            .await
            .expect("officials")
            .into_iter()
            .map(|kept| kept.value.official.name)
            .collect();
        assert_eq!(names, ["Trần Thị B", "LÊ VĂN C"]);
    });
}

#[test]
fn facts_alone_may_be_brought_in_and_go_back_to_be_checked_when_they_change() {
    on_both(|engine| async move {
        let (site, council, mut clerk) = office(engine).await;
        site.has_official(council, "Trần Văn Bình").await;
        let head = "Người,Lĩnh vực,Loại,Thời gian,Nội dung,Kế hoạch,Thực hiện,Đơn vị,Số văn bản,Ngày văn bản,Cơ quan ban hành\n";
        let row = |actual: &str| {
            format!(
                "{head}Trần Văn Bình,Y tế,Chỉ tiêu,2023,Số giường bệnh,100,{actual},giường,12/BC,01/02/2024,Sở Y tế\n"
            )
        };
        let page = sends(&mut clerk, &[], "du-kien.csv", row("98").as_bytes()).await;
        assert_eq!(counts(&page)[8..12], ["1", "0", "0", "0"], "{}", page.html);
        writes(&mut clerk, &page).await;
        let page = sends(&mut clerk, &[], "du-kien.csv", row("101").as_bytes()).await;
        assert_eq!(page.all("#xem + p + table td"), ["Thực hiện", "98", "101"]);
        writes(&mut clerk, &page).await;
        let facts = facts::all(&mut site.store.read(council).await.expect("read")).await.expect("facts");
        assert_eq!((facts.len(), facts[0].version, facts[0].entered.name.as_str()), (1, 2, "Lê Văn Phòng"));
        let unknown = row("98").replace("Trần Văn Bình", "Trần Văn Binh Khác");
        let refused = sends(&mut clerk, &[], "du-kien.csv", unknown.as_bytes()).await;
        assert!(refused.html.contains("không có trong danh sách người được lấy phiếu"), "{}", refused.html);
        let page = sends(&mut clerk, &[], "du-kien.csv", row("99").as_bytes()).await;
        let path = page.path.clone();
        clerk.opens(&path).await;
        let list = clerk.submits(&format!("{path}/bo"), &[]).await;
        assert_eq!(list.text(".notice"), "Đã bỏ; không ghi gì cả.");
        assert!(clerk.opens(&path).await.text(".empty").starts_with("Lần nhập này đã bỏ"));
    });
}

/// Some kilobytes that unpack to more than any workbook may.
fn bomb() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("xl/workbook.xml", SimpleFileOptions::default()).expect("part");
    let zeros = vec![0_u8; 1024 * 1024];
    for _ in 0..201 {
        archive.write_all(&zeros).expect("zeros");
    }
    archive.finish().expect("archive").into_inner()
}

fn formula() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Đại biểu").expect("sheet");
    sheet.write(0, 0, "Họ và tên").expect("head").write(0, 1, "Tổ đại biểu").expect("head");
    sheet.write_formula(1, 0, Formula::new("=1/0").set_result("#DIV/0!")).expect("formula");
    sheet.write(1, 1, "Tổ 1").expect("group");
    book.save_to_buffer().expect("workbook")
}

#[test]
fn what_is_no_workbook_gets_a_sentence_and_writes_nothing() {
    on_both(|engine| async move {
        let (site, council, mut clerk) = office(engine).await;
        let encrypted = [
            &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..],
            &"EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
        ]
        .concat();
        let rows = format!("Họ và tên,Tổ đại biểu\n{}", "Trần Văn B,Tổ 1\n".repeat(100_001));
        let whole = import::book_xlsx(&sample_book()).expect("workbook");
        for (name, bytes, sentence) in [
            ("khoa.xlsx", encrypted, "bảo vệ bằng mật khẩu"),
            ("bom.xlsx", bomb(), "giải nén quá lớn"),
            ("dai-bieu.csv", rows.into_bytes(), "hơn 100000 dòng"),
            ("cong-thuc.xlsx", formula(), "#DIV/0!"),
            ("chuong-trinh.xlsx", b"MZ\x90\0\x03\0\0\0".to_vec(), "không phải là bảng tính"),
            ("cut.xlsx", whole[..whole.len() / 2].to_vec(), "hỏng hoặc chép chưa trọn"),
        ] {
            let page = sends(&mut clerk, &[], name, &bytes).await;
            assert_eq!(page.status, StatusCode::OK, "{name}");
            assert!(page.text("#findings").contains(sentence), "{name}: {}", page.html);
            assert_eq!(page.all("form[action$='/ghi']").len(), 0, "{name} cannot be written");
        }
        clerk.opens(PAGE).await;
        let long = clerk.uploads(PAGE, &[], "to.xlsx", &vec![0; 20 * 1024 * 1024 + 1]).await;
        assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(long.text("#file-error").contains("lớn hơn 20 MB"), "{}", long.html);
        clerk.opens(PAGE).await;
        let none = clerk.uploads(PAGE, &[], "", b"").await;
        assert_eq!(none.text("#file-error"), "Hãy chọn một tệp.");
        assert_eq!(stored(&site, council).await, (0, 0, 0));
    });
}
