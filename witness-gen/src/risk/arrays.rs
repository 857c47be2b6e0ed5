//! All rows of an underlying at one oracle round, their tree, and the risk root.

use ff::PrimeField;
use halo2curves::bn256::Fr;
use rayon::prelude::*;

use super::inputs::{ExpiryInput, RISK_DEPTH, SeriesInput};
use super::{MarketInputs, RegimeFactor, RiskError, RiskRow, RiskRules, VolatilityMove};
use crate::poseidon::hash4;
use crate::pricing::{RootTime, SeriesPricer, ShockedForward, SpotMultiplier, TimeToExpiry, TotalVolatility, VolTime};
use crate::series::SeriesWord;
use crate::tree::{Siblings, SparseTree};
use crate::units::{ExpiryMinutes, Price, Underlying};

/// What all series of an expiry share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiryContext {
    /// Time to expiry.
    pub time: TimeToExpiry,
    /// Its root.
    pub root: RootTime,
    /// The forward without a shock.
    pub forward: Price,
    /// The root times each move's multiplier, by [`VolatilityMove::number`].
    pub volatility: [VolTime; 3],
    /// The forward under each scenario, in the order of the grid.
    pub shocked: Vec<ShockedForward>,
}

/// The risk arrays of one underlying.
#[derive(Debug, Clone)]
pub struct RiskArrays {
    /// The rules they follow.
    pub rules: RiskRules,
    /// What they were computed from.
    pub inputs: MarketInputs,
    /// By how much the regime widens the grid.
    pub factor: RegimeFactor,
    /// One row per series, in the order of the inputs.
    pub rows: Vec<RiskRow>,
    tree: SparseTree,
}

