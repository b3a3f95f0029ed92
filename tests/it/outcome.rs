//! What comes after the count, as the office sees it: the result, its papers, what follows.

use std::collections::BTreeMap;

use app::polls::Requester;
use app::service::app::Ask;
use app::trail::BundleKind;
use app::trail::bundle::{self, Options};
use app::trail::verify_db::database;
use axum::http::StatusCode;
use domain::audit::Digest;
use domain::id::{CouncilId, DelegateId, PollId};
use domain::poll::LevelCounts;
use domain::role::Role;

use crate::office::{Office, pages};
use crate::site::{Answer, GOLDEN, Site, Visitor, golden, on_both, somebody_in};
use crate::store_verify::keys;

/// The words of a PDF, page breaks and runs of blanks as one blank.
pub fn words(pdf: &[u8]) -> String {
    let office = Office::new();
    let file = office.path("paper.pdf");
    std::fs::write(&file, pdf).expect("file");
    pages(&file).join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

pub fn has(text: &str, sentences: &[&str]) {
    for sentence in sentences {
        assert!(text.contains(sentence), "“{sentence}” is not there:\n{text}");
    }
}

/// The row of a table that names somebody.
fn row(page: &Answer, name: &str) -> String {
    let rows = page.all("table.result tbody tr");
    rows.into_iter().find(|row| row.contains(name)).unwrap_or_else(|| panic!("{name}: {}", page.html))
}

/// A council with its sample roster, a poll whose forms are sealed, and people of every role who see results.
async fn sealed(site: &Site, council: CouncilId) -> (PollId, Vec<DelegateId>) {
    for (login, name, role) in [
        ("van.phong", "Đỗ Quỳnh Nữ", Role::Clerk),
        ("lanh.dao", "Phạm Thường Trực", Role::Leader),
        ("truong.ban", "Ngô Trưởng Ban", Role::HeadTeller),
        ("giam.sat", "Lê Thị Giám Sát", Role::Auditor),
        ("kiem.phieu", "Tạ Kiểm Phiếu", Role::Teller),
    ] {
        site.has_account(council, login, name, role).await;
    }
    let (_, delegates) = site.has_sample_roster(council).await;
    let poll = site.has_poll(council).await;
    site.seals(council, poll, &delegates).await;
    (poll, delegates)
}

async fn paper(visitor: &mut Visitor, poll: PollId, file: &str) -> Vec<u8> {
    let answer = visitor.opens(&format!("/ky/{poll}/giay-to/{file}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{file}: {}", answer.html);
    assert!(answer.bytes.starts_with(b"%PDF"), "{file}");
    answer.bytes
}

#[test]
fn no_page_has_a_figure_before_the_count_is_closed() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (poll, _) = sealed(&site, council).await;
        let mut clerk = site.signed_in("mau", "van.phong").await;
        site.opens_the_vote(council, poll).await;
        site.counts_all(council, poll, golden).await;

        // Every ballot is counted, and nobody closed the count.
        let page = clerk.opens(&format!("/ky/{poll}/ket-qua")).await;
        has(&page.text(".empty"), &["Chưa có kết quả", "đang kiểm phiếu", "sau khi đóng kiểm phiếu"]);
        assert_eq!(page.all("table").len(), 0);
        for path in [
            "ket-qua/ket-qua.json",
            "ket-qua/ket-qua.csv",
            "giay-to/bien-ban-kiem-phieu.pdf",
            "giay-to/cong-bo-ket-qua.pdf",
            "giay-to/thong-bao.pdf",
            "bo-phieu-tin-nhiem",
        ] {
            let answer = clerk.opens(&format!("/ky/{poll}/{path}")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", answer.html);
            assert!(!answer.html.contains("53,19"), "{path}");
        }
        let papers = clerk.opens(&format!("/ky/{poll}/giay-to")).await;
        assert_eq!(
            papers.all("tbody tr .tag.off").len(),
            5,
            "minutes, announcement, hand-over, resolution, notices wait"
        );
        // Those of the morning are there.
        has(
            &words(&paper(&mut clerk, poll, "bien-ban-so-lieu-bang-0.pdf").await),
            &["XÁC NHẬN SỐ LIỆU TRƯỚC KHI MỞ BẰNG 0", "Điểm chốt sau khi xác nhận số liệu bằng 0"],
        );
        has(&words(&paper(&mut clerk, poll, "bao-cao-kiem-thu.pdf").await), &["BÁO CÁO KIỂM THỬ", "ĐẠT:"]);

        let mut teller = site.signed_in("mau", "kiem.phieu").await;
        for path in ["ket-qua", "giay-to"] {
            assert_eq!(teller.opens(&format!("/ky/{poll}/{path}")).await.status, StatusCode::FORBIDDEN);
        }
    });
}

