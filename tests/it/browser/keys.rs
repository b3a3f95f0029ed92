//! The keying page under every hand: keyboards of every layout, a finger, a screen reader, a small screen.

use serde_json::{Value, json};

use super::actor::Screen;
use super::{Browser, DESKTOP, NARROW, TABLET, ZOOMED, in_browser, serve};
use crate::counting::{Hall, Laptop};
use crate::site::{Engine, PASSWORD};

/// A teller at the page of the first pile of a form of `lines` lines.
async fn keying(lines: u32, screen: Screen) -> (Hall, Browser) {
    let mut hall = Hall::counting(Engine::Sqlite, &[lines], &[20]).await;
    let address = serve(&hall.site).await;
    hall.opens("1", "10", "marks").await;
    let mut teller = Browser::at(&address, screen).await;
    teller.signs_in("Hội đồng nhân dân tỉnh Mẫu", "kp.an", PASSWORD).await;
    teller.sees("Chào").await;
    teller.opens(&hall.batch(1)).await;
    teller.sees("Phiếu 1").await;
    (hall, teller)
}

/// Sends the page what a browser sends for a key; gives what the page says then.
async fn hears(teller: &Browser, event: Value) -> Value {
    let script = format!(
        "const event = new KeyboardEvent('keydown', {{ bubbles: true, cancelable: true, ...{event} }}); \
         const at = document.querySelector({event}.at ?? 'body'); at.dispatchEvent(event); \
         const text = (what) => document.querySelector(`[data-show=${{what}}]`).textContent; \
         return {{ isTaken: event.defaultPrevented, sign: text('sign'), paper: text('paper'), \
         marks: [...document.querySelectorAll('[data-mark]')].map(e => e.textContent).join('|') }};"
    );
    teller.runs(&script).await
}

