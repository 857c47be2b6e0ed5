// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title Proofs of solvency for whoever asks
/// @notice A lending market, a venue or a regulator has a trader prove that a hidden account meets a requirement (statement M) at the
/// rollup's present state and a recent risk round.
interface ISolvencyGate {
    /// @notice What is claimed of the account.
    /// @param selector Selector of the verifier, which says how many positions it takes.
    /// @param requirement 0 equity, 1 maintenance, 2 initial.
    /// @param underlying Whose risk round the account is valued at.
    /// @param threshold What the account has beyond the requirement at least, in units of money.
    /// @param challenge The caller's own number, which it never used before.
    /// @param pseudonym What stands for the account, for this caller and challenge.
    struct Claim {
        bytes4 selector;
        uint8 requirement;
        uint16 underlying;
        uint128 threshold;
        uint256 challenge;
        uint256 pseudonym;
    }

    /// @notice A requirement is 0, 1 or 2.
    error InvalidRequirement(uint8 found);
    /// @notice A threshold is below 2^127.
    error InvalidThreshold(uint128 found);
    /// @notice The caller has used the challenge.
    error ChallengeUsed(address lender, uint256 challenge);
    /// @notice The last proven risk round is too old, or there is none.
    error RiskRootStale(uint16 underlying, uint256 oldest, uint256 found);
    /// @notice An age is 1 minute to 1 day.
    error InvalidMaxAge(uint256 found);
    /// @notice The rollup is frozen: its state is not current any more.
    error RollupFrozen();

    /// @notice An account met a requirement.
    event SolvencyProven(
        address indexed lender,
        uint256 indexed pseudonym,
        uint256 indexed challenge,
        uint8 requirement,
        uint128 threshold,
        uint256 stateRoot,
        uint256 riskRoot
    );

    /// @notice Checks a proof for the caller, whose challenge is used up. Reverts unless it is valid.
    /// @return stateRoot The state that the account is in.
    /// @return riskRoot The round that it is valued at.
    function proveSolvency(bytes calldata proof, Claim calldata claim) external returns (uint256 stateRoot, uint256 riskRoot);

    /// @notice The challenge as it stands in the instance: it names who asks, so a proof convinces nobody else.
    function challengeOf(address lender, uint256 challenge) external pure returns (uint256);

    /// @notice Whether a lender has used a challenge.
    function isUsed(address lender, uint256 challenge) external view returns (bool);
}
