//! Rules with the reading that a board of tellers chose.

use super::{BadLineCosts, BadLineRule, LoadedRules, RuleError, RuleText, load};

impl LoadedRules {
    /// The same rules with the reading that the board of tellers chose.
    ///
    /// # Errors
    /// When the text leaves no choice, or has no reason for which a whole ballot would be spoiled.
    pub fn chosen(&self, costs: BadLineCosts) -> Result<Self, RuleError> {
        let file = &self.source.file;
        let refuse = |what: String| RuleError { file: file.clone(), key: "bad_line".to_owned(), what };
        let mut set = self.set.clone();
        let rule = set.bad_line.as_mut().filter(|rule| rule.value.board_chooses);
        let rule = rule.ok_or_else(|| refuse("bộ quy tắc này không để Ban kiểm phiếu chọn".to_owned()))?;
        rule.value = BadLineRule { costs, is_chosen: true, ..rule.value };
        let written = toml::to_string(&set).map_err(|e| refuse(e.to_string()))?;
        let text = format!(
            "# {}: bộ quy tắc với lựa chọn của Ban kiểm phiếu, do chương trình viết ra.
{written}",
            set.short
        );
        Ok(Self { set: load(file, &text)?, source: RuleText::new(file.clone(), text) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::load_all;
    use super::*;

    #[test]
    fn a_choice_is_made_where_the_text_leaves_one_and_nowhere_else() {
        let all = load_all(&[]).expect("carried");
        let of = |id: &str| all.iter().find(|rules| rules.set.id == id).expect("a set");
        let party = of("QD96-TW-2023");
        assert!(party.set.awaits_choice());
        let chosen = party.chosen(BadLineCosts::Ballot).expect("a choice");
        assert!(!chosen.set.awaits_choice() && chosen.set.marks_spoil_ballot(5).is_some());
        assert_ne!(chosen.source.sha256, party.source.sha256);
        assert_eq!(chosen.set.attestations, party.set.attestations);
        let state = of("NQ96-2023-QH15");
        assert!(!state.set.awaits_choice() && state.chosen(BadLineCosts::Ballot).is_err());
        assert!(
            load(
                "x.toml",
                &state.source.text.replace("board_chooses = false", "board_chooses = false, is_chosen = true")
            )
            .is_err()
        );
    }
}
