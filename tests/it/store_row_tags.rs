//! Somebody who can write to the database, and has no key, makes of one person two: another password, another session, one more
//! role, a slip of their own. The tag of such a row is not theirs to make, so nobody is let in by it.

use std::collections::BTreeMap;

use app::service::passwords::{self, Cost};
use axum::http::StatusCode;
use domain::account::{Account, AccountState};
use domain::audit::row_tag::{RowKey, TaggedTable};
use domain::audit::{LoggedAccount, hkdf};
use domain::id::{AccountId, CouncilId};
use domain::role::Role;
use domain::slip::SlipCode;
use store::row_tags::ForgedRow;
use store::{accounts, row_tags};
use zeroize::Zeroizing;

use crate::site::{Answer, PASSWORD, Site, Visitor, on_both};
use crate::slips::{codes, issues};
use crate::store_log::past_the_program;
use crate::tampering::found;

const TOLD: &str = "đã bị sửa từ bên ngoài chương trình";
/// The password of somebody else than the account's owner.
const OTHER: &str = "mat-khau-cua-nguoi-khac";

/// A council with a clerk, a leader and a delegate.
struct Office {
    site: Site,
    council: CouncilId,
    clerk: AccountId,
    leader: AccountId,
    delegate: AccountId,
}

impl Office {
    async fn of((site, council): (Site, CouncilId)) -> Self {
        let clerk = site.has_account(council, "thu.ky", "Lê Thư Ký", Role::Clerk).await;
        let leader = site.has_account(council, "lanh.dao", "Phạm Thường Trực", Role::Leader).await;
        let delegate = site.has_account(council, "lan", "Nguyễn Thị Lan", Role::Delegate).await;
        Self { site, council, clerk, leader, delegate }
    }

    async fn tampers(&self, statement: &str) {
        past_the_program(&self.site.database, self.council, statement).await.expect("tampering");
    }

    /// What `verify --db` says of a row.
    async fn is_named(&self, table: &str, row: impl ToString) {
        let said = found(&self.site).await.concat();
        let named = format!("bảng {table}, dòng {}", row.to_string());
        assert!(said.contains(&named) && said.contains("cột tag"), "{named}: {said}");
    }

    async fn tries(&self, login: &str, password: &str) -> (Visitor, Answer) {
        let mut visitor = self.site.visitor();
        let answer = visitor.signs_in("mau", login, password).await;
        (visitor, answer)
    }
}

fn is_refused(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", answer.html);
    assert!(answer.html.contains(TOLD) && answer.html.contains("người vận hành"), "{}", answer.html);
}

#[test]
fn a_password_of_ones_own_in_the_row_of_another_opens_nothing() {
    on_both(|engine| async move {
        let office = Office::of(Site::with_council(engine).await).await;
        let phc = passwords::hash(Cost::Least, Zeroizing::new(OTHER.to_owned()), [2; 32]).await.expect("hash");
        let of_leader = |column: &str, value: &str| {
            let leader = office.leader;
            format!("UPDATE accounts SET {column} = {value} WHERE council_id = :council AND account_id = '{leader}'")
        };
        office.tampers("CREATE TABLE kept AS SELECT * FROM accounts WHERE council_id = :council").await;
        for (column, value, password) in [
            ("password", format!("'{phc}'"), OTHER),
            ("second_factor", "'x'".to_owned(), PASSWORD),
            ("roles", "'clerk,leader'".to_owned(), PASSWORD),
            (
                "must_change_password",
                if engine == crate::site::Engine::Sqlite { "1" } else { "TRUE" }.to_owned(),
                PASSWORD,
            ),
            ("second_factor_step", "7".to_owned(), PASSWORD),
            ("reset_by", "'x'".to_owned(), PASSWORD),
            ("tag", "NULL".to_owned(), PASSWORD),
        ] {
            office.tampers(&of_leader(column, &value)).await;
            let (visitor, answer) = office.tries("lanh.dao", password).await;
            is_refused(&answer);
            assert!(visitor.cookie.is_none(), "{column}");
            office.is_named("accounts", office.leader).await;
            let back = of_leader(column, &format!("(SELECT {column} FROM kept WHERE login = 'lanh.dao')"));
            office.tampers(&back).await;
            office.tampers(&of_leader("tag", "(SELECT tag FROM kept WHERE login = 'lanh.dao')")).await;
        }
        office.tampers("DROP TABLE kept").await;
        assert_eq!(found(&office.site).await.concat(), "", "holds again");
        let (visitor, _) = office.tries("lanh.dao", PASSWORD).await;
        assert!(visitor.cookie.is_some());
        // Two rows that change their names to sign in with.
        let first = "UPDATE accounts SET login = 'tam' WHERE council_id = :council AND login = 'thu.ky'";
        let then = "UPDATE accounts SET login = 'thu.ky' WHERE council_id = :council AND login = 'lanh.dao'";
        office.tampers(first).await;
        office.tampers(then).await;
        is_refused(&office.tries("thu.ky", PASSWORD).await.1);
    });
}

