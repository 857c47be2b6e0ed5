//! Emitted verifiers against real proofs, in an EVM.

mod support;

use support::synthetic::{INSTANCES, K, Synthetic};
use support::{Fixture, or_skip};
use verifier_contract::evm::Evm;
use verifier_contract::{calldata, compile_with_node, emit_solidity};

fn fixture() -> Fixture<Synthetic> {
    let circuit = Synthetic::new(1, 2);
    let instance = circuit.instance.clone();
    assert_eq!(instance.len(), INSTANCES);
    Fixture::new(7, K, circuit, instance, "Synthetic")
}

#[test]
fn honest_proof_is_accepted() {
    let f = fixture();
    let source = emit_solidity(f.vk(), &f.setup(), &f.meta).unwrap();
    std::fs::write("/tmp/SyntheticVerifier.sol", &source).unwrap();
    let proof = f.prove();
    assert!(f.accepts(&proof, &f.instance));
    let Some(artifact) = or_skip(compile_with_node(&source, "SyntheticVerifier")) else { return };
    let mut evm = Evm::default();
    let deployed = evm.deploy(&artifact.creation_bytes().unwrap()).unwrap();
    println!("source {} bytes, runtime {} bytes, deployment {} gas", source.len(), artifact.runtime.len() / 2, deployed.gas_used);
    let call = calldata::verify(&proof, &f.instance_words());
    let outcome = evm.call(deployed.address, &call).unwrap();
    println!("proof {} bytes, gas {} {:?} {:?}", proof.len(), outcome.gas_used, outcome.revert, outcome.precompiles);
    assert!(outcome.success);
}
