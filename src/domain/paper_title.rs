//! Papers that a poll's log issues: the names under which the log has them, and their titles as people read them.

/// Name of the minutes in the log.
pub const MINUTES: &str = "minutes.pdf";
/// Name of the resolution in the log, or of the Party's report in its place.
pub const RESOLUTION: &str = "resolution.pdf";
/// How the names of corrigenda begin: `dinh-chinh-1.pdf`.
const CORRIGENDUM: &str = "dinh-chinh-";

/// The name of the `number`-th corrigendum, from 1.
pub fn corrigendum_name(number: usize) -> String {
    format!("{CORRIGENDUM}{number}.pdf")
}

/// Whether a paper of this name puts another one right.
pub fn is_corrigendum(name: &str) -> bool {
    name.starts_with(CORRIGENDUM)
}

/// The title of a paper, Vietnamese; its name where it is none of those that the program issues.
pub fn paper_title(name: &str, is_party: bool) -> String {
    let number = name.strip_prefix(CORRIGENDUM).and_then(|rest| rest.strip_suffix(".pdf"));
    match (name, number) {
        (MINUTES, _) => "Biên bản kiểm phiếu".to_owned(),
        (RESOLUTION, _) if is_party => "Báo cáo kết quả".to_owned(),
        (RESOLUTION, _) => "Nghị quyết xác nhận kết quả".to_owned(),
        (_, Some(number)) => format!("Văn bản đính chính số {number}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn papers_of_the_log_have_titles_and_others_keep_their_names() {
        assert_eq!(paper_title(MINUTES, true), "Biên bản kiểm phiếu");
        assert_eq!(paper_title(RESOLUTION, false), "Nghị quyết xác nhận kết quả");
        assert_eq!(paper_title(RESOLUTION, true), "Báo cáo kết quả");
        assert_eq!(paper_title(&corrigendum_name(2), false), "Văn bản đính chính số 2");
        assert_eq!(paper_title("khac.pdf", false), "khac.pdf");
        assert!(is_corrigendum(&corrigendum_name(1)) && !is_corrigendum(MINUTES));
    }
}