#[test]
fn a_session_is_of_the_account_that_began_it_and_a_role_of_whoever_was_given_it() {
    on_both(|engine| async move {
        let office = Office::of(Site::with_council(engine).await).await;
        let mut clerk = office.site.signed_in("mau", "thu.ky").await;
        let (from, to) = (office.clerk, office.leader);
        let moves = |from: AccountId, to: AccountId| {
            format!("UPDATE sessions SET account_id = '{to}' WHERE council_id = :council AND account_id = '{from}'")
        };
        office.tampers(&moves(from, to)).await;
        let page = clerk.opens("/").await;
        is_refused(&page);
        assert!(!page.html.contains("Phạm Thường Trực"), "{}", page.html);
        let said = found(&office.site).await.concat();
        assert!(said.contains("bảng sessions, dòng"), "{said}");
        // Whoever is refused can sign in again in the same browser.
        office.tampers(&moves(to, from)).await;
        assert_eq!(clerk.opens("/").await.status, StatusCode::OK);
        let older = "UPDATE sessions SET started_at = '2026-12-02T01:00:00Z' WHERE council_id = :council";
        office.tampers(older).await;
        is_refused(&clerk.opens("/").await);
        let again = clerk.signs_in("mau", "thu.ky", PASSWORD).await;
        assert_eq!((again.path.as_str(), again.status), ("/", StatusCode::OK), "{}", again.html);

        let roles = "UPDATE accounts SET roles = 'clerk,leader' WHERE council_id = :council AND login = 'thu.ky'";
        office.tampers(roles).await;
        is_refused(&clerk.opens("/").await);
        office.is_named("accounts", office.clerk).await;
    });
}

#[test]
fn a_slip_that_nobody_printed_lets_nobody_in_and_can_be_revoked() {
    on_both(|engine| async move {
        let office = Office::of(Site::with_council(engine).await).await;
        let mut admin = office.site.signed_in("mau", "quan.tri").await;
        let own = codes(&issues(&mut admin, &[office.delegate], "7").await.bytes).remove(0);
        let code = SlipCode::new(&[9; 32]);
        let hash = code.hash(office.council);
        let bytes = if engine == crate::site::Engine::Sqlite { format!("x'{hash}'") } else { format!("'\\x{hash}'") };
        let change = format!("UPDATE slips SET code_sha256 = {bytes} WHERE council_id = :council");
        office.tampers(&change).await;
        let mut thief = office.site.visitor();
        thief.opens("/phieu/mau").await;
        is_refused(&thief.submits("/phieu/mau", &[("code", &code.grouped())]).await);
        assert!(thief.cookie.is_none());
        let said = found(&office.site).await.concat();
        assert!(said.contains("bảng slips, dòng"), "{said}");
        // New slips make it void, and it stays one that the program did not write.
        let new = codes(&issues(&mut admin, &[office.delegate], "7").await.bytes).remove(0);
        thief.opens("/phieu/mau").await;
        is_refused(&thief.submits("/phieu/mau", &[("code", &code.grouped())]).await);
        let mut lan = office.site.visitor();
        lan.opens("/phieu/mau").await;
        assert_ne!(lan.submits("/phieu/mau", &[("code", &own)]).await.path, "/");
        lan.opens("/phieu/mau").await;
        assert_eq!(lan.submits("/phieu/mau", &[("code", &new)]).await.path, "/");
    });
}

