//! What the kinds and fields of log entries are called on pages, and their data as lines that can be read.

use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};
use serde_json::Value;

use domain::audit::UtcTime;
use domain::council::CouncilKind;
use domain::proposal::{ProposalKind, ProposalState};
use domain::role::Role;

/// Every kind of every log.
const KINDS: &[(&str, &str)] = &[
    ("council.founded", "Lập hội đồng"),
    ("council.renamed", "Đổi tên hội đồng"),
    ("second_factor.required", "Quy định xác thực hai lớp"),
    ("account.opened", "Mở tài khoản"),
    ("account.changed", "Sửa tài khoản"),
    ("account.disabled", "Khóa tài khoản"),
    ("account.enabled", "Mở lại tài khoản"),
    ("password.set", "Đặt mật khẩu"),
    ("second_factor.set", "Bật hoặc tắt xác thực hai lớp"),
    ("account.vouched", "Xác nhận đúng người giữ tài khoản"),
    ("session.started", "Đăng nhập"),
    ("sessions.ended", "Đăng xuất khỏi mọi thiết bị"),
    ("sign_in.delayed", "Tạm chặn đăng nhập vì sai nhiều lần"),
    ("sign_in.freed", "Mở khóa đăng nhập bị chặn vì sai nhiều lần"),
    ("database.accepted", "Hai người cho dùng tiếp cơ sở dữ liệu khác với điểm neo"),
    ("slips.issued", "Phát thẻ truy cập"),
    ("slips.revoked", "Hủy thẻ truy cập"),
    ("import.answered", "Trả lời khi nhập bảng tính"),
    ("poll.begun", "Bắt đầu đợt lấy phiếu"),
    ("records.revised", "Thêm, sửa dữ liệu"),
    ("proposal.made", "Đề xuất một bước"),
    ("proposal.decided", "Quyết định một đề xuất"),
    ("rule.proposed", "Đề xuất về quy định áp dụng"),
    ("rule.attested", "Đối chiếu quy định với văn bản gốc"),
    ("rule.changed", "Thay giá trị của một quy định"),
    ("rule.accepted", "Chấp nhận quy định khi chưa đối chiếu"),
    ("rule.adopted", "Lấy vào bộ đối chiếu do cấp trên công bố"),
    ("rule.declined", "Không chấp nhận, rút đề xuất về quy định"),
    ("poll.created", "Lập đợt lấy phiếu"),
    ("poll.amended", "Sửa thông tin kỳ họp"),
    ("rules.frozen", "Dùng bộ quy tắc đã đối chiếu"),
    ("list.decided", "Quyết định danh sách"),
    ("board.appointed", "Lập Ban kiểm phiếu"),
    ("dossiers.released", "Phát hành hồ sơ"),
    ("forms.sealed", "Chốt mẫu phiếu"),
    ("deck.counted", "Kiểm tập phiếu thử"),
    ("deck.waived", "Bỏ qua việc kiểm phiếu thử"),
    ("share.taken", "Nhận mảnh khóa"),
    ("zero.reported", "Xác nhận số liệu trước khi mở bằng 0"),
    ("poll.moved", "Chuyển ngày bỏ phiếu"),
    ("voting.opened", "Mở bỏ phiếu"),
    ("presence.changed", "Đại biểu đến, rời phòng họp"),
    ("presence.corrected", "Sửa số đại biểu có mặt"),
    ("ballots.issued", "Công bố số phiếu phát ra"),
    ("issued.corrected", "Sửa số phiếu phát ra đã công bố"),
    ("unused.sealed", "Niêm phong phiếu chưa dùng"),
    ("ballots.returned", "Thu phiếu"),
    ("ballots.corrected", "Sửa số phiếu phát ra, thu về"),
    ("batch.committed", "Khớp hai lượt nhập tập phiếu"),
    ("batch.reopened", "Mở lại tập phiếu"),
    ("counting.closed", "Kết thúc kiểm phiếu"),
    ("recount.ordered", "Cho kiểm lại một dòng"),
    ("line.recounted", "Kiểm lại một dòng"),
    ("result.declared", "Ghi kết quả"),
    ("minutes.proposed", "Trình biên bản kiểm phiếu"),
    ("minutes.signed", "Ký biên bản kiểm phiếu"),
    ("minutes.reopened", "Hủy việc ký biên bản"),
    ("ballots.handed_over", "Bàn giao phiếu đã niêm phong"),
    ("result.confirmed", "Nghị quyết xác nhận kết quả"),
    ("result.published", "Công bố kết quả"),
    ("corrigendum.issued", "Đính chính"),
    ("poll.archived", "Lưu trữ"),
    ("poll.cancelled", "Hủy cuộc bỏ phiếu"),
    ("paper.issued", "Phát hành giấy tờ"),
    ("clock.confirmed", "Hai người xác nhận giờ máy chủ"),
    ("council_log.noted", "Ghi điểm chốt nhật ký hội đồng"),
];

