//! What is kept on disk: setups in our own format, proving keys, proof files.
#![cfg(not(feature = "production"))]
#![allow(non_snake_case)] // test_invalid_<object>__<reason>

mod common;

use std::fs;

use common::setup_files::{Known, stored};
use common::{Flaw, INSTANCE_LEN, Toy};
use halo2_proofs::halo2curves::bn256::{Fr, G1Affine};
use halo2_proofs::halo2curves::serde::SerdeObject;
use prover::backend::{Backend, Cpu};
use prover::error::{PointFault, SrsError};
use prover::keys::{CacheWarning, CircuitId, KeyCache, keygen};
use prover::proof_file::{Expected, ProofFile, ProofFileError};
use prover::srs::dev::UnsafeDevSetup;
use prover::srs::{INSECURE_SUFFIX, Setup, import};
use prover::verify::verify;
use sha2::{Digest, Sha256};

const K: u32 = 6;
const NAMES: [&str; INSTANCE_LEN] = ["first", "second", "third"];

fn setup() -> Setup {
    UnsafeDevSetup::generate(K, "stored").unwrap()
}

fn honest() -> Toy {
    Toy::new([3, 5, 11])
}

#[test]
fn dev_setup_is_sound_deterministic_and_named_insecure() {
    let setup = setup();
    setup.check().unwrap();
    assert!(setup.insecure());
    assert!(setup.provenance().name.contains("INSECURE"));
    assert!(setup.provenance().to_string().contains("INSECURE"));
    assert_eq!(super_equal(&setup), super_equal(&self::setup()));
    let other = UnsafeDevSetup::generate(K, "other").unwrap();
    assert_ne!(setup.params().s_g2(), other.params().s_g2());
    assert_eq!(setup.truncated(4).unwrap().powers(), &setup.powers()[..16]);
    let small = UnsafeDevSetup::generate(4, "stored").unwrap();
    assert_eq!(setup.truncated(4).unwrap().lagrange(), small.lagrange());
    for k in [0, 21] {
        let result = UnsafeDevSetup::generate(k, "stored");
        assert!(matches!(result, Err(SrsError::Size { .. })));
    }
}

/// Everything but the provenance.
fn super_equal(setup: &Setup) -> (Vec<u8>, usize) {
    let mut bytes = Vec::new();
    let format = halo2_proofs::SerdeFormat::RawBytes;
    setup.params().write_custom(&mut bytes, format).unwrap();
    (bytes, setup.lagrange().len())
}

#[test]
fn setup_file_loads_and_has_to_be_named_insecure() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(UnsafeDevSetup::file_name(K));
    setup().save(&path).unwrap();
    let loaded = Setup::load(&path).unwrap();
    assert_eq!(super_equal(&loaded), super_equal(&setup()));
    assert_eq!((loaded.next_power(), loaded.complete()), (setup().next_power(), true));
    assert_eq!(loaded.provenance(), setup().provenance());
    loaded.check().unwrap();

    let harmless = folder.path().join("setup.srs");
    let result = setup().save(&harmless);
    assert!(matches!(result, Err(SrsError::InsecureName { .. })));
    fs::rename(&path, &harmless).unwrap();
    let result = Setup::load(&harmless);
    assert!(matches!(result, Err(SrsError::InsecureName { .. })));

    let (_folder, ceremony) = stored("ceremony", &Known::new(4, 31, 99).ptau());
    let ceremony = import(&ceremony, None, 4).unwrap();
    let insecure = folder.path().join(format!("x{INSECURE_SUFFIX}"));
    assert!(matches!(ceremony.save(&insecure), Err(SrsError::InsecureName { .. })));
    ceremony.save(&harmless).unwrap();
    assert_eq!(Setup::load(&harmless).unwrap().powers(), ceremony.powers());
}

