//! Replays of real crashes and made-up paths, and clearing of networks.
#![allow(missing_docs)]

mod support;

use std::fs::File;

use num_bigint::BigInt;
use proptest::prelude::*;
use support::{price, reference_file};
use witness_gen::liquidation::LiquidationRules;
use witness_gen::risk::RiskGrid;
use witness_gen::stress::contagion::{Asset, Network, NetworkBook};
use witness_gen::stress::path::Tick;
use witness_gen::stress::{PricePath, Replay, ReplayRules, StressError, StressSpec, replay};
use witness_gen::units::{Cash, Underlying};

const CRASHES: &str = "crypto_crash_hourly.csv.gz";

fn rules() -> ReplayRules {
    ReplayRules {
        grid: RiskGrid::builtin("paradex-24").expect("a grid of the program"),
        initial_factor: 12_500,
        short_charge: 100,
        liquidation: LiquidationRules::default(),
    }
}

fn run(path: &PricePath, accounts: u32) -> Replay {
    replay(path, &rules(), StressSpec { accounts, seed: 7 }).expect("a replay")
}

/// What holds in every replay: the pool's book-keeping, the cap, and bad debt that only grows.
fn sound(replay: &Replay) {
    let (mut insurance, mut bad_debt) = (replay.insurance_start, Cash::ZERO);
    for step in &replay.steps {
        assert_eq!(
            step.insurance.get(),
            insurance.get() + step.penalties.get() - step.from_insurance.get()
        );
        assert!(step.insurance >= Cash::ZERO && step.bad_debt >= bad_debt);
        // Insurance pays first: what it holds after a step with new bad debt came in later in that step.
        assert!(step.bad_debt == bad_debt || step.insurance <= step.penalties);
        assert!(step.liquidations <= LiquidationRules::default().batch_cap as usize);
        assert!(step.liquidations + step.over_cap + step.untaken <= step.below);
        (insurance, bad_debt) = (step.insurance, step.bad_debt);
    }
    assert_eq!(replay.steps[0].below, 0, "everyone begins above initial margin");
}

#[test]
fn black_thursday_liquidates() {
    let Some(file) = reference_file(CRASHES) else { return };
    for underlying in [Underlying::ETH, Underlying::BTC] {
        let open = File::open(&file).expect("readable");
        let path = PricePath::of_event(open, "2020-03-12-black-thursday", underlying).expect("an event of the file");
        let start = std::time::Instant::now();
        let replay = run(&path, 200);
        sound(&replay);
        let count: usize = replay.steps.iter().map(|step| step.liquidations).sum();
        let last = replay.steps.last().expect("steps");
        println!(
            "{underlying}: {} steps, {count} liquidations of {} accounts, insurance {} to {}, bad debt {}, factor to {:.2}, {:?}",
            replay.steps.len(),
            replay.liquidated_accounts,
            replay.insurance_start.get() / 1_000_000_000_000,
            last.insurance.get() / 1_000_000_000_000,
            last.bad_debt.get() / 1_000_000_000_000,
            replay.steps.iter().map(|step| step.factor.get()).max().unwrap_or(0) as f64 / 262_144.0,
            start.elapsed()
        );
        assert!(count >= 20, "{count}");
        assert!(
            replay.steps.iter().any(|step| step.factor.get() > 2 << 18),
            "the regime widens the grid"
        );
    }
}
