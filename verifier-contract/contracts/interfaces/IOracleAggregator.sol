// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title Prices of underlyings, from signed reports
/// @notice Rounds of prices, and settlement prices: the time-weighted average of the rounds over a window that ends at an expiry.
/// Nobody chooses a price: a round is the median of what its feeds report, a settlement price follows from the rounds.
interface IOracleAggregator {
    /// @notice What a feed says about an underlying. Signed by EIP-712.
    /// @param underlying Registry number, 1 to 65532.
    /// @param price In 10^-6 quote, 1 to 2^63 - 1.
    /// @param observedAt Unix seconds.
    /// @param volatility Digest of the round's forwards and volatilities (statement R's public value of that name), below r; 0 for none.
    struct Report {
        uint16 underlying;
        uint64 price;
        uint40 observedAt;
        uint256 volatility;
    }

    /// @notice What makes a round.
    /// @param quorum Signed reports that have to be left after feeds that deviate were dropped.
    /// @param deviation A feed farther than this from the median of all is dropped, in 10^-4 of that median.
    /// @param maxAge Seconds that a report may be older than the block.
    /// @param maxSpread Seconds between the earliest and the latest report of a round.
    struct RoundRules {
        uint8 quorum;
        uint16 deviation;
        uint32 maxAge;
        uint32 maxSpread;
    }

    /// @notice What makes a settlement price. Fixed for ever, so that it cannot depend on when somebody asks for it.
    /// @param window Seconds of the average.
    /// @param minRounds Rounds that have to lie in the window.
    /// @param maxGap Most seconds from a round to the next, in and around the window, and from the last one to the expiry.
    struct WindowRules {
        uint32 window;
        uint32 minRounds;
        uint32 maxGap;
    }

    /// @notice What an address is for an underlying. Signer: an account, by its key. Adapter: a contract with a price of its own. Contract: a
    /// signer that is a contract, by EIP-1271.
    enum FeedKind {
        None,
        Signer,
        Adapter,
        Contract
    }

    /// @notice Where the window of an expiry stands. Open: rounds can still fall into it. Incomplete: they cannot, and it has too few
    /// or too large gaps. Complete: they cannot, and the price follows.
    enum WindowState {
        Open,
        Incomplete,
        Complete
    }

    /// @notice An underlying is numbered 1 to 65532.
    error InvalidUnderlying(uint16 found);
    /// @notice A number of the rules is out of its range.
    error InvalidRules();
    /// @notice A feed is not of the kind that it has to be, or there are too many of them.
    error InvalidFeed(address feed);
    /// @notice A breaker is a contract.
    error InvalidBreaker(address found);
    /// @notice There is one signature for each report.
    error LengthMismatch(uint256 reports, uint256 signatures);
    /// @notice Too few reports, or too few that agree.
    error NoQuorum(uint256 expected, uint256 found);
    /// @notice Reports stand in the order of their signers' addresses, each signer once.
    error SignersNotIncreasing(address before, address found);
    /// @notice The signer is no feed of the underlying.
    error UnknownSigner(address found);
    /// @notice The contract does not say that it has signed the report.
    error NotSigned(address signer);
    /// @notice The report is about another underlying.
    error WrongUnderlying(uint16 expected, uint16 found);
    /// @notice A price is between 1 and 2^63 - 1.
    error InvalidPrice(uint64 found);
    /// @notice The report is of the future, or older than reports may be.
    error InvalidTime(uint40 found);
    /// @notice The report is not later than the last round.
    error NotLater(uint40 last, uint40 found);
    /// @notice The reports of a round are farther apart than they may be.
    error SpreadTooWide(uint40 earliest, uint40 latest);
    /// @notice The reports of a round carry one digest of volatilities, below r.
    error VolatilityMismatch(uint256 expected, uint256 found);
    /// @notice There is no such round.
    error UnknownRound(uint16 underlying, uint80 id);
    /// @notice The window does not have the state that the call needs.
    error WrongWindowState(WindowState found);
    /// @notice The price is final.
    error AlreadyFinal(uint32 expiry, uint16 underlying);
    /// @notice There is no proposal.
    error NoProposal(uint32 expiry, uint16 underlying);
    /// @notice There is a proposal; it has to be cancelled before another one.
    error AlreadyProposed(uint32 expiry, uint16 underlying);
    /// @notice The proposal cannot be carried out yet.
    error TooEarly(uint40 eta);

