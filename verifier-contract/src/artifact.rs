//! Compiled contracts, and keys put into compiled verifiers without a compiler.
//!
//! Everything in a verifier that depends on the setup is an immutable of the contract. The compiler leaves 32 bytes of 0 for
//! each place where the code reads one and lists the places; [`Artifact::patch_runtime`] writes a key there. The result is
//! what the constructor of a freshly emitted and compiled verifier returns, byte for byte, as the tests show. That a key
//! belongs to an artifact is checked by hash: the source emitted for the key, with all key words set to 0, must be the one
//! the artifact was compiled from.

use std::collections::BTreeMap;

use halo2_proofs::halo2curves::bn256::G1Affine;
use halo2_proofs::plonk::VerifyingKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::EmitError;
use crate::key::{KeyWord, SetupG2, key_words};
use crate::{Meta, emit_shape};

/// Largest runtime that can be deployed (EIP-170).
pub const MAX_RUNTIME: usize = 24_576;

/// Why an artifact cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// The text is not an artifact.
    #[error("artifact: {0}")]
    Json(#[from] serde_json::Error),
    /// Bytecode is not hexadecimal.
    #[error("artifact {name}: bytecode: {source}")]
    Hex {
        /// The contract.
        name: String,
        /// What is wrong with the digits.
        source: hex::FromHexError,
    },
    /// No artifact of that name is committed.
    #[error("no committed artifact for contract {name}; committed: {}", .committed.join(", "))]
    NotCommitted {
        /// The contract.
        name: String,
        /// Contracts that have one.
        committed: Vec<String>,
    },
    /// The artifact is of another contract.
    #[error("artifact of another contract: expected {expected}, found {found}")]
    WrongContract {
        /// The contract asked for.
        expected: String,
        /// The contract of the artifact.
        found: String,
    },
    /// The artifact was compiled from a verifier of another circuit.
    #[error("artifact of another circuit: expected a source of shape {expected}, found {found}")]
    ShapeMismatch {
        /// Hash of the source emitted for the key.
        expected: String,
        /// Hash of the source the artifact was compiled from.
        found: String,
    },
    /// The immutables of the artifact are not the words of a key.
    #[error("immutables: expected {expected:?}, found {found:?}")]
    WrongImmutables {
        /// Names of the key's words.
        expected: Vec<String>,
        /// Names in the artifact.
        found: Vec<String>,
    },
    /// An immutable's place is outside the code or not blank.
    #[error("immutable {name}: expected 32 bytes of 0 at {offset}")]
    NotBlank {
        /// The immutable.
        name: String,
        /// The place in the runtime.
        offset: usize,
    },
    /// The runtime is larger than a chain accepts.
    #[error("runtime of {found} bytes, expected at most {expected}")]
    TooLarge {
        /// EIP-170.
        expected: usize,
        /// Bytes.
        found: usize,
    },
    /// No verifier is emitted for the key.
    #[error(transparent)]
    Emit(#[from] EmitError),
}

/// A compiled contract, as `compile.mjs` writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Artifact {
    /// Name of the contract.
    pub name: String,
    /// Its interface.
    pub abi: serde_json::Value,
    /// Creation code, in hexadecimal; constructor arguments go behind it.
    pub creation: String,
    /// Runtime code, in hexadecimal, with 0 in place of immutables.
    pub runtime: String,
    /// Offsets in the runtime of every immutable's words.
    pub immutables: BTreeMap<String, Vec<usize>>,
    /// Version of the compiler.
    pub solc: String,
    /// SHA-256 of the compiler's input: sources and settings.
    pub input_sha256: String,
    /// SHA-256 of the source with every immutable's literal set to 0.
    pub shape_sha256: String,
}

/// Name and text of artifacts.
macro_rules! committed {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../artifacts/", $name, ".json")))),+]
    };
}

/// The artifacts compiled into this crate.
const COMMITTED: &[(&str, &str)] = committed![
    "Authority",
    "ChainlinkAdapter",
    "CircuitBreaker",
    "OracleAggregator",
    "OracleFeed",
    "PoseidonConstants",
    "PythAdapter",
    "RiskParameters",
    "RiskRounds",
    "SettlementMVerifier",
    "SettlementRollup",
    "SettlementSVerifier",
    "SettlementXsVerifier",
    "SoleVenue",
    "SolvencyGate",
    "VerifierRouter",
];

