//! Black-76 in circuit: the six rows of a scenario, and the programs of what belongs to a strike, a volatility and the Greeks.
//!
//! Every formula is that of `docs/pricing.md` (sections 4, 6, 7 and 9), to the bit; every rounding is a quotient with a checked remainder.

use ff::PrimeField;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::pricing::black76::correction;
use witness_gen::pricing::tables::{NODE_LIMIT, Node, tables};
use witness_gen::units::{fr_limbs, fr_pow2};

use super::rows::scenario::{self, COUNT};
use super::rows::{L, OUT, PHASE0, Q_SCENARIO, RC, tag};
use super::tables::SIGN;
use crate::builder::plan::{ONE, Plan, Slot, Wire, ZERO, integer, number};

/// round(2^24 / 6), of the logarithm.
const SIXTH: i128 = ((1 << 24) + 3) / 6;

/// A strike under a move of volatility, as a scenario takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrikeTuple(pub [Fr; 10]);

/// An expiry under a scenario, as a scenario takes it: expiry, shocked forward @0, its coarse logarithm @18, move, coin @45 (0 in quote).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShockTuple(pub [Fr; 5]);

/// The advice cells of a scenario: six rows of the six general columns and the two of limbs.
pub type ScenarioCells = [[Fr; PHASE0 - 1]; scenario::ROWS];

fn node(at: i128) -> Node {
    let limit = i128::from(NODE_LIMIT);
    // A scenario of the domain has its nodes in the table; of any other one no cells satisfy the gates.
    let at = at.clamp(-limit, limit) as i64;
    *tables().node(at).expect("clamped to the table")
}

/// The fixed cells of a scenario: what its place counts from, and how its value joins the packed element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packing {
    /// Coefficient of the value.
    pub lane: Fr,
    /// Coefficient of the element so far.
    pub carry: Fr,
    /// The value is the excess, of which the series' program makes one in coin.
    pub in_coin: bool,
}

/// The cells of a scenario; `before` is the element so far.
pub fn scenario_cells(strike: &StrikeTuple, shock: &ShockTuple, packing: Packing, before: Fr) -> ScenarioCells {
    let Packing { lane, carry, in_coin } = packing;
    let [nodes, rest, half_square, reciprocal, dead, _, k, log, put, _] = strike.0.map(|v| integer(&v));
    let [_, f, moved, _, _] = shock.0.map(|v| integer(&v));
    let log = log + moved;
    let rounded = (nodes << 18) + rest;
    let live = log.abs() < dead;
    let (at2, below) = if live {
        let d = log * reciprocal - (rounded << 8) + (1 << 26);
        (d >> 27, d & ((1 << 27) - 1))
    } else {
        // Any node will do whose sign is that of the logarithm.
        let at = if log > 0 { 0 } else { -i128::from(NODE_LIMIT) };
        (at, log.abs() - dead)
    };
    let above = i128::from(at2 >= 0);
    let offset = (below >> 18) & 511;
    let costs = i128::from(correction(offset as u16));
    let (first, second) = (node(at2 + nodes), node(at2));
    let up = (i128::from(first.cdf) << 9)
        + i128::from(first.slope) * rest
        + i128::from(first.curvature) * half_square
        + i128::from(first.weight) * nodes * costs;
    let signed = f.wrapping_mul(up) - (k.wrapping_mul(i128::from(second.cdf)) << 9) - above * ((f - k) << 45);
    let excess = if live { signed } else { 0 };
    let negative = i128::from(excess < 0);
    let magnitude = if excess < 0 { -excess - 1 } else { excess } as u128;
    let whole = (magnitude >> 45) as i128;
    let value = if in_coin {
        Fr::from(u64::from(negative == 0)) * Fr::from_u128(magnitude)
    } else {
        number((1 - negative) * whole + (above - put) * (f - k))
    };
    let element = lane * value + carry * before;
    let general = [
        [
            strike.0[0],
            strike.0[1],
            strike.0[2],
            strike.0[3],
            strike.0[4],
            number(i128::from(live)),
        ],
        [
            strike.0[5],
            strike.0[6],
            strike.0[7],
            strike.0[8],
            strike.0[9],
            number(above),
        ],
        [
            number(at2 + nodes),
            Fr::from(first.cdf),
            Fr::from(first.slope),
            number(first.curvature.into()),
            Fr::from(first.weight),
            number(negative),
        ],
        [shock.0[0], shock.0[1], shock.0[2], shock.0[3], shock.0[4], number(up)],
        [
            number(at2 + above * i128::from(SIGN)),
            Fr::from(second.cdf),
            ZERO,
            ZERO,
            ZERO,
            value,
        ],
        [number(offset), number(costs), ZERO, ZERO, ZERO, element],
    ];
    let limb = |i: usize| {
        let bits = if i < 2 {
            below as u128 >> (9 * i)
        } else {
            magnitude >> (9 * (i - 2))
        };
        Fr::from((bits & 511) as u64)
    };
    std::array::from_fn(|row| {
        let mut cells = [ZERO; PHASE0 - 1];
        cells[..6].copy_from_slice(&general[row]);
        (cells[L[0]], cells[L[1]]) = (limb(2 * row), limb(2 * row + 1));
        cells
    })
}

