// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

interface IOracleAggregator {
    function settlementPrice(uint32 expiryMinutes, uint16 underlying) external view returns (uint64);
    function latestRound(uint16 underlying) external view returns (uint80 id, uint64 price, uint40 time, uint256 volatility);
    function round(uint16 underlying, uint80 id) external view returns (uint80, uint64 price, uint40 time, uint256 volatility);
}
