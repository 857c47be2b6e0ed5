//! What a deployment is made from: `zksettle-deploy/1`, a JSON file. Addresses and digests are 0x and digits; times are seconds.

use alloy::primitives::{Address, B256, U256, keccak256};
use serde::{Deserialize, Serialize};

use crate::abi::parameters::IRiskParameters;
use crate::error::ChainError;

/// Name and version of the format.
pub const FORMAT: &str = "zksettle-deploy/1";

/// Everything that a deployment decides but the verifiers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// [`FORMAT`].
    pub format: String,
    /// Root of the first state.
    pub genesis: U256,
    /// The token of the escrow; none for a test token, on a chain of one's own.
    pub token: Option<Address>,
    /// Who may do what.
    pub roles: Roles,
    /// Underlyings with their price signers.
    pub feeds: Vec<Feed>,
    /// Rules of the oracle.
    pub oracle: OracleRules,
    /// Rules of the circuit breaker.
    pub breaker: BreakerRules,
    /// Risk parameters of the first version.
    pub parameters: Parameters,
    /// Delays of the rollup.
    pub rollup: RollupRules,
}

/// Who may do what. Governance is the timelock if there is one, else the Safe, else `governance`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    /// Commits batches.
    pub operator: Address,
    /// Trip the breaker and stop verifiers, at once. The Safe can too.
    pub guardians: Vec<Address>,
    /// A Safe 1.4.1: one to be made, or one that stands.
    pub safe: Option<SafeRules>,
    /// Seconds that governance waits: with it a timelock stands between the Safe, or `governance`, and the contracts.
    pub timelock_delay: Option<u64>,
    /// Who governs where there is no Safe.
    pub governance: Option<Address>,
}

/// A Safe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SafeRules {
    /// Its owners.
    pub owners: Vec<Address>,
    /// Signatures that it asks for.
    pub threshold: u32,
    /// A singleton that stands on the chain; none to deploy one.
    pub singleton: Option<Address>,
    /// A proxy factory that stands on the chain; none to deploy one.
    pub factory: Option<Address>,
    /// A Safe that stands on the chain, of these owners and this threshold; none to make one. Singleton and factory are for one that is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

/// An underlying.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// Registry number.
    pub underlying: u16,
    /// Who signs its prices.
    pub signers: Vec<Address>,
    /// Digest of the volatility regime that the first risk round goes on from.
    pub regime: U256,
}

/// Rules of the oracle, as its contract has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OracleRules {
    /// Seconds of the settlement average.
    pub window: u32,
    /// Rounds that have to lie in it.
    pub min_rounds: u32,
    /// Most seconds between rounds.
    pub max_gap: u32,
    /// Reports of a round.
    pub quorum: u8,
    /// Largest deviation from the median, 10^-4.
    pub deviation: u16,
    /// Seconds that a report may be old.
    pub max_age: u32,
    /// Seconds between the reports of a round.
    pub max_spread: u32,
    /// Seconds from a governed price to its execution, at least a day.
    pub recovery_delay: u32,
}

/// Rules of the circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakerRules {
    /// Largest move that does not trip, 10^-4.
    pub jump: u16,
    /// Seconds of the move.
    pub span: u32,
    /// Seconds that a price may be old.
    pub stale_after: u32,
    /// Seconds of a trip.
    pub duration: u32,
    /// What may flow out of the escrow at once, in the token's unit.
    pub outflow: u64,
    /// Seconds in which that refills.
    pub outflow_period: u64,
}

/// Risk parameters with their delays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Seconds that users need to leave.
    pub exit_window: u32,
    /// Seconds from a proposal to its enactment: more.
    pub delay: u32,
    /// All numbers but the scenarios, in the order of the contract's struct.
    pub numbers: [u128; 22],
    /// The scenarios.
    pub scenarios: Vec<Scenario>,
}

/// A scenario of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Move of the spot, 10^-4.
    pub spot: i32,
    /// Of volatility: 0 none, 1 up, 2 down.
    pub volatility: u8,
    /// Weight, 10^-4.
    pub weight: u32,
    /// Whether the regime widens it.
    pub scaled: bool,
}

