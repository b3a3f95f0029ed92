//! A workbook file to grids: bounded, whatever its bytes say.
//!
//! One reader for each format tells what the file holds, in one pass; [`super::settle`] makes of it what a person sees.

use super::bounds::{Budget, Failure, Loaded, MAX_CELLS, MAX_ROWS};
use super::container::{self, Kind};
use super::report::{self, Report};
use super::{ods, quiet, settle, xls, xlsx};

/// All sheets of a workbook, in order; `None` after a finding that says why it cannot be read.
pub(super) fn load(bytes: &[u8], file_name: &str, report: &mut Report) -> Option<Vec<Loaded>> {
    // calamine trusts lengths and offsets inside the file; a damaged one can make it stop in the middle.
    let loaded = container::examine(bytes).map_err(Failure::Refused).and_then(|kind| {
        quiet::catch(|| match kind {
            Kind::Xlsx => xlsx::read(bytes, MAX_CELLS),
            Kind::Ods => ods::read(bytes, MAX_CELLS),
            Kind::Xls => xls::read(bytes, MAX_CELLS),
        })
        .unwrap_or(Err(Failure::DAMAGED))
    });
    let loaded = loaded.and_then(|book| settle::sheets(book, &mut Budget::new()));
    match loaded {
        Ok(sheets) => Some(sheets),
        Err(Failure::Refused(refusal)) => {
            let (code, what, remedy) = refusal.message();
            report.add(code, file_name, what, remedy);
            None
        }
        Err(Failure::SheetTooLarge(title)) => {
            let what = format!("Trang có hơn {MAX_ROWS} dòng hoặc tệp có quá nhiều ô có nội dung.");
            let remedy = "Chép riêng phần dữ liệu sang một tệp mới, bỏ các dòng thừa phía dưới.";
            report.add(report::TOO_LARGE, title, what, remedy);
            None
        }
    }
}
