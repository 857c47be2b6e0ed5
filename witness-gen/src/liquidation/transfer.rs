//! One liquidation: what is due, what it does, and whether a claimed one is right.
//!
//! With E the equity, W the least excess of maintenance (negative: a breach), R = E - W the requirement, b the buffer, k = discount + penalty:
//! after a share f goes over at a cost of k f E, the buffer margin is `(1 - f) (W - b R) + f (1 - k) E`. It is 0 at
//!
//! `f = N / (N + (1 - k) E)`, N = b R - W > 0: the equation of DOMAIN section 3 with d = 1 - k and nothing received before.
//!
//! The share is counted in lots of the largest leg: `f = m / M`, M its lots and **m = ceil(M N / (N + (1 - k) E))**. So m restores the buffer
//! and m - 1 does not: "within one lot" is exact. Every leg is `floor(|lots| m / M)`, towards zero. The whole account goes (m = M) where equity
//! is below the cutoff or not positive, and where the rounding of legs would leave the account below maintenance.
//!
//! The liquidator pays the marks of the legs less a discount on the equity that goes with them, `floor(E m discount / M)`; without equity, less
//! `floor(R discount)`. What a closed account then owes is its deficit: insurance pays what it has, the rest is bad debt.

use std::collections::BTreeMap;
use std::fmt;

use num_bigint::{BigInt, Sign};

use super::margin::{EXCESS_UNIT, Level, Margin, Market, ceil_div};
use super::rules::{LiquidationRules, RATE_UNIT};
use crate::account::Account;
use crate::position::Position;
use crate::series::SeriesTerms;
use crate::state::Pools;
use crate::statement::liquidation::{
    AfterError, BreachError, ConservationError, PartyError, PriceError, ShareError, Violation,
};
use crate::units::{Cash, CashSum, Lots};

/// An account at its leaf.
#[derive(Clone, Copy)]
pub struct Party<'a> {
    /// Leaf number.
    pub index: u32,
    /// The account.
    pub account: &'a Account,
}

/// At which rates a liquidation happens, as an auction or a schedule found them. The proof does not show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Paid to the liquidator, in 10^-4 of the equity that goes over, or of the requirement where there is none.
    pub discount: u32,
    /// Paid to the insurance pool, in 10^-4 of the equity that goes over.
    pub penalty: u32,
}

/// A liquidation as it is claimed. Secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The rates.
    pub terms: Terms,
    /// m: the share in lots of the largest leg.
    pub part: u64,
    /// M: lots of the largest leg, 0 without positions.
    pub whole: u64,
    /// What goes over, each leg with its position's sign, in the order of the account's list; no leg where the share is below a lot.
    pub legs: Vec<Position>,
    /// What the liquidator pays, negative where it is paid.
    pub price: Cash,
    /// What the insurance pool gets.
    pub penalty: Cash,
}

impl fmt::Debug for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfer")
            .field("terms", &self.terms)
            .finish_non_exhaustive()
    }
}

/// The state after a liquidation: nonces and blindings are as before, [`crate::statement::liquidation`] renews them.
#[derive(Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The liquidated account.
    pub liquidated: Account,
    /// The liquidator.
    pub liquidator: Account,
    /// The pools.
    pub pools: Pools,
    /// Whether nothing is left of the liquidated account's positions.
    pub closed: bool,
    /// Taken from insurance for the deficit of a closed account.
    pub from_insurance: Cash,
    /// Added to bad debt for the rest.
    pub bad_debt: Cash,
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome").finish_non_exhaustive()
    }
}

/// Works out the liquidation that is due at these rates, and what it does.
///
/// # Errors
/// The first clause that does not hold: the account meets maintenance (L1), both are one (L2), rates above their caps (L4), the liquidator
/// cannot take the legs (L5), a number leaves its range (L6).
pub fn liquidate(
    market: &Market,
    rules: &LiquidationRules,
    pools: &Pools,
    liquidated: Party<'_>,
    liquidator: Party<'_>,
    terms: Terms,
) -> Result<(Transfer, Outcome), Violation> {
    let margin = l1_breach(market, rules, liquidated.account)?;
    l2_parties(liquidated, liquidator)?;
    l4_rates(rules, terms)?;
    let transfer = due(market, rules, liquidated.account, &margin, terms)?;
    let outcome = apply(market, pools, liquidated.account, liquidator.account, &transfer)?;
    l5_after(market, &outcome)?;
    Ok((transfer, outcome))
}

