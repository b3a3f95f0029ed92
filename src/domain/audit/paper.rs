//! What somebody reads off a signed paper: all 16 groups of a root, some of them, or what the QR code holds; and whether a
//! head is the one on that paper.

use super::checkpoint::Checkpoint;
use super::digest::{Digest, PaperError};

/// Fewest groups that say something: two are one chance in 2^32 for a head with the groups in these places.
pub const LEAST_GROUPS: usize = 2;
/// Groups of a root.
const GROUPS: usize = 16;

/// What was read off a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnPaper {
    /// All 16 groups.
    Root(Digest),
    /// What the QR code holds: log, size and root.
    Head(Checkpoint),
    /// Some groups, in their order on the paper.
    Groups(Vec<Group>),
}

/// Four digits, with their place where it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// From 1 to 16.
    pub place: Option<usize>,
    /// In lower case.
    pub digits: String,
}

/// Why what was typed says nothing. One sentence: what to type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OnPaperError {
    #[error("Hãy gõ ít nhất hai nhóm 4 chữ số in trên giấy, ví dụ «3:9f2a 11:07bc», cả 16 nhóm, hoặc nội dung mã QR.")]
    TooFew,
    /// A part that is no group.
    #[error(
        "«{0}» không phải một nhóm 4 chữ số 0-9, a-f, có thể kèm số thứ tự từ 1 đến 16 ở trước dấu hai chấm; hãy gõ lại theo giấy."
    )]
    Group(String),
    /// The same place twice, or not in the order of the paper.
    #[error("Các nhóm phải theo thứ tự trên giấy, mỗi nhóm một lần; hãy gõ lại.")]
    Order,
    /// 16 groups that are no root.
    #[error("Chưa đọc được mã gốc: {0}; hãy gõ lại theo giấy.")]
    Root(#[from] PaperError),
}

/// How a head agrees with the paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// It is the one on the paper; in which groups, from 1.
    Same(Vec<usize>),
    /// The paper names this log at this size, with another root: one of the two was made up.
    OtherRoot,
    /// It is another head.
    Other,
}

impl OnPaper {
    /// Reads what was typed or scanned: spaces, line ends and the case of letters do not matter.
    ///
    /// # Errors
    /// When it is none of the three.
    pub fn parse(typed: &str) -> Result<Self, OnPaperError> {
        let lines = typed.trim().lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        if let Ok(head) = Checkpoint::parse(&format!("{lines}\n")) {
            return Ok(Self::Head(head));
        }
        let parts: Vec<&str> = typed
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'))
            .filter(|part| !part.is_empty())
            .collect();
        let digits: usize = parts.iter().map(|part| part.chars().count()).sum();
        if digits == GROUPS * 4 && !typed.contains(':') {
            return Ok(Self::Root(Digest::from_paper(&parts.concat())?));
        }
        let groups = parts.into_iter().map(group).collect::<Result<Vec<_>, _>>()?;
        if groups.len() < LEAST_GROUPS {
            return Err(OnPaperError::TooFew);
        }
        let places: Vec<usize> = groups.iter().filter_map(|group| group.place).collect();
        if groups.len() > GROUPS || !places.is_sorted_by(|one, next| one < next) {
            return Err(OnPaperError::Order);
        }
        Ok(Self::Groups(groups))
    }

    /// How `head` agrees with it.
    pub fn agreement(&self, head: &Checkpoint) -> Agreement {
        let all = || Agreement::Same((1..=GROUPS).collect());
        match self {
            Self::Root(root) if *root == head.root => all(),
            Self::Head(paper) if paper == head => all(),
            Self::Head(paper) if paper.origin == head.origin && paper.size == head.size => Agreement::OtherRoot,
            Self::Root(_) | Self::Head(_) => Agreement::Other,
            Self::Groups(groups) => places(groups, &head.root).map_or(Agreement::Other, Agreement::Same),
        }
    }
}

fn group(part: &str) -> Result<Group, OnPaperError> {
    let wrong = || OnPaperError::Group(part.chars().take(20).collect());
    let (place, digits) = match part.split_once(':') {
        None => (None, part),
        Some((place, digits)) => {
            let place = place.parse().ok().filter(|place| (1..=GROUPS).contains(place));
            (Some(place.ok_or_else(wrong)?), digits)
        }
    };
    let is_group = digits.len() == 4 && digits.chars().all(|c| c.is_ascii_hexdigit());
    if is_group { Ok(Group { place, digits: digits.to_ascii_lowercase() }) } else { Err(wrong()) }
}

/// Where the groups stand in the root, in this order; `None` where one does not.
fn places(groups: &[Group], root: &Digest) -> Option<Vec<usize>> {
    let printed = root.groups();
    let mut found = Vec::new();
    for group in groups {
        let after = found.last().copied().unwrap_or_default();
        let fits = |place: &usize| printed.get(place - 1).is_some_and(|printed| *printed == group.digits);
        let place = match group.place {
            Some(place) => Some(place).filter(|place| *place > after).filter(fits),
            None => (after + 1..=GROUPS).find(fits),
        };
        found.push(place?);
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::note::KeyName;
    use super::*;

    fn head(text: &[u8]) -> Checkpoint {
        Checkpoint { origin: KeyName::new("tinnhiem/mau").expect("name"), size: 12, root: Digest::of(text) }
    }

    #[test]
    fn two_groups_a_whole_root_and_a_qr_code_tell_heads_apart() {
        // e3b0 c442 98fc 1c14 … b855
        let (own, other) = (head(b""), head(b"x"));
        let qr = own.to_text();
        for typed in
            ["E3B0 c442", "1:e3b0, 16:b855", "c442 16:B855", &own.root.grouped(), &qr, &qr.replace('\n', "\r\n")]
        {
            let paper = OnPaper::parse(typed).expect(typed);
            assert!(matches!(paper.agreement(&own), Agreement::Same(_)), "{typed}");
            let wanted = if typed.starts_with("tinnhiem") { Agreement::OtherRoot } else { Agreement::Other };
            assert_eq!(paper.agreement(&other), wanted, "{typed}");
        }
        assert_eq!(
            OnPaper::parse("2:c442 16:b855").map(|paper| paper.agreement(&own)),
            Ok(Agreement::Same(vec![2, 16]))
        );
        for typed in ["2:e3b0 16:b855", "c442 e3b0", "e3b0 ffff"] {
            assert_eq!(OnPaper::parse(typed).map(|paper| paper.agreement(&own)), Ok(Agreement::Other), "{typed}");
        }
    }

    #[test]
    fn what_says_nothing_is_refused_with_what_to_type() {
        assert_eq!(OnPaper::parse("  "), Err(OnPaperError::TooFew));
        assert_eq!(OnPaper::parse("e3b0"), Err(OnPaperError::TooFew));
        for typed in ["e3b0 c44", "e3b0 c44g", "0:e3b0 c442", "17:e3b0 c442", "x:e3b0 c442"] {
            assert!(matches!(OnPaper::parse(typed), Err(OnPaperError::Group(_))), "{typed}");
        }
        assert_eq!(OnPaper::parse("3:e3b0 2:c442"), Err(OnPaperError::Order));
        assert!(matches!(OnPaper::parse(&"g".repeat(64)), Err(OnPaperError::Root(_))));
    }
}
