//! A calendar file (RFC 5545) of whole days, each with a reminder: what calendar programs subscribe to and import.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::audit::UtcTime;

/// Longest line in bytes, without its end (RFC 5545, 3.1).
const MAX_LINE: usize = 75;

/// Something that falls on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayEvent {
    /// Tells it apart from all others, everywhere and for good.
    pub uid: String,
    pub day: Date,
    pub summary: String,
    /// More, of several lines.
    pub description: String,
    /// Days before at which a reminder is due.
    pub remind_days: u8,
}

/// The file. `stamp` is the time of the last change of its data: the same data give the same bytes.
pub fn calendar(name: &str, stamp: UtcTime, events: &[DayEvent]) -> String {
    let stamp: String = stamp.as_str().chars().filter(|c| !matches!(c, '-' | ':')).collect();
    let mut file = File::default();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tinnhiem//thoi han//VI", "CALSCALE:GREGORIAN"] {
        file.line(line);
    }
    file.line(&format!("X-WR-CALNAME:{}", escaped(name)));
    for event in events {
        let next = event.day.saturating_add(1.day());
        file.line("BEGIN:VEVENT");
        file.line(&format!("UID:{}", escaped(&event.uid)));
        file.line(&format!("DTSTAMP:{stamp}"));
        file.line(&format!("DTSTART;VALUE=DATE:{}", basic(event.day)));
        file.line(&format!("DTEND;VALUE=DATE:{}", basic(next)));
        file.line(&format!("SUMMARY:{}", escaped(&event.summary)));
        file.line(&format!("DESCRIPTION:{}", escaped(&event.description)));
        file.line("TRANSP:TRANSPARENT");
        file.line("BEGIN:VALARM");
        file.line("ACTION:DISPLAY");
        file.line(&format!("DESCRIPTION:{}", escaped(&event.summary)));
        file.line(&format!("TRIGGER:-P{}D", event.remind_days));
        file.line("END:VALARM");
        file.line("END:VEVENT");
    }
    file.line("END:VCALENDAR");
    file.text
}

fn basic(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

/// A TEXT value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[derive(Default)]
struct File {
    text: String,
}

impl File {
    /// A content line, folded so that no line is longer than [`MAX_LINE`] bytes and no letter is torn.
    fn line(&mut self, line: &str) {
        let mut length = 0;
        for c in line.chars() {
            if length + c.len_utf8() > MAX_LINE {
                self.text.push_str("\r\n ");
                length = 1;
            }
            self.text.push(c);
            length += c.len_utf8();
        }
        self.text.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn event() -> DayEvent {
        DayEvent {
            uid: "person_report@tinnhiem".into(),
            day: date(2023, 12, 31),
            summary: "Gửi báo cáo; kèm bản kê khai tài sản, thu nhập của từng người được lấy phiếu tín nhiệm".into(),
            description: "Người thực hiện: A\\B\nNơi nhận: C".into(),
            remind_days: 7,
        }
    }

    #[test]
    fn lines_end_and_fold_as_the_standard_says_and_unfold_to_what_was_written() {
        let stamp: UtcTime = "2026-12-01T01:02:03Z".parse().expect("time");
        let file = calendar("Thời hạn", stamp, &[event()]);
        assert!(file.split("\r\n").all(|line| line.len() <= MAX_LINE && !line.contains(['\r', '\n'])), "{file}");
        assert!(file.contains("\r\n "), "something was folded");
        let whole = file.replace("\r\n ", "");
        let value = |name: &str| whole.split("\r\n").find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        assert_eq!(value("DTSTAMP:"), "20261201T010203Z");
        assert_eq!((value("DTSTART;VALUE=DATE:"), value("DTEND;VALUE=DATE:")), ("20231231", "20240101"));
        assert!(value("SUMMARY:").starts_with("Gửi báo cáo\\; kèm bản kê khai tài sản\\, thu nhập"));
        assert_eq!(value("DESCRIPTION:"), "Người thực hiện: A\\\\B\\nNơi nhận: C");
        assert_eq!(value("TRIGGER:"), "-P7D");
        assert!(file.starts_with("BEGIN:VCALENDAR\r\n") && file.ends_with("END:VCALENDAR\r\n"));
        assert_eq!(calendar("Thời hạn", stamp, &[event()]), file, "the same data, the same bytes");
    }
}
