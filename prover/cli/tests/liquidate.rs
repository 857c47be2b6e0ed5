//! `stress --save`, `liquidate prove` and `liquidate verify`: what is proven, what survives a kill, what is refused and with which code.
#![cfg(unix)]
#![allow(missing_docs)]

mod common;

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use common::{code, json, run, zksettle};
use serde_json::Value;
use witness_gen::account::Account;
use witness_gen::store::{QueueState, Store};

const SRS: &str = "k13.INSECURE-dev.srs";

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder with a book of eight accounts in the hour after a fall of 40 percent: three are below maintenance, two of them owe more than they have.
struct Crash {
    folder: tempfile::TempDir,
    saved: Value,
    /// What the replay itself did in that hour.
    hour: Value,
}

impl Crash {
    fn new() -> Self {
        let mut crash = Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            saved: Value::Null,
            hour: Value::Null,
        };
        assert_eq!(
            code(&run(&["srs", "dev", "--k", "13", "--out", &crash.text(SRS)])),
            Some(0)
        );
        crash.csv("path.csv", 2_000);
        let done = crash.stress("path.csv", &["--save", &crash.text("crash")]);
        assert_eq!(code(&done), Some(0), "{}", stderr(&done));
        let value = json(&done);
        crash.saved = value["saved"].clone();
        let hours = value["hours"].as_array().expect("a list");
        crash.hour = hours
            .iter()
            .find(|hour| hour["time"] == crash.saved["time"])
            .expect("that hour")
            .clone();
        crash
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().expect("UTF-8").to_owned()
    }

    /// Hours of a path that falls to 60 percent.
    fn csv(&self, name: &str, first: u64) {
        let hours = (0..16u64).map(|hour| {
            let price = if hour < 12 { first } else { first * 6 / 10 };
            format!("{},{price}\n", 1_600_000_000 + 3_600 * hour)
        });
        let text = std::iter::once("time,price\n".to_owned())
            .chain(hours)
            .collect::<String>();
        fs::write(self.path(name), text).expect("written");
    }

    fn stress(&self, path: &str, more: &[&str]) -> Output {
        let path = self.text(path);
        let all = ["stress", "--path", &path, "--accounts", "8", "--seed", "4", "--json"];
        run(&[&all[..], more].concat())
    }

    /// A copy of the saved database.
    fn copy(&self, db: &str) {
        fs::copy(self.path("crash/book.sqlite"), self.path(db)).expect("copied");
    }

    /// `liquidate prove` of a database into a folder beside it.
    fn arguments(&self, db: &str, risk: &str) -> Vec<String> {
        let out = format!("{}.proofs", self.text(db));
        let [db, risk, srs] = [db, risk, SRS].map(|name| self.text(name));
        let all = [
            "liquidate",
            "prove",
            "--json",
            "--db",
            &db,
            "--risk",
            &risk,
            "--srs",
            &srs,
            "--out",
            &out,
        ];
        all.map(str::to_owned).to_vec()
    }

    fn prove(&self, db: &str, risk: &str, more: &[&str]) -> Output {
        let all = self.arguments(db, risk);
        let all: Vec<&str> = all.iter().map(String::as_str).chain(more.iter().copied()).collect();
        run(&all)
    }

    fn verify(&self, files: &[String], more: &[&str]) -> Output {
        let srs = self.text(SRS);
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        run(&[&["liquidate", "verify", "--json", "--srs", &srs][..], &files, more].concat())
    }

    fn proofs(&self, db: &str) -> Vec<String> {
        (1..=3)
            .map(|batch| format!("{}.proofs/batch-{batch:06}.proof.json", self.text(db)))
            .collect()
    }

    /// Ledger and queue of a database, and whether the ledger is whole.
    fn state(&self, db: &str) -> (Vec<(u32, Account)>, QueueState) {
        let store = Store::open(&self.path(db)).expect("a database");
        let ledger = store.load_ledger().expect("a ledger");
        ledger.audit().expect("whole");
        let accounts = ledger.parts().accounts.clone().into_iter().collect();
        (accounts, store.queue().expect("a queue"))
    }
}

