//! Batches of liquidations: worked out over a ledger, and what they move in it.

use halo2curves::bn256::Fr;

use super::{Ledger, LedgerError};
use crate::liquidation::{LiquidationRules, Terms};
use crate::open_interest::oi_digest;
use crate::risk::RiskArrays;
use crate::statement::liquidation::{BatchOutcome, Instance, Witness, execute};
use crate::statement::solvency::MarginRules;
use crate::units::ExpiryMinutes;

/// One batch of liquidations: what is said in public, what proves it, and what it does.
#[derive(Clone, Debug)]
pub struct LiquidatedBatch {
    /// The public statement.
    pub instance: Instance,
    /// Its witness. Secret.
    pub witness: Witness,
    /// The state after. Secret but for its header.
    pub outcome: BatchOutcome,
}

impl Ledger {
    /// Liquidates a list (liquidated, liquidator, terms) natively, one after the other. The ledger stays as it is until
    /// [`Ledger::apply_liquidation`]; `new_blinding(index, nonce)` hides each new leaf, with the nonce the account has after it.
    ///
    /// # Errors
    /// Rules that are not those of the ledger's parameters, or a clause of statement L that does not hold.
    pub fn liquidate(
        &self,
        arrays: &RiskArrays,
        margin: MarginRules,
        rules: LiquidationRules,
        wanted: &[(u32, u32, Terms)],
        new_blinding: impl Fn(u32, u32) -> Fr,
    ) -> Result<LiquidatedBatch, LedgerError> {
        let (expected, found) = (self.parts.params.margin_rules, margin.digest());
        if expected != found {
            return Err(LedgerError::OtherRules { expected, found });
        }
        let (instance, witness, outcome) = execute(self, arrays, margin, rules, wanted, new_blinding)?;
        Ok(LiquidatedBatch {
            instance,
            witness,
            outcome,
        })
    }

    /// Moves the ledger by a batch of liquidations over its state. On an error the ledger is as before.
    ///
    /// # Errors
    /// A batch over another state, or one whose parts do not belong together.
    pub fn apply_liquidation(&mut self, batch: &LiquidatedBatch) -> Result<(), LedgerError> {
        let LiquidatedBatch { instance, outcome, .. } = batch;
        if self.header() != outcome.old_header {
            return Err(LedgerError::OtherState {
                expected: self.state_root(),
                found: outcome.old_header.root(),
            });
        }
        if let Some(index) = outcome.accounts.keys().find(|index| self.account(**index).is_none()) {
            return Err(LedgerError::UnknownAccount { index: *index });
        }
        let leaves: Vec<(u32, Fr)> = outcome.accounts.iter().map(|(index, a)| (*index, a.leaf())).collect();
        // Lists of other expiries than these are not looked at: they stay as they are.
        let mut slots = Vec::new();
        let mut lists = Vec::new();
        for expiry in touched(outcome) {
            let unknown = LedgerError::UnknownExpiry { expiry };
            let (slot, _) = self.parts.expiries.get(&expiry).ok_or(unknown.clone())?;
            let (_, list) = outcome.expiries.get(&expiry).ok_or(unknown)?;
            slots.push((u32::from(*slot), oi_digest(expiry, list)));
            lists.push((expiry, (*slot, list.clone())));
        }
        self.move_trees(&leaves, &slots, &outcome.header, instance.new_state)?;
        self.parts.accounts.extend(outcome.accounts.clone());
        self.parts.expiries.extend(lists);
        self.parts.pools = outcome.header.pools;
        self.parts.batch = outcome.header.batch;
        self.parts.history = outcome.header.history;
        Ok(())
    }
}

/// The expiries whose open interest a batch moves.
pub(crate) fn touched(outcome: &BatchOutcome) -> Vec<ExpiryMinutes> {
    let mut expiries: Vec<ExpiryMinutes> = outcome.netted.keys().map(|series| series.expiry).collect();
    expiries.sort_unstable();
    expiries.dedup();
    expiries
}
