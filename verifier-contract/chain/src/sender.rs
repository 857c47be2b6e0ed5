//! Steps that are sent once, whatever happens in between.
//!
//! ```text
//! done on chain already? → fix a nonce → sign → journal → send → receipt → confirmations → journal
//! ```
//!
//! | found on a restart, or while waiting | then |
//! |---|---|
//! | a receipt of one of the intent's transactions | wait for confirmations; a failed one is forgotten, and the step is refused |
//! | no receipt, nonce unused | the transaction was dropped or reorganised away: send it again, the same one; pay more after a while, under the same nonce |
//! | no receipt, nonce used, and that as deep as the confirmations | another transaction took the nonce: the intent can never be mined; forget it, ask the chain whether the step is done, begin again if not |

use std::thread::sleep;
use std::time::{Duration, Instant};

use alloy::consensus::{SignableTransaction, TxEip1559};
use alloy::eips::eip2718::Encodable2718;
use alloy::primitives::{Address, Bytes, TxKind, U256, keccak256};
use alloy::sol_types::SolCall;
use serde::Serialize;

use crate::client::{Client, Fees, Sent};
use crate::error::ChainError;
use crate::journal::{Attempt, Intent, Journal, Mined};
use crate::signer::HashSigner;

/// Looks in which a nonce has to be another's before the intent is given up.
const LOOKS: u32 = 5;

/// How long to wait for what.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Blocks that a transaction has to be deep in the chain, its own counted: at least 1.
    pub confirmations: u64,
    /// When a transaction that is not mined is sent again with a higher fee.
    pub bump_after: Duration,
    /// When to give up waiting. Nothing is lost: the next run goes on.
    pub give_up_after: Duration,
    /// Time between two looks.
    pub poll: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            confirmations: 1,
            bump_after: Duration::from_secs(60),
            give_up_after: Duration::from_secs(600),
            poll: Duration::from_secs(2),
        }
    }
}

/// One transaction that has to happen once.
pub struct Step<'a> {
    /// Its name in the journal: the same step has the same name in every run.
    pub name: String,
    /// Where it goes; none for a deployment.
    pub to: Option<Address>,
    /// Its data.
    pub data: Bytes,
    /// Whether the chain shows its effect, whoever sent it.
    pub done: &'a dyn Fn(&Client) -> Result<bool, ChainError>,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// One of its transactions is in the chain.
    Mined(Mined),
    /// It had its effect without a transaction that the journal knows.
    Already,
}

/// A transaction that this process saw mined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    /// The step.
    pub step: String,
    /// The transaction's hash.
    pub transaction: alloy::primitives::B256,
    /// Number of its block.
    pub block: u64,
    /// Gas that it used.
    pub gas: u64,
    /// Bytes of its data.
    pub bytes: usize,
    /// Transactions that were signed for the step.
    pub attempts: usize,
    /// Sent by this process, or found.
    pub sent: bool,
}

/// Sends steps of one account.
pub struct Sender<'a> {
    /// The node.
    pub client: &'a Client,
    signer: &'a dyn HashSigner,
    journal: Journal,
    policy: Policy,
    /// What was mined, in order.
    pub records: Vec<Record>,
    /// Is told what is being done.
    pub tell: Box<dyn FnMut(&str) + 'a>,
}

impl std::fmt::Debug for Sender<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender")
            .field("journal", &self.journal)
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}

/// What the chain shows of an intent.
enum Found {
    Mined(Mined, bool),
    /// Another transaction has the nonce, deep enough to stay.
    NonceLost,
    /// Another transaction has the nonce, and may go away again.
    NonceTaken,
    /// Nothing has the nonce.
    Waiting,
}

impl<'a> Sender<'a> {
    /// A sender over an open journal, which has to be of the signer's account and the client's chain.
    pub fn new(client: &'a Client, signer: &'a dyn HashSigner, journal: Journal, policy: Policy) -> Self {
        Self {
            client,
            signer,
            journal,
            policy,
            records: Vec::new(),
            tell: Box::new(|_| {}),
        }
    }

    /// The account.
    pub fn address(&self) -> Address {
        self.signer.address()
    }

    /// What the journal holds.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The nonce that a step has, or would get if it began now.
    ///
    /// # Errors
    /// The node does not answer.
    pub fn nonce_of(&self, name: &str) -> Result<u64, ChainError> {
        match self.journal.get(name) {
            Some(intent) => Ok(intent.nonce),
            None => self.free_nonce(),
        }
    }

    fn free_nonce(&self) -> Result<u64, ChainError> {
        let mined = self.client.transactions_of(self.address(), None)?;
        Ok(mined.max(self.journal.next_nonce()))
    }

