//! The operator's state in memory: accounts, open interest, pools, and the two trees over them.
//!
//! A [`Ledger`] makes witnesses of its state and moves by the outcomes of batches. It holds every secret of every account;
//! none of them shows in its `Debug` form or its errors.

mod error;
mod liquidation;

use std::collections::BTreeMap;
use std::fmt;

use halo2curves::bn256::Fr;
use rayon::prelude::*;

pub use error::LedgerError;
pub use liquidation::LiquidatedBatch;
pub(crate) use liquidation::touched;

use crate::account::Account;
use crate::book::GeneratedBook;
use crate::open_interest::{OpenInterest, oi_digest};
use crate::params::RiskParameters;
use crate::position::Position;
use crate::series::SeriesTerms;
use crate::state::{Pools, StateHeader};
use crate::statement::settlement::{AccountUpdate, Instance, Outcome, PRICE_SLOTS, PriceSlot, Witness, execute};
use crate::tree::{ACCOUNT_DEPTH, AccountPath, SERIES_DEPTH, Siblings, SparseTree, TreeError};
use crate::units::{AMOUNT_BOUND, Cash, CashSum, ExpiryMinutes, Underlying};

/// The most accounts of a ledger: 4^12.
pub const MAX_ACCOUNTS: u32 = 1 << (2 * ACCOUNT_DEPTH);
/// The most expiries open at once: 4^4.
pub const MAX_EXPIRIES: usize = 1 << (2 * SERIES_DEPTH);

/// An expiry's slot in the series tree, and its open interest, strictly increasing by series.
pub type ExpirySlot = (u8, Vec<OpenInterest>);

/// One settled batch: what is said in public, what proves it, and what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledBatch {
    /// The public statement.
    pub instance: Instance,
    /// Its witness. Secret.
    pub witness: Witness,
    /// The state after. Secret but for its header.
    pub outcome: Outcome,
}

/// Everything a ledger is made of, the trees left out: they follow.
#[derive(Clone, PartialEq, Eq)]
pub struct LedgerParts {
    /// Names the venue and chain.
    pub domain: Fr,
    /// The risk parameters in force.
    pub params: RiskParameters,
    /// The accounts by leaf number.
    pub accounts: BTreeMap<u32, Account>,
    /// The open expiries.
    pub expiries: BTreeMap<ExpiryMinutes, ExpirySlot>,
    /// The pools.
    pub pools: Pools,
    /// Batches so far.
    pub batch: u64,
    /// The history.
    pub history: Fr,
}

impl fmt::Debug for LedgerParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LedgerParts")
            .field("accounts", &self.accounts.len())
            .field("expiries", &self.expiries.len())
            .field("batch", &self.batch)
            .finish_non_exhaustive()
    }
}

/// The operator's state.
#[derive(Clone, PartialEq, Eq)]
pub struct Ledger {
    parts: LedgerParts,
    account_tree: SparseTree,
    series_tree: SparseTree,
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ledger").field(&self.parts).finish()
    }
}

impl Ledger {
    /// The genesis state of a book: batch 0, history 0, nonces 0; `owner(index)` is the key hash of each account's owner, `blinding(index, nonce)` hides
    /// each leaf.
    ///
    /// Expiries take slots from 0 in their order. Total cash is what accounts and insurance hold, and stays so.
    pub fn from_book(
        book: &GeneratedBook,
        params: RiskParameters,
        domain: Fr,
        owner: impl Fn(u32) -> Fr,
        blinding: impl Fn(u32, u32) -> Fr,
    ) -> Result<Self, LedgerError> {
        let mut accounts = BTreeMap::new();
        let mut total = CashSum::new(book.insurance);
        for (place, entry) in book.accounts.iter().enumerate() {
            let index = account_number(place as u64)?;
            total.add(entry.cash.get());
            let account = Account {
                owner: owner(index),
                cash: entry.cash,
                nonce: 0,
                positions: entry.positions.clone(),
                blinding: blinding(index, 0),
            };
            accounts.insert(index, account);
        }
        let expiries = expiries_of(&accounts)?;
        let pools = Pools {
            insurance: book.insurance,
            total_cash: total.finish()?,
            ..Pools::default()
        };
        Self::from_parts(LedgerParts {
            domain,
            params,
            accounts,
            expiries,
            pools,
            batch: 0,
            history: Fr::zero(),
        })
    }

