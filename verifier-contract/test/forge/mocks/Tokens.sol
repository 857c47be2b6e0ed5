// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";

contract Token is ERC20("Token", "T") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @dev Keeps a hundredth of every transfer.
contract FeeToken is Token {
    function _update(address from, address to, uint256 amount) internal override {
        if (from != address(0) && to != address(0)) {
            super._update(from, address(0xfee), amount / 100);
            amount -= amount / 100;
        }
        super._update(from, to, amount);
    }
}

/// @dev Takes one unit more from whoever sends, once told to.
contract GreedyToken is Token {
    bool public greedy;

    function setGreedy() external {
        greedy = true;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (greedy && from != address(0)) super._update(from, address(0xbad), 1);
        super._update(from, to, amount);
    }
}

/// @dev Returns nothing, as old tokens do.
contract SilentToken {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// @dev Calls back into the escrow in the middle of a transfer.
contract ReentrantToken is Token {
    IEscrow private _escrow;
    bytes private _call;
    bool public entered;
    bytes public refusal;

    function arm(IEscrow escrow, bytes calldata call) external {
        (_escrow, _call) = (escrow, call);
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (_call.length != 0) {
            bytes memory call = _call;
            delete _call;
            (bool success, bytes memory data) = address(_escrow).call(call);
            (entered, refusal) = (success, data);
        }
        super._update(from, to, amount);
    }
}
