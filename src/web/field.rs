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
    NAME = "name", "Họ tên";
    NAMES = "names", "Danh sách họ tên";
    LOGIN = "login", "Tên đăng nhập";
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
    TEXT = "text", "Nội dung";
    PLANNED = "planned", "Kế hoạch";
    ACTUAL = "actual", "Thực hiện";
    UNIT = "unit", "Đơn vị tính";
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
    POLL = "poll", "Kỳ lấy phiếu";
    NUMBER = "number", "Số, ký hiệu";
    DAY = "day", "Ngày";
    VERDICT = "verdict", "Quyết định";
    NOTE = "note", "Ghi chú";
    DONE_ON = "done_on", "Ngày hoàn thành";
    HEAD = "head", "Trưởng ban";
    SECRETARY = "secretary", "Thư ký";
    MEMBERS = "members", "Ủy viên";
    CODE = "code", "Mã xác thực";
    SEAT = "seat", "Thành viên";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_name_has_two_constants() {
        let names: BTreeSet<&str> = ALL.iter().map(|field| field.name).collect();
        assert_eq!(names.len(), ALL.len());
    }
}
