//! `tinnhiem tally` on published tables, as a journalist would run it.

use serde_json::Value;

use crate::office::Office;

fn published(name: &str) -> String {
    format!("{}/tests/fixtures/published/{name}.csv", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn vinh_phuc_2023_has_one_official_over_half_low() {
    let file = published("vinhphuc-2023");
    let run = Office::new().runs(&["tally", &file, "--rules", "NQ96-2023-QH15", "--returned", "47", "--json"]).ends(0);
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let officials = report["officials"].as_array().expect("officials");
    let over: Vec<&Value> = officials.iter().filter(|o| o["band"] == "over_half_low").collect();
    assert_eq!(over.len(), 1);
    let counts = &over[0]["counts"];
    assert_eq!((&counts["high"], &counts["medium"], &counts["low"]), (&19.into(), &2.into(), &25.into()));
    assert_eq!(counts["not_counted"], 1);
    assert_eq!(over[0]["percent"]["low"], "53,19");
    assert_eq!(over[0]["margin"], serde_json::json!({"half": 1, "two_thirds": -7}));
}

#[test]
fn thanh_hoa_2023_follows_and_a_wrong_figure_is_named_with_the_right_one() {
    let office = Office::new();
    let file = published("thanhhoa-2023");
    let run = office.runs(&["tally", &file, "--rules", "NQ96-2023-QH15", "--returned", "80"]).ends(0);
    assert!(run.stdout.contains("97,5") && run.stdout.contains("1,25"), "{}", run.stdout);

    office.has("sai.csv", "name,post,high,mid,low,low_pct\nNguyễn Văn A,Chủ tịch,,,21,63.7\n");
    let run = office.runs(&["tally", "sai.csv", "--rules", "NQ96-2023-QH15", "--returned", "33"]).ends(1);
    assert!(run.stdout.contains("63,7") && run.stdout.contains("63,64"), "{}", run.stdout);
}

/// law-2026 E2: what Hải Phòng, Quảng Bình, Bình Định printed in 2023 is told by its name.
#[test]
fn habits_of_printing_are_named() {
    let office = Office::new();
    let heads = "name,post,high,high_pct,mid,mid_pct,low,low_pct\n";
    for (name, row, returned, code, said) in [
        ("cat.csv", "A,,54,87.09,5,8.06,3,4.83", "62", 1, "cắt bỏ phần sau, không làm tròn: 2 tỷ lệ (dòng 2)"),
        ("du.csv", "B,,43,89.59,4,8.33,1,2.08", "48", 1, "chỉnh cho đủ 100%: 1 tỷ lệ (dòng 2)"),
        ("mot.csv", "C,,19,40.4,3,6.4,25,53.2", "47", 0, "làm tròn một chữ số: 3 tỷ lệ (dòng 2)"),
    ] {
        office.has(name, &format!("{heads}{row}\n"));
        let run = office.runs(&["tally", name, "--rules", "NQ96-2023-QH15", "--returned", returned]).ends(code);
        assert!(run.stdout.contains("Cách in tỷ lệ khác quy tắc:") && run.stdout.contains(said), "{}", run.stdout);
    }
}

#[test]
fn bad_input_is_one_sentence_and_exit_2() {
    let office = Office::new();
    office.has("bang.csv", "name,post,high,mid,low\nNguyễn Văn A,Chủ tịch,1,một,0\n");
    for (arguments, said) in [
        (vec!["tally", "khong-co.csv", "--rules", "NQ96-2023-QH15", "--returned", "3"], "khong-co.csv"),
        (vec!["tally", "bang.csv", "--rules", "NQ96", "--returned", "3"], "NQ96-2023-QH15"),
        (vec!["tally", "bang.csv", "--rules", "NQ85-2014-QH13", "--returned", "3"], "--delegates"),
        (vec!["tally", "bang.csv", "--rules", "NQ96-2023-QH15", "--returned", "3"], "một"),
    ] {
        let run = office.runs(&arguments).ends(2);
        assert!(run.stdout.is_empty() && run.stderr.contains(said), "{arguments:?}: {}", run.stderr);
    }
}
