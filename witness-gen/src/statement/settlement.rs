//! Statement S: settlement at expiry. Instance, witness, `execute()` and `check()`, clauses S1 to S9.
//!
//! [`execute`] derives the instance from a witness, [`check`] compares a claimed one with it. Both refuse with
//! the first broken clause. Lists come before openings: the new leaves that S6 needs are then known, and
//! both roots come out of one walk.

use std::collections::BTreeMap;
use std::fmt;

use halo2curves::bn256::Fr;
use rayon::prelude::*;

mod instance;
mod violation;

use crate::account::Account;
use crate::open_interest::{OpenInterest, oi_digest};
use crate::params::RiskParameters;
use crate::payoff::{fee_per_lot, payoff_per_lot};
use crate::position::Position;
use crate::series::{SeriesTerms, SeriesWord};
use crate::state::{Pools, StateHeader, inputs_digest, next_history};
use crate::tree::{
    ACCOUNT_DEPTH, AccountPath, LeafChange, MultiOpening, SeriesPath, TouchedNode, multi_opening, root_from_path,
};
use crate::units::{AMOUNT_BOUND, Cash, CashSum, ExpiryMinutes, PerLot, Price, Underlying};
pub use instance::{Instance, InstanceError, PRICE_SLOTS, PriceSlot, STATEMENT_ID};
pub use violation::{
    AccountError, ListError, OpenInterestError, OpeningError, PaddingError, PoolError, SlotError, StateMismatch,
    TermsError, Violation,
};

/// One touched account: before, and what the batch brings to it.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountUpdate {
    /// Number of the account's leaf, below 4^12.
    pub index: u32,
    /// The account before the batch.
    pub account: Account,
    /// Fresh blinding of the new leaf.
    pub new_blinding: Fr,
    /// Siblings in the old account tree, from the leaf upward.
    pub path: AccountPath,
}

impl fmt::Debug for AccountUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountUpdate")
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

/// Everything the statement is about that the instance does not say.
#[derive(Clone, PartialEq, Eq)]
pub struct Witness {
    /// The parameters behind the instance's digest.
    pub params: RiskParameters,
    /// The pools before.
    pub pools: Pools,
    /// The history before.
    pub history: Fr,
    /// The touched accounts, in any order; no index twice.
    pub accounts: Vec<AccountUpdate>,
    /// The open interest of the whole expiry before, series strictly increasing.
    pub open_interest: Vec<OpenInterest>,
    /// The expiry's slot in the series tree.
    pub slot: u8,
    /// Siblings of the slot in the old series tree, from the leaf upward.
    pub series_path: SeriesPath,
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Witness")
            .field("accounts", &self.accounts.len())
            .field("series", &self.open_interest.len())
            .field("slot", &self.slot)
            .finish_non_exhaustive()
    }
}

/// One series that the batch settles.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SettledSeries {
    /// The series.
    pub series: SeriesTerms,
    /// Its settlement price.
    pub price: Price,
    /// Payoff of one lot.
    pub payoff: PerLot,
    /// Fee of one lot.
    pub fee: PerLot,
    /// Lots settled on the long side, by all accounts of the batch; below 2^63.
    pub long: u64,
    /// Lots settled on the short side; below 2^63.
    pub short: u64,
}

impl fmt::Debug for SettledSeries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SettledSeries")
            .field("series", &self.series)
            .field("payoff", &self.payoff)
            .field("fee", &self.fee)
            .finish_non_exhaustive()
    }
}

/// What a valid batch does.
#[derive(Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The accounts after, in the order of the witness.
    pub accounts: Vec<Account>,
    /// Their leaves before.
    pub old_leaves: Vec<Fr>,
    /// Their leaves after.
    pub new_leaves: Vec<Fr>,
    /// The inner nodes of the account tree above them, sorted by (level, index).
    pub nodes: Vec<TouchedNode>,
    /// The settled series, increasing.
    pub settled: Vec<SettledSeries>,
    /// The open interest of the expiry after, in the order of the witness.
    pub open_interest: Vec<OpenInterest>,
    /// The slot of the series tree before.
    pub old_slot: Fr,
    /// The slot after: 0 where the batch closes the expiry.
    pub new_slot: Fr,
    /// The pools after.
    pub pools: Pools,
    /// Sum of payouts (lots x payoff) over the batch, exact.
    pub total_payout: CashSum,
    /// Sum of fees over the batch, exact.
    pub total_fee: CashSum,
    /// The state before.
    pub old_header: StateHeader,
    /// The state after.
    pub header: StateHeader,
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("accounts", &self.accounts.len())
            .field("settled", &self.settled.len())
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

