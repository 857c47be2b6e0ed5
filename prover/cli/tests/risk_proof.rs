//! `risk prove` and `risk verify` over a small listing: what is proven, resumed and refused, and with which code.
#![allow(missing_docs)]

mod common;

use std::fs;
use std::process::Output;

use common::{code, json, run};
use serde_json::Value;

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A chain of 20 calls and puts in three expiries.
fn chain() -> String {
    let mut quotes = Vec::new();
    for (expiry, strikes) in [
        (29_576_640, &[2_600u64, 2_800, 3_000][..]),
        (29_617_000, &[2_400, 3_000, 3_600, 4_200]),
        (29_700_000, &[2_000, 3_000, 5_000]),
    ] {
        for strike in strikes {
            for right in ["C", "P"] {
                quotes.push(format!(
                    r#"{{"instrument":"T-{expiry}-{strike}-{right}","expiry":{expiry},"strike":{strike}000000,"right":"{right}",
                    "index":3000000000,"forward":30{}5000000,"volatility":{},"mark":null,"bid":null,"ask":null,
                    "open_interest":1000000}}"#,
                    expiry % 9,
                    4_000 + strike
                ));
            }
        }
    }
    format!(
        r#"{{"format":"zksettle-chain/1","currency":"ETH","snapshot_utc":"2026-03-20T08:00:00Z","style":"linear",
        "quotes":[{}]}}"#,
        quotes.join(",")
    )
}

struct Venue {
    folder: tempfile::TempDir,
    srs: String,
    root: String,
}

impl Venue {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut venue = Self {
            srs: String::new(),
            root: String::new(),
            folder,
        };
        venue.srs = venue.text("k15.INSECURE-dev.srs");
        let made = run(&["srs", "dev", "--k", "15", "--out", &venue.srs]);
        assert_eq!(code(&made), Some(0), "{}", stderr(&made));
        let (chain_file, risk) = (venue.text("chain.json"), venue.text("risk.json"));
        fs::write(&chain_file, chain()).expect("written");
        let built = run(&[
            "risk",
            "build",
            "--chain",
            &chain_file,
            "--currency",
            "ETH",
            "--grid",
            "paradex-24",
            "--out",
            &risk,
            "--json",
        ]);
        assert_eq!(code(&built), Some(0), "{}", stderr(&built));
        assert_eq!(json(&built)["series"], 20);
        venue.root = json(&built)["risk_root"].as_str().expect("a root").to_owned();
        venue
    }

    fn text(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("UTF-8").to_owned()
    }

    fn prove(&self, more: &[&str]) -> Output {
        let (risk, out) = (self.text("risk.json"), self.text("proof.json"));
        let base = [
            "risk", "prove", "--risk", &risk, "--srs", &self.srs, "--out", &out, "--size", "16", "--json",
        ];
        run(&[&base[..], more].concat())
    }

    fn verify(&self, file: &str, more: &[&str]) -> Output {
        let file = self.text(file);
        let base = ["risk", "verify", &file, "--srs", &self.srs, "--json"];
        run(&[&base[..], more].concat())
    }

    /// Verifying a changed copy of the proof fails with this text.
    fn refused(&self, what: &str, change: impl FnOnce(&mut Value)) {
        let text = fs::read_to_string(self.text("proof.json")).expect("a proof");
        let mut file: Value = serde_json::from_str(&text).expect("JSON");
        change(&mut file);
        fs::write(self.text("changed.json"), file.to_string()).expect("written");
        self.refuses("changed.json", &[], what);
    }

    fn refuses(&self, file: &str, more: &[&str], what: &str) {
        let refused = self.verify(file, more);
        assert_eq!(code(&refused), Some(1), "{what}: {}", stderr(&refused));
        assert!(stderr(&refused).contains(what), "expected {what}: {}", stderr(&refused));
    }
}

/// The last digit of a number in hexadecimal, changed.
fn other(value: &mut Value) {
    let text = value.as_str().expect("text").to_owned();
    let (head, last) = text.split_at(text.len() - 1);
    *value = format!("{head}{}", if last == "0" { "1" } else { "0" }).into();
}

