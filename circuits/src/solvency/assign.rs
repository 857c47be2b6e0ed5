//! Statement M laid out: what is hashed with what, in the order of its clauses. [`build`] runs with a witness, and without one for the keys.

use std::collections::BTreeMap;

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::owner::{TAG_OWNER, TAG_PSEUDONYM};
use witness_gen::position::{Position, digest_seed};
use witness_gen::risk::inputs::RISK_DEPTH;
use witness_gen::risk::row::{TAG_ROW, VALUE_BITS, VALUES_PER_ELEMENT};
use witness_gen::statement::solvency::{
    BELOW_SPOT_BITS, FACTOR_UNIT, Instance, RowOpening, SCENARIOS, SPOT_BITS, Witness, grid, weights,
};
use witness_gen::units::fr_pow2;

use super::plan::{Plan, Wire};
use super::rows::*;
use crate::cell::{Trace, TraceError};
use crate::chips::poseidon::ROWS;

/// Numbers of the public inputs.
pub mod input {
    /// Domain.
    pub const DOMAIN: usize = 0;
    /// Parameters digest.
    pub const PARAMETERS: usize = 1;
    /// State root.
    pub const STATE: usize = 2;
    /// Risk root.
    pub const RISK_ROOT: usize = 3;
    /// Requirement.
    pub const REQUIREMENT: usize = 4;
    /// Threshold.
    pub const THRESHOLD: usize = 5;
    /// Challenge.
    pub const CHALLENGE: usize = 6;
    /// Pseudonym.
    pub const PSEUDONYM: usize = 7;
}

/// Why an account could not be laid out. Never says what a witness value is.
#[derive(Debug, thiserror::Error)]
pub enum AssignError {
    /// More positions than the size takes. How many is the owner's secret.
    #[error("size {size}: expected at most {expected} positions, found more")]
    TooManyPositions {
        /// Name of the size.
        size: &'static str,
        /// Positions that fit.
        expected: usize,
    },
    /// Not one risk row for each position.
    #[error("risk rows: expected one for each position, found another number")]
    Rows,
    /// Rows of a grid that the statement does not take.
    #[error("risk rows: expected 24 scenarios in each, found {found}")]
    Scenarios {
        /// Scenarios of the first such row.
        found: usize,
    },
    /// A mistake in the row map.
    #[error(transparent)]
    Trace(#[from] TraceError),
}

/// An account and its instance, as they are laid out.
#[derive(Clone, Copy)]
pub struct Statement<'a> {
    /// Public inputs.
    pub instance: &'a Instance,
    /// The witness.
    pub witness: &'a Witness,
}

/// Sums and flags of the positions, as wires.
struct Totals {
    words: Vec<Wire>,
    present: Vec<Wire>,
    count: Wire,
    shorts: Wire,
    value: Wire,
    scenarios: [Wire; SCENARIOS],
}

/// What the parameters say, as wires.
struct Rules {
    risk: Wire,
    factor: Wire,
    charge: Wire,
}

/// Runs the plan of a size; without a statement every witness cell is what zeros lead to, and only fixed cells and copies are of use.
pub(super) fn build(size: Size, trace: Trace, of: Option<Statement<'_>>) -> Result<Plan, AssignError> {
    if let Some(s) = of {
        let positions = s.witness.account.positions.len();
        if positions > size.positions {
            return Err(AssignError::TooManyPositions {
                size: size.name,
                expected: size.positions,
            });
        }
        if s.witness.rows.len() != positions {
            return Err(AssignError::Rows);
        }
        let scenarios = s.witness.rows.iter().map(|o| o.row.values.len());
        if let Some(found) = scenarios.into_iter().find(|n| *n != SCENARIOS) {
            return Err(AssignError::Scenarios { found });
        }
    }
    let fields = of.map_or([Fr::ZERO; Instance::LEN], |s| s.instance.to_fields());
    let mut layout = Layout {
        plan: Plan::new(size, trace),
        of,
        fields,
    };
    layout.run();
    layout.plan.trace.finish()?;
    Ok(layout.plan)
}

