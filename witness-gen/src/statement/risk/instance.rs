//! The public side of statement R: 10 field elements in a fixed order.

use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::pricing::VALUE_BOUND;
use crate::risk::RegimeFactor;
use crate::units::{Price, Underlying, fr_to_u64};

/// Field elements that are not an instance. Instances are public, so the values are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InstanceError {
    /// The wrong number of field elements.
    #[error("instance: expected {expected} field elements, found {found}")]
    Length {
        /// 10.
        expected: usize,
        /// The number that was given.
        found: usize,
    },
    /// A field element out of its range.
    #[error("instance, {name}: expected {expected}, found {found:?}")]
    Range {
        /// Name of the field element, as in [`Instance::NAMES`].
        name: &'static str,
        /// The range.
        expected: &'static str,
        /// The value that was given.
        found: Fr,
    },
}

/// What the statement says in public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Names the venue and chain; any field element.
    pub domain: Fr,
    /// Digest of the risk rules.
    pub parameters: Fr,
    /// The underlying of every row.
    pub underlying: Underlying,
    /// The oracle's price, in 10^-6 quote: 1 .. 2^45.
    pub spot: Price,
    /// The oracle's time: Unix seconds, below 2^40.
    pub time: u64,
    /// Digest of the volatility inputs: forwards and implied volatilities.
    pub volatility: Fr,
    /// Digest of the regime state before.
    pub old_regime: Fr,
    /// Digest of the regime state after.
    pub new_regime: Fr,
    /// By how much the regime widens the grid, @18.
    pub factor: RegimeFactor,
    /// Root of the risk arrays.
    pub risk_root: Fr,
}

impl Instance {
    /// Number of field elements.
    pub const LEN: usize = 10;

    /// Names of the field elements, in order.
    pub const NAMES: [&'static str; Self::LEN] = [
        "domain",
        "parameters",
        "underlying",
        "spot",
        "time",
        "volatility",
        "old_regime",
        "new_regime",
        "factor",
        "risk_root",
    ];

    /// The field elements, in the order of [`Instance::NAMES`].
    pub fn to_fields(&self) -> [Fr; Self::LEN] {
        [
            self.domain,
            self.parameters,
            Fr::from(u64::from(self.underlying.get())),
            self.spot.to_field(),
            Fr::from(self.time),
            self.volatility,
            self.old_regime,
            self.new_regime,
            Fr::from(u64::from(self.factor.get())),
            self.risk_root,
        ]
    }

    /// The instance of 10 field elements, each in its range.
    pub fn from_fields(fields: &[Fr]) -> Result<Self, InstanceError> {
        let fields: &[Fr; Self::LEN] = fields.try_into().map_err(|_| InstanceError::Length {
            expected: Self::LEN,
            found: fields.len(),
        })?;
        Ok(Self {
            domain: fields[0],
            parameters: fields[1],
            underlying: integer(fields, 2, "1 .. 65533", |v| {
                u16::try_from(v)
                    .ok()
                    .filter(|v| (1..65_533).contains(v))
                    .map(Underlying)
            })?,
            spot: integer(fields, 3, "1 .. 2^45", |v| {
                Price::new(v).ok().filter(|_| (1..VALUE_BOUND).contains(&v))
            })?,
            time: integer(fields, 4, "0 .. 2^40", |v| (v < 1 << 40).then_some(v))?,
            volatility: fields[5],
            old_regime: fields[6],
            new_regime: fields[7],
            factor: integer(fields, 8, "2^18 to 2^22", |v| {
                u32::try_from(v).ok().and_then(|v| RegimeFactor::new(v).ok())
            })?,
            risk_root: fields[9],
        })
    }
}

fn integer<T>(
    fields: &[Fr; Instance::LEN],
    at: usize,
    expected: &'static str,
    accept: impl FnOnce(u64) -> Option<T>,
) -> Result<T, InstanceError> {
    let found = fields[at];
    fr_to_u64(&found).and_then(accept).ok_or(InstanceError::Range {
        name: Instance::NAMES[at],
        expected,
        found,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::fr_pow2;

    #[test]
    fn fields_round_trip_and_every_range_is_checked() {
        let instance = Instance {
            domain: Fr::from(1),
            parameters: Fr::from(2),
            underlying: Underlying::ETH,
            spot: Price::new(2_000_000_000).expect("below 2^63"),
            time: 1_770_000_000,
            volatility: Fr::from(3),
            old_regime: Fr::from(4),
            new_regime: Fr::from(5),
            factor: RegimeFactor::ONE,
            risk_root: Fr::from(6),
        };
        let good = instance.to_fields();
        assert_eq!(Instance::from_fields(&good), Ok(instance));
        assert_eq!(
            Instance::from_fields(&good[1..]),
            Err(InstanceError::Length { expected: 10, found: 9 })
        );
        for (at, bad) in [
            (2, Fr::zero()),
            (2, Fr::from(65_533)),
            (3, Fr::zero()),
            (3, fr_pow2(45)),
            (4, fr_pow2(40)),
            (8, fr_pow2(18) - Fr::one()),
            (8, fr_pow2(22) + Fr::one()),
            (8, fr_pow2(128)),
        ] {
            let mut fields = good;
            fields[at] = bad;
            assert!(
                matches!(Instance::from_fields(&fields), Err(InstanceError::Range { .. })),
                "{at}"
            );
        }
    }
}
