//! An auditor reads the log, and takes away what proves it.

use domain::audit::merkle::{Tree, leaf_hash, verify_inclusion};
use domain::audit::{Checkpoint, Digest, VerifierKey};
use domain::role::Role;
use serde_json::Value;

use crate::site::{PASSWORD, Site, on_both};

fn digest(hex: &str) -> Digest {
    hex.parse().expect("hash")
}

#[test]
fn an_auditor_finds_an_entry_and_takes_its_proof_away() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "giam.sat", "Lê Giám Sát", Role::Auditor).await;
        let mut auditor = site.signed_in("mau", "giam.sat").await;
        let logs = auditor.opens("/nhat-ky").await;
        let root: Digest = Digest::from_paper(&logs.all(".root li").join(" ")).expect("root");
        let key = VerifierKey::parse(&logs.all(".facts dd").pop().expect("key")).expect("key");
        let log = format!("/nhat-ky/{}", site.own_log(council).await);

        let list = auditor.opens(&log).await;
        assert_eq!(list.all("tbody th"), ["Đăng nhập", "Mở tài khoản", "Mở tài khoản", "Lập hội đồng"]);
        let list = auditor.opens(&format!("{log}?loai=account.opened&nguoi=&tu=2026-12-01&den=2026-12-01")).await;
        assert_eq!(list.all("tbody th"), ["Mở tài khoản"; 2]);
        assert_eq!(list.all("select option[selected]"), ["Mở tài khoản", "Mọi người"], "the filter stays as it was");
        let empty = auditor.opens(&format!("{log}?den=2026-11-30")).await;
        assert!(empty.text(".empty").contains("bỏ lọc"), "{}", empty.html);
        let wrong = auditor.opens(&format!("{log}?tu=mai&den=2026-12-01")).await;
        assert_eq!(wrong.all("#problems li").len(), 1, "a day that is none is told, not taken for another");

        let entry = auditor.opens(&format!("{log}/1")).await;
        assert_eq!(entry.text("h1"), "Mở tài khoản");
        assert!(entry.all(".facts dd").contains(&"Quản trị tài khoản".to_owned()), "{}", entry.html);
        assert!(entry.text(".notice").starts_with("Khớp"), "{}", entry.html);

        let proof: Value =
            serde_json::from_str(&auditor.opens(&format!("{log}/1/chung-minh.json")).await.html).unwrap();
        let (one, head) = (&proof["proofs"][0], digest(proof["root"].as_str().expect("root")));
        let hashes: Vec<Digest> =
            one["hashes"].as_array().expect("hashes").iter().map(|hash| digest(hash.as_str().expect("hash"))).collect();
        let leaf = leaf_hash(one["entry"].as_str().expect("entry").as_bytes());
        assert!(verify_inclusion(leaf, 1, one["size"].as_u64().expect("size"), &hashes, head));
        assert_eq!(head, root);

        auditor.opens(&log).await;
        let signed = auditor.submits(&format!("{log}/diem-chot"), &[]).await;
        assert_eq!(signed.text(".notice"), "Đã ký điểm chốt.");
        let note = auditor.opens(&format!("{log}/diem-chot.txt")).await;
        let checkpoint = Checkpoint::open(&note.html, &key).expect("signed by the key that the page shows");
        let file = auditor.opens(&format!("{log}/nhat-ky.jsonl")).await;
        assert!(file.headers["content-disposition"].to_str().expect("text").starts_with("attachment"));
        let mut tree = Tree::default();
        file.html.lines().for_each(|line| tree.push(leaf_hash(line.as_bytes())));
        assert_eq!(tree.root_at(checkpoint.size), Some(checkpoint.root), "the file leads to the signed root");
        assert!(auditor.opens("/tro-giup").await.text("footer").contains("bản ghi"));
    });
}

#[test]
fn pages_of_a_long_log_keep_the_filter() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_account(council, "giam.sat", "Lê Giám Sát", Role::Auditor).await;
        for _ in 0..51 {
            site.visitor().signs_in("mau", "quan.tri", PASSWORD).await;
        }
        let mut auditor = site.signed_in("mau", "giam.sat").await;
        let log = format!("/nhat-ky/{}", site.own_log(council).await);
        let first =
            auditor.opens(&format!("{log}?loai=session.started&nguoi=Nguy%E1%BB%85n+Qu%E1%BA%A3n+Tr%E1%BB%8B")).await;
        assert_eq!((first.all("tbody tr").len(), first.text(".pages p")), (50, "Trang 1/2".to_owned()));
        let page = scraper::Html::parse_document(&first.html);
        let next = scraper::Selector::parse("a[rel=next]").expect("selector");
        let next = page.select(&next).next().and_then(|link| link.attr("href")).expect("next page").to_owned();
        let second = auditor.opens(&next).await;
        assert_eq!(second.all("tbody th"), ["Đăng nhập"]);
        assert_eq!(second.all("tbody td[data-label=Người]"), ["Nguyễn Quản Trị"]);
        assert_eq!(second.text(".pages p"), "Trang 2/2");
    });
}
