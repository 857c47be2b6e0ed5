//! A proven risk round, brought to the chain: statement R in its parts.

use alloy::primitives::aliases::U80;
use alloy::primitives::{Bytes, FixedBytes, U256};
use alloy::sol_types::SolCall;

use crate::abi::oracle::OracleAggregator;
use crate::abi::rounds::{IRiskRounds, RiskRounds};
use crate::client::Client;
use crate::deployment::Deployment;
use crate::error::ChainError;
use crate::sender::{Outcome, Sender, Step};

/// How many rounds of the oracle are looked at for the one that a proof is about.
const LOOK_BACK: u64 = 4096;

/// A market part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Market {
    /// First bytes of the verifier's key digest.
    pub selector: FixedBytes<4>,
    /// Digest of its contexts.
    pub contexts: U256,
    /// The proof as the verifier takes it.
    pub proof: Bytes,
}

/// A segment, with the cursor after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// First bytes of the verifier's key digest.
    pub selector: FixedBytes<4>,
    /// Digest of the contexts that it takes.
    pub contexts: U256,
    /// Root of its rows.
    pub rows: U256,
    /// The digest so far.
    pub digest: U256,
    /// Elements that wait, at most two.
    pub pending: Vec<U256>,
    /// Order of the last series.
    pub order: U256,
    /// Expiry and forward of the last series, in one word.
    pub last: U256,
    /// Series so far.
    pub count: u16,
    /// The proof as the verifier takes it.
    pub proof: Bytes,
}

/// A round with all its proofs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenRound {
    /// Registry number.
    pub underlying: u16,
    /// Segments are of 4^levels series.
    pub levels: u8,
    /// Time of the oracle's round, Unix seconds.
    pub time: u64,
    /// By how much the regime widens the grid, @18.
    pub factor: u32,
    /// Digest of the regime after it.
    pub new_regime: U256,
    /// Market parts.
    pub markets: Vec<Market>,
    /// Segments, in the order of the listing.
    pub segments: Vec<Segment>,
}

impl ProvenRound {
    /// Submits the round, unless the chain has it or a later one.
    ///
    /// # Errors
    /// The oracle has no round of that time, a segment takes contexts that no market proves, or the contract refuses.
    pub fn submit(&self, sender: &mut Sender<'_>, deployment: &Deployment) -> Result<Outcome, ChainError> {
        let rounds = deployment.address("RiskRounds")?;
        let underlying = self.underlying;
        let done = |client: &Client| {
            let accepted = client.view(rounds, &RiskRounds::acceptedCall { underlying })?;
            Ok(accepted.time.to::<u64>() >= self.time)
        };
        let name = format!("risk/{underlying}/{}", self.time);
        if sender.journal().get(&name).is_none() && done(sender.client)? {
            return Ok(Outcome::Already);
        }
        let round = IRiskRounds::Round {
            underlying,
            levels: self.levels,
            oracleRound: self.oracle_round(sender.client, deployment)?,
            factor: self.factor,
            newRegime: self.new_regime,
            markets: self.markets(),
            segments: self.segments()?,
        };
        sender.perform(&Step {
            name,
            to: Some(rounds),
            data: RiskRounds::submitRoundCall { round }.abi_encode().into(),
            done: &done,
        })
    }

    /// The number that the round of this time has at the oracle.
    fn oracle_round(&self, client: &Client, deployment: &Deployment) -> Result<U80, ChainError> {
        let oracle = deployment.address("OracleAggregator")?;
        let underlying = self.underlying;
        let latest = client.view(oracle, &OracleAggregator::latestRoundCall { underlying })?;
        let latest: u64 = latest.id.to();
        for id in (1..=latest).rev().take(LOOK_BACK as usize) {
            let id = U80::from(id);
            let found = client.view(oracle, &OracleAggregator::roundCall { underlying, id })?;
            let time: u64 = found.time.to();
            if time == self.time {
                return Ok(id);
            }
            if time < self.time {
                break;
            }
        }
        Err(ChainError::Rejected(format!(
            "risk round: expected a round of the oracle at {}, found none",
            self.time
        )))
    }

    fn markets(&self) -> Vec<IRiskRounds::Market> {
        let market = |market: &Market| IRiskRounds::Market {
            selector: market.selector,
            contexts: market.contexts,
            proof: market.proof.clone(),
        };
        self.markets.iter().map(market).collect()
    }

    fn segments(&self) -> Result<Vec<IRiskRounds::Segment>, ChainError> {
        let mut all = Vec::new();
        for (number, segment) in self.segments.iter().enumerate() {
            let market = self
                .markets
                .iter()
                .position(|market| market.contexts == segment.contexts);
            let market = market.and_then(|market| u8::try_from(market).ok()).ok_or_else(|| {
                ChainError::Rejected(format!(
                    "segment {number}: expected a market with its contexts, found none"
                ))
            })?;
            if segment.pending.len() > 2 {
                let found = segment.pending.len();
                return Err(ChainError::Rejected(format!(
                    "segment {number}: expected at most 2 elements that wait, found {found}"
                )));
            }
            let waiting = |at: usize| segment.pending.get(at).copied().unwrap_or_default();
            all.push(IRiskRounds::Segment {
                selector: segment.selector,
                market,
                rows: segment.rows,
                cursor: IRiskRounds::Cursor {
                    digest: segment.digest,
                    pending: [waiting(0), waiting(1)],
                    // At most two.
                    waiting: segment.pending.len() as u8,
                    order: segment.order,
                    last: segment.last,
                    count: segment.count,
                },
                proof: segment.proof.clone(),
            });
        }
        Ok(all)
    }
}
