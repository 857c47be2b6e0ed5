//! What can go wrong, one type per module. Every variant carries what was expected and what was found.

use std::io;
use std::path::PathBuf;

use crate::backend::Violation;
use crate::keys::KeyDigest;
use crate::srs::{Format, Sha256Digest};

/// Which list of points a setup error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointList {
    /// The powers `tau^i G`.
    Powers,
    /// The Lagrange basis `L_i(tau) G`.
    Lagrange,
    /// `h`, the generator of G2.
    H,
    /// `tau h`.
    TauH,
}

impl std::fmt::Display for PointList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Powers => "power of tau",
            Self::Lagrange => "Lagrange point",
            Self::H => "G2 point h",
            Self::TauH => "G2 point tau*h",
        })
    }
}

/// What is wrong with one point of a setup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointFault {
    /// A coordinate is not below p.
    NotCanonical,
    /// The coordinates do not satisfy the curve equation.
    NotOnCurve,
    /// The point at infinity.
    Infinity,
    /// A point of the twist outside the subgroup of order r.
    NotInSubgroup,
    /// Not the standard generator, where it has to be.
    NotGenerator,
    /// The generator: tau would be 1.
    TauIsOne,
    /// Not tau times the point before, by the pairing with `tau h`.
    NotConsecutive,
    /// Not the Lagrange point that the powers determine.
    NotLagrange,
}

impl std::fmt::Display for PointFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotCanonical => "expected coordinates below p, found a larger one",
            Self::NotOnCurve => "expected a point on the curve, found coordinates off it",
            Self::Infinity => "expected a finite point, found infinity",
            Self::NotInSubgroup => "expected a point of order r, found another order",
            Self::NotGenerator => "expected the standard generator, found another point",
            Self::TauIsOne => "expected tau different from 1, found tau = 1",
            Self::NotConsecutive => "expected tau times the point before it, found another point",
            Self::NotLagrange => "expected the point the powers determine, found another point",
        })
    }
}

/// A setup could not be read, checked or written.
#[derive(Debug, thiserror::Error)]
pub enum SrsError {
    /// The file system.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The file ends too early.
    #[error("setup file truncated at {part}: expected {expected} bytes, found {found}")]
    Truncated {
        /// What was being read.
        part: &'static str,
        /// Bytes it takes.
        expected: u64,
        /// Bytes left in the file.
        found: u64,
    },
    /// The file goes on after its last item.
    #[error("setup file too long: expected {expected} bytes, found {found}")]
    TooLong {
        /// Bytes the content takes.
        expected: u64,
        /// Bytes of the file.
        found: u64,
    },
    /// A field of the file does not hold what the format prescribes.
    #[error("setup file, {part}: expected {expected}, found {found}")]
    Malformed {
        /// The field.
        part: &'static str,
        /// What the format prescribes.
        expected: String,
        /// What the file holds.
        found: String,
    },
    /// The layout of the file is none of those known here.
    #[error("setup file: expected a known layout ({expected}), found none that fits")]
    UnknownFormat {
        /// The layouts tried.
        expected: String,
    },
    /// More powers were asked for than there are.
    #[error("setup of 2^{k} powers: expected k in 1..={k_max}")]
    Size {
        /// The size asked for.
        k: u32,
        /// The largest size this file, or this program, can give.
        k_max: u32,
    },
    /// A point is not what it has to be.
    #[error("{list} number {index}: {fault}")]
    Point {
        /// The list it stands in.
        list: PointList,
        /// Its place there, from 0.
        index: u64,
        /// What is wrong.
        fault: PointFault,
    },
    /// A stored setup whose trailing hash does not fit.
    #[error("stored setup is corrupt: expected sha256 {expected}, found {found}")]
    Corrupt {
        /// The hash in the file's trailer.
        expected: Sha256Digest,
        /// The hash of its content.
        found: Sha256Digest,
    },
    /// A manifest names this file but tells another content.
    #[error("manifest {name}, {part}: expected {expected}, found {found}")]
    Manifest {
        /// The manifest.
        name: String,
        /// Its field.
        part: &'static str,
        /// What the manifest says.
        expected: String,
        /// What the file holds.
        found: String,
    },
    /// A manifest could not be parsed.
    #[error("manifest {name}: {reason}")]
    ManifestSyntax {
        /// The file or the built-in name.
        name: String,
        /// The parser's words.
        reason: String,
    },
    /// An insecure setup under a name that hides it, or a secure one under an insecure name.
    #[error("{path}: expected a file name ending in {suffix} exactly for an insecure setup")]
    InsecureName {
        /// The file.
        path: PathBuf,
        /// The ending reserved for insecure setups.
        suffix: &'static str,
    },
    /// This build has no use for one-party setups.
    #[error("setup {name} is insecure: expected a ceremony's setup in a production build")]
    InsecureRefused {
        /// The setup.
        name: String,
    },
}

