//! Market data: the real files, and what must be refused.

mod common;

use std::io::{Read, Write};

use common::{CALL, HEADER, ROW, data, expiry, gzip, refused};
use flate2::Compression;
use flate2::write::GzEncoder;
use witness_gen::market::chain::{SnapshotChoice, read_chain};
use witness_gen::market::delivery::DeliveryPrices;
use witness_gen::market::{MarketError, OptionChain, Premium, Right, Style, UtcSeconds, Volatility};
use witness_gen::units::Underlying;

fn chain(text: &str) -> Result<OptionChain, MarketError> {
    read_chain(text.as_bytes(), Underlying::ETH, SnapshotChoice::Latest)
}

#[test]
fn real_chain_is_read() {
    let Some(file) = data("deribit_chain_2026.csv.gz") else {
        return;
    };
    let target = expiry("2026-02-06");
    let chain = read_chain(file, Underlying::ETH, SnapshotChoice::LatestBefore(target)).expect("well formed");
    assert_eq!(
        chain.snapshot,
        UtcSeconds::parse("2026-02-06T04:30:12Z").expect("a time")
    );
    assert_eq!(chain.style, Style::Inverse);
    let of_target = chain.quotes.iter().filter(|quote| quote.expiry == target);
    let open = |quote: &&witness_gen::market::Quote| quote.open_interest.0 > 0;
    println!(
        "ETH chain at {}: {} contracts, {} with open interest, {} expiries; 2026-02-06: {} contracts, {} with open interest, {} ETH in all",
        chain.snapshot,
        chain.quotes.len(),
        chain.quotes.iter().filter(open).count(),
        chain.expiries().len(),
        of_target.clone().count(),
        of_target.clone().filter(open).count(),
        of_target.clone().map(|quote| quote.open_interest.0).sum::<u64>() as f64 / 1e6,
    );
    assert_eq!(chain.quotes.len(), 954);
    assert_eq!(of_target.clone().count(), 110);
    assert_eq!(of_target.clone().filter(open).count(), 107);
    assert_eq!(
        of_target.map(|quote| quote.open_interest.0).sum::<u64>(),
        219_137_000_000
    );
}

#[test]
fn plain_and_gzipped_files_of_one_snapshot_agree() {
    let Some(plain) = data("deribit_chain_20260205T1551Z.csv") else {
        return;
    };
    let Some(zipped) = data("deribit_chain_2026.csv.gz") else {
        return;
    };
    let at = UtcSeconds::parse("2026-02-05T15:51:32Z").expect("a time");
    let plain = read_chain(plain, Underlying::BTC, SnapshotChoice::Latest).expect("well formed");
    let zipped = read_chain(zipped, Underlying::BTC, SnapshotChoice::At(at)).expect("well formed");
    assert_eq!(plain, zipped);
    println!("BTC chain at {at}: {} contracts", plain.quotes.len());
}

#[test]
fn real_delivery_prices_are_read() {
    let Some(file) = data("deribit_eth_delivery_prices.csv") else {
        return;
    };
    let prices = DeliveryPrices::read(file).expect("well formed");
    println!("ETH delivery prices: {}", prices.len());
    assert_eq!(
        prices.get(Underlying::ETH, expiry("2026-02-06")).expect("listed").get(),
        1_902_500_000
    );
    refused(
        "unlisted",
        prices.get(Underlying::BTC, expiry("2026-02-06")),
        &["BTC", "2026-02-06T08:00:00Z"],
    );
}

#[test]
fn fields_are_exact() {
    let chain = chain(&format!("{HEADER}\n{ROW}\n{CALL}\n")).expect("well formed");
    let [call, put] = chain.quotes.as_slice() else {
        panic!("two quotes")
    };
    assert_eq!((call.right, put.right), (Right::Call, Right::Put));
    assert_eq!(put.strike.get(), 1_900_000_000);
    assert_eq!(put.forward.map(|price| price.get()), Some(1_979_551_200));
    assert_eq!(put.volatility, Some(Volatility(18_385)));
    assert_eq!(
        (put.mark, put.bid, put.ask),
        (Some(Premium(1_142_567)), Some(Premium(10_000)), None)
    );
    assert_eq!(put.open_interest.0, 392_600_000);
}

