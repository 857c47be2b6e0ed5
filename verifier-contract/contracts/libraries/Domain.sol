// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title The value that binds a proof to a chain and a contract
library Domain {
    /// @notice The chain identifier does not fit in the domain.
    error InvalidChainId(uint256 found);

    /// @dev Chain identifier * 2^160 + address. With the identifier below 2^64 (EIP-2294) it is below 2^224, so below r. Never
    /// stored: a chain that splits changes its identifier.
    function at(address contract_) internal view returns (uint256) {
        if (block.chainid > type(uint64).max) revert InvalidChainId(block.chainid);
        return (block.chainid << 160) | uint160(contract_);
    }
}
