//! Killed anywhere, `settle` goes on and ends exactly as if nothing had happened.

mod common;

use std::time::Duration;

use common::{Small, code, json, run};

/// The steps of a batch, as the store names them.
const STEPS: [&str; 6] = [
    "before_witness",
    "after_witness",
    "after_prove",
    "after_proof_file",
    "in_transaction",
    "after_commit",
];

/// Runs to the end and checks what a finished folder has to be; returns the final root.
fn finish(small: &Small, folder: &str, batches: usize) -> String {
    let done = small.settle(folder).output().expect("runs");
    assert_eq!(
        code(&done),
        Some(0),
        "{folder}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    let report = json(&done);
    assert_eq!(report["closed"], true, "{folder}");
    assert_eq!(report["batch_number"], batches, "{folder}: nothing is settled twice");
    let proofs = small.proofs(folder);
    assert_eq!(proofs.len(), batches, "{folder}");
    let mut arguments = vec!["verify", "--json"];
    arguments.extend(proofs.iter().map(String::as_str));
    let verified = run(&arguments);
    assert_eq!(
        code(&verified),
        Some(0),
        "{folder}: {}",
        String::from_utf8_lossy(&verified.stderr)
    );
    assert_eq!(json(&verified)["final_root"], report["final_root"], "{folder}");
    report["final_root"].as_str().expect("a root").to_owned()
}

#[test]
fn a_killed_run_ends_like_an_undisturbed_one() {
    let small = Small::new();
    small.book("book.sqlite");
    small.copy("book.sqlite", "undisturbed");
    let first = small.settle("undisturbed").output().expect("runs");
    assert_eq!(code(&first), Some(0), "{}", String::from_utf8_lossy(&first.stderr));
    let report = json(&first);
    let batches = report["batches"].as_array().expect("batches").len();
    assert!(batches >= 2, "{report}");
    let root = finish(&small, "undisturbed", batches);

    for step in STEPS {
        small.copy("book.sqlite", step);
        // Where the first batch is recorded when the kill comes, the next run is killed in the second one.
        for _ in 0..if step == "after_commit" { 2 } else { 1 } {
            let killed = small.settle(step).env("ZKSETTLE_KILL_AT", step).output().expect("runs");
            assert_eq!(code(&killed), None, "{step}: expected the process to be killed");
        }
        assert_eq!(finish(&small, step, batches), root, "{step}");
    }

    for (place, milliseconds) in [30u64, 400, 1_200].into_iter().enumerate() {
        let folder = format!("killed-{place}");
        small.copy("book.sqlite", &folder);
        let mut child = small
            .settle(&folder)
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("starts");
        std::thread::sleep(Duration::from_millis(milliseconds));
        let _ = child.kill();
        let _ = child.wait();
        assert_eq!(finish(&small, &folder, batches), root, "{folder}");
    }

    let again = small.settle("undisturbed").output().expect("runs");
    assert_eq!(code(&again), Some(0));
    assert_eq!(json(&again)["nothing_to_do"], true);
    assert_eq!(json(&again)["final_root"], root.as_str());
}
