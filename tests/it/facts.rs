//! Facts over the pages: entered by one person, verified by another, changed by two at once, found again, taken away.

use axum::http::{Method, StatusCode};
use domain::id::{CouncilId, OfficialId};
use domain::role::Role;

use crate::site::{Answer, Engine, Site, Visitor, log_of, on_both};

struct Office {
    site: Site,
    council: CouncilId,
    official: OfficialId,
    clerk: Visitor,
    leader: Visitor,
}

impl Office {
    /// A council with two officials, the clerk `vp`, and the leaders `tt` and `tt2`.
    async fn new(engine: Engine) -> Self {
        let (site, council) = Site::with_council(engine).await;
        for (login, name, role) in [
            ("vp", "Trần Văn Thư", Role::Clerk),
            ("tt", "Lê Thường Trực", Role::Leader),
            ("tt2", "Bùi Chủ Tọa", Role::Leader),
        ] {
            site.has_account(council, login, name, role).await;
        }
        let official = site.has_official(council, "Nguyễn Văn A").await;
        site.has_official(council, "Phạm Thị B").await;
        let (clerk, leader) = (site.signed_in("mau", "vp").await, site.signed_in("mau", "tt").await);
        Self { site, council, official, clerk, leader }
    }
}

/// What somebody types for a target of 2025; `changed` fields in place of these.
fn fields(official: OfficialId, changed: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = [
        ("officials", official.to_string().as_str()),
        ("field", "Ngân sách"),
        ("kind", "target"),
        ("period", "year"),
        ("year", "2025"),
        ("text", "Thu ngân sách trên địa bàn"),
        ("planned", "12.500"),
        ("actual", "13.120,50"),
        ("unit", "tỷ đồng"),
        ("status", "met"),
        ("due", "2025-12-31"),
        ("source_number", "245/BC-UBND"),
        ("source_date", "2025-12-05"),
        ("source_issuer", "UBND tỉnh"),
        ("source_page", "4"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    for (name, value) in changed {
        match fields.iter_mut().find(|(field, _)| field == name) {
            Some((_, old)) => *old = (*value).to_owned(),
            None => fields.push(((*name).to_owned(), (*value).to_owned())),
        }
    }
    fields
}

async fn sends(visitor: &mut Visitor, path: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    visitor.submits(path, &fields).await
}

/// Enters a fact; gives the address of its page.
async fn enters(visitor: &mut Visitor, official: OfficialId, changed: &[(&str, &str)]) -> String {
    visitor.opens("/du-kien/moi").await;
    let shown = sends(visitor, "/du-kien/moi", &fields(official, changed)).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.html);
    shown.path.split('?').next().expect("path").to_owned()
}

#[test]
fn a_fact_goes_from_its_author_to_another_person_and_back() {
    on_both(|engine| async move {
        let Office { site, council, official, mut clerk, mut leader } = Office::new(engine).await;
        let empty = clerk.opens("/du-kien").await;
        assert_eq!(empty.all(".empty a"), ["Nhập dữ kiện đầu tiên"]);
        let path = enters(&mut clerk, official, &[("text", "<script>alert(1)</script> Thu ngân sách")]).await;
        let shown = clerk.opens(&path).await;
        assert_eq!(shown.text("#state"), "chờ đối chiếu");
        assert_eq!(shown.text("#statement"), "<script>alert(1)</script> Thu ngân sách");
        assert!(shown.all("script").is_empty(), "shown as text");
        assert!(shown.text("#cannot-verify").contains("Thường trực"));
        let refused = clerk.submits(&format!("{path}/tham-tra"), &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);

        leader.opens(&path).await;
        let verified = leader.submits(&format!("{path}/tham-tra"), &[]).await;
        assert_eq!(
            (verified.text("#state").as_str(), verified.text(".notice").as_str()),
            ("đã đối chiếu", "Đã đối chiếu dữ kiện.")
        );
        // The statement changes: it waits again, and the history says what changed.
        clerk.opens(&path).await;
        let changed = sends(&mut clerk, &path, &fields(official, &[("actual", "13.200")])).await;
        assert_eq!(changed.text("#state"), "chờ đối chiếu", "{}", changed.html);
        let newest = changed.text("#history tbody tr td:last-child");
        assert!(newest.contains("Thực hiện: 13.120,50 → 13.200") && newest.contains("Nội dung:"), "{newest}");
        // Saved again without a change, it stays as it is.
        clerk.opens(&path).await;
        let same = sends(&mut clerk, &path, &fields(official, &[("actual", "13.200")])).await;
        assert_eq!(same.all("#history tbody th"), ["sửa", "đối chiếu", "thêm mới"]);

        leader.opens(&path).await;
        leader.submits(&format!("{path}/tham-tra"), &[]).await;
        assert_eq!(leader.submits(&format!("{path}/bo-tham-tra"), &[]).await.text("#state"), "chờ đối chiếu");
        clerk.opens(&path).await;
        let withdrawn = clerk.submits(&format!("{path}/rut"), &[]).await;
        assert_eq!((withdrawn.text("#state").as_str(), withdrawn.all("summary").len()), ("đã rút", 0));
        let restored = clerk.submits(&format!("{path}/khoi-phuc"), &[]).await;
        assert_eq!(restored.text("#state"), "chờ đối chiếu");

        let actions: Vec<_> = log_of(&site, council)
            .await
            .into_iter()
            .filter(|(kind, data)| kind == "records.revised" && data["subject"] == "fact")
            .map(|(_, data)| data["action"].as_str().expect("action").to_owned())
            .collect();
        assert_eq!(actions, ["added", "verified", "changed", "verified", "reopened", "withdrawn", "restored"]);
        let history = leader.opens("/du-kien/lich-su").await;
        assert_eq!(history.all("tbody tr").len(), 7);
        assert!(history.text("tbody tr").contains("khôi phục (bản 7)"), "{}", history.text("tbody tr"));
    });
}

#[test]
fn who_stated_it_does_not_verify_it_whatever_the_role() {
    on_both(|engine| async move {
        let Office { site, official, mut leader, mut clerk, .. } = Office::new(engine).await;
        let path = enters(&mut leader, official, &[]).await;
        assert!(leader.opens(&path).await.text("#cannot-verify").contains("không tự đối chiếu được"));
        assert!(leader.hidden_fields(&format!("{path}/tham-tra")).is_empty(), "no button");
        // Past the page, the use case says the same.
        let mut other = site.signed_in("mau", "tt2").await;
        other.opens(&path).await;
        let body = |visitor: &Visitor, from: &str| {
            let fields = visitor.hidden_fields(from);
            form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
        };
        let own = body(&leader, &format!("{path}/rut"));
        let refused = leader.sends(Method::POST, &format!("{path}/tham-tra"), Some(own)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text("#problem").contains("không tự đối chiếu được"));
        // Another editor in between: who verifies saw another statement.
        clerk.opens(&path).await;
        sends(&mut clerk, &path, &fields(official, &[("year", "2024")])).await;
        let stale = other.submits(&format!("{path}/tham-tra"), &[]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.text("#problem").contains("Trần Văn Thư vừa sửa"), "{}", stale.text("#problem"));
        // Now the clerk stated it last: its first author may verify.
        leader.opens(&path).await;
        assert_eq!(leader.submits(&format!("{path}/tham-tra"), &[]).await.text("#state"), "đã đối chiếu");
    });
}

#[test]
fn all_wrong_fields_are_told_at_once_and_what_was_typed_stays() {
    on_both(|engine| async move {
        let Office { official, mut clerk, .. } = Office::new(engine).await;
        clerk.opens("/du-kien/moi").await;
        let wrong = [("kind", ""), ("year", "25"), ("planned", "mười"), ("source_number", " ")];
        let refused = sends(&mut clerk, "/du-kien/moi", &fields(official, &wrong)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.all("#problems li").len(), 4, "{}", refused.html);
        assert_eq!(refused.text("textarea#text"), "Thu ngân sách trên địa bàn");
        let sent = sends(&mut clerk, "/du-kien/moi", &fields(official, &[("then", "another")])).await;
        assert!(sent.path.starts_with("/du-kien/moi?tu="), "{}", sent.path);
        assert_eq!(sent.text("textarea#text"), "");
        assert!(sent.html.contains("value=\"245/BC-UBND\"") && sent.html.contains(" checked"), "{}", sent.html);
        assert_eq!(clerk.opens("/du-kien").await.all("tbody tr").len(), 1);
    });
}

#[test]
fn a_form_that_is_sent_twice_enters_one_fact() {
    on_both(|engine| async move {
        let Office { official, mut clerk, .. } = Office::new(engine).await;
        clerk.opens("/du-kien/moi").await;
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(clerk.hidden_fields("/du-kien/moi")).extend_pairs(fields(official, &[]));
        let body = body.finish();
        for _ in 0..2 {
            let answer = clerk.sends(Method::POST, "/du-kien/moi", Some(body.clone())).await;
            assert_eq!((answer.status, answer.all(".notice").len()), (StatusCode::OK, 1), "{}", answer.html);
        }
        assert_eq!(clerk.opens("/du-kien").await.all("tbody tr").len(), 1);
    });
}

#[test]
fn the_second_of_two_editors_is_told_what_differs_and_loses_nothing() {
    on_both(|engine| async move {
        let Office { official, mut clerk, mut leader, .. } = Office::new(engine).await;
        let path = enters(&mut clerk, official, &[]).await;
        clerk.opens(&path).await;
        leader.opens(&path).await;
        sends(&mut leader, &path, &fields(official, &[("actual", "13.000"), ("source_page", "5")])).await;
        let told = sends(&mut clerk, &path, &fields(official, &[("text", "Thu nội địa"), ("actual", "13.200")])).await;
        assert_eq!(told.status, StatusCode::CONFLICT);
        assert!(told.text("#conflict").contains("Lê Thường Trực vừa sửa dữ kiện này"), "{}", told.text("#conflict"));
        assert_eq!(told.all("#conflict tbody th"), ["Nội dung", "Thực hiện", "Trang"]);
        assert_eq!(told.all("#conflict tbody tr:nth-child(2) td"), ["13.000", "13.200"]);
        assert_eq!(told.text("textarea#text"), "Thu nội địa", "what was typed stays");
        let saved = sends(&mut clerk, &path, &fields(official, &[("text", "Thu nội địa"), ("actual", "13.200")])).await;
        assert_eq!(saved.text("#statement"), "Thu nội địa", "{}", saved.html);
        assert_eq!(saved.all("#history tbody tr").len(), 3, "no version is lost");
    });
}

#[test]
fn a_leader_verifies_what_waits_one_by_one_or_several_at_once() {
    on_both(|engine| async move {
        let Office { site, council, official, mut clerk, mut leader } = Office::new(engine).await;
        assert_eq!(leader.opens("/du-kien/tham-tra").await.all(".empty").len(), 1);
        for number in 1..=5 {
            enters(&mut clerk, official, &[("text", &format!("Việc {number}"))]).await;
            site.clock.advance(jiff::SignedDuration::from_secs(60));
        }
        let own = enters(&mut leader, official, &[("text", "Của tôi")]).await;
        let queue = leader.opens("/du-kien/tham-tra").await;
        assert_eq!(queue.text("#progress"), "Đã đối chiếu 0/6 dữ kiện.");
        assert!(queue.text("#own").starts_with("1 dữ kiện do bạn nhập"));
        assert_eq!(queue.all("tbody th a"), ["Việc 5", "Việc 4", "Việc 3", "Việc 2", "Việc 1"]);
        let said = "Kế hoạch 12.500 tỷ đồng; thực hiện 13.120,50 tỷ đồng; Đạt";
        assert!(queue.text("tbody th").contains(said), "{}", queue.html);
        let boxes: Vec<String> = queue
            .html
            .split("name=\"facts\" value=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .map(str::to_owned)
            .collect();
        let nothing = leader.submits("/du-kien/tham-tra", &[]).await;
        assert_eq!((nothing.status, nothing.all("#problems li").len()), (StatusCode::UNPROCESSABLE_ENTITY, 1));

        // One of those that are ticked was changed since: none is verified, and it is named.
        let changed = format!("/du-kien/{}", boxes[0].split(':').next().expect("id"));
        clerk.opens(&changed).await;
        sends(&mut clerk, &changed, &fields(official, &[("text", "Việc 5, sửa")])).await;
        let own = format!("{}:1", own.rsplit('/').next().expect("id"));
        let ticks = [("facts", boxes[0].as_str()), ("facts", &boxes[1]), ("facts", &own)];
        let refused = leader.submits("/du-kien/tham-tra", &ticks).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.html);
        let problems = refused.all("#problems li");
        assert!(
            problems[0].contains("Trần Văn Thư vừa sửa") && problems[1].contains("không tự đối chiếu"),
            "{problems:?}"
        );
        assert_eq!(refused.text("#progress"), "Đã đối chiếu 0/6 dữ kiện.");

        let before = log_of(&site, council).await.len();
        let done = leader.submits("/du-kien/tham-tra", &[("facts", &boxes[1]), ("facts", &boxes[2])]).await;
        assert_eq!(done.text("#progress"), "Đã đối chiếu 2/6 dữ kiện.");
        let log = log_of(&site, council).await;
        assert_eq!((log.len() - before, log.last().expect("entry").1["records"].as_u64()), (1, Some(2)));

        // One after another: forth, back, and on after each.
        let first = format!("/du-kien/tham-tra/{}", boxes[4].split(':').next().expect("id"));
        let shown = leader.opens(&first).await;
        assert_eq!((shown.text("#statement").as_str(), shown.all("a[rel=prev]").len()), ("Việc 1", 0));
        let id = boxes[4].split(':').next().expect("id");
        let next = leader.submits(&format!("/du-kien/{id}/tham-tra"), &[]).await;
        assert_eq!(
            (next.text("#statement").as_str(), next.text("#progress").as_str()),
            ("Việc 2", "Đã đối chiếu 3/6 dữ kiện.")
        );
        assert_eq!(next.all("a[rel=next]").len(), 1);
    });
}

#[test]
fn a_list_is_filtered_paged_and_taken_away_without_a_formula() {
    on_both(|engine| async move {
        let Office { site, council, official, mut clerk, .. } = Office::new(engine).await;
        for number in 0..51 {
            site.has_waiting_fact(council, official, &format!("Việc số {number}")).await;
        }
        enters(
            &mut clerk,
            official,
            &[("text", "=HYPERLINK(\"http://x\")"), ("field", "Y tế"), ("kind", "award"), ("year", "2024")],
        )
        .await;
        let list = clerk.opens("/du-kien").await;
        assert!(list.text("#count").starts_with("52 dữ kiện."));
        assert_eq!((list.all("tbody tr").len(), list.text(".pages p").as_str()), (50, "Trang 1/2"));
        assert_eq!(clerk.opens("/du-kien?trang=2").await.all("tbody tr").len(), 2);
        assert_eq!(clerk.opens("/du-kien?trang=99").await.text(".pages p"), "Trang 2/2");
        assert_eq!(list.all(".states a"), ["52 chờ đối chiếu", "0 đã đối chiếu", "0 đã rút"]);
        let found = [
            ("tim=VIEC+so+7", 1),
            ("tim=vi%E1%BB%87c+s%E1%BB%91+1", 11),
            ("tim=100%25_", 0),
            ("linh-vuc=Y+t%E1%BA%BF", 1),
            ("linh-vuc=%00", 50),
            ("loai=award&nam=2024", 1),
            ("loai=award&nam=2025", 0),
            ("ai=Tr%E1%BA%A7n+V%C4%83n+Th%C6%B0", 1),
            ("trang-thai=verified", 0),
            ("xep=ngay", 50),
        ];
        for (query, lines) in found {
            let list = clerk.opens(&format!("/du-kien?{query}")).await;
            assert_eq!((list.status, list.all("tbody tr").len()), (StatusCode::OK, lines), "{query}");
        }
        assert_eq!(
            clerk.opens(&format!("/du-kien?nguoi={official}")).await.text("#count").split(' ').next(),
            Some("52")
        );
        let csv = clerk.opens("/du-kien/du-kien.csv?loai=award").await;
        let text = csv.html.trim_start_matches('\u{feff}');
        assert!(text.starts_with("Người được lấy phiếu,Lĩnh vực,Loại,") && text.lines().count() == 2, "{text}");
        assert!(text.contains("\"'=HYPERLINK(\"\"http://x\"\")\""), "{text}");
        let xlsx = clerk.opens("/du-kien/du-kien.xlsx").await;
        assert!(
            xlsx.bytes.starts_with(b"PK")
                && xlsx.headers["content-disposition"] == "attachment; filename=\"du-kien.xlsx\""
        );
    });
}

#[test]
fn whoever_checks_a_fact_is_asked_where_its_verdict_or_its_day_looks_wrong() {
    on_both(|engine| async move {
        let Office { site: _, official, mut clerk, mut leader, .. } = Office::new(engine).await;
        let missed = [("text", "Số vụ tai nạn giao thông"), ("planned", "210"), ("actual", "201")];
        let fact = enters(&mut clerk, official, &missed).await;
        enters(&mut clerk, official, &[("source_date", "2099-01-01"), ("text", "Thu từ đất")]).await;
        let queue = leader.opens("/du-kien/tham-tra").await;
        let mut doubts = queue.all("small.doubts");
        doubts.sort();
        assert!(
            doubts[0].starts_with("Thực hiện thấp hơn kế hoạch mà ghi «Đạt». Chỉ tiêu càng thấp càng tốt"),
            "{doubts:?}"
        );
        assert!(doubts[1].starts_with("Tài liệu nguồn ghi ngày 01/01/2099, sau hôm nay."), "{doubts:?}");
        assert!(queue.text("#facts").contains("Kế hoạch 210 tỷ đồng; thực hiện 201 tỷ đồng; Đạt"), "{}", queue.html);

        // Ticked as one that is better the lower it is, it is not asked about any more.
        let page = clerk.opens(&fact).await;
        assert_eq!(page.all("dd.doubts p").len(), 1);
        let ticked = [&missed[..], &[("lower_is_better", "1")]].concat();
        let changed = sends(&mut clerk, &fact, &fields(official, &ticked)).await;
        assert_eq!(changed.all("dd.doubts p"), [""; 0], "{}", changed.html);
        assert!(changed.html.contains("(càng thấp càng tốt)"), "{}", changed.html);
    });
}
