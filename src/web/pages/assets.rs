//! Files that pages need: built into the program, each at an address that holds the hash of its content.
//!
//! A browser may keep such a file for good; a new program has new addresses.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use super::error;
use domain::audit::Digest;

/// The style sheet is one file for browsers, and one file per subject for people.
const STYLE: &str = concat!(
    include_str!("../assets/css/1-base.css"),
    include_str!("../assets/css/2-frame.css"),
    include_str!("../assets/css/3-forms.css"),
    include_str!("../assets/css/4-parts.css"),
    include_str!("../assets/css/5-wishes.css"),
    include_str!("../assets/css/6-papers.css"),
    include_str!("../assets/css/7-reading.css"),
    include_str!("../assets/css/8-counting.css"),
);

/// Files that name no other file.
const PLAIN: &[(&str, &str, &[u8])] = &[
    ("bieu-tuong.svg", "image/svg+xml; charset=utf-8", include_bytes!("../assets/icon.svg")),
    (
        "be-vietnam-pro-latin-400-normal.woff2",
        "font/woff2",
        include_bytes!("../assets/fonts/be-vietnam-pro-latin-400-normal.woff2"),
    ),
    (
        "be-vietnam-pro-latin-600-normal.woff2",
        "font/woff2",
        include_bytes!("../assets/fonts/be-vietnam-pro-latin-600-normal.woff2"),
    ),
    (
        "be-vietnam-pro-vietnamese-400-normal.woff2",
        "font/woff2",
        include_bytes!("../assets/fonts/be-vietnam-pro-vietnamese-400-normal.woff2"),
    ),
    (
        "be-vietnam-pro-vietnamese-600-normal.woff2",
        "font/woff2",
        include_bytes!("../assets/fonts/be-vietnam-pro-vietnamese-600-normal.woff2"),
    ),
];

/// Modules of the few pages with a script, each after those that it imports.
const MODULES: &[(&str, &str)] = &[
    ("keying.mjs", include_str!("../assets/keying.mjs")),
    ("keying-words.mjs", include_str!("../assets/keying-words.mjs")),
    ("keying-page.mjs", include_str!("../assets/keying-page.mjs")),
    ("keying-net.mjs", include_str!("../assets/keying-net.mjs")),
    ("live.mjs", include_str!("../assets/live.mjs")),
    ("projector.mjs", include_str!("../assets/projector.mjs")),
];

struct File {
    name: &'static str,
    /// `1f2e3d4c5b6a7988-trang.css`
    hashed_name: String,
    kind: &'static str,
    bytes: Vec<u8>,
}

impl File {
    fn new(name: &'static str, kind: &'static str, bytes: Vec<u8>) -> Self {
        let hash: String = Digest::of(&bytes).to_string().chars().take(16).collect();
        Self { name, hashed_name: format!("{hash}-{name}"), kind, bytes }
    }
}

static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
    let mut files: Vec<File> = PLAIN.iter().map(|(name, kind, bytes)| File::new(name, kind, bytes.to_vec())).collect();
    let mut style = STYLE.to_owned();
    for file in &files {
        style = style.replace(&format!("url(\"{}\")", file.name), &format!("url(\"{}\")", file.hashed_name));
    }
    files.push(File::new("trang.css", "text/css; charset=utf-8", style.into_bytes()));
    for &(name, text) in MODULES {
        let imports = |text: String, file: &File| {
            text.replace(&format!("from \"./{}\"", file.name), &format!("from \"./{}\"", file.hashed_name))
        };
        let text = files.iter().fold(text.to_owned(), imports);
        files.push(File::new(name, "text/javascript; charset=utf-8", text.into_bytes()));
    }
    files
});

/// Where the file of this name is.
pub fn address(name: &str) -> String {
    let hashed = FILES.iter().find(|file| file.name == name).map_or(name, |file| &file.hashed_name);
    format!("/tep/{hashed}")
}

/// `GET /tep/{*name}`
pub async fn serve(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|file| file.hashed_name == name) {
        Some(file) => {
            let forever = "public, max-age=31536000, immutable";
            ([(header::CONTENT_TYPE, file.kind), (header::CACHE_CONTROL, forever)], file.bytes.as_slice())
                .into_response()
        }
        None => error::not_found().await.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_the_style_sheet_names_is_there() {
        let style = FILES.iter().find(|file| file.name == "trang.css").expect("style sheet");
        let style = String::from_utf8(style.bytes.clone()).expect("text");
        let named: Vec<&str> = style.split("url(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(named.len(), 4, "{named:?}");
        for name in named {
            assert!(FILES.iter().any(|file| file.hashed_name == name), "{name}");
        }
    }

    #[test]
    fn every_module_that_a_module_imports_is_there_and_no_address_is_left_unhashed() {
        let modules = FILES.iter().filter(|file| file.name.ends_with(".mjs"));
        let mut imports = 0;
        for file in modules {
            let text = String::from_utf8(file.bytes.clone()).expect("text");
            for name in text.split("from \"./").skip(1).filter_map(|rest| rest.split('"').next()) {
                imports += 1;
                assert!(FILES.iter().any(|file| file.hashed_name == name), "{name} in {}", file.name);
            }
        }
        assert_eq!(imports, 3);
    }

    /// Every letter of Vietnamese, small and capital, is in the range of one of the two subsets.
    #[test]
    fn the_font_is_asked_for_all_vietnamese_letters() {
        let ranges = STYLE.split("unicode-range: ").skip(1).filter_map(|rest| rest.split(';').next());
        let ranges: Vec<(u32, u32)> = ranges
            .flat_map(|list| list.split(", "))
            .map(|range| {
                let range = range.trim_start_matches("U+");
                let (from, to) = range.split_once('-').unwrap_or((range, range));
                (u32::from_str_radix(from, 16).expect("hex"), u32::from_str_radix(to, 16).expect("hex"))
            })
            .collect();
        let letters = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ";
        for letter in letters.chars().chain(letters.to_uppercase().chars()).chain("₫–“”…".chars()) {
            let number = u32::from(letter);
            assert!(ranges.iter().any(|&(from, to)| (from..=to).contains(&number)), "{letter}");
        }
    }
}
