//! Accounts in the tree: leaves, lists of positions, and a path under which one leaf is replaced by another.

use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::position::{Position, WORDS_PER_HASH, digest_seed};
use witness_gen::statement::settlement::AccountUpdate;
use witness_gen::tree::{Siblings, with_siblings};
use witness_gen::units::fr_pow2;

use super::layout::Layout;
use super::rows::tag;
use super::series::Series;
use crate::builder::plan::{ONE, Plan, Slot, Wire, ZERO, number};

/// Limbs of lots: 63 bits.
pub(super) const LOTS: usize = 7;
/// Bits of the part of money below its two highest ones, in limbs.
const MONEY: usize = 14;

/// Lots of a place of a list: magnitude of 63 bits, sign, both together; 1 where there is a position.
#[derive(Clone, Copy)]
pub(super) struct Quantity {
    pub(super) present: Wire,
    pub(super) magnitude: Wire,
    pub(super) short: Wire,
    pub(super) lots: Wire,
}

/// A place of a list with the values of its series.
pub(super) struct Place {
    pub(super) series: Series,
    pub(super) of: Quantity,
}

/// What a leaf says, but for its list.
pub(super) struct Opened {
    pub(super) owner: Wire,
    /// Money, signed.
    pub(super) cash: Wire,
    nonce: Wire,
}

/// What stands at a place as the witness has it: series word and lots.
#[derive(Clone, Copy)]
pub(super) struct Held {
    pub(super) word: Fr,
    pub(super) lots: i128,
}

impl From<&Position> for Held {
    fn from(position: &Position) -> Self {
        Self {
            word: position.series.word().to_field(),
            lots: position.lots.get().into(),
        }
    }
}

impl Plan {
    /// Says that money is in its range: 2^127 more than it has 126 bits and two bits above them.
    pub(super) fn money(&mut self, cash: Wire) {
        let bytes = (self.read(cash) + fr_pow2(127)).to_bytes();
        let [low, high] = [64, 128].map(|bit| bytes[15] & bit != 0);
        let (low, high) = (self.bit(low), self.bit(high));
        let wires = [(cash, ONE), (low, -fr_pow2(126)), (high, -fr_pow2(127))];
        self.bounded(ZERO, &wires, fr_pow2(127), MONEY);
    }

    /// A leaf. Money is in its range, and 16 times the next nonce has 36 bits: the balance word has one reading.
    pub(super) fn leaf(&mut self, owner: Wire, cash: Wire, nonce: Wire, digest: Wire, blinding: Fr) -> Wire {
        let balance = [(cash, fr_pow2(32)), (nonce, ONE)];
        let balance = self.op(ZERO, &balance, fr_pow2(159));
        let blinding = self.hint(blinding);
        self.hash([owner, balance, digest, blinding])
    }

    /// The position word of a place, 0 where there is none.
    pub(super) fn position_word(&mut self, series: Wire, lots: Wire, present: Wire) -> Wire {
        let word = self.op(ZERO, &[(series, ONE), (lots, fr_pow2(184))], fr_pow2(247));
        self.mul(present, word)
    }

    /// The digest of a list: its seed holds how many words there are, and a chunk counts where its first word is there.
    pub(super) fn list(&mut self, words: &[Wire], present: &[Wire]) -> Wire {
        let zero = self.constant(ZERO);
        let count = present.chunks(2).fold(zero, |sum, pair| match pair {
            [a, b] => self.op(ZERO, &[(sum, ONE), (*a, ONE), (*b, ONE)], ZERO),
            [a] => self.add(sum, *a),
            _ => sum,
        });
        let seed = self.scale(count, ONE, digest_seed(0));
        words
            .chunks(WORDS_PER_HASH)
            .enumerate()
            .fold(seed, |digest, (c, chunk)| {
                let at = |i: usize| chunk.get(i).copied().unwrap_or(zero);
                let next = self.hash([digest, at(0), at(1), at(2)]);
                self.select(present[WORDS_PER_HASH * c], digest, next)
            })
    }

    /// The roots over an old and a new node at one place, beside the same others.
    pub(super) fn replace(&mut self, index: u32, path: &[Siblings], old: Wire, new: Wire) -> [Wire; 2] {
        let (mut old, mut new) = (old, new);
        for (level, siblings) in path.iter().enumerate() {
            let place = (index >> (2 * level)) as usize & 3;
            let bits = [1, 2, 3].map(|j| self.bit(place == j));
            let first = self.op(ZERO, &bits.map(|bit| (bit, -ONE)), ONE);
            self.assert(ONE, &[(first, -ONE), (first, ZERO)], ZERO);
            let here = [first, bits[0], bits[1], bits[2]];
            let others = with_siblings(place, ZERO, siblings);
            let mut children = [[old; 4], [new; 4]];
            for (j, (bit, other)) in here.into_iter().zip(others).enumerate() {
                let other = self.zero_where(bit, other);
                for (of, node) in children.iter_mut().zip([old, new]) {
                    of[j] = self.mul_add(bit, node, other);
                }
            }
            [old, new] = children.map(|children| self.hash(children));
        }
        [old, new]
    }

