//! The contracts of a venue: their calls, events and errors, and a deployment of all of them in an EVM.
//!
//! The deployment is that of demos and tests: one account has every role, and oracle, breaker and parameters are what it says
//! (`SoleVenue`). What moves the state is the same contract as anywhere.

use alloy_sol_types::{SolCall, SolValue};
use revm::primitives::{Address, B256, FixedBytes, U256};

use crate::artifact::{Artifact, ArtifactError};
use crate::evm::{CallOutcome, Evm, EvmError};

/// The interfaces of the contracts as Rust types, in one: their errors have one meaning each, whichever contract they come from.
#[allow(missing_docs, clippy::too_many_arguments)]
pub mod abi {
    use alloy_sol_types::sol;

    sol! {
        #[derive(Debug, PartialEq, Eq)]
        interface Venue {
            // Rollup.
            struct Config {
                address authority;
                address router;
                address oracle;
                address riskRounds;
                address parameters;
                address breaker;
                address token;
                uint256 genesis;
                uint40 executionDelay;
                uint40 proofTimeout;
                uint40 riskMaxAge;
                uint40 forcedPeriod;
                uint40 refundDelay;
            }
            struct Batch {
                uint8 statement;
                uint64 number;
                uint32 expiry;
                bool close;
                uint16[] underlyings;
                uint256 oldState;
                uint256 newState;
            }
            struct Proof {
                bytes4 selector;
                uint256[] instance;
                bytes proof;
            }

            error InvalidFieldElement(uint256 found);
            error InvalidDelay(uint256 least, uint256 most, uint256 found);
            error WrongStatement(uint8 found);
            error WrongBatch(uint64 expected, uint64 found);
            error WrongState(uint256 expected, uint256 found);
            error TooManyBatches(uint256 most);
            error WrongUnderlyingCount(uint256 found);
            error DuplicateUnderlying(uint16 underlying);
            error PriceNotFinal(uint32 expiry, uint16 underlying);
            error NoExpiry();
            error RiskRootStale(uint16 underlying, uint256 oldest, uint256 found);
            error BreakerTripped();
            error WrongInstance(uint64 batch, bytes32 expected, bytes32 found);
            error WrongDomain(uint256 expected, uint256 found);
            error NoBatch(uint64 batch);
            error ExecutionTooEarly(uint256 from, uint256 found);
            error VerifierLeft(uint64 batch, bytes4 selector);
            error BatchStands(uint64 batch);
            error ProofNotOverdue(uint256 from, uint256 found);
            error Frozen();
            error InvalidChainId(uint256 found);

            event BatchCommitted(uint64 indexed batch, uint8 indexed statement, bytes32 hash, uint256[] instance);
            event BatchProven(uint64 indexed batch, bytes4 selector, address by);
            event BatchExecuted(uint64 indexed batch, uint8 indexed statement, uint256 oldState, uint256 newState);

            function commitBatch(Batch calldata batch) external;
            function proveBatches(uint64 first, Proof[] calldata proofs) external;
            function executeBatches(uint64 first, uint256[][] calldata instances) external;
            function withdrawBatches(uint64 last, uint256[] calldata instance) external;
            function expireBatches(uint64 last, uint256[] calldata instance) external;
            function domain() external view returns (uint256);
            function stateRoot() external view returns (uint256);
            function committedState() external view returns (uint256);
            function progress() external view returns (uint64 committed, uint64 proven, uint64 executed);

            // Router.
            error VerifierNotActive(uint8 statement, bytes4 selector, uint8 found);
            error SelectorUsed(uint8 statement, bytes4 selector, uint8 found);
            error WrongCode(bytes32 expected, bytes32 found);
            error WrongKey(bytes32 expected, bytes32 found);
            error NotImpossible(uint8 statement);

            function addVerifier(uint8 statement, address verifier, bytes32 codeHash, bytes32 keyDigest) external;
            function stopVerifier(uint8 statement, bytes4 selector) external;

            // Risk rounds.
            struct Cursor {
                uint256 digest;
                uint256[2] pending;
                uint8 waiting;
                uint256 order;
                uint256 last;
                uint16 count;
            }
            struct Market {
                bytes4 selector;
                uint256 contexts;
                bytes proof;
            }
            struct Segment {
                bytes4 selector;
                uint8 market;
                uint256 rows;
                Cursor cursor;
                bytes proof;
            }
            struct Round {
                uint16 underlying;
                uint8 levels;
                uint80 oracleRound;
                uint32 factor;
                uint256 newRegime;
                Market[] markets;
                Segment[] segments;
            }
            struct Accepted {
                uint256 riskRoot;
                uint256 regime;
                uint80 oracleRound;
                uint40 time;
            }

            error NotStarted(uint16 underlying);
            error NotLater(uint40 last, uint40 found);
            error NoMarket(uint256 segment, uint256 market);
            error WrongSeriesCount(uint256 segment, uint256 least, uint256 most, uint256 found);
            error WrongVolatility(uint256 expected, uint256 found);
            error UnknownRound(uint16 underlying, uint80 id);
            error ClaimsFailed();
            error WrongSetup(address verifier);

            function startUnderlying(uint16 underlying, uint256 regime) external;
            function submitRound(Round calldata round) external returns (uint256 riskRoot);
            function accepted(uint16 underlying) external view returns (Accepted memory);

            // Solvency gate.
            struct Claim {
                bytes4 selector;
                uint8 requirement;
                uint16 underlying;
                uint128 threshold;
                uint256 challenge;
                uint256 pseudonym;
            }

            error ChallengeUsed(address lender, uint256 challenge);

            function proveSolvency(bytes calldata proof, Claim calldata claim)
                external
                returns (uint256 stateRoot, uint256 riskRoot);
            function challengeOf(address lender, uint256 challenge) external pure returns (uint256);

            // Oracle, breaker and parameters of one person.
            error NotOwner(address found);
            error InvalidPrice(uint64 found);
            error AlreadyPosted();
            error AccessManagedUnauthorized(address caller);

            function postPrice(uint32 expiry, uint16 underlying, uint64 price) external;
            function postRound(uint16 underlying, uint80 id, uint64 price, uint40 time, uint256 volatility) external;
            function setParameters(uint256 parameters, uint256 riskParameters) external;
            function setTripped(bool tripped) external;
        }
    }
}

