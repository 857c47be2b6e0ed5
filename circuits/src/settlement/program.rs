//! The wiring program: static rows that tie public inputs, pools, prices and parameters to the state tree.
//!
//! A *slot* is one message (two rows) whose first field is a constant, whose multiplicity is a constant or free, and which obeys one
//! linear equation `c1·X2 + c2·X3 + c3·X2(next slot) + c4·X1 = 0` with fixed coefficients. Values travel between neighbours by that
//! equation and further by wires (`T_FIX` messages). The program is data ([`program`]); the four gates below are all it needs.

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;

use crate::chips::bus::*;
use crate::env::Env;
use crate::rows::*;
use crate::settlement::Gate;

/// Public input `i` stands on the bus as the wire `INPUT + i`.
pub const INPUT: u64 = 1000;
/// Wires between slots begin here.
pub const WIRE: u64 = 2000;
/// The statement's id in the history.
pub const STATEMENT_ID: u64 = 1;

/// Heap numbers of the three trees.
pub mod node {
    /// State root.
    pub const STATE: u64 = 1;
    /// New history.
    pub const HISTORY: u64 = 2;
    /// Parameters digest.
    pub const PARAMETERS: u64 = 3;
}

/// How often a slot's message counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Sent once.
    Send,
    /// Taken once.
    Take,
    /// As the witness says; the other side of the bus fixes it.
    Free,
}

/// One slot of the program.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Tag, 0 for a slot that only computes.
    pub tag: u64,
    /// Multiplicity.
    pub times: Times,
    /// First field.
    pub x1: Fr,
    /// Coefficients of X2, X3, next X2, X1.
    pub coeffs: [Fr; 4],
    /// Where the witness takes X2 and X3 from.
    pub values: [Value; 2],
}

/// A header value, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// 0.
    Zero,
    /// Public input.
    Input(usize),
    /// A constant that the equation of the slot before forces.
    Const(Fr),
    /// History before, after.
    History(bool),
    /// Fee rate.
    FeeRate,
    /// Fee cap.
    FeeCap,
    /// Inverse scale.
    Scale,
    /// Digest of the margin rules: part of the parameters, of no consequence here.
    MarginRules,
    /// Batch number before.
    BatchBefore,
    /// Clearing pool before, after.
    Clearing(bool),
    /// Fee pool before, after.
    Fees(bool),
    /// Sum of payouts.
    Payouts,
    /// Sum of fees.
    FeesPaid,
    /// underlying·2^32 + expiry of a price slot.
    PriceKey(usize),
    /// First word of a price slot's interval.
    IntervalBegin(usize),
    /// Last word of a price slot's interval.
    IntervalEnd(usize),
}

fn c(v: i64) -> Fr {
    if v < 0 {
        -Fr::from(v.unsigned_abs())
    } else {
        Fr::from(v as u64)
    }
}

struct Builder(Vec<Slot>);

impl Builder {
    fn slot(&mut self, tag: u64, times: Times, x1: Fr, coeffs: [Fr; 4], x2: Value, x3: Value) {
        self.0.push(Slot {
            tag,
            times,
            x1,
            coeffs,
            values: [x2, x3],
        });
    }
    /// A wire taken; its value equals the next slot's X2.
    fn take_next(&mut self, wire: u64, value: Value) {
        self.slot(
            T_FIX,
            Times::Take,
            Fr::from(wire),
            [c(1), c(0), c(-1), c(0)],
            value,
            Value::Zero,
        );
    }
    /// A wire taken, no equation of its own.
    fn take(&mut self, wire: u64, value: Value) {
        self.slot(T_FIX, Times::Take, Fr::from(wire), [c(0); 4], value, Value::Zero);
    }
    /// A node with equal sides.
    fn same(&mut self, id: u64, times: Times, value: Value) {
        self.slot(T_NODE, times, Fr::from(id), [c(1), c(-1), c(0), c(0)], value, value);
    }
    /// A public input as a leaf of a tree.
    fn input_leaf(&mut self, input: usize, id: u64, times: Times) {
        self.take_next(INPUT + input as u64, Value::Input(input));
        self.same(id, times, Value::Input(input));
    }
    /// A constant leaf: the slot before forces the value.
    fn constant(&mut self, value: Fr) {
        self.slot(
            0,
            Times::Free,
            Fr::ONE,
            [c(0), c(0), c(-1), value],
            Value::Zero,
            Value::Zero,
        );
    }
}

/// Positions of the public inputs.
pub mod input {
    /// Domain.
    pub const DOMAIN: usize = 0;
    /// Parameters digest.
    pub const PARAMETERS: usize = 1;
    /// Old state root.
    pub const OLD_STATE: usize = 2;
    /// New state root.
    pub const NEW_STATE: usize = 3;
    /// Batch number.
    pub const BATCH: usize = 4;
    /// Expiry.
    pub const EXPIRY: usize = 5;
    /// Close flag.
    pub const CLOSE: usize = 6;
    /// First price slot: underlying, then price; two per slot.
    pub const PRICES: usize = 7;
    /// Number of inputs.
    pub const LEN: usize = 13;
}

