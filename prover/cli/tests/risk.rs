//! `risk check` and `risk build`: figures, files and what is refused.
#![allow(missing_docs)]

mod common;

use std::fs;

use common::{code, json, run};

const HEADER: &str = "forward_cents,strike_cents,vol_1e4,t_seconds,rate_1e4,call,put,delta_call,delta_put,gamma,vega";
/// F = K = 2000, 50 %, a year.
const ROW: &str = "200000,200000,5000,31536000,0,394.825302731694804,394.825302731694804,0.598706325682923701,\
                   -0.401293674317076299,0.000386668116802849,773.336233605698454";

/// A chain of two strikes as `market import` writes it.
fn chain(folder: &std::path::Path, volatility: u32) -> String {
    let quotes: Vec<String> = [2_800u64, 3_000]
        .iter()
        .flat_map(|strike| {
            ["C", "P"].map(|right| {
                format!(
                    r#"{{"instrument":"T-{strike}-{right}","expiry":29576640,"strike":{strike}000000,"right":"{right}",
                    "index":3000000000,"forward":3010000000,"volatility":{volatility},"mark":null,"bid":null,"ask":null,
                    "open_interest":1000000}}"#
                )
            })
        })
        .collect();
    let text = format!(
        r#"{{"format":"zksettle-chain/1","currency":"ETH","snapshot_utc":"2026-03-20T08:00:00Z","style":"linear",
        "quotes":[{}]}}"#,
        quotes.join(",")
    );
    let path = folder.join("chain.json");
    fs::write(&path, text).expect("written");
    path.to_str().expect("UTF-8").to_owned()
}

#[test]
fn vectors_within_their_bounds_and_one_beyond() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("vectors.csv");
    let file = path.to_str().expect("UTF-8");
    fs::write(&path, format!("{HEADER}\n{ROW}\n")).expect("written");
    let good = run(&["risk", "check", "--vectors", file, "--json"]);
    assert_eq!(code(&good), Some(0));
    let value = json(&good);
    assert_eq!((&value["rows"], &value["holds"]), (&1.into(), &true.into()));
    for key in [
        "max_price_error_rel_spot",
        "max_delta_error",
        "max_gamma_error_times_forward",
        "max_vega_error_rel_spot",
    ] {
        assert!(value[key].as_f64().is_some_and(|error| error < 1e-7), "{key}: {value}");
    }
    fs::write(
        &path,
        format!("{HEADER}\n{}\n", ROW.replacen("394.8253", "394.8283", 1)),
    )
    .expect("written");
    assert_eq!(code(&run(&["risk", "check", "--vectors", file])), Some(1));
    fs::write(&path, format!("{HEADER}\n{}\n", ROW.replacen("5000", "0", 1))).expect("written");
    assert_eq!(code(&run(&["risk", "check", "--vectors", file])), Some(3));
}

#[test]
fn a_round_is_built_written_and_gone_on_from() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let chain_file = chain(folder.path(), 6_000);
    let risk_file = folder.path().join("risk.json");
    let risk = risk_file.to_str().expect("UTF-8");
    let build = |more: &[&str]| {
        let mut arguments = vec!["risk", "build", "--chain", &chain_file, "--currency", "ETH", "--json"];
        arguments.extend_from_slice(more);
        run(&arguments)
    };
    let built = build(&["--grid", "paradex-24", "--out", risk]);
    assert_eq!(code(&built), Some(0), "{built:?}");
    let first = json(&built);
    assert_eq!((&first["series"], &first["scenarios"]), (&4.into(), &24.into()));
    // The same round from the file's own regime: within the step nothing moves, so the root is the same.
    let again = json(&build(&["--grid", "paradex-24", "--previous", risk]));
    assert_eq!(again["risk_root"], first["risk_root"]);
    assert_ne!(json(&build(&["--grid", "span-16"]))["risk_root"], first["risk_root"]);

    let text = fs::read_to_string(&risk_file).expect("written");
    fs::write(&risk_file, text.replacen("\"mark\":", "\"mark\":1", 1)).expect("written");
    assert_eq!(
        code(&build(&["--previous", risk])),
        Some(1),
        "a changed file is refused"
    );
    assert_eq!(code(&build(&["--grid", "nonsense"])), Some(2));
    assert_eq!(code(&build(&["--previous", "/nowhere/risk.json"])), Some(3));
    chain(folder.path(), 0);
    assert_eq!(code(&build(&[])), Some(3), "no quote has a volatility");
}
