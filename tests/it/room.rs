//! A hall is no laboratory: pages are loaded again, machines restart, tellers leave, piles have another size than was
//! thought. Nothing that was keyed is lost, and nobody meets a page that leads nowhere.

use app::counting::day::{TypedAccount, TypedStep};
use axum::http::Method;
use domain::ballot_account::BallotAccount;
use domain::proposal::ProposalKind;
use serde_json::{Value, json};
use store::{batches, open_batches};

use crate::counting::{Hall, Laptop, pile};
use crate::site::{Answer, on_both};

const TEN: [&str; 10] = ["113", "121", "201", "119", "333", "222", "111", "-2", "123", "321"];

impl Laptop {
    /// One step as the page's script sends it, from a page that is loaded for it.
    async fn step(&mut self, address: &str, what: &str, step: &str, papers: &Value) -> (u16, Value) {
        let (data, page) = self.data(address).await;
        assert!(data["data-token"].is_string(), "{}", page.html);
        let message = self.message_of(&data, what, step, papers);
        self.sends(address, &message).await
    }

    /// Keys papers one by one, from `first` on.
    async fn puts(&mut self, address: &str, first: usize, papers: &[&str]) -> Value {
        let mut told = Value::Null;
        for (at, keys) in papers.iter().enumerate() {
            let mut one = pile(&[*keys]);
            one[0]["paper"] = json!(first + at);
            let (status, answer) = self.step(address, "entry", "put", &one).await;
            assert_eq!(status, 200, "{answer}");
            told = answer;
        }
        told
    }

    async fn ends(&mut self, address: &str) -> Value {
        let (status, told) = self.step(address, "entry", "send", &json!([])).await;
        assert_eq!(status, 200, "{told}");
        told
    }
}

impl Hall {
    /// The head teller changes an open batch, all else as its page proposes it.
    pub async fn changes(&mut self, number: u32, fields: &[(&str, &str)]) -> Answer {
        let path = format!("{}/sua", self.batch(number));
        let page = self.head.visitor.opens(&path).await;
        assert_eq!(page.status.as_u16(), 200, "{}", page.html);
        let typed = |name: &str| page.attribute(&format!("[name='{name}']"), "value").unwrap_or_default();
        let chosen = |name: &str| page.attribute(&format!("[name='{name}'] [selected]"), "value").unwrap_or_default();
        let checked = |name: &str| page.attribute(&format!("[name='{name}'][checked]"), "value").unwrap_or_default();
        let mut all = [
            ("papers", typed("papers")),
            ("first", chosen("first")),
            ("second", chosen("second")),
            ("mode", checked("mode")),
            ("begin", checked("begin")),
        ];
        for (name, value) in fields {
            let field = all.iter_mut().find(|(field, _)| field == name).expect("a field of the page");
            field.1 = (*value).to_owned();
        }
        let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.head.visitor.submits(&path, &all).await
    }

    async fn open_in_database(&self) -> Vec<(u32, u32)> {
        let mut tx = self.site.store.read(self.council).await.expect("read");
        let rows = open_batches::list(&mut tx, self.day.poll).await.expect("rows");
        rows.into_iter().map(|row| (row.number, row.papers)).collect()
    }
}

