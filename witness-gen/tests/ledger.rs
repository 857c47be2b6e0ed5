//! The ledger: a real epoch settled natively, and what must not go through.

mod common;

use common::{data, eth_chain, expiry, synthetic};
use witness_gen::Fr;
use witness_gen::book::{BookSpec, GeneratedBook, Style, generate};
use witness_gen::ledger::{Ledger, LedgerError};
use witness_gen::market::delivery::DeliveryPrices;
use witness_gen::params::RiskParameters;
use witness_gen::statement::settlement::{PRICE_SLOTS, PriceSlot, Violation, check};
use witness_gen::store::{BlindingUse, SecretOrigin, SecretSeed};
use witness_gen::units::{Cash, ExpiryMinutes, Price, Underlying};

fn blinding(index: u32, nonce: u32) -> Fr {
    SecretSeed::from_bytes([3; 32], SecretOrigin::Drawn).blinding(BlindingUse::Leaf, index, nonce)
}

fn ledger(book: &GeneratedBook) -> Ledger {
    let owner = |index| {
        SecretSeed::from_bytes([3; 32], SecretOrigin::Drawn)
            .owner_key(index)
            .key_hash()
    };
    let ledger =
        Ledger::from_book(book, RiskParameters::default(), Fr::from(42), owner, blinding).expect("a book fits");
    ledger.audit().expect("a genesis ledger is whole");
    ledger
}

fn at(underlying: Underlying, price: Price) -> [Option<PriceSlot>; PRICE_SLOTS] {
    [Some(PriceSlot { underlying, price }), None, None]
}

/// Settles the epoch in two batches and reports.
fn epoch(mut ledger: Ledger, expiry: ExpiryMinutes, prices: [Option<PriceSlot>; PRICE_SLOTS], what: &str) -> Ledger {
    let underlying = prices[0].expect("one price").underlying;
    let affected = ledger.affected_accounts(expiry, &[underlying]);
    assert!(affected.is_sorted());
    let total = ledger.parts().pools.total_cash;
    let untouched: Vec<u32> = ledger
        .parts()
        .accounts
        .keys()
        .copied()
        .filter(|i| !affected.contains(i))
        .collect();
    let before = ledger.clone();
    let (_, below_before) = ledger.balances().expect("sums fit");

    let (first, second) = affected.split_at(affected.len() / 2);
    let early = ledger
        .settle(first, expiry, prices, true, blinding)
        .expect_err("half an epoch does not close");
    assert!(matches!(early, LedgerError::Violation(Violation::S9(_))), "{early}");
    let one = ledger.settle(first, expiry, prices, false, blinding).expect("a batch");
    assert_eq!(check(&one.instance, &one.witness).as_ref(), Ok(&one.outcome));
    ledger.apply(&one).expect("the batch is over this state");
    ledger.audit().expect("whole after the first batch");
    assert_ne!(ledger.parts().pools.clearing, Cash::ZERO, "half of the payouts are out");
    let stale = ledger.apply(&one).expect_err("not twice");
    assert!(matches!(stale, LedgerError::OtherState { .. }), "{stale}");

    let two = ledger
        .settle(second, expiry, prices, true, blinding)
        .expect("the closing batch");
    ledger.apply(&two).expect("the batch is over this state");
    ledger.audit().expect("whole after the second batch");
    assert_eq!(ledger.parts().pools.clearing, Cash::ZERO);
    assert_eq!(ledger.parts().pools.total_cash, total);
    assert_eq!(ledger.parts().batch, 2);
    assert!(!ledger.parts().expiries.contains_key(&expiry), "closed");
    assert!(ledger.affected_accounts(expiry, &[underlying]).is_empty());
    for index in untouched {
        assert_eq!(ledger.account(index), before.account(index));
    }
    let (_, below) = ledger.balances().expect("sums fit");
    println!(
        "{what}: {} accounts, {} affected ({} + {}), {} series of the expiry, {} expiries; below zero {below_before} before and {below} after; fees {}; state {:?} -> {:?}",
        ledger.parts().accounts.len(),
        affected.len(),
        first.len(),
        second.len(),
        before.parts().expiries[&expiry].1.len(),
        before.parts().expiries.len(),
        ledger.parts().pools.fees.get(),
        before.state_root(),
        ledger.state_root(),
    );
    assert!(
        below > 0 && below * 10 < ledger.parts().accounts.len(),
        "a few end below zero, most do not"
    );
    ledger
}

#[test]
fn a_real_epoch_closes_in_two_batches() {
    let Some(chain) = eth_chain() else { return };
    let Some(prices) = data("deribit_eth_delivery_prices.csv") else {
        return;
    };
    let target = expiry("2026-02-06");
    let price = DeliveryPrices::read(prices)
        .and_then(|prices| prices.get(Underlying::ETH, target))
        .expect("listed");
    for style in [Style::Linear, Style::Inverse] {
        let spec = BookSpec::new(300, 7).with_expiry(target).with_style(style);
        let ledger = ledger(&generate(&chain, &spec).expect("a book"));
        let after = epoch(
            ledger,
            target,
            at(Underlying::ETH, price),
            &format!("ETH 2026-02-06, {style}"),
        );
        // The other expiries are as open as before.
        assert_eq!(after.parts().expiries.len(), 11);
    }
}

