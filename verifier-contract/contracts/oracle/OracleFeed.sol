// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";
import {IOracleAggregator} from "../interfaces/IOracleAggregator.sol";

/// @title The rounds of one underlying as a Chainlink feed
/// @notice Answers have 6 decimal places. `startedAt` and `updatedAt` are the time of the round, `answeredInRound` is its number.
contract OracleFeed is AggregatorV3Interface {
    /// @notice There is no such round.
    error NoData(uint80 found);

    /// @notice Where the rounds are.
    IOracleAggregator public immutable aggregator;
    /// @notice What is priced.
    uint16 public immutable underlying;
    /// @inheritdoc AggregatorV3Interface
    uint8 public constant decimals = 6;
    /// @inheritdoc AggregatorV3Interface
    uint256 public constant version = 1;
    /// @inheritdoc AggregatorV3Interface
    string public description;

    /// @param aggregator_ Where the rounds are.
    /// @param underlying_ What is priced.
    /// @param description_ As "BTC / USD".
    constructor(IOracleAggregator aggregator_, uint16 underlying_, string memory description_) {
        aggregator = aggregator_;
        underlying = underlying_;
        description = description_;
    }

    /// @inheritdoc AggregatorV3Interface
    function getRoundData(uint80 roundId) public view returns (uint80, int256, uint256, uint256, uint80) {
        // Reverts where there is no such round. Volatilities and sums are not part of Chainlink's interface.
        // slither-disable-next-line unused-return
        (uint64 price, uint40 time,,) = aggregator.round(underlying, roundId);
        return (roundId, SafeCast.toInt256(price), time, time, roundId);
    }

    /// @inheritdoc AggregatorV3Interface
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        // slither-disable-next-line unused-return
        (uint80 id, uint64 price, uint40 time,) = aggregator.latestRound(underlying);
        if (id == 0) revert NoData(id);
        return (id, SafeCast.toInt256(price), time, time, id);
    }
}
