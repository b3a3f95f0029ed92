//! Somebody with a browser: keeps cookies, follows redirects, sends the hidden fields of the form on the page.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use scraper::{Html, Selector};
use tower::ServiceExt as _;
use web::address::ClientAddress;

use super::Database;

/// Stands between the parts of a form with a file.
const MARK: &str = "----tinnhiem-test";

pub struct Visitor {
    router: Router,
    pub cookie: Option<String>,
    /// The second cookie, with the key of private notes.
    pub note_cookie: Option<String>,
    /// What it keeps of having signed in, by names of cookies.
    pub known: BTreeMap<String, String>,
    /// What the browser says of itself.
    pub agent: &'static str,
    /// Where it stands in the network.
    pub address: IpAddr,
    /// The last page, whose form is sent next.
    page: String,
    /// Its files stay as long as somebody visits it.
    _database: Arc<Database>,
}

/// What came back, after redirects.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub path: String,
    pub html: String,
    pub headers: axum::http::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Text of every element that a CSS selector finds.
    pub fn all(&self, selector: &str) -> Vec<String> {
        texts(&self.html, selector)
    }

    /// An attribute of the first element that a CSS selector finds.
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let page = Html::parse_document(&self.html);
        let selector = Selector::parse(selector).expect("selector");
        page.select(&selector).next().and_then(|element| element.attr(name)).map(str::to_owned)
    }

    /// Text of the first element that a CSS selector finds.
    pub fn text(&self, selector: &str) -> String {
        self.all(selector).into_iter().next().unwrap_or_else(|| panic!("no {selector} in {}", self.html))
    }
}

fn texts(html: &str, selector: &str) -> Vec<String> {
    let page = Html::parse_document(html);
    let selector = Selector::parse(selector).expect("selector");
    let text = |element: scraper::ElementRef<'_>| {
        element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    page.select(&selector).map(text).collect()
}

impl Visitor {
    pub fn new(router: Router, database: Arc<Database>) -> Self {
        let address = IpAddr::from([192, 0, 2, 1]);
        let page = String::new();
        let known = BTreeMap::new();
        Self { router, cookie: None, note_cookie: None, known, agent: "", address, page, _database: database }
    }

    pub async fn opens(&mut self, path: &str) -> Answer {
        self.sends(Method::GET, path, None).await
    }

    /// Fills the fields into the form of the page that was opened last, and sends it to `path`.
    pub async fn submits(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.hidden_fields(path) {
            body.append_pair(&name, &value);
        }
        body.extend_pairs(fields);
        let body = body.finish();
        self.sends(Method::POST, path, Some(body)).await
    }

    pub async fn signs_in(&mut self, council: &str, login: &str, password: &str) -> Answer {
        self.opens("/dang-nhap").await;
        self.submits("/dang-nhap", &[("council", council), ("login", login), ("password", password)]).await
    }

