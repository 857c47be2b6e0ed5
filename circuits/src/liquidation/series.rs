//! The risk rows of the batch: each is opened under the risk root once, and offered to every position of that series.

use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::risk::inputs::RISK_DEPTH;
use witness_gen::risk::row::{TAG_ROW, VALUE_BITS, VALUES_PER_ELEMENT};
use witness_gen::statement::solvency::{RowOpening, SCENARIOS};
use witness_gen::tree::with_siblings;
use witness_gen::units::fr_pow2;

use super::layout::Layout;
use super::rows::tag;
use crate::builder::plan::{ONE, Plan, Slot, Wire, ZERO};

/// The mark and the scenarios.
pub(super) const VALUES: usize = 1 + SCENARIOS;
/// Values of each of the three tuples of a series.
pub(super) const SPLIT: [usize; 3] = [8, 9, 8];
/// Limbs of a value.
const VALUE_LIMBS: usize = VALUE_BITS as usize / 9;
/// Limbs of the distance of two series words: 184 bits and more.
const WORD_LIMBS: usize = 21;

/// A series of the batch with its values, the mark first.
pub(super) struct Series {
    pub(super) word: Wire,
    /// Grows with the word: equal iff the word is.
    pub(super) order: Wire,
    pub(super) values: Vec<Wire>,
}

impl Layout<'_> {
    /// Every row of the table: a place without a row repeats the last one.
    pub(super) fn l1_series(&mut self, rows_root: Wire) {
        let zero = self.plan.constant(ZERO);
        let mut before: Option<(Wire, Wire)> = None;
        for place in 0..self.size.series {
            let opening = self
                .of
                .and_then(|s| s.witness.rows.get(place).or(s.witness.rows.last()));
            let p = &mut self.plan;
            let (word, values) = open(p, opening, rows_root);
            let order = match before {
                None => zero,
                Some((last, order)) => {
                    // The word is that of the place before, or greater.
                    let gap = p.sub(word, last);
                    let new = p.bit(p.read(gap) != ZERO);
                    p.bounded(ZERO, &[(gap, ONE), (new, -ONE)], ZERO, WORD_LIMBS);
                    p.assert(-ONE, &[(gap, ONE), (new, ZERO)], ZERO);
                    p.add(order, new)
                }
            };
            before = Some((word, order));
            let series = Series { word, order, values };
            for (number, fields) in tuples(&series, zero).into_iter().enumerate() {
                p.offer(tag::VALUES + number as u64, &fields.map(Slot::Wire));
            }
            p.offer(tag::SERIES, &[word, order].map(Slot::Wire));
        }
    }

    /// The series of a position with its values, out of the table; absent positions take any.
    pub(super) fn take_series(&mut self, word: Fr) -> Series {
        let rows = self.of.map_or(&[][..], |s| &s.witness.rows);
        let found = rows.binary_search_by_key(&word, |opening| opening.row.terms.word().to_field());
        let row = found.ok().or(if rows.is_empty() { None } else { Some(0) });
        let row = row.map(|at| &rows[at].row);
        let order = Fr::from(found.unwrap_or(0) as u64);
        let word = row.map_or(ZERO, |row| row.terms.word().to_field());
        let value = |i: usize| {
            let value = row.and_then(|row| std::iter::once(&row.mark).chain(&row.values).nth(i));
            Slot::Free(value.map_or(ZERO, |v| Fr::from(v.get())))
        };
        let p = &mut self.plan;
        let zero = p.constant(ZERO);
        let mut fields = vec![Slot::Free(word), Slot::Free(order)];
        fields.extend((0..SPLIT[0]).map(value));
        let first = p.take(tag::VALUES, &fields);
        let (word, order) = (first[0], first[1]);
        let mut values = first[2..].to_vec();
        for (number, of) in [(1, SPLIT[1]), (2, SPLIT[2])] {
            let from = values.len();
            let mut fields = vec![Slot::Wire(word)];
            fields.extend((from..from + of).map(value));
            fields.resize(10, Slot::Wire(zero));
            let wires = p.take(tag::VALUES + number, &fields);
            values.extend(&wires[1..=of]);
        }
        Series { word, order, values }
    }
}

/// The three tuples of a series.
fn tuples(series: &Series, zero: Wire) -> [[Wire; 10]; 3] {
    let mut values = series.values.iter().copied();
    [vec![series.word, series.order], vec![series.word], vec![series.word]].map(|mut fields| {
        fields.extend(values.by_ref().take(10 - fields.len()));
        fields.resize(10, zero);
        // Invariant: at most ten fields, filled up to ten.
        fields.try_into().unwrap_or([zero; 10])
    })
}

/// A row under the root of rows: its series word and its values, each of 45 bits, so that an element has one reading.
fn open(p: &mut Plan, opening: Option<&RowOpening>, rows_root: Wire) -> (Wire, Vec<Wire>) {
    let row = opening.map(|opening| &opening.row);
    let word = p.hint(row.map_or(ZERO, |row| row.terms.word().to_field()));
    let values: Vec<Wire> = (0..VALUES)
        .map(|i| {
            let value = row.and_then(|row| std::iter::once(&row.mark).chain(&row.values).nth(i));
            p.limbs(&value.map_or(ZERO, |v| Fr::from(v.get())), VALUE_LIMBS)
        })
        .collect();
    let head = Fr::from(SCENARIOS as u64) * fr_pow2(184) + Fr::from(TAG_ROW) * fr_pow2(192);
    let first = p.scale(word, ONE, head);
    let mut elements = Vec::new();
    for values in values.chunks(VALUES_PER_ELEMENT) {
        let at = |i: usize| (values[i], fr_pow2(VALUE_BITS * i as u32));
        let low = p.op(ZERO, &[at(0), at(1), at(2)], ZERO);
        elements.push(p.op(ZERO, &[(low, ONE), at(3), at(4)], ZERO));
    }
    elements.push(p.hint(row.map_or(ZERO, |row| row.packed_greeks())));
    let mut node = p.fold(first, &elements);
    for level in 0..RISK_DEPTH {
        let (place, siblings) = opening.map_or((0, [ZERO; 3]), |o| {
            ((o.index >> (2 * level)) as usize & 3, o.path[level])
        });
        // One child is the node below. Which one is nobody's business in a tree of fixed depth.
        let children = with_siblings(place, p.read(node), &siblings);
        let (children, gaps): (Vec<Wire>, Vec<Wire>) = children.into_iter().map(|child| p.gap(node, child)).unzip();
        p.one_is_zero(&gaps);
        node = p.hash([children[0], children[1], children[2], children[3]]);
    }
    p.assert(ZERO, &[(node, ONE), (rows_root, -ONE)], ZERO);
    (word, values)
}
