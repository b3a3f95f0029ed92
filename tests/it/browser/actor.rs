//! Somebody at a real browser: Debian's Chromium, driven by the WebDriver protocol.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::PrintConfigurationBuilder;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A screen in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    pub name: &'static str,
    pub width: u32,
    pub height: u32,
}

pub const DESKTOP: Screen = Screen { name: "desktop", width: 1280, height: 900 };
pub const TABLET: Screen = Screen { name: "tablet", width: 820, height: 1180 };
/// The desktop at 200 %.
pub const ZOOMED: Screen = Screen { name: "zoomed", width: 640, height: 450 };
/// The narrowest screen that pages are made for: a telephone, or a desktop at 400 %.
pub const NARROW: Screen = Screen { name: "narrow", width: 320, height: 700 };

const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
];

/// What `scripts/test` found or installed.
fn from_script(variable: &str) -> PathBuf {
    let path = env::var_os(variable);
    let path = path.unwrap_or_else(|| panic!("{variable} is not set: run scripts/test, which brings a browser along"));
    PathBuf::from(path)
}

pub struct Browser {
    client: Client,
    address: String,
    driver: Child,
    driver_address: String,
    session: String,
    _profile: TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends its browser with the session, and would leave it behind when it is killed. After a story that
        // went well the session is over already.
        let _ = ureq::delete(format!("{}/session/{}", self.driver_address, self.session)).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Browser {
    /// A fresh browser for the service at `address`.
    pub async fn at(address: &str, screen: Screen) -> Self {
        let (driver, port) = start_driver();
        let profile = tempfile::tempdir().expect("profile");
        let mut arguments: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let capabilities = json!({
            "goog:chromeOptions": { "binary": from_script("TINNHIEM_TEST_CHROMIUM"), "args": arguments },
        });
        let Value::Object(capabilities) = capabilities else { unreachable!() };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let driver_address = format!("http://127.0.0.1:{port}");
        let client = builder.capabilities(capabilities).connect(&driver_address).await.expect("session");
        let address = address.to_owned();
        let session = client.session_id().await.expect("session").expect("session");
        let mut browser = Self { client, address, driver, driver_address, session, _profile: profile };
        browser.turns_to(screen).await;
        browser
    }

    /// Turns the screen, or takes another. Chromium's windows do not go below 500 pixels, the emulated screen does.
    pub async fn turns_to(&mut self, screen: Screen) {
        let metrics =
            json!({ "width": screen.width, "height": screen.height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// A command of Chromium itself, by way of its driver.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let url = format!("{}/session/{}/goog/cdp/execute", self.driver_address, self.session);
        let body = json!({ "cmd": command, "params": parameters }).to_string();
        let answer = tokio::task::spawn_blocking(move || ureq::post(url).send(body)).await.expect("answer");
        let text = answer.expect(command).body_mut().read_to_string().expect(command);
        serde_json::from_str::<Value>(&text).expect(command)["value"].take()
    }

    /// Touches, with a finger, the seen key of the keying page of this name: it must be as large as a finger and uncovered.
    pub async fn taps(&self, key: &str) {
        let script = "const seen = [...document.querySelectorAll('[data-press]')].filter(e => e.dataset.press === arguments[0] \
                      && e.getClientRects().length); \
                      const r = seen[0]?.getBoundingClientRect(); if (!r) return null; \
                      const x = r.x + r.width / 2, y = r.y + r.height / 2; \
                      const isFree = seen[0].contains(document.elementFromPoint(x, y)); \
                      return { x, y, isFree, isLarge: r.width >= 48 && r.height >= 48 };";
        let place = self.client.execute(script, vec![json!(key)]).await.expect("script");
        assert!(place["isFree"] == true && place["isLarge"] == true, "{key}: {place} {}", self.text().await);
        let finger = json!([{ "x": place["x"], "y": place["y"] }]);
        self.devtools("Input.dispatchTouchEvent", json!({ "type": "touchStart", "touchPoints": finger })).await;
        self.devtools("Input.dispatchTouchEvent", json!({ "type": "touchEnd", "touchPoints": [] })).await;
    }

    pub async fn opens(&mut self, path: &str) {
        self.client.goto(&format!("{}{path}", self.address)).await.expect(path);
    }

    /// Leaves the service for another address.
    pub async fn goes_to(&mut self, address: &str) {
        self.client.goto(address).await.expect(address);
    }

    /// Path and query of the page.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.expect("address");
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    /// Types into the field of this label, in place of what stood there.
    pub async fn types(&mut self, label: &str, text: &str) {
        let field = self.find(&format!("//*[@id = //label[normalize-space() = '{label}']/@for]")).await;
        field.clear().await.expect(label);
        field.send_keys(text).await.expect(label);
    }

    /// Chooses an option of the field of this label.
    pub async fn chooses(&mut self, label: &str, option: &str) {
        let field = self.find(&format!("//select[@id = //label[normalize-space() = '{label}']/@for]")).await;
        field.select_by_label(option).await.expect(option);
    }

    /// Ticks the box whose label begins with this, or takes the tick away.
    pub async fn ticks(&mut self, label: &str) {
        self.find(&format!("//label[starts-with(normalize-space(), '{label}')]//input"))
            .await
            .click()
            .await
            .expect(label);
    }

    /// Chooses a file of this machine in the field of this label.
    pub async fn uploads(&mut self, label: &str, file: &Path) {
        let field = format!("//input[@type = 'file' and @id = //label[normalize-space() = '{label}']/@for]");
        self.find(&field).await.send_keys(&file.display().to_string()).await.expect(label);
    }

    /// Ticks the box in the row of a table that says this.
    pub async fn ticks_row(&mut self, text: &str) {
        let row = format!("//tr[contains(normalize-space(), '{text}')]//input[@type = 'checkbox']");
        self.find(&row).await.click().await.expect(text);
    }

    /// Presses the button or the link of this text, or opens what it hides.
    pub async fn presses(&mut self, text: &str) {
        self.presses_within("", text).await;
    }

    /// Clicks the first element that a CSS selector finds.
    pub async fn follows(&mut self, css: &str) {
        let wait = self.client.wait().at_most(Duration::from_secs(10));
        match wait.for_element(Locator::Css(css)).await {
            Ok(element) => {
                self.scrolls_to(&element).await;
                element.click().await.expect(css);
            }
            Err(problem) => panic!("no {css} on {}: {problem}\n{}", self.path().await, self.text().await),
        }
    }

    /// Brings a control into the middle of the screen, as somebody does before pressing it: a bar may lie over the edges.
    async fn scrolls_to(&self, element: &Element) {
        let element = serde_json::to_value(element).expect("an element");
        let script = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' });";
        // A page that refreshes itself may have taken it away.
        self.client.execute(script, vec![element]).await.ok();
    }

    /// The same within a part of the page, told by an `XPath`: `//article[1]`.
    pub async fn presses_within(&mut self, part: &str, text: &str) {
        let control = format!("{part}//*[self::button or self::a or self::summary][normalize-space() = '{text}']");
        // A page that refreshes itself may take the control away in the moment in which it is pressed.
        loop {
            let found = self.find(&control).await;
            self.scrolls_to(&found).await;
            match found.click().await {
                Err(problem) if problem.is_stale_element_reference() => {}
                pressed => return pressed.expect(text),
            }
        }
    }

    /// Comes back to the page, as somebody does who waits for long work, until it says this.
    pub async fn awaits(&mut self, text: &str) {
        let first = self.path().await;
        let said = format!("//main//*[contains(normalize-space(), '{text}')]");
        for turn in 0..600 {
            if self.client.find(Locator::XPath(&said)).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
            // The answer of a form that was just sent may still be on its way: to load the old page would end it.
            let path = self.path().await;
            if path != first || turn > 15 {
                self.opens(&path).await;
            }
        }
        panic!("{first} does not come to {text}: {}", self.text().await)
    }

    /// Fills in the page to sign in, and sends it.
    pub async fn signs_in(&mut self, council: &str, login: &str, password: &str) {
        self.opens("/dang-nhap").await;
        self.chooses("Cơ quan", council).await;
        self.types("Tên đăng nhập", login).await;
        self.types("Mật khẩu", password).await;
        self.presses("Đăng nhập").await;
    }

    async fn find(&self, xpath: &str) -> Element {
        match self.client.wait().at_most(Duration::from_secs(10)).for_element(Locator::XPath(xpath)).await {
            Ok(element) => element,
            Err(problem) => panic!("no {xpath} on {}: {problem}\n{}", self.path().await, self.text().await),
        }
    }

    /// Waits until the page says this.
    pub async fn sees(&mut self, text: &str) {
        self.find(&format!("//main//*[contains(normalize-space(), '{text}')]")).await;
    }

    /// What the page says.
    pub async fn text(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(problem) => problem.to_string(),
        }
    }

    /// Keys as a person without a mouse presses them.
    pub async fn keys(&mut self, keys: &[Key]) {
        for key in keys {
            let focused = self.client.active_element().await.expect("focus");
            let pressed = focused.send_keys(&String::from(char::from(*key))).await;
            // A key may lead to another page before it is reported as released.
            if let Err(problem) = pressed {
                assert!(problem.is_stale_element_reference(), "{problem}");
            }
        }
    }

    /// Text that is typed where the focus is.
    pub async fn writes(&mut self, text: &str) {
        let focused = self.client.active_element().await.expect("focus");
        focused.send_keys(text).await.expect("keys");
    }

    /// Keys that the page itself hears, wherever the focus is: `↵` for Enter, `⌫` for Backspace, `⌦` for Delete.
    pub async fn keys_to_page(&mut self, text: &str) {
        let key = |letter: char| match letter {
            '↵' => char::from(Key::Enter),
            '⌫' => char::from(Key::Backspace),
            '⌦' => char::from(Key::Delete),
            other => other,
        };
        let keys: String = text.chars().map(key).collect();
        let focused = self.client.active_element().await.expect("focus");
        // The last key may lead to another page before it is reported as released.
        if let Err(problem) = focused.send_keys(&keys).await {
            assert!(problem.is_stale_element_reference(), "{problem}");
        }
    }

    /// What the keying page is at: whether the batch is in, what is to be keyed, which lines.
    pub async fn keying(&self) -> Value {
        let script = "const r = document.querySelector('[data-keying]'); if (!r) return { done: false }; \
                      return { done: 'taken' in r.dataset, what: r.dataset.state, asked: JSON.parse(r.dataset.asked) };";
        self.runs(script).await
    }

    /// Loads the keying page of a batch once the server has so many papers of this teller: it goes on there.
    pub async fn loads_again(&mut self, batch: &str, papers: usize) {
        let script =
            format!("return fetch('{batch}/tien-do.json').then(a => a.json()).then(told => told.done === {papers});");
        self.waits_for(&script).await;
        self.opens(batch).await;
        self.sees(&format!("Máy chủ giữ {papers} phiếu đã nhập; nhập tiếp từ phiếu {}", papers + 1)).await;
    }

    /// Cuts this browser off from the network, or ends it.
    pub async fn goes_offline(&self, is_offline: bool) {
        self.devtools("Network.enable", json!({})).await;
        let conditions =
            json!({ "offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.devtools("Network.emulateNetworkConditions", conditions).await;
    }

    /// What fits on the screen, as a picture.
    pub async fn picture(&mut self, screen: Screen, file: &str) {
        self.turns_to(screen).await;
        let Some(folder) = pictures() else { return };
        let picture = self.client.screenshot().await.expect("picture");
        keep(&folder, &format!("{file}-{}.png", screen.name), &picture);
    }

    /// Presses Tab until the focus is on the control of this name (`…` at its end stands for the rest), and gives how often.
    pub async fn tabs_to(&mut self, name: &str) -> usize {
        let script = "const e = document.activeElement; const l = e.labels && e.labels[0]; \
                      return (l ? l.innerText : e.innerText || '').trim();";
        let mut passed = Vec::new();
        for presses in 1..200 {
            self.keys(&[Key::Tab]).await;
            let focused = self.runs(script).await;
            let focused = focused.as_str().unwrap_or_default();
            if name.strip_suffix('…').map_or(focused == name, |start| focused.starts_with(start)) {
                return presses;
            }
            passed.push(focused.to_owned());
        }
        panic!("Tab does not lead to {name} on {}, but to {passed:?}", self.path().await)
    }

    /// Waits until a script answers yes.
    pub async fn waits_for(&self, script: &str) {
        for _ in 0..100 {
            if self.runs(script).await == true {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{script}\n{}", self.text().await)
    }

    pub async fn runs(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.expect("script")
    }

    /// What a script gives that calls back.
    pub async fn calls_back(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute_async(script, arguments).await.expect("script")
    }

    /// What axe-core finds that is serious or critical, a line each.
    pub async fn axe(&self) -> Vec<String> {
        if self.runs("return !window.axe;").await == true {
            let axe = fs::read_to_string(from_script("TINNHIEM_TEST_AXE")).expect("axe-core");
            self.client.execute(&axe, Vec::new()).await.expect("axe-core");
        }
        let script = "const done = arguments[arguments.length - 1]; \
                      axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }) \
                      .then(found => done(found.violations), problem => done([{ id: String(problem) }]));";
        let found = self.client.execute_async(script, Vec::new()).await.expect("axe-core");
        let serious = |violation: &&Value| !matches!(violation["impact"].as_str(), Some("minor" | "moderate"));
        let line = |violation: &Value| {
            let places: Vec<String> =
                violation["nodes"].as_array().into_iter().flatten().map(|node| node["html"].to_string()).collect();
            format!("{}: {} {}", violation["id"], violation["help"], places.join(" "))
        };
        found.as_array().expect("violations").iter().filter(serious).map(line).collect()
    }

    /// Elements that are wider than the page, and so force it to scroll sideways.
    pub async fn overflowing(&self) -> Vec<String> {
        let script = "const w = document.documentElement.clientWidth; \
                      if (document.documentElement.scrollWidth <= w) return []; \
                      return [...document.querySelectorAll('body *')] \
                      .filter(e => e.getBoundingClientRect().right > w + 1 && !e.closest('.scroll, .skip')) \
                      .map(e => e.outerHTML.slice(0, 120));";
        let found = self.runs(script).await;
        found.as_array().expect("list").iter().map(|line| line.to_string()).collect()
    }

    /// Controls in the page that are smaller than a finger: under 44 pixels, links within a sentence aside.
    pub async fn small_targets(&self) -> Vec<String> {
        let script = "return [...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, \
                      nav a, a.button, summary, label.check')] \
                      .filter(e => e.getClientRects().length && !(e.closest('label.check') && e.tagName === 'INPUT')) \
                      .filter(e => e.getBoundingClientRect().height < 43.5) \
                      .map(e => e.outerHTML.slice(0, 120));";
        let found = self.runs(script).await;
        found.as_array().expect("list").iter().map(|line| line.to_string()).collect()
    }

    /// The whole page as a picture, however long it is.
    pub async fn screenshot(&mut self, screen: Screen, file: &str) {
        self.turns_to(screen).await;
        let Some(folder) = pictures() else { return };
        let height = self.runs("return Math.min(document.documentElement.scrollHeight, 6000);").await;
        let height = u32::try_from(height.as_u64().expect("height")).expect("height");
        self.turns_to(Screen { height: height.max(screen.height), ..screen }).await;
        let picture = self.client.screenshot().await.expect("picture");
        keep(&folder, &format!("{file}-{}.png", screen.name), &picture);
        self.turns_to(screen).await;
    }

    /// The page as it is printed.
    pub async fn prints(&self, file: &str) {
        let Some(folder) = pictures() else { return };
        let paper = PrintConfigurationBuilder::default().build().expect("paper");
        let pdf = self.client.print(paper).await.expect("print");
        keep(&folder, &format!("{file}-print.pdf"), &pdf);
    }

    pub async fn closes(self) {
        let ended: Result<(), CmdError> = self.client.clone().close().await;
        ended.expect("end of session");
    }
}

/// Folder for pictures that people look at. No test reads them, and taking them costs a quarter of the browser's time.
fn pictures() -> Option<PathBuf> {
    env::var_os("TINNHIEM_TEST_PICTURES").map(PathBuf::from)
}

fn keep(folder: &Path, name: &str, bytes: &[u8]) {
    fs::create_dir_all(folder).expect("folder");
    fs::write(folder.join(name), bytes).expect("picture");
}

fn start_driver() -> (Child, u16) {
    let mut driver = Command::new(from_script("TINNHIEM_TEST_CHROMEDRIVER"));
    let mut driver = driver.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("chromedriver");
    let lines = BufReader::new(driver.stdout.take().expect("output")).lines();
    for line in lines.map_while(Result::ok) {
        if let Some(port) = line.split("started successfully on port ").nth(1) {
            let port = port.trim_end_matches('.').parse().expect("port");
            return (driver, port);
        }
    }
    driver.kill().and_then(|()| driver.wait()).expect("chromedriver ends");
    panic!("chromedriver did not start")
}
