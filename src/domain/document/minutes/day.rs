//! What minutes tell of the day itself, from the poll's log: papers, tests, batches, recounts. What cannot be told is not.

use super::{CountingMode, MinutesParts};
use crate::audit::event::poll::LineRecounted;
use crate::ballot_account::{Attendance, BallotAccount, IssuedPapers};
use crate::day_record::{
    BatchRead, Correction, DayRecord, Deck, Hands, IssuedCorrection, Moved, OpenedAgainst, PresenceEntry, PresenceTold,
    Reopened, UnusedTold,
};
use crate::document::parts::{body, heading, notice, table};
use crate::document::{Block, Cell};
use crate::finding::Severity;
use crate::occasion::Occasion;
use crate::poll::LevelCounts;
use crate::result::{OfficialResult, PollResult};
use crate::tally::{TallyWarning, margin_words, weigh};
use crate::text::{date_dmy, full_stop, upper_first};

/// Who came and went after the vote was opened, where anybody did.
pub(super) fn hall(occasion: &Occasion<'_>, day: &DayRecord) -> Vec<Block> {
    let (Some(hall), false) = (day.hall, day.presence.is_empty()) else { return Vec::new() };
    let voters = occasion.voters();
    let row = |told: &PresenceTold| {
        let (what, why) = match &told.what {
            PresenceEntry::Changed { change, number, by, reason } => {
                let reason = reason.trim();
                let why = format!("{reason}{} Người ghi: {by}.", full_stop(reason));
                (format!("{number} {voters} {}", change.label()), why)
            }
            PresenceEntry::Corrected { before, hands } => (format!("Sửa số đã ghi ({before})"), hands_words(hands)),
        };
        vec![
            Cell::left(told.at.in_vietnam()),
            Cell::left(what),
            Cell::right(told.after.now.to_string()),
            Cell::right(told.after.attended.to_string()),
            Cell::left(why),
        ]
    };
    let columns = [(5, "Lúc"), (6, "Việc"), (3, "Có mặt"), (4, "Tổng số đã có mặt"), (10, "Lý do, người ghi")];
    vec![
        body(format!(
            "Sau khi mở bỏ phiếu có thay đổi: tổng số {voters} đã có mặt là {}, số có mặt khi kiểm phiếu xong là {}.",
            hall.attended, hall.now
        )),
        table(&columns, day.presence.iter().map(row).collect()),
    ]
}

/// That the day was moved, and that the vote was opened although quorum or day stood against it.
pub(super) fn opening(occasion: &Occasion<'_>, day: &DayRecord) -> Vec<Block> {
    let moved = |Moved { before, day, hands }: &Moved| {
        let (before, day) = (date_dmy(*before), date_dmy(*day));
        body(format!("Ngày bỏ phiếu được chuyển từ {before} sang {day}. Lý do: {}", hands_words(hands)))
    };
    let mut blocks: Vec<Block> = day.moved.iter().map(moved).collect();
    if let Some(OpenedAgainst { quorum, planned, hands }) = &day.opened_against {
        let voters = occasion.voters();
        let mut faults = Vec::new();
        faults.extend(
            quorum.map(|least| {
                format!("số {voters} có mặt ít hơn {least}, là số phải có ({})", occasion.rules.quorum.cite)
            }),
        );
        faults.extend(planned.map(|day| format!("ngày bỏ phiếu đã định là {}", date_dmy(day))));
        let (faults, why) = (faults.join("; "), hands_words(hands));
        blocks.push(body(format!("Vẫn mở bỏ phiếu trong khi {faults}. Lý do: {why}")));
    }
    blocks
}

