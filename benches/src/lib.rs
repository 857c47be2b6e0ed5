//! What the benches measure: a full batch of any size, made without files, the same in every run.
//!
//! | bench | measures |
//! |---|---|
//! | `hash` | Poseidon: the native hash beside the 21 rows of the chip |
//! | `tree` | the account tree: building it, changing a leaf, reading a path |
//! | `witness` | a batch per size: `execute`, `assign`, the running sums of the bus |
//! | `proving` | a proof per size, self-check included |
//! | `msm` | multi-scalar multiplications: ours over tables, the library's, arkworks' |
//! | `fft` | FFTs: ours, the library's, arkworks' |
//!
//! Sizes `xs` and `s` always; `m` when `ZKSETTLE_BENCH_FULL` is 1, which also takes `msm` and `fft` from 2^16 to 2^18. Setups are made by one party here, which costs a prover the
//! same as a ceremony's.

use std::collections::BTreeMap;

use circuits::settlement::fit::Need;
use circuits::size::{SIZES, Size};
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::account::Account;
use witness_gen::ledger::{Ledger, LedgerParts, SettledBatch};
use witness_gen::open_interest::OpenInterest;
use witness_gen::params::RiskParameters;
use witness_gen::position::Position;
use witness_gen::series::{Kind, SeriesTerms};
use witness_gen::state::Pools;
use witness_gen::statement::settlement::PriceSlot;
use witness_gen::units::{Cash, ExpiryMinutes, Lots, Price, Underlying};

/// The expiry that the batch settles.
const EXPIRY: ExpiryMinutes = ExpiryMinutes(29_500_800);
/// The expiry of the positions that it carries.
const LATER: ExpiryMinutes = ExpiryMinutes(29_510_880);
/// The settlement price, 10^-6 quote.
const PRICE: u64 = 3_021_550_000;
/// Settled positions of an account; one carried position comes on top.
const SETTLED_PER_ACCOUNT: usize = 3;
/// A series of every kind, and no more series than the largest batch has use for.
const MOST_SERIES: usize = 64;

/// Whether the long benches were asked for: `ZKSETTLE_BENCH_FULL=1`.
pub fn full() -> bool {
    std::env::var("ZKSETTLE_BENCH_FULL").is_ok_and(|v| v == "1")
}

/// The sizes to measure, smallest first.
pub fn sizes() -> Vec<Size> {
    let most = if full() { 3 } else { 2 };
    SIZES[..most].to_vec()
}

/// Sizes of multiplications and FFTs, as log2.
pub fn logs() -> std::ops::RangeInclusive<u32> {
    14..=if full() { 18 } else { 16 }
}

/// A batch that fills `size`: neighbouring accounts in pairs, one long what the other is short, all eight kinds of payoff.
///
/// # Panics
/// When the constants of this crate do not make a valid batch; a test runs this function.
pub fn batch(size: &Size) -> SettledBatch {
    let series = board(EXPIRY, size.interest_steps.min(MOST_SERIES));
    let later = board(LATER, Kind::ALL.len());
    let mut accounts: BTreeMap<u32, Account> = BTreeMap::new();
    let mut need = Need::new(series.len());
    loop {
        let pair = accounts.len() / 2;
        let both = [1, -1].map(|sign| positions(&series, &later, pair, sign));
        let mut larger = need.clone();
        let first = accounts.len() as u32;
        for (index, list) in (first..).zip(&both) {
            larger.add(index, list);
        }
        // The pair after the first `series` ones adds no series: every series is held before the size is full.
        if !larger.fits(size) {
            break;
        }
        need = larger;
        for (index, positions) in (first..).zip(both) {
            let seed = u64::from(index);
            accounts.insert(
                index,
                Account {
                    owner: Fr::from(7 + seed).square(),
                    cash: Cash(1 << 80),
                    nonce: 1 + index,
                    positions,
                    blinding: Fr::from(11 + seed).square(),
                },
            );
        }
    }
    settle(accounts)
}

