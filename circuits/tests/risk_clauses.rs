//! One negative test per clause that a segment proves, and that the market of a round proves.
#![allow(missing_docs, non_snake_case, unreachable_pub)]

#[path = "risk/listing.rs"]
#[allow(dead_code)]
mod listing;

use std::sync::OnceLock;

use circuits::builder::End;
use circuits::builder::check::check;
use circuits::cell::Grid;
use circuits::risk::segment::input;
use circuits::risk::{Cursor, Market, RiskCircuit, Segment};
use halo2_proofs::halo2curves::bn256::Fr;
use listing::*;
use witness_gen::market::Volatility;
use witness_gen::pricing::ValuePerLot;
use witness_gen::risk::RiskArrays;

fn circuit() -> &'static RiskCircuit {
    static CIRCUIT: OnceLock<RiskCircuit> = OnceLock::new();
    CIRCUIT.get_or_init(|| RiskCircuit::segment(size("4")))
}

/// The public inputs that cells speak of, whoever computed them.
fn spoken(cells: &Grid) -> Vec<Fr> {
    let mut instance = vec![Fr::zero(); 5];
    for (from, to) in circuit().copies() {
        if let End::Input(i) = from {
            instance[*i] = cells.at(to.col, to.row, 0);
        }
    }
    instance
}

fn refused(cells: &Grid, instance: &[Fr]) -> bool {
    !check(circuit().laid(), cells, instance).is_empty()
}

fn honest() -> (RiskArrays, Segment, Vec<Fr>) {
    let arrays = arrays(&inputs(11, 4, 2));
    let (mut segments, _) = Segment::split(size("4"), &arrays).expect("calls and puts");
    let segment = segments.swap_remove(0);
    let instance = fields(&segment.instance(size("4"), &arrays));
    assert!(!refused(&cells(size("4"), &segment), &instance));
    (arrays, segment, instance)
}

/// No instance at all accepts the cells of this segment.
fn never(segment: &Segment) -> bool {
    let cells = cells(size("4"), segment);
    refused(&cells, &spoken(&cells))
}

/// The cells of this segment speak of other inputs, and of none but these.
fn other(segment: &Segment, instance: &[Fr], at: usize) -> bool {
    let cells = cells(size("4"), segment);
    let spoken = spoken(&cells);
    refused(&cells, instance) && spoken[at] != instance[at]
}

fn market_circuit() -> &'static RiskCircuit {
    static CIRCUIT: OnceLock<RiskCircuit> = OnceLock::new();
    CIRCUIT.get_or_init(|| RiskCircuit::market(size("4")))
}

fn honest_market() -> (Market, Vec<Fr>) {
    let market = market(size("4"), &arrays(&inputs(11, 4, 2)));
    let instance = market.instance().expect("a later price").to_vec();
    assert!(check(market_circuit().laid(), &market_cells(size("4"), &market), &instance).is_empty());
    (market, instance)
}

/// No instance at all accepts the cells of this market.
fn never_market(market: &Market) -> bool {
    let cells = market_cells(size("4"), market);
    let mut instance = vec![Fr::zero(); 9];
    for (from, to) in market_circuit().copies() {
        if let End::Input(i) = from {
            instance[*i] = cells.at(to.col, to.row, 0);
        }
    }
    !check(market_circuit().laid(), &cells, &instance).is_empty()
}

#[test]
fn invalid_R1__rules_out_of_range() {
    let (market, _) = honest_market();
    let mut forged = vec![market; 10];
    forged[0].rules.grid.volatility.up_bp = 20_001;
    forged[1].rules.grid.volatility.power_long_bp = 10_001;
    forged[2].rules.grid.volatility.floor_seconds = forged[2].rules.grid.volatility.pivot_seconds + 1;
    forged[3].rules.grid.spot_floor_bp = 0;
    forged[4].rules.grid.scenarios[3].weight_bp = 10_001;
    forged[5].rules.grid.scenarios[3].spot_bp = -10_000;
    forged[6].rules.regime.decay_1e5 = 100_000;
    forged[7].rules.regime.cap_bp = 9_999;
    forged[8].rules.regime.step_seconds = 0;
    forged[9].rules.inverse_scale = 1 << 34;
    for (i, forged) in forged.iter().enumerate() {
        assert!(forged.rules.validate().is_err() && never_market(forged), "{i}");
    }
}