    /// The ledger of these parts; builds both trees. What only [`Ledger::audit`] finds is not looked for.
    pub fn from_parts(parts: LedgerParts) -> Result<Self, LedgerError> {
        parts.params.validate()?;
        if let Some((index, _)) = parts.accounts.last_key_value() {
            account_number(u64::from(*index))?;
        }
        let mut slots: BTreeMap<u8, ExpiryMinutes> = BTreeMap::new();
        for (expiry, (slot, _)) in &parts.expiries {
            if slots.insert(*slot, *expiry).is_some() {
                return Err(LedgerError::SharedSlot { slot: *slot });
            }
        }
        let (account_tree, series_tree) = trees(&parts)?;
        Ok(Self {
            parts,
            account_tree,
            series_tree,
        })
    }

    /// What the ledger is made of.
    pub fn parts(&self) -> &LedgerParts {
        &self.parts
    }

    /// An account.
    pub fn account(&self, index: u32) -> Option<&Account> {
        self.parts.accounts.get(&index)
    }

    /// Siblings of an account's leaf, from the leaf upward.
    ///
    /// # Errors
    /// The tree is not of the account tree's depth.
    pub fn account_path(&self, index: u32) -> Result<AccountPath, LedgerError> {
        path_of(&self.account_tree, index)
    }

    /// The account tree.
    pub fn account_tree(&self) -> &SparseTree {
        &self.account_tree
    }

    /// The state header.
    pub fn header(&self) -> StateHeader {
        StateHeader {
            accounts_root: self.account_tree.root(),
            series_root: self.series_tree.root(),
            pools: self.parts.pools,
            batch: self.parts.batch,
            history: self.parts.history,
        }
    }

    /// The state root.
    pub fn state_root(&self) -> Fr {
        self.header().root()
    }

    /// The accounts that hold a series of this expiry and one of these underlyings, ascending.
    pub fn affected_accounts(&self, expiry: ExpiryMinutes, underlyings: &[Underlying]) -> Vec<u32> {
        let affected =
            |position: &Position| position.series.expiry == expiry && underlyings.contains(&position.series.underlying);
        self.parts
            .accounts
            .iter()
            .filter(|(_, account)| account.positions.iter().any(affected))
            .map(|(index, _)| *index)
            .collect()
    }

    /// The witness that touches these accounts at an expiry; `new_blinding(index, nonce)` hides each new leaf, with the
    /// nonce the account has after the batch.
    pub fn witness(
        &self,
        accounts: &[u32],
        expiry: ExpiryMinutes,
        new_blinding: impl Fn(u32, u32) -> Fr,
    ) -> Result<Witness, LedgerError> {
        let (slot, open_interest) = self
            .parts
            .expiries
            .get(&expiry)
            .ok_or(LedgerError::UnknownExpiry { expiry })?;
        let update = |&index: &u32| {
            let account = self
                .account(index)
                .ok_or(LedgerError::UnknownAccount { index })?
                .clone();
            let new_blinding = new_blinding(index, account.nonce.saturating_add(1));
            Ok(AccountUpdate {
                index,
                account,
                new_blinding,
                path: path_of(&self.account_tree, index)?,
            })
        };
        Ok(Witness {
            params: self.parts.params,
            pools: self.parts.pools,
            history: self.parts.history,
            accounts: accounts.iter().map(update).collect::<Result<_, LedgerError>>()?,
            open_interest: open_interest.clone(),
            slot: *slot,
            series_path: path_of(&self.series_tree, u32::from(*slot))?,
        })
    }

    /// Settles a batch natively. The ledger stays as it is until [`Ledger::apply`].
    pub fn settle(
        &self,
        accounts: &[u32],
        expiry: ExpiryMinutes,
        prices: [Option<PriceSlot>; PRICE_SLOTS],
        close: bool,
        new_blinding: impl Fn(u32, u32) -> Fr,
    ) -> Result<SettledBatch, LedgerError> {
        let witness = self.witness(accounts, expiry, new_blinding)?;
        let number = self.parts.batch.saturating_add(1);
        let (instance, outcome) = execute(self.parts.domain, &witness, number, expiry, close, prices)?;
        let (expected, found) = (self.state_root(), instance.old_state);
        if expected != found {
            return Err(LedgerError::OtherState { expected, found });
        }
        Ok(SettledBatch {
            instance,
            witness,
            outcome,
        })
    }

