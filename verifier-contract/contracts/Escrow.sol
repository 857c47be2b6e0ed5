// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ICircuitBreaker} from "./interfaces/ICircuitBreaker.sol";
import {IEscrow} from "./interfaces/IEscrow.sol";
import {PrefixQueue} from "./libraries/PrefixQueue.sol";
import {Statements} from "./libraries/Statements.sol";

/// @title Money of a rollup
/// @dev The ledger: `owed` is the sum of the deposits that wait and of all claims. Amounts are differences of the token's own balance,
/// so a token that takes a fee credits what arrived, and one that takes more than it delivers is refused on the way out.
abstract contract Escrow is IEscrow, ReentrancyGuardTransient {
    using PrefixQueue for PrefixQueue.Queue;
    using SafeERC20 for IERC20;

    /// @notice The token.
    IERC20 public immutable token;
    /// @notice Counts what goes out; blocks liquidations.
    ICircuitBreaker public immutable breaker;
    /// @notice Seconds after which a deposit that no proof has credited can be taken back.
    uint40 public immutable refundDelay;

    /// @inheritdoc IEscrow
    mapping(address account => uint256) public claimable;
    /// @inheritdoc IEscrow
    uint256 public owed;
    PrefixQueue.Queue private _deposits;

    constructor(IERC20 token_, ICircuitBreaker breaker_, uint40 refundDelay_) {
        token = token_;
        breaker = breaker_;
        refundDelay = refundDelay_;
    }

    /// @dev Whether the rollup has stopped for ever.
    function _isFrozen() internal view virtual returns (bool);

    /// @dev Reverts when the rollup is frozen.
    function _requireLive() internal view virtual;

    /// @inheritdoc IEscrow
    function deposit(uint256 amount, uint256 owner) external nonReentrant returns (uint64 index) {
        _requireLive();
        if (owner == 0 || owner >= Statements.R) revert InvalidOwner(owner);
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 arrived = token.balanceOf(address(this)) - before;
        // What is refused is that nothing arrived; nobody gains by making it so.
        // slither-disable-next-line incorrect-equality
        if (arrived == 0 || arrived > type(uint96).max) revert InvalidAmount(arrived);
        owed += arrived;
        uint40 time = uint40(block.timestamp);
        Deposit memory entry = Deposit(msg.sender, uint96(arrived), time, owner);
        bytes32 hash;
        (index, hash) = _deposits.push(keccak256(abi.encode(entry)));
        emit Deposited(index, msg.sender, owner, uint96(arrived), time, hash);
    }

    /// @inheritdoc IEscrow
    function refundDeposits(Deposit[] calldata entries) external nonReentrant {
        bool frozen = _isFrozen();
        for (uint256 i = 0; i < entries.length; ++i) {
            Deposit calldata entry = entries[i];
            if (_deposits.isEmpty()) revert NoDeposit(_deposits.head + 1);
            (uint64 index, bytes32 expected, bytes32 found) = _deposits.peek(keccak256(abi.encode(entry)));
            if (found != expected) revert NotNextDeposit(index, expected, found);
            uint256 from = uint256(entry.time) + refundDelay;
            if (!frozen && block.timestamp < from) revert RefundTooEarly(from, block.timestamp);
            _deposits.head = index;
            claimable[entry.depositor] += entry.amount;
            emit DepositRefunded(index, entry.depositor, entry.amount);
        }
    }

    /// @inheritdoc IEscrow
    function claim(address account) external nonReentrant returns (bool paid) {
        uint256 amount = claimable[account];
        if (amount == 0) revert NothingToClaim(account);
        // A frozen rollup holds nothing but what is owed: there is no rate left to watch, and nothing may keep money in.
        if (!_isFrozen() && !breaker.onOutflow(address(token), amount)) {
            emit ClaimDeferred(account, amount);
            return false;
        }
        claimable[account] = 0;
        owed -= amount;
        uint256 before = token.balanceOf(address(this));
        token.safeTransfer(account, amount);
        uint256 left = before - token.balanceOf(address(this));
        if (left != amount) revert WrongOutflow(amount, left);
        emit Claimed(account, amount);
        return true;
    }

    /// @inheritdoc IEscrow
    function depositQueue() external view returns (uint64 head, uint64 tail, bytes32 headHash, bytes32 tailHash) {
        (head, tail) = (_deposits.head, _deposits.tail);
        return (head, tail, _deposits.hashes[head], _deposits.hashes[tail]);
    }
}