    /// @notice A round was made of so many signed reports and adapters.
    event RoundSubmitted(
        uint16 indexed underlying, uint80 indexed id, uint64 price, uint40 time, uint256 volatility, uint256 signed, uint256 adapters
    );
    /// @notice A feed was too far from the median of a round.
    event FeedDropped(uint16 indexed underlying, uint80 indexed id, address indexed feed, uint64 price, uint64 median);
    /// @notice An adapter had no sound price for a round.
    event AdapterSkipped(uint16 indexed underlying, uint80 indexed id, address indexed feed);
    /// @notice A settlement price is final. Governed: by a proposal, as its window was incomplete.
    event PriceFinal(uint32 indexed expiry, uint16 indexed underlying, uint64 price, bool governed);
    /// @notice Governance proposed a price for an expiry whose window is incomplete.
    event PriceProposed(uint32 indexed expiry, uint16 indexed underlying, uint64 price, uint40 eta);
    /// @notice The proposal was cancelled.
    event ProposalCancelled(uint32 indexed expiry, uint16 indexed underlying);
    /// @notice A feed was added, changed or removed.
    event FeedSet(uint16 indexed underlying, address indexed feed, FeedKind kind);
    /// @notice The rules of rounds changed.
    event RulesSet(RoundRules rules);
    /// @notice Another circuit breaker hears of prices.
    event BreakerSet(address indexed breaker);

    /// @notice Makes a round of signed reports and of all adapters of the underlying. Anyone may call it.
    /// @dev Order of the rules: reports in order of their signers, each a signer of the underlying; price in range; not of the future,
    /// at most maxAge old, later than the last round; all within maxSpread and with one volatility digest. The median of the reports'
    /// and adapters' prices; feeds beyond the deviation are dropped; at least quorum signed reports are left; the round's price is the
    /// median of what is left (of an even number: the mean of the two in the middle, rounded down), its time that of the latest signed
    /// report that is left.
    /// @param underlying The underlying of all reports.
    /// @param reports The reports, by strictly increasing address of the signer.
    /// @param signatures Of each report. An account's: r, s, v, 65 bytes. A contract's: its 20 bytes of address, and what it takes for its
    /// signature by EIP-1271, of any length but 45 bytes.
    /// @return id Number of the round, from 1.
    function submitRound(uint16 underlying, Report[] calldata reports, bytes[] calldata signatures) external returns (uint80 id);

    /// @notice Makes the settlement price of an expiry final, once its window is complete. Anyone may call it, at any time: the result
    /// is the same. Returns the price again where it is final.
    /// @param expiry Unix minutes.
    /// @param underlying Registry number.
    /// @return price In 10^-6 quote: floor of the integral of the price over the window by its length; between rounds the price is that
    /// of the last one.
    function finalize(uint32 expiry, uint16 underlying) external returns (uint64 price);

    /// @notice Proposes a price for an expiry whose window is incomplete, so that no price can ever follow from rounds. Governance only.
    /// @param price In 10^-6 quote, 1 to 2^63 - 1.
    /// @return eta When it can be carried out.
    function proposePrice(uint32 expiry, uint16 underlying, uint64 price) external returns (uint40 eta);

    /// @notice Takes the proposal back. Guardians and governance, by another role than the proposal's.
    function cancelPrice(uint32 expiry, uint16 underlying) external;

    /// @notice Makes the proposed price final, when its time has come. Anyone may call it.
    function executePrice(uint32 expiry, uint16 underlying) external returns (uint64 price);

    /// @notice Adds, changes or removes a feed of an underlying. Governance only.
    /// @dev Fewer adapters than the quorum: they cannot outvote signers.
    function setFeed(uint16 underlying, address feed, FeedKind kind) external;

    /// @notice Changes the rules of rounds. Governance only.
    function setRules(RoundRules calldata newRules) external;

    /// @notice Names the circuit breaker that hears of every round; the zero address for none. Governance only.
    function setBreaker(address newBreaker) external;

    /// @notice The final price of an expiry in 10^-6 quote; 0 while it is not final.
    function settlementPrice(uint32 expiry, uint16 underlying) external view returns (uint64 price);

    /// @notice State of the window of an expiry, the price that follows if it is complete, and the rounds that lie in it.
    function window(uint32 expiry, uint16 underlying) external view returns (WindowState state, uint64 price, uint256 rounds);

    /// @notice The last round of an underlying; all 0 where there is none.
    function latestRound(uint16 underlying) external view returns (uint80 id, uint64 price, uint40 time, uint256 volatility);

    /// @notice A round. Reverts where there is none.
    /// @return price In 10^-6 quote.
    /// @return time Unix seconds.
    /// @return volatility The digest that its signers agree on; 0 for none.
    /// @return cumulative Sum of price times seconds from the first round up to this one, in 10^-6 quote seconds.
    function round(uint16 underlying, uint80 id)
        external
        view
        returns (uint64 price, uint40 time, uint256 volatility, uint104 cumulative);
}
