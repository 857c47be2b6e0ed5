// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {PoseidonConstants} from "../../contracts/PoseidonConstants.sol";
import {RiskRounds} from "../../contracts/RiskRounds.sol";
import {SettlementRollup} from "../../contracts/SettlementRollup.sol";
import {SolvencyGate} from "../../contracts/SolvencyGate.sol";
import {VerifierRouter} from "../../contracts/VerifierRouter.sol";
import {Roles} from "../../contracts/governance/Roles.sol";
import {ICircuitBreaker} from "../../contracts/interfaces/ICircuitBreaker.sol";
import {IOracleAggregator} from "../../contracts/interfaces/IOracleAggregator.sol";
import {IRiskParameters} from "../../contracts/interfaces/IRiskParameters.sol";
import {ISettlementRollup} from "../../contracts/interfaces/ISettlementRollup.sol";
import {Statements} from "../../contracts/libraries/Statements.sol";
import {Test} from "./Test.sol";
import {MockVerifier} from "./mocks/MockVerifier.sol";
import {MockBreaker, MockOracle, MockParameters} from "./mocks/MockVenue.sol";
import {Token} from "./mocks/Tokens.sol";

/// @dev A whole deployment with one verifier for each statement, and helpers that build batches and their proofs.
abstract contract Venue is Test {
    uint64 internal constant OPERATOR_ROLE = Roles.OPERATOR;
    uint64 internal constant GUARDIAN_ROLE = Roles.GUARDIAN;
    address internal constant OPERATOR = address(0x0b);
    address internal constant GUARDIAN = address(0x9a);
    address internal constant ANYBODY = address(0xab);
    uint32 internal constant EXPIRY = 29_500_000;
    uint256 internal constant GENESIS = 5678;
    uint40 internal constant EXECUTION_DELAY = 1 hours;
    uint40 internal constant PROOF_TIMEOUT = 1 days;
    uint40 internal constant RISK_MAX_AGE = 1 hours;
    uint40 internal constant FORCED_PERIOD = 14 days;
    uint40 internal constant REFUND_DELAY = 7 days;
    uint40 internal constant START = 1_770_000_000;
    uint16 internal constant BTC = 1;
    uint16 internal constant ETH = 2;

    AccessManager internal manager;
    VerifierRouter internal router;
    MockOracle internal oracle;
    MockBreaker internal breaker;
    MockParameters internal parameters;
    RiskRounds internal rounds;
    SettlementRollup internal rollup;
    SolvencyGate internal gate;
    Token internal token;
    MockVerifier internal settlementVerifier;
    MockVerifier internal liquidationVerifier;
    MockVerifier internal solvencyVerifier;
    bytes4 internal constant S_KEY = 0x5e000001;
    bytes4 internal constant L_KEY = 0x11000001;
    bytes4 internal constant M_KEY = 0x50000001;

    function start() internal {
        vm.warp(START);
        token = new Token();
        deploy(address(token));
    }

    /// @dev The test itself is the AccessManager's admin.
    function deploy(address token_) internal {
        manager = new AccessManager(address(this));
        router = new VerifierRouter(address(manager));
        oracle = new MockOracle();
        breaker = new MockBreaker();
        parameters = new MockParameters();
        rounds = newRounds(address(new PoseidonConstants()));
        rollup = new SettlementRollup(config(token_));
        gate = new SolvencyGate(rollup, RISK_MAX_AGE);

        manager.grantRole(OPERATOR_ROLE, OPERATOR, 0);
        manager.grantRole(GUARDIAN_ROLE, GUARDIAN, 0);
        manager.setTargetFunctionRole(address(rollup), Roles.rollupOperator(), OPERATOR_ROLE);
        manager.setTargetFunctionRole(address(router), Roles.routerGuardian(), GUARDIAN_ROLE);

        settlementVerifier = addVerifier(Statements.SETTLEMENT, S_KEY, 13);
        liquidationVerifier = addVerifier(Statements.LIQUIDATION, L_KEY, 7);
        solvencyVerifier = addVerifier(Statements.SOLVENCY, M_KEY, 8);
        oracle.setPrice(EXPIRY, BTC, 60_000_000_000);
        oracle.setPrice(EXPIRY, ETH, 3_000_000_000);
    }

    function newRounds(address constants) internal returns (RiskRounds) {
        return new RiskRounds(
            address(manager),
            router,
            IOracleAggregator(address(oracle)),
            IRiskParameters(address(parameters)),
            constants
        );
    }

    function config(address token_) internal view returns (SettlementRollup.Config memory) {
        return SettlementRollup.Config({
            authority: address(manager),
            router: router,
            oracle: IOracleAggregator(address(oracle)),
            riskRounds: rounds,
            parameters: IRiskParameters(address(parameters)),
            breaker: ICircuitBreaker(address(breaker)),
            token: IERC20(token_),
            genesis: GENESIS,
            executionDelay: EXECUTION_DELAY,
            proofTimeout: PROOF_TIMEOUT,
            riskMaxAge: RISK_MAX_AGE,
            forcedPeriod: FORCED_PERIOD,
            refundDelay: REFUND_DELAY
        });
    }

    function addVerifier(uint8 statement, bytes4 key, uint256 length) internal returns (MockVerifier verifier) {
        verifier = new MockVerifier(bytes32(key), length, false);
        router.addVerifier(statement, verifier, address(verifier).codehash, bytes32(key));
    }

    // ---- batches ----

    function one(uint16 underlying) internal pure returns (uint16[] memory list) {
        list = new uint16[](1);
        list[0] = underlying;
    }

    function settlement(uint256 newState) internal view returns (ISettlementRollup.Batch memory) {
        (uint64 committed,,) = rollup.progress();
        return ISettlementRollup.Batch({
            statement: Statements.SETTLEMENT,
            number: committed + 1,
            expiry: EXPIRY,
            close: false,
            underlyings: one(ETH),
            oldState: rollup.committedState(),
            newState: newState
        });
    }

    function liquidation(uint256 newState) internal view returns (ISettlementRollup.Batch memory batch) {
        batch = settlement(newState);
        batch.statement = Statements.LIQUIDATION;
        batch.expiry = 0;
    }

    /// @dev What the contract should build for a settlement that prices one underlying, or for liquidations.
    function instanceOf(ISettlementRollup.Batch memory batch) internal view returns (uint256[] memory instance) {
        bool settles = batch.statement == Statements.SETTLEMENT;
        instance = new uint256[](settles ? 13 : 7);
        instance[0] = (block.chainid << 160) | uint160(address(rollup));
        (, instance[1],) = parameters.current();
        instance[2] = batch.oldState;
        instance[3] = batch.newState;
        if (settles) {
            instance[4] = batch.number;
            instance[5] = batch.expiry;
            instance[6] = batch.close ? 1 : 0;
            for (uint256 i = 0; i < 3; ++i) {
                bool used = i < batch.underlyings.length;
                instance[7 + 2 * i] = used ? batch.underlyings[i] : 65533 + i;
                instance[8 + 2 * i] = used ? oracle.settlementPrice(batch.expiry, batch.underlyings[i]) : 0;
            }
        } else {
            instance[4] = rounds.accepted(batch.underlyings[0]).riskRoot;
            instance[5] = batch.number;
        }
    }

    function commit(ISettlementRollup.Batch memory batch) internal returns (uint256[] memory instance) {
        instance = instanceOf(batch);
        vm.prank(OPERATOR);
        rollup.commitBatch(batch);
    }

    function proofOf(uint8 statement, uint256[] memory instance) internal view returns (ISettlementRollup.Proof memory) {
        MockVerifier verifier = statement == Statements.SETTLEMENT ? settlementVerifier : liquidationVerifier;
        bytes4 key = statement == Statements.SETTLEMENT ? S_KEY : L_KEY;
        return ISettlementRollup.Proof(key, instance, verifier.prove(instance));
    }

    function prove(uint64 number, uint8 statement, uint256[] memory instance) internal {
        ISettlementRollup.Proof[] memory proofs = new ISettlementRollup.Proof[](1);
        proofs[0] = proofOf(statement, instance);
        vm.prank(ANYBODY);
        rollup.proveBatches(number, proofs);
    }

    function execute(uint64 number, uint256[] memory instance) internal {
        uint256[][] memory instances = new uint256[][](1);
        instances[0] = instance;
        vm.prank(ANYBODY);
        rollup.executeBatches(number, instances);
    }

    /// @dev A settlement from commitment to execution.
    function settle(uint256 newState, bool close) internal {
        ISettlementRollup.Batch memory batch = settlement(newState);
        batch.close = close;
        uint256[] memory instance = commit(batch);
        prove(batch.number, batch.statement, instance);
        vm.warp(block.timestamp + EXECUTION_DELAY);
        execute(batch.number, instance);
    }

    /// @dev Puts a proven risk round where `rounds` keeps it. How rounds get there is tested elsewhere.
    function setRound(uint16 underlying, uint256 root, uint256 time) internal {
        bytes32 slot = keccak256(abi.encode(underlying, uint256(1)));
        vm.store(address(rounds), slot, bytes32(root));
        vm.store(address(rounds), bytes32(uint256(slot) + 2), bytes32((time << 80) | 1));
        eq(rounds.accepted(underlying).riskRoot, root, "slot of the root");
        eq(rounds.accepted(underlying).time, time, "slot of the time");
    }
}

/// @dev A test on a deployment of its own.
abstract contract VenueTest is Venue {
    function setUp() public virtual {
        start();
    }
}
