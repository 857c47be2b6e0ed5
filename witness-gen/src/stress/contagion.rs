//! Several books linked by exposures and common collateral: who pays how much when all settle at once.
//!
//! **Clearing vector** (Eisenberg and Noe, 2001). Book i owes L_ij to book j, L_i in all, and has outside assets e_i >= 0. A clearing vector is
//! p_i = min(L_i, e_i + sum_j p_j L_ji / L_j): limited liability, and what a book pays is split in proportion. The **greatest** one is found
//! by the algorithm of fictitious defaults, exactly: with p_j = y_j L_j and D the books in default so far, the shares y of D solve
//!
//! `L_i y_i - sum_{j in D} L_ji y_j = e_i + sum_{j not in D} L_ji` for i in D, and y_j = 1 for all others.
//!
//! **It stops.** D only grows, so there are at most n rounds, each one linear system over the integers (fraction-free elimination, no rounding). The
//! system is regular: a group in D that owes only within itself would pay out e of the group plus all it receives, and receive all it
//! pays; summed over the group, that contradicts that one of them fell short in some round.
//!
//! **Common collateral.** Outside assets are cash and units of assets. Books in default sell all their units; each asset falls by its impact
//! times the share of all units that is sold, which lowers every holder's assets, and the clearing is found again. The set of sellers only
//! grows (assets fall, and the greatest clearing vector falls with them), so there are at most n + 1 such rounds.

use std::collections::BTreeMap;

use num_bigint::{BigInt, Sign};
use serde::Deserialize;

use super::StressError;
use crate::market::{excerpt, parse_decimal};

/// Most books of a network.
pub const MAX_BOOKS: usize = 64;
/// Falls and impacts count 10^-4.
const UNIT: u32 = 10_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NetworkFile {
    #[serde(default)]
    asset: Vec<AssetLine>,
    book: Vec<BookLine>,
    #[serde(default)]
    exposure: Vec<ExposureLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AssetLine {
    name: String,
    price: String,
    #[serde(default)]
    fall_bp: u32,
    #[serde(default)]
    impact_bp: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BookLine {
    name: String,
    cash: String,
    #[serde(default)]
    holds: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExposureLine {
    debtor: String,
    creditor: String,
    amount: String,
}

/// An asset that books hold as collateral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its name.
    pub name: String,
    /// Its price before the shock, in 10^-6 quote.
    pub price: u64,
    /// By how much it falls, in 10^-4.
    pub fall: u32,
    /// By how much it falls further when every unit of every book is sold, in 10^-4.
    pub impact: u32,
}

/// A book's outside assets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkBook {
    /// Its name.
    pub name: String,
    /// Cash, in 10^-6 quote.
    pub cash: u64,
    /// Units of each asset, in 10^-6.
    pub holds: Vec<u64>,
}

/// Books, assets, and who owes whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// The assets.
    pub assets: Vec<Asset>,
    /// The books.
    pub books: Vec<NetworkBook>,
    /// `owes[i][j]`: what book i owes to book j, in 10^-12 quote; 0 on the diagonal.
    pub owes: Vec<Vec<u128>>,
}

/// What one book does in the end. Money is in 10^-12 quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleared {
    /// Its name.
    pub name: String,
    /// Cash and collateral at the final prices.
    pub assets: BigInt,
    /// What it owes.
    pub liabilities: BigInt,
    /// What the others pay it, rounded down.
    pub received: BigInt,
    /// What it pays, rounded down.
    pub paid: BigInt,
    /// What it cannot pay, rounded up.
    pub shortfall: BigInt,
    /// In which round of sales it defaulted, from 1; 0 where it did not.
    pub round: usize,
}

/// How a network clears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clearing {
    /// The books, in the order of the network.
    pub books: Vec<Cleared>,
    /// The assets' prices in the end, in 10^-6 quote.
    pub prices: Vec<u64>,
    /// Rounds of sales.
    pub rounds: usize,
    /// The share of its liabilities that each book pays: numerator and denominator, exact.
    pub shares: Vec<(BigInt, BigInt)>,
}

