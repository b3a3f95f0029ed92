//! Pages are structs; one layer draws them late, with what every page has: who is signed in, where one can go, the
//! tokens of its forms.

use std::any::Any;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use super::live::Live;
use super::pages::{assets, error};
use super::session::Visitor;
use super::{Site, guard, notice, routes};
use app::Caller;
use app::attesting;
use app::backup;
use app::counting::{day, outcome, room as counting};
use app::facts::entry as facts;
use app::preparing;
use app::reading::{official, room as reading};
use app::trail::logs;
use domain::id::PollId;
use domain::role::Role;

/// Which program this is, at the foot of every page.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What every page has besides its own. Templates of pages read it as the runtime value `frame`.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// Full name of who is signed in; empty for a guest.
    pub name: String,
    /// Roles, for people.
    pub roles: String,
    /// The body whose pages these are.
    pub council: String,
    /// Where one can go.
    pub navigation: Vec<Destination>,
    /// For the hidden field `form_token`.
    pub form_token: String,
    /// For the hidden field `request_id`: a form that is sent twice is done once.
    pub request_id: String,
    /// What was done just now; empty when nothing was.
    pub notice: &'static str,
    /// The page shows a form again because something in it is wrong.
    pub is_refused: bool,
    /// The page is one of a poll that is a rehearsal.
    pub is_rehearsal: bool,
    /// Where the council's log stands, for its auditors: size and the first groups of its root.
    pub log: Option<(u64, String)>,
    /// Where the style sheet is.
    pub style: String,
    /// Where the picture is that stands for the program.
    pub icon: String,
    /// By what the page draws itself anew, where it does.
    pub live: Option<Live>,
    /// Where the script of such pages is.
    pub live_script: String,
    /// The address of this page.
    pub here: String,
    /// Whose page it is: links lead where these may go.
    held: Vec<Role>,
}

/// A line of the navigation.
#[derive(Clone, Debug)]
pub struct Destination {
    /// What it is called.
    pub label: &'static str,
    /// Where it is.
    pub path: &'static str,
    /// What one does there, in a sentence.
    pub purpose: &'static str,
    /// Whether this page is below it.
    pub is_here: bool,
}

/// Where each role can go: label, address, purpose, who.
const DESTINATIONS: &[(&str, &str, &str, &[Role])] = &[
    ("Đọc hồ sơ", "/doc", "Đọc hồ sơ từng người, tìm, ghi chú riêng, đặt câu hỏi.", reading::READERS),
    ("Đợt lấy phiếu", "/ky", "Chuẩn bị một đợt lấy phiếu, từ kỳ họp đến mẫu phiếu.", preparing::OFFICE),
    (
        "Quy định áp dụng",
        "/quy-dinh",
        "Đối chiếu từng tham số của bộ quy tắc với văn bản gốc; xem ai đã đối chiếu, còn gì chưa.",
        attesting::OFFICE,
    ),
    ("Ngày bỏ phiếu", "/ngay-bo-phieu", "Đi từng bước của ngày bỏ phiếu, từ phiếu thử đến công bố.", day::HALL),
    (
        "Kết quả",
        "/ket-qua",
        "Xem kết quả sau khi đóng kiểm phiếu, giấy tờ của ngày bỏ phiếu, việc phải làm sau đó.",
        outcome::READERS,
    ),
    (
        "Kiểm phiếu",
        "/kiem-phieu",
        "Nhập phiếu của tập được giao; Trưởng ban mở tập và chốt từng tập.",
        counting::COUNTERS,
    ),
    (
        "Màn chiếu",
        "/may-chieu",
        "Chiếu tiến độ kiểm phiếu cho cả hội trường; kết quả chỉ hiện khi đã ghi và Trưởng ban cho chiếu.",
        counting::WATCHERS,
    ),
    (
        "Người được lấy phiếu",
        "/can-bo",
        "Xem, sửa danh sách theo thứ tự in trên phiếu: chức vụ, khối, lĩnh vực.",
        &[Role::Clerk, Role::Leader],
    ),
    ("Đại biểu", "/dai-bieu", "Xem, sửa danh sách đại biểu và tổ; ai là thư ký tổ.", &[Role::Clerk, Role::Leader]),
    (
        "Dữ kiện",
        "/du-kien",
        "Nhập, sửa, lọc dữ kiện về người được lấy phiếu; đối chiếu với tài liệu nguồn.",
        facts::EDITORS,
    ),
    (
        "Nhập từ Excel (bảng tính)",
        "/nhap-bang-tinh",
        "Nhập danh sách, dữ kiện từ bảng tính, xem trước rồi ghi; tải dữ liệu hiện có.",
        &[Role::Clerk, Role::Leader],
    ),
    (
        "Việc đang chạy",
        "/viec",
        "Xem việc dài đang chạy và đã xong: nhập bảng tính, lập hồ sơ.",
        &[Role::Clerk, Role::Leader],
    ),
    (
        "Của tôi",
        "/cua-toi",
        "Xem những gì được ghi về mình, trả lời, nộp báo cáo và biên nhận kê khai.",
        official::OWNERS,
    ),
    ("Tài khoản", "/tai-khoan", "Mở, sửa, khóa tài khoản; đặt lại mật khẩu.", &[Role::Admin, Role::Operator]),
    ("Thẻ truy cập", "/phieu-truy-cap", "In thẻ cho đại biểu vào mà không cần mật khẩu; hủy thẻ.", &[Role::Admin]),
    ("Hội đồng", "/hoi-dong", "Lập hội đồng cùng người quản trị đầu tiên; đổi tên.", &[Role::Operator]),
    ("Sao lưu", "/sao-luu", "Xem các bản sao lưu, bản gần nhất được bao lâu; sao lưu ngay.", backup::KEEPERS),
    (
        "Nhật ký",
        "/nhat-ky",
        "Xem ai đã làm gì, lúc nào; lấy mã gốc, chứng minh từng bản ghi và ký điểm chốt.",
        logs::READERS,
    ),
];

