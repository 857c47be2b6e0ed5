// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IRiskParameters} from "../../../contracts/interfaces/IRiskParameters.sol";
import {OracleMath} from "../../../contracts/oracle/OracleMath.sol";
import {PriceScale} from "../../../contracts/oracle/PriceScale.sol";
import {NUMBERS, ParameterDigests} from "../../../contracts/risk/ParameterDigests.sol";
import {Test} from "../Test.sol";

/// @title What halmos proves of the arithmetic, for every value and not for some
contract ArithmeticProofs is Test {
    uint256 private constant BOUND = 1 << 63;

    function _two(uint64 a, uint64 b) private pure returns (uint64) {
        uint256[] memory prices = new uint256[](2);
        (prices[0], prices[1]) = (a, b);
        return OracleMath.median(prices);
    }

    function _three(uint64 a, uint64 b, uint64 c) private pure returns (uint64) {
        uint256[] memory prices = new uint256[](3);
        (prices[0], prices[1], prices[2]) = (a, b, c);
        return OracleMath.median(prices);
    }

    /// @dev A median is in range and neither above nor below more than half of the prices.
    function check_medianOfThree(uint64 a, uint64 b, uint64 c) public pure {
        uint64 m = _three(a, b, c);
        check(m == a || m == b || m == c, "one of them");
        uint256 below = (a < m ? 1 : 0) + (b < m ? 1 : 0) + (c < m ? 1 : 0);
        uint256 above = (a > m ? 1 : 0) + (b > m ? 1 : 0) + (c > m ? 1 : 0);
        check(below <= 1 && above <= 1, "in the middle");
    }

    function check_medianOfTwo(uint64 a, uint64 b) public pure {
        uint256 m = _two(a, b);
        check(2 * m <= uint256(a) + b && 2 * m + 1 >= uint256(a) + b, "floor of the mean");
    }

    /// @dev Of four prices, of which one is anybody's, the median lies between the other three.
    function check_oneLiarOfFourIsBounded(uint64 a, uint64 b, uint64 c, uint64 liar) public pure {
        uint256[] memory prices = new uint256[](4);
        (prices[0], prices[1], prices[2], prices[3]) = (a, b, c, liar);
        uint64 m = OracleMath.median(prices);
        check(m >= a || m >= b || m >= c, "not below all");
        check(m <= a || m <= b || m <= c, "not above all");
    }

    /// @dev No product overflows, at the deviation's distance a price stays, and the median itself never deviates.
    function check_deviates(uint64 price, uint64 middle, uint16 deviation) public pure {
        vm.assume(OracleMath.inRange(price) && OracleMath.inRange(middle));
        bool far = OracleMath.deviates(price, middle, deviation);
        int256 distance = int256(uint256(price)) - int256(uint256(middle));
        int256 most = int256(uint256(middle) * deviation);
        check(far == (distance * 10_000 > most || -distance * 10_000 > most), "definition");
        check(!OracleMath.deviates(middle, middle, deviation), "the median itself");
    }

    /// @dev The sum fits at any time below 2^40, and does not fall.
    function check_advance(uint104 sum, uint64 price, uint40 from, uint40 to) public pure {
        vm.assume(price < BOUND && from <= to);
        // What a sum can be at a time: every price before is below the bound.
        vm.assume(sum <= (BOUND - 1) * from);
        uint104 next = OracleMath.advance(sum, price, from, to);
        check(next >= sum && next <= (BOUND - 1) * uint256(to), "monotone, and in range again");
        check(next - sum == uint256(price) * (to - from), "price times seconds");
    }

    /// @dev A mean over a window whose prices lie in low .. high lies there too: nothing is lost to a cast.
    function check_averageIsBetween(uint64 low, uint64 high, uint104 first, uint104 last) public pure {
        uint32 window = 1_800;
        vm.assume(low > 0 && low <= high && high < BOUND && first <= last);
        uint256 sum = uint256(last) - first;
        vm.assume(sum >= uint256(low) * window && sum <= uint256(high) * window);
        uint64 mean = OracleMath.average(first, last, window);
        check(mean >= low && mean <= high, "between");
        check(uint256(mean) * window <= sum && sum < (uint256(mean) + 1) * window, "floor");
    }

    function _toPrice(uint256 found, uint256 decimals) external pure returns (uint64) {
        return PriceScale.toPrice(found, decimals);
    }

    function _scaled(uint256 found, uint256 decimals) private view returns (bool ok, uint64 price) {
        try this._toPrice(found, decimals) returns (uint64 p) {
            return (true, p);
        } catch {
            return (false, 0);
        }
    }

    /// @dev A price of 8 decimals is the floor of a hundredth, or out of range.
    function check_scaleDown(uint256 found) public view {
        (bool ok, uint64 price) = _scaled(found, 8);
        check(ok == (found >= 100 && found / 100 < BOUND), "range");
        if (ok) check(uint256(price) * 100 <= found && found - uint256(price) * 100 < 100, "floor");
    }

    function check_scaleUp(uint256 found) public view {
        (bool ok, uint64 price) = _scaled(found, 5);
        if (ok) check(found < BOUND && uint256(price) == found * 10 && price > 0 && price < BOUND, "exact");
    }

    /// @dev Two scenarios of one word are one scenario.
    function check_scenarioWord(int32 spot, uint8 move, uint32 weight, bool scaled) public pure {
        vm.assume(spot >= -9_999 && spot <= 200_000 && move <= 2);
        uint256 word = ParameterDigests.scenarioWord(IRiskParameters.Scenario(spot, move, weight, scaled));
        check(int256(word & ((1 << 24) - 1)) - (1 << 20) == spot, "spot");
        check((word >> 24) & 7 == move, "move");
        check(((word >> 27) & 1 == 1) == scaled, "scaled");
        check(word >> 32 == weight, "weight");
    }

    /// @dev Two sets of numbers of one header are one.
    function check_gridHeader(uint32[8] memory v) public pure {
        IRiskParameters.Numbers memory n;
        (n.upShock, n.downShock, n.shortPower, n.longPower) = (v[0], v[1], v[2], v[3]);
        (n.multiplierFloor, n.spotFloor, n.pivot, n.timeFloor) = (v[4], v[5], v[6], v[7]);
        // The ranges of the statements.
        for (uint256 i = 0; i < 6; ++i) {
            vm.assume(v[i] < 1 << 16);
        }
        uint256 word = ParameterDigests.gridHeader(n);
        for (uint256 i = 0; i < 6; ++i) {
            check((word >> (16 * i)) & 0xffff == v[i], "sixteen bits");
        }
        check((word >> 96) & 0xffffffff == v[6] && word >> 128 == v[7], "thirty-two bits");
    }

    function check_regimeAndLiquidationWords(uint32[8] memory v) public pure {
        IRiskParameters.Numbers memory n;
        (n.decay, n.step, n.referenceVolatility, n.factorCap) = (v[0], v[1], v[2], v[3]);
        (n.buffer, n.maxDiscount, n.maxPenalty, n.batchCap) = (v[4], v[5], v[6], v[7]);
        (uint256 regime, uint256 liquidation) = (ParameterDigests.regimeWord(n), ParameterDigests.liquidationWord(n));
        for (uint256 i = 0; i < 4; ++i) {
            check((regime >> (32 * i)) & 0xffffffff == v[i], "regime");
            check((liquidation >> (32 * i + 32)) & 0xffffffff == v[4 + i], "liquidation");
        }
        check(regime >> 128 == 0 && liquidation & 0xffffffff == 0x6c6971 && liquidation >> 160 == 0, "nothing else");
    }

    function _requireSound(IRiskParameters.Numbers memory n, uint96[NUMBERS] memory low, uint96[NUMBERS] memory high) external pure {
        ParameterDigests.requireSound(n, low, high);
    }

    /// @dev A number out of its bounds never passes, whichever it is.
    function check_clamp(uint32 value, uint96 low, uint96 high) public view {
        IRiskParameters.Numbers memory n = ParameterDigests.highest();
        (n.maxDiscount, n.initialFactor) = (0, value);
        uint96[NUMBERS] memory lows;
        uint96[NUMBERS] memory highs;
        for (uint256 i = 0; i < NUMBERS; ++i) {
            highs[i] = type(uint96).max;
        }
        (lows[3], highs[3]) = (low, high);
        bool passed = true;
        try this._requireSound(n, lows, highs) {} catch {
            passed = false;
        }
        check(passed == (value >= low && value <= high), "within the bounds");
    }
}
