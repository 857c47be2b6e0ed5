//! A segment of statement R laid out: 4^levels neighbouring series of the listing, clauses R2, R3, R6, R7 and R8.

use ff::PrimeField;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::poseidon::hash4;
use witness_gen::risk::row::TAG_ROW;
use witness_gen::risk::{RiskArrays, SeriesInput};
use witness_gen::series::Kind;
use witness_gen::units::{Underlying, fr_from_i128, fr_pow2};

use super::circuit::Risk;
use super::contexts::{Contexts, Cursor, SegmentError, SegmentInstance, TAG_CONTEXTS};
use super::pricing::{Expiry, Terms};
use super::rows::scenario::COUNT;
use super::rows::{Size, tag};
use crate::builder::plan::{ONE, Plan, Slot, Wire, ZERO};
use crate::cell::Trace;

/// Numbers of the public inputs.
pub mod input {
    /// Digest of the contexts.
    pub const CONTEXTS: usize = 0;
    /// Underlying.
    pub const UNDERLYING: usize = 1;
    /// Cursor before.
    pub const BEFORE: usize = 2;
    /// Cursor after.
    pub const AFTER: usize = 3;
    /// Root of the rows.
    pub const ROWS: usize = 4;
}

/// What a segment is about. Public data, all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Underlying of every series.
    pub underlying: Underlying,
    /// The contexts, as many expiries as the size has.
    pub contexts: Contexts,
    /// The cursor before.
    pub cursor: Cursor,
    /// The series, in order.
    pub series: Vec<SeriesInput>,
}

impl Segment {
    /// All segments of risk arrays, and the cursors before, between and after them. Neighbouring segments share their contexts as far as the
    /// expiries fit the size: each of those is the work of one market part.
    ///
    /// # Errors
    /// A grid, a kind or a number of expiries that the size does not take.
    pub fn split(size: Size, arrays: &RiskArrays) -> Result<(Vec<Self>, Vec<Cursor>), SegmentError> {
        let inputs = &arrays.inputs;
        let series = &inputs.series;
        let mut cursor = Cursor::start(series.len());
        let (mut segments, mut cursors) = (Vec::new(), vec![cursor.clone()]);
        let (mut first, mut shared) = (0, 0..0);
        let mut contexts: Option<Contexts> = None;
        for chunk in series.chunks(size.series()) {
            if first >= shared.end {
                // As many segments as fit, at least one.
                let ends = (first + 1..series.len() + 1).filter(|end| end % size.series() == 0 || *end == series.len());
                let fitting = ends.take_while(|end| expiries(&series[first..*end]) <= size.expiries);
                shared = first..fitting.last().unwrap_or(first + chunk.len());
                contexts = None;
            }
            let contexts = match &contexts {
                Some(contexts) => contexts,
                None => {
                    let covered = &series[shared.clone()];
                    contexts.insert(Contexts::new(
                        &arrays.rules,
                        inputs,
                        arrays.factor,
                        covered,
                        size.expiries,
                    )?)
                }
            };
            let segment = Self {
                underlying: inputs.underlying,
                contexts: contexts.clone(),
                cursor: cursor.clone(),
                series: chunk.to_vec(),
            };
            segment.fits(size)?;
            cursor = segment.after();
            cursors.push(cursor.clone());
            segments.push(segment);
            first += chunk.len();
        }
        Ok((segments, cursors))
    }

    /// The cursor after.
    pub fn after(&self) -> Cursor {
        let mut cursor = self.cursor.clone();
        for series in &self.series {
            let of = self
                .contexts
                .expiries
                .iter()
                .find(|e| e.expiry == series.terms.expiry.get());
            cursor.pass(series, of.map_or(0, |e| e.forward));
        }
        cursor
    }

    /// The public inputs, for rows that are those of risk arrays.
    pub fn instance(&self, size: Size, arrays: &RiskArrays) -> SegmentInstance {
        let first = self.cursor.count as usize;
        let rows = arrays.rows.iter().skip(first).take(self.series.len());
        let mut level: Vec<Fr> = rows.map(|row| row.digest()).collect();
        level.resize(size.series(), ZERO);
        while level.len() > 1 {
            level = level.chunks(4).map(|c| hash4([c[0], c[1], c[2], c[3]])).collect();
        }
        SegmentInstance {
            contexts: self.contexts.digest(),
            underlying: self.underlying,
            before: self.cursor.commit(),
            after: self.after().commit(),
            rows: level[0],
        }
    }

