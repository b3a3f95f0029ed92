//! The table of routes, walked: every route, as everybody, with one's own ids and with another council's.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::service::app::Ask;
use axum::http::{Method, StatusCode, header};
use domain::audit::Digest;
use domain::fact::FactKind;
use domain::id::{AccountId, CouncilId, DelegateId, FactId, JobId, OfficialId, QuestionId};
use domain::role::Role;
use web::{self, Access, Route, Takes, routes};

use crate::poll_state::paper;
use crate::site::{Answer, Engine, GOLDEN, PASSWORD, Site, Visitor, compared, on_both, sample_book, somebody_in};

/// In every name of the other council, and nowhere else.
const MARK: &str = "Bên Kia";

/// Ids that stand in addresses.
pub struct Ids {
    slug: &'static str,
    /// A council that the operator may see.
    pub council: CouncilId,
    account: AccountId,
    log: String,
    poll: String,
    official: OfficialId,
    delegate: DelegateId,
    job: JobId,
    proposal: String,
    form: String,
    /// A poll with a declared result, and somebody whom it brings before a Confidence poll.
    declared: (String, OfficialId),
    /// Long work that printed dossiers; they were released.
    work: JobId,
    question: String,
    summary: String,
    /// What a clerk proposed to say of a rule; it waits.
    statement: String,
    /// About an official who signs in as `vai-official`.
    fact: FactId,
    /// The file of its source.
    file_hash: Digest,
    /// Asked of that official, who is to reply.
    asked: QuestionId,
}

pub struct World {
    pub site: Site,
    /// Council to sign in to, login, roles (`None` while the first password has to be changed), own ids.
    pub people: Vec<(&'static str, String, Option<Role>)>,
    pub own: Ids,
    pub installation: Ids,
    other: Ids,
}

impl World {
    pub async fn new(engine: Engine) -> Self {
        let (site, council) = Site::with_council(engine).await;
        let operator = site.actor_of_operator().await;
        let other = site.found(&operator, "ben-kia", "Hội đồng nhân dân tỉnh Khác").await;
        let mut people = vec![("he-thong", "he.thong".to_owned(), Some(Role::Operator))];
        for role in Role::OF_COUNCIL {
            let login = format!("vai-{}", role.code());
            site.has_account(council, &login, role.label(), role).await;
            site.has_account(other, &login, &format!("{} {MARK}", role.label()), role).await;
            people.push(("mau", login, Some(role)));
        }
        site.has_account_that(council, "moi", "Người Mới", Role::Admin, true).await;
        people.push(("mau", "moi".to_owned(), None));
        let own = Self::ids(&site, council, "mau", "Người Đích").await;
        let installation = Self::ids(&site, CouncilId::INSTALLATION, "he-thong", "Người Đích").await;
        for (slug, login, ids) in [("mau", "quan.tri", &own), ("he-thong", "he.thong", &installation)] {
            let mut reader = site.signed_in(slug, login).await;
            reader.opens(&format!("/nhat-ky/{}", ids.log)).await;
            let signed = reader.submits(&format!("/nhat-ky/{}/diem-chot", ids.log), &[]).await;
            assert_eq!(signed.text(".notice"), "Đã ký điểm chốt.");
        }
        let other = Self::ids(&site, other, "ben-kia", &format!("Người Đích {MARK}")).await;
        let installation = Ids { council, ..installation };
        Self { site, people, own, installation, other }
    }

    /// What no page of a walk needs: papers that were issued, slips of which one took the place of another.
    pub async fn has_papers_and_slips(&self) {
        let (site, council) = (&self.site, self.own.council);
        let clerk = somebody_in(council, Role::Clerk, site.clock.now());
        let poll = self.own.declared.0.parse().expect("poll");
        for name in ["danh-sach.pdf", "thong-bao.pdf"] {
            site.app.issue_paper(site.hand(&clerk), poll, paper(name)).await.expect("paper");
        }
        let admin = somebody_in(council, Role::Admin, site.clock.now());
        let delegate = site.account(council, "vai-delegate").await.to_string();
        for days in ["3", "5"] {
            let ask = Ask { caller: &admin, request: site.app.new_request().expect("request") };
            site.app.issue_slips(ask, std::slice::from_ref(&delegate), days, "http://localhost").await.expect("slip");
        }
    }

