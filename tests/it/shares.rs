//! A close that takes shares of two of the board: until then nobody opens what was counted, and whoever has the machine does not.

use std::collections::BTreeMap;

use app::AppError;
use app::backup::Place;
use app::counting::day::TypedStep;
use app::polls::CountedBatch;
use app::trail::BundleKind;
use app::trail::bundle::{self, Options};
use app::trail::verify_db::database;
use domain::count::BatchCounts;
use domain::poll::{LevelCounts, PollKind};
use domain::poll_state::Stage;
use domain::proposal::ProposalKind;
use store::logs;

use crate::backup::{cheap, makes, opener, place_with_key, restores};
use crate::board::{Board, CLERK, LEADER, STRANGER, said};
use crate::bundle_story::python;
use crate::forged::opening;
use crate::outcome::words;
use crate::site::{CountingPoll, Database, Engine, RETURNED, on_both};
use crate::store_log::past_the_program;
use crate::store_verify::keys;

const HOLDERS: [&str; 3] = ["truong.ban", "kp.an", "kp.binh"];

/// The deck is waived, the zero report is made; nobody has a share.
pub async fn zeroed(engine: Engine) -> Board {
    let board = Board::sealed_with_shares(engine).await;
    let (head, leader) = (board.caller("truong.ban").await, board.caller(LEADER).await);
    let waiver = TypedStep { reason: "Máy in hỏng".into(), ..TypedStep::default() };
    board.two(&head, &leader, ProposalKind::DeckWaived, waiver).await.expect("waived");
    board.site.app.report_zero(board.site.hand(&head), board.poll).await.expect("zero");
    board
}

pub async fn opens(board: &Board) -> Result<(), AppError> {
    let (head, leader) = (board.caller("truong.ban").await, board.caller(LEADER).await);
    // The sample's day is in the past, so that two people say why it is opened all the same.
    let reason = "Kỳ họp dời ngày".to_owned();
    let present = TypedStep { present: "48".into(), reason, ..TypedStep::default() };
    board.two(&head, &leader, ProposalKind::VotingOpened, present).await
}

pub async fn takes(board: &Board, login: &str) -> Result<String, AppError> {
    let caller = board.caller(login).await;
    board.site.app.take_share(board.ask(&caller), board.poll).await.map(|share| share.to_string())
}

pub async fn batch(board: &Board, form: &str, lines: usize, low: u32) -> CountedBatch {
    let everybody = |low| LevelCounts::Rating { high: RETURNED - low, medium: 0, low };
    let mut counts = BatchCounts { papers: RETURNED, ..BatchCounts::zero(PollKind::Rating, lines) };
    counts.lines.fill(everybody(low));
    CountedBatch { form: form.to_owned(), batch: 1, counts, read: board.read(["kp.an", "kp.binh"]).await }
}

/// Three took shares, the ballots are counted and nothing is closed.
async fn counted(engine: Engine) -> (Board, CountingPoll, Vec<String>) {
    let board = zeroed(engine).await;
    let mut shares = Vec::new();
    for login in HOLDERS {
        shares.push(takes(&board, login).await.expect("a share"));
    }
    opens(&board).await.expect("opened");
    let head = board.caller("truong.ban").await;
    let counting = board.site.takes_ballots_back_as(&head, board.poll).await;
    for (form, lines) in &counting.forms {
        board.commits("kp.an", batch(&board, form, *lines, 3).await).await.expect("a batch");
    }
    (board, counting, shares)
}

async fn entries(board: &Board) -> Vec<String> {
    let mut tx = board.site.store.read(board.council).await.expect("read");
    let log = logs::of_poll(&mut tx, board.poll).await.expect("log").expect("log");
    logs::entries(&mut tx, log, 0, 1_000).await.expect("entries")
}

/// Sentences of the fields that are wrong, by field.
fn at_fields(refused: AppError) -> BTreeMap<&'static str, String> {
    match refused {
        AppError::Fields { fields } => fields.into_iter().map(|wrong| (wrong.field, wrong.sentence)).collect(),
        other => panic!("{other}"),
    }
}

