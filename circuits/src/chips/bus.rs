//! The bus: how parts of the circuit find each other without copy constraints.
//!
//! A tuple (tag, x1, x2, x3, ..) is folded to `alpha - (tag + beta x1 + beta^2 x2 + ..)` and stands with a multiplicity in
//! one running sum: Σ m / fold = 0 over all rows iff, for every tuple, the multiplicities add up to 0 (logarithmic
//! derivatives; Haböck, *Multivariate lookups based on logarithmic derivatives*, 2022). `alpha` and `beta` are squeezed after every
//! first-phase column is committed. A multiplicity is a field element: lots settled can be one, which makes *sum by key* and
//! *membership* the same message. Soundness error: (tuples on the bus + fields of a tuple) / r per proof, below 2^-230.
//!
//! A message counts TAG·F times, so that untagged rows are silent; the constant factor per tag changes no balance, and where a
//! tuple is also sent by a port of its own (series, wires) the message's F is chosen with the factor in mind.
//!
//! Three running sums share the ports so that every polynomial stays at degree 6.

use std::sync::LazyLock;

use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::Fr;
use rayon::prelude::*;

use crate::cell::Grid;
use crate::env::{Env, Numeric};
use crate::rows::*;

/// A node of the state tree (heap number, old value, new value), or of the inputs or parameters tree.
pub const T_NODE: u64 = 1;
/// What static rows offer: public inputs (id, value), and wires between program rows.
pub const T_FIX: u64 = 2;
/// Carried position (count, word).
pub const T_CARRY: u64 = 3;
/// A series seen by short positions (word, 2 rank + settled, net per lot); the long side is this + 1.
pub const T_SERIES: u64 = 4;
/// Chain → open-interest step (word, 2 rank + 1, ordinal).
pub const T_RANK: u64 = 6;
/// Sentinel of the series chain (kind, word, 0).
pub const T_SENTINEL: u64 = 7;
/// Price slot (slot, underlying·2^32 + expiry, price).
pub const T_PRICE: u64 = 8;
/// Header values (0, expiry, close), (1, fee rate, fee cap), (2, inverse scale, clearing').
pub const T_KEY: u64 = 9;
/// Totals of the batch (0, payouts, fees).
pub const T_TOTALS: u64 = 10;
/// What static rows offer as limb values. A tag of its own: a public input of 0 would stand there as its id, which is no limb.
pub const T_LIMB: u64 = 11;

/// A multiplicity and a folded tuple.
pub struct Port<V> {
    /// Multiplicity.
    pub mult: V,
    /// `alpha - fold`.
    pub fold: V,
}

fn fold<E: Env>(env: &E, tag: E::V, fields: &[E::V]) -> E::V {
    let beta = env.beta();
    let mut power = beta.clone();
    let mut sum = tag;
    for (i, x) in fields.iter().enumerate() {
        sum = sum + power.clone() * x.clone();
        if i + 1 < fields.len() {
            power = power * beta.clone();
        }
    }
    env.alpha() - sum
}

/// What the product over the other values of `Q_GROUP`, 0 among them, is divided by: its value at this one. Inverted once, for the witness
/// builder asks in every row.
fn group_norm(value: u64) -> Fr {
    const VALUES: [u64; 3] = [GROUP, POSITION, PRODUCE];
    static NORMS: LazyLock<[Fr; 3]> = LazyLock::new(|| {
        VALUES.map(|value| {
            let v = Fr::from(value);
            let others = VALUES.into_iter().filter(|other| *other != value);
            let product = others.fold(v, |product, other| product * (v - Fr::from(other)));
            product.invert().unwrap_or(Fr::ZERO)
        })
    });
    let at = VALUES.iter().position(|v| *v == value);
    at.map_or(Fr::ZERO, |at| NORMS[at])
}

/// Indicator of a value of `Q_GROUP`, normalised to 1.
pub fn group_is<E: Env>(env: &E, value: u64) -> E::V {
    let q = env.fix(Q_GROUP, 0);
    let others: Vec<u64> = [GROUP, POSITION, PRODUCE].into_iter().filter(|v| *v != value).collect();
    env.k(group_norm(value)) * q.clone() * (q.clone() - env.n(others[0])) * (q - env.n(others[1]))
}

