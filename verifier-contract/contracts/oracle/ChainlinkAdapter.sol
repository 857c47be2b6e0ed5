// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";
import {IPriceAdapter} from "../interfaces/IPriceAdapter.sol";
import {PriceScale} from "./PriceScale.sol";

/// @title A Chainlink feed as a feed of rounds
contract ChainlinkAdapter is IPriceAdapter {
    /// @notice The feed.
    AggregatorV3Interface public immutable source;
    /// @notice Decimal places of its answers.
    uint8 public immutable decimals;
    /// @notice Seconds that an answer may be old: the feed's heartbeat and some.
    uint32 public immutable maxAge;

    /// @param source_ The feed.
    /// @param maxAge_ Seconds that an answer may be old.
    constructor(AggregatorV3Interface source_, uint32 maxAge_) {
        source = source_;
        decimals = source_.decimals();
        maxAge = maxAge_;
        if (decimals > PriceScale.MOST_DECIMALS) revert InvalidExponent(int256(uint256(decimals)));
        if (maxAge_ == 0) revert InvalidSource();
    }

    /// @inheritdoc IPriceAdapter
    function read() external view returns (uint64 price, uint40 time) {
        // Neither round numbers nor answeredInRound say anything about an answer's age; updatedAt does.
        // slither-disable-next-line unused-return
        (, int256 answer,, uint256 updatedAt,) = source.latestRoundData();
        if (answer <= 0) revert NoPrice(answer);
        time = PriceScale.fresh(updatedAt, maxAge);
        price = PriceScale.toPrice(uint256(answer), decimals);
    }
}
