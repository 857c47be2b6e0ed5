//! Batches, in order: committed, proven, executed, each once.

use std::collections::BTreeMap;

use alloy::primitives::{Address, Bytes, FixedBytes, U256, keccak256};
use alloy::sol_types::{SolCall, SolValue};
use serde::Serialize;

use crate::abi::oracle::OracleAggregator;
use crate::abi::parameters::RiskParameters;
use crate::abi::rollup::{ISettlementRollup, SettlementRollup};
use crate::abi::rounds::RiskRounds;
use crate::abi::{event, topic};
use crate::client::Client;
use crate::deployment::Deployment;
use crate::error::ChainError;
use crate::sender::{Sender, Step};

/// Number of statement S.
pub const SETTLEMENT: u8 = 1;
/// Number of statement L.
pub const LIQUIDATION: u8 = 4;
/// Underlyings from here on name unused price slots.
const UNUSED: u64 = 65_533;
/// Values of an instance.
const LENGTHS: [(u8, usize); 2] = [(SETTLEMENT, 13), (LIQUIDATION, 7)];
/// How often the walk begins again because the chain was reorganised under it.
const RESTARTS: usize = 5;

/// A batch with its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// [`SETTLEMENT`] or [`LIQUIDATION`].
    pub statement: u8,
    /// Digest of the verifier's key: its first bytes are the selector.
    pub selector: FixedBytes<4>,
    /// The public inputs.
    pub instance: Vec<U256>,
    /// The proof as the verifier takes it.
    pub proof: Bytes,
}

impl Batch {
    /// A batch of a statement's public inputs.
    ///
    /// # Errors
    /// There are too many or too few of them, or a number is out of its range.
    pub fn new(statement: u8, selector: FixedBytes<4>, instance: Vec<U256>, proof: Bytes) -> Result<Self, ChainError> {
        let wanted = LENGTHS.iter().find(|(known, _)| *known == statement);
        let (_, wanted) = wanted.ok_or_else(|| {
            ChainError::Usage(format!(
                "statement: expected settlement or liquidation, found number {statement}"
            ))
        })?;
        if instance.len() != *wanted {
            let found = instance.len();
            return Err(ChainError::Rejected(format!(
                "instance: expected {wanted} values, found {found}"
            )));
        }
        let at = if statement == SETTLEMENT { 4..6 } else { 5..6 };
        if let Some(found) = instance[at].iter().find(|value| value.bit_len() > 63) {
            return Err(ChainError::Rejected(format!(
                "instance: expected a number of a batch or expiry, found {found:#x}"
            )));
        }
        Ok(Self {
            statement,
            selector,
            instance,
            proof,
        })
    }

    /// Its number.
    pub fn number(&self) -> u64 {
        self.instance[if self.statement == SETTLEMENT { 4 } else { 5 }].saturating_to()
    }

    /// Root before.
    pub fn old_state(&self) -> U256 {
        self.instance[2]
    }

    /// Root after.
    pub fn new_state(&self) -> U256 {
        self.instance[3]
    }

    /// Priced slots: underlying and price.
    fn prices(&self) -> Vec<(u16, U256)> {
        let slots = self.instance.get(7..13).unwrap_or_default().chunks(2);
        slots
            .filter(|slot| slot[0] < U256::from(UNUSED))
            .map(|slot| (slot[0].saturating_to(), slot[1]))
            .collect()
    }

    fn expiry(&self) -> u32 {
        if self.statement == SETTLEMENT {
            self.instance[5].saturating_to()
        } else {
            0
        }
    }

    fn closes(&self) -> bool {
        self.statement == SETTLEMENT && self.instance[6] == U256::ONE
    }
}

/// Where a batch stands after a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Proven; the delay before execution has not passed.
    Proven,
    /// Executed.
    Executed,
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Submitted {
    /// Its number.
    pub batch: u64,
    /// How far it is.
    pub stage: Stage,
    /// When it can be executed, Unix seconds; none once it is.
    pub executable_from: Option<u64>,
}

