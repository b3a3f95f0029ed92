//! The rules that a council goes by: each parameter with what the office said of it, and what is proposed to be said.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, RawQuery, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::preparing::decided_by;
use super::{PDF, file, proposed, read_poll};
use crate::Site;
use crate::answer::{Answer, Sent, SignedIn, redirect};
use crate::field;
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use crate::upload::Upload;
use app::attesting::TypedStatement;
use app::attesting::page::{RuleLine, RulesPage, StatementForm, StatementPage, Wanted};
use app::preparing::Paper;
use app::{AppError, Caller};
use domain::council::CouncilKind;
use domain::id::AttestationId;
use domain::proposal::ProposalState;
use domain::rules::{Leaf, StatementKind};
use domain::text::date_dmy;

const LIST: &str = "/quy-dinh";

/// What the address asks for: `?bo=NQ96-2023-QH15&ky=<poll>&loc=chua`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    #[serde(rename = "bo")]
    ruleset: String,
    #[serde(rename = "ky")]
    poll: String,
    #[serde(rename = "loc")]
    filter: String,
}

impl Filter {
    fn wanted(&self) -> Result<Wanted, AppError> {
        let poll = if self.poll.is_empty() { None } else { Some(read_poll(&self.poll)?) };
        Ok(Wanted { ruleset: self.ruleset.clone(), poll, open_only: self.filter == "chua" })
    }

    /// The same choice, with or without the parameters of which something was said.
    fn query(&self, open_only: bool) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("bo", &self.ruleset), ("ky", &self.poll)] {
            if !value.is_empty() {
                pairs.append_pair(name, value);
            }
        }
        if open_only {
            pairs.append_pair("loc", "chua");
        }
        pairs.finish()
    }
}

#[derive(Template)]
#[template(path = "rules/list.html")]
struct List {
    page: RulesPage,
    all: String,
    open: String,
    here: String,
}

fn state_tag(line: &RuleLine) -> &'static str {
    match line.said.as_ref().map(|said| said.kind) {
        None => "tag bad",
        Some(StatementKind::Accepted) => "tag",
        Some(_) => "tag good",
    }
}

impl List {
    fn tag(&self, line: &RuleLine) -> &'static str {
        state_tag(line)
    }
}

/// `GET /quy-dinh`
pub async fn list(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Query(filter): Query<Filter>,
) -> Answer<Page> {
    let page = site.app.rules_page(&caller, &filter.wanted()?).await?;
    let filter = Filter { ruleset: page.ruleset.0.clone(), ..filter };
    let (all, open) = (filter.query(false), filter.query(true));
    let here = if page.open_only { open.clone() } else { all.clone() };
    Ok(Page::new(List { page, all, open, here }))
}

/// `GET /quy-dinh/phieu-doi-chieu.pdf`
pub async fn sheet(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Query(filter): Query<Filter>,
) -> Answer<Response> {
    let sheet = site.app.rules_sheet(&caller, &filter.wanted()?).await?;
    Ok(file(Paper { name: sheet.name, bytes: sheet.bytes }, PDF))
}

/// A field of a value on the form.
struct ValueField {
    name: String,
    label: String,
    /// What tells the parameter apart is sent along and not shown.
    is_hidden: bool,
}

#[derive(Template)]
#[template(path = "rules/form.html")]
struct Edit {
    page: StatementForm,
    form: Form,
    kinds: Vec<(&'static str, &'static str)>,
    fields: Vec<ValueField>,
}

impl Edit {
    fn tag(&self, line: &RuleLine) -> &'static str {
        state_tag(line)
    }
}

/// The name that a field of a value has in the form.
fn field_name(leaf: &str) -> String {
    format!("value.{leaf}")
}

