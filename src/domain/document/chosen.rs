//! Some facts of a paper, for whoever looks for them.

use std::collections::BTreeSet;

use super::{Block, Document, Table};

/// `document` with its title and, of everything else, the facts with these numbers under their headings.
#[must_use]
pub fn chosen(document: &Document, numbers: &BTreeSet<usize>) -> Document {
    let mut kept = Kept::default();
    kept.blocks(&document.blocks, numbers);
    Document { blocks: kept.blocks, ..document.clone() }
}

#[derive(Default)]
struct Kept {
    blocks: Vec<Block>,
    /// Headings above the next block, none of which is kept yet.
    above: Vec<(u8, String)>,
}

impl Kept {
    fn blocks(&mut self, blocks: &[Block], numbers: &BTreeSet<usize>) {
        for block in blocks {
            match block {
                Block::Title { .. } => self.blocks.push(block.clone()),
                Block::Heading { level, text } => {
                    self.above.retain(|(above, _)| above < level);
                    self.above.push((*level, text.clone()));
                }
                Block::Table(table) if table.anchor.is_some() => self.table(table, numbers),
                Block::Statement(told) if numbers.contains(&told.number) => self.put(block.clone()),
                Block::Together(inner) => self.blocks(inner, numbers),
                _ => {}
            }
        }
    }

    /// The rows of these facts, each with its reply, which has no number of its own.
    fn table(&mut self, table: &Table, numbers: &BTreeSet<usize>) {
        let (mut is_chosen, mut shown, mut all) = (false, 0, 0);
        let mut rows = Vec::new();
        for row in &table.rows {
            if let Some(number) = row.first().and_then(|cell| cell.text().parse().ok()) {
                is_chosen = numbers.contains(&number);
                all += 1;
                shown += usize::from(is_chosen);
            }
            if is_chosen {
                rows.push(row.clone());
            }
        }
        if rows.is_empty() {
            return;
        }
        // `Chỉ tiêu (12)`: the heading counts all facts of the kind.
        if let Some((_, text)) = self.above.last_mut()
            && shown < all
            && let Some(name) = text.strip_suffix(&format!("({all})"))
        {
            *text = format!("{name}({shown} trên {all})");
        }
        self.put(Block::Table(Table { rows, ..table.clone() }));
    }

    fn put(&mut self, block: Block) {
        let above = self.above.drain(..).map(|(level, text)| Block::Heading { level, text });
        self.blocks.extend(above);
        self.blocks.push(block);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Cell, Size, Statement};

    fn heading(level: u8, text: &str) -> Block {
        Block::Heading { level, text: text.into() }
    }

    fn facts(rows: &[[&str; 2]]) -> Block {
        let rows = rows.iter().map(|row| row.map(Cell::left).to_vec()).collect();
        Block::Table(Table { widths: vec![1, 9], head: Vec::new(), rows, anchor: Some("dk".into()), size: Size::Small })
    }

    #[test]
    fn chosen_facts_keep_their_headings_and_replies_and_nothing_else_is_left() {
        let report = |number| {
            let (title, source) = ("Phần 1".into(), "Báo cáo".into());
            Block::Statement(Statement { number, title, lines: vec!["Đã làm.".into()], source })
        };
        let document = Document {
            title: "Hồ sơ".into(),
            author: "HĐND".into(),
            date: jiff::civil::date(2023, 12, 7),
            watermark: None,
            foot: None,
            guide: None,
            blocks: vec![
                heading(1, "I. Điểm cần xem"),
                heading(1, "II. Báo cáo"),
                report(1),
                heading(1, "III. Dữ kiện"),
                heading(2, "1. Lĩnh vực Y tế"),
                heading(3, "Chỉ tiêu (2)"),
                facts(&[["2", "một"], ["3", "hai"], ["", "Trả lời"]]),
                heading(3, "Khen thưởng (1)"),
                facts(&[["4", "ba"]]),
                heading(2, "2. Lĩnh vực Đất đai"),
                heading(3, "Chỉ tiêu (1)"),
                facts(&[["5", "bốn"]]),
            ],
        };
        let of = |numbers: &[usize]| chosen(&document, &numbers.iter().copied().collect()).blocks;
        assert_eq!(
            of(&[3, 5]),
            [
                heading(1, "III. Dữ kiện"),
                heading(2, "1. Lĩnh vực Y tế"),
                heading(3, "Chỉ tiêu (1 trên 2)"),
                facts(&[["3", "hai"], ["", "Trả lời"]]),
                heading(2, "2. Lĩnh vực Đất đai"),
                heading(3, "Chỉ tiêu (1)"),
                facts(&[["5", "bốn"]]),
            ]
        );
        assert_eq!(of(&[1]), [heading(1, "II. Báo cáo"), report(1)]);
        assert_eq!(of(&[]), []);
    }
}
