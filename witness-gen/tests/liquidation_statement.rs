//! Statement L over a ledger: a batch leads to the state of its parts, and what the roots commit to cannot be changed.
#![allow(missing_docs, non_snake_case)]

mod liquidation_cases;
mod support;

use ff::Field;
use halo2curves::bn256::Fr;
use liquidation_cases::{EXPIRY, TERMS, arrays, blinding, clause, committed, rules, terms};
use support::lots;
use witness_gen::ledger::Ledger;
use witness_gen::liquidation::Terms;
use witness_gen::pricing::ValuePerLot;
use witness_gen::series::Kind;
use witness_gen::statement::liquidation as statement;
use witness_gen::statement::liquidation::{BatchOutcome, BreachError, Instance, Violation, Witness};
use witness_gen::statement::solvency::MarginRules;

fn run(ledger: &Ledger, wanted: &[(u32, u32, Terms)]) -> Result<(Instance, Witness, BatchOutcome), Violation> {
    let (margin, rules) = rules();
    statement::execute(ledger, &arrays(), margin, rules, wanted, blinding)
}

fn proven() -> (Ledger, Instance, Witness) {
    let ledger = committed();
    let (instance, witness, _) = run(&ledger, &[(5, 9, TERMS)]).expect("due");
    assert_eq!(witness.rows.len(), 3, "a row for each series held");
    (ledger, instance, witness)
}

/// Two victims, one taker: the second step begins where the first left the taker.
fn two_steps() -> (Ledger, Instance, Witness) {
    let ledger = committed();
    let (instance, witness, _) = run(&ledger, &[(5, 9, TERMS), (6, 9, TERMS)]).expect("due");
    (ledger, instance, witness)
}

/// What the ledger is after an outcome, built from its parts.
fn rebuilt(ledger: &Ledger, outcome: &BatchOutcome) -> Ledger {
    let mut parts = ledger.parts().clone();
    parts.accounts.extend(outcome.accounts.clone());
    parts.expiries = outcome.expiries.clone();
    parts.pools = outcome.header.pools;
    parts.batch = outcome.header.batch;
    parts.history = outcome.header.history;
    Ledger::from_parts(parts).expect("a ledger")
}

#[test]
fn a_committed_batch_leads_to_the_state_of_its_parts() {
    let (ledger, instance, witness) = proven();
    let outcome = statement::check(&instance, &witness).expect("a valid batch");
    assert_eq!(instance.old_state, ledger.state_root());
    assert_eq!(Instance::from_fields(&instance.to_fields()), Ok(instance));
    let after = rebuilt(&ledger, &outcome);
    assert_eq!(after.parts().batch, 42);
    assert_eq!(after.state_root(), instance.new_state);
    after.audit().expect("open interest and cash add up");
    let put = terms(Kind::Put, 1_800_000_000);
    let open = outcome.expiries[&EXPIRY].1.iter().find(|entry| entry.series == put);
    let netted = outcome.netted[&put];
    assert_eq!(
        outcome.netted.keys().collect::<Vec<_>>(),
        [&put],
        "the taker is short of nothing else"
    );
    assert_eq!(open.expect("listed").long, 20_000_000 - netted);
    assert!(
        netted > 0 && netted <= 3_000_000,
        "what the taker nets leaves open interest"
    );
}

#[test]
fn a_taker_of_two_stands_in_the_second_as_the_first_left_it() {
    let (ledger, instance, witness) = two_steps();
    let outcome = statement::check(&instance, &witness).expect("a valid batch");
    let after = rebuilt(&ledger, &outcome);
    assert_eq!(after.state_root(), instance.new_state);
    after.audit().expect("open interest and cash add up");
    let nonces: Vec<u32> = [5, 6, 9].map(|index| outcome.accounts[&index].nonce).into();
    assert_eq!(nonces, [4, 4, 5], "a step is a nonce");
    let first = &outcome.steps[0].outcome.liquidator;
    assert_eq!(&witness.steps[1].liquidator.account, first);
    assert_eq!(outcome.accounts[&9].blinding, blinding(9, 5));
    // Each root leads to the next.
    assert_eq!(outcome.steps[1].roots[1], outcome.header.accounts_root);
    let put = terms(Kind::Put, 1_800_000_000);
    assert_eq!(
        outcome.netted[&put],
        outcome
            .steps
            .iter()
            .filter_map(|step| step.netted.get(&put))
            .sum::<u64>()
    );
    // A state of the taker that it no longer has, and one that it does not have yet.
    let mut stale = witness.clone();
    stale.steps[1].liquidator = stale.steps[0].liquidator.clone();
    clause(statement::check(&instance, &stale), "L1");
    let mut early = witness.clone();
    early.steps.swap(0, 1);
    clause(statement::check(&instance, &early), "L1");
}