fn label(leaf: &str) -> String {
    let words = match leaf {
        "value" => "Giá trị",
        "value.kind" => "Căn cứ (returned: số phiếu thu về; delegates: tổng số đại biểu)",
        "value.phrase" => "Lời in trên giấy tờ",
        "value.decimals" => "Số chữ số thập phân",
        "value.drop_trailing_zeros" => "Bỏ số 0 ở cuối (có hoặc không)",
        "value.ballots" => "Số phiếu cách ngưỡng",
        "value.costs" => "Dòng ghi sai làm mất (line: chỉ dòng đó; ballot: cả phiếu)",
        "value.board_chooses" => "Ban kiểm phiếu chọn trước khi kiểm phiếu (có hoặc không)",
        "literal_reading_only" => "Chỉ áp dụng khi dòng ghi sai làm mất cả phiếu (có hoặc không)",
        "value.of" => "Tính trên (delegates: tổng số đại biểu; summoned: số người được triệu tập)",
        "value.from" => "Có hiệu lực từ ngày (năm-tháng-ngày)",
        "value.until" => "Hết hiệu lực ngày (năm-tháng-ngày; để trống nếu còn hiệu lực)",
        "value.share" | "threshold.share" | "value.threshold.share" => "Tỷ lệ (dạng 2/3)",
        "value.edge" | "threshold.edge" | "value.threshold.edge" => "Đúng bằng tỷ lệ (from: đạt; above: chưa đạt)",
        "share_words" => "Tỷ lệ bằng chữ",
        "consequence" => "Hệ quả",
        "exact_warning" => "Điều phải hỏi khi đúng bằng tỷ lệ",
        "days" => "Số ngày",
        "before" => "Trước (opening: ngày khai mạc; vote: ngày lấy phiếu)",
        "from" => "Người thực hiện, hoặc từ ngày",
        "to" => "Nơi nhận",
        "what" => "Việc phải làm",
        "who" => "Ai làm",
        "by" => "Thời hạn",
        "reason" => "Lý do ghi trên danh sách",
        "text" => "Nội dung",
        "post" => "Chức vụ",
        "titles" => "Chức danh (chữ thường không dấu, mỗi dòng một chức danh)",
        "confirm" => "Điều phải xác nhận",
        "months" => "Số tháng",
        "until" => "Đến ngày (năm-tháng-ngày; để trống nếu còn hiệu lực)",
        "councils" => "Loại hội đồng (mỗi dòng một loại)",
        "confidence_poll" => "Làm bằng bỏ phiếu tín nhiệm (có hoặc không)",
        "single_name_only" => "Chỉ áp dụng khi phiếu có một tên (có hoặc không)",
        other => {
            let council = other.strip_prefix("value.").and_then(CouncilKind::from_code);
            return council.map_or_else(|| other.to_owned(), |kind| kind.label().to_owned());
        }
    };
    words.to_owned()
}

fn value_field(leaf: &Leaf) -> ValueField {
    let is_hidden = matches!(leaf.name.as_str(), "id" | "band" | "kind");
    ValueField { name: field_name(&leaf.name), label: label(&leaf.name), is_hidden }
}

async fn edit_page(
    site: &Site,
    caller: &Caller,
    (ruleset, keys): (&str, &[String]),
    form: Option<Form>,
) -> Result<Page, AppError> {
    let page = site.app.statement_form(caller, ruleset, keys).await?;
    let form = form.unwrap_or_else(|| {
        let stored: Vec<(String, String)> =
            page.leaves.iter().map(|leaf| (field_name(&leaf.name), leaf.text.clone())).collect();
        let kind = (field::KIND.name, StatementKind::Compared.code().to_owned());
        Form::filled(stored.iter().map(|(name, text)| (name.as_str(), text.clone())).chain([kind]))
    });
    let with_value = !page.leaves.is_empty();
    let kinds = [
        (StatementKind::Compared, "Đã đối chiếu với văn bản gốc: đúng như trên"),
        (StatementKind::Changed, "Thay giá trị: văn bản gốc hoặc cấp có thẩm quyền quy định khác"),
        (StatementKind::Filled, "Ghi theo Quy chế của hội đồng: luật để hội đồng tự quy định"),
        (StatementKind::Accepted, "Chấp nhận khi chưa đối chiếu được, có lý do"),
    ];
    let offered = kinds.into_iter().filter(|(kind, _)| with_value || !kind.has_value());
    let kinds = offered.map(|(kind, label)| (kind.code(), label)).collect();
    let fields = page.leaves.iter().map(value_field).collect();
    Ok(Page::new(Edit { page, form, kinds, fields }))
}