/// The power 2^k: taken where there is one, checked like the others, kept in the file, and found by a smaller setup among its powers.
#[test]
fn the_next_power_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("setup.srs");
    let known = Known::new(4, 31, 99);
    let (_folder, file) = stored("ceremony", &known.ptau());
    let setup = import(&file, None, 4).unwrap();
    assert_eq!(setup.next_power(), Some(&known.g[16]));
    setup.check().unwrap();
    setup.save(&path).unwrap();
    let loaded = Setup::load(&path).unwrap();
    assert_eq!(loaded.next_power(), Some(&known.g[16]));
    assert_eq!(loaded.truncated(4).unwrap().next_power(), Some(&known.g[16]));
    assert_eq!(loaded.truncated(3).unwrap().next_power(), Some(&known.g[8]));

    let mut exact = known.clone();
    exact.g.truncate(16);
    let (_folder, file) = stored("exact", &exact.arkworks());
    let ends = import(&file, None, 4).unwrap();
    assert!(ends.next_power().is_none() && ends.complete());
    ends.save(&path).unwrap();
    let content = fs::read(&path).unwrap();
    let ends = Setup::load(&path).unwrap();
    assert!(ends.next_power().is_none() && ends.truncated(3).unwrap().next_power() == Some(&known.g[8]));

    // A wrong one is found by an import and by the file's own checks, whatever its hash says.
    exact.g.push(known.g[15]);
    let (_folder, file) = stored("wrong", &exact.arkworks());
    let wrong = import(&file, None, 4);
    let fault = PointFault::NotConsecutive;
    assert!(matches!(wrong, Err(SrsError::Point { index: 16, fault: found, .. }) if found == fault));
    let flag = content.len() - 32 - 2 * 128 - 1;
    assert_eq!(content[flag], 0);
    let rehashed = |mut content: Vec<u8>| {
        content.truncate(content.len() - 32);
        content.extend(Sha256::digest(&content));
        fs::write(&path, &content).unwrap();
        Setup::load(&path)
    };
    let with = |number: u8, point: G1Affine| {
        let mut content = content.clone();
        content[flag] = number;
        content.splice(flag + 1..flag + 1, point.to_raw_bytes());
        rehashed(content)
    };
    assert_eq!(with(1, known.g[16]).unwrap().next_power(), Some(&known.g[16]));
    let part = "number of further powers";
    assert!(matches!(with(2, known.g[16]), Err(SrsError::Malformed { part: found, .. }) if found == part));
    let wrong = with(1, known.g[15]);
    assert!(matches!(wrong, Err(SrsError::Point { index: 16, fault: found, .. }) if found == fault));

    // Format 1 ends without the flag.
    let mut first = content.clone();
    first[13] = b'1';
    first.remove(flag);
    let first = rehashed(first).unwrap();
    assert!(first.next_power().is_none() && first.complete());
}

#[test]
fn test_invalid_setup_file__damaged_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(UnsafeDevSetup::file_name(3));
    let setup = UnsafeDevSetup::generate(3, "stored").unwrap();
    setup.save(&path).unwrap();
    let good = fs::read(&path).unwrap();
    for at in 0..good.len() {
        let mut wrong = good.clone();
        wrong[at] ^= 0x10;
        fs::write(&path, &wrong).unwrap();
        let error = Setup::load(&path).expect_err("damage was accepted");
        match at {
            0..16 => assert!(matches!(error, SrsError::Malformed { part: "header", .. })),
            16..24 => assert!(
                !matches!(error, SrsError::Io { .. } | SrsError::Point { .. }),
                "byte {at}: {error}"
            ),
            _ => assert!(matches!(error, SrsError::Corrupt { .. }), "byte {at}: {error}"),
        }
    }
    for length in 0..good.len() {
        fs::write(&path, &good[..length]).unwrap();
        let error = Setup::load(&path).expect_err("a truncated file was accepted");
        assert!(matches!(error, SrsError::Truncated { .. }), "{length}: {error}");
    }
    let mut long = good.clone();
    long.push(0);
    fs::write(&path, &long).unwrap();
    let result = Setup::load(&path);
    assert!(matches!(result, Err(SrsError::TooLong { .. })));
}

fn id() -> CircuitId {
    CircuitId {
        statement: "toy/../statement".into(),
        size: "small".into(),
        instance_len: INSTANCE_LEN,
        fingerprint: [7; 32],
    }
}

