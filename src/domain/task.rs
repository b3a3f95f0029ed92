//! What an office has to do before a vote, and how far each of it has come: computed from figures, never ticked off by
//! hand.

use super::poll_state::Stage;
use super::rules::{Attested, RuleSet};

/// One task, in the order of a preparation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskId {
    Sitting,
    Roster,
    Eligibility,
    Deadlines,
    Facts,
    Dossiers,
    List,
    Board,
    Forms,
}

impl TaskId {
    /// In Vietnamese, as the list of tasks names it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Sitting => "Hội đồng và kỳ họp",
            Self::Roster => "Danh sách người được lấy phiếu và đại biểu",
            Self::Eligibility => "Xét diện lấy phiếu",
            Self::Deadlines => "Thời hạn",
            Self::Facts => "Dữ kiện",
            Self::Dossiers => "Hồ sơ",
            Self::List => "Chốt danh sách",
            Self::Board => "Ban kiểm phiếu",
            Self::Forms => "Chốt mẫu phiếu",
        }
    }
}

/// How far a task has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskState {
    NotBegun,
    /// Something is there, and something is left.
    UnderWay,
    /// Somebody must look at something before it goes on.
    NeedsCare,
    Done,
}

impl TaskState {
    /// In Vietnamese.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NotBegun => "chưa làm",
            Self::UnderWay => "đang làm",
            Self::NeedsCare => "cần xử lý",
            Self::Done => "xong",
        }
    }
}

/// Where something is put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    Plan,
    Officials,
    Delegates,
    Eligibility,
    Deadlines,
    Facts,
    Dossiers,
    List,
    Board,
    Forms,
    /// The rules that the council goes by.
    Rules,
    /// What the board of tellers chooses.
    BadLine,
    /// What waits for another person.
    Proposals,
}

/// Something that is missing, as a sentence, and where it is put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// One sentence, Vietnamese.
    pub sentence: String,
    pub remedy: Remedy,
}

/// A task with its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    pub id: TaskId,
    pub state: TaskState,
    /// What is there, in a few words; empty when nothing is.
    pub summary: String,
    pub lacks: Vec<Lack>,
    /// The article behind it, and how well it was read.
    pub law: Option<(String, Attested)>,
}

/// What tasks are computed from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Errors in sitting and rule set.
    pub sitting_errors: usize,
    pub sitting_warnings: usize,
    pub officials: usize,
    pub delegates: usize,
    pub delegates_planned: usize,
    pub listed: usize,
    /// Officials of whom something is to be confirmed.
    pub to_confirm: usize,
    pub deadlines: usize,
    pub deadlines_done: usize,
    /// Deadlines that passed and are not done.
    pub deadlines_late: usize,
    pub facts: usize,
    /// Those that a second person has not checked.
    pub facts_unverified: usize,
    pub releases: usize,
    /// Members of the board as it is drafted.
    pub seats: usize,
    pub board_findings: usize,
    pub is_board_appointed: bool,
    /// In what the roster and the decided list differ.
    pub list_differences: usize,
    /// Steps that wait for another person, in the order of [`ProposalKind::OF_PREPARATION`](super::proposal::ProposalKind::OF_PREPARATION).
    pub open: [usize; 7],
    /// Those of them that the reader may confirm.
    pub yours: [usize; 7],
    /// Parameters that decide in the poll and of which the office has said nothing.
    pub unattested: usize,
    /// Whether the board has a choice that it has not made.
    pub awaits_choice: bool,
}

const NO_CHOICE: &str = "Ban kiểm phiếu chưa chọn cách tính dòng bỏ trống hoặc đánh dấu nhiều ô.";

/// Places in [`Figures::open`].
pub mod waiting {
    /// Verdicts.
    pub const ELIGIBILITY: usize = 0;
    /// Dossiers.
    pub const DOSSIERS: usize = 1;
    /// The list.
    pub const LIST: usize = 2;
    /// The board.
    pub const BOARD: usize = 3;
    /// The forms.
    pub const FORMS: usize = 4;
    /// The rules.
    pub const RULES: usize = 5;
    /// What the board chose.
    pub const BAD_LINE: usize = 6;
}

