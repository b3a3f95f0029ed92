//! Delegates read released dossiers, search in them, ask, and are answered.

use axum::http::StatusCode;
use domain::id::{CouncilId, DelegateId, OfficialId, PollId};
use domain::official::Field;
use domain::release::About;
use domain::role::Role;

use crate::site::{Engine, Site, Told, Visitor, log_of, on_both};
use crate::slips::{codes, issues};

/// A council with a poll, its roster, people of every side, and one release of three dossiers.
pub struct Hall {
    pub site: Site,
    pub council: CouncilId,
    pub poll: PollId,
    pub officials: Vec<OfficialId>,
    pub delegates: Vec<DelegateId>,
}

pub const FIRST: &[&str] = &["Xây 12 trạm y tế xã, đạt 100%", "Trả lời chất vấn về <script>alert(1)</script>"];

impl Hall {
    pub async fn new(engine: Engine) -> Self {
        let (site, council) = Site::with_council(engine).await;
        let poll = site.has_unattested_poll(council).await;
        let (officials, delegates) = site.has_sample_roster(council).await;
        let lan = site.has_account(council, "lan", "Nguyễn Thị Lan", Role::Delegate).await;
        let hai = site.has_account(council, "hai", "Trần Văn Hai", Role::Delegate).await;
        site.has_account(council, "tt", "Trần Thường Trực", Role::Leader).await;
        site.has_account(council, "vp", "Ngô Văn Phòng", Role::Clerk).await;
        let asked = site.has_account(council, "ong.a", "Người Được Hỏi", Role::Official).await;
        site.signs_in_as(council, officials[0], asked).await;
        site.seats(council, delegates[0], lan, "Tổ 1", true).await;
        site.seats(council, delegates[1], hai, "Tổ 1", false).await;
        let hall = Self { site, council, poll, officials, delegates };
        hall.release(1, FIRST).await;
        hall
    }

    /// A release whose first dossier states `facts`.
    pub async fn release(&self, number: u32, facts: &[&str]) {
        let told = [
            Told { about: About::Official(self.officials[0]), title: "Ông Phạm Văn Cường", facts },
            Told {
                about: About::Official(self.officials[1]), title: "Bà Lê Thị Dung", facts: &["Giải ngân 95,5%"]
            },
            Told {
                about: About::Field(Field("Y tế".into())), title: "Y tế", facts: &["Trạm y tế xã Đồng Tâm"]
            },
        ];
        self.site.has_told_release(self.council, self.poll, number, &told).await;
    }

    pub async fn enters(&self, login: &str) -> Visitor {
        self.site.signed_in("mau", login).await
    }

    pub fn room(&self) -> String {
        format!("/doc/{}", self.poll)
    }
}

