//! `tinnhiem rehearse`: the whole job from a workbook, without questions.

use std::path::PathBuf;

use super::{Answer, out};
use app::AppError;
use app::rehearse::{self, Options};
use app::service::progress::Progress;
use domain::council::CouncilKind;
use domain::eligibility::Enabled;
use domain::poll::PollKind;

/// The vote, as the command line names it.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Kind {
    /// Lấy phiếu tín nhiệm, ba mức
    Rating,
    /// Bỏ phiếu tín nhiệm, hai mức
    Confidence,
}

impl From<Kind> for PollKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Rating => Self::Rating,
            Kind::Confidence => Self::Confidence,
        }
    }
}

/// Làm trọn việc từ bảng tính: hồ sơ, phiếu, kiểm phiếu mô phỏng, biên bản, nghị quyết, kết quả, gói kiểm chứng
#[derive(clap::Args)]
pub struct Args {
    /// Bảng tính (.xlsx, .xls, .ods) hoặc thư mục tệp CSV, mỗi trang một tệp
    #[arg(value_name = "BẢNG_TÍNH")]
    book: PathBuf,
    /// Thư mục cho giấy tờ; thư mục do lần chạy trước lập thì được thay
    #[arg(long, value_name = "THƯ_MỤC")]
    out: PathBuf,
    /// Số phiếu in và mô phỏng; bỏ trống là mọi đại biểu
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=rehearse::MAX_BALLOTS))]
    ballots: Option<u32>,
    /// Hạt giống của đại biểu mô phỏng; cùng hạt giống cho cùng giấy tờ
    #[arg(long, value_name = "S", default_value_t = rehearse::DEFAULT_SEED)]
    seed: u64,
    /// Ngày lập hồ sơ, dạng 2026-11-29: quá hạn, còn thiếu được xét tới ngày này; bỏ trống là hôm nay
    #[arg(long, value_name = "NGÀY", value_parser = rehearse::day)]
    as_of: Option<rehearse::Day>,
    /// Loại phiếu: ba mức hay hai mức; có trang `Kết quả` thì theo số đếm ở đó
    #[arg(long, value_enum, default_value_t = Kind::Rating)]
    kind: Kind,
    /// Căn cứ pháp lý để hội đồng cấp xã lấy phiếu; không có thì bộ quy tắc để cấp xã ngoài
    #[arg(long, value_name = "VĂN_BẢN")]
    commune_basis: Option<String>,
    /// Bảng trả lời (CSV hoặc bảng tính, các cột Nơi; Đang ghi; Trả lời; Nội dung) cho những chỗ mà lần đọc trước hỏi
    #[arg(long, value_name = "TỆP")]
    answers: Option<PathBuf>,
    /// Thư mục tệp quy tắc, thêm vào hoặc thay bộ đi kèm theo mã
    #[arg(long, value_name = "THƯ_MỤC")]
    rules: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<Answer, AppError> {
    let mut print = out::message;
    let mut progress = Progress::new(&mut print);
    let basis = args.commune_basis.iter();
    let enabled = basis.map(|basis| Enabled { kind: CouncilKind::CommuneCouncil, basis: basis.clone() }).collect();
    let (kind, answers) = (args.kind.into(), rehearse::answers(args.answers.as_deref())?);
    let options = Options { seed: args.seed, ballots: args.ballots, kind, as_of: args.as_of, enabled, answers };
    let made = rehearse::from_file(&args.book, &args.out, args.rules.as_deref(), &options, &mut progress)?;
    out::findings(&made.findings);
    out::data(&made.summary);
    Ok(Answer::Yes)
}
