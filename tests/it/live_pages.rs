//! Pages that draw themselves anew: what their streams say, and when.

use std::time::Duration;

use app::counting::day::TypedStep;
use app::counting::room::screen::Versions;
use axum::http::StatusCode;
use domain::id::PollId;
use domain::proposal::ProposalKind;
use domain::role::Role;
use tokio::time::timeout;

use crate::counting::{Hall, pile};
use crate::site::on_both;

async fn next(versions: &mut Versions) -> u64 {
    timeout(Duration::from_secs(30), versions.next()).await.expect("within half a minute").expect("a version")
}

/// Whatever happens to a pile, a proposal or a step is a new version, and a page that is drawn says which one it is.
#[test]
fn everything_that_happens_is_a_new_version_for_whoever_has_a_page_open() {
    on_both(|engine| async move {
        let mut hall = Hall::counting(engine, &[3], &[10]).await;
        let (site, council, poll) = (&hall.site, hall.council, hall.day.poll);
        let an = site.account_caller(council, "kp.an").await;
        let leader = site.somebody(council, Role::Leader);
        let mut watched = site.app.follow_pages(&an, poll).await.expect("stream");
        let mut of_leader = site.app.follow_pages(&leader, poll).await.expect("stream");
        let first = next(&mut watched).await;
        assert_eq!(next(&mut of_leader).await, first, "both are told the same");

        hall.opens("1", "10", "marks").await;
        let opened = next(&mut watched).await;
        assert!(opened > first);
        assert_eq!(next(&mut of_leader).await, opened);
        let room = hall.room();
        let page = hall.an.visitor.opens(&room).await;
        assert!(page.html.contains(&format!("data-version=\"{opened}\"")), "{}", page.html);
        assert!(page.html.contains(&format!("data-live=\"/ky/{poll}/dong.txt\"")), "{}", page.html);

        let address = hall.batch(1);
        let papers = pile(&["120"; 10]);
        hall.an.keys(&address, "entry", &papers).await;
        let keyed = next(&mut watched).await;
        assert!(keyed > opened);
        hall.binh.keys(&address, "entry", &papers).await;
        let committed = next(&mut watched).await;
        assert!(committed > keyed);

        let typed = TypedStep { reason: "Mất điện".into(), ..TypedStep::default() };
        let head = hall.site.account_caller(council, "truong.ban").await;
        let ask = app::service::app::Ask { caller: &head, request: hall.site.app.new_request().expect("request") };
        hall.site.app.propose_step(ask, poll, ProposalKind::PollCancelled, &typed).await.expect("proposed");
        assert!(next(&mut watched).await > committed);
        hall.site.app.stop_following();
        let end = async { while watched.next().await.is_some() {} };
        timeout(Duration::from_secs(30), end).await.expect("streams end with the service");
    });
}

/// Who is on no board of this poll, and whoever has no part in it, hears nothing; before the forms are sealed no teller does.
#[test]
fn nothing_is_told_to_who_may_not_open_the_page() {
    on_both(|engine| async move {
        let hall = Hall::counting(engine, &[3], &[10]).await;
        let (site, council) = (&hall.site, hall.council);
        for role in [Role::Delegate, Role::Observer, Role::Admin, Role::Auditor, Role::Official] {
            let other = site.somebody(council, role);
            assert!(site.app.follow_pages(&other, hall.day.poll).await.is_err(), "{role:?}");
        }
        let an = site.account_caller(council, "kp.an").await;
        let nothing = PollId::new(site.clock.now(), &[7; 10]);
        assert!(site.app.follow_pages(&an, nothing).await.is_err());
        let begun = site.has_poll(council).await;
        assert!(site.app.follow_pages(&an, begun).await.is_err(), "not sealed");
        let leader = site.somebody(council, Role::Leader);
        assert!(site.app.follow_pages(&leader, begun).await.is_ok());
        let mut guest = site.visitor();
        let answer = guest.sends_once(axum::http::Method::GET, &format!("/ky/{}/dong.txt", hall.day.poll), None).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    });
}
