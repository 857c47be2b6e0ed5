//! Running products of the copy argument.

use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::halo2curves::group::ff::BatchInvert;
use rayon::prelude::*;

use super::domain::Domain;

/// Rows that share an inversion.
const BATCH: usize = 512;

/// Row by row numerator / denominator, the denominator never 0 but with a probability of about n/r, where it counts as 0.
pub(super) fn quotients(rows: usize, fraction: impl Fn(usize) -> (Fr, Fr) + Sync) -> Vec<Fr> {
    let mut out = vec![Fr::ZERO; rows];
    out.par_chunks_mut(BATCH).enumerate().for_each(|(at, out)| {
        let mut numerators = Vec::with_capacity(out.len());
        for (i, denominator) in out.iter_mut().enumerate() {
            let (n, d) = fraction(at * BATCH + i);
            numerators.push(n);
            *denominator = d;
        }
        out.iter_mut().batch_invert();
        for (v, n) in out.iter_mut().zip(numerators) {
            *v *= n;
        }
    });
    out
}

/// first, first·f_0, first·f_0·f_1, …: as many as there are factors.
pub(super) fn running(first: Fr, factors: &[Fr]) -> Vec<Fr> {
    factors
        .iter()
        .scan(first, |product, factor| {
            let now = *product;
            *product *= factor;
            Some(now)
        })
        .collect()
}

/// One running product for each chunk of columns: values over all rows; the rows from `usable + 1` on are the caller's to blind.
///
/// `columns` are the values under the argument, `sigma` the key's permutation of them.
pub(super) fn products(
    domain: &Domain,
    columns: &[&[Fr]],
    sigma: &[&[Fr]],
    chunk: usize,
    usable: usize,
    (beta, gamma): (Fr, Fr),
) -> Vec<Vec<Fr>> {
    let identity: Vec<Fr> = domain.unit().unpacked(&domain.powers(domain.omega()));
    let mut first = Fr::ONE;
    let mut delta = beta;
    let mut out = Vec::new();
    for (columns, sigma) in columns.chunks(chunk).zip(sigma.chunks(chunk)) {
        let deltas: Vec<Fr> = std::iter::successors(Some(delta), |d| Some(*d * Fr::DELTA))
            .take(columns.len() + 1)
            .collect();
        let factors = quotients(domain.n(), |row| {
            let (mut numerator, mut denominator) = (Fr::ONE, Fr::ONE);
            for ((column, sigma), delta) in columns.iter().zip(sigma).zip(&deltas) {
                let value = column[row] + gamma;
                numerator *= value + *delta * identity[row];
                denominator *= value + beta * sigma[row];
            }
            (numerator, denominator)
        });
        delta = deltas[columns.len()];
        let z = running(first, &factors);
        first = z[usable];
        out.push(z);
    }
    out
}
