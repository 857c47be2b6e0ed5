//! A seeded book of accounts over a real option chain.
//!
//! The chain says which series are open and how much of each; who holds them is invented, from a seed. Every kept series
//! is held in full: its long lots and its short lots each add up to the chain's open interest.
//!
//! Two styles of one chain. [`Style::Linear`] settles the listed terms in the quote currency: prices in 10^-6 quote, cash in
//! 10^-12 quote. [`Style::Inverse`] settles them in the coin: a payoff per lot counts 1/scale coin and cash 10^-6/scale coin,
//! with `scale` the risk parameters' inverse scale; at the default 10^9 that is 10^-9 coin and 10^-15 coin. A book is
//! of one style: its accounts hold one kind of money.
//!
//! Everything here is integer arithmetic on a ChaCha20 stream, so a seed gives the same book on every machine. The book
//! is test data: whoever knows the chain and the seed knows its holdings. Owners and blindings come from elsewhere:
//! [`crate::store::SecretSeed`], which is drawn at random or belongs to the book.

mod spread;

use std::collections::BTreeMap;
use std::fmt;

use rand::RngCore;
use rand::rngs::OsRng;
use thiserror::Error;

use crate::market::{OptionChain, UtcSeconds};
use crate::params::RiskParameters;
use crate::payoff::{PayoffError, fee_per_lot, payoff_per_lot};
use crate::position::Position;
use crate::series::{Kind, SeriesTerms};
use crate::units::{AMOUNT_BOUND, Cash, ExpiryMinutes, Lots, Price, Underlying, UnitError};

pub use crate::market::Style;
use spread::{Draw, Plan};

/// The most series of the target expiry that a book keeps, largest open interest first.
pub const MAX_TARGET_SERIES: usize = 128;
/// The most positions of an account.
pub const MAX_POSITIONS: u32 = 40;
/// Of this many accounts, one is left with too little money to stay above zero at the reference price.
const ONE_DISTRESSED_IN: usize = 50;
/// Short positions are funded for a move of the price by this many percent against them.
const STRESS_PERCENT: u64 = 25;

/// What book to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookSpec {
    /// How many accounts, at least 2.
    pub accounts: u32,
    /// The seed.
    pub seed: u64,
    /// The expiry that at least half of the accounts hold; the first of the chain when `None`.
    pub expiry: Option<ExpiryMinutes>,
    /// In what the book settles.
    pub style: Style,
    /// The fewest positions an account aims at, at least 1. A chain with few series can leave an account with fewer.
    pub min_positions: u32,
    /// The most positions an account has, at most [`MAX_POSITIONS`].
    pub max_positions: u32,
    /// The venue's parameters: the unit of inverse money, and fees, for sizing the accounts' cash.
    pub parameters: RiskParameters,
}

impl BookSpec {
    /// A linear book of 1 to 40 positions an account, first expiry, default parameters.
    pub fn new(accounts: u32, seed: u64) -> Self {
        Self {
            accounts,
            seed,
            expiry: None,
            style: Style::Linear,
            min_positions: 1,
            max_positions: MAX_POSITIONS,
            parameters: RiskParameters::default(),
        }
    }

    /// A book seed from the operating system, for a book that nobody is to make again.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn draw_seed() -> Result<u64, rand::Error> {
        let mut bytes = [0; 8];
        OsRng.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// The same for one expiry.
    pub fn with_expiry(mut self, expiry: ExpiryMinutes) -> Self {
        self.expiry = Some(expiry);
        self
    }

    /// The same in another style.
    pub fn with_style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }
}

/// A chain or a wish from which no book can be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BookError {
    /// Too few accounts.
    #[error("book: expected at least 2 accounts, found {found}")]
    Accounts {
        /// The number asked for.
        found: u32,
    },
    /// Bounds on positions that make no sense.
    #[error("book: expected 1 <= fewest <= most <= {MAX_POSITIONS} positions, found {fewest} and {most}")]
    PositionBounds {
        /// The fewest.
        fewest: u32,
        /// The most.
        most: u32,
    },
    /// No open interest in the target expiry.
    #[error("book: expected open interest at {expiry}, found none; the chain has open interest at {found}")]
    NoOpenInterest {
        /// The target.
        expiry: UtcSeconds,
        /// The expiries that have some.
        found: String,
    },
    /// A chain without any open interest.
    #[error("book: expected a chain with open interest, found {found} contracts without any")]
    EmptyChain {
        /// The number of contracts.
        found: usize,
    },
    /// A payoff that is not defined, while sizing cash.
    #[error("book: {0}")]
    Payoff(#[from] PayoffError),
    /// A number that left its unit.
    #[error("book: {0}")]
    Unit(#[from] UnitError),
}

/// An account of a book, before it gets its owner and blinding.
#[derive(Clone, PartialEq, Eq)]
pub struct BookAccount {
    /// Its money.
    pub cash: Cash,
    /// Its positions, strictly increasing by series.
    pub positions: Vec<Position>,
}

impl fmt::Debug for BookAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BookAccount(secret)")
    }
}

