//! Every function of the store on both databases, with the same expectations.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use domain::account::{Account, AccountState, Login, Roles};
use domain::audit::course::Moment;
use domain::audit::{Digest, KeyName, UtcTime};
use domain::id::{AccountId, CouncilId, LogId, PollId, RequestId, SessionId, SlipId};
use domain::reset::Reset;
use domain::role::Role;
use domain::slip::Slip;
use jiff::Timestamp;
use store::failures::Failures;
use store::logs::EntryFilter;
use store::requests::Claimed;
use store::sessions::Session;
use store::{
    self, CouncilTx, Examination, Store, StoreError, Work, accounts, checks, councils, credentials, failures, logs,
    requests, resets, sessions, slips,
};

use crate::site::{Database, Engine, Site, on_both};
use crate::store_log::{actor, append, event, now, own_log};

/// So many minutes after [`now`].
fn minute(n: u32) -> UtcTime {
    assert!(n < 60);
    format!("2026-12-01T01:{n:02}:00Z").parse().expect("time")
}

fn id(n: u8) -> [u8; 10] {
    [n; 10]
}

fn account(council: CouncilId, n: u8, login: &str) -> Account {
    Account {
        id: AccountId::new(Timestamp::UNIX_EPOCH, &id(n)),
        login: login.parse().expect("login"),
        name: format!("Người Thứ {n}"),
        roles: Roles::new(council, [Role::Clerk, Role::Auditor]).expect("roles"),
        state: AccountState::Open,
        must_change_password: true,
        has_second_factor: false,
        last_sign_in_at: None,
        version: 1,
        changed_at: now(),
        changed_by: "Người Lập".into(),
    }
}

/// One transaction that writes.
pub async fn write<T, F>(store: &Store, council: CouncilId, work: F) -> Result<T, StoreError>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut CouncilTx) -> Work<'t, Result<T, StoreError>> + Send + 'static,
{
    store.write(council, work).await
}

#[test]
fn councils_are_added_once_and_listed_by_name() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let names: Vec<String> =
            site.store.read_installation().await.expect("list").into_iter().map(|row| row.slug).collect();
        assert_eq!(names, ["mau", "he-thong"]);
        let own = councils::own(&mut site.store.read(council).await.expect("read")).await.expect("own").expect("row");
        assert_eq!((own.id().expect("id"), own.kind.as_deref()), (council, Some("province_council")));
        assert_eq!((own.second_factor_required, own.version), (false, 1));
        let other = CouncilId::new(Timestamp::UNIX_EPOCH, &id(1));
        let taken = write(&site.store, other, |tx| Box::pin(councils::add(tx, "mau", "Trùng", None, now()))).await;
        assert!(matches!(taken, Err(StoreError::Refused(_))), "{taken:?}");
        let listed = site.store.write_installation(move |mut tx| {
            Box::pin(async move {
                let first = councils::list(&mut tx).await?;
                let within = councils::own(tx.within(council).await?).await?;
                let own = councils::own(tx.own().await?).await?;
                Ok::<_, StoreError>((first.len(), within, own))
            })
        });
        let (listed, within, own) = listed.await.expect("installation");
        assert_eq!(listed, 1);
        let counted = site.store.read_councils().await.expect("councils");
        assert_eq!(counted.into_iter().map(|(row, n)| (row.slug, n)).collect::<Vec<_>>(), [("mau".to_owned(), 1)]);
        assert_eq!((within.expect("row").slug, own.expect("row").slug), ("mau".into(), "he-thong".into()));
        // Of two who change the same version, one is told.
        for is_first in [true, false] {
            let done = write(&site.store, council, |tx| Box::pin(councils::require_second_factor(tx, true, 1))).await;
            assert!(if is_first { done.is_ok() } else { matches!(done, Err(StoreError::Stale)) }, "{done:?}");
        }
        let rename = |slug: &'static str, before| {
            write(&site.store, council, move |tx| {
                Box::pin(councils::rename(tx, slug, "Tên mới", before, minute(5), "Bà Hai"))
            })
        };
        rename("moi", 2).await.expect("renamed");
        assert!(matches!(rename("khac", 2).await, Err(StoreError::Stale)));
        assert!(matches!(rename("he-thong", 3).await, Err(StoreError::Refused(_))));
        let own = councils::own(&mut site.store.read(council).await.expect("read")).await.expect("own").expect("row");
        assert_eq!((own.slug.as_str(), own.name.as_str(), own.version), ("moi", "Tên mới", 3));
        assert!(own.second_factor_required);
        assert_eq!((own.changed_at, own.changed_by), (minute(5).to_string(), "Bà Hai".into()));
        site.store.check_schema().await.expect("schema");
    });
}