#[test]
fn key_cache_stores_and_finds() {
    let folder = tempfile::tempdir().unwrap();
    let cache = KeyCache::new(folder.path().join("zksettle").join("keys"));
    let setup = setup();
    let first = cache.load_or_generate(&id(), &setup, &honest()).unwrap();
    assert!(!first.from_cache && first.warnings.is_empty());
    assert_eq!(first.path.parent(), Some(cache.folder()));
    let second = cache.load_or_generate(&id(), &setup, &honest()).unwrap();
    assert!(second.from_cache && second.warnings.is_empty());
    assert_eq!(second.keys.digest, first.keys.digest);
    assert_eq!(second.keys.report, first.keys.report);

    let instance = honest().instance();
    let proof = Cpu::default()
        .prove(&setup, &second.keys, &honest(), &instance)
        .unwrap();
    let made_anew = keygen(&setup, &honest(), INSTANCE_LEN).unwrap();
    verify(&setup, made_anew.verifier_key(), &instance, &proof).unwrap();

    // Another fingerprint, size, statement or setup is another entry.
    let mut paths = vec![first.path];
    for change in 0..4 {
        let (mut id, mut setup) = (id(), setup.clone());
        match change {
            0 => id.fingerprint[0] = 8,
            1 => id.size = "large".into(),
            2 => id.statement.push('x'),
            _ => setup = UnsafeDevSetup::generate(K, "other").unwrap(),
        }
        let other = cache.load_or_generate(&id, &setup, &honest()).unwrap();
        assert!(!other.from_cache);
        paths.push(other.path);
    }
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), 5);
}

#[test]
fn test_invalid_cache_entry__damaged_is_discarded_with_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let cache = KeyCache::new(folder.path());
    let setup = setup();
    let path = cache.load_or_generate(&id(), &setup, &honest()).unwrap().path;
    let good = fs::read(&path).unwrap();
    let last = good.len() - 1;
    let mut cases: Vec<Vec<u8>> = [0, 20, 50, 85, 1000, last]
        .into_iter()
        .map(|at| {
            let mut wrong = good.clone();
            wrong[at] ^= 1;
            wrong
        })
        .collect();
    cases.extend([0, 10, 79, 80, 81, last].map(|length| good[..length].to_vec()));
    cases.push([&good[..], &[0]].concat());
    for wrong in cases {
        fs::write(&path, &wrong).unwrap();
        let again = cache.load_or_generate(&id(), &setup, &honest()).unwrap();
        assert!(!again.from_cache);
        assert!(
            matches!(&again.warnings[..], [CacheWarning::Discarded { path: p, .. }] if *p == path),
            "{:?}",
            again.warnings
        );
        assert_eq!(fs::read(&path).unwrap(), good);
    }
}

#[test]
fn test_invalid_cache_entry__of_another_circuit() {
    let folder = tempfile::tempdir().unwrap();
    let cache = KeyCache::new(folder.path());
    let setup = setup();
    let path = cache.load_or_generate(&id(), &setup, &honest()).unwrap().path;
    // The gates changed, the fingerprint did not: the digest tells. This circuit cannot have a key at all.
    let changed = honest().with(Flaw::DegreeLoose);
    assert!(cache.load_or_generate(&id(), &setup, &changed).is_err());
    assert!(!path.exists());
    let again = cache.load_or_generate(&id(), &setup, &honest()).unwrap();
    assert!(!again.from_cache && again.warnings.is_empty());
}

#[test]
fn cache_that_cannot_be_written_still_gives_keys() {
    let (_folder, file) = stored("not-a-folder", b"");
    let cache = KeyCache::new(file.join("keys"));
    let made = cache.load_or_generate(&id(), &setup(), &honest()).unwrap();
    assert!(!made.warnings.is_empty());
    let stored = |warning: &CacheWarning| matches!(warning, CacheWarning::NotStored { .. });
    assert!(made.warnings.iter().any(stored));
}

fn about() -> Expected<'static> {
    Expected {
        statement: "toy",
        size: "small",
        names: &NAMES,
    }
}

fn proof_file() -> ProofFile {
    let (setup, instance) = (setup(), honest().instance());
    let keys = keygen(&setup, &honest(), INSTANCE_LEN).unwrap();
    let proof = Cpu::default().prove(&setup, &keys, &honest(), &instance).unwrap();
    ProofFile::new(about(), &keys, &setup, &instance, proof).unwrap()
}

