//! What witnesses said of the heads of a bundle: files beside the checkpoints, a signature line for each witness.

use super::layout;
use super::report::Failure;
use domain::audit::witness::Cosignature;
use domain::audit::{Checkpoint, Moment};

pub(super) const CHECK: &str = "witness";

/// A head of the bundle: its file, its moment, and itself.
pub(super) type HeadOf<'a> = (&'static str, Option<Moment>, &'a Checkpoint);

/// What is said where no key of a witness was given.
pub(super) const UNCHECKED: &str =
    "chữ ký đồng chứng chỉ có nghĩa với khóa của nơi đồng chứng mà bạn đã biết; chạy lại với --witness.";

/// A cosignature with the head that it stands beside.
pub(super) struct Beside {
    pub file: String,
    pub label: &'static str,
    pub head: Checkpoint,
    pub cosignature: Cosignature,
}

/// Path and content of the file beside the checkpoint `file`; `None` where nobody said anything of it.
pub(super) fn file_of(file: &str, lines: Option<&Vec<String>>) -> Option<(String, Vec<u8>)> {
    let mut lines = lines.filter(|lines| !lines.is_empty())?.clone();
    lines.sort();
    lines.dedup();
    let (_, name) = file.split_once('/')?;
    Some((format!("{}{name}", layout::COSIGNATURES), lines.concat().into_bytes()))
}

/// All lines of the bundle with these files, each beside its head; `text` reads a file.
///
/// # Errors
/// A file beside no head, or a line that is none.
pub(super) fn read<'f>(
    files: impl Iterator<Item = &'f String>,
    heads: &[HeadOf<'_>],
    text: &dyn Fn(&str) -> Result<String, Failure>,
) -> Result<Vec<Beside>, Failure> {
    let mut found = Vec::new();
    for file in files {
        let Some(name) = file.strip_prefix(layout::COSIGNATURES) else { continue };
        let wrong = |what: &str| Failure::disputed(CHECK, file, what);
        let head = heads.iter().find(|(own, ..)| own.split_once('/').is_some_and(|(_, own)| own == name));
        let (_, moment, head) = head.ok_or_else(|| wrong("không có điểm chốt nào mang tên này"))?;
        let text = text(file)?;
        let lines = text.strip_suffix('\n').ok_or_else(|| wrong("phải gồm các dòng chữ ký đồng chứng"))?;
        let mut before = "";
        for line in lines.split('\n') {
            if line <= before {
                return Err(wrong("các dòng chữ ký không theo thứ tự"));
            }
            before = line;
            let cosignature = Cosignature::parse(line).map_err(|e| wrong(&e.to_string()))?;
            if cosignature.to_line().trim_end_matches('\n') != line {
                return Err(wrong("dòng chữ ký viết không đúng mẫu"));
            }
            let label = moment.map_or("cả nhật ký khi ghi gói", Moment::label);
            found.push(Beside { file: file.clone(), label, head: Checkpoint::clone(head), cosignature });
        }
    }
    Ok(found)
}
