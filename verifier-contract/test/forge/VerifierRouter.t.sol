// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {VerifierRouter} from "../../contracts/VerifierRouter.sol";
import {IVerifierRouter} from "../../contracts/interfaces/IVerifierRouter.sol";
import {Statements} from "../../contracts/libraries/Statements.sol";
import {VenueTest} from "./Venue.sol";
import {MockVerifier} from "./mocks/MockVerifier.sol";

contract VerifierRouterTest is VenueTest {
    bytes32 private constant KEY = 0x7788990000000000000000000000000000000000000000000000000000000001;

    function fresh(bytes32 key) private returns (MockVerifier) {
        return new MockVerifier(key, 13, false);
    }

    function refused(uint8 statement, bytes4 selector, IVerifierRouter.Status status) private view returns (bytes memory) {
        eq(router.isActive(statement, selector), false, "active");
        return abi.encodeWithSelector(IVerifierRouter.VerifierNotActive.selector, statement, selector, status);
    }

    function test_an_added_verifier_is_found() public {
        MockVerifier verifier = fresh(KEY);
        router.addVerifier(Statements.SETTLEMENT, verifier, address(verifier).codehash, KEY);
        eq(address(router.verifierOf(Statements.SETTLEMENT, bytes4(KEY))), address(verifier), "verifier");
        eq(router.isActive(Statements.SETTLEMENT, bytes4(KEY)), true, "active");
        // Another statement, another selector: nothing.
        bytes memory unknown = refused(Statements.SOLVENCY, bytes4(KEY), IVerifierRouter.Status.Unknown);
        vm.expectRevert(unknown);
        router.verifierOf(Statements.SOLVENCY, bytes4(KEY));
    }

    function test_what_is_added_is_what_was_announced() public {
        MockVerifier verifier = fresh(KEY);
        bytes32 code = address(verifier).codehash;
        vm.expectRevert(abi.encodeWithSelector(IVerifierRouter.WrongCode.selector, bytes32(uint256(1)), code));
        router.addVerifier(Statements.SETTLEMENT, verifier, bytes32(uint256(1)), KEY);
        bytes32 other = bytes32(uint256(KEY) + 1);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRouter.WrongKey.selector, other, KEY));
        router.addVerifier(Statements.SETTLEMENT, verifier, code, other);
        // An account without code has another hash than any contract.
        vm.expectRevert(abi.encodeWithSelector(IVerifierRouter.WrongCode.selector, code, bytes32(0)));
        router.addVerifier(Statements.SETTLEMENT, MockVerifier(address(0x77)), code, KEY);
    }

    function testFuzz_statements_are_those_of_the_list(uint8 statement) public {
        bool known = (statement >= 1 && statement <= 4) || (statement >= 33 && statement <= 38);
        MockVerifier verifier = fresh(KEY);
        bytes32 code = address(verifier).codehash;
        if (!known) vm.expectRevert(abi.encodeWithSelector(IVerifierRouter.UnknownStatement.selector, statement));
        router.addVerifier(statement, verifier, code, KEY);
    }

    function test_a_selector_is_used_once() public {
        MockVerifier verifier = fresh(KEY);
        bytes32 code = address(verifier).codehash;
        IVerifierRouter.Status[4] memory statuses = [
            IVerifierRouter.Status.Active,
            IVerifierRouter.Status.Removed,
            IVerifierRouter.Status.Stopped,
            IVerifierRouter.Status.Tripped
        ];
        router.addVerifier(Statements.SETTLEMENT, verifier, code, KEY);
        for (uint256 i = 0; i < statuses.length; ++i) {
            uint256 id = vm.snapshotState();
            leave(statuses[i]);
            vm.expectRevert(
                abi.encodeWithSelector(IVerifierRouter.SelectorUsed.selector, Statements.SETTLEMENT, bytes4(KEY), statuses[i])
            );
            router.addVerifier(Statements.SETTLEMENT, verifier, code, KEY);
            // Nor for another verifier with the same first four bytes.
            bytes32 similar = bytes32(uint256(KEY) + 1);
            MockVerifier second = fresh(similar);
            bytes32 secondCode = address(second).codehash;
            vm.expectRevert(
                abi.encodeWithSelector(IVerifierRouter.SelectorUsed.selector, Statements.SETTLEMENT, bytes4(KEY), statuses[i])
            );
            router.addVerifier(Statements.SETTLEMENT, second, secondCode, similar);
            vm.revertToState(id);
        }
    }

    function leave(IVerifierRouter.Status how) private {
        if (how == IVerifierRouter.Status.Removed) router.removeVerifier(Statements.SETTLEMENT, bytes4(KEY));
        if (how == IVerifierRouter.Status.Stopped) {
            vm.prank(GUARDIAN);
            router.stopVerifier(Statements.SETTLEMENT, bytes4(KEY));
        }
        if (how == IVerifierRouter.Status.Tripped) contradict(Statements.SETTLEMENT, bytes4(KEY), 13, 4, KEY);
    }

    function contradict(uint8 statement, bytes4 selector, uint256 length, uint256 batchAt, bytes32 key) private {
        uint256[] memory a = new uint256[](length);
        uint256[] memory b = new uint256[](length);
        (a[2], b[2], a[3], b[3]) = (7, 7, 8, 9);
        (a[batchAt], b[batchAt]) = (1, 2);
        bytes memory first = abi.encode(keccak256(abi.encode(key, a)));
        bytes memory second = abi.encode(keccak256(abi.encode(key, b)));
        vm.prank(ANYBODY);
        router.tripByContradiction(statement, selector, first, a, second, b);
    }

    function test_who_left_does_not_leave_again() public {
        router.removeVerifier(Statements.SETTLEMENT, S_KEY);
        bytes memory gone = refused(Statements.SETTLEMENT, S_KEY, IVerifierRouter.Status.Removed);
        vm.expectRevert(gone);
        router.removeVerifier(Statements.SETTLEMENT, S_KEY);
        vm.expectRevert(gone);
        vm.prank(GUARDIAN);
        router.stopVerifier(Statements.SETTLEMENT, S_KEY);
        vm.expectRevert(gone);
        router.verifierOf(Statements.SETTLEMENT, S_KEY);
        (, IVerifierRouter.Status status) = router.entry(Statements.SETTLEMENT, S_KEY);
        eq(uint8(status), uint8(IVerifierRouter.Status.Removed), "status");
    }

    function test_only_governance_adds_and_removes_and_only_a_guardian_stops() public {
        MockVerifier verifier = fresh(KEY);
        bytes32 code = address(verifier).codehash;
        bytes memory unauthorized = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, ANYBODY);
        vm.startPrank(ANYBODY);
        vm.expectRevert(unauthorized);
        router.addVerifier(Statements.SETTLEMENT, verifier, code, KEY);
        vm.expectRevert(unauthorized);
        router.removeVerifier(Statements.SETTLEMENT, S_KEY);
        vm.expectRevert(unauthorized);
        router.stopVerifier(Statements.SETTLEMENT, S_KEY);
        vm.stopPrank();
        // A guardian can stop and nothing else.
        unauthorized = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, GUARDIAN);
        vm.startPrank(GUARDIAN);
        vm.expectRevert(unauthorized);
        router.addVerifier(Statements.SETTLEMENT, verifier, code, KEY);
        vm.expectRevert(unauthorized);
        router.removeVerifier(Statements.SETTLEMENT, S_KEY);
        router.stopVerifier(Statements.SETTLEMENT, S_KEY);
        vm.stopPrank();
    }

    function test_proofs_that_contradict_each_other_trip_a_verifier() public {
        contradict(Statements.SETTLEMENT, S_KEY, 13, 4, bytes32(S_KEY));
        refused(Statements.SETTLEMENT, S_KEY, IVerifierRouter.Status.Tripped);
        contradict(Statements.LIQUIDATION, L_KEY, 7, 5, bytes32(L_KEY));
        refused(Statements.LIQUIDATION, L_KEY, IVerifierRouter.Status.Tripped);
    }

    function test_proofs_that_can_both_be_true_trip_nothing() public {
        uint256[] memory a = new uint256[](13);
        uint256[] memory b = new uint256[](13);
        (a[2], b[2], a[3], b[3], a[4], b[4]) = (7, 7, 8, 9, 1, 1);
        bytes memory notImpossible = abi.encodeWithSelector(IVerifierRouter.NotImpossible.selector, Statements.SETTLEMENT);
        bytes memory proofA = settlementVerifier.prove(a);
        // One root, one number, two ways on.
        bytes memory proofB = settlementVerifier.prove(b);
        vm.expectRevert(notImpossible);
        router.tripByContradiction(Statements.SETTLEMENT, S_KEY, proofA, a, proofB, b);
        // Two roots, two numbers.
        (b[2], b[4]) = (6, 2);
        proofB = settlementVerifier.prove(b);
        vm.expectRevert(notImpossible);
        router.tripByContradiction(Statements.SETTLEMENT, S_KEY, proofA, a, proofB, b);
        // A contradiction that is not proven.
        b[2] = 7;
        vm.expectRevert(MockVerifier.PairingFailed.selector);
        router.tripByContradiction(Statements.SETTLEMENT, S_KEY, proofA, a, proofB, b);
        vm.expectRevert(MockVerifier.PairingFailed.selector);
        router.tripByContradiction(Statements.SETTLEMENT, S_KEY, proofB, a, proofA, b);
        // M has no batch numbers.
        a = new uint256[](8);
        b = new uint256[](8);
        b[4] = 1;
        (proofA, proofB) = (solvencyVerifier.prove(a), solvencyVerifier.prove(b));
        vm.expectRevert(abi.encodeWithSelector(IVerifierRouter.NotImpossible.selector, Statements.SOLVENCY));
        router.tripByContradiction(Statements.SOLVENCY, M_KEY, proofA, a, proofB, b);
    }

    function testFuzz_a_proven_falsehood_trips_a_verifier(uint256 requirement, uint256 threshold, uint256 breakerFlag) public {
        requirement = bound(requirement, 0, 4);
        if (threshold % 2 == 0) threshold >>= 129;
        breakerFlag = bound(breakerFlag, 0, 2);
        uint256[] memory m = new uint256[](8);
        (m[4], m[5]) = (requirement, threshold);
        bytes memory proof = solvencyVerifier.prove(m);
        bool possible = requirement <= 2 && threshold < 1 << 127;
        if (possible) vm.expectRevert(abi.encodeWithSelector(IVerifierRouter.NotImpossible.selector, Statements.SOLVENCY));
        router.tripByFalsehood(Statements.SOLVENCY, M_KEY, proof, m);
        eq(router.isActive(Statements.SOLVENCY, M_KEY), possible, "solvency");

        uint256[] memory l = new uint256[](7);
        l[6] = breakerFlag;
        proof = liquidationVerifier.prove(l);
        if (breakerFlag == 0) {
            vm.expectRevert(abi.encodeWithSelector(IVerifierRouter.NotImpossible.selector, Statements.LIQUIDATION));
        }
        router.tripByFalsehood(Statements.LIQUIDATION, L_KEY, proof, l);
        eq(router.isActive(Statements.LIQUIDATION, L_KEY), breakerFlag == 0, "liquidation");
    }

    function test_a_falsehood_needs_a_proof() public {
        uint256[] memory m = new uint256[](8);
        m[4] = 3;
        vm.expectRevert(MockVerifier.PairingFailed.selector);
        router.tripByFalsehood(Statements.SOLVENCY, M_KEY, "", m);
        // S has no such instance.
        uint256[] memory s = new uint256[](13);
        s[6] = 2;
        bytes memory proof = settlementVerifier.prove(s);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRouter.NotImpossible.selector, Statements.SETTLEMENT));
        router.tripByFalsehood(Statements.SETTLEMENT, S_KEY, proof, s);
    }
}