    /// Says that the series of a list increase: an order for each place, and whether it is there.
    pub(super) fn increasing(&mut self, places: impl IntoIterator<Item = (Wire, Wire)>) {
        let mut last: Option<Wire> = None;
        for (order, present) in places {
            if let Some(last) = last {
                let gap = self.op(ZERO, &[(order, ONE), (last, -ONE)], -ONE);
                self.bounded(ONE, &[(present, ZERO), (gap, ZERO)], ZERO, 2);
            }
            last = Some(order);
        }
    }

    /// Lots of 63 bits and a sign; none where there is no position.
    fn quantity(&mut self, held: Option<Held>, before: Option<Wire>) -> Quantity {
        let present = self.bit(held.is_some());
        if let Some(before) = before {
            // No gap.
            self.assert(-ONE, &[(present, ONE), (before, ZERO)], ZERO);
        }
        let lots = held.map_or(0, |h| h.lots);
        let magnitude = self.limbs(&number(lots.abs()), LOTS);
        self.assert(-ONE, &[(magnitude, ONE), (present, ZERO)], ZERO);
        let short = self.bit(lots < 0);
        let lots = self.op(-Fr::from(2), &[(short, ZERO), (magnitude, ONE)], ZERO);
        Quantity {
            present,
            magnitude,
            short,
            lots,
        }
    }
}

impl Layout<'_> {
    /// Owner, cash and nonce of an account, with their ranges.
    pub(super) fn opened(&mut self, of: Option<&AccountUpdate>) -> Opened {
        let account = of.map(|update| &update.account);
        let p = &mut self.plan;
        let owner = p.hint(account.map_or(ZERO, |a| a.owner));
        let cash = p.hint(account.map_or(ZERO, |a| a.cash.to_field() - fr_pow2(127)));
        p.money(cash);
        let nonce = p.limbs(&account.map_or(ZERO, |a| Fr::from(u64::from(a.nonce))), 4);
        // The nonce after it fits too.
        let sixteen = Fr::from(16);
        p.bounded(ZERO, &[(nonce, sixteen)], sixteen, 4);
        Opened { owner, cash, nonce }
    }

    /// A leaf before and the one after it: the account moves from one digest and amount of cash to another, with the next nonce.
    pub(super) fn move_leaf(
        &mut self,
        of: Option<&AccountUpdate>,
        opened: &Opened,
        digests: [Wire; 2],
        cash: Wire,
        root: Wire,
    ) -> Wire {
        let p = &mut self.plan;
        let [blinding, new_blinding] = of.map_or([ZERO; 2], |u| [u.account.blinding, u.new_blinding]);
        let old = p.leaf(opened.owner, opened.cash, opened.nonce, digests[0], blinding);
        p.money(cash);
        let nonce = p.scale(opened.nonce, ONE, ONE);
        let new = p.leaf(opened.owner, cash, nonce, digests[1], new_blinding);
        let empty = [[ZERO; 3]; witness_gen::tree::ACCOUNT_DEPTH];
        let (index, path) = of.map_or((0, &empty), |u| (u.index, &u.path));
        let [from, to] = p.replace(index, path, old, new);
        p.assert(ZERO, &[(from, ONE), (root, -ONE)], ZERO);
        to
    }

    /// A list with the values of its series, and its digest.
    pub(super) fn priced_list(&mut self, places: usize, held: &[Held]) -> (Vec<Place>, Wire) {
        let mut list: Vec<Place> = Vec::with_capacity(places);
        let mut words = Vec::with_capacity(places);
        for i in 0..places {
            let held = held.get(i).copied();
            let series = self.take_series(held.map_or(ZERO, |h| h.word));
            let p = &mut self.plan;
            let of = p.quantity(held, list.last().map(|place| place.of.present));
            words.push(p.position_word(series.word, of.lots, of.present));
            list.push(Place { series, of });
        }
        let present: Vec<Wire> = list.iter().map(|place| place.of.present).collect();
        let p = &mut self.plan;
        p.increasing(list.iter().map(|place| (place.series.order, place.of.present)));
        let digest = p.list(&words, &present);
        (list, digest)
    }

    /// A list without values: series words, lots, and its digest. Its series have rows too.
    pub(super) fn plain_list(&mut self, places: usize, held: &[Held]) -> (Vec<(Wire, Quantity)>, Wire) {
        let rows = self.of.map_or(&[][..], |s| &s.witness.rows);
        let filler = rows.first().map_or(ZERO, |opening| opening.row.terms.word().to_field());
        let p = &mut self.plan;
        let mut list: Vec<(Wire, Quantity)> = Vec::with_capacity(places);
        let (mut words, mut orders) = (Vec::with_capacity(places), Vec::with_capacity(places));
        for i in 0..places {
            let held = held.get(i).copied();
            let word = held.map_or(filler, |h| h.word);
            let order = rows.binary_search_by_key(&word, |o| o.row.terms.word().to_field());
            let fields = [word, Fr::from(order.unwrap_or(0) as u64)].map(Slot::Free);
            let taken = p.take(tag::SERIES, &fields);
            let (series, order) = (taken[0], taken[1]);
            orders.push(order);
            let of = p.quantity(held, list.last().map(|(_, of)| of.present));
            words.push(p.position_word(series, of.lots, of.present));
            list.push((series, of));
        }
        let present: Vec<Wire> = list.iter().map(|(_, of)| of.present).collect();
        p.increasing(orders.into_iter().zip(present.iter().copied()));
        let digest = p.list(&words, &present);
        (list, digest)
    }
}