#[test]
fn a_key_of_every_layout_and_input_method_marks_or_says_what_can_be_done() {
    in_browser(async {
        let (_hall, teller) = keying(3, DESKTOP).await;
        const UNREAD: &str = "✗ Bộ gõ tiếng Việt đang bật hoặc phím này không dùng được";
        const UNKNOWN: &str = "✗ Phím này không dùng được: dùng phím số, Enter, Backspace hoặc các nút ở dưới.";
        // Keyboard, code, key, whether an input method composes; the mark that is written, or what is said.
        for (keyboard, code, key, composes, expected) in [
            ("US", "Digit1", "1", false, "1"),
            ("US, Shift held", "Digit3", "#", false, "3"),
            ("US number pad", "Numpad2", "2", false, "2"),
            ("number pad without NumLock", "Numpad1", "End", false, "1"),
            ("number pad without NumLock", "Numpad2", "ArrowDown", false, "2"),
            ("number pad without NumLock", "Numpad3", "PageDown", false, "3"),
            ("number pad without NumLock", "Numpad0", "Insert", false, "trống"),
            ("number pad without NumLock", "Numpad9", "PageUp", false, "hai ô"),
            ("Windows Vietnamese", "Digit1", "ă", false, "1"),
            ("Windows Vietnamese", "Digit2", "â", false, "2"),
            ("Windows Vietnamese", "Digit3", "ê", false, "3"),
            ("Windows Vietnamese", "Digit9", "Dead", false, "hai ô"),
            ("Windows Vietnamese", "Digit0", "đ", false, "trống"),
            ("AZERTY", "Digit1", "&", false, "1"),
            ("AZERTY", "Digit2", "é", false, "2"),
            ("AZERTY", "Digit0", "à", false, "trống"),
            ("AZERTY, Shift held", "Digit3", "3", false, "3"),
            ("full width", "Digit1", "１", false, "1"),
            ("full width, no code", "", "２", false, "2"),
            ("composing", "Digit1", "Process", true, "1"),
            ("composing", "Digit2", "Process", false, "2"),
            ("screen keyboard, no code", "", "3", false, "3"),
            ("composing a letter", "KeyA", "Process", true, UNREAD),
            ("screen keyboard that tells nothing", "", "Unidentified", false, UNREAD),
            ("a letter", "KeyA", "a", false, UNKNOWN),
            ("a Vietnamese letter", "BracketLeft", "ư", false, UNKNOWN),
            ("number pad's point", "NumpadDecimal", ",", false, UNKNOWN),
        ] {
            let told = hears(&teller, json!({ "code": code, "key": key, "isComposing": composes })).await;
            assert_eq!(told["isTaken"], true, "{keyboard} {code} {key}");
            if expected.starts_with('✗') {
                let sign = told["sign"].as_str().expect("text");
                assert!(
                    sign.starts_with(expected) && sign.contains("các nút ở dưới"),
                    "{keyboard} {code} {key}: {sign}"
                );
                assert_eq!(told["marks"], "||");
            } else {
                assert_eq!(told["marks"], format!("{expected}||"), "{keyboard} {code} {key}");
                hears(&teller, json!({ "code": "Backspace", "key": "Backspace" })).await;
            }
        }
        // A code that lies, and keys that are the browser's.
        for event in [
            json!({ "code": "Tab", "key": "Tab" }),
            json!({ "code": "F5", "key": "F5" }),
            json!({ "code": "ShiftLeft", "key": "Shift" }),
            json!({ "code": "Digit1", "key": "1", "ctrlKey": true }),
            json!({ "code": "Enter", "key": "Enter", "at": ".after a" }),
            json!({ "code": "Space", "key": " ", "at": "[data-press]" }),
            json!({ "code": "NumpadEnter", "key": "Enter", "at": "[data-press]" }),
        ] {
            let told = hears(&teller, event.clone()).await;
            assert_eq!((&told["isTaken"], &told["marks"]), (&json!(false), &json!("||")), "{event}");
        }
        let told = hears(&teller, json!({ "code": "Digit1", "key": "1", "at": ".after a" })).await;
        assert_eq!(told["marks"], "1||", "digits are the machine's wherever the focus is");
        // A key held down is one press.
        let told = hears(&teller, json!({ "code": "Digit1", "key": "1", "repeat": true })).await;
        assert_eq!(told["marks"], "1||");
        // The other keys by their place, and what is said at the end of a paper.
        hears(&teller, json!({ "code": "Digit2", "key": "â" })).await;
        let told = hears(&teller, json!({ "code": "Digit3", "key": "ê" })).await;
        assert_eq!(told["sign"], "✓ Đủ dòng: Enter để kết thúc phiếu 1.");
        for (code, key, sign) in [
            ("Equal", "₫", "✗ Chưa gửi được: còn phiếu chưa nhập."),
            ("NumpadAdd", "+", "✗ Chưa gửi được: còn phiếu chưa nhập."),
            ("Digit8", "*", "? Đến phiếu số: … Enter để đến, Backspace để thôi."),
            ("Backspace", "Backspace", "✓ Đủ dòng: Enter để kết thúc phiếu 1."),
            ("NumpadMultiply", "*", "? Đến phiếu số: … Enter để đến, Backspace để thôi."),
            ("Digit1", "ă", "? Đến phiếu số: 1 Enter để đến, Backspace để thôi."),
        ] {
            let told = hears(&teller, json!({ "code": code, "key": key })).await;
            assert_eq!(told["sign"], sign, "{code} {key}");
        }
        hears(&teller, json!({ "code": "NumpadEnter", "key": "Enter" })).await;
        let told = hears(&teller, json!({ "code": "NumpadSubtract", "key": "-" })).await;
        assert_eq!(told["sign"], "? Bấm số của lý do phiếu không hợp lệ; Backspace để bỏ.");
        hears(&teller, json!({ "code": "Backspace", "key": "Backspace" })).await;
        let told = hears(&teller, json!({ "code": "NumpadEnter", "key": "Enter" })).await;
        assert_eq!(told["paper"], "Phiếu 2");
        teller.closes().await;
    });
}

/// A whole pile by touch: ten papers, one of them invalid, one corrected, sent.
async fn counts_by_touch(teller: &mut Browser, lines: usize) {
    teller.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).await;
    for paper in 1..=10 {
        for line in 1..=lines {
            teller.taps(["1", "2", "3", "0", "9"][(paper + line) % 5]).await;
        }
        if paper == 4 {
            // A mark too many is taken back, then the whole paper is invalid.
            for key in ["Backspace", "-", "2"] {
                teller.taps(key).await;
            }
        }
        teller.taps("Enter").await;
    }
    teller.sees("✓ Đã nhập hết tập: phím + để gửi.").await;
    // Paper 10 by its number, its first line anew.
    for key in ["*", "1", "0", "Enter", "3", "Enter"] {
        teller.taps(key).await;
    }
    // Nothing takes the focus away from the page.
    assert_eq!(teller.runs("return document.activeElement.tagName;").await, "BODY");
    teller.taps("+").await;
    teller.sees("✓ Đã gửi.").await;
}

