//! Biên bản xác nhận số liệu trước khi mở bằng 0: before voting opens, no form holds a batch or a paper. It carries the head of the log, so that nothing
//! can be counted before it afterwards.

use super::frame::{Frame, Issue};
use super::parts::{board_signatures, body, table};
use super::{Block, Cell, CheckpointBox, Document};
use crate::ballot::BallotForm;
use crate::count::BatchCounts;
use crate::day_record::Hands;
use crate::roster::Teller;
use crate::text::{date_words, full_stop};

/// What is stored of one form when the report is asked for.
#[derive(Clone, Copy, Debug)]
pub struct EmptyForm<'a> {
    pub form: &'a BallotForm,
    pub batches: u32,
    pub counts: &'a BatchCounts,
}

/// Something was counted already: there is nothing to report as zero.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "mẫu phiếu {form} đã có số liệu kiểm phiếu; không xác nhận được số liệu bằng 0. Hãy kiểm tra nhật ký xem các tập phiếu này \
     được nhập khi nào"
)]
pub struct NotZero {
    pub form: String,
}

impl EmptyForm<'_> {
    fn check(&self) -> Result<(), NotZero> {
        let counted = self.counts.lines.iter().any(|line| line.sum() > 0) || self.counts.invalid_total() > 0;
        if self.batches > 0 || self.counts.papers > 0 || counted {
            return Err(NotZero { form: self.form.id.clone() });
        }
        Ok(())
    }
}

/// The zero report of a poll over all its forms; `waived` says who let the vote go on without a test deck, `made_with` which
/// program and rules the log names.
///
/// # Errors
/// The first form of which anything was counted.
pub fn zero_report(
    frame: &Frame<'_>,
    forms: &[EmptyForm<'_>],
    (waived, made_with): (Option<&Hands>, Option<String>),
    tellers: &[Teller],
    checkpoint: CheckpointBox,
) -> Result<Document, NotZero> {
    forms.iter().try_for_each(EmptyForm::check)?;
    let occasion = &frame.occasion;
    let row = |empty: &EmptyForm<'_>| {
        let figures = [
            u64::from(empty.batches),
            u64::from(empty.counts.papers),
            empty.counts.valid(),
            empty.counts.invalid_total(),
        ];
        let mut cells = vec![Cell::left(empty.form.block.0.clone()), Cell::center(empty.form.id.clone())];
        cells.push(Cell::right(empty.form.lines.len().to_string()));
        cells.extend(figures.map(|figure| Cell::right(figure.to_string())));
        cells
    };
    let columns = [
        (7, "Khối"),
        (4, "Mẫu phiếu"),
        (3, "Số người trên phiếu"),
        (2, "Số tập"),
        (2, "Số phiếu"),
        (2, "Hợp lệ"),
        (3, "Không hợp lệ"),
    ];
    let mut blocks = vec![
        Block::Title {
            kind: "BIÊN BẢN XÁC NHẬN SỐ LIỆU TRƯỚC KHI MỞ BẰNG 0".to_owned(),
            subject: format!("Trước khi mở {}: chưa có phiếu nào được kiểm", occasion.kind.label()),
        },
        body(format!(
            "Hôm nay, {}, tại {}, trước khi phát phiếu {}, Ban kiểm phiếu xác nhận chương trình chưa ghi nhận tập phiếu, \
             phiếu hay số đếm nào; số đếm của mọi người, mọi mức trên các mẫu phiếu dưới đây đều bằng 0.",
            date_words(frame.date),
            occasion.sitting_of_body(),
            occasion.kind.label()
        )),
        table(&columns, forms.iter().map(row).collect()),
    ];
    blocks.extend(waived.map(|hands| {
        let reason = hands.reason.trim();
        let Hands { asked, agreed, .. } = hands;
        let stop = full_stop(reason);
        body(format!("Đã bỏ qua phiếu thử. Lý do: {reason}{stop} Người đề nghị: {asked}; người đồng ý: {agreed}."))
    }));
    blocks.extend(made_with.map(body));
    blocks.push(Block::Together(vec![
        body("Điểm chốt dưới đây được in trước khi mở: mọi bản ghi kiểm phiếu đều phải nằm sau điểm chốt này."),
        board_signatures(occasion, tellers),
        Block::Checkpoint(checkpoint),
    ]));
    Ok(frame.document(
        "Biên bản xác nhận số liệu trước khi mở bằng 0",
        Issue { board: Some("Ban kiểm phiếu"), number: "" },
        blocks,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use crate::poll::{LevelCounts, PollKind};

    #[test]
    fn nothing_that_was_counted_is_reported_as_zero() {
        let (form, zero) = (fixture::form(PollKind::Rating, 2), BatchCounts::zero(PollKind::Rating, 2));
        let check = |batches, counts: &BatchCounts| EmptyForm { form: &form, batches, counts }.check();
        let not_zero = Err(NotZero { form: form.id.clone() });
        assert_eq!(check(0, &zero), Ok(()));
        assert_eq!(check(1, &zero), not_zero);
        assert_eq!(check(0, &BatchCounts { papers: 1, ..zero.clone() }), not_zero);
        assert_eq!(check(0, &BatchCounts { invalid: [("no_seal".to_owned(), 1)].into(), ..zero.clone() }), not_zero);
        let mut marked = zero;
        marked.lines[1] = LevelCounts::Rating { high: 0, medium: 0, low: 1 };
        assert_eq!(check(0, &marked), not_zero);
    }
}
