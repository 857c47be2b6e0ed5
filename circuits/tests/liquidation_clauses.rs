//! One negative test per clause of statement L: refused by `check()` under its name, and by the circuit whatever the forger makes follow.
#![allow(missing_docs, non_snake_case, unreachable_pub)]

#[path = "liquidation/book.rs"]
#[allow(dead_code)]
mod book;

use std::collections::BTreeMap;

use book::cases::terms;
use book::*;
use circuits::builder::End;
use circuits::builder::check::{Failure, check as circuit_check};
use circuits::liquidation::{AssignError, LiquidationCircuit, trace};
use halo2_proofs::halo2curves::bn256::Fr;
use rand::{Rng, SeedableRng, rngs::StdRng};
use witness_gen::account::Account;
use witness_gen::liquidation::{Market, Terms, Transfer};
use witness_gen::position::Position;
use witness_gen::pricing::ValuePerLot;
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::statement::liquidation::{Instance, Violation, Witness, check};
use witness_gen::tree::{ACCOUNT_DEPTH, SparseTree};
use witness_gen::units::Cash;

fn circuit() -> LiquidationCircuit {
    LiquidationCircuit::new(size("xs"))
}

/// The public inputs that cells speak of, whoever computed them.
fn spoken(circuit: &LiquidationCircuit, witness: &Witness, domain: Fr) -> (Vec<Fr>, Vec<Failure>) {
    let instance = Instance {
        domain,
        parameters: Fr::zero(),
        old_state: Fr::zero(),
        new_state: Fr::zero(),
        risk_root: Fr::zero(),
        batch: 1,
        breaker: false,
    };
    let statement = circuits::liquidation::Statement {
        instance: &instance,
        witness,
    };
    let trace = trace(circuit.size(), statement, None).expect("a batch that fits");
    let cells = trace.finish().expect("no overlap");
    let mut fields = vec![Fr::zero(); Instance::LEN];
    for (from, to) in circuit.copies() {
        if let End::Input(i) = from {
            fields[*i] = cells.at(to.col, to.row, 0);
        }
    }
    let failures = circuit_check(circuit.laid(), cells, &fields);
    (fields, failures)
}

/// No public inputs at all go with this witness: so many constraints are broken.
#[track_caller]
fn never(witness: &Witness, expected: usize) {
    let circuit = circuit();
    let (_, failures) = spoken(&circuit, witness, Fr::from(99));
    assert_eq!(failures.len(), expected, "{failures:?}");
}

/// The witness goes with other public inputs, of which `at` is one, and with none but these.
#[track_caller]
fn other(batch: &Batch, witness: &Witness, at: usize) {
    let circuit = circuit();
    let (fields, failures) = spoken(&circuit, witness, batch.instance.domain);
    assert!(failures.is_empty(), "{failures:?}");
    assert_ne!(fields[at], batch.instance.to_fields()[at]);
}

#[track_caller]
fn refused(instance: &Instance, witness: &Witness, clause: &str) -> Violation {
    let found = check(instance, witness).expect_err("a broken clause");
    assert_eq!(found.clause(), clause, "{found}");
    found
}

fn market() -> Market {
    Book::new([]).market()
}

fn victim(percent: i128) -> Account {
    breached(&market(), &cases::victim(0), percent)
}

fn book(victim: Account, taker: Account) -> Book {
    Book::new([(5, victim), (9, taker)])
}

fn honest() -> (Book, Batch) {
    let book = book(victim(50), cases::taker());
    let batch = book.run(&[(5, 9, TERMS)]).expect("due");
    (book, batch)
}

/// What positions and legs net to.
fn netted(positions: &[Position], legs: &[Position], sign: i64) -> Vec<Position> {
    let mut sums: BTreeMap<SeriesTerms, i64> = BTreeMap::new();
    for position in positions {
        *sums.entry(position.series).or_default() += position.lots.get();
    }
    for leg in legs {
        *sums.entry(leg.series).or_default() += sign * leg.lots.get();
    }
    sums.retain(|_, lots| *lots != 0);
    let position = |(series, lots)| Position {
        series,
        lots: support::lots(lots),
    };
    sums.into_iter().map(position).collect()
}

