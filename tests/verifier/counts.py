"""Figures of a pile of papers, and what they must hold."""

from .base import need, need_shape
from .shapes import COUNTS


def valid_papers(counts):
    return counts["papers"] - sum(counts["invalid"].values())


def check_counts(counts, levels, lines, file):
    need_shape(counts, COUNTS, file)
    need(len(counts["lines"]) == lines, file, "wrong number of lines")
    valid = valid_papers(counts)
    need(valid >= 0, file, "more invalid ballots than papers")
    for line in counts["lines"]:
        need(set(line) == levels, file, "levels of another kind of vote")
        need(sum(line.values()) <= valid, file, "levels over valid ballots")
