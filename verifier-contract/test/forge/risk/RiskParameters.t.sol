// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Roles} from "../../../contracts/governance/Roles.sol";
import {PoseidonConstants} from "../../../contracts/PoseidonConstants.sol";
import {IRiskParameters} from "../../../contracts/interfaces/IRiskParameters.sol";
import {Poseidon} from "../../../contracts/libraries/Poseidon.sol";
import {NUMBERS, ParameterDigests} from "../../../contracts/risk/ParameterDigests.sol";
import {RiskParameters} from "../../../contracts/risk/RiskParameters.sol";
import {Test} from "../Test.sol";

contract RiskParametersTest is Test {
    uint32 private constant EXIT = 7 days;
    uint32 private constant DELAY = 10 days;
    address private constant STRANGER = address(0xbad);

    AccessManager private manager;
    address private constants;
    RiskParameters private parameters;

    function setUp() public {
        vm.warp(1_770_000_000);
        manager = new AccessManager(address(this));
        constants = address(new PoseidonConstants());
        parameters = _deploy(DELAY, _low(), _high(), _numbers(), _scenarios());
        manager.grantRole(Roles.GOVERNANCE, address(this), 0);
        manager.grantRole(Roles.GUARDIAN, address(this), 0);
        manager.setTargetFunctionRole(address(parameters), Roles.parametersGovernance(), Roles.GOVERNANCE);
        manager.setTargetFunctionRole(address(parameters), Roles.parametersGuardian(), Roles.GUARDIAN);
    }

    function _deploy(
        uint32 delay,
        IRiskParameters.Numbers memory low,
        IRiskParameters.Numbers memory high,
        IRiskParameters.Numbers memory numbers,
        IRiskParameters.Scenario[] memory scenarios
    ) private returns (RiskParameters) {
        return new RiskParameters(address(manager), constants, EXIT, delay, low, high, numbers, scenarios);
    }

    function _numbers() private pure returns (IRiskParameters.Numbers memory n) {
        n.feeRate = 15;
        n.feeCap = 12_500;
        n.inverseScale = 1_000_000_000;
        n.initialFactor = 12_500;
        n.shortCharge = 100;
        n.buffer = 1_500;
        n.maxDiscount = 3_000;
        n.maxPenalty = 1_000;
        n.batchCap = 16;
        n.cutoff = 100_000_000_000_000;
        n.decay = 99_743;
        n.step = 3_600;
        n.referenceVolatility = 5_100;
        n.factorCap = 40_000;
        n.upShock = 4_000;
        n.downShock = 2_200;
        n.shortPower = 3_000;
        n.longPower = 1_300;
        n.pivot = 30 days;
        n.timeFloor = 1 days;
        n.multiplierFloor = 100;
        n.spotFloor = 500;
    }

    /// @dev Half to double, where the statements allow it.
    function _low() private pure returns (IRiskParameters.Numbers memory n) {
        n = _numbers();
        n.feeRate = 0;
        n.initialFactor = 11_000;
        n.decay = 90_000;
        n.referenceVolatility = 2_000;
        n.maxDiscount = 0;
        n.timeFloor = 1 hours;
    }

    function _high() private pure returns (IRiskParameters.Numbers memory n) {
        n = _numbers();
        n.feeRate = 100;
        n.initialFactor = 20_000;
        n.referenceVolatility = 12_000;
        n.maxDiscount = 9_500;
        n.timeFloor = 60 days;
    }

    function _scenarios() private pure returns (IRiskParameters.Scenario[] memory s) {
        s = new IRiskParameters.Scenario[](3);
        s[0] = IRiskParameters.Scenario(1_600, 1, 10_000, true);
        s[1] = IRiskParameters.Scenario(-1_600, 2, 10_000, true);
        s[2] = IRiskParameters.Scenario(6_600, 0, 3_500, false);
    }

    function testTheFirstVersionIsInForceAtOnce() public view {
        (uint64 version, uint256 all, uint256 risk) = parameters.current();
        eq(version, 1, "version");
        (uint256 a, uint256 b) = parameters.digests(_numbers(), _scenarios());
        check(all == a && risk == b && a != b, "digests");
        eq(keccak256(abi.encode(parameters.numbersInForce())), keccak256(abi.encode(_numbers())), "numbers");
        eq(keccak256(abi.encode(parameters.scenariosInForce())), keccak256(abi.encode(_scenarios())), "scenarios");
        (uint96[NUMBERS] memory low, uint96[NUMBERS] memory high) = parameters.bounds();
        check(low[3] == 11_000 && high[3] == 20_000, "bounds");
    }

    function testAChangeWaitsLongerThanTheExit() public {
        check(parameters.delay() > parameters.exitWindow(), "delay");
        IRiskParameters.Numbers memory n = _numbers();
        n.initialFactor = 13_000;
        (uint256 all, uint256 risk) = parameters.digests(n, _scenarios());
        uint40 eta = uint40(block.timestamp) + DELAY;
        vm.expectEmit(address(parameters));
        emit IRiskParameters.ParametersProposed(all, risk, eta, n, _scenarios());
        eq(parameters.propose(n, _scenarios()), eta, "eta");
        vm.expectRevert(IRiskParameters.AlreadyProposed.selector);
        parameters.propose(n, _scenarios());
        vm.warp(eta - 1);
        vm.expectRevert(abi.encodeWithSelector(IRiskParameters.TooEarly.selector, eta));
        parameters.enact(n, _scenarios());
        vm.warp(eta);
        bytes32 other = keccak256(abi.encode(_numbers(), _scenarios()));
        vm.expectRevert(abi.encodeWithSelector(IRiskParameters.NoSuchProposal.selector, other));
        parameters.enact(_numbers(), _scenarios());
        vm.prank(STRANGER);
        eq(parameters.enact(n, _scenarios()), 2, "by anyone");
        (uint64 version, uint256 nowAll, uint256 nowRisk) = parameters.current();
        check(version == 2 && nowAll == all && nowRisk == risk, "in force");
        eq(parameters.numbersInForce().initialFactor, 13_000, "in clear");
        (uint256 before,) = parameters.digestsOf(1);
        (uint256 first,) = parameters.digests(_numbers(), _scenarios());
        eq(before, first, "the version before");
        vm.expectRevert();
        parameters.enact(n, _scenarios());
        for (uint64 v = 0; v < 6; v += 3) {
            vm.expectRevert(abi.encodeWithSelector(IRiskParameters.UnknownVersion.selector, v));
            parameters.digestsOf(v);
        }
    }

    function testCancelled() public {
        vm.expectRevert(abi.encodeWithSelector(IRiskParameters.NoSuchProposal.selector, 0));
        parameters.cancel();
        IRiskParameters.Numbers memory n = _numbers();
        n.feeRate = 16;
        parameters.propose(n, _scenarios());
        parameters.cancel();
        vm.warp(block.timestamp + DELAY);
        vm.expectRevert();
        parameters.enact(n, _scenarios());
        parameters.propose(n, _scenarios());
    }

    function testGovernanceAlone() public {
        bytes memory error = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, STRANGER);
        vm.startPrank(STRANGER);
        vm.expectRevert(error);
        parameters.propose(_numbers(), _scenarios());
        vm.expectRevert(error);
        parameters.cancel();
        vm.stopPrank();
    }

    function testEveryNumberHasBounds() public {
        uint256[NUMBERS] memory low = ParameterDigests.words(_low());
        uint256[NUMBERS] memory high = ParameterDigests.words(_high());
        for (uint256 i = 0; i < NUMBERS; ++i) {
            for (uint256 side = 0; side < 2; ++side) {
                if (side == 0 && low[i] == 0) continue;
                IRiskParameters.Numbers memory n = _numbers();
                uint256 wrong = side == 0 ? low[i] - 1 : high[i] + 1;
                ParameterDigests.words(n)[i] = wrong;
                vm.expectRevert(abi.encodeWithSelector(IRiskParameters.OutOfBounds.selector, i, low[i], high[i], wrong));
                parameters.propose(n, _scenarios());
            }
        }
    }

    function testEveryNumberMovesADigest() public {
        RiskParameters wide = _deploy(DELAY, ParameterDigests.lowest(), ParameterDigests.highest(), _numbers(), _scenarios());
        (, uint256 all, uint256 risk) = wide.current();
        for (uint256 i = 0; i < NUMBERS; ++i) {
            IRiskParameters.Numbers memory n = _numbers();
            ParameterDigests.words(n)[i] += 1;
            (uint256 movedAll, uint256 movedRisk) = wide.digests(n, _scenarios());
            check(movedAll != all, "parameters");
            // Inverse scale, grid and regime are those of statement R too.
            eq(movedRisk != risk, i == 2 || i >= 10, "risk parameters");
        }
        for (uint256 i = 0; i < 4; ++i) {
            IRiskParameters.Scenario[] memory s = _scenarios();
            if (i == 0) s[1].spot -= 1;
            if (i == 1) s[1].move = 0;
            if (i == 2) s[1].weight -= 1;
            if (i == 3) s[1].scaled = false;
            (, uint256 movedRisk) = wide.digests(_numbers(), s);
            check(movedRisk != risk, "scenario");
        }
    }

    function testNumbersMakeSenseTogether() public {
        IRiskParameters.Numbers memory n = _numbers();
        n.maxDiscount = 9_000;
        vm.expectRevert(abi.encodeWithSelector(IRiskParameters.CostsTooHigh.selector, 10_000));
        parameters.propose(n, _scenarios());
        n = _numbers();
        n.timeFloor = n.pivot + 1;
        vm.expectRevert(abi.encodeWithSelector(IRiskParameters.FloorAbovePivot.selector, n.pivot, n.pivot + 1));
        parameters.propose(n, _scenarios());
        n = _numbers();
        n.referenceVolatility = 1;
        n.step = 1;
        vm.expectRevert(IRiskParameters.NoReferenceVariance.selector);
        _deploy(DELAY, ParameterDigests.lowest(), ParameterDigests.highest(), n, _scenarios());
    }

    function testScenariosHaveRanges() public {
        for (uint256 i = 0; i < 5; ++i) {
            IRiskParameters.Scenario[] memory s = _scenarios();
            if (i == 0) s[1].spot = -10_000;
            if (i == 1) s[1].spot = 200_001;
            if (i == 2) s[1].move = 3;
            if (i == 3) s[1].weight = 0;
            if (i == 4) s[1].weight = 10_001;
            vm.expectRevert(abi.encodeWithSelector(IRiskParameters.InvalidScenario.selector, 1));
            parameters.propose(_numbers(), s);
        }
        IRiskParameters.Scenario[] memory two = new IRiskParameters.Scenario[](2);
        vm.expectRevert(abi.encodeWithSelector(IRiskParameters.WrongScenarioCount.selector, 3, 2));
        parameters.propose(_numbers(), two);
    }

    function testConstruction() public {
        vm.expectRevert(abi.encodeWithSelector(IRiskParameters.DelayTooShort.selector, EXIT, EXIT));
        _deploy(EXIT, _low(), _high(), _numbers(), _scenarios());
        vm.expectRevert(abi.encodeWithSelector(IRiskParameters.WrongScenarioCount.selector, 255, 0));
        _deploy(DELAY, _low(), _high(), _numbers(), new IRiskParameters.Scenario[](0));
        IRiskParameters.Numbers memory n = _low();
        n.initialFactor = 9_999;
        vm.expectRevert(abi.encodeWithSelector(IRiskParameters.InvalidBounds.selector, 3));
        _deploy(DELAY, n, _high(), _numbers(), _scenarios());
        n = _high();
        n.feeCap = 100_001;
        vm.expectRevert(abi.encodeWithSelector(IRiskParameters.InvalidBounds.selector, 1));
        _deploy(DELAY, _low(), n, _numbers(), _scenarios());
        n = _low();
        n.buffer = 1_501;
        vm.expectRevert(abi.encodeWithSelector(IRiskParameters.InvalidBounds.selector, 5));
        _deploy(DELAY, n, _high(), _numbers(), _scenarios());
        n = _numbers();
        n.feeRate = 101;
        vm.expectRevert(abi.encodeWithSelector(IRiskParameters.OutOfBounds.selector, 0, 0, 100, 101));
        _deploy(DELAY, _low(), _high(), n, _scenarios());
        vm.expectPartialRevert(Poseidon.WrongConstants.selector);
        new RiskParameters(address(manager), address(manager), EXIT, DELAY, _low(), _high(), _numbers(), _scenarios());
    }

    /// @dev Whatever is proposed is refused, or within the bounds.
    function testFuzzBounds(uint256 number, uint96 value) public {
        uint256 i = bound(number, 0, NUMBERS - 1);
        IRiskParameters.Numbers memory n = _numbers();
        // What a number of the struct can hold.
        uint256 found = i == 9 ? value : i == 2 ? uint64(value) : uint32(value);
        ParameterDigests.words(n)[i] = found;
        (uint256 low, uint256 high) = (ParameterDigests.words(_low())[i], ParameterDigests.words(_high())[i]);
        if (found < low || found > high) {
            vm.expectRevert();
            parameters.propose(n, _scenarios());
        } else {
            try parameters.propose(n, _scenarios()) {}
            catch {
                check(i == 6 && found + n.maxPenalty >= 10_000 || i == 19 && found > n.pivot, "refused for a reason");
            }
        }
    }
}
