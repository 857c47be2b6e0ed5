//! Statement L over a ledger: a batch leads to the state of its parts, and what the roots commit to cannot be changed.
#![allow(missing_docs, non_snake_case)]

mod liquidation_cases;
mod support;

use std::collections::BTreeMap;

use ff::Field;
use halo2curves::bn256::Fr;
use liquidation_cases::{Case, EXPIRY, QUOTE, TERMS, account, arrays, clause, margin_rules, terms};
use support::lots;
use witness_gen::account::Account;
use witness_gen::ledger::{Ledger, LedgerParts};
use witness_gen::liquidation::LiquidationRules;
use witness_gen::open_interest::OpenInterest;
use witness_gen::params::RiskParameters;
use witness_gen::pricing::ValuePerLot;
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::state::Pools;
use witness_gen::statement::liquidation as statement;
use witness_gen::statement::liquidation::{Instance, Witness};
use witness_gen::units::Cash;

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
