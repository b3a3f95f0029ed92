//! Papers as an office gets them: what stands in the file is what a reader, a search and a copy give back.

use std::collections::BTreeSet;
use std::process::Command;

use domain::ballot::{BallotForm, Line};
use domain::decimal::Decimal;
use domain::document::{
    Align, Block, Cell, Chart, ChartPoint, CheckpointBox, Document, LetterHead, Paragraph, Signature, Size, Span, Table,
};
use domain::official::{self, OfficialNo};
use domain::poll::PollKind;
use jiff::civil::{Date, date};
use pdf::ballot::{CORNER_INSET, CORNER_SIDE, ROW_STEP, sheets};
use pdf::layout::{PAGE_HEIGHT, PAGE_WIDTH};
use pdf::{Length, Pdf, PdfError, ballots, document};

use crate::paper_text;
use crate::pictures::Picture;

pub const DAY: Date = date(2023, 12, 13);

/// All 134 letters of the Vietnamese alphabet that ASCII lacks.
const LETTERS: &str = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ\
                       ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴĐ";

pub fn paper(blocks: Vec<Block>) -> Document {
    Document {
        title: "Biên bản kiểm phiếu".into(),
        author: "Ban kiểm phiếu".into(),
        date: DAY,
        watermark: None,
        foot: None,
        guide: None,
        blocks,
    }
}

fn made(doc: &Document) -> Pdf {
    document(doc).expect("a paper")
}

