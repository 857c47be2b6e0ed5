// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Roles} from "../../../contracts/governance/Roles.sol";
import {ICircuitBreaker} from "../../../contracts/interfaces/ICircuitBreaker.sol";
import {IOracleAggregator} from "../../../contracts/interfaces/IOracleAggregator.sol";
import {IPriceAdapter} from "../../../contracts/interfaces/IPriceAdapter.sol";
import {OracleAggregator} from "../../../contracts/oracle/OracleAggregator.sol";
import {CircuitBreaker} from "../../../contracts/risk/CircuitBreaker.sol";
import {Test} from "../Test.sol";

/// @dev An adapter that says what it is told, or reverts.
contract FakeAdapter is IPriceAdapter {
    uint64 public price;
    bool public broken;

    function set(uint64 price_, bool broken_) external {
        (price, broken) = (price_, broken_);
    }

    function read() external view returns (uint64, uint40) {
        if (broken) revert NoPrice(0);
        return (price, uint40(block.timestamp));
    }
}

/// @dev Aggregator, breaker, access manager and five signers.
abstract contract OracleBase is Test {
    uint16 internal constant BTC = 1;
    uint256 internal constant SIGNERS = 5;
    uint32 internal constant WINDOW = 30 minutes;
    uint32 internal constant MIN_ROUNDS = 5;
    uint32 internal constant MAX_GAP = 10 minutes;
    uint32 internal constant RECOVERY = 3 days;
    /// @dev 08:00 UTC of a day.
    uint32 internal constant EXPIRY = 29_500_320;
    uint40 internal constant END = uint40(EXPIRY) * 60;
    address internal constant ROLLUP = address(0xcafe);
    address internal constant STRANGER = address(0xbad);

    AccessManager internal manager;
    OracleAggregator internal oracle;
    CircuitBreaker internal breaker;
    /// @dev By increasing address.
    uint256[] internal keys;
    address[] internal signers;

    function roundRules() internal pure returns (IOracleAggregator.RoundRules memory) {
        return IOracleAggregator.RoundRules({quorum: 3, deviation: 100, maxAge: 60, maxSpread: 30});
    }

    function windowRules() internal pure returns (IOracleAggregator.WindowRules memory) {
        return IOracleAggregator.WindowRules({window: WINDOW, minRounds: MIN_ROUNDS, maxGap: MAX_GAP});
    }

    function breakerRules() internal pure returns (ICircuitBreaker.Rules memory) {
        return ICircuitBreaker.Rules({jump: 1_000, span: 15 minutes, staleAfter: 20 minutes, duration: 1 hours});
    }

    function setUp() public virtual {
        vm.warp(END - 2 days);
        manager = new AccessManager(address(this));
        oracle = new OracleAggregator(address(manager), windowRules(), roundRules(), RECOVERY);
        breaker = new CircuitBreaker(address(manager), breakerRules());
        manager.grantRole(Roles.GOVERNANCE, address(this), 0);
        manager.grantRole(Roles.GUARDIAN, address(this), 0);
        manager.grantRole(Roles.ORACLE, address(oracle), 0);
        manager.grantRole(Roles.ROLLUP, ROLLUP, 0);
        manager.setTargetFunctionRole(address(oracle), Roles.aggregatorGovernance(), Roles.GOVERNANCE);
        manager.setTargetFunctionRole(address(oracle), Roles.aggregatorGuardian(), Roles.GUARDIAN);
        manager.setTargetFunctionRole(address(breaker), Roles.breakerGovernance(), Roles.GOVERNANCE);
        manager.setTargetFunctionRole(address(breaker), Roles.breakerGuardian(), Roles.GUARDIAN);
        manager.setTargetFunctionRole(address(breaker), Roles.breakerOracle(), Roles.ORACLE);
        manager.setTargetFunctionRole(address(breaker), Roles.breakerRollup(), Roles.ROLLUP);
        oracle.setBreaker(address(breaker));
        for (uint256 i = 0; i < SIGNERS; ++i) {
            uint256 key = uint256(keccak256(abi.encode("signer", i)));
            keys.push(key);
            // Insertion by address.
            for (uint256 j = i; j > 0 && vm.addr(keys[j - 1]) > vm.addr(key); --j) {
                (keys[j - 1], keys[j]) = (keys[j], keys[j - 1]);
            }
        }
        for (uint256 i = 0; i < SIGNERS; ++i) {
            signers.push(vm.addr(keys[i]));
            oracle.setFeed(BTC, signers[i], IOracleAggregator.FeedKind.Signer);
        }
    }

    function report(uint64 price, uint40 time) internal pure returns (IOracleAggregator.Report memory) {
        return IOracleAggregator.Report({underlying: BTC, price: price, observedAt: time, volatility: 7});
    }

    function sign(uint256 key, IOracleAggregator.Report memory r) internal view returns (bytes memory) {
        (uint8 v, bytes32 rr, bytes32 s) = vm.sign(key, oracle.reportDigest(r));
        return abi.encodePacked(rr, s, v);
    }

    /// @dev Reports of the first signers, and their signatures.
    function signed(IOracleAggregator.Report[] memory reports) internal view returns (bytes[] memory signatures) {
        signatures = new bytes[](reports.length);
        for (uint256 i = 0; i < reports.length; ++i) {
            signatures[i] = sign(keys[i], reports[i]);
        }
    }

    function reportsOf(uint64[] memory prices, uint40 time) internal pure returns (IOracleAggregator.Report[] memory reports) {
        reports = new IOracleAggregator.Report[](prices.length);
        for (uint256 i = 0; i < prices.length; ++i) {
            reports[i] = report(prices[i], time);
        }
    }

    function submit(uint64[] memory prices, uint40 time) internal returns (uint80) {
        IOracleAggregator.Report[] memory reports = reportsOf(prices, time);
        return oracle.submitRound(BTC, reports, signed(reports));
    }

    function three(uint64 a, uint64 b, uint64 c) internal pure returns (uint64[] memory prices) {
        prices = new uint64[](3);
        (prices[0], prices[1], prices[2]) = (a, b, c);
    }

    /// @dev A round of one price, at its time.
    function roundAt(uint64 price, uint40 time) internal returns (uint80) {
        if (block.timestamp < time) vm.warp(time);
        return submit(three(price, price, price), time);
    }

    /// @dev Rounds of one price over the whole window of the expiry, one every five minutes, but for the last: that lies `after_` the expiry.
    function fillWindow(uint64 price, uint40 after_) internal {
        for (uint40 t = END - WINDOW; t < END; t += 5 minutes) {
            roundAt(price, t);
        }
        roundAt(price, END + after_);
    }

    function priceOf(uint80 id) internal view returns (uint64 price) {
        (price,,,) = oracle.round(BTC, id);
    }
}