pub use abi::Venue as calls;
pub use abi::Venue::VenueErrors;

/// Numbers of the statements at the router.
pub mod statement {
    /// S.
    pub const SETTLEMENT: u8 = 1;
    /// The market part of R.
    pub const RISK_MARKET: u8 = 2;
    /// M.
    pub const SOLVENCY: u8 = 3;
    /// L.
    pub const LIQUIDATION: u8 = 4;
    /// Segments of 4^levels series are this and `levels` more.
    pub const RISK_SEGMENT: u8 = 32;
}

/// A field element or a hash as contracts take it, big-endian.
pub type Word = [u8; 32];

/// What a deployment is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The first state root.
    pub genesis: Word,
    /// Digest of the parameters in force.
    pub parameters: Word,
    /// Digest of the risk rules in force.
    pub risk_parameters: Word,
    /// Seconds between proof and execution.
    pub execution_delay: u32,
    /// Age in seconds up to which a risk round counts.
    pub risk_max_age: u32,
}

/// Why contracts were not deployed.
#[derive(Debug, thiserror::Error)]
pub enum VenueError {
    /// A contract's artifact.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// A transaction.
    #[error(transparent)]
    Evm(#[from] EvmError),
}

/// Addresses of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Venue {
    /// The AccessManager, whose admin is [`Evm::OPERATOR`].
    pub authority: Address,
    /// Oracle, breaker and parameters.
    pub sole: Address,
    /// Finds verifiers.
    pub router: Address,
    /// Accepts risk rounds.
    pub rounds: Address,
    /// Holds the state root.
    pub rollup: Address,
    /// Takes proofs of solvency.
    pub gate: Address,
    /// Gas of all deployments together, verifiers left out.
    pub gas: u64,
}

const HOUR: u32 = 3_600;
const DAY: u32 = 24 * HOUR;

impl Venue {
    /// Deploys everything but verifiers.
    pub fn deploy(evm: &mut Evm, terms: &Terms) -> Result<Self, VenueError> {
        let mut gas = 0;
        let mut create = |name: &str, arguments: Vec<u8>| -> Result<Address, VenueError> {
            let code = [Artifact::committed(name)?.creation_bytes()?, arguments].concat();
            let made = evm.deploy(&code)?;
            gas += made.gas_used;
            Ok(made.address)
        };
        let word = |bytes: &Word| U256::from_be_bytes(*bytes);
        let authority = create("Authority", (Evm::OPERATOR,).abi_encode_params())?;
        let digests = (word(&terms.parameters), word(&terms.risk_parameters));
        let sole = create("SoleVenue", digests.abi_encode_params())?;
        let router = create("VerifierRouter", (authority,).abi_encode_params())?;
        let constants = create("PoseidonConstants", Vec::new())?;
        let arguments = (authority, router, sole, sole, constants).abi_encode_params();
        let rounds = create("RiskRounds", arguments)?;
        let config = abi::Venue::Config {
            authority,
            router,
            oracle: sole,
            riskRounds: rounds,
            parameters: sole,
            breaker: sole,
            // No money comes in here.
            token: Address::ZERO,
            genesis: word(&terms.genesis),
            executionDelay: seconds(terms.execution_delay),
            proofTimeout: seconds(HOUR),
            riskMaxAge: seconds(terms.risk_max_age),
            forcedPeriod: seconds(14 * DAY),
            refundDelay: seconds(DAY),
        };
        let rollup = create("SettlementRollup", (config,).abi_encode_params())?;
        let gate = create("SolvencyGate", (rollup, terms.risk_max_age).abi_encode_params())?;
        Ok(Self {
            authority,
            sole,
            router,
            rounds,
            rollup,
            gate,
            gas,
        })
    }