impl SrsError {
    pub(crate) fn malformed(part: &'static str, expected: impl ToString, found: impl ToString) -> Self {
        Self::Malformed {
            part,
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }

    pub(crate) fn unknown_format() -> Self {
        let names = Format::IMPORTABLE.map(|format| format.to_string());
        Self::UnknownFormat {
            expected: names.join(", "),
        }
    }
}

/// A key could not be made, or must not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The circuit has gates of a degree that the proving system was not set up for. It caps the degree silently at the
    /// environment variable `MAX_DEGREE` (5 if unset); proofs of such a circuit never verify.
    #[error(
        "circuit degree: expected at most {expected} (declared), found a constraint of degree {found}; \
         call set_minimum_degree({found})"
    )]
    DegreeCapped {
        /// The declared degree.
        expected: usize,
        /// The degree of the highest constraint.
        found: usize,
    },
    /// The declared degree is above the highest constraint's: the last pieces of the quotient are zero, their commitments
    /// infinity, and the transcript refuses them.
    #[error("circuit degree: expected {expected} (the highest constraint), found {found} declared")]
    DegreeLoose {
        /// The degree of the highest constraint.
        expected: usize,
        /// The declared degree.
        found: usize,
    },
    /// Two queries open one polynomial at one point.
    #[error("{column} is queried at rotations {first} and {second}, which are one row of 2^{k}")]
    QueryCollision {
        /// The column, for instance "advice column 3".
        column: String,
        /// A rotation.
        first: i32,
        /// The same rotation, modulo the number of rows.
        second: i32,
        /// log2 of the number of rows.
        k: u32,
    },
    /// The statement has to have exactly one instance column.
    #[error("instance columns: expected 1, found {found}")]
    InstanceColumns {
        /// Columns of the circuit.
        found: usize,
    },
    /// More public inputs than usable rows.
    #[error("public inputs: expected at most {expected} (usable rows), found {found}")]
    InstanceTooLong {
        /// Usable rows.
        expected: usize,
        /// Declared public inputs.
        found: usize,
    },
    /// The proving library refused the circuit.
    #[error("key generation: {0}")]
    Halo2(#[from] halo2_proofs::plonk::Error),
    /// The proving library, or the circuit, panicked; most often a cell outside the usable rows.
    #[error("key generation panicked; are all rows below the {usable_rows} usable ones of 2^{k}?")]
    Panicked {
        /// log2 of the number of rows.
        k: u32,
        /// Rows a circuit may use.
        usable_rows: usize,
    },
}

