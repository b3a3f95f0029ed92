//! What two people did outside the straight way of the day, as whoever confirms the result reads it.

use domain::day_record::{DayRecord, Deck, Hands, OpenedAgainst, PresenceEntry};
use domain::day_step::compared;
use domain::text::date_dmy;

/// A step that two people took outside the straight way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// What was done: `Mở lại tập 2, mẫu F1-3F9A2C`.
    pub what: String,
    /// What changed: label, before, after.
    pub changes: Vec<Change>,
    /// Why.
    pub reason: String,
    /// Who asked for it.
    pub asked: String,
    /// Who agreed.
    pub agreed: String,
    /// `08:05 ngày 07/12/2023`.
    pub at: String,
}

type Change = (&'static str, String, String);
type Label = (&'static str, String);

/// In the order of their times.
pub(super) fn incidents(day: &DayRecord) -> Vec<Incident> {
    let mut steps: Vec<(&Hands, String, Vec<Change>)> = Vec::new();
    steps.extend(day.moved.iter().map(|moved| {
        let days = ("Ngày bỏ phiếu", date_dmy(moved.before), date_dmy(moved.day));
        (&moved.hands, "Chuyển ngày bỏ phiếu".to_owned(), vec![days])
    }));
    if let Deck::Waived(hands) = &day.deck {
        steps.push((hands, "Bỏ qua việc kiểm phiếu thử".to_owned(), Vec::new()));
    }
    steps.extend(day.opened_against.as_ref().map(|opened| (&opened.hands, opening(opened), Vec::new())));
    steps.extend(day.presence.iter().filter_map(|told| match &told.what {
        PresenceEntry::Corrected { before, hands } => {
            let changes = differing(compared(before.labelled(), told.after.labelled()));
            Some((hands, "Sửa số đại biểu có mặt".to_owned(), changes))
        }
        PresenceEntry::Changed { .. } => None,
    }));
    steps.extend(day.issued_corrections.iter().map(|correction| {
        let changes = corrected(correction.before.map(|before| before.labelled()), correction.after.labelled());
        (&correction.hands, format!("Sửa số phiếu phát ra, mẫu {}", correction.form), changes)
    }));
    steps.extend(day.corrections.iter().map(|correction| {
        let changes = corrected(correction.before.map(|before| before.labelled()), correction.after.labelled());
        (&correction.hands, format!("Sửa số phiếu phát ra, thu về, mẫu {}", correction.form), changes)
    }));
    steps.extend(day.reopened.iter().map(|reopened| {
        (&reopened.hands, format!("Mở lại tập {}, mẫu {}", reopened.batch, reopened.form), Vec::new())
    }));
    steps.extend(day.unsigned.iter().map(|hands| (hands, "Mở lại biên bản đã ký".to_owned(), Vec::new())));
    steps.sort_by_key(|(hands, ..)| hands.at);
    steps.into_iter().map(|(hands, what, changes)| Incident::new(hands, what, changes)).collect()
}

impl Incident {
    fn new(hands: &Hands, what: String, changes: Vec<Change>) -> Self {
        Self {
            what,
            changes,
            reason: hands.reason.clone(),
            asked: hands.asked.clone(),
            agreed: hands.agreed.clone(),
            at: hands.at.in_vietnam(),
        }
    }
}

fn opening(opened: &OpenedAgainst) -> String {
    let quorum = opened.quorum.map(|quorum| format!("chưa đủ {quorum} đại biểu có mặt"));
    let day = opened.planned.map(|day| format!("khác ngày đã định {}", date_dmy(day)));
    let against: Vec<_> = quorum.into_iter().chain(day).collect();
    format!("Mở bỏ phiếu khi {}", against.join(", "))
}

/// Two people put figures right; of older logs the figures before are not known.
fn corrected<const N: usize>(before: Option<[Label; N]>, after: [Label; N]) -> Vec<Change> {
    before.map(|before| differing(compared(before, after))).unwrap_or_default()
}

fn differing(mut changes: Vec<Change>) -> Vec<Change> {
    changes.retain(|(_, before, after)| before != after);
    changes
}
