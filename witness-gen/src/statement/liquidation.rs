//! Statement L: a batch of liquidations, clauses L1 to L6 of `docs/protocol.md`. Instance, witness, `execute()` and `check()`.
//!
//! The rules of one liquidation are those of [`crate::liquidation::transfer`]; this module binds them to a state root, a risk root and the
//! parameters, puts them one after the other, and derives the state they lead to.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use halo2curves::bn256::Fr;

mod instance;
mod violation;

use crate::account::Account;
use crate::ledger::{ExpirySlot, Ledger};
use crate::liquidation::{
    LiquidationRules, Market, Outcome, Party, Terms, Transfer, check as check_transfer, liquidate,
};
use crate::open_interest::{OpenInterest, oi_digest};
use crate::params::RiskParameters;
use crate::poseidon::hash4;
use crate::position::Position;
use crate::risk::inputs::RISK_DEPTH;
use crate::risk::{RiskArrays, RiskRules};
use crate::series::SeriesTerms;
use crate::state::{Pools, StateHeader, next_history};
use crate::statement::settlement::AccountUpdate;
use crate::statement::solvency::{MarginRules, RootOpening, RowOpening};
use crate::tree::{ACCOUNT_DEPTH, Overlay, SERIES_DEPTH, SparseTree, TreeError, root_from_path};
use crate::units::{AMOUNT_BOUND, ExpiryMinutes};

pub use instance::{Instance, InstanceError};
pub use violation::{AfterError, BreachError, ConservationError, PartyError, PriceError, ShareError, Violation};

/// Statement L's number in the history.
pub const STATEMENT_ID: u64 = 4;

/// One liquidation of a batch: two accounts as they stand before it, each with its path at that moment, and what goes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Who is liquidated; the path is that of the account tree before the step.
    pub liquidated: AccountUpdate,
    /// Who takes the legs; the path is that of the account tree in which the liquidated account's new leaf stands already.
    pub liquidator: AccountUpdate,
    /// What goes over.
    pub transfer: Transfer,
}

/// What the prover knows.
#[derive(Clone)]
pub struct Witness {
    /// Fees and the inverse scale.
    pub params: RiskParameters,
    /// The margin rules.
    pub margin: MarginRules,
    /// The liquidation rules.
    pub rules: LiquidationRules,
    /// The risk rules, whose grid has the weights.
    pub risk: RiskRules,
    /// The round.
    pub round: RootOpening,
    /// The row of every series that a touched account holds, strictly increasing by series word; any one where they hold nothing.
    pub rows: Vec<RowOpening>,
    /// The state before.
    pub header: StateHeader,
    /// Every expiry with its slot and open interest.
    pub expiries: BTreeMap<ExpiryMinutes, ExpirySlot>,
    /// The liquidations, in order. Each moves the state: an account may take legs in several of them, and stands in each as the one before
    /// left it.
    pub steps: Vec<Step>,
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Witness")
            .field("rows", &self.rows.len())
            .field("steps", &self.steps.len())
            .finish_non_exhaustive()
    }
}

/// What one liquidation of a batch did.
#[derive(Clone, PartialEq, Eq)]
pub struct StepOutcome {
    /// Accounts and pools after it; nonces and blindings are the new ones.
    pub outcome: Outcome,
    /// The new leaves: liquidated, liquidator.
    pub leaves: [Fr; 2],
    /// The accounts root with the first new leaf, and with both.
    pub roots: [Fr; 2],
    /// Lots of each series that the two accounts net, those of 0 left out.
    pub netted: BTreeMap<SeriesTerms, u64>,
}

impl fmt::Debug for StepOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepOutcome")
            .field("roots", &self.roots)
            .finish_non_exhaustive()
    }
}

