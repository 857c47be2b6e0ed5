// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;


/// @title Money of a rollup
/// @notice Holds one token. What came in waits in a queue until a proof credits it to an account, or goes back to who paid it in;
/// what goes out is first somebody's claim and is then fetched.
/// @dev This deployment starts from a genesis root, and no statement credits deposits yet: the queue's order and hashes are fixed for the
/// statement that will, and until then every deposit can be taken back.
interface IEscrow {
    /// @notice An entry of the deposit queue.
    /// @param depositor Who paid, and who gets it back.
    /// @param amount What arrived, in the token's unit.
    /// @param time When, Unix seconds.
    /// @param owner Owner key hash of the account to credit.
    struct Deposit {
        address depositor;
        uint96 amount;
        uint40 time;
        uint256 owner;
    }

    /// @notice Nothing arrived, or more than 2^96 - 1 units.
    error InvalidAmount(uint256 found);
    /// @notice An owner key hash is below r and not 0.
    error InvalidOwner(uint256 found);
    /// @notice The entry is not the next one of the queue.
    error NotNextDeposit(uint64 index, bytes32 expected, bytes32 found);
    /// @notice The queue holds no such entry.
    error NoDeposit(uint64 index);
    /// @notice A deposit is taken back after a delay, or when the rollup is frozen.
    error RefundTooEarly(uint256 from, uint256 found);
    /// @notice There is nothing to fetch.
    error NothingToClaim(address account);
    /// @notice The token took more than it delivered.
    error WrongOutflow(uint256 expected, uint256 found);

    /// @notice A deposit stands in the queue.
    event Deposited(uint64 indexed index, address indexed depositor, uint256 indexed owner, uint96 amount, uint40 time, bytes32 hash);
    /// @notice A deposit became a claim of who paid it in.
    event DepositRefunded(uint64 indexed index, address indexed depositor, uint96 amount);
    /// @notice A claim was paid out.
    event Claimed(address indexed account, uint256 amount);
    /// @notice The circuit breaker does not let the claim out now; it stays.
    event ClaimDeferred(address indexed account, uint256 amount);

    /// @notice Pays tokens in. The entry's amount is what arrives.
    /// @param amount What the token is asked to move.
    /// @param owner Owner key hash of the account to credit.
    /// @return index Number of the entry.
    function deposit(uint256 amount, uint256 owner) external returns (uint64 index);

    /// @notice Turns the oldest deposits into claims of their depositors. By anybody, in the order of the queue, each after the refund
    /// delay, or at once when the rollup is frozen.
    function refundDeposits(Deposit[] calldata entries) external;

    /// @notice Pays an account what it can claim. By anybody.
    /// @return paid False if the circuit breaker does not let it out now.
    function claim(address account) external returns (bool paid);

    /// @notice What an account can claim.
    function claimable(address account) external view returns (uint256);

    /// @notice The deposit queue: first entry that waits, entries so far, hash before the first one that waits, hash of all.
    /// @dev H_0 = 0; H_i = keccak256(H_(i-1), keccak256(abi.encode(entry i))), entries numbered from 1.
    function depositQueue() external view returns (uint64 head, uint64 tail, bytes32 headHash, bytes32 tailHash);

    /// @notice Tokens that the contract owes: deposits that wait and claims.
    function owed() external view returns (uint256);
}
