"""The course of a vote: what each entry must find, and what it leaves behind."""

import json
import re
import unicodedata

from .base import KEYED, LEVELS, BLANKS, day_in_vietnam, is_said, need
from .bundle import only
from .counts import check_counts, valid_papers
from .shapes import LED


def name_key(name):
    """Two spellings of one name: case, blanks and letters of no width do not count."""
    visible = re.sub("[\u200b\u200c\u200d\ufeff]", "", name)
    seen = " ".join(filter(None, re.split(f"[{BLANKS}]+", visible)))
    # Letters of which no version of Unicode says anything else.
    is_latin = re.fullmatch("[\0-\u036f\u1e00-\u1eff\u2010-\u2027]*", seen)
    return unicodedata.normalize("NFC", seen).lower() if is_latin else seen


class Day:
    """From the sealed forms to the archive: what each entry of the day must find, and what it leaves behind."""

    def __init__(self, events, lines):
        poll = only(events, "poll.created")[1]
        self.levels, self.rehearsal, self.delegates = LEVELS[poll["kind"]], poll["rehearsal"], poll["delegates"]
        self.lines, self.actor, self.file = lines, None, "log.jsonl"
        self.waived, self.zeroed, self.opened, self.closed = False, False, False, None
        self.passed = set()
        self.has_chosen = False
        self.moved_to, self.quorum, self.attended, self.now = None, None, 0, 0
        self.declared = self.signed = self.published = self.archived = self.confirmed = False
        # Who counts, once somebody was appointed: nobody, in some rehearsals.
        self.issued, self.board = {}, None
        self.back, self.batches, self.reopened, self.papers, self.proposed = {}, {}, [], [], None
        self.seated, self.leading, self.ordered, self.recounted = set(), set(), set(), set()
        self.needs_shares, self.holders = False, {}

    def need(self, holds, why):
        need(holds, self.file, why)

    def need_two(self, proposed_by, reason):
        self.need_others(proposed_by)
        self.need(is_said(reason), "no reason is given")

    def need_two_readers(self, data, why):
        """Two people, and where the board names accounts, two of it. In a rehearsal the program may read for somebody."""
        names, accounts = data["readers"], data.get("accounts")
        readers = accounts if accounts is not None else list(map(name_key, names))
        self.need(len(set(readers)) == len(readers) == len(names) == 2 and all(map(name_key, names)), why)
        if self.seated and (accounts is not None or not self.rehearsal):
            self.need(accounts is not None and self.seated.issuperset(accounts), f"{why} of the board")
        for reader in data.get("earlier", ()):
            one = reader["account"] if accounts is not None and reader["account"] else name_key(reader["name"])
            self.need(one not in readers and name_key(reader["name"]), f"{why}: one took over from the other")
            if self.seated and (reader["account"] is not None or not self.rehearsal):
                self.need(reader["account"] in self.seated, f"{why} of the board")

    def need_others(self, proposed_by):
        program = self.rehearsal and proposed_by["role"] == self.actor["role"] == "program"
        self.need(program or proposed_by["account"] != self.actor["account"], "one person where two are needed")

    def need_issued(self, sha256, name=None):
        issued = any(paper["sha256"] == sha256 and name in (None, paper["name"]) for paper in self.papers)
        self.need(issued, "a paper that was not issued before")

    def zeros(self, form):
        return {"invalid": {}, "lines": [dict.fromkeys(self.levels, 0)] * self.lines[form], "papers": 0}

    def accounts(self, ballots):
        """Where the papers of a form went: what contradicts itself is refused, what is merely missing is not."""
        out = ballots["issued"] + ballots["exchanged"] + ballots["unused"]
        self.need(ballots["form"] in self.lines, "ballots of no sealed form")
        self.need(out <= ballots["printed"], "more papers than were printed")
        self.need(ballots["returned"] <= ballots["issued"], "more ballots returned than issued")
        split = ballots["returned"] + ballots["not_returned"] == ballots["issued"]
        self.need(split, "returned and not returned are not those issued")
        self.need(ballots["issued"] <= self.attended, "more ballots issued than there were delegates in the hall")

    def counted(self, form):
        return sum(batch["papers"] for (of, _), batch in self.batches.items() if of == form)

    def is_counting(self):
        return self.opened and self.closed is None

    def take(self, kind, data, actor):
        self.actor = actor
        if kind in LED and self.seated:
            account = actor["account"]
            led = self.rehearsal if account is None else account in self.leading
            self.need(led, f"{kind} written by nobody who leads the board")
        step = getattr(self, "on_" + kind.replace(".", "_"), None)
        if step:
            step(data)

    def on_rules_frozen(self, data):
        self.need_others(data["proposed_by"])
        self.need("bad_line" not in data or not self.has_chosen, "the board chose twice")
        self.has_chosen = self.has_chosen or "bad_line" in data

    def on_board_appointed(self, data):
        accounts = [teller["account"] for teller in data["tellers"] if "account" in teller]
        self.need(len(set(accounts)) == len(accounts), "one account twice on the board")
        self.needs_shares, self.holders = "shares" in data, {}
        self.need(data.get("shares", 2) == 2 and (len(accounts) >= 2 or not self.needs_shares), "shares of others than two")
        self.board, self.seated = data["tellers"], set(accounts)
        self.leading = {teller.get("account") for teller in self.board if teller["role"] in ("head", "secretary")}

    def on_share_taken(self, data):
        self.need(self.needs_shares and not self.opened, "a share taken outside its time")
        self.need(self.actor["account"] in self.seated, "a share taken by nobody of the board")
        self.holders[self.actor["account"]] = self.actor["name"]

    def on_deck_counted(self, data):
        self.need(not self.zeroed, "test deck after the zero report")
        tried = [deck["form"] for deck in data["forms"]]
        self.need(tried and tried == [form for form in self.lines if form in tried], "test deck of other forms")
        for deck in data["forms"]:
            self.need(deck["expected"]["papers"] > 0, "test deck without papers")
            for counts in (deck["expected"], deck["counted"]):
                check_counts(counts, self.levels, self.lines[deck["form"]], self.file)
            papers = deck.get("papers", [])
            if "papers" in deck:
                for of, counts in (("expected", deck["expected"]), ("read", deck["counted"])):
                    self.papers_add_up([paper[of] for paper in papers], counts)
            right = all(paper["read"] == paper["expected"] for paper in papers)
            if right and deck["counted"] == deck["expected"]:
                self.passed.add(deck["form"])
            else:
                self.passed.discard(deck["form"])
                self.waived = False

    def papers_add_up(self, papers, counts):
        """Keys of a test deck give its figures; a number of a reason stands for one reason."""
        levels = KEYED[frozenset(self.levels)]
        lines = [dict.fromkeys(levels, 0) for _ in counts["lines"]]
        invalid = {}
        for keys in papers:
            if keys.startswith("-"):
                self.need(re.fullmatch("-0*[1-9][0-9]*", keys), "a test paper that cannot be read")
                invalid[int(keys)] = invalid.get(int(keys), 0) + 1
                continue
            self.need(len(keys) == len(lines), "a test paper of another form")
            for key, line in zip(keys, lines):
                self.need(key in "09" or key in "123"[:len(levels)], "a test paper that cannot be read")
                if key not in "09":
                    line[levels[int(key) - 1]] += 1
        by_name = sorted(number for number in counts["invalid"].values() if number)
        right = len(papers) == counts["papers"] and lines == counts["lines"] and sorted(invalid.values()) == by_name
        self.need(right, "test papers that do not add up to their figures")

    def on_clock_confirmed(self, data):
        self.need_two(data["proposed_by"], data["reason"])

    def on_deck_waived(self, data):
        self.need(not self.zeroed, "test deck waived after the zero report")
        self.need_two(data["proposed_by"], data["reason"])
        self.waived = True

    def on_zero_reported(self, data):
        self.need(self.waived or self.passed == set(self.lines), "zero report without a test deck")
        zeros = [{"counts": self.zeros(form), "form": form, "issued": 0, "returned": 0} for form in self.lines]
        self.need(data["forms"] == zeros, "zero report is not zero")
        self.zeroed = True

    def on_poll_moved(self, data):
        self.need(not self.opened, "moved after voting opened")
        self.need_two(data["proposed_by"], data["reason"])
        follows = self.moved_to in (None, data["before"])
        self.need(data["before"] != data["day"] and follows, "moved from another day, or to the same")
        self.moved_to = data["day"]

    def may_open(self, data):
        """Too few, or another day than was planned: two people said why. Older logs tell neither."""
        self.quorum = data.get("quorum")
        if self.quorum is None:
            return
        planned = data.get("planned")
        self.need(self.moved_to in (None, planned), "planned for another day than it was moved to")
        other_day = planned is not None and planned != day_in_vietnam(data["at"])
        told = is_said(data.get("reason", ""))
        self.need(told or not (other_day or data["present"] < self.quorum), "opened without quorum or day, and no reason")

    def on_voting_opened(self, data):
        self.need(self.zeroed, "voting opened before the zero report")
        self.need(0 < data["present"] <= self.delegates, "more people in the hall than delegates, or nobody")
        self.need_others(data["proposed_by"])
        self.may_open(data)
        self.need(not self.needs_shares or len(self.holders) >= 2, "opened before two took a share")
        self.opened, self.attended, self.now = True, data["present"], data["present"]

    def on_presence_changed(self, data):
        self.need(self.is_counting(), "delegates come or go outside the vote")
        number, change = data["number"], data["change"]
        self.need(number > 0 and is_said(data["reason"]), "nobody came or went, or no reason is given")
        self.need(change != "returned" or number <= self.attended - self.now, "more come back than had left")
        self.attended += number if change == "arrived" else 0
        self.now += -number if change == "left" else number
        self.need(0 <= self.now and self.attended <= self.delegates, "more delegates than there are")
        self.need((self.attended, self.now) == (data["attended"], data["present"]), "other figures of the hall follow")

    def on_presence_corrected(self, data):
        self.need(self.is_counting(), "the hall corrected outside the vote")
        self.need_two(data["proposed_by"], data["reason"])
        right = 0 < data["opened"] <= data["attended"] <= self.delegates and data["present"] <= data["attended"]
        self.need(right, "figures of the hall contradict each other")
        told = [ballots["issued"] for ballots in self.back.values()]
        issued = max(told + list(self.issued.values()), default=0)
        self.need(issued <= data["attended"], "more ballots issued than there were delegates in the hall")
        self.attended, self.now = data["attended"], data["present"]

    def announce(self, data):
        self.need(self.is_counting(), "ballots issued outside the vote")
        self.need(data["form"] in self.lines, "ballots of no sealed form")
        self.need(data["issued"] <= data["printed"], "more papers than were printed")
        self.need(data["issued"] <= self.attended, "more ballots issued than there were delegates in the hall")
        self.issued[data["form"]] = data["issued"]

    def all_issued(self):
        return len(self.issued) == len(self.lines)

    def all_back(self):
        return len(self.back) == len(self.lines)

    def on_ballots_issued(self, data):
        self.need(not self.all_issued(), "issued again after it was announced")
        self.announce(data)

    def on_issued_corrected(self, data):
        self.need(self.all_issued() and not self.all_back(), "issued corrected outside its time")
        self.need_two(data["proposed_by"], data["reason"])
        self.announce(data)
        self.back.pop(data["form"], None)

    def on_unused_sealed(self, data):
        self.need(self.is_counting() and self.all_issued() and not self.back, "unused papers sealed outside their time")
        self.need(data["packets"] > 0, "unused papers sealed without a packet")

    def on_ballots_returned(self, data):
        self.need(self.is_counting(), "ballots outside the vote")
        # Older logs, which tell no quorum, tell issued and returned at once, and once.
        old = self.quorum is None
        self.need(not self.all_back() and not (old and data["form"] in self.back), "ballots of a form returned twice")
        self.need(old or self.all_issued(), "ballots returned before it was announced what went out")
        self.accounts(data)
        self.need(self.issued.get(data["form"], data["issued"]) == data["issued"], "another number went out")
        self.back[data["form"]] = data

    def on_ballots_corrected(self, data):
        ballots = data["ballots"]
        self.need(self.is_counting() and len(self.back) == len(self.lines), "correction outside the count")
        self.need_two(data["proposed_by"], data["reason"])
        self.accounts(ballots)
        self.need(self.counted(ballots["form"]) <= ballots["returned"], "more ballots counted than returned")
        self.issued[ballots["form"]] = ballots["issued"]
        self.back[ballots["form"]] = ballots

    def on_batch_committed(self, data):
        place = (data["form"], data["batch"])
        self.need(self.is_counting() and len(self.back) == len(self.lines), "batch outside the count")
        self.need(data["form"] in self.lines, "batch of no sealed form")
        self.need(data["batch"] > 0, "batches are numbered from 1")
        self.need(place not in self.batches, f"batch {place} committed twice")
        self.need_two_readers(data, f"batch {place} not read by two people")
        self.batches[place] = data

    def on_batch_reopened(self, data):
        place = (data["form"], data["batch"])
        self.need(self.is_counting(), "batch reopened outside the count")
        self.need_two(data["proposed_by"], data["reason"])
        stands = self.batches.pop(place, {}).get("commitment")
        self.need(stands == data["commitment"], f"batch {place} is not there to be reopened")
        self.reopened.append(place)

    def on_counting_closed(self, data):
        self.need(self.is_counting() and len(self.back) == len(self.lines), "closed before the ballots are back")
        self.need_others(data["proposed_by"])
        for form, ballots in self.back.items():
            self.need(self.counted(form) == ballots["returned"], f"form {form}: batches are not all ballots")
        self.need(("shares" in data) == self.needs_shares, "closed with shares that nobody asked for, or without")
        closers = [(reader["account"], reader["name"]) for reader in data.get("shares", ())]
        two = len({account for account, _ in closers}) == len(closers) == 2 and self.holders.items() >= set(closers)
        self.need(two or not self.needs_shares, "not closed with shares of two who took one")
        self.closed = {total["form"]: json.loads(json.dumps(total["counts"])) for total in data["forms"]}

    def closed_line(self, data):
        self.need(self.closed is not None and not self.declared, "recount outside its time")
        counts, place = self.closed.get(data["form"]), data["line"] - 1
        self.need(counts and 0 <= place < len(counts["lines"]), "recount of no line")
        return counts, place

    def on_recount_ordered(self, data):
        self.closed_line(data)
        self.need_two(data["proposed_by"], data["reason"])
        self.ordered.add((data["form"], data["line"]))
        self.recounted.discard((data["form"], data["line"]))

    def on_line_recounted(self, data):
        counts, place = self.closed_line(data)
        self.need(counts["lines"][place] == data["counted"], "another figure stood there")
        fits = set(data["recounted"]) == self.levels and sum(data["recounted"].values()) <= valid_papers(counts)
        self.need(fits, "a figure that the line cannot have")
        self.need_two_readers(data, "not recounted by two people")
        same = data["counted"] == data["recounted"]
        if "proposed_by" in data:
            self.need_others(data["proposed_by"])
        if self.seated and not self.rehearsal:
            reader = self.actor["account"] in data["accounts"]
            self.need(reader or "proposed_by" in data, "a recount written down by somebody else")
            self.need(same or "proposed_by" in data, "figures differ and nobody else confirmed it")
            self.need(not reader or "proposed_by" not in data, "who recounted confirmed it")
        self.need(same or is_said(data["reason"]), "figures differ and no reason is given")
        if data["stands"] == "recounted":
            counts["lines"][place] = data["recounted"]
        self.recounted.add((data["form"], data["line"]))

    def on_result_declared(self, data):
        self.need_others(data["proposed_by"])
        self.need(self.rehearsal or not self.ordered - self.recounted, "a line that two people ordered was not recounted")
        self.declared = True

    def on_paper_issued(self, data):
        self.papers.append(data)

    def on_minutes_proposed(self, data):
        self.need(self.declared and not self.signed, "minutes proposed outside their time")
        self.need_issued(data["sha256"], data["name"])
        self.proposed = (data["sha256"], self.actor)

    def on_minutes_signed(self, data):
        self.need(self.proposed and not self.signed, "minutes signed outside their time")
        self.need_others(self.proposed[1])
        self.need(data["sha256"] == self.proposed[0], "other minutes were signed")
        self.need(data["tellers"] or self.rehearsal, "nobody signed")
        if self.quorum is not None and self.board is not None:
            self.signatures(data["tellers"], data.get("missing", []))
        self.signed = True

    def signatures(self, signed, missing):
        """Head and secretary sign; every other member signs, or a reason is there. Older logs tell no quorum, and less."""
        for teller in self.board:
            must = teller["role"] in ("head", "secretary")
            self.need(teller in signed or not must, f"{teller['name']} did not sign")
        once = all(signed.count(teller) == 1 and teller in self.board for teller in signed)
        self.need(once, "somebody signed who is not of the board, or twice")
        # Persons are told apart by account where the board names one.
        person = lambda told: (told.get("account", ""), told["name"])
        unsigned = sorted(person(teller) for teller in self.board if teller not in signed)
        self.need(sorted(map(person, missing)) == unsigned, "a signature is missing without a word")
        self.need(all(is_said(told["reason"]) for told in missing), "a signature is missing without a reason")

    def on_minutes_reopened(self, data):
        self.need(self.signed and not self.confirmed and not self.published, "minutes reopened outside their time")
        self.need_two(data["proposed_by"], data["reason"])
        self.signed, self.proposed = False, None

    def on_ballots_handed_over(self, data):
        self.need(self.declared and not self.archived, "ballots handed over outside their time")
        told = data["packets"] > 0 and is_said(data["sealed_by"]) and is_said(data["received_by"])
        self.need(told, "ballots handed over without packets, or without both sides")

    def on_result_confirmed(self, data):
        self.need(self.signed and not self.published and not self.confirmed, "confirmed outside its time")
        self.need_issued(data["sha256"])
        self.need_others(data["proposed_by"])
        self.confirmed = True

    def on_result_published(self, data):
        self.need(self.signed, "published before the minutes are signed")
        self.need_others(data["proposed_by"])
        self.published = True

    def on_corrigendum_issued(self, data):
        self.need(self.published, "corrigendum before publication")
        self.need_two(data["proposed_by"], data["reason"])
        self.need_issued(data["sha256"], data["name"])

    def on_poll_archived(self, data):
        self.need(self.published and not self.archived, "archived outside its time")
        self.need_others(data["proposed_by"])
        self.archived = True

    def on_poll_cancelled(self, _):
        self.need(False, "the vote was called off")