/// The published figures of Vĩnh Phúc: on page, papers and files alike, and the bundle recomputes what was declared.
#[test]
fn a_result_reads_the_same_on_every_page_and_paper_and_the_bundle_recomputes_it() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (poll, _) = sealed(&site, council).await;
        let mut clerk = site.signed_in("mau", "van.phong").await;
        let result = format!("/ky/{poll}/ket-qua");
        site.opens_the_vote(council, poll).await;
        // Keyed one ballot off; the recount finds the published figure.
        let slipped = |name: &str| match name {
            GOLDEN => LevelCounts::Rating { high: 20, medium: 2, low: 24 },
            other => golden(other),
        };
        site.counts_all(council, poll, slipped).await;
        site.closes_counting(council, poll).await;

        let page = clerk.opens(&result).await;
        has(&page.text(".warning"), &["Còn dòng sát ngưỡng phải kiểm lại"]);
        assert_eq!(page.text("#kiem-lai"), "Kiểm lại từ phiếu giấy");
        has(&page.text("#kiem-lai + table tbody tr"), &["Bà Bùi Thị H", "sát mức “quá nửa” (vừa đủ)", "Chưa kiểm lại"]);
        let early = clerk.opens(&format!("/ky/{poll}/giay-to/bien-ban-kiem-phieu.pdf")).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "no minutes before the recount");
        let early = clerk.opens(&format!("/ky/{poll}/bo-phieu-tin-nhiem")).await;
        has(&early.text("main"), &["phải kiểm lại các dòng sát ngưỡng"]);

        site.recounts(council, poll, GOLDEN, golden(GOLDEN)).await;
        site.declares(council, poll).await;
        let page = clerk.opens(&result).await;
        has(
            &row(&page, "Bà Bùi Thị H"),
            &[
                "19 40,43%",
                "2 4,26%",
                "25 53,19%",
                "quá nửa đến dưới hai phần ba tổng số phiếu thu về",
                "NQ 96/2023/QH15, Điều 12",
                "quá nửa: vượt 1 phiếu; cách mức từ hai phần ba trở lên 7 phiếu",
            ],
        );
        has(&page.text("p.consequence"), &["Bà Bùi Thị H: Có thể xin từ chức"]);
        has(&row(&page, "Ông Nguyễn Văn A"), &["46 97,87%", "0 0%", "1 2,13%", "Không đến mức có hệ quả"]);
        has(&page.text("dl.ballots"), &["48 phiếu", "47 phiếu: tổng số phiếu thu về (NQ 96/2023/QH15, Điều 19.3)"]);
        has(
            &page.text("#kiem-lai + table tbody tr"),
            &[
                "Tín nhiệm cao: 20 → 19",
                "Tín nhiệm thấp: 24 → 25",
                "Lấy số kiểm lại: hai người kiểm lại độc lập cùng đếm ra số này.",
                "Lý Văn Đọc",
            ],
        );
        let told = page.all(".findings li");
        assert!(told.iter().any(|line| line.starts_with("DIS-001 Bà Trần Thị B")), "{told:?}");
        assert!(told.iter().any(|line| line.starts_with("DIS-002 Ông Nguyễn Văn A")), "{told:?}");
        assert!(!page.text("main").contains("chưa kiểm chứng"), "the office attested what decides: {}", page.html);

        let csv = clerk.opens(&format!("{result}/ket-qua.csv")).await.html;
        let json = clerk.opens(&format!("{result}/ket-qua.json")).await.html;
        let line = csv.lines().find(|line| line.contains(GOLDEN)).expect("a line");
        has(line, &["19", "40,43", "4,26", "25", "53,19"]);
        has(&json, &["\"low\": \"53,19\"", "\"low\": 25", "\"rehearsal\": false"]);
        has(&page.text("main"), &[&Digest::of(json.as_bytes()).to_string()]);

        papers_tell_it(&site, council, poll, &mut clerk).await;
    });
}

