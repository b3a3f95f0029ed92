//! `tinnhiem serve`: the web app until a signal stops it.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use tokio::runtime::Runtime;

use super::{Answer, out};
use app::AppError;
use app::installation::data_folder;
use web::Settings;
use web::serve::{self, Service};
use web::tls::TlsFiles;

/// Serve the web app; the database is SQLite in the data folder unless DATABASE_URL says otherwise
#[derive(clap::Args)]
pub struct Args {
    /// Where to listen; anything but this machine itself needs TLS, here or at a proxy
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Folder of the secret key and of the SQLite database; made when it is not there
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Certificate in PEM, followed by those that lead to its authority; read again on SIGHUP
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key of the certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A proxy in front ends TLS: cookies are marked Secure, the last X-Forwarded-For is the visitor's address
    #[arg(long, conflicts_with = "tls_cert")]
    proxy: bool,
    /// Address that people type, for the links that are printed, such as <https://tinnhiem.example.gov.vn>
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Serve figures for Prometheus at http://ADDR/metrics
    #[arg(long, value_name = "ADDR")]
    metrics_listen: Option<SocketAddr>,
    /// Form of the log on stderr
    #[arg(long, value_enum, default_value_t = Log::Line)]
    log: Log,
}

/// Form of the log.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(super) enum Log {
    /// One readable line for each event
    Line,
    /// One JSON object for each event
    Json,
}

pub(super) fn run(args: Args) -> Result<Answer, AppError> {
    let is_tls = args.tls_cert.is_some() || args.proxy;
    if !is_tls && !args.listen.ip().to_canonical().is_loopback() {
        return Err(AppError::Input(format!(
            "Không mở {} bằng HTTP thường: mật khẩu sẽ đi qua mạng không mã hóa; hãy dùng --tls-cert và --tls-key, hoặc \
             --proxy khi đã có máy chủ proxy TLS phía trước.",
            args.listen
        )));
    }
    start_log(args.log, tracing::Level::INFO);
    runtime()?.block_on(serve(args))?;
    Ok(Answer::Yes)
}

pub(super) fn runtime() -> Result<Runtime, AppError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|e| AppError::internal("khởi động", e))
}

/// Takes an address, or says in one sentence why not.
pub(super) fn bound(address: SocketAddr) -> Result<TcpListener, AppError> {
    serve::bind(address).map_err(|e| AppError::Input(e.to_string()))
}

/// Where it listens: the port that was found when any would do.
pub(super) fn address_of(listener: &TcpListener) -> Result<SocketAddr, AppError> {
    listener.local_addr().map_err(|e| AppError::internal("mở cổng", e))
}

async fn serve(args: Args) -> Result<(), AppError> {
    let listener = bound(args.listen)?;
    let url = std::env::var("DATABASE_URL").ok();
    let app = data_folder::open_app(&args.data, url.as_deref()).await?;
    let scheme = if args.tls_cert.is_some() { "https" } else { "http" };
    let listening = address_of(&listener)?;
    let told = args.public_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
    let public_url = told.clone().unwrap_or_else(|| format!("{scheme}://{listening}"));
    let tls = args.tls_cert.zip(args.tls_key).map(|(certificate, key)| TlsFiles { certificate, key });
    let service = Service {
        app: app.clone(),
        settings: Settings { is_tls: args.proxy || tls.is_some(), has_trusted_proxy: args.proxy },
        public_url,
        listener,
        tls,
        metrics_listen: args.metrics_listen,
    };
    let set_up = app.set_up_link().await?;
    let ready = |address: SocketAddr| {
        let base = told.unwrap_or_else(|| format!("{scheme}://{address}"));
        out::data(&format!("Đang phục vụ tại {base}/ (nghe ở {address}; dừng bằng Ctrl+C)."));
        if let Some(path) = set_up {
            let once = "chỉ dùng một lần, hết hiệu lực khi chương trình dừng";
            out::data(&format!("Chưa cài đặt; hãy mở liên kết này trong trình duyệt ({once}):\n  {base}{}", *path));
        }
    };
    serve::run(service, ready).await.map_err(|e| AppError::Input(e.to_string()))
}

/// Events from `level` up go to stderr.
pub(super) fn start_log(log: Log, level: tracing::Level) {
    let lines = tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).with_max_level(level);
    match log {
        Log::Line => lines.init(),
        Log::Json => lines.json().flatten_event(true).init(),
    }
}
