//! Chunks of positions, then the leaf, account after account.

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::account::{Account, balance_word};
use witness_gen::position::{Position, digest_seed};

use super::{Layout, fr, inverse};
use crate::rows::*;

const PREV: usize = STEP;

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
        let at = |r: i32| row + r as usize;
        self.put(G, at(dynamic::CHUNK), Fr::ONE);
        self.put(G, at(dynamic::LEAF), Fr::from(u64::from(goes_on)));
        self.put(G, row, fr(left as u64));
        let last = row.wrapping_sub(PREV) + dynamic::POSITIONS[2] as usize;
        let (rank, count, cash) = if goes_on {
            (
                self.trace.read(F, last + 1),
                self.trace.read(F, last + 3),
                self.trace.read(G, last + 3),
            )
        } else {
            (-fr(2), self.trace.read(G, row - PREV + 2), Fr::ZERO)
        };
        self.put(F, at(dynamic::BEFORE_RANK), rank);
        self.put(F, at(dynamic::BEFORE), count);
        self.put(G, at(dynamic::BEFORE), cash);
        for (j, r) in dynamic::POSITIONS.into_iter().enumerate() {
            self.position(at(r), chunk.get(j));
        }
        let digest = if goes_on {
            self.trace.read(F, row - 1)
        } else {
            digest_seed((left + chunk.len()) as u64)
        };
        let words: [Fr; 3] = std::array::from_fn(|j| self.trace.read(G, at(dynamic::POSITIONS[j])));
        self.hash(row, [digest, words[0], words[1], words[2]]);
    }

    fn position(&mut self, r: usize, position: Option<&Position>) {
        let count_before = self.trace.read(F, r - 1);
        let cash_before = self.trace.read(G, r - 1);
        let Some(p) = position else {
            self.put(F, r + 3, count_before);
            self.put(G, r + 3, cash_before);
            return;
        };
        // Invariant: every series of the batch was ranked.
        let ranked = self.series.get(&p.series.word()).copied().unwrap_or_default();
        let long = p.lots.is_long();
        let magnitude = p.lots.magnitude();
        self.put(F, r, fr(u64::from(long)));
        self.put(G, r, p.word());
        self.put(F, r + 1, fr(2 * ranked.rank));
        self.put(G, r + 1, ranked.net[usize::from(!long)]);
        self.put(F, r + 2, Fr::ONE);
        self.put(G, r + 2, fr(u64::from(!ranked.settled)));
        self.limbs(r, 0, 7, u128::from(magnitude - 1));
        let before = self.trace.read(F, r - 3);
        let gap = (fr(2 * ranked.rank) - before - fr(2)) * inverse(fr(2));
        let gap = super::low_u64(gap);
        self.limbs(r, 7, 1, u128::from(gap % LIMBS as u64));
        self.put(
            LA,
            (r as i64 + i64::from(dynamic::GAP_HIGH)) as usize,
            fr(gap / LIMBS as u64),
        );
        let carried = self.trace.read(G, r + 2);
        let net = self.trace.read(G, r + 1);
        self.put(F, r + 3, count_before + carried);
        self.put(G, r + 3, cash_before + fr(magnitude) * net);
    }

    /// The new permutation of a chunk, and the group values that its borrowed limbs make.
    fn new_chunk(&mut self, row: usize, begins: bool, listed: &[Position], left: usize, total: usize) {
        let at = |r: i32| row + r as usize;
        let flags = [
            (F, dynamic::NEW_FIRST),
            (G, dynamic::NEW_FIRST),
            (G, dynamic::NEW_THIRD),
        ];
        for (col, r) in flags.into_iter().take(listed.len()) {
            self.put(col, at(r), Fr::ONE);
        }
        self.put(G, row + 1, fr(u64::from(begins)));
        if !listed.is_empty() {
            self.put(F, row + 1, fr(left as u64));
        }
        let counted = self.trace.read(G, row - PREV + 2);
        self.put(G, row + 2, counted + fr(listed.len() as u64));
        let digest = if begins {
            digest_seed(total as u64)
        } else if listed.is_empty() {
            Fr::ZERO
        } else {
            self.trace.read(G, row - 1)
        };
        let word = |j: usize| listed.get(j).map_or(Fr::ZERO, Position::word);
        self.hash(row + NEW as usize, [digest, word(0), word(1), word(2)]);
        let old = self.trace.read(G, at(OUT_OLD));
        self.put(F, at(OUT_NEW), old);
        // The upper half of a rank gap stands in the first limb of a group: its value cell follows.
        let [r, _] = dynamic::CASH;
        let v = self.trace.read(LA, at(r));
        self.put(G, at(r), v);
    }

    fn leaf(&mut self, row: usize, index: u32, before: &Account, after: &Account, goes_on: bool) {
        let at = |r: i32| row + r as usize;
        self.put(F, at(dynamic::LEAF), Fr::ONE);
        self.put(G, at(dynamic::LEAF), fr(u64::from(goes_on)));
        let counted = self.trace.read(G, row - PREV + 2);
        self.put(G, row + 2, counted);
        let nonce = u64::from(after.nonce);
        let (nonce_top, index_top) = (nonce >> 27, u64::from(index) >> 18);
        self.limbs(row, 0, 4, u128::from(nonce));
        self.limbs(row, 4, 1, u128::from(16 * nonce_top));
        self.limbs(row, 5, 3, u128::from(index));
        self.put(F, row + 3, inverse(fr(nonce)));
        let half = |cash: u128, i: u32| (cash >> (63 * i)) as u64 & (u64::MAX >> 1);
        let [lo, hi] = dynamic::CASH;
        let cash = after.cash.offset();
        let top = (cash >> 126) as u64;
        self.group(at(lo), half(cash, 0), top);
        self.group(at(hi), half(cash, 1), 128 * top);
        self.extra(at(dynamic::GAP[2]), 8 * index_top);
        let listed = self.trace.read(F, row - PREV + dynamic::NEW_FIRST as usize);
        let old_digest = if goes_on {
            self.trace.read(F, row - 1)
        } else {
            digest_seed(0)
        };
        let new_digest = if goes_on && listed != Fr::ZERO {
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
        self.put(F, at(dynamic::PRODUCT), Fr::ONE);
        self.put(G, at(dynamic::PRODUCT), fr((1 << 28) + u64::from(index)));
    }
}