#[test]
fn members_take_their_shares_before_the_vote_and_the_log_has_their_keys_alone() {
    on_both(|engine| async move {
        let board = zeroed(engine).await;
        assert!(said(opens(&board).await).contains("Chưa đủ hai thành viên"));
        for login in [STRANGER, LEADER, CLERK] {
            assert!(takes(&board, login).await.is_err(), "{login} is no member");
        }
        let first = takes(&board, "kp.an").await.expect("a share");
        assert_eq!(first.split(' ').map(str::len).collect::<Vec<_>>(), [4; 8], "{first}");
        assert!(said(opens(&board).await).contains("Chưa đủ hai thành viên"), "one is too few");
        let again = takes(&board, "kp.an").await.expect("another in its place");
        assert!(said(opens(&board).await).contains("Chưa đủ hai thành viên"), "one person is no two");
        takes(&board, "kp.binh").await.expect("a share");

        let an = board.caller("kp.an").await;
        let tried = async |typed: &str| board.site.app.try_share(&an, board.poll, typed).await;
        assert_eq!(tried(&again.to_uppercase()).await.expect("hers"), an.account.name);
        assert!(at_fields(tried(&first).await.expect_err("replaced"))["own_secret"].contains("xem lại từng nhóm"));
        assert!(at_fields(tried("12").await.expect_err("short"))["own_secret"].contains("8 nhóm"));
        opens(&board).await.expect("opened");
        assert!(said(takes(&board, "kp.cuc").await).contains("Không thể nhận mảnh khóa"), "it is too late");

        let told = entries(&board).await;
        let taken = told.iter().filter(|entry| entry.contains(r#""kind":"share.taken""#)).count();
        assert_eq!(taken, 3);
        for share in [&first, &again] {
            let digits = share.replace(' ', "");
            assert!(!told.iter().any(|entry| entry.contains(&digits) || entry.contains(share.as_str())));
        }
        board.is_held().await;
    });
}

#[test]
fn nothing_opens_before_the_close_and_two_shares_close() {
    on_both(|engine| async move {
        let (board, counting, shares) = counted(engine).await;
        let (head, leader, clerk) =
            (board.caller("truong.ban").await, board.caller(LEADER).await, board.caller(CLERK).await);
        let (app, poll, target) = (&board.site.app, board.poll, board.site.database.target());
        let (form, lines) = counting.forms[0].clone();

        // A batch that is sent again cannot be compared; one that is counted anew lies under the shares again.
        for low in [3, 4] {
            let refused = said(board.commits("kp.an", batch(&board, &form, lines, low).await).await);
            assert!(refused.contains("dưới mảnh khóa của Ban"), "{refused}");
        }
        let anew = TypedStep { about: format!("{form}/1"), reason: "Đếm nhầm".into(), ..TypedStep::default() };
        board.two(&head, &leader, ProposalKind::BatchReopened, anew).await.expect("reopened");
        board.commits("kp.an", batch(&board, &form, lines, 3).await).await.expect("counted anew");

        // With the key of the installation: all are there, none opens, here and from a backup.
        let under = format!("{} tập phiếu nằm dưới mảnh khóa", counting.forms.len());
        let report = database(&target, Some(&keys())).await.expect("database").expect("holds").to_string();
        assert!(report.contains(&under), "{report}");
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("a.age");
        makes(&target, Place::File(file.clone()), cheap()).await.expect("a backup");
        let ((_home, data), empty) = (place_with_key(), Database::new(engine).await);
        let restored = restores(&file, opener(), &data, &empty).await.unwrap_or_else(|refused| panic!("{refused}"));
        let report = restored.held.unwrap_or_else(|found| panic!("{found}")).to_string();
        assert!(report.contains(&under), "{report}");
        let out = folder.path().join("early");
        let early = app.write_bundle(board.site.hand(&clerk), (poll, BundleKind::Sealed), &out, &BTreeMap::new()).await;
        assert!(early.is_err() && !out.exists());
        assert!(opening(&board.site.database, board.council, &form).await.contains('.'), "it lies under a lock");

        let close = TypedStep::default();
        let id = app.propose_step(board.ask(&head), poll, ProposalKind::CountingClosed, &close).await.expect("close");
        let page = app.proposal(&leader, poll, id).await.expect("page");
        assert!(page.obstacle.is_none() && page.holders.len() == 3, "{page:?}");
        let before = entries(&board).await;
        let none = at_fields(app.confirm(board.ask(&leader), poll, id).await.expect_err("no share"));
        assert_eq!(none.keys().copied().collect::<Vec<_>>(), ["first_secret", "second_secret"]);
        let strange = "0123 4567 89ab cdef 0123 4567 89ab cdef";
        for (typed, field, sentence) in [
            ([shares[0].as_str(), ""], "second_secret", "8 nhóm"),
            ([shares[0].as_str(), shares[0].as_str()], "second_secret", "thành viên khác"),
            ([strange, shares[1].as_str()], "first_secret", "xem lại từng nhóm"),
            ([shares[2].as_str(), strange], "second_secret", "xem lại từng nhóm"),
        ] {
            let refused = app.confirm_with_shares(board.ask(&leader), poll, id, typed).await.expect_err("two shares");
            let wrong = at_fields(refused);
            assert!(wrong.len() == 1 && wrong[field].contains(sentence), "{wrong:?}");
        }
        assert!(app.confirm_with_shares(board.ask(&head), poll, id, [&shares[0], &shares[1]]).await.is_err(), "alone");
        assert_eq!((entries(&board).await, board.stage().await), (before, Stage::Counting), "nothing is half done");

        // The second and the third: the first is on nobody's paper any more.
        let typed = [shares[2].as_str(), shares[1].as_str()];
        app.confirm_with_shares(board.ask(&leader), poll, id, typed).await.expect("closed");
        assert_eq!(board.stage().await, Stage::Closed);
        let told = entries(&board).await;
        let closed = told.iter().find(|entry| entry.contains(r#""kind":"counting.closed""#)).expect("the close");
        let names = [&board.caller("kp.binh").await, &board.caller("kp.an").await].map(|by| by.account.name.clone());
        let told_shares = closed.split(r#""shares":"#).nth(1).expect("shares");
        assert!(names.iter().all(|name| told_shares.contains(name.as_str())), "{told_shares}");
        assert!(!opening(&board.site.database, board.council, &form).await.contains('.'), "under the key alone");
        let report = database(&target, Some(&keys())).await.expect("database").expect("holds").to_string();
        assert!(!report.contains("mảnh khóa"), "{report}");

        board.two(&head, &leader, ProposalKind::ResultDeclared, TypedStep::default()).await.expect("declared");
        for (kind, name) in [(BundleKind::Public, "public"), (BundleKind::Sealed, "sealed")] {
            let out = folder.path().join(name);
            app.write_bundle(board.site.hand(&clerk), (poll, kind), &out, &BTreeMap::new()).await.expect("bundle");
            bundle::verify(&out, &Options::default()).unwrap_or_else(|e| panic!("{e}"));
            let (code, text) = python(&out, &[]);
            assert_eq!(code, Some(0), "{text}");
        }
        let mut office = board.site.signed_in("mau", CLERK).await;
        let minutes = words(&office.opens(&format!("/ky/{poll}/giay-to/bien-ban-kiem-phieu.pdf")).await.bytes);
        let told = minutes.split("mảnh khóa của hai thành viên Ban kiểm phiếu;").nth(1).expect("a sentence");
        let told = told.split("đã nhập mảnh").next().expect("its end");
        assert!(names.iter().all(|name| told.contains(name.as_str())), "{told}");
    });
}

#[test]
fn a_choice_that_somebody_hides_in_the_database_closes_nothing() {
    on_both(|engine| async move {
        let board = zeroed(engine).await;
        for login in HOLDERS {
            takes(&board, login).await.expect("a share");
        }
        opens(&board).await.expect("opened");
        let (head, leader) = (board.caller("truong.ban").await, board.caller(LEADER).await);
        let off = match engine {
            Engine::Sqlite => "DROP TRIGGER log_entries_stand;",
            Engine::Postgres => "ALTER TABLE log_entries DISABLE TRIGGER USER;",
        };
        // The entry itself has its hash; the kind that stands beside it has none.
        let hides = "UPDATE log_entries SET kind = 'x' WHERE council_id = :council AND kind = 'board.appointed'";
        past_the_program(&board.site.database, board.council, &format!("{off} {hides}")).await.expect("hidden");
        let counting = board.site.takes_ballots_back_as(&head, board.poll).await;
        let (form, lines) = &counting.forms[0];
        // Sealed under no lock, it could not be locked again.
        let refused = said(board.commits("kp.an", batch(&board, form, *lines, 3).await).await);
        assert!(refused.contains("bị sửa từ bên ngoài"), "{refused}");
        // Hidden after the batches were sealed, it would close without the shares.
        let shows = "UPDATE log_entries SET kind = 'board.appointed' WHERE council_id = :council AND kind = 'x'";
        past_the_program(&board.site.database, board.council, shows).await.expect("shown");
        for (form, lines) in &counting.forms {
            board.commits("kp.an", batch(&board, form, *lines, 3).await).await.expect("a batch");
        }
        past_the_program(&board.site.database, board.council, hides).await.expect("hidden");
        let close = TypedStep::default();
        let kind = ProposalKind::CountingClosed;
        let closed = match board.site.app.propose_step(board.ask(&head), board.poll, kind, &close).await {
            Ok(id) => board.site.app.confirm(board.ask(&leader), board.poll, id).await,
            Err(refused) => Err(refused),
        };
        let refused = said(closed);
        assert!(refused.contains("bị viết lại") || refused.contains("từ bên ngoài"), "{refused}");
        assert_eq!(board.stage().await, Stage::Counting);
    });
}

#[test]
fn a_member_takes_a_share_and_two_give_theirs_on_pages() {
    on_both(|engine| async move {
        let (board, _, shares) = counted(engine).await;
        let head = board.caller("truong.ban").await;
        let path = format!("/ky/{}/manh-khoa", board.poll);
        let mut member = board.site.signed_in("mau", "kp.cuc").await;
        let late = member.opens(&path).await;
        assert!(late.all("main form").is_empty() && late.text("main ul").contains(&head.account.name), "{}", late.html);

        let close = TypedStep::default();
        let kind = ProposalKind::CountingClosed;
        let id = board.site.app.propose_step(board.ask(&head), board.poll, kind, &close).await.expect("close");
        let mut leader = board.site.signed_in("mau", LEADER).await;
        let page = leader.opens(&format!("/ky/{}/de-xuat/{id}", board.poll)).await;
        assert!(page.text("main form").contains(&head.account.name), "{}", page.html);
        let confirm = format!("/ky/{}/de-xuat/{id}/xac-nhan", board.poll);
        let typed = |one: &str, other: &str| [("first_secret", one.to_owned()), ("second_secret", other.to_owned())];
        let send = async |leader: &mut crate::site::Visitor, typed: [(&str, String); 2]| {
            leader.submits(&confirm, &typed.each_ref().map(|(name, value)| (*name, value.as_str()))).await
        };
        let same = send(&mut leader, typed(&shares[0], &shares[0])).await;
        assert!(same.text("#second_secret-error").contains("thành viên khác"), "{}", same.html);
        assert!(!same.html.contains(&shares[0]), "a share is not shown again");
        let closed = send(&mut leader, typed(&shares[0], &shares[1])).await;
        assert_eq!(closed.text(".notice"), "Đã xác nhận; việc này đã có hiệu lực.", "{}", closed.html);
        assert_eq!(board.stage().await, Stage::Closed);
    });
}

#[test]
fn a_share_is_shown_once_on_the_page_that_gives_it() {
    on_both(|engine| async move {
        let board = Board::sealed_with_shares(engine).await;
        let path = format!("/ky/{}/manh-khoa", board.poll);
        let mut member = board.site.signed_in("mau", "kp.an").await;
        member.opens(&path).await;
        let shown = member.submits(&path, &[]).await;
        let share = shown.text("#own-share");
        assert_eq!(share.split(' ').count(), 8, "{}", shown.html);
        let again = member.opens(&path).await;
        assert!(!again.html.contains(&share) && again.html.contains("Nhận mảnh khác"), "{}", again.html);
        let tried = member.submits(&format!("{path}/thu"), &[("own_secret", &share)]).await;
        assert!(tried.text(".notice").contains("Đúng"), "{}", tried.html);
        let wrong = member.opens(&path).await;
        assert!(!wrong.html.contains(&share));
        let wrong = member.submits(&format!("{path}/thu"), &[("own_secret", "1234")]).await;
        assert!(wrong.text("#own_secret-error").contains("8 nhóm"), "{}", wrong.html);
        let mut office = board.site.signed_in("mau", CLERK).await;
        let office = office.opens(&path).await;
        assert!(office.all("main form").is_empty() && office.html.contains("Đã nhận"), "{}", office.html);
    });
}
