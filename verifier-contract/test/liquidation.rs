//! The emitted verifier of statement L in an EVM: a batch of liquidations is accepted, and nothing that says something else is.

mod support;

use circuits::liquidation::layout::input;
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use support::proven::liquidation;
use support::statement::Subject;

#[test]
fn a_batch_is_accepted_and_every_change_is_refused() {
    let proven = liquidation();
    let fields = &proven.fields;
    let one_more = |what, at: usize| (what, at, fields[at] + Fr::ONE);
    let changes = [
        one_more("domain", input::DOMAIN),
        one_more("parameters", input::PARAMETERS),
        one_more("old state", input::OLD_STATE),
        one_more("new state", input::NEW_STATE),
        ("nothing happened", input::NEW_STATE, fields[input::OLD_STATE]),
        one_more("risk root", input::RISK_ROOT),
        one_more("the next batch", input::BATCH),
        one_more("the breaker is on", input::BREAKER),
    ];
    let Some(mut subject) = Subject::new(&proven) else {
        return;
    };
    assert!(subject.gas() <= 525_000, "{}", subject.gas());
    subject.refuses_every_change(&changes);
    subject.refuses_mutations();
    subject.finish();
}
