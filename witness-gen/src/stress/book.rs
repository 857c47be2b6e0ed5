//! A seeded book for replays: writers and buyers of options over a ladder of series, takers that liquidate, a backstop behind them.
//!
//! Every lot has a holder on the other side, so positions net to 0 in each series. Everyone meets initial margin at the first price, by a
//! cushion that is drawn: a third have little. The same seed, path and number of accounts give the same book.

use std::collections::BTreeMap;

use halo2curves::bn256::Fr;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::StressError;
use super::path::PricePath;
use crate::account::Account;
use crate::liquidation::margin::EXCESS_UNIT;
use crate::liquidation::{Level, MarginError, Market};
use crate::position::Position;
use crate::series::{Kind, SeriesTerms};
use crate::statement::liquidation::{BreachError, Violation};
use crate::units::{Cash, ExpiryMinutes, Lots, Price};

use num_bigint::BigInt;

/// The leaf of the venue's backstop, the last taker.
pub const BACKSTOP: u32 = 0;
/// Fewest accounts: a backstop, a taker, two writers, a buyer.
pub const MIN_ACCOUNTS: u32 = 5;
/// Strikes in percent of the first price.
const LADDER: [u64; 22] = [
    30, 40, 50, 60, 70, 75, 80, 85, 90, 95, 100, 105, 110, 115, 120, 130, 140, 160, 180, 200, 250, 300,
];
/// Days from the end of a path to the two expiries: nothing expires within a replay.
const EXPIRY_DAYS: [u64; 2] = [7, 35];
/// One taker for this many accounts.
const ACCOUNTS_A_TAKER: u32 = 25;
/// Lots of a tenth of a contract.
const TENTH: i64 = 100_000;
/// One quote in money units.
const QUOTE: i128 = 1_000_000_000_000;

/// What book to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StressSpec {
    /// How many accounts, the backstop and the takers among them.
    pub accounts: u32,
    /// The seed.
    pub seed: u64,
}

/// A book before its first step.
#[derive(Clone, PartialEq, Eq)]
pub struct StressBook {
    /// The accounts by leaf number.
    pub accounts: BTreeMap<u32, Account>,
    /// Who takes positions, in the order asked; the backstop last.
    pub takers: Vec<u32>,
    /// The insurance pool: one percent of all cash.
    pub insurance: Cash,
}

impl std::fmt::Debug for StressBook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StressBook")
            .field("accounts", &self.accounts.len())
            .finish_non_exhaustive()
    }
}

/// The listed series of a path, increasing.
pub fn ladder(path: &PricePath) -> Vec<SeriesTerms> {
    let mut series: Vec<SeriesTerms> = EXPIRY_DAYS
        .into_iter()
        .flat_map(|days| {
            [Kind::Call, Kind::Put]
                .into_iter()
                .flat_map(move |kind| LADDER.map(|percent| terms(path, days, kind, percent)))
        })
        .collect();
    series.sort();
    series
}

fn terms(path: &PricePath, days: u64, kind: Kind, percent: u64) -> SeriesTerms {
    // Times are below 2^39 seconds, so minutes of any path that prices can reach fit 32 bits; later ones are refused by the pricer.
    let minutes = path.end() / 60 + days * 1_440;
    let strike = u128::from(path.start().price.get()) * u128::from(percent) / 100;
    SeriesTerms {
        underlying: path.underlying,
        expiry: ExpiryMinutes(u32::try_from(minutes).unwrap_or(u32::MAX)),
        kind,
        strike: Price::new(u64::try_from(strike).unwrap_or(u64::MAX >> 1)).unwrap_or(Price::ZERO),
        cap: Price::ZERO,
    }
}

struct Draw(ChaCha12Rng);

impl Draw {
    /// A number below `bound`, which is small against 2^64.
    fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        // Every list here is a constant with entries: far below 2^64.
        list[self.below(list.len() as u64) as usize]
    }
}

