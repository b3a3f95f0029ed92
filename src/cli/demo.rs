//! `tinnhiem demo`: a sample council, the whole job, then the web app on it.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use super::serve::files_to_open;
use super::{Answer, machine, out, serve};
use app::AppError;
use app::demo::{self, DemoAccount};
use app::rehearse::{self, Options};
use app::service::progress::Progress;
use web::serve::{self as service, Service};
use web::{Limits, Settings};

/// Lập mọi giấy tờ của hội đồng mẫu (30 người, 60 đại biểu, tên giả định), rồi mở trang web trên đó
#[derive(clap::Args)]
pub struct Args {
    /// Thư mục cho giấy tờ và cơ sở dữ liệu; thư mục do lần chạy trước lập thì được thay
    #[arg(long, value_name = "THƯ_MỤC", default_value = "demo")]
    out: PathBuf,
    /// Hạt giống của đại biểu mô phỏng; cùng hạt giống cho cùng giấy tờ
    #[arg(long, value_name = "S", default_value_t = rehearse::DEFAULT_SEED)]
    seed: u64,
    /// Ngày lập hồ sơ, dạng 2026-11-29; bỏ trống là hôm nay
    #[arg(long, value_name = "NGÀY", value_parser = rehearse::day)]
    as_of: Option<rehearse::Day>,
    /// Chỉ lập giấy tờ
    #[arg(long, conflicts_with = "listen")]
    no_serve: bool,
    /// Địa chỉ lắng nghe, trên chính máy này
    #[arg(long, value_name = "ĐỊA_CHỈ", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    // A port that is taken is said before anything is made.
    let listener = if args.no_serve { None } else { Some(listener(args.listen)?) };
    let mut print = out::message;
    let mut progress = Progress::new(&mut print);
    let options = Options { seed: args.seed, as_of: args.as_of, ..Options::default() };
    let made = rehearse::demo(&args.out, &options, listener.is_some(), &mut progress)?;
    out::findings(&made.findings);
    out::data(&made.summary);
    if let Some(listener) = listener {
        // The table of passwords must not scroll away behind a line for every request.
        serve::start_log(serve::Log::Line, tracing::Level::WARN);
        machine::runtime_of_service()?.block_on(show(&args.out, listener))?;
    }
    Ok(Answer::Yes)
}

fn listener(address: SocketAddr) -> Result<TcpListener, AppError> {
    if !address.ip().to_canonical().is_loopback() {
        return Err(AppError::Input(format!(
            "demo chỉ phục vụ trên chính máy này, không mở {address}; để máy khác vào, hãy chạy «tinnhiem serve --data \
             demo/data» với TLS."
        )));
    }
    serve::bound(address)
}

async fn show(out: &Path, listener: TcpListener) -> Result<(), AppError> {
    let demo = demo::open(out).await?;
    let public_url = format!("http://{}", serve::address_of(&listener)?);
    let service = Service {
        app: demo.app.clone(),
        settings: Settings { is_tls: false, has_trusted_proxy: false },
        public_url,
        listener,
        tls: None,
        limits: Limits::of_files(files_to_open(), false),
        metrics_listen: None,
    };
    let ready = |address: SocketAddr| {
        out::data(&table(&demo.accounts));
        out::data(&format!("Đang phục vụ tại http://{address}/ (nghe ở {address}; dừng bằng Ctrl+C)."));
    };
    service::run(service, ready).await.map_err(|e| AppError::Input(e.to_string()))
}

/// One line for each account; columns are apart by two spaces at least, none has a space inside but the last.
fn table(accounts: &[DemoAccount]) -> String {
    let heads = ["mã cơ quan", "tên đăng nhập", "mật khẩu"].map(str::to_owned);
    let cells = |one: &DemoAccount| [one.council.clone(), one.login.clone(), one.password.to_string()];
    let rows: Vec<([String; 3], &str)> =
        std::iter::once((heads, "vai trò")).chain(accounts.iter().map(|one| (cells(one), one.role.label()))).collect();
    let width = |column: usize| {
        rows.iter().filter_map(|(cells, _)| Some(cells.get(column)?.chars().count())).max().unwrap_or_default()
    };
    let widths = [width(0), width(1), width(2)];
    let mut text = "Tài khoản mẫu, mật khẩu chỉ hiện một lần này:\n".to_owned();
    for ([council, login, password], role) in &rows {
        let [a, b, c] = widths;
        text.push_str(&format!("  {council:a$}  {login:b$}  {password:c$}  {role}\n"));
    }
    text
}