/// A proof could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// The instance is not as long as the statement declares.
    #[error("public inputs: expected {expected}, found {found}")]
    InstanceLength {
        /// Declared length.
        expected: usize,
        /// Length given.
        found: usize,
    },
    /// The key was made with another setup.
    #[error("setup does not belong to the key: expected key digest {expected}, found {found}")]
    WrongSetup {
        /// The key's digest.
        expected: KeyDigest,
        /// The digest under this setup.
        found: KeyDigest,
    },
    /// The circuit's degree is not the key's: `MAX_DEGREE` changed in the environment since key generation.
    #[error("circuit degree: expected {expected} (the key's), found {found}; is MAX_DEGREE set?")]
    DegreeChanged {
        /// The key's degree.
        expected: usize,
        /// The degree computed now.
        found: usize,
    },
    /// The proving library refused.
    #[error("proving with backend {backend}: {source}")]
    Halo2 {
        /// The backend.
        backend: &'static str,
        /// The library's error.
        source: halo2_proofs::plonk::Error,
    },
    /// A backend failed in a way of its own. The text holds no witness value.
    #[error("proving with backend {backend}: {reason}")]
    Backend {
        /// The backend.
        backend: &'static str,
        /// What happened.
        reason: String,
    },
    /// The witness violates a constraint: found before anything was proven. The text holds no witness value.
    #[error("witness: {0}")]
    Violated(Violation),
    /// The backend or the circuit panicked; the text of the panic is dropped, since it may quote witness values.
    #[error("proving with backend {backend} panicked; does the witness fit the circuit?")]
    Panicked {
        /// The backend.
        backend: &'static str,
    },
    /// The proof does not verify: the witness does not satisfy the circuit, or the backend is wrong.
    #[error("backend {backend} made a proof that does not verify: {source}")]
    SelfCheck {
        /// The backend.
        backend: &'static str,
        /// The verifier's verdict.
        source: VerifyError,
    },
}

/// A proof was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The proof is not exactly as long as the key prescribes.
    #[error("proof length: expected {expected} bytes, found {found}")]
    WrongLength {
        /// Bytes prescribed.
        expected: usize,
        /// Bytes given.
        found: usize,
    },
    /// The instance is not as long as the statement declares.
    #[error("public inputs: expected {expected}, found {found}")]
    InstanceLength {
        /// Declared length.
        expected: usize,
        /// Length given.
        found: usize,
    },
    /// The setup has another size than the key.
    #[error("setup size: expected 2^{expected} powers (the key's), found 2^{found}")]
    WrongSetup {
        /// The key's k.
        expected: u32,
        /// The setup's k.
        found: u32,
    },
    /// A coordinate is not below p, or a scalar not below r.
    #[error("proof, 32-byte word at byte {offset}: expected a value below the modulus, found 0x{found}")]
    NotCanonical {
        /// Where the word starts.
        offset: usize,
        /// The word in hexadecimal.
        found: String,
    },
    /// Coordinates that are no point of the curve.
    #[error("proof, point at byte {offset}: expected y^2 = x^3 + 3, found a point off the curve")]
    NotOnCurve {
        /// Where the point starts.
        offset: usize,
    },
    /// The point at infinity.
    #[error("proof, point at byte {offset}: expected a finite point, found infinity")]
    Infinity {
        /// Where the point starts.
        offset: usize,
    },
    /// Well-formed, and not a proof of this statement under this key.
    #[error("proof rejected: it does not prove this instance under this key")]
    Rejected,
}

/// A proof file could not be read, written, or used here.
#[derive(Debug, thiserror::Error)]
pub enum ProofFileError {
    /// The file system.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The file is larger than any proof file is.
    #[error("proof file: expected at most {expected} bytes, found {found}")]
    TooLarge {
        /// The bound.
        expected: u64,
        /// The size.
        found: u64,
    },
    /// Not the JSON that the format prescribes.
    #[error("proof file, line {line}, column {column}: {reason}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What was expected and found.
        reason: String,
    },
    /// The file is about something else than asked.
    #[error("proof file, {part}: expected {expected}, found {found}")]
    Mismatch {
        /// The field.
        part: &'static str,
        /// What the caller has.
        expected: String,
        /// What the file says.
        found: String,
    },
    /// The proof was made with a one-party setup.
    #[error("proof file: setup {name} is insecure, expected a ceremony's setup in a production build")]
    InsecureRefused {
        /// The setup.
        name: String,
    },
}