/// One task under way.
struct Draft {
    lacks: Vec<Lack>,
    needs_care: bool,
}

impl Draft {
    const fn new() -> Self {
        Self { lacks: Vec::new(), needs_care: false }
    }

    fn lacks(mut self, is_so: bool, remedy: Remedy, sentence: impl Into<String>) -> Self {
        if is_so {
            self.lacks.push(Lack { sentence: sentence.into(), remedy });
        }
        self
    }

    fn alarms(mut self, is_so: bool, remedy: Remedy, sentence: impl Into<String>) -> Self {
        self.needs_care |= is_so;
        self.lacks(is_so, remedy, sentence)
    }

    /// What waits at these places of [`Figures::open`], as it is said to the reader.
    fn waits(self, figures: &Figures, places: &[usize]) -> Self {
        let at = |of: &[usize; 7]| places.iter().filter_map(|place| of.get(*place)).sum::<usize>();
        let (open, yours) = (at(&figures.open), at(&figures.yours));
        let sentence = match yours {
            0 => format!("{open} đề xuất chờ người khác xác nhận."),
            _ => format!("{yours} đề xuất chờ bạn xác nhận."),
        };
        self.alarms(open > 0, Remedy::Proposals, sentence)
    }

    fn task(self, id: TaskId, has_begun: bool, is_done: bool, summary: String) -> Task {
        let state = match (self.needs_care, is_done, has_begun) {
            (true, ..) => TaskState::NeedsCare,
            (_, true, _) => TaskState::Done,
            (.., true) => TaskState::UnderWay,
            _ => TaskState::NotBegun,
        };
        Task { id, state, summary, lacks: self.lacks, law: None }
    }
}

/// All tasks of a poll at `stage`, in their order.
pub fn tasks(figures: &Figures, stage: Stage, rules: &RuleSet) -> Vec<Task> {
    let parts = [people(figures, stage), papers(figures), decisions(figures, stage)];
    let mut tasks: Vec<Task> = parts.into_iter().flatten().collect();
    for task in &mut tasks {
        task.law = law(task.id, rules);
    }
    tasks
}

fn people(f: &Figures, stage: Stage) -> [Task; 3] {
    let sitting = Draft::new()
        .alarms(f.sitting_errors > 0, Remedy::Plan, "Kỳ họp và bộ quy tắc không hợp nhau.")
        .lacks(f.sitting_warnings > 0, Remedy::Plan, format!("{} điều cần đối chiếu về kỳ họp.", f.sitting_warnings))
        .task(TaskId::Sitting, true, f.sitting_errors == 0, String::new());
    let both = f.officials > 0 && f.delegates > 0;
    let differs = f.delegates > 0 && f.delegates != f.delegates_planned;
    let counts = format!("Danh sách có {} đại biểu, kế hoạch ghi {}.", f.delegates, f.delegates_planned);
    let roster = Draft::new()
        .lacks(f.officials == 0, Remedy::Officials, "Chưa có người được lấy phiếu nào trong danh sách.")
        .lacks(f.delegates == 0, Remedy::Delegates, "Chưa có đại biểu nào trong danh sách.")
        .alarms(differs, Remedy::Plan, counts)
        .task(
            TaskId::Roster,
            f.officials + f.delegates > 0,
            both,
            format!("{} người được lấy phiếu, {} đại biểu", f.officials, f.delegates),
        );
    let is_listed = stage >= Stage::Listed;
    let confirm = format!("{} người có điều cơ quan phải xác nhận.", f.to_confirm);
    let nobody = f.officials > 0 && f.listed == 0;
    let eligibility = Draft::new()
        .lacks(f.officials == 0, Remedy::Officials, "Chưa có ai để xét.")
        .alarms(nobody, Remedy::Eligibility, "Không ai thuộc diện lấy phiếu.")
        .alarms(f.to_confirm > 0 && !is_listed, Remedy::Eligibility, confirm)
        .waits(f, if is_listed { &[] } else { &[waiting::ELIGIBILITY] })
        .task(TaskId::Eligibility, f.officials > 0, f.listed > 0, format!("{} người thuộc diện", f.listed));
    [sitting, roster, eligibility]
}

