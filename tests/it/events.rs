//! The reference of events is what the declarations say.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use domain::audit::event::EventRow;
use domain::audit::{CouncilEvent, LogEvent as _, PollEvent};

fn section(text: &mut String, title: &str, rows: &[EventRow]) {
    writeln!(text, "# {title}\n\n| kind | what | data | who | when |\n|---|---|---|---|---|").expect("text");
    for row in rows {
        let fields: Vec<String> =
            row.fields.iter().map(|field| format!("`{}`: {}", field.name, field.doc.trim())).collect();
        let (kind, doc, fields) = (row.kind, row.doc.trim(), fields.join("<br>"));
        writeln!(text, "| `{kind}` | {doc} | {fields} | {} | {} |", row.who, row.when).expect("text");
    }
    text.push('\n');
}

#[test]
fn the_reference_of_events_is_up_to_date() {
    let mut text = String::new();
    section(&mut text, "Events of a council's log", CouncilEvent::TABLE);
    section(&mut text, "Events of a poll's log", PollEvent::TABLE);
    assert!(!text.contains("||"), "a cell is empty");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain/audit/EVENTS.md");
    if env::var("TINNHIEM_EVENTS").is_ok_and(|wish| wish == "write") {
        fs::write(&path, &text).expect("reference");
    }
    let kept = fs::read_to_string(&path).expect("reference");
    assert!(kept == text, "src/domain/audit/EVENTS.md is out of date; run this test with TINNHIEM_EVENTS=write");
}
