//! Calls of the contracts, encoded; their results and errors, decoded.

use std::fmt;

use alloy_sol_types::{Panic, Revert as RevertText, SolCall, SolError, SolInterface, SolValue};
use revm::primitives::{Address, B256, U256};

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

        #[derive(Debug, PartialEq, Eq)]
        interface Rollup {
            error WrongKey(bytes32 expected, bytes32 found);
            error InvalidChainId(uint256 found);
            error InvalidOracle();
            error InvalidFieldElement(uint256 found);
            error NotOracle(address found);
            error InvalidPrice(uint64 found);
            error InvalidUnderlying();
            error PriceAlreadyPosted(uint32 expiry, uint16 underlying);
            error WrongBatch(uint64 expected, uint64 found);
            error WrongUnderlyingCount(uint256 found);
            error DuplicateUnderlying(uint16 underlying);
            error PriceNotPosted(uint32 expiry, uint16 underlying);

            event PricePosted(uint32 indexed expiry, uint16 indexed underlying, uint64 price);
            event BatchSettled(
                uint64 indexed batch,
                uint32 indexed expiry,
                uint256 oldState,
                uint256 newState,
                bool closed
            );

            function domain() external view returns (uint256);
            function stateRoot() external view returns (uint256);
            function batchNumber() external view returns (uint64);
            function settlementPrice(uint32 expiry, uint16 underlying) external view returns (uint64);
            function postPrice(uint32 expiry, uint16 underlying, uint64 price) external;
            function settle(
                bytes calldata proof,
                uint256 newState,
                uint64 batch,
                uint32 expiry,
                bool close,
                uint16[] calldata underlyings
            ) external;
        }
    }
}

pub use abi::Rollup::RollupErrors;
pub use abi::Verifier::VerifierErrors;
use abi::{Rollup, Verifier};

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

/// What the constructor of a rollup takes; goes behind the creation code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollupConstructor {
    /// The verifier.
    pub verifier: Address,
    /// The key digest that it must have.
    pub key_digest: [u8; 32],
    /// The account that posts prices.
    pub oracle: Address,
    /// The parameters digest, big-endian.
    pub parameters: [u8; 32],
    /// The first state root, big-endian.
    pub genesis: [u8; 32],
}

impl RollupConstructor {
    /// The encoded arguments.
    pub fn encode(&self) -> Vec<u8> {
        let Self {
            verifier,
            key_digest,
            oracle,
            parameters,
            genesis,
        } = self;
        let digest = B256::from(*key_digest);
        let [parameters, genesis] = [parameters, genesis].map(|v| U256::from_be_bytes(*v));
        (*verifier, digest, *oracle, parameters, genesis).abi_encode_params()
    }
}

/// Calldata of `postPrice`.
pub fn post_price(expiry: u32, underlying: u16, price: u64) -> Vec<u8> {
    Rollup::postPriceCall {
        expiry,
        underlying,
        price,
    }
    .abi_encode()
}

/// A batch as `settle` takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement<'a> {
    /// The proof of statement S, with its inverse.
    pub proof: &'a [u8],
    /// Root after the batch, big-endian.
    pub new_state: [u8; 32],
    /// Number of the batch.
    pub batch: u64,
    /// Expiry in Unix minutes.
    pub expiry: u32,
    /// Whether the expiry is closed.
    pub close: bool,
    /// The priced underlyings, in the order of the price slots.
    pub underlyings: &'a [u16],
}

/// Calldata of `settle`.
pub fn settle(settlement: &Settlement<'_>) -> Vec<u8> {
    let call = Rollup::settleCall {
        proof: settlement.proof.to_vec().into(),
        newState: U256::from_be_bytes(settlement.new_state),
        batch: settlement.batch,
        expiry: settlement.expiry,
        close: settlement.close,
        underlyings: settlement.underlyings.to_vec(),
    };
    call.abi_encode()
}

/// Calldata of `domain`.
pub fn domain() -> Vec<u8> {
    Rollup::domainCall {}.abi_encode()
}

/// Calldata of `stateRoot`.
pub fn state_root() -> Vec<u8> {
    Rollup::stateRootCall {}.abi_encode()
}

/// Calldata of `batchNumber`.
pub fn batch_number() -> Vec<u8> {
    Rollup::batchNumberCall {}.abi_encode()
}

/// Why a call did not return.
#[derive(Clone, Debug, PartialEq)]
pub enum Revert {
    /// An error of a verifier.
    Verifier(VerifierErrors),
    /// An error of a rollup.
    Rollup(RollupErrors),
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
        if let Ok(error) = RollupErrors::abi_decode(data) {
            return Self::Rollup(error);
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
            Self::Rollup(error) => write!(f, "{error:?}"),
            Self::Text(text) => write!(f, "{text}"),
            Self::Panic(code) => write!(f, "panic {code:#x}"),
            Self::Unknown(data) => write!(f, "0x{}", hex::encode(data)),
            Self::Halt(reason) => write!(f, "halted: {reason}"),
        }
    }
}