/// The published grid: its digest and weights.
struct Published {
    digest: Fr,
    weights: [u64; SCENARIOS],
}

fn published() -> Published {
    // Invariant: the grid comes with the program and has 24 scenarios; a test reads it.
    let grid = grid().expect("the grid of the program");
    Published {
        digest: grid.digest(),
        weights: weights(&grid).expect("24 scenarios"),
    }
}

struct Layout<'a> {
    plan: Plan,
    of: Option<Statement<'a>>,
    fields: [Fr; Instance::LEN],
}

const ONE: Fr = Fr::ONE;
const ZERO: Fr = Fr::ZERO;
/// Bits of a plain block.
const BLOCK_BITS: u32 = 9 * block::ROWS as u32;
/// 2^62 times the threshold's top is a 63-bit value.
const THRESHOLD_SHIFT: u32 = BLOCK_BITS - 1;

impl<'a> Layout<'a> {
    /// A witness value, 0 without a witness.
    fn secret(&self, of: impl Fn(&Witness) -> Fr) -> Fr {
        self.of.map_or(ZERO, |s| of(s.witness))
    }

    fn run(&mut self) {
        let p = &mut self.plan;
        let zero = p.constant(ZERO);
        let tag_owner = p.constant(Fr::from(TAG_OWNER));
        let tag_pseudonym = p.constant(Fr::from(TAG_PSEUDONYM));
        let published = published();
        let grid = p.constant(published.digest);
        let rules = self.parameters(grid, zero);
        let (rows_root, spot, threshold_up) = self.round(rules.risk);
        let totals = self.positions(rows_root);
        let (secret, owner) = self.owner(tag_owner, zero);
        self.pseudonym(tag_pseudonym, secret);
        let digest = self.list(&totals, zero);
        let (balance, cash) = self.balance();
        self.account(owner, balance, digest);
        let threshold = self.threshold(threshold_up);
        self.requirement(&totals, &rules, spot, cash, threshold, &published.weights);
        self.plan.close();
    }

    // M2, and the sums of M3.

    fn positions(&mut self, rows_root: Wire) -> Totals {
        let size = self.plan.size;
        let rows: Vec<usize> = (0..size.positions)
            .map(|i| size.first_position() + position::HEIGHT * i)
            .collect();
        let (mut words, mut present) = (Vec::new(), Vec::new());
        for (i, row) in rows.iter().enumerate() {
            let of = self.of.and_then(|s| {
                let held = s.witness.account.positions.get(i)?;
                Some((held, s.witness.rows.get(i)?))
            });
            self.position(*row, i == 0, rows_root, of);
            words.push(Wire(*row + position::WORD as usize));
            present.push(Wire(*row + position::PRESENT as usize));
        }
        let last = rows.last().copied().unwrap_or(size.first_position());
        let sum = |b: usize| Wire(last + block::ROWS * b + block::SUM as usize);
        Totals {
            words,
            present,
            count: Wire(last + position::COUNT as usize),
            shorts: Wire(last + position::SHORTS as usize),
            value: sum(position::MARK),
            scenarios: std::array::from_fn(|s| sum(position::MARK + 1 + s)),
        }
    }

