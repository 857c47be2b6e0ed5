// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title Poseidon over the scalar field of BN254, four inputs, circomlib's constants
/// @dev H(a, b, c, d): state (0, a, b, c, d), word 0 of the permuted state. Inputs may be any words; they count modulo r.
library Poseidon {
    /// @notice The code at the address is not the table of constants.
    error WrongConstants(bytes32 expected, bytes32 found);

    /// @dev Order of the scalar field.
    uint256 internal constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    /// @dev Hash of the code of `PoseidonConstants`.
    bytes32 internal constant CONSTANTS = 0xd824ce23662ec28c2c2b7a89e696f36f62240592a085ecd5c2e72c090fe5892d;
    /// @dev The matrix's first entry, which every partial round has in its corner.
    uint256 private constant CORNER = 0x251e7fdf99591080080b0af133b9e4369f22e57ace3cd7f64fc6fdbcf38d7da1;
    /// @dev Bytes of the table, without the byte 0 before it.
    uint256 private constant TABLE_BYTES = 630 * 32;

    /// @dev Reverts unless the constants stand at the address.
    function check(address constants) internal view {
        bytes32 found = constants.codehash;
        if (found != CONSTANTS) revert WrongConstants(CONSTANTS, found);
    }

    /// @dev Copies the constants into memory; five words of room for the state stand before them.
    /// @param constants An address that `check` accepts.
    /// @return table What `hash` takes.
    function load(address constants) internal view returns (uint256 table) {
        assembly ("memory-safe") {
            table := add(mload(0x40), 0xa0)
            extcodecopy(constants, table, 1, TABLE_BYTES)
            mstore(0x40, add(table, TABLE_BYTES))
        }
    }

    /// @dev H(a, b, c, d), below r. `table` is what `load` returned.
    function hash(uint256 table, uint256 a, uint256 b, uint256 c, uint256 d) internal pure returns (uint256 result) {
        assembly ("memory-safe") {
            function fifth(x, r) -> y {
                y := mulmod(x, x, r)
                y := mulmod(mulmod(y, y, r), x, r)
            }
            // Five products, each below r: the sum is below 2^256.
            function row(at, x0, x1, x2, x3, x4, r) -> y {
                y := add(mulmod(mload(at), x0, r), mulmod(mload(add(at, 0x20)), x1, r))
                y := add(y, mulmod(mload(add(at, 0x40)), x2, r))
                y := add(y, mulmod(mload(add(at, 0x60)), x3, r))
                y := add(y, mulmod(mload(add(at, 0x80)), x4, r))
            }
            function full(state, key, matrix, r) {
                let x0 := fifth(addmod(mload(state), mload(key), r), r)
                let x1 := fifth(addmod(mload(add(state, 0x20)), mload(add(key, 0x20)), r), r)
                let x2 := fifth(addmod(mload(add(state, 0x40)), mload(add(key, 0x40)), r), r)
                let x3 := fifth(addmod(mload(add(state, 0x60)), mload(add(key, 0x60)), r), r)
                let x4 := fifth(addmod(mload(add(state, 0x80)), mload(add(key, 0x80)), r), r)
                mstore(state, row(matrix, x0, x1, x2, x3, x4, r))
                mstore(add(state, 0x20), row(add(matrix, 0xa0), x0, x1, x2, x3, x4, r))
                mstore(add(state, 0x40), row(add(matrix, 0x140), x0, x1, x2, x3, x4, r))
                mstore(add(state, 0x60), row(add(matrix, 0x1e0), x0, x1, x2, x3, x4, r))
                mstore(add(state, 0x80), row(add(matrix, 0x280), x0, x1, x2, x3, x4, r))
            }
            function partials(state, at, r) {
                let corner := CORNER
                let s0 := mload(state)
                let s1 := mload(add(state, 0x20))
                let s2 := mload(add(state, 0x40))
                let s3 := mload(add(state, 0x60))
                let s4 := mload(add(state, 0x80))
                for { let end := add(at, 17280) } lt(at, end) { at := add(at, 0x120) } {
                    let x := fifth(addmod(s0, mload(at), r), r)
                    s0 := add(mulmod(x, corner, r), mulmod(mload(add(at, 0x20)), s1, r))
                    s0 := add(s0, mulmod(mload(add(at, 0x40)), s2, r))
                    s0 := add(s0, mulmod(mload(add(at, 0x60)), s3, r))
                    s0 := add(s0, mulmod(mload(add(at, 0x80)), s4, r))
                    s1 := addmod(s1, mulmod(mload(add(at, 0xa0)), x, r), r)
                    s2 := addmod(s2, mulmod(mload(add(at, 0xc0)), x, r), r)
                    s3 := addmod(s3, mulmod(mload(add(at, 0xe0)), x, r), r)
                    s4 := addmod(s4, mulmod(mload(add(at, 0x100)), x, r), r)
                }
                mstore(state, s0)
                mstore(add(state, 0x20), s1)
                mstore(add(state, 0x40), s2)
                mstore(add(state, 0x60), s3)
                mstore(add(state, 0x80), s4)
            }

            // On the stack: the optimiser would have every other use of the constant copied from the code.
            let r := R
            let state := sub(table, 0xa0)
            mstore(state, 0)
            mstore(add(state, 0x20), a)
            mstore(add(state, 0x40), b)
            mstore(add(state, 0x60), c)
            mstore(add(state, 0x80), d)
            let matrix := add(table, 640)
            full(state, table, matrix, r)
            full(state, add(table, 0xa0), matrix, r)
            full(state, add(table, 0x140), matrix, r)
            full(state, add(table, 0x1e0), add(table, 1440), r)
            partials(state, add(table, 2240), r)
            full(state, add(table, 19520), matrix, r)
            full(state, add(table, 19680), matrix, r)
            full(state, add(table, 19840), matrix, r)
            full(state, add(table, 20000), matrix, r)
            result := mod(mload(state), r)
        }
    }
}
