//! Head of the board, leader and clerk on counting day, each with a browser.

use axum::http::StatusCode;
use domain::id::{CouncilId, PollId};
use domain::poll_state::Stage;
use domain::role::Role;
use store::polls;

use crate::outcome::words;
use crate::site::{Answer, Site, Visitor};

/// Who takes the steps of a day, each with a browser.
pub struct Hall {
    pub site: Site,
    pub council: CouncilId,
    pub poll: PollId,
    pub head: Visitor,
    pub leader: Visitor,
    pub clerk: Visitor,
}

impl Hall {
    /// Head of the board, leader and clerk before a poll.
    pub async fn with(site: Site, council: CouncilId, poll: PollId) -> Self {
        for (login, name, role) in [
            ("truong.ban", "Trần Trưởng Ban", Role::HeadTeller),
            ("thuong.truc", "Lê Thường Trực", Role::Leader),
            ("van.phong", "Phạm Văn Phòng", Role::Clerk),
        ] {
            site.has_account(council, login, name, role).await;
        }
        let head = site.signed_in("mau", "truong.ban").await;
        let leader = site.signed_in("mau", "thuong.truc").await;
        let clerk = site.signed_in("mau", "van.phong").await;
        Self { site, council, poll, head, leader, clerk }
    }

    pub fn path(&self, page: &str) -> String {
        format!("/ky/{}/{page}", self.poll)
    }

    pub async fn stage(&self) -> Stage {
        let mut tx = self.site.store.read(self.council).await.expect("read");
        polls::find(&mut tx, self.poll).await.expect("poll").expect("poll").state.stage()
    }

    /// The head of the board proposes a step; the address of the proposal.
    pub async fn proposes(&mut self, step: &str, fields: &[(&str, &str)]) -> String {
        let path = self.path(&format!("buoc/{step}"));
        Self::sends_proposal(&mut self.head, &path, fields).await
    }

    pub async fn sends_proposal(who: &mut Visitor, path: &str, fields: &[(&str, &str)]) -> String {
        who.opens(path).await;
        let sent = who.submits(path, fields).await;
        assert_eq!(
            sent.text(".notice"),
            "Đã gửi đề xuất; việc này có hiệu lực khi một người khác xác nhận.",
            "{}",
            sent.html
        );
        sent.path.split('?').next().expect("path").to_owned()
    }

    /// The leader confirms what lies at an address.
    pub async fn confirms(&mut self, proposal: &str) -> Answer {
        self.leader.opens(proposal).await;
        self.leader.submits(&format!("{proposal}/xac-nhan"), &[]).await
    }

    pub async fn two(&mut self, step: &str, fields: &[(&str, &str)]) {
        let proposal = self.proposes(step, fields).await;
        let done = self.confirms(&proposal).await;
        assert_eq!(done.text(".notice"), "Đã xác nhận; việc này đã có hiệu lực.", "{}", done.html);
    }

    /// A step that the office proposes.
    pub async fn office(&mut self, step: &str, fields: &[(&str, &str)]) {
        let path = self.path(&format!("buoc/{step}"));
        let proposal = Self::sends_proposal(&mut self.clerk, &path, fields).await;
        let done = self.confirms(&proposal).await;
        assert_eq!(done.text(".notice"), "Đã xác nhận; việc này đã có hiệu lực.", "{}", done.html);
    }

    /// The counted ballots are sealed and handed over.
    pub async fn hands_over(&mut self) {
        let path = self.path("ban-giao");
        self.head.opens(&path).await;
        let wrong =
            self.head.submits(&path, &[("packets", "0"), ("sealed_by", "Ban kiểm phiếu"), ("received_by", "A")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.html);
        let fields = [("packets", "4"), ("sealed_by", "Trần Trưởng Ban <b>"), ("received_by", "Phòng Lưu trữ")];
        self.head.opens(&path).await;
        let saved = self.head.submits(&path, &fields).await;
        assert_eq!(saved.text(".notice"), "Đã lưu.", "{}", saved.html);
        assert_eq!(self.leader.submits(&path, &fields).await.status, StatusCode::FORBIDDEN);
        let paper = words(&self.clerk.opens(&self.path("giay-to/ban-giao-phieu.pdf")).await.bytes);
        for told in [
            "Bàn giao phiếu đã niêm phong",
            "Trần Trưởng Ban <b>",
            "04 gói",
            "Phòng Lưu trữ",
            "Điểm chốt sau khi bàn giao",
        ] {
            assert!(paper.contains(told), "{told}: {paper}");
        }
    }

    /// From signed minutes to the archive, with a paper that is put right on the way.
    pub async fn publishes_and_puts_away(&mut self) {
        let early = self.clerk.opens(&self.path("buoc/cong-bo")).await;
        assert!(early.text(".warning").contains("đòi nghị quyết"), "{}", early.html);
        self.office("ghi-nghi-quyet", &[("number", "52/NQ-HĐND"), ("day", "08/12/2023")]).await;
        self.office("cong-bo", &[]).await;
        let wrong = [
            ("corrects", "resolution.pdf"),
            ("reason", "Ghi nhầm ngày họp là 06/12/2023"),
            ("right", "07/12/2023"),
            ("day", "10/12/2023"),
        ];
        self.office("dinh-chinh", &wrong).await;
        self.office("luu-tru", &[("place", "Kho lưu trữ Văn phòng, hộp 12")]).await;
        assert_eq!(self.stage().await, Stage::Archived);
        assert!(self.now().await.is_empty(), "nothing is left to do");
        let refused = self.clerk.opens(&self.path("buoc/huy")).await;
        assert!(refused.text(".warning").contains("đã lưu trữ"), "{}", refused.html);
    }

    /// The step of the day whose turn it is.
    pub async fn now(&mut self) -> Vec<String> {
        let day = self.head.opens(&self.path("ngay-bo-phieu")).await;
        day.all("li[aria-current=step] h3")
    }
}
