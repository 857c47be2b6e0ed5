//! One error for the whole crate, by what somebody has to do about it.

use std::fmt::Display;
use std::path::Path;

/// Why something was not done. Holds no key and no password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// A contract, or a check of what a contract will say, refuses it.
    #[error("{0}")]
    Rejected(String),
    /// What was asked for makes no sense.
    #[error("{0}")]
    Usage(String),
    /// A file, a key, the node or the network is missing, damaged or busy.
    #[error("{0}")]
    Environment(String),
    /// The account has too little money, or a call takes more gas than a block has.
    #[error("{0}")]
    Resource(String),
    /// A mistake of this program.
    #[error("{0}")]
    Internal(String),
}

impl ChainError {
    /// A file that could not be read or written.
    pub(crate) fn io(path: &Path, wanted: &str, error: &std::io::Error) -> Self {
        Self::Environment(format!("{}: expected {wanted}, found {error}", path.display()))
    }

    /// The node's answer was not what it has to be.
    pub(crate) fn node(what: &str, error: impl Display) -> Self {
        Self::Environment(format!("node, {what}: {}", short(&error.to_string())))
    }
}

/// The beginning of a text that came from elsewhere.
pub(crate) fn short(text: &str) -> String {
    match text.char_indices().nth(300) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

impl From<verifier_contract::ArtifactError> for ChainError {
    fn from(error: verifier_contract::ArtifactError) -> Self {
        Self::Environment(format!("contract: {error}"))
    }
}
