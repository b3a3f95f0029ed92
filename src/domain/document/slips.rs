//! Access slips on paper. Not a [`Document`](super::Document): a sheet of slips is cut apart.

use std::fmt;

use jiff::civil::Date;
use zeroize::Zeroizing;

/// Slips of one council that are printed together.
#[derive(Debug)]
pub struct SlipSheet {
    pub council: String,
    /// When they end: `08:00 ngày 08/12/2026`.
    pub until: String,
    /// Day of printing, for the PDF's creation date.
    pub day: Date,
    /// Where a code is typed: `https://…/phieu/vinh-phuc`.
    pub door: String,
    pub slips: Vec<SlipPaper>,
}

/// What one slip says.
pub struct SlipPaper {
    pub name: String,
    /// `7KQ2-M4XT-9BHC-W0RP`.
    pub code: Zeroizing<String>,
}

impl SlipSheet {
    /// What the QR code of a slip holds: the door with the code behind it.
    pub fn address(&self, slip: &SlipPaper) -> Zeroizing<String> {
        Zeroizing::new(format!("{}/{}", self.door, slip.code.replace('-', "")))
    }
}

impl fmt::Debug for SlipPaper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SlipPaper({}, …)", self.name)
    }
}
