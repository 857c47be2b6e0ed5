//! What a build does with one-party setups: a production build refuses them wherever they turn up.
//! Run both ways: `cargo test -p zksettle-prover --test insecure`, and again with `--features production`.
#![allow(non_snake_case)] // test_invalid_<object>__<reason>

mod common;

use common::setup_files::{Known, stored};
use prover::error::SrsError;
use prover::proof_file::{ProofFile, ProofFileError};
use prover::srs::{INSECURE_SUFFIX, Setup, import};
use sha2::{Digest, Sha256};

/// Not a constant, so that one body covers both builds.
fn production() -> bool {
    cfg!(feature = "production")
}

/// A stored setup, made without the dev module, in whose provenance `from` became `to`.
fn altered(from: &str, to: &str) -> Vec<u8> {
    let (_folder, source) = stored("ceremony", &Known::new(4, 31, 99).ptau());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ceremony.srs");
    import(&source, None, 4).unwrap().save(&path).unwrap();
    let file = std::fs::read(&path).unwrap();
    let length = u32::from_le_bytes(file[20..24].try_into().unwrap()) as usize;
    let (provenance, points) = file[24..].split_at(length);
    let provenance = std::str::from_utf8(provenance).unwrap();
    assert!(provenance.contains(from));
    let provenance = provenance.replace(from, to);
    let mut new = file[..20].to_vec();
    new.extend((provenance.len() as u32).to_le_bytes());
    new.extend(provenance.as_bytes());
    new.extend(&points[..points.len() - 32]);
    let hash = Sha256::digest(&new);
    new.extend(hash);
    new
}

fn insecure_file() -> Vec<u8> {
    altered("\"insecure\":false", "\"insecure\":true")
}

#[test]
fn test_invalid_setup__claims_a_ceremony_it_is_not() {
    for claim in ["file", "powers"] {
        let claim = format!("{{\"{claim}\":\"hermez-raw-11\"}}");
        let (_folder, path) = stored("claims.srs", &altered("\"unknown\"", &claim));
        match Setup::load(&path) {
            Err(SrsError::Manifest { name, part, .. }) => {
                assert_eq!((name.as_str(), part), ("hermez-raw-11", "g2_tau"));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn test_invalid_setup__insecure_in_production() {
    let (_folder, path) = stored(&format!("k4{INSECURE_SUFFIX}"), &insecure_file());
    match Setup::load(&path) {
        Ok(setup) => assert!(!production() && setup.insecure()),
        Err(error) => {
            assert!(production(), "{error}");
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
        Ok(_) => assert!(!production()),
        Err(error) => {
            assert!(production(), "{error}");
            assert!(matches!(error, ProofFileError::InsecureRefused { .. }));
        }
    }
}
