//! The quantities of a price, each with its scale and its range.
//!
//! What depends on an expiry alone ([`RootTime`], [`VolTime`]), on a strike ([`LogRatio`]), on a strike and a volatility
//! ([`TotalVolatility`]) or on an expiry and a spot shock ([`ShockedForward`]) is computed once there and shared by all scenarios.

use super::log::ln_ratio;
use super::{FORWARD_FLOOR, PRICE_FLOOR, PricingError, RATIO_BOUND, VALUE_BOUND};
use crate::market::Volatility;
use crate::units::Price;

/// A year: 365 days, as the venues count.
pub const YEAR_SECONDS: u64 = 31_536_000;
/// Units of 10^-4: basis points of shocks, volatilities and exponents.
pub const BASIS_POINTS: u64 = 10_000;
/// Fractional bits of the regime factor.
pub const FACTOR_BITS: u32 = 18;

/// A price of the admitted range, [`PRICE_FLOOR`] .. [`VALUE_BOUND`].
pub(super) fn in_range(what: &'static str, found: u64) -> Result<u64, PricingError> {
    match found {
        PRICE_FLOOR..VALUE_BOUND => Ok(found),
        _ => Err(PricingError::Price { what, found }),
    }
}

/// A forward before any shock: [`FORWARD_FLOOR`] .. [`VALUE_BOUND`].
pub(super) fn listed_forward(forward: Price) -> Result<u64, PricingError> {
    let what = "forward";
    match in_range(what, forward.get())? {
        found @ FORWARD_FLOOR.. => Ok(found),
        found => Err(PricingError::Price { what, found }),
    }
}

/// Seconds to expiry: 1 .. 2^27 (4.2 years).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeToExpiry(u32);

impl TimeToExpiry {
    /// The time; [`PricingError::Time`] outside its range.
    pub fn new(seconds: i64) -> Result<Self, PricingError> {
        u32::try_from(seconds)
            .ok()
            .filter(|seconds| (1..1 << 27).contains(seconds))
            .map(Self)
            .ok_or(PricingError::Time { found: seconds })
    }

    /// The number of seconds.
    pub const fn seconds(self) -> u32 {
        self.0
    }

    /// The square root of the time in years: floor(sqrt(t 2^72 / year)).
    pub fn root(self) -> RootTime {
        RootTime(((u128::from(self.0) << 72) / u128::from(YEAR_SECONDS)).isqrt() as u64)
    }
}

/// sqrt(time in years) @36, rounded down; below 2^38.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RootTime(u64);

impl RootTime {
    /// The number @36.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// round(root u / 10^4) @44: what turns a volatility in 10^-4 into a total volatility.
    pub fn scaled(self, multiplier: VolMultiplier) -> VolTime {
        // @36 times @27 is @63: 19 bits more than @44. Below 2^38 2^30.
        let divisor = u128::from(BASIS_POINTS) << 19;
        let product = u128::from(self.0) * u128::from(multiplier.0);
        VolTime(((product + divisor / 2) / divisor) as u64)
    }
}

/// By what a scenario multiplies volatility, @27: above 0, below 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VolMultiplier(u32);

impl VolMultiplier {
    /// No shock.
    pub const ONE: Self = Self(1 << 27);

    /// The multiplier of a number @27; [`PricingError::VolMultiplier`] outside its range.
    pub fn new(found: i128) -> Result<Self, PricingError> {
        match u32::try_from(found) {
            Ok(value) if (1..1 << 30).contains(&value) => Ok(Self(value)),
            _ => Err(PricingError::VolMultiplier { found }),
        }
    }

