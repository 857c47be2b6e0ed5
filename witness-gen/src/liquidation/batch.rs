//! Liquidations in order: who is below, who goes first, a cap for each batch, and a queue for those it leaves over.
//!
//! **Order.** Who waited longest goes first; of those found in one round, the one that is short of most, then the lower leaf number.
//! **Cap.** At most `batch_cap` liquidations a round. Who is left over, or finds no taker, waits in the queue, and its discount grows by the
//! schedule that the caller gives. A round may be done in parts, for proofs that hold fewer liquidations than the cap: who waits grows older when
//! the round is over.

use std::collections::BTreeMap;
use std::fmt;

use num_bigint::BigInt;
use rayon::prelude::*;

use super::margin::{Level, MarginError, Market};
use super::rules::LiquidationRules;
use super::transfer::{Outcome, Party, Terms, Transfer, liquidate};
use crate::account::Account;
use crate::state::Pools;
use crate::statement::liquidation::{AfterError, BreachError, PartyError, Violation};

/// An account below maintenance. Secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Below {
    /// Leaf number.
    pub index: u32,
    /// What is missing in the worst scenario, in money units, rounded up.
    pub shortfall: BigInt,
    /// The worst scenario: 0 is the unmoved market.
    pub scenario: usize,
    /// Whether cash and marks are worth nothing or less.
    pub insolvent: bool,
}

/// Who is below maintenance.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Scan {
    /// Accounts below, by leaf number.
    pub below: Vec<Below>,
    /// Accounts whose margin cannot be computed, by leaf number, with the reason.
    pub unpriced: Vec<(u32, MarginError)>,
    /// Accounts looked at.
    pub accounts: usize,
}

impl fmt::Debug for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan")
            .field("accounts", &self.accounts)
            .field("below", &self.below.len())
            .field("unpriced", &self.unpriced.len())
            .finish()
    }
}

/// Looks at every account, on all cores.
pub fn scan(market: &Market, accounts: &BTreeMap<u32, Account>) -> Scan {
    let list: Vec<(&u32, &Account)> = accounts.iter().collect();
    let judged: Vec<(u32, Result<Option<Below>, MarginError>)> = list
        .into_par_iter()
        .map(|(index, account)| {
            let margin = market.margin(Level::Maintenance, account.cash, &account.positions);
            let below = margin.map(|margin| {
                (!margin.is_met()).then(|| Below {
                    index: *index,
                    shortfall: margin.shortfall(),
                    scenario: margin.worst_scenario(),
                    insolvent: margin.equity <= BigInt::ZERO,
                })
            });
            (*index, below)
        })
        .collect();
    let mut scan = Scan {
        accounts: judged.len(),
        ..Scan::default()
    };
    for (index, below) in judged {
        match below {
            Ok(below) => scan.below.extend(below),
            Err(error) => scan.unpriced.push((index, error)),
        }
    }
    scan
}

/// An account in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Leaf number.
    pub index: u32,
    /// Rounds it has waited for.
    pub rounds: u32,
}

/// Accounts that earlier batches left over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Queue {
    /// First come, first served.
    pub waiting: Vec<Waiting>,
    /// Liquidations of a round that is not over; 0 between rounds.
    pub done: u32,
}

/// The discount of the first attempt, and by how much it grows with each round in the queue, in 10^-4.
const DISCOUNT_STEP: u32 = 500;

/// The usual schedule: 5 % at once and 5 % more for each round in the queue, up to the largest discount; the largest penalty throughout.
pub fn schedule(rules: &LiquidationRules, rounds: u32) -> Terms {
    Terms {
        discount: DISCOUNT_STEP
            .saturating_mul(rounds.saturating_add(1))
            .min(rules.max_discount),
        penalty: rules.max_penalty,
    }
}

/// Who may take, at which rates, and how many accounts go at once.
pub struct Auction<'a, T, F> {
    /// Leaf numbers, asked in this order.
    pub takers: &'a [u32],
    /// The rates after a number of rounds in the queue.
    pub terms: T,
    /// Whether a liquidation of these two accounts (as they stand before it) can be carried out otherwise; where not, the next taker is asked.
    pub accepts: F,
    /// Most liquidations of this part of a round.
    pub most: usize,
}

/// One liquidation of a batch.
#[derive(Debug, Clone)]
pub struct Done {
    /// Leaf number of the liquidated account.
    pub index: u32,
    /// Leaf number of the liquidator.
    pub liquidator: u32,
    /// What went over.
    pub transfer: Transfer,
    /// The state after.
    pub outcome: Outcome,
}

/// What a batch did.
#[derive(Debug, Clone, Default)]
pub struct BatchReport {
    /// Accounts below maintenance when it began.
    pub below: usize,
    /// Of them, those without equity.
    pub insolvent: usize,
    /// Its liquidations, in order.
    pub done: Vec<Done>,
    /// Accounts that found no taker.
    pub untaken: usize,
    /// Accounts that the cap, or the end of the part, left over.
    pub over_cap: usize,
    /// Whether the round is over: the cap is reached, or nobody else can be liquidated.
    pub round_over: bool,
}

