//! `solvency prove` and `solvency verify` over a book of the real chain: what is proven, what is refused, and with which code.

mod common;

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use common::{code, json, run};
use serde_json::Value;
use witness_gen::store::Store;

const CHALLENGE: &str = "0x00000000000000000000000000000000000000000000000000000000c0ffee00";
const OTHER_CHALLENGE: &str = "0x00000000000000000000000000000000000000000000000000000000c0ffee01";
/// The order of the scalar field: the smallest 64 digits that are no field element.
const ORDER: &str = "0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The chain of 2026-02-05; without it the test counts as skipped, unless `ZKSETTLE_REQUIRE_DATA=1`.
fn chain() -> Option<String> {
    let default = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("ZKSETTLE_DATA").map_or(default, PathBuf::from);
    let path = data.join("deribit_chain_20260205T1551Z.csv");
    if path.exists() {
        return Some(path.to_str().expect("UTF-8").to_owned());
    }
    let required = std::env::var("ZKSETTLE_REQUIRE_DATA").is_ok_and(|v| v == "1");
    assert!(
        !required,
        "ZKSETTLE_REQUIRE_DATA=1, but {} is not there",
        path.display()
    );
    println!("skipped: 1 test (the chain is not there)");
    None
}

/// A folder with a book of 60 accounts, the risk file of the same snapshot, and a one-party setup for 8 positions.
struct Venue {
    folder: tempfile::TempDir,
    chain: String,
    state: String,
    risk_root: String,
    /// The first account of 1 to 8 positions.
    small: u32,
    /// The first account of more.
    large: u32,
}

impl Venue {
    fn new() -> Option<Self> {
        let mut venue = Self {
            chain: chain()?,
            folder: tempfile::tempdir().expect("a temporary folder"),
            state: String::new(),
            risk_root: String::new(),
            small: 0,
            large: 0,
        };
        let srs = venue.text("k12.INSECURE-dev.srs");
        assert_eq!(code(&run(&["srs", "dev", "--k", "12", "--out", &srs])), Some(0));
        venue.state = venue.book("book.sqlite", "3");
        venue.risk_root = venue.round("risk.json", "paradex-24");
        let store = Store::open(&venue.folder.path().join("book.sqlite")).expect("a database");
        let ledger = store.load_ledger().expect("a ledger");
        let held: Vec<usize> = (0..60)
            .map(|i| ledger.account(i).expect("60 accounts").positions.len())
            .collect();
        let first = |wanted: fn(usize) -> bool| held.iter().position(|n| wanted(*n)).expect("such an account") as u32;
        venue.small = first(|n| (1..=8).contains(&n));
        venue.large = first(|n| n > 8);
        Some(venue)
    }

    fn text(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("UTF-8").to_owned()
    }

    /// A book; its state root.
    fn book(&self, db: &str, seed: &str) -> String {
        let db = self.text(db);
        let made = run(&[
            "book",
            "generate",
            "--chain",
            &self.chain,
            "--currency",
            "ETH",
            "--expiry",
            "2026-02-27",
            "--accounts",
            "60",
            "--seed",
            seed,
            "--db",
            &db,
            "--json",
        ]);
        assert_eq!(code(&made), Some(0), "{}", stderr(&made));
        json(&made)["state_root"].as_str().expect("a root").to_owned()
    }

    /// Risk arrays of the same chain; their root.
    fn round(&self, name: &str, grid: &str) -> String {
        let file = self.text(name);
        let base = ["risk", "build", "--chain", &self.chain, "--currency", "ETH"];
        let built = run(&[&base[..], &["--grid", grid, "--out", &file, "--json"]].concat());
        assert_eq!(code(&built), Some(0), "{}", stderr(&built));
        json(&built)["risk_root"].as_str().expect("a root").to_owned()
    }

    /// `solvency prove` of an account for the challenge, to a file; later options replace earlier ones' defaults.
    fn prove(&self, account: u32, file: &str, more: &[&str]) -> Output {
        let [db, risk, srs] = ["book.sqlite", "risk.json", "k12.INSECURE-dev.srs"].map(|name| self.text(name));
        let (account, file) = (account.to_string(), self.text(file));
        let mut all = vec![
            "solvency", "prove", "--json", "--db", &db, "--risk", &risk, "--srs", &srs,
        ];
        all.extend(["--account", &account, "--out", &file]);
        if !more.contains(&"--challenge") {
            all.extend(["--challenge", CHALLENGE]);
        }
        if !more.contains(&"--requirement") {
            all.extend(["--requirement", "maintenance"]);
        }
        all.extend(more);
        run(&all)
    }