/// A general cell of the scenario at `row`.
fn cell(row: usize, (col, by): (usize, i32)) -> Wire {
    Wire {
        col,
        row: row + by as usize,
    }
}

/// What belongs to an expiry, as wires.
#[derive(Clone, Copy)]
pub(super) struct Expiry {
    pub(super) expiry: Wire,
    pub(super) forward: Wire,
    pub(super) root: Wire,
    pub(super) ln: Wire,
    pub(super) least: Wire,
    pub(super) most: Wire,
    pub(super) times: [Wire; 3],
}

/// A series to price: 10^-6 quote, 10^-4, and whether it is a put; where it settles in coin, the units of one.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    pub(super) scale: Option<Wire>,
    pub(super) strike: Wire,
    pub(super) put: Wire,
    pub(super) volatility: Wire,
}

/// What scenarios need of a volatility under a move, and s @44.
#[derive(Clone, Copy)]
struct Total {
    precise: Wire,
    parts: [Wire; 5],
}

impl Plan {
    /// R6 and R7 for one series: the elements of its row after the first, five of values and one of Greeks. `place` numbers it in the
    /// segment; `shocks` are the tuples that its expiry offers.
    pub(super) fn price(&mut self, place: usize, terms: Terms, at: &Expiry, shocks: &[Vec<Wire>]) -> Vec<Wire> {
        // 1 ..= 2^17 - 1.
        self.range(ZERO, &[(terms.volatility, ONE)], -ONE, 1);
        self.range(ZERO, &[(terms.volatility, -ONE)], fr_pow2(17) - ONE, 1);
        self.near(terms.strike, at);
        let [log, coarse] = self.moneyness(terms.strike, at.ln);
        let mut offers = Vec::new();
        let mut plain = None;
        for (by, time) in at.times.into_iter().enumerate() {
            let total = self.total(terms.volatility, time);
            plain.get_or_insert(total);
            let number = self.constant(Fr::from((4 * place + by) as u64));
            let fields = total
                .parts
                .into_iter()
                .chain([number, terms.strike, coarse, terms.put, at.expiry]);
            let fields: Vec<Slot> = fields.map(Slot::Wire).collect();
            offers.push(self.offer(tag::STRIKE, &fields));
        }
        let mut elements = self.values(place, &terms, &offers, shocks);
        // Invariant: there are three moves.
        let plain = plain.expect("the move that moves nothing");
        let [delta, gamma, vega] = self.greeks(log, plain.precise, terms.put, at);
        let offset = fr_pow2(44) * (ONE + fr_pow2(45) + fr_pow2(90));
        let fields = [(delta, ONE), (gamma, fr_pow2(45)), (vega, fr_pow2(90))];
        elements.push(self.op(ZERO, &fields, offset));
        elements
    }

