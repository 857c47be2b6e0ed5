//! Integers that carry their unit, with the bounds of `docs/protocol.md` ("Numbers").

use std::fmt;

use ff::PrimeField;
use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Exclusive upper bound of every unsigned amount: 7 limbs of 9 bits.
pub const AMOUNT_BOUND: u64 = 1 << 63;

/// A number that does not fit its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UnitError {
    /// An unsigned amount of 2^63 or more.
    #[error("{unit}: expected a value below 2^63, found {found}")]
    TooLarge {
        /// Name of the unit.
        unit: &'static str,
        /// The value that was given.
        found: u64,
    },
    /// A quantity of 0 lots.
    #[error("lots: expected a non-zero quantity, found 0")]
    ZeroLots,
    /// A quantity of -2^63 lots.
    #[error("lots: expected a magnitude below 2^63, found {found}")]
    LotsTooLarge {
        /// The value that was given.
        found: i64,
    },
    /// A sum of money left its range. The operands are not shown: they may be secret.
    #[error("cash: expected a result in -2^127 .. 2^127, found an overflow")]
    CashOverflow,
}

/// The field element of a signed integer: negative values map to `p - |v|`.
pub fn fr_from_i128(value: i128) -> Fr {
    let magnitude = Fr::from_u128(value.unsigned_abs());
    if value < 0 { -magnitude } else { magnitude }
}

/// The field element 2^bits, for bits of 0..=252.
pub const fn fr_pow2(bits: u32) -> Fr {
    assert!(bits <= 252, "2^bits must lie below the modulus");
    let mut limbs = [0u64; 4];
    limbs[(bits / 64) as usize] = 1 << (bits % 64);
    Fr::from_raw(limbs)
}

/// The canonical value of a field element as four little-endian 64-bit limbs.
pub fn fr_limbs(value: &Fr) -> [u64; 4] {
    let bytes = value.to_repr();
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.as_ref().chunks_exact(8)) {
        let mut word = [0u8; 8];
        word.copy_from_slice(chunk);
        *limb = u64::from_le_bytes(word);
    }
    limbs
}

/// The canonical value of a field element, where it is below 2^128.
pub fn fr_to_u128(value: &Fr) -> Option<u128> {
    let limbs = fr_limbs(value);
    (limbs[2] == 0 && limbs[3] == 0).then_some(u128::from(limbs[1]) << 64 | u128::from(limbs[0]))
}

/// The canonical value of a field element, where it is below 2^64.
pub fn fr_to_u64(value: &Fr) -> Option<u64> {
    fr_to_u128(value).and_then(|v| u64::try_from(v).ok())
}