    /// Makes a step happen, once.
    ///
    /// # Errors
    /// [`ChainError::Rejected`] where the contract refuses; [`ChainError::Environment`] where it is not mined in time: the next run goes on.
    pub fn perform(&mut self, step: &Step<'_>) -> Result<Outcome, ChainError> {
        let started = Instant::now();
        let mut last_bump = Instant::now();
        let (mut sent, mut lost) = (false, 0);
        loop {
            let Some(intent) = self.journal.get(&step.name).cloned() else {
                if (step.done)(self.client)? {
                    return Ok(Outcome::Already);
                }
                (self.tell)(&step.name);
                self.begin(step)?;
                sent = true;
                continue;
            };
            match self.look(&intent)? {
                Found::Mined(mined, true) => {
                    if intent.mined != Some(mined) {
                        let mined = Some(mined);
                        self.journal.put(Intent {
                            mined,
                            ..intent.clone()
                        })?;
                    }
                    if self.is_deep(mined.block)? {
                        return self.finish(step, intent, mined, sent);
                    }
                }
                Found::Mined(mined, false) => {
                    if self.is_deep(mined.block)? {
                        self.journal.forget(&step.name)?;
                        return self.failed(step, mined);
                    }
                }
                // A node can count a transaction before it finds its receipt: what is seen once is not believed.
                Found::NonceLost if lost < LOOKS => lost += 1,
                Found::NonceLost => {
                    lost = 0;
                    self.journal.forget(&step.name)?;
                    continue;
                }
                Found::NonceTaken => {}
                Found::Waiting => {
                    let bump = last_bump.elapsed() >= self.policy.bump_after;
                    last_bump = if bump { Instant::now() } else { last_bump };
                    self.again(step, intent, bump)?;
                    sent = true;
                }
            }
            if started.elapsed() >= self.policy.give_up_after {
                return Err(ChainError::Environment(format!(
                    "{}: expected it to be mined and {} blocks deep within {} s, found it waiting; run again to go on",
                    step.name,
                    self.policy.confirmations,
                    self.policy.give_up_after.as_secs()
                )));
            }
            sleep(self.policy.poll);
        }
    }

    /// Makes a call happen, once.
    ///
    /// # Errors
    /// As [`Sender::perform`].
    pub fn call<C: SolCall>(
        &mut self,
        name: &str,
        to: Address,
        call: &C,
        done: &dyn Fn(&Client) -> Result<bool, ChainError>,
    ) -> Result<Outcome, ChainError> {
        self.perform(&Step {
            name: name.to_owned(),
            to: Some(to),
            data: call.abi_encode().into(),
            done,
        })
    }

    fn is_deep(&self, block: u64) -> Result<bool, ChainError> {
        let latest = self.client.latest()?.number;
        Ok(latest + 1 >= block + self.policy.confirmations)
    }

    fn finish(&mut self, step: &Step<'_>, intent: Intent, mined: Mined, sent: bool) -> Result<Outcome, ChainError> {
        let attempts = intent.attempts.len();
        let short = |attempt: Attempt| Attempt { raw: None, ..attempt };
        let final_intent = Intent {
            attempts: intent.attempts.into_iter().map(short).collect(),
            mined: Some(mined),
            ..intent
        };
        self.journal.put(final_intent)?;
        self.records.push(Record {
            step: step.name.clone(),
            transaction: mined.transaction,
            block: mined.block,
            gas: mined.gas,
            bytes: step.data.len(),
            attempts,
            sent,
        });
        Ok(Outcome::Mined(mined))
    }

    /// A transaction of the step was mined and reverted.
    fn failed(&self, step: &Step<'_>, mined: Mined) -> Result<Outcome, ChainError> {
        if (step.done)(self.client)? {
            return Ok(Outcome::Already);
        }
        let why = match self.client.simulate(self.address(), step.to, step.data.clone()) {
            Err(ChainError::Rejected(reason)) => reason,
            _ => "it would go through now".to_owned(),
        };
        Err(ChainError::Rejected(format!(
            "{}: transaction {} reverted in block {}: {why}",
            step.name, mined.transaction, mined.block
        )))
    }

    /// The count is asked for before the receipts: a transaction that is mined in between then has its receipt.
    fn look(&self, intent: &Intent) -> Result<Found, ChainError> {
        let latest = self.client.latest()?.number;
        let used = self.client.transactions_of(self.address(), None)? > intent.nonce;
        let deep = used && {
            let block = (latest + 1).saturating_sub(self.policy.confirmations);
            self.client.transactions_of(self.address(), Some(block))? > intent.nonce
        };
        for attempt in intent.attempts.iter().rev() {
            let Some(receipt) = self.client.receipt(attempt.hash)? else {
                continue;
            };
            if let (Some(block), Some(block_hash)) = (receipt.block_number, receipt.block_hash) {
                // A node may still know the receipt of a block that it has left.
                let stands = self.client.block_at(block)?.is_some_and(|now| now.hash == block_hash);
                if !stands {
                    continue;
                }
                let mined = Mined {
                    transaction: attempt.hash,
                    block,
                    block_hash,
                    gas: receipt.gas_used,
                };
                return Ok(Found::Mined(mined, receipt.status()));
            }
        }
        Ok(match (used, deep) {
            (true, true) => Found::NonceLost,
            (true, false) => Found::NonceTaken,
            _ => Found::Waiting,
        })
    }

