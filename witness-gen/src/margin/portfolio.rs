//! A portfolio: positions with their rows of the risk arrays.

use std::collections::BTreeMap;

use super::{MarginError, scaled};
use crate::pricing::TimeToExpiry;
use crate::pricing::fixed::YEAR_SECONDS;
use crate::risk::arrays::{ExpiryContext, expiry_contexts, price_series, spot_multipliers};
use crate::risk::{MarketInputs, RegimeFactor, RiskError, RiskGrid, RiskRow, RiskRules, SeriesInput};
use crate::series::{Kind, SeriesTerms};
use crate::units::{Cash, ExpiryMinutes, Lots, Price};

/// A position with what its series is worth, now and under each scenario.
#[derive(Debug, Clone)]
pub struct Holding {
    /// How much, signed, in 10^-6 contract.
    pub lots: Lots,
    /// The series' row, of a linear kind: values in 10^-6 quote.
    pub row: RiskRow,
}

/// The positions of one expiry, added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpirySums {
    /// The expiry.
    pub expiry: ExpiryMinutes,
    /// Time left.
    pub time: TimeToExpiry,
    /// sum(lots x mark), 10^-12 quote.
    pub mark: i128,
    /// sum(lots x value) under each scenario, 10^-12 quote.
    pub values: Vec<i128>,
}

/// Sums of Greeks over a portfolio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PortfolioGreeks {
    /// sum(lots x delta), 10^-6 coin @36.
    pub delta: i128,
    /// sum(|lots x delta|), 10^-6 coin @36.
    pub gross_delta: i128,
    /// sum(lots x F gamma), 10^-6 coin @27: by how much delta rises when every forward doubles, at today's slope; a hundredth
    /// of it is the change for 1 %.
    pub gamma_forward: i128,
    /// sum(lots x vega), 10^-12 quote for a volatility of 1.00; a hundredth of it is the change for a point.
    pub vega: i128,
}

/// The rows of all series of some market inputs, without the tree that [`RiskArrays`](crate::risk::RiskArrays) puts over them.
pub fn rows_of(rules: &RiskRules, inputs: &MarketInputs, factor: RegimeFactor) -> Result<Vec<RiskRow>, RiskError> {
    inputs.validate()?;
    let contexts = expiry_contexts(rules, inputs, &spot_multipliers(rules, factor)?)?;
    let row = |series: &SeriesInput| {
        let of = |(expiry, _): &&(ExpiryMinutes, ExpiryContext)| *expiry == series.terms.expiry;
        // Inputs are valid: every series has its expiry.
        let (_, context) = contexts.iter().find(of).expect("an expiry of the inputs");
        price_series(rules, context, series)
    };
    inputs.series.iter().map(row).collect()
}

/// A portfolio of one underlying at one moment.
#[derive(Debug, Clone)]
pub struct Portfolio {
    grid: RiskGrid,
    spot: Price,
    holdings: Vec<Holding>,
    expiries: Vec<ExpirySums>,
}

