//! The margin formula of statement M in exact integers of any size.
//!
//! For the unmoved market and for every scenario s of a grid with weights w_s (10^-4):
//!
//! `X_0 = 10^4 (10^4 (cash + V) - charge spot short)`, `X_s = X_0 - w_s factor (V - V_s)`, in 10^-8 of a money unit.
//!
//! Maintenance has the factor 10^4, initial margin the one of the rules. **Met means: no X is negative. Breached means: some X is negative.**
//! There is one function for both, [`Margin::is_met`], so no account is healthy and liquidatable at the same state and round, and none is neither.
//! This file is the only place of the liquidation code that knows the formula.

use std::collections::BTreeMap;

use num_bigint::{BigInt, Sign};
use thiserror::Error;

use crate::position::Position;
use crate::risk::{RiskArrays, RiskGrid, RiskRow};
use crate::series::{SeriesTerms, SeriesWord};
use crate::statement::solvency::{FACTOR_UNIT, MarginRules};
use crate::units::{Cash, Price};

/// How many units of an excess make a money unit: weights and factors count 10^-4 each.
pub const EXCESS_UNIT: u64 = FACTOR_UNIT * FACTOR_UNIT;

/// A margin that cannot be computed. Names public data only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MarginError {
    /// A series without a risk row at this round.
    #[error("{series}: expected a row of the risk arrays, found none")]
    NoRow {
        /// The series.
        series: SeriesTerms,
    },
    /// A series that settles in coin: its values are of another unit than the account's money.
    #[error("{series}: expected a series settled in quote, found one settled in coin")]
    Coin {
        /// The series.
        series: SeriesTerms,
    },
    /// A row whose grid is not the market's.
    #[error("{series}: expected {expected} scenario values, found {found}")]
    Scenarios {
        /// The series.
        series: SeriesTerms,
        /// Weights of the market.
        expected: usize,
        /// Values of the row.
        found: usize,
    },
    /// A sum over more positions than an account can hold.
    #[error("sum over positions: expected below 2^127 in size, found more")]
    TooLarge,
}

/// Prices of one oracle round and the rules that turn them into margins.
#[derive(Debug, Clone)]
pub struct Market {
    rows: BTreeMap<SeriesWord, RiskRow>,
    weights: Vec<u32>,
    spot: Price,
    rules: MarginRules,
}

impl Market {
    /// A market of rows that share a grid.
    ///
    /// # Errors
    /// A row with another number of scenarios than the grid has.
    pub fn new(
        rows: impl IntoIterator<Item = RiskRow>,
        grid: &RiskGrid,
        spot: Price,
        rules: MarginRules,
    ) -> Result<Self, MarginError> {
        let weights: Vec<u32> = grid.scenarios.iter().map(|scenario| scenario.weight_bp).collect();
        let rows: BTreeMap<SeriesWord, RiskRow> = rows.into_iter().map(|row| (row.terms.word(), row)).collect();
        match rows.values().find(|row| row.values.len() != weights.len()) {
            Some(row) => Err(MarginError::Scenarios {
                series: row.terms,
                expected: weights.len(),
                found: row.values.len(),
            }),
            None => Ok(Self {
                rows,
                weights,
                spot,
                rules,
            }),
        }
    }

    /// The market of risk arrays.
    ///
    /// # Errors
    /// Arrays whose rows are not those of their grid.
    pub fn of(arrays: &RiskArrays, rules: MarginRules) -> Result<Self, MarginError> {
        Self::new(
            arrays.rows.iter().cloned(),
            &arrays.rules.grid,
            arrays.inputs.spot,
            rules,
        )
    }

    /// The spot, in 10^-6 quote.
    pub const fn spot(&self) -> Price {
        self.spot
    }

    /// The rows, by series.
    pub fn rows(&self) -> impl Iterator<Item = &RiskRow> {
        self.rows.values()
    }

    /// The row of a series settled in quote.
    ///
    /// # Errors
    /// No such row, or a series settled in coin.
    pub fn row(&self, series: SeriesTerms) -> Result<&RiskRow, MarginError> {
        if series.kind.is_inverse() {
            return Err(MarginError::Coin { series });
        }
        self.rows.get(&series.word()).ok_or(MarginError::NoRow { series })
    }