#[test]
fn who_takes_may_not_be_liquidated_and_who_was_liquidated_is_healthy() {
    let ledger = committed();
    let again = run(&ledger, &[(5, 9, TERMS), (5, 66, TERMS)]);
    assert_eq!(clause(again, "L1"), Violation::L1(BreachError::Healthy));
    let taker = run(&ledger, &[(5, 9, TERMS), (9, 66, TERMS)]);
    assert_eq!(clause(taker, "L1"), Violation::L1(BreachError::Healthy));
    // Nor does a witness that repeats a step get through: the account is not that one any more.
    let (_, instance, mut twice) = proven();
    twice.steps.push(twice.steps[0].clone());
    clause(statement::check(&instance, &twice), "L1");
    // Who was liquidated may take, as anyone with initial margin may; not here.
    clause(run(&ledger, &[(5, 9, TERMS), (6, 5, TERMS)]), "L5");
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
        (&|_, w| w.rows.swap(0, 1), "risk row 1"),
        (&|_, w| w.rows.insert(1, w.rows[0].clone()), "risk row 1"),
        (&|_, w| w.header.accounts_root += Fr::ONE, "old state"),
        (&|_, w| w.steps[0].liquidated.account.nonce += 1, "liquidated account"),
        (&|_, w| w.steps[0].liquidated.account.cash.0 -= 1, "liquidated account"),
        (&|_, w| w.steps[0].liquidated.index = 6, "liquidated account"),
        (&|_, w| w.steps[0].liquidated.index += 1 << 24, "liquidated account"),
        (
            &|_, w| w.steps[0].liquidated.path[4][1] += Fr::ONE,
            "liquidated account",
        ),
        (&|_, w| w.steps[0].liquidator.account.nonce += 1, "liquidator"),
        (&|_, w| w.steps[0].liquidator.index += 1, "liquidator"),
        (&|_, w| w.steps[0].liquidator.path[0][0] += Fr::ONE, "liquidator"),
    ] {
        let text = broken(edit);
        assert!(text.contains(part), "{text} / {part}");
    }
}

#[test]
fn test_invalid_L1__a_row_that_is_missing() {
    let (_, instance, mut witness) = proven();
    witness.rows.remove(1);
    clause(statement::check(&instance, &witness), "L1");
}

#[test]
fn test_invalid_L1__positions_out_of_order() {
    // A ledger that was never sound: the leaf commits to a list in another order.
    let mut parts = committed().parts().clone();
    parts.accounts.get_mut(&5).expect("there").positions.swap(0, 1);
    let found = clause(run(&Ledger::from_parts(parts).expect("built"), &[(5, 9, TERMS)]), "L1");
    let (at, party) = (0, "liquidated account");
    assert_eq!(found, Violation::L1(BreachError::Positions { at, party }));
}

#[test]
fn test_invalid_L2__batches() {
    let (ledger, instance, witness) = proven();
    let mut none = witness.clone();
    none.steps.clear();
    clause(statement::check(&instance, &none), "L2");
    clause(run(&ledger, &[]), "L2");
    clause(run(&ledger, &[(5, 10, TERMS)]), "L2");
    let mut itself = witness.clone();
    itself.steps[0].liquidator = itself.steps[0].liquidated.clone();
    clause(statement::check(&instance, &itself), "L2");
    // One more than the cap.
    let (margin, mut rules) = rules();
    rules.batch_cap = 1;
    let margin = MarginRules {
        liquidation: rules.digest(),
        ..margin
    };
    let wanted = [(5, 9, TERMS), (6, 9, TERMS)];
    let found = |wanted| statement::execute(&ledger, &arrays(), margin, rules, wanted, blinding);
    assert!(found(&wanted[..1]).is_ok());
    clause(found(&wanted), "L2");
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
    blinding.steps[0].liquidator.new_blinding += Fr::ONE;
    clause(statement::check(&instance, &blinding), "L6");
    let mut domain = instance;
    domain.domain += Fr::ONE;
    clause(statement::check(&domain, &witness), "L6");
}
