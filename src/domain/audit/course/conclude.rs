//! After the close: recounts, minutes, resolution, publication; and a vote that was called off.

use super::{Course, CourseError, needs, once, until};
use crate::audit::Digest;
use crate::audit::event::Actor;
use crate::audit::event::poll::{
    BallotsHandedOver, CorrigendumIssued, LineRecounted, MinutesProposed, MinutesReopened, MinutesSigned,
    PollCancelled, RecountOrdered, ResultConfirmed, ResultDeclared,
};
use crate::poll_state::ClosedCount;
use crate::signing::Signatures;

impl Course {
    pub(super) fn order(
        &mut self,
        ordered: &RecountOrdered,
        actor: &Actor,
        kind: &'static str,
    ) -> Result<(), CourseError> {
        until(self.results_sha256.is_some(), kind, "result.declared")?;
        needs(self.counted.is_some(), kind, "counting.closed")?;
        self.by_two(&ordered.proposed_by, actor, &ordered.reason, kind)?;
        let is_there = self.counted.as_mut().is_some_and(|counted| counted.order(&ordered.form, ordered.line));
        let no_line = || format!("mẫu phiếu {} không có dòng {}", ordered.form, ordered.line);
        if is_there { Ok(()) } else { Err(CourseError::Contradiction(no_line())) }
    }

    pub(super) fn recount(
        &mut self,
        line: &LineRecounted,
        actor: &Actor,
        kind: &'static str,
    ) -> Result<(), CourseError> {
        until(self.results_sha256.is_some(), kind, "result.declared")?;
        needs(self.counted.is_some(), kind, "counting.closed")?;
        let place = format!("mẫu phiếu {}, dòng {}", line.form, line.line);
        let wrong = |what: &str| Err(CourseError::Contradiction(format!("{place}: {what}")));
        self.read_by_two(&line.readers, line.accounts.as_deref(), &format!("{place}: lần kiểm lại"))?;
        if let Some(proposed_by) = &line.proposed_by {
            self.by_others(proposed_by, actor, kind)?;
        }
        // Before members were known by their accounts, whoever led the count wrote recounts down.
        if self.counters.are_bound() && !self.is_rehearsal() {
            let has_read = line.accounts.iter().flatten().any(|account| Some(*account) == actor.account);
            match &line.proposed_by {
                None if line.counted != line.recounted => return wrong("hai số khác nhau mà không ai khác xác nhận"),
                None if !has_read => return wrong("không phải do người kiểm lại ghi"),
                Some(_) if has_read => return wrong("người kiểm lại tự xác nhận số của mình"),
                _ => {}
            }
        }
        let Some(counted) = &mut self.counted else { return Ok(()) };
        if line.counted != line.recounted && line.reason.trim().is_empty() {
            return wrong("hai số khác nhau mà không có lý do lấy một số");
        }
        if counted.take(line) {
            Ok(())
        } else {
            wrong("không phải số đang có, hoặc số không thể có của dòng này")
        }
    }

    pub(super) fn declare(
        &mut self,
        result: &ResultDeclared,
        actor: &Actor,
        kind: &'static str,
    ) -> Result<(), CourseError> {
        needs(self.counted.is_some(), kind, "counting.closed")?;
        self.by_others(&result.proposed_by, actor, kind)?;
        let awaited = self.counted.iter().flat_map(ClosedCount::awaited).next();
        // A rehearsal has no paper to count again.
        if let Some((form, line)) = awaited.filter(|_| !self.is_rehearsal()) {
            let what = format!(
                "mẫu phiếu {form}, dòng {line}: hai người cho kiểm lại mà không kiểm lại trước khi ghi kết quả"
            );
            return Err(CourseError::Contradiction(what));
        }
        once(&mut self.results_sha256, result.results_sha256, kind)
    }

    /// Whether the log has issued the paper of this hash, under this name if one is given.
    fn has_issued(&self, sha256: Digest, name: Option<&str>, kind: &'static str) -> Result<(), CourseError> {
        let mut papers = self.papers.iter().map(|issued| &issued.paper);
        let is_issued = papers.any(|paper| paper.sha256 == sha256 && name.is_none_or(|name| paper.name == name));
        needs(is_issued, kind, "paper.issued")
    }

