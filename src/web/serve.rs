//! The service on a socket: plain or TLS, with limits on what a stranger can make it hold, until a signal stops it.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::TokioTimer;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::connections::{Doorkeeper, Limits};
use super::observe::{self, Observer};
use super::tls::{self, TlsError, TlsFiles};
use super::{Settings, Site, guard, systemd};
use app::App;
use app::service::metrics::Metrics;

/// Most that the head of a request may hold; longer is answered with 431.
const HEAD_BYTES: usize = 64 * 1024;
/// Most lines in a head.
const HEAD_LINES: usize = 100;
/// Longest wait for a head, also for the next one on the same connection.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// Longest wait for running requests after the signal to stop.
const STOP_TIME: Duration = Duration::from_secs(10);

/// What is served where.
pub struct Service {
    /// Use cases.
    pub app: App,
    /// How browsers reach it.
    pub settings: Settings,
    /// The address under which browsers find it.
    pub public_url: String,
    /// Where it listens: what [`bind`] gave.
    pub listener: TcpListener,
    /// Certificate and key, when TLS ends here.
    pub tls: Option<TlsFiles>,
    /// How many connections are open at once.
    pub limits: Limits,
    /// Where figures are served, if they are. An address of their own: behind a proxy on the same machine every visitor
    /// comes from loopback, so on the main address nothing would keep strangers from them.
    pub metrics_listen: Option<SocketAddr>,
}

/// Why the service does not start or stopped. One sentence.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Somebody else listens there.
    #[error(
        "Không mở được {address}: cổng này đang có chương trình khác dùng; hãy dừng chương trình đó hoặc chọn cổng khác \
         bằng --listen."
    )]
    Busy {
        /// Where.
        address: SocketAddr,
    },
    /// Any other reason of the system.
    #[error("Không mở được {address} ({source}); hãy kiểm tra địa chỉ trong --listen và quyền mở cổng.")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// Certificate or key.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The socket broke.
    #[error("Dịch vụ dừng vì lỗi mạng ({0}); hãy chạy lại.")]
    Io(#[from] io::Error),
}

/// Serves until SIGTERM or SIGINT, then finishes what runs. `ready` is told the address once connections are accepted.
///
/// # Errors
/// One sentence: what keeps it from starting and what to do.
pub async fn run(service: Service, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    let Service { app, settings, public_url, listener, tls, limits, metrics_listen } = service;
    let figures = metrics_listen.map(bind).transpose()?;
    let config = tls.as_ref().map(|files| tls::load(files, app.now())).transpose()?.map(RustlsConfig::from_config);
    let observer = Observer::default();
    let handle = Handle::new();
    let signals = Signals::catch()?;
    tokio::spawn(signals.obey(handle.clone(), tls.zip(config.clone()), app.clone()));
    if let Some(figures) = figures {
        let router = figures_router(app.clone(), observer.metrics.clone());
        tokio::spawn(axum_server::from_tcp(figures)?.serve(router.into_make_service()));
    }
    ready(listener.local_addr()?);
    systemd::notify("READY=1");
    let router = super::router(Site { app: app.clone(), settings, public_url })
        .layer(from_fn_with_state(observer, observe::watch));
    // Its file is read once, while nobody waits for it.
    let own = app.clone();
    drop(tokio::task::spawn_blocking(move || own.program()));
    let keeper = tokio::spawn(app.clone().keep_anchors());
    let backing = tokio::spawn(app.clone().keep_backups());
    let result = accept(listener, config, handle, limits, router).await;
    keeper.abort();
    backing.abort();
    app.close().await;
    Ok(result?)
}

async fn accept(
    listener: TcpListener,
    config: Option<RustlsConfig>,
    handle: Handle<SocketAddr>,
    limits: Limits,
    router: Router,
) -> io::Result<()> {
    let mut server = axum_server::from_tcp(listener)?.handle(handle);
    server
        .http_builder()
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_headers(HEAD_LINES)
        .max_buf_size(HEAD_BYTES);
    let door = Doorkeeper::new(limits);
    let visitors = router.into_make_service_with_connect_info::<SocketAddr>();
    match config {
        Some(config) => {
            let acceptor = RustlsAcceptor::new(config).acceptor(door);
            server.acceptor(acceptor).http1_only().serve(visitors).await
        }
        None => server.acceptor(door).http1_only().serve(visitors).await,
    }
}

/// Takes the address. Connections wait until the service [runs](run).
///
/// # Errors
/// One sentence: what keeps it from listening there and what to do.
pub fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let bound = TcpListener::bind(address).and_then(|listener| {
        listener.set_nonblocking(true)?;
        Ok(listener)
    });
    bound.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => ServeError::Busy { address },
        _ => ServeError::Listen { address, source },
    })
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    reload: Signal,
}

impl Signals {
    fn catch() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            reload: signal(SignalKind::hangup())?,
        })
    }

    /// The first signal to stop lets what runs finish, the second does not wait for it.
    async fn obey(mut self, handle: Handle<SocketAddr>, tls: Option<(TlsFiles, RustlsConfig)>, app: App) {
        let mut is_stopping = false;
        loop {
            tokio::select! {
                _ = self.reload.recv() => {
                    if let Some((files, config)) = &tls {
                        reload(files, config, &app);
                    }
                    continue;
                }
                _ = self.terminate.recv() => {}
                _ = self.interrupt.recv() => {}
            }
            if is_stopping {
                handle.shutdown();
                tracing::warn!("a second signal: stopping at once");
                return;
            }
            is_stopping = true;
            // First what stops it, then what tells of it.
            app.stop_following();
            handle.graceful_shutdown(Some(STOP_TIME));
            systemd::notify("STOPPING=1");
            tracing::info!(seconds = STOP_TIME.as_secs(), "stopping: running requests are finished first");
        }
    }
}

/// Takes the certificate that stands in the files now. One that is wrong changes nothing: the one before goes on.
fn reload(files: &TlsFiles, config: &RustlsConfig, app: &App) {
    match tls::load(files, app.now()) {
        Ok(new) => {
            config.reload_from_config(new);
            tracing::info!("certificate read again");
        }
        Err(cause) => tracing::error!(%cause, "the certificate before stays in use"),
    }
}

fn figures_router(app: App, metrics: Metrics) -> Router {
    Router::new().route("/metrics", get(figures)).with_state((app, metrics)).layer(from_fn(guard::add_plain_headers))
}

async fn figures(State((app, metrics)): State<(App, Metrics)>) -> Response {
    const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    match metrics.to_text(&app).await {
        Ok(text) => ([(header::CONTENT_TYPE, KIND)], text).into_response(),
        Err(cause) => {
            tracing::error!(?cause, "the figures could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
