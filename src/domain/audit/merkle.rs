//! The Merkle tree of RFC 6962 / RFC 9162 with SHA-256: roots, inclusion proofs, consistency proofs.
//!
//! Two builders of the same tree: [`Frontier`] keeps O(log n) hashes and knows the root only, for whoever reads a log
//! once; [`Tree`] keeps all inner hashes, for whoever owns the log and must prove things about it.

use sha2::{Digest as _, Sha256};

use super::digest::Digest;

const LEAF: u8 = 0x00;
const NODE: u8 = 0x01;

/// `SHA-256(0x00 ‖ entry)` (RFC 9162, 2.1.1).
pub fn leaf_hash(entry: &[u8]) -> Digest {
    Digest::of_parts(&[&[LEAF], entry])
}

/// `SHA-256(0x01 ‖ left ‖ right)` (RFC 9162, 2.1.1).
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut input = [NODE; 65];
    let (l, r) = input[1..].split_at_mut(32);
    l.copy_from_slice(left.as_bytes());
    r.copy_from_slice(right.as_bytes());
    Digest::from_bytes(Sha256::digest(input).into())
}

/// Root of the tree without entries: SHA-256 of nothing.
pub fn empty_root() -> Digest {
    Digest::of(b"")
}

/// The right edge of a growing tree: the roots of its complete subtrees, one for each 1 bit of its size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Largest first.
    peaks: Vec<Digest>,
}

impl Frontier {
    /// The frontier of `size` entries with these peaks, largest first; `None` unless there is one for each 1 bit.
    pub fn restore(size: u64, peaks: Vec<Digest>) -> Option<Self> {
        let fits = u32::try_from(peaks.len()) == Ok(size.count_ones());
        fits.then_some(Self { size, peaks })
    }

    /// Roots of the complete subtrees, largest first.
    pub fn peaks(&self) -> &[Digest] {
        &self.peaks
    }

    /// Entries so far.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds the [`leaf_hash`] of the next entry; O(1) on average.
    pub fn push(&mut self, leaf: Digest) {
        let mut hash = leaf;
        // Each trailing 1 bit of the size is a complete subtree of the same height as `hash` to its left.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// Root over all entries so far.
    pub fn root(&self) -> Digest {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            Some(&smallest) => peaks.fold(smallest, |right, left| node_hash(left, &right)),
            None => empty_root(),
        }
    }
}

/// A tree with all its inner hashes: 64 bytes an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// `levels[h][i]` is the root of the complete subtree over entries `i * 2^h .. (i + 1) * 2^h`.
    levels: Vec<Vec<Digest>>,
}

impl Tree {
    /// Entries so far.
    pub fn size(&self) -> u64 {
        to_u64(self.leaves())
    }

    fn leaves(&self) -> usize {
        self.levels.first().map_or(0, Vec::len)
    }

    /// Adds the [`leaf_hash`] of the next entry; O(1) on average.
    pub fn push(&mut self, leaf: Digest) {
        let mut hash = leaf;
        let mut height = 0;
        loop {
            if self.levels.len() == height {
                self.levels.push(Vec::new());
            }
            let Some(level) = self.levels.get_mut(height) else { return };
            level.push(hash);
            match level.as_slice() {
                [.., left, right] if level.len().is_multiple_of(2) => hash = node_hash(left, right),
                _ => return,
            }
            height += 1;
        }
    }

    /// [`leaf_hash`] of entry `index`.
    pub fn leaf(&self, index: u64) -> Option<Digest> {
        self.levels.first()?.get(usize::try_from(index).ok()?).copied()
    }

    /// Root over all entries so far.
    pub fn root(&self) -> Digest {
        self.range(0, self.leaves()).unwrap_or_else(empty_root)
    }

    /// Root when the tree had `size` entries; `None` when it has fewer.
    pub fn root_at(&self, size: u64) -> Option<Digest> {
        let size = usize::try_from(size).ok().filter(|&n| n <= self.leaves())?;
        if size == 0 { Some(empty_root()) } else { self.range(0, size) }
    }

    /// Hashes that lead from entry `index` to the root of the first `size` entries, from the leaf up
    /// (RFC 9162, 2.1.3.1); `None` unless `index < size <=` entries.
    pub fn inclusion_proof(&self, index: u64, size: u64) -> Option<Vec<Digest>> {
        let (index, size) = (usize::try_from(index).ok()?, usize::try_from(size).ok()?);
        if index >= size || size > self.leaves() {
            return None;
        }
        let (mut lo, mut hi) = (0, size);
        let mut proof = Vec::new();
        while hi - lo > 1 {
            let middle = lo + split(hi - lo);
            if index < middle {
                proof.push(self.range(middle, hi)?);
                hi = middle;
            } else {
                proof.push(self.range(lo, middle)?);
                lo = middle;
            }
        }
        proof.reverse();
        Some(proof)
    }