#[test]
fn accounts_keep_what_was_written_and_the_second_of_two_editors_is_told() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let store = &site.store;
        let added = account(council, 1, "van.thu");
        let row = added.clone();
        write(store, council, |tx| Box::pin(async move { accounts::add(tx, &row, Some("$phc$")).await }))
            .await
            .expect("add");
        let again = account(council, 2, "van.thu");
        let again = write(store, council, |tx| Box::pin(async move { accounts::add(tx, &again, None).await })).await;
        assert!(matches!(again, Err(StoreError::Refused(_))), "{again:?}");

        let mut tx = store.read(council).await.expect("read");
        assert_eq!(accounts::find(&mut tx, added.id).await.expect("find"), Some(added.clone()));
        let login: Login = "van.thu".parse().expect("login");
        assert_eq!(accounts::by_login(&mut tx, &login).await.expect("by login"), Some(added.clone()));
        assert_eq!(accounts::password(&mut tx, added.id).await.expect("password").as_deref(), Some("$phc$"));
        let stranger = AccountId::new(Timestamp::UNIX_EPOCH, &id(9));
        assert_eq!(accounts::find(&mut tx, stranger).await.expect("find"), None);
        let names: Vec<String> = accounts::list(&mut tx).await.expect("list").into_iter().map(|a| a.name).collect();
        assert_eq!(names, ["Nguyễn Quản Trị", "Người Thứ 1"]);
        drop(tx);

        let changed = Account { name: "Bà Lan".into(), state: AccountState::Disabled, version: 2, ..added.clone() };
        for (before, is_first) in [(1, true), (1, false)] {
            let row = changed.clone();
            let done =
                write(store, council, move |tx| Box::pin(async move { accounts::change(tx, &row, before).await }));
            let done = done.await;
            assert!(if is_first { done.is_ok() } else { matches!(done, Err(StoreError::Stale)) }, "{done:?}");
        }
        let mut tx = store.read(council).await.expect("read");
        assert_eq!(accounts::find(&mut tx, added.id).await.expect("find"), Some(changed));
        assert_eq!(accounts::count(&mut tx).await.expect("count"), 2);
    });
}

/// An account of a council that is there.
async fn with_account(engine: Engine) -> (Site, CouncilId, AccountId) {
    let (site, council) = Site::with_council(engine).await;
    let added = account(council, 1, "van.thu");
    let id = added.id;
    let adding =
        write(&site.store, council, |tx| Box::pin(async move { accounts::add(tx, &added, Some("$a$")).await }));
    adding.await.expect("account");
    (site, council, id)
}

#[test]
fn proofs_are_replaced_and_a_code_is_used_once() {
    on_both(|engine| async move {
        let (site, council, id) = with_account(engine).await;
        let store = &site.store;
        write(store, council, move |tx| Box::pin(credentials::set_password(tx, id, "$b$", false))).await.expect("set");
        let sealed = write(store, council, move |tx| {
            Box::pin(async move {
                credentials::set_second_factor(tx, id, Some("niêm phong"), 7).await?;
                credentials::second_factor(tx, id).await
            })
        });
        assert_eq!(sealed.await.expect("second factor").as_deref(), Some("niêm phong"));
        for (step, is_new) in [(7, false), (6, false), (8, true), (8, false)] {
            let used = write(store, council, move |tx| Box::pin(credentials::use_step(tx, id, step))).await;
            assert_eq!(used.expect("step"), is_new, "{step}");
        }
        let mut tx = store.read(council).await.expect("read");
        let found = accounts::find(&mut tx, id).await.expect("find").expect("row");
        assert!(found.has_second_factor && !found.must_change_password);
        assert_eq!(accounts::password(&mut tx, id).await.expect("password").as_deref(), Some("$b$"));
        drop(tx);

        write(store, council, move |tx| Box::pin(credentials::take_password(tx, id))).await.expect("take");
        write(store, council, move |tx| Box::pin(credentials::set_second_factor(tx, id, None, 9))).await.expect("off");
        let mut tx = store.read(council).await.expect("read");
        assert_eq!(accounts::password(&mut tx, id).await.expect("password"), None);
        assert_eq!(credentials::second_factor(&mut tx, id).await.expect("factor"), None);
        drop(tx);

        let wrong =
            write(store, council, move |tx| Box::pin(failures::add_to_account(tx, id, minute(1), minute(2)))).await;
        assert_eq!(wrong.expect("failure"), 1);
        for (at, before) in [
            (minute(2), (None, Failures { count: 1, failed_at: Some(minute(1)) })),
            (minute(3), (Some(minute(2)), Failures::default())),
        ] {
            let told = write(store, council, move |tx| Box::pin(credentials::signed_in(tx, id, at))).await;
            assert_eq!(told.expect("signed in"), before);
        }
        let mut tx = store.read(council).await.expect("read");
        let found = accounts::find(&mut tx, id).await.expect("find").expect("row");
        assert_eq!(found.last_sign_in_at, Some(minute(3)));
    });
}

