//! The emitted verifiers of statement R, of a segment and of a market, in an EVM: a proof is accepted, and nothing that says something
//! else is.

mod support;

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use support::proven::{Proven, market, segment};
use support::statement::{Change, Subject};

/// Whole transactions may cost this much gas.
const GAS: u64 = 580_000;

fn refuses_everything_else(proven: &Proven) {
    let changes: Vec<Change> = (0..proven.fields.len())
        .map(|at| ("one more", at, proven.fields[at] + Fr::ONE))
        .collect();
    let Some(mut subject) = Subject::new(proven) else {
        return;
    };
    assert!(subject.gas() <= GAS, "{}", subject.gas());
    subject.refuses_every_change(&changes);
    subject.refuses_mutations();
    subject.finish();
}

#[test]
fn a_segment_is_accepted_and_every_change_is_refused() {
    refuses_everything_else(&segment("4"));
}

#[test]
fn a_market_is_accepted_and_every_change_is_refused() {
    refuses_everything_else(&market("4"));
}
