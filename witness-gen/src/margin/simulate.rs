//! A portfolio at an oracle round: what it needs, what a trade would change, how it moves with the price.

use std::collections::BTreeMap;
use std::io::Read;

use super::portfolio::{Holding, Portfolio, rows_of};
use super::table::{Row, Table};
use super::{Assessment, MarginError, ScenarioRule};
use crate::market::{Right, Volatility, currency_of, excerpt, instrument_name, parse_decimal};
use crate::params::RiskParameters;
use crate::payoff::payoff_per_lot;
use crate::risk::file::RiskRound;
use crate::risk::{MarketInputs, RegimeFactor, RiskRow, RiskRules, Scenario, SeriesInput, VolatilityMove};
use crate::series::{Kind, SeriesTerms};
use crate::units::{Cash, ExpiryMinutes, Lots, Price};

/// Points of a curve either side of the spot.
const CURVE_POINTS: i32 = 20;
/// Distance of two points, in 10^-4 of the spot.
const CURVE_STEP_BP: i32 = 250;

/// A quantity of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// What.
    pub series: SeriesTerms,
    /// How much.
    pub lots: Lots,
}

/// What an oracle round says about every listed series, in quote.
///
/// A series that pays in coin stands as its twin in quote: the same strike, expiry, forward and volatility. Requirements are in quote.
#[derive(Debug, Clone)]
pub struct Market {
    rules: RiskRules,
    inputs: MarketInputs,
    factor: RegimeFactor,
    rows: Vec<RiskRow>,
    /// Whether any listed series pays in coin.
    pub twins: bool,
}

/// A portfolio as it stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Its positions.
    pub portfolio: Portfolio,
    /// Its requirements.
    pub assessment: Assessment,
    /// Its cash, 10^-12 quote.
    pub cash: Cash,
    /// Cash + value of the positions, 10^-12 quote.
    pub equity: Cash,
    /// Equity - initial requirement.
    pub net_initial: Cash,
    /// Equity - maintenance requirement.
    pub net_maintenance: Cash,
}

/// How a portfolio's worth changes with the price, against today's value; 10^-12 quote.
#[derive(Debug, Clone)]
pub struct Curve {
    /// Every option at its own expiry, were that the settlement price; with a point beside each strike.
    pub expiry: Vec<(Price, Cash)>,
    /// Now, every forward moved as the spot, volatility as it is, up and down: by [`VolatilityMove::number`].
    pub now: [Vec<(Price, Cash)>; 3],
}

impl Market {
    /// The market of a round.
    pub fn new(round: &RiskRound) -> Result<Self, MarginError> {
        let arrays = &round.arrays;
        let mut series: BTreeMap<SeriesTerms, Volatility> = BTreeMap::new();
        let mut twins = false;
        // A series that is listed in quote keeps its own volatility.
        for pass in [false, true] {
            for input in arrays
                .inputs
                .series
                .iter()
                .filter(|s| s.terms.kind.is_inverse() == pass)
            {
                series.entry(twin(input.terms)).or_insert(input.volatility);
                twins |= pass;
            }
        }
        let inputs = MarketInputs {
            series: series
                .into_iter()
                .map(|(terms, volatility)| SeriesInput { terms, volatility })
                .collect(),
            ..arrays.inputs.clone()
        };
        Ok(Self {
            rows: rows_of(&arrays.rules, &inputs, arrays.factor)?,
            rules: arrays.rules.clone(),
            inputs,
            factor: arrays.factor,
            twins,
        })
    }

    /// The rules of the round.
    pub const fn rules(&self) -> &RiskRules {
        &self.rules
    }

    /// What the oracle said, in quote.
    pub const fn inputs(&self) -> &MarketInputs {
        &self.inputs
    }

    /// By how much the regime widens the grid.
    pub const fn factor(&self) -> RegimeFactor {
        self.factor
    }

    /// The rule that goes with the grid; for a grid of one's own the greatest weighted loss.
    pub fn rule(&self) -> ScenarioRule {
        ScenarioRule::of_grid(&self.rules.grid.name).unwrap_or(ScenarioRule::Span)
    }

    /// The series of a venue's name, such as `ETH-27MAR26-2800-C` (or `ETH_USDC-…`).
    pub fn find(&self, instrument: &str) -> Result<SeriesTerms, MarginError> {
        let currency = currency_of(self.inputs.underlying);
        let quoted = format!("{currency}_USDC");
        let named = |series: &&SeriesInput| {
            let name = |prefix| name_of(prefix, &series.terms);
            [currency, &quoted]
                .into_iter()
                .any(|p| name(p).as_deref() == Some(instrument))
        };
        let found = self.inputs.series.iter().find(named).map(|series| series.terms);
        found.ok_or_else(|| MarginError::Unlisted {
            instrument: excerpt(instrument),
        })
    }

