//! Commitments.

use halo2_proofs::arithmetic::best_multiexp;
use halo2_proofs::halo2curves::bn256::{Fr, G1, G1Affine};
use halo2_proofs::halo2curves::group::Curve;
use halo2_proofs::halo2curves::group::prime::PrimeCurveAffine;
use rayon::prelude::*;

/// Sums scalar · base of each list, together.
pub(super) fn commit(lists: &[&[Fr]], bases: &[G1Affine]) -> Vec<G1Affine> {
    let sums: Vec<G1> = lists
        .par_iter()
        .map(|scalars| best_multiexp(scalars, &bases[..scalars.len()]))
        .collect();
    let mut affine = vec![G1Affine::identity(); sums.len()];
    G1::batch_normalize(&sums, &mut affine);
    affine
}
