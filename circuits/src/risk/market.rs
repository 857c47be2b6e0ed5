//! R1, R4 and R5 in circuit: the rules under their digest, the regime's step and its factor, and the contexts that segments take as given.

use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::pricing::fixed::{BASIS_POINTS, SpotMultiplier, YEAR_SECONDS};
use witness_gen::pricing::log::ln;
use witness_gen::pricing::tables::{EXP_ROWS, tables};
use witness_gen::risk::{RegimeFactor, RegimeState, RiskRules, Scenario};
use witness_gen::units::{Price, Underlying, fr_pow2};

use super::circuit::Risk;
use super::contexts::{Contexts, SegmentError, TAG_CONTEXTS};
use super::rows::scenario::COUNT;
use super::rows::{Size, tag};
use crate::builder::plan::{ONE, Plan, Slot, Wire, ZERO, number};
use crate::cell::Trace;

/// Tag of a grid's digest: "grid", as `docs/protocol.md` has it.
const TAG_GRID: u64 = 0x6772_6964;
/// Tag of a regime's digest: "regime".
const TAG_REGIME: u64 = 0x7265_6769_6d65;
/// What stands for 1 among decays.
const DECAY_UNIT: u64 = 100_000;
/// round(2^27 / 6), of the exponential.
const SIXTH: i128 = ((1 << 27) + 3) / 6;
/// 10^4 2^18: what stands for 1 among multipliers of the spot.
const UNIT: u64 = SpotMultiplier::UNIT;

/// Numbers of the public inputs.
pub mod input {
    /// Names the venue and chain; no constraint reads it.
    pub const DOMAIN: usize = 0;
    /// Digest of the rules.
    pub const PARAMETERS: usize = 1;
    /// Underlying.
    pub const UNDERLYING: usize = 2;
    /// The oracle's price.
    pub const SPOT: usize = 3;
    /// The oracle's time.
    pub const TIME: usize = 4;
    /// Digest of the regime before.
    pub const OLD_REGIME: usize = 5;
    /// Digest of the regime after.
    pub const NEW_REGIME: usize = 6;
    /// By how much the regime widens the grid.
    pub const FACTOR: usize = 7;
    /// Digest of the contexts.
    pub const CONTEXTS: usize = 8;
    /// Number of public inputs.
    pub const LEN: usize = 9;
    /// Their names, in order; but for the last one, those of the statement's instance.
    pub const NAMES: [&str; LEN] = [
        "domain",
        "parameters",
        "underlying",
        "spot",
        "time",
        "old_regime",
        "new_regime",
        "factor",
        "contexts",
    ];
}

/// The public inputs of a market.
pub type MarketInstance = [Fr; input::LEN];

/// An oracle round and the contexts of some of its expiries. Public data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Market {
    /// Names the venue and chain.
    pub domain: Fr,
    /// The rules.
    pub rules: RiskRules,
    /// Underlying.
    pub underlying: Underlying,
    /// The oracle's price, 10^-6 quote.
    pub spot: Price,
    /// Its time, Unix seconds.
    pub time: u64,
    /// The regime before.
    pub regime: RegimeState,
    /// The contexts, as many expiries as the size has.
    pub contexts: Contexts,
}

impl Market {
    /// The public inputs.
    ///
    /// # Errors
    /// A regime that cannot step to this time and price.
    pub fn instance(&self) -> Result<MarketInstance, witness_gen::risk::InputError> {
        let after = self.regime.next(&self.rules.regime, self.time, self.spot)?;
        let factor: RegimeFactor = self.rules.regime.factor(after.variance);
        Ok([
            self.domain,
            self.rules.digest(),
            Fr::from(u64::from(self.underlying.get())),
            self.spot.to_field(),
            Fr::from(self.time),
            self.regime.digest(),
            after.digest(),
            Fr::from(u64::from(factor.get())),
            self.contexts.digest(),
        ])
    }
}

