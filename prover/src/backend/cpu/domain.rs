//! FFTs over the 2^k rows, and over exactly as many cosets of them as the quotient has pieces.
//!
//! The library evaluates the quotient on a power of two of cosets (eight where degree 6 needs five), with twiddles computed anew
//! for each butterfly. Here the twiddles stand in one table per domain, and the cosets g_j·H, g_j = 7^(j+1), are as many as the
//! quotient has pieces: a polynomial of degree below d·n is determined by its values on d cosets of n points.
//!
//! Columns go in and out in packs ([`vector`]). With a vector unit they are transformed there; without one, and for fewer than 64 rows,
//! here.

use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::Fr;
use rayon::prelude::*;
use vector::fft::{Fft, Scratch};
use vector::steps::{Step, Sum, Term};
use vector::{LANES, Pack, Unit};

use super::secret::{Column, Columns, PackColumns, Secret};

/// Rows of a block that is transformed while it is in the second-level cache (2^12 scalars, 128 KiB).
const BLOCK_LOG: u32 = 12;

/// The group of 2^k-th roots of unity, with its tables.
#[derive(Debug)]
pub(super) struct Domain {
    unit: Unit,
    k: u32,
    omega: Fr,
    n_inv: Fr,
    transforms: Transforms,
}

/// To values and to coefficients.
#[derive(Debug)]
enum Transforms {
    Packs {
        forward: Box<Fft<Fr>>,
        inverse: Box<Fft<Fr>>,
    },
    /// Twiddles of all layers: those of the layer that joins halves of m values stand at m .. 2m.
    Plain { forward: Vec<Fr>, inverse: Vec<Fr> },
}

fn twiddles(root: Fr, k: u32) -> Vec<Fr> {
    let n = 1usize << k;
    let mut table = vec![Fr::ONE; n];
    let mut half = n / 2;
    let mut step = root;
    while half >= 1 {
        let mut power = Fr::ONE;
        for slot in &mut table[half..2 * half] {
            *slot = power;
            power *= step;
        }
        half /= 2;
        step = step.square();
    }
    table
}

/// One layer: joins halves of `half` values within each chunk of 2·half.
fn layer(values: &mut [Fr], half: usize, table: &[Fr]) {
    if half == 1 {
        for pair in values.chunks_exact_mut(2) {
            let (a, b) = (pair[0], pair[1]);
            pair[0] = a + b;
            pair[1] = a - b;
        }
        return;
    }
    for chunk in values.chunks_exact_mut(2 * half) {
        let (low, high) = chunk.split_at_mut(half);
        let (a, b) = (low[0], high[0]);
        low[0] = a + b;
        high[0] = a - b;
        for ((a, b), w) in low.iter_mut().zip(high).zip(&table[half..2 * half]).skip(1) {
            let t = *b * w;
            *b = *a - t;
            *a += t;
        }
    }
}

/// Layers in order, the lower ones block by block. Input in bit-reversed order, output in natural order.
fn transform(values: &mut [Fr], table: &[Fr]) {
    let n = values.len();
    let block = n.min(1 << BLOCK_LOG);
    for chunk in values.chunks_exact_mut(block) {
        let mut half = 1;
        while half < block {
            layer(chunk, half, table);
            half *= 2;
        }
    }
    let mut half = block;
    while half < n {
        layer(values, half, table);
        half *= 2;
    }
}

fn reversed(i: usize, k: u32) -> usize {
    if k == 0 {
        i
    } else {
        i.reverse_bits() >> (usize::BITS - k)
    }
}

/// The bit-reversed copy of `values`, each changed by `change(index, value)` on the way.
fn scattered(values: &[Fr], k: u32, change: impl Fn(usize, Fr) -> Fr) -> Column {
    let mut out = Secret(vec![Fr::ZERO; values.len()]);
    for (i, v) in values.iter().enumerate() {
        out.0[reversed(i, k)] = change(i, *v);
    }
    out
}

impl Domain {
    /// Of 2^k rows, at least eight: no circuit has fewer, for some of them blind.
    pub(super) fn new(k: u32, unit: Unit) -> Self {
        assert!(1 << k >= LANES, "rows: expected at least {LANES}, found 2^{k}");
        let mut omega = Fr::ROOT_OF_UNITY;
        for _ in k..Fr::S {
            omega = omega.square();
        }
        let root = omega.invert().unwrap_or(Fr::ONE);
        let n_inv = Fr::TWO_INV.pow_vartime([u64::from(k)]);
        let transforms = match (Fft::new(unit, k, omega, Fr::ONE), Fft::new(unit, k, root, n_inv)) {
            (Some(forward), Some(inverse)) => Transforms::Packs {
                forward: Box::new(forward),
                inverse: Box::new(inverse),
            },
            _ => Transforms::Plain {
                forward: twiddles(omega, k),
                inverse: twiddles(root, k),
            },
        };
        Self {
            unit,
            k,
            omega,
            n_inv,
            transforms,
        }
    }

