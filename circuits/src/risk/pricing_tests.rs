//! Pricing in circuit against pricing in plain Rust: whole rows, all over the domain, by the gates' numbers.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use halo2_proofs::halo2curves::bn256::Fr;
use rand::{Rng, SeedableRng, rngs::StdRng};
use rayon::prelude::*;
use witness_gen::market::Volatility;
use witness_gen::risk::arrays::{expiry_contexts, price_series, spot_multipliers};
use witness_gen::risk::{ExpiryInput, MarketInputs, RegimeFactor, RiskRow, RiskRules, SeriesInput};
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::units::{ExpiryMinutes, Price, Underlying, fr_to_u64};

use super::circuit::Risk;
use super::contexts::{Contexts, ExpiryValues};
use super::pricing::{Expiry, Terms};
use super::rows::scenario::COUNT;
use super::rows::*;
use crate::builder::check::failures_at;
use crate::builder::plan::{End, Plan, Slot, ZERO, number};
use crate::builder::{System, bus};
use crate::cell::Trace;

const ROWS: usize = 1024;
const TIME: u64 = 1_750_000_020;
const KINDS: [Kind; 4] = [Kind::Call, Kind::Put, Kind::InverseCall, Kind::InversePut];

fn rules() -> RiskRules {
    RiskRules::builtin("paradex-24", Underlying::BTC).expect("a grid of the program")
}

/// A listing of one series; `None` outside the domain.
fn point(rules: &RiskRules, of: [u64; 3], kind: Kind, minutes: u64, factor: u32) -> Option<(Contexts, RiskRow)> {
    let [forward, strike, volatility] = of;
    let expiry = ExpiryMinutes((TIME / 60 + minutes) as u32);
    let price = |v| Price::new(v).ok();
    let series = SeriesInput {
        terms: SeriesTerms::new(Underlying::BTC, expiry, kind, price(strike)?, Price::ZERO).ok()?,
        volatility: Volatility(volatility as u32),
    };
    let inputs = MarketInputs {
        underlying: Underlying::BTC,
        time: TIME,
        spot: price(forward)?,
        expiries: vec![ExpiryInput {
            expiry,
            forward: price(forward)?,
        }],
        series: vec![series],
    };
    let factor = RegimeFactor::new(factor).ok()?;
    let multipliers = spot_multipliers(rules, factor).ok()?;
    let contexts = expiry_contexts(rules, &inputs, &multipliers).ok()?;
    let row = price_series(rules, &contexts[0].1, &series).ok()?;
    let contexts = Contexts::new(rules, &inputs, factor, &[series], 1).ok()?;
    Some((contexts, row))
}

/// The row's program alone: its elements, and whether everything holds.
fn priced(contexts: &Contexts, row: &RiskRow, volatility: u64) -> (Vec<Fr>, Vec<String>) {
    let mut p = Plan::new::<Risk>(ROWS, ROWS - 8, Trace::new(PHASE0, ROWS, ROWS - 8));
    let of: &ExpiryValues = &contexts.expiries[0];
    let zero = p.constant(ZERO);
    let in_coin = row.terms.kind.is_inverse();
    let scale = in_coin.then(|| p.hint(Fr::from(contexts.scale)));
    let wires: Vec<_> = of.elements().into_iter().map(|v| p.hint(v)).collect();
    let shocks: Vec<_> = (0..=COUNT)
        .map(|i| {
            let (forward, log, by) = match i.checked_sub(1) {
                None => (wires[1], zero, zero),
                Some(s) => {
                    let (log, by) = contexts.scenarios[s];
                    let log = p.hint(number(log.into()));
                    (wires[9 + s], log, p.hint(Fr::from(u64::from(by))))
                }
            };
            let coin = (u128::from(contexts.scale) << 45) / p.int(forward) as u128;
            let coin = if in_coin { p.hint(Fr::from(coin as u64)) } else { zero };
            let fields = [wires[0], forward, log, by, coin].map(Slot::Wire);
            p.offer(tag::SHOCK + i as u64, &fields)
        })
        .collect();
    let terms = Terms {
        scale,
        strike: p.hint(Fr::from(row.terms.strike.get())),
        put: p.bit(matches!(row.terms.kind, Kind::Put | Kind::InversePut)),
        volatility: p.hint(Fr::from(volatility)),
    };
    let at = Expiry {
        expiry: wires[0],
        forward: wires[1],
        root: wires[2],
        ln: wires[3],
        least: wires[4],
        most: wires[5],
        times: [wires[6], wires[7], wires[8]],
    };
    let elements = p.price(0, terms, &at, &shocks);
    assert!(!p.is_full());
    (elements.iter().map(|w| p.read(*w)).collect(), faults(&p))
}

fn table() -> &'static BTreeSet<[u8; 32]> {
    static TABLE: OnceLock<BTreeSet<[u8; 32]>> = OnceLock::new();
    TABLE.get_or_init(|| Risk::table().rows().iter().map(|(tag, v)| bus::key(*tag, v)).collect())
}