impl Portfolio {
    /// The portfolio at a time (Unix seconds) and spot. Positions of one series are added up; what adds up to nothing is gone.
    ///
    /// # Errors
    /// A row of an inverse kind or of another grid, an expiry that is not ahead, or a sum beyond 127 bits.
    pub fn new(grid: &RiskGrid, time: u64, spot: Price, positions: Vec<Holding>) -> Result<Self, MarginError> {
        let mut merged: BTreeMap<SeriesTerms, (i128, RiskRow)> = BTreeMap::new();
        for Holding { lots, row } in positions {
            let (series, scenarios) = (row.terms, grid.scenarios.len());
            if series.kind.is_inverse() {
                return Err(MarginError::Kind {
                    rule: "a margin in quote",
                    expected: "kinds that pay in quote",
                    found: series.kind,
                });
            }
            if row.values.len() != scenarios {
                return Err(MarginError::Scenarios {
                    series,
                    expected: scenarios,
                    found: row.values.len(),
                });
            }
            merged.entry(series).or_insert((0, row)).0 += i128::from(lots.get());
        }
        let mut holdings = Vec::with_capacity(merged.len());
        for (sum, row) in merged.into_values().filter(|(sum, _)| *sum != 0) {
            let lots = i64::try_from(sum).ok().and_then(|lots| Lots::new(lots).ok());
            holdings.push(Holding {
                lots: lots.ok_or(MarginError::TooLarge {
                    what: "lots of a series",
                })?,
                row,
            });
        }
        let expiries = holdings
            .chunk_by(|a, b| a.row.terms.expiry == b.row.terms.expiry)
            .map(|group| ExpirySums::of(group, time, grid.scenarios.len()))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            grid: grid.clone(),
            spot,
            holdings,
            expiries,
        })
    }

    /// The grid that the rows follow.
    pub const fn grid(&self) -> &RiskGrid {
        &self.grid
    }

    /// The index, in 10^-6 quote.
    pub const fn spot(&self) -> Price {
        self.spot
    }

    /// The positions, each series once, by series.
    pub fn holdings(&self) -> &[Holding] {
        &self.holdings
    }

    /// The sums of each expiry, ascending.
    pub fn expiries(&self) -> &[ExpirySums] {
        &self.expiries
    }

    /// What the positions are worth: sum(lots x mark), 10^-12 quote.
    pub fn mark(&self) -> Result<Cash, MarginError> {
        let sum = self
            .expiries
            .iter()
            .try_fold(0i128, |sum, expiry| sum.checked_add(expiry.mark));
        sum.map(Cash).ok_or(MarginError::TooLarge { what: "value" })
    }

    /// sum(|lots|) x spot, 10^-12 quote: the scale that differences are measured by.
    pub fn notional(&self) -> Cash {
        // At most 4096 series, so below 2^12 2^63 2^45.
        let lots: i128 = self.holdings.iter().map(|h| i128::from(h.lots.magnitude())).sum();
        Cash(lots.saturating_mul(self.spot.get().into()))
    }

    /// The Greeks of all positions.
    pub fn greeks(&self) -> PortfolioGreeks {
        let mut sum = PortfolioGreeks::default();
        for Holding { lots, row } in &self.holdings {
            // Each below 2^63 2^44, and at most 2^12 series.
            let lots = i128::from(lots.get());
            sum.delta += lots * i128::from(row.greeks.delta);
            sum.gross_delta += (lots * i128::from(row.greeks.delta)).abs();
            sum.gamma_forward += lots * i128::from(row.greeks.gamma_forward);
            sum.vega += lots * i128::from(row.greeks.vega);
        }
        sum
    }

    /// Short lots that no option of the same expiry and strike stands against.
    ///
    /// A call and a put of opposite signs at one strike cover each other as far as they go; else every short lot counts. Kinds
    /// other than plain calls and puts cover nothing.
    pub fn naked_shorts(&self) -> i128 {
        let mut strikes: BTreeMap<(ExpiryMinutes, Price), [i128; 2]> = BTreeMap::new();
        let mut naked = 0;
        for Holding { lots, row } in &self.holdings {
            let lots = i128::from(lots.get());
            let legs = strikes.entry((row.terms.expiry, row.terms.strike)).or_default();
            match row.terms.kind {
                Kind::Call => legs[0] += lots,
                Kind::Put => legs[1] += lots,
                _ => naked += (-lots).max(0),
            }
        }
        for [call, put] in strikes.into_values() {
            let (low, high) = (call.min(put), call.max(put));
            naked += if low < 0 && high > 0 {
                (-low - high).max(0)
            } else {
                (-call).max(0) + (-put).max(0)
            };
        }
        naked
    }
}

impl ExpirySums {
    fn of(group: &[Holding], now: u64, scenarios: usize) -> Result<Self, MarginError> {
        let expiry = group[0].row.terms.expiry;
        // 60 x 2^32; a time beyond i64 leaves no time to expiry.
        let seconds = 60 * i64::from(expiry.get()) - i64::try_from(now).unwrap_or(i64::MAX);
        let time = TimeToExpiry::new(seconds).map_err(|source| MarginError::Time { expiry, source })?;
        // At most 4096 series of 2^63 lots at 2^45: below 2^120.
        let sum = |value: &dyn Fn(&RiskRow) -> u64| -> i128 {
            let worth = |h: &Holding| i128::from(h.lots.get()) * i128::from(value(&h.row));
            group.iter().map(worth).sum()
        };
        Ok(Self {
            expiry,
            time,
            mark: sum(&|row| row.mark.get()),
            values: (0..scenarios).map(|at| sum(&|row| row.values[at].get())).collect(),
        })
    }

    /// floor(amount (1 + rate t)), the rate in 10^-4 a year.
    pub fn grown(&self, amount: i128, rate_bp: u32) -> Result<i128, MarginError> {
        let year = i128::from(YEAR_SECONDS) * 10_000;
        let factor = year + i128::from(rate_bp) * i128::from(self.time.seconds());
        scaled("basis contingency", amount, factor, year)
    }
}