/// Runs the plan of a size; without a market the cells are those of zeros, and only fixed cells and copies are of use.
pub(super) fn build(size: Size, trace: Trace, of: Option<&Market>) -> Result<Plan, SegmentError> {
    if let Some(market) = of {
        let (expected, found) = (size.expiries, market.contexts.expiries.len());
        if expected != found {
            return Err(SegmentError::Expiries { expected, found });
        }
        let found = market.rules.grid.scenarios.len();
        if found != COUNT {
            return Err(SegmentError::Scenarios { found });
        }
    }
    let mut layout = Layout {
        plan: Plan::new::<Risk>(size.rows(), size.end(), trace),
        of,
    };
    layout.run(size.expiries);
    Ok(layout.plan)
}

struct Layout<'a> {
    plan: Plan,
    of: Option<&'a Market>,
}

/// What the rules say, as wires.
struct Rules {
    up: Wire,
    down: Wire,
    short: Wire,
    long: Wire,
    multiplier_floor: Wire,
    spot_floor: Wire,
    pivot: Wire,
    time_floor: Wire,
    /// Spot move, move of the volatility, scaled.
    scenarios: Vec<[Wire; 3]>,
    decay: Wire,
    step: Wire,
    reference: Wire,
    cap: Wire,
    scale: Wire,
}

/// What expiries share: ln of the pivot, least multiplier of the volatility @27, multipliers of the spot.
struct Shared {
    time: Wire,
    ln_pivot: Wire,
    floor: Wire,
    multipliers: Vec<Wire>,
}

