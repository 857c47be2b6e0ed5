// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title A verifier of settlement proofs, as the emitter of this repository writes them
interface ISettlementVerifier {
    /// @notice Returns if the proof is valid for the instance, and reverts in every other case.
    /// @param proof The proof, of the one length that the verifier accepts.
    /// @param instances The public inputs, each below the order of the scalar field.
    function verify(bytes calldata proof, uint256[] calldata instances) external view;

    /// @notice A hash of the verifying key and the setup.
    function keyDigest() external view returns (bytes32);
}