/// Whether a claimed liquidation and a claimed state after it follow the rules, clause by clause.
///
/// # Errors
/// The first clause that does not hold.
pub fn check(
    market: &Market,
    rules: &LiquidationRules,
    pools: &Pools,
    liquidated: Party<'_>,
    liquidator: Party<'_>,
    transfer: &Transfer,
    after: &Outcome,
) -> Result<(), Violation> {
    let margin = l1_breach(market, rules, liquidated.account)?;
    l2_parties(liquidated, liquidator)?;
    l3_legs(liquidated.account, transfer)?;
    l3_share(market, rules, liquidated.account, &margin, transfer)?;
    l4_price(market, rules, &margin, transfer)?;
    l5_after(market, after)?;
    l6_conserved(pools, liquidated.account, liquidator.account, transfer, after)
}

/// L1: some scenario makes the formula of maintenance negative.
fn l1_breach(market: &Market, rules: &LiquidationRules, account: &Account) -> Result<Margin, Violation> {
    rules.validate().map_err(BreachError::from)?;
    let margin = market.margin(Level::Maintenance, account.cash, &account.positions);
    let margin = margin.map_err(BreachError::Margin)?;
    if margin.is_met() {
        return Err(BreachError::Healthy.into());
    }
    Ok(margin)
}

/// L2: two accounts of two owners. The venue's backstop is an account like any other.
fn l2_parties(liquidated: Party<'_>, liquidator: Party<'_>) -> Result<(), Violation> {
    if liquidated.index == liquidator.index {
        Err(PartyError::SameAccount.into())
    } else if liquidated.account.owner == liquidator.account.owner {
        Err(PartyError::SameOwner.into())
    } else {
        Ok(())
    }
}

/// N and N + (1 - k) E of the buffer equation, in 10^-12 of a money unit; `None` where the whole account goes.
fn equation(rules: &LiquidationRules, margin: &Margin, terms: Terms) -> Option<(BigInt, BigInt)> {
    if margin.equity.sign() != Sign::Plus || margin.equity < BigInt::from(rules.cutoff.get()) {
        return None;
    }
    let missing = margin.requirement() * rules.buffer - margin.worst() * RATE_UNIT;
    let kept = RATE_UNIT - terms.discount - terms.penalty;
    let all = &missing + &margin.equity * EXCESS_UNIT * kept;
    Some((missing, all))
}

/// M: lots of the largest leg.
fn largest(account: &Account) -> u64 {
    let lots = account.positions.iter().map(|position| position.lots.magnitude());
    lots.max().unwrap_or(0)
}

/// The share `floor(|lots| part / whole)` of each position, those of less than a lot left out.
fn legs_of(account: &Account, part: u64, whole: u64) -> Vec<Position> {
    let leg = |position: &Position| {
        // part <= whole: the quotient is at most |lots| < 2^63; the product is below 2^126.
        let lots = u128::from(position.lots.magnitude()) * u128::from(part) / u128::from(whole.max(1));
        let lots = i64::try_from(lots).unwrap_or(i64::MAX) * position.lots.get().signum();
        let series = position.series;
        Lots::new(lots).ok().map(|lots| Position { series, lots })
    };
    account.positions.iter().filter_map(leg).collect()
}

/// The part that is due: the buffer equation's, or the whole.
fn due_part(
    market: &Market,
    rules: &LiquidationRules,
    account: &Account,
    margin: &Margin,
    terms: Terms,
) -> Result<u64, Violation> {
    let whole = largest(account);
    let Some((missing, all)) = equation(rules, margin, terms) else {
        return Ok(whole);
    };
    // missing <= all, so the quotient is at most `whole`.
    let part = u64::try_from(ceil_div(&(missing * whole), &all)).unwrap_or(whole);
    let transfer = priced(market, margin, account, terms, part)?;
    let left = without(&account.positions, &transfer.legs)?;
    let mut cash = CashSum::new(account.cash);
    cash.add(transfer.price.get());
    cash.sub(transfer.penalty.get());
    let cash = cash.finish().map_err(|_| ConservationError::Range { what: "cash" })?;
    let restored = market
        .margin(Level::Maintenance, cash, &left)
        .map_err(BreachError::Margin)?;
    Ok(if restored.is_met() { part } else { whole })
}

