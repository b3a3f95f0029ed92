//! A service on a database of its own, and people who visit it: the stories of the pages are told with these.

mod counting;
mod database;
mod day;
mod dossiers;
mod facts;
mod hall;
mod long_dossier;
mod official;
mod outcome;
mod people;
mod polls;
mod reading;
pub mod records;
mod roster;
mod rules;
mod visitor;

use std::future::Future;
use std::sync::Arc;

use app::App;
use app::people::councils::{FirstAccount, Founding};
use app::service::clock::{Chance, Clock};
use app::service::keys::Keys;
use app::service::passwords::Cost;
use domain::audit::Actor;
use domain::council::CouncilKind;
use domain::id::CouncilId;
use domain::role::Role;
use jiff::Timestamp;
use serde_json::Value;
use store::{Store, logs};
use zeroize::Zeroizing;

pub use counting::{CountingPoll, RETURNED};
pub use database::{Database, Engine};
pub use day::{BOARD, Day, day_rules};
pub use dossiers::typed_task;
pub use facts::fact;
pub use long_dossier::{LONG, checked, long_book};
pub use official::PDF;
pub use outcome::{GOLDEN, golden};
pub use people::somebody_in;
pub use polls::{retold, sample_board, sample_book, sample_plan};
pub use reading::Told;
pub use rules::{attested_rules, compared, proof};
pub use visitor::{Answer, Visitor};

/// Password of everybody whom a story does not give another.
pub const PASSWORD: &str = "mat-khau-thu-nghiem";

/// The service, with a clock that the story moves.
pub struct Site {
    pub app: App,
    pub clock: Clock,
    pub store: Store,
    router: axum::Router,
    pub database: Arc<Database>,
}

impl Site {
    /// A service on an empty database: nothing is set up.
    pub async fn empty(engine: Engine) -> Self {
        let database = Arc::new(Database::new(engine).await);
        Self::on(database).await
    }

    /// One more process on the same database.
    pub async fn on(database: Arc<Database>) -> Self {
        let start: Timestamp = "2026-12-01T01:00:00Z".parse().expect("time");
        Self::on_at(database, Clock::still(start)).await
    }

    async fn on_at(database: Arc<Database>, clock: Clock) -> Self {
        let store = Store::open(&database.target()).await.expect("store");
        let keys = Keys::new(Zeroizing::new([7; 32]));
        let app = App::new(store.clone(), clock.clone(), Chance::System, keys, Cost::Least);
        let site = web::Site {
            app: app.clone(),
            settings: web::Settings::default(),
            public_url: "http://127.0.0.1:8080".into(),
        };
        Self { app, clock, store, router: web::router(site), database }
    }

    /// A service that is set up, with the operator `he.thong`, and the council `mau` with its administrator `quan.tri`.
    pub async fn with_council(engine: Engine) -> (Self, CouncilId) {
        Self::founded(Self::on(Arc::new(Database::new(engine).await)).await).await
    }

    /// Nobody yet, with the clock of this machine.
    pub async fn empty_now(engine: Engine) -> Self {
        Self::on_at(Arc::new(Database::new(engine).await), Clock::System).await
    }

    /// The same with the clock of this machine, beside real programs: they write nothing into a log that is ahead of it.
    pub async fn with_council_now(engine: Engine) -> (Self, CouncilId) {
        Self::with_council_on(Arc::new(Database::new(engine).await)).await
    }

    /// The same on a database that the story brings.
    pub async fn with_council_on(database: Arc<Database>) -> (Self, CouncilId) {
        Self::founded(Self::on_at(database, Clock::System).await).await
    }

    async fn founded(site: Self) -> (Self, CouncilId) {
        let operator = site.app.set_up(first("Người Vận Hành", "he.thong")).await.expect("set-up");
        let operator = Actor { account: Some(operator), name: "Người Vận Hành".into(), role: Role::Operator };
        let council = site.found(&operator, "mau", "Hội đồng nhân dân tỉnh Mẫu").await;
        (site, council)
    }

    /// Founds a council with the administrator `quan.tri`.
    pub async fn found(&self, operator: &Actor, slug: &str, name: &str) -> CouncilId {
        self.found_of(operator, slug, name, CouncilKind::ProvinceCouncil).await
    }

    /// The same of another kind.
    pub async fn found_of(&self, operator: &Actor, slug: &str, name: &str, kind: CouncilKind) -> CouncilId {
        let founding = Founding {
            name: name.into(),
            slug: slug.into(),
            kind: Some(kind),
            first: first("Nguyễn Quản Trị", "quan.tri"),
        };
        self.app.found_council(operator.clone(), founding).await.expect("council")
    }

    /// The whole service, for a story that needs a port.
    pub fn router(&self) -> axum::Router {
        self.router.clone()
    }

    /// Somebody with a browser of their own.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.router.clone(), Arc::clone(&self.database))
    }

    /// Somebody at the pages of another program on the same database.
    pub fn visitor_at(&self, app: &App) -> Visitor {
        let (settings, public_url) = (web::Settings::default(), "http://127.0.0.1:8080".into());
        let service = web::Site { app: app.clone(), settings, public_url };
        Visitor::new(web::router(service), Arc::clone(&self.database))
    }

    /// Somebody who has signed in by password.
    pub async fn signed_in(&self, council: &str, login: &str) -> Visitor {
        let mut visitor = self.visitor();
        let answer = visitor.signs_in(council, login, PASSWORD).await;
        assert_eq!(answer.path, "/", "{}", answer.html);
        visitor
    }
}

/// Kinds and data of all entries of a council's own log, in order.
pub async fn log_of(site: &Site, council: CouncilId) -> Vec<(String, Value)> {
    let mut tx = site.store.read(council).await.expect("read");
    let log = logs::own(&mut tx).await.expect("log");
    let entries = logs::entries(&mut tx, log, 0, 1000).await.expect("entries");
    let parsed = entries.iter().map(|text| serde_json::from_str::<Value>(text).expect("entry"));
    parsed.map(|entry| (entry["kind"].as_str().expect("kind").to_owned(), entry["data"].clone())).collect()
}

/// The first account of a body.
pub fn first(name: &str, login: &str) -> FirstAccount {
    let password = Zeroizing::new(PASSWORD.to_owned());
    FirstAccount { name: name.into(), login: login.into(), password, must_change: false }
}

/// Tells one story on both databases.
pub fn on_both<F, S>(story: F)
where
    F: Fn(Engine) -> S,
    S: Future<Output = ()>,
{
    // What users are not told of an error stands in the log.
    let to_stderr = tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_test_writer().without_time();
    drop(to_stderr.try_init());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    for engine in [Engine::Sqlite, Engine::Postgres] {
        eprintln!("on {engine:?}:");
        runtime.block_on(story(engine));
    }
}