/// Makes a book over the market of the path's first price.
///
/// # Errors
/// Too few accounts; a margin that cannot be computed.
pub fn generate(path: &PricePath, market: &Market, spec: StressSpec) -> Result<StressBook, StressError> {
    if spec.accounts < MIN_ACCOUNTS {
        return Err(StressError::Accounts {
            expected: MIN_ACCOUNTS,
            found: spec.accounts,
        });
    }
    let mut draw = Draw(ChaCha12Rng::seed_from_u64(spec.seed));
    let takers = (spec.accounts / ACCOUNTS_A_TAKER).max(1);
    let traders = spec.accounts - takers - 1;
    let writers = (traders * 2 / 3).max(1);
    let first = takers + 1;
    let mut held: BTreeMap<u32, BTreeMap<SeriesTerms, i64>> = BTreeMap::new();
    for writer in first..first + writers {
        for (series, lots) in strategy(&mut draw, path) {
            let buyer = first + writers + draw.below(u64::from(traders - writers)) as u32;
            *held.entry(writer).or_default().entry(series).or_default() += lots;
            *held.entry(buyer).or_default().entry(series).or_default() -= lots;
        }
    }
    let failed = |error: MarginError| StressError::Liquidation {
        time: crate::market::UtcSeconds(path.start().time as i64),
        source: Violation::L1(BreachError::Margin(error)),
    };
    let mut accounts = BTreeMap::new();
    let mut required = 0i128;
    for index in first..first + traders {
        let list = held.remove(&index).unwrap_or_default();
        let positions: Vec<Position> = list
            .into_iter()
            .filter_map(|(series, lots)| Lots::new(lots).ok().map(|lots| Position { series, lots }))
            .collect();
        let (cash, requirement) = fund(&mut draw, market, &positions).map_err(failed)?;
        required += requirement;
        accounts.insert(index, account(index, cash, positions));
    }
    // A taker can carry ten usual accounts, the backstop a quarter of all.
    let share = 10 * required / i128::from(traders);
    accounts.insert(BACKSTOP, account(BACKSTOP, required / 4 + QUOTE, Vec::new()));
    for taker in 1..=takers {
        accounts.insert(taker, account(taker, share + QUOTE, Vec::new()));
    }
    let cash: i128 = accounts.values().map(|account| account.cash.get()).sum();
    Ok(StressBook {
        accounts,
        takers: (1..=takers).chain([BACKSTOP]).collect(),
        insurance: Cash(cash.max(0) / 100),
    })
}

/// What a writer sells, and what it buys beside: short lots are negative.
fn strategy(draw: &mut Draw, path: &PricePath) -> Vec<(SeriesTerms, i64)> {
    let days = draw.of(&EXPIRY_DAYS);
    // Between a tenth and 20 contracts, small ones more often; contracts of a coin.
    let size = (1 + draw.below(200) * draw.below(200) / 200) as i64 * TENTH;
    let put = |percent| terms(path, days, Kind::Put, percent);
    let call = |percent| terms(path, days, Kind::Call, percent);
    let (below, above) = (
        draw.of(&[70, 75, 80, 85, 90, 95, 100]),
        draw.of(&[100, 105, 110, 115, 120, 130, 140]),
    );
    match draw.below(20) {
        0..8 => vec![(put(below), -size)],
        8..13 => vec![(put(below), -size), (call(above), -size)],
        13..16 => vec![(put(below), -size), (put(draw.of(&[30, 40, 50, 60])), size)],
        _ => vec![(call(above), -size)],
    }
}

/// Cash above initial margin by a drawn cushion, and the requirement of maintenance; both in money units.
fn fund(draw: &mut Draw, market: &Market, positions: &[Position]) -> Result<(i128, i128), MarginError> {
    let initial = market.margin(Level::Initial, Cash::ZERO, positions)?;
    let required = market.margin(Level::Maintenance, Cash::ZERO, positions)?.requirement() / EXCESS_UNIT;
    let missing = initial.shortfall();
    let percent = match draw.below(3) {
        0 => draw.below(30),
        1 => 30 + draw.below(120),
        _ => 150 + draw.below(450),
    };
    let deposit = i128::from(10 + draw.below(990)) * QUOTE;
    let cash = missing + &required * percent / 100u8 + deposit;
    let number = |value: BigInt| i128::try_from(value).map_err(|_| MarginError::TooLarge);
    Ok((number(cash)?, number(required)?))
}

fn account(index: u32, cash: i128, positions: Vec<Position>) -> Account {
    Account {
        owner: Fr::from(u64::from(index) + 1),
        cash: Cash(cash),
        nonce: 0,
        positions,
        // Nothing is committed in a replay.
        blinding: Fr::zero(),
    }
}
