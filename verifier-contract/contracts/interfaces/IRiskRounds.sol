// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title Risk rounds that have been proven
/// @notice Accepts statement R in its parts: markets and segments, each with a proof, whose public values together are the statement
/// for a round of the oracle. For every underlying it keeps the last risk root and the state of the volatility's regime.
interface IRiskRounds {
    /// @notice What is stored of an underlying.
    /// @param riskRoot Root of the last accepted round; 0 before the first.
    /// @param regime Digest of the regime after it.
    /// @param oracleRound Its number at the oracle.
    /// @param time Its time, Unix seconds.
    struct Accepted {
        uint256 riskRoot;
        uint256 regime;
        uint80 oracleRound;
        uint40 time;
    }

    /// @notice A round as its parts have proven it.
    /// @param underlying Registry number.
    /// @param levels Segments are of 4^levels series, all of the round's alike.
    /// @param oracleRound Number of the round at the oracle, which gives spot, time and volatility.
    /// @param factor By how much the regime widens the grid, @18: 2^18 to 2^22.
    /// @param newRegime Digest of the regime after the round.
    /// @param markets The market parts.
    /// @param segments The segments, in the order of the listing.
    struct Round {
        uint16 underlying;
        uint8 levels;
        uint80 oracleRound;
        uint32 factor;
        uint256 newRegime;
        Market[] markets;
        Segment[] segments;
    }

    /// @notice A market part.
    /// @param selector Selector of its verifier.
    /// @param contexts Digest of the contexts that it proves.
    /// @param proof The proof.
    struct Market {
        bytes4 selector;
        uint256 contexts;
        bytes proof;
    }

    /// @notice A segment, with the cursor after it.
    /// @param selector Selector of its verifier.
    /// @param market Number of the market whose contexts it takes.
    /// @param rows Root of its subtree of rows.
    /// @param cursor Where the digest of the oracle's inputs stands after it.
    /// @param proof The proof.
    struct Segment {
        bytes4 selector;
        uint8 market;
        uint256 rows;
        Cursor cursor;
        bytes proof;
    }

    /// @notice How far the digest of the oracle's inputs has come.
    /// @param digest The digest so far.
    /// @param pending Elements that wait for a third one, 0 where there is none.
    /// @param waiting How many of them there are.
    /// @param order Order of the last series.
    /// @param last Its expiry + forward·2^36.
    /// @param count Series so far.
    struct Cursor {
        uint256 digest;
        uint256[2] pending;
        uint8 waiting;
        uint256 order;
        uint256 last;
        uint16 count;
    }

    /// @notice The underlying has been started.
    error AlreadyStarted(uint16 underlying);
    /// @notice The underlying has no regime to go on from.
    error NotStarted(uint16 underlying);
    /// @notice A digest is below r and not 0.
    error InvalidFieldElement(uint256 found);
    /// @notice An underlying is numbered 1 to 65532.
    error InvalidUnderlying(uint16 found);
    /// @notice A round is later than the last accepted one.
    error NotLater(uint40 last, uint40 found);
    /// @notice A factor is 2^18 to 2^22.
    error InvalidFactor(uint32 found);
    /// @notice R5: there is no market of that number.
    error NoMarket(uint256 segment, uint256 market);
    /// @notice R8: the segments before the last one are full, and the last one holds something.
    error WrongSeriesCount(uint256 segment, uint256 least, uint256 most, uint256 found);
    /// @notice R8: a round has a segment, and at most 4096 series.
    error WrongSegmentCount(uint256 found);
    /// @notice R3: the listing's digest is not the one that the oracle attested.
    error WrongVolatility(uint256 expected, uint256 found);

    /// @notice Rounds of an underlying can begin.
    event UnderlyingStarted(uint16 indexed underlying, uint256 regime);
    /// @notice A round was proven.
    event RoundAccepted(uint16 indexed underlying, uint80 indexed oracleRound, uint40 time, uint256 riskRoot, uint256 newRegime);

    /// @notice Sets the regime that the first round of an underlying goes on from, once. By governance.
    function startUnderlying(uint16 underlying, uint256 regime) external;

    /// @notice Accepts a proven round. By anybody: all of it is public, and the oracle's round fixes the outcome.
    /// @return riskRoot The root of the round.
    function submitRound(Round calldata round) external returns (uint256 riskRoot);

    /// @notice What is stored of an underlying.
    function accepted(uint16 underlying) external view returns (Accepted memory);

    /// @notice The first value of a market's instance: chain identifier * 2^160 + address of this contract.
    function domain() external view returns (uint256);
}
