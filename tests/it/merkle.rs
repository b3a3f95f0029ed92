//! The tree of the log against the published vectors of RFC 6962 and against another implementation.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use domain::audit::digest::Digest;
use domain::audit::merkle::{Frontier, Tree, empty_root, leaf_hash, node_hash, verify_consistency, verify_inclusion};
use proptest::prelude::*;
use sha2::Sha256;

/// Entries of the test tree of Certificate Transparency.
const ENTRIES: [&[u8]; 8] = [
    b"",
    &[0x00],
    &[0x10],
    &[0x20, 0x21],
    &[0x30, 0x31],
    &[0x40, 0x41, 0x42, 0x43],
    &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
    &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
];

/// Its roots at sizes 0 to 8.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

const L1: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const N23: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const N4567: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
const L4: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
const N45: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
const N67: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";

fn hex(text: &str) -> Digest {
    text.parse().expect("digest")
}

fn digests(texts: &[&str]) -> Vec<Digest> {
    texts.iter().map(|text| hex(text)).collect()
}

fn tree_of<E: AsRef<[u8]>>(entries: &[E]) -> Tree {
    let mut tree = Tree::default();
    entries.iter().for_each(|entry| tree.push(leaf_hash(entry.as_ref())));
    tree
}

#[test]
fn the_roots_are_the_published_ones() {
    let (mut frontier, tree) = (Frontier::default(), tree_of(&ENTRIES));
    assert_eq!(frontier.root(), hex(ROOTS[0]));
    assert_eq!((Tree::default().root(), Tree::default().root_at(0)), (empty_root(), Some(empty_root())));
    for (size, entry) in (1_u64..).zip(ENTRIES) {
        frontier.push(leaf_hash(entry));
        let root = hex(ROOTS[size as usize]);
        assert_eq!((frontier.size(), frontier.root(), tree.root_at(size)), (size, root, Some(root)));
    }
    assert_eq!(tree.root_at(9), None);
}

#[test]
fn inclusion_proofs_are_the_published_ones() {
    let tree = tree_of(&ENTRIES);
    for (index, size, path) in [
        (0, 1, vec![]),
        (0, 8, digests(&[L1, N23, N4567])),
        (5, 8, digests(&[L4, N67, ROOTS[4]])),
        (2, 3, digests(&[ROOTS[2]])),
        (1, 5, digests(&[ROOTS[1], N23, L4])),
    ] {
        assert_eq!(tree.inclusion_proof(index, size).expect("proof"), path, "{index} of {size}");
    }
    assert_eq!(
        (tree.inclusion_proof(8, 8), tree.inclusion_proof(0, 9), tree.inclusion_proof(0, 0)),
        (None, None, None)
    );
}

#[test]
fn consistency_proofs_are_the_published_ones() {
    let tree = tree_of(&ENTRIES);
    for (from, to, path) in [
        (1, 1, vec![]),
        (0, 8, vec![]),
        (1, 8, digests(&[L1, N23, N4567])),
        (6, 8, digests(&[N45, N67, ROOTS[4]])),
        (2, 5, digests(&[N23, L4])),
    ] {
        assert_eq!(tree.consistency_proof(from, to).expect("proof"), path, "{from} to {to}");
    }
    assert_eq!((tree.consistency_proof(5, 4), tree.consistency_proof(5, 9)), (None, None));
}

/// RFC 9162, 2.1.5, draws a tree of seven entries and names the nodes of its proofs; the hashes are ours.
#[test]
fn the_worked_example_of_rfc_9162_has_the_nodes_that_it_names() {
    let tree = tree_of(&ENTRIES);
    let [a, b, c, d, e, f, j, _] = ENTRIES.map(leaf_hash);
    let (g, h, i) = (node_hash(&a, &b), node_hash(&c, &d), node_hash(&e, &f));
    let (k, l) = (node_hash(&g, &h), node_hash(&i, &j));
    for (index, path) in [(0, vec![b, h, l]), (3, vec![c, g, l]), (4, vec![f, j, k]), (6, vec![i, k])] {
        assert_eq!(tree.inclusion_proof(index, 7).expect("proof"), path, "PATH({index}, D[7])");
    }
    for (from, path) in [(3, vec![c, d, g, l]), (4, vec![l]), (6, vec![i, j, k])] {
        assert_eq!(tree.consistency_proof(from, 7).expect("proof"), path, "PROOF({from}, D[7])");
    }
}

/// Every proof of every size up to 70 holds, and no neighbour of it does.
#[test]
fn a_proof_holds_for_its_own_entry_size_and_root_only() {
    let entries: Vec<Vec<u8>> = (0..70_u8).map(|i| vec![i]).collect();
    let tree = tree_of(&entries);
    for size in 1..=70 {
        let root = tree.root_at(size).expect("root");
        for index in 0..size {
            let (leaf, path) = (tree.leaf(index).expect("leaf"), tree.inclusion_proof(index, size).expect("proof"));
            assert!(verify_inclusion(leaf, index, size, &path, root));
            assert!(!verify_inclusion(leaf, index + 1, size, &path, root));
            assert!(!verify_inclusion(empty_root(), index, size, &path, root));
            assert!(!verify_inclusion(leaf, index, size, &[path.clone(), vec![root]].concat(), root));
            assert!(path.is_empty() || !verify_inclusion(leaf, index, size, &path[1..], root));
        }
        for from in 1..size {
            let (old, path) = (tree.root_at(from).expect("root"), tree.consistency_proof(from, size).expect("proof"));
            assert!(verify_consistency(from, old, size, root, &path), "{from} to {size}");
            assert!(!verify_consistency(from, root, size, root, &path));
            assert!(!verify_consistency(from, old, size, old, &path));
            assert!(!verify_consistency(from, old, size, root, &path[1..]));
            assert!(!verify_consistency(from, old, size, root, &[path.clone(), vec![root]].concat()));
        }
        assert!(verify_consistency(0, empty_root(), size, root, &[]));
        assert!(!verify_consistency(0, root, size, root, &[]));
    }
}

proptest! {
    /// A second implementation of the same RFC agrees with us on roots and on both kinds of proof.
    #[test]
    fn another_implementation_agrees(
        entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..200),
        place in any::<prop::sample::Index>(),
    ) {
        let tree = tree_of(&entries);
        let mut other = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        let old_size = place.index(entries.len()) + 1;
        let mut old_root = None;
        for (i, entry) in entries.iter().enumerate() {
            other.push(entry.clone());
            if i + 1 == old_size {
                old_root = Some(other.root());
            }
        }
        let (old_root, root, size) = (old_root.expect("passed"), other.root(), entries.len());
        let root_bytes = |root: &ct_merkle::RootHash<Sha256>| Digest::from_bytes((*root.as_bytes()).into());
        prop_assert_eq!(tree.root(), root_bytes(&root));
        prop_assert_eq!(tree.root_at(old_size as u64), Some(root_bytes(&old_root)));

        let flat = |path: Vec<Digest>| path.iter().flat_map(|d| *d.as_bytes()).collect::<Vec<u8>>();
        let index = old_size - 1;
        let path = tree.inclusion_proof(index as u64, size as u64).expect("proof");
        let theirs = other.prove_inclusion(index);
        prop_assert_eq!(flat(path), theirs.as_bytes().to_vec());
        let path = tree.consistency_proof(old_size as u64, size as u64).expect("proof");
        let theirs = other.prove_consistency(size - old_size);
        prop_assert_eq!(flat(path), theirs.as_bytes().to_vec());
    }
}
