// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IRiskParameters} from "../interfaces/IRiskParameters.sol";
import {Poseidon} from "../libraries/Poseidon.sol";

/// @dev Numbers of the struct of that name.
uint256 constant NUMBERS = 22;

/// @title Ranges and digests of parameters, as the specification has them
/// @dev Every shift is of a value below 2^32, or stands last in its word.
library ParameterDigests {
    uint256 private constant RATE_UNIT = 100_000;
    uint256 private constant BASIS_POINTS = 10_000;
    uint256 private constant YEAR = 365 days;
    uint256 private constant TAG_GRID = 0x67726964; // "grid"
    uint256 private constant TAG_LIQUIDATION = 0x6c6971; // "liq"

    /// @notice Lowest values that the statements are made for.
    function lowest() internal pure returns (IRiskParameters.Numbers memory n) {
        n.inverseScale = 1;
        n.initialFactor = uint32(BASIS_POINTS);
        n.batchCap = 1;
        n.step = 1;
        n.referenceVolatility = 1;
        n.factorCap = uint32(BASIS_POINTS);
        n.pivot = 1;
        n.timeFloor = 1;
        n.multiplierFloor = 1;
        n.spotFloor = 1;
    }

    /// @notice Highest values that the statements are made for.
    function highest() internal pure returns (IRiskParameters.Numbers memory n) {
        uint32 unit = uint32(BASIS_POINTS);
        n.feeRate = uint32(RATE_UNIT);
        n.feeCap = uint32(RATE_UNIT);
        n.inverseScale = (1 << 34) - 1;
        n.initialFactor = 100 * unit;
        n.shortCharge = unit;
        n.buffer = unit;
        n.maxDiscount = unit - 1;
        n.maxPenalty = unit - 1;
        n.batchCap = 1 << 16;
        n.cutoff = type(uint96).max;
        n.decay = uint32(RATE_UNIT) - 1;
        n.step = (1 << 27) - 1;
        n.referenceVolatility = (1 << 17) - 1;
        n.factorCap = 16 * unit;
        n.upShock = 2 * unit;
        n.downShock = unit;
        n.shortPower = unit;
        n.longPower = unit;
        n.pivot = (1 << 27) - 1;
        n.timeFloor = (1 << 27) - 1;
        n.multiplierFloor = unit;
        n.spotFloor = unit;
    }

    /// @notice The numbers as words, in the order of the struct.
    function words(IRiskParameters.Numbers memory n) internal pure returns (uint256[NUMBERS] memory all) {
        // Each number of a struct in memory is a word.
        assembly ("memory-safe") {
            all := n
        }
    }

    /// @notice Reverts unless every number is within bounds and all of them together make sense.
    function requireSound(IRiskParameters.Numbers memory n, uint96[NUMBERS] memory low, uint96[NUMBERS] memory high) internal pure {
        uint256[NUMBERS] memory all = words(n);
        for (uint256 i = 0; i < NUMBERS; ++i) {
            if (all[i] < low[i] || all[i] > high[i]) revert IRiskParameters.OutOfBounds(i, low[i], high[i], all[i]);
        }
        uint256 costs = uint256(n.maxDiscount) + n.maxPenalty;
        if (costs >= BASIS_POINTS) revert IRiskParameters.CostsTooHigh(costs);
        if (n.timeFloor > n.pivot) revert IRiskParameters.FloorAbovePivot(n.pivot, n.timeFloor);
        uint256 square = uint256(n.referenceVolatility) * n.referenceVolatility;
        if ((square * n.step) << 36 < BASIS_POINTS * BASIS_POINTS * YEAR) revert IRiskParameters.NoReferenceVariance();
    }

    /// @notice Reverts unless every scenario is in its range.
    function requireSound(IRiskParameters.Scenario[] memory scenarios) internal pure {
        for (uint256 i = 0; i < scenarios.length; ++i) {
            IRiskParameters.Scenario memory s = scenarios[i];
            bool good = s.spot >= -9_999 && s.spot <= 200_000 && s.move <= 2 && s.weight >= 1 && s.weight <= BASIS_POINTS;
            if (!good) revert IRiskParameters.InvalidScenario(i);
        }
    }

    /// @notice spot + 2^20 | move 2^24 | scaled 2^27 | weight 2^32.
    function scenarioWord(IRiskParameters.Scenario memory s) internal pure returns (uint256) {
        // In its range, the spot's move with 2^20 is between 1 and 2^21.
        uint256 spot = uint256(int256(s.spot) + (1 << 20));
        return spot | (uint256(s.move) << 24) | (s.scaled ? 1 << 27 : 0) | (uint256(s.weight) << 32);
    }

    /// @notice up | -down 2^16 | short power 2^32 | long power 2^48 | multiplier floor 2^64 | spot floor 2^80 | pivot 2^96 | floor 2^128.
    function gridHeader(IRiskParameters.Numbers memory n) internal pure returns (uint256) {
        uint256 low = n.upShock | (uint256(n.downShock) << 16) | (uint256(n.shortPower) << 32) | (uint256(n.longPower) << 48);
        uint256 high = n.multiplierFloor | (uint256(n.spotFloor) << 16) | (uint256(n.pivot) << 32) | (uint256(n.timeFloor) << 64);
        return low | (high << 64);
    }

    /// @notice fold("grid" 2^64 + scenarios; header, scenario words): digest = H(digest, x, y, z), three elements at a time, 0 where there are none.
    function grid(uint256 table, IRiskParameters.Numbers memory n, IRiskParameters.Scenario[] memory scenarios)
        internal
        pure
        returns (uint256 digest)
    {
        uint256 count = scenarios.length;
        uint256[] memory elements = new uint256[](count + 3);
        elements[0] = gridHeader(n);
        for (uint256 i = 0; i < count; ++i) {
            elements[i + 1] = scenarioWord(scenarios[i]);
        }
        digest = (TAG_GRID << 64) + count;
        for (uint256 i = 0; i < count + 1; i += 3) {
            digest = Poseidon.hash(table, digest, elements[i], elements[i + 1], elements[i + 2]);
        }
    }

    /// @notice decay | step 2^32 | reference 2^64 | cap 2^96.
    function regimeWord(IRiskParameters.Numbers memory n) internal pure returns (uint256) {
        return n.decay | (uint256(n.step) << 32) | (uint256(n.referenceVolatility) << 64) | (uint256(n.factorCap) << 96);
    }

    /// @notice "liq" | buffer 2^32 | discount 2^64 | penalty 2^96 | cap 2^128.
    function liquidationWord(IRiskParameters.Numbers memory n) internal pure returns (uint256) {
        return TAG_LIQUIDATION | (uint256(n.buffer) << 32) | (uint256(n.maxDiscount) << 64) | (uint256(n.maxPenalty) << 96)
            | (uint256(n.batchCap) << 128);
    }

    /// @notice The parameters digest of statements S, M and L, and that of statement R.
    /// @param constants The contract with the constants of the hash.
    function digests(address constants, IRiskParameters.Numbers memory n, IRiskParameters.Scenario[] memory scenarios)
        internal
        view
        returns (uint256 parameters, uint256 riskParameters)
    {
        uint256 table = Poseidon.load(constants);
        uint256 regime = Poseidon.hash(table, regimeWord(n), 0, 0, 0);
        riskParameters = Poseidon.hash(table, grid(table, n, scenarios), regime, n.inverseScale, 0);
        uint256 liquidation = Poseidon.hash(table, liquidationWord(n), uint256(n.cutoff) + (1 << 127), 0, 0);
        uint256 margin = Poseidon.hash(table, riskParameters, n.initialFactor, n.shortCharge, liquidation);
        parameters = Poseidon.hash(table, n.feeRate, n.feeCap, n.inverseScale, margin);
    }
}
