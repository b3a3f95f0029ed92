//! A batch that is counted by hand: plain forms, no script. Names of fields hold `sealed`, so what is typed is never
//! carried on through a page in between.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;

use super::{ROOM, read_number, read_poll, stage_words};
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::form::Form;
use crate::notice::Done;
use crate::render::Page;
use app::AppError;
use app::counting::room::BatchPage;
use app::counting::room::table::{BatchProgress, TableError};
use domain::batch::hand_tally::{Row, SheetError, SheetFault};

/// A row with its fields.
struct RowFields {
    /// `Dòng 3`, for the line's heading.
    head: String,
    /// Full name, or what the row is about.
    what: String,
    /// What is wrong with it; empty when nothing is.
    error: String,
    /// Name, label, what was typed.
    fields: Vec<(String, String, String)>,
}

/// The page of one person.
#[derive(Template)]
#[template(path = "counting/tally.html")]
pub(super) struct TallyPage {
    poll: String,
    page: BatchPage,
    rows: Vec<RowFields>,
    /// The head teller keys what the two still count differently.
    decides: bool,
    /// Some rows only, because the two sheets differ there.
    is_again: bool,
    stage: String,
    tag: &'static str,
}

fn field_name(row: Row, place: usize) -> String {
    match row {
        Row::Invalid => format!("sealed-r{}", place + 1),
        Row::Line(line) => format!("sealed-d{line}-{}", place + 1),
    }
}

impl TallyPage {
    pub(super) fn new(poll: String, page: BatchPage) -> Self {
        Self::with(poll, page, None, &[])
    }

    fn with(poll: String, page: BatchPage, typed: Option<&Form>, wrong: &[(Row, String)]) -> Self {
        let asked = match &page.follow.progress {
            Some(BatchProgress::KeyRows(rows) | BatchProgress::DecideRows(rows)) => rows.clone(),
            _ => Vec::new(),
        };
        let row = |row: &Row| row_fields(&page, *row, typed, wrong);
        let (stage, tag) = page.watched.as_ref().map_or_else(Default::default, |(stage, _)| stage_words(*stage));
        Self {
            rows: asked.iter().map(row).collect(),
            decides: matches!(page.follow.progress, Some(BatchProgress::DecideRows(_))),
            // The one line of a recount is asked again as a whole.
            is_again: (!asked.is_empty() && asked.len() < page.lines.len() + 1 && !page.is_recount)
                || (page.is_recount && page.follow.is_again),
            stage,
            tag,
            poll,
            page,
        }
    }

    fn address(&self) -> String {
        format!("{ROOM}/{}/{}/{}", self.poll, self.page.form, self.page.number)
    }

    fn is_done(&self) -> bool {
        matches!(self.page.follow.progress, Some(BatchProgress::Taken | BatchProgress::Agreed))
    }

    fn wrong(&self) -> impl Iterator<Item = (&str, &str)> {
        let wrong = self.rows.iter().filter(|row| !row.error.is_empty());
        wrong.map(|row| (row.fields.first().map_or("", |(name, ..)| name.as_str()), row.error.as_str()))
    }
}

fn row_fields(page: &BatchPage, row: Row, typed: Option<&Form>, wrong: &[(Row, String)]) -> RowFields {
    let labels: Vec<&str> = match row {
        Row::Invalid => page.reasons.iter().map(String::as_str).collect(),
        Row::Line(_) => page.kind.levels().iter().map(|level| level.label()).collect(),
    };
    let field = |(place, label): (usize, &str)| {
        let name = field_name(row, place);
        let value = typed.map(|form| form.value(&name).to_owned()).unwrap_or_default();
        (name, label.to_owned(), value)
    };
    let name = |line: usize| line.checked_sub(1).and_then(|at| page.lines.get(at)).map(|line| line.name.clone());
    let (head, what) = match row {
        Row::Line(_) if page.is_recount => (page.number.to_string(), name(1).unwrap_or_default()),
        Row::Invalid => (String::new(), "Phiếu không hợp lệ, theo lý do".to_owned()),
        Row::Line(line) => (line.to_string(), name(line).unwrap_or_default()),
    };
    let error = wrong.iter().find(|(at, _)| *at == row).map(|(_, sentence)| sentence.clone()).unwrap_or_default();
    RowFields { head, what, error, fields: labels.into_iter().enumerate().map(field).collect() }
}

/// Figures row by row.
type Figures = Vec<(Row, Vec<u32>)>;

/// The figures that were typed for these rows, or which rows do not read.
fn read(page: &BatchPage, rows: &[Row], form: &Form) -> Result<Figures, Vec<(Row, String)>> {
    let mut read = Vec::with_capacity(rows.len());
    let mut wrong = Vec::new();
    for &row in rows {
        let places = if row == Row::Invalid { page.reasons.len() } else { page.kind.levels().len() };
        let figures: Option<Vec<u32>> =
            (0..places).map(|place| domain::text::read_number(form.value(&field_name(row, place)))).collect();
        match (figures, row) {
            (Some(figures), _) => read.push((row, figures)),
            (None, Row::Invalid) => {
                wrong.push((row, "Phiếu không hợp lệ: ghi số cho từng lý do, không có thì ghi 0.".into()))
            }
            (None, Row::Line(line)) => {
                wrong.push((row, format!("Dòng {line}: ghi số cho từng mức, không có thì ghi 0.")));
            }
        }
    }
    if wrong.is_empty() { Ok(read) } else { Err(wrong) }
}

/// `POST /kiem-phieu/{poll}/{form}/{batch}/dem-tay`
pub async fn key(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path((poll, form_id, batch)): Path<(String, String, String)>,
    form: Form,
) -> Answer {
    let (id, number) = (read_poll(&poll)?, read_number(&batch)?);
    let page = site.app.batch_page(&caller, id, &form_id, number).await?;
    // Which rows the form was for, its fields say: a form that is sent again may come when others are asked for.
    let rows = rows_of(&page, &form);
    let wrong = match read(&page, &rows, &form) {
        Ok(figures) => {
            let keyed = site.app.key_tally(form.ask(&caller)?, id, (form_id.as_str(), number), figures).await?;
            match keyed {
                Ok(BatchProgress::Agreed | BatchProgress::Taken) => {
                    return Ok(Done::TallyAgreed.at(&format!("{ROOM}/{poll}")).into_response());
                }
                Ok(_) => return Ok(Done::TallyKeyed.at(&format!("{ROOM}/{poll}/{form_id}/{batch}")).into_response()),
                Err(TableError::Sheet(SheetError::Faults(faults))) => {
                    faults.iter().map(|fault: &SheetFault| (fault.row(), fault.to_string())).collect()
                }
                Err(problem) => return Err(AppError::Input(problem.to_string()).into()),
            }
        }
        Err(wrong) => wrong,
    };
    let page = TallyPage::with(poll, page, Some(&form), &wrong);
    Ok(Page::new(page).with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// Rows of which the form has a field.
fn rows_of(page: &BatchPage, form: &Form) -> Vec<Row> {
    let all = std::iter::once(Row::Invalid).chain((1..=page.lines.len()).map(Row::Line));
    all.filter(|row| !form.all(&field_name(*row, 0)).is_empty()).collect()
}