    async fn ids(site: &Site, council: CouncilId, slug: &'static str, name: &str) -> Ids {
        let account = site.has_account(council, "dich", name, Role::Auditor).await;
        let log = site.own_log(council).await.to_string();
        let official = site.has_official(council, name).await;
        let delegate = site.has_delegate(council, name, None).await;
        let job = site.has_job(council, account, name).await;
        // The installation holds no votes: an id that nobody has stands for what is not there.
        let statement;
        let (poll, proposal, form, work, declared) = if council.is_installation() {
            let of_law = compared("NQ96-2023-QH15", vec!["quorum".into()]);
            statement = site.proposes_publication(of_law).await.to_string();
            let nobody = (council.to_string(), OfficialId::new(site.clock.now(), &[0; 10]));
            (council.to_string(), council.to_string(), "khong-co".to_owned(), job, nobody)
        } else {
            let (officials, delegates) = site.has_sample_roster(council).await;
            let declared = Self::declared(site, council, &officials, &delegates).await;
            let poll = site.has_poll(council).await;
            statement = site.says_everything_of_rules(council).await.to_string();
            site.takes_rules_over(council, poll).await;
            let sealed = site.seals(council, poll, &delegates).await;
            let work = site.has_release(council, sealed.poll).await;
            // A step of counting day: everybody in the hall sees it.
            let waiver = site.proposes_a_waiver(council, sealed.poll).await;
            site.passes_deck(council, sealed.poll).await;
            site.has_deck_batch(council, sealed.poll, "vai-teller").await;
            (sealed.poll.to_string(), waiver.to_string(), format!("{}.pdf", sealed.form), work, declared)
        };
        let (mut question, mut summary) = (String::new(), String::new());
        if let (false, Ok(poll)) = (council.is_installation(), poll.parse()) {
            question = site.has_question(council, poll, official, name).await.to_string();
            summary = site.has_summary(council, poll, name).await.to_string();
        }
        let (fact, file_hash, asked) = Self::about_official(site, council, &poll, name).await;
        Ids {
            slug,
            council,
            account,
            log,
            poll,
            official,
            delegate,
            job,
            proposal,
            form,
            declared,
            work,
            question,
            summary,
            statement,
            fact,
            file_hash,
            asked,
        }
    }

    /// A poll with a declared result, and whom it brings before a Confidence poll.
    async fn declared(
        site: &Site,
        council: CouncilId,
        officials: &[OfficialId],
        delegates: &[DelegateId],
    ) -> (String, OfficialId) {
        let poll = site.has_poll(council).await;
        site.seals(council, poll, delegates).await;
        site.has_eventful_poll(council, poll).await;
        let place = sample_book().officials.iter().position(|person| person.name == GOLDEN).expect("in the sample");
        (poll.to_string(), officials[place])
    }

