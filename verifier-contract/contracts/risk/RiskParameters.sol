// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IRiskParameters} from "../interfaces/IRiskParameters.sol";
import {Poseidon} from "../libraries/Poseidon.sol";
import {NUMBERS, ParameterDigests} from "./ParameterDigests.sol";

/// @title Parameters of a venue, by version
/// @dev The wait of a proposal is this contract's own, whatever delays the access manager adds: it is longer than the exit window.
contract RiskParameters is IRiskParameters, AccessManaged {
    struct Version {
        uint256 parameters;
        uint256 riskParameters;
    }

    /// @notice Most scenarios of a grid.
    uint256 public constant MAX_SCENARIOS = 255;

    /// @notice The constants of the hash.
    address public immutable constants;
    /// @notice Scenarios of every version's grid: circuits are made for a number of them.
    uint256 public immutable scenarioCount;
    /// @inheritdoc IRiskParameters
    uint32 public immutable delay;
    /// @inheritdoc IRiskParameters
    uint32 public immutable exitWindow;

    uint96[NUMBERS] private _low;
    uint96[NUMBERS] private _high;
    /// @dev By version, less 1.
    Version[] private _versions;
    Numbers private _numbers;
    Scenario[] private _scenarios;
    /// @notice Hash of the proposed parameters; 0 if there is no proposal.
    bytes32 public proposal;
    /// @notice When the proposal can be put in force.
    uint40 public proposalEta;

    /// @param authority_ The access manager.
    /// @param constants_ The constants of the hash (`PoseidonConstants`).
    /// @param exitWindow_ Seconds that users need to leave.
    /// @param delay_ Seconds from a proposal to its earliest enactment.
    /// @param low Lowest numbers that governance can set.
    /// @param high Highest numbers that governance can set.
    /// @param numbers Those of the first version, in force at once.
    /// @param scenarios_ Those of the first version.
    constructor(
        address authority_,
        address constants_,
        uint32 exitWindow_,
        uint32 delay_,
        Numbers memory low,
        Numbers memory high,
        Numbers memory numbers,
        Scenario[] memory scenarios_
    ) AccessManaged(authority_) {
        // No address without the code of the constants passes.
        Poseidon.check(constants_);
        if (delay_ <= exitWindow_) revert DelayTooShort(exitWindow_, delay_);
        if (scenarios_.length == 0 || scenarios_.length > MAX_SCENARIOS) {
            revert WrongScenarioCount(MAX_SCENARIOS, scenarios_.length);
        }
        // slither-disable-next-line missing-zero-check
        constants = constants_;
        exitWindow = exitWindow_;
        delay = delay_;
        scenarioCount = scenarios_.length;
        _setBounds(low, high);
        ParameterDigests.requireSound(numbers, _low, _high);
        ParameterDigests.requireSound(scenarios_);
        (uint256 parameters, uint256 riskParameters) = ParameterDigests.digests(constants_, numbers, scenarios_);
        _set(numbers, scenarios_, parameters, riskParameters);
    }

    /// @inheritdoc IRiskParameters
    function propose(Numbers calldata numbers, Scenario[] calldata scenarios_) external restricted returns (uint40 eta) {
        if (proposal != 0) revert AlreadyProposed();
        (uint256 parameters, uint256 riskParameters) = digests(numbers, scenarios_);
        eta = SafeCast.toUint40(block.timestamp + delay);
        proposal = _hash(numbers, scenarios_);
        proposalEta = eta;
        emit ParametersProposed(parameters, riskParameters, eta, numbers, scenarios_);
    }

    /// @inheritdoc IRiskParameters
    function cancel() external restricted {
        if (proposal == 0) revert NoSuchProposal(0);
        _clear();
        emit ProposalCancelled();
    }

    /// @inheritdoc IRiskParameters
    function enact(Numbers calldata numbers, Scenario[] calldata scenarios_) external returns (uint64 version) {
        bytes32 found = _hash(numbers, scenarios_);
        if (proposal != found) revert NoSuchProposal(found);
        if (block.timestamp < proposalEta) revert TooEarly(proposalEta);
        _clear();
        (uint256 parameters, uint256 riskParameters) = digests(numbers, scenarios_);
        version = _set(numbers, scenarios_, parameters, riskParameters);
    }

    /// @inheritdoc IRiskParameters
    function current() external view returns (uint64 version, uint256 parameters, uint256 riskParameters) {
        version = uint64(_versions.length);
        (parameters, riskParameters) = digestsOf(version);
    }

    /// @inheritdoc IRiskParameters
    function digestsOf(uint64 version) public view returns (uint256 parameters, uint256 riskParameters) {
        if (version == 0 || version > _versions.length) revert UnknownVersion(version);
        Version memory found = _versions[version - 1];
        return (found.parameters, found.riskParameters);
    }

    /// @inheritdoc IRiskParameters
    function digests(Numbers calldata numbers, Scenario[] calldata scenarios_)
        public
        view
        returns (uint256 parameters, uint256 riskParameters)
    {
        if (scenarios_.length != scenarioCount) revert WrongScenarioCount(scenarioCount, scenarios_.length);
        ParameterDigests.requireSound(numbers, _low, _high);
        ParameterDigests.requireSound(scenarios_);
        return ParameterDigests.digests(constants, numbers, scenarios_);
    }

    /// @notice The numbers in force.
    function numbersInForce() external view returns (Numbers memory) {
        return _numbers;
    }

    /// @notice The scenarios in force.
    function scenariosInForce() external view returns (Scenario[] memory) {
        return _scenarios;
    }

    /// @notice Lowest and highest number that governance can set, in the order of the struct.
    function bounds() external view returns (uint96[NUMBERS] memory low, uint96[NUMBERS] memory high) {
        return (_low, _high);
    }

    function _setBounds(Numbers memory low, Numbers memory high) private {
        uint256[NUMBERS] memory lowest = ParameterDigests.words(ParameterDigests.lowest());
        uint256[NUMBERS] memory highest = ParameterDigests.words(ParameterDigests.highest());
        uint256[NUMBERS] memory lows = ParameterDigests.words(low);
        uint256[NUMBERS] memory highs = ParameterDigests.words(high);
        for (uint256 i = 0; i < NUMBERS; ++i) {
            if (lows[i] < lowest[i] || lows[i] > highs[i] || highs[i] > highest[i]) revert InvalidBounds(i);
            // No number of the struct is wider.
            _low[i] = uint96(lows[i]);
            _high[i] = uint96(highs[i]);
        }
    }

    function _set(Numbers memory numbers, Scenario[] memory scenarios_, uint256 parameters, uint256 riskParameters)
        private
        returns (uint64 version)
    {
        _versions.push(Version(parameters, riskParameters));
        version = uint64(_versions.length);
        _numbers = numbers;
        delete _scenarios;
        for (uint256 i = 0; i < scenarios_.length; ++i) {
            _scenarios.push(scenarios_[i]);
        }
        emit ParametersSet(version, parameters, riskParameters);
    }

    function _clear() private {
        proposal = 0;
        proposalEta = 0;
    }

    function _hash(Numbers calldata numbers, Scenario[] calldata scenarios_) private pure returns (bytes32) {
        return keccak256(abi.encode(numbers, scenarios_));
    }
}
