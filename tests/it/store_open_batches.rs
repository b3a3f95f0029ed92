//! Open piles at the level of the store, on both databases.

use domain::batch::{Mode, Pile};
use domain::id::{AccountId, RequestId};
use domain::poll::PollKind;
use domain::poll_state::Stage;
use jiff::Timestamp;
use store::open_batches::{self, OpenBatchRow};
use store::{StoreError, Work, screen};

use crate::site::{Site, on_both};

fn account(number: u8) -> AccountId {
    AccountId::new(Timestamp::UNIX_EPOCH, &[number; 10])
}

fn row(pile: Pile, form: &str, number: u32) -> OpenBatchRow {
    let mode = if pile == Pile::Recount { Mode::Recount } else { Mode::Marks };
    let tag = u8::try_from(number).expect("small") + if pile == Pile::Deck { 100 } else { 0 };
    OpenBatchRow {
        pile,
        form: form.to_owned(),
        number,
        papers: 20,
        mode,
        tellers: [account(1), account(2)],
        head: account(3),
        opened: RequestId::new(Timestamp::UNIX_EPOCH, &[tag; 10]),
    }
}

#[test]
fn a_pile_lies_open_once_is_changed_and_goes_with_its_stage() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let day = site.has_sealed_day(council, "mot", PollKind::Rating, &[3, 3]).await;
        let (poll, form, other) = (day.poll, day.forms[0].0.clone(), day.forms[1].0.clone());
        let decks = [row(Pile::Deck, &form, 1), row(Pile::Deck, &other, 2)];
        let piles = [row(Pile::Ballots, &form, 1), row(Pile::Ballots, &form, 2)];
        let rows = [decks.clone(), piles.clone()].concat();
        let added = site.store.write(council, move |tx| -> Work<'_, Result<(), StoreError>> {
            Box::pin(async move {
                for row in &rows {
                    open_batches::add(tx, poll, row).await?;
                }
                Ok(())
            })
        });
        added.await.expect("four piles");
        let again = piles[0].clone();
        let twice = site.store.write(council, move |tx| -> Work<'_, Result<(), StoreError>> {
            Box::pin(async move { open_batches::add(tx, poll, &again).await })
        });
        assert!(matches!(twice.await, Err(StoreError::Refused(_))), "two processes never lay one pile twice");

        let changed = OpenBatchRow {
            papers: 19,
            mode: Mode::HandTally,
            tellers: [account(4), account(2)],
            head: account(5),
            ..piles[1].clone()
        };
        let (new, gone) = (changed.clone(), piles[0].opened);
        let stepped = site.store.write(council, move |tx| -> Work<'_, Result<[bool; 2], StoreError>> {
            Box::pin(async move {
                open_batches::change(tx, poll, &new).await?;
                open_batches::clear_deck(tx, poll, &form).await?;
                let removed = open_batches::remove(tx, poll, gone).await?;
                Ok([removed, open_batches::remove(tx, poll, gone).await?])
            })
        });
        assert_eq!(stepped.await.expect("steps"), [true, false]);
        let mut tx = site.store.read(council).await.expect("read");
        let mut left = open_batches::list(&mut tx, poll).await.expect("rows");
        left.sort_by_key(|row| row.pile);
        assert_eq!(left, [decks[1].clone(), changed.clone()]);
        let moved = screen::movement(&mut tx, poll).await.expect("movement");
        assert!(moved.is_some_and(|moved| moved > 0), "{moved:?}");
        drop(tx);

        let stale = OpenBatchRow { opened: gone, ..changed.clone() };
        let stale = site.store.write(council, move |tx| -> Work<'_, Result<(), StoreError>> {
            Box::pin(async move { open_batches::change(tx, poll, &stale).await })
        });
        assert!(matches!(stale.await, Err(StoreError::Stale)), "it lies there no longer");
        for (stage, rows) in [(Stage::Counting, vec![changed]), (Stage::Closed, vec![])] {
            let cleared = site.store.write(council, move |tx| -> Work<'_, Result<(), StoreError>> {
                Box::pin(async move { open_batches::clear_past(tx, poll, stage).await })
            });
            cleared.await.expect("cleared");
            let mut tx = site.store.read(council).await.expect("read");
            assert_eq!(open_batches::list(&mut tx, poll).await.expect("rows"), rows, "{stage:?}");
        }
    });
}