    fn position(&mut self, row: usize, first: bool, rows_root: Wire, of: Option<(&Position, &RowOpening)>) {
        let at = |r: i32| row + r as usize;
        let p = &mut self.plan;
        p.fix(Q_POSITION, row, Fr::from(if first { 1 } else { 2 }));
        // Blocks: |lots|, an empty one, mark, scenarios; words of five values from the mark on.
        let values = |i: usize| {
            of.and_then(|(_, o)| std::iter::once(&o.row.mark).chain(&o.row.values).nth(i))
                .map_or(0, |v| v.get())
        };
        let magnitude = of.map_or(0, |(held, _)| held.lots.magnitude());
        let begin = if first { block::FIRST } else { block::LATER };
        let mut elements = Vec::new();
        p.block(row, block::PLAIN, ONE, false, magnitude);
        for b in position::MARK..position::BLOCKS {
            let number = b - position::MARK;
            let lane = number % VALUES_PER_ELEMENT;
            let coeff = fr_pow2(VALUE_BITS * lane as u32);
            let word = p.block(row + block::ROWS * b, begin, coeff, lane != 0, values(number));
            if lane + 1 == VALUES_PER_ELEMENT {
                elements.push(word);
            }
        }
        // The position itself.
        let short = p.free(
            at(position::SHORT),
            Fr::from(u64::from(of.is_some_and(|(h, _)| !h.lots.is_long()))),
        );
        let present = p.free(at(position::PRESENT), Fr::from(u64::from(of.is_some())));
        let head = Fr::from(SCENARIOS as u64) * fr_pow2(184) + Fr::from(TAG_ROW) * fr_pow2(192);
        let series = p.free(
            at(position::SERIES),
            of.map_or(ZERO, |(_, o)| o.row.terms.word().to_field() + head),
        );
        let magnitude = p.block_value(row, block::ROWS);
        let lots = p.free(at(position::SIGNED), (ONE - p.read(short).double()) * magnitude);
        let signed = p.read(lots);
        let word = p.read(series) - head + fr_pow2(184) * (signed + fr_pow2(63));
        p.free(at(position::WORD), p.read(present) * word);
        let before = |p: &Plan, r: i32| {
            if first {
                ZERO
            } else {
                p.read(Wire(at(r) - position::HEIGHT))
            }
        };
        p.free(at(position::COUNT), before(p, position::COUNT) + p.read(present));
        let shorts = before(p, position::SHORTS) + p.read(short) * magnitude;
        p.free(at(position::SHORTS), shorts);
        // Lots along the blocks, and the sums.
        for b in position::MARK..position::BLOCKS {
            let here = row + block::ROWS * b;
            let lots = p.read(Wire(here + block::LOTS as usize - block::ROWS));
            p.free(here + block::LOTS as usize, lots);
            let sum = before(p, (block::ROWS * b) as i32 + block::SUM);
            let value = p.block_value(here, block::NARROW);
            p.free(here + block::SUM as usize, sum + lots * value);
        }
        // The row's digest, its path, and the idle step.
        let greeks = of.map_or(ZERO, |(_, o)| o.row.packed_greeks());
        p.step_at(row, kind::INPUTS);
        for (r, element) in INPUTS.into_iter().skip(1).zip(&elements[..3]) {
            p.put(row + r, *element);
        }
        let digest = p.hash(row);
        let step = row + ROWS;
        p.step_at(step, kind::INPUTS);
        p.put(step + INPUTS[0], digest);
        p.put(step + INPUTS[1], elements[3]);
        p.put(step + INPUTS[2], elements[4]);
        p.free(step + INPUTS[3], greeks);
        let mut digest = p.hash(step);
        for level in 0..RISK_DEPTH {
            let step = row + ROWS * (position::DIGEST_STEPS + level);
            p.step_at(step, kind::PATH);
            let (place, siblings) = of.map_or((0, [ZERO; 3]), |(_, o)| {
                ((o.index >> (2 * level)) as usize & 3, o.path[level])
            });
            digest = p.path(step, place, &siblings);
        }
        let idle = row + ROWS * (position::STEPS - 1);
        p.step_at(idle, kind::INPUTS);
        p.hash(idle);
        p.put(at(position::TOP), digest);
        p.put(at(position::ROOT), rows_root);
    }

    // M1.

