//! Proving keys: made with checks the library leaves out, named by a digest, cached on disk.

use std::fmt;
use std::sync::OnceLock;

use halo2_proofs::SerdeFormat;
use halo2_proofs::halo2curves::bn256::{Fr, G1Affine};
use halo2_proofs::plonk::{Circuit, ConstraintSystem, ProvingKey, VerifyingKey, keygen_pk2};
use halo2_proofs::poly::commitment::Params;
use sha3::{Digest, Keccak256};

pub use self::cache::{CacheWarning, CachedKeys, CircuitId, KeyCache, fixed_cells_hash};
use crate::backend::cpu::Prepared;
use crate::caught;
pub use crate::error::KeyError;
use crate::hexadecimal::hex32;
use crate::srs::{Setup, evm_g2};
use crate::transcript::{point_bytes, scalar_bytes};
use crate::verify::{ProofShape, VerifierKey};

mod cache;

hex32! {
    /// The name of a verifying key: keccak256 over 32-byte big-endian words,
    ///
    /// ```text
    /// transcript_repr ‖ x, y of every fixed commitment ‖ k ‖ tau*h ‖ h
    /// ```
    ///
    /// G2 points in the order of the EVM's pairing precompile (`x.c1, x.c0, y.c1, y.c0`), infinity as (0, 0).
    /// `transcript_repr` is the library's hash of the constraint system, so the digest depends on the circuit and on the setup.
    KeyDigest, "0x"
}

impl KeyDigest {
    /// The digest of `vk` under `setup`.
    pub fn of(vk: &VerifyingKey<G1Affine>, setup: &Setup) -> Self {
        let mut hash = Keccak256::new();
        hash.update(scalar_bytes(&vk.transcript_repr()));
        for commitment in vk.fixed_commitments() {
            hash.update(point_bytes(commitment).unwrap_or([0; 64]));
        }
        hash.update(scalar_bytes(&Fr::from(u64::from(vk.get_domain().k()))));
        hash.update(evm_g2(&setup.params().s_g2()));
        hash.update(evm_g2(&setup.params().g2()));
        Self(hash.finalize().into())
    }
}

/// A proving key that passed the checks, with its digest.
pub struct Keys {
    /// The library's proving key; the verifying key is inside.
    pub pk: ProvingKey<G1Affine>,
    /// The name of the verifying key.
    pub digest: KeyDigest,
    /// Public inputs, exactly.
    pub instance_len: usize,
    /// The circuit in figures.
    pub report: CircuitReport,
    /// What our own prover made of the key on its first proof.
    pub(crate) prepared: OnceLock<Prepared>,
}

impl fmt::Debug for Keys {
    /// Without the key's polynomials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("digest", &self.digest)
            .field("instance_len", &self.instance_len)
            .field("report", &self.report)
            .finish_non_exhaustive()
    }
}

impl Keys {
    /// What the verifier needs.
    pub fn verifier_key(&self) -> VerifierKey<'_> {
        VerifierKey {
            vk: self.pk.get_vk(),
            instance_len: self.instance_len,
        }
    }

    /// Checks `pk` as [`keygen`] does and names it.
    fn checked(setup: &Setup, pk: ProvingKey<G1Affine>, instance_len: usize) -> Result<Self, KeyError> {
        let vk = pk.get_vk();
        check(vk, instance_len)?;
        Ok(Self {
            digest: KeyDigest::of(vk, setup),
            report: CircuitReport::of(vk),
            instance_len,
            pk,
            prepared: OnceLock::new(),
        })
    }
}

/// Makes the proving key of `circuit` over all rows of `setup`.
///
/// Refuses what would make unverifiable or unsound keys: a degree above or below the declared one, a polynomial queried twice
/// at one point, other than one instance column. No selector compression: each selector stays one fixed column.
pub fn keygen<C: Circuit<Fr>>(setup: &Setup, circuit: &C, instance_len: usize) -> Result<Keys, KeyError> {
    let params = setup.params();
    let pk = caught(|| keygen_pk2(params, circuit, false)).ok_or_else(|| {
        let mut cs = ConstraintSystem::default();
        C::configure_with_params(&mut cs, circuit.params());
        let (k, usable_rows) = (params.k(), usable_rows(&cs, params.k()));
        KeyError::Panicked { k, usable_rows }
    })??;
    Keys::checked(setup, pk, instance_len)
}

/// A circuit in figures.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CircuitReport {
    /// log2 of the number of rows.
    pub k: u32,
    /// Degree of the highest constraint.
    pub degree: usize,
    /// Rows that blind the witness columns at the end of each.
    pub blinding_factors: usize,
    /// Rows before them and before the last-row marker.
    pub usable_rows: usize,
    /// Advice columns of each phase.
    pub advice_columns: Vec<usize>,
    /// Fixed columns, selectors included.
    pub fixed_columns: usize,
    /// Challenges of the circuit.
    pub challenges: usize,
    /// Polynomial constraints.
    pub constraints: usize,
    /// Openings of advice columns.
    pub advice_queries: usize,
    /// Openings of fixed columns.
    pub fixed_queries: usize,
    /// Columns under the copy constraint argument.
    pub permutation_columns: usize,
    /// Lookup arguments.
    pub lookups: usize,
    /// The proof.
    pub proof: ProofShape,
    /// Its length.
    pub proof_bytes: usize,
}