fn papers(f: &Figures) -> [Task; 3] {
    let late = format!("{} thời hạn đã qua mà chưa ghi là xong.", f.deadlines_late);
    let left = f.deadlines.saturating_sub(f.deadlines_done + f.deadlines_late);
    let deadlines = Draft::new()
        .alarms(f.deadlines_late > 0, Remedy::Deadlines, late)
        .lacks(left > 0, Remedy::Deadlines, format!("{left} thời hạn sắp tới."))
        .task(
            TaskId::Deadlines,
            f.deadlines_done > 0,
            f.deadlines_done == f.deadlines,
            format!("{} trên {} đã xong", f.deadlines_done, f.deadlines),
        );
    let unverified = format!("{} dữ kiện chưa có người thứ hai đối chiếu.", f.facts_unverified);
    let facts = Draft::new()
        .lacks(f.facts == 0, Remedy::Facts, "Chưa có dữ kiện nào.")
        .lacks(f.facts_unverified > 0, Remedy::Facts, unverified)
        .task(
            TaskId::Facts,
            f.facts > 0,
            f.facts > 0 && f.facts_unverified == 0,
            format!("{} dữ kiện, {} đã đối chiếu", f.facts, f.facts.saturating_sub(f.facts_unverified)),
        );
    let dossiers = Draft::new()
        .lacks(f.releases == 0, Remedy::Dossiers, "Chưa phát hành hồ sơ cho đại biểu.")
        .waits(f, &[waiting::DOSSIERS])
        .task(
            TaskId::Dossiers,
            f.releases > 0,
            f.releases > 0,
            match f.releases {
                0 => String::new(),
                n => format!("đã phát hành {n} lần"),
            },
        );
    [deadlines, facts, dossiers]
}

fn decisions(f: &Figures, stage: Stage) -> [Task; 3] {
    let (is_listed, is_sealed) = (stage >= Stage::Listed, stage >= Stage::Sealed);
    let differs = format!(
        "Danh sách người được lấy phiếu nay khác danh sách đã chốt ở {} chỗ; phiếu vẫn theo bản đã chốt.",
        f.list_differences
    );
    let list = Draft::new()
        .lacks(!is_listed && f.listed > 0, Remedy::List, "Chưa chốt danh sách.")
        .lacks(!is_listed && f.listed == 0, Remedy::Eligibility, "Chưa có ai thuộc diện để chốt.")
        .alarms(is_listed && !is_sealed && f.list_differences > 0, Remedy::List, differs)
        .waits(f, &[waiting::LIST])
        .task(TaskId::List, is_listed, is_listed, String::new());
    let board_warnings = format!("{} điều cần xem về thành phần Ban kiểm phiếu.", f.board_findings);
    let board = Draft::new()
        .lacks(f.seats == 0 && !is_sealed, Remedy::Board, "Chưa chọn thành viên.")
        .lacks(f.seats > 0 && !f.is_board_appointed && !is_sealed, Remedy::Board, "Đã chọn, chưa lập Ban.")
        .alarms(f.seats > 0 && f.board_findings > 0 && !is_sealed, Remedy::Board, board_warnings)
        .waits(f, &[waiting::BOARD])
        .task(TaskId::Board, f.seats > 0, f.is_board_appointed || is_sealed, format!("{} người", f.seats));
    let unattested = format!("{} tham số của bộ quy tắc chưa được văn phòng đối chiếu.", f.unattested);
    let forms = Draft::new()
        .lacks(!is_listed, Remedy::List, "Mẫu phiếu in từ danh sách đã chốt; hãy chốt danh sách trước.")
        .lacks(is_listed && !f.is_board_appointed && !is_sealed, Remedy::Board, "Cần lập Ban kiểm phiếu trước.")
        .lacks(is_listed && f.is_board_appointed && !is_sealed, Remedy::Forms, "Chưa chốt mẫu phiếu.")
        .lacks(!is_sealed && f.unattested > 0, Remedy::Rules, unattested)
        .lacks(!is_sealed && f.awaits_choice && f.is_board_appointed, Remedy::BadLine, NO_CHOICE)
        .waits(f, &[waiting::FORMS, waiting::RULES, waiting::BAD_LINE])
        .task(TaskId::Forms, is_sealed, is_sealed, String::new());
    [list, board, forms]
}

