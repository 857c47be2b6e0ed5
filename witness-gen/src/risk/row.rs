//! A row of the risk arrays: one series with its mark, Greeks and scenario values, packed and hashed.

use halo2curves::bn256::Fr;

use super::fold;
use crate::pricing::{Greeks, ValuePerLot};
use crate::series::SeriesTerms;
use crate::units::fr_pow2;

/// Bits of a value in its element: 5 limbs of 9 bits.
pub const VALUE_BITS: u32 = 45;
/// Values in an element: 225 bits.
pub const VALUES_PER_ELEMENT: usize = 5;
/// Tag of a row: "row".
pub const TAG_ROW: u64 = 0x0072_6f77;
/// What the rows of series that settle in coin have beside it: "coin".
pub const TAG_COIN: u64 = 0x636f_696e;
/// Where that stands. A multiple of 2^220 is one of 2^36 more than any lots in a position's word, which begin at 2^184: a statement that takes rows
/// in quote cannot read it as lots.
pub const COIN_SHIFT: u32 = 220;

/// What a series is worth. Values are in the unit of its kind: 10^-6 quote, or 1/scale coin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskRow {
    /// The series.
    pub terms: SeriesTerms,
    /// Its value without a shock.
    pub mark: ValuePerLot,
    /// Delta, gamma, vega without a shock.
    pub greeks: Greeks,
    /// Its value under each scenario, in the order of the grid.
    pub values: Vec<ValuePerLot>,
}

/// What the first element of a row has beside the word of its series.
pub fn head(scenarios: usize, in_coin: bool) -> Fr {
    let coin = if in_coin {
        Fr::from(TAG_COIN) * fr_pow2(COIN_SHIFT)
    } else {
        Fr::zero()
    };
    Fr::from(scenarios as u64) * fr_pow2(184) + Fr::from(TAG_ROW) * fr_pow2(192) + coin
}

impl RiskRow {
    /// Number of elements of a row with this many scenarios: the word, the packed values, the Greeks.
    pub const fn elements_for(scenarios: usize) -> usize {
        2 + (scenarios + 1).div_ceil(VALUES_PER_ELEMENT)
    }

    /// The packed row:
    ///
    /// - series word | scenarios 2^184 | tag 2^192, and | "coin" 2^220 where the series settles in coin;
    /// - mark and values, five to an element, 45 bits each, the first one lowest;
    /// - (delta + 2^44) | (gamma + 2^44) 2^45 | (vega + 2^44) 2^90.
    pub fn elements(&self) -> Vec<Fr> {
        let word = self.terms.word().to_field() + head(self.values.len(), self.terms.kind.is_inverse());
        let pack = |values: &[u64]| {
            let places = values.iter().zip((0..).map(|place| fr_pow2(place * VALUE_BITS)));
            places.fold(Fr::zero(), |sum, (value, place)| sum + Fr::from(*value) * place)
        };
        let values: Vec<u64> = std::iter::once(&self.mark)
            .chain(&self.values)
            .map(|v| v.get())
            .collect();
        let mut elements = vec![word];
        elements.extend(values.chunks(VALUES_PER_ELEMENT).map(pack));
        elements.push(self.packed_greeks());
        elements
    }

    /// The last element: (delta + 2^44) | (gamma + 2^44) 2^45 | (vega + 2^44) 2^90.
    pub fn packed_greeks(&self) -> Fr {
        // Greeks are below 2^44 in size by their type's constructor.
        let offset = |greek: i64| Fr::from((greek + (1 << (VALUE_BITS - 1))) as u64);
        let Greeks {
            delta,
            gamma_forward,
            vega,
        } = self.greeks;
        offset(delta) + offset(gamma_forward) * fr_pow2(VALUE_BITS) + offset(vega) * fr_pow2(2 * VALUE_BITS)
    }

    /// The leaf: d = H(d, a, b, c) over the elements, starting from the first one. A row of 24 scenarios takes two hashes.
    pub fn digest(&self) -> Fr {
        let elements = self.elements();
        fold(elements[0], &elements[1..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poseidon::hash4;
    use crate::series::Kind;
    use crate::units::{ExpiryMinutes, Price, Underlying};

    fn row(scenarios: u64) -> RiskRow {
        let value = |v| ValuePerLot::new(v).expect("below 2^45");
        let price = |v| Price::new(v).expect("below 2^63");
        let terms = SeriesTerms::new(Underlying::ETH, ExpiryMinutes(7), Kind::Call, price(5), Price::ZERO);
        RiskRow {
            terms: terms.expect("a call has no cap"),
            mark: value(11),
            greeks: Greeks::default(),
            values: (0..scenarios).map(|v| value((1 << 45) - 1 - v)).collect(),
        }
    }

    #[test]
    fn a_row_of_24_scenarios_takes_two_hashes() {
        let row = row(24);
        let e = row.elements();
        assert_eq!(e.len(), RiskRow::elements_for(24));
        let digest = hash4([hash4([e[0], e[1], e[2], e[3]]), e[4], e[5], e[6]]);
        assert_eq!(row.digest(), digest);
        let top = Fr::from((1 << 45) - 1);
        assert_eq!(
            e[1],
            Fr::from(11)
                + (0..4).fold(Fr::zero(), |sum, v| sum
                    + (top - Fr::from(v)) * fr_pow2(45 * (v as u32 + 1)))
        );
        let middle = Fr::from(1 << 44);
        assert_eq!(e[6], middle * (Fr::one() + fr_pow2(45) + fr_pow2(90)));
        assert_eq!([16, 23, 24].map(RiskRow::elements_for), [6, 7, 7]);
    }

    #[test]
    fn rows_in_coin_say_so() {
        let quote = row(24);
        let mut coin = quote.clone();
        coin.terms.kind = Kind::InverseCall;
        let apart = coin.elements()[0] - quote.elements()[0];
        let word = coin.terms.word().to_field() - quote.terms.word().to_field();
        assert_eq!(apart, word + Fr::from(TAG_COIN) * fr_pow2(COIN_SHIFT));
        assert_eq!(coin.elements()[1..], quote.elements()[1..]);
        // More than 2^64 lots apart.
        assert!(u128::from(TAG_COIN) << (COIN_SHIFT - 184) > 1 << 64);
    }

    #[test]
    fn every_part_moves_the_digest() {
        let base = row(23);
        let mut changed = vec![base.clone(); 5];
        changed[0].mark = ValuePerLot::new(12).expect("below 2^45");
        changed[1].values[22] = ValuePerLot::new(0).expect("below 2^45");
        changed[2].greeks.vega = -1;
        changed[3].values.pop();
        changed[4].terms.expiry = ExpiryMinutes(8);
        for (at, row) in changed.iter().enumerate() {
            assert_ne!(row.digest(), base.digest(), "{at}");
        }
    }
}
