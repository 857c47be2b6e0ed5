//! `chain config`: a configuration to fill in, with the program's own risk parameters.

use std::path::PathBuf;

use chain::config::{
    self, BreakerRules, Config as DeployConfig, Feed, OracleRules, Parameters, Roles, RollupRules, SafeRules, Scenario,
};
use chain::primitives::{Address, U256};
use clap::Args;
use serde_json::json;
use witness_gen::liquidation::LiquidationRules;
use witness_gen::params::RiskParameters;
use witness_gen::risk::RegimeState;
use witness_gen::statement::solvency::MarginRules;
use witness_gen::store::Store;
use witness_gen::units::{Price, Underlying};

use super::proofs::number;
use crate::book::underlying;
use crate::errors::Failure;
use crate::output::Output;

const HOUR: u32 = 3_600;
const DAY: u32 = 24 * HOUR;

/// What the configuration is for.
#[derive(Debug, Args)]
pub(crate) struct Config {
    /// The underlying: ETH or BTC. Its volatility regime is part of the parameters.
    #[arg(long)]
    currency: String,
    /// The database whose state is the first one.
    #[arg(long)]
    db: PathBuf,
    /// The underlying's price when the regime starts, in 10^-6 quote.
    #[arg(long)]
    spot: u64,
    /// When the regime starts, Unix seconds: not later than the first risk round.
    #[arg(long)]
    time: u64,
}

impl Config {
    pub(super) fn run(self, out: Output) -> Result<(), Failure> {
        let underlying = underlying(&self.currency)?;
        let spot = Price::new(self.spot).map_err(|error| Failure::usage(format!("spot: {error}")))?;
        let store = Store::open(&self.db)?;
        let (batch, root) = store.state()?;
        if batch != 0 {
            out.warn(&format!(
                "the database stands after batch {batch}: its batches so far cannot be submitted"
            ));
        }
        let config = DeployConfig {
            format: config::FORMAT.to_owned(),
            genesis: number(&root),
            token: Some(Address::ZERO),
            roles: Roles {
                operator: Address::ZERO,
                guardians: vec![Address::ZERO],
                safe: Some(SafeRules {
                    owners: vec![Address::ZERO; 3],
                    threshold: 2,
                    singleton: None,
                    factory: None,
                    address: None,
                }),
                timelock_delay: Some(u64::from(2 * DAY)),
                governance: None,
            },
            feeds: vec![Feed {
                underlying: underlying.get(),
                signers: vec![Address::ZERO; 5],
                regime: regime(underlying, self.time, spot)?,
            }],
            oracle: oracle_rules(),
            breaker: breaker_rules(),
            parameters: parameters(underlying)?,
            rollup: rollup_rules(),
        };
        let text = serde_json::to_string_pretty(&config).map_err(|error| Failure::internal(error.to_string()))?;
        out.result(&json!(config), &text)
    }
}

/// Digest of the regime that an underlying starts from.
pub(super) fn regime(underlying: Underlying, time: u64, spot: Price) -> Result<U256, Failure> {
    let (_, rules) = MarginRules::builtin(underlying)?;
    let state = RegimeState::start(&rules.regime, underlying, time, spot);
    Ok(number(&state.digest()))
}

/// Half an hour's average of rounds at most ten minutes apart, three signers, one percent.
pub(super) fn oracle_rules() -> OracleRules {
    OracleRules {
        window: HOUR / 2,
        min_rounds: 5,
        max_gap: HOUR / 6,
        quorum: 3,
        deviation: 100,
        max_age: 60,
        max_spread: 30,
        recovery_delay: 3 * DAY,
    }
}

/// Ten percent in a quarter of an hour; an hour's pause.
pub(super) fn breaker_rules() -> BreakerRules {
    BreakerRules {
        jump: 1_000,
        span: HOUR / 4,
        stale_after: HOUR / 3,
        duration: HOUR,
        outflow: 1_000_000_000_000,
        outflow_period: u64::from(DAY),
    }
}

/// An hour before execution, a day to prove, two weeks for forced requests, one for deposits.
pub(super) fn rollup_rules() -> RollupRules {
    RollupRules {
        execution_delay: HOUR,
        proof_timeout: DAY,
        risk_max_age: HOUR,
        forced_period: 14 * DAY,
        refund_delay: 7 * DAY,
    }
}

/// The parameters that a book of this program is made with.
pub(super) fn parameters(underlying: Underlying) -> Result<Parameters, Failure> {
    let (margin, risk) = MarginRules::builtin(underlying)?;
    let fees = RiskParameters::default();
    let liquidation = LiquidationRules::default();
    let (regime, shock) = (&risk.regime, &risk.grid.volatility);
    let cutoff =
        u128::try_from(liquidation.cutoff.get()).map_err(|error| Failure::internal(format!("cutoff: {error}")))?;
    let scenarios = risk.grid.scenarios.iter().map(|scenario| Scenario {
        spot: scenario.spot_bp,
        // One of three.
        volatility: scenario.volatility.number() as u8,
        weight: scenario.weight_bp,
        scaled: scenario.scaled,
    });
    Ok(Parameters {
        exit_window: 7 * DAY,
        delay: 8 * DAY,
        numbers: [
            fees.fee_rate.into(),
            fees.fee_cap.into(),
            fees.inverse_scale.into(),
            margin.initial_factor.into(),
            margin.short_charge.into(),
            liquidation.buffer.into(),
            liquidation.max_discount.into(),
            liquidation.max_penalty.into(),
            liquidation.batch_cap.into(),
            cutoff,
            regime.decay_1e5.into(),
            regime.step_seconds.into(),
            regime.reference_bp.into(),
            regime.cap_bp.into(),
            shock.up_bp.unsigned_abs().into(),
            shock.down_bp.unsigned_abs().into(),
            shock.power_short_bp.into(),
            shock.power_long_bp.into(),
            shock.pivot_seconds.into(),
            shock.floor_seconds.into(),
            shock.multiplier_floor_bp.into(),
            risk.grid.spot_floor_bp.into(),
        ],
        scenarios: scenarios.collect(),
    })
}