#[test]
fn a_round_is_proven_resumed_verified_and_every_change_refused() {
    let venue = Venue::new();
    // One segment at first, as if the rest had been killed; then a damaged part, which is made anew.
    let first = venue.prove(&["--segments", "1..2"]);
    assert_eq!(code(&first), Some(0), "{}", stderr(&first));
    let value = json(&first);
    assert_eq!(
        (&value["complete"], &value["parts"]),
        (&false.into(), &3.into()),
        "{value}"
    );
    assert_eq!(value["parts_proven_now"], 1);
    assert!(!fs::exists(venue.text("proof.json")).expect("a folder"));
    let part = venue.text("proof.json.parts/segment-0001.proof.json");
    fs::copy(&part, venue.text("proof.json.parts/segment-0000.proof.json")).expect("copied");
    assert_eq!(
        code(&venue.prove(&["--segments", "0..3"])),
        Some(2),
        "there are two segments"
    );
    let rest = venue.prove(&[]);
    assert_eq!(code(&rest), Some(0), "{}", stderr(&rest));
    assert!(stderr(&rest).contains("segment 0 is proven again"), "{}", stderr(&rest));
    let value = json(&rest);
    assert_eq!(
        (&value["complete"], &value["parts_proven_now"]),
        (&true.into(), &2.into())
    );
    assert_eq!(value["rows_root"], value["rows_root_proven"]);
    assert_eq!(value["risk_root"], venue.root.as_str());
    assert_eq!((&value["markets"], &value["segments"]), (&1.into(), &2.into()));
    assert!(!fs::exists(venue.text("proof.json.parts")).expect("a folder"));
    // Nothing is left to do.
    assert_eq!(json(&venue.prove(&[]))["parts_proven_now"], 0);

    let risk = venue.text("risk.json");
    let good = venue.verify("proof.json", &["--risk", &risk, "--risk-root", &venue.root]);
    assert_eq!(code(&good), Some(0), "{}", stderr(&good));
    assert_eq!(
        (&json(&good)["verified"], &json(&good)["series"]),
        (&true.into(), &20.into())
    );
    assert_eq!(json(&good)["instance"]["risk_root"], venue.root.as_str());

    let mut root = Value::from(venue.root.as_str());
    other(&mut root);
    venue.refuses(
        "proof.json",
        &["--risk-root", root.as_str().expect("text")],
        "risk root: expected",
    );
    let chain_file = venue.text("chain.json");
    fs::write(
        &chain_file,
        chain().replacen("\"volatility\":6600", "\"volatility\":6601", 1),
    )
    .expect("written");
    let moved = venue.text("moved.json");
    let built = run(&[
        "risk",
        "build",
        "--chain",
        &chain_file,
        "--currency",
        "ETH",
        "--grid",
        "paradex-24",
        "--out",
        &moved,
    ]);
    assert_eq!(code(&built), Some(0), "{}", stderr(&built));
    venue.refuses("proof.json", &["--risk", &moved], "volatility: expected");

    // A byte of a proof, of a public input, of the instance, of a cursor.
    venue.refused("segment 1: proof", |f| other(&mut f["segments"][1]["proof"]));
    venue.refused("market 0: proof", |f| other(&mut f["markets"][0]["proof"]));
    venue.refused("R5: segment 0, contexts", |f| {
        other(&mut f["segments"][0]["instance"][0]["value"])
    });
    venue.refused("R8: listing, risk root", |f| {
        other(&mut f["segments"][0]["instance"][4]["value"])
    });
    for (i, what) in [
        "domain: market 0",
        "R1: market 0, parameters",
        "R2: market 0, underlying",
        "R2: market 0, spot",
        "R2: market 0, time",
        "R3: listing, volatility",
        "R4: market 0, old_regime",
        "R4: market 0, new_regime",
        "R4: market 0, factor",
        "R8: listing, risk root",
    ]
    .into_iter()
    .enumerate()
    {
        venue.refused(what, |f| other(&mut f["instance"][i]["value"]));
    }
    venue.refused("R2: segment 0, cursor after it", |f| {
        other(&mut f["cursors"][1]["digest"])
    });
    venue.refused("R2: segment 0, cursor after it", |f| {
        f["cursors"][1]["forward"] = 1.into()
    });
    venue.refused("cursors, pending: expected at most 2", |f| {
        let zero = f["cursors"][0]["order"].clone();
        f["cursors"][1]["pending"] = vec![zero; 3].into();
    });
    // A proof of another domain: the market's proof is not one of it, even if file and instance agree.
    venue.refused("market 0: proof rejected", |f| {
        other(&mut f["instance"][0]["value"]);
        f["markets"][0]["instance"][0]["value"] = f["instance"][0]["value"].clone();
    });
    // Segments missing, swapped, repeated; a market missing, or there twice.
    let list = |f: &mut Value, name: &str| f[name].as_array_mut().expect("a list").clone();
    venue.refused("R2: listing, cursors: expected 2, found 3", |f| {
        f["segments"] = list(f, "segments")[..1].into()
    });
    venue.refused("R2: segment 0, cursor before it", |f| {
        f["segments"].as_array_mut().expect("a list").reverse();
    });
    venue.refused("R2: segment 1, cursor before it", |f| {
        f["segments"][1] = f["segments"][0].clone()
    });
    venue.refused("R3: listing, first cursor", |f| {
        f["segments"] = list(f, "segments")[..1].into();
        f["cursors"] = list(f, "cursors")[..2].into();
    });
    venue.refused("R5: listing, markets: expected 1", |f| {
        f["markets"] = Vec::<Value>::new().into()
    });
    venue.refused("R5: market 1", |f| {
        f["markets"] = [list(f, "markets"), list(f, "markets")].concat().into()
    });
    // Files that are none.
    venue.refused("unknown field", |f| f["more"] = 1.into());
    venue.refused("format: expected", |f| f["format"] = "zksettle-risk-proof/2".into());
    venue.refused("size: expected", |f| f["size"] = "17".into());
    fs::write(venue.text("changed.json"), "{").expect("written");
    venue.refuses("changed.json", &[], "line 1");
    assert_eq!(code(&venue.verify("nowhere.json", &[])), Some(3));
}
