// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";
import {IOracleAggregator} from "../interfaces/IOracleAggregator.sol";
import {IRiskParameters} from "../interfaces/IRiskParameters.sol";
import {IRiskRounds} from "../interfaces/IRiskRounds.sol";
import {ISettlementRollup} from "../interfaces/ISettlementRollup.sol";
import {IVerifierRouter} from "../interfaces/IVerifierRouter.sol";

/// @title Roles of the access manager, and which functions each may call
/// @dev Role 0 is the manager's own: it grants roles. The delay of a role is set where it is granted.
library Roles {
    /// @notice Commits to batches, and takes back those that are not proven.
    uint64 internal constant OPERATOR = 1;
    /// @notice Stops verifiers, trips the breaker and cancels proposals, at once. Can stop, cannot start or set anything.
    uint64 internal constant GUARDIAN = 2;
    /// @notice Changes feeds, rules and parameters. Granted with a delay, to a multisig.
    uint64 internal constant GOVERNANCE = 3;
    /// @notice The aggregator: tells the breaker of prices.
    uint64 internal constant ORACLE = 4;
    /// @notice The rollup: tells the breaker of outflows.
    uint64 internal constant ROLLUP = 5;

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
        selectors = new bytes4[](4);
        selectors[0] = ICircuitBreaker.reset.selector;
        selectors[1] = ICircuitBreaker.setRules.selector;
        selectors[2] = ICircuitBreaker.setOutflowLimit.selector;
        selectors[3] = ICircuitBreaker.forget.selector;
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

    /// @notice Functions of the rollup that the operator calls.
    function rollupOperator() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](2);
        selectors[0] = ISettlementRollup.commitBatch.selector;
        selectors[1] = ISettlementRollup.withdrawBatches.selector;
    }

    /// @notice Functions of the router that governance calls.
    function routerGovernance() internal pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](2);
        selectors[0] = IVerifierRouter.addVerifier.selector;
        selectors[1] = IVerifierRouter.removeVerifier.selector;
    }

    /// @notice Functions of the router that guardians call.
    function routerGuardian() internal pure returns (bytes4[] memory) {
        return _one(IVerifierRouter.stopVerifier.selector);
    }

    /// @notice Functions of the risk rounds that governance calls.
    function roundsGovernance() internal pure returns (bytes4[] memory) {
        return _one(IRiskRounds.startUnderlying.selector);
    }

    function _one(bytes4 selector) private pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](1);
        selectors[0] = selector;
    }
}
