//! The two ceremony files, read, checked, timed, and compared with an independent implementation (ark-bn254).
//! Skipped where the data folder is absent; `ZKSETTLE_REQUIRE_DATA=1` makes that a failure.
#![allow(non_snake_case)] // test_invalid_<object>__<reason>

mod common;

use std::time::Instant;

use ark_ec::pairing::Pairing;
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::PrimeField as _;
use common::setup_files::{Known, data, stored};
use ff::PrimeField;
use halo2_proofs::halo2curves::bn256::{Fq, Fr, G1Affine, G2Affine};
use halo2_proofs::halo2curves::group::Curve;
use halo2_proofs::poly::EvaluationDomain;
use halo2_proofs::poly::commitment::{Blind, Params, ParamsProver};
use prover::error::{PointFault, PointList, SrsError};
use prover::srs::{Format, Manifest, Recognition, Setup, evm_g2, import};

const AZTEC: &str = "srs/kzg10-bn254-aztec-srs-32768.bin";
const HERMEZ: &str = "srs/hermez-raw-11";

fn ark_fq(value: &Fq) -> ark_bn254::Fq {
    ark_bn254::Fq::from_le_bytes_mod_order(&value.to_repr())
}

fn ark_g1(point: &G1Affine) -> ark_bn254::G1Affine {
    let point = ark_bn254::G1Affine::new(ark_fq(&point.x), ark_fq(&point.y));
    assert!(point.is_on_curve() && point.is_in_correct_subgroup_assuming_on_curve());
    point
}

fn ark_g2(point: &G2Affine) -> ark_bn254::G2Affine {
    let pair = |c0, c1| ark_bn254::Fq2::new(ark_fq(c0), ark_fq(c1));
    let point = ark_bn254::G2Affine::new(pair(&point.x.c0, &point.x.c1), pair(&point.y.c0, &point.y.c1));
    assert!(point.is_on_curve() && point.is_in_correct_subgroup_assuming_on_curve());
    point
}

/// ark-bn254 sees the same setup: e(g1, h) = e(g0, tau h), its generators, and one commitment in either basis.
fn agrees_with_ark(setup: &Setup) {
    let g: Vec<_> = setup.powers().iter().map(ark_g1).collect();
    let h = ark_g2(&setup.params().g2());
    let tau_h = ark_g2(&setup.params().s_g2());
    assert_eq!(g[0], ark_bn254::G1Affine::generator());
    assert_eq!(h, ark_bn254::G2Affine::generator());
    let pairing = ark_bn254::Bn254::pairing;
    assert_eq!(pairing(g[1], h), pairing(g[0], tau_h));
    assert_ne!(pairing(g[1], h), pairing(g[0], h));

    let mut state = Fr::from(0x1234_5678);
    let values: Vec<Fr> = std::iter::repeat_with(|| {
        state = state.square() + Fr::from(7);
        state
    })
    .take(g.len())
    .collect();
    let domain = EvaluationDomain::<Fr>::new(3, setup.k());
    let values = domain.lagrange_from_vec(values);
    let polynomial = domain.lagrange_to_coeff(values.clone());
    let scalars: Vec<_> = polynomial
        .iter()
        .map(|c| ark_bn254::Fr::from_le_bytes_mod_order(&c.to_repr()))
        .collect();
    let theirs = ark_bn254::G1Projective::msm(&g, &scalars).unwrap().into_affine();
    let params = setup.params();
    let ours = params.commit(&polynomial, Blind::default()).to_affine();
    let lagrange = params.commit_lagrange(&values, Blind::default()).to_affine();
    assert_eq!((ark_g1(&ours), lagrange), (theirs, ours));
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!("{what}: {:.2} s", start.elapsed().as_secs_f64());
    result
}

#[test]
fn aztec_file_imports_at_every_size_asked() {
    let Some(path) = data(AZTEC) else { return };
    for k in [11, 15] {
        let setup = timed(&format!("import aztec, k = {k}"), || import(&path, None, k).unwrap());
        let provenance = setup.provenance();
        println!("{provenance}");
        let name = "aztec-ignition-32768".to_owned();
        assert_eq!(provenance.recognition, Recognition::File(name));
        assert_eq!((provenance.format, provenance.powers), (Format::Arkworks, 32769));
        timed("every check again", || setup.check().unwrap());
        timed("ark-bn254", || agrees_with_ark(&setup));

        let folder = tempfile::tempdir().unwrap();
        let stored = folder.path().join("aztec.srs");
        timed("save", || setup.save(&stored).unwrap());
        let loaded = timed("load", || Setup::load(&stored).unwrap());
        assert_eq!(loaded.provenance(), provenance);
        assert_eq!(loaded.powers(), setup.powers());
        assert_eq!(loaded.lagrange(), setup.lagrange());
    }
    assert!(matches!(
        import(&path, None, 16),
        Err(SrsError::Size { k: 16, k_max: 15 })
    ));
}