impl Network {
    /// Reads a network (`docs/stress.md` has the format). Amounts are decimals in quotes.
    ///
    /// # Errors
    /// Not TOML of that form; a name that is not there or there twice; an amount that is no decimal.
    pub fn from_toml(text: &str) -> Result<Self, StressError> {
        let wrong = |what, expected, found: &str| StressError::Network {
            what,
            expected,
            found: excerpt(found),
        };
        let file: NetworkFile = toml::from_str(text)
            .map_err(|error| wrong("file", "asset, book and exposure tables", &error.to_string()))?;
        let amount = |what, text: &str| {
            parse_decimal(text, 6, false).ok_or_else(|| wrong(what, "a decimal with at most 6 places", text))
        };
        let rate = |what, found: u32| match found <= UNIT {
            true => Ok(found),
            false => Err(wrong(what, "at most 10000 (10^-4)", &found.to_string())),
        };
        let assets: Vec<Asset> = file
            .asset
            .iter()
            .map(|line| {
                Ok(Asset {
                    name: line.name.clone(),
                    price: amount("price", &line.price)?,
                    fall: rate("fall_bp", line.fall_bp)?,
                    impact: rate("impact_bp", line.impact_bp)?,
                })
            })
            .collect::<Result<_, StressError>>()?;
        let asset_at = unique("asset", file.asset.iter().map(|line| line.name.as_str()))?;
        let book_at = unique("book", file.book.iter().map(|line| line.name.as_str()))?;
        if file.book.is_empty() || file.book.len() > MAX_BOOKS {
            return Err(wrong("books", "1 to 64", &file.book.len().to_string()));
        }
        let mut books = Vec::with_capacity(file.book.len());
        for line in &file.book {
            let mut holds = vec![0; assets.len()];
            for (name, units) in &line.holds {
                let at = asset_at
                    .get(name.as_str())
                    .ok_or_else(|| wrong("holds", "a name of an asset", name))?;
                holds[*at] = amount("holds", units)?;
            }
            books.push(NetworkBook {
                name: line.name.clone(),
                cash: amount("cash", &line.cash)?,
                holds,
            });
        }
        let mut owes = vec![vec![0u128; books.len()]; books.len()];
        for line in &file.exposure {
            let of = |name: &str| {
                book_at
                    .get(name)
                    .copied()
                    .ok_or_else(|| wrong("exposure", "a name of a book", name))
            };
            let (debtor, creditor) = (of(&line.debtor)?, of(&line.creditor)?);
            if debtor == creditor {
                return Err(wrong("exposure", "two books", &line.debtor));
            }
            // Below 2^64 2^20; at most as many terms as lines of a file.
            owes[debtor][creditor] += u128::from(amount("amount", &line.amount)?) * 1_000_000;
        }
        Ok(Self { assets, books, owes })
    }

    /// Finds the greatest clearing vector, with sales by those in default.
    pub fn clear(&self) -> Clearing {
        let count = self.books.len();
        let mut selling = vec![false; count];
        let mut since = vec![0; count];
        let mut rounds = 0;
        loop {
            let prices = self.prices(&selling);
            let assets = self.outside(&prices);
            let shares = self.shares(&assets);
            rounds += 1;
            let mut grew = false;
            for book in 0..count {
                if shares[book].0 < shares[book].1 && !selling[book] {
                    (selling[book], since[book], grew) = (true, rounds, true);
                }
            }
            if !grew {
                return self.report(prices, assets, shares, &since, rounds);
            }
        }
    }

    /// Prices after the fall and the sales: floor(price (1 - fall) (1 - impact sold / all)).
    fn prices(&self, selling: &[bool]) -> Vec<u64> {
        let price = |(at, asset): (usize, &Asset)| {
            let units = |who: &dyn Fn(usize) -> bool| -> u128 {
                let books = self.books.iter().enumerate().filter(|(book, _)| who(*book));
                books.map(|(_, book)| u128::from(book.holds[at])).sum()
            };
            let (sold, all) = (units(&|book| selling[book]), units(&|_| true).max(1));
            let fallen = BigInt::from(asset.price) * (UNIT - asset.fall);
            let left = BigInt::from(all) * UNIT - BigInt::from(sold) * asset.impact;
            u64::try_from(fallen * left / (BigInt::from(all) * UNIT * UNIT)).unwrap_or(asset.price)
        };
        self.assets.iter().enumerate().map(price).collect()
    }

    /// e: cash and collateral at prices, in 10^-12 quote.
    fn outside(&self, prices: &[u64]) -> Vec<BigInt> {
        let value = |book: &NetworkBook| {
            let held = book
                .holds
                .iter()
                .zip(prices)
                .map(|(units, price)| BigInt::from(*units) * *price);
            BigInt::from(book.cash) * 1_000_000 + held.sum::<BigInt>()
        };
        self.books.iter().map(value).collect()
    }

    fn liabilities(&self, book: usize) -> BigInt {
        self.owes[book].iter().map(|amount| BigInt::from(*amount)).sum()
    }

    /// y: the share of its liabilities that each book pays, as a fraction: fictitious defaults.
    fn shares(&self, assets: &[BigInt]) -> Vec<(BigInt, BigInt)> {
        let one = BigInt::from(1);
        let mut shares = vec![(one.clone(), one); assets.len()];
        let mut defaulted: Vec<usize> = Vec::new();
        loop {
            let new: Vec<usize> = (0..assets.len())
                .filter(|book| !defaulted.contains(book) && self.falls_short(*book, assets, &shares))
                .collect();
            if new.is_empty() {
                return shares;
            }
            defaulted.extend(new);
            defaulted.sort_unstable();
            let solved = self.solve(&defaulted, assets);
            for (book, share) in defaulted.iter().zip(solved) {
                shares[*book] = share;
            }
        }
    }

