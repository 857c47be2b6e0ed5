//! Deribit's JSON answers, and mutations of every kind of market file.

mod common;

use common::{CALL, HEADER, ROW, expiry, gzip, refused};
use witness_gen::market::chain::{SnapshotChoice, read_chain};
use witness_gen::market::delivery::DeliveryPrices;
use witness_gen::market::{Style, UtcSeconds, deribit};
use witness_gen::units::Underlying;

const INSTRUMENTS: &str = r#"{
  "jsonrpc": "2.0",
  "result": [
    {"instrument_name": "ETH-PERPETUAL", "kind": "future", "base_currency": "ETH", "contract_size": 1},
    {"instrument_name": "ETH-6FEB26-1900-P", "kind": "option", "option_type": "put", "strike": 1900.0,
     "expiration_timestamp": 1770364800000, "base_currency": "ETH", "quote_currency": "ETH",
     "settlement_currency": "ETH", "counter_currency": "USD", "instrument_type": "reversed", "contract_size": 1,
     "tick_size": 1.0e-4, "state": "open"},
    {"instrument_name": "ETH-6FEB26-1900-C", "kind": "option", "option_type": "call", "strike": 1.9e3,
     "expiration_timestamp": 1770364800000, "base_currency": "ETH", "quote_currency": "ETH",
     "settlement_currency": "ETH", "counter_currency": "USD", "instrument_type": "reversed", "contract_size": 1.0}
  ],
  "usIn": 1770300000000000, "usOut": 1770300000123456, "usDiff": 123456, "testnet": false
}"#;

const SUMMARIES: &str = r#"{
  "jsonrpc": "2.0",
  "result": [
    {"instrument_name": "ETH-6FEB26-1900-P", "open_interest": 392.6, "mark_price": 0.01142567, "mark_iv": 183.85,
     "underlying_price": 1979.5512, "estimated_delivery_price": 1980.12, "bid_price": 1.0e-4, "ask_price": null,
     "creation_timestamp": 1770306692000},
    {"instrument_name": "ETH-PERPETUAL", "open_interest": 123456789, "mark_price": 1980.12}
  ],
  "usOut": 1770306693000000
}"#;

#[test]
fn deribit_answers_are_read_exactly() {
    let chain = deribit::read_chain(INSTRUMENTS.as_bytes(), Some(&mut SUMMARIES.as_bytes()), Underlying::ETH);
    let chain = chain.expect("well formed");
    assert_eq!(
        (chain.snapshot, chain.style, chain.quotes.len()),
        (UtcSeconds(1_770_306_693), Style::Inverse, 2)
    );
    let csv = read_chain(
        format!("{HEADER}\n{ROW}\n").as_bytes(),
        Underlying::ETH,
        SnapshotChoice::Latest,
    )
    .expect("well formed");
    assert_eq!(chain.quotes[1], csv.quotes[0]);
    assert_eq!((chain.quotes[0].open_interest.0, chain.quotes[0].mark), (0, None));
    let bare = deribit::read_chain(INSTRUMENTS.as_bytes(), None, Underlying::ETH).expect("well formed");
    assert_eq!(
        (bare.snapshot, bare.quotes[1].open_interest.0),
        (UtcSeconds(1_770_300_000), 0)
    );

    let linear = INSTRUMENTS
        .replace("\"ETH-6FEB26", "\"ETH_USDC-6FEB26")
        .replace("\"settlement_currency\": \"ETH\"", "\"settlement_currency\": \"USDC\"")
        .replace("reversed", "linear");
    let linear = deribit::read_chain(linear.as_bytes(), None, Underlying::ETH).expect("well formed");
    assert_eq!((linear.style, linear.quotes.len()), (Style::Linear, 2));

    let delivery = r#"{"result":{"data":[{"date":"2026-02-06","delivery_price":1902.5},{"date":"2026-02-05","delivery_price":2100.43}],"records_total":2}}"#;
    let prices = deribit::read_delivery(delivery.as_bytes(), Underlying::ETH).expect("well formed");
    assert_eq!(
        prices.get(Underlying::ETH, expiry("2026-02-06")).expect("listed").get(),
        1_902_500_000
    );
    assert_eq!(prices.len(), 2);
}

