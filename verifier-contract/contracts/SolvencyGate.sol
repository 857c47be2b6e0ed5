// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IRiskParameters} from "./interfaces/IRiskParameters.sol";
import {IRiskRounds} from "./interfaces/IRiskRounds.sol";
import {ISolvencyGate} from "./interfaces/ISolvencyGate.sol";
import {IVerifierRouter} from "./interfaces/IVerifierRouter.sol";
import {SettlementRollup} from "./SettlementRollup.sol";
import {Statements} from "./libraries/Statements.sol";

/// @title Proofs of solvency for whoever asks
/// @dev Everything but the claim is the chain's: domain, parameters and root of the rollup, the risk root of the last proven round.
contract SolvencyGate is ISolvencyGate {
    uint256 private constant INSTANCES = 8;

    /// @notice The rollup whose accounts prove.
    SettlementRollup public immutable rollup;
    /// @notice Finds verifiers; the rollup's.
    IVerifierRouter public immutable router;
    /// @notice Gives risk roots; the rollup's.
    IRiskRounds public immutable riskRounds;
    /// @notice Gives the digest of the parameters in force; the rollup's.
    IRiskParameters public immutable parameters;
    /// @notice Age in seconds up to which a risk round counts.
    uint40 public immutable riskMaxAge;

    /// @dev By the challenge as it stands in the instance.
    mapping(uint256 challenge => bool) private _used;

    /// @param rollup_ The rollup.
    /// @param riskMaxAge_ Age in seconds up to which a risk round counts, 1 minute to 1 day.
    constructor(SettlementRollup rollup_, uint40 riskMaxAge_) {
        if (riskMaxAge_ < 1 minutes || riskMaxAge_ > 1 days) revert InvalidMaxAge(riskMaxAge_);
        rollup = rollup_;
        router = rollup_.router();
        riskRounds = rollup_.riskRounds();
        parameters = rollup_.parameters();
        riskMaxAge = riskMaxAge_;
    }

    /// @inheritdoc ISolvencyGate
    function proveSolvency(bytes calldata proof, Claim calldata claim) external returns (uint256 stateRoot, uint256 riskRoot) {
        if (claim.requirement > 2) revert InvalidRequirement(claim.requirement);
        if (claim.threshold >> 127 != 0) revert InvalidThreshold(claim.threshold);
        uint256 challenge = challengeOf(msg.sender, claim.challenge);
        if (_used[challenge]) revert ChallengeUsed(msg.sender, claim.challenge);
        if (rollup.frozen()) revert RollupFrozen();
        IRiskRounds.Accepted memory round = riskRounds.accepted(claim.underlying);
        if (round.riskRoot == 0 || uint256(round.time) + riskMaxAge < block.timestamp) {
            revert RiskRootStale(claim.underlying, block.timestamp - riskMaxAge, round.time);
        }
        _used[challenge] = true;
        (stateRoot, riskRoot) = (rollup.stateRoot(), round.riskRoot);

        uint256[] memory instance = new uint256[](INSTANCES);
        instance[0] = rollup.domain();
        // Version and risk rules are not part of the instance.
        // slither-disable-next-line unused-return
        (, instance[1],) = parameters.current();
        instance[2] = stateRoot;
        instance[3] = riskRoot;
        instance[4] = claim.requirement;
        instance[5] = claim.threshold;
        instance[6] = challenge;
        instance[7] = claim.pseudonym;
        router.verifierOf(Statements.SOLVENCY, claim.selector).verify(proof, instance);
        emit SolvencyProven(
            msg.sender, claim.pseudonym, claim.challenge, claim.requirement, claim.threshold, stateRoot, riskRoot
        );
    }

    /// @inheritdoc ISolvencyGate
    function challengeOf(address lender, uint256 challenge) public pure returns (uint256) {
        // 248 bits: below r, and no shorter than a challenge has to be.
        return uint256(keccak256(abi.encode(lender, challenge))) >> 8;
    }

    /// @inheritdoc ISolvencyGate
    function isUsed(address lender, uint256 challenge) external view returns (bool) {
        return _used[challengeOf(lender, challenge)];
    }
}
