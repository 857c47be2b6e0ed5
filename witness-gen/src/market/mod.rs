//! Market data from outside: option chains and delivery prices.
//!
//! | file | reads |
//! |---|---|
//! | [`chain`] | an option chain as CSV, plain or gzipped, one snapshot out of many |
//! | [`delivery`] | delivery (settlement) prices as CSV |
//! | [`deribit`] | the answers of Deribit's public API, as JSON |
//!
//! Numbers are read **exactly**: the text of a decimal goes straight to an integer of its unit, never through a float,
//! and a digit that the unit cannot hold is an error, not a rounding. Every error names the line, what was expected and
//! what stood there.

pub mod chain;
pub mod delivery;
pub mod deribit;
mod error;
mod rows;

use std::fmt;

use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime};

pub use error::{MarketError, excerpt};

use crate::series::{Kind, SeriesTerms};
use crate::units::{ExpiryMinutes, Price, Underlying};

/// More quotes than this in one snapshot are refused: memory stays bounded whatever the file holds.
pub const MAX_QUOTES: usize = 100_000;

/// Largest decimal exponent that a JSON number may carry, in either direction.
const MAX_EXPONENT: i32 = 40;

/// A moment in time: Unix seconds, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcSeconds(pub i64);

impl UtcSeconds {
    /// Reads an RFC 3339 time with whole seconds, such as `2026-02-06T08:00:00Z`.
    pub fn parse(text: &str) -> Option<Self> {
        let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        (at.nanosecond() == 0).then_some(Self(at.unix_timestamp()))
    }

    /// The moment of an expiry.
    pub fn of_expiry(expiry: ExpiryMinutes) -> Self {
        Self(i64::from(expiry.get()) * 60)
    }

    /// This moment as an expiry; `None` unless it is a whole minute in range.
    pub fn to_expiry(self) -> Option<ExpiryMinutes> {
        (self.0 % 60 == 0).then_some(())?;
        u32::try_from(self.0 / 60).ok().map(ExpiryMinutes)
    }

    /// The UTC calendar day.
    fn date(self) -> Option<Date> {
        OffsetDateTime::from_unix_timestamp(self.0)
            .ok()
            .map(OffsetDateTime::date)
    }
}

impl fmt::Display for UtcSeconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match OffsetDateTime::from_unix_timestamp(self.0)
            .ok()
            .and_then(|at| at.format(&Rfc3339).ok())
        {
            Some(text) => f.write_str(&text),
            None => write!(f, "{} s", self.0),
        }
    }
}

/// Implied volatility, annual: 10^-4 (5310 = 53.1 %).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Volatility(pub u32);

/// A premium as the venue quotes it: 10^-8 coin for a coin-settled contract, 10^-8 quote for a linear one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Premium(pub u64);

/// A number of contracts without a sign: 10^-6 contract (the unit of `Lots`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Contracts(pub u64);

/// In what a contract of the venue is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Style {
    /// In the quote currency: [`Kind::Call`] and [`Kind::Put`].
    Linear,
    /// In the coin: [`Kind::InverseCall`] and [`Kind::InversePut`].
    Inverse,
}

impl Style {
    /// The kind of a plain call or put of this style.
    pub fn kind(self, right: Right) -> Kind {
        match (self, right) {
            (Self::Linear, Right::Call) => Kind::Call,
            (Self::Linear, Right::Put) => Kind::Put,
            (Self::Inverse, Right::Call) => Kind::InverseCall,
            (Self::Inverse, Right::Put) => Kind::InversePut,
        }
    }
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Linear => "linear",
            Self::Inverse => "inverse",
        })
    }
}

/// Call or put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// The right to buy.
    Call,
    /// The right to sell.
    Put,
}

