//! The emitted verifier of statement M in an EVM: an account's proof is accepted, and nothing that says something else is.

#[path = "../../circuits/tests/solvency/lender.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod lender;
mod support;

use circuits::solvency::{SolvencyCircuit, input};
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use lender::{Lender, size};
use prover::backend::{Backend, Cpu};
use prover::keys::keygen;
use prover::solvency::STATEMENT;
use prover::srs::dev::UnsafeDevSetup;
use support::statement::Subject;
use verifier_contract::Meta;
use witness_gen::statement::solvency::Instance;

#[test]
fn an_account_is_accepted_and_every_change_is_refused() {
    let size = size("8");
    let setup = UnsafeDevSetup::generate(size.k, "solvency verifier").expect("a development setup");
    let empty = SolvencyCircuit::new(size);
    let keys = keygen(&setup, &empty, Instance::LEN).expect("keys");
    let lender = Lender::new(9, 5);
    let fields = lender.instance.to_fields();
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
    let subject = Subject {
        setup: &setup,
        keys: &keys,
        meta: Meta {
            name: "Solvency8".into(),
            statement: STATEMENT.into(),
            size: size.name.into(),
            k: size.k,
            instances: Instance::LEN,
            equal_columns: Vec::new(),
        },
        gas: 450_000,
    };
    subject.accepts_and_refuses_every_change(&fields, &changes, || {
        let circuit = empty.with_cells(lender.cells(size));
        let proof = Cpu::default().prove(&setup, &keys, &circuit, &fields);
        proof.expect("a proof that verifies")
    });
}
