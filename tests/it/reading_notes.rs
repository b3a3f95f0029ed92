//! Private notes: written by a delegate, read by nobody else.

use axum::http::StatusCode;
use store::notes;

use crate::reading::Hall;
use crate::site::{Visitor, log_of, on_both};

const PHRASE: &str = "tre xanh bờ ao";
const NOTE: &str = "Hỏi kỹ về gói thầu số 7\n\nxem lại năm 2023";

async fn chooses(visitor: &mut Visitor, phrase: &str) {
    visitor.opens("/toi/ghi-chu").await;
    let fields = [("note_passphrase", phrase), ("note_passphrase_again", phrase)];
    let chosen = visitor.submits("/toi/ghi-chu/dat", &fields).await;
    assert!(chosen.text(".notice").contains("đã mở"), "{}", chosen.html);
}

async fn writes(visitor: &mut Visitor, dossier: &str, text: &str) {
    visitor.opens(dossier).await;
    let saved = visitor.submits(&format!("{dossier}/ghi-chu"), &[("private_note", text)]).await;
    assert_eq!(saved.text(".notice"), "Đã lưu ghi chú.", "{}", saved.html);
}

#[test]
fn a_note_lies_sealed_in_the_database_and_opens_by_its_passphrase_alone() {
    on_both(|engine| async move {
        let hall = Hall::new(engine).await;
        let (mut lan, mut hai) = (hall.enters("lan").await, hall.enters("hai").await);
        let (dossier, all) = (format!("{}/1", hall.room()), format!("{}/ghi-chu", hall.room()));
        assert!(lan.opens(&all).await.text(".empty").contains("đặt mã khóa"));
        for (first, again, field) in
            [("ngắn", "ngắn", "note_passphrase"), (PHRASE, "tre xanh bờ hồ", "note_passphrase_again")]
        {
            lan.opens("/toi/ghi-chu").await;
            let fields = [("note_passphrase", first), ("note_passphrase_again", again)];
            let refused = lan.submits("/toi/ghi-chu/dat", &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(refused.all(&format!("#{field}-error")).len(), 1, "{}", refused.html);
            assert!(!refused.html.contains(first), "a passphrase is not shown again");
        }
        let before = log_of(&hall.site, hall.council).await.len();
        chooses(&mut lan, PHRASE).await;
        assert!(lan.note_cookie.is_some() && lan.cookie.is_some());
        writes(&mut lan, &dossier, NOTE).await;
        let page = lan.opens(&all).await;
        assert_eq!(page.all(".own-note h2"), ["Ông Phạm Văn Cường"]);
        assert!(page.text(".own-note").contains("gói thầu số 7"));
        let file = lan.opens(&format!("{all}.txt")).await;
        let text = String::from_utf8(file.bytes).expect("text");
        assert!(text.contains("== Ông Phạm Văn Cường ==\r\nHỏi kỹ về gói thầu số 7\r\n\r\nxem lại năm 2023"), "{text}");
        let stranger = hai.opens(&format!("{all}.txt")).await;
        assert!(stranger.text(".empty").contains("chưa có ghi chú nào"), "{}", stranger.html);
        assert_eq!(log_of(&hall.site, hall.council).await.len(), before, "no log tells of notes");

        let account = hall.site.account(hall.council, "lan").await;
        let mut tx = hall.site.store.read(hall.council).await.expect("read");
        let kept = notes::of_account(&mut tx, hall.poll, account).await.expect("notes").remove(0);
        let row = notes::key(&mut tx, account).await.expect("key").expect("key");
        drop(tx);
        let key = lan.note_cookie.clone().expect("cookie");
        let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        for bytes in [&kept.sealed, &row.salt, &row.wrapped, &row.key_check] {
            for text in ["gói thầu", "2023", PHRASE, key.rsplit('=').next().expect("key")] {
                assert!(!holds(bytes, text), "{text}");
            }
        }

        assert!(!hai.opens(&dossier).await.html.contains("gói thầu"), "another delegate sees none");
        chooses(&mut hai, "một mã khác hẳn").await;
        hai.note_cookie = Some(key.clone());
        assert!(hai.opens(&all).await.text(".empty").contains("0 ghi chú đang khóa"), "another's key opens nothing");

        lan.opens("/doc").await;
        lan.submits("/dang-xuat", &[]).await;
        assert_eq!(lan.note_cookie, None, "signing out takes the key away");
        let mut lan = hall.enters("lan").await;
        let locked = lan.opens(&all).await;
        assert!(locked.text(".empty").contains("1 ghi chú đang khóa") && !locked.html.contains("gói thầu"));
        lan.opens("/toi/ghi-chu").await;
        let wrong = lan.submits("/toi/ghi-chu/mo", &[("note_passphrase", "tre xanh bờ đê")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text("#note_passphrase-error").contains("không đúng"), "{}", wrong.html);
        let right = lan.submits("/toi/ghi-chu/mo", &[("note_passphrase", PHRASE), ("back", &dossier)]).await;
        assert!(right.text(".notice").contains("đã mở"), "{}", right.html);
        assert!(lan.opens(&dossier).await.text("textarea[name=private_note]").contains("gói thầu số 7"));
    });
}

#[test]
fn the_key_does_not_outlive_its_session_and_a_note_is_not_carried_over() {
    on_both(|engine| async move {
        let hall = Hall::new(engine).await;
        let mut lan = hall.enters("lan").await;
        chooses(&mut lan, PHRASE).await;
        let dossier = format!("{}/1", hall.room());
        lan.opens(&dossier).await;
        hall.site.clock.advance(jiff::SignedDuration::from_hours(1));
        let ended = lan.submits(&format!("{dossier}/ghi-chu"), &[("private_note", NOTE)]).await;
        assert!(!ended.html.contains("gói thầu"), "the page in between may be in front of another person");
        assert_eq!(lan.note_cookie, None);
    });
}

#[test]
fn two_windows_one_note_and_a_passphrase_that_changes_or_is_forgotten() {
    on_both(|engine| async move {
        let hall = Hall::new(engine).await;
        let (dossier, all) = (format!("{}/3", hall.room()), format!("{}/ghi-chu", hall.room()));
        let mut lan = hall.enters("lan").await;
        chooses(&mut lan, PHRASE).await;
        writes(&mut lan, &dossier, "bản một").await;
        lan.opens(&dossier).await;
        let mut window = hall.enters("lan").await;
        window.opens("/toi/ghi-chu").await;
        window.submits("/toi/ghi-chu/mo", &[("note_passphrase", PHRASE)]).await;
        writes(&mut window, &dossier, "bản hai").await;
        let second = lan.submits(&format!("{dossier}/ghi-chu"), &[("private_note", "bản ba")]).await;
        assert_eq!(second.status, StatusCode::CONFLICT, "{}", second.html);
        assert_eq!(second.text("textarea[name=private_note]"), "bản ba", "what was typed is still there");
        let over = lan.submits(&format!("{dossier}/ghi-chu"), &[("private_note", "bản ba")]).await;
        assert_eq!(over.text(".notice"), "Đã lưu ghi chú.", "{}", over.html);

        lan.opens("/toi/ghi-chu").await;
        let newer = "cầu khỉ bến sông";
        let fields = [("old_note_passphrase", PHRASE), ("note_passphrase", newer), ("note_passphrase_again", newer)];
        let changed = lan.submits("/toi/ghi-chu/doi", &fields).await;
        assert!(changed.text(".notice").contains("Đã đổi mã khóa"), "{}", changed.html);
        let mut later = hall.enters("lan").await;
        later.opens("/toi/ghi-chu").await;
        let old = later.submits("/toi/ghi-chu/mo", &[("note_passphrase", PHRASE)]).await;
        assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
        later.submits("/toi/ghi-chu/mo", &[("note_passphrase", newer)]).await;
        assert!(later.opens(&all).await.text(".own-note").contains("bản ba"));

        later.opens("/toi/ghi-chu").await;
        let unsure = later.submits("/toi/ghi-chu/xoa", &[]).await;
        assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
        let gone = later.submits("/toi/ghi-chu/xoa", &[("confirmed", "yes")]).await;
        assert!(gone.text(".notice").contains("Đã xóa mọi ghi chú") && later.note_cookie.is_none(), "{}", gone.html);
        assert!(later.opens(&all).await.text(".empty").contains("đặt mã khóa"));
        let stray = lan.opens(&dossier).await;
        assert!(stray.html.contains("Đặt mã khóa"), "a key of notes that are gone opens nothing: {}", stray.html);
    });
}
