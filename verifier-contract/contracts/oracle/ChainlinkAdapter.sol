// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AggregatorV3Interface} from "../interfaces/AggregatorV3Interface.sol";
import {IPriceAdapter} from "../interfaces/IPriceAdapter.sol";
import {PriceScale} from "./PriceScale.sol";

/// @title A Chainlink feed as a feed of rounds
/// @dev On a rollup whose blocks one sequencer orders, a feed stands still while the sequencer does, and looks fresh by the clock of the
/// blocks. Chainlink says in a feed of its own whether the sequencer works: its answer is 0 while it does and 1 while it does not,
/// `startedAt` is when that began. An adapter with such a feed has no price while the sequencer stands, and for a while after.
contract ChainlinkAdapter is IPriceAdapter {
    /// @notice The sequencer stands, or nobody knows whether it does.
    error SequencerDown(int256 answer, uint256 since);
    /// @notice The sequencer works again, and not long enough: prices of before are still there.
    error SequencerJustBack(uint256 since, uint256 until);

    /// @notice The feed.
    AggregatorV3Interface public immutable source;
    /// @notice Decimal places of its answers.
    uint8 public immutable decimals;
    /// @notice Seconds that an answer may be old: the feed's heartbeat and some.
    uint32 public immutable maxAge;
    /// @notice Says whether the sequencer works; the zero address where there is none to ask.
    AggregatorV3Interface public immutable sequencer;
    /// @notice Seconds that the sequencer has to have worked; 0 where there is none to ask.
    uint32 public immutable grace;

    /// @param source_ The feed.
    /// @param maxAge_ Seconds that an answer may be old.
    /// @param sequencer_ Chainlink's uptime feed of the sequencer; the zero address on a chain without one.
    /// @param grace_ Seconds without prices after the sequencer has come back, at least 1: an hour is what Chainlink advises. 0 without a
    /// sequencer.
    constructor(AggregatorV3Interface source_, uint32 maxAge_, AggregatorV3Interface sequencer_, uint32 grace_) {
        source = source_;
        decimals = source_.decimals();
        maxAge = maxAge_;
        if (decimals > PriceScale.MOST_DECIMALS) revert InvalidExponent(int256(uint256(decimals)));
        if (maxAge_ == 0) revert InvalidSource();
        bool asked = address(sequencer_) != address(0);
        if (asked != (grace_ != 0) || (asked && address(sequencer_).code.length == 0)) revert InvalidSource();
        sequencer = sequencer_;
        grace = grace_;
    }

    /// @inheritdoc IPriceAdapter
    function read() external view returns (uint64 price, uint40 time) {
        if (address(sequencer) != address(0)) _requireSequencer();
        // Neither round numbers nor answeredInRound say anything about an answer's age; updatedAt does.
        // slither-disable-next-line unused-return
        (, int256 answer,, uint256 updatedAt,) = source.latestRoundData();
        if (answer <= 0) revert NoPrice(answer);
        time = PriceScale.fresh(updatedAt, maxAge);
        price = PriceScale.toPrice(uint256(answer), decimals);
    }

    /// @dev Reverts unless the sequencer works, and has for `grace` seconds. The feed speaks when something changes, so its answer's age says
    /// nothing; a `startedAt` of 0 is that of a feed that has not begun to speak.
    function _requireSequencer() private view {
        // slither-disable-next-line unused-return
        (, int256 answer, uint256 since,,) = sequencer.latestRoundData();
        if (answer != 0 || since == 0 || since > block.timestamp) revert SequencerDown(answer, since);
        if (block.timestamp - since < grace) revert SequencerJustBack(since, since + grace);
    }
}
