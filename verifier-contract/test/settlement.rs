//! The committed verifiers of statement S are what the emitter writes for the committed circuit and the ceremony's setup; in an
//! EVM, a batch is accepted, and nothing that says something else is.

mod support;

use std::path::PathBuf;

use circuits::settlement::circuit::SettlementCircuit;
use circuits::size::Size;
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use prover::keys::keygen;
use prover::srs::dev::UnsafeDevSetup;
use prover::srs::{self, Setup};
use support::statement::{Change, Subject};
use verifier_contract::artifact::MAX_RUNTIME;
use verifier_contract::{Artifact, Meta, SetupG2, emit_solidity};

const INPUTS: usize = 13;
/// Set to 1 to write the committed sources anew; `npm run compile` makes their artifacts.
const UPDATE: &str = "ZKSETTLE_UPDATE_GOLDEN";

fn meta(size: &Size, name: &str) -> Meta {
    Meta {
        name: format!("Settlement{name}"),
        statement: "settlement".into(),
        size: size.name.into(),
        k: size.k,
        instances: INPUTS,
        equal_columns: Vec::new(),
    }
}

fn size(name: &str) -> Size {
    Size::by_name(name).expect("a named size")
}

fn ceremony() -> Option<Setup> {
    let default = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let data = std::env::var_os("ZKSETTLE_DATA").map_or(default, PathBuf::from);
    let path = data.join("srs/kzg10-bn254-aztec-srs-32768.bin");
    if !path.exists() {
        let required = std::env::var("ZKSETTLE_REQUIRE_DATA").is_ok_and(|v| v == "1");
        assert!(
            !required,
            "ZKSETTLE_REQUIRE_DATA=1, but {} is not there",
            path.display()
        );
        println!("skipped: 1 test (the ceremony's setup is not there)");
        return None;
    }
    Some(srs::import(&path, None, size("m").k).expect("the ceremony's setup is sound"))
}

#[test]
fn committed_sources_are_what_is_emitted() {
    let Some(setup) = ceremony() else { return };
    for (short, name) in [("xs", "Xs"), ("s", "S"), ("m", "M")] {
        let size = size(short);
        let setup = setup.truncated(size.k).expect("a smaller setup");
        let keys = keygen(&setup, &SettlementCircuit::new(size), INPUTS).expect("keys");
        let source =
            emit_solidity(keys.pk.get_vk(), &SetupG2::from(setup.params()), &meta(&size, name)).expect("a verifier");
        let path = format!("{}/contracts/Settlement{name}Verifier.sol", env!("CARGO_MANIFEST_DIR"));
        if std::env::var(UPDATE).as_deref() == Ok("1") {
            std::fs::write(&path, &source).expect("the source");
        }
        let committed = std::fs::read_to_string(&path).expect("a committed verifier");
        assert!(
            source == committed,
            "{path}: expected the emitted source, found another; run with {UPDATE}=1"
        );
        let artifact = Artifact::committed(&format!("Settlement{name}Verifier")).expect("a committed artifact");
        let bytes = artifact.runtime_bytes().expect("hexadecimal").len();
        println!("size {short}: key digest {}, {bytes} bytes of code", keys.digest);
        assert!(bytes <= MAX_RUNTIME, "{bytes} bytes");
    }
}

#[test]
fn a_batch_is_accepted_and_every_change_is_refused() {
    let proven = support::proven::settlement("xs");
    let changes: Vec<Change> = (0..INPUTS)
        .map(|at| ("one more", at, proven.fields[at] + Fr::ONE))
        .collect();
    let Some(mut subject) = Subject::new(&proven) else {
        return;
    };
    assert!(subject.gas() <= 500_000, "{}", subject.gas());
    subject.refuses_every_change(&changes);
    subject.refuses_mutations();
    subject.finish();
}

#[test]
fn committed_code_takes_the_key_of_another_setup() {
    let size = size("xs");
    let setup = UnsafeDevSetup::generate(size.k, "committed verifier").expect("a development setup");
    let keys = keygen(&setup, &SettlementCircuit::new(size), INPUTS).expect("keys");
    let artifact = Artifact::committed("SettlementXsVerifier").expect("a committed artifact");
    let meta = meta(&size, "Xs");
    let runtime = artifact
        .patch_runtime(keys.pk.get_vk(), &SetupG2::from(setup.params()), &meta)
        .expect("same shape");
    assert_eq!(runtime.len(), artifact.runtime_bytes().expect("hexadecimal").len());
    let wrong = Meta {
        name: "SettlementS".into(),
        ..meta
    };
    assert!(
        artifact
            .patch_runtime(keys.pk.get_vk(), &SetupG2::from(setup.params()), &wrong)
            .is_err()
    );
}
