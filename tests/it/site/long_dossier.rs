//! A dossier of real size: what an office with five years of papers states of one person.

use domain::book::Book;
use domain::decimal::Decimal;
use domain::fact::{Fact, FactKind, Figures, Period, Source, Status};
use domain::official::{Field, OfficialNo};
use jiff::civil::date;

use super::sample_book;

/// How many facts of each kind are stated of the first official; of targets, some sixty that are measured in three years.
/// One of 25 waits for a second person, and stands in no dossier yet.
const KINDS: [(FactKind, usize); 14] = [
    (FactKind::Target, 186),
    (FactKind::AssignedTask, 45),
    (FactKind::Questioning, 20),
    (FactKind::Supervision, 14),
    (FactKind::Petition, 20),
    (FactKind::Complaint, 4),
    (FactKind::CitizenReception, 6),
    (FactKind::YearlyRating, 2),
    (FactKind::Award, 5),
    (FactKind::Discipline, 1),
    (FactKind::AssetDeclaration, 3),
    (FactKind::ReportSection, 5),
    (FactKind::VotersOpinion, 6),
    (FactKind::Attendance, 4),
];
/// How many facts stand in the dossier.
pub const LONG: usize = 309;
/// Paragraphs of each section of the report, of 440 letters each.
const PARAGRAPHS: usize = 8;

/// The sample with [`LONG`] facts of its first official, and nothing of anybody else.
pub fn long_book() -> Book {
    let mut book = sample_book();
    book.officials.truncate(1);
    let of_kind = |(kind, count): (FactKind, usize)| (0..count).map(move |at| stated(kind, at));
    book.facts = KINDS.into_iter().flat_map(of_kind).collect();
    assert_eq!(checked(&book).count(), LONG);
    book
}

/// The facts of a filled book that stand in dossiers.
pub fn checked(book: &Book) -> impl Iterator<Item = &Fact> {
    book.facts.iter().enumerate().filter(|(place, _)| place % 25 != 24).map(|(_, fact)| fact)
}

/// The `at`-th fact of a kind.
fn stated(kind: FactKind, at: usize) -> Fact {
    let year = [2021, 2022, 2023][at % 3];
    let fields = ["Đầu tư công", "Y tế, dân số", "Đất đai, tài nguyên và môi trường"];
    let report = matches!(kind, FactKind::ReportSection);
    let month = i8::try_from(at % 5 + 7).expect("a month");
    Fact {
        officials: vec![OfficialNo(0)],
        field: Field(fields[at / 3 % 3].into()),
        kind,
        period: match kind {
            FactKind::Target | FactKind::YearlyRating | FactKind::AssetDeclaration => Period::Year(year),
            _ => Period::Day(date(year, month, 15)),
        },
        text: text(kind, at, year),
        figures: figures(kind, at),
        status: status(kind, at),
        due: matches!(kind, FactKind::AssignedTask | FactKind::Supervision).then(|| date(year, 12, 1)),
        source: Source {
            number: format!("{}/BC-UBND", 100 + at),
            date: date(year, month, 20),
            issuer: "Ủy ban nhân dân tỉnh Mẫu".into(),
            page: Some((at % 30 + 1).to_string()),
            file: None,
        },
        reply: (!report && at % 11 == 3).then(|| "Đã tiếp thu, giao Sở chủ trì khắc phục trong quý sau.".into()),
    }
}

fn text(kind: FactKind, at: usize, year: i16) -> String {
    match kind {
        FactKind::Target => {
            format!("Tỷ lệ hồ sơ thủ tục hành chính giải quyết đúng hạn, nhóm {} năm {year}", at / 3 + 1)
        }
        FactKind::ReportSection => {
            let paragraph = "Trong kỳ, đã chỉ đạo rà soát toàn bộ quy hoạch, tháo gỡ vướng mắc về giải phóng mặt bằng, \
                             phân công rõ người, rõ việc, rõ thời hạn; kết quả từng quý đều được báo cáo Thường trực Hội \
                             đồng nhân dân và công khai trên trang thông tin. Còn một số việc chậm do thủ tục kéo dài, \
                             trách nhiệm thuộc về người đứng đầu cơ quan tham mưu; đã kiểm điểm, phân công lại và đặt \
                             thời hạn hoàn thành trong quý đầu năm sau, có theo dõi hằng tháng.\n";
            format!("Phần {}: Kết quả thực hiện nhiệm vụ: {}", at + 1, paragraph.repeat(PARAGRAPHS))
        }
        FactKind::YearlyRating => format!("Hoàn thành tốt nhiệm vụ năm {year}"),
        other => format!(
            "{} số {}: đẩy nhanh tiến độ cấp giấy chứng nhận quyền sử dụng đất cho các hộ tái định cư xã Mẫu Hạ",
            other.label(),
            at + 1
        ),
    }
}

fn figures(kind: FactKind, at: usize) -> Option<Figures> {
    let tenths = |value: usize| Decimal::new(i64::try_from(value).expect("small"), 1);
    let figures = || Figures {
        planned: tenths(900 + at % 50),
        actual: tenths(880 + at % 90),
        unit: "%".into(),
        lower_is_better: false,
    };
    (kind == FactKind::Target).then(figures)
}

fn status(kind: FactKind, at: usize) -> Option<Status> {
    match kind {
        FactKind::Target => Some(if at % 9 == 4 { Status::NotMet } else { Status::Met }),
        FactKind::AssignedTask | FactKind::Supervision | FactKind::Petition | FactKind::Questioning => {
            Some([Status::OnTime, Status::OnTime, Status::Late, Status::OnTime, Status::Open][at % 5])
        }
        _ => None,
    }
}
