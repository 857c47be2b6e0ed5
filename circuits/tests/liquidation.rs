//! Statement L in circuit: honest batches satisfy every gate, copy and tuple.
#![allow(missing_docs, unreachable_pub)]

#[path = "liquidation/book.rs"]
#[allow(dead_code)]
mod book;

use book::cases::terms;
use book::*;
use circuits::liquidation::{LiquidationCircuit, SIZES};
use halo2_proofs::dev::MockProver;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::account::Account;
use witness_gen::liquidation::Terms;
use witness_gen::series::Kind;
use witness_gen::statement::liquidation::check;
use witness_gen::units::Cash;

fn victim(market: &witness_gen::liquidation::Market, percent: i128) -> Account {
    breached(market, &cases::victim(0), percent)
}

#[track_caller]
fn accepted(what: &str, batch: &Batch, circuit: &LiquidationCircuit) {
    check(&batch.instance, &batch.witness).expect("a valid batch");
    let failures = batch.failures(circuit);
    assert!(failures.is_empty(), "{what}: {:?}", &failures[..failures.len().min(5)]);
}

#[test]
fn every_size_has_room_for_what_it_names() {
    for size in SIZES {
        let (above, below) = LiquidationCircuit::new(size).used();
        println!("size {}: rows {above} + {below} of {}", size.name, size.end());
    }
}

#[test]
fn one_liquidation_of_every_sort_satisfies_every_constraint() {
    let circuit = LiquidationCircuit::new(size("xs"));
    let empty = Book::new([]);
    let market = empty.market();
    let book = |victim: Account, taker: Account| Book::new([(5, victim), (9, taker)]);
    let one = |book: &Book| book.run(&[(5, 9, TERMS)]).expect("due");
    // Restored by a part; netting on the way.
    let batch = one(&book(victim(&market, 50), cases::taker()));
    let step = &batch.witness.steps[0].transfer;
    assert!(step.part < step.whole && !batch.outcome.netted.is_empty());
    accepted("a part", &batch, &circuit);
    // One unit below maintenance, and a taker without positions.
    let mut close = victim(&market, 100);
    close.cash = Cash(least_cash(&market, &close.positions) - 1);
    let batch = one(&book(close, account(8, 100_000 * QUOTE, &[])));
    assert!(batch.outcome.netted.is_empty());
    accepted("one unit", &batch, &circuit);
    // Below the cutoff: the whole.
    let batch = one(&book(victim(&market, 1), cases::taker()));
    assert!(batch.outcome.steps[0].outcome.closed);
    accepted("below the cutoff", &batch, &circuit);
    // Insolvent: insurance pays, in part, not at all because it is in debt itself.
    for (owes, insurance) in [(40, 50_000), (400, 50), (400, 0), (400, -7)] {
        let mut book = book(cases::Case::insolvent(owes).victim, cases::taker());
        book.pools = cases::pools(insurance);
        let batch = one(&book);
        let outcome = &batch.outcome.steps[0].outcome;
        assert!(outcome.closed && outcome.liquidated.cash == Cash::ZERO);
        assert_eq!(outcome.bad_debt > Cash::ZERO, insurance < 400);
        accepted("insolvent", &batch, &circuit);
    }
    // Nothing but a debt.
    let batch = one(&book(account(7, -3 * QUOTE, &[]), cases::taker()));
    accepted("a debt without positions", &batch, &circuit);
    // A taker whose position is netted to nothing.
    let put = terms(Kind::Put, 1_800_000_000);
    let whole = account(8, 100_000 * QUOTE, &[(put, 10_000_000)]);
    let batch = one(&book(victim(&market, 1), whole));
    let after = &batch.outcome.accounts[&9].positions;
    assert!(after.iter().all(|position| position.series != put));
    accepted("netted to nothing", &batch, &circuit);
    // No discount, no penalty; the largest ones.
    for terms in [(0, 0), (3_000, 1_000)] {
        let terms = Terms {
            discount: terms.0,
            penalty: terms.1,
        };
        let book = book(victim(&market, 70), cases::taker());
        accepted("rates", &book.run(&[(5, 9, terms)]).expect("due"), &circuit);
    }
}

#[test]
fn a_batch_of_four_satisfies_every_constraint() {
    let circuit = LiquidationCircuit::new(size("m"));
    let market = Book::new([]).market();
    let at = |owner: u64, percent: i128| Account {
        owner: Fr::from(owner),
        ..victim(&market, percent)
    };
    let mut insolvent = cases::Case::insolvent(300).victim;
    insolvent.owner = Fr::from(23);
    let other = account(24, 300_000 * QUOTE, &[(terms(Kind::Call, 2_400_000_000), 1_000_000)]);
    let book = Book::new([
        (5, at(20, 40)),
        (6, at(21, 80)),
        (4_000_000, at(22, 1)),
        (16_777_215, insolvent),
        (9, cases::taker()),
        (10, other),
    ]);
    let wanted = [
        (5, 9, TERMS),
        (6, 9, TERMS),
        (4_000_000, 10, TERMS),
        (16_777_215, 10, TERMS),
    ];
    let batch = book.run(&wanted).expect("due");
    accepted("four", &batch, &circuit);
    for i in 0..7 {
        let mut wrong = batch.instance.to_fields();
        wrong[i] += Fr::one();
        let cells = batch.cells(circuit.size());
        let failures = circuits::builder::check::check(circuit.laid(), &cells, &wrong);
        assert!(!failures.is_empty(), "public input {i}");
    }
}

#[test]
fn the_mock_prover_agrees() {
    let s = size("xs");
    let market = Book::new([]).market();
    let book = Book::new([(5, victim(&market, 50)), (9, cases::taker())]);
    let batch = book.run(&[(5, 9, TERMS)]).expect("due");
    let circuit = LiquidationCircuit::new(s).with_cells(batch.cells(s));
    let instance = batch.instance.to_fields().to_vec();
    let mock = MockProver::run(s.k, &circuit, vec![instance.clone()]).expect("runs");
    assert_eq!(mock.verify(), Ok(()));
    for i in 0..instance.len() {
        let mut wrong = instance.clone();
        wrong[i] += Fr::one();
        let mock = MockProver::run(s.k, &circuit, vec![wrong]).expect("runs");
        assert!(mock.verify().is_err(), "public input {i}");
    }
}