/// A witness that nobody checked: the honest one's shape over another ledger, with this transfer, and with paths that go with what it does.
fn unchecked(of: &Book, batch: &Batch, transfer: Transfer) -> (Instance, Witness) {
    let ledger = of.any_ledger();
    let mut witness = batch.witness.clone();
    witness.header = ledger.header();
    witness.expiries = ledger.parts().expiries.clone();
    let step = &mut witness.steps[0];
    let leaves = ledger
        .parts()
        .accounts
        .iter()
        .map(|(index, account)| (*index, account.leaf()));
    let mut tree = SparseTree::from_leaves(ACCOUNT_DEPTH, leaves).expect("a tree");
    for update in [&mut step.liquidated, &mut step.liquidator] {
        update.account = of.accounts[&update.index].clone();
    }
    step.liquidated.path = tree.path(5).try_into().expect("of the tree's depth");
    let before = &step.liquidated.account;
    let positions = netted(&before.positions, &transfer.legs, -1);
    let mut cash = before.cash.get() + transfer.price.get() - transfer.penalty.get();
    if positions.is_empty() {
        cash = cash.max(0);
    }
    let after = Account {
        cash: Cash(cash),
        nonce: before.nonce.wrapping_add(1),
        blinding: step.liquidated.new_blinding,
        positions,
        ..before.clone()
    };
    tree.set(5, after.leaf()).expect("in the tree");
    step.liquidator.path = tree
        .path(step.liquidator.index)
        .try_into()
        .expect("of the tree's depth");
    step.transfer = transfer;
    let instance = Instance {
        old_state: ledger.state_root(),
        ..batch.instance
    };
    (instance, witness)
}

/// The honest transfer with another share, and the legs that go with it.
fn shared(batch: &Batch, part: u64) -> Transfer {
    let step = &batch.witness.steps[0];
    let legs = step.liquidated.account.positions.iter().map(|position| {
        let lots = i128::from(position.lots.magnitude()) * i128::from(part) / i128::from(step.transfer.whole);
        Position {
            series: position.series,
            lots: support::lots(lots as i64 * position.lots.get().signum()),
        }
    });
    Transfer {
        part,
        legs: legs.collect(),
        ..step.transfer.clone()
    }
}

/// The honest batch over another book of the same accounts' leaves, its transfer as it is.
fn over(of: &Book, batch: &Batch) -> (Instance, Witness) {
    unchecked(of, batch, batch.witness.steps[0].transfer.clone())
}

#[test]
fn test_invalid_L1__a_healthy_account() {
    let least = least_cash(&market(), &cases::victim(0).positions);
    let with = |cash: i128| {
        let mut of = cases::victim(0);
        of.cash = Cash(cash);
        book(of, cases::taker())
    };
    let due = with(least - 1).run(&[(5, 9, TERMS)]).expect("one unit below");
    let (fields, failures) = spoken(&circuit(), &due.witness, due.instance.domain);
    assert!(failures.is_empty() && fields == due.instance.to_fields());
    // At equality it is healthy. Everything else of the batch can be made to follow.
    let transfer = &due.witness.steps[0].transfer;
    // One unit of cash moves the share by a lot at most; price and penalty follow from it.
    let healthy = with(least);
    let (market, account) = (market(), &healthy.accounts[&5]);
    let equity = account.cash.get() + market.sums(&account.positions).expect("priced").value;
    let mut fewest = usize::MAX;
    for part in [transfer.part, transfer.part - 1] {
        let mut claimed = shared(&due, part);
        let cost = |rate: u32| equity * i128::from(part) * i128::from(rate) / (i128::from(transfer.whole) * 10_000);
        let marks = market.sums(&claimed.legs).expect("priced").value;
        claimed.price = Cash(marks - cost(TERMS.discount));
        claimed.penalty = Cash(cost(TERMS.penalty));
        let (instance, witness) = unchecked(&healthy, &due, claimed);
        refused(&instance, &witness, "L1");
        fewest = fewest.min(spoken(&circuit(), &witness, due.instance.domain).1.len());
    }
    assert_eq!(fewest, 1, "all but the breach can be made to follow");
    assert!(with(least).run(&[(5, 9, TERMS)]).is_err());
}