    /// What is stated about, and asked of, the official who signs in as `vai-official`.
    async fn about_official(site: &Site, council: CouncilId, poll: &str, name: &str) -> (FactId, Digest, QuestionId) {
        if council.is_installation() {
            let at = site.clock.now();
            return (FactId::new(at, &[0; 10]), Digest::of(b""), QuestionId::new(at, &[0; 10]));
        }
        let account = site.account(council, "vai-official").await;
        let linked = site.has_linked_official(council, account, name).await;
        let (fact, file) = site.has_fact_with_file(council, linked, FactKind::Questioning, name).await;
        let by = |role| somebody_in(council, role, site.clock.now());
        let (asker, leader) = (by(Role::Delegate), by(Role::Leader));
        let request = || site.app.new_request().expect("request");
        let ask = Ask { caller: &asker, request: request() };
        let question = site.app.ask_question(ask, poll.parse().expect("poll"), linked, name).await.expect("question");
        let ask = Ask { caller: &leader, request: request() };
        site.app.forward_question(ask, question, 1).await.expect("forwarded");
        (fact, file, question)
    }
}

impl Ids {
    /// An address of the route, with these ids in it.
    pub fn address(&self, route: &Route) -> String {
        const AFTER: &[&str] =
            &["/ket-qua", "/giay-to", "/viec-sau/", "/bo-phieu-tin-nhiem", "/cong-khai", "/cong-bo/"];
        let is_after = AFTER.iter().any(|part| route.path.contains(part));
        let fill = |part: &str| match part {
            "{poll}" if is_after => self.declared.0.clone(),
            "{official}" if is_after => self.declared.1.to_string(),
            "{duty}" => "confidence_poll".to_owned(),
            "{file}" if route.path.contains("/giay-to/") => "bien-ban-kiem-phieu.pdf".to_owned(),
            "{file}" if is_after => "ket-qua.json".to_owned(),
            "{account}" => self.account.to_string(),
            "{log}" => self.log.clone(),
            "{poll}" => self.poll.clone(),
            "{official}" => self.official.to_string(),
            "{delegate}" => self.delegate.to_string(),
            "{job}" => self.job.to_string(),
            "{proposal}" => self.proposal.clone(),
            "{file}" => self.form.clone(),
            "{form}" => self.form.trim_end_matches(".pdf").to_owned(),
            "{line}" => "1".to_owned(),
            "{step}" => "huy".to_owned(),
            "{batch}" => "1".to_owned(),
            "{deadline}" => "person_report".to_owned(),
            "{work}" => self.work.to_string(),
            "{kind}" => "nguoi".to_owned(),
            "{about}" => self.official.to_string(),
            "{release}" => "1".to_owned(),
            "{position}" => "1".to_owned(),
            "{question}" => self.question.clone(),
            "{summary}" => self.summary.clone(),
            "{statement}" => self.statement.clone(),
            "{fact}" => self.fact.to_string(),
            "{sha256}" => self.file_hash.to_string(),
            "{asked}" => self.asked.to_string(),
            "{section}" => "giai-trinh-y-kien-cu-tri".to_owned(),
            "{seq}" => "0".to_owned(),
            "{council}" => self.council.to_string(),
            "{slug}" => self.slug.to_owned(),
            "{*name}" | "{token}" | "{code}" => "khong-co".to_owned(),
            other if other.starts_with('{') => panic!("tests/it/routes.rs does not know what {other} stands for"),
            other => other.to_owned(),
        };
        route.path.split('/').map(fill).collect::<Vec<_>>().join("/")
    }
}

/// Whether the address holds an id that belongs to a council.
fn has_ids(route: &Route) -> bool {
    let ids = [
        "{account}",
        "{log}",
        "{slip}",
        "{poll}",
        "{official}",
        "{delegate}",
        "{job}",
        "{fact}",
        "{sha256}",
        "{asked}",
    ];
    ids.iter().any(|id| route.path.contains(id))
}

/// Not by [`Site::signed_in`]: who must choose a password first may be led elsewhere than to the first page.
async fn signed_in(world: &World, council: &str, login: &str) -> Visitor {
    let mut visitor = world.site.visitor();
    let answer = visitor.signs_in(council, login, PASSWORD).await;
    assert!(visitor.cookie.is_some(), "{login}: {}", answer.html);
    visitor
}

/// Sends what the route takes: for POST a form with the token of the session and nothing else.
async fn asks(visitor: &mut Visitor, route: &Route, address: &str) -> Answer {
    let body = (route.method == Method::POST).then(|| {
        let token = visitor.hidden_fields("/dang-xuat").into_iter().find(|(name, _)| name == "form_token");
        format!("form_token={}", token.map(|(_, token)| token).unwrap_or_default())
    });
    visitor.sends_once(route.method.clone(), address, body).await
}

/// People who stay signed in from route to route. A route may end the session of who calls it, or of all: whoever is led to
/// the door signs in again and asks once more.
struct SignedIn<'w> {
    world: &'w World,
    visitors: BTreeMap<&'w str, Visitor>,
}