    /// The number @27.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// sqrt(time in years) x multiplier / 10^4, @44: once per expiry and kind of volatility shock. Below 2^36.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VolTime(u64);

impl VolTime {
    /// The number @44.
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// s = volatility x sqrt(time), shocked, and what follows from it: once per strike, volatility and kind of shock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TotalVolatility {
    precise: u64,
    rounded: u32,
    nodes: u16,
    rest: i32,
    half_square: u32,
    reciprocal: u64,
    dead: u32,
}

impl TotalVolatility {
    /// s for a volatility of 1 .. 2^17 (10^-4); an error outside 2^-16 <= s < 4.
    pub fn new(volatility: Volatility, time: VolTime) -> Result<Self, PricingError> {
        if !(1..1 << 17).contains(&volatility.0) {
            return Err(PricingError::Volatility { found: volatility.0 });
        }
        // Below 2^17 2^36.
        let precise = u64::from(volatility.0) * time.0;
        let rounded = (precise + (1 << 17)) >> 18;
        if !(1 << 10..1 << 28).contains(&rounded) {
            return Err(PricingError::TotalVolatility { found: rounded });
        }
        let nodes = (rounded + (1 << 17)) >> 18;
        let rest = rounded as i64 - ((nodes as i64) << 18);
        Ok(Self {
            precise,
            rounded: rounded as u32,
            nodes: nodes as u16,
            rest: rest as i32,
            half_square: ((rest * rest + (1 << 23)) >> 24) as u32,
            reciprocal: ((1 << 44) + rounded) / (2 * rounded),
            dead: ((9 * rounded + 255) >> 8) as u32,
        })
    }

    /// s @44, not rounded: for Greeks and digital kinds.
    pub const fn precise(&self) -> u64 {
        self.precise
    }

    /// s @26, to the nearest: 2^10 .. 2^28.
    pub const fn rounded(&self) -> u32 {
        self.rounded
    }

    /// The nearest node: s @8, to the nearest; at most 2^10.
    pub const fn nodes(&self) -> u16 {
        self.nodes
    }

    /// s less its nearest node, @26: -2^17 .. 2^17.
    pub const fn rest(&self) -> i32 {
        self.rest
    }

    /// rest^2 / 2 @29, to the nearest; at most 2^10.
    pub const fn half_square(&self) -> u32 {
        self.half_square
    }

    /// 1 / s @17, to the nearest; at most 2^33.
    pub const fn reciprocal(&self) -> u64 {
        self.reciprocal
    }

    /// ceil(9 s) @18: from here on |ln(F/K)| makes a scenario dead.
    pub const fn dead(&self) -> u32 {
        self.dead
    }
}

/// The logarithm of a ratio of prices, twice: @36 for Greeks, and its nearest @18 for scenario values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogRatio {
    precise: i64,
    coarse: i32,
}

impl LogRatio {
    /// The ratio 1.
    pub const ZERO: Self = Self { precise: 0, coarse: 0 };

    /// ln(a / b), for a and b in 1 .. 2^45.
    fn of(a: u64, b: u64) -> Self {
        let precise = ln_ratio(a, b);
        Self {
            precise,
            // Below 2^5 in size, so below 2^23 @18.
            coarse: ((precise + (1 << 17)) >> 18) as i32,
        }
    }

    /// ln(forward / strike): once per strike. Errors name a price out of range.
    pub fn moneyness(forward: Price, strike: Price) -> Result<Self, PricingError> {
        let (forward, strike) = (listed_forward(forward)?, in_range("strike", strike.get())?);
        Ok(Self::of(forward, strike))
    }

    /// The logarithm @36.
    pub const fn precise(self) -> i64 {
        self.precise
    }

    /// The logarithm @18.
    pub const fn coarse(self) -> i32 {
        self.coarse
    }

    /// The logarithm of the product of both ratios.
    pub const fn plus(self, other: Self) -> Self {
        Self {
            precise: self.precise + other.precise,
            coarse: self.coarse + other.coarse,
        }
    }
}

/// By what a scenario multiplies spot and forward, in 1/(10^4 2^18): once per spot shock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpotMultiplier {
    numerator: u64,
    log: LogRatio,
}

impl SpotMultiplier {
    /// What stands for 1: 10^4 2^18.
    pub const UNIT: u64 = BASIS_POINTS << FACTOR_BITS;

    /// The multiplier of a number of 1/(10^4 2^18); an error outside 1 .. 2^45.
    pub fn new(found: i128) -> Result<Self, PricingError> {
        let numerator = u64::try_from(found)
            .ok()
            .filter(|n| (1..VALUE_BOUND).contains(n))
            .ok_or(PricingError::SpotMultiplier { found })?;
        Ok(Self {
            numerator,
            log: LogRatio::of(numerator, Self::UNIT),
        })
    }

