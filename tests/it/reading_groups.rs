//! Groups discuss; their secretaries file; the Standing Committee collects.

use axum::http::StatusCode;
use domain::role::Role;

use crate::office;
use crate::reading::Hall;
use crate::site::{log_of, on_both};

#[test]
fn the_secretary_files_and_the_standing_committee_collects() {
    on_both(|engine| async move {
        let hall = Hall::new(engine).await;
        let binh = hall.site.has_account(hall.council, "binh", "Lê Bình", Role::Delegate).await;
        hall.site.seats(hall.council, hall.delegates[2], binh, "Tổ 2", true).await;
        let (mut lan, mut hai) = (hall.enters("lan").await, hall.enters("hai").await);
        let (path, report) = (format!("/thao-luan/{}", hall.poll), format!("/ky/{}/thao-luan", hall.poll));
        assert!(hai.opens(&path).await.text(".empty").contains("chưa nộp"));
        let remark = format!("remark.{}", hall.officials[0]);

        lan.opens(&path).await;
        let nothing = lan.submits(&path, &[("general", " "), ("step", "file")]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(nothing.all("#general-error").len(), 1, "{}", nothing.html);
        let fields =
            [("general", "Tổ nhất trí <u>cao</u>.\n\nĐề nghị công khai."), (&remark, "Cần làm rõ <i>gói thầu</i>.")];
        let draft = lan.submits(&path, &[&fields[..], &[("step", "draft")]].concat()).await;
        assert_eq!(draft.text(".notice"), "Đã lưu.", "{}", draft.html);
        assert!(hai.opens(&path).await.text(".empty").contains("chưa nộp"), "a draft is the secretary's");
        hai.opens(&path).await;
        let mut other = hall.enters("lan").await;
        other.opens(&path).await;
        let filed = lan.submits(&path, &[&fields[..], &[("step", "file")]].concat()).await;
        assert!(filed.text(".notice").contains("Đã nộp"), "{}", filed.html);
        assert!(filed.all("main u, main i, main textarea").is_empty(), "{}", filed.html);
        let late = other.submits(&path, &[("general", "khác"), ("step", "draft")]).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.html);
        assert!(hai.opens(&path).await.html.contains("Đề nghị công khai."));

        let mut clerk = hall.enters("vp").await;
        let page = clerk.opens(&report).await;
        assert!(page.text("#count").ends_with("tổ đã nộp."), "{}", page.html);
        let states: Vec<String> =
            page.all("#groups tbody tr").into_iter().filter(|row| row.starts_with("Tổ ")).collect();
        assert!(states.iter().any(|row| row.contains("Tổ 1") && row.contains("Đã nộp")), "{states:?}");
        assert!(page.html.contains("Đề nghị công khai.") && page.all("main button").is_empty());
        let pdf = clerk.opens(&format!("{report}/pdf")).await;
        assert_eq!(pdf.headers["content-type"], "application/pdf", "{}", pdf.html);
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("bao-cao.pdf");
        std::fs::write(&file, &pdf.bytes).expect("file");
        let text = office::pages(&file).join("\n");
        for expected in ["BÁO CÁO", "thảo luận tổ", "Đề nghị công khai.", "gói thầu", "THƯỜNG TRỰC"]
        {
            assert!(text.contains(expected), "{expected}: {text}");
        }

        let mut leader = hall.enters("tt").await;
        let page = leader.opens(&report).await;
        let from = page.html.find(&format!("action=\"{report}/")).expect("form") + "action=\"".len();
        let reopen = page.html[from..].split('"').next().expect("address").to_owned();
        let opened = leader.submits(&reopen, &[]).await;
        assert!(opened.text(".notice").contains("Đã mở lại"), "{}", opened.html);
        assert_eq!(lan.opens(&path).await.all("textarea[name=general]").len(), 1);
        let told: Vec<String> = log_of(&hall.site, hall.council)
            .await
            .into_iter()
            .filter(|(kind, data)| kind == "records.revised" && data["subject"] == "group_summary")
            .map(|(_, data)| data["action"].as_str().expect("action").to_owned())
            .collect();
        assert_eq!(told, ["added", "changed", "filed", "reopened"]);
    });
}

#[test]
fn who_belongs_to_no_group_is_told_and_who_is_no_secretary_writes_nothing() {
    on_both(|engine| async move {
        let hall = Hall::new(engine).await;
        hall.site.has_account(hall.council, "la", "Người Lạ", Role::Delegate).await;
        let (mut stranger, mut hai) = (hall.enters("la").await, hall.enters("hai").await);
        let path = format!("/thao-luan/{}", hall.poll);
        assert!(stranger.opens(&path).await.text(".empty").contains("chưa gắn tài khoản"));
        let mut lan = hall.enters("lan").await;
        lan.opens(&path).await;
        hai.opens(&path).await;
        let token = hai.hidden_fields("/dang-xuat");
        let mut fields: Vec<(&str, &str)> = token.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.extend([("version", "0"), ("general", "chen vào"), ("step", "file")]);
        let refused = hai.submits(&path, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.html.contains("Chỉ thư ký tổ"), "{}", refused.html);
    });
}
