//! The reference vectors in the statement's circuit: Poseidon at its width, payoffs and fees by open-interest steps.
//!
//! `poseidon_widths.rs` has all rows of the Poseidon vectors.
#![allow(missing_docs)]

mod common;

use std::collections::BTreeMap;

use circuits::cell::Grid;
use circuits::check::{Failure, failures_at};
use circuits::chips::poseidon;
use circuits::rows::*;
use circuits::settlement::circuit::fixed_cells;
use circuits::size::Size;
use common::support::{EXPIRY, lots, price, reference_rows};
use common::{Forge, per_lot, slot_of, venue_of};
use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::Fr;
use rayon::prelude::*;
use witness_gen::account::Account;
use witness_gen::params::RiskParameters;
use witness_gen::position::Position;
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::units::{Cash, Underlying};

/// One account, up to eight series: 35 steps.
const SMALL: Size = Size {
    name: "vectors",
    k: 12,
    hash_lanes: 1,
    dynamic_steps: 28,
    interest_steps: 6,
};
/// Prices are given in cents; ours are 10^-6.
const PER_CENT: u64 = 10_000;

fn field(decimal: &str) -> Fr {
    Fr::from_str_vartime(decimal).expect("a decimal below the modulus")
}

/// Lays one permutation at the first step and returns what stands in its output cell, if the chip's gates accept it.
fn in_circuit(fixed: &Grid, input: [Fr; 4], lie: Option<(usize, usize)>) -> Result<Fr, Vec<Failure>> {
    let mut grid = Grid::new(PHASE0, SMALL.rows());
    let constants = poseidon::constants();
    let mut cells = [Fr::ZERO, input[0], input[1], input[2], input[3]];
    for r in 0..poseidon::ROWS {
        HASH.into_iter()
            .zip(cells)
            .for_each(|(c, v)| grid.set(c, STATIC_ROWS + r, v));
        if r < poseidon::ROW_LAST {
            cells = constants.next_row(r, &cells);
        }
    }
    grid.set(G, STATIC_ROWS + poseidon::ROW_LAST, constants.output(&cells));
    if let Some((col, r)) = lie {
        let v = grid.at(col, STATIC_ROWS + r, 0);
        grid.set(col, STATIC_ROWS + r, v + Fr::ONE);
    }
    let chip = [
        "full round",
        "into partial",
        "partial rounds",
        "out of partial",
        "output",
        "step: capacity of the old",
    ];
    let failures: Vec<Failure> = (STATIC_ROWS..STATIC_ROWS + poseidon::ROWS)
        .flat_map(|row| failures_at(&grid, fixed, &[], row))
        .filter(|f| matches!(f, Failure::Gate { name, .. } if chip.iter().any(|c| name.starts_with(c))))
        .collect();
    if failures.is_empty() {
        Ok(grid.at(G, STATIC_ROWS + poseidon::ROW_LAST, 0))
    } else {
        Err(failures)
    }
}

#[test]
fn the_poseidon_vectors_of_the_statements_width() {
    let Some(rows) = reference_rows("poseidon_bn254_vectors.csv") else {
        return;
    };
    let fixed = fixed_cells(&SMALL);
    let (mut accepted, mut lies) = (0, 0);
    for row in &rows {
        let inputs: Vec<Fr> = row[3].split(' ').map(field).collect();
        let Ok(input) = <[Fr; poseidon::WIDTH - 1]>::try_from(inputs) else {
            continue;
        };
        assert_eq!(in_circuit(&fixed, input, None), Ok(field(&row[4])), "{row:?}");
        accepted += 1;
        if accepted == 1 {
            for cell in (0..poseidon::ROWS)
                .flat_map(|r| HASH.map(|c| (c, r)))
                .chain([(G, poseidon::ROW_LAST)])
            {
                assert!(in_circuit(&fixed, input, Some(cell)).is_err(), "{cell:?}");
                lies += 1;
            }
        }
    }
    println!("poseidon in the statement's circuit: {accepted} rows; {lies} changed cells of a permutation refused");
    let listed = rows.iter().filter(|row| row[0] == *poseidon::WIDTH.to_string()).count();
    assert!(
        accepted > 0 && accepted == listed,
        "{accepted} of {listed} rows of this width"
    );
}

