// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {SettlementRollup} from "../../contracts/SettlementRollup.sol";
import {IForcedRequests} from "../../contracts/interfaces/IForcedRequests.sol";
import {ISettlementRollup} from "../../contracts/interfaces/ISettlementRollup.sol";
import {IVerifierRouter} from "../../contracts/interfaces/IVerifierRouter.sol";
import {PairingCheck} from "../../contracts/libraries/PairingCheck.sol";
import {ProofSet} from "../../contracts/libraries/ProofSet.sol";
import {Statements} from "../../contracts/libraries/Statements.sol";
import {VenueTest} from "./Venue.sol";
import {MockVerifier} from "./mocks/MockVerifier.sol";

contract SettlementRollupTest is VenueTest {
    uint256 private constant R = Statements.R;
    uint8 private constant S = Statements.SETTLEMENT;
    uint8 private constant L = Statements.LIQUIDATION;

    function expectProgress(uint64 committed, uint64 proven, uint64 executed) private view {
        (uint64 c, uint64 p, uint64 e) = rollup.progress();
        eq(c, committed, "committed");
        eq(p, proven, "proven");
        eq(e, executed, "executed");
    }

    // ---- the way through ----

    function test_a_batch_goes_through_three_steps() public {
        ISettlementRollup.Batch memory batch = settlement(777);
        uint256[] memory instance = commit(batch);
        expectProgress(1, 0, 0);
        eq(rollup.committedState(), 777, "committed state");
        prove(1, S, instance);
        expectProgress(1, 1, 0);
        eq(rollup.stateRoot(), GENESIS, "the root waits for the delay");
        vm.expectRevert(
            abi.encodeWithSelector(ISettlementRollup.ExecutionTooEarly.selector, START + EXECUTION_DELAY, block.timestamp)
        );
        execute(1, instance);
        vm.warp(START + EXECUTION_DELAY);
        execute(1, instance);
        expectProgress(1, 1, 1);
        eq(rollup.stateRoot(), 777, "root");
        eq(rollup.expiryState(EXPIRY).started, true, "started");
        eq(rollup.expiryState(EXPIRY).closed, false, "closed");
        settle(778, true);
        eq(rollup.expiryState(EXPIRY).closed, true, "closed");
    }

    function test_several_proofs_take_one_pairing_and_one_bad_one_fails_all() public {
        ISettlementRollup.Proof[] memory proofs = new ISettlementRollup.Proof[](3);
        uint256[][] memory instances = new uint256[][](3);
        setRound(ETH, 99, START);
        for (uint64 i = 0; i < 3; ++i) {
            ISettlementRollup.Batch memory batch = i == 1 ? liquidation(700 + i) : settlement(700 + i);
            instances[i] = commit(batch);
            proofs[i] = proofOf(batch.statement, instances[i]);
        }
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory good = proofs[i].proof;
            proofs[i].proof = abi.encode("bad");
            vm.expectRevert(PairingCheck.ClaimsFailed.selector);
            rollup.proveBatches(1, proofs);
            proofs[i].proof = good;
        }
        expectProgress(3, 0, 0);
        rollup.proveBatches(1, proofs);
        expectProgress(3, 3, 0);
        vm.warp(START + EXECUTION_DELAY);
        rollup.executeBatches(1, instances);
        expectProgress(3, 3, 3);
        eq(rollup.stateRoot(), 702, "root");
    }

    function test_proofs_under_two_setups_do_not_share_a_pairing() public {
        MockVerifier other = new MockVerifier(bytes32(uint256(1) << 224), 13, true);
        router.addVerifier(S, other, address(other).codehash, other.keyDigest());
        ISettlementRollup.Proof[] memory proofs = new ISettlementRollup.Proof[](2);
        proofs[0] = proofOf(S, commit(settlement(1)));
        uint256[] memory instance = commit(settlement(2));
        proofs[1] = ISettlementRollup.Proof(bytes4(uint32(1)), instance, other.prove(instance));
        vm.expectRevert(abi.encodeWithSelector(ProofSet.WrongSetup.selector, address(other)));
        rollup.proveBatches(1, proofs);
    }

    // ---- commit ----

    function refuseCommit(ISettlementRollup.Batch memory batch, bytes memory error) private {
        vm.expectRevert(error);
        vm.prank(OPERATOR);
        rollup.commitBatch(batch);
    }

    function test_only_the_operator_commits_and_withdraws() public {
        ISettlementRollup.Batch memory batch = settlement(1);
        bytes memory unauthorized = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, ANYBODY);
        vm.startPrank(ANYBODY);
        vm.expectRevert(unauthorized);
        rollup.commitBatch(batch);
        vm.expectRevert(unauthorized);
        rollup.withdrawBatches(0, new uint256[](0));
        vm.stopPrank();
    }

    function testFuzz_a_batch_has_the_next_number(uint64 number) public {
        commit(settlement(1));
        ISettlementRollup.Batch memory batch = settlement(2);
        if (number == 2) return;
        batch.number = number;
        refuseCommit(batch, abi.encodeWithSelector(ISettlementRollup.WrongBatch.selector, 2, number));
    }

    function testFuzz_a_batch_begins_at_the_last_committed_root(uint256 oldState) public {
        commit(settlement(1));
        ISettlementRollup.Batch memory batch = settlement(2);
        if (oldState == 1) return;
        batch.oldState = oldState;
        refuseCommit(batch, abi.encodeWithSelector(ISettlementRollup.WrongState.selector, 1, oldState));
    }

    function test_two_racing_batches_are_one() public {
        ISettlementRollup.Batch memory mine = settlement(1);
        ISettlementRollup.Batch memory yours = settlement(2);
        commit(mine);
        refuseCommit(yours, abi.encodeWithSelector(ISettlementRollup.WrongBatch.selector, 2, 1));
        // Numbered anew it begins at a root that is not there any more.
        yours.number = 2;
        refuseCommit(yours, abi.encodeWithSelector(ISettlementRollup.WrongState.selector, 1, GENESIS));
    }

    function testFuzz_a_new_root_is_a_field_element_but_not_0(uint256 root) public {
        ISettlementRollup.Batch memory batch = settlement(root);
        if (root == 0 || root >= R) {
            refuseCommit(batch, abi.encodeWithSelector(ISettlementRollup.InvalidFieldElement.selector, root));
        } else {
            commit(batch);
        }
    }

    function test_a_new_root_of_0_or_r_is_refused() public {
        uint256[3] memory roots = [uint256(0), R, type(uint256).max];
        for (uint256 i = 0; i < roots.length; ++i) {
            refuseCommit(
                settlement(roots[i]), abi.encodeWithSelector(ISettlementRollup.InvalidFieldElement.selector, roots[i])
            );
        }
        commit(settlement(R - 1));
    }

    function testFuzz_a_batch_is_of_statement_S_or_L(uint8 statement) public {
        if (statement == S || statement == L) return;
        ISettlementRollup.Batch memory batch = settlement(1);
        batch.statement = statement;
        refuseCommit(batch, abi.encodeWithSelector(ISettlementRollup.WrongStatement.selector, statement));
    }

    function test_prices_are_the_oracles_and_final() public {
        ISettlementRollup.Batch memory batch = settlement(1);
        uint16[4] memory without = [uint16(0), 3, 65532, 65535];
        for (uint256 i = 0; i < without.length; ++i) {
            batch.underlyings = one(without[i]);
            refuseCommit(batch, abi.encodeWithSelector(ISettlementRollup.PriceNotFinal.selector, EXPIRY, without[i]));
        }
        // Whatever an oracle says of an underlying that marks an unused slot.
        oracle.setPrice(EXPIRY, 65534, 5);
        batch.underlyings = one(65534);
        refuseCommit(batch, abi.encodeWithSelector(ISettlementRollup.PriceNotFinal.selector, EXPIRY, 65534));
        batch.underlyings = one(ETH);
        batch.expiry = EXPIRY + 1;
        refuseCommit(batch, abi.encodeWithSelector(ISettlementRollup.PriceNotFinal.selector, EXPIRY + 1, ETH));
    }

    function test_one_to_three_underlyings_each_once() public {
        ISettlementRollup.Batch memory batch = settlement(1);
        batch.underlyings = new uint16[](0);
        refuseCommit(batch, abi.encodeWithSelector(ISettlementRollup.WrongUnderlyingCount.selector, 0));
        batch.underlyings = new uint16[](4);
        refuseCommit(batch, abi.encodeWithSelector(ISettlementRollup.WrongUnderlyingCount.selector, 4));
        batch.underlyings = new uint16[](3);
        oracle.setPrice(EXPIRY, 3, 7);
        (batch.underlyings[0], batch.underlyings[1], batch.underlyings[2]) = (BTC, ETH, BTC);
        refuseCommit(batch, abi.encodeWithSelector(ISettlementRollup.DuplicateUnderlying.selector, BTC));
        batch.underlyings[2] = 3;
        uint256[] memory instance = commit(batch);
        prove(1, S, instance);
    }

    function test_a_changed_oracle_price_after_the_commitment_changes_nothing() public {
        uint256[] memory instance = commit(settlement(1));
        oracle.setPrice(EXPIRY, ETH, 1);
        prove(1, S, instance);
        uint256[] memory other = instanceOf(settlement(1));
        check(other[8] != instance[8], "another price");
    }

    function test_parameters_are_those_in_force_at_the_commitment() public {
        uint256[] memory before = commit(settlement(1));
        parameters.set(55, 66);
        uint256[] memory afterwards = commit(settlement(2));
        eq(before[1], 1234, "before");
        eq(afterwards[1], 55, "after");
        prove(1, S, before);
        prove(2, S, afterwards);
    }

    function test_at_most_63_batches_wait() public {
        for (uint256 i = 1; i < 64; ++i) {
            commit(settlement(i));
        }
        refuseCommit(settlement(64), abi.encodeWithSelector(ISettlementRollup.TooManyBatches.selector, 63));
    }

    // ---- liquidations ----

    function test_liquidations_need_a_recent_risk_round() public {
        bytes4 stale = ISettlementRollup.RiskRootStale.selector;
        refuseCommit(liquidation(1), abi.encodeWithSelector(stale, ETH, START - RISK_MAX_AGE, 0));
        setRound(ETH, 99, START - RISK_MAX_AGE - 1);
        refuseCommit(liquidation(1), abi.encodeWithSelector(stale, ETH, START - RISK_MAX_AGE, START - RISK_MAX_AGE - 1));
        setRound(ETH, 99, START - RISK_MAX_AGE);
        uint256[] memory instance = commit(liquidation(1));
        eq(instance[4], 99, "risk root");
        // A later round does not change what was committed.
        setRound(ETH, 100, START);
        prove(1, L, instance);
    }

    function test_liquidations_have_one_underlying_and_no_expiry() public {
        setRound(ETH, 99, START);
        ISettlementRollup.Batch memory batch = liquidation(1);
        batch.expiry = EXPIRY;
        refuseCommit(batch, abi.encodeWithSelector(ISettlementRollup.NoExpiry.selector));
        batch = liquidation(1);
        batch.close = true;
        refuseCommit(batch, abi.encodeWithSelector(ISettlementRollup.NoExpiry.selector));
        batch = liquidation(1);
        batch.underlyings = new uint16[](2);
        refuseCommit(batch, abi.encodeWithSelector(ISettlementRollup.WrongUnderlyingCount.selector, 2));
    }

    function test_the_breaker_stops_liquidations_in_each_step_and_settlements_in_none() public {
        setRound(ETH, 99, START);
        bytes memory tripped = abi.encodeWithSelector(ISettlementRollup.BreakerTripped.selector);
        breaker.set(true);
        refuseCommit(liquidation(1), tripped);
        settle(1, false);
        breaker.set(false);
        setRound(ETH, 99, block.timestamp);
        uint256[] memory instance = commit(liquidation(2));
        breaker.set(true);
        ISettlementRollup.Proof[] memory proofs = new ISettlementRollup.Proof[](1);
        proofs[0] = proofOf(L, instance);
        vm.expectRevert(tripped);
        rollup.proveBatches(2, proofs);
        breaker.set(false);
        rollup.proveBatches(2, proofs);
        vm.warp(block.timestamp + EXECUTION_DELAY);
        breaker.set(true);
        vm.expectRevert(tripped);
        execute(2, instance);
        // It is in the way of settlements: anybody takes it back.
        vm.prank(ANYBODY);
        rollup.expireBatches(1, instance);
        expectProgress(1, 1, 1);
        settle(3, true);
        eq(rollup.stateRoot(), 3, "root");
    }

    // ---- prove ----

    function testFuzz_what_is_proven_is_what_was_committed(uint8 at, uint256 value) public {
        uint256[] memory instance = commit(settlement(1));
        bytes32 expected = rollup.batchRecord(1).hash;
        at = uint8(bound(at, 0, 12));
        if (instance[at] == value) return;
        instance[at] = value;
        ISettlementRollup.Proof[] memory proofs = new ISettlementRollup.Proof[](1);
        proofs[0] = proofOf(S, instance);
        bytes32 found = keccak256(abi.encode(rollup.batchRecord(0).hash, S, instance));
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.WrongInstance.selector, 1, expected, found));
        rollup.proveBatches(1, proofs);
    }

    function test_proofs_come_in_order_and_once() public {
        uint256[] memory first = commit(settlement(1));
        uint256[] memory second = commit(settlement(2));
        ISettlementRollup.Proof[] memory proofs = new ISettlementRollup.Proof[](1);
        proofs[0] = proofOf(S, second);
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.WrongBatch.selector, 1, 2));
        rollup.proveBatches(2, proofs);
        prove(1, S, first);
        proofs[0] = proofOf(S, first);
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.WrongBatch.selector, 2, 1));
        rollup.proveBatches(1, proofs);
        prove(2, S, second);
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.NoBatch.selector, 3));
        rollup.proveBatches(3, proofs);
    }

    function test_a_bad_proof_is_refused_by_name() public {
        uint256[] memory instance = commit(settlement(1));
        ISettlementRollup.Proof[] memory proofs = new ISettlementRollup.Proof[](1);
        proofs[0] = ISettlementRollup.Proof(S_KEY, instance, "");
        vm.expectRevert(MockVerifier.PairingFailed.selector);
        rollup.proveBatches(1, proofs);
        proofs[0] = proofOf(S, instance);
        proofs[0].selector = 0xdeadbeef;
        vm.expectRevert(
            abi.encodeWithSelector(
                IVerifierRouter.VerifierNotActive.selector, S, bytes4(0xdeadbeef), IVerifierRouter.Status.Unknown
            )
        );
        rollup.proveBatches(1, proofs);
        // A verifier of another statement is none of this one.
        proofs[0].selector = M_KEY;
        vm.expectRevert(
            abi.encodeWithSelector(IVerifierRouter.VerifierNotActive.selector, S, M_KEY, IVerifierRouter.Status.Unknown)
        );
        rollup.proveBatches(1, proofs);
    }

    function test_another_chain_is_refused() public {
        uint256[] memory instance = commit(settlement(1));
        ISettlementRollup.Proof[] memory proofs = new ISettlementRollup.Proof[](1);
        proofs[0] = proofOf(S, instance);
        vm.chainId(5);
        uint256 domain = rollup.domain();
        check(domain != instance[0], "another domain");
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.WrongDomain.selector, domain, instance[0]));
        rollup.proveBatches(1, proofs);
    }

    function test_another_rollup_is_refused() public {
        uint256[] memory instance = commit(settlement(1));
        ISettlementRollup.Proof[] memory proofs = new ISettlementRollup.Proof[](1);
        proofs[0] = proofOf(S, instance);
        SettlementRollup mine = rollup;
        rollup = new SettlementRollup(config(address(token)));
        ISettlementRollup.Batch memory batch = settlement(1);
        rollup.commitBatch(batch);
        bytes32 expected = rollup.batchRecord(1).hash;
        bytes32 found = keccak256(abi.encode(rollup.batchRecord(0).hash, S, instance));
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.WrongInstance.selector, 1, expected, found));
        rollup.proveBatches(1, proofs);
        check(mine.batchRecord(0).hash != rollup.batchRecord(0).hash, "two chains of batches");
    }

    // ---- execute ----

    function test_execution_comes_in_order_and_once() public {
        uint256[] memory first = commit(settlement(1));
        uint256[] memory second = commit(settlement(2));
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.NoBatch.selector, 1));
        execute(1, first);
        prove(1, S, first);
        prove(2, S, second);
        vm.warp(START + EXECUTION_DELAY);
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.WrongBatch.selector, 1, 2));
        execute(2, second);
        bytes32 expected = rollup.batchRecord(1).hash;
        bytes32 found = keccak256(abi.encode(rollup.batchRecord(0).hash, S, second));
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.WrongInstance.selector, 1, expected, found));
        execute(1, second);
        execute(1, first);
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.WrongBatch.selector, 2, 1));
        execute(1, first);
        execute(2, second);
    }

    function test_a_batch_whose_verifier_left_is_not_executed_and_can_be_taken_back() public {
        uint256[] memory instance = commit(settlement(1));
        prove(1, S, instance);
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.BatchStands.selector, 1));
        rollup.expireBatches(0, instance);
        vm.prank(GUARDIAN);
        router.stopVerifier(S, S_KEY);
        vm.warp(START + EXECUTION_DELAY);
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.VerifierLeft.selector, 1, S_KEY));
        execute(1, instance);
        vm.prank(ANYBODY);
        rollup.expireBatches(0, instance);
        expectProgress(0, 0, 0);
        eq(rollup.committedState(), GENESIS, "committed state");
    }

    // ---- taking back ----

    function test_the_operator_withdraws_what_is_not_proven() public {
        uint256[] memory first = commit(settlement(1));
        uint256[] memory second = commit(settlement(2));
        uint256[] memory third = commit(settlement(3));
        prove(1, S, first);
        vm.startPrank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.BatchStands.selector, 1));
        rollup.withdrawBatches(0, first);
        bytes32 expected = rollup.batchRecord(2).hash;
        bytes32 found = keccak256(abi.encode(rollup.batchRecord(1).hash, S, third));
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.WrongInstance.selector, 2, expected, found));
        rollup.withdrawBatches(1, third);
        rollup.withdrawBatches(2, third);
        eq(rollup.committedState(), 2, "after two");
        rollup.withdrawBatches(1, second);
        eq(rollup.committedState(), 1, "after one");
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.NoBatch.selector, 2));
        rollup.withdrawBatches(1, second);
        vm.stopPrank();
        expectProgress(1, 1, 0);
        // Another batch takes the number.
        prove(2, S, commit(settlement(22)));
        expectProgress(2, 2, 0);
    }

    function test_anybody_takes_back_what_is_not_proven_in_time() public {
        uint256[] memory instance = commit(settlement(1));
        vm.warp(START + PROOF_TIMEOUT - 1);
        vm.expectRevert(
            abi.encodeWithSelector(ISettlementRollup.ProofNotOverdue.selector, START + PROOF_TIMEOUT, block.timestamp)
        );
        rollup.expireBatches(0, instance);
        vm.warp(START + PROOF_TIMEOUT);
        vm.prank(ANYBODY);
        rollup.expireBatches(0, instance);
        expectProgress(0, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.NoBatch.selector, 1));
        rollup.expireBatches(0, instance);
    }

    function test_an_executed_batch_is_never_taken_back() public {
        uint256[] memory instance = commit(settlement(1));
        prove(1, S, instance);
        vm.warp(START + EXECUTION_DELAY);
        execute(1, instance);
        vm.prank(GUARDIAN);
        router.stopVerifier(S, S_KEY);
        vm.warp(START + 365 days);
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.BatchStands.selector, 1));
        rollup.expireBatches(0, instance);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.BatchStands.selector, 1));
        rollup.withdrawBatches(0, instance);
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.NoBatch.selector, 0));
        rollup.batchRecord(0);
    }

    // ---- construction ----

    function test_constructors_check_their_arguments() public {
        SettlementRollup.Config memory c = config(address(token));
        uint256[2] memory roots = [uint256(0), R];
        for (uint256 i = 0; i < roots.length; ++i) {
            c.genesis = roots[i];
            vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.InvalidFieldElement.selector, roots[i]));
            new SettlementRollup(c);
        }
        c = config(address(token));
        c.executionDelay = 7 days + 1;
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.InvalidDelay.selector, 0, 7 days, 7 days + 1));
        new SettlementRollup(c);
        c = config(address(token));
        c.proofTimeout = 59 minutes;
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.InvalidDelay.selector, 1 hours, 7 days, 59 minutes));
        new SettlementRollup(c);
        c = config(address(token));
        c.riskMaxAge = 0;
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.InvalidDelay.selector, 1 minutes, 1 days, 0));
        new SettlementRollup(c);
        c = config(address(token));
        c.forcedPeriod = 1 hours;
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.InvalidDelay.selector, 1 days, 60 days, 1 hours));
        new SettlementRollup(c);
        c = config(address(token));
        c.refundDelay = 31 days;
        vm.expectRevert(abi.encodeWithSelector(ISettlementRollup.InvalidDelay.selector, 1 hours, 30 days, 31 days));
        new SettlementRollup(c);
    }

    function test_the_domain_names_chain_and_contract() public {
        eq(rollup.domain(), (block.chainid << 160) | uint160(address(rollup)), "domain");
        vm.chainId(1 << 63);
        eq(rollup.domain(), (uint256(1) << 223) | uint160(address(rollup)), "domain of another chain");
    }

    // ---- forced requests and freezing ----

    function request(uint32 expiry) private returns (IForcedRequests.Request memory entry) {
        vm.prank(ANYBODY);
        rollup.requestClose(expiry);
        return IForcedRequests.Request(ANYBODY, expiry, uint40(block.timestamp) + FORCED_PERIOD);
    }

    function list(IForcedRequests.Request memory entry) private pure returns (IForcedRequests.Request[] memory all) {
        all = new IForcedRequests.Request[](1);
        all[0] = entry;
    }

    function test_a_half_settled_expiry_can_be_forced_to_its_end() public {
        vm.expectRevert(abi.encodeWithSelector(IForcedRequests.ExpiryNotStarted.selector, EXPIRY));
        rollup.requestClose(EXPIRY);
        settle(1, false);
        IForcedRequests.Request memory entry = request(EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(IForcedRequests.AlreadyRequested.selector, EXPIRY));
        rollup.requestClose(EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(IForcedRequests.NotServed.selector, EXPIRY));
        rollup.resolveRequests(list(entry));
        settle(2, true);
        vm.warp(uint256(entry.deadline) + 1);
        vm.expectRevert(abi.encodeWithSelector(IForcedRequests.Served.selector, EXPIRY));
        rollup.freeze(entry);
        rollup.resolveRequests(list(entry));
        (uint64 head, uint64 tail, bytes32 headHash, bytes32 tailHash) = rollup.requestQueue();
        eq(head, tail, "empty");
        eq(headHash, tailHash, "hashes");
        eq(tailHash, keccak256(abi.encode(bytes32(0), keccak256(abi.encode(entry)))), "prefix hash");
        vm.expectRevert(abi.encodeWithSelector(IForcedRequests.ExpiryClosed.selector, EXPIRY));
        rollup.requestClose(EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(IForcedRequests.NoRequest.selector, 2));
        rollup.resolveRequests(list(entry));
    }

    function test_a_missed_request_freezes_the_rollup() public {
        settle(1, false);
        IForcedRequests.Request memory entry = request(EXPIRY);
        uint256[] memory instance = commit(settlement(2));
        vm.warp(entry.deadline);
        vm.expectRevert(abi.encodeWithSelector(IForcedRequests.DeadlineNotPassed.selector, entry.deadline, block.timestamp));
        rollup.freeze(entry);
        vm.warp(uint256(entry.deadline) + 1);
        IForcedRequests.Request memory forged = entry;
        vm.prank(ANYBODY);
        rollup.freeze(entry);
        eq(rollup.frozen(), true, "frozen");
        bytes memory frozen = abi.encodeWithSelector(IForcedRequests.Frozen.selector);
        vm.expectRevert(frozen);
        rollup.freeze(forged);
        refuseCommit(settlement(3), frozen);
        ISettlementRollup.Proof[] memory proofs = new ISettlementRollup.Proof[](1);
        proofs[0] = proofOf(S, instance);
        vm.expectRevert(frozen);
        rollup.proveBatches(2, proofs);
        vm.expectRevert(frozen);
        execute(2, instance);
        vm.expectRevert(frozen);
        rollup.expireBatches(1, instance);
        vm.expectRevert(frozen);
        vm.prank(OPERATOR);
        rollup.withdrawBatches(1, instance);
        vm.expectRevert(frozen);
        rollup.requestClose(EXPIRY);
        vm.expectRevert(frozen);
        rollup.deposit(1, 1);
    }

    function testFuzz_a_forged_request_freezes_nothing(address requester, uint40 deadline) public {
        settle(1, false);
        IForcedRequests.Request memory entry = request(EXPIRY);
        (,,, bytes32 expected) = rollup.requestQueue();
        if (requester == entry.requester && deadline == entry.deadline) return;
        (entry.requester, entry.deadline) = (requester, deadline);
        vm.warp(block.timestamp + 2 * FORCED_PERIOD);
        bytes32 found = keccak256(abi.encode(bytes32(0), keccak256(abi.encode(entry))));
        vm.expectRevert(abi.encodeWithSelector(IForcedRequests.NotNextRequest.selector, 1, expected, found));
        rollup.freeze(entry);
    }
}
