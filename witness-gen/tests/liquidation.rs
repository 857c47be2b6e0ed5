//! The rules of a liquidation: what is due, one negative test (or more) a clause, conservation, batches in order.
#![allow(missing_docs, non_snake_case)]

mod liquidation_cases;
mod support;

use std::collections::BTreeMap;

use ff::Field;
use halo2curves::bn256::Fr;
use liquidation_cases::{
    Case, QUOTE, SCENARIOS, TERMS, clause, grid, least_cash, margin_rules, pools, sum_after, taker, terms, victim,
};
use num_bigint::BigInt;
use proptest::prelude::*;
use support::{lots, price};
use witness_gen::account::Account;
use witness_gen::liquidation::{
    Auction, Done, LiquidationRules, Market, Outcome, Party, Queue, Terms, Transfer, check, liquidate, scan,
};
use witness_gen::position::Position;
use witness_gen::pricing::{Greeks, ValuePerLot};
use witness_gen::risk::RiskRow;
use witness_gen::series::Kind;
use witness_gen::statement::liquidation as statement;
use witness_gen::statement::liquidation::Violation;
use witness_gen::units::Cash;

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
    assert!(first.round_over && second.round_over && last.round_over);
    let after: i128 = accounts.values().map(|account| account.cash.get()).sum();
    let moved = pools.insurance.get() - pools.bad_debt.get() - case.pools.insurance.get();
    assert_eq!(after + moved, before);
}

#[test]
fn a_round_in_parts_ends_where_a_whole_one_does() {
    let case = Case::solvent();
    let rules = LiquidationRules {
        batch_cap: 5,
        ..case.rules
    };
    let accounts: BTreeMap<u32, Account> = (0..7)
        .map(|n| {
            let mut account = case.victim.clone();
            account.owner = Fr::from(100 + u64::from(n));
            account.cash.0 -= i128::from(n) * QUOTE;
            (n, account)
        })
        .chain([(
            21,
            Account {
                cash: Cash(1_000_000 * QUOTE),
                ..taker()
            },
        )])
        .collect();
    let terms = |rounds: u32| Terms {
        discount: 500 + 100 * rounds,
        penalty: 0,
    };
    let (mut whole, mut whole_pools, mut whole_queue) = (accounts.clone(), case.pools, Queue::default());
    whole_queue
        .run(&case.market, &rules, &mut whole, &mut whole_pools, &[21], terms)
        .expect("a round");
    let (mut parts, mut pools, mut queue) = (accounts, case.pools, Queue::default());
    let auction = Auction {
        takers: &[21],
        terms,
        accepts: |_: [&Account; 2], _: &Done| true,
        most: 2,
    };
    let mut part = || queue.part(&case.market, &rules, &mut parts, &mut pools, &auction);
    let reports: Vec<_> = (0..3).map(|_| part().expect("a part")).collect();
    let done: Vec<(usize, usize, bool)> = reports
        .iter()
        .map(|r| (r.done.len(), r.over_cap, r.round_over))
        .collect();
    assert_eq!(done, [(2, 5, false), (2, 3, false), (1, 2, true)]);
    assert_eq!((&parts, pools, &queue), (&whole, whole_pools, &whole_queue));
    assert_eq!(
        queue.waiting.iter().map(|w| (w.index, w.rounds)).collect::<Vec<_>>(),
        [(1, 1), (0, 1)]
    );
    assert_eq!(queue.done, 0);
    // What cannot be carried out otherwise is not taken, and who finds nobody waits on.
    let picky = Auction {
        takers: &[21],
        terms,
        accepts: |_: [&Account; 2], done: &Done| done.index != 1,
        most: 9,
    };
    let report = queue
        .part(&case.market, &rules, &mut parts, &mut pools, &picky)
        .expect("a part");
    assert_eq!((report.done.len(), report.untaken, report.round_over), (1, 1, true));
    assert_eq!(
        queue.waiting,
        [witness_gen::liquidation::Waiting { index: 1, rounds: 2 }]
    );
}