#[test]
fn failures_are_counted_taken_back_and_forgotten() {
    on_both(|engine| async move {
        let (site, council, id) = with_account(engine).await;
        let store = &site.store;
        let add = |at| {
            write(store, council, move |tx| {
                Box::pin(async move { failures::add_to_account(tx, id, minute(at), minute(at + 1)).await })
            })
        };
        for (at, count) in [(1, 1), (2, 2)] {
            assert_eq!(add(at).await.expect("failure"), count);
        }
        let before = Failures { count: 1, failed_at: Some(minute(1)) };
        let left = write(store, council, move |tx| {
            Box::pin(async move {
                failures::take_from_account(tx, id, before).await?;
                let of_account = failures::of_account(tx, id).await?;
                // None may go below nothing.
                failures::take_from_account(tx, id, Failures::default()).await?;
                failures::take_from_account(tx, id, Failures::default()).await?;
                Ok((of_account, failures::of_account(tx, id).await?))
            })
        });
        assert_eq!(left.await.expect("failures"), (before, Failures::default()));
        for (at, count) in [(8, 1), (9, 2), (3, 1), (4, 2)] {
            assert_eq!(add(at).await.expect("failure"), count, "those from the future of minute {at} are dropped");
        }
        write(store, council, move |tx| Box::pin(failures::clear(tx, id))).await.expect("cleared");
        let mut tx = store.read(council).await.expect("read");
        assert_eq!(failures::of_account(&mut tx, id).await.expect("failures"), Failures::default());
    });
}

fn session(n: u8, account: AccountId, started_at: UtcTime) -> Session {
    Session {
        id: SessionId::new(Timestamp::UNIX_EPOCH, &id(n)),
        account,
        signed_in_by: "password".into(),
        device: "máy ở phòng họp".into(),
        started_at,
        seen_at: started_at,
        previous_at: (n == 1).then(now),
        failures_before: u32::from(n),
    }
}

#[test]
fn sessions_are_found_by_their_token_and_end_one_by_one_or_all() {
    on_both(|engine| async move {
        let (site, council, account) = with_account(engine).await;
        let store = &site.store;
        let sessions_of = [1, 2, 3, 4].map(|n| session(n, account, minute(n.into())));
        let token = |session: &Session| Digest::of(session.id.to_string().as_bytes());
        let [first, second, third, fourth] = sessions_of.clone();
        for one in sessions_of {
            let token = token(&one);
            let added = write(store, council, move |tx| Box::pin(async move { sessions::add(tx, &one, &token).await }));
            added.await.expect("add");
        }
        let (old, new) = (token(&first), Digest::of(b"new"));
        let (id, other) = (first.id, second.id);
        let changed = write(store, council, move |tx| {
            Box::pin(async move {
                sessions::rotate(tx, id, &new).await?;
                sessions::touch(tx, id, minute(30)).await?;
                // A clock that is behind does not set it back.
                sessions::touch(tx, id, minute(20)).await?;
                Ok((sessions::find(tx, &old).await?, sessions::find(tx, &new).await?))
            })
        });
        let seen = Session { seen_at: minute(30), ..first };
        assert_eq!(changed.await.expect("session"), (None, Some(seen.clone())));
        let mut tx = store.read(council).await.expect("read");
        let listed = sessions::of_account(&mut tx, account).await.expect("list");
        assert_eq!(listed, [seen.clone(), fourth.clone(), third.clone(), second], "the one used last first");
        assert_eq!(sessions::count(&mut tx).await.expect("count"), 4);
        drop(tx);

        let stranger = AccountId::new(Timestamp::UNIX_EPOCH, &[9; 10]);
        let token_of_third = token(&third);
        let left = write(store, council, move |tx| {
            Box::pin(async move {
                let ended = [
                    sessions::end(tx, stranger, other).await?,
                    sessions::end(tx, account, other).await?,
                    sessions::end(tx, account, other).await?,
                ];
                sessions::end_by_token(tx, &token_of_third).await?;
                let left = sessions::of_account(tx, account).await?;
                sessions::sweep(tx, minute(3)).await?;
                let swept = sessions::of_account(tx, account).await?;
                sessions::end_all(tx, account, Some(fourth.id)).await?;
                let kept = sessions::count(tx).await?;
                sessions::end_all(tx, account, None).await?;
                Ok((ended, left.len(), swept, kept, sessions::count(tx).await?))
            })
        });
        let (ended, left, swept, kept, none) = left.await.expect("ends");
        assert_eq!((ended, left, kept, none), ([false, true, false], 2, 1, 0));
        assert_eq!(swept.into_iter().map(|s| s.started_at).collect::<Vec<_>>(), [minute(4)]);
    });
}