#[test]
fn test_invalid_L1__what_the_roots_commit_to() {
    let (_, batch) = honest();
    let edited = |edit: &dyn Fn(&mut Witness)| {
        let mut witness = batch.witness.clone();
        edit(&mut witness);
        refused(&batch.instance, &witness, "L1");
        witness
    };
    // Another row under the same root, twice: its values do not open, and what follows from them.
    let forged = edited(&|w| w.rows[1].row.mark = ValuePerLot::new(1).expect("small"));
    let (_, failures) = spoken(&circuit(), &forged, batch.instance.domain);
    assert!(!failures.is_empty());
    never(&edited(&|w| w.rows[1].path[2][0] += Fr::one()), 1);
    // Rules that are not those of the digest lead to another one.
    other(&batch, &edited(&|w| w.params.fee_rate += 1), 1);
    other(&batch, &edited(&|w| w.margin.initial_factor += 1), 1);
    other(&batch, &edited(&|w| w.round.time += 1), 4);
    other(&batch, &edited(&|w| w.header.history += Fr::one()), 2);
    other(&batch, &edited(&|w| w.header.pools.fees.0 += 1), 2);
    // Accounts that are not in the tree: the path of each leads elsewhere.
    never(&edited(&|w| w.steps[0].liquidated.path[3][1] += Fr::one()), 2);
    never(&edited(&|w| w.steps[0].liquidator.path[11][2] += Fr::one()), 1);
    never(&edited(&|w| w.steps[0].liquidated.account.nonce += 1), 2);
    // Another grid: its weights are constants of the circuit, and so is its digest.
    let mut grid = batch.witness.clone();
    grid.risk.grid.scenarios[3].weight_bp -= 1;
    refused(&batch.instance, &grid, "L1");
    let (fields, _) = spoken(&circuit(), &grid, batch.instance.domain);
    assert_eq!(fields, batch.instance.to_fields(), "the circuit has a grid of its own");
    // The breaker.
    let mut fields = batch.instance.to_fields();
    fields[6] = Fr::one();
    let circuit = circuit();
    let failures = circuit_check(circuit.laid(), &batch.cells(circuit.size()), &fields);
    assert_eq!(failures.len(), 1);
}

#[test]
fn test_invalid_L1__lists_out_of_order() {
    let (of, batch) = honest();
    let mut swapped = of;
    swapped.accounts.get_mut(&5).expect("there").positions.swap(0, 1);
    let (instance, witness) = over(&swapped, &batch);
    refused(&instance, &witness, "L1");
    let (_, failures) = spoken(&circuit(), &witness, batch.instance.domain);
    assert!(!failures.is_empty());
}

#[test]
fn test_invalid_L2__one_owner() {
    let (of, batch) = honest();
    let mut same = of;
    same.accounts.get_mut(&9).expect("there").owner = same.accounts[&5].owner;
    let (instance, witness) = over(&same, &batch);
    refused(&instance, &witness, "L2");
    never(&witness, 1);
    // The account itself, as it stands after its own step.
    let mut itself = batch.witness.clone();
    itself.steps[0].liquidator = itself.steps[0].liquidated.clone();
    refused(&batch.instance, &itself, "L2");
    let (_, failures) = spoken(&circuit(), &itself, batch.instance.domain);
    assert!(!failures.is_empty());
}

#[test]
fn test_invalid_L2__more_than_the_cap() {
    let (of, _) = honest();
    let second = Account {
        owner: Fr::from(77),
        ..victim(40)
    };
    let more = |owner: u64| Account {
        owner: Fr::from(owner),
        ..victim(30)
    };
    let mut book = of;
    for (index, account) in [(6, second), (7, more(78)), (8, more(79))] {
        book.accounts.insert(index, account);
    }
    let wanted = [5, 6, 7, 8].map(|index| (index, 9, TERMS));
    let mut batch = book.run(&wanted).expect("due");
    let circuit = LiquidationCircuit::new(size("m"));
    assert!(batch.failures(&circuit).is_empty());
    batch.witness.rules.batch_cap = 3;
    batch.witness.margin.liquidation = batch.witness.rules.digest();
    batch.instance.parameters = (batch.witness.params)
        .with_margin_rules(batch.witness.margin.digest())
        .digest();
    refused(&batch.instance, &batch.witness, "L2");
    let (fields, failures) = spoken(&circuit, &batch.witness, batch.instance.domain);
    assert_eq!(fields[1], batch.instance.parameters);
    assert_eq!(failures.len(), 1, "{failures:?}");
}