#[test]
fn a_page_that_is_loaded_again_goes_on_at_the_next_paper_and_no_mark_comes_back() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3], &[20]).await;
        hall.opens("1", "10", "marks").await;
        let address = hall.batch(1);
        let told = hall.an.puts(&address, 1, &TEN[..6]).await;
        assert_eq!((&told["state"], &told["done"]), (&json!("key"), &json!(6)));
        let (data, page) = hall.an.data(&address).await;
        assert_eq!((&data["data-done"], &data["data-state"]), (&json!("6"), &json!("key")));
        assert!(page.all("[data-mark]").iter().all(String::is_empty), "marks stay on the table: {}", page.html);

        // Another machine of the same teller.
        let mut other = Laptop::of(&hall.site, "kp.an").await;
        let stale = hall.an.data(&address).await.0;
        other.puts(&address, 7, &TEN[6..]).await;
        let late = hall.an.message_of(&stale, "entry", "put", &pile(&["333"]));
        let (status, told) = hall.an.sends(&address, &late).await;
        assert_eq!((status, &told["done"]), (200, &json!(10)), "it learns how things stand, and changes nothing");
        assert_eq!(other.ends(&address).await["state"], "wait");
        assert_eq!(hall.binh.keys(&address, "entry", &pile(&TEN)).await["state"], "taken");
        assert_eq!(hall.told("batch.committed").await[0]["reread"], 0);
    });
}

#[test]
fn after_a_restart_the_piles_lie_there_again_and_the_pages_send_what_they_hold() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3], &[20]).await;
        hall.opens("1", "10", "marks").await;
        let address = hall.batch(1);
        let before = hall.an.puts(&address, 1, &TEN[..9]).await;
        hall.binh.keys(&address, "entry", &pile(&TEN)).await;
        hall.restarts().await;
        let room = hall.head.visitor.opens(&hall.room()).await;
        assert!(room.text("tbody").contains("Bày lại sau khi máy chủ khởi động lại"), "{}", room.html);
        assert_eq!(hall.open_in_database().await, [(1, 10)]);
        let told = hall.an.follows(&address).await;
        assert_eq!((&told["state"], &told["done"], &told["opened"]), (&json!("key"), &json!(0), &before["opened"]));
        assert!(told["run"] != before["run"]);
        // The page sends again what it holds, and goes on.
        hall.an.puts(&address, 1, &TEN).await;
        assert_eq!(hall.an.ends(&address).await["state"], "wait");
        let own = hall.binh.visitor.opens(&hall.room()).await;
        assert!(own.text(".own-batches").contains("Máy chủ đã khởi động lại"), "{}", own.html);
        assert_eq!(hall.binh.keys(&address, "entry", &pile(&TEN)).await["state"], "taken");
        assert_eq!(hall.open_in_database().await, []);
    });
}

#[test]
fn a_pile_has_another_size_and_a_found_paper_joins_it() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3], &[28]).await;
        // 20 leave 8, which are no pile: the page says which split avoids it.
        let refused = hall.opens("1", "20", "marks").await;
        let sentence =
            "Tập 20 phiếu để lại 8 phiếu, không đủ một tập 10 phiếu; hãy chia 28 phiếu còn lại thành: 14, 14.";
        assert_eq!(refused.text(".problems a[href='#papers']"), sentence, "{}", refused.html);
        hall.opens("1", "18", "marks").await;
        let address = hall.batch(1);
        let mut papers = TEN.to_vec();
        papers.extend(&TEN[..8]);
        hall.an.keys(&address, "entry", &pile(&papers)).await;
        hall.binh.puts(&address, 1, &papers[..17]).await;

        // One of the 18 is not there: nobody keys anything again.
        let changed = hall.changes(1, &[("papers", "17")]).await;
        assert!(changed.text(".notice").starts_with("Đã sửa tập"), "{}", changed.html);
        assert_eq!(hall.open_in_database().await, [(1, 17)]);
        assert_eq!(hall.binh.ends(&address).await["state"], "wait");
        let told = hall.an.follows(&address).await;
        assert_eq!((&told["state"], &told["done"], &told["papers"]), (&json!("key"), &json!(18), &json!(17)));
        let (status, refused) = hall.an.step(&address, "entry", "send", &json!([])).await;
        assert_eq!(status, 422, "{refused}");
        let last = json!([{ "paper": 18, "reason": null, "lines": [], "keys": "" }]);
        assert_eq!(hall.an.step(&address, "entry", "remove", &last).await.1["done"], 17);
        assert_eq!(hall.an.ends(&address).await["state"], "taken");

        // The other eleven; then one is found in the box.
        hall.opens("2", "11", "marks").await;
        let second = hall.batch(2);
        hall.an.puts(&second, 1, &papers[..11]).await;
        let before = hall.site_account().await;
        let (issued, unused) = (29, before.unused - 1);
        hall.corrects(BallotAccount { issued, unused, returned: 29, ..before }).await;
        let room = hall.head.visitor.opens(&hall.room()).await;
        assert!(room.text(".warning").contains("Còn 1 phiếu chưa vào tập"), "{}", room.html);
        let link = room.attribute(".warning a", "href").expect("a way");
        assert_eq!(link, format!("{second}/sua?phieu=12"));
        let page = hall.head.visitor.opens(&link).await;
        assert_eq!(page.attribute("[name='papers']", "value").as_deref(), Some("12"));
        hall.changes(2, &[("papers", "12")]).await;
        hall.an.puts(&second, 12, &["333"]).await;
        assert_eq!(hall.an.ends(&second).await["state"], "wait");
        papers.truncate(11);
        papers.push("333");
        assert_eq!(hall.binh.keys(&second, "entry", &pile(&papers)).await["state"], "taken");
        let room = hall.head.visitor.opens(&hall.room()).await;
        assert!(room.text("main").contains("có thể đóng kiểm phiếu"), "{}", room.html);
        assert_eq!(hall.head.visitor.opens(&format!("{second}/sua")).await.status.as_u16(), 404, "it is in");
    });
}

