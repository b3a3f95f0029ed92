//! Signing in and out.

use axum::http::StatusCode;

use crate::site::{PASSWORD, Site, on_both};

#[test]
fn an_administrator_signs_in_sees_the_accounts_and_signs_out() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut admin = site.visitor();
        assert_eq!(admin.opens("/tai-khoan").await.path, "/dang-nhap", "a guest is led to the door");
        let answer = admin.signs_in("mau", "quan.tri", "sai-mat-khau").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.text("#problems li"), "Tên đăng nhập hoặc mật khẩu không đúng; hãy gõ lại.");
        let answer = admin.signs_in("mau", "quan.tri", PASSWORD).await;
        assert_eq!(answer.text(".who"), "Nguyễn Quản Trị · Quản trị tài khoản");
        let accounts = admin.opens("/tai-khoan").await;
        assert_eq!(accounts.all("tbody th"), ["Nguyễn Quản Trị"]);
        assert_eq!(admin.submits("/dang-xuat", &[]).await.path, "/dang-nhap");
        assert_eq!(admin.opens("/tai-khoan").await.path, "/dang-nhap");
    });
}
