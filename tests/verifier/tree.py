"""The tree and its proofs (RFC 9162)."""

from .base import sha256


def leaf_hash(entry):
    return sha256(b"\0", entry)


def node_hash(left, right):
    return sha256(b"\1", left, right)


class Tree:
    """Roots of the complete subtrees on the right edge, with their sizes."""

    def __init__(self):
        self.peaks, self.size = [], 0

    def push(self, leaf):
        width = 1
        while self.peaks and self.peaks[-1][0] == width:
            leaf, width = node_hash(self.peaks.pop()[1], leaf), 2 * width
        self.peaks.append((width, leaf))
        self.size += 1

    def root(self):
        if not self.peaks:
            return sha256(b"")
        root = self.peaks[-1][1]
        for _, peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


def split(size):
    return 1 << (size - 1).bit_length() - 1


def root_of_inclusion(leaf, index, size, path):
    """Root that `path` leads to from entry `index` (RFC 6962, 2.1.1, read backwards); consumes `path`."""
    if size == 1:
        return leaf
    middle, sibling = split(size), path.pop()
    if index < middle:
        return node_hash(root_of_inclusion(leaf, index, middle, path), sibling)
    return node_hash(sibling, root_of_inclusion(leaf, index - middle, size - middle, path))


def roots_of_consistency(old, size, path, whole, old_root):
    """Old and new root that `path` leads to (RFC 6962, 2.1.2, read backwards); consumes `path`."""
    if old == size:
        root = old_root if whole else path.pop()
        return root, root
    middle, sibling = split(size), path.pop()
    if old <= middle:
        before, after = roots_of_consistency(old, middle, path, whole, old_root)
        return before, node_hash(after, sibling)
    before, after = roots_of_consistency(old - middle, size - middle, path, False, old_root)
    return node_hash(sibling, before), node_hash(sibling, after)