/// The transfer that is due.
fn due(
    market: &Market,
    rules: &LiquidationRules,
    account: &Account,
    margin: &Margin,
    terms: Terms,
) -> Result<Transfer, Violation> {
    let part = due_part(market, rules, account, margin, terms)?;
    priced(market, margin, account, terms, part)
}

/// A part with its legs, price and penalty.
fn priced(market: &Market, margin: &Margin, account: &Account, terms: Terms, part: u64) -> Result<Transfer, Violation> {
    let whole = largest(account);
    let legs = legs_of(account, part, whole);
    let marks = market.sums(&legs).map_err(BreachError::Margin)?.value;
    let price = BigInt::from(marks) - concession(margin, part, whole, terms.discount);
    let penalty = if is_solvent(margin) {
        share_of(&margin.equity, part, whole, terms.penalty)
    } else {
        BigInt::ZERO
    };
    Ok(Transfer {
        terms,
        part,
        whole,
        legs,
        price: money(price)?,
        penalty: money(penalty)?,
    })
}

fn is_solvent(margin: &Margin) -> bool {
    margin.equity.sign() == Sign::Plus
}

/// What the liquidator is paid at a rate: of the equity that goes over, or of the requirement where there is none.
fn concession(margin: &Margin, part: u64, whole: u64, rate: u32) -> BigInt {
    if is_solvent(margin) {
        share_of(&margin.equity, part, whole, rate)
    } else {
        margin.requirement() * rate / (EXCESS_UNIT * u64::from(RATE_UNIT))
    }
}

/// floor(amount part rate / (whole 10^4)) of an amount that is not negative. A solvent account in breach has positions, so `whole` is not 0.
fn share_of(amount: &BigInt, part: u64, whole: u64, rate: u32) -> BigInt {
    amount * part * rate / (BigInt::from(whole.max(1)) * RATE_UNIT)
}

fn money(amount: BigInt) -> Result<Cash, ConservationError> {
    let amount = i128::try_from(amount).map_err(|_| ConservationError::Range { what: "cash" })?;
    Ok(Cash(amount))
}

/// L3: each leg towards zero, not through it, and the share of its position.
fn l3_legs(account: &Account, transfer: &Transfer) -> Result<(), Violation> {
    if transfer.whole != largest(account) || transfer.part > transfer.whole {
        return Err(ShareError::Measure.into());
    }
    let held: BTreeMap<SeriesTerms, Lots> = account.positions.iter().map(|p| (p.series, p.lots)).collect();
    for (at, leg) in transfer.legs.iter().enumerate() {
        let lots = held.get(&leg.series).ok_or(ShareError::Series { at })?;
        if lots.is_long() != leg.lots.is_long() {
            return Err(ShareError::WrongWay { at }.into());
        }
        if leg.lots.magnitude() > lots.magnitude() {
            return Err(ShareError::Through { at }.into());
        }
    }
    let expected = legs_of(account, transfer.part, transfer.whole);
    if expected.len() != transfer.legs.len() {
        return Err(ShareError::Count {
            expected: expected.len(),
            found: transfer.legs.len(),
        }
        .into());
    }
    for (at, (expected, found)) in expected.iter().zip(&transfer.legs).enumerate() {
        if expected.series != found.series {
            return Err(ShareError::Series { at }.into());
        }
        if expected.lots != found.lots {
            return Err(ShareError::Disproportionate { at }.into());
        }
    }
    Ok(())
}

/// L3: the share solves the buffer equation within one lot.
fn l3_share(
    market: &Market,
    rules: &LiquidationRules,
    account: &Account,
    margin: &Margin,
    transfer: &Transfer,
) -> Result<(), Violation> {
    l4_rates(rules, transfer.terms)?;
    let due = due_part(market, rules, account, margin, transfer.terms)?;
    match transfer.part.cmp(&due) {
        std::cmp::Ordering::Less => Err(ShareError::TooLittle.into()),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(ShareError::TooMuch.into()),
    }
}

