//! From a verifying key to a contract: the Solidity verifier of a circuit, its bytecode, and an EVM to run it in.

pub mod artifact;
pub mod calldata;
mod compile;
mod error;
pub mod evm;
mod graph;
mod hint;
mod identity;
mod key;
mod plan;
mod registers;
mod shape;
mod solidity;
pub mod venue;
mod yul;

use halo2_proofs::halo2curves::bn256::G1Affine;
use halo2_proofs::plonk::VerifyingKey;

pub use artifact::{Artifact, ArtifactError};
pub use compile::{CompileError, compile_with_node};
pub use error::{EmitError, HintError, KeyError};
pub use hint::{hint, hinted};
pub use key::{DIGEST_NAME, KeyWord, SetupG2, key_digest, key_words};

/// Fixed columns of a market of statement R that are empty: it shares the constraint system of segments, whose rows use them.
pub const RISK_MARKET_EMPTY: [(usize, usize); 3] = [(15, 15), (16, 16), (25, 25)];

/// What a verifier is called, and what its caller expects of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// The contract is called `<name>Verifier`.
    pub name: String,
    /// The statement, for people.
    pub statement: String,
    /// The size of the circuit, for people.
    pub size: String,
    /// Binary logarithm of the rows the key should have.
    pub k: u32,
    /// Values in the instance column.
    pub instances: usize,
    /// Fixed columns that are equal in this circuit, by index: their commitments may coincide. A column beside itself is empty: its
    /// commitment may be the point at infinity.
    pub equal_columns: Vec<(usize, usize)>,
}

/// The Solidity source of the verifier for a key: one contract, `<name>Verifier`.
pub fn emit_solidity(vk: &VerifyingKey<G1Affine>, setup: &SetupG2, meta: &Meta) -> Result<String, EmitError> {
    let words = key_words(vk, setup, meta)?;
    emit(vk, meta, &words)
}

/// The source with 0 for every word that depends on the key: equal for two keys whenever the compiled verifiers differ in
/// those words only.
pub fn emit_shape(vk: &VerifyingKey<G1Affine>, setup: &SetupG2, meta: &Meta) -> Result<String, EmitError> {
    let mut words = key_words(vk, setup, meta)?;
    for word in &mut words {
        word.value = [0; 32];
    }
    emit(vk, meta, &words)
}

fn emit(vk: &VerifyingKey<G1Affine>, meta: &Meta, words: &[KeyWord]) -> Result<String, EmitError> {
    check_meta(meta)?;
    let shape = shape::Shape::of(vk, meta.instances)?;
    solidity::source(vk, &shape, meta, words)
}

fn check_meta(meta: &Meta) -> Result<(), EmitError> {
    let mut letters = meta.name.chars();
    let capital = letters.next().is_some_and(|c| c.is_ascii_uppercase());
    if !capital || !letters.all(|c| c.is_ascii_alphanumeric()) {
        return Err(EmitError::InvalidName {
            found: meta.name.clone(),
        });
    }
    let plain = |c: char| (c.is_ascii_graphic() || c == ' ') && c != '"' && c != '\\';
    for label in [&meta.statement, &meta.size] {
        if !label.chars().all(plain) || label.len() > 31 {
            return Err(EmitError::InvalidLabel { found: label.clone() });
        }
    }
    Ok(())
}
