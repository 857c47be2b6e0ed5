//! Statement R: risk arrays. Instance, witness, `execute()` and `check()`, clauses R1 to R8.
//!
//! Nothing here is secret: the witness is what anyone can compute from the oracle's round. [`execute`] computes it,
//! [`check`] compares a claimed instance and claimed rows with what the inputs lead to, and refuses with the first broken clause.

use halo2curves::bn256::Fr;
use rayon::prelude::*;

mod instance;
mod violation;

use crate::risk::arrays::{expiry_contexts, price_series, risk_root, spot_multipliers};
use crate::risk::{MarketInputs, RegimeFactor, RegimeState, RiskArrays, RiskError, RiskRow, RiskRules, SeriesInput};
pub use instance::{Instance, InstanceError};
pub use violation::{Mismatch, RegimeError, RowError, Violation};

/// Everything the statement is about that the instance does not say. Public data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// The rules behind the instance's parameters.
    pub rules: RiskRules,
    /// What the oracle attested.
    pub inputs: MarketInputs,
    /// The regime before.
    pub regime: RegimeState,
    /// The rows, in the order of the tree.
    pub rows: Vec<RiskRow>,
}

/// Computes the rows of an oracle round and the instance they make true.
pub fn execute(
    domain: Fr,
    rules: &RiskRules,
    inputs: &MarketInputs,
    regime: RegimeState,
) -> Result<(Instance, Witness, RiskArrays), Violation> {
    let (after, factor) = r4_regime(rules, inputs, &regime)?;
    let arrays = RiskArrays::build(rules, inputs, factor).map_err(Violation::of)?;
    let instance = Instance {
        domain,
        parameters: rules.digest(),
        underlying: inputs.underlying,
        spot: inputs.spot,
        time: inputs.time,
        volatility: inputs.digest(),
        old_regime: regime.digest(),
        new_regime: after.digest(),
        factor,
        risk_root: arrays.root(),
    };
    let witness = Witness {
        rules: rules.clone(),
        inputs: inputs.clone(),
        regime,
        rows: arrays.rows.clone(),
    };
    Ok((instance, witness, arrays))
}

/// The statement: whether the witness satisfies it for this instance.
pub fn check(instance: &Instance, witness: &Witness) -> Result<RiskArrays, Violation> {
    let Witness {
        rules,
        inputs,
        regime,
        rows,
    } = witness;
    // R1.
    rules.validate()?;
    same(rules.digest(), instance.parameters).map_err(Violation::R1Parameters)?;
    // R2.
    inputs.validate()?;
    let number = |expected: u64, found: u64| same(Fr::from(expected), Fr::from(found));
    number(inputs.underlying.get().into(), instance.underlying.get().into()).map_err(Violation::R2Mismatch)?;
    number(inputs.spot.get(), instance.spot.get()).map_err(Violation::R2Mismatch)?;
    number(inputs.time, instance.time).map_err(Violation::R2Mismatch)?;
    // R3.
    same(inputs.digest(), instance.volatility).map_err(Violation::R3)?;
    // R4.
    same(regime.digest(), instance.old_regime).map_err(|mismatch| Violation::R4(RegimeError::Old(mismatch)))?;
    let (after, factor) = r4_regime(rules, inputs, regime)?;
    same(after.digest(), instance.new_regime).map_err(|mismatch| Violation::R4(RegimeError::New(mismatch)))?;
    number(factor.get().into(), instance.factor.get().into())
        .map_err(|mismatch| Violation::R4(RegimeError::Factor(mismatch)))?;
    // R5.
    let multipliers = spot_multipliers(rules, factor).map_err(Violation::of)?;
    let contexts = expiry_contexts(rules, inputs, &multipliers).map_err(Violation::of)?;
    // R8, first half: without it the rows cannot be told apart.
    r8_order(inputs, rows)?;
    // R6 and R7.
    let derive = |series: &SeriesInput| {
        let of = |context: &&(_, _)| context.0 == series.terms.expiry;
        // R2: every series has its expiry.
        let (_, context) = contexts.iter().find(of).expect("an expiry of the inputs");
        price_series(rules, context, series).map_err(Violation::of)
    };
    let derived: Vec<Result<RiskRow, Violation>> = inputs.series.par_iter().map(derive).collect();
    for (derived, claimed) in derived.into_iter().zip(rows) {
        r6_r7_row(&derived?, claimed)?;
    }
    // R8.
    let arrays = RiskArrays::of_rows(rules, inputs, factor, rows.clone());
    let root = risk_root(arrays.rows_root(), instance.parameters, inputs, factor);
    same(root, instance.risk_root).map_err(Violation::R8Root)?;
    Ok(arrays)
}

