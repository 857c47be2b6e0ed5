//! Statement L from a stored state: what the next batch is, at which size, and a proof of one that every change breaks.
#![allow(missing_docs)]

use std::io::Write;

use circuits::liquidation::{LiquidationCircuit, SIZES, Size};
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use prover::backend::Cpu;
use prover::keys::keygen;
use prover::liquidation::{LiquidationError, Prepared, Proving, Round, prepare, prove, sizes_within};
use prover::srs::dev::UnsafeDevSetup;
use prover::verify::verify;
use witness_gen::ledger::{Ledger, LedgerError};
use witness_gen::liquidation::{LiquidationRules, Market, schedule};
use witness_gen::risk::file::RiskRound;
use witness_gen::risk::{RegimeRules, RegimeState, RiskGrid, RiskRules};
use witness_gen::statement::liquidation::{Instance, check};
use witness_gen::statement::solvency::MarginRules;
use witness_gen::store::{BlindingUse, QueueState};
use witness_gen::stress::{Export, PricePath, ReplayRules, StressSpec, replay_watched};
use witness_gen::units::Underlying;

/// A book in the hour after a fall of 40 percent.
struct Crash {
    export: Export,
    round: RiskRound,
    margin: MarginRules,
    rules: LiquidationRules,
}

impl Crash {
    fn new(accounts: u32, seed: u64) -> Self {
        let mut csv = tempfile::tempfile().expect("a file");
        writeln!(csv, "time,price").expect("written");
        for hour in 0..14u64 {
            let price = if hour < 12 { 2_000 } else { 1_200 };
            writeln!(csv, "{},{price}", 1_600_000_000 + 3_600 * hour).expect("written");
        }
        std::io::Seek::rewind(&mut csv).expect("rewound");
        let path = PricePath::of_csv(csv, "fall", Underlying::ETH).expect("a path");
        let rules = ReplayRules {
            grid: RiskGrid::builtin("paradex-24").expect("a grid of the program"),
            initial_factor: 12_500,
            short_charge: 100,
            liquidation: LiquidationRules::default(),
        };
        let mut found = None;
        let spec = StressSpec { accounts, seed };
        let replayed = replay_watched(&path, &rules, spec, &mut |moment| {
            if found.is_none() && moment.below() > 0 {
                found = Some((moment.export(Fr::from(5), seed), moment.round(), moment.margin));
            }
        });
        replayed.expect("a replay");
        let (export, round, margin) = found.expect("accounts below");
        Self {
            export: export.expect("a ledger"),
            round: round.expect("priced"),
            margin,
            rules: rules.liquidation,
        }
    }

    fn judged<'a>(&'a self, sizes: &'a [Size]) -> Round<'a> {
        Round {
            arrays: &self.round.arrays,
            margin: self.margin,
            rules: self.rules,
            takers: &self.export.takers,
            sizes,
        }
    }

    fn blinding(&self) -> impl Fn(u32, u32) -> Fr + '_ {
        |index, nonce| self.export.seed.blinding(BlindingUse::Leaf, index, nonce)
    }

    fn prepare(&self, ledger: &Ledger, queue: &QueueState, sizes: &[Size]) -> Result<Prepared, LiquidationError> {
        prepare(ledger, queue, &self.judged(sizes), self.blinding())
    }

    /// Batches until the round is over: the names of their sizes, the ledger, the queue.
    fn whole(&self, sizes: &[Size]) -> (Vec<&'static str>, Ledger, QueueState) {
        let (mut ledger, mut queue) = (self.export.ledger.clone(), self.export.queue.clone());
        let mut names = Vec::new();
        loop {
            let prepared = self.prepare(&ledger, &queue, sizes).expect("a part of a round");
            queue = prepared.queue;
            if let Some((batch, size)) = &prepared.batch {
                size.fits(&batch.witness).expect("chosen because it fits");
                assert_eq!(check(&batch.instance, &batch.witness).as_ref(), Ok(&batch.outcome));
                ledger.apply_liquidation(batch).expect("over this state");
                names.push(size.name);
            }
            if prepared.round_over {
                ledger.audit().expect("whole");
                return (names, ledger, queue);
            }
        }
    }
}

#[test]
fn a_round_goes_in_batches_to_where_it_goes_at_once() {
    let crash = Crash::new(40, 4);
    // The same round without circuits.
    let market = Market::of(&crash.round.arrays, crash.margin).expect("rows of the grid");
    let parts = crash.export.ledger.parts();
    let (mut accounts, mut pools, mut queue) = (parts.accounts.clone(), parts.pools, crash.export.queue.queue.clone());
    let terms = |rounds| schedule(&crash.rules, rounds);
    let report = queue.run(
        &market,
        &crash.rules,
        &mut accounts,
        &mut pools,
        &crash.export.takers,
        terms,
    );
    let due = report.expect("a round").done.len();
    let (names, ledger, after) = crash.whole(&sizes_within(15));
    println!("{due} liquidations in batches of sizes {names:?}");
    let held = |name: &&str| Size::by_name(name).expect("a size").transfers;
    assert_eq!(names.iter().map(held).sum::<usize>(), due);
    assert!(due > 4 && names.contains(&"m"), "one batch holds four of {due}");
    let plain = |account: &witness_gen::account::Account| (account.cash, account.positions.clone());
    let moved: Vec<_> = ledger.parts().accounts.values().map(plain).collect();
    assert_eq!(moved, accounts.values().map(plain).collect::<Vec<_>>());
    assert_eq!(
        (ledger.parts().pools.insurance, ledger.parts().pools.bad_debt),
        (pools.insurance, pools.bad_debt)
    );
    assert_eq!(after.queue, queue);
    // One at a time leads to the same accounts, by other roots.
    let single: Vec<Size> = SIZES.into_iter().filter(|size| size.transfers == 1).collect();
    let (names, alone, _) = crash.whole(&single);
    assert_eq!((names.len(), alone.parts().pools), (due, ledger.parts().pools));
    assert_ne!(alone.state_root(), ledger.state_root());
}

