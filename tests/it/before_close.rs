//! Before a count is closed nobody sees how a level stands: every page and every file about a poll, as everybody.

use std::collections::BTreeSet;

use app::counting::day::TypedStep;
use app::counting::room::{AT_WORK, WATCHERS};
use app::polls::CountedBatch;
use axum::http::{Method, StatusCode};
use domain::count::BatchCounts;
use domain::poll::{LevelCounts, PollKind};
use domain::proposal::ProposalKind;
use domain::role::Role;
use store::polls;
use web::routes;

use crate::paper_text::words;
use crate::poll_state::by_two;
use crate::site::{Answer, RETURNED, Site, on_both};

/// Three levels that are neither a day of a month nor together in a moment.
const LEVELS: [&str; 3] = ["37", "8", "2"];

/// The numbers of a text in order, without those in a hash, an id, a day or a time.
fn numbers(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == ':'));
    // A time has a colon between two digits; the colon of JSON stands beside a quotation mark.
    let words = words.map(|word| word.trim_matches(':'));
    words.filter(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())).collect()
}

/// Whether the first level stands in a text with both others not far behind it, as any page tells those of a line.
fn tells(text: &str) -> bool {
    let [first, second, third] = LEVELS;
    let numbers = numbers(text);
    let places = numbers.iter().enumerate().filter(|(_, number)| **number == first).map(|(place, _)| place);
    places.into_iter().any(|place| {
        let near = &numbers[place..numbers.len().min(place + 10)];
        near.contains(&second) && near.contains(&third)
    })
}

/// What a reader of an answer sees: the text of a page or file, the words of a paper.
fn seen(answer: &Answer) -> String {
    if answer.bytes.starts_with(b"%PDF") {
        words(&answer.bytes)
    } else {
        String::from_utf8_lossy(&answer.bytes).into_owned()
    }
}

#[test]
fn hashes_and_moments_are_no_levels() {
    assert!(tells("<td>37</td><td>8</td><td>2</td>") && tells(r#"{"high":37,"medium":8,"low":2}"#));
    assert!(!tells("20:37:08 ngày 8/2/2026") && !tells("c37a8f2e b37-8-2f") && !tells("2026-08-02T20:37:08Z 8 2"));
}

/// Batches of both forms are in, the count is not closed: every page and file about the poll, as everybody.
#[test]
fn no_page_and_no_file_tells_a_level_before_the_count_is_closed() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let counting = site.has_counting_poll(council).await;
        for (form, lines) in &counting.forms {
            let mut counts = BatchCounts { papers: RETURNED, ..BatchCounts::zero(PollKind::Rating, *lines) };
            counts.lines.fill(LevelCounts::Rating { high: 37, medium: 8, low: 2 });
            let batch = CountedBatch { form: form.clone(), batch: 1, counts, read: by_two() };
            site.commits(council, counting.poll, batch).await;
        }
        let (poll, form) = (counting.poll.to_string(), counting.forms[0].0.clone());
        let log = {
            let mut tx = site.store.read(council).await.expect("read");
            polls::find(&mut tx, counting.poll).await.expect("poll").expect("poll").log.to_string()
        };
        let places = [
            ("{poll}", poll.as_str()),
            ("{log}", &log),
            ("{slug}", "mau"),
            ("{form}", &form),
            ("{batch}", "1"),
            ("{line}", "1"),
            ("{step}", "dong-kiem-phieu"),
            ("{position}", "1"),
        ];
        let files = ["results.json", "ket-qua.csv", "ket-qua.json", "bien-ban-kiem-phieu.pdf", "nghi-quyet.pdf"];
        let mut paths: Vec<String> = Vec::new();
        for route in routes().iter().filter(|route| route.method == Method::GET) {
            // A stream has no end to wait for.
            let is_about = ["{poll}", "{log}"].iter().any(|place| route.path.contains(place));
            if !is_about || route.path.ends_with("/dong.txt") {
                continue;
            }
            let path = places.iter().fold(route.path.to_owned(), |path, (what, with)| path.replace(what, with));
            if path.contains("{file}") {
                paths.extend(files.iter().map(|file| path.replace("{file}", file)));
            } else if path.contains("{seq}") {
                paths.extend((0..30).map(|seq| path.replace("{seq}", &seq.to_string())));
            } else if !path.contains('{') {
                paths.push(path);
            }
        }
        assert!(paths.len() > 60, "{paths:?}");
        let mut shown = 0;
        for role in Role::OF_COUNCIL {
            site.has_account(council, &format!("xem-{}", role.code()), role.label(), role).await;
            let mut visitor = site.signed_in("mau", &format!("xem-{}", role.code())).await;
            for path in &paths {
                let answer = visitor.opens(path).await;
                let text = seen(&answer);
                shown += u32::from(answer.status == StatusCode::OK);
                assert!(!tells(&text), "{path} as {role:?}: {text}");
            }
        }
        assert!(shown > 100, "{shown} pages were there to be looked at");
        streams_tell_versions_alone(&site, &poll).await;
        // The control: once the count is closed, the result says it.
        site.two(council, counting.poll, ProposalKind::CountingClosed, TypedStep::default()).await.expect("closed");
        let mut clerk = site.signed_in("mau", "xem-clerk").await;
        let result = clerk.opens(&format!("/ky/{poll}/ket-qua")).await;
        assert!(tells(&result.html), "{}", result.html);
    });
}

/// What draws pages anew says that something happened, the same to everybody who may open them, and nothing to others.
async fn streams_tell_versions_alone(site: &Site, poll: &str) {
    for (path, allowed) in
        [(format!("/ky/{poll}/dong.txt"), AT_WORK), (format!("/may-chieu/{poll}/dong.txt"), WATCHERS)]
    {
        let mut told = BTreeSet::new();
        for role in Role::OF_COUNCIL {
            let mut visitor = site.signed_in("mau", &format!("xem-{}", role.code())).await;
            let answer = visitor.opens(&path).await;
            if !allowed.contains(&role) {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} as {role:?}");
                continue;
            }
            assert_eq!(answer.status, StatusCode::OK, "{path} as {role:?}: {}", answer.html);
            assert_eq!(answer.headers["content-type"], "text/event-stream");
            for line in answer.html.lines() {
                let number = line.strip_prefix("data: ").or_else(|| line.strip_prefix("retry: "));
                let is_version = number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
                assert!(is_version || matches!(line, "event: version" | "" | ":"), "{path} as {role:?}: {line}");
            }
            told.insert(answer.html);
        }
        assert_eq!(told.len(), 1, "{path}: {told:?}");
    }
}