/// What a valid batch leads to.
#[derive(Clone, PartialEq, Eq)]
pub struct BatchOutcome {
    /// The touched accounts after, by leaf number.
    pub accounts: BTreeMap<u32, Account>,
    /// The expiries after.
    pub expiries: BTreeMap<ExpiryMinutes, ExpirySlot>,
    /// Lots by which open interest falls on both sides, summed over the steps; those of 0 left out.
    pub netted: BTreeMap<SeriesTerms, u64>,
    /// What each step did.
    pub steps: Vec<StepOutcome>,
    /// The state before.
    pub old_header: StateHeader,
    /// The state after.
    pub header: StateHeader,
}

impl fmt::Debug for BatchOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchOutcome")
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

/// Works out the transfers of a list (liquidated, liquidator, terms) over a ledger one after the other, and derives witness and instance;
/// `new_blinding(index, nonce)` hides each new leaf, with the nonce the account has after the step.
///
/// # Errors
/// The first clause that does not hold.
pub fn execute(
    ledger: &Ledger,
    arrays: &RiskArrays,
    margin: MarginRules,
    rules: LiquidationRules,
    wanted: &[(u32, u32, Terms)],
    new_blinding: impl Fn(u32, u32) -> Fr,
) -> Result<(Instance, Witness, BatchOutcome), Violation> {
    let parts = ledger.parts();
    let mut witness = Witness {
        params: parts.params,
        margin,
        rules,
        risk: arrays.rules.clone(),
        round: RootOpening::of(arrays),
        rows: rows_of(ledger, arrays, wanted)?,
        header: ledger.header(),
        expiries: parts.expiries.clone(),
        steps: Vec::with_capacity(wanted.len()),
    };
    let market = market_of(&witness)?;
    let mut tree = Overlay::over(ledger.account_tree());
    let mut accounts: BTreeMap<u32, Account> = BTreeMap::new();
    let mut pools = witness.header.pools;
    for (at, (liquidated, liquidator, terms)) in wanted.iter().copied().enumerate() {
        let account = |index: u32| {
            let account = accounts.get(&index).or_else(|| ledger.account(index));
            account.cloned().ok_or(PartyError::Unknown { at })
        };
        let (one, other) = (account(liquidated)?, account(liquidator)?);
        let party = |index, account| Party { index, account };
        let (transfer, mut outcome) = liquidate(
            &market,
            &witness.rules,
            &pools,
            party(liquidated, &one),
            party(liquidator, &other),
            terms,
        )?;
        let update = |index, account: Account, tree: &Overlay<'_>| {
            let new_blinding = new_blinding(index, account.nonce.saturating_add(1));
            let path = tree.path(index);
            let (expected, found) = (ACCOUNT_DEPTH, path.len());
            let path = path
                .try_into()
                .map_err(|_| BreachError::Tree(TreeError::PathLength { expected, found }))?;
            Ok::<_, Violation>(AccountUpdate {
                index,
                account,
                new_blinding,
                path,
            })
        };
        let liquidated = update(liquidated, one, &tree)?;
        renew(&mut outcome.liquidated, &liquidated)?;
        tree.set(liquidated.index, outcome.liquidated.leaf());
        let liquidator = update(liquidator, other, &tree)?;
        renew(&mut outcome.liquidator, &liquidator)?;
        tree.set(liquidator.index, outcome.liquidator.leaf());
        accounts.insert(liquidated.index, outcome.liquidated);
        accounts.insert(liquidator.index, outcome.liquidator);
        pools = outcome.pools;
        witness.steps.push(Step {
            liquidated,
            liquidator,
            transfer,
        });
    }
    let mut instance = Instance {
        domain: parts.domain,
        parameters: witness.params.with_margin_rules(witness.margin.digest()).digest(),
        old_state: witness.header.root(),
        new_state: Fr::zero(),
        risk_root: witness.round.root(witness.margin.risk),
        batch: witness.header.batch.saturating_add(1),
        breaker: false,
    };
    let outcome = derive(&instance, &witness)?;
    instance.new_state = outcome.header.root();
    Ok((instance, witness, outcome))
}