impl Frame {
    fn new(visitor: &Visitor, address: &Uri) -> Self {
        let mut frame = Self {
            notice: notice::sentence(address),
            style: assets::address("trang.css"),
            icon: assets::address("bieu-tuong.svg"),
            live_script: assets::address("live.mjs"),
            here: address.path().to_owned(),
            ..Self::default()
        };
        let Some(caller) = &visitor.caller else { return frame };
        frame.name.clone_from(&caller.account.name);
        frame.roles = caller.account.roles.labels();
        frame.council.clone_from(&caller.council_name);
        frame.form_token.clone_from(&visitor.form_token);
        frame.held = caller.account.roles.iter().collect();
        // Until that is done, every other page refuses.
        if caller.pending.is_none() {
            frame.navigation = destinations(caller, address.path());
        }
        frame
    }
}

impl Frame {
    /// Whether the reader may open the page at `path`.
    pub fn opens(&self, path: &str) -> bool {
        routes::opens(&self.held, path)
    }
}

fn destinations(caller: &Caller, path: &str) -> Vec<Destination> {
    let roles = &caller.account.roles;
    let open = DESTINATIONS.iter().filter(|(.., who)| who.iter().any(|role| roles.has(*role)));
    let mut all: Vec<Destination> =
        open.map(|&(label, to, purpose, _)| Destination { label, path: to, purpose, is_here: false }).collect();
    let wanted = sections(path).into_iter().find_map(|to| all.iter().position(|other| other.path == to));
    if let Some(here) = wanted.and_then(|place| all.get_mut(place)) {
        here.is_here = true;
    }
    all
}

/// Pages of a poll that belong to its day.
const OF_DAY: &[&str] = &[
    "ngay-bo-phieu",
    "buoc",
    "xac-nhan-bang-0",
    "co-mat",
    "so-phieu",
    "kiem-lai",
    "ban-giao",
    "bien-ban",
    "phieu-thu",
];
/// Pages of a poll that belong to its result.
const OF_RESULT: &[&str] = &["ket-qua", "giay-to", "viec-sau", "bo-phieu-tin-nhiem", "cong-khai"];

/// Destinations to which a page belongs, the one that fits best first: not everybody has the first.
fn sections(path: &str) -> Vec<&str> {
    let mut parts = path.split('/').skip(1);
    let [first, _, third] = [parts.next(), parts.next(), parts.next()].map(Option::unwrap_or_default);
    let own = path.get(..=first.len()).unwrap_or("/");
    match (first, third) {
        ("ky", page) if OF_DAY.contains(&page) => vec!["/ngay-bo-phieu", own],
        ("ky", page) if OF_RESULT.contains(&page) => vec!["/ket-qua", own],
        // The office comes from the preparation, whoever counts from the day.
        ("ky", _) => vec![own, "/ngay-bo-phieu"],
        _ => vec![own],
    }
}