#[test]
fn invalid_R1_R4_R5__another_public_input() {
    let (market, instance) = honest_market();
    let cells = market_cells(size("4"), &market);
    for i in 0..instance.len() {
        let mut wrong = instance.clone();
        wrong[i] += Fr::one();
        assert!(!check(market_circuit().laid(), &cells, &wrong).is_empty(), "{i}");
    }
    let mut forged = market.clone();
    forged.rules.grid.scenarios[0].spot_bp += 1;
    let forged = market_cells(size("4"), &forged);
    assert!(!check(market_circuit().laid(), &forged, &instance).is_empty());
}

#[test]
fn invalid_R4__a_time_before_the_state() {
    let (mut market, _) = honest_market();
    market.regime.time = market.time + 1;
    assert!(never_market(&market));
    let (mut market, _) = honest_market();
    market.regime.price = price(0);
    assert!(never_market(&market));
    market.regime.price = price(1 << 45);
    assert!(never_market(&market));
}

#[test]
fn invalid_R5__outside_the_domain() {
    let (market, _) = honest_market();
    let mut forged = vec![market; 5];
    // Expired, too far away, a forward below its floor, expiries out of order, one expiry with two forwards.
    forged[0].contexts.expiries[0].expiry = (TIME / 60) as u32;
    forged[1].contexts.expiries[3].expiry += (1 << 27) / 60;
    forged[2].contexts.expiries[0].forward = (1 << 24) - 1;
    forged[3].contexts.expiries.swap(0, 1);
    forged[4].contexts.expiries[3].forward += 1;
    for (i, forged) in forged.iter().enumerate() {
        assert!(never_market(forged), "{i}");
    }
}

#[test]
fn invalid_R2__series_out_of_order() {
    let (_, segment, _) = honest();
    for (a, b) in [(0, 1), (1, 2), (2, 3)] {
        let mut forged = segment.clone();
        forged.series.swap(a, b);
        assert!(never(&forged), "{a} {b}");
    }
}

#[test]
fn invalid_R2__a_series_twice() {
    let (_, segment, _) = honest();
    let mut forged = segment.clone();
    forged.series[2] = forged.series[1];
    assert!(never(&forged));
}

#[test]
fn invalid_R2__before_the_cursor() {
    let (_, segment, instance) = honest();
    let mut forged = segment.clone();
    // The cursor stands at the last series of this very segment.
    forged.cursor = segment.after();
    assert!(never(&forged));
    forged.cursor = Cursor::start(5);
    assert!(other(&forged, &instance, input::BEFORE));
}

#[test]
fn invalid_R2__another_underlying() {
    let (_, mut segment, instance) = honest();
    segment.underlying.0 += 1;
    assert!(other(&segment, &instance, input::UNDERLYING));
}

#[test]
fn invalid_R2__an_expiry_without_context() {
    let (_, mut segment, _) = honest();
    // Its series take the first context instead, whose expiry comes before theirs.
    let first = segment.contexts.expiries[0].clone();
    segment.contexts.expiries.fill(first);
    assert!(never(&segment) || spoken(&cells(size("4"), &segment))[input::AFTER] != segment.after().commit());
}

#[test]
fn invalid_R3__another_volatility() {
    let (_, segment, instance) = honest();
    for i in 0..4 {
        let mut forged = segment.clone();
        forged.series[i].volatility.0 += 1;
        assert!(other(&forged, &instance, input::AFTER), "{i}");
    }
    let mut forged = segment.clone();
    forged.series[0].volatility = Volatility(0);
    assert!(never(&forged));
}

