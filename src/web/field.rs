//! Fields of forms. Templates, handlers and the page that carries a form on take name and label of a field from here.

/// A field of a form.
#[derive(Clone, Copy, Debug)]
pub struct Field<'f> {
    /// Name in the request.
    pub name: &'f str,
    /// Label on pages.
    pub label: &'f str,
}

impl<'f> Field<'f> {
    /// The same field with the label of one page.
    #[must_use]
    pub const fn labelled(self, label: &'f str) -> Self {
        Self { label, ..self }
    }
}

/// A field that has no constant, because only one page has it or its label differs everywhere.
pub const fn of<'f>(name: &'f str, label: &'f str) -> Field<'f> {
    Field { name, label }
}

macro_rules! fields {
    ($($constant:ident = $name:literal, $label:literal;)*) => {
        $(
            #[doc = $label]
            pub const $constant: Field<'static> = of($name, $label);
        )*
        /// All fields that have a constant.
        pub(super) const ALL: &[Field<'static>] = &[$($constant),*];
    };
}

fields! {
    ANSWER_BACK = "rut", "Rút trả lời";
    NAME = "name", "Họ tên";
    NAMES = "names", "Danh sách họ tên";
    LOGIN = "login", "Tên đăng nhập";
    ROLE = "role", "Vai trò";
    ROLES = "roles", "Vai trò";
    SLUG = "slug", "Mã trong địa chỉ";
    KIND = "kind", "Loại";
    FORM = "form", "Mẫu phiếu";
    OFFICIALS = "officials", "Người được lấy phiếu";
    FIELD = "field", "Lĩnh vực";
    PERIOD = "period", "Thời gian";
    YEAR = "year", "Năm";
    FROM = "from", "Từ ngày";
    TO = "to", "Đến ngày";
    PAPER_ROOT = "root", "Mã trên giấy";
    TEXT = "text", "Nội dung";
    PLANNED = "planned", "Kế hoạch";
    ACTUAL = "actual", "Thực hiện";
    UNIT = "unit", "Đơn vị tính";
    LOWER = "lower_is_better", "Chiều của chỉ tiêu";
    STATUS = "status", "Tình trạng";
    DUE = "due", "Hạn";
    SOURCE_NUMBER = "source_number", "Số văn bản nguồn";
    SOURCE_DATE = "source_date", "Ngày văn bản";
    SOURCE_ISSUER = "source_issuer", "Cơ quan ban hành";
    SOURCE_PAGE = "source_page", "Trang";
    FACTS = "facts", "Dữ kiện";
    EXPIRES = "expires", "Thời hạn";
    DAYS = "days", "Số ngày";
    REQUIRED = "required", "Yêu cầu mã xác thực";
    QUESTION = "question", "Câu hỏi";
    REASON = "reason", "Lý do";
    REPLY = "reply", "Trả lời";
    GENERAL = "general", "Ý kiến chung của tổ";
    REMARK = "remark", "Ý kiến về một người";
    COSTS = "costs", "Một dòng như vậy làm mất";
    DECISION = "decision", "Quyết định của Ban kiểm phiếu";
    KEYS = "keys", "Các tham số";
    ARTICLE = "article", "Điều khoản";
    DOCUMENT = "document", "Văn bản";
    PAGE = "page", "Trang";
    READ_BY = "read_by", "Người đối chiếu";
    READ_ON = "read_on", "Ngày đối chiếu";
    RULESET = "ruleset", "Bộ quy tắc";
    LEGISLATURE = "legislature", "Khóa";
    TERM_FROM = "term_from", "Nhiệm kỳ từ ngày";
    TERM_TO = "term_to", "Nhiệm kỳ đến ngày";
    SITTING = "sitting", "Kỳ họp";
    OPENS_ON = "opens_on", "Ngày khai mạc";
    VOTES_ON = "votes_on", "Ngày bỏ phiếu";
    DELEGATES = "delegates", "Tổng số đại biểu";
    PLACE = "place", "Địa danh";
    CHAIR = "chair", "Chủ tọa";
    BASIS = "basis", "Căn cứ";
    HONORIFIC = "honorific", "Xưng hô";
    BIRTH = "birth", "Ngày hoặc năm sinh";
    POST_TITLE = "post_title", "Chức vụ";
    POST_FROM = "post_from", "Ngày bầu";
    POST_UNTIL = "post_until", "Ngày thôi giữ";
    POST_REMOVE = "post_remove", "Bỏ chức vụ dòng";
    BLOCK = "block", "Khối";
    FIELDS = "fields", "Lĩnh vực công tác";
    RETIREMENT = "retirement", "Thông báo nghỉ hưu";
    ACCOUNT = "account", "Tài khoản";
    RANK = "rank", "Thứ tự";
    GROUP = "group", "Tổ đại biểu";
    GROUP_SECRETARY = "group_secretary", "Thư ký tổ";
    POLL = "poll", "Đợt lấy phiếu";
    NUMBER = "number", "Số, ký hiệu";
    DAY = "day", "Ngày";
    VERDICT = "verdict", "Quyết định";
    NOTE = "note", "Ghi chú";
    DONE_ON = "done_on", "Ngày hoàn thành";
    HEAD = "head", "Trưởng ban";
    SECRETARY = "secretary", "Thư ký";
    MEMBERS = "members", "Ủy viên";
    SHARES = "shares", "Đóng kiểm phiếu";
    CODE = "code", "Mã xác thực";
    SEAT = "seat", "Thành viên";
}

/// Fields that only one page has, or that have another label on each. A page that shows again what was typed elsewhere calls
/// them by these.
const ELSEWHERE: &[Field<'static>] = &[
    of("about", "Về"),
    of("accounts", "Tài khoản"),
    of("attended", "Tổng số đã có mặt"),
    of("begin", "Bắt đầu lại"),
    of("change", "Việc"),
    of("confirmed", "Xác nhận"),
    of("copies", "Số bản"),
    of("corrects", "Văn bản phải đính chính"),
    of("council", "Cơ quan"),
    of("council_admin", "Họ tên người quản trị tài khoản"),
    of("council_kind", "Loại cơ quan"),
    of("council_login", "Tên đăng nhập của người đó"),
    of("council_name", "Tên hội đồng"),
    of("council_slug", "Mã trong địa chỉ"),
    of("dated", "Ngày văn bản"),
    of("exchanged", "Phiếu đổi"),
    of("file", "Tệp"),
    of("filed_on", "Ngày nộp"),
    of("first", "Người thứ nhất"),
    of("from_list", "Lấy từ danh sách"),
    of("issued", "Phát ra"),
    of("issuer", "Ủy ban Mặt trận Tổ quốc gửi"),
    of("mode", "Cách nhập"),
    of("next", "Bước tiếp theo"),
    of("not_returned", "Không thu về"),
    of("now", "Có mặt lúc này"),
    of("official", "Người được lấy phiếu"),
    of("opened", "Có mặt lúc mở bỏ phiếu"),
    of("others", "Ghi cùng số này cho mẫu khác"),
    of("packets", "Số gói niêm phong"),
    of("papers", "Số phiếu trong tập"),
    of("present", "Số đại biểu có mặt"),
    of("printed", "Đã in"),
    of("purpose", "Mục đích"),
    of("question_id", "Câu hỏi"),
    of("received_by", "Người nhận"),
    of("received_on", "Ngày nhận"),
    of("release", "Bản phát hành"),
    of("returned", "Thu về"),
    of("right", "Nay ghi đúng là"),
    of("sealed_by", "Người niêm phong"),
    of("second", "Người thứ hai"),
    of("signers", "Thành viên đã ký"),
    of("slips", "Thẻ"),
    of("step", "Bước"),
    of("unused", "Chưa dùng"),
];

/// A field of any page, by its name in the request.
pub(super) fn known(name: &str) -> Option<Field<'static>> {
    ALL.iter().chain(ELSEWHERE).find(|field| field.name == name).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_name_has_two_constants() {
        let all = || ALL.iter().chain(ELSEWHERE);
        let names: BTreeSet<&str> = all().map(|field| field.name).collect();
        assert_eq!(names.len(), all().count());
    }
}
