//! All that a database holds in one encrypted file, back into an empty database, and from one database into another.
//!
//! # The file
//!
//! An [age](https://age-encryption.org) file, to a passphrase or to public keys; `age -d` opens it too. Inside is text, a line
//! each, which says nothing of the database that it came from: two databases with the same content give the same bytes.
//!
//! 1. The header, a JSON object: `tinnhiem_backup` (the version of the format, 1), program, schema (number of the newest
//!    migration), moment, councils, every log with size, root and key, and the folder of the files where they lie beside.
//! 2. For each table an object with its name and columns, then its rows ([`store::content`] says how they are written).
//! 3. `{"end":{…}}`: for each table the number of its rows and SHA-256 of its lines.
//!
//! Bytes of attached files are rows too, or lie beside the backup in a folder of their own: each is an age file by itself, named
//! by SHA-256 of what it holds and the first 16 digits of SHA-256 of what lies on the disk. What is there already is read and
//! held against its name, and not written again.
//!
//! A backup gets its name when it was read back, decrypted, counted, and found to be what was read from the database. For public
//! keys the program cannot decrypt what it wrote: for the time of its work it encrypts to a key of its own too, which is in
//! memory only.
//!
//! The installation's secret key is in none of them: whoever has a backup and its passphrase cannot sign in its name, nor open
//! what lies under seal.

mod beside;
mod format;
mod lock;
mod make;
mod part;
mod restore;
mod running;
mod thin;
mod transfer;

pub use beside::Files;
pub use format::{Header, LogLine, TableSum};
pub use lock::{LEAST_PASSPHRASE, Lock, Opener, new_identity};
pub use make::{Asked, Made, Place, make, make_of, outcome_of};
pub use restore::{Anchored, Restored, check, copy_plain, least_step, restore};
pub use running::{BackupShown, BackupsView, KEEPERS, PlanView};
pub use transfer::{Transferred, place_of, transfer};
