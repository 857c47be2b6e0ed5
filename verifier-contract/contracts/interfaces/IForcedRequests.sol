// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title What an operator can be forced to do
/// @notice A request has a deadline. When it is missed, anybody freezes the rollup: no batch moves the root any more, and whatever the
/// escrow holds goes back.
/// @dev The requests of this deployment are those that statement S can serve: an expiry of which a batch has settled a part has to be
/// settled to its end, so that nobody settles winners or losers alone. Requests of account holders (withdraw, exit) come with the
/// statement that serves them; the queue's entries and hashes are the same.
interface IForcedRequests {
    /// @notice An entry of the queue.
    /// @param requester Who asks.
    /// @param expiry The expiry to close, Unix minutes.
    /// @param deadline Unix seconds.
    struct Request {
        address requester;
        uint32 expiry;
        uint40 deadline;
    }

    /// @notice How far the settlement of an expiry has come.
    /// @param started A batch has settled some of it.
    /// @param closed Nothing of it is left open.
    /// @param requested A request to close it waits, or has been served.
    struct Expiry {
        bool started;
        bool closed;
        bool requested;
    }

    /// @notice The rollup is frozen, for ever.
    error Frozen();
    /// @notice No executed batch has settled a part of the expiry.
    error ExpiryNotStarted(uint32 expiry);
    /// @notice Nothing of the expiry is left open.
    error ExpiryClosed(uint32 expiry);
    /// @notice There is a request already.
    error AlreadyRequested(uint32 expiry);
    /// @notice The entry is not the next one of the queue.
    error NotNextRequest(uint64 index, bytes32 expected, bytes32 found);
    /// @notice The queue holds no such entry.
    error NoRequest(uint64 index);
    /// @notice The request has not been served.
    error NotServed(uint32 expiry);
    /// @notice The request has been served.
    error Served(uint32 expiry);
    /// @notice The deadline has not passed.
    error DeadlineNotPassed(uint256 deadline, uint256 found);

    /// @notice A request stands in the queue.
    event Requested(uint64 indexed index, address indexed requester, uint32 indexed expiry, uint40 deadline, bytes32 hash);
    /// @notice A request was served.
    event RequestServed(uint64 indexed index, uint32 indexed expiry);
    /// @notice The rollup is frozen.
    event RollupFrozen(uint64 indexed index, uint32 indexed expiry, address by);

    /// @notice Asks that an expiry be closed by the deadline. By anybody, once for an expiry.
    /// @return index Number of the entry.
    function requestClose(uint32 expiry) external returns (uint64 index);

    /// @notice Takes the oldest requests out of the queue, which have been served. By anybody.
    function resolveRequests(Request[] calldata entries) external;

    /// @notice Freezes the rollup: the oldest request's deadline has passed, and it has not been served. By anybody.
    function freeze(Request calldata entry) external;

    /// @notice How far the settlement of an expiry has come.
    function expiryState(uint32 expiry) external view returns (Expiry memory);

    /// @notice The request queue: first entry that waits, entries so far, hash before the first one that waits, hash of all.
    function requestQueue() external view returns (uint64 head, uint64 tail, bytes32 headHash, bytes32 tailHash);

    /// @notice Whether the rollup is frozen.
    function frozen() external view returns (bool);
}
