//! Setup files of a known tau: every layout reads back, every damage is named.
#![allow(non_snake_case)] // test_invalid_<object>__<reason>

mod common;

use common::setup_files::{Known, g1, g2, stored};
use ff::Field;
use halo2_proofs::halo2curves::CurveAffine;
use halo2_proofs::halo2curves::bn256::{Fq2, Fr, G1Affine, G2Affine};
use prover::error::{PointFault, PointList, SrsError};
use prover::srs::{Format, Manifest, Recognition, Setup, import, import_with};

const K: u32 = 5;
const TAU: u64 = 0x5eed_5eed_5eed;

fn known() -> Known {
    Known::new(K, (2 << K) - 1, TAU)
}

fn read(content: &[u8], format: Option<Format>, k: u32) -> Result<Setup, SrsError> {
    let (_folder, path) = stored("setup", content);
    import(&path, format, k)
}

type Writer = fn(&Known) -> Vec<u8>;

/// Every layout, with a function that writes it.
const LAYOUTS: [(Format, Writer); 3] = [
    (Format::Arkworks, Known::arkworks),
    (Format::Halo2Raw, Known::halo2_raw),
    (Format::Ptau, Known::ptau),
];

fn assert_point(result: Result<Setup, SrsError>, list: PointList, index: u64, fault: PointFault) {
    match result {
        Err(SrsError::Point {
            list: l,
            index: i,
            fault: f,
        }) => assert_eq!((l, i, f), (list, index, fault)),
        other => panic!("expected {list} {index}: {fault}; found {other:?}"),
    }
}

#[test]
fn every_layout_reads_back() {
    let known = known();
    for (format, write) in LAYOUTS {
        let file = write(&known);
        for k in 1..=K {
            let setup = read(&file, None, k).unwrap();
            assert_eq!(setup.provenance().format, format);
            assert_eq!(setup.provenance().recognition, Recognition::Unknown);
            assert!(setup.provenance().to_string().starts_with("unknown setup"));
            assert!(!setup.insecure());
            assert_eq!(setup.k(), k);
            assert_eq!(setup.powers(), &known.g[..1 << k]);
            assert_eq!(setup.lagrange(), Known::new(k, 1, TAU).lagrange);
            assert_eq!(setup.params().g2(), known.h);
            assert_eq!(setup.params().s_g2(), known.tau_h);
            setup.check().unwrap();
        }
        let truncated = read(&file, None, K).unwrap().truncated(3).unwrap();
        assert_eq!(truncated.lagrange(), Known::new(3, 1, TAU).lagrange);
        truncated.check().unwrap();
        for k in [0, 21, u32::MAX] {
            assert!(matches!(read(&file, None, k), Err(SrsError::Size { k_max: 20, .. })));
        }
        assert!(matches!(
            read(&file, None, K + 1),
            Err(SrsError::Size { k: 6, k_max: K })
        ));
    }
}

#[test]
fn test_invalid_file__truncated_anywhere() {
    for (format, write) in LAYOUTS {
        let file = write(&known());
        for length in (0..file.len()).step_by(13).chain([file.len() - 1]) {
            let error = read(&file[..length], Some(format), K).unwrap_err();
            assert!(
                matches!(error, SrsError::Truncated { .. }),
                "{format} cut at {length}: {error}"
            );
            assert!(!error.to_string().is_empty());
        }
    }
}

#[test]
fn test_invalid_file__trailing_byte() {
    for (format, write) in LAYOUTS {
        let mut file = write(&known());
        let expected = file.len() as u64;
        file.push(0);
        match read(&file, Some(format), K) {
            Err(SrsError::TooLong { expected: e, found: f }) => assert_eq!((e, f), (expected, expected + 1)),
            other => panic!("{format}: {other:?}"),
        }
    }
}

#[test]
fn test_invalid_file__counts_beyond_the_file() {
    // Nothing is allocated for a count that the file does not back.
    let mut ark = known().arkworks();
    for count in [u64::MAX, u64::MAX / 64, 1 << 40] {
        ark[..8].copy_from_slice(&count.to_le_bytes());
        let result = read(&ark, Some(Format::Arkworks), K);
        assert!(matches!(result, Err(SrsError::Truncated { .. })));
    }
    let mut raw = known().halo2_raw();
    for k in [u32::MAX, 63, 57, 40, 6] {
        raw[..4].copy_from_slice(&k.to_le_bytes());
        let result = read(&raw, Some(Format::Halo2Raw), K);
        assert!(matches!(result, Err(SrsError::Truncated { .. })));
    }
    let ptau = known().ptau();
    let mut sections = ptau.clone();
    sections[8..12].fill(0xff);
    let result = read(&sections, None, K);
    assert!(matches!(result, Err(SrsError::Truncated { .. })));
    let mut length = ptau;
    length[16..24].fill(0xff);
    let result = read(&length, None, K);
    assert!(matches!(result, Err(SrsError::Malformed { .. })));
}