    /// A name for a series: the venue's where it has one.
    pub fn name(&self, series: &SeriesTerms) -> String {
        name_of(currency_of(self.inputs.underlying), series).unwrap_or_else(|| series.to_string())
    }

    /// A leg of `INSTRUMENT:QUANTITY`, trade `number` of a command line.
    pub fn trade(&self, number: usize, text: &str) -> Result<Leg, MarginError> {
        let (instrument, quantity) = text.rsplit_once(':').ok_or(MarginError::Trade { number })?;
        Ok(Leg {
            series: self.find(instrument.trim())?,
            lots: quantity_of(quantity).ok_or(MarginError::Trade { number })?,
        })
    }

    /// Reads positions: CSV with `instrument,quantity`, or with `expiry,kind,strike,cap,lots` as integers of the protocol.
    ///
    /// A field that is wrong is not quoted: quantities are secret.
    pub fn read_positions(&self, source: impl Read) -> Result<Vec<Leg>, MarginError> {
        let mut table = Table::open("positions", source)?;
        let named = table.has("instrument");
        let mut legs = Vec::new();
        while let Some(row) = table.next_row()? {
            legs.push(if named {
                self.named_leg(&row)?
            } else {
                self.leg_of_terms(&row)?
            });
        }
        Ok(legs)
    }

    fn named_leg(&self, row: &Row<'_>) -> Result<Leg, MarginError> {
        let lots = quantity_of(row.text("quantity")?);
        Ok(Leg {
            series: self.find(row.text("instrument")?)?,
            lots: lots.ok_or_else(|| row.refuse_secret("quantity", "a decimal in 10^-6 other than 0, below 2^63"))?,
        })
    }

    fn leg_of_terms(&self, row: &Row<'_>) -> Result<Leg, MarginError> {
        let price = |column| -> Result<Price, MarginError> {
            let units: u64 = row.integer(column)?;
            Price::new(units).map_err(|_| row.refuse(column, "an integer below 2^63"))
        };
        let kind = Kind::from_number(row.integer("kind")?).map_err(|_| row.refuse("kind", "1 to 8"))?;
        let series = SeriesTerms {
            underlying: self.inputs.underlying,
            expiry: ExpiryMinutes(row.integer("expiry")?),
            kind,
            strike: price("strike")?,
            cap: price("cap")?,
        };
        let lots = row.text("lots")?.parse().ok().and_then(|lots| Lots::new(lots).ok());
        Ok(Leg {
            series: twin(series),
            lots: lots.ok_or_else(|| row.refuse_secret("lots", "an integer other than 0, below 2^63"))?,
        })
    }

    /// The row of a series.
    fn row(&self, series: &SeriesTerms) -> Result<&RiskRow, MarginError> {
        let row = self.rows.iter().find(|row| row.terms == *series);
        row.ok_or_else(|| MarginError::Unlisted {
            instrument: self.name(series),
        })
    }

    /// Requirements and equity of some positions and cash.
    pub fn stand(&self, legs: &[Leg], cash: Cash) -> Result<Standing, MarginError> {
        let holding = |leg: &Leg| -> Result<Holding, MarginError> {
            let row = self.row(&leg.series)?.clone();
            Ok(Holding { lots: leg.lots, row })
        };
        let holdings = legs.iter().map(holding).collect::<Result<_, _>>()?;
        let portfolio = Portfolio::new(&self.rules.grid, self.inputs.time, self.inputs.spot, holdings)?;
        let assessment = portfolio.assess(self.rule())?;
        let equity = cash.checked_add(assessment.mark);
        Ok(Standing {
            equity: equity.map_err(|_| MarginError::TooLarge { what: "equity" })?,
            net_initial: assessment.net_initial(cash)?,
            net_maintenance: assessment.net_maintenance(cash)?,
            portfolio,
            assessment,
            cash,
        })
    }

    /// The same after a trade at the mark: the premium leaves the cash, so equity stays.
    pub fn after(&self, legs: &[Leg], cash: Cash, trade: Leg) -> Result<Standing, MarginError> {
        let mark = self.row(&trade.series)?.mark;
        // Below 2^63 2^45.
        let premium = Cash(i128::from(trade.lots.get()) * i128::from(mark.get()));
        let cash = cash
            .checked_sub(premium)
            .map_err(|_| MarginError::TooLarge { what: "cash" })?;
        let mut legs = legs.to_vec();
        legs.push(trade);
        self.stand(&legs, cash)
    }

