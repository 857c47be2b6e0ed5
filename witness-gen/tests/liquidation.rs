//! Statement L natively: what is due, one negative test (or more) a clause, conservation, batches in order.
#![allow(missing_docs, non_snake_case)]

mod support;

use std::collections::BTreeMap;

use ff::Field;
use halo2curves::bn256::Fr;
use num_bigint::BigInt;
use proptest::prelude::*;
use support::{lots, price};
use witness_gen::account::Account;
use witness_gen::ledger::{Ledger, LedgerParts};
use witness_gen::liquidation::{
    LiquidationRules, Market, Outcome, Party, Queue, Terms, Transfer, check, liquidate, scan,
};
use witness_gen::market::Volatility;
use witness_gen::open_interest::OpenInterest;
use witness_gen::params::RiskParameters;
use witness_gen::position::Position;
use witness_gen::pricing::{Greeks, ValuePerLot};
use witness_gen::risk::{
    ExpiryInput, MarketInputs, RegimeFactor, RiskArrays, RiskGrid, RiskRow, RiskRules, SeriesInput,
};
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::state::Pools;
use witness_gen::statement::liquidation as statement;
use witness_gen::statement::liquidation::{Instance, Violation, Witness};
use witness_gen::statement::solvency::MarginRules;
use witness_gen::units::{Cash, ExpiryMinutes, Price, Underlying};

const EXPIRY: ExpiryMinutes = ExpiryMinutes(29_510_880);
const SCENARIOS: usize = 24;
const QUOTE: i128 = 1_000_000_000_000;
const TERMS: Terms = Terms {
    discount: 500,
    penalty: 1_000,
};

fn terms(kind: Kind, strike: u64) -> SeriesTerms {
    SeriesTerms::new(Underlying::ETH, EXPIRY, kind, price(strike), Price::ZERO).expect("no cap")
}

fn grid() -> RiskGrid {
    RiskGrid::builtin("paradex-24").expect("a grid of the program")
}

fn margin_rules(risk: Fr) -> MarginRules {
    MarginRules {
        risk,
        initial_factor: 12_500,
        short_charge: 100,
        liquidation: LiquidationRules::default().digest(),
    }
}

fn account(owner: u64, cash: i128, positions: &[(SeriesTerms, i64)]) -> Account {
    Account {
        owner: Fr::from(owner),
        cash: Cash(cash),
        nonce: 3,
        positions: positions
            .iter()
            .map(|(series, quantity)| Position {
                series: *series,
                lots: lots(*quantity),
            })
            .collect(),
        blinding: Fr::from(owner + 1_000),
    }
}

/// A real round: ETH at 2,000, four strikes, calls and puts, 20 days to expiry.
fn arrays() -> RiskArrays {
    let rules = RiskRules::builtin("paradex-24", Underlying::ETH).expect("built in");
    let mut series: Vec<SeriesInput> = [Kind::Call, Kind::Put]
        .into_iter()
        .flat_map(|kind| [1_600u64, 1_800, 2_000, 2_400].map(|strike| terms(kind, strike * 1_000_000)))
        .map(|terms| SeriesInput {
            terms,
            volatility: Volatility(8_000),
        })
        .collect();
    series.sort_by_key(|series| series.terms);
    let inputs = MarketInputs {
        underlying: Underlying::ETH,
        time: u64::from(EXPIRY.get()) * 60 - 20 * 86_400,
        spot: price(2_000_000_000),
        expiries: vec![ExpiryInput {
            expiry: EXPIRY,
            forward: price(2_000_000_000),
        }],
        series,
    };
    RiskArrays::build(&rules, &inputs, RegimeFactor::ONE).expect("inputs in the domain")
}

fn real_market() -> Market {
    let arrays = arrays();
    Market::of(&arrays, margin_rules(arrays.rules.digest())).expect("rows of the grid")
}

/// Short 10 puts at 1,800 and 5 calls at 2,400, long 2 puts at 1,600, with this much cash in quote.
fn victim(quote: i128) -> Account {
    account(
        7,
        quote * QUOTE,
        &[
            (terms(Kind::Call, 2_400_000_000), -5_000_000),
            (terms(Kind::Put, 1_600_000_000), 2_000_001),
            (terms(Kind::Put, 1_800_000_000), -10_000_000),
        ],
    )
}

