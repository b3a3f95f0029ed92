//! `tinnhiem verify --db`: what somebody changed past the program is found.

use app::service::keys::Keys;
use app::trail::verify_db::{DbFailure, database};
use domain::id::CouncilId;
use zeroize::Zeroizing;

use crate::site::{Engine, Site, on_both};
use crate::store_log::{append, own_log, past_the_program};

pub fn keys() -> Keys {
    Keys::new(Zeroizing::new([7; 32]))
}

/// A council with some history and a signed head.
async fn council_with_history(engine: Engine) -> (Site, CouncilId) {
    let (site, council) = Site::with_council(engine).await;
    site.signed_in("mau", "quan.tri").await;
    let log = own_log(&site.store, council).await;
    let (app, at) = (site.app.clone(), crate::store_log::now());
    let signed = site.store.write(council, move |tx| Box::pin(async move { app.sign_within(tx, log, None, at).await }));
    assert_eq!(signed.await.expect("checkpoint").size, 3);
    site.signed_in("mau", "quan.tri").await;
    (site, council)
}

/// Lets the story write what the triggers refuse, as an administrator of the database could.
pub async fn without_triggers(site: &Site, council: CouncilId, statement: &str) {
    let switches = match site.database.engine {
        Engine::Sqlite => {
            let names = [
                "logs_only_grow",
                "log_entries_stand",
                "log_entries_stay",
                "checkpoints_stand",
                "checkpoints_stay",
                "revisions_stand",
                "revisions_stay",
            ];
            names.map(|name| format!("DROP TRIGGER {name};")).concat()
        }
        Engine::Postgres => ["logs", "log_entries", "checkpoints", "revisions"]
            .map(|table| format!("ALTER TABLE {table} DISABLE TRIGGER USER;"))
            .concat(),
    };
    past_the_program(&site.database, council, &format!("{switches} {statement}")).await.expect("tampering");
}

pub async fn failure(site: &Site) -> DbFailure {
    let outcome = database(&site.database.target(), Some(&keys())).await.expect("database");
    outcome.expect_err("the tampering is found")
}

#[test]
fn a_database_that_nobody_touched_holds() {
    on_both(|engine| async move {
        let (site, _) = council_with_history(engine).await;
        let report = database(&site.database.target(), Some(&keys())).await.expect("database").expect("holds");
        let text = report.to_string();
        assert_eq!(report.councils.len(), 2);
        assert_eq!(
            (report.councils[0].accounts, report.councils[0].logs[0].1, report.councils[0].logs[0].2),
            (1, 4, 1)
        );
        assert!(
            text.starts_with("Hội đồng nhân dân tỉnh Mẫu: 1 tài khoản, 0 thẻ truy cập và 0 bản ghi dữ liệu"),
            "{text}"
        );
        let other = Keys::new(Zeroizing::new([8; 32]));
        let wrong = database(&site.database.target(), Some(&other)).await.expect("database").expect_err("other key");
        assert!(wrong.cause.contains("không phải của khóa bí mật"), "{wrong}");
    });
}