#[test]
fn a_round_is_proven_verified_and_survives_kills() {
    let crash = Crash::new();
    assert_eq!(crash.saved["below_maintenance"], 3);
    crash.copy("whole.sqlite");
    let risk = "crash/risk.json";
    let first = crash.prove("whole.sqlite", risk, &["--max-batches", "1"]);
    assert_eq!(code(&first), Some(0), "{}", stderr(&first));
    let first = json(&first);
    assert_eq!((&first["liquidations"], &first["waiting"]), (&1.into(), &2.into()));
    assert_eq!(first["round_is_over"], false);
    let (one, _) = crash.state("whole.sqlite");
    let rest = json(&crash.prove("whole.sqlite", risk, &[]));
    assert_eq!(
        (&rest["liquidations"], &rest["earlier_batches"]),
        (&2.into(), &1.into())
    );
    assert_eq!((&rest["waiting"], &rest["round_is_over"]), (&0.into(), &true.into()));
    assert_eq!(rest["batches"][0]["size"], "xs");
    let (after, queue) = crash.state("whole.sqlite");
    assert_ne!(one, after);
    // The proven round is the replay's own.
    let ledger = Store::open(&crash.path("whole.sqlite"))
        .and_then(|s| s.load_ledger())
        .expect("a ledger");
    let quotes = |cash: i128| cash as f64 / 1e12;
    let pools = ledger.parts().pools;
    assert_eq!(crash.hour["liquidations"], 3);
    assert_eq!(
        quotes(pools.insurance.get()),
        crash.hour["insurance"].as_f64().expect("a number")
    );
    assert_eq!(
        quotes(pools.bad_debt.get()),
        crash.hour["bad_debt"].as_f64().expect("a number")
    );
    assert!(pools.bad_debt.get() > 0, "two owed more than they had");
    let again = json(&crash.prove("whole.sqlite", risk, &[]));
    assert_eq!(
        (&again["nothing_to_do"], &again["batch_number"]),
        (&true.into(), &3.into())
    );

    // Killed at the steps that leave something behind, and run again: the same accounts, the same queue.
    for (step, recorded) in [("in_transaction", 0), ("after_commit", 1)] {
        let db = format!("{step}.sqlite");
        crash.copy(&db);
        let killed = zksettle(&[])
            .args(crash.arguments(&db, risk))
            .env("ZKSETTLE_KILL_AT", step)
            .output();
        assert_eq!(code(&killed.expect("starts")), None, "{step}");
        assert_eq!(
            Store::open(&crash.path(&db))
                .expect("opens")
                .state()
                .expect("a state")
                .0,
            recorded
        );
        let resumed = crash.prove(&db, risk, &[]);
        assert_eq!(code(&resumed), Some(0), "{step}: {}", stderr(&resumed));
        assert_eq!(json(&resumed)["earlier_batches"], recorded, "{step}");
        assert_eq!(crash.state(&db), (after.clone(), queue.clone()), "{step}");
    }

    let files = crash.proofs("whole.sqlite");
    let reversed: Vec<String> = files.iter().rev().cloned().collect();
    let (root, state) = (crash.saved["risk_root"].as_str(), crash.saved["state_root"].as_str());
    let (root, state) = (root.expect("a root"), state.expect("a root"));
    let verified = crash.verify(&reversed, &["--risk", &crash.text(risk), "--state", state]);
    assert_eq!(code(&verified), Some(0), "{}", stderr(&verified));
    let verified = json(&verified);
    assert_eq!(
        (&verified["final_root"], &verified["risk_checked"]),
        (&rest["final_root"], &true.into())
    );
    assert_eq!(code(&crash.verify(&files, &["--risk", root])), Some(0));
    refused_proofs(&crash, &files, state);
}

/// What `liquidate verify` and `verify` refuse.
fn refused_proofs(crash: &Crash, files: &[String], state: &str) {
    let refused = |files: &[String], more: &[&str], part: &str| {
        let output = crash.verify(files, more);
        assert_eq!(code(&output), Some(1), "{part}: {}", stderr(&output));
        assert!(stderr(&output).contains(part), "{part}: {}", stderr(&output));
    };
    refused(files, &["--risk", state], "risk root");
    refused(&files[1..], &["--state", state], "old state root");
    refused(&[files[0].clone(), files[2].clone()], &[], "batch: expected 2");
    refused(&[files[0].clone(), files[0].clone()], &[], "batch: expected 2");
    let edited = |edit: &dyn Fn(&mut Value)| {
        let mut file: Value = serde_json::from_slice(&fs::read(&files[0]).expect("there")).expect("JSON");
        edit(&mut file);
        fs::write(crash.path("edited.json"), file.to_string()).expect("written");
        [crash.text("edited.json")]
    };
    let other = |name: usize| {
        edited(&move |file| {
            let mut digits = file["instance"][name]["value"].as_str().expect("text").to_owned();
            let last = if digits.ends_with('0') { "1" } else { "0" };
            digits.replace_range(65.., last);
            file["instance"][name]["value"] = digits.into();
        })
    };
    for name in [0, 1, 2, 3, 4] {
        refused(&other(name), &[], "rejected");
    }
    refused(&other(6), &[], "rejected");
    refused(
        &edited(&|file| file["statement"] = "settlement".into()),
        &[],
        "`verify` is for that",
    );
    refused(
        &edited(&|file| file["statement"] = "solvency".into()),
        &[],
        "`solvency verify` is for that",
    );
    refused(
        &edited(&|file| file["size"] = "xxs".into()),
        &[],
        "size: expected one of xs, s, m, l",
    );
    for verb in [&["verify"][..], &["solvency", "verify", "--challenge", state]] {
        let output = run(&[verb, &[files[0].as_str()]].concat());
        assert_eq!(code(&output), Some(1));
        assert!(
            stderr(&output).contains("`liquidate verify` is for that"),
            "{}",
            stderr(&output)
        );
    }
    // A proof that is gone, once recorded, is said before anything is proven.
    fs::rename(&files[1], crash.path("elsewhere.json")).expect("moved");
    let lost = crash.prove("whole.sqlite", "crash/risk.json", &[]);
    assert_eq!(code(&lost), Some(3), "{}", stderr(&lost));
    // And prices do not go back.
    fs::rename(crash.path("elsewhere.json"), &files[1]).expect("moved");
    let early = crash.stress(
        "path.csv",
        &["--save", &crash.text("early"), "--save-at", "2020-09-13T20:26:40Z"],
    );
    assert_eq!(code(&early), Some(0), "{}", stderr(&early));
    let older = crash.prove("whole.sqlite", "early/risk.json", &[]);
    assert_eq!(code(&older), Some(2), "{}", stderr(&older));
    assert!(stderr(&older).contains("prices do not go back"), "{}", stderr(&older));
}

