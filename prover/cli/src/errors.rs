//! One failure type for the binary: a text and an exit code.

use std::fmt;
use std::path::Path;

use circuits::settlement::assign::AssignError;
use prover::error::{KeyError, ProofFileError, ProveError, SrsError, VerifyError};
use prover::sequencer::SequencerError;
use witness_gen::book::BookError;
use witness_gen::ledger::LedgerError;
use witness_gen::margin::MarginError;
use witness_gen::market::MarketError;
use witness_gen::pricing::vectors::VectorError;
use witness_gen::risk::{GridError, InputError, RiskError};
use witness_gen::statement::settlement::InstanceError;
use witness_gen::store::StoreError;

/// The exit codes, which scripts rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// A proof or a statement was rejected.
    Rejected = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// A file, a setup or the database is missing, damaged or busy.
    Environment = 3,
    /// The machine or the chosen size is too small.
    Resource = 4,
    /// A mistake of this program.
    Internal = 5,
}

/// Why a verb failed. The text holds no secret.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) code: Code,
    /// What was expected and what was found.
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    pub(crate) fn rejected(message: impl Into<String>) -> Self {
        Self::new(Code::Rejected, message)
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Code::Usage, message)
    }

    pub(crate) fn environment(message: impl Into<String>) -> Self {
        Self::new(Code::Environment, message)
    }

    pub(crate) fn resource(message: impl Into<String>) -> Self {
        Self::new(Code::Resource, message)
    }

    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(Code::Internal, message)
    }

    /// A file that could not be read or written.
    pub(crate) fn io(path: &Path, wanted: &str, error: &std::io::Error) -> Self {
        Self::environment(format!("{}: expected {wanted}, found {error}", path.display()))
    }

    /// The same failure about a named file.
    pub(crate) fn about(mut self, path: &Path) -> Self {
        let name = path.display().to_string();
        if !self.message.contains(&name) {
            self.message = format!("{name}: {}", self.message);
        }
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Which code an error of a library stands for.
macro_rules! failure_from {
    ($($error:ty => |$it:ident| $code:expr;)*) => {$(
        impl From<$error> for Failure {
            fn from($it: $error) -> Self {
                let code = $code;
                Self::new(code, $it.to_string())
            }
        }
    )*};
}

failure_from! {
    SrsError => |error| match error {
        SrsError::Size { k: 0, .. } => Code::Usage,
        SrsError::Size { .. } => Code::Resource,
        _ => Code::Environment,
    };
    KeyError => |_error| Code::Internal;
    MarketError => |_error| Code::Environment;
    BookError => |error| match error {
        BookError::Accounts { .. } | BookError::PositionBounds { .. } | BookError::NoOpenInterest { .. } => Code::Usage,
        _ => Code::Environment,
    };
    VectorError => |_error| Code::Environment;
    GridError => |_error| Code::Usage;
    InputError => |_error| Code::Environment;
    RiskError => |error| match error {
        RiskError::File { .. } => Code::Rejected,
        _ => Code::Environment,
    };
    MarginError => |error| match error {
        MarginError::Trade { .. } => Code::Usage,
        _ => Code::Environment,
    };
    InstanceError => |_error| Code::Rejected;
    VerifyError => |error| match error {
        VerifyError::WrongSetup { .. } => Code::Environment,
        _ => Code::Rejected,
    };
    ProofFileError => |error| match error {
        ProofFileError::Io { .. } | ProofFileError::InsecureRefused { .. } => Code::Environment,
        _ => Code::Rejected,
    };
    ProveError => |error| prove_code(&error);
    LedgerError => |error| ledger_code(&error);
    StoreError => |error| store_code(&error);
    AssignError => |error| assign_code(&error);
    SequencerError => |error| match &error {
        SequencerError::Ledger(error) => ledger_code(error),
        SequencerError::Store(error) => store_code(error),
        SequencerError::Assign(error) => assign_code(error),
        SequencerError::Prove(error) => prove_code(error),
        SequencerError::Verify(_) => Code::Rejected,
        SequencerError::ProofFile(_) | SequencerError::ProofLost { .. } => Code::Environment,
        SequencerError::TooLarge { .. } => Code::Resource,
        SequencerError::Trace(_) => Code::Internal,
    };
}

fn prove_code(error: &ProveError) -> Code {
    match error {
        ProveError::SelfCheck { .. } => Code::Rejected,
        ProveError::WrongSetup { .. } => Code::Environment,
        _ => Code::Internal,
    }
}

pub(crate) fn ledger_code(error: &LedgerError) -> Code {
    match error {
        LedgerError::Violation(_) | LedgerError::Liquidation(_) => Code::Rejected,
        LedgerError::UnknownExpiry { .. } | LedgerError::UnknownAccount { .. } | LedgerError::OtherRules { .. } => {
            Code::Usage
        }
        _ => Code::Environment,
    }
}

pub(crate) fn store_code(error: &StoreError) -> Code {
    match error {
        StoreError::Ledger(error) => ledger_code(error),
        _ => Code::Environment,
    }
}

fn assign_code(error: &AssignError) -> Code {
    match error {
        AssignError::TooLarge { .. } => Code::Resource,
        AssignError::NoSeries => Code::Rejected,
        AssignError::Trace(_) => Code::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever verb asks for it: a setup that is too small is a size that does not fit, no damaged file.
    #[test]
    fn a_setup_that_is_too_small_is_a_resource() {
        let of = |k| Failure::from(SrsError::Size { k, k_max: 11 }).code;
        assert_eq!((of(13), of(0)), (Code::Resource, Code::Usage));
        let damaged = SrsError::UnknownFormat {
            expected: "a layout".to_owned(),
        };
        assert_eq!(Failure::from(damaged).code, Code::Environment);
    }
}
