//! Positions and the digest of an account's whole list.

use std::fmt;

use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};

use crate::poseidon::hash4;
use crate::series::SeriesTerms;
use crate::units::{Lots, fr_pow2};

/// Domain tag of a positions digest: "pos".
pub const TAG_POS: u64 = 0x70_6f_73;
/// Words absorbed by one hash of a positions digest.
pub const WORDS_PER_HASH: usize = 3;

/// A holding of one series. Secret.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// What is held.
    pub series: SeriesTerms,
    /// How much, signed, in 10^-6 contract.
    pub lots: Lots,
}

impl Position {
    /// The position word: series word + 2^184*(lots + 2^63).
    pub fn word(&self) -> Fr {
        self.series.word().to_field() + fr_pow2(184) * Fr::from(self.lots.offset())
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Position(secret)")
    }
}

/// d0 = TAG_POS*2^64 + count, where count is the number of positions.
pub fn digest_seed(count: u64) -> Fr {
    Fr::from(TAG_POS) * fr_pow2(64) + Fr::from(count)
}

/// The positions digest: d = H(d, p1, p2, p3) over the words in order, the last chunk padded with 0.
///
/// The order of the list (strictly increasing series) is a clause of the statements, not of this function.
pub fn positions_digest(positions: &[Position]) -> Fr {
    let seed = digest_seed(positions.len() as u64);
    positions.chunks(WORDS_PER_HASH).fold(seed, |digest, chunk| {
        let word = |i: usize| chunk.get(i).map_or(Fr::zero(), Position::word);
        hash4([digest, word(0), word(1), word(2)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::Kind;
    use crate::units::{ExpiryMinutes, Price, Underlying};

    #[test]
    fn digest_follows_the_page() {
        let series = |strike| {
            SeriesTerms::new(
                Underlying::BTC,
                ExpiryMinutes(29_500_000),
                Kind::Call,
                Price::new(strike).expect("a test strike is below 2^63"),
                Price::ZERO,
            )
            .expect("a call without a cap")
        };
        let positions: Vec<Position> = (1..=4)
            .map(|i| Position {
                series: series(i),
                lots: Lots::new(-(i as i64)).expect("non-zero"),
            })
            .collect();
        let w: Vec<Fr> = positions.iter().map(Position::word).collect();
        assert_eq!(
            w[1],
            series(2).word().to_field() + fr_pow2(184) * (fr_pow2(63) - Fr::from(2))
        );
        assert_eq!(positions_digest(&[]), Fr::from(0x706f73) * fr_pow2(64));
        let first = hash4([digest_seed(4), w[0], w[1], w[2]]);
        assert_eq!(
            positions_digest(&positions),
            hash4([first, w[3], Fr::zero(), Fr::zero()])
        );
        assert_eq!(format!("{:?}", positions[0]), "Position(secret)");
    }
}