/// Keys in the data of entries, the inner ones too.
const FIELDS: &[(&str, &str)] = &[
    ("about", "Về"),
    ("account", "Tài khoản"),
    ("accounts", "Tài khoản của hai người đọc"),
    ("action", "Việc"),
    ("again_of", "Thay cho cuộc đã hủy có nhật ký"),
    ("anchored", "Số bản ghi ở điểm neo"),
    ("answers", "Trả lời"),
    ("was", "Trong tệp"),
    ("says", "Đọc là"),
    ("file_sha256", "Mã băm SHA-256 của tệp"),
    ("anchored_root", "Mã gốc ở điểm neo"),
    ("article", "Điều khoản"),
    ("at", "Lúc"),
    ("attended", "Tổng số đã có mặt"),
    ("attestation", "Đề xuất về quy định"),
    ("ballots", "Số phiếu"),
    ("bad_line", "Dòng ghi sai làm mất"),
    ("batch", "Tập phiếu số"),
    ("before", "Trước đó"),
    ("blindings", "Số ngẫu nhiên gộp"),
    ("block", "Khối"),
    ("by", "Bằng cách"),
    ("change", "Việc ở phòng họp"),
    ("commitment", "Mã cam kết"),
    ("commitments", "Các cam kết"),
    ("confidence", "Tín nhiệm"),
    ("content_sha256", "Mã băm SHA-256 của nội dung"),
    ("council", "Hội đồng"),
    ("copies", "Số bản"),
    ("counted", "Số đã đếm"),
    ("counts", "Số đếm"),
    ("day", "Ngày"),
    ("decided", "Số dòng Trưởng ban quyết định"),
    ("delegates", "Tổng số đại biểu"),
    ("document", "Văn bản"),
    ("earlier", "Người nhập trước đó"),
    ("exchanged", "Đổi"),
    ("expected", "Số phải có"),
    ("expires_at", "Hết hạn lúc"),
    ("failures", "Số lần sai liên tiếp"),
    ("file", "Tệp"),
    ("files", "Các tệp"),
    ("form", "Mẫu phiếu"),
    ("forms", "Các mẫu phiếu"),
    ("from", "Áp dụng từ ngày"),
    ("high", "Tín nhiệm cao"),
    ("id", "Mã"),
    ("invalid", "Không hợp lệ"),
    ("issued", "Phát ra"),
    ("key", "Tham số"),
    ("kind", "Loại"),
    ("last", "Giờ của bản ghi trước"),
    ("line", "Dòng số"),
    ("lines", "Số dòng"),
    ("login", "Tên đăng nhập"),
    ("logs", "Các nhật ký"),
    ("low", "Tín nhiệm thấp"),
    ("missing", "Không ký"),
    ("medium", "Tín nhiệm"),
    ("name", "Tên"),
    ("no_confidence", "Không tín nhiệm"),
    ("not_returned", "Không thu về"),
    ("note", "Ghi chú"),
    ("number", "Số đại biểu"),
    ("officials", "Người được lấy phiếu"),
    ("on", "Đang bật"),
    ("opened", "Có mặt lúc mở bỏ phiếu"),
    ("origin", "Tên nhật ký"),
    ("outcome", "Kết luận"),
    ("packets", "Số gói niêm phong"),
    ("page", "Trang"),
    ("pages", "Số trang"),
    ("papers", "Số phiếu"),
    ("parameters", "Các tham số"),
    ("place", "Nơi lưu"),
    ("planned", "Ngày đã định"),
    ("poll", "Đợt lấy phiếu"),
    ("posts", "Chức vụ"),
    ("present", "Số đại biểu có mặt"),
    ("printed", "Đã in"),
    ("program", "Chương trình"),
    ("proposal", "Đề xuất"),
    ("proposed_by", "Người đề xuất"),
    ("public_key", "Khóa công khai của mảnh khóa"),
    ("quorum", "Túc số"),
    ("read_by", "Người đối chiếu"),
    ("read_on", "Ngày đối chiếu"),
    ("readers", "Hai người đọc"),
    ("reason", "Lý do"),
    ("received_by", "Người nhận"),
    ("record", "Mã bản ghi dữ liệu"),
    ("records", "Số bản ghi dữ liệu"),
    ("recounted", "Số kiểm lại"),
    ("rehearsal", "Diễn tập"),
    ("required", "Bắt buộc"),
    ("reread", "Số dòng đọc lại"),
    ("resolution", "Số nghị quyết, ngày"),
    ("results_sha256", "SHA-256 của kết quả"),
    ("returned", "Thu về"),
    ("role", "Tư cách"),
    ("roles", "Vai trò"),
    ("root", "Mã gốc"),
    ("ruleset", "Bộ quy tắc"),
    ("ruleset_sha256", "SHA-256 của bộ quy tắc"),
    ("sealed_by", "Người niêm phong"),
    ("sha256", "Mã băm SHA-256"),
    ("shares", "Mảnh khóa"),
    ("sheets", "Số tờ"),
    ("simulated", "Phiếu mô phỏng"),
    ("sitting", "Kỳ họp"),
    ("size", "Số bản ghi"),
    ("slip", "Thẻ"),
    ("slips", "Các thẻ"),
    ("slug", "Mã trong địa chỉ"),
    ("stands", "Lấy số"),
    ("statement", "Nội dung"),
    ("statement_sha256", "Mã băm SHA-256 của nội dung"),
    ("subject", "Loại dữ liệu"),
    ("tellers", "Ban kiểm phiếu"),
    ("unused", "Chưa dùng"),
    ("value", "Giá trị"),
    ("version", "Phiên bản"),
];

