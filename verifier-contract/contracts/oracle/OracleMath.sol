// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Arithmetic of rounds and windows
/// @dev Prices are below 2^63 and times below 2^40, so every product here is far from 2^256.
library OracleMath {
    /// @notice Prices are below this, and above 0.
    uint256 internal constant PRICE_BOUND = 1 << 63;
    /// @notice Deviations count 10^-4.
    uint256 internal constant BASIS_POINTS = 10_000;

    /// @notice Whether a price is between 1 and 2^63 - 1.
    function inRange(uint256 price) internal pure returns (bool) {
        return price != 0 && price < PRICE_BOUND;
    }

    /// @notice The median of one or more prices; the mean of the two in the middle, rounded down, of an even number. Sorts in place.
    function median(uint256[] memory prices) internal pure returns (uint64) {
        // It returns the array that it sorted.
        // slither-disable-next-line unused-return
        Arrays.sort(prices);
        uint256 middle = prices.length / 2;
        // A mean of prices is below 2^63.
        if (prices.length % 2 == 1) return uint64(prices[middle]);
        return uint64(Math.average(prices[middle - 1], prices[middle]));
    }

    /// @notice Whether a price is farther from the median than so many 10^-4 of it; exactly so many is not.
    function deviates(uint256 price, uint256 middle, uint256 deviation) internal pure returns (bool) {
        uint256 distance = price > middle ? price - middle : middle - price;
        return distance * BASIS_POINTS > deviation * middle;
    }

    /// @notice Price times seconds up to a time, from the sum at an earlier one since when the price did not change.
    function advance(uint104 cumulative, uint64 price, uint40 from, uint40 to) internal pure returns (uint104) {
        // Below 2^63 * 2^40 at any time below 2^40.
        return cumulative + uint104(price) * (to - from);
    }

    /// @notice The mean price between two sums, rounded down.
    function average(uint104 first, uint104 last, uint32 seconds_) internal pure returns (uint64) {
        // A mean of prices is below 2^63.
        return uint64((last - first) / seconds_);
    }
}