    /// Mark and scenarios, five to an element.
    fn values(&mut self, place: usize, terms: &Terms, offers: &[Vec<Wire>], shocks: &[Vec<Wire>]) -> Vec<Wire> {
        let rows = self.whole(scenario::ROWS * scenario::VALUES);
        let in_coin = terms.scale.is_some();
        let mut elements = Vec::new();
        for (i, shock) in shocks.iter().enumerate().take(1 + COUNT) {
            let row = rows + scenario::ROWS * i;
            let (lane, carry) = match (in_coin, i % 5) {
                (true, _) => (ZERO, ZERO),
                (false, 0) => (ONE, ZERO),
                (false, lane) => (fr_pow2(45 * lane as u32), ONE),
            };
            let packing = Packing { lane, carry, in_coin };
            self.fix(Q_SCENARIO, row, ONE);
            let coin = Fr::from(u64::from(in_coin));
            for (c, v) in RC.into_iter().zip([Fr::from(4 * place as u64), lane, carry, coin]) {
                self.fix(c, row, v);
            }
            self.taken(row, tag::STRIKE, true);
            self.taken(row + 2, tag::FIRST, false);
            self.taken(row + 3, tag::SHOCK + i as u64, false);
            self.taken(row + 4, tag::SECOND, false);
            self.taken(row + 5, tag::CORRECTION, false);
            let shock: [Fr; 5] = std::array::from_fn(|j| self.read(shock[j]));
            let by = integer(&shock[3]).clamp(0, 2) as usize;
            let strike: [Fr; 10] = std::array::from_fn(|j| self.read(offers[by][j]));
            let before = if i == 0 { ZERO } else { self.trace.read(OUT, row - 1) };
            let cells = scenario_cells(&StrikeTuple(strike), &ShockTuple(shock), packing, before);
            for (r, cells) in cells.iter().enumerate() {
                for (c, v) in cells.iter().enumerate() {
                    self.write(c, row + r, *v);
                }
            }
            if i % 5 == 4 && !in_coin {
                elements.push(cell(row, scenario::ELEMENT));
            }
        }
        let Some(scale) = terms.scale else { return elements };
        let values: Vec<Wire> = (0..scenario::VALUES)
            .map(|i| self.in_coin(rows + scenario::ROWS * i, terms, scale))
            .collect();
        values.chunks(5).map(|five| self.packed_values(five)).collect()
    }

    /// c + (above - put)·(scale - k) of the scenario at `row`, c = ⌊excess·coin / 2^90⌋ and k = ⌊K·coin / 2^45⌋.
    fn in_coin(&mut self, row: usize, terms: &Terms, scale: Wire) -> Wire {
        let (shock, by) = scenario::SHOCK;
        let coin = cell(row, (shock + 4, by));
        // The excess is below 2^90 by its limbs, coin below 2^59: no product wraps.
        let excess = self.mul(cell(row, scenario::VALUE), coin);
        let excess = self.upper(excess);
        let strike = self.mul(terms.strike, coin);
        let strike = self.shift(strike, 0, 45, 0, 3);
        let side = self.op(ZERO, &[(cell(row, scenario::ABOVE), ONE), (terms.put, -ONE)], ZERO);
        let gap = self.op(ZERO, &[(scale, ONE), (strike, -ONE)], ZERO);
        // Not negative, as in plain Rust, where a negative one would be 0: at tiny scales only.
        self.range(ONE, &[(side, ZERO), (gap, ZERO), (excess, ONE)], ZERO, 3)
    }