/// Seven limbs of the group that begins `rot` rows from here, as one 63-bit value.
pub fn group_value<E: Env>(env: &E, rot: i32) -> E::V {
    (1..7).fold(limb(env, rot, 0), |acc, i| {
        acc + env.pow2(LIMB_BITS * i as u64) * limb(env, rot, i)
    })
}

/// Limb `i` (0..8) of the group that begins `rot` rows from here.
pub fn limb<E: Env>(env: &E, rot: i32, i: usize) -> E::V {
    env.adv(if i.is_multiple_of(2) { LA } else { LB }, rot + (i / 2) as i32)
}

/// The ports of each running sum.
pub fn ports<E: Env>(env: &E) -> [Vec<Port<E::V>>; 3] {
    let position = || group_is(env, POSITION);
    // Limbs: every cell of the limb columns, in every row where the bus runs, is one of the 512 values.
    let limb_port = |col: usize| Port {
        mult: -env.fix(Q_BUS, 0),
        fold: fold(env, env.n(T_LIMB), &[env.adv(col, 0)]),
    };
    // A position, seen by its series: counted as many times as it has lots.
    let (h, p) = (env.adv(F, 0), env.adv(G, 0));
    let (rank, v) = (env.adv(F, 1), env.adv(G, 1));
    let (e, y) = (env.adv(F, 2), env.adv(G, 2));
    let lots = e.clone() + group_value(env, 0);
    let signed = (h.clone() + h.clone() - env.one()) * lots.clone();
    let series = p.clone() - env.pow2(247) - env.pow2(184) * signed;
    let seen = Port {
        mult: -(position() * lots),
        fold: fold(env, env.n(T_SERIES) + h, &[series, rank + e - y.clone(), v]),
    };
    let carried = Port {
        mult: position() * y,
        fold: fold(env, env.n(T_CARRY), &[env.adv(F, 3), p]),
    };
    // The new list of a chunk: up to three words, numbered on.
    let d = dynamic_step(env);
    let present = new_present(env, 0);
    let counted = env.adv(G, 2);
    let before = counted - present[0].clone() - present[1].clone() - present[2].clone();
    let listed = (0..3)
        .map(|j| Port {
            mult: -(d.clone() * present[j].clone()),
            fold: fold(
                env,
                env.n(T_CARRY),
                &[before.clone() + env.n(j as u64 + 1), env.adv(HASH[j + 2], NEW)],
            ),
        })
        .collect();
    // A row without a tag sends nothing, whatever F holds there: the multiplicity of a message is TAG·F.
    let message = Port {
        mult: env.fix(TAG, 0) * env.adv(F, 0),
        fold: fold(env, env.fix(TAG, 0), &[env.adv(G, 0), env.adv(F, 1), env.adv(G, 1)]),
    };
    let offered = Port {
        mult: group_is(env, PRODUCE) * env.adv(F, 0),
        fold: fold(env, env.n(T_FIX) + env.fix(RC[1], 0), &[env.fix(RC[0], 0), env.inst()]),
    };
    [
        vec![limb_port(LA), limb_port(LB), seen],
        listed,
        vec![message, carried, offered],
    ]
}

/// 1 in row 0 of a dynamic step.
pub fn dynamic_step<E: Env>(env: &E) -> E::V {
    let q = env.fix(Q_STEP, 0);
    env.k(Fr::TWO_INV) * q.clone() * (q + env.one())
}

/// 1 in row 0 of an open-interest step.
pub fn interest_step<E: Env>(env: &E) -> E::V {
    let q = env.fix(Q_STEP, 0);
    env.k(Fr::TWO_INV) * q.clone() * (q - env.one())
}

/// The three flags "the chunk lists a j-th new position", of the step that begins `rot` rows from here.
pub fn new_present<E: Env>(env: &E, rot: i32) -> [E::V; 3] {
    [
        env.adv(F, rot + dynamic::NEW_FIRST),
        env.adv(G, rot + dynamic::NEW_FIRST),
        env.adv(G, rot + dynamic::NEW_THIRD),
    ]
}

