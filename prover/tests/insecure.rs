//! What a build does with one-party setups: a production build refuses them wherever they turn up.
//! Run both ways: `cargo test -p zksettle-prover --test insecure`, and again with `--features production`.
#![allow(non_snake_case)] // test_invalid_<object>__<reason>

mod common;

use common::setup_files::{Known, stored};
use prover::error::SrsError;
use prover::proof_file::{ProofFile, ProofFileError};
use prover::srs::{INSECURE_SUFFIX, Setup, import};
use sha2::{Digest, Sha256};

const PRODUCTION: bool = cfg!(feature = "production");

/// A stored setup whose provenance says insecure, made without the dev module.
fn insecure_file() -> Vec<u8> {
    let (_folder, source) = stored("ceremony", &Known::new(4, 31, 99).ptau());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ceremony.srs");
    import(&source, None, 4).unwrap().save(&path).unwrap();
    let mut file = std::fs::read(&path).unwrap();
    let secure = b"\"insecure\":false";
    let at = file
        .windows(secure.len())
        .position(|window| window == secure)
        .unwrap();
    file[at..at + secure.len()].copy_from_slice(b"\"insecure\": true");
    let content = file.len() - 32;
    let hash = Sha256::digest(&file[..content]);
    file[content..].copy_from_slice(&hash);
    file
}

#[test]
fn test_invalid_setup__insecure_in_production() {
    let (_folder, path) = stored(&format!("k4{INSECURE_SUFFIX}"), &insecure_file());
    match Setup::load(&path) {
        Ok(setup) => assert!(!PRODUCTION && setup.insecure()),
        Err(error) => {
            assert!(PRODUCTION, "{error}");
            assert!(matches!(error, SrsError::InsecureRefused { .. }));
        }
    }
    let (_folder, renamed) = stored("k4.srs", &insecure_file());
    assert!(Setup::load(&renamed).is_err());
}

#[test]
fn test_invalid_proof_file__insecure_in_production() {
    let file = |insecure| {
        let zeros = "0".repeat(64);
        format!(
            r#"{{"format":"zksettle-proof/1","statement":"s","size":"z","key_digest":"0x{zeros}",
            "setup":{{"name":"n","sha256":"{zeros}","insecure":{insecure}}},
            "instance":[],"proof":"0x","created_by":"a test"}}"#
        )
    };
    ProofFile::parse(file(false).as_bytes()).unwrap();
    match ProofFile::parse(file(true).as_bytes()) {
        Ok(_) => assert!(!PRODUCTION),
        Err(error) => {
            assert!(PRODUCTION, "{error}");
            assert!(matches!(error, ProofFileError::InsecureRefused { .. }));
        }
    }
}