/// Settles the batch of a witness and derives its instance.
///
/// `batch` is the number of the new state, at least 1; `prices` are the used and unused slots of the instance.
pub fn execute(
    domain: Fr,
    witness: &Witness,
    batch: u64,
    expiry: ExpiryMinutes,
    close: bool,
    prices: [Option<PriceSlot>; PRICE_SLOTS],
) -> Result<(Instance, Outcome), Violation> {
    // S8. A native batch has no padding; without a single account it would be nothing else, and open nothing.
    if witness.accounts.is_empty() {
        return Err(PaddingError { expected: 1, found: 0 }.into());
    }
    s2_lists(&witness.accounts)?;
    let prices_of = s3_prices(&prices)?;
    let mut settled = s3_settled(&witness.accounts, expiry, &prices_of);
    s4_terms(&mut settled, &witness.params)?;
    let settlements = s5_accounts(&witness.accounts, &settled)?;
    let (old_leaves, new_leaves, opening) = s1_s6_leaves(&witness.accounts, &settlements)?;
    let (mut total_payout, mut total_fee) = (CashSum::default(), CashSum::default());
    for settlement in &settlements {
        total_payout.add_sum(settlement.payout);
        total_fee.add_sum(settlement.fee);
    }
    let pools = s7_pools(&witness.pools, total_payout, total_fee)?;
    let open_interest = s9_open_interest(&witness.accounts, &witness.open_interest, expiry, &mut settled)?;
    if close {
        s9_close(&open_interest, &pools)?;
    }

    let old_slot = oi_digest(expiry, &witness.open_interest);
    let new_slot = if close {
        Fr::zero()
    } else {
        oi_digest(expiry, &open_interest)
    };
    let series_root = |slot| root_from_path(u32::from(witness.slot), slot, &witness.series_path);
    let old_batch = batch
        .checked_sub(1)
        .filter(|b| *b < AMOUNT_BOUND - 1)
        .ok_or(OpeningError::Batch { found: batch })?;
    let old_header = StateHeader {
        accounts_root: opening.old_root,
        series_root: series_root(old_slot),
        pools: witness.pools,
        batch: old_batch,
        history: witness.history,
    };
    let mut instance = Instance {
        domain,
        parameters: witness.params.digest(),
        old_state: old_header.root(),
        new_state: Fr::zero(),
        batch,
        expiry,
        close,
        prices,
    };
    let header = StateHeader {
        accounts_root: opening.new_root,
        series_root: series_root(new_slot),
        pools,
        batch,
        history: next_history(
            witness.history,
            instance.old_state,
            STATEMENT_ID,
            inputs_digest(&instance),
        ),
    };
    instance.new_state = header.root();
    let outcome = Outcome {
        accounts: settlements.into_iter().map(|s| s.after).collect(),
        old_leaves,
        new_leaves,
        nodes: opening.nodes,
        settled: settled.into_values().collect(),
        open_interest,
        old_slot,
        new_slot,
        pools,
        total_payout,
        total_fee,
        old_header,
        header,
    };
    Ok((instance, outcome))
}

/// The statement: whether the witness satisfies it for this instance, and if so what the batch does.
///
/// A wrong old state is named S1, wrong parameters S4, a wrong new state S6: a root that differs does not tell
/// which of its parts does.
pub fn check(instance: &Instance, witness: &Witness) -> Result<Outcome, Violation> {
    let (derived, outcome) = execute(
        instance.domain,
        witness,
        instance.batch,
        instance.expiry,
        instance.close,
        instance.prices,
    )?;
    let differs = |expected: Fr, found: Fr| (expected != found).then_some(StateMismatch { expected, found });
    if let Some(mismatch) = differs(derived.old_state, instance.old_state) {
        return Err(OpeningError::OldState(mismatch).into());
    }
    if let Some(mismatch) = differs(derived.parameters, instance.parameters) {
        return Err(TermsError::Parameters(mismatch).into());
    }
    match differs(derived.new_state, instance.new_state) {
        Some(mismatch) => Err(Violation::S6(mismatch)),
        None => Ok(outcome),
    }
}

