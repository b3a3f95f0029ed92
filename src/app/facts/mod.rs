//! Facts about officials: typed in, taken from workbooks, proved by attached papers.

pub mod attachments;
pub mod entry;
pub mod template;
pub mod workbooks;
