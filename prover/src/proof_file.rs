//! The file that carries a proof, `zksettle-proof/1`: JSON, every value in one spelling.
//!
//! ```json
//! {
//!   "format": "zksettle-proof/1",
//!   "statement": "settlement",
//!   "size": "small",
//!   "key_digest": "0x…",
//!   "setup": { "name": "aztec-ignition-32768", "sha256": "…", "insecure": false },
//!   "instance": [ { "name": "domain", "value": "0x…" } ],
//!   "proof": "0x…",
//!   "created_by": "zksettle 0.1.0"
//! }
//! ```
//!
//! Field elements are 64 digits, below r; hexadecimal is lower case; unknown and repeated fields are refused.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use ff::PrimeField;
use halo2_proofs::halo2curves::bn256::Fr;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use crate::error::ProofFileError;
use crate::hexadecimal::{cut, excerpt, parse};
use crate::keys::{KeyDigest, Keys};
use crate::srs::{Setup, Sha256Digest};
use crate::transcript::scalar_bytes;

/// The name and version of the format.
pub const FORMAT: &str = "zksettle-proof/1";

/// The largest file that is read: hundreds of times a proof.
pub const MAX_BYTES: u64 = 1 << 20;

/// A proof with all it takes to verify it but the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofFile {
    format: FormatName,
    /// The statement.
    pub statement: String,
    /// The size of the circuit.
    pub size: String,
    /// The key it verifies under.
    pub key_digest: KeyDigest,
    /// The setup it was made with.
    pub setup: SetupName,
    /// The public inputs, in the statement's order.
    pub instance: Vec<NamedValue>,
    /// The proof's bytes.
    #[serde(with = "bytes")]
    pub proof: Vec<u8>,
    /// The program that made it, with its version.
    pub created_by: String,
}

/// Which setup a proof was made with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetupName {
    /// Its name.
    pub name: String,
    /// SHA-256 of its source file.
    pub sha256: Sha256Digest,
    /// Made by one party: the proof means nothing.
    pub insecure: bool,
}

impl From<&Setup> for SetupName {
    fn from(setup: &Setup) -> Self {
        let provenance = setup.provenance();
        Self {
            name: provenance.name.clone(),
            sha256: provenance.sha256,
            insecure: provenance.insecure,
        }
    }
}

/// A public input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedValue {
    /// Its name in the statement.
    pub name: String,
    /// Its value.
    #[serde(with = "scalar")]
    pub value: Fr,
}

/// What a proof file has to be about.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The statement.
    pub statement: &'a str,
    /// The size of the circuit.
    pub size: &'a str,
    /// The names of the public inputs, in order.
    pub names: &'a [&'a str],
}

impl ProofFile {
    /// The file of a proof of `values` made with `keys` and `setup`. Whether the setup is insecure is taken from the setup.
    pub fn new(
        about: Expected<'_>,
        keys: &Keys,
        setup: &Setup,
        values: &[Fr],
        proof: Vec<u8>,
    ) -> Result<Self, ProofFileError> {
        if about.names.len() != values.len() {
            let (expected, found) = (about.names.len(), values.len());
            return Err(mismatch("instance", expected, found));
        }
        let named = about.names.iter().zip(values);
        Ok(Self {
            format: FormatName,
            statement: about.statement.to_owned(),
            size: about.size.to_owned(),
            key_digest: keys.digest,
            setup: setup.into(),
            instance: named
                .map(|(name, value)| NamedValue {
                    name: (*name).to_owned(),
                    value: *value,
                })
                .collect(),
            proof,
            created_by: format!("zksettle {}", env!("CARGO_PKG_VERSION")),
        })
    }

    /// Parses a file's content.
    pub fn parse(json: &[u8]) -> Result<Self, ProofFileError> {
        let found = json.len() as u64;
        if found > MAX_BYTES {
            let expected = MAX_BYTES;
            return Err(ProofFileError::TooLarge { expected, found });
        }
        let file: Self = serde_json::from_slice(json).map_err(|error| ProofFileError::Syntax {
            line: error.line(),
            column: error.column(),
            reason: cut(error.to_string()),
        })?;
        if file.setup.insecure && cfg!(feature = "production") {
            let name = file.setup.name;
            return Err(ProofFileError::InsecureRefused { name });
        }
        Ok(file)
    }

