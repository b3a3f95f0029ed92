//! Councils: founded and renamed by an operator, who sees nothing inside them.

use axum::http::StatusCode;

use crate::site::{Site, on_both};

#[test]
fn an_operator_founds_a_council_whose_administrator_comes_in() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut operator = site.signed_in("he-thong", "he.thong").await;
        operator.opens("/hoi-dong/moi").await;
        let name = "Hội đồng nhân dân tỉnh Vĩnh Phúc";
        let fields =
            [("council", name), ("slug", ""), ("kind", "province_council"), ("name", "Lê Thị Ba"), ("login", "")];
        let shown = operator.submits("/hoi-dong/moi", &fields).await;
        let password = shown.text("#first-password");
        let mut admin = site.visitor();
        admin.signs_in("hdnd-tinh-vinh-phuc", &shown.text("#first-login"), &password).await;
        assert!(admin.cookie.is_some());
        let list = operator.opens("/hoi-dong").await;
        assert_eq!(list.all("tbody th"), ["Hội đồng nhân dân tỉnh Mẫu", name]);
        assert_eq!(list.all("tbody td.number"), ["1", "1"]);
        assert!(!list.html.contains("Lê Thị Ba") && !list.html.contains("Nguyễn Quản Trị"));
    });
}

#[test]
fn a_name_in_addresses_is_nobody_elses_and_not_the_programs() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut operator = site.signed_in("he-thong", "he.thong").await;
        for slug in ["mau", "he-thong", "a b", "<script>"] {
            operator.opens("/hoi-dong/moi").await;
            let fields = [("council", "Hội đồng"), ("slug", slug), ("kind", "province_council"), ("name", "Lê Thị Ba")];
            let refused = operator.submits("/hoi-dong/moi", &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{slug}");
            assert_eq!(refused.all(".error").len(), 1, "{slug}: {}", refused.html);
            assert_eq!(refused.all("#slug-error").len(), 1, "{slug}");
        }
        assert_eq!(operator.opens("/hoi-dong").await.all("tbody th").len(), 1);
    });
}

#[test]
fn the_second_who_renames_is_told_what_the_first_saved() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (mut first, mut second) =
            (site.signed_in("he-thong", "he.thong").await, site.signed_in("he-thong", "he.thong").await);
        let path = format!("/hoi-dong/{council}");
        first.opens(&path).await;
        second.opens(&path).await;
        first.submits(&path, &[("council", "Hội đồng Một"), ("slug", "mot")]).await;
        let stale = second.submits(&path, &[("council", "Hội đồng Hai"), ("slug", "mau")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert_eq!(stale.all("#conflict td"), ["Hội đồng Một", "Hội đồng Hai", "mot", "mau"]);
        second.submits(&path, &[("council", "Hội đồng Hai"), ("slug", "mau")]).await;
        assert_eq!(second.opens("/hoi-dong").await.all("tbody th"), ["Hội đồng Hai"]);
    });
}

#[test]
fn an_unknown_council_in_an_address_leads_to_the_doors() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        for path in ["/phieu/khong-co", "/phieu/khong-co/AAAABBBBCCCCDDDD"] {
            let answer = site.visitor().opens(path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
            assert!(answer.all("main li a").contains(&"Hội đồng nhân dân tỉnh Mẫu".to_owned()), "{}", answer.html);
        }
    });
}
