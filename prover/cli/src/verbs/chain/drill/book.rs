//! The book of the drill: eight accounts, two expiries, one account that a rise brings below maintenance.

use witness_gen::book::{BookAccount, BookSummary, GeneratedBook};
use witness_gen::market::{Style, Volatility};
use witness_gen::position::Position;
use witness_gen::risk::{ExpiryInput, MarketInputs, SeriesInput};
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::units::{Cash, ExpiryMinutes, Lots, Price, Underlying};

use crate::errors::Failure;

/// 2026-03-27T08:00:00Z: settled in two batches.
pub(super) const FIRST: ExpiryMinutes = ExpiryMinutes(29_576_640);
/// A week later: held when the account is liquidated, and never settled to its end.
pub(super) const SECOND: ExpiryMinutes = ExpiryMinutes(29_576_640 + 7 * 24 * 60);
/// The price at the first expiry, in 10^-6 quote.
pub(super) const PRICE: u64 = 3_127_450_000;
/// The price after the rise.
pub(super) const RISEN: u64 = 4_200_000_000;
/// Takes what is liquidated; proves that it is solvent.
pub(super) const TAKER: u32 = 0;
/// Accounts of the first expiry.
pub(super) const FIRST_HOLDERS: usize = 5;
/// Annual volatility of every series, 10^-4.
const VOLATILITY: u32 = 6_800;
const CONTRACT: i64 = 1_000_000;
/// Money units of a quote.
const QUOTE: i128 = 1_000_000_000_000;

/// (expiry, call?, strike in quote)
type Series = (ExpiryMinutes, Kind, u64);

const A: Series = (FIRST, Kind::Call, 3_000);
const B: Series = (FIRST, Kind::Put, 3_000);
const C: Series = (FIRST, Kind::Call, 3_200);
const X: Series = (SECOND, Kind::Call, 3_000);
const Y: Series = (SECOND, Kind::Call, 3_500);
const Z: Series = (SECOND, Kind::Put, 2_500);

/// Cash in quote, positions in contracts. Each series adds up to 0.
const ACCOUNTS: [(i128, &[(Series, i64)]); 8] = [
    (5_000_000, &[(A, 2), (X, -1)]),
    // Short calls with too little money once the price has risen.
    (6_000, &[(Y, -5)]),
    (20_000, &[(B, -1), (Y, 5)]),
    (20_000, &[(A, -2)]),
    (10_000, &[(B, 1), (C, 3)]),
    (30_000, &[(C, -3), (Z, 2)]),
    (50_000, &[(Z, -2)]),
    (9_000, &[(X, 1)]),
];

fn price(value: u64) -> Result<Price, Failure> {
    Price::new(value).map_err(|error| Failure::internal(error.to_string()))
}

fn terms((expiry, kind, strike): Series) -> Result<SeriesTerms, Failure> {
    SeriesTerms::new(Underlying::ETH, expiry, kind, price(strike * 1_000_000)?, Price::ZERO)
        .map_err(|error| Failure::internal(error.to_string()))
}

/// The book.
pub(super) fn book() -> Result<GeneratedBook, Failure> {
    let mut accounts = Vec::new();
    for (cash, held) in ACCOUNTS {
        let mut positions = Vec::new();
        for (series, contracts) in held {
            positions.push(Position {
                series: terms(*series)?,
                lots: Lots::new(contracts * CONTRACT).map_err(|error| Failure::internal(error.to_string()))?,
            });
        }
        positions.sort_by_key(|position| position.series);
        accounts.push(BookAccount {
            cash: Cash(cash * QUOTE),
            positions,
        });
    }
    let positions = accounts.iter().map(|account| account.positions.len()).sum();
    Ok(GeneratedBook {
        underlying: Underlying::ETH,
        style: Style::Linear,
        expiry: FIRST,
        reference: price(PRICE)?,
        insurance: Cash(50_000 * QUOTE),
        summary: BookSummary {
            contracts: 6,
            open_series: 6,
            kept_series: 6,
            target_open_series: 3,
            target_kept_series: 3,
            target_over_limit: 0,
            target_holders: FIRST_HOLDERS,
            positions,
            distressed: 1,
        },
        accounts,
    })
}

/// What an oracle says of the second expiry at a time and a spot.
pub(super) fn inputs(time: u64, spot: u64) -> Result<MarketInputs, Failure> {
    let spot = price(spot)?;
    let mut series = Vec::new();
    for one in [X, Y, Z] {
        series.push(SeriesInput {
            terms: terms(one)?,
            volatility: Volatility(VOLATILITY),
        });
    }
    series.sort_by_key(|series| series.terms);
    Ok(MarketInputs {
        underlying: Underlying::ETH,
        time,
        spot,
        expiries: vec![ExpiryInput {
            expiry: SECOND,
            forward: spot,
        }],
        series,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_long_has_its_short() {
        let mut sums: BTreeMap<SeriesTerms, i64> = BTreeMap::new();
        for account in book().expect("a book").accounts {
            for position in account.positions {
                *sums.entry(position.series).or_default() += position.lots.get();
            }
        }
        assert_eq!(sums.len(), 6);
        assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
        assert!(inputs(1_774_598_400, RISEN).expect("inputs").validate().is_ok());
    }
}
