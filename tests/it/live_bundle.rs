//! The bundle of a vote that was counted in the service: from its papers' page, from the public page, and by a command. It
//! is one file, and both verifiers take it as it was downloaded.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use app::counting::day::TypedStep;
use app::trail::verify;
use axum::http::{Method, StatusCode, header};
use domain::audit::Moment;
use domain::id::PollId;
use domain::proposal::ProposalKind;
use domain::role::Role;

use crate::bundle_story::python;
use crate::outcome::has;
use crate::site::{GOLDEN, Site, Visitor, golden, on_both};
use crate::two_processes::puts_anchors;

/// The key file of [`crate::store_verify::keys`].
const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n";

/// Both verifiers take the file; gives what ours says.
pub fn holds(file: &Path) -> String {
    let report = verify::bundle(file, None).expect("a bundle").unwrap_or_else(|e| panic!("{e}")).to_string();
    let (code, text) = python(file, &[]);
    assert_eq!(code, Some(0), "{text}");
    report
}

pub fn kept(site: &Site, name: &str, bytes: &[u8]) -> PathBuf {
    let file = site.database.folder().join(name);
    fs::write(&file, bytes).expect("file");
    file
}

pub async fn bundle(visitor: &mut Visitor, poll: PollId) -> (StatusCode, Vec<u8>) {
    let answer = visitor.opens(&format!("/ky/{poll}/giay-to/goi-kiem-chung.zip")).await;
    (answer.status, answer.bytes)
}

#[test]
fn a_vote_of_the_service_has_a_bundle_from_its_result_on_and_everybody_has_it_once_it_is_public() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        for (login, name, role) in [
            ("giam.sat", "Lê Thị Giám Sát", Role::Auditor),
            ("lanh.dao", "Phạm Thường Trực", Role::Leader),
            ("truong.ban", "Ngô Trưởng Ban", Role::HeadTeller),
        ] {
            site.has_account(council, login, name, role).await;
        }
        let poll = site.has_sealed_poll(council).await.poll;
        let mut auditor = site.signed_in("mau", "giam.sat").await;
        site.opens_the_vote(council, poll).await;
        site.counts_all(council, poll, golden).await;
        site.closes_counting(council, poll).await;
        site.recounts(council, poll, GOLDEN, golden(GOLDEN)).await;
        assert_eq!(bundle(&mut auditor, poll).await.0, StatusCode::UNPROCESSABLE_ENTITY, "no result yet");

        // Of a result that is not public yet: with what the log then holds.
        site.declares(council, poll).await;
        let papers = auditor.opens(&format!("/ky/{poll}/giay-to")).await;
        assert_eq!(papers.all("a[href$='goi-kiem-chung.zip']"), ["Gói kiểm chứng (.zip)"]);
        let (status, early) = bundle(&mut auditor, poll).await;
        assert_eq!(status, StatusCode::OK);
        let early = kept(&site, "som.zip", &early);
        has(&holds(&early), &["4 điểm chốt", "đúng khi tính lại", "cả nhật ký khi ghi gói", "chưa công bố"]);
        site.signs_minutes(council, poll).await;
        let (_, signed) = bundle(&mut auditor, poll).await;
        has(&holds(&kept(&site, "ky.zip", &signed)), &["5 điểm chốt", "ký biên bản", "1 văn bản kèm theo"]);

        // Two people undo the signing: until the minutes are signed anew, no head is one of signed minutes.
        let wrong = TypedStep { reason: "Thiếu tên một thành viên".into(), ..TypedStep::default() };
        site.two(council, poll, ProposalKind::MinutesReopened, wrong).await.expect("undone");
        let (_, undone) = bundle(&mut auditor, poll).await;
        let undone = holds(&kept(&site, "huy-ky.zip", &undone));
        has(&undone, &["4 điểm chốt", "chưa công bố"]);
        assert!(!undone.contains("ký biên bản"), "{undone}");
        site.signs_minutes(council, poll).await;
        let (_, again) = bundle(&mut auditor, poll).await;
        has(&holds(&kept(&site, "ky-lai.zip", &again)), &["5 điểm chốt", "ký biên bản", "1 văn bản kèm theo"]);

        let mut guest = site.visitor();
        let public = format!("/cong-bo/mau/{poll}/goi-kiem-chung.zip");
        let mut leader = site.signed_in("mau", "lanh.dao").await;
        leader.opens(&format!("/ky/{poll}/ket-qua")).await;
        leader.submits(&format!("/ky/{poll}/cong-khai"), &[]).await;
        assert_eq!(guest.opens(&public).await.status, StatusCode::NOT_FOUND, "not published yet");
        site.publishes(council, poll).await;
        let (_, whole) = bundle(&mut auditor, poll).await;
        let file = kept(&site, "goi.zip", &whole);
        let report = holds(&file);
        has(&report, &["5 điểm chốt", "công bố:", "2 văn bản kèm theo"]);
        assert!(!report.contains("chưa công bố") && !report.contains("DIỄN TẬP"), "{report}");
        let page = guest.opens(&format!("/cong-bo/mau/{poll}")).await;
        assert_eq!(page.all(&format!("a[href='{public}']")).len(), 1, "{}", page.html);
        let shown = guest.sends_once(Method::GET, &public, None).await;
        assert_eq!((shown.status, &shown.bytes), (StatusCode::OK, &whole), "the same bytes for everybody");
        assert_eq!(shown.headers[header::CONTENT_TYPE], "application/zip");
        assert_eq!(guest.opens(&public).await.bytes, whole);

        // A file that somebody touched is none: a byte of the log, not one that an archive may spell in two ways.
        let mut touched = whole.clone();
        let name = b"log.jsonl";
        let log = touched.windows(name.len()).position(|bytes| bytes == name).expect("the log") + name.len();
        touched[log + 500] ^= 1;
        let touched = kept(&site, "sua.zip", &touched);
        assert!(verify::bundle(&touched, None).map_or(true, |held| held.is_err()));
        assert_eq!(python(&touched, &[]).0, Some(1));
        let root = page.all("ol.root li").join(" ");
        let held = verify::bundle(&file, Some(&root)).expect("a bundle").expect("holds");
        assert_eq!(held.on_paper, Some(Moment::Published), "the root of the public page is in it");

        let mut head = site.signed_in("mau", "truong.ban").await;
        assert_eq!(bundle(&mut head, poll).await.0, StatusCode::FORBIDDEN);
        // The sealed one is for the board's head and for leaders; what it has besides is the counts of each batch.
        let links = head.opens(&format!("/ky/{poll}/giay-to")).await.all("a[href$='.zip']");
        assert_eq!(links, ["Gói niêm phong (.zip)"]);
        let sealed = format!("/ky/{poll}/giay-to/goi-niem-phong.zip");
        let opened = head.opens(&sealed).await;
        assert_eq!(opened.status, StatusCode::OK);
        has(&holds(&kept(&site, "niem-phong.zip", &opened.bytes)), &["khớp cam kết", "gói niêm phong"]);
        has(&report, &["không mở tập phiếu nào"]);
        assert_eq!(auditor.opens(&sealed).await.status, StatusCode::FORBIDDEN);
        by_command(&site, poll, &whole);
    });
}

