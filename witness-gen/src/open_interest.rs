//! Open interest of an expiry, committed by one slot of the series tree.

use std::fmt;

use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};

use crate::poseidon::hash4;
use crate::series::SeriesTerms;
use crate::units::{ExpiryMinutes, fr_pow2};

/// Domain tag of an open-interest digest: "oi".
pub const TAG_OI: u64 = 0x6f_69;

/// Long and short lots outstanding in one series.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenInterest {
    /// The series.
    pub series: SeriesTerms,
    /// Lots held long, in 10^-6 contract, below 2^63.
    pub long: u64,
    /// Lots held short, in 10^-6 contract, below 2^63.
    pub short: u64,
}

impl fmt::Debug for OpenInterest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenInterest")
            .field("series", &self.series)
            .finish_non_exhaustive()
    }
}

/// d0 = TAG_OI*2^64 + expiry minutes.
pub fn oi_seed(expiry: ExpiryMinutes) -> Fr {
    Fr::from(TAG_OI) * fr_pow2(64) + Fr::from(u64::from(expiry.get()))
}

/// The digest of an expiry: d = H(d, series word, long, short) over the list in order.
///
/// The order of the list (strictly increasing series) is a clause of the statements, not of this function.
pub fn oi_digest(expiry: ExpiryMinutes, list: &[OpenInterest]) -> Fr {
    list.iter().fold(oi_seed(expiry), |digest, entry| {
        hash4([
            digest,
            entry.series.word().to_field(),
            Fr::from(entry.long),
            Fr::from(entry.short),
        ])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::Kind;
    use crate::units::{Price, Underlying};

    #[test]
    fn digest_follows_the_page() {
        let expiry = ExpiryMinutes(29_500_000);
        let series = SeriesTerms::new(Underlying::ETH, expiry, Kind::Put, Price::ZERO, Price::ZERO)
            .expect("a put without a cap");
        let seed = Fr::from(0x6f69) * fr_pow2(64) + Fr::from(29_500_000);
        assert_eq!(oi_digest(expiry, &[]), seed);
        let one = OpenInterest {
            series,
            long: 3,
            short: 4,
        };
        assert_eq!(
            oi_digest(expiry, &[one]),
            hash4([seed, series.word().to_field(), Fr::from(3), Fr::from(4)])
        );
    }
}
