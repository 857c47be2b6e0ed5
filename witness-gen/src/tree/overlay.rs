//! A tree with some leaves changed, over one that stays as it is.

use std::collections::BTreeMap;

use halo2curves::bn256::Fr;

use super::{Siblings, SparseTree, siblings_of};
use crate::poseidon::hash4;

/// Changes to a tree, one leaf after the other, without a copy of it.
#[derive(Debug, Clone)]
pub struct Overlay<'a> {
    tree: &'a SparseTree,
    // By height and number.
    changed: BTreeMap<(usize, u32), Fr>,
}

impl<'a> Overlay<'a> {
    /// No changes yet.
    pub fn over(tree: &'a SparseTree) -> Self {
        let changed = BTreeMap::new();
        Self { tree, changed }
    }

    /// Puts a leaf and renews the nodes above it. A number outside the tree changes nothing that it holds.
    pub fn set(&mut self, index: u32, leaf: Fr) {
        self.changed.insert((0, index), leaf);
        for height in 1..=self.tree.depth() {
            let index = index >> (2 * height);
            let node = hash4(self.children(height, index));
            self.changed.insert((height, index), node);
        }
    }

    /// The root.
    pub fn root(&self) -> Fr {
        self.node(self.tree.depth(), 0)
    }

    /// The siblings of a leaf, from the leaf upward.
    pub fn path(&self, index: u32) -> Vec<Siblings> {
        (0..self.tree.depth())
            .map(|height| {
                let node = index >> (2 * height);
                siblings_of((node & 3) as usize, &self.children(height + 1, node >> 2))
            })
            .collect()
    }

    fn node(&self, height: usize, index: u32) -> Fr {
        let changed = self.changed.get(&(height, index)).copied();
        changed.unwrap_or_else(|| self.tree.node(height, index))
    }

    fn children(&self, height: usize, index: u32) -> [Fr; 4] {
        std::array::from_fn(|position| self.node(height - 1, index << 2 | position as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::root_from_path;

    #[test]
    fn changes_lead_to_the_changed_tree() {
        let tree = SparseTree::from_leaves(4, (0..100).map(|i| (i, Fr::from(u64::from(i) + 1)))).expect("in range");
        let mut changed = tree.clone();
        let mut overlay = Overlay::over(&tree);
        for (index, leaf) in [(3u32, 500u64), (70, 501), (3, 502), (200, 503), (2, 0)] {
            let leaf = Fr::from(leaf);
            assert_eq!(overlay.path(index), changed.path(index));
            changed.set(index, leaf).expect("in range");
            overlay.set(index, leaf);
            assert_eq!(overlay.root(), changed.root());
            assert_eq!(root_from_path(index, leaf, &overlay.path(index)), changed.root());
        }
        assert_eq!(overlay.path(255), changed.path(255));
    }
}