impl Hall {
    async fn site_account(&self) -> BallotAccount {
        let head = self.site.account_caller(self.council, "truong.ban").await;
        let page = self.site.app.account_page(&head, self.day.poll).await.expect("figures");
        page.lines[0].account.expect("recorded")
    }

    /// Two people correct the figures of the first form.
    async fn corrects(&self, account: BallotAccount) {
        let (about, account) = (self.day.forms[0].0.clone(), TypedAccount::of(account));
        let typed = TypedStep { about, account, reason: "Đếm lại hòm phiếu".into(), ..TypedStep::default() };
        let kind = ProposalKind::BallotsCorrected;
        self.site.two(self.council, self.day.poll, kind, typed).await.expect("corrected");
    }
}

#[test]
fn a_teller_who_leaves_voids_nothing_and_the_log_names_both() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3], &[20]).await;
        hall.opens("1", "10", "marks").await;
        let address = hall.batch(1);
        hall.binh.keys(&address, "entry", &pile(&TEN)).await;
        hall.an.puts(&address, 1, &TEN[..5]).await;
        let (an, cuc) =
            (hall.site.account(hall.council, "kp.an").await, hall.site.account(hall.council, "kp.cuc").await);
        let own =
            if hall.head.visitor.opens(&format!("{address}/sua")).await.html.contains("kp.an") { "x" } else { "" };
        assert_eq!(own, "", "names, not logins");
        let place = hall.place_of(1, &an.to_string()).await;
        let changed = hall.changes(1, &[(place, &cuc.to_string())]).await;
        assert!(changed.text(".notice").starts_with("Đã sửa tập"), "{}", changed.html);
        assert_eq!(hall.an.visitor.opens(&format!("{address}/tien-do.json")).await.status.as_u16(), 403);
        let mut new = Laptop::of(&hall.site, "kp.cuc").await;
        let (data, _) = new.data(&address).await;
        assert_eq!(data["data-done"], "5", "on from where the other one stopped");
        new.puts(&address, 6, &TEN[5..]).await;
        assert_eq!(new.ends(&address).await["state"], "taken");
        let entry = &hall.told("batch.committed").await[0];
        assert_eq!(entry["readers"], json!(["Kiểm Phiếu Bình", "Kiểm Phiếu Cúc"]));
        assert_eq!(entry["earlier"][0]["name"], "Kiểm Phiếu An", "{entry}");
        let mut tx = hall.site.store.read(hall.council).await.expect("read");
        let rows = batches::list(&mut tx, hall.day.poll).await.expect("batches");
        let seen: Vec<&str> = rows[0].all_readers().map(|reader| reader.name.as_str()).collect();
        assert_eq!(seen, ["Kiểm Phiếu Bình", "Kiểm Phiếu Cúc", "Kiểm Phiếu An"], "none of them is fresh for a recount");
        drop(tx);
        let room = hall.head.visitor.opens(&hall.room()).await;
        assert!(room.text("main").contains("(nhập tiếp phần của Kiểm Phiếu An)"), "{}", room.html);
    });
}

