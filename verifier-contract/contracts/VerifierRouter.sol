// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IStatementVerifier} from "./interfaces/IStatementVerifier.sol";
import {IVerifierRouter} from "./interfaces/IVerifierRouter.sol";
import {Statements} from "./libraries/Statements.sol";

/// @title Which verifiers count
/// @dev Roles and delays are the AccessManager's: `addVerifier` and `removeVerifier` belong to governance with a delay,
/// `stopVerifier` to a guardian without. An entry only ever moves Unknown → Active → one of the others.
contract VerifierRouter is IVerifierRouter, AccessManaged {
    struct Entry {
        IStatementVerifier verifier;
        Status status;
    }

    mapping(uint8 statement => mapping(bytes4 selector => Entry)) private _entries;

    /// @param authority_ The AccessManager.
    constructor(address authority_) AccessManaged(authority_) {}

    /// @inheritdoc IVerifierRouter
    function addVerifier(uint8 statement, IStatementVerifier verifier, bytes32 codeHash, bytes32 keyDigest) external restricted {
        if (!Statements.isKnown(statement)) revert UnknownStatement(statement);
        bytes4 selector = bytes4(keyDigest);
        Entry storage slot = _entries[statement][selector];
        if (slot.status != Status.Unknown) revert SelectorUsed(statement, selector, slot.status);
        bytes32 code = address(verifier).codehash;
        if (code != codeHash) revert WrongCode(codeHash, code);
        bytes32 digest = verifier.keyDigest();
        if (digest != keyDigest) revert WrongKey(keyDigest, digest);
        slot.verifier = verifier;
        slot.status = Status.Active;
        emit VerifierAdded(statement, selector, address(verifier), codeHash, keyDigest);
    }

    /// @inheritdoc IVerifierRouter
    function removeVerifier(uint8 statement, bytes4 selector) external restricted {
        _leave(statement, selector, Status.Removed);
    }

    /// @inheritdoc IVerifierRouter
    function stopVerifier(uint8 statement, bytes4 selector) external restricted {
        _leave(statement, selector, Status.Stopped);
    }

    /// @inheritdoc IVerifierRouter
    function tripByFalsehood(uint8 statement, bytes4 selector, bytes calldata proof, uint256[] calldata instance) external {
        verifierOf(statement, selector).verify(proof, instance);
        if (!Statements.isFalse(statement, instance)) revert NotImpossible(statement);
        _leave(statement, selector, Status.Tripped);
    }

    /// @inheritdoc IVerifierRouter
    function tripByContradiction(
        uint8 statement,
        bytes4 selector,
        bytes calldata proof,
        uint256[] calldata instance,
        bytes calldata otherProof,
        uint256[] calldata otherInstance
    ) external {
        IStatementVerifier verifier = verifierOf(statement, selector);
        verifier.verify(proof, instance);
        verifier.verify(otherProof, otherInstance);
        if (!Statements.contradict(statement, instance, otherInstance)) revert NotImpossible(statement);
        _leave(statement, selector, Status.Tripped);
    }

    /// @inheritdoc IVerifierRouter
    function verifierOf(uint8 statement, bytes4 selector) public view returns (IStatementVerifier) {
        Entry memory found = _entries[statement][selector];
        if (found.status != Status.Active) revert VerifierNotActive(statement, selector, found.status);
        return found.verifier;
    }

    /// @inheritdoc IVerifierRouter
    function isActive(uint8 statement, bytes4 selector) external view returns (bool) {
        return _entries[statement][selector].status == Status.Active;
    }

    /// @inheritdoc IVerifierRouter
    function entry(uint8 statement, bytes4 selector) external view returns (IStatementVerifier verifier, Status status) {
        Entry memory found = _entries[statement][selector];
        return (found.verifier, found.status);
    }

    /// @dev The address stays for whoever reads history; it is never given out again.
    function _leave(uint8 statement, bytes4 selector, Status why) private {
        Entry storage slot = _entries[statement][selector];
        if (slot.status != Status.Active) revert VerifierNotActive(statement, selector, slot.status);
        slot.status = why;
        emit VerifierLeft(statement, selector, why, msg.sender);
    }
}
