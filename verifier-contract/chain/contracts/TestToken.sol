// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token that whoever deployed it can make any amount of, for drills on chains of one's own
contract TestToken is ERC20 {
    /// @notice Who makes tokens.
    address public immutable minter = msg.sender;

    /// @notice Only the minter makes tokens.
    error NotMinter(address found);

    constructor() ERC20("zksettle drill", "DRILL") {}

    /// @notice Six decimals, as most dollar tokens have.
    function decimals() public pure override returns (uint8) {
        return 6;
    }

    /// @notice Makes tokens.
    function mint(address to, uint256 amount) external {
        if (msg.sender != minter) revert NotMinter(msg.sender);
        _mint(to, amount);
    }
}
