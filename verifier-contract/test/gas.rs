//! What proofs cost on a chain: a snapshot by statement, size and part, which a change of more than 0.5 % fails.

mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;

use support::proven::{self, Proven};
use support::{Deployed, or_skip, print_gas};
use verifier_contract::artifact::MAX_RUNTIME;
use verifier_contract::evm::CallOutcome;
use verifier_contract::{calldata, compile_with_node, emit_solidity};

/// Set to 1 to write the snapshot anew.
const UPDATE: &str = "ZKSETTLE_UPDATE_GAS";
/// Set to 1 to measure the sizes whose proofs take long, too.
const FULL: &str = "ZKSETTLE_BENCH_FULL";
/// Thousandths of a figure by which it may change.
const TOLERANCE: u64 = 5;
/// What a pairing of two pairs, and a commitment's multiplication and addition, cost.
const PAIRING: u64 = 113_000;
const COMMITMENT: u64 = 6_150;

/// A verifier that is measured.
struct Case {
    key: &'static str,
    prove: fn() -> Proven,
    is_long: bool,
    /// Most that a call may cost, in hundredths of the floor: the transaction, calldata, commitments and the pairing.
    percent: u64,
    /// Most bytes of code.
    code: usize,
}

const KIB: usize = 1024;

const CASES: [Case; 9] = [
    settlement("settlement/xs", || proven::settlement("xs"), false),
    settlement("settlement/s", || proven::settlement("s"), false),
    settlement("settlement/m", || proven::settlement("m"), false),
    settlement("settlement/l", || proven::settlement("l"), true),
    other("solvency/8", || proven::solvency("8"), false),
    other("solvency/32", || proven::solvency("32"), false),
    other("solvency/128", || proven::solvency("128"), true),
    other("liquidation/xs", proven::liquidation, false),
    other("risk-segment/4", || proven::segment("4"), false),
];

/// 155 evaluations at 62 points, and 212 identities, take more than the others' on both counts.
const fn settlement(key: &'static str, prove: fn() -> Proven, is_long: bool) -> Case {
    Case {
        key,
        prove,
        is_long,
        percent: 114,
        code: MAX_RUNTIME,
    }
}

const fn other(key: &'static str, prove: fn() -> Proven, is_long: bool) -> Case {
    Case {
        key,
        prove,
        is_long,
        percent: 110,
        code: 16 * KIB,
    }
}

type Snapshot = BTreeMap<String, u64>;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("gas-snapshot.json")
}

fn calldata_gas(data: &[u8]) -> u64 {
    data.iter().map(|byte| if *byte == 0 { 4 } else { 16 }).sum()
}

fn parts(outcome: &CallOutcome, data: &[u8]) -> Vec<(&'static str, u64)> {
    let of = |address: u8| outcome.precompiles.get(&address).map_or(0, |used| used.gas);
    let mut parts = vec![
        ("transaction", 21_000),
        ("calldata", calldata_gas(data)),
        ("additions", of(6)),
        ("multiplications", of(7)),
        ("pairing", of(8)),
    ];
    assert!(outcome.precompiles.keys().all(|address| (6..9).contains(address)));
    let named: u64 = parts.iter().map(|(_, gas)| gas).sum();
    parts.push(("rest", outcome.gas_used - named));
    parts
}

/// Nothing where there is no compiler.
fn measured(case: &Case) -> Option<Snapshot> {
    let proven = (case.prove)();
    let (vk, ends, meta) = (proven.keys.pk.get_vk(), proven.ends(), &proven.meta);
    let source = emit_solidity(vk, &ends, meta).expect("a verifier");
    let artifact = or_skip(compile_with_node(&source, &format!("{}Verifier", meta.name)))?;
    let runtime = artifact.patch_runtime(vk, &ends, meta).expect("the same shape");
    let mut verifier = Deployed::new(&runtime);
    let (argument, words) = (proven.hinted(), proven.words());
    let data = calldata::verify(&argument, &words);
    let outcome = verifier.call(&data);
    assert_eq!(outcome.revert, None, "{}", case.key);
    print_gas(case.key, &data, &outcome);

    let commitments = outcome.precompiles[&7].calls;
    let floor = 21_000 + calldata_gas(&data) + PAIRING + COMMITMENT * commitments;
    let accumulated = verifier.call(&calldata::accumulate(&argument, &words));
    assert!(accumulated.success, "{}", case.key);
    println!(
        "  floor {floor}, {} bytes of code, accumulate {} gas",
        runtime.len(),
        accumulated.gas_used
    );
    assert!(100 * outcome.gas_used <= case.percent * floor, "{}", case.key);
    assert!(runtime.len() <= case.code, "{}: {} bytes", case.key, runtime.len());

    let mut snapshot = Snapshot::new();
    let mut put = |name: &str, value: u64| snapshot.insert(format!("{}/{name}", case.key), value);
    put("verify", outcome.gas_used);
    for (part, gas) in parts(&outcome, &data) {
        put(&format!("verify/{part}"), gas);
    }
    put("floor", floor);
    put("accumulate", accumulated.gas_used);
    put("code", runtime.len() as u64);
    Some(snapshot)
}

#[test]
fn gas_is_that_of_the_snapshot() {
    let text = std::fs::read_to_string(path()).unwrap_or_else(|_| "{}".into());
    let mut committed: Snapshot = serde_json::from_str(&text).expect("a flat object of numbers");
    let is_set = |name| std::env::var(name).as_deref() == Ok("1");
    let mut changes = Vec::new();
    for case in CASES.iter().filter(|case| !case.is_long || is_set(FULL)) {
        let Some(found) = measured(case) else { return };
        if is_set(UPDATE) {
            committed.extend(found);
            continue;
        }
        for (key, found) in found {
            match committed.get(&key) {
                Some(&expected) if 1000 * expected.abs_diff(found) <= TOLERANCE * expected => {}
                expected => changes.push(format!("{key}: expected {expected:?}, found {found}")),
            }
        }
    }
    if is_set(UPDATE) {
        let text = serde_json::to_string_pretty(&committed).expect("numbers");
        std::fs::write(path(), text + "\n").expect("the snapshot");
    }
    assert!(
        changes.is_empty(),
        "gas changed by more than 0.5 %; run with {UPDATE}=1 after a wanted change:\n{}",
        changes.join("\n")
    );
}
