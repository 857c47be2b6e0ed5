// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IPriceAdapter} from "../interfaces/IPriceAdapter.sol";
import {OracleMath} from "./OracleMath.sol";

/// @title What the adapters share
library PriceScale {
    /// @dev Decimal places of prices here.
    uint256 private constant DECIMALS = 6;
    /// @notice Most decimal places of a source.
    uint256 internal constant MOST_DECIMALS = 36;

    /// @notice A positive number of so many decimal places as a price, rounded down. Reverts unless it is in range.
    /// @param found At most 2^255.
    /// @param decimals At most 36.
    function toPrice(uint256 found, uint256 decimals) internal pure returns (uint64) {
        uint256 price = decimals >= DECIMALS ? found / 10 ** (decimals - DECIMALS) : found;
        if (decimals < DECIMALS) {
            // Compared before the product, which is below 2^63 * 10^6 then.
            if (found >= OracleMath.PRICE_BOUND) revert IPriceAdapter.PriceOutOfRange(found);
            price = found * 10 ** (DECIMALS - decimals);
        }
        if (!OracleMath.inRange(price)) revert IPriceAdapter.PriceOutOfRange(price);
        return uint64(price);
    }

    /// @notice A time that is not of the future and at most so many seconds old. Reverts unless it is.
    function fresh(uint256 time, uint256 maxAge) internal view returns (uint40) {
        // At the Unix epoch nothing was ever set.
        if (time == 0 || time > block.timestamp || block.timestamp - time > maxAge) revert IPriceAdapter.StalePrice(time);
        return uint40(time);
    }
}