impl CircuitReport {
    fn of(vk: &VerifyingKey<G1Affine>) -> Self {
        let cs = vk.cs();
        let (k, proof) = (vk.get_domain().k(), ProofShape::of(vk));
        let phases = cs.advice_column_phase();
        let in_phase = |phase| phases.iter().filter(|p| **p == phase).count();
        let last_phase = phases.iter().max().copied().unwrap_or_default();
        Self {
            k,
            degree: true_degree(cs),
            blinding_factors: cs.blinding_factors(),
            usable_rows: usable_rows(cs, k),
            advice_columns: (0..=last_phase).map(in_phase).collect(),
            fixed_columns: vk.fixed_commitments().len(),
            challenges: cs.num_challenges(),
            constraints: cs.gates().iter().map(|gate| gate.polynomials().len()).sum(),
            advice_queries: cs.advice_queries().len(),
            fixed_queries: cs.fixed_queries().len(),
            permutation_columns: cs.permutation().get_columns().len(),
            lookups: cs.lookups().len(),
            proof,
            proof_bytes: proof.bytes(),
        }
    }
}

impl fmt::Display for CircuitReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "rows                 2^{}", self.k)?;
        writeln!(f, "usable rows          {}", self.usable_rows)?;
        writeln!(f, "blinding factors     {}", self.blinding_factors)?;
        writeln!(f, "degree               {}", self.degree)?;
        writeln!(f, "advice by phase      {:?}", self.advice_columns)?;
        writeln!(f, "fixed columns        {}", self.fixed_columns)?;
        writeln!(f, "challenges           {}", self.challenges)?;
        writeln!(f, "constraints          {}", self.constraints)?;
        writeln!(f, "advice openings      {}", self.advice_queries)?;
        writeln!(f, "fixed openings       {}", self.fixed_queries)?;
        writeln!(f, "permutation columns  {}", self.permutation_columns)?;
        writeln!(f, "lookups              {}", self.lookups)?;
        write!(f, "proof bytes          {}", self.proof_bytes)
    }
}

fn usable_rows(cs: &ConstraintSystem<Fr>, k: u32) -> usize {
    (1usize << k).saturating_sub(cs.blinding_factors() + 1)
}

fn check(vk: &VerifyingKey<G1Affine>, instance_len: usize) -> Result<(), KeyError> {
    let (cs, k) = (vk.cs(), vk.get_domain().k());
    let found = cs.num_instance_columns();
    if found != 1 {
        return Err(KeyError::InstanceColumns { found });
    }
    let expected = usable_rows(cs, k);
    if instance_len > expected {
        let found = instance_len;
        return Err(KeyError::InstanceTooLong { expected, found });
    }
    let declared = vk.get_domain().get_quotient_poly_degree() + 1;
    let highest = true_degree(cs);
    if highest > declared {
        let (expected, found) = (declared, highest);
        return Err(KeyError::DegreeCapped { expected, found });
    }
    if highest < declared {
        let (expected, found) = (highest, declared);
        return Err(KeyError::DegreeLoose { expected, found });
    }
    let advice = cs.advice_queries().iter().map(|(c, r)| (c.index(), r.0));
    check_queries("advice", advice, k)?;
    let fixed = cs.fixed_queries().iter().map(|(c, r)| (c.index(), r.0));
    check_queries("fixed", fixed, k)
}

/// The degree of the highest constraint, whatever the library declares. Lookup and permutation as in the library's arguments.
fn true_degree(cs: &ConstraintSystem<Fr>) -> usize {
    let gates = cs.gates().iter().flat_map(|gate| gate.polynomials());
    let gates = gates.map(|polynomial| polynomial.degree()).max();
    let lookups = cs.lookups().iter().map(|lookup| {
        let highest =
            |side: &[halo2_proofs::plonk::Expression<Fr>]| side.iter().map(|e| e.degree()).max().unwrap_or(1).max(1);
        2 + highest(lookup.input_expressions()) + highest(lookup.table_expressions())
    });
    let permutation = (!cs.permutation().get_columns().is_empty()).then_some(3);
    let others = lookups.max().into_iter().chain(permutation);
    others.chain(gates).max().unwrap_or_default()
}

/// Two openings of one polynomial at one point would make the multi-opening unsound or, here, unverifiable. The library merges
/// equal rotations; rotations that are equal only modulo the number of rows are left to us.
fn check_queries(kind: &str, queries: impl Iterator<Item = (usize, i32)>, k: u32) -> Result<(), KeyError> {
    let mut seen = std::collections::BTreeMap::new();
    for (column, rotation) in queries {
        let row = i64::from(rotation).rem_euclid(1 << k);
        if let Some(first) = seen.insert((column, row), rotation) {
            return Err(KeyError::QueryCollision {
                column: format!("{kind} column {column}"),
                first,
                second: rotation,
                k,
            });
        }
    }
    Ok(())
}

/// The proving key as the cache stores it.
fn to_bytes(pk: &ProvingKey<G1Affine>) -> Vec<u8> {
    pk.to_bytes(SerdeFormat::RawBytes)
}

/// Parses a proving key. Only for bytes whose hash was checked: the library's parser panics on others.
fn from_verified_bytes<C: Circuit<Fr>>(mut bytes: &[u8], circuit: &C) -> Option<ProvingKey<G1Affine>> {
    let read = || ProvingKey::read::<_, C>(&mut bytes, SerdeFormat::RawBytes, circuit.params()).ok();
    let pk = caught(read).flatten()?;
    bytes.is_empty().then_some(pk)
}
