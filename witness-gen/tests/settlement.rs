//! Statement S natively: valid batches, one invalid one (or more) a clause, and conservation.
#![allow(missing_docs, non_snake_case)]

mod support;

use ff::Field;
use halo2curves::bn256::Fr;
use proptest::prelude::*;
use rand::{SeedableRng, rngs::StdRng};
use support::{EXPIRY, LATER, Venue, both_prices, lots, price};
use witness_gen::position::Position;
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::statement::settlement::{
    AccountError, Instance, ListError, OpenInterestError, OpeningError, Outcome, PaddingError, PoolError, SlotError,
    TermsError, Violation, Witness, check, execute, touched_nodes,
};
use witness_gen::units::{Cash, Underlying};

const BATCH: u64 = 42;

/// A valid batch over some accounts of a venue that hold and settle positions.
fn valid() -> (Venue, Instance, Witness) {
    let mut venue = Venue::seeded(7, 20, 120);
    let indices = venue.indices();
    let witness = venue.witness(&indices[..9]);
    let instance = derive(&witness).expect("a batch of the venue's own state").0;
    (venue, instance, witness)
}

fn derive(witness: &Witness) -> Result<(Instance, Outcome), Violation> {
    execute(Fr::from(99), witness, BATCH, EXPIRY, false, both_prices())
}

/// The violation of a witness that differs from a valid one, with the roots adapted where that is possible.
fn violation(edit: impl FnOnce(&mut Witness)) -> Violation {
    let (_, instance, mut witness) = valid();
    edit(&mut witness);
    check(&instance, &witness).expect_err("the edit breaks a clause")
}

fn assert_clause(found: Violation, clause: &str) -> Violation {
    assert_eq!(found.clause(), clause, "{found}");
    assert!(found.to_string().starts_with(&format!("{clause}: ")), "{found}");
    found
}

/// A series on the board's expiry and a priced underlying.
fn series(kind: Kind, strike: u64, cap: u64) -> SeriesTerms {
    SeriesTerms {
        underlying: Underlying::BTC,
        expiry: EXPIRY,
        kind,
        strike: price(strike),
        cap: price(cap),
    }
}

/// Gives the first account a single position in a series.
fn hold_only(witness: &mut Witness, series: SeriesTerms, quantity: i64) {
    witness.accounts.truncate(1);
    witness.accounts[0].account.positions = vec![Position {
        series,
        lots: lots(quantity),
    }];
}

#[test]
fn a_valid_batch_leads_where_the_trees_do() {
    let (mut venue, instance, witness) = valid();
    let outcome = check(&instance, &witness).expect("a valid batch");
    assert_eq!(instance.old_state, venue.header.root());
    assert_eq!(Instance::from_fields(&instance.to_fields()), Ok(instance));
    let indices: Vec<u32> = witness.accounts.iter().map(|update| update.index).collect();
    venue.apply(&indices, &outcome);
    assert_eq!(instance.new_state, venue.header.root());
    assert!(!outcome.settled.is_empty());
    for (update, after) in witness.accounts.iter().zip(&outcome.accounts) {
        let before = &update.account;
        let carried: Vec<Position> = before
            .positions
            .iter()
            .filter(|p| p.series.expiry == LATER)
            .copied()
            .collect();
        assert_eq!(after.positions, carried);
        assert_eq!((after.owner, after.nonce), (before.owner, before.nonce + 1));
    }
    let leaves: Vec<_> = witness
        .accounts
        .iter()
        .zip(outcome.old_leaves.iter().zip(&outcome.new_leaves))
        .map(|(update, (old, new))| (update.index, *old, *new, update.path))
        .collect();
    assert_eq!(touched_nodes(&leaves), Ok(outcome.nodes.clone()));
    println!(
        "batch: 9 accounts, {} series, {} inner nodes",
        outcome.settled.len(),
        outcome.nodes.len()
    );
}

#[test]
fn the_order_of_accounts_does_not_matter() {
    let (_, instance, mut witness) = valid();
    witness.accounts.reverse();
    assert!(check(&instance, &witness).is_ok());
}

