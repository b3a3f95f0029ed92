//! Tellers at laptops of their own, who speak with a running program as the keying page does: what they keyed is sent until
//! it is answered, always under the same id, and again after a restart.

use std::time::Duration;

use scraper::{Html, Selector};
use serde_json::{Value, json};
use ureq::Agent;

use crate::site::PASSWORD;

/// A browser without pages. The program may be away at any moment.
pub struct Wire {
    agent: Agent,
    address: String,
    cookie: String,
}

/// Status and body; `None` when nobody answered, or not to the end.
pub type Heard = Option<(u16, String)>;

impl Wire {
    /// Signs in as `login`.
    pub fn signed_in(address: &str, login: &str) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0);
        let agent: Agent = config.timeout_global(Some(Duration::from_secs(10))).build().into();
        let mut wire = Self { agent, address: format!("http://{address}"), cookie: String::new() };
        let body = form(&[("council", "mau"), ("login", login), ("password", PASSWORD)]);
        let request = wire.agent.post(format!("{}/dang-nhap", wire.address));
        let answer = request.header("content-type", FORM).send(body).expect("sign-in");
        let cookie = answer.headers()["set-cookie"].to_str().expect("text").split(';').next().expect("pair");
        wire.cookie = cookie.to_owned();
        wire
    }

    pub fn gets(&self, path: &str) -> Heard {
        let request = self.agent.get(format!("{}{path}", self.address)).header("cookie", &self.cookie);
        heard(request.call())
    }

    fn posts(&self, path: &str, kind: &str, body: &str) -> Heard {
        let request = self.agent.post(format!("{}{path}", self.address)).header("cookie", &self.cookie);
        heard(request.header("content-type", kind).send(body))
    }

    /// Fills the form of a page and sends it.
    pub fn submits(&self, path: &str, fields: &[(&str, &str)]) -> Heard {
        let (status, page) = self.gets(path)?;
        if status != 200 {
            return Some((status, page));
        }
        self.sends_form(path, &page, fields)
    }

    /// Sends the form of a page that was opened before.
    pub fn sends_form(&self, path: &str, page: &str, fields: &[(&str, &str)]) -> Heard {
        let mut all = hidden(path, page);
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let pairs: Vec<(&str, &str)> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.posts(path, FORM, &form(&pairs))
    }

    /// Sends the form of a page with a file in its field `file`.
    pub fn sends_file(&self, path: &str, page: &str, name: &str, bytes: &[u8]) -> Heard {
        let part = |head: String, body: &[u8]| {
            [b"--mark\r\nContent-Disposition: form-data; ", head.as_bytes(), b"\r\n\r\n", body, b"\r\n"].concat()
        };
        let mut body: Vec<u8> = hidden(path, page)
            .iter()
            .flat_map(|(name, value)| part(format!("name=\"{name}\""), value.as_bytes()))
            .collect();
        body.extend(part(format!("name=\"file\"; filename=\"{name}\""), bytes));
        body.extend(b"--mark--\r\n");
        let request = self.agent.post(format!("{}{path}", self.address)).header("cookie", &self.cookie);
        heard(request.header("content-type", "multipart/form-data; boundary=mark").send(&body[..]))
    }

    /// Sends JSON.
    pub fn tells(&self, path: &str, message: &Value) -> Heard {
        self.posts(path, "application/json", &message.to_string())
    }
}

/// What the form of a page carries unseen.
fn hidden(path: &str, page: &str) -> Vec<(String, String)> {
    let page = Html::parse_document(page);
    let hidden = Selector::parse(&format!("form[action='{path}'] input[type=hidden]")).expect("selector");
    let of = |name| move |input: &scraper::ElementRef<'_>| input.attr(name).unwrap_or_default().to_owned();
    page.select(&hidden).map(|input| (of("name")(&input), of("value")(&input))).collect()
}