/// Values that are codes, by their key.
const CODES: &[(&str, &str, &str)] = &[
    ("by", "owner", "chủ tài khoản tự đặt"),
    ("by", "admin", "người quản trị"),
    ("by", "password", "mật khẩu"),
    ("bad_line", "line", "chỉ dòng đó"),
    ("bad_line", "ballot", "cả phiếu"),
    ("by", "second_factor", "mật khẩu và mã xác thực"),
    ("by", "slip", "thẻ truy cập"),
    ("by", "set_up_link", "liên kết thiết lập"),
    ("change", "arrived", "đến"),
    ("change", "left", "rời phòng"),
    ("change", "returned", "trở lại"),
    ("kind", "rating", "lấy phiếu tín nhiệm"),
    ("kind", "compared", "đã đối chiếu với văn bản gốc"),
    ("kind", "changed", "đã thay giá trị"),
    ("kind", "filled", "theo Quy chế của hội đồng"),
    ("kind", "accepted", "chấp nhận khi chưa đối chiếu"),
    ("kind", "adopted", "theo bộ đối chiếu do cấp trên công bố"),
    ("kind", "confidence", "bỏ phiếu tín nhiệm"),
    ("stands", "counted", "số đã đếm"),
    ("stands", "recounted", "số kiểm lại"),
];

/// What happened, in a few words; the kind itself for one that a newer program wrote.
pub fn kind(kind: &str) -> &str {
    KINDS.iter().find(|(code, _)| *code == kind).map_or(kind, |(_, words)| words)
}

fn field(key: &str) -> &str {
    FIELDS.iter().find(|(known, _)| *known == key).map_or(key, |(_, words)| words)
}

/// One line of an entry's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataLine {
    /// `Các thẻ › 1 › Tài khoản`
    pub label: String,
    /// The value, for people.
    pub text: String,
    /// Letters that are compared rather than read: a hash, an id.
    pub is_code: bool,
}

/// Canonical data as lines, in its order.
pub fn lines(data: &str) -> Vec<DataLine> {
    let mut lines = Vec::new();
    let data: Value = serde_json::from_str(data).unwrap_or(Value::Null);
    if let Value::Object(fields) = data {
        for (key, value) in &fields {
            push(&mut lines, field(key), key, value);
        }
    }
    lines
}

fn push(lines: &mut Vec<DataLine>, label: &str, key: &str, value: &Value) {
    match value {
        // A hundred points or more, which programs add up and nobody reads.
        Value::Object(_) if ["commitments", "blindings"].contains(&key) => {
            let text = format!("{} số để chương trình cộng lại, có đủ trong gói kiểm chứng", strings(value));
            lines.push(DataLine { label: label.to_owned(), text, is_code: false });
        }
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                push(lines, &format!("{label} › {}", field(key)), key, value);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (number, item) in (1..).zip(items) {
                push(lines, &format!("{label} › {number}"), key, item);
            }
        }
        Value::Array(items) => {
            let is_code = items.iter().any(|item| is_code(&text(key, item)));
            let texts: Vec<String> = items.iter().map(|item| text(key, item)).collect();
            let text = if texts.is_empty() { "không có".to_owned() } else { texts.join(", ") };
            lines.push(DataLine { label: label.to_owned(), text, is_code });
        }
        one => {
            let text = text(key, one);
            lines.push(DataLine { label: label.to_owned(), is_code: is_code(&text), text });
        }
    }
}

