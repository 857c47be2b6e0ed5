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
use crate::ledger::{ExpirySlot, Ledger, LedgerError};
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
use crate::tree::{ACCOUNT_DEPTH, LeafChange, SERIES_DEPTH, SparseTree, TreeError, multi_opening, root_from_path};
use crate::units::{AMOUNT_BOUND, ExpiryMinutes};

pub use instance::{Instance, InstanceError};
pub use violation::{AfterError, BreachError, ConservationError, PartyError, PriceError, ShareError, Violation};

/// Statement L's number in the history.
pub const STATEMENT_ID: u64 = 4;

/// One liquidation of a batch, by leaf numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Who is liquidated.
    pub liquidated: u32,
    /// Who takes the legs.
    pub liquidator: u32,
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
    /// The rows of every series that a touched account holds.
    pub rows: Vec<RowOpening>,
    /// The state before.
    pub header: StateHeader,
    /// Every expiry with its slot and open interest.
    pub expiries: BTreeMap<ExpiryMinutes, ExpirySlot>,
    /// The touched accounts; no index twice.
    pub accounts: Vec<AccountUpdate>,
    /// The liquidations, in order.
    pub steps: Vec<Step>,
}

impl Witness {
    /// A witness without steps over some accounts of a ledger, with the rows of what they hold; `new_blinding(index, nonce)` hides each new leaf.
    ///
    /// # Errors
    /// An account that the ledger does not have, or a ledger without expiries.
    pub fn new(
        ledger: &Ledger,
        arrays: &RiskArrays,
        margin: MarginRules,
        rules: LiquidationRules,
        accounts: &[u32],
        new_blinding: impl Fn(u32, u32) -> Fr,
    ) -> Result<Self, LedgerError> {
        let parts = ledger.parts();
        // The paths of accounts do not depend on the expiry.
        let expiry = parts.expiries.keys().next().copied().unwrap_or_default();
        let accounts = ledger.witness(accounts, expiry, new_blinding)?.accounts;
        let held: BTreeSet<SeriesTerms> = accounts
            .iter()
            .flat_map(|update| &update.account.positions)
            .map(|position| position.series)
            .collect();
        let mut rows = Vec::with_capacity(held.len());
        for (index, row) in held.iter().filter_map(|series| arrays.find(series.word())) {
            let path = arrays.path(index);
            let found = path.len();
            let expected = RISK_DEPTH;
            let path = path.try_into().map_err(|_| TreeError::PathLength { expected, found })?;
            let row = row.clone();
            rows.push(RowOpening { row, index, path });
        }
        Ok(Self {
            params: parts.params,
            margin,
            rules,
            risk: arrays.rules.clone(),
            round: RootOpening::of(arrays),
            rows,
            header: ledger.header(),
            expiries: parts.expiries.clone(),
            accounts,
            steps: Vec::new(),
        })
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Witness")
            .field("accounts", &self.accounts.len())
            .field("steps", &self.steps.len())
            .finish_non_exhaustive()
    }
}

