// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IOracleAggregator} from "../../../contracts/interfaces/IOracleAggregator.sol";
import {OracleBase} from "./OracleBase.sol";

/// @dev Settlement prices: the average over the window, once and for ever.
contract SettlementPriceTest is OracleBase {
    function _state() private view returns (IOracleAggregator.WindowState state) {
        (state,,) = oracle.window(EXPIRY, BTC);
    }

    function _wrongState(IOracleAggregator.WindowState found) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IOracleAggregator.WrongWindowState.selector, found);
    }

    function testAverageOfSteps() public {
        uint40 start = END - WINDOW;
        // The round before the window gives its price to the beginning of it.
        roundAt(1_000_000, start - 100);
        roundAt(1_000_009, start + 200);
        for (uint40 t = start + 500; t < END; t += 5 minutes) {
            roundAt(1_000_009, t);
        }
        check(_state() == IOracleAggregator.WindowState.Open, "open before a later round");
        vm.expectRevert(_wrongState(IOracleAggregator.WindowState.Open));
        oracle.finalize(EXPIRY, BTC);
        roundAt(5_000_000, END + 3);
        uint256 expected = (uint256(1_000_000) * 200 + uint256(1_000_009) * 1_600) / 1_800;
        vm.expectEmit(address(oracle));
        emit IOracleAggregator.PriceFinal(EXPIRY, BTC, uint64(expected), false);
        eq(oracle.finalize(EXPIRY, BTC), expected, "floor of the mean");
        eq(expected, 1_000_008, "rounded down from 1000008");
        eq(oracle.settlementPrice(EXPIRY, BTC), expected, "final");
        eq(oracle.settlementPrice(EXPIRY, 2), 0, "not of another underlying");
    }

    function testARoundAtTheExpiryCloses() public {
        fillWindow(1_000_000, 0);
        eq(oracle.finalize(EXPIRY, BTC), 1_000_000, "price");
    }

    function testLaterRoundsDoNotChangeIt() public {
        fillWindow(1_000_000, 1);
        uint256 id = vm.snapshotState();
        eq(oracle.finalize(EXPIRY, BTC), 1_000_000, "at once");
        vm.revertToState(id);
        for (uint40 t = 60; t < 1 hours; t += 60) {
            roundAt(2_000_000, END + t);
        }
        vm.prank(STRANGER);
        eq(oracle.finalize(EXPIRY, BTC), 1_000_000, "an hour later, by somebody else");
        eq(oracle.finalize(EXPIRY, BTC), 1_000_000, "again");
    }

    function testASilentOracleClosesByAge() public {
        for (uint40 t = END - WINDOW; t < END; t += 5 minutes) {
            roundAt(1_000_000, t);
        }
        vm.warp(END + oracle.AGE_LIMIT());
        check(_state() == IOracleAggregator.WindowState.Open, "a report of the window could still come");
        vm.warp(END + oracle.AGE_LIMIT() + 1);
        eq(oracle.finalize(EXPIRY, BTC), 1_000_000, "price");
    }

    function testTooFewRounds() public {
        for (uint40 t = END - WINDOW; t < END; t += 9 minutes) {
            roundAt(1_000_000, t);
        }
        roundAt(1_000_000, END + 1);
        check(_state() == IOracleAggregator.WindowState.Incomplete, "three rounds where five have to be");
        vm.expectRevert(_wrongState(IOracleAggregator.WindowState.Incomplete));
        oracle.finalize(EXPIRY, BTC);
    }

    /// @dev Rounds every minute, but for `gap` seconds from one at `from` before the expiry on.
    function _withGap(uint40 from, uint40 gap) private {
        for (uint40 t = END - WINDOW - 20 minutes; t < END; t += 60) {
            if (t <= END - from || t >= END - from + gap) roundAt(1_000_000, t);
        }
        roundAt(1_000_000, END + 20 minutes);
    }

    function testGaps() public {
        // At the beginning, across it, in the middle, at the end: ten minutes are the most.
        uint40[4] memory places = [uint40(WINDOW), WINDOW + 5 minutes, 20 minutes, 10 minutes];
        for (uint256 i = 0; i < places.length; ++i) {
            uint256 id = vm.snapshotState();
            _withGap(places[i], 10 minutes);
            check(_state() == IOracleAggregator.WindowState.Complete, "ten minutes");
            vm.revertToState(id);
            id = vm.snapshotState();
            _withGap(places[i] + (i == 3 ? 60 : 0), 11 minutes);
            check(_state() == IOracleAggregator.WindowState.Incomplete, "eleven minutes");
            vm.revertToState(id);
        }
        // Before the window a gap does not matter.
        _withGap(WINDOW + 12 minutes, 11 minutes);
        check(_state() == IOracleAggregator.WindowState.Complete, "before the window");
    }

    function testNoRoundBeforeTheWindow() public {
        for (uint40 t = END - WINDOW + 1; t < END; t += 60) {
            roundAt(1_000_000, t);
        }
        roundAt(1_000_000, END);
        check(_state() == IOracleAggregator.WindowState.Incomplete, "the beginning has no price");
    }

    function testExpiriesBeforeAnyWindow() public {
        roundAt(1_000_000, END);
        for (uint32 expiry = 0; expiry <= 30; expiry += 10) {
            (IOracleAggregator.WindowState state,,) = oracle.window(expiry, BTC);
            check(state == IOracleAggregator.WindowState.Incomplete, "no window");
        }
        (IOracleAggregator.WindowState last,,) = oracle.window(type(uint32).max, BTC);
        check(last == IOracleAggregator.WindowState.Open, "the last expiry of all");
    }

    // ------------------------------------------------------------------------------------------------------- recovery

    function testARecoveredPriceWaits() public {
        roundAt(1_000_000, END + 1);
        uint40 eta = oracle.proposePrice(EXPIRY, BTC, 999_999);
        eq(eta, END + 1 + RECOVERY, "eta");
        vm.warp(eta - 1);
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.TooEarly.selector, eta));
        oracle.executePrice(EXPIRY, BTC);
        vm.warp(eta);
        vm.expectEmit(address(oracle));
        emit IOracleAggregator.PriceFinal(EXPIRY, BTC, 999_999, true);
        vm.prank(STRANGER);
        oracle.executePrice(EXPIRY, BTC);
        eq(oracle.finalize(EXPIRY, BTC), 999_999, "final");
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.NoProposal.selector, EXPIRY, BTC));
        oracle.executePrice(EXPIRY, BTC);
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.AlreadyFinal.selector, EXPIRY, BTC));
        oracle.proposePrice(EXPIRY, BTC, 1);
    }

    function testNoProposalWhereAPriceFollowsOrCanFollow() public {
        vm.expectRevert(_wrongState(IOracleAggregator.WindowState.Open));
        oracle.proposePrice(EXPIRY, BTC, 1);
        fillWindow(1_000_000, 1);
        vm.expectRevert(_wrongState(IOracleAggregator.WindowState.Complete));
        oracle.proposePrice(EXPIRY, BTC, 1);
    }

    function testProposalsAreCancelledBeforeAnother() public {
        roundAt(1_000_000, END + 1);
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.NoProposal.selector, EXPIRY, BTC));
        oracle.cancelPrice(EXPIRY, BTC);
        oracle.proposePrice(EXPIRY, BTC, 5);
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.AlreadyProposed.selector, EXPIRY, BTC));
        oracle.proposePrice(EXPIRY, BTC, 6);
        oracle.cancelPrice(EXPIRY, BTC);
        (uint64 none,) = oracle.proposedPrice(EXPIRY, BTC);
        eq(none, 0, "cancelled");
        uint40 eta = oracle.proposePrice(EXPIRY, BTC, 6);
        (uint64 price, uint40 found) = oracle.proposedPrice(EXPIRY, BTC);
        eq(price, 6, "the new one");
        eq(found, eta, "its eta");
        uint64[2] memory wrong = [uint64(0), 1 << 63];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.InvalidPrice.selector, wrong[i]));
            oracle.proposePrice(EXPIRY, BTC, wrong[i]);
        }
    }

    // ----------------------------------------------------------------------------------------------------------- fuzz

    /// @dev The average against a sum over every second of the window.
    /// forge-config: default.fuzz.runs = 64
    function testFuzzAverage(uint256 seed) public {
        uint256[] memory times = new uint256[](40);
        uint256[] memory prices = new uint256[](40);
        uint256 count = 0;
        uint40 t = END - WINDOW - uint40(seed % 300);
        while (t < END) {
            seed = uint256(keccak256(abi.encode(seed)));
            (times[count], prices[count]) = (t, 1_000_000 + (seed >> 128) % 50_000);
            roundAt(uint64(prices[count]), t);
            ++count;
            t += uint40(90 + seed % 180);
        }
        roundAt(1, END + uint40(seed % 100));
        uint256 sum = 0;
        uint256 at = 0;
        for (uint256 second = END - WINDOW; second < END; ++second) {
            while (at + 1 < count && times[at + 1] <= second) ++at;
            sum += prices[at];
        }
        eq(oracle.finalize(EXPIRY, BTC), sum / WINDOW, "mean of the seconds");
    }

    /// @dev Whoever asks whenever after the window is closed, whatever the rules have become, gets the same price.
    function testFuzzIndependentOfTheCall(address caller, uint32 wait, uint8 quorum, uint64 later) public {
        vm.assume(caller != address(0));
        fillWindow(1_234_567, 7);
        roundAt(uint64(bound(later, 1, (1 << 63) - 1)), END + 60);
        oracle.setRules(IOracleAggregator.RoundRules(uint8(bound(quorum, 3, 255)), 2_000, 3_600, 0));
        vm.warp(END + 60 + uint256(wait));
        vm.prank(caller);
        eq(oracle.finalize(EXPIRY, BTC), 1_234_567, "price");
    }
}