    pub(super) fn n(&self) -> usize {
        1 << self.k
    }

    pub(super) fn unit(&self) -> Unit {
        self.unit
    }

    pub(super) fn omega(&self) -> Fr {
        self.omega
    }

    /// `point`·omega^rotation.
    pub(super) fn rotate(&self, point: Fr, rotation: i32) -> Fr {
        let steps = i64::from(rotation).rem_euclid(1 << self.k).unsigned_abs();
        point * self.omega.pow_vartime([steps])
    }

    /// Coefficients of the polynomial with these values on the rows.
    pub(super) fn interpolate(&self, values: &[Fr], scratch: &mut Scratch<Fr>) -> Vec<Pack<Fr>> {
        match &self.transforms {
            Transforms::Packs { inverse, .. } => inverse.of_values(values, scratch),
            Transforms::Plain { inverse, .. } => {
                let mut out = scattered(values, self.k, |_, v| v * self.n_inv);
                transform(&mut out.0, inverse);
                self.unit.packed(&out.0)
            }
        }
    }

    /// The same from packs.
    fn interpolate_packs(&self, values: &[Pack<Fr>], scratch: &mut Scratch<Fr>) -> Vec<Pack<Fr>> {
        match &self.transforms {
            Transforms::Packs { inverse, .. } => inverse.of_packs(values, scratch),
            Transforms::Plain { .. } => self.interpolate(&Secret(self.unit.unpacked(values)).0, scratch),
        }
    }

    /// g^0 .. g^(n-1).
    pub(super) fn powers(&self, g: Fr) -> Vec<Pack<Fr>> {
        self.unit.powers(Fr::ONE, g, self.n() / LANES)
    }

    /// Values on the coset whose powers are given, from coefficients.
    pub(super) fn on_coset(
        &self,
        coefficients: &[Pack<Fr>],
        powers: &[Pack<Fr>],
        scratch: &mut Scratch<Fr>,
    ) -> Vec<Pack<Fr>> {
        match &self.transforms {
            Transforms::Packs { forward, .. } => forward.of_scaled(coefficients, powers, scratch),
            Transforms::Plain { forward, .. } => {
                let mut scaled = Secret(coefficients.to_vec());
                self.unit.multiply(&mut scaled.0, powers);
                let plain: Column = Secret(self.unit.unpacked(&scaled.0));
                let mut out = scattered(&plain.0, self.k, |_, v| v);
                transform(&mut out.0, forward);
                self.unit.packed(&out.0)
            }
        }
    }
}

/// The generator of coset j: 7^(j+1), 7 being the multiplicative generator of Fr. Its n-th powers are distinct and not 1, since the order of 7
/// is r - 1 and (j+1)·n is far below.
pub(super) fn coset_generator(j: usize) -> Fr {
    Fr::MULTIPLICATIVE_GENERATOR.pow_vartime([j as u64 + 1])
}

/// From the numerator's values on `d` cosets to the `d` pieces of the quotient by X^n - 1, n coefficients each.
///
/// On coset j the quotient is h = sum over m of h_m(X)·(g_j^n)^m modulo X^n - g_j^n; so after an inverse FFT and a division by g_j^i, each
/// row of coefficients is a Vandermonde system in the g_j^n.
pub(super) fn pieces(domain: &Domain, cosets: PackColumns) -> Columns {
    /// Packs of a block: twice as many columns as there are cosets stay in the first-level cache.
    const BLOCK: usize = 4;
    let (n, d, unit) = (domain.n(), cosets.0.len(), domain.unit());
    let generators: Vec<Fr> = (0..d).map(coset_generator).collect();
    let nodes: Vec<Fr> = generators.iter().map(|g| g.pow_vartime([n as u64])).collect();
    let scaled = cosets
        .0
        .par_iter()
        .zip(&generators)
        .zip(&nodes)
        .map_init(Scratch::default, |scratch, ((values, g), node)| {
            let mut out = domain.interpolate_packs(values, scratch);
            // Neither is 0: see `coset_generator`.
            let g_inv = g.invert().unwrap_or(Fr::ZERO);
            let factor = (*node - Fr::ONE).invert().unwrap_or(Fr::ZERO);
            unit.multiply(&mut out, &unit.powers(factor, g_inv, n / LANES));
            out
        })
        .collect();
    let scaled: PackColumns = Secret(scaled);
    drop(cosets);
    // Slots 0 .. d hold the columns, d .. 2d the pieces.
    let steps: Vec<Step<Fr>> = vandermonde_inverse(&nodes)
        .iter()
        .enumerate()
        .map(|(m, weights)| {
            let terms: Vec<Term<Fr>> = weights.iter().enumerate().map(|(j, w)| Term::Multiple(j, *w)).collect();
            let sum = Sum::new(Fr::ZERO, &terms);
            Step::Sum { to: d + m, sum }
        })
        .collect();
    let block = BLOCK.min(n / LANES);
    let blocks = (0..n / LANES / block)
        .into_par_iter()
        .map_init(
            || Secret(vec![Pack::ZERO; 2 * d * block]),
            |arena, at| {
                for (slot, column) in arena.0.chunks_exact_mut(block).zip(&scaled.0) {
                    slot.copy_from_slice(&column[at * block..(at + 1) * block]);
                }
                unit.run(&steps, &mut arena.0, block);
                unit.unpacked(&arena.0[d * block..])
            },
        )
        .collect();
    let blocks: Columns = Secret(blocks);
    let pieces = (0..d)
        .into_par_iter()
        .map(|m| {
            let rows = m * block * LANES..(m + 1) * block * LANES;
            // Room for the coefficient that may blind it.
            let mut piece = Vec::with_capacity(n + 1);
            for block in &blocks.0 {
                piece.extend_from_slice(&block[rows.clone()]);
            }
            piece
        })
        .collect();
    Secret(pieces)
}