/// L4: rates within their caps.
fn l4_rates(rules: &LiquidationRules, terms: Terms) -> Result<(), PriceError> {
    let (cap, found) = (rules.max_discount, terms.discount);
    if found > cap {
        return Err(PriceError::Discount { cap, found });
    }
    let (cap, found) = (rules.max_penalty, terms.penalty);
    if found > cap {
        return Err(PriceError::PenaltyRate { cap, found });
    }
    Ok(())
}

/// L4: the price between the floor and the marks, and that of its rate; the penalty likewise.
fn l4_price(market: &Market, rules: &LiquidationRules, margin: &Margin, transfer: &Transfer) -> Result<(), Violation> {
    let (part, whole) = (transfer.part, transfer.whole);
    let marks = market.sums(&transfer.legs).map_err(BreachError::Margin)?.value;
    let below_marks = BigInt::from(marks) - transfer.price.get();
    if below_marks.sign() == Sign::Minus {
        return Err(PriceError::AboveMark.into());
    }
    if below_marks > concession(margin, part, whole, rules.max_discount) {
        return Err(PriceError::BelowFloor.into());
    }
    if below_marks != concession(margin, part, whole, transfer.terms.discount) {
        return Err(PriceError::Price.into());
    }
    let due = match is_solvent(margin) {
        true => share_of(&margin.equity, part, whole, transfer.terms.penalty),
        false => BigInt::ZERO,
    };
    if BigInt::from(transfer.penalty.get()) != due {
        return Err(PriceError::Penalty.into());
    }
    Ok(())
}

/// L5: maintenance or nothing left on one side, initial margin on the other.
fn l5_after(market: &Market, after: &Outcome) -> Result<(), Violation> {
    let Outcome {
        liquidated, liquidator, ..
    } = after;
    let margin = |level, account: &Account| market.margin(level, account.cash, &account.positions);
    if !liquidated.positions.is_empty() || liquidated.cash < Cash::ZERO {
        let margin = margin(Level::Maintenance, liquidated).map_err(BreachError::Margin)?;
        if !margin.is_met() {
            return Err(AfterError::StillBreached.into());
        }
    }
    if !margin(Level::Initial, liquidator).map_err(AfterError::Margin)?.is_met() {
        return Err(AfterError::Liquidator.into());
    }
    Ok(())
}

/// L6: nothing appears or vanishes. A pool below zero pays nothing.
fn l6_conserved(
    pools: &Pools,
    liquidated: &Account,
    liquidator: &Account,
    transfer: &Transfer,
    after: &Outcome,
) -> Result<(), Violation> {
    if (after.liquidated.owner, after.liquidator.owner) != (liquidated.owner, liquidator.owner) {
        return Err(ConservationError::Owner.into());
    }
    let sum = |a: &Account, b: &Account, pools: &Pools| {
        let mut sum = CashSum::new(a.cash);
        sum.add(b.cash.get());
        sum.add(pools.insurance.get());
        sum.sub(pools.bad_debt.get());
        sum
    };
    if sum(liquidated, liquidator, pools) != sum(&after.liquidated, &after.liquidator, &after.pools) {
        return Err(ConservationError::Cash.into());
    }
    let lots = |a: &Account, b: &Account| {
        let mut sums: BTreeMap<SeriesTerms, i128> = BTreeMap::new();
        for position in a.positions.iter().chain(&b.positions) {
            *sums.entry(position.series).or_default() += i128::from(position.lots.get());
        }
        sums.retain(|_, sum| *sum != 0);
        sums
    };
    if lots(liquidated, liquidator) != lots(&after.liquidated, &after.liquidator) {
        return Err(ConservationError::Lots.into());
    }
    for (pool, before, found) in [
        ("fees", pools.fees, after.pools.fees),
        ("clearing", pools.clearing, after.pools.clearing),
        ("total cash", pools.total_cash, after.pools.total_cash),
    ] {
        if before != found {
            return Err(ConservationError::Pool { pool }.into());
        }
    }
    // The sums hold; what is left is who got what.
    let expected = moved(pools, liquidated, liquidator, transfer)?;
    if (after.from_insurance, after.bad_debt) != (expected.from_insurance, expected.bad_debt)
        || after.pools.bad_debt != expected.pools.bad_debt
    {
        return Err(ConservationError::Deficit.into());
    }
    if after.pools.insurance != expected.pools.insurance {
        return Err(ConservationError::Pool { pool: "insurance" }.into());
    }
    if after.liquidated.cash != expected.liquidated.cash {
        return Err(ConservationError::Cash.into());
    }
    if after.liquidated.positions != expected.liquidated.positions {
        return Err(ConservationError::Lots.into());
    }
    if after != &expected {
        return Err(ConservationError::Owner.into());
    }
    Ok(())
}

