#!/usr/bin/env python3
"""Holds many logs of votes against the second verifier's idea of their course.

    python3 course.py < LOGS

LOGS are texts of entries, one a line, an empty line after each log, as tests/it/poll_model.rs writes them. Prints a line for each
log that verify.py refuses, then how many there were; ends 1 when one was refused.
"""

import json
import sys

import verify


def check(lines):
    events = []
    for line in lines:
        entry = verify.read_json(line, "log")
        verify.need_shape(entry["actor"], verify.ACTOR, "log")
        verify.need_shape(entry["data"], verify.SHAPES[entry["kind"]], entry["kind"])
        events.append((entry["seq"], entry["kind"], entry["data"], line.encode()))
    sealed = verify.only(events, "forms.sealed")[1]["forms"]
    verify.check_course(events, {form["id"]: form["lines"] for form in sealed})


def main():
    sys.stdin.reconfigure(encoding="utf-8")
    logs, refused = sys.stdin.read().split("\n\n"), 0
    logs = [log.split("\n") for log in logs if log.strip()]
    for number, lines in enumerate(logs, 1):
        try:
            check(lines)
        except verify.Wrong as wrong:
            refused += 1
            print(f"log {number}: {wrong}; it ends with {json.loads(lines[-1])['kind']}")
    print(f"{len(logs)} logs, {refused} refused")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
