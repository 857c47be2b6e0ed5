// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

interface ICircuitBreaker {
    function isTripped() external view returns (bool);
    function requireUntripped() external view;
    function onOutflow(address token, uint256 amount) external returns (bool allowed);
}