/// A page of any type.
trait Draw: Send + Sync {
    /// The page's own parts, one after the other: see [`Parts`].
    fn draw(&self, frame: &Frame) -> askama::Result<String>;
}

impl<T: Template + Send + Sync> Draw for T {
    fn draw(&self, frame: &Frame) -> askama::Result<String> {
        self.render_with_values(frame)
    }
}

/// The whole document. A template of its own, so that its code is not generated again for every page.
#[derive(Template)]
#[template(path = "frame.html")]
struct Document<'a> {
    frame: &'a Frame,
    page: Parts<'a>,
}

/// The parts of a page, as HTML with every value escaped.
struct Parts<'a> {
    title: &'a str,
    head: &'a str,
    look: &'a str,
    crumbs: &'a str,
    content: &'a str,
}

/// As in `base.html`. Values cannot contain it: their `<` is escaped.
const BETWEEN_PARTS: &str = "<!--next part-->";

impl<'a> Parts<'a> {
    /// What `base.html` draws; `None` for a template that does not extend it.
    fn split(drawn: &'a str) -> Option<Self> {
        // The content comes last, so that it may contain anything.
        let mut parts = drawn.splitn(5, BETWEEN_PARTS);
        Some(Self {
            title: parts.next()?,
            head: parts.next()?,
            look: parts.next()?,
            crumbs: parts.next()?,
            content: parts.next()?,
        })
    }
}

fn document(page: &dyn Draw, frame: &Frame) -> askama::Result<String> {
    let drawn = page.draw(frame)?;
    let page = Parts::split(&drawn)
        .ok_or_else(|| askama::Error::custom("the template of the page does not extend base.html"))?;
    Document { frame, page }.render_with_values(frame)
}

impl askama::Values for Frame {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        (key == "frame").then_some(self)
    }
}

/// A page as a handler answers with it: drawn by [`draw`].
pub struct Page {
    status: StatusCode,
    has_script: bool,
    retry_after: Option<HeaderValue>,
    content: Arc<dyn Draw>,
    live: Option<Live>,
}

impl Page {
    /// A page that is as it was asked for.
    pub fn new(content: impl Template + Send + Sync + 'static) -> Self {
        Self { status: StatusCode::OK, has_script: false, retry_after: None, content: Arc::new(content), live: None }
    }

    /// The same page, on which a script of ours runs.
    pub fn with_script(mut self) -> Self {
        self.has_script = true;
        self
    }

    /// The same page, which draws itself anew when something has happened.
    pub fn live(mut self, live: Live) -> Self {
        self.live = Some(live);
        self.with_script()
    }

    /// The same page, which may be asked for again at once.
    pub fn retried_at_once(mut self) -> Self {
        self.retry_after = Some(AT_ONCE);
        self
    }

    /// The same page with another status.
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

#[derive(Clone)]
struct Undrawn(Arc<dyn Draw>, Option<Live>);

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if self.has_script {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, guard::SCRIPTED);
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response.extensions_mut().insert(Undrawn(self.content, self.live));
        response
    }
}

/// Draws the page that anything below answered with. An error that came without a page, from a layer that knows none,
/// gets one; what programs read keeps its short text.
pub(super) async fn draw(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let address = request.uri().clone();
    let mut response = next.run(request).await;
    let visitor = response.extensions_mut().remove::<Visitor>().unwrap_or_default();
    let (page, live) = match response.extensions_mut().remove::<Undrawn>() {
        Some(Undrawn(page, live)) => (page, live),
        None if is_bare_error(&response) && !FOR_PROGRAMS.contains(&address.path()) => {
            (error::of_status(response.status()).content, None)
        }
        None => return response,
    };
    let mut frame = Frame::new(&visitor, &address);
    frame.live = live;
    frame.is_refused = response.status() == StatusCode::UNPROCESSABLE_ENTITY;
    frame.log = own_log(&site, &visitor).await;
    frame.is_rehearsal = is_rehearsal(&site, &visitor, address.path()).await;
    if let Ok(request) = site.app.new_request() {
        frame.request_id = request.to_string();
    }
    match document(page.as_ref(), &frame) {
        Ok(html) => {
            let (mut head, _) = response.into_parts();
            head.headers.remove(header::CONTENT_LENGTH);
            head.headers.remove(header::CONTENT_TYPE);
            if head.status == StatusCode::SERVICE_UNAVAILABLE {
                head.headers.entry(header::RETRY_AFTER).or_insert(RETRY_AFTER_SECONDS);
            }
            (head.status, head.headers, Html(html)).into_response()
        }
        Err(cause) => {
            // Not the address: that of a slip holds its code.
            tracing::error!(%cause, "a page could not be drawn");
            (StatusCode::INTERNAL_SERVER_ERROR, "Trang này gặp lỗi; hãy quay lại và báo người bảo trì.").into_response()
        }
    }
}

