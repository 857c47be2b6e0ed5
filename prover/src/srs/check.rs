//! Whether points are the powers of one tau.

use ff::{Field, PrimeField};
use halo2_proofs::arithmetic::best_multiexp;
use halo2_proofs::halo2curves::bn256::{Bn256, Fr, G1, G1Affine, G2Affine, G2Prepared};
use halo2_proofs::halo2curves::group::cofactor::CofactorGroup;
use halo2_proofs::halo2curves::group::prime::PrimeCurveAffine;
use halo2_proofs::halo2curves::group::{Curve, Group};
use halo2_proofs::halo2curves::pairing::{MillerLoopResult, MultiMillerLoop};
use halo2_proofs::poly::EvaluationDomain;
use rand::RngCore;
use rand::rngs::OsRng;
use rayon::prelude::*;
use std::ops::Range;

use super::SrsError;
use super::points::finite;
use crate::error::{PointFault, PointList};

/// Every point on the curve and finite; the first that is not is reported.
pub(super) fn g1_list(points: &[G1Affine], list: PointList) -> Result<(), SrsError> {
    let faults: Vec<_> = points.par_iter().map(|p| finite(*p).err()).collect();
    match (0..).zip(faults).find_map(|(i, fault)| Some((i, fault?))) {
        Some((index, fault)) => Err(SrsError::Point { list, index, fault }),
        None => Ok(()),
    }
}

/// The ends that everything else hangs on: power 0, h and tau h.
pub(super) fn ends(g: &[G1Affine], h: &G2Affine, tau_h: &G2Affine) -> Result<(), SrsError> {
    let fail = |list, fault| Err(SrsError::Point { list, index: 0, fault });
    if g.first() != Some(&G1Affine::generator()) {
        return fail(PointList::Powers, PointFault::NotGenerator);
    }
    if *h != G2Affine::generator() {
        return fail(PointList::H, PointFault::NotGenerator);
    }
    if let Err(fault) = finite(*tau_h) {
        return fail(PointList::TauH, fault);
    }
    if !bool::from(tau_h.to_curve().is_torsion_free()) {
        return fail(PointList::TauH, PointFault::NotInSubgroup);
    }
    if tau_h == h {
        return fail(PointList::TauH, PointFault::TauIsOne);
    }
    Ok(())
}

/// Power i+1 is tau times power i, for all i: one pairing equation of a random linear combination. If it fails, the first bad
/// power is searched for by halves.
pub(super) fn consecutive(g: &[G1Affine], h: &G2Affine, tau_h: &G2Affine) -> Result<(), SrsError> {
    let (h, tau_h) = (G2Prepared::from(*h), G2Prepared::from(*tau_h));
    let holds = |pairs: Range<usize>| {
        let coefficients = short_random(pairs.len());
        let lower = best_multiexp(&coefficients, &g[pairs.clone()]);
        let upper = best_multiexp(&coefficients, &g[pairs.start + 1..pairs.end + 1]);
        same_ratio(lower, upper, &h, &tau_h)
    };
    let pairs = 0..g.len().saturating_sub(1);
    if pairs.is_empty() || holds(pairs.clone()) {
        return Ok(());
    }
    let bad = first_bad(pairs, holds);
    Err(SrsError::Point {
        list: PointList::Powers,
        index: bad as u64 + 1,
        fault: PointFault::NotConsecutive,
    })
}

/// The first and the last pair of the 2^k powers, and the power after them where there is one: for a file whose hash was checked.
pub(super) fn spot(g: &[G1Affine], k: u32, h: &G2Affine, tau_h: &G2Affine) -> Result<(), SrsError> {
    let (h, tau_h) = (G2Prepared::from(*h), G2Prepared::from(*tau_h));
    let n = 1usize << k;
    for index in [0, n.saturating_sub(2), n - 1] {
        let (Some(lower), Some(upper)) = (g.get(index), g.get(index + 1)) else {
            continue;
        };
        if !same_ratio(lower.to_curve(), upper.to_curve(), &h, &tau_h) {
            return Err(SrsError::Point {
                list: PointList::Powers,
                index: index as u64 + 1,
                fault: PointFault::NotConsecutive,
            });
        }
    }
    Ok(())
}

/// The sum of the Lagrange points is power 0: the polynomials sum to 1.
pub(super) fn lagrange_sum(g: &[G1Affine], lagrange: &[G1Affine]) -> Result<(), SrsError> {
    let sum = lagrange
        .par_iter()
        .fold(G1::identity, |sum, point| sum + point)
        .reduce(G1::identity, |a, b| a + b);
    if g.first() == Some(&sum.to_affine()) {
        return Ok(());
    }
    Err(SrsError::Point {
        list: PointList::Lagrange,
        index: 0,
        fault: PointFault::NotLagrange,
    })
}

/// Random values committed in the Lagrange basis equal their interpolation committed in the powers. A wrong Lagrange point is
/// missed with probability 2^-128; if the test fails, the first is searched for by halves.
pub(super) fn lagrange(g: &[G1Affine], lagrange: &[G1Affine], k: u32) -> Result<(), SrsError> {
    // The degree only sizes the extended domain, which is not used here.
    let domain = EvaluationDomain::<Fr>::new(3, k);
    let holds = |range: Range<usize>| {
        let mut values = vec![Fr::ZERO; g.len()];
        let random = short_random(range.len());
        values[range.clone()].copy_from_slice(&random);
        let direct = best_multiexp(&random, &lagrange[range]);
        let coefficients = domain.lagrange_to_coeff(domain.lagrange_from_vec(values));
        direct == best_multiexp(&coefficients, g)
    };
    let all = 0..lagrange.len();
    if holds(all.clone()) {
        return Ok(());
    }
    Err(SrsError::Point {
        list: PointList::Lagrange,
        index: first_bad(all, holds) as u64,
        fault: PointFault::NotLagrange,
    })
}

/// The first place where `holds` fails, given that it fails on `range`.
fn first_bad(mut range: Range<usize>, holds: impl Fn(Range<usize>) -> bool) -> usize {
    while range.len() > 1 {
        let middle = range.start + range.len() / 2;
        if holds(range.start..middle) {
            range.start = middle;
        } else {
            range.end = middle;
        }
    }
    range.start
}

/// e(upper, h) = e(lower, tau h).
fn same_ratio(lower: G1, upper: G1, h: &G2Prepared, tau_h: &G2Prepared) -> bool {
    let (lower, upper) = ((-lower).to_affine(), upper.to_affine());
    Bn256::multi_miller_loop(&[(&upper, h), (&lower, tau_h)])
        .final_exponentiation()
        .is_identity()
        .into()
}

/// 128-bit coefficients from the operating system.
fn short_random(count: usize) -> Vec<Fr> {
    let mut bytes = vec![0u8; 16 * count];
    OsRng.fill_bytes(&mut bytes);
    let word = |bytes: &[u8]| {
        let mut word = [0u8; 16];
        word.copy_from_slice(bytes);
        Fr::from_u128(u128::from_le_bytes(word))
    };
    bytes.par_chunks_exact(16).map(word).collect()
}