impl Layout<'_> {
    fn number(&self, of: impl Fn(&Market) -> i128) -> i128 {
        self.of.map_or(0, of)
    }

    fn run(&mut self, expiries: usize) {
        let domain = self.plan.hint(self.of.map_or(ZERO, |m| m.domain));
        self.plan.is_input(domain, input::DOMAIN);
        let rules = self.r1_rules();
        let [underlying, spot, time] = [
            self.number(|m| m.underlying.get().into()),
            self.number(|m| m.spot.get().into()),
            self.number(|m| m.time.into()),
        ]
        .map(|v| self.plan.hint(number(v)));
        self.plan.is_input(underlying, input::UNDERLYING);
        self.plan.is_input(spot, input::SPOT);
        self.plan.is_input(time, input::TIME);
        let variance = self.r4_step(&rules, underlying, spot, time);
        let factor = self.r4_factor(&rules, variance);
        self.plan.is_input(factor, input::FACTOR);
        let contexts = self.r5_contexts(&rules, factor, time, expiries);
        self.plan.is_input(contexts, input::CONTEXTS);
        self.plan.close();
    }

    /// A witness integer of low ..= high.
    fn bounded(&mut self, of: impl Fn(&Market) -> i128, low: i128, high: i128) -> Wire {
        let value = self.of.map_or(low, of);
        let rows = (high - low).ilog2() as usize / 18 + 1;
        let p = &mut self.plan;
        let word = p.word(value - low, rows);
        p.range(ZERO, &[(word, -ONE)], number(high - low), rows);
        if low == 0 {
            word
        } else {
            p.scale(word, ONE, number(low))
        }
    }

    // R1.

    fn r1_rules(&mut self) -> Rules {
        let basis = BASIS_POINTS as i128;
        let up = self.bounded(|m| m.rules.grid.volatility.up_bp.into(), 0, 20_000);
        let down = self.bounded(|m| m.rules.grid.volatility.down_bp.unsigned_abs().into(), 0, basis);
        let short = self.bounded(|m| m.rules.grid.volatility.power_short_bp.into(), 0, basis);
        let long = self.bounded(|m| m.rules.grid.volatility.power_long_bp.into(), 0, basis);
        let multiplier_floor = self.bounded(|m| m.rules.grid.volatility.multiplier_floor_bp.into(), 1, basis);
        let spot_floor = self.bounded(|m| m.rules.grid.spot_floor_bp.into(), 1, basis);
        let pivot = self.bounded(|m| m.rules.grid.volatility.pivot_seconds.into(), 1, (1 << 27) - 1);
        let time_floor = self.bounded(|m| m.rules.grid.volatility.floor_seconds.into(), 1, (1 << 27) - 1);
        self.plan.range(ZERO, &[(pivot, ONE), (time_floor, -ONE)], ZERO, 2);
        let header = [
            (up, 0),
            (down, 16),
            (short, 32),
            (long, 48),
            (multiplier_floor, 64),
            (spot_floor, 80),
            (pivot, 96),
            (time_floor, 128),
        ];
        let mut elements = vec![self.packed(&header, ZERO)];
        let mut scenarios = Vec::new();
        for i in 0..COUNT {
            let of = |m: &Market| -> Scenario { m.rules.grid.scenarios[i] };
            let spot = self.bounded(|m| of(m).spot_bp.into(), -9_999, 200_000);
            let by = self.of.map_or(0, |m| of(m).volatility.number());
            let scaled = self.of.is_some_and(|m| of(m).scaled);
            let p = &mut self.plan;
            let (up, down, scaled) = (p.bit(by == 1), p.bit(by == 2), p.bit(scaled));
            p.assert(ONE, &[(up, ZERO), (down, ZERO)], ZERO);
            let by = p.op(ZERO, &[(up, ONE), (down, Fr::from(2))], ZERO);
            let weight = self.bounded(|m| of(m).weight_bp.into(), 1, basis);
            elements.push(self.packed(&[(spot, 0), (by, 24), (scaled, 27), (weight, 32)], fr_pow2(20)));
            scenarios.push([spot, by, scaled]);
        }
        let decay = self.bounded(|m| m.rules.regime.decay_1e5.into(), 0, DECAY_UNIT as i128 - 1);
        let step = self.bounded(|m| m.rules.regime.step_seconds.into(), 1, (1 << 27) - 1);
        let reference = self.bounded(|m| m.rules.regime.reference_bp.into(), 1, (1 << 17) - 1);
        let cap = self.bounded(|m| m.rules.regime.cap_bp.into(), basis, 16 * basis);
        let regime = self.packed(&[(decay, 0), (step, 32), (reference, 64), (cap, 96)], ZERO);
        let scale = self.bounded(|m| m.rules.inverse_scale.into(), 1, (1 << 34) - 1);
        let p = &mut self.plan;
        let zero = p.constant(ZERO);
        let seed = p.constant(Fr::from(TAG_GRID) * fr_pow2(64) + Fr::from(COUNT as u64));
        let grid = p.fold(seed, &elements);
        let regime = p.hash([regime, zero, zero, zero]);
        let digest = p.hash([grid, regime, scale, zero]);
        p.is_input(digest, input::PARAMETERS);
        Rules {
            up,
            down,
            short,
            long,
            multiplier_floor,
            spot_floor,
            pivot,
            time_floor,
            scenarios,
            decay,
            step,
            reference,
            cap,
            scale,
        }
    }

    /// Σ wire·2^bits + k.
    fn packed(&mut self, parts: &[(Wire, u32)], k: Fr) -> Wire {
        let terms: Vec<(Wire, Fr)> = parts.iter().map(|(w, bits)| (*w, fr_pow2(*bits))).collect();
        let (first, rest) = terms.split_at(terms.len().min(3));
        let mut sum = self.plan.op(ZERO, first, k);
        for pair in rest.chunks(2) {
            let terms: Vec<(Wire, Fr)> = std::iter::once((sum, ONE)).chain(pair.iter().copied()).collect();
            sum = self.plan.op(ZERO, &terms, ZERO);
        }
        sum
    }

    // R4.

    /// The regime before and after; the variance after.
    fn r4_step(&mut self, rules: &Rules, underlying: Wire, spot: Wire, time: Wire) -> Wire {
        let was = self.number(|m| m.regime.time.into());
        let price = self.bounded(|m| m.regime.price.get().into(), 1, (1 << 45) - 1);
        let variance = self.bounded(|m| m.regime.variance.into(), 0, 1 << 36);
        let p = &mut self.plan;
        let was = p.word(was, 3);
        let head = p.scale(underlying, ONE, Fr::from(TAG_REGIME) * fr_pow2(64));
        let old = p.hash([head, was, price, variance]);
        p.is_input(old, input::OLD_REGIME);
        let elapsed = p.range(ZERO, &[(time, ONE), (was, -ONE)], ZERO, 3);
        let late = p.op(ZERO, &[(elapsed, ONE), (rules.step, -ONE)], ZERO);
        let steps = p.not_negative(late, 6);
        // r^2 = min((S' - S)^2 2^36 / S^2, 2^36).
        let gap = p.op(ZERO, &[(spot, ONE), (price, -ONE)], ZERO);
        let rose = p.not_negative(gap, 6);
        let moved = p.op(Fr::from(2), &[(rose, ZERO), (gap, -ONE)], ZERO);
        let beyond = p.op(ZERO, &[(moved, ONE), (price, -ONE)], ZERO);
        let far = p.not_negative(beyond, 6);
        let near = p.op(-ONE, &[(far, ZERO), (moved, ONE)], ZERO);
        let square = p.op(fr_pow2(36), &[(near, ZERO), (near, ZERO)], ZERO);
        let against = p.mul(price, price);
        let square = p.divide(square, against, 1, 0, 3, 5);
        let square = p.op(ZERO, &[(square, ONE), (far, fr_pow2(36))], ZERO);
        // [(decay v + (10^5 - decay) r^2) / 10^5].
        let unit = p.constant(Fr::from(DECAY_UNIT));
        let apart = p.op(ZERO, &[(variance, ONE), (square, -ONE)], ZERO);
        let half = Fr::from(DECAY_UNIT / 2);
        let mixed = p.op(
            ONE,
            &[(rules.decay, ZERO), (apart, ZERO), (square, Fr::from(DECAY_UNIT))],
            half,
        );
        let moved = p.divide(mixed, unit, 1, 0, 3, 1);
        let after = [(was, time), (price, spot), (variance, moved)].map(|(old, new)| p.select(steps, old, new));
        let new = p.hash([head, after[0], after[1], after[2]]);
        p.is_input(new, input::NEW_REGIME);
        after[2]
    }

    /// ⌊√(v 2^36 / usual)⌋ with v clamped to usual .. ⌊usual cap²⌋.
    fn r4_factor(&mut self, rules: &Rules, variance: Wire) -> Wire {
        let p = &mut self.plan;
        let basis = BASIS_POINTS.pow(2);
        let (basis, year) = (Fr::from(basis), Fr::from(basis * YEAR_SECONDS));
        let [basis, year] = [basis, year].map(|v| p.constant(v));
        let square = p.mul(rules.reference, rules.reference);
        let scaled = p.op(fr_pow2(36), &[(square, ZERO), (rules.step, ZERO)], ZERO);
        let usual = p.divide(scaled, year, 1, 0, 3, 3);
        p.range(ZERO, &[(usual, ONE)], -ONE, 3);
        let cap = p.mul(rules.cap, rules.cap);
        let most = p.mul(usual, cap);
        let most = p.divide(most, basis, 1, 0, 3, 2);
        let raised = p.max(variance, usual, 3);
        let room = p.op(ZERO, &[(most, ONE), (raised, -ONE)], ZERO);
        let fits = p.not_negative(room, 6);
        let clamped = p.select(fits, most, raised);
        let num = p.scale(clamped, fr_pow2(36), ZERO);
        let ratio = p.divide(num, usual, 1, 0, 3, 3);
        p.root(ratio, 2)
    }

    // R5.

    fn r5_contexts(&mut self, rules: &Rules, factor: Wire, time: Wire, expiries: usize) -> Wire {
        let mut elements = vec![rules.scale];
        let mut multipliers = Vec::new();
        let p = &mut self.plan;
        let ln_pivot = p.ln(rules.pivot);
        let basis = p.constant(Fr::from(BASIS_POINTS));
        let floor = p.scale(rules.multiplier_floor, fr_pow2(27), ZERO);
        let floor = p.divide(floor, basis, 1, 0, 3, 1);
        let least = p.scale(rules.spot_floor, fr_pow2(18), ZERO);
        for [spot, by, scaled] in &rules.scenarios {
            let wider = p.scale(factor, ONE, -fr_pow2(18));
            let wider = p.op(ONE, &[(*scaled, ZERO), (wider, ZERO)], fr_pow2(18));
            let moved = p.op(ONE, &[(*spot, ZERO), (wider, ZERO)], Fr::from(UNIT));
            let multiplier = p.max(moved, least, 3);
            p.range(ZERO, &[(multiplier, -ONE)], fr_pow2(45) - ONE, 3);
            let log = p.ln(multiplier);
            let gap = p.scale(log, ONE, -number(ln(UNIT)));
            let [_, coarse] = p.ratio(gap);
            elements.extend([coarse, *by]);
            multipliers.push(multiplier);
        }
        let shared = Shared {
            time,
            ln_pivot,
            floor,
            multipliers,
        };
        let mut before = None;
        for slot in 0..expiries {
            let wires = self.r5_expiry(slot, rules, &shared, before);
            before = Some([wires[0], wires[1]]);
            elements.extend(wires);
        }
        let p = &mut self.plan;
        let seed = p.constant(Fr::from(TAG_CONTEXTS) * fr_pow2(64) + Fr::from(expiries as u64));
        p.fold(seed, &elements)
    }

    /// The elements of an expiry.
    fn r5_expiry(&mut self, slot: usize, rules: &Rules, shared: &Shared, before: Option<[Wire; 2]>) -> Vec<Wire> {
        let of = |m: &Market| m.contexts.expiries[slot].clone();
        let expiry = self.bounded(|m| of(m).expiry.into(), 1, (1 << 32) - 1);
        let forward = self.bounded(|m| of(m).forward.into(), 1 << 24, (1 << 45) - 1);
        let [least, most] = [self.number(|m| of(m).least.into()), self.number(|m| of(m).most.into())];
        let p = &mut self.plan;
        if let Some([last, last_forward]) = before {
            // After the one before, or the same one again.
            let gap = p.op(ZERO, &[(expiry, ONE), (last, -ONE)], ZERO);
            let apart = p.op(ZERO, &[(forward, ONE), (last_forward, -ONE)], ZERO);
            let again = p.read(gap) == ZERO;
            let again = p.bit(again);
            p.assert(ONE, &[(again, ZERO), (gap, ZERO)], ZERO);
            p.assert(ONE, &[(again, ZERO), (apart, ZERO)], ZERO);
            p.range(-ONE, &[(again, ONE), (gap, ONE)], -ONE, 2);
        }
        let seconds = p.op(ZERO, &[(expiry, Fr::from(60)), (shared.time, -ONE)], ZERO);
        p.range(ZERO, &[(seconds, ONE)], -ONE, 2);
        p.range(ZERO, &[(seconds, -ONE)], fr_pow2(27) - ONE, 2);
        let year = p.constant(Fr::from(YEAR_SECONDS));
        let years = p.scale(seconds, fr_pow2(72), ZERO);
        let years = p.divide(years, year, 1, 0, 5, 2);
        let root = p.root(years, 3);
        let times = p.vol_times(rules, shared, seconds, root);
        let ln_forward = p.ln(forward);
        let [least, most] = [least, most].map(|v| p.hint(number(v)));
        let unit = p.constant(Fr::from(UNIT));
        let mut shocked = Vec::new();
        for multiplier in &shared.multipliers {
            let product = p.mul(forward, *multiplier);
            let value = p.divide(product, unit, 1, 1 << 20, 3, 2);
            p.range(ZERO, &[(value, -ONE)], fr_pow2(45) - ONE, 3);
            shocked.push(value);
        }
        for value in shocked.iter().chain([&forward]) {
            p.range(ZERO, &[(*value, ONE), (least, -ONE)], ZERO, 3);
            p.range(ZERO, &[(most, ONE), (*value, -ONE)], ZERO, 3);
        }
        let mut elements = vec![expiry, forward, root, ln_forward, least, most];
        elements.extend(times);
        elements.extend(shocked);
        elements
    }
}

