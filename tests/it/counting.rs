//! The counting room over HTTP: batches opened, keyed twice by two people who are blind to each other, and committed once.

use app::counting::day::TypedStep;
use axum::http::StatusCode;
use domain::id::CouncilId;
use domain::poll::PollKind;
use domain::proposal::ProposalKind;
use domain::role::Role;
use scraper::{Html, Selector};
use serde_json::{Value, json};
use store::{batches, logs, polls};

use crate::site::{Answer, Day, Engine, GOLDEN, Site, Visitor, golden, on_both, somebody_in};

/// Somebody at a laptop of the board.
pub struct Laptop {
    pub visitor: Visitor,
}

/// The pile as `papers` say it: keys of each paper's lines, `-2` for an invalid one with the second reason.
fn sent(papers: &[(usize, &[usize], &str)]) -> Value {
    let paper = |(paper, lines, keys): &(usize, &[usize], &str)| match keys.strip_prefix('-') {
        Some(reason) => {
            json!({ "paper": paper, "reason": reason.parse::<usize>().expect("digit"), "lines": [], "keys": "" })
        }
        None => json!({ "paper": paper, "reason": null, "lines": lines, "keys": keys }),
    };
    papers.iter().map(paper).collect()
}

pub fn pile(papers: &[&str]) -> Value {
    let lines: Vec<Vec<usize>> = papers.iter().map(|keys| (1..=keys.len()).collect()).collect();
    let all: Vec<_> =
        papers.iter().zip(&lines).enumerate().map(|(at, (keys, lines))| (at + 1, lines.as_slice(), *keys)).collect();
    sent(&all)
}

impl Laptop {
    pub async fn of(site: &Site, login: &str) -> Self {
        Self { visitor: site.signed_in("mau", login).await }
    }

    /// What the page of a batch gives its script.
    pub async fn data(&mut self, address: &str) -> (Value, Answer) {
        let page = self.visitor.opens(address).await;
        let html = Html::parse_document(&page.html);
        let root = html.select(&Selector::parse("[data-keying]").expect("selector")).next();
        let mut data = json!({});
        for name in root.iter().flat_map(|root| root.value().attrs()) {
            data[name.0] = json!(name.1);
        }
        (data, page)
    }

    /// A message as the script would send it now.
    async fn message(&mut self, address: &str, what: &str, papers: &Value) -> Value {
        let (data, page) = self.data(address).await;
        assert!(data["data-token"].is_string(), "{}", page.html);
        self.message_of(&data, what, "send", papers)
    }

    /// A message of the page that has this data.
    pub fn message_of(&self, data: &Value, what: &str, step: &str, papers: &Value) -> Value {
        let revision: u32 = data["data-revision"].as_str().expect("revision").parse().expect("number");
        json!({
            "token": data["data-token"], "request": data["data-request"], "by": data["data-account"],
            "opened": data["data-opened"], "revision": revision, "what": what, "step": step, "papers": papers,
        })
    }

    pub async fn sends(&mut self, address: &str, message: &Value) -> (u16, Value) {
        let answer = self.visitor.sends_json(&format!("{address}/gui"), message.to_string()).await;
        (answer.status.as_u16(), serde_json::from_str(&answer.html).unwrap_or_else(|_| panic!("{}", answer.html)))
    }

    /// Keys and sends; gives the state that the server tells.
    pub async fn keys(&mut self, address: &str, what: &str, papers: &Value) -> Value {
        let message = self.message(address, what, papers).await;
        let (status, told) = self.sends(address, &message).await;
        assert_eq!(status, 200, "{told}");
        told
    }

    pub async fn follows(&mut self, address: &str) -> Value {
        let answer = self.visitor.opens(&format!("{address}/tien-do.json")).await;
        serde_json::from_str(&answer.html).unwrap_or_else(|_| panic!("{}", answer.html))
    }
}