/// The command writes the same file, beside the service.
fn by_command(site: &Site, poll: PollId, whole: &[u8]) {
    let folder = site.database.folder();
    let key = folder.join("secret.key");
    fs::write(&key, KEY).expect("key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("mode");
    puts_anchors(&folder);
    let out = folder.join("lenh.zip");
    let run_as = |poll: &str, out: &Path, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tinnhiem"));
        command.args(["bundle", "--poll", poll, "--out"]).arg(out).arg("--data").arg(&folder).args(more);
        command.env("DATABASE_URL", site.database.url()).env_remove("TINNHIEM_KEY_FILE");
        let run = command.output().expect("tinnhiem");
        (run.status.code(), String::from_utf8_lossy(&run.stderr).into_owned())
    };
    let run = |poll: &str, out: &Path| run_as(poll, out, &[]);
    let sealed = folder.join("lenh-niem-phong.zip");
    let (code, said) = run_as(&poll.to_string(), &sealed, &["--sealed"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(verify::bundle(&sealed, None).expect("a bundle").expect("holds").is_sealed);
    let (code, said) = run(&poll.to_string(), &out);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("tinnhiem verify"), "{said}");
    assert_eq!(fs::read(&out).expect("file"), whole);
    fs::write(&out, "kept").expect("another file");
    let (code, said) = run(&poll.to_string(), &out);
    assert!(code == Some(2) && said.contains("tệp đã có"), "{code:?} {said}");
    assert_eq!(fs::read(&out).expect("file"), b"kept");
    let (code, said) = run("01900000-0000-7000-8000-000000000000", &folder.join("khac.zip"));
    assert_eq!(code, Some(2));
    assert!(said.contains("Không có cuộc bỏ phiếu"), "{said}");
}