    /// Hidden fields of the form on the last page that goes to `path`.
    pub fn hidden_fields(&self, path: &str) -> Vec<(String, String)> {
        let page = Html::parse_document(&self.page);
        let hidden = format!("form:is([action='{path}'], :has([formaction='{path}'])) input[type=hidden]");
        let hidden = Selector::parse(&hidden).expect("selector");
        let pair = |input: scraper::ElementRef<'_>| {
            Some((input.attr("name")?.to_owned(), input.attr("value").unwrap_or_default().to_owned()))
        };
        page.select(&hidden).filter_map(pair).collect()
    }

    /// Sends one request as it is, and follows redirects.
    pub async fn sends(&mut self, method: Method, path: &str, body: Option<String>) -> Answer {
        let answer = self.sends_once(method, path, body).await;
        if answer.status.is_redirection() {
            let to = answer.headers[header::LOCATION].to_str().expect("location").to_owned();
            return Box::pin(self.sends(Method::GET, &to, None)).await;
        }
        self.page.clone_from(&answer.html);
        answer
    }

    /// Sends one request as it is, and gives what came back as it is.
    pub async fn sends_once(&mut self, method: Method, path: &str, body: Option<String>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
        request = request.header(header::USER_AGENT, self.agent).extension(ClientAddress(self.address));
        let known = self.known.iter().map(|(name, value)| format!("{name}={value}"));
        let cookies: Vec<String> =
            [&self.cookie, &self.note_cookie].into_iter().flatten().cloned().chain(known).collect();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        if body.is_some() {
            request = request
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header("sec-fetch-site", "same-origin");
        }
        let request = request.body(body.map_or_else(Body::empty, Body::from)).expect("request");
        self.asks(path, request).await
    }

    /// Asks for a page, unless it is still the one that `tag` names.
    pub async fn asks_for_newer(&mut self, path: &str, tag: &str) -> Answer {
        let request = Request::builder().uri(path).header(header::HOST, "localhost");
        let request = request.header(header::IF_NONE_MATCH, tag).extension(ClientAddress(self.address));
        self.asks(path, request.body(Body::empty()).expect("request")).await
    }

    /// Sends JSON as a script of the page does, and gives what came back as it is.
    pub async fn sends_json(&mut self, path: &str, body: String) -> Answer {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::COOKIE, self.cookie.as_deref().unwrap_or_default())
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "same-origin")
            .extension(ClientAddress(self.address));
        self.asks(path, request.body(Body::from(body)).expect("request")).await
    }

    /// The same browser at another process on the same database.
    pub fn moved_to(&self, router: Router) -> Self {
        let mut moved = Self::new(router, Arc::clone(&self._database));
        moved.cookie.clone_from(&self.cookie);
        moved
    }

    /// Fills fields and a file into the form of the page that was opened last, sends it to `path` and follows redirects.
    pub async fn uploads(&mut self, path: &str, fields: &[(&str, &str)], name: &str, file: &[u8]) -> Answer {
        let body = Body::from(self.multipart(path, fields, name, file));
        let answer = self.sends_file(path, body).await;
        if answer.status.is_redirection() {
            let to = answer.headers[header::LOCATION].to_str().expect("location").to_owned();
            return self.opens(&to).await;
        }
        self.page.clone_from(&answer.html);
        answer
    }

    /// The same, but the line is cut when half of it is sent. The page that was open stays open.
    pub async fn uploads_half(&mut self, path: &str, name: &str, file: &[u8]) -> Answer {
        let mut body = self.multipart(path, &[], name, file);
        body.truncate(body.len() / 2);
        let cut = std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let pieces = futures_util::stream::iter([Ok(body), Err(cut)]);
        self.sends_file(path, Body::from_stream(pieces)).await
    }

    /// Sends a form with a file whose fields are these and no others, and gives what came back as it is.
    pub async fn sends_with_file(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = Self::parts(fields.iter().copied(), "tep.txt", b"x");
        self.sends_file(path, Body::from(body)).await
    }

    fn multipart(&self, path: &str, fields: &[(&str, &str)], name: &str, file: &[u8]) -> Vec<u8> {
        let hidden = self.hidden_fields(path);
        let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Self::parts(hidden.chain(fields.iter().copied()), name, file)
    }

    fn parts<'f>(fields: impl Iterator<Item = (&'f str, &'f str)>, name: &str, file: &[u8]) -> Vec<u8> {
        let mut body = Vec::new();
        for (field, value) in fields {
            let part = format!("--{MARK}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--{MARK}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{MARK}--\r\n").as_bytes());
        body
    }

    async fn sends_file(&mut self, path: &str, body: Body) -> Answer {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::COOKIE, self.cookie.as_deref().unwrap_or_default())
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={MARK}"))
            .header("sec-fetch-site", "same-origin")
            .extension(ClientAddress(self.address));
        self.asks(path, request.body(body).expect("request")).await
    }

    async fn asks(&mut self, path: &str, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("answer");
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().expect("cookie").split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=').filter(|(name, _)| name.contains("-may-")) {
                self.known.insert(name.to_owned(), value.to_owned());
                continue;
            }
            let place = if pair.contains("ghi-chu=") { &mut self.note_cookie } else { &mut self.cookie };
            *place = if pair.ends_with('=') { None } else { Some(pair.to_owned()) };
        }
        let (status, headers) = (response.status(), response.headers().clone());
        if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream") {
            // A stream has no end; its first event is what it was asked for.
            let first =
                response.into_body().frame().await.expect("an event").expect("event").into_data().expect("data");
            let html = String::from_utf8_lossy(&first).into_owned();
            return Answer { status, path: path.to_owned(), html, headers, bytes: first.to_vec() };
        }
        let bytes = response.into_body().collect().await.expect("body").to_bytes().to_vec();
        let html = String::from_utf8_lossy(&bytes).into_owned();
        if status.is_server_error() {
            eprintln!("{path}: {status}: {:?}", texts(&html, "main"));
        }
        Answer { status, path: path.to_owned(), html, headers, bytes }
    }
}
