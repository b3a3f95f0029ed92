//! A council in the middle of its work, for pages that would be empty otherwise.

use std::path::Path;

use app::demo::fill::Links;
use domain::id::{CouncilId, DelegateId, PollId};
use domain::role::Role;

use super::gallery::Gallery;
use super::workbook;
use crate::site::{Site, Visitor, sample_book, typed_task};

/// How many officials of the sample there are: as many dossiers are printed, several times.
const OFFICIALS: usize = 8;
/// Whom the account `chu.tich` belongs to.
const OFFICIAL: usize = 7;

impl Gallery {
    /// A council with a poll that went all its way to the sealed forms, and what people did on that way: dossiers
    /// released twice and read once, questions, a summary, a workbook that waits to be written. Its people sign in as
    /// `dich`, `lanh.dao`, `lan` and `chu.tich`.
    pub async fn furnished() -> (Self, PollId) {
        let mut gallery = Self::open().await;
        let (site, council) = (&gallery.site, gallery.council);
        site.has_account(council, "lanh.dao", "Phạm Thường Trực", Role::Leader).await;
        let lan = site.has_account(council, "lan", "Nguyễn Thị Lan", Role::Delegate).await;
        let official = site.has_account(council, "chu.tich", "Bùi Thị H", Role::Official).await;
        let mut book = sample_book();
        book.officials.truncate(OFFICIALS);
        book.facts.retain(|fact| fact.officials.iter().all(|no| no.0 < OFFICIALS));
        // One of 25 facts waits for somebody to check it.
        let mut places = (0..book.facts.len()).filter(|place| place % 25 == 24);
        let waiting = places.find(|place| book.facts[*place].officials.iter().any(|no| no.0 == OFFICIAL)).expect("one");
        let mut links = Links { delegates: vec![Some(lan)], officials: vec![None; OFFICIALS] };
        links.officials[OFFICIAL] = Some(official);
        let filled = site.app.fill(council, &book, &links).await.expect("filled");
        let poll = site.has_poll(council).await;
        site.has_release(council, poll).await;
        let mut delegate = site.signed_in("mau", "lan").await;
        reads_and_asks(&mut delegate, poll).await;
        // The dossier that she read changes.
        site.has_fact(council, typed_task(&filled.officials[..1], "Hoàn thành đề án chuyển đổi số"), true).await;
        let work = site.has_release(council, poll).await;
        let question = forwards(site, poll).await;
        hears_voters(site, poll, &filled.officials[OFFICIAL].to_string()).await;
        let job = sends_workbook(site).await;
        let sealed = site.seals(council, poll, &filled.delegates).await;
        let counted = publishes(site, council, &filled.delegates).await;
        let statement = site.says_everything_of_rules(council).await;
        gallery.places.extend([
            ("{statement}", statement.to_string()),
            ("{poll}", poll.to_string()),
            ("{batch}", "1".into()),
            ("{counted}", counted.to_string()),
            ("{brought}", filled.officials[OFFICIAL].to_string()),
            ("{duty}", "confidence_poll".into()),
            ("{deadline}", "person_report".into()),
            ("{official}", filled.officials[OFFICIAL].to_string()),
            ("{delegate}", filled.delegates[0].to_string()),
            ("{proposal}", sealed.proposal.to_string()),
            ("{form}", sealed.form.clone()),
            ("{line}", "1".into()),
            ("{step}", "huy".into()),
            ("{job}", job),
            ("{work}", work.to_string()),
            ("{release}", "2".into()),
            ("{kind}", "nguoi".into()),
            ("{about}", filled.officials[0].to_string()),
            ("{position}", "1".into()),
            ("{question}", question.clone()),
            ("{asked}", question),
            ("{section}", "giai-trinh-y-kien-cu-tri".into()),
            ("{fact}", filled.facts[waiting].to_string()),
        ]);
        (gallery, poll)
    }
}

/// Another vote of the same people, counted and published, which everybody may see; the account `chu.tich` belongs to
/// whom its result brings before a Confidence poll.
async fn publishes(site: &Site, council: CouncilId, delegates: &[DelegateId]) -> PollId {
    let poll = site.has_poll(council).await;
    site.seals(council, poll, delegates).await;
    site.has_published_poll(council, poll).await;
    let mut leader = site.signed_in("mau", "lanh.dao").await;
    leader.opens(&format!("/ky/{poll}/ket-qua")).await;
    let said = leader.submits(&format!("/ky/{poll}/cong-khai"), &[]).await;
    assert!(said.text(".notice").starts_with("Đã bật"), "{}", said.html);
    poll
}