def check_course(events, lines):
    """What must stand before what. Gives the day as it ended."""
    file = "log.jsonl"
    need(events and events[0][1] == "poll.created", file, "does not begin with poll.created")
    poll, listed, forms, opened, closed, declared, *_ = (
        only(events, kind)[0] for kind in
        ("poll.created", "list.decided", "forms.sealed", "voting.opened", "counting.closed", "result.declared",
         "zero.reported"))
    if any(name == "result.published" for _, name, _, _ in events):
        only(events, "result.published")
    need(poll < listed < forms < opened < closed < declared, file, "events are out of order")
    boards = [seq for seq, kind, _, _ in events if kind == "board.appointed"]
    need(boards or events[poll][2]["rehearsal"], file, "nobody was appointed to count")
    need(all(listed < seq < forms for seq in boards), file, "board.appointed out of order")
    day = Day(events, lines)
    for seq, kind, data, line in events:
        need(kind != "poll.amended" or seq < forms, file, "poll amended after its forms were sealed")
        if kind == "poll.amended":
            day.delegates = data["delegates"]
        need(kind != "rules.frozen" or seq < forms, file, "rules frozen after the forms were sealed")
        if kind == "rules.frozen" and "bad_line" in data:
            need(boards and boards[0] < seq, file, "the board chose before it was appointed")
        need(kind != "dossiers.released" or seq < opened, file, "dossiers released after voting opened")
        need(kind != "share.taken" or seq > forms, file, "a share taken before the forms")
        need(kind not in ("deck.counted", "deck.waived") or seq > forms, file, "test deck before the forms")
        need(kind != "poll.moved" or seq > forms, file, "moved before the forms")
        day.take(kind, data, json.loads(line)["actor"])
    return day