/// How many texts are in a value.
fn strings(value: &Value) -> usize {
    match value {
        Value::String(_) => 1,
        Value::Array(items) => items.iter().map(strings).sum(),
        Value::Object(fields) => fields.values().map(strings).sum(),
        _ => 0,
    }
}

fn text(key: &str, value: &Value) -> String {
    match value {
        Value::Null => "không có".to_owned(),
        Value::Bool(true) => "có".to_owned(),
        Value::Bool(false) => "không".to_owned(),
        Value::String(text) => word(key, text),
        Value::Object(_) => "không có".to_owned(),
        other => other.to_string(),
    }
}

fn word(key: &str, text: &str) -> String {
    if let Some((.., word)) = CODES.iter().find(|(of, code, _)| *of == key && *code == text) {
        return (*word).to_owned();
    }
    let council = || serde_json::from_value::<CouncilKind>(Value::String(text.to_owned())).ok();
    match key {
        "role" | "roles" => Role::from_code(text).map_or_else(|| text.to_owned(), |role| role.label().to_owned()),
        "kind" => {
            let step = ProposalKind::from_code(text).map(ProposalKind::label);
            let kind = step.or_else(|| council().map(|kind| kind.label()));
            kind.map_or_else(|| text.to_owned(), str::to_owned)
        }
        "outcome" => ProposalState::from_code(text).map_or_else(|| text.to_owned(), |state| state.label().to_owned()),
        _ => text.parse().map_or_else(|_| text.to_owned(), moment),
    }
}

fn is_code(text: &str) -> bool {
    let is_id = text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    is_id || (text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// A moment to the second, in Vietnam's time: `08:00:00 ngày 01/12/2026`.
pub fn moment(at: UtcTime) -> String {
    let Ok(moment) = at.as_str().parse::<Timestamp>() else { return at.to_string() };
    let local = moment.to_zoned(TimeZone::fixed(offset(7)));
    let (hour, minute, second) = (local.hour(), local.minute(), local.second());
    format!("{hour:02}:{minute:02}:{second:02} ngày {:02}/{:02}/{}", local.day(), local.month(), local.year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::audit::{CouncilEvent, LogEvent as _, PollEvent};

    #[test]
    fn every_kind_and_every_field_has_vietnamese_words() {
        let rows: Vec<_> = CouncilEvent::TABLE.iter().chain(PollEvent::TABLE).collect();
        for row in &rows {
            assert_ne!(kind(row.kind), row.kind, "KINDS lacks {}", row.kind);
            for column in row.fields {
                assert_ne!(field(column.name), column.name, "FIELDS lacks {} of {}", column.name, row.kind);
            }
        }
        for (known, _) in KINDS {
            assert!(rows.iter().any(|row| row.kind == *known), "{known} is no kind any more");
        }
    }

    #[test]
    fn data_is_told_in_lines() {
        let told = |data: &str| -> Vec<String> {
            lines(data).into_iter().map(|line| format!("{}: {}", line.label, line.text)).collect()
        };
        assert_eq!(
            told(r#"{"kind":"province_council","name":"Hội đồng","roles":["head_teller","teller"]}"#),
            ["Loại: HĐND cấp tỉnh", "Tên: Hội đồng", "Vai trò: Trưởng Ban kiểm phiếu, Thành viên Ban kiểm phiếu"]
        );
        assert_eq!(
            told(
                r#"{"expires_at":"2026-11-30T18:00:05Z","slips":[{"account":"a","slip":"b"},{"account":"c","slip":"d"}]}"#
            ),
            [
                "Hết hạn lúc: 01:00:05 ngày 01/12/2026",
                "Các thẻ › 1 › Tài khoản: a",
                "Các thẻ › 1 › Thẻ: b",
                "Các thẻ › 2 › Tài khoản: c",
                "Các thẻ › 2 › Thẻ: d"
            ]
        );
        assert_eq!(told(r#"{"by":"slip","on":false}"#), ["Bằng cách: thẻ truy cập", "Đang bật: không"]);
    }
}
