//! `tinnhiem clock`: whether the clock of the machine fits the logs, and how two people say that it is right all the same.

use std::io::BufRead as _;
use std::path::PathBuf;

use super::{Answer, machine, out, user};
use app::installation::data_folder::open_existing;
use app::people::clock::Proof;
use app::{App, AppError};
use domain::id::CouncilId;

/// Xem đồng hồ máy có khớp nhật ký không; khi nhật ký mang giờ sai, hai người xác nhận giờ máy để làm tiếp
#[derive(clap::Args)]
pub struct Args {
    /// Tên đăng nhập của người xác nhận thứ nhất; mật khẩu nhập ở dòng đầu của stdin
    #[arg(long, value_name = "TÊN", requires = "reason")]
    first: Option<String>,
    /// Tên đăng nhập của người thứ hai; mật khẩu nhập ở dòng tiếp theo của stdin
    #[arg(long, value_name = "TÊN", requires = "first")]
    second: Option<String>,
    /// Vì sao giờ máy đúng mà nhật ký sai; được ghi vào nhật ký
    #[arg(long, value_name = "LÝ_DO", requires = "first")]
    reason: Option<String>,
    /// Mã hội đồng trong địa chỉ; `he-thong` là chính hệ thống; không cần khi chỉ có một hội đồng
    #[arg(long, value_name = "MÃ")]
    council: Option<String>,
    /// Thư mục có khóa bí mật và, trừ khi DATABASE_URL chỉ nơi khác, cơ sở dữ liệu
    #[arg(long, value_name = "THƯ_MỤC", default_value = "data")]
    data: PathBuf,
}

pub(super) fn run(args: Args) -> Result<Answer, AppError> {
    let runtime = machine::runtime()?;
    runtime.block_on(async {
        let url = machine::database_url();
        let app = open_existing(&args.data, url.as_deref()).await?;
        let answer = match (args.first, args.reason) {
            (Some(first), Some(reason)) => {
                let council = user::council(&app, args.council.as_deref()).await?;
                confirm(&app, council, (first, args.second), &reason).await?
            }
            _ => shown(&app).await?,
        };
        app.close().await;
        Ok(answer)
    })
}

async fn shown(app: &App) -> Result<Answer, AppError> {
    match app.check_ready().await {
        Ok(()) => {
            out::data("Đồng hồ máy khớp với nhật ký.");
            Ok(Answer::Yes)
        }
        Err(AppError::Store(problem)) if problem.is_of_clock() => {
            out::data(&problem.to_string());
            Ok(Answer::No)
        }
        Err(other) => Err(other),
    }
}

async fn confirm(
    app: &App,
    council: CouncilId,
    (first, second): (String, Option<String>),
    reason: &str,
) -> Result<Answer, AppError> {
    let first = proof(first)?;
    let second = second.map(proof).transpose()?;
    let logs = app.confirm_clock(council, first, second, reason).await?;
    out::message(&format!("Đã ghi vào {logs} nhật ký rằng giờ máy đúng; các bản ghi sau đi theo giờ máy."));
    Ok(Answer::Yes)
}

pub(super) fn proof(login: String) -> Result<Proof, AppError> {
    out::message(&format!("Mật khẩu của «{login}»:"));
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|e| AppError::internal("đọc mật khẩu", e))?;
    Ok(Proof::new(login, line))
}
