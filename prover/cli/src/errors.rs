//! One failure type for the binary: a text and an exit code.

use std::fmt;
use std::path::Path;

use circuits::settlement::assign::AssignError;
use prover::backend::Violation;
use prover::error::{KeyError, ProofFileError, ProveError, SrsError, VerifyError};
use prover::sequencer::SequencerError;
use serde_json::{Value, json};
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
    /// The constraint that a wrong witness violates, where `--check` found it.
    pub(crate) violation: Option<Box<Violation>>,
}

impl Failure {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            violation: None,
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

    /// As `--json` shows it.
    pub(crate) fn json(&self) -> Value {
        let mut value = json!({ "error": self.message, "code": self.code as i32 });
        if let Some(violation) = &self.violation {
            value["violation"] = json!(violation);
        }
        value
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
    LedgerError => |error| ledger_code(&error);
    StoreError => |error| store_code(&error);
    AssignError => |error| assign_code(&error);
}

impl From<ProveError> for Failure {
    fn from(error: ProveError) -> Self {
        let failure = Self::new(prove_code(&error), error.to_string());
        match error {
            ProveError::Violated(violation) => Self {
                violation: Some(Box::new(violation)),
                ..failure
            },
            _ => failure,
        }
    }
}

impl From<SequencerError> for Failure {
    fn from(error: SequencerError) -> Self {
        let code = match error {
            SequencerError::Prove(error) => return error.into(),
            SequencerError::Ledger(ref error) => ledger_code(error),
            SequencerError::Store(ref error) => store_code(error),
            SequencerError::Assign(ref error) => assign_code(error),
            SequencerError::Verify(_) => Code::Rejected,
            SequencerError::ProofFile(_) | SequencerError::ProofLost { .. } => Code::Environment,
            SequencerError::TooLarge { .. } => Code::Resource,
            SequencerError::Trace(_) => Code::Internal,
        };
        Self::new(code, error.to_string())
    }
}

fn prove_code(error: &ProveError) -> Code {
    match error {
        ProveError::SelfCheck { .. } | ProveError::Violated(_) => Code::Rejected,
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
    use prover::backend::{CellPlace, ColumnKind};

    /// Every verb that proves with `--check` ends here: code 1, the text, and the violation for `--json`.
    #[test]
    fn a_violated_constraint_is_a_rejection_with_its_place() {
        let violated = || {
            ProveError::Violated(Violation::Gate {
                gate: "S3 payoff".to_owned(),
                number: 1,
                constraint: "floor".to_owned(),
                row: 17,
                cells: vec![CellPlace {
                    kind: ColumnKind::Advice,
                    column: 2,
                    row: 18,
                }],
            })
        };
        let text = "witness: gate \"S3 payoff\", constraint 1 (\"floor\"), row 17: expected 0, found another value; it reads \
                    advice 2 row 18";
        for failure in [
            Failure::from(violated()),
            Failure::from(SequencerError::Prove(violated())),
            Failure::from(prover::solvency::SolvencyError::Prove(violated())),
            Failure::from(prover::liquidation::LiquidationError::Prove(violated())),
        ] {
            assert_eq!((failure.code, failure.message.as_str()), (Code::Rejected, text));
            let violation = failure.json()["violation"].clone();
            let cell = serde_json::json!({ "kind": "advice", "column": 2, "row": 18 });
            assert_eq!(
                (&violation["kind"], &violation["gate"]),
                (&"gate".into(), &"S3 payoff".into())
            );
            assert_eq!((&violation["row"], &violation["cells"][0]), (&17.into(), &cell));
        }
        assert!(Failure::rejected("no").json().get("violation").is_none());
    }

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
