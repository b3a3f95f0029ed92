//! Phiếu đối chiếu quy định: the page of the rules as a paper of the office, and as text for the command line.

use std::path::Path;

use super::page::{RuleLine, RulesPage, Wanted};
use super::said::said_words;
use crate::rules::attested::{self, latest};
use crate::rules::sets;
use crate::service::app::App;
use crate::service::caller::Caller;
use crate::service::drawn;
use crate::service::error::AppError;
use domain::document::{RulesSheet, SheetLine, rules_sheet};
use domain::text::{date_dmy, upper_first};
use macros::boxed;
use store::{CouncilTx, Store, Target};

/// The sheet as a file.
#[derive(Clone, Debug)]
pub struct SheetPaper {
    pub name: String,
    pub bytes: Vec<u8>,
}

fn sheet_line(line: &RuleLine) -> SheetLine {
    SheetLine {
        what: line.what.clone(),
        value: line.value.clone(),
        cite: line.cite.clone(),
        mark: line.mark.to_owned(),
        note: line.note.clone(),
        is_open: line.said.is_none(),
        state: upper_first(line.state()),
        by: line.by(),
    }
}

impl App {
    /// The sheet of what the address asks for.
    ///
    /// # Errors
    /// When there is no such set or poll, or a character cannot be printed.
    #[boxed]
    pub async fn rules_sheet(&self, caller: &Caller, wanted: &Wanted) -> Result<SheetPaper, AppError> {
        let RulesPage { ruleset: (_, _, title), sha256, poll, lines, .. } = self.rules_page(caller, wanted).await?;
        let sheet = RulesSheet {
            council: caller.council_name.clone(),
            title,
            sitting: poll.map(|poll| poll.sitting),
            sha256,
            day: self.now_text()?.day_in_vietnam(),
            lines: lines.iter().map(sheet_line).collect(),
        };
        let pdf = drawn::document(&rules_sheet(&sheet)).map_err(|e| AppError::Input(e.to_string()))?;
        Ok(SheetPaper { name: "phieu-doi-chieu-quy-dinh.pdf".to_owned(), bytes: pdf.bytes })
    }
}

/// Who attested what: each rule set of a council of the data folder `data`, parameter by parameter. Nothing is written.
///
/// # Errors
/// When there is no such council, or the database cannot be read.
#[boxed]
pub async fn attested_text(target: &Target, slug: &str) -> Result<String, AppError> {
    let store = Store::open_to_look(target).await?;
    let councils = store.read_installation().await?;
    let found = councils.iter().find(|row| row.slug == slug);
    let row = found.ok_or_else(|| AppError::Input(no_council(slug, &councils)))?;
    let text = text_of(&mut store.read(row.id()?).await?, &row.name).await;
    store.close().await;
    text
}

fn no_council(slug: &str, councils: &[store::councils::CouncilRow]) -> String {
    let slugs: Vec<&str> = councils.iter().map(|row| row.slug.as_str()).collect();
    format!("Không có hội đồng «{slug}»; hãy dùng một trong: {}.", slugs.join(", "))
}

async fn text_of(tx: &mut CouncilTx, name: &str) -> Result<String, AppError> {
    let said = attested::confirmed(tx).await?;
    let mut text = format!("{name}\n");
    for base in sets::available(None)? {
        let now = latest(&base, &said)?;
        if now.set.attestations.is_empty() {
            text.push_str(&format!("\n{}: chưa tham số nào được đối chiếu\n", now.set.id));
            continue;
        }
        let parameters = now.set.parameters();
        let open = parameters.len() - now.set.attestations.len();
        text.push_str(&format!(
            "\n{} ({} tham số chưa đối chiếu)\n  SHA-256: {}\n",
            now.set.id, open, now.source.sha256
        ));
        for parameter in parameters {
            let (state, by) = match now.set.attestation(&parameter.key) {
                Some(said) => (said.kind.label(), said_words(said)),
                None => ("chưa đối chiếu", String::new()),
            };
            text.push_str(&format!("- {}: {}\n    {} [{state}]\n", parameter.key, parameter.value, parameter.cite));
            if !by.is_empty() {
                text.push_str(&format!("    {by}\n"));
            }
            let from = now.set.attestation(&parameter.key).and_then(|said| said.from);
            if let Some(from) = from {
                text.push_str(&format!("    Áp dụng từ ngày {}\n", date_dmy(from)));
            }
        }
    }
    Ok(text)
}

/// The same of a data folder, or of the database that `database_url` names.
///
/// # Errors
/// As [`attested_text`], and when there is no data folder.
#[boxed]
pub async fn attested_of_folder(data: &Path, database_url: Option<&str>, slug: &str) -> Result<String, AppError> {
    attested_text(&crate::installation::data_folder::target(data, database_url)?, slug).await
}