const FORM: &str = "application/x-www-form-urlencoded";

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn heard(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Heard {
    let mut answer = answer.ok()?;
    let body = answer.body_mut().read_to_string().ok()?;
    Some((answer.status().as_u16(), body))
}

/// One paper as somebody keys it: the keys of its lines.
pub type Keys = String;

/// What one person keys of a batch, and keys again.
#[derive(Clone)]
pub struct Reading {
    /// The first time.
    pub first: Vec<Keys>,
    /// When lines are asked for again, or are to be decided.
    pub again: Vec<Keys>,
}

/// A message that was sent last: where nothing has moved since, it is sent once more as it was.
struct Held {
    /// State, run of the service, messages that were taken.
    at: [Value; 3],
    message: Value,
}

/// Keys a batch paper by paper until it is in: `/kiem-phieu/{poll}/{form}/{number}`. Gives up when `is_over`, and says whether
/// it is in.
pub fn keys_batch(wire: &Wire, batch: &str, reading: &Reading, is_over: &dyn Fn() -> bool) -> bool {
    let mut held: Option<Held> = None;
    while !is_over() {
        let told = wire.gets(&format!("{batch}/tien-do.json")).filter(|(status, _)| *status == 200);
        let Some(told) = told.and_then(|(_, body)| serde_json::from_str::<Value>(&body).ok()) else {
            std::thread::sleep(PAUSE);
            continue;
        };
        let at = ["state", "run", "revision"].map(|name| told[name].clone());
        let repeated = held.take().filter(|held| held.at == at);
        let mut next = match repeated {
            Some(held) => held,
            None => {
                let message = match told["state"].as_str().expect("state") {
                    "taken" => return true,
                    "key" => next_paper(&told, &reading.first),
                    what @ ("again" | "decide") => message(&told, (what, "send"), asked(&told, &reading.again)),
                    "agreed" => message(&told, ("entry", "commit"), json!([])),
                    _ => {
                        std::thread::sleep(PAUSE);
                        continue;
                    }
                };
                Held { at, message }
            }
        };
        // Another sign-in has another token; everything else stays as it was sent first.
        next.message["token"] = told["token"].clone();
        let answer = wire.tells(&format!("{batch}/gui"), &next.message);
        if let Some((200, answer)) = &answer
            && serde_json::from_str::<Value>(answer).is_ok_and(|told| told["state"] == "taken")
        {
            return true;
        }
        if answer.is_none() {
            held = Some(next);
        }
    }
    false
}

const PAUSE: Duration = Duration::from_millis(15);

pub fn message(told: &Value, (what, step): (&str, &str), papers: Value) -> Value {
    json!({
        "token": told["token"], "request": told["request"], "by": told["account"], "opened": told["opened"],
        "revision": told["revision"], "what": what, "step": step, "papers": papers,
    })
}

/// The paper after those that the table has, or the end of the reading.
fn next_paper(told: &Value, papers: &[Keys]) -> Value {
    let done = usize::try_from(told["done"].as_u64().expect("papers")).expect("small");
    match whole(papers).as_array_mut().expect("list").get_mut(done) {
        Some(paper) => message(told, ("entry", "put"), json!([paper.take()])),
        None => message(told, ("entry", "send"), json!([])),
    }
}

fn whole(papers: &[Keys]) -> Value {
    let paper = |(number, keys): (usize, &Keys)| {
        let lines: Vec<usize> = (1..=keys.len()).collect();
        json!({ "paper": number, "reason": null, "lines": lines, "keys": keys })
    };
    (1..).zip(papers).map(paper).collect()
}

fn asked(told: &Value, papers: &[Keys]) -> Value {
    let paper = |asked: &Value| {
        let number = usize::try_from(asked["paper"].as_u64().expect("number")).expect("small");
        let lines: Vec<usize> = serde_json::from_value(asked["lines"].clone()).expect("lines");
        let keys: String = lines.iter().map(|line| &papers[number - 1][line - 1..*line]).collect();
        json!({ "paper": number, "reason": null, "lines": lines, "keys": keys })
    };
    told["asked"].as_array().expect("list").iter().map(paper).collect()
}
