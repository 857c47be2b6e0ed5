// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title Stops what depends on prices, for a time, when prices or outflows are not what they usually are
/// @notice While it is tripped, callers refuse liquidations and queue withdrawals. It ends by itself; governance can end it sooner.
/// @dev Nothing that trips it reverts: a revert would take the trip back.
interface ICircuitBreaker {
    /// @notice When prices trip it.
    /// @param jump Largest move that does not trip, in 10^-4 of the lower or higher price that it is measured from.
    /// @param span Seconds. A move within them trips; one within up to twice as many may.
    /// @param staleAfter Seconds that the last price may be old.
    /// @param duration Seconds that a trip lasts, from 10 minutes to 7 days.
    struct Rules {
        uint16 jump;
        uint32 span;
        uint32 staleAfter;
        uint32 duration;
    }

    /// @notice A number of the rules is out of its range.
    error InvalidRules();
    /// @notice What was asked for is stopped until then.
    error Tripped(uint40 until);
    /// @notice A guardian may trip again from then on.
    error GuardianMustWait(uint40 from);

    /// @notice It tripped, or stays tripped for longer.
    event BreakerTripped(bytes32 indexed reason, uint40 until);
    /// @notice Governance ended it.
    event BreakerReset();
    /// @notice The prices of an underlying are not watched until another one comes.
    event UnderlyingForgotten(uint16 indexed underlying);
    /// @notice The rules changed.
    event RulesSet(Rules rules);
    /// @notice The outflow limit of a token changed.
    event OutflowLimitSet(address indexed token, uint208 capacity, uint48 period);

    /// @notice A price of a round. Oracle only. Trips on a price of 0, on a jump, on a price that is stale when it comes.
    /// @param price In 10^-6 quote.
    /// @param time Of the round, Unix seconds; never earlier than the one before.
    function onPrice(uint16 underlying, uint64 price, uint40 time) external;

    /// @notice An outflow. Rollup only. Trips when it is more than the token's limit leaves.
    /// @dev The caller queues the withdrawal when this is false, and does not revert: the trip has to stay.
    /// @param amount In the token's smallest unit.
    /// @return allowed Whether the outflow may happen. Not while tripped; always where the amount is 0 and nothing is tripped.
    function onOutflow(address token, uint256 amount) external returns (bool allowed);

    /// @notice Trips if the last price of an underlying is stale. Anyone may call it.
    /// @return stale Whether it is. Not for an underlying that never had a price.
    function checkStale(uint16 underlying) external returns (bool stale);

    /// @notice Trips at once. Guardians only, and only once in a while: a guardian cannot keep it tripped for ever.
    function trip(bytes32 reason) external;

    /// @notice Ends a trip. Governance only.
    function reset() external;

    /// @notice Forgets the prices of an underlying that has no feeds any more, so that it is not stale for ever. Governance only.
    function forget(uint16 underlying) external;

    /// @notice Changes the rules. Governance only.
    function setRules(Rules calldata newRules) external;

    /// @notice Changes how much of a token may flow out: a bucket of this capacity that refills over the period. Governance only.
    /// @dev Without a limit, or with a capacity of 0, every outflow is too much.
    function setOutflowLimit(address token, uint208 capacity, uint48 period) external;

    /// @notice Whether it is tripped now.
    function isTripped() external view returns (bool);

    /// @notice Reverts while it is tripped.
    function requireUntripped() external view;
}
