//! Aligned columns of plain text, as the terminal shows them.

/// On which side a column keeps its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// Words.
    Left,
    /// Figures.
    Right,
}

/// Lines of `rows` under `heads`, two spaces between columns, each as wide as its longest cell. Widths are counted in
/// characters: texts are in NFC, where every Vietnamese letter is one.
pub(crate) fn columns(heads: &[(&str, Align)], rows: &[Vec<String>]) -> String {
    let width = |i: usize, head: &str| {
        let cells = rows.iter().filter_map(|row| row.get(i)).map(|cell| cell.chars().count());
        cells.max().unwrap_or(0).max(head.chars().count())
    };
    let widths: Vec<usize> = heads.iter().enumerate().map(|(i, (head, _))| width(i, head)).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = cells
            .zip(heads.iter().zip(&widths))
            .map(|(cell, ((_, align), width))| match align {
                Align::Left => format!("{cell:<width$}"),
                Align::Right => format!("{cell:>width$}"),
            })
            .collect();
        format!("{}\n", padded.join("  ").trim_end())
    };
    let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
    let mut text = line(&mut heads.iter().map(|(head, _)| *head));
    text += &line(&mut rules.iter().map(String::as_str));
    for row in rows {
        text += &line(&mut row.iter().map(String::as_str));
    }
    text
}