#[test]
fn test_invalid_L3__a_lot_too_much_or_too_little() {
    let (of, batch) = honest();
    let due = batch.witness.steps[0].transfer.clone();
    assert!(due.part < due.whole);
    for part in [due.part + 1, due.part - 1] {
        let claimed = shared(&batch, part);
        let (instance, witness) = unchecked(&of, &batch, claimed);
        refused(&instance, &witness, "L3");
        // The circuit prices the legs itself, so the liquidator's path does not go with the claimed price: that and the share.
        let (_, failures) = spoken(&circuit(), &witness, batch.instance.domain);
        assert_eq!(failures.len(), 2, "{part}: {failures:?}");
    }
}

#[test]
fn test_invalid_L3__legs_of_another_shape() {
    let (of, batch) = honest();
    let due = batch.witness.steps[0].transfer.clone();
    let with = |edit: &dyn Fn(&mut Vec<Position>)| {
        let mut transfer = due.clone();
        edit(&mut transfer.legs);
        unchecked(&of, &batch, transfer)
    };
    let scaled = |leg: &mut Position, by: i64| leg.lots = support::lots(leg.lots.get() * by);
    for (what, edit) in [
        (
            "the wrong way",
            &(|legs: &mut Vec<Position>| scaled(&mut legs[2], -1)) as &dyn Fn(&mut Vec<Position>),
        ),
        ("through zero", &|legs| scaled(&mut legs[0], 40)),
        ("one more lot of one leg", &|legs| {
            legs[1].lots = support::lots(legs[1].lots.get() + 1);
        }),
        ("one lot less of one leg", &|legs| {
            legs[0].lots = support::lots(legs[0].lots.get() + 1);
        }),
        ("a leg less", &|legs| {
            legs.remove(1);
        }),
    ] {
        let (instance, witness) = with(edit);
        refused(&instance, &witness, "L3");
        // The liquidator's list does not follow from the legs that are due.
        let (_, failures) = spoken(&circuit(), &witness, batch.instance.domain);
        assert!(failures.contains(&Failure::Bus), "{what}: {failures:?}");
    }
}

#[test]
fn test_invalid_L3_L5__a_share_that_leaves_a_breach() {
    // So few lots that the floor of a leg leaves maintenance breached: the whole is due, and the share of the equation is refused.
    let put = |strike: u64| terms(Kind::Put, strike * 1_000_000);
    let tiny = account(7, 0, &[(put(1_600), 3), (put(1_800), -5)]);
    let mut of = book(breached(&market(), &tiny, 60), cases::taker());
    of.rules.cutoff = Cash(0);
    let batch = of.run(&[(5, 9, TERMS)]).expect("due");
    let due = &batch.witness.steps[0].transfer;
    if due.part < due.whole {
        return refused_part(&of, &batch);
    }
    assert!(batch.failures(&circuit()).is_empty());
    for part in 1..due.whole {
        let mut claimed = due.clone();
        claimed.part = part;
        claimed.legs = netted(&[], &due.legs, 1);
        let (instance, witness) = unchecked(&of, &batch, claimed);
        refused(&instance, &witness, "L3");
        let (_, failures) = spoken(&circuit(), &witness, batch.instance.domain);
        assert!(!failures.is_empty(), "{part}");
    }
}

fn refused_part(of: &Book, batch: &Batch) {
    let mut claimed = batch.witness.steps[0].transfer.clone();
    claimed.part = claimed.whole;
    claimed.legs = of.accounts[&5].positions.clone();
    let (instance, witness) = unchecked(of, batch, claimed);
    refused(&instance, &witness, "L3");
    let (_, failures) = spoken(&circuit(), &witness, batch.instance.domain);
    assert!(!failures.is_empty());
}

