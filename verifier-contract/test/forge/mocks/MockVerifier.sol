// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IStatementVerifier} from "../../../contracts/interfaces/IStatementVerifier.sol";

/// @dev A verifier whose proofs are hashes of key and instance. Its setup has s = 1, so claims go through the real pairing.
contract MockVerifier is IStatementVerifier {
    error PairingFailed();
    error InvalidInstanceLength(uint256 expected, uint256 found);

    uint256 private constant P = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;
    bytes32 public immutable keyDigest;
    uint256 private immutable _length;
    bool private immutable _otherSetup;

    constructor(bytes32 keyDigest_, uint256 length, bool otherSetup) {
        keyDigest = keyDigest_;
        _length = length;
        _otherSetup = otherSetup;
    }

    function prove(uint256[] memory instances) public view returns (bytes memory) {
        return abi.encode(keccak256(abi.encode(keyDigest, instances)));
    }

    function verify(bytes calldata proof, uint256[] calldata instances) external view {
        if (!_good(proof, instances)) revert PairingFailed();
    }

    /// @dev (g, -g) for a good proof, (g, g) for a bad one.
    function accumulate(bytes calldata proof, uint256[] calldata instances)
        external
        view
        returns (uint256 ax, uint256 ay, uint256 bx, uint256 by)
    {
        return (1, 2, 1, _good(proof, instances) ? P - 2 : 2);
    }

    function setup() external view returns (uint256, uint256, uint256, uint256) {
        uint256 first = 0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2;
        return (
            _otherSetup ? 1 : first,
            0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed,
            0x090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b,
            0x12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa
        );
    }

    function _good(bytes calldata proof, uint256[] calldata instances) private view returns (bool) {
        if (instances.length != _length) revert InvalidInstanceLength(_length, instances.length);
        return keccak256(proof) == keccak256(prove(instances));
    }
}
