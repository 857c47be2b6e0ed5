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
    let [last, enter, exit] = [0, -5, 4].map(|rotation| env.fix(Q_LAST, rotation));
    let full = env.fix(Q_FULL, 0);
    // Every row of the bus is a partial one unless it is another: static rows too, where the hash columns just run on.
    let partial = env.fix(Q_BUS, 0) - full.clone() - last.clone() - enter.clone() - exit.clone();
    let sel = poseidon::Selectors {
        full,
        enter,
        partial,
        exit,
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
    vec![
        (
            "step: capacity of a permutation is 0".into(),
            env.fix(Q_LAST, -1) * env.adv(HASH[0], 0),
        ),
        (
            "step: old output beside the new one".into(),
            bus::any_step(env, B) * (env.adv(F, OUT_NEW - B) - env.adv(G, OUT_OLD - B)),
        ),
    ]
}

/// Cells of a step as the gates at one of its rows see them.
pub(crate) struct Step<'a, E: Env> {
    env: &'a E,
    anchor: i32,
}

impl<'a, E: Env> Step<'a, E> {
    pub(crate) fn at(env: &'a E, anchor: i32) -> Self {
        Self { env, anchor }
    }

    /// A cell of the step.
    pub(crate) fn cell(&self, (col, row): Place) -> E::V {
        self.env.adv(col, row - self.anchor)
    }

    /// The same cell of the step before.
    pub(crate) fn before(&self, (col, row): Place) -> E::V {
        self.env.adv(col, row - self.anchor + PREV)
    }

    /// Multiplicity and fields of a message.
    pub(crate) fn message(&self, row: i32) -> [E::V; 4] {
        [(F, row), (G, row), (F, row + 1), (G, row + 1)].map(|place| self.cell(place))
    }

    /// The 63-bit value of a group.
    pub(crate) fn group(&self, row: i32) -> E::V {
        self.cell((G, row))
    }

    /// The 9-bit value of a group.
    pub(crate) fn extra(&self, row: i32) -> E::V {
        self.cell((F, row))
    }
}
