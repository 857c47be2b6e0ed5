//! The volatility regime: an exponentially weighted variance of the oracle's returns, and the factor it gives.
//!
//! v' = (decay v + (1 - decay) r^2), r = (S' - S) / S, once a step; factor = clamp(sqrt(v / v_ref), 1, cap). Everything is
//! clamped on variances; one integer root remains.

use std::collections::BTreeMap;

use ff::PrimeField;
use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};

use super::grid::in_range;
use super::{GridError, InputError};
use crate::market::currency_of;
use crate::poseidon::hash4;
use crate::pricing::VALUE_BOUND;
use crate::pricing::fixed::{BASIS_POINTS, FACTOR_BITS, YEAR_SECONDS};
use crate::units::{Price, Underlying, fr_pow2};

/// Fractional bits of a variance.
pub const VARIANCE_BITS: u32 = 36;
/// Denominator of the decay.
const DECAY_UNIT: u64 = 100_000;
/// Tag of a state's digest: "regime".
const TAG_REGIME: u64 = 0x7265_6769_6d65;
const BUILTIN: &str = include_str!("../../../params/risk/regime.toml");

/// By how much a grid is wider than usual, @18: 1 ..= 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct RegimeFactor(u32);

impl RegimeFactor {
    /// As wide as usual.
    pub const ONE: Self = Self(1 << FACTOR_BITS);

    /// The factor of a number @18; an error outside 1 ..= 16.
    pub fn new(found: u32) -> Result<Self, InputError> {
        if (1 << FACTOR_BITS..=16 << FACTOR_BITS).contains(&found) {
            Ok(Self(found))
        } else {
            Err(InputError::Regime {
                expected: "a factor of 2^18 to 2^22",
                found: found.into(),
            })
        }
    }

    /// The number @18.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for RegimeFactor {
    type Error = InputError;

    fn try_from(found: u32) -> Result<Self, InputError> {
        Self::new(found)
    }
}

impl From<RegimeFactor> for u32 {
    fn from(factor: RegimeFactor) -> u32 {
        factor.0
    }
}

/// How fast the variance forgets, what is usual, and how far the factor may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegimeRules {
    /// Decay per step, in 10^-5: 0 .. 10^5.
    pub decay_1e5: u32,
    /// One step, in seconds: 1 .. 2^27.
    pub step_seconds: u32,
    /// Annual volatility at which the factor is 1, in 10^-4: 1 .. 2^17.
    pub reference_bp: u32,
    /// Greatest factor, in 10^-4: 10^4 ..= 16 10^4.
    pub cap_bp: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegimeFile {
    #[allow(dead_code, reason = "for whoever reads the file")]
    source: String,
    decay_1e5: u32,
    step_seconds: u32,
    cap_bp: u32,
    reference_bp: BTreeMap<String, u32>,
}

impl RegimeRules {
    /// The rules that come with the program (`params/risk/regime.toml`).
    pub fn builtin(underlying: Underlying) -> Result<Self, GridError> {
        let file: RegimeFile = toml::from_str(BUILTIN).map_err(|error| GridError::Syntax {
            message: error.to_string(),
        })?;
        let reference = file.reference_bp.get(currency_of(underlying));
        let rules = Self {
            decay_1e5: file.decay_1e5,
            step_seconds: file.step_seconds,
            reference_bp: *reference.ok_or(GridError::NoReference { found: underlying })?,
            cap_bp: file.cap_bp,
        };
        rules.validate()?;
        Ok(rules)
    }

    /// Checks every range.
    pub fn validate(&self) -> Result<(), GridError> {
        in_range("decay_1e5", "0 to 99999", self.decay_1e5.into(), 0, 99_999)?;
        in_range(
            "step_seconds",
            "1 to 2^27 - 1",
            self.step_seconds.into(),
            1,
            (1 << 27) - 1,
        )?;
        in_range(
            "reference_bp",
            "1 to 2^17 - 1",
            self.reference_bp.into(),
            1,
            (1 << 17) - 1,
        )?;
        in_range("cap_bp", "10000 to 160000", self.cap_bp.into(), 10_000, 160_000)?;
        if self.reference_variance() == 0 {
            return Err(GridError::Range {
                what: "reference variance of a step",
                expected: "at least 2^-36",
                found: 0,
            });
        }
        Ok(())
    }