/// The article behind a task, as the rule set has it.
fn law(id: TaskId, rules: &RuleSet) -> Option<(String, Attested)> {
    let of = |cite: &str, attested| Some((cite.to_owned(), attested));
    let paper = |wanted: &str| {
        let found = rules.papers.iter().find(|paper| paper.id == wanted)?;
        of(&found.cite, found.attested)
    };
    match id {
        TaskId::Sitting => of(&rules.when.cite, rules.when.attested),
        TaskId::Roster => of(&rules.quorum.cite, rules.quorum.attested),
        TaskId::Eligibility => rules.exemptions.first().and_then(|rule| of(&rule.cite, rule.attested)),
        TaskId::Deadlines | TaskId::List => rules.deadlines.first().and_then(|rule| of(&rule.cite, rule.attested)),
        TaskId::Facts | TaskId::Dossiers => paper("person_report"),
        TaskId::Board => {
            let board = rules.board_min.as_ref().map(|rule| (rule.cite.clone(), rule.attested));
            board.or_else(|| of(&rules.board_conflict.cite, rules.board_conflict.attested))
        }
        TaskId::Forms => paper("ballot"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::builtin;

    fn states(figures: &Figures, stage: Stage) -> String {
        let rules = builtin().expect("carried").remove(0);
        let letter = |task: &Task| match task.state {
            TaskState::NotBegun => '-',
            TaskState::UnderWay => '+',
            TaskState::NeedsCare => '!',
            TaskState::Done => 'x',
        };
        tasks(figures, stage, &rules).iter().map(letter).collect()
    }

    /// Sitting, roster, eligibility, deadlines, facts, dossiers, list, board, forms.
    #[test]
    fn each_task_says_how_far_it_is_from_its_figures() {
        let begun = Figures { deadlines: 8, delegates_planned: 60, ..Figures::default() };
        assert_eq!(states(&begun, Stage::Created), "x--------");
        let roster = Figures { officials: 32, delegates: 60, listed: 30, ..begun };
        assert_eq!(states(&roster, Stage::Created), "xxx------");
        let asked = Figures { to_confirm: 2, delegates: 59, deadlines_late: 1, ..roster };
        assert_eq!(states(&asked, Stage::Created), "x!!!-----");
        let facts = Figures { facts: 700, facts_unverified: 3, deadlines_done: 4, seats: 7, ..roster };
        assert_eq!(states(&facts, Stage::Created), "xxx++--+-");
        let mut waiting = Figures { facts_unverified: 0, releases: 1, deadlines_done: 8, ..facts };
        waiting.open[waiting::LIST] = 1;
        assert_eq!(states(&waiting, Stage::Created), "xxxxxx!+-");
        let listed = Figures { open: [0; 7], board_findings: 1, list_differences: 1, ..waiting };
        assert_eq!(states(&listed, Stage::Listed), "xxxxxx!!-");
        let ready = Figures { board_findings: 0, list_differences: 0, is_board_appointed: true, ..listed };
        assert_eq!(states(&ready, Stage::Listed), "xxxxxxxx-");
        assert_eq!(states(&ready, Stage::Sealed), "xxxxxxxxx");
    }

    #[test]
    fn every_lack_leads_somewhere_and_every_task_names_its_article() {
        let rules = builtin().expect("carried").remove(0);
        let all = tasks(&Figures { deadlines: 8, ..Figures::default() }, Stage::Created, &rules);
        for task in &all {
            assert!(task.state == TaskState::Done || !task.lacks.is_empty(), "{:?}", task.id);
            assert!(task.law.as_ref().is_some_and(|(cite, _)| !cite.is_empty()), "{:?}", task.id);
        }
    }
}