/// Well funded, long some of what the victim is short of.
fn taker() -> Account {
    account(8, 100_000 * QUOTE, &[(terms(Kind::Put, 1_800_000_000), 3_000_000)])
}

/// The least cash, in money units, with which the positions meet maintenance.
fn least_cash(market: &Market, positions: &[Position]) -> i128 {
    let margin = market
        .margin(witness_gen::liquidation::Level::Maintenance, Cash::ZERO, positions)
        .expect("priced");
    // ceil(-worst / 10^8) of either sign: division rounds towards zero.
    let (missing, unit) = (-margin.worst(), BigInt::from(100_000_000));
    let quotient = &missing / &unit;
    let least = if &quotient * &unit < missing {
        quotient + 1
    } else {
        quotient
    };
    i128::try_from(least).expect("small")
}

fn pools(insurance: i128) -> Pools {
    Pools {
        insurance: Cash(insurance * QUOTE),
        fees: Cash(17),
        ..Pools::default()
    }
}

struct Case {
    market: Market,
    rules: LiquidationRules,
    pools: Pools,
    victim: Account,
    taker: Account,
}

impl Case {
    /// A solvent account in breach: half of what its requirement asks beyond its liabilities.
    fn solvent() -> Self {
        let market = real_market();
        let positions = victim(0).positions;
        let value = market.sums(&positions).expect("priced").value;
        let least = least_cash(&market, &positions);
        Self {
            rules: LiquidationRules::default(),
            pools: pools(50),
            victim: Account {
                cash: Cash((least - value) / 2),
                ..victim(0)
            },
            taker: taker(),
            market,
        }
    }

    /// An account that owes `quote` more than it has.
    fn insolvent(quote: i128) -> Self {
        let mut case = Self::solvent();
        let value = case.market.sums(&case.victim.positions).expect("priced").value;
        case.victim.cash = Cash(-value - quote * QUOTE);
        case
    }

    fn run(&self) -> Result<(Transfer, Outcome), Violation> {
        liquidate(
            &self.market,
            &self.rules,
            &self.pools,
            Party {
                index: 5,
                account: &self.victim,
            },
            Party {
                index: 9,
                account: &self.taker,
            },
            TERMS,
        )
    }

    fn check(&self, transfer: &Transfer, outcome: &Outcome) -> Result<(), Violation> {
        check(
            &self.market,
            &self.rules,
            &self.pools,
            Party {
                index: 5,
                account: &self.victim,
            },
            Party {
                index: 9,
                account: &self.taker,
            },
            transfer,
            outcome,
        )
    }

    fn sum(&self) -> i128 {
        self.victim.cash.get() + self.taker.cash.get() + self.pools.insurance.get() - self.pools.bad_debt.get()
    }
}

fn sum_after(outcome: &Outcome) -> i128 {
    outcome.liquidated.cash.get() + outcome.liquidator.cash.get() + outcome.pools.insurance.get()
        - outcome.pools.bad_debt.get()
}

fn clause<T: std::fmt::Debug>(result: Result<T, Violation>, clause: &str) -> Violation {
    let found = result.expect_err("a broken clause");
    assert_eq!(found.clause(), clause, "{found}");
    assert!(found.to_string().starts_with(&format!("{clause}: ")), "{found}");
    found
}

#[test]
fn a_solvent_account_is_restored_to_its_buffer_and_no_further() {
    let case = Case::solvent();
    let (transfer, outcome) = case.run().expect("due");
    assert_eq!(case.check(&transfer, &outcome), Ok(()));
    assert!(!outcome.closed && transfer.part < transfer.whole && transfer.part > 0);
    assert_eq!(sum_after(&outcome), case.sum());
    assert!(transfer.penalty > Cash::ZERO && outcome.pools.insurance > case.pools.insurance);
    // The buffer margin W - b R by hand: the account stands at it to within what floored lots are worth.
    let level = witness_gen::liquidation::Level::Maintenance;
    let margin = case
        .market
        .margin(level, outcome.liquidated.cash, &outcome.liquidated.positions)
        .expect("priced");
    let buffer = margin.worst() * 10_000 - margin.requirement() * case.rules.buffer;
    let cushion = i128::try_from(buffer / 1_000_000_000_000i64).expect("small");
    // Money units: three legs floored, each lot worth less than 2 x 10^9, and 15 % of it.
    assert!(cushion.abs() < 20_000_000_000, "{cushion}");
    assert!(margin.is_met());
    for ((before, after), leg) in case
        .victim
        .positions
        .iter()
        .zip(&outcome.liquidated.positions)
        .zip(&transfer.legs)
    {
        assert_eq!(before.lots.get() - leg.lots.get(), after.lots.get());
        let exact = before.lots.get() as f64 * transfer.part as f64 / transfer.whole as f64;
        assert!(leg.lots.get().abs() as f64 <= exact.abs() && (leg.lots.get() as f64 - exact).abs() < 1.0);
    }
}