/// A hall in which 20 papers of a form of three lines are to be counted.
pub struct Hall {
    pub site: Site,
    pub council: CouncilId,
    pub day: Day,
    pub head: Laptop,
    pub an: Laptop,
    pub binh: Laptop,
}

impl Hall {
    pub async fn counting(engine: Engine, lines: &[u32], returned: &[u32]) -> Self {
        let hall = Self::sealed(engine, lines).await;
        hall.site.counts(&hall.day, returned).await;
        hall
    }

    pub async fn sealed(engine: Engine, lines: &[u32]) -> Self {
        let (site, council) = Site::with_council(engine).await;
        Self::sealed_at(site, council, lines).await
    }

    /// A count beside real programs, by the clock of this machine.
    pub async fn counting_now(engine: Engine, lines: &[u32], returned: &[u32]) -> Self {
        let (site, council) = Site::with_council_now(engine).await;
        let hall = Self::sealed_at(site, council, lines).await;
        hall.site.counts(&hall.day, returned).await;
        hall
    }

    async fn sealed_at(site: Site, council: CouncilId, lines: &[u32]) -> Self {
        site.has_board(council).await;
        let day = site.has_sealed_day(council, "mot", PollKind::Rating, lines).await;
        let head = Laptop::of(&site, "truong.ban").await;
        let (an, binh) = (Laptop::of(&site, "kp.an").await, Laptop::of(&site, "kp.binh").await);
        Self { site, council, day, head, an, binh }
    }

    /// The program ends and starts again; everybody stays at their laptop.
    pub async fn restarts(&mut self) {
        self.site.app.close().await;
        self.site = Site::on(std::sync::Arc::clone(&self.site.database)).await;
        for laptop in [&mut self.head, &mut self.an, &mut self.binh] {
            laptop.visitor = laptop.visitor.moved_to(self.site.router());
        }
    }

    pub fn room(&self) -> String {
        format!("/kiem-phieu/{}", self.day.poll)
    }

    pub fn batch(&self, number: u32) -> String {
        format!("{}/{}/{number}", self.room(), self.day.forms[0].0)
    }

    /// Opens a batch of the first form for An and Bình.
    pub async fn opens(&mut self, number: &str, papers: &str, mode: &str) -> Answer {
        self.opens_for(number, papers, mode, ["kp.an", "kp.binh"]).await
    }

    /// The same for two others.
    pub async fn opens_for(&mut self, number: &str, papers: &str, mode: &str, tellers: [&str; 2]) -> Answer {
        let (first, second) = (self.id(tellers[0]).await, self.id(tellers[1]).await);
        let form = self.day.forms[0].0.clone();
        self.opens_as(&[
            ("form", &form),
            ("number", number),
            ("papers", papers),
            ("mode", mode),
            ("first", &first),
            ("second", &second),
        ])
        .await
    }

    /// Takes a batch of the first form off the table.
    pub async fn abandons(&mut self, number: u32) -> Answer {
        let ask = format!("{}/bo-tap", self.batch(number));
        self.head.visitor.opens(&ask).await;
        self.head.visitor.submits(&ask, &[]).await
    }

    pub async fn opens_as(&mut self, fields: &[(&str, &str)]) -> Answer {
        let path = format!("{}/mo-tap", self.room());
        self.head.visitor.opens(&path).await;
        self.head.visitor.submits(&path, fields).await
    }

    pub async fn id(&self, login: &str) -> String {
        self.site.account(self.council, login).await.to_string()
    }

    /// Form, number, papers and readers of the batches that are in.
    async fn committed(&self) -> Vec<(u32, u32, [String; 2])> {
        let mut tx = self.site.store.read(self.council).await.expect("read");
        let rows = batches::list(&mut tx, self.day.poll).await.expect("batches");
        rows.into_iter().map(|row| (row.number, row.papers, row.readers.map(|reader| reader.name))).collect()
    }

