//! Why a paper cannot be printed.

/// Why a paper cannot be printed. The texts are Vietnamese and shown to users.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The print face has no glyph; an empty box is never printed instead.
    #[error(
        "phông chữ in không có ký tự “{character}” (U+{:04X}) trong “{text}”; hãy gõ lại chỗ này bằng ký tự tiếng Việt \
         Unicode",
        u32::from(*.character)
    )]
    MissingGlyph {
        /// The character.
        character: char,
        /// The word that contains it.
        text: String,
    },
    /// A row without as many cells as the table has columns: a cell would be lost.
    #[error("bảng có {columns} cột nhưng hàng bắt đầu bằng “{row}” có {cells} ô; hãy sửa cho bằng số cột")]
    RaggedRow {
        /// Columns of the table.
        columns: usize,
        /// Cells of the row.
        cells: usize,
        /// Text of the row's first cell.
        row: String,
    },
    /// One line of a ballot does not fit on a sheet, and a line is never split.
    #[error("dòng {number} của mẫu phiếu “{form}” cao hơn một tờ giấy; hãy rút gọn chức vụ của {name}")]
    LineTooTall {
        form: String,
        /// Number of the line.
        number: u32,
        /// Name of the official on the line.
        name: String,
    },
    /// A form without officials, or no copies wanted.
    #[error("mẫu phiếu “{form}” không có dòng nào hoặc số bản in bằng 0; hãy kiểm tra danh sách và số phiếu")]
    NothingToPrint { form: String },
    /// More text than a QR code holds.
    #[error("mã QR không chứa được {length} ký tự; hãy rút gọn nội dung mã")]
    QrTooLong {
        /// Length of the text in bytes.
        length: usize,
    },
    /// More pages than a file can number.
    #[error("tài liệu có quá nhiều trang ({pages}); hãy in làm nhiều tệp")]
    TooManyPages {
        /// Number of pages.
        pages: usize,
    },
    /// An embedded face could not be read or reduced.
    #[error("không đọc được phông chữ nhúng {face}; hãy cài lại chương trình")]
    Font {
        /// PostScript name of the face.
        face: &'static str,
    },
    /// The PDF library failed or gave an unexpected result.
    #[error("không ghi được tệp PDF ({0}); hãy báo cho người bảo trì chương trình")]
    Write(String),
}

impl From<lopdf::Error> for PdfError {
    fn from(error: lopdf::Error) -> Self {
        Self::Write(error.to_string())
    }
}