    fn owner(&mut self, tag: Wire, zero: Wire) -> (Wire, Wire) {
        let key = self.of.map(|s| s.witness.owner);
        let p = &mut self.plan;
        let step = p.step(kind::INPUTS);
        p.put(step + INPUTS[0], tag);
        let secret = p.free(step + INPUTS[1], key.map_or(ZERO, |k| k.secret));
        p.put(step + INPUTS[2], zero);
        p.put(step + INPUTS[3], zero);
        let commitment = p.hash(step);
        let step = p.step(kind::INPUTS);
        p.free(step + INPUTS[0], key.map_or(ZERO, |k| k.signing[0]));
        p.free(step + INPUTS[1], key.map_or(ZERO, |k| k.signing[1]));
        p.put(step + INPUTS[2], commitment);
        p.put(step + INPUTS[3], zero);
        (secret, p.hash(step))
    }

    /// The digest of the whole list: chunks of three words, the first absent one ends it.
    fn list(&mut self, totals: &Totals, zero: Wire) -> Wire {
        let p = &mut self.plan;
        let row = p.arithmetic([ZERO, ONE, -ONE, ZERO, digest_seed(0)]);
        p.put(row, totals.count);
        let seed = p.read(totals.count) + digest_seed(0);
        let mut digest = p.free(row + 2, seed);
        for (c, words) in totals.words.chunks(3).enumerate() {
            let step = p.step(kind::INPUTS);
            p.put(step + INPUTS[0], digest);
            for (j, r) in INPUTS.into_iter().skip(1).enumerate() {
                p.put(step + r, words.get(j).copied().unwrap_or(zero));
            }
            let out = p.hash(step);
            // digest' = digest + present·(out - digest)
            let row = p.arithmetic([ZERO, ONE, -ONE, -ONE, ZERO]);
            p.put(row, out);
            p.put(row + 2, digest);
            let moved = p.read(out) - p.read(digest);
            let moved = p.free(row + 3, moved);
            let row = p.arithmetic([ONE, ZERO, ONE, -ONE, ZERO]);
            p.put(row, totals.present[3 * c]);
            p.put(row + 1, moved);
            p.put(row + 2, digest);
            let next = p.read(digest) + p.read(totals.present[3 * c]) * p.read(moved);
            digest = p.free(row + 3, next);
        }
        digest
    }

    /// The balance word and cash + 2^127, from 63 + 63 + 2 bits and a nonce of 32.
    fn balance(&mut self) -> (Wire, Wire) {
        let (cash, nonce) = self.of.map_or((0, 0), |s| {
            let a = &s.witness.account;
            (a.cash.offset(), u64::from(a.nonce))
        });
        let low = |shift: u32| (cash >> shift) as u64 & (u64::MAX >> 1);
        let top = low(126);
        let p = &mut self.plan;
        let [low0, low1, top_wire] = p.values([low(0), low(63), top]);
        let [top_up, nonce_wire, nonce_up] = p.values([top << 61, nonce, nonce << 31]);
        // 2^61 times the top is below 2^63, and so is 2^31 times the nonce.
        p.scaled(top_wire, top_up, 61);
        p.scaled(nonce_wire, nonce_up, 31);
        let cash = p.sum(low0, low1, 63);
        let cash = p.sum(cash, top_wire, 126);
        let balance = p.sum(nonce_wire, cash, 32);
        (balance, cash)
    }