impl Hall {
    /// Which of the two fields holds this teller.
    pub async fn place_of(&mut self, number: u32, teller: &str) -> &'static str {
        let page = self.head.visitor.opens(&format!("{}/sua", self.batch(number))).await;
        let first = page.attribute("[name='first'] [selected]", "value");
        if first.as_deref() == Some(teller) { "first" } else { "second" }
    }
}

#[test]
fn a_skipped_paper_is_suggested_and_put_in() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3], &[20]).await;
        hall.opens("1", "10", "marks").await;
        let address = hall.batch(1);
        hall.an.keys(&address, "entry", &pile(&TEN)).await;
        let mut skipped: Vec<&str> = TEN.to_vec();
        skipped.remove(2);
        skipped.push("000");
        let told = hall.binh.keys(&address, "entry", &pile(&skipped)).await;
        assert_eq!((&told["state"], &told["moved_from"]), (&json!("again"), &json!(3)), "{told}");
        let (_, told) = hall.binh.step(&address, "entry", "reopen", &json!([])).await;
        assert_eq!((&told["state"], &told["done"]), (&json!("key"), &json!(10)));
        let mut missing = pile(&[TEN[2]]);
        missing[0]["paper"] = json!(3);
        assert_eq!(hall.binh.step(&address, "entry", "insert", &missing).await.1["done"], 11);
        let last = json!([{ "paper": 11, "reason": null, "lines": [], "keys": "" }]);
        assert_eq!(hall.binh.step(&address, "entry", "remove", &last).await.1["done"], 10);
        assert_eq!(hall.binh.ends(&address).await["state"], "taken");
    });
}

#[test]
fn a_page_of_an_earlier_opening_takes_nothing_off_and_sends_nothing_in() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3], &[20]).await;
        hall.opens("1", "10", "marks").await;
        let (address, ask) = (hall.batch(1), format!("{}/bo-tap", hall.batch(1)));
        let stale = hall.head.visitor.opens(&ask).await;
        let opened = stale.attribute("[name='opened']", "value").expect("opening");
        let (old, _) = hall.an.data(&address).await;
        hall.abandons(1).await;
        assert_eq!(hall.open_in_database().await, []);
        hall.opens("1", "10", "marks").await;
        hall.an.keys(&address, "entry", &pile(&TEN)).await;
        hall.head.visitor.opens(&ask).await;
        let mut fields = hall.head.visitor.hidden_fields(&ask);
        fields.iter_mut().find(|(name, _)| name == "opened").expect("opening").1 = opened;
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let refused = hall.head.visitor.sends(Method::POST, &ask, Some(body)).await;
        assert!(refused.html.contains("đã được bỏ khỏi bàn rồi mở lại"), "{}", refused.html);
        assert_eq!(hall.an.follows(&address).await["state"], "wait", "what An keyed is there");
        let late = hall.binh.message_of(&old, "entry", "put", &pile(&["333"]));
        let mut late = late;
        let (now, _) = hall.binh.data(&address).await;
        (late["by"], late["token"]) = (now["data-account"].clone(), now["data-token"].clone());
        let (status, told) = hall.binh.sends(&address, &late).await;
        assert_eq!((status, &told["done"]), (200, &json!(0)), "it went to an opening that is gone: {told}");
    });
}