/// Where every printed paper went, with what does not add up and what was put right.
pub(super) fn papers(occasion: &Occasion<'_>, parts: &MinutesParts<'_>) -> Vec<Block> {
    let day = parts.day;
    if day.accounts.is_empty() {
        return Vec::new();
    }
    let row = |(form, account): &(String, BallotAccount)| {
        let BallotAccount { printed, issued, exchanged, unused, returned, not_returned } = *account;
        let figures = [printed, issued, exchanged, unused, returned, not_returned];
        let mut cells = vec![Cell::left(form.clone())];
        cells.extend(figures.map(|figure| Cell::right(figure.to_string())));
        cells
    };
    let columns = [
        (6, "Mẫu phiếu"),
        (3, "Đã in"),
        (3, "Phát ra"),
        (3, "Đổi"),
        (3, "Chưa dùng"),
        (3, "Thu về"),
        (4, "Không thu về"),
    ];
    let mut blocks = vec![table(&columns, day.accounts.iter().map(row).collect())];
    let attendance = Attendance { delegates: parts.delegates, present: day.hall.map(|hall| hall.attended) };
    let mut doubts = Vec::new();
    for (form, account) in &day.accounts {
        let warns = account.faults(attendance).into_iter().filter(|fault| fault.severity() == Severity::Warning);
        doubts.extend(warns.map(|fault| format!("- Mẫu phiếu {form}: {}", fault.finding(form, occasion.rules).what)));
    }
    blocks.extend(notice("Số phiếu cần ghi nhận", doubts));
    blocks.extend(announced(parts).map(body));
    blocks.extend(issued_corrections(&day.issued_corrections));
    blocks.extend(corrections(&day.corrections));
    blocks
}

/// When it was told what went out and what came back, and what was sealed in between. The clock of a rehearsal is made up.
fn announced(parts: &MinutesParts<'_>) -> Option<String> {
    let day = parts.day;
    let (Some(issued), Some(returned), true) = (day.issued_at, day.returned_at, parts.counting.is_real()) else {
        return None;
    };
    let mut words = format!("Số phiếu phát ra được công bố lúc {}", issued.in_vietnam());
    if let Some(UnusedTold { at, packets, note }) = &day.unused {
        let note = if note.is_empty() { String::new() } else { format!(" ({note})") };
        let at = at.in_vietnam();
        words.push_str(&format!(
            "; phiếu chưa dùng và phiếu đổi được niêm phong thành {packets} gói{note} lúc {at}, trước khi mở hòm phiếu"
        ));
    }
    let returned = returned.in_vietnam();
    Some(format!("{words}; số phiếu thu về được công bố lúc {returned}, trước khi mở tập phiếu đầu tiên."))
}

fn issued_corrections(corrections: &[IssuedCorrection]) -> Option<Block> {
    let words = |IssuedPapers { issued, printed }: IssuedPapers| format!("In {printed}; phát ra {issued}");
    let row = |told: &IssuedCorrection| {
        vec![
            Cell::left(told.form.clone()),
            Cell::left(told.before.map_or_else(|| "–".to_owned(), words)),
            Cell::left(words(told.after)),
            Cell::left(hands_words(&told.hands)),
        ]
    };
    let columns = [(5, "Mẫu phiếu"), (6, "Đã công bố"), (6, "Số sửa lại"), (11, "Lý do, người đề nghị, người đồng ý")];
    (!corrections.is_empty()).then(|| table(&columns, corrections.iter().map(row).collect()))
}

fn corrections(corrections: &[Correction]) -> Option<Block> {
    let row = |told: &Correction| {
        vec![
            Cell::left(told.form.clone()),
            Cell::left(told.before.map_or_else(|| "–".to_owned(), account_words)),
            Cell::left(account_words(told.after)),
            Cell::left(hands_words(&told.hands)),
        ]
    };
    let columns = [(5, "Mẫu phiếu"), (7, "Số ghi trước"), (7, "Số sửa lại"), (9, "Lý do, người đề nghị, người đồng ý")];
    (!corrections.is_empty()).then(|| table(&columns, corrections.iter().map(row).collect()))
}