#[test]
fn only_priced_underlyings_are_settled() {
    let (_, _, witness) = valid();
    let mut prices = both_prices();
    prices[0] = None;
    let (_, outcome) = execute(Fr::ONE, &witness, BATCH, EXPIRY, false, prices).expect("a valid batch");
    for (update, after) in witness.accounts.iter().zip(&outcome.accounts) {
        let settled = |p: &&Position| p.series.expiry == EXPIRY && p.series.underlying == Underlying::BTC;
        let carried: Vec<Position> = update
            .account
            .positions
            .iter()
            .filter(|p| !settled(p))
            .copied()
            .collect();
        assert_eq!(after.positions, carried);
    }
    for (before, after) in witness.open_interest.iter().zip(&outcome.open_interest) {
        assert!(before.series.underlying == Underlying::BTC || before == after);
    }
}

#[test]
fn an_expiry_closes_with_its_last_batch() {
    let mut venue = Venue::seeded(3, 12, 80);
    let (money, indices) = (venue.money(), venue.indices());
    for (number, part) in indices.chunks(5).enumerate() {
        let witness = venue.witness(part);
        let close = number == 2;
        let batch = BATCH + number as u64;
        let early = execute(Fr::ONE, &witness, batch, EXPIRY, true, both_prices());
        assert_eq!(early.is_ok(), close);
        let (instance, outcome) =
            execute(Fr::ONE, &witness, batch, EXPIRY, close, both_prices()).expect("a valid batch");
        assert_eq!(instance.old_state, venue.header.root());
        venue.apply(part, &outcome);
        assert_eq!(instance.new_state, venue.header.root());
    }
    assert_eq!(venue.series_tree.get(support::SLOT.into()), Fr::ZERO);
    assert_eq!(venue.header.pools.clearing, Cash::ZERO);
    assert_eq!(venue.money(), money);
}

#[test]
fn nothing_secret_is_printed() {
    let (_, instance, witness) = valid();
    let outcome = check(&instance, &witness).expect("a valid batch");
    let text = format!("{witness:?} {:?} {outcome:?} {:?}", witness.accounts, outcome.accounts);
    let update = &witness.accounts[0];
    for secret in [update.account.owner, update.account.blinding, update.new_blinding] {
        assert!(!text.contains(&format!("{secret:?}")));
    }
    assert!(!text.contains(&update.account.cash.get().to_string()));
    assert!(!text.contains("lots") && !text.contains("strike"), "{text}");
}

#[test]
fn test_invalid_settlement__account_not_under_old_root() {
    let found = violation(|w| {
        w.accounts.truncate(1);
        w.accounts[0].account.cash = Cash(w.accounts[0].account.cash.get() + 1);
    });
    assert!(matches!(
        assert_clause(found, "S1"),
        Violation::S1(OpeningError::OldState(_))
    ));
}

#[test]
fn test_invalid_settlement__path_of_another_tree() {
    let found = violation(|w| w.accounts[0].path[11][0] += Fr::ONE);
    assert!(matches!(
        assert_clause(found, "S1"),
        Violation::S1(OpeningError::Tree(_))
    ));
}

#[test]
fn test_invalid_settlement__account_twice() {
    let found = violation(|w| w.accounts.push(w.accounts[0].clone()));
    assert!(matches!(
        assert_clause(found, "S1"),
        Violation::S1(OpeningError::Tree(_))
    ));
}

#[test]
fn test_invalid_settlement__no_state_before() {
    let (_, _, witness) = valid();
    for batch in [0, 1 << 63] {
        let found = execute(Fr::ONE, &witness, batch, EXPIRY, false, both_prices()).expect_err("out of range");
        assert_eq!(
            assert_clause(found, "S1"),
            Violation::S1(OpeningError::Batch { found: batch })
        );
    }
    for batch in [1, (1 << 63) - 1] {
        assert!(execute(Fr::ONE, &witness, batch, EXPIRY, false, both_prices()).is_ok());
    }
}

#[test]
fn test_invalid_settlement__series_not_increasing() {
    let found = violation(|w| w.accounts[0].account.positions.swap(0, 1));
    assert!(matches!(
        assert_clause(found, "S2"),
        Violation::S2(ListError { position: 1, .. })
    ));
}

#[test]
fn test_invalid_settlement__series_twice() {
    let found = violation(|w| {
        let first = w.accounts[0].account.positions[0];
        w.accounts[0].account.positions.insert(0, first);
    });
    assert_clause(found, "S2");
}

#[test]
fn test_invalid_settlement__underlying_priced_twice() {
    let (_, mut instance, witness) = valid();
    instance.prices[1] = instance.prices[0];
    let found = check(&instance, &witness).expect_err("two prices of one underlying");
    let expected = Violation::S3(SlotError::Duplicate {
        slot: 1,
        underlying: Underlying::ETH,
    });
    assert_eq!(assert_clause(found, "S3"), expected);
}

