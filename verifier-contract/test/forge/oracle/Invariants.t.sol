// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IOracleAggregator} from "../../../contracts/interfaces/IOracleAggregator.sol";
import {OracleAggregator} from "../../../contracts/oracle/OracleAggregator.sol";
import {CircuitBreaker} from "../../../contracts/risk/CircuitBreaker.sol";
import {Test} from "../Test.sol";
import {OracleBase} from "./OracleBase.sol";

/// @dev Does what anyone, signers, guardians and governance can do, in any order, and remembers what must not change. Every call that it
/// makes has to succeed, unless it expects the refusal.
contract Handler is Test {
    uint16 private constant BTC = 1;
    uint40 private constant RECOVERY = 3 days;
    /// @dev Expiries every ten minutes, so that a run sees some.
    uint40 private constant SPACING = 600;

    OracleAggregator private immutable oracle;
    CircuitBreaker private immutable breaker;
    address private immutable rollup;
    address private immutable governance;
    uint256[] private keys;

    /// @dev Prices that are final, by expiry.
    mapping(uint32 expiry => uint64 price) public finalPrice;
    uint32[] public expiries;
    uint256 public rounds;
    uint256 public refusals;
    uint256 public outflows;

    constructor(OracleAggregator oracle_, CircuitBreaker breaker_, address rollup_, uint256[] memory keys_) {
        (oracle, breaker, rollup, keys) = (oracle_, breaker_, rollup_, keys_);
        governance = msg.sender;
    }

    function expiryCount() external view returns (uint256) {
        return expiries.length;
    }

    function _sign(uint256 key, IOracleAggregator.Report memory report) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, oracle.reportDigest(report));
        return abi.encodePacked(r, s, v);
    }

    /// @dev A spell of rounds.
    function market(uint256 seed) external {
        uint256 spell = bound(seed, 1, 12);
        for (uint256 i = 0; i < spell; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            _submit(seed % 250, uint64(bound(seed >> 16, 900_000, 1_100_000)), seed >> 80, seed >> 96);
        }
    }

    /// @dev Time passes, then a round of three to five signers; one of them may be far off.
    function _submit(uint256 wait, uint64 price, uint256 count, uint256 off) private {
        vm.warp(block.timestamp + 1 + wait);
        uint256 n = bound(count, 3, 5);
        uint256 liar = n > 3 ? off % n : n;
        IOracleAggregator.Report[] memory reports = new IOracleAggregator.Report[](n);
        bytes[] memory signatures = new bytes[](n);
        for (uint256 i = 0; i < n; ++i) {
            uint64 said = i == liar ? price * 2 : price + uint64(i);
            reports[i] = IOracleAggregator.Report(BTC, said, uint40(block.timestamp), 0);
            signatures[i] = _sign(keys[i], reports[i]);
        }
        oracle.submitRound(BTC, reports, signatures);
        ++rounds;
        // The same reports again are refused.
        try oracle.submitRound(BTC, reports, signatures) {
            check(false, "a round twice");
        } catch {
            ++refusals;
        }
    }

    /// @dev Somebody asks for a recent or a coming expiry.
    function finalize(uint8 back) external {
        uint256 moment = block.timestamp / SPACING * SPACING + SPACING - bound(back, 0, 6) * SPACING;
        _final(uint32(moment / 60));
    }

    function _final(uint32 expiry) private {
        (IOracleAggregator.WindowState state, uint64 price,) = oracle.window(expiry, BTC);
        uint64 already = oracle.settlementPrice(expiry, BTC);
        try oracle.finalize(expiry, BTC) returns (uint64 found) {
            check(already != 0 || state == IOracleAggregator.WindowState.Complete, "final without a complete window");
            eq(found, already != 0 ? already : price, "the price that follows");
            _remember(expiry, found);
        } catch {
            check(state != IOracleAggregator.WindowState.Complete && already == 0, "a complete window is refused");
            ++refusals;
        }
    }

    function _remember(uint32 expiry, uint64 price) private {
        if (finalPrice[expiry] == 0) expiries.push(expiry);
        else eq(price, finalPrice[expiry], "a final price changed");
        finalPrice[expiry] = price;
    }

    /// @dev Governance proposes a price for any expiry, waits, and somebody carries it out.
    function recover(uint8 back, uint64 price, bool patient) external {
        uint32 expiry = uint32((block.timestamp / SPACING * SPACING - bound(back, 0, 6) * SPACING) / 60);
        price = uint64(bound(price, 1, (1 << 63) - 1));
        (IOracleAggregator.WindowState state,,) = oracle.window(expiry, BTC);
        vm.prank(governance);
        try oracle.proposePrice(expiry, BTC, price) {
            check(state == IOracleAggregator.WindowState.Incomplete, "a price where one follows");
            check(finalPrice[expiry] == 0, "a price where one is final");
        } catch {
            ++refusals;
            return;
        }
        vm.warp(block.timestamp + (patient ? RECOVERY : RECOVERY - 1));
        try oracle.executePrice(expiry, BTC) {
            check(patient, "too early");
            _remember(expiry, price);
        } catch {
            check(!patient, "refused in time");
            vm.prank(governance);
            oracle.cancelPrice(expiry, BTC);
        }
    }

    function outflow(uint128 amount) external {
        bool tripped = breaker.isTripped();
        vm.prank(rollup);
        bool allowed = breaker.onOutflow(address(this), bound(amount, 0, 2_000));
        check(!(tripped && allowed), "an outflow while tripped");
        check(allowed || breaker.isTripped(), "a refusal without a trip");
        if (allowed) ++outflows;
    }

    function checkStale() external {
        if (breaker.checkStale(BTC)) check(breaker.isTripped(), "stale without a trip");
    }

    function guardian() external {
        bool early = block.timestamp < breaker.guardianFrom();
        vm.prank(governance);
        if (early) {
            try breaker.trip("guardian") {
                check(false, "a guardian who did not wait");
            } catch {
                ++refusals;
            }
        } else {
            breaker.trip("guardian");
            check(breaker.isTripped(), "tripped");
        }
    }

    function reset() external {
        vm.prank(governance);
        breaker.reset();
        check(!breaker.isTripped(), "reset");
    }

    function setRules(uint8 quorum, uint16 deviation) external {
        vm.prank(governance);
        oracle.setRules(IOracleAggregator.RoundRules(uint8(bound(quorum, 3, 4)), uint16(bound(deviation, 10, 2_000)), 3_600, 60));
        // The handler's rounds need three signers.
        vm.prank(governance);
        oracle.setRules(IOracleAggregator.RoundRules(3, uint16(bound(deviation, 10, 2_000)), 60, 30));
    }
}