macro_rules! amount {
    ($(#[$doc:meta])* $name:ident, $unit:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(try_from = "u64", into = "u64")]
        pub struct $name(u64);

        impl $name {
            /// The amount 0.
            pub const ZERO: Self = Self(0);

            /// The amount, when it is below 2^63; otherwise [`UnitError::TooLarge`].
            pub const fn new(value: u64) -> Result<Self, UnitError> {
                if value < AMOUNT_BOUND {
                    Ok(Self(value))
                } else {
                    Err(UnitError::TooLarge { unit: $unit, found: value })
                }
            }

            /// The bare number, in the unit of the type.
            pub const fn get(self) -> u64 {
                self.0
            }

            /// The field element of the amount.
            pub fn to_field(self) -> Fr {
                Fr::from(self.0)
            }
        }

        impl TryFrom<u64> for $name {
            type Error = UnitError;

            fn try_from(value: u64) -> Result<Self, UnitError> {
                Self::new(value)
            }
        }

        impl From<$name> for u64 {
            fn from(value: $name) -> u64 {
                value.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

amount! {
    /// A price, strike or cap: 10^-6 quote per unit of underlying, below 2^63.
    Price, "price"
}

amount! {
    /// A payoff or fee per lot: 10^-6 quote (linear kinds) or 1/scale coin (inverse kinds), below 2^63.
    PerLot, "per lot"
}

/// A signed quantity in lots of 10^-6 contract: never 0, magnitude below 2^63.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Lots(i64);

impl Lots {
    /// The quantity; 0 and -2^63 are errors.
    pub const fn new(value: i64) -> Result<Self, UnitError> {
        match value {
            0 => Err(UnitError::ZeroLots),
            i64::MIN => Err(UnitError::LotsTooLarge { found: value }),
            _ => Ok(Self(value)),
        }
    }

    /// The signed number of lots.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The number of lots without its sign, below 2^63.
    pub const fn magnitude(self) -> u64 {
        self.0.unsigned_abs()
    }

    /// Whether the holder is long.
    pub const fn is_long(self) -> bool {
        self.0 > 0
    }

    /// lots + 2^63, the form in a position word: 1 .. 2^64, never 2^63.
    pub const fn offset(self) -> u64 {
        (self.0 as u64) ^ AMOUNT_BOUND
    }
}

impl TryFrom<i64> for Lots {
    type Error = UnitError;

    fn try_from(value: i64) -> Result<Self, UnitError> {
        Self::new(value)
    }
}

impl From<Lots> for i64 {
    fn from(value: Lots) -> i64 {
        value.0
    }
}

/// Money: 10^-12 quote (linear: lots x per lot) or 10^-6/scale coin (inverse), in -2^127 .. 2^127.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Cash(pub i128);

impl Cash {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The signed number of money units.
    pub const fn get(self) -> i128 {
        self.0
    }

    /// The sum; [`UnitError::CashOverflow`] when it leaves -2^127 .. 2^127.
    pub fn checked_add(self, other: Self) -> Result<Self, UnitError> {
        self.0.checked_add(other.0).map(Self).ok_or(UnitError::CashOverflow)
    }

    /// The difference; [`UnitError::CashOverflow`] when it leaves -2^127 .. 2^127.
    pub fn checked_sub(self, other: Self) -> Result<Self, UnitError> {
        self.0.checked_sub(other.0).map(Self).ok_or(UnitError::CashOverflow)
    }

    /// cash + 2^127, the committed form: 0 .. 2^128.
    pub const fn offset(self) -> u128 {
        (self.0 as u128) ^ (1 << 127)
    }

    /// The money of a committed form, the inverse of [`Cash::offset`].
    pub const fn from_offset(offset: u128) -> Self {
        Self((offset ^ (1 << 127)) as i128)
    }

    /// The field element of the committed form, cash + 2^127.
    pub fn to_field(self) -> Fr {
        Fr::from_u128(self.offset())
    }
}

/// A running sum of money, exact whatever its intermediate values: value = low + 2^128 * carry.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct CashSum {
    low: i128,
    carry: i64,
}

impl CashSum {
    /// The sum that starts at `cash`.
    pub const fn new(cash: Cash) -> Self {
        Self { low: cash.0, carry: 0 }
    }

    /// Adds an amount of money.
    pub fn add(&mut self, value: i128) {
        let (low, wrapped) = self.low.overflowing_add(value);
        self.low = low;
        if wrapped {
            self.carry += value.signum() as i64;
        }
    }

    /// Takes an amount of money away.
    pub fn sub(&mut self, value: i128) {
        let (low, wrapped) = self.low.overflowing_sub(value);
        self.low = low;
        if wrapped {
            self.carry += if value < 0 { 1 } else { -1 };
        }
    }

    /// Adds another sum.
    pub fn add_sum(&mut self, other: Self) {
        self.add(other.low);
        self.carry += other.carry;
    }

    /// Takes another sum away.
    pub fn sub_sum(&mut self, other: Self) {
        self.sub(other.low);
        self.carry -= other.carry;
    }

    /// The sum; [`UnitError::CashOverflow`] when it lies outside -2^127 .. 2^127.
    pub fn finish(self) -> Result<Cash, UnitError> {
        if self.carry == 0 {
            Ok(Cash(self.low))
        } else {
            Err(UnitError::CashOverflow)
        }
    }
}

/// An expiry in Unix minutes, 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct ExpiryMinutes(pub u32);

impl ExpiryMinutes {
    /// The number of minutes since 1970-01-01 00:00 UTC.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for ExpiryMinutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A registry number of an underlying, 16 bits; 0 means "no price slot".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Underlying(pub u16);

impl Underlying {
    /// Bitcoin.
    pub const BTC: Self = Self(1);
    /// Ether.
    pub const ETH: Self = Self(2);

    /// The registry number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Underlying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_exact() {
        assert_eq!(Price::new(AMOUNT_BOUND - 1).map(Price::get), Ok(AMOUNT_BOUND - 1));
        assert_eq!(
            Price::new(AMOUNT_BOUND),
            Err(UnitError::TooLarge {
                unit: "price",
                found: AMOUNT_BOUND
            })
        );
        assert_eq!(Lots::new(0), Err(UnitError::ZeroLots));
        assert_eq!(Lots::new(i64::MIN), Err(UnitError::LotsTooLarge { found: i64::MIN }));
        assert_eq!(Lots::new(-i64::MAX).map(Lots::offset), Ok(1));
        assert_eq!(Lots::new(i64::MAX).map(Lots::offset), Ok(u64::MAX));
        assert!(serde_json::from_str::<Price>("9223372036854775808").is_err());
        assert!(serde_json::from_str::<Lots>("0").is_err());
    }

    #[test]
    fn cash_is_offset_by_2_127() {
        assert_eq!(Cash(i128::MIN).to_field(), Fr::zero());
        assert_eq!(Cash::ZERO.to_field(), fr_pow2(127));
        assert_eq!(Cash(-5).to_field(), fr_pow2(127) + fr_from_i128(-5));
        assert_eq!(Cash(i128::MAX).to_field(), fr_pow2(128) - Fr::one());
        for cash in [i128::MIN, -1, 0, 1, i128::MAX] {
            assert_eq!(Cash::from_offset(Cash(cash).offset()), Cash(cash));
        }
        assert_eq!(Cash(i128::MAX).checked_add(Cash(1)), Err(UnitError::CashOverflow));
        assert_eq!(Cash(i128::MIN).checked_sub(Cash(1)), Err(UnitError::CashOverflow));
    }

    #[test]
    fn a_sum_survives_intermediate_overflow() {
        let mut sum = CashSum::new(Cash(i128::MAX));
        sum.add(i128::MAX);
        sum.add(i128::MAX);
        assert_eq!(sum.finish(), Err(UnitError::CashOverflow));
        sum.sub(i128::MAX);
        sum.sub(i128::MAX);
        assert_eq!(sum.finish(), Ok(Cash(i128::MAX)));
        sum.sub(i128::MIN);
        sum.add(i128::MIN);
        assert_eq!(sum.finish(), Ok(Cash(i128::MAX)));
        let mut total = CashSum::default();
        total.sub_sum(sum);
        total.add_sum(sum);
        assert_eq!(total.finish(), Ok(Cash::ZERO));
    }
}
