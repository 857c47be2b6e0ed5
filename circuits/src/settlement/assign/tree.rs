//! Touched nodes of the three trees, and the chain of series beside them.

use std::collections::BTreeMap;

use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::tree::{ACCOUNT_DEPTH, SERIES_DEPTH, with_siblings};

use super::{Layout, Link, fr, low_u64};
use crate::chips::bus::T_SERIES;
use crate::rows::*;
use crate::settlement::fit::OTHER_NODES;
use crate::settlement::program::input;

/// A node to hash: heap number, children on both sides, which of them are touched.
struct Node {
    id: u64,
    old: [Fr; 4],
    new: [Fr; 4],
    touched: [bool; 4],
}

impl Node {
    fn same(id: u64, children: [Fr; 4]) -> Self {
        Self {
            id,
            old: children,
            new: children,
            touched: [true; 4],
        }
    }
}

impl Layout<'_> {
    /// Steps that nodes take.
    pub(super) fn tree_steps(&self) -> usize {
        self.outcome.nodes.len() + OTHER_NODES
    }

    /// Hashes every touched node from step `first` on, children before parents.
    pub(super) fn tree(&mut self, first: usize) {
        // Outputs of the steps by heap number: a parent reads its touched children from the cells where they were made.
        let mut made: BTreeMap<u64, usize> = BTreeMap::new();
        for (step, row) in (0..first).map(|s| (s, step_row(s))) {
            if self.get(row, dynamic::LEAF) == Fr::ONE {
                made.insert(low_u64(self.get(row, dynamic::ID)), step);
            }
        }
        for (i, node) in self.nodes().into_iter().enumerate() {
            self.node(first + i, node, &mut made);
        }
    }

    fn nodes(&self) -> Vec<Node> {
        let mut nodes = Vec::with_capacity(self.tree_steps());
        for n in &self.outcome.nodes {
            let level = usize::from(n.level);
            let id = (16u64 << (2 * (ACCOUNT_DEPTH - level))) + u64::from(n.index);
            nodes.push(Node {
                id,
                old: n.old,
                new: n.new,
                touched: n.touched,
            });
        }
        let (o, w) = (self.outcome, self.witness);
        let slot = u32::from(w.slot);
        let mut sides = [o.old_slot, o.new_slot];
        for (h, siblings) in w.series_path.iter().enumerate() {
            let at = (slot >> (2 * h)) as usize % 4;
            let [old, new] = sides.map(|s| with_siblings(at, s, siblings));
            let id = (17u64 << (2 * (SERIES_DEPTH - 1 - h))) + u64::from(slot >> (2 * (h + 1)));
            nodes.push(Node {
                id,
                old,
                new,
                touched: std::array::from_fn(|j| j == at),
            });
            sides = [old, new].map(witness_gen::poseidon::hash4);
        }
        let f = &self.fields;
        let (old, new) = (&o.old_header, &o.header);
        let holdings = |h: &witness_gen::state::StateHeader| {
            [
                h.accounts_root,
                h.series_root,
                h.pools.insurance.to_field(),
                h.pools.fees.to_field(),
            ]
        };
        let pools = |h: &witness_gen::state::StateHeader| {
            [
                h.pools.clearing.to_field(),
                h.pools.total_cash.to_field(),
                h.pools.bad_debt.to_field(),
                Fr::ZERO,
            ]
        };
        let hash = witness_gen::poseidon::hash4;
        let root = |h: &witness_gen::state::StateHeader| [hash(holdings(h)), hash(pools(h)), fr(h.batch), h.history];
        let touched = |t: [u8; 4]| t.map(|t| t == 1);
        nodes.push(Node {
            id: 4,
            old: holdings(old),
            new: holdings(new),
            touched: touched([1, 1, 0, 1]),
        });
        nodes.push(Node {
            id: 5,
            old: pools(old),
            new: pools(new),
            touched: touched([1, 0, 0, 1]),
        });
        nodes.push(Node {
            id: 1,
            old: root(old),
            new: root(new),
            touched: [true; 4],
        });
        let x1 = [
            f[input::DOMAIN],
            f[input::PARAMETERS],
            f[input::EXPIRY],
            f[input::CLOSE],
        ];
        let p = input::PRICES;
        let p1 = [f[p], f[p + 1], f[p + 2], f[p + 3]];
        let inputs = [hash(x1), hash(p1), f[p + 4], f[p + 5]];
        nodes.push(Node::same(44, x1));
        nodes.push(Node::same(45, p1));
        nodes.push(Node::same(11, inputs));
        nodes.push(Node::same(2, [w.history, f[input::OLD_STATE], Fr::ONE, hash(inputs)]));
        let params = &w.params;
        nodes.push(Node::same(
            3,
            [
                fr(params.fee_rate.into()),
                fr(params.fee_cap.into()),
                fr(params.inverse_scale),
                params.margin_rules,
            ],
        ));
        nodes
    }

    fn node(&mut self, step: usize, mut node: Node, made: &mut BTreeMap<u64, usize>) {
        let row = step_row(step);
        for j in 0..4 {
            if let (true, Some(child)) = (node.touched[j], made.get(&(4 * node.id + j as u64))) {
                let out = step_row(*child) + OUT_NEW as usize;
                node.old[j] = self.trace.read(F, out);
                node.new[j] = self.trace.read(G, out);
            }
        }
        self.hash_pair(row, node.old, node.new);
        for (j, r) in dynamic::CHILD.into_iter().enumerate() {
            let taken = if node.touched[j] { -Fr::ONE } else { Fr::ZERO };
            let old = self.trace.read(HASH[j + 1], row);
            let new = self.trace.read(HASH[j + 1], row + NEW as usize);
            self.message(row + r as usize, [taken, fr(4 * node.id + j as u64), old, new]);
        }
        self.limbs(row, 0, 4, u128::from(node.id));
        self.set(row, dynamic::PRODUCES, Fr::ONE);
        self.set(row, dynamic::ID, fr(node.id));
        self.product(row);
        // The last child stands where a chunk says what was before its positions.
        self.absent_positions(row);
        made.insert(node.id, step);
    }

    /// The chain of series, a link per step from the first step on.
    pub(super) fn chain(&mut self) {
        let mut carried: BTreeMap<_, u128> = BTreeMap::new();
        for a in &self.witness.accounts {
            for p in &a.account.positions {
                *carried.entry(p.series.word()).or_default() += u128::from(p.lots.magnitude());
            }
        }
        let links = std::mem::take(&mut self.chain);
        let mut before: Option<usize> = None;
        for (i, link) in links.iter().enumerate() {
            let row = step_row(i);
            let at = |r: i32| row + r as usize;
            let (word, sentinel, kind) = match link {
                Link::Series(w) => (w.to_field(), false, Fr::ZERO),
                Link::Sentinel { word, kind } => (*word, true, *kind),
            };
            let (word_before, inside_before, rank, ordinal) = match before {
                None => (-Fr::ONE, Fr::ZERO, Fr::ZERO, Fr::ZERO),
                Some(b) => {
                    let inside = self.get(b, dynamic::INSIDE);
                    (
                        self.get(b, (G, dynamic::RANK)),
                        inside,
                        self.get(b, (F, dynamic::RANK + 1)) - inside + fr(2),
                        self.get(b, (G, dynamic::RANK + 1)) + self.get(b, (F, dynamic::RANK)),
                    )
                }
            };
            let inside = if sentinel { inside_before + kind } else { inside_before };
            let live = !sentinel || kind != Fr::ZERO;
            self.set(row, dynamic::LINK, Fr::ONE);
            self.set(row, dynamic::LIVE, fr(u64::from(live)));
            self.set(row, dynamic::INSIDE, inside);
            let y = rank + inside;
            let mut offered = Fr::ZERO;
            if let Link::Series(w) = link
                && inside == Fr::ZERO
            {
                let lots = carried.get(w).copied().unwrap_or_default();
                offered = Fr::from_u128(lots) * super::inverse(fr(T_SERIES));
            }
            self.message(at(dynamic::SERIES), [offered, word, y, Fr::ZERO]);
            let settled = if sentinel { Fr::ZERO } else { inside };
            self.message(at(dynamic::RANK), [settled, word, y, ordinal]);
            if sentinel {
                self.message(at(dynamic::SENTINEL), [-Fr::ONE, kind, word, Fr::ZERO]);
            }
            self.gap(row, word - word_before - Fr::ONE);
            before = Some(row);
        }
        self.chain = links;
    }

    /// The difference to the word before, over three groups of 63 bits.
    fn gap(&mut self, row: usize, gap: Fr) {
        let limbs = witness_gen::units::fr_limbs(&gap);
        let bits = |from: u32| -> u64 {
            let (i, s) = ((from / 64) as usize, from % 64);
            let low = limbs[i] >> s;
            let high = if s == 0 || i == 3 { 0 } else { limbs[i + 1] << (64 - s) };
            (low | high) & (u64::MAX >> 1)
        };
        for (g, r) in dynamic::GAP.into_iter().enumerate() {
            self.value63(row + r as usize, bits(63 * g as u32));
        }
    }
}