/// What a transfer does.
fn apply(
    market: &Market,
    pools: &Pools,
    liquidated: &Account,
    liquidator: &Account,
    transfer: &Transfer,
) -> Result<Outcome, Violation> {
    // Rows for the liquidator's own positions too, before anything moves.
    market.sums(&liquidator.positions).map_err(AfterError::Margin)?;
    moved(pools, liquidated, liquidator, transfer)
}

/// Legs and money after a transfer.
pub(crate) fn moved(
    pools: &Pools,
    liquidated: &Account,
    liquidator: &Account,
    transfer: &Transfer,
) -> Result<Outcome, Violation> {
    let range = |what| ConservationError::Range { what };
    let total = |start: Cash, parts: [i128; 2]| {
        let mut sum = CashSum::new(start);
        parts.into_iter().for_each(|part| sum.add(part));
        sum.finish().map_err(|_| range("cash"))
    };
    let negative = |cash: Cash| cash.get().checked_neg().ok_or(range("cash"));
    let left = without(&liquidated.positions, &transfer.legs)?;
    let closed = left.is_empty();
    let mut cash = total(liquidated.cash, [transfer.price.get(), negative(transfer.penalty)?])?;
    // A deficit is explicit: only where the account is gone, and only what it owes.
    let (mut from_insurance, mut bad_debt) = (Cash::ZERO, Cash::ZERO);
    if closed && cash < Cash::ZERO {
        let deficit = negative(cash)?;
        from_insurance = Cash(deficit.min(pools.insurance.get().max(0)));
        bad_debt = Cash(deficit - from_insurance.get());
        cash = Cash::ZERO;
    }
    let pools = Pools {
        insurance: total(pools.insurance, [transfer.penalty.get(), negative(from_insurance)?])?,
        bad_debt: total(pools.bad_debt, [bad_debt.get(), 0])?,
        ..*pools
    };
    Ok(Outcome {
        liquidated: Account {
            cash,
            positions: left,
            ..liquidated.clone()
        },
        liquidator: Account {
            cash: total(liquidator.cash, [negative(transfer.price)?, 0])?,
            positions: with(&liquidator.positions, &transfer.legs, 1)?,
            ..liquidator.clone()
        },
        pools,
        closed,
        from_insurance,
        bad_debt,
    })
}

/// Positions less legs.
fn without(positions: &[Position], legs: &[Position]) -> Result<Vec<Position>, ConservationError> {
    with(positions, legs, -1)
}

/// Positions and legs, netted, in order.
fn with(positions: &[Position], legs: &[Position], sign: i128) -> Result<Vec<Position>, ConservationError> {
    let mut sums: BTreeMap<SeriesTerms, i128> = BTreeMap::new();
    for position in positions {
        *sums.entry(position.series).or_default() += i128::from(position.lots.get());
    }
    for leg in legs {
        *sums.entry(leg.series).or_default() += sign * i128::from(leg.lots.get());
    }
    sums.into_iter()
        .filter(|(_, sum)| *sum != 0)
        .map(|(series, sum)| {
            let lots = i64::try_from(sum).ok().and_then(|lots| Lots::new(lots).ok());
            let lots = lots.ok_or(ConservationError::Range { what: "lots" })?;
            Ok(Position { series, lots })
        })
        .collect()
}
