//! A single price: the admitted domain as a type.

use super::PricingError;
use super::black76::ScenarioValue;
use super::fixed::{
    BASIS_POINTS, LogRatio, RootTime, ShockedForward, SpotMultiplier, TimeToExpiry, TotalVolatility, VolMultiplier,
    YEAR_SECONDS,
};
use super::greeks::{Greeks, GreeksPoint};
use super::log::exp;
use crate::market::Volatility;
use crate::units::Price;

/// Forward, strike, volatility and time inside the domain that `docs/pricing.md` proves the error bound for:
/// forward in 2^24 .. 2^45 and strike in 2^20 .. 2^45 (10^-6 quote), at most 1024 times apart, volatility in 1 .. 2^17 (10^-4), time in
/// 1 .. 2^27 seconds, volatility x root of time in 2^-16 .. 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PricingInput {
    forward: ShockedForward,
    root: RootTime,
    volatility: TotalVolatility,
    moneyness: LogRatio,
    value: ScenarioValue,
}

impl PricingInput {
    /// The input, when it lies in the domain. Undiscounted: the premium is paid at expiry, as on venues that quote in coin.
    pub fn new(
        forward: Price,
        strike: Price,
        volatility: Volatility,
        time: TimeToExpiry,
    ) -> Result<Self, PricingError> {
        let root = time.root();
        let volatility = TotalVolatility::new(volatility, root.scaled(VolMultiplier::ONE))?;
        let moneyness = LogRatio::moneyness(forward, strike)?;
        let forward = SpotMultiplier::one().apply(forward)?;
        Ok(Self {
            forward,
            root,
            volatility,
            moneyness,
            value: ScenarioValue::new(forward, strike, moneyness, &volatility)?,
        })
    }

    /// Call and put without a shock.
    pub const fn value(&self) -> &ScenarioValue {
        &self.value
    }

    /// s and what follows from it.
    pub const fn volatility(&self) -> &TotalVolatility {
        &self.volatility
    }

    /// The root of the time to expiry.
    pub const fn root(&self) -> RootTime {
        self.root
    }

    /// Delta, gamma and vega of the call. Those of the put differ in delta alone: less 1.
    pub fn call_greeks(&self) -> Result<Greeks, PricingError> {
        GreeksPoint::new(self.moneyness, &self.volatility).call(self.forward.get(), self.root, &self.volatility)
    }

    /// Delta, gamma and vega of the put.
    pub fn put_greeks(&self) -> Result<Greeks, PricingError> {
        let call = self.call_greeks()?;
        Ok(Greeks {
            delta: call.delta - (1 << 36),
            ..call
        })
    }
}

/// e^-(rate t) @36: the value now of 1 at expiry, at a continuous rate.
///
/// Risk arrays do not discount: their premiums are paid at expiry, as on the venues that quote in coin. This is for
/// prices that are compared with discounted ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discount(u64);

impl Discount {
    /// The discount of a rate in 10^-4 a year; an error where |rate t| is 1.5 or more.
    pub fn new(rate: i32, time: TimeToExpiry) -> Result<Self, PricingError> {
        let year = i128::from(YEAR_SECONDS * BASIS_POINTS);
        // To the nearest @36. Below 2^31 2^27 2^37.
        let exponent = -((i128::from(rate) * i128::from(time.seconds()) * (1 << 37) + year).div_euclid(2 * year));
        let found = i64::try_from(exponent).unwrap_or(i64::MAX);
        exp(found).map(Self)
    }

    /// The number @36.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// floor(amount x discount).
    pub fn apply(self, amount: i64) -> i64 {
        ((i128::from(amount) * i128::from(self.0)) >> 36) as i64
    }
}
