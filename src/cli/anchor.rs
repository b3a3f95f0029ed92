//! `tinnhiem anchor`: whether the database is what the anchors beside the key say, and how two people go on with one that is
//! not.

use std::path::PathBuf;

use super::clock::proof;
use super::{Answer, machine, out, user};
use app::AppError;
use app::installation::data_folder::{open_existing, open_past_anchors};
use app::people::anchors::ForgedAccounts;

/// Xem cơ sở dữ liệu có đúng bản mà tệp điểm neo cạnh khóa đã ký không; khi không đúng, hai người cho dùng tiếp
#[derive(clap::Args)]
pub struct Args {
    /// Tên đăng nhập của người xác nhận thứ nhất; mật khẩu nhập ở dòng đầu của stdin
    #[arg(long, value_name = "TÊN", requires_all = ["second", "reason"])]
    first: Option<String>,
    /// Tên đăng nhập của người thứ hai; mật khẩu nhập ở dòng tiếp theo của stdin
    #[arg(long, value_name = "TÊN", requires = "first")]
    second: Option<String>,
    /// Vì sao phải dùng tiếp cơ sở dữ liệu này; được ghi vào nhật ký của hệ thống
    #[arg(long, value_name = "LÝ_DO", requires = "first")]
    reason: Option<String>,
    /// Mã hội đồng của hai người trong địa chỉ; không cần khi chỉ có một hội đồng
    #[arg(long, value_name = "MÃ")]
    council: Option<String>,
    /// Thư mục có khóa bí mật, tệp điểm neo và, trừ khi DATABASE_URL chỉ nơi khác, cơ sở dữ liệu
    #[arg(long, value_name = "THƯ_MỤC", default_value = "data")]
    data: PathBuf,
}

pub(super) fn run(args: Args) -> Result<Answer, AppError> {
    let runtime = machine::runtime()?;
    runtime.block_on(async {
        let url = machine::database_url();
        let (Some(first), Some(second), Some(reason)) = (args.first, args.second, args.reason) else {
            return match open_existing(&args.data, url.as_deref()).await {
                Ok(app) => {
                    let forged = app.forged_accounts().await?;
                    app.close().await;
                    out::data("Cơ sở dữ liệu đúng bản mà tệp điểm neo đã ký.");
                    Ok(tell_forged(&forged))
                }
                Err(AppError::Anchors(sentence)) => {
                    out::data(&sentence);
                    Ok(Answer::No)
                }
                Err(other) => Err(other),
            };
        };
        let app = open_past_anchors(&args.data, url.as_deref()).await?;
        let council = user::council(&app, args.council.as_deref()).await?;
        let two = (proof(first)?, proof(second)?);
        app.accept_database(council, two, &reason).await?;
        app.close().await;
        out::message(
            "Đã ghi vào nhật ký của hệ thống rằng hai người cho dùng tiếp cơ sở dữ liệu này, và đã ghi điểm neo mới.",
        );
        Ok(Answer::Yes)
    })
}

/// Names the accounts that nobody can sign in with.
fn tell_forged(forged: &[ForgedAccounts]) -> Answer {
    for ForgedAccounts { council, accounts, strange } in forged {
        let logins: Vec<&str> = accounts.iter().map(|account| account.login.as_str()).collect();
        if !logins.is_empty() {
            out::data(&format!(
                "{council}: dòng của tài khoản {} không do chương trình ghi bằng khóa này (bị sửa từ bên ngoài, hoặc do một tiến \
                 trình của bản cũ ghi vào), nên không đăng nhập được. Hai người khác xác nhận bằng lệnh «tinnhiem anchor --first TÊN \
                 --second TÊN --reason LÝ_DO» thì họ tên, vai trò, trạng thái trở lại đúng như nhật ký ghi và mật khẩu bị xóa; sau \
                 đó đặt lại mật khẩu bằng «tinnhiem user reset». Cũng có thể khôi phục từ bản sao lưu.",
                logins.join(", ")
            ));
        }
        if !strange.is_empty() {
            out::data(&format!(
                "{council}: nhật ký không có tài khoản {} mà bảng accounts có; không ai xác nhận được và không ai đăng nhập được. \
                 Hãy khôi phục từ bản sao lưu.",
                strange.join(", ")
            ));
        }
    }
    if forged.is_empty() { Answer::Yes } else { Answer::No }
}