#[test]
fn an_insolvent_account_goes_whole_and_its_deficit_is_borne_in_order() {
    for (owes, insurance) in [(10, 1_000_000), (400, 50), (400, 0), (400, -3), (0, 0)] {
        let mut case = Case::insolvent(owes);
        case.pools.insurance = Cash(insurance * QUOTE);
        let (transfer, outcome) = case.run().expect("due");
        assert_eq!(case.check(&transfer, &outcome), Ok(()));
        assert!(outcome.closed && outcome.liquidated.positions.is_empty());
        assert_eq!(outcome.liquidated.cash, Cash::ZERO);
        assert_eq!(sum_after(&outcome), case.sum());
        let deficit = outcome.from_insurance.get() + outcome.bad_debt.get();
        assert!(deficit >= owes * QUOTE, "the taker is paid for its risk on top");
        assert_eq!(outcome.from_insurance.get(), deficit.min((insurance * QUOTE).max(0)));
        assert_eq!(outcome.pools.bad_debt, outcome.bad_debt);
        assert_eq!(transfer.penalty, Cash::ZERO);
    }
}

#[test]
fn an_account_below_the_cutoff_is_closed() {
    let mut case = Case::solvent();
    let margin = case
        .market
        .margin(
            witness_gen::liquidation::Level::Maintenance,
            case.victim.cash,
            &case.victim.positions,
        )
        .expect("priced");
    case.rules.cutoff = Cash(i128::try_from(&margin.equity).expect("small"));
    assert!(
        !case.run().expect("due").1.closed,
        "at the cutoff the share is the equation's"
    );
    case.rules.cutoff.0 += 1;
    let (transfer, outcome) = case.run().expect("due");
    assert!(outcome.closed && outcome.liquidated.cash > Cash::ZERO);
    assert_eq!(transfer.part, transfer.whole);
    assert_eq!(case.check(&transfer, &outcome), Ok(()));
}

#[test]
fn test_invalid_L1__healthy_victim_and_equality() {
    let mut case = Case::solvent();
    let least = least_cash(&case.market, &case.victim.positions);
    let (transfer, outcome) = case.run().expect("due");
    case.victim.cash = Cash(least);
    clause(case.run(), "L1");
    clause(case.check(&transfer, &outcome), "L1");
    case.victim.cash = Cash(least - 1);
    assert!(case.run().is_ok(), "one money unit less is a breach");
}

#[test]
fn test_invalid_L1__no_row_or_coin_settled() {
    let mut case = Case::solvent();
    case.victim.positions.push(Position {
        series: terms(Kind::Put, 5_000_000_000),
        lots: lots(1),
    });
    clause(case.run(), "L1");
    case.victim.positions.pop();
    case.victim.positions.push(Position {
        series: terms(Kind::InversePut, 1_800_000_000),
        lots: lots(1),
    });
    clause(case.run(), "L1");
}

#[test]
fn test_invalid_L2__self_liquidation() {
    let mut case = Case::solvent();
    let same = Party {
        index: 5,
        account: &case.victim,
    };
    clause(
        liquidate(&case.market, &case.rules, &case.pools, same, same, TERMS),
        "L2",
    );
    let other_leaf = Party { index: 6, ..same };
    clause(
        liquidate(&case.market, &case.rules, &case.pools, same, other_leaf, TERMS),
        "L2",
    );
    let (transfer, outcome) = case.run().expect("due");
    case.taker.owner = case.victim.owner;
    clause(case.check(&transfer, &outcome), "L2");
}

