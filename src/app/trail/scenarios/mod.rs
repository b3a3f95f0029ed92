//! `tinnhiem scenarios`: fifty bundles with one lie each, and a sheet on which any verifier can be graded. In an election
//! whose data had 37 planted errors, auditors found 5; here everybody can practise on known ones.

mod cases;
mod forged;

use std::fs;
use std::path::Path;

use crate::service::error::AppError;
use crate::service::files;
use crate::trail::bundle::layout;
use cases::{Case, Then, Who};
use domain::audit::{Checkpoint, Digest, KeyName, Signer, VerifierKey};
use forged::{Files, Forged};

/// Keys of the scenarios follow from the seed, and from this.
const TAG: &[u8] = b"tinnhiem scenarios v1\n";
/// The sheet for people, and the same for programs.
pub const SHEET: &str = "BANG-DIEM.md";
pub const TABLE: &str = "bang-diem.csv";
/// The bundle that was not touched.
pub const HONEST: &str = "00-nguyen-ven.zip";

/// One bundle of the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    pub number: usize,
    /// Name of the `.zip`.
    pub file: String,
    /// What was done, one sentence.
    pub what: &'static str,
    /// Who could do it.
    pub who: &'static str,
    /// The check that must see it.
    pub check: &'static str,
}

/// Writes the honest bundle, the fifty others and the sheet into `out`. `honest` and `other` are bundles of two counts of
/// one council. The same bundles and seed give the same bytes.
///
/// # Errors
/// When a bundle cannot be read, or `out` cannot be written.
pub fn write(honest: &Path, other: &Path, out: &Path, seed: u64) -> Result<Vec<Scenario>, AppError> {
    let failed = |what: &str| AppError::Input(format!("kịch bản «{what}» không lập được từ gói này."));
    let (honest, other) = (read(honest)?, read(other)?);
    let signer = signer(&honest, seed).ok_or_else(|| failed("khóa"))?;
    let whole = |files: &Files| Forged::of(files, &other, &signer).and_then(|forged| forged.sign());
    let untouched = whole(&honest).ok_or_else(|| failed("gói nguyên vẹn"))??;
    let other = whole(&other).ok_or_else(|| failed("lần kiểm khác"))??;
    let root = paper_root(&untouched, &signer).ok_or_else(|| failed("mã gốc trên giấy"))?;
    fs::create_dir_all(out).map_err(|e| AppError::file(out, e))?;
    put(out, HONEST, &untouched)?;
    let mut made = Vec::with_capacity(cases::COUNT);
    for (number, case) in (1..).zip(cases::all()) {
        let forged = forge(case, pick(seed, number), &untouched, &other, &signer);
        let forged = forged.ok_or_else(|| failed(case.what))??;
        let file = format!("{number:02}.zip");
        put(out, &file, &forged)?;
        let who = match case.who {
            Who::Carrier => "ai chuyển tệp cũng làm được",
            Who::KeyHolder => "chỉ người giữ khóa ký",
        };
        made.push(Scenario { number, file, what: case.what, who, check: case.check });
    }
    files::write(&out.join(SHEET), sheet(&made, root).as_bytes())?;
    files::write(&out.join(TABLE), table(&made, root).as_bytes())?;
    Ok(made)
}

fn forge(case: &Case, pick: usize, honest: &Files, other: &Files, signer: &Signer) -> Option<Result<Files, AppError>> {
    let mut forged = Forged::of(honest, other, signer)?;
    (case.act)(&mut forged, pick)?;
    match case.then {
        Then::Nothing => Some(Ok(forged.files)),
        Then::List => Some(forged.list()),
        Then::Sign => forged.sign(),
        Then::Rewrite => forged.rewrite(),
    }
}

/// A number that follows from the seed and the scenario.
fn pick(seed: u64, number: usize) -> usize {
    let digest = Digest::of_parts(&[TAG, &seed.to_be_bytes(), number.to_string().as_bytes()]);
    let [first, second, ..] = *digest.as_bytes();
    usize::from(first) * 256 + usize::from(second)
}

fn signer(files: &Files, seed: u64) -> Option<Signer> {
    let key = std::str::from_utf8(files.get(layout::KEY)?).ok()?;
    let key = VerifierKey::parse(key.strip_suffix('\n')?).ok()?;
    let name = KeyName::new(key.name().as_str()).ok()?;
    Some(Signer::from_seed(name, Digest::of_parts(&[TAG, &seed.to_be_bytes()]).as_bytes()))
}

/// What the signed resolution of the honest bundle would carry: the root at the minutes.
fn paper_root(files: &Files, signer: &Signer) -> Option<Digest> {
    let note = std::str::from_utf8(files.get(layout::CHECKPOINTS[3])?).ok()?;
    Some(Checkpoint::open(note, signer.verifier()).ok()?.root)
}

fn read(dir: &Path) -> Result<Files, AppError> {
    fn below(dir: &Path, prefix: &str, found: &mut Files) -> Result<(), AppError> {
        for entry in fs::read_dir(dir).map_err(|e| AppError::file(dir, e))? {
            let entry = entry.map_err(|e| AppError::file(dir, e))?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                below(&entry.path(), &format!("{path}/"), found)?;
            } else {
                found.insert(path, fs::read(entry.path()).map_err(|e| AppError::file(&entry.path(), e))?);
            }
        }
        Ok(())
    }
    let mut found = Files::new();
    below(dir, "", &mut found)?;
    Ok(found)
}

fn put(out: &Path, file: &str, files: &Files) -> Result<(), AppError> {
    let packed = import::pack(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
    files::write(&out.join(file), &packed.map_err(|e| AppError::internal("nén gói", e))?)
}

fn sheet(made: &[Scenario], root: Digest) -> String {
    let row = |scenario: &Scenario| {
        let Scenario { number, file, what, who, check } = scenario;
        format!("| {number} | {file} | {what} | {who} | {check} | từ chối | |\n")
    };
    format!(
        "# Bảng điểm cho một chương trình kiểm tra gói\n\nMỗi gói có đúng một điều bị làm sai; một gói nguyên vẹn đi kèm để một \
         chương trình từ chối mọi thứ không được điểm. Kiểm từng gói cùng mã gốc trên giấy dưới đây: với chương trình này là \
         «tinnhiem verify TỆP --root \"MÃ\"», với trình độc lập là «python3 tests/verify.py TỆP \"MÃ\"», trên trang \
         /kiem-tra-goi thì chọn gói rồi gõ hai nhóm. Mỗi gói trả lời đúng được một điểm; dưới 50 điểm, hoặc không nhận gói số 0, \
         là chương trình còn thiếu phép kiểm.\n\nMã gốc trên giấy (điểm chốt ký biên bản):\n\n    {}\n\n| Số | Tệp | Đã làm gì | Ai \
         làm được | Phép kiểm phải thấy | Trả lời đúng | Trả lời của bạn |\n|---|---|---|---|---|---|---|\n| 0 | {HONEST} | Không có \
         gì | – | – | nhận | |\n{}",
        root.grouped(),
        made.iter().map(row).collect::<String>()
    )
}

fn table(made: &[Scenario], root: Digest) -> String {
    let row = |scenario: &Scenario| {
        let Scenario { number, file, what, who, check } = scenario;
        format!("{number},{file},{root},refuse,\"{what}\",\"{who}\",\"{check}\"\n")
    };
    let rows: String = made.iter().map(row).collect();
    format!("number,file,root,answer,what,who,check\n0,{HONEST},{root},accept,,,\n{rows}")
}
