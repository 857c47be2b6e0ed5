//! The value of a call and a put under one scenario.
//!
//! With F the shocked forward, K the strike, s the total volatility, L = ln(F/K): call = F N(d1) - K N(d2),
//! d2 = L/s - s/2, d1 = d2 + s. An error in L moves d1 and d2 alike and cancels to first order, since F n(d1) = K n(d2).
//! So d2 may be **rounded to a node** x2 of the table, and K N(x2) needs no interpolation. d1 becomes x2 + s: the node
//! x1 = x2 + (s to the nearest node) plus a rest that belongs to s and not to the scenario. What rounding d2 by delta does
//! is F n(d1) s delta^2 / 2 and a third order; the first is put back.
//!
//! A scenario is **dead** when |L| >= 9 s: both distributions are 0 or 1 there and the value is the intrinsic one.
//! A live scenario between 7 s and 9 s gives the same value, so the border is no decision.

use super::fixed::{LogRatio, ShockedForward, TotalVolatility, in_range};
use super::tables::{Node, tables};
use super::{PricingError, VALUE_BOUND};
use crate::units::Price;

/// Fractional bits of the excess.
pub const EXCESS_BITS: u32 = 45;

/// One option under one scenario: the intrinsic side, and what the option is worth above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScenarioValue {
    forward: u64,
    strike: u64,
    above: bool,
    excess: u128,
    trace: Trace,
}

/// The intermediate integers of a scenario value, for whoever has to prove it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trace {
    /// |L| >= 9 s: `beyond` = |L| - ceil(9 s), @18.
    Dead {
        /// Not negative; below 2^27.
        beyond: u32,
    },
    /// The general case.
    Live {
        /// x2 2^8, the node nearest to d2: -2820 ..= 2820.
        node: i32,
        /// The 9 bits of d2 below the node.
        offset: u16,
        /// The 18 bits below those.
        remainder: u32,
        /// round(2^27 (offset of the middle)^2 / 2): what the rounded node costs; at most 255.
        correction: u8,
        /// F N(d1) - K N(d2) @45 less `above` (F - K); signed.
        excess: i128,
    },
}

impl ScenarioValue {
    /// The value of a strike under a scenario. `moneyness` is ln(F/K) before the shock.
    ///
    /// An error when forward and strike lie outside the admitted ratio.
    pub fn new(
        forward: ShockedForward,
        strike: Price,
        moneyness: LogRatio,
        volatility: &TotalVolatility,
    ) -> Result<Self, PricingError> {
        let strike = in_range("strike", strike.get())?;
        forward.near(strike)?;
        let log = i64::from(moneyness.plus(forward.log()).coarse());
        let (f, k) = (i128::from(forward.get()), i128::from(strike));
        let dead = i64::from(volatility.dead());
        if log.abs() >= dead {
            return Ok(Self {
                forward: forward.get(),
                strike,
                above: log > 0,
                excess: 0,
                trace: Trace::Dead {
                    // |L| < 2^23.
                    beyond: (log.abs() - dead) as u32,
                },
            });
        }
        // d2 @35, and half a node so that the quotient is the nearest one. |L| 2^33 < 2^56.
        let d2 = log * volatility.reciprocal() as i64 - (i64::from(volatility.rounded()) << 8) + (1 << 26);
        let node = d2 >> 27;
        let below = d2 & ((1 << 27) - 1);
        let (offset, remainder) = (below >> 18, below & ((1 << 18) - 1));
        let correction = correction(offset as u16);
        let (at2, at1) = (lookup(node), lookup(node + i64::from(volatility.nodes())));
        // N(d1) @45: 36 + 9; 19 + 26; 16 + 29; 10 + 8 + 27.
        let up = (i128::from(at1.cdf) << 9)
            + i128::from(at1.slope) * i128::from(volatility.rest())
            + i128::from(at1.curvature) * i128::from(volatility.half_square())
            + i128::from(at1.weight) * i128::from(volatility.nodes()) * i128::from(correction);
        let above = node >= 0;
        // Below 2^45 2^46 each.
        let call = f * up - k * (i128::from(at2.cdf) << 9);
        let signed = call - if above { (f - k) << EXCESS_BITS } else { 0 };
        Ok(Self {
            forward: forward.get(),
            strike,
            above,
            excess: signed.max(0) as u128,
            trace: Trace::Live {
                node: node as i32,
                offset: offset as u16,
                remainder: remainder as u32,
                correction,
                excess: signed,
            },
        })
    }

    /// The call in 10^-6 quote, rounded down.
    pub fn call(&self) -> u64 {
        self.with_intrinsic(
            (self.excess >> EXCESS_BITS) as i64,
            self.above,
            self.forward,
            self.strike,
        )
    }

    /// The put in 10^-6 quote: the call less F - K, exactly.
    pub fn put(&self) -> u64 {
        self.with_intrinsic(
            (self.excess >> EXCESS_BITS) as i64,
            !self.above,
            self.strike,
            self.forward,
        )
    }

    /// The call in 1/scale coin at the shocked forward; `coin` is [`ShockedForward::coin`] of the scale.
    pub fn call_in_coin(&self, coin: u64, scale: u64) -> u64 {
        self.with_intrinsic(self.excess_in_coin(coin), self.above, scale, self.strike_in_coin(coin))
    }

    /// The put in 1/scale coin at the shocked forward.
    pub fn put_in_coin(&self, coin: u64, scale: u64) -> u64 {
        self.with_intrinsic(self.excess_in_coin(coin), !self.above, self.strike_in_coin(coin), scale)
    }

    /// Whether the intrinsic side is the call's.
    pub const fn above(&self) -> bool {
        self.above
    }

    /// What call and put are worth above the intrinsic side, @45 of 10^-6 quote. Not negative.
    pub const fn excess(&self) -> u128 {
        self.excess
    }

    /// The intermediate integers.
    pub const fn trace(&self) -> Trace {
        self.trace
    }

    /// floor(excess coin / 2^90): excess <= 2^45 F (1 + 2^-16), since a call is worth at most F, and coin <= scale 2^45 / F, so below 2^127.
    fn excess_in_coin(&self, coin: u64) -> i64 {
        ((self.excess * u128::from(coin)) >> 90) as i64
    }

    /// floor(K coin / 2^45): at most 2^10 scale.
    fn strike_in_coin(&self, coin: u64) -> u64 {
        ((u128::from(self.strike) * u128::from(coin)) >> EXCESS_BITS) as u64
    }

    /// excess + (a - b where `inside`). Not negative: see "The sign" in `docs/pricing.md`.
    fn with_intrinsic(&self, excess: i64, inside: bool, a: u64, b: u64) -> u64 {
        let intrinsic = if inside { a as i64 - b as i64 } else { 0 };
        let value = excess + intrinsic;
        debug_assert!(
            (0..VALUE_BOUND as i64).contains(&value),
            "a value is not negative and fits its slot"
        );
        value.max(0) as u64
    }
}

/// round(2^27 delta^2 / 2) with delta = (2 j - 511) / 2^18, the middle of the 9-bit offset j: at most 255.
pub const fn correction(offset: u16) -> u8 {
    let twice = 2 * offset as i64 - 511;
    ((twice * twice + (1 << 9)) >> 10) as u8
}

/// A live scenario has |d| < 11.001, inside the table.
fn lookup(index: i64) -> &'static Node {
    tables()
        .node(index)
        .expect("a live scenario has nodes inside the table")
}