#[test]
fn hermez_file_imports() {
    let Some(path) = data(HERMEZ) else { return };
    let setup = timed("import hermez-raw-11", || import(&path, None, 11).unwrap());
    println!("{}", setup.provenance());
    let name = "hermez-raw-11".to_owned();
    assert_eq!(setup.provenance().recognition, Recognition::File(name));
    agrees_with_ark(&setup);
    // The same powers in another layout: the ceremony is recognised by tau h.
    let known = Known {
        k: 10,
        g: setup.powers()[..2047].to_vec(),
        lagrange: Vec::new(),
        h: setup.params().g2(),
        tau_h: setup.params().s_g2(),
    };
    let (_folder, other) = stored("hez_10.ptau", &known.ptau());
    let other = import(&other, None, 10).unwrap();
    println!("{}", other.provenance());
    let name = "hermez-raw-11".to_owned();
    assert_eq!(other.provenance().recognition, Recognition::Powers(name));
    assert_eq!(other.lagrange(), setup.truncated(10).unwrap().lagrange());
}

#[test]
fn test_invalid_aztec__one_corrupted_point() {
    let Some(path) = data(AZTEC) else { return };
    let good = std::fs::read(path).unwrap();
    for index in [1usize, 1000, 2047] {
        let at = 8 + 64 * index;
        let mut flipped = good.clone();
        flipped[at] ^= 1;
        let mut copied = good.clone();
        copied.copy_within(at + 64..at + 128, at);
        let cases = [(flipped, PointFault::NotOnCurve), (copied, PointFault::NotConsecutive)];
        for (file, expected) in cases {
            let (_folder, path) = stored("aztec", &file);
            match import(&path, None, 11) {
                Err(SrsError::Point {
                    list: PointList::Powers,
                    index: found,
                    fault,
                }) => assert_eq!((found, fault), (index as u64, expected)),
                other => panic!("{index}: {other:?}"),
            }
        }
    }
}

#[test]
fn test_invalid_hermez__one_corrupted_point() {
    let Some(path) = data(HERMEZ) else { return };
    let good = std::fs::read(path).unwrap();
    for place in [3usize, 2047, 2048 + 5, 4095] {
        let at = 4 + 64 * place;
        let mut wrong = good.clone();
        wrong.copy_within(at - 64..at, at);
        let (_folder, path) = stored("hermez", &wrong);
        let (list, index, fault) = match place {
            0..2048 => (PointList::Powers, place, PointFault::NotConsecutive),
            _ => (PointList::Lagrange, place - 2048, PointFault::NotLagrange),
        };
        match import(&path, None, 11) {
            Err(SrsError::Point {
                list: l,
                index: i,
                fault: f,
            }) => assert_eq!((l, i, f), (list, index as u64, fault)),
            other => panic!("{place}: {other:?}"),
        }
    }
}

/// The committed manifests say what the files hold. `ZKSETTLE_REGENERATE=1` rewrites them.
#[test]
fn manifests_are_what_the_files_say() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../params/setup");
    for (manifest, file, k_max) in [("aztec-ignition-32768", AZTEC, 15), ("hermez-raw-11", HERMEZ, 11)] {
        let Some(path) = data(file) else { return };
        let out = folder.join(format!("{manifest}.json"));
        let old = std::fs::read_to_string(&out).expect("a committed manifest");
        // What a manifest says of a file does not depend on how many of its powers are taken.
        let setup = prover::srs::import_with(&path, None, 4, &[]).expect("a ceremony's file");
        let provenance = setup.provenance();
        let new = Manifest {
            name: manifest.into(),
            format: provenance.format,
            sha256: provenance.sha256,
            k_max,
            powers: provenance.powers,
            source: Manifest::parse(manifest, &old).expect("a manifest").source,
            g2_tau: format!("0x{}", hex::encode(evm_g2(&setup.params().s_g2()))),
            insecure: false,
        };
        let new = serde_json::to_string_pretty(&new).expect("plain data") + "\n";
        if std::env::var("ZKSETTLE_REGENERATE").is_ok_and(|v| v == "1") {
            std::fs::write(&out, new).expect("a file that can be written");
        } else {
            assert_eq!(old, new, "{manifest}");
        }
    }
}