    /// Data of all entries of the poll's log of a kind.
    pub async fn told(&self, kind: &'static str) -> Vec<Value> {
        let mut tx = self.site.store.read(self.council).await.expect("read");
        let log = polls::find(&mut tx, self.day.poll).await.expect("poll").expect("poll").log;
        let texts = logs::of_kinds(&mut tx, log, [kind, kind]).await.expect("entries");
        texts.iter().map(|text| serde_json::from_str::<Value>(text).expect("entry")["data"].clone()).collect()
    }
}

const TEN: [&str; 10] = ["113", "121", "201", "119", "333", "222", "111", "-2", "123", "321"];

fn ten() -> Value {
    pile(&TEN)
}

/// [`TEN`] with line 2 of paper 3 and line 1 of paper 9 read otherwise.
fn slipped() -> Value {
    let mut papers = TEN;
    (papers[2], papers[8]) = ("211", "223");
    pile(&papers)
}

#[test]
fn two_readings_that_agree_are_committed_at_once_and_once() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3], &[20]).await;
        let room = hall.an.visitor.opens(&hall.room()).await;
        assert!(room.text(".empty").contains("Chưa có tập nào giao cho bạn"), "{}", room.html);
        let opened = hall.opens("1", "10", "marks").await;
        assert!(opened.text(".notice").starts_with("Đã mở tập"), "{}", opened.html);
        assert_eq!(opened.text(".tag"), "Chưa ai nhập xong");
        let address = hall.batch(1);

        // Both see the same page, whoever comes first.
        let (data, page) = hall.an.data(&address).await;
        assert_eq!((&data["data-state"], &data["data-levels"]), (&json!("key"), &json!("3")));
        let policy = page.headers["content-security-policy"].to_str().expect("text");
        assert!(policy.ends_with("script-src 'self'; connect-src 'self'"), "{policy}");
        let message = hall.an.message(&address, "entry", &ten()).await;
        let (_, told) = hall.an.sends(&address, &message).await;
        assert_eq!(told["state"], "wait");
        // An answer that was lost is asked for once more.
        let (_, told) = hall.an.sends(&address, &message).await;
        assert_eq!(told["state"], "wait");
        let (data, second) = hall.binh.data(&address).await;
        assert_eq!(data["data-state"], "key");
        assert_eq!(page.text("main ol.lines"), second.text("main ol.lines"));
        assert!(hall.committed().await.is_empty());

        let last = hall.binh.message(&address, "entry", &ten()).await;
        let (_, told) = hall.binh.sends(&address, &last).await;
        assert_eq!(told["state"], "taken");
        assert_eq!(hall.an.follows(&address).await["state"], "taken");
        let names = ["Kiểm Phiếu An", "Kiểm Phiếu Bình"].map(str::to_owned);
        assert_eq!(hall.committed().await, [(1, 10, names)]);
        let entries = hall.told("batch.committed").await;
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0]["readers"], json!(["Kiểm Phiếu An", "Kiểm Phiếu Bình"]));
        assert_eq!((&entries[0]["reread"], &entries[0]["decided"]), (&json!(0), &json!(0)));

        // Sent once more, here and after a restart: known, and counted once.
        for _ in 0..2 {
            let (status, told) = hall.binh.sends(&address, &last).await;
            assert_eq!((status, &told["state"]), (200, &json!("taken")));
            hall.restarts().await;
        }
        assert_eq!(hall.committed().await.len(), 1);
        let room = hall.head.visitor.opens(&hall.room()).await;
        assert!(room.text("section dl").contains("10, trong 1 tập"), "{}", room.html);
    });
}