    /// Moves the ledger by a batch over its state. On an error the ledger is as before.
    pub fn apply(&mut self, batch: &SettledBatch) -> Result<(), LedgerError> {
        let SettledBatch {
            instance,
            witness,
            outcome,
        } = batch;
        if self.header() != outcome.old_header {
            return Err(LedgerError::OtherState {
                expected: self.state_root(),
                found: outcome.old_header.root(),
            });
        }
        if let Some(update) = witness
            .accounts
            .iter()
            .find(|update| self.account(update.index).is_none())
        {
            return Err(LedgerError::UnknownAccount { index: update.index });
        }
        let (slot, _) = self
            .parts
            .expiries
            .get(&instance.expiry)
            .ok_or(LedgerError::UnknownExpiry {
                expiry: instance.expiry,
            })?;
        let slot = *slot;
        let indices = || witness.accounts.iter().map(|update| update.index);
        let leaves: Vec<(u32, Fr)> = indices().zip(outcome.new_leaves.iter().copied()).collect();
        let slots = [(u32::from(slot), outcome.new_slot)];
        self.move_trees(&leaves, &slots, &outcome.header, instance.new_state)?;
        self.parts
            .accounts
            .extend(indices().zip(outcome.accounts.iter().cloned()));
        if instance.close {
            self.parts.expiries.remove(&instance.expiry);
        } else {
            self.parts
                .expiries
                .insert(instance.expiry, (slot, outcome.open_interest.clone()));
        }
        self.parts.pools = outcome.pools;
        self.parts.batch = outcome.header.batch;
        self.parts.history = outcome.header.history;
        Ok(())
    }

    /// Puts new leaves into both trees. Where they do not lead to the header and the root that are claimed, the trees are as before.
    fn move_trees(
        &mut self,
        leaves: &[(u32, Fr)],
        slots: &[(u32, Fr)],
        header: &StateHeader,
        new_state: Fr,
    ) -> Result<(), LedgerError> {
        let before = |tree: &SparseTree, new: &[(u32, Fr)]| -> Vec<(u32, Fr)> {
            new.iter().map(|(index, _)| (*index, tree.get(*index))).collect()
        };
        let (old_leaves, old_slots) = (before(&self.account_tree, leaves), before(&self.series_tree, slots));
        let put = |ledger: &mut Self, leaves: &[(u32, Fr)], slots: &[(u32, Fr)]| {
            ledger.account_tree.set_many(leaves.iter().copied())?;
            ledger.series_tree.set_many(slots.iter().copied())
        };
        let done = put(self, leaves, slots);
        let moved = StateHeader {
            accounts_root: self.account_tree.root(),
            series_root: self.series_tree.root(),
            ..*header
        };
        if done.is_ok() && moved == *header && moved.root() == new_state {
            return Ok(());
        }
        put(self, &old_leaves, &old_slots)?;
        done?;
        Err(LedgerError::OtherResult {
            expected: new_state,
            found: moved.root(),
        })
    }

    /// Recomputes everything that follows from something else: both trees from their rows, open interest from the
    /// positions, total cash from accounts and pools.
    pub fn audit(&self) -> Result<(), LedgerError> {
        for (index, account) in &self.parts.accounts {
            if !account.positions.windows(2).all(|pair| pair[0].series < pair[1].series) {
                return Err(LedgerError::PositionOrder { index: *index });
            }
        }
        let (account_tree, series_tree) = trees(&self.parts)?;
        for (tree, rebuilt, held) in [
            ("account", account_tree, &self.account_tree),
            ("series", series_tree, &self.series_tree),
        ] {
            if rebuilt != *held {
                return Err(LedgerError::Root {
                    tree,
                    expected: rebuilt.root(),
                    found: held.root(),
                });
            }
        }
        self.audit_open_interest()?;
        let pools = &self.parts.pools;
        let mut sum = CashSum::default();
        for cash in self.parts.accounts.values().map(|account| account.cash) {
            sum.add(cash.get());
        }
        for pool in [pools.clearing, pools.fees, pools.insurance] {
            sum.add(pool.get());
        }
        // Bad debt is money that accounts hold and nobody has paid in.
        sum.sub(pools.bad_debt.get());
        if sum.finish() != Ok(pools.total_cash) {
            Err(LedgerError::Conservation)
        } else {
            Ok(())
        }
    }

