//! Two officials of one block beside each other, by year: counts, and the facts behind each by a link.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use serde::Deserialize;

use super::filter::Filter;
use super::read_poll;
use crate::Site;
use crate::answer::{Answer, SignedIn};
use crate::render::Page;
use app::reading::room::{Beside, Side};
use domain::fact::FactKind;

/// `?mot=3&hai=5`: places of two dossiers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    mot: String,
    hai: String,
}

/// What is counted of one official in one row.
struct Count {
    all: usize,
    unmet: usize,
    /// The facts themselves; `None` where there are none.
    to: Option<String>,
    to_unmet: String,
}

/// One kind of facts in one year.
struct Row {
    kind: &'static str,
    counts: [Count; 2],
}

#[derive(Template)]
#[template(path = "reading/beside.html")]
struct BesidePage {
    beside: Beside,
    chosen: [Option<u32>; 2],
    /// The rows of each year, the last first.
    years: Vec<(i16, Vec<Row>)>,
}

impl BesidePage {
    /// Which of the two, name and label of each field.
    const fn fields(&self) -> [(usize, &'static str, &'static str); 2] {
        [(0, "mot", "Người thứ nhất"), (1, "hai", "Người thứ hai")]
    }

    fn is_chosen(&self, which: &usize, position: &u32) -> bool {
        self.chosen.get(*which).is_some_and(|chosen| *chosen == Some(*position))
    }

    /// Somebody chose two who cannot be put beside each other.
    const fn is_refused(&self) -> bool {
        self.beside.pair.is_none() && self.chosen[0].is_some() && self.chosen[1].is_some()
    }
}

/// `GET /doc/{poll}/canh-nhau`
pub async fn beside(
    State(site): State<Arc<Site>>,
    SignedIn(caller): SignedIn,
    Path(poll): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer<Page> {
    let chosen = [asked.mot.parse().ok(), asked.hai.parse().ok()];
    let beside = site.app.side_by_side(&caller, read_poll(&poll)?, chosen).await?;
    let years = beside.pair.as_ref().map(|pair| rows(&format!("/doc/{poll}"), pair)).unwrap_or_default();
    Ok(Page::new(BesidePage { beside, chosen, years }))
}

fn rows(room: &str, pair: &[Side; 2]) -> Vec<(i16, Vec<Row>)> {
    let marks = || pair.iter().flat_map(|side| &side.guide).flat_map(|guide| &guide.facts);
    let years: BTreeSet<i16> = marks().map(|mark| mark.year).collect();
    let of_year = |year: i16| {
        let row = |kind: FactKind| Row {
            kind: kind.label(),
            counts: pair.each_ref().map(|side| count(room, side, year, kind)),
        };
        let rows = FactKind::ALL.into_iter().map(row).filter(|row| row.counts.iter().any(|count| count.all > 0));
        (year, rows.collect())
    };
    years.into_iter().rev().map(of_year).collect()
}

fn count(room: &str, side: &Side, year: i16, kind: FactKind) -> Count {
    let of = |filter: Filter| side.guide.as_ref().map_or(0, |guide| filter.numbers(guide).len());
    let (all, unmet) = (Filter::of_year(year, kind, false), Filter::of_year(year, kind, true));
    let to = |filter: Filter| format!("{room}/{}{}", side.position, filter.query());
    Count { all: of(all), unmet: of(unmet), to: (of(all) > 0).then(|| to(all)), to_unmet: to(unmet) }
}
