//! Polls and rosters that are simply there, for stories about something else.

use std::fs;
use std::path::Path;

use tinnhiem::app::preparing::TypedPlan;
use tinnhiem::app::service::Ask;
use tinnhiem::domain::book::Book;
use tinnhiem::domain::id::{CouncilId, DelegateId, OfficialId, PollId};
use tinnhiem::domain::role::Role;
use tinnhiem::domain::roster::{RosterDelegate, RosterOfficial};
use tinnhiem::import;
use tinnhiem::store::StoreError;
use tinnhiem::store::roster::{self, Kept};

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

impl Site {
    /// A poll at the sitting of the sample council, begun by its clerk.
    pub async fn has_poll(&self, council: CouncilId) -> PollId {
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
        let officials = book.officials.into_iter().enumerate().map(|(place, official)| Kept {
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
        let delegates = book.delegates.into_iter().enumerate().map(|(place, delegate)| Kept {
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
                    Ok(())
                })
            })
            .await;
        put.expect("roster");
        ids
    }
}
