//! What the tests of statement R share: a small listing and its risk arrays.

use circuits::builder::check::{Failure, check};
use circuits::cell::Grid;
use circuits::risk::{Market, RiskCircuit, Segment, SegmentInstance, Size, market_trace, trace};
use halo2_proofs::halo2curves::bn256::Fr;
use rand::{Rng, SeedableRng, rngs::StdRng};
use witness_gen::market::Volatility;
use witness_gen::risk::{ExpiryInput, MarketInputs, RegimeFactor, RegimeState, RiskArrays, RiskRules, SeriesInput};
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::units::{ExpiryMinutes, Price, Underlying};

pub const TIME: u64 = 1_750_000_000;
pub const SPOT: u64 = 2_500_000_000;

pub fn price(value: u64) -> Price {
    Price::new(value).expect("test prices are below 2^63")
}

pub fn size(name: &str) -> Size {
    Size::by_name(name).expect("a named size")
}

pub fn rules() -> RiskRules {
    RiskRules::builtin("paradex-24", Underlying::ETH).expect("a grid of the program")
}

/// Random calls and puts, strikes 0.3 to 3 times the forward, of so many expiries: hours to years away.
pub fn inputs(seed: u64, series: usize, expiries: usize) -> MarketInputs {
    let mut rng = StdRng::seed_from_u64(seed);
    let minutes = |days: f64| ExpiryMinutes((TIME as f64 / 60.0 + days * 1440.0) as u32 + 1);
    let mut expiries: Vec<ExpiryInput> = (0..expiries)
        .map(|i| ExpiryInput {
            expiry: minutes(0.05 * 3.7f64.powi(i as i32 % 6) + i as f64),
            forward: price(SPOT + 7_654_321 * i as u64 + rng.gen_range(0..1000)),
        })
        .collect();
    expiries.sort_by_key(|e| e.expiry);
    let mut listed: Vec<SeriesInput> = Vec::new();
    while listed.len() < series {
        let at = expiries[listed.len() % expiries.len()];
        let kind = if rng.gen_bool(0.5) { Kind::Call } else { Kind::Put };
        let strike = (at.forward.get() as f64 * 10f64.powf(rng.gen_range(-0.5..0.5))) as u64;
        let terms = SeriesTerms::new(Underlying::ETH, at.expiry, kind, price(strike), Price::ZERO);
        let volatility = Volatility(rng.gen_range(2_000..20_000));
        listed.push(SeriesInput {
            terms: terms.expect("a call or a put has no cap"),
            volatility,
        });
    }
    listed.sort_by_key(|s| s.terms.word());
    MarketInputs {
        underlying: Underlying::ETH,
        time: TIME,
        spot: price(SPOT),
        expiries,
        series: listed,
    }
}

/// The regime before: an hour and a bit ago, 3 % below, in a wild time.
pub fn regime() -> RegimeState {
    let rules = rules().regime;
    RegimeState {
        variance: 2 * rules.reference_variance(),
        ..RegimeState::start(&rules, Underlying::ETH, TIME - 4_000, price(SPOT / 100 * 97))
    }
}

pub fn arrays(inputs: &MarketInputs) -> RiskArrays {
    let rules = rules();
    let after = regime()
        .next(&rules.regime, inputs.time, inputs.spot)
        .expect("a later price");
    let factor = rules.regime.factor(after.variance);
    assert!(factor > RegimeFactor::ONE, "the grid is widened");
    RiskArrays::build(&rules, inputs, factor).expect("inputs of the domain")
}

/// The market under the first segment of a listing.
pub fn market(size: Size, arrays: &RiskArrays) -> Market {
    let (segments, _) = Segment::split(size, arrays).expect("calls and puts");
    Market {
        domain: Fr::from(77),
        rules: arrays.rules.clone(),
        underlying: arrays.inputs.underlying,
        spot: arrays.inputs.spot,
        time: arrays.inputs.time,
        regime: regime(),
        contexts: segments[0].contexts.clone(),
    }
}

pub fn market_cells(size: Size, market: &Market) -> Grid {
    let trace = market_trace(size, market, None).expect("a market that fits");
    trace.finish().expect("no overlap").clone()
}

/// A segment with everything that tests need of it.
#[derive(Clone)]
pub struct Case {
    pub size: Size,
    pub segment: Segment,
    pub instance: SegmentInstance,
    pub cells: Grid,
}

impl Case {
    pub fn all(size: Size, arrays: &RiskArrays) -> Vec<Self> {
        let (segments, _) = Segment::split(size, arrays).expect("a listing that the circuit takes");
        let case = |segment: Segment| Self {
            size,
            instance: segment.instance(size, arrays),
            cells: cells(size, &segment),
            segment,
        };
        segments.into_iter().map(case).collect()
    }
    /// The first segment of a random listing.
    pub fn first(name: &str, seed: u64, series: usize, expiries: usize) -> Self {
        Self::all(size(name), &arrays(&inputs(seed, series, expiries))).swap_remove(0)
    }
    pub fn failures(&self, circuit: &RiskCircuit) -> Vec<Failure> {
        check(circuit.laid(), &self.cells, &self.instance.to_fields())
    }
}

pub fn cells(size: Size, segment: &Segment) -> Grid {
    let trace = trace(size, segment, None).expect("a segment that fits");
    trace.finish().expect("no overlap").clone()
}

pub fn fields(instance: &SegmentInstance) -> Vec<Fr> {
    instance.to_fields().to_vec()
}
