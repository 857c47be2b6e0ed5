//! The demo: a contract accepts every batch and refuses every changed one.

mod common;

use common::{code, json, run};

/// What has to be tried in every batch.
const ATTEMPTS: [&str; 5] = [
    "changed price",
    "changed root",
    "replayed batch",
    "flipped proof byte",
    "instance plus r",
];

#[test]
fn the_contract_accepts_what_is_proven_and_nothing_else() {
    let done = run(&["demo", "--json"]);
    assert_eq!(code(&done), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    let demo = json(&done);
    assert_eq!(demo["setup_insecure"], true);
    assert_eq!(demo["closed"], true);
    assert_eq!(demo["final_root"], demo["contract_root"]);
    let batches = demo["batches"].as_array().expect("batches");
    let tampered = demo["tampered"].as_array().expect("attempts");
    assert!(batches.len() >= 2, "{demo}");
    for batch in batches {
        assert_eq!(batch["accepted"], true, "{batch}");
        assert!(batch["gas"].as_u64() > Some(0), "{batch}");
        for wanted in ATTEMPTS {
            let of_batch = |attempt: &&serde_json::Value| attempt["batch"] == batch["batch"];
            let named =
                |attempt: &serde_json::Value| attempt["what"].as_str().is_some_and(|what| what.contains(wanted));
            assert!(tampered.iter().filter(of_batch).any(named), "{wanted} in {batch}");
        }
    }
    for attempt in tampered {
        assert_eq!(attempt["refused"], true, "{attempt}");
        assert!(
            attempt["reason"].as_str().is_some_and(|reason| !reason.is_empty()),
            "{attempt}"
        );
    }
}
