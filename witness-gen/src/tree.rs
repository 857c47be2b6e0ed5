//! The 4-ary Poseidon tree: a sparse store of its non-empty nodes, paths, and openings of many leaves at once.
//!
//! A node's *height* counts from the leaves: a leaf has height 0, the root the tree's depth.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use halo2curves::bn256::Fr;
use rayon::prelude::*;
use thiserror::Error;

mod overlay;

use crate::poseidon::hash4;
pub use overlay::Overlay;

/// Depth of the account tree: 4^12 accounts.
pub const ACCOUNT_DEPTH: usize = 12;
/// Depth of the series tree: 4^4 = 256 slots.
pub const SERIES_DEPTH: usize = 4;
/// Greatest depth of any tree here: the state tree of accounts and its two upper levels.
pub const MAX_DEPTH: usize = 14;

/// The siblings of one node, in position order, the node itself left out.
pub type Siblings = [Fr; 3];
/// Siblings of an account, from the leaf upward.
pub type AccountPath = [Siblings; ACCOUNT_DEPTH];
/// Siblings of a series slot, from the leaf upward.
pub type SeriesPath = [Siblings; SERIES_DEPTH];

/// A leaf or path that does not belong to the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TreeError {
    /// A leaf number outside the tree.
    #[error("leaf number: expected below {bound}, found {found}")]
    Index {
        /// Number of leaves of the tree.
        bound: u64,
        /// The number that was given.
        found: u32,
    },
    /// The same leaf twice.
    #[error("leaf number {index}: expected once, found twice")]
    Duplicate {
        /// The repeated leaf number.
        index: u32,
    },
    /// A path of the wrong length.
    #[error("path: expected {expected} levels, found {found}")]
    PathLength {
        /// Depth of the tree.
        expected: usize,
        /// Length of the path that was given.
        found: usize,
    },
    /// Two paths disagree on a node.
    #[error("node {index} of height {height}: expected the children of the first path, found others under leaf {leaf}")]
    Conflict {
        /// Height of the node, from 1.
        height: u8,
        /// Number of the node at its height.
        index: u32,
        /// A leaf whose path disagrees.
        leaf: u32,
    },
}

/// The root of an empty subtree of the given height: e_0 = 0, e_(h+1) = H(e_h, e_h, e_h, e_h).
///
/// Heights above [`MAX_DEPTH`] have no meaning here and give the one of [`MAX_DEPTH`].
pub fn empty(height: usize) -> Fr {
    static EMPTY: OnceLock<[Fr; MAX_DEPTH + 1]> = OnceLock::new();
    let table = EMPTY.get_or_init(|| {
        let mut table = [Fr::zero(); MAX_DEPTH + 1];
        for h in 1..table.len() {
            table[h] = hash4([table[h - 1]; 4]);
        }
        table
    });
    table[height.min(MAX_DEPTH)]
}

/// The four children of a parent: `own` at position `position` among its three siblings.
pub fn with_siblings(position: usize, own: Fr, siblings: &Siblings) -> [Fr; 4] {
    let mut children = [own; 4];
    let others = (0..4).filter(|p| *p != position % 4);
    for (p, sibling) in others.zip(siblings) {
        children[p] = *sibling;
    }
    children
}

/// The siblings of the child at `position`.
pub fn siblings_of(position: usize, children: &[Fr; 4]) -> Siblings {
    let mut siblings = [Fr::zero(); 3];
    let others = (0..4).filter(|p| *p != position % 4);
    for (sibling, p) in siblings.iter_mut().zip(others) {
        *sibling = children[p];
    }
    siblings
}

/// The root above a leaf with the given siblings, from the leaf upward.
pub fn root_from_path(index: u32, leaf: Fr, path: &[Siblings]) -> Fr {
    let mut position = index;
    path.iter().fold(leaf, |node, siblings| {
        let children = with_siblings((position & 3) as usize, node, siblings);
        position >>= 2;
        hash4(children)
    })
}

/// A tree of which only the nodes that differ from the empty tree are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SparseTree {
    // levels[h] holds the nodes of height h; levels[0] the leaves, levels[depth] at most the root.
    levels: Vec<BTreeMap<u32, Fr>>,
}

impl SparseTree {
    /// The empty tree of a depth of 1 ..= [`MAX_DEPTH`]; other depths are brought into that range.
    pub fn new(depth: usize) -> Self {
        Self {
            levels: vec![BTreeMap::new(); depth.clamp(1, MAX_DEPTH) + 1],
        }
    }

