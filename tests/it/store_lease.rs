//! Leases and the clock at the level of the store, on both databases.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::id::PollId;
use domain::poll::PollKind;
use domain::poll_state::Stage;
use jiff::Timestamp;
use store::{Lease, StoreError, lease};

use crate::site::{Engine, Site, on_both};

#[test]
fn a_lease_is_of_one_process_until_it_gives_it_back() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let day = site.has_sealed_day(council, "mot", PollKind::Rating, &[3]).await;
        let nobody = PollId::new(Timestamp::UNIX_EPOCH, &[9; 10]);
        let mut tx = site.store.read(council).await.expect("read");
        assert_eq!(lease::stage(&mut tx, day.poll).await.expect("stage"), Some(Stage::Sealed));
        assert_eq!(lease::stage(&mut tx, nobody).await.expect("stage"), None);
        drop(tx);

        let other = Site::on(Arc::clone(&site.database)).await;
        let changes = Arc::new(AtomicU32::new(0));
        let asks = |store: &store::Store| {
            let (store, changes) = (store.clone(), Arc::clone(&changes));
            async move {
                let changed = move || {
                    changes.fetch_add(1, Ordering::Relaxed);
                };
                store.lease(council, day.poll, changed).await.expect("lease")
            }
        };
        let (first, second) = match engine {
            // One process has the data folder, so nothing is locked.
            Engine::Sqlite => ([Lease::Kept; 2], [Lease::Kept; 2]),
            Engine::Postgres => ([Lease::Taken, Lease::Kept], [Lease::Elsewhere, Lease::Taken]),
        };
        assert_eq!([asks(&site.store).await, asks(&site.store).await], first);
        let before = asks(&other.store).await;
        let led = site.store.leaders(council, &[day.poll, nobody]).await.expect("leaders");
        assert_eq!(led.len(), usize::from(site.store.is_shared()), "{led:?}");
        site.store.end_lease(council, day.poll).await.expect("ended");
        assert_eq!([before, asks(&other.store).await], second);
        let told = if engine == Engine::Sqlite { 0 } else { 3 };
        assert_eq!(changes.load(Ordering::Relaxed), told, "told each time but where it was kept");
    });
}

#[test]
fn the_clock_is_held_against_all_logs_and_those_of_one_council() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        for (now, fits) in
            [("2026-12-01T01:00:00Z", true), ("2026-12-01T00:50:00Z", true), ("2026-12-01T00:49:59Z", false)]
        {
            let now = now.parse().expect("time");
            for checked in [site.store.check_clock(now).await, site.store.check_clock_in(council, now).await] {
                match checked {
                    Ok(()) => assert!(fits, "{now}"),
                    Err(StoreError::ClockBehind { .. }) => assert!(!fits, "{now}"),
                    Err(other) => panic!("{other}"),
                }
            }
        }
    });
}
