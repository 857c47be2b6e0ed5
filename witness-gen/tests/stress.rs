//! Replays of real crashes and made-up paths, and clearing of networks.
#![allow(missing_docs)]

mod support;

use std::fs::File;

use num_bigint::BigInt;
use proptest::prelude::*;
use support::{price, reference_file};
use witness_gen::Fr;
use witness_gen::liquidation::{LiquidationRules, Market, schedule};
use witness_gen::risk::RiskGrid;
use witness_gen::risk::file::RiskRound;
use witness_gen::store::BlindingUse;
use witness_gen::stress::contagion::{Asset, Network, NetworkBook};
use witness_gen::stress::path::Tick;
use witness_gen::stress::{PricePath, Replay, ReplayRules, StressError, StressSpec, replay, replay_watched};
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

/// What is saved of a step is that step: the rows of the risk arrays are those it was judged by, and the batch out of the ledger is its own.
#[test]
fn a_saved_step_liquidates_as_the_replay_does() {
    let Some(file) = reference_file(CRASHES) else { return };
    let open = File::open(&file).expect("readable");
    let path = PricePath::of_event(open, "2020-03-12-black-thursday", Underlying::ETH).expect("an event of the file");
    let rules = rules();
    let spec = StressSpec { accounts: 60, seed: 7 };
    let mut saved = Vec::new();
    let replay = replay_watched(&path, &rules, spec, &mut |moment| {
        if moment.below() == 0 || saved.len() == 3 {
            return;
        }
        let round = moment.round().expect("priced before");
        assert!(moment.market.rows().eq(&round.arrays.rows), "the same rows");
        assert_eq!(
            RiskRound::from_json(&round.to_json()).expect("reads").arrays.root(),
            round.arrays.root()
        );
        saved.push((
            moment.tick,
            moment.margin,
            round,
            moment.export(Fr::from(7), spec.seed).expect("a ledger"),
        ));
    });
    let replay = replay.expect("a replay");
    assert_eq!(saved.len(), 3, "steps with accounts below");
    for (tick, margin, round, export) in saved {
        let step = replay.steps.iter().find(|step| step.tick == tick).expect("a step");
        assert_eq!(export.below, step.below);
        let market = Market::of(&round.arrays, margin).expect("rows of the grid");
        let (mut accounts, mut pools) = (export.ledger.parts().accounts.clone(), export.ledger.parts().pools);
        let mut queue = export.queue.queue.clone();
        let terms = |rounds| schedule(&rules.liquidation, rounds);
        let report = queue
            .run(
                &market,
                &rules.liquidation,
                &mut accounts,
                &mut pools,
                &export.takers,
                terms,
            )
            .expect("a round");
        assert_eq!(
            (report.done.len(), pools.insurance),
            (step.liquidations, step.insurance)
        );
        let wanted: Vec<_> = report
            .done
            .iter()
            .map(|d| (d.index, d.liquidator, d.transfer.terms))
            .collect();
        let blinding = |index, nonce| export.seed.blinding(BlindingUse::Leaf, index, nonce);
        let batch = export
            .ledger
            .liquidate(&round.arrays, margin, rules.liquidation, &wanted, blinding)
            .expect("due");
        let mut ledger = export.ledger;
        ledger.apply_liquidation(&batch).expect("over this state");
        ledger.audit().expect("whole");
        assert_eq!(
            (ledger.parts().pools.insurance, ledger.parts().pools.bad_debt),
            (step.insurance, step.bad_debt)
        );
    }
}

#[test]
fn every_event_of_the_file_replays() {
    let Some(file) = reference_file(CRASHES) else { return };
    let open = || File::open(&file).expect("readable");
    let unknown = PricePath::of_event(open(), "none", Underlying::ETH).expect_err("no such event");
    let StressError::Unknown { expected, .. } = unknown else {
        panic!("{unknown}")
    };
    let events: Vec<&str> = expected.trim_start_matches("one of ").split(", ").collect();
    assert!(events.len() >= 10, "{expected}");
    for event in events {
        let path = PricePath::of_event(open(), event, Underlying::ETH).expect("an event of the file");
        let replay = run(&path, 50);
        sound(&replay);
        assert_eq!(replay.steps.len(), path.ticks.len());
        let count: usize = replay.steps.iter().map(|step| step.liquidations).sum();
        println!(
            "{event}: {count} liquidations, worst fall {} of 10^4",
            path.worst_fall()
        );
    }
}

