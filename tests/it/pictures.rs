//! Papers as pictures: what no comparison of texts sees, an overlap, a shifted box, a lost frame.
//!
//! A reference is the page drawn at 150 dots an inch and averaged over squares of 2.54 mm: small enough to keep, coarse
//! enough that another release of poppler draws the same, fine enough that a missing tick box stands out. After an intended
//! change, `TINNHIEM_PICTURES=write scripts/test pictures` writes them anew; look at the paper before they are kept.

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use domain::decimal::Decimal;
use domain::document::{Block, Cell, Chart, ChartPoint, Size, Table};
use domain::poll::PollKind;
use pdf::{Length, Pdf, ballots, document};

use crate::papers_render::{DAY, form, minutes, paper};

/// A page as grey dots.
pub struct Picture {
    dots_per_inch: i64,
    width: usize,
    dots: Vec<u8>,
}

impl Picture {
    /// All pages of `pdf`, as poppler draws them.
    pub fn of(pdf: &Pdf, dots_per_inch: i64) -> Vec<Self> {
        let folder = tempfile::tempdir().expect("folder");
        fs::write(folder.path().join("paper.pdf"), &pdf.bytes).expect("written");
        let run = Command::new("pdftoppm")
            .args(["-gray", "-r", &dots_per_inch.to_string(), "paper.pdf", "page"])
            .current_dir(folder.path())
            .status();
        assert!(run.expect("poppler-utils: run scripts/test, which installs them").success());
        let mut files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|e| e == "pgm"));
        files.sort();
        files.iter().map(|path| Self::read(&fs::read(path).unwrap(), dots_per_inch)).collect()
    }

    /// All dots, row by row: 0 is black.
    pub fn dots(&self) -> &[u8] {
        &self.dots
    }

    /// Lightness at a point of the page.
    pub fn at(&self, x: Length, y: Length) -> u8 {
        let dot = |length: Length| {
            usize::try_from(length.in_thousandths() * self.dots_per_inch / 72_000).expect("on the page")
        };
        self.dots[dot(y) * self.width + dot(x)]
    }

    /// `P5`, width, height, 255, one byte a dot.
    fn read(pgm: &[u8], dots_per_inch: i64) -> Self {
        let mut words = pgm.split(|b| b.is_ascii_whitespace());
        let number = |word: Option<&[u8]>| std::str::from_utf8(word.expect("a word")).unwrap().parse().unwrap();
        assert_eq!(words.next(), Some(&b"P5"[..]));
        let (width, height): (usize, usize) = (number(words.next()), number(words.next()));
        Self { dots_per_inch, width, dots: pgm[pgm.len() - width * height..].to_vec() }
    }

    /// Mean lightness of squares of `SIDE` dots; what is left at the right and lower edge of the page is white paper.
    fn coarse(&self) -> Self {
        let (columns, rows) = (self.width / SIDE, self.dots.len() / self.width / SIDE);
        let mean = |row: usize, column: usize| {
            let line = |y: usize| &self.dots[(row * SIDE + y) * self.width + column * SIDE..][..SIDE];
            let sum: usize = (0..SIDE).flat_map(line).map(|dot| usize::from(*dot)).sum();
            u8::try_from(sum / (SIDE * SIDE)).expect("a mean of bytes")
        };
        let dots = (0..rows).flat_map(|row| (0..columns).map(move |column| mean(row, column))).collect();
        Self { dots_per_inch: self.dots_per_inch, width: columns, dots }
    }
}

const DOTS_PER_INCH: i64 = 150;
const SIDE: usize = 15;
/// Poppler's two ways of drawing, splash and cairo, differ by 23 at most; the frame of a tick box makes 35.
const TOLERANCE: u8 = 28;

/// Holds the first page of `pdf` against its reference.
fn looks_as_kept(name: &str, pdf: &Pdf) {
    let drawn = Picture::of(pdf, DOTS_PER_INCH)[0].coarse();
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/fixtures/pictures", name].iter().collect();
    if env::var("TINNHIEM_PICTURES").is_ok_and(|wish| wish == "write") {
        let head = format!("P5\n{} {}\n255\n", drawn.width, drawn.dots.len() / drawn.width);
        fs::write(&path, [head.as_bytes(), &drawn.dots].concat()).expect("reference written");
    }
    let kept = Picture::read(&fs::read(&path).expect("a reference: TINNHIEM_PICTURES=write makes one"), DOTS_PER_INCH);
    assert_eq!((drawn.width, drawn.dots.len()), (kept.width, kept.dots.len()), "{name}: another size");
    let differences = differences(&kept, &drawn);
    let first = differences.iter().take(20).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(differences.is_empty(), "{name}: {} squares differ, the first of them\n{first}", differences.len());
}