fn same(expected: Fr, found: Fr) -> Result<(), Mismatch> {
    if expected == found {
        Ok(())
    } else {
        Err(Mismatch { expected, found })
    }
}

/// R4: the state after the round, and its factor.
fn r4_regime(
    rules: &RiskRules,
    inputs: &MarketInputs,
    before: &RegimeState,
) -> Result<(RegimeState, RegimeFactor), Violation> {
    rules.validate()?;
    if before.underlying != inputs.underlying {
        return Err(Violation::R4(RegimeError::Underlying {
            expected: inputs.underlying,
            found: before.underlying,
        }));
    }
    let after = before.next(&rules.regime, inputs.time, inputs.spot);
    let after = after.map_err(|error| Violation::R4(RegimeError::Update(error)))?;
    Ok((after, rules.regime.factor(after.variance)))
}

/// R6, R7: a claimed row against the derived one.
fn r6_r7_row(derived: &RiskRow, claimed: &RiskRow) -> Result<(), Violation> {
    let series = derived.terms;
    if derived.mark != claimed.mark {
        return Err(Violation::R6(RowError::Mark {
            series,
            expected: derived.mark.get(),
            found: claimed.mark.get(),
        }));
    }
    if derived.greeks != claimed.greeks {
        return Err(Violation::R6(RowError::Greeks {
            series,
            expected: derived.greeks,
            found: claimed.greeks,
        }));
    }
    if derived.values.len() != claimed.values.len() {
        return Err(Violation::R7(RowError::Scenarios {
            series,
            expected: derived.values.len(),
            found: claimed.values.len(),
        }));
    }
    let mut pairs = derived.values.iter().zip(&claimed.values).enumerate();
    match pairs.find(|(_, (derived, claimed))| derived != claimed) {
        Some((scenario, (expected, found))) => Err(Violation::R7(RowError::Value {
            series,
            scenario,
            expected: expected.get(),
            found: found.get(),
        })),
        None => Ok(()),
    }
}

/// R8: one row per listed series, in the order of the inputs, which R2 has found strictly increasing.
fn r8_order(inputs: &MarketInputs, rows: &[RiskRow]) -> Result<(), Violation> {
    if inputs.series.len() != rows.len() {
        return Err(Violation::R8(RowError::Count {
            expected: inputs.series.len(),
            found: rows.len(),
        }));
    }
    let mut pairs = inputs.series.iter().zip(rows);
    match pairs.find(|(series, row)| series.terms != row.terms) {
        Some((series, row)) => Err(Violation::R8(RowError::Series {
            expected: series.terms,
            found: row.terms,
        })),
        None => Ok(()),
    }
}

impl Violation {
    /// The clause that an error of the computation belongs to.
    fn of(error: RiskError) -> Self {
        match error {
            RiskError::Grid(error) => Self::R1(error),
            RiskError::Input(error) => Self::R2(error),
            RiskError::Scenario { .. } | RiskError::Expiry { .. } => Self::R5(error),
            RiskError::Mark { series, source } => Self::R6(RowError::Domain { series, source }),
            RiskError::Value { series, source, .. } => Self::R7(RowError::Domain { series, source }),
            // A file is none of the statement's.
            RiskError::File { .. } => Self::R5(error),
        }
    }
}
