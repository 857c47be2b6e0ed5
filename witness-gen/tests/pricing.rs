//! Black-76 in fixed point against the reference vectors, and its properties.
#![allow(missing_docs)]

mod support;

use proptest::prelude::*;
use support::price;
use witness_gen::market::Volatility;
use witness_gen::pricing::greeks::normal;
use witness_gen::pricing::{
    Greeks, PricingError, PricingInput, SeriesPricer, SpotMultiplier, TimeToExpiry, Trace, VolMultiplier,
};
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::units::{ExpiryMinutes, Underlying};

fn time(seconds: i64) -> TimeToExpiry {
    TimeToExpiry::new(seconds).expect("a test time is in range")
}

fn input(forward: u64, strike: u64, volatility: u32, seconds: i64) -> Result<PricingInput, PricingError> {
    PricingInput::new(price(forward), price(strike), Volatility(volatility), time(seconds))
}

/// The value of a decimal text @60, cut: 2^-60 is far below every bound here.
fn decimal(text: &str) -> i128 {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: i128 = whole.parse().expect("digits");
    // 18 digits are enough: 10^-18 < 2^-59.
    let digits: i128 = format!("{fraction:0<18}")[..18].parse().expect("digits");
    let value = (whole << 60) + ((digits << 60) / 10i128.pow(18));
    if negative { -value } else { value }
}

#[test]
fn distribution_and_density_of_all_rows() {
    let Some(rows) = support::reference_rows("normal_cdf_vectors.csv") else {
        return;
    };
    let (mut worst_cdf, mut worst_pdf) = (0f64, 0f64);
    for row in &rows {
        let x: i128 = row[0].parse().expect("an integer");
        // x @26, to the nearest: off by at most 2^-27, which moves N by 0.4 of it and n by 0.25.
        let d = ((x << 27) + 1_000_000).div_euclid(2_000_000) as i64;
        let point = normal(d);
        let off = |found: u64, wanted: &str| ((i128::from(found) << 24) - decimal(wanted)).abs() as f64 / 2f64.powi(60);
        worst_cdf = worst_cdf.max(off(point.cdf, &row[1]));
        worst_pdf = worst_pdf.max(off(point.pdf, &row[2]));
    }
    println!(
        "{} rows: N off by at most {worst_cdf:.2e}, n by {worst_pdf:.2e}",
        rows.len()
    );
    assert!(rows.len() > 1_000);
    assert!(worst_cdf < 3.6e-9 && worst_pdf < 3.9e-9, "{worst_cdf:e} {worst_pdf:e}");
}

#[test]
fn undiscounted_rows_of_the_vectors() {
    let Some(rows) = support::reference_rows("bs_reference_vectors.csv") else {
        return;
    };
    let (mut seen, mut worst) = (0, 0f64);
    for row in rows.iter().filter(|row| &row[6] == "0") {
        let number = |column: usize| row[column].parse::<u64>().expect("an integer column");
        let (forward, strike) = (number(2) * 10_000, number(3) * 10_000);
        let volatility = u32::try_from(number(4)).expect("a volatility");
        let found = input(forward, strike, volatility, number(5) as i64).expect("the vectors lie in the domain");
        for (value, column) in [(found.value().call(), 9), (found.value().put(), 10)] {
            // Both in quote @60; a unit is 10^-6.
            let wanted = decimal(&row[column]);
            let value = (i128::from(value) << 60) / 1_000_000;
            let off = (value - wanted).abs() as f64 / ((i128::from(forward) << 60) / 1_000_000) as f64;
            worst = worst.max(off);
        }
        seen += 1;
    }
    println!("{seen} rows: price off by at most {worst:.2e} of the forward");
    assert!(seen > 700 && worst < 2e-8, "{seen} {worst:e}");
}

