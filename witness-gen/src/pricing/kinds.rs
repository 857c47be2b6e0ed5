//! The eight kinds of series by Black-76: value per lot under a scenario, and Greeks.
//!
//! | kind | value |
//! |---|---|
//! | call, put | themselves |
//! | capped call | call at the strike less call at the cap, within 0 .. cap - strike |
//! | capped put | put at the strike less put at the cap, within 0 .. strike - cap |
//! | digital call, digital put | cap x N(d2); cap less that |
//! | inverse call, inverse put | the linear value over the forward, in 1/scale coin |
//!
//! An inverse option is worth the linear one over the *forward* of its expiry: that is how coin-settled venues quote (call
//! less put is 1 - K/F there), and what no-arbitrage asks for when the forward carries the interest.

use super::black76::ScenarioValue;
use super::fixed::{LogRatio, RootTime, ShockedForward, TotalVolatility, in_range, listed_forward};
use super::greeks::{Greeks, GreeksPoint};
use super::{PricingError, VALUE_BOUND};
use crate::series::{Kind, SeriesTerms};
use crate::units::{PerLot, Price};

/// A mark or scenario value per lot: 10^-6 quote (linear kinds) or 1/scale coin (inverse kinds), below 2^45.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ValuePerLot(u64);

impl ValuePerLot {
    /// The value; [`PricingError::TooWide`] from 2^45 on.
    pub const fn new(value: u64) -> Result<Self, PricingError> {
        if value < VALUE_BOUND {
            Ok(Self(value))
        } else {
            Err(PricingError::TooWide {
                what: "value per lot",
                found: value as i128,
            })
        }
    }

    /// The bare number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl From<ValuePerLot> for PerLot {
    fn from(value: ValuePerLot) -> Self {
        // 2^45 < 2^63.
        Self::new(value.0).unwrap_or(Self::ZERO)
    }
}

/// A series with what depends on its strikes alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesPricer {
    terms: SeriesTerms,
    forward: Price,
    strike: LogRatio,
    /// Of the second strike of a capped kind that pays at all.
    cap: Option<LogRatio>,
    scale: u64,
}

impl SeriesPricer {
    /// The series at the forward of its expiry. `scale` is the payoff units per coin of the inverse kinds.
    pub fn new(terms: SeriesTerms, forward: Price, scale: u64) -> Result<Self, PricingError> {
        let strike = LogRatio::moneyness(forward, terms.strike)?;
        let spread = match terms.kind {
            Kind::CappedCall => terms.cap > terms.strike,
            Kind::CappedPut => terms.cap < terms.strike,
            _ => false,
        };
        if matches!(terms.kind, Kind::DigitalCall | Kind::DigitalPut) {
            // The payout has no floor: it may be small.
            ValuePerLot::new(terms.cap.get())?;
        }
        let cap = spread.then(|| LogRatio::moneyness(forward, terms.cap)).transpose()?;
        Ok(Self {
            terms,
            forward,
            strike,
            cap,
            scale,
        })
    }

    /// The terms.
    pub const fn terms(&self) -> &SeriesTerms {
        &self.terms
    }

    /// The forward without a shock.
    pub const fn forward(&self) -> Price {
        self.forward
    }

    /// ln(forward / strike).
    pub const fn moneyness(&self) -> LogRatio {
        self.strike
    }

    /// The value per lot at a shocked forward of the series' own expiry and a shocked volatility.
    pub fn value(&self, forward: ShockedForward, volatility: &TotalVolatility) -> Result<ValuePerLot, PricingError> {
        let at = |strike: Price, moneyness| ScenarioValue::new(forward, strike, moneyness, volatility);
        let own = || at(self.terms.strike, self.strike);
        let value = match self.terms.kind {
            Kind::Call => own()?.call(),
            Kind::Put => own()?.put(),
            Kind::InverseCall => own()?.call_in_coin(forward.coin(self.scale)?, self.scale),
            Kind::InversePut => own()?.put_in_coin(forward.coin(self.scale)?, self.scale),
            Kind::CappedCall | Kind::CappedPut => {
                let Some(cap) = self.cap else {
                    return Ok(ValuePerLot::default());
                };
                let (low, high) = (own()?, at(self.terms.cap, cap)?);
                let spread = match self.terms.kind {
                    Kind::CappedCall => low.call().saturating_sub(high.call()),
                    _ => low.put().saturating_sub(high.put()),
                };
                spread.min(self.terms.strike.get().abs_diff(self.terms.cap.get()))
            }
            Kind::DigitalCall => self.digital(forward, volatility)?,
            Kind::DigitalPut => self.terms.cap.get() - self.digital(forward, volatility)?,
        };
        ValuePerLot::new(value)
    }

    /// floor(cap N(d2)).
    fn digital(&self, forward: ShockedForward, volatility: &TotalVolatility) -> Result<u64, PricingError> {
        forward.near(in_range("strike", self.terms.strike.get())?)?;
        let point = GreeksPoint::new(self.strike.plus(forward.log()), volatility);
        // cap < 2^45, N(d2) <= 2^36.
        Ok(((u128::from(self.terms.cap.get()) * u128::from(point.second.cdf)) >> 36) as u64)
    }

    /// Delta, gamma and vega without a shock; for inverse kinds those of the linear twin.
    pub fn greeks(&self, root: RootTime, volatility: &TotalVolatility) -> Result<Greeks, PricingError> {
        let forward = listed_forward(self.forward)?;
        let call = |log| GreeksPoint::new(log, volatility).call(forward, root, volatility);
        let put = |greeks: Greeks| Greeks {
            delta: greeks.delta - (1 << 36),
            ..greeks
        };
        match self.terms.kind {
            Kind::Call | Kind::InverseCall => call(self.strike),
            Kind::Put | Kind::InversePut => call(self.strike).map(put),
            // Both legs are calls or both puts: the put's constant falls out.
            Kind::CappedCall | Kind::CappedPut => match self.cap {
                Some(cap) => Ok(call(self.strike)?.minus(call(cap)?)),
                None => Ok(Greeks::default()),
            },
            Kind::DigitalCall => self.digital_greeks(forward, root, volatility, 1),
            Kind::DigitalPut => self.digital_greeks(forward, root, volatility, -1),
        }
    }

    /// cap n(d2) / (F s), then -d1/s times that, and -cap n(d2) d1 sqrt(t) / s.
    fn digital_greeks(
        &self,
        forward: u64,
        root: RootTime,
        volatility: &TotalVolatility,
        sign: i128,
    ) -> Result<Greeks, PricingError> {
        let point = GreeksPoint::new(self.strike, volatility);
        let s = i128::from(volatility.precise());
        // Below 2^45 2^35: what the density makes of the payout, @36.
        let dense = i128::from(self.terms.cap.get()) * i128::from(point.second.pdf);
        // @36: (@36) 2^44 / (F (s @44)).
        let delta = (dense << 44) / (i128::from(forward) * s);
        let d1 = i128::from(point.first.d);
        let gamma = -(delta * d1 * (1 << 9)).div_euclid(s);
        // (dense @12) (d1 @26) (root @36) / (s @44), down by the 30 bits too many. Below 2^56 2^30 2^38.
        let vega = -((dense >> 24) * d1 * i128::from(root.get())).div_euclid(s << 30);
        Greeks::checked(sign * delta, sign * gamma, sign * vega)
    }
}
