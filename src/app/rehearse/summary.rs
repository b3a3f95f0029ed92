//! What a run made and where to look, for the person at the keyboard.

use std::fmt::Write;
use std::path::Path;

use super::papers::{NamedPdf, PrintedForm};
use super::prepare::Plan;
use domain::result::PollResult;
use domain::rules::BandRule;
use domain::tally::Band;

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

    /// As the terminal shows it, for papers that are in `out`.
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
        }
        let made = self.made(sample);
        let widest = made.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, what) in made {
            line(format!("  {out}/{name:widest$}  {what}"));
        }
        line(format!("Kiểm tra gói kiểm chứng bằng: tinnhiem verify {out}/bundle"));
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

    /// Each file or folder, and what is in it.
    fn made(&self, sample: bool) -> Vec<(&str, String)> {
        let mut made = Vec::new();
        if sample {
            made.push(("sample.xlsx", "bảng tính đầu vào của hội đồng mẫu".to_owned()));
        }
        let people = format!(
            "{} người {}, {} người không, kèm lý do và điều khoản",
            self.officials, self.who_are, self.left_out
        );
        made.push(("list.pdf", people));
        made.push(("deadlines.pdf", "các thời hạn".to_owned()));
        made.push(("dossiers/", format!("{} hồ sơ, {} trang", self.dossiers, self.dossier_pages)));
        made.extend(self.forms.iter().map(|form| (form.as_str(), format!("{} phiếu giống hệt nhau", self.copies))));
        made.push(("minutes.pdf", "biên bản kiểm phiếu".to_owned()));
        made.push(("resolution.pdf", "nghị quyết hoặc báo cáo kết quả".to_owned()));
        made.push(("results.json", "kết quả; cùng số liệu trong results.csv, results.xlsx".to_owned()));
        made.push(("bundle/", "gói kiểm chứng: ai cũng tính lại được kết quả".to_owned()));
        made
    }
}