#[test]
fn test_invalid_settlement__price_of_zero() {
    let (_, mut instance, witness) = valid();
    instance.prices[0].as_mut().expect("a used slot").price = price(0);
    let found = check(&instance, &witness).expect_err("a price of 0");
    assert_eq!(assert_clause(found, "S3"), Violation::S3(SlotError::Zero { slot: 0 }));
}

#[test]
fn test_invalid_settlement__cap_in_a_kind_without() {
    let found = violation(|w| hold_only(w, series(Kind::Call, 1, 1), 1));
    assert!(matches!(
        assert_clause(found, "S4"),
        Violation::S4(TermsError::Payoff { .. })
    ));
}

#[test]
fn test_invalid_settlement__payoff_too_large() {
    let found = violation(|w| {
        w.params.inverse_scale = (1 << 63) - 1;
        hold_only(w, series(Kind::InversePut, (1 << 63) - 1, 0), 1);
    });
    assert!(matches!(
        assert_clause(found, "S4"),
        Violation::S4(TermsError::Payoff { .. })
    ));
}

#[test]
fn test_invalid_settlement__other_parameters() {
    let found = violation(|w| w.params.fee_rate += 1);
    assert!(matches!(
        assert_clause(found, "S4"),
        Violation::S4(TermsError::Parameters(_))
    ));
    let found = violation(|w| w.params.fee_rate = 100_001);
    assert!(matches!(
        assert_clause(found, "S4"),
        Violation::S4(TermsError::Range(_))
    ));
}

#[test]
fn test_invalid_settlement__cash_out_of_range() {
    for (cash, quantity) in [(i128::MAX, 1_000_000), (i128::MIN, -1_000_000)] {
        let found = violation(|w| {
            hold_only(w, series(Kind::Call, 1, 0), quantity);
            w.accounts[0].account.cash = Cash(cash);
        });
        assert!(matches!(
            assert_clause(found, "S5"),
            Violation::S5(AccountError::Cash { .. })
        ));
    }
}

#[test]
fn test_invalid_settlement__nonce_used_up() {
    let found = violation(|w| w.accounts[0].account.nonce = u32::MAX);
    assert!(matches!(
        assert_clause(found, "S5"),
        Violation::S5(AccountError::Nonce { found: u32::MAX, .. })
    ));
}

#[test]
fn test_invalid_settlement__other_new_leaf() {
    assert_clause(violation(|w| w.accounts[0].new_blinding += Fr::ONE), "S6");
}

#[test]
fn test_invalid_settlement__other_new_state() {
    let (_, mut instance, witness) = valid();
    instance.new_state += Fr::ONE;
    assert_clause(check(&instance, &witness).expect_err("a wrong new state"), "S6");
    // What the history commits to changes the new state as well.
    let (_, mut instance, witness) = valid();
    instance.domain += Fr::ONE;
    assert_clause(check(&instance, &witness).expect_err("another domain"), "S6");
}

#[test]
fn test_invalid_settlement__pool_out_of_range() {
    let found = violation(|w| w.pools.fees = Cash(i128::MAX));
    assert_eq!(assert_clause(found, "S7"), Violation::S7(PoolError { pool: "fees" }));
    let found = violation(|w| {
        hold_only(w, series(Kind::Call, 1, 0), 1);
        w.pools.clearing = Cash(i128::MIN);
    });
    assert_eq!(
        assert_clause(found, "S7"),
        Violation::S7(PoolError { pool: "clearing" })
    );
}

#[test]
fn test_invalid_settlement__nothing_but_padding() {
    let found = violation(|w| w.accounts.clear());
    assert_eq!(
        assert_clause(found, "S8"),
        Violation::S8(PaddingError { expected: 1, found: 0 })
    );
}

fn open_interest_error(edit: impl FnOnce(&mut Witness)) -> OpenInterestError {
    match assert_clause(violation(edit), "S9") {
        Violation::S9(error) => error,
        other => panic!("clause S9 is variant S9, not {other}"),
    }
}

