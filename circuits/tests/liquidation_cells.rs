//! Statement L, cell by cell: every cell changed alone, and every read answered wrongly. Refused, or read by no constraint.
#![allow(missing_docs, unreachable_pub)]

#[path = "liquidation/book.rs"]
#[allow(dead_code)]
mod book;
mod built;

use book::*;
use built::{Local, every_cell_alone, no_lying_read};
use circuits::builder::rows::PHASE0;
use circuits::cell::Trace;
use circuits::liquidation::{Liquidation, LiquidationCircuit, trace, trace_into};

/// Three positions of one account, one of the other, netting; restored by a part.
fn a_part() -> (Local<Liquidation>, Batch) {
    of(Book::new([
        (5, breached(&Book::new([]).market(), &cases::victim(0), 50)),
        (9, cases::taker()),
    ]))
}

/// An insolvent account, insurance that does not reach.
fn insolvent() -> (Local<Liquidation>, Batch) {
    of(Book::new([
        (5, cases::Case::insolvent(400).victim),
        (9, cases::taker()),
    ]))
}

fn of(book: Book) -> (Local<Liquidation>, Batch) {
    let batch = book.run(&[(5, 9, TERMS)]).expect("due");
    let circuit = LiquidationCircuit::new(size("xs"));
    let cells = batch.cells(circuit.size());
    (
        Local::new(circuit.laid().clone(), cells, &batch.instance.to_fields()),
        batch,
    )
}

#[test]
fn every_cell_alone_of_a_liquidation() {
    every_cell_alone("liquidation by a part", &a_part().0);
    every_cell_alone("liquidation of an insolvent account", &insolvent().0);
}

#[test]
fn no_lying_read_of_a_liquidation_is_accepted() {
    let s = size("xs");
    for (what, (local, batch)) in [
        ("liquidation by a part", a_part()),
        ("liquidation of an insolvent account", insolvent()),
    ] {
        let recording = Trace::new(PHASE0, s.rows(), s.end()).recording();
        let reads = trace_into(recording, s, batch.statement()).expect("fits").into_reads();
        no_lying_read(what, &local, reads, |lie| trace(s, batch.statement(), Some(lie)).ok());
    }
}