/// What the generator did with the chain: counts only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookSummary {
    /// Contracts of the chain.
    pub contracts: usize,
    /// Series with open interest.
    pub open_series: usize,
    /// Series kept.
    pub kept_series: usize,
    /// Series of the target expiry with open interest.
    pub target_open_series: usize,
    /// Series of the target expiry kept.
    pub target_kept_series: usize,
    /// Series of the target expiry left out because of [`MAX_TARGET_SERIES`].
    pub target_over_limit: usize,
    /// Accounts that hold the target expiry.
    pub target_holders: usize,
    /// Positions in all.
    pub positions: usize,
    /// Accounts meant to end below zero.
    pub distressed: usize,
}

/// A book.
#[derive(Clone, PartialEq, Eq)]
pub struct GeneratedBook {
    /// The underlying of every series.
    pub underlying: Underlying,
    /// In what it settles.
    pub style: Style,
    /// The target expiry.
    pub expiry: ExpiryMinutes,
    /// The price that the cash was sized at: the chain's index, or its forward.
    pub reference: Price,
    /// The accounts; an account's index is its place here.
    pub accounts: Vec<BookAccount>,
    /// Money of the insurance pool: one percent of the accounts' money.
    pub insurance: Cash,
    /// What was kept of the chain.
    pub summary: BookSummary,
}

impl fmt::Debug for GeneratedBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GeneratedBook")
            .field("expiry", &self.expiry)
            .field("style", &self.style)
            .field("summary", &self.summary)
            .finish_non_exhaustive()
    }
}

/// A series of the chain with its open interest in lots.
#[derive(Clone, Copy)]
struct Open {
    terms: SeriesTerms,
    lots: u64,
}

/// Makes a book.
pub fn generate(chain: &OptionChain, spec: &BookSpec) -> Result<GeneratedBook, BookError> {
    if spec.accounts < 2 {
        return Err(BookError::Accounts { found: spec.accounts });
    }
    if !(1..=spec.max_positions).contains(&spec.min_positions) || spec.max_positions > MAX_POSITIONS {
        return Err(BookError::PositionBounds {
            fewest: spec.min_positions,
            most: spec.max_positions,
        });
    }
    let open = open_series(chain, spec.style)?;
    let expiry = spec.expiry.or_else(|| open.iter().map(|open| open.terms.expiry).min());
    let expiry = expiry.ok_or(BookError::EmptyChain {
        found: chain.quotes.len(),
    })?;
    let (mut target, others): (Vec<Open>, Vec<Open>) = open.iter().partition(|open| open.terms.expiry == expiry);
    if target.is_empty() {
        let mut found: Vec<_> = others.iter().map(|open| open.terms.expiry).collect();
        found.sort_unstable();
        found.dedup();
        let found: Vec<_> = found
            .into_iter()
            .map(|expiry| UtcSeconds::of_expiry(expiry).to_string())
            .collect();
        return Err(BookError::NoOpenInterest {
            expiry: UtcSeconds::of_expiry(expiry),
            found: found.join(", "),
        });
    }
    let target_open_series = target.len();
    target.truncate(MAX_TARGET_SERIES);

    let mut draw = Draw::new(spec.seed);
    let wanted: Vec<u32> = (0..spec.accounts)
        .map(|_| draw.position_count(spec.min_positions, spec.max_positions))
        .collect();
    let interest = |list: &[Open]| list.iter().map(|open| open.lots).collect::<Vec<_>>();
    let plan = Plan::new(&mut draw, wanted, interest(&target), interest(&others));
    let kept: Vec<Open> = target[..plan.target_kept]
        .iter()
        .chain(&others[..plan.holders.len() - plan.target_kept])
        .copied()
        .collect();

    let mut positions: Vec<Vec<Position>> = vec![Vec::new(); spec.accounts as usize];
    for (open, holders) in kept.iter().zip(&plan.holders) {
        for (account, lots) in draw.divide(open.lots, holders) {
            positions[account as usize].push(Position {
                series: open.terms,
                lots: Lots::new(lots)?,
            });
        }
    }
    for list in &mut positions {
        list.sort_by_key(|position| position.series);
    }

    let reference = reference_price(chain, expiry);
    let (cash, distressed) = fund(&mut draw, &positions, expiry, reference, spec)?;
    let accounts: Vec<BookAccount> = positions
        .into_iter()
        .zip(cash)
        .map(|(positions, cash)| BookAccount { cash, positions })
        .collect();
    let total = accounts
        .iter()
        .try_fold(Cash::ZERO, |sum, account| sum.checked_add(account.cash))?;
    let summary = BookSummary {
        contracts: chain.quotes.len(),
        open_series: open.len(),
        kept_series: kept.len(),
        target_open_series,
        target_kept_series: plan.target_kept,
        target_over_limit: target_open_series - target.len(),
        target_holders: accounts
            .iter()
            .filter(|account| holds(&account.positions, expiry))
            .count(),
        positions: accounts.iter().map(|account| account.positions.len()).sum(),
        distressed,
    };
    Ok(GeneratedBook {
        underlying: chain.underlying,
        style: spec.style,
        expiry,
        reference,
        accounts,
        insurance: Cash(total.get() / 100),
        summary,
    })
}