#[test]
fn only_what_differs_is_keyed_again_and_what_still_differs_is_the_heads() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3], &[20]).await;
        hall.opens("1", "10", "marks").await;
        let address = hall.batch(1);
        assert_eq!(hall.an.keys(&address, "entry", &ten()).await["state"], "wait");
        let told = hall.binh.keys(&address, "entry", &slipped()).await;
        let asked = json!([{ "paper": 3, "lines": [2] }, { "paper": 9, "lines": [1] }]);
        assert_eq!((&told["state"], &told["asked"]), (&json!("again"), &asked));
        assert_eq!(hall.an.follows(&address).await["asked"], asked);
        let seen = hall.head.visitor.opens(&hall.room()).await;
        assert_eq!(seen.text(".tag"), "Hai lượt lệch 2 chỗ, đang nhập lại");

        // Other lines than were asked for are refused; nothing is lost.
        let wrong = hall.an.message(&address, "again", &sent(&[(3, &[1], "0")])).await;
        let (status, told) = hall.an.sends(&address, &wrong).await;
        assert_eq!(status, 422, "{told}");
        assert!(told["sentence"].as_str().expect("sentence").contains("đúng các phiếu và các dòng đang lệch"));
        let again = hall.an.keys(&address, "again", &sent(&[(3, &[2], "0"), (9, &[1], "1")])).await;
        assert_eq!(again["state"], "wait");
        let again = hall.binh.keys(&address, "again", &sent(&[(3, &[2], "1"), (9, &[1], "1")])).await;
        assert_eq!(again["state"], "wait", "the head teller decides");

        let (data, page) = hall.head.data(&address).await;
        assert_eq!(
            (&data["data-state"], &data["data-asked"]),
            (&json!("decide"), &json!(r#"[{"lines":[2],"paper":3}]"#))
        );
        assert!(page.text("p.muted").contains("Còn lệch 1 chỗ"), "{}", page.html);
        let decision = hall.an.message(&address, "decide", &sent(&[(3, &[2], "0")])).await;
        assert_eq!(hall.an.sends(&address, &decision).await.0, 403, "a teller decides nothing");
        let told = hall.head.keys(&address, "decide", &sent(&[(3, &[2], "0")])).await;
        assert_eq!(told["state"], "taken");
        let entry = &hall.told("batch.committed").await[0];
        assert_eq!((&entry["reread"], &entry["decided"]), (&json!(2), &json!(1)));
        assert_eq!(entry["papers"], 10);
    });
}

#[test]
fn what_may_not_be_opened_is_said_at_its_field() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3, 1], &[20, 9]).await;
        let (an, binh, head) = (hall.id("kp.an").await, hall.id("kp.binh").await, hall.id("truong.ban").await);
        let form = hall.day.forms[0].0.clone();
        let good: [(&str, &str); 6] =
            [("form", &form), ("number", "1"), ("papers", "10"), ("mode", "marks"), ("first", &an), ("second", &binh)];
        for (field, wrong, sentence) in [
            ("form", "F9-000000", "Hãy chọn mẫu phiếu in trên tập phiếu."),
            ("number", "0", "Số tập phải là số từ 1 đến 999."),
            ("number", "+1", "Số tập phải là số từ 1 đến 999."),
            ("papers", "+10", "Mỗi tập phải có từ 10 đến 50 phiếu; hãy chia lại tập."),
            ("papers", "9", "Mỗi tập phải có từ 10 đến 50 phiếu; hãy chia lại tập."),
            ("papers", "21", "Mẫu phiếu này chỉ còn 20 phiếu chưa vào tập nào; hãy kiểm tra số phiếu của tập."),
            ("papers", "<script>", "Mỗi tập phải có từ 10 đến 50 phiếu; hãy chia lại tập."),
            ("mode", "", "Hãy chọn cách nhập."),
            ("first", &head, "Hãy chọn người nhập trong danh sách."),
            ("second", &an, "Hai người nhập phải là hai người khác nhau; hãy chọn người khác."),
        ] {
            let fields = good.map(|(name, value)| (name, if name == field { wrong } else { value }));
            let refused = hall.opens_as(&fields).await;
            assert_eq!(refused.status.as_u16(), 422, "{field}: {}", refused.html);
            assert_eq!(refused.text(&format!(".problems a[href='#{field}']")), sentence);
            assert!(!refused.html.contains("<script>\""), "{field}");
        }
        // A form of which fewer came back than the smallest pile holds has a smaller one.
        let second = hall.day.forms[1].0.clone();
        let tiny = good.map(|(name, value)| match name {
            "form" => (name, second.as_str()),
            "papers" => (name, "9"),
            _ => (name, value),
        });
        assert!(hall.opens_as(&tiny).await.text(".notice").starts_with("Đã mở tập"));
        hall.opens_as(&good).await;
        let twice = hall.opens_as(&good).await;
        assert!(twice.text(".problems").contains("đã được mở"), "{}", twice.html);

        // Off the table: what was keyed of it is gone, and its number is free.
        let address = hall.batch(1);
        hall.an.keys(&address, "entry", &ten()).await;
        let ask = hall.head.visitor.opens(&format!("{address}/bo-tap")).await;
        assert!(ask.text(".warning").contains("không lấy lại được"), "{}", ask.html);
        let gone = hall.abandons(1).await;
        assert!(gone.text(".notice").starts_with("Đã bỏ tập"), "{}", gone.html);
        assert_eq!(hall.an.follows(&address).await["state"], "gone");
        hall.opens_as(&good).await;
        assert_eq!(hall.an.follows(&address).await["state"], "key");
        let page = hall.an.visitor.opens(&address).await;
        assert!(page.text("h1").ends_with(&format!(", mẫu {form}")), "the block comes first: {}", page.html);

        // Whom it is not for: another teller, and who counts nothing.
        let mut cuc = Laptop::of(&hall.site, "kp.cuc").await;
        assert_eq!(cuc.visitor.opens(&address).await.status.as_u16(), 403);
        let message = hall.an.message(&address, "entry", &ten()).await;
        assert_eq!(cuc.sends(&address, &message).await.0, 409, "a token of another session");
        let mut wrong = message.clone();
        wrong["by"] = json!(binh);
        assert_eq!(hall.an.sends(&address, &wrong).await.0, 403);
        let mut observer = hall.site.signed_in("mau", "chieu").await;
        assert_eq!(observer.opens(&hall.room()).await.status.as_u16(), 403);
    });
}

