//! What the tests share: where the real data is, what to do without it, and a chain made by hand.

#![allow(dead_code, reason = "not every test file uses everything")]

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use witness_gen::market::chain::{SnapshotChoice, read_chain};
use witness_gen::market::{Contracts, MarketError, OptionChain, Quote, Right, Style, UtcSeconds};
use witness_gen::units::{ExpiryMinutes, Price, Underlying};

/// A file of the data folder (`ZKSETTLE_DATA`, or `../shared/data` beside the repository).
///
/// Without it the test counts as skipped, unless `ZKSETTLE_REQUIRE_DATA=1` asks for it: then it fails.
pub(crate) fn data(name: &str) -> Option<File> {
    let folder = std::env::var_os("ZKSETTLE_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")),
        PathBuf::from,
    );
    let path = folder.join(name);
    match File::open(&path) {
        Ok(file) => Some(file),
        Err(error) if std::env::var_os("ZKSETTLE_REQUIRE_DATA").is_some_and(|value| value == "1") => {
            panic!("expected {}, found: {error}", path.display());
        }
        Err(_) => {
            println!("skipped 1 test: no {}", path.display());
            None
        }
    }
}

/// An expiry at 08:00 UTC of a day.
pub(crate) fn expiry(day: &str) -> ExpiryMinutes {
    UtcSeconds::parse(&format!("{day}T08:00:00Z"))
        .and_then(UtcSeconds::to_expiry)
        .expect("a day as 2026-02-06")
}

/// The last real ETH chain before the expiry of 2026-02-06.
pub(crate) fn eth_chain() -> Option<OptionChain> {
    let file = data("deribit_chain_2026.csv.gz")?;
    let choice = SnapshotChoice::LatestBefore(expiry("2026-02-06"));
    Some(read_chain(file, Underlying::ETH, choice).expect("the real chain is well formed"))
}

/// A chain of `strikes` strikes at each of `days`, call and put, with `lots` open in each.
pub(crate) fn synthetic(days: &[&str], strikes: u64, lots: u64) -> OptionChain {
    let quote = |day: &str, strike: u64, right| Quote {
        instrument: String::new(),
        expiry: expiry(day),
        strike: Price::new(strike * 10_000_000).expect("a small strike"),
        right,
        index: None,
        forward: Some(Price::new(1_000_000_000).expect("a small price")),
        volatility: None,
        mark: None,
        bid: None,
        ask: None,
        open_interest: Contracts(lots),
    };
    let mut quotes = Vec::new();
    for day in days {
        for strike in 1..=strikes {
            quotes.extend([quote(day, strike, Right::Call), quote(day, strike, Right::Put)]);
        }
    }
    OptionChain {
        underlying: Underlying::BTC,
        snapshot: UtcSeconds(0),
        style: Style::Linear,
        quotes,
    }
}

/// The columns of a chain file.
pub(crate) const HEADER: &str = "snapshot_utc,currency,instrument,expiry_utc,strike_usd,cp,index_usd,underlying_usd,mark_coin,bid_coin,ask_coin,iv,delta,vega_usd_per_volpt,open_interest,volume";
/// A put of such a file.
pub(crate) const ROW: &str = "2026-02-05T15:51:32Z,ETH,ETH-6FEB26-1900-P,2026-02-06T08:00:00Z,1900,P,1980.12,1979.5512,0.01142567,0.0001,,1.8385,-0.30911,3.05247,392.6,715.8";
/// The call of the same strike.
pub(crate) const CALL: &str = "2026-02-05T15:51:32Z,ETH,ETH-6FEB26-1900-C,2026-02-06T08:00:00Z,1900,C,1980.12,1979.5512,0.01142567,,,1.8385,-0.30911,3.05247,0,0";

/// A text, gzipped.
pub(crate) fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("writing to memory");
    encoder.finish().expect("writing to memory")
}

/// The message of a refusal, which must name each of these.
pub(crate) fn refused<T: std::fmt::Debug>(what: &str, result: Result<T, MarketError>, wanted: &[&str]) {
    let message = result.expect_err(what).to_string();
    for part in wanted {
        assert!(message.contains(part), "{what}: expected `{part}` in `{message}`");
    }
}
