//! Exit codes, output, and what is refused.

mod common;

use std::fs;

use common::{EXPIRY, Small, code, json, run};
use serde_json::Value;

fn stderr(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn help_is_no_failure_and_nonsense_is_usage() {
    assert_eq!(code(&run(&["--help"])), Some(0));
    assert_eq!(code(&run(&["settle", "--help"])), Some(0));
    assert_eq!(code(&run(&["--version"])), Some(0));
    for arguments in [
        &[][..],
        &["nonsense"],
        &["settle"],
        &["verify"],
        &["circuit", "info", "--size", "xxl"],
    ] {
        assert_eq!(code(&run(arguments)), Some(2), "{arguments:?}");
    }
    let refused = run(&["settle", "--json"]);
    assert_eq!(code(&refused), Some(2));
    assert_eq!(json(&refused)["code"], 2);
}

#[test]
fn completions_name_the_verbs() {
    for shell in ["bash", "zsh", "fish"] {
        let done = run(&["completions", shell]);
        assert_eq!(code(&done), Some(0));
        assert!(String::from_utf8_lossy(&done.stdout).contains("settle"), "{shell}");
    }
}

#[test]
fn circuit_info_has_every_figure_and_keeps_the_budgets() {
    let done = run(&["circuit", "info", "--json"]);
    assert_eq!(code(&done), Some(0));
    let value = json(&done);
    let sizes = value["sizes"].as_array().expect("a list");
    for size in sizes {
        assert!(size["statement"].is_string() && size["size"].is_string(), "{size}");
        for figure in [
            "k",
            "rows",
            "advice_columns",
            "degree",
            "lookups",
            "committed_cells",
            "cells_per_account",
            "cells_per_position",
            "max_accounts",
            "max_positions",
            "max_series",
        ] {
            assert!(size[figure].is_u64(), "{figure} in {size}");
        }
        if size["statement"] == "settlement" {
            assert!(size["cells_per_account"].as_u64() <= Some(3_400), "{size}");
            assert!(size["cells_per_position"].as_u64() <= Some(90), "{size}");
        } else {
            assert_eq!(size["max_accounts"], 1, "{size}");
            assert_eq!(
                size["max_positions"].to_string(),
                size["size"].as_str().expect("a name")
            );
            assert_eq!(size["max_series"], 4096, "{size}");
        }
    }
    let names = |statement: &str| -> Vec<&Value> {
        let of = sizes.iter().filter(|size| size["statement"] == statement);
        of.map(|size| &size["size"]).collect()
    };
    assert_eq!(names("settlement"), ["xs", "s", "m", "l", "xl"]);
    assert_eq!(names("solvency"), ["8", "32", "128"]);
    assert_eq!(sizes.len(), 8);
    let one = json(&run(&["circuit", "info", "--size", "32", "--json"]));
    assert_eq!(one["sizes"], Value::from(vec![sizes[6].clone()]));
}

#[test]
fn what_is_missing_is_an_environment_error() {
    let small = Small::new();
    for arguments in [
        vec!["verify", "/nowhere/batch-000001.proof.json"],
        vec!["srs", "info", "/nowhere/setup"],
        vec!["contract", "calldata", "/nowhere/batch-000001.proof.json"],
        vec!["market", "import", "--chain", "/nowhere/chain.csv", "--currency", "ETH"],
    ] {
        let mut arguments = arguments;
        arguments.push("--json");
        let refused = run(&arguments);
        assert_eq!(code(&refused), Some(3), "{arguments:?}: {}", stderr(&refused));
        let text = stderr(&refused);
        assert!(text.starts_with("error: ") && text.contains("nowhere"), "{text}");
        assert_eq!(json(&refused)["code"], 3);
    }
    // A file of another kind is no setup.
    let refused = run(&["srs", "verify", &small.text("delivery.csv")]);
    assert_eq!(code(&refused), Some(3), "{}", stderr(&refused));
}

#[test]
fn sizes_that_do_not_fit_are_refused() {
    let small = Small::new();
    small.book("book.sqlite");
    let refused = run(&[
        "prove",
        "--db",
        &small.text("book.sqlite"),
        "--expiry",
        EXPIRY,
        "--currency",
        "ETH",
        "--delivery",
        &small.text("delivery.csv"),
        "--srs",
        &small.text("k12.INSECURE-dev.srs"),
        "--size",
        "s",
        "--json",
    ]);
    assert_eq!(code(&refused), Some(4), "{}", stderr(&refused));
}

#[test]
fn proofs_are_verified_strictly_and_by_batch() {
    let small = Small::new();
    let done = small.settle("out").output().expect("runs");
    assert_eq!(code(&done), Some(0), "{}", stderr(&done));
    let report = json(&done);
    assert_eq!(report["setup_insecure"], true);
    assert!(stderr(&done).contains("INSECURE"), "named wherever it appears");
    let proofs = small.proofs("out");
    assert_eq!(proofs.len(), 2, "{proofs:?}");
    for (number, proof) in (1..).zip(&proofs) {
        assert_eq!(*proof, small.text(&format!("out/batch-{number:06}.proof.json")));
    }

    // Names that sort the other way round: what a file proves decides, not where it stands on the command line.
    let names = ["2.proof.json", "10.proof.json"].map(|name| small.text(name));
    for (proof, name) in proofs.iter().rev().zip(&names) {
        fs::copy(proof, name).expect("copied");
    }
    for pair in [&proofs[..], &[proofs[1].clone(), proofs[0].clone()], &names] {
        let srs = small.text("k12.INSECURE-dev.srs");
        let verified = run(&["verify", &pair[0], &pair[1], "--srs", &srs, "--json"]);
        assert_eq!(code(&verified), Some(0), "{pair:?}: {}", stderr(&verified));
        let verified = json(&verified);
        let batches: Vec<&Value> = (0..2).map(|place| &verified["files"][place]["batch"]).collect();
        assert_eq!(batches, [1, 2], "{pair:?}");
        assert_eq!(verified["final_root"], report["final_root"], "{pair:?}");
    }

    // One twice, under its own name and under another.
    for pair in [[&proofs[0], &proofs[0]], [&proofs[1], &names[0]]] {
        let refused = run(&["verify", pair[0], pair[1]]);
        assert_eq!(code(&refused), Some(1), "{}", stderr(&refused));
        assert!(stderr(&refused).contains("batch: expected"), "{}", stderr(&refused));
    }

    // Changed files: a digit of the proof, a digit of the instance, a field more, a tail.
    let text = fs::read_to_string(&proofs[0]).expect("read");
    let value: Value = serde_json::from_str(&text).expect("JSON");
    let proof = value["proof"].as_str().expect("a proof");
    let flip = |text: &str, place: usize| {
        let digit = if text.as_bytes()[place] == b'0' { "1" } else { "0" };
        format!("{}{digit}{}", &text[..place], &text[place + 1..])
    };
    let root = value["instance"][3]["value"].as_str().expect("a root");
    let changed = [
        text.replace(proof, &flip(proof, 64)),
        text.replace(proof, &flip(proof, proof.len() / 2)),
        text.replace(proof, &format!("{proof}00")),
        text.replace(root, &flip(root, root.len() - 1)),
        text.replace("\"size\": \"xs\"", "\"size\": \"s\""),
        text.replace("\"insecure\": true", "\"insecure\": true, \"more\": 1"),
        text[..text.len() / 2].to_owned(),
        String::new(),
    ];
    for (place, changed) in changed.iter().enumerate() {
        assert_ne!(*changed, text);
        let path = small.text("changed.proof.json");
        fs::write(&path, changed).expect("written");
        let refused = run(&["verify", &path, "--json"]);
        // The size of another key needs another setup, which the cache may not have.
        let allowed: &[i32] = if place == 4 { &[1, 3] } else { &[1] };
        assert!(
            allowed.contains(&code(&refused).unwrap_or(-1)),
            "{place}: {}",
            stderr(&refused)
        );
        assert!(json(&refused)["error"].is_string());
    }

    // Another book than the database's, and a recorded proof that is gone.
    let refused = small.settle_of("out", Some("6")).output().expect("runs");
    assert_eq!(code(&refused), Some(2), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("seed 5") && stderr(&refused).contains("seed 6"));
    fs::remove_file(&proofs[0]).expect("removed");
    let refused = small.settle("out").output().expect("runs");
    assert_eq!(code(&refused), Some(3), "{}", stderr(&refused));
}

#[test]
fn a_seed_makes_one_book_and_says_so() {
    let small = Small::new();
    let [one, again, other] = [("one.sqlite", "5"), ("again.sqlite", "5"), ("other.sqlite", "6")]
        .map(|(db, seed)| small.book_of(db, Some(seed)));
    assert_eq!(one["state_root"], again["state_root"]);
    assert_ne!(one["state_root"], other["state_root"]);
    let [drawn, drawn_again] = ["drawn.sqlite", "drawn-again.sqlite"].map(|db| small.book_of(db, None));
    assert_ne!(drawn["state_root"], drawn_again["state_root"]);
    for (book, origin, seed) in [(&one, "book seed", Value::from(5)), (&drawn, "drawn", Value::Null)] {
        assert_eq!(book["secret_origin"], origin, "{book}");
        assert_eq!(book["book_seed"], seed, "{book}");
        assert_eq!(book["seed_reveals_book"], seed.is_number(), "{book}");
    }

    // Said once, and only where it is so; these runs end before they prove.
    for (folder, seed, notes) in [("seeded", Some("5"), 1), ("drawn", None, 0)] {
        let mut settle = small.settle_of(folder, seed);
        let killed = settle.env("ZKSETTLE_KILL_AT", "before_witness").output().expect("runs");
        assert_eq!(code(&killed), None, "{}", stderr(&killed));
        let said = stderr(&killed).matches("note: the book is simulated").count();
        assert_eq!(said, notes, "{}", stderr(&killed));
    }
}

#[test]
fn witnesses_leave_only_on_request() {
    let small = Small::new();
    small.book("book.sqlite");
    let dump = small.text("witness.json");
    let base = [
        "prove",
        "--db",
        &small.text("book.sqlite"),
        "--expiry",
        EXPIRY,
        "--currency",
        "ETH",
        "--delivery",
        &small.text("delivery.csv"),
        "--srs",
        &small.text("k12.INSECURE-dev.srs"),
        "--json",
    ]
    .map(str::to_owned);
    let base: Vec<&str> = base.iter().map(String::as_str).collect();
    let with = |more: &[&'static str]| -> Vec<String> {
        base.iter()
            .copied()
            .chain(more.iter().copied())
            .map(str::to_owned)
            .collect()
    };
    let mut asked = with(&["--dump-witness"]);
    asked.push(dump.clone());
    let asked_only: Vec<&str> = asked.iter().map(String::as_str).collect();
    assert_eq!(code(&run(&asked_only)), Some(2));
    assert!(!small.path("witness.json").exists());
    asked.push("--i-know-this-is-secret".into());
    // Looked at before it is proven; the one-party setup has a power for the quotient's pieces.
    asked.extend(["--check", "--profile"].map(str::to_owned));
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let done = run(&asked);
    assert_eq!(code(&done), Some(0), "{}", stderr(&done));
    let report = json(&done);
    assert!(report["peak_memory_bytes"].as_u64() > Some(0), "{report}");
    assert_eq!(report["profile"]["randomised_pieces"], true, "{report}");
    let witness = fs::read_to_string(&dump).expect("written");
    let witness: Value = serde_json::from_str(&witness).expect("JSON");
    let blinding = witness["accounts"][0]["account"]["blinding"].to_string();
    assert!(!String::from_utf8_lossy(&done.stdout).contains(blinding.trim_matches('"')));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&dump).expect("there").permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_database_in_use_is_an_environment_error() {
    let small = Small::new();
    small.book("book.sqlite");
    let store = witness_gen::store::Store::open(&small.path("book.sqlite")).expect("free");
    let prove = [
        "prove",
        "--db",
        &small.text("book.sqlite"),
        "--expiry",
        EXPIRY,
        "--currency",
        "ETH",
        "--delivery",
        &small.text("delivery.csv"),
        "--srs",
        &small.text("k12.INSECURE-dev.srs"),
    ];
    let refused = run(&prove);
    assert_eq!(code(&refused), Some(3), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("locked"), "{}", stderr(&refused));
    drop(store);
    assert_eq!(code(&run(&prove)), Some(0));
}
