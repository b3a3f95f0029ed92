//! Text in which the numbers of facts lead to them: `2 (8, 10-12)` in a table of figures, `Dữ kiện 34: …` in a note. Releases
//! that are kept since before have the same words, so that the words are what is read.

/// A run of text, or a number that leads to its fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// As it is.
    Text(String),
    /// The place on the page and what is shown of it.
    Link { anchor: String, text: String },
}

/// A figure with the facts behind it in brackets; any other text is one run.
pub(super) fn figure(text: &str) -> Vec<Part> {
    let plain = || vec![Part::Text(text.to_owned())];
    let Some((count, rest)) = text.split_once(" (") else { return plain() };
    let Some(listed) = rest.strip_suffix(')') else { return plain() };
    if count.parse::<usize>().is_err() {
        return plain();
    }
    let Some(links) = numbers(listed) else { return plain() };
    let open = Part::Text(format!("{count} ("));
    std::iter::once(open).chain(links).chain([Part::Text(")".to_owned())]).collect()
}

/// A line of a note that begins with the fact that it is about.
pub(super) fn line(text: &str) -> Vec<Part> {
    const LEAD: &str = "Dữ kiện ";
    let Some(rest) = text.strip_prefix(LEAD) else { return vec![Part::Text(text.to_owned())] };
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    let (number, after) = rest.split_at(digits);
    match number.parse::<usize>() {
        Ok(_) => {
            let link = Part::Link { anchor: format!("dk-{number}"), text: format!("{LEAD}{number}") };
            vec![link, Part::Text(after.to_owned())]
        }
        Err(_) => vec![Part::Text(text.to_owned())],
    }
}

/// `1, 4-6` as links with what stands between them; `None` where anything else is written.
fn numbers(listed: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    for (i, range) in listed.split(", ").enumerate() {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        if first.parse::<usize>().is_err() || last.parse::<usize>().is_err() {
            return None;
        }
        if i > 0 {
            parts.push(Part::Text(", ".to_owned()));
        }
        parts.push(Part::Link { anchor: format!("dk-{first}"), text: range.to_owned() });
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_a_figure_leads_to_its_fact_and_other_brackets_do_not() {
        let link = |text: &str, first: &str| Part::Link { anchor: format!("dk-{first}"), text: text.into() };
        let text = |text: &str| Part::Text(text.into());
        assert_eq!(figure("4 (8, 10-12)"), [text("4 ("), link("8", "8"), text(", "), link("10-12", "10"), text(")")]);
        for plain in ["–", "4", "từ ngày 23/05/2021 (đầu nhiệm kỳ)", "2 (một)", "Điều 4 (8)"] {
            assert_eq!(figure(plain), [text(plain)]);
        }
        assert_eq!(line("Dữ kiện 34: quá hạn.")[0], link("Dữ kiện 34", "34"));
        assert_eq!(line("Dữ kiện khác."), [text("Dữ kiện khác.")]);
    }
}
