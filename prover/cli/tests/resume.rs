//! Killed anywhere, `settle` goes on and ends exactly as if nothing had happened.

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use common::{Small, code, json, run};
use rand::Rng;
use serde_json::Value;
use witness_gen::store::{STEPS, Store};

/// One test at a time: delays of kills are parts of a measured run.
static ALONE: Mutex<()> = Mutex::new(());

/// How an undisturbed run ended.
struct Undisturbed {
    batches: usize,
    root: String,
    /// The public inputs of every proof, in order.
    instances: Vec<Value>,
    /// Every account's nonce: how often it was settled.
    nonces: Vec<u32>,
    time: Duration,
}

/// The public inputs of a folder's proof files, by name.
fn instances(small: &Small, folder: &str) -> Vec<Value> {
    let read = |path: &String| -> Value {
        let file = fs::read(path).expect("a proof file");
        let mut file: Value = serde_json::from_slice(&file).expect("JSON");
        file["instance"].take()
    };
    small.proofs(folder).iter().map(read).collect()
}

fn nonces(db: &Path) -> Vec<u32> {
    let ledger = Store::open(db).and_then(|store| store.load_ledger()).expect("a ledger");
    ledger.parts().accounts.values().map(|account| account.nonce).collect()
}

/// Settles and kills nobody.
fn undisturbed(small: &Small, folder: &str, seed: Option<&str>) -> Undisturbed {
    let started = Instant::now();
    let done = small.settle_of(folder, seed).output().expect("runs");
    let time = started.elapsed();
    assert_eq!(code(&done), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    let report = json(&done);
    let settled: u64 = report["batches"]
        .as_array()
        .expect("batches")
        .iter()
        .map(|batch| batch["accounts"].as_u64().expect("a number"))
        .sum();
    let end = Undisturbed {
        batches: report["batches"].as_array().expect("batches").len(),
        root: report["final_root"].as_str().expect("a root").to_owned(),
        instances: instances(small, folder),
        nonces: nonces(&small.path(folder).join("state.sqlite")),
        time,
    };
    assert!(end.batches >= 2, "{report}");
    assert!(end.nonces.iter().all(|nonce| *nonce <= 1), "nobody is settled twice");
    assert_eq!(end.nonces.iter().sum::<u32>() as u64, settled);
    finish(small, folder, seed, &end);
    end
}

/// Runs to the end; everything that an undisturbed run leaves behind has to be there, once, but for the proofs' own bytes.
fn finish(small: &Small, folder: &str, seed: Option<&str>, wanted: &Undisturbed) {
    let done = small.settle_of(folder, seed).output().expect("runs");
    assert_eq!(
        code(&done),
        Some(0),
        "{folder}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    let report = json(&done);
    assert_eq!(report["closed"], true, "{folder}");
    assert_eq!(report["final_root"], wanted.root.as_str(), "{folder}");
    assert_eq!(
        report["batch_number"], wanted.batches,
        "{folder}: nothing is settled twice"
    );
    let proofs = small.proofs(folder);
    for (number, path) in (1..).zip(&proofs) {
        assert!(
            path.ends_with(&format!("/batch-{number:06}.proof.json")),
            "{folder}: {path}"
        );
    }
    assert_eq!(instances(small, folder), wanted.instances, "{folder}");
    assert_eq!(
        nonces(&small.path(folder).join("state.sqlite")),
        wanted.nonces,
        "{folder}: every account is settled once"
    );
    let mut arguments = vec!["verify", "--json"];
    arguments.extend(proofs.iter().map(String::as_str));
    let verified = run(&arguments);
    assert_eq!(
        code(&verified),
        Some(0),
        "{folder}: {}",
        String::from_utf8_lossy(&verified.stderr)
    );
    assert_eq!(json(&verified)["final_root"], wanted.root.as_str(), "{folder}");
}

/// Runs until it dies at a step.
fn die_at(mut settle: Command, step: &str) {
    let killed = settle.env("ZKSETTLE_KILL_AT", step).output().expect("runs");
    assert_eq!(code(&killed), None, "{step}: expected the process to be killed");
}

#[test]
fn a_killed_run_ends_like_an_undisturbed_one() {
    const SEED: Option<&str> = Some("5");
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let small = Small::new();
    // The first run makes the keys; the second one says how long a run takes, and that a folder changes nothing.
    let first = undisturbed(&small, "undisturbed", SEED);
    let wanted = undisturbed(&small, "undisturbed-again", SEED);
    assert_eq!(wanted.root, first.root);
    assert_eq!(wanted.instances, first.instances);

    for step in STEPS {
        // In the first batch, and in the second one.
        die_at(small.settle(step), step);
        if step != "after_commit" {
            die_at(small.settle(step), "after_commit");
        }
        die_at(small.settle(step), step);
        finish(&small, step, SEED, &wanted);
    }

    // SIGKILL, wherever it falls: early, late, and again and again in one folder until a run gets through.
    let mut random = rand::thread_rng();
    let mut delays = Vec::new();
    let mut hits = 0;
    for part in 0..4u32 {
        let folder = format!("killed-{part}");
        for _ in 0..2 {
            let delay = (wanted.time / 4) * part + (wanted.time / 4).mul_f64(random.r#gen());
            delays.push(delay.as_millis());
            let mut child = small
                .settle(&folder)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("starts");
            std::thread::sleep(delay);
            let _ = child.kill();
            hits += usize::from(child.wait().expect("ends").code().is_none());
        }
        finish(&small, &folder, SEED, &wanted);
    }
    println!("killed {hits} of {} runs after {delays:?} ms", delays.len());
    assert!(hits >= 2, "expected kills to hit running processes, found {hits}");

    let again = small.settle("undisturbed").output().expect("runs");
    assert_eq!(code(&again), Some(0));
    assert_eq!(json(&again)["nothing_to_do"], true);
    assert_eq!(json(&again)["final_root"], wanted.root.as_str());
}

#[test]
fn what_was_drawn_is_drawn_once() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let small = Small::new();
    let drawn = small.book_of("drawn.sqlite", None);
    for folder in ["undisturbed", "killed"] {
        fs::create_dir(small.path(folder)).expect("a new folder");
        fs::copy(small.path("drawn.sqlite"), small.path(folder).join("state.sqlite")).expect("copied");
    }
    let wanted = undisturbed(&small, "undisturbed", None);
    assert_eq!(wanted.instances[0][2]["value"], drawn["state_root"]);
    die_at(small.settle_of("killed", None), "after_commit");
    // Nobody gave a seed, so none fits.
    let refused = small.settle("killed").output().expect("runs");
    assert_eq!(code(&refused), Some(2), "{}", String::from_utf8_lossy(&refused.stderr));
    finish(&small, "killed", None, &wanted);
}