    /// The tree with the given leaves; every inner node is hashed once, in parallel.
    pub fn from_leaves(depth: usize, leaves: impl IntoIterator<Item = (u32, Fr)>) -> Result<Self, TreeError> {
        let mut tree = Self::new(depth);
        tree.set_many(leaves)?;
        Ok(tree)
    }

    /// Number of levels above the leaves.
    pub fn depth(&self) -> usize {
        self.levels.len() - 1
    }

    /// Number of leaves the tree has room for, 4^depth.
    pub fn capacity(&self) -> u64 {
        1 << (2 * self.depth())
    }

    /// The leaf at `index`; 0 where empty or outside the tree.
    pub fn get(&self, index: u32) -> Fr {
        self.node(0, index)
    }

    /// The node of a height (0 = leaves) at `index`.
    pub fn node(&self, height: usize, index: u32) -> Fr {
        self.levels
            .get(height)
            .and_then(|level| level.get(&index))
            .copied()
            .unwrap_or_else(|| empty(height))
    }

    /// The leaves that are not empty, by number.
    pub fn leaves(&self) -> impl Iterator<Item = (u32, Fr)> + '_ {
        self.levels[0].iter().map(|(index, leaf)| (*index, *leaf))
    }

    /// The root.
    pub fn root(&self) -> Fr {
        self.node(self.depth(), 0)
    }

    /// Puts a leaf (0 empties it) and renews the nodes above it.
    pub fn set(&mut self, index: u32, leaf: Fr) -> Result<(), TreeError> {
        self.set_many([(index, leaf)])
    }

    /// Puts many leaves; a later one of the same number wins. Nodes above are renewed once each, in parallel.
    pub fn set_many(&mut self, leaves: impl IntoIterator<Item = (u32, Fr)>) -> Result<(), TreeError> {
        let leaves: BTreeMap<u32, Fr> = leaves.into_iter().collect();
        if let Some((found, _)) = leaves
            .last_key_value()
            .filter(|(i, _)| u64::from(**i) >= self.capacity())
        {
            return Err(TreeError::Index {
                bound: self.capacity(),
                found: *found,
            });
        }
        let mut dirty: Vec<u32> = leaves.keys().copied().collect();
        for (index, leaf) in leaves {
            self.put(0, index, leaf);
        }
        for height in 1..=self.depth() {
            for index in &mut dirty {
                *index >>= 2;
            }
            dirty.dedup();
            let children: Vec<[Fr; 4]> = dirty.iter().map(|index| self.children(height, *index)).collect();
            let nodes: Vec<Fr> = hash_nodes(&children);
            for (index, node) in dirty.iter().zip(nodes) {
                self.put(height, *index, node);
            }
        }
        Ok(())
    }

    /// The siblings of a leaf, from the leaf upward.
    pub fn path(&self, index: u32) -> Vec<Siblings> {
        (0..self.depth())
            .map(|height| {
                let node = index >> (2 * height);
                siblings_of((node & 3) as usize, &self.children(height + 1, node >> 2))
            })
            .collect()
    }

    /// The four children of the node of a height (1 ..= depth) at `index`.
    pub fn children(&self, height: usize, index: u32) -> [Fr; 4] {
        let below = height.saturating_sub(1);
        std::array::from_fn(|position| self.node(below, index << 2 | position as u32))
    }

    fn put(&mut self, height: usize, index: u32, node: Fr) {
        if node == empty(height) {
            self.levels[height].remove(&index);
        } else {
            self.levels[height].insert(index, node);
        }
    }
}

// Below this number the cost of waking threads exceeds that of the hashes.
const PARALLEL_FROM: usize = 16;

fn hash_nodes(children: &[[Fr; 4]]) -> Vec<Fr> {
    if children.len() < PARALLEL_FROM {
        children.iter().copied().map(hash4).collect()
    } else {
        children.par_iter().copied().map(hash4).collect()
    }
}

/// A leaf that changes, with its path in the old tree.
#[derive(Clone, Copy)]
pub struct LeafChange<'a> {
    /// Number of the leaf.
    pub index: u32,
    /// The leaf before.
    pub old: Fr,
    /// The leaf after.
    pub new: Fr,
    /// Siblings in the old tree, from the leaf upward.
    pub path: &'a [Siblings],
}

/// An inner node above at least one changed leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TouchedNode {
    /// Height of the node: 1 (above leaves) up to the depth (the root).
    pub level: u8,
    /// Number of the node at its height.
    pub index: u32,
    /// Its children before.
    pub old: [Fr; 4],
    /// Its children after.
    pub new: [Fr; 4],
    /// Which children lie above a changed leaf, or are one.
    pub touched: [bool; 4],
}

