//! Scenario grids: data under `params/risk`, typed, with a digest.

use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};

use super::regime::RegimeFactor;
use super::{GridError, fold};
use crate::pricing::fixed::{BASIS_POINTS, FACTOR_BITS};
use crate::pricing::log::ratio_power;
use crate::pricing::{PricingError, SpotMultiplier, TimeToExpiry, VolMultiplier};
use crate::units::fr_pow2;

/// Most scenarios of a grid: their number stands in 8 bits of a row.
pub const MAX_SCENARIOS: usize = 255;
/// Tag of a grid's digest: "grid".
const TAG_GRID: u64 = 0x6772_6964;

/// The grids that come with the program.
const BUILTIN: [(&str, &str); 3] = [
    (
        "derive-pmrm-23",
        include_str!("../../../params/risk/derive-pmrm-23.toml"),
    ),
    ("paradex-24", include_str!("../../../params/risk/paradex-24.toml")),
    ("span-16", include_str!("../../../params/risk/span-16.toml")),
];

/// What a scenario does to volatility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum VolatilityMove {
    /// Nothing.
    None = 0,
    /// By the grid's upward shock.
    Up = 1,
    /// By the grid's downward shock.
    Down = 2,
}

impl VolatilityMove {
    /// All moves, by number.
    pub const ALL: [Self; 3] = [Self::None, Self::Up, Self::Down];

    /// The number in a scenario's word.
    pub const fn number(self) -> usize {
        self as usize
    }
}

/// One scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Move of the spot, in 10^-4: above -10^4, at most 2 10^5.
    pub spot_bp: i32,
    /// Move of the volatility.
    pub volatility: VolatilityMove,
    /// The fraction of the loss that counts, in 10^-4: 1 ..= 10^4.
    pub weight_bp: u32,
    /// Whether the regime factor widens the spot move.
    pub scaled: bool,
}

impl Scenario {
    /// spot + 2^20 | move 2^24 | scaled 2^27 | weight 2^32.
    fn word(&self) -> Fr {
        let spot = (i64::from(self.spot_bp) + (1 << 20)) as u64;
        Fr::from(
            spot | (self.volatility.number() as u64) << 24
                | u64::from(self.scaled) << 27
                | u64::from(self.weight_bp) << 32,
        )
    }
}

/// How a grid moves volatility: sigma' = sigma max(1 + shock (pivot / max(t, floor))^power, least multiplier).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VolatilityShock {
    /// The upward shock, in 10^-4: 0 ..= 2 10^4.
    pub up_bp: i32,
    /// The downward shock, in 10^-4: -10^4 ..= 0.
    pub down_bp: i32,
    /// The power up to the pivot, in 10^-4; at most 10^4.
    pub power_short_bp: u32,
    /// The power beyond the pivot, in 10^-4; at most 10^4.
    pub power_long_bp: u32,
    /// The time at which a shock has its nominal size, in seconds; 1 .. 2^27.
    pub pivot_seconds: u32,
    /// Times below this count as this, in seconds; 1 ..= pivot.
    pub floor_seconds: u32,
    /// Least multiplier, in 10^-4: 1 ..= 10^4.
    pub multiplier_floor_bp: u32,
}

/// A scenario grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskGrid {
    /// Its name.
    pub name: String,
    /// Where its numbers come from.
    pub source: String,
    /// Least multiplier of the spot, in 10^-4: 1 ..= 10^4. A widened move stops here.
    pub spot_floor_bp: u32,
    /// Its moves of volatility.
    pub volatility: VolatilityShock,
    /// Its scenarios, in order.
    #[serde(rename = "scenario")]
    pub scenarios: Vec<Scenario>,
}

