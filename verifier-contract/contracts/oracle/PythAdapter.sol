// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IPriceAdapter} from "../interfaces/IPriceAdapter.sol";
import {IPyth} from "../interfaces/IPyth.sol";
import {OracleMath} from "./OracleMath.sol";
import {PriceScale} from "./PriceScale.sol";

/// @title A Pyth feed as a feed of rounds
/// @dev Somebody has to post Pyth's updates; an adapter without a fresh one is left out of a round.
contract PythAdapter is IPriceAdapter {
    /// @notice Pyth's contract.
    IPyth public immutable source;
    /// @notice The feed.
    bytes32 public immutable id;
    /// @notice Seconds that a price may be old.
    uint32 public immutable maxAge;
    /// @notice Half of the widest confidence interval, in 10^-4 of the price.
    uint16 public immutable maxConfidence;

    /// @param source_ Pyth's contract.
    /// @param id_ The feed.
    /// @param maxAge_ Seconds that a price may be old.
    /// @param maxConfidence_ Half of the widest confidence interval, in 10^-4 of the price.
    constructor(IPyth source_, bytes32 id_, uint32 maxAge_, uint16 maxConfidence_) {
        if (address(source_) == address(0) || id_ == 0 || maxAge_ == 0 || maxConfidence_ == 0) revert InvalidSource();
        source = source_;
        id = id_;
        maxAge = maxAge_;
        maxConfidence = maxConfidence_;
    }

    /// @inheritdoc IPriceAdapter
    function read() external view returns (uint64 price, uint40 time) {
        // PriceScale.fresh looks at publishTime.
        // slither-disable-next-line pyth-unchecked-publishtime
        IPyth.Price memory found = source.getPriceUnsafe(id);
        if (found.price <= 0) revert NoPrice(found.price);
        if (found.expo > 0 || found.expo < -int256(PriceScale.MOST_DECIMALS)) revert InvalidExponent(found.expo);
        uint256 value = uint64(found.price);
        if (found.conf * OracleMath.BASIS_POINTS > maxConfidence * value) revert Uncertain(found.conf);
        time = PriceScale.fresh(found.publishTime, maxAge);
        price = PriceScale.toPrice(value, uint256(-int256(found.expo)));
    }
}