    /// Whether a book's assets and what it receives are less than what it owes.
    fn falls_short(&self, book: usize, assets: &[BigInt], shares: &[(BigInt, BigInt)]) -> bool {
        let (received, by) = self.received(book, shares);
        &assets[book] * &by + received < self.liabilities(book) * by
    }

    /// What the others pay a book, as a fraction.
    fn received(&self, book: usize, shares: &[(BigInt, BigInt)]) -> (BigInt, BigInt) {
        let zero = (BigInt::ZERO, BigInt::from(1));
        let debtors = self.owes.iter().zip(shares).filter(|(owes, _)| owes[book] != 0);
        debtors.fold(zero, |(sum, by), (owes, (share, of))| {
            let part = share * owes[book];
            match by == *of {
                true => (sum + part, by),
                false => (sum * of + part * &by, by * of),
            }
        })
    }

    /// The shares of the books in default, over one denominator: fraction-free Gauss-Jordan elimination.
    fn solve(&self, defaulted: &[usize], assets: &[BigInt]) -> Vec<(BigInt, BigInt)> {
        let size = defaulted.len();
        let mut rows: Vec<Vec<BigInt>> = Vec::with_capacity(size);
        for book in defaulted {
            let mut row: Vec<BigInt> = defaulted
                .iter()
                .map(|debtor| -BigInt::from(self.owes[*debtor][*book]))
                .collect();
            let at = rows.len();
            row[at] = self.liabilities(*book);
            let paid_in_full = (0..self.books.len()).filter(|debtor| !defaulted.contains(debtor));
            let received: BigInt = paid_in_full.map(|debtor| BigInt::from(self.owes[debtor][*book])).sum();
            row.push(&assets[*book] + received);
            rows.push(row);
        }
        let mut last = BigInt::from(1);
        for pivot in 0..size {
            // The matrix is regular and weakly dominated by its diagonal, column by column: no pivot is 0.
            debug_assert_eq!(rows[pivot][pivot].sign(), Sign::Plus);
            let own = rows[pivot].clone();
            for (at, row) in rows.iter_mut().enumerate() {
                if at == pivot {
                    continue;
                }
                let factor = row[pivot].clone();
                for (cell, from) in row.iter_mut().zip(&own) {
                    // Divides exactly: every entry is a minor of the matrix.
                    *cell = (&own[pivot] * &*cell - &factor * from) / &last;
                }
            }
            last = own[pivot].clone();
        }
        rows.into_iter()
            .enumerate()
            .map(|(at, mut row)| (row.swap_remove(size), row.swap_remove(at)))
            .collect()
    }

    fn report(
        &self,
        prices: Vec<u64>,
        assets: Vec<BigInt>,
        shares: Vec<(BigInt, BigInt)>,
        since: &[usize],
        rounds: usize,
    ) -> Clearing {
        let book = |at: usize| {
            let liabilities = self.liabilities(at);
            let (share, of) = &shares[at];
            let paid: BigInt = &liabilities * share / of;
            let (received, by) = self.received(at, &shares);
            Cleared {
                name: self.books[at].name.clone(),
                assets: assets[at].clone(),
                shortfall: &liabilities - &paid,
                liabilities,
                received: received / by,
                paid,
                round: since[at],
            }
        };
        Clearing {
            books: (0..self.books.len()).map(book).collect(),
            prices,
            rounds,
            shares,
        }
    }

    /// Whether shares are a clearing vector at outside assets: y_i L_i = min(L_i, e_i + received), exactly.
    pub fn is_clearing(&self, assets: &[BigInt], shares: &[(BigInt, BigInt)]) -> bool {
        (0..self.books.len()).all(|book| {
            let (share, of) = &shares[book];
            let owed = self.liabilities(book);
            let (received, by) = self.received(book, shares);
            let has = &assets[book] * &by + received;
            let pays = (&owed * share, of);
            match has < &owed * &by {
                // Pays what it has: pays / of = has / by.
                true => pays.0 * by == has * pays.1,
                false => pays.0 == owed * pays.1,
            }
        })
    }
}

fn unique<'a>(
    what: &'static str,
    names: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<&'a str, usize>, StressError> {
    let mut places = BTreeMap::new();
    for (at, name) in names.enumerate() {
        if places.insert(name, at).is_some() {
            return Err(StressError::Network {
                what,
                expected: "each name once",
                found: excerpt(name),
            });
        }
    }
    Ok(places)
}