/// Price slots.
pub const PRICE_SLOTS: usize = 3;

/// The program of statement S.
pub fn program() -> Vec<Slot> {
    use Value as V;
    let mut b = Builder(Vec::new());
    // History tree (2): history, old state root, statement id, inputs digest = ((domain, parameters, expiry, close), (u0, s0, u1, s1), u2, s2).
    b.input_leaf(input::DOMAIN, 176, Times::Send);
    b.input_leaf(input::PARAMETERS, 177, Times::Send);
    b.input_leaf(input::EXPIRY, 178, Times::Send);
    b.input_leaf(input::CLOSE, 179, Times::Send);
    for (i, id) in [180, 181, 182, 183, 46, 47].into_iter().enumerate() {
        b.input_leaf(input::PRICES + i, id, Times::Send);
    }
    b.input_leaf(input::OLD_STATE, 9, Times::Send);
    b.constant(Fr::from(STATEMENT_ID));
    b.same(10, Times::Send, V::Const(Fr::from(STATEMENT_ID)));
    let (w_new, w_old) = (WIRE, WIRE + 1);
    let wire = |b: &mut Builder, id: u64, times: Times, v: V, x3: V, co: [Fr; 4]| {
        b.slot(T_FIX, times, Fr::from(id), co, v, x3)
    };
    let to_next = [c(1), c(0), c(-1), c(0)];
    wire(&mut b, w_new, Times::Send, V::History(true), V::Zero, to_next);
    b.same(node::HISTORY, Times::Take, V::History(true));
    wire(&mut b, w_old, Times::Send, V::History(false), V::Zero, to_next);
    b.same(8, Times::Send, V::History(false));
    b.take_next(w_old, V::History(false));
    b.slot(
        T_NODE,
        Times::Send,
        Fr::from(7),
        [c(0), c(1), c(-1), c(0)],
        V::History(false),
        V::History(true),
    );
    b.take(w_new, V::History(true));
    // State tree (1): root, batch number, the reserved zero.
    b.take_next(INPUT + input::OLD_STATE as u64, V::Input(input::OLD_STATE));
    let onward = [c(0), c(1), c(-1), c(0)];
    b.slot(
        T_NODE,
        Times::Take,
        Fr::from(node::STATE),
        onward,
        V::Input(input::OLD_STATE),
        V::Input(input::NEW_STATE),
    );
    b.take(INPUT + input::NEW_STATE as u64, V::Input(input::NEW_STATE));
    let batch = INPUT + input::BATCH as u64;
    // X2 - X2(next) - 1 = 0, the 1 as X1 / X1.
    let one = -Fr::from(batch).invert().unwrap_or(Fr::ZERO);
    b.slot(
        T_FIX,
        Times::Take,
        Fr::from(batch),
        [c(1), c(0), c(-1), one],
        V::Input(input::BATCH),
        V::Zero,
    );
    b.slot(
        T_NODE,
        Times::Send,
        Fr::from(6),
        onward,
        V::BatchBefore,
        V::Input(input::BATCH),
    );
    b.take(batch, V::Input(input::BATCH));
    b.constant(Fr::ZERO);
    b.same(23, Times::Send, V::Zero);
    // Parameters tree (3): fee rate, fee cap, inverse scale, margin rules.
    b.input_leaf(input::PARAMETERS, node::PARAMETERS, Times::Take);
    let (w_rate, w_cap, w_scale, w_clearing, w_fees) = (WIRE + 2, WIRE + 3, WIRE + 4, WIRE + 5, WIRE + 6);
    for (id, w, v) in [
        (12, w_rate, V::FeeRate),
        (13, w_cap, V::FeeCap),
        (14, w_scale, V::Scale),
    ] {
        wire(&mut b, w, Times::Send, v, V::Zero, to_next);
        b.same(id, Times::Send, v);
    }
    b.same(15, Times::Send, V::MarginRules);
    b.take_next(w_rate, V::FeeRate);
    b.slot(T_KEY, Times::Free, Fr::from(1), onward, V::FeeRate, V::FeeCap);
    b.take(w_cap, V::FeeCap);
    b.take_next(w_scale, V::Scale);
    b.slot(T_KEY, Times::Free, Fr::from(2), onward, V::Scale, V::Clearing(true));
    wire(
        &mut b,
        w_clearing,
        Times::Take,
        V::Clearing(true),
        V::Payouts,
        [c(0); 4],
    );
    // Pools: clearing' = clearing - payouts, fees' = fees + fees paid.
    wire(
        &mut b,
        w_clearing,
        Times::Take,
        V::Clearing(true),
        V::Payouts,
        [c(1), c(1), c(-1), c(0)],
    );
    b.slot(
        T_NODE,
        Times::Send,
        Fr::from(20),
        onward,
        V::Clearing(false),
        V::Clearing(true),
    );
    wire(&mut b, w_clearing, Times::Free, V::Clearing(true), V::Payouts, onward);
    b.slot(T_TOTALS, Times::Take, Fr::ZERO, onward, V::Payouts, V::FeesPaid);
    wire(&mut b, w_fees, Times::Send, V::FeesPaid, V::Zero, [c(0); 4]);
    b.slot(
        T_NODE,
        Times::Send,
        Fr::from(19),
        [c(1), c(-1), c(1), c(0)],
        V::Fees(false),
        V::Fees(true),
    );
    b.take(w_fees, V::FeesPaid);
    // Expiry and close flag for the open interest.
    b.take_next(INPUT + input::EXPIRY as u64, V::Input(input::EXPIRY));
    b.slot(
        T_KEY,
        Times::Send,
        Fr::ZERO,
        onward,
        V::Input(input::EXPIRY),
        V::Input(input::CLOSE),
    );
    b.take(INPUT + input::CLOSE as u64, V::Input(input::CLOSE));
    // Price slots: key, price, and the interval of words they settle.
    let two = |e: u64| Fr::from(2).pow([e]);
    for k in 0..PRICE_SLOTS {
        let (u, s) = (input::PRICES + 2 * k, input::PRICES + 2 * k + 1);
        let w = WIRE + 10 + k as u64;
        b.take_next(INPUT + input::EXPIRY as u64, V::Input(input::EXPIRY));
        wire(&mut b, w, Times::Free, V::Input(input::EXPIRY), V::Input(u), onward);
        b.take(INPUT + u as u64, V::Input(u));
        let key = [c(1), two(32), c(-1), c(0)];
        wire(&mut b, w, Times::Take, V::Input(input::EXPIRY), V::Input(u), key);
        b.slot(
            T_PRICE,
            Times::Free,
            Fr::from(k as u64),
            onward,
            V::PriceKey(k),
            V::Input(s),
        );
        b.take(INPUT + s as u64, V::Input(s));
        let begin = [two(136), two(168), c(-1), c(0)];
        wire(&mut b, w, Times::Take, V::Input(input::EXPIRY), V::Input(u), begin);
        b.slot(
            T_SENTINEL,
            Times::Send,
            Fr::ONE,
            [c(0); 4],
            V::IntervalBegin(k),
            V::Zero,
        );
        let width = (two(136) - Fr::ONE) * Fr::from(w).invert().unwrap_or(Fr::ZERO);
        wire(
            &mut b,
            w,
            Times::Take,
            V::Input(input::EXPIRY),
            V::Input(u),
            [two(136), two(168), c(-1), width],
        );
        b.slot(T_SENTINEL, Times::Send, -Fr::ONE, [c(0); 4], V::IntervalEnd(k), V::Zero);
    }
    b.constant(two(184));
    b.slot(
        T_SENTINEL,
        Times::Send,
        Fr::ZERO,
        [c(0); 4],
        V::Const(two(184)),
        V::Zero,
    );
    b.0
}

