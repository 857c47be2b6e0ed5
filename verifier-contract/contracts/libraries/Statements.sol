// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title Numbers of the statements, and what no instance of them can say
library Statements {
    /// @dev S: settlement at expiry. The number stands in the history that S proves.
    uint8 internal constant SETTLEMENT = 1;
    /// @dev R: the market part of a risk round.
    uint8 internal constant RISK_MARKET = 2;
    /// @dev M: solvency of one hidden account.
    uint8 internal constant SOLVENCY = 3;
    /// @dev L: liquidation. The number stands in the history that L proves.
    uint8 internal constant LIQUIDATION = 4;
    /// @dev R: segments of 4^levels series are RISK_SEGMENT + levels.
    uint8 internal constant RISK_SEGMENT = 32;
    /// @dev Height of the tree of rows.
    uint8 internal constant RISK_LEVELS = 6;

    /// @dev Order of the scalar field.
    uint256 internal constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

    /// @dev Places in the instances of S and L, both.
    uint256 internal constant OLD_STATE = 2;
    uint256 internal constant NEW_STATE = 3;

    function isKnown(uint8 statement) internal pure returns (bool) {
        if (statement > RISK_SEGMENT) return statement <= RISK_SEGMENT + RISK_LEVELS;
        return statement >= SETTLEMENT && statement <= LIQUIDATION;
    }

    /// @dev The place of the batch number in an instance of S or L.
    function batchAt(uint8 statement) internal pure returns (uint256) {
        return statement == SETTLEMENT ? 4 : 5;
    }

    /// @dev Whether the circuit has no witness for the instance, whatever the state: L with the breaker on; M with a requirement that
    /// is none of three, or a threshold of 2^127 or more.
    function isFalse(uint8 statement, uint256[] calldata instance) internal pure returns (bool) {
        if (statement == LIQUIDATION) return instance[6] != 0;
        if (statement == SOLVENCY) return instance[4] > 2 || instance[5] >> 127 != 0;
        return false;
    }

    /// @dev Whether not both can hold: a state root holds the number of its batch.
    function contradict(uint8 statement, uint256[] calldata a, uint256[] calldata b) internal pure returns (bool) {
        if (statement != SETTLEMENT && statement != LIQUIDATION) return false;
        if (a[batchAt(statement)] == b[batchAt(statement)]) return false;
        return a[OLD_STATE] == b[OLD_STATE] || a[NEW_STATE] == b[NEW_STATE];
    }
}