/// What the chain has of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing: it was never committed, or its commitment was taken back or reorganised away.
    Absent,
    /// It is committed, perhaps proven, perhaps executed less deep than asked for.
    Submitted,
    /// It is executed, that deep.
    Executed,
}

/// What the chain has of batches now, in their order. `confirmations` are blocks that an execution has to be deep, its own counted.
///
/// # Errors
/// [`ChainError::Rejected`] where the chain has another batch of such a number; or the node does not answer.
pub fn standings(
    client: &Client,
    deployment: &Deployment,
    batches: &[Batch],
    confirmations: u64,
) -> Result<Vec<Standing>, ChainError> {
    let walk = Walk {
        rollup: deployment.address("SettlementRollup")?,
        deployment,
    };
    let latest = client.latest()?.number;
    let [committed, ..] = walk.progress(client)?;
    let executed = walk.executed(client)?;
    let of = |batch: &Batch| match executed.get(&batch.number()) {
        Some((root, _)) if *root != batch.new_state() => Err(ChainError::Rejected(format!(
            "batch {}: expected it on the chain with new root {:#066x}, found {root:#066x}",
            batch.number(),
            batch.new_state()
        ))),
        Some((_, block)) if latest + 1 >= block + confirmations => Ok(Standing::Executed),
        Some(_) => Ok(Standing::Submitted),
        None if batch.number() > committed => Ok(Standing::Absent),
        None => walk.is_ours(client, batch).map(|()| Standing::Submitted),
    };
    batches.iter().map(of).collect()
}

/// Submits batches, which have to follow each other. Those that the chain has are left alone.
///
/// # Errors
/// [`ChainError::Rejected`] where the chain has another batch of that number, or would build another instance than the proof's.
pub fn submit(
    sender: &mut Sender<'_>,
    deployment: &Deployment,
    batches: &[Batch],
) -> Result<Vec<Submitted>, ChainError> {
    for pair in batches.windows(2) {
        if pair[1].number() != pair[0].number() + 1 || pair[1].old_state() != pair[0].new_state() {
            return Err(ChainError::Rejected(format!(
                "batch {}: expected it to follow batch {}, found another number or root",
                pair[1].number(),
                pair[0].number()
            )));
        }
    }
    let walk = Walk {
        rollup: deployment.address("SettlementRollup")?,
        deployment,
    };
    for _ in 0..RESTARTS {
        match walk.all(sender, batches) {
            Err(ChainError::Rejected(_)) if reorganised(sender)? => {}
            result => return result,
        }
    }
    walk.all(sender, batches)
}

/// Whether a transaction that was mined is not where it was.
fn reorganised(sender: &Sender<'_>) -> Result<bool, ChainError> {
    for intent in sender.journal().intents() {
        let Some(mined) = intent.mined else { continue };
        let block = sender.client.block_at(mined.block)?;
        if block.is_none_or(|block| block.hash != mined.block_hash) {
            return Ok(true);
        }
    }
    Ok(false)
}

struct Walk<'a> {
    rollup: Address,
    deployment: &'a Deployment,
}

