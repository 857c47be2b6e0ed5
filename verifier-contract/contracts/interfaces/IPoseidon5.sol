// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title Poseidon over the scalar field of BN254, width 5, circomlib's constants: the hash of every commitment of the protocol
interface IPoseidon5 {
    /// @notice An input is not below the order of the field.
    error NotInField(uint256 found);

    /// @notice H(a, b, c, d).
    function hash(uint256 a, uint256 b, uint256 c, uint256 d) external pure returns (uint256 digest);

    /// @notice digest = H(digest, x, y, z) over the elements, three at a time, from a seed; the last chunk is padded with 0.
    function fold(uint256 seed, uint256[] calldata elements) external pure returns (uint256 digest);
}
