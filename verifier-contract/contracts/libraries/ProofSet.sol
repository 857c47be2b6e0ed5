// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IStatementVerifier} from "../interfaces/IStatementVerifier.sol";
import {PairingCheck} from "./PairingCheck.sol";

/// @title The proofs of one transaction, under one pairing
/// @dev One proof is verified as it stands. Of several, each leaves its pairing equation, and one pairing checks them all. Nothing is
/// accepted before `finish`.
library ProofSet {
    struct Set {
        PairingCheck.Claim[] claims;
        uint256[4] setup;
    }

    /// @notice Verifiers whose keys are of two setups do not share a pairing: prove them in two transactions.
    error WrongSetup(address verifier);

    /// @dev Room for as many proofs.
    function begin(uint256 count) internal pure returns (Set memory set) {
        set.claims = new PairingCheck.Claim[](count);
    }

    /// @dev Proof number `at`, counted from 0. All of them have to be added, in order.
    function add(Set memory set, uint256 at, IStatementVerifier verifier, bytes calldata proof, uint256[] memory instance)
        internal
        view
    {
        if (set.claims.length == 1) {
            verifier.verify(proof, instance);
            return;
        }
        PairingCheck.Claim memory claim = set.claims[at];
        (claim.ax, claim.ay, claim.bx, claim.by) = verifier.accumulate(proof, instance);
        uint256[4] memory setup;
        (setup[0], setup[1], setup[2], setup[3]) = verifier.setup();
        if (at == 0) set.setup = setup;
        else if (keccak256(abi.encode(setup)) != keccak256(abi.encode(set.setup))) revert WrongSetup(address(verifier));
    }

    /// @dev Reverts unless all of them are valid.
    function finish(Set memory set) internal view {
        if (set.claims.length > 1) PairingCheck.requireAll(set.setup, set.claims);
    }
}
