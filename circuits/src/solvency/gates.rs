//! The gates of statement M. Clause by clause they are these:
//!
//! - M1: the hashes from the secret to the state root are steps; which output is which input is said by copies (`assign.rs`).
//! - M2: a position's word is its row's series and its lots; its row's digest and path end at the root of rows, which the risk root holds.
//! - M3: blocks add lots times value up, arithmetic rows make the excess, three blocks of it are 189 bits.
//! - M4: the pseudonym is a step, its output a public input.
//!
//! Range checks: every cell of `L` in rows below `end` is below 2^9 by the bus. A plain block is seven of them, 63 bits; one with a sum is five, 45
//! bits, as many as a value of a risk row has in its element: so elements have one reading.

use ff::PrimeField;
use halo2_proofs::halo2curves::bn256::Fr;

use crate::chips::poseidon;
use witness_gen::risk::row::TAG_ROW;
use witness_gen::statement::solvency::SCENARIOS;

use crate::env::Env;
use crate::settlement::Gate;
use crate::solvency::rows::*;

/// Rows from a position to the one before.
const BEFORE: i32 = -(position::HEIGHT as i32);
/// Bits of a limb.
const LIMB_BITS: u64 = 9;

/// Every gate but the bus, in the order in which keys and verifiers list them.
pub fn gates<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let sel = poseidon::Selectors {
        full: env.fix(Q_FULL, 0),
        enter: env.fix(Q_LAST, -5),
        partial: env.fix(Q_PARTIAL, 0),
        exit: env.fix(Q_LAST, 4),
        last: env.fix(Q_LAST, 0),
    };
    let mut polys = poseidon::gates(env, sel, HASH, RC, F);
    polys.extend(steps(env));
    polys.extend(blocks(env));
    polys.extend(positions(env));
    polys.extend(static_rows(env));
    polys
}

fn steps<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let q = env.fix(KIND, 0);
    let inputs = q.clone() * (env.n(kind::PATH) - q.clone());
    let path = q.clone() * (q.clone() - env.n(kind::INPUTS));
    let mut polys = vec![("step: capacity is 0".into(), q * env.adv(HASH[0], 0))];
    for (j, r) in INPUTS.into_iter().enumerate() {
        polys.push((
            format!("step: input {j}"),
            inputs.clone() * (env.adv(HASH[j + 1], 0) - env.adv(F, r as i32)),
        ));
    }
    let before = env.adv(F, -1);
    let child = (1..5).fold(path, |acc, j| acc * (before.clone() - env.adv(HASH[j], 0)));
    polys.push(("path: M1 M2 the node before is a child".into(), child));
    polys
}

/// Limbs of the block that begins here, each at its place.
fn limbs<E: Env>(env: &E, of: std::ops::Range<usize>) -> E::V {
    of.map(|i| env.pow2(LIMB_BITS * i as u64) * env.adv(L, i as i32))
        .fold(env.n(0), |sum, limb| sum + limb)
}

fn blocks<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let q = env.fix(Q_BLOCK, 0);
    let rows = block::ROWS as i32;
    let v = limbs(env, 0..block::NARROW);
    let later = q.clone() - env.n(block::FIRST);
    // (q - 2)(q - 3) is 2 in a plain block, 0 in one with a sum.
    let plain = env.k(Fr::TWO_INV) * later.clone() * (q.clone() - env.n(block::LATER));
    let wide = v.clone() + plain * limbs(env, block::NARROW..block::ROWS);
    let word = env.adv(F, block::WORD);
    let lots = env.adv(F, block::LOTS);
    let sums = q.clone() * (q.clone() - env.n(block::PLAIN));
    vec![
        (
            "block: word".into(),
            q * (word - env.fix(COEFF, 0) * wide - env.fix(CARRY, 0) * env.adv(F, block::WORD - rows)),
        ),
        (
            "block: M3 sum of lots times value".into(),
            sums.clone() * (env.adv(F, block::SUM) - lots.clone() * v - later * env.adv(F, block::SUM + BEFORE)),
        ),
        (
            "block: lots are the position's".into(),
            sums * (lots - env.adv(F, block::LOTS - rows)),
        ),
    ]
}