/// The opening of many leaves at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MultiOpening {
    /// The root before.
    pub old_root: Fr,
    /// The root after.
    pub new_root: Fr,
    /// Every inner node above a changed leaf, sorted by (level, index); the last one is the root.
    pub nodes: Vec<TouchedNode>,
}

/// Opens all leaves under one old root and derives the new one.
///
/// Nodes shared by several paths are hashed once; every path must tell the same about them. Without leaves
/// there is nothing to open, and both roots are those of the empty tree.
pub fn multi_opening(depth: usize, leaves: &[LeafChange<'_>]) -> Result<MultiOpening, TreeError> {
    let leaves = sorted_leaves(depth, leaves)?;
    // (number, old, new) of the touched nodes of the height below.
    let mut below: Vec<(u32, Fr, Fr)> = leaves.iter().map(|leaf| (leaf.index, leaf.old, leaf.new)).collect();
    let mut nodes = Vec::new();
    for height in 1..=depth {
        let mut members = leaves.as_slice();
        let mut level: Vec<TouchedNode> = Vec::new();
        for group in below.chunk_by(|a, b| a.0 >> 2 == b.0 >> 2) {
            let index = group[0].0 >> 2;
            let count = members.partition_point(|leaf| leaf.index >> (2 * height) <= index);
            let (own, rest) = members.split_at(count);
            members = rest;
            level.push(touched_node(height, index, group, own)?);
        }
        let children: Vec<[Fr; 4]> = level.iter().flat_map(|node| [node.old, node.new]).collect();
        let hashes = hash_nodes(&children);
        below = level
            .iter()
            .zip(hashes.chunks_exact(2))
            .map(|(node, h)| (node.index, h[0], h[1]))
            .collect();
        nodes.append(&mut level);
    }
    let (_, old_root, new_root) = below.first().copied().unwrap_or((0, empty(depth), empty(depth)));
    Ok(MultiOpening {
        old_root,
        new_root,
        nodes,
    })
}

fn sorted_leaves<'a>(depth: usize, leaves: &[LeafChange<'a>]) -> Result<Vec<LeafChange<'a>>, TreeError> {
    let bound = 1u64 << (2 * depth.min(MAX_DEPTH));
    for leaf in leaves {
        if u64::from(leaf.index) >= bound {
            return Err(TreeError::Index {
                bound,
                found: leaf.index,
            });
        }
        if leaf.path.len() != depth {
            return Err(TreeError::PathLength {
                expected: depth,
                found: leaf.path.len(),
            });
        }
    }
    let mut sorted = leaves.to_vec();
    sorted.sort_by_key(|leaf| leaf.index);
    match sorted.windows(2).find(|pair| pair[0].index == pair[1].index) {
        Some(pair) => Err(TreeError::Duplicate { index: pair[0].index }),
        None => Ok(sorted),
    }
}

