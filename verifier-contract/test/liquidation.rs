//! The emitted verifier of statement L in an EVM: a batch of liquidations is accepted, and nothing that says something else is.

#[path = "../../circuits/tests/liquidation/book.rs"]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod book;
mod support;

use std::time::Instant;

use book::{Book, TERMS, breached, cases, size};
use circuits::liquidation::LiquidationCircuit;
use circuits::liquidation::layout::input;
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use prover::backend::{Backend, Cpu};
use prover::keys::keygen;
use prover::liquidation::STATEMENT;
use prover::srs::dev::UnsafeDevSetup;
use support::statement::Subject;
use verifier_contract::Meta;
use witness_gen::statement::liquidation::Instance;

#[test]
fn a_batch_is_accepted_and_every_change_is_refused() {
    let size = size("xs");
    let setup = UnsafeDevSetup::generate(size.k, "liquidation verifier").expect("a development setup");
    let empty = LiquidationCircuit::new(size);
    let keys = keygen(&setup, empty.laid(), Instance::LEN).expect("keys");
    println!("{}", keys.report);
    let victim = breached(&Book::new([]).market(), &cases::victim(0), 50);
    let book = Book::new([(5, victim), (9, cases::taker())]);
    let batch = book.run(&[(5, 9, TERMS)]).expect("due");
    let fields = batch.instance.to_fields();
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
    let subject = Subject {
        setup: &setup,
        keys: &keys,
        meta: Meta {
            name: "LiquidationXs".into(),
            statement: STATEMENT.into(),
            size: size.name.into(),
            k: size.k,
            instances: Instance::LEN,
            equal_columns: Vec::new(),
        },
        gas: 550_000,
    };
    subject.accepts_and_refuses_every_change(&fields, &changes, || {
        let circuit = empty.with_cells(batch.cells(size));
        let start = Instant::now();
        let proof = Cpu::default().prove(&setup, &keys, &circuit, &fields);
        println!("proven in {:.2} s", start.elapsed().as_secs_f64());
        proof.expect("a proof that verifies")
    });
}
