// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title The part of Pyth's interface that an adapter reads, as its contracts declare it
interface IPyth {
    /// @notice A price with its confidence interval: price ± conf, both times 10^expo.
    struct Price {
        int64 price;
        uint64 conf;
        int32 expo;
        uint256 publishTime;
    }

    /// @notice The last price of a feed, however old. Reverts where there is none.
    function getPriceUnsafe(bytes32 id) external view returns (Price memory price);
}
