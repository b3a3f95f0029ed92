//! Polls and rosters that are simply there, for stories about something else.

use std::fs;
use std::path::Path;

use app::preparing::{TypedBoard, TypedDecision, TypedPlan};
use app::service::app::Ask;
use domain::book::Book;
use domain::id::{CouncilId, DelegateId, OfficialId, PollId, ProposalId};
use domain::record::{Action, Subject};
use domain::role::Role;
use domain::roster::{RosterDelegate, RosterOfficial, TellerRole};
use store::StoreError;
use store::StoredRecord;
use store::roster::{self, StoredOfficial};

use super::records::tell;
use super::{Site, somebody_in};

/// The sitting of the sample council, as a clerk types it.
pub fn sample_plan() -> TypedPlan {
    TypedPlan {
        kind: "rating".into(),
        ruleset: "NQ96-2023-QH15".into(),
        legislature: "XVIII".into(),
        term_from: "2021-06-24".into(),
        term_to: "2026-03-31".into(),
        sitting: "Kỳ họp thứ 17".into(),
        opens_on: "2023-12-05".into(),
        votes_on: "2023-12-07".into(),
        delegates: "60".into(),
        place: "Mẫu".into(),
        chair: "Nguyễn Văn A".into(),
        secretary: "Ngô Văn D".into(),
        basis: String::new(),
        purpose: String::new(),
    }
}

/// The sample council as its workbook has it.
pub fn sample_book() -> Book {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/sample");
    let file = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.expect("entry").path();
        (path.file_name().expect("name").to_string_lossy().into_owned(), fs::read(&path).expect("sheet"))
    };
    let files: Vec<_> = fs::read_dir(folder).expect("sample").map(file).collect();
    import::read_csv_folder(files).book.expect("book")
}

/// A poll whose way went to the end of its preparation.
pub struct SealedPoll {
    pub poll: PollId,
    /// By which the forms were sealed.
    pub proposal: ProposalId,
    /// The id on the first form.
    pub form: String,
}

/// Head, secretary and members of the sample council's board, as they are typed.
pub fn sample_board(delegates: &[DelegateId]) -> TypedBoard {
    let book = sample_book();
    let id = |name: &str| {
        let place = book.delegates.iter().position(|delegate| delegate.name == name).expect("a delegate");
        delegates[place].to_string()
    };
    let of = |role| book.tellers.iter().filter(move |t| t.role == role).map(|t| id(&t.name)).collect::<Vec<_>>();
    TypedBoard {
        head: of(TellerRole::Head).remove(0),
        secretary: of(TellerRole::Secretary).remove(0),
        members: of(TellerRole::Member),
        shares: false,
    }
}

impl Site {
    /// A poll of the sample council from its first day to its sealed forms, by a clerk and a leader.
    pub async fn has_sealed_poll(&self, council: CouncilId) -> SealedPoll {
        let (_, delegates) = self.has_sample_roster(council).await;
        let poll = self.has_poll(council).await;
        self.seals(council, poll, &delegates).await
    }

    /// Takes a poll whose delegates are those of the sample from its first day to its sealed forms.
    pub async fn seals(&self, council: CouncilId, poll: PollId, delegates: &[DelegateId]) -> SealedPoll {
        let [clerk, leader] = [Role::Clerk, Role::Leader].map(|role| somebody_in(council, role, self.clock.now()));
        let app = &self.app;
        let ask = |caller| Ask { caller, request: app.new_request().expect("request") };
        self.lists_and_appoints(council, poll, sample_board(delegates)).await;
        let proposal = app.propose_forms(ask(&clerk), poll).await.expect("forms");
        app.confirm(ask(&leader), poll, proposal).await.expect("sealed");
        let form = app.forms_page(&clerk, poll).await.expect("forms").forms[0].id.clone();
        SealedPoll { poll, proposal, form }
    }