    fn fits(&self, size: Size) -> Result<(), SegmentError> {
        let (expected, found) = (size.series(), self.series.len());
        if !(1..=expected).contains(&found) {
            return Err(SegmentError::Series { expected, found });
        }
        let (expected, found) = (size.expiries, self.contexts.expiries.len());
        if expected != found {
            return Err(SegmentError::Expiries { expected, found });
        }
        let kinds = self.series.iter().map(|s| s.terms.kind);
        match kinds.into_iter().find(|kind| !matches!(kind, Kind::Call | Kind::Put)) {
            Some(found) => Err(SegmentError::Kind { found }),
            None => Ok(()),
        }
    }
}

/// Expiries of series in order.
fn expiries(series: &[SeriesInput]) -> usize {
    series.chunk_by(|a, b| a.terms.expiry == b.terms.expiry).count()
}

/// The cursor, as wires: pending elements by their number, of which two bits tell 1 and 2.
#[derive(Clone, Copy)]
struct State {
    digest: Wire,
    pending: [Wire; 2],
    one: Wire,
    two: Wire,
    order: Wire,
    expiry: Wire,
    forward: Wire,
    count: Wire,
}

/// Runs the plan of a size; without a segment the cells are those of zeros, and only fixed cells and copies are of use.
pub(super) fn build(size: Size, trace: Trace, of: Option<&Segment>) -> Result<Plan, SegmentError> {
    if let Some(segment) = of {
        segment.fits(size)?;
    }
    let mut layout = Layout {
        plan: Plan::new::<Risk>(size.rows(), size.end(), trace),
        size,
        of,
        shocks: Vec::new(),
        expiries: Vec::new(),
    };
    layout.run();
    Ok(layout.plan)
}

struct Layout<'a> {
    plan: Plan,
    size: Size,
    of: Option<&'a Segment>,
    /// Of each expiry, the tuples of mark and scenarios.
    shocks: Vec<Vec<Vec<Wire>>>,
    expiries: Vec<Expiry>,
}