#[test]
fn invalid_R3__another_forward() {
    let (_, mut segment, instance) = honest();
    segment.contexts.expiries[0].forward += 1;
    assert!(other(&segment, &instance, input::AFTER));
    assert!(other(&segment, &instance, input::CONTEXTS));
}

/// An expiry that goes on from one segment to the next keeps its forward, which nothing else says: the digest of inputs has it once.
#[test]
fn invalid_R3__another_forward_in_the_next_segment() {
    let mut inputs = inputs(11, 8, 2);
    inputs.series.sort_by_key(|s| s.terms.word());
    let arrays = arrays(&inputs);
    let (segments, _) = Segment::split(size("4"), &arrays).expect("calls and puts");
    let mut forged = segments[1].clone();
    forged.cursor.expiry = forged.series[0].terms.expiry.get();
    forged.cursor.forward = forged
        .contexts
        .expiries
        .iter()
        .find(|e| e.expiry == forged.cursor.expiry)
        .expect("an expiry")
        .forward;
    assert!(!never(&forged), "it may go on");
    forged.cursor.forward += 1;
    assert!(never(&forged));
    // Nor does another opening of the cursor's word help.
    let mut forged = segments[1].clone();
    forged.cursor.forward = u64::MAX;
    assert!(never(&forged));
}

#[test]
fn invalid_R5__another_context() {
    let (_, segment, instance) = honest();
    let mut forged = vec![segment.clone(); 8];
    forged[0].contexts.expiries[0].root += 1;
    forged[1].contexts.expiries[0].ln += 1;
    forged[2].contexts.expiries[0].least -= 1;
    forged[3].contexts.expiries[1].most += 1;
    forged[4].contexts.expiries[1].times[2] += 1;
    forged[5].contexts.expiries[0].shocked[23] += 1;
    forged[6].contexts.scenarios[5].0 += 1;
    forged[7].contexts.scale += 1;
    for (i, forged) in forged.iter().enumerate() {
        assert!(other(forged, &instance, input::CONTEXTS), "{i}");
    }
}

/// Rows whose root is an instance that the honest cells do not satisfy.
fn refused_rows(change: impl Fn(&mut RiskArrays)) {
    let (mut arrays, segment, instance) = honest();
    let cells = cells(size("4"), &segment);
    change(&mut arrays);
    let forged = fields(&segment.instance(size("4"), &arrays));
    assert_ne!(forged[input::ROWS], instance[input::ROWS]);
    assert!(refused(&cells, &forged));
    assert_eq!(spoken(&cells), instance);
}

fn one_more(value: &mut ValuePerLot) {
    *value = ValuePerLot::new(value.get() + 1).expect("below 2^45");
}

#[test]
fn invalid_R6__mark_and_greeks() {
    refused_rows(|a| one_more(&mut a.rows[0].mark));
    refused_rows(|a| a.rows[1].greeks.delta += 1);
    refused_rows(|a| a.rows[2].greeks.gamma_forward -= 1);
    refused_rows(|a| a.rows[3].greeks.vega += 1);
}

#[test]
fn invalid_R7__a_scenario_value() {
    for scenario in [0, 11, 23] {
        refused_rows(|a| one_more(&mut a.rows[1].values[scenario]));
    }
}

#[test]
fn invalid_R8__rows_missing_or_moved() {
    refused_rows(|a| a.rows.swap(0, 1));
    refused_rows(|a| {
        a.rows.pop();
    });
    refused_rows(|a| {
        let last = a.rows[3].clone();
        a.rows[2] = last;
    });
}

#[test]
fn invalid_R8__a_series_left_out() {
    let (_, mut segment, instance) = honest();
    segment.series.remove(1);
    assert!(other(&segment, &instance, input::AFTER));
    assert!(other(&segment, &instance, input::ROWS));
}