    fn account(&mut self, owner: Wire, balance: Wire, digest: Wire) {
        let blinding = self.secret(|w| w.account.blinding);
        let witness = self.of.map(|s| s.witness);
        let p = &mut self.plan;
        let leaf = p.step(kind::INPUTS);
        p.put(leaf + INPUTS[0], owner);
        p.put(leaf + INPUTS[1], balance);
        p.put(leaf + INPUTS[2], digest);
        p.free(leaf + INPUTS[3], blinding);
        let mut node = p.hash(leaf);
        for level in 0..witness_gen::tree::ACCOUNT_DEPTH {
            let step = p.step(kind::PATH);
            let (place, siblings) = witness.map_or((0, [ZERO; 3]), |w| {
                ((w.index >> (2 * level)) as usize & 3, w.path[level])
            });
            node = p.path(step, place, &siblings);
        }
        // The two nodes of the state above the accounts root: it is their first child.
        let header = witness.map(|w| w.header);
        let rest = header.map_or([[ZERO; 3]; 2], |h| {
            let pools = witness_gen::poseidon::hash4([
                h.pools.clearing.to_field(),
                h.pools.total_cash.to_field(),
                h.pools.bad_debt.to_field(),
                ZERO,
            ]);
            [
                [h.series_root, h.pools.insurance.to_field(), h.pools.fees.to_field()],
                [pools, Fr::from(h.batch), h.history],
            ]
        });
        for others in rest {
            let step = p.step(kind::INPUTS);
            p.put(step + INPUTS[0], node);
            for (r, v) in INPUTS.into_iter().skip(1).zip(others) {
                p.free(step + r, v);
            }
            node = p.hash(step);
        }
        p.is_input(node, input::STATE);
    }

    // M3.

    /// The margin rules, out of the parameters digest.
    fn parameters(&mut self, grid: Wire, zero: Wire) -> Rules {
        let rules = self.of.map(|s| s.witness.rules);
        let params = self.of.map(|s| s.witness.params);
        let regime = self.secret(|w| w.risk.regime.digest());
        let scale = self.secret(|w| Fr::from(w.risk.inverse_scale));
        let p = &mut self.plan;
        // The risk rules are of this grid: its weights are constants here.
        let step = p.step(kind::INPUTS);
        p.put(step + INPUTS[0], grid);
        p.free(step + INPUTS[1], regime);
        p.free(step + INPUTS[2], scale);
        p.put(step + INPUTS[3], zero);
        let risk = p.hash(step);
        let step = p.step(kind::INPUTS);
        let risk = p.put(step + INPUTS[0], risk);
        let factor = p.free(step + INPUTS[1], rules.map_or(ZERO, |r| Fr::from(r.initial_factor)));
        let charge = p.free(step + INPUTS[2], rules.map_or(ZERO, |r| Fr::from(r.short_charge)));
        p.free(step + INPUTS[3], rules.map_or(ZERO, |r| r.liquidation));
        let rules = p.hash(step);
        let step = p.step(kind::INPUTS);
        let plain = params.map_or([0; 3], |r| [r.fee_rate.into(), r.fee_cap.into(), r.inverse_scale]);
        for (r, v) in INPUTS.into_iter().zip(plain) {
            p.free(step + r, Fr::from(v));
        }
        p.put(step + INPUTS[3], rules);
        let digest = p.hash(step);
        p.is_input(digest, input::PARAMETERS);
        Rules { risk, factor, charge }
    }

    /// The risk root, opened: the root of rows and the spot. The rules in it are the ones in force. Also the 63-bit value that
    /// [`Self::threshold`] needs and that the blocks here leave over.
    fn round(&mut self, rules: Wire) -> (Wire, Wire, Wire) {
        let top = self.threshold_top();
        let round = self.of.map(|s| s.witness.round);
        let [low, spot, underlying] = round.map_or([0; 3], |r| r.market());
        let p = &mut self.plan;
        // Series and time have 56 bits, the spot 48: times 2^7 and 2^15 they are 63-bit values too.
        let [low_wire, low_up, spot_wire] = p.values([low, low << 7, spot]);
        let [spot_up, underlying, threshold_up] = p.values([spot << 15, underlying, top << THRESHOLD_SHIFT]);
        p.scaled(low_wire, low_up, 63 - BELOW_SPOT_BITS);
        p.scaled(spot_wire, spot_up, 63 - SPOT_BITS);
        let market = p.sum(low_wire, spot_wire, BELOW_SPOT_BITS);
        let market = p.sum(market, underlying, BELOW_SPOT_BITS + SPOT_BITS);
        let step = p.step(kind::INPUTS);
        let rows_root = p.free(step + INPUTS[0], round.map_or(ZERO, |r| r.rows_root));
        p.put(step + INPUTS[1], rules);
        p.put(step + INPUTS[2], market);
        p.free(step + INPUTS[3], round.map_or(ZERO, |r| r.factor));
        let root = p.hash(step);
        p.is_input(root, input::RISK_ROOT);
        (rows_root, spot_wire, threshold_up)
    }