#[test]
fn proof_file_carries_a_proof() {
    let (setup, file) = (setup(), proof_file());
    let keys = keygen(&setup, &honest(), INSTANCE_LEN).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proof.json");
    file.write(&path).unwrap();
    let read = ProofFile::read(&path).unwrap();
    assert_eq!(read, file);
    assert!(read.setup.insecure);
    assert!(read.to_json().contains("INSECURE-dev-6"));
    read.check(about(), keys.digest, &setup).unwrap();
    let key = keys.verifier_key();
    verify(&setup, key, &read.values(), &read.proof).unwrap();
    println!("{}", read.to_json());
}

#[test]
fn test_invalid_proof_file__about_something_else() {
    let (setup, file) = (setup(), proof_file());
    let digest = file.key_digest;
    let part = |result| match result {
        Err(ProofFileError::Mismatch { part, .. }) => part,
        other => panic!("{other:?}"),
    };
    let other = Expected {
        statement: "other",
        ..about()
    };
    assert_eq!(part(file.check(other, digest, &setup)), "statement");
    let other = Expected {
        size: "large",
        ..about()
    };
    assert_eq!(part(file.check(other, digest, &setup)), "size");
    let names = ["first", "third", "second"];
    let other = Expected {
        names: &names,
        ..about()
    };
    assert_eq!(part(file.check(other, digest, &setup)), "instance");
    let mut key = digest;
    key.0[31] ^= 1;
    assert_eq!(part(file.check(about(), key, &setup)), "key_digest");
    let mut hidden = file.clone();
    hidden.setup.insecure = false;
    let result = hidden.check(about(), digest, &setup);
    assert_eq!(part(result), "setup.insecure");
    let keys = keygen(&setup, &honest(), INSTANCE_LEN).unwrap();
    let values = [Fr::from(1)];
    let result = ProofFile::new(about(), &keys, &setup, &values, vec![]);
    assert!(matches!(result, Err(ProofFileError::Mismatch { .. })));
}

#[test]
fn test_invalid_proof_file__syntax() {
    let good = proof_file().to_json();
    let value = "0x0000000000000000000000000000000000000000000000000000000000000003";
    let r = "0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";
    assert!(good.contains(value));
    let cases = [
        (
            good.replace("zksettle-proof/1", "zksettle-proof/2"),
            "expected \\\"zksettle-proof/1\\\"",
        ),
        (good.replace("\"size\"", "\"sizes\""), "unknown field"),
        (good.replace("\"size\": \"small\",", ""), "missing field"),
        (
            good.replace("\"size\": \"small\",", "\"size\": \"small\", \"size\": \"small\","),
            "duplicate field",
        ),
        (good.replace(value, r), "below r"),
        (good.replace(value, &value[..65]), "64 lower-case"),
        (good.replace(value, &value.replace("0x", "0X")), "64 lower-case"),
        (good.replace("\"proof\": \"0x", "\"proof\": \""), "pairs of lower-case"),
        (
            good.replace("\"proof\": \"0x", "\"proof\": \"0xA"),
            "pairs of lower-case",
        ),
        (
            good.replace("\"proof\": \"0x", "\"proof\": \"0xAB"),
            "pairs of lower-case",
        ),
        (good.clone() + "{}", "trailing"),
        (good[..good.len() / 2].to_owned(), "EOF"),
        (String::new(), "EOF"),
    ];
    for (json, expected) in cases {
        match ProofFile::parse(json.as_bytes()) {
            Err(ProofFileError::Syntax { reason, line, .. }) => {
                let expected = expected.replace("\\\"", "\"");
                assert!(reason.contains(&expected), "{reason}");
                assert!(json.is_empty() || line > 0);
            }
            other => panic!("{expected}: {other:?}"),
        }
    }
    let large = vec![b' '; (1 << 20) + 1];
    assert!(matches!(ProofFile::parse(&large), Err(ProofFileError::TooLarge { .. })));
    let (_folder, path) = stored("large.json", &large);
    assert!(matches!(ProofFile::read(&path), Err(ProofFileError::TooLarge { .. })));
}