async fn reads_and_asks(delegate: &mut Visitor, poll: PollId) {
    let first = format!("/doc/{poll}/1");
    delegate.opens(&first).await;
    delegate.submits(&format!("{first}/da-doc"), &[]).await;
    for (position, text) in [
        (8, "Vì sao đến hết quý III mới giải ngân được 61% vốn đầu tư công, và tỉnh làm gì để hết năm đạt kế hoạch?"),
        (8, "Bao giờ hoàn thành việc cấp giấy chứng nhận quyền sử dụng đất cho các hộ tái định cư xã Mẫu Hạ?"),
        (2, "Kiến nghị giám sát năm 2022 nào chưa được thực hiện, và trách nhiệm thuộc về ai?"),
    ] {
        let dossier = format!("/doc/{poll}/{position}");
        delegate.opens(&dossier).await;
        delegate.submits(&format!("{dossier}/cau-hoi"), &[("question", text)]).await;
    }
    let group = format!("/thao-luan/{poll}");
    delegate.opens(&group).await;
    let general = "Tổ nhất trí với danh sách và đề nghị bổ sung số liệu giải ngân đến hết tháng 11.\n\
                   Hồ sơ gửi kịp thời, dễ đọc; cần nêu rõ hơn phần việc chậm và trách nhiệm.";
    delegate.submits(&group, &[("general", general), ("step", "file")]).await;
}

/// The leader sends one question on to whom the account `chu.tich` belongs; gives its id.
async fn forwards(site: &Site, poll: PollId) -> String {
    let mut leader = site.signed_in("mau", "lanh.dao").await;
    let queue = format!("/ky/{poll}/cau-hoi");
    let page = leader.opens(&queue).await;
    // Questions of one moment stand in no certain order.
    let asked = page.html.split("id=\"cau-hoi-").find(|asked| asked.contains("Vì sao đến hết quý III"));
    let question = asked.and_then(|asked| asked.split('"').next()).expect("a question waits").to_owned();
    leader.submits(&format!("{queue}/{question}/chuyen"), &[]).await;
    question
}

/// The office keeps what voters say of somebody, who reports on a part of the own work.
async fn hears_voters(site: &Site, poll: PollId, official: &str) {
    let mut clerk = site.signed_in("mau", "dich").await;
    let page = format!("/ky/{poll}/y-kien-cu-tri");
    clerk.opens(&page).await;
    let fields = [
        ("official", official),
        ("text", "Cử tri xã Mẫu Hạ đề nghị đẩy nhanh việc cấp nước sạch và sửa đường liên xã trước mùa mưa."),
        ("number", "112/BC-MTTQ"),
        ("dated", "2023-11-08"),
        ("issuer", "Ban Thường trực Ủy ban MTTQ Việt Nam tỉnh Mẫu"),
        ("received_on", "2023-11-10"),
    ];
    let kept = clerk.uploads(&page, &fields, "", b"").await;
    assert!(kept.text(".notice").starts_with("Đã ghi ý kiến cử tri"), "{}", kept.html);
    let mut reports = site.signed_in("mau", "chu.tich").await;
    let section = "/cua-toi/bao-cao/ket-qua-thuc-hien-nhiem-vu-quyen-han";
    reports.opens(section).await;
    let text = "Chỉ đạo hoàn thành 14 trên 16 chỉ tiêu của Nghị quyết HĐND tỉnh năm 2023.\n\
                Hai chỉ tiêu chưa đạt: tỷ lệ giải ngân vốn đầu tư công và tỷ lệ hộ dùng nước sạch.";
    reports.submits(section, &[("text", text)]).await;
}

/// A clerk sends a workbook that would change somebody, and looks no further; gives the id of the import.
async fn sends_workbook(site: &Site) -> String {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("so-lieu.xlsx");
    workbook::write(Path::new(&file), &Vec::from_iter(1..=OFFICIALS + 2), "25/06/2021");
    let bytes = std::fs::read(&file).expect("workbook");
    let mut clerk = site.signed_in("mau", "dich").await;
    clerk.opens("/nhap-bang-tinh").await;
    let mut page = clerk.uploads("/nhap-bang-tinh", &[], "so-lieu.xlsx", &bytes).await;
    while !page.all(".working").is_empty() {
        page = clerk.opens(&page.path.clone()).await;
    }
    page.path.rsplit('/').next().expect("an id").to_owned()
}
