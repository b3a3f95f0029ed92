//! Released dossiers that are simply there, for stories about reading them.

use app::service::app::Ask;
use domain::audit::canonical::to_text;
use domain::audit::event::poll::{DossiersReleased, FileHash};
use domain::audit::{Actor, Digest, PollEvent};
use domain::document::{Block, Cell, Document, Size, Table, text_lines};
use domain::group_summary::{Content, GroupSummary, SummaryState};
use domain::id::{AccountId, CouncilId, DelegateId, FactId, OfficialId, PollId, QuestionId, SummaryId};
use domain::record::{Action, Subject};
use domain::release::{About, FrozenFact, Stated};
use domain::role::Role;
use domain::roster::RosterDelegate;
use store::StoredRecord;
use store::releases::{self, Frozen, Release, ReleasedDossier};
use store::roster;
use store::{StoreError, Work, group_summaries, logs};

use super::records::tell;
use super::roster::chance;
use super::{Site, somebody_in};

/// A dossier of a story: what it is about, its title, and what its facts say. The same text is the same fact.
pub struct Told<'t> {
    pub about: About,
    pub title: &'t str,
    pub facts: &'t [&'t str],
}

impl Site {
    /// Releases dossiers as release `number`, without compiling them.
    pub async fn has_told_release(&self, council: CouncilId, poll: PollId, number: u32, told: &[Told<'_>]) {
        let frozen: Vec<Frozen> = told.iter().enumerate().map(|(place, told)| self.frozen(place + 1, told)).collect();
        let release = Release {
            number,
            at: "2026-12-01T01:00:00Z".parse().expect("time"),
            by: "Trần Thường Trực".into(),
            dossiers: u32::try_from(frozen.len()).expect("few"),
        };
        let added: Result<(), StoreError> = self
            .store
            .write(council, move |tx| {
                Box::pin(async move {
                    let log = logs::of_poll(tx, poll).await?.expect("log");
                    let file =
                        |one: &Frozen| FileHash { name: one.dossier.name.clone(), sha256: one.dossier.pdf_sha256 };
                    let event = PollEvent::from(DossiersReleased { files: frozen.iter().map(file).collect() });
                    let by = Actor { account: None, name: release.by.clone(), role: Role::Leader };
                    tx.append(log, release.at, &by, &event).await?;
                    releases::add(tx, poll, &release, &frozen).await
                })
            })
            .await;
        added.expect("release");
    }

    fn frozen(&self, position: usize, told: &Told<'_>) -> Frozen {
        let row = |(number, text): (usize, &&str)| vec![Cell::left((number + 1).to_string()), Cell::left(*text)];
        let facts = Table {
            widths: vec![1, 9],
            head: vec![vec![Cell::head("TT"), Cell::head("Nội dung")]],
            rows: told.facts.iter().enumerate().map(row).collect(),
            anchor: Some("dk".into()),
            size: Size::Small,
        };
        let document = Document {
            title: format!("Hồ sơ {}", told.title),
            author: "Hội đồng".into(),
            date: jiff::civil::date(2026, 12, 1),
            watermark: None,
            foot: None,
            guide: None,
            blocks: vec![
                Block::Title { kind: "HỒ SƠ".into(), subject: told.title.to_owned() },
                Block::Heading { level: 1, text: "Tóm tắt".into() },
                Block::Heading { level: 1, text: "Dữ kiện".into() },
                Block::Table(facts),
            ],
        };
        let canonical = told.facts.iter().map(|text| format!("fact\t{text}\n")).collect::<String>();
        let fact = |(number, text): (usize, &&str)| FrozenFact {
            fact: FactId::new(self.clock.now(), &[u8::try_from(number + 1).expect("few"); 10]),
            sha256: Digest::of(text.as_bytes()),
            version: 1,
        };
        let pdf = pdf::document(&document).expect("a paper").bytes;
        Frozen {
            dossier: ReleasedDossier {
                position: u32::try_from(position).expect("few"),
                about: told.about.clone(),
                name: format!("v1/officials/{position:02}.pdf"),
                title: told.title.to_owned(),
                subtitle: "Giám đốc Sở".into(),
                sha256: Digest::of(canonical.as_bytes()),
                pages: 2,
                pdf_sha256: Digest::of(&pdf),
            },
            stated: Stated { canonical, facts: told.facts.iter().enumerate().map(fact).collect() },
            document: to_text(&document).expect("canonical"),
            pdf,
            lines: text_lines(&document),
            files: Vec::new(),
        }
    }

    /// A question of a delegate about an official, who is called `name` in it.
    pub async fn has_question(&self, council: CouncilId, poll: PollId, official: OfficialId, name: &str) -> QuestionId {
        let mut delegate = somebody_in(council, Role::Delegate, self.clock.now());
        delegate.account.name = name.to_owned();
        let ask = Ask { caller: &delegate, request: self.app.new_request().expect("request") };
        self.app.ask_question(ask, poll, official, &format!("Câu hỏi về {name}?")).await.expect("asked")
    }

    /// A filed summary of a group, which is called `name`.
    pub async fn has_summary(&self, council: CouncilId, poll: PollId, name: &str) -> SummaryId {
        let id = SummaryId::new(self.clock.now(), &chance());
        let content = Content { general: format!("Ý kiến của {name}"), remarks: Vec::new() };
        let value = GroupSummary { content, group: name.to_owned(), poll, state: SummaryState::Filed };
        let at = "2026-12-01T01:00:00Z".parse().expect("time");
        let kept = StoredRecord { id, value, version: 1, changed_at: at, changed_by: "Văn phòng".into() };
        let now = self.clock.now();
        self.in_roster(council, move |tx| {
            Box::pin(async move {
                group_summaries::put(tx, &kept).await?;
                tell(tx, now, (Subject::GroupSummary, Action::Added), &[kept]).await
            })
        })
        .await;
        id
    }

    /// Links a delegate of the roster to an account, in a group.
    pub async fn seats(&self, council: CouncilId, id: DelegateId, account: AccountId, group: &str, is_secretary: bool) {
        let group = group.to_owned();
        self.in_roster(council, move |tx| {
            Box::pin(async move {
                let kept = roster::delegate(tx, id).await?.expect("delegate");
                let mut value: RosterDelegate = kept.value;
                (value.account, value.is_secretary, value.delegate.group) = (Some(account), is_secretary, Some(group));
                roster::put_delegate(tx, &StoredRecord { value, version: kept.version + 1, ..kept }).await
            })
        })
        .await;
    }

    /// Links an official of the roster to an account.
    pub async fn signs_in_as(&self, council: CouncilId, id: OfficialId, account: AccountId) {
        self.in_roster(council, move |tx| {
            Box::pin(async move {
                let kept = roster::official(tx, id).await?.expect("official");
                let mut value = kept.value;
                value.account = Some(account);
                roster::put_official(tx, &StoredRecord { value, version: kept.version + 1, ..kept }).await
            })
        })
        .await;
    }

    async fn in_roster<F>(&self, council: CouncilId, work: F)
    where
        F: for<'t> FnOnce(&'t mut store::CouncilTx) -> Work<'t, Result<(), StoreError>> + Send + 'static,
    {
        let done: Result<(), StoreError> = self.store.write(council, work).await;
        done.expect("roster");
    }
}