impl RiskGrid {
    /// The names of the grids that come with the program.
    pub fn names() -> Vec<&'static str> {
        BUILTIN.iter().map(|(name, _)| *name).collect()
    }

    /// A grid that comes with the program.
    pub fn builtin(name: &str) -> Result<Self, GridError> {
        match BUILTIN.iter().find(|(known, _)| *known == name) {
            Some((_, text)) => Self::from_toml(text),
            None => Err(GridError::Unknown {
                expected: Self::names().join(", "),
                found: name.to_owned(),
            }),
        }
    }

    /// A grid of a TOML text, every number in its range.
    pub fn from_toml(text: &str) -> Result<Self, GridError> {
        let grid: Self = toml::from_str(text).map_err(|error| GridError::Syntax {
            message: error.to_string(),
        })?;
        grid.validate()?;
        Ok(grid)
    }

    /// Checks every range.
    pub fn validate(&self) -> Result<(), GridError> {
        let v = &self.volatility;
        in_range(
            "number of scenarios",
            "1 to 255",
            self.scenarios.len() as i64,
            1,
            MAX_SCENARIOS as i64,
        )?;
        in_range("spot_floor_bp", "1 to 10000", self.spot_floor_bp.into(), 1, 10_000)?;
        in_range("up_bp", "0 to 20000", v.up_bp.into(), 0, 20_000)?;
        in_range("down_bp", "-10000 to 0", v.down_bp.into(), -10_000, 0)?;
        in_range("power_short_bp", "0 to 10000", v.power_short_bp.into(), 0, 10_000)?;
        in_range("power_long_bp", "0 to 10000", v.power_long_bp.into(), 0, 10_000)?;
        in_range(
            "pivot_seconds",
            "1 to 2^27 - 1",
            v.pivot_seconds.into(),
            1,
            (1 << 27) - 1,
        )?;
        in_range(
            "floor_seconds",
            "1 to the pivot",
            v.floor_seconds.into(),
            1,
            v.pivot_seconds.into(),
        )?;
        in_range(
            "multiplier_floor_bp",
            "1 to 10000",
            v.multiplier_floor_bp.into(),
            1,
            10_000,
        )?;
        for scenario in &self.scenarios {
            in_range("spot_bp", "-9999 to 200000", scenario.spot_bp.into(), -9_999, 200_000)?;
            in_range("weight_bp", "1 to 10000", scenario.weight_bp.into(), 1, 10_000)?;
        }
        Ok(())
    }

    /// fold(tag 2^64 + count; header, scenario words): name and source are not part of it.
    pub fn digest(&self) -> Fr {
        let v = &self.volatility;
        let mut header = Fr::zero();
        for (bits, value) in [
            (0, v.up_bp as u64),
            (16, v.down_bp.unsigned_abs().into()),
            (32, v.power_short_bp.into()),
            (48, v.power_long_bp.into()),
            (64, v.multiplier_floor_bp.into()),
            (80, self.spot_floor_bp.into()),
            (96, v.pivot_seconds.into()),
            (128, v.floor_seconds.into()),
        ] {
            header += Fr::from(value) * fr_pow2(bits);
        }
        let elements: Vec<Fr> = std::iter::once(header)
            .chain(self.scenarios.iter().map(Scenario::word))
            .collect();
        fold(
            Fr::from(TAG_GRID) * fr_pow2(64) + Fr::from(self.scenarios.len() as u64),
            &elements,
        )
    }

    /// By what a move of volatility multiplies it at a time to expiry.
    ///
    /// 1 + shock x / 10^4 with x = (pivot / max(t, floor))^power @36, brought to @27 by a division that rounds down.
    pub fn vol_multiplier(&self, by: VolatilityMove, time: TimeToExpiry) -> Result<VolMultiplier, PricingError> {
        let v = &self.volatility;
        let shock = match by {
            VolatilityMove::None => return Ok(VolMultiplier::ONE),
            VolatilityMove::Up => v.up_bp,
            VolatilityMove::Down => v.down_bp,
        };
        let seconds = time.seconds().max(v.floor_seconds);
        let power = if seconds <= v.pivot_seconds {
            v.power_short_bp
        } else {
            v.power_long_bp
        };
        // @36; |shock| x < 2^15 2^39.
        let scaled = i128::from(ratio_power(v.pivot_seconds.into(), seconds.into(), power)?);
        let moved = (i128::from(shock) * scaled).div_euclid(i128::from(BASIS_POINTS) << 9);
        let floor = (i128::from(v.multiplier_floor_bp) << 27) / i128::from(BASIS_POINTS);
        VolMultiplier::new(((1 << 27) + moved).max(floor))
    }

    /// By what a scenario multiplies spot and forward in a volatility regime: 1 + move x factor, at least the floor.
    pub fn spot_multiplier(&self, scenario: &Scenario, factor: RegimeFactor) -> Result<SpotMultiplier, PricingError> {
        let factor = if scenario.scaled { factor } else { RegimeFactor::ONE };
        // Below 2^18 2^24.
        let moved = i128::from(scenario.spot_bp) * i128::from(factor.get());
        let floor = i128::from(self.spot_floor_bp) << FACTOR_BITS;
        SpotMultiplier::new((i128::from(SpotMultiplier::UNIT) + moved).max(floor))
    }
}

