//! The emitted verifier of statement M in an EVM: an account's proof is accepted, and nothing that says something else is.

mod support;

use circuits::solvency::input;
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use support::proven::solvency;
use support::statement::Subject;

#[test]
fn an_account_is_accepted_and_every_change_is_refused() {
    let proven = solvency("8");
    let fields = &proven.fields;
    // Each of them one that somebody could want to pass the proof off for.
    let changes = [
        ("domain", input::DOMAIN, fields[input::DOMAIN] + Fr::ONE),
        ("parameters", input::PARAMETERS, fields[input::PARAMETERS] + Fr::ONE),
        ("state root", input::STATE, fields[input::STATE] + Fr::ONE),
        ("risk root", input::RISK_ROOT, fields[input::RISK_ROOT] + Fr::ONE),
        ("equity instead", input::REQUIREMENT, Fr::ZERO),
        ("initial instead", input::REQUIREMENT, Fr::from(2)),
        ("no requirement at all", input::REQUIREMENT, Fr::from(3)),
        ("one unit more", input::THRESHOLD, fields[input::THRESHOLD] + Fr::ONE),
        (
            "less than nothing",
            input::THRESHOLD,
            fields[input::THRESHOLD] - Fr::ONE,
        ),
        ("challenge", input::CHALLENGE, fields[input::CHALLENGE] + Fr::ONE),
        ("pseudonym", input::PSEUDONYM, fields[input::PSEUDONYM] + Fr::ONE),
    ];
    let Some(mut subject) = Subject::new(&proven) else {
        return;
    };
    assert!(subject.gas() <= 435_000, "{}", subject.gas());
    subject.refuses_every_change(&changes);
    subject.refuses_mutations();
    subject.finish();
}
