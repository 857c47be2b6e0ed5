// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title Oracle, breaker and parameters of a venue of one person
/// @notice For demos and tests: whoever deploys it says what a price is. A settlement price and a round, once posted, never change.
/// @dev It has the functions of IOracleAggregator, ICircuitBreaker and IRiskParameters that the rollup, the risk rounds and the solvency
/// gate call, and none of what makes those trustworthy.
contract SoleVenue {
    struct Round {
        uint64 price;
        uint40 time;
        uint256 volatility;
    }

    /// @notice Only the owner decides.
    error NotOwner(address found);
    /// @notice A price is between 1 and 2^63 - 1.
    error InvalidPrice(uint64 found);
    /// @notice What was posted never changes.
    error AlreadyPosted();
    /// @notice There is no such round.
    error UnknownRound(uint16 underlying, uint80 id);

    /// @notice A settlement price was posted.
    event PricePosted(uint32 indexed expiry, uint16 indexed underlying, uint64 price);

    /// @notice Whoever deployed it.
    address public immutable owner = msg.sender;
    /// @notice Whether liquidations are blocked.
    bool public isTripped;
    /// @notice Final prices, 10^-6 quote, by expiry (Unix minutes) and underlying; 0 if there is none.
    mapping(uint32 expiry => mapping(uint16 underlying => uint64 price)) public settlementPrice;
    uint64 private _version;
    uint256 private _parameters;
    uint256 private _riskParameters;
    mapping(uint16 underlying => mapping(uint80 id => Round)) private _rounds;

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        _;
    }

    /// @param parameters Digest of the parameters, as in S, M and L.
    /// @param riskParameters Digest of the risk rules, as in R.
    constructor(uint256 parameters, uint256 riskParameters) {
        (_version, _parameters, _riskParameters) = (1, parameters, riskParameters);
    }

    /// @notice Posts a settlement price for ever.
    function postPrice(uint32 expiry, uint16 underlying, uint64 price) external onlyOwner {
        if (price == 0 || price >= 1 << 63) revert InvalidPrice(price);
        if (settlementPrice[expiry][underlying] != 0) revert AlreadyPosted();
        settlementPrice[expiry][underlying] = price;
        emit PricePosted(expiry, underlying, price);
    }

    /// @notice Posts a round for ever.
    function postRound(uint16 underlying, uint80 id, uint64 price, uint40 time, uint256 volatility) external onlyOwner {
        if (price == 0 || price >= 1 << 63) revert InvalidPrice(price);
        if (_rounds[underlying][id].time != 0) revert AlreadyPosted();
        _rounds[underlying][id] = Round(price, time, volatility);
    }

    /// @notice Sets the digests.
    function setParameters(uint256 parameters, uint256 riskParameters) external onlyOwner {
        (_version, _parameters, _riskParameters) = (_version + 1, parameters, riskParameters);
    }

    /// @notice Turns the breaker on or off.
    function setTripped(bool tripped) external onlyOwner {
        isTripped = tripped;
    }

    /// @notice Lets everything out while the breaker is off.
    function onOutflow(address, uint256) external view returns (bool allowed) {
        return !isTripped;
    }

    /// @notice The digests in force.
    function current() external view returns (uint64 version, uint256 parameters, uint256 riskParameters) {
        return (_version, _parameters, _riskParameters);
    }

    /// @notice A round that was posted.
    function round(uint16 underlying, uint80 id)
        external
        view
        returns (uint64 price, uint40 time, uint256 volatility, uint104 cumulative)
    {
        Round memory found = _rounds[underlying][id];
        if (found.time == 0) revert UnknownRound(underlying, id);
        return (found.price, found.time, found.volatility, 0);
    }
}
