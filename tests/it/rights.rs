//! Who may call which route, as a table for reviewers: `tests/reviewed/rights.txt`.

use std::fmt::Write as _;

use axum::http::Method;
use domain::role::Role;
use web::{Access, Route, Takes, routes};

use crate::reviewed::assert_reviewed;

/// A caller of the table's columns: heading, meaning.
const GUEST: (&str, &str) = ("Khách", "người chưa đăng nhập");
const PENDING: (&str, &str) = ("Chờ", "người đã đăng nhập mà còn phải đặt mật khẩu hoặc bật xác thực hai lớp trước");

const ABOUT: &str = "\
QUYỀN GỌI TỪNG ĐỊA CHỈ

Bảng này do chương trình viết ra từ danh mục địa chỉ của nó (web::routes) và được một phép thử so lại mỗi lần
kiểm tra; một phép thử khác (tests/it/routes.rs) gọi từng địa chỉ với từng vai trò trên hệ thống đang chạy.
«x»: được gọi; «.»: bị từ chối. «Xem» là mở trang hoặc tệp (GET); «Gửi» là gửi biểu mẫu, «Gửi tệp» là biểu mẫu có tệp
kèm theo, «Gửi phím» là những gì trang nhập phiếu tự gửi (đều là POST). Được gọi chưa có nghĩa là được làm: nghiệp vụ
còn xét tiếp hội đồng nào, bước nào, việc của ai. Người giữ nhiều vai trò được gọi khi một trong các vai trò đó được.

";

fn heading(role: Role) -> &'static str {
    match role {
        Role::Operator => "HT",
        Role::Admin => "TK",
        Role::Clerk => "VP",
        Role::Leader => "TT",
        Role::Delegate => "ĐB",
        Role::Official => "NĐ",
        Role::HeadTeller => "TB",
        Role::Teller => "KP",
        Role::Observer => "MC",
        Role::Auditor => "GS",
        Role::Program => panic!("nobody signs in as the program"),
    }
}

/// Everybody who may hold an account.
fn roles() -> Vec<Role> {
    Role::ALL.into_iter().filter(|role| *role != Role::Program).collect()
}

fn way(route: &Route) -> &'static str {
    match (route.method == Method::GET, route.takes) {
        (true, _) => "Xem",
        (false, Takes::Fields) => "Gửi",
        (false, Takes::File) => "Gửi tệp",
        (false, Takes::Json) => "Gửi phím",
    }
}

fn mark(may: bool) -> &'static str {
    if may { "x" } else { "." }
}

fn table() -> String {
    let mut text = ABOUT.to_owned();
    let people = roles().into_iter().map(|role| (heading(role), role.label()));
    let columns: Vec<(&str, &str)> = [GUEST, PENDING].into_iter().chain(people).collect();
    for (heading, meaning) in &columns {
        writeln!(text, "{heading:<6} {meaning}").expect("text");
    }
    let mut all = routes();
    all.sort_by_key(|route| (route.path, route.method != Method::GET));
    let width = all.iter().map(|route| route.path.chars().count()).max().expect("routes");
    let headings: Vec<String> = columns.iter().map(|(heading, _)| format!("{heading:<6}")).collect();
    writeln!(text, "\n{:<9} {:<width$}  {}", "Cách", "Địa chỉ", headings.concat().trim_end()).expect("text");
    for route in &all {
        let of_roles = roles().into_iter().map(|role| route.access.allows(Some(&[role])));
        let is_before_pending = matches!(route.access, Access::Anyone | Access::Pending);
        let marks = [route.access.allows(None), is_before_pending].into_iter().chain(of_roles);
        let marks: Vec<String> = marks.map(|may| format!("{:<6}", mark(may))).collect();
        writeln!(text, "{:<9} {:<width$}  {}", way(route), route.path, marks.concat().trim_end()).expect("text");
    }
    text
}

#[test]
fn the_rights_of_every_role_are_those_that_were_reviewed() {
    assert_reviewed("rights.txt", &table());
}