    pub(super) fn propose(
        &mut self,
        minutes: &MinutesProposed,
        actor: &Actor,
        kind: &'static str,
    ) -> Result<(), CourseError> {
        needs(self.results_sha256.is_some(), kind, "result.declared")?;
        until(self.signed_at.is_some(), kind, "minutes.signed")?;
        self.has_issued(minutes.sha256, Some(&minutes.name), kind)?;
        self.proposed = Some((minutes.sha256, actor.clone()));
        Ok(())
    }

    pub(super) fn sign(
        &mut self,
        seq: u64,
        minutes: &MinutesSigned,
        actor: &Actor,
        kind: &'static str,
    ) -> Result<(), CourseError> {
        let Some((sha256, proposed_by)) = &self.proposed else {
            return Err(CourseError::Early { kind, needs: "minutes.proposed" });
        };
        self.by_others(proposed_by, actor, kind)?;
        let is_rehearsal = self.is_rehearsal();
        if *sha256 != minutes.sha256 {
            return Err(CourseError::Contradiction("biên bản được ký không phải bản đã trình".into()));
        }
        if minutes.tellers.is_empty() && !is_rehearsal {
            return Err(CourseError::Contradiction("không ai ký biên bản".into()));
        }
        // A log that tells its quorum is of a program that knows who has to sign.
        if let (Some(board), Some(_)) = (&self.board, self.quorum) {
            let missing = minutes.missing.clone().unwrap_or_default();
            let signatures = Signatures { signed: minutes.tellers.clone(), missing };
            if let Some(fault) = signatures.fault(&board.tellers) {
                return Err(CourseError::Contradiction(fault.to_string()));
            }
        }
        once(&mut self.signed_at, seq, kind)
    }

    pub(super) fn reopen_minutes(
        &mut self,
        reopened: &MinutesReopened,
        actor: &Actor,
        kind: &'static str,
    ) -> Result<(), CourseError> {
        needs(self.signed_at.is_some(), kind, "minutes.signed")?;
        until(self.confirmed_at.is_some(), kind, "result.confirmed")?;
        until(self.published_at.is_some(), kind, "result.published")?;
        self.by_two(&reopened.proposed_by, actor, &reopened.reason, kind)?;
        (self.signed_at, self.proposed) = (None, None);
        Ok(())
    }

    pub(super) fn hand_over(&self, handed: &BallotsHandedOver, kind: &'static str) -> Result<(), CourseError> {
        needs(self.results_sha256.is_some(), kind, "result.declared")?;
        until(self.archived_at.is_some(), kind, "poll.archived")?;
        let names = [&handed.sealed_by, &handed.received_by];
        if handed.packets == 0 || names.iter().any(|name| name.trim().is_empty()) {
            return Err(CourseError::Contradiction("bàn giao phiếu không ghi đủ số gói và hai bên".into()));
        }
        Ok(())
    }

    pub(super) fn confirm(
        &mut self,
        seq: u64,
        confirmed: &ResultConfirmed,
        actor: &Actor,
        kind: &'static str,
    ) -> Result<(), CourseError> {
        needs(self.signed_at.is_some(), kind, "minutes.signed")?;
        self.by_others(&confirmed.proposed_by, actor, kind)?;
        until(self.published_at.is_some(), kind, "result.published")?;
        self.has_issued(confirmed.sha256, None, kind)?;
        once(&mut self.confirmed_at, seq, kind)
    }

    pub(super) fn put_right(
        &mut self,
        corrigendum: &CorrigendumIssued,
        actor: &Actor,
        kind: &'static str,
    ) -> Result<(), CourseError> {
        needs(self.published_at.is_some(), kind, "result.published")?;
        self.by_two(&corrigendum.proposed_by, actor, &corrigendum.reason, kind)?;
        self.has_issued(corrigendum.sha256, Some(&corrigendum.name), kind)
    }

    pub(super) fn cancel(
        &mut self,
        cancelled: &PollCancelled,
        actor: &Actor,
        kind: &'static str,
    ) -> Result<(), CourseError> {
        until(self.results_sha256.is_some(), kind, "result.declared")?;
        self.by_two(&cancelled.proposed_by, actor, &cancelled.reason, kind)?;
        self.is_cancelled = true;
        Ok(())
    }
}