/// One listed option in one snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The venue's name of the contract.
    pub instrument: String,
    /// When it expires.
    pub expiry: ExpiryMinutes,
    /// Its strike.
    pub strike: Price,
    /// Call or put.
    pub right: Right,
    /// The venue's index, where the source gives one.
    pub index: Option<Price>,
    /// The forward that the venue uses for this expiry.
    pub forward: Option<Price>,
    /// Mark implied volatility.
    pub volatility: Option<Volatility>,
    /// Mark premium.
    pub mark: Option<Premium>,
    /// Best bid.
    pub bid: Option<Premium>,
    /// Best ask.
    pub ask: Option<Premium>,
    /// Contracts outstanding; each has one long and one short side.
    pub open_interest: Contracts,
}

impl Quote {
    /// The series that this contract is, settled in `style`.
    pub fn terms(&self, underlying: Underlying, style: Style) -> SeriesTerms {
        SeriesTerms {
            underlying,
            expiry: self.expiry,
            kind: style.kind(self.right),
            strike: self.strike,
            cap: Price::ZERO,
        }
    }
}

/// Every listed option of one underlying at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionChain {
    /// The underlying of every quote.
    pub underlying: Underlying,
    /// When the chain was taken.
    pub snapshot: UtcSeconds,
    /// How the venue settles these contracts.
    pub style: Style,
    /// The quotes, in order of (expiry, strike, call before put); no contract twice.
    pub quotes: Vec<Quote>,
}

impl OptionChain {
    /// Sorts the quotes and refuses a contract that stands twice.
    fn assemble(
        underlying: Underlying,
        snapshot: UtcSeconds,
        style: Style,
        mut quotes: Vec<(u64, Quote)>,
    ) -> Result<Self, MarketError> {
        quotes.sort_by_key(|(_, quote)| (quote.expiry, quote.strike, quote.right));
        for pair in quotes.windows(2) {
            let [(first, a), (second, b)] = pair else {
                continue;
            };
            if (a.expiry, a.strike, a.right) == (b.expiry, b.strike, b.right) {
                return Err(MarketError::Duplicate {
                    line: *first.max(second),
                    what: excerpt(&b.instrument),
                    first: *first.min(second),
                });
            }
        }
        Ok(Self {
            underlying,
            snapshot,
            style,
            quotes: quotes.into_iter().map(|(_, quote)| quote).collect(),
        })
    }

    /// The expiries of the chain, each once, ascending.
    pub fn expiries(&self) -> Vec<ExpiryMinutes> {
        let mut expiries: Vec<_> = self.quotes.iter().map(|quote| quote.expiry).collect();
        expiries.dedup();
        expiries
    }
}

/// The registry's name of a currency, and back.
pub fn underlying_of(currency: &str) -> Option<Underlying> {
    match currency {
        "BTC" => Some(Underlying::BTC),
        "ETH" => Some(Underlying::ETH),
        _ => None,
    }
}

/// The currency of a registered underlying, as venues spell it.
pub fn currency_of(underlying: Underlying) -> &'static str {
    match underlying {
        Underlying::BTC => "BTC",
        Underlying::ETH => "ETH",
        _ => "(unregistered)",
    }
}

