//! Phiếu đối chiếu quy định: which parameters of the rules were compared with the official text, by whom, and which were
//! not. It stays in the office: other papers cite articles only.

use jiff::civil::Date;

use super::parts::{body, centered_italic, heading, small, table};
use super::{Block, Cell, Document};

/// Papers whose form no text that was read prescribes.
const OWN_FORMS: [&str; 7] = [
    "thông báo kết quả cho từng người",
    "công bố kết quả kiểm phiếu",
    "biên bản xác nhận số liệu trước khi mở bằng 0",
    "báo cáo kiểm thử",
    "phiếu đếm tay",
    "đính chính",
    "biên bản bàn giao phiếu đã niêm phong",
];

/// One parameter on the sheet.
#[derive(Clone, Debug)]
pub struct SheetLine {
    /// What it is, and what it says.
    pub what: String,
    pub value: String,
    pub cite: String,
    /// How well the authors of the program read it.
    pub mark: String,
    pub note: String,
    /// Whether the office said anything of it.
    pub is_open: bool,
    /// What the office said, and who.
    pub state: String,
    pub by: String,
}

/// What the sheet is of.
#[derive(Clone, Debug)]
pub struct RulesSheet {
    pub council: String,
    /// Full name of the instrument.
    pub title: String,
    /// The poll, where the sheet is of one.
    pub sitting: Option<String>,
    /// SHA-256 of the set's text.
    pub sha256: String,
    pub day: Date,
    pub lines: Vec<SheetLine>,
}

/// The sheet: what is open first.
pub fn rules_sheet(sheet: &RulesSheet) -> Document {
    let open: Vec<&SheetLine> = sheet.lines.iter().filter(|line| line.is_open).collect();
    let said: Vec<&SheetLine> = sheet.lines.iter().filter(|line| !line.is_open).collect();
    let mut blocks = vec![
        Block::Title { kind: "PHIẾU ĐỐI CHIẾU QUY ĐỊNH".into(), subject: sheet.title.clone() },
        centered_italic(match &sheet.sitting {
            Some(sitting) => format!("({}, {sitting}; lưu tại văn phòng)", sheet.council),
            None => format!("({}; lưu tại văn phòng)", sheet.council),
        }),
        small(format!("SHA-256 của bộ quy tắc: {}", sheet.sha256)),
        heading(2, format!("1. Chưa đối chiếu ({} tham số)", open.len())),
    ];
    if open.is_empty() {
        blocks.push(body("Mọi tham số quyết định đều đã được đối chiếu hoặc chấp nhận có lý do."));
    } else {
        blocks.push(open_table(&open));
    }
    blocks.push(heading(2, format!("2. Đã đối chiếu, thay giá trị hoặc chấp nhận có lý do ({} tham số)", said.len())));
    if said.is_empty() {
        blocks.push(body("Chưa có tham số nào."));
    } else {
        blocks.push(said_table(&said));
    }
    blocks.push(heading(2, "3. Giấy tờ theo mẫu của chương trình"));
    blocks.push(body(format!(
        "Chưa tìm thấy mẫu của các giấy tờ sau trong văn bản đã đọc; hãy đối chiếu với hướng dẫn của cơ quan có thẩm quyền \
         trước khi ký: {}.",
        OWN_FORMS.join("; ")
    )));
    Document {
        title: "Phiếu đối chiếu quy định".into(),
        author: sheet.council.clone(),
        date: sheet.day,
        watermark: None,
        foot: Some("Phiếu nội bộ của văn phòng, không gửi kèm giấy tờ của cuộc bỏ phiếu.".into()),
        guide: None,
        blocks,
    }
}

fn open_table(lines: &[&SheetLine]) -> Block {
    let row = |(n, line): (usize, &&SheetLine)| {
        vec![
            Cell::center((n + 1).to_string()),
            Cell::left(format!("{}: {}", line.what, line.value)),
            Cell::left(format!("{} [{}]", line.cite, line.mark)),
            Cell::left(line.note.clone()),
        ]
    };
    let columns = [(9, "TT"), (70, "Tham số, giá trị"), (48, "Điều khoản, mức độ đã đọc"), (52, "Lưu ý")];
    table(&columns, lines.iter().enumerate().map(row).collect())
}

fn said_table(lines: &[&SheetLine]) -> Block {
    let row = |(n, line): (usize, &&SheetLine)| {
        vec![
            Cell::center((n + 1).to_string()),
            Cell::left(format!("{}: {}", line.what, line.value)),
            Cell::left(line.cite.clone()),
            Cell::left(format!("{}. {}", line.state, line.by)),
        ]
    };
    let columns = [(9, "TT"), (64, "Tham số, giá trị"), (40, "Điều khoản"), (66, "Ai, theo văn bản nào, ngày nào")];
    table(&columns, lines.iter().enumerate().map(row).collect())
}
