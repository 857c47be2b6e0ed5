// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IStatementVerifier} from "./IStatementVerifier.sol";

/// @title Which verifiers count
/// @notice Finds the verifier of a statement by the selector of its key. A verifier is added by governance, as announced, and leaves
/// for ever: removed by governance, stopped by a guardian, or tripped by anybody who shows that it accepts what cannot be.
interface IVerifierRouter {
    /// @notice What became of a pair of statement and selector.
    enum Status {
        Unknown,
        Active,
        Removed,
        Stopped,
        Tripped
    }

    /// @notice There is no such verifier, or it has left.
    error VerifierNotActive(uint8 statement, bytes4 selector, Status found);
    /// @notice The pair has been used: a verifier never comes back, and none is put in its place.
    error SelectorUsed(uint8 statement, bytes4 selector, Status found);
    /// @notice Statements are those of the library Statements.
    error UnknownStatement(uint8 found);
    /// @notice The code at the address is not the announced one.
    error WrongCode(bytes32 expected, bytes32 found);
    /// @notice The verifier's key is not the announced one.
    error WrongKey(bytes32 expected, bytes32 found);
    /// @notice The instance, or the pair of them, is one that can be true.
    error NotImpossible(uint8 statement);

    /// @notice A verifier counts from now on.
    event VerifierAdded(uint8 indexed statement, bytes4 indexed selector, address verifier, bytes32 codeHash, bytes32 keyDigest);
    /// @notice A verifier does not count any more, for ever.
    event VerifierLeft(uint8 indexed statement, bytes4 indexed selector, Status why, address by);

    /// @notice Adds a verifier under the first four bytes of its key digest. By governance, after the delay of its role.
    /// @param statement A number of the library Statements. Sizes are entries of their own.
    /// @param verifier The verifier.
    /// @param codeHash Hash of its code, as announced with the call.
    /// @param keyDigest Its key digest, as announced with the call.
    function addVerifier(uint8 statement, IStatementVerifier verifier, bytes32 codeHash, bytes32 keyDigest) external;

    /// @notice Removes an active verifier for ever. By governance, after the delay of its role.
    function removeVerifier(uint8 statement, bytes4 selector) external;

    /// @notice Stops an active verifier for ever, at once. By a guardian.
    function stopVerifier(uint8 statement, bytes4 selector) external;

    /// @notice Stops a verifier by a proof of what the circuit rules out: a liquidation with the breaker on, or solvency under a
    /// requirement or threshold out of range.
    function tripByFalsehood(uint8 statement, bytes4 selector, bytes calldata proof, uint256[] calldata instance) external;

    /// @notice Stops a verifier of batches by two proofs that contradict each other: one state root with two batch numbers before or
    /// after. A root holds its number, so at least one of them is false.
    function tripByContradiction(
        uint8 statement,
        bytes4 selector,
        bytes calldata proof,
        uint256[] calldata instance,
        bytes calldata otherProof,
        uint256[] calldata otherInstance
    ) external;

    /// @notice The verifier; reverts unless it is active.
    function verifierOf(uint8 statement, bytes4 selector) external view returns (IStatementVerifier);

    /// @notice Whether the verifier is active.
    function isActive(uint8 statement, bytes4 selector) external view returns (bool);

    /// @notice What became of a pair, and the address it stood for.
    function entry(uint8 statement, bytes4 selector) external view returns (IStatementVerifier verifier, Status status);
}