#[test]
fn every_kind_of_tampering_is_found_with_its_place() {
    // What is done, at which entry it is found, and a word of the sentence.
    let cases: &[(&str, Option<u64>, &str)] = &[
        (
            "UPDATE log_entries SET entry = replace(entry, 'Nguyễn Quản Trị', 'Người Khác') WHERE council_id = :council AND seq = 1",
            Some(2),
            "mã gốc",
        ),
        (
            "UPDATE log_entries SET entry = replace(entry, '\"seq\":3', '\"seq\":4') WHERE council_id = :council AND seq = 3",
            Some(3),
            "mang số",
        ),
        (
            "UPDATE log_entries SET entry = replace(entry, '\"v\":1', '\"v\":2') WHERE council_id = :council AND seq = 0",
            Some(0),
            "",
        ),
        (
            "UPDATE log_entries SET entry = replace(entry, '2026-12-01T', '2026-11-01T') WHERE council_id = :council AND seq = 3",
            Some(3),
            "sớm hơn",
        ),
        ("UPDATE log_entries SET actor = 'Người Khác' WHERE council_id = :council AND seq = 3", Some(3), "chép đúng"),
        ("DELETE FROM log_entries WHERE council_id = :council AND seq = 3", None, "bảng logs ghi 4 bản ghi"),
        ("DELETE FROM log_entries WHERE council_id = :council AND seq = 1", Some(1), "mang số"),
        ("UPDATE logs SET size = 3 WHERE council_id = :council", None, "không đúng mẫu"),
        ("UPDATE checkpoints SET note = replace(note, '3', '4') WHERE council_id = :council", None, "điểm chốt"),
        ("UPDATE checkpoints SET size = 2 WHERE council_id = :council", None, "điểm chốt 2"),
        ("UPDATE logs SET public_key = 'x+00000000+AA==' WHERE council_id = :council", None, "khóa"),
        ("UPDATE accounts SET roles = 'admin,auditor' WHERE council_id = :council", None, "vai trò"),
        ("UPDATE accounts SET name = 'Người Khác' WHERE council_id = :council", None, "họ tên"),
        ("UPDATE accounts SET login = 'khac' WHERE council_id = :council", None, "tên đăng nhập"),
        ("UPDATE accounts SET state = 'disabled' WHERE council_id = :council", None, "trạng thái"),
        ("UPDATE councils SET name = 'Hội đồng khác' WHERE council_id = :council", None, "bảng councils"),
        ("UPDATE councils SET second_factor_required = TRUE WHERE council_id = :council", None, "bảng councils"),
        (
            "INSERT INTO slips (council_id, slip_id, account_id, code_sha256, issued_at, expires_at) \
          SELECT council_id, account_id, account_id, token_sha256, started_at, started_at FROM sessions \
          WHERE council_id = :council LIMIT 1",
            None,
            "không ghi đã in",
        ),
    ];
    on_both(|engine| async move {
        for (statement, seq, word) in cases {
            let (site, council) = council_with_history(engine).await;
            without_triggers(&site, council, statement).await;
            let found = failure(&site).await;
            assert_eq!(found.seq, *seq, "{statement}: {found}");
            let text = found.to_string();
            assert!(text.contains(word), "{statement}: {text}");
            let name = if statement.contains("councils SET name") {
                "Hội đồng khác"
            } else {
                "Hội đồng nhân dân tỉnh Mẫu"
            };
            assert!(text.starts_with(&format!("KHÔNG KHỚP: {name}")), "{text}");
        }
    });
}

/// Whoever rewrites the newest entries and the head with them is found by a head that was signed before.
#[test]
fn a_log_that_was_cut_off_is_shorter_than_its_signed_head() {
    on_both(|engine| async move {
        let (site, council) = council_with_history(engine).await;
        let log = own_log(&site.store, council).await;
        append(&site.store, council, log).await.expect("entry");
        // Down to two entries: the head of two is the one node over both.
        let mut tx = site.store.read(council).await.expect("read");
        let texts = store::logs::entries(&mut tx, log, 0, 2).await.expect("entries");
        drop(tx);
        let mut frontier = domain::audit::merkle::Frontier::default();
        for text in texts {
            frontier.push(domain::audit::merkle::leaf_hash(text.as_bytes()));
        }
        let peak = frontier.root().to_string();
        let bytes = if engine == Engine::Sqlite { format!("x'{peak}'") } else { format!("'\\x{peak}'") };
        let cut = format!(
            "DELETE FROM log_entries WHERE council_id = :council AND seq > 1; \
             UPDATE logs SET size = 2, peaks = {bytes} WHERE council_id = :council"
        );
        without_triggers(&site, council, &cut).await;
        let found = failure(&site).await;
        assert!(found.cause.contains("có điểm chốt của 3 bản ghi, mà nhật ký chỉ còn 2"), "{found}");
    });
}