/// The rows of what the accounts of a list hold, by series. Steps bring no other series to anyone: legs are of the liquidated account's.
fn rows_of(ledger: &Ledger, arrays: &RiskArrays, wanted: &[(u32, u32, Terms)]) -> Result<Vec<RowOpening>, BreachError> {
    let indices = wanted.iter().flat_map(|(one, other, _)| [*one, *other]);
    let held: BTreeSet<SeriesTerms> = indices
        .filter_map(|index| ledger.account(index))
        .flat_map(|account| &account.positions)
        .map(|position| position.series)
        .collect();
    // A series without a row is left out; the margin of who holds it is then refused. Where nobody holds anything, any row in quote does.
    let mut found: Vec<_> = held.iter().filter_map(|series| arrays.find(series.word())).collect();
    if found.is_empty() {
        let mut rows = (0..).zip(&arrays.rows);
        found.extend(rows.find(|(_, row)| !row.terms.kind.is_inverse()));
    }
    let opening = |(index, row): (_, &crate::risk::RiskRow)| {
        let path = arrays.path(index);
        let (expected, found) = (RISK_DEPTH, path.len());
        let path = path
            .try_into()
            .map_err(|_| BreachError::Tree(TreeError::PathLength { expected, found }))?;
        let row = row.clone();
        Ok(RowOpening { row, index, path })
    };
    found.into_iter().map(opening).collect()
}

/// The statement: whether the witness satisfies it for this instance, and if so what the batch does.
///
/// # Errors
/// The first clause that does not hold. What the roots and digests commit to is L1, a wrong new state L6.
pub fn check(instance: &Instance, witness: &Witness) -> Result<BatchOutcome, Violation> {
    let outcome = derive(instance, witness)?;
    if outcome.header.root() == instance.new_state {
        Ok(outcome)
    } else {
        Err(ConservationError::NewState.into())
    }
}

/// What a batch leads to, from its witness alone: every root follows from a path and a leaf.
fn derive(instance: &Instance, witness: &Witness) -> Result<BatchOutcome, Violation> {
    l1_openings(instance, witness)?;
    let market = market_of(witness)?;
    let cap = witness.rules.batch_cap;
    let found = witness.steps.len();
    if found == 0 || found > cap as usize {
        return Err(PartyError::Cap { cap, found }.into());
    }
    let (mut root, mut pools) = (witness.header.accounts_root, witness.header.pools);
    let mut accounts = BTreeMap::new();
    let mut netted: BTreeMap<SeriesTerms, u64> = BTreeMap::new();
    let mut steps: Vec<StepOutcome> = Vec::with_capacity(found);
    for (at, step) in witness.steps.iter().enumerate() {
        let done = one_step(&market, &witness.rules, &pools, root, at, step)?;
        for (series, lots) in &done.netted {
            let sum = netted.entry(*series).or_default();
            *sum = sum.checked_add(*lots).ok_or(ConservationError::OpenInterest)?;
        }
        accounts.insert(step.liquidated.index, done.outcome.liquidated.clone());
        accounts.insert(step.liquidator.index, done.outcome.liquidator.clone());
        pools = done.outcome.pools;
        root = done.roots[1];
        steps.push(done);
    }
    let expiries = l6_open_interest(&witness.expiries, &netted)?;
    let inputs = hash4([
        hash4([instance.domain, instance.parameters, instance.risk_root, Fr::zero()]),
        Fr::from(u64::from(instance.breaker)),
        Fr::zero(),
        Fr::zero(),
    ]);
    let header = StateHeader {
        accounts_root: root,
        series_root: series_root(&expiries)?,
        pools,
        batch: instance.batch,
        history: next_history(witness.header.history, instance.old_state, STATEMENT_ID, inputs),
    };
    Ok(BatchOutcome {
        accounts,
        expiries,
        netted,
        steps,
        old_header: witness.header,
        header,
    })
}