/// The case's transfer after an edit, with price, penalty and outcome as they were.
fn edited(case: &Case, edit: impl FnOnce(&mut Transfer)) -> Result<(), Violation> {
    let (mut transfer, outcome) = case.run().expect("due");
    edit(&mut transfer);
    case.check(&transfer, &outcome)
}

#[test]
fn test_invalid_L3__over_liquidation_by_one_lot() {
    let case = Case::solvent();
    // One lot more in the largest leg, every leg following: proportionate, and too much.
    let more = |by: i64| {
        let (mut transfer, outcome) = case.run().expect("due");
        transfer.part = transfer.part.checked_add_signed(by).expect("in range");
        transfer.legs = case
            .victim
            .positions
            .iter()
            .map(|held| {
                let share = i128::from(held.lots.get()) * i128::from(transfer.part) / i128::from(transfer.whole);
                Position {
                    series: held.series,
                    lots: lots(i64::try_from(share).expect("in range")),
                }
            })
            .collect();
        case.check(&transfer, &outcome)
    };
    assert_eq!(more(0), Ok(()));
    assert_eq!(clause(more(1), "L3"), Violation::L3(statement::ShareError::TooMuch));
    assert_eq!(clause(more(-1), "L3"), Violation::L3(statement::ShareError::TooLittle));
    // One lot more of one leg alone.
    let found = clause(edited(&case, |t| t.legs[2].lots = lots(t.legs[2].lots.get() - 1)), "L3");
    assert_eq!(found, Violation::L3(statement::ShareError::Disproportionate { at: 2 }));
}

#[test]
fn test_invalid_L3__legs() {
    use statement::ShareError::{Count, Measure, Series, Through, WrongWay};
    let case = Case::solvent();
    for (found, expected) in [
        (
            edited(&case, |t| t.legs[1].lots = lots(-t.legs[1].lots.get())),
            WrongWay { at: 1 },
        ),
        (edited(&case, |t| t.legs[2].lots = lots(-10_000_001)), Through { at: 2 }),
        (
            edited(&case, |t| t.legs[0].series = terms(Kind::Call, 2_000_000_000)),
            Series { at: 0 },
        ),
        (edited(&case, |t| t.legs.swap(0, 2)), Series { at: 0 }),
        (
            edited(&case, |t| {
                t.legs.remove(1);
            }),
            Count { expected: 3, found: 2 },
        ),
        (edited(&case, |t| t.whole -= 1), Measure),
        (edited(&case, |t| t.part = t.whole + 1), Measure),
    ] {
        assert_eq!(clause(found, "L3"), Violation::L3(expected));
    }
}

#[test]
fn test_invalid_L4__price_and_penalty() {
    use statement::PriceError;
    let case = Case::solvent();
    let marks = {
        let (transfer, _) = case.run().expect("due");
        case.market.sums(&transfer.legs).expect("priced").value
    };
    let broken = |edit: &dyn Fn(&mut Transfer)| clause(edited(&case, edit), "L4");
    assert_eq!(
        broken(&|t| t.price = Cash(marks + 1)),
        Violation::L4(PriceError::AboveMark)
    );
    assert_eq!(broken(&|t| t.price.0 -= 1), Violation::L4(PriceError::Price));
    assert_eq!(broken(&|t| t.price.0 += 1), Violation::L4(PriceError::Price));
    assert_eq!(
        broken(&|t| t.price.0 = marks - 7 * (marks - t.price.0)),
        Violation::L4(PriceError::BelowFloor),
        "35 % with a largest discount of 30 %"
    );
    assert_eq!(broken(&|t| t.penalty.0 += 1), Violation::L4(PriceError::Penalty));
    assert_eq!(broken(&|t| t.penalty = Cash(-1)), Violation::L4(PriceError::Penalty));
    broken(&|t| t.terms.discount = 3_001);
    broken(&|t| t.terms.penalty = 1_001);
    // An insolvent account pays no penalty.
    let case = Case::insolvent(3);
    clause(edited(&case, |t| t.penalty.0 += 1), "L4");
}

