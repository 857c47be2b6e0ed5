// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title A queue of hashes
/// @dev Each entry's hash covers all before it: H_0 = 0, H_i = keccak256(H_(i-1), e_i). Whoever takes an entry shows it; a proof over
/// entries i+1 to j needs H_i and H_j only.
library PrefixQueue {
    /// @dev Entries head + 1 to tail wait.
    struct Queue {
        uint64 head;
        uint64 tail;
        mapping(uint64 index => bytes32) hashes;
    }

    /// @dev Appends an entry; returns its number and the hash of all.
    function push(Queue storage queue, bytes32 entry) internal returns (uint64 index, bytes32 hash) {
        index = queue.tail + 1;
        hash = link(queue.hashes[index - 1], entry);
        queue.tail = index;
        queue.hashes[index] = hash;
    }

    /// @dev The number of the next entry, what its hash has to be and what it is if `entry` is the next one.
    function peek(Queue storage queue, bytes32 entry) internal view returns (uint64 index, bytes32 expected, bytes32 found) {
        index = queue.head + 1;
        expected = queue.hashes[index];
        found = link(queue.hashes[index - 1], entry);
    }

    function isEmpty(Queue storage queue) internal view returns (bool) {
        return queue.head == queue.tail;
    }

    /// @dev keccak256(before, entry).
    function link(bytes32 before, bytes32 entry) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            mstore(0x00, before)
            mstore(0x20, entry)
            hash := keccak256(0x00, 0x40)
        }
    }
}