/// Rows of an older program have no tags; its successor tags them once, and a row that somebody else wrote gets none by a
/// change of another column.
#[test]
fn rows_of_an_older_program_are_tagged_once_and_no_change_tags_one_that_is_forged() {
    on_both(|engine| async move {
        let office = Office::of(Site::with_council(engine).await).await;
        office.site.signed_in("mau", "thu.ky").await;
        let (store, council, clerk) = (&office.site.store, office.council, office.clerk);
        for table in ["accounts", "sessions"] {
            office.tampers(&format!("UPDATE {table} SET tag = NULL WHERE council_id = :council")).await;
        }
        let mut tx = store.read(council).await.expect("read");
        assert!(!row_tags::is_any_tagged(&mut tx).await.expect("rows"));
        let forged = row_tags::forged(&mut tx).await.expect("rows");
        let row = ForgedRow { table: TaggedTable::Accounts, row: clerk.to_string(), login: Some("thu.ky".into()) };
        assert!(forged.len() == 5 && forged.contains(&row), "{forged:?}");
        assert!(accounts::list(&mut tx).await.expect("rows").is_empty());
        assert_eq!(accounts::list_as_stored(&mut tx).await.expect("rows").len(), 4);
        drop(tx);
        let tagged = store.write(council, |tx| Box::pin(row_tags::tag_again(tx))).await;
        assert_eq!(tagged.expect("tagged"), 5);
        let again = store.write(council, |tx| Box::pin(row_tags::tag_again(tx))).await;
        assert_eq!(again.expect("tagged"), 0);
        for table in ["accounts", "sessions"] {
            office.tampers(&format!("UPDATE {table} SET tag = 'x' WHERE council_id = :council")).await;
        }
        let mut tx = store.read(council).await.expect("read");
        let as_stored = accounts::list_as_stored(&mut tx).await.expect("rows");
        let taken = accounts::logins(&mut tx).await.expect("rows");
        assert!(taken.contains(&("thu.ky".into(), "Lê Thư Ký".into())), "{taken:?}");
        drop(tx);
        let said = |account: Account| LoggedAccount {
            login: account.login.to_string(),
            name: account.name,
            roles: account.roles.iter().collect(),
            is_open: account.state == AccountState::Open,
        };
        let all: BTreeMap<AccountId, LoggedAccount> =
            as_stored.into_iter().map(|account| (account.id, said(account))).collect();
        // Whom the log does not know, nobody vouches for.
        let without: BTreeMap<_, _> = all.clone().into_iter().filter(|(id, _)| *id != clerk).collect();
        let vouched =
            store.write(council, move |tx| Box::pin(async move { row_tags::vouch(tx, &without).await })).await;
        assert_eq!(vouched.expect("vouched"), 4);
        let mut tx = store.read(council).await.expect("read");
        assert_eq!(row_tags::forged(&mut tx).await.expect("rows"), [row]);
        drop(tx);
        let vouched = store.write(council, move |tx| Box::pin(async move { row_tags::vouch(tx, &all).await })).await;
        assert_eq!(vouched.expect("vouched"), 1);
        let mut tx = store.read(council).await.expect("read");
        assert!(row_tags::forged(&mut tx).await.expect("rows").is_empty());
        drop(tx);
        let mut tx = store.read(council).await.expect("read");
        assert!(row_tags::is_any_tagged(&mut tx).await.expect("rows"));
        assert_eq!(accounts::password(&mut tx, clerk).await.expect("row"), None, "no log has a password");
        drop(tx);
        assert_eq!(found(&office.site).await.concat(), "");

        office.tampers("UPDATE accounts SET roles = 'leader' WHERE council_id = :council AND login = 'thu.ky'").await;
        let refused = store.write(council, move |tx| Box::pin(store::credentials::take_password(tx, clerk))).await;
        assert!(refused.expect_err("forged").is_tampering());
        office.is_named("accounts", clerk).await;
    });
}

/// A key that is derived otherwise, or of another installation, tags nothing that is taken.
#[test]
fn the_key_of_rows_is_of_its_purpose() {
    let key = |label: &[u8]| RowKey::new(hkdf::derive(&[7; 32], label));
    let row = |key: &RowKey| key.row(TaggedTable::Accounts, CouncilId::INSTALLATION).with("login", "a");
    let tag = row(&key(b"tinnhiem/row-tag/v1")).tag();
    assert!(row(&key(b"tinnhiem/row-tag/v1")).holds(&tag));
    assert!(!row(&key(b"tinnhiem/row-tag/v2")).holds(&tag));
}
