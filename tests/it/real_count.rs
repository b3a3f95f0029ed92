//! A real count typed into `Kết quả`: the results are its figures, and what cannot be is named at its cell.

use serde_json::{Value, json};

use crate::office::Office;

const COUNCIL: &str = "Tên cơ quan;Hội đồng nhân dân tỉnh A\nLoại và cấp;HĐND cấp tỉnh\nKhóa;XVII\n\
    Ngày bắt đầu nhiệm kỳ;29/06/2021\nNgày kết thúc nhiệm kỳ;30/06/2026\nKỳ họp;Kỳ họp thứ 13\nNgày khai mạc;12/12/2023\n\
    Ngày lấy phiếu;13/12/2023\nTổng số đại biểu;50\nBộ quy tắc;NQ 96/2023/QH15\nĐịa danh;Tỉnh A\nChủ tọa;Trần Văn B\n\
    Thư ký;Lê Thị C\n";
const OFFICIALS: &str = "Họ và tên,Ông/Bà,Chức vụ,Khối,Ngày bầu\n\
    Nguyễn Văn A,Ông,Chủ tịch UBND tỉnh,UBND,29/06/2021\n\
    Phạm Thị D,Bà,Phó Chủ tịch UBND tỉnh,UBND,29/06/2021\n\
    Võ Văn E,Ông,Chánh Văn phòng,UBND,29/06/2021\n";

/// An office whose folder of sheets holds a count.
fn office_with_count(results: &str) -> Office {
    let office = Office::new();
    std::fs::create_dir(office.path("so-lieu")).expect("folder");
    for (name, text) in [("hoi-dong.csv", COUNCIL), ("can-bo.csv", OFFICIALS), ("ket-qua.csv", results)] {
        office.has(&format!("so-lieu/{name}"), text);
    }
    office
}

#[test]
fn the_results_are_the_figures_of_the_count() {
    let office = office_with_count(
        "Họ và tên,Tín nhiệm cao,Tín nhiệm,Tín nhiệm thấp,Phát ra,Thu về,Hợp lệ,Không hợp lệ\n\
         Nguyễn Văn A,19,2,25,47,47,47,0\nPhạm Thị D,40,5,2,,,,\n",
    );
    office.runs(&["rehearse", "so-lieu", "--out", "ra"]).ends(0);
    let text = std::fs::read_to_string(office.path("ra/results.json")).expect("results");
    let results: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(results["ballots"], json!({"issued": 47, "returned": 47, "valid": 47, "invalid": 0}));
    assert_eq!(
        results["officials"][0],
        json!({
            "name": "Nguyễn Văn A", "post": "Chủ tịch UBND tỉnh", "block": "UBND",
            "counts": {"high": 19, "medium": 2, "low": 25, "not_counted": 1},
            "percent": {"high": "40,43", "medium": "4,26", "low": "53,19"},
            "band": "over_half_low", "margin": {"half": 1, "two_thirds": -7}
        })
    );
    assert_eq!(results["officials"][1]["counts"], json!({"high": 40, "medium": 5, "low": 2, "not_counted": 0}));
}

/// Who came in the vote year is left out of lấy phiếu (Điều 2.5), not of bỏ phiếu (Điều 2.3).
#[test]
fn two_levels_make_a_confidence_poll() {
    let office = office_with_count(
        "Họ và tên,Tín nhiệm,Không tín nhiệm,Phát ra,Thu về,Hợp lệ,Không hợp lệ\n\
         Nguyễn Văn A,20,26,47,47,46,1\nPhạm Thị D,40,6,,,,\nVõ Văn E,30,16,,,,\n",
    );
    office.runs(&["rehearse", "so-lieu", "--out", "ra"]).ends(0);
    let text = std::fs::read_to_string(office.path("ra/results.json")).expect("results");
    let results: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(results["kind"], "confidence");
    let first = &results["officials"][0];
    assert_eq!(first["counts"], json!({"confidence": 20, "no_confidence": 26, "not_counted": 1}));
    assert_eq!((&first["band"], &results["officials"][1]["band"]), (&json!("lost"), &json!("kept")));
}

/// The errors of a run that wrote nothing, each as its code and place.
fn errors_of(results: &str) -> Vec<String> {
    let office = office_with_count(results);
    let run = office.runs(&["rehearse", "so-lieu", "--out", "năm/ra"]).ends(2);
    assert!(!office.path("năm").exists(), "nothing is written, not even a folder");
    let errors = run.stderr.lines().filter_map(|line| line.strip_prefix("LỖI "));
    errors.map(|line| line.split_inclusive(']').next().unwrap_or(line).to_owned()).collect()
}

#[test]
fn a_count_that_cannot_be_is_named_once_at_its_cell() {
    let head = "Họ và tên,Tín nhiệm cao,Tín nhiệm,Tín nhiệm thấp,Phát ra,Thu về,Hợp lệ,Không hợp lệ\n";
    let [first, second] = ["Nguyễn Văn A,19,2,25,47,47,47,0\n", "Phạm Thị D,40,5,2,,,,\n"];
    for (rows, expected) in [
        (format!("{head}{first}"), "RDY-024 [Kết quả]"),
        (format!("{head}{first}{second}Võ Văn E,40,5,2,,,,\n"), "RDY-022 [ket-qua.csv, dòng 4, cột A]"),
        (format!("{head}{first}{second}Vũ Văn G,40,5,2,,,,\n"), "IMP-031 [ket-qua.csv, dòng 4, cột A]"),
        (format!("{head}{first}Phạm Thị D,40,5,2,48,47,47,0\n"), "RDY-026 [ket-qua.csv, dòng 3, cột A]"),
        (format!("{head}Nguyễn Văn A,19,2,25,51,47,47,0\n{second}"), "RDY-023 [ket-qua.csv, dòng 2, cột A]"),
        (format!("{head}Nguyễn Văn A,19,2,25,47,47,45,1\n{second}"), "IMP-051 [ket-qua.csv, dòng 2, cột F]"),
        (format!("{head}{first}Phạm Thị D,40,5,3,,,,\n"), "IMP-051 [ket-qua.csv, dòng 3, cột A]"),
        (format!("{head}{first}Phạm Thị D,40,,2,,,,\n"), "IMP-052 [ket-qua.csv, dòng 3, cột A]"),
    ] {
        assert_eq!(errors_of(&rows), [expected], "{rows}");
    }
}
