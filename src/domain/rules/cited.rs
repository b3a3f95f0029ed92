//! Every parameter of a rule set with where it comes from, in the order of the file.

use super::{Attested, PollKind, Rule, RuleSet};

/// Where one parameter comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cited<'a> {
    /// Path in the file: `base`, `band[1]`, `confidence.triggers[0]`.
    pub key: String,
    pub cite: &'a str,
    pub attested: Attested,
    /// Remark printed with the rule.
    pub note: Option<&'a str>,
}

/// A parameter that decides a result and is not verified: shown beside what it decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caution {
    /// The parameter in words: `căn cứ tính tỷ lệ: tổng số phiếu thu về`.
    pub what: String,
    pub cite: String,
    pub attested: Attested,
    /// Remark printed with the rule.
    pub note: Option<String>,
}

impl std::fmt::Display for Caution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} [{}] ({})", self.what, self.attested.label(), self.cite)?;
        match &self.note {
            Some(note) => write!(f, ". {note}"),
            None => Ok(()),
        }
    }
}

/// The four fields that every kind of parameter has.
macro_rules! cited {
    ($key:expr, $item:expr) => {
        Cited { key: $key.into(), cite: &$item.cite, attested: $item.attested, note: $item.note.as_deref() }
    };
}

/// One entry per element of a list: `band[0]`, `band[1]`.
macro_rules! cited_each {
    ($all:ident, $key:expr, $items:expr) => {
        $all.extend($items.iter().enumerate().map(|(i, item)| cited!(format!("{}[{i}]", $key), item)));
    };
}

impl RuleSet {
    /// Every parameter with its source.
    pub fn cited(&self) -> Vec<Cited<'_>> {
        let mut all = vec![
            cited!("in_force", self.in_force),
            cited!("levels", self.levels),
            cited!("base", self.base),
            cited!("percent", self.percent),
        ];
        all.extend(self.recount.iter().map(|rule| cited!("recount", rule)));
        all.extend([
            cited!("several_posts", self.several_posts),
            cited!("frequency", self.frequency),
            cited!("when", self.when),
            cited!("quorum", self.quorum),
        ]);
        all.extend(self.resolution.iter().map(|rule| cited!("resolution", rule)));
        all.extend(self.board_min.iter().map(|rule| cited!("board_min", rule)));
        all.extend(self.bad_line.iter().map(|rule| cited!("bad_line", rule)));
        all.extend(self.exchange.iter().map(|rule| cited!("exchange", rule)));
        all.extend(self.storage.iter().map(|rule| cited!("storage", rule)));
        all.extend(self.minutes_copies.iter().map(|rule| cited!("minutes_copies", rule)));
        all.push(cited!("extra_name", self.extra_name));
        all.push(cited!("board_conflict", self.board_conflict));
        all.push(cited!("publication", self.publication));
        cited_each!(all, "legal_basis", self.legal_bases);
        cited_each!(all, "subject", self.subjects);
        cited_each!(all, "not_subject", self.not_subjects);
        cited_each!(all, "exemption", self.exemptions);
        cited_each!(all, "band", self.bands);
        if let Some(confidence) = &self.confidence {
            all.push(cited!("confidence.subject", confidence.subject));
            cited_each!(all, "confidence.triggers", confidence.triggers);
            all.push(cited!("confidence.loss", confidence.loss));
            cited_each!(all, "confidence.steps", confidence.steps);
        }
        cited_each!(all, "follow_up", self.follow_ups);
        cited_each!(all, "deadline", self.deadlines);
        cited_each!(all, "spoils_ballot", self.spoils_ballot);
        cited_each!(all, "spoils_line", self.spoils_line);
        cited_each!(all, "paper", self.papers);
        all
    }

    /// What decides the figures of a vote of `kind` without being verified: base, print form, thresholds.
    pub fn cautions(&self, kind: PollKind) -> Vec<Caution> {
        let format = self.percent.value;
        let mut all = vec![
            caution(format!("căn cứ tính tỷ lệ: {}", self.base.value.phrase), &self.base),
            caution(format!("cách in tỷ lệ: {} chữ số thập phân, làm tròn nửa lên", format.decimals), &self.percent),
        ];
        all.extend(self.band_rules(kind).unwrap_or_default().iter().map(|band| Caution {
            what: format!("mức “{}” {}", band.share_words, kind.decisive().label().to_lowercase()),
            cite: band.cite.clone(),
            attested: band.attested,
            note: band.note.clone(),
        }));
        all.retain(|caution| caution.attested != Attested::Verified);
        all
    }
}

fn caution<T>(what: String, rule: &Rule<T>) -> Caution {
    Caution { what, cite: rule.cite.clone(), attested: rule.attested, note: rule.note.clone() }
}