/// Gates, copies, limbs and tuples that do not hold.
fn faults(p: &Plan) -> Vec<String> {
    let cells = p.trace.finish().expect("no overlap");
    let mut faults: Vec<String> = (0..ROWS - 8)
        .flat_map(|row| failures_at::<Risk>(cells, &p.fixed, row))
        .map(|f| format!("{f:?}"))
        .collect();
    for (from, to) in &p.copies {
        let End::Cell(from) = from else { continue };
        if cells.at(from.col, from.row, 0) != cells.at(to.col, to.row, 0) {
            faults.push(format!("copy {from:?} {to:?}"));
        }
    }
    let key = |row: usize| {
        let values = |by: i32| HASH.map(|c| cells.at(c, row, by));
        let long = p.fixed.at(LONG, row, 0) != ZERO;
        let fields = if long {
            [values(0), values(1)].concat()
        } else {
            values(0).to_vec()
        };
        bus::key(fr_to_u64(&p.fixed.at(TAG, row, 0)).expect("a tag"), &fields)
    };
    let rows = |q: usize| (0..ROWS).filter(move |row| p.fixed.at(q, *row, 0) != ZERO);
    let offered: BTreeSet<[u8; 32]> = rows(OFFER).map(key).collect();
    for row in rows(TAKE) {
        if !offered.contains(&key(row)) && !table().contains(&key(row)) {
            faults.push(format!("tuple at {row}"));
        }
    }
    for row in 0..ROWS {
        let limb = |c: usize| fr_to_u64(&cells.at(c, row, 0)).is_some_and(|v| v < 512);
        if !L.into_iter().all(limb) {
            faults.push(format!("limb at {row}"));
        }
    }
    faults
}

fn agrees(rules: &RiskRules, of: [u64; 3], kind: Kind, minutes: u64, factor: u32) -> Option<RiskRow> {
    let (contexts, row) = point(rules, of, kind, minutes, factor)?;
    let (elements, faults) = priced(&contexts, &row, of[2]);
    assert!(
        faults.is_empty(),
        "{of:?} {kind:?} {minutes} {factor}: {:?}",
        &faults[..faults.len().min(4)]
    );
    assert_eq!(elements, row.elements()[1..], "{of:?} {kind:?} {minutes} {factor}");
    Some(row)
}

#[test]
fn a_hundred_thousand_values_agree() {
    let rules = rules();
    let rows: Vec<RiskRow> = (0..12_000u64)
        .into_par_iter()
        .filter_map(|seed| {
            let mut rng = StdRng::seed_from_u64(seed);
            let forward = 2f64.powf(rng.gen_range(24.0..45.0));
            let wide = if rng.gen_bool(0.3) { 10.0 } else { 1.0 };
            let strike = forward * 2f64.powf(rng.gen_range(-wide..wide));
            let kind = KINDS[rng.gen_range(0..KINDS.len())];
            let minutes = 2f64.powf(rng.gen_range(0.0..21.0)) as u64;
            let volatility = 2f64.powf(rng.gen_range(4.0..17.0)) as u64;
            agrees(
                &rules,
                [forward as u64, strike as u64, volatility],
                kind,
                minutes,
                rng.gen_range(1 << 18..1 << 22),
            )
        })
        .collect();
    let values = rows.len() * (1 + COUNT);
    println!("{} series of the domain, {values} values equal", rows.len());
    assert!(values >= 100_000);
}

#[test]
fn edge_cases_agree() {
    let rules = rules();
    let mut count = 0;
    let forwards = [
        1 << 24,
        (1 << 24) + 1,
        2_500_000_000,
        100_000_000_000,
        (1 << 43) + 12345,
        (1u64 << 44) - 1,
    ];
    for forward in forwards {
        let strikes = [
            1 << 20,
            forward / 512,
            forward / 2,
            forward - 1,
            forward,
            forward + 1,
            forward.next_power_of_two(),
            forward.next_power_of_two() - 1,
            2 * forward,
            400 * forward,
            (1 << 45) - 1,
        ];
        for strike in strikes {
            for volatility in [1, 20, 1_000, 5_000, 39_000, (1 << 17) - 1] {
                for minutes in [1, 60, 1440, 30 * 1440, 365 * 1440, 2_200_000] {
                    for kind in KINDS {
                        count += usize::from(
                            agrees(&rules, [forward, strike, volatility], kind, minutes, 1 << 18).is_some(),
                        );
                    }
                }
            }
        }
    }
    println!("{count} edge cases in the domain");
    assert!(count > 500);
}

/// Inputs that plain Rust refuses have no cells that satisfy the gates.
#[test]
fn inputs_outside_the_domain_are_refused() {
    let rules = rules();
    let forward = 2_500_000_000u64;
    let (contexts, row) = point(&rules, [forward, forward, 5_000], Kind::Call, 43_200, 1 << 18).expect("in the domain");
    let refused = |strike: u64, volatility: u64| {
        let mut row = row.clone();
        row.terms.strike = Price::new(strike).expect("below 2^63");
        !priced(&contexts, &row, volatility).1.is_empty()
    };
    assert!(!refused(forward, 5_000));
    // Strike below 2^20, 2^45 and more, too far from a shocked forward; volatility 0, 2^17; s of 4 and more.
    for (strike, volatility) in [
        ((1 << 20) - 1, 5_000),
        (1 << 45, 5_000),
        (forward * 400, 5_000),
        (forward / 1024, 5_000),
        (forward, 0),
        (forward, 1 << 17),
        (forward, 130_000),
    ] {
        let of = [forward, strike, volatility];
        assert_eq!(
            point(&rules, of, Kind::Call, 43_200, 1 << 18).is_none(),
            refused(strike, volatility),
            "{of:?}"
        );
    }
}