#[test]
fn a_slip_lets_in_once_and_a_form_is_done_once() {
    on_both(|engine| async move {
        let (site, council, account) = with_account(engine).await;
        let store = &site.store;
        let slip = |n: u8, ends| Slip {
            id: SlipId::new(Timestamp::UNIX_EPOCH, &id(n)),
            account,
            issued_at: minute(n.into()),
            expires_at: minute(ends),
            used_at: None,
            revoked_at: None,
        };
        let slips_of = [slip(1, 50), slip(2, 50), slip(3, 10), slip(4, 50)];
        for one in slips_of.clone() {
            let code = Digest::of(one.id.to_string().as_bytes());
            let added =
                write(store, council, move |tx| Box::pin(async move { slips::add(tx, &one, &code).await })).await;
            added.expect("add");
        }
        let [first, second, late, last] = slips_of.map(|slip| slip.id);
        let done = write(store, council, move |tx| {
            Box::pin(async move {
                let used = [
                    slips::use_up(tx, first, minute(20)).await?,
                    slips::use_up(tx, first, minute(20)).await?,
                    slips::use_up(tx, late, minute(20)).await?,
                    slips::revoke(tx, first, minute(20)).await?,
                    slips::revoke(tx, second, minute(21)).await?,
                    slips::use_up(tx, second, minute(22)).await?,
                ];
                Ok((used, slips::revoke_of(tx, account, minute(23)).await?))
            })
        });
        assert_eq!(done.await.expect("slips"), ([true, false, false, false, true, false], vec![last]));
        let mut tx = store.read(council).await.expect("read");
        let listed = slips::list(&mut tx).await.expect("list");
        assert_eq!(
            listed.iter().map(|slip| (slip.id, slip.used_at, slip.revoked_at)).collect::<Vec<_>>(),
            [
                (last, None, Some(minute(23))),
                (late, None, None),
                (second, None, Some(minute(21))),
                (first, Some(minute(20)), None)
            ]
        );
        let code = Digest::of(late.to_string().as_bytes());
        assert_eq!(slips::by_code(&mut tx, &code).await.expect("by code"), Some(slip(3, 10)));
        assert_eq!(slips::by_code(&mut tx, &Digest::of(b"x")).await.expect("by code"), None);
        let rows = checks::slips(&mut tx).await.expect("rows");
        assert_eq!(
            rows.iter().map(|row| (row.slip_id.as_str(), row.used_at.clone())).collect::<Vec<_>>(),
            [
                (first.to_string().as_str(), Some(minute(20).to_string())),
                (&second.to_string(), None),
                (&late.to_string(), None),
                (&last.to_string(), None)
            ]
        );
        drop(tx);

        let request = RequestId::new(Timestamp::UNIX_EPOCH, &id(1));
        for first in [true, false] {
            let mut tx = store.read(council).await.expect("read");
            assert_eq!(requests::is_claimed(&mut tx, request).await.expect("asked"), !first);
            drop(tx);
            let claim = write(store, council, move |tx| Box::pin(requests::claim(tx, request, Some(account), now())));
            assert_eq!(claim.await.expect("claim"), first);
        }
        let (one, other) = (Digest::of(b"one"), Digest::of(b"other"));
        let second = RequestId::new(Timestamp::UNIX_EPOCH, &id(2));
        for (request, content, claimed) in [
            (second, Some(one), Claimed::New),
            (second, Some(one), Claimed::Before),
            (second, Some(other), Claimed::WithOther),
            (second, None, Claimed::Before),
            // Of one from before it is not known what it carried.
            (request, Some(one), Claimed::Before),
        ] {
            let claim = write(store, council, move |tx| {
                Box::pin(requests::claim_with(tx, request, Some(account), now(), content))
            });
            assert_eq!(claim.await.expect("claim"), claimed);
        }
        store.check_writing().await.expect("it can be written");
    });
}