async fn papers_tell_it(site: &Site, council: CouncilId, poll: PollId, clerk: &mut Visitor) {
    let golden = ["19", "40,43%", "4,26%", "25", "53,19%"];
    let minutes = site.signs_minutes(council, poll).await;
    let text = words(&minutes);
    has(&text, &golden);
    has(
        &text,
        &[
            "BIÊN BẢN KIỂM PHIẾU",
            "Ban kiểm phiếu đã kiểm các bộ phiếu thử",
            "Ban kiểm phiếu đã lập biên bản xác nhận mọi số liệu bằng 0 lúc",
            "Kiểm lại từ phiếu giấy",
            "Lấy số kiểm lại:",
            "Lý Văn Đọc;",
            "Số đại biểu có mặt: 48.",
            "1 phiếu phát ra không thu về.",
            "Điểm chốt khi đóng kiểm phiếu",
        ],
    );
    assert!(!text.contains("DIỄN TẬP") && !text.contains("phải kiểm lại dòng này"), "{text}");
    assert!(!text.contains("phiếu giấy các dòng sát ngưỡng"), "also lines that were not near are told there: {text}");

    let resolution = site.publishes(council, poll).await;
    let announcement = words(&paper(clerk, poll, "cong-bo-ket-qua.pdf").await);
    for text in [&words(&resolution), &announcement] {
        has(
            text,
            &[
                "Bà Bùi Thị H, Chủ tịch UBND tỉnh",
                "- Số phiếu tín nhiệm cao: 19 phiếu (chiếm 40,43% tổng số phiếu thu về).",
                "- Số phiếu tín nhiệm: 02 phiếu (chiếm 4,26% tổng số phiếu thu về).",
                "- Số phiếu tín nhiệm thấp: 25 phiếu (chiếm 53,19% tổng số phiếu thu về).",
            ],
        );
    }
    has(&announcement, &["CÔNG BỐ KẾT QUẢ KIỂM PHIẾU", "Kính thưa kỳ họp!", "TRƯỞNG BAN"]);
    let listed = clerk.opens(&format!("/ky/{poll}/giay-to")).await;
    has(&listed.text("main"), &[&Digest::of(&minutes).to_string(), &Digest::of(&resolution).to_string()]);
    let own = listed.html.split('"').find(|to| to.contains("bui-thi-h.pdf")).expect("a notice").to_owned();
    let notice = clerk.opens(&own).await;
    let text = words(&notice.bytes);
    has(&text, &golden);
    has(&text, &["Kính gửi: Bà Bùi Thị H", "có thể xin từ chức", "tại kỳ họp đó hoặc kỳ họp gần nhất", "Điều 12"]);
    assert!(!text.contains("Nguyễn Văn A, Chủ tịch HĐND tỉnh"), "nobody else's result: {text}");
    let all = words(&paper(clerk, poll, "thong-bao.pdf").await);
    has(&all, &["Kính gửi: Bà Bùi Thị H", "Kính gửi: Ông Nguyễn Văn A"]);

    // Later and after publication the same bytes come out.
    assert_eq!(paper(clerk, poll, "bien-ban-kiem-phieu.pdf").await, minutes);
    assert_eq!(paper(clerk, poll, "nghi-quyet.pdf").await, resolution);
    let gone = clerk.opens(&format!("/ky/{poll}/giay-to/khong-co.pdf")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);

    let by = somebody_in(council, Role::Clerk, site.clock.now());
    let requester = Requester::Form(Ask { caller: &by, request: site.app.new_request().expect("request") });
    let out = site.database.folder().join("bundle");
    let files = BTreeMap::from([("minutes.pdf".to_owned(), minutes), ("resolution.pdf".to_owned(), resolution)]);
    site.app.write_bundle(requester, (poll, BundleKind::Public), &out, &files).await.expect("bundle");
    bundle::verify(&out, &Options::default()).unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn a_duty_is_marked_done_with_a_note_that_stays() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (poll, _) = sealed(&site, council).await;
        site.has_declared_poll(council, poll).await;
        let mut clerk = site.signed_in("mau", "van.phong").await;
        let page = clerk.opens(&format!("/ky/{poll}/ket-qua")).await;
        let duties: Vec<String> =
            page.all("table tbody tr").into_iter().filter(|row| row.contains("Còn phải làm")).collect();
        assert_eq!(duties.len(), 2, "{duties:?}");
        has(&duties[1], &["bỏ phiếu tín nhiệm", "tại kỳ họp đó hoặc kỳ họp gần nhất", "Điều 12"]);
        let duty = page.html.split('"').find(|to| to.ends_with("/resignation")).expect("a duty").to_owned();

        clerk.opens(&duty).await;
        let early = clerk.submits(&duty, &[("done_on", "01/01/2099"), ("note", "")]).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            early.all(".problems li"),
            ["Ngày làm xong không được sau hôm nay.", "Hãy ghi số văn bản hoặc kết quả của việc này."]
        );
        let fields = [("done_on", "20/12/2023"), ("note", "Không xin từ chức <script>alert(1)</script>")];
        let done = clerk.submits(&duty, &fields).await;
        assert_eq!(done.path, format!("/ky/{poll}/ket-qua?xong=da-luu"));
        has(&done.text("main"), &["Đã xong ngày 20/12/2023", "Không xin từ chức <script>alert(1)</script>"]);
        assert!(!done.html.contains("<script>"), "{}", done.html);

        // The form of before is of a version that is gone; an auditor reads and does not write.
        let mut late = site.signed_in("mau", "van.phong").await;
        late.opens(&duty).await;
        clerk.opens(&duty).await;
        clerk.submits(&duty, &[("done_on", ""), ("note", "Mở lại")]).await;
        let stale = late.submits(&duty, &[("done_on", "21/12/2023"), ("note", "Khác")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let mut auditor = site.signed_in("mau", "giam.sat").await;
        let read = auditor.opens(&duty).await;
        has(&read.text("main"), &["Còn phải làm", "Mở lại"]);
        assert!(read.all("main form").is_empty());
        let unknown = auditor.opens(&duty.replace("resignation", "dismissal")).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        database(&site.database.target(), Some(&keys())).await.expect("checked").expect("the records hold");
    });
}