    /// `solvency verify` of a file.
    fn verify(&self, file: &str, more: &[&str]) -> Output {
        let (file, srs) = (self.text(file), self.text("k12.INSECURE-dev.srs"));
        let mut all = vec!["solvency", "verify", &file, "--srs", &srs, "--json"];
        if !more.contains(&"--challenge") {
            all.extend(["--challenge", CHALLENGE]);
        }
        all.extend(more);
        run(&all)
    }

    fn refused(&self, file: &str, more: &[&str], what: &str) {
        let refused = self.verify(file, more);
        assert_eq!(code(&refused), Some(1), "{what} {more:?}: {}", stderr(&refused));
        assert!(stderr(&refused).contains(what), "{what} {more:?}: {}", stderr(&refused));
        assert_eq!(json(&refused)["code"], 1, "{what}");
    }
}

/// The text with one hexadecimal digit another.
fn flip(text: &str, place: usize) -> String {
    let digit = if text.as_bytes()[place] == b'0' { "1" } else { "0" };
    format!("{}{digit}{}", &text[..place], &text[place + 1..])
}

#[test]
fn an_account_is_proven_and_only_what_was_asked_is_verified() {
    let Some(venue) = Venue::new() else { return };
    let done = venue.prove(venue.small, "m.proof.json", &["--threshold", "0.5"]);
    assert_eq!(code(&done), Some(0), "{}", stderr(&done));
    assert!(stderr(&done).contains("INSECURE"), "{}", stderr(&done));
    let proven = json(&done);
    assert_eq!(proven["size"], "8");
    assert_eq!(proven["state"], venue.state.as_str());
    assert_eq!(proven["risk_root"], venue.risk_root.as_str());
    assert_eq!(proven["challenge"], CHALLENGE);

    // What was asked, in every way of asking.
    let risk = venue.text("risk.json");
    let asked = [
        "--state",
        &venue.state,
        "--requirement",
        "maintenance",
        "--threshold",
        "0.5",
    ];
    for more in [
        vec![],
        asked.to_vec(),
        [&asked[..], &["--risk", &venue.risk_root]].concat(),
        [&asked[..], &["--risk", &risk]].concat(),
        vec!["--threshold", "0"],
    ] {
        let verified = venue.verify("m.proof.json", &more);
        assert_eq!(code(&verified), Some(0), "{more:?}: {}", stderr(&verified));
        let said = json(&verified);
        assert_eq!(said["verified"], true);
        assert_eq!(said["threshold"], "500000000000");
        for key in [
            "state",
            "risk_root",
            "challenge",
            "pseudonym",
            "requirement",
            "key_digest",
        ] {
            assert_eq!(said[key], proven[key], "{key}");
        }
    }

    // Something else.
    let other_state = venue.book("other.sqlite", "4");
    let other_root = venue.round("other.json", "span-16");
    let other_file = venue.text("other.json");
    assert!(other_state != venue.state && other_root != venue.risk_root);
    for (more, what) in [
        (["--challenge", OTHER_CHALLENGE], "challenge: expected"),
        (["--state", &other_state], "state root: expected"),
        (["--risk", &other_root], "risk root: expected"),
        (["--risk", &other_file], "risk root: expected"),
        (["--threshold", "0.500000000001"], "threshold: expected"),
        (["--requirement", "equity"], "requirement: expected"),
        (["--requirement", "initial"], "requirement: expected"),
    ] {
        venue.refused("m.proof.json", &more, what);
    }

    // A file that was changed: proof, public inputs, names.
    let text = fs::read_to_string(venue.text("m.proof.json")).expect("read");
    let value: Value = serde_json::from_str(&text).expect("JSON");
    let proof = value["proof"].as_str().expect("a proof").to_owned();
    let places = [2, 70, proof.len() / 2, proof.len() - 200, proof.len() - 1];
    let mut changed: Vec<String> = places
        .iter()
        .map(|at| text.replace(&proof, &flip(&proof, *at)))
        .collect();
    let inputs = value["instance"].as_array().expect("public inputs");
    assert_eq!(inputs.len(), 8);
    for (number, input) in inputs.iter().enumerate() {
        let word = input["value"].as_str().expect("a word");
        let mut other = value.clone();
        other["instance"][number]["value"] = flip(word, word.len() - 1).into();
        changed.push(other.to_string());
    }
    changed.extend([
        text.replace(&proof, &format!("{proof}00")),
        text.replace(&proof, &proof[..proof.len() - 2]),
        text.replace("\"solvency\"", "\"settlement\""),
        text.replace("\"insecure\": true", "\"insecure\": true, \"more\": 1"),
        text[..text.len() / 2].to_owned(),
        String::new(),
    ]);
    // The same file in one line is the same file.
    fs::write(venue.text("line.proof.json"), value.to_string()).expect("written");
    assert_eq!(code(&venue.verify("line.proof.json", &[])), Some(0));
    for (number, changed) in changed.iter().enumerate() {
        assert_ne!(*changed, text, "{number}");
        fs::write(venue.text("changed.proof.json"), changed).expect("written");
        venue.refused("changed.proof.json", &[], "changed.proof.json");
    }
    // With a setup that is too small for its size.
    let tiny = venue.text("k5.INSECURE-dev.srs");
    assert_eq!(code(&run(&["srs", "dev", "--k", "5", "--out", &tiny])), Some(0));
    let file = venue.text("m.proof.json");
    let refused = run(&["solvency", "verify", &file, "--srs", &tiny, "--challenge", CHALLENGE]);
    assert_eq!(code(&refused), Some(4), "{}", stderr(&refused));
    // It is no batch.
    let srs = venue.text("k12.INSECURE-dev.srs");
    let batch = run(&["verify", &venue.text("m.proof.json"), "--srs", &srs]);
    assert_eq!(code(&batch), Some(1), "{}", stderr(&batch));
}