    /// The list of a poll is decided and its board appointed, by a clerk and a leader.
    pub async fn lists_and_appoints(&self, council: CouncilId, poll: PollId, board: TypedBoard) {
        let [clerk, leader] = [Role::Clerk, Role::Leader].map(|role| somebody_in(council, role, self.clock.now()));
        let app = &self.app;
        let ask = |caller| Ask { caller, request: app.new_request().expect("request") };
        let decision = TypedDecision { number: "31/NQ-HĐND".into(), day: "2023-12-05".into() };
        let list = app.propose_list(ask(&clerk), poll, &decision).await.expect("list");
        app.confirm(ask(&leader), poll, list).await.expect("decided");
        app.draft_board(ask(&clerk), poll, 0, board).await.expect("board");
        // A board without accounts, as an older program appointed it: roles alone say who counts. `board.rs` has the others.
        let tellers = app.board_page(&clerk, poll).await.expect("board").draft;
        app.appoint_board(self.hand(&leader), poll, tellers, decision.number.clone()).await.expect("appointed");
    }

    /// A poll at the sitting of the sample council, begun by its clerk, under rules that its office attested.
    pub async fn has_poll(&self, council: CouncilId) -> PollId {
        self.attests_all(council, &sample_plan().ruleset).await;
        self.has_unattested_poll(council).await
    }

    /// The same under the rules as the council goes by them at that moment.
    pub async fn has_unattested_poll(&self, council: CouncilId) -> PollId {
        let clerk = somebody_in(council, Role::Clerk, self.clock.now());
        let ask = Ask { caller: &clerk, request: self.app.new_request().expect("request") };
        self.app.begin_preparation(ask, sample_plan()).await.expect("begun").poll
    }

    /// The officials and the delegates of the sample council, in their order, without history.
    pub async fn has_sample_roster(&self, council: CouncilId) -> (Vec<OfficialId>, Vec<DelegateId>) {
        let book = sample_book();
        let (now, at) = (self.clock.now(), "2026-12-01T01:00:00Z".parse().expect("time"));
        let by_place = |place: usize| {
            let mut chance = [0; 10];
            chance[2..].copy_from_slice(&u64::try_from(place + 1).expect("small").to_be_bytes());
            chance
        };
        let position = |place: usize| u32::try_from(place + 1).expect("small");
        let officials = book.officials.into_iter().enumerate().map(|(place, official)| StoredRecord {
            id: OfficialId::new(now, &by_place(place)),
            value: RosterOfficial {
                account: None,
                former_posts: Vec::new(),
                official,
                position: position(place),
                withdrawn: false,
            },
            version: 1,
            changed_at: at,
            changed_by: "Văn phòng".into(),
        });
        let officials: Vec<_> = officials.collect();
        let delegates = book.delegates.into_iter().enumerate().map(|(place, delegate)| StoredRecord {
            id: DelegateId::new(now, &by_place(place)),
            value: RosterDelegate {
                account: None,
                delegate,
                is_secretary: false,
                position: position(place),
                withdrawn: false,
            },
            version: 1,
            changed_at: at,
            changed_by: "Văn phòng".into(),
        });
        let delegates: Vec<_> = delegates.collect();
        let ids = (officials.iter().map(|o| o.id).collect(), delegates.iter().map(|d| d.id).collect());
        let put: Result<(), StoreError> = self
            .store
            .write(council, move |tx| {
                Box::pin(async move {
                    for official in &officials {
                        roster::put_official(tx, official).await?;
                    }
                    for delegate in &delegates {
                        roster::put_delegate(tx, delegate).await?;
                    }
                    tell(tx, now, (Subject::Official, Action::Added), &officials).await?;
                    tell(tx, now, (Subject::Delegate, Action::Added), &delegates).await
                })
            })
            .await;
        put.expect("roster");
        ids
    }
}

/// Writes another version of an official, and tells of it.
pub async fn retold(site: &Site, council: CouncilId, kept: StoredOfficial) {
    let now = site.clock.now();
    let kept = StoredOfficial { changed_at: now.try_into().expect("time"), changed_by: "Văn phòng".into(), ..kept };
    let put: Result<(), StoreError> = site
        .store
        .write(council, move |tx| {
            Box::pin(async move {
                roster::put_official(tx, &kept).await?;
                tell(tx, now, (Subject::Official, Action::Changed), &[kept]).await
            })
        })
        .await;
    put.expect("changed");
}