#[test]
fn test_invalid_L3__the_whole_where_a_part_restores() {
    let (of, batch) = honest();
    refused_part(&of, &batch);
}

#[test]
fn test_invalid_L4__rates_above_their_caps() {
    let (of, batch) = honest();
    let caps = of.rules;
    for (discount, penalty) in [(caps.max_discount + 1, 0), (0, caps.max_penalty + 1)] {
        let mut witness = batch.witness.clone();
        witness.steps[0].transfer.terms = Terms { discount, penalty };
        refused(&batch.instance, &witness, "L4");
        let (_, failures) = spoken(&circuit(), &witness, batch.instance.domain);
        assert!(!failures.is_empty());
    }
    // At the caps it holds.
    let terms = Terms {
        discount: caps.max_discount,
        penalty: caps.max_penalty,
    };
    let capped = of.run(&[(5, 9, terms)]).expect("due");
    assert!(capped.failures(&circuit()).is_empty());
}

#[test]
fn test_invalid_L4__another_price_or_penalty() {
    let (of, batch) = honest();
    for edit in [
        (&|t: &mut Transfer| t.price.0 -= 1) as &dyn Fn(&mut Transfer),
        &|t| t.price.0 += 1,
        &|t| t.penalty.0 += 1,
        &|t| t.penalty.0 -= 1,
    ] {
        let mut transfer = batch.witness.steps[0].transfer.clone();
        edit(&mut transfer);
        let (instance, witness) = unchecked(&of, &batch, transfer);
        refused(&instance, &witness, "L4");
        // The circuit computes both: the liquidator's path goes with an account that is not what follows.
        never(&witness, 1);
    }
}

#[test]
fn test_invalid_L5__a_liquidator_without_initial_margin() {
    let (of, batch) = honest();
    let mut poor = of;
    poor.accounts.get_mut(&9).expect("there").cash = Cash(100 * QUOTE);
    let (instance, witness) = over(&poor, &batch);
    refused(&instance, &witness, "L5");
    let (_, failures) = spoken(&circuit(), &witness, batch.instance.domain);
    let gates = failures.iter().filter(|f| matches!(f, Failure::Gate { .. })).count();
    assert_eq!(gates, failures.len(), "only ranges of excesses: {failures:?}");
    assert!(gates >= 1);
}

#[test]
fn test_invalid_L6__ranges() {
    let (of, batch) = honest();
    let with = |edit: &dyn Fn(&mut Book)| {
        let mut book = of.clone();
        edit(&mut book);
        over(&book, &batch)
    };
    // The next nonce does not fit, or the penalty.
    let (instance, witness) = with(&|b| b.accounts.get_mut(&9).expect("there").nonce = u32::MAX);
    refused(&instance, &witness, "L6");
    never(&witness, 1);
    let (instance, witness) = with(&|b| b.accounts.get_mut(&5).expect("there").nonce = u32::MAX);
    refused(&instance, &witness, "L6");
    let (_, failures) = spoken(&circuit(), &witness, batch.instance.domain);
    assert!(!failures.is_empty());
}

#[test]
fn test_invalid_L6__a_deficit_beyond_money() {
    // The greatest debt, of which insurance pays a unit: what is left would fit bad debt.
    let debt = |cash: i128| {
        let mut book = book(account(7, 0, &[]), cases::taker());
        book.accounts.get_mut(&5).expect("there").cash = Cash(cash);
        book.pools.insurance = Cash(1);
        book.pools.bad_debt = Cash(-2);
        book
    };
    let batch = debt(i128::MIN + 1).run(&[(5, 9, TERMS)]).expect("due");
    assert!(batch.failures(&circuit()).is_empty());
    let (instance, witness) = over(&debt(i128::MIN), &batch);
    refused(&instance, &witness, "L6");
    never(&witness, 1);
}