fn settle(accounts: BTreeMap<u32, Account>) -> SettledBatch {
    let mut sides: BTreeMap<SeriesTerms, (u64, u64)> = BTreeMap::new();
    for position in accounts.values().flat_map(|account| &account.positions) {
        let (long, short) = sides.entry(position.series).or_default();
        *if position.lots.is_long() { long } else { short } += position.lots.magnitude();
    }
    let of = |expiry: ExpiryMinutes| -> Vec<OpenInterest> {
        let here = sides.iter().filter(|(series, _)| series.expiry == expiry);
        here.map(|(series, (long, short))| OpenInterest {
            series: *series,
            long: *long,
            short: *short,
        })
        .collect()
    };
    let indices: Vec<u32> = accounts.keys().copied().collect();
    let parts = LedgerParts {
        domain: Fr::from(1),
        params: RiskParameters::default(),
        accounts,
        expiries: BTreeMap::from([(EXPIRY, (0, of(EXPIRY))), (LATER, (1, of(LATER)))]),
        pools: Pools::default(),
        batch: 0,
        history: Fr::from(0),
    };
    let price = PriceSlot {
        underlying: Underlying::ETH,
        price: price(PRICE),
    };
    let blinding = |index: u32, nonce: u32| Fr::from(u64::from(index) << 32 | u64::from(nonce));
    Ledger::from_parts(parts)
        .and_then(|ledger| ledger.settle(&indices, EXPIRY, [Some(price), None, None], true, blinding))
        .expect("the constants of this file make a valid batch")
}

/// `count` series of one expiry, kinds in turn, strikes around the price.
fn board(expiry: ExpiryMinutes, count: usize) -> Vec<SeriesTerms> {
    let kinds = Kind::ALL.len();
    let mut series: Vec<SeriesTerms> = (0..count)
        .map(|i| {
            let kind = Kind::ALL[i % kinds];
            let strike = PRICE / 100 * (80 + 5 * (i / kinds) as u64);
            let cap = match kind {
                Kind::CappedCall => strike + PRICE / 20,
                Kind::CappedPut => strike - PRICE / 20,
                Kind::DigitalCall | Kind::DigitalPut => 1_000_000_000,
                _ => 0,
            };
            let terms = SeriesTerms::new(Underlying::ETH, expiry, kind, price(strike), price(cap));
            terms.expect("a cap only where the kind has one")
        })
        .collect();
    series.sort();
    series
}

fn price(value: u64) -> Price {
    Price::new(value).expect("the prices of this file are below 2^63")
}

/// One side of a pair: three series of the settled expiry, from where the pair before stopped, and a carried one.
fn positions(series: &[SeriesTerms], later: &[SeriesTerms], pair: usize, sign: i64) -> Vec<Position> {
    let held = (0..SETTLED_PER_ACCOUNT).map(|j| series[(SETTLED_PER_ACCOUNT * pair + j) % series.len()]);
    let mut positions: Vec<Position> = held
        .chain([later[pair % later.len()]])
        .zip(1i64..)
        .map(|(series, j)| {
            let lots = sign * 1_000_000 * (j + pair as i64);
            Position {
                series,
                lots: Lots::new(lots).expect("never 0"),
            }
        })
        .collect();
    positions.sort_by_key(|position| position.series);
    positions
}

#[cfg(test)]
mod tests {
    use super::*;
    use circuits::check::check;
    use circuits::settlement::assign::assign;
    use circuits::settlement::circuit::fixed_cells;

    /// The benches measure honest witnesses: the smallest one satisfies every gate.
    #[test]
    fn the_smallest_batch_is_valid() {
        let size = SIZES[0];
        let batch = batch(&size);
        let accounts = batch.witness.accounts.len();
        println!(
            "{}: {accounts} accounts, {} series",
            size.name,
            batch.outcome.settled.len()
        );
        assert!(accounts >= 8 && batch.outcome.settled.len() == size.interest_steps);
        let trace = assign(size, &batch.instance, &batch.witness, &batch.outcome, None).expect("fits");
        let advice = trace.finish().expect("every cell is written once");
        let failures = check(&size, advice, &fixed_cells(&size), &batch.instance.to_fields());
        assert!(failures.is_empty(), "{failures:?}");
    }
}