impl Layout<'_> {
    fn run(&mut self) {
        let contexts = self.contexts();
        self.plan.is_input(contexts, input::CONTEXTS);
        let underlying = self.of.map_or(ZERO, |s| Fr::from(u64::from(s.underlying.get())));
        let underlying = self.plan.hint(underlying);
        self.plan.is_input(underlying, input::UNDERLYING);
        let mut state = self.state();
        let before = self.commit(&state);
        self.plan.is_input(before, input::BEFORE);
        let mut present = self.plan.constant(ONE);
        let mut leaves = Vec::new();
        for place in 0..self.size.series() {
            let leaf;
            (state, present, leaf) = self.series(place, underlying, state, present);
            leaves.push(leaf);
        }
        let after = self.commit(&state);
        self.plan.is_input(after, input::AFTER);
        while leaves.len() > 1 {
            leaves = leaves
                .chunks(4)
                .map(|c| self.plan.hash([c[0], c[1], c[2], c[3]]))
                .collect();
        }
        self.plan.is_input(leaves[0], input::ROWS);
        self.plan.close();
    }

    // R5, as given.

    fn contexts(&mut self) -> Wire {
        let p = &mut self.plan;
        let zero = p.constant(ZERO);
        let mut elements = vec![p.hint(self.of.map_or(ZERO, |s| Fr::from(s.contexts.scale)))];
        for i in 0..COUNT {
            let (log, by) = self.of.map_or((0, 0), |s| s.contexts.scenarios[i]);
            elements.push(p.hint(fr_from_i128(log.into())));
            elements.push(p.hint(Fr::from(u64::from(by))));
        }
        for slot in 0..self.size.expiries {
            let values = self
                .of
                .map_or(vec![ZERO; 9 + COUNT], |s| s.contexts.expiries[slot].elements());
            let wires: Vec<Wire> = values.into_iter().map(|v| p.hint(v)).collect();
            let fields: Vec<Slot> = wires[..9].iter().copied().chain([zero]).map(Slot::Wire).collect();
            p.offer(tag::EXPIRY, &fields);
            let mut shocks = Vec::new();
            for i in 0..=COUNT {
                let [forward, log, by] = match i.checked_sub(1) {
                    None => [wires[1], zero, zero],
                    Some(s) => [wires[9 + s], elements[1 + 2 * s], elements[2 + 2 * s]],
                };
                let fields = [wires[0], forward, log, by, zero].map(Slot::Wire);
                shocks.push(p.offer(tag::SHOCK + i as u64, &fields));
            }
            self.shocks.push(shocks);
            self.expiries.push(Expiry {
                expiry: wires[0],
                forward: wires[1],
                root: wires[2],
                ln: wires[3],
                least: wires[4],
                most: wires[5],
                times: [wires[6], wires[7], wires[8]],
            });
            elements.extend(wires);
        }
        let seed = Fr::from(TAG_CONTEXTS) * fr_pow2(64) + Fr::from(self.size.expiries as u64);
        let seed = p.constant(seed);
        p.fold(seed, &elements)
    }

    // R2, R3: the cursor.

    fn state(&mut self) -> State {
        let cursor = self.of.map(|s| &s.cursor);
        let of = |value: &dyn Fn(&Cursor) -> Fr| cursor.map_or(ZERO, value);
        let pending = cursor.map_or(0, |c| c.pending.len());
        let p = &mut self.plan;
        let digest = p.hint(of(&|c| c.digest));
        let waiting = [0, 1].map(|i| p.hint(of(&|c| c.pending.get(i).copied().unwrap_or(ZERO))));
        let (one, two) = (p.bit(pending == 1), p.bit(pending == 2));
        p.assert(ONE, &[(one, ZERO), (two, ZERO)], ZERO);
        let expiry = p.hint(of(&|c| Fr::from(u64::from(c.expiry))));
        let forward = p.hint(of(&|c| Fr::from(c.forward)));
        // They share a word of the commitment: 36 and 54 bits, so that it opens in one way.
        p.range(ZERO, &[(expiry, ONE)], ZERO, 2);
        p.range(ZERO, &[(forward, ONE)], ZERO, 3);
        State {
            digest,
            pending: waiting,
            one,
            two,
            order: p.hint(of(&|c| Fr::from_u128(c.order))),
            expiry,
            forward,
            count: p.hint(of(&|c| Fr::from(c.count))),
        }
    }

    fn commit(&mut self, s: &State) -> Wire {
        let p = &mut self.plan;
        let pending = p.op(ZERO, &[(s.one, ONE), (s.two, Fr::from(2))], ZERO);
        let state = p.hash([s.digest, s.pending[0], s.pending[1], pending]);
        let last = p.op(ZERO, &[(s.expiry, ONE), (s.forward, fr_pow2(36))], ZERO);
        p.hash([state, s.order, last, s.count])
    }

    /// The element joins the digest where `goes` is 1.
    fn append(&mut self, s: State, goes: Wire, element: Wire) -> State {
        let p = &mut self.plan;
        let out = p.hash([s.digest, s.pending[0], s.pending[1], element]);
        let from_one = p.mul(goes, s.one);
        let from_two = p.mul(goes, s.two);
        let from_none = p.op(ZERO, &[(goes, ONE), (from_one, -ONE), (from_two, -ONE)], ZERO);
        let first = p.op(ONE, &[(from_none, ZERO), (element, ZERO), (s.pending[0], ONE)], ZERO);
        let first = p.op(-ONE, &[(from_two, ZERO), (s.pending[0], ZERO), (first, ONE)], ZERO);
        let second = p.op(ONE, &[(from_one, ZERO), (element, ZERO), (s.pending[1], ONE)], ZERO);
        let second = p.op(-ONE, &[(from_two, ZERO), (s.pending[1], ZERO), (second, ONE)], ZERO);
        State {
            digest: p.select(from_two, s.digest, out),
            pending: [first, second],
            one: p.op(ZERO, &[(s.one, ONE), (from_none, ONE), (from_one, -ONE)], ZERO),
            two: p.op(ZERO, &[(s.two, ONE), (from_one, ONE), (from_two, -ONE)], ZERO),
            ..s
        }
    }

    /// One series: the cursor after it, whether it is there, and its leaf.
    fn series(&mut self, place: usize, underlying: Wire, before: State, was_present: Wire) -> (State, Wire, Wire) {
        // A place without a series repeats the last one: everything is checked, nothing is said.
        let series = self.of.and_then(|s| s.series.get(place).or(s.series.last()));
        let is_present = self.of.is_some_and(|s| place < s.series.len());
        let slot = self.of.zip(series).map_or(0, |(s, series)| {
            let expiry = series.terms.expiry.get();
            s.contexts.expiries.iter().position(|e| e.expiry == expiry).unwrap_or(0)
        });
        let p = &mut self.plan;
        let present = p.bit(is_present);
        // R8: no gap. Where it is there, so is the one before.
        p.assert(-ONE, &[(present, ONE), (was_present, ZERO)], ZERO);
        let strike = p.word(series.map_or(0, |s| s.terms.strike.get().into()), 3);
        let put = p.bit(series.is_some_and(|s| s.terms.kind == Kind::Put));
        let volatility = p.hint(series.map_or(ZERO, |s| Fr::from(u64::from(s.volatility.0))));
        let terms = Terms {
            strike,
            put,
            volatility,
        };
        let at = self.expiry(slot);
        let state = self.r2_order(&terms, &at, before, present);
        let state = self.r3_inputs(&terms, &at, underlying, state, present);
        let shocks = std::mem::take(&mut self.shocks[slot]);
        let elements = self.plan.price(place, terms, &at, &shocks);
        self.shocks[slot] = shocks;
        let leaf = self.r8_leaf(&terms, &at, underlying, &elements, present);
        (state, present, leaf)
    }

    /// The expiry of a series, out of the contexts.
    fn expiry(&mut self, slot: usize) -> Expiry {
        let p = &mut self.plan;
        let Expiry {
            expiry,
            forward,
            root,
            ln,
            least,
            most,
            times,
        } = self.expiries[slot];
        let from = [expiry, forward, root, ln, least, most, times[0], times[1], times[2]];
        let mut fields: Vec<Slot> = from.iter().map(|w| Slot::Free(p.read(*w))).collect();
        fields.push(Slot::Free(ZERO));
        let w = p.take(tag::EXPIRY, &fields);
        Expiry {
            expiry: w[0],
            forward: w[1],
            root: w[2],
            ln: w[3],
            least: w[4],
            most: w[5],
            times: [w[6], w[7], w[8]],
        }
    }

    /// R2: after the series before.
    fn r2_order(&mut self, terms: &Terms, at: &Expiry, s: State, present: Wire) -> State {
        let p = &mut self.plan;
        let fields = [(at.expiry, fr_pow2(53)), (terms.put, fr_pow2(45)), (terms.strike, ONE)];
        let order = p.op(ZERO, &fields, fr_pow2(45));
        let gap = p.op(ZERO, &[(order, ONE), (s.order, -ONE)], ZERO);
        // present·(gap - 1), 90 bits.
        p.range(ONE, &[(present, -ONE), (gap, ZERO)], ZERO, 5);
        State {
            order: p.op(ONE, &[(present, ZERO), (gap, ZERO), (s.order, ONE)], ZERO),
            count: p.op(ZERO, &[(s.count, ONE), (present, ONE)], ZERO),
            ..s
        }
    }

    /// R3: the element of its expiry where it is the first of it, and its own.
    fn r3_inputs(&mut self, terms: &Terms, at: &Expiry, underlying: Wire, s: State, present: Wire) -> State {
        let p = &mut self.plan;
        let step = p.op(ZERO, &[(at.expiry, ONE), (s.expiry, -ONE)], ZERO);
        let moves = p.read(step) * p.read(present) != ZERO;
        let new = p.bit(moves);
        // present and not new: the same expiry, with the same forward. New: present, and another expiry.
        let old = p.op(ZERO, &[(present, ONE), (new, -ONE)], ZERO);
        p.assert(ONE, &[(old, ZERO), (step, ZERO)], ZERO);
        let moved = p.op(ZERO, &[(at.forward, ONE), (s.forward, -ONE)], ZERO);
        p.assert(ONE, &[(old, ZERO), (moved, ZERO)], ZERO);
        let forward = p.op(ONE, &[(present, ZERO), (moved, ZERO), (s.forward, ONE)], ZERO);
        p.assert(-ONE, &[(new, ONE), (present, ZERO)], ZERO);
        let inverse = p.read(step).invert().unwrap_or(ZERO) * p.read(new);
        let inverse = p.hint(inverse);
        p.assert(ONE, &[(step, ZERO), (inverse, ZERO), (new, -ONE)], ZERO);
        let expiry = p.op(ONE, &[(present, ZERO), (step, ZERO), (s.expiry, ONE)], ZERO);
        let head = [(underlying, fr_pow2(168)), (at.expiry, fr_pow2(136))];
        let [underlying, at_expiry] = head;
        let first = p.op(ZERO, &[underlying, at_expiry, (at.forward, fr_pow2(64))], ZERO);
        let word = Self::word(p, terms, at, underlying.0);
        let own = p.op(ZERO, &[(word, ONE), (terms.volatility, fr_pow2(184))], ZERO);
        let s = State { expiry, forward, ..s };
        let s = self.append(s, new, first);
        self.append(s, present, own)
    }

    /// The word of a series.
    fn word(p: &mut Plan, terms: &Terms, at: &Expiry, underlying: Wire) -> Wire {
        let upper = [
            (underlying, fr_pow2(168)),
            (at.expiry, fr_pow2(136)),
            (terms.put, fr_pow2(128)),
        ];
        let upper = p.op(ZERO, &upper, fr_pow2(128));
        p.op(ZERO, &[(upper, ONE), (terms.strike, fr_pow2(64))], ZERO)
    }

    /// R8: the row's digest where it is there, 0 elsewhere.
    fn r8_leaf(&mut self, terms: &Terms, at: &Expiry, underlying: Wire, elements: &[Wire], present: Wire) -> Wire {
        let p = &mut self.plan;
        let word = Self::word(p, terms, at, underlying);
        let head = Fr::from(COUNT as u64) * fr_pow2(184) + Fr::from(TAG_ROW) * fr_pow2(192);
        let first = p.scale(word, ONE, head);
        let digest = p.fold(first, elements);
        p.mul(present, digest)
    }
}