fn account_words(account: BallotAccount) -> String {
    let BallotAccount { printed, issued, exchanged, unused, returned, not_returned } = account;
    format!(
        "In {printed}; phát ra {issued}; đổi {exchanged}; chưa dùng {unused}; thu về {returned}; không thu về {not_returned}"
    )
}

/// `Mất điện. Người đề nghị: …; người đồng ý: … (08:05 ngày 01/12/2026).`
fn hands_words(hands: &Hands) -> String {
    let Hands { asked, agreed, reason, at } = hands;
    let reason = reason.trim();
    format!("{reason}{} Người đề nghị: {asked}; người đồng ý: {agreed} ({}).", full_stop(reason), at.in_vietnam())
}

/// How the count went, step by step.
pub(super) fn procedure(occasion: &Occasion<'_>, parts: &MinutesParts<'_>) -> Vec<Block> {
    let day = parts.day;
    let mut blocks = Vec::new();
    blocks.extend(deck_words(occasion, day).map(body));
    let label = occasion.kind.label();
    // The clock of a rehearsal is made up: its hours would be no news.
    let told = |at: Option<crate::audit::UtcTime>| at.filter(|_| parts.counting.is_real());
    if let Some(at) = told(day.zero_reported) {
        let sentence = format!(
            "Ban kiểm phiếu đã lập biên bản xác nhận mọi số liệu bằng 0 lúc {}, trước khi mở {label}: chưa có tập phiếu, phiếu \
             hay số đếm nào.",
            at.in_vietnam()
        );
        blocks.push(body(sentence));
    }
    if let (Some(opened), Some(closed)) = (told(day.opened), told(day.closed)) {
        let (opened, closed) = (opened.in_vietnam(), closed.in_vietnam());
        blocks.push(body(format!("{} mở lúc {opened}; kiểm phiếu xong lúc {closed}.", upper_first(label))));
    }
    blocks.extend(readings(parts.counting, day).map(body));
    // In a rehearsal the program reads for everybody.
    blocks.extend(readers(&day.batches).filter(|_| parts.counting.is_real()));
    blocks.extend(reopened(&day.reopened));
    let unsigned =
        |hands: &Hands| body(format!("Biên bản này thay biên bản đã ký trước đó. Lý do: {}", hands_words(hands)));
    blocks.extend(day.unsigned.iter().map(unsigned));
    blocks
}

fn deck_words(occasion: &Occasion<'_>, day: &DayRecord) -> Option<String> {
    let mut words = match &day.deck {
        Deck::Untold => return None,
        Deck::Passed(at) => format!(
            "Trước khi mở {}, Ban kiểm phiếu đã kiểm các bộ phiếu thử: mọi số đếm được đều đúng bằng số phải có ({}).",
            occasion.kind.label(),
            at.in_vietnam()
        ),
        Deck::Waived(hands) => {
            let reason = hands.reason.trim();
            format!(
                "Không kiểm phiếu thử trước khi mở {}. Lý do: {reason}{} Người đề nghị: {}; người đồng ý: {}.",
                occasion.kind.label(),
                full_stop(reason),
                hands.asked,
                hands.agreed
            )
        }
    };
    if day.failed_decks > 0 {
        words.push_str(&format!(" Trước đó có {} lần kiểm phiếu thử không đạt.", day.failed_decks));
    }
    Some(words)
}