/// Bỏ phiếu tín nhiệm, from the result that brings it to its own.
#[test]
fn a_confidence_poll_follows_on_those_alone_whom_the_result_brings_there() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let (poll, delegates) = sealed(&site, council).await;
        site.has_declared_poll(council, poll).await;
        let mut clerk = site.signed_in("mau", "van.phong").await;
        let page = clerk.opens(&format!("/ky/{poll}/ket-qua")).await;
        assert_eq!(page.all("a.button[href$='bo-phieu-tin-nhiem']"), ["Lập kỳ bỏ phiếu tín nhiệm"]);
        let begin = format!("/ky/{poll}/bo-phieu-tin-nhiem");
        let offer = clerk.opens(&begin).await;
        assert_eq!(offer.all("#officials label span"), ["Bà Bùi Thị H, Chủ tịch UBND tỉnh"]);
        let official = offer.html.split("name=\"officials\" value=\"").nth(1).expect("a box");
        let official = official.split('"').next().expect("id").to_owned();

        let wrong = clerk.submits(&begin, &[("sitting", ""), ("opens_on", "8/12/2023"), ("votes_on", "")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        has(&wrong.text(".problems"), &["Hãy chọn ít nhất một người", "Không được để trống"]);
        let fields = [
            ("officials", official.as_str()),
            ("sitting", "Kỳ họp thứ 18"),
            ("opens_on", "20/12/2023"),
            ("votes_on", "20/12/2023"),
        ];
        let begun = clerk.submits(&begin, &fields).await;
        has(&begun.text(".notice"), &["Đã lập kỳ bỏ phiếu tín nhiệm"]);
        let confidence: PollId = begun.path.split(['/', '?']).nth(2).expect("id").parse().expect("a poll");

        // The eight steps of Điều 16 stand in their order, on the day as in the preparation.
        let steps = clerk.opens(&format!("/ky/{confidence}")).await.all("ol.procedure li");
        assert_eq!(steps.len(), 8, "{steps:?}");
        for (step, words) in
            steps.iter().zip(["trình về việc", "thảo luận tại tổ", "Báo cáo kết quả thảo luận", "phát biểu"])
        {
            has(step, &[words, "Điều 16"]);
        }
        has(&steps[7], &["Thông qua nghị quyết"]);
        assert!(!steps.iter().any(|step| step.contains("chưa kiểm chứng")), "the office attested them: {steps:?}");
        assert!(clerk.opens(&format!("/ky/{poll}")).await.all("ol.procedure").is_empty(), "a lấy phiếu has none");

        let list = clerk.opens(&format!("/ky/{confidence}/danh-sach")).await;
        let rows = list.all("table tbody tr");
        assert!(rows.iter().any(|row| row.contains("Bùi Thị H")), "{}", list.html);
        let verdicts = clerk.opens(&format!("/ky/{confidence}/doi-tuong")).await;
        has(
            &verdicts.text("main"),
            &["Không thuộc kỳ bỏ phiếu này.", "Theo kết quả lấy phiếu tín nhiệm tại Kỳ họp thứ 17"],
        );
        site.seals(council, confidence, &delegates).await;
        site.opens_the_vote(council, confidence).await;
        let steps = clerk.opens(&format!("/ky/{confidence}/ngay-bo-phieu")).await.all("ol.procedure li");
        has(&steps[5], &["Bỏ phiếu kín", "đến lượt"]);
        let lost = |_: &str| LevelCounts::Confidence { confidence: 20, no_confidence: 27 };
        site.counts_all(council, confidence, lost).await;
        site.closes_counting(council, confidence).await;
        site.declares(council, confidence).await;
        let page = clerk.opens(&format!("/ky/{confidence}/ket-qua")).await;
        assert_eq!(page.all("table.result tbody tr").len(), 1);
        has(&row(&page, "Bùi Thị H"), &["20 42,55%", "27 57,45%", "Điều 17"]);
        has(&page.text("p.consequence"), &["Bà Bùi Thị H: Xem xét miễn nhiệm"]);
        let minutes = words(&site.signs_minutes(council, confidence).await);
        has(&minutes, &["Bỏ phiếu tín nhiệm", "27 (57,45%)"]);
        let resolution = words(&site.publishes(council, confidence).await);
        has(
            &resolution,
            &["Xác nhận kết quả bỏ phiếu tín nhiệm", "- Số phiếu không tín nhiệm: 27 phiếu (chiếm 57,45%"],
        );
        // The page that brought it leads there.
        let page = clerk.opens(&format!("/ky/{poll}/ket-qua")).await;
        has(&page.text("main"), &["Đã lập kỳ bỏ phiếu tín nhiệm từ kết quả này: Kỳ họp thứ 18"]);
        database(&site.database.target(), Some(&keys())).await.expect("checked").expect("the records hold");
    });
}

#[test]
fn the_list_of_results_begins_empty_and_a_poll_of_another_council_is_not_there() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "giam.sat", "Lê Thị Giám Sát", Role::Auditor).await;
        let mut auditor = site.signed_in("mau", "giam.sat").await;
        has(&auditor.opens("/ket-qua").await.text(".empty"), &["Chưa có đợt lấy phiếu nào"]);
        let operator = site.actor_of_operator().await;
        let other = site.found(&operator, "khac", "Hội đồng nhân dân tỉnh Khác").await;
        let foreign = site.has_sealed_poll(other).await.poll;
        site.has_declared_poll(other, foreign).await;
        for path in ["ket-qua", "giay-to", "ket-qua/ket-qua.json", "giay-to/bien-ban-kiem-phieu.pdf"] {
            let answer = auditor.opens(&format!("/ky/{foreign}/{path}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        site.has_sealed_poll(council).await;
        assert_eq!(auditor.opens("/ket-qua").await.all("tbody tr").len(), 1);
    });
}
