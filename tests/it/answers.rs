//! A workbook that the office cannot mend now: what its reader asks is answered beside the findings, or in a file for the command
//! line. The file stays as it is, and the log says what was answered.

use domain::audit::Digest;
use serde_json::json;
use store::{facts, roster};

use crate::import_messy::with_every_mistake;
use crate::serve::tinnhiem;
use crate::site::{Answer, Visitor, log_of, on_both};
use crate::workbooks::{office, sends, writes};

/// The number of the first finding at a place: fields of its question bear it.
fn number(page: &Answer, place: &str) -> usize {
    let places = page.all("#findings tbody th");
    places.iter().position(|other| other == place).unwrap_or_else(|| panic!("{place} is not among {places:?}"))
}

/// The address without the place on the page.
fn address(page: &Answer) -> String {
    page.path.split('#').next().unwrap_or_default().to_owned()
}

/// Answers at the places of findings, `doc` a cell, `bo` a row, `ngay` a column, and gives the page of the import that follows.
async fn answers(clerk: &mut Visitor, page: &Answer, given: &[(&str, &str, &str)]) -> Answer {
    let named: Vec<(String, &str)> =
        given.iter().map(|(field, place, text)| (format!("{field}-{}", number(page, place)), *text)).collect();
    let fields: Vec<(&str, &str)> = named.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let path = address(page);
    clerk.opens(&path).await;
    clerk.submits(&format!("{path}/tra-loi"), &fields).await
}

#[test]
fn a_workbook_with_every_mistake_is_imported_by_answers_and_the_log_says_which() {
    on_both(|engine| async move {
        let (site, council, mut clerk) = office(engine).await;
        let file = with_every_mistake().file();
        let page = sends(&mut clerk, &[], "so-lieu.xlsx", &file).await;
        assert!(page.text("#refused").contains("Trả lời ngay ở các phát hiện"), "{}", page.html);
        assert_eq!(page.all("form[action$='/ghi']").len(), 0, "nothing can be written yet");
        let nothing = answers(&mut clerk, &page, &[]).await;
        assert!(nothing.status.as_u16() == 422 && nothing.html.contains("Chưa trả lời gì"), "{}", nothing.html);

        // The picture: what is wrong at its cell, what is not read is told apart.
        assert_eq!(page.all("td.wrong a[href^='#ph-']").iter().filter(|text| text.starts_with("Cụ")).count(), 1);
        assert!(page.all("td.unread").iter().any(|text| text.starts_with("THÔNG TIN KỲ HỌP")));
        assert!(
            page.html.contains("<option value=\"Trần Thị Ba; Nguyễn Văn A\">"),
            "the whole cell with the near name"
        );

        let first = [
            ("doc", "THÔNG TIN CHUNG!C9", "13/12/2023"),
            ("doc", "Người được lấy phiếu!B2", "Ông"),
            ("doc", "Người được lấy phiếu!F2", "31/12/2021"),
            ("doc", "Người được lấy phiếu!F3", "1/7/2021; 2/7/2021"),
            ("bo", "Người được lấy phiếu!A4", "1"),
            ("doc", "Người được lấy phiếu!D5", "Phó Chủ tịch UBND tỉnh"),
            ("doc", "Dữ kiện!A2", "Trần Thị Ba; Nguyễn Văn A"),
            ("doc", "Dữ kiện!C2", "Chỉ tiêu"),
            ("doc", "Dữ kiện!D2", "30/4/2023"),
            ("bo", "Dữ kiện!F3", "1"),
        ];
        let page = answers(&mut clerk, &page, &first).await;
        assert!(page.all("#da-tra-loi ~ table tbody th").len() >= first.len(), "{}", page.html);
        // Two of one name are left: whom the answer means is asked again.
        let asked = page.text("#findings");
        assert!(asked.contains("«Nguyễn Văn A» chưa rõ là ai trong 2 người"), "{asked}");
        let second = [("doc", "Dữ kiện!A2", "Trần Thị Ba; Nguyễn Văn A (1975)"), ("doc", "Dữ kiện!F2", "12,5")];
        let page = answers(&mut clerk, &page, &second).await;
        assert_eq!(page.all("#refused").len(), 0, "{}", page.html);

        // One is taken back, and asked again.
        clerk.opens(&address(&page)).await;
        let taken = clerk.submits(&format!("{}/tra-loi", address(&page)), &[("rut", "1")]).await;
        assert!(taken.text("#findings").contains("«Cụ» không phải là giá trị"), "{}", taken.html);
        let page = answers(&mut clerk, &taken, &[("doc", "Người được lấy phiếu!B2", "Ông")]).await;

        let page = clerk.opens(&address(&page)).await;
        assert!(page.text("#findings").contains("IMP-071"), "what was answered stays a finding: {}", page.html);
        let written = writes(&mut clerk, &page).await;
        assert_eq!(written.text(".notice"), "Đã ghi bảng tính vào danh sách.", "{}", written.html);
        let mut tx = site.store.read(council).await.expect("read");
        let officials = roster::officials(&mut tx).await.expect("officials");
        let of = |name: &str| officials.iter().filter(|kept| kept.value.official.name == name).count();
        assert_eq!((officials.len(), of("Nguyễn Văn A"), of("Trần Thị Ba")), (3, 2, 1));
        let stored = facts::all(&mut tx).await.expect("facts");
        assert_eq!(stored.len(), 2, "{stored:#?}");
        assert!(stored.iter().all(|fact| fact.kept.fact.officials.len() == 2), "{stored:#?}");
        drop(tx);
        let log = log_of(&site, council).await;
        let told: Vec<&str> = log.iter().map(|(kind, _)| kind.as_str()).collect();
        let at = told.iter().position(|kind| *kind == "import.answered").expect("an entry of the answers");
        assert_eq!(told.get(at + 1), Some(&"records.revised"), "before what they brought: {told:?}");
        let said = &log[at].1;
        assert_eq!(said["file"], "so-lieu.xlsx");
        assert_eq!(said["file_sha256"], Digest::of(&file).to_string());
        let named = json!({"kind": "reads", "place": "Dữ kiện!A2", "says": "Trần Thị Ba; Nguyễn Văn A (1975)",
                           "was": "Trần Thị Bà Ba; Nguyễn Văn A"});
        assert!(said["answers"].as_array().expect("list").contains(&named), "what stood in the file is kept: {said}");
    });
}