#[test]
fn outside_the_domain_is_an_error() {
    let low = 1 << 24;
    assert!(input(low, low, 5_000, 86_400).is_ok());
    assert!(matches!(
        input(low - 1, low, 5_000, 86_400),
        Err(PricingError::Price { .. })
    ));
    assert!(matches!(
        input(low, (1 << 20) - 1, 5_000, 86_400),
        Err(PricingError::Price { .. })
    ));
    assert!(matches!(
        input(1 << 45, 1 << 44, 5_000, 86_400),
        Err(PricingError::Price { .. })
    ));
    assert!(input(low, low << 10, 5_000, 86_400).is_ok());
    assert!(matches!(
        input(low, (low << 10) + 1, 5_000, 86_400),
        Err(PricingError::Ratio { .. })
    ));
    assert!(matches!(
        input((low << 10) + 1, low, 5_000, 86_400),
        Err(PricingError::Ratio { .. })
    ));
    assert!(matches!(
        input(low, low, 0, 86_400),
        Err(PricingError::Volatility { .. })
    ));
    assert!(matches!(
        input(low, low, 1, 1),
        Err(PricingError::TotalVolatility { .. })
    ));
    assert!(matches!(
        input(low, low, 100_000, 31_536_000),
        Err(PricingError::TotalVolatility { .. })
    ));
    assert!(matches!(TimeToExpiry::new(0), Err(PricingError::Time { found: 0 })));
}

