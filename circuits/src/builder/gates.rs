//! The gates that every system of the builder has: the permutation, an arithmetic row, a word of limbs.
//!
//! Range checks: every cell of the two limb columns is below 2^9 by the bus ([`super::bus`]). A word is the value of the limbs of consecutive
//! rows, 18 bits a row, or 9 in the last one where [`LONG`] says so.

use super::rows::*;
use crate::chips::poseidon;
use crate::env::Env;
use crate::settlement::Gate;

/// The permutation.
pub fn hash<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let sel = poseidon::Selectors {
        full: env.fix(Q_FULL, 0),
        enter: env.fix(Q_ENTER, 0),
        partial: env.fix(Q_PARTIAL, 0),
        exit: env.fix(Q_EXIT, 0),
        last: env.fix(Q_LAST, 0),
    };
    poseidon::gates(env, sel, HASH, RC, OUT)
}

/// Arithmetic rows and words of limbs.
pub fn rows<E: Env>(env: &E) -> Vec<Gate<E::V>> {
    let a = |i: usize| env.adv(A[i], 0);
    let rc = |i: usize| env.fix(RC[i], 0);
    let sum = rc(0) * a(0) * a(1) + rc(1) * a(0) + rc(2) * a(1) + rc(3) * a(2) + rc(4) * a(3) + env.fix(QK, 0);
    let word = env.fix(WORD, 0);
    let carried = (word.clone() - env.one()) * env.pow2(18) * env.adv(WORD_OF, 1);
    let limbs = env.adv(L[0], 0) + env.n(512) * env.adv(L[1], 0);
    let half = word.clone() * env.fix(LONG, 0) * env.adv(L[1], 0);
    vec![
        ("arithmetic row".into(), env.fix(Q_ARITHMETIC, 0) * sum),
        ("word of an odd number of limbs".into(), half),
        ("word of limbs".into(), word * (env.adv(WORD_OF, 0) - limbs - carried)),
    ]
}