    /// Adds a verifier to the router, under its key digest, as it stands on the chain.
    pub fn add_verifier(
        &self,
        evm: &mut Evm,
        statement: u8,
        verifier: Address,
        key_digest: Word,
    ) -> Result<CallOutcome, EvmError> {
        let call = abi::Venue::addVerifierCall {
            statement,
            verifier,
            codeHash: B256::from(evm.code_hash(verifier)),
            keyDigest: B256::from(key_digest),
        };
        evm.call(self.router, &call.abi_encode())
    }
}

fn seconds(value: u32) -> alloy_sol_types::private::primitives::aliases::U40 {
    alloy_sol_types::private::primitives::aliases::U40::from(value)
}

/// The selector of a key: the first four bytes of its digest.
pub fn selector(key_digest: &Word) -> [u8; 4] {
    let [a, b, c, d, ..] = *key_digest;
    [a, b, c, d]
}

/// A settlement, as an operator commits to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement<'a> {
    /// Number of the batch.
    pub batch: u64,
    /// Expiry in Unix minutes.
    pub expiry: u32,
    /// Whether the expiry is closed.
    pub close: bool,
    /// The priced underlyings, in the order of the price slots.
    pub underlyings: &'a [u16],
    /// Root before the batch.
    pub old_state: Word,
    /// Root after the batch.
    pub new_state: Word,
}

/// Calldata of `commitBatch` for a settlement.
pub fn commit_settlement(settlement: &Settlement<'_>) -> Vec<u8> {
    let batch = abi::Venue::Batch {
        statement: statement::SETTLEMENT,
        number: settlement.batch,
        expiry: settlement.expiry,
        close: settlement.close,
        underlyings: settlement.underlyings.to_vec(),
        oldState: U256::from_be_bytes(settlement.old_state),
        newState: U256::from_be_bytes(settlement.new_state),
    };
    abi::Venue::commitBatchCall { batch }.abi_encode()
}

/// Calldata of `commitBatch` for liquidations at the last risk round of an underlying.
pub fn commit_liquidation(batch: u64, underlying: u16, old_state: Word, new_state: Word) -> Vec<u8> {
    let batch = abi::Venue::Batch {
        statement: statement::LIQUIDATION,
        number: batch,
        expiry: 0,
        close: false,
        underlyings: vec![underlying],
        oldState: U256::from_be_bytes(old_state),
        newState: U256::from_be_bytes(new_state),
    };
    abi::Venue::commitBatchCall { batch }.abi_encode()
}

/// A proof of a batch, as `proveBatches` takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchProof<'a> {
    /// Selector of the verifier.
    pub selector: [u8; 4],
    /// The public inputs.
    pub instance: &'a [Word],
    /// The proof, as the verifier takes it.
    pub proof: &'a [u8],
}

/// Calldata of `proveBatches` for batches from number `first` on.
pub fn prove_batches(first: u64, proofs: &[BatchProof<'_>]) -> Vec<u8> {
    let proof = |one: &BatchProof<'_>| abi::Venue::Proof {
        selector: FixedBytes(one.selector),
        instance: words(one.instance),
        proof: one.proof.to_vec().into(),
    };
    let proofs = proofs.iter().map(proof).collect();
    abi::Venue::proveBatchesCall { first, proofs }.abi_encode()
}

/// Calldata of `executeBatches` for batches from number `first` on.
pub fn execute_batches(first: u64, instances: &[&[Word]]) -> Vec<u8> {
    let instances = instances.iter().map(|instance| words(instance)).collect();
    abi::Venue::executeBatchesCall { first, instances }.abi_encode()
}

/// Calldata of `withdrawBatches`: those after `last`, of which the next one has this instance.
pub fn withdraw_batches(last: u64, instance: &[Word]) -> Vec<u8> {
    let instance = words(instance);
    abi::Venue::withdrawBatchesCall { last, instance }.abi_encode()
}

/// Calldata of `postPrice`.
pub fn post_price(expiry: u32, underlying: u16, price: u64) -> Vec<u8> {
    let call = abi::Venue::postPriceCall {
        expiry,
        underlying,
        price,
    };
    call.abi_encode()
}

/// Calldata of `domain`.
pub fn domain() -> Vec<u8> {
    abi::Venue::domainCall {}.abi_encode()
}

/// Calldata of `stateRoot`.
pub fn state_root() -> Vec<u8> {
    abi::Venue::stateRootCall {}.abi_encode()
}

fn words(values: &[Word]) -> Vec<U256> {
    values.iter().map(|value| U256::from_be_bytes(*value)).collect()
}
