//! Before a count is closed nobody sees how a level stands: every page and every file about a poll, as everybody.

use app::counting::day::TypedStep;
use app::polls::CountedBatch;
use axum::http::{Method, StatusCode};
use domain::count::BatchCounts;
use domain::poll::{LevelCounts, PollKind};
use domain::proposal::ProposalKind;
use domain::role::Role;
use store::polls;
use web::routes;

use crate::poll_state::by_two;
use crate::site::{RETURNED, Site, on_both};

/// Whether `first` stands in a text with both others not far behind it: three levels of a line as any page tells them.
fn tells(text: &str, [first, second, third]: [&str; 3]) -> bool {
    let numbers: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
    let places = numbers.iter().enumerate().filter(|(_, number)| **number == first).map(|(place, _)| place);
    places.into_iter().any(|place| {
        let near = &numbers[place..numbers.len().min(place + 10)];
        near.contains(&second) && near.contains(&third)
    })
}

/// Batches of both forms are in, the count is not closed: every page and file about the poll, as everybody.
#[test]
fn no_page_and_no_file_tells_a_level_before_the_count_is_closed() {
    on_both(|engine| async move {
        let (site, council) = Site::with_council(engine).await;
        let counting = site.has_counting_poll(council).await;
        for (form, lines) in &counting.forms {
            let mut counts = BatchCounts { papers: RETURNED, ..BatchCounts::zero(PollKind::Rating, *lines) };
            counts.lines.fill(LevelCounts::Rating { high: 29, medium: 13, low: 5 });
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
                let text = String::from_utf8_lossy(&answer.bytes);
                shown += u32::from(answer.status == StatusCode::OK);
                assert!(!tells(&text, ["29", "13", "5"]), "{path} as {role:?}: {text}");
            }
        }
        assert!(shown > 100, "{shown} pages were there to be looked at");
        // The control: once the count is closed, the result says it.
        site.two(council, counting.poll, ProposalKind::CountingClosed, TypedStep::default()).await.expect("closed");
        let mut clerk = site.signed_in("mau", "xem-clerk").await;
        let result = clerk.opens(&format!("/ky/{poll}/ket-qua")).await;
        assert!(tells(&result.html, ["29", "13", "5"]), "{}", result.html);
    });
}