    /// Reads `path`.
    pub fn read(path: &Path) -> Result<Self, ProofFileError> {
        let io = |source| ProofFileError::Io {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(io)?;
        let mut json = Vec::new();
        // One byte more than allowed, so that a file that grows meanwhile is noticed too.
        file.take(MAX_BYTES + 1).read_to_end(&mut json).map_err(io)?;
        Self::parse(&json)
    }

    /// Writes `path`: to a temporary file beside it, synced, renamed.
    pub fn write(&self, path: &Path) -> Result<(), ProofFileError> {
        let json = self.to_json();
        crate::atomic::write(path, |out| out.write_all(json.as_bytes())).map_err(|source| ProofFileError::Io {
            path: path.to_owned(),
            source,
        })
    }

    /// The file's content.
    pub fn to_json(&self) -> String {
        // Invariant: strings, booleans and lists of them always serialise.
        let mut json = serde_json::to_string_pretty(self).expect("plain data serialises");
        json.push('\n');
        json
    }

    /// The public inputs without their names.
    pub fn values(&self) -> Vec<Fr> {
        self.instance.iter().map(|input| input.value).collect()
    }

    /// Whether the file is about `about` and under this key and setup. What remains is [`crate::verify::verify`].
    ///
    /// The key digest binds the setup's points; its name and hash may differ, since one ceremony comes in several files.
    pub fn check(&self, about: Expected<'_>, key: KeyDigest, setup: &Setup) -> Result<(), ProofFileError> {
        same("statement", about.statement, &self.statement)?;
        same("size", about.size, &self.size)?;
        same("key_digest", &key, &self.key_digest)?;
        same("setup.insecure", &setup.insecure(), &self.setup.insecure)?;
        let found: Vec<&str> = self.instance.iter().map(|i| i.name.as_str()).collect();
        if about.names != found {
            let (expected, found) = (about.names.join(", "), found.join(", "));
            return Err(mismatch("instance", expected, excerpt(&found)));
        }
        Ok(())
    }
}

pub(crate) fn same<T: PartialEq + ToString + ?Sized>(
    part: &'static str,
    expected: &T,
    found: &T,
) -> Result<(), ProofFileError> {
    if expected == found {
        return Ok(());
    }
    let found = found.to_string();
    let found = if found.len() > 80 { excerpt(&found) } else { found };
    Err(mismatch(part, expected.to_string(), found))
}

pub(crate) fn mismatch(part: &'static str, expected: impl ToString, found: impl ToString) -> ProofFileError {
    ProofFileError::Mismatch {
        part,
        expected: expected.to_string(),
        found: found.to_string(),
    }
}

/// Serialises as [`FORMAT`] and parses from nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FormatName;

impl Serialize for FormatName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(FORMAT)
    }
}

impl<'de> Deserialize<'de> for FormatName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = String::deserialize(deserializer)?;
        if found != FORMAT {
            let found = excerpt(&found);
            let reason = format!("format: expected \"{FORMAT}\", found {found}");
            return Err(serde::de::Error::custom(reason));
        }
        Ok(Self)
    }
}

/// A field element as `0x` and 64 digits, big-endian.
pub(crate) mod scalar {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(value: &Fr, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("0x{}", hex::encode(scalar_bytes(value))))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fr, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut word: [u8; 32] = parse(&text, "0x").map_err(serde::de::Error::custom)?;
        word.reverse();
        let value: Option<Fr> = Fr::from_repr(word).into();
        value.ok_or_else(|| serde::de::Error::custom(format!("expected a value below r, found {text}")))
    }
}

/// A list of them.
pub(crate) mod scalars {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct One(#[serde(with = "scalar")] Fr);

    pub(crate) fn serialize<S: Serializer>(values: &[Fr], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(|value| One(*value)))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Fr>, D::Error> {
        let values = Vec::<One>::deserialize(deserializer)?;
        Ok(values.into_iter().map(|One(value)| value).collect())
    }
}

/// Bytes as `0x` and lower-case digits.
mod bytes {
    use super::*;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("0x{}", hex::encode(bytes)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let decoded = text.strip_prefix("0x").and_then(|digits| {
            let bytes = hex::decode(digits).ok()?;
            (hex::encode(&bytes) == digits).then_some(bytes)
        });
        decoded.ok_or_else(|| {
            let found = excerpt(&text);
            serde::de::Error::custom(format!(
                "expected 0x and pairs of lower-case hexadecimal digits, found {found}"
            ))
        })
    }
}
