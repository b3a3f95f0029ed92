//! How long papers take (design targets: 1,000 ballots of 30 lines in 1 s; minutes, resolution and 30 notices in 40 ms). Run with `cargo bench --bench papers`.
#![allow(clippy::expect_used, reason = "a bench stops where its input is wrong")]

use divan::Bencher;
use domain::ballot::{BallotForm, Line};
use domain::council::{Council, CouncilKind, Sitting, Term};
use domain::count::BatchCounts;
use domain::day_record::DayRecord;
use domain::document::{self, Block, Cell, CheckpointBox, CountingMode, Document, Frame, MinutesParts, Size, Table};
use domain::occasion::Occasion;
use domain::official::{self, OfficialNo};
use domain::poll::{LevelCounts, PollKind};
use domain::result::{FormCount, Listed, PollResult, decide};
use domain::rules::{RuleSet, builtin};
use jiff::civil::date;

fn main() {
    divan::main();
}

fn form() -> BallotForm {
    let line = |number| Line {
        number,
        official: OfficialNo(0),
        name: format!("Ông Nguyễn Văn Số {number}"),
        posts: format!("Giám đốc Sở thứ {number}, Ủy viên Ủy ban nhân dân tỉnh"),
    };
    BallotForm {
        id: "F1-3F9A2C".into(),
        kind: PollKind::Rating,
        block: official::Block("Khối Ủy ban nhân dân tỉnh".into()),
        issuer: vec!["HỘI ĐỒNG NHÂN DÂN".into(), "TỈNH MẪU".into()],
        party: false,
        title: "PHIẾU TÍN NHIỆM".into(),
        subject: "đối với người giữ chức vụ do Hội đồng nhân dân tỉnh bầu, khối Ủy ban nhân dân tỉnh".into(),
        occasion: "Kỳ họp thứ 13, ngày 13 tháng 12 năm 2023".into(),
        instructions: vec!["Đại biểu đánh dấu X vào một ô duy nhất trên dòng của mỗi người.".into()],
        levels: PollKind::Rating.levels().to_vec(),
        lines: (1..=30).map(line).collect(),
        watermark: None,
    }
}

#[divan::bench]
fn ballots_1000x30(bencher: Bencher<'_, '_>) {
    let form = form();
    bencher.bench(|| {
        let file = pdf::ballots(&form, 1000, date(2023, 12, 13));
        assert!(file.as_ref().is_ok_and(|file| file.pages == 2000), "two sheets a ballot");
        file
    });
}

fn rules() -> RuleSet {
    builtin().expect("carried sets").remove(0)
}

fn council() -> Council {
    Council {
        name: "Hội đồng nhân dân tỉnh Mẫu".into(),
        kind: CouncilKind::ProvinceCouncil,
        term: Term { legislature: "XVIII".into(), from: date(2021, 6, 24), to: date(2026, 3, 31) },
        sitting: Sitting {
            name: "Kỳ họp thứ 17".into(), opens_on: date(2023, 12, 11), votes_on: date(2023, 12, 13)
        },
        delegates_total: 80,
        ruleset: "NQ96-2023-QH15".into(),
        place: "Mẫu".into(),
        chair: "Nguyễn Văn A".into(),
        secretary: "Trần Thị B".into(),
    }
}

/// 30 officials on one form of 80 ballots.
fn result(rules: &RuleSet) -> PollResult {
    let block = official::Block("Khối Ủy ban nhân dân tỉnh".into());
    let person = |number: u32| Listed {
        name: format!("Nguyễn Văn Số {number}"),
        honorific: None,
        post: format!("Giám đốc Sở thứ {number}, Ủy viên Ủy ban nhân dân tỉnh"),
        block: block.clone(),
    };
    let list: Vec<Listed> = (1..=30).map(person).collect();
    let form = FormCount {
        form: "F1-3F9A2C".into(),
        block: block.clone(),
        issued: 80,
        counts: BatchCounts {
            papers: 80,
            invalid: [].into(),
            lines: (1..=30).map(|low| LevelCounts::Rating { high: 70 - low, medium: 9, low }).collect(),
        },
    };
    decide(rules, PollKind::Rating, 80, &list, vec![form]).expect("result")
}

/// All that a council hands out after a vote: minutes, resolution, and a notice to each official in one file.
#[divan::bench]
fn result_pack_of_30_officials(bencher: Bencher<'_, '_>) {
    let (rules, council) = (rules(), council());
    let kind = PollKind::Rating;
    let occasion = Occasion { council: &council, rules: &rules, kind, basis: None, watermark: Some("DIỄN TẬP") };
    let frame = Frame { occasion, date: council.sitting.votes_on, foot: None };
    let (result, day) = (result(&rules), DayRecord::default());
    let head = || CheckpointBox {
        caption: "Điểm chốt".into(),
        groups: vec!["3f9a".into(); 16],
        key: "5d0a".into(),
        qr: "mẫu\n41\n".into(),
    };
    bencher.bench(|| {
        let counting = CountingMode::Simulated { seed: Some(1), batches: 4, reread: 2 };
        let parts =
            MinutesParts { tellers: &[], delegates: 80, counting, day: &day, copies: Some(3), checkpoint: head() };
        let minutes = pdf::document(&document::minutes(&frame, &result, parts));
        let resolution = pdf::document(&document::resolution(&frame, &result, head()));
        let notices = pdf::document(&document::notices(&frame, &result));
        assert!(minutes.is_ok() && resolution.is_ok(), "both papers");
        assert!(notices.as_ref().is_ok_and(|file| file.pages >= 30), "a page for each official");
        (minutes, resolution, notices)
    });
}

/// 300 facts with their sources, about 20 pages.
fn dossier() -> Document {
    let row = |n: u32| {
        let fact = format!(
            "Chỉ tiêu thứ {n}: giải ngân vốn đầu tư công đạt {n},5 % kế hoạch được giao; hoàn thành đúng hạn các nhiệm vụ \
             theo nghị quyết của Hội đồng nhân dân tỉnh và kết luận giám sát đã công bố."
        );
        vec![
            Cell::center(n.to_string()),
            Cell::center("05/12/2023"),
            Cell::left(fact),
            Cell::center("Đúng hạn"),
            Cell::left(format!("{n}/BC-UBND ngày 05/12/2023, Ủy ban nhân dân tỉnh, tr. 4")),
        ]
    };
    let head = vec![["TT", "Thời gian", "Nội dung", "Kết quả", "Nguồn"].map(Cell::head).to_vec()];
    let table = Table {
        widths: vec![2, 4, 14, 4, 8],
        head,
        rows: (1..=300).map(row).collect(),
        anchor: None,
        size: Size::Small,
    };
    Document {
        title: "Hồ sơ ông Nguyễn Văn A".into(),
        author: "Thường trực Hội đồng nhân dân tỉnh".into(),
        date: date(2023, 12, 13),
        watermark: Some("DIỄN TẬP".into()),
        foot: Some("SHA-256 3f9a 2c41".into()),
        guide: None,
        blocks: vec![Block::Heading { level: 1, text: "I. CHỈ TIÊU".into() }, Block::Table(table)],
    }
}

#[divan::bench]
fn dossier_like_document(bencher: Bencher<'_, '_>) {
    let dossier = dossier();
    bencher.bench(|| {
        let file = pdf::document(&dossier);
        assert!(file.as_ref().is_ok_and(|file| file.pages > 15), "a long dossier");
        file
    });
}
