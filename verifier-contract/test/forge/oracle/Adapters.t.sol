// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AggregatorV3Interface} from "../../../contracts/interfaces/AggregatorV3Interface.sol";
import {IOracleAggregator} from "../../../contracts/interfaces/IOracleAggregator.sol";
import {IPriceAdapter} from "../../../contracts/interfaces/IPriceAdapter.sol";
import {IPyth} from "../../../contracts/interfaces/IPyth.sol";
import {ChainlinkAdapter} from "../../../contracts/oracle/ChainlinkAdapter.sol";
import {OracleFeed} from "../../../contracts/oracle/OracleFeed.sol";
import {PythAdapter} from "../../../contracts/oracle/PythAdapter.sol";
import {OracleBase} from "./OracleBase.sol";

/// @dev A Chainlink feed and a Pyth contract that say what they are told.
contract FakeSource {
    uint8 public decimals = 8;
    int256 public answer;
    uint256 public time;
    IPyth.Price private _price;

    function setDecimals(uint8 decimals_) external {
        decimals = decimals_;
    }

    function setAnswer(int256 answer_, uint256 time_) external {
        (answer, time) = (answer_, time_);
    }

    function setPyth(int64 price, uint64 conf, int32 expo, uint256 publishTime) external {
        _price = IPyth.Price(price, conf, expo, publishTime);
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (5, answer, time, time, 1);
    }

    function getPriceUnsafe(bytes32 id) external view returns (IPyth.Price memory) {
        require(id == bytes32(uint256(1)), "another feed");
        return _price;
    }
}

/// @dev An uptime feed of a sequencer.
contract FakeSequencer {
    int256 public answer;
    uint256 public since;
    bool public broken;

    function set(int256 answer_, uint256 since_, bool broken_) external {
        (answer, since, broken) = (answer_, since_, broken_);
    }

    /// @dev The time of the last update is long ago: it says nothing.
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        require(!broken, "No data present");
        return (7, answer, since, 1, 7);
    }
}

