//! Statement R in circuit: segments of honest risk arrays satisfy every gate, copy and tuple, and add up to the risk root.
#![allow(missing_docs, unreachable_pub)]

#[path = "risk/listing.rs"]
#[allow(dead_code)]
mod listing;

use circuits::builder::check::check;
use circuits::risk::market::input;
use circuits::risk::{
    ComposeError, Contexts, Cursor, Market, MarketInstance, Parts, RiskCircuit, SIZES, Segment, SegmentInstance,
    compose,
};
use halo2_proofs::dev::MockProver;
use halo2_proofs::halo2curves::bn256::Fr;
use listing::*;
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
    let composed = compose(s, &instances, &cursors).expect("one listing");
    assert_eq!(composed.volatility, inputs.digest());
    assert_eq!(composed.rows_root, arrays.rows_root());
}

/// A round of 37 series in three segments of 16 and two markets, with the instance that it makes true.
struct Whole {
    instance: Instance,
    markets: Vec<MarketInstance>,
    segments: Vec<SegmentInstance>,
    cursors: Vec<Cursor>,
}

impl Whole {
    fn new() -> Self {
        // 18 expiries: more than one set of contexts holds, and one of them goes on from a segment to the next.
        let s = size("16");
        let inputs = inputs(9, 37, 18);
        let domain = Fr::from(77);
        let (instance, _, arrays) = execute(domain, &rules(), &inputs, regime()).expect("an honest round");
        let (segments, cursors) = Segment::split(s, &arrays).expect("calls and puts");
        let mut markets: Vec<MarketInstance> = Vec::new();
        for segment in &segments {
            let market = Market {
                contexts: segment.contexts.clone(),
                ..market(s, &arrays)
            };
            let market = market.instance().expect("a later price");
            if !markets.contains(&market) {
                markets.push(market);
            }
        }
        assert_eq!((segments.len(), markets.len()), (3, 2));
        assert!(
            cursors[1].expiry == segments[1].series[0].terms.expiry.get(),
            "it goes on"
        );
        Self {
            instance,
            markets,
            segments: segments.iter().map(|segment| segment.instance(s, &arrays)).collect(),
            cursors,
        }
    }

    fn check(&self) -> Result<(), ComposeError> {
        let parts = Parts {
            size: size("16"),
            markets: &self.markets,
            segments: &self.segments,
            cursors: &self.cursors,
        };
        parts.check(&self.instance).map(|_| ())
    }

    /// What is said once something has been changed.
    fn says(change: impl Fn(&mut Self)) -> String {
        let mut whole = Self::new();
        assert_eq!(whole.check(), Ok(()));
        change(&mut whole);
        whole.check().expect_err("a changed part").to_string()
    }
}

fn says(what: &str, change: impl Fn(&mut Whole)) {
    let found = Whole::says(change);
    assert!(found.starts_with(what), "expected {what}, found {found}");
}

#[test]
fn parts_make_up_the_statement_and_every_change_has_its_clause() {
    let names = ["domain", "R1", "R2", "R2", "R2", "R4", "R4", "R4"];
    for (i, clause) in names.into_iter().enumerate() {
        says(&format!("{clause}: market 1, {}", input::NAMES[i]), |w| {
            w.markets[1][i] += Fr::one()
        });
    }
    says("R5: segment", |w| w.markets[1][input::CONTEXTS] += Fr::one());
    says("R5: segment 2, contexts", |w| w.segments[2].contexts += Fr::one());
    says("R5: market 2", |w| w.markets.push(w.markets[0]));
    says("R5: segment", |w| {
        w.markets.remove(0);
    });
    says("R2: segment 1, underlying", |w| w.segments[1].underlying.0 += 1);
    says("R3: listing, volatility", |w| w.instance.volatility += Fr::one());
    says("R8: listing, risk root", |w| w.instance.risk_root += Fr::one());
    says("R8: listing, risk root", |w| w.segments[0].rows += Fr::one());
    // Segments swapped, missing, repeated; a cursor that is not the segment's.
    says("R2: segment 0, cursor before it", |w| w.segments.swap(0, 1));
    says("R2: listing, cursors: expected 3, found 4", |w| {
        w.segments.pop();
    });
    says("R2: segment 1, cursor before it", |w| w.segments[1] = w.segments[0]);
    says("R3: listing, first cursor", |w| {
        w.segments.remove(0);
        w.cursors.remove(0);
    });
    says("R3: listing, first cursor", |w| {
        w.segments.pop();
        w.cursors.pop();
        w.markets.pop();
    });
    says("R2: segment 0, cursor after it", |w| w.cursors[1].forward += 1);
    says("R2: segment 0, cursor after it", |w| {
        w.cursors[1].pending.push(Fr::one())
    });
    says("R3: listing, first cursor", |w| w.cursors[3].count += 1);
    says("R8: listing, segments", |w| {
        w.markets.clear();
        w.segments.clear();
        w.cursors.truncate(1);
    });
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