    /// ⌊v / 2^90⌋ in three words, of an integer v below 2^144, and the rest in five.
    fn upper(&mut self, v: Wire) -> Wire {
        let limbs = fr_limbs(&self.read(v));
        let low = u128::from(limbs[0]) | u128::from(limbs[1]) << 64;
        let high = u128::from(limbs[1]) | u128::from(limbs[2]) << 64;
        let quotient = self.word(((high >> 26) & ((1 << 54) - 1)) as i128, 3);
        let rest = self.word((low & ((1 << 90) - 1)) as i128, 5);
        self.assert(ZERO, &[(v, ONE), (quotient, -fr_pow2(90)), (rest, -ONE)], ZERO);
        quotient
    }

    /// Σ v_j 2^45j of five values.
    fn packed_values(&mut self, five: &[Wire]) -> Wire {
        let lane = |j: usize| fr_pow2(45 * j as u32);
        let terms: Vec<(Wire, Fr)> = five.iter().enumerate().map(|(j, w)| (*w, lane(j))).collect();
        let sum = self.op(ZERO, &terms[..3], ZERO);
        self.op(ZERO, &[(sum, ONE), terms[3], terms[4]], ZERO)
    }

    /// At most 2^10 times apart, under every scenario.
    fn near(&mut self, strike: Wire, at: &Expiry) {
        let ratio = fr_pow2(10);
        self.range(ZERO, &[(strike, ratio), (at.most, -ONE)], ZERO, 4);
        self.range(ZERO, &[(at.least, ratio), (strike, -ONE)], ZERO, 4);
    }

    /// ln @108 of an integer of 1 .. 2^45; refused outside.
    pub(super) fn ln(&mut self, n: Wire) -> Wire {
        let value = self.int(n).clamp(1, (1 << 45) - 1);
        let exponent = value.ilog2();
        let power = [i128::from(exponent), 1 << (44 - exponent), 0, 0, 0].map(|v| Slot::Free(number(v)));
        let power = self.take(tag::POWER, &power);
        let mantissa = self.mul(n, power[1]);
        let bits = self.int(mantissa);
        let row = (bits >> 36) & 255;
        let entry = tables().ln()[row as usize];
        let entry = [row, entry.ln.into(), entry.inverse.into(), 0, 0].map(|v| Slot::Free(number(v)));
        let entry = self.take(tag::LN, &entry);
        // 2^44 + row 2^36 + 36 bits.
        let low = self.range(ZERO, &[(mantissa, ONE), (entry[0], -fr_pow2(36))], -fr_pow2(44), 2);
        // z @45 = [offset inverse / 2^45]: an upper part, at least -2^20, and 18 bits.
        let product = self.op(ONE, &[(low, ZERO), (entry[2], -fr_pow2(35))], ZERO);
        let scaled = self.int(product) + (1 << 44);
        let z = scaled >> 45;
        let high = self.word((z >> 18) + (1 << 20), 2);
        let lower = self.word(z & ((1 << 18) - 1), 1);
        let rest = self.word((scaled - (z << 45)) << 9, 3);
        let ninth = fr_pow2(9).invert().unwrap_or(ZERO);
        let k = fr_pow2(44) + fr_pow2(83);
        self.assert(
            ZERO,
            &[
                (product, ONE),
                (high, -fr_pow2(63)),
                (lower, -fr_pow2(45)),
                (rest, -ninth),
            ],
            k,
        );
        let u = self.scale(high, Fr::from(2), ONE - fr_pow2(21));
        let square = self.mul(u, u);
        let six = number(SIXTH);
        let curved = self.op(
            -Fr::from(2) * six,
            &[(square, Fr::from(3) * fr_pow2(28) * six), (u, ZERO)],
            ZERO,
        );
        let terms = [(entry[1], fr_pow2(63)), (high, fr_pow2(81)), (lower, fr_pow2(63))];
        let sum = self.op(ZERO, &terms, -fr_pow2(101));
        let ln2 = Fr::from(tables().ln2()) * fr_pow2(45);
        self.op(ZERO, &[(sum, ONE), (curved, -ONE), (power[0], ln2)], ZERO)
    }

