// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title Parameters of a venue, by version, with the digests that proofs are made under
/// @notice Every number is given in clear and lies between bounds that were fixed at construction. The digests are computed here.
/// A new version is proposed by governance and waits longer than users need to leave.
interface IRiskParameters {
    /// @notice All numbers but the scenarios. Rates and factors in 10^-4 where nothing else is said.
    /// @param feeRate Delivery fee on the notional, 10^-5.
    /// @param feeCap Cap of the fee on the payoff, 10^-5.
    /// @param inverseScale Payoff units per coin of the inverse kinds, below 2^34.
    /// @param initialFactor Factor of the initial margin.
    /// @param shortCharge Of the spot for every short lot.
    /// @param buffer Cushion that a liquidation restores, of the requirement.
    /// @param maxDiscount Most that who takes positions over is paid, of the equity.
    /// @param maxPenalty Most that insurance is paid, of the equity.
    /// @param batchCap Most liquidations of a batch.
    /// @param cutoff Accounts with less equity are closed whole, money units (10^-12 quote).
    /// @param decay Of the variance per step, 10^-5.
    /// @param step Seconds.
    /// @param referenceVolatility Annual volatility at which the regime factor is 1.
    /// @param factorCap Largest regime factor.
    /// @param upShock Upward shock of volatility.
    /// @param downShock Downward shock of volatility, as a positive number.
    /// @param shortPower Power of the time up to the pivot.
    /// @param longPower Power of the time beyond the pivot.
    /// @param pivot Time at which a shock has its nominal size, seconds.
    /// @param timeFloor Shorter times count as this, seconds.
    /// @param multiplierFloor Least multiplier of volatility.
    /// @param spotFloor Least multiplier of the spot.
    struct Numbers {
        uint32 feeRate;
        uint32 feeCap;
        uint64 inverseScale;
        uint32 initialFactor;
        uint32 shortCharge;
        uint32 buffer;
        uint32 maxDiscount;
        uint32 maxPenalty;
        uint32 batchCap;
        uint96 cutoff;
        uint32 decay;
        uint32 step;
        uint32 referenceVolatility;
        uint32 factorCap;
        uint32 upShock;
        uint32 downShock;
        uint32 shortPower;
        uint32 longPower;
        uint32 pivot;
        uint32 timeFloor;
        uint32 multiplierFloor;
        uint32 spotFloor;
    }

    /// @notice A scenario of the grid.
    /// @param spot Move of the spot, 10^-4: -9999 to 200000.
    /// @param move Of volatility: 0 none, 1 up, 2 down.
    /// @param weight The fraction of the loss that counts, 10^-4: 1 to 10^4.
    /// @param scaled Whether the regime factor widens the move of the spot.
    struct Scenario {
        int32 spot;
        uint8 move;
        uint32 weight;
        bool scaled;
    }

    /// @notice A number is out of its bounds; numbers are counted from 0 in the order of the struct.
    error OutOfBounds(uint256 number, uint256 low, uint256 high, uint256 found);
    /// @notice Discount and penalty are together below 10^4.
    error CostsTooHigh(uint256 found);
    /// @notice The floor of times is at most the pivot.
    error FloorAbovePivot(uint256 pivot, uint256 found);
    /// @notice The reference variance of a step is 0 at 36 bits.
    error NoReferenceVariance();
    /// @notice A grid has the number of scenarios that it had at construction.
    error WrongScenarioCount(uint256 expected, uint256 found);
    /// @notice A scenario is out of its range.
    error InvalidScenario(uint256 index);
    /// @notice Bounds at construction are not a range, or wider than the statements are made for.
    error InvalidBounds(uint256 number);
    /// @notice A change has to wait longer than users need to leave.
    error DelayTooShort(uint256 exitWindow, uint256 found);
    /// @notice There is a proposal; it has to be cancelled before another one.
    error AlreadyProposed();
    /// @notice There is no proposal of these parameters.
    error NoSuchProposal(bytes32 found);
    /// @notice The proposal cannot be carried out yet.
    error TooEarly(uint40 eta);
    /// @notice There is no such version.
    error UnknownVersion(uint64 found);

    /// @notice A new version is proposed.
    event ParametersProposed(uint256 parameters, uint256 riskParameters, uint40 eta, Numbers numbers, Scenario[] scenarios);
    /// @notice The proposal was cancelled.
    event ProposalCancelled();
    /// @notice A version is in force.
    event ParametersSet(uint64 indexed version, uint256 parameters, uint256 riskParameters);

    /// @notice Proposes a version. Governance only.
    /// @return eta When it can be put in force.
    function propose(Numbers calldata numbers, Scenario[] calldata scenarios) external returns (uint40 eta);

    /// @notice Takes the proposal back.
    function cancel() external;

    /// @notice Puts the proposed version in force, when its time has come. Anyone may call it, with the parameters of the proposal.
    function enact(Numbers calldata numbers, Scenario[] calldata scenarios) external returns (uint64 version);

    /// @notice The version in force, the parameters digest of statements S, M and L, and that of statement R.
    function current() external view returns (uint64 version, uint256 parameters, uint256 riskParameters);

    /// @notice The digests of a version, from 1.
    function digestsOf(uint64 version) external view returns (uint256 parameters, uint256 riskParameters);

    /// @notice The digests of any parameters within the bounds.
    function digests(Numbers calldata numbers, Scenario[] calldata scenarios)
        external
        view
        returns (uint256 parameters, uint256 riskParameters);

    /// @notice Seconds from a proposal to its earliest enactment; more than `exitWindow`.
    function delay() external view returns (uint32);

    /// @notice Seconds that users need to leave, as told at construction.
    function exitWindow() external view returns (uint32);
}