/// Runs one of the poppler tools on `pdf`.
fn poppler(tool: &str, arguments: &[&str], pdf: &Pdf) -> String {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("paper.pdf");
    std::fs::write(&path, &pdf.bytes).expect("written");
    let output = Command::new(tool)
        .args(arguments.iter().filter(|a| !a.is_empty()))
        .arg(&path)
        .output()
        .expect("poppler-utils: run scripts/test, which installs them");
    assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{tool}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Pages of text as a reader sees them.
fn pages_of(pdf: &Pdf) -> Vec<String> {
    paper_text::pages(&pdf.bytes)
}

/// All text with single spaces, in the order of the content stream.
pub fn words_of(pdf: &Pdf) -> String {
    paper_text::words(&pdf.bytes)
}

fn body(text: &str) -> Block {
    Block::Paragraph(Paragraph {
        spans: vec![Span::plain(text)],
        align: Align::Justify,
        first_line_indent: true,
        ..Paragraph::default()
    })
}

fn official(number: u32) -> Line {
    Line {
        number,
        official: OfficialNo(0),
        name: format!("Ông Nguyễn Văn Số {number}"),
        posts: format!("Giám đốc Sở thứ {number}, Ủy viên Ủy ban nhân dân tỉnh"),
    }
}

pub fn form(kind: PollKind, officials: u32) -> BallotForm {
    BallotForm {
        id: "F1-3F9A2C".into(),
        kind,
        block: official::Block("Khối Ủy ban nhân dân tỉnh".into()),
        issuer: vec!["HỘI ĐỒNG NHÂN DÂN".into(), "TỈNH MẪU".into()],
        party: false,
        title: "PHIẾU TÍN NHIỆM".into(),
        subject: "đối với người giữ chức vụ do Hội đồng nhân dân tỉnh bầu, khối Ủy ban nhân dân tỉnh".into(),
        occasion: "Kỳ họp thứ 13, ngày 13 tháng 12 năm 2023".into(),
        instructions: vec![
            "Đại biểu đánh dấu X vào một ô duy nhất trên dòng của mỗi người.".into(),
            "Dòng không đánh dấu hoặc đánh dấu từ hai ô trở lên không được tính.".into(),
        ],
        levels: kind.levels().to_vec(),
        lines: (1..=officials).map(official).collect(),
        watermark: None,
    }
}

#[test]
fn every_vietnamese_letter_comes_out_of_every_face() {
    let faces = [(false, false), (true, false), (false, true), (true, true)];
    let spelt: Vec<String> = LETTERS.chars().map(String::from).collect();
    let line = spelt.join(" ");
    let blocks = faces.map(|(bold, italic)| {
        let spans = vec![Span { text: line.clone(), bold, italic }];
        Block::Paragraph(Paragraph { spans, ..Paragraph::default() })
    });
    let pdf = made(&paper(blocks.to_vec()));
    assert_eq!(LETTERS.chars().count(), 134);
    let expected = [line.as_str(); 4].join(" ");
    assert!(words_of(&pdf).starts_with(&expected), "{}", words_of(&pdf));

    let fonts = poppler("pdffonts", &[], &pdf);
    let rows: Vec<&str> = fonts.lines().skip(2).collect();
    assert_eq!(rows.len(), 4, "{fonts}");
    for row in rows {
        let tag = row.split('+').next().expect("a tag");
        assert!(tag.len() == 6 && tag.bytes().all(|b| b.is_ascii_uppercase()), "{row}");
        assert!(row.contains("CID TrueType") && row.contains("Identity-H") && row.contains("yes yes yes"), "{row}");
    }
}

#[test]
fn a_table_over_several_pages_repeats_its_head_and_loses_no_row() {
    let head = vec![vec![Cell::head("TT"), Cell::head("Nội dung"), Cell::head("Kết quả")]];
    let rows = (1..=120)
        .map(|n| {
            let text =
                format!("Chỉ tiêu thứ {n}: giải ngân vốn đầu tư công đúng tiến độ đã được Hội đồng nhân dân giao");
            vec![Cell::center(n.to_string()), Cell::left(text), Cell::right(format!("{n},5 %"))]
        })
        .collect();
    let table = Block::Table(Table { widths: vec![1, 7, 2], head, rows, anchor: None, size: Size::Small });
    let pdf = made(&paper(vec![table]));
    let pages = pages_of(&pdf);
    assert!(pages.len() >= 3);
    assert_eq!(pdf.pages as usize, pages.len());
    for (number, page) in (1..).zip(&pages) {
        assert!(page.contains("Nội dung") && page.contains("Kết quả"), "{page}");
        assert!(page.contains(&format!("Trang {number}/{}", pages.len())), "{page}");
    }
    let words = words_of(&pdf);
    for n in 1..=120 {
        assert!(words.contains(&format!("{n} Chỉ tiêu thứ {n}: giải ngân")), "row {n}");
        assert!(words.contains(&format!(" {n},5 %")), "row {n}");
    }
}

#[test]
fn a_ballot_of_120_officials_shows_every_name_and_post_whole() {
    let long_name = "Bà Công Tằng Tôn Nữ Nguyễn Phúc Hoàng Thị Phương Thảo Nguyên Vy";
    let long_post = "Phó Chủ tịch Thường trực Hội đồng nhân dân tỉnh kiêm Trưởng Ban Pháp chế Hội đồng nhân dân tỉnh, Trưởng \
                     Đoàn đại biểu Quốc hội tỉnh, Phó Chủ nhiệm Ủy ban Tư pháp của Quốc hội, Ủy viên Ban Thường vụ Tỉnh ủy";
    assert!(long_name.chars().count() > 60 && long_post.chars().count() >= 200);
    let mut form = form(PollKind::Rating, 120);
    form.lines[57].name = long_name.into();
    form.lines[57].posts = long_post.into();

    let pdf = ballots(&form, 1, DAY).expect("a form");
    let pages = pages_of(&pdf);
    assert!(pages.len() > 5);
    for (number, page) in (1..).zip(&pages) {
        assert!(page.contains(&format!("Tờ {number}/{}", pages.len())), "{page}");
        assert!(page.contains("Tín nhiệm") && page.contains("Họ và tên"), "{page}");
    }
    let words = words_of(&pdf);
    assert!(words.contains(long_name), "{words}");
    assert!(words.contains(long_post), "{words}");
    for line in &form.lines {
        assert!(words.contains(&format!("{} {} {}", line.number, line.name, line.posts)), "{words}");
    }
}

#[test]
fn boxes_lie_where_an_optical_reader_looks_for_them() {
    for kind in [PollKind::Rating, PollKind::Confidence] {
        let sheets = sheets(&form(kind, 40)).expect("a form");
        let boxes: Vec<_> = sheets.iter().flat_map(|sheet| &sheet.boxes).collect();
        assert_eq!(boxes.len(), 40 * kind.levels().len());
        let columns: BTreeSet<Length> = boxes.iter().map(|b| b.area.x).collect();
        assert_eq!(columns.len(), kind.levels().len(), "one column a level, the same on every sheet");
        for sheet in &sheets {
            for pair in sheet.boxes.windows(2) {
                let apart = pair[1].area.y.in_thousandths() - pair[0].area.y.in_thousandths();
                assert!(apart >= 0 && (pair[0].line != pair[1].line) == (apart > 0));
            }
            let half_step = ROW_STEP / 2;
            for tick in &sheet.boxes {
                let from_corner = (tick.area.y - CORNER_INSET).in_thousandths();
                let off = from_corner % half_step.in_thousandths();
                assert!(
                    off.min(half_step.in_thousandths() - off) < Length::tenths_mm(1).in_thousandths(),
                    "{tick:?} lies off the grid by {off}"
                );
            }
        }
    }
}

#[test]
fn copies_are_collated_alike_and_cost_next_to_nothing() {
    let form = form(PollKind::Rating, 30);
    let one = ballots(&form, 1, DAY).expect("a form");
    let many = ballots(&form, 50, DAY).expect("a form");
    assert_eq!(many.pages, one.pages * 50);
    let (single, pages) = (pages_of(&one), pages_of(&many));
    assert!(single.len() > 1);
    assert!(pages.chunks(single.len()).all(|copy| copy == single));
    let per_page = (many.bytes.len() - one.bytes.len()) / (many.pages - one.pages) as usize;
    assert!(per_page < 120, "{per_page} bytes a page");
}

#[test]
fn the_same_model_gives_the_same_bytes() {
    let mut doc = paper(vec![body("Căn cứ Biên bản kiểm phiếu ngày 13 tháng 12 năm 2023.")]);
    let first = made(&doc);
    assert_eq!(first, made(&doc));
    assert_eq!(
        ballots(&form(PollKind::Rating, 9), 3, DAY).unwrap(),
        ballots(&form(PollKind::Rating, 9), 3, DAY).unwrap()
    );
    doc.date = date(2023, 12, 14);
    assert_ne!(first, made(&doc));
}

#[test]
fn a_file_says_what_it_is_and_nothing_else() {
    let info = poppler("pdfinfo", &[], &ballots(&form(PollKind::Rating, 9), 2, DAY).unwrap());
    for expected in
        ["PHIẾU TÍN NHIỆM - Khối Ủy ban nhân dân tỉnh", "HỘI ĐỒNG NHÂN DÂN TỈNH MẪU", "PDF version:     1.4", "(A4)"]
    {
        assert!(info.contains(expected), "{expected}: {info}");
    }
    assert!(!info.contains("PDF subtype") && !info.contains("GTS"), "{info}");
}

#[test]
fn a_rehearsal_says_so_on_every_page() {
    let mut form = form(PollKind::Confidence, 40);
    form.watermark = Some("DIỄN TẬP".into());
    let pdf = ballots(&form, 1, DAY).unwrap();
    let mut doc = paper((0..120).map(|n| body(&format!("Điều {n}."))).collect());
    doc.watermark = Some("DIỄN TẬP".into());
    for pdf in [pdf, made(&doc)] {
        for page in pages_of(&pdf) {
            assert!(page.contains("DIỄN TẬP"), "{page}");
        }
    }
}

#[test]
fn a_letter_without_a_glyph_is_refused_and_named() {
    let refused = document(&paper(vec![body("Đạt ☑ chỉ tiêu")])).expect_err("no such glyph");
    assert!(matches!(refused, PdfError::MissingGlyph { character: '☑', .. }), "{refused}");
    let mut form = form(PollKind::Rating, 2);
    form.lines[1].name = "Ông 漢".into();
    assert!(matches!(ballots(&form, 1, DAY), Err(PdfError::MissingGlyph { character: '漢', .. })));
    form.lines.clear();
    assert!(matches!(ballots(&form, 1, DAY), Err(PdfError::NothingToPrint { .. })));
}

fn resolution() -> Vec<Block> {
    let official = |n: u32, name: &str| {
        Block::Together(vec![
            Block::Paragraph(Paragraph {
                spans: vec![Span::bold(format!("{n}. Ông {name}")), Span::plain(", Chủ tịch Hội đồng nhân dân tỉnh")],
                ..Paragraph::default()
            }),
            body("- Số phiếu tín nhiệm cao: 78 phiếu (chiếm 97,5% tổng số phiếu thu về)."),
            body("- Số phiếu tín nhiệm: 01 phiếu (chiếm 1,25% tổng số phiếu thu về)."),
        ])
    };
    let mut blocks = vec![
        Block::LetterHead(LetterHead {
            party: false,
            issuer: vec!["HỘI ĐỒNG NHÂN DÂN".into(), "TỈNH MẪU".into()],
            number: "Số:       /NQ-HĐND".into(),
            place_date: "Tỉnh Mẫu, ngày 13 tháng 12 năm 2023".into(),
        }),
        Block::Title {
            kind: "NGHỊ QUYẾT".into(),
            subject:
                "Xác nhận kết quả lấy phiếu tín nhiệm đối với người giữ chức vụ do Hội đồng nhân dân tỉnh khóa XVII, \
                      nhiệm kỳ 2021 - 2026 bầu"
                    .into(),
        },
        body(
            "Căn cứ Nghị quyết số 96/2023/QH15 ngày 23 tháng 6 năm 2023 của Quốc hội về việc lấy phiếu tín nhiệm, bỏ \
             phiếu tín nhiệm đối với người giữ chức vụ do Quốc hội, Hội đồng nhân dân bầu hoặc phê chuẩn;",
        ),
        Block::Heading { level: 1, text: "QUYẾT NGHỊ:".into() },
        body("Điều 2. Xác nhận kết quả lấy phiếu tín nhiệm như sau:"),
        Block::Heading { level: 2, text: "I - KHỐI HỘI ĐỒNG NHÂN DÂN TỈNH".into() },
    ];
    blocks.extend((1..9).map(|n| official(n, "Nguyễn Văn A")));
    blocks.push(Block::Recipients(vec![
        "Ủy ban Thường vụ Quốc hội;".into(),
        "Thường trực Tỉnh ủy;".into(),
        "Lưu: VT.".into(),
    ]));
    blocks.push(Block::Signatures(vec![Signature {
        capacity: vec!["CHỦ TỊCH".into()],
        hint: "(Ký, ghi rõ họ tên, đóng dấu)".into(),
        name: "Trần Văn B".into(),
    }]));
    blocks
}

fn signature(capacity: &[&str], name: &str) -> Signature {
    Signature {
        capacity: capacity.iter().map(|line| (*line).into()).collect(),
        hint: "(Ký, ghi rõ họ tên)".into(),
        name: name.into(),
    }
}

pub fn minutes() -> Vec<Block> {
    let decimal = Decimal::parse_plain;
    let point = |label: &str, planned, actual| ChartPoint {
        label: label.into(),
        planned: decimal(planned),
        actual: decimal(actual),
    };
    let row = |n: u32| {
        let figures = [
            n.to_string(),
            "Ông Nguyễn Văn A".into(),
            "Chủ tịch Ủy ban nhân dân tỉnh".into(),
            "40".into(),
            "85,11".into(),
        ];
        figures.map(Cell::left).to_vec()
    };
    vec![
        Block::LetterHead(LetterHead {
            party: true,
            issuer: vec!["TỈNH ỦY MẪU".into(), "BAN THƯỜNG VỤ".into()],
            number: "Số 127-BB/TU".into(),
            place_date: "Tỉnh Mẫu, ngày 13 tháng 12 năm 2023".into(),
        }),
        Block::Title { kind: "BIÊN BẢN".into(), subject: "Kiểm phiếu lấy phiếu tín nhiệm".into() },
        Block::Notice {
            title: "Cần kiểm tra trước khi ký".into(),
            lines: vec![
                "Thời hạn lấy theo văn bản cũ, chưa kiểm chứng: văn phòng đọc văn bản chính thức trước khi dùng."
                    .into(),
            ],
        },
        Block::Heading { level: 2, text: "1. Kết quả theo từng người".into() },
        Block::Table(Table {
            widths: vec![1, 4, 5, 2, 2],
            head: vec![["TT", "Họ và tên", "Chức vụ", "Số phiếu", "Tỷ lệ (%)"].map(Cell::head).to_vec()],
            rows: (1..5).map(row).collect(),
            anchor: None,
            size: Size::Small,
        }),
        Block::Heading { level: 3, text: "Giải ngân vốn đầu tư công".into() },
        Block::Chart(Chart {
            title: "Tỷ lệ giải ngân vốn đầu tư công (%)".into(),
            half: false,
            points: vec![
                point("2021", "95", "87.5"),
                point("2022", "95", "101.25"),
                point("2023", "95", ""),
                point("2024", "6", "-2.5"),
            ],
        }),
        Block::Signatures(vec![
            signature(&["THƯ KÝ"], "Lê Thị C"),
            signature(&["ỦY VIÊN"], ""),
            signature(&["TM. BAN KIỂM PHIẾU", "TRƯỞNG BAN"], "Trần Văn B"),
        ]),
        Block::Checkpoint(CheckpointBox {
            caption: "Điểm chốt khi đóng kiểm phiếu, 41 bản ghi".into(),
            groups: (0..16).map(|n| format!("{:04x}", 0x3F9A_u32.wrapping_mul(n + 7) & 0xFFFF)).collect(),
            key: "3f9a 2c3f".into(),
            qr: "tinnhiem:41:3f9a2c3f9a2c3f9a2c3f9a2c3f9a2c3f9a2c3f9a2c3f9a2c3f9a2c3f9a2c3f9".into(),
        }),
        Block::PageBreak,
        Block::Signatures(vec![signature(&["NGƯỜI LẬP"], "Lê Thị C"), signature(&["TRƯỞNG BAN"], "Trần Văn B")]),
    ]
}

#[test]
fn papers_read_in_the_order_in_which_they_were_written() {
    let words = words_of(&made(&paper(resolution())));
    let mut from = 0;
    for expected in [
        "HỘI ĐỒNG NHÂN DÂN TỈNH MẪU",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "NGHỊ QUYẾT",
        "do Quốc hội, Hội đồng nhân dân bầu hoặc phê chuẩn;",
        "QUYẾT NGHỊ:",
        "1. Ông Nguyễn Văn A, Chủ tịch Hội đồng nhân dân tỉnh - Số phiếu tín nhiệm cao: 78 phiếu (chiếm 97,5% tổng số",
        "Nơi nhận:",
        "CHỦ TỊCH",
        "Trần Văn B",
    ] {
        let at = words[from..].find(expected).unwrap_or_else(|| panic!("“{expected}” after {from}: {words}"));
        from += at;
    }
    let words = words_of(&made(&paper(minutes())));
    for expected in
        ["ĐẢNG CỘNG SẢN VIỆT NAM", "1 Ông Nguyễn Văn A Chủ tịch Ủy ban nhân dân tỉnh 40 85,11", "87,5 101,25 – -2,5"]
    {
        assert!(words.contains(expected), "“{expected}”: {words}");
    }
}

#[test]
fn an_optical_reader_finds_white_boxes_in_black_frames_even_under_a_watermark() {
    let mut form = form(PollKind::Rating, 30);
    form.watermark = Some("DIỄN TẬP".into());
    let pictures = Picture::of(&ballots(&form, 1, DAY).unwrap(), 127);
    let sheets = sheets(&form).unwrap();
    assert_eq!(pictures.len(), sheets.len());
    let corner = CORNER_INSET + CORNER_SIDE / 2;
    for (picture, sheet) in pictures.iter().zip(&sheets) {
        for (x, y) in [
            (corner, corner),
            (PAGE_WIDTH - corner, corner),
            (corner, PAGE_HEIGHT - corner),
            (PAGE_WIDTH - corner, PAGE_HEIGHT - corner),
        ] {
            assert_eq!(picture.at(x, y), 0, "corner square");
        }
        for tick in &sheet.boxes {
            let (x, y) = (tick.area.x + tick.area.width / 2, tick.area.y + tick.area.height / 2);
            for step in -2..=2 {
                assert_eq!(picture.at(x + Length::mm(1) * step, y), 255, "inside of {tick:?}");
                assert_eq!(picture.at(x, y + Length::mm(1) * step), 255, "inside of {tick:?}");
            }
            for (x, y) in [(tick.area.x, y), (tick.area.right(), y), (x, tick.area.y), (x, tick.area.bottom())] {
                assert!(picture.at(x, y) < 128, "frame of {tick:?}");
            }
        }
    }
    let greys = pictures[0].dots().iter().filter(|p| (215..235).contains(*p)).count();
    assert!(greys > 5_000, "the watermark is large: {greys} pixels");
}
