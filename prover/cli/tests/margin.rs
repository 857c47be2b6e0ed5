//! `margin check` and `margin simulate`: figures, files and what is refused.
#![allow(missing_docs)]

mod common;

use std::fs;
use std::path::Path;

use common::{code, json, run};
use serde_json::Value;

const POSITIONS: &str =
    "portfolio_id,snapshot_utc,currency,instrument,expiry_utc,secs_to_expiry,strike_usd,cp,qty,forward_usd,iv,mark_coin
a,2026-03-20T08:00:00Z,ETH,ETH-27MAR26-2000-C,2026-03-27T08:00:00Z,604800,2000,C,-2.5,2000.0,0.5,0.0276
";
/// By the formulas in floats: Black-76, and the rules of docs/margin.md.
const RESULTS: &str = "portfolio_id,kind,snapshot_utc,currency,spot_usd,cash_usd,n_positions,deribit_sm_im_coin,deribit_sm_mm_coin,srm_net_im_usd,srm_net_mm_usd,pmrm_net_im_usd,pmrm_net_mm_usd,pmrm_worst_idx,options_mtm_usd,scan_risk_usd,scan_worst_idx
a,naked_call,2026-03-20T08:00:00Z,ETH,2000.0,1000.0,1,@
";

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).expect("written");
    path.to_str().expect("UTF-8").to_owned()
}

/// What the reference's formulas give for the one portfolio here, in floats of their own.
mod by_floats {
    /// N(x) by its series around 0, good to 10^-14 for |x| < 6.
    fn normal(x: f64) -> f64 {
        let (mut term, mut sum, mut n) = (x, x, 1.0);
        while term.abs() > 1e-17 {
            n += 2.0;
            term *= x * x / n;
            sum += term;
        }
        0.5 + sum * (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
    }

    fn call(forward: f64, volatility: f64) -> f64 {
        let (strike, s) = (2_000.0f64, volatility * (604_800.0f64 / 31_536_000.0).sqrt());
        let d1 = (forward / strike).ln() / s + s / 2.0;
        forward * normal(d1) - strike * normal(d1 - s)
    }

    /// The line's last ten fields.
    pub(super) fn results() -> String {
        let (q, s, cash) = (2.5, 2_000.0, 1_000.0);
        let mark = -q * call(2_000.0, 0.5);
        let m = (30.0f64 / 7.0).powf(0.3);
        // A short position: no discount. The worst of PMRM is +20 % with volatility up; naked shorts ask 2 %.
        let loss = mark + q * call(2_400.0, 0.5 * (1.0 + 0.6 * m)) + 0.02 * s * q;
        let (im, mm) = (cash + mark - 1.25 * loss, cash + mark - loss);
        // Of Paradex the worst here is +500 %, of which 3.2 % counts.
        let scan = |spot: f64| mark + q * call(2_000.0 * (1.0 + spot), 0.5 * (1.0 + 0.4 * m));
        let weighted = [
            (0.16, 1.0),
            (0.5, 0.32),
            (1.0, 0.16),
            (2.0, 0.08),
            (3.0, 0.0533),
            (4.0, 0.04),
            (5.0, 0.032),
        ];
        let places = [0, 18, 19, 20, 21, 22, 23];
        let worst = weighted
            .iter()
            .zip(places)
            .map(|((spot, weight), at)| (scan(*spot) * weight, at));
        let worst = worst.fold((0.0, 0), |a, b| if b.0 > a.0 { b } else { a });
        let standard = [cash + mark - 0.15 * s * q, cash + mark - 0.09 * s * q];
        format!(
            "{:.10},{:.10},{:.10},{:.10},{im:.10},{mm:.10},0,{mark:.10},{:.10},{}",
            q * (0.15 + 0.0276),
            q * (0.075 + 0.0276),
            standard[0],
            standard[1],
            worst.0,
            worst.1
        )
    }
}

#[test]
fn a_reference_is_met_and_a_changed_one_is_not() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let positions = write(folder.path(), "positions.csv", POSITIONS);
    let text = RESULTS.replace('@', &by_floats::results());
    let results = write(folder.path(), "results.csv", &text);
    let check = |results: &str| {
        run(&[
            "margin",
            "check",
            "--positions",
            &positions,
            "--results",
            results,
            "--json",
        ])
    };
    let good = check(&results);
    assert_eq!(code(&good), Some(0), "{good:?}");
    let value = json(&good);
    assert_eq!((&value["portfolios"], &value["holds"]), (&1.into(), &true.into()));
    assert_eq!(value["errata"], Value::Array(Vec::new()));
    assert_eq!(value["shorts_without_underlying"], 1);
    let small = |value: &Value| value.as_f64().is_some_and(|found| found < 1e-7);
    assert!(small(&value["max_relative_difference"]), "{value}");
    for rule in [
        "derive-pmrm-23",
        "paradex-24",
        "derive-standard",
        "deribit-standard",
        "mark",
    ] {
        let rule = &value["rules"][rule];
        assert!(small(&rule["max_relative_difference"]), "{rule}");
        assert_eq!(rule["worst_portfolio"], "a");
        assert_eq!(rule["other_worst_scenario"], 0);
    }
    // A chain with the contract's own underlying price.
    let chain = "snapshot_utc,instrument,underlying_usd\n2026-03-20T08:00:00Z,ETH-27MAR26-2000-C,2000\n";
    let chain = write(folder.path(), "chain.csv", chain);
    let with = run(&[
        "margin",
        "check",
        "--positions",
        &positions,
        "--results",
        &results,
        "--chain",
        &chain,
        "--json",
    ]);
    assert_eq!(json(&with)["shorts_without_underlying"], 0);