impl RiskArrays {
    /// Computes every row, in parallel, and their tree.
    pub fn build(rules: &RiskRules, inputs: &MarketInputs, factor: RegimeFactor) -> Result<Self, RiskError> {
        rules.validate()?;
        inputs.validate()?;
        let multipliers = spot_multipliers(rules, factor)?;
        let contexts = expiry_contexts(rules, inputs, &multipliers)?;
        let rows: Vec<RiskRow> = inputs
            .series
            .par_iter()
            .map(|series| {
                let of = |(expiry, _): &&(ExpiryMinutes, ExpiryContext)| *expiry == series.terms.expiry;
                // Inputs are valid: every series has its expiry.
                let (_, context) = contexts.iter().find(of).expect("an expiry of the inputs");
                price_series(rules, context, series)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self::of_rows(rules, inputs, factor, rows))
    }

    /// The arrays of rows that are already there. Whether they are right, [`RiskArrays::build`] knows.
    pub fn of_rows(rules: &RiskRules, inputs: &MarketInputs, factor: RegimeFactor, rows: Vec<RiskRow>) -> Self {
        let leaves: Vec<Fr> = rows.par_iter().map(RiskRow::digest).collect();
        let leaves = (0..).zip(leaves);
        // At most 4^RISK_DEPTH series by `MarketInputs::validate`; more leaves would give the empty tree's root, not a panic.
        let tree = SparseTree::from_leaves(RISK_DEPTH, leaves).unwrap_or_else(|_| SparseTree::new(RISK_DEPTH));
        Self {
            rules: rules.clone(),
            inputs: inputs.clone(),
            factor,
            rows,
            tree,
        }
    }

    /// Root of the tree of rows: row i is leaf i.
    pub fn rows_root(&self) -> Fr {
        self.tree.root()
    }

    /// The risk root: H(rows root, parameters, market word, factor). Whoever opens it knows rules, time and spot.
    pub fn root(&self) -> Fr {
        risk_root(self.rows_root(), self.rules.digest(), &self.inputs, self.factor)
    }

    /// Place and row of a series, if it is listed.
    pub fn find(&self, series: SeriesWord) -> Option<(u32, &RiskRow)> {
        let at = self.rows.binary_search_by_key(&series, |row| row.terms.word()).ok()?;
        // At most 4^RISK_DEPTH rows.
        Some((at as u32, &self.rows[at]))
    }

    /// Siblings of row `index` in the tree of rows, from the leaf upward.
    pub fn path(&self, index: u32) -> Vec<Siblings> {
        self.tree.path(index)
    }
}

/// H(rows root, parameters, series | time 2^16 | spot 2^56 | underlying 2^104, factor). Whoever opens it knows rules, time and spot.
pub fn risk_root(rows_root: Fr, parameters: Fr, inputs: &MarketInputs, factor: RegimeFactor) -> Fr {
    let round = (inputs.underlying, inputs.spot, inputs.time);
    risk_root_of(rows_root, parameters, round, inputs.series.len(), factor)
}

/// [`risk_root`] of a round that is known by its underlying, spot, time and number of series.
pub fn risk_root_of(
    rows_root: Fr,
    parameters: Fr,
    (underlying, spot, time): (Underlying, Price, u64),
    series: usize,
    factor: RegimeFactor,
) -> Fr {
    let market =
        series as u128 | u128::from(time) << 16 | u128::from(spot.get()) << 56 | u128::from(underlying.get()) << 104;
    hash4([
        rows_root,
        parameters,
        Fr::from_u128(market),
        Fr::from(u64::from(factor.get())),
    ])
}

/// R5, first half: what each scenario multiplies the spot by.
pub fn spot_multipliers(rules: &RiskRules, factor: RegimeFactor) -> Result<Vec<SpotMultiplier>, RiskError> {
    let multiplier = |(scenario, of)| {
        let refused = |source| RiskError::Scenario { scenario, source };
        rules.grid.spot_multiplier(of, factor).map_err(refused)
    };
    rules.grid.scenarios.iter().enumerate().map(multiplier).collect()
}

/// R5, second half: what the series of each expiry share.
pub fn expiry_contexts(
    rules: &RiskRules,
    inputs: &MarketInputs,
    multipliers: &[SpotMultiplier],
) -> Result<Vec<(ExpiryMinutes, ExpiryContext)>, RiskError> {
    let context = |input: &ExpiryInput| {
        let expiry = input.expiry;
        let refused = |source| RiskError::Expiry { expiry, source };
        // 60 x 2^32 and 2^40: far inside i64.
        let seconds = 60 * i64::from(expiry.get()) - inputs.time as i64;
        let time = TimeToExpiry::new(seconds).map_err(refused)?;
        let root = time.root();
        let mut volatility = [root.scaled(crate::pricing::VolMultiplier::ONE); 3];
        for by in VolatilityMove::ALL {
            let multiplier = rules.grid.vol_multiplier(by, time).map_err(refused)?;
            volatility[by.number()] = root.scaled(multiplier);
        }
        let shocked = multipliers.iter().map(|multiplier| multiplier.apply(input.forward));
        let context = ExpiryContext {
            time,
            root,
            forward: input.forward,
            volatility,
            shocked: shocked.collect::<Result<_, _>>().map_err(refused)?,
        };
        Ok((expiry, context))
    };
    inputs.expiries.iter().map(context).collect()
}

/// R6 and R7: mark, Greeks and scenario values of one series.
pub fn price_series(rules: &RiskRules, context: &ExpiryContext, input: &SeriesInput) -> Result<RiskRow, RiskError> {
    let series = input.terms;
    let refused = |source| RiskError::Mark { series, source };
    let pricer = SeriesPricer::new(series, context.forward, rules.inverse_scale).map_err(refused)?;
    let plain = TotalVolatility::new(input.volatility, context.volatility[0]).map_err(refused)?;
    let unshocked = SpotMultiplier::one().apply(context.forward).map_err(refused)?;
    let mark = pricer.value(unshocked, &plain).map_err(refused)?;
    let greeks = pricer.greeks(context.root, &plain).map_err(refused)?;
    // Every move, whether some scenario makes it or not: a round is in the domain under all of its rules.
    let mut shocked = [plain; 3];
    for by in VolatilityMove::ALL {
        let volatility = TotalVolatility::new(input.volatility, context.volatility[by.number()]);
        shocked[by.number()] = volatility.map_err(refused)?;
    }
    let value = |(scenario, of): (usize, &super::Scenario)| {
        let refused = |source| RiskError::Value {
            series,
            scenario,
            source,
        };
        let volatility = &shocked[of.volatility.number()];
        pricer.value(context.shocked[scenario], volatility).map_err(refused)
    };
    let values = rules
        .grid
        .scenarios
        .iter()
        .enumerate()
        .map(value)
        .collect::<Result<_, _>>()?;
    Ok(RiskRow {
        terms: series,
        mark,
        greeks,
        values,
    })
}