impl<'w> SignedIn<'w> {
    async fn asks(&mut self, (council, login): (&str, &'w str), route: &Route, address: &str) -> Answer {
        if let Some(visitor) = self.visitors.get_mut(login) {
            let answer = asks(visitor, route, address).await;
            if !to(&answer).starts_with("/dang-nhap") {
                return answer;
            }
        }
        let mut visitor = signed_in(self.world, council, login).await;
        let answer = asks(&mut visitor, route, address).await;
        self.visitors.insert(login, visitor);
        answer
    }
}

fn to(answer: &Answer) -> &str {
    answer.headers.get(header::LOCATION).map_or("", |to| to.to_str().expect("text"))
}

#[test]
fn every_route_lets_in_who_may_and_nobody_else_and_no_id_of_another_council_opens_anything() {
    on_both(|engine| async move {
        let world = World::new(engine).await;
        let mut people = SignedIn { world: &world, visitors: BTreeMap::new() };
        for route in routes() {
            guest_is_led_to_the_door(&world, &route).await;
            for (council, login, role) in &world.people {
                let is_operator = *role == Some(Role::Operator);
                let own = if is_operator { &world.installation } else { &world.own };
                let who = format!("{engine:?} {} {} as {login}", route.method, route.path);
                let answer = people.asks((*council, login.as_str()), &route, &own.address(&route)).await;
                check(&route, *role, &answer, &who);
                if has_ids(&route) {
                    let answer = people.asks((*council, login.as_str()), &route, &world.other.address(&route)).await;
                    check_other(&route, *role, &answer, &who);
                }
            }
        }
    });
}

async fn guest_is_led_to_the_door(world: &World, route: &Route) {
    let answer = asks(&mut world.site.visitor(), route, &world.own.address(route)).await;
    let who = format!("{} {} as a guest", route.method, route.path);
    assert!(!answer.status.is_server_error(), "{who}: {}", answer.html);
    if route.access != Access::Anyone {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{who}");
        assert!(to(&answer).starts_with("/dang-nhap"), "{who}: {}", to(&answer));
    }
}

fn check(route: &Route, role: Option<Role>, answer: &Answer, who: &str) {
    assert!(!answer.status.is_server_error(), "{who}: {} {}", answer.status, answer.html);
    assert!(!answer.html.contains(MARK), "{who} sees another council's people: {}", answer.html);
    let Access::Roles(_) = route.access else {
        assert_ne!(answer.status, StatusCode::FORBIDDEN, "{who}");
        return;
    };
    match role {
        // Whoever has no password of their own yet is sent to choose one, or refused.
        None => assert!(
            answer.status == StatusCode::FORBIDDEN || to(answer).starts_with("/toi"),
            "{who}: {} {}",
            answer.status,
            answer.html
        ),
        Some(role) if !route.access.allows(Some(&[role])) => assert_eq!(answer.status, StatusCode::FORBIDDEN, "{who}"),
        Some(_) if route.method == Method::GET => {
            // Where there is one of a kind only, its list leads there; notes that are locked lead to their lock.
            let leads_on = ["/viec/{job}", "/kiem-phieu", "/may-chieu", "/doc/{poll}/ghi-chu.txt"]
                .contains(&route.path)
                && answer.status == StatusCode::SEE_OTHER;
            // Nothing is released here: a delegate has no paper to open, an official no dossier. Nor is anything published.
            let is_unreleased = ([Some(Role::Delegate), Some(Role::Operator)].contains(&role)
                && route.path.contains("{sha256}")
                || route.path == "/cua-toi/ho-so.pdf")
                && answer.status == StatusCode::NOT_FOUND;
            // Nothing is counted here: there is no line to count again.
            // Nor does a proposal issue a paper.
            let is_uncounted = ["/kiem-lai/{form}/{line}", "/ban-in.pdf"]
                .iter()
                .any(|end| route.path.ends_with(end) && answer.status == StatusCode::NOT_FOUND);
            let fits = answer.status == StatusCode::OK || leads_on || is_unreleased || is_uncounted;
            assert!(fits, "{who}: {} {}", answer.status, answer.html);
        }
        Some(_) => assert_ne!(answer.status, StatusCode::FORBIDDEN, "{who}: {}", answer.html),
    }
}

/// With another council's ids nothing is found: it is as if they were made up.
fn check_other(route: &Route, role: Option<Role>, answer: &Answer, who: &str) {
    assert!(!answer.html.contains(MARK), "{who} sees another council's people: {}", answer.html);
    let may = route.access == Access::Anyone || role.is_some_and(|role| route.access.allows(Some(&[role])));
    let is_form = route.method == Method::POST;
    let fits = match answer.status {
        StatusCode::NOT_FOUND => may,
        // A form is read before anything is looked for.
        StatusCode::UNPROCESSABLE_ENTITY => may && is_form,
        StatusCode::BAD_REQUEST => may && route.takes != Takes::Fields,
        StatusCode::FORBIDDEN => !may,
        StatusCode::SEE_OTHER => role.is_none() && to(answer).starts_with("/toi"),
        _ => false,
    };
    assert!(fits, "{who} with another council's ids: {} {}", answer.status, answer.html);
}

#[test]
fn every_answer_has_the_headers_that_protect_it() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut visitor = site.visitor();
        let style = visitor.opens("/dang-nhap").await;
        let style =
            style.html.split("href=\"").find_map(|rest| rest.split('"').next().filter(|to| to.ends_with(".css")));
        let style = style.expect("style sheet").to_owned();
        for (method, path, status, cache) in [
            (Method::GET, "/dang-nhap", 200, "no-store"),
            (Method::GET, "/tro-giup", 200, "no-store"),
            (Method::GET, "/", 303, "no-store"),
            (Method::GET, "/khong-co", 404, "no-store"),
            (Method::GET, "/tep/khong-co.css", 404, "no-store"),
            (Method::PUT, "/dang-nhap", 405, "no-store"),
            (Method::GET, style.as_str(), 200, "public, max-age=31536000, immutable"),
        ] {
            let answer = visitor.sends_once(method.clone(), path, None).await;
            assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.html);
            let header = |name: &str| answer.headers.get(name).map_or("", |value| value.to_str().expect("text"));
            assert_eq!(header("cache-control"), cache, "{path}");
            assert!(header("content-security-policy").starts_with("default-src 'none'; style-src 'self';"), "{path}");
            assert!(!header("content-security-policy").contains("unsafe"), "{path}");
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(header(name), value, "{name} of {path}");
            }
            assert!(header("permissions-policy").contains("camera=()"), "{path}");
            assert_eq!(header("strict-transport-security"), "", "there is no TLS here");
            if status >= 400 {
                assert!(!answer.text("main h1").is_empty() && !answer.all("main a[href='/']").is_empty(), "{path}");
                assert_eq!(header("content-type"), "text/html; charset=utf-8");
            }
        }
    });
}