/// Where two coarse pictures differ by more than the tolerance, in millimetres of the page.
fn differences(kept: &Picture, drawn: &Picture) -> Vec<String> {
    let millimetres = |squares: usize| squares * 254 / 100;
    let pairs = kept.dots.iter().zip(&drawn.dots).enumerate();
    let apart = pairs.filter(|(_, (kept, drawn))| kept.abs_diff(**drawn) > TOLERANCE);
    apart
        .map(|(at, (was, is))| {
            let (x, y) = (millimetres(at % kept.width), millimetres(at / kept.width));
            format!("{x} mm from the left, {y} mm from the top: lightness {was} was kept, {is} is drawn")
        })
        .collect()
}

#[test]
fn a_ballot_looks_as_kept() {
    let mut form = form(PollKind::Rating, 14);
    form.watermark = Some("DIỄN TẬP".into());
    looks_as_kept("ballot.pgm", &ballots(&form, 1, DAY).unwrap());
}

#[test]
fn minutes_look_as_kept() {
    looks_as_kept("minutes.pgm", &document(&paper(minutes())).unwrap());
}

#[test]
fn a_dossier_with_charts_looks_as_kept() {
    let point = |(year, planned, actual): (i32, &str, &str)| ChartPoint {
        label: year.to_string(),
        planned: Decimal::parse_plain(planned),
        actual: Decimal::parse_plain(actual),
    };
    let chart = |title: &str, points: &[(i32, &str, &str)]| {
        Block::Chart(Chart { title: title.into(), points: points.iter().copied().map(point).collect(), half: false })
    };
    let years: Vec<(i32, &str, &str)> = (2016..2024).map(|year| (year, "95", "88.25")).collect();
    let mut doc = paper(vec![
        Block::Heading { level: 1, text: "III. Diễn biến chỉ tiêu qua các năm".into() },
        chart("Tăng trưởng (%)", &[(2021, "6.5", "-2.5"), (2022, "6.5", "8"), (2023, "7", "")]),
        chart("Tỷ lệ giải ngân vốn đầu tư công (%)", &years),
        chart("Vụ việc tồn đọng (vụ)", &[(2022, "0", "0"), (2023, "0", "0")]),
        Block::Heading { level: 2, text: "1. Lĩnh vực Y tế".into() },
        Block::Table(Table {
            widths: vec![1, 3, 6],
            head: vec![["TT", "Thời gian", "Nội dung"].map(Cell::head).to_vec()],
            rows: vec![["1", "Năm 2023", "Tỷ lệ bao phủ bảo hiểm y tế đạt kế hoạch"].map(Cell::left).to_vec()],
            anchor: None,
            size: Size::Small,
        }),
    ]);
    doc.watermark = Some("DIỄN TẬP".into());
    looks_as_kept("charts.pgm", &document(&doc).unwrap());
}

/// The comparison itself: one tick box less is seen, and said where.
#[test]
fn a_picture_without_one_tick_box_is_told_apart() {
    let pdf = |officials| ballots(&form(PollKind::Rating, officials), 1, DAY).unwrap();
    let coarse = |pdf: &Pdf| Picture::of(pdf, DOTS_PER_INCH)[0].coarse();
    let (whole, mut less) = (coarse(&pdf(8)), coarse(&pdf(8)));
    assert!(differences(&whole, &less).is_empty());
    let sheet = &pdf::ballot::sheets(&form(PollKind::Rating, 8)).unwrap()[0];
    let square = |length: Length| usize::try_from(length.in_thousandths() * DOTS_PER_INCH / 72_000).unwrap() / SIDE;
    let tick = sheet.boxes[4].area;
    for row in square(tick.y)..=square(tick.bottom()) {
        for column in square(tick.x)..=square(tick.right()) {
            less.dots[row * less.width + column] = 255;
        }
    }
    let told = differences(&whole, &less);
    assert!((3..=12).contains(&told.len()), "{told:?}");
}
