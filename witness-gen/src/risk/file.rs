//! The risk file: inputs and rows as JSON. A reader believes none of it: it computes the rows again from the inputs.

use halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};

use super::{
    ExpiryInput, MarketInputs, RegimeFactor, RegimeState, RiskArrays, RiskError, RiskRow, RiskRules, SeriesInput,
};
use crate::market::Volatility;
use crate::series::{Kind, SeriesTerms};
use crate::units::{ExpiryMinutes, Price, Underlying};

/// The name and version of the format.
pub const FORMAT: &str = "zksettle-risk/1";

/// Risk arrays with the regime they belong to.
#[derive(Debug, Clone)]
pub struct RiskRound {
    /// The arrays.
    pub arrays: RiskArrays,
    /// The regime before the round.
    pub regime_before: RegimeState,
    /// The regime of the round, which gives the factor.
    pub regime: RegimeState,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RiskFile {
    format: String,
    risk_root: String,
    underlying: Underlying,
    time: u64,
    spot: Price,
    rules: RiskRules,
    regime_before: RegimeState,
    regime: RegimeState,
    factor: RegimeFactor,
    expiries: Vec<ExpiryInput>,
    series: Vec<SeriesLine>,
}

/// A series with its volatility (10^-4), mark, Greeks and values, in the units of its row.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeriesLine {
    expiry: u32,
    kind: u8,
    strike: Price,
    cap: Price,
    volatility: u32,
    mark: u64,
    delta: i64,
    gamma_forward: i64,
    vega: i64,
    values: Vec<u64>,
}

/// A field element as `0x` and 64 digits, big-endian.
fn hexadecimal(value: &Fr) -> String {
    format!("{value:?}")
}

impl SeriesLine {
    fn of(input: &SeriesInput, row: &RiskRow) -> Self {
        Self {
            expiry: input.terms.expiry.get(),
            kind: input.terms.kind.number(),
            strike: input.terms.strike,
            cap: input.terms.cap,
            volatility: input.volatility.0,
            mark: row.mark.get(),
            delta: row.greeks.delta,
            gamma_forward: row.greeks.gamma_forward,
            vega: row.greeks.vega,
            values: row.values.iter().map(|value| value.get()).collect(),
        }
    }

    /// Whether a row says the same.
    fn agrees(&self, row: &RiskRow) -> bool {
        let greeks = row.greeks;
        self.mark == row.mark.get()
            && (self.delta, self.gamma_forward, self.vega) == (greeks.delta, greeks.gamma_forward, greeks.vega)
            && self
                .values
                .iter()
                .copied()
                .eq(row.values.iter().map(|value| value.get()))
    }
}

impl RiskRound {
    /// Updates the regime at the inputs' time and spot, and computes the arrays.
    pub fn build(rules: &RiskRules, inputs: &MarketInputs, before: RegimeState) -> Result<Self, RiskError> {
        rules.validate()?;
        let regime = before.next(&rules.regime, inputs.time, inputs.spot)?;
        let arrays = RiskArrays::build(rules, inputs, rules.regime.factor(regime.variance))?;
        Ok(Self {
            arrays,
            regime_before: before,
            regime,
        })
    }

    /// The file's text: one line per series.
    pub fn to_json(&self) -> String {
        let arrays = &self.arrays;
        let file = RiskFile {
            format: FORMAT.to_owned(),
            risk_root: hexadecimal(&arrays.root()),
            underlying: arrays.inputs.underlying,
            time: arrays.inputs.time,
            spot: arrays.inputs.spot,
            rules: arrays.rules.clone(),
            regime_before: self.regime_before,
            regime: self.regime,
            factor: arrays.factor,
            expiries: arrays.inputs.expiries.clone(),
            series: arrays
                .inputs
                .series
                .iter()
                .zip(&arrays.rows)
                .map(|(i, r)| SeriesLine::of(i, r))
                .collect(),
        };
        // Strings, integers and lists of them always serialise.
        let mut text = serde_json::to_string(&file).unwrap_or_default();
        text = text
            .replace("\"series\":[", "\"series\":[\n")
            .replace("]},{\"expiry\":", "]},\n{\"expiry\":");
        text.push('\n');
        text
    }

    /// Reads a file and computes everything in it again from its inputs; the first difference is an error.
    pub fn from_json(text: &str) -> Result<Self, RiskError> {
        let wrong = |what, expected: &dyn ToString, found: &dyn ToString| RiskError::File {
            what,
            expected: expected.to_string(),
            found: found.to_string(),
        };
        let file: RiskFile = serde_json::from_str(text).map_err(|error| wrong("text", &FORMAT, &error))?;
        if file.format != FORMAT {
            return Err(wrong("format", &FORMAT, &file.format));
        }
        let series = file.series.iter().map(|line| {
            let kind = Kind::from_number(line.kind).map_err(super::InputError::from)?;
            let terms = SeriesTerms::new(file.underlying, ExpiryMinutes(line.expiry), kind, line.strike, line.cap);
            Ok(SeriesInput {
                terms: terms.map_err(super::InputError::from)?,
                volatility: Volatility(line.volatility),
            })
        });
        let inputs = MarketInputs {
            underlying: file.underlying,
            time: file.time,
            spot: file.spot,
            expiries: file.expiries,
            series: series.collect::<Result<_, RiskError>>()?,
        };
        if file.regime_before.underlying != file.underlying {
            return Err(wrong("regime_before", &file.underlying, &file.regime_before.underlying));
        }
        let round = Self::build(&file.rules, &inputs, file.regime_before)?;
        if round.regime != file.regime {
            return Err(wrong("regime", &round.regime.variance, &file.regime.variance));
        }
        if round.arrays.factor != file.factor {
            return Err(wrong("factor", &round.arrays.factor.get(), &file.factor.get()));
        }
        let mut lines = file.series.iter().zip(&round.arrays.rows);
        if let Some((_, row)) = lines.find(|(line, row)| !line.agrees(row)) {
            return Err(wrong("series", &"the values that its inputs lead to", &row.terms));
        }
        let root = hexadecimal(&round.arrays.root());
        if root != file.risk_root {
            return Err(wrong("risk_root", &root, &file.risk_root));
        }
        Ok(round)
    }
}
