//! Statement M in circuit: honest accounts satisfy every gate, copy and limb; what `check()` refuses, the circuit refuses.
#![allow(missing_docs, unreachable_pub)]

#[path = "solvency/lender.rs"]
mod lender;

use circuits::solvency::{SIZES, SolvencyCircuit};
use halo2_proofs::dev::MockProver;
use halo2_proofs::halo2curves::bn256::Fr;
use lender::*;
use witness_gen::liquidation::{Level, Market};
use witness_gen::statement::solvency::{check, is_met};
use witness_gen::units::fr_pow2;

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

/// What statement M counts in the field, liquidation counts in integers: the same numbers, so an account is healthy or liquidatable, never both.
#[test]
fn margins_of_solvency_and_liquidation_agree() {
    for held in [0, 1, 5, 20, 60] {
        let mut lender = Lender::new(held as u64, held);
        for (requirement, level) in [(MAINTENANCE, Level::Maintenance), (INITIAL, Level::Initial)] {
            lender.cash_for(requirement);
            for by in [0, -1, 1, -(1i128 << 90), 1 << 100] {
                let mut lender = lender.clone();
                lender.witness.account.cash.0 += by;
                let w = &lender.witness;
                let market =
                    Market::new(lender.rows.clone(), &w.risk.grid, w.round.spot, w.rules).expect("rows of the grid");
                let margin = market
                    .margin(level, w.account.cash, &w.account.positions)
                    .expect("priced");
                let excess = lender.excess();
                assert_eq!(is_met(&excess), margin.is_met(), "{held} positions, {by}");
                assert_eq!(is_met(&excess), by >= 0, "{held} positions, {by}");
                for (field, integer) in excess.iter().zip(&margin.excess) {
                    let magnitude = integer.magnitude().to_u64_digits();
                    let sum = (magnitude.iter().rev()).fold(Fr::zero(), |sum, d| sum * fr_pow2(64) + Fr::from(*d));
                    let negative = *integer < 0.into();
                    assert_eq!(*field, if negative { -sum } else { sum });
                }
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
        wrong[i] += Fr::one();
        let mock = MockProver::run(s.k, &circuit, vec![wrong]).expect("runs");
        assert!(mock.verify().is_err(), "public input {i}");
    }
}
