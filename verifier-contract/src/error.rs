//! Why a verifier is not emitted.

/// Why no verifier is emitted for a circuit and a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmitError {
    /// The circuit uses a feature that the emitted verifier does not have.
    #[error("unsupported: {what}")]
    Unsupported {
        /// The feature, with what was expected where that can be said.
        what: String,
    },
    /// Two rotations name the same row, so that a polynomial could be opened twice at one point.
    #[error("rotations {first} and {second} are equal modulo 2^{k}: expected distinct points")]
    RotationsCollide {
        /// Binary logarithm of the rows.
        k: u32,
        /// The first rotation.
        first: i32,
        /// The second rotation.
        second: i32,
    },
    /// The contract's name is not one.
    #[error("contract name: expected letters and digits, a capital first, found {found:?}")]
    InvalidName {
        /// The name given.
        found: String,
    },
    /// The statement or size is not a short string literal.
    #[error("label: expected up to 31 printable ASCII characters, no quotes or backslashes, found {found:?}")]
    InvalidLabel {
        /// The text given.
        found: String,
    },
    /// The key is not one to put on a chain.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Why there is no inverse to put behind a proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HintError {
    /// The proof is not of the key's length.
    #[error("proof: expected {expected} bytes, found {found}")]
    ProofLength {
        /// Bytes of every proof under the key.
        expected: usize,
        /// Bytes given.
        found: usize,
    },
    /// The instance is not of the statement's length.
    #[error("instance: expected {expected} values, found {found}")]
    InstanceLength {
        /// Values of the statement.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// No verifier is emitted for the circuit.
    #[error(transparent)]
    Emit(#[from] EmitError),
}

/// Why a verifying key is refused. Each of these has been, or could be, the mark of a placeholder key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The key is for another number of rows than the caller expects.
    #[error("wrong size: expected a key for 2^{expected} rows, found 2^{found}")]
    WrongSize {
        /// Binary logarithm expected.
        expected: u32,
        /// Binary logarithm found.
        found: u32,
    },
    /// The number of fixed commitments is not that of the fixed columns.
    #[error("wrong number of fixed commitments: expected {expected}, found {found}")]
    WrongCommitmentCount {
        /// Columns of the circuit.
        expected: usize,
        /// Commitments of the key.
        found: usize,
    },
    /// A commitment is the point at infinity: an all-zero column.
    #[error("commitment {name}: expected a finite point, found infinity (an all-zero column)")]
    Infinity {
        /// The polynomial.
        name: String,
    },
    /// A commitment is not on the curve.
    #[error("commitment {name}: expected a point on the curve")]
    NotOnCurve {
        /// The polynomial.
        name: String,
    },
    /// A commitment is the generator or its negative: a column that is 1 (or -1) in every row.
    #[error("commitment {name}: expected a point other than the generator (a constant column)")]
    Generator {
        /// The polynomial.
        name: String,
    },
    /// Polynomials share a commitment, up to sign, and the caller did not expect it.
    #[error("equal commitments, up to sign: {}", listed(.pairs))]
    Duplicates {
        /// The pairs of polynomials.
        pairs: Vec<(String, String)>,
    },
    /// The transcript representation of the key is 0.
    #[error("transcript representation: expected a hash, found 0")]
    ZeroTranscriptRepr,
    /// A point of the setup is infinity, off the curve or outside the subgroup.
    #[error("setup point {name}: expected a finite point of the subgroup of order r")]
    InvalidSetupPoint {
        /// `g2` or `s_g2`.
        name: &'static str,
    },
    /// The setup's first point of G2 is not the generator that everyone uses.
    #[error("setup: expected g2 to be the standard generator")]
    OtherGenerator,
    /// s·G2 is G2 or its negative: the secret is 1 or -1.
    #[error("setup: expected s_g2 other than g2 and -g2; the secret is 1 or -1")]
    TrivialSecret,
}

fn listed(pairs: &[(String, String)]) -> String {
    let names: Vec<String> = pairs.iter().map(|(a, b)| format!("{a} = {b}")).collect();
    names.join(", ")
}