/// The inner nodes of the account tree above the given leaves (number, old, new, path), sorted by (level, index).
pub fn touched_nodes(leaves: &[(u32, Fr, Fr, AccountPath)]) -> Result<Vec<TouchedNode>, Violation> {
    let changes: Vec<LeafChange<'_>> = leaves
        .iter()
        .map(|(index, old, new, path)| LeafChange {
            index: *index,
            old: *old,
            new: *new,
            path,
        })
        .collect();
    Ok(multi_opening(ACCOUNT_DEPTH, &changes)
        .map_err(OpeningError::Tree)?
        .nodes)
}

/// S2: each list strictly increasing. Zero quantities are excluded by the type of lots.
fn s2_lists(accounts: &[AccountUpdate]) -> Result<(), Violation> {
    for update in accounts {
        let unsorted = |pair: &[Position]| pair[0].series >= pair[1].series;
        if let Some(position) = update.account.positions.windows(2).position(unsorted) {
            return Err(ListError {
                account: update.index,
                position: position + 1,
            }
            .into());
        }
    }
    Ok(())
}

/// S3, first half: which underlyings the instance prices.
fn s3_prices(prices: &[Option<PriceSlot>; PRICE_SLOTS]) -> Result<BTreeMap<Underlying, Price>, Violation> {
    let mut priced = BTreeMap::new();
    for (slot, used) in prices.iter().enumerate() {
        let Some(PriceSlot { underlying, price }) = *used else {
            continue;
        };
        if !(1..PriceSlot::UNUSED).contains(&underlying.get()) || price == Price::ZERO {
            return Err(SlotError::Zero { slot }.into());
        }
        if priced.insert(underlying, price).is_some() {
            return Err(SlotError::Duplicate { slot, underlying }.into());
        }
    }
    Ok(priced)
}

type Settled = BTreeMap<SeriesWord, SettledSeries>;

/// S3, second half: the distinct settled series, still without payoff, fee and lots.
fn s3_settled(accounts: &[AccountUpdate], expiry: ExpiryMinutes, priced: &BTreeMap<Underlying, Price>) -> Settled {
    let mut settled = Settled::new();
    for position in accounts.iter().flat_map(|update| &update.account.positions) {
        let series = position.series;
        let Some(price) = priced
            .get(&series.underlying)
            .copied()
            .filter(|_| series.expiry == expiry)
        else {
            continue;
        };
        settled.entry(series.word()).or_insert(SettledSeries {
            series,
            price,
            payoff: PerLot::ZERO,
            fee: PerLot::ZERO,
            long: 0,
            short: 0,
        });
    }
    settled
}

/// S4: payoff and fee per lot, once per distinct series.
fn s4_terms(settled: &mut Settled, params: &RiskParameters) -> Result<(), Violation> {
    params.validate().map_err(TermsError::Range)?;
    for entry in settled.values_mut() {
        let refused = |source| TermsError::Payoff {
            series: entry.series,
            source,
        };
        entry.payoff = payoff_per_lot(&entry.series, entry.price, params).map_err(refused)?;
        entry.fee = fee_per_lot(&entry.series, entry.price, entry.payoff, params).map_err(refused)?;
    }
    Ok(())
}

/// One account's part of a batch.
struct Settlement {
    after: Account,
    payout: CashSum,
    fee: CashSum,
}

/// S5, and the carried positions of S3: every account after the batch.
fn s5_accounts(accounts: &[AccountUpdate], settled: &Settled) -> Result<Vec<Settlement>, Violation> {
    accounts.iter().map(|update| s5_account(update, settled)).collect()
}

fn s5_account(update: &AccountUpdate, settled: &Settled) -> Result<Settlement, Violation> {
    let before = &update.account;
    let (mut payout, mut fee) = (CashSum::default(), CashSum::default());
    let mut carried = Vec::new();
    for position in &before.positions {
        match settled.get(&position.series.word()) {
            None => carried.push(*position),
            // |lots|, payoff and fee are below 2^63: each product is below 2^126.
            Some(entry) => {
                payout.add(i128::from(position.lots.get()) * i128::from(entry.payoff.get()));
                fee.add(i128::from(position.lots.magnitude()) * i128::from(entry.fee.get()));
            }
        }
    }
    let mut cash = CashSum::new(before.cash);
    cash.add_sum(payout);
    cash.sub_sum(fee);
    let account = update.index;
    let after = Account {
        owner: before.owner,
        cash: cash.finish().map_err(|_| AccountError::Cash { account })?,
        nonce: before.nonce.checked_add(1).ok_or(AccountError::Nonce {
            account,
            found: before.nonce,
        })?,
        positions: carried,
        blinding: update.new_blinding,
    };
    Ok(Settlement { after, payout, fee })
}