/// One liquidation under an accounts root: openings (L1), the rules of a transfer (L1 to L6), new leaves (L6).
fn one_step(
    market: &Market,
    rules: &LiquidationRules,
    pools: &Pools,
    root: Fr,
    at: usize,
    step: &Step,
) -> Result<StepOutcome, Violation> {
    let Step {
        liquidated,
        liquidator,
        transfer,
    } = step;
    l1_account(liquidated, root, at, "liquidated account")?;
    let (one, other) = (party(liquidated), party(liquidator));
    let mut outcome = crate::liquidation::transfer::moved(pools, one.account, other.account, transfer)?;
    check_transfer(market, rules, pools, one, other, transfer, &outcome)?;
    renew(&mut outcome.liquidated, liquidated)?;
    renew(&mut outcome.liquidator, liquidator)?;
    let leaves = [outcome.liquidated.leaf(), outcome.liquidator.leaf()];
    let first = root_from_path(liquidated.index, leaves[0], &liquidated.path);
    l1_account(liquidator, first, at, "liquidator")?;
    let second = root_from_path(liquidator.index, leaves[1], &liquidator.path);
    let netted = l6_netted([one.account, other.account], [&outcome.liquidated, &outcome.liquidator])?;
    Ok(StepOutcome {
        outcome,
        leaves,
        roots: [first, second],
        netted,
    })
}

fn party(update: &AccountUpdate) -> Party<'_> {
    Party {
        index: update.index,
        account: &update.account,
    }
}

/// L6: one more nonce, and a fresh blinding.
fn renew(after: &mut Account, update: &AccountUpdate) -> Result<(), ConservationError> {
    let nonce = update.account.nonce.checked_add(1);
    after.nonce = nonce.ok_or(ConservationError::Range { what: "nonce" })?;
    after.blinding = update.new_blinding;
    Ok(())
}

/// L1: an account opens under a root, its list in order.
fn l1_account(update: &AccountUpdate, root: Fr, at: usize, party: &'static str) -> Result<(), BreachError> {
    let inside = update.index >> (2 * ACCOUNT_DEPTH) == 0;
    if !inside || root_from_path(update.index, update.account.leaf(), &update.path) != root {
        return Err(BreachError::Account { at, party });
    }
    let positions = &update.account.positions;
    match positions.windows(2).all(|pair| pair[0].series < pair[1].series) {
        true => Ok(()),
        false => Err(BreachError::Positions { at, party }),
    }
}

/// L1: accounts, rows, rules and the state are those that the instance commits to.
fn l1_openings(instance: &Instance, witness: &Witness) -> Result<(), Violation> {
    let same = |what, expected: Fr, found: Fr| match expected == found {
        true => Ok(()),
        false => Err(BreachError::Root { what }),
    };
    if instance.breaker {
        return Err(BreachError::Breaker.into());
    }
    witness.rules.validate().map_err(BreachError::from)?;
    witness.margin.validate().map_err(BreachError::from)?;
    same("liquidation rules", witness.margin.liquidation, witness.rules.digest())?;
    same("risk rules", witness.margin.risk, witness.risk.digest())?;
    let parameters = witness.params.with_margin_rules(witness.margin.digest()).digest();
    same("parameters digest", instance.parameters, parameters)?;
    witness.round.validate().map_err(BreachError::from)?;
    same("risk root", instance.risk_root, witness.round.root(witness.margin.risk))?;
    let words = witness
        .rows
        .windows(2)
        .map(|pair| pair[0].row.terms.word() < pair[1].row.terms.word());
    if let Some(at) = words.enumerate().find_map(|(at, sorted)| (!sorted).then_some(at + 1)) {
        return Err(BreachError::RowOrder { at }.into());
    }
    for (at, opening) in witness.rows.iter().enumerate() {
        let root = root_from_path(opening.index, opening.row.digest(), &opening.path);
        if opening.index >> (2 * RISK_DEPTH) != 0 || root != witness.round.rows_root {
            return Err(BreachError::Row { at }.into());
        }
    }
    same("old state root", instance.old_state, witness.header.root())?;
    let expected = witness.header.batch.saturating_add(1);
    if instance.batch != expected || expected >= AMOUNT_BOUND {
        let found = instance.batch;
        return Err(BreachError::Batch { expected, found }.into());
    }
    let series = series_root(&witness.expiries)?;
    same("series root", witness.header.series_root, series)?;
    Ok(())
}

