// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";
import {IOracleAggregator} from "../interfaces/IOracleAggregator.sol";
import {IRiskParameters} from "../interfaces/IRiskParameters.sol";

/// @title Roles of the access manager, and which functions of oracle, breaker and parameters each may call
/// @dev Role 0 is the manager's own: it grants roles. The delay of a role is set where it is granted.
library Roles {
    /// @notice Changes feeds, rules and parameters. Granted with a delay, to a multisig.
    uint64 internal constant GOVERNANCE = 1;
    /// @notice Trips the breaker and cancels proposals, at once. Can stop, cannot start or set anything.
    uint64 internal constant GUARDIAN = 2;
    /// @notice The aggregator: tells the breaker of prices.
    uint64 internal constant ORACLE = 3;
    /// @notice The rollup: tells the breaker of outflows.
    uint64 internal constant ROLLUP = 4;

    /// @notice Functions of the aggregator that governance calls.
    function aggregatorGovernance() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](4);
        selectors[0] = IOracleAggregator.setFeed.selector;
        selectors[1] = IOracleAggregator.setRules.selector;
        selectors[2] = IOracleAggregator.setBreaker.selector;
        selectors[3] = IOracleAggregator.proposePrice.selector;
    }

    /// @notice Functions of the aggregator that guardians call.
    function aggregatorGuardian() internal pure returns (bytes4[] memory) {
        return _one(IOracleAggregator.cancelPrice.selector);
    }

    /// @notice Functions of the breaker that governance calls.
    function breakerGovernance() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](3);
        selectors[0] = ICircuitBreaker.reset.selector;
        selectors[1] = ICircuitBreaker.setRules.selector;
        selectors[2] = ICircuitBreaker.setOutflowLimit.selector;
    }

    /// @notice Functions of the breaker that guardians call.
    function breakerGuardian() internal pure returns (bytes4[] memory) {
        return _one(ICircuitBreaker.trip.selector);
    }

    /// @notice Functions of the breaker that the aggregator calls.
    function breakerOracle() internal pure returns (bytes4[] memory) {
        return _one(ICircuitBreaker.onPrice.selector);
    }

    /// @notice Functions of the breaker that the rollup calls.
    function breakerRollup() internal pure returns (bytes4[] memory) {
        return _one(ICircuitBreaker.onOutflow.selector);
    }

    /// @notice Functions of the parameters that governance calls.
    function parametersGovernance() internal pure returns (bytes4[] memory) {
        return _one(IRiskParameters.propose.selector);
    }

    /// @notice Functions of the parameters that guardians call.
    function parametersGuardian() internal pure returns (bytes4[] memory) {
        return _one(IRiskParameters.cancel.selector);
    }

    function _one(bytes4 selector) private pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](1);
        selectors[0] = selector;
    }
}
