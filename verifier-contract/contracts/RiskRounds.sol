// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IOracleAggregator} from "./interfaces/IOracleAggregator.sol";
import {IRiskParameters} from "./interfaces/IRiskParameters.sol";
import {IRiskRounds} from "./interfaces/IRiskRounds.sol";
import {IStatementVerifier} from "./interfaces/IStatementVerifier.sol";
import {IVerifierRouter} from "./interfaces/IVerifierRouter.sol";
import {Domain} from "./libraries/Domain.sol";
import {Poseidon} from "./libraries/Poseidon.sol";
import {ProofSet} from "./libraries/ProofSet.sol";
import {Statements} from "./libraries/Statements.sol";

/// @title Risk rounds that have been proven
/// @dev The comparisons are those of `compose::Parts::check`. Two of them are made by construction: the public inputs of the parts are
/// written here, from the round, the cursors and the markets' contexts, and not taken from the caller. A market that no segment
/// takes is of no use and does no harm: its proof verifies like any other.
contract RiskRounds is IRiskRounds, AccessManaged {
    using Poseidon for uint256;
    using ProofSet for ProofSet.Set;

    /// @dev "vol".
    uint256 private constant TAG_VOLATILITY = 0x766f6c;
    uint256 private constant MAX_SERIES = 4096;
    uint256 private constant MARKET_INSTANCES = 9;
    uint256 private constant SEGMENT_INSTANCES = 5;
    /// @dev Underlyings are below it.
    uint16 private constant UNUSED = 65533;
    uint32 private constant LEAST_FACTOR = 1 << 18;
    uint32 private constant MOST_FACTOR = 1 << 22;

    /// @notice Finds verifiers.
    IVerifierRouter public immutable router;
    /// @notice Attests spot, time and volatility of its rounds.
    IOracleAggregator public immutable oracle;
    /// @notice Holds the digest of the risk rules in force.
    IRiskParameters public immutable riskParameters;
    /// @dev Holds Poseidon's constants as its code.
    address private immutable _constants;

    mapping(uint16 underlying => Accepted) private _accepted;

    /// @param authority_ The AccessManager.
    /// @param router_ Finds verifiers.
    /// @param oracle_ Attests rounds.
    /// @param riskParameters_ Holds the rules' digest.
    /// @param constants_ A PoseidonConstants.
    constructor(
        address authority_,
        IVerifierRouter router_,
        IOracleAggregator oracle_,
        IRiskParameters riskParameters_,
        address constants_
    ) AccessManaged(authority_) {
        Poseidon.check(constants_);
        router = router_;
        oracle = oracle_;
        riskParameters = riskParameters_;
        // Its code was checked above.
        // slither-disable-next-line missing-zero-check
        _constants = constants_;
    }

    /// @inheritdoc IRiskRounds
    function startUnderlying(uint16 underlying, uint256 regime) external restricted {
        if (underlying == 0 || underlying >= UNUSED) revert InvalidUnderlying(underlying);
        if (regime == 0 || regime >= Statements.R) revert InvalidFieldElement(regime);
        if (_accepted[underlying].regime != 0) revert AlreadyStarted(underlying);
        _accepted[underlying].regime = regime;
        emit UnderlyingStarted(underlying, regime);
    }

    /// @inheritdoc IRiskRounds
    function submitRound(Round calldata round) external returns (uint256 riskRoot) {
        (uint256[] memory instance, uint256 volatility) = _instance(round);
        ProofSet.Set memory set = ProofSet.begin(round.markets.length + round.segments.length);
        _addMarkets(set, round, instance);
        riskRoot = _compose(set, round, volatility, instance);
        set.finish();
        _accept(round, uint40(instance[4]), riskRoot);
    }

    /// @inheritdoc IRiskRounds
    function accepted(uint16 underlying) external view returns (Accepted memory) {
        return _accepted[underlying];
    }

    /// @inheritdoc IRiskRounds
    function domain() public view returns (uint256) {
        return Domain.at(address(this));
    }

    /// @dev The instance of the markets, but for the contexts, and the digest of the listing.
    function _instance(Round calldata round) private view returns (uint256[] memory instance, uint256 volatility) {
        Accepted storage state = _accepted[round.underlying];
        if (state.regime == 0) revert NotStarted(round.underlying);
        if (round.factor < LEAST_FACTOR || round.factor > MOST_FACTOR) revert InvalidFactor(round.factor);
        if (round.newRegime == 0 || round.newRegime >= Statements.R) revert InvalidFieldElement(round.newRegime);
        instance = new uint256[](MARKET_INSTANCES);
        // The sum of price times seconds is not part of a round's instance.
        // slither-disable-next-line unused-return
        (instance[3], instance[4], volatility,) = oracle.round(round.underlying, round.oracleRound);
        if (instance[4] <= state.time) revert NotLater(state.time, uint40(instance[4]));
        instance[0] = domain();
        // Statement R is proven under the risk rules alone.
        // slither-disable-next-line unused-return
        (,, instance[1]) = riskParameters.current();
        instance[2] = round.underlying;
        instance[5] = state.regime;
        instance[6] = round.newRegime;
        instance[7] = round.factor;
    }

    function _accept(Round calldata round, uint40 time, uint256 riskRoot) private {
        _accepted[round.underlying] = Accepted(riskRoot, round.newRegime, round.oracleRound, time);
        emit RoundAccepted(round.underlying, round.oracleRound, time, riskRoot, round.newRegime);
    }

    /// @dev R1, R2, R4, R5: each market under the round's values, which `instance` holds but for the contexts.
    function _addMarkets(ProofSet.Set memory set, Round calldata round, uint256[] memory instance) private view {
        for (uint256 i = 0; i < round.markets.length; ++i) {
            Market calldata market = round.markets[i];
            instance[8] = market.contexts;
            set.add(i, router.verifierOf(Statements.RISK_MARKET, market.selector), market.proof, instance);
        }
    }

    /// @dev R2, R3, R8: the segments are the listing that the oracle attested, in order. Returns the risk root.
    function _compose(ProofSet.Set memory set, Round calldata round, uint256 volatility, uint256[] memory market)
        private
        view
        returns (uint256)
    {
        uint256 count = round.segments.length;
        if (count == 0 || count > MAX_SERIES) revert WrongSegmentCount(count);
        uint256 table = Poseidon.load(_constants);
        uint256[] memory level = _addSegments(set, round, table);
        Cursor calldata last = round.segments[count - 1].cursor;
        uint256 found = _finish(table, last);
        if (found != volatility) revert WrongVolatility(volatility, found);
        uint256 rows = _rowsRoot(table, level, round.levels);
        uint256 word = uint256(last.count) | (market[4] << 16) | (market[3] << 56) | (uint256(round.underlying) << 104);
        return table.hash(rows, market[1], word, round.factor);
    }

    /// @dev Each segment between the cursors before and after it, with as many series as its place asks for. Returns the roots of the
    /// subtrees.
    function _addSegments(ProofSet.Set memory set, Round calldata round, uint256 table)
        private
        view
        returns (uint256[] memory level)
    {
        uint256 size = 1 << (2 * uint256(round.levels));
        uint256 count = round.segments.length;
        level = new uint256[](count);
        uint256[] memory instance = new uint256[](SEGMENT_INSTANCES);
        instance[1] = round.underlying;
        // The cursor before the first series: the digest begins with how many there are in all.
        uint256 seed = (TAG_VOLATILITY << 64) + round.segments[count - 1].cursor.count;
        instance[3] = table.hash(table.hash(seed, 0, 0, 0), 0, 0, 0);
        for (uint256 i = 0; i < count; ++i) {
            Segment calldata segment = round.segments[i];
            if (segment.market >= round.markets.length) revert NoMarket(i, segment.market);
            uint256 most = (i + 1) * size;
            uint256 least = i + 1 == count ? i * size + 1 : most;
            if (most > MAX_SERIES) revert WrongSegmentCount(count);
            if (segment.cursor.count < least || segment.cursor.count > most) {
                revert WrongSeriesCount(i, least, most, segment.cursor.count);
            }
            instance[0] = round.markets[segment.market].contexts;
            instance[2] = instance[3];
            instance[3] = _commit(table, segment.cursor);
            instance[4] = segment.rows;
            level[i] = segment.rows;
            _addSegment(set, i, round, instance);
        }
    }

    function _addSegment(ProofSet.Set memory set, uint256 i, Round calldata round, uint256[] memory instance) private view {
        Segment calldata segment = round.segments[i];
        IStatementVerifier verifier = router.verifierOf(Statements.RISK_SEGMENT + round.levels, segment.selector);
        set.add(round.markets.length + i, verifier, segment.proof, instance);
    }

    /// @dev H(H(digest, pending, pending, their number), order, expiry + forward·2^36, count).
    function _commit(uint256 table, Cursor calldata cursor) private pure returns (uint256) {
        uint256 state = table.hash(cursor.digest, cursor.pending[0], cursor.pending[1], cursor.waiting);
        return table.hash(state, cursor.order, cursor.last, cursor.count);
    }

    /// @dev The digest of the oracle's inputs when nothing follows.
    function _finish(uint256 table, Cursor calldata cursor) private pure returns (uint256) {
        if (cursor.waiting == 0) return cursor.digest;
        return table.hash(cursor.digest, cursor.pending[0], cursor.pending[1], 0);
    }

    /// @dev Hashes subtree roots of height `height` up to the root of all rows, over the memory of `level`.
    function _rowsRoot(uint256 table, uint256[] memory level, uint256 height) private pure returns (uint256) {
        uint256 count = level.length;
        uint256 empty = _empty(height);
        for (; height < Statements.RISK_LEVELS; ++height) {
            uint256 parents = (count + 3) / 4;
            for (uint256 i = 0; i < parents; ++i) {
                // Every word is set below.
                // slither-disable-next-line uninitialized-local
                uint256[4] memory child;
                for (uint256 j = 0; j < 4; ++j) {
                    child[j] = 4 * i + j < count ? level[4 * i + j] : empty;
                }
                level[i] = table.hash(child[0], child[1], child[2], child[3]);
            }
            count = parents;
            empty = _empty(height + 1);
        }
        return level[0];
    }

    /// @dev Root of an empty tree: 0 at height 0, then the hash of four below. The root of all rows is never empty.
    function _empty(uint256 height) private pure returns (uint256) {
        if (height == 0) return 0;
        if (height == 1) return 0x0532fd436e19c70e51209694d9c215250937921b8b79060488c1206db73e9946;
        if (height == 2) return 0x1ea8dbbca1ca3a574b1b871aad1e8bc47571c7e11a99a6fb25f3f19d4bfad32c;
        if (height == 3) return 0x1b98ec5a992cd3688e655aef8674386f4e84f0a442eaab4840427e359c214dd2;
        if (height == 4) return 0x0fd83a3939005974d559c13c652a31942ffd61cab9a038e04239af96cafaee14;
        return 0x11eb54967ae25ce42205223461cda9dbb1a1811db38b71e404d1fd94c9627777;
    }
}