#[test]
fn column_order_line_ends_and_gzip_do_not_matter() {
    let turn = |line: &str| line.split(',').rev().collect::<Vec<_>>().join(",");
    let wanted = chain(&format!("{HEADER}\n{ROW}\n{CALL}\n")).expect("well formed");
    assert_eq!(
        chain(&format!("{}\n{}\n{}\n", turn(HEADER), turn(ROW), turn(CALL))).expect("well formed"),
        wanted
    );
    assert_eq!(
        chain(&format!("{HEADER}\r\n{CALL}\r\n{ROW}\r\n")).expect("well formed"),
        wanted
    );
    let zipped = gzip(&format!("{HEADER}\n{ROW}\n{CALL}\n"));
    let read = read_chain(zipped.as_slice(), Underlying::ETH, SnapshotChoice::Latest);
    assert_eq!(read.expect("well formed"), wanted);
}

#[test]
fn the_snapshot_is_chosen() {
    let earlier = ROW.replace("2026-02-05T15", "2026-02-05T11").replace("392.6", "7");
    let later = ROW.replace("2026-02-05T15", "2026-02-06T08").replace("392.6", "8");
    let text = format!("{HEADER}\n{ROW}\n{later}\n{earlier}\n{CALL}\n");
    let read = |choice| read_chain(text.as_bytes(), Underlying::ETH, choice);
    let count =
        |choice| read(choice).map(|chain| (chain.quotes.len(), chain.quotes[chain.quotes.len() - 1].open_interest.0));
    assert_eq!(count(SnapshotChoice::Latest).expect("the later"), (1, 8_000_000));
    assert_eq!(
        count(SnapshotChoice::LatestBefore(expiry("2026-02-06"))).expect("the middle"),
        (2, 392_600_000)
    );
    let at = UtcSeconds::parse("2026-02-05T11:51:32Z").expect("a time");
    assert_eq!(count(SnapshotChoice::At(at)).expect("the earlier"), (1, 7_000_000));
    let none = SnapshotChoice::LatestBefore(expiry("2026-02-05"));
    refused(
        "none",
        read(none),
        &[
            "before 2026-02-05T08:00:00Z",
            "from 2026-02-05T11:51:32Z to 2026-02-06T08:51:32Z",
        ],
    );
}

