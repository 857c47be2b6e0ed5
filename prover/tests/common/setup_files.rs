//! Setup files of a known tau, written here from the published formats, independently of the importers.

use std::path::{Path, PathBuf};

use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::{Fq, Fr, G1, G1Affine, G2, G2Affine};
use halo2_proofs::halo2curves::group::Curve;
use halo2_proofs::halo2curves::serde::SerdeObject;

/// 2^k + extra powers of tau, with the Lagrange points of the first 2^k.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) k: u32,
    pub(crate) g: Vec<G1Affine>,
    pub(crate) lagrange: Vec<G1Affine>,
    pub(crate) h: G2Affine,
    pub(crate) tau_h: G2Affine,
}

pub(crate) fn g1(scalar: Fr) -> G1Affine {
    (G1::generator() * scalar).to_affine()
}

pub(crate) fn g2(scalar: Fr) -> G2Affine {
    (G2::generator() * scalar).to_affine()
}

impl Known {
    pub(crate) fn new(k: u32, count: usize, tau: u64) -> Self {
        let (n, tau) = (1u64 << k, Fr::from(tau));
        let g = (0..count as u64).map(|i| g1(tau.pow([i]))).collect();
        // omega = 7^((r-1)/2^k); L_i(tau) = omega^i (tau^n - 1) / (n (tau - omega^i)).
        let omega = Fr::ROOT_OF_UNITY.pow([1 << (Fr::S - k)]);
        let scale = (tau.pow([n]) - Fr::ONE) * Fr::from(n).invert().unwrap();
        let point = |i| {
            let root = omega.pow([i]);
            g1(scale * root * (tau - root).invert().unwrap())
        };
        Self {
            k,
            g,
            lagrange: (0..n).map(point).collect(),
            h: g2(Fr::ONE),
            tau_h: g2(tau),
        }
    }

    pub(crate) fn arkworks(&self) -> Vec<u8> {
        let mut file = (self.g.len() as u64).to_le_bytes().to_vec();
        for point in &self.g {
            file.extend(point.x.to_repr());
            file.extend(flagged(point.y, point.y > -point.y));
        }
        file.extend([0; 8]);
        for point in [&self.h, &self.tau_h] {
            let (y, negated) = (point.y, -point.y);
            let larger = (y.c1, y.c0) > (negated.c1, negated.c0);
            file.extend(point.x.c0.to_repr());
            file.extend(point.x.c1.to_repr());
            file.extend(y.c0.to_repr());
            file.extend(flagged(y.c1, larger));
        }
        file.extend([0; 8]);
        file
    }

    pub(crate) fn halo2_raw(&self) -> Vec<u8> {
        let mut file = self.k.to_le_bytes().to_vec();
        for point in self.g[..1 << self.k].iter().chain(&self.lagrange) {
            file.extend(point.to_raw_bytes());
        }
        file.extend(self.h.to_raw_bytes());
        file.extend(self.tau_h.to_raw_bytes());
        file
    }

    /// Needs 2^(k+1) - 1 powers. Sections 1, 2, 3 as snarkjs writes them, 4 to 7 with content nobody reads.
    pub(crate) fn ptau(&self) -> Vec<u8> {
        assert_eq!(self.g.len(), (2 << self.k) - 1);
        let mut header = 32u32.to_le_bytes().to_vec();
        let mut prime = (-Fq::ONE).to_repr();
        prime[0] += 1;
        header.extend(prime);
        header.extend(self.k.to_le_bytes());
        header.extend(28u32.to_le_bytes());
        let powers: Vec<u8> = self.g.iter().flat_map(|p| p.to_raw_bytes()).collect();
        let mut second = self.h.to_raw_bytes();
        second.extend(self.tau_h.to_raw_bytes());
        second.resize(128 << self.k, 0x17);
        let other = vec![0x2a; 100];
        let sections: [&[u8]; 7] = [&header, &powers, &second, &other, &other, &other, &[0; 4]];

        let mut file = b"ptau".to_vec();
        file.extend(1u32.to_le_bytes());
        file.extend((sections.len() as u32).to_le_bytes());
        for (kind, content) in (1u32..).zip(sections) {
            file.extend(kind.to_le_bytes());
            file.extend((content.len() as u64).to_le_bytes());
            file.extend(content);
        }
        file
    }
}

fn flagged(y: Fq, larger: bool) -> [u8; 32] {
    let mut bytes = y.to_repr();
    bytes[31] |= if larger { 0x80 } else { 0 };
    bytes
}

/// A folder and a file in it.
pub(crate) fn stored(name: &str, content: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

/// A file of the data folder (`$ZKSETTLE_DATA`, else `../shared/data` beside the repository). Prints and returns `None` if it
/// is not there, unless `ZKSETTLE_REQUIRE_DATA=1`.
pub(crate) fn data(name: &str) -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = std::env::var_os("ZKSETTLE_DATA").map_or(default, PathBuf::from);
    let path = folder.join(name);
    if path.is_file() {
        return Some(path);
    }
    let required = std::env::var_os("ZKSETTLE_REQUIRE_DATA").is_some_and(|v| v == "1");
    assert!(!required, "{} is required and absent", path.display());
    println!("skipped: {} is absent", path.display());
    None
}