#[test]
fn a_batch_over_another_ledger_is_refused_and_changes_nothing() {
    let book = generate(
        &synthetic(&["2026-02-06", "2026-02-07"], 10, 70_000),
        &BookSpec::new(30, 1),
    )
    .expect("a book");
    let mut ledger = ledger(&book);
    let target = expiry("2026-02-06");
    let price = at(Underlying::BTC, Price::new(80_000_000).expect("small"));
    let affected = ledger.affected_accounts(target, &[Underlying::BTC]);
    assert!(ledger.affected_accounts(target, &[Underlying::ETH]).is_empty());
    let good = ledger
        .settle(&affected, target, price, true, blinding)
        .expect("a batch");

    let unknown = ledger
        .settle(&[4_000_000], target, price, false, blinding)
        .expect_err("no such account");
    assert_eq!(unknown, LedgerError::UnknownAccount { index: 4_000_000 });
    let unknown = ledger
        .settle(&affected, expiry("2026-03-27"), price, false, blinding)
        .expect_err("no such expiry");
    assert!(unknown.to_string().contains("2026-03-27T08:00:00Z"));

    let before = ledger.clone();
    let mut other = good.clone();
    other.outcome.new_leaves[0] += Fr::one();
    assert!(matches!(ledger.apply(&other), Err(LedgerError::OtherResult { .. })));
    assert_eq!(ledger, before, "rolled back");
    let mut other = good.clone();
    other.witness.accounts.swap(0, 1);
    assert!(matches!(ledger.apply(&other), Err(LedgerError::OtherResult { .. })));
    assert_eq!(ledger, before, "rolled back");
    ledger.apply(&good).expect("the batch itself");
    ledger.audit().expect("whole");
}

#[test]
fn an_audit_finds_what_is_wrong() {
    let book = generate(
        &synthetic(&["2026-02-06", "2026-02-07"], 5, 70_000),
        &BookSpec::new(12, 1),
    )
    .expect("a book");
    let good = ledger(&book).parts().clone();
    let audit = |change: &dyn Fn(&mut witness_gen::ledger::LedgerParts)| {
        let mut parts = good.clone();
        change(&mut parts);
        Ledger::from_parts(parts).expect("well formed").audit()
    };
    assert_eq!(audit(&|_| {}), Ok(()));
    assert_eq!(
        audit(&|parts| parts.pools.fees = Cash(1)),
        Err(LedgerError::Conservation)
    );
    let first = |parts: &mut witness_gen::ledger::LedgerParts| *parts.accounts.keys().next().expect("accounts");
    let conservation = audit(&|parts| {
        let index = first(parts);
        parts.accounts.get_mut(&index).expect("there").cash.0 += 1;
    });
    assert_eq!(conservation, Err(LedgerError::Conservation));
    let missing = audit(&|parts| {
        let index = first(parts);
        parts.accounts.get_mut(&index).expect("there").positions.pop();
    });
    assert!(matches!(missing, Err(LedgerError::OpenInterest { .. })));
    let unlisted = audit(&|parts| drop(parts.expiries.pop_first()));
    assert!(matches!(unlisted, Err(LedgerError::OpenInterest { .. })));
    let inflated = audit(&|parts| parts.expiries.values_mut().next().expect("an expiry").1[0].long += 1);
    assert!(matches!(inflated, Err(LedgerError::OpenInterest { .. })));
    let unsorted = audit(&|parts| {
        parts
            .accounts
            .values_mut()
            .find(|account| account.positions.len() > 1)
            .expect("one")
            .positions
            .reverse();
    });
    assert!(matches!(unsorted, Err(LedgerError::PositionOrder { .. })));
    let shared = Ledger::from_parts({
        let mut parts = good.clone();
        parts.expiries.values_mut().for_each(|(slot, _)| *slot = 3);
        parts
    });
    assert_eq!(
        shared.expect_err("one slot").to_string(),
        "ledger: expected one expiry a slot, found two in slot 3"
    );
}

#[test]
fn nothing_secret_shows() {
    let book = generate(&synthetic(&["2026-02-06"], 5, 70_000), &BookSpec::new(12, 1)).expect("a book");
    let ledger = ledger(&book);
    let batch = ledger.settle(
        &ledger.affected_accounts(expiry("2026-02-06"), &[Underlying::BTC]),
        expiry("2026-02-06"),
        at(Underlying::BTC, Price::new(20_000_000).expect("small")),
        true,
        blinding,
    );
    let shown = format!(
        "{ledger:?} {book:?} {:?} {:?}",
        batch.expect("a batch"),
        SecretSeed::from_bytes([3; 32], SecretOrigin::Drawn)
    );
    let account = ledger.account(0).expect("an account");
    for secret in [
        format!("{:?}", account.owner),
        format!("{:?}", account.blinding),
        account.cash.get().to_string(),
        account.positions[0].lots.get().to_string(),
        ledger.parts().pools.insurance.get().to_string(),
    ] {
        assert!(!shown.contains(&secret), "`{secret}` shows");
    }
}