pub(super) fn in_range(
    what: &'static str,
    expected: &'static str,
    found: i64,
    low: i64,
    high: i64,
) -> Result<(), GridError> {
    if (low..=high).contains(&found) {
        Ok(())
    } else {
        Err(GridError::Range { what, expected, found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_grids_are_what_their_sources_say() {
        let counts: Vec<usize> = RiskGrid::names()
            .iter()
            .map(|name| RiskGrid::builtin(name).expect("a grid of the program").scenarios.len())
            .collect();
        assert_eq!(counts, [23, 24, 16]);
        let pmrm = RiskGrid::builtin("derive-pmrm-23").expect("a grid of the program");
        let at = |days: i64, by| {
            let time = TimeToExpiry::new(days * 86_400).expect("in range");
            f64::from(pmrm.vol_multiplier(by, time).expect("in range").get()) / 2f64.powi(27)
        };
        for (days, power) in [(1, 0.3), (7, 0.3), (30, 0.3), (90, 0.13), (365, 0.13)] {
            let m = (30.0 / days as f64).powf(power);
            assert!((at(days, VolatilityMove::Up) - (1.0 + 0.6 * m)).abs() < 2e-8, "{days}");
            assert!(
                (at(days, VolatilityMove::Down) - (1.0 - 0.3 * m)).abs() < 2e-8,
                "{days}"
            );
        }
        assert_eq!(at(3, VolatilityMove::None), 1.0);
        // The middle scenario is the mark.
        assert_eq!(
            (pmrm.scenarios[11].spot_bp, pmrm.scenarios[11].volatility),
            (0, VolatilityMove::None)
        );
    }

    #[test]
    fn the_factor_widens_what_is_scaled_and_stops_at_the_floor() {
        let grid = RiskGrid::builtin("paradex-24").expect("a grid of the program");
        let factor = RegimeFactor::new(7 << 18).expect("7 is in range");
        let multiplier = |scenario: usize, factor| {
            let found = grid
                .spot_multiplier(&grid.scenarios[scenario], factor)
                .expect("in range");
            found.numerator() as f64 / SpotMultiplier::UNIT as f64
        };
        assert_eq!(multiplier(0, RegimeFactor::ONE), 1.16);
        assert_eq!(multiplier(0, factor), 1.0 + 7.0 * 0.16);
        // 1 - 7 x 0.16 is below the floor of 5 %.
        assert_eq!(multiplier(15, factor), 0.05);
        // A tail stays where it is.
        assert_eq!(multiplier(16, factor), 0.34);
    }

    #[test]
    fn digests_tell_grids_apart_but_not_names() {
        let grid = RiskGrid::builtin("span-16").expect("a grid of the program");
        let mut other = grid.clone();
        other.name.push('x');
        assert_eq!(grid.digest(), other.digest());
        let mut changes: Vec<RiskGrid> = vec![grid.clone(); 9];
        changes[0].scenarios[3].spot_bp += 1;
        changes[1].scenarios[3].weight_bp -= 1;
        changes[2].scenarios[3].scaled = false;
        changes[3].scenarios[3].volatility = VolatilityMove::None;
        changes[4].scenarios.swap(0, 1);
        changes[5].volatility.up_bp += 1;
        changes[6].volatility.down_bp -= 1;
        changes[7].spot_floor_bp += 1;
        changes[8].volatility.floor_seconds += 1;
        for (at, changed) in changes.iter().enumerate() {
            assert_ne!(changed.digest(), grid.digest(), "{at}");
            assert_eq!(changed.validate(), Ok(()));
        }
    }

    #[test]
    fn ranges_are_checked() {
        let text = BUILTIN[0].1;
        assert!(RiskGrid::from_toml(text).is_ok());
        for (from, to) in [
            ("spot_bp = 2000", "spot_bp = -10000"),
            ("spot_bp = 2000", "spot_bp = 200001"),
            ("weight_bp = 10000", "weight_bp = 0"),
            ("weight_bp = 10000", "weight_bp = 10001"),
            ("up_bp = 6000", "up_bp = 20001"),
            ("floor_seconds = 86400", "floor_seconds = 2592001"),
            ("spot_floor_bp = 500", "spot_floor_bp = 0"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            assert!(
                matches!(RiskGrid::from_toml(&changed), Err(GridError::Range { .. })),
                "{to}"
            );
        }
        assert!(matches!(RiskGrid::from_toml("name = 3"), Err(GridError::Syntax { .. })));
        assert!(matches!(RiskGrid::builtin("x"), Err(GridError::Unknown { .. })));
    }
}