/// S1 and S6: the old leaves open under one root, the new ones stand at the same places of the next.
fn s1_s6_leaves(
    accounts: &[AccountUpdate],
    settlements: &[Settlement],
) -> Result<(Vec<Fr>, Vec<Fr>, MultiOpening), Violation> {
    let (old, new): (Vec<Fr>, Vec<Fr>) = accounts
        .par_iter()
        .zip(settlements)
        .map(|(update, settlement)| (update.account.leaf(), settlement.after.leaf()))
        .unzip();
    let changes: Vec<LeafChange<'_>> = accounts
        .iter()
        .zip(old.iter().zip(&new))
        .map(|(update, (old, new))| LeafChange {
            index: update.index,
            old: *old,
            new: *new,
            path: &update.path,
        })
        .collect();
    let opening = multi_opening(ACCOUNT_DEPTH, &changes).map_err(OpeningError::Tree)?;
    Ok((old, new, opening))
}

/// S7: payouts leave clearing, fees enter fees.
fn s7_pools(before: &Pools, payout: CashSum, fee: CashSum) -> Result<Pools, Violation> {
    let mut clearing = CashSum::new(before.clearing);
    clearing.sub_sum(payout);
    let mut fees = CashSum::new(before.fees);
    fees.add_sum(fee);
    Ok(Pools {
        clearing: clearing.finish().map_err(|_| PoolError { pool: "clearing" })?,
        fees: fees.finish().map_err(|_| PoolError { pool: "fees" })?,
        ..*before
    })
}

/// S9: open interest falls by exactly the lots settled, which are counted here.
fn s9_open_interest(
    accounts: &[AccountUpdate],
    before: &[OpenInterest],
    expiry: ExpiryMinutes,
    settled: &mut Settled,
) -> Result<Vec<OpenInterest>, Violation> {
    for position in accounts.iter().flat_map(|update| &update.account.positions) {
        let Some(entry) = settled.get_mut(&position.series.word()) else {
            continue;
        };
        let side = if position.lots.is_long() {
            &mut entry.long
        } else {
            &mut entry.short
        };
        // The sum stays below 2^64: both parts are below 2^63 here, and 2^63 is refused.
        *side += position.lots.magnitude();
        if *side >= AMOUNT_BOUND {
            return Err(OpenInterestError::Exceeded {
                series: position.series,
            }
            .into());
        }
    }
    if let Some(position) = before.windows(2).position(|pair| pair[0].series >= pair[1].series) {
        return Err(OpenInterestError::Order { position: position + 1 }.into());
    }
    let mut listed = 0;
    let mut after = Vec::with_capacity(before.len());
    for entry in before {
        let series = entry.series;
        if series.expiry != expiry {
            return Err(OpenInterestError::Expiry {
                expected: expiry,
                found: series.expiry,
            }
            .into());
        }
        if entry.long >= AMOUNT_BOUND || entry.short >= AMOUNT_BOUND {
            return Err(OpenInterestError::Range { series }.into());
        }
        let (long, short) = match settled.get(&series.word()) {
            Some(part) => {
                listed += 1;
                (part.long, part.short)
            }
            None => (0, 0),
        };
        let exceeded = OpenInterestError::Exceeded { series };
        after.push(OpenInterest {
            series,
            long: entry.long.checked_sub(long).ok_or(exceeded)?,
            short: entry.short.checked_sub(short).ok_or(exceeded)?,
        });
    }
    if listed != settled.len() {
        return Err(OpenInterestError::Unlisted {
            expected: settled.len(),
            found: listed,
        }
        .into());
    }
    Ok(after)
}

/// S9: an expiry closes only when nothing of it is left.
fn s9_close(after: &[OpenInterest], pools: &Pools) -> Result<(), Violation> {
    if let Some(open) = after.iter().find(|entry| entry.long != 0 || entry.short != 0) {
        return Err(OpenInterestError::StillOpen { series: open.series }.into());
    }
    if pools.clearing != Cash::ZERO {
        return Err(OpenInterestError::Clearing.into());
    }
    Ok(())
}
