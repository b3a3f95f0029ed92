//! Two officials of one block beside each other: what is counted of each, and nothing weighed.

use std::collections::BTreeMap;

use super::{READERS, ReadingPoll, changes, reading_poll};
use crate::service::app::App;
use crate::service::caller::Caller;
use crate::service::error::AppError;
use domain::document::Guide;
use domain::id::PollId;
use domain::release::About;
use macros::boxed;
use store::{releases, roster};

/// One of two officials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Place of the dossier.
    pub position: u32,
    /// `Ông Nguyễn Văn A`.
    pub title: String,
    /// What its facts are; `None` of a dossier that was released before that was kept.
    pub guide: Option<Guide>,
}

/// Officials that may be put beside each other, and the two that are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The vote.
    pub poll: ReadingPoll,
    /// Place and title of each official by block, those of the newest release in ballot order.
    pub blocks: Vec<(String, Vec<(u32, String)>)>,
    /// The two; `None` unless both are of one block and not the same.
    pub pair: Option<[Side; 2]>,
}

impl App {
    /// Two officials of the newest release, by the places of their dossiers.
    ///
    /// # Errors
    /// When the caller is no delegate, or there is no such poll.
    #[boxed]
    pub async fn side_by_side(
        &self,
        caller: &Caller,
        poll: PollId,
        places: [Option<u32>; 2],
    ) -> Result<Beside, AppError> {
        caller.may(READERS)?;
        let mut tx = self.store.read(caller.council).await?;
        let summary = reading_poll(&mut tx, poll).await?;
        let Some(number) = releases::newest(&mut tx, poll).await? else {
            return Ok(Beside { poll: summary, blocks: Vec::new(), pair: None });
        };
        let listed = self.listed(&mut tx, poll, number).await?;
        let officials = roster::officials(&mut tx).await?;
        let block_of: BTreeMap<_, _> =
            officials.iter().map(|kept| (kept.id, kept.value.official.block.0.as_str())).collect();
        let mut blocks: Vec<(String, Vec<(u32, String)>)> = Vec::new();
        for dossier in &listed.dossiers {
            let About::Official(id) = &dossier.about else { continue };
            let Some(block) = block_of.get(id) else { continue };
            let line = (dossier.position, dossier.title.clone());
            match blocks.iter_mut().find(|(name, _)| name == block) {
                Some((_, lines)) => lines.push(line),
                None => blocks.push(((*block).to_owned(), vec![line])),
            }
        }
        let pair = match places {
            [Some(a), Some(b)] if a != b && is_of_one(&blocks, a, b) => {
                let mut sides = Vec::with_capacity(2);
                for position in [a, b] {
                    let dossier = listed.dossiers.iter().find(|dossier| dossier.position == position);
                    let dossier = dossier.ok_or(super::NO_DOSSIER)?;
                    let document = changes::document(&mut tx, poll, number, &dossier.about).await?;
                    sides.push(Side { position, title: dossier.title.clone(), guide: document.guide });
                }
                sides.try_into().ok()
            }
            _ => None,
        };
        Ok(Beside { poll: summary, blocks, pair })
    }
}

fn is_of_one(blocks: &[(String, Vec<(u32, String)>)], a: u32, b: u32) -> bool {
    let has = |lines: &[(u32, String)], place| lines.iter().any(|(position, _)| *position == place);
    blocks.iter().any(|(_, lines)| has(lines, a) && has(lines, b))
}
