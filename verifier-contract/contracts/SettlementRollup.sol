// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Escrow} from "./Escrow.sol";
import {ForcedRequests} from "./ForcedRequests.sol";
import {ICircuitBreaker} from "./interfaces/ICircuitBreaker.sol";
import {IOracleAggregator} from "./interfaces/IOracleAggregator.sol";
import {IRiskParameters} from "./interfaces/IRiskParameters.sol";
import {IRiskRounds} from "./interfaces/IRiskRounds.sol";
import {ISettlementRollup} from "./interfaces/ISettlementRollup.sol";
import {IVerifierRouter} from "./interfaces/IVerifierRouter.sol";
import {Domain} from "./libraries/Domain.sol";
import {ProofSet} from "./libraries/ProofSet.sol";
import {Statements} from "./libraries/Statements.sol";

/// @title State of a settlement rollup
/// @notice Starts from a genesis root: the money that its accounts hold at the start is not in the escrow.
/// @dev Immutable: another version is another contract. The instance of a batch is built when it is committed, from what the contracts
/// say then, and its hash is kept; a proof and an execution show it again. The number in front of every instance binds it to this
/// chain and contract, the batch number and the chain of hashes to its place.
contract SettlementRollup is ISettlementRollup, Escrow, ForcedRequests, AccessManaged {
    using ProofSet for ProofSet.Set;

    /// @notice What the constructor takes.
    /// @param authority The AccessManager.
    /// @param router Finds verifiers.
    /// @param oracle Gives settlement prices.
    /// @param riskRounds Gives risk roots.
    /// @param parameters Gives the digest of the parameters in force.
    /// @param breaker Blocks liquidations, counts what goes out.
    /// @param token What the escrow holds.
    /// @param genesis Root of the first state.
    /// @param executionDelay Seconds between proof and execution, 0 to 7 days.
    /// @param proofTimeout Seconds after which a batch that is not proven is taken back by anybody, 1 hour to 7 days.
    /// @param riskMaxAge Age in seconds up to which a risk round counts, 1 minute to 1 day.
    /// @param forcedPeriod Seconds from a request to its deadline, 1 to 60 days.
    /// @param refundDelay Seconds until a deposit can be taken back, 1 hour to 30 days.
    struct Config {
        address authority;
        IVerifierRouter router;
        IOracleAggregator oracle;
        IRiskRounds riskRounds;
        IRiskParameters parameters;
        ICircuitBreaker breaker;
        IERC20 token;
        uint256 genesis;
        uint40 executionDelay;
        uint40 proofTimeout;
        uint40 riskMaxAge;
        uint40 forcedPeriod;
        uint40 refundDelay;
    }

    /// @dev One slot.
    struct Progress {
        uint64 committed;
        uint64 proven;
        uint64 executed;
        bool frozen;
    }

    /// @dev Price slots of statement S.
    uint256 private constant SLOTS = 3;
    uint256 private constant SETTLEMENT_INSTANCES = 7 + 2 * SLOTS;
    uint256 private constant LIQUIDATION_INSTANCES = 7;
    /// @dev Underlyings from here on name unused price slots: slot k is (UNUSED + k, 0).
    uint256 private constant UNUSED = 65533;
    /// @dev Records live in a ring, so that a batch writes over the slots of one long executed.
    uint64 private constant RING = 64;

    /// @notice Finds verifiers.
    IVerifierRouter public immutable router;
    /// @notice Gives settlement prices.
    IOracleAggregator public immutable oracle;
    /// @notice Gives risk roots.
    IRiskRounds public immutable riskRounds;
    /// @notice Gives the digest of the parameters in force.
    IRiskParameters public immutable parameters;
    /// @notice Seconds between proof and execution.
    uint40 public immutable executionDelay;
    /// @notice Seconds after which an unproven batch is taken back by anybody.
    uint40 public immutable proofTimeout;
    /// @notice Age in seconds up to which a risk round counts.
    uint40 public immutable riskMaxAge;

    /// @inheritdoc ISettlementRollup
    uint256 public stateRoot;
    /// @inheritdoc ISettlementRollup
    uint256 public committedState;
    Progress private _progress;
    mapping(uint64 place => Record) private _records;

    constructor(Config memory config)
        Escrow(config.token, config.breaker, _delay(config.refundDelay, 1 hours, 30 days))
        ForcedRequests(_delay(config.forcedPeriod, 1 days, 60 days))
        AccessManaged(config.authority)
    {
        if (config.genesis == 0 || config.genesis >= Statements.R) revert InvalidFieldElement(config.genesis);
        router = config.router;
        oracle = config.oracle;
        riskRounds = config.riskRounds;
        parameters = config.parameters;
        executionDelay = _delay(config.executionDelay, 0, 7 days);
        proofTimeout = _delay(config.proofTimeout, 1 hours, 7 days);
        riskMaxAge = _delay(config.riskMaxAge, 1 minutes, 1 days);
        stateRoot = config.genesis;
        committedState = config.genesis;
        _records[0].hash = keccak256(abi.encode(domain(), config.genesis));
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Batches
    // -----------------------------------------------------------------------------------------------------------------

    /// @inheritdoc ISettlementRollup
    function commitBatch(Batch calldata batch) external restricted {
        Progress memory at = _live();
        if (batch.number != at.committed + 1) revert WrongBatch(at.committed + 1, batch.number);
        if (batch.number - at.executed >= RING) revert TooManyBatches(RING - 1);
        if (batch.oldState != committedState) revert WrongState(committedState, batch.oldState);
        if (batch.newState == 0 || batch.newState >= Statements.R) revert InvalidFieldElement(batch.newState);
        // Set for either statement; any other reverts.
        // slither-disable-next-line uninitialized-local
        uint256[] memory instance;
        if (batch.statement == Statements.SETTLEMENT) instance = _settlement(batch);
        else if (batch.statement == Statements.LIQUIDATION) instance = _liquidation(batch);
        else revert WrongStatement(batch.statement);

        bytes32 hash = _link(_record(at.committed).hash, batch.statement, instance);
        Record storage record = _record(batch.number);
        record.hash = hash;
        record.committedAt = uint40(block.timestamp);
        record.provenAt = 0;
        record.selector = 0;
        record.statement = batch.statement;
        committedState = batch.newState;
        _progress.committed = batch.number;
        emit BatchCommitted(batch.number, batch.statement, hash, instance);
    }

    /// @inheritdoc ISettlementRollup
    function proveBatches(uint64 first, Proof[] calldata proofs) external {
        Progress memory at = _live();
        if (first != at.proven + 1) revert WrongBatch(at.proven + 1, first);
        uint64 batch = at.proven;
        ProofSet.Set memory set = ProofSet.begin(proofs.length);
        for (uint256 i = 0; i < proofs.length; ++i) {
            if (++batch > at.committed) revert NoBatch(batch);
            Proof calldata one = proofs[i];
            Record storage record = _record(batch);
            uint8 statement = record.statement;
            _requireCommitted(batch, statement, one.instance);
            if (one.instance[0] != domain()) revert WrongDomain(domain(), one.instance[0]);
            if (statement == Statements.LIQUIDATION && breaker.isTripped()) revert BreakerTripped();
            set.add(i, router.verifierOf(statement, one.selector), one.proof, one.instance);
            record.provenAt = uint40(block.timestamp);
            record.selector = one.selector;
            emit BatchProven(batch, one.selector, msg.sender);
        }
        set.finish();
        _progress.proven = batch;
    }

    /// @inheritdoc ISettlementRollup
    function executeBatches(uint64 first, uint256[][] calldata instances) external {
        Progress memory at = _live();
        if (first != at.executed + 1) revert WrongBatch(at.executed + 1, first);
        uint64 batch = at.executed;
        uint256 state = stateRoot;
        for (uint256 i = 0; i < instances.length; ++i) {
            if (++batch > at.proven) revert NoBatch(batch);
            uint256[] calldata instance = instances[i];
            Record memory record = _record(batch);
            _requireCommitted(batch, record.statement, instance);
            uint256 from = uint256(record.provenAt) + executionDelay;
            if (block.timestamp < from) revert ExecutionTooEarly(from, block.timestamp);
            if (!router.isActive(record.statement, record.selector)) revert VerifierLeft(batch, record.selector);
            if (record.statement == Statements.SETTLEMENT) _settled(uint32(instance[5]), instance[6] == 1);
            else if (breaker.isTripped()) revert BreakerTripped();
            emit BatchExecuted(batch, record.statement, state, instance[Statements.NEW_STATE]);
            state = instance[Statements.NEW_STATE];
        }
        stateRoot = state;
        _progress.executed = batch;
    }

    /// @inheritdoc ISettlementRollup
    function withdrawBatches(uint64 last, uint256[] calldata instance) external restricted {
        Progress memory at = _live();
        if (last < at.proven) revert BatchStands(last + 1);
        _revertTo(last, at, instance);
    }

    /// @inheritdoc ISettlementRollup
    function expireBatches(uint64 last, uint256[] calldata instance) external {
        Progress memory at = _live();
        if (last < at.executed) revert BatchStands(last + 1);
        Record memory record = _record(last + 1);
        bool overtaken = record.statement == Statements.LIQUIDATION && breaker.isTripped();
        if (!overtaken && last < at.committed) {
            if (record.provenAt == 0) {
                uint256 from = uint256(record.committedAt) + proofTimeout;
                if (block.timestamp < from) revert ProofNotOverdue(from, block.timestamp);
            } else if (router.isActive(record.statement, record.selector)) {
                revert BatchStands(last + 1);
            }
        }
        _revertTo(last, at, instance);
    }

    /// @inheritdoc ISettlementRollup
    function progress() external view returns (uint64 committed, uint64 proven, uint64 executed) {
        return (_progress.committed, _progress.proven, _progress.executed);
    }

    /// @inheritdoc ISettlementRollup
    function batchRecord(uint64 batch) external view returns (Record memory) {
        if (batch > _progress.committed || batch < _progress.executed) revert NoBatch(batch);
        return _record(batch);
    }

    /// @inheritdoc ISettlementRollup
    function domain() public view returns (uint256) {
        return Domain.at(address(this));
    }

    /// @notice Whether the rollup is frozen.
    function frozen() public view override returns (bool) {
        return _progress.frozen;
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Instances
    // -----------------------------------------------------------------------------------------------------------------

    /// @dev S: domain, parameters, old and new state, batch, expiry, close, then underlying and price for each slot.
    function _settlement(Batch calldata batch) private view returns (uint256[] memory instance) {
        uint256 count = batch.underlyings.length;
        if (count == 0 || count > SLOTS) revert WrongUnderlyingCount(count);
        instance = _begin(batch, SETTLEMENT_INSTANCES);
        instance[4] = batch.number;
        instance[5] = batch.expiry;
        instance[6] = batch.close ? 1 : 0;
        for (uint256 i = 0; i < count; ++i) {
            uint16 underlying = batch.underlyings[i];
            for (uint256 j = 0; j < i; ++j) {
                if (batch.underlyings[j] == underlying) revert DuplicateUnderlying(underlying);
            }
            // An underlying that cannot be listed has no price either.
            uint64 price = oracle.settlementPrice(batch.expiry, underlying);
            if (price == 0 || underlying == 0 || underlying >= UNUSED) revert PriceNotFinal(batch.expiry, underlying);
            instance[7 + 2 * i] = underlying;
            instance[8 + 2 * i] = price;
        }
        // An unused slot names an underlying that cannot be listed, a different one each.
        for (uint256 i = count; i < SLOTS; ++i) {
            instance[7 + 2 * i] = UNUSED + i;
        }
    }

    /// @dev L: domain, parameters, old and new state, risk root, batch, breaker flag. The root is of a round that the oracle attested and
    /// statement R has been proven for, and which is young enough.
    function _liquidation(Batch calldata batch) private view returns (uint256[] memory instance) {
        if (batch.expiry != 0 || batch.close) revert NoExpiry();
        if (batch.underlyings.length != 1) revert WrongUnderlyingCount(batch.underlyings.length);
        if (breaker.isTripped()) revert BreakerTripped();
        uint16 underlying = batch.underlyings[0];
        IRiskRounds.Accepted memory round = riskRounds.accepted(underlying);
        if (round.riskRoot == 0 || uint256(round.time) + riskMaxAge < block.timestamp) {
            revert RiskRootStale(underlying, block.timestamp - riskMaxAge, round.time);
        }
        instance = _begin(batch, LIQUIDATION_INSTANCES);
        instance[4] = round.riskRoot;
        instance[5] = batch.number;
    }

    function _begin(Batch calldata batch, uint256 length) private view returns (uint256[] memory instance) {
        instance = new uint256[](length);
        instance[0] = domain();
        // Version and risk rules are not part of the instance.
        // slither-disable-next-line unused-return
        (, instance[1],) = parameters.current();
        instance[2] = batch.oldState;
        instance[3] = batch.newState;
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Chain of batches
    // -----------------------------------------------------------------------------------------------------------------

    function _record(uint64 batch) private view returns (Record storage) {
        return _records[batch % RING];
    }

    function _link(bytes32 before, uint8 statement, uint256[] memory instance) private pure returns (bytes32) {
        return keccak256(abi.encode(before, statement, instance));
    }

    /// @dev The batch was committed with this instance.
    function _requireCommitted(uint64 batch, uint8 statement, uint256[] calldata instance) private view {
        bytes32 expected = _record(batch).hash;
        bytes32 found = _link(_record(batch - 1).hash, statement, instance);
        if (found != expected) revert WrongInstance(batch, expected, found);
    }

    /// @dev `instance` is that of batch `last` + 1: its old root is where the next commitment begins.
    function _revertTo(uint64 last, Progress memory at, uint256[] calldata instance) private {
        if (last >= at.committed) revert NoBatch(last + 1);
        _requireCommitted(last + 1, _record(last + 1).statement, instance);
        committedState = instance[Statements.OLD_STATE];
        _progress.committed = last;
        if (at.proven > last) _progress.proven = last;
        emit BatchesReverted(last, msg.sender);
    }

    function _live() private view returns (Progress memory at) {
        at = _progress;
        if (at.frozen) revert Frozen();
    }

    function _freeze() internal override {
        _progress.frozen = true;
    }

    function _isFrozen() internal view override returns (bool) {
        return _progress.frozen;
    }

    function _requireLive() internal view override {
        _requireNotFrozen();
    }

    function _delay(uint40 found, uint256 least, uint256 most) private pure returns (uint40) {
        if (found < least || found > most) revert InvalidDelay(least, most, found);
        return found;
    }
}