#[test]
fn a_log_is_read_filtered_and_signed() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let store = &site.store;
        let own = own_log(store, council).await;
        for _ in 0..3 {
            append(store, council, own).await.expect("entry");
        }
        let (log, poll) = (LogId::new(Timestamp::UNIX_EPOCH, &id(1)), PollId::new(Timestamp::UNIX_EPOCH, &id(1)));
        for is_first in [true, false] {
            let begun = write(store, council, move |tx| {
                Box::pin(async move {
                    let origin = KeyName::new("tinnhiem/dot").expect("name");
                    logs::begin(tx, log, Some(poll), &origin, "khóa".into()).await
                })
            });
            let begun = begun.await;
            assert!(if is_first { begun.is_ok() } else { matches!(begun, Err(StoreError::Refused(_))) }, "{begun:?}");
        }
        for note in ["một", "hai"] {
            let sign = write(store, council, move |tx| {
                Box::pin(logs::add_checkpoint(tx, own, 5, Some(Moment::Minutes), note, now()))
            });
            sign.await.expect("checkpoint");
        }
        let mut tx = store.read(council).await.expect("read");
        assert_eq!(logs::own(&mut tx).await.expect("own"), own);
        assert_eq!(logs::last_at(&mut tx).await.expect("last"), Some(now()));
        let heads = logs::heads(&mut tx).await.expect("heads");
        assert_eq!(
            heads.iter().map(|h| (h.log, h.poll, h.head.size)).collect::<Vec<_>>(),
            [(own, None, 5), (log, Some(poll), 0)]
        );
        assert_eq!((heads[0].last_at, heads[1].last_at), (Some(now()), None));
        assert_eq!(logs::entries(&mut tx, own, 3, 10).await.expect("entries").len(), 2);
        let rows = logs::rows_from(&mut tx, own, 4, 10).await.expect("rows");
        assert_eq!(
            (rows.len(), rows[0].seq, rows[0].kind.as_str(), rows[0].actor.as_str()),
            (1, 4, "second_factor.required", "Chương trình")
        );
        let filter = |kind: Option<&str>, actor: Option<&str>| EntryFilter {
            kind: kind.map(Into::into),
            actor: actor.map(Into::into),
            ..EntryFilter::default()
        };
        for (filter, found) in [
            (filter(None, None), vec![4, 3, 2, 1, 0]),
            (filter(Some("second_factor.required"), None), vec![4, 3, 2]),
            (filter(None, Some("Người Vận Hành")), vec![1, 0]),
            (filter(Some("council.founded"), Some("Chương trình")), vec![]),
            (EntryFilter { from: Some(now()), ..EntryFilter::default() }, vec![4, 3, 2, 1, 0]),
            (EntryFilter { before: Some(now()), ..EntryFilter::default() }, vec![]),
        ] {
            let rows = logs::find(&mut tx, own, &filter, 0, 10).await.expect("find");
            assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), found, "{filter:?}");
            assert_eq!(logs::count(&mut tx, own, &filter).await.expect("count"), found.len() as u64);
        }
        let skipped = logs::find(&mut tx, own, &filter(None, None), 1, 2).await.expect("find");
        assert_eq!(skipped.iter().map(|row| row.seq).collect::<Vec<_>>(), [3, 2]);
        let (kinds, actors) = logs::choices(&mut tx, own).await.expect("choices");
        assert_eq!(kinds, ["account.opened", "council.founded", "second_factor.required"]);
        assert_eq!(
            actors.into_iter().collect::<BTreeSet<_>>(),
            BTreeSet::from(["Chương trình".into(), "Người Vận Hành".into()])
        );
        let signed = logs::checkpoints(&mut tx, own).await.expect("checkpoints");
        assert_eq!(signed.len(), 1, "the same moment is kept once");
        assert_eq!((signed[0].moment.as_str(), signed[0].note.as_str()), ("minutes", "một"));
    });
}