#[test]
fn takers_whose_positions_fit_no_size_are_passed_over() {
    let crash = Crash::new(40, 4);
    let tiny = Size { held: 0, ..SIZES[0] };
    let (ledger, queue) = (&crash.export.ledger, &crash.export.queue);
    let prepared = crash.prepare(ledger, queue, &[tiny]).expect("a round");
    assert!(prepared.batch.is_none() && prepared.round_over);
    assert_eq!((prepared.untaken, prepared.left), (prepared.below, prepared.below));
    assert!(prepared.queue.queue.waiting.iter().all(|waiting| waiting.rounds == 1));
    let many = Size {
        transfers: 16,
        ..SIZES[3]
    };
    let refused = crash.prepare(ledger, queue, &[many]).expect_err("not so many are due");
    assert!(matches!(refused, LiquidationError::Assign(_)), "{refused}");
}

#[test]
fn prices_and_rules_that_do_not_fit_are_refused() {
    let crash = Crash::new(8, 4);
    let (ledger, sizes) = (&crash.export.ledger, sizes_within(15));
    let mut later = crash.export.queue.clone();
    later.time += 1;
    let older = crash.prepare(ledger, &later, &sizes).expect_err("older");
    assert!(matches!(older, LiquidationError::Older { .. }), "{older}");
    let refused = |edit: &dyn Fn(&mut Round<'_>)| {
        let mut judged = crash.judged(&sizes);
        edit(&mut judged);
        prepare(ledger, &crash.export.queue, &judged, crash.blinding()).expect_err("refused")
    };
    let nobody = refused(&|judged| judged.takers = &[]);
    assert!(matches!(nobody, LiquidationError::NoTakers), "{nobody}");
    let unknown = refused(&|judged| judged.takers = &[1, 8]);
    assert!(
        matches!(
            unknown,
            LiquidationError::Ledger(LedgerError::UnknownAccount { index: 8 })
        ),
        "{unknown}"
    );
    let rules = refused(&|judged| judged.margin.short_charge += 1);
    assert!(
        matches!(rules, LiquidationError::Ledger(LedgerError::OtherRules { .. })),
        "{rules}"
    );
    // Another grid, and a round that does not list what is held.
    let inputs = &crash.round.arrays.inputs;
    let other = |grid: &str, inputs: &witness_gen::risk::MarketInputs| {
        let regime = RegimeRules::builtin(Underlying::ETH).expect("known");
        let rules = RiskRules::new(RiskGrid::builtin(grid).expect("known"), regime).expect("in range");
        let before = RegimeState::start(&rules.regime, Underlying::ETH, inputs.time, inputs.spot);
        RiskRound::build(&rules, inputs, before).expect("priced").arrays
    };
    let span = other("span-16", inputs);
    let mut judged = crash.judged(&sizes);
    judged.arrays = &span;
    let grid = prepare(ledger, &crash.export.queue, &judged, crash.blinding()).expect_err("another grid");
    assert!(matches!(grid, LiquidationError::Grid), "{grid}");
    let mut fewer = inputs.clone();
    fewer.series.truncate(1);
    fewer
        .expiries
        .retain(|expiry| expiry.expiry == fewer.series[0].terms.expiry);
    let fewer = other("paradex-24", &fewer);
    judged.arrays = &fewer;
    let unlisted = prepare(ledger, &crash.export.queue, &judged, crash.blinding()).expect_err("not listed");
    assert!(matches!(unlisted, LiquidationError::Unpriced { .. }), "{unlisted}");
}

#[test]
fn a_batch_is_proven_and_every_change_is_refused() {
    let crash = Crash::new(8, 4);
    let size = Size::by_name("xs").expect("a size");
    let prepared = crash
        .prepare(&crash.export.ledger, &crash.export.queue, &[size])
        .expect("a part");
    let (batch, _) = prepared.batch.expect("due");
    let setup = &UnsafeDevSetup::generate(size.k, "liquidation test").expect("a development setup");
    let circuit = &LiquidationCircuit::new(size);
    let keys = &keygen(setup, circuit.laid(), Instance::LEN).expect("keys");
    println!("{}", keys.report);
    let start = std::time::Instant::now();
    let with = Proving { setup, keys, circuit };
    let proof = prove(&Cpu::default(), with, &batch.instance, &batch.witness).expect("a proof that verifies");
    println!(
        "size xs: {:.2} s, proof {} bytes",
        start.elapsed().as_secs_f64(),
        proof.len()
    );
    let fields = batch.instance.to_fields();
    verify(setup, keys.verifier_key(), &fields, &proof).expect("accepted");
    for i in 0..fields.len() {
        let mut wrong = fields;
        wrong[i] += Fr::ONE;
        assert!(
            verify(setup, keys.verifier_key(), &wrong, &proof).is_err(),
            "instance {i}"
        );
    }
    for at in (0..proof.len()).step_by(97) {
        let mut wrong = proof.clone();
        wrong[at] ^= 1 << (at % 8);
        assert!(
            verify(setup, keys.verifier_key(), &fields, &wrong).is_err(),
            "byte {at}"
        );
    }
}