/// Reads an unsigned decimal as an integer of 10^-`places`, exactly.
///
/// Digits, at most one point, and where `exponent` allows it a decimal exponent (JSON writes 1.0e-4). Digits beyond the
/// unit must be zeros. `None` for anything else, a sign and a value above `u64` included.
pub fn parse_decimal(text: &str, places: u32, exponent: bool) -> Option<u64> {
    let (mantissa, power) = match text.find(['e', 'E']) {
        Some(at) if exponent => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
        Some(_) => return None,
        None => (text, 0),
    };
    if !(-MAX_EXPONENT..=MAX_EXPONENT).contains(&power) {
        return None;
    }
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let digits = |part: &str| !part.is_empty() && part.len() <= 64 && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    // The value is digits * 10^(power - fraction length), wanted in 10^-places.
    let shift = power + i32::try_from(places).ok()? - i32::try_from(fraction.len()).ok()?;
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|b| b - b'0').collect();
    if shift >= 0 {
        digits.extend(std::iter::repeat_n(0, usize::try_from(shift).ok()?));
    } else {
        let keep = digits.len().saturating_sub(usize::try_from(-shift).ok()?);
        if digits[keep..].iter().any(|&digit| digit != 0) {
            return None;
        }
        digits.truncate(keep);
    }
    digits.iter().try_fold(0u64, |value, &digit| {
        value.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

/// The name that Deribit gives to an option, such as `ETH-6FEB26-1900-P`; `None` outside the years 2000-2099.
pub fn instrument_name(prefix: &str, expiry: ExpiryMinutes, strike: Price, right: Right) -> Option<String> {
    let date = UtcSeconds::of_expiry(expiry).date()?;
    let month = match date.month() {
        Month::January => "JAN",
        Month::February => "FEB",
        Month::March => "MAR",
        Month::April => "APR",
        Month::May => "MAY",
        Month::June => "JUN",
        Month::July => "JUL",
        Month::August => "AUG",
        Month::September => "SEP",
        Month::October => "OCT",
        Month::November => "NOV",
        Month::December => "DEC",
    };
    let year = u32::try_from(date.year())
        .ok()?
        .checked_sub(2000)
        .filter(|year| *year < 100)?;
    let (whole, part) = (strike.get() / 1_000_000, strike.get() % 1_000_000);
    let mut text = format!("{prefix}-{}{month}{year:02}-{whole}", date.day());
    if part != 0 {
        // Deribit writes the point of a strike as `d`.
        text.push('d');
        text.push_str(format!("{part:06}").trim_end_matches('0'));
    }
    text.push_str(match right {
        Right::Call => "-C",
        Right::Put => "-P",
    });
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_or_refused() {
        for (text, places, wanted) in [
            ("0", 6, Some(0)),
            ("1902.5", 6, Some(1_902_500_000)),
            ("1902.500000000", 6, Some(1_902_500_000)),
            ("0.000001", 6, Some(1)),
            ("0.0000001", 6, None),
            ("0.0000010", 6, Some(1)),
            ("18446744073709.551615", 6, Some(u64::MAX)),
            ("18446744073709.551616", 6, None),
            ("007", 0, Some(7)),
            ("7.0", 0, Some(7)),
            ("7.5", 0, None),
            ("", 6, None),
            (".", 6, None),
            (".5", 6, None),
            ("5.", 6, None),
            ("-1", 6, None),
            ("+1", 6, None),
            (" 1", 6, None),
            ("1,5", 6, None),
            ("1e3", 6, None),
            ("NaN", 6, None),
            ("1.2.3", 6, None),
            ("\u{0661}", 6, None),
        ] {
            assert_eq!(parse_decimal(text, places, false), wanted, "{text} at {places}");
        }
        for (text, places, wanted) in [
            ("1.0e-4", 6, Some(100)),
            ("1E3", 0, Some(1000)),
            ("1.5e+2", 1, Some(1500)),
            ("1e-7", 6, None),
            ("0e-40", 6, Some(0)),
            ("1e99999999999", 6, None),
            ("1e41", 6, None),
            ("e5", 6, None),
        ] {
            assert_eq!(
                parse_decimal(text, places, true),
                wanted,
                "{text} at {places}, exponents"
            );
        }
    }

    #[test]
    fn times_are_whole_seconds_and_expiries_whole_minutes() {
        let at = UtcSeconds::parse("2026-02-06T08:00:00Z").expect("a valid time");
        assert_eq!(at, UtcSeconds(1_770_364_800));
        assert_eq!(at.to_string(), "2026-02-06T08:00:00Z");
        assert_eq!(at.to_expiry(), Some(ExpiryMinutes(29_506_080)));
        assert_eq!(UtcSeconds::parse("2026-02-06T09:00:00+01:00"), Some(at));
        assert_eq!(UtcSeconds(61).to_expiry(), None);
        assert_eq!(UtcSeconds(-60).to_expiry(), None);
        for text in [
            "",
            "2026-02-06",
            "2026-02-30T08:00:00Z",
            "2026-02-06T08:00:00",
            "2026-02-06T08:00:00.5Z",
        ] {
            assert_eq!(UtcSeconds::parse(text), None, "{text}");
        }
    }
}
