//! Tables, prices and Greeks against real numbers of 256 bits.
#![allow(missing_docs)]

mod support;

use num_bigint::{BigInt, Sign};
use rand::{Rng, SeedableRng, rngs::StdRng};
use support::price;
use witness_gen::market::Volatility;
use witness_gen::pricing::tables::{EXP_ROWS, LN_ROWS, NODE_LIMIT, tables};
use witness_gen::pricing::{
    PricingInput, ScenarioValue, SpotMultiplier, TimeToExpiry, TotalVolatility, VolMultiplier, bounds,
};

/// Fractional bits.
const BITS: u32 = 256;

/// A real number @256.
#[derive(Clone, PartialEq, PartialOrd)]
struct Real(BigInt);

impl Real {
    fn ratio(a: impl Into<BigInt>, b: impl Into<BigInt>) -> Self {
        Self((a.into() << BITS) / b.into())
    }

    fn int(a: impl Into<BigInt>) -> Self {
        Self(a.into() << BITS)
    }

    /// The integer v @bits as a number.
    fn fixed(v: impl Into<BigInt>, bits: u32) -> Self {
        Self(v.into() << (BITS - bits))
    }

    /// The nearest integer of @bits.
    fn round(&self, bits: u32) -> BigInt {
        let half: BigInt = BigInt::from(1) << (BITS - bits - 1);
        (&self.0 + half) >> (BITS - bits)
    }

    fn mul(&self, other: &Self) -> Self {
        Self((&self.0 * &other.0) >> BITS)
    }

    fn div(&self, other: &Self) -> Self {
        Self((&self.0 << BITS) / &other.0)
    }

    fn add(&self, other: &Self) -> Self {
        Self(&self.0 + &other.0)
    }

    fn sub(&self, other: &Self) -> Self {
        Self(&self.0 - &other.0)
    }

    fn sqrt(&self) -> Self {
        Self((&self.0 << BITS).sqrt())
    }

    /// e^x by halving to below 2^-16, the series, and squaring back.
    fn exp(&self) -> Self {
        let halvings = 24;
        let small = Self(&self.0 >> halvings);
        let (mut term, mut sum, mut k) = (Self::int(1), Self::int(0), 0);
        while term.0.sign() != Sign::NoSign && k < 60 {
            sum = sum.add(&term);
            k += 1;
            term = Self(term.mul(&small).0 / k);
        }
        (0..halvings).fold(sum, |power, _| power.mul(&power))
    }

    /// ln x for x > 0: powers of two taken out, then 2 artanh((x - 1) / (x + 1)).
    fn ln(&self) -> Self {
        let shift = self.0.bits() as i64 - i64::from(BITS);
        let near = if shift >= 0 {
            Self(&self.0 >> shift)
        } else {
            Self(&self.0 << -shift)
        };
        let one = Self::int(1);
        let artanh = |x: &Self| {
            let square = x.mul(x);
            let (mut power, mut sum, mut odd) = (x.clone(), Self::int(0), 1);
            while power.0.magnitude().bits() > 1 {
                sum = sum.add(&Self(&power.0 / odd));
                power = power.mul(&square);
                odd += 2;
            }
            Self(sum.0 * 2)
        };
        let two = artanh(&Self::ratio(1, 3));
        artanh(&near.sub(&one).div(&near.add(&one))).add(&Self(two.0 * shift))
    }

    fn float(&self) -> f64 {
        let cut: BigInt = &self.0 >> (BITS - 100);
        cut.to_string().parse::<f64>().expect("digits") / 2f64.powi(100)
    }
}

/// pi by Machin's formula.
fn pi() -> Real {
    let arctan = |n: i64| {
        let (mut power, mut sum, mut odd) = (Real::ratio(1, n), Real::int(0), 1i64);
        while power.0.magnitude().bits() > 1 {
            let term = Real(&power.0 / odd);
            sum = if odd % 4 == 1 { sum.add(&term) } else { sum.sub(&term) };
            power = Real(power.0 / (n * n));
            odd += 2;
        }
        sum
    };
    Real(arctan(5).0 * 16 - arctan(239).0 * 4)
}

struct Normal {
    root: Real,
}

impl Normal {
    fn new() -> Self {
        Self {
            root: Real(pi().0 * 2).sqrt(),
        }
    }

    fn pdf(&self, x: &Real) -> Real {
        Real(x.mul(x).0 / -2).exp().div(&self.root)
    }

    /// 1/2 + n(x) (x + x^3/3 + x^5/15 + ...). Beyond 14 the rest is below 2^-140.
    fn cdf(&self, x: &Real) -> Real {
        if x.float().abs() > 14.0 {
            return Real::int(u8::from(x.0.sign() == Sign::Plus));
        }
        let square = x.mul(x);
        let (mut term, mut sum, mut odd) = (x.clone(), Real::int(0), 1);
        while term.0.magnitude().bits() > 1 {
            sum = sum.add(&term);
            odd += 2;
            term = Real(term.mul(&square).0 / odd);
        }
        Real::ratio(1, 2).add(&self.pdf(x).mul(&sum))
    }
}