contract AdaptersTest is OracleBase {
    AggregatorV3Interface private constant NO_SEQUENCER = AggregatorV3Interface(address(0));

    FakeSource private source;
    uint256 private now_;

    function setUp() public override {
        super.setUp();
        source = new FakeSource();
        now_ = block.timestamp;
    }

    function _chainlink(uint8 decimals) private returns (ChainlinkAdapter) {
        source.setDecimals(decimals);
        return new ChainlinkAdapter(AggregatorV3Interface(address(source)), 3_600, NO_SEQUENCER, 0);
    }

    function _pyth() private returns (PythAdapter) {
        return new PythAdapter(IPyth(address(source)), bytes32(uint256(1)), 60, 50);
    }

    function _refuses(IPriceAdapter adapter, bytes memory error) private {
        vm.expectRevert(error);
        adapter.read();
    }

    function testChainlinkScales() public {
        uint8[5] memory decimals = [uint8(0), 6, 8, 18, 36];
        for (uint256 i = 0; i < decimals.length; ++i) {
            ChainlinkAdapter adapter = _chainlink(decimals[i]);
            source.setAnswer(int256(20_000 * 10 ** decimals[i]), now_);
            (uint64 price, uint40 time) = adapter.read();
            eq(price, 20_000_000_000, "20000 in 10^-6");
            eq(time, now_, "time");
        }
        ChainlinkAdapter down = _chainlink(8);
        source.setAnswer(199, now_);
        (uint64 floor,) = down.read();
        eq(floor, 1, "rounded down");
    }

    function testChainlinkRefuses() public {
        ChainlinkAdapter adapter = _chainlink(8);
        source.setAnswer(0, now_);
        _refuses(adapter, abi.encodeWithSelector(IPriceAdapter.NoPrice.selector, 0));
        source.setAnswer(-1, now_);
        _refuses(adapter, abi.encodeWithSelector(IPriceAdapter.NoPrice.selector, -1));
        uint256[3] memory wrong = [uint256(0), now_ + 1, now_ - 3_601];
        for (uint256 i = 0; i < wrong.length; ++i) {
            source.setAnswer(1e8, wrong[i]);
            _refuses(adapter, abi.encodeWithSelector(IPriceAdapter.StalePrice.selector, wrong[i]));
        }
        source.setAnswer(1e8, now_ - 3_600);
        adapter.read();
        source.setAnswer(99, now_);
        _refuses(adapter, abi.encodeWithSelector(IPriceAdapter.PriceOutOfRange.selector, 0));
        source.setAnswer(int256(uint256(1 << 63) * 100), now_);
        _refuses(adapter, abi.encodeWithSelector(IPriceAdapter.PriceOutOfRange.selector, 1 << 63));
        ChainlinkAdapter whole = _chainlink(0);
        source.setAnswer(type(int256).max, now_);
        _refuses(whole, abi.encodeWithSelector(IPriceAdapter.PriceOutOfRange.selector, type(int256).max));
        source.setDecimals(37);
        vm.expectRevert(abi.encodeWithSelector(IPriceAdapter.InvalidExponent.selector, 37));
        new ChainlinkAdapter(AggregatorV3Interface(address(source)), 1, NO_SEQUENCER, 0);
        source.setDecimals(8);
        vm.expectRevert(IPriceAdapter.InvalidSource.selector);
        new ChainlinkAdapter(AggregatorV3Interface(address(source)), 0, NO_SEQUENCER, 0);
    }

    function testSequencer() public {
        FakeSequencer uptime = new FakeSequencer();
        source.setDecimals(8);
        source.setAnswer(20_000e8, now_);
        ChainlinkAdapter adapter =
            new ChainlinkAdapter(AggregatorV3Interface(address(source)), 3_600, AggregatorV3Interface(address(uptime)), 600);
        // Down, for however long; an answer that there is none of; a feed that has not begun; one of the future.
        int256[4] memory answers = [int256(1), 2, -1, type(int256).min];
        for (uint256 i = 0; i < answers.length; ++i) {
            uptime.set(answers[i], now_ - 1 days, false);
            _refuses(adapter, abi.encodeWithSelector(ChainlinkAdapter.SequencerDown.selector, answers[i], now_ - 1 days));
        }
        uint256[3] memory times = [uint256(0), now_ + 1, type(uint256).max];
        for (uint256 i = 0; i < times.length; ++i) {
            uptime.set(0, times[i], false);
            _refuses(adapter, abi.encodeWithSelector(ChainlinkAdapter.SequencerDown.selector, 0, times[i]));
        }
        // Back: to the second.
        uint256[2] memory back = [now_, now_ - 599];
        for (uint256 i = 0; i < back.length; ++i) {
            uptime.set(0, back[i], false);
            _refuses(adapter, abi.encodeWithSelector(ChainlinkAdapter.SequencerJustBack.selector, back[i], back[i] + 600));
        }
        uptime.set(0, now_ - 600, false);
        (uint64 price,) = adapter.read();
        eq(price, 20_000e6, "after the grace period");
        uptime.set(0, now_ - 600, true);
        _refuses(adapter, abi.encodeWithSignature("Error(string)", "No data present"));
        // The rules of the answer itself hold as before.
        uptime.set(0, now_ - 600, false);
        source.setAnswer(20_000e8, now_ - 3_601);
        _refuses(adapter, abi.encodeWithSelector(IPriceAdapter.StalePrice.selector, now_ - 3_601));
    }

    /// @dev A price of before the sequencer stood is out of rounds until the grace period is over, and rounds go on without it.
    function testRoundsWithoutTheSequencer() public {
        FakeSequencer uptime = new FakeSequencer();
        source.setDecimals(8);
        ChainlinkAdapter adapter =
            new ChainlinkAdapter(AggregatorV3Interface(address(source)), 3_600, AggregatorV3Interface(address(uptime)), 600);
        oracle.setFeed(BTC, address(adapter), IOracleAggregator.FeedKind.Adapter);
        source.setAnswer(20_010e8, now_);
        uptime.set(0, now_ - 1, false);
        vm.expectEmit(address(oracle));
        emit IOracleAggregator.AdapterSkipped(BTC, 1, address(adapter));
        submit(three(20_000e6, 20_000e6, 20_040e6), uint40(now_));
        eq(priceOf(1), 20_000e6, "of the three signers");
        vm.warp(now_ + 599);
        submit(three(20_000e6, 20_000e6, 20_040e6), uint40(now_ + 599));
        eq(priceOf(2), 20_005e6, "with the adapter");
    }

    function testSequencerAndGraceBelongTogether() public {
        AggregatorV3Interface feed = AggregatorV3Interface(address(source));
        AggregatorV3Interface[3] memory sequencers = [NO_SEQUENCER, feed, AggregatorV3Interface(STRANGER)];
        uint32[3] memory graces = [uint32(1), 0, 600];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(IPriceAdapter.InvalidSource.selector);
            new ChainlinkAdapter(feed, 60, sequencers[i], graces[i]);
        }
        ChainlinkAdapter adapter = new ChainlinkAdapter(feed, 60, feed, 600);
        eq(address(adapter.sequencer()), address(source), "sequencer");
        eq(adapter.grace(), 600, "grace");
    }

    function testFuzzSequencer(int256 answer, uint256 since) public {
        FakeSequencer uptime = new FakeSequencer();
        source.setDecimals(8);
        source.setAnswer(20_000e8, now_);
        ChainlinkAdapter adapter =
            new ChainlinkAdapter(AggregatorV3Interface(address(source)), 3_600, AggregatorV3Interface(address(uptime)), 600);
        answer = answer % 3;
        since = bound(since, now_ - 1_200, now_ + 600);
        uptime.set(answer, since, false);
        bool works = false;
        try adapter.read() {
            works = true;
        } catch {}
        eq(works, answer == 0 && since + 600 <= now_, "works");
    }

    function testPythScales() public {
        PythAdapter adapter = _pyth();
        source.setPyth(2_000_000_000_000, 0, -8, now_ - 60);
        (uint64 price, uint40 time) = adapter.read();
        eq(price, 20_000_000_000, "20000 in 10^-6");
        eq(time, now_ - 60, "time");
        source.setPyth(20_000, 100, 0, now_);
        (price,) = adapter.read();
        eq(price, 20_000_000_000, "a confidence of exactly half a per cent");
    }

    function testPythRefuses() public {
        PythAdapter adapter = _pyth();
        source.setPyth(20_000, 101, 0, now_);
        _refuses(adapter, abi.encodeWithSelector(IPriceAdapter.Uncertain.selector, 101));
        source.setPyth(20_000, type(uint64).max, 0, now_);
        _refuses(adapter, abi.encodeWithSelector(IPriceAdapter.Uncertain.selector, type(uint64).max));
        source.setPyth(0, 0, 0, now_);
        _refuses(adapter, abi.encodeWithSelector(IPriceAdapter.NoPrice.selector, 0));
        source.setPyth(-5, 0, 0, now_);
        _refuses(adapter, abi.encodeWithSelector(IPriceAdapter.NoPrice.selector, -5));
        int32[2] memory exponents = [int32(1), -37];
        for (uint256 i = 0; i < 2; ++i) {
            source.setPyth(5, 0, exponents[i], now_);
            _refuses(adapter, abi.encodeWithSelector(IPriceAdapter.InvalidExponent.selector, exponents[i]));
        }
        source.setPyth(20_000, 0, 0, now_ - 61);
        _refuses(adapter, abi.encodeWithSelector(IPriceAdapter.StalePrice.selector, now_ - 61));
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectRevert(IPriceAdapter.InvalidSource.selector);
            new PythAdapter(
                IPyth(i == 0 ? address(0) : address(source)), i == 1 ? bytes32(0) : bytes32(uint256(1)), i == 2 ? 0 : 60, i == 3 ? 0 : 50
            );
        }
    }

    /// @dev Both enter a round; one that goes stale drops out of it and stops nothing.
    function testAdaptersInRounds() public {
        ChainlinkAdapter chainlink = _chainlink(8);
        PythAdapter pyth = _pyth();
        oracle.setFeed(BTC, address(chainlink), IOracleAggregator.FeedKind.Adapter);
        oracle.setFeed(BTC, address(pyth), IOracleAggregator.FeedKind.Adapter);
        source.setAnswer(20_010e8, now_);
        source.setPyth(20_020e8, 0, -8, now_);
        submit(three(20_000e6, 20_030e6, 20_040e6), uint40(now_));
        eq(priceOf(1), 20_020e6, "median of five");
        vm.warp(now_ + 61);
        vm.expectEmit(address(oracle));
        emit IOracleAggregator.AdapterSkipped(BTC, 2, address(pyth));
        submit(three(20_000e6, 20_030e6, 20_040e6), uint40(now_ + 61));
        eq(priceOf(2), 20_020e6, "mean of the two in the middle of four");
    }

    function testRoundsAsAChainlinkFeed() public {
        OracleFeed feed = new OracleFeed(oracle, BTC, "BTC / USD");
        vm.expectRevert(abi.encodeWithSelector(OracleFeed.NoData.selector, 0));
        feed.latestRoundData();
        roundAt(20_000e6, uint40(now_));
        roundAt(20_100e6, uint40(now_ + 60));
        (uint80 id, int256 answer, uint256 started, uint256 updated, uint80 answered) = feed.latestRoundData();
        eq(id, 2, "number");
        eq(answered, 2, "answered in it");
        eq(uint256(answer), 20_100e6, "answer");
        eq(started, now_ + 60, "started");
        eq(updated, now_ + 60, "updated");
        (id, answer,,,) = feed.getRoundData(1);
        eq(uint256(answer), 20_000e6, "the first one");
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.UnknownRound.selector, BTC, 3));
        feed.getRoundData(3);
        eq(feed.decimals(), 6, "decimals");
        eq(keccak256(bytes(feed.description())), keccak256("BTC / USD"), "description");
        // The view is as good a source as any.
        ChainlinkAdapter adapter = new ChainlinkAdapter(feed, 60, NO_SEQUENCER, 0);
        (uint64 price,) = adapter.read();
        eq(price, 20_100e6, "through an adapter");
    }

    function testFuzzChainlink(int256 answer, uint8 decimals, uint256 time) public {
        ChainlinkAdapter adapter = _chainlink(uint8(bound(decimals, 0, 36)));
        source.setAnswer(answer, bound(time, now_ - 4_000, now_ + 10));
        try adapter.read() returns (uint64 price, uint40 at) {
            check(price > 0 && price < 1 << 63 && answer > 0, "range");
            check(at <= now_ && at + 3_600 >= now_, "age");
            uint256 d = adapter.decimals();
            if (d >= 6) eq(price, uint256(answer) / 10 ** (d - 6), "floor");
            else eq(price, uint256(answer) * 10 ** (6 - d), "exact");
        } catch {}
    }

    function testFuzzPyth(int64 price, uint64 conf, int32 expo, uint256 time) public {
        PythAdapter adapter = _pyth();
        source.setPyth(price, conf, int32(int256(bound(uint32(expo), 0, 40))) - 38, bound(time, now_ - 70, now_ + 5));
        try adapter.read() returns (uint64 found, uint40 at) {
            check(found > 0 && found < 1 << 63 && price > 0, "range");
            check(uint256(conf) * 200 <= uint64(price), "confidence");
            check(at <= now_ && at + 60 >= now_, "age");
        } catch {}
    }
}
