// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title A verifier of one statement at one size, as the emitter of this repository writes them
/// @notice Stateless: a call returns or reverts for the same arguments always. Every refusal is a named error of the verifier.
/// @dev A proof argument is the proof as the prover writes it, followed by one word that depends on nothing else: the inverse of
/// the product of all denominators, below the order of the scalar field. `zksettle contract calldata` appends it. There is one
/// value that is accepted, so it makes no second encoding of a proof.
interface IStatementVerifier {
    /// @notice Returns if the proof is valid for the instance, and reverts in every other case.
    /// @param proof The proof and the inverse, of the one length that the verifier accepts.
    /// @param instances The public inputs, each below the order of the scalar field.
    function verify(bytes calldata proof, uint256[] calldata instances) external view;

    /// @notice Everything that `verify` does but the pairing: the proof is valid exactly if e(a, G2) * e(b, s*G2) = 1, for the
    /// generator G2 and the setup's s*G2. `PairingCheck` checks that for many proofs at once.
    /// @return ax The point a = (ax, ay). Both points are on the curve.
    /// @return ay See ax.
    /// @return bx The point b = (bx, by).
    /// @return by See bx.
    function accumulate(bytes calldata proof, uint256[] calldata instances)
        external
        view
        returns (uint256 ax, uint256 ay, uint256 bx, uint256 by);

    /// @notice The name of the verifying key and the setup: Keccak-256 of 32-byte words, the transcript representation of the
    /// key, the fixed commitments, the binary logarithm of the rows, s*G2 and G2.
    function keyDigest() external view returns (bytes32);

    /// @notice s*G2 of the setup as the pairing precompile takes it: x.c1, x.c0, y.c1, y.c0.
    function setup() external view returns (uint256, uint256, uint256, uint256);
}
