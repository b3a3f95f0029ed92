//! The built-in sample council: the CSV files of `templates/sample`, one per sheet, as an office would hand them in.

/// Name and bytes of each file.
pub(crate) fn files() -> Vec<(String, Vec<u8>)> {
    const FILES: [(&str, &[u8]); 5] = [
        ("hoi-dong.csv", include_bytes!("../../../templates/sample/hoi-dong.csv")),
        ("nguoi-duoc-lay-phieu.csv", include_bytes!("../../../templates/sample/nguoi-duoc-lay-phieu.csv")),
        ("dai-bieu.csv", include_bytes!("../../../templates/sample/dai-bieu.csv")),
        ("ban-kiem-phieu.csv", include_bytes!("../../../templates/sample/ban-kiem-phieu.csv")),
        ("du-kien.csv", include_bytes!("../../../templates/sample/du-kien.csv")),
    ];
    FILES.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect()
}