    /// ln(F/K) @36 and @18; K is an integer of 2^20 .. 2^45.
    fn moneyness(&mut self, strike: Wire, ln_forward: Wire) -> [Wire; 2] {
        self.range(ZERO, &[(strike, ONE)], -fr_pow2(20), 3);
        let ln = self.ln(strike);
        let gap = self.op(ZERO, &[(ln_forward, ONE), (ln, -ONE)], ZERO);
        self.ratio(gap)
    }

    /// A logarithm @36 and @18, each to the nearest, of one @108.
    pub(super) fn ratio(&mut self, gap: Wire) -> [Wire; 2] {
        let rounded = self.int(gap) + (1 << 71);
        let precise = rounded >> 72;
        // precise + 2^17 = coarse 2^18 + 18 bits, coarse at least -2^26.
        let half = precise + (1 << 17);
        let high = self.word((half >> 18) + (1 << 26), 2);
        let low = self.word(half & ((1 << 18) - 1), 1);
        let log = self.op(ZERO, &[(high, fr_pow2(18)), (low, ONE)], -fr_pow2(44) - fr_pow2(17));
        self.range(ZERO, &[(gap, ONE), (log, -fr_pow2(72))], fr_pow2(71), 4);
        let coarse = self.scale(high, ONE, -fr_pow2(26));
        [log, coarse]
    }

    /// s and its parts.
    fn total(&mut self, volatility: Wire, time: Wire) -> Total {
        let precise = self.mul(volatility, time);
        // 2^10 .. 2^28.
        let rounded = self.shift(precise, 1 << 17, 18, 1 << 10, 2);
        self.range(ZERO, &[(rounded, -ONE)], fr_pow2(28) - ONE, 2);
        let nearest = self.int(rounded) + (1 << 17);
        let nodes = self.word(nearest >> 18, 1);
        let low = self.range(ZERO, &[(rounded, ONE), (nodes, -fr_pow2(18))], fr_pow2(17), 1);
        let rest = self.scale(low, ONE, -fr_pow2(17));
        let square = self.mul(rest, rest);
        let half_square = self.shift(square, 1 << 23, 24, 0, 1);
        // [2^43 / rounded] = floor((2^44 + rounded) / (2 rounded)).
        let num = self.scale(rounded, ONE, fr_pow2(44));
        let reciprocal = self.divide(num, rounded, 2, 0, 2, 2);
        let nine = self.scale(rounded, Fr::from(9), ZERO);
        let dead = self.shift(nine, 255, 8, 0, 2);
        Total {
            precise,
            parts: [nodes, rest, half_square, reciprocal, dead],
        }
    }

    /// Delta @36, F·gamma @27, vega.
    fn greeks(&mut self, log: Wire, precise: Wire, put: Wire, at: &Expiry) -> [Wire; 3] {
        let num = self.op(ZERO, &[(log, fr_pow2(35)), (precise, ONE)], ZERO);
        let ratio = self.divide(num, precise, 2, -(1 << 53), 3, 3);
        let half = self.shift(precise, 1 << 18, 19, 0, 2);
        let d1 = self.op(ZERO, &[(ratio, ONE), (half, ONE)], ZERO);
        let [cdf, pdf] = self.normal(d1);
        let delta = self.op(ZERO, &[(cdf, ONE), (put, -fr_pow2(36))], ZERO);
        let num = self.scale(pdf, fr_pow2(35), ZERO);
        let gamma = self.divide(num, precise, 1, 0, 3, 3);
        let dollars = self.mul(at.forward, at.root);
        let dense = self.mul(dollars, pdf);
        let vega = self.shift(dense, 0, 72, 0, 3);
        // Below 2^44, as its place in the row has it. Delta is at most 2^36 in size and gamma below 2^42.
        self.range(ZERO, &[(vega, -ONE)], fr_pow2(44) - ONE, 3);
        [delta, gamma, vega]
    }

