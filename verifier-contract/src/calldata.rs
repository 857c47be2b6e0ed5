//! Calls of the contracts, encoded; their results and errors, decoded.

use std::fmt;

use alloy_sol_types::{Panic, Revert as RevertText, SolCall, SolError, SolInterface};
use revm::primitives::U256;

/// The interfaces of the contracts as Rust types.
#[allow(missing_docs)]
pub mod abi {
    use alloy_sol_types::sol;

    sol! {
        #[derive(Debug, PartialEq, Eq)]
        interface Verifier {
            error InvalidProofLength(uint256 expected, uint256 found);
            error InvalidInstanceLength(uint256 expected, uint256 found);
            error InvalidCalldata();
            error InstanceNotCanonical(uint256 index);
            error ScalarNotCanonical(uint256 index);
            error PointNotOnCurve(uint256 index);
            error DegenerateChallenge();
            error PrecompileFailed(uint256 precompile);
            error InvalidInverse();
            error PairingFailed();
            error InvalidMemory();

            function verify(bytes calldata proof, uint256[] calldata instances) external view;
            function accumulate(bytes calldata proof, uint256[] calldata instances)
                external
                view
                returns (uint256 ax, uint256 ay, uint256 bx, uint256 by);
            function keyDigest() external view returns (bytes32);
            function setup() external view returns (uint256, uint256, uint256, uint256);
        }
    }
}

use crate::venue::VenueErrors;
use abi::Verifier;
pub use abi::Verifier::VerifierErrors;

/// Calldata of `verify`: a proof with its inverse ([`crate::hinted`]) and the values of the instance, as they stand in the
/// transcript.
pub fn verify(proof: &[u8], instances: &[[u8; 32]]) -> Vec<u8> {
    let call = Verifier::verifyCall {
        proof: proof.to_vec().into(),
        instances: instances.iter().map(|value| U256::from_be_bytes(*value)).collect(),
    };
    call.abi_encode()
}

/// Calldata of `accumulate`, whose arguments are those of `verify`.
pub fn accumulate(proof: &[u8], instances: &[[u8; 32]]) -> Vec<u8> {
    let mut call = verify(proof, instances);
    call[..4].copy_from_slice(&Verifier::accumulateCall::SELECTOR);
    call
}

/// Calldata of `setup`.
pub fn setup() -> Vec<u8> {
    Verifier::setupCall {}.abi_encode()
}

/// Calldata of `keyDigest`.
pub fn key_digest() -> Vec<u8> {
    Verifier::keyDigestCall {}.abi_encode()
}

/// Why a call did not return.
#[derive(Clone, Debug, PartialEq)]
pub enum Revert {
    /// An error of a verifier.
    Verifier(VerifierErrors),
    /// An error of another contract of a venue.
    Venue(VenueErrors),
    /// `require` or `revert` with a text.
    Text(String),
    /// A panic of Solidity, by its code.
    Panic(u64),
    /// Bytes that are none of these.
    Unknown(Vec<u8>),
    /// No revert: out of gas, or an invalid instruction.
    Halt(String),
}

impl Revert {
    /// Reads the data of a revert.
    pub fn decode(data: &[u8]) -> Self {
        if let Ok(error) = VerifierErrors::abi_decode(data) {
            return Self::Verifier(error);
        }
        if let Ok(error) = VenueErrors::abi_decode(data) {
            return Self::Venue(error);
        }
        if let Ok(text) = RevertText::abi_decode(data) {
            return Self::Text(text.reason);
        }
        if let Ok(panic) = Panic::abi_decode(data) {
            return Self::Panic(panic.code.saturating_to());
        }
        Self::Unknown(data.to_vec())
    }
}

impl fmt::Display for Revert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verifier(error) => write!(f, "{error:?}"),
            Self::Venue(error) => write!(f, "{error:?}"),
            Self::Text(text) => write!(f, "{text}"),
            Self::Panic(code) => write!(f, "panic {code:#x}"),
            Self::Unknown(data) => write!(f, "0x{}", hex::encode(data)),
            Self::Halt(reason) => write!(f, "halted: {reason}"),
        }
    }
}