    /// Fixes the nonce, signs, writes, sends.
    fn begin(&mut self, step: &Step<'_>) -> Result<(), ChainError> {
        let gas = self
            .client
            .gas(self.address(), step.to, step.data.clone())
            .map_err(|error| about(&step.name, error))?;
        self.wake()?;
        let intent = Intent {
            name: step.name.clone(),
            nonce: self.free_nonce()?,
            to: step.to,
            data_hash: keccak256(&step.data),
            // An estimate is for the last block; the next one may need a little more.
            gas_limit: gas + gas / 4,
            attempts: Vec::new(),
            mined: None,
        };
        let fees = self.client.fees()?;
        self.attempt(step, intent, fees)
    }

    /// Sends again what was begun in another run and waits: a later nonce would wait for it.
    fn wake(&self) -> Result<(), ChainError> {
        let waiting = self.journal.intents().iter().filter(|intent| intent.mined.is_none());
        for attempt in waiting.filter_map(|intent| intent.attempts.last()) {
            if let Some(raw) = &attempt.raw {
                self.client.send(raw)?;
            }
        }
        Ok(())
    }

    /// The last transaction once more, or one that pays more, or has the step's data as they are now.
    fn again(&mut self, step: &Step<'_>, intent: Intent, bump: bool) -> Result<(), ChainError> {
        let mut intent = Intent { mined: None, ..intent };
        let same = intent.data_hash == keccak256(&step.data) && intent.to == step.to;
        let last = intent.attempts.last().cloned();
        if let Some(raw) = last
            .as_ref()
            .and_then(|last| last.raw.as_ref())
            .filter(|_| same && !bump)
        {
            let sent = self.client.send(raw)?;
            if sent != Sent::Underpriced {
                return self.journal.put(intent);
            }
        }
        if !same {
            let gas = self.client.gas(self.address(), step.to, step.data.clone());
            let gas = gas.map_err(|error| about(&step.name, error))?;
            (intent.to, intent.gas_limit) = (step.to, gas + gas / 4);
            intent.data_hash = keccak256(&step.data);
        }
        let now = self.client.fees()?;
        // Nodes take a replacement for an eighth more.
        let more = |fee: u128| fee + fee / 8 + 1;
        let fees = last.map_or(now, |last| Fees {
            most: now.most.max(more(last.most_fee)),
            tip: now.tip.max(more(last.tip)),
        });
        self.attempt(step, intent, fees)
    }

    fn attempt(&mut self, step: &Step<'_>, mut intent: Intent, fees: Fees) -> Result<(), ChainError> {
        let transaction = TxEip1559 {
            chain_id: self.client.chain_id(),
            nonce: intent.nonce,
            gas_limit: intent.gas_limit,
            max_fee_per_gas: fees.most,
            max_priority_fee_per_gas: fees.tip,
            to: step.to.map_or(TxKind::Create, TxKind::Call),
            value: U256::ZERO,
            access_list: Default::default(),
            input: step.data.clone(),
        };
        let signature = self.signer.sign(transaction.signature_hash())?;
        let signed = transaction.into_signed(signature);
        let raw: Bytes = signed.encoded_2718().into();
        intent.attempts.push(Attempt {
            hash: *signed.hash(),
            most_fee: fees.most,
            tip: fees.tip,
            raw: Some(raw.clone()),
        });
        // Before it is sent: after a crash here the next run finds the intent, and the chain says whether it was mined.
        self.journal.put(intent)?;
        checkpoint("journaled", &step.name);
        self.client.send(&raw).map_err(|error| about(&step.name, error))?;
        checkpoint("sent", &step.name);
        Ok(())
    }
}

fn about(name: &str, error: ChainError) -> ChainError {
    match error {
        ChainError::Rejected(text) => ChainError::Rejected(format!("{name}: {text}")),
        ChainError::Resource(text) => ChainError::Resource(format!("{name}: {text}")),
        other => other,
    }
}

/// Marks a moment of a step.
///
/// **For tests only.** When `ZKSETTLE_KILL_AT` names it, such as `sent commit/1`, the process aborts here, as if killed. It can only stop the
/// process that it is set for.
fn checkpoint(moment: &str, step: &str) {
    if std::env::var("ZKSETTLE_KILL_AT").is_ok_and(|asked| asked == format!("{moment} {step}")) {
        std::process::abort();
    }
}
