//! The emitted verifier of a segment of statement R in an EVM: a proof is accepted, and nothing that says something else is.

mod support;

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use support::proven::segment;
use support::statement::{Change, Subject};

#[test]
fn a_segment_is_accepted_and_every_change_is_refused() {
    let proven = segment("4");
    let changes: Vec<Change> = (0..proven.fields.len())
        .map(|at| ("one more", at, proven.fields[at] + Fr::ONE))
        .collect();
    let Some(mut subject) = Subject::new(&proven) else {
        return;
    };
    assert!(subject.gas() <= 580_000, "{}", subject.gas());
    subject.refuses_every_change(&changes);
    subject.refuses_mutations();
    subject.finish();
}