#[test]
fn every_table_entry_is_correctly_rounded() {
    let normal = Normal::new();
    let same = |what: &str, at: i64, found: i128, wanted: BigInt| {
        assert_eq!(BigInt::from(found), wanted, "{what} of row {at}");
    };
    for i in 0..=NODE_LIMIT {
        let x = Real::ratio(i, 256);
        let (cdf, pdf) = (normal.cdf(&x), normal.pdf(&x));
        for sign in [1, -1] {
            let node = tables().node(sign * i).expect("inside");
            let cdf = if sign == 1 { cdf.clone() } else { Real::int(1).sub(&cdf) };
            // At 0 both signs are one node, exactly 1/2.
            same(
                "cdf",
                sign * i,
                node.cdf.into(),
                if i == 0 {
                    BigInt::from(1u64 << 35)
                } else {
                    cdf.round(36)
                },
            );
            same("pdf", i, node.pdf.into(), pdf.round(36));
            same("slope", i, node.slope.into(), pdf.round(19));
            same("weight", i, node.weight.into(), pdf.round(10));
            same(
                "curvature",
                sign * i,
                (-sign * node.curvature).into(),
                x.mul(&pdf).round(16),
            );
        }
    }
    assert!(tables().node(NODE_LIMIT + 1).is_none() && tables().node(-NODE_LIMIT - 1).is_none());
    assert_eq!(tables().nodes().len() + LN_ROWS + EXP_ROWS, 6_089);
    for (k, row) in (0i64..).zip(tables().ln()) {
        let c = Real::ratio(513 + 2 * k, 512);
        same("ln", k, row.ln.into(), c.ln().round(45));
        same("inverse", k, row.inverse.into(), Real::int(1).div(&c).round(46));
    }
    for (k, row) in (0i64..).zip(tables().exp()) {
        same(
            "exp",
            k,
            (*row).into(),
            Real::ratio(2 * k + 1 - 192, 128).exp().round(40),
        );
    }
    same("ln 2", 0, tables().ln2().into(), Real::int(2).ln().round(63));
}

#[test]
fn logarithms_and_exponentials_keep_their_bounds() {
    let mut rng = StdRng::seed_from_u64(1);
    for _ in 0..2_000 {
        let mut draw = || {
            let bits = rng.gen_range(1..45);
            rng.gen_range(1u64 << (bits - 1)..1 << bits)
        };
        let (a, b) = (draw(), draw());
        let found = Real::fixed(witness_gen::pricing::log::ln_ratio(a, b), 36);
        let off = found.sub(&Real::ratio(a, b).ln()).float().abs();
        assert!(off < 3.4e-11, "ln {a} / {b}: {off:e}");
        let z = rng.gen_range(-(3i64 << 35)..3 << 35);
        let exact = Real::fixed(z, 36).exp();
        let off = Real::fixed(witness_gen::pricing::log::exp(z).expect("inside"), 36)
            .sub(&exact)
            .float()
            .abs();
        assert!(
            off < 2f64.powi(-36) + 2f64.powi(-32) * exact.float(),
            "exp {z}: {off:e}"
        );
    }
}

/// Forward, strike, volatility and seconds, all over the domain or near its corners.
fn draw(rng: &mut StdRng) -> (u64, u64, u32, i64) {
    loop {
        let forward = rng.gen_range(24.0..43.9f64).exp2();
        let s = match rng.gen_range(0..4) {
            0 => rng.gen_range(-15.9..-12.0f64),
            1 => rng.gen_range(1.0..1.99f64),
            _ => rng.gen_range(-12.0..1.0f64),
        };
        // Where the option has time value: a few s around the forward.
        let ratio = (rng.gen_range(-5.0..5.0f64) * s.exp2()).clamp(-6.9, 6.9);
        let seconds = rng.gen_range(0.0..26.9f64).exp2() as i64;
        let volatility = s.exp2() / (seconds as f64 / 31_536_000.0).sqrt() * 1e4;
        let found = (
            forward as u64,
            (forward * ratio.exp()) as u64,
            volatility as u32,
            seconds,
        );
        if volatility < 131_071.0 && price_of(found).is_some() {
            return found;
        }
    }
}

fn price_of((forward, strike, volatility, seconds): (u64, u64, u32, i64)) -> Option<PricingInput> {
    PricingInput::new(
        price(forward),
        price(strike.max(1)),
        Volatility(volatility),
        TimeToExpiry::new(seconds).ok()?,
    )
    .ok()
}