    /// Sums over a list of positions.
    ///
    /// # Errors
    /// A position without a row, or more of them than fit.
    pub fn sums(&self, positions: &[Position]) -> Result<Sums, MarginError> {
        let mut sums = Sums {
            value: 0,
            short: 0,
            scenarios: vec![0; self.weights.len()],
        };
        // |lots| < 2^63 and a value < 2^45: a product is below 2^108, and 2^19 of them are below 2^127.
        let add = |sum: &mut i128, product: i128| {
            *sum = sum.checked_add(product).ok_or(MarginError::TooLarge)?;
            Ok(())
        };
        for position in positions {
            let row = self.row(position.series)?;
            let lots = i128::from(position.lots.get());
            add(&mut sums.value, lots * i128::from(row.mark.get()))?;
            if lots < 0 {
                add(&mut sums.short, -lots)?;
            }
            for (sum, value) in sums.scenarios.iter_mut().zip(&row.values) {
                add(sum, lots * i128::from(value.get()))?;
            }
        }
        Ok(sums)
    }

    /// The margin of an account at a level.
    ///
    /// # Errors
    /// A position without a row, or more of them than fit.
    pub fn margin(&self, level: Level, cash: Cash, positions: &[Position]) -> Result<Margin, MarginError> {
        Ok(self.margin_of(level, cash, &self.sums(positions)?))
    }

    /// The margin of sums.
    pub fn margin_of(&self, level: Level, cash: Cash, sums: &Sums) -> Margin {
        let factor = match level {
            Level::Maintenance => FACTOR_UNIT,
            Level::Initial => self.rules.initial_factor,
        };
        let equity = BigInt::from(cash.get()) + sums.value;
        let charge = BigInt::from(sums.short) * self.spot.get() * self.rules.short_charge * FACTOR_UNIT;
        let free = &equity * EXCESS_UNIT - charge;
        let losses = self.weights.iter().zip(&sums.scenarios);
        let scenarios = losses.map(|(weight, moved)| {
            let loss = BigInt::from(sums.value) - moved;
            &free - loss * (u64::from(*weight) * factor)
        });
        let excess = std::iter::once(free.clone()).chain(scenarios).collect();
        Margin { equity, excess }
    }
}

/// Which requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// What an account needs to keep its positions.
    Maintenance,
    /// What it needs to take on new ones.
    Initial,
}

/// Sums over positions: money units, exact.
#[derive(Clone, PartialEq, Eq)]
pub struct Sums {
    /// Sum of lots x mark.
    pub value: i128,
    /// Sum of short lots, without sign.
    pub short: i128,
    /// Sum of lots x value, a scenario each.
    pub scenarios: Vec<i128>,
}

/// What an account has beyond its margin. Secret: it has no text form.
#[derive(Clone, PartialEq, Eq)]
pub struct Margin {
    /// Cash and marks, in money units.
    pub equity: BigInt,
    /// Unmoved first, then each scenario, in 10^-8 of a money unit.
    pub excess: Vec<BigInt>,
}

impl Margin {
    /// Whether nothing is missing anywhere: 0 is enough.
    pub fn is_met(&self) -> bool {
        self.excess.iter().all(|excess| excess.sign() != Sign::Minus)
    }

    /// The least excess, in 10^-8 of a money unit: what is missing where it is negative.
    pub fn worst(&self) -> &BigInt {
        // The unmoved entry is always there.
        self.excess.iter().min().unwrap_or(&self.excess[0])
    }

    /// Number of the scenario with the least excess, 0 the unmoved market; the first one of equals.
    pub fn worst_scenario(&self) -> usize {
        let worst = self.worst();
        self.excess.iter().position(|excess| excess == worst).unwrap_or(0)
    }

    /// The requirement: equity less the least excess, in 10^-8 of a money unit; never negative, since the unmoved market asks for 0 or more.
    pub fn requirement(&self) -> BigInt {
        &self.equity * EXCESS_UNIT - self.worst()
    }

    /// What is missing, in money units, rounded up; 0 where the margin is met.
    pub fn shortfall(&self) -> BigInt {
        let worst = self.worst();
        if worst.sign() == Sign::Minus {
            ceil_div(&-worst, &BigInt::from(EXCESS_UNIT))
        } else {
            BigInt::ZERO
        }
    }
}

/// The quotient of two numbers, rounded up; the first not negative, the second positive.
pub(crate) fn ceil_div(number: &BigInt, by: &BigInt) -> BigInt {
    (number + by - 1u8) / by
}