#[test]
fn test_invalid_settlement__more_settled_than_open() {
    let (_, instance, witness) = valid();
    let settled = check(&instance, &witness).expect("a valid batch").settled[0];
    let found = open_interest_error(|w| {
        let entry = w
            .open_interest
            .iter_mut()
            .find(|entry| entry.series == settled.series)
            .expect("it is listed");
        (entry.long, entry.short) = (0, 0);
    });
    assert_eq!(found, OpenInterestError::Exceeded { series: settled.series });
    let found = open_interest_error(|w| w.open_interest.retain(|entry| entry.series != settled.series));
    assert!(matches!(found, OpenInterestError::Unlisted { .. }));
    let top = series(Kind::Call, 1, 0);
    let mut accounts = Venue::seeded(1, 2, 0).accounts;
    for account in accounts.values_mut() {
        account.positions = vec![Position {
            series: top,
            lots: lots(i64::MAX),
        }];
    }
    let mut venue = Venue::new(accounts, Default::default(), StdRng::seed_from_u64(1));
    let indices = venue.indices();
    let found = match assert_clause(derive(&venue.witness(&indices)).expect_err("2^64 - 2 lots"), "S9") {
        Violation::S9(error) => error,
        other => panic!("clause S9 is variant S9, not {other}"),
    };
    assert_eq!(found, OpenInterestError::Exceeded { series: top });
}

#[test]
fn test_invalid_settlement__open_interest_list() {
    let found = open_interest_error(|w| w.open_interest.swap(2, 3));
    assert_eq!(found, OpenInterestError::Order { position: 3 });
    let found = open_interest_error(|w| w.open_interest.last_mut().expect("a board").series.expiry = LATER);
    assert_eq!(
        found,
        OpenInterestError::Expiry {
            expected: EXPIRY,
            found: LATER
        }
    );
    let found = open_interest_error(|w| w.open_interest[0].long = 1 << 63);
    assert!(matches!(found, OpenInterestError::Range { .. }));
}

#[test]
fn test_invalid_settlement__closed_too_early() {
    let (_, mut instance, witness) = valid();
    instance.close = true;
    let found = check(&instance, &witness).expect_err("lots are still open");
    assert!(matches!(
        assert_clause(found, "S9"),
        Violation::S9(OpenInterestError::StillOpen { .. })
    ));

    let mut venue = Venue::seeded(3, 4, 30);
    let indices = venue.indices();
    let mut witness = venue.witness(&indices);
    witness.pools.clearing = Cash(1);
    let found = execute(Fr::ONE, &witness, BATCH, EXPIRY, true, both_prices()).expect_err("clearing is 1");
    assert_eq!(assert_clause(found, "S9"), Violation::S9(OpenInterestError::Clearing));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn money_is_conserved(seed: u64, accounts in 2usize..12, trades in 0usize..40, skip in 0usize..3, coin: bool) {
        let mut venue = Venue::seeded(seed, accounts, trades);
        let money = venue.money();
        let indices: Vec<u32> = venue.indices().into_iter().step_by(skip + 1).collect();
        let mut witness = venue.witness(&indices);
        if coin {
            witness.params.inverse_scale = 100_000_000;
        }
        let (instance, outcome) = derive(&witness).expect("a batch of the venue's own state");
        prop_assert_eq!(check(&instance, &witness), Ok(outcome.clone()));
        venue.apply(&indices, &outcome);
        prop_assert_eq!(venue.money(), money);
        prop_assert_eq!(instance.new_state, venue.header.root());
        let pools = (outcome.pools.insurance, outcome.pools.total_cash, outcome.pools.bad_debt);
        prop_assert_eq!(pools, (witness.pools.insurance, witness.pools.total_cash, witness.pools.bad_debt));
        // What the leaves say is gone from the accounts is gone from the open interest.
        let left = |long: bool| -> u128 {
            venue.accounts.values().flat_map(|a| &a.positions)
                .filter(|p| p.series.expiry == EXPIRY && p.lots.is_long() == long)
                .map(|p| u128::from(p.lots.magnitude())).sum()
        };
        let open = |side: fn(&witness_gen::open_interest::OpenInterest) -> u64| -> u128 {
            outcome.open_interest.iter().map(|entry| u128::from(side(entry))).sum()
        };
        prop_assert_eq!((left(true), left(false)), (open(|e| e.long), open(|e| e.short)));
    }

    #[test]
    fn a_changed_field_of_the_instance_is_refused(at in 0usize..Instance::LEN, by in 1u64..5) {
        let (_, instance, witness) = valid();
        let mut fields = instance.to_fields();
        fields[at] += Fr::from(by);
        if let Ok(changed) = Instance::from_fields(&fields) {
            prop_assert!(check(&changed, &witness).is_err());
        }
    }
}
