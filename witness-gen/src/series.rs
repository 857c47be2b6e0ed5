//! Option series: terms and their 184-bit word
//! `underlying*2^168 | expiry*2^136 | kind*2^128 | strike*2^64 | cap`.

use std::fmt;

use ff::PrimeField;
use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::units::{ExpiryMinutes, Price, Underlying, UnitError, fr_pow2};

/// Terms or a word that are not those of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SeriesError {
    /// A kind number outside 1..=8.
    #[error("series kind: expected 1 to 8, found {found}")]
    Kind {
        /// The number that was given.
        found: u8,
    },
    /// A cap in a kind that has none.
    #[error("cap of {kind:?}: expected 0, found {found}")]
    CapWithoutUse {
        /// The kind.
        kind: Kind,
        /// The cap that was given, in 10^-6 quote.
        found: Price,
    },
    /// The upper part of a word is wider than 56 bits.
    #[error("series word: expected an upper part below 2^56, found {found}")]
    TooWide {
        /// The upper part that was given.
        found: u64,
    },
    /// A strike or cap of 2^63 or more.
    #[error(transparent)]
    Unit(#[from] UnitError),
}

/// The payoff of a series; the numbers are those of the packed word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Kind {
    /// max(S-K, 0), in quote.
    Call = 1,
    /// max(K-S, 0), in quote.
    Put = 2,
    /// max(min(S,C)-K, 0), in quote.
    CappedCall = 3,
    /// max(K-max(S,C), 0), in quote.
    CappedPut = 4,
    /// C where S > K, in quote.
    DigitalCall = 5,
    /// C where S < K, in quote.
    DigitalPut = 6,
    /// floor(scale*max(S-K,0)/S), in coin.
    InverseCall = 7,
    /// floor(scale*max(K-S,0)/S), in coin.
    InversePut = 8,
}

impl Kind {
    /// All kinds, by number.
    pub const ALL: [Self; 8] = [
        Self::Call,
        Self::Put,
        Self::CappedCall,
        Self::CappedPut,
        Self::DigitalCall,
        Self::DigitalPut,
        Self::InverseCall,
        Self::InversePut,
    ];

    /// The number in the packed word, 1..=8.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The kind of a number, if it is one of 1..=8.
    pub fn from_number(found: u8) -> Result<Self, SeriesError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.number() == found)
            .ok_or(SeriesError::Kind { found })
    }

    /// Whether the payoff uses the cap C; where not, the cap is 0.
    pub const fn has_cap(self) -> bool {
        matches!(
            self,
            Self::CappedCall | Self::CappedPut | Self::DigitalCall | Self::DigitalPut
        )
    }

    /// Whether the payoff is in coin.
    pub const fn is_inverse(self) -> bool {
        matches!(self, Self::InverseCall | Self::InversePut)
    }
}

/// What a series is. Public market data, not a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SeriesTerms {
    /// Registry number of the underlying, 16 bits.
    pub underlying: Underlying,
    /// Expiry in Unix minutes, 32 bits.
    pub expiry: ExpiryMinutes,
    /// The payoff.
    pub kind: Kind,
    /// K, in 10^-6 quote.
    pub strike: Price,
    /// C, in 10^-6 quote; 0 in the kinds that have none.
    pub cap: Price,
}

impl SeriesTerms {
    /// The terms; a cap in a kind that has none is an error.
    pub fn new(
        underlying: Underlying,
        expiry: ExpiryMinutes,
        kind: Kind,
        strike: Price,
        cap: Price,
    ) -> Result<Self, SeriesError> {
        let terms = Self {
            underlying,
            expiry,
            kind,
            strike,
            cap,
        };
        terms.validate()?;
        Ok(terms)
    }

    /// Checks the cap again, for terms that did not come from [`SeriesTerms::new`].
    pub fn validate(&self) -> Result<(), SeriesError> {
        if !self.kind.has_cap() && self.cap != Price::ZERO {
            return Err(SeriesError::CapWithoutUse {
                kind: self.kind,
                found: self.cap,
            });
        }
        Ok(())
    }