impl Walk<'_> {
    fn all(&self, sender: &mut Sender<'_>, batches: &[Batch]) -> Result<Vec<Submitted>, ChainError> {
        for batch in batches {
            self.commit(sender, batch)?;
        }
        for batch in batches {
            self.prove(sender, batch)?;
        }
        let mut done = Vec::new();
        for batch in batches {
            done.push(self.execute(sender, batch)?);
            if done.last().is_some_and(|last| last.stage == Stage::Proven) {
                break;
            }
        }
        Ok(done)
    }

    fn progress(&self, client: &Client) -> Result<[u64; 3], ChainError> {
        let found = client.view(self.rollup, &SettlementRollup::progressCall {})?;
        Ok([found.committed, found.proven, found.executed])
    }

    fn step(
        &self,
        sender: &mut Sender<'_>,
        name: String,
        data: Vec<u8>,
        done: &dyn Fn(&Client) -> Result<bool, ChainError>,
    ) -> Result<(), ChainError> {
        sender.perform(&Step {
            name,
            to: Some(self.rollup),
            data: data.into(),
            done,
        })?;
        Ok(())
    }

    fn commit(&self, sender: &mut Sender<'_>, batch: &Batch) -> Result<(), ChainError> {
        let number = batch.number();
        let done = |client: &Client| {
            let [committed, ..] = self.progress(client)?;
            if committed >= number {
                self.is_ours(client, batch)?;
            }
            Ok(committed >= number)
        };
        let name = format!("commit/{number}");
        if sender.journal().get(&name).is_none() && !done(sender.client)? {
            self.check_instance(sender.client, batch)?;
        }
        let mut underlyings: Vec<u16> = batch.prices().iter().map(|(underlying, _)| *underlying).collect();
        if batch.statement == LIQUIDATION {
            underlyings = vec![self.round_of(sender.client, batch)?.unwrap_or(0)];
        }
        let call = SettlementRollup::commitBatchCall {
            batch: ISettlementRollup::Batch {
                statement: batch.statement,
                number,
                expiry: batch.expiry(),
                close: batch.closes(),
                underlyings,
                oldState: batch.old_state(),
                newState: batch.new_state(),
            },
        };
        self.step(sender, name, call.abi_encode(), &done)?;
        // Mined, by whom ever: the batch that the proof is for?
        self.is_ours(sender.client, batch)
    }

    fn prove(&self, sender: &mut Sender<'_>, batch: &Batch) -> Result<(), ChainError> {
        let number = batch.number();
        let done = |client: &Client| Ok(self.progress(client)?[1] >= number);
        let call = SettlementRollup::proveBatchesCall {
            first: number,
            proofs: vec![ISettlementRollup::Proof {
                selector: batch.selector,
                instance: batch.instance.clone(),
                proof: batch.proof.clone(),
            }],
        };
        self.step(sender, format!("prove/{number}"), call.abi_encode(), &done)
    }

    fn execute(&self, sender: &mut Sender<'_>, batch: &Batch) -> Result<Submitted, ChainError> {
        let number = batch.number();
        let name = format!("execute/{number}");
        let done = |client: &Client| Ok(self.progress(client)?[2] >= number);
        if sender.journal().get(&name).is_none() && !done(sender.client)? {
            let record = sender
                .client
                .view(self.rollup, &SettlementRollup::batchRecordCall { batch: number })?;
            let delay = sender
                .client
                .view(self.rollup, &SettlementRollup::executionDelayCall {})?;
            let from = record.provenAt.to::<u64>() + delay.to::<u64>();
            if sender.client.latest()?.time < from {
                return Ok(Submitted {
                    batch: number,
                    stage: Stage::Proven,
                    executable_from: Some(from),
                });
            }
        }
        let call = SettlementRollup::executeBatchesCall {
            first: number,
            instances: vec![batch.instance.clone()],
        };
        self.step(sender, name, call.abi_encode(), &done)?;
        Ok(Submitted {
            batch: number,
            stage: Stage::Executed,
            executable_from: None,
        })
    }

    /// The batch of this number on the chain is this one: by the chain of hashes while it waits, by its roots once it is executed.
    fn is_ours(&self, client: &Client, batch: &Batch) -> Result<(), ChainError> {
        let number = batch.number();
        let [_, _, executed] = self.progress(client)?;
        let other = |expected: String, found: String| {
            Err(ChainError::Rejected(format!(
                "batch {number}: expected it on the chain with {expected}, found {found}"
            )))
        };
        if number > executed {
            let hash = |number| {
                let record = client.view(self.rollup, &SettlementRollup::batchRecordCall { batch: number });
                record.map(|record| record.hash)
            };
            let before = hash(number - 1)?;
            // A byte is encoded as a word.
            let link = (before, U256::from(batch.statement), batch.instance.clone()).abi_encode_params();
            let (expected, found) = (keccak256(link), hash(number)?);
            if expected != found {
                return other(format!("hash {expected}"), found.to_string());
            }
            return Ok(());
        }
        let roots = self.executed(client)?;
        match roots.get(&number) {
            Some((found, _)) if *found == batch.new_state() => Ok(()),
            found => {
                let found = found.map_or("no event of its execution".into(), |(root, _)| format!("{root:#066x}"));
                other(format!("new root {:#066x}", batch.new_state()), found)
            }
        }
    }

    /// New roots of the executed batches, and the blocks of their execution.
    fn executed(&self, client: &Client) -> Result<BTreeMap<u64, (U256, u64)>, ChainError> {
        let topic = topic::<SettlementRollup::BatchExecuted>();
        let logs = client.logs(self.rollup, topic, self.deployment.from_block)?;
        let mut roots = BTreeMap::new();
        for log in logs {
            let event: SettlementRollup::BatchExecuted = event(&log)?;
            // A log without a block is of one that is not made yet.
            let Some(block) = log.block_number else { continue };
            roots.insert(event.batch, (event.newState, block));
        }
        Ok(roots)
    }

    /// The underlying whose accepted risk round the batch stands at.
    fn round_of(&self, client: &Client, batch: &Batch) -> Result<Option<u16>, ChainError> {
        let rounds = self.deployment.address("RiskRounds")?;
        for feed in &self.deployment.config.feeds {
            let underlying = feed.underlying;
            let accepted = client.view(rounds, &RiskRounds::acceptedCall { underlying })?;
            if accepted.riskRoot == batch.instance[4] {
                return Ok(Some(underlying));
            }
        }
        Ok(None)
    }

    /// What the contract would build is what the proof is for. A batch that is committed with another instance can never be proven.
    fn check_instance(&self, client: &Client, batch: &Batch) -> Result<(), ChainError> {
        let number = batch.number();
        let same = |what: &str, expected: U256, found: U256| match expected == found {
            true => Ok(()),
            false => Err(ChainError::Rejected(format!(
                "batch {number}, {what}: expected the chain's {expected:#x}, found {found:#x} in the proof"
            ))),
        };
        let domain = client.view(self.rollup, &SettlementRollup::domainCall {})?;
        same("domain", domain, batch.instance[0])?;
        let parameters = self.deployment.address("RiskParameters")?;
        let current = client.view(parameters, &RiskParameters::currentCall {})?;
        same("parameters", current.parameters, batch.instance[1])?;
        let state = client.view(self.rollup, &SettlementRollup::committedStateCall {})?;
        same("old root", state, batch.old_state())?;
        if batch.statement == LIQUIDATION && self.round_of(client, batch)?.is_none() {
            return Err(ChainError::Rejected(format!(
                "batch {number}, risk root: expected that of a round that the chain accepted last, found {:#066x}",
                batch.instance[4]
            )));
        }
        let oracle = self.deployment.address("OracleAggregator")?;
        let expiry = batch.expiry();
        for (underlying, price) in batch.prices() {
            let call = OracleAggregator::settlementPriceCall { expiry, underlying };
            let found = client.view(oracle, &call)?;
            if found == 0 {
                return Err(ChainError::Rejected(format!(
                    "batch {number}: expected a final price of underlying {underlying} at {expiry}, found none"
                )));
            }
            same(&format!("price of underlying {underlying}"), U256::from(found), price)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_says_what_is_committed_to() {
        let mut instance: Vec<U256> = [1u64, 2, 3, 4, 7, 29_576_640, 1, 2, 3_000, 65_534, 0, 65_535, 0]
            .map(U256::from)
            .to_vec();
        let new = |instance: &[U256]| Batch::new(SETTLEMENT, FixedBytes::ZERO, instance.to_vec(), Bytes::new());
        let batch = new(&instance).expect("a batch");
        assert_eq!((batch.number(), batch.expiry(), batch.closes()), (7, 29_576_640, true));
        assert_eq!(batch.prices(), [(2, U256::from(3_000))]);
        assert!(new(&instance[..12]).is_err());
        instance[4] = U256::MAX;
        assert!(new(&instance).is_err());
        let values = vec![U256::from(9); 7];
        let liquidation = Batch::new(LIQUIDATION, FixedBytes::ZERO, values.clone(), Bytes::new()).expect("a batch");
        assert_eq!((liquidation.number(), liquidation.prices().len()), (9, 0));
        assert!(Batch::new(2, FixedBytes::ZERO, values, Bytes::new()).is_err());
    }
}