    /// How the positions move with the price, from half to one and a half of the spot.
    pub fn curve(&self, portfolio: &Portfolio) -> Result<Curve, MarginError> {
        let moves = -CURVE_POINTS..=CURVE_POINTS;
        let mark = portfolio.mark()?;
        let change = |value: i128| {
            let change = Cash(value).checked_sub(mark);
            change.map_err(|_| MarginError::TooLarge {
                what: "change of value",
            })
        };
        let spots: Vec<Price> = moves
            .clone()
            .map(|step| self.moved(step * CURVE_STEP_BP))
            .collect::<Result<_, _>>()?;
        let mut curve = Curve {
            expiry: Vec::new(),
            now: [Vec::new(), Vec::new(), Vec::new()],
        };
        let mut rules = self.rules.clone();
        for by in VolatilityMove::ALL {
            let scenario = |step| Scenario {
                spot_bp: step * CURVE_STEP_BP,
                volatility: by,
                weight_bp: 10_000,
                scaled: false,
            };
            rules.grid.scenarios = moves.clone().map(scenario).collect();
            let values = self.values(&rules, portfolio)?;
            let points = spots
                .iter()
                .zip(values)
                .map(|(spot, value)| Ok((*spot, change(value)?)));
            curve.now[by.number()] = points.collect::<Result<_, MarginError>>()?;
        }
        for price in self.payoff_prices(&spots, portfolio) {
            let mut sum = 0i128;
            for holding in portfolio.holdings() {
                let payoff = payoff_per_lot(&holding.row.terms, price, &RiskParameters::default())?;
                sum = i128::from(holding.lots.get())
                    .checked_mul(payoff.get().into())
                    .and_then(|value| sum.checked_add(value))
                    .ok_or(MarginError::TooLarge { what: "payoff" })?;
            }
            curve.expiry.push((price, change(sum)?));
        }
        Ok(curve)
    }

    /// The spot moved by 10^-4, rounded down.
    fn moved(&self, bp: i32) -> Result<Price, MarginError> {
        // Moves are above -10^4; a spot is below 2^45.
        let moved = i128::from(self.inputs.spot.get()) * (10_000 + i128::from(bp)) / 10_000;
        let price = u64::try_from(moved).ok().and_then(|price| Price::new(price).ok());
        price.ok_or(MarginError::TooLarge { what: "spot" })
    }

    /// The value of the portfolio under each scenario of other rules.
    fn values(&self, rules: &RiskRules, portfolio: &Portfolio) -> Result<Vec<i128>, MarginError> {
        let held = |series: &&SeriesInput| portfolio.holdings().iter().any(|h| h.row.terms == series.terms);
        let series: Vec<SeriesInput> = self.inputs.series.iter().filter(held).copied().collect();
        let mut sums = vec![0i128; rules.grid.scenarios.len()];
        if series.is_empty() {
            return Ok(sums);
        }
        let listed = |expiry: &ExpiryMinutes| series.iter().any(|s| s.terms.expiry == *expiry);
        let expiries = self
            .inputs
            .expiries
            .iter()
            .filter(|e| listed(&e.expiry))
            .copied()
            .collect();
        let inputs = MarketInputs {
            series,
            expiries,
            ..self.inputs.clone()
        };
        // Rows and holdings are both in the order of the series.
        for (row, holding) in rows_of(rules, &inputs, RegimeFactor::ONE)?
            .iter()
            .zip(portfolio.holdings())
        {
            for (sum, value) in sums.iter_mut().zip(&row.values) {
                // As the sums of an expiry: below 2^120.
                *sum += i128::from(holding.lots.get()) * i128::from(value.get());
            }
        }
        Ok(sums)
    }

    /// The points of a curve and, between them, each strike and cap with its neighbours.
    fn payoff_prices(&self, spots: &[Price], portfolio: &Portfolio) -> Vec<Price> {
        let (Some(low), Some(high)) = (spots.first(), spots.last()) else {
            return Vec::new();
        };
        let strikes = portfolio
            .holdings()
            .iter()
            .flat_map(|h| [h.row.terms.strike.get(), h.row.terms.cap.get()]);
        let beside = strikes.flat_map(|strike| [strike.saturating_sub(1), strike, strike + 1]);
        let mut prices: Vec<Price> = beside.filter_map(|price| Price::new(price).ok()).collect();
        prices.retain(|price| low < price && price < high);
        prices.extend(spots);
        prices.sort_unstable();
        prices.dedup();
        prices
    }
}

/// The series that pays the same in quote.
fn twin(series: SeriesTerms) -> SeriesTerms {
    let kind = match series.kind {
        Kind::InverseCall => Kind::Call,
        Kind::InversePut => Kind::Put,
        other => other,
    };
    SeriesTerms { kind, ..series }
}

/// Plain calls and puts have a name.
fn name_of(prefix: &str, series: &SeriesTerms) -> Option<String> {
    let right = match series.kind {
        Kind::Call => Right::Call,
        Kind::Put => Right::Put,
        _ => return None,
    };
    instrument_name(prefix, series.expiry, series.strike, right)
}

/// A signed decimal in 10^-6 contract, exactly.
fn quantity_of(text: &str) -> Option<Lots> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lots = i64::try_from(parse_decimal(digits, 6, false)?).ok()?;
    Lots::new(if negative { -lots } else { lots }).ok()
}
