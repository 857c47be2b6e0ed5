// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {ICircuitBreaker} from "../../../contracts/interfaces/ICircuitBreaker.sol";
import {IOracleAggregator} from "../../../contracts/interfaces/IOracleAggregator.sol";
import {IRiskParameters} from "../../../contracts/interfaces/IRiskParameters.sol";

/// @dev Prices and rounds as the test sets them.
contract MockOracle is IOracleAggregator {
    struct Round {
        uint64 price;
        uint40 time;
        uint256 volatility;
    }

    mapping(uint32 => mapping(uint16 => uint64)) public settlementPrice;
    mapping(uint16 => mapping(uint80 => Round)) private _rounds;
    mapping(uint16 => uint80) private _latest;

    function setPrice(uint32 expiry, uint16 underlying, uint64 price) external {
        settlementPrice[expiry][underlying] = price;
    }

    function setRound(uint16 underlying, uint80 id, uint64 price, uint40 time, uint256 volatility) external {
        _rounds[underlying][id] = Round(price, time, volatility);
        _latest[underlying] = id;
    }

    function latestRound(uint16 underlying) external view returns (uint80, uint64, uint40, uint256) {
        return round(underlying, _latest[underlying]);
    }

    function round(uint16 underlying, uint80 id) public view returns (uint80, uint64, uint40, uint256) {
        Round memory found = _rounds[underlying][id];
        return (id, found.price, found.time, found.volatility);
    }
}

contract MockBreaker is ICircuitBreaker {
    error Tripped();

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

    function requireUntripped() external view {
        if (isTripped) revert Tripped();
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

contract MockParameters is IRiskParameters {
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
