// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {IForcedRequests} from "../../contracts/interfaces/IForcedRequests.sol";
import {Statements} from "../../contracts/libraries/Statements.sol";
import {VenueTest} from "./Venue.sol";
import {FeeToken, GreedyToken, ReentrantToken, SilentToken, Token} from "./mocks/Tokens.sol";

contract EscrowTest is VenueTest {
    address private constant ALICE = address(0xa11ce);
    address private constant BOB = address(0xb0b);
    uint256 private constant OWNER = 42;

    function setUp() public override {
        super.setUp();
        fund(token, ALICE, 1000);
        fund(token, BOB, 1000);
    }

    function fund(Token of_, address who, uint256 amount) private {
        of_.mint(who, amount);
        vm.prank(who);
        of_.approve(address(rollup), type(uint256).max);
    }

    function deposit(address who, uint256 amount) private returns (IEscrow.Deposit memory) {
        vm.prank(who);
        rollup.deposit(amount, OWNER);
        return IEscrow.Deposit(who, uint96(amount), uint40(block.timestamp), OWNER);
    }

    function list(IEscrow.Deposit memory entry) private pure returns (IEscrow.Deposit[] memory all) {
        all = new IEscrow.Deposit[](1);
        all[0] = entry;
    }

    function sound() private view {
        check(token.balanceOf(address(rollup)) >= rollup.owed(), "the escrow holds what it owes");
    }

    function testFuzz_a_deposit_comes_back_whole(uint96 amount, uint256 owner) public {
        amount = uint96(bound(amount, 1, type(uint96).max));
        owner = bound(owner, 1, Statements.R - 1);
        token.mint(ALICE, amount);
        uint256 before = token.balanceOf(ALICE);
        vm.prank(ALICE);
        eq(rollup.deposit(amount, owner), 1, "index");
        eq(token.balanceOf(address(rollup)), amount, "held");
        eq(rollup.owed(), amount, "owed");
        IEscrow.Deposit memory entry = IEscrow.Deposit(ALICE, amount, uint40(block.timestamp), owner);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.RefundTooEarly.selector, START + REFUND_DELAY, block.timestamp));
        rollup.refundDeposits(list(entry));
        vm.warp(START + REFUND_DELAY);
        vm.prank(BOB);
        rollup.refundDeposits(list(entry));
        eq(rollup.claimable(ALICE), amount, "claim");
        eq(rollup.owed(), amount, "still owed");
        eq(rollup.claim(ALICE), true, "paid");
        eq(token.balanceOf(ALICE), before, "whole");
        eq(rollup.owed(), 0, "nothing owed");
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NothingToClaim.selector, ALICE));
        rollup.claim(ALICE);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NoDeposit.selector, 2));
        rollup.refundDeposits(list(entry));
    }

    function test_the_queue_hashes_every_entry_before() public {
        IEscrow.Deposit memory a = deposit(ALICE, 10);
        vm.warp(block.timestamp + 5);
        IEscrow.Deposit memory b = deposit(BOB, 20);
        bytes32 h1 = keccak256(abi.encode(bytes32(0), keccak256(abi.encode(a))));
        bytes32 h2 = keccak256(abi.encode(h1, keccak256(abi.encode(b))));
        (uint64 head, uint64 tail, bytes32 headHash, bytes32 tailHash) = rollup.depositQueue();
        eq(head, 0, "head");
        eq(tail, 2, "tail");
        eq(headHash, bytes32(0), "head hash");
        eq(tailHash, h2, "tail hash");
        vm.warp(block.timestamp + REFUND_DELAY);
        rollup.refundDeposits(list(a));
        (head,, headHash,) = rollup.depositQueue();
        eq(head, 1, "head");
        eq(headHash, h1, "head hash");
        // Both at once, in order.
        IEscrow.Deposit[] memory two = new IEscrow.Deposit[](2);
        two[0] = b;
        two[1] = deposit(ALICE, 30);
        vm.warp(block.timestamp + REFUND_DELAY);
        rollup.refundDeposits(two);
        eq(rollup.claimable(ALICE), 40, "alice");
        eq(rollup.claimable(BOB), 20, "bob");
    }

    function testFuzz_only_the_next_deposit_itself_is_refunded(address depositor, uint96 amount, uint40 time, uint256 owner)
        public
    {
        IEscrow.Deposit memory a = deposit(ALICE, 10);
        IEscrow.Deposit memory b = deposit(BOB, 20);
        vm.warp(block.timestamp + REFUND_DELAY);
        (,,, bytes32 tailHash) = rollup.depositQueue();
        bytes32 h1 = keccak256(abi.encode(bytes32(0), keccak256(abi.encode(a))));
        check(tailHash != h1, "two entries");
        IEscrow.Deposit memory forged = IEscrow.Deposit(depositor, amount, time, owner);
        bytes32 found = keccak256(abi.encode(bytes32(0), keccak256(abi.encode(forged))));
        if (found == h1) return;
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NotNextDeposit.selector, 1, h1, found));
        rollup.refundDeposits(list(forged));
        found = keccak256(abi.encode(bytes32(0), keccak256(abi.encode(b))));
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NotNextDeposit.selector, 1, h1, found));
        rollup.refundDeposits(list(b));
    }

    function test_nothing_and_too_much_are_no_deposits() public {
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.InvalidAmount.selector, 0));
        rollup.deposit(0, OWNER);
        uint256 much = uint256(type(uint96).max) + 1;
        token.mint(ALICE, much);
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.InvalidAmount.selector, much));
        rollup.deposit(much, OWNER);
        uint256[2] memory owners = [uint256(0), Statements.R];
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(ALICE);
            vm.expectRevert(abi.encodeWithSelector(IEscrow.InvalidOwner.selector, owners[i]));
            rollup.deposit(1, owners[i]);
        }
    }

    function test_a_gift_is_nobodys() public {
        deposit(ALICE, 10);
        vm.prank(BOB);
        token.transfer(address(rollup), 100);
        eq(rollup.owed(), 10, "owed");
        sound();
    }

    function claimed(IEscrow.Deposit memory entry) private {
        vm.warp(block.timestamp + REFUND_DELAY);
        rollup.refundDeposits(list(entry));
    }

    function test_the_breaker_defers_a_claim_and_loses_nothing() public {
        claimed(deposit(ALICE, 500));
        breaker.setLimit(499);
        eq(rollup.claim(ALICE), false, "deferred");
        eq(breaker.isTripped(), true, "the trip stays");
        eq(rollup.claimable(ALICE), 500, "claim stays");
        eq(rollup.owed(), 500, "owed stays");
        breaker.set(false);
        breaker.setLimit(500);
        eq(rollup.claim(ALICE), true, "paid");
        eq(breaker.outflow(), 500, "counted");
    }

    function test_a_frozen_rollup_gives_back_everything_at_once() public {
        settle(1, false);
        rollup.requestClose(EXPIRY);
        IForcedRequests.Request memory entry =
            IForcedRequests.Request(address(this), EXPIRY, uint40(block.timestamp) + FORCED_PERIOD);
        vm.warp(uint256(entry.deadline) + 1);
        IEscrow.Deposit memory waiting = deposit(ALICE, 70);
        vm.expectRevert(
            abi.encodeWithSelector(IEscrow.RefundTooEarly.selector, block.timestamp + REFUND_DELAY, block.timestamp)
        );
        rollup.refundDeposits(list(waiting));
        rollup.freeze(entry);
        rollup.refundDeposits(list(waiting));
        // Not even a breaker that is on keeps it.
        breaker.set(true);
        eq(rollup.claim(ALICE), true, "paid");
        eq(token.balanceOf(ALICE), 1000, "whole");
    }

    // ---- odd tokens ----

    function test_a_fee_on_transfer_is_the_depositors() public {
        FeeToken fee = new FeeToken();
        deploy(address(fee));
        fund(fee, ALICE, 1000);
        fund(fee, BOB, 1000);
        vm.prank(ALICE);
        rollup.deposit(1000, OWNER);
        eq(rollup.owed(), 990, "what arrived");
        IEscrow.Deposit memory entry = IEscrow.Deposit(ALICE, 990, uint40(block.timestamp), OWNER);
        vm.prank(BOB);
        rollup.deposit(500, OWNER);
        claimed(entry);
        eq(rollup.claim(ALICE), true, "paid");
        eq(fee.balanceOf(address(rollup)), rollup.owed(), "bob's is all there");
        eq(rollup.owed(), 495, "bob's");
    }

    function test_a_token_that_takes_more_than_it_delivers_takes_nothing() public {
        GreedyToken greedy = new GreedyToken();
        deploy(address(greedy));
        fund(greedy, ALICE, 100);
        fund(greedy, BOB, 100);
        IEscrow.Deposit memory entry = deposit(ALICE, 100);
        deposit(BOB, 100);
        claimed(entry);
        greedy.setGreedy();
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongOutflow.selector, 100, 101));
        rollup.claim(ALICE);
        eq(rollup.claimable(ALICE), 100, "claim stays");
        eq(greedy.balanceOf(address(rollup)), 200, "all there");
    }

    function test_a_token_that_returns_nothing_is_taken() public {
        SilentToken silent = new SilentToken();
        deploy(address(silent));
        silent.mint(ALICE, 100);
        vm.prank(ALICE);
        silent.approve(address(rollup), 100);
        claimed(deposit(ALICE, 100));
        rollup.claim(ALICE);
        eq(silent.balanceOf(ALICE), 100, "whole");
    }

    function test_a_token_that_fails_is_refused() public {
        vm.prank(ANYBODY);
        vm.expectRevert();
        rollup.deposit(1, OWNER);
        deploy(address(0x70));
        vm.expectRevert();
        rollup.deposit(1, OWNER);
    }

    function test_a_token_that_calls_back_is_refused() public {
        ReentrantToken evil = new ReentrantToken();
        deploy(address(evil));
        fund(evil, ALICE, 1000);
        IEscrow.Deposit memory first = deposit(ALICE, 100);
        bytes[3] memory calls = [
            abi.encodeCall(IEscrow.deposit, (1, OWNER)),
            abi.encodeCall(IEscrow.claim, (ALICE)),
            abi.encodeCall(IEscrow.refundDeposits, (list(first)))
        ];
        vm.warp(block.timestamp + REFUND_DELAY);
        bytes memory refusal = abi.encodePacked(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        for (uint256 i = 0; i < calls.length; ++i) {
            evil.arm(rollup, calls[i]);
            deposit(ALICE, 10);
            eq(evil.entered(), false, "refused in a deposit");
            eq(keccak256(evil.refusal()), keccak256(refusal), "by name");
        }
        rollup.refundDeposits(list(first));
        evil.arm(rollup, calls[1]);
        rollup.claim(ALICE);
        eq(evil.entered(), false, "refused in a claim");
        eq(keccak256(evil.refusal()), keccak256(refusal), "by name");
        eq(evil.balanceOf(address(rollup)), rollup.owed(), "all there");
    }
}
