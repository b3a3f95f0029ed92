//! `/kiem-tra-goi` in a real browser: served, and saved and opened from the disk; on a phone's screen; good and bad bundles.

use std::fs;
use std::path::Path;

use app::trail::scenarios::{HONEST, Scenario};

use super::{Browser, DESKTOP, NARROW, in_browser, serve};
use crate::site::{Engine, Site};
use crate::strangers::{LIES, Lies, Mutants, rehearsed};

const ZIP: &str = "Gói đã tải về (goi-kiem-chung.zip)";

impl Browser {
    /// Gives the page a bundle and waits for its answer: whether the bundle agrees with itself.
    async fn drops(&mut self, bundle: &Path) -> bool {
        self.runs("delete document.documentElement.dataset.answered;").await;
        self.uploads(ZIP, bundle).await;
        self.waits_for("return 'answered' in document.documentElement.dataset;").await;
        self.runs("return document.documentElement.dataset.answered;").await == "holds"
    }

    /// Types two of the 16 groups of a root, and asks.
    async fn compares(&mut self, root: &str, groups: [usize; 2]) {
        for (which, group) in ["đầu", "sau"].into_iter().zip(groups) {
            self.chooses(&format!("Nhóm {which}: thứ mấy"), &group.to_string()).await;
            self.types(&format!("Nhóm {which}: 4 chữ số"), &root[4 * (group - 1)..4 * group]).await;
        }
        self.presses("So với bản giấy").await;
    }

    async fn answers(&self, part: &str) -> String {
        let said = self.runs(&format!("return document.querySelector('#{part} strong').textContent;")).await;
        said.as_str().unwrap_or_default().to_owned()
    }
}

#[test]
fn a_reader_checks_a_bundle_and_a_paper_without_trusting_anybody() {
    // A rehearsal has a runtime of its own.
    let Lies { folder, root, .. } = &*LIES;
    in_browser(async {
        let site = Site::empty(Engine::Sqlite).await;
        let address = serve(&site).await;
        let mut browser = Browser::at(&address, NARROW).await;
        browser.opens("/kiem-tra-goi").await;
        browser.screenshot(NARROW, "kiem-tra-goi-1-mo").await;
        assert!(browser.drops(&folder.path().join(HONEST)).await, "{}", browser.text().await);
        assert_eq!(browser.answers("holds").await, "Gói tự khớp");
        browser.compares(root, [3, 14]).await;
        browser.sees("Đúng là bản trên giấy của bạn").await;
        browser.screenshot(NARROW, "kiem-tra-goi-2-dung").await;
        assert_eq!(browser.axe().await, Vec::<String>::new());
        assert_eq!(browser.overflowing().await, Vec::<String>::new());
        let other = root.chars().rev().collect::<String>();
        browser.compares(&other, [3, 14]).await;
        browser.sees("Không phải bản trên giấy của bạn").await;
        assert!(!browser.drops(&folder.path().join("01.zip")).await);
        assert_eq!(browser.answers("holds").await, "Gói không khớp");
        browser.screenshot(NARROW, "kiem-tra-goi-3-sai").await;
        browser.screenshot(DESKTOP, "kiem-tra-goi-3-sai").await;
        assert_eq!(browser.axe().await, Vec::<String>::new());

        // Saved, and opened from the disk with the network off.
        let saved = folder.path().join("trang.html");
        fs::write(&saved, web::checker_page()).expect("saved");
        browser.goes_offline(true).await;
        browser.goes_to(&format!("file://{}", saved.display())).await;
        assert!(browser.drops(&folder.path().join(HONEST)).await, "{}", browser.text().await);
        browser.closes().await;
    });
}

#[test]
fn fifty_lies_are_seen_by_the_page() {
    let Lies { folder, made, root } = &*LIES;
    in_browser(async {
        let site = Site::empty(Engine::Sqlite).await;
        let address = serve(&site).await;
        let mut browser = Browser::at(&address, DESKTOP).await;
        browser.opens("/kiem-tra-goi").await;
        let mut unseen: Vec<String> = Vec::new();
        for Scenario { number, file, what, .. } in made {
            let holds = browser.drops(&folder.path().join(file)).await;
            // Two groups of the paper, as a reader would type them.
            let is_paper = holds && {
                browser.compares(root, [1, 9]).await;
                browser.answers("is-paper").await.starts_with("Đúng")
            };
            if holds && is_paper {
                unseen.push(format!("{number} {what}"));
            }
        }
        assert!(unseen.is_empty(), "{}", unseen.join("\n"));
        browser.closes().await;
    });
}

#[test]
fn what_the_other_verifiers_refuse_or_take_the_page_does_too() {
    let folder = tempfile::tempdir().expect("folder");
    let bundle = rehearsed(&folder.path().join("sample"));
    in_browser(async {
        let site = Site::empty(Engine::Sqlite).await;
        let address = serve(&site).await;
        let mut browser = Browser::at(&address, DESKTOP).await;
        browser.opens("/kiem-tra-goi").await;
        let mut apart = Vec::new();
        for (number, mutant) in Mutants::of(&bundle, "0", "1").enumerate() {
            // A file of the same name would be no change for the browser.
            let file = folder.path().join(format!("{number}.zip"));
            fs::write(&file, &mutant.zip).expect("written");
            let holds = browser.drops(&file).await;
            if Some(holds) != mutant.must_hold() {
                apart.push(format!("{}: {holds}", mutant.what()));
            }
        }
        assert!(apart.is_empty(), "{}", apart.join("\n"));
        browser.closes().await;
    });
}
