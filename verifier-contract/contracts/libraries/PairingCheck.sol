// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title One pairing for many proofs
/// @notice Checks e(a_i, G2) * e(b_i, s*G2) = 1 for the pairs of points that `IStatementVerifier.accumulate` returned, all at
/// once: with random weights w_i, e(sum of w_i*a_i, G2) * e(sum of w_i*b_i, s*G2) = 1. Every proof after the first costs some 15,000
/// gas in place of 113,000.
/// @dev The weights are the low 128 bits of hashes of all points, so no point can be chosen by its weight: a false claim among
/// them survives with a chance of 2^-128. The verifiers must all be of the setup that is passed; compare `setup()` once.
library PairingCheck {
    /// @notice A pairing equation that is still to be checked, by its points of G1.
    struct Claim {
        uint256 ax;
        uint256 ay;
        uint256 bx;
        uint256 by;
    }

    /// @notice There is no claim.
    error NoClaims();
    /// @notice A precompile refused its input, a point off the curve, or ran out of gas.
    error ClaimPrecompileFailed(uint256 precompile);
    /// @notice At least one claim is false.
    error ClaimsFailed();

    /// @dev Gas given to precompiles: at least 2.5 times what they cost, so that no input makes them burn all that is left.
    uint256 private constant ADD_GAS = 1000;
    uint256 private constant MUL_GAS = 15000;
    uint256 private constant PAIRING_GAS = 350000;
    /// @dev The generator of G2.
    uint256 private constant G2_X_IM = 0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2;
    uint256 private constant G2_X_RE = 0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed;
    uint256 private constant G2_Y_IM = 0x090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b;
    uint256 private constant G2_Y_RE = 0x12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa;

    /// @notice Returns if all claims hold, and reverts in every other case.
    /// @param sG2 s*G2 of the setup, as `IStatementVerifier.setup` returns it.
    /// @param claims One for each proof, at least one.
    function requireAll(uint256[4] memory sG2, Claim[] memory claims) internal view {
        uint256 count = claims.length;
        if (count == 0) revert NoClaims();
        // The sums of the a_i and of the b_i, from the first claim, whose weight is 1; as the pairing takes them.
        uint256[12] memory input;
        (input[0], input[1]) = (claims[0].ax, claims[0].ay);
        (input[2], input[3], input[4], input[5]) = (G2_X_IM, G2_X_RE, G2_Y_IM, G2_Y_RE);
        (input[6], input[7]) = (claims[0].bx, claims[0].by);
        for (uint256 i = 0; i < 4; ++i) {
            input[8 + i] = sG2[i];
        }
        if (count > 1) {
            bytes32 seed = _hash(claims);
            for (uint256 i = 1; i < count; ++i) {
                uint256 weight = uint128(uint256(keccak256(abi.encode(seed, i))));
                _addMultiple(input, 0, claims[i].ax, claims[i].ay, weight);
                _addMultiple(input, 6, claims[i].bx, claims[i].by, weight);
            }
        }
        uint256[1] memory verdict;
        bool done;
        assembly ("memory-safe") {
            done := staticcall(PAIRING_GAS, 0x08, input, 0x180, verdict, 0x20)
        }
        if (!done) revert ClaimPrecompileFailed(0x08);
        if (verdict[0] != 1) revert ClaimsFailed();
    }

    /// @dev Adds weight*(x, y) to the point that stands at words at, at + 1.
    function _addMultiple(uint256[12] memory words, uint256 at, uint256 x, uint256 y, uint256 weight) private view {
        uint256[4] memory term = [x, y, weight, 0];
        bool multiplied;
        bool added;
        assembly ("memory-safe") {
            let sum := add(words, mul(at, 0x20))
            multiplied := staticcall(MUL_GAS, 0x07, term, 0x60, add(term, 0x40), 0x40)
            mstore(term, mload(sum))
            mstore(add(term, 0x20), mload(add(sum, 0x20)))
            added := staticcall(ADD_GAS, 0x06, term, 0x80, sum, 0x40)
        }
        if (!multiplied) revert ClaimPrecompileFailed(0x07);
        if (!added) revert ClaimPrecompileFailed(0x06);
    }

    /// @dev Keccak-256 of all coordinates in order.
    function _hash(Claim[] memory claims) private pure returns (bytes32) {
        uint256[] memory words = new uint256[](4 * claims.length);
        for (uint256 i = 0; i < claims.length; ++i) {
            Claim memory claim = claims[i];
            (words[4 * i], words[4 * i + 1]) = (claim.ax, claim.ay);
            (words[4 * i + 2], words[4 * i + 3]) = (claim.bx, claim.by);
        }
        return keccak256(abi.encodePacked(words));
    }
}