/// Whoever sees a page before the close, in any role, finds none of the planted totals.
#[test]
fn nobody_sees_a_level_total_before_the_count_is_closed() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3], &[48]).await;
        // Of line 1: 31 high, 13 medium, 4 low.
        let papers: Vec<&str> = (0..48)
            .map(|paper| {
                if paper < 31 {
                    "100"
                } else if paper < 44 {
                    "200"
                } else {
                    "300"
                }
            })
            .collect();
        let planted = ["31", "13"];
        let (first, rest) = papers.split_at(38);
        hall.opens("1", "38", "marks").await;
        hall.opens("2", "10", "marks").await;
        for (number, part) in [(1, first), (2, rest)] {
            let address = hall.batch(number);
            hall.an.keys(&address, "entry", &pile(part)).await;
            assert_eq!(hall.binh.keys(&address, "entry", &pile(part)).await["state"], "taken");
        }
        let mut observer = hall.site.signed_in("mau", "chieu").await;
        let screen = format!("/may-chieu/{}", hall.day.poll);
        let shown = observer.opens(&screen).await;
        assert_eq!(shown.all(".screen dd"), ["48", "48", "2", "48/48"], "{}", shown.html);
        let mut seen = vec![shown];
        let paths = [hall.room(), hall.batch(1), format!("{}/tien-do.json", hall.batch(2)), screen.clone()];
        for path in &paths[..3] {
            seen.push(hall.head.visitor.opens(path).await);
            seen.push(hall.an.visitor.opens(path).await);
        }
        for (place, role) in [Role::Clerk, Role::Leader, Role::HeadTeller].into_iter().enumerate() {
            hall.site.has_account(hall.council, &format!("xem{place}"), role.label(), role).await;
            seen.push(hall.site.signed_in("mau", &format!("xem{place}")).await.opens(&screen).await);
        }
        for answer in &seen {
            let text = match serde_json::from_str::<Value>(&answer.html) {
                // Ids are hex digits, in which any number may stand.
                Ok(Value::Object(mut told)) => {
                    for id in ["account", "opened", "request", "run", "token"] {
                        told.remove(id).expect(id);
                    }
                    Value::Object(told).to_string()
                }
                // The link for a browser without a script is text to a parser that runs scripts, with the vote's id in it.
                _ => {
                    let text: String = Html::parse_document(&answer.html).root_element().text().collect();
                    text.replace(&hall.day.poll.to_string(), "")
                }
            };
            let numbers: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).collect();
            assert!(planted.iter().all(|total| !numbers.contains(total)), "{}: {text}", answer.path);
        }
        hall.site.closes(&hall.day).await;
        let figures = |answer: &Answer| {
            let text: String = Html::parse_document(&answer.html).root_element().text().collect();
            text.split(|c: char| !c.is_ascii_digit()).filter(|number| planted.contains(number)).count()
        };
        let turning = format!("{}/chieu-ket-qua", hall.room());
        for heading in ["Đã đóng kiểm phiếu, đang lập kết quả", "Đã có kết quả kiểm phiếu"] {
            let waits = observer.opens(&screen).await;
            assert_eq!((waits.text("h1").as_str(), figures(&waits)), (heading, 0), "{}", waits.html);
            assert!(waits.all("article").is_empty());
            if heading.starts_with("Đã đóng") {
                assert!(hall.head.visitor.opens(&turning).await.text(".empty").contains("Chưa có kết quả để chiếu"));
                let declared = ProposalKind::ResultDeclared;
                hall.site.two(hall.council, hall.day.poll, declared, TypedStep::default()).await.expect("declared");
            }
        }
        // By a key of the head of the board, page by page.
        assert_eq!(observer.opens(&turning).await.status, StatusCode::FORBIDDEN);
        hall.head.visitor.opens(&turning).await;
        let beyond = hall.head.visitor.submits(&turning, &[("page", "2")]).await;
        assert_eq!(beyond.status, StatusCode::NOT_FOUND, "there is one page");
        hall.head.visitor.opens(&turning).await;
        let turned = hall.head.visitor.submits(&turning, &[("page", "1")]).await;
        assert!(turned.text(".notice").contains("Đang chiếu trang 1/1"), "{}", turned.html);
        let shown = observer.opens(&screen).await;
        let row = |level: usize| shown.all(&format!("article:first-of-type tr:nth-child({level}) td.number"));
        assert_eq!(row(1), ["31", "64,58%"], "{}", shown.html);
        assert_eq!((row(2), row(3)), (vec!["13".to_owned(), "27,08%".into()], vec!["4".to_owned(), "8,33%".into()]));
        hall.head.visitor.submits(&turning, &[("page", "0")]).await;
        assert_eq!(figures(&observer.opens(&screen).await), 0, "hidden again");
        let cancelled = somebody_in(hall.council, Role::Observer, hall.site.clock.now());
        assert!(hall.site.app.counting_room(&cancelled, hall.day.poll).await.is_err());
    });
}

/// One line is near a threshold: the hall hears how many are counted again, and no figure of them.
#[test]
fn the_hall_hears_how_many_lines_are_counted_again() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        site.has_board(council).await;
        let poll = site.has_sealed_poll(council).await.poll;
        site.opens_the_vote(council, poll).await;
        site.counts_all(council, poll, golden).await;
        site.closes_counting(council, poll).await;
        let mut observer = site.signed_in("mau", "chieu").await;
        let screen = format!("/may-chieu/{poll}");
        let shown = observer.opens(&screen).await;
        assert_eq!(shown.text("h1"), "Đã đóng kiểm phiếu, đang kiểm lại 1 dòng", "{}", shown.html);
        assert!(shown.all("article").is_empty(), "{}", shown.html);
        site.recounts(council, poll, GOLDEN, golden(GOLDEN)).await;
        let shown = observer.opens(&screen).await;
        assert_eq!(shown.text("h1"), "Đã đóng kiểm phiếu, đang lập kết quả", "{}", shown.html);
    });
}