/// Row m holds the weights that take values at the nodes to the coefficient of x^m: coefficients of the Lagrange polynomials.
fn vandermonde_inverse(nodes: &[Fr]) -> Vec<Vec<Fr>> {
    let d = nodes.len();
    let mut rows = vec![vec![Fr::ZERO; d]; d];
    for (j, node) in nodes.iter().enumerate() {
        let mut polynomial = vec![Fr::ONE];
        let mut denominator = Fr::ONE;
        for other in nodes
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != j)
            .map(|(_, other)| other)
        {
            let mut next = vec![Fr::ZERO; polynomial.len() + 1];
            for (i, c) in polynomial.iter().enumerate() {
                next[i + 1] += c;
                next[i] -= *c * other;
            }
            polynomial = next;
            denominator *= *node - other;
        }
        // Not 0: the nodes are distinct.
        let denominator = denominator.invert().unwrap_or(Fr::ZERO);
        for (row, c) in rows.iter_mut().zip(polynomial) {
            row[j] = c * denominator;
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use halo2_proofs::arithmetic::eval_polynomial;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    fn random(count: usize, seed: u64) -> Vec<Fr> {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        (0..count).map(|_| Fr::random(&mut rng)).collect()
    }

    fn units() -> [Unit; 2] {
        [Unit::plain(), Unit::detect()]
    }

    #[test]
    fn values_on_a_coset_are_those_of_the_polynomial() {
        let scratch = &mut Scratch::default();
        for (k, unit) in [3, 4, 5, 6, 13].into_iter().flat_map(|k| units().map(|unit| (k, unit))) {
            let domain = Domain::new(k, unit);
            let coefficients = random(domain.n(), u64::from(k));
            let packs = unit.packed(&coefficients);
            for g in [Fr::ONE, coset_generator(2)] {
                let values = unit.unpacked(&domain.on_coset(&packs, &domain.powers(g), scratch));
                for row in [0, 1, domain.n() / 2, domain.n() - 1] {
                    let point = domain.rotate(g, row as i32);
                    assert_eq!(
                        values[row % domain.n()],
                        eval_polynomial(&coefficients, point),
                        "k {k}, row {row}"
                    );
                }
            }
            let values = domain.on_coset(&packs, &domain.powers(Fr::ONE), scratch);
            for back in [
                domain.interpolate_packs(&values, scratch),
                domain.interpolate(&unit.unpacked(&values), scratch),
            ] {
                assert_eq!(unit.unpacked(&back), coefficients, "k {k}");
            }
        }
    }

    #[test]
    fn the_quotient_comes_back_from_its_cosets() {
        for (k, unit) in [3, 4, 7].into_iter().flat_map(|k| units().map(|unit| (k, unit))) {
            let domain = Domain::new(k, unit);
            for d in [1, 2, 5, 8] {
                let quotient = random(d * domain.n(), d as u64);
                let cosets = (0..d)
                    .map(|j| {
                        let at = |row| {
                            let x: Fr = domain.rotate(coset_generator(j), row as i32);
                            eval_polynomial(&quotient, x) * (x.pow_vartime([domain.n() as u64]) - Fr::ONE)
                        };
                        let values: Vec<Fr> = (0..domain.n()).map(at).collect();
                        unit.packed(&values)
                    })
                    .collect();
                assert_eq!(pieces(&domain, Secret(cosets)).0.concat(), quotient, "{d} pieces");
            }
        }
    }
}
