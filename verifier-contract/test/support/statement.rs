//! A statement's verifier in an EVM: a proof is accepted, and nothing that says something else is.

use alloy_sol_types::private::U256;
use halo2_proofs::halo2curves::bn256::Fr;
use num_bigint::BigUint;
use prover::keys::Keys;
use prover::srs::Setup;
use prover::transcript::scalar_bytes;
use prover::verify::verify;
use verifier_contract::artifact::MAX_RUNTIME;
use verifier_contract::calldata::{self, Revert, VerifierErrors, abi::Verifier};
use verifier_contract::evm::Evm;
use verifier_contract::{Meta, SetupG2, compile_with_node, emit_solidity, key_digest};

use super::{Deployed, or_skip, print_gas};

/// What a rejection may cost.
const REJECTION_GAS: u64 = 1_000_000;
const WORD: usize = 32;

/// A word plus the order of the scalar field: the same field element, written otherwise.
fn aliased(word: &[u8; WORD]) -> [u8; WORD] {
    let order = b"30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";
    let order = BigUint::parse_bytes(order, 16).expect("digits");
    let bytes = (BigUint::from_bytes_be(word) + order).to_bytes_be();
    let mut sum = [0; WORD];
    sum[WORD - bytes.len()..].copy_from_slice(&bytes);
    sum
}

/// A public input that somebody could want to pass a proof off for: what it would mean, its number, its value.
pub type Change = (&'static str, usize, Fr);

/// A verifier, and what an accepted proof may cost there.
pub struct Subject<'a> {
    pub setup: &'a Setup,
    pub keys: &'a Keys,
    pub meta: Meta,
    pub gas: u64,
}

impl Subject<'_> {
    /// Deploys the verifier, has it accept `proof`, and has it refuse every change of the proof and of its public inputs. `prove` is asked for the
    /// proof only where there is a compiler.
    pub fn accepts_and_refuses_every_change(&self, fields: &[Fr], changes: &[Change], prove: impl FnOnce() -> Vec<u8>) {
        let (setup, keys, meta) = (self.setup, self.keys, &self.meta);
        let (vk, ends) = (keys.pk.get_vk(), SetupG2::from(setup.params()));
        let source = emit_solidity(vk, &ends, meta).expect("a verifier");
        let Some(artifact) = or_skip(compile_with_node(&source, &format!("{}Verifier", meta.name))) else {
            return;
        };

        // What the constructor leaves on the chain is what a patched artifact would be.
        let mut evm = Evm::default();
        let creation = artifact.creation_bytes().expect("hexadecimal");
        let deployed = evm.deploy(&creation).expect("a verifier that is deployed");
        let code = evm.code(deployed.address);
        assert!(code == artifact.patch_runtime(vk, &ends, meta).expect("the same shape"));
        println!(
            "size {}: {} bytes of source, {} of code, deployed at {} gas",
            meta.size,
            source.len(),
            code.len(),
            deployed.gas_used
        );
        assert!(code.len() <= MAX_RUNTIME, "{} bytes", code.len());
        let mut verifier = Deployed {
            evm,
            address: deployed.address,
        };
        let digest = verifier.call(&calldata::key_digest()).output;
        assert_eq!(digest, key_digest(vk, &ends, meta).expect("a sound key"));

        let proof = prove();
        let words: Vec<[u8; WORD]> = fields.iter().map(scalar_bytes).collect();
        let outcome = verifier.verify(&proof, &words);
        println!("proof of {} bytes", proof.len());
        print_gas("accepted", &calldata::verify(&proof, &words), &outcome);
        assert_eq!(outcome.revert, None);
        assert!(outcome.success && outcome.gas_used <= self.gas, "{}", outcome.gas_used);

        let mut refused = 0;
        let mut most = 0;
        let mut refuse = |what: &str, proof: &[u8], words: &[[u8; WORD]], wanted: Option<VerifierErrors>| {
            let outcome = verifier.verify(proof, words);
            assert!(!outcome.success, "{what}: accepted");
            match wanted {
                Some(wanted) => assert_eq!(outcome.revert, Some(Revert::Verifier(wanted)), "{what}"),
                None => assert!(matches!(outcome.revert, Some(Revert::Verifier(_))), "{what}"),
            }
            refused += 1;
            most = most.max(outcome.gas_used);
        };
        let off = || VerifierErrors::PairingFailed(Verifier::PairingFailed {});

        // Another instance than the proof's, each of them one that somebody could want to pass it off for.
        for (what, at, value) in changes.iter().copied() {
            assert_ne!(value, fields[at], "{what}: no change");
            let mut changed = fields.to_vec();
            changed[at] = value;
            assert!(verify(setup, keys.verifier_key(), &changed, &proof).is_err(), "{what}");
            let words: Vec<[u8; WORD]> = changed.iter().map(scalar_bytes).collect();
            refuse(what, &proof, &words, Some(off()));
        }
        // The same field elements in other words, and other numbers of them.
        for i in 0..words.len() {
            let mut changed = words.clone();
            changed[i] = aliased(&words[i]);
            let index = U256::from(i);
            let error = VerifierErrors::InstanceNotCanonical(Verifier::InstanceNotCanonical { index });
            refuse("instance + r", &proof, &changed, Some(error));
        }
        for found in [0, words.len() - 1, words.len() + 1] {
            let mut changed = words.clone();
            changed.resize(found, [0; WORD]);
            let (expected, found) = (U256::from(words.len()), U256::from(found));
            let error = Verifier::InvalidInstanceLength { expected, found };
            let error = VerifierErrors::InvalidInstanceLength(error);
            refuse("instance length", &proof, &changed, Some(error));
        }
        // Truncated and extended proofs.
        for found in [
            0,
            proof.len() - WORD,
            proof.len() - 1,
            proof.len() + 1,
            proof.len() + WORD,
        ] {
            let mut changed = proof.clone();
            changed.resize(found, 0);
            let (expected, found) = (U256::from(proof.len()), U256::from(found));
            let error = VerifierErrors::InvalidProofLength(Verifier::InvalidProofLength { expected, found });
            refuse("proof length", &changed, &words, Some(error));
        }
        // A flipped bit in every word, so in every commitment and every evaluation.
        for at in (0..proof.len()).step_by(WORD) {
            let at = at + (at / WORD) % WORD;
            let mut changed = proof.clone();
            changed[at] ^= 1 << (at % 8);
            assert!(
                verify(setup, keys.verifier_key(), fields, &changed).is_err(),
                "byte {at}"
            );
            refuse(&format!("byte {at}"), &changed, &words, None);
        }
        println!("{refused} changes refused, at {most} gas or less");
        assert!(most < REJECTION_GAS);
        // The verifier keeps no state that a refusal could have changed.
        assert!(verifier.verify(&proof, &words).success);
    }
}
