//! `tinnhiem serve`: the web app until a signal stops it.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

use super::{Answer, machine, out};
use app::AppError;
use app::backup::Lock;
use app::installation::data_folder;
use app::service::backup_plan::BackupPlan;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use web::serve::{self, Service};
use web::tls::TlsFiles;
use web::{Limits, Settings};

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
    /// Thư mục các bản sao lưu mã hóa; dịch vụ sao lưu theo lịch, đọc lại, và tỉa bản cũ (7 bản mới nhất, rồi mỗi tuần một bản)
    #[arg(long, value_name = "THƯ_MỤC", requires = "backup_recipient")]
    backup_to: Option<PathBuf>,
    /// Khóa người nhận age1… của các bản sao lưu, nhắc lại được; lập bằng «tinnhiem backup --new-key»
    #[arg(long, value_name = "KHÓA", requires = "backup_to")]
    backup_recipient: Vec<String>,
    /// Bao lâu một bản: số giờ (24h) hoặc số ngày (1d)
    #[arg(long, value_name = "KHOẢNG", default_value = "24h", value_parser = interval, requires = "backup_to")]
    backup_every: Duration,
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
    machine::runtime_of_service()?.block_on(serve(args))?;
    Ok(Answer::Yes)
}

/// Takes an address, or says in one sentence why not.
pub(super) fn bound(address: SocketAddr) -> Result<TcpListener, AppError> {
    serve::bind(address).map_err(|e| AppError::Input(e.to_string()))
}

/// Where it listens: the port that was found when any would do.
pub(super) fn address_of(listener: &TcpListener) -> Result<SocketAddr, AppError> {
    listener.local_addr().map_err(|e| AppError::internal("mở cổng", e))
}

/// `24h`, `7d`.
fn interval(text: &str) -> Result<Duration, String> {
    let hours = match text.split_at_checked(text.len().saturating_sub(1)) {
        Some((number, "h")) => number.parse().ok(),
        Some((number, "d")) => number.parse::<u64>().ok().and_then(|days| days.checked_mul(24)),
        _ => None,
    };
    let seconds = hours.filter(|hours| *hours > 0).and_then(|hours: u64| hours.checked_mul(3600));
    seconds.map(Duration::from_secs).ok_or_else(|| "hãy ghi số giờ như 24h, hoặc số ngày như 1d".to_owned())
}

async fn serve(args: Args) -> Result<(), AppError> {
    let listener = bound(args.listen)?;
    let url = machine::database_url();
    let plan = match args.backup_to {
        Some(folder) => {
            // A key that is none is told now, not at the first backup.
            Lock::recipients(&args.backup_recipient)?;
            Some(BackupPlan::new(folder, args.backup_recipient, args.backup_every))
        }
        None => None,
    };
    let app = data_folder::open_app(&args.data, url.as_deref()).await?;
    let app = match plan {
        Some(plan) => app.with_backups(plan),
        None => app,
    };
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
        limits: Limits::of_files(files_to_open(), args.proxy),
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

/// Most files that this process opens, connections among them.
const FILES: u64 = 16 * 1024;

/// Lets the process open as many files as its administrator allows, up to [`FILES`]; gives how many those are. Many systems
/// start programs with 1,024, which a single sender of idle connections fills.
pub(super) fn files_to_open() -> u64 {
    let found = getrlimit(Resource::Nofile);
    let wished = found.maximum.map_or(FILES, |most| most.min(FILES));
    let now = found.current.unwrap_or(FILES);
    let raised = now < wished && setrlimit(Resource::Nofile, Rlimit { current: Some(wished), ..found }).is_ok();
    if raised { wished } else { now }
}

/// Events from `level` up go to stderr.
pub(super) fn start_log(log: Log, level: tracing::Level) {
    let lines = tracing_subscriber::fmt().with_writer(|| out::Unread).with_ansi(false).with_max_level(level);
    match log {
        Log::Line => lines.init(),
        Log::Json => lines.json().flatten_event(true).init(),
    }
}
