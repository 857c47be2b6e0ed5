// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {RiskRounds} from "../../contracts/RiskRounds.sol";
import {SettlementRollup} from "../../contracts/SettlementRollup.sol";
import {PoseidonConstants} from "../../contracts/PoseidonConstants.sol";
import {VerifierRouter} from "../../contracts/VerifierRouter.sol";
import {Roles} from "../../contracts/governance/Roles.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IOracleAggregator} from "../../contracts/interfaces/IOracleAggregator.sol";
import {IRiskParameters} from "../../contracts/interfaces/IRiskParameters.sol";
import {ISettlementRollup} from "../../contracts/interfaces/ISettlementRollup.sol";
import {Statements} from "../../contracts/libraries/Statements.sol";
import {MockParameters} from "./mocks/MockVenue.sol";
import {Token} from "./mocks/Tokens.sol";
import {OracleBase} from "./oracle/OracleBase.sol";

/// @dev The rollup with the real aggregator, its signers, and the real breaker.
contract WithOracleTest is OracleBase {
    address private constant OPERATOR = address(0x0b);
    address private constant ALICE = address(0xa11ce);
    uint64 private constant PRICE = 60_000_000_000;

    VerifierRouter private router;
    RiskRounds private rounds;
    SettlementRollup private rollup;
    Token private token;

    function setUp() public override {
        super.setUp();
        token = new Token();
        router = new VerifierRouter(address(manager));
        IRiskParameters parameters = IRiskParameters(address(new MockParameters()));
        rounds = new RiskRounds(address(manager), router, oracle, parameters, address(new PoseidonConstants()));
        rollup = new SettlementRollup(
            SettlementRollup.Config({
                authority: address(manager),
                router: router,
                oracle: oracle,
                riskRounds: rounds,
                parameters: parameters,
                breaker: breaker,
                token: IERC20(address(token)),
                genesis: 5,
                executionDelay: 1 hours,
                proofTimeout: 1 days,
                riskMaxAge: 1 hours,
                forcedPeriod: 14 days,
                refundDelay: 1 hours
            })
        );
        manager.grantRole(Roles.OPERATOR, OPERATOR, 0);
        manager.grantRole(Roles.ROLLUP, address(rollup), 0);
        manager.setTargetFunctionRole(address(rollup), Roles.rollupOperator(), Roles.OPERATOR);
        manager.setTargetFunctionRole(address(router), Roles.routerGovernance(), Roles.GOVERNANCE);
        manager.setTargetFunctionRole(address(router), Roles.routerGuardian(), Roles.GUARDIAN);
        manager.setTargetFunctionRole(address(rounds), Roles.roundsGovernance(), Roles.GOVERNANCE);
    }

    function batch(uint8 statement, uint256 newState) private view returns (ISettlementRollup.Batch memory b) {
        (uint64 committed,,) = rollup.progress();
        b.statement = statement;
        b.number = committed + 1;
        b.expiry = statement == Statements.SETTLEMENT ? EXPIRY : 0;
        b.underlyings = new uint16[](1);
        b.underlyings[0] = BTC;
        b.oldState = rollup.committedState();
        b.newState = newState;
    }

    /// @dev The instance is in the event.
    function commit(ISettlementRollup.Batch memory b) private returns (uint256[] memory instance) {
        vm.recordLogs();
        vm.prank(OPERATOR);
        rollup.commitBatch(b);
        (, instance) = abi.decode(vm.getRecordedLogs()[0].data, (bytes32, uint256[]));
    }

    function refuse(ISettlementRollup.Batch memory b, bytes memory error) private {
        vm.expectRevert(error);
        vm.prank(OPERATOR);
        rollup.commitBatch(b);
    }

    function test_a_settlement_waits_for_the_final_price_and_takes_no_other() public {
        ISettlementRollup.Batch memory b = batch(Statements.SETTLEMENT, 6);
        bytes memory notFinal = abi.encodeWithSelector(ISettlementRollup.PriceNotFinal.selector, EXPIRY, BTC);
        refuse(b, notFinal);
        fillWindow(PRICE, 1 minutes);
        // Complete, and not final before somebody says so.
        refuse(b, notFinal);
        oracle.finalize(EXPIRY, BTC);
        eq(commit(b)[8], PRICE, "the oracle's price");
        // Nothing changes it any more.
        roundAt(PRICE + 50_000_000, END + 10 minutes);
        eq(oracle.finalize(EXPIRY, BTC), PRICE, "as it was");
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.AlreadyFinal.selector, EXPIRY, BTC));
        oracle.proposePrice(EXPIRY, BTC, PRICE + 1);
        eq(commit(batch(Statements.SETTLEMENT, 7))[8], PRICE, "the same price");
    }

    function test_a_jump_of_the_price_stops_liquidations_and_not_settlements() public {
        fillWindow(PRICE, 1 minutes);
        oracle.finalize(EXPIRY, BTC);
        setRound(BTC, 99, block.timestamp);
        commit(batch(Statements.LIQUIDATION, 6));
        roundAt(PRICE / 2, END + 5 minutes);
        eq(breaker.isTripped(), true, "half the price trips");
        refuse(batch(Statements.LIQUIDATION, 7), abi.encodeWithSelector(ISettlementRollup.BreakerTripped.selector));
        commit(batch(Statements.SETTLEMENT, 7));
        // It ends by itself.
        vm.warp(block.timestamp + 1 hours + 1);
        eq(breaker.isTripped(), false, "over");
        setRound(BTC, 99, block.timestamp);
        commit(batch(Statements.LIQUIDATION, 8));
    }

    /// @dev As Venue does: how rounds get there is tested elsewhere.
    function setRound(uint16 underlying, uint256 root, uint256 time) private {
        bytes32 slot = keccak256(abi.encode(underlying, uint256(1)));
        vm.store(address(rounds), slot, bytes32(root));
        vm.store(address(rounds), bytes32(uint256(slot) + 2), bytes32((time << 80) | 1));
        eq(rounds.accepted(underlying).riskRoot, root, "slot of the root");
    }

    function test_claims_go_through_the_outflow_limit_and_a_trip_stays() public {
        breaker.setOutflowLimit(address(token), 1000, 1 days);
        token.mint(ALICE, 1600);
        vm.startPrank(ALICE);
        token.approve(address(rollup), 1600);
        rollup.deposit(600, 1);
        rollup.deposit(1000, 1);
        vm.stopPrank();
        IEscrow.Deposit[] memory entries = new IEscrow.Deposit[](1);
        entries[0] = IEscrow.Deposit(ALICE, 600, uint40(block.timestamp), 1);
        IEscrow.Deposit memory second = IEscrow.Deposit(ALICE, 1000, uint40(block.timestamp), 1);
        vm.warp(block.timestamp + 1 hours);
        rollup.refundDeposits(entries);
        eq(rollup.claim(ALICE), true, "within the limit");
        entries[0] = second;
        rollup.refundDeposits(entries);
        eq(rollup.claim(ALICE), false, "beyond it");
        eq(breaker.isTripped(), true, "the trip stays");
        eq(rollup.claimable(ALICE), 1000, "so does the claim");
        vm.warp(block.timestamp + 2 days);
        eq(rollup.claim(ALICE), true, "later");
        eq(token.balanceOf(ALICE), 1600, "whole");
    }

    function test_only_the_rollup_tells_the_breaker_of_outflows() public {
        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", STRANGER));
        vm.prank(STRANGER);
        breaker.onOutflow(address(token), 1);
    }
}