/// The same answers from a file: the command line reads what the file says instead, and no answer fits another file.
#[test]
fn the_command_line_takes_answers_from_a_file_and_refuses_those_of_another() {
    let home = tempfile::tempdir().expect("folder");
    let write = |name: &str, text: &str| {
        let path = home.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let table =
        write("ket-qua.csv", "name,post,high,mid,low\nTrần Văn A,Chủ tịch,20,7,20\nTrần Văn A,Chủ tịch,20,7,20\n");
    let run = |answers: Option<&str>| {
        let mut command = tinnhiem();
        command.args(["tally", &table, "--rules", "NQ96-2023-QH15", "--returned", "47"]);
        if let Some(answers) = answers {
            command.args(["--answers", answers]);
        }
        let output = command.output().expect("run");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    };
    let (code, said) = run(None);
    assert!(code == Some(2) && said.contains("ket-qua.csv, dòng 3"), "{said}");
    let place = format!("{table}, dòng 3");
    let good = write(
        "tra-loi.csv",
        &format!("Nơi,Đang ghi,Trả lời,Nội dung\n\"{place}\",Trần Văn A; Chủ tịch; 20; 7; 20,bỏ dòng,\n"),
    );
    let (code, said) = run(Some(&good));
    assert_eq!(code, Some(0), "{said}");
    let other = write("khac.csv", &format!("Nơi,Đang ghi,Trả lời,Nội dung\n\"{place}\",Lê Văn B,bỏ dòng,\n"));
    let (code, said) = run(Some(&other));
    assert!(code == Some(2) && said.contains("IMP-070") && said.contains("«Lê Văn B»"), "{said}");
    let odd = write("sai.csv", &format!("Nơi,Trả lời\n\"{place}\",xóa\n"));
    let (code, said) = run(Some(&odd));
    assert!(code == Some(2) && said.contains("đọc là; bỏ dòng"), "{said}");
}