/// Of 20 papers 18 are left after a correction, and a pile of 10 and one of 10 are open.
#[test]
fn a_pile_that_agrees_and_cannot_be_committed_says_why_and_to_whom() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3], &[20]).await;
        for number in ["1", "2"] {
            hall.opens(number, "10", "marks").await;
        }
        let account = hall.site_account().await;
        hall.corrects(BallotAccount { returned: 18, not_returned: account.not_returned + 2, ..account }).await;
        for number in [1, 2] {
            let address = hall.batch(number);
            hall.an.keys(&address, "entry", &pile(&TEN)).await;
            hall.binh.keys(&address, "entry", &pile(&TEN)).await;
        }
        let address = hall.batch(2);
        let told = hall.an.follows(&address).await;
        assert_eq!(told["state"], "agreed");
        assert!(told["blocked"].as_str().expect("why").contains("18"), "{told}");
        let room = hall.head.visitor.opens(&hall.room()).await;
        assert!(room.text(".error").contains("Hai lượt đã khớp nhưng chưa ghi được"), "{}", room.html);
        // Only a form tries again, and says why not.
        let again = format!("{address}/ghi-lai");
        hall.head.visitor.opens(&address).await;
        hall.head.visitor.submits(&again, &[]).await;
        assert_eq!(hall.told("batch.committed").await.len(), 1);
        hall.corrects(account).await;
        hall.head.visitor.opens(&address).await;
        let taken = hall.head.visitor.submits(&again, &[]).await;
        assert!(taken.html.contains("đã chốt"), "{}", taken.html);
        assert_eq!(hall.told("batch.committed").await.len(), 2);
    });
}

#[test]
fn a_vote_that_is_called_off_leaves_nothing_on_the_table() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3], &[20]).await;
        hall.opens("1", "10", "marks").await;
        hall.an.keys(&hall.batch(1), "entry", &pile(&TEN)).await;
        assert_eq!(hall.site.app.open_piles(), 1);
        let typed = TypedStep { reason: "Hoãn kỳ họp".into(), ..TypedStep::default() };
        hall.site.two(hall.council, hall.day.poll, ProposalKind::PollCancelled, typed).await.expect("cancelled");
        assert_eq!((hall.open_in_database().await, hall.site.app.open_piles()), (vec![], 0));
        assert_eq!(hall.an.follows(&hall.batch(1)).await["state"], "gone");
    });
}

#[test]
fn who_waits_for_whom_is_said() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3], &[20]).await;
        hall.opens("1", "10", "marks").await;
        let address = hall.batch(1);
        let told = hall.an.keys(&address, "entry", &pile(&TEN)).await;
        assert_eq!(told["waits"], "Chờ Kiểm Phiếu Bình nhập xong.");
        let mut slipped = TEN;
        slipped[2] = "211";
        hall.binh.keys(&address, "entry", &pile(&slipped)).await;
        let line = |key: &str| json!([{ "paper": 3, "reason": null, "lines": [2], "keys": key }]);
        hall.an.keys(&address, "again", &line("0")).await;
        let told = hall.binh.keys(&address, "again", &line("1")).await;
        let sentence = "Chờ Trưởng ban (Trưởng Ban Kiểm) quyết định; đưa phiếu số 3 của tập cho Trưởng ban.";
        assert_eq!(told["waits"], sentence, "{told}");
        let room = hall.head.visitor.opens(&hall.room()).await;
        assert!(room.text("tbody").contains("Bạn quyết định chỗ còn lệch"), "{}", room.html);
        let own = hall.an.visitor.opens(&hall.room()).await;
        assert!(own.text(".own-batches").contains("Chờ Trưởng ban"), "{}", own.html);
        assert_eq!(hall.head.keys(&address, "decide", &line("0")).await["state"], "taken");
    });
}
