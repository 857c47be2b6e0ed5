//! A setup made by one party. **Whoever has the seed can prove anything.** For tests and benches; a build with the feature
//! `production` does not contain this module and refuses what it made.

use ff::Field;
use ff::FromUniformBytes;
use halo2_proofs::arithmetic::parallelize;
use halo2_proofs::halo2curves::bn256::{Fr, G1, G1Affine, G2Affine};
use halo2_proofs::halo2curves::group::Curve;
use halo2_proofs::halo2curves::group::prime::PrimeCurveAffine;
use halo2_proofs::poly::EvaluationDomain;
use sha2::{Digest, Sha256, Sha512};

use super::{Format, INSECURE_SUFFIX, MAX_K, Provenance, Recognition, Setup, Sha256Digest, SrsError};

/// Makes setups with a known tau. Deterministic: one seed and size, one setup, so reruns share keys.
#[derive(Debug)]
pub struct UnsafeDevSetup;

impl UnsafeDevSetup {
    /// The setup of size k that belongs to `seed`.
    pub fn generate(k: u32, seed: &str) -> Result<Setup, SrsError> {
        if k == 0 || k > MAX_K {
            return Err(SrsError::Size { k, k_max: MAX_K });
        }
        let tau = Self::tau(seed);
        let g = multiples(&powers(tau, (1 << k) + 1));
        let lagrange = multiples(&lagrange_at(tau, k));
        let h = G2Affine::generator();
        let tau_h = (h * tau).to_affine();
        let provenance = Provenance {
            name: format!("INSECURE-dev-{k}"),
            format: Format::InsecureDev,
            sha256: Sha256Digest(Sha256::digest(domain(seed)).into()),
            powers: (1 << k) + 1,
            recognition: Recognition::Unknown,
            insecure: true,
        };
        Ok(Setup::assembled(k, g, Some(lagrange), (h, tau_h), provenance))
    }

    /// The file name such a setup has to have.
    pub fn file_name(k: u32) -> String {
        format!("k{k}{INSECURE_SUFFIX}")
    }

    /// The tau of `seed`, for tests that forge or compare.
    pub fn tau(seed: &str) -> Fr {
        Fr::from_uniform_bytes(&Sha512::digest(domain(seed)).into())
    }
}

fn domain(seed: &str) -> String {
    format!("zksettle INSECURE one-party setup, seed {seed}")
}

fn powers(tau: Fr, count: usize) -> Vec<Fr> {
    std::iter::successors(Some(Fr::ONE), |power| Some(power * tau))
        .take(count)
        .collect()
}

/// `L_i(tau) = omega^i (tau^n - 1) / (n (tau - omega^i))`: the inverse FFT of the powers, the cheap way round.
fn lagrange_at(tau: Fr, k: u32) -> Vec<Fr> {
    // The degree only sizes the extended domain, which is not used here.
    let domain = EvaluationDomain::<Fr>::new(3, k);
    domain.l_i_range(tau, tau.pow_vartime([1 << k]), 0..1 << k)
}

/// `s G` for every s.
fn multiples(scalars: &[Fr]) -> Vec<G1Affine> {
    let mut points = vec![G1Affine::identity(); scalars.len()];
    parallelize(&mut points, |points, start| {
        let scalars = &scalars[start..start + points.len()];
        let projective: Vec<G1> = scalars.iter().map(|s| G1::generator() * s).collect();
        G1::batch_normalize(&projective, points);
    });
    points
}
