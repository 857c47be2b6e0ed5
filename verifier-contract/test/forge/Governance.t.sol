// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Safe} from "@safe-global/safe-contracts/contracts/Safe.sol";
import {Enum} from "@safe-global/safe-contracts/contracts/common/Enum.sol";
import {SafeProxyFactory} from "@safe-global/safe-contracts/contracts/proxies/SafeProxyFactory.sol";
import {Roles} from "../../contracts/governance/Roles.sol";
import {ISettlementRollup} from "../../contracts/interfaces/ISettlementRollup.sol";
import {IVerifierRouter} from "../../contracts/interfaces/IVerifierRouter.sol";
import {Statements} from "../../contracts/libraries/Statements.sol";
import {VenueTest} from "./Venue.sol";
import {MockVerifier} from "./mocks/MockVerifier.sol";

/// @dev The drill: a Safe of three owners and quorum two proposes to a timelock, which is the admin of the AccessManager. Replacing a
/// verifier goes through the timelock's delay and then that of governance's role; a second Safe is the guardian, without any delay.
contract GovernanceTest is VenueTest {
    uint256 private constant TIMELOCK_DELAY = 2 days;
    uint32 private constant ROLE_DELAY = 1 days;
    uint8 private constant S = Statements.SETTLEMENT;
    bytes32 private constant SAFE_TX = keccak256(
        "SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas,uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)"
    );
    bytes32 private constant KEY = 0xaabbccdd00000000000000000000000000000000000000000000000000000001;

    uint256[3] private _keys;
    Safe private council;
    Safe private watch;
    TimelockController private timelock;
    MockVerifier private replacement;

    function setUp() public override {
        super.setUp();
        _keys = [uint256(11), 22, 33];
        // A Safe wants signatures in the order of addresses.
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 j = i + 1; j < 3; ++j) {
                if (vm.addr(_keys[j]) < vm.addr(_keys[i])) (_keys[i], _keys[j]) = (_keys[j], _keys[i]);
            }
        }
        SafeProxyFactory factory = new SafeProxyFactory();
        Safe singleton = new Safe();
        council = newSafe(factory, address(singleton), 2, 1);
        watch = newSafe(factory, address(singleton), 1, 2);

        address[] memory proposers = new address[](1);
        proposers[0] = address(council);
        address[] memory executors = new address[](1);
        executors[0] = address(0);
        timelock = new TimelockController(TIMELOCK_DELAY, proposers, executors, address(0));

        manager.setTargetFunctionRole(address(router), Roles.routerGovernance(), Roles.GOVERNANCE);
        manager.grantRole(Roles.GOVERNANCE, address(timelock), ROLE_DELAY);
        manager.grantRole(GUARDIAN_ROLE, address(watch), 0);
        manager.revokeRole(GUARDIAN_ROLE, GUARDIAN);
        manager.grantRole(0, address(timelock), 0);
        manager.renounceRole(0, address(this));
        replacement = new MockVerifier(KEY, 13, false);
    }

    function newSafe(SafeProxyFactory factory, address singleton, uint256 threshold, uint256 salt) private returns (Safe) {
        address[] memory owners = new address[](3);
        for (uint256 i = 0; i < 3; ++i) {
            owners[i] = vm.addr(_keys[i]);
        }
        bytes memory setup =
            abi.encodeCall(Safe.setup, (owners, threshold, address(0), "", address(0), address(0), 0, payable(address(0))));
        return Safe(payable(address(factory.createProxyWithNonce(singleton, setup, salt))));
    }

    // ---- what a Safe does ----

    /// @dev What the owners sign: the EIP-712 hash of a plain call without gas refund.
    function digestOf(Safe safe, address to, bytes memory data) private view returns (bytes32) {
        bytes32 transaction = keccak256(abi.encode(SAFE_TX, to, 0, keccak256(data), 0, 0, 0, 0, 0, 0, safe.nonce()));
        return keccak256(abi.encodePacked(bytes2(0x1901), safe.domainSeparator(), transaction));
    }

    function signatures(Safe safe, address to, bytes memory data, uint256 signers) private view returns (bytes memory all) {
        bytes32 digest = digestOf(safe, to, data);
        for (uint256 i = 0; i < signers; ++i) {
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(_keys[i], digest);
            all = abi.encodePacked(all, r, s, v);
        }
    }

    /// @dev The transaction itself is sent by nobody in particular.
    function execute(Safe safe, address to, bytes memory data, bytes memory signed) private returns (bool) {
        return safe.execTransaction(
            to, 0, data, Enum.Operation.Call, 0, 0, 0, address(0), payable(address(0)), signed
        );
    }

    function send(Safe safe, address to, bytes memory data, uint256 signers) private returns (bool) {
        return execute(safe, to, data, signatures(safe, to, data, signers));
    }

    // ---- steps of the drill ----

    function addition() private view returns (bytes memory) {
        return abi.encodeCall(IVerifierRouter.addVerifier, (S, replacement, address(replacement).codehash, KEY));
    }

    function removal() private pure returns (bytes memory) {
        return abi.encodeCall(IVerifierRouter.removeVerifier, (S, S_KEY));
    }

    /// @dev Through the timelock: the AccessManager is asked for a call of the router at a later time.
    function announcement(bytes memory call) private view returns (bytes memory) {
        return abi.encodeCall(IAccessManager.schedule, (address(router), call, 0));
    }

    function propose(bytes memory managerCall) private returns (bool) {
        return send(council, address(timelock), proposal(managerCall), 2);
    }

    function proposal(bytes memory managerCall) private view returns (bytes memory) {
        return abi.encodeCall(
            TimelockController.schedule, (address(manager), 0, managerCall, bytes32(0), bytes32(0), TIMELOCK_DELAY)
        );
    }

    function carryOut(bytes memory managerCall) private {
        vm.prank(ANYBODY);
        timelock.execute(address(manager), 0, managerCall, bytes32(0), bytes32(0));
    }

    /// @dev A call of the router from the council's signatures to its effect.
    function govern(bytes memory call) private {
        check(propose(announcement(call)), "the council proposes");
        bytes memory act = abi.encodeCall(IAccessManager.execute, (address(router), call));
        check(propose(act), "and proposes to act");
        vm.warp(block.timestamp + TIMELOCK_DELAY);
        carryOut(announcement(call));
        vm.warp(block.timestamp + ROLE_DELAY);
        carryOut(act);
    }

    function test_a_verifier_is_replaced() public {
        govern(addition());
        eq(router.isActive(S, bytes4(KEY)), true, "the new one counts");
        eq(router.isActive(S, S_KEY), true, "so does the old one");
        govern(removal());
        eq(router.isActive(S, S_KEY), false, "the old one does not");
        // Batches are proven with the new one.
        uint256[] memory instance = commit(settlement(1));
        refuseOldProof(instance, IVerifierRouter.Status.Removed);
        assertProven(instance);
    }

    function refuseOldProof(uint256[] memory instance, IVerifierRouter.Status status) private {
        ISettlementRollup.Proof[] memory proofs = new ISettlementRollup.Proof[](1);
        proofs[0] = proofOf(S, instance);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRouter.VerifierNotActive.selector, S, S_KEY, status));
        rollup.proveBatches(1, proofs);
    }

    function assertProven(uint256[] memory instance) private {
        ISettlementRollup.Proof[] memory proofs = new ISettlementRollup.Proof[](1);
        proofs[0] = ISettlementRollup.Proof(bytes4(KEY), instance, replacement.prove(instance));
        rollup.proveBatches(1, proofs);
        (, uint64 proven,) = rollup.progress();
        eq(proven, 1, "proven");
    }

    function test_nothing_happens_early() public {
        bytes memory announce = announcement(addition());
        bytes memory act = abi.encodeCall(IAccessManager.execute, (address(router), addition()));
        propose(announce);
        propose(act);
        bytes32 id = timelock.hashOperation(address(manager), 0, announce, bytes32(0), bytes32(0));
        vm.warp(block.timestamp + TIMELOCK_DELAY - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                TimelockController.TimelockUnexpectedOperationState.selector, id, bytes32(uint256(1) << uint8(TimelockController.OperationState.Ready))
            )
        );
        carryOut(announce);
        vm.warp(block.timestamp + 1);
        carryOut(announce);
        // The timelock is through, the role's delay is not.
        vm.warp(block.timestamp + ROLE_DELAY - 1);
        bytes32 operation = manager.hashOperation(address(timelock), address(router), addition());
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotReady.selector, operation));
        carryOut(act);
        eq(router.isActive(S, bytes4(KEY)), false, "not yet");
        vm.warp(block.timestamp + 1);
        carryOut(act);
        eq(router.isActive(S, bytes4(KEY)), true, "now");
    }

    function test_what_was_not_announced_does_not_happen() public {
        bytes memory act = abi.encodeCall(IAccessManager.execute, (address(router), addition()));
        propose(act);
        vm.warp(block.timestamp + TIMELOCK_DELAY);
        bytes32 operation = manager.hashOperation(address(timelock), address(router), addition());
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, operation));
        carryOut(act);
    }

    function test_nothing_happens_without_a_quorum() public {
        bytes memory call = proposal(announcement(addition()));
        bytes memory signed = signatures(council, address(timelock), call, 1);
        vm.expectRevert(bytes("GS020"));
        execute(council, address(timelock), call, signed);
        // One owner twice is one owner.
        signed = abi.encodePacked(signed, signed);
        vm.expectRevert(bytes("GS026"));
        execute(council, address(timelock), call, signed);
        // Nor is an owner a proposer.
        address owner = vm.addr(_keys[0]);
        bytes32 role = timelock.PROPOSER_ROLE();
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSignature("AccessControlUnauthorizedAccount(address,bytes32)", owner, role));
        timelock.schedule(address(manager), 0, announcement(addition()), bytes32(0), bytes32(0), TIMELOCK_DELAY);
        vm.prank(address(council));
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(council)));
        router.removeVerifier(S, S_KEY);
    }

    function test_signatures_are_used_once() public {
        bytes memory call = proposal(announcement(addition()));
        bytes memory signed = signatures(council, address(timelock), call, 2);
        execute(council, address(timelock), call, signed);
        vm.expectRevert(bytes("GS026"));
        execute(council, address(timelock), call, signed);
    }

    function test_a_removed_verifier_does_not_come_back() public {
        govern(removal());
        bytes memory again = abi.encodeCall(
            IVerifierRouter.addVerifier, (S, settlementVerifier, address(settlementVerifier).codehash, bytes32(S_KEY))
        );
        propose(announcement(again));
        bytes memory act = abi.encodeCall(IAccessManager.execute, (address(router), again));
        propose(act);
        vm.warp(block.timestamp + TIMELOCK_DELAY);
        carryOut(announcement(again));
        vm.warp(block.timestamp + ROLE_DELAY);
        vm.expectRevert(
            abi.encodeWithSelector(IVerifierRouter.SelectorUsed.selector, S, S_KEY, IVerifierRouter.Status.Removed)
        );
        carryOut(act);
    }

    function test_an_emergency_stop_is_one_transaction() public {
        uint256[] memory instance = commit(settlement(1));
        bytes memory stop = abi.encodeCall(IVerifierRouter.stopVerifier, (S, S_KEY));
        check(send(watch, address(router), stop, 1), "one signature, one transaction");
        eq(router.isActive(S, S_KEY), false, "stopped");
        refuseOldProof(instance, IVerifierRouter.Status.Stopped);
        // The guardian has no other power, and not that of going back.
        bytes memory again = abi.encodeCall(
            IVerifierRouter.addVerifier, (S, settlementVerifier, address(settlementVerifier).codehash, bytes32(S_KEY))
        );
        bytes memory signed = signatures(watch, address(router), again, 1);
        vm.expectRevert(bytes("GS013"));
        execute(watch, address(router), again, signed);
        // Governance brings a new verifier in, by the long way.
        govern(addition());
        assertProven(instance);
    }

    function test_the_council_cannot_stop_at_once() public {
        bytes memory stop = abi.encodeCall(IVerifierRouter.stopVerifier, (S, S_KEY));
        bytes memory signed = signatures(council, address(router), stop, 2);
        vm.expectRevert(bytes("GS013"));
        execute(council, address(router), stop, signed);
    }
}
