//! The replay: at every price of a path, marks, margins of all accounts, liquidations in order, and who bears what.
//!
//! The same code judges accounts here and in statement L: [`crate::liquidation`]. Value is checked to be conserved to the unit at every step.

use std::collections::BTreeSet;

use num_bigint::BigInt;
use rayon::prelude::*;

use super::StressError;
use super::book::{StressBook, StressSpec, generate, ladder};
use super::path::{PricePath, Tick};
use super::volatility::{VolatilityRule, VolatilityState};
use crate::account::Account;
use crate::liquidation::margin::EXCESS_UNIT;
use crate::liquidation::{BatchReport, Level, LiquidationRules, MarginError, Market, Queue, schedule};
use crate::market::{UtcSeconds, Volatility};
use crate::risk::arrays::{expiry_contexts, price_series, spot_multipliers};
use crate::risk::{
    ExpiryInput, MarketInputs, RegimeFactor, RegimeState, RiskError, RiskGrid, RiskRow, RiskRules, SeriesInput,
};
use crate::series::SeriesTerms;
use crate::state::Pools;
use crate::statement::liquidation::{BreachError, Violation};
use crate::statement::solvency::MarginRules;
use crate::units::{Cash, CashSum, ExpiryMinutes};

/// The rules of a replay.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplayRules {
    /// The grid; its weights and widths are those of margins.
    pub grid: RiskGrid,
    /// Initial margin counts losses this many times, in 10^-4.
    pub initial_factor: u64,
    /// Charge for short lots, in 10^-4 of the spot.
    pub short_charge: u64,
    /// Buffer, discounts, penalty, cap.
    pub liquidation: LiquidationRules,
}

/// One step of a replay. Money is in money units (10^-12 quote).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Time and price.
    pub tick: Tick,
    /// What options are marked at.
    pub volatility: Volatility,
    /// By how much the grid is wider than usual.
    pub factor: RegimeFactor,
    /// Accounts below maintenance before the liquidations of the step.
    pub below: usize,
    /// Of them, those without equity.
    pub insolvent: usize,
    /// Liquidations.
    pub liquidations: usize,
    /// Of them, those that closed the account.
    pub closed: usize,
    /// Accounts that the cap left over.
    pub over_cap: usize,
    /// Accounts that found no taker.
    pub untaken: usize,
    /// Paid into insurance in the step.
    pub penalties: Cash,
    /// Paid out of insurance in the step.
    pub from_insurance: Cash,
    /// The insurance pool after it.
    pub insurance: Cash,
    /// All bad debt so far.
    pub bad_debt: Cash,
    /// Cash and marks of the accounts that are short of something, takers and backstop left out, before the liquidations.
    pub equity: Cash,
    /// What maintenance asks of the same accounts.
    pub requirement: Cash,
}

/// A whole replay.
#[derive(Debug, Clone)]
pub struct Replay {
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Accounts, takers and backstop among them.
    pub accounts: usize,
    /// Listed series.
    pub series: usize,
    /// Accounts that take positions, the backstop among them.
    pub takers: usize,
    /// Accounts liquidated at least once.
    pub liquidated_accounts: usize,
    /// Insurance before the first step.
    pub insurance_start: Cash,
    /// Accounts still below maintenance and in the queue at the end.
    pub waiting: usize,
    /// Cash of all accounts and insurance less bad debt, before the first step and after the last: equal, or there is no replay.
    pub totals: [Cash; 2],
}

/// A step of a replay before its liquidations.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// Time and price.
    pub tick: Tick,
    /// Grid and regime.
    pub risk: &'a RiskRules,
    /// The margin rules.
    pub margin: MarginRules,
    /// What the rows follow from.
    pub inputs: &'a MarketInputs,
    /// The regime before the tick.
    pub regime_before: RegimeState,
    /// The rows, as accounts are judged by them.
    pub market: &'a Market,
    /// The accounts. Secret.
    pub book: &'a StressBook,
    /// The pools; total cash is not kept here.
    pub pools: &'a Pools,
    /// Who waits from earlier steps.
    pub queue: &'a Queue,
}