#[test]
fn what_does_not_fit_is_refused_before_anything_is_proven() {
    let crash = Crash::new();
    let (db, risk) = ("crash/book.sqlite", "crash/risk.json");
    let before = crash.state(db);
    let refused = |output: Output, wanted: i32, part: &str| {
        assert_eq!(code(&output), Some(wanted), "{part}: {}", stderr(&output));
        assert!(stderr(&output).contains(part), "{part}: {}", stderr(&output));
    };
    refused(crash.prove(db, risk, &["--cap", "5"]), 2, "--cap");
    refused(crash.prove(db, risk, &["--cap", "0"]), 2, "batch cap");
    refused(crash.prove(db, risk, &["--short-charge", "101"]), 2, "--short-charge");
    refused(crash.prove(db, risk, &["--taker", "8"]), 2, "takers are accounts");
    refused(
        crash.prove(db, risk, &["--size", "xl"]),
        2,
        "expected one of xs, s, m, l",
    );
    refused(
        crash.prove(db, risk, &["--size", "m"]),
        4,
        "expected 4 liquidations, found 3",
    );
    refused(crash.prove("nowhere.sqlite", risk, &[]), 3, "nowhere.sqlite");
    refused(crash.prove(db, "nowhere.json", &[]), 3, "nowhere.json");
    // Series of other strikes: what the accounts hold is not listed.
    crash.csv("other.csv", 1_500);
    let other = crash.stress("other.csv", &["--save", &crash.text("other")]);
    assert_eq!(code(&other), Some(0), "{}", stderr(&other));
    refused(
        crash.prove(db, "other/risk.json", &[]),
        1,
        "expected a row of the risk arrays",
    );
    // Somebody who cannot take: nobody is liquidated, and who waits is offered at a larger discount the next time.
    crash.copy("untaken.sqlite");
    let poor = before
        .0
        .iter()
        .find(|(_, a)| a.positions.len() == 1)
        .expect("a trader")
        .0
        .to_string();
    let none = crash.prove("untaken.sqlite", risk, &["--taker", &poor, "--rounds", "2"]);
    assert_eq!(code(&none), Some(0), "{}", stderr(&none));
    let none = json(&none);
    assert_eq!(
        (&none["liquidations"], &none["rounds"]),
        (&0.into(), &2.into()),
        "{none}"
    );
    let (accounts, queue) = crash.state("untaken.sqlite");
    assert_eq!(accounts, before.0);
    assert_eq!(
        queue.queue.waiting.iter().map(|w| w.rounds).collect::<Vec<_>>(),
        [2, 2, 2]
    );
    assert_eq!(crash.state(db), before, "refusals change nothing");

    // `stress --save`: the grid, the step, a database in the way.
    let again = crash.stress("path.csv", &["--save", &crash.text("crash")]);
    refused(again, 3, "expected no file");
    let grid = ["--save", &crash.text("grid"), "--grid", "span-16"];
    refused(crash.stress("path.csv", &grid), 2, "paradex-24");
    let at = ["--save", &crash.text("at"), "--save-at", "2020-09-13T12:30:00Z"];
    refused(crash.stress("path.csv", &at), 2, "the time of a step");
    let calm: String = (0..4)
        .map(|h| format!("{},2000\n", 1_600_000_000 + 3_600 * h))
        .collect();
    fs::write(crash.path("calm.csv"), format!("time,price\n{calm}")).expect("written");
    let calm = crash.stress("calm.csv", &["--save", &crash.text("calm")]);
    refused(calm, 1, "expected a step with accounts below maintenance");
}