#[test]
fn a_delegate_who_came_by_a_slip_reads_one_dossier_after_the_other() {
    on_both(|engine| async move {
        let hall = Hall::new(engine).await;
        let account = hall.site.account(hall.council, "lan").await;
        let mut admin = hall.enters("quan.tri").await;
        let code = codes(&issues(&mut admin, &[account], "7").await.bytes).remove(0);
        let mut lan = hall.site.visitor();
        lan.opens("/phieu/mau").await;
        let home = lan.submits("/phieu/mau", &[("code", &code)]).await;
        assert!(home.all("nav a").contains(&"Đọc hồ sơ".to_owned()), "{}", home.html);

        let room = lan.opens("/doc").await;
        assert!(room.text("#progress").contains("Đã đọc 0 trên 3 hồ sơ. Bản 1"), "{}", room.html);
        assert_eq!(room.all("#officials th[scope=row] a"), ["Ông Phạm Văn Cường", "Bà Lê Thị Dung"]);
        assert_eq!(room.all("#fields th[scope=row] a"), ["Y tế"]);
        let before = log_of(&hall.site, hall.council).await.len();
        let first = format!("{}/1", hall.room());
        let page = lan.opens(&first).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        assert_eq!((page.all("main h1").len(), page.all("script").len()), (1, 0), "what was typed is text");
        assert!(page.html.contains("&#60;script&#62;") || page.html.contains("&lt;script&gt;"), "{}", page.html);
        assert!(page.text("nav[aria-label='Mục lục']").contains("Dữ kiện"));
        assert_eq!(page.text("nav.beside a"), "Bà Lê Thị Dung →");
        assert_eq!(lan.opens("/doc").await.all("#officials .tag")[0], "Chưa đọc", "looking is not reading");

        lan.opens(&first).await;
        let next = lan.submits(&format!("{first}/da-doc"), &[]).await;
        assert!(next.path.starts_with(&format!("{}/2", hall.room())), "{}", next.path);
        let last = format!("{}/3", hall.room());
        lan.opens(&last).await;
        let back = lan.submits(&format!("{last}/da-doc"), &[]).await;
        assert!(back.text("#progress").contains("Đã đọc 2 trên 3"), "{}", back.html);
        assert_eq!(back.all("#officials .tag"), ["Đã đọc bản 1", "Chưa đọc"]);
        assert_eq!(log_of(&hall.site, hall.council).await.len(), before, "what somebody read stands in no log");
        let pdf = lan.opens(&format!("{first}/pdf")).await;
        assert_eq!(pdf.headers["content-type"], "application/pdf");
        assert!(pdf.bytes.starts_with(b"%PDF"));
        for missing in [format!("{}/9", hall.room()), format!("{}/x", hall.room()), format!("{}/9/pdf", hall.room())] {
            assert_eq!(lan.opens(&missing).await.status, StatusCode::NOT_FOUND, "{missing}");
        }
    });
}

#[test]
fn a_newer_version_says_what_changed_since_the_one_that_was_read() {
    on_both(|engine| async move {
        let hall = Hall::new(engine).await;
        let (mut lan, first, second) =
            (hall.enters("lan").await, format!("{}/1", hall.room()), format!("{}/2", hall.room()));
        for page in [&first, &second] {
            lan.opens(page).await;
            lan.submits(&format!("{page}/da-doc"), &[]).await;
        }
        hall.release(2, &["Xây 14 trạm y tế xã", FIRST[1], "Được khen thưởng"]).await;
        let room = lan.opens("/doc").await;
        let tags = room.all("#officials .tag");
        assert_eq!(
            tags,
            ["Có bản mới từ khi bạn đọc bản 1", "Đã đọc bản 1"],
            "who did not change need not be read again"
        );
        let page = lan.opens(&first).await;
        let changes = page.all("#changes li");
        assert_eq!(changes.len(), 2, "{changes:?}");
        assert!(
            changes[0].contains("Sửa dữ kiện 1: Xây 14") && changes[0].contains("Trước đây: Xây 12"),
            "{changes:?}"
        );
        assert!(changes[1].contains("Thêm dữ kiện 3: Được khen thưởng"), "{changes:?}");
        lan.submits(&format!("{first}/da-doc"), &[]).await;
        assert!(lan.opens(&first).await.all("#changes").is_empty());
        assert_eq!(lan.opens("/doc").await.all("#officials .tag")[0], "Đã đọc bản 2");
    });
}