    /// H(decay | step 2^32 | reference 2^64 | cap 2^96, 0, 0, 0).
    pub fn digest(&self) -> Fr {
        let word = u128::from(self.decay_1e5)
            | u128::from(self.step_seconds) << 32
            | u128::from(self.reference_bp) << 64
            | u128::from(self.cap_bp) << 96;
        hash4([Fr::from_u128(word), Fr::zero(), Fr::zero(), Fr::zero()])
    }

    /// The usual variance of a step @36: floor(reference^2 step / year).
    pub fn reference_variance(&self) -> u64 {
        // Below 2^34 2^27 2^36.
        let scaled = (u128::from(self.reference_bp).pow(2) * u128::from(self.step_seconds)) << VARIANCE_BITS;
        (scaled / (u128::from(BASIS_POINTS).pow(2) * u128::from(YEAR_SECONDS))) as u64
    }

    /// The factor of a variance: floor(sqrt(v 2^36 / v_ref)) with v clamped to v_ref .. v_ref cap^2.
    pub fn factor(&self, variance: u64) -> RegimeFactor {
        let usual = u128::from(self.reference_variance());
        // At most 2^43 2^35; the quotient is at most 256 v_ref.
        let most = usual * u128::from(self.cap_bp).pow(2) / u128::from(BASIS_POINTS).pow(2);
        let variance = u128::from(variance).clamp(usual, most.max(usual));
        // sqrt(256 2^36) = 2^22.
        RegimeFactor(((variance << (2 * FACTOR_BITS)) / usual).isqrt() as u32)
    }
}

/// What the regime of an underlying remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegimeState {
    /// The underlying.
    pub underlying: Underlying,
    /// When the variance last moved: Unix seconds, below 2^40.
    pub time: u64,
    /// The oracle's price then.
    pub price: Price,
    /// Variance of a step @36; at most 2^36.
    pub variance: u64,
}

impl RegimeState {
    /// The state that a venue starts from: the usual variance.
    pub fn start(rules: &RegimeRules, underlying: Underlying, time: u64, price: Price) -> Self {
        Self {
            underlying,
            time,
            price,
            variance: rules.reference_variance(),
        }
    }

    /// H(tag 2^64 + underlying, time, price, variance).
    pub fn digest(&self) -> Fr {
        hash4([
            Fr::from(TAG_REGIME) * fr_pow2(64) + Fr::from(u64::from(self.underlying.get())),
            Fr::from(self.time),
            self.price.to_field(),
            Fr::from(self.variance),
        ])
    }