/// Replays a path over a seeded book.
///
/// # Errors
/// Prices outside the pricing domain, too few accounts, or a rule that a number breaks.
pub fn replay(path: &PricePath, rules: &ReplayRules, spec: StressSpec) -> Result<Replay, StressError> {
    replay_watched(path, rules, spec, &mut |_| ())
}

/// [`replay`] with somebody who looks at every step before its liquidations.
///
/// # Errors
/// As [`replay`].
pub fn replay_watched(
    path: &PricePath,
    rules: &ReplayRules,
    spec: StressSpec,
    watch: &mut dyn FnMut(&Moment<'_>),
) -> Result<Replay, StressError> {
    let start = UtcSeconds(path.start().time as i64);
    let pricing = |source: RiskError| StressError::Pricing { time: start, source };
    let volatility_rule = VolatilityRule::of(path).map_err(|error| pricing(error.into()))?;
    let risk = RiskRules::new(rules.grid.clone(), volatility_rule.regime).map_err(|error| pricing(error.into()))?;
    let margin = MarginRules {
        risk: risk.digest(),
        initial_factor: rules.initial_factor,
        short_charge: rules.short_charge,
        liquidation: rules.liquidation.digest(),
    };
    margin
        .validate()
        .map_err(|error| broken(start, BreachError::from(error)))?;
    let series = ladder(path);
    let mut state = VolatilityState::start(&volatility_rule, path);
    let mut book: Option<StressBook> = None;
    let mut pools = Pools::default();
    let mut started = CashSum::default();
    let mut queue = Queue::default();
    let mut liquidated = BTreeSet::new();
    let mut steps = Vec::with_capacity(path.ticks.len());
    for tick in path.ticks.iter().copied() {
        let time = UtcSeconds(tick.time as i64);
        let refused = |source: RiskError| StressError::Pricing { time, source };
        let regime_before = state.regime();
        state = state
            .next(&volatility_rule, tick)
            .map_err(|error| refused(error.into()))?;
        let (volatility, factor) = (state.mark(&volatility_rule), state.factor(&volatility_rule));
        let inputs = inputs(path, &series, tick, volatility);
        let rows = rows(&risk, &inputs, factor).map_err(refused)?;
        let failed = |error| broken(time, BreachError::Margin(error));
        let market = Market::new(rows, &rules.grid, tick.price, margin).map_err(failed)?;
        let book = match &mut book {
            Some(book) => book,
            None => {
                let new = generate(path, &market, spec)?;
                pools.insurance = new.insurance;
                started = sum(&new, &pools);
                book.insert(new)
            }
        };
        let (equity, requirement) = totals(&market, book).map_err(failed)?;
        watch(&Moment {
            tick,
            risk: &risk,
            margin,
            inputs: &inputs,
            regime_before,
            market: &market,
            book,
            pools: &pools,
            queue: &queue,
        });
        let before = pools;
        let report = queue
            .run(
                &market,
                &rules.liquidation,
                &mut book.accounts,
                &mut pools,
                &book.takers,
                |rounds| schedule(&rules.liquidation, rounds),
            )
            .map_err(|source| StressError::Liquidation { time, source })?;
        if sum(book, &pools) != started {
            return Err(StressError::Conservation { time });
        }
        liquidated.extend(report.done.iter().map(|done| done.index));
        steps.push(step(
            tick,
            volatility,
            factor,
            &report,
            (before, pools),
            (equity, requirement),
        ));
    }
    let end = UtcSeconds(path.end() as i64);
    // A path has at least two prices, so there is a book.
    let book = book.ok_or(StressError::Short { found: 0 })?;
    let total = |sum: CashSum| sum.finish().map_err(|_| StressError::Conservation { time: end });
    let totals = [total(started)?, total(sum(&book, &pools))?];
    let insurance_start = steps.first().map_or(Cash::ZERO, |first| {
        Cash(first.insurance.get() - first.penalties.get() + first.from_insurance.get())
    });
    Ok(Replay {
        steps,
        accounts: book.accounts.len(),
        series: series.len(),
        takers: book.takers.len(),
        liquidated_accounts: liquidated.len(),
        insurance_start,
        waiting: queue.waiting.len(),
        totals,
    })
}

fn broken(time: UtcSeconds, error: BreachError) -> StressError {
    StressError::Liquidation {
        time,
        source: Violation::L1(error),
    }
}

/// What the rows of a step follow from. The forward is the spot, and all series have one volatility.
fn inputs(path: &PricePath, series: &[SeriesTerms], tick: Tick, volatility: Volatility) -> MarketInputs {
    let mut expiries: Vec<ExpiryMinutes> = series.iter().map(|terms| terms.expiry).collect();
    expiries.sort_unstable();
    expiries.dedup();
    let forward = tick.price;
    MarketInputs {
        underlying: path.underlying,
        time: tick.time,
        spot: tick.price,
        expiries: expiries
            .into_iter()
            .map(|expiry| ExpiryInput { expiry, forward })
            .collect(),
        series: series
            .iter()
            .map(|terms| SeriesInput {
                terms: *terms,
                volatility,
            })
            .collect(),
    }
}

/// Marks and scenario values of all series: the rows of risk arrays, without their tree.
fn rows(risk: &RiskRules, inputs: &MarketInputs, factor: RegimeFactor) -> Result<Vec<RiskRow>, RiskError> {
    inputs.validate()?;
    let multipliers = spot_multipliers(risk, factor)?;
    let contexts = expiry_contexts(risk, inputs, &multipliers)?;
    inputs
        .series
        .par_iter()
        .map(|input| {
            let of = |context: &&(ExpiryMinutes, _)| context.0 == input.terms.expiry;
            // Valid inputs: every series has its expiry.
            let (_, context) = contexts.iter().find(of).expect("an expiry of the inputs");
            price_series(risk, context, input)
        })
        .collect()
}

/// Cash of all accounts and insurance less bad debt: what a liquidation cannot change.
fn sum(book: &StressBook, pools: &Pools) -> CashSum {
    let mut sum = CashSum::new(pools.insurance);
    sum.sub(pools.bad_debt.get());
    for account in book.accounts.values() {
        sum.add(account.cash.get());
    }
    sum
}

/// Equity and requirement of the traders that are short of something.
fn totals(market: &Market, book: &StressBook) -> Result<(Cash, Cash), MarginError> {
    let short = |account: &Account| account.positions.iter().any(|position| !position.lots.is_long());
    let traders: Vec<&Account> = book
        .accounts
        .iter()
        .filter(|(index, account)| !book.takers.contains(index) && short(account))
        .map(|(_, account)| account)
        .collect();
    let margins: Vec<(BigInt, BigInt)> = traders
        .par_iter()
        .map(|account| {
            let margin = market.margin(Level::Maintenance, account.cash, &account.positions)?;
            let requirement = margin.requirement();
            Ok((margin.equity, requirement))
        })
        .collect::<Result<_, MarginError>>()?;
    let money = |value: BigInt| i128::try_from(value).map(Cash).map_err(|_| MarginError::TooLarge);
    let equity: BigInt = margins.iter().map(|(equity, _)| equity).sum();
    let requirement: BigInt = margins.iter().map(|(_, requirement)| requirement).sum();
    Ok((money(equity)?, money(requirement / EXCESS_UNIT)?))
}

fn step(
    tick: Tick,
    volatility: Volatility,
    factor: RegimeFactor,
    report: &BatchReport,
    (before, after): (Pools, Pools),
    (equity, requirement): (Cash, Cash),
) -> Step {
    let penalties: i128 = report.done.iter().map(|done| done.transfer.penalty.get()).sum();
    Step {
        tick,
        volatility,
        factor,
        below: report.below,
        insolvent: report.insolvent,
        liquidations: report.done.len(),
        closed: report.done.iter().filter(|done| done.outcome.closed).count(),
        over_cap: report.over_cap,
        untaken: report.untaken,
        penalties: Cash(penalties),
        from_insurance: Cash(before.insurance.get() + penalties - after.insurance.get()),
        insurance: after.insurance,
        bad_debt: after.bad_debt,
        equity,
        requirement,
    }
}
