//! Statement M in circuit: honest accounts satisfy every gate, copy and limb; what `check()` refuses, the circuit refuses.
#![allow(missing_docs, unreachable_pub)]

#[path = "solvency/lender.rs"]
mod lender;

use circuits::solvency::{SIZES, SolvencyCircuit};
use halo2_proofs::dev::MockProver;
use lender::*;
use witness_gen::statement::solvency::check;

#[test]
fn honest_accounts_satisfy_every_constraint() {
    for s in SIZES {
        let circuit = SolvencyCircuit::new(s);
        for held in [0, 1, 2, 3, s.positions - 1, s.positions] {
            let mut lender = Lender::new(held as u64, held);
            for requirement in [MAINTENANCE, INITIAL, EQUITY] {
                lender.cash_for(requirement);
                check(&lender.instance, &lender.witness).expect("a healthy account");
                let failures = lender.failures(&circuit);
                assert!(
                    failures.is_empty(),
                    "size {} held {held}: {:?}",
                    s.name,
                    &failures[..failures.len().min(5)]
                );
            }
        }
    }
}

#[test]
fn the_mock_prover_agrees() {
    let s = size("8");
    let lender = Lender::new(3, 5);
    let circuit = SolvencyCircuit::new(s).with_cells(lender.cells(s));
    let instance = lender.instance.to_fields().to_vec();
    let mock = MockProver::run(s.k, &circuit, vec![instance.clone()]).expect("runs");
    assert_eq!(mock.verify(), Ok(()));
    for i in 0..instance.len() {
        let mut wrong = instance.clone();
        wrong[i] += halo2_proofs::halo2curves::bn256::Fr::one();
        let mock = MockProver::run(s.k, &circuit, vec![wrong]).expect("runs");
        assert!(mock.verify().is_err(), "public input {i}");
    }
}