impl Queue {
    /// Liquidates a whole round in order, up to the cap, and moves accounts and pools. `takers` are asked in their order; `terms` gives the rates
    /// after a number of rounds in the queue.
    ///
    /// # Errors
    /// As [`Queue::part`].
    pub fn run(
        &mut self,
        market: &Market,
        rules: &LiquidationRules,
        accounts: &mut BTreeMap<u32, Account>,
        pools: &mut Pools,
        takers: &[u32],
        terms: impl Fn(u32) -> Terms,
    ) -> Result<BatchReport, Violation> {
        let auction = Auction {
            takers,
            terms,
            accepts: |_: [&Account; 2], _: &Done| true,
            most: usize::MAX,
        };
        self.part(market, rules, accounts, pools, &auction)
    }

    /// Liquidates a part of a round in order, and moves accounts and pools. The parts of a round follow from the queue and the state alone, so
    /// one that is stored between them goes on as if nothing had been.
    ///
    /// # Errors
    /// An account whose margin cannot be computed (L1), rates above their caps (L4), or a number out of range (L6). Accounts and pools are then
    /// as the liquidations before left them.
    pub fn part<T: Fn(u32) -> Terms, F: Fn([&Account; 2], &Done) -> bool>(
        &mut self,
        market: &Market,
        rules: &LiquidationRules,
        accounts: &mut BTreeMap<u32, Account>,
        pools: &mut Pools,
        auction: &Auction<'_, T, F>,
    ) -> Result<BatchReport, Violation> {
        let scan = scan(market, accounts);
        if let Some((_, error)) = scan.unpriced.first() {
            return Err(BreachError::Margin(*error).into());
        }
        let mut report = BatchReport {
            below: scan.below.len(),
            insolvent: scan.below.iter().filter(|below| below.insolvent).count(),
            ..BatchReport::default()
        };
        let order = self.order(scan);
        let cap = rules.batch_cap.saturating_sub(self.done) as usize;
        let most = cap.min(auction.most);
        let mut left = Vec::new();
        for waiting in order {
            if report.done.len() >= most {
                report.over_cap += 1;
                left.push(waiting);
                continue;
            }
            match first_taker(market, rules, accounts, pools, auction, waiting)? {
                Taken::By(done) => {
                    accounts.insert(done.index, done.outcome.liquidated.clone());
                    accounts.insert(done.liquidator, done.outcome.liquidator.clone());
                    *pools = done.outcome.pools;
                    report.done.push(*done);
                }
                Taken::ByNobody => {
                    report.untaken += 1;
                    left.push(waiting);
                }
                Taken::NotDue => {}
            }
        }
        let done = report.done.len();
        report.round_over = done >= cap || done < most;
        if report.round_over {
            left.iter_mut()
                .for_each(|waiting| waiting.rounds = waiting.rounds.saturating_add(1));
        }
        self.waiting = left;
        // `done` is below `cap` where the round goes on.
        self.done = if report.round_over {
            0
        } else {
            self.done.saturating_add(done as u32)
        };
        Ok(report)
    }

    /// Those that wait and are still below, then the new ones, deepest first.
    fn order(&self, scan: Scan) -> Vec<Waiting> {
        let mut found: BTreeMap<u32, Below> = scan.below.into_iter().map(|below| (below.index, below)).collect();
        let mut order: Vec<Waiting> = self.waiting.clone();
        order.retain(|waiting| found.remove(&waiting.index).is_some());
        let mut new: Vec<Below> = found.into_values().collect();
        new.sort_by(|a, b| b.shortfall.cmp(&a.shortfall).then(a.index.cmp(&b.index)));
        order.extend(new.iter().map(|below| Waiting {
            index: below.index,
            rounds: 0,
        }));
        order
    }
}

/// Who takes an account's legs.
enum Taken {
    By(Box<Done>),
    ByNobody,
    /// It was a taker earlier in the batch and meets maintenance by now, or is not there.
    NotDue,
}

/// The first taker that may and can.
fn first_taker<T: Fn(u32) -> Terms, F: Fn([&Account; 2], &Done) -> bool>(
    market: &Market,
    rules: &LiquidationRules,
    accounts: &BTreeMap<u32, Account>,
    pools: &Pools,
    auction: &Auction<'_, T, F>,
    Waiting { index, rounds }: Waiting,
) -> Result<Taken, Violation> {
    let Some(account) = accounts.get(&index) else {
        return Ok(Taken::NotDue);
    };
    let (liquidated, terms) = (Party { index, account }, (auction.terms)(rounds));
    for taker in auction.takers {
        let Some(account) = accounts.get(taker) else {
            continue;
        };
        let liquidator = Party { index: *taker, account };
        match liquidate(market, rules, pools, liquidated, liquidator, terms) {
            Ok((transfer, outcome)) => {
                let done = Done {
                    index,
                    liquidator: *taker,
                    transfer,
                    outcome,
                };
                if (auction.accepts)([liquidated.account, liquidator.account], &done) {
                    return Ok(Taken::By(Box::new(done)));
                }
            }
            Err(Violation::L2(PartyError::SameAccount | PartyError::SameOwner))
            | Err(Violation::L5(AfterError::Liquidator)) => {}
            Err(Violation::L1(BreachError::Healthy)) => return Ok(Taken::NotDue),
            Err(other) => return Err(other),
        }
    }
    Ok(Taken::ByNobody)
}