#[test]
fn search_minds_accents_that_were_typed_and_takes_any_input() {
    on_both(|engine| async move {
        let hall = Hall::new(engine).await;
        let mut lan = hall.enters("lan").await;
        let path = format!("{}/tim", hall.room());
        let find = |typed: &str| {
            format!("{path}?{}", form_urlencoded::Serializer::new(String::new()).append_pair("q", typed).finish())
        };
        let plain = lan.opens(&find("tram y te")).await;
        assert_eq!(plain.all(".hits h2"), ["Ông Phạm Văn Cường", "Y tế"], "{}", plain.html);
        assert_eq!(plain.all(".hits mark"), ["trạm y tế", "Trạm y tế"]);
        assert!(plain.html.contains(&format!("{}/1#dk-1", hall.room())), "{}", plain.html);
        let exact = lan.opens(&find("“trạm y tế xã Đồng Tâm”")).await;
        assert_eq!((exact.all(".hits h2"), exact.all("#ignores-accents").len()), (vec!["Y tế".to_owned()], 0));
        let loose = lan.opens(&find("trạm y tệ")).await;
        assert_eq!((loose.all(".hits h2").len(), loose.all("#ignores-accents").len()), (2, 1));
        assert_eq!(lan.opens(&find("\"tế trạm\"")).await.all(".empty").len(), 1);
        for odd in ["", "\"", "*", "a OR b)", "NEAR(x y)", "-tram", "x:y^2", "';--", "%00\u{0}", "🙂", "^", "{a b} : c"]
        {
            let answer = lan.opens(&find(odd)).await;
            assert_eq!(answer.status, StatusCode::OK, "{odd:?}: {}", answer.html);
        }
        let shown = lan.opens(&find("<b>x</b>")).await;
        assert!(shown.all("main b").is_empty() && shown.html.contains("&#60;b&#62;"), "{}", shown.html);
    });
}

