//! Our own prover, on the library's keys: the same proofs as [`Stock`](super::Stock) makes, for a fraction of the work.
//!
//! | part | what it does |
//! |---|---|
//! | [`witness`] | our `Assignment`: the circuit's witness, phase by phase |
//! | [`check`] | every constraint in every row, before anything is committed to |
//! | [`domain`] | FFTs with tables; as many cosets as the quotient has pieces |
//! | [`constraints`], [`program`] | all constraints as one linear form over products, compiled to a flat program |
//! | [`key`] | the key's columns on all cosets, made once |
//! | [`permutation`], [`lookup`] | running products |
//! | [`opening`] | SHPLONK |
//! | [`profile`] | what a proof costs, phase by phase |
//! | [`secret`] | memory that is overwritten |
//! | [`msm`] | multi-scalar multiplications over tables of the setup's multiples |
//!
//! Columns, transforms and additions of points are computed eight at a time where the CPU can ([`vector`]).
//!
//! The library's `verify_proof` takes every proof. All randomness comes from one ChaCha20 stream in a fixed order, so a seed determines the
//! proof's bytes whatever the number of threads; without one the operating system seeds it.

mod check;
mod constraints;
mod domain;
mod key;
mod lookup;
mod msm;
mod opening;
mod permutation;
pub mod profile;
mod program;
mod proof;
mod secret;
mod witness;

use std::sync::{Arc, Mutex, PoisonError};

use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::Circuit;
use rand::rngs::OsRng;
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use vector::Unit;

pub(crate) use self::key::Prepared;
pub(crate) use self::msm::Table;
pub use self::profile::Profile;
use super::{Backend, ProveError};
use crate::keys::Keys;
use crate::srs::Setup;

/// Our prover.
#[derive(Clone, Debug)]
pub struct Cpu {
    seed: Option<[u8; 32]>,
    unit: Unit,
    profiles: Profiles,
}

impl Default for Cpu {
    fn default() -> Self {
        Self {
            seed: None,
            unit: Unit::detect(),
            profiles: Profiles::default(),
        }
    }
}

/// Profiles of the proofs that were made, oldest first; clones share one list.
#[derive(Clone, Debug, Default)]
pub struct Profiles(Arc<Mutex<Vec<Profile>>>);

impl Profiles {
    /// Takes all profiles out.
    pub fn take(&self) -> Vec<Profile> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn push(&self, profile: Profile) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(profile);
    }
}

impl Cpu {
    /// With randomness from a seed: for tests and comparisons. Two proofs of different witnesses under one seed give both away.
    pub fn seeded(seed: [u8; 32]) -> Self {
        Self {
            seed: Some(seed),
            ..Self::default()
        }
    }

    /// Without the CPU's vector unit, as on a CPU that has none: the same proofs, slower, and without the setup's tables where the vector
    /// unit made them.
    pub fn without_vector_unit(self) -> Self {
        Self {
            unit: Unit::plain(),
            ..self
        }
    }

    /// What the proofs made by this prover and its clones cost.
    pub fn profiles(&self) -> Profiles {
        self.profiles.clone()
    }

    fn rng(&self) -> ChaCha20Rng {
        let seed = self.seed.unwrap_or_else(|| {
            let mut seed = [0; 32];
            OsRng.fill_bytes(&mut seed);
            seed
        });
        ChaCha20Rng::from_seed(seed)
    }
}

impl Backend for Cpu {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn create<C: Circuit<Fr>>(
        &self,
        setup: &Setup,
        keys: &Keys,
        circuit: &C,
        instance: &[Fr],
    ) -> Result<Vec<u8>, ProveError> {
        let (proof, profile) = proof::create(setup, keys, circuit, instance, self.unit, self.rng())
            .map_err(|failure| failure.into_error(self.name()))?;
        self.profiles.push(profile);
        Ok(proof)
    }
}

/// What the benches time by itself; no proof is made with it.
#[doc(hidden)]
pub mod bench_support {
    use std::cell::RefCell;

    use halo2_proofs::halo2curves::bn256::{Fr, G1, G1Affine};
    use vector::fft::Scratch;
    use vector::{Pack, Unit};

    use super::domain::Domain;
    use super::msm::Table;

    /// Multiples of points, as a setup keeps them.
    #[derive(Debug)]
    pub struct Multiples(Table);

    impl Multiples {
        /// Of these points.
        pub fn new(points: &[G1Affine]) -> Self {
            Self(Table::new(points))
        }

        /// Sum of scalar · point.
        pub fn product(&self, scalars: &[Fr]) -> G1 {
            self.0.product(scalars).0
        }
    }

    /// FFTs of 2^k values, packed before and unpacked after.
    #[derive(Debug)]
    pub struct Transform {
        domain: Domain,
        ones: Vec<Pack<Fr>>,
        scratch: RefCell<Scratch<Fr>>,
    }

    impl Transform {
        /// With its tables.
        pub fn new(k: u32) -> Self {
            let domain = Domain::new(k, Unit::detect());
            let ones = domain.powers(Fr::one());
            Self {
                domain,
                ones,
                scratch: RefCell::default(),
            }
        }

        /// Values at the powers of the root of unity, from coefficients.
        pub fn forward(&self, coefficients: &[Fr]) -> Vec<Fr> {
            let unit = self.domain.unit();
            let packs = unit.packed(coefficients);
            unit.unpacked(&self.domain.on_coset(&packs, &self.ones, &mut self.scratch.borrow_mut()))
        }

        /// Coefficients from values.
        pub fn inverse(&self, values: &[Fr]) -> Vec<Fr> {
            let packs = self.domain.interpolate(values, &mut self.scratch.borrow_mut());
            self.domain.unit().unpacked(&packs)
        }
    }
}

/// Looks for a constraint that a witness violates, and is for every backend: it proves nothing. `backend` is named in errors.
pub(super) fn check_witness<C: Circuit<Fr>>(
    backend: &'static str,
    keys: &Keys,
    circuit: &C,
    instance: &[Fr],
) -> Result<(), ProveError> {
    let found = check::check(keys, circuit, instance, Cpu::default().rng());
    match found.map_err(|failure| failure.into_error(backend))? {
        Some(violation) => Err(ProveError::Violated(violation)),
        None => Ok(()),
    }
}

/// Why there is no proof. Never with a witness value.
#[derive(Debug)]
enum Failure {
    /// The library's synthesis or transcript.
    Halo2(halo2_proofs::plonk::Error),
    /// A cell below the last usable row.
    Row { column: usize, row: usize, expected: usize },
    /// A cell without a value in the phase that commits to it.
    Unknown { column: usize, row: usize },
    /// A challenge that no phase drew.
    Challenge,
    /// A lookup whose input is not in its table.
    Lookup { name: String, row: usize },
}

impl Failure {
    fn into_error(self, backend: &'static str) -> ProveError {
        let reason = match self {
            Self::Halo2(source) => return ProveError::Halo2 { backend, source },
            Self::Row { column, row, expected } => {
                format!("advice column {column}: expected rows below {expected}, found one at {row}")
            }
            Self::Unknown { column, row } => format!("advice column {column}, row {row}: expected a value, found none"),
            Self::Challenge => {
                "expected every challenge to be drawn by the last phase, found one that is not".to_owned()
            }
            Self::Lookup { name, row } => {
                format!("lookup \"{name}\", row {row}: expected a value of the table, found another")
            }
        };
        ProveError::Backend { backend, reason }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Halo2(error.into())
    }
}