/// The chain's series with open interest, largest first; equal ones in series order.
fn open_series(chain: &OptionChain, style: Style) -> Result<Vec<Open>, BookError> {
    let mut open = Vec::new();
    for quote in chain.quotes.iter().filter(|quote| quote.open_interest.0 > 0) {
        let lots = quote.open_interest.0;
        if lots >= AMOUNT_BOUND {
            return Err(UnitError::TooLarge {
                unit: "open interest",
                found: lots,
            }
            .into());
        }
        open.push(Open {
            terms: quote.terms(chain.underlying, style),
            lots,
        });
    }
    open.sort_by(|a, b| b.lots.cmp(&a.lots).then(a.terms.cmp(&b.terms)));
    Ok(open)
}

/// Whether a list of positions has one of this expiry.
fn holds(positions: &[Position], expiry: ExpiryMinutes) -> bool {
    positions.iter().any(|position| position.series.expiry == expiry)
}

/// The middle of the chain's indices at this expiry, or of its forwards, or of its strikes.
fn reference_price(chain: &OptionChain, expiry: ExpiryMinutes) -> Price {
    let quotes = || chain.quotes.iter().filter(|quote| quote.expiry == expiry);
    let middle = |mut prices: Vec<Price>| {
        prices.sort_unstable();
        prices.get(prices.len() / 2).copied()
    };
    middle(quotes().filter_map(|quote| quote.index).collect())
        .or_else(|| middle(quotes().filter_map(|quote| quote.forward).collect()))
        .or_else(|| middle(quotes().map(|quote| quote.strike).collect()))
        .unwrap_or(Price::ZERO)
}

/// Gives every account its cash: a deposit, and enough for its shorts under stress; a few get too little on purpose.
/// Returns also how many those are.
fn fund(
    draw: &mut Draw,
    positions: &[Vec<Position>],
    expiry: ExpiryMinutes,
    reference: Price,
    spec: &BookSpec,
) -> Result<(Vec<Cash>, usize), BookError> {
    let moved = |percent: u64| {
        let units = u128::from(reference.get()) * u128::from(percent) / 100;
        Price::new(u64::try_from(units).unwrap_or(AMOUNT_BOUND).min(AMOUNT_BOUND - 1))
    };
    let (up, down) = (moved(100 + STRESS_PERCENT)?, moved(100 - STRESS_PERCENT)?);
    // Payoffs per series, once: what a short may owe under stress, and payoff and fee at the reference price.
    let mut per_series = BTreeMap::new();
    for position in positions.iter().flatten() {
        let terms = position.series;
        if per_series.contains_key(&terms) {
            continue;
        }
        let stressed = if matches!(terms.kind, Kind::Call | Kind::InverseCall) {
            up
        } else {
            down
        };
        let stress = payoff_per_lot(&terms, stressed, &spec.parameters)?;
        let payoff = payoff_per_lot(&terms, reference, &spec.parameters)?;
        let fee = fee_per_lot(&terms, reference, payoff, &spec.parameters)?;
        per_series.insert(terms, (stress.get(), payoff.get(), fee.get()));
    }
    let overflow = || BookError::Unit(UnitError::CashOverflow);
    // One unit of the money's currency: 10^12 linear, 10^6 * scale inverse.
    let whole = match spec.style {
        Style::Linear => 1_000_000_000_000,
        Style::Inverse => 1_000_000 * i128::from(spec.parameters.inverse_scale),
    };
    let mut cash = Vec::with_capacity(positions.len());
    let mut shortfalls = Vec::new();
    for (account, list) in positions.iter().enumerate() {
        let (mut need, mut result) = (0i128, 0i128);
        for position in list {
            let (stress, payoff, fee) = per_series[&position.series];
            let lots = i128::from(position.lots.get());
            if lots < 0 {
                need = need.checked_add(-lots * i128::from(stress)).ok_or_else(overflow)?;
            }
            if position.series.expiry == expiry {
                let settled = lots * i128::from(payoff) - lots.abs() * i128::from(fee);
                result = result.checked_add(settled).ok_or_else(overflow)?;
            }
        }
        let cushion = i128::from(105 + draw.below(195));
        let deposit = match spec.style {
            Style::Linear => i128::from(100 + draw.below(100_000)) * whole,
            Style::Inverse => i128::from(1 + draw.below(1_000)) * whole / 100,
        };
        let funded = need
            .checked_mul(cushion)
            .and_then(|sum| (sum / 100).checked_add(deposit))
            .ok_or_else(overflow)?;
        cash.push(Cash(funded));
        if result < 0 {
            shortfalls.push((account, result));
        }
    }
    draw.shuffle(&mut shortfalls);
    shortfalls.truncate((positions.len() / ONE_DISTRESSED_IN).max(1));
    for (account, result) in &shortfalls {
        // Half of what it owes at the reference price.
        cash[*account] = Cash(-result / 2);
    }
    Ok((cash, shortfalls.len()))
}
