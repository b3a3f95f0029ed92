//! Figures for a monitoring system, in the text format of Prometheus. They count; nobody's name, council or address is
//! in them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::service::app::App;
use crate::service::error::AppError;
use macros::boxed;

type Labels = Vec<(&'static str, String)>;
type NewHistogram = fn() -> Histogram;

/// Upper bounds of the time of an answer, in seconds: pages take milliseconds, a password 40 of them.
const BOUNDS: [f64; 9] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0, 10.0];

/// What this process counts. A clone counts into the same.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    requests: Family<Labels, Counter>,
    seconds: Family<Labels, Histogram, NewHistogram>,
    sign_in_failures: Counter,
    sessions: Gauge<i64, AtomicI64>,
    database_up: Gauge<i64, AtomicI64>,
    waiting: Gauge<i64, AtomicI64>,
    commits: Counter,
    committed: Counter,
    errors: Counter,
}

/// Forms that prove who somebody is; an answer from 400 to 499 means that the proof was not accepted.
const DOORS: [&str; 2] = ["/dang-nhap", "/dang-nhap/ma"];

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("tinnhiem");
        let requests = Family::default();
        registry.register("requests", "Requests by pattern of route, method and status", requests.clone());
        let new: NewHistogram = || Histogram::new(BOUNDS);
        let seconds = Family::new_with_constructor(new);
        registry.register_with_unit("answer", "Time to answer, by pattern of route", Unit::Seconds, seconds.clone());
        let sign_in_failures = Counter::default();
        registry.register("sign_in_failures", "Sign-ins that were refused", sign_in_failures.clone());
        let sessions = Gauge::default();
        registry.register("sessions", "Sessions that are kept, in all councils together", sessions.clone());
        let database_up = Gauge::default();
        registry.register("database_up", "Whether the database answered this scrape", database_up.clone());
        let waiting = Gauge::default();
        registry.register("writes_waiting", "Pieces of work that wait for the writer", waiting.clone());
        let mut counter = |name, help| {
            let counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        };
        let commits = counter("commits", "Commits of the writer");
        let committed = counter("writes", "Pieces of work in them; by commits, the mean size of a group");
        let errors = counter("database_errors", "Errors of the database that no input explains");
        Self {
            registry: Arc::new(registry),
            requests,
            seconds,
            sign_in_failures,
            sessions,
            database_up,
            waiting,
            commits,
            committed,
            errors,
        }
    }
}

impl Metrics {
    /// One request was answered.
    pub fn answered(&self, route: &str, method: &'static str, status: u16, took: Duration) {
        let label = |name, value: &str| (name, value.to_owned());
        let labels = vec![label("route", route), label("method", method), label("status", &status.to_string())];
        self.requests.get_or_create(&labels).inc();
        self.seconds.get_or_create(&vec![label("route", route)]).observe(took.as_secs_f64());
        if method == "POST" && DOORS.contains(&route) && (400..500).contains(&status) {
            self.sign_in_failures.inc();
        }
    }

    /// All figures as text. A database that does not answer is a figure too, not an error.
    ///
    /// # Errors
    /// Never in practice: a text takes what is written to it.
    #[boxed]
    pub async fn to_text(&self, app: &App) -> Result<String, AppError> {
        match app.session_count().await {
            Ok(count) => {
                self.database_up.set(1);
                self.sessions.set(count);
            }
            Err(_) => {
                self.database_up.set(0);
            }
        }
        let figures = app.store.figures();
        self.waiting.set(i64::try_from(figures.waiting).unwrap_or(i64::MAX));
        for (counter, now) in
            [(&self.commits, figures.commits), (&self.committed, figures.committed), (&self.errors, figures.errors)]
        {
            counter.inner().store(now, Ordering::Relaxed);
        }
        let mut text = String::new();
        encode(&mut text, &self.registry).map_err(|e| AppError::internal("ghi số đo", e))?;
        Ok(text)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics(…)")
    }
}
