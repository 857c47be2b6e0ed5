// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICircuitBreaker} from "../interfaces/ICircuitBreaker.sol";
import {IOracleAggregator} from "../interfaces/IOracleAggregator.sol";
import {IPriceAdapter} from "../interfaces/IPriceAdapter.sol";
import {OracleMath} from "./OracleMath.sol";

/// @title Prices of underlyings, from signed reports
/// @dev See the interface for the rules. Settlement prices depend on rounds alone, rounds on reports and adapters: the caller of a
/// function chooses nothing but which quorum of reports a round is made of.
contract OracleAggregator is IOracleAggregator, AccessManaged, EIP712 {
    /// @dev A round, but for its volatility. Sum and gaps are those up to it.
    struct Stored {
        uint64 price;
        uint40 time;
        uint104 cumulative;
        uint32 gaps;
    }

    /// @dev What is known of a round while it is made. Feeds hold signers first, then adapters.
    struct Draft {
        uint80 id;
        uint256 signed;
        uint256 count;
        address[] feeds;
        uint64[] prices;
        uint40[] times;
    }

    struct Proposal {
        uint64 price;
        uint40 eta;
    }

    /// @notice Type of a report under EIP-712.
    bytes32 public constant REPORT_TYPEHASH =
        keccak256("Report(uint16 underlying,uint64 price,uint40 observedAt,uint256 volatility)");
    /// @notice Most seconds that any rules let a report be old. Once they have passed after an expiry, no round can fall into its window.
    uint32 public constant AGE_LIMIT = 1 hours;
    /// @notice Least quorum of any rules.
    uint8 public constant LEAST_QUORUM = 3;
    /// @notice Largest deviation of any rules: 20 %.
    uint16 public constant DEVIATION_LIMIT = 2_000;
    /// @notice Gas that a contract gets to say whether it has signed: enough for a Safe of some ten owners.
    uint256 public constant CONTRACT_GAS = 200_000;
    /// @dev Bytes of an account's signature. One of another length begins with the contract that signed it.
    uint256 private constant ACCOUNT_SIGNATURE = 65;
    /// @dev Bytes of an address.
    uint256 private constant ADDRESS = 20;
    /// @dev Order of the scalar field of BN254.
    uint256 private constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    /// @dev Underlyings from here on name unused price slots.
    uint16 private constant UNUSED = 65_533;

    uint32 private immutable _window;
    uint32 private immutable _minRounds;
    uint32 private immutable _maxGap;
    /// @notice Seconds from a proposed price to the earliest moment that it can be made final.
    uint32 public immutable recoveryDelay;

    /// @notice Hears of every round; the zero address for none.
    ICircuitBreaker public breaker;
    RoundRules private _rules;
    /// @notice What an address is for an underlying.
    mapping(uint16 underlying => mapping(address feed => FeedKind kind)) public feedKind;
    // Set through a reference to its storage.
    // slither-disable-next-line uninitialized-state
    mapping(uint16 underlying => address[] feeds) private _adapters;
    mapping(uint16 underlying => uint80 count) private _rounds;
    mapping(uint16 underlying => mapping(uint80 id => Stored)) private _stored;
    mapping(uint16 underlying => mapping(uint80 id => uint256 digest)) private _volatility;
    mapping(uint32 expiry => mapping(uint16 underlying => Proposal)) private _proposals;
    /// @inheritdoc IOracleAggregator
    mapping(uint32 expiry => mapping(uint16 underlying => uint64 price)) public settlementPrice;

    /// @param authority_ The access manager.
    /// @param windowRules_ Rules of settlement prices, for ever.
    /// @param roundRules_ Rules of rounds to begin with.
    /// @param recoveryDelay_ Seconds from a proposed price to its earliest execution. At least the time that users need to leave.
    constructor(address authority_, WindowRules memory windowRules_, RoundRules memory roundRules_, uint32 recoveryDelay_)
        AccessManaged(authority_)
        EIP712("zksettle oracle", "1")
    {
        if (windowRules_.window == 0 || windowRules_.minRounds == 0 || windowRules_.maxGap == 0) revert InvalidRules();
        if (windowRules_.maxGap > windowRules_.window || recoveryDelay_ < 1 days) revert InvalidRules();
        _window = windowRules_.window;
        _minRounds = windowRules_.minRounds;
        _maxGap = windowRules_.maxGap;
        recoveryDelay = recoveryDelay_;
        _setRules(roundRules_);
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Rounds
    // -----------------------------------------------------------------------------------------------------------------

    /// @inheritdoc IOracleAggregator
    function submitRound(uint16 underlying, Report[] calldata reports, bytes[] calldata signatures) external returns (uint80 id) {
        _requireUnderlying(underlying);
        Draft memory draft = _signed(underlying, reports, signatures);
        id = draft.id;
        _readAdapters(underlying, draft);
        (uint64 price, uint40 time, uint256 signed) = _agreed(underlying, draft);

        Stored memory last = _stored[underlying][id - 1];
        Stored memory next = Stored({price: price, time: time, cumulative: 0, gaps: last.gaps});
        if (id > 1) {
            next.cumulative = OracleMath.advance(last.cumulative, last.price, last.time, time);
            if (time - last.time > _maxGap) next.gaps += 1;
        }
        _rounds[underlying] = id;
        _stored[underlying][id] = next;
        uint256 volatility = reports[0].volatility;
        if (volatility != 0) _volatility[underlying][id] = volatility;
        emit RoundSubmitted(underlying, id, price, time, volatility, signed, draft.count - draft.signed);
        // Not in a `try`: a caller could give so little gas that only this fails, and the breaker would not hear of a jump.
        if (address(breaker) != address(0)) breaker.onPrice(underlying, price, time);
    }

    /// @notice The hash that the signer of a report signs.
    function reportDigest(Report calldata report) public view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(abi.encode(REPORT_TYPEHASH, report.underlying, report.price, report.observedAt, report.volatility))
        );
    }

    /// @dev Checks all that is said of signed reports, and drafts the round that they begin.
    function _signed(uint16 underlying, Report[] calldata reports, bytes[] calldata signatures)
        private
        view
        returns (Draft memory draft)
    {
        uint256 count = reports.length;
        RoundRules memory limits = _rules;
        if (count != signatures.length) revert LengthMismatch(count, signatures.length);
        if (count < limits.quorum) revert NoQuorum(limits.quorum, count);
        uint256 room = count + _adapters[underlying].length;
        draft = Draft(_rounds[underlying] + 1, count, count, new address[](room), new uint64[](room), new uint40[](count));
        (uint40 earliest, uint40 latest) = (type(uint40).max, 0);
        address before = address(0);
        for (uint256 i = 0; i < count; ++i) {
            uint40 time = _checkReport(underlying, reports[i], reports[0].volatility, limits.maxAge);
            before = _checkSigner(underlying, reports[i], signatures[i], before);
            if (time < earliest) earliest = time;
            if (time > latest) latest = time;
            (draft.feeds[i], draft.prices[i], draft.times[i]) = (before, reports[i].price, time);
        }
        if (latest - earliest > limits.maxSpread) revert SpreadTooWide(earliest, latest);
        uint40 last = _stored[underlying][draft.id - 1].time;
        if (earliest <= last) revert NotLater(last, earliest);
    }

    function _checkSigner(uint16 underlying, Report calldata report, bytes calldata signature, address before)
        private
        view
        returns (address signer)
    {
        bytes32 digest = reportDigest(report);
        bool byContract = signature.length != ACCOUNT_SIGNATURE && signature.length >= ADDRESS;
        // What is too short for either is refused by its length.
        signer = byContract ? address(bytes20(signature)) : ECDSA.recover(digest, signature);
        if (signer <= before) revert SignersNotIncreasing(before, signer);
        if (feedKind[underlying][signer] != (byContract ? FeedKind.Contract : FeedKind.Signer)) revert UnknownSigner(signer);
        // Nobody is asked who is not a feed, nor twice.
        if (byContract && !_hasSigned(signer, digest, signature[ADDRESS:])) revert NotSigned(signer);
    }

    /// @dev EIP-1271. The call is a static one, so whoever is asked can change nothing, here or elsewhere, and this contract has changed
    /// nothing yet. With its gas limited it can neither burn what the caller has left nor return more than that gas pays for. The whole
    /// first word is compared: dirty bytes are no answer.
    function _hasSigned(address signer, bytes32 digest, bytes calldata signature) private view returns (bool) {
        bytes memory question = abi.encodeCall(IERC1271.isValidSignature, (digest, signature));
        // Not a call of the interface: an answer that cannot be decoded would revert without a name. Its length is bounded by its gas.
        // slither-disable-next-line low-level-calls,return-bomb
        (bool done, bytes memory answer) = signer.staticcall{gas: CONTRACT_GAS}(question);
        return done && answer.length >= 32 && bytes32(answer) == bytes32(IERC1271.isValidSignature.selector);
    }

    function _checkReport(uint16 underlying, Report calldata report, uint256 volatility, uint32 maxAge)
        private
        view
        returns (uint40 time)
    {
        if (report.underlying != underlying) revert WrongUnderlying(underlying, report.underlying);
        if (!OracleMath.inRange(report.price)) revert InvalidPrice(report.price);
        if (report.volatility != volatility || volatility >= R) revert VolatilityMismatch(volatility, report.volatility);
        time = report.observedAt;
        if (time > block.timestamp || block.timestamp - time > maxAge) revert InvalidTime(time);
    }

    /// @dev Adds the adapters that have a sound price. One that has none is left out: it cannot stop a round.
    function _readAdapters(uint16 underlying, Draft memory draft) private {
        address[] memory adapters = _adapters[underlying];
        for (uint256 i = 0; i < adapters.length; ++i) {
            // At most two of them. A caller who gives too little gas for this does not have enough for the rest either. When the source
            // set the price is the adapter's business.
            // slither-disable-next-line unused-return
            try IPriceAdapter(adapters[i]).read() returns (uint64 price, uint40) {
                if (OracleMath.inRange(price)) {
                    (draft.feeds[draft.count], draft.prices[draft.count]) = (adapters[i], price);
                    ++draft.count;
                    continue;
                }
            } catch {}
            emit AdapterSkipped(underlying, draft.id, adapters[i]);
        }
    }

    /// @dev Drops what deviates from the median of all; price, time and number of signed reports of what is left.
    function _agreed(uint16 underlying, Draft memory draft) private returns (uint64 price, uint40 time, uint256 signed) {
        uint256[] memory prices = new uint256[](draft.count);
        for (uint256 i = 0; i < draft.count; ++i) {
            prices[i] = draft.prices[i];
        }
        uint64 middle = OracleMath.median(prices);
        RoundRules memory limits = _rules;
        uint256 kept = 0;
        for (uint256 i = 0; i < draft.count; ++i) {
            uint64 found = draft.prices[i];
            if (OracleMath.deviates(found, middle, limits.deviation)) {
                emit FeedDropped(underlying, draft.id, draft.feeds[i], found, middle);
                continue;
            }
            prices[kept++] = found;
            if (i < draft.signed) {
                ++signed;
                if (draft.times[i] > time) time = draft.times[i];
            }
        }
        if (signed < limits.quorum) revert NoQuorum(limits.quorum, signed);
        uint256[] memory left = new uint256[](kept);
        for (uint256 i = 0; i < kept; ++i) {
            left[i] = prices[i];
        }
        price = OracleMath.median(left);
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Settlement prices
    // -----------------------------------------------------------------------------------------------------------------

    /// @inheritdoc IOracleAggregator
    function finalize(uint32 expiry, uint16 underlying) external returns (uint64 price) {
        price = settlementPrice[expiry][underlying];
        if (price != 0) return price;
        WindowState state;
        (state, price,) = window(expiry, underlying);
        if (state != WindowState.Complete) revert WrongWindowState(state);
        settlementPrice[expiry][underlying] = price;
        emit PriceFinal(expiry, underlying, price, false);
    }

    /// @inheritdoc IOracleAggregator
    function window(uint32 expiry, uint16 underlying) public view returns (WindowState state, uint64 price, uint256 rounds) {
        _requireUnderlying(underlying);
        uint40 end = uint40(expiry) * 60;
        uint80 last = _roundAt(underlying, end);
        // A minute number below the window's length has no window.
        uint40 start = end > _window ? end - _window : 0;
        uint80 first = _roundAt(underlying, start);
        rounds = last - first;
        // No more rounds of the window: there is a later one, or reports of its time are too old under any rules.
        bool closed = _stored[underlying][_rounds[underlying]].time >= end || block.timestamp > uint256(end) + AGE_LIMIT;
        if (!closed) return (WindowState.Open, 0, rounds);
        Stored memory a = _stored[underlying][first];
        Stored memory b = _stored[underlying][last];
        bool complete = start != 0 && first != 0 && rounds >= _minRounds && a.gaps == b.gaps && end - b.time <= _maxGap;
        if (!complete) return (WindowState.Incomplete, 0, rounds);
        price = OracleMath.average(
            OracleMath.advance(a.cumulative, a.price, a.time, start), OracleMath.advance(b.cumulative, b.price, b.time, end), _window
        );
        state = WindowState.Complete;
    }

    /// @dev Number of the last round at or before a time; 0 if there is none.
    function _roundAt(uint16 underlying, uint40 time) private view returns (uint80) {
        // Rounds up to `low` are not after it, those above `high` are.
        (uint80 low, uint80 high) = (0, _rounds[underlying]);
        while (low < high) {
            uint80 middle = uint80(Math.average(low, uint256(high) + 1));
            if (_stored[underlying][middle].time <= time) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    /// @inheritdoc IOracleAggregator
    function proposePrice(uint32 expiry, uint16 underlying, uint64 price) external restricted returns (uint40 eta) {
        if (!OracleMath.inRange(price)) revert InvalidPrice(price);
        if (settlementPrice[expiry][underlying] != 0) revert AlreadyFinal(expiry, underlying);
        if (_proposals[expiry][underlying].eta != 0) revert AlreadyProposed(expiry, underlying);
        // An incomplete window stays so.
        (WindowState state,,) = window(expiry, underlying);
        if (state != WindowState.Incomplete) revert WrongWindowState(state);
        eta = SafeCast.toUint40(block.timestamp + recoveryDelay);
        _proposals[expiry][underlying] = Proposal(price, eta);
        emit PriceProposed(expiry, underlying, price, eta);
    }

    /// @inheritdoc IOracleAggregator
    function cancelPrice(uint32 expiry, uint16 underlying) external restricted {
        if (_proposals[expiry][underlying].eta == 0) revert NoProposal(expiry, underlying);
        delete _proposals[expiry][underlying];
        emit ProposalCancelled(expiry, underlying);
    }

    /// @inheritdoc IOracleAggregator
    function executePrice(uint32 expiry, uint16 underlying) external returns (uint64 price) {
        Proposal memory proposal = _proposals[expiry][underlying];
        if (proposal.eta == 0) revert NoProposal(expiry, underlying);
        if (block.timestamp < proposal.eta) revert TooEarly(proposal.eta);
        delete _proposals[expiry][underlying];
        price = proposal.price;
        settlementPrice[expiry][underlying] = price;
        emit PriceFinal(expiry, underlying, price, true);
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Governance
    // -----------------------------------------------------------------------------------------------------------------

    /// @inheritdoc IOracleAggregator
    function setFeed(uint16 underlying, address feed, FeedKind kind) external restricted {
        _requireUnderlying(underlying);
        FeedKind before = feedKind[underlying][feed];
        if (feed == address(0) || before == kind) revert InvalidFeed(feed);
        address[] storage adapters = _adapters[underlying];
        if (before == FeedKind.Adapter) {
            uint256 at = 0;
            while (adapters[at] != feed) ++at;
            adapters[at] = adapters[adapters.length - 1];
            adapters.pop();
        }
        // What has no code answers nothing.
        if (kind == FeedKind.Contract && feed.code.length == 0) revert InvalidFeed(feed);
        if (kind == FeedKind.Adapter) {
            // Fewer than the least quorum, so fewer than any.
            if (feed.code.length == 0 || adapters.length + 1 >= LEAST_QUORUM) revert InvalidFeed(feed);
            adapters.push(feed);
        }
        feedKind[underlying][feed] = kind;
        emit FeedSet(underlying, feed, kind);
    }

    /// @inheritdoc IOracleAggregator
    function setRules(RoundRules calldata newRules) external restricted {
        _setRules(newRules);
    }

    /// @inheritdoc IOracleAggregator
    function setBreaker(address newBreaker) external restricted {
        if (newBreaker != address(0) && newBreaker.code.length == 0) revert InvalidBreaker(newBreaker);
        breaker = ICircuitBreaker(newBreaker);
        emit BreakerSet(newBreaker);
    }

    function _setRules(RoundRules memory newRules) private {
        bool good = newRules.quorum >= LEAST_QUORUM && newRules.deviation != 0 && newRules.deviation <= DEVIATION_LIMIT
            && newRules.maxAge != 0 && newRules.maxAge <= AGE_LIMIT && newRules.maxSpread <= newRules.maxAge;
        if (!good) revert InvalidRules();
        _rules = newRules;
        emit RulesSet(newRules);
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Views
    // -----------------------------------------------------------------------------------------------------------------

    /// @notice Rules of rounds in force.
    function rules() external view returns (RoundRules memory) {
        return _rules;
    }

    /// @notice Rules of settlement prices.
    function windowRules() external view returns (WindowRules memory) {
        return WindowRules(_window, _minRounds, _maxGap);
    }

    /// @notice Adapters of an underlying, which enter every round of it.
    function adaptersOf(uint16 underlying) external view returns (address[] memory) {
        return _adapters[underlying];
    }

    /// @notice The price proposed for an expiry and when it can be made final; 0 and 0 if there is none.
    function proposedPrice(uint32 expiry, uint16 underlying) external view returns (uint64 price, uint40 eta) {
        Proposal memory proposal = _proposals[expiry][underlying];
        return (proposal.price, proposal.eta);
    }

    /// @inheritdoc IOracleAggregator
    function latestRound(uint16 underlying) external view returns (uint80 id, uint64 price, uint40 time, uint256 volatility) {
        id = _rounds[underlying];
        Stored memory stored = _stored[underlying][id];
        return (id, stored.price, stored.time, _volatility[underlying][id]);
    }

    /// @inheritdoc IOracleAggregator
    function round(uint16 underlying, uint80 id)
        external
        view
        returns (uint64 price, uint40 time, uint256 volatility, uint104 cumulative)
    {
        if (id == 0 || id > _rounds[underlying]) revert UnknownRound(underlying, id);
        Stored memory stored = _stored[underlying][id];
        return (stored.price, stored.time, _volatility[underlying][id], stored.cumulative);
    }

    function _requireUnderlying(uint16 underlying) private pure {
        if (underlying == 0 || underlying >= UNUSED) revert InvalidUnderlying(underlying);
    }
}
