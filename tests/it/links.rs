//! No page leads anywhere that its reader may not go: every link and every form on every page that each role can open.

use std::collections::{BTreeMap, BTreeSet};

use app::counting::day::TypedStep;
use axum::http::{Method, StatusCode};
use domain::id::{CouncilId, DelegateId};
use domain::proposal::ProposalKind;
use domain::role::Role;
use scraper::{Html, Selector};
use store::roster;
use web::{Route, Takes, routes};

use crate::routes::World;
use crate::site::{Answer, Engine, PASSWORD, Site, Visitor, golden, on_both, sample_book};

fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    let part = |(expected, part): (&&str, &&str)| expected == part || (expected.starts_with('{') && !part.is_empty());
    let is_open = pattern.last().is_some_and(|last| last.starts_with("{*"));
    (pattern.len() == path.len() || (is_open && path.len() >= pattern.len())) && pattern.iter().zip(&path).all(part)
}

/// The route of an address; of two that fit, the one that says more.
fn route<'r>(all: &'r [Route], method: &Method, path: &str) -> Option<&'r Route> {
    let of_path = all.iter().filter(|route| route.method == *method && fits(route.path, path));
    of_path.min_by_key(|route| route.path.matches('{').count())
}

/// Every address of this site on a page, and whether a form is sent to it.
fn leads(answer: &Answer) -> BTreeSet<(String, bool)> {
    let page = Html::parse_document(&answer.html);
    let mut found = BTreeSet::new();
    for (selector, attribute) in [("a[href]", "href"), ("form[action]", "action")] {
        for element in page.select(&Selector::parse(selector).expect("selector")) {
            let is_sent = element.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
            let address = element.attr(attribute).expect("address");
            if address.starts_with('/') {
                found.insert((address.split(['?', '#']).next().expect("path").to_owned(), is_sent));
            }
        }
    }
    found
}

/// What is wrong with a link for somebody of this role; `None` when it leads where they may go.
fn fault(all: &[Route], role: Role, path: &str, is_sent: bool) -> Option<String> {
    let method = if is_sent { Method::POST } else { Method::GET };
    match route(all, &method, path) {
        None => Some(format!("{method} {path} leads nowhere")),
        Some(route) if !route.access.allows(Some(&[role])) => Some(format!("{method} {} is refused", route.path)),
        Some(_) => None,
    }
}

/// Where a walk begins.
const TABLE: &str = "the table of routes";

/// Follows every link from `starts`, page by page, and says what leads astray; forms are looked at, not sent.
async fn walk(visitor: &mut Visitor, role: Role, starts: Vec<String>, wrong: &mut BTreeMap<String, String>) -> usize {
    let all = routes();
    let mut open: Vec<(String, String)> = starts.into_iter().map(|path| (path, TABLE.to_owned())).collect();
    let (mut seen, mut shown) = (BTreeSet::new(), 0);
    // Of a page with an id that others of its kind have, a few stand for all.
    let mut visits: BTreeMap<&str, usize> = BTreeMap::new();
    while let Some((path, from)) = open.pop() {
        let Some(route) = route(&all, &Method::GET, &path) else { continue };
        let times = visits.entry(route.path).or_default();
        // Files lead nowhere, and a stream has no end.
        let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
        let is_start = from == TABLE;
        if is_file || (*times >= 8 && !is_start) || route.path.starts_with("/tep/") || !seen.insert(path.clone()) {
            continue;
        }
        *times += usize::from(!is_start);
        let answer = visitor.opens(&path).await;
        let is_page = answer.headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        if answer.status != StatusCode::OK {
            // What the table opens with made-up ids may not be there; what a page names must be.
            if !is_start {
                let sentence = format!("{path} answers {}: {}", answer.status, answer.text("main"));
                wrong.entry(format!("{role:?}: {} leads to {}", from, route.path)).or_insert(sentence);
            }
            continue;
        }
        if !is_page {
            continue;
        }
        shown += 1;
        for (to, is_sent) in leads(&answer) {
            match fault(&all, role, &to, is_sent) {
                Some(fault) => drop(wrong.entry(format!("{role:?}: {}: {fault}", route.path)).or_insert(to)),
                None if !is_sent => open.push((to, route.path.to_owned())),
                None => {}
            }
        }
    }
    shown
}

#[test]
fn no_page_leads_where_its_reader_may_not_go() {
    on_both(|engine: Engine| async move {
        let world = World::new(engine).await;
        let council = world.installation.council;
        let polls = votes_of_every_stage(&world.site, council).await;
        let mut wrong = BTreeMap::new();
        for (slug, login, role) in &world.people {
            let Some(role) = role else { continue };
            let own = if *role == Role::Operator { &world.installation } else { &world.own };
            let mut visitor = world.site.visitor();
            visitor.signs_in(slug, login, PASSWORD).await;
            let pages = |route: &Route| {
                let is_page = route.method == Method::GET && route.takes == Takes::Fields;
                let may = route.access.allows(Some(&[*role]));
                let of_poll = polls.iter().map(|poll| route.path.replace("{poll}", poll));
                let of_poll = of_poll.filter(|path| !path.contains('{') && route.path.contains("{poll}"));
                if is_page && may { std::iter::once(own.address(route)).chain(of_poll).collect() } else { Vec::new() }
            };
            let starts = routes().iter().flat_map(pages).collect();
            let shown = walk(&mut visitor, *role, starts, &mut wrong).await;
            assert!(shown > 3, "{role:?}: {shown} pages");
        }
        let list: Vec<String> = wrong.into_iter().map(|(fault, example)| format!("{fault}: {example}")).collect();
        assert!(list.is_empty(), "{} on {engine:?}:\n{}", list.len(), list.join("\n"));
    });
}

/// One vote at each stage of its way, beside those of the world.
async fn votes_of_every_stage(site: &Site, council: CouncilId) -> Vec<String> {
    let kept = roster::delegates(&mut site.store.read(council).await.expect("read")).await.expect("delegates");
    let id = |name: &String| kept.iter().find(|kept| kept.value.delegate.name == *name).expect("delegate").id;
    let delegates: Vec<DelegateId> = sample_book().delegates.iter().map(|delegate| id(&delegate.name)).collect();
    let mut votes = vec![site.has_poll(council).await.to_string()];
    for step in 0..6 {
        let poll = site.has_poll(council).await;
        site.seals(council, poll, &delegates).await;
        match step {
            0 => site.opens_the_vote(council, poll).await,
            1 => {
                site.opens_the_vote(council, poll).await;
                site.takes_ballots_back(council, poll).await;
            }
            2 => {
                site.opens_the_vote(council, poll).await;
                site.counts_all(council, poll, golden).await;
                site.closes_counting(council, poll).await;
            }
            3 => site.has_declared_poll(council, poll).await,
            4 => site.has_published_poll(council, poll).await,
            _ => {
                let reason = TypedStep { reason: "In sai".into(), ..TypedStep::default() };
                site.two(council, poll, ProposalKind::PollCancelled, reason).await.expect("cancelled");
            }
        }
        votes.push(poll.to_string());
    }
    votes
}
