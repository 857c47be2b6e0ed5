// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IOracleAggregator} from "../../../contracts/interfaces/IOracleAggregator.sol";

/// @dev Prices and rounds as the test sets them.
contract MockOracle {
    struct Round {
        uint64 price;
        uint40 time;
        uint256 volatility;
    }

    mapping(uint32 => mapping(uint16 => uint64)) public settlementPrice;
    mapping(uint16 => mapping(uint80 => Round)) private _rounds;

    function setPrice(uint32 expiry, uint16 underlying, uint64 price) external {
        settlementPrice[expiry][underlying] = price;
    }

    function setRound(uint16 underlying, uint80 id, uint64 price, uint40 time, uint256 volatility) external {
        _rounds[underlying][id] = Round(price, time, volatility);
    }

    function round(uint16 underlying, uint80 id) external view returns (uint64, uint40, uint256, uint104) {
        Round memory found = _rounds[underlying][id];
        if (found.time == 0) revert IOracleAggregator.UnknownRound(underlying, id);
        return (found.price, found.time, found.volatility, 0);
    }
}

contract MockBreaker {
    bool public isTripped;
    /// @dev An outflow above it trips.
    uint256 public limit = type(uint256).max;
    uint256 public outflow;

    function set(bool tripped) external {
        isTripped = tripped;
    }

    function setLimit(uint256 limit_) external {
        limit = limit_;
    }

    function onOutflow(address, uint256 amount) external returns (bool) {
        if (isTripped || amount > limit) {
            isTripped = true;
            return false;
        }
        outflow += amount;
        return true;
    }
}

contract MockParameters {
    uint64 private _version = 1;
    uint256 private _parameters = 1234;
    uint256 private _risk = 4321;

    function set(uint256 parameters, uint256 risk) external {
        (_version, _parameters, _risk) = (_version + 1, parameters, risk);
    }

    function current() external view returns (uint64, uint256, uint256) {
        return (_version, _parameters, _risk);
    }
}
