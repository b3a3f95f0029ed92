//! What a run made and where to look, for the person at the keyboard.

use std::fmt::Write;
use std::path::Path;

use super::papers::{NamedPdf, PrintedForm};
use super::prepare::Plan;
use crate::domain::result::PollResult;
use crate::domain::rules::BandRule;
use crate::domain::tally::Band;

/// The figures that the person sees, and the names of what to open.
#[derive(Clone, Debug)]
pub(super) struct Summary {
    council: String,
    ruleset: String,
    vote: &'static str,
    who_are: &'static str,
    simulated_from: Option<u64>,
    officials: usize,
    left_out: usize,
    dossiers: usize,
    dossier_pages: u32,
    forms: Vec<String>,
    copies: u32,
    bands: Vec<String>,
    root: String,
}

impl Summary {
    pub(super) fn new(
        plan: &Plan<'_>,
        dossiers: &[NamedPdf],
        ballots: &[PrintedForm],
        result: &PollResult,
        root: String,
    ) -> Self {
        let banded = result.officials().filter(|o| !matches!(o.tally.band, Band::None | Band::Kept));
        let words = |band: Band| band.rule(&plan.rules.set).map(BandRule::words).unwrap_or_default();
        Self {
            council: format!("{}, {}", plan.book.council.name, plan.book.council.sitting.name),
            ruleset: plan.rules.set.short.clone(),
            vote: plan.kind.label(),
            who_are: plan.occasion().who_are(),
            simulated_from: plan.provenance.simulated.then_some(plan.seed),
            officials: plan.listed.len(),
            left_out: plan.standings.len() - plan.listed.len(),
            dossiers: dossiers.len(),
            dossier_pages: dossiers.iter().map(|d| d.pdf.pages).sum(),
            forms: ballots.iter().map(|b| b.name.clone()).collect(),
            copies: plan.issued,
            bands: banded.map(|o| format!("{}: {}", o.listed.addressed(), words(o.tally.band))).collect(),
            root,
        }
    }

    /// As the terminal shows it, for papers that lie in `out`.
    pub(super) fn text(&self, out: &Path, sample: bool) -> String {
        let out = out.display();
        let mut text = String::new();
        let mut line = |part: String| {
            // Writing to a string can't fail.
            let _ = writeln!(text, "{part}");
        };
        line(format!("DIỄN TẬP {} - {} ({})", self.vote, self.council, self.ruleset));
        if sample {
            line("Mọi tên người, số liệu và văn bản đều là dữ liệu mẫu.".to_owned());
            line(format!("  {out}/sample.xlsx       bảng tính đầu vào của hội đồng mẫu"));
        }
        line(format!(
            "  {out}/list.pdf          {} người {}, {} người không, kèm lý do và điều khoản",
            self.officials, self.who_are, self.left_out
        ));
        line(format!("  {out}/deadlines.pdf     các thời hạn"));
        line(format!("  {out}/dossiers/         {} hồ sơ, {} trang", self.dossiers, self.dossier_pages));
        for form in &self.forms {
            line(format!("  {out}/{form}   {} phiếu giống hệt nhau", self.copies));
        }
        line(format!("  {out}/minutes.pdf       biên bản kiểm phiếu"));
        line(format!("  {out}/resolution.pdf    nghị quyết hoặc báo cáo kết quả"));
        line(format!("  {out}/results.json, .csv, .xlsx"));
        line(format!("  {out}/bundle/           kiểm tra bằng: tinnhiem verify {out}/bundle"));
        line(match self.simulated_from {
            Some(seed) => format!("Phiếu được mô phỏng từ hạt giống {seed}; cùng hạt giống cho cùng kết quả."),
            None => "Số đếm lấy từ trang “Kết quả” của bảng tính.".to_owned(),
        });
        if self.bands.is_empty() {
            line("Không có người nào đạt ngưỡng có hệ quả.".to_owned());
        }
        for band in &self.bands {
            line(format!("Đạt ngưỡng có hệ quả: {band}."));
        }
        line(format!("Điểm chốt cuối: {}", self.root));
        text
    }
}