#[test]
fn test_invalid_file__unknown_layout() {
    for content in [&b""[..], b"ptao", &[0; 400]] {
        let result = read(content, None, K);
        assert!(matches!(result, Err(SrsError::UnknownFormat { .. })));
    }
    let result = read(&known().ptau(), Some(Format::InsecureDev), K);
    assert!(matches!(result, Err(SrsError::UnknownFormat { .. })));
    let missing = import(std::path::Path::new("/nonexistent/setup"), None, K);
    assert!(matches!(missing, Err(SrsError::Io { .. })));
}

#[test]
fn test_invalid_ptau__header_and_sections() {
    let file = known().ptau();
    // magic 0, version 4, count 8, section 1: type 12, length 16, n8 24, prime 28, power 60, ceremony 64, section 2: type 68.
    let second = 68;
    let cases: [(usize, u8, &str); 8] = [
        (0, b'P', "magic"),
        (4, 2, "version"),
        (24, 33, "bytes of a coordinate"),
        (28, 0, "prime"),
        (60, 29, "power"),
        (60, 0, "power"),
        (60, 6, "length of section 2"),
        (second, 9, "section 2"),
    ];
    for (at, value, expected) in cases {
        let mut wrong = file.clone();
        wrong[at] = value;
        match read(&wrong, Some(Format::Ptau), K) {
            Err(SrsError::Malformed { part, .. }) => assert_eq!(part, expected),
            other => panic!("byte {at}: {other:?}"),
        }
    }
    let mut twice = file.clone();
    twice[second] = 1;
    assert!(matches!(
        read(&twice, None, K),
        Err(SrsError::Malformed { part: "section 1", .. })
    ));
    let mut late = file.clone();
    late[12] = 9;
    let error = read(&late, None, K).unwrap_err().to_string();
    assert!(error.contains("section 1 before it"), "{error}");
    let mut none = file;
    none[8] = 0;
    let none = &none[..12];
    let error = read(none, None, K).unwrap_err().to_string();
    assert!(error.contains("expected one such section"), "{error}");
}

/// Replaces point `index` of `known` before writing.
fn with_power(index: usize, point: G1Affine) -> Known {
    let mut wrong = known();
    wrong.g[index] = point;
    wrong
}

#[test]
fn test_invalid_powers__every_fault_names_its_index() {
    let off_curve = G1Affine {
        y: known().g[9].y + known().g[1].y,
        ..known().g[9]
    };
    let off_curve_2 = G1Affine {
        x: off_curve.x,
        y: known().g[10].y,
    };
    for (format, write) in LAYOUTS {
        println!("{format}");
        let fail = |index: usize, point, fault| {
            let file = write(&with_power(index, point));
            assert_point(read(&file, None, K), PointList::Powers, index as u64, fault);
        };
        for index in [0, 1, 17, 31] {
            fail(index, off_curve, PointFault::NotOnCurve);
            fail(index, off_curve_2, PointFault::NotOnCurve);
            fail(index, G1Affine::default(), PointFault::Infinity);
        }
        fail(0, g1(Fr::from(2)), PointFault::NotGenerator);
        for index in [1, 2, 16, 30, 31] {
            fail(index, g1(Fr::from(77)), PointFault::NotConsecutive);
            fail(index, -known().g[index], PointFault::NotConsecutive);
        }
        // Two powers swapped: the first of them is named.
        let mut swapped = known();
        swapped.g.swap(12, 20);
        let result = read(&write(&swapped), None, K);
        assert_point(result, PointList::Powers, 12, PointFault::NotConsecutive);
        // Powers beyond 2^k are not used, so not checked.
        let unused = write(&with_power((1 << K) + 2, g1(Fr::from(5))));
        read(&unused, None, K).unwrap();
    }
}

#[test]
fn test_invalid_powers__not_canonical() {
    // x + p of point 3; the file's x is a plain or a Montgomery integer, both below p.
    let p = ff_modulus();
    for (format, write) in LAYOUTS {
        let start = match format {
            Format::Arkworks => 8,
            Format::Halo2Raw => 4,
            _ => 80,
        };
        let at = start + 64 * 3;
        let mut file = write(&known());
        let x = num_bigint::BigUint::from_bytes_le(&file[at..at + 32]) + &p;
        let bytes = x.to_bytes_le();
        file[at..at + 32].fill(0);
        file[at..at + bytes.len()].copy_from_slice(&bytes);
        let result = read(&file, None, K);
        assert_point(result, PointList::Powers, 3, PointFault::NotCanonical);
    }
}

fn ff_modulus() -> num_bigint::BigUint {
    use ff::PrimeField;
    let digits = halo2_proofs::halo2curves::bn256::Fq::MODULUS;
    num_bigint::BigUint::parse_bytes(digits.trim_start_matches("0x").as_bytes(), 16).unwrap()
}

