//! The bus: limbs, fixed tables and tuples in two running sums.
//!
//! As in [`crate::chips::bus`]: a tuple is folded to α - (tag + β·x1 + β²·x2 + ..) and stands with a multiplicity; Σ m / fold = 0 iff the
//! multiplicities of every tuple add up to 0. α and β come after every first-phase cell is committed. A limb, and a tuple that is taken,
//! counts -1 by a fixed cell; what is offered, by a fixed table or by a row, counts as often as a witness cell says, which may say anything.

use std::ops::Range;

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use rayon::prelude::*;

use super::System;
use super::rows::*;
use crate::cell::Grid;
use crate::check::CHALLENGES;
use crate::chips::bus::invert_all;
use crate::env::{Env, Numeric};
use crate::settlement::Gate;

/// Challenges of the checker: any fixed values do.
pub fn challenges() -> [Fr; 2] {
    CHALLENGES.map(|c| Fr::from(c).pow([5]))
}

struct Port<V> {
    mult: V,
    fold: V,
}

fn folded<E: Env>(env: &E, tag: E::V, fields: &[E::V]) -> E::V {
    let mut power = env.one();
    let mut sum = tag;
    for x in fields {
        power = power * env.beta();
        sum = sum + power.clone() * x.clone();
    }
    env.alpha() - sum
}

/// The tuple of a row: five fields, or ten where it goes on.
fn tuple<E: Env>(env: &E) -> Port<E::V> {
    let long = env.fix(LONG, 0);
    let here = HASH.map(|c| env.adv(c, 0));
    let next = HASH.map(|c| long.clone() * env.adv(c, 1));
    let fields: Vec<E::V> = here.into_iter().chain(next).collect();
    Port {
        mult: env.fix(OFFER, 0) * env.adv(OUT, 0) - env.fix(TAKE, 0),
        fold: folded(env, env.fix(TAG, 0), &fields),
    }
}

fn ports<S: System, E: Env>(env: &E) -> [Vec<Port<E::V>>; 2] {
    let limb = |col: usize| Port {
        mult: -env.fix(Q_BUS, 0),
        fold: folded(env, env.n(TAG_LIMB), &[env.adv(col, 0)]),
    };
    let values: Vec<E::V> = S::TABLE.iter().map(|c| env.fix(*c, 0)).collect();
    let table = Port {
        mult: env.fix(TABLE_TAG, 0) * env.adv(M, 0),
        fold: folded(env, env.fix(TABLE_TAG, 0), &values),
    };
    [vec![limb(L[0]), limb(L[1]), table], vec![tuple(env)]]
}

/// The gates of the running sums.
pub fn gates<S: System, E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let mut polys = Vec::new();
    for (i, ports) in ports::<S, E>(env).into_iter().enumerate() {
        let delta = env.fix(Q_BUS, 0) * (env.adv(PHI[i], 1) - env.adv(PHI[i], 0));
        let product = ports.iter().fold(delta, |acc, p| acc * p.fold.clone());
        let sum = ports.iter().enumerate().fold(env.n(0), |sum, (a, port)| {
            let others = ports.iter().enumerate().filter(|(b, _)| *b != a);
            sum + others.fold(port.mult.clone(), |acc, (_, p)| acc * p.fold.clone())
        });
        polys.push((format!("bus: running sum {i}"), product - sum));
    }
    let total = env.adv(PHI[0], 0) + env.adv(PHI[1], 0);
    polys.push((
        "bus: balanced where it begins and ends".into(),
        env.fix(EDGE, 0) * total,
    ));
    polys
}

/// The fold of a table's row or of a tuple, at the checker's challenges: a key to count by.
pub(crate) fn key(of: u64, fields: &[Fr]) -> [u8; 32] {
    let [alpha, beta] = challenges();
    let mut power = Fr::ONE;
    let mut sum = Fr::from(of);
    for x in fields {
        power *= beta;
        sum += power * x;
    }
    (alpha - sum).to_bytes()
}

/// What a row adds to each running sum.
pub fn balance_at<S: System>(cells: &Grid, fixed: &Grid, challenges: [Fr; 2], row: usize) -> [Fr; 2] {
    balances::<S>(cells, fixed, challenges, row..row + 1)[0]
}

/// What each of some rows adds to each running sum, with one inversion for all of them.
fn balances<S: System>(cells: &Grid, fixed: &Grid, challenges: [Fr; 2], rows: Range<usize>) -> Vec<[Fr; 2]> {
    let first = rows.start;
    let mut sums = vec![[Fr::ZERO; 2]; rows.len()];
    let (mut places, mut mults, mut folds) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let env = Numeric {
            advice: cells,
            fixed,
            instance: &[],
            row,
            challenges,
        };
        for (sum, ports) in ports::<S, _>(&env).into_iter().enumerate() {
            for port in ports.into_iter().filter(|port| port.mult != Fr::ZERO) {
                places.push((row - first, sum));
                mults.push(port.mult);
                folds.push(port.fold);
            }
        }
    }
    invert_all(&mut folds);
    for ((row, sum), (mult, inverse)) in places.into_iter().zip(mults.into_iter().zip(folds)) {
        sums[row][sum] += mult * inverse;
    }
    sums
}

/// Rows that share an inversion.
const BLOCK: usize = 256;

/// The running sums over rows `0..=end`, and what is left at `end`: zero iff the bus balances.
pub fn running_sums<S: System>(cells: &Grid, fixed: &Grid, challenges: [Fr; 2], end: usize) -> ([Vec<Fr>; 2], Fr) {
    let deltas: Vec<[Fr; 2]> = (0..end.div_ceil(BLOCK))
        .into_par_iter()
        .flat_map_iter(|block| {
            let rows = block * BLOCK..((block + 1) * BLOCK).min(end);
            balances::<S>(cells, fixed, challenges, rows)
        })
        .collect();
    let sums = [0, 1].map(|i| {
        let mut sum = Vec::with_capacity(end + 1);
        let mut so_far = Fr::ZERO;
        sum.push(so_far);
        for delta in &deltas {
            so_far += delta[i];
            sum.push(so_far);
        }
        sum
    });
    let left = sums.iter().filter_map(|s| s.last()).sum();
    (sums, left)
}
