//! Results as everybody sees them, without signing in.

use app::counting::day::TypedStep;
use app::preparing::TypedDecision;
use axum::http::{Method, StatusCode, header};
use domain::audit::Digest;
use domain::id::PollId;
use domain::proposal::ProposalKind;
use domain::role::Role;

use crate::outcome::words;
use crate::site::{Answer, Site, Visitor, on_both};

async fn asks(visitor: &mut Visitor, path: &str) -> Answer {
    visitor.sends_once(Method::GET, path, None).await
}

fn head(answer: &Answer, name: header::HeaderName) -> &str {
    answer.headers.get(name).map_or("", |value| value.to_str().expect("text"))
}

/// Switches the page of a poll on or off, as `lanh.dao`.
pub async fn switches(leader: &mut Visitor, poll: PollId, exposed: &str) -> Answer {
    leader.opens(&format!("/ky/{poll}/ket-qua")).await;
    let hidden = leader.hidden_fields(&format!("/ky/{poll}/cong-khai"));
    assert!(hidden.contains(&("exposed".to_owned(), exposed.to_owned())), "{hidden:?}");
    leader.submits(&format!("/ky/{poll}/cong-khai"), &[]).await
}

#[test]
fn a_result_is_public_when_it_is_published_and_a_leader_switched_it_on() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "lanh.dao", "Phạm Thường Trực", Role::Leader).await;
        site.has_account(council, "van.phong", "Đỗ Quỳnh Nữ", Role::Clerk).await;
        let poll = site.has_sealed_poll(council).await.poll;
        site.has_declared_poll(council, poll).await;
        let mut leader = site.signed_in("mau", "lanh.dao").await;
        let mut guest = site.visitor();
        let (list, page) = ("/cong-bo/mau".to_owned(), format!("/cong-bo/mau/{poll}"));

        // Declared and switched on, but not published: nothing is there.
        let said = switches(&mut leader, poll, "yes").await;
        assert!(said.text(".notice").contains("chỉ hiện sau khi công bố"), "{}", said.html);
        let nothing = asks(&mut guest, "/cong-bo/khong-co").await;
        assert_eq!(nothing.status, StatusCode::NOT_FOUND);
        for path in [&list, &page, &format!("{page}/ket-qua.json"), &format!("/cong-bo/khong-co/{poll}")] {
            let answer = asks(&mut guest, path).await;
            assert_eq!((answer.status, answer.text("main")), (StatusCode::NOT_FOUND, nothing.text("main")), "{path}");
        }

        site.signs_minutes(council, poll).await;
        site.publishes(council, poll).await;
        let shown = asks(&mut guest, &page).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.html);
        assert_eq!(asks(&mut guest, &list).await.all("tbody tr").len(), 1);
        let row = shown.all("table.result tbody tr").into_iter().find(|row| row.contains("Bùi Thị H")).expect("a row");
        for figure in ["19 40,43%", "2 4,26%", "25 53,19%", "quá nửa đến dưới hai phần ba", "NQ 96/2023/QH15, Điều 12"]
        {
            assert!(row.contains(figure), "{figure}: {row}");
        }
        assert!(shown.text("main").contains("52/NQ-HĐND ngày 08/12/2023"));
        assert_eq!(shown.all("ol.root li").len(), 16);
        assert!(shown.all("form, script").is_empty());

        // Switched off, it is gone.
        switches(&mut leader, poll, "no").await;
        assert_eq!(asks(&mut guest, &page).await.status, StatusCode::NOT_FOUND);
        switches(&mut leader, poll, "yes").await;
        assert_eq!(asks(&mut guest, &page).await.status, StatusCode::OK);

        // A clerk sees how it stands and has no switch; a wrong version is refused.
        let mut clerk = site.signed_in("mau", "van.phong").await;
        let seen = clerk.opens(&format!("/ky/{poll}/ket-qua")).await;
        assert!(seen.all("form[action$='cong-khai']").is_empty());
        leader.opens(&format!("/ky/{poll}/ket-qua")).await;
        let again = leader.hidden_fields(&format!("/ky/{poll}/cong-khai"));
        switches(&mut leader, poll, "no").await;
        let mut body = form_urlencoded::Serializer::new(String::new());
        let fresh = site.app.new_request().expect("request").to_string();
        for (name, value) in &again {
            body.append_pair(name, if name == "request_id" { &fresh } else { value });
        }
        let late = leader.sends(Method::POST, &format!("/ky/{poll}/cong-khai"), Some(body.finish())).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", late.html);
    });
}

