//! One trait, several provers.
//!
//! A backend makes proofs ([`Backend::create`]); nobody else sees them before [`Backend::prove`] has checked what went in and
//! verified what came out. A wrong witness, a wrong key or a wrong backend is therefore an error, never a proof that fails
//! somewhere else.

pub mod cpu;
pub mod stock;
mod violation;

use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::Circuit;

pub use self::cpu::{Cpu, Profile};
pub use self::stock::Stock;
pub use self::violation::{CellPlace, ColumnKind, Violation};
use crate::caught;
pub use crate::error::ProveError;
use crate::keys::{KeyDigest, Keys};
use crate::srs::Setup;
use crate::verify::verify;

/// A prover.
pub trait Backend {
    /// Its name, as it stands in errors and reports.
    fn name(&self) -> &'static str;

    /// Makes a proof, unchecked: the part that a backend implements and that [`Backend::prove`] wraps.
    ///
    /// May panic on a witness that does not fit the circuit. Errors must not quote witness values.
    fn create<C: Circuit<Fr>>(
        &self,
        setup: &Setup,
        keys: &Keys,
        circuit: &C,
        instance: &[Fr],
    ) -> Result<Vec<u8>, ProveError>;

    /// Makes a proof and verifies it. Lengths, setup and degree are checked first; a panic becomes an error without its text.
    fn prove<C: Circuit<Fr>>(
        &self,
        setup: &Setup,
        keys: &Keys,
        circuit: &C,
        instance: &[Fr],
    ) -> Result<Vec<u8>, ProveError> {
        let backend = self.name();
        check_inputs(setup, keys, instance)?;
        let proof =
            caught(|| self.create(setup, keys, circuit, instance)).ok_or(ProveError::Panicked { backend })??;
        verify(setup, keys.verifier_key(), instance, &proof)
            .map_err(|source| ProveError::SelfCheck { backend, source })?;
        Ok(proof)
    }
}

/// A prover that is chosen at run time.
#[derive(Clone, Debug)]
pub enum Chosen {
    /// Ours.
    Cpu(Cpu),
    /// The library's.
    Stock(Stock),
}

impl Backend for Chosen {
    fn name(&self) -> &'static str {
        match self {
            Self::Cpu(cpu) => cpu.name(),
            Self::Stock(stock) => stock.name(),
        }
    }

    fn create<C: Circuit<Fr>>(
        &self,
        setup: &Setup,
        keys: &Keys,
        circuit: &C,
        instance: &[Fr],
    ) -> Result<Vec<u8>, ProveError> {
        match self {
            Self::Cpu(cpu) => cpu.create(setup, keys, circuit, instance),
            Self::Stock(stock) => stock.create(setup, keys, circuit, instance),
        }
    }
}

/// A prover that looks at the witness first, when asked to: gates, lookups and copies in every row, before anything is committed to. A wrong
/// witness is then [`ProveError::Violated`], which names constraint, row and cells; without the check it is a proof that fails its verification.
#[derive(Clone, Debug)]
pub struct Checked<B> {
    backend: B,
    check: bool,
}

impl<B> Checked<B> {
    /// With or without the check.
    pub fn new(backend: B, check: bool) -> Self {
        Self { backend, check }
    }

    /// The prover itself.
    pub fn backend(&self) -> &B {
        &self.backend
    }
}

impl<B: Backend> Backend for Checked<B> {
    fn name(&self) -> &'static str {
        self.backend.name()
    }

    fn create<C: Circuit<Fr>>(
        &self,
        setup: &Setup,
        keys: &Keys,
        circuit: &C,
        instance: &[Fr],
    ) -> Result<Vec<u8>, ProveError> {
        if self.check {
            cpu::check_witness(self.name(), keys, circuit, instance)?;
        }
        self.backend.create(setup, keys, circuit, instance)
    }
}

fn check_inputs(setup: &Setup, keys: &Keys, instance: &[Fr]) -> Result<(), ProveError> {
    let (expected, found) = (keys.instance_len, instance.len());
    if expected != found {
        return Err(ProveError::InstanceLength { expected, found });
    }
    let vk = keys.pk.get_vk();
    let (expected, found) = (keys.digest, KeyDigest::of(vk, setup));
    if expected != found || vk.get_domain().k() != setup.k() {
        return Err(ProveError::WrongSetup { expected, found });
    }
    let expected = vk.get_domain().get_quotient_poly_degree() + 1;
    let found = vk.cs().degree();
    if expected != found {
        return Err(ProveError::DegreeChanged { expected, found });
    }
    Ok(())
}