    /// Hashes that lead from the root of the first `from` entries to that of the first `to`
    /// (RFC 9162, 2.1.4.1); `None` unless `from <= to <=` entries. Empty when `from` is 0 or `to`.
    pub fn consistency_proof(&self, from: u64, to: u64) -> Option<Vec<Digest>> {
        let (from, to) = (usize::try_from(from).ok()?, usize::try_from(to).ok()?);
        if from > to || to > self.leaves() {
            return None;
        }
        if from == 0 || from == to {
            return Some(Vec::new());
        }
        let (mut lo, mut hi) = (0, to);
        let mut proof = Vec::new();
        while from != hi {
            let middle = lo + split(hi - lo);
            if from <= middle {
                proof.push(self.range(middle, hi)?);
                hi = middle;
            } else {
                proof.push(self.range(lo, middle)?);
                lo = middle;
            }
        }
        // The old tree itself is left out: the verifier has its root.
        if lo > 0 {
            proof.push(self.range(lo, hi)?);
        }
        proof.reverse();
        Some(proof)
    }

    /// Root over entries `lo..hi`, not empty, where `lo` is a multiple of a power of two that is at least `hi - lo`:
    /// the only ranges that the recursion of RFC 6962 meets.
    fn range(&self, lo: usize, hi: usize) -> Option<Digest> {
        let width = hi.checked_sub(lo).filter(|&n| n > 0)?;
        if width.is_power_of_two() {
            let height = width.trailing_zeros();
            return self.levels.get(usize::try_from(height).ok()?)?.get(lo >> height).copied();
        }
        let middle = lo + split(width);
        Some(node_hash(&self.range(lo, middle)?, &self.range(middle, hi)?))
    }
}

/// Largest power of two below `width`, which is at least 2.
const fn split(width: usize) -> usize {
    width.div_ceil(2).next_power_of_two()
}

fn to_u64(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// One hash of an inclusion proof, and what the way up is after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InclusionStep {
    /// The proof's hash is the left operand.
    pub is_left: bool,
    pub sibling: Digest,
    pub hash: Digest,
}

/// The way from `leaf`, the [`leaf_hash`] of entry `index`, up to the root of a tree of `size` entries; `None` when a
/// proof of another length is needed (RFC 9162, 2.1.3.2).
pub fn inclusion_steps(leaf: Digest, index: u64, size: u64, proof: &[Digest]) -> Option<Vec<InclusionStep>> {
    if index >= size {
        return None;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    let mut steps = Vec::with_capacity(proof.len());
    for &sibling in proof {
        if last == 0 {
            return None;
        }
        let is_left = node & 1 == 1 || node == last;
        if is_left {
            hash = node_hash(&sibling, &hash);
            let up = node.trailing_zeros();
            (node, last) = (node >> up, last >> up);
        } else {
            hash = node_hash(&hash, &sibling);
        }
        (node, last) = (node >> 1, last >> 1);
        steps.push(InclusionStep { is_left, sibling, hash });
    }
    (last == 0).then_some(steps)
}

/// Whether `proof` leads from `leaf`, the [`leaf_hash`] of entry `index`, to `root` of a tree of `size` entries.
pub fn verify_inclusion(leaf: Digest, index: u64, size: u64, proof: &[Digest], root: Digest) -> bool {
    let steps = inclusion_steps(leaf, index, size, proof);
    steps.is_some_and(|steps| steps.last().map_or(leaf, |step| step.hash) == root)
}

/// Whether `proof` shows that the tree of `to` entries with `to_root` begins with the tree of `from` entries with
/// `from_root` (RFC 9162, 2.1.4.2). The empty tree begins every tree.
pub fn verify_consistency(from: u64, from_root: Digest, to: u64, to_root: Digest, proof: &[Digest]) -> bool {
    if from == to {
        return proof.is_empty() && from_root == to_root;
    }
    if from > to {
        return false;
    }
    if from == 0 {
        return proof.is_empty() && from_root == empty_root();
    }
    let (start, steps) = match proof {
        [] => return false,
        _ if from.is_power_of_two() => (from_root, proof),
        [first, rest @ ..] => (*first, rest),
    };
    let up = (from - 1).trailing_ones();
    let (mut node, mut last) = ((from - 1) >> up, (to - 1) >> up);
    let (mut old, mut new) = (start, start);
    for step in steps {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old = node_hash(step, &old);
            new = node_hash(step, &new);
            let up = node.trailing_zeros();
            (node, last) = (node >> up, last >> up);
        } else {
            new = node_hash(&new, step);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && old == from_root && new == to_root
}
