//! A step of a replay as an operator would hold it: a ledger under a state root, and the risk arrays of that moment.

use halo2curves::bn256::Fr;

use super::replay::Moment;
use crate::account::Account;
use crate::ledger::{Ledger, LedgerError, LedgerParts, expiries_of};
use crate::liquidation::scan;
use crate::params::RiskParameters;
use crate::risk::RiskError;
use crate::risk::file::RiskRound;
use crate::state::Pools;
use crate::store::{BlindingUse, QueueState, SecretSeed};
use crate::units::CashSum;

/// A step before its liquidations. Secret.
#[derive(Debug, Clone)]
pub struct Export {
    /// The state: batch 0, nonces 0, every account as the replay has it.
    pub ledger: Ledger,
    /// Where blindings and owners come from: the replay's seed, its time and its accounts.
    pub seed: SecretSeed,
    /// Who takes positions, in the order asked.
    pub takers: Vec<u32>,
    /// Who waits.
    pub queue: QueueState,
    /// Accounts below maintenance.
    pub below: usize,
}

impl Moment<'_> {
    /// Accounts below maintenance.
    pub fn below(&self) -> usize {
        scan(self.market, &self.book.accounts).below.len()
    }

    /// The risk arrays of this moment, as a risk file holds them: built again from their inputs.
    ///
    /// # Errors
    /// Inputs that cannot be priced; the replay has priced them.
    pub fn round(&self) -> Result<RiskRound, RiskError> {
        RiskRound::build(self.risk, self.inputs, self.regime_before)
    }

    /// The book as a ledger under `domain`.
    ///
    /// # Errors
    /// A book that no ledger holds.
    pub fn export(&self, domain: Fr, seed: u64) -> Result<Export, LedgerError> {
        let time = self.tick.time;
        let seed = SecretSeed::of_replay(seed, time, &self.book.accounts);
        let mut accounts = self.book.accounts.clone();
        let mut total = CashSum::new(self.pools.insurance);
        total.sub(self.pools.bad_debt.get());
        for (index, account) in &mut accounts {
            total.add(account.cash.get());
            *account = Account {
                owner: seed.owner_key(*index).key_hash(),
                nonce: 0,
                blinding: seed.blinding(BlindingUse::Leaf, *index, 0),
                ..account.clone()
            };
        }
        let ledger = Ledger::from_parts(LedgerParts {
            domain,
            params: RiskParameters::default().with_margin_rules(self.margin.digest()),
            expiries: expiries_of(&accounts)?,
            accounts,
            pools: Pools {
                total_cash: total.finish()?,
                ..*self.pools
            },
            batch: 0,
            history: Fr::zero(),
        })?;
        ledger.audit()?;
        Ok(Export {
            ledger,
            seed,
            takers: self.book.takers.clone(),
            queue: QueueState {
                queue: self.queue.clone(),
                time,
            },
            below: self.below(),
        })
    }
}