impl Artifact {
    /// Reads an artifact.
    pub fn from_json(text: &str) -> Result<Self, ArtifactError> {
        Ok(serde_json::from_str(text)?)
    }

    /// The committed artifact of a contract, by its full name.
    pub fn committed(name: &str) -> Result<Self, ArtifactError> {
        let found = COMMITTED.iter().find(|(committed, _)| *committed == name);
        let (_, text) = found.ok_or_else(|| ArtifactError::NotCommitted {
            name: name.to_owned(),
            committed: COMMITTED.iter().map(|(name, _)| (*name).to_owned()).collect(),
        })?;
        Self::from_json(text)
    }

    /// The creation code.
    pub fn creation_bytes(&self) -> Result<Vec<u8>, ArtifactError> {
        self.decode(&self.creation)
    }

    /// The runtime code, with 0 in place of immutables.
    pub fn runtime_bytes(&self) -> Result<Vec<u8>, ArtifactError> {
        self.decode(&self.runtime)
    }

    fn decode(&self, digits: &str) -> Result<Vec<u8>, ArtifactError> {
        hex::decode(digits).map_err(|source| ArtifactError::Hex {
            name: self.name.clone(),
            source,
        })
    }

    /// The runtime of this verifier with another key and setup of the same circuit.
    pub fn patch_runtime(
        &self,
        vk: &VerifyingKey<G1Affine>,
        setup: &SetupG2,
        meta: &Meta,
    ) -> Result<Vec<u8>, ArtifactError> {
        let contract = format!("{}Verifier", meta.name);
        if self.name != contract {
            return Err(ArtifactError::WrongContract {
                expected: contract,
                found: self.name.clone(),
            });
        }
        let expected = shape_sha256(vk, setup, meta)?;
        if self.shape_sha256 != expected {
            return Err(ArtifactError::ShapeMismatch {
                expected,
                found: self.shape_sha256.clone(),
            });
        }
        let words = key_words(vk, setup, meta).map_err(EmitError::from)?;
        self.filled(&words)
    }

    /// Writes every word to its places.
    fn filled(&self, words: &[KeyWord]) -> Result<Vec<u8>, ArtifactError> {
        let mut expected: Vec<String> = words.iter().map(|word| word.name.clone()).collect();
        expected.sort_unstable();
        let found: Vec<String> = self.immutables.keys().cloned().collect();
        if expected != found {
            return Err(ArtifactError::WrongImmutables { expected, found });
        }
        let mut runtime = self.runtime_bytes()?;
        for word in words {
            for &offset in &self.immutables[&word.name] {
                let blank = runtime.get_mut(offset..offset + 32).filter(|b| **b == [0; 32]);
                let blank = blank.ok_or_else(|| ArtifactError::NotBlank {
                    name: word.name.clone(),
                    offset,
                })?;
                blank.copy_from_slice(&word.value);
            }
        }
        if runtime.len() > MAX_RUNTIME {
            return Err(ArtifactError::TooLarge {
                expected: MAX_RUNTIME,
                found: runtime.len(),
            });
        }
        Ok(runtime)
    }
}

/// The hash that tells whether an artifact belongs to the circuit of a key.
pub fn shape_sha256(vk: &VerifyingKey<G1Affine>, setup: &SetupG2, meta: &Meta) -> Result<String, EmitError> {
    let shape = emit_shape(vk, setup, meta)?;
    Ok(hex::encode(Sha256::digest(shape.as_bytes())))
}

/// Creation code that returns `runtime` as it stands: ten bytes that copy the rest and return it.
pub fn init_code(runtime: &[u8]) -> Result<Vec<u8>, ArtifactError> {
    let size = u16::try_from(runtime.len())
        .ok()
        .filter(|_| runtime.len() <= MAX_RUNTIME);
    let [high, low] = size
        .ok_or(ArtifactError::TooLarge {
            expected: MAX_RUNTIME,
            found: runtime.len(),
        })?
        .to_be_bytes();
    // PUSH2 size, DUP1, PUSH1 10, PUSH0, CODECOPY, PUSH0, RETURN
    let mut code = vec![0x61, high, low, 0x80, 0x60, 0x0a, 0x5f, 0x39, 0x5f, 0xf3];
    code.extend_from_slice(runtime);
    Ok(code)
}
