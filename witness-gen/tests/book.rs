//! Books over real chains: sizes, sums, repeatability.

mod common;

use std::collections::BTreeMap;

use common::{eth_chain, expiry, synthetic};
use witness_gen::book::{BookError, BookSpec, GeneratedBook, MAX_POSITIONS, MAX_TARGET_SERIES, Style, generate};
use witness_gen::market::chain::{SnapshotChoice, read_chain};
use witness_gen::market::{OptionChain, UtcSeconds};
use witness_gen::series::SeriesTerms;
use witness_gen::units::{ExpiryMinutes, Underlying};

/// Every rule that a book promises.
fn examine(chain: &OptionChain, spec: &BookSpec, book: &GeneratedBook) {
    assert_eq!(book.accounts.len(), spec.accounts as usize);
    let mut sides: BTreeMap<SeriesTerms, (u64, u64)> = BTreeMap::new();
    for account in &book.accounts {
        assert!(
            account.positions.windows(2).all(|pair| pair[0].series < pair[1].series),
            "strictly sorted, netted"
        );
        assert!(
            (1..=MAX_POSITIONS as usize).contains(&account.positions.len()),
            "{}",
            account.positions.len()
        );
        for position in &account.positions {
            let side = sides.entry(position.series).or_default();
            if position.lots.is_long() {
                side.0 += position.lots.magnitude()
            } else {
                side.1 += position.lots.magnitude()
            }
        }
    }
    let listed: BTreeMap<SeriesTerms, u64> = chain
        .quotes
        .iter()
        .map(|quote| (quote.terms(chain.underlying, spec.style), quote.open_interest.0))
        .collect();
    for (terms, (long, short)) in &sides {
        assert_eq!(
            (Some(long), Some(short)),
            (listed.get(terms), listed.get(terms)),
            "real open interest of {terms}"
        );
    }
    assert_eq!(sides.len(), book.summary.kept_series);
    let target = sides.keys().filter(|terms| terms.expiry == book.expiry).count();
    assert_eq!(target, book.summary.target_kept_series);
    assert!(target <= MAX_TARGET_SERIES);
    assert!(
        2 * book.summary.target_holders >= book.accounts.len(),
        "half hold the target"
    );
}

fn report(book: &GeneratedBook) {
    let mut counts: Vec<usize> = book.accounts.iter().map(|account| account.positions.len()).collect();
    counts.sort_unstable();
    let logs: f64 = counts.iter().map(|count| (*count as f64).ln()).sum();
    println!(
        "{} accounts, {:?}, expiry {}, reference {}: {:?}; positions per account: median {}, most {}, geometric mean {:.2}",
        book.accounts.len(),
        book.style,
        UtcSeconds::of_expiry(book.expiry),
        book.reference.get() as f64 / 1e6,
        book.summary,
        counts[counts.len() / 2],
        counts[counts.len() - 1],
        (logs / counts.len() as f64).exp(),
    );
}

#[test]
fn real_books_of_many_sizes() {
    let Some(chain) = eth_chain() else { return };
    for (accounts, seed, style) in [
        (2, 1, Style::Linear),
        (3, 2, Style::Linear),
        (8, 3, Style::Inverse),
        (40, 4, Style::Linear),
        (300, 7, Style::Linear),
        (300, 7, Style::Inverse),
        (1_000, 5, Style::Linear),
        (20_000, 6, Style::Linear),
    ] {
        let spec = BookSpec::new(accounts, seed)
            .with_expiry(expiry("2026-02-06"))
            .with_style(style);
        let book = generate(&chain, &spec).expect("a real chain makes a book");
        report(&book);
        examine(&chain, &spec, &book);
        if accounts >= 1_000 {
            assert_eq!(
                book.summary.kept_series, book.summary.open_series,
                "every open series is kept"
            );
        }
    }
}

#[test]
fn a_seed_is_a_book() {
    let Some(chain) = eth_chain() else { return };
    let spec = BookSpec::new(300, 7).with_expiry(expiry("2026-02-06"));
    let book = generate(&chain, &spec).expect("a book");
    assert_eq!(generate(&chain, &spec).expect("a book"), book);
    assert_ne!(generate(&chain, &BookSpec { seed: 8, ..spec }).expect("a book"), book);
}

#[test]
fn odd_chains_make_books_too() {
    for (days, strikes, lots) in [
        (&["2026-02-06"][..], 1, 1),
        (&["2026-02-06"][..], 1, 3),
        (&["2026-02-06"][..], 200, 123_456_789),
        (&["2026-02-06", "2026-02-07"][..], 3, 2),
        (&["2026-02-06", "2026-02-07", "2026-03-27"][..], 90, 777_777),
        (&["2026-02-06", "2026-02-07"][..], 2, (1 << 63) - 1),
    ] {
        let chain = synthetic(days, strikes, lots);
        for accounts in [2, 4, 5, 17, 100] {
            if u64::from(accounts) > 2 * lots {
                continue;
            }
            for seed in 0..20 {
                let spec = BookSpec::new(accounts, seed).with_style(Style::Inverse);
                // Money of lots near 2^63 does not fit: a clear error, not a wrong book.
                match generate(&chain, &spec) {
                    Ok(book) => examine(&chain, &spec, &book),
                    Err(error) => assert!(matches!(error, BookError::Unit(_)) && lots > 1 << 60, "{error}"),
                }
            }
        }
    }
    let book = generate(&synthetic(&["2026-02-06"], 200, 5_000), &BookSpec::new(500, 1)).expect("a book");
    assert_eq!(
        (book.summary.target_kept_series, book.summary.target_over_limit),
        (MAX_TARGET_SERIES, 400 - MAX_TARGET_SERIES)
    );
}

#[test]
fn wishes_that_cannot_be_met_are_refused() {
    let chain = synthetic(&["2026-02-06"], 3, 10);
    let spec = BookSpec::new(10, 1);
    let refused = |spec: &BookSpec, chain: &OptionChain| generate(chain, spec).expect_err("refused").to_string();
    assert!(
        refused(
            &BookSpec {
                accounts: 1,
                ..spec.clone()
            },
            &chain
        )
        .contains("found 1")
    );
    assert!(
        refused(
            &BookSpec {
                min_positions: 0,
                ..spec.clone()
            },
            &chain
        )
        .contains("found 0 and 40")
    );
    assert!(
        refused(
            &BookSpec {
                min_positions: 5,
                max_positions: 4,
                ..spec.clone()
            },
            &chain
        )
        .contains("found 5 and 4")
    );
    assert!(
        refused(
            &BookSpec {
                max_positions: 41,
                ..spec.clone()
            },
            &chain
        )
        .contains("found 1 and 41")
    );
    let other = refused(&spec.clone().with_expiry(ExpiryMinutes(1)), &chain);
    assert!(
        other.contains("1970-01-01T00:01:00Z") && other.contains("2026-02-06T08:00:00Z"),
        "{other}"
    );
    assert!(refused(&spec, &synthetic(&["2026-02-06"], 3, 0)).contains("found 6 contracts without any"));
    assert!(refused(&spec, &synthetic(&["2026-02-06"], 3, 1 << 63)).contains("2^63"));
}

#[test]
fn a_btc_book() {
    let Some(file) = common::data("deribit_chain_20260205T1551Z.csv") else {
        return;
    };
    let chain = read_chain(file, Underlying::BTC, SnapshotChoice::Latest).expect("well formed");
    let spec = BookSpec::new(400, 11).with_style(Style::Inverse);
    let book = generate(&chain, &spec).expect("a book");
    report(&book);
    examine(&chain, &spec, &book);
}
