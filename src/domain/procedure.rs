//! The procedure of bỏ phiếu tín nhiệm as a council sees it: the steps of the rule set in their order, and how far the
//! poll has come. Steps that the sitting takes without this program have no progress of their own.

use super::poll::PollKind;
use super::poll_state::Stage;
use super::rules::{ProcedureStep, ProcedureStepId, RuleSet};

/// How far a step has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepProgress {
    /// The sitting takes it; the program does not record it.
    OfSitting,
    Later,
    Now,
    Done,
}

impl StepProgress {
    /// `xong`, `đến lượt`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::OfSitting => "kỳ họp thực hiện",
            Self::Later => "chưa đến lượt",
            Self::Now => "đến lượt",
            Self::Done => "xong",
        }
    }
}

/// The steps of a poll of `kind` at `stage`, in their order; none of a lấy phiếu, or where the rule set has none.
pub fn steps(rules: &RuleSet, kind: PollKind, stage: Stage) -> Vec<(&ProcedureStep, StepProgress)> {
    let confidence = rules.confidence.as_ref().filter(|_| kind == PollKind::Confidence);
    let steps = confidence.map_or(&[][..], |confidence| &confidence.steps);
    steps.iter().map(|step| (step, progress(step.id, stage))).collect()
}

/// From when on a step is taken, and when it is done.
fn progress(step: ProcedureStepId, stage: Stage) -> StepProgress {
    let (from, until) = match step {
        ProcedureStepId::Submission => (Stage::Created, Stage::Listed),
        ProcedureStepId::Board => (Stage::Listed, Stage::Sealed),
        ProcedureStepId::Ballot => (Stage::Zeroed, Stage::Counting),
        ProcedureStepId::BoardReport => (Stage::Closed, Stage::Minuted),
        ProcedureStepId::Resolution => (Stage::Minuted, Stage::Confirmed),
        ProcedureStepId::Discussion | ProcedureStepId::DiscussionReport | ProcedureStepId::Statement => {
            return StepProgress::OfSitting;
        }
    };
    match stage {
        Stage::Cancelled => StepProgress::Later,
        stage if stage >= until => StepProgress::Done,
        stage if stage >= from => StepProgress::Now,
        _ => StepProgress::Later,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Attested, builtin};

    #[test]
    fn a_confidence_poll_has_eight_steps_in_their_order_and_those_inferred_are_marked() {
        let rules = builtin().expect("carried").into_iter().find(|set| set.id == "NQ96-2023-QH15").expect("id");
        let at = |stage| steps(&rules, PollKind::Confidence, stage);
        use ProcedureStepId::{
            Ballot, Board, BoardReport, Discussion, DiscussionReport, Resolution, Statement, Submission,
        };
        let order: Vec<ProcedureStepId> = at(Stage::Created).iter().map(|(step, _)| step.id).collect();
        assert_eq!(
            order,
            [Submission, Discussion, DiscussionReport, Statement, Board, Ballot, BoardReport, Resolution]
        );
        for (step, _) in at(Stage::Created) {
            assert!(step.attested != Attested::Verified && step.cite.contains("Điều 16"), "{}", step.text);
            assert_eq!(step.attested == Attested::Unverified, step.note.is_some(), "{}", step.text);
        }
        let progress = |stage, id| at(stage).iter().find(|(step, _)| step.id == id).map(|(_, progress)| *progress);
        assert_eq!(progress(Stage::Voting, Ballot), Some(StepProgress::Now));
        assert_eq!(progress(Stage::Counting, Ballot), Some(StepProgress::Done));
        assert_eq!(progress(Stage::Counting, Resolution), Some(StepProgress::Later));
        assert_eq!(progress(Stage::Confirmed, Resolution), Some(StepProgress::Done));
        assert_eq!(progress(Stage::Confirmed, Statement), Some(StepProgress::OfSitting));
        assert!(steps(&rules, PollKind::Rating, Stage::Voting).is_empty());
    }
}
