//! The official's own pages, files of papers and voters' opinions, over HTTP.

use std::io::{Cursor, Write as _};

use axum::http::StatusCode;
use domain::audit::Digest;
use domain::fact::FactKind;
use domain::id::{CouncilId, OfficialId};
use domain::role::Role;
use store::{attachments, facts};
use zip::write::SimpleFileOptions;

use crate::site::{Answer, Engine, PDF, Site, Visitor, on_both, typed_task};

async fn with_official(engine: Engine) -> (Site, CouncilId, OfficialId, Visitor, Visitor) {
    let (site, council) = Site::with_council(engine).await;
    let account = site.has_account(council, "tran.b", "Trần Văn B", Role::Official).await;
    site.has_account(council, "van.phong", "Lê Văn Phòng", Role::Clerk).await;
    let official = site.has_linked_official(council, account, "Trần Văn B").await;
    let (own, clerk) = (site.signed_in("mau", "tran.b").await, site.signed_in("mau", "van.phong").await);
    (site, council, official, own, clerk)
}

#[test]
fn an_official_reads_what_is_stated_replies_and_the_second_window_is_told() {
    on_both(|engine| async move {
        let (site, council, official, mut own, _) = with_official(engine).await;
        site.has_unattested_poll(council).await;
        let other = site.has_official(council, "Lê Thị C").await;
        let (mine, file) =
            site.has_fact_with_file(council, official, FactKind::Questioning, "<script>hứa</script>").await;
        let (theirs, _) = site.has_fact_with_file(council, other, FactKind::Award, "khen người khác").await;
        let home = own.opens("/cua-toi").await;
        assert_eq!(home.text("h1"), "Ông Trần Văn B");
        assert!(home.all("#gaps li").iter().any(|gap| gap.contains("Chưa có báo cáo")), "{}", home.html);
        assert!(home.all("#deadlines .tag.off").iter().any(|mark| mark == "chưa kiểm chứng"), "{}", home.html);
        let list = own.opens("/cua-toi/du-kien").await;
        assert_eq!(list.all("tbody th a"), ["<script>hứa</script>"]);
        assert!(!list.html.contains("<script") && !list.html.contains("khen người khác"));
        assert_eq!(own.opens(&format!("/cua-toi/du-kien/{theirs}")).await.status, StatusCode::NOT_FOUND);
        let download = own.opens(&format!("/tep-nguon/{file}")).await;
        assert!(download.bytes.starts_with(PDF));
        assert!(download.headers["content-disposition"].to_str().expect("text").starts_with("attachment; "));
        assert!(download.headers["content-security-policy"].to_str().expect("text").starts_with("sandbox;"));

        let path = format!("/cua-toi/du-kien/{mine}");
        own.opens(&path).await;
        let mut second = site.signed_in("mau", "tran.b").await;
        second.opens(&path).await;
        let empty = own.submits(&path, &[("reply", " ")]).await;
        assert_eq!((empty.status, empty.all("#reply-error").len()), (StatusCode::UNPROCESSABLE_ENTITY, 1));
        own.opens(&path).await;
        let done = own.submits(&path, &[("reply", "Đã hoàn thành tháng 6.")]).await;
        assert_eq!(done.text(".notice"), "Đã ghi nội dung trả lời.");
        let stale = second.submits(&path, &[("reply", "Chưa xong.")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert_eq!(stale.all("#conflict td"), ["Đã hoàn thành tháng 6.", "Chưa xong."]);
        let fact = facts::find(&mut site.store.read(council).await.expect("read"), mine).await.expect("find");
        assert_eq!(fact.expect("fact").kept.fact.reply.as_deref(), Some("Đã hoàn thành tháng 6."));
    });
}

#[test]
fn the_report_is_filed_by_section_and_previewed_and_a_receipt_is_kept_with_its_scan() {
    on_both(|engine| async move {
        let (site, council, official, mut own, _) = with_official(engine).await;
        assert!(own.opens("/cua-toi/bao-cao").await.text(".empty").contains("Chưa có đợt lấy phiếu"));
        site.has_poll(council).await;
        let report = own.opens("/cua-toi/bao-cao").await;
        assert_eq!(report.all("#sections .tag.bad").len(), 5);
        let section = "/cua-toi/bao-cao/ket-qua-thuc-hien-nhiem-vu-quyen-han";
        own.opens(section).await;
        let done = own.submits(section, &[("text", "Hoàn thành 9/10 chỉ tiêu.")]).await;
        assert_eq!(done.all("#sections .tag.bad").len(), 4, "{}", done.html);
        own.opens(section).await;
        own.submits(section, &[("text", "Hoàn thành 10/10 chỉ tiêu.")]).await;
        let found = facts::about(&mut site.store.read(council).await.expect("read"), official).await.expect("facts");
        assert_eq!((found.len(), found[0].version), (1, 2), "the same section is filed over");
        assert_eq!(found[0].kept.fact.text, "Kết quả thực hiện nhiệm vụ, quyền hạn: Hoàn thành 10/10 chỉ tiêu.");
        let pdf = own.opens("/cua-toi/bao-cao.pdf").await;
        assert!(pdf.bytes.starts_with(b"%PDF-"));

        let page = "/cua-toi/ke-khai";
        own.opens(page).await;
        let fields = [("filed_on", "2099-01-01"), ("place", ""), ("number", "7")];
        let refused = own.uploads(page, &fields, "a.pdf", b"MZ\x90\x00 program").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.all(".error").len(), 3, "all at once: {}", refused.html);
        let fields = [("filed_on", "2026-11-30"), ("place", "Thanh tra tỉnh"), ("number", "7")];
        let done = own.uploads(page, &fields, "../../biên 'nhận'.pdf", PDF).await;
        assert_eq!(done.all("#filed tbody th").len(), 1, "{}", done.html);
    });
}

#[test]
fn an_account_that_is_linked_to_nobody_is_told_whom_to_ask() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "la", "Người Lạ", Role::Official).await;
        let mut stranger = site.signed_in("mau", "la").await;
        for path in ["/cua-toi", "/cua-toi/du-kien", "/cua-toi/bao-cao", "/cua-toi/ke-khai"] {
            let page = stranger.opens(path).await;
            assert!(page.text("#not-linked").contains("Hãy báo văn phòng"), "{path}");
        }
    });
}