#[test]
fn test_invalid_L5__liquidator_and_account_left_in_breach() {
    let mut case = Case::solvent();
    let (transfer, outcome) = case.run().expect("due");
    let mut left = outcome.clone();
    left.liquidated.cash = Cash(left.liquidated.cash.get() - 2_000 * QUOTE);
    let found = clause(case.check(&transfer, &left), "L5");
    assert_eq!(found, Violation::L5(statement::AfterError::StillBreached));
    let mut poor = outcome.clone();
    poor.liquidator.cash = Cash::ZERO;
    poor.liquidator.positions = case.victim.positions.clone();
    let found = clause(case.check(&transfer, &poor), "L5");
    assert_eq!(found, Violation::L5(statement::AfterError::Liquidator));
    // Initial margin to the unit: the least cash that is enough, and one less.
    let level = witness_gen::liquidation::Level::Initial;
    let margin = case
        .market
        .margin(level, outcome.liquidator.cash, &outcome.liquidator.positions);
    let spare: BigInt = margin.expect("priced").worst() / 100_000_000;
    case.taker.cash.0 -= i128::try_from(spare).expect("small");
    assert!(case.run().is_ok());
    case.taker.cash.0 -= 1;
    clause(case.run(), "L5");
}

#[test]
fn test_invalid_L6__value_moves_outside_the_rules() {
    use statement::ConservationError::{Cash as Money, Deficit, Lots, Owner, Pool};
    let case = Case::solvent();
    let (transfer, outcome) = case.run().expect("due");
    let broken = |edit: &dyn Fn(&mut Outcome)| {
        let mut changed = outcome.clone();
        edit(&mut changed);
        match clause(case.check(&transfer, &changed), "L6") {
            Violation::L6(found) => found,
            _ => unreachable!("clause L6"),
        }
    };
    assert_eq!(broken(&|o| o.liquidator.cash.0 += 1), Money);
    assert_eq!(
        broken(&|o| {
            o.liquidator.cash.0 -= 1;
            o.liquidated.cash.0 += 1;
        }),
        Money
    );
    assert_eq!(
        broken(&|o| {
            o.liquidator.cash.0 -= 1;
            o.pools.insurance.0 += 1;
        }),
        Pool { pool: "insurance" }
    );
    assert_eq!(broken(&|o| o.pools.fees.0 += 1), Pool { pool: "fees" });
    assert_eq!(broken(&|o| o.pools.clearing.0 += 1), Pool { pool: "clearing" });
    assert_eq!(broken(&|o| o.pools.total_cash.0 += 1), Pool { pool: "total cash" });
    assert_eq!(broken(&|o| o.liquidator.owner = Fr::ONE), Owner);
    assert_eq!(broken(&|o| o.liquidator.nonce += 1), Owner);
    assert_eq!(
        broken(&|o| {
            o.liquidator.positions.remove(0);
        }),
        Lots,
        "a leg that arrives nowhere"
    );
    // A deficit hidden: bad debt that insurance could have paid, and the other way round.
    let case = Case::insolvent(400);
    let (transfer, outcome) = case.run().expect("due");
    let mut changed = outcome.clone();
    changed.pools.insurance.0 += 1;
    changed.pools.bad_debt.0 += 1;
    assert_eq!(case.check(&transfer, &changed), Err(Violation::L6(Deficit)));
    let mut wrapped = outcome;
    wrapped.liquidated.cash = Cash(-wrapped.bad_debt.get());
    wrapped.pools.bad_debt = Cash::ZERO;
    clause(case.check(&transfer, &wrapped), "L5");
}

/// Rows with arbitrary values, for properties that do not depend on a model.
fn any_market() -> impl Strategy<Value = Market> {
    let row = prop::collection::vec(0u64..1 << 45, SCENARIOS + 1);
    (prop::collection::vec(row, 6), 1u64..1 << 40).prop_map(|(rows, spot)| {
        let rows = rows.into_iter().zip(1u64..).map(|(values, strike)| RiskRow {
            terms: terms(Kind::Put, strike * 2_000_000),
            mark: ValuePerLot::new(values[0]).expect("below 2^45"),
            greeks: Greeks::default(),
            values: values[1..]
                .iter()
                .map(|v| ValuePerLot::new(*v).expect("below 2^45"))
                .collect(),
        });
        Market::new(rows, &grid(), price(spot), margin_rules(Fr::ZERO)).expect("24 scenarios")
    })
}

