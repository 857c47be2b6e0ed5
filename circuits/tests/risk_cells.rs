//! Statement R, cell by cell: every cell changed alone, and every read answered wrongly. Refused, or read by no constraint.
#![allow(missing_docs, unreachable_pub)]

mod built;
#[path = "risk/listing.rs"]
#[allow(dead_code)]
mod listing;

use built::{Local, every_cell_alone, no_lying_read};
use circuits::cell::Trace;
use circuits::risk::rows::PHASE0;
use circuits::risk::{Market, Risk, RiskCircuit, Segment, Unit, market_trace, market_trace_into, trace, trace_into};
use listing::*;

fn of_segment(unit: Unit) -> (Local<Risk>, Segment) {
    let case = Case::first_of(unit, "4", 3, 3, 2);
    let circuit = circuit_of(unit, case.size);
    let local = Local::new(circuit.laid().clone(), case.cells.clone(), &case.instance.to_fields());
    (local, case.segment)
}

fn of_market() -> (Local<Risk>, Market) {
    let s = size("4");
    let market = market(s, &arrays(&inputs(3, 3, 2)));
    let instance = market.instance().expect("a later price");
    let local = Local::new(
        RiskCircuit::market(s).laid().clone(),
        market_cells(s, &market),
        &instance,
    );
    (local, market)
}

#[test]
fn every_cell_of_a_segment_alone() {
    every_cell_alone("segment", &of_segment(Unit::Quote).0);
}

#[test]
fn every_cell_of_a_segment_in_coin_alone() {
    every_cell_alone("segment in coin", &of_segment(Unit::Coin).0);
}

#[test]
fn every_cell_of_a_market_alone() {
    every_cell_alone("market", &of_market().0);
}

#[test]
fn no_lying_read_of_a_segment_is_accepted() {
    lying_reads_of_a_segment("segment", Unit::Quote);
}

#[test]
fn no_lying_read_of_a_segment_in_coin_is_accepted() {
    lying_reads_of_a_segment("segment in coin", Unit::Coin);
}

fn lying_reads_of_a_segment(part: &str, unit: Unit) {
    let (local, segment) = of_segment(unit);
    let s = size("4");
    let recording = Trace::new(PHASE0, s.rows(), s.end()).recording();
    let reads = trace_into(recording, s, &segment).expect("fits").into_reads();
    no_lying_read(part, &local, reads, |lie| trace(s, &segment, Some(lie)).ok());
}

#[test]
fn no_lying_read_of_a_market_is_accepted() {
    let (local, market) = of_market();
    let s = size("4");
    let recording = Trace::new(PHASE0, s.rows(), s.end()).recording();
    let reads = market_trace_into(recording, s, &market).expect("fits").into_reads();
    no_lying_read("market", &local, reads, |lie| market_trace(s, &market, Some(lie)).ok());
}