#[test]
fn malformed_deribit_answers_are_refused_with_their_place() {
    let with = |from: &str, to: &str| INSTRUMENTS.replacen(from, to, 1);
    let cases: Vec<(&str, String, &[&str])> = vec![
        ("empty", String::new(), &["truncated at line 1"]),
        ("cut", INSTRUMENTS[..700].to_owned(), &["truncated at line", "the rest of the JSON answer"]),
        ("not JSON", "<html>".into(), &["line 1, column 1"]),
        ("the venue's error", r#"{"error":{"code":10028,"message":"too_many_requests"}}"#.into(), &["10028", "too_many_requests"]),
        ("no result", "{\"usOut\":1}".into(), &["`result`"]),
        ("no time", with("usOut", "other"), &["`usOut`", "nothing"]),
        ("unknown kind", with("\"option\"", "\"swaption\""), &["line 5", "`kind`", "swaption"]),
        ("unknown option type", with("\"put\"", "\"straddle\""), &["line 5", "`option_type`", "call or put", "straddle"]),
        ("no option type", with("\"option_type\"", "\"type\""), &["line 5", "`option_type`", "nothing"]),
        ("unknown instrument type", with("reversed", "quanto"), &["line 7", "`instrument_type`", "quanto"]),
        ("reversed in dollars", with("\"settlement_currency\": \"ETH\"", "\"settlement_currency\": \"USDC\""), &["line 7", "`settlement_currency`", "USDC"]),
        ("contract size", with("\"contract_size\": 1,\n", "\"contract_size\": 10,\n"), &["line 7", "`contract_size`", "expected 1", "10"]),
        ("strike as text", with("1900.0", "\"1900\""), &["line 5", "`strike`"]),
        ("strike of 0", with("1900.0", "0"), &["line 5", "`strike`", "above 0"]),
        ("strike below the grain", with("1900.0", "1.9e-7"), &["line 5", "`strike`", "6 places"]),
        ("strike against name", with("1900.0", "1901"), &["line 5", "ETH-6FEB26-1901-P", "ETH-6FEB26-1900-P"]),
        ("expiry not whole", with("1770364800000", "1770364800001"), &["line 6", "`expiration_timestamp`"]),
        ("contract twice", with("ETH-6FEB26-1900-C", "ETH-6FEB26-1900-P").replacen("call", "put", 1), &["line 9", "line 5"]),
        ("other currency", INSTRUMENTS.replace("\"ETH\"", "\"SOL\""), &["expected entries of ETH", "SOL"]),
        ("two styles", with("ETH-6FEB26-1900-C", "ETH_USDC-6FEB26-1900-C").replace("\"settlement_currency\": \"ETH\", \"counter_currency\": \"USD\", \"instrument_type\": \"reversed\", \"contract_size\": 1.0", "\"settlement_currency\": \"USDC\", \"instrument_type\": \"linear\", \"contract_size\": 1.0"), &["line 9", "inverse contracts throughout", "linear"]),
    ];
    for (what, text, wanted) in &cases {
        refused(
            what,
            deribit::read_chain(text.as_bytes(), None, Underlying::ETH),
            wanted,
        );
    }
    println!("malformed Deribit answers refused: {}", cases.len());

    let book = |from: &str, to: &str| {
        let summaries = SUMMARIES.replacen(from, to, 1);
        deribit::read_chain(INSTRUMENTS.as_bytes(), Some(&mut summaries.as_bytes()), Underlying::ETH)
    };
    refused(
        "noise",
        book("392.6", "392.60000000000001"),
        &["line 4", "`open_interest`", "392.60000000000001"],
    );
    refused(
        "twice",
        book("ETH-PERPETUAL", "ETH-6FEB26-1900-P"),
        &["line 7", "first at line 4"],
    );
    refused(
        "of others",
        book("ETH-6FEB26-1900-P", "ETH-6FEB26-1800-P"),
        &["book summaries of other instruments"],
    );
    refused("text", book("183.85", "\"high\""), &["line 4", "`mark_iv`"]);

    let delivery = |data: &str| {
        deribit::read_delivery(
            format!("{{\"result\":{{\"data\":[{data}]}}}}").as_bytes(),
            Underlying::ETH,
        )
    };
    refused(
        "date",
        delivery(r#"{"date":"2026-02-30","delivery_price":1}"#),
        &["`date`", "2026-02-30"],
    );
    refused(
        "price",
        delivery(r#"{"date":"2026-02-06","delivery_price":0.0}"#),
        &["`delivery_price`", "above 0"],
    );
    let twice = r#"{"date":"2026-02-06","delivery_price":1},{"date":"2026-02-06","delivery_price":1}"#;
    refused("twice", delivery(twice), &["ETH 2026-02-06T08:00:00Z"]);
}

#[test]
fn no_mutation_makes_a_reader_panic() {
    let csv = format!("{HEADER}\n{ROW}\n{CALL}\n").into_bytes();
    let zipped = gzip(&format!("{HEADER}\n{ROW}\n{CALL}\n"));
    let delivery = b"currency,index,expiry_utc,delivery_price_usd\nETH,eth_usd,2026-02-06T08:00:00Z,1902.5\n";
    let mut state = 1u64;
    let mut next = |bound: usize| {
        // Knuth's linear congruential generator; its upper bits are good enough to pick bytes.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..3_000 {
        for (which, source) in [
            &csv[..],
            &zipped,
            INSTRUMENTS.as_bytes(),
            SUMMARIES.as_bytes(),
            delivery,
        ]
        .into_iter()
        .enumerate()
        {
            let mut bytes = source.to_vec();
            for _ in 0..=next(3) {
                let at = next(bytes.len());
                match next(4) {
                    0 => bytes[at] = next(256) as u8,
                    1 => bytes.truncate(at + 1),
                    2 => bytes.insert(at, b"0-.,\n\"eE}]"[next(10)]),
                    _ => drop(bytes.remove(at)),
                }
                if bytes.is_empty() {
                    bytes.push(b'x');
                }
            }
            let ok = match which {
                0 | 1 => read_chain(&bytes[..], Underlying::ETH, SnapshotChoice::Latest).is_ok(),
                2 => deribit::read_chain(&bytes[..], None, Underlying::ETH).is_ok(),
                3 => deribit::read_chain(INSTRUMENTS.as_bytes(), Some(&mut &bytes[..]), Underlying::ETH).is_ok(),
                _ => DeliveryPrices::read(&bytes[..]).is_ok(),
            };
            if ok { accepted += 1 } else { refused += 1 }
        }
    }
    println!("mutated inputs: {refused} refused, {accepted} still well formed");
}