#[test]
fn who_misses_is_not_proven_and_no_amount_is_shown() {
    let Some(venue) = Venue::new() else { return };
    let shown = |output: &Output| stderr(output) + &String::from_utf8_lossy(&output.stdout);
    // Amounts have three digits or more; clauses, scenarios and codes have not.
    let amount = |text: &str| text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() > 2);
    let beyond = ["--threshold", "1000000000"];
    for requirement in ["equity", "maintenance", "initial"] {
        let more = [&["--requirement", requirement], &beyond[..]].concat();
        let refused = venue.prove(venue.small, "missed.proof.json", &more);
        let text = shown(&refused);
        assert_eq!(code(&refused), Some(1), "{requirement}: {text}");
        assert!(text.contains("M3") && !amount(&text), "{requirement}: {text}");
    }
    // Another owner's key, of which nothing is shown either.
    let word = |digit: char| format!("0x{}", digit.to_string().repeat(64));
    let key = format!(
        r#"{{"signing":["{}","{}"],"secret":"{}"}}"#,
        word('1'),
        word('2'),
        word('0')
    );
    let path = venue.text("key.json");
    fs::write(&path, &key).expect("written");
    let refused = venue.prove(venue.small, "missed.proof.json", &["--owner-key", &path]);
    let text = shown(&refused);
    assert_eq!(code(&refused), Some(1), "{text}");
    assert!(text.contains("M1: owner key hash") && !amount(&text), "{text}");
    fs::write(&path, key.replace("secret", "sceret")).expect("written");
    let refused = venue.prove(venue.small, "missed.proof.json", &["--owner-key", &path]);
    assert_eq!(code(&refused), Some(2), "{}", stderr(&refused));
    assert!(!stderr(&refused).contains("1111"), "{}", stderr(&refused));
    // Risk arrays of another grid.
    venue.round("span.json", "span-16");
    let span = venue.text("span.json");
    let [db, srs, out] = ["book.sqlite", "k12.INSECURE-dev.srs", "missed.proof.json"].map(|name| venue.text(name));
    let account = venue.small.to_string();
    let mut all = vec![
        "solvency", "prove", "--db", &db, "--risk", &span, "--srs", &srs, "--out", &out,
    ];
    all.extend([
        "--account",
        &account,
        "--requirement",
        "equity",
        "--challenge",
        CHALLENGE,
    ]);
    let refused = run(&all);
    assert_eq!(code(&refused), Some(2), "{}", stderr(&refused));
    assert!(!fs::exists(&out).expect("a folder"), "nothing is written");
}

