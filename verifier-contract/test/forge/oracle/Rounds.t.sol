// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Roles} from "../../../contracts/governance/Roles.sol";
import {IOracleAggregator} from "../../../contracts/interfaces/IOracleAggregator.sol";
import {OracleAggregator} from "../../../contracts/oracle/OracleAggregator.sol";
import {FakeAdapter, OracleBase} from "./OracleBase.sol";

/// @dev What makes a round, and what does not.
contract RoundsTest is OracleBase {
    uint40 private constant T = END - 1 days;
    uint256 private constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

    function setUp() public override {
        super.setUp();
        vm.warp(T);
    }

    function _refused(IOracleAggregator.Report[] memory reports, bytes[] memory signatures, bytes memory error) private {
        vm.expectRevert(error);
        oracle.submitRound(BTC, reports, signatures);
    }

    function testMedianOfThree() public {
        vm.expectEmit(address(oracle));
        emit IOracleAggregator.RoundSubmitted(BTC, 1, 20_100_000_000, T, 7, 3, 0);
        eq(submit(three(20_150_000_000, 20_000_000_000, 20_100_000_000), T), 1, "number");
        (uint80 id, uint64 price, uint40 time, uint256 volatility) = oracle.latestRound(BTC);
        eq(id, 1, "number");
        eq(price, 20_100_000_000, "price");
        eq(time, T, "time");
        eq(volatility, 7, "volatility");
        eq(breaker.lastPriceTime(BTC), T, "the breaker heard of it");
    }

    function testMedianOfFourIsTheMeanRoundedDown() public {
        uint64[] memory prices = new uint64[](4);
        (prices[0], prices[1], prices[2], prices[3]) = (1_000_003, 1_000_000, 1_000_001, 1_000_004);
        submit(prices, T);
        eq(priceOf(1), 1_000_002, "floor of 1000001 and 1000003");
        (prices[0], prices[1], prices[2], prices[3]) = (1_000_004, 1_000_000, 1_000_001, 1_000_005);
        vm.warp(T + 1);
        submit(prices, T + 1);
        eq(priceOf(2), 1_000_002, "floor of 1000001 and 1000004");
    }

    function testTimeIsThatOfTheLatestReport() public {
        IOracleAggregator.Report[] memory reports = reportsOf(three(100, 100, 100), T);
        reports[0].observedAt = T - 30;
        reports[2].observedAt = T - 1;
        oracle.submitRound(BTC, reports, signed(reports));
        (, uint40 time,,) = oracle.round(BTC, 1);
        eq(time, T, "time");
    }

    function testDroppedReportsDoNotSetTheTime() public {
        uint64[] memory prices = new uint64[](4);
        (prices[0], prices[1], prices[2], prices[3]) = (10_000, 10_000, 10_000, 20_000);
        IOracleAggregator.Report[] memory reports = reportsOf(prices, T - 5);
        reports[3].observedAt = T;
        vm.expectEmit(address(oracle));
        emit IOracleAggregator.FeedDropped(BTC, 1, signers[3], 20_000, 10_000);
        oracle.submitRound(BTC, reports, signed(reports));
        (, uint40 time,,) = oracle.round(BTC, 1);
        eq(time, T - 5, "time");
    }

    function testDeviationIsExact() public {
        uint64[] memory prices = new uint64[](4);
        // 1 % of 10000 is 100: at it a feed stays, one further it is dropped.
        (prices[0], prices[1], prices[2], prices[3]) = (10_000, 10_000, 10_000, 10_100);
        submit(prices, T);
        prices[3] = 10_101;
        vm.warp(T + 1);
        vm.expectEmit(address(oracle));
        emit IOracleAggregator.FeedDropped(BTC, 2, signers[3], 10_101, 10_000);
        submit(prices, T + 1);
        prices[3] = 9_900;
        vm.warp(T + 2);
        submit(prices, T + 2);
        prices[3] = 9_899;
        vm.warp(T + 3);
        vm.expectEmit(address(oracle));
        emit IOracleAggregator.FeedDropped(BTC, 4, signers[3], 9_899, 10_000);
        submit(prices, T + 3);
    }

    function testTheMedianIsTakenAgainAfterTheDrop() public {
        uint64[] memory prices = new uint64[](5);
        (prices[0], prices[1], prices[2], prices[3], prices[4]) = (10_000, 10_010, 10_020, 12_000, 12_000);
        submit(prices, T);
        eq(priceOf(1), 10_010, "of the three that are left");
    }

    function testQuorumHoldsAfterTheDrop() public {
        IOracleAggregator.Report[] memory reports = reportsOf(three(10_000, 10_000, 12_000), T);
        _refused(reports, signed(reports), abi.encodeWithSelector(IOracleAggregator.NoQuorum.selector, 3, 2));
    }

    function testQuorumBefore() public {
        IOracleAggregator.Report[] memory reports = new IOracleAggregator.Report[](2);
        (reports[0], reports[1]) = (report(1, T), report(1, T));
        _refused(reports, signed(reports), abi.encodeWithSelector(IOracleAggregator.NoQuorum.selector, 3, 2));
        reports = new IOracleAggregator.Report[](0);
        _refused(reports, signed(reports), abi.encodeWithSelector(IOracleAggregator.NoQuorum.selector, 3, 0));
    }

    function testOneSignatureForEachReport() public {
        IOracleAggregator.Report[] memory reports = reportsOf(three(1, 1, 1), T);
        _refused(reports, new bytes[](2), abi.encodeWithSelector(IOracleAggregator.LengthMismatch.selector, 3, 2));
    }

    function testSignersIncrease() public {
        IOracleAggregator.Report[] memory reports = reportsOf(three(1, 1, 1), T);
        bytes[] memory signatures = signed(reports);
        (signatures[0], signatures[1]) = (signatures[1], signatures[0]);
        bytes4 error = IOracleAggregator.SignersNotIncreasing.selector;
        _refused(reports, signatures, abi.encodeWithSelector(error, signers[1], signers[0]));
        // One signer twice is no quorum of three.
        signatures[0] = signatures[1];
        _refused(reports, signatures, abi.encodeWithSelector(error, signers[0], signers[0]));
    }

    function testSignersAreRegistered() public {
        IOracleAggregator.Report[] memory reports = reportsOf(three(1, 1, 1), T);
        bytes[] memory signatures = signed(reports);
        oracle.setFeed(BTC, signers[1], IOracleAggregator.FeedKind.None);
        _refused(reports, signatures, abi.encodeWithSelector(IOracleAggregator.UnknownSigner.selector, signers[1]));
        // Registered for BTC is not registered for another underlying.
        for (uint256 i = 0; i < 3; ++i) {
            reports[i].underlying = 2;
        }
        signatures = signed(reports);
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.UnknownSigner.selector, signers[0]));
        oracle.submitRound(2, reports, signatures);
    }

    function testSignaturesAreOfThisContractChainAndReport() public {
        IOracleAggregator.Report[] memory reports = reportsOf(three(1, 1, 1), T);
        bytes[] memory signatures = signed(reports);
        OracleAggregator other = new OracleAggregator(address(manager), windowRules(), roundRules(), RECOVERY);
        vm.expectRevert();
        other.submitRound(BTC, reports, signatures);
        vm.chainId(2);
        vm.expectRevert();
        oracle.submitRound(BTC, reports, signatures);
        vm.chainId(31337);
        reports[0].price = 2;
        vm.expectRevert();
        oracle.submitRound(BTC, reports, signatures);
        reports[0].price = 1;
        oracle.submitRound(BTC, reports, signatures);
    }

    function testReportsAreOfTheUnderlying() public {
        IOracleAggregator.Report[] memory reports = reportsOf(three(1, 1, 1), T);
        reports[2].underlying = 2;
        _refused(reports, signed(reports), abi.encodeWithSelector(IOracleAggregator.WrongUnderlying.selector, 1, 2));
        for (uint256 i = 0; i < 2; ++i) {
            uint16 underlying = i == 0 ? 0 : 65_533;
            vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.InvalidUnderlying.selector, underlying));
            oracle.submitRound(underlying, reports, new bytes[](3));
        }
    }

    function testPricesAreInRange() public {
        uint64[3] memory wrong = [uint64(0), 1 << 63, type(uint64).max];
        for (uint256 i = 0; i < wrong.length; ++i) {
            IOracleAggregator.Report[] memory reports = reportsOf(three(1, wrong[i], 1), T);
            _refused(reports, signed(reports), abi.encodeWithSelector(IOracleAggregator.InvalidPrice.selector, wrong[i]));
        }
        uint64 most = (1 << 63) - 1;
        submit(three(most, most, most), T);
        eq(priceOf(1), most, "the largest price");
    }

    function testOneVolatilityARound() public {
        IOracleAggregator.Report[] memory reports = reportsOf(three(1, 1, 1), T);
        reports[1].volatility = 8;
        _refused(reports, signed(reports), abi.encodeWithSelector(IOracleAggregator.VolatilityMismatch.selector, 7, 8));
        for (uint256 i = 0; i < 3; ++i) {
            reports[i].volatility = R;
        }
        _refused(reports, signed(reports), abi.encodeWithSelector(IOracleAggregator.VolatilityMismatch.selector, R, R));
        for (uint256 i = 0; i < 3; ++i) {
            reports[i].volatility = R - 1;
        }
        oracle.submitRound(BTC, reports, signed(reports));
        (,, uint256 volatility,) = oracle.round(BTC, 1);
        eq(volatility, R - 1, "volatility");
    }

    function testReportsAreNeitherOldNorOfTheFuture() public {
        IOracleAggregator.Report[] memory reports = reportsOf(three(1, 1, 1), T);
        reports[1].observedAt = T + 1;
        _refused(reports, signed(reports), abi.encodeWithSelector(IOracleAggregator.InvalidTime.selector, T + 1));
        reports[1].observedAt = T - 61;
        _refused(reports, signed(reports), abi.encodeWithSelector(IOracleAggregator.InvalidTime.selector, T - 61));
        vm.warp(T + 60);
        reports[1].observedAt = T;
        oracle.submitRound(BTC, reports, signed(reports));
    }

    function testReportsAreLaterThanTheLastRound() public {
        submit(three(1, 1, 1), T);
        vm.warp(T + 1);
        IOracleAggregator.Report[] memory reports = reportsOf(three(1, 1, 1), T + 1);
        reports[0].observedAt = T;
        _refused(reports, signed(reports), abi.encodeWithSelector(IOracleAggregator.NotLater.selector, T, T));
    }

    function testReportsAreClose() public {
        IOracleAggregator.Report[] memory reports = reportsOf(three(1, 1, 1), T);
        reports[2].observedAt = T - 31;
        _refused(reports, signed(reports), abi.encodeWithSelector(IOracleAggregator.SpreadTooWide.selector, T - 31, T));
        reports[2].observedAt = T - 30;
        oracle.submitRound(BTC, reports, signed(reports));
    }

    function testAnyoneSubmits() public {
        IOracleAggregator.Report[] memory reports = reportsOf(three(1, 1, 1), T);
        bytes[] memory signatures = signed(reports);
        vm.prank(STRANGER);
        eq(oracle.submitRound(BTC, reports, signatures), 1, "number");
    }

    function testUnknownRoundsRevert() public {
        submit(three(1, 1, 1), T);
        for (uint80 id = 0; id < 4; id += 2) {
            vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.UnknownRound.selector, BTC, id));
            oracle.round(BTC, id);
        }
        (uint80 last,,,) = oracle.latestRound(2);
        eq(last, 0, "no round of another underlying");
    }

    function testCumulativeIsPriceTimesSeconds() public {
        roundAt(1_000_000, T);
        roundAt(1_010_000, T + 60);
        roundAt(1_000_000, T + 100);
        (,,, uint104 cumulative) = oracle.round(BTC, 3);
        eq(cumulative, uint256(1_000_000) * 60 + uint256(1_010_000) * 40, "sum");
    }

    // ------------------------------------------------------------------------------------------------------- adapters

    function _adapter(uint64 price) private returns (FakeAdapter adapter) {
        adapter = new FakeAdapter();
        adapter.set(price, false);
        oracle.setFeed(BTC, address(adapter), IOracleAggregator.FeedKind.Adapter);
    }

    function testAdaptersEnterTheMedian() public {
        _adapter(10_050);
        _adapter(10_060);
        vm.expectEmit(address(oracle));
        emit IOracleAggregator.RoundSubmitted(BTC, 1, 10_050, T, 7, 3, 2);
        submit(three(10_000, 10_010, 10_070), T);
    }

    function testAdaptersThatDeviateAreDropped() public {
        FakeAdapter adapter = _adapter(11_000);
        vm.expectEmit(address(oracle));
        emit IOracleAggregator.FeedDropped(BTC, 1, address(adapter), 11_000, 10_010);
        submit(three(10_000, 10_010, 10_010), T);
        eq(priceOf(1), 10_010, "price");
    }

    function testAdaptersWithoutAPriceAreSkipped() public {
        FakeAdapter adapter = _adapter(10_000);
        uint64[4] memory prices = [uint64(0), 1 << 63, 10_000, 10_000];
        for (uint40 i = 0; i < 3; ++i) {
            adapter.set(prices[i], i == 2);
            vm.warp(T + i);
            vm.expectEmit(address(oracle));
            emit IOracleAggregator.AdapterSkipped(BTC, uint80(i + 1), address(adapter));
            submit(three(10_000, 10_000, 10_000), T + i);
        }
    }

    function testAdaptersAreNoQuorum() public {
        _adapter(10_000);
        _adapter(10_000);
        IOracleAggregator.Report[] memory reports = reportsOf(three(10_000, 10_000, 12_000), T);
        _refused(reports, signed(reports), abi.encodeWithSelector(IOracleAggregator.NoQuorum.selector, 3, 2));
    }

    function testAdaptersAreFewerThanAnyQuorumAndHaveCode() public {
        FakeAdapter first = _adapter(1);
        FakeAdapter second = _adapter(2);
        FakeAdapter third = new FakeAdapter();
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.InvalidFeed.selector, address(third)));
        oracle.setFeed(BTC, address(third), IOracleAggregator.FeedKind.Adapter);
        oracle.setFeed(BTC, address(first), IOracleAggregator.FeedKind.None);
        eq(oracle.adaptersOf(BTC).length, 1, "one is left");
        eq(oracle.adaptersOf(BTC)[0], address(second), "the other one");
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.InvalidFeed.selector, STRANGER));
        oracle.setFeed(BTC, STRANGER, IOracleAggregator.FeedKind.Adapter);
    }

    // ----------------------------------------------------------------------------------------------------- governance

    function testGovernanceAlone() public {
        bytes memory error = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, STRANGER);
        vm.startPrank(STRANGER);
        vm.expectRevert(error);
        oracle.setFeed(BTC, STRANGER, IOracleAggregator.FeedKind.Signer);
        vm.expectRevert(error);
        oracle.setRules(roundRules());
        vm.expectRevert(error);
        oracle.setBreaker(STRANGER);
        vm.expectRevert(error);
        oracle.proposePrice(EXPIRY, BTC, 1);
        vm.expectRevert(error);
        oracle.cancelPrice(EXPIRY, BTC);
        vm.stopPrank();
    }

    function testFeedsWaitForTheTimelock() public {
        address council = address(0xc0);
        manager.grantRole(Roles.GOVERNANCE, council, 2 days);
        bytes memory call = abi.encodeCall(IOracleAggregator.setFeed, (BTC, STRANGER, IOracleAggregator.FeedKind.Signer));
        vm.startPrank(council);
        vm.expectRevert();
        oracle.setFeed(BTC, STRANGER, IOracleAggregator.FeedKind.Signer);
        manager.schedule(address(oracle), call, 0);
        vm.warp(block.timestamp + 2 days - 1);
        vm.expectRevert();
        manager.execute(address(oracle), call);
        vm.warp(block.timestamp + 1);
        manager.execute(address(oracle), call);
        vm.stopPrank();
        eq(uint256(oracle.feedKind(BTC, STRANGER)), uint256(IOracleAggregator.FeedKind.Signer), "registered");
    }

    function testRulesHaveRanges() public {
        for (uint256 i = 0; i < 6; ++i) {
            IOracleAggregator.RoundRules memory rules = roundRules();
            if (i == 0) rules.quorum = 2;
            if (i == 1) rules.deviation = 0;
            if (i == 2) rules.deviation = 2_001;
            if (i == 3) rules.maxAge = 0;
            if (i == 4) rules.maxAge = 3_601;
            if (i == 5) rules.maxSpread = rules.maxAge + 1;
            vm.expectRevert(IOracleAggregator.InvalidRules.selector);
            oracle.setRules(rules);
        }
        IOracleAggregator.RoundRules memory wide = IOracleAggregator.RoundRules(5, 2_000, 3_600, 3_600);
        oracle.setRules(wide);
        eq(oracle.rules().quorum, 5, "set");
        for (uint256 i = 0; i < 5; ++i) {
            IOracleAggregator.WindowRules memory rules = windowRules();
            if (i == 0) rules.window = 0;
            if (i == 1) rules.minRounds = 0;
            if (i == 2) rules.maxGap = 0;
            if (i == 3) rules.maxGap = rules.window + 1;
            vm.expectRevert(IOracleAggregator.InvalidRules.selector);
            new OracleAggregator(address(manager), rules, wide, i == 4 ? 1 days - 1 : RECOVERY);
        }
    }

    function testFeedsAreChangedNotRepeated() public {
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.InvalidFeed.selector, signers[0]));
        oracle.setFeed(BTC, signers[0], IOracleAggregator.FeedKind.Signer);
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.InvalidFeed.selector, address(0)));
        oracle.setFeed(BTC, address(0), IOracleAggregator.FeedKind.Signer);
    }

    function testABreakerIsAContract() public {
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.InvalidBreaker.selector, STRANGER));
        oracle.setBreaker(STRANGER);
    }

    function testWithoutABreaker() public {
        oracle.setBreaker(address(0));
        submit(three(1, 1, 1), T);
        eq(breaker.lastPriceTime(BTC), 0, "it hears of nothing");
    }

    // ------------------------------------------------------------------------------------------------------------ fuzz

    /// @dev Whatever five signers say, a round is refused or its price lies between prices of feeds that are near the median.
    function testFuzzRound(uint64[5] memory raw, uint8 count) public {
        uint256 n = bound(count, 3, 5);
        uint64[] memory prices = new uint64[](n);
        for (uint256 i = 0; i < n; ++i) {
            prices[i] = uint64(bound(raw[i], 9_900, 10_250));
        }
        // An insertion sort, apart from the contract's.
        uint64[] memory sorted = new uint64[](n);
        for (uint256 i = 0; i < n; ++i) {
            uint256 j = i;
            for (; j > 0 && sorted[j - 1] > prices[i]; --j) {
                sorted[j] = sorted[j - 1];
            }
            sorted[j] = prices[i];
        }
        uint64 middle = _middle(sorted, 0, n);
        (uint256 from, uint256 to) = (0, n);
        while (from < n && sorted[from] < middle && uint256(middle - sorted[from]) * 100 > middle) ++from;
        while (to > from && sorted[to - 1] > middle && uint256(sorted[to - 1] - middle) * 100 > middle) --to;
        IOracleAggregator.Report[] memory reports = reportsOf(prices, T);
        bytes[] memory signatures = signed(reports);
        if (to - from < 3) {
            vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.NoQuorum.selector, 3, to - from));
            oracle.submitRound(BTC, reports, signatures);
        } else {
            oracle.submitRound(BTC, reports, signatures);
            eq(priceOf(1), _middle(sorted, from, to), "median of what is left");
        }
    }

    function _middle(uint64[] memory sorted, uint256 from, uint256 to) private pure returns (uint64) {
        uint256 n = to - from;
        if (n % 2 == 1) return sorted[from + n / 2];
        return uint64((uint256(sorted[from + n / 2 - 1]) + sorted[from + n / 2]) / 2);
    }
}