#[test]
fn malformed_chains_are_refused_with_their_place() {
    let with = |from: &str, to: &str| format!("{HEADER}\n{CALL}\n{}\n", ROW.replacen(from, to, 1));
    let cases: Vec<(&str, String, &[&str])> = vec![
        ("empty", String::new(), &["line 1", "a header line"]),
        ("header only", format!("{HEADER}\n"), &["ETH", "no rows"]),
        (
            "no header",
            format!("{ROW}\n"),
            &["line 1", "`snapshot_utc`", "2026-02-05T15:51:32Z,ETH"],
        ),
        (
            "missing column",
            format!("{}\n{ROW}\n", HEADER.replace("open_interest", "oi")),
            &["line 1", "`open_interest`"],
        ),
        ("column twice", format!("{HEADER},iv\n{ROW},1\n"), &["line 1", "`iv`"]),
        (
            "cut in a row",
            format!("{HEADER}\n{CALL}\n{}", &ROW[..60]),
            &["truncated at line 3", "newline"],
        ),
        (
            "cut in the last number",
            format!("{HEADER}\n{CALL}\n{ROW}"),
            &["truncated at line 3", "newline"],
        ),
        (
            "field missing",
            with(",392.6", ""),
            &["line 3", "expected 16 fields", "found 15"],
        ),
        (
            "field more",
            with("392.6", "392,6"),
            &["line 3", "expected 16 fields", "found 17"],
        ),
        (
            "unknown currency",
            with(",ETH,", ",DOGE,"),
            &["line 3", "`currency`", "BTC or ETH", "DOGE"],
        ),
        (
            "currency against name",
            with("ETH-6FEB26", "BTC-6FEB26"),
            &["line 3", "ETH-6FEB26-1900-P", "BTC-6FEB26-1900-P"],
        ),
        (
            "strike against name",
            with(",1900,", ",1901,"),
            &["line 3", "ETH-6FEB26-1901-P", "ETH-6FEB26-1900-P"],
        ),
        (
            "expiry against name",
            with("2026-02-06T08", "2026-02-07T08"),
            &["line 3", "ETH-7FEB26-1900-P"],
        ),
        (
            "type against name",
            with(",P,", ",C,"),
            &["line 3", "ETH-6FEB26-1900-C"],
        ),
        (
            "unknown option type",
            with(",P,", ",straddle,"),
            &["line 3", "`cp`", "C or P", "straddle"],
        ),
        (
            "half a second",
            with("15:51:32Z", "15:51:32.5Z"),
            &["line 3", "`snapshot_utc`", "whole seconds"],
        ),
        (
            "no such day",
            with("2026-02-06T08", "2026-02-30T08"),
            &["line 3", "`expiry_utc`"],
        ),
        (
            "expiry in seconds",
            with("08:00:00Z", "08:00:01Z"),
            &["line 3", "`expiry_utc`", "whole minutes"],
        ),
        (
            "strike of 0",
            with(",1900,", ",0,"),
            &["line 3", "`strike_usd`", "above 0"],
        ),
        (
            "negative strike",
            with(",1900,", ",-1900,"),
            &["line 3", "`strike_usd`", "-1900"],
        ),
        (
            "strike out of range",
            with(",1900,", ",9223372036854.775808,"),
            &["line 3", "`strike_usd`", "2^63"],
        ),
        (
            "seven places",
            with(",1900,", ",1900.0000001,"),
            &["line 3", "`strike_usd`", "6 places"],
        ),
        ("thousands", with("392.6", "1e3"), &["line 3", "`open_interest`", "1e3"]),
        (
            "not a number",
            with("392.6", "NaN"),
            &["line 3", "`open_interest`", "NaN"],
        ),
        (
            "negative open interest",
            with("392.6", "-1"),
            &["line 3", "`open_interest`", "-1"],
        ),
        (
            "blank open interest",
            with("392.6", ""),
            &["line 3", "`open_interest`", "found ``"],
        ),
        ("blank mark", with("0.01142567", ""), &["line 3", "`mark_coin`"]),
        (
            "five places of iv",
            with("1.8385", "1.83855"),
            &["line 3", "`iv`", "4 places"],
        ),
        (
            "contract twice",
            format!("{HEADER}\n{ROW}\n{CALL}\n{ROW}\n"),
            &["line 4", "ETH-6FEB26-1900-P", "first at line 2"],
        ),
        (
            "other currency",
            format!("{HEADER}\n{}\n", ROW.replace("ETH", "BTC")),
            &["expected entries of ETH", "BTC"],
        ),
        (
            "control characters",
            with(",P,", ",\u{7}\u{1b}[2J,"),
            &["line 3", "\\u{7}\\u{1b}[2J"],
        ),
        (
            "a long line",
            format!("{HEADER}\n{CALL}\n{}\n", "9".repeat(70_000)),
            &["line 3", "65536 bytes in a line"],
        ),
        (
            "a long field",
            with(",P,", &format!(",{},", "P".repeat(1000))),
            &["line 3", "`cp`", "PPP..."],
        ),
    ];
    for (what, text, wanted) in &cases {
        refused(what, chain(text), wanted);
        // The same, zipped.
        let zipped = gzip(text);
        refused(
            what,
            read_chain(zipped.as_slice(), Underlying::ETH, SnapshotChoice::Latest),
            wanted,
        );
    }
    println!("malformed chains refused: {}", cases.len());

    let mut other_bytes = format!("{HEADER}\n{CALL}\n{ROW}\n").into_bytes();
    let place = other_bytes.len() - 10;
    other_bytes[place] = 0xff;
    let read = |bytes: &[u8]| read_chain(bytes, Underlying::ETH, SnapshotChoice::Latest);
    refused("not UTF-8", read(&other_bytes), &["line 3", "UTF-8"]);
    // Incompressible enough that every cut loses something.
    let rows: String = (1..400)
        .map(|at| format!("{}\n", ROW.replace("1900", &(at * at).to_string())))
        .collect();
    let zipped = gzip(&format!("{HEADER}\n{rows}"));
    for cut in [zipped.len() / 2, zipped.len() - 1, zipped.len() - 8, 12] {
        refused(
            "a cut gzip file",
            read(&zipped[..cut]),
            &["truncated", "the rest of the gzip stream"],
        );
    }
    let mut flipped = zipped.clone();
    flipped[zipped.len() / 2] ^= 0x55;
    refused("a damaged gzip file", read(&flipped), &["market data"]);
}

