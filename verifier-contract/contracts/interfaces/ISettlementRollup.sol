// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title State of a settlement rollup
/// @notice Moves the state root by batches, in three steps: an operator commits to a batch, anybody proves it, anybody executes it after
/// a delay. A batch is a settlement (statement S) or liquidations (statement L).
interface ISettlementRollup {
    /// @notice What an operator commits to. The rest of the instance is the contract's: domain, parameters, prices, risk root, breaker.
    /// @param statement Statements.SETTLEMENT or Statements.LIQUIDATION.
    /// @param number One more than that of the last committed batch.
    /// @param expiry Of a settlement, in Unix minutes; else 0.
    /// @param close Of a settlement: nothing of the expiry is left open; else false.
    /// @param underlyings Of a settlement, one to three: those that are priced, in the order of the price slots. Of liquidations: the one
    /// whose risk round they stand at.
    /// @param oldState Root before: that of the last committed batch.
    /// @param newState Root after.
    struct Batch {
        uint8 statement;
        uint64 number;
        uint32 expiry;
        bool close;
        uint16[] underlyings;
        uint256 oldState;
        uint256 newState;
    }

    /// @notice A proof of the next batch.
    /// @param selector Selector of the verifier: it says which size the circuit has.
    /// @param instance The public inputs, as BatchCommitted has them.
    /// @param proof The proof.
    struct Proof {
        bytes4 selector;
        uint256[] instance;
        bytes proof;
    }

    /// @notice A committed batch.
    /// @param hash Covers its instance and all batches before.
    /// @param committedAt Unix seconds.
    /// @param provenAt Unix seconds; 0 while it is not proven.
    /// @param selector Selector of the verifier that accepted it.
    /// @param statement Its statement.
    struct Record {
        bytes32 hash;
        uint40 committedAt;
        uint40 provenAt;
        bytes4 selector;
        uint8 statement;
    }

    /// @notice A field element is below r; a state root is not 0 either.
    error InvalidFieldElement(uint256 found);
    /// @notice A delay of the constructor is out of range.
    error InvalidDelay(uint256 least, uint256 most, uint256 found);
    /// @notice A batch is a settlement or liquidations.
    error WrongStatement(uint8 found);
    /// @notice A batch is the next one.
    error WrongBatch(uint64 expected, uint64 found);
    /// @notice A batch begins where the one before ends.
    error WrongState(uint256 expected, uint256 found);
    /// @notice Too many batches wait to be executed.
    error TooManyBatches(uint256 most);
    /// @notice A settlement prices one to three underlyings, liquidations stand at the round of one.
    error WrongUnderlyingCount(uint256 found);
    /// @notice A batch prices an underlying once.
    error DuplicateUnderlying(uint16 underlying);
    /// @notice The oracle has no final price.
    error PriceNotFinal(uint32 expiry, uint16 underlying);
    /// @notice Liquidations have neither expiry nor close flag.
    error NoExpiry();
    /// @notice The last proven risk round is too old, or there is none.
    error RiskRootStale(uint16 underlying, uint256 oldest, uint256 found);
    /// @notice The circuit breaker is on.
    error BreakerTripped();
    /// @notice The instance is not the committed one.
    error WrongInstance(uint64 batch, bytes32 expected, bytes32 found);
    /// @notice The committed batch is for another chain: this one has split off since.
    error WrongDomain(uint256 expected, uint256 found);
    /// @notice There is no such batch in the state that the call needs.
    error NoBatch(uint64 batch);
    /// @notice The delay between proof and execution has not passed.
    error ExecutionTooEarly(uint256 from, uint256 found);
    /// @notice The verifier that accepted the batch has left since.
    error VerifierLeft(uint64 batch, bytes4 selector);
    /// @notice The batch is proven, and can be executed: it stays.
    error BatchStands(uint64 batch);
    /// @notice The batch may still be proven.
    error ProofNotOverdue(uint256 from, uint256 found);

    /// @notice A batch was committed to. `instance` is what its proof has to be for.
    event BatchCommitted(uint64 indexed batch, uint8 indexed statement, bytes32 hash, uint256[] instance);
    /// @notice A batch was proven.
    event BatchProven(uint64 indexed batch, bytes4 selector, address by);
    /// @notice The root moved.
    event BatchExecuted(uint64 indexed batch, uint8 indexed statement, uint256 oldState, uint256 newState);
    /// @notice Batches after `last` were taken back.
    event BatchesReverted(uint64 indexed last, address by);

    /// @notice Commits to the next batch. By the operator.
    function commitBatch(Batch calldata batch) external;

    /// @notice Proves the next batches. By anybody.
    /// @param first Number of the first of them.
    /// @param proofs A proof for each.
    function proveBatches(uint64 first, Proof[] calldata proofs) external;

    /// @notice Executes the next proven batches. By anybody.
    /// @param first Number of the first of them.
    /// @param instances The instance of each.
    function executeBatches(uint64 first, uint256[][] calldata instances) external;

    /// @notice Takes back the batches after `last`, none of which is proven. By the operator.
    /// @param last The last batch that stays.
    /// @param instance Instance of the batch after it.
    function withdrawBatches(uint64 last, uint256[] calldata instance) external;

    /// @notice Takes back the batches after `last`. By anybody, when the batch after it is not proven in time; or cannot be executed: its
    /// verifier has left; or it is of liquidations, and the breaker is on.
    /// @param last The last batch that stays.
    /// @param instance Instance of the batch after it.
    function expireBatches(uint64 last, uint256[] calldata instance) external;

    /// @notice Root of the state after the last executed batch.
    function stateRoot() external view returns (uint256);

    /// @notice Root after the last committed batch.
    function committedState() external view returns (uint256);

    /// @notice Numbers of the last committed, proven and executed batch.
    function progress() external view returns (uint64 committed, uint64 proven, uint64 executed);

    /// @notice A batch that waits, or the last executed one.
    function batchRecord(uint64 batch) external view returns (Record memory);

    /// @notice The first value of every instance: chain identifier * 2^160 + address of this contract.
    function domain() external view returns (uint256);
}
