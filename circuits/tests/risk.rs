//! Statement R in circuit: segments of honest risk arrays satisfy every gate, copy and tuple, and add up to the risk root.
#![allow(missing_docs, unreachable_pub)]

#[path = "risk/listing.rs"]
#[allow(dead_code)]
mod listing;

use circuits::builder::check::check;
use circuits::risk::{Contexts, RiskCircuit, SIZES, Segment, compose};
use halo2_proofs::dev::MockProver;
use halo2_proofs::halo2curves::bn256::Fr;
use listing::*;
use witness_gen::risk::arrays::risk_root;
use witness_gen::statement::risk::{Instance, execute};

#[test]
fn honest_segments_satisfy_every_constraint() {
    for s in SIZES {
        let circuit = RiskCircuit::segment(s);
        let (above, below) = circuit.used();
        println!(
            "size {}: {above} rows from above, {below} from below, of {}",
            s.name,
            s.end()
        );
        for held in [1, s.series() - 1, s.series()] {
            let case = Case::first(s.name, held as u64, held, held.min(s.expiries).min(5));
            let failures = case.failures(&circuit);
            assert!(
                failures.is_empty(),
                "size {} held {held}: {:?}",
                s.name,
                &failures[..failures.len().min(8)]
            );
        }
    }
}

#[test]
fn honest_markets_satisfy_every_constraint() {
    for s in SIZES {
        let circuit = RiskCircuit::market(s);
        let (above, below) = circuit.used();
        println!(
            "market of size {}: {above} rows from above, {below} from below, of {}",
            s.name,
            s.end()
        );
        let arrays = arrays(&inputs(2, s.series(), s.expiries.min(5)));
        let honest = market(s, &arrays);
        // Within the step, far above, far below, and a calm regime too.
        let mut markets = vec![honest.clone(); 5];
        markets[1].regime.time = TIME - 5;
        markets[2].regime.price = price(SPOT / 3);
        markets[3].regime.price = price(3 * SPOT);
        markets[4].regime.variance = 0;
        for (i, mut market) in markets.into_iter().enumerate() {
            let after = market
                .regime
                .next(&market.rules.regime, TIME, market.spot)
                .expect("a later price");
            let factor = market.rules.regime.factor(after.variance);
            let (inputs, series) = (&arrays.inputs, &arrays.inputs.series[..s.series()]);
            let Ok(contexts) = Contexts::new(&market.rules, inputs, factor, series, s.expiries) else {
                assert_ne!(i, 0);
                continue;
            };
            market.contexts = contexts;
            let instance = market.instance().expect("a later price");
            let failures = check(circuit.laid(), &market_cells(s, &market), &instance);
            assert!(
                failures.is_empty(),
                "size {} market {i}: {:?}",
                s.name,
                &failures[..failures.len().min(8)]
            );
        }
    }
}

#[test]
fn parts_speak_of_the_instance_of_the_statement() {
    let s = size("16");
    let inputs = inputs(9, 16, 4);
    let (instance, _, arrays) = execute(Fr::zero(), &rules(), &inputs, regime()).expect("an honest round");
    let market = market(s, &arrays).instance().expect("a later price");
    let fields = instance.to_fields();
    let named = |name: &str| fields[Instance::NAMES.iter().position(|n| *n == name).expect("a name")];
    let names = [
        "parameters",
        "underlying",
        "spot",
        "time",
        "old_regime",
        "new_regime",
        "factor",
    ];
    assert_eq!(market[..7], names.map(named));
    let (segments, cursors) = Segment::split(s, &arrays).expect("calls and puts");
    let segment = segments[0].instance(s, &arrays);
    assert_eq!(market[7], segment.contexts);
    let composed = compose(s, 16, &[segment], &cursors).expect("one listing");
    assert_eq!(composed.volatility, instance.volatility);
    let root = risk_root(composed.rows_root, instance.parameters, &inputs, instance.factor);
    assert_eq!(root, instance.risk_root);
}

#[test]
fn segments_add_up_to_the_risk_root() {
    let s = size("16");
    let circuit = RiskCircuit::segment(s);
    let inputs = inputs(7, 37, 5);
    let arrays = arrays(&inputs);
    let (segments, cursors) = Segment::split(s, &arrays).expect("calls and puts");
    let cases = Case::all(s, &arrays);
    assert_eq!(cases.len(), 3);
    for case in &cases {
        assert!(case.failures(&circuit).is_empty());
    }
    let instances: Vec<_> = segments.iter().map(|segment| segment.instance(s, &arrays)).collect();
    let composed = compose(s, 37, &instances, &cursors).expect("one listing");
    assert_eq!(composed.volatility, inputs.digest());
    assert_eq!(composed.rows_root, arrays.rows_root());
    // Another order, a segment less, another number of series, a cursor that is not the segment's.
    let swapped = [instances[1], instances[0], instances[2]];
    assert!(compose(s, 37, &swapped, &cursors).is_err());
    assert!(compose(s, 37, &instances[..2], &cursors[..3]).is_err());
    assert!(compose(s, 36, &instances, &cursors).is_err());
    let mut moved = cursors.clone();
    moved[1].count += 1;
    assert!(compose(s, 37, &instances, &moved).is_err());
}

#[test]
fn the_mock_prover_agrees() {
    let s = size("4");
    let case = Case::first("4", 3, 3, 2);
    let circuit = RiskCircuit::segment(s).with_cells(case.cells.clone());
    let instance = fields(&case.instance);
    let mock = MockProver::run(s.k, &circuit, vec![instance.clone()]).expect("runs");
    assert_eq!(mock.verify(), Ok(()));
    for i in 0..instance.len() {
        let mut wrong = instance.clone();
        wrong[i] += Fr::one();
        let mock = MockProver::run(s.k, &circuit, vec![wrong]).expect("runs");
        assert!(mock.verify().is_err(), "public input {i}");
    }
}