    /// What of the threshold stands above its lowest 126 bits.
    fn threshold_top(&self) -> u64 {
        self.of.map_or(0, |s| (s.instance.threshold >> (2 * BLOCK_BITS)) as u64)
    }

    /// The threshold, below 2^127: two values of 63 bits and a top. 2^62 times the top is `up`, a 63-bit value, so the top is a bit.
    fn threshold(&mut self, up: Wire) -> Wire {
        let threshold = self.of.map_or(0, |s| s.instance.threshold);
        let value = self.fields[input::THRESHOLD];
        let bits = |from: u32| (threshold >> from) as u64 & (u64::MAX >> 1);
        let p = &mut self.plan;
        let step = p.plain();
        let mut words = [Wire(step); 3];
        for (b, word) in words.iter_mut().enumerate() {
            let from = BLOCK_BITS * b as u32;
            *word = p.block(step + block::ROWS * b, block::PLAIN, fr_pow2(from), b != 0, bits(from));
        }
        let [_, low, whole] = words;
        p.is_input(whole, input::THRESHOLD);
        // whole - low = 2^126·top, and up = 2^62·top.
        let shift = 2 * BLOCK_BITS - THRESHOLD_SHIFT;
        let row = p.arithmetic([ZERO, ONE, -ONE, -fr_pow2(shift), ZERO]);
        let threshold = p.input(row, input::THRESHOLD, value);
        p.put(row + 2, low);
        p.put(row + 3, up);
        threshold
    }