/// The gates of the running sums.
pub fn gates<E: Env>(env: &E) -> Vec<(String, E::V)> {
    let mut polys = Vec::new();
    for (i, ports) in ports(env).into_iter().enumerate() {
        let delta = env.adv(PHI[i], 1) - env.adv(PHI[i], 0);
        let product = ports.iter().fold(delta, |acc, p| acc * p.fold.clone());
        let mut sum: Option<E::V> = None;
        for (a, port) in ports.iter().enumerate() {
            let term = ports
                .iter()
                .enumerate()
                .filter(|(b, _)| *b != a)
                .fold(port.mult.clone(), |acc, (_, p)| acc * p.fold.clone());
            sum = Some(match sum {
                None => term,
                Some(s) => s + term,
            });
        }
        // Invariant: every running sum has at least one port.
        let sum = sum.unwrap_or_else(|| env.n(0));
        polys.push((format!("bus: running sum {i}"), env.fix(Q_BUS, 0) * product - sum));
    }
    let q = env.fix(Q_PROG, 0);
    let edge = q.clone() * (q.clone() - env.one()) * (q.clone() + env.one()) * (q - env.n(2));
    let total = env.adv(PHI[0], 0) + env.adv(PHI[1], 0) + env.adv(PHI[2], 0);
    polys.push(("bus: balanced where it starts and ends".into(), edge * total));
    polys
}

/// The running sums over a first-phase trace: three columns, and what is left at `end` (zero iff the bus balances).
pub fn running_sums(
    advice: &Grid,
    fixed: &Grid,
    instance: &[Fr],
    challenges: [Fr; 2],
    end: usize,
) -> ([Vec<Fr>; 3], Fr) {
    let height = advice.height();
    let mut sums: [Vec<Fr>; 3] = std::array::from_fn(|_| vec![Fr::ZERO; height]);
    // Per row and sum: Σ m / fold, with one inversion for a block of rows.
    const BLOCK: usize = 256;
    let deltas: Vec<[Fr; 3]> = (0..end.div_ceil(BLOCK))
        .into_par_iter()
        .flat_map_iter(|b| {
            let rows: Vec<usize> = (b * BLOCK..((b + 1) * BLOCK).min(end)).collect();
            let mut at = Vec::new();
            let mut mults = Vec::new();
            let mut folds = Vec::new();
            for &row in &rows {
                let env = Numeric {
                    advice,
                    fixed,
                    instance,
                    row,
                    challenges,
                };
                for (i, ports) in ports(&env).into_iter().enumerate() {
                    for p in ports {
                        if p.mult != Fr::ZERO {
                            at.push((row - b * BLOCK, i));
                            mults.push(p.mult);
                            folds.push(p.fold);
                        }
                    }
                }
            }
            invert_all(&mut folds);
            let mut out = vec![[Fr::ZERO; 3]; rows.len()];
            for ((row, i), (m, f)) in at.into_iter().zip(mults.into_iter().zip(folds)) {
                out[row][i] += m * f;
            }
            out
        })
        .collect();
    for (row, delta) in deltas.iter().enumerate() {
        for i in 0..3 {
            sums[i][row + 1] = sums[i][row] + delta[i];
        }
    }
    let left = (0..3).map(|i| sums[i][end]).sum();
    (sums, left)
}

/// Inverts every element in place; zeros stay (they cannot occur but with probability 2^-240).
pub(crate) fn invert_all(values: &mut [Fr]) {
    let mut acc = Fr::ONE;
    let mut prefix = Vec::with_capacity(values.len());
    for v in values.iter() {
        prefix.push(acc);
        if *v != Fr::ZERO {
            acc *= v;
        }
    }
    let mut inv = acc.invert().unwrap_or(Fr::ZERO);
    for (v, p) in values.iter_mut().zip(prefix).rev() {
        if *v != Fr::ZERO {
            let old = *v;
            *v = inv * p;
            inv *= old;
        }
    }
}
