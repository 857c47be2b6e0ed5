// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {RateLimiter} from "@openzeppelin/contracts/utils/RateLimiter.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";
import {OracleMath} from "../oracle/OracleMath.sol";

/// @title Stops what depends on prices, for a time
/// @dev A jump is measured from the lowest and the highest price of the present span and of the one before it, spans beginning at
/// multiples of their length. So every move within one span's length trips, in one step or in many, and none over more than two does.
contract CircuitBreaker is ICircuitBreaker, AccessManaged {
    using RateLimiter for RateLimiter.RefillingBucket;

    /// @dev Prices of an underlying: extremes of the span of the last price, and of the one before (0: no price in it).
    struct Track {
        uint64 low;
        uint64 high;
        uint40 span;
        uint40 time;
        uint64 lowBefore;
        uint64 highBefore;
    }

    /// @notice Reason: a price of 0.
    bytes32 public constant ZERO_PRICE = "zero price";
    /// @notice Reason: a price moved too far too fast.
    bytes32 public constant PRICE_JUMP = "price jump";
    /// @notice Reason: the last price is too old.
    bytes32 public constant STALE_PRICE = "stale price";
    /// @notice Reason: more of a token would flow out than its limit leaves.
    bytes32 public constant OUTFLOW = "outflow";
    /// @dev A guardian's trip is over for so many times its duration before a guardian can trip again.
    uint40 private constant GUARDIAN_REST = 2;

    /// @notice Tripped before this moment, Unix seconds.
    uint40 public until;
    /// @notice When a guardian may trip next.
    uint40 public guardianFrom;
    Rules private _rules;
    mapping(uint16 underlying => Track) private _tracks;
    /// @dev A limiter of one key for each token, as tokens have limits of their own.
    mapping(address token => RateLimiter.RefillingBucket) private _outflows;

    /// @param authority_ The access manager.
    /// @param rules_ Rules to begin with.
    constructor(address authority_, Rules memory rules_) AccessManaged(authority_) {
        _setRules(rules_);
    }

    /// @inheritdoc ICircuitBreaker
    function onPrice(uint16 underlying, uint64 price, uint40 time) external restricted {
        if (price == 0) {
            _trip(ZERO_PRICE);
            return;
        }
        Rules memory limits = _rules;
        Track memory track = _tracks[underlying];
        uint40 span = time / limits.span;
        if (span != track.span) {
            bool next = span == track.span + 1;
            (track.lowBefore, track.highBefore) = next ? (track.low, track.high) : (0, 0);
            (track.low, track.high) = (price, price);
            track.span = span;
        }
        bool jumped = _far(price, track.low, limits.jump) || _far(price, track.high, limits.jump)
            || _far(price, track.lowBefore, limits.jump) || _far(price, track.highBefore, limits.jump);
        if (price < track.low) track.low = price;
        if (price > track.high) track.high = price;
        track.time = time;
        _tracks[underlying] = track;
        if (jumped) _trip(PRICE_JUMP);
        if (block.timestamp > uint256(time) + limits.staleAfter) _trip(STALE_PRICE);
    }

    /// @inheritdoc ICircuitBreaker
    function onOutflow(address token, uint256 amount) external restricted returns (bool allowed) {
        if (isTripped()) return false;
        if (_outflows[token].tryConsume(0, amount)) return true;
        _trip(OUTFLOW);
        return false;
    }

    /// @inheritdoc ICircuitBreaker
    function checkStale(uint16 underlying) external returns (bool stale) {
        uint256 time = _tracks[underlying].time;
        stale = time != 0 && block.timestamp > time + _rules.staleAfter;
        if (stale) _trip(STALE_PRICE);
    }

    /// @inheritdoc ICircuitBreaker
    function trip(bytes32 reason) external restricted {
        if (block.timestamp < guardianFrom) revert GuardianMustWait(guardianFrom);
        guardianFrom = SafeCast.toUint40(block.timestamp + uint256(_rules.duration) * (1 + GUARDIAN_REST));
        _trip(reason);
    }

    /// @inheritdoc ICircuitBreaker
    function reset() external restricted {
        until = 0;
        emit BreakerReset();
    }

    /// @inheritdoc ICircuitBreaker
    function forget(uint16 underlying) external restricted {
        delete _tracks[underlying];
        emit UnderlyingForgotten(underlying);
    }

    /// @inheritdoc ICircuitBreaker
    function setRules(Rules calldata newRules) external restricted {
        _setRules(newRules);
    }

    /// @inheritdoc ICircuitBreaker
    function setOutflowLimit(address token, uint208 capacity, uint48 period) external restricted {
        // What was used is brought up to now at the old rate.
        _outflows[token].sync(0);
        _outflows[token].updateSettings(period, capacity);
        emit OutflowLimitSet(token, capacity, period);
    }

    /// @inheritdoc ICircuitBreaker
    function isTripped() public view returns (bool) {
        return block.timestamp < until;
    }

    /// @inheritdoc ICircuitBreaker
    function requireUntripped() external view {
        if (isTripped()) revert Tripped(until);
    }

    /// @notice The rules in force.
    function rules() external view returns (Rules memory) {
        return _rules;
    }

    /// @notice How much of a token may flow out now without a trip.
    function available(address token) external view returns (uint256) {
        return _outflows[token].available(0);
    }

    /// @notice Time of the last price of an underlying; 0 for none.
    function lastPriceTime(uint16 underlying) external view returns (uint40) {
        return _tracks[underlying].time;
    }

    /// @dev Whether a price is too far from one before; none is 0.
    function _far(uint64 price, uint64 from, uint16 jump) private pure returns (bool) {
        return from != 0 && OracleMath.deviates(price, from, jump);
    }

    /// @dev A trip never ends sooner than one before it.
    function _trip(bytes32 reason) private {
        uint40 end = SafeCast.toUint40(block.timestamp + _rules.duration);
        if (end > until) until = end;
        emit BreakerTripped(reason, until);
    }

    function _setRules(Rules memory newRules) private {
        bool good = newRules.jump != 0 && newRules.jump < OracleMath.BASIS_POINTS && newRules.span != 0 && newRules.staleAfter != 0
            && newRules.duration >= 10 minutes && newRules.duration <= 7 days;
        if (!good) revert InvalidRules();
        _rules = newRules;
        emit RulesSet(newRules);
    }
}
