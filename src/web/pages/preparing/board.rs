//! The board of tellers.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};

use super::listing::decision;
use super::{LIST, is_clerk, proposed, read_poll, tag};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::field;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::preparing::{BoardPage, BoardSeat, TypedBoard};
use app::{AppError, Caller};
use domain::decided::BoundAccount;
use domain::finding::Finding;
use domain::roster::Teller;

const SHARES: [(&str, &str); 1] = [(
    "1",
    "Cần mảnh khóa của hai thành viên: mỗi thành viên có tài khoản nhận một mảnh trước khi mở bỏ phiếu; đến khi đóng, không ai, \
     kể cả người giữ máy chủ, mở được số liệu của tập nào. Bất kỳ hai mảnh nào cũng đủ; nếu còn ít hơn hai mảnh thì không \
     đóng được nữa: phải hủy cuộc rồi kiểm lại từ phiếu giấy trong một cuộc bắt đầu lại.",
)];

#[derive(Template)]
#[template(path = "preparing/board.html")]
struct Show {
    poll: String,
    page: BoardPage,
    findings: Vec<Finding>,
    form: Form,
    /// One who may be head or secretary, or nobody.
    offices: Vec<(String, String)>,
    members: Vec<(String, String)>,
    may_draft: bool,
    /// What the choice of shares says, with what it costs.
    shares: [(&'static str, &'static str); 1],
}

impl Show {
    fn tag(&self, finding: &Finding) -> &'static str {
        tag(finding)
    }

    fn account(&self, teller: &Teller) -> String {
        account_words(&self.page.accounts, teller)
    }

    fn has(&self, seat: &BoardSeat, bound: &BoundAccount) -> bool {
        let sent = self.form.all("seat").iter().position(|id| *id == seat.delegate.to_string());
        match sent.and_then(|place| self.form.all("account").get(place)) {
            Some(typed) => *typed == bound.account.to_string(),
            None => seat.account.or(seat.offered) == Some(bound.account),
        }
    }
}

/// `Trần Văn B (binh.tran)`, as `accounts` name the one of a member.
pub(super) fn account_words(accounts: &[BoundAccount], teller: &Teller) -> String {
    let Some(id) = teller.account else { return "Không dùng máy".to_owned() };
    let bound = accounts.iter().find(|bound| bound.account == id);
    bound.map_or_else(|| id.to_string(), |bound| format!("{} ({})", bound.name, bound.login))
}

async fn page(site: &Site, caller: &Caller, poll: &str, form: Option<Form>) -> Result<Page, AppError> {
    let mut page = site.app.board_page(caller, read_poll(poll)?).await?;
    let findings = std::mem::take(&mut page.findings);
    let form = match form {
        // The form of the accounts has no field of the draft.
        Some(form) if !form.all("head").is_empty() => form,
        sent => with_draft(sent.unwrap_or_default(), &page),
    };
    let members: Vec<(String, String)> = page
        .delegates
        .iter()
        .map(|(id, name, group)| {
            // The macro shows what follows a colon in small type.
            let label = group.as_ref().map_or_else(|| name.clone(), |group| format!("{name}: {group}"));
            (id.to_string(), label)
        })
        .collect();
    let nobody = (String::new(), "Chưa chọn".to_owned());
    let named = page.delegates.iter().map(|(id, name, _)| (id.to_string(), name.clone()));
    let offices = std::iter::once(nobody).chain(named).collect();
    let may_draft = page.is_open && is_clerk(caller);
    Ok(Page::new(Show { poll: poll.to_owned(), page, findings, form, offices, members, may_draft, shares: SHARES }))
}

/// The form of the draft, with what another form of the page found wrong.
fn with_draft(sent: Form, page: &BoardPage) -> Form {
    let TypedBoard { head, secretary, members, shares } = page.typed.clone();
    let one = [("version", page.version.to_string()), ("head", head), ("secretary", secretary)];
    let members = members.into_iter().map(|id| ("members", id));
    let shares = shares.then(|| (field::SHARES.name, "1".to_owned()));
    sent.also_filled(one.into_iter().chain(members).chain(shares))
}

fn typed(form: &Form) -> TypedBoard {
    TypedBoard {
        head: form.value("head").to_owned(),
        secretary: form.value("secretary").to_owned(),
        members: form.all("members").to_vec(),
        shares: form.has(field::SHARES.name, "1"),
    }
}

/// `GET /ky/{poll}/ban-kiem-phieu`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(poll): Path<String>) -> Answer<Page> {
    Ok(page(&site, &caller, &poll, None).await?)
}

/// `POST /ky/{poll}/ban-kiem-phieu`
pub async fn draft(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer {
    let drafted = site.app.draft_board(form.ask(&caller)?, read_poll(&poll)?, form.version()?, typed(&form)).await;
    let next = |_| Done::Saved.at(&format!("{LIST}/{poll}/ban-kiem-phieu"));
    form.answered(drafted, next, |form| page(&site, &caller, &poll, Some(form))).await
}

/// Members with their accounts: both fields stand once for each member, in one order.
fn seats(form: &Form) -> Vec<(String, String)> {
    form.all("seat").iter().cloned().zip(form.all("account").iter().cloned()).collect()
}

/// `POST /ky/{poll}/ban-kiem-phieu/tai-khoan`
pub async fn bind(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer {
    let bound = site.app.bind_board(form.ask(&caller)?, read_poll(&poll)?, form.version()?, seats(&form)).await;
    let next = |_| Done::Saved.at(&format!("{LIST}/{poll}/ban-kiem-phieu"));
    form.answered(bound, next, |form| page(&site, &caller, &poll, Some(form))).await
}

/// `POST /ky/{poll}/ban-kiem-phieu/lap`
pub async fn propose(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer {
    // A leader proposes the board as it is drafted, and has no accounts to choose.
    let seats = if form.all("seat").is_empty() { None } else { Some((form.version()?, seats(&form))) };
    let outcome = site.app.propose_board(form.ask(&caller)?, read_poll(&poll)?, seats, &decision(&form)).await;
    form.answered(outcome, |id| proposed(&poll, id), |form| page(&site, &caller, &poll, Some(form))).await
}