#[test]
fn a_question_goes_through_the_standing_committee_to_the_official_and_its_reply_to_all() {
    on_both(|engine| async move {
        let hall = Hall::new(engine).await;
        let (mut lan, mut hai) = (hall.enters("lan").await, hall.enters("hai").await);
        let (mut leader, mut clerk) = (hall.enters("tt").await, hall.enters("vp").await);
        let (dossier, own) = (format!("{}/1", hall.room()), format!("{}/cau-hoi", hall.room()));
        lan.opens(&dossier).await;
        let empty = lan.submits(&format!("{dossier}/cau-hoi"), &[("question", "  ")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.text("#question-error").contains("còn trống"), "{}", empty.html);
        let text = "Vì sao trạm y tế chậm?\n\n<i>Bao giờ xong?</i>";
        let asked = lan.submits(&format!("{dossier}/cau-hoi"), &[("question", text)]).await;
        assert_eq!(asked.text(".notice"), "Đã gửi câu hỏi tới Thường trực.", "{}", asked.html);
        assert_eq!(asked.text(".question .tag"), "Chờ Thường trực chuyển");
        assert!(asked.all("article i").is_empty(), "{}", asked.html);
        assert!(hai.opens(&own).await.all(".question").is_empty(), "nobody else sees it yet");

        let queue = format!("/ky/{}/cau-hoi", hall.poll);
        let seen = clerk.opens(&queue).await;
        assert!(seen.text("#count").starts_with("1 câu chờ Thường trực"), "{}", seen.html);
        assert!(seen.html.contains("chưa kiểm chứng") && seen.all("main button").is_empty(), "the office only looks");
        let page = leader.opens(&queue).await;
        let id = page.html.split("id=\"cau-hoi-").nth(1).expect("question")[..36].to_owned();
        let refused = leader.submits(&format!("{queue}/{id}/tra-lai"), &[("reason", "")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.all("#reason-error").len(), 1, "{}", refused.html);
        let sent = leader.submits(&format!("{queue}/{id}/chuyen"), &[]).await;
        assert!(sent.text(".notice").contains("Đã chuyển câu hỏi"), "{}", sent.html);
        assert!(sent.text(".question .tag").contains("Quá hạn"), "the sitting of the sample is long over");

        let withdrawn = lan.opens(&own).await;
        assert!(withdrawn.all("form[action$='/rut']").is_empty(), "it is on its way");
        let official = hall.site.account(hall.council, "ong.a").await;
        hall.replies(official, &id, "Do thiếu vốn; <b>tháng 6</b> xong.").await;
        for delegate in [&mut lan, &mut hai] {
            for path in [&own, &dossier] {
                let page = delegate.opens(path).await;
                assert!(page.text(".reply").contains("Người Được Hỏi trả lời"), "{}", page.html);
                assert!(page.text(".reply").contains("<b>tháng 6</b> xong."), "{}", page.html);
            }
        }
        let told: Vec<String> = log_of(&hall.site, hall.council)
            .await
            .into_iter()
            .filter(|(kind, data)| kind == "records.revised" && data["subject"] == "question")
            .map(|(_, data)| data["action"].as_str().expect("action").to_owned())
            .collect();
        assert_eq!(told, ["added", "forwarded", "replied"]);
    });
}

impl Hall {
    /// The official replies, as the page of their own does.
    async fn replies(&self, account: domain::id::AccountId, id: &str, text: &str) {
        use app::service::app::Ask;
        let mut caller = crate::site::somebody_in(self.council, Role::Official, self.site.clock.now());
        let stranger = caller.clone();
        caller.account.id = account;
        caller.account.name = "Người Được Hỏi".into();
        let id = id.parse().expect("id");
        let app = &self.site.app;
        let open = app.questions_for_official(&caller).await.expect("questions");
        assert_eq!((open.len(), open[0].is_late), (1, true));
        let ask = |caller| Ask { caller, request: app.new_request().expect("request") };
        assert!(app.reply_question(ask(&stranger), id, 2, text).await.is_err(), "it is not theirs");
        let empty = app.reply_question(ask(&caller), id, 2, " ").await.expect_err("nothing was said");
        assert!(empty.to_string().contains("còn trống"), "{empty}");
        app.reply_question(ask(&caller), id, 2, text).await.expect("replied");
        let again = app.reply_question(ask(&caller), id, 3, text).await.expect_err("answered");
        assert!(again.to_string().contains("đã được trả lời"), "{again}");
    }
}

#[test]
fn a_question_is_taken_back_or_given_back_before_it_went_on() {
    on_both(|engine| async move {
        let hall = Hall::new(engine).await;
        let (mut lan, mut leader) = (hall.enters("lan").await, hall.enters("tt").await);
        let (dossier, own) = (format!("{}/2", hall.room()), format!("{}/cau-hoi", hall.room()));
        let queue = format!("/ky/{}/cau-hoi", hall.poll);
        let mut ids = Vec::new();
        for text in ["Câu thứ nhất?", "Câu thứ hai?"] {
            lan.opens(&dossier).await;
            let page = lan.submits(&format!("{dossier}/cau-hoi"), &[("question", text)]).await;
            ids.push(page.html.rsplit("id=\"cau-hoi-").next().expect("question")[..36].to_owned());
            hall.site.clock.advance(jiff::SignedDuration::from_secs(1));
        }
        leader.opens(&queue).await;
        let back = leader.submits(&format!("{queue}/{}/tra-lai", ids[0]), &[("reason", "Trùng câu hai.")]).await;
        assert!(back.text(".notice").contains("Đã trả lại"), "{}", back.html);
        let forward = format!("{queue}/{}/chuyen", ids[1]);
        let page = lan.opens(&own).await;
        assert!(page.text(".reply").contains("Trùng câu hai."), "{}", page.html);
        let taken = lan.submits(&format!("{own}/{}/rut", ids[1]), &[]).await;
        assert!(taken.text(".notice").contains("Đã rút"), "{}", taken.html);
        let late = leader.submits(&forward, &[]).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(late.html.contains("đã được người hỏi rút"), "{}", late.html);
    });
}

#[test]
fn before_the_first_release_and_before_the_first_poll_the_room_says_what_comes() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "lan", "Nguyễn Thị Lan", Role::Delegate).await;
        let mut lan = site.signed_in("mau", "lan").await;
        assert!(lan.opens("/doc").await.text(".empty").contains("Chưa có đợt lấy phiếu"));
        let first = site.has_poll(council).await;
        assert!(lan.opens("/doc").await.text(".empty").contains("chưa được phát hành"));
        site.clock.advance(jiff::SignedDuration::from_secs(1));
        let second = site.has_poll(council).await;
        let choice = lan.opens("/doc").await;
        let links: Vec<usize> =
            [second, first].iter().map(|id| choice.html.find(&format!("/doc/{id}")).expect("link")).collect();
        assert!(links[0] < links[1], "the newest first");
    });
}
