// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ICircuitBreaker} from "../../../contracts/interfaces/ICircuitBreaker.sol";
import {CircuitBreaker} from "../../../contracts/risk/CircuitBreaker.sol";
import {OracleBase} from "../oracle/OracleBase.sol";

contract CircuitBreakerTest is OracleBase {
    address private constant TOKEN = address(0x70);
    /// @dev At the beginning of a span.
    uint40 private constant T = (END - 1 days) / 900 * 900;

    function setUp() public override {
        super.setUp();
        vm.warp(T);
    }

    function _price(uint64 price, uint40 time) private {
        if (block.timestamp < time) vm.warp(time);
        vm.prank(address(oracle));
        breaker.onPrice(BTC, price, time);
    }

    function _outflow(uint256 amount) private returns (bool) {
        vm.prank(ROLLUP);
        return breaker.onOutflow(TOKEN, amount);
    }

    function testAJumpTripsAndEndsByItself() public {
        _price(10_000, T);
        _price(11_000, T + 60);
        check(!breaker.isTripped(), "ten per cent do not trip");
        vm.expectEmit(address(breaker));
        emit ICircuitBreaker.BreakerTripped(breaker.PRICE_JUMP(), T + 61 + 1 hours);
        _price(11_001, T + 61);
        check(breaker.isTripped(), "a hair more does");
        vm.expectRevert(abi.encodeWithSelector(ICircuitBreaker.Tripped.selector, T + 61 + 1 hours));
        breaker.requireUntripped();
        vm.warp(T + 60 + 1 hours);
        check(breaker.isTripped(), "for an hour");
        vm.warp(T + 61 + 1 hours);
        check(!breaker.isTripped(), "and no longer");
        breaker.requireUntripped();
    }

    function testAFallTrips() public {
        _price(10_000, T);
        _price(9_000, T + 1);
        check(!breaker.isTripped(), "ten per cent");
        _price(8_999, T + 2);
        check(breaker.isTripped(), "more");
    }

    function testManySmallStepsTrip() public {
        uint64 price = 10_000;
        for (uint40 i = 0; i < 11; ++i) {
            _price(price, T + 600 + i * 60);
            price -= 100;
        }
        check(!breaker.isTripped(), "a tenth");
        _price(8_990, T + 600 + 11 * 60);
        check(breaker.isTripped(), "beyond it, across the boundary of a span");
    }

    function testOldPricesAreForgotten() public {
        _price(10_000, T + 899);
        // The span between has no price of its own: nothing to measure from but what lies two spans back.
        _price(20_000, T + 1_800);
        check(!breaker.isTripped(), "more than a span ago");
        _price(10_000, T + 2_700 - 1);
        check(breaker.isTripped(), "within the span");
    }

    function testTheSpanBeforeCounts() public {
        _price(10_000, T + 899);
        _price(11_001, T + 900);
        check(breaker.isTripped(), "a second later is another span");
    }

    function testZeroTrips() public {
        vm.expectEmit(address(breaker));
        emit ICircuitBreaker.BreakerTripped(breaker.ZERO_PRICE(), T + 1 hours);
        _price(0, T);
        check(breaker.isTripped(), "tripped");
        eq(breaker.lastPriceTime(BTC), 0, "no price");
    }

    function testStalePricesTrip() public {
        _price(10_000, T);
        vm.warp(T + 20 minutes);
        check(!breaker.checkStale(BTC), "twenty minutes are not stale");
        check(!breaker.isTripped(), "not tripped");
        vm.warp(T + 20 minutes + 1);
        vm.prank(STRANGER);
        check(breaker.checkStale(BTC), "a second more is");
        check(breaker.isTripped(), "tripped by anyone");
        check(!breaker.checkStale(2), "an underlying without a price is not watched");
    }

    function testAnUnderlyingWithoutFeedsIsForgotten() public {
        _price(10_000, T);
        breaker.forget(BTC);
        vm.warp(T + 1 days);
        check(!breaker.checkStale(BTC), "not watched");
        _price(20_000, T + 1 days);
        check(!breaker.isTripped(), "nothing to measure from");
        vm.warp(T + 2 days);
        check(breaker.checkStale(BTC), "watched again");
    }

    function testAPriceThatComesStaleTrips() public {
        vm.warp(T + 20 minutes + 1);
        _price(10_000, T);
        check(breaker.isTripped(), "tripped");
    }

    function testOutflowTripsAndTheTripStays() public {
        breaker.setOutflowLimit(TOKEN, 1_000, 1 hours);
        check(_outflow(600) && _outflow(400), "up to the limit");
        eq(breaker.available(TOKEN), 0, "nothing is left");
        vm.warp(T + 30 minutes);
        eq(breaker.available(TOKEN), 500, "half of it is back");
        check(!_outflow(501), "more is refused");
        check(breaker.isTripped(), "and trips, which stays");
        check(!_outflow(0), "while tripped nothing flows");
        vm.warp(T + 30 minutes + 1 hours);
        check(_outflow(501), "afterwards it does");
    }

    function testWithoutALimitNothingFlows() public {
        check(_outflow(0), "nothing is not too much");
        check(!breaker.isTripped(), "not tripped");
        check(!_outflow(1), "one unit is");
        check(breaker.isTripped(), "tripped");
    }

    function testAnotherLimitKeepsWhatWasUsed() public {
        breaker.setOutflowLimit(TOKEN, 1_000, 1 hours);
        check(_outflow(1_000), "all of it");
        vm.warp(T + 30 minutes);
        breaker.setOutflowLimit(TOKEN, 2_000, 2 hours);
        eq(breaker.available(TOKEN), 1_500, "500 are still used");
    }

    function testGuardiansTripOnceInAWhile() public {
        vm.expectEmit(address(breaker));
        emit ICircuitBreaker.BreakerTripped("incident", T + 1 hours);
        breaker.trip("incident");
        check(breaker.isTripped(), "at once");
        vm.warp(T + 3 hours - 1);
        vm.expectRevert(abi.encodeWithSelector(ICircuitBreaker.GuardianMustWait.selector, T + 3 hours));
        breaker.trip("again");
        check(!breaker.isTripped(), "for two hours in three it is open");
        vm.warp(T + 3 hours);
        breaker.trip("again");
        check(breaker.isTripped(), "again");
    }

    function testGovernanceEndsATrip() public {
        breaker.trip("incident");
        breaker.reset();
        check(!breaker.isTripped(), "ended");
    }

    function testATripIsNeverShortened() public {
        breaker.trip("incident");
        breaker.setRules(ICircuitBreaker.Rules(1_000, 900, 1_200, 10 minutes));
        _price(0, T);
        eq(breaker.until(), T + 1 hours, "the longer one");
    }

    function testRoles() public {
        bytes memory error = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, STRANGER);
        vm.startPrank(STRANGER);
        vm.expectRevert(error);
        breaker.onPrice(BTC, 1, T);
        vm.expectRevert(error);
        breaker.onOutflow(TOKEN, 0);
        vm.expectRevert(error);
        breaker.trip("");
        vm.expectRevert(error);
        breaker.reset();
        vm.expectRevert(error);
        breaker.forget(BTC);
        vm.expectRevert(error);
        breaker.setRules(breakerRules());
        vm.expectRevert(error);
        breaker.setOutflowLimit(TOKEN, 1, 1);
        vm.stopPrank();
    }

    function testRulesHaveRanges() public {
        for (uint256 i = 0; i < 6; ++i) {
            ICircuitBreaker.Rules memory rules = breakerRules();
            if (i == 0) rules.jump = 0;
            if (i == 1) rules.jump = 10_000;
            if (i == 2) rules.span = 0;
            if (i == 3) rules.staleAfter = 0;
            if (i == 4) rules.duration = 10 minutes - 1;
            if (i == 5) rules.duration = 7 days + 1;
            vm.expectRevert(ICircuitBreaker.InvalidRules.selector);
            new CircuitBreaker(address(manager), rules);
        }
        eq(breaker.rules().jump, 1_000, "rules");
    }

    /// @dev Any move beyond the jump within one span's length trips; whatever trips moved that far within two.
    function testFuzzJumps(uint16[12] memory moves, uint16[12] memory waits) public {
        uint64[12] memory prices;
        uint40[12] memory times;
        uint40 time = T;
        for (uint256 i = 0; i < 12; ++i) {
            time += uint40(1 + bound(waits[i], 0, 1_200));
            (prices[i], times[i]) = (uint64(10_000 + bound(moves[i], 0, 1_500)), time);
            breaker.reset();
            _price(prices[i], time);
            (bool near, bool far) = (false, false);
            for (uint256 j = 0; j < i; ++j) {
                uint256 distance = prices[i] > prices[j] ? prices[i] - prices[j] : prices[j] - prices[i];
                if (distance * 10 <= prices[j]) continue;
                if (time - times[j] <= 900) near = true;
                if (time - times[j] < 1_800) far = true;
            }
            check(!near || breaker.isTripped(), "a move within a span trips");
            check(far || !breaker.isTripped(), "a trip is a move within two");
        }
    }

    /// @dev Within a period no more flows out than twice the capacity, however it is asked for; a refusal leaves a trip.
    function testFuzzOutflows(uint64[16] memory amounts, uint16[16] memory waits) public {
        breaker.setOutflowLimit(TOKEN, 1e18, 1 hours);
        uint256 total = 0;
        uint256 time = T;
        for (uint256 i = 0; i < 16; ++i) {
            time += bound(waits[i], 0, 225);
            vm.warp(time);
            uint256 amount = bound(amounts[i], 0, 5e17);
            bool tripped = breaker.isTripped();
            bool allowed = _outflow(amount);
            if (allowed) total += amount;
            check(!(tripped && allowed), "nothing while tripped");
            eq(!allowed, breaker.isTripped(), "a refusal leaves a trip");
        }
        check(total <= 2e18, "a full bucket and one refill");
    }
}
