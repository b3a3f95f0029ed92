//! Dossiers as the office compiles and releases them.

mod now;
mod release;
mod volume;

pub use now::{desk, now, now_pdf};
pub use release::{changes, print, propose, released, released_pdf, releases, show_release, work};
pub use volume::{archive, pdf as volume};

use axum::response::Response;

use super::{PDF, file, read_poll};
use app::AppError;
use app::preparing::Paper;
use domain::id::OfficialId;
use domain::official::Field;
use domain::release::About;

/// What an address asks for: `nguoi` and an id, or `linh-vuc` and a name.
pub(super) fn read_about(kind: &str, key: &str) -> Result<About, AppError> {
    let unknown = || AppError::NotFound("hồ sơ này");
    match kind {
        "nguoi" => Ok(About::Official(key.parse::<OfficialId>().map_err(|_| unknown())?)),
        "linh-vuc" => Ok(About::Field(Field(key.to_owned()))),
        _ => Err(unknown()),
    }
}

/// Inverse of [`read_about`], percent-encoded.
pub(super) fn about_path(about: &About) -> String {
    match about {
        About::Official(id) => format!("nguoi/{id}"),
        About::Field(field) => {
            // A plus is a space in forms only, not in a path.
            let encoded: String = form_urlencoded::byte_serialize(field.0.as_bytes()).collect();
            format!("linh-vuc/{}", encoded.replace('+', "%20"))
        }
    }
}

/// A file that the browser opens beside its pages.
pub(super) fn pdf_file(name: &str, bytes: Vec<u8>) -> Response {
    file(Paper { name: name.to_owned(), bytes }, PDF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_keeps_its_name_through_an_address() {
        let about = About::Field(Field("Y tế / dân số + trẻ em".into()));
        let path = about_path(&about);
        let (kind, key) = path.split_once('/').expect("two parts");
        assert!(!key.contains(['/', '+', ' ']), "{path}");
        let decoded: String = form_urlencoded::parse(key.as_bytes()).map(|(name, _)| name.into_owned()).collect();
        assert_eq!(read_about(kind, &decoded).expect("about"), about);
    }
}
