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

/// Chạy trang web; cơ sở dữ liệu là SQLite trong thư mục dữ liệu, trừ khi DATABASE_URL chỉ nơi khác
#[derive(clap::Args)]
pub struct Args {
    /// Địa chỉ lắng nghe; ngoài chính máy này thì phải có TLS, ở đây hoặc ở máy chủ đứng trước
    #[arg(long, value_name = "ĐỊA_CHỈ", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Thư mục có khóa bí mật và cơ sở dữ liệu SQLite; chưa có thì được tạo
    #[arg(long, value_name = "THƯ_MỤC", default_value = "data")]
    data: PathBuf,
    /// Chứng thư PEM, tiếp theo là các chứng thư cấp trên; đọc lại khi nhận SIGHUP
    #[arg(long, value_name = "TỆP", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Khóa riêng của chứng thư, dạng PEM
    #[arg(long, value_name = "TỆP", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Có máy chủ đứng trước lo TLS: cookie mang dấu Secure, địa chỉ khách là mục cuối của X-Forwarded-For
    #[arg(long, conflicts_with = "tls_cert")]
    proxy: bool,
    /// Địa chỉ mà mọi người gõ, dùng cho đường dẫn được in, ví dụ <https://tinnhiem.example.gov.vn>
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Cung cấp số liệu cho Prometheus tại http://ĐỊA_CHỈ/metrics
    #[arg(long, value_name = "ĐỊA_CHỈ")]
    metrics_listen: Option<SocketAddr>,
    /// Dạng nhật ký chạy ở stderr
    #[arg(long, value_enum, default_value_t = Log::Line)]
    log: Log,
}

/// Form of the log.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(super) enum Log {
    /// Mỗi sự kiện một dòng dễ đọc
    Line,
    /// Mỗi sự kiện một đối tượng JSON
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
