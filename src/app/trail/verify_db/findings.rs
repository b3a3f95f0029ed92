//! What does not hold in a database, and where.

use std::fmt;

use crate::service::held::RowDifference;
use domain::audit::batches::BatchFault;
use store::StoreError;
use store::row_tags::ForgedRow;
use store::schema::SchemaDifference;

/// Findings that are told one by one; of a table that was emptied there would be thousands.
const SHOWN: usize = 100;

/// What is wrong. One sentence without its end, Vietnamese.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DbFault {
    /// A row is not what the log says.
    #[error("{0}")]
    Row(RowDifference),
    /// Counts under seal are not what the log binds.
    #[error("bảng sealed_batches, dòng {form}/{batch}: số liệu đã niêm phong của tập phiếu số {batch}, mẫu phiếu {form} {}", .fault.label())]
    Batch { form: String, batch: u32, fault: BatchFault },
    /// A row that says who somebody is has not the tag of the installation's key. That an earlier row of the same account was
    /// put back whole no tag tells.
    #[error("{}", forged_sentence(.0))]
    Forged(ForgedRow),
    /// The schema is not what the migrations make.
    #[error("{0}")]
    Schema(SchemaDifference),
    /// Something else, in words.
    #[error("{0}")]
    Other(String),
}

impl From<String> for DbFault {
    fn from(sentence: String) -> Self {
        Self::Other(sentence)
    }
}

impl From<&str> for DbFault {
    fn from(sentence: &str) -> Self {
        Self::Other(sentence.to_owned())
    }
}

impl From<RowDifference> for DbFault {
    fn from(difference: RowDifference) -> Self {
        Self::Row(difference)
    }
}

fn forged_sentence(ForgedRow { table, row, login }: &ForgedRow) -> String {
    let login = login.as_ref().map(|login| format!(" ({login})")).unwrap_or_default();
    format!("bảng {}, dòng {row}{login}: không do chương trình ghi bằng khóa bí mật (cột tag)", table.name())
}

/// One thing that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DbFailure {
    /// Name of the council; empty where it is the database as a whole.
    pub council: String,
    /// Name of the log, when it is one.
    pub log: Option<String>,
    /// Number of the entry, when it is one.
    pub seq: Option<u64>,
    /// What is wrong.
    pub cause: DbFault,
}

impl fmt::Display for DbFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = if self.council.is_empty() { "cơ sở dữ liệu" } else { self.council.as_str() };
        write!(f, "KHÔNG KHỚP: {whole}")?;
        if let Some(log) = &self.log {
            write!(f, ", nhật ký {log}")?;
        }
        if let Some(seq) = self.seq {
            write!(f, ", bản ghi {seq}")?;
        }
        write!(f, ": {}.", self.cause)
    }
}

/// Everything that does not hold; at least one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DbFindings {
    /// What was found first.
    pub first: DbFailure,
    /// The rest, in the order of the check.
    pub more: Vec<DbFailure>,
}

impl DbFindings {
    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &DbFailure> {
        std::iter::once(&self.first).chain(&self.more)
    }
}

impl fmt::Display for DbFindings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in self.all().take(SHOWN) {
            writeln!(f, "{failure}")?;
        }
        let found = self.more.len() + 1;
        if found > SHOWN {
            writeln!(f, "… và {} chỗ khác.", found - SHOWN)?;
        }
        write!(f, "Có {found} chỗ không khớp; hãy giữ nguyên cơ sở dữ liệu và đối chiếu với bản sao lưu.")
    }
}

/// Where the check is.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub council: String,
    pub log: Option<String>,
}

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<DbFailure>);

impl Findings {
    /// One more.
    pub(super) fn add(&mut self, place: &Place, seq: Option<u64>, cause: impl Into<DbFault>) {
        let (council, log) = (place.council.clone(), place.log.clone());
        self.0.push(DbFailure { council, log, seq, cause: cause.into() });
    }

    /// All rows that differ.
    pub(super) fn rows(&mut self, place: &Place, differences: Vec<RowDifference>) {
        for difference in differences {
            self.add(place, None, difference);
        }
    }

    /// A stored text that cannot be read is something found, not a database that does not answer.
    pub(super) fn read<T>(&mut self, place: &Place, read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(StoreError::Corrupt(what)) => {
                self.add(place, None, format!("dữ liệu đã lưu không đúng mẫu: {what}"));
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    /// All of them, if there are any.
    pub(super) fn told(self) -> Option<DbFindings> {
        let mut all = self.0.into_iter();
        let first = all.next()?;
        Some(DbFindings { first, more: all.collect() })
    }
}