#[test]
fn what_makes_no_sense_is_usage_and_what_does_not_fit_is_refused() {
    let Some(venue) = Venue::new() else { return };
    let no_prefix = &CHALLENGE[2..];
    let not_hexadecimal = CHALLENGE.replace("c0ffee", "coffee");
    for challenge in ["0xff", no_prefix, &not_hexadecimal, ORDER, ""] {
        let refused = venue.prove(venue.small, "no.proof.json", &["--challenge", challenge]);
        assert_eq!(code(&refused), Some(2), "{challenge}: {}", stderr(&refused));
        assert!(stderr(&refused).contains("challenge: expected"), "{}", stderr(&refused));
        let refused = venue.verify("no.proof.json", &["--challenge", challenge]);
        assert_eq!(code(&refused), Some(2), "{challenge}: {}", stderr(&refused));
    }
    let refused = venue.prove(60, "no.proof.json", &[]);
    assert_eq!(code(&refused), Some(2), "{}", stderr(&refused));
    assert!(
        stderr(&refused).contains("account 60: expected"),
        "{}",
        stderr(&refused)
    );
    for more in [
        ["--size", "9"],
        ["--requirement", "none"],
        ["--threshold", "1e3"],
        ["--threshold", "0.0000000000001"],
        ["--owner", "x"],
    ] {
        let refused = venue.prove(venue.small, "no.proof.json", &more);
        assert_eq!(code(&refused), Some(2), "{more:?}: {}", stderr(&refused));
    }
    let refused = venue.prove(venue.large, "no.proof.json", &["--size", "8"]);
    assert_eq!(code(&refused), Some(4), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("at most 8 positions"), "{}", stderr(&refused));
    // A setup that is too small for the size, the one asked for or the one that the account needs.
    for (account, more) in [(venue.small, &["--size", "32"][..]), (venue.large, &[])] {
        let refused = venue.prove(account, "no.proof.json", more);
        assert_eq!(code(&refused), Some(4), "{}", stderr(&refused));
        assert!(stderr(&refused).contains("found 2^12"), "{}", stderr(&refused));
    }
    let refused = venue.verify("no.proof.json", &[]);
    assert_eq!(code(&refused), Some(3), "no such file: {}", stderr(&refused));
    assert!(!fs::exists(venue.text("no.proof.json")).expect("a folder"));
}

#[test]
fn the_verifier_of_either_statement_is_emitted() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let (srs, out) = (text("k12.INSECURE-dev.srs"), text("contracts"));
    assert_eq!(code(&run(&["srs", "dev", "--k", "12", "--out", &srs])), Some(0));
    let emit = |more: &[&str]| {
        let base = ["contract", "emit", "--json", "--srs", &srs, "--out", &out];
        run(&[&base[..], more].concat())
    };
    let done = emit(&["--statement", "solvency"]);
    assert_eq!(code(&done), Some(0), "{}", stderr(&done));
    let solvency = json(&done);
    assert_eq!(solvency["contract"], "Solvency8Verifier");
    let source = fs::read_to_string(text("contracts/Solvency8Verifier.sol")).expect("a source");
    assert!(source.contains("contract Solvency8Verifier"), "its own name");
    assert_eq!(solvency["source_bytes"], source.len());
    assert_eq!(solvency["setup_insecure"], true);
    // Nothing is committed for it, so code is there exactly where a compiler is.
    if solvency["runtime"].is_null() {
        let required = std::env::var("ZKSETTLE_REQUIRE_NODE").as_deref() == Ok("1");
        assert!(
            !required && stderr(&done).contains("no runtime code"),
            "{}",
            stderr(&done)
        );
        println!("skipped: 1 check that needs node");
    } else {
        let runtime = fs::read_to_string(text("contracts/Solvency8Verifier.runtime.hex")).expect("code");
        assert_eq!(solvency["runtime_bytes"], runtime.len() / 2);
    }
    // Without a compiler the source is the same, and the code is missed aloud.
    let mut bare = common::zksettle(&["contract", "emit", "--json", "--statement", "solvency", "--size", "8"]);
    bare.args(["--srs", &srs, "--out", &text("bare")]);
    let bare = bare.env("ZKSETTLE_CONTRACTS", text("nowhere")).output().expect("runs");
    assert_eq!(code(&bare), Some(0), "{}", stderr(&bare));
    assert!(stderr(&bare).contains("no runtime code"), "{}", stderr(&bare));
    assert!(json(&bare)["runtime"].is_null() && json(&bare)["runtime_bytes"].is_null());
    let again = fs::read_to_string(text("bare/Solvency8Verifier.sol")).expect("a source");
    assert!(again == source, "one key, one source");

    // Settlement is what it is unless told otherwise, with its committed code.
    let settlement = json(&emit(&[]));
    assert_eq!(settlement["contract"], "SettlementXsVerifier");
    assert!(settlement["runtime_bytes"].as_u64() > Some(0), "{settlement}");
    assert_eq!(json(&emit(&["--statement", "settlement"])), settlement);
    assert_ne!(settlement["key_digest"], solvency["key_digest"]);

    // Sizes of the other statement, and sizes that the setup does not allow.
    for (more, wanted) in [
        (["--statement", "solvency", "--size", "xs"], 2),
        (["--statement", "settlement", "--size", "8"], 2),
        (["--statement", "other", "--size", "8"], 2),
        (["--statement", "solvency", "--size", "32"], 4),
        (["--statement", "settlement", "--size", "s"], 4),
    ] {
        let refused = emit(&more);
        assert_eq!(code(&refused), Some(wanted), "{more:?}: {}", stderr(&refused));
    }
}