#[test]
fn a_huge_line_is_not_held() {
    // A source that never ends and has no newline: refused after 64 KiB.
    refused(
        "endless",
        read_chain(std::io::repeat(b'x'), Underlying::ETH, SnapshotChoice::Latest),
        &["line 1", "65536"],
    );
    // A header, then a gigabyte of one line out of a megabyte of gzip.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(format!("{HEADER}\n").as_bytes()).expect("memory");
    std::io::copy(&mut std::io::repeat(b'1').take(1 << 26), &mut encoder).expect("memory");
    let bomb = encoder.finish().expect("memory");
    refused(
        "bomb",
        read_chain(bomb.as_slice(), Underlying::ETH, SnapshotChoice::Latest),
        &["line 2", "65536"],
    );
}

#[test]
fn malformed_delivery_prices_are_refused_with_their_place() {
    const HEADER: &str = "currency,index,expiry_utc,delivery_price_usd";
    const ROW: &str = "ETH,eth_usd,2026-02-06T08:00:00Z,1902.5";
    let read = |text: &str| DeliveryPrices::read(text.as_bytes());
    assert_eq!(read(&format!("{HEADER}\n{ROW}\n")).expect("well formed").len(), 1);
    let with = |from: &str, to: &str| format!("{HEADER}\n{}\n", ROW.replacen(from, to, 1));
    let cases: Vec<(&str, String, &[&str])> = vec![
        (
            "missing column",
            format!("{}\n{ROW}\n", HEADER.replace("_usd", "")),
            &["`delivery_price_usd`"],
        ),
        ("unknown currency", with("ETH", "XRP"), &["line 2", "`currency`", "XRP"]),
        (
            "another index",
            with("eth_usd", "btc_usd"),
            &["line 2", "`index`", "eth_usd", "btc_usd"],
        ),
        ("price of 0", with("1902.5", "0"), &["line 2", "above 0"]),
        ("negative price", with("1902.5", "-1"), &["line 2", "-1"]),
        ("seven places", with("1902.5", "1902.5000001"), &["line 2", "6 places"]),
        (
            "expiry twice",
            format!("{HEADER}\n{ROW}\n{ROW}\n"),
            &["line 3", "ETH 2026-02-06T08:00:00Z", "line 2"],
        ),
        ("cut", format!("{HEADER}\n{ROW}"), &["truncated at line 2"]),
        (
            "short row",
            with(",1902.5", ""),
            &["line 2", "expected 4 fields", "found 3"],
        ),
    ];
    for (what, text, wanted) in &cases {
        refused(what, read(text), wanted);
    }
    println!("malformed delivery files refused: {}", cases.len());
}
