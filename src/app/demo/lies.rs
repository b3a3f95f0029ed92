//! The lies of `tinnhiem scenarios` that are told to a database: each is one thing that somebody who can write to it would
//! do, as SQL for SQLite's own shell, and the table that `tinnhiem verify --db` names. Nothing in the program runs them.

use std::fs;
use std::path::Path;

use tokio::runtime::Builder;

use crate::rehearse::{self, Options};
use crate::service::demo_folder::DATA;
use crate::service::error::AppError;
use crate::service::files;
use crate::service::progress::Progress;
use crate::trail::scenarios::SHEET;

/// One lie.
pub struct Lie {
    /// What was done, one sentence.
    pub what: &'static str,
    /// What the finding must name: the table, or what of the log.
    pub names: &'static str,
    /// Statements, between [`BEFORE`] and [`AFTER`].
    sql: &'static str,
}

/// The schema forbids to change a log. Somebody who owns the file takes its triggers away …
const BEFORE: &str = "PRAGMA foreign_keys = OFF;
PRAGMA ignore_check_constraints = ON;
PRAGMA writable_schema = ON;
CREATE TEMP TABLE kept AS SELECT * FROM sqlite_schema WHERE type = 'trigger';
DELETE FROM sqlite_schema WHERE type = 'trigger';
PRAGMA writable_schema = RESET;
";
/// … and puts them back, so that the schema is as it was.
const AFTER: &str = "PRAGMA writable_schema = ON;
INSERT INTO sqlite_schema SELECT * FROM kept;
DROP TABLE kept;
PRAGMA writable_schema = RESET;
";

impl Lie {
    /// The whole file for `sqlite3`.
    #[must_use]
    pub fn script(&self) -> String {
        format!("-- {}\n{BEFORE}{}\n{AFTER}", self.what, self.sql)
    }
}

const fn lie(what: &'static str, names: &'static str, sql: &'static str) -> Lie {
    Lie { what, names, sql }
}

/// All of them, in the order of their numbers.
pub const LIES: &[Lie] = &[
    lie(
        "Kết quả đã công bố: một phiếu của người thứ nhất chuyển từ tín nhiệm thấp sang tín nhiệm cao.",
        "poll_results",
        "UPDATE poll_results SET results = replace(results, '\"high\": ' || json_extract(results, '$.officials[0].counts.high'),
    '\"high\": ' || (json_extract(results, '$.officials[0].counts.high') + 1));",
    ),
    lie(
        "Hai tập phiếu đổi nội dung niêm phong cho nhau.",
        "sealed_batches",
        "UPDATE sealed_batches AS a SET opening = (SELECT b.opening FROM sealed_batches AS b WHERE b.form_id = a.form_id
    AND b.number = 3 - a.number) WHERE a.number IN (1, 2);",
    ),
    lie(
        "Một tập phiếu mất nội dung niêm phong.",
        "sealed_batches",
        "DELETE FROM sealed_batches WHERE rowid = (SELECT MIN(rowid) FROM sealed_batches);",
    ),
    lie(
        "Một tập phiếu được ghi thêm một phiếu.",
        "batches",
        "UPDATE batches SET papers = papers + 1 WHERE rowid = (SELECT MIN(rowid) FROM batches);",
    ),
    lie(
        "Cam kết của một tập phiếu được thay bằng cam kết của tập khác.",
        "batches",
        "UPDATE batches SET commitment = (SELECT commitment FROM batches ORDER BY rowid DESC LIMIT 1)
    WHERE rowid = (SELECT MIN(rowid) FROM batches);",
    ),
    lie(
        "Người nhập thứ hai của một tập phiếu chính là người nhập thứ nhất: một người kiểm tập đó hai lần.",
        "batches",
        "UPDATE batches SET second_reader = first_reader, second_account = first_account
    WHERE rowid = (SELECT MIN(rowid) FROM batches);",
    ),
    lie(
        "Một bản ghi của nhật ký kiểm phiếu nói tập phiếu ít hơn một phiếu.",
        "bản ghi",
        "UPDATE log_entries SET entry = replace(entry, '\"papers\":20', '\"papers\":19')
    WHERE rowid = (SELECT MIN(rowid) FROM log_entries WHERE kind = 'batch.committed');",
    ),
    lie(
        "Bản ghi cuối của nhật ký một đợt bị bỏ, và số bản ghi được sửa theo.",
        "logs",
        "DELETE FROM log_entries WHERE (log_id, seq) IN (SELECT log_id, MAX(seq) FROM log_entries
    WHERE kind = 'result.published' GROUP BY log_id);
