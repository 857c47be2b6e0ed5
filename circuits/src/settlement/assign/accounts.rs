//! Chunks of positions, then the leaf, account after account.

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::account::{Account, balance_word};
use witness_gen::position::{Position, digest_seed};

use super::{Layout, fr, inverse};
use crate::rows::*;

impl Layout<'_> {
    /// Lays all accounts out by index; returns the first step after them.
    pub(super) fn accounts(&mut self) -> usize {
        let mut order: Vec<usize> = (0..self.witness.accounts.len()).collect();
        order.sort_by_key(|i| self.witness.accounts[*i].index);
        let mut step = 0;
        for i in order {
            let (witness, outcome) = (self.witness, self.outcome);
            let update = &witness.accounts[i];
            let after = &outcome.accounts[i];
            step = self.account(step, update.index, &update.account, after);
        }
        step
    }

    fn account(&mut self, first: usize, index: u32, before: &Account, after: &Account) -> usize {
        let chunks = before.positions.len().div_ceil(3);
        let new_chunks = after.positions.len().div_ceil(3);
        let mut left = before.positions.len();
        let mut new_left = after.positions.len();
        for (c, chunk) in before.positions.chunks(3).enumerate() {
            let row = step_row(first + c);
            let listed: &[Position] = match (c + new_chunks).checked_sub(chunks) {
                Some(n) => &after.positions[3 * n..(3 * n + 3).min(after.positions.len())],
                None => &[],
            };
            left -= chunk.len();
            new_left -= listed.len();
            let begins = !listed.is_empty() && c + new_chunks == chunks;
            self.chunk(row, c > 0, chunk, left);
            self.new_chunk(row, begins, listed, new_left, after.positions.len());
        }
        self.leaf(step_row(first + chunks), index, before, after, chunks > 0);
        first + chunks + 1
    }

    /// Position rows and the old permutation of a chunk.
    fn chunk(&mut self, row: usize, goes_on: bool, chunk: &[Position], left: usize) {
        self.set(row, dynamic::CHUNK, Fr::ONE);
        self.set(row, dynamic::LEFT, fr(left as u64));
        self.product(row);
        let number = self.listed(row);
        let (rank, count, cash) = if goes_on {
            let last = row - STEP + dynamic::POSITIONS[2] as usize;
            (
                self.get(last, position::RANK),
                self.get(last, position::COUNT),
                self.get(last, position::CASH),
            )
        } else {
            (-fr(2), number - Fr::ONE, Fr::ZERO)
        };
        self.set(row, dynamic::BEFORE_RANK, rank);
        self.set(row, dynamic::BEFORE_COUNT, count);
        self.set(row, dynamic::BEFORE_CASH, cash);
        let rows = dynamic::POSITIONS.map(|r| row + r as usize);
        for (j, r) in rows.into_iter().enumerate() {
            self.position(r, chunk.get(j));
        }
        let digest = if goes_on {
            self.trace.read(F, row - 1)
        } else {
            digest_seed((left + chunk.len()) as u64)
        };
        let words = rows.map(|r| self.get(r, position::WORD));
        self.hash(row, [digest, words[0], words[1], words[2]]);
    }

    /// The number of the next listed word at a chunk or leaf.
    fn listed(&mut self, row: usize) -> Fr {
        let before = row - STEP;
        let number = dynamic::CHILD[..3]
            .iter()
            .fold(self.get(before, dynamic::LISTED), |n, r| n - self.get(before, (F, *r)));
        self.set(row, dynamic::LISTED, number);
        self.get(row, dynamic::LISTED)
    }

    /// Count and cash so far, where no position stands.
    pub(super) fn absent_positions(&mut self, row: usize) {
        for r in dynamic::POSITIONS {
            self.position(row + r as usize, None);
        }
    }

    fn position(&mut self, r: usize, position: Option<&Position>) {
        let before = r - position::ROWS as usize;
        let count_before = self.get(before, position::COUNT);
        let cash_before = self.get(before, position::CASH);
        let Some(p) = position else {
            self.set(r, position::COUNT, count_before);
            self.set(r, position::CASH, cash_before);
            return;
        };
        // Invariant: every series of the batch was ranked.
        let ranked = self.series.get(&p.series.word()).copied().unwrap_or_default();
        let long = p.lots.is_long();
        let magnitude = p.lots.magnitude();
        self.set(r, position::LONG, fr(u64::from(long)));
        self.set(r, position::WORD, p.word());
        self.set(r, position::RANK, fr(2 * ranked.rank));
        self.set(r, position::NET, ranked.net[usize::from(!long)]);
        self.set(r, position::PRESENT, Fr::ONE);
        self.set(r, position::CARRIED, fr(u64::from(!ranked.settled)));
        self.limbs(r, 0, 7, u128::from(magnitude - 1));
        let gap = (fr(2 * ranked.rank) - self.get(before, position::RANK) - fr(2)) * inverse(fr(2));
        let gap = super::low_u64(gap);
        self.limbs(r, 7, 1, u128::from(gap % LIMBS as u64));
        self.set(r, (LA, dynamic::GAP_HIGH), fr(gap / LIMBS as u64));
        let carried = self.get(r, position::CARRIED);
        let net = self.get(r, position::NET);
        self.set(r, position::COUNT, count_before + carried);
        self.set(r, position::CASH, cash_before + fr(magnitude) * net);
    }

    /// The new permutation of a chunk, its words on the bus, and the group values that its borrowed limbs make.
    fn new_chunk(&mut self, row: usize, begins: bool, listed: &[Position], left: usize, total: usize) {
        let continues = !begins && !listed.is_empty();
        self.set(row, dynamic::CONTINUES, fr(u64::from(continues)));
        if !listed.is_empty() {
            self.set(row, dynamic::NEW_LEFT, fr(left as u64));
        }
        let digest = if begins {
            digest_seed(total as u64)
        } else if listed.is_empty() {
            Fr::ZERO
        } else {
            self.trace.read(G, row - 1)
        };
        let word = |j: usize| listed.get(j).map_or(Fr::ZERO, Position::word);
        self.hash(row + NEW as usize, [digest, word(0), word(1), word(2)]);
        let number = self.get(row, dynamic::LISTED);
        for (j, r) in dynamic::CHILD[..3].iter().enumerate() {
            let sent = if j < listed.len() { -Fr::ONE } else { Fr::ZERO };
            let word = self.trace.read(HASH[j + 2], row + NEW as usize);
            self.set(row, (F, *r), sent);
            if j > 0 {
                self.set(row, (G, *r), number + fr(j as u64));
            }
            self.set(row, (F, *r + 1), word);
        }
        let old = self.get(row, (G, OUT_OLD));
        self.set(row, (F, OUT_NEW), old);
        // The upper halves of rank gaps stand among the limbs of groups: their values follow.
        for r in dynamic::CASH {
            self.group_value(row + r as usize);
        }
    }

    fn leaf(&mut self, row: usize, index: u32, before: &Account, after: &Account, goes_on: bool) {
        let at = |r: i32| row + r as usize;
        self.set(row, dynamic::LEAF, Fr::ONE);
        self.set(row, dynamic::PRODUCES, Fr::ONE);
        self.set(row, dynamic::ID, fr((1 << 28) + u64::from(index)));
        self.listed(row);
        let nonce = u64::from(after.nonce);
        let (nonce_top, index_top) = (nonce >> 27, u64::from(index) >> 18);
        self.limbs(row, 0, 4, u128::from(nonce));
        self.limbs(row, 4, 1, u128::from(16 * nonce_top));
        self.limbs(row, 5, 3, u128::from(index));
        self.set(row, dynamic::NONCE_INVERSE, inverse(fr(nonce)));
        let half = |cash: u128, i: u32| (cash >> (63 * i)) as u64 & (u64::MAX >> 1);
        let [low, high] = dynamic::CASH;
        let cash = after.cash.offset();
        for (i, place) in dynamic::CASH_TOP.into_iter().enumerate() {
            self.set(row, place, fr((cash >> (126 + i)) as u64 & 1));
        }
        self.group(at(low), half(cash, 0), 8 * index_top);
        self.value63(at(high), half(cash, 1));
        let before_row = row - STEP;
        let listed = goes_on && self.get(before_row, (F, dynamic::CHILD[0])) != Fr::ZERO;
        self.set(row, dynamic::CONTINUES, fr(u64::from(listed)));
        let old_digest = if goes_on {
            self.trace.read(F, row - 1)
        } else {
            digest_seed(0)
        };
        let new_digest = if listed {
            self.trace.read(G, row - 1)
        } else {
            digest_seed(0)
        };
        let old = [
            before.owner,
            balance_word(before.cash, before.nonce),
            old_digest,
            before.blinding,
        ];
        let new = [
            after.owner,
            balance_word(after.cash, after.nonce),
            new_digest,
            after.blinding,
        ];
        self.hash_pair(row, old, new);
        self.product(row);
    }

    /// Sends the outputs of a leaf or node under its heap number; in a chunk nothing is sent.
    pub(super) fn product(&mut self, row: usize) {
        let (m, id) = (self.get(row, dynamic::PRODUCES), self.get(row, dynamic::ID));
        self.set(row, (F, dynamic::PRODUCT), m);
        self.set(row, (G, dynamic::PRODUCT), id);
    }
}