#[test]
fn a_log_of_another_council_cannot_be_reached() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let elsewhere = own_log(&site.store, CouncilId::INSTALLATION).await;
        let before =
            logs::heads(&mut site.store.read(CouncilId::INSTALLATION).await.expect("read")).await.expect("heads");
        let crossed = site.store.write(council, move |tx| {
            Box::pin(async move { tx.append(elsewhere, now(), &actor(), &event(true)).await })
        });
        assert!(matches!(crossed.await, Err(StoreError::Log(_))));
        // Also not after the transaction was there.
        let crossed = site.store.write_installation(move |mut tx| {
            Box::pin(async move {
                tx.own().await?.append(elsewhere, now(), &actor(), &event(true)).await?;
                tx.within(council).await?.append(elsewhere, now(), &actor(), &event(true)).await
            })
        });
        assert!(matches!(crossed.await, Err(StoreError::Log(_))));
        let mut tx = site.store.read(CouncilId::INSTALLATION).await.expect("read");
        assert_eq!(logs::heads(&mut tx).await.expect("heads"), before);
        let mut tx = site.store.read(council).await.expect("read");
        assert_eq!(logs::entries(&mut tx, elsewhere, 0, 10).await.expect("entries"), Vec::<String>::new());
    });
}

#[test]
fn a_database_is_examined_without_being_changed() {
    on_both(|engine| async move {
        let database = Database::new(engine).await;
        let before = store::examine(&database.target()).await.expect("examined");
        assert_eq!(before.schema(), None, "{before:?}");
        assert!(
            matches!(Store::open_to_look(&database.target()).await, Err(StoreError::Missing(_))),
            "nothing was made"
        );
        Store::open(&database.target()).await.expect("store").close().await;
        let after = store::examine(&database.target()).await.expect("examined");
        assert_eq!(after.schema(), Some(Examination::KNOWN_SCHEMA));
        match after {
            Examination::Sqlite { damage, .. } => assert_eq!(damage, Vec::<String>::new()),
            Examination::Postgres { passes_walls, open_tables, .. } => {
                assert_eq!((passes_walls, open_tables), (false, Vec::new()));
            }
            Examination::Missing => panic!("{engine:?}: not found"),
        }
    });
}

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let paths = fs::read_dir(folder).expect("folder").map(|entry| entry.expect("entry").path());
    let files = paths.filter(|path| path.extension().is_some_and(|e| e == "rs"));
    files.map(|path| (path.clone(), fs::read_to_string(&path).expect("source"))).collect()
}

#[test]
fn a_reset_stands_until_somebody_vouches() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let account = site.account(council, "quan.tri").await;
        let reset = Reset { at: now(), by: "Trần Quản Trị".into(), account: Some(account), keeps_factor: true };
        let kept = site.store.write(council, move |tx| {
            Box::pin(async move {
                for told in [Some(&reset), None] {
                    resets::put(tx, account, told).await?;
                    assert_eq!(resets::find(tx, account).await?.as_ref(), told);
                    let all: Vec<_> = told.map(|reset| (account, reset.clone())).into_iter().collect();
                    assert_eq!(resets::list(tx).await?, all);
                }
                let nobody = AccountId::new(Timestamp::UNIX_EPOCH, &id(9));
                Ok::<_, StoreError>(resets::put(tx, nobody, None).await.is_err())
            })
        });
        assert!(kept.await.expect("written"), "nobody's account");
    });
}

/// A function that only one database has run is a function that may not work on the other.
#[test]
fn no_function_of_the_store_is_left_out() {
    let suite: String = sources("tests/it")
        .into_iter()
        .filter(|(path, _)| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("store_")))
        .map(|(_, text)| text)
        .collect();
    let (mut found, mut missing) = (0, Vec::new());
    for (path, text) in sources("src/store") {
        let module = path.file_stem().expect("name").to_string_lossy().into_owned();
        for line in text.lines() {
            let Some((indent, rest)) = line.split_once("pub async fn ") else { continue };
            let name = rest.split(['(', '<']).next().unwrap_or_default();
            // `Db` is behind `Store` and cannot be named.
            let calls = match (indent.trim().is_empty() && indent.is_empty(), module.as_str()) {
                (_, "db") => continue,
                // What the module gives on by its own name is called through it.
                (true, _) if module == name => vec![format!("store::{name}(")],
                (true, _) => vec![format!("{module}::{name}(")],
                (false, _) => vec![format!(".{name}("), format!("::{name}(")],
            };
            found += 1;
            if !calls.iter().any(|call| suite.contains(call)) {
                missing.push(format!("{module}::{name}"));
            }
        }
    }
    assert!(found > 60, "the functions were not found");
    assert!(missing.is_empty(), "no tests/it/store_*.rs calls {missing:?}");
}