UPDATE logs SET size = size - 1 WHERE log_id IN (SELECT log_id FROM log_entries WHERE kind = 'result.confirmed');",
    ),
    lie(
        "Điểm chốt của biên bản bị bỏ.",
        "checkpoints",
        "DELETE FROM checkpoints WHERE moment = 'minutes';",
    ),
    lie(
        "Khóa của nhật ký một đợt được thay bằng khóa của nhật ký khác.",
        "khóa công khai",
        "UPDATE logs SET public_key = (SELECT public_key FROM logs WHERE poll_id IS NULL LIMIT 1)
    WHERE log_id IN (SELECT log_id FROM log_entries WHERE kind = 'result.published');",
    ),
    lie(
        "Danh sách người được lấy phiếu: người thứ nhất mang tên người thứ hai và ngược lại.",
        "poll_officials",
        "UPDATE poll_officials AS a SET name = (SELECT b.name FROM poll_officials AS b WHERE b.poll_id = a.poll_id
    AND b.position = 3 - a.position) WHERE a.position IN (1, 2);",
    ),
    lie(
        "Một mẫu phiếu được ghi là phát ra thêm một phiếu.",
        "poll_forms",
        "UPDATE poll_forms SET issued = issued + 1 WHERE rowid = (SELECT MIN(rowid) FROM poll_forms);",
    ),
    lie(
        "Bộ quy tắc của đợt đã công bố: một chữ trong văn bản đổi khác.",
        "ruleset",
        "UPDATE polls SET ruleset_text = replace(ruleset_text, '2023', '2022') WHERE state = 'published';",
    ),
    lie(
        "Biên bản được ghi mã băm của nghị quyết.",
        "poll_papers",
        "UPDATE poll_papers SET sha256 = (SELECT sha256 FROM poll_papers WHERE name = 'resolution.pdf')
    WHERE name = 'minutes.pdf';",
    ),
    lie(
        "Một người trong Ban kiểm phiếu được thay tên.",
        "poll_tellers",
        "UPDATE poll_tellers SET name = 'Nguyễn Văn Khác' WHERE position = 2;",
    ),
    lie(
        "Số liệu của một việc trong hồ sơ đổi khác.",
        "facts",
        "UPDATE facts SET content = json_set(content, '$.fact.figures.actual', '1')
    WHERE rowid = (SELECT MIN(rowid) FROM facts WHERE json_extract(content, '$.fact.figures.actual') IS NOT NULL);",
    ),
    lie(
        "Một việc trong hồ sơ của người này được gắn cho người khác.",
        "fact_officials",
        "UPDATE fact_officials SET official_id = (SELECT official_id FROM officials ORDER BY position DESC LIMIT 1)
    WHERE rowid = (SELECT MIN(rowid) FROM fact_officials);",
    ),
    lie(
        "Một việc trong hồ sơ được ghi là do Thường trực xác minh.",
        "facts",
        "UPDATE facts SET (verified_account, verified_by) = (SELECT account_id, name FROM accounts WHERE roles = 'leader')
    WHERE rowid = (SELECT MIN(rowid) FROM facts);",
    ),
    lie(
        "Một phiên bản cũ của một bản ghi dữ liệu bị bỏ.",
        "revisions",
        "DELETE FROM revisions WHERE rowid = (SELECT MIN(rowid) FROM revisions);",
    ),
    lie(
        "Tài khoản của văn phòng được thêm quyền của Thường trực.",
        "accounts",
        "UPDATE accounts SET roles = 'clerk,leader' WHERE roles = 'clerk';",
    ),
];

/// Folder of the databases' lies among the scenarios, and in it the data folder that was not touched.
pub const FOLDER: &str = "co-so-du-lieu";
const DATA_FOLDER: &str = "nguyen-ven";

/// Writes a data folder of the sample council, one script a lie, and the sheet, into the folder [`FOLDER`] of `out`; how
/// many lies. Passwords, and with them the bytes of the database, are others each time.
///
/// # Errors
/// When nothing can be written, or the folder has something in it.
pub fn write(out: &Path, seed: u64) -> Result<usize, AppError> {
    let folder = out.join(FOLDER);
    files::require_empty(&folder)?;
    let work = tempfile::tempdir().map_err(|e| AppError::internal("lập thư mục tạm", e))?;
    let (made, mut print) = (work.path().join("demo"), |_: &str| {});
    rehearse::demo(&made, &Options { seed, ..Options::default() }, true, &mut Progress::new(&mut print))?;
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| AppError::internal("lập cơ sở dữ liệu mẫu", e))?;
    runtime.block_on(async {
        super::open(&made).await?.app.store.close().await;
        Ok::<_, AppError>(())
    })?;
    let data = folder.join(DATA_FOLDER);
    fs::create_dir_all(&data).map_err(|e| AppError::file(&data, e))?;
    for entry in fs::read_dir(made.join(DATA)).map_err(|e| AppError::file(&made, e))? {
        let from = entry.map_err(|e| AppError::file(&made, e))?.path();
        let to = data.join(from.file_name().unwrap_or_default());
        fs::copy(&from, &to).map_err(|e| AppError::file(&to, e))?;
    }
    for (number, lie) in (1..).zip(LIES) {
        files::write(&folder.join(file(number)), lie.script().as_bytes())?;
    }
    files::write(&folder.join(SHEET), sheet().as_bytes())?;
    Ok(LIES.len())
}

/// The script of a lie, by its number from 1.
#[must_use]
pub fn file(number: usize) -> String {
    format!("{number:02}.sql")
}

fn sheet() -> String {
    let row = |(number, lie): (usize, &Lie)| format!("| {} | {} | {} |  |\n", file(number), lie.what, lie.names);
    let rows: String = (1..).zip(LIES).map(row).collect();
    let count = LIES.len();
    format!(
        "# Bảng điểm: {count} cơ sở dữ liệu bị sửa\n\n\
         Mỗi tệp .sql sửa một điều, như người ghi được vào cơ sở dữ liệu sẽ làm. Với mỗi tệp: chép thư mục {DATA_FOLDER} ra một \
         thư mục mới, sửa bản chép bằng «sqlite3 BẢN_CHÉP/tinnhiem.db < TỆP.sql», rồi chạy «tinnhiem verify --db --data \
         BẢN_CHÉP». Đạt khi {DATA_FOLDER} được trả lời KHỚP, còn mỗi bản chép đã sửa được trả lời KHÔNG KHỚP và câu trả lời nêu \
         đúng chỗ. Số điểm là số tệp đạt.\n\n\
         | Tệp | Điều bị sửa | Câu trả lời phải nêu | Đạt? |\n|---|---|---|---|\n{rows}"
    )
}