#[test]
fn random_prices_and_greeks_keep_their_bounds() {
    let normal = Normal::new();
    let mut rng = StdRng::seed_from_u64(2);
    let mut worst = [0f64; 4];
    for _ in 0..1_500 {
        let point @ (forward, strike, volatility, seconds) = draw(&mut rng);
        let found = price_of(point).expect("drawn from the domain");
        let (f, k) = (Real::int(forward), Real::int(strike));
        let root = Real::ratio(seconds, 31_536_000).sqrt();
        let s = Real(&root.0 * volatility / 10_000);
        let d1 = f.div(&k).ln().div(&s).add(&Real(&s.0 / 2));
        let d2 = d1.sub(&s);
        let (n1, n2, pdf) = (normal.cdf(&d1), normal.cdf(&d2), normal.pdf(&d1));
        let call = f.mul(&n1).sub(&k.mul(&n2));
        let put = call.sub(&f).add(&k);
        let off = |found: i64, wanted: &Real| Real::int(found).sub(wanted).float().abs();
        let greeks = found.call_greeks().expect("inside");
        let (s, t, forward) = (s.float(), root.float(), forward as f64);
        let value = found.value();
        let checks = [
            (
                off(value.call() as i64, &call).max(off(value.put() as i64, &put)) / forward,
                bounds::PRICE + 1.0 / forward,
            ),
            (
                Real::fixed(greeks.delta, 36).sub(&n1).float().abs(),
                bounds::delta(s, t),
            ),
            (
                Real::fixed(greeks.gamma_forward, 27)
                    .sub(&pdf.div(&Real(&root.0 * volatility / 10_000)))
                    .float()
                    .abs(),
                bounds::gamma_forward(s, t),
            ),
            (
                off(greeks.vega, &f.mul(&root).mul(&pdf)) / forward,
                bounds::vega(s, t, forward),
            ),
        ];
        for (worst, (error, bound)) in worst.iter_mut().zip(checks) {
            assert!(error <= bound, "{point:?}: {error:e} above {bound:e}");
            *worst = worst.max(error / bound);
        }
    }
    println!(
        "largest error over bound: price {:.2}, delta {:.2}, gamma {:.2}, vega {:.2}",
        worst[0], worst[1], worst[2], worst[3]
    );
    // A bound that nothing comes near would be no information.
    assert!(worst.iter().all(|ratio| *ratio > 0.05), "{worst:?}");
}

#[test]
fn random_scenario_values_keep_their_bound() {
    let normal = Normal::new();
    let mut rng = StdRng::seed_from_u64(3);
    let (mut seen, mut worst) = (0, 0f64);
    while seen < 1_000 {
        let (forward, strike, volatility, seconds) = draw(&mut rng);
        let multiplier = rng.gen_range(SpotMultiplier::UNIT / 20..6 * SpotMultiplier::UNIT);
        let shock = rng.gen_range(1u32 << 21..1 << 29);
        let time = TimeToExpiry::new(seconds).expect("drawn from the domain");
        let by = SpotMultiplier::new(multiplier.into()).expect("in range");
        let vol = VolMultiplier::new(shock.into()).expect("in range");
        let Ok(volatility_time) = TotalVolatility::new(Volatility(volatility), time.root().scaled(vol)) else {
            continue;
        };
        let Ok(shocked) = by.apply(price(forward)) else {
            continue;
        };
        let moneyness = witness_gen::pricing::LogRatio::moneyness(price(forward), price(strike)).expect("in range");
        let Ok(value) = ScenarioValue::new(shocked, price(strike), moneyness, &volatility_time) else {
            continue;
        };
        seen += 1;
        let f = Real::int(forward).mul(&Real::ratio(multiplier, SpotMultiplier::UNIT));
        let k = Real::int(strike);
        let s = Real(Real::ratio(seconds, 31_536_000).sqrt().0 * volatility / 10_000).mul(&Real::fixed(shock, 27));
        let d1 = f.div(&k).ln().div(&s).add(&Real(&s.0 / 2));
        let call = f.mul(&normal.cdf(&d1)).sub(&k.mul(&normal.cdf(&d1.sub(&s))));
        let put = call.sub(&f).add(&k);
        let scale = shocked.get() as f64;
        for (found, wanted) in [(value.call(), call), (value.put(), put)] {
            let off = Real::int(found).sub(&wanted).float().abs() / scale;
            let bound = bounds::SCENARIO + bounds::SCENARIO_UNITS / scale;
            assert!(
                off <= bound,
                "{forward} {strike} {volatility} {seconds} {multiplier} {shock}: {off:e}"
            );
            worst = worst.max(off / bound);
        }
    }
    println!("{seen} scenario values: largest error over bound {worst:.2}");
}
