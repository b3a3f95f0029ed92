//! How long papers take (design targets: 1,000 ballots of 30 lines in 1 s; 30 dossiers of 300 facts in 2 s with their
//! compilation). Run with `cargo bench --bench papers`.

use divan::Bencher;
use jiff::civil::date;
use tinnhiem::domain::ballot::{BallotForm, Line};
use tinnhiem::domain::document::{Block, Cell, Document, Size, Table};
use tinnhiem::domain::official::{self, OfficialId};
use tinnhiem::domain::poll::PollKind;
use tinnhiem::pdf;

fn main() {
    divan::main();
}

fn form() -> BallotForm {
    let line = |number| Line {
        number,
        official: OfficialId(0),
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
    let table = Table { widths: vec![2, 4, 14, 4, 8], head, rows: (1..=300).map(row).collect(), size: Size::Small };
    Document {
        title: "Hồ sơ ông Nguyễn Văn A".into(),
        author: "Thường trực Hội đồng nhân dân tỉnh".into(),
        date: date(2023, 12, 13),
        watermark: Some("DIỄN TẬP".into()),
        foot: Some("SHA-256 3f9a 2c41".into()),
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
