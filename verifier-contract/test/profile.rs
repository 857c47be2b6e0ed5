mod support;
use support::synthetic::{K, Synthetic};
use support::Fixture;
use verifier_contract::evm::Evm;
use verifier_contract::{calldata, compile_with_node, emit_solidity};
#[test]
fn profile() {
    let circuit = Synthetic::new(1, 2);
    let instance = circuit.instance.clone();
    let f = Fixture::new(7, K, circuit, instance, "Synthetic");
    let source = emit_solidity(f.vk(), &f.setup(), &f.meta).unwrap();
    std::fs::write("/tmp/SyntheticVerifier.sol", &source).unwrap();
    let artifact = compile_with_node(&source, "SyntheticVerifier").unwrap();
    let mut evm = Evm::default();
    let d = evm.deploy(&artifact.creation_bytes().unwrap()).unwrap();
    let call = calldata::verify(&f.prove(), &f.instance_words());
    let text = std::process::Command::new("node").args(["/tmp/prof/entry.mjs", "/tmp/SyntheticVerifier.sol"]).output().unwrap();
    let mut entries: Vec<(usize, String)> = String::from_utf8(text.stdout).unwrap().lines().map(|l| { let (a, b) = l.split_once(' ').unwrap(); (a.parse().unwrap(), b.to_owned()) }).collect();
    entries.sort();
    let by_pc = evm.profile(d.address, &call);
    let mut totals = std::collections::BTreeMap::new();
    for (pc, gas) in by_pc {
        let name = entries.iter().rev().find(|(e, _)| *e <= pc).map_or("start", |(_, n)| n.as_str());
        *totals.entry(name.to_owned()).or_insert(0u64) += gas;
    }
    let mut rows: Vec<_> = totals.into_iter().collect();
    rows.sort_by_key(|r| r.1);
    for r in &rows { println!("{:>8} {}", r.1, r.0); }
    println!("runtime {}", artifact.runtime.len() / 2);
}