/// `GET /quy-dinh/ghi-nhan?bo=…&khoa=…&khoa=…`; in place of keys `chon=het` for all of which nothing was said.
pub async fn edit(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Query(filter): Query<Filter>,
    RawQuery(query): RawQuery,
) -> Answer<Page> {
    let query = query.unwrap_or_default();
    let of = |wanted: &'static str| {
        form_urlencoded::parse(query.as_bytes())
            .filter(move |(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
    let ruleset = of("bo").next().unwrap_or_default();
    let mut keys: Vec<String> = of("khoa").collect();
    if of("chon").next().is_some() {
        let wanted = Wanted { open_only: true, ..filter.wanted()? };
        let page = site.app.rules_page(&caller, &wanted).await?;
        keys = page.lines.into_iter().map(|line| line.key).collect();
    }
    Ok(edit_page(&site, &caller, (&ruleset, &keys), None).await?)
}

fn typed(form: &Form) -> TypedStatement {
    let text = |field: field::Field<'_>| form.value(field.name).to_owned();
    let value: BTreeMap<String, String> = form
        .pairs()
        .filter_map(|(name, value)| Some((name.strip_prefix("value.")?.to_owned(), value.to_owned())))
        .collect();
    TypedStatement {
        ruleset: text(field::RULESET),
        kind: text(field::KIND),
        keys: form.all(field::KEYS.name).to_vec(),
        article: text(field::ARTICLE),
        document: text(field::DOCUMENT),
        page: text(field::PAGE),
        read_by: text(field::READ_BY),
        read_on: text(field::READ_ON),
        from: text(field::FROM),
        reason: text(field::REASON),
        value,
    }
}

/// `POST /quy-dinh/ghi-nhan`: proposes what is said of the parameters.
pub async fn propose(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, upload: Upload) -> Answer {
    let Upload { form, file } = upload;
    let ask = form.ask(&caller)?;
    let typed = typed(&form);
    let (ruleset, keys) = (typed.ruleset.clone(), typed.keys.clone());
    let outcome = match file.transpose() {
        Ok(file) => site.app.propose_statement(ask, typed, file).await,
        Err(problem) => Err(problem),
    };
    Ok(match form.sent(outcome)? {
        Sent::Done(id) => Done::Proposed.at(&path(id)).into_response(),
        Sent::Repeated => Done::Proposed.at(LIST).into_response(),
        Sent::Refused(form) => {
            let status = form.refused_status();
            edit_page(&site, &caller, (&ruleset, &keys), Some(form)).await?.with_status(status).into_response()
        }
    })
}

/// `POST /quy-dinh/lay-vao`: proposes that the council takes over what was published of a rule set.
pub async fn adopt(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, form: Form) -> Answer<Redirect> {
    match site.app.propose_adoption(form.ask(&caller)?, form.value(field::RULESET.name)).await {
        Ok(id) => Ok(Done::Proposed.at(&path(id))),
        Err(AppError::AlreadyDone) => Ok(Done::Proposed.at(LIST)),
        Err(problem) => Err(problem.into()),
    }
}

#[derive(Template)]
#[template(path = "rules/proposal.html")]
struct Show {
    page: StatementPage,
    form: Form,
}

impl Show {
    fn tag(&self) -> &'static str {
        match self.page.proposal.state {
            ProposalState::Open => "tag bad",
            ProposalState::Confirmed => "tag good",
            ProposalState::Refused | ProposalState::Withdrawn => "tag off",
        }
    }

    const fn decided_by(&self) -> &'static str {
        decided_by(self.page.proposal.state)
    }

    fn day(&self, day: &jiff::civil::Date) -> String {
        date_dmy(*day)
    }
}

fn path(id: AttestationId) -> String {
    format!("{LIST}/de-xuat/{id}")
}

fn read_id(text: &str) -> Result<AttestationId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("đề xuất này"))
}

async fn proposal_page(site: &Site, caller: &Caller, id: AttestationId, form: Form) -> Result<Page, AppError> {
    let page = site.app.statement(caller, id).await?;
    Ok(Page::new(Show { page, form }))
}

/// `GET /quy-dinh/de-xuat/{statement}`
pub async fn show(State(site): State<Arc<Site>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Answer<Page> {
    Ok(proposal_page(&site, &caller, read_id(&id)?, Form::default()).await?)
}

/// `POST /quy-dinh/de-xuat/{statement}/xac-nhan`
pub async fn confirm(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    let id = read_id(&id)?;
    let outcome = site.app.confirm_statement(form.ask(&caller)?, id).await;
    redirect(outcome, Done::Confirmed, &path(id))
}

/// `POST /quy-dinh/de-xuat/{statement}/khong-chap-nhan`
pub async fn refuse(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let id = read_id(&id)?;
    let refused = site.app.refuse_statement(form.ask(&caller)?, id, form.value(field::NOTE.name)).await;
    let next = |_| Done::Refused.at(&path(id));
    form.answered(refused, next, |form| proposal_page(&site, &caller, id, form)).await
}

/// `POST /quy-dinh/de-xuat/{statement}/rut`
pub async fn withdraw(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    let id = read_id(&id)?;
    let outcome = site.app.withdraw_statement(form.ask(&caller)?, id).await;
    redirect(outcome, Done::Withdrawn, &path(id))
}

/// `POST /ky/{poll}/quy-dinh`: proposes that the poll goes by the rules as they are attested now.
pub async fn take_over(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    form: Form,
) -> Answer<Redirect> {
    match site.app.propose_rules(form.ask(&caller)?, read_poll(&poll)?).await {
        Ok(id) => Ok(proposed(&poll, Some(id))),
        Err(AppError::AlreadyDone) => Ok(proposed(&poll, None)),
        Err(problem) => Err(problem.into()),
    }
}
