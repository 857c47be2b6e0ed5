//! The one error of this program: what was expected and what was found, in words.

use std::path::Path;

/// Why there is no figure.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(String);

impl Failure {
    /// In words.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// About a file.
    pub(crate) fn about(path: &Path, error: &dyn std::fmt::Display) -> Self {
        Self(format!("{}: {error}", path.display()))
    }
}

macro_rules! from {
    ($($error:ty),* $(,)?) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self(error.to_string())
            }
        })*
    };
}

from!(
    std::io::Error,
    serde_json::Error,
    nix::errno::Errno,
    ark_relations::gr1cs::SynthesisError,
    prover::error::ProveError,
    prover::error::KeyError,
    prover::error::SrsError,
    witness_gen::statement::settlement::Violation,
    witness_gen::tree::TreeError,
    witness_gen::units::UnitError,
    witness_gen::series::SeriesError,
    witness_gen::params::ParameterError,
);