    /// The packed word.
    pub fn word(&self) -> SeriesWord {
        SeriesWord {
            hi: u64::from(self.underlying.get()) << 40
                | u64::from(self.expiry.get()) << 8
                | u64::from(self.kind.number()),
            lo: u128::from(self.strike.get()) << 64 | u128::from(self.cap.get()),
        }
    }

    /// The terms of a packed word, if every field is in range.
    pub fn from_word(word: SeriesWord) -> Result<Self, SeriesError> {
        let underlying = u16::try_from(word.hi >> 40).map_err(|_| SeriesError::TooWide { found: word.hi })?;
        Self::new(
            Underlying(underlying),
            ExpiryMinutes((word.hi >> 8) as u32),
            Kind::from_number(word.hi as u8)?,
            Price::new((word.lo >> 64) as u64)?,
            Price::new(word.lo as u64)?,
        )
    }
}

impl PartialOrd for SeriesTerms {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SeriesTerms {
    /// The numeric order of the packed words.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.word().cmp(&other.word())
    }
}

impl fmt::Display for SeriesTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} underlying {} expiry {} strike {} cap {}",
            self.kind, self.underlying, self.expiry, self.strike, self.cap
        )
    }
}

/// The 184-bit word of a series: value = hi*2^128 + lo, hi below 2^56. Ordered numerically.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SeriesWord {
    /// underlying*2^40 | expiry*2^8 | kind.
    pub hi: u64,
    /// strike*2^64 | cap.
    pub lo: u128,
}

impl SeriesWord {
    /// The field element of the word.
    pub fn to_field(self) -> Fr {
        Fr::from(self.hi) * fr_pow2(128) + Fr::from_u128(self.lo)
    }

    /// The word as 23 big-endian bytes, so that byte order is numeric order.
    pub fn to_bytes_be(self) -> [u8; 23] {
        let mut bytes = [0; 23];
        bytes[..7].copy_from_slice(&self.hi.to_be_bytes()[1..]);
        bytes[7..].copy_from_slice(&self.lo.to_be_bytes());
        bytes
    }

    /// The word of 23 big-endian bytes.
    pub fn from_bytes_be(bytes: &[u8; 23]) -> Self {
        let mut hi = [0; 8];
        hi[1..].copy_from_slice(&bytes[..7]);
        let mut lo = [0; 16];
        lo.copy_from_slice(&bytes[7..]);
        Self {
            hi: u64::from_be_bytes(hi),
            lo: u128::from_be_bytes(lo),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(value: u64) -> Price {
        Price::new(value).expect("test prices are below 2^63")
    }

    #[test]
    fn word_layout() {
        let terms = SeriesTerms::new(
            Underlying(0x0102),
            ExpiryMinutes(0x03040506),
            Kind::CappedCall,
            price(7),
            price(8),
        )
        .expect("a capped call has a cap");
        let word = terms.word();
        assert_eq!(
            word,
            SeriesWord {
                hi: 0x0001_0203_0405_0603,
                lo: 7 << 64 | 8
            }
        );
        let sum = Fr::from(0x0102) * fr_pow2(168)
            + Fr::from(0x03040506) * fr_pow2(136)
            + Fr::from(3) * fr_pow2(128)
            + Fr::from(7) * fr_pow2(64)
            + Fr::from(8);
        assert_eq!(word.to_field(), sum);
        assert_eq!(SeriesTerms::from_word(word), Ok(terms));
        assert_eq!(SeriesWord::from_bytes_be(&word.to_bytes_be()), word);
        assert_eq!(word.to_bytes_be()[..7], [1, 2, 3, 4, 5, 6, 3]);
    }

    #[test]
    fn words_out_of_range_have_no_terms() {
        let word = |hi, lo| SeriesTerms::from_word(SeriesWord { hi, lo });
        assert_eq!(word(1 << 56 | 1, 0), Err(SeriesError::TooWide { found: 1 << 56 | 1 }));
        assert_eq!(word(0, 0), Err(SeriesError::Kind { found: 0 }));
        assert_eq!(word(9, 0), Err(SeriesError::Kind { found: 9 }));
        assert!(matches!(word(1, 1), Err(SeriesError::CapWithoutUse { .. })));
        assert!(matches!(word(1, 1 << 127), Err(SeriesError::Unit(_))));
        assert!(matches!(word(3, 1 << 63), Err(SeriesError::Unit(_))));
    }
}