impl Plan {
    /// max(a, b) of integers.
    #[track_caller]
    fn max(&mut self, a: Wire, b: Wire, rows: usize) -> Wire {
        let gap = self.op(ZERO, &[(a, ONE), (b, -ONE)], ZERO);
        let first = self.not_negative(gap, 2 * rows);
        self.select(first, b, a)
    }

    /// ⌊√v⌋ in `rows` words, of an integer v of 2^(18·rows + 36) at most.
    #[track_caller]
    fn root(&mut self, v: Wire, rows: usize) -> Wire {
        let value = (self.int(v).max(0) as u128).isqrt();
        let root = self.word(value as i128, rows);
        let rest = self.op(-ONE, &[(root, ZERO), (root, ZERO), (v, ONE)], ZERO);
        self.range(ZERO, &[(rest, ONE)], ZERO, rows + 1);
        self.range(ZERO, &[(root, Fr::from(2)), (rest, -ONE)], ZERO, rows + 1);
        root
    }

    /// The root of the time times each move's multiplier @44.
    fn vol_times(&mut self, rules: &Rules, shared: &Shared, seconds: Wire, root: Wire) -> [Wire; 3] {
        let counted = self.max(seconds, rules.time_floor, 2);
        let ln_time = self.ln(counted);
        let gap = self.op(ZERO, &[(shared.ln_pivot, ONE), (ln_time, -ONE)], ZERO);
        let [log, _] = self.ratio(gap);
        let early = self.op(ZERO, &[(rules.pivot, ONE), (counted, -ONE)], ZERO);
        let early = self.not_negative(early, 4);
        let power = self.select(early, rules.long, rules.short);
        // [p ln / 10^4], then the exponential @36.
        let basis = self.constant(Fr::from(BASIS_POINTS));
        let exponent = self.op(ONE, &[(log, ZERO), (power, ZERO)], Fr::from(BASIS_POINTS / 2));
        let exponent = self.divide(exponent, basis, 1, -(1 << 53), 3, 1);
        let x = self.exp(exponent);
        // 10^4 2^9.
        let scale = self.constant(Fr::from(BASIS_POINTS << 9));
        let up = self.mul(rules.up, x);
        let up = self.divide(up, scale, 1, 0, 3, 2);
        let down = self.op(-ONE, &[(rules.down, ZERO), (x, ZERO)], ZERO);
        let down = self.divide(down, scale, 1, -(1 << 53), 3, 2);
        let none = self.constant(fr_pow2(27));
        let mut multipliers = vec![none];
        for moved in [up, down] {
            let raised = self.scale(moved, ONE, fr_pow2(27));
            let multiplier = self.max(raised, shared.floor, 3);
            self.range(ZERO, &[(multiplier, ONE)], -ONE, 2);
            self.range(ZERO, &[(multiplier, -ONE)], fr_pow2(30) - ONE, 2);
            multipliers.push(multiplier);
        }
        // [root u / (10^4 2^19)].
        let divisor = self.constant(Fr::from(BASIS_POINTS << 19));
        let mut time = |u: Wire| {
            let product = self.op(ONE, &[(root, ZERO), (u, ZERO)], Fr::from(BASIS_POINTS << 18));
            self.divide(product, divisor, 1, 0, 2, 2)
        };
        [time(multipliers[0]), time(multipliers[1]), time(multipliers[2])]
    }

    /// e^z @36 of z @36 within -1.5 .. 1.5; refused outside, as the table has no row.
    fn exp(&mut self, z: Wire) -> Wire {
        let middle = 3i128 << 35;
        let row = self.shift(z, middle, 30, 0, 1);
        let h = self.op(ZERO, &[(z, ONE), (row, -fr_pow2(30))], number(middle - (1 << 29)));
        let at = self.int(row).clamp(0, EXP_ROWS as i128 - 1) as usize;
        let zero = Slot::Free(ZERO);
        let entry = Slot::Free(Fr::from(tables().exp()[at]));
        let entry = self.take(tag::EXP, &[Slot::Wire(row), entry, zero, zero, zero])[1];
        let square = self.mul(h, h);
        let six = number(SIXTH);
        let curved = self.op(six, &[(square, Fr::from(3) * fr_pow2(36) * six), (h, ZERO)], ZERO);
        let curved = self.shift(curved, 1 << 98, 99, 0, 2);
        let around = self.op(ZERO, &[(h, ONE), (curved, ONE)], fr_pow2(36));
        let product = self.mul(entry, around);
        self.shift(product, 1 << 39, 40, 0, 3)
    }
}