    /// Open interest equals the sum of the positions; a series nobody holds any more may still be listed, at 0.
    fn audit_open_interest(&self) -> Result<(), LedgerError> {
        let held = open_interest_of(self.parts.accounts.values().flat_map(|account| &account.positions))?;
        let mut held: BTreeMap<SeriesTerms, OpenInterest> =
            held.into_iter().map(|entry| (entry.series, entry)).collect();
        for (expiry, (_, list)) in &self.parts.expiries {
            let mut before = None;
            for entry in list {
                let series = entry.series;
                let sum = held.remove(&series).unwrap_or(OpenInterest {
                    series,
                    long: 0,
                    short: 0,
                });
                if series.expiry != *expiry || before >= Some(series) || sum != *entry {
                    return Err(LedgerError::OpenInterest { series });
                }
                before = Some(series);
            }
        }
        match held.into_keys().next() {
            Some(series) => Err(LedgerError::OpenInterest { series }),
            None => Ok(()),
        }
    }

    /// Money of the accounts, and how many of them are below zero.
    pub fn balances(&self) -> Result<(Cash, usize), LedgerError> {
        let mut sum = CashSum::default();
        for account in self.parts.accounts.values() {
            sum.add(account.cash.get());
        }
        Ok((
            sum.finish()?,
            self.parts
                .accounts
                .values()
                .filter(|account| account.cash < Cash::ZERO)
                .count(),
        ))
    }
}

fn account_number(found: u64) -> Result<u32, LedgerError> {
    u32::try_from(found)
        .ok()
        .filter(|index| *index < MAX_ACCOUNTS)
        .ok_or(LedgerError::AccountNumber { found })
}

/// The account tree and the series tree of a ledger's rows.
fn trees(parts: &LedgerParts) -> Result<(SparseTree, SparseTree), LedgerError> {
    let rows: Vec<(u32, &Account)> = parts
        .accounts
        .iter()
        .map(|(index, account)| (*index, account))
        .collect();
    let leaves: Vec<(u32, Fr)> = rows
        .par_iter()
        .map(|(index, account)| (*index, account.leaf()))
        .collect();
    let slots = parts
        .expiries
        .iter()
        .map(|(expiry, (slot, list))| (u32::from(*slot), oi_digest(*expiry, list)));
    Ok((
        SparseTree::from_leaves(ACCOUNT_DEPTH, leaves)?,
        SparseTree::from_leaves(SERIES_DEPTH, slots)?,
    ))
}

/// The siblings of a leaf, as many as the tree is deep.
fn path_of<const DEPTH: usize>(tree: &SparseTree, index: u32) -> Result<[Siblings; DEPTH], LedgerError> {
    let path = tree.path(index);
    let found = path.len();
    path.try_into()
        .map_err(|_| TreeError::PathLength { expected: DEPTH, found }.into())
}

/// The expiries of what accounts hold: slots from 0 in their order, open interest as the sum of the positions.
pub(crate) fn expiries_of(
    accounts: &BTreeMap<u32, Account>,
) -> Result<BTreeMap<ExpiryMinutes, ExpirySlot>, LedgerError> {
    let open = open_interest_of(accounts.values().flat_map(|account| &account.positions))?;
    let mut by_expiry: BTreeMap<ExpiryMinutes, Vec<OpenInterest>> = BTreeMap::new();
    for entry in open {
        by_expiry.entry(entry.series.expiry).or_default().push(entry);
    }
    let found = by_expiry.len();
    let mut expiries = BTreeMap::new();
    for (slot, (expiry, list)) in by_expiry.into_iter().enumerate() {
        let slot = u8::try_from(slot).map_err(|_| LedgerError::TooManyExpiries { found })?;
        expiries.insert(expiry, (slot, list));
    }
    Ok(expiries)
}

/// Long and short lots of each series, increasing.
fn open_interest_of<'a>(positions: impl Iterator<Item = &'a Position>) -> Result<Vec<OpenInterest>, LedgerError> {
    let mut sums: BTreeMap<SeriesTerms, (u64, u64)> = BTreeMap::new();
    for position in positions {
        let (long, short) = sums.entry(position.series).or_default();
        let side = if position.lots.is_long() { long } else { short };
        // Both are below 2^63, so the sum is below 2^64.
        let sum = *side + position.lots.magnitude();
        if sum >= AMOUNT_BOUND {
            return Err(LedgerError::OpenInterestRange {
                series: position.series,
            });
        }
        *side = sum;
    }
    Ok(sums
        .into_iter()
        .map(|(series, (long, short))| OpenInterest { series, long, short })
        .collect())
}
