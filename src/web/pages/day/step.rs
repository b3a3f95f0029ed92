//! A step for two people: what it would do, why it cannot be taken now, the form that proposes it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use serde::Deserialize;

use super::{STEPS, proposed, read_poll, tag};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::render::Page;
use app::counting::day::{AccountLine, RecountLine, StepPage, TypedAccount, TypedStep};
use app::preparing::TypedDecision;
use app::{AppError, Caller};
use domain::ballot_account::BallotAccount;
use domain::finding::Finding;
use domain::presence::HallFigures;
use domain::proposal::ProposalKind;
use domain::text::date_dmy;

#[derive(Template)]
#[template(path = "day/step.html")]
struct Show {
    poll: String,
    step: String,
    page: StepPage,
    form: Form,
    explains: &'static str,
    /// Batches, forms or papers to choose from.
    choices: Vec<(String, String)>,
    figures: &'static [(&'static str, &'static str, &'static str)],
}

impl Show {
    fn present_help(&self) -> String {
        let all = format!("Đếm tại chỗ, không nhiều hơn tổng số {} đại biểu.", self.page.delegates);
        match &self.page.opening {
            Some(opening) => format!("{all} Túc số: ít nhất {} người ({}).", opening.quorum, opening.quorum_cite),
            None => all,
        }
    }

    fn planned(&self) -> String {
        let planned = self.page.opening.as_ref().and_then(|opening| opening.planned);
        planned.map_or_else(|| "–".to_owned(), date_dmy)
    }

    fn findings(&self) -> &[Finding] {
        let opening = self.page.opening.as_ref().filter(|_| self.page.kind == ProposalKind::VotingOpened);
        opening.map_or(&[], |opening| opening.findings.as_slice())
    }

    fn tag(&self, finding: &Finding) -> &'static str {
        tag(finding)
    }
}

const fn explains(kind: ProposalKind) -> &'static str {
    match kind {
        ProposalKind::DeckWaived => {
            "Bình thường, bộ phiếu thử phải kiểm ra đúng số trước khi mở bỏ phiếu. Chỉ bỏ qua khi thật cần; biên bản in rõ lý do và tên hai người."
        }
        ProposalKind::PollMoved => {
            "Kỳ họp hoãn hoặc dời ngày bỏ phiếu thì chuyển ngày bằng hai người, có lý do; phiếu đã in không phải in lại."
        }
        ProposalKind::VotingOpened => {
            "Ban kiểm phiếu đếm số đại biểu có mặt, kiểm tra hòm phiếu trước mọi người, rồi phát phiếu. Số phiếu phát ra không được nhiều hơn số có mặt."
        }
        ProposalKind::PresenceCorrected => {
            "Số có mặt đã ghi sai thì sửa bằng hai người, có lý do. Có người đến hay rời phòng sau khi mở thì không sửa số này, mà ghi ở trang Đại biểu có mặt."
        }
        ProposalKind::IssuedCorrected => {
            "Số phát ra đã công bố mà ghi sai, hoặc có đại biểu đến sau nhận phiếu, thì sửa bằng hai người, có lý do."
        }
        ProposalKind::BallotsCorrected => {
            "Số phiếu đã ghi sai thì sửa bằng hai người, có lý do. Số cũ vẫn còn trong nhật ký."
        }
        ProposalKind::BatchReopened => {
            "Một tập đã chốt được kiểm lại từ đầu khi có lý do. Số đếm cũ bị hủy, không ai xem được."
        }
        ProposalKind::CountingClosed => {
            "Khi mọi phiếu thu về đã nằm trong các tập đã chốt, đóng kiểm phiếu: số đếm niêm phong được mở, cộng lại và ký điểm chốt."
        }
        ProposalKind::RecountOrdered => {
            "Dòng không sát ngưỡng chỉ kiểm lại khi có lý do và một người khác đồng ý. Biên bản in nguyên văn lý do và tên hai người."
        }
        ProposalKind::ResultDeclared => {
            "Kết quả được tính theo bộ quy tắc từ số đã kiểm, kể cả các dòng đã kiểm lại. Ghi rồi thì kết quả không đổi nữa."
        }
        ProposalKind::MinutesReopened => {
            "Biên bản đã ký mà sai thì hủy việc ký bằng hai người, có lý do, trước khi kết quả được xác nhận; sau đó trình và ký lại."
        }
        ProposalKind::ResultConfirmed => "Sau khi nghị quyết được thông qua, ghi số và ngày của nghị quyết.",
        ProposalKind::ResultPublished => {
            "Công bố kết quả và ký điểm chốt cuối cùng trên toàn bộ nhật ký. Hãy đọc các cảnh báo về bí mật lá phiếu ở cuối trang này trước."
        }
        ProposalKind::CorrigendumIssued => {
            "Văn bản đã công bố có chỗ ghi sai thì phát hành văn bản đính chính; kết quả trong nhật ký không thay đổi."
        }
        ProposalKind::PollArchived => "Ghi nơi lưu phiếu đã niêm phong và hồ sơ của cuộc bỏ phiếu.",
        ProposalKind::PollCancelled => {
            "Hủy là dừng hẳn: không bước nào đi tiếp, số đếm đã niêm phong không bao giờ được mở."
        }
        ProposalKind::LineRecounted
        | ProposalKind::EligibilityOverride
        | ProposalKind::ListDecided
        | ProposalKind::BoardAppointed
        | ProposalKind::DossiersReleased
        | ProposalKind::FormsSealed
        | ProposalKind::RulesFrozen
        | ProposalKind::BadLineChosen => "",
    }
}

