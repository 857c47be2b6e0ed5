//! Delta, gamma and vega of a call, and the distribution and density at d1 and d2 for the digital kinds.
//!
//! Here an error in d counts in first order, so d1 and d2 come from the precise logarithm and the unrounded volatility, and
//! distribution and density are interpolated around the nearest node.

use super::fixed::{LogRatio, RootTime, TotalVolatility};
use super::tables::tables;
use super::{PricingError, VALUE_BOUND};

/// Derivatives per contract. For inverse kinds those of the linear twin, as the venue quotes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Greeks {
    /// d value / d forward, @36. Signed.
    pub delta: i64,
    /// Forward x d delta / d forward, @27. Signed. Gamma per quote is this divided by the forward.
    pub gamma_forward: i64,
    /// d value / d volatility, in 10^-6 quote for a volatility of 1.00. Signed.
    pub vega: i64,
}

impl Greeks {
    /// a - b.
    pub(super) const fn minus(self, other: Self) -> Self {
        Self {
            delta: self.delta - other.delta,
            gamma_forward: self.gamma_forward - other.gamma_forward,
            vega: self.vega - other.vega,
        }
    }

    /// The Greeks, when each magnitude is below 2^44.
    pub(super) fn checked(delta: i128, gamma_forward: i128, vega: i128) -> Result<Self, PricingError> {
        let fit = |what, found: i128| {
            i64::try_from(found)
                .ok()
                .filter(|v| v.unsigned_abs() < VALUE_BOUND / 2)
                .ok_or(PricingError::TooWide { what, found })
        };
        Ok(Self {
            delta: fit("delta", delta)?,
            gamma_forward: fit("gamma", gamma_forward)?,
            vega: fit("vega", vega)?,
        })
    }
}

/// Distribution and density of one d, @36.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NormalPoint {
    /// d @26.
    pub d: i64,
    /// N(d) @36: 0 ..= 2^36.
    pub cdf: u64,
    /// n(d) @36.
    pub pdf: u64,
}

/// d1 and d2 with distribution and density.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GreeksPoint {
    /// At d1.
    pub first: NormalPoint,
    /// At d2.
    pub second: NormalPoint,
}

impl GreeksPoint {
    /// The point of ln(F/K), shocked where a scenario shocks it, and s.
    pub fn new(log: LogRatio, volatility: &TotalVolatility) -> Self {
        let s = i128::from(volatility.precise());
        // L / s @26, to the nearest: (L @36) 2^34 / (s @44). Below 2^42 2^34.
        let ratio = (i128::from(log.precise()) * (1 << 35) + s).div_euclid(2 * s) as i64;
        // s / 2 @26, to the nearest.
        let half = (s as i64 + (1 << 18)) >> 19;
        Self {
            first: normal(ratio + half),
            second: normal(ratio - half),
        }
    }

    /// Delta, gamma and vega of a call: N(d1), n(d1) / s, F sqrt(t) n(d1).
    ///
    /// `forward` is in 10^-6 quote, below 2^45.
    pub fn call(&self, forward: u64, root: RootTime, volatility: &TotalVolatility) -> Result<Greeks, PricingError> {
        // n @36 over s @44, @27. Below 2^35 2^35.
        let gamma = (u128::from(self.first.pdf) << 35) / u128::from(volatility.precise());
        // Below 2^45 2^38 2^35.
        let vega = (u128::from(forward) * u128::from(root.get()) * u128::from(self.first.pdf)) >> 72;
        Greeks::checked(self.first.cdf.into(), gamma as i128, vega as i128)
    }
}

/// N and n at d @26, by the nearest node and the terms up to the second order. Outside the table 0 or 1.
pub fn normal(d: i64) -> NormalPoint {
    let index = (d + (1 << 17)) >> 18;
    let Some(node) = tables().node(index) else {
        return NormalPoint {
            d,
            cdf: if d > 0 { 1 << 36 } else { 0 },
            pdf: 0,
        };
    };
    let (i, h, n) = (i128::from(index), i128::from(d - (index << 18)), i128::from(node.pdf));
    // n h - x n h^2 / 2: @62 and @97. Below 2^35 2^17 2^35 and 2^12 2^35 2^34.
    let cdf = i128::from(node.cdf) + ((n * h * (1 << 35) - i * n * h * h + (1 << 60)) >> 61);
    // n (1 - x h + (x^2 - 1) h^2 / 2), the bracket @69. Below 2^35 2^70.
    let bracket = (1 << 69) - i * h * (1 << 35) + (i * i - (1 << 16)) * h * h;
    let pdf = (n * bracket + (1 << 68)) >> 69;
    NormalPoint {
        d,
        // Rounding may leave 0 .. 2^36 by a unit.
        cdf: cdf.clamp(0, 1 << 36) as u64,
        pdf: pdf.max(0) as u64,
    }
}
