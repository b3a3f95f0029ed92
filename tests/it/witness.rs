//! Two installations that hold each other: heads go out as files, come back cosigned, and are checked wherever they are kept.

use std::fs;
use std::path::Path;

use app::trail::verify::bundle_with;
use app::trail::verify_db::database;
use app::trail::witnessing::{LogOf, cosign};
use domain::audit::witness::WitnessKey;
use domain::role::Role;
use store::{cosignatures, logs};

use crate::bundle_story::python;
use crate::live_bundle::{bundle, holds, kept};
use crate::serve::tinnhiem;
use crate::site::{Engine, Site, on_both};
use crate::store_log::past_the_program;
use crate::two_processes::data_with_key;

const NAME: &str = "tinh.example.gov.vn/chung";

#[test]
fn a_province_cosigns_the_head_of_a_commune_and_the_bundle_carries_it() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "giam.sat", "Lê Thị Giám Sát", Role::Auditor).await;
        let poll = site.has_sealed_poll(council).await.poll;
        site.has_published_poll(council, poll).await;
        let province = site.database.folder().join("tinh");
        let of = LogOf::Poll(poll);
        let sent = site.app.head_for_witness(of, None).await.expect("head");
        let text = sent.request.to_text();
        let asks = |text: &str, key: Option<&str>| cosign(&province, NAME, text, key);
        assert!(asks(&text, None).expect_err("a log that nobody knows").to_string().contains("--log-key"));
        let given = asks(&text, Some(&sent.key)).expect("cosigned");
        assert_eq!(given.size, sent.size);
        // The witness remembers where it stands: what begins elsewhere is not cosigned, the same head again is.
        let conflict = asks(&text, None).expect_err("it stands there already").to_string();
        assert!(conflict.contains(&format!("--from {}", sent.size)), "{conflict}");
        let again = site.app.head_for_witness(of, Some(sent.size)).await.expect("head");
        assert_eq!(asks(&again.request.to_text(), None).expect("the same head").size, sent.size);
        assert!(site.app.head_for_witness(of, Some(sent.size + 1)).await.is_err(), "the log has not so many");

        let key = WitnessKey::parse(&given.key).expect("key");
        let taken = site.app.take_cosignature(of, &given.line, &key).await.expect("taken");
        assert_eq!((taken.witness.as_str(), taken.size), (NAME, sent.size));
        let own = LogOf::Council(council);
        assert!(site.app.take_cosignature(own, &given.line, &key).await.is_err(), "of another log");
        database(&site.database.target(), None).await.expect("database").expect("holds");

        let mut auditor = site.signed_in("mau", "giam.sat").await;
        let (_, bytes) = bundle(&mut auditor, poll).await;
        let zip = kept(&site, "goi.zip", &bytes);
        holds(&zip);
        let asked = |key: &str| bundle_with(&zip, None, &[key.to_owned()]).expect("a bundle");
        let report = asked(&given.key).expect("cosigned").to_string();
        assert!(report.contains(&format!("ĐẠT [witness] {NAME} đã đồng chứng điểm chốt")), "{report}");
        assert!(!report.contains("chạy lại với --witness"), "{report}");
        let (code, said) = python(&zip, &["--witness", &given.key]);
        assert!(code == Some(0) && said.contains(&format!("ok: {NAME} cosigned checkpoints/")), "{said}");
        let silent = cosign(&site.database.folder().join("huyen"), NAME, &text, Some(&sent.key)).expect("another key");
        let refused = asked(&silent.key).expect_err("it said nothing here").to_string();
        assert!(refused.contains("không đồng chứng điểm chốt nào"), "{refused}");
        let (code, said) = python(&zip, &["--witness", &silent.key]);
        assert!(code == Some(1) && said.contains("cosigned no head of this bundle"), "{said}");
        let unasked = bundle_with(&zip, None, &[]).expect("a bundle").expect("holds").to_string();
        assert!(unasked.contains("1 chữ ký đồng chứng kèm theo"), "{unasked}");

        // Somebody with the database puts another line in its place.
        let off = match engine {
            Engine::Sqlite => "DROP TRIGGER cosignatures_stand;",
            Engine::Postgres => "ALTER TABLE cosignatures DISABLE TRIGGER USER;",
        };
        let line = silent.line.replace('\'', "");
        let change = format!("{off} UPDATE cosignatures SET line = '{line}' WHERE council_id = :council");
        past_the_program(&site.database, council, &change).await.expect("changed");
        let found = database(&site.database.target(), None).await.expect("database").expect_err("found").to_string();
        assert!(found.contains("bảng cosignatures"), "{found}");
    });
}

/// The three commands, as offices use them: files out, files in.
#[test]
fn the_commands_pass_a_council_log_to_a_witness_and_back() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    runtime.block_on(async {
        let (site, council) = Site::with_council_now(Engine::Sqlite).await;
        let home = site.database.folder();
        let data = data_with_key(&home);
        let runs = |arguments: &[&str], data: &Path| {
            let mut command = tinnhiem();
            command.args(arguments).arg("--data").arg(data).env("DATABASE_URL", site.database.url());
            let output = command.output().expect("program");
            let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim().to_owned();
            (output.status.code(), text(output.stdout), text(output.stderr))
        };
        let path = |name: &str| home.join(name).display().to_string();
        let (head, line) = (path("dau.txt"), path("chung.txt"));
        let (code, log_key, said) = runs(&["head", "--council", "mau", "--out", &head], &data);
        assert_eq!(code, Some(0), "{said}");
        assert!(fs::read_to_string(&head).expect("file").starts_with("old 0\n\ntinnhiem/mau/"));
        let province = home.join("tinh");
        let asks = ["witness", &head, "--name", NAME, "--log-key", &log_key, "--out", &line];
        let (code, key, said) = runs(&asks, &province);
        assert_eq!(code, Some(0), "{said}");
        let (code, _, said) = runs(&["head", "--council", "mau", "--take", &line, "--witness", &key], &data);
        assert!(code == Some(0) && said.contains(NAME), "{said}");
        // The next head begins where the witness stands, without anybody saying so.
        site.signed_in("mau", "quan.tri").await;
        let (code, ..) = runs(&["head", "--council", "mau", "--out", &head], &data);
        assert_eq!(code, Some(0));
        assert!(!fs::read_to_string(&head).expect("file").starts_with("old 0\n"));
        let (code, _, said) = runs(&["witness", &head, "--name", NAME, "--out", &line], &province);
        assert_eq!(code, Some(0), "{said}");
        // Whoever can write to its folder cannot make a witness forget, so that it cosigns another history.
        let state = province.join("witness.txt");
        let was = fs::read_to_string(&state).expect("file");
        let forgets: String = was.lines().filter(|line| !line.contains("+")).map(|line| format!("{line}\n")).collect();
        for forged in [forgets, was.replacen("tinnhiem/mau", "tinnhiem/xau", 1), format!("{was}\n")] {
            fs::write(&state, forged).expect("file");
            let (code, _, said) =
                runs(&["witness", &head, "--name", NAME, "--log-key", &log_key, "--out", &line], &province);
            assert!(code == Some(2) && said.contains("bị sửa"), "{code:?} {said}");
        }
        let mut tx = site.store.read(council).await.expect("read");
        let own = logs::own(&mut tx).await.expect("log");
        assert_eq!(cosignatures::list(&mut tx, own).await.expect("rows").len(), 1);
    });
}
