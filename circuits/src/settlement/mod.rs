//! Statement S: settlement at expiry, clauses S1–S9 of `docs/protocol.md`.
//!
//! Files in the order of the proof's story: [`program`] (public inputs, pools, prices meet the state tree), [`accounts`] (lists,
//! leaves), [`nodes`] (the tree, the chain of series), [`interest`] (payoffs, fees, open interest), [`assign`] (the witness),
//! [`circuit`] (all of it as one halo2 circuit).

pub mod accounts;
pub mod assign;
pub mod circuit;
pub mod fit;
pub mod interest;
pub mod nodes;
pub mod program;

use crate::chips::{bus, poseidon};
use crate::env::Env;
use crate::rows::*;

/// A named polynomial that is zero in every row.
pub type Gate<V> = (String, V);

/// Every gate of the statement except the bus, in the order in which keys and verifiers list them.
pub fn gates<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let last = env.fix(Q_LAST, 0);
    let sel = poseidon::Selectors {
        full: env.fix(Q_FULL, 0),
        enter: env.fix(Q_LAST, -5),
        partial: env.fix(Q_PARTIAL, 0),
        exit: env.fix(Q_LAST, 4),
        last,
    };
    let mut polys = poseidon::gates(env, sel, HASH, RC, G);
    polys.extend(program::gates(env));
    polys.extend(limb_groups(env));
    polys.extend(steps(env));
    polys.extend(accounts::gates(env));
    polys.extend(nodes::gates(env));
    polys.extend(interest::gates(env));
    polys
}

/// F and G of a group's first row are its two values.
fn limb_groups<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let q = bus::group_is(env, GROUP);
    vec![
        (
            "group: 63-bit value".into(),
            q.clone() * (env.adv(G, 0) - bus::group_value(env, 0)),
        ),
        ("group: 9-bit value".into(), q * (env.adv(F, 0) - bus::limb(env, 0, 7))),
    ]
}

/// What every step has: empty capacities, and the old output beside the new one.
fn steps<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let q = env.fix(Q_STEP, 0);
    vec![
        (
            "step: capacity of the old permutation is 0".into(),
            q.clone() * env.adv(HASH[0], 0),
        ),
        (
            "step: capacity of the new permutation is 0".into(),
            q.clone() * env.adv(HASH[0], NEW),
        ),
        (
            "step: old output beside the new one".into(),
            q * (env.adv(F, OUT_NEW) - env.adv(G, OUT_OLD)),
        ),
    ]
}