    // Cash is part of both net margins: 0.2 is 4 x 10^-5 of the notional of 5000.
    let off = write(folder.path(), "off.csv", &text.replace(",1000.0,1,", ",1000.2,1,"));
    assert_eq!(code(&check(&off)), Some(1));
    let lacking = write(folder.path(), "lacking.csv", &text.replace("scan_risk_usd", "x"));
    assert_eq!(code(&check(&lacking)), Some(3));
    assert_eq!(code(&check("/nowhere/results.csv")), Some(3));
}

/// A chain of two strikes as `market import` writes it, and its risk file.
fn risk_file(folder: &Path, style: &str) -> String {
    let quotes: Vec<String> = [2_800u64, 3_000]
        .iter()
        .flat_map(|strike| {
            ["C", "P"].map(|right| {
                format!(
                    r#"{{"instrument":"T-{strike}-{right}","expiry":29576640,"strike":{strike}000000,"right":"{right}",
                    "index":3000000000,"forward":3010000000,"volatility":6000,"mark":null,"bid":null,"ask":null,
                    "open_interest":1000000}}"#
                )
            })
        })
        .collect();
    let text = format!(
        r#"{{"format":"zksettle-chain/1","currency":"ETH","snapshot_utc":"2026-03-20T08:00:00Z","style":"{style}",
        "quotes":[{}]}}"#,
        quotes.join(",")
    );
    let chain = write(folder, "chain.json", &text);
    let risk = folder.join(format!("{style}.json"));
    let risk = risk.to_str().expect("UTF-8").to_owned();
    let built = run(&[
        "risk",
        "build",
        "--chain",
        &chain,
        "--currency",
        "ETH",
        "--style",
        style,
        "--out",
        &risk,
    ]);
    assert_eq!(code(&built), Some(0), "{built:?}");
    risk
}

#[test]
fn a_portfolio_is_simulated_with_trades_and_a_plot() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let risk = risk_file(folder.path(), "inverse");
    let positions = write(
        folder.path(),
        "positions.csv",
        "instrument,quantity\nETH-27MAR26-3000-C,-3\nETH-27MAR26-2800-P,-1.5\n",
    );
    let svg = folder.path().join("plot.svg");
    let simulate = |more: &[&str]| {
        let mut arguments = vec!["margin", "simulate", "--risk", &risk, "--positions", &positions];
        arguments.extend_from_slice(more);
        run(&arguments)
    };
    let plot = svg.to_str().expect("UTF-8");
    let trades = ["--trade", "ETH-27MAR26-3000-C:3", "--trade", "ETH-27MAR26-2800-P:-1"];
    let found = simulate(&[&["--cash", "-250.5", "--svg", plot, "--json"], &trades[..]].concat());
    assert_eq!(code(&found), Some(0), "{found:?}");
    let value = json(&found);
    let now = &value["portfolio"];
    let number = |value: &Value| value.as_f64().expect("a number");
    assert_eq!(value["scenarios"].as_array().map(Vec::len), Some(23));
    assert_eq!(
        (&value["valued_as_twins_in_quote"], &value["positions"]),
        (&true.into(), &2.into())
    );
    assert!(number(&now["initial"]) > number(&now["maintenance"]) && number(&now["maintenance"]) > 0.0);
    assert!((number(&now["equity"]) - number(&now["value"]) + 250.5).abs() < 1e-5);
    assert_eq!(
        (&now["meets_initial"], &now["meets_maintenance"]),
        (&false.into(), &false.into())
    );
    assert!(
        now["worst"]
            .as_str()
            .is_some_and(|worst| worst.contains("volatility up")),
        "{now}"
    );
    // Closing the call helps, another put does not; at the mark neither moves equity.
    let trades = value["trades"].as_array().expect("two trades");
    assert!(number(&trades[0]["change_initial"]) < 0.0 && number(&trades[1]["change_initial"]) > 0.0);
    for trade in trades {
        assert!((number(&trade["after"]["equity"]) - number(&now["equity"])).abs() < 1e-5);
    }
    let drawn = fs::read_to_string(&svg).expect("written");
    for label in [
        "ETH price (USD)",
        "change of value",
        "at expiry",
        "USD, grid derive-pmrm-23",
        "scenarios of the grid",
        "price now",
        "</svg>",
    ] {
        assert!(drawn.contains(label), "{label}");
    }
    assert!(!drawn.contains("lie beyond these prices"), "all 23 are shown");
    let text = simulate(&["--cash", "1000"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(
        text.contains("initial requirement (USD)") && text.contains("spot -20.00 %, volatility up"),
        "{text}"
    );

    // The same chain settled in quote asks for the same.
    let linear = risk_file(folder.path(), "linear");
    let same = run(&[
        "margin",
        "simulate",
        "--risk",
        &linear,
        "--positions",
        &positions,
        "--cash",
        "-250.5",
        "--json",
    ]);
    assert_eq!(json(&same)["portfolio"], *now);

    assert_eq!(code(&simulate(&["--cash", "x"])), Some(2));
    assert_eq!(
        code(&simulate(&["--cash", "1", "--trade", "ETH-27MAR26-3000-C"])),
        Some(2)
    );
    assert_eq!(
        code(&simulate(&["--cash", "1", "--trade", "ETH-27MAR26-9999-C:1"])),
        Some(3)
    );
    assert_eq!(
        code(&run(&[
            "margin",
            "simulate",
            "--risk",
            "/nowhere",
            "--positions",
            &positions,
            "--cash",
            "1"
        ])),
        Some(3)
    );
}
