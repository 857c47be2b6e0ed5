// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IForcedRequests} from "./interfaces/IForcedRequests.sol";
import {PrefixQueue} from "./libraries/PrefixQueue.sol";

/// @title What an operator can be forced to do
abstract contract ForcedRequests is IForcedRequests {
    using PrefixQueue for PrefixQueue.Queue;

    /// @notice Seconds from a request to its deadline.
    uint40 public immutable forcedPeriod;

    mapping(uint32 expiry => Expiry) private _expiries;
    PrefixQueue.Queue private _requests;

    constructor(uint40 forcedPeriod_) {
        forcedPeriod = forcedPeriod_;
    }

    /// @inheritdoc IForcedRequests
    function frozen() public view virtual returns (bool);

    /// @dev Remembers that the rollup is frozen.
    function _freeze() internal virtual;

    /// @dev Reverts when the rollup is frozen.
    function _requireNotFrozen() internal view {
        if (frozen()) revert Frozen();
    }

    /// @inheritdoc IForcedRequests
    function requestClose(uint32 expiry) external returns (uint64 index) {
        _requireNotFrozen();
        Expiry storage state = _expiries[expiry];
        if (!state.started) revert ExpiryNotStarted(expiry);
        if (state.closed) revert ExpiryClosed(expiry);
        if (state.requested) revert AlreadyRequested(expiry);
        state.requested = true;
        uint40 deadline = uint40(block.timestamp) + forcedPeriod;
        bytes32 hash;
        (index, hash) = _requests.push(keccak256(abi.encode(Request(msg.sender, expiry, deadline))));
        emit Requested(index, msg.sender, expiry, deadline, hash);
    }

    /// @inheritdoc IForcedRequests
    function resolveRequests(Request[] calldata entries) external {
        for (uint256 i = 0; i < entries.length; ++i) {
            uint64 index = _next(entries[i]);
            if (!_expiries[entries[i].expiry].closed) revert NotServed(entries[i].expiry);
            _requests.head = index;
            emit RequestServed(index, entries[i].expiry);
        }
    }

    /// @inheritdoc IForcedRequests
    function freeze(Request calldata entry) external {
        _requireNotFrozen();
        uint64 index = _next(entry);
        if (_expiries[entry.expiry].closed) revert Served(entry.expiry);
        if (block.timestamp <= entry.deadline) revert DeadlineNotPassed(entry.deadline, block.timestamp);
        _freeze();
        emit RollupFrozen(index, entry.expiry, msg.sender);
    }

    /// @inheritdoc IForcedRequests
    function expiryState(uint32 expiry) external view returns (Expiry memory) {
        return _expiries[expiry];
    }

    /// @inheritdoc IForcedRequests
    function requestQueue() external view returns (uint64 head, uint64 tail, bytes32 headHash, bytes32 tailHash) {
        (head, tail) = (_requests.head, _requests.tail);
        return (head, tail, _requests.hashes[head], _requests.hashes[tail]);
    }

    /// @dev A batch of the expiry was executed.
    function _settled(uint32 expiry, bool close) internal {
        Expiry storage state = _expiries[expiry];
        if (!state.started) state.started = true;
        if (close && !state.closed) state.closed = true;
    }

    /// @dev The number of the queue's next entry, which has to be this one.
    function _next(Request calldata entry) private view returns (uint64 index) {
        if (_requests.isEmpty()) revert NoRequest(_requests.head + 1);
        bytes32 expected;
        bytes32 found;
        (index, expected, found) = _requests.peek(keccak256(abi.encode(entry)));
        if (found != expected) revert NotNextRequest(index, expected, found);
    }
}
