//! What the oracle attests for risk arrays: the spot, one forward per expiry, one volatility per series.

use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};

use super::{InputError, fold};
use crate::market::{OptionChain, Quote, UtcSeconds, Volatility};
use crate::pricing::VALUE_BOUND;
use crate::series::{SeriesTerms, SeriesWord};
use crate::units::{ExpiryMinutes, Price, Underlying, fr_pow2};

/// Depth of the tree of rows: 4^6 = 4096 series.
pub const RISK_DEPTH: usize = 6;
/// Most series of an underlying.
pub const MAX_SERIES: usize = 1 << (2 * RISK_DEPTH);
/// Tag of the inputs' digest: "vol".
const TAG_VOL: u64 = 0x0076_6f6c;

/// The forward of an expiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpiryInput {
    /// The expiry.
    pub expiry: ExpiryMinutes,
    /// Its forward, in 10^-6 quote.
    pub forward: Price,
}

/// A listed series with its implied volatility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesInput {
    /// The terms.
    pub terms: SeriesTerms,
    /// Its volatility, annual, in 10^-4; below 2^18.
    pub volatility: Volatility,
}

/// Everything an oracle round says about one underlying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketInputs {
    /// The underlying of every series.
    pub underlying: Underlying,
    /// Time of the round: Unix seconds, below 2^40.
    pub time: u64,
    /// The index, in 10^-6 quote.
    pub spot: Price,
    /// The forwards, expiries strictly increasing.
    pub expiries: Vec<ExpiryInput>,
    /// The listed series, strictly increasing by word.
    pub series: Vec<SeriesInput>,
}

/// Quotes of a chain that no risk arrays can be computed for, by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Skipped {
    /// Expired at the time of the snapshot.
    pub expired: usize,
    /// Without a forward or a volatility above 0.
    pub unpriced: usize,
}

impl MarketInputs {
    /// The inputs of a chain: the median index, the median forward of each expiry, every priced series that has not expired.
    ///
    /// Quotes of one snapshot are polled seconds apart and differ a little; the median is one number that none of them moves.
    pub fn from_chain(chain: &OptionChain) -> Result<(Self, Skipped), InputError> {
        let mut skipped = Skipped::default();
        let mut live: Vec<(&Quote, Price, Volatility)> = Vec::with_capacity(chain.quotes.len());
        for quote in &chain.quotes {
            match (quote.forward, quote.volatility) {
                _ if UtcSeconds::of_expiry(quote.expiry) <= chain.snapshot => skipped.expired += 1,
                (Some(forward), Some(volatility)) if volatility.0 > 0 => live.push((quote, forward, volatility)),
                _ => skipped.unpriced += 1,
            }
        }
        let missing = |what| InputError::Missing {
            snapshot: chain.snapshot,
            what,
        };
        let spot = median(live.iter().filter_map(|(quote, ..)| quote.index)).ok_or_else(|| missing("an index"))?;
        let expiries = live
            .chunk_by(|a, b| a.0.expiry == b.0.expiry)
            .filter_map(|group| {
                let forward = median(group.iter().map(|(_, forward, _)| *forward))?;
                Some(ExpiryInput {
                    expiry: group[0].0.expiry,
                    forward,
                })
            })
            .collect();
        let mut series: Vec<SeriesInput> = live
            .iter()
            .map(|(quote, _, volatility)| SeriesInput {
                terms: quote.terms(chain.underlying, chain.style),
                volatility: *volatility,
            })
            .collect();
        series.sort_by_key(|series| series.terms.word());
        let time = u64::try_from(chain.snapshot.0).map_err(|_| InputError::Time {
            found: chain.snapshot.0,
        })?;
        let inputs = Self {
            underlying: chain.underlying,
            time,
            spot,
            expiries,
            series,
        };
        inputs.validate()?;
        Ok((inputs, skipped))
    }

    /// Checks order, membership and ranges.
    pub fn validate(&self) -> Result<(), InputError> {
        if self.time >= 1 << 40 {
            let found = i64::try_from(self.time).unwrap_or(i64::MAX);
            return Err(InputError::Time { found });
        }
        if self.spot == Price::ZERO || self.spot.get() >= VALUE_BOUND {
            return Err(InputError::Spot { found: self.spot });
        }
        if self.series.is_empty() || self.series.len() > MAX_SERIES {
            return Err(InputError::Count {
                bound: MAX_SERIES,
                found: self.series.len(),
            });
        }
        let order = |what, position| InputError::Order { what, position };
        if let Some(at) = self
            .expiries
            .windows(2)
            .position(|pair| pair[0].expiry >= pair[1].expiry)
        {
            return Err(order("expiries", at + 1));
        }
        if let Some(at) = self.series.windows(2).position(|pair| pair[0].terms >= pair[1].terms) {
            return Err(order("series", at + 1));
        }
        for series in &self.series {
            let series = series.terms;
            series.validate()?;
            if series.underlying != self.underlying {
                return Err(InputError::Underlying {
                    expected: self.underlying,
                    series,
                });
            }
            if self.forward(series.expiry).is_none() {
                return Err(InputError::NoForward { series });
            }
        }
        let listed = |expiry: &ExpiryInput| self.series.iter().any(|series| series.terms.expiry == expiry.expiry);
        if let Some(bare) = self.expiries.iter().find(|expiry| !listed(expiry)) {
            return Err(InputError::NoSeries { expiry: bare.expiry });
        }
        Ok(())
    }

    /// The forward of an expiry.
    pub fn forward(&self, expiry: ExpiryMinutes) -> Option<Price> {
        let at = self.expiries.binary_search_by_key(&expiry, |input| input.expiry).ok()?;
        Some(self.expiries[at].forward)
    }

    /// Digest of the volatility inputs: fold(tag 2^64 + series; elements), where each expiry's element stands before its
    /// series' elements.
    ///
    /// A series is its word + volatility 2^184. An expiry is a word of kind 0 with the forward as its strike, so the whole
    /// list of words increases strictly.
    pub fn digest(&self) -> Fr {
        let mut elements = Vec::with_capacity(self.series.len() + self.expiries.len());
        let mut expiries = self.expiries.iter().peekable();
        for series in &self.series {
            if let Some(expiry) = expiries.next_if(|expiry| expiry.expiry <= series.terms.expiry) {
                let word = SeriesWord {
                    hi: u64::from(self.underlying.get()) << 40 | u64::from(expiry.expiry.get()) << 8,
                    lo: u128::from(expiry.forward.get()) << 64,
                };
                elements.push(word.to_field());
            }
            elements.push(series.terms.word().to_field() + Fr::from(u64::from(series.volatility.0)) * fr_pow2(184));
        }
        fold(
            Fr::from(TAG_VOL) * fr_pow2(64) + Fr::from(self.series.len() as u64),
            &elements,
        )
    }
}

/// The lower median.
fn median(prices: impl Iterator<Item = Price>) -> Option<Price> {
    let mut prices: Vec<Price> = prices.collect();
    prices.sort_unstable();
    prices.get(prices.len().checked_sub(1)? / 2).copied()
}
