//! `liquidate scan` and `stress`: figures, charts, secrets, and what is refused.
#![allow(missing_docs)]

mod common;

use std::fs;
use std::path::Path;

use common::{code, json, run};

/// A chain of three strikes with forwards and volatilities, as `market import` writes it.
fn chain(folder: &Path, style: &str) -> String {
    let quotes: Vec<String> = [2_800u64, 3_000, 3_200]
        .iter()
        .flat_map(|strike| {
            ["C", "P"].map(|right| {
                format!(
                    r#"{{"instrument":"T-{strike}-{right}","expiry":29576640,"strike":{strike}000000,"right":"{right}",
                    "index":3000000000,"forward":3010000000,"volatility":6000,"mark":null,"bid":null,"ask":null,
                    "open_interest":90000000}}"#
                )
            })
        })
        .collect();
    let text = format!(
        r#"{{"format":"zksettle-chain/1","currency":"ETH","snapshot_utc":"2026-03-20T08:00:00Z","style":"{style}",
        "quotes":[{}]}}"#,
        quotes.join(",")
    );
    let path = folder.join(format!("chain-{style}.json"));
    fs::write(&path, text).expect("written");
    path.to_str().expect("UTF-8").to_owned()
}

fn text(path: &Path) -> String {
    path.to_str().expect("UTF-8").to_owned()
}

#[test]
fn a_scan_counts_and_names_accounts_only_when_asked() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| text(&folder.path().join(name));
    let linear = chain(folder.path(), "linear");
    let made = run(&[
        "book",
        "generate",
        "--json",
        "--db",
        &at("b.sqlite"),
        "--chain",
        &linear,
        "--currency",
        "ETH",
        "--expiry",
        common::EXPIRY,
        "--accounts",
        "60",
        "--seed",
        "5",
    ]);
    assert_eq!(code(&made), Some(0), "{made:?}");
    for style in ["linear", "inverse"] {
        let chain = chain(folder.path(), style);
        let grid = ["--grid", "paradex-24", "--style", style, "--out", &at("risk.json")];
        let build = [&["risk", "build", "--chain", &chain, "--currency", "ETH"][..], &grid].concat();
        assert_eq!(code(&run(&build)), Some(0));
        let scan = |more: &[&str]| {
            let db = at("b.sqlite");
            let risk = at("risk.json");
            run(&[&["liquidate", "scan", "--db", &db, "--risk", &risk, "--json"][..], more].concat())
        };
        let found = scan(&[]);
        assert_eq!(code(&found), Some(0), "{found:?}");
        let counts = json(&found);
        assert_eq!((&counts["accounts"], &counts["unpriced"]), (&60.into(), &0.into()));
        // Series in coin are read as their linear twins: the same book, the same accounts below.
        assert_eq!(counts["linear_twins"], style == "inverse");
        let below = counts["below_maintenance"].as_u64().expect("a number");
        assert!((1..60).contains(&below), "{counts}");
        assert!(counts.get("accounts_below").is_none());
        let named = scan(&["--show-accounts"]);
        let list = json(&named)["accounts_below"].as_array().cloned().expect("a list");
        assert_eq!(list.len() as u64, below);
        assert!(list.iter().all(|entry| {
            entry["shortfall"]
                .as_str()
                .is_some_and(|s| s.parse::<u128>().is_ok_and(|n| n > 0))
        }));
        assert!(String::from_utf8_lossy(&named.stderr).contains("secret"));
        // A larger charge for short lots leaves no fewer accounts below.
        let charged = json(&scan(&["--short-charge", "3000"]));
        assert!(charged["below_maintenance"].as_u64() > Some(below));
        assert_eq!(code(&scan(&["--short-charge", "10001"])), Some(2));
    }
    let missing = ["liquidate", "scan", "--db", &at("none"), "--risk", &at("risk.json")];
    assert_eq!(code(&run(&missing)), Some(3));
    assert_eq!(code(&run(&["liquidate", "scan", "--risk", &at("risk.json")])), Some(2));
}

/// Hours of a path that falls to 60 percent in the middle.
fn path(folder: &Path) -> String {
    let mut lines = String::from("time,price\n");
    for hour in 0..30u64 {
        lines.push_str(&format!(
            "{},{}\n",
            1_600_000_000 + 3_600 * hour,
            if hour < 12 { 2000 } else { 1200 }
        ));
    }
    let path = folder.join("own path.csv");
    fs::write(&path, lines).expect("written");
    text(&path)
}

