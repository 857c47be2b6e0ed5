//! Statement S in circuit: honest batches satisfy every gate and the bus.

#[path = "../../witness-gen/tests/support/mod.rs"]
mod support;

use circuits::cell::Grid;
use circuits::check::{Failure, check};
use circuits::rows::{F, LA, TABLE_ROW};
use circuits::settlement::assign::assign;
use circuits::settlement::circuit::{Cells, SettlementCircuit, fixed_cells};
use circuits::settlement::program::INPUT;
use circuits::size::Size;
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use support::*;
use witness_gen::statement::settlement::{Instance, Outcome, Witness, execute};

fn size(name: &str) -> Size {
    Size::by_name(name).expect("a named size")
}

fn batch(seed: u64, accounts: usize, trades: usize) -> (Instance, Witness, Outcome) {
    let mut venue = Venue::seeded(seed, accounts, trades);
    let indices = venue.indices();
    let witness = venue.witness(&indices);
    let (instance, outcome) = execute(Fr::from(99), &witness, 42, EXPIRY, false, both_prices()).expect("a valid batch");
    (instance, witness, outcome)
}

fn names(failures: &[Failure]) -> Vec<String> {
    let mut seen: Vec<String> = failures
        .iter()
        .map(|f| match f {
            Failure::Gate { name, row } => format!("{name} @ {row}"),
            Failure::Bus => "bus".into(),
        })
        .collect();
    seen.truncate(20);
    seen
}

fn trace(size: &Size, i: &Instance, w: &Witness, o: &Outcome) -> Grid {
    assign(*size, i, w, o, None)
        .expect("fits")
        .finish()
        .expect("no overlap")
        .clone()
}

#[test]
fn honest_batches_satisfy_every_gate() {
    let s = size("s");
    let fixed = fixed_cells(&s);
    for (seed, accounts, trades) in [(1, 2, 8), (2, 4, 12), (3, 3, 30), (4, 1, 0), (5, 5, 3)] {
        let (i, w, o) = batch(seed, accounts, trades);
        if w.open_interest.is_empty() {
            continue;
        }
        let advice = trace(&s, &i, &w, &o);
        let failures = check(&s, &advice, &fixed, &i.to_fields());
        assert!(failures.is_empty(), "seed {seed}: {:?}", names(&failures));
    }
}

#[test]
fn the_mock_prover_agrees() {
    let s = size("s");
    let (i, w, o) = batch(2, 4, 12);
    let advice = trace(&s, &i, &w, &o);
    let circuit = SettlementCircuit::new(s).with_cells(Cells {
        advice,
        instance: i.to_fields(),
    });
    let instance = i.to_fields().to_vec();
    let mock = halo2_proofs::dev::MockProver::run(s.k, &circuit, vec![instance.clone()]).expect("runs");
    assert_eq!(mock.verify(), Ok(()));
    let mut wrong = instance;
    wrong[3] += Fr::ONE;
    let mock = halo2_proofs::dev::MockProver::run(s.k, &circuit, vec![wrong]).expect("runs");
    assert!(mock.verify().is_err());
}

/// Regression: limb values once shared their tag with public inputs, so that the id of an input that is 0 passed for a limb.
#[test]
fn a_public_input_of_zero_is_not_a_limb() {
    let s = size("s");
    let fixed = fixed_cells(&s);
    let (i, w, o) = batch(2, 4, 12);
    let mut grid = trace(&s, &i, &w, &o);
    let fields = i.to_fields();
    let input = fields.iter().position(|f| *f == Fr::ZERO).expect("the close flag is 0");
    let row = s.close() - 1;
    assert_eq!(grid.at(LA, row, 0), Fr::ZERO);
    grid.set(LA, row, Fr::from(INPUT + input as u64));
    for (at, change) in [(TABLE_ROW, -Fr::ONE), (input, Fr::ONE)] {
        let count = grid.at(F, at, 0);
        grid.set(F, at, count + change);
    }
    assert_eq!(check(&s, &grid, &fixed, &fields), vec![Failure::Bus]);
}