contract OracleInvariants is OracleBase {
    Handler private handler;

    /// @dev The handler reaches what the invariants are about.
    function testTheHandlerGetsEverywhere() public {
        for (uint256 i = 0; i < 6; ++i) {
            handler.market(11);
        }
        handler.finalize(1);
        eq(handler.expiryCount(), 1, "final by its window");
        handler.recover(1, 5, true);
        eq(handler.expiryCount(), 1, "not by governance where it is final");
        vm.warp((block.timestamp / 600) * 600 + 1 days + 1);
        handler.recover(6, 5, false);
        eq(handler.expiryCount(), 1, "nor too early");
        vm.warp((block.timestamp / 600) * 600 + 1 days + 1);
        handler.recover(6, 5, true);
        eq(handler.expiryCount(), 2, "final by governance");
        handler.checkStale();
        check(breaker.isTripped(), "stale");
        handler.reset();
        handler.outflow(1_000);
        eq(handler.outflows(), 1, "an outflow");
        handler.guardian();
        handler.outflow(1_000);
        eq(handler.outflows(), 1, "none while tripped");
    }

    function setUp() public override {
        super.setUp();
        handler = new Handler(oracle, breaker, ROLLUP, keys);
        breaker.setOutflowLimit(address(handler), 5_000, 1 hours);
        target(address(handler));
    }

    function invariantFinalPricesStay() public view {
        for (uint256 i = 0; i < handler.expiryCount(); ++i) {
            uint32 expiry = handler.expiries(i);
            uint64 price = handler.finalPrice(expiry);
            check(price > 0 && price < 1 << 63, "range");
            eq(oracle.settlementPrice(expiry, BTC), price, "final");
        }
    }

    function invariantTimeAndCumulativeIncrease() public view {
        (uint80 last,,,) = oracle.latestRound(BTC);
        eq(last, handler.rounds(), "rounds are counted");
        (uint40 before, uint104 sum, uint64 priceBefore) = (0, 0, 0);
        for (uint80 id = 1; id <= last; ++id) {
            (uint64 price, uint40 time,, uint104 cumulative) = oracle.round(BTC, id);
            check(time > before && time <= block.timestamp, "time increases");
            if (id > 1) eq(cumulative, sum + uint104(priceBefore) * (time - before), "sum of price times seconds");
            (before, sum, priceBefore) = (time, cumulative, price);
        }
        eq(breaker.lastPriceTime(BTC), before, "the breaker heard of the last round");
    }

    function invariantTrippedMeansStopped() public {
        bool tripped = block.timestamp < breaker.until();
        eq(breaker.isTripped(), tripped, "until");
        if (tripped) vm.expectRevert();
        breaker.requireUntripped();
    }
}
