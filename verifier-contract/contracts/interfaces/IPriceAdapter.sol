// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title A price that stands on chain, brought to the units of this repository
interface IPriceAdapter {
    /// @notice The source is not the one that the adapter was made for.
    error InvalidSource();
    /// @notice There is no price: none was ever given, or it is not positive.
    error NoPrice(int256 found);
    /// @notice The price is too old, or of the future.
    error StalePrice(uint256 time);
    /// @notice The source's exponent is out of the range that the adapter scales.
    error InvalidExponent(int256 found);
    /// @notice The confidence interval is wider than the adapter takes.
    error Uncertain(uint256 confidence);
    /// @notice The price is not between 1 and 2^63 - 1 units of 10^-6 quote.
    error PriceOutOfRange(uint256 found);

    /// @notice The price now. Reverts unless it is sound.
    /// @return price In 10^-6 quote, 1 to 2^63 - 1; rounded down.
    /// @return time When the source set it, Unix seconds.
    function read() external view returns (uint64 price, uint40 time);
}