    /// No shock.
    pub fn one() -> Self {
        Self {
            numerator: Self::UNIT,
            log: LogRatio::ZERO,
        }
    }

    /// The number of 1/(10^4 2^18).
    pub const fn numerator(self) -> u64 {
        self.numerator
    }

    /// Its logarithm.
    pub const fn log(self) -> LogRatio {
        self.log
    }

    /// floor(price x multiplier), in 10^-6 quote; an error when the result leaves the admitted range.
    pub fn apply(self, price: Price) -> Result<ShockedForward, PricingError> {
        let product = u128::from(listed_forward(price)?) * u128::from(self.numerator);
        // Below 2^90; what does not fit 64 bits is out of range as well.
        let shocked = u64::try_from(product / u128::from(Self::UNIT)).unwrap_or(u64::MAX);
        Ok(ShockedForward {
            value: in_range("shocked forward", shocked)?,
            log: self.log,
        })
    }
}

/// The forward of an expiry under a spot shock: once per expiry and spot shock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShockedForward {
    value: u64,
    log: LogRatio,
}

impl ShockedForward {
    /// The forward in 10^-6 quote.
    pub const fn get(self) -> u64 {
        self.value
    }

    /// The logarithm of the multiplier that led here.
    pub const fn log(self) -> LogRatio {
        self.log
    }

    /// floor(scale 2^45 / forward): what turns quote into coin. Below 2^59.
    pub fn coin(self, scale: u64) -> Result<u64, PricingError> {
        if !(1..1 << 34).contains(&scale) {
            return Err(PricingError::InverseScale { found: scale });
        }
        Ok(((u128::from(scale) << 45) / u128::from(self.value)) as u64)
    }

    /// An error when the strike is more than [`RATIO_BOUND`] times away.
    pub(super) fn near(self, strike: u64) -> Result<(), PricingError> {
        // Both are below 2^45.
        if self.value > strike * RATIO_BOUND || strike > self.value * RATIO_BOUND {
            return Err(PricingError::Ratio {
                forward: self.value,
                strike,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_and_volatility_have_their_ranges() {
        for (seconds, good) in [
            (0, false),
            (1, true),
            ((1 << 27) - 1, true),
            (1 << 27, false),
            (-5, false),
        ] {
            assert_eq!(TimeToExpiry::new(seconds).is_ok(), good, "{seconds}");
        }
        let year = TimeToExpiry::new(YEAR_SECONDS as i64)
            .expect("a year is in range")
            .root();
        assert_eq!(year.get(), 1 << 36);
        // 60 % over a year.
        let s = TotalVolatility::new(Volatility(6_000), year.scaled(VolMultiplier::ONE)).expect("in range");
        assert!((f64::from(s.rounded()) / 2f64.powi(26) - 0.6).abs() < 1e-8);
        assert_eq!(s.nodes(), 154);
        assert_eq!(i64::from(s.rounded()), (154 << 18) + i64::from(s.rest()));
        for (volatility, good) in [(0, false), (39_999, true), (40_001, false), (1 << 17, false)] {
            let found = TotalVolatility::new(Volatility(volatility), year.scaled(VolMultiplier::ONE));
            assert_eq!(found.is_ok(), good, "{volatility}");
        }
    }

    #[test]
    fn shocks_move_the_forward() {
        let forward = Price::new(2_000_000_000).expect("below 2^63");
        let up = SpotMultiplier::new(12_000 << FACTOR_BITS).expect("1.2");
        assert_eq!(up.apply(forward).expect("in range").get(), 2_400_000_000);
        assert!((up.log().precise() as f64 / 2f64.powi(36) - 1.2f64.ln()).abs() < 1e-10);
        assert_eq!(
            SpotMultiplier::new(10_000 << FACTOR_BITS).expect("1"),
            SpotMultiplier::one()
        );
        assert!(SpotMultiplier::new(0).is_err());
        assert!(SpotMultiplier::new(-1).is_err());
        let tiny = SpotMultiplier::new(1).expect("in range");
        assert!(matches!(tiny.apply(forward), Err(PricingError::Price { .. })));
    }
}