#[test]
fn test_invalid_L6__another_new_state() {
    let (_, batch) = honest();
    let mut blinding = batch.witness.clone();
    blinding.steps[0].liquidated.new_blinding += Fr::one();
    refused(&batch.instance, &blinding, "L1");
    let mut blinding = batch.witness.clone();
    blinding.steps[0].liquidator.new_blinding += Fr::one();
    refused(&batch.instance, &blinding, "L6");
    other(&batch, &blinding, 3);
    let mut state = batch.instance;
    state.new_state += Fr::one();
    refused(&state, &batch.witness, "L6");
    let circuit = circuit();
    let failures = circuit_check(circuit.laid(), &batch.cells(circuit.size()), &state.to_fields());
    assert_eq!(failures.len(), 1);
    let mut domain = batch.instance;
    domain.domain += Fr::one();
    refused(&domain, &batch.witness, "L6");
}

#[test]
fn test_invalid_L6__open_interest() {
    let (_, batch) = honest();
    assert!(!batch.outcome.netted.is_empty());
    // More open interest than the state has.
    let mut witness = batch.witness.clone();
    for (_, list) in witness.expiries.values_mut() {
        list[0].long += 1;
    }
    refused(&batch.instance, &witness, "L1");
    never(&witness, 1);
    // An expiry that the state does not have: nothing is rewritten, and what is netted stays on the bus.
    let mut witness = batch.witness.clone();
    witness.expiries.clear();
    let (_, failures) = spoken(&circuit(), &witness, batch.instance.domain);
    assert_eq!(failures, [Failure::Bus]);
}

#[test]
fn what_does_not_fit_says_so() {
    let (of, batch) = honest();
    for (name, expected) in [("m", "4 liquidations, found 1"), ("xs", "")] {
        let found = trace(size(name), batch.statement(), None).err().map(|e| e.to_string());
        assert!(
            found.is_none_or(|found| found.contains(expected) && !expected.is_empty()),
            "{name}"
        );
    }
    let mut wide = of;
    let taker = wide.accounts.get_mut(&9).expect("there");
    taker.positions = [Kind::Call, Kind::Put]
        .into_iter()
        .flat_map(|kind| [1_600u64, 1_800, 2_000, 2_400].map(|strike| terms(kind, strike * 1_000_000)))
        .map(|series| Position {
            series,
            lots: support::lots(7),
        })
        .collect();
    let batch = wide.run(&[(5, 9, TERMS)]).expect("due");
    let error = trace(size("xs"), batch.statement(), None)
        .err()
        .expect("eight positions");
    assert!(matches!(error, AssignError::TooMany { expected: 6, .. }), "{error}");
    assert!(trace(size("s"), batch.statement(), None).is_ok());
}

/// Random accounts around equality: `check()` and the circuit agree about each.
#[test]
fn breach_is_the_same_for_both_at_equality_and_beside_it() {
    let market = market();
    let circuit = circuit();
    let mut rng = StdRng::seed_from_u64(31);
    for _ in 0..12 {
        let mut held: Vec<(SeriesTerms, i64)> = Vec::new();
        for kind in [Kind::Call, Kind::Put] {
            for strike in [1_600u64, 1_800, 2_000, 2_400] {
                if held.len() < 4 && rng.gen_bool(0.4) {
                    held.push((terms(kind, strike * 1_000_000), rng.gen_range(-9_000_000..-1)));
                }
            }
        }
        if held.is_empty() {
            continue;
        }
        let of = account(7, 0, &held);
        let least = least_cash(&market, &of.positions);
        let rich = account(8, 90_000_000 * QUOTE, &[]);
        let with = |cash: i128| {
            let mut of = of.clone();
            of.cash = Cash(cash);
            book(of, rich.clone())
        };
        let below = with(least - 1).run(&[(5, 9, TERMS)]).expect("one unit below");
        assert!(below.failures(&circuit).is_empty());
        for by in [0, 1, 1 << 40] {
            let (instance, witness) = over(&with(least + by), &below);
            refused(&instance, &witness, "L1");
            let (_, failures) = spoken(&circuit, &witness, below.instance.domain);
            assert!(!failures.is_empty());
        }
    }
}