/// A page that nobody is led to is found by nobody: every page of a list stands in the navigation of those who may.
#[test]
fn the_navigation_leads_each_role_where_it_may_go_and_nowhere_else() {
    on_both(|engine| async move {
        let world = World::new(engine).await;
        for (council, login, role) in &world.people {
            let mut visitor = world.site.visitor();
            let home = visitor.signs_in(council, login, PASSWORD).await;
            let page = scraper::Html::parse_document(&home.html);
            let links = scraper::Selector::parse("header nav a").expect("selector");
            let mut shown: Vec<&str> = page.select(&links).filter_map(|link| link.attr("href")).collect();
            shown.sort_unstable();
            let is_list = |route: &&Route| {
                let Access::Roles(_) = route.access else { return false };
                route.method == Method::GET && route.path.matches('/').count() == 1
            };
            let all = routes();
            let may = |route: &&Route| role.is_some_and(|role| route.access.allows(Some(&[role])));
            let mut lists: Vec<&str> = all.iter().filter(is_list).filter(may).map(|route| route.path).collect();
            lists.sort_unstable();
            assert_eq!(shown, lists, "{login}");
            for path in shown {
                let page = visitor.opens(path).await;
                assert_eq!(page.status, StatusCode::OK, "{login} {path}");
                assert_eq!(page.all("header nav a[aria-current=page]").len(), 1, "{login} {path}");
            }
        }
    });
}

/// Over TLS a browser is told to come back over TLS only; without, it must not be.
#[test]
fn behind_tls_every_answer_says_so() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let settings = web::Settings { is_tls: true, ..web::Settings::default() };
        let behind_tls = web::Site { app: site.app.clone(), settings, public_url: "https://tinnhiem.local".into() };
        let mut visitor = Visitor::new(web::router(behind_tls), Arc::clone(&site.database));
        for path in ["/dang-nhap", "/khong-co", "/"] {
            let answer = visitor.sends_once(Method::GET, path, None).await;
            assert_eq!(answer.headers["strict-transport-security"], "max-age=63072000; includeSubDomains", "{path}");
        }
    });
}

/// Whoever was signed in when the database went away is told to wait, by a page and by a header for programs.
#[test]
fn without_its_database_the_service_says_when_to_come_back() {
    on_both(|engine| async move {
        let (site, _) = Site::with_council(engine).await;
        let mut admin = site.signed_in("mau", "quan.tri").await;
        site.store.close().await;
        for path in ["/", "/tai-khoan", "/dang-nhap"] {
            let answer = admin.sends_once(Method::GET, path, None).await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {}", answer.html);
            assert_eq!(answer.headers[header::RETRY_AFTER], "30");
            assert_eq!(answer.text("main h1"), "Tạm thời chưa làm được");
        }
    });
}