/// What a valid batch leads to.
#[derive(Clone)]
pub struct BatchOutcome {
    /// The accounts after, in the order of the witness.
    pub accounts: Vec<Account>,
    /// The expiries after.
    pub expiries: BTreeMap<ExpiryMinutes, ExpirySlot>,
    /// What each step did.
    pub steps: Vec<Outcome>,
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

/// Works out the transfers of a list (liquidated, liquidator, terms), puts them into the witness, and derives the instance.
///
/// # Errors
/// The first clause that does not hold.
pub fn execute(
    domain: Fr,
    mut witness: Witness,
    wanted: &[(u32, u32, Terms)],
) -> Result<(Instance, Witness, BatchOutcome), Violation> {
    let market = market_of(&witness)?;
    let mut accounts = by_index(&witness);
    let mut pools = witness.header.pools;
    witness.steps.clear();
    for (at, (liquidated, liquidator, terms)) in wanted.iter().copied().enumerate() {
        let [one, other] = parties(&accounts, [liquidated, liquidator], at)?;
        let (transfer, outcome) = liquidate(&market, &witness.rules, &pools, one, other, terms)?;
        put(&mut accounts, &mut pools, liquidated, liquidator, &outcome);
        witness.steps.push(Step {
            liquidated,
            liquidator,
            transfer,
        });
    }
    let mut instance = Instance {
        domain,
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

fn derive(instance: &Instance, witness: &Witness) -> Result<BatchOutcome, Violation> {
    l1_openings(instance, witness)?;
    let market = market_of(witness)?;
    let cap = witness.rules.batch_cap;
    let found = witness.steps.len();
    if found == 0 || found > cap as usize {
        return Err(PartyError::Cap { cap, found }.into());
    }
    let mut accounts = by_index(witness);
    let mut pools = witness.header.pools;
    let mut liquidated = BTreeSet::new();
    let mut steps = Vec::with_capacity(found);
    for (at, step) in witness.steps.iter().enumerate() {
        if !liquidated.insert(step.liquidated) {
            return Err(PartyError::Twice { at }.into());
        }
        let [one, other] = parties(&accounts, [step.liquidated, step.liquidator], at)?;
        let outcome = crate::liquidation::transfer::moved(&pools, one.account, other.account, &step.transfer)?;
        check_transfer(&market, &witness.rules, &pools, one, other, &step.transfer, &outcome)?;
        put(&mut accounts, &mut pools, step.liquidated, step.liquidator, &outcome);
        steps.push(outcome);
    }
    l6_state(instance, witness, accounts, pools, steps)
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
    same(
        "series root",
        witness.header.series_root,
        series_root(&witness.expiries)?,
    )?;
    Ok(())
}

fn market_of(witness: &Witness) -> Result<Market, Violation> {
    let rows = witness.rows.iter().map(|opening| opening.row.clone());
    let market = Market::new(rows, &witness.risk.grid, witness.round.spot, witness.margin);
    Ok(market.map_err(BreachError::Margin)?)
}

fn series_root(expiries: &BTreeMap<ExpiryMinutes, ExpirySlot>) -> Result<Fr, BreachError> {
    let slots = expiries
        .iter()
        .map(|(expiry, (slot, list))| (u32::from(*slot), oi_digest(*expiry, list)));
    let tree = SparseTree::from_leaves(SERIES_DEPTH, slots).map_err(BreachError::Tree)?;
    Ok(tree.root())
}

fn by_index(witness: &Witness) -> BTreeMap<u32, Account> {
    let entry = |update: &AccountUpdate| (update.index, update.account.clone());
    witness.accounts.iter().map(entry).collect()
}

fn parties(accounts: &BTreeMap<u32, Account>, indices: [u32; 2], at: usize) -> Result<[Party<'_>; 2], PartyError> {
    let party = |index: u32| {
        let account = accounts.get(&index).ok_or(PartyError::Unknown { at })?;
        Ok(Party { index, account })
    };
    Ok([party(indices[0])?, party(indices[1])?])
}

fn put(accounts: &mut BTreeMap<u32, Account>, pools: &mut Pools, one: u32, other: u32, outcome: &Outcome) {
    accounts.insert(one, outcome.liquidated.clone());
    accounts.insert(other, outcome.liquidator.clone());
    *pools = outcome.pools;
}

/// L6: the state after. Each touched account has one more nonce and a fresh blinding; open interest falls by what the liquidator nets.
fn l6_state(
    instance: &Instance,
    witness: &Witness,
    mut moved: BTreeMap<u32, Account>,
    pools: Pools,
    steps: Vec<Outcome>,
) -> Result<BatchOutcome, Violation> {
    let mut accounts = Vec::with_capacity(witness.accounts.len());
    for update in &witness.accounts {
        // `moved` began as these accounts.
        let account = moved.remove(&update.index).unwrap_or_else(|| update.account.clone());
        let nonce = update.account.nonce.checked_add(1);
        accounts.push(Account {
            nonce: nonce.ok_or(ConservationError::Range { what: "nonce" })?,
            blinding: update.new_blinding,
            ..account
        });
    }
    let leaves: Vec<[Fr; 2]> = witness
        .accounts
        .iter()
        .zip(&accounts)
        .map(|(update, after)| [update.account.leaf(), after.leaf()])
        .collect();
    let changes: Vec<LeafChange<'_>> = witness
        .accounts
        .iter()
        .zip(&leaves)
        .map(|(update, [old, new])| LeafChange {
            index: update.index,
            old: *old,
            new: *new,
            path: &update.path,
        })
        .collect();
    let opening = multi_opening(ACCOUNT_DEPTH, &changes).map_err(BreachError::Tree)?;
    if opening.old_root != witness.header.accounts_root {
        return Err(BreachError::Root { what: "accounts root" }.into());
    }
    let before = sides(witness.accounts.iter().map(|update| &update.account));
    let expiries = l6_open_interest(&witness.expiries, &before, &sides(accounts.iter()))?;
    let inputs = hash4([
        hash4([instance.domain, instance.parameters, instance.risk_root, Fr::zero()]),
        Fr::from(u64::from(instance.breaker)),
        Fr::zero(),
        Fr::zero(),
    ]);
    let header = StateHeader {
        accounts_root: opening.new_root,
        series_root: series_root(&expiries)?,
        pools,
        batch: instance.batch,
        history: next_history(witness.header.history, instance.old_state, STATEMENT_ID, inputs),
    };
    Ok(BatchOutcome {
        accounts,
        expiries,
        steps,
        header,
    })
}

/// Long and short lots of each series over some accounts.
fn sides<'a>(accounts: impl Iterator<Item = &'a Account>) -> BTreeMap<SeriesTerms, [u128; 2]> {
    let mut sides: BTreeMap<SeriesTerms, [u128; 2]> = BTreeMap::new();
    let positions: Vec<&Position> = accounts.flat_map(|account| &account.positions).collect();
    for position in positions {
        let place = usize::from(!position.lots.is_long());
        sides.entry(position.series).or_default()[place] += u128::from(position.lots.magnitude());
    }
    sides
}

/// L6: open interest falls on both sides by what two touched accounts net between them.
fn l6_open_interest(
    expiries: &BTreeMap<ExpiryMinutes, ExpirySlot>,
    before: &BTreeMap<SeriesTerms, [u128; 2]>,
    after: &BTreeMap<SeriesTerms, [u128; 2]>,
) -> Result<BTreeMap<ExpiryMinutes, ExpirySlot>, ConservationError> {
    let mut expiries = expiries.clone();
    for (series, [long, short]) in before {
        let [left_long, left_short] = after.get(series).copied().unwrap_or_default();
        // Lots are conserved, so both sides fall alike, and neither rises.
        let netted = long
            .checked_sub(left_long)
            .filter(|n| short.checked_sub(left_short) == Some(*n));
        let netted = netted.and_then(|netted| u64::try_from(netted).ok());
        let netted = netted.ok_or(ConservationError::OpenInterest)?;
        let (_, list) = expiries
            .get_mut(&series.expiry)
            .ok_or(ConservationError::OpenInterest)?;
        let place = list.binary_search_by_key(series, |entry: &OpenInterest| entry.series);
        let entry = &mut list[place.map_err(|_| ConservationError::OpenInterest)?];
        entry.long = entry.long.checked_sub(netted).ok_or(ConservationError::OpenInterest)?;
        entry.short = entry.short.checked_sub(netted).ok_or(ConservationError::OpenInterest)?;
    }
    Ok(expiries)
}
