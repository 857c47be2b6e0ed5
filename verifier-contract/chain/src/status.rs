//! What the chain says now.

use alloy::primitives::{B256, U256};
use serde::Serialize;

use crate::abi::breaker::CircuitBreaker;
use crate::abi::oracle::OracleAggregator;
use crate::abi::parameters::RiskParameters;
use crate::abi::rollup::SettlementRollup;
use crate::abi::rounds::RiskRounds;
use crate::abi::router::VerifierRouter;
use crate::client::Client;
use crate::deployment::Deployment;
use crate::error::ChainError;

/// A queue: entries served and entries in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Queue {
    /// Number of the last entry that left it.
    pub head: u64,
    /// Entries so far.
    pub tail: u64,
}

/// An underlying.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Underlying {
    /// Registry number.
    pub underlying: u16,
    /// The last round; 0 for none.
    pub round: u64,
    /// Its price, 10^-6 quote.
    pub price: u64,
    /// Its time, Unix seconds.
    pub price_time: u64,
    /// Root of the last risk round.
    pub risk_root: U256,
    /// Its time, Unix seconds.
    pub risk_time: u64,
}

/// A verifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verifier {
    /// The contract's name.
    pub name: String,
    /// Number of the statement.
    pub statement: u8,
    /// Whether its key counts.
    pub status: &'static str,
    /// Whether the deployed code is there.
    pub code_as_deployed: bool,
}

/// All of it, at one block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The chain.
    pub chain_id: u64,
    /// The block.
    pub block: u64,
    /// Its time, Unix seconds.
    pub time: u64,
    /// Root after the last executed batch.
    pub state_root: U256,
    /// Root after the last committed batch.
    pub committed_root: U256,
    /// Numbers of the last committed, proven and executed batch.
    pub committed: u64,
    /// See `committed`.
    pub proven: u64,
    /// See `committed`.
    pub executed: u64,
    /// Whether the rollup has stopped for ever.
    pub frozen: bool,
    /// Whether the breaker is on.
    pub breaker_tripped: bool,
    /// Until when, Unix seconds.
    pub breaker_until: u64,
    /// Version of the parameters.
    pub parameters_version: u64,
    /// Their digest.
    pub parameters: U256,
    /// Deposits.
    pub deposits: Queue,
    /// Forced requests.
    pub requests: Queue,
    /// What the escrow owes, in the token's unit.
    pub owed: U256,
    /// Underlyings with a feed.
    pub underlyings: Vec<Underlying>,
    /// Verifiers of the deployment.
    pub verifiers: Vec<Verifier>,
    /// Contracts of the deployment whose code is not what was deployed.
    pub changed_contracts: Vec<String>,
}

const STATES: [&str; 5] = ["unknown", "active", "removed", "stopped", "tripped"];

impl Status {
    /// Asks for everything.
    ///
    /// # Errors
    /// The node does not answer, or a contract is not there.
    pub fn read(client: &Client, deployment: &Deployment) -> Result<Self, ChainError> {
        let block = client.latest()?;
        let rollup = deployment.address("SettlementRollup")?;
        let breaker = deployment.address("CircuitBreaker")?;
        let progress = client.view(rollup, &SettlementRollup::progressCall {})?;
        let deposits = client.view(rollup, &SettlementRollup::depositQueueCall {})?;
        let requests = client.view(rollup, &SettlementRollup::requestQueueCall {})?;
        let current = client.view(deployment.address("RiskParameters")?, &RiskParameters::currentCall {})?;
        let mut changed_contracts = Vec::new();
        for (name, contract) in &deployment.contracts {
            if client.code_hash(contract.address)? != Some(contract.code_hash) {
                changed_contracts.push(name.clone());
            }
        }
        Ok(Self {
            chain_id: client.chain_id(),
            block: block.number,
            time: block.time,
            state_root: client.view(rollup, &SettlementRollup::stateRootCall {})?,
            committed_root: client.view(rollup, &SettlementRollup::committedStateCall {})?,
            committed: progress.committed,
            proven: progress.proven,
            executed: progress.executed,
            frozen: client.view(rollup, &SettlementRollup::frozenCall {})?,
            breaker_tripped: client.view(breaker, &CircuitBreaker::isTrippedCall {})?,
            breaker_until: client.view(breaker, &CircuitBreaker::untilCall {})?.to(),
            parameters_version: current.version,
            parameters: current.parameters,
            deposits: Queue {
                head: deposits.head,
                tail: deposits.tail,
            },
            requests: Queue {
                head: requests.head,
                tail: requests.tail,
            },
            owed: client.view(rollup, &SettlementRollup::owedCall {})?,
            underlyings: underlyings(client, deployment)?,
            verifiers: verifiers(client, deployment)?,
            changed_contracts,
        })
    }

    /// The root, as 32 bytes.
    pub fn root(&self) -> B256 {
        self.state_root.into()
    }
}

fn underlyings(client: &Client, deployment: &Deployment) -> Result<Vec<Underlying>, ChainError> {
    let (oracle, rounds) = (
        deployment.address("OracleAggregator")?,
        deployment.address("RiskRounds")?,
    );
    let mut all = Vec::new();
    for feed in &deployment.config.feeds {
        let underlying = feed.underlying;
        let round = client.view(oracle, &OracleAggregator::latestRoundCall { underlying })?;
        let risk = client.view(rounds, &RiskRounds::acceptedCall { underlying })?;
        all.push(Underlying {
            underlying,
            round: round.id.to(),
            price: round.price,
            price_time: round.time.to(),
            risk_root: risk.riskRoot,
            risk_time: risk.time.to(),
        });
    }
    Ok(all)
}

fn verifiers(client: &Client, deployment: &Deployment) -> Result<Vec<Verifier>, ChainError> {
    let router = deployment.address("VerifierRouter")?;
    let mut all = Vec::new();
    for verifier in &deployment.verifiers {
        let call = VerifierRouter::entryCall {
            statement: verifier.statement,
            selector: verifier.selector,
        };
        let entry = client.view(router, &call)?;
        let code = client.code_hash(verifier.contract.address)?;
        all.push(Verifier {
            name: verifier.name.clone(),
            statement: verifier.statement,
            status: STATES.get(usize::from(entry.status)).copied().unwrap_or("?"),
            code_as_deployed: code == Some(verifier.contract.code_hash),
        });
    }
    Ok(all)
}
