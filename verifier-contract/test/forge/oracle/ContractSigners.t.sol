// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IOracleAggregator} from "../../../contracts/interfaces/IOracleAggregator.sol";
import {OracleAggregator} from "../../../contracts/oracle/OracleAggregator.sol";
import {OracleBase} from "./OracleBase.sol";

/// @dev Two keys that sign together: a small multisig.
contract TwoKeys is IERC1271 {
    address private immutable _first;
    address private immutable _second;

    constructor(address first, address second) {
        (_first, _second) = (first, second);
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        bool both = signature.length == 130 && ECDSA.recover(hash, signature[:65]) == _first
            && ECDSA.recover(hash, signature[65:]) == _second;
        return both ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}

/// @dev A signer that does what it is told, and none of it is good.
contract Rogue {
    enum Manner {
        Yes,
        No,
        Revert,
        Burn,
        Bomb,
        Short,
        Dirty,
        Write,
        Reenter,
        Silent
    }

    OracleAggregator private immutable _oracle;
    Manner private _manner;
    uint256 private _written;
    bytes private _call;

    constructor(OracleAggregator oracle) {
        _oracle = oracle;
    }

    function set(Manner manner, bytes calldata call_) external {
        (_manner, _call) = (manner, call_);
    }

    function isValidSignature(bytes32, bytes calldata) external returns (bytes4) {
        bytes4 magic = IERC1271.isValidSignature.selector;
        Manner manner = _manner;
        if (manner == Manner.No) return bytes4(0);
        if (manner == Manner.Revert) revert("no");
        if (manner == Manner.Burn) while (true) {}
        if (manner == Manner.Write) ++_written;
        bytes memory again = _call;
        address oracle = address(_oracle);
        assembly {
            switch manner
            case 4 {
                // As much memory as the gas pays for, in one answer.
                mstore(0, magic)
                return(0, 200000)
            }
            case 5 {
                mstore(0, magic)
                return(0, 4)
            }
            case 6 {
                mstore(0, or(magic, 1))
                return(0, 32)
            }
            case 8 {
                // Whether it comes through or not, it says yes.
                pop(call(gas(), oracle, 0, add(again, 0x20), mload(again), 0, 0))
            }
            case 9 { return(0, 0) }
        }
        return magic;
    }
}

/// @dev Signers that are contracts.
contract ContractSignersTest is OracleBase {
    uint40 private constant T = END - 1 days;

    TwoKeys private pair;
    uint256 private constant FIRST = 0xf1;
    uint256 private constant SECOND = 0xf2;

    function setUp() public override {
        super.setUp();
        vm.warp(T);
        pair = new TwoKeys(vm.addr(FIRST), vm.addr(SECOND));
        oracle.setFeed(BTC, address(pair), IOracleAggregator.FeedKind.Contract);
    }

    function _byPair(IOracleAggregator.Report memory r) private view returns (bytes memory) {
        return abi.encodePacked(address(pair), sign(FIRST, r), sign(SECOND, r));
    }

    /// @dev Reports of a contract and of the first accounts, in the order of their addresses.
    function _with(address contract_, bytes memory signature, uint256 accounts)
        private
        view
        returns (IOracleAggregator.Report[] memory reports, bytes[] memory signatures, uint256 at)
    {
        reports = new IOracleAggregator.Report[](accounts + 1);
        signatures = new bytes[](accounts + 1);
        for (uint256 i = 0; i <= accounts; ++i) {
            reports[i] = report(20_000e6, T);
        }
        while (at < accounts && signers[at] < contract_) {
            signatures[at] = sign(keys[at], reports[at]);
            ++at;
        }
        signatures[at] = signature;
        for (uint256 i = at; i < accounts; ++i) {
            signatures[i + 1] = sign(keys[i], reports[i + 1]);
        }
    }

    function _round(address contract_, bytes memory signature, bytes memory error) private {
        (IOracleAggregator.Report[] memory reports, bytes[] memory signatures,) = _with(contract_, signature, 2);
        if (error.length != 0) vm.expectRevert(error);
        oracle.submitRound(BTC, reports, signatures);
    }

    function _notSigned(address contract_) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IOracleAggregator.NotSigned.selector, contract_);
    }

    function testAContractSigns() public {
        IOracleAggregator.Report memory r = report(20_000e6, T);
        _round(address(pair), _byPair(r), "");
        eq(priceOf(1), 20_000e6, "price");
    }

    function testWhatItDoesNotSignIsRefused() public {
        IOracleAggregator.Report memory r = report(20_000e6, T);
        bytes memory good = _byPair(r);
        // One key alone, the keys in another order, both of another report, nothing.
        _round(address(pair), abi.encodePacked(address(pair), sign(FIRST, r)), _notSigned(address(pair)));
        _round(address(pair), abi.encodePacked(address(pair), sign(SECOND, r), sign(FIRST, r)), _notSigned(address(pair)));
        _round(address(pair), _byPair(report(20_001e6, T)), _notSigned(address(pair)));
        _round(address(pair), abi.encodePacked(address(pair)), _notSigned(address(pair)));
        // Of another chain, of another oracle.
        vm.chainId(77);
        bytes memory elsewhere = _byPair(r);
        vm.chainId(31337);
        _round(address(pair), elsewhere, _notSigned(address(pair)));
        OracleAggregator other = new OracleAggregator(address(manager), windowRules(), roundRules(), RECOVERY);
        (uint8 v, bytes32 rr, bytes32 s) = vm.sign(FIRST, other.reportDigest(r));
        bytes memory first = abi.encodePacked(rr, s, v);
        (v, rr, s) = vm.sign(SECOND, other.reportDigest(r));
        _round(address(pair), abi.encodePacked(address(pair), first, rr, s, v), _notSigned(address(pair)));
        _round(address(pair), good, "");
    }

    /// @dev Neither twice by itself nor beside an account of the same place: strictly increasing addresses, over both sorts.
    function testOrderAndOnce() public {
        (IOracleAggregator.Report[] memory reports, bytes[] memory signatures, uint256 at) =
            _with(address(pair), _byPair(report(20_000e6, T)), 3);
        bytes memory own = signatures[at];
        uint256 beside = at == 3 ? 2 : at + 1;
        bytes memory account = signatures[beside];
        address signer = beside < at ? signers[beside] : signers[beside - 1];
        // Changed places.
        (signatures[at], signatures[beside]) = (account, own);
        (address before, address found) = at < beside ? (signer, address(pair)) : (address(pair), signer);
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.SignersNotIncreasing.selector, before, found));
        oracle.submitRound(BTC, reports, signatures);
        // Twice, in the place of an account beside it.
        signatures[at] = own;
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.SignersNotIncreasing.selector, address(pair), address(pair)));
        oracle.submitRound(BTC, reports, signatures);
    }

    /// @dev What an address is registered as decides: an account's key does not sign by a contract, a contract not by a key.
    function testTheKindDecides() public {
        IOracleAggregator.Report memory r = report(20_000e6, T);
        bytes memory unknown = abi.encodeWithSelector(IOracleAggregator.UnknownSigner.selector, address(pair));
        IOracleAggregator.FeedKind[3] memory kinds =
            [IOracleAggregator.FeedKind.Signer, IOracleAggregator.FeedKind.None, IOracleAggregator.FeedKind.Adapter];
        for (uint256 i = 0; i < 3; ++i) {
            oracle.setFeed(BTC, address(pair), kinds[i]);
            _round(address(pair), _byPair(r), unknown);
        }
        // An account with code, as EIP-7702 gives it: still by its key, and by its key alone.
        vm.etch(signers[0], address(pair).code);
        bytes memory byCode = abi.encodePacked(signers[0], sign(FIRST, r), sign(SECOND, r));
        IOracleAggregator.Report[] memory reports = reportsOf(three(20_000e6, 20_000e6, 20_000e6), T);
        bytes[] memory signatures = signed(reports);
        bytes memory byKey = signatures[0];
        signatures[0] = byCode;
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.UnknownSigner.selector, signers[0]));
        oracle.submitRound(BTC, reports, signatures);
        signatures[0] = byKey;
        oracle.submitRound(BTC, reports, signatures);
    }

    function testAContractHasCode() public {
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.InvalidFeed.selector, STRANGER));
        oracle.setFeed(BTC, STRANGER, IOracleAggregator.FeedKind.Contract);
        // It may lose it; then it signs nothing.
        vm.etch(address(pair), "");
        _round(address(pair), _byPair(report(20_000e6, T)), _notSigned(address(pair)));
    }

    function testShortSignaturesAreRefusedByTheirLength() public {
        IOracleAggregator.Report[] memory reports = reportsOf(three(1, 1, 1), T);
        bytes[] memory signatures = signed(reports);
        uint256[3] memory lengths = [uint256(0), 1, 19];
        for (uint256 i = 0; i < 3; ++i) {
            signatures[0] = new bytes(lengths[i]);
            vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureLength.selector, lengths[i]));
            oracle.submitRound(BTC, reports, signatures);
        }
        // Another length is a contract's, here that of address 0.
        signatures[0] = new bytes(64);
        vm.expectRevert(abi.encodeWithSelector(IOracleAggregator.SignersNotIncreasing.selector, address(0), address(0)));
        oracle.submitRound(BTC, reports, signatures);
    }

    /// @dev A contract that misbehaves has not signed. It costs the caller the gas that it is given, and nothing happens.
    function testRogueContractsHaveNotSigned() public {
        Rogue rogue = new Rogue(oracle);
        oracle.setFeed(BTC, address(rogue), IOracleAggregator.FeedKind.Contract);
        bytes memory signature = abi.encodePacked(address(rogue), "anything");
        Rogue.Manner[7] memory manners = [
            Rogue.Manner.No,
            Rogue.Manner.Revert,
            Rogue.Manner.Burn,
            Rogue.Manner.Short,
            Rogue.Manner.Dirty,
            Rogue.Manner.Write,
            Rogue.Manner.Silent
        ];
        for (uint256 i = 0; i < manners.length; ++i) {
            rogue.set(manners[i], "");
            uint256 gas = gasleft();
            _round(address(rogue), signature, _notSigned(address(rogue)));
            gas -= gasleft();
            if (gas > oracle.CONTRACT_GAS() + 400_000) revert Unequal("gas at most", oracle.CONTRACT_GAS() + 400_000, gas);
        }
        (uint80 last,,,) = oracle.latestRound(BTC);
        eq(last, 0, "no round");
        rogue.set(Rogue.Manner.Yes, "");
        _round(address(rogue), signature, "");
    }

    /// @dev A long answer costs what the contract paid for its memory, and no more than that: it says yes, so the round stands.
    function testLongAnswersAreBounded() public {
        Rogue rogue = new Rogue(oracle);
        oracle.setFeed(BTC, address(rogue), IOracleAggregator.FeedKind.Contract);
        rogue.set(Rogue.Manner.Bomb, "");
        uint256 gas = gasleft();
        _round(address(rogue), abi.encodePacked(address(rogue), "anything"), "");
        gas -= gasleft();
        if (gas > 2 * oracle.CONTRACT_GAS() + 500_000) revert Unequal("gas at most", 2 * oracle.CONTRACT_GAS() + 500_000, gas);
    }

    /// @dev While it is asked, the contract makes a round of its own: the call is a static one, so there is none.
    function testNobodyReenters() public {
        Rogue rogue = new Rogue(oracle);
        oracle.setFeed(BTC, address(rogue), IOracleAggregator.FeedKind.Contract);
        IOracleAggregator.Report[] memory reports = reportsOf(three(30_000e6, 30_000e6, 30_000e6), T);
        bytes memory call_ = abi.encodeCall(IOracleAggregator.submitRound, (BTC, reports, signed(reports)));
        rogue.set(Rogue.Manner.Reenter, call_);
        _round(address(rogue), abi.encodePacked(address(rogue), "anything"), "");
        (uint80 last, uint64 price,,) = oracle.latestRound(BTC);
        eq(last, 1, "one round");
        eq(price, 20_000e6, "the one that was asked for");
        // The same call by itself is a round.
        vm.warp(T + 1);
        reports = reportsOf(three(30_000e6, 30_000e6, 30_000e6), T + 1);
        oracle.submitRound(BTC, reports, signed(reports));
    }

    /// @dev A contract that takes its signature back has not signed any more; what was made of it stays.
    function testSignaturesCanBeTakenBack() public {
        Rogue rogue = new Rogue(oracle);
        oracle.setFeed(BTC, address(rogue), IOracleAggregator.FeedKind.Contract);
        bytes memory signature = abi.encodePacked(address(rogue), "anything");
        uint256 before = vm.snapshotState();
        _round(address(rogue), signature, "");
        vm.revertToState(before);
        rogue.set(Rogue.Manner.No, "");
        _round(address(rogue), signature, _notSigned(address(rogue)));
    }

    /// @dev Too little gas for a good contract is no round: nobody can leave a signer out by it.
    function testLittleGasIsNoRound() public {
        (IOracleAggregator.Report[] memory reports, bytes[] memory signatures,) =
            _with(address(pair), _byPair(report(20_000e6, T)), 2);
        bytes memory call_ = abi.encodeCall(IOracleAggregator.submitRound, (BTC, reports, signatures));
        uint256 made = 0;
        for (uint256 gas = 20_000; gas <= 400_000; gas += 20_000) {
            uint256 before = vm.snapshotState();
            (bool done,) = address(oracle).call{gas: gas}(call_);
            if (done) {
                ++made;
                (uint80 last, uint64 price,,) = oracle.latestRound(BTC);
                eq(last, 1, "a round");
                eq(price, 20_000e6, "of all three");
            }
            vm.revertToState(before);
        }
        check(made > 0 && made < 20, "some of them");
    }
}