#[test]
fn an_own_path_replays_with_charts() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = path(folder.path());
    let charts = folder.path().join("charts");
    let arguments = [
        "stress",
        "--path",
        &path,
        "--accounts",
        "60",
        "--seed",
        "3",
        "--json",
        "--svg",
    ];
    let done = run(&[&arguments[..], &[&text(&charts)]].concat());
    assert_eq!(code(&done), Some(0), "{done:?}");
    let value = json(&done);
    let hours = value["hours"].as_array().expect("a list");
    assert_eq!((hours.len(), &value["conserved"]), (30, &true.into()));
    assert!(value["liquidations"].as_u64() > Some(0));
    let sum: u64 = hours.iter().filter_map(|hour| hour["liquidations"].as_u64()).sum();
    assert_eq!(value["liquidations"].as_u64(), Some(sum));
    for key in [
        "price",
        "volatility",
        "regime_factor",
        "insurance",
        "bad_debt",
        "equity",
        "requirement",
    ] {
        assert!(hours.iter().all(|hour| hour[key].is_number()), "{key}");
    }
    assert!(hours[12]["regime_factor"].as_f64() > hours[11]["regime_factor"].as_f64());
    for (name, labels) in [
        ("equity.svg", ["equity", "maintenance requirement"]),
        ("insurance.svg", ["insurance pool", "bad debt"]),
        ("regime.svg", ["regime factor", "marked volatility"]),
    ] {
        let chart = fs::read_to_string(charts.join(name)).expect("written");
        assert!(
            labels.iter().all(|label| chart.contains(label)) && chart.contains("day (UTC)"),
            "{name}"
        );
    }
    let plain = run(&["stress", "--path", &path, "--accounts", "60", "--seed", "3"]);
    let plain = String::from_utf8_lossy(&plain.stdout).into_owned();
    assert!(
        plain.contains("liquidations of") && plain.contains("conserved to the unit"),
        "{plain}"
    );
}

#[test]
fn a_network_clears_alone_and_with_a_path() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let network = folder.path().join("network.toml");
    let toml = "[[asset]]\nname = \"ETH\"\nprice = \"2000\"\n\
        [[book]]\nname = \"A\"\ncash = \"0\"\nholds = { ETH = \"1\" }\n[[book]]\nname = \"B\"\ncash = \"10\"\n\
        [[exposure]]\ndebtor = \"A\"\ncreditor = \"B\"\namount = \"1900\"\n";
    fs::write(&network, toml).expect("written");
    let alone = json(&run(&["stress", "--contagion", &text(&network), "--json"]));
    assert_eq!(alone["contagion"]["defaults"], 0);
    // The path falls by 40 percent: A has 1,200 and owes 1,900.
    let path = path(folder.path());
    let both = [
        "stress",
        "--path",
        &path,
        "--accounts",
        "40",
        "--contagion",
        &text(&network),
        "--json",
    ];
    let fallen = json(&run(&both));
    assert_eq!(fallen["contagion"]["books"][0]["shortfall_units"], "700000000000000");
    assert_eq!(fallen["contagion"]["books"][1]["shortfall_units"], "0");
    assert!(fallen["hours"].is_array());
    fs::write(&network, "[[book]]\nname = 3\n").expect("written");
    assert_eq!(code(&run(&["stress", "--contagion", &text(&network)])), Some(3));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = path(folder.path());
    assert_eq!(code(&run(&["stress"])), Some(2));
    assert_eq!(code(&run(&["stress", "--path", &path, "--accounts", "4"])), Some(2));
    assert_eq!(code(&run(&["stress", "--path", &path, "--cap", "0"])), Some(2));
    assert_eq!(code(&run(&["stress", "--path", &path, "--grid", "none"])), Some(2));
    assert_eq!(
        code(&run(&["stress", "--path", &path, "--initial-factor", "9999"])),
        Some(2)
    );
    assert_eq!(code(&run(&["stress", "--path", "/nowhere.csv"])), Some(3));
    assert_eq!(
        code(&run(&["stress", "--path", &path, "--sp500", "1987-10-19"])),
        Some(2)
    );
    let crashes = folder.path().join("crashes.csv");
    fs::write(
        &crashes,
        "event,currency,time_utc,close\na,ETH,2020-03-12T00:00:00Z,100\n",
    )
    .expect("written");
    let event = run(&["stress", "--event", "b", "--data", &text(&crashes)]);
    assert_eq!(code(&event), Some(2));
    assert!(String::from_utf8_lossy(&event.stderr).contains("expected one of a, found b"));
}