/// How papers were read, as far as it is known.
fn readings(counting: CountingMode, day: &DayRecord) -> Option<String> {
    const KEPT: &str =
        "Chương trình không lưu nội dung từng phiếu, chỉ lưu số đếm của tập kèm cam kết mật mã trong nhật ký.";
    let rule = "mỗi tập do hai người đọc độc lập, chỉ ghi nhận khi hai lượt đọc trùng khớp";
    match counting {
        CountingMode::Declared => None,
        CountingMode::Simulated { batches, reread, .. } => Some(format!(
            "Phiếu được chia thành {batches} tập; {rule}; có {reread} dòng khác nhau giữa hai lượt đã được đọc lại từ \
             phiếu. {KEPT}"
        )),
        CountingMode::Real { reread, decided, by_hand } => {
            let mut words = format!("Phiếu được chia thành {} tập; {rule}", day.batches.len());
            if let Some(by_hand) = by_hand.filter(|batches| *batches > 0) {
                words.push_str(&format!("; {by_hand} tập được đếm tay trên hai phiếu đếm"));
            }
            if let Some(reread) = reread {
                words.push_str(&format!("; có {reread} dòng khác nhau giữa hai lượt đã được đọc lại từ phiếu"));
            }
            if let Some(decided) = decided {
                words.push_str(&format!(", trong đó {decided} dòng do Trưởng Ban kiểm phiếu quyết định trên tờ phiếu"));
            }
            Some(format!("{words}. {KEPT}"))
        }
    }
}

/// `Lê Thị C; Trần Văn D (nhập tiếp phần của Phạm Thị E)`
fn readers_words(read: &BatchRead) -> String {
    let both = read.readers.join("; ");
    if read.earlier.is_empty() {
        both
    } else {
        format!("{both} (nhập tiếp phần của {})", read.earlier.join("; "))
    }
}

/// Who read which pile.
fn readers(batches: &[BatchRead]) -> Option<Block> {
    let row = |read: &BatchRead| {
        vec![
            Cell::left(read.form.clone()),
            Cell::center(read.batch.to_string()),
            Cell::right(read.papers.to_string()),
            Cell::left(readers_words(read)),
        ]
    };
    let columns = [(5, "Mẫu phiếu"), (3, "Tập số"), (3, "Số phiếu"), (13, "Hai người đọc")];
    (!batches.is_empty()).then(|| table(&columns, batches.iter().map(row).collect()))
}

fn reopened(batches: &[Reopened]) -> Vec<Block> {
    if batches.is_empty() {
        return Vec::new();
    }
    let row = |told: &Reopened| {
        vec![Cell::left(told.form.clone()), Cell::center(told.batch.to_string()), Cell::left(hands_words(&told.hands))]
    };
    let columns = [(5, "Mẫu phiếu"), (3, "Tập số"), (16, "Lý do, người đề nghị, người đồng ý")];
    vec![body("Các tập phiếu sau đã được mở lại và đếm lại:"), table(&columns, batches.iter().map(row).collect())]
}

/// Every line of the result with its form and its number.
pub(super) fn lines(result: &PollResult) -> impl Iterator<Item = (&str, u32, &OfficialResult)> {
    result.forms.iter().flat_map(|form| {
        (1..).zip(&form.officials).map(move |(line, official)| (form.count.form.as_str(), line, official))
    })
}

/// Lines that were counted again, and those that had to be and were not.
pub(super) fn recounts(
    number: u8,
    occasion: &Occasion<'_>,
    result: &PollResult,
    parts: &MinutesParts<'_>,
) -> Vec<Block> {
    let day = parts.day;
    let mut blocks = vec![heading(2, format!("{number}. Kiểm lại từ phiếu giấy"))];
    let missing: Vec<String> = lines(result)
        .filter(|(form, line, _)| day.recount(form, *line).is_none())
        .filter_map(|(form, line, official)| {
            let near = near_words(official)?;
            Some(format!("- {} (mẫu phiếu {form}, dòng {line}): {near}.", official.listed.addressed()))
        })
        .collect();
    for (form, line, hands) in &day.orders {
        let name = addressed(result, form, *line);
        let in_spite = if was_near(occasion, result, day, (form, *line)) { "" } else { " dù không sát ngưỡng" };
        blocks.push(body(format!("{name} ({form}, dòng {line}) được kiểm lại{in_spite}: {}", hands_words(hands))));
    }
    if day.recounts.is_empty() && missing.is_empty() {
        blocks.push(body("Không có dòng nào sát ngưỡng đến mức phải kiểm lại."));
        return blocks;
    }
    if !day.recounts.is_empty() {
        let rows = day.recounts.iter().map(|told| recount_row(result, told)).collect();
        let columns = [
            (8, "Họ và tên, mẫu phiếu, dòng"),
            (7, "Số đếm trước"),
            (7, "Số kiểm lại"),
            (8, "Số được lấy, lý do"),
            (6, "Người kiểm lại"),
        ];
        blocks.push(table(&columns, rows));
    }
    for (form, line, hands) in &day.replaced {
        let name = addressed(result, form, *line);
        blocks.push(body(format!("{name} ({form}, dòng {line}), lấy số kiểm lại: {}", hands_words(hands))));
    }
    let why = if parts.counting.is_real() {
        "Các dòng phải kiểm lại mà chưa kiểm lại"
    } else {
        "Các dòng phải kiểm lại; diễn tập không có phiếu giấy nên chưa kiểm lại"
    };
    blocks.extend(notice(why, missing));
    blocks
}

