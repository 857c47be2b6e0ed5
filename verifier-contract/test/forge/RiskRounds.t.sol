// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {PoseidonConstants} from "../../contracts/PoseidonConstants.sol";
import {RiskRounds} from "../../contracts/RiskRounds.sol";
import {IOracleAggregator} from "../../contracts/interfaces/IOracleAggregator.sol";
import {IRiskRounds} from "../../contracts/interfaces/IRiskRounds.sol";
import {IVerifierRouter} from "../../contracts/interfaces/IVerifierRouter.sol";
import {PairingCheck} from "../../contracts/libraries/PairingCheck.sol";
import {Poseidon} from "../../contracts/libraries/Poseidon.sol";
import {Statements} from "../../contracts/libraries/Statements.sol";
import {VenueTest} from "./Venue.sol";
import {MockVerifier} from "./mocks/MockVerifier.sol";

contract RiskRoundsTest is VenueTest {
    using Poseidon for uint256;

    bytes4 private constant MARKET_KEY = 0x00000021;
    bytes4 private constant SEGMENT_KEY = 0x00000022;
    uint8 private constant LEVELS = 1;
    uint256 private constant REGIME = 0x4e61;
    uint80 private constant ID = 5;
    uint64 private constant SPOT = 3_000_000_000;

    MockVerifier private market;
    MockVerifier private segment;
    address private constants;

    function setUp() public override {
        super.setUp();
        market = addVerifier(Statements.RISK_MARKET, MARKET_KEY, 9);
        segment = addVerifier(Statements.RISK_SEGMENT + LEVELS, SEGMENT_KEY, 5);
        constants = address(new PoseidonConstants());
        rounds.startUnderlying(ETH, REGIME);
    }

    // ---- a round of made-up numbers whose parts the verifiers accept ----

    function cursor(uint256 seed, uint16 count) private pure returns (IRiskRounds.Cursor memory c) {
        c.digest = uint256(keccak256(abi.encode(seed, "digest"))) >> 3;
        c.waiting = uint8(seed % 3);
        if (c.waiting > 0) c.pending[0] = seed + 100;
        if (c.waiting > 1) c.pending[1] = seed + 200;
        c.order = uint256(keccak256(abi.encode(seed, "order"))) >> 150;
        c.last = uint256(keccak256(abi.encode(seed, "last"))) >> 150;
        c.count = count;
    }

    function make(uint16 series) private returns (IRiskRounds.Round memory round) {
        uint256 count = (uint256(series) + 3) / 4;
        round = IRiskRounds.Round(ETH, LEVELS, ID, 300_000, 0x4e62, new IRiskRounds.Market[](2), new IRiskRounds.Segment[](count));
        for (uint256 i = 0; i < 2; ++i) {
            round.markets[i] = IRiskRounds.Market(MARKET_KEY, 1000 + i, "");
        }
        for (uint256 i = 0; i < count; ++i) {
            uint16 passed = i + 1 == count ? series : uint16(4 * (i + 1));
            round.segments[i] = IRiskRounds.Segment(SEGMENT_KEY, uint8(i % 2), 5000 + i, cursor(i, passed), "");
        }
        uint256 table = Poseidon.load(constants);
        IRiskRounds.Cursor memory last = round.segments[count - 1].cursor;
        uint256 volatility =
            last.waiting == 0 ? last.digest : table.hash(last.digest, last.pending[0], last.pending[1], 0);
        oracle.setRound(ETH, ID, SPOT, START, volatility);
        sign(round);
    }

    function commitment(uint256 table, IRiskRounds.Cursor memory c) private pure returns (uint256) {
        return table.hash(table.hash(c.digest, c.pending[0], c.pending[1], c.waiting), c.order, c.last, c.count);
    }

    /// @dev Proofs of what the contract should ask for.
    function sign(IRiskRounds.Round memory round) private view {
        uint256 table = Poseidon.load(constants);
        uint256[] memory instance = new uint256[](9);
        instance[0] = (block.chainid << 160) | uint160(address(rounds));
        (,, instance[1]) = parameters.current();
        (instance[2], instance[3], instance[4], instance[5]) = (ETH, SPOT, START, rounds.accepted(ETH).regime);
        (instance[6], instance[7]) = (round.newRegime, round.factor);
        for (uint256 i = 0; i < round.markets.length; ++i) {
            instance[8] = round.markets[i].contexts;
            round.markets[i].proof = market.prove(instance);
        }
        instance = new uint256[](5);
        uint256 count = round.segments.length;
        IRiskRounds.Cursor memory first;
        first.digest = (uint256(0x766f6c) << 64) + round.segments[count - 1].cursor.count;
        instance[3] = commitment(table, first);
        for (uint256 i = 0; i < count; ++i) {
            IRiskRounds.Segment memory one_ = round.segments[i];
            instance[0] = round.markets[one_.market].contexts;
            (instance[1], instance[2], instance[4]) = (ETH, instance[3], one_.rows);
            instance[3] = commitment(table, one_.cursor);
            one_.proof = segment.prove(instance);
        }
    }

    /// @dev Root of a subtree of rows: its four children's hash, down to segments or nothing.
    function subtree(uint256 table, IRiskRounds.Round memory round, uint256 height, uint256 index) private view returns (uint256) {
        if (height == 0) return 0;
        if (height == LEVELS && index < round.segments.length) return round.segments[index].rows;
        // To the right of all segments every subtree is the same.
        bool nothing = index << (2 * height) >= round.segments.length << (2 * LEVELS);
        uint256[4] memory child;
        for (uint256 i = 0; i < 4; ++i) {
            child[i] = nothing && i > 0 ? child[0] : subtree(table, round, height - 1, 4 * index + i);
        }
        return table.hash(child[0], child[1], child[2], child[3]);
    }

    function rootOf(IRiskRounds.Round memory round) private view returns (uint256) {
        uint256 table = Poseidon.load(constants);
        uint256 series = round.segments[round.segments.length - 1].cursor.count;
        uint256 word = series | (uint256(START) << 16) | (uint256(SPOT) << 56) | (uint256(ETH) << 104);
        (,, uint256 rules) = parameters.current();
        return table.hash(subtree(table, round, 6, 0), rules, word, round.factor);
    }

    // ---- what is accepted ----

    function test_poseidon_is_the_published_one() public view {
        uint256 table = Poseidon.load(constants);
        uint256 gas = gasleft();
        uint256 found = table.hash(1, 2, 3, 4);
        gas -= gasleft();
        eq(found, 0x299c867db6c1fdd79dcefa40e4510b9837e60ebb1ce0663dbaa525df65250465, "published");
        eq(table.hash(1 + Statements.R, 2, 3, 4 + Statements.R), found, "modulo r");
        if (gas >= 50_000) revert Unequal("gas of a hash, at most", 50_000, gas);
    }

    function testFuzz_a_proven_round_is_accepted(uint16 series) public {
        series = uint16(bound(series, 1, 40));
        IRiskRounds.Round memory round = make(series);
        uint256 root = rounds.submitRound(round);
        eq(root, rootOf(round), "root");
        IRiskRounds.Accepted memory found = rounds.accepted(ETH);
        eq(found.riskRoot, root, "stored root");
        eq(found.regime, round.newRegime, "regime");
        eq(found.oracleRound, ID, "round");
        eq(found.time, START, "time");
    }

    function test_rounds_form_a_chain_of_regimes() public {
        IRiskRounds.Round memory round = make(6);
        rounds.submitRound(round);
        // The same round again, and an older one.
        refuse(round, abi.encodeWithSelector(IRiskRounds.NotLater.selector, START, START));
        oracle.setRound(ETH, 4, SPOT, START - 1, 5);
        round.oracleRound = 4;
        refuse(round, abi.encodeWithSelector(IRiskRounds.NotLater.selector, START, START - 1));
        // A later one, whose markets go on from another regime than the last one.
        (,, uint256 volatility,) = oracle.round(ETH, ID);
        oracle.setRound(ETH, 6, SPOT, START + 1, volatility);
        round.oracleRound = 6;
        refuse(round, abi.encodeWithSelector(PairingCheck.ClaimsFailed.selector));
    }

    function test_anybody_submits_and_governance_starts() public {
        vm.prank(ANYBODY);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, ANYBODY));
        rounds.startUnderlying(BTC, 1);
        IRiskRounds.Round memory round = make(4);
        vm.prank(ANYBODY);
        rounds.submitRound(round);
    }

    function test_an_underlying_starts_once_with_a_regime() public {
        vm.expectRevert(abi.encodeWithSelector(IRiskRounds.AlreadyStarted.selector, ETH));
        rounds.startUnderlying(ETH, 1);
        vm.expectRevert(abi.encodeWithSelector(IRiskRounds.InvalidFieldElement.selector, 0));
        rounds.startUnderlying(BTC, 0);
        vm.expectRevert(abi.encodeWithSelector(IRiskRounds.InvalidFieldElement.selector, Statements.R));
        rounds.startUnderlying(BTC, Statements.R);
        uint16[3] memory none = [uint16(0), 65533, 65535];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRiskRounds.InvalidUnderlying.selector, none[i]));
            rounds.startUnderlying(none[i], 1);
        }
    }

    // ---- what is refused, by clause ----

    function refuse(IRiskRounds.Round memory round, bytes memory error) private {
        vm.expectRevert(error);
        rounds.submitRound(round);
    }

    function test_R2_R4_round_and_ranges() public {
        IRiskRounds.Round memory round = make(4);
        round.underlying = BTC;
        refuse(round, abi.encodeWithSelector(IRiskRounds.NotStarted.selector, BTC));
        round = make(4);
        round.oracleRound = 77;
        refuse(round, abi.encodeWithSelector(IOracleAggregator.UnknownRound.selector, ETH, 77));
        round = make(4);
        uint32[2] memory factors = [uint32((1 << 18) - 1), (1 << 22) + 1];
        for (uint256 i = 0; i < 2; ++i) {
            round.factor = factors[i];
            refuse(round, abi.encodeWithSelector(IRiskRounds.InvalidFactor.selector, factors[i]));
        }
        round = make(4);
        round.newRegime = 0;
        refuse(round, abi.encodeWithSelector(IRiskRounds.InvalidFieldElement.selector, 0));
        round.newRegime = Statements.R;
        refuse(round, abi.encodeWithSelector(IRiskRounds.InvalidFieldElement.selector, Statements.R));
    }

    function testFuzz_every_value_of_every_part_is_bound(uint8 what, uint64 value) public {
        IRiskRounds.Round memory round = make(9);
        value = uint64(bound(value, 1, type(uint64).max));
        what = uint8(bound(what, 0, 8));
        bytes memory error = abi.encodeWithSelector(PairingCheck.ClaimsFailed.selector);
        if (what == 0) round.markets[1].contexts += value;
        if (what == 1) round.segments[1].rows += value;
        if (what == 2) round.segments[1].cursor.digest += value;
        if (what == 3) round.segments[1].cursor.order += value;
        if (what == 4) round.segments[0].cursor.last += value;
        if (what == 5) round.segments[0].market = 1;
        if (what == 6) round.newRegime += value;
        if (what == 7) round.factor = round.factor == 300_001 ? 300_002 : 300_001;
        if (what == 8) round.segments[1].cursor.pending[1] += value;
        refuse(round, error);
    }

    function test_parameters_spot_and_time_are_the_chains() public {
        IRiskRounds.Round memory round = make(4);
        (,, uint256 volatility,) = oracle.round(ETH, ID);
        oracle.setRound(ETH, ID, SPOT + 1, START, volatility);
        refuse(round, abi.encodeWithSelector(PairingCheck.ClaimsFailed.selector));
        oracle.setRound(ETH, ID, SPOT, START + 1, volatility);
        refuse(round, abi.encodeWithSelector(PairingCheck.ClaimsFailed.selector));
        oracle.setRound(ETH, ID, SPOT, START, volatility);
        parameters.set(1, 2);
        refuse(round, abi.encodeWithSelector(PairingCheck.ClaimsFailed.selector));
    }

    function test_another_contract_or_chain_is_refused() public {
        IRiskRounds.Round memory round = make(4);
        RiskRounds other = newRounds(constants);
        other.startUnderlying(ETH, REGIME);
        vm.expectRevert(PairingCheck.ClaimsFailed.selector);
        other.submitRound(round);
        vm.chainId(77);
        refuse(round, abi.encodeWithSelector(PairingCheck.ClaimsFailed.selector));
    }

    function test_R3_the_listing_is_the_one_that_the_oracle_attested() public {
        IRiskRounds.Round memory round = make(9);
        (,, uint256 volatility,) = oracle.round(ETH, ID);
        oracle.setRound(ETH, ID, SPOT, START, volatility + 1);
        refuse(round, abi.encodeWithSelector(IRiskRounds.WrongVolatility.selector, volatility + 1, volatility));
    }

    function test_R3_elements_that_wait_are_part_of_the_listing() public {
        for (uint16 series = 1; series < 13; series += 4) {
            IRiskRounds.Round memory round = make(series);
            rounds.submitRound(round);
            vm.warp(block.timestamp + 1);
            rounds = newRounds(constants);
            rounds.startUnderlying(ETH, REGIME);
        }
    }

    function test_R5_a_segment_takes_the_contexts_of_a_market() public {
        IRiskRounds.Round memory round = make(9);
        round.segments[2].market = 2;
        refuse(round, abi.encodeWithSelector(IRiskRounds.NoMarket.selector, 2, 2));
        round.markets = new IRiskRounds.Market[](0);
        refuse(round, abi.encodeWithSelector(IRiskRounds.NoMarket.selector, 0, 0));
    }

    function test_R8_segments_before_the_last_are_full() public {
        IRiskRounds.Round memory round = make(9);
        round.segments[0].cursor.count = 3;
        refuse(round, abi.encodeWithSelector(IRiskRounds.WrongSeriesCount.selector, 0, 4, 4, 3));
        round = make(9);
        round.segments[2].cursor.count = 8;
        refuse(round, abi.encodeWithSelector(IRiskRounds.WrongSeriesCount.selector, 2, 9, 12, 8));
        round.segments[2].cursor.count = 13;
        refuse(round, abi.encodeWithSelector(IRiskRounds.WrongSeriesCount.selector, 2, 9, 12, 13));
        round.segments = new IRiskRounds.Segment[](0);
        refuse(round, abi.encodeWithSelector(IRiskRounds.WrongSegmentCount.selector, 0));
    }

    function test_R8_the_size_of_segments_is_that_of_their_verifier() public {
        // A verifier of segments of 4 is none of segments of 16.
        IRiskRounds.Round memory round = make(4);
        round.levels = 2;
        refuse(
            round,
            abi.encodeWithSelector(
                IVerifierRouter.VerifierNotActive.selector,
                Statements.RISK_SEGMENT + 2,
                SEGMENT_KEY,
                IVerifierRouter.Status.Unknown
            )
        );
        round.levels = 7;
        refuse(round, abi.encodeWithSelector(IRiskRounds.WrongSegmentCount.selector, 1));
    }

    function test_constants_are_those_of_poseidon() public {
        vm.expectRevert(abi.encodeWithSelector(Poseidon.WrongConstants.selector, constants.codehash, address(router).codehash));
        newRounds(address(router));
    }
}