    /// N(d) and n(d) @36 at d @26.
    fn normal(&mut self, d: Wire) -> [Wire; 2] {
        let shifted = self.int(d) + (1 << 17);
        let index = self.word((shifted >> 18) + (1 << 34), 2);
        let low = self.word(shifted & ((1 << 18) - 1), 1);
        let k = fr_pow2(17) + fr_pow2(52);
        self.assert(ZERO, &[(d, ONE), (index, -fr_pow2(18)), (low, -ONE)], k);
        let index = self.scale(index, ONE, -fr_pow2(34));
        let h = self.scale(low, ONE, -fr_pow2(17));
        // Outside the table |index| is above its limit, and N is 0 or 1 by the sign.
        let i = self.int(index);
        let inside = self.bit(i.abs() <= i128::from(NODE_LIMIT));
        let positive = self.bit(i > 0);
        let size = self.op(Fr::from(2), &[(positive, ZERO), (index, -ONE)], ZERO);
        let limit = Fr::from(NODE_LIMIT as u64 + 1);
        self.range(-ONE, &[(inside, limit), (size, ONE)], -limit, 2);
        let i = self.mul(inside, index);
        let entry = node(self.int(i));
        let entry = [Slot::Free(Fr::from(entry.cdf)), Slot::Free(Fr::from(entry.pdf))];
        let zero = Slot::Free(ZERO);
        let entry = self.take(tag::GREEK, &[Slot::Wire(i), entry[0], entry[1], zero, zero]);
        let n = self.mul(inside, entry[2]);
        let near = self.mul(inside, entry[1]);
        let far = self.op(-ONE, &[(inside, ZERO), (positive, ONE)], ZERO);
        let base = self.op(ZERO, &[(near, ONE), (far, fr_pow2(36))], ZERO);
        // N + [(n h 2^35 - i n h^2) / 2^61], within 0 .. 2^36.
        let h2 = self.mul(h, h);
        let nh = self.mul(n, h);
        let slope = self.mul(i, n);
        let slope = self.mul(slope, h2);
        let step = self.op(ZERO, &[(nh, fr_pow2(35)), (slope, -ONE)], ZERO);
        let step = self.shift(step, 1 << 60, 61, -(1 << 35), 2);
        let cdf = self.op(ZERO, &[(base, ONE), (step, ONE)], ZERO);
        let cdf = self.clamped(cdf);
        // [n (2^69 - i h 2^35 + (i^2 - 2^16) h^2) / 2^69]: the bracket is positive inside the table.
        let i2 = self.mul(i, i);
        let bend = self.op(ONE, &[(i2, ZERO), (h2, -fr_pow2(16))], ZERO);
        let ih = self.mul(i, h);
        let bracket = self.op(ZERO, &[(ih, -fr_pow2(35)), (bend, ONE)], fr_pow2(69));
        let dense = self.mul(n, bracket);
        let pdf = self.shift(dense, 1 << 68, 69, 0, 2);
        [cdf, pdf]
    }

    /// v within 0 .. 2^36; v is an integer below 2^53 in size.
    fn clamped(&mut self, v: Wire) -> Wire {
        let one = fr_pow2(36);
        let value = self.int(v);
        let low = self.bit(value < 0);
        let high = self.bit(value > 1 << 36);
        // low: -1 - v, otherwise v. high: v - 2^36 - 1, otherwise 2^36 - v. Neither is negative.
        self.range(-Fr::from(2), &[(low, -ONE), (v, ONE)], ZERO, 3);
        self.range(Fr::from(2), &[(high, -Fr::from(2) * one - ONE), (v, -ONE)], one, 3);
        let raised = self.op(-ONE, &[(low, ZERO), (v, ONE)], ZERO);
        self.op(-ONE, &[(high, one), (raised, ONE)], ZERO)
    }
}