/// What the other of the two sends, who reads the same.
fn the_same(lines: usize) -> Value {
    let keys = |paper: usize| -> String {
        let key = |line: usize| ["1", "2", "3", "0", "9"][(paper + line) % 5];
        (1..=lines).map(|line| if (paper, line) == (10, 1) { "3" } else { key(line) }).collect()
    };
    let papers: Vec<String> = (1..=10).map(|paper| if paper == 4 { "-2".to_owned() } else { keys(paper) }).collect();
    crate::counting::pile(&papers.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_pile_is_counted_by_touch_alone_on_a_tablet_and_at_twice_the_size() {
    const LINES: usize = 12;
    in_browser(async {
        let (mut hall, mut teller) = keying(12, TABLET).await;
        let mut binh = Laptop::of(&hall.site, "kp.binh").await;
        for (number, screen) in [(1, TABLET), (2, ZOOMED)] {
            if number == 2 {
                hall.opens("2", "10", "marks").await;
                teller.opens(&hall.batch(2)).await;
                teller.sees("Phiếu 1").await;
            }
            teller.turns_to(screen).await;
            assert_eq!(teller.axe().await, Vec::<String>::new(), "{}", screen.name);
            assert_eq!(teller.small_targets().await, Vec::<String>::new(), "{}", screen.name);
            assert_eq!(teller.overflowing().await, Vec::<String>::new(), "{}", screen.name);
            teller.taps("1").await;
            teller.taps("2").await;
            teller.picture(screen, "nhap-phieu-cham").await;
            teller.taps("-").await;
            teller.picture(screen, "nhap-phieu-ly-do").await;
            assert_eq!(teller.axe().await, Vec::<String>::new(), "{}", screen.name);
            for key in ["Backspace", "Backspace", "*"] {
                teller.taps(key).await;
            }
            teller.picture(screen, "nhap-phieu-den-phieu").await;
            for key in ["Backspace", "Backspace"] {
                teller.taps(key).await;
            }
            counts_by_touch(&mut teller, LINES).await;
            assert_eq!(binh.keys(&hall.batch(number), "entry", &the_same(LINES)).await["state"], "taken");
            teller.sees("✓ Đã chốt tập.").await;
        }
        teller.closes().await;
    });
}

/// Lines of the page as a screen reader has them, from Chromium's own tree: the texts of each item, in order.
async fn lines_told(teller: &Browser) -> Vec<String> {
    teller.devtools("Accessibility.enable", json!({})).await;
    let tree = teller.devtools("Accessibility.getFullAXTree", json!({})).await;
    let nodes = tree["nodes"].as_array().expect("nodes").clone();
    let texts = |node: &Value| {
        let (mut texts, mut open) = (Vec::new(), vec![node["nodeId"].clone()]);
        while let Some(id) = open.pop() {
            let node = nodes.iter().find(|node| node["nodeId"] == id).expect("node");
            if node["role"]["value"] == "StaticText" {
                texts.push(node["name"]["value"].as_str().unwrap_or_default().trim().to_owned());
            } else {
                open.extend(node["childIds"].as_array().into_iter().flatten().rev().cloned());
            }
        }
        texts.retain(|text| !text.is_empty());
        texts.join(" / ")
    };
    let list = nodes.iter().find(|node| {
        let is_list = node["role"]["value"] == "list";
        is_list && node["childIds"].as_array().is_some_and(|items| items.len() == 3)
    });
    let items = list.expect("the list of lines")["childIds"].as_array().expect("items").clone();
    items.iter().map(|id| texts(nodes.iter().find(|node| node["nodeId"] == *id).expect("item"))).collect()
}

#[test]
fn a_screen_reader_is_told_line_name_and_what_was_marked() {
    in_browser(async {
        let (_hall, mut teller) = keying(3, DESKTOP).await;
        let names = teller.runs("return [...document.querySelectorAll('[data-name]')].map(e => e.textContent);").await;
        let name = |line: usize| names[line - 1].as_str().expect("name").to_owned();
        let item = |line: usize, words: &str| format!("{line} / {} / {words}", name(line));
        assert_eq!(lines_told(&teller).await, [1, 2, 3].map(|line| item(line, "chưa nhập")));
        let said = |what: &str| format!("return document.querySelector('[data-show={what}]').textContent;");
        let current = "return document.querySelector('.lines [aria-current]').dataset.line;";
        hears(&teller, json!({ "code": "Digit1", "key": "1" })).await;
        assert_eq!(teller.runs(&said("heard")).await, format!("Tín nhiệm cao. Dòng 2: {}.", name(2)));
        hears(&teller, json!({ "code": "Digit9", "key": "9" })).await;
        assert_eq!(teller.runs(current).await, "3");
        let told = [item(1, "Tín nhiệm cao"), item(2, "Đánh từ hai ô"), item(3, "chưa nhập")];
        assert_eq!(lines_told(&teller).await, told);
        // A refusal is text of a live region.
        hears(&teller, json!({ "code": "KeyA", "key": "a" })).await;
        let live = "const e = document.querySelector('[data-show=sign]'); return [e.getAttribute('aria-live'), e.textContent[0]];";
        assert_eq!(teller.runs(live).await, json!(["assertive", "✗"]));
        // By keyboard alone, with the focus on the buttons: the focus follows when a question hides them.
        let focus = "document.querySelector('.moves [data-press=\"*\"]').focus();";
        teller.runs(focus).await;
        teller.keys_to_page("↵").await;
        let focused = "return document.activeElement.closest('.keys').className;";
        assert_eq!(teller.runs(focused).await, "keys pad");
        teller.closes().await;
    });
}

/// Whether head, sign and keys are on the screen with the line that waits uncovered between them.
async fn assert_in_view(teller: &Browser, what: &str) {
    let script = "const box = e => e.getBoundingClientRect(); \
                  const [top, legend, row] = ['.keying-top', '.legend', '[data-current]'].map(e => box(document.querySelector(e))); \
                  const free = e => e.contains(document.elementFromPoint(box(e).x + 5, box(e).y + box(e).height / 2)); \
                  return { top: top.top, bottom: innerHeight - legend.bottom, above: row.top - top.bottom, \
                  below: legend.top - row.bottom, room: legend.top - top.bottom, \
                  free: ['[data-show=paper]', '[data-show=progress]', '.sign', '[data-current]'].every(e => free(document.querySelector(e))) };";
    let seen = teller.runs(script).await;
    let pixels = |name: &str| seen[name].as_f64().expect("pixels");
    for name in ["top", "bottom", "above", "below"] {
        assert!(pixels(name) >= -0.5, "{what}, {name}: {seen}");
    }
    assert!(pixels("room") >= 120.0 && seen["free"] == true, "{what}: {seen}");
}

#[test]
fn head_sign_and_keys_stay_in_view_over_a_hundred_and_twenty_lines() {
    in_browser(async {
        let (_hall, mut teller) = keying(120, DESKTOP).await;
        for screen in [DESKTOP, TABLET, ZOOMED, NARROW] {
            teller.turns_to(screen).await;
            assert_in_view(&teller, &format!("first line on {}", screen.name)).await;
            teller.keys_to_page(&"1".repeat(65)).await;
            teller.keys_to_page("x").await;
            assert_in_view(&teller, &format!("line 66 on {}", screen.name)).await;
            teller.picture(screen, "nhap-phieu-120-dong").await;
            teller.keys_to_page(&"2".repeat(54)).await;
            assert_in_view(&teller, &format!("last line on {}", screen.name)).await;
            assert_eq!(teller.overflowing().await, Vec::<String>::new(), "{}", screen.name);
            teller.keys_to_page("2").await;
            teller.sees("✓ Đủ dòng: Enter để kết thúc phiếu").await;
            teller.keys_to_page("↵").await;
            assert_in_view(&teller, &format!("next paper on {}", screen.name)).await;
        }
        assert_eq!(teller.axe().await, Vec::<String>::new());
        teller.closes().await;
    });
}

/// Takes the page's module in hand as the module that speaks with the server does, on a page of its own.
const IN_HAND: &str = "const done = arguments[arguments.length - 1]; \
    const old = document.querySelector('[data-keying]'), root = old.cloneNode(true); old.replaceWith(root); \
    Object.assign(root.dataset, JSON.parse(arguments[0])); \
    window.left = []; \
    root.addEventListener('keying:step', ({ detail }) => left.push(`${detail.step} ${detail.paper} ${detail.reason ?? ''}${detail.keys} ${detail.lines}`)); \
    root.addEventListener('keying:send', ({ detail }) => left.push(`send ${detail}`)); \
    const net = document.querySelector('script[type=module]').src; \
    fetch(net).then(answer => answer.text()).then(text => import(new URL(/[^\"/]*keying-page.mjs/.exec(text)[0], net))) \
    .then(({ bind }) => { window.machine = bind(root, () => {}); done(true); }, problem => done(String(problem)));";

async fn takes_in_hand(teller: &Browser, data: Value) {
    assert_eq!(teller.calls_back(IN_HAND, vec![json!(data.to_string())]).await, true);
}

#[test]
fn every_paper_leaves_the_page_as_it_is_finished_and_the_page_takes_what_the_server_says() {
    in_browser(async {
        let (_hall, mut teller) = keying(2, DESKTOP).await;
        let paper = |paper: usize, lines: &[usize]| json!({ "paper": paper, "lines": lines });
        let asked: Vec<Value> = (1..=4).map(|n| paper(n, &[1, 2])).collect();
        takes_in_hand(
            &teller,
            json!({ "asked": json!(asked).to_string(), "done": 1, "what": "entry", "suggest": "2" }),
        )
        .await;
        teller.sees("Từ phiếu 2 hai lượt lệch liên tiếp").await;
        teller.sees("xong 1/4").await;
        teller.picture(DESKTOP, "nhap-phieu-goi-y").await;
        assert_eq!(teller.axe().await, Vec::<String>::new());
        teller.keys_to_page("12↵-1↵33↵").await;
        assert_eq!(teller.runs("return left.splice(0);").await, json!(["put 2 12 1,2", "put 3 1 ", "put 4 33 1,2"]));
        let held = teller.runs("return [machine.held(), machine.steps().map(({ paper }) => paper)];").await;
        assert_eq!(held, json!([{ "finished": 4, "fromServer": 1, "isBegun": false }, [2, 3, 4]]));
        for (keys, sign) in [
            ("↵", "✗ Đã nhập hết tập: phím + để gửi."),
            ("1", "✗ Đã nhập đủ 4 phiếu: nếu trên tay còn phiếu, báo Trưởng ban sửa số phiếu của tập"),
        ] {
            teller.keys_to_page(keys).await;
            teller.sees(sign).await;
        }
        // The suggestion, by its button: the skipped paper is keyed, and now there is one too many.
        teller.presses("Chèn phiếu trước phiếu 2").await;
        teller.sees("? Nhập phiếu bỏ sót, thành phiếu 2; Enter khi đủ dòng.").await;
        teller.keys_to_page("99↵+").await;
        teller.sees("✗ Đã nhập 5 phiếu, nhiều hơn 4 phiếu của tập").await;
        teller.runs("machine.resize(5);").await;
        teller.keys_to_page("+").await;
        assert_eq!(teller.runs("return left.splice(0);").await, json!(["insert 2 99 1,2", "send null"]));
        // A paper of which the marks are not here, and one that is not in the pile.
        teller.keys_to_page("*1↵").await;
        teller.sees("Phiếu 1 đã gửi, trang này không giữ: nhập lại cả phiếu rồi Enter").await;
        teller.keys_to_page("21↵*3↵").await;
        teller.presses_within("//div[contains(@class, 'moves')]", "Del Xóa phiếu thừa").await;
        teller.sees("? Trong tập không có phiếu 3? Enter để xóa phiếu đã nhập này, Backspace để giữ.").await;
        teller.presses_within("//div[contains(@class, 'answer')]", "Enter Xóa phiếu này").await;
        assert_eq!(teller.runs("return left.splice(0);").await, json!(["put 1 21 1,2", "remove 3  "]));
        teller.sees("xong 4/5").await;
        teller.runs("machine.unbind();").await;

        // What is asked again begins with Enter: digits that were still being typed are no answers.
        let again = json!([paper(2, &[2]), paper(7, &[1])]).to_string();
        takes_in_hand(&teller, json!({ "asked": again, "done": 0, "what": "again" })).await;
        teller.sees("? Hai lượt lệch ở các dòng tô đậm: Enter để bắt đầu").await;
        teller.picture(DESKTOP, "nhap-phieu-nhap-lai").await;
        teller.keys_to_page("123").await;
        teller.sees("✗ Chưa bắt đầu: Enter để bắt đầu.").await;
        teller.keys_to_page("↵3↵1↵+").await;
        assert_eq!(teller.runs("return left.splice(0);").await, json!(["put 2 3 2", "put 7 1 1", "send null"]));
        teller.closes().await;
    });
}
