// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title Verifier of statement settlement, size xs
/// @notice Verifies a halo2 proof (KZG on BN254, SHPLONK opening, Keccak-256 transcript) or reverts.
/// @dev Emitted from a verifying key; do not edit. Rows: 2^12. Commitments of the key: 13. Proof: 20 points and
/// 155 evaluations, opened in 8 rotation sets over 63 distinct points.
///
/// Everything that depends on the trusted setup stands in the immutables under "Verifying key"; all else follows from the
/// circuit. Memory is laid out by hand: `verify` claims it from 0x80 to END_AT at once, and no function allocates after that.
/// Compile without viaIR, which may move Solidity's own variables into memory: `verify` then always reverts (InvalidMemory).
///
/// Sums are reduced lazily: 5r < 2^256, so up to five canonical values are added with `add` before a `mulmod`, `addmod` or `mod`
/// takes the sum. A difference is lifted by r for every canonical value that is subtracted: a - b is `sub(add(r, a), b)`.
///
/// Nothing is inverted here. Whoever calls appends the inverse of the product of all denominators to the proof; one multiplication
/// checks it, and there is no other value that passes.
///
/// Names: A advice, F fixed, Z permutation product, S permutation, L lookup (A input, S table, Z product), H quotient, C challenge,
/// T intermediate; a suffix _P1 is the next row, _M1 the row before. A lowercase variable holds the word of the same name.
contract SettlementXsVerifier {
    /// @notice The proof does not have the one possible length.
    error InvalidProofLength(uint256 expected, uint256 found);
    /// @notice The instance does not have the one possible length.
    error InvalidInstanceLength(uint256 expected, uint256 found);
    /// @notice The arguments are not encoded as `abi.encode` does: other offsets, or bytes after the end.
    error InvalidCalldata();
    /// @notice A value of the instance is not below r.
    error InstanceNotCanonical(uint256 index);
    /// @notice An evaluation of the proof is not below r.
    error ScalarNotCanonical(uint256 index);
    /// @notice A point of the proof has a coordinate not below p, is not on the curve, or is infinity.
    error PointNotOnCurve(uint256 index);
    /// @notice The word behind the proof is not below r, or not the inverse of the product of all denominators.
    error InvalidInverse();
    /// @notice A denominator vanishes. The hash would have to return one of a handful of values out of 2^254.
    error DegenerateChallenge();
    /// @notice A precompile refused its input or ran out of gas.
    error PrecompileFailed(uint256 precompile);
    /// @notice The proof is well formed and wrong.
    error PairingFailed();
    /// @notice Compiled by a pipeline that does not leave memory to the contract.
    error InvalidMemory();

    /// @notice The statement that proofs are for.
    bytes32 public constant STATEMENT = "settlement";
    /// @notice The size of its circuit.
    bytes32 public constant SIZE = "xs";
    /// @notice Binary logarithm of the circuit's rows.
    uint256 public constant K = 12;
    /// @notice Bytes of a proof with the inverse behind it.
    uint256 public constant PROOF_LENGTH = 6272;
    /// @notice Values of an instance.
    uint256 public constant INSTANCES = 13;

    // -----------------------------------------------------------------------------------------------------------------
    // Verifying key
    // -----------------------------------------------------------------------------------------------------------------

    uint256 private immutable KEY_DIGEST = 0x596cae1b32d77e0b1009570697ba9e6a6155734e69701af250ba1566f183adc0;
    uint256 private immutable TRANSCRIPT_REPR = 0x2879363842cb3d5f6f4fca35c7bb76175809e1840785984d14a954e25fe5cf55;
    uint256 private immutable F0_X = 0x1a823a5463199b2072d44bfa5570d6427a29dc4d370c1c06b9bb0fa29a33b1bf;
    uint256 private immutable F0_Y = 0x02624619dc3463a9f90e31d8257a0e91161fc42a6fcd1236dfa8b486ecab5c64;
    uint256 private immutable F1_X = 0x1ffb5ce7421fa877bf32488f2d023c7c78a3cb254093c0ab89d77bde6b35d0d9;
    uint256 private immutable F1_Y = 0x2797c2b6dff33f41d4b283e67bd7aad1be5ef0b34db3398add40e969bea0afb6;
    uint256 private immutable F2_X = 0x2c78698f290b843016b2e3268839edc080bad4a5cd2012d7fe67db1c276512d8;
    uint256 private immutable F2_Y = 0x2708bcdf1ccce2f7d7ba4eceb5a23d6f7a3178eb1238a9f40314595137606a73;
    uint256 private immutable F3_X = 0x2ffec878fc99ae8faa88c10df264a133faca1aa5b1e6254bf52a1c5526e2205e;
    uint256 private immutable F3_Y = 0x2081a84fe36bbbdd3ccf17523ab0a9d1f6e1ca5e052834284cd4010384590eed;
    uint256 private immutable F4_X = 0x04bd63b1e3db0cd38f8516d3c1d3c4a2b97cf187a7ba864ffc16143d1e255969;
    uint256 private immutable F4_Y = 0x03c6b2936e4850a5ebe1cae82ac8b68f602ee4d38c8f44a95287c3bd70701ca1;
    uint256 private immutable F5_X = 0x24e0e29e5eb5d07f709caca80812152d12ae75b3e708b43cc4ebcf0288af2d17;
    uint256 private immutable F5_Y = 0x2ef42562abdf2457acef07501d6b42cfbc46c5c872ced6b28322847896e0650d;
    uint256 private immutable F6_X = 0x09a72118a27748ce27e437d5a046645c6e63e958080ea17768860e8786e60363;
    uint256 private immutable F6_Y = 0x197cf75d496f763f13b86254fd5a589184864b535581b3ff06202c0b1bdda354;
    uint256 private immutable F7_X = 0x0473e5f561e84e404116b03df8e8c48e1aaca9c4b45ee45e5b3da9f8f279acd0;
    uint256 private immutable F7_Y = 0x0a6281b5d22bccbdcc3e5c4e3a9bdc3ed2e676f1d3d11f1b58f581f83915bd83;
    uint256 private immutable F8_X = 0x1fb7be89a6d0f03ae4adf79f0053920969efdde3bfaa28422f14d9ef6d09a675;
    uint256 private immutable F8_Y = 0x077f3559f3523658fc04f31a1a066d74a8ecdc90efc77eeb20f368e88fc5ffe4;
    uint256 private immutable F9_X = 0x1384e1ff575872ff7b268e2ea37a1330e95564661d816bb6fb4c1761a460710e;
    uint256 private immutable F9_Y = 0x076912c8826f486d0a9d5c15da33f23ed6f403188957ba7c34759b27da7f704e;
    uint256 private immutable F10_X = 0x23ce91f68e2076dc457165de2ce43d8039469979f2835a03742884184c244fbb;
    uint256 private immutable F10_Y = 0x102528166faf5b4bd09ce40dc6efd5323a140bf9605c4910fb4bab86d9677748;
    uint256 private immutable F11_X = 0x25e1c6a75e7ddc6fd95f2d80ae30349ae4fa2641cbfe77dc45221a9bfed99c6c;
    uint256 private immutable F11_Y = 0x21cdbb10de7fbec50ec0179c71a9b728986632d9cbcb9586c8407db801efa3d0;
    uint256 private immutable F12_X = 0x1600884b51a6ac901a9ea21a8330312c0a74d4d93e61a0d1aa4f6122993d11bb;
    uint256 private immutable F12_Y = 0x179226bda60bd2a9f9ea0ac61543f5787f5b6ac4298dace9a25751b93b8b85b4;
    uint256 private immutable S_G2_X_IM = 0x260e01b251f6f1c7e7ff4e580791dee8ea51d87a358e038b4efe30fac09383c1;
    uint256 private immutable S_G2_X_RE = 0x0118c4d5b837bcc2bc89b5b398b5974e9f5944073b32078b7e231fec938883b0;
    uint256 private immutable S_G2_Y_IM = 0x04fc6369f7110fe3d25156c1bb9a72859cf2a04641f99ba4ee413c80da6a5fe4;
    uint256 private immutable S_G2_Y_RE = 0x22febda3c0c0632a56475b4214e5615e11e6dd3f96e6cea2854a87d4dacc5e55;
    // -----------------------------------------------------------------------------------------------------------------
    // Fields and domain
    // -----------------------------------------------------------------------------------------------------------------

    /// @dev Order of the group; the scalar field.
    uint256 private constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    /// @dev The field of the coordinates.
    uint256 private constant P = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;
    /// @dev Generator of the subgroup of order 2^K, its inverse, and the inverse of 2^K.
    uint256 private constant OMEGA = 0x2f6122bbf1d35fdaa9953f60087a423238aa810773efee2a251aa6161f2e6ee6;
    uint256 private constant OMEGA_INV = 0x179c2392139def1b24f4e92b4bfba20a0fa885cb6bfc2f2cb92790e00237d0c0;
    uint256 private constant ROWS_INV = 0x3061482dfa038d0fb5b4c0b226194047a2616509f531d4fa3acdb77496c10001;

    /// @dev Minus the generator of G2, as the pairing takes it.
    uint256 private constant NEG_G2_X_IM = 0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2;
    uint256 private constant NEG_G2_X_RE = 0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed;
    uint256 private constant NEG_G2_Y_IM = 0x275dc4a288d1afb3cbb1ac09187524c7db36395df7be3b99e673b13a075a65ec;
    uint256 private constant NEG_G2_Y_RE = 0x1d9befcd05a5323e6da4d435f3b617cdb3af83285c2df711ef39c01571827f9d;

    /// @dev Gas given to precompiles: at least 2.5 times what they cost, so that no input makes them burn all that is left.
    uint256 private constant ADD_GAS = 500;
    uint256 private constant MUL_GAS = 15000;
    uint256 private constant PAIRING_GAS = 350000;

    // -----------------------------------------------------------------------------------------------------------------
    // Memory
    // -----------------------------------------------------------------------------------------------------------------

    // Buffers of the precompiles: what waits, a chain of additions and its scalar; the sum of the sets and a term.
    uint256 private constant HOLD_AT = 0x0080;
    uint256 private constant ACC_AT = 0x00c0;
    uint256 private constant ACC_SCALAR = 0x0100;
    uint256 private constant SUM_AT = 0x0120;
    uint256 private constant TERM_AT = 0x0160;

    // Commitments of the verifying key, in the order in which they are added, behind room for a product.
    uint256 private constant KEY_AT = 0x01a0;
    uint256 private constant F12_PT = 0x01e0;
    uint256 private constant F5_PT = 0x0220;
    uint256 private constant F10_PT = 0x0260;
    uint256 private constant F9_PT = 0x02a0;
    uint256 private constant F11_PT = 0x02e0;
    uint256 private constant F4_PT = 0x0320;
    uint256 private constant F3_PT = 0x0360;
    uint256 private constant F2_PT = 0x03a0;
    uint256 private constant F1_PT = 0x03e0;
    uint256 private constant F0_PT = 0x0420;
    uint256 private constant F7_PT = 0x0460;
    uint256 private constant F8_PT = 0x04a0;
    uint256 private constant F6_PT = 0x04e0;

    // Transcript: key, instance, then the proof, with a word for the last hash before what is hashed with it.
    uint256 private constant TRANSCRIPT_AT = 0x0520;
    uint256 private constant INSTANCES_AT = 0x0540;
    uint256 private constant PIECE0_AT = 0x06e0;
    uint256 private constant A0_PT = 0x06e0;
    uint256 private constant A1_PT = 0x0720;
    uint256 private constant A2_PT = 0x0760;
    uint256 private constant A3_PT = 0x07a0;
    uint256 private constant A4_PT = 0x07e0;
    uint256 private constant A5_PT = 0x0820;
    uint256 private constant A6_PT = 0x0860;
    uint256 private constant A7_PT = 0x08a0;
    uint256 private constant A8_PT = 0x08e0;
    uint256 private constant HASH1_AT = 0x0920;
    uint256 private constant PIECE1_AT = 0x0940;
    uint256 private constant A9_PT = 0x0940;
    uint256 private constant A10_PT = 0x0980;
    uint256 private constant A11_PT = 0x09c0;
    uint256 private constant HASH2_AT = 0x0a00;
    uint256 private constant PIECE2_AT = 0x0a20;
    uint256 private constant RANDOM_PT = 0x0a20;
    uint256 private constant HASH3_AT = 0x0a60;
    uint256 private constant PIECE3_AT = 0x0a80;
    uint256 private constant H0_PT = 0x0a80;
    uint256 private constant H1_PT = 0x0ac0;
    uint256 private constant H2_PT = 0x0b00;
    uint256 private constant H3_PT = 0x0b40;
    uint256 private constant H4_PT = 0x0b80;
    uint256 private constant HASH4_AT = 0x0bc0;
    uint256 private constant PIECE4_AT = 0x0be0;
    uint256 private constant EVALUATIONS_AT = 0x0be0;
    uint256 private constant A0 = 0x0be0;
    uint256 private constant A1 = 0x0c00;
    uint256 private constant A2 = 0x0c20;
    uint256 private constant A3 = 0x0c40;
    uint256 private constant A4 = 0x0c60;
    uint256 private constant A0_P1 = 0x0c80;
    uint256 private constant A1_P1 = 0x0ca0;
    uint256 private constant A2_P1 = 0x0cc0;
    uint256 private constant A3_P1 = 0x0ce0;
    uint256 private constant A4_P1 = 0x0d00;
    uint256 private constant A8 = 0x0d20;
    uint256 private constant A7 = 0x0d40;
    uint256 private constant A7_P1 = 0x0d60;
    uint256 private constant A8_P1 = 0x0d80;
    uint256 private constant A7_P3 = 0x0da0;
    uint256 private constant A5 = 0x0dc0;
    uint256 private constant A6 = 0x0de0;
    uint256 private constant A5_P1 = 0x0e00;
    uint256 private constant A6_P1 = 0x0e20;
    uint256 private constant A5_P2 = 0x0e40;
    uint256 private constant A6_P2 = 0x0e60;
    uint256 private constant A5_P3 = 0x0e80;
    uint256 private constant A6_P3 = 0x0ea0;
    uint256 private constant A0_P21 = 0x0ec0;
    uint256 private constant A7_P41 = 0x0ee0;
    uint256 private constant A8_P20 = 0x0f00;
    uint256 private constant A7_P2 = 0x0f20;
    uint256 private constant A8_P2 = 0x0f40;
    uint256 private constant A8_P3 = 0x0f60;
    uint256 private constant A5_M22 = 0x0f80;
    uint256 private constant A7_M3 = 0x0fa0;
    uint256 private constant A7_M1 = 0x0fc0;
    uint256 private constant A8_M1 = 0x0fe0;
    uint256 private constant A7_P13 = 0x1000;
    uint256 private constant A8_P9 = 0x1020;
    uint256 private constant A7_P40 = 0x1040;
    uint256 private constant A8_P13 = 0x1060;
    uint256 private constant A8_M33 = 0x1080;
    uint256 private constant A7_M29 = 0x10a0;
    uint256 private constant A7_P20 = 0x10c0;
    uint256 private constant A7_P35 = 0x10e0;
    uint256 private constant A7_P24 = 0x1100;
    uint256 private constant A7_P28 = 0x1120;
    uint256 private constant A7_P32 = 0x1140;
    uint256 private constant A8_M42 = 0x1160;
    uint256 private constant A8_P22 = 0x1180;
    uint256 private constant A8_P26 = 0x11a0;
    uint256 private constant A8_P30 = 0x11c0;
    uint256 private constant A7_M10 = 0x11e0;
    uint256 private constant A7_P19 = 0x1200;
    uint256 private constant A7_M11 = 0x1220;
    uint256 private constant A7_P21 = 0x1240;
    uint256 private constant A7_M9 = 0x1260;
    uint256 private constant A8_M40 = 0x1280;
    uint256 private constant A8_P21 = 0x12a0;
    uint256 private constant A8_M9 = 0x12c0;
    uint256 private constant A7_P39 = 0x12e0;
    uint256 private constant A8_P39 = 0x1300;
    uint256 private constant A8_P19 = 0x1320;
    uint256 private constant A8_M3 = 0x1340;
    uint256 private constant A8_M23 = 0x1360;
    uint256 private constant A1_P21 = 0x1380;
    uint256 private constant A3_P21 = 0x13a0;
    uint256 private constant A4_P21 = 0x13c0;
    uint256 private constant A7_M41 = 0x13e0;
    uint256 private constant A8_P8 = 0x1400;
    uint256 private constant A8_P38 = 0x1420;
    uint256 private constant A7_P8 = 0x1440;
    uint256 private constant A7_P34 = 0x1460;
    uint256 private constant A7_P38 = 0x1480;
    uint256 private constant A2_P21 = 0x14a0;
    uint256 private constant A8_P40 = 0x14c0;
    uint256 private constant A7_P4 = 0x14e0;
    uint256 private constant A8_P4 = 0x1500;
    uint256 private constant A7_P5 = 0x1520;
    uint256 private constant A8_P5 = 0x1540;
    uint256 private constant A7_P6 = 0x1560;
    uint256 private constant A8_P6 = 0x1580;
    uint256 private constant A7_P7 = 0x15a0;
    uint256 private constant A8_P7 = 0x15c0;
    uint256 private constant A7_P9 = 0x15e0;
    uint256 private constant A8_P35 = 0x1600;
    uint256 private constant A7_M7 = 0x1620;
    uint256 private constant A8_M7 = 0x1640;
    uint256 private constant A8_P10 = 0x1660;
    uint256 private constant A8_M32 = 0x1680;
    uint256 private constant A7_P11 = 0x16a0;
    uint256 private constant A7_M31 = 0x16c0;
    uint256 private constant A8_P12 = 0x16e0;
    uint256 private constant A8_P16 = 0x1700;
    uint256 private constant A8_P34 = 0x1720;
    uint256 private constant A7_P36 = 0x1740;
    uint256 private constant A8_P36 = 0x1760;
    uint256 private constant A7_P10 = 0x1780;
    uint256 private constant A7_P14 = 0x17a0;
    uint256 private constant A7_P17 = 0x17c0;
    uint256 private constant A7_P37 = 0x17e0;
    uint256 private constant A8_P11 = 0x1800;
    uint256 private constant A8_P14 = 0x1820;
    uint256 private constant A7_P15 = 0x1840;
    uint256 private constant A8_P15 = 0x1860;
    uint256 private constant A8_P17 = 0x1880;
    uint256 private constant A7_P18 = 0x18a0;
    uint256 private constant A8_P18 = 0x18c0;
    uint256 private constant A8_M24 = 0x18e0;
    uint256 private constant A7_M25 = 0x1900;
    uint256 private constant A8_P37 = 0x1920;
    uint256 private constant A8_P42 = 0x1940;
    uint256 private constant A7_P42 = 0x1960;
    uint256 private constant A7_P27 = 0x1980;
    uint256 private constant A8_P29 = 0x19a0;
    uint256 private constant A8_P24 = 0x19c0;
    uint256 private constant A7_M22 = 0x19e0;
    uint256 private constant A7_P22 = 0x1a00;
    uint256 private constant A7_P26 = 0x1a20;
    uint256 private constant A7_P30 = 0x1a40;
    uint256 private constant A8_M38 = 0x1a60;
    uint256 private constant A8_P27 = 0x1a80;
    uint256 private constant A7_P31 = 0x1aa0;
    uint256 private constant A8_P31 = 0x1ac0;
    uint256 private constant A8_P41 = 0x1ae0;
    uint256 private constant A7_P25 = 0x1b00;
    uint256 private constant A8_P25 = 0x1b20;
    uint256 private constant A8_P23 = 0x1b40;
    uint256 private constant A8_M18 = 0x1b60;
    uint256 private constant A7_P12 = 0x1b80;
    uint256 private constant A7_P16 = 0x1ba0;
    uint256 private constant A7_P23 = 0x1bc0;
    uint256 private constant A8_P28 = 0x1be0;
    uint256 private constant A8_P32 = 0x1c00;
    uint256 private constant A8_P33 = 0x1c20;
    uint256 private constant A7_P33 = 0x1c40;
    uint256 private constant A7_P29 = 0x1c60;
    uint256 private constant A9_P1 = 0x1c80;
    uint256 private constant A9 = 0x1ca0;
    uint256 private constant A10_P1 = 0x1cc0;
    uint256 private constant A10 = 0x1ce0;
    uint256 private constant A11_P1 = 0x1d00;
    uint256 private constant A11 = 0x1d20;
    uint256 private constant F6 = 0x1d40;
    uint256 private constant F8 = 0x1d60;
    uint256 private constant F6_M5 = 0x1d80;
    uint256 private constant F7 = 0x1da0;
    uint256 private constant F6_P4 = 0x1dc0;
    uint256 private constant F0 = 0x1de0;
    uint256 private constant F1 = 0x1e00;
    uint256 private constant F2 = 0x1e20;
    uint256 private constant F3 = 0x1e40;
    uint256 private constant F4 = 0x1e60;
    uint256 private constant F11 = 0x1e80;
    uint256 private constant F9 = 0x1ea0;
    uint256 private constant F10 = 0x1ec0;
    uint256 private constant F5 = 0x1ee0;
    uint256 private constant F12 = 0x1f00;
    uint256 private constant RANDOM = 0x1f20;
    uint256 private constant HASH5_AT = 0x1f40;
    uint256 private constant PIECE5_AT = 0x1f60;
    uint256 private constant W1_PT = 0x1f60;
    uint256 private constant W1_SCALAR = 0x1fa0;

    // Challenges.
    uint256 private constant C0 = 0x1fc0;
    uint256 private constant C1 = 0x1fe0;
    uint256 private constant Y = 0x2000;
    uint256 private constant X = 0x2020;
    uint256 private constant OPEN_Y = 0x2040;
    uint256 private constant OPEN_V = 0x2060;
    uint256 private constant OPEN_U = 0x2080;

    // Values at x.
    uint256 private constant XN = 0x20a0;
    uint256 private constant INSTANCE = 0x20c0;
    uint256 private constant H = 0x20e0;

    // Powers of x.
    uint256 private constant X_2 = 0x2100;
    uint256 private constant X_3 = 0x2120;
    uint256 private constant X_6 = 0x2140;
    uint256 private constant X_12 = 0x2160;
    uint256 private constant X_24 = 0x2180;
    uint256 private constant X_25 = 0x21a0;
    uint256 private constant X_50 = 0x21c0;
    uint256 private constant X_51 = 0x21e0;
    uint256 private constant X_52 = 0x2200;
    uint256 private constant X_53 = 0x2220;
    uint256 private constant X_54 = 0x2240;

    // Factors of the rotation sets in the common sum.
    uint256 private constant SET2_FACTOR = 0x2260;
    uint256 private constant SET3_FACTOR = 0x2280;
    uint256 private constant SET4_FACTOR = 0x22a0;
    uint256 private constant SET5_FACTOR = 0x22c0;
    uint256 private constant SET6_FACTOR = 0x22e0;
    uint256 private constant SET7_FACTOR = 0x2300;

    // Numerators of the sums of fractions; products over rotations that are not inverted.
    uint256 private constant INSTANCE_SUM = 0x2320;
    uint256 private constant UNION_SUM = 0x2340;
    uint256 private constant TERMS = 0x2360;
    uint256 private constant FIRST_SUM = 0x2380;
    uint256 private constant SET0_Z = 0x23a0;
    uint256 private constant SET1_REST = 0x23c0;
    uint256 private constant SET2_REST = 0x23e0;

    // Inverted together; then products of those before.
    uint256 private constant SET3_Z = 0x2400;
    uint256 private constant SET4_Z = 0x2420;
    uint256 private constant SET5_Z = 0x2440;
    uint256 private constant SET6_Z = 0x2460;
    uint256 private constant SET7_Z = 0x2480;
    uint256 private constant UNION_Z = 0x24a0;
    uint256 private constant X_TOP = 0x24c0;
    uint256 private constant INSTANCE_Z = 0x24e0;
    uint256 private constant INV_VANISHING = 0x2500;
    uint256 private constant PREFIX_AT = 0x2520;

    // Input of the pairing: W2, s*G2, the sum of all commitments, -G2.
    uint256 private constant W2_PT = 0x2620;
    uint256 private constant W2_SCALAR = 0x2660;
    uint256 private constant ALL_AT = 0x26e0;
    uint256 private constant ALL_SCALAR = 0x2720;

    // Intermediate results.
    uint256 private constant T0 = 0x27a0;
    uint256 private constant T2 = 0x27c0;
    uint256 private constant T4 = 0x27e0;
    uint256 private constant T6 = 0x2800;
    uint256 private constant T8 = 0x2820;
    uint256 private constant T10 = 0x2840;
    uint256 private constant T11 = 0x2860;
    uint256 private constant T12 = 0x2880;
    uint256 private constant T13 = 0x28a0;
    uint256 private constant T14 = 0x28c0;
    uint256 private constant T16 = 0x28e0;
    uint256 private constant T17 = 0x2900;
    uint256 private constant T18 = 0x2920;
    uint256 private constant T19 = 0x2940;
    uint256 private constant T20 = 0x2960;
    uint256 private constant T21 = 0x2980;
    uint256 private constant T22 = 0x29a0;
    uint256 private constant T23 = 0x29c0;
    uint256 private constant T24 = 0x29e0;
    uint256 private constant T25 = 0x2a00;
    uint256 private constant T26 = 0x2a20;
    uint256 private constant T27 = 0x2a40;
    uint256 private constant T28 = 0x2a60;
    uint256 private constant T29 = 0x2a80;
    uint256 private constant T30 = 0x2aa0;
    uint256 private constant T31 = 0x2ac0;
    uint256 private constant T32 = 0x2ae0;
    uint256 private constant T33 = 0x2b00;
    uint256 private constant T34 = 0x2b20;
    uint256 private constant T35 = 0x2b40;
    uint256 private constant T36 = 0x2b60;
    uint256 private constant T37 = 0x2b80;
    uint256 private constant T38 = 0x2ba0;
    uint256 private constant T39 = 0x2bc0;
    uint256 private constant T47 = 0x2be0;
    uint256 private constant T48 = 0x2c00;
    uint256 private constant T49 = 0x2c20;
    uint256 private constant T50 = 0x2c40;
    uint256 private constant T51 = 0x2c60;
    uint256 private constant T52 = 0x2c80;
    uint256 private constant T53 = 0x2ca0;
    uint256 private constant T54 = 0x2cc0;
    uint256 private constant T55 = 0x2ce0;
    uint256 private constant T56 = 0x2d00;
    uint256 private constant T57 = 0x2d20;
    uint256 private constant T58 = 0x2d40;
    uint256 private constant T60 = 0x2d60;
    uint256 private constant T61 = 0x2d80;
    uint256 private constant T62 = 0x2da0;
    uint256 private constant T64 = 0x2dc0;
    uint256 private constant T65 = 0x2de0;
    uint256 private constant T66 = 0x2e00;
    uint256 private constant T67 = 0x2e20;
    uint256 private constant T68 = 0x2e40;
    uint256 private constant T69 = 0x2e60;
    uint256 private constant T71 = 0x2e80;
    uint256 private constant T72 = 0x2ea0;
    uint256 private constant T74 = 0x2ec0;
    uint256 private constant T75 = 0x2ee0;
    uint256 private constant T76 = 0x2f00;
    uint256 private constant T78 = 0x2f20;
    uint256 private constant T79 = 0x2f40;
    uint256 private constant T80 = 0x2f60;
    uint256 private constant T81 = 0x2f80;
    uint256 private constant T82 = 0x2fa0;
    uint256 private constant T83 = 0x2fc0;
    uint256 private constant T84 = 0x2fe0;
    uint256 private constant T88 = 0x3000;
    uint256 private constant T89 = 0x3020;
    uint256 private constant T94 = 0x3040;
    uint256 private constant T95 = 0x3060;
    uint256 private constant T96 = 0x3080;
    uint256 private constant T97 = 0x30a0;
    uint256 private constant T98 = 0x30c0;
    uint256 private constant T99 = 0x30e0;
    uint256 private constant T100 = 0x3100;
    uint256 private constant T103 = 0x3120;
    uint256 private constant T104 = 0x3140;
    uint256 private constant T105 = 0x3160;
    uint256 private constant T106 = 0x3180;
    uint256 private constant T107 = 0x31a0;
    uint256 private constant T108 = 0x31c0;
    uint256 private constant T109 = 0x31e0;
    uint256 private constant T113 = 0x3200;
    uint256 private constant T114 = 0x3220;
    uint256 private constant T115 = 0x3240;
    uint256 private constant T118 = 0x3260;
    uint256 private constant T119 = 0x3280;
    uint256 private constant T120 = 0x32a0;
    uint256 private constant END_AT = 0x32c0;
    // -----------------------------------------------------------------------------------------------------------------
    // Verification
    // -----------------------------------------------------------------------------------------------------------------

    /// @notice Keccak-256 of 32-byte words: transcript representation of the key, fixed commitments, K, s*G2, G2.
    function keyDigest() external pure returns (bytes32) {
        return bytes32(KEY_DIGEST);
    }

    /// @notice s*G2 of the setup as the pairing precompile takes it: x.c1, x.c0, y.c1, y.c0.
    function setup() external pure returns (uint256, uint256, uint256, uint256) {
        return _setup();
    }

    function _setup() private pure returns (uint256, uint256, uint256, uint256) {
        return (S_G2_X_IM, S_G2_X_RE, S_G2_Y_IM, S_G2_Y_RE);
    }

    /// @notice Returns if the proof is valid for the instance, and reverts in every other case.
    /// @param proof Points (x, y) and scalars in transcript order, then the inverse; 32 bytes big-endian each.
    /// @param instances The public inputs, each below r.
    function verify(bytes calldata proof, uint256[] calldata instances) external view {
        _accumulate(proof, instances);
        _requirePairing();
    }

    /// @notice Everything that `verify` does but the pairing: the proof is valid exactly if e(a, G2) * e(b, s*G2) = 1.
    function accumulate(bytes calldata proof, uint256[] calldata instances)
        external
        view
        returns (uint256 ax, uint256 ay, uint256 bx, uint256 by)
    {
        _accumulate(proof, instances);
        assembly {
            ax := mload(ALL_AT)
            ay := mload(add(ALL_AT, 0x20))
            bx := mload(W2_PT)
            // W2 is on the curve, so its y is neither 0 nor above P.
            by := sub(P, mload(add(W2_PT, 0x20)))
        }
    }

    /// @dev Leaves W2 and the sum of all commitments, times their scalars, in memory.
    function _accumulate(bytes calldata proof, uint256[] calldata instances) private view {
        if (proof.length != PROOF_LENGTH) revert InvalidProofLength(PROOF_LENGTH, proof.length);
        if (instances.length != INSTANCES) revert InvalidInstanceLength(INSTANCES, instances.length);
        _load(proof, instances);
        _requireCanonical();
        _loadKey();
        _squeezeChallenges();
        _sumFractions();
        _sumOpenings();
        _invert();
        _evaluateIdentities();
        _sumCommitments();
    }

    /// @dev Claims the memory and copies the arguments into it.
    function _load(bytes calldata proof, uint256[] calldata instances) private pure {
        bool claimed;
        bool encoded;
        assembly {
            claimed := eq(mload(0x40), HOLD_AT)
            mstore(0x40, END_AT)
            encoded := and(
                eq(calldatasize(), 0x1aa4),
                and(eq(proof.offset, 0x64), eq(instances.offset, 0x1904))
            )
            calldatacopy(PIECE0_AT, 0x64, 0x240)
            calldatacopy(PIECE1_AT, 0x2a4, 0xc0)
            calldatacopy(PIECE2_AT, 0x364, 0x40)
            calldatacopy(PIECE3_AT, 0x3a4, 0x140)
            calldatacopy(PIECE4_AT, 0x4e4, 0x1360)
            calldatacopy(PIECE5_AT, 0x1844, 0x40)
            calldatacopy(W2_PT, 0x1884, 0x40)
            calldatacopy(INSTANCES_AT, 0x1904, 0x1a0)
        }
        if (!claimed) revert InvalidMemory();
        if (!encoded) revert InvalidCalldata();
    }

    /// @dev Requires every instance value and every evaluation to be below r, and no point to be (0, 0), which the precompiles
    /// take for infinity. That the points are on the curve is left to the precompiles.
    function _requireCanonical() private pure {
        uint256 bad;
        assembly {
            let max := sub(R, 1)
            for { let p := 0x0be0 } lt(p, 0x1de0) { p := add(p, 0x180) } {
                bad := or(
                    gt(mload(add(p, 0x160)), max),
                    or(
                        gt(mload(add(p, 0x140)), max),
                        or(
                            gt(mload(add(p, 0x120)), max),
                            or(
                                gt(mload(add(p, 0x100)), max),
                                or(
                                    gt(mload(add(p, 0xe0)), max),
                                    or(
                                        gt(mload(add(p, 0xc0)), max),
                                        or(
                                            gt(mload(add(p, 0xa0)), max),
                                            or(
                                                gt(mload(add(p, 0x80)), max),
                                                or(
                                                    gt(mload(add(p, 0x60)), max),
                                                    or(
                                                        gt(mload(add(p, 0x40)), max),
                                                        or(gt(mload(add(p, 0x20)), max), or(gt(mload(p), max), bad))
                                                    )
                                                )
                                            )
                                        )
                                    )
                                )
                            )
                        )
                    )
                )
            }
            bad := or(
                gt(mload(0x06a0), max),
                or(
                    gt(mload(0x0680), max),
                    or(
                        gt(mload(0x0660), max),
                        or(
                            gt(mload(0x0640), max),
                            or(
                                gt(mload(0x0620), max),
                                or(
                                    gt(mload(0x0600), max),
                                    or(
                                        gt(mload(0x05e0), max),
                                        or(
                                            gt(mload(0x05c0), max),
                                            or(
                                                gt(mload(0x05a0), max),
                                                or(
                                                    gt(mload(0x0580), max),
                                                    or(gt(mload(0x0560), max), or(gt(mload(0x0540), max), bad))
                                                )
                                            )
                                        )
                                    )
                                )
                            )
                        )
                    )
                )
            )
            bad := or(
                gt(mload(0x1f20), max),
                or(
                    gt(mload(0x1f00), max),
                    or(
                        gt(mload(0x1ee0), max),
                        or(
                            gt(mload(0x1ec0), max),
                            or(
                                gt(mload(0x1ea0), max),
                                or(
                                    gt(mload(0x1e80), max),
                                    or(
                                        gt(mload(0x1e60), max),
                                        or(
                                            gt(mload(0x1e40), max),
                                            or(
                                                gt(mload(0x1e20), max),
                                                or(
                                                    gt(mload(0x1e00), max),
                                                    or(gt(mload(0x1de0), max), or(gt(mload(0x06c0), max), bad))
                                                )
                                            )
                                        )
                                    )
                                )
                            )
                        )
                    )
                )
            )
            bad := or(
                iszero(mload(0x09e0)),
                or(
                    iszero(mload(0x09a0)),
                    or(
                        iszero(mload(0x0960)),
                        or(
                            iszero(mload(0x0900)),
                            or(
                                iszero(mload(0x08c0)),
                                or(
                                    iszero(mload(0x0880)),
                                    or(
                                        iszero(mload(0x0840)),
                                        or(
                                            iszero(mload(0x0800)),
                                            or(
                                                iszero(mload(0x07c0)),
                                                or(iszero(mload(0x0780)), or(iszero(mload(0x0740)), or(iszero(mload(0x0700)), bad)))
                                            )
                                        )
                                    )
                                )
                            )
                        )
                    )
                )
            )
            bad := or(
                iszero(mload(0x2640)),
                or(
                    iszero(mload(0x1f80)),
                    or(
                        iszero(mload(0x0ba0)),
                        or(
                            iszero(mload(0x0b60)),
                            or(
                                iszero(mload(0x0b20)),
                                or(iszero(mload(0x0ae0)), or(iszero(mload(0x0aa0)), or(iszero(mload(0x0a40)), bad)))
                            )
                        )
                    )
                )
            )
        }
        if (bad != 0) _revertWithFault();
    }

    /// @dev Reverts with the first value that is not below r, or the first point (x, y) that does not have x < p, y < p,
    /// y^2 = x^3 + 3; infinity has not. Returns if there is none. The arguments are read where they were sent: the memory may
    /// have been used.
    function _revertWithFault() private pure {
        unchecked {
            for (uint256 i = 0; i < INSTANCES; ++i) {
                if (_word(0x1904, i) >= R) revert InstanceNotCanonical(i);
            }
            for (uint256 i = 0; i < 155; ++i) {
                if (_word(0x4e4, i) >= R) revert ScalarNotCanonical(i);
            }
            uint256 at = 0x64;
            for (uint256 i = 0; i < 18 + 2; ++i) {
                if (i == 18) at += 32 * 155;
                (uint256 x, uint256 y) = (_word(at, 0), _word(at, 1));
                bool below = x < P && y < P;
                if (!below || mulmod(y, y, P) != addmod(mulmod(x, mulmod(x, x, P), P), 3, P)) revert PointNotOnCurve(i);
                at += 64;
            }
        }
    }

    function _word(uint256 start, uint256 index) private pure returns (uint256 word) {
        assembly {
            word := calldataload(add(start, shl(5, index)))
        }
    }

    /// @dev Copies the key to memory. The immutables cannot be read in assembly.
    function _loadKey() private pure {
        uint256 word;
        word = TRANSCRIPT_REPR;
        assembly { mstore(TRANSCRIPT_AT, word) }
        word = F12_X;
        assembly { mstore(F12_PT, word) }
        word = F12_Y;
        assembly { mstore(add(F12_PT, 0x20), word) }
        word = F5_X;
        assembly { mstore(F5_PT, word) }
        word = F5_Y;
        assembly { mstore(add(F5_PT, 0x20), word) }
        word = F10_X;
        assembly { mstore(F10_PT, word) }
        word = F10_Y;
        assembly { mstore(add(F10_PT, 0x20), word) }
        word = F9_X;
        assembly { mstore(F9_PT, word) }
        word = F9_Y;
        assembly { mstore(add(F9_PT, 0x20), word) }
        word = F11_X;
        assembly { mstore(F11_PT, word) }
        word = F11_Y;
        assembly { mstore(add(F11_PT, 0x20), word) }
        word = F4_X;
        assembly { mstore(F4_PT, word) }
        word = F4_Y;
        assembly { mstore(add(F4_PT, 0x20), word) }
        word = F3_X;
        assembly { mstore(F3_PT, word) }
        word = F3_Y;
        assembly { mstore(add(F3_PT, 0x20), word) }
        word = F2_X;
        assembly { mstore(F2_PT, word) }
        word = F2_Y;
        assembly { mstore(add(F2_PT, 0x20), word) }
        word = F1_X;
        assembly { mstore(F1_PT, word) }
        word = F1_Y;
        assembly { mstore(add(F1_PT, 0x20), word) }
        word = F0_X;
        assembly { mstore(F0_PT, word) }
        word = F0_Y;
        assembly { mstore(add(F0_PT, 0x20), word) }
        word = F7_X;
        assembly { mstore(F7_PT, word) }
        word = F7_Y;
        assembly { mstore(add(F7_PT, 0x20), word) }
        word = F8_X;
        assembly { mstore(F8_PT, word) }
        word = F8_Y;
        assembly { mstore(add(F8_PT, 0x20), word) }
        word = F6_X;
        assembly { mstore(F6_PT, word) }
        word = F6_Y;
        assembly { mstore(add(F6_PT, 0x20), word) }
    }

    /// @dev The transcript: a challenge is the hash h of what was absorbed since the last one, behind the last h; modulo r. With
    /// nothing absorbed, a byte 1 stands behind h.
    function _squeezeChallenges() private pure {
        assembly {
            let r := R
            mstore8(0x20, 1)
            let h := keccak256(TRANSCRIPT_AT, 0x400)
            mstore(C0, mod(h, r))
            mstore(0x00, h)
            h := keccak256(0x00, 0x21)
            mstore(C1, mod(h, r))
            mstore(HASH1_AT, h)
            h := keccak256(HASH1_AT, 0xe0)
            mstore(0x00, h)
            h := keccak256(0x00, 0x21)
            mstore(0x00, h)
            h := keccak256(0x00, 0x21)
            mstore(HASH2_AT, h)
            h := keccak256(HASH2_AT, 0x60)
            mstore(Y, mod(h, r))
            mstore(HASH3_AT, h)
            h := keccak256(HASH3_AT, 0x160)
            mstore(X, mod(h, r))
            mstore(HASH4_AT, h)
            h := keccak256(HASH4_AT, 0x1380)
            mstore(OPEN_Y, mod(h, r))
            mstore(0x00, h)
            h := keccak256(0x00, 0x21)
            mstore(OPEN_V, mod(h, r))
            mstore(HASH5_AT, h)
            h := keccak256(HASH5_AT, 0x60)
            mstore(OPEN_U, mod(h, r))
        }
    }

    /// @dev x^n; the instance's sum of fractions; factors of the rotation sets. A sum N/Z takes in c/d as (N*d + c*Z)/(Z*d), so that
    /// only Z has to be inverted.
    function _sumFractions() private pure {
        assembly {
            let r := R
            let minusOne := sub(r, 1)
            let x := mload(X)
            {
                let power := mulmod(x, x, r)
                power := mulmod(power, power, r)
                power := mulmod(power, power, r)
                power := mulmod(power, power, r)
                power := mulmod(power, power, r)
                power := mulmod(power, power, r)
                power := mulmod(power, power, r)
                power := mulmod(power, power, r)
                power := mulmod(power, power, r)
                power := mulmod(power, power, r)
                power := mulmod(power, power, r)
                power := mulmod(power, power, r)
                mstore(XN, power)
                mstore(INV_VANISHING, add(power, minusOne))
            }

            {
                let t := x
                let w := OMEGA_INV
                let z := add(x, minusOne)
                let n := mload(0x0540)
                let d
                for { let p := 0x0560 } lt(p, 0x06e0) { p := add(p, 0x20) } {
                    t := mulmod(t, w, r)
                    d := add(t, minusOne)
                    n := add(mulmod(n, d, r), mulmod(mload(p), z, r))
                    z := mulmod(z, d, r)
                }
                mstore(INSTANCE_SUM, n)
                mstore(INSTANCE_Z, z)
            }
            {
                let v := mload(OPEN_V)
                mstore(X_2, mulmod(x, x, r))
                mstore(X_3, mulmod(x, mload(X_2), r))
                mstore(X_6, mulmod(mload(X_3), mload(X_3), r))
                mstore(X_12, mulmod(mload(X_6), mload(X_6), r))
                mstore(X_24, mulmod(mload(X_12), mload(X_12), r))
                mstore(X_25, mulmod(x, mload(X_24), r))
                mstore(X_50, mulmod(mload(X_25), mload(X_25), r))
                mstore(X_51, mulmod(x, mload(X_50), r))
                mstore(X_52, mulmod(x, mload(X_51), r))
                mstore(X_53, mulmod(x, mload(X_52), r))
                mstore(X_54, mulmod(x, mload(X_53), r))
                mstore(X_TOP, mload(X_54))
                let power := v
                mstore(SET2_FACTOR, mulmod(power, x, r))
                power := mulmod(power, v, r)
                mstore(SET3_FACTOR, mulmod(power, mload(X_50), r))
                power := mulmod(power, v, r)
                mstore(SET4_FACTOR, mulmod(power, mload(X_51), r))
                power := mulmod(power, v, r)
                mstore(SET5_FACTOR, mulmod(power, mload(X_53), r))
                power := mulmod(power, v, r)
                mstore(SET6_FACTOR, mulmod(power, mload(X_52), r))
                power := mulmod(power, v, r)
                mstore(SET7_FACTOR, mulmod(power, mload(X_54), r))
            }
        }
    }

    /// @dev The sum of c/(u - x*w^i) over the rotations i. There c is the sum over the sets that have i of y^j times the evaluations
    /// at x*w^i, over the product of w^i - w^k for the other members k of the set, times the set's factor. Z_i(u), the product
    /// of u - x*w^k over the i-th set, comes along, or that over the rotations that the set does not have.
    function _sumOpenings() private pure {
        assembly {
            let u := mload(OPEN_U)
            let w := OMEGA
            let t
            let d
            let n
            let z
            let f := mload(SET2_FACTOR)
            let c
            let y := mload(OPEN_Y)
            let r := R
            // x*w^-42
            t := mulmod(sub(r, mload(X)), 0x23d0b86177c9109f56898e0e9290981297941c6f04c204153e0c03b905deb7cb, r)
            d := add(u, t)
            mstore(SET2_REST, d)
            n := mulmod(0xb38e37eb082338d50736ab627124480cd1514251e8d964dbd97d9ec2ea47c2c, mload(A8_M42), r)
            z := d
            // x*w^-41
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET1_REST, d)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    mulmod(f, mulmod(0xa4a273bc60f3179e027aa6dfb9af704c9ca90325055ca3072c52154f6b19d79, mload(A7_M41), r), r),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-40
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET2_REST, mulmod(mload(SET2_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(z, mulmod(0x1765447a5de6a59a53a15665aa295ce4f84748f263d6ec8782a980b462789034, mload(A8_M40), r), r)
            )
            z := mulmod(z, d, r)
            // x*w^-38
            t := mulmod(mulmod(t, w, r), w, r)
            d := add(u, t)
            mstore(SET2_REST, mulmod(mload(SET2_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(z, mulmod(0x972c630b5f274fba2876dd176495ffc15f27ac396b565e52fdddf75da6c4b99, mload(A8_M38), r), r)
            )
            z := mulmod(z, d, r)
            // x*w^-33
            t := mulmod(t, 0x22177d83ed0e18c071a9fc92820f3928e3ac1f698dbef2f16a898e7532d92562, r)
            d := add(u, t)
            mstore(SET2_REST, mulmod(mload(SET2_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(z, mulmod(0x181b13842142ec462cf8c7704cb794f35ae5a30889eedda636fc3d83a273fb90, mload(A8_M33), r), r)
            )
            z := mulmod(z, d, r)
            // x*w^-32
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET2_REST, mulmod(mload(SET2_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(z, mulmod(0x2ebb5f2fe9e779ad3e45647f85c821cabdaf106c113d74da8a113f29544d2257, mload(A8_M32), r), r)
            )
            z := mulmod(z, d, r)
            // x*w^-31
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET1_REST, mulmod(mload(SET1_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    mulmod(f, mulmod(0x1a2063a5cf4f0caaf467b19cc2e7404a92d6a66a24176d8823433f09b34a8b03, mload(A7_M31), r), r),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-29
            t := mulmod(mulmod(t, w, r), w, r)
            d := add(u, t)
            mstore(SET1_REST, mulmod(mload(SET1_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    mulmod(f, mulmod(0x31282007e21c991c1f0f15dcd848004ca2bda8eb70f5bb9962dc51af8bc27d7, mload(A7_M29), r), r),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-25
            t := mulmod(t, 0x2ad9021ed07c42ab19f77c5cf2cbd2deb135ea330f1b1573bd08d99309c4bb7d, r)
            d := add(u, t)
            mstore(SET1_REST, mulmod(mload(SET1_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    mulmod(f, mulmod(0x10dc84bcab0ff039645be071127869133fef349ee1058f87f032af6eac7729bc, mload(A7_M25), r), r),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-24
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET2_REST, mulmod(mload(SET2_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(z, mulmod(0x23f40ba20ac68c45cf4968b7d7d20b0fa42643313cecc5702040a3e0c232e304, mload(A8_M24), r), r)
            )
            z := mulmod(z, d, r)
            // x*w^-23
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET2_REST, mulmod(mload(SET2_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(z, mulmod(0x23e08dc5343fddbf7dffb1fd47f06e20eecd7b05f31d184836adec31c10664f5, mload(A8_M23), r), r)
            )
            z := mulmod(z, d, r)
            // x*w^-22
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET1_REST, mulmod(mload(SET1_REST), d, r))
            mstore(SET3_Z, d)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(
                            mload(SET3_FACTOR),
                            mulmod(0xd06dd3127413710a320a0d8efa7db6737bf993ee59de40c7d3e54be57f76987, mload(A5_M22), r),
                            r
                        ),
                        mulmod(f, mulmod(0x293b0ecb4e4b08c62c3a547886e32c0a532890e3a7015adea931420a1d1a927d, mload(A7_M22), r), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-18
            t := mulmod(t, 0x2ad9021ed07c42ab19f77c5cf2cbd2deb135ea330f1b1573bd08d99309c4bb7d, r)
            d := add(u, t)
            mstore(SET2_REST, mulmod(mload(SET2_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(z, mulmod(0x5a8d0b663f42128bf8bbda00b4d6a3b4f795dde978f943f559027437272b32b, mload(A8_M18), r), r)
            )
            z := mulmod(z, d, r)
            // x*w^-11
            t := mulmod(t, 0x3a8d2f7985c1028bc933b74ecf050f94f908d9654a63b655cd8b452027855a, r)
            d := add(u, t)
            mstore(SET1_REST, mulmod(mload(SET1_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    mulmod(f, mulmod(0x4f723b756a6a083e503586cbadc45299676d1fe5d868867e1210e6e00784014, mload(A7_M11), r), r),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-10
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET1_REST, mulmod(mload(SET1_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    mulmod(f, mulmod(0x2cb6b22ebe4d9283957ba205ba28670bc7ab553f5f585aa87be0692d38c863a9, mload(A7_M10), r), r),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-9
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x247dab643b75d4dd84b32db870866f274f410bab312cc0b95cb61d2cb40a36b4, mload(A7_M9), r), r),
                        mulmod(0x16c74d260b0acbb53ee7a98e88ab97d4ab7fd733c41ae655e5a3b6abeca0facc, mload(A8_M9), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-7
            t := mulmod(mulmod(t, w, r), w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x27726805b9f0de311f21ebfa9367d25c6bc871a3fdfedd1fed145d185ee7119c, mload(A7_M7), r), r),
                        mulmod(0x269e0f1f5bd1bbb7c88b478ecd77865ef07c5c4b19cb4935d7811b60cf276d61, mload(A8_M7), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-5
            t := mulmod(mulmod(t, w, r), w, r)
            d := add(u, t)
            mstore(SET1_REST, mulmod(mload(SET1_REST), d, r))
            mstore(SET2_REST, mulmod(mload(SET2_REST), d, r))
            mstore(SET6_Z, d)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    mulmod(
                        mload(SET6_FACTOR),
                        mulmod(0x1ce063b6e3a7b82d52305da889e5780ca123311a3ef64b03f7f214261d2f7f30, mload(F6_M5), r),
                        r
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-3
            t := mulmod(mulmod(t, w, r), w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x3041be95a0b07a16af41c9a5147c5ac65156f24dde1099d34d16b17aa9c976f5, mload(A7_M3), r), r),
                        mulmod(0x2e993160f8dbdf0b0ee959d98c5894498efd32c1c31610d1eb651a5683795056, mload(A8_M3), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-1
            t := mulmod(mulmod(t, w, r), w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x2f30833c626235e17f08f457deabc4d2ae4b4dd0f67d190df4646812a7e712db, mload(A7_M1), r), r),
                        mulmod(0xaf983c1163bd43bd9bf5dea7ea9734c6f3b709f32288761dd864c38dbcd771a, mload(A8_M1), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^0
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(
                FIRST_SUM,
                mulmod(
                    0x13796f9586a374e0e5d85dfb4ed721ed5d3016041423b7cfefb25da8015d90f6,
                    add(
                        mload(A0),
                        mulmod(
                            y,
                            add(mload(A1), mulmod(y, add(mload(A2), mulmod(y, add(mload(A3), mulmod(y, mload(A4), r)), r)), r)),
                            r
                        )
                    ),
                    r
                )
            )
            mstore(SET0_Z, d)
            mstore(SET3_Z, mulmod(mload(SET3_Z), d, r))
            mstore(SET4_Z, d)
            mstore(SET5_Z, d)
            mstore(SET6_Z, mulmod(mload(SET6_Z), d, r))
            mstore(SET7_Z, d)
            mstore(
                TERMS,
                add(
                    mulmod(
                        mload(SET6_FACTOR),
                        mulmod(0x194184f88f98672606a29034c804f91643acdcc8a07987659d4ca732af1883e, mload(F6), r),
                        r
                    ),
                    addmod(
                        mulmod(
                            mload(SET5_FACTOR),
                            mulmod(
                                0x1650318e435f9441fc5e5456d5e7c920d522543e54800d91b94ddbba4e52d7ad,
                                add(mload(A9), mulmod(y, add(mload(A10), mulmod(y, mload(A11), r)), r)),
                                r
                            ),
                            r
                        ),
                        add(
                            mulmod(
                                mload(SET4_FACTOR),
                                mulmod(0x8e2206ffe079a81010246ab40fa95b4388daa7edeffa08260a3dbed041d91ac, mload(A6), r),
                                r
                            ),
                            addmod(
                                mulmod(
                                    mload(SET3_FACTOR),
                                    mulmod(0x18892771569da51e1c85223a23c46232a329f410bb9a4d334850a9cf65d2e243, mload(A5), r),
                                    r
                                ),
                                add(
                                    mulmod(
                                        f,
                                        mulmod(0x2e2fd41368145a357a5adafaed2911c3b433c062dc224b00169ffa31c617f4f1, mload(A7), r),
                                        r
                                    ),
                                    mulmod(0x43b459537824701a940b5905d88a00472e341901d68bffb70fc472fff1bf4b1, mload(A8), r)
                                ),
                                r
                            )
                        ),
                        r
                    )
                )
            )
            c := add(
                mload(F10),
                mulmod(y, add(mload(F5), mulmod(y, add(mload(F12), mulmod(y, mulmod(y, mload(RANDOM), r), r)), r)), r)
            )
            c := add(
                mload(F3),
                mulmod(y, add(mload(F4), mulmod(y, add(mload(F11), mulmod(y, add(mload(F9), mulmod(y, c, r)), r)), r)), r)
            )
            c := add(
                mload(F7),
                mulmod(y, add(mload(F0), mulmod(y, add(mload(F1), mulmod(y, add(mload(F2), mulmod(y, c, r)), r)), r)), r)
            )
            n := add(
                mulmod(n, d, r),
                mulmod(z, add(mulmod(mload(SET7_FACTOR), add(mload(F8), mulmod(y, c, r)), r), mload(TERMS)), r)
            )
            z := mulmod(z, d, r)
            // x*w^1
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(
                FIRST_SUM,
                add(
                    mulmod(mload(FIRST_SUM), d, r),
                    mulmod(
                        mload(SET0_Z),
                        mulmod(
                            0x1aea3a35890ec010dcd70c5f02936590f5a51bfaa8e3e8d6b1224599288d407b,
                            add(
                                mload(A0_P1),
                                mulmod(
                                    y,
                                    add(
                                        mload(A1_P1),
                                        mulmod(y, add(mload(A2_P1), mulmod(y, add(mload(A3_P1), mulmod(y, mload(A4_P1), r)), r)), r)
                                    ),
                                    r
                                )
                            ),
                            r
                        ),
                        r
                    )
                )
            )
            mstore(SET0_Z, mulmod(mload(SET0_Z), d, r))
            mstore(SET3_Z, mulmod(mload(SET3_Z), d, r))
            mstore(SET4_Z, mulmod(mload(SET4_Z), d, r))
            mstore(SET5_Z, mulmod(mload(SET5_Z), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    addmod(
                        mulmod(
                            mload(SET5_FACTOR),
                            mulmod(
                                0x1a141ce49dd20be7bbf1f15fab998f3c5311940a253962ff8a9419d9a1ad2854,
                                add(mload(A9_P1), mulmod(y, add(mload(A10_P1), mulmod(y, mload(A11_P1), r)), r)),
                                r
                            ),
                            r
                        ),
                        add(
                            mulmod(
                                mload(SET4_FACTOR),
                                mulmod(0x21e832208c29bb8e0859f75d3e2da9a259b9c2691e15132c904e074461145ecd, mload(A6_P1), r),
                                r
                            ),
                            addmod(
                                mulmod(
                                    mload(SET3_FACTOR),
                                    mulmod(0xff6d856ec7ad60816b5db9c6e04ae05d492a800cf51f46f69754e20bd01a236, mload(A5_P1), r),
                                    r
                                ),
                                add(
                                    mulmod(
                                        f,
                                        mulmod(0x26e5df9242fa1fd593da6838713b877871d185bbb4bd95cb1b3bbf94fcab3f65, mload(A7_P1), r),
                                        r
                                    ),
                                    mulmod(0x2224d3f46b82ddc8459675cc04c245ed6e5291731503379d306a69c6b2240188, mload(A8_P1), r)
                                ),
                                r
                            )
                        ),
                        r
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^2
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET3_Z, mulmod(mload(SET3_Z), d, r))
            mstore(SET4_Z, mulmod(mload(SET4_Z), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(
                            mload(SET4_FACTOR),
                            mulmod(0x28f040e75bdccda61d4d8030c7903d137390e5e98db77fa3d9509662f6ad383, mload(A6_P2), r),
                            r
                        ),
                        addmod(
                            mulmod(
                                mload(SET3_FACTOR),
                                mulmod(0x25ef86347ac0c04816e05b30c7c117098e4fc133ccf454b65d772b4928dd96d7, mload(A5_P2), r),
                                r
                            ),
                            add(
                                mulmod(
                                    f,
                                    mulmod(0x3c399bdb2ef286c24fed9b18af6d6596baf63b0e1881f6db25bb829659db499, mload(A7_P2), r),
                                    r
                                ),
                                mulmod(0x11c15174004c51a5a35ed23a83dfe907cbeb9babc858a9f67e6d3365b41005d, mload(A8_P2), r)
                            ),
                            r
                        )
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^3
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET3_Z, mulmod(mload(SET3_Z), d, r))
            mstore(SET4_Z, mulmod(mload(SET4_Z), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(
                            mload(SET4_FACTOR),
                            mulmod(0x30af7d3e1427d404d1f2faaf5e015355eb36d01e3c944e8155b08fc5b633c05, mload(A6_P3), r),
                            r
                        ),
                        addmod(
                            mulmod(
                                mload(SET3_FACTOR),
                                mulmod(0x55239b7dd48cdd48364918cb9d0ae11129bda0cb5f466bcfb4873303c567b2b, mload(A5_P3), r),
                                r
                            ),
                            add(
                                mulmod(
                                    f,
                                    mulmod(0x21d654577b5d1dd2a2b7259821f8acdebf68c8e99bb48e03511b4ab2ba29f147, mload(A7_P3), r),
                                    r
                                ),
                                mulmod(0x2a3f77cd2c15eaabc0ecb729b0681b4dd489a33eb59859abd45a223f65382e3f, mload(A8_P3), r)
                            ),
                            r
                        )
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^4
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET6_Z, mulmod(mload(SET6_Z), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    addmod(
                        mulmod(
                            mload(SET6_FACTOR),
                            mulmod(0x11efd26c7490618a05b5bf0aab1b90bf22d5e961b0bb8d16f21b16faa7def893, mload(F6_P4), r),
                            r
                        ),
                        add(
                            mulmod(
                                f,
                                mulmod(0x1caa7bf294a5344377c50adbfb52a4cbc73d46fd0f654a0aeca5e31057312f35, mload(A7_P4), r),
                                r
                            ),
                            mulmod(0x131b7db26d306e85da588dae2fc331f70e97475ff7d82327c3e235ac72adb97a, mload(A8_P4), r)
                        ),
                        r
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^5
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x2f45a06cc646522866adf2140c2389d2fbd551a7da80fa741aed82a6a981949c, mload(A7_P5), r), r),
                        mulmod(0x2b9977ac9451f98d822f0ee1fa6fc468c576b8cab956f77db6ee4fe9af16df31, mload(A8_P5), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^6
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x17cdc0402455f66c6d07e5d9b34940d768794f38b4b485128a6d3b9d5a9f5475, mload(A7_P6), r), r),
                        mulmod(0x157fe8ba7810b2ff94b7a1c185b1937d1715f35445bc2803a25ded8e375ebe06, mload(A8_P6), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^7
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x45d2392c2764f22e1e63205cf4c5d2b93735922892f4030ca3215a33f918b50, mload(A7_P7), r), r),
                        mulmod(0x1f3b77fc2ca55d6cec4a4084936040e6f2b21d574a1c6778825f909d2a7a521b, mload(A8_P7), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^8
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x2015472c10fac20ac56211eb36cf7a54084c28f0ca9ad9317ff84e885dfe1200, mload(A7_P8), r), r),
                        mulmod(0x174a9295f0507a0bc756ae2e951fecdf131107696e92f8f4ecb5829fdb128641, mload(A8_P8), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^9
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0xf247b5a88908bb48463715fa6ea6aa0bde71218b0646e6c7278cfd65fa8d5be, mload(A7_P9), r), r),
                        mulmod(0x25271a35aeafccdd19b58ab814fd25daf05ef222ce5eb3a8e3674bd2944d1121, mload(A8_P9), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^10
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x15a2594ac485e4e8063c4c9ae71a71cc80b0e485d9211aed93d2bc344255a77d, mload(A7_P10), r), r),
                        mulmod(0x17a678b91a8daa3bad27c6dbe72e4e91cd97bda353b24e0bd6335646a37d31dc, mload(A8_P10), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^11
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x79d272dd189c9466783a8d5db5da390be4ac154f7da7e42ab44a410f87a5579, mload(A7_P11), r), r),
                        mulmod(0x1b7cafee1482f20a0be735dbac02431c3fec62c429eb03f638f09513c7893c83, mload(A8_P11), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^12
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x18ffebebc9189d390f7bfcf88493a735c89cc7948905eb8260d0347a1678ac8c, mload(A7_P12), r), r),
                        mulmod(0x25df39dfe22a6db080ec5689349badc1a12a9a6dc712cd375dfe782d07cea774, mload(A8_P12), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^13
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0xc0fe7d3a161e08af2b5d529452336c731bb3dc3e0458747ecf7476a8000e2e0, mload(A7_P13), r), r),
                        mulmod(0x259f2b826cb296a0811f49e37cd8ac200b7940ef80e7ba618b306ed724388bdd, mload(A8_P13), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^14
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x2b43be2b8512a8a17e2e110508c9420180db47b14445a8dfe7d91da3b96f182e, mload(A7_P14), r), r),
                        mulmod(0x267a61f5f2e9ec004105cfcc77446dd821cf33b5a1ed2a2962f7693d5e69b5db, mload(A8_P14), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^15
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x2a329d1fbd1540a216dee325e4fda9a991d9ca21b622b8f8407cfd9074d07ed5, mload(A7_P15), r), r),
                        mulmod(0x20651afd77622e6b836f1618ffc1a5940e7fb577f10993644a8ef42acd40340, mload(A8_P15), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^16
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x1d68e65c689da2204f7c1a48e0d0e60941db52a12f74609d4f1e4613044823de, mload(A7_P16), r), r),
                        mulmod(0x2a5bdefa6928eaa0c3231fdc4a49c264e5b2a1f495d032611f07b056f10650d7, mload(A8_P16), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^17
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x186b80c0ae0ff2624eb7e56d4b184ccd2a12916244ec6d3a34a8e38851ccd678, mload(A7_P17), r), r),
                        mulmod(0x184ef3819f57c4895c320416edad8ef2ef8eafa73c3150beefd8fb76ff6120be, mload(A8_P17), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^18
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x2986c61cbe0c6676c89d1a28feba7f59154a5f72c3a277e236e11e4e3629759b, mload(A7_P18), r), r),
                        mulmod(0x2e28e506736a602143b244ec18e6ee8526c45c502f8895f48113f755f4b45ec7, mload(A8_P18), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^19
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x259746f31e566774cb2e64459878da744815c9cdfe474d22ad52cade7b290183, mload(A7_P19), r), r),
                        mulmod(0x28ead8067364339cdb880c1a630ea4bbdf1acbd91b58d2a5a1c01c0493b00d60, mload(A8_P19), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^20
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x2e402a1631fa27c0ec5262a22d60fc14a1838028fb467c010a97ae35cfd6f2c5, mload(A7_P20), r), r),
                        mulmod(0x7aa7976371c47e6bbe87dee579adc41e6b1b1b8d197c510050678e27683327c, mload(A8_P20), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^21
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(
                FIRST_SUM,
                add(
                    mulmod(mload(FIRST_SUM), d, r),
                    mulmod(
                        mload(SET0_Z),
                        mulmod(
                            0x200a4a7d17f6b37f5a0db5c3016d0ded55eb649bcb1cfeaa30d5252c6152e90,
                            add(
                                mload(A0_P21),
                                mulmod(
                                    y,
                                    add(
                                        mload(A1_P21),
                                        mulmod(
                                            y,
                                            add(mload(A2_P21), mulmod(y, add(mload(A3_P21), mulmod(y, mload(A4_P21), r)), r)),
                                            r
                                        )
                                    ),
                                    r
                                )
                            ),
                            r
                        ),
                        r
                    )
                )
            )
            mstore(SET0_Z, mulmod(mload(SET0_Z), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x211be917701bec4f985b51dcf583100d49693ba89952316fbef7fca30bd009b1, mload(A7_P21), r), r),
                        mulmod(0x17ca75d647a8661e0131f383cc6d2c077c114eb3e20a85fbff0f2febdc951f36, mload(A8_P21), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^22
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x154291a8032aca63ac19adb1db2c08c226169014f8067bc079b47952c75d00d, mload(A7_P22), r), r),
                        mulmod(0x1dc8ab6cf06a98e24b4d14efc2d1d6b5324057fdddec5e1fc83a80a5dc9ddd9e, mload(A8_P22), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^23
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x2d35321308f6992c92a79d190869e56cb6a3e0b1c5d92cd56e45782e5f998ad2, mload(A7_P23), r), r),
                        mulmod(0x25c7406309291b41b8b56729f95238cbe16d82c8442517075c8b3dd2bbb29936, mload(A8_P23), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^24
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x2be68761d7048a44f137be49a8c5b32742fcaf5ba5321accba572e851ed464d5, mload(A7_P24), r), r),
                        mulmod(0x1f3fae9302e08fbcda45a89f6fc548af8ca06634d328796f615c3ee1558b94f4, mload(A8_P24), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^25
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x673b95f13b3e8534bf76fe016059b4f78046f8252125256c5e47a65e827268d, mload(A7_P25), r), r),
                        mulmod(0x2a53911695c6571d2770f50f2db1c53b141574f141f5ae1b8b3f5f46ad0b6145, mload(A8_P25), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^26
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x1aaa1d1ed759cd6fb719279e84b2bf29e2e80d96b3483caa95161f6d9bca52ed, mload(A7_P26), r), r),
                        mulmod(0x2c2be57aef3ec976bceaa590982541fab81181ebf51a0d4d74cb984d173c9df3, mload(A8_P26), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^27
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x29ffefefc4cb8553d145cd7c698b40ae8b387b947d06c326badc30af0b04993c, mload(A7_P27), r), r),
                        mulmod(0x1fc54a0aa3f22143d35af46f5056128b02cb2460741db90e622f4774999882da, mload(A8_P27), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^28
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x1dbcfa3e156b7d711ec560c2624d98ce02138259a41ea219750fbf8ada9b1358, mload(A7_P28), r), r),
                        mulmod(0x215496818b43e1da90453dc906c1dd8a3769eb5ce212ed9aef3f0056e4d4d220, mload(A8_P28), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^29
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x247e23c7643aa1fba08ca09c52b2121a9aa73a0547c05fea933af48447503158, mload(A7_P29), r), r),
                        mulmod(0x2f96ff9c64dc9bc98c2e3a4c3c5773047af14168aba40705e035689f0b739a83, mload(A8_P29), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^30
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x6c2f0dbf2d6f5e92deca1b58f76c47b1aabf05975786332db6a06a4f995a38f, mload(A7_P30), r), r),
                        mulmod(0x1ac654d5661eeea1945f8b75d30d9efe278f53dd75645ff3a0722154b4489db0, mload(A8_P30), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^31
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x2f530d096276416915d12f39901519cd437c70ba639a4a3fbcf48080aaabb2c2, mload(A7_P31), r), r),
                        mulmod(0x17d051e29cfb6db8aed29607361e078db71937bb3db59788c187383353aac280, mload(A8_P31), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^32
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x2190b3514e60b18766329922336c89c20453b794be8af644dbb208c54f19ad9b, mload(A7_P32), r), r),
                        mulmod(0x24ab953cec787ec485a6aa43fa16fea5d600922a6b0b6ff2063afe3dff43a740, mload(A8_P32), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^33
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x5ee1e5cb8d3538644589826c5bed16bf532fd4ae410c628005d23b483a4548c, mload(A7_P33), r), r),
                        mulmod(0x136d38f20087848668aa4352f3749a1b670abc1dd4627c9a535a74c613e04964, mload(A8_P33), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^34
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x2edffaa5aac14c88f0874d636659ffa61a7d22479fad440f458f793e5b2bef30, mload(A7_P34), r), r),
                        mulmod(0xcbc5a33bbbcddf4b7faff851197d2e9a7e18d40334c41e9ba353b51daa3b216, mload(A8_P34), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^35
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x23bf1b2f433cc9678584a47c5c2b9453c7cac860e341e1b0e40733977fffb14e, mload(A7_P35), r), r),
                        mulmod(0x1405045db8145095efbade8ffef334cbaa226a39bcc0c49b3ab771176cca754b, mload(A8_P35), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^36
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x22dcd1256d57ceac11e41c4a091294bb9cf8a4c6123fc9371a01e771d2550d68, mload(A7_P36), r), r),
                        mulmod(0x2f28858ff799bba64774f97928913bd8468a9fbb48796500be7e14444894eb6f, mload(A8_P36), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^37
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x285308fa8e57cf265705fe625dfc14fe0bab62cf9587219f9fa087d27dd27dc9, mload(A7_P37), r), r),
                        mulmod(0x2b4228cbf78a1be76acc68855f6ae642bf2216f82236fd570143a9879df49a82, mload(A8_P37), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^38
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x29e71af0639e733b45c912b6cca9f079892950e8fbcf64a0427f434b23140791, mload(A7_P38), r), r),
                        mulmod(0x2b843cbd0fc62a6a1ff0552823ef3ddbaad4b32bcbbfd45b477133ab75ed2302, mload(A8_P38), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^39
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x1dadc8fea12428056cf5af3f249a82d8e97ea151d7743bb984aa829cd8c7f00e, mload(A7_P39), r), r),
                        mulmod(0x1bc6baa5e9335c375e987b91f557684282f6e2bc45dc7f8227451046706e51c2, mload(A8_P39), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^40
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x28ee3a5e331b97bad539ef0acb92d3bd0efc0f6867d51a5f3ec226767c5c150f, mload(A7_P40), r), r),
                        mulmod(0xf28097b824f356c354f0a5037510ed1876a7174585f096f36d16840f746688, mload(A8_P40), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^41
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x247d30d1b16e804aeadc5a5f11c0042e869c58f890f587b364ae3f15b068e428, mload(A7_P41), r), r),
                        mulmod(0x10997754c6865fda9055cf0e9ce0dcf58dd65bd5e58f573f4821e8cb5be89d93, mload(A8_P41), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^42
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x803e047a77ddadeb388685db41662cffbadb036f11482ec96eed6b1a16dfac8, mload(A7_P42), r), r),
                        mulmod(0xa8725e452c513edd28d0324efb94cbfbe5801855676568a231fe0f7e347fec1, mload(A8_P42), r)
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            mstore(UNION_SUM, n)
            mstore(UNION_Z, z)
        }
    }

    /// @dev Inverts words together: the caller's inverse is that of their product and of Z_0; three multiplications a word.
    function _invert() private pure {
        uint256 inverse;
        bool nonzero;
        bool valid;
        assembly {
            let r := R
            let product := mload(SET3_Z)
            mstore(0x2520, product)
            product := mulmod(product, mload(SET4_Z), r)
            mstore(0x2540, product)
            product := mulmod(product, mload(SET5_Z), r)
            mstore(0x2560, product)
            product := mulmod(product, mload(SET6_Z), r)
            mstore(0x2580, product)
            product := mulmod(product, mload(SET7_Z), r)
            mstore(0x25a0, product)
            product := mulmod(product, mload(UNION_Z), r)
            mstore(0x25c0, product)
            product := mulmod(product, mload(X_TOP), r)
            mstore(0x25e0, product)
            product := mulmod(product, mload(INSTANCE_Z), r)
            mstore(0x2600, product)
            product := mulmod(product, mload(INV_VANISHING), r)
            // No u - x*w^i is 0, those of the first rotation set included.
            inverse := calldataload(0x18c4)
            let first := mload(SET0_Z)
            let all := mulmod(product, first, r)
            nonzero := gt(all, 0)
            valid := and(lt(inverse, r), eq(mulmod(all, inverse, r), 1))
            inverse := mulmod(inverse, first, r)
            let word
            word := mload(INV_VANISHING)
            mstore(INV_VANISHING, mulmod(inverse, mload(0x2600), r))
            inverse := mulmod(inverse, word, r)
            word := mload(INSTANCE_Z)
            mstore(INSTANCE_Z, mulmod(inverse, mload(0x25e0), r))
            inverse := mulmod(inverse, word, r)
            word := mload(X_TOP)
            mstore(X_TOP, mulmod(inverse, mload(0x25c0), r))
            inverse := mulmod(inverse, word, r)
            word := mload(UNION_Z)
            mstore(UNION_Z, mulmod(inverse, mload(0x25a0), r))
            inverse := mulmod(inverse, word, r)
            word := mload(SET7_Z)
            mstore(SET7_Z, mulmod(inverse, mload(0x2580), r))
            inverse := mulmod(inverse, word, r)
            word := mload(SET6_Z)
            mstore(SET6_Z, mulmod(inverse, mload(0x2560), r))
            inverse := mulmod(inverse, word, r)
            word := mload(SET5_Z)
            mstore(SET5_Z, mulmod(inverse, mload(0x2540), r))
            inverse := mulmod(inverse, word, r)
            word := mload(SET4_Z)
            mstore(SET4_Z, mulmod(inverse, mload(0x2520), r))
            inverse := mulmod(inverse, word, r)
            mstore(SET3_Z, inverse)
        }
        if (!valid) {
            if (!nonzero) revert DegenerateChallenge();
            revert InvalidInverse();
        }
    }

    /// @dev The quotient's value at x: the identities, weighted by powers of y, over x^n - 1. A statement takes in the identities
    /// that are named above it, the last one outermost: the sum so far times y, plus the next. What has a factor in common, a
    /// selector as a rule, is summed up in g first.
    function _evaluateIdentities() private pure {
        assembly {
            function pow5(a, r) -> fifth {
                fifth := mulmod(a, a, r)
                fifth := mulmod(mulmod(fifth, fifth, r), a, r)
            }
            let r := R
            let one := add(r, 1)
            let g
            {
                // l_i(x) = (x^n - 1)/n / (x*w^-i - 1); the instance is the sum of a_i*l_i(x)
                let common := mulmod(add(mload(XN), sub(r, 1)), ROWS_INV, r)
                mstore(INSTANCE, mulmod(common, mulmod(mload(INSTANCE_SUM), mload(INSTANCE_Z), r), r))
            }
            let y := mload(Y)
            let h := 0
            {
                // S: full round: word 0
                mstore(T0, 0x251e7fdf99591080080b0af133b9e4369f22e57ace3cd7f64fc6fdbcf38d7da1)
                let t1 := pow5(add(mload(F0), mload(A0)), r)
                mstore(T2, 0x25fb50b65acf4fb047cbd3b1c17d97c7fe26ea9ca238d6e348550486e91c7765)
                let t3 := pow5(add(mload(F1), mload(A1)), r)
                mstore(T4, 0x293d617d7da72102355f39ebf62f91b06deb5325f367a4556ea1e31ed5767833)
                let t5 := pow5(add(mload(F2), mload(A2)), r)
                mstore(T6, 0x104d0295ab00c85e960111ac25da474366599e575a9b7edf6145f14ba6d3c1c4)
                let t7 := pow5(add(mload(F3), mload(A3)), r)
                mstore(T8, 0xaaa35e2c84baf117dea3e336cd96a39792b3813954fe9bf3ed5b90f2f69c977)
                let t9 := pow5(add(mload(F4), mload(A4)), r)
                mstore(
                    T10,
                    add(
                        mulmod(mload(T8), t9, r),
                        add(
                            mulmod(mload(T6), t7, r),
                            add(mulmod(mload(T4), t5, r), add(mulmod(mload(T2), t3, r), mulmod(mload(T0), t1, r)))
                        )
                    )
                )
                g := addmod(mload(A0_P1), sub(mul(5, r), mload(T10)), r)
                // S: full round: word 1
                g := add(
                    addmod(
                        mulmod(0x1b86987807302e4e3836ea20eea889314023553a3b1519470ed48fb12400b6c0, t9, r),
                        add(
                            mload(A1_P1),
                            add(
                                mulmod(0xedbce30fa32e2d54b0dc92d7668d4a18cd17abbc4dd57b47ef565ec91acf5ee, t7, r),
                                add(
                                    mulmod(0x7a190435ecca6caacfc7e846e325e299b66586cdad6bc318b776c44724c93ca, t5, r),
                                    add(
                                        mulmod(0x852fa0dc49f81b5553a9c233265ce416d94559aeac4b7183286676556e33287, t3, r),
                                        mulmod(0x5f394810c75d34df8122df4afa47d5b230ae46c13af8627d9eb93e1048b37c8, t1, r)
                                    )
                                )
                            )
                        ),
                        r
                    ),
                    mulmod(y, g, r)
                )
                // S: full round: word 2
                g := add(
                    addmod(
                        mulmod(0x16822e20aa98ce16f4ec39399c8c62e78cc19cef84a7c28f0c332b59c442e9a, t9, r),
                        add(
                            mload(A2_P1),
                            add(
                                mulmod(0x1d9c6bc4e6df51d05f59e9d385d4d7bd5c8ba2bd50d522fededcd7b0be9c3065, t7, r),
                                add(
                                    mulmod(0x1aaac189a2e9e3c4ea21191fbaeaf498ee6fdbe849702a219be850e1c7403cd6, t5, r),
                                    add(
                                        mulmod(0x30482f957ecd44b60abd2afe73499caac079b71d45a5621fd677be4c96b2cfaf, t3, r),
                                        mulmod(0xfaa7595311e361d9ac13515117206fd27acc49148e99f69ee7711b58f2bfe4, t1, r)
                                    )
                                )
                            )
                        ),
                        r
                    ),
                    mulmod(y, g, r)
                )
                // S: full round: word 3
                g := add(
                    addmod(
                        mulmod(0x287436caf55c325931587866aa7093533ab4ef6578ffc7d5a4280308f8efdae2, t9, r),
                        add(
                            mload(A3_P1),
                            add(
                                mulmod(0xa3e802a397e05e765dd1f919cd5c42720213c18b01826318b2bede55027aeb7, t7, r),
                                add(
                                    mulmod(0x141c244d3a07aa4a982deda17e363efc8ffd9e3684dfe795c71a98a0c27ec907, t5, r),
                                    add(
                                        mulmod(0x2277f98c053a4e23bdda8b3ceec4236c9d04ea19ac77261d563a7d50cf5e5c93, t3, r),
                                        mulmod(0x24254968753bf1149ece605843672ebbebf3ee0328fc4b7c52321ecdf8de07d1, t1, r)
                                    )
                                )
                            )
                        ),
                        r
                    ),
                    mulmod(y, g, r)
                )
                // S: full round: word 4
                g := add(
                    addmod(
                        mulmod(0x1c5d02c1949973a7eea32e98324b5a1374979dce06ddb9b77a547557f129a19d, t9, r),
                        add(
                            mload(A4_P1),
                            add(
                                mulmod(0x32a3388b2c45be350474d29e5d854896a687cefbf792c726ef62682341e1c86, t7, r),
                                add(
                                    mulmod(0x2d77a20a623beb74505019dcafc7ed1138fe6dde95d1053be228cbf86d296373, t5, r),
                                    add(
                                        mulmod(0x201a5651dbcaeb0a0d55271c241d976eb81d7499a19896cd03a6f39538d85ab8, t3, r),
                                        mulmod(0x6436ace404c2296bed3a854faba9472abd5928678734af560ea696723d1ca6c, t1, r)
                                    )
                                )
                            )
                        ),
                        r
                    ),
                    mulmod(y, g, r)
                )
            }
            {
                let t11 := mulmod(y, y, r)
                mstore(T11, t11)
                let t12 := mulmod(y, t11, r)
                mstore(T12, t12)
                let t13 := mulmod(t11, t12, r)
                mstore(T13, t13)
                h := add(mulmod(h, t13, r), mulmod(g, mload(F8), r))
            }
            {
                // S: into partial rounds: word 0
                let t14 := pow5(add(0xa01776bb22f4b6b8eccff33e76fded3144fb7e3ac14e846a91e64afb1500eff, mload(A0)), r)
                mstore(T14, t14)
                // S: into partial rounds: word 1
                let t15 := 0x9fa487e7f5a0583903205ac467176e982991835de3fc7709778150adeff981e
                mstore(T16, pow5(mload(A0_P1), r))
                mstore(T17, mulmod(mload(T0), mload(T16), r))
                g := add(
                    addmod(
                        sub(
                            add(
                                r,
                                add(
                                    0x1b45534b9ec6cb0c7fdb99f1b37b5d71c0be5c954258aa4c6b36f57856be9f76,
                                    add(
                                        mload(A1_P1),
                                        add(
                                            mulmod(0x95f3708ff5e423df958bab911f85d8421370cff90207a810b676b02fa17e81c, mload(A2), r),
                                            mulmod(0x27a676f8c60d4141a946eaa09ae20ec8a2115b22dbb6f57ff5cc7d20e3ed134c, mload(A1), r)
                                        )
                                    )
                                )
                            ),
                            mulmod(t14, t15, r)
                        ),
                        sub(
                            add(
                                r,
                                add(
                                    mulmod(0x2f359c464aaf48390855f253dde592a8f62f71afee940262781c7701ebb20ee9, mload(A4), r),
                                    mulmod(0x89fc445bfdd0f1cc7806fe615cde730e175b3c5d276f5c71062f28cc7bf5ca4, mload(A3), r)
                                )
                            ),
                            mload(T17)
                        ),
                        r
                    ),
                    mulmod(
                        y,
                        addmod(
                            sub(sub(add(r, r), mulmod(mload(T6), mload(A3), r)), mulmod(mload(T8), mload(A4), r)),
                            sub(
                                sub(
                                    sub(
                                        add(
                                            0x268b7354d0de89a877d59664237fa98d6c834639932e1736d12a68ccc31958c3,
                                            add(mload(A0_P1), mul(3, r))
                                        ),
                                        mulmod(mload(T0), t14, r)
                                    ),
                                    mulmod(mload(T2), mload(A1), r)
                                ),
                                mulmod(mload(T4), mload(A2), r)
                            ),
                            r
                        ),
                        r
                    )
                )
                // S: into partial rounds: word 2
                mstore(T18, 0x178a9f23cdeb6ce9608c2fb4ba96142219852308a773fb8c3857a40c348b4f72)
                mstore(T19, pow5(mload(A1_P1), r))
                mstore(T20, mulmod(mload(T0), mload(T19), r))
                // S: into partial rounds: word 3
                mstore(T21, pow5(mload(A2_P1), r))
                mstore(T22, mulmod(mload(T0), mload(T21), r))
                g := add(
                    addmod(
                        add(
                            0x1ba3d9ba0db1389fca3a02f26536b25df97e02c1cec25a1a9503ebcb9f34c444,
                            add(
                                mload(A3_P1),
                                add(
                                    mulmod(0x2aadf9826e778b9baec611ab4074a43720e5dbc1acefbc97168bd5053e2b2a42, mload(A2), r),
                                    add(
                                        mulmod(0x90c5ed03c4c671652029de20885b16c417c22fba0ecd6a8ed6be752c5072c37, mload(A1), r),
                                        mulmod(0x1e44ce99bc20dc8819a1bb4ba0011bcfb66cac4b2956ddd21dccddc1bdfafe10, t14, r)
                                    )
                                )
                            )
                        ),
                        sub(
                            sub(
                                sub(
                                    add(
                                        mul(3, r),
                                        add(
                                            mulmod(0xa1031d59fe59980c0367a6440bbd57222d717300bd4f447ebe257cd5434d58f, mload(A4), r),
                                            mulmod(0x1ecb39efc998f472405cf7ebf59596212b8a47eec069f2a436474b017f661049, mload(A3), r)
                                        )
                                    ),
                                    mload(T22)
                                ),
                                mulmod(mload(T16), mload(T18), r)
                            ),
                            mulmod(t15, mload(T19), r)
                        ),
                        r
                    ),
                    mulmod(
                        y,
                        add(
                            addmod(
                                sub(
                                    add(
                                        r,
                                        add(
                                            0x36ea95ea8de127fe2481c89f735b3a2314091d80c1d75ba8a774bce00c7055d,
                                            add(
                                                mload(A2_P1),
                                                add(
                                                    mulmod(
                                                        0x2fb58ce64b9fb64f02fe08e6f9603f20ff174accfc67f611047872edc80f7419,
                                                        mload(A2),
                                                        r
                                                    ),
                                                    mulmod(
                                                        0x1a7fb9d35d74a64df3a65f67ffa3e30fe84b18cd5e336ba7245c5ba92cb3e706,
                                                        mload(A1),
                                                        r
                                                    )
                                                )
                                            )
                                        )
                                    ),
                                    mulmod(t14, mload(T18), r)
                                ),
                                sub(
                                    sub(
                                        add(
                                            r,
                                            add(
                                                r,
                                                add(
                                                    mulmod(
                                                        0x172bf261c168bc0060d9e2d378edaea6f5974f80bee8940fe26c23fe431e2fec,
                                                        mload(A4),
                                                        r
                                                    ),
                                                    mulmod(
                                                        0x10a93df59fd27f98502a0ae42603fc9f3871ce8af96eba0e92aa61358fe5df21,
                                                        mload(A3),
                                                        r
                                                    )
                                                )
                                            )
                                        ),
                                        mload(T20)
                                    ),
                                    mulmod(t15, mload(T16), r)
                                ),
                                r
                            ),
                            mulmod(y, g, r)
                        ),
                        r
                    )
                )
            }
            {
                let a3_p1 := mload(A3_P1)
                // S: into partial rounds: word 4
                mstore(T23, 0x218796dd338868e7300732cf5d3925c74c1badd0a32d8b41b96e555ddfe27869)
                mstore(T24, 0x2503f642cfcb5f06e1a18c68efca3c0672ed26edfc7e6e77513ba7a4c660ab53)
                mstore(T25, 0x2c01b6282fad3d37bdc72033b4d8da10494ac283ec74d5e63d72dbe06b4037c6)
                mstore(T26, 0x172f5e628cc26149dcc488004690cfa55faac52708481fffb3d4cfa3808b4051)
                mstore(T27, 0x74019237db9fbc928e4fceaf52b9ffe45ead67eab8e238cb18878e6b20b8a6c)
                mstore(T28, 0x14f6ab2c6caef74572f821bb82c4bda12a302be5aeb91ad1562b97b09db427d8)
                mstore(T29, mulmod(mload(T16), mload(T28), r))
                mstore(T30, 0x207da9637379529f714ecb391b8679e0e706aa377007317ef46da24e8f9124e)
                mstore(T31, mulmod(mload(T19), mload(T30), r))
                mstore(T32, 0xd1ecfc6e6ec39c56d953ff80bbbe31b5710aa74969d92b87beaf53de7935be3)
                mstore(T33, mulmod(mload(T21), mload(T32), r))
                mstore(T34, mulmod(mload(T0), pow5(a3_p1, r), r))
                g := add(
                    addmod(
                        sub(
                            sub(
                                sub(
                                    add(
                                        0x3b8feb4702fb09cb85a1d500cdd8f2849809d62676fc03bf9176aa36241069f,
                                        add(mload(A4_P1), mul(3, r))
                                    ),
                                    mulmod(mload(A0_P1), mload(T23), r)
                                ),
                                mulmod(mload(A1_P1), mload(T24), r)
                            ),
                            mulmod(mload(A2_P1), mload(T25), r)
                        ),
                        addmod(
                            sub(r, mload(T34)),
                            sub(
                                sub(sub(sub(sub(mul(5, r), mload(T29)), mload(T31)), mload(T33)), mulmod(a3_p1, mload(T26), r)),
                                mulmod(mload(T14), mload(T27), r)
                            ),
                            r
                        ),
                        r
                    ),
                    mulmod(y, g, r)
                )
                h := add(mulmod(h, mload(T13), r), mulmod(g, mload(F6_M5), r))
            }
            {
                let a1 := mload(A1)
                // S: partial rounds: word 0
                mstore(T35, pow5(mload(A0), r))
                mstore(T36, pow5(a1, r))
                mstore(T37, pow5(mload(A2), r))
                mstore(T38, pow5(mload(A3), r))
                mstore(T39, pow5(mload(A4), r))
                let t40 := mulmod(mload(T0), mload(T39), r)
                g := addmod(
                    sub(
                        sub(
                            sub(sub(add(mload(A0_P1), mul(4, r)), mload(F0)), mulmod(a1, mload(T23), r)),
                            mulmod(mload(A2), mload(T24), r)
                        ),
                        mulmod(mload(A3), mload(T25), r)
                    ),
                    addmod(
                        sub(r, t40),
                        sub(
                            sub(
                                sub(
                                    sub(sub(mul(5, r), mulmod(mload(A4), mload(T26), r)), mulmod(mload(T27), mload(T35), r)),
                                    mulmod(mload(T28), mload(T36), r)
                                ),
                                mulmod(mload(T30), mload(T37), r)
                            ),
                            mulmod(mload(T32), mload(T38), r)
                        ),
                        r
                    ),
                    r
                )
            }
            {
                // S: partial rounds: word 1
                let t41 := mulmod(mload(T32), mload(T39), r)
                g := add(
                    addmod(
                        sub(
                            sub(sub(sub(add(mload(A1_P1), mul(4, r)), mload(T17)), mload(F1)), mulmod(mload(A2), mload(T23), r)),
                            mulmod(mload(A3), mload(T24), r)
                        ),
                        addmod(
                            sub(r, t41),
                            sub(
                                sub(
                                    sub(
                                        sub(sub(mul(5, r), mulmod(mload(A4), mload(T25), r)), mulmod(mload(A0_P1), mload(T26), r)),
                                        mulmod(mload(T27), mload(T36), r)
                                    ),
                                    mulmod(mload(T28), mload(T37), r)
                                ),
                                mulmod(mload(T30), mload(T38), r)
                            ),
                            r
                        ),
                        r
                    ),
                    mulmod(y, g, r)
                )
            }
            {
                // S: partial rounds: word 2
                let t42 := mulmod(mload(T16), mload(T32), r)
                g := add(
                    addmod(
                        sub(
                            sub(sub(sub(add(mload(A2_P1), mul(4, r)), mload(T20)), mload(F2)), mulmod(mload(A3), mload(T23), r)),
                            mulmod(mload(A4), mload(T24), r)
                        ),
                        addmod(
                            sub(r, t42),
                            sub(
                                sub(
                                    sub(
                                        sub(
                                            sub(mul(5, r), mulmod(mload(A0_P1), mload(T25), r)),
                                            mulmod(mload(A1_P1), mload(T26), r)
                                        ),
                                        mulmod(mload(T27), mload(T37), r)
                                    ),
                                    mulmod(mload(T28), mload(T38), r)
                                ),
                                mulmod(mload(T30), mload(T39), r)
                            ),
                            r
                        ),
                        r
                    ),
                    mulmod(y, g, r)
                )
            }
            {
                // S: partial rounds: word 3
                let t43 := mulmod(mload(T19), mload(T32), r)
                g := add(
                    addmod(
                        sub(
                            sub(sub(sub(add(mload(A3_P1), mul(4, r)), mload(T22)), mload(F3)), mulmod(mload(A4), mload(T23), r)),
                            mulmod(mload(A0_P1), mload(T24), r)
                        ),
                        addmod(
                            sub(r, t43),
                            sub(
                                sub(
                                    sub(
                                        sub(
                                            sub(mul(5, r), mulmod(mload(A1_P1), mload(T25), r)),
                                            mulmod(mload(A2_P1), mload(T26), r)
                                        ),
                                        mulmod(mload(T27), mload(T38), r)
                                    ),
                                    mulmod(mload(T28), mload(T39), r)
                                ),
                                mulmod(mload(T16), mload(T30), r)
                            ),
                            r
                        ),
                        r
                    ),
                    mulmod(y, g, r)
                )
            }
            {
                // S: partial rounds: word 4
                let t44 := mulmod(mload(T27), mload(T39), r)
                g := add(
                    addmod(
                        sub(sub(sub(sub(add(mload(A4_P1), mul(4, r)), mload(T34)), mload(T33)), mload(T31)), mload(T29)),
                        addmod(
                            sub(r, t44),
                            sub(
                                sub(
                                    sub(
                                        sub(sub(mul(5, r), mload(F4)), mulmod(mload(A3_P1), mload(T26), r)),
                                        mulmod(mload(A2_P1), mload(T25), r)
                                    ),
                                    mulmod(mload(A1_P1), mload(T24), r)
                                ),
                                mulmod(mload(A0_P1), mload(T23), r)
                            ),
                            r
                        ),
                        r
                    ),
                    mulmod(y, g, r)
                )
                h := add(mulmod(h, mload(T13), r), mulmod(g, mload(F7), r))
            }
            {
                // S: out of partial rounds: word 0
                // S: out of partial rounds: S-box of round 59
                let t45 := 0x164ce7689cd34e715530d7a8f9f89493fa401f28866868300a07b795463d35d5
                // S: out of partial rounds: S-box of round 58
                let t46 := 0x146353a45fd9465d6ccb7ba26a617958f8573ad7ced04bd1e80e0a17947ca89e
                g := add(
                    addmod(
                        sub(
                            add(
                                r,
                                add(
                                    0xac189e55e33b9a3f572a3d2a0e6f9ea72b84bb6064757d6a5eb1107bda330e0,
                                    add(
                                        mload(T37),
                                        add(
                                            mulmod(
                                                0x29adfb31c90e29d37e74d4ecc9f35075e867f1326e418bd7e62f8275f717319c,
                                                mload(A2_P1),
                                                r
                                            ),
                                            mulmod(
                                                0x1f74f4d9f23da91fda1473782fc6a5decd40216e7171d9f0797ac73d2eabb48f,
                                                mload(A1_P1),
                                                r
                                            )
                                        )
                                    )
                                )
                            ),
                            mulmod(mload(A0_P1), t46, r)
                        ),
                        sub(
                            add(
                                r,
                                add(
                                    mulmod(0x1615abbaa9d33e28fd84184fcf84848bf21ec74566c9ad2b9c2682f6d98b794e, mload(A4_P1), r),
                                    mulmod(0xf7660afa6796d89aa1dbcb21fabd0f5f969850bf2fb8c1f4e9ed715a33a8f88, mload(A3_P1), r)
                                )
                            ),
                            mulmod(mload(A3), t45, r)
                        ),
                        r
                    ),
                    mulmod(
                        y,
                        add(
                            addmod(
                                mulmod(0xc04e3cd98c84e2db287d01e2c1add68422b44febfdc391ddf9fb39a694f0131, mload(A4_P1), r),
                                sub(
                                    add(
                                        r,
                                        add(
                                            mload(T38),
                                            add(
                                                mulmod(
                                                    0x339050c157ff7b18558655d6affc1f1a676adee6ae925a3a6a04251ed6458cc,
                                                    mload(A3_P1),
                                                    r
                                                ),
                                                add(
                                                    mulmod(
                                                        0x1bf9ad667a4ea99f28e46cc0c0da79fc4afc5ae1903bf8343aba815b8939977,
                                                        mload(A2_P1),
                                                        r
                                                    ),
                                                    mulmod(
                                                        0x12b0baa21f0b6ee7c641a3a880371f1315813176eb5dbd9473be73853a9f62a5,
                                                        mload(A1_P1),
                                                        r
                                                    )
                                                )
                                            )
                                        )
                                    ),
                                    mulmod(mload(A0_P1), t45, r)
                                ),
                                r
                            ),
                            mulmod(y, sub(add(r, mload(A0_P1)), mload(A4)), r)
                        ),
                        r
                    )
                )
                // S: out of partial rounds: S-box of round 57
                mstore(T47, 0x14a5a8672f532e8875cb3f6b2f9eea599ba1783fbdf59ba5b383eb8dde7c0a98)
                // S: out of partial rounds: S-box of round 56
                g := add(
                    addmod(
                        add(
                            0x731e75802ee639c69079de773a07ee1844e016d97524e49c21abee797cb2b22,
                            add(
                                mload(T35),
                                add(
                                    mulmod(0xbb264d97259033515ceff59854b56e0d62b7151c3b25335d34e358df41e071f, mload(A2_P1), r),
                                    add(
                                        mulmod(0xef3e3734d67b09fd4eb3353975bf320993451e37061c83fbdb6deb54e949f22, mload(A1_P1), r),
                                        mulmod(0x22c7af531bbc2d08520e2738f7f1482b29f70c63bb1170d3fddaea17ef9494ab, mload(A0_P1), r)
                                    )
                                )
                            )
                        ),
                        sub(
                            sub(
                                sub(
                                    add(
                                        mul(3, r),
                                        add(
                                            mulmod(
                                                0x300d65cfb1296ed40d7b62be683cc877dac2b8128419e8c9f537f3a2350f7b4d,
                                                mload(A4_P1),
                                                r
                                            ),
                                            mulmod(
                                                0x13cf7a7d772b1ff7c5b1715b3e50e6cd982a95fb6c04c884825b52d4678415ab,
                                                mload(A3_P1),
                                                r
                                            )
                                        )
                                    ),
                                    mulmod(mload(A3), mload(T47), r)
                                ),
                                mulmod(mload(A2), t46, r)
                            ),
                            mulmod(mload(A1), t45, r)
                        ),
                        r
                    ),
                    mulmod(
                        y,
                        add(
                            addmod(
                                sub(
                                    add(
                                        r,
                                        add(
                                            0x2fd833e80fcf9baa7cd6c16da3c4011ea49f8a817eea097a4ff227a4355d74c6,
                                            add(
                                                mload(T36),
                                                add(
                                                    mulmod(
                                                        0x17e2e56ef1459486b65323ffe043dd20a07fc1ecb310ccc43a6a81477e0b6d7f,
                                                        mload(A2_P1),
                                                        r
                                                    ),
                                                    mulmod(
                                                        0xe417a4c7dcf1dcb11d09ac6f40843b3cdf7988b567aab24489aea0cf36f9b97,
                                                        mload(A1_P1),
                                                        r
                                                    )
                                                )
                                            )
                                        )
                                    ),
                                    mulmod(mload(A0_P1), mload(T47), r)
                                ),
                                sub(
                                    sub(
                                        add(
                                            r,
                                            add(
                                                r,
                                                add(
                                                    mulmod(
                                                        0x1ae734bbd947224cee34722c1c44ba11aeb4538ab448e3b7c602231a79369922,
                                                        mload(A4_P1),
                                                        r
                                                    ),
                                                    mulmod(
                                                        0x22692e9253cd7d3680ae514e45e26a8c929064847258256b3a578466e3ec9c90,
                                                        mload(A3_P1),
                                                        r
                                                    )
                                                )
                                            )
                                        ),
                                        mulmod(mload(A3), t46, r)
                                    ),
                                    mulmod(mload(A2), t45, r)
                                ),
                                r
                            ),
                            mulmod(y, g, r)
                        ),
                        r
                    )
                )
                h := add(mulmod(h, mload(T13), r), mulmod(g, mload(F6_P4), r))
            }
            {
                let f11 := mload(F11)
                let a8 := mload(A8)
                // S: output
                // S: program: first field
                // S: program: multiplicity
                // S: program: equation
                h := add(
                    mulmod(
                        f11,
                        add(
                            mulmod(mload(F4), a8, r),
                            add(
                                mulmod(mload(F3), mload(A7_P3), r),
                                add(mulmod(mload(F2), mload(A8_P1), r), mulmod(mload(F1), mload(A7_P1), r))
                            )
                        ),
                        r
                    ),
                    mulmod(
                        y,
                        add(
                            mulmod(
                                sub(add(r, mload(A7)), f11),
                                mulmod(sub(add(r, f11), 3), mulmod(f11, sub(add(r, f11), 2), r), r),
                                r
                            ),
                            mulmod(
                                y,
                                add(
                                    mulmod(f11, sub(add(r, a8), mload(F0)), r),
                                    mulmod(
                                        y,
                                        add(mulmod(mload(F6), addmod(a8, sub(mul(5, r), mload(T10)), r), r), mulmod(y, h, r)),
                                        r
                                    )
                                ),
                                r
                            )
                        ),
                        r
                    )
                )
            }
            {
                let f9 := mload(F9)
                // S: group: 63-bit value
                let t48 := add(
                    mload(A5),
                    add(mulmod(0x8000000, mload(A6_P1), r), add(mulmod(0x40000, mload(A5_P1), r), mulmod(0x200, mload(A6), r)))
                )
                mstore(T48, t48)
                let t49 := addmod(
                    add(t48, mulmod(0x1000000000, mload(A5_P2), r)),
                    add(mulmod(0x40000000000000, mload(A5_P3), r), mulmod(0x200000000000, mload(A6_P2), r)),
                    r
                )
                mstore(T49, t49)
                // S: group: 9-bit value
                g := add(sub(add(r, mload(A7)), mload(A6_P3)), mulmod(y, sub(add(r, mload(A8)), t49), r))
                let t50 := 0x183227397098d014dc2822db40c0ac2e9419f4243cdcb848a1f0fac9f8000001
                mstore(T50, t50)
                h := add(
                    mulmod(h, mload(T11), r),
                    mulmod(g, mulmod(sub(add(r, f9), 3), mulmod(mulmod(t50, f9, r), sub(add(r, f9), 2), r), r), r)
                )
            }
            // S: step: capacity of the old permutation is 0
            // S: step: capacity of the new permutation is 0
            // S: step: old output beside the new one
            g := add(sub(add(r, mload(A7_P41)), mload(A8_P20)), mulmod(y, add(mload(A0_P21), mulmod(y, mload(A0), r)), r))
            h := add(mulmod(h, mload(T12), r), mulmod(g, mload(F10), r))
            {
                let a7_p2 := mload(A7_P2)
                let a8_p2 := mload(A8_P2)
                // S: position: present is a bit
                // S: position: long is a bit
                mstore(T51, sub(one, mload(A7)))
                // S: position: carried is 0 or present
                // S: position: S2 absent: no lots
                // S: position: S2 absent: word 0
                g := add(
                    mulmod(sub(one, a7_p2), add(mload(A8), mulmod(y, mload(T49), r)), r),
                    mulmod(
                        mload(T11),
                        add(
                            mulmod(a8_p2, sub(add(r, a7_p2), a8_p2), r),
                            mulmod(y, add(mulmod(mload(A7), mload(T51), r), mulmod(y, mulmod(a7_p2, sub(one, a7_p2), r), r)), r)
                        ),
                        r
                    )
                )
                // S: position: S2 ranks strictly increase
                // S: position: S3 carried positions are counted
                // S: position: S5 cash so far
                mstore(T52, add(a7_p2, mload(T49)))
                g := add(
                    sub(sub(add(r, add(r, mload(A8_P3))), mload(A8_M1)), mulmod(mload(A8_P1), mload(T52), r)),
                    mulmod(
                        y,
                        add(
                            sub(sub(add(r, add(r, mload(A7_P3))), mload(A7_M1)), a8_p2),
                            mulmod(
                                y,
                                add(
                                    mulmod(
                                        a7_p2,
                                        sub(
                                            sub(sub(add(mload(A7_P1), mul(3, r)), mload(A7_M3)), 2),
                                            mulmod(2, add(mload(A6_P3), mulmod(0x200, mload(A5_M22), r)), r)
                                        ),
                                        r
                                    ),
                                    mulmod(y, g, r)
                                ),
                                r
                            )
                        ),
                        r
                    )
                )
            }
            {
                let f9 := mload(F9)
                let t11 := mload(T11)
                let t53 := mulmod(t11, t11, r)
                mstore(T53, t53)
                let t54 := mulmod(t53, t53, r)
                mstore(T54, t54)
                mstore(
                    T55,
                    mulmod(
                        sub(add(r, f9), 3),
                        mulmod(
                            mulmod(f9, 0x183227397098d014dc2822db40c0ac2e9419f4243cdcb848a1f0fac9f8000000, r),
                            sub(add(r, f9), 1),
                            r
                        ),
                        r
                    )
                )
                h := add(mulmod(h, t54, r), mulmod(g, mload(T55), r))
            }
            {
                let a7_p13 := mload(A7_P13)
                let a7_p40 := mload(A7_P40)
                let a8_p9 := mload(A8_P9)
                // S: step: S8 chunk is a bit
                let t56 := sub(one, a8_p9)
                mstore(T56, t56)
                // S: step: S8 leaf is a bit
                // S: step: S8 node is a bit
                let t57 := sub(add(r, a7_p40), a7_p13)
                mstore(T57, t57)
                g := add(
                    mulmod(t57, sub(add(a7_p13, one), a7_p40), r),
                    mulmod(y, add(mulmod(a7_p13, sub(one, a7_p13), r), mulmod(y, mulmod(a8_p9, t56, r), r)), r)
                )
            }
            {
                let a7_m29 := mload(A7_M29)
                // S: step: S8 one kind at most
                let t58 := add(mload(A7_P13), mload(A8_P9))
                mstore(T58, t58)
                let t59 := add(t58, mload(T57))
                // S: step: S8 an account goes on exactly after a chunk
                // S: step: S8 nothing goes on after a leaf
                // S: step: S8 only chunk or leaf goes on
                g := add(
                    mulmod(mload(A8_P13), add(sub(add(r, one), t58), mulmod(y, a7_m29, r)), r),
                    mulmod(
                        mload(T11),
                        add(
                            sub(add(r, mload(A8_P13)), mload(A8_M33)),
                            mulmod(y, add(mulmod(t59, sub(add(one, mul(3, r)), t59), r), mulmod(y, g, r)), r)
                        ),
                        r
                    )
                )
                // S: step: S8 an account begins after a leaf
                // S: step: S8 the first step is an account's
                // S: step: S8 busy is chunk or live chain
                g := add(
                    sub(sub(add(r, add(r, mload(A7_P20))), mload(A8_P9)), mload(A7_P35)),
                    mulmod(
                        y,
                        add(
                            mulmod(sub(add(r, one), t58), mulmod(a7_m29, sub(add(r, a7_m29), 1), r), r),
                            mulmod(
                                y,
                                add(
                                    mulmod(
                                        sub(add(r, 2), a7_m29),
                                        mulmod(sub(one, a7_m29), mulmod(t58, sub(one, mload(A8_P13)), r), r),
                                        r
                                    ),
                                    mulmod(y, g, r)
                                ),
                                r
                            )
                        ),
                        r
                    )
                )
            }
            {
                let a8_p9 := mload(A8_P9)
                let a7_p28 := mload(A7_P28)
                let t56 := mload(T56)
                let a7_p24 := mload(A7_P24)
                // S: chunk: S2 word 0 is absorbed
                // S: chunk: S8 position 0 only in a chunk
                // S: chunk: S2 word 1 is absorbed
                g := add(
                    mulmod(a8_p9, sub(add(r, mload(A3)), mload(A8_P26)), r),
                    mulmod(
                        y,
                        add(
                            mulmod(t56, a7_p24, r),
                            mulmod(y, add(mulmod(a8_p9, sub(add(r, mload(A2)), mload(A8_P22)), r), mulmod(y, g, r)), r)
                        ),
                        r
                    )
                )
                // S: chunk: S8 position 1 only in a chunk
                // S: chunk: S2 word 2 is absorbed
                // S: chunk: S8 position 2 only in a chunk
                g := add(
                    mulmod(t56, mload(A7_P32), r),
                    mulmod(
                        y,
                        add(
                            mulmod(a8_p9, sub(add(r, mload(A4)), mload(A8_P30)), r),
                            mulmod(y, add(mulmod(t56, a7_p28, r), mulmod(y, g, r)), r)
                        ),
                        r
                    )
                )
                // S: chunk: a chunk has a position
                // S: chunk: S2 position 1 only after 0
                // S: chunk: S2 position 2 only after 1
                // S: chunk: S2 only the last chunk is padded
                mstore(T60, mulmod(a8_p9, mload(A8_P13), r))
                g := add(
                    mulmod(mload(T60), sub(one, mload(A7_M10)), r),
                    mulmod(
                        y,
                        add(
                            mulmod(mload(A7_P32), sub(one, a7_p28), r),
                            mulmod(
                                y,
                                add(mulmod(sub(one, a7_p24), add(a7_p28, mulmod(y, a8_p9, r)), r), mulmod(mload(T11), g, r)),
                                r
                            )
                        ),
                        r
                    )
                )
            }
            {
                let a8_p13 := mload(A8_P13)
                let a7_p24 := mload(A7_P24)
                // S: chunk: S2 digest begins with the count or goes on
                // S: chunk: S2 positions left
                // S: chunk: S2 rank before
                // S: chunk: S3 carried before
                // S: chunk: S5 cash before
                g := add(
                    mulmod(
                        mload(A8_P9),
                        add(
                            sub(add(r, mload(A8_P21)), mulmod(a8_p13, mload(A8_M9), r)),
                            mulmod(
                                y,
                                add(
                                    sub(
                                        sub(add(r, add(r, mload(A7_P21))), mulmod(a8_p13, mload(A7_M9), r)),
                                        mulmod(mload(A8_M40), sub(one, a8_p13), r)
                                    ),
                                    mulmod(y, sub(add(r, add(mload(A7_P19), 2)), mulmod(a8_p13, add(mload(A7_M11), 2), r)), r)
                                ),
                                r
                            )
                        ),
                        r
                    ),
                    mulmod(
                        mload(T12),
                        add(
                            mulmod(
                                mload(T60),
                                sub(sub(sub(sub(add(mload(A8_M42), mul(4, r)), mload(A8)), mload(A7_P32)), a7_p24), mload(A7_P28)),
                                r
                            ),
                            mulmod(
                                y,
                                add(
                                    mulmod(
                                        mload(A8_P9),
                                        sub(
                                            sub(add(r, add(r, mload(A1))), mulmod(mload(A7_M1), a8_p13, r)),
                                            mulmod(
                                                sub(one, a8_p13),
                                                add(
                                                    mload(A7_P28),
                                                    add(a7_p24, add(mload(A7_P32), add(0x706f730000000000000000, mload(A8))))
                                                ),
                                                r
                                            )
                                        ),
                                        r
                                    ),
                                    mulmod(y, g, r)
                                ),
                                r
                            )
                        ),
                        r
                    )
                )
            }
            {
                let a8_p39 := mload(A8_P39)
                let a7_p39 := mload(A7_P39)
                let a8_p19 := mload(A8_P19)
                let a8_p9 := mload(A8_P9)
                // S: chunk: S8 new 0 is 0, or 1 in a chunk
                // S: chunk: S8 new 1 is 0, or 1 in a chunk
                // S: chunk: S8 new 2 is 0, or 1 in a chunk
                g := add(
                    mulmod(a8_p19, sub(add(r, a8_p9), a8_p19), r),
                    mulmod(
                        y,
                        add(
                            mulmod(a8_p39, sub(add(r, a8_p9), a8_p39), r),
                            mulmod(y, add(mulmod(a7_p39, sub(add(r, a8_p9), a7_p39), r), mulmod(y, g, r)), r)
                        ),
                        r
                    )
                )
                // S: chunk: S6 new 1 only after 0
                // S: chunk: S6 padding after the last new word (1)
                // S: chunk: S6 new 2 only after 1
                g := add(
                    mulmod(a8_p19, sub(one, a8_p39), r),
                    mulmod(
                        y,
                        add(
                            mulmod(mload(A3_P21), mulmod(a7_p39, sub(one, a8_p39), r), r),
                            mulmod(y, add(mulmod(a8_p39, sub(one, a7_p39), r), mulmod(y, g, r)), r)
                        ),
                        r
                    )
                )
            }
            {
                let a8_p1 := mload(A8_P1)
                // S: chunk: S6 padding after the last new word (2)
                // S: chunk: begins is a bit
                // S: chunk: S6 the new list, once begun, goes on to the end
                mstore(T61, mulmod(mload(A7_M3), mload(A8_P13), r))
                // S: chunk: S6 only the last new chunk is padded
                g := add(
                    mulmod(sub(one, mload(A8_M23)), mulmod(mload(A7_M3), mload(T60), r), r),
                    mulmod(
                        y,
                        add(
                            mulmod(
                                mload(A8_P9),
                                add(
                                    sub(sub(add(r, add(r, mload(A7_P39))), a8_p1), mload(T61)),
                                    mulmod(y, mulmod(a8_p1, sub(one, a8_p1), r), r)
                                ),
                                r
                            ),
                            mulmod(
                                mload(T11),
                                add(mulmod(mload(A4_P21), mulmod(mload(A7_P39), sub(one, mload(A8_P19)), r), r), mulmod(y, g, r)),
                                r
                            )
                        ),
                        r
                    )
                )
                // S: chunk: S6 new digest begins with the count
                mstore(T62, 0x30644e72e131a029b85045b68181585d2833e8487949011e43e1f593f0000001)
                let t63 := add(mload(A8_P39), add(mload(A7_P39), mload(A8_P19)))
                // S: chunk: S6 new digest goes on
                // S: chunk: S6 new positions left
                // S: chunk: S6 new positions are counted on
                g := add(
                    mulmod(mload(T58), sub(sub(add(mload(A8_P2), mul(4, r)), mload(A8_M40)), t63), r),
                    mulmod(
                        y,
                        add(
                            mulmod(
                                mulmod(mload(A8_P9), sub(add(r, mload(A7_P39)), a8_p1), r),
                                add(
                                    mod(sub(sub(add(mload(A7_M41), mul(4, r)), mload(A7_P1)), t63), r),
                                    mulmod(y, sub(add(r, mload(A1_P21)), mload(A8_M1)), r)
                                ),
                                r
                            ),
                            mulmod(
                                mload(T11),
                                add(
                                    mulmod(
                                        mulmod(a8_p1, mload(A8_P9), r),
                                        addmod(sub(add(r, add(mload(T62), mload(A1_P21))), mload(A7_P1)), sub(mul(3, r), t63), r),
                                        r
                                    ),
                                    mulmod(y, g, r)
                                ),
                                r
                            )
                        ),
                        r
                    )
                )
            }
            {
                let t13 := mload(T13)
                let f10 := mload(F10)
                let t64 := mulmod(mload(T53), t13, r)
                mstore(T64, t64)
                let t65 := mulmod(t13, t13, r)
                mstore(T65, t65)
                let t66 := mulmod(t64, t65, r)
                mstore(T66, t66)
                let t67 := mulmod(t65, t65, r)
                mstore(T67, t67)
                mstore(T68, mulmod(t66, t67, r))
                mstore(T69, mulmod(add(1, f10), mulmod(mload(T50), f10, r), r))
                h := add(mulmod(h, mload(T68), r), mulmod(g, mload(T69), r))
            }
            {
                let t62 := mload(T62)
                let a8_p13 := mload(A8_P13)
                let t61 := mload(T61)
                // S: leaf: S6 same owner
                // S: leaf: S2 old digest
                // S: leaf: S6 new digest
                // S: leaf: S2 whole list absorbed
                g := add(
                    mulmod(a8_p13, mload(A8_M42), r),
                    mulmod(
                        y,
                        add(
                            sub(add(r, add(t62, mload(A3_P21))), mulmod(t61, add(t62, mload(A8_M1)), r)),
                            mulmod(
                                y,
                                add(
                                    sub(add(r, add(t62, mload(A3))), mulmod(a8_p13, add(t62, mload(A7_M1)), r)),
                                    mulmod(y, sub(add(r, mload(A1_P21)), mload(A1)), r)
                                ),
                                r
                            )
                        ),
                        r
                    )
                )
                // S: leaf: S6 whole new list absorbed
                // S: leaf: S3 all that is carried is listed
                // S: leaf: S5 nonce top limb
                // S: leaf: S1 index top limb
                g := add(
                    sub(add(r, mload(A7_P34)), mulmod(mload(A6_P3), 8, r)),
                    mulmod(
                        y,
                        add(
                            sub(add(r, mload(A5_P2)), mulmod(mload(A6_P1), 16, r)),
                            mulmod(
                                y,
                                add(
                                    mulmod(a8_p13, sub(add(r, mload(A7_M9)), mload(A8_P2)), r),
                                    mulmod(y, add(mulmod(t61, mload(A7_M41), r), mulmod(y, g, r)), r)
                                ),
                                r
                            )
                        ),
                        r
                    )
                )
            }
            {
                let t48 := mload(T48)
                // S: leaf: S5 cash' top bits
                // S: leaf: S5 new balance word
                let t70 := 0x100000000
                mstore(T71, 0x8000000000000000)
                mstore(T72, 0x40000000000000000000000000000000)
                let t73 := add(mload(A8_P8), add(mulmod(mload(A7_P8), mload(T72), r), mulmod(mload(T71), mload(A8_P38), r)))
                // S: leaf: S5 old balance word
                // S: leaf: S5 nonce' is not 0
                g := add(
                    sub(add(r, mulmod(mload(A7_P3), t48, r)), 1),
                    mulmod(
                        y,
                        add(
                            addmod(
                                sub(mul(4, r), t48),
                                sub(add(mload(A2), one), mulmod(t70, sub(add(r, t73), mulmod(mload(A8_P13), mload(A8_M9), r)), r)),
                                r
                            ),
                            mulmod(
                                y,
                                add(
                                    addmod(sub(add(r, mload(A2_P21)), mulmod(t70, t73, r)), sub(mul(4, r), t48), r),
                                    mulmod(y, add(sub(add(r, mload(A7_P38)), mulmod(128, mload(A7_P8), r)), mulmod(y, g, r)), r)
                                ),
                                r
                            )
                        ),
                        r
                    )
                )
                // S: leaf: S1 stands in the account tree
                g := add(
                    mod(
                        sub(
                            sub(sub(sub(add(mload(A8_P40), mul(4, r)), 0x10000000), mload(A6_P2)), mulmod(0x200, mload(A5_P3), r)),
                            mulmod(0x40000, mload(A6_P3), r)
                        ),
                        r
                    ),
                    mulmod(y, g, r)
                )
            }
            {
                let t12 := mload(T12)
                let t74 := mulmod(t12, t12, r)
                mstore(T74, t74)
                let t75 := mulmod(t12, mload(T53), r)
                mstore(T75, t75)
                let t76 := mulmod(t74, t75, r)
                mstore(T76, t76)
                h := add(mulmod(h, t76, r), mulmod(g, mulmod(mload(T69), mload(A7_P13), r), r))
            }
            // S: node: S1 heap number below 2^36
            h := add(mulmod(mulmod(mload(T69), mload(T57), r), sub(add(mload(A8_P40), mul(4, r)), mload(T48)), r), mulmod(y, h, r))
            {
                let t57 := mload(T57)
                // S: node: child 0: S8 touched is 0, or 1 in a node
                // S: node: child 0: heap number
                let t77 := mulmod(mload(A8_P40), 4, r)
                // S: node: child 0: old value
                // S: node: child 0: new value
                // S: node: child 0: S1 S7 untouched stays
                g := add(
                    mulmod(mulmod(t57, add(1, mload(A7)), r), sub(add(r, mload(A1)), mload(A1_P21)), r),
                    mulmod(
                        y,
                        add(
                            mulmod(
                                t57,
                                add(
                                    sub(add(r, mload(A8_P1)), mload(A1_P21)),
                                    mulmod(
                                        y,
                                        add(sub(add(r, mload(A7_P1)), mload(A1)), mulmod(y, sub(add(r, mload(A8)), t77), r)),
                                        r
                                    )
                                ),
                                r
                            ),
                            mulmod(mload(T12), mulmod(mload(A7), add(t57, mload(A7)), r), r)
                        ),
                        r
                    )
                )
                // S: node: child 1: S8 touched is 0, or 1 in a node
                // S: node: child 1: heap number
                // S: node: child 1: old value
                // S: node: child 1: new value
                // S: node: child 1: S1 S7 untouched stays
                g := add(
                    mulmod(mulmod(t57, add(mload(A7_P2), 1), r), sub(add(r, mload(A2)), mload(A2_P21)), r),
                    mulmod(
                        y,
                        add(
                            mulmod(
                                t57,
                                add(
                                    sub(add(r, mload(A8_P3)), mload(A2_P21)),
                                    mulmod(
                                        y,
                                        add(
                                            sub(add(r, mload(A7_P3)), mload(A2)),
                                            mulmod(y, sub(sub(add(r, add(r, mload(A8_P2))), t77), 1), r)
                                        ),
                                        r
                                    )
                                ),
                                r
                            ),
                            mulmod(mload(T12), add(mulmod(mload(A7_P2), add(t57, mload(A7_P2)), r), mulmod(y, g, r)), r)
                        ),
                        r
                    )
                )
                // S: node: child 2: S8 touched is 0, or 1 in a node
                // S: node: child 2: heap number
                // S: node: child 2: old value
                // S: node: child 2: new value
                // S: node: child 2: S1 S7 untouched stays
                g := add(
                    mulmod(mulmod(t57, add(mload(A7_P4), 1), r), sub(add(r, mload(A3)), mload(A3_P21)), r),
                    mulmod(
                        y,
                        add(
                            mulmod(
                                t57,
                                add(
                                    sub(add(r, mload(A8_P5)), mload(A3_P21)),
                                    mulmod(
                                        y,
                                        add(
                                            sub(add(r, mload(A7_P5)), mload(A3)),
                                            mulmod(y, sub(sub(add(r, add(r, mload(A8_P4))), t77), 2), r)
                                        ),
                                        r
                                    )
                                ),
                                r
                            ),
                            mulmod(mload(T12), add(mulmod(mload(A7_P4), add(mload(A7_P4), t57), r), mulmod(y, g, r)), r)
                        ),
                        r
                    )
                )
                // S: node: child 3: S8 touched is 0, or 1 in a node
                // S: node: child 3: heap number
                // S: node: child 3: old value
                // S: node: child 3: new value
                // S: node: child 3: S1 S7 untouched stays
                g := add(
                    mulmod(mulmod(t57, add(mload(A7_P6), 1), r), sub(add(r, mload(A4)), mload(A4_P21)), r),
                    mulmod(
                        y,
                        add(
                            mulmod(
                                t57,
                                add(
                                    sub(add(r, mload(A8_P7)), mload(A4_P21)),
                                    mulmod(
                                        y,
                                        add(
                                            sub(add(r, mload(A7_P7)), mload(A4)),
                                            mulmod(y, sub(sub(add(r, add(r, mload(A8_P6))), t77), 3), r)
                                        ),
                                        r
                                    )
                                ),
                                r
                            ),
                            mulmod(mload(T12), add(mulmod(mload(A7_P6), add(mload(A7_P6), t57), r), mulmod(y, g, r)), r)
                        ),
                        r
                    )
                )
            }
            {
                let a7_p36 := mload(A7_P36)
                let a7_p9 := mload(A7_P9)
                // S: chain: present is a bit
                // S: chain: absent: no long message
                // S: chain: absent: no short message
                // S: chain: goes on until the last sentinel
                // S: chain: live until the last sentinel
                // S: chain: sentinel is 0 or present
                // S: chain: sentinel word
                g := add(
                    mulmod(sub(r, a7_p36), add(sub(add(r, mload(A7_P37)), mload(A8_P10)), mulmod(y, add(a7_p36, a7_p9), r)), r),
                    mulmod(
                        mload(T11),
                        add(
                            sub(
                                add(
                                    r,
                                    add(mload(A7_P35), mulmod(sub(r, a7_p36), sub(one, mulmod(mload(A8_P36), mload(A8_P36), r)), r))
                                ),
                                a7_p9
                            ),
                            mulmod(
                                y,
                                add(
                                    mulmod(
                                        sub(one, a7_p9),
                                        add(
                                            mload(A7_M7),
                                            mulmod(y, add(mload(A7_P14), mulmod(y, add(mload(A7_P10), mulmod(y, a7_p9, r)), r)), r)
                                        ),
                                        r
                                    ),
                                    mulmod(mload(T53), g, r)
                                ),
                                r
                            )
                        ),
                        r
                    )
                )
                // S: chain: inside is 0 or present
                // S: chain: S3 only a carried series is offered, long
                // S: chain: S3 only a carried series is offered, short
                // S: chain: S3 a settled series goes to its open interest
                g := add(
                    sub(add(r, mload(A7_P17)), mulmod(mload(A8_P35), add(a7_p36, 1), r)),
                    mulmod(
                        y,
                        add(
                            mulmod(sub(add(r, mload(A8_P35)), a7_p36), add(mload(A7_P14), mulmod(y, mload(A7_P10), r)), r),
                            mulmod(mload(T11), add(mulmod(mload(A8_P35), sub(add(r, a7_p9), mload(A8_P35)), r), mulmod(y, g, r)), r)
                        ),
                        r
                    )
                )
            }
            // S: chain: S2 words strictly increase
            // S: chain: ranks count
            // S: chain: S3 inside between sentinels
            // S: chain: S4 a carried series pays nothing, long
            mstore(
                T78,
                add(
                    mload(A8_P11),
                    mulmod(
                        y,
                        add(
                            sub(
                                sub(add(r, add(r, mload(A8_P35))), mulmod(mload(A7_M7), mload(A8_M7), r)),
                                mulmod(mload(A8_P36), sub(r, mload(A7_P36)), r)
                            ),
                            mulmod(
                                y,
                                add(
                                    sub(
                                        sub(add(r, add(r, mload(A7_P11))), mload(A8_P35)),
                                        mulmod(mload(A7_M7), sub(add(r, add(mload(A7_M31), 2)), mload(A8_M7)), r)
                                    ),
                                    mulmod(
                                        y,
                                        mod(
                                            sub(
                                                sub(
                                                    sub(
                                                        sub(add(mload(A8_P10), mul(4, r)), mload(A8_P12)),
                                                        mulmod(mload(T71), mload(A8_P16), r)
                                                    ),
                                                    mulmod(mload(T72), mload(A8_P34), r)
                                                ),
                                                mulmod(mload(A7_M7), add(mload(A8_M32), 1), r)
                                            ),
                                            r
                                        ),
                                        r
                                    )
                                ),
                                r
                            )
                        ),
                        r
                    )
                )
            )
            // S: chain: short message: word
            // S: chain: short message: rank
            // S: chain: S4 a carried series pays nothing, short
            // S: chain: rank message: word
            // S: chain: rank message: rank
            // S: chain: rank message: ordinal
            g := add(
                mulmod(
                    mload(A7_P9),
                    add(
                        sub(add(r, mload(A8_P18)), mulmod(mload(A7_M7), add(mload(A7_M25), mload(A8_M24)), r)),
                        mulmod(y, sub(add(r, mload(A7_P18)), mload(A7_P11)), r)
                    ),
                    r
                ),
                mulmod(
                    mload(T11),
                    add(
                        mulmod(
                            mload(A7_P9),
                            add(
                                sub(add(r, mload(A8_P17)), mload(A8_P10)),
                                mulmod(
                                    y,
                                    add(
                                        mload(A8_P15),
                                        mulmod(
                                            y,
                                            add(
                                                sub(add(r, mload(A7_P15)), mload(A7_P11)),
                                                mulmod(y, sub(add(r, mload(A8_P14)), mload(A8_P10)), r)
                                            ),
                                            r
                                        )
                                    ),
                                    r
                                )
                            ),
                            r
                        ),
                        mulmod(mload(T53), add(mulmod(mload(A7_P9), mload(T78), r), mulmod(mload(T53), g, r)), r)
                    ),
                    r
                )
            )
            {
                let t79 := mulmod(mload(T13), mload(T74), r)
                mstore(T79, t79)
                let t80 := mulmod(mload(T65), t79, r)
                mstore(T80, t80)
                let t81 := mulmod(mload(T67), t80, r)
                mstore(T81, t81)
                h := add(mulmod(h, t81, r), mulmod(g, mload(T69), r))
            }
            {
                let a8 := mload(A8)
                let a7_p4 := mload(A7_P4)
                let a7 := mload(A7)
                // S: interest: present is a bit
                // S: interest: first is 0 or present
                g := add(mulmod(a7, sub(add(r, a8), a7), r), mulmod(y, mulmod(a8, sub(one, a8), r), r))
                // S: interest: last is 0 or present
                // S: interest: S9 the list goes on until its last series
                g := add(
                    mulmod(mulmod(a8, sub(one, a7_p4), r), sub(one, mulmod(mload(A8_P42), sub(one, mload(A7_P42)), r)), r),
                    mulmod(y, add(mulmod(a7_p4, sub(add(r, a8), a7_p4), r), mulmod(y, g, r)), r)
                )
                // S: interest: the step before is not busy
                // S: interest: S9 long message: lots settled
                let t82 := mulmod(mload(A7_P2), 5, r)
                mstore(T82, t82)
                g := add(
                    sub(add(r, t82), mulmod(a8, sub(add(r, mload(A3)), mload(A3_P21)), r)),
                    mulmod(y, add(mload(A7_M22), mulmod(y, g, r)), r)
                )
                // S: interest: S9 short message: lots settled
                mstore(T83, mulmod(4, mload(A7_P6), r))
                // S: interest: passes is 0 or present
                let t84 := sub(add(r, a8), mload(A8_P37))
                mstore(T84, t84)
                // S: interest: S9 a passing series keeps its long lots
                // S: interest: S9 a passing series keeps its short lots
                g := add(
                    mulmod(mload(A8_P37), add(mload(T83), mulmod(y, add(t82, mulmod(y, t84, r)), r)), r),
                    mulmod(
                        mload(T12),
                        add(sub(add(r, mload(T83)), mulmod(a8, sub(add(r, mload(A4)), mload(A4_P21)), r)), mulmod(y, g, r)),
                        r
                    )
                )
                // S: interest: rank message is taken
                // S: interest: price message is taken
                g := add(add(t84, mload(A7_P14)), mulmod(y, add(add(t84, mload(A7_P10)), mulmod(y, g, r)), r))
                // S: interest: fees message is taken
                // S: interest: scale message is taken
                g := add(add(mload(A7_P22), a8), mulmod(y, add(add(mload(A7_P18), a8), mulmod(y, g, r)), r))
                // S: interest: expiry message is taken by the first
                // S: interest: slot message is sent by the last
                g := add(sub(add(r, mload(A7_P30)), a7_p4), mulmod(y, add(add(mload(A7_P26), a7), mulmod(y, g, r)), r))
                // S: interest: totals message is sent by the last
                // S: interest: close stays
                g := add(
                    mulmod(sub(add(r, a8), a7), sub(add(r, mload(A8_P4)), mload(A8_M38)), r),
                    mulmod(y, add(sub(add(r, mload(A7_P34)), a7_p4), mulmod(y, g, r)), r)
                )
            }
            {
                let a7_p37 := mload(A7_P37)
                let a8_p4 := mload(A8_P4)
                // S: interest: close is the public one
                // S: interest: expiry message: key
                // S: interest: slot message: old digest
                // S: interest: S9 slot message: new digest, empty when closed
                // S: interest: slot message: heap number
                // S: interest: slot below 256
                g := add(
                    mulmod(
                        mload(A7_P4),
                        add(
                            sub(add(r, mload(A7_P25)), mulmod(2, a7_p37, r)),
                            mulmod(
                                y,
                                add(
                                    sub(sub(add(r, add(r, mload(A8_P30))), 0x1100), a7_p37),
                                    mulmod(
                                        y,
                                        add(
                                            sub(add(r, mload(A8_P31)), mulmod(mload(A8_P41), sub(one, a8_p4), r)),
                                            mulmod(y, sub(add(r, mload(A7_P31)), mload(A8_P20)), r)
                                        ),
                                        r
                                    )
                                ),
                                r
                            )
                        ),
                        r
                    ),
                    mulmod(
                        mload(T53),
                        add(
                            mulmod(mload(A7), add(mload(A8_P26), mulmod(y, sub(add(r, a8_p4), mload(A8_P27)), r)), r),
                            mulmod(mload(T11), g, r)
                        ),
                        r
                    )
                )
            }
            {
                let a8_p2 := mload(A8_P2)
                // S: interest: totals message: key
                // S: interest: totals message: payouts
                // S: interest: totals message: fees
                // S: interest: S9 old digest begins with the expiry or goes on
                let t85 := mulmod(mload(A7), add(mload(A7_P27), 0x6f690000000000000000), r)
                // S: interest: S9 new digest begins with the expiry or goes on
                // S: interest: old row: word
                // S: interest: new row: word
                g := add(
                    mulmod(
                        mload(A8),
                        add(
                            sub(add(r, mload(A2_P21)), a8_p2),
                            mulmod(
                                y,
                                add(
                                    sub(add(r, mload(A2)), a8_p2),
                                    mulmod(
                                        y,
                                        add(
                                            sub(sub(add(r, add(r, mload(A1_P21))), t85), mulmod(mload(T51), mload(A8_M1), r)),
                                            mulmod(
                                                y,
                                                sub(sub(add(r, add(r, mload(A1))), t85), mulmod(mload(T51), mload(A7_M1), r)),
                                                r
                                            )
                                        ),
                                        r
                                    )
                                ),
                                r
                            )
                        ),
                        r
                    ),
                    mulmod(
                        mload(T53),
                        add(
                            mulmod(
                                mload(A7_P4),
                                add(
                                    sub(add(r, mload(A8_P35)), mload(A8_P24)),
                                    mulmod(y, add(sub(add(r, mload(A7_P35)), mload(A8_P39)), mulmod(y, mload(A8_P34), r)), r)
                                ),
                                r
                            ),
                            mulmod(mload(T12), g, r)
                        ),
                        r
                    )
                )
            }
            {
                let a8 := mload(A8)
                let t53 := mload(T53)
                // S: interest: S9 long' is an amount
                // S: interest: S9 short' is an amount
                // S: interest: S9 closed: no long lots left
                // S: interest: S9 closed: no short lots left
                // S: interest: S9 closed: clearing' is 0
                // S: interest: long message: net per lot
                // S: interest: short message: word
                // S: interest: short message: rank
                g := add(
                    mulmod(
                        a8,
                        add(
                            sub(add(r, mload(A7_P7)), mload(A7_P3)),
                            mulmod(
                                y,
                                add(
                                    sub(add(r, mload(A8_P6)), mload(A8_P2)),
                                    mulmod(
                                        y,
                                        add(
                                            sub(add(r, add(mload(A8_P29), mload(A8_P3))), mload(A8_P38)),
                                            mulmod(
                                                y,
                                                mulmod(
                                                    mload(A8_P4),
                                                    add(
                                                        0x30644e72e131a029b85045b68181585ca833e84879b9709143e1f593f0000001,
                                                        mload(A8_P23)
                                                    ),
                                                    r
                                                ),
                                                r
                                            )
                                        ),
                                        r
                                    )
                                ),
                                r
                            )
                        ),
                        r
                    ),
                    mulmod(
                        t53,
                        add(
                            mulmod(
                                a8,
                                add(
                                    mulmod(mload(A8_P4), mload(A8_P25), r),
                                    mulmod(
                                        y,
                                        add(
                                            mulmod(mload(A8_P21), mload(A8_P4), r),
                                            mulmod(
                                                y,
                                                add(
                                                    sub(add(r, mload(A4_P21)), mload(A8_P25)),
                                                    mulmod(y, sub(add(r, mload(A3_P21)), mload(A8_P21)), r)
                                                ),
                                                r
                                            )
                                        ),
                                        r
                                    )
                                ),
                                r
                            ),
                            mulmod(t53, g, r)
                        ),
                        r
                    )
                )
                // S: interest: short message: net per lot
                // S: interest: rank message: word
                // S: interest: rank message: rank
                // S: interest: rank message: ordinal
                // S: interest: fees message: key
                // S: interest: scale message: key
                // S: interest: ordinals count
                // S: interest: S7 payouts so far
                g := add(
                    mulmod(
                        a8,
                        add(
                            sub(
                                sub(add(r, add(r, mload(A8_P39))), mulmod(mload(T51), mload(A8_M3), r)),
                                mulmod(mload(A8_P38), sub(add(r, mload(T82)), mload(T83)), r)
                            ),
                            mulmod(
                                y,
                                add(
                                    sub(
                                        sub(add(r, add(r, add(mload(A8_P37), mload(A7_P39)))), a8),
                                        mulmod(mload(T51), mload(A7_M3), r)
                                    ),
                                    mulmod(y, add(sub(add(r, mload(A8_P22)), 2), mulmod(y, sub(add(r, mload(A8_P18)), 1), r)), r)
                                ),
                                r
                            )
                        ),
                        r
                    ),
                    mulmod(
                        t53,
                        add(
                            mulmod(
                                a8,
                                add(
                                    sub(add(mload(A8_P11), one), mload(A7_P39)),
                                    mulmod(
                                        y,
                                        add(
                                            sub(add(r, mload(A7_P11)), mload(A7_P3)),
                                            mulmod(
                                                y,
                                                add(
                                                    sub(add(r, mload(A8_P10)), mload(A8_P2)),
                                                    mulmod(y, add(mload(A8_P7), add(mload(A8_P38), mload(A8_P29))), r)
                                                ),
                                                r
                                            )
                                        ),
                                        r
                                    )
                                ),
                                r
                            ),
                            mulmod(t53, g, r)
                        ),
                        r
                    )
                )
                // S: interest: S7 fees so far
                // S: interest: kind 1 is a bit
                g := add(
                    mulmod(mload(A7_P8), sub(one, mload(A7_P8)), r),
                    mulmod(
                        y,
                        add(
                            mulmod(
                                a8,
                                sub(
                                    sub(add(r, add(r, mload(A8_P24))), mulmod(mload(T51), mload(A8_M18), r)),
                                    mulmod(mload(A8_P29), add(mload(T83), mload(T82)), r)
                                ),
                                r
                            ),
                            mulmod(y, g, r)
                        ),
                        r
                    )
                )
            }
            {
                let a7_p12 := mload(A7_P12)
                let a7_p16 := mload(A7_P16)
                let a8_p12 := mload(A8_P12)
                let a8_p8 := mload(A8_P8)
                // S: interest: kind 2 is a bit
                // S: interest: kind 3 is a bit
                g := add(mulmod(a7_p12, sub(one, a7_p12), r), mulmod(y, add(mulmod(a8_p8, sub(one, a8_p8), r), mulmod(y, g, r)), r))
                // S: interest: kind 4 is a bit
                // S: interest: kind 5 is a bit
                g := add(
                    mulmod(a7_p16, sub(one, a7_p16), r),
                    mulmod(y, add(mulmod(a8_p12, sub(one, a8_p12), r), mulmod(y, g, r)), r)
                )
            }
            {
                let a7_p24 := mload(A7_P24)
                // S: interest: kind 6 is a bit
                // S: interest: kind 7 is a bit
                g := add(
                    mulmod(a7_p24, sub(one, a7_p24), r),
                    mulmod(y, add(mulmod(mload(A8_P16), sub(one, mload(A8_P16)), r), mulmod(y, g, r)), r)
                )
                // S: interest: kind 8 is a bit
                let t86 := addmod(
                    sub(sub(sub(add(mload(T84), mul(3, r)), mload(A7_P8)), mload(A8_P8)), mload(A7_P12)),
                    sub(sub(sub(mul(3, r), mload(A8_P12)), mload(A7_P16)), mload(A8_P16)),
                    r
                )
                let t87 := sub(add(r, t86), a7_p24)
                // S: interest: S4 word = underlying, expiry | kind | strike | cap
                mstore(
                    T88,
                    mulmod(
                        0x30644e72e131a029b85045b68181585c2833e84879b9709143e1f593f0000001,
                        addmod(
                            add(
                                mload(A7_P8),
                                add(
                                    mulmod(5, mload(A7_P16), r),
                                    add(mulmod(4, mload(A8_P12), r), add(mulmod(3, mload(A7_P12), r), mulmod(2, mload(A8_P8), r)))
                                )
                            ),
                            add(mulmod(8, t87, r), add(mulmod(a7_p24, 7, r), mulmod(mload(A8_P16), 6, r))),
                            r
                        ),
                        r
                    )
                )
                mstore(T89, add(t87, a7_p24))
                g := add(
                    mulmod(
                        mload(T84),
                        sub(
                            add(
                                r,
                                add(
                                    mload(T88),
                                    add(
                                        mload(A8_P2),
                                        add(
                                            mulmod(
                                                0x30644e72e131a029b85045b68181585d2833e84879b9709043e1f593f0000001,
                                                mload(A8_P1),
                                                r
                                            ),
                                            mulmod(
                                                0x30644e72e131a029b85045b68181575d2833e84879b9709143e1f593f0000001,
                                                mload(A7_P15),
                                                r
                                            )
                                        )
                                    )
                                )
                            ),
                            mulmod(mload(A8_P5), sub(add(r, add(r, one)), mload(T89)), r)
                        ),
                        r
                    ),
                    mulmod(y, add(mulmod(t87, sub(add(a7_p24, one), t86), r), mulmod(y, g, r)), r)
                )
            }
            {
                let a7_p28 := mload(A7_P28)
                // S: interest: S4 plain kinds have no cap
                // S: interest: S4 price reaches the cap: a bit
                g := add(
                    mulmod(a7_p28, sub(one, a7_p28), r),
                    mulmod(y, add(mulmod(mload(A8_P5), add(mload(A8_P8), mload(A7_P8)), r), mulmod(y, g, r)), r)
                )
                // S: interest: S4 above the strike: a bit
                // S: interest: S4 distance to the cap
                g := add(
                    mulmod(
                        add(mload(A7_P12), mload(A8_P12)),
                        sub(
                            sub(add(r, add(r, mload(A8_P15))), mload(A8_P5)),
                            mulmod(mload(A8_P13), sub(add(r, add(a7_p28, a7_p28)), 1), r)
                        ),
                        r
                    ),
                    mulmod(y, add(mulmod(mload(A8_P28), sub(one, mload(A8_P28)), r), mulmod(y, g, r)), r)
                )
                // S: interest: S4 capped price
                // S: interest: S4 distance to the strike
                // S: interest: S4 not at the strike
                g := add(
                    sub(add(r, mload(A8_P32)), mulmod(mload(A8_P9), mload(A7_P32), r)),
                    mulmod(
                        y,
                        add(
                            mulmod(
                                mload(T84),
                                add(
                                    sub(
                                        sub(add(r, add(r, mload(A8_P36))), mload(A8_P1)),
                                        mulmod(mload(A8_P9), sub(add(r, add(mload(A8_P28), mload(A8_P28))), 1), r)
                                    ),
                                    mulmod(
                                        y,
                                        sub(
                                            sub(
                                                add(
                                                    r,
                                                    add(
                                                        r,
                                                        add(
                                                            mload(A8_P36),
                                                            mulmod(mload(A8_P13), mulmod(a7_p28, mload(A7_P12), r), r)
                                                        )
                                                    )
                                                ),
                                                mload(A8_P15)
                                            ),
                                            mulmod(mload(A8_P13), mulmod(mload(A8_P12), sub(one, a7_p28), r), r)
                                        ),
                                        r
                                    )
                                ),
                                r
                            ),
                            mulmod(mload(T11), g, r)
                        ),
                        r
                    )
                )
            }
            {
                // S: interest: S4 at the strike or not
                // S: interest: S4 intrinsic value
                let t90 := add(mload(A7_P12), add(mload(A7_P8), add(mload(A7_P16), mload(A7_P24))))
                let t91 := mulmod(mload(A8_P28), t90, r)
                let t92 := mulmod(sub(one, mload(A8_P28)), sub(add(one, mul(3, r)), t90), r)
                // S: interest: S4 digital pays
                // S: interest: S4 payoff per lot
                g := add(
                    mulmod(
                        mload(T84),
                        add(
                            sub(
                                sub(
                                    sub(
                                        add(mload(A8_P38), mul(3, r)),
                                        mulmod(
                                            mload(A7_P40),
                                            add(mload(A7_P12), add(mload(A8_P12), add(mload(A8_P8), mload(A7_P8)))),
                                            r
                                        )
                                    ),
                                    mulmod(mload(A8_P5), mload(T89), r)
                                ),
                                mulmod(mload(A8_P5), mulmod(mload(A8_P40), add(mload(A7_P16), mload(A8_P16)), r), r)
                            ),
                            mulmod(
                                y,
                                add(
                                    sub(add(r, mload(A8_P40)), mulmod(mload(A8_P32), add(t92, t91), r)),
                                    mulmod(
                                        y,
                                        sub(
                                            sub(add(r, add(r, mload(A7_P40))), mulmod(mload(A8_P9), t91, r)),
                                            mulmod(mload(A8_P9), t92, r)
                                        ),
                                        r
                                    )
                                ),
                                r
                            )
                        ),
                        r
                    ),
                    mulmod(mload(T12), add(mulmod(mload(A8_P9), sub(one, mload(A8_P32)), r), mulmod(y, g, r)), r)
                )
            }
            {
                let a7_p36 := mload(A7_P36)
                let a8_p13 := mload(A8_P13)
                // S: interest: S4 inverse: scale intrinsic = payoff price + remainder
                // S: interest: S4 inverse: remainder below the price
                // S: interest: S4 fee by rate: a bit
                g := add(
                    mulmod(a7_p36, sub(one, a7_p36), r),
                    mulmod(
                        y,
                        add(
                            mulmod(
                                mload(T89),
                                add(
                                    sub(sub(sub(add(mload(A8_P15), mul(3, r)), 1), a8_p13), mload(A8_P17)),
                                    mulmod(
                                        y,
                                        sub(
                                            sub(add(r, add(r, mulmod(mload(A7_P40), mload(A7_P23), r))), a8_p13),
                                            mulmod(mload(A8_P5), mload(A8_P15), r)
                                        ),
                                        r
                                    )
                                ),
                                r
                            ),
                            mulmod(mload(T11), g, r)
                        ),
                        r
                    )
                )
            }
            {
                // S: interest: S4 notional
                // S: interest: S4 fee is a floor
                let t93 := mulmod(
                    mload(A7_P36),
                    sub(add(r, mulmod(mload(A7_P19), mload(A7_P38), r)), mulmod(mload(A8_P19), mload(A8_P38), r)),
                    r
                )
                mstore(T94, add(mload(A7_P1), mulmod(0x200, mload(A7_P5), r)))
                // S: interest: S4 rest below the unit
                // S: interest: S4 fee is the smaller one
                mstore(T95, mulmod(0x30644e72e131a029b85045b68181585d2833e84879b96f9143e1f593f0000001, mload(A7_P29), r))
                mstore(
                    T96,
                    add(
                        addmod(
                            mload(T95),
                            sub(
                                sub(
                                    sub(sub(add(mul(4, r), mulmod(mload(A7_P19), mload(A7_P38), r)), t93), mload(A8_P33)),
                                    mulmod(mload(A8_P29), 0x186a0, r)
                                ),
                                mulmod(mload(T71), mload(A7_P33), r)
                            ),
                            r
                        ),
                        mulmod(
                            y,
                            add(
                                mod(sub(add(r, add(mload(A7_P9), add(mload(T94), mulmod(0x200, mload(A7_P13), r)))), 0x1869f), r),
                                mulmod(
                                    y,
                                    add(
                                        mod(
                                            sub(
                                                sub(add(t93, add(mul(3, r), mulmod(mload(A8_P19), mload(A8_P38), r))), mload(T94)),
                                                mulmod(mload(A8_P29), 0x186a0, r)
                                            ),
                                            r
                                        ),
                                        mulmod(
                                            y,
                                            sub(
                                                sub(add(r, add(r, mload(A7_P38))), mload(A8_P15)),
                                                mulmod(mload(T89), sub(add(r, mload(A7_P23)), mload(A8_P15)), r)
                                            ),
                                            r
                                        )
                                    ),
                                    r
                                )
                            ),
                            r
                        )
                    )
                )
                g := add(mulmod(mload(T84), mload(T96), r), mulmod(mload(T53), g, r))
            }
            {
                let t66 := mload(T66)
                let f10 := mload(F10)
                let t64 := mload(T64)
                let t97 := mulmod(t64, t64, r)
                mstore(T97, t97)
                mstore(T98, mulmod(t97, t66, r))
                mstore(T99, mulmod(t66, t66, r))
                let t100 := mulmod(mload(T98), mload(T99), r)
                mstore(T100, t100)
                h := add(mulmod(h, t100, r), mulmod(g, mulmod(mulmod(mload(T50), f10, r), sub(add(r, f10), 1), r), r))
            }
            {
                let c1 := mload(C1)
                // S: bus: running sum 0
                let t101 := sub(sub(add(r, add(r, mload(C0))), 11), mulmod(mload(A5), c1, r))
                let t102 := sub(sub(add(r, add(r, mload(C0))), 11), mulmod(mload(A6), c1, r))
                mstore(
                    T103,
                    mulmod(
                        c1,
                        add(
                            0x2fe44e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001,
                            add(
                                mload(A8),
                                mulmod(
                                    0x30644e72e131a029b75045b68181585d2833e84879b9709143e1f593f0000001,
                                    mulmod(mload(T52), sub(add(r, add(mload(A7), mload(A7))), 1), r),
                                    r
                                )
                            )
                        ),
                        r
                    )
                )
                mstore(T104, mulmod(c1, c1, r))
                mstore(T105, mulmod(mload(T104), sub(add(r, add(mload(A7_P2), mload(A7_P1))), mload(A8_P2)), r))
                mstore(T106, mulmod(mload(A8_P1), mulmod(c1, mload(T104), r), r))
                mstore(
                    T107,
                    addmod(
                        sub(r, mload(T106)),
                        sub(sub(sub(sub(add(mload(C0), mul(4, r)), mload(A7)), 4), mload(T103)), mload(T105)),
                        r
                    )
                )
                mstore(
                    T108,
                    mulmod(
                        mload(F12),
                        mulmod(mload(T107), mulmod(t102, mulmod(t101, sub(add(r, mload(A9_P1)), mload(A9)), r), r), r),
                        r
                    )
                )
                mstore(T109, mulmod(t102, mulmod(t101, sub(r, mulmod(mload(T55), mload(T52), r)), r), r))
                h := add(
                    sub(
                        sub(
                            sub(add(mload(T108), mul(3, r)), mload(T109)),
                            mulmod(mload(T107), mulmod(t102, sub(r, mload(F12)), r), r)
                        ),
                        mulmod(mload(T107), mulmod(t101, sub(r, mload(F12)), r), r)
                    ),
                    mulmod(y, h, r)
                )
            }
            {
                // S: bus: running sum 1
                let t110 := sub(sub(sub(add(mload(A8_P2), mul(3, r)), mload(A7_P39)), mload(A8_P39)), mload(A8_P19))
                let t111 := sub(
                    sub(sub(add(mload(C0), mul(3, r)), 3), mulmod(mload(C1), add(t110, 1), r)),
                    mulmod(mload(A2_P21), mload(T104), r)
                )
                let t112 := sub(
                    sub(sub(add(mload(C0), mul(3, r)), 3), mulmod(mload(C1), add(t110, 2), r)),
                    mulmod(mload(A3_P21), mload(T104), r)
                )
                mstore(
                    T113,
                    sub(
                        sub(sub(add(mload(C0), mul(3, r)), 3), mulmod(mload(C1), add(t110, 3), r)),
                        mulmod(mload(A4_P21), mload(T104), r)
                    )
                )
                mstore(
                    T114,
                    mulmod(
                        mload(F12),
                        mulmod(mload(T113), mulmod(t112, mulmod(t111, sub(add(r, mload(A10_P1)), mload(A10)), r), r), r),
                        r
                    )
                )
                mstore(T115, mulmod(t112, mulmod(t111, sub(r, mulmod(mload(T69), mload(A8_P19), r)), r), r))
                h := add(
                    sub(
                        sub(
                            sub(add(mload(T114), mul(3, r)), mload(T115)),
                            mulmod(mload(T113), mulmod(t112, sub(r, mulmod(mload(T69), mload(A7_P39), r)), r), r)
                        ),
                        mulmod(mload(T113), mulmod(t111, sub(r, mulmod(mload(T69), mload(A8_P39), r)), r), r)
                    ),
                    mulmod(y, h, r)
                )
            }
            {
                // S: bus: running sum 2
                let t116 := sub(
                    sub(sub(sub(add(mload(C0), mul(4, r)), mload(T106)), mload(F5)), mulmod(mload(A8), mload(C1), r)),
                    mulmod(mload(A7_P1), mload(T104), r)
                )
                let t117 := sub(
                    sub(sub(add(mload(C0), mul(3, r)), 3), mulmod(mload(A7_P3), mload(C1), r)),
                    mulmod(mload(A8), mload(T104), r)
                )
                mstore(
                    T118,
                    sub(
                        sub(sub(sub(add(mload(C0), mul(4, r)), mload(F1)), 2), mulmod(mload(F0), mload(C1), r)),
                        mulmod(mload(T104), mload(INSTANCE), r)
                    )
                )
                mstore(
                    T119,
                    mulmod(
                        mload(F12),
                        mulmod(mload(T118), mulmod(t117, mulmod(t116, sub(add(r, mload(A11_P1)), mload(A11)), r), r), r),
                        r
                    )
                )
                mstore(
                    T120,
                    mulmod(
                        t116,
                        mulmod(
                            mload(A7),
                            mulmod(
                                sub(add(r, mload(F9)), 2),
                                mulmod(
                                    sub(add(r, mload(F9)), 1),
                                    mulmod(mload(F9), 0x285396b510feb022c442e4c2c1411ef84c2b4191bac53323b891a1fb48000001, r),
                                    r
                                ),
                                r
                            ),
                            r
                        ),
                        r
                    )
                )
                h := add(
                    sub(
                        sub(
                            sub(add(mload(T119), mul(3, r)), mulmod(t117, mload(T120), r)),
                            mulmod(mload(T118), mulmod(t117, mulmod(mload(A7), mload(F5), r), r), r)
                        ),
                        mulmod(mload(T118), mulmod(t116, mulmod(mload(T55), mload(A8_P2), r), r), r)
                    ),
                    mulmod(y, h, r)
                )
            }
            {
                let f11 := mload(F11)
                // S: bus: balanced where it starts and ends
                h := add(
                    mulmod(
                        add(mload(A10), add(mload(A9), mload(A11))),
                        mulmod(sub(add(r, f11), 2), mulmod(add(1, f11), mulmod(f11, sub(add(r, f11), 1), r), r), r),
                        r
                    ),
                    mulmod(y, h, r)
                )
            }
            mstore(H, mulmod(h, mload(INV_VANISHING), r))
        }
    }

    /// @dev SHPLONK. The j-th commitment of the i-th set weighs v^i*Z_0(u)/Z_i(u)*y^j. A set is summed up from its last commitment on:
    /// the chain so far times y, plus the next. The product is written beside the next commitment, so that the addition finds
    /// both. The polynomials that the evaluations interpolate take the same weights at u, on the generator.
    function _sumCommitments() private view {
        bool done = true;
        assembly {
            let r := R
            let v := mload(OPEN_V)
            let sum := mulmod(
                mload(X_TOP),
                add(
                    mulmod(v, mulmod(mload(SET0_Z), mulmod(mload(UNION_SUM), mload(UNION_Z), r), r), r),
                    mulmod(mload(FIRST_SUM), mload(X_52), r)
                ),
                r
            )
            {
                let weight := mload(SET0_Z)
            weight := mulmod(weight, v, r)
            mstore(SET1_REST, mulmod(weight, mulmod(mload(SET1_REST), mload(UNION_Z), r), r))
            weight := mulmod(weight, v, r)
            mstore(SET2_REST, mulmod(weight, mulmod(mload(SET2_REST), mload(UNION_Z), r), r))
            weight := mulmod(weight, v, r)
            mstore(SET3_Z, mulmod(weight, mload(SET3_Z), r))
            weight := mulmod(weight, v, r)
            mstore(SET4_Z, mulmod(weight, mload(SET4_Z), r))
            weight := mulmod(weight, v, r)
            mstore(SET5_Z, mulmod(weight, mload(SET5_Z), r))
            weight := mulmod(weight, v, r)
            mstore(SET6_Z, mulmod(weight, mload(SET6_Z), r))
            weight := mulmod(weight, v, r)
            mstore(SET7_Z, mulmod(weight, mload(SET7_Z), r))
            }
            let y := mload(OPEN_Y)
            {
                let power := y
                power := mulmod(power, power, r)
                power := mulmod(power, y, r)
                power := mulmod(power, power, r)
                power := mulmod(power, power, r)
                sum := add(sum, mulmod(mload(SET7_Z), mulmod(power, mload(H), r), r))
            }
            // The precompiles refuse what is not on the curve.
            // Set 7, rotations [0]: F8, F7, F0, F1, F2, F3, F4, F11, F9, F10, F5, F12, H, RANDOM
            mcopy(ACC_AT, 0x0a20, 0x40)
            mstore(ACC_SCALAR, y)
            done := and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, HOLD_AT, 0x40), done)
            mcopy(ACC_AT, 0x0b80, 0x40)
            mstore(ACC_SCALAR, mload(XN))
            done := and(
                staticcall(ADD_GAS, 0x06, 0x0ac0, 0x80, ACC_AT, 0x40),
                and(
                    staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x0b00, 0x40),
                    and(
                        staticcall(ADD_GAS, 0x06, 0x0b00, 0x80, ACC_AT, 0x40),
                        and(
                            staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x0b40, 0x40),
                            and(
                                staticcall(ADD_GAS, 0x06, 0x0b40, 0x80, ACC_AT, 0x40),
                                and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x0b80, 0x40), done)
                            )
                        )
                    )
                )
            )
            done := and(
                staticcall(ADD_GAS, 0x06, HOLD_AT, 0x80, ACC_AT, 0x40),
                and(
                    staticcall(ADD_GAS, 0x06, 0x0a40, 0x80, ACC_AT, 0x40),
                    and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x0a40, 0x40), done)
                )
            )
            mstore(ACC_SCALAR, y)
            for { let p := 0x01a0 } lt(p, 0x0420) { p := add(p, 0x80) } {
                done := and(
                    staticcall(ADD_GAS, 0x06, add(p, 0x40), 0x80, ACC_AT, 0x40),
                    and(
                        staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, add(p, 0x40), 0x40),
                        and(
                            staticcall(ADD_GAS, 0x06, p, 0x80, ACC_AT, 0x40),
                            and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, p, 0x40), done)
                        )
                    )
                )
            }
            done := and(
                staticcall(ADD_GAS, 0x06, 0x0460, 0x80, ACC_AT, 0x40),
                and(
                    staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x0460, 0x40),
                    and(
                        staticcall(ADD_GAS, 0x06, 0x0420, 0x80, ACC_AT, 0x40),
                        and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x0420, 0x40), done)
                    )
                )
            )
            mstore(ACC_SCALAR, mload(SET7_Z))
            done := and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, SUM_AT, 0x40), done)
            // Set 6, rotations [-5, 0, 4]: F6
            mstore(0x0520, mload(SET6_Z))
            done := and(
                staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, SUM_AT, 0x40),
                and(staticcall(MUL_GAS, 0x07, 0x04e0, 0x60, TERM_AT, 0x40), done)
            )
            // Set 5, rotations [0, 1]: A9, A10, A11
            mcopy(ACC_AT, 0x09c0, 0x40)
            mstore(ACC_SCALAR, y)
            done := and(
                staticcall(ADD_GAS, 0x06, 0x0940, 0x80, ACC_AT, 0x40),
                and(
                    staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x0980, 0x40),
                    and(
                        staticcall(ADD_GAS, 0x06, 0x0980, 0x80, ACC_AT, 0x40),
                        and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x09c0, 0x40), done)
                    )
                )
            )
            mstore(ACC_SCALAR, mload(SET5_Z))
            done := and(
                staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, SUM_AT, 0x40),
                and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, TERM_AT, 0x40), done)
            )
            // Set 4, rotations [0, 1, 2, 3]: A6
            mcopy(ACC_AT, 0x0860, 0x40)
            mstore(ACC_SCALAR, mload(SET4_Z))
            done := and(
                staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, SUM_AT, 0x40),
                and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, TERM_AT, 0x40), done)
            )
            // Set 3, rotations [-22, 0, 1, 2, 3]: A5
            mstore(0x0860, mload(SET3_Z))
            done := and(
                staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, SUM_AT, 0x40),
                and(staticcall(MUL_GAS, 0x07, 0x0820, 0x60, TERM_AT, 0x40), done)
            )
            // Set 2, rotations [-41, -31, -29, -25, -22, -11, -10, -9, -7, -3, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42]: A7
            mcopy(ACC_AT, 0x08a0, 0x40)
            mstore(ACC_SCALAR, mload(SET2_REST))
            done := and(
                staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, SUM_AT, 0x40),
                and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, TERM_AT, 0x40), done)
            )
            // Set 1, rotations [-42, -40, -38, -33, -32, -24, -23, -18, -9, -7, -3, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42]: A8
            mstore(0x0920, mload(SET1_REST))
            done := and(
                staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, SUM_AT, 0x40),
                and(staticcall(MUL_GAS, 0x07, 0x08e0, 0x60, TERM_AT, 0x40), done)
            )
            // Set 0, rotations [0, 1, 21]: A0, A1, A2, A3, A4
            mcopy(ACC_AT, 0x07e0, 0x40)
            mstore(ACC_SCALAR, y)
            done := and(
                staticcall(ADD_GAS, 0x06, 0x0720, 0x80, ACC_AT, 0x40),
                and(
                    staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x0760, 0x40),
                    and(
                        staticcall(ADD_GAS, 0x06, 0x0760, 0x80, ACC_AT, 0x40),
                        and(
                            staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x07a0, 0x40),
                            and(
                                staticcall(ADD_GAS, 0x06, 0x07a0, 0x80, ACC_AT, 0x40),
                                and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x07e0, 0x40), done)
                            )
                        )
                    )
                )
            )
            done := and(
                staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, SUM_AT, 0x40),
                and(
                    staticcall(ADD_GAS, 0x06, 0x06a0, 0x80, TERM_AT, 0x40),
                    and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x06a0, 0x40), done)
                )
            )
            // W1, W2 and the generator.
            mstore(W1_SCALAR, mulmod(mload(SET0_Z), sub(r, 1), r))
            done := and(staticcall(MUL_GAS, 0x07, W1_PT, 0x60, TERM_AT, 0x40), done)
            done := and(staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, SUM_AT, 0x40), done)
            mstore(W2_SCALAR, mload(OPEN_U))
            done := and(staticcall(MUL_GAS, 0x07, W2_PT, 0x60, TERM_AT, 0x40), done)
            done := and(staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, SUM_AT, 0x40), done)
            mstore(ALL_AT, 1)
            mstore(add(ALL_AT, 0x20), 2)
            mstore(ALL_SCALAR, mulmod(sum, sub(r, 1), r))
            done := and(staticcall(MUL_GAS, 0x07, ALL_AT, 0x60, TERM_AT, 0x40), done)
            done := and(staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, ALL_AT, 0x40), done)
        }
        if (!done) {
            _revertWithFault();
            revert PrecompileFailed(0x07);
        }
    }

    /// @dev e(W2, s*G2) = e(sum, G2).
    function _requirePairing() private view {
        bool done;
        bool valid;
        (uint256 xIm, uint256 xRe, uint256 yIm, uint256 yRe) = _setup();
        assembly {
            mstore(W2_SCALAR, xIm)
            mstore(add(W2_SCALAR, 0x20), xRe)
            mstore(add(W2_SCALAR, 0x40), yIm)
            mstore(add(W2_SCALAR, 0x60), yRe)
            mstore(ALL_SCALAR, NEG_G2_X_IM)
            mstore(add(ALL_SCALAR, 0x20), NEG_G2_X_RE)
            mstore(add(ALL_SCALAR, 0x40), NEG_G2_Y_IM)
            mstore(add(ALL_SCALAR, 0x60), NEG_G2_Y_RE)
            mstore(0x00, 0)
            done := staticcall(PAIRING_GAS, 0x08, W2_PT, 0x180, 0x00, 0x20)
            valid := eq(mload(0x00), 1)
        }
        if (!done) revert PrecompileFailed(0x08);
        if (!valid) revert PairingFailed();
    }
}