#[test]
fn test_invalid_powers__infinity_flag() {
    let mut file = known().arkworks();
    file[8 + 64 * 6 + 63] |= 0x40;
    let result = read(&file, None, K);
    assert_point(result, PointList::Powers, 6, PointFault::Infinity);
}

#[test]
fn test_invalid_lagrange__every_fault_names_its_index() {
    for index in [0, 1, 13, 31] {
        for (point, fault) in [
            (g1(Fr::from(3)), PointFault::NotLagrange),
            (-known().lagrange[index], PointFault::NotLagrange),
            (G1Affine::default(), PointFault::Infinity),
        ] {
            let mut wrong = known();
            wrong.lagrange[index] = point;
            let result = read(&wrong.halo2_raw(), None, K);
            assert_point(result, PointList::Lagrange, index as u64, fault);
        }
    }
    // The sum is right, the order is not.
    let mut swapped = known();
    swapped.lagrange.swap(3, 4);
    let result = read(&swapped.halo2_raw(), None, K);
    assert_point(result, PointList::Lagrange, 3, PointFault::NotLagrange);
}

/// A point of the twist outside the subgroup of order r.
fn outside_subgroup() -> G2Affine {
    let candidates = (1u64..).map(|i| Fq2 {
        c0: i.into(),
        c1: 1.into(),
    });
    let point = candidates.filter_map(|x| {
        let y: Option<Fq2> = (x.square() * x + G2Affine::b()).sqrt().into();
        Some(G2Affine { x, y: y? })
    });
    // The subgroup has about one point in 2^254.
    point.into_iter().next().unwrap()
}

#[test]
fn test_invalid_g2__every_fault() {
    let good = known();
    let off = G2Affine {
        y: good.tau_h.y + good.h.y,
        ..good.tau_h
    };
    let cases = [
        (off, PointFault::NotOnCurve),
        (G2Affine::default(), PointFault::Infinity),
        (outside_subgroup(), PointFault::NotInSubgroup),
        (good.h, PointFault::TauIsOne),
    ];
    for (format, write) in LAYOUTS {
        println!("{format}");
        for (tau_h, fault) in cases {
            let file = write(&Known { tau_h, ..good.clone() });
            assert_point(read(&file, None, K), PointList::TauH, 0, fault);
        }
        // Of order r, but another tau: the first step already fails.
        let tau_h = g2(Fr::from(12345));
        let file = write(&Known { tau_h, ..good.clone() });
        let result = read(&file, None, K);
        assert_point(result, PointList::Powers, 1, PointFault::NotConsecutive);
        for (h, fault) in [
            (g2(Fr::from(2)), PointFault::NotGenerator),
            (off, PointFault::NotOnCurve),
        ] {
            let file = write(&Known { h, ..good.clone() });
            assert_point(read(&file, None, K), PointList::H, 0, fault);
        }
    }
}

#[test]
fn manifests_name_the_file_or_its_powers() {
    let file = known().arkworks();
    let (_folder, path) = stored("downloaded", &file);
    let unknown = import_with(&path, None, K, &[]).unwrap();
    let provenance = unknown.provenance();
    assert_eq!(provenance.recognition, Recognition::Unknown);
    assert_eq!(provenance.name, "downloaded");

    let manifest = Manifest {
        name: "ceremony".into(),
        format: Format::Arkworks,
        sha256: provenance.sha256,
        k_max: 5,
        powers: 63,
        source: "a test".into(),
        g2_tau: format!("0x{}", hex(&prover::srs::evm_g2(&known().tau_h))),
        insecure: false,
    };
    let json = serde_json::to_string(&manifest).unwrap();
    assert_eq!(Manifest::parse("test", &json).unwrap(), manifest);
    let whole = import_with(&path, None, K, std::slice::from_ref(&manifest)).unwrap();
    let by_file = Recognition::File("ceremony".into());
    assert_eq!(whole.provenance().recognition, by_file);
    assert_eq!(whole.provenance().name, "ceremony");

    let (_folder, other) = stored("other.ptau", &known().ptau());
    let same = import_with(&other, None, 3, std::slice::from_ref(&manifest)).unwrap();
    let by_powers = Recognition::Powers("ceremony".into());
    assert_eq!(same.provenance().recognition, by_powers);

    let mut lies = manifest.clone();
    lies.g2_tau = "0x00".into();
    let mut fewer = manifest.clone();
    fewer.powers = 64;
    for wrong in [lies, fewer] {
        let result = import_with(&path, None, K, &[wrong]);
        assert!(matches!(result, Err(SrsError::Manifest { .. })));
    }
    for syntax in ["", "{}", &json.replace("\"k_max\"", "\"k_min\"")] {
        let result = Manifest::parse("test", syntax);
        assert!(matches!(result, Err(SrsError::ManifestSyntax { .. })));
    }
    assert_eq!(Manifest::builtin().unwrap().len(), 2);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
