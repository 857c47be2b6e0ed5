//! Option chains as CSV.
//!
//! One header line, then one row per (snapshot, contract), plain or gzipped. Columns, in any order:
//!
//! | column | holds |
//! |---|---|
//! | `snapshot_utc`, `expiry_utc` | RFC 3339 times |
//! | `currency`, `instrument` | `ETH`, `ETH-6FEB26-1900-P`; the name must agree with the other columns |
//! | `strike_usd`, `index_usd`, `underlying_usd` | prices, at most 6 places |
//! | `cp` | `C` or `P` |
//! | `mark_coin`, `bid_coin`, `ask_coin` | premiums, at most 8 places; bid and ask may be blank |
//! | `iv` | annual volatility as a fraction, at most 4 places |
//! | `open_interest` | contracts, at most 6 places |
//!
//! The file is read as a stream and only the rows of the best snapshot so far are held. Rows of the other registered
//! currency are passed over; a currency that is not registered is an error.

use std::collections::BTreeSet;
use std::io::Read;

use super::rows::{Row, Rows};
use super::{
    Contracts, MAX_QUOTES, MarketError, OptionChain, Premium, Quote, Right, Style, UtcSeconds, Volatility, currency_of,
    instrument_name, underlying_of,
};
use crate::units::{ExpiryMinutes, Underlying};

/// The columns that a chain file must have.
const COLUMNS: [&str; 13] = [
    "snapshot_utc",
    "currency",
    "instrument",
    "expiry_utc",
    "strike_usd",
    "cp",
    "index_usd",
    "underlying_usd",
    "mark_coin",
    "bid_coin",
    "ask_coin",
    "iv",
    "open_interest",
];

/// Which snapshot of a file to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotChoice {
    /// The latest of all.
    Latest,
    /// The latest strictly before this expiry.
    LatestBefore(ExpiryMinutes),
    /// The one of exactly this moment.
    At(UtcSeconds),
}

impl SnapshotChoice {
    /// Whether a snapshot may be chosen at all.
    fn admits(self, snapshot: UtcSeconds) -> bool {
        match self {
            Self::Latest => true,
            Self::LatestBefore(expiry) => snapshot < UtcSeconds::of_expiry(expiry),
            Self::At(at) => snapshot == at,
        }
    }

    fn in_words(self) -> String {
        match self {
            Self::Latest => "of any time".into(),
            Self::LatestBefore(expiry) => format!("before {}", UtcSeconds::of_expiry(expiry)),
            Self::At(at) => format!("at {at}"),
        }
    }
}

/// Reads the chain of `underlying` at the chosen snapshot. The contracts of this format are coin-settled.
pub fn read_chain(
    source: impl Read,
    underlying: Underlying,
    choice: SnapshotChoice,
) -> Result<OptionChain, MarketError> {
    let mut rows = Rows::open(source, &COLUMNS)?;
    let mut best: Option<(UtcSeconds, Vec<(u64, Quote)>)> = None;
    let mut others = BTreeSet::new();
    let mut range: Option<(UtcSeconds, UtcSeconds)> = None;
    while let Some(row) = rows.next_row()? {
        let currency = row.text("currency");
        let found =
            underlying_of(currency).ok_or_else(|| row.refuse("currency", "a registered currency (BTC or ETH)"))?;
        if found != underlying {
            others.insert(currency_of(found));
            continue;
        }
        let snapshot = row.time("snapshot_utc")?;
        // Every row of the currency is checked in full, also those that are not taken.
        let quote = read_quote(&row, underlying)?;
        range = Some(range.map_or((snapshot, snapshot), |(low, high)| {
            (low.min(snapshot), high.max(snapshot))
        }));
        if !choice.admits(snapshot) {
            continue;
        }
        match &mut best {
            Some((at, quotes)) if *at == snapshot => {
                if quotes.len() == MAX_QUOTES {
                    return Err(MarketError::TooLarge {
                        line: row.line,
                        limit: MAX_QUOTES as u64,
                        unit: "quotes in a snapshot",
                    });
                }
                quotes.push((row.line, quote));
            }
            Some((at, _)) if *at > snapshot => {}
            _ => best = Some((snapshot, vec![(row.line, quote)])),
        }
    }
    let Some((snapshot, quotes)) = best else {
        return Err(match range {
            None => MarketError::WrongCurrency {
                expected: currency_of(underlying),
                found: if others.is_empty() {
                    "no rows".into()
                } else {
                    Vec::from_iter(others).join(", ")
                },
            },
            Some((low, high)) => MarketError::NoSnapshot {
                expected: choice.in_words(),
                found: format!("snapshots from {low} to {high}"),
            },
        });
    };
    OptionChain::assemble(underlying, snapshot, Style::Inverse, quotes)
}

/// Reads one row of the wanted currency.
fn read_quote(row: &Row<'_>, underlying: Underlying) -> Result<Quote, MarketError> {
    let right = match row.text("cp") {
        "C" => Right::Call,
        "P" => Right::Put,
        _ => return Err(row.refuse("cp", "an option type, C or P")),
    };
    let (expiry, strike) = (row.expiry("expiry_utc")?, row.price("strike_usd")?);
    let instrument = row.text("instrument");
    let wanted = instrument_name(currency_of(underlying), expiry, strike, right);
    if wanted.as_deref() != Some(instrument) {
        let wanted = wanted.unwrap_or_else(|| "a contract that expires in 2000-2099".into());
        return Err(row.refuse("instrument", format!("`{wanted}`, as the other columns say")));
    }
    let volatility = row.decimal("iv", 4)?;
    Ok(Quote {
        instrument: instrument.to_owned(),
        expiry,
        strike,
        right,
        index: Some(row.price("index_usd")?),
        forward: Some(row.price("underlying_usd")?),
        volatility: Some(Volatility(
            u32::try_from(volatility).map_err(|_| row.refuse("iv", "a volatility below 429496.7296"))?,
        )),
        mark: Some(Premium(row.decimal("mark_coin", 8)?)),
        bid: row.optional_decimal("bid_coin", 8)?.map(Premium),
        ask: row.optional_decimal("ask_coin", 8)?.map(Premium),
        open_interest: Contracts(row.decimal("open_interest", 6)?),
    })
}