/// Whether a line was near a threshold as it was counted, before anybody counted it again.
fn was_near(occasion: &Occasion<'_>, result: &PollResult, day: &DayRecord, (form, line): (&str, u32)) -> bool {
    let counted = day.recounts.iter().find(|told| told.form == form && told.line == line).map(|told| told.counted);
    result.forms.iter().filter(|of| of.count.form == form).any(|of| {
        let Some((_, official)) = (1..).zip(&of.officials).find(|(at, _)| *at == line) else { return false };
        let Some(counted) = counted else { return near_words(official).is_some() };
        let is_near = |warning: &TallyWarning| matches!(warning, TallyWarning::Recount { .. });
        weigh(occasion.rules, result.kind, of.base, counted.decisive())
            .is_ok_and(|verdict| verdict.warnings.iter().any(is_near))
    })
}

fn recount_row(result: &PollResult, told: &LineRecounted) -> Vec<Cell> {
    let name = addressed(result, &told.form, told.line);
    vec![
        Cell::left(format!("{name} ({}, dòng {})", told.form, told.line)),
        Cell::left(level_words(told.counted)),
        Cell::left(level_words(told.recounted)),
        Cell::left(told.verdict()),
        Cell::left(told.readers.join("; ")),
    ]
}

/// Who stands on a line.
fn addressed(result: &PollResult, form: &str, line: u32) -> String {
    let mut all = lines(result);
    all.find(|(of, at, _)| (*of, *at) == (form, line))
        .map_or_else(|| "–".to_owned(), |(.., official)| official.listed.addressed())
}

/// `Tín nhiệm cao 19; Tín nhiệm 2; Tín nhiệm thấp 25`.
fn level_words(counts: LevelCounts) -> String {
    let level = |(level, count): (crate::poll::Level, u32)| format!("{} {count}", level.label());
    counts.each().into_iter().map(level).collect::<Vec<_>>().join("; ")
}

/// `sát mức “quá nửa” (vượt 1 phiếu)`; `None` where nothing is near.
fn near_words(official: &OfficialResult) -> Option<String> {
    let near = |warning: &TallyWarning| match warning {
        TallyWarning::Recount { share_words, margin, .. } => {
            Some(format!("sát mức “{share_words}” ({})", margin_words(*margin)))
        }
        TallyWarning::Exact { .. } => None,
    };
    let near: Vec<String> = official.tally.warnings.iter().filter_map(near).collect();
    (!near.is_empty()).then(|| near.join(", "))
}

/// What a line's warnings say once it was counted again: how near it is, and that the duty is done.
pub(super) fn warning_words(official: &OfficialResult, is_recounted: bool) -> Vec<String> {
    let words = |warning: &TallyWarning| match warning {
        TallyWarning::Recount { share_words, margin, .. } if is_recounted => {
            format!("Sát mức “{share_words}” ({}): đã kiểm lại dòng này từ phiếu giấy.", margin_words(*margin))
        }
        other => format!("{}.", upper_first(&other.to_string())),
    };
    official.tally.warnings.iter().map(words).collect()
}
