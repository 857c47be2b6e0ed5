//! From a path to volatilities: the regime that widens the grid, and the volatility that options are marked at.
//!
//! **Rule.** Two exponentially weighted variances of the path's returns run beside each other, both by [`RegimeState::next`]: the regime's own
//! (decay 0.94 a day), and a fast one (decay 0.97 an hour, 0.7 a day). Options of every strike and expiry are marked at the larger of the two,
//! annualised, clamped to a range. A crash therefore raises marks at once and margins slowly, and both fall back later: implied volatility
//! runs ahead of the realised one in a crash, and a venue's regime follows by design with a lag.

use crate::market::Volatility;
use crate::pricing::fixed::{BASIS_POINTS, YEAR_SECONDS};
use crate::risk::regime::VARIANCE_BITS;
use crate::risk::{GridError, InputError, RegimeFactor, RegimeRules, RegimeState};

use super::path::{PricePath, SP500, Tick};

/// Decays and bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VolatilityRule {
    /// The regime: it gives the factor.
    pub regime: RegimeRules,
    /// The fast variance.
    pub fast: RegimeRules,
    /// Least volatility of a mark, annual, in 10^-4.
    pub floor: u32,
    /// Greatest.
    pub cap: u32,
}

impl VolatilityRule {
    /// The rule for a path: the program's regime for BTC and ETH; for the S&P 500 decay 0.94 a trading day and a usual volatility of 16 % over
    /// 252 days, which is 19.3 % over 365. A path of days has a step of a day.
    ///
    /// # Errors
    /// An underlying without a reference volatility.
    pub fn of(path: &PricePath) -> Result<Self, GridError> {
        let index = path.underlying == SP500;
        let mut regime = match index {
            true => RegimeRules {
                reference_bp: 1_930,
                ..RegimeRules::builtin(crate::units::Underlying::BTC)?
            },
            false => RegimeRules::builtin(path.underlying)?,
        };
        let mut fast = RegimeRules {
            decay_1e5: 97_000,
            ..regime
        };
        if path.is_daily() {
            // Days of 20 hours and more count: daylight saving, and files that are a little off.
            regime = RegimeRules {
                decay_1e5: 94_000,
                step_seconds: 72_000,
                ..regime
            };
            fast = RegimeRules {
                decay_1e5: 70_000,
                ..regime
            };
        }
        let (floor, cap) = if index { (1_000, 15_000) } else { (3_000, 20_000) };
        Ok(Self {
            regime,
            fast,
            floor,
            cap,
        })
    }
}

/// Where both variances stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VolatilityState {
    regime: RegimeState,
    fast: RegimeState,
}

impl VolatilityState {
    /// The usual variance on both.
    pub fn start(rule: &VolatilityRule, path: &PricePath) -> Self {
        let Tick { time, price } = path.start();
        Self {
            regime: RegimeState::start(&rule.regime, path.underlying, time, price),
            fast: RegimeState::start(&rule.fast, path.underlying, time, price),
        }
    }

    /// One price further.
    ///
    /// # Errors
    /// A price that the regime cannot follow.
    pub fn next(&self, rule: &VolatilityRule, tick: Tick) -> Result<Self, InputError> {
        Ok(Self {
            regime: self.regime.next(&rule.regime, tick.time, tick.price)?,
            fast: self.fast.next(&rule.fast, tick.time, tick.price)?,
        })
    }

    /// The regime.
    pub fn regime(&self) -> RegimeState {
        self.regime
    }

    /// By how much the grid is wider than usual.
    pub fn factor(&self, rule: &VolatilityRule) -> RegimeFactor {
        rule.regime.factor(self.regime.variance)
    }

    /// What options are marked at.
    pub fn mark(&self, rule: &VolatilityRule) -> Volatility {
        let slow = annual(self.regime.variance, &rule.regime);
        let fast = annual(self.fast.variance, &rule.fast);
        Volatility(slow.max(fast).clamp(rule.floor, rule.cap))
    }
}

/// The annual volatility of a variance of a step, in 10^-4: floor(10^4 sqrt(v year / step)).
fn annual(variance: u64, rules: &RegimeRules) -> u32 {
    // Below 2^37 2^25 2^27.
    let scaled = u128::from(variance) * u128::from(YEAR_SECONDS) * u128::from(BASIS_POINTS).pow(2);
    let year = (scaled / u128::from(rules.step_seconds)) >> VARIANCE_BITS;
    u32::try_from(year.isqrt()).unwrap_or(u32::MAX)
}