#[test]
fn public_files_are_what_was_declared_and_may_be_kept_on_the_way() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "lanh.dao", "Phạm Thường Trực", Role::Leader).await;
        let poll = site.has_sealed_poll(council).await.poll;
        site.has_published_poll(council, poll).await;
        let mut leader = site.signed_in("mau", "lanh.dao").await;
        switches(&mut leader, poll, "yes").await;
        let page = format!("/cong-bo/mau/{poll}");
        let mut guest = site.visitor();

        let json = asks(&mut guest, &format!("{page}/ket-qua.json")).await;
        let declared = {
            let mut tx = site.store.read(council).await.expect("read");
            store::polls::results(&mut tx, poll).await.expect("results").expect("declared")
        };
        assert_eq!(json.html, declared, "to the letter");
        let shown = asks(&mut guest, &page).await;
        assert!(shown.text("main").contains(&Digest::of(declared.as_bytes()).to_string()));
        let csv = asks(&mut guest, &format!("{page}/ket-qua.csv")).await;
        assert!(csv.html.contains("53,19") && csv.html.contains("Bùi Thị H"), "{}", csv.html);
        let note = asks(&mut guest, &format!("{page}/diem-chot.txt")).await;
        assert!(note.html.starts_with("tinnhiem/mau/2023-12-07/"), "{}", note.html);
        let xlsx = asks(&mut guest, &format!("{page}/ket-qua.xlsx")).await;
        assert!(xlsx.bytes.starts_with(b"PK"));
        assert_eq!(asks(&mut guest, &format!("{page}/khac.txt")).await.status, StatusCode::NOT_FOUND);

        // A correction stands beside what was wrong, with its paper.
        let wrong = TypedStep {
            corrects: "minutes.pdf".into(),
            reason: "Ban kiểm phiếu gồm 8 thành viên".into(),
            right: "Ban kiểm phiếu gồm 9 thành viên".into(),
            decision: TypedDecision { number: String::new(), day: "10/12/2023".into() },
            ..TypedStep::default()
        };
        site.two(council, poll, ProposalKind::CorrigendumIssued, wrong).await.expect("corrected");
        let shown = asks(&mut guest, &page).await;
        assert_eq!(
            (shown.text(".warning del"), shown.text(".warning ins")),
            ("Ban kiểm phiếu gồm 8 thành viên".into(), "Ban kiểm phiếu gồm 9 thành viên".into()),
            "{}",
            shown.html
        );
        assert!(shown.text(".warning").contains("Biên bản kiểm phiếu"), "{}", shown.html);
        assert!(!shown.text("main").contains("minutes.pdf"), "{}", shown.html);
        let paper = asks(&mut guest, &format!("{page}/dinh-chinh-1.pdf")).await;
        assert!(words(&paper.bytes).contains("Ban kiểm phiếu gồm 9 thành viên"));
        assert!(shown.text(".warning").contains(&Digest::of(&paper.bytes).to_string()), "{}", shown.html);
        // The notice of one official can be put right too, though the log does not issue it.
        let step = leader.opens(&format!("/ky/{poll}/buoc/dinh-chinh")).await;
        let choices = step.all("#corrects option");
        assert_eq!(choices[1..3], ["Biên bản kiểm phiếu", "Nghị quyết xác nhận kết quả"], "{choices:?}");
        assert!(choices.contains(&"Thông báo kết quả gửi Bà Bùi Thị H".to_owned()), "{choices:?}");
        let listed = leader.opens(&format!("/ky/{poll}/giay-to")).await;
        let title = "Văn bản đính chính số 1: Biên bản kiểm phiếu (PDF)";
        assert_eq!(listed.all("a[href$='dinh-chinh-1.pdf']"), [title], "{}", listed.html);

        // Kept for a minute, and known again by its content; nobody gets a cookie.
        for path in [page.clone(), format!("{page}/ket-qua.json"), format!("{page}/ket-qua.xlsx")] {
            let first = asks(&mut guest, &path).await;
            assert_eq!(head(&first, header::CACHE_CONTROL), "public, max-age=60", "{path}");
            assert_eq!(head(&first, header::SET_COOKIE), "", "{path}");
            let tag = head(&first, header::ETAG).to_owned();
            let again = guest.asks_for_newer(&path, &tag).await;
            assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
            let other = guest.asks_for_newer(&path, "\"khac\"").await;
            assert_eq!((other.status, head(&other, header::ETAG)), (StatusCode::OK, tag.as_str()), "{path}");
        }

        // The same page for whoever is signed in: nothing on it is theirs.
        assert_eq!(asks(&mut leader, &page).await.html, shown.html);
        // Another council's address does not open it.
        let operator = site.actor_of_operator().await;
        site.found(&operator, "khac", "Hội đồng nhân dân tỉnh Khác").await;
        assert_eq!(asks(&mut guest, &format!("/cong-bo/khac/{poll}")).await.status, StatusCode::NOT_FOUND);
    });
}