/// A batch of one account that holds one lot of each series, all settled at one price.
fn batch(series: &[(Kind, u64, u64)], settle: u64, params: RiskParameters) -> Forge {
    let mut positions: Vec<Position> = series
        .iter()
        .map(|(kind, strike, cap)| {
            let terms = SeriesTerms::new(Underlying::BTC, EXPIRY, *kind, price(*strike), price(*cap));
            Position {
                series: terms.expect("a cap only where the kind has one"),
                lots: lots(1),
            }
        })
        .collect();
    positions.sort_by_key(|p| p.series);
    let account = Account {
        owner: Fr::ONE,
        cash: Cash(5),
        nonce: 3,
        positions,
        blinding: Fr::from(7),
    };
    let mut venue = venue_of(BTreeMap::from([(77, account)]));
    venue.params = params;
    Forge::new(
        &mut venue,
        &[77],
        false,
        [slot_of(Underlying::BTC, settle), None, None],
        SMALL,
    )
}

/// Row of the open-interest step of a series, by its kind: no batch here has a kind twice.
fn step(forge: &Forge, kind: Kind) -> usize {
    let at = forge
        .witness
        .open_interest
        .iter()
        .position(|o| o.series.kind == kind)
        .expect("a listed series");
    step_row(SMALL.dynamic_steps + at)
}

fn failures(grid: &Grid, fixed: &Grid, forge: &Forge, row: usize) -> Vec<Failure> {
    let fields = forge.instance.to_fields();
    (row..row + STEP)
        .flat_map(|r| failures_at(grid, fixed, &fields, r))
        .collect()
}

/// Payoff and fee as they stand in the circuit's cells, by kind, after every gate of the steps has accepted them.
fn settled(forge: &Forge, grid: &Grid, fixed: &Grid) -> BTreeMap<Kind, (u64, u64)> {
    let cell = |row: usize, (col, r): Place| common::sheet::low(grid.at(col, row, r));
    forge
        .witness
        .open_interest
        .iter()
        .map(|o| {
            let row = step(forge, o.series.kind);
            assert_eq!(failures(grid, fixed, forge, row), [], "{}", o.series);
            (
                o.series.kind,
                (cell(row, interest::PAYOFF), cell(row, (G, interest::FEE))),
            )
        })
        .collect()
}

/// How often payoff and fee of each series, one more and one less, are refused by a gate of its step.
fn off_by_one(forge: &Forge, fixed: &Grid) -> usize {
    let mut refused = 0;
    for i in 0..forge.outcome.settled.len() {
        for (of_fee, by) in [(false, 1), (false, -1), (true, 1), (true, -1)] {
            let mut forge = forge.clone();
            let entry = &mut forge.outcome.settled[i];
            let kind = entry.series.kind;
            let amount = if of_fee { &mut entry.fee } else { &mut entry.payoff };
            let Some(other) = amount.get().checked_add_signed(by) else {
                continue;
            };
            *amount = per_lot(other);
            let row = step(&forge, kind);
            let found = failures(&forge.trace(), fixed, &forge, row);
            let s4 = |f: &Failure| matches!(f, Failure::Gate { name, .. } if name.contains("S4"));
            assert!(found.iter().any(s4), "series {i}, fee {of_fee}, {by}: {found:?}");
            refused += 1;
        }
    }
    refused
}

#[test]
fn all_rows_of_the_payoff_vectors() {
    let Some(rows) = reference_rows("payoff_vectors.csv") else {
        return;
    };
    let fixed = fixed_cells(&SMALL);
    let counts: Vec<[usize; 5]> = rows
        .par_iter()
        .enumerate()
        .map(|(n, row)| payoff_row(n, row, &fixed))
        .collect();
    let sum = |i: usize| counts.iter().map(|c| c[i]).sum::<usize>();
    println!(
        "payoffs in circuit: {} rows, {} direct, {} replicated, {} fees, {} open-interest steps accepted, {} amounts off by one refused",
        rows.len(),
        sum(0),
        sum(1),
        sum(2),
        sum(3),
        sum(4)
    );
}

