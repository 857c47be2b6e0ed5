// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {SolvencyGate} from "../../contracts/SolvencyGate.sol";
import {ISolvencyGate} from "../../contracts/interfaces/ISolvencyGate.sol";
import {IForcedRequests} from "../../contracts/interfaces/IForcedRequests.sol";
import {IVerifierRouter} from "../../contracts/interfaces/IVerifierRouter.sol";
import {Statements} from "../../contracts/libraries/Statements.sol";
import {VenueTest} from "./Venue.sol";
import {MockVerifier} from "./mocks/MockVerifier.sol";

contract SolvencyGateTest is VenueTest {
    address private constant LENDER = address(0x1e4d);
    uint256 private constant RISK_ROOT = 99;

    function setUp() public override {
        super.setUp();
        setRound(ETH, RISK_ROOT, START);
    }

    function claim() private pure returns (ISolvencyGate.Claim memory) {
        return ISolvencyGate.Claim(M_KEY, 1, ETH, 1000, 7, 8);
    }

    function instanceOf(address lender, ISolvencyGate.Claim memory c) private view returns (uint256[] memory instance) {
        instance = new uint256[](8);
        instance[0] = rollup.domain();
        (, instance[1],) = parameters.current();
        instance[2] = rollup.stateRoot();
        instance[3] = rounds.accepted(c.underlying).riskRoot;
        instance[4] = c.requirement;
        instance[5] = c.threshold;
        instance[6] = uint256(keccak256(abi.encode(lender, c.challenge))) >> 8;
        instance[7] = c.pseudonym;
    }

    function test_a_lender_learns_what_is_proven_and_once() public {
        ISolvencyGate.Claim memory c = claim();
        bytes memory proof = solvencyVerifier.prove(instanceOf(LENDER, c));
        vm.expectEmit(address(gate));
        emit ISolvencyGate.SolvencyProven(LENDER, 8, 7, 1, 1000, GENESIS, RISK_ROOT);
        vm.prank(LENDER);
        (uint256 state, uint256 risk) = gate.proveSolvency(proof, c);
        eq(state, GENESIS, "state");
        eq(risk, RISK_ROOT, "risk root");
        eq(gate.isUsed(LENDER, 7), true, "used");
        vm.prank(LENDER);
        vm.expectRevert(abi.encodeWithSelector(ISolvencyGate.ChallengeUsed.selector, LENDER, 7));
        gate.proveSolvency(proof, c);
    }

    function test_nobody_uses_up_anothers_challenge_or_proof() public {
        ISolvencyGate.Claim memory c = claim();
        bytes memory proof = solvencyVerifier.prove(instanceOf(LENDER, c));
        // Another caller sees the proof first: it convinces nobody but the lender.
        vm.prank(ANYBODY);
        vm.expectRevert(MockVerifier.PairingFailed.selector);
        gate.proveSolvency(proof, c);
        bytes memory own = solvencyVerifier.prove(instanceOf(ANYBODY, c));
        vm.prank(ANYBODY);
        gate.proveSolvency(own, c);
        eq(gate.isUsed(LENDER, 7), false, "not used");
        vm.prank(LENDER);
        gate.proveSolvency(proof, c);
    }

    function testFuzz_nothing_else_passes_for_what_is_proven(uint8 what, uint128 value) public {
        ISolvencyGate.Claim memory c = claim();
        bytes memory proof = solvencyVerifier.prove(instanceOf(LENDER, c));
        what = uint8(bound(what, 0, 3));
        bytes4 error = MockVerifier.PairingFailed.selector;
        bytes memory refusal = abi.encodePacked(error);
        if (what == 0) {
            if (uint8(value) == c.requirement) return;
            c.requirement = uint8(value);
            if (c.requirement > 2) refusal = abi.encodeWithSelector(ISolvencyGate.InvalidRequirement.selector, c.requirement);
        } else if (what == 1) {
            if (value == c.threshold) return;
            c.threshold = value;
            if (value >> 127 != 0) refusal = abi.encodeWithSelector(ISolvencyGate.InvalidThreshold.selector, value);
        } else if (what == 2) {
            if (value == c.challenge) return;
            c.challenge = value;
        } else {
            if (value == c.pseudonym) return;
            c.pseudonym = value;
        }
        vm.prank(LENDER);
        vm.expectRevert(refusal);
        gate.proveSolvency(proof, c);
    }

    function test_a_threshold_of_2_to_127_and_a_fourth_requirement_are_refused() public {
        ISolvencyGate.Claim memory c = claim();
        c.threshold = 1 << 127;
        vm.expectRevert(abi.encodeWithSelector(ISolvencyGate.InvalidThreshold.selector, uint128(1 << 127)));
        gate.proveSolvency("", c);
        c = claim();
        c.requirement = 3;
        vm.expectRevert(abi.encodeWithSelector(ISolvencyGate.InvalidRequirement.selector, uint8(3)));
        gate.proveSolvency("", c);
    }

    function test_state_round_and_parameters_are_the_present_ones() public {
        ISolvencyGate.Claim memory c = claim();
        bytes memory proof = solvencyVerifier.prove(instanceOf(LENDER, c));
        uint256 id = vm.snapshotState();
        settle(777, false);
        refuse(proof, c, abi.encodePacked(MockVerifier.PairingFailed.selector));
        vm.revertToState(id);
        id = vm.snapshotState();
        parameters.set(1, 2);
        refuse(proof, c, abi.encodePacked(MockVerifier.PairingFailed.selector));
        vm.revertToState(id);
        id = vm.snapshotState();
        setRound(ETH, RISK_ROOT + 1, START);
        refuse(proof, c, abi.encodePacked(MockVerifier.PairingFailed.selector));
        vm.revertToState(id);
        vm.warp(START + RISK_MAX_AGE + 1);
        refuse(proof, c, abi.encodeWithSelector(ISolvencyGate.RiskRootStale.selector, ETH, START + 1, START));
        c.underlying = BTC;
        refuse(proof, c, abi.encodeWithSelector(ISolvencyGate.RiskRootStale.selector, BTC, START + 1, 0));
    }

    function test_a_verifier_that_left_and_a_frozen_rollup_prove_nothing() public {
        ISolvencyGate.Claim memory c = claim();
        bytes memory proof = solvencyVerifier.prove(instanceOf(LENDER, c));
        uint256 id = vm.snapshotState();
        vm.prank(GUARDIAN);
        router.stopVerifier(Statements.SOLVENCY, M_KEY);
        refuse(
            proof,
            c,
            abi.encodeWithSelector(
                IVerifierRouter.VerifierNotActive.selector, Statements.SOLVENCY, M_KEY, IVerifierRouter.Status.Stopped
            )
        );
        vm.revertToState(id);
        settle(1, false);
        rollup.requestClose(EXPIRY);
        IForcedRequests.Request memory entry =
            IForcedRequests.Request(address(this), EXPIRY, uint40(block.timestamp) + FORCED_PERIOD);
        vm.warp(uint256(entry.deadline) + 1);
        rollup.freeze(entry);
        refuse(proof, c, abi.encodeWithSelector(ISolvencyGate.RollupFrozen.selector));
    }

    function refuse(bytes memory proof, ISolvencyGate.Claim memory c, bytes memory error) private {
        vm.prank(LENDER);
        vm.expectRevert(error);
        gate.proveSolvency(proof, c);
    }

    function test_an_age_is_a_minute_to_a_day() public {
        uint40[2] memory ages = [uint40(59), 1 days + 1];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ISolvencyGate.InvalidMaxAge.selector, ages[i]));
            new SolvencyGate(rollup, ages[i]);
        }
    }
}