/// Whether an address is below a poll that is a rehearsal: nobody takes a page of one for a real one.
async fn is_rehearsal(site: &Site, visitor: &Visitor, path: &str) -> bool {
    let Some(caller) = &visitor.caller else { return false };
    let Some(poll) = path.split('/').find_map(|part| part.parse::<PollId>().ok()) else { return false };
    // Not worth an error of its own: the page itself says what is wrong.
    site.app.is_rehearsal(caller, poll).await.unwrap_or_default()
}

/// One small row for each log: cheap enough for every page of the few who watch over it.
async fn own_log(site: &Site, visitor: &Visitor) -> Option<(u64, String)> {
    let caller = visitor.caller.as_ref().filter(|caller| caller.account.roles.has(Role::Auditor))?;
    // Not worth an error of its own: the page itself says what is wrong.
    let logs = site.app.logs(caller).await.ok()?;
    let own = logs.iter().find(|log| log.poll.is_none())?;
    Some((own.head.size, own.head.root.groups().get(..4)?.join(" ")))
}

/// Answered to a monitoring system, which reads no pages.
const FOR_PROGRAMS: &[&str] = &["/healthz", "/readyz"];

/// When to come back after the service could not answer.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("30");

/// When to come back after another process could have answered.
const AT_ONCE: HeaderValue = HeaderValue::from_static("1");

/// Whether another process of the service can answer what this one could not.
pub fn is_for_another_process(response: &Response) -> bool {
    let again = response.headers().get(header::RETRY_AFTER);
    response.status() == StatusCode::SERVICE_UNAVAILABLE && again.is_some_and(|seconds| *seconds == AT_ONCE)
}

fn is_bare_error(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    is_error && (kind.is_empty() || kind.starts_with(b"text/plain"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Template)]
    #[template(
        source = r#"{% extends "base.html" %}
{% block title %}{{ name }}{% endblock %}
{% block look %} class="wide"{% endblock %}
{% block crumbs %}<nav>{{ name }}</nav>{% endblock %}
{% block content %}
<p>{{ name }}</p>{{ raw|safe }}
{% endblock %}"#,
        ext = "html"
    )]
    struct Sample {
        name: &'static str,
        raw: &'static str,
    }

    #[test]
    fn a_document_has_the_parts_of_its_page_each_escaped_once() {
        let page = Sample { name: "A & <!--next part-->", raw: "<b><!--next part--></b>" };
        let frame = Frame { council: "B & C".to_owned(), form_token: "t".to_owned(), ..Frame::default() };
        let html = document(&page, &frame).expect("drawn");
        let name = "A &#38; &#60;!--next part--&#62;";
        for part in [
            format!("<title>{name} – B &#38; C</title>\n"),
            "<body class=\"wide\">\n".to_owned(),
            format!("<main id=\"main\" tabindex=\"-1\">\n<nav>{name}</nav>\n"),
            format!("\n<p>{name}</p><b><!--next part--></b>\n\n</main>\n"),
        ] {
            assert!(html.contains(&part), "{part} is not in {html}");
        }
    }

    #[derive(Template)]
    #[template(source = "<p>{{ name }}</p>", ext = "html")]
    struct Bare {
        name: &'static str,
    }

    #[test]
    fn a_template_that_is_no_page_is_an_error() {
        assert!(document(&Bare { name: "A" }, &Frame::default()).is_err());
    }
}