    /// The state at an oracle tick: unchanged within a step, otherwise one step further, however long ago the last one was.
    ///
    /// r^2 is floor((S' - S)^2 2^36 / S^2), at most 2^36; v' rounds to the nearest.
    pub fn next(&self, rules: &RegimeRules, time: u64, price: Price) -> Result<Self, InputError> {
        let refuse = |expected, found| InputError::Regime { expected, found };
        if self.price == Price::ZERO || self.price.get() >= VALUE_BOUND {
            return Err(refuse("a price of 1 .. 2^45", self.price.get()));
        }
        if self.variance > 1 << VARIANCE_BITS {
            return Err(refuse("a variance of at most 2^36", self.variance));
        }
        let elapsed = time
            .checked_sub(self.time)
            .ok_or_else(|| refuse("a time not before that of the state", time))?;
        if elapsed < u64::from(rules.step_seconds) {
            return Ok(*self);
        }
        let (was, moved) = (
            u128::from(self.price.get()),
            u128::from(price.get().abs_diff(self.price.get())),
        );
        // moved < S < 2^45 in the second case: below 2^126.
        let square = if moved >= was {
            1 << VARIANCE_BITS
        } else {
            (((moved * moved) << VARIANCE_BITS) / (was * was)) as u64
        };
        let decay = u64::from(rules.decay_1e5);
        // Below 2^17 2^37.
        let mixed = decay * self.variance + (DECAY_UNIT - decay) * square;
        Ok(Self {
            underlying: self.underlying,
            time,
            price,
            variance: (mixed + DECAY_UNIT / 2) / DECAY_UNIT,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> RegimeRules {
        RegimeRules::builtin(Underlying::ETH).expect("ETH has a reference")
    }

    fn price(value: u64) -> Price {
        Price::new(value).expect("below 2^63")
    }

    #[test]
    fn the_factor_is_clamped_on_variances() {
        let rules = rules();
        let usual = rules.reference_variance();
        // 68 % a year: 0.4624 / 8760 an hour.
        assert!((usual as f64 / 2f64.powi(36) / (0.4624 / 8760.0) - 1.0).abs() < 1e-5);
        assert_eq!(rules.factor(0), RegimeFactor::ONE);
        assert_eq!(rules.factor(usual), RegimeFactor::ONE);
        assert_eq!(rules.factor(4 * usual).get(), 2 << 18);
        assert_eq!(rules.factor(16 * usual).get(), 4 << 18);
        assert_eq!(rules.factor(1 << 36).get(), 4 << 18);
        let mut last = 0;
        for variance in (usual..20 * usual).step_by(997) {
            let factor = rules.factor(variance).get();
            let exact = (variance.min(16 * usual) as f64 / usual as f64).sqrt() * 2f64.powi(18);
            assert!(
                factor >= last && (f64::from(factor) - exact).abs() <= 1.001,
                "{variance}"
            );
            last = factor;
        }
    }

    #[test]
    fn a_crash_widens_and_calm_narrows_again() {
        let rules = rules();
        let mut state = RegimeState::start(&rules, Underlying::ETH, 1_000_000, price(2_000_000_000));
        assert_eq!(rules.factor(state.variance), RegimeFactor::ONE);
        // Within the step nothing moves.
        assert_eq!(state.next(&rules, 1_003_599, price(1_000_000_000)), Ok(state));
        let mut exact = state.variance as f64;
        let mut time = state.time;
        for hour in 0..200 {
            time += 3_600;
            let next = price(if hour < 10 {
                state.price.get() / 100 * 95
            } else {
                state.price.get()
            });
            let r = next.get().abs_diff(state.price.get()) as f64 / state.price.get() as f64;
            exact = 0.99743 * exact + 0.00257 * r * r * 2f64.powi(36);
            state = state.next(&rules, time, next).expect("a tick");
            assert!((state.variance as f64 - exact).abs() < 400.0, "{hour}");
            if hour == 9 {
                // Ten hours of 5 %: sqrt(0.975 + 9.88 x 0.00257 x 0.0025 / 5.28e-5) = 1.476.
                let factor = f64::from(rules.factor(state.variance).get()) / 2f64.powi(18);
                assert!((factor - 1.476).abs() < 0.002, "{factor}");
            }
        }
        // A fall to nothing and a tenfold rise are bounded.
        let doubled = state
            .next(&rules, time + 3_600, price(20 * state.price.get()))
            .expect("a tick");
        assert!(doubled.variance <= 1 << 36);
        assert!(state.next(&rules, time - 1, price(1)).is_err());
        assert!(
            RegimeState {
                price: Price::ZERO,
                ..state
            }
            .next(&rules, time, price(1))
            .is_err()
        );
        assert!(
            RegimeState {
                variance: (1 << 36) + 1,
                ..state
            }
            .next(&rules, time, price(1))
            .is_err()
        );
    }

    #[test]
    fn rules_out_of_range_are_refused() {
        assert!(RegimeRules::builtin(Underlying(9)).is_err());
        for broken in [
            RegimeRules {
                decay_1e5: 100_000,
                ..rules()
            },
            RegimeRules {
                step_seconds: 0,
                ..rules()
            },
            RegimeRules {
                reference_bp: 0,
                ..rules()
            },
            RegimeRules {
                reference_bp: 1,
                step_seconds: 1,
                ..rules()
            },
            RegimeRules {
                cap_bp: 9_999,
                ..rules()
            },
            RegimeRules {
                cap_bp: 160_001,
                ..rules()
            },
        ] {
            assert!(broken.validate().is_err(), "{broken:?}");
        }
    }
}