fn positions<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    use position::*;
    let q = env.fix(Q_POSITION, 0);
    let later = q.clone() - env.one();
    let f = |r: i32| env.adv(F, r);
    let magnitude = limbs(env, 0..block::ROWS);
    // What the first element of a row holds beside the series.
    let head = env.n(SCENARIOS as u64) * env.pow2(184) + env.n(TAG_ROW) * env.pow2(192);
    let (short, present, lots) = (f(SHORT), f(PRESENT), f(SIGNED));
    let named: Vec<(&str, E::V)> = vec![
        ("short is a bit", env.boolean(short.clone())),
        ("present is a bit", env.boolean(present.clone())),
        (
            "lots have a sign",
            lots.clone() - (env.one() - short.clone() - short.clone()) * magnitude.clone(),
        ),
        ("M1 absent: no lots", env.not(present.clone()) * magnitude.clone()),
        (
            "M1 M2 word: series of the row, and lots",
            f(WORD) - present.clone() * (f(SERIES) - head + env.pow2(184) * (lots + env.pow2(63))),
        ),
        (
            "M1 present ones come first",
            later.clone() * present.clone() * env.not(f(PRESENT + BEFORE)),
        ),
        (
            "M1 count",
            f(COUNT) - later.clone() * f(COUNT + BEFORE) - present.clone(),
        ),
        (
            "M3 short lots",
            f(SHORTS) - later * f(SHORTS + BEFORE) - short * magnitude,
        ),
        ("M2 row under the root of rows", present * (f(TOP) - f(ROOT))),
    ];
    named
        .into_iter()
        .map(|(n, e)| (format!("position: {n}"), q.clone() * e))
        .collect()
}

/// 1, up to a constant, where `Q_STATIC` has this value.
fn row_is<E: Env>(env: &E, value: u64) -> E::V {
    let q = env.fix(Q_STATIC, 0);
    [fixed_row::TABLE, fixed_row::ARITHMETIC, fixed_row::CONSTANT]
        .into_iter()
        .filter(|v| *v != value)
        .fold(q.clone(), |acc, v| acc * (q.clone() - env.n(v)))
}

fn static_rows<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let f = |r: i32| env.adv(F, r);
    let rc = |i: usize| env.fix(RC[i], 0);
    let sum = rc(0) * f(0) * f(1) + rc(1) * f(0) + rc(2) * f(2) + rc(3) * f(3) + rc(4);
    vec![
        ("arithmetic row".into(), row_is(env, fixed_row::ARITHMETIC) * sum),
        ("constant".into(), row_is(env, fixed_row::CONSTANT) * (f(0) - rc(0))),
    ]
}

/// The bus of limbs: every cell of `L` takes its value once, the table offers each value as often as F says.
pub fn bus<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let run = env.fix(Q_BUS, 0);
    let taken = env.alpha() - env.adv(L, 0);
    let offered = env.alpha() - env.fix(RC[0], 0);
    // row_is(TABLE) is 1·(1-2)·(1-3) = 2 in a row of the table.
    let half = env.k(Fr::TWO_INV);
    let times = half * row_is(env, fixed_row::TABLE) * env.adv(F, 0);
    let carry = env.fix(CARRY, 0);
    let phi = env.adv(PHI, 0);
    vec![
        (
            "bus: limbs".into(),
            run.clone() * (env.adv(PHI, 1) - phi.clone()) * taken.clone() * offered.clone() - times * taken
                + run * offered,
        ),
        (
            "bus: balanced where it begins and ends".into(),
            carry.clone() * (carry - env.one()) * phi,
        ),
    ]
}