#[test]
fn days_of_the_index_replay() {
    let Some(file) = reference_file("sp500_daily_1980_2023.csv") else {
        return;
    };
    for date in ["1987-10-19", "2008-10-15", "2020-03-16"] {
        let path = PricePath::of_sp500(File::open(&file).expect("readable"), date).expect("a trading day");
        let replay = run(&path, 60);
        sound(&replay);
        assert_eq!(replay.steps.len(), 41);
        if date == "1987-10-19" {
            assert!(
                replay.steps.iter().any(|step| step.liquidations > 0),
                "a fall of 20 % in a day"
            );
        }
    }
}

/// 40 hours: calm, then `percent` of the price before in one step, then calm.
fn jump(percent: u64) -> PricePath {
    let ticks = (0..40u64).map(|hour| Tick {
        time: 1_600_000_000 + 3_600 * hour,
        price: price(if hour < 20 { 2_000_000_000 } else { 20_000_000 * percent }),
    });
    PricePath::new("jump", Underlying::ETH, ticks.collect()).expect("a path")
}

#[test]
fn a_calm_path_liquidates_nobody_and_a_deep_jump_leaves_bad_debt() {
    let calm = run(&jump(100), 60);
    sound(&calm);
    assert!(
        calm.steps
            .iter()
            .all(|step| step.below == 0 && step.insurance == calm.insurance_start)
    );
    let deep = run(&jump(35), 60);
    sound(&deep);
    assert!(deep.steps[..20].iter().all(|step| step.below == 0));
    let last = deep.steps.last().expect("steps");
    assert!(deep.steps[20].insolvent > 0 && last.bad_debt > Cash::ZERO);
    assert!(deep.steps.iter().any(|step| step.from_insurance > Cash::ZERO));
    assert!(last.volatility > calm.steps[39].volatility && last.factor > calm.steps[39].factor);
}

#[test]
fn the_same_seed_gives_the_same_replay_and_the_cap_carries_over() {
    let spec = |seed| StressSpec { accounts: 80, seed };
    let path = jump(60);
    let mut rules = rules();
    let first = replay(&path, &rules, spec(3)).expect("a replay");
    assert_eq!(first.steps, replay(&path, &rules, spec(3)).expect("a replay").steps);
    assert_ne!(first.steps, replay(&path, &rules, spec(4)).expect("a replay").steps);
    rules.liquidation.batch_cap = 3;
    let capped = replay(&path, &rules, spec(3)).expect("a replay");
    assert!(first.steps[20].liquidations > 3);
    assert_eq!(capped.steps[20].liquidations, 3);
    assert!(capped.steps[20].over_cap > 0 && capped.steps[21].liquidations > 0);
}

#[test]
fn what_cannot_be_replayed_is_refused() {
    let few = replay(&jump(90), &rules(), StressSpec { accounts: 4, seed: 1 });
    assert!(matches!(few, Err(StressError::Accounts { expected: 5, found: 4 })));
    // Below the least price that the formulas take.
    let ticks = (0..2).map(|hour| Tick {
        time: 3_600 * hour,
        price: price(1_000_000),
    });
    let path = PricePath::new("small", Underlying::ETH, ticks.collect()).expect("a path");
    let small = replay(&path, &rules(), StressSpec { accounts: 5, seed: 1 });
    assert!(matches!(small, Err(StressError::Pricing { .. })), "{small:?}");
}

const RING: &str = r#"
[[asset]]
name = "ETH"
price = "2000"
fall_bp = 4000
impact_bp = 1000

[[book]]
name = "A"
cash = "100"
holds = { ETH = "1" }

[[book]]
name = "B"
cash = "50.5"

[[book]]
name = "C"
cash = "0"
holds = { ETH = "3" }

[[exposure]]
debtor = "A"
creditor = "B"
amount = "2000"

[[exposure]]
debtor = "B"
creditor = "C"
amount = "1500"

[[exposure]]
debtor = "B"
creditor = "A"
amount = "300"
"#;