/// Delays of the rollup and its gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollupRules {
    /// Seconds between proof and execution.
    pub execution_delay: u32,
    /// Seconds after which an unproven batch is taken back.
    pub proof_timeout: u32,
    /// Seconds up to which a risk round counts.
    pub risk_max_age: u32,
    /// Seconds from a forced request to its deadline.
    pub forced_period: u32,
    /// Seconds until a deposit can be taken back.
    pub refund_delay: u32,
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    /// It is none, or says something that no contract takes.
    pub fn parse(text: &str) -> Result<Self, ChainError> {
        let config: Self = serde_json::from_str(text)
            .map_err(|error| ChainError::Usage(format!("configuration: expected {FORMAT}, found {error}")))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ChainError> {
        let wrong = |text: String| Err(ChainError::Usage(format!("configuration, {text}")));
        if self.format != FORMAT {
            return wrong(format!("format: expected {FORMAT}, found {:.40}", self.format));
        }
        if self.roles.safe.is_none() && self.roles.governance.is_none() {
            return wrong("roles: expected a Safe or governance, found neither".into());
        }
        if let Some(safe) = &self.roles.safe
            && (safe.threshold == 0 || safe.threshold as usize > safe.owners.len())
        {
            let (threshold, owners) = (safe.threshold, safe.owners.len());
            return wrong(format!(
                "Safe: expected a threshold of 1 to {owners}, found {threshold}"
            ));
        }
        if let Some(safe) = &self.roles.safe
            && safe.address.is_some()
            && (safe.singleton.is_some() || safe.factory.is_some())
        {
            return wrong("Safe: expected an address, or a singleton and a factory, found both".into());
        }
        if let Some(feed) = self
            .feeds
            .iter()
            .find(|f| f.signers.len() < usize::from(self.oracle.quorum))
        {
            let (expected, found) = (self.oracle.quorum, feed.signers.len());
            return wrong(format!(
                "feed {}: expected at least {expected} signers, found {found}",
                feed.underlying
            ));
        }
        if self.parameters.scenarios.is_empty() {
            return wrong("parameters: expected scenarios, found none".into());
        }
        Ok(())
    }

    /// A hash that changes with anything in it.
    pub fn digest(&self) -> B256 {
        keccak256(serde_json::to_vec(self).unwrap_or_default())
    }
}

/// Lowest and highest numbers that the statements are made for, in the order of the contract's struct; the contract checks them again.
pub(crate) const LOWEST: [u128; 22] = [
    0, 0, 1, 10_000, 0, 0, 0, 0, 1, 0, 0, 1, 1, 10_000, 0, 0, 0, 0, 1, 1, 1, 1,
];
pub(crate) const HIGHEST: [u128; 22] = [
    100_000,
    100_000,
    (1 << 34) - 1,
    1_000_000,
    10_000,
    10_000,
    9_999,
    9_999,
    1 << 16,
    (1 << 96) - 1,
    99_999,
    (1 << 27) - 1,
    (1 << 17) - 1,
    160_000,
    20_000,
    10_000,
    10_000,
    10_000,
    (1 << 27) - 1,
    (1 << 27) - 1,
    10_000,
    10_000,
];

/// The contract's struct of numbers in their order.
pub(crate) fn numbers(all: &[u128; 22]) -> Result<IRiskParameters::Numbers, ChainError> {
    let small = |at: usize| {
        u32::try_from(all[at]).map_err(|_| {
            ChainError::Usage(format!(
                "configuration, number {at}: expected less than 2^32, found {}",
                all[at]
            ))
        })
    };
    let wide = u64::try_from(all[2]).map_err(|_| {
        ChainError::Usage(format!(
            "configuration, number 2: expected less than 2^64, found {}",
            all[2]
        ))
    })?;
    Ok(IRiskParameters::Numbers {
        feeRate: small(0)?,
        feeCap: small(1)?,
        inverseScale: wide,
        initialFactor: small(3)?,
        shortCharge: small(4)?,
        buffer: small(5)?,
        maxDiscount: small(6)?,
        maxPenalty: small(7)?,
        batchCap: small(8)?,
        cutoff: U256::from(all[9]).saturating_to(),
        decay: small(10)?,
        step: small(11)?,
        referenceVolatility: small(12)?,
        factorCap: small(13)?,
        upShock: small(14)?,
        downShock: small(15)?,
        shortPower: small(16)?,
        longPower: small(17)?,
        pivot: small(18)?,
        timeFloor: small(19)?,
        multiplierFloor: small(20)?,
        spotFloor: small(21)?,
    })
}
