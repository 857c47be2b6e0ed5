//! Margins of a portfolio of options, in fixed point over the same integer prices as the risk arrays.
//!
//! | file | holds |
//! |---|---|
//! | [`portfolio`] | positions with their rows of the risk arrays: value, Greeks, value under each scenario by expiry |
//! | [`scenario`] | requirements from a grid: `derive-pmrm-23`, `paradex-24`, `span-16` |
//! | [`standard`] | requirements position by position: Deribit's in coin, Derive's in quote |
//! | [`simulate`] | a portfolio at an oracle round, before and after trades, and its curves |
//! | [`reference`](mod@reference) | files of reference portfolios and results |
//! | [`compare`] | all rule sets against such files |
//!
//! Every result is an integer of a stated unit. What a division leaves over is counted against the account: requirements round
//! up, net margins down. `docs/margin.md` has the formulas with their sources.

pub mod compare;
mod error;
pub mod portfolio;
pub mod reference;
pub mod scenario;
pub mod simulate;
pub mod standard;
mod table;

pub use error::MarginError;
pub use portfolio::{Holding, Portfolio, PortfolioGreeks};
pub use scenario::{Assessment, PmrmRules, ScenarioRule, Worst};

/// floor(a b / c) for c > 0; [`MarginError::TooLarge`] where a b leaves 127 bits.
pub(crate) fn scaled(what: &'static str, a: i128, b: i128, c: i128) -> Result<i128, MarginError> {
    let product = a.checked_mul(b).ok_or(MarginError::TooLarge { what })?;
    Ok(product.div_euclid(c))
}
