// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {ISettlementVerifier} from "./ISettlementVerifier.sol";

/// @title State of a settlement rollup
/// @notice Holds the state root, takes settlement prices from an oracle once and for ever, and moves the root on valid proofs.
/// @dev The contract builds the whole instance of statement S itself, from its storage and from the few values that a batch is
/// free to choose. It holds no funds.
contract SettlementRollup {
    // -----------------------------------------------------------------------------------------------------------------
    // Errors
    // -----------------------------------------------------------------------------------------------------------------

    /// @notice The verifier's key is another than the one this rollup was meant for.
    error WrongKey(bytes32 expected, bytes32 found);
    /// @notice The chain identifier does not fit in the domain.
    error InvalidChainId(uint256 found);
    /// @notice The oracle is the zero address.
    error InvalidOracle();
    /// @notice A field element of the constructor is not below r, or the genesis root is 0.
    error InvalidFieldElement(uint256 found);
    /// @notice Only the oracle posts prices.
    error NotOracle(address found);
    /// @notice A settlement price is between 1 and 2^63 - 1.
    error InvalidPrice(uint64 found);
    /// @notice Underlyings are numbered from 1; 0 marks an empty slot.
    error InvalidUnderlying();
    /// @notice A posted price never changes.
    error PriceAlreadyPosted(uint32 expiry, uint16 underlying);
    /// @notice A batch is the successor of the last one.
    error WrongBatch(uint64 expected, uint64 found);
    /// @notice A batch prices one to three underlyings.
    error WrongUnderlyingCount(uint256 found);
    /// @notice A batch prices an underlying once.
    error DuplicateUnderlying(uint16 underlying);
    /// @notice There is no settlement price yet.
    error PriceNotPosted(uint32 expiry, uint16 underlying);

    // -----------------------------------------------------------------------------------------------------------------
    // Events
    // -----------------------------------------------------------------------------------------------------------------

    /// @notice The oracle posted a settlement price.
    event PricePosted(uint32 indexed expiry, uint16 indexed underlying, uint64 price);
    /// @notice A batch was proven and the root moved.
    event BatchSettled(uint64 indexed batch, uint32 indexed expiry, uint256 oldState, uint256 newState, bool closed);

    // -----------------------------------------------------------------------------------------------------------------
    // State
    // -----------------------------------------------------------------------------------------------------------------

    /// @dev Order of the scalar field of BN254.
    uint256 private constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    /// @dev Price slots of the statement.
    uint256 private constant SLOTS = 3;
    /// @dev Values of the instance: seven, then a pair for each price slot.
    uint256 private constant INSTANCES = 7 + 2 * SLOTS;
    /// @dev Underlyings from here on name unused price slots: slot k is (UNUSED + k, 0).
    uint256 private constant UNUSED = 65533;

    /// @notice Checks proofs. Never replaced: another verifier is another rollup.
    ISettlementVerifier public immutable verifier;
    /// @notice Posts settlement prices.
    address public immutable oracle;
    /// @notice Digest of fee rate, fee cap and inverse scale.
    uint256 public immutable parameters;

    /// @notice Root of the state after the last batch.
    uint256 public stateRoot;
    /// @notice Number of the last batch; 0 before the first.
    uint64 public batchNumber;
    /// @dev Shares the slot of `batchNumber`, so that the first batch does not pay for a slot that was empty.
    bool private _occupied = true;
    /// @notice Settlement prices in 10^-6 quote by expiry (Unix minutes) and underlying; 0 if not posted.
    mapping(uint32 expiry => mapping(uint16 underlying => uint64 price)) public settlementPrice;

    /// @param verifier_ Checks proofs.
    /// @param keyDigest_ The key digest that the verifier must have.
    /// @param oracle_ Posts settlement prices.
    /// @param parameters_ Digest of the parameters, below r.
    /// @param genesis Root of the first state, below r and not 0.
    constructor(ISettlementVerifier verifier_, bytes32 keyDigest_, address oracle_, uint256 parameters_, uint256 genesis) {
        bytes32 found = verifier_.keyDigest();
        if (found != keyDigest_) revert WrongKey(keyDigest_, found);
        if (oracle_ == address(0)) revert InvalidOracle();
        if (parameters_ >= R) revert InvalidFieldElement(parameters_);
        if (genesis >= R || genesis == 0) revert InvalidFieldElement(genesis);
        verifier = verifier_;
        oracle = oracle_;
        parameters = parameters_;
        stateRoot = genesis;
        domain();
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Calls
    // -----------------------------------------------------------------------------------------------------------------

    /// @notice The first value of the instance: chain identifier * 2^160 + address of this contract. It binds proofs to this
    /// chain and this rollup.
    /// @dev With the identifier below 2^64 (EIP-2294) the domain is below 2^224, so below r. Not stored: a chain that splits
    /// changes its identifier.
    function domain() public view returns (uint256) {
        if (block.chainid > type(uint64).max) revert InvalidChainId(block.chainid);
        return (block.chainid << 160) | uint160(address(this));
    }

    /// @notice Posts the settlement price of an underlying at an expiry, for ever.
    /// @param expiry Unix minutes.
    /// @param underlying Registry number, 1 to 65532.
    /// @param price In 10^-6 quote, between 1 and 2^63 - 1.
    function postPrice(uint32 expiry, uint16 underlying, uint64 price) external {
        if (msg.sender != oracle) revert NotOracle(msg.sender);
        if (underlying == 0 || underlying >= UNUSED) revert InvalidUnderlying();
        if (price == 0 || price >= 1 << 63) revert InvalidPrice(price);
        if (settlementPrice[expiry][underlying] != 0) revert PriceAlreadyPosted(expiry, underlying);
        settlementPrice[expiry][underlying] = price;
        emit PricePosted(expiry, underlying, price);
    }

    /// @notice Settles a batch: moves the root if the proof is valid, and reverts in every other case.
    /// @param proof Proof of statement S.
    /// @param newState Root after the batch.
    /// @param batch Its number: one more than that of the last.
    /// @param expiry Expiry of the settled series, in Unix minutes.
    /// @param close True if the expiry is closed: nothing of it is left open.
    /// @param underlyings The priced underlyings, one to three, in the order of the price slots.
    function settle(
        bytes calldata proof,
        uint256 newState,
        uint64 batch,
        uint32 expiry,
        bool close,
        uint16[] calldata underlyings
    ) external {
        if (batch != batchNumber + 1) revert WrongBatch(batchNumber + 1, batch);
        uint256 oldState = stateRoot;
        verifier.verify(proof, _instance(oldState, newState, batch, expiry, close, underlyings));
        stateRoot = newState;
        batchNumber = batch;
        emit BatchSettled(batch, expiry, oldState, newState, close);
    }

    /// @dev Domain, parameters, old and new state, batch, expiry, close, then underlying and price for each slot.
    function _instance(
        uint256 oldState,
        uint256 newState,
        uint64 batch,
        uint32 expiry,
        bool close,
        uint16[] calldata underlyings
    ) private view returns (uint256[] memory instance) {
        instance = new uint256[](INSTANCES);
        instance[0] = domain();
        instance[1] = parameters;
        instance[2] = oldState;
        instance[3] = newState;
        instance[4] = batch;
        instance[5] = expiry;
        instance[6] = close ? 1 : 0;

        uint256 count = underlyings.length;
        if (count == 0 || count > SLOTS) revert WrongUnderlyingCount(count);
        for (uint256 i = 0; i < count; ++i) {
            uint16 underlying = underlyings[i];
            for (uint256 j = 0; j < i; ++j) {
                if (underlyings[j] == underlying) revert DuplicateUnderlying(underlying);
            }
            // Underlying 0 has no price either.
            uint64 price = settlementPrice[expiry][underlying];
            if (price == 0) revert PriceNotPosted(expiry, underlying);
            instance[7 + 2 * i] = underlying;
            instance[8 + 2 * i] = price;
        }
        // An unused slot names an underlying that cannot be listed, a different one each.
        for (uint256 i = count; i < SLOTS; ++i) {
            instance[7 + 2 * i] = UNUSED + i;
        }
    }
}