    fn requirement(
        &mut self,
        totals: &Totals,
        rules: &Rules,
        spot: Wire,
        cash: Wire,
        threshold: Wire,
        weights: &[u64; SCENARIOS],
    ) {
        let initial = rules.factor;
        let fields = self.fields;
        let p = &mut self.plan;
        let unit = Fr::from(FACTOR_UNIT);
        let three = Fr::from(3);
        // r² = r·r, and r is 0, 1 or 2: r·r² - 3·r² + 2·r = 0.
        let row = p.arithmetic([ONE, ZERO, -ONE, ZERO, ZERO]);
        let r = p.input(row, input::REQUIREMENT, fields[input::REQUIREMENT]);
        p.put(row + 1, r);
        let square = p.read(r).square();
        let square = p.free(row + 2, square);
        let row = p.arithmetic([ONE, Fr::from(2), -three, ZERO, ZERO]);
        p.put(row, r);
        p.put(row + 1, square);
        p.put(row + 2, square);
        // Maintenance: 2·r - r² is 1 for r = 1. Initial: (r² - r)/2 is 1 for r = 2.
        let linear = |p: &mut Plan, a: Wire, c: Wire, by: [Fr; 2]| {
            let row = p.arithmetic([ZERO, by[0], by[1], -ONE, ZERO]);
            p.put(row, a);
            p.put(row + 2, c);
            let sum = by[0] * p.read(a) + by[1] * p.read(c);
            p.free(row + 3, sum)
        };
        let half = Fr::from(2).invert().unwrap_or(ZERO);
        let maintenance = linear(p, r, square, [Fr::from(2), -ONE]);
        let is_initial = linear(p, r, square, [-half, half]);
        let charged = linear(p, maintenance, is_initial, [ONE, ONE]);
        // factor = initial·is_initial + 10^4·maintenance
        let row = p.arithmetic([ONE, ZERO, unit, -ONE, ZERO]);
        p.put(row, initial);
        p.put(row + 1, is_initial);
        p.put(row + 2, maintenance);
        let factor = p.read(initial) * p.read(is_initial) + unit * p.read(maintenance);
        let factor = p.free(row + 3, factor);
        let product = |p: &mut Plan, a: Wire, b: Wire| {
            let row = p.arithmetic([ONE, ZERO, ZERO, -ONE, ZERO]);
            p.put(row, a);
            p.put(row + 1, b);
            let product = p.read(a) * p.read(b);
            p.free(row + 3, product)
        };
        let charge = product(p, rules.charge, spot);
        let charge = product(p, charge, totals.shorts);
        let charge = product(p, charged, charge);
        // cash + value - threshold; cash stands as cash + 2^127.
        let row = p.arithmetic([ZERO, ONE, ONE, -ONE, -fr_pow2(127)]);
        p.put(row, cash);
        p.put(row + 2, totals.value);
        let equity = p.read(cash) + p.read(totals.value) - fr_pow2(127);
        let equity = p.free(row + 3, equity);
        let row = p.arithmetic([ZERO, ONE, -ONE, -ONE, ZERO]);
        p.put(row, equity);
        p.put(row + 2, threshold);
        let rest = p.read(equity) - p.read(threshold);
        let rest = p.free(row + 3, rest);
        let free = linear(p, rest, charge, [unit, -ONE]);
        let valued = product(p, factor, totals.value);
        // 10^4·free - weight·factor·value, once for each weight; 0 is the market unmoved.
        let mut bases: BTreeMap<u64, Wire> = BTreeMap::new();
        for weight in std::iter::once(0).chain(weights.iter().copied()) {
            bases
                .entry(weight)
                .or_insert_with(|| linear(p, free, valued, [unit, -Fr::from(weight)]));
        }
        // excess = 10^4·free - weight·factor·value + weight·factor·(value of the scenario), 189 bits.
        self.check(0, factor, totals.value, bases[&0]);
        for (weight, scenario) in weights.iter().zip(totals.scenarios) {
            self.check(*weight, factor, scenario, bases[weight]);
        }
    }

    fn check(&mut self, weight: u64, factor: Wire, scenario: Wire, base: Wire) {
        let weight = Fr::from(weight);
        let p = &mut self.plan;
        let step = p.plain();
        let row = step + 3;
        p.arithmetic_at(row, [weight, ZERO, ONE, -ONE, ZERO]);
        p.put(row, factor);
        p.put(row + 1, scenario);
        p.put(row + 2, base);
        let excess = weight * p.read(factor) * p.read(scenario) + p.read(base);
        let excess = p.free(row + 3, excess);
        let limbs = witness_gen::units::fr_limbs(&p.read(excess));
        let bits = |from: usize| {
            let (i, s) = (from / 64, from % 64);
            let high = if s == 0 || i == 3 { 0 } else { limbs[i + 1] << (64 - s) };
            (limbs[i] >> s | high) & (u64::MAX >> 1)
        };
        let mut word = excess;
        for b in 0..3 {
            let coeff = fr_pow2(63 * b as u32);
            word = p.block(step + block::ROWS * b, block::PLAIN, coeff, b != 0, bits(63 * b));
        }
        p.equal(excess, word);
    }

    // M4.

    fn pseudonym(&mut self, tag: Wire, secret: Wire) {
        let fields = self.fields;
        let p = &mut self.plan;
        let step = p.step(kind::INPUTS);
        p.put(step + INPUTS[0], tag);
        p.put(step + INPUTS[1], secret);
        p.input(step + INPUTS[2], input::CHALLENGE, fields[input::CHALLENGE]);
        p.input(step + INPUTS[3], input::DOMAIN, fields[input::DOMAIN]);
        let pseudonym = p.hash(step);
        p.is_input(pseudonym, input::PSEUDONYM);
    }
}