fn market_of(witness: &Witness) -> Result<Market, Violation> {
    let rows = witness.rows.iter().map(|opening| opening.row.clone());
    let market = Market::new(rows, &witness.risk.grid, witness.round.spot, witness.margin);
    Ok(market.map_err(BreachError::Margin)?)
}

fn series_root(expiries: &BTreeMap<ExpiryMinutes, ExpirySlot>) -> Result<Fr, BreachError> {
    let mut slots: BTreeMap<u32, Fr> = BTreeMap::new();
    for (expiry, (slot, list)) in expiries {
        let index = u32::from(*slot);
        if slots.insert(index, oi_digest(*expiry, list)).is_some() {
            return Err(BreachError::Tree(TreeError::Duplicate { index }));
        }
    }
    let tree = SparseTree::from_leaves(SERIES_DEPTH, slots).map_err(BreachError::Tree)?;
    Ok(tree.root())
}

/// Long and short lots of each series over two accounts.
fn sides(accounts: [&Account; 2]) -> BTreeMap<SeriesTerms, [u128; 2]> {
    let mut sides: BTreeMap<SeriesTerms, [u128; 2]> = BTreeMap::new();
    let positions = accounts.into_iter().flat_map(|account: &Account| &account.positions);
    positions.for_each(|position: &Position| {
        // At most one position each: below 2^64.
        let place = usize::from(!position.lots.is_long());
        sides.entry(position.series).or_default()[place] += u128::from(position.lots.magnitude());
    });
    sides
}

/// L6: what two accounts net between them. Lots are conserved, so both sides fall alike, and neither rises.
fn l6_netted(before: [&Account; 2], after: [&Account; 2]) -> Result<BTreeMap<SeriesTerms, u64>, ConservationError> {
    let after = sides(after);
    let mut netted = BTreeMap::new();
    for (series, [long, short]) in sides(before) {
        let [left_long, left_short] = after.get(&series).copied().unwrap_or_default();
        let lots = long
            .checked_sub(left_long)
            .filter(|lots| short.checked_sub(left_short) == Some(*lots))
            .and_then(|lots| u64::try_from(lots).ok())
            .ok_or(ConservationError::OpenInterest)?;
        if lots != 0 {
            netted.insert(series, lots);
        }
    }
    Ok(netted)
}

/// L6: open interest falls on both sides by what is netted; every series of that is listed.
fn l6_open_interest(
    expiries: &BTreeMap<ExpiryMinutes, ExpirySlot>,
    netted: &BTreeMap<SeriesTerms, u64>,
) -> Result<BTreeMap<ExpiryMinutes, ExpirySlot>, ConservationError> {
    let missing = ConservationError::OpenInterest;
    let mut expiries = expiries.clone();
    for (series, lots) in netted {
        let (_, list) = expiries.get_mut(&series.expiry).ok_or(missing)?;
        let place = list.binary_search_by_key(series, |entry: &OpenInterest| entry.series);
        let entry = &mut list[place.map_err(|_| missing)?];
        for side in [&mut entry.long, &mut entry.short] {
            let left = side.checked_sub(*lots).filter(|left| *left < AMOUNT_BOUND);
            *side = left.ok_or(missing)?;
        }
    }
    Ok(expiries)
}
