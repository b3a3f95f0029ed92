#!/usr/bin/env python3
"""Decides every decisive count of every base again, with nothing but Python's own integers and fractions.

    python3 tally.py RULES_FOLDER LARGEST_BASE < LINES

LINES is what the program decided, as tests/it/naive_tally.rs writes it: for each rule set, each kind of vote and each base one
line with the smallest count that reaches each threshold, the band of every count from 0 to the base, and whether the line must be
counted again; then for each base the shares of every count as papers print them. The rule files are read by Python too. Prints
how much was compared and ends 0, or prints the first line that differs and ends 1.
"""

import math
import os
import sys
import tomllib
from fractions import Fraction

LETTERS = {"over_half_low": "o", "two_thirds_low": "t", "lost": "l"}


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as stream:
        return tomllib.load(stream)


def fraction(text):
    over, under = text.split("/")
    return Fraction(int(over), int(under))


class Limit:
    """A threshold of one base."""

    def __init__(self, base, band):
        self.share = fraction(band["threshold"]["share"]) * base
        self.is_enough = band["threshold"]["edge"] == "from"
        self.letter = LETTERS[band["id"]]
        self.first = next(count for count in range(max(0, math.floor(self.share) - 1), base + 2) if self.is_reached(count))

    def is_reached(self, count):
        return count >= self.share if self.is_enough else count > self.share


def votes(folder):
    """Id, kind and thresholds of every vote that a rule set decides."""
    for name in sorted(os.listdir(folder)):
        if name.endswith(".toml"):
            rules = read(folder, name)
            yield rules["id"], "rating", rules["band"], rules["recount"]["value"]
            if "confidence" in rules:
                yield rules["id"], "confidence", [rules["confidence"]["loss"]], rules["recount"]["value"]


def decided(base, bands, margin, kind):
    """The rest of a line: smallest counts, bands, duties to count again."""
    limits = [Limit(base, band) for band in bands]
    near = max(margin["ballots"], math.floor(fraction(margin["share"]) * base))
    letters, duties = [], []
    for count in range(base + 1):
        letter = "k" if kind == "confidence" else "n"
        for limit in limits:
            if limit.is_reached(count):
                letter = limit.letter
        letters.append(letter)
        duties.append("1" if any(abs(count - limit.first) <= near for limit in limits) else "0")
    return f"{','.join(str(limit.first) for limit in limits)} {''.join(letters)} {''.join(duties)}"


def share(count, base):
    """Hundredths of a per cent, half up, with a comma and without zeros at the end."""
    hundredths = math.floor(Fraction(10000 * count, base) + Fraction(1, 2))
    text = f"{hundredths // 100},{hundredths % 100:02}"
    return text.rstrip("0").rstrip(",")


def expected(folder, largest):
    for name, kind, bands, margin in votes(folder):
        for base in range(1, largest + 1):
            yield f"{name} {kind} {base} {decided(base, bands, margin, kind)}"
    for base in range(1, largest + 1):
        yield f"share {base} " + " ".join(share(count, base) for count in range(base + 1))


def main():
    folder, largest = sys.argv[1], int(sys.argv[2])
    lines = (line.rstrip("\n") for line in sys.stdin)
    compared = 0
    for number, right in enumerate(expected(folder, largest), 1):
        found = next(lines, None)
        if found != right:
            sys.exit(f"line {number}:\nthe program: {found}\nPython:      {right}")
        compared += 1
    if next(lines, None) is not None:
        sys.exit("the program wrote more lines than there are votes")
    print(f"{compared} lines are the same")


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8")
    main()