#[test]
fn an_opinion_of_voters_reaches_the_official_only_when_it_was_sent() {
    on_both(|engine| async move {
        let (site, council, official, mut own, mut clerk) = with_official(engine).await;
        let poll = site.has_poll(council).await;
        let page = format!("/ky/{poll}/y-kien-cu-tri");
        let empty = clerk.opens(&page).await;
        assert_eq!(empty.all("#deadlines li").len(), 2, "{}", empty.html);
        let refused = clerk.uploads(&page, &[("text", "Y tế xã còn yếu")], "", b"").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.all(".error").len(), 5, "{}", refused.html);
        let official = official.to_string();
        let fields = [
            ("official", official.as_str()),
            ("text", "Y tế xã còn yếu"),
            ("number", "15/BC-MTTQ"),
            ("dated", "2026-11-20"),
            ("issuer", "UB MTTQ tỉnh"),
            ("received_on", "2026-11-21"),
        ];
        let filed = clerk.uploads(&page, &fields, "y-kien.pdf", PDF).await;
        assert!(filed.text("#opinions tbody").contains("nhận chậm"), "{}", filed.html);
        assert!(own.opens("/cua-toi/du-kien").await.all("tbody th").is_empty());
        let found = facts::of_kind(&mut site.store.read(council).await.expect("read"), FactKind::VotersOpinion).await;
        let fact = found.expect("facts").remove(0);
        let file = fact.kept.fact.source.file.expect("file");
        assert_eq!(own.opens(&format!("/tep-nguon/{file}")).await.status, StatusCode::NOT_FOUND);
        clerk.opens(&page).await;
        let sent = clerk.submits(&format!("{page}/{}/gui", fact.id), &[]).await;
        assert_eq!(sent.text(".notice"), "Đã gửi ý kiến cử tri đến người được lấy phiếu.");
        assert_eq!(own.opens("/cua-toi/du-kien").await.all("tbody th a"), ["Y tế xã còn yếu"]);
        assert_eq!(own.opens(&format!("/tep-nguon/{file}")).await.status, StatusCode::OK);
    });
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).expect("member");
        writer.write_all(bytes).expect("bytes");
    }
    writer.finish().expect("archive").into_inner()
}

async fn attaches(clerk: &mut Visitor, page: &str, name: &str, file: &[u8]) -> Answer {
    clerk.opens(page).await;
    clerk.uploads(page, &[], name, file).await
}

