//! The gate of statement R beside those of the builder: a scenario.
//!
//! What a scenario reads from a tuple is range-checked by whoever offers it; its limbs by the bus.

use halo2_proofs::halo2curves::bn256::Fr;

use super::rows::*;
use super::tables::SIGN;
use crate::env::Env;
use crate::settlement::Gate;

/// The scenario that begins in this row: section 7 of `docs/pricing.md`, of a call or a put; in coin as far as the excess.
pub fn scenario<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    use super::rows::scenario::*;
    let at = |(col, row): (usize, i32)| env.adv(col, row);
    let beside = |(col, row): (usize, i32), by: usize| env.adv(col + by, row);
    let q = env.fix(Q_SCENARIO, 0);
    let limb = |i: usize| env.adv(L[i % 2], (i / 2) as i32);
    let limbs = |of: std::ops::Range<usize>| {
        let first = of.start;
        of.fold(env.n(0), |sum, i| sum + env.pow2(9 * (i - first) as u64) * limb(i))
    };
    let (nodes, rest) = (at(NODES), at(REST));
    let rounded = env.pow2(18) * nodes.clone() + rest.clone();
    let (live, above, negative, put) = (at(LIVE), at(ABOVE), at(NEGATIVE), at(PUT));
    let (f, k) = (beside(SHOCK, 1), at(STRIKE));
    let log = at(LOG) + beside(SHOCK, 2);
    let below = limbs(0..2) + env.pow2(18) * at(OFFSET);
    let node = at(SECOND) - env.k(Fr::from(SIGN as u64)) * above.clone();
    let d = log.clone() * at(RECIPROCAL) - env.n(256) * rounded + env.pow2(26);
    let sign = |bit: &E::V| bit.clone() + bit.clone() - env.one();
    let up = env.n(512) * beside(FIRST, 1)
        + beside(FIRST, 2) * rest
        + beside(FIRST, 3) * at(HALF_SQUARE)
        + beside(FIRST, 4) * nodes.clone() * beside(OFFSET, 1);
    let intrinsic = f.clone() - k.clone();
    let excess = f * at(UP) - env.n(512) * k * beside(SECOND, 1) - env.pow2(45) * above.clone() * intrinsic.clone();
    let magnitude = limbs(2..12);
    let whole = limbs(7..12);
    let coin = env.fix(IN_COIN, 0);
    let quote = env.not(negative.clone()) * whole + (above.clone() - put) * intrinsic;
    let value = env.not(coin.clone()) * quote + coin * env.not(negative.clone()) * magnitude.clone();
    let named: Vec<(&str, E::V)> = vec![
        ("live is a bit", env.boolean(live.clone())),
        ("above is a bit", env.boolean(above.clone())),
        ("negative is a bit", env.boolean(negative.clone())),
        (
            "live: d2 is node, offset and remainder",
            live.clone() * (d - env.pow2(27) * node.clone() - below.clone()),
        ),
        (
            "dead: the logarithm is beyond, on the side of above",
            env.not(live.clone()) * (sign(&above) * log - at(DEAD) - below),
        ),
        ("node of d1", at(FIRST) - node - nodes),
        ("N(d1)", at(UP) - up),
        ("excess", live * excess + sign(&negative) * magnitude + negative),
        ("R6 R7 value", at(VALUE) - value),
        ("expiry of strike and shock", at(EXPIRY) - at(SHOCK)),
        (
            "move of the volatility",
            at(PLACE) - env.fix(RC[0], 0) - beside(SHOCK, 3),
        ),
        (
            "packed element",
            at(ELEMENT) - env.fix(RC[1], 0) * at(VALUE) - env.fix(RC[2], 0) * env.adv(OUT, -1),
        ),
    ];
    named
        .into_iter()
        .map(|(n, e)| (format!("scenario: {n}"), q.clone() * e))
        .collect()
}
