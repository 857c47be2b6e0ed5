//! What a key gives to every proof: the domain's tables, and the key's columns on the quotient's cosets.

use std::sync::{Arc, OnceLock};

use halo2_proofs::halo2curves::bn256::{Fr, G1Affine};
use halo2_proofs::plonk::ProvingKey;
use rayon::prelude::*;
use vector::fft::Scratch;
use vector::{LANES, Pack, Unit};

use super::constraints::Layout;
use super::domain::{Domain, coset_generator};

/// Bytes that the columns of one key may take on all cosets together. Above it they are made again for every proof, coset by coset.
const CACHE_BYTES: usize = 1 << 30;

/// A coset: powers of its generator, and the key's columns on it (fixed, l, sigma, x).
#[derive(Debug)]
pub(super) struct Coset {
    pub(super) powers: Vec<Pack<Fr>>,
    pub(super) columns: Vec<Vec<Pack<Fr>>>,
}

/// Made once for a key, on its first proof.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(super) domain: Domain,
    pub(super) layout: Layout,
    /// Cosets, and with them pieces of the quotient.
    pub(super) pieces: usize,
    cosets: Option<Vec<OnceLock<Arc<Coset>>>>,
}

impl Prepared {
    pub(super) fn new(pk: &ProvingKey<G1Affine>, unit: Unit) -> Self {
        let vk = pk.get_vk();
        let (k, pieces) = (vk.get_domain().k(), vk.get_domain().get_quotient_poly_degree());
        let layout = Layout::new(vk.cs());
        let bytes = ((layout.of_key().len() + 1) * pieces * size_of::<Pack<Fr>>() / LANES) << k;
        let cosets = (bytes <= CACHE_BYTES).then(|| (0..pieces).map(|_| OnceLock::new()).collect());
        Self {
            domain: Domain::new(k, unit),
            layout,
            pieces,
            cosets,
        }
    }

    /// Coset j with the key's columns, from memory where they fit.
    pub(super) fn coset(&self, pk: &ProvingKey<G1Affine>, j: usize) -> Arc<Coset> {
        match &self.cosets {
            Some(cosets) => cosets[j].get_or_init(|| Arc::new(self.make(pk, j))).clone(),
            None => Arc::new(self.make(pk, j)),
        }
    }

    fn make(&self, pk: &ProvingKey<G1Affine>, j: usize) -> Coset {
        let generator = coset_generator(j);
        let powers = self.domain.powers(generator);
        let polynomials = pk.fixed_polys().iter().chain([pk.l0(), pk.l_last(), pk.l_active_row()]);
        let polynomials: Vec<_> = polynomials.chain(pk.permutation().polys()).collect();
        let mut columns: Vec<Vec<Pack<Fr>>> = polynomials
            .into_par_iter()
            .map_init(Scratch::default, |scratch, p| {
                let packs = self.domain.unit().packed(p.values());
                self.domain.on_coset(&packs, &powers, scratch)
            })
            .collect();
        let unit = self.domain.unit();
        columns.push(unit.powers(generator, self.domain.omega(), self.domain.n() / LANES));
        debug_assert_eq!(columns.len(), self.layout.of_key().len());
        Coset { powers, columns }
    }
}