/// Constant cells where "the step before" of the first step would stand, and one before the open interest. A program row (free of a multiplicity)
/// pins its own G, and F of the next row by its equation.
pub(crate) mod guard {
    use crate::chips::bus::LIST;
    use crate::rows::{PREV, STATIC_ROWS, dynamic};

    /// A row that pins: G of it, and how much of that constant F of the next row is, if it is pinned.
    pub(crate) struct Pin {
        /// The row.
        pub(crate) row: usize,
        /// What G of the row is.
        pub(crate) g: u64,
        /// F of the next row, in units of `g`, or 0.
        pub(crate) next_f: Option<u64>,
    }

    /// The row of the step before the first one.
    pub(crate) const fn before(row: i32) -> usize {
        (STATIC_ROWS as i32 + PREV + row) as usize
    }

    /// An account is complete (2), nothing was listed, and no chain goes on.
    pub(crate) const fn pins() -> [Pin; 6] {
        [
            // F of the three first children: no word was listed there.
            pin(before(dynamic::CHILD[0]) - 1, 0, Some(0)),
            pin(before(dynamic::CHILD[0]), LIST + 1, None),
            pin(before(dynamic::CHILD[1]) - 1, 0, Some(0)),
            pin(before(dynamic::CHILD[2]) - 1, 0, Some(0)),
            pin(before(dynamic::LEAF.1) - 1, 1, Some(2)),
            pin(before(dynamic::LIVE.1) - 1, 0, Some(0)),
        ]
    }

    const fn pin(row: usize, g: u64, next_f: Option<u64>) -> Pin {
        Pin { row, g, next_f }
    }
}

/// The gates of this file.
pub fn gates<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let q = env.fix(Q_PROG, 0);
    let [m, x1, x2, x3] = [env.adv(F, 0), env.adv(G, 0), env.adv(F, 1), env.adv(G, 1)];
    let pinned = q.clone() * (q.clone() - env.n(2)) * (q.clone() - env.n(3));
    let equation = env.fix(RC[1], 0) * x2
        + env.fix(RC[2], 0) * x3
        + env.fix(RC[3], 0) * env.adv(F, 3)
        + env.fix(RC[4], 0) * x1.clone();
    vec![
        ("program: first field".into(), q.clone() * (x1 - env.fix(RC[0], 0))),
        ("program: multiplicity".into(), pinned * (m - q.clone())),
        ("program: equation".into(), q * equation),
    ]
}
