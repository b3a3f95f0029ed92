//! What an office does with a workbook of its own: the same job as the sample's, with a count of its own, and a stop with
//! nothing written when the workbook is wrong.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::office::{Office, files};

/// An office that has the sheets of the sample council as a folder of CSV files, without the facts: dossiers take the
/// longest, and the stories that begin here are not about them.
fn office_with_the_sample(sheets: &str) -> Office {
    let office = Office::new();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/sample");
    fs::create_dir(office.path(sheets)).expect("folder");
    for name in ["hoi-dong.csv", "nguoi-duoc-lay-phieu.csv", "dai-bieu.csv", "ban-kiem-phieu.csv"] {
        fs::copy(sample.join(name), office.path(sheets).join(name)).expect("copy");
    }
    office
}

fn results(office: &Office, folder: &str) -> Value {
    let text = fs::read_to_string(office.path(folder).join("results.json")).expect("results.json");
    serde_json::from_str(&text).expect("JSON")
}

/// The sheet `Kết quả` that says what `results` say.
fn typed_from(results: &Value) -> String {
    let mut sheet = "Người được lấy phiếu,Tín nhiệm cao,Tín nhiệm,Tín nhiệm thấp,\
                     Phiếu phát ra,Phiếu thu về,Phiếu hợp lệ,Phiếu không hợp lệ\n"
        .to_owned();
    let ballots = &results["ballots"];
    for official in results["officials"].as_array().expect("officials") {
        let (name, counts) = (official["name"].as_str().expect("name"), &official["counts"]);
        let [issued, returned, valid, invalid] = ["issued", "returned", "valid", "invalid"].map(|key| &ballots[key]);
        let [high, medium, low] = ["high", "medium", "low"].map(|key| &counts[key]);
        writeln!(sheet, "{name},{high},{medium},{low},{issued},{returned},{valid},{invalid}").expect("a line");
    }
    sheet
}

#[test]
fn the_samples_workbook_gives_the_papers_of_the_demo() {
    let office = Office::new();
    office.runs(&["demo", "--no-serve", "--out", "demo"]).ends(0);
    office.runs(&["rehearse", "demo/sample.xlsx", "--out", "papers"]).ends(0);
    let (mut demo, papers) = (files(&office.path("demo")), files(&office.path("papers")));
    demo.remove("sample.xlsx").expect("the workbook of the demo");
    assert_eq!(demo.keys().collect::<Vec<_>>(), papers.keys().collect::<Vec<_>>());
    let other: Vec<_> = demo.iter().filter(|(name, bytes)| papers[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(other.is_empty(), "not what the demo made: {other:?}");
}

#[test]
fn a_real_count_typed_into_the_workbook_gives_the_result_that_the_count_had() {
    let office = office_with_the_sample("sheets");
    office.runs(&["rehearse", "sheets", "--out", "simulated"]).ends(0);
    let simulated = results(&office, "simulated");
    office.has("sheets/ket-qua.csv", &typed_from(&simulated));
    let run = office.runs(&["rehearse", "sheets", "--out", "typed"]).ends(0);
    assert!(run.stdout.contains("Số đếm lấy từ trang “Kết quả”"), "{}", run.stdout);

    let typed = results(&office, "typed");
    assert_eq!((&simulated["simulated"], &typed["simulated"]), (&Value::Bool(true), &Value::Bool(false)));
    for same in ["officials", "ballots", "base", "kind"] {
        assert_eq!(simulated[same], typed[same], "{same}");
    }
    office.runs(&["verify", "typed/bundle"]).ends(0);

    let short = typed_from(&simulated).lines().take(20).collect::<Vec<_>>().join("\n");
    office.has("sheets/ket-qua.csv", &short);
    let run = office.runs(&["rehearse", "sheets", "--out", "short"]).ends(2);
    assert!(run.stderr.contains("có trong danh sách lấy phiếu nhưng không có"), "{}", run.stderr);
    assert!(!office.path("short").exists(), "something was written");
}

#[test]
fn five_delegates_rehearse_a_confidence_poll_and_are_told_that_it_can_hardly_be_secret() {
    let office = office_with_the_sample("sheets");
    let arguments = ["rehearse", "sheets", "--out", "papers", "--kind", "confidence", "--ballots", "5"];
    let run = office.runs(&arguments).ends(0);
    assert!(run.stderr.contains("BAT-001"), "{}", run.stderr);

    let results = results(&office, "papers");
    assert_eq!((&results["kind"], &results["ballots"]["issued"]), (&"confidence".into(), &5.into()));
    for official in results["officials"].as_array().expect("officials") {
        let counts = &official["counts"];
        let of = |key: &str| counts[key].as_u64().expect("a count");
        let all = of("confidence") + of("no_confidence") + of("not_counted");
        assert_eq!(Some(all), results["ballots"]["returned"].as_u64(), "{official}");
        let lost = 2 * of("no_confidence") > results["ballots"]["returned"].as_u64().expect("returned");
        assert_eq!(official["band"], if lost { "lost" } else { "kept" }, "{official}");
    }
    office.runs(&["verify", "papers/bundle"]).ends(0);
}

#[test]
fn a_workbook_with_errors_stops_the_job_before_anything_is_written_and_keeps_the_earlier_papers() {
    let office = office_with_the_sample("sheets");
    office.runs(&["rehearse", "sheets", "--out", "papers"]).ends(0);
    let before = files(&office.path("papers"));

    let council = fs::read_to_string(office.path("sheets/hoi-dong.csv")).expect("sheet");
    office.has("sheets/hoi-dong.csv", &council.replace("60", "sáu mươi"));
    let tellers = fs::read_to_string(office.path("sheets/ban-kiem-phieu.csv")).expect("sheet");
    office.has("sheets/ban-kiem-phieu.csv", &tellers.replace("Trưởng ban", "Tổng giám đốc"));
    let run = office.runs(&["rehearse", "sheets", "--out", "papers"]).ends(2);
    for sheet in ["hoi-dong", "ban-kiem-phieu"] {
        assert!(run.stderr.contains(sheet), "all errors at once, {sheet} too: {}", run.stderr);
    }
    assert!(run.stderr.contains("chưa ghi gì cả") && run.stdout.is_empty(), "{}", run.stderr);
    assert!(files(&office.path("papers")) == before, "the earlier papers changed");
}
