//! Thirty dossiers of three hundred facts: compiled, written as the text of their version, and rendered. Target: compiled
//! and rendered in 2 s.
#![allow(clippy::expect_used, reason = "a bench stops where its input is wrong")]

use divan::{Bencher, black_box};
use domain::book::Book;
use domain::council::{Council, CouncilKind, Sitting, Term};
use domain::decimal::Decimal;
use domain::document::{Frame, dossier_document};
use domain::dossier::{Days, canonical_text, compile};
use domain::fact::{Fact, FactKind, Figures, Period, Source, Status};
use domain::occasion::Occasion;
use domain::official::{Block, Field, Honorific, Official, OfficialNo, Post};
use domain::poll::PollKind;
use domain::rules::{RuleSet, load};
use jiff::civil::{Date, date};

const OFFICIALS: usize = 30;
const FACTS_EACH: usize = 300;
const VOTE: Date = date(2023, 12, 7);

fn main() {
    divan::main();
}

fn book() -> Book {
    let fields = ["Y tế", "Giáo dục", "Đất đai", "Đầu tư công"].map(|name| Field(name.into()));
    let official = |i: usize| Official {
        name: format!("Nguyễn Văn {i}"),
        honorific: Honorific::Mr,
        birth: None,
        posts: vec![Post { title: "Ủy viên UBND tỉnh".into(), elected_on: Some(date(2021, 6, 25)) }],
        block: Block("Khối Ủy ban nhân dân".into()),
        fields: fields.to_vec(),
        retirement_notice: None,
    };
    let facts = (0..OFFICIALS * FACTS_EACH).map(|i| fact(i / FACTS_EACH, i % FACTS_EACH, &fields));
    Book {
        council: Council {
            name: "Hội đồng nhân dân tỉnh Mẫu".into(),
            kind: CouncilKind::ProvinceCouncil,
            term: Term { legislature: "XVIII".into(), from: date(2021, 6, 24), to: date(2026, 3, 31) },
            sitting: Sitting { name: "Kỳ họp thứ 17".into(), opens_on: date(2023, 12, 5), votes_on: VOTE },
            delegates_total: 60,
            ruleset: "NQ96-2023-QH15".into(),
            place: "Mẫu".into(),
            chair: "Nguyễn Văn A".into(),
            secretary: "Trần Thị B".into(),
        },
        officials: (0..OFFICIALS).map(official).collect(),
        delegates: Vec::new(),
        tellers: Vec::new(),
        facts: facts.collect(),
        declared: None,
    }
}

fn fact(official: usize, i: usize, fields: &[Field]) -> Fact {
    let kind = FactKind::ALL[i % FactKind::ALL.len()];
    let year = [2021, 2022, 2023][i / 14 % 3];
    let number = i64::try_from(i).expect("small");
    Fact {
        officials: vec![OfficialNo(official)],
        field: fields[i % fields.len()].clone(),
        kind,
        period: Period::Year(year),
        text: format!("Tỷ lệ hồ sơ giải quyết đúng hạn, nội dung số {} năm {year}", i / 42),
        figures: Some(Figures {
            planned: Decimal::new(920 + number, 1),
            actual: Decimal::new(915, 1),
            unit: "%".into(),
            lower_is_better: false,
        }),
        status: Status::ALL.get(i % 6).copied(),
        due: None,
        source: Source {
            number: format!("{i}/BC-MẪU"),
            date: date(2023, 1, 10),
            issuer: "UBND tỉnh Mẫu".into(),
            page: Some("4".into()),
            file: None,
        },
        reply: i.is_multiple_of(7).then(|| "Đã tiếp thu và khắc phục trong quý sau.".into()),
    }
}

fn rules() -> RuleSet {
    load("bench", include_str!("../src/domain/fixture/rules.toml")).expect("rule set")
}

fn frame<'a>(book: &'a Book, rules: &'a RuleSet) -> Frame<'a> {
    let occasion = Occasion { council: &book.council, rules, kind: PollKind::Rating, basis: None, watermark: None };
    Frame { occasion, date: VOTE, foot: None }
}

#[divan::bench]
fn compile_thirty_dossiers(bencher: Bencher) {
    let book = book();
    bencher.bench_local(|| {
        for i in 0..OFFICIALS {
            black_box(compile(&book, OfficialNo(i), Days::at(VOTE)));
        }
    });
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn thirty_dossiers_from_facts_to_pdf(bencher: Bencher) {
    let (book, rules) = (book(), rules());
    let frame = frame(&book, &rules);
    bencher.bench_local(|| {
        for i in 0..OFFICIALS {
            let dossier = compile(&book, OfficialNo(i), Days::at(VOTE)).expect("official");
            let file = pdf::document(&dossier_document(&dossier, &frame)).expect("paper");
            assert!(file.pages > 10, "three hundred facts fill pages");
            black_box((canonical_text(&dossier), file));
        }
    });
}

#[divan::bench]
fn compile_thirty_dossiers_to_papers(bencher: Bencher) {
    let (book, rules) = (book(), rules());
    let frame = frame(&book, &rules);
    bencher.bench_local(|| {
        for i in 0..OFFICIALS {
            let dossier = compile(&book, OfficialNo(i), Days::at(VOTE)).expect("official");
            black_box((canonical_text(&dossier), dossier_document(&dossier, &frame)));
        }
    });
}