fn read_step(name: &str) -> Result<ProposalKind, AppError> {
    let found = STEPS.iter().find(|(step, _)| *step == name);
    found.map(|(_, kind)| *kind).ok_or(AppError::NotFound("bước này"))
}

/// Which of several things the step is about, from a link.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    #[serde(rename = "ve")]
    about: String,
}

async fn page(
    site: &Site,
    caller: &Caller,
    (poll, step): (&str, &str),
    about: &str,
    form: Option<Form>,
) -> Result<Page, AppError> {
    let kind = read_step(step)?;
    let id = read_poll(poll)?;
    let page = site.app.step_page(caller, id, kind).await?;
    let mut choices: Vec<(String, String)> = Vec::new();
    let mut filled = Form::filled([("about", about.to_owned())]);
    match kind {
        ProposalKind::BatchReopened => {
            choices.push((String::new(), "Chọn một tập".to_owned()));
            choices.extend(page.batches.iter().map(|batch| {
                let (form, number, papers) = (&batch.form, batch.batch, batch.papers);
                (format!("{form}/{number}"), format!("Mẫu {form}, tập {number} ({papers} phiếu)"))
            }));
        }
        ProposalKind::RecountOrdered => {
            choices.push((String::new(), "Chọn một dòng".to_owned()));
            let recounts = site.app.recount_page(caller, id).await?;
            choices.extend(recounts.lines.iter().filter(|line| line.why.is_empty()).map(|line| {
                let RecountLine { form, line, name, .. } = line;
                (format!("{form}/{line}"), format!("{name} (mẫu {form}, dòng {line})"))
            }));
        }
        ProposalKind::CorrigendumIssued => {
            choices.push((String::new(), "Chọn một văn bản".to_owned()));
            choices.extend(page.papers.iter().cloned());
        }
        ProposalKind::PresenceCorrected => {
            if let Some(hall) = page.hall {
                let HallFigures { attended, now, opened } = hall.figures;
                let figures = [("opened", opened), ("attended", attended), ("now", now)];
                filled = Form::filled(figures.map(|(field, figure)| (field, figure.to_string())));
            }
        }
        ProposalKind::IssuedCorrected | ProposalKind::BallotsCorrected => {
            let accounts = site.app.account_page(caller, id).await?;
            choices.extend(accounts.lines.iter().map(|line| {
                let form = &line.progress.form;
                (form.id.clone(), format!("{}, mẫu {}", form.block, form.id))
            }));
            let chosen = accounts.lines.iter().find(|line| line.progress.form.id == about).or(accounts.lines.first());
            let stands = |line: &AccountLine| match line.account {
                Some(account) => Some(account),
                None => line.issued.map(|papers| BallotAccount::plain(papers.printed, papers.issued, 0)),
            };
            if let Some((line, account)) = chosen.and_then(|line| stands(line).map(|account| (line, account))) {
                let typed = TypedAccount::of(account);
                let figures = TypedAccount::FIELDS.iter().zip(typed.values());
                let figures = figures.map(|((field, ..), value)| (*field, value.to_owned()));
                filled = Form::filled([("about", line.progress.form.id.clone())]).also_filled(figures);
            }
        }
        _ => {}
    }
    let form = form.unwrap_or(filled);
    // What was announced is two of the figures.
    let all: &'static [_] = &TypedAccount::FIELDS;
    let figures = if kind == ProposalKind::IssuedCorrected { all.get(..2).unwrap_or_default() } else { all };
    let (poll, step) = (poll.to_owned(), step.to_owned());
    Ok(Page::new(Show { poll, step, page, form, explains: explains(kind), choices, figures }))
}

/// `GET /ky/{poll}/buoc/{step}`
pub async fn show(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, step)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Answer<Page> {
    Ok(page(&site, &caller, (&poll, &step), &wanted.about, None).await?)
}

fn typed(form: &Form) -> TypedStep {
    let text = |field: &str| form.value(field).to_owned();
    TypedStep {
        reason: text("reason"),
        present: text("present"),
        opened: text("opened"),
        attended: text("attended"),
        now: text("now"),
        decision: TypedDecision { number: text("number"), day: text("day") },
        place: text("place"),
        about: text("about"),
        account: super::account::typed(form),
        corrects: text("corrects"),
        right: text("right"),
    }
}

/// `POST /ky/{poll}/buoc/{step}`
pub async fn propose(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, step)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let (ask, kind) = (form.ask(&caller)?, read_step(&step)?);
    let outcome = site.app.propose_step(ask, read_poll(&poll)?, kind, &typed(&form)).await;
    form.answered(outcome, |id| proposed(&poll, id), |form| page(&site, &caller, (&poll, &step), "", Some(form))).await
}
