//! PostgreSQL goes away under the running program and comes back, as in a restart or a failover of the server: what is told
//! meanwhile, and what is there afterwards.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use domain::role::Role;

use crate::faults::{adds, official, readiness};
use crate::serve::Process;
use crate::site::{Engine, Site};
use crate::two_processes::data_with_key;
use crate::wire::Wire;

/// A server that is reached by another port, and can be away.
struct Line {
    port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    is_away: bool,
    streams: Vec<TcpStream>,
}

impl Line {
    fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("port");
        let (port, state) = (listener.local_addr().expect("address").port(), Arc::<Mutex<State>>::default());
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
                // Whoever connects to a server that is away is cut off at once.
                if state.is_away {
                    continue;
                }
                let Ok(beyond) = TcpStream::connect(&server) else { continue };
                for (from, to) in [(&stream, &beyond), (&beyond, &stream)] {
                    let copy = |stream: &TcpStream| stream.try_clone().expect("stream");
                    let (from, to) = (copy(from), copy(to));
                    thread::spawn(move || passes_on(from, to));
                }
                state.streams.extend([stream, beyond]);
            }
        });
        Self { port, state }
    }

    fn goes_away(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.is_away = true;
        for stream in state.streams.drain(..) {
            drop(stream.shutdown(Shutdown::Both));
        }
    }

    fn comes_back(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).is_away = false;
    }
}

fn passes_on(mut from: TcpStream, mut to: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 16_384];
    loop {
        let length = from.read(&mut buffer)?;
        if length == 0 {
            return to.shutdown(Shutdown::Both);
        }
        to.write_all(&buffer[..length])?;
    }
}

/// Waits until it is so.
fn until(what: &str, mut is_so: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what}");
        thread::sleep(Duration::from_millis(20));
    }
    begun.elapsed()
}

#[test]
fn a_database_that_is_away_is_told_and_work_goes_on_when_it_is_back() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let site = runtime.block_on(async {
        let (site, council) = Site::with_council_now(Engine::Postgres).await;
        site.has_account(council, "thu.ky", "Thư Ký", Role::Clerk).await;
        site
    });
    let data = data_with_key(&site.database.folder());
    let url = site.database.url();
    let server = url.split_once('@').and_then(|(_, rest)| rest.split_once('/')).expect("server").0;
    let line = Line::to(server.to_owned());
    let through = url.replace(server, &format!("127.0.0.1:{}", line.port));
    let service = Process::start(&data, &[], &[("DATABASE_URL", &through)]);
    let clerk = Wire::signed_in(&service.address, "thu.ky");
    assert_eq!((adds(&clerk, "Người Đầu Tiên").0, readiness(&service).as_str()), (303, "200 ok"));
    let page = clerk.gets("/can-bo/moi").expect("answered").1;

    line.goes_away();
    let (status, told) = clerk.sends_form("/can-bo/moi", &page, &official("Người Lúc Mất")).expect("answered");
    assert_eq!(status, 503, "{told}");
    assert!(
        told.to_lowercase().contains("cơ sở dữ liệu")
            && told.contains("Người Lúc Mất")
            && !told.contains("sqlx")
            && !told.contains("Os {"),
        "{told}"
    );
    assert_eq!(readiness(&service), "503 database");
    assert!(service.gets("/healthz").starts_with("HTTP/1.1 200"), "the process itself is well");

    line.comes_back();
    let waited = until("it is ready again", || readiness(&service) == "200 ok");
    // The same form once more: it was not written, so it is now, and once.
    for _ in 0..2 {
        let sent = clerk.sends_form("/can-bo/moi", &page, &official("Người Lúc Mất")).expect("answered");
        assert_eq!(sent.0, 303, "{}", sent.1);
    }
    assert_eq!(adds(&clerk, "Người Sau Cùng").0, 303);
    let list = clerk.gets("/can-bo").expect("answered").1;
    for name in ["Người Đầu Tiên<", "Người Lúc Mất<", "Người Sau Cùng<"] {
        assert_eq!(list.matches(name).count(), 1, "{name} {list}");
    }
    eprintln!("ready {waited:?} after the database was back");
}
