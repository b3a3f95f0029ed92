"""The kinds of entries and the keys of their data."""

from .base import (CHANGES, LEVELS, ROLES, is_account, is_accounts, is_costs, is_count, is_day, is_digest, is_flag, is_levels,
                   is_points, is_reasons, is_teller_role, is_text, is_time)


COUNTS = {"invalid": is_reasons, "lines": [is_levels], "papers": is_count}
TOTALS = {"counts": COUNTS, "form": is_text, "issued": is_count, "returned": is_count}
# Points of the commitments and their summed blindings, 32 bytes each.
POINTS = {"invalid": is_points, "lines": [is_points]}
CLOSED = {**TOTALS, "blindings?": POINTS}
DECK = {"counted": COUNTS, "expected": COUNTS, "form": is_text, "papers?": [{"expected": is_text, "read": is_text}]}
BALLOTS = {"exchanged": is_count, "form": is_text, "issued": is_count, "not_returned": is_count, "printed": is_count,
           "returned": is_count, "unused": is_count}
ACTOR = {"account": is_account, "name": is_text, "role": lambda role: is_text(role) and role in ROLES}
# A key that ends in "?" may be absent: older programs do not write it.
TELLER = {"account?": lambda value: is_text(value) and is_account(value), "name": is_text, "role": is_teller_role}
READER = {"account": is_account, "name": is_text}
MISSING = {"account?": lambda value: is_text(value) and is_account(value), "name": is_text, "reason": is_text}
SHAPES = {
    "poll.created": {"again_of?": is_text, "council": is_text, "delegates": is_count, "kind": lambda kind: is_text(kind) and kind in LEVELS,
                     "program?": {"sha256": is_digest, "version": is_text}, "rehearsal": is_flag, "ruleset": is_text, "ruleset_sha256": is_digest,
                     "simulated": is_flag, "sitting": is_text},
    "poll.amended": {"delegates": is_count, "sitting": is_text},
    "rules.frozen": {"bad_line?": is_costs, "proposed_by": ACTOR, "ruleset_sha256": is_digest},
    "list.decided": {"officials": [{"block": is_text, "name": is_text, "posts": is_text}], "resolution": is_text},
    "board.appointed": {"resolution": is_text, "shares?": is_count, "tellers": [TELLER]},
    "dossiers.released": {"files": [{"name": is_text, "sha256": is_digest}]},
    "forms.sealed": {"forms": [{"block": is_text, "id": is_text, "lines": is_count, "sha256": is_digest,
                                "sheets": is_count}]},
    "deck.counted": {"forms": [DECK]},
    "deck.waived": {"proposed_by": ACTOR, "reason": is_text},
    "share.taken": {"public_key": is_digest},
    "zero.reported": {"forms": [TOTALS]},
    "poll.moved": {"before": is_day, "day": is_day, "proposed_by": ACTOR, "reason": is_text},
    "voting.opened": {"at": is_time, "planned?": is_day, "present": is_count, "proposed_by": ACTOR,
                      "quorum?": is_count, "reason?": is_text},
    "presence.changed": {"attended": is_count, "change": lambda change: is_text(change) and change in CHANGES,
                         "number": is_count, "present": is_count, "reason": is_text},
    "presence.corrected": {"attended": is_count, "opened": is_count, "present": is_count, "proposed_by": ACTOR,
                           "reason": is_text},
    "ballots.issued": {"form": is_text, "issued": is_count, "printed": is_count},
    "issued.corrected": {"form": is_text, "issued": is_count, "printed": is_count, "proposed_by": ACTOR,
                         "reason": is_text},
    "unused.sealed": {"note": is_text, "packets": is_count},
    "ballots.returned": BALLOTS,
    "ballots.corrected": {"ballots": BALLOTS, "proposed_by": ACTOR, "reason": is_text},
    "batch.committed": {"accounts?": is_accounts, "batch": is_count, "commitment": is_digest, "commitments?": POINTS,
                        "decided": is_count, "earlier?": [READER], "form": is_text, "papers": is_count, "readers": [is_text], "reread": is_count},
    "batch.reopened": {"batch": is_count, "commitment": is_digest, "form": is_text, "proposed_by": ACTOR,
                       "reason": is_text},
    "counting.closed": {"forms": [CLOSED], "proposed_by": ACTOR, "shares?": [READER]},
    "recount.ordered": {"form": is_text, "line": is_count, "proposed_by": ACTOR, "reason": is_text},
    "line.recounted": {"accounts?": is_accounts, "counted": is_levels, "form": is_text, "line": is_count,
                       "proposed_by?": ACTOR, "readers": [is_text], "reason": is_text, "recounted": is_levels,
                       "stands": lambda which: is_text(which) and which in ("counted", "recounted")},
    "result.declared": {"proposed_by": ACTOR, "results_sha256": is_digest},
    "minutes.proposed": {"copies?": is_count, "name": is_text, "sha256": is_digest},
    "minutes.reopened": {"proposed_by": ACTOR, "reason": is_text},
    "ballots.handed_over": {"note": is_text, "packets": is_count, "received_by": is_text, "sealed_by": is_text},
    "minutes.signed": {"missing?": [MISSING], "sha256": is_digest, "tellers": [TELLER]},
    "result.confirmed": {"proposed_by": ACTOR, "resolution": is_text, "sha256": is_digest},
    "result.published": {"at": is_time, "proposed_by": ACTOR},
    "corrigendum.issued": {"name": is_text, "proposed_by": ACTOR, "reason": is_text, "sha256": is_digest},
    "poll.archived": {"place": is_text, "proposed_by": ACTOR},
    "poll.cancelled": {"proposed_by": ACTOR, "reason": is_text},
    "clock.confirmed": {"last": is_time, "proposed_by": ACTOR, "reason": is_text},
    "council_log.noted": {"origin": is_text, "root": is_digest, "size": lambda size: is_count(size, 2**53 - 1)},
    "paper.issued": {"name": is_text, "pages": is_count, "sha256": is_digest},
}
# What head and secretary of the board write down.
LED = {"deck.counted", "zero.reported", "ballots.issued", "unused.sealed", "ballots.returned", "minutes.proposed"}
