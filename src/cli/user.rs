//! `tinnhiem user`: accounts from the machine itself, for when nobody can sign in. Works while the service runs.

use std::path::PathBuf;

use super::{Answer, machine, out};
use app::installation::data_folder::open_existing;
use app::people::accounts::{Filter, Manager, Typed, WithPassword};
use app::{App, AppError};
use domain::account::AccountState;
use domain::id::CouncilId;

/// Mở, đặt lại mật khẩu, khóa, mở lại hoặc liệt kê tài khoản; chạy được trong khi dịch vụ đang chạy
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
    /// Mã hội đồng trong địa chỉ; `he-thong` là chính hệ thống; không cần khi chỉ có một hội đồng
    #[arg(long, value_name = "MÃ", global = true)]
    council: Option<String>,
    /// Thư mục có khóa bí mật và, trừ khi DATABASE_URL chỉ nơi khác, cơ sở dữ liệu
    #[arg(long, value_name = "THƯ_MỤC", default_value = "data", global = true)]
    data: PathBuf,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Mở tài khoản; mật khẩu lần đầu in ra stdout, một lần
    Add {
        /// Họ và tên
        name: String,
        /// Vai trò: admin, clerk, leader, delegate, official, head_teller, teller, observer, auditor, operator
        #[arg(long = "role", value_name = "VAI_TRÒ", required = true)]
        roles: Vec<String>,
        /// Tên đăng nhập; bỏ trống thì lập từ họ tên
        #[arg(long, value_name = "TÊN", default_value = "")]
        login: String,
    },
    /// Đặt lại mật khẩu lần đầu, in ra stdout một lần; các phiên của tài khoản kết thúc
    Reset {
        /// Tên đăng nhập
        login: String,
    },
    /// Khóa tài khoản: không ai đăng nhập được nữa
    Disable {
        /// Tên đăng nhập
        login: String,
    },
    /// Mở lại tài khoản đã khóa
    Enable {
        /// Tên đăng nhập
        login: String,
    },
    /// Mở khóa đăng nhập: bỏ thời gian chờ do gõ sai mật khẩu nhiều lần
    Unlock {
        /// Tên đăng nhập
        login: String,
    },
    /// Liệt kê tài khoản của một hội đồng
    List,
}

pub(super) fn run(args: Args) -> Result<Answer, AppError> {
    let runtime = machine::runtime()?;
    runtime.block_on(async {
        let url = machine::database_url();
        let app = open_existing(&args.data, url.as_deref()).await?;
        let council = council(&app, args.council.as_deref()).await?;
        act(&app, council, args.action).await?;
        Ok(Answer::Yes)
    })
}

/// The council that is named, or the only one that there is.
pub(super) async fn council(app: &App, slug: Option<&str>) -> Result<CouncilId, AppError> {
    let bodies = app.bodies().await?;
    let councils: Vec<_> = bodies.iter().filter(|(_, id)| !id.is_installation()).collect();
    let known = || bodies.iter().map(|(slug, _)| slug.as_str()).collect::<Vec<_>>().join(", ");
    match (slug, councils.as_slice()) {
        (Some(slug), _) => bodies.iter().find(|(known, _)| known == slug).map(|(_, id)| *id).ok_or_else(|| {
            AppError::Input(format!("Không có hội đồng «{slug}»; đang có: {}. Hãy sửa --council.", known()))
        }),
        (None, [(_, only)]) => Ok(*only),
        (None, []) => Err(AppError::Input(
            "Chưa có hội đồng nào; hãy chạy «tinnhiem serve» rồi thiết lập, hoặc dùng --council he-thong.".to_owned(),
        )),
        (None, _) => Err(AppError::Input(format!("Có nhiều hội đồng; hãy thêm --council với một trong: {}.", known()))),
    }
}

async fn act(app: &App, council: CouncilId, action: Action) -> Result<(), AppError> {
    let manager = Manager::at_command_line(council);
    match action {
        Action::Add { name, roles, login } => {
            shown(&app.open_account(manager, Typed { name, login, roles }).await?);
        }
        Action::Reset { login } => {
            let account = app.account_of_login(council, &login).await?;
            shown(&app.reset_password(manager, account.id).await?);
        }
        Action::Disable { login } => {
            let account = app.account_of_login(council, &login).await?;
            app.disable_account(manager, account.id).await?;
            out::message(&format!("Đã khóa tài khoản «{login}»; mở lại bằng «tinnhiem user enable {login}»."));
        }
        Action::Enable { login } => {
            let account = app.account_of_login(council, &login).await?;
            app.enable_account(manager, account.id).await?;
            out::message(&format!("Đã mở lại tài khoản «{login}»."));
        }
        Action::Unlock { login } => {
            let account = app.account_of_login(council, &login).await?;
            app.free_sign_in(manager, account.id).await?;
            out::message(&format!("Tài khoản «{login}» đăng nhập lại được ngay, không phải chờ."));
        }
        Action::List => {
            let found = app.accounts_of(council, &Filter::default()).await?;
            for account in found.accounts {
                let state = if account.state == AccountState::Open { "đang dùng" } else { "đã khóa" };
                out::data(&format!("{}\t{}\t{}\t{state}", account.login, account.name, account.roles.labels()));
            }
            for login in found.forged {
                out::data(&format!("{login}\t\t\tbị sửa từ bên ngoài, không đăng nhập được"));
            }
        }
    }
    Ok(())
}

fn shown(made: &WithPassword) {
    out::message("Mật khẩu lần đầu dưới đây chỉ hiện một lần; người dùng phải đổi khi đăng nhập.");
    out::data(&format!("{}\t{}", made.account.login, made.password.as_str()));
}