fn any_positions() -> impl Strategy<Value = Vec<Position>> {
    prop::collection::vec(prop_oneof![-1_000_000_000i64..0, 1i64..1_000_000_000, Just(0)], 6).prop_map(|quantities| {
        let list = quantities
            .into_iter()
            .zip(1u64..)
            .filter(|(quantity, _)| *quantity != 0);
        list.map(|(quantity, strike)| Position {
            series: terms(Kind::Put, strike * 2_000_000),
            lots: lots(quantity),
        })
        .collect()
    })
}

/// M3 written out a second time, over plain big integers: whether maintenance is met.
fn meets(market: &Market, cash: i128, positions: &[Position]) -> bool {
    let grid = grid();
    let row = |p: &Position| market.row(p.series).expect("a row").clone();
    let sum = |value: &dyn Fn(&RiskRow) -> u64| -> BigInt {
        positions
            .iter()
            .map(|p| BigInt::from(p.lots.get()) * value(&row(p)))
            .sum()
    };
    let marks = sum(&|row| row.mark.get());
    let short: BigInt = positions.iter().map(|p| BigInt::from(-p.lots.get().min(0))).sum();
    let free = (BigInt::from(cash) + &marks) * 10_000 - short * 100 * market.spot().get();
    free >= BigInt::ZERO
        && grid.scenarios.iter().enumerate().all(|(s, scenario)| {
            let loss = &marks - sum(&|row| row.values[s].get());
            &free * 10_000 >= loss * 10_000 * scenario.weight_bp
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Healthy and liquidatable exclude each other, and one of them always holds: at random, at equality, and one unit beside it.
    #[test]
    fn nobody_is_both_healthy_and_liquidatable(
        market in any_market(),
        positions in any_positions(),
        cash in -(1i128 << 100)..1 << 100,
        terms in (0u32..=3_000, 0u32..=1_000),
    ) {
        let least = least_cash(&market, &positions);
        for cash in [cash, least, least - 1, least + 1] {
            let victim = Account { cash: Cash(cash), positions: positions.clone(), ..victim(0) };
            // So rich that it can take anything.
            let taker = Account { cash: Cash(1 << 125), positions: vec![], ..taker() };
            let terms = Terms { discount: terms.0, penalty: terms.1 };
            let pools = pools(1);
            let rules = LiquidationRules::default();
            let (one, other) = (Party { index: 1, account: &victim }, Party { index: 2, account: &taker });
            let found = liquidate(&market, &rules, &pools, one, other, terms);
            if meets(&market, cash, &positions) {
                prop_assert!(cash >= least);
                prop_assert_eq!(found.expect_err("healthy").clause(), "L1");
            } else {
                prop_assert!(cash < least);
                let (transfer, outcome) = found.expect("what is below maintenance can be liquidated");
                prop_assert_eq!(check(&market, &rules, &pools, one, other, &transfer, &outcome), Ok(()));
                let before = victim.cash.get() + taker.cash.get() + pools.insurance.get();
                prop_assert_eq!(sum_after(&outcome), before);
                prop_assert!(outcome.closed || meets(&market, outcome.liquidated.cash.get(), &outcome.liquidated.positions));
                if !outcome.closed {
                    prop_assert_eq!(outcome.pools.bad_debt, Cash::ZERO);
                }
            }
        }
    }
}

#[test]
fn a_batch_has_an_order_a_cap_and_a_queue() {
    let case = Case::solvent();
    let rules = LiquidationRules {
        batch_cap: 2,
        ..case.rules
    };
    let mut accounts: BTreeMap<u32, Account> = (0..5)
        .map(|n| {
            let mut account = case.victim.clone();
            account.owner = Fr::from(100 + u64::from(n));
            // The higher the number, the more is missing.
            account.cash.0 -= i128::from(n) * QUOTE;
            (n, account)
        })
        .collect();
    accounts.insert(
        20,
        Account {
            cash: Cash(0),
            ..taker()
        },
    );
    accounts.insert(
        21,
        Account {
            cash: Cash(1_000_000 * QUOTE),
            owner: Fr::from(9),
            ..taker()
        },
    );
    let before: i128 = accounts.values().map(|account| account.cash.get()).sum();
    let mut pools = case.pools;
    let mut queue = Queue::default();
    let run = |queue: &mut Queue, accounts: &mut _, pools: &mut _, takers: &[u32]| {
        queue
            .run(&case.market, &rules, accounts, pools, takers, |rounds| Terms {
                discount: 500 + 100 * rounds,
                penalty: 0,
            })
            .expect("a batch")
    };
    let none = run(&mut queue, &mut accounts, &mut pools, &[20]);
    assert_eq!((none.below, none.done.len(), none.untaken, none.over_cap), (5, 0, 5, 0));
    let order: Vec<u32> = queue.waiting.iter().map(|waiting| waiting.index).collect();
    assert_eq!(order, [4, 3, 2, 1, 0]);
    let first = run(&mut queue, &mut accounts, &mut pools, &[20, 21]);
    assert_eq!((first.done.len(), first.over_cap), (2, 3));
    let done: Vec<(u32, u32, u32)> = first
        .done
        .iter()
        .map(|done| (done.index, done.liquidator, done.transfer.terms.discount))
        .collect();
    assert_eq!(done, [(4, 21, 600), (3, 21, 600)]);
    assert_eq!(scan(&case.market, &accounts).below.len(), 3);
    let second = run(&mut queue, &mut accounts, &mut pools, &[21]);
    assert_eq!(second.done.iter().map(|done| done.index).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(second.done[0].transfer.terms.discount, 700);
    let last = run(&mut queue, &mut accounts, &mut pools, &[21]);
    assert_eq!((last.done.len(), queue.waiting.len()), (1, 0));
    let after: i128 = accounts.values().map(|account| account.cash.get()).sum();
    let moved = pools.insurance.get() - pools.bad_debt.get() - case.pools.insurance.get();
    assert_eq!(after + moved, before);
}

/// A ledger of the victim (leaf 5), the taker (9) and a counterparty (70) that makes the book net to 0, with a witness over 5 and 9.
fn committed() -> (Ledger, Witness) {
    let case = Case::solvent();
    let arrays = arrays();
    let put = terms(Kind::Put, 1_800_000_000);
    let other = account(
        11,
        9_000 * QUOTE,
        &[
            (terms(Kind::Call, 2_400_000_000), 5_000_000),
            (terms(Kind::Put, 1_600_000_000), -2_000_001),
            (put, 7_000_000),
        ],
    );
    let accounts: BTreeMap<u32, Account> = [(5, case.victim), (9, case.taker), (70, other)].into();
    let entry = |series: SeriesTerms, open: u64| OpenInterest {
        series,
        long: open,
        short: open,
    };
    let list = vec![
        entry(terms(Kind::Call, 2_400_000_000), 5_000_000),
        entry(terms(Kind::Put, 1_600_000_000), 2_000_001),
        entry(put, 10_000_000),
    ];
    let insurance = 50 * QUOTE;
    let total: i128 = accounts.values().map(|account| account.cash.get()).sum::<i128>() + insurance;
    let ledger = Ledger::from_parts(LedgerParts {
        domain: Fr::from(99),
        params: RiskParameters::default(),
        accounts,
        expiries: [(EXPIRY, (3, list))].into(),
        pools: Pools {
            insurance: Cash(insurance),
            total_cash: Cash(total),
            ..Pools::default()
        },
        batch: 41,
        history: Fr::from(12_345),
    })
    .expect("a ledger");
    ledger.audit().expect("a sound ledger");
    let margin = margin_rules(arrays.rules.digest());
    let rules = LiquidationRules::default();
    let witness = Witness::new(&ledger, &arrays, margin, rules, &[5, 9], |index, nonce| {
        Fr::from(u64::from(index * 100 + nonce))
    });
    let witness = witness.expect("accounts of the ledger");
    assert_eq!(witness.rows.len(), 3, "a row for each series held");
    (ledger, witness)
}

fn proven() -> (Ledger, Instance, Witness) {
    let (ledger, witness) = committed();
    let (instance, witness, _) = statement::execute(Fr::from(99), witness, &[(5, 9, TERMS)]).expect("due");
    (ledger, instance, witness)
}

#[test]
fn a_committed_batch_leads_to_the_state_of_its_parts() {
    let (ledger, instance, witness) = proven();
    let outcome = statement::check(&instance, &witness).expect("a valid batch");
    assert_eq!(instance.old_state, ledger.state_root());
    assert_eq!(Instance::from_fields(&instance.to_fields()), Ok(instance));
    let mut parts = ledger.parts().clone();
    parts.accounts.insert(5, outcome.accounts[0].clone());
    parts.accounts.insert(9, outcome.accounts[1].clone());
    parts.expiries = outcome.expiries.clone();
    parts.pools = outcome.header.pools;
    parts.batch = 42;
    parts.history = outcome.header.history;
    let after = Ledger::from_parts(parts).expect("a ledger");
    assert_eq!(after.state_root(), instance.new_state);
    after.audit().expect("open interest and cash add up");
    let put = terms(Kind::Put, 1_800_000_000);
    let open = outcome.expiries[&EXPIRY].1.iter().find(|entry| entry.series == put);
    assert!(
        open.expect("listed").long < 10_000_000,
        "what the taker nets leaves open interest"
    );
}

#[test]
fn test_invalid_L1__what_the_roots_commit_to() {
    let broken = |edit: &dyn Fn(&mut Instance, &mut Witness)| {
        let (_, mut instance, mut witness) = proven();
        edit(&mut instance, &mut witness);
        clause(statement::check(&instance, &witness), "L1").to_string()
    };
    for (edit, part) in [
        (
            &(|i: &mut Instance, _: &mut Witness| i.breaker = true) as &dyn Fn(&mut Instance, &mut Witness),
            "breaker",
        ),
        (&|i, _| i.parameters += Fr::ONE, "parameters"),
        (&|i, _| i.old_state += Fr::ONE, "old state"),
        (&|i, _| i.risk_root += Fr::ONE, "risk root"),
        (&|i, _| i.batch += 1, "batch number"),
        (&|_, w| w.rules.buffer += 1, "liquidation rules"),
        (&|_, w| w.risk.grid.scenarios[16].weight_bp -= 1, "risk rules"),
        (&|_, w| w.margin.short_charge += 1, "parameters"),
        (
            &|_, w| w.rows[2].row.mark = ValuePerLot::new(1).expect("small"),
            "risk row 2",
        ),
        (&|_, w| w.rows[2].index += 1, "risk row 2"),
        (&|_, w| w.header.pools.insurance.0 += 1, "old state"),
        (
            &|_, w| {
                w.expiries.get_mut(&EXPIRY).expect("listed").1[0].long += 1;
            },
            "series root",
        ),
        (&|_, w| w.accounts[1].account.nonce += 1, "accounts"),
        (&|_, w| w.accounts[1].path[4][1] += Fr::ONE, "accounts"),
    ] {
        let text = broken(edit);
        assert!(text.contains(part), "{text} / {part}");
    }
}

#[test]
fn test_invalid_L2__batches() {
    let (_, instance, witness) = proven();
    let mut twice = witness.clone();
    twice.steps.push(twice.steps[0].clone());
    clause(statement::check(&instance, &twice), "L2");
    let mut none = witness.clone();
    none.steps.clear();
    clause(statement::check(&instance, &none), "L2");
    let mut unknown = witness.clone();
    unknown.steps[0].liquidator = 70;
    clause(statement::check(&instance, &unknown), "L2");
    let mut itself = witness;
    itself.steps[0].liquidator = 5;
    clause(statement::check(&instance, &itself), "L2");
}

#[test]
fn test_invalid_L3_L4__committed_transfers() {
    let (_, instance, witness) = proven();
    let mut more = witness.clone();
    more.steps[0].transfer.part += 1;
    clause(statement::check(&instance, &more), "L3");
    let mut wrong_way = witness.clone();
    let leg = &mut wrong_way.steps[0].transfer.legs[0];
    leg.lots = lots(-leg.lots.get());
    clause(statement::check(&instance, &wrong_way), "L3");
    let mut cheap = witness;
    cheap.steps[0].transfer.price.0 -= 1;
    clause(statement::check(&instance, &cheap), "L4");
}

#[test]
fn test_invalid_L6__another_new_state() {
    let (_, instance, witness) = proven();
    let mut other = instance;
    other.new_state += Fr::ONE;
    clause(statement::check(&other, &witness), "L6");
    let mut blinding = witness.clone();
    blinding.accounts[0].new_blinding += Fr::ONE;
    clause(statement::check(&instance, &blinding), "L6");
    let mut domain = instance;
    domain.domain += Fr::ONE;
    clause(statement::check(&domain, &witness), "L6");
}