/// Checks a row; counts (direct, replicated, fees, steps, refused).
fn payoff_row(n: usize, row: &csv::StringRecord, fixed: &Grid) -> [usize; 5] {
    let cents = |column: usize| row[column].parse::<u64>().map(|v| v * PER_CENT).unwrap_or(0);
    let number = |column: usize| row[column].parse::<i128>().expect("an integer column");
    let (strike, second, barrier, settle) = (cents(3), cents(4), cents(5), cents(6));
    let quantity = number(7);
    let scale = u64::try_from(quantity.unsigned_abs()).expect("quantities are small");
    let params = RiskParameters::new(15, 12_500, scale).expect("a quantity is a scale");
    let call = &row[2] == "C";
    // Series with their weights in quote; the inverse kind where the product has one itself.
    let (parts, direct) = match (&row[1], call) {
        ("vanilla" | "asian_arith", true) => (vec![(Kind::Call, strike, 0, 1)], Some(Kind::InverseCall)),
        ("vanilla" | "asian_arith", false) => (vec![(Kind::Put, strike, 0, 1)], Some(Kind::InversePut)),
        ("call_spread", _) => (vec![(Kind::CappedCall, strike, second, 1)], None),
        ("put_spread", _) => (vec![(Kind::CappedPut, strike, second, 1)], None),
        ("digital_cash", true) => (vec![(Kind::DigitalCall, strike, 1_000_000, 1)], None),
        ("digital_cash", false) => (vec![(Kind::DigitalPut, strike, 1_000_000, 1)], None),
        ("up_out_call", _) => {
            let rebate = barrier.saturating_sub(strike);
            (
                vec![
                    (Kind::CappedCall, strike, barrier, 1),
                    (Kind::DigitalCall, barrier - 1, rebate, -1),
                ],
                None,
            )
        }
        ("down_in_put", _) => {
            let jump = strike.saturating_sub(barrier);
            let put = [(Kind::Put, strike, 0, 1), (Kind::CappedPut, strike, barrier, -1)];
            (
                [put.to_vec(), vec![(Kind::DigitalPut, barrier + 1, jump, 1)]].concat(),
                None,
            )
        }
        (product, _) => panic!("a product without a rule: {product}"),
    };
    let series: Vec<(Kind, u64, u64)> = parts.iter().map(|(k, s, c, _)| (*k, *s, *c)).collect();
    let quote = batch(&series, settle, params);
    let found = settled(&quote, &quote.trace(), fixed);
    let payoff: i128 = parts
        .iter()
        .map(|(kind, .., weight)| i128::from(found[kind].0) * weight)
        .sum();
    assert_eq!(payoff * quantity, number(8) * i128::from(PER_CENT), "linear: {row:?}");
    let (kind, coin_strike) = match direct {
        Some(kind) => (kind, strike),
        None => (
            Kind::InversePut,
            settle + u64::try_from(payoff).expect("payoffs are not negative"),
        ),
    };
    let coin = batch(&[(kind, coin_strike, 0)], settle, params);
    let (in_coin, fee) = settled(&coin, &coin.trace(), fixed)[&kind];
    assert_eq!(i128::from(in_coin) * quantity.signum(), number(9), "inverse: {row:?}");
    let vanilla = &row[1] == "vanilla";
    assert_eq!(if vanilla { i128::from(fee) } else { 0 }, number(10), "fee: {row:?}");
    let refused = if n.is_multiple_of(5) {
        off_by_one(&quote, fixed) + off_by_one(&coin, fixed)
    } else {
        off_by_one(&coin, fixed)
    };
    let barriers = usize::from(barrier != 0);
    [1 - barriers, barriers, usize::from(vanilla), series.len() + 1, refused]
}
