// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @dev The cheat codes that the tests use; forge and halmos answer them.
interface Vm {
    function addr(uint256 key) external pure returns (address);
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function warp(uint256 timestamp) external;
    function roll(uint256 number) external;
    function prank(address sender) external;
    function startPrank(address sender) external;
    function stopPrank() external;
    function expectRevert() external;
    function expectRevert(bytes4 error) external;
    function expectRevert(bytes calldata error) external;
    function expectPartialRevert(bytes4 error) external;
    function expectEmit() external;
    function expectEmit(address emitter) external;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory);
    function assume(bool condition) external pure;
    function etch(address target, bytes calldata code) external;
    function deal(address account, uint256 balance) external;
    function store(address target, bytes32 slot, bytes32 value) external;
    function load(address target, bytes32 slot) external view returns (bytes32);
    function chainId(uint256 id) external;
    function readFile(string calldata path) external view returns (string memory);
    function mockCall(address target, bytes calldata data, bytes calldata result) external;
    function clearMockedCalls() external;
    function snapshotState() external returns (uint256 id);
    function revertToState(uint256 id) external returns (bool success);

    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }
}

/// @title Base of the tests: cheat codes, assertions that revert, targets of invariants
abstract contract Test {
    /// @dev forge looks for it.
    bool public constant IS_TEST = true;
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    address[] private _targets;
    address[] private _excludedSenders;

    /// @dev An assertion that does not hold; the two values are printed by forge.
    error Unequal(string what, uint256 expected, uint256 found);
    error Untrue(string what);

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    /// @notice Contracts whose functions an invariant run calls.
    function targetContracts() public view returns (address[] memory) {
        return _targets;
    }

    /// @notice Senders that an invariant run does not use.
    function excludeSenders() public view returns (address[] memory) {
        return _excludedSenders;
    }

    function target(address handler) internal {
        _targets.push(handler);
    }

    function excludeSender(address sender) internal {
        _excludedSenders.push(sender);
    }

    function check(bool condition, string memory what) internal pure {
        if (!condition) revert Untrue(what);
    }

    function eq(uint256 found, uint256 expected, string memory what) internal pure {
        if (found != expected) revert Unequal(what, expected, found);
    }

    function eq(address found, address expected, string memory what) internal pure {
        eq(uint160(found), uint160(expected), what);
    }

    function eq(bool found, bool expected, string memory what) internal pure {
        eq(found ? 1 : 0, expected ? 1 : 0, what);
    }

    function eq(bytes32 found, bytes32 expected, string memory what) internal pure {
        eq(uint256(found), uint256(expected), what);
    }

    /// @dev A value of `from` to `to`, both included; the value itself where it is in the range.
    function bound(uint256 value, uint256 from, uint256 to) internal pure returns (uint256) {
        if (from > to) revert Untrue("bound: an empty range");
        if (value >= from && value <= to) return value;
        uint256 size = to - from + 1;
        return size == 0 ? value : from + value % size;
    }
}