#[test]
fn a_file_is_what_its_bytes_are_up_to_twenty_megabytes() {
    on_both(|engine| async move {
        let (site, council, official, _, mut clerk) = with_official(engine).await;
        let (fact, _) = site.has_fact_with_file(council, official, FactKind::Award, "khen").await;
        let page = format!("/du-kien/{fact}/tep");
        let docx = zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")]);
        for (name, file, says) in [
            ("bao-cao.pdf", b"MZ\x90\x00 program".to_vec(), "tệp chương trình"),
            ("bao-cao.docx", zip(&[("a.txt", b"x")]), "gói nén"),
            ("bao-cao.pdf", [PDF, &docx].concat(), "ghép nhiều loại"),
            ("rong.pdf", Vec::new(), "rỗng"),
        ] {
            let refused = attaches(&mut clerk, &page, name, &file).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert!(refused.text("#file-error").contains(says), "{says}: {}", refused.html);
        }
        let twenty = 20 * 1024 * 1024;
        let mut whole = PDF.to_vec();
        whole.resize(twenty - PDF.len(), b' ');
        whole.extend_from_slice(PDF);
        let done = attaches(&mut clerk, &page, &format!("{}.pdf", "ữ".repeat(300)), &whole).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.html);
        let stored = facts::find(&mut site.store.read(council).await.expect("read"), fact).await.expect("find");
        let file = stored.expect("fact").kept.fact.source.file.expect("file");
        let back = clerk.opens(&format!("/tep-nguon/{file}")).await;
        assert!(back.bytes == whole, "what comes out is what went in");
        whole.push(b'\n');
        let over = attaches(&mut clerk, &page, "lon.pdf", &whole).await;
        assert!(over.text("#file-error").contains("20 MB"), "{}", over.html);

        let named = attaches(&mut clerk, &page, "<script>'.pdf", &docx).await;
        assert!(!named.html.contains("<script"));
        clerk.opens(&page).await;
        let gone = clerk.submits(&format!("{page}/bo"), &[]).await;
        assert!(gone.text(".notice").starts_with("Đã bỏ tệp nguồn"), "{}", gone.html);
    });
}

#[test]
fn a_file_whose_sending_is_cut_leaves_nothing_and_the_same_form_may_be_sent_again() {
    on_both(|engine| async move {
        let (site, council, official, _, mut clerk) = with_official(engine).await;
        let (fact, before) = site.has_fact_with_file(council, official, FactKind::Award, "khen").await;
        let page = format!("/du-kien/{fact}/tep");
        let mut file = PDF.to_vec();
        file.resize(3 * 1024 * 1024, b' ');
        file.extend_from_slice(PDF);
        clerk.opens(&page).await;
        let cut = clerk.uploads_half(&page, "bao-cao.pdf", &file).await;
        assert_eq!(cut.status, StatusCode::BAD_REQUEST, "{}", cut.html);
        assert!(cut.text("main").contains("gửi lại"), "{}", cut.html);
        let mut tx = site.store.read(council).await.expect("read");
        let kept = facts::find(&mut tx, fact).await.expect("find").expect("fact");
        assert_eq!((kept.version, kept.kept.fact.source.file), (1, Some(before)), "the fact is as it was");
        assert!(attachments::find(&mut tx, Digest::of(&file)).await.expect("find").is_none());
        drop(tx);
        let whole = clerk.uploads(&page, &[], "bao-cao.pdf", &file).await;
        assert_eq!(whole.status, StatusCode::OK, "{}", whole.html);
        assert!(clerk.opens(&format!("/tep-nguon/{}", Digest::of(&file))).await.bytes == file);
    });
}

#[test]
fn an_official_reads_the_own_dossier_as_delegates_do_and_nobody_elses() {
    on_both(|engine| async move {
        let (site, council, official, mut own, _) = with_official(engine).await;
        let before = own.opens("/cua-toi/ho-so").await;
        assert!(before.text(".empty").starts_with("Chưa có bản nào được phát hành"), "{}", before.html);
        assert_eq!(own.opens("/cua-toi/ho-so.pdf").await.status, StatusCode::NOT_FOUND);
        let other = site.has_official(council, "Lê Thị C").await;
        site.has_fact(council, typed_task(&[official], "xây xong trạm y tế"), true).await;
        site.has_fact(council, typed_task(&[other], "việc của người khác"), true).await;
        let poll = site.has_poll(council).await;
        site.has_release(council, poll).await;
        let released = own.opens("/cua-toi/ho-so").await;
        assert!(released.html.contains("xây xong trạm y tế"), "{}", released.html);
        assert!(!released.html.contains("việc của người khác"));
        let file = own.opens("/cua-toi/ho-so.pdf").await;
        assert!(file.bytes.starts_with(b"%PDF"));
        assert!(released.all(".hash").contains(&Digest::of(&file.bytes).to_string()), "the page shows the file's hash");
    });
}
