//! Running products of the copy argument.

use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::halo2curves::group::ff::BatchInvert;
use rayon::prelude::*;

use super::domain::Domain;
use super::secret::{Column, Columns, Secret};

/// Rows that share an inversion.
const BATCH: usize = 512;

/// Row by row numerator / denominator, the denominator never 0 but with a probability of about n/r, where it counts as 0.
pub(super) fn quotients(rows: usize, fraction: impl Fn(usize) -> (Fr, Fr) + Sync) -> Column {
    let mut out = Secret(vec![Fr::ZERO; rows]);
    out.0.par_chunks_mut(BATCH).enumerate().for_each(|(at, out)| {
        let mut numerators = Secret(Vec::with_capacity(out.len()));
        for (i, denominator) in out.iter_mut().enumerate() {
            let (n, d) = fraction(at * BATCH + i);
            numerators.0.push(n);
            *denominator = d;
        }
        out.iter_mut().batch_invert();
        for (v, n) in out.iter_mut().zip(&numerators.0) {
            *v *= n;
        }
    });
    out
}

/// first, first·f_0, first·f_0·f_1, …: as many as there are factors.
pub(super) fn running(first: Fr, factors: &[Fr]) -> Column {
    let mut out = Secret(Vec::with_capacity(factors.len()));
    let mut product = first;
    for factor in factors {
        out.0.push(product);
        product *= factor;
    }
    out
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
) -> Columns {
    let identity: Vec<Fr> = domain.unit().unpacked(&domain.powers(domain.omega()));
    let mut first = Fr::ONE;
    let mut delta = beta;
    let mut out = Columns::default();
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
        let mut z = running(first, &factors.0);
        first = z.0[usable];
        out.0.push(std::mem::take(&mut z.0));
    }
    out
}
