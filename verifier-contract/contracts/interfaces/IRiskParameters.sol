// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

interface IRiskParameters {
    function current() external view returns (uint64 version, uint256 parameters, uint256 riskParameters);
}
