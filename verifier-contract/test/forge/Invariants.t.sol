// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IForcedRequests} from "../../contracts/interfaces/IForcedRequests.sol";
import {ISettlementRollup} from "../../contracts/interfaces/ISettlementRollup.sol";
import {Statements} from "../../contracts/libraries/Statements.sol";
import {Venue, VenueTest} from "./Venue.sol";

/// @dev Everybody who acts on a rollup, in any order. It keeps books of its own, and calls only what they say is allowed, so every call
/// has to succeed; now and then it tries what is not, which has to revert.
contract Handler is Venue {
    address[3] private _traders = [address(0xa1), address(0xa2), address(0xa3)];

    // Its books: the batches, in order; what was proven and executed of them.
    ISettlementRollup.Batch[] private _batches;
    uint256[][] private _instances;
    uint40[] private _committedAt;
    uint40[] private _provenAt;
    uint256 public proven;
    uint256 public executed;
    uint256 public root = GENESIS;
    // Money that came in, went out, waits in the queue, can be claimed.
    uint256 public paidIn;
    uint256 public paidOut;
    IEscrow.Deposit[] private _deposits;
    uint256 public refunded;
    mapping(address => uint256) public claims;
    // Requests.
    IForcedRequests.Request[] private _requests;
    uint256 public served;
    mapping(uint32 => bool) private _started;
    mapping(uint32 => bool) public closed;
    mapping(uint32 => bool) private _requested;
    bool public isFrozen;
    bool public tripped;
    uint256 public trippedLiquidations;
    uint256 private _unique;

    constructor() {
        start();
        for (uint256 i = 0; i < 3; ++i) {
            token.mint(_traders[i], 1e30);
            vm.prank(_traders[i]);
            token.approve(address(rollup), type(uint256).max);
        }
    }

    function committed() public view returns (uint256) {
        return _batches.length;
    }

    function hasNext() private view returns (bool) {
        return !isFrozen && _batches.length - executed < 63;
    }

    // ---- batches ----

    function commitSettlement(uint8 expiry, bool close) external {
        if (!hasNext()) return;
        ISettlementRollup.Batch memory batch = settlement(++_unique);
        batch.expiry = EXPIRY + expiry % 3;
        batch.close = close;
        if (oracle.settlementPrice(batch.expiry, ETH) == 0) oracle.setPrice(batch.expiry, ETH, 1 + expiry);
        enter(batch);
    }

    function commitLiquidation() external {
        if (!hasNext()) return;
        setRound(ETH, ++_unique, block.timestamp);
        ISettlementRollup.Batch memory batch = liquidation(++_unique);
        if (tripped) {
            vm.prank(OPERATOR);
            vm.expectRevert(ISettlementRollup.BreakerTripped.selector);
            rollup.commitBatch(batch);
        } else {
            enter(batch);
        }
    }

    function enter(ISettlementRollup.Batch memory batch) private {
        uint256[] memory instance = commit(batch);
        _batches.push(batch);
        _instances.push(instance);
        _committedAt.push(uint40(block.timestamp));
        _provenAt.push(0);
    }

    function proveNext(uint8 count) external {
        if (isFrozen || proven == _batches.length) return;
        uint256 most = _batches.length - proven;
        uint256 n = 1 + count % (most < 3 ? most : 3);
        ISettlementRollup.Proof[] memory proofs = new ISettlementRollup.Proof[](n);
        bool blocked = false;
        for (uint256 i = 0; i < n; ++i) {
            ISettlementRollup.Batch memory batch = _batches[proven + i];
            proofs[i] = proofOf(batch.statement, _instances[proven + i]);
            if (batch.statement == Statements.LIQUIDATION && tripped) blocked = true;
        }
        if (blocked) {
            vm.expectRevert(ISettlementRollup.BreakerTripped.selector);
            rollup.proveBatches(uint64(proven + 1), proofs);
            return;
        }
        // A bad proof among them, first.
        bytes memory good = proofs[n - 1].proof;
        proofs[n - 1].proof = "bad";
        vm.expectRevert();
        rollup.proveBatches(uint64(proven + 1), proofs);
        proofs[n - 1].proof = good;
        rollup.proveBatches(uint64(proven + 1), proofs);
        for (uint256 i = 0; i < n; ++i) {
            _provenAt[proven + i] = uint40(block.timestamp);
        }
        proven += n;
    }

    function executeNext() external {
        if (isFrozen || executed == _batches.length) return;
        ISettlementRollup.Batch memory batch = _batches[executed];
        uint256[][] memory instances = new uint256[][](1);
        instances[0] = _instances[executed];
        uint256 at = _provenAt[executed];
        bool blocked = batch.statement == Statements.LIQUIDATION && tripped;
        if (executed >= proven || block.timestamp < at + EXECUTION_DELAY || blocked) {
            vm.expectRevert();
            rollup.executeBatches(uint64(executed + 1), instances);
            return;
        }
        rollup.executeBatches(uint64(executed + 1), instances);
        ++executed;
        root = batch.newState;
        if (batch.statement == Statements.SETTLEMENT) {
            _started[batch.expiry] = true;
            if (batch.close) closed[batch.expiry] = true;
        } else if (tripped) {
            ++trippedLiquidations;
        }
    }

    function takeBack(uint8 keep, bool byOperator) external {
        if (isFrozen || _batches.length == executed) return;
        uint256 last = executed + keep % (_batches.length - executed);
        uint256[] memory instance = _instances[last];
        bool allowed = byOperator
            ? last >= proven
            : (_provenAt[last] == 0 && block.timestamp >= _committedAt[last] + PROOF_TIMEOUT)
                || (_batches[last].statement == Statements.LIQUIDATION && tripped);
        if (!allowed) vm.expectRevert();
        if (byOperator) {
            vm.prank(OPERATOR);
            rollup.withdrawBatches(uint64(last), instance);
        } else {
            rollup.expireBatches(uint64(last), instance);
        }
        if (!allowed) return;
        while (_batches.length > last) {
            _batches.pop();
            _instances.pop();
            _committedAt.pop();
            _provenAt.pop();
        }
        if (proven > last) proven = last;
    }

    // ---- time, breaker, prices ----

    function wait(uint16 minutes_) external {
        vm.warp(block.timestamp + uint256(minutes_) * 1 minutes / 4);
    }

    function setBreaker(bool on) external {
        breaker.set(on);
        tripped = on;
    }

    // ---- money ----

    function depositSome(uint8 who, uint96 amount, uint248 owner) external {
        if (isFrozen) return;
        amount = uint96(bound(amount, 1, 1e24));
        address trader = _traders[who % 3];
        vm.prank(trader);
        rollup.deposit(amount, uint256(owner) + 1);
        _deposits.push(IEscrow.Deposit(trader, amount, uint40(block.timestamp), uint256(owner) + 1));
        paidIn += amount;
    }

    function refund() external {
        if (refunded == _deposits.length) return;
        IEscrow.Deposit[] memory entries = new IEscrow.Deposit[](1);
        entries[0] = _deposits[refunded];
        bool early = !isFrozen && block.timestamp < uint256(entries[0].time) + REFUND_DELAY;
        if (early) vm.expectRevert();
        rollup.refundDeposits(entries);
        if (early) return;
        claims[entries[0].depositor] += entries[0].amount;
        ++refunded;
    }

    function fetch(uint8 who, bool trip) external {
        address trader = _traders[who % 3];
        if (claims[trader] == 0) return;
        if (trip && !isFrozen) breaker.setLimit(claims[trader] - 1);
        bool paid = rollup.claim(trader);
        check(paid == (isFrozen || !(tripped || trip)), "paid unless the breaker says no");
        breaker.setLimit(type(uint256).max);
        tripped = breaker.isTripped();
        if (!paid) return;
        paidOut += claims[trader];
        claims[trader] = 0;
    }

    function gift(uint8 who, uint32 amount) external {
        vm.prank(_traders[who % 3]);
        token.transfer(address(rollup), amount);
    }

    // ---- requests ----

    function ask(uint8 expiry) external {
        uint32 which = EXPIRY + expiry % 3;
        if (isFrozen || !_started[which] || closed[which] || _requested[which]) return;
        rollup.requestClose(which);
        _requests.push(IForcedRequests.Request(address(this), which, uint40(block.timestamp) + FORCED_PERIOD));
        _requested[which] = true;
    }

    function serve() external {
        if (served == _requests.length || !closed[_requests[served].expiry]) return;
        IForcedRequests.Request[] memory entries = new IForcedRequests.Request[](1);
        entries[0] = _requests[served++];
        rollup.resolveRequests(entries);
    }

    function freezeIfMissed() external {
        if (isFrozen || served == _requests.length) return;
        IForcedRequests.Request memory entry = _requests[served];
        bool missed = !closed[entry.expiry] && block.timestamp > entry.deadline;
        if (!missed) vm.expectRevert();
        rollup.freeze(entry);
        isFrozen = missed;
    }

    // ---- what has to hold ----

    function holds() external view {
        (uint64 c, uint64 p, uint64 e) = rollup.progress();
        eq(c, _batches.length, "committed");
        eq(p, proven, "proven");
        eq(e, executed, "executed");
        eq(rollup.stateRoot(), root, "the root is that of the last proven and executed batch");
        eq(rollup.committedState(), c == 0 ? GENESIS : _batches[c - 1].newState, "committed state");
        eq(rollup.frozen(), isFrozen, "frozen");
        uint256 before = GENESIS;
        for (uint256 i = 0; i < c; ++i) {
            eq(_batches[i].number, i + 1, "numbers without a gap");
            eq(_batches[i].oldState, before, "each begins where the last one ends");
            before = _batches[i].newState;
        }
        eq(rollup.owed(), paidIn - paidOut, "owed");
        uint256 claimed = 0;
        for (uint256 i = 0; i < 3; ++i) {
            eq(rollup.claimable(_traders[i]), claims[_traders[i]], "claim");
            claimed += claims[_traders[i]];
        }
        uint256 waiting = 0;
        for (uint256 i = refunded; i < _deposits.length; ++i) {
            waiting += _deposits[i].amount;
        }
        eq(rollup.owed(), claimed + waiting, "owed is what waits and what is claimed");
        check(token.balanceOf(address(rollup)) >= rollup.owed(), "the escrow holds what it owes");
        (uint64 head, uint64 tail,,) = rollup.depositQueue();
        eq(head, refunded, "deposits taken");
        eq(tail, _deposits.length, "deposits");
        (head, tail,,) = rollup.requestQueue();
        eq(head, served, "requests taken");
        eq(tail, _requests.length, "requests");
        eq(trippedLiquidations, 0, "no liquidation under a breaker that is on");
    }
}

contract RollupInvariants is VenueTest {
    Handler private _handler;

    function setUp() public override {
        _handler = new Handler();
        target(address(_handler));
    }

    /// forge-config: default.invariant.runs = 48
    /// forge-config: default.invariant.depth = 100
    function invariant_the_contract_is_what_the_books_say() public view {
        _handler.holds();
    }
}