/// Inputs all over the domain: the logarithm of every quantity is uniform.
fn domain() -> impl Strategy<Value = (u64, u64, u32, i64)> {
    (24.0..44.9f64, -9.9..9.9f64, -15.9..1.99f64, 0.0..26.9f64).prop_filter_map(
        "inside the domain",
        |(forward, ratio, s, seconds)| {
            let seconds = seconds.exp2() as i64;
            let volatility = s.exp2() / (seconds as f64 / 31_536_000.0).sqrt() * 1e4;
            let strike = (forward + ratio).exp2();
            let found = (forward.exp2() as u64, strike as u64, volatility as u32, seconds);
            input(found.0, found.1, found.2, found.3).is_ok().then_some(found)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn parity_and_arbitrage_bounds((forward, strike, volatility, seconds) in domain()) {
        let found = input(forward, strike, volatility, seconds).expect("inside");
        let (call, put) = (found.value().call(), found.value().put());
        prop_assert_eq!(call as i64 - put as i64, forward as i64 - strike as i64);
        prop_assert!(call <= forward + 1 && call >= forward.saturating_sub(strike));
        prop_assert!(put <= strike + 1 && put >= strike.saturating_sub(forward));
        let greeks = found.call_greeks().expect("inside");
        prop_assert!((0..=1 << 36).contains(&greeks.delta));
        prop_assert!(greeks.gamma_forward >= 0 && greeks.vega >= 0);
    }

    #[test]
    fn values_move_the_right_way((forward, strike, volatility, seconds) in domain()) {
        // By steps well above the error: 2^-12 of the forward, a tenth of the volatility.
        let value = |f, v| input(f, strike, v, seconds).map(|found| found.value().call());
        let slack = 1 + forward / 1_000_000;
        let here = value(forward, volatility).expect("inside");
        if let Ok(above) = value(forward + forward / 4_096 + 1, volatility) {
            prop_assert!(above + slack >= here);
        }
        if let Ok(more) = value(forward, volatility + volatility / 10 + 1) {
            prop_assert!(more + slack >= here);
        }
    }

    #[test]
    fn a_live_scenario_next_to_dead_has_the_same_value((forward, strike, volatility, seconds) in domain()) {
        let found = input(forward, strike, volatility, seconds).expect("inside");
        let s = i64::from(found.volatility().rounded());
        // |L| in s, @8: between 7 s and 9 s a scenario is live and nevertheless intrinsic.
        let log = (i128::from(witness_gen::pricing::LogRatio::moneyness(price(forward), price(strike))
            .expect("inside").coarse()).abs() << 16) as i64 / s;
        if log > 7 * 256 + 1024 + 2 && matches!(found.value().trace(), Trace::Live { .. }) {
            prop_assert_eq!(found.value().excess(), 0);
        }
    }

    #[test]
    fn an_inverse_value_is_the_linear_one_in_coin((forward, strike, volatility, seconds) in domain()) {
        let found = input(forward, strike, volatility, seconds).expect("inside");
        let shocked = SpotMultiplier::one().apply(price(forward)).expect("inside");
        let scale = 1_000_000_000;
        let coin = shocked.coin(scale).expect("a scale in range");
        for (in_coin, linear) in [
            (found.value().call_in_coin(coin, scale), found.value().call()),
            (found.value().put_in_coin(coin, scale), found.value().put()),
        ] {
            let wanted = linear as f64 * scale as f64 / forward as f64;
            let unit = scale as f64 / forward as f64;
            prop_assert!((in_coin as f64 - wanted).abs() <= 3.0 + unit + wanted * 1e-12, "{} {}", in_coin, wanted);
        }
    }
}

/// A pricer with a shock of its own.
fn value(kind: Kind, strike: u64, cap: u64, forward: u64, volatility: u32) -> (u64, Greeks) {
    let terms = SeriesTerms::new(Underlying::BTC, ExpiryMinutes(1), kind, price(strike), price(cap));
    let terms = terms.expect("a cap only where the kind has one");
    let root = time(2_592_000).root();
    let pricer = SeriesPricer::new(terms, price(forward), 1_000_000_000).expect("in the domain");
    let s = witness_gen::pricing::TotalVolatility::new(Volatility(volatility), root.scaled(VolMultiplier::ONE));
    let s = s.expect("in the domain");
    let shocked = SpotMultiplier::one().apply(price(forward)).expect("in the domain");
    let greeks = pricer.greeks(root, &s).expect("in range");
    (pricer.value(shocked, &s).expect("in the domain").get(), greeks)
}

#[test]
fn greeks_are_slopes_of_values_for_every_kind() {
    let (forward, strike) = (3_000_000_000, 3_100_000_000);
    for (kind, cap) in [
        (Kind::Call, 0),
        (Kind::Put, 0),
        (Kind::CappedCall, 3_300_000_000),
        (Kind::CappedPut, 2_900_000_000),
        (Kind::DigitalCall, 500_000_000),
        (Kind::DigitalPut, 500_000_000),
    ] {
        let at = |f, v| value(kind, strike, cap, f, v).0 as f64;
        let (_, greeks) = value(kind, strike, cap, forward, 6_000);
        let bump = forward / 1_000;
        let h = bump as f64;
        let delta = (at(forward + bump, 6_000) - at(forward - bump, 6_000)) / (2.0 * h);
        let found = greeks.delta as f64 / 2f64.powi(36);
        assert!((delta - found).abs() < 2e-5, "{kind:?} delta {delta} {found}");
        let vega = (at(forward, 6_050) - at(forward, 5_950)) / 0.01;
        assert!(
            (vega - greeks.vega as f64).abs() < 2e-4 * forward as f64,
            "{kind:?} vega {vega} {}",
            greeks.vega
        );
        let up = value(kind, strike, cap, forward + bump, 6_000).1.delta as f64;
        let down = value(kind, strike, cap, forward - bump, 6_000).1.delta as f64;
        let gamma = (up - down) / 2f64.powi(36) / (2.0 * h) * forward as f64;
        let found = greeks.gamma_forward as f64 / 2f64.powi(27);
        assert!((gamma - found).abs() < 1e-3, "{kind:?} gamma {gamma} {found}");
    }
}

#[test]
fn digital_and_capped_kinds_stay_in_their_bounds() {
    let forward = 3_000_000_000;
    for strike in (500..9_000).step_by(250).map(|s| s * 1_000_000) {
        let payout = 777_000_001;
        let call = value(Kind::DigitalCall, strike, payout, forward, 9_000).0;
        let put = value(Kind::DigitalPut, strike, payout, forward, 9_000).0;
        assert_eq!(call + put, payout);
        let width = 100_000_000;
        assert!(value(Kind::CappedCall, strike, strike + width, forward, 9_000).0 <= width);
        assert!(value(Kind::CappedPut, strike + width, strike, forward, 9_000).0 <= width);
        // A cap on the wrong side of the strike pays nothing.
        assert_eq!(
            value(Kind::CappedCall, strike + width, strike, forward, 9_000),
            (0, Greeks::default())
        );
    }
}