#[test]
fn a_ring_clears_as_by_hand() {
    let network = Network::from_toml(RING).expect("a network");
    let cleared = network.clear();
    // ETH at 1200: A has 100 + 1200 + what B pays it of 300; it owes 2000 and defaults. B: 50.5 + p_A against 1800 defaults too.
    // A sells a quarter of all ETH: 1200 x 0.975 = 1170. p_A = 1270 + p_B / 6, p_B = 50.5 + p_A: p_A = (1270 + 50.5 / 6) 6 / 5 = 1534.1.
    assert_eq!(cleared.prices, [1_170_000_000]);
    let paid: Vec<String> = cleared.books.iter().map(|book| book.paid.to_string()).collect();
    assert_eq!(paid, ["1534100000000000", "1584600000000000", "0"]);
    assert_eq!(cleared.books[0].shortfall, BigInt::from(465_900_000_000_000i64));
    let rounds: Vec<usize> = cleared.books.iter().map(|book| book.round).collect();
    assert_eq!((rounds, cleared.rounds), (vec![1, 1, 0], 2));
}

#[test]
fn a_network_that_makes_no_sense_is_refused() {
    for (from, to) in [
        ("name = \"B\"", "name = \"A\""),
        ("creditor = \"C\"", "creditor = \"D\""),
        ("creditor = \"C\"", "creditor = \"B\""),
        ("cash = \"50.5\"", "cash = \"-1\""),
        ("fall_bp = 4000", "fall_bp = 10001"),
        ("holds = { ETH = \"3\" }", "holds = { SOL = \"3\" }"),
        ("amount = \"300\"", "amount = 300"),
    ] {
        let changed = RING.replacen(from, to, 1);
        assert_ne!(changed, RING);
        assert!(
            matches!(Network::from_toml(&changed), Err(StressError::Network { .. })),
            "{to}"
        );
    }
}

/// A network of up to 7 books with one asset and a third of all exposures.
fn any_network() -> impl Strategy<Value = Network> {
    let amounts = || prop::collection::vec(0u64..1_000_000_000, 7);
    let owes = prop::collection::vec(
        prop::collection::vec(prop_oneof![Just(0), Just(0), 1u64..1_000_000_000], 7),
        7,
    );
    (2usize..=7, amounts(), amounts(), owes, 0u32..=10_000, 0u32..=10_000).prop_map(
        |(n, cash, holds, owes, fall, impact)| Network {
            assets: vec![Asset {
                name: "X".into(),
                price: 3_000_000,
                fall,
                impact,
            }],
            books: (0..n)
                .map(|book| NetworkBook {
                    name: book.to_string(),
                    cash: if book % 3 == 0 { cash[book] } else { 0 },
                    holds: vec![holds[book] / 4],
                })
                .collect(),
            owes: (0..n)
                .map(|i| {
                    (0..n)
                        .map(|j| if i == j { 0 } else { u128::from(owes[i][j]) * 1_000_000 })
                        .collect()
                })
                .collect(),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// The result is a clearing vector, exactly, and the greatest one: nobody who pays less than all could pay more.
    #[test]
    fn the_clearing_vector_is_exact_and_the_greatest(network in any_network()) {
        let cleared = network.clear();
        prop_assert!(cleared.rounds <= network.books.len() + 1);
        let assets: Vec<BigInt> = cleared.books.iter().map(|book| book.assets.clone()).collect();
        prop_assert!(network.is_clearing(&assets, &cleared.shares));
        // Iterating from everyone paying in full comes down to the greatest clearing vector: it never passes below it, and nears it.
        let n = network.books.len();
        let owed: Vec<f64> = network.owes.iter().map(|row| row.iter().sum::<u128>() as f64).collect();
        let has: Vec<f64> = assets.iter().map(|e| e.to_string().parse().expect("a number")).collect();
        let mut paid = owed.clone();
        for _ in 0..20_000 {
            paid = (0..n)
                .map(|i| {
                    let received: f64 = (0..n)
                        .filter(|j| owed[*j] > 0.0)
                        .map(|j| paid[j] * network.owes[j][i] as f64 / owed[j])
                        .sum();
                    owed[i].min(has[i] + received)
                })
                .collect();
        }
        for (book, near) in cleared.books.iter().zip(&paid) {
            let exact: f64 = book.paid.to_string().parse().expect("a number");
            prop_assert!((exact - near).abs() <= 1e-6 * near.max(1e6), "{exact} {near}");
        }
        // Whoever falls short is in default, and the other way round.
        for book in &cleared.books {
            prop_assert_eq!(book.round > 0, book.shortfall > BigInt::ZERO);
        }
    }
}
