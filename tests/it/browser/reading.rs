//! A dossier of real size, read on a telephone, with a keyboard, and without a script.

use app::demo::fill::Links;
use domain::fact::{Fact, FactKind};
use domain::role::Role;
use fantoccini::key::Key;

use super::actor::Screen;
use super::{Browser, DESKTOP, NARROW, TABLET, in_browser, serve};
use crate::site::{Engine, LONG, PASSWORD, Site, checked, long_book};

const PHONE: Screen = Screen { name: "phone", width: 390, height: 844 };
/// Screens of a telephone that a dossier of real size takes before anything of it is unfolded.
const MOST_SCREENS: f64 = 8.0;
/// Height of what stands above every page on a telephone.
const MOST_HEAD: f64 = 120.0;

/// A delegate at the first dossier, which states [`LONG`] facts.
async fn reader(screen: Screen) -> (Browser, String, Site) {
    let (site, council) = Site::with_council(Engine::Sqlite).await;
    site.has_account(council, "dai.bieu", "Trần Thị Đại Biểu", Role::Delegate).await;
    site.app.fill(council, &long_book(), &Links::default()).await.expect("filled");
    let poll = site.has_poll(council).await;
    site.has_release(council, poll).await;
    let mut delegate = Browser::at(&serve(&site).await, screen).await;
    delegate.signs_in(&site.name(council).await, "dai.bieu", PASSWORD).await;
    delegate.sees("Chào").await;
    let dossier = format!("/doc/{poll}/1");
    delegate.opens(&dossier).await;
    (delegate, dossier, site)
}

async fn measured(browser: &Browser, script: &str) -> f64 {
    browser.runs(script).await.as_f64().expect("a number")
}

#[test]
fn a_dossier_of_real_size_is_read_on_a_telephone_from_what_needs_attention_down() {
    in_browser(async {
        let (mut delegate, dossier, _site) = reader(PHONE).await;
        let screens = measured(&delegate, "return document.documentElement.scrollHeight / 844;").await;
        eprintln!("{LONG} facts: {screens:.1} screens");
        delegate.screenshot(PHONE, "ho-so-309-dien-thoai").await;
        assert!(screens <= MOST_SCREENS, "{screens:.1} screens");
        let head = measured(&delegate, "return document.querySelector('.page-head').offsetHeight;").await;
        assert!(head <= MOST_HEAD, "the head takes {head} pixels");
        let shown = "const r = document.querySelector('.reading-bar').getBoundingClientRect(); \
                     return r.top >= 0 && r.bottom <= innerHeight;";
        assert_eq!(delegate.runs(shown).await, true, "what one does with a dossier is at hand on the first screen");

        // A figure leads to its fact, which was folded away.
        delegate.follows("dl.facts a[href^='#dk-']").await;
        let there = "const t = document.querySelector(':target'); \
                     const r = t.getBoundingClientRect(); return !!t.checkVisibility() && r.top >= 0 && r.top < innerHeight;";
        delegate.waits_for(there).await;

        delegate.opens(&dossier).await;
        delegate.presses("Lọc dữ kiện").await;
        delegate.follows(".fact-filter a[href*='muc=chua-dat']").await;
        delegate.sees("chưa đạt, chậm hoặc chưa xong").await;
        delegate.follows(".fact-filter a[href*='loai=target']").await;
        delegate.sees("trên 309 dữ kiện: Chỉ tiêu, chưa đạt").await;
        let statuses = "return [...document.querySelectorAll('.fold tbody tr')].filter(r => r.id)\
                        .every(r => r.checkVisibility() && r.innerText.includes('Không đạt'));";
        assert_eq!(delegate.runs(statuses).await, true, "nothing else, and nothing folded");
        delegate.screenshot(PHONE, "ho-so-309-loc-dien-thoai").await;
        delegate.presses("Xem cả hồ sơ").await;
        delegate.sees("Điểm cần xem").await;
        for screen in [NARROW, PHONE, TABLET, DESKTOP] {
            delegate.turns_to(screen).await;
            assert_eq!(delegate.axe().await, Vec::<String>::new(), "{}", screen.name);
            assert_eq!(delegate.overflowing().await, Vec::<String>::new(), "{}", screen.name);
            delegate.screenshot(screen, "ho-so-309").await;
        }
        assert_eq!(delegate.small_targets().await, Vec::<String>::new());
        delegate.closes().await;
    });
}

#[test]
fn a_dossier_is_unfolded_filtered_and_marked_as_read_with_the_keyboard_alone() {
    in_browser(async {
        let (mut delegate, dossier, _site) = reader(DESKTOP).await;
        delegate.tabs_to("Lọc dữ kiện").await;
        delegate.keys(&[Key::Enter]).await;
        let book = long_book();
        let of_year = checked(&book).filter(|fact| fact.period.year() == 2022).count();
        delegate.tabs_to(&format!("2022 ({of_year})")).await;
        delegate.keys(&[Key::Enter]).await;
        delegate.sees("trên 309 dữ kiện: năm 2022").await;
        assert_eq!(delegate.path().await, format!("{dossier}?nam=2022"));
        delegate.tabs_to("Xem cả hồ sơ").await;
        delegate.keys(&[Key::Enter]).await;
        delegate.sees("Điểm cần xem").await;
        delegate.tabs_to("Mục lục").await;
        delegate.keys(&[Key::Enter]).await;
        delegate.tabs_to("VII. Dữ kiện theo lĩnh vực").await;
        delegate.keys(&[Key::Enter]).await;
        let field = &book.facts[0].field;
        let in_field = |fact: &&Fact| fact.kind == FactKind::Target && fact.field == *field;
        let targets = checked(&book).filter(in_field).count();
        delegate.tabs_to(&format!("Chỉ tiêu ({targets})")).await;
        delegate.keys(&[Key::Enter]).await;
        let opened =
            "return document.activeElement.closest('details.fold[open]').querySelectorAll('tbody tr[id]').length;";
        assert_eq!(delegate.runs(opened).await, targets, "a kind of facts is unfolded");
        delegate.opens(&format!("{dossier}?loai=award")).await;
        delegate.tabs_to("Đọc xong…").await;
        delegate.keys(&[Key::Enter]).await;
        delegate.sees("Đã đánh dấu đã đọc").await;
        delegate.closes().await;
    });
}