/// The node above `group`, whose children `members` (the changed leaves below it) all have to confirm.
fn touched_node(
    height: usize,
    index: u32,
    group: &[(u32, Fr, Fr)],
    members: &[LeafChange<'_>],
) -> Result<TouchedNode, TreeError> {
    let position = |leaf: &LeafChange<'_>| (leaf.index >> (2 * (height - 1)) & 3) as usize;
    let first = &members[0];
    let mut old = with_siblings(position(first), Fr::zero(), &first.path[height - 1]);
    let mut touched = [false; 4];
    for (child, before, _) in group {
        old[(child & 3) as usize] = *before;
        touched[(child & 3) as usize] = true;
    }
    if let Some(leaf) = members
        .iter()
        .find(|leaf| leaf.path[height - 1] != siblings_of(position(leaf), &old))
    {
        return Err(TreeError::Conflict {
            height: height as u8,
            index,
            leaf: leaf.index,
        });
    }
    let mut new = old;
    for (child, _, after) in group {
        new[(child & 3) as usize] = *after;
    }
    Ok(TouchedNode {
        level: height as u8,
        index,
        old,
        new,
        touched,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive_root(depth: usize, leaves: &BTreeMap<u32, Fr>) -> Fr {
        let mut level: Vec<Fr> = (0..1u32 << (2 * depth))
            .map(|i| leaves.get(&i).copied().unwrap_or(Fr::zero()))
            .collect();
        while level.len() > 1 {
            level = level.chunks_exact(4).map(|c| hash4([c[0], c[1], c[2], c[3]])).collect();
        }
        level[0]
    }

    #[test]
    fn empty_subtrees() {
        assert_eq!(empty(0), Fr::zero());
        assert_eq!(empty(1), hash4([Fr::zero(); 4]));
        assert_eq!(SparseTree::new(3).root(), naive_root(3, &BTreeMap::new()));
        assert_eq!(SparseTree::new(ACCOUNT_DEPTH).root(), empty(ACCOUNT_DEPTH));
    }

    #[test]
    fn leaves_outside_are_refused() {
        let mut tree = SparseTree::new(2);
        assert_eq!(tree.set(16, Fr::one()), Err(TreeError::Index { bound: 16, found: 16 }));
        let path = [[Fr::zero(); 3]; 2];
        let leaf = |index| LeafChange {
            index,
            old: Fr::zero(),
            new: Fr::one(),
            path: &path,
        };
        assert_eq!(
            multi_opening(2, &[leaf(16)]).err(),
            Some(TreeError::Index { bound: 16, found: 16 })
        );
        assert_eq!(
            multi_opening(2, &[leaf(3), leaf(3)]).err(),
            Some(TreeError::Duplicate { index: 3 })
        );
        assert_eq!(
            multi_opening(3, &[leaf(3)]).err(),
            Some(TreeError::PathLength { expected: 3, found: 2 })
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..Default::default() })]

        #[test]
        fn sparse_equals_dense(sets in prop::collection::vec((0u32..64, 0u64..3), 0..20)) {
            let mut tree = SparseTree::new(3);
            let mut leaves = BTreeMap::new();
            for (index, value) in sets {
                tree.set(index, Fr::from(value)).expect("index below 64");
                leaves.insert(index, Fr::from(value));
            }
            prop_assert_eq!(tree.root(), naive_root(3, &leaves));
            prop_assert_eq!(&SparseTree::from_leaves(3, leaves.clone()).expect("indices below 64"), &tree);
            for index in 0..64 {
                prop_assert_eq!(root_from_path(index, tree.get(index), &tree.path(index)), tree.root());
            }
        }

        #[test]
        fn multi_opening_equals_the_tree(
            before in prop::collection::btree_map(0u32..256, 1u64..1000, 0..40),
            changed in prop::collection::btree_map(0u32..256, 0u64..1000, 1..40),
        ) {
            let old = SparseTree::from_leaves(4, before.iter().map(|(i, v)| (*i, Fr::from(*v)))).expect("in range");
            let mut new = old.clone();
            new.set_many(changed.iter().map(|(i, v)| (*i, Fr::from(*v)))).expect("in range");
            let paths: Vec<_> = changed.keys().map(|i| old.path(*i)).collect();
            let leaves: Vec<_> = changed.iter().zip(&paths).rev()
                .map(|((i, v), path)| LeafChange { index: *i, old: old.get(*i), new: Fr::from(*v), path })
                .collect();
            let opening = multi_opening(4, &leaves).expect("paths of one tree agree");
            prop_assert_eq!(opening.old_root, old.root());
            prop_assert_eq!(opening.new_root, new.root());
            prop_assert!(opening.nodes.is_sorted_by_key(|node| (node.level, node.index)));
            for node in &opening.nodes {
                prop_assert_eq!(node.old, old.children(node.level.into(), node.index));
                prop_assert_eq!(node.new, new.children(node.level.into(), node.index));
                let span = 2 * (u32::from(node.level) - 1);
                let touched: [bool; 4] = std::array::from_fn(|p| {
                    changed.keys().any(|leaf| leaf >> span == node.index << 2 | p as u32)
                });
                prop_assert_eq!(node.touched, touched);
            }
        }

        #[test]
        fn a_wrong_sibling_is_found(which in 0usize..5, level in 0usize..4, sibling in 0usize..3) {
            let old = SparseTree::from_leaves(4, (0..256).map(|i| (i, Fr::from(u64::from(i) + 1)))).expect("in range");
            let indices = [0u32, 1, 4, 70, 255];
            let mut paths: Vec<_> = indices.iter().map(|i| old.path(*i)).collect();
            paths[which][level][sibling] += Fr::one();
            let leaves: Vec<_> = indices.iter().zip(&paths)
                .map(|(i, path)| LeafChange { index: *i, old: old.get(*i), new: Fr::zero(), path })
                .collect();
            match multi_opening(4, &leaves) {
                Ok(opening) => prop_assert!(opening.old_root != old.root()),
                Err(error) => {
                    let conflict = matches!(error, TreeError::Conflict { .. });
                    prop_assert!(conflict);
                }
            }
        }
    }
}
