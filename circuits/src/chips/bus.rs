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
//! Two running sums share the ports so that every polynomial stays at degree 6.

use std::sync::LazyLock;

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use rayon::prelude::*;

use crate::cell::Grid;
use crate::env::{Env, Numeric};
use crate::rows::*;

/// A node of the state tree (heap number, old value, new value), or of the inputs or parameters tree; a word of a new list ([`LIST`] +
/// its number, word, 0). Heap numbers are below 2^38, so the two never meet.
pub const T_NODE: u64 = 1;
/// Where the numbers of listed words begin.
pub const LIST: u64 = 1 << 40;
/// What static rows offer: public inputs (id, value), and wires between program rows.
pub const T_FIX: u64 = 2;
/// A series seen by short and by carried positions (word, 2 rank + settled, net per lot); the long side of a settled one is this + 1.
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
pub fn ports<E: Env>(env: &E) -> [Vec<Port<E::V>>; 2] {
    let position = || group_is(env, POSITION);
    // Limbs: every cell of the limb columns, in every row where the bus runs, is one of the 512 values.
    let limb_port = |col: usize| Port {
        mult: -env.fix(Q_BUS, 0),
        fold: fold(env, env.n(T_LIMB), &[env.adv(col, 0)]),
    };
    // A position, seen by its series: counted as many times as it has lots. A carried one is the same on both sides.
    let cells = Position::read(env);
    let lots = cells.present.clone() + group_value(env, 0);
    let signed = (cells.long.clone() + cells.long.clone() - env.one()) * lots.clone();
    let series = cells.word.clone() - env.pow2(247) - env.pow2(184) * signed;
    let settled = cells.present - cells.carried.clone();
    let tag = env.n(T_SERIES) + cells.long * settled.clone();
    let seen = Port {
        mult: -(position() * lots),
        fold: fold(env, tag, &[series, cells.rank + settled, cells.net]),
    };
    let carried = Port {
        mult: position() * cells.carried,
        fold: fold(env, env.n(T_NODE), &[cells.count, cells.word]),
    };
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
        vec![message, carried, offered],
    ]
}

/// The cells of a position, from its first row.
pub struct Position<V> {
    /// Long, not short.
    pub long: V,
    /// Position word.
    pub word: V,
    /// A position stands here.
    pub present: V,
    /// It is carried, not settled.
    pub carried: V,
    /// Net per lot.
    pub net: V,
    /// 2·rank of its series.
    pub rank: V,
    /// [`LIST`] + the number of carried positions up to here.
    pub count: V,
    /// Cash of the account's positions up to here.
    pub cash: V,
}

impl<V> Position<V> {
    /// The position that begins in the current row.
    pub fn read<E: Env<V = V>>(env: &E) -> Self {
        let cell = |(col, row): Place| env.adv(col, row);
        use position::*;
        Self {
            long: cell(LONG),
            word: cell(WORD),
            present: cell(PRESENT),
            carried: cell(CARRIED),
            net: cell(NET),
            rank: cell(RANK),
            count: cell(COUNT),
            cash: cell(CASH),
        }
    }
}

/// 1 at row [`A`] or [`B`] of a dynamic step: the tag of the step's row 0 is that of a node's first child.
pub fn dynamic_step<E: Env>(env: &E, anchor: i32) -> E::V {
    step_of(env, anchor, T_NODE, T_SERIES)
}

/// 1 at row [`A`] or [`B`] of an open-interest step: the tag of its row 0 is that of the short side.
pub fn interest_step<E: Env>(env: &E, anchor: i32) -> E::V {
    step_of(env, anchor, T_SERIES, T_NODE)
}

/// Not 0 exactly at row [`A`] or [`B`] of any step.
pub fn any_step<E: Env>(env: &E, anchor: i32) -> E::V {
    env.fix(Q_LAST, -1) * env.fix(TAG, -anchor)
}

/// Both permutations of a step begin after the end of one; only its row 0 has a tag, of the two kinds' own, and row [`B`] has none.
fn step_of<E: Env>(env: &E, anchor: i32, tag: u64, other: u64) -> E::V {
    any_step(env, anchor) * env.k(step_norm(tag)) * (env.fix(TAG, -anchor) - env.n(other))
}

/// What makes the selector of a step with this tag in its row 0, of the two that there are, 1. Inverted once, like [`group_norm`].
fn step_norm(tag: u64) -> Fr {
    static NORMS: LazyLock<[Fr; 2]> = LazyLock::new(|| {
        [(T_NODE, T_SERIES), (T_SERIES, T_NODE)].map(|(tag, other)| {
            let product = Fr::from(tag) * (Fr::from(tag) - Fr::from(other));
            product.invert().unwrap_or(Fr::ZERO)
        })
    });
    NORMS[usize::from(tag == T_SERIES)]
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
    let total = env.adv(PHI[0], 0) + env.adv(PHI[1], 0);
    polys.push(("bus: balanced where it starts and ends".into(), edge * total));
    polys
}

/// The running sums over a first-phase trace: two columns, and what is left at `end` (zero iff the bus balances).
pub fn running_sums(
    advice: &Grid,
    fixed: &Grid,
    instance: &[Fr],
    challenges: [Fr; 2],
    end: usize,
) -> ([Vec<Fr>; 2], Fr) {
    let height = advice.height();
    let mut sums: [Vec<Fr>; 2] = std::array::from_fn(|_| vec![Fr::ZERO; height]);
    // Per row and sum: Σ m / fold, with one inversion for a block of rows.
    const BLOCK: usize = 256;
    let deltas: Vec<[Fr; 2]> = (0..end.div_ceil(BLOCK))
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
            let mut out = vec![[Fr::ZERO; 2]; rows.len()];
            for ((row, i), (m, f)) in at.into_iter().zip(mults.into_iter().zip(folds)) {
                out[row][i] += m * f;
            }
            out
        })
        .collect();
    for (row, delta) in deltas.iter().enumerate() {
        for i in 0..2 {
            sums[i][row + 1] = sums[i][row] + delta[i];
        }
    }
    let left = sums.iter().map(|sum| sum[end]).sum();
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
