// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title Verifier of statement settlement, size s
/// @notice Verifies a halo2 proof (KZG on BN254, SHPLONK opening, Keccak-256 transcript) or reverts.
/// @dev Emitted from a verifying key; do not edit. Rows: 2^13. Commitments of the key: 11. Proof: 19 points and
/// 111 evaluations, opened in 9 rotation sets over 39 distinct points.
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
contract SettlementSVerifier {
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
    bytes32 public constant SIZE = "s";
    /// @notice Binary logarithm of the circuit's rows.
    uint256 public constant K = 13;
    /// @notice Bytes of a proof with the inverse behind it.
    uint256 public constant PROOF_LENGTH = 4800;
    /// @notice Values of an instance.
    uint256 public constant INSTANCES = 13;

    // -----------------------------------------------------------------------------------------------------------------
    // Verifying key
    // -----------------------------------------------------------------------------------------------------------------

    uint256 private immutable KEY_DIGEST = 0x2cf01eff5bb73d6bdc0dce92a4fdf501534ea849a795feaaab1ef4c622055e3b;
    uint256 private immutable TRANSCRIPT_REPR = 0x04904cc4863cc4bea0e91949f1ee85b8621046a7f02eef787417e208215ca17a;
    uint256 private immutable F0_X = 0x1f6bc89a36f9413190856f2bdcfa2b105c07c5c6ad8c33678934be9b8196e5d9;
    uint256 private immutable F0_Y = 0x3062fe1ca4f3cb4ab457b31a18b57308061185e3e6b0b0e2ae33c3e804141fe6;
    uint256 private immutable F1_X = 0x0ef2bb22589a7b250480fd2ecdf2e23d59bb0190f6ba555a6fe231adaf5008ce;
    uint256 private immutable F1_Y = 0x1ad23d28c6524f5381c878d7b6228df4e4ef3b2aede6f235c3b39ff198bf364c;
    uint256 private immutable F2_X = 0x11c5d17b287b4e4f24c5818a7f9c91a0e48cecb6c1b04aeb8015d1ff389f8d8a;
    uint256 private immutable F2_Y = 0x14ede0df860654e726b4b1bd3cd200deca2e64edf2078b7b78b69af20006fcc6;
    uint256 private immutable F3_X = 0x06acc6633bd2f673bd94d13e63bf53b8e2d1cf6979bbc1247094cc3de51a1a4b;
    uint256 private immutable F3_Y = 0x2b50b47fdb037ab1d7265424abc2f674fe808a805e1ccf9c9023e72bed2c16ff;
    uint256 private immutable F4_X = 0x11dde5def37a01d3116585157496c4c3e77decb8187b8f11adf670a87afff4ec;
    uint256 private immutable F4_Y = 0x2b6c82e676da965dc2c6aa4dfd79774ce2f06e6971db5366c6fd3b02e108cb6d;
    uint256 private immutable F5_X = 0x1cae712aae9e22d95e5498880f31160d499c37c25f67fd78d4ccd8cabad370b2;
    uint256 private immutable F5_Y = 0x1e944c0e1c04c9be7418b9ecf3aa99741d41e8d79c06d2d6d3a56a07e8a45783;
    uint256 private immutable F6_X = 0x1b7a49f42ea88d840c6b724a23262806f0b34bb216f02bc3929d0b849dd0b0b6;
    uint256 private immutable F6_Y = 0x075463a2f77cf763098a13acbdcc3e3308a2371951e6eeb7c33e004a773bdccf;
    uint256 private immutable F7_X = 0x12f2c897fba2ba9bee942bde9524695889448ba6469510cc532682be86641fa9;
    uint256 private immutable F7_Y = 0x19d4e4495387dbc866e32f541007a19f85d698aa48bbbeffb359147264a6dce5;
    uint256 private immutable F8_X = 0x0ed383ac49c38325ebed2ac71687256bfe640dad98efb4694abffd0e0e0f4fa6;
    uint256 private immutable F8_Y = 0x25323596a9549bdbde58fc458dfc005a7c02b9b57e26e7270a40377769ba80e7;
    uint256 private immutable F9_X = 0x02d363fabb96db6c74b7ac2dad067f055ab0215686c59454e1b9d84428ae471f;
    uint256 private immutable F9_Y = 0x0b558ef131048ea23fec578ee5f05404b7d2e09ab259d8d4fd7f5d0909a852de;
    uint256 private immutable F10_X = 0x1703a0cd0be5b491aef8cc4dbbbf9b139999a5bb08168ea4157ea009d4f0945b;
    uint256 private immutable F10_Y = 0x0931d6da1a7e054f7fa6d64b16b310f2570ccd10e1a2652e999c73ee82fc1d2e;
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
    uint256 private constant OMEGA = 0x10e3d295c1599ff535a1bb49f23d81aa03bd0ed25881f9ed12b179af67f67ae1;
    uint256 private constant OMEGA_INV = 0x09ff38534bd08f2b08b6010aaee9ac485d3afb3a9ae4280907537b08fc6e53e5;
    uint256 private constant ROWS_INV = 0x3062cb506d9a969cb702833453cd4c52654aa6a93775a2c5bf57d68443608001;

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
    uint256 private constant F5_PT = 0x01e0;
    uint256 private constant F8_PT = 0x0220;
    uint256 private constant F9_PT = 0x0260;
    uint256 private constant F4_PT = 0x02a0;
    uint256 private constant F3_PT = 0x02e0;
    uint256 private constant F2_PT = 0x0320;
    uint256 private constant F1_PT = 0x0360;
    uint256 private constant F0_PT = 0x03a0;
    uint256 private constant F10_PT = 0x03e0;
    uint256 private constant F7_PT = 0x0420;
    uint256 private constant F6_PT = 0x0460;

    // Transcript: key, instance, then the proof, with a word for the last hash before what is hashed with it.
    uint256 private constant TRANSCRIPT_AT = 0x04a0;
    uint256 private constant INSTANCES_AT = 0x04c0;
    uint256 private constant PIECE0_AT = 0x0660;
    uint256 private constant A0_PT = 0x0660;
    uint256 private constant A1_PT = 0x06a0;
    uint256 private constant A2_PT = 0x06e0;
    uint256 private constant A3_PT = 0x0720;
    uint256 private constant A4_PT = 0x0760;
    uint256 private constant A5_PT = 0x07a0;
    uint256 private constant A6_PT = 0x07e0;
    uint256 private constant A7_PT = 0x0820;
    uint256 private constant A8_PT = 0x0860;
    uint256 private constant HASH1_AT = 0x08a0;
    uint256 private constant PIECE1_AT = 0x08c0;
    uint256 private constant A9_PT = 0x08c0;
    uint256 private constant A10_PT = 0x0900;
    uint256 private constant HASH2_AT = 0x0940;
    uint256 private constant PIECE2_AT = 0x0960;
    uint256 private constant RANDOM_PT = 0x0960;
    uint256 private constant HASH3_AT = 0x09a0;
    uint256 private constant PIECE3_AT = 0x09c0;
    uint256 private constant H0_PT = 0x09c0;
    uint256 private constant H1_PT = 0x0a00;
    uint256 private constant H2_PT = 0x0a40;
    uint256 private constant H3_PT = 0x0a80;
    uint256 private constant H4_PT = 0x0ac0;
    uint256 private constant HASH4_AT = 0x0b00;
    uint256 private constant PIECE4_AT = 0x0b20;
    uint256 private constant EVALUATIONS_AT = 0x0b20;
    uint256 private constant A0 = 0x0b20;
    uint256 private constant A1 = 0x0b40;
    uint256 private constant A2 = 0x0b60;
    uint256 private constant A3 = 0x0b80;
    uint256 private constant A4 = 0x0ba0;
    uint256 private constant A0_P1 = 0x0bc0;
    uint256 private constant A1_P1 = 0x0be0;
    uint256 private constant A2_P1 = 0x0c00;
    uint256 private constant A3_P1 = 0x0c20;
    uint256 private constant A4_P1 = 0x0c40;
    uint256 private constant A8 = 0x0c60;
    uint256 private constant A7 = 0x0c80;
    uint256 private constant A7_P1 = 0x0ca0;
    uint256 private constant A8_P1 = 0x0cc0;
    uint256 private constant A7_P3 = 0x0ce0;
    uint256 private constant A5 = 0x0d00;
    uint256 private constant A6 = 0x0d20;
    uint256 private constant A5_P1 = 0x0d40;
    uint256 private constant A6_P1 = 0x0d60;
    uint256 private constant A5_P2 = 0x0d80;
    uint256 private constant A6_P2 = 0x0da0;
    uint256 private constant A5_P3 = 0x0dc0;
    uint256 private constant A6_P3 = 0x0de0;
    uint256 private constant A7_P20 = 0x0e00;
    uint256 private constant A8_M1 = 0x0e20;
    uint256 private constant A7_P2 = 0x0e40;
    uint256 private constant A8_P2 = 0x0e60;
    uint256 private constant A8_P3 = 0x0e80;
    uint256 private constant A5_P12 = 0x0ea0;
    uint256 private constant A8_M2 = 0x0ec0;
    uint256 private constant A7_M1 = 0x0ee0;
    uint256 private constant A7_P25 = 0x0f00;
    uint256 private constant A7_P21 = 0x0f20;
    uint256 private constant A7_M17 = 0x0f40;
    uint256 private constant A7_M22 = 0x0f60;
    uint256 private constant A7_P9 = 0x0f80;
    uint256 private constant A7_P13 = 0x0fa0;
    uint256 private constant A7_P17 = 0x0fc0;
    uint256 private constant A8_P21 = 0x0fe0;
    uint256 private constant A8_P8 = 0x1000;
    uint256 private constant A8_P12 = 0x1020;
    uint256 private constant A8_P16 = 0x1040;
    uint256 private constant A8_M21 = 0x1060;
    uint256 private constant A8_P6 = 0x1080;
    uint256 private constant A8_M24 = 0x10a0;
    uint256 private constant A7_P7 = 0x10c0;
    uint256 private constant A7_M23 = 0x10e0;
    uint256 private constant A8_P7 = 0x1100;
    uint256 private constant A8_M23 = 0x1120;
    uint256 private constant A7_P4 = 0x1140;
    uint256 private constant A7_M42 = 0x1160;
    uint256 private constant A7_M40 = 0x1180;
    uint256 private constant A7_M38 = 0x11a0;
    uint256 private constant A8_P29 = 0x11c0;
    uint256 private constant A7_P29 = 0x11e0;
    uint256 private constant A1_P21 = 0x1200;
    uint256 private constant A3_P21 = 0x1220;
    uint256 private constant A4_P21 = 0x1240;
    uint256 private constant A2_P21 = 0x1260;
    uint256 private constant A7_P5 = 0x1280;
    uint256 private constant A7_M13 = 0x12a0;
    uint256 private constant A8_M42 = 0x12c0;
    uint256 private constant A8_P22 = 0x12e0;
    uint256 private constant A8_P26 = 0x1300;
    uint256 private constant A7_P22 = 0x1320;
    uint256 private constant A8_P4 = 0x1340;
    uint256 private constant A8_P5 = 0x1360;
    uint256 private constant A7_P6 = 0x1380;
    uint256 private constant A7_P19 = 0x13a0;
    uint256 private constant A8_P19 = 0x13c0;
    uint256 private constant A7_P12 = 0x13e0;
    uint256 private constant A7_P18 = 0x1400;
    uint256 private constant A8_P18 = 0x1420;
    uint256 private constant A7_M24 = 0x1440;
    uint256 private constant A8_M40 = 0x1460;
    uint256 private constant A7_M39 = 0x1480;
    uint256 private constant A8_M39 = 0x14a0;
    uint256 private constant A8_P9 = 0x14c0;
    uint256 private constant A8_P13 = 0x14e0;
    uint256 private constant A8_P17 = 0x1500;
    uint256 private constant A7_P14 = 0x1520;
    uint256 private constant A8_P14 = 0x1540;
    uint256 private constant A7_P15 = 0x1560;
    uint256 private constant A7_P10 = 0x1580;
    uint256 private constant A8_P10 = 0x15a0;
    uint256 private constant A7_P11 = 0x15c0;
    uint256 private constant A8_P11 = 0x15e0;
    uint256 private constant A8_M17 = 0x1600;
    uint256 private constant A8_P25 = 0x1620;
    uint256 private constant A8_P20 = 0x1640;
    uint256 private constant A7_P16 = 0x1660;
    uint256 private constant A9_P1 = 0x1680;
    uint256 private constant A9 = 0x16a0;
    uint256 private constant A10_P1 = 0x16c0;
    uint256 private constant A10 = 0x16e0;
    uint256 private constant F6 = 0x1700;
    uint256 private constant F6_M5 = 0x1720;
    uint256 private constant F6_P4 = 0x1740;
    uint256 private constant F7 = 0x1760;
    uint256 private constant F10 = 0x1780;
    uint256 private constant F0 = 0x17a0;
    uint256 private constant F1 = 0x17c0;
    uint256 private constant F2 = 0x17e0;
    uint256 private constant F3 = 0x1800;
    uint256 private constant F4 = 0x1820;
    uint256 private constant F9 = 0x1840;
    uint256 private constant F8 = 0x1860;
    uint256 private constant F6_M1 = 0x1880;
    uint256 private constant F5_M21 = 0x18a0;
    uint256 private constant F5 = 0x18c0;
    uint256 private constant RANDOM = 0x18e0;
    uint256 private constant HASH5_AT = 0x1900;
    uint256 private constant PIECE5_AT = 0x1920;
    uint256 private constant W1_PT = 0x1920;
    uint256 private constant W1_SCALAR = 0x1960;

    // Challenges.
    uint256 private constant C0 = 0x1980;
    uint256 private constant C1 = 0x19a0;
    uint256 private constant Y = 0x19c0;
    uint256 private constant X = 0x19e0;
    uint256 private constant OPEN_Y = 0x1a00;
    uint256 private constant OPEN_V = 0x1a20;
    uint256 private constant OPEN_U = 0x1a40;

    // Values at x.
    uint256 private constant XN = 0x1a60;
    uint256 private constant INSTANCE = 0x1a80;
    uint256 private constant H = 0x1aa0;

    // Powers of x.
    uint256 private constant X_2 = 0x1ac0;
    uint256 private constant X_3 = 0x1ae0;
    uint256 private constant X_6 = 0x1b00;
    uint256 private constant X_7 = 0x1b20;
    uint256 private constant X_14 = 0x1b40;
    uint256 private constant X_28 = 0x1b60;
    uint256 private constant X_29 = 0x1b80;
    uint256 private constant X_30 = 0x1ba0;
    uint256 private constant X_31 = 0x1bc0;
    uint256 private constant X_32 = 0x1be0;
    uint256 private constant X_33 = 0x1c00;

    // Factors of the rotation sets in the common sum.
    uint256 private constant SET1_FACTOR = 0x1c20;
    uint256 private constant SET2_FACTOR = 0x1c40;
    uint256 private constant SET3_FACTOR = 0x1c60;
    uint256 private constant SET4_FACTOR = 0x1c80;
    uint256 private constant SET5_FACTOR = 0x1ca0;
    uint256 private constant SET6_FACTOR = 0x1cc0;
    uint256 private constant SET7_FACTOR = 0x1ce0;
    uint256 private constant SET8_FACTOR = 0x1d00;

    // Numerators of the sums of fractions; products over rotations that are not inverted.
    uint256 private constant INSTANCE_SUM = 0x1d20;
    uint256 private constant UNION_SUM = 0x1d40;
    uint256 private constant TERMS = 0x1d60;
    uint256 private constant FIRST_SUM = 0x1d80;
    uint256 private constant SET0_Z = 0x1da0;
    uint256 private constant SET2_REST = 0x1dc0;
    uint256 private constant SET3_REST = 0x1de0;

    // Inverted together; then products of those before.
    uint256 private constant SET1_Z = 0x1e00;
    uint256 private constant SET4_Z = 0x1e20;
    uint256 private constant SET5_Z = 0x1e40;
    uint256 private constant SET6_Z = 0x1e60;
    uint256 private constant SET7_Z = 0x1e80;
    uint256 private constant SET8_Z = 0x1ea0;
    uint256 private constant UNION_Z = 0x1ec0;
    uint256 private constant X_TOP = 0x1ee0;
    uint256 private constant INSTANCE_Z = 0x1f00;
    uint256 private constant INV_VANISHING = 0x1f20;
    uint256 private constant PREFIX_AT = 0x1f40;

    // Input of the pairing: W2, s*G2, the sum of all commitments, -G2.
    uint256 private constant W2_PT = 0x2060;
    uint256 private constant W2_SCALAR = 0x20a0;
    uint256 private constant ALL_AT = 0x2120;
    uint256 private constant ALL_SCALAR = 0x2160;

    // Intermediate results.
    uint256 private constant T0 = 0x21e0;
    uint256 private constant T2 = 0x2200;
    uint256 private constant T4 = 0x2220;
    uint256 private constant T6 = 0x2240;
    uint256 private constant T8 = 0x2260;
    uint256 private constant T10 = 0x2280;
    uint256 private constant T11 = 0x22a0;
    uint256 private constant T12 = 0x22c0;
    uint256 private constant T13 = 0x22e0;
    uint256 private constant T14 = 0x2300;
    uint256 private constant T16 = 0x2320;
    uint256 private constant T17 = 0x2340;
    uint256 private constant T18 = 0x2360;
    uint256 private constant T19 = 0x2380;
    uint256 private constant T20 = 0x23a0;
    uint256 private constant T21 = 0x23c0;
    uint256 private constant T22 = 0x23e0;
    uint256 private constant T23 = 0x2400;
    uint256 private constant T24 = 0x2420;
    uint256 private constant T25 = 0x2440;
    uint256 private constant T26 = 0x2460;
    uint256 private constant T27 = 0x2480;
    uint256 private constant T28 = 0x24a0;
    uint256 private constant T29 = 0x24c0;
    uint256 private constant T30 = 0x24e0;
    uint256 private constant T31 = 0x2500;
    uint256 private constant T32 = 0x2520;
    uint256 private constant T33 = 0x2540;
    uint256 private constant T34 = 0x2560;
    uint256 private constant T35 = 0x2580;
    uint256 private constant T36 = 0x25a0;
    uint256 private constant T37 = 0x25c0;
    uint256 private constant T38 = 0x25e0;
    uint256 private constant T39 = 0x2600;
    uint256 private constant T47 = 0x2620;
    uint256 private constant T48 = 0x2640;
    uint256 private constant T49 = 0x2660;
    uint256 private constant T50 = 0x2680;
    uint256 private constant T51 = 0x26a0;
    uint256 private constant T52 = 0x26c0;
    uint256 private constant T53 = 0x26e0;
    uint256 private constant T54 = 0x2700;
    uint256 private constant T55 = 0x2720;
    uint256 private constant T56 = 0x2740;
    uint256 private constant T57 = 0x2760;
    uint256 private constant T58 = 0x2780;
    uint256 private constant T59 = 0x27a0;
    uint256 private constant T64 = 0x27c0;
    uint256 private constant T65 = 0x27e0;
    uint256 private constant T66 = 0x2800;
    uint256 private constant T69 = 0x2820;
    uint256 private constant T70 = 0x2840;
    uint256 private constant T71 = 0x2860;
    uint256 private constant T72 = 0x2880;
    uint256 private constant T73 = 0x28a0;
    uint256 private constant T74 = 0x28c0;
    uint256 private constant T75 = 0x28e0;
    uint256 private constant T76 = 0x2900;
    uint256 private constant T77 = 0x2920;
    uint256 private constant T78 = 0x2940;
    uint256 private constant T79 = 0x2960;
    uint256 private constant T82 = 0x2980;
    uint256 private constant T83 = 0x29a0;
    uint256 private constant T84 = 0x29c0;
    uint256 private constant T86 = 0x29e0;
    uint256 private constant T89 = 0x2a00;
    uint256 private constant T90 = 0x2a20;
    uint256 private constant T91 = 0x2a40;
    uint256 private constant T92 = 0x2a60;
    uint256 private constant T95 = 0x2a80;
    uint256 private constant T96 = 0x2aa0;
    uint256 private constant T97 = 0x2ac0;
    uint256 private constant T98 = 0x2ae0;
    uint256 private constant T99 = 0x2b00;
    uint256 private constant T100 = 0x2b20;
    uint256 private constant T101 = 0x2b40;
    uint256 private constant T104 = 0x2b60;
    uint256 private constant T105 = 0x2b80;
    uint256 private constant T106 = 0x2ba0;
    uint256 private constant END_AT = 0x2bc0;
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
                eq(calldatasize(), 0x14e4),
                and(eq(proof.offset, 0x64), eq(instances.offset, 0x1344))
            )
            calldatacopy(PIECE0_AT, 0x64, 0x240)
            calldatacopy(PIECE1_AT, 0x2a4, 0x80)
            calldatacopy(PIECE2_AT, 0x324, 0x40)
            calldatacopy(PIECE3_AT, 0x364, 0x140)
            calldatacopy(PIECE4_AT, 0x4a4, 0xde0)
            calldatacopy(PIECE5_AT, 0x1284, 0x40)
            calldatacopy(W2_PT, 0x12c4, 0x40)
            calldatacopy(INSTANCES_AT, 0x1344, 0x1a0)
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
            for { let p := 0x0b20 } lt(p, 0x18a0) { p := add(p, 0x180) } {
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
                                    or(
                                        gt(mload(0x0560), max),
                                        or(
                                            gt(mload(0x0540), max),
                                            or(
                                                gt(mload(0x0520), max),
                                                or(
                                                    gt(mload(0x0500), max),
                                                    or(gt(mload(0x04e0), max), or(gt(mload(0x04c0), max), bad))
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
                iszero(mload(0x0840)),
                or(
                    iszero(mload(0x0800)),
                    or(
                        iszero(mload(0x07c0)),
                        or(
                            iszero(mload(0x0780)),
                            or(
                                iszero(mload(0x0740)),
                                or(
                                    iszero(mload(0x0700)),
                                    or(
                                        iszero(mload(0x06c0)),
                                        or(
                                            iszero(mload(0x0680)),
                                            or(
                                                gt(mload(0x18e0), max),
                                                or(
                                                    gt(mload(0x18c0), max),
                                                    or(gt(mload(0x18a0), max), or(gt(mload(0x0640), max), bad))
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
                iszero(mload(0x2080)),
                or(
                    iszero(mload(0x1940)),
                    or(
                        iszero(mload(0x0ae0)),
                        or(
                            iszero(mload(0x0aa0)),
                            or(
                                iszero(mload(0x0a60)),
                                or(
                                    iszero(mload(0x0a20)),
                                    or(
                                        iszero(mload(0x09e0)),
                                        or(
                                            iszero(mload(0x0980)),
                                            or(iszero(mload(0x0920)), or(iszero(mload(0x08e0)), or(iszero(mload(0x0880)), bad)))
                                        )
                                    )
                                )
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
                if (_word(0x1344, i) >= R) revert InstanceNotCanonical(i);
            }
            for (uint256 i = 0; i < 111; ++i) {
                if (_word(0x4a4, i) >= R) revert ScalarNotCanonical(i);
            }
            uint256 at = 0x64;
            for (uint256 i = 0; i < 17 + 2; ++i) {
                if (i == 17) at += 32 * 111;
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
        word = F5_X;
        assembly { mstore(F5_PT, word) }
        word = F5_Y;
        assembly { mstore(add(F5_PT, 0x20), word) }
        word = F8_X;
        assembly { mstore(F8_PT, word) }
        word = F8_Y;
        assembly { mstore(add(F8_PT, 0x20), word) }
        word = F9_X;
        assembly { mstore(F9_PT, word) }
        word = F9_Y;
        assembly { mstore(add(F9_PT, 0x20), word) }
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
        word = F10_X;
        assembly { mstore(F10_PT, word) }
        word = F10_Y;
        assembly { mstore(add(F10_PT, 0x20), word) }
        word = F7_X;
        assembly { mstore(F7_PT, word) }
        word = F7_Y;
        assembly { mstore(add(F7_PT, 0x20), word) }
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
            h := keccak256(HASH1_AT, 0xa0)
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
            h := keccak256(HASH4_AT, 0xe00)
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
                power := mulmod(power, power, r)
                mstore(XN, power)
                mstore(INV_VANISHING, add(power, minusOne))
            }

            {
                let t := x
                let w := OMEGA_INV
                let z := add(x, minusOne)
                let n := mload(0x04c0)
                let d
                for { let p := 0x04e0 } lt(p, 0x0660) { p := add(p, 0x20) } {
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
                mstore(X_7, mulmod(x, mload(X_6), r))
                mstore(X_14, mulmod(mload(X_7), mload(X_7), r))
                mstore(X_28, mulmod(mload(X_14), mload(X_14), r))
                mstore(X_29, mulmod(x, mload(X_28), r))
                mstore(X_30, mulmod(x, mload(X_29), r))
                mstore(X_31, mulmod(x, mload(X_30), r))
                mstore(X_32, mulmod(x, mload(X_31), r))
                mstore(X_33, mulmod(x, mload(X_32), r))
                mstore(X_TOP, mload(X_33))
                mstore(SET1_FACTOR, mload(X_31))
                let power := v
                mstore(SET2_FACTOR, power)
                power := mulmod(power, v, r)
                mstore(SET3_FACTOR, power)
                power := mulmod(power, v, r)
                mstore(SET4_FACTOR, mulmod(power, mload(X_29), r))
                power := mulmod(power, v, r)
                mstore(SET5_FACTOR, mulmod(power, mload(X_30), r))
                power := mulmod(power, v, r)
                mstore(SET6_FACTOR, mulmod(power, mload(X_30), r))
                power := mulmod(power, v, r)
                mstore(SET7_FACTOR, mulmod(power, mload(X_33), r))
                power := mulmod(power, v, r)
                mstore(SET8_FACTOR, mulmod(power, mload(X_32), r))
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
            let f := mload(SET3_FACTOR)
            let c
            let y := mload(OPEN_Y)
            let r := R
            // x*w^-42
            t := mulmod(sub(r, mload(X)), 0x19b85410a52851dd9250b7fa3ce84014101333ffa1f154ea3955d7c2fb0e37a4, r)
            d := add(u, t)
            n := add(
                mulmod(f, mulmod(0x27b404e47aae06abc256b5fb1161df4401090d40598bf0bb81aedf1a1802385, mload(A7_M42), r), r),
                mulmod(
                    mload(SET2_FACTOR),
                    mulmod(0x178b9985d052180d46c218a6eddc7198897390ccd91a82223a765451012a7a28, mload(A8_M42), r),
                    r
                )
            )
            z := d
            // x*w^-40
            t := mulmod(mulmod(t, w, r), w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0xffc0d7eadcac09267bdb41e16b5ff308d0d519548e0e94ece87e43cf9e7d074, mload(A7_M40), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x225ebd4cf810adf33ba0e9396d8b203a5cd8c48049bdf123ebdbe58b33d326c1, mload(A8_M40), r),
                            r
                        )
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-39
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x19f8a0a8e4e309d915e6da7baccb9e4976728fdb69f4ceac753460c4c4eb8baf, mload(A7_M39), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x1d47b741713596f57489e7ff4fb7d07ed9d0a28178b00703874ba0ba3ea53d78, mload(A8_M39), r),
                            r
                        )
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-38
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET2_REST, d)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    mulmod(f, mulmod(0x2eacab4af0c7bfcc529cfd3ba502aac6a0d8e901b4cac628f870b4dc5050fb0a, mload(A7_M38), r), r),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-24
            t := mulmod(t, 0x3a8d2f7985c1028bc933b74ecf050f94f908d9654a63b655cd8b452027855a, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x1534092a8255f19cda9ff4f5a3c7bfb9f93787f4d1d6c39899111390d462cc30, mload(A7_M24), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x264314287b4330b1ccb9391f909147a52a55fe5f3947538a675ebd4ac46c2943, mload(A8_M24), r),
                            r
                        )
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-23
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x2301c6f059a20a84a9abc6b609b594052f2298b299ebc45c671abe6e2501f824, mload(A7_M23), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x1a5e7a42ba6d8af13cd50eeb847479fab904bf13e5ce26b5b6c25d758f636091, mload(A8_M23), r),
                            r
                        )
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-22
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET2_REST, mulmod(mload(SET2_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    mulmod(f, mulmod(0x9a73cfcec737a6b4d10cdfcb400f8ff0d6214fa69a0662ef293fcd98938f349, mload(A7_M22), r), r),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-21
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET3_REST, d)
            mstore(SET8_Z, d)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(
                            mload(SET8_FACTOR),
                            mulmod(0x2bc3d7aae5b6aa312637ec00488aa6bd322b13f7d222aa3870d1a6ecaff8da78, mload(F5_M21), r),
                            r
                        ),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x24d094ee72720953bca38734b6fb3092341e1040f3a6d5ca5f99a006b62f58b5, mload(A8_M21), r),
                            r
                        )
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-17
            t := mulmod(t, 0x14c60185e75885d674db4b3f7d4a5694fa6c01aa0f53557b060bc04a4172705f, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x123420977f0a407f5bc074af82db32c32b9ff72af1aef46b79b28d9979021306, mload(A7_M17), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x259390a02b438cd41abdd3f3deaea95a067ef72da9f22514439c431a64833b77, mload(A8_M17), r),
                            r
                        )
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-13
            t := mulmod(t, 0x14c60185e75885d674db4b3f7d4a5694fa6c01aa0f53557b060bc04a4172705f, r)
            d := add(u, t)
            mstore(SET2_REST, mulmod(mload(SET2_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    mulmod(f, mulmod(0xea198b5d6723e9d14334548b76b9ed2a06a58594f45a80aa90f3a0b3336ec19, mload(A7_M13), r), r),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-5
            t := mulmod(t, 0x2ad9021ed07c42ab19f77c5cf2cbd2deb135ea330f1b1573bd08d99309c4bb7d, r)
            d := add(u, t)
            mstore(SET2_REST, mulmod(mload(SET2_REST), d, r))
            mstore(SET3_REST, mulmod(mload(SET3_REST), d, r))
            mstore(SET6_Z, d)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    mulmod(
                        mload(SET6_FACTOR),
                        mulmod(0x11570590620e99d5ddae0d66efa89165c5a46619471dba009176541f825aa494, mload(F6_M5), r),
                        r
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-2
            t := mulmod(mulmod(mulmod(t, w, r), w, r), w, r)
            d := add(u, t)
            mstore(SET3_REST, mulmod(mload(SET3_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    mulmod(
                        mload(SET2_FACTOR),
                        mulmod(0xa55c924156600d2eba497afce285c1eae4775fbacfc553483446f7da00d2c69, mload(A8_M2), r),
                        r
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^-1
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
                            mulmod(0xd3eb278eb93fa31dcbdc7a4bde1dda322b480363ad0580982d30b2a35719c9c, mload(F6_M1), r),
                            r
                        ),
                        add(
                            mulmod(
                                f,
                                mulmod(0x12bda5d277c9f9a2157afd3a06891161d4ec85327d904eafebcf0b0cee455e8e, mload(A7_M1), r),
                                r
                            ),
                            mulmod(
                                mload(SET2_FACTOR),
                                mulmod(0x1cf9c67194aebee41fc9681d02ac2350b9677e0e4e9505835b2198b019d512a9, mload(A8_M1), r),
                                r
                            )
                        ),
                        r
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
                    0x2d19dc6e7a312123a624d9d7e774af33efb6ac66d391da8dc428121446767ab8,
                    add(mload(A0), mulmod(y, add(mload(A9), mulmod(y, mload(A10), r)), r)),
                    r
                )
            )
            mstore(SET0_Z, d)
            mstore(SET1_Z, d)
            mstore(SET4_Z, d)
            mstore(SET5_Z, d)
            mstore(SET6_Z, mulmod(mload(SET6_Z), d, r))
            mstore(SET7_Z, d)
            mstore(SET8_Z, mulmod(mload(SET8_Z), d, r))
            mstore(
                TERMS,
                add(
                    mulmod(
                        mload(SET6_FACTOR),
                        mulmod(0x433895418fcbc47f0a154f6a7cd961d5cfe4c411f59f4bfe9d447b4d3d5cd1f, mload(F6), r),
                        r
                    ),
                    addmod(
                        mulmod(
                            mload(SET5_FACTOR),
                            mulmod(0x228e3f648fa92764737d627fee78f84d4e8c84b400f72c3e135bd972dc1f17c3, mload(A6), r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(SET4_FACTOR),
                                mulmod(0x1ed0330a69ca33d710590141e9fa81d29d1b0cf4fa235bb72f3264a13d705a15, mload(A5), r),
                                r
                            ),
                            addmod(
                                mulmod(
                                    f,
                                    mulmod(0x3f1b17573c1a5a867e66012c04617f9f9f819c1e443e40b430b562eada6f1ad, mload(A7), r),
                                    r
                                ),
                                add(
                                    mulmod(
                                        mload(SET2_FACTOR),
                                        mulmod(0xf43430c267cc73e5385e527800d90c9e960df55369ef412b38f83d2460e7daf, mload(A8), r),
                                        r
                                    ),
                                    mulmod(
                                        mload(SET1_FACTOR),
                                        mulmod(
                                            0x44630e39ea798cf6b70fb627a21f3f4be3276fe047848ab8e54abbef5f63474,
                                            add(
                                                mload(A1),
                                                mulmod(y, add(mload(A2), mulmod(y, add(mload(A3), mulmod(y, mload(A4), r)), r)), r)
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
            c := add(
                mload(F4),
                mulmod(y, add(mload(F9), mulmod(y, add(mload(F8), mulmod(y, mulmod(y, mload(RANDOM), r), r)), r)), r)
            )
            c := add(
                mload(F0),
                mulmod(y, add(mload(F1), mulmod(y, add(mload(F2), mulmod(y, add(mload(F3), mulmod(y, c, r)), r)), r)), r)
            )
            mstore(
                TERMS,
                add(mulmod(mload(SET7_FACTOR), add(mload(F7), mulmod(y, add(mload(F10), mulmod(y, c, r)), r)), r), mload(TERMS))
            )
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(
                            mload(SET8_FACTOR),
                            mulmod(0x4a076c7fb7af5f8921859b638f6b19ff608d450a796c658d3104ea740072589, mload(F5), r),
                            r
                        ),
                        mload(TERMS)
                    ),
                    r
                )
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
                            0x34a720467007f06122b6bde9a0ca929387d3be1a62796037fb9e37fa9898549,
                            add(mload(A0_P1), mulmod(y, add(mload(A9_P1), mulmod(y, mload(A10_P1), r)), r)),
                            r
                        ),
                        r
                    )
                )
            )
            mstore(SET0_Z, mulmod(mload(SET0_Z), d, r))
            mstore(SET1_Z, mulmod(mload(SET1_Z), d, r))
            mstore(SET4_Z, mulmod(mload(SET4_Z), d, r))
            mstore(SET5_Z, mulmod(mload(SET5_Z), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    addmod(
                        mulmod(
                            mload(SET5_FACTOR),
                            mulmod(0x14a954a9ad6a6fa1c7b35fc7e9f987795fff315f35e9e017647ceb11b48b573d, mload(A6_P1), r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(SET4_FACTOR),
                                mulmod(0x206fb6b04201ef84c985ca2babd6980df9c70d72eaf3f626e7d14bc42f79dc4c, mload(A5_P1), r),
                                r
                            ),
                            addmod(
                                mulmod(
                                    f,
                                    mulmod(0x13a84ca93deaafcc480ec8835675567bdacf5b5ad6adcbc09735430162205c63, mload(A7_P1), r),
                                    r
                                ),
                                add(
                                    mulmod(
                                        mload(SET2_FACTOR),
                                        mulmod(0xa41f54039e21b498cf6539368b7bde91d408575a526b4ef57e3f6971283176b, mload(A8_P1), r),
                                        r
                                    ),
                                    mulmod(
                                        mload(SET1_FACTOR),
                                        mulmod(
                                            0x13ae4337ea90c4c1961dcdba8cb8237e612993167cbd11209dd7846758dbe746,
                                            add(
                                                mload(A1_P1),
                                                mulmod(
                                                    y,
                                                    add(mload(A2_P1), mulmod(y, add(mload(A3_P1), mulmod(y, mload(A4_P1), r)), r)),
                                                    r
                                                )
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
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^2
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET4_Z, mulmod(mload(SET4_Z), d, r))
            mstore(SET5_Z, mulmod(mload(SET5_Z), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(
                            mload(SET5_FACTOR),
                            mulmod(0x2f6fe1bbba7be45aaf74c4969a4fd78c12f14945c0b3b5307a970dd076cede32, mload(A6_P2), r),
                            r
                        ),
                        addmod(
                            mulmod(
                                mload(SET4_FACTOR),
                                mulmod(0x1eea659667b564b907b480353efc7671ca30399d437e8c22a1cfdd085379e5d0, mload(A5_P2), r),
                                r
                            ),
                            add(
                                mulmod(
                                    f,
                                    mulmod(0x2d9262aea6d646b1c24140b6c4f3d8e4201c64c8227a35e9828c66dbc4d908ac, mload(A7_P2), r),
                                    r
                                ),
                                mulmod(
                                    mload(SET2_FACTOR),
                                    mulmod(0x29342d075b716c37923c3c23b78c19be2f99959efd795a677ad8613684c23757, mload(A8_P2), r),
                                    r
                                )
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
            mstore(SET4_Z, mulmod(mload(SET4_Z), d, r))
            mstore(SET5_Z, mulmod(mload(SET5_Z), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(
                            mload(SET5_FACTOR),
                            mulmod(0x2a85758eac05651c3e4b4a4511c1b1c4b71eb9807597902dd9360e66c886b2d1, mload(A6_P3), r),
                            r
                        ),
                        addmod(
                            mulmod(
                                mload(SET4_FACTOR),
                                mulmod(0x107b49a5b9c163d99e2bd43b8000aea65e7f7963b5e714ea6fc5d6036ac75b9a, mload(A5_P3), r),
                                r
                            ),
                            add(
                                mulmod(
                                    f,
                                    mulmod(0x1d2fa6bc47a7eaedf355ee285f012ed96b882b7172b90990e52319837c7045b2, mload(A7_P3), r),
                                    r
                                ),
                                mulmod(
                                    mload(SET2_FACTOR),
                                    mulmod(0x620455062ab909e2fe1e6c16362320d4ff020efae26386654eeb3f5cd960de8, mload(A8_P3), r),
                                    r
                                )
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
                            mulmod(0xd9b0d157a924fda0d431bb42c295336e2dcb5b7d87169c745c44e95645df1b2, mload(F6_P4), r),
                            r
                        ),
                        add(
                            mulmod(
                                f,
                                mulmod(0x64d176b2709fd872252fb98ee560ed0dbe3866bf42d40b887e49693c62c0889, mload(A7_P4), r),
                                r
                            ),
                            mulmod(
                                mload(SET2_FACTOR),
                                mulmod(0x199164f2d56a8da44091a9b0aefebdc994d24671c58c9bc3aa20f54e6d6af97, mload(A8_P4), r),
                                r
                            )
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
                        mulmod(f, mulmod(0x171db8cde1ff422a585ecf2074f4dffd243e5c9d95d43d63109e49aa227d5aeb, mload(A7_P5), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x2a5b01bee9bdce7db8a25ed0078c6b0998774202a4aa98fce015c5be6a07ab70, mload(A8_P5), r),
                            r
                        )
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
                        mulmod(f, mulmod(0x1bcc40854e1db6b73319606fc59a88409908e11ab03793289a568e94627a8394, mload(A7_P6), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x2fc1337503035ef41289e5e6f5356bae487d0a9de330bc5792931c2d71b279ed, mload(A8_P6), r),
                            r
                        )
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
                        mulmod(f, mulmod(0x195ce3e83bd2c49abad520b5b2a00a0e15a5fa4c532487d127f6cf5c740487fb, mload(A7_P7), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x17f63e69497b1abbdd57728c93f308627d3ad8af64c31aafb7ac65bce12f1ba1, mload(A8_P7), r),
                            r
                        )
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^8
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET3_REST, mulmod(mload(SET3_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    mulmod(
                        mload(SET2_FACTOR),
                        mulmod(0x2b767c8e6648465b511cd28eeee86fdea10399de91b68084bed72d902a5c1384, mload(A8_P8), r),
                        r
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
                        mulmod(f, mulmod(0xb508209d27892e7a969b3fd4454345cbd44621eef5c03350e6962b1809f941d, mload(A7_P9), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x67fb5bdae6fd4c54da9428b5de3d65af179744fd0a31a43618d475258af918c, mload(A8_P9), r),
                            r
                        )
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
                        mulmod(f, mulmod(0x28f5eab3e08eb443a387d843103789104fa8370be3122832ac4cf5e400b7b43f, mload(A7_P10), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x24bb99278ac471978eab429d5877faa43dc4bbfa8176b166fdfe8b5adb8fc146, mload(A8_P10), r),
                            r
                        )
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
                        mulmod(f, mulmod(0x1e9b9ac3a6e86aa6e8894f0363e7a5d42e1b70706124a8c180929a6145374df6, mload(A7_P11), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0xeded2bb884fe3555ea0b7166851b0761cad50f19d951c15398bc2d48b98defd, mload(A8_P11), r),
                            r
                        )
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^12
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET4_Z, mulmod(mload(SET4_Z), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    addmod(
                        mulmod(
                            mload(SET4_FACTOR),
                            mulmod(0x22875261d651f48ea931b1452fb5ca1eb909eb708eaf5ec8a30c7d4aa4d48838, mload(A5_P12), r),
                            r
                        ),
                        add(
                            mulmod(
                                f,
                                mulmod(0x275a00ffb7248a5624470b6d21271d21acea54722f2d2d07a1820b97494d2b66, mload(A7_P12), r),
                                r
                            ),
                            mulmod(
                                mload(SET2_FACTOR),
                                mulmod(0x281ab22df05d423d63a0342ab4130bb706d64b3071cfdb5a1fd7427d29725803, mload(A8_P12), r),
                                r
                            )
                        ),
                        r
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
                        mulmod(f, mulmod(0x2eace55ba97b09b0561236fb30238435079d10e56e087f2f5dd8a07b7e9b5d9e, mload(A7_P13), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0xa98803fdd7ca7ffa75569580335b1f7efdefc00582d473211f4d0e108765d34, mload(A8_P13), r),
                            r
                        )
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
                        mulmod(f, mulmod(0x10deb624629c42d9d329a9ba9a13417e1b39963241bcb7112efde3ef37dc8ec2, mload(A7_P14), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x16baca1ba61e37e4b5da26006b32d82aa8c4cd1fcefb76bcbc96018171b57a95, mload(A8_P14), r),
                            r
                        )
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^15
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET2_REST, mulmod(mload(SET2_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    mulmod(f, mulmod(0x12152b22839af3cf0799b61102ab937959b2d4b7614b6f3d8f1a3ea6edffb9b0, mload(A7_P15), r), r),
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
                        mulmod(f, mulmod(0x787f4c782077cb1a51fb3bc96d6d90b902f82f3c5e00a8f2ba64952528ecbbc, mload(A7_P16), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x282b226613029ffa4fe88814b7624391366c5a3aac885be56c24043ad5095276, mload(A8_P16), r),
                            r
                        )
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
                        mulmod(f, mulmod(0x223cd7d93eea3913cb1b7d987f820b86840aaed6c5ed02c0c7a8583a497f055e, mload(A7_P17), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x12074a8c386cf296fa89247213c57e7bafcdffb798ba6817410a35671eb4e49, mload(A8_P17), r),
                            r
                        )
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
                        mulmod(f, mulmod(0x25aee86819d7ef81a851daf2539ddf77e134f6d70911d1c0fe37349b8a2b1341, mload(A7_P18), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x131b61029f5e5126aa39b753f82f5f0b65a620bcb91f495382dce950c57f5548, mload(A8_P18), r),
                            r
                        )
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
                        mulmod(f, mulmod(0xc319b14ce5db450944557201a14e01fde8c999d726f725b1a6ecb9e8c00f12d, mload(A7_P19), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x23cebf56515d8716c503354724791d1708351db6d291716acac4a0ad9b746cb3, mload(A8_P19), r),
                            r
                        )
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
                        mulmod(f, mulmod(0x9e24a46ea6002131db544eb5af7edb928494f28236ca49e728e4c2cdb95dbea, mload(A7_P20), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x424831df179b41e1acb7071ab69802e5c6c908f8f9484a2e001e239a81669d8, mload(A8_P20), r),
                            r
                        )
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^21
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET1_Z, mulmod(mload(SET1_Z), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    addmod(
                        mulmod(f, mulmod(0x1dfaa1cf065fe472c64b416ed5ee4591e2f3e9acc548aa8a4d96044b276c7565, mload(A7_P21), r), r),
                        add(
                            mulmod(
                                mload(SET2_FACTOR),
                                mulmod(0x66364f31a3deb041fda3c0c0db942257fc29b0af8bc1d71b4bf5c32382da846, mload(A8_P21), r),
                                r
                            ),
                            mulmod(
                                mload(SET1_FACTOR),
                                mulmod(
                                    0x186fda5757f94298b6c17c997aa740ea08d7de33f88416c517b5c56da12de447,
                                    add(
                                        mload(A1_P21),
                                        mulmod(
                                            y,
                                            add(mload(A2_P21), mulmod(y, add(mload(A3_P21), mulmod(y, mload(A4_P21), r)), r)),
                                            r
                                        )
                                    ),
                                    r
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
            // x*w^22
            t := mulmod(t, w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0xe9f5b22a4695b1616d09836cdeb7f2a48ccdfd80a29e277fbf20261405f233d, mload(A7_P22), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0xe38256bff78a63323f78a2d706d1effba3ebc76b2214fdfcc2def6fc7d6f33e, mload(A8_P22), r),
                            r
                        )
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^25
            t := mulmod(mulmod(mulmod(t, w, r), w, r), w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0x1445d86e71b5d7ad5eb0a3a8a68e1b9d789370f9c658c8e339ba0272e68bcf86, mload(A7_P25), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x2d69b3bd11932199c410b125c34c071fbd8e31a235201a0241eaafd6616cb4d0, mload(A8_P25), r),
                            r
                        )
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^26
            t := mulmod(t, w, r)
            d := add(u, t)
            mstore(SET3_REST, mulmod(mload(SET3_REST), d, r))
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    mulmod(
                        mload(SET2_FACTOR),
                        mulmod(0x1ad4a954726dfe828fe8794e286d770d4b0d406e69f6e049ef12aa622edaac3f, mload(A8_P26), r),
                        r
                    ),
                    r
                )
            )
            z := mulmod(z, d, r)
            // x*w^29
            t := mulmod(mulmod(mulmod(t, w, r), w, r), w, r)
            d := add(u, t)
            n := add(
                mulmod(n, d, r),
                mulmod(
                    z,
                    add(
                        mulmod(f, mulmod(0xe83a61d2e56773342b9dceb760eaccbb3d0355f889c779fb145bf74918be341, mload(A7_P29), r), r),
                        mulmod(
                            mload(SET2_FACTOR),
                            mulmod(0x69f2bdc8ee24e59c9cac5898f8fd235d5054ce8b800f01ee60f6049731bb6c, mload(A8_P29), r),
                            r
                        )
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
            let product := mload(SET1_Z)
            mstore(0x1f40, product)
            product := mulmod(product, mload(SET4_Z), r)
            mstore(0x1f60, product)
            product := mulmod(product, mload(SET5_Z), r)
            mstore(0x1f80, product)
            product := mulmod(product, mload(SET6_Z), r)
            mstore(0x1fa0, product)
            product := mulmod(product, mload(SET7_Z), r)
            mstore(0x1fc0, product)
            product := mulmod(product, mload(SET8_Z), r)
            mstore(0x1fe0, product)
            product := mulmod(product, mload(UNION_Z), r)
            mstore(0x2000, product)
            product := mulmod(product, mload(X_TOP), r)
            mstore(0x2020, product)
            product := mulmod(product, mload(INSTANCE_Z), r)
            mstore(0x2040, product)
            product := mulmod(product, mload(INV_VANISHING), r)
            // No u - x*w^i is 0, those of the first rotation set included.
            inverse := calldataload(0x1304)
            let first := mload(SET0_Z)
            let all := mulmod(product, first, r)
            nonzero := gt(all, 0)
            valid := and(lt(inverse, r), eq(mulmod(all, inverse, r), 1))
            inverse := mulmod(inverse, first, r)
            let word
            word := mload(INV_VANISHING)
            mstore(INV_VANISHING, mulmod(inverse, mload(0x2040), r))
            inverse := mulmod(inverse, word, r)
            word := mload(INSTANCE_Z)
            mstore(INSTANCE_Z, mulmod(inverse, mload(0x2020), r))
            inverse := mulmod(inverse, word, r)
            word := mload(X_TOP)
            mstore(X_TOP, mulmod(inverse, mload(0x2000), r))
            inverse := mulmod(inverse, word, r)
            word := mload(UNION_Z)
            mstore(UNION_Z, mulmod(inverse, mload(0x1fe0), r))
            inverse := mulmod(inverse, word, r)
            word := mload(SET8_Z)
            mstore(SET8_Z, mulmod(inverse, mload(0x1fc0), r))
            inverse := mulmod(inverse, word, r)
            word := mload(SET7_Z)
            mstore(SET7_Z, mulmod(inverse, mload(0x1fa0), r))
            inverse := mulmod(inverse, word, r)
            word := mload(SET6_Z)
            mstore(SET6_Z, mulmod(inverse, mload(0x1f80), r))
            inverse := mulmod(inverse, word, r)
            word := mload(SET5_Z)
            mstore(SET5_Z, mulmod(inverse, mload(0x1f60), r))
            inverse := mulmod(inverse, word, r)
            word := mload(SET4_Z)
            mstore(SET4_Z, mulmod(inverse, mload(0x1f40), r))
            inverse := mulmod(inverse, word, r)
            mstore(SET1_Z, inverse)
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
                h := add(mulmod(h, t13, r), mulmod(g, mload(F7), r))
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
                h := add(
                    mulmod(h, mload(T13), r),
                    mulmod(g, sub(sub(sub(sub(add(mload(F10), mul(4, r)), mload(F7)), mload(F6)), mload(F6_M5)), mload(F6_P4)), r)
                )
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
                let f9 := mload(F9)
                let a8 := mload(A8)
                // S: output
                // S: program: first field
                // S: program: multiplicity
                // S: program: equation
                h := add(
                    mulmod(
                        f9,
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
                            mulmod(sub(add(r, mload(A7)), f9), mulmod(sub(add(r, f9), 3), mulmod(f9, sub(add(r, f9), 2), r), r), r),
                            mulmod(
                                y,
                                add(
                                    mulmod(f9, sub(add(r, a8), mload(F0)), r),
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
                let f8 := mload(F8)
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
                h := add(
                    mulmod(h, mload(T11), r),
                    mulmod(
                        g,
                        mulmod(
                            sub(add(r, f8), 3),
                            mulmod(
                                mulmod(0x183227397098d014dc2822db40c0ac2e9419f4243cdcb848a1f0fac9f8000001, f8, r),
                                sub(add(r, f8), 2),
                                r
                            ),
                            r
                        ),
                        r
                    )
                )
            }
            {
                let f6_m1 := mload(F6_M1)
                // S: step: capacity of a permutation is 0
                // S: step: old output beside the new one
                let t50 := mulmod(f6_m1, mload(F5_M21), r)
                mstore(T50, t50)
                h := add(
                    mulmod(t50, sub(add(r, mload(A7_P20)), mload(A8_M1)), r),
                    mulmod(y, add(mulmod(mload(A0), f6_m1, r), mulmod(y, h, r)), r)
                )
            }
            {
                let a7_p1 := mload(A7_P1)
                let a8_p1 := mload(A8_P1)
                // S: position: present is a bit
                mstore(T51, mulmod(a7_p1, sub(one, a7_p1), r))
                // S: position: long is a bit
                // S: position: carried is 0 or present
                mstore(T52, sub(add(r, a7_p1), a8_p1))
                // S: position: S2 absent: no lots
                // S: position: S2 absent: word 0
                g := add(
                    mulmod(sub(one, a7_p1), add(mload(A8), mulmod(y, mload(T49), r)), r),
                    mulmod(
                        mload(T11),
                        add(
                            mulmod(a8_p1, mload(T52), r),
                            mulmod(y, add(mulmod(mload(A7), sub(one, mload(A7)), r), mulmod(y, mload(T51), r)), r)
                        ),
                        r
                    )
                )
                // S: position: S2 ranks strictly increase
                // S: position: S3 carried positions are counted
                // S: position: S5 cash so far
                mstore(T53, add(mload(T49), a7_p1))
                g := add(
                    sub(sub(add(r, add(r, mload(A8_P3))), mload(A8_M1)), mulmod(mload(T53), mload(A7_P2), r)),
                    mulmod(
                        y,
                        add(
                            sub(sub(add(r, add(r, mload(A7_P3))), mload(A7_M1)), a8_p1),
                            mulmod(
                                y,
                                add(
                                    mulmod(
                                        a7_p1,
                                        sub(
                                            sub(sub(add(mload(A8_P2), mul(3, r)), mload(A8_M2)), 2),
                                            mulmod(2, add(mload(A6_P3), mulmod(0x200, mload(A5_P12), r)), r)
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
                let f8 := mload(F8)
                let t11 := mload(T11)
                let t54 := mulmod(t11, t11, r)
                mstore(T54, t54)
                let t55 := mulmod(t54, t54, r)
                mstore(T55, t55)
                mstore(
                    T56,
                    mulmod(
                        sub(add(r, f8), 3),
                        mulmod(
                            mulmod(f8, 0x183227397098d014dc2822db40c0ac2e9419f4243cdcb848a1f0fac9f8000000, r),
                            sub(add(r, f8), 1),
                            r
                        ),
                        r
                    )
                )
                h := add(mulmod(h, t55, r), mulmod(g, mload(T56), r))
            }
            {
                let a7_p20 := mload(A7_P20)
                let a7_p25 := mload(A7_P25)
                let a7_p21 := mload(A7_P21)
                // S: step: S8 chunk is a bit
                mstore(T57, sub(one, a7_p25))
                // S: step: S8 leaf is a bit
                g := add(mulmod(a7_p20, sub(one, a7_p20), r), mulmod(y, mulmod(a7_p25, mload(T57), r), r))
                // S: step: S8 node is a bit
                let t58 := sub(add(r, a7_p21), a7_p20)
                mstore(T58, t58)
                // S: step: S8 one kind at most
                mstore(T59, add(a7_p25, a7_p20))
                let t60 := add(mload(T59), t58)
                g := add(
                    mulmod(t60, sub(add(one, mul(3, r)), t60), r),
                    mulmod(y, add(mulmod(t58, sub(add(a7_p20, one), a7_p21), r), mulmod(y, g, r)), r)
                )
            }
            {
                let a7_m22 := mload(A7_M22)
                let t59 := mload(T59)
                let a7_m17 := mload(A7_M17)
                // S: step: S8 nothing goes on after a leaf
                // S: step: S8 only chunk or leaf goes on
                // S: step: S8 an account begins after a leaf
                g := add(
                    mulmod(sub(add(r, 2), a7_m22), mulmod(sub(one, a7_m22), sub(add(r, t59), a7_m17), r), r),
                    mulmod(y, add(mulmod(a7_m17, add(sub(add(r, one), t59), mulmod(y, a7_m22, r)), r), mulmod(mload(T11), g, r)), r)
                )
                // S: step: S8 the first step is an account's
                // S: chunk: S2 word 0 is absorbed
                g := add(
                    mulmod(mload(A7_P25), sub(add(r, mload(A2)), mload(A8_P8)), r),
                    mulmod(y, add(mulmod(sub(add(r, one), t59), mulmod(a7_m22, sub(add(r, a7_m22), 1), r), r), mulmod(y, g, r)), r)
                )
            }
            {
                let a7_p25 := mload(A7_P25)
                let a7_p13 := mload(A7_P13)
                let a7_p17 := mload(A7_P17)
                let t57 := mload(T57)
                let a7_p9 := mload(A7_P9)
                // S: chunk: S8 position 0 only in a chunk
                // S: chunk: S2 word 1 is absorbed
                g := add(
                    mulmod(a7_p25, sub(add(r, mload(A3)), mload(A8_P12)), r),
                    mulmod(y, add(mulmod(t57, a7_p9, r), mulmod(y, g, r)), r)
                )
                // S: chunk: S8 position 1 only in a chunk
                // S: chunk: S2 word 2 is absorbed
                g := add(
                    mulmod(a7_p25, sub(add(r, mload(A4)), mload(A8_P16)), r),
                    mulmod(y, add(mulmod(t57, a7_p13, r), mulmod(y, g, r)), r)
                )
                // S: chunk: S8 position 2 only in a chunk
                // S: chunk: a chunk has a position
                // S: chunk: S2 position 1 only after 0
                g := add(
                    mulmod(sub(one, a7_p9), add(a7_p13, mulmod(y, a7_p25, r)), r),
                    mulmod(mload(T11), add(mulmod(t57, a7_p17, r), mulmod(y, g, r)), r)
                )
                // S: chunk: S2 position 2 only after 1
                // S: chunk: S2 only the last chunk is padded
                g := add(
                    mulmod(mload(A8_P21), mulmod(a7_p25, sub(one, a7_p17), r), r),
                    mulmod(y, add(mulmod(a7_p17, sub(one, a7_p13), r), mulmod(y, g, r)), r)
                )
            }
            {
                let a7_p25 := mload(A7_P25)
                let a7_m17 := mload(A7_M17)
                // S: chunk: S2 digest begins with the count or goes on
                // S: chunk: S2 positions left
                g := add(
                    mulmod(
                        mulmod(a7_p25, a7_m17, r),
                        sub(
                            sub(sub(sub(add(mload(A8_M21), mul(4, r)), mload(A8_P21)), mload(A7_P17)), mload(A7_P9)),
                            mload(A7_P13)
                        ),
                        r
                    ),
                    mulmod(
                        y,
                        add(
                            mulmod(
                                a7_p25,
                                sub(
                                    sub(add(r, add(r, mload(A1))), mulmod(mload(A7_M1), a7_m17, r)),
                                    mulmod(
                                        sub(one, a7_m17),
                                        add(
                                            mload(A7_P13),
                                            add(mload(A7_P9), add(mload(A7_P17), add(0x706f730000000000000000, mload(A8_P21))))
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
                )
                // S: chunk: S2 rank before
                // S: chunk: S3 carried before
                // S: chunk: S5 cash before
                // S: chunk: S6 new 1 only after 0
                g := add(
                    mulmod(add(1, mload(A7)), mulmod(a7_p25, sub(r, mload(A7_P2)), r), r),
                    mulmod(
                        y,
                        add(
                            mulmod(
                                a7_p25,
                                add(
                                    sub(add(r, mload(A8_P7)), mulmod(a7_m17, mload(A8_M23), r)),
                                    mulmod(
                                        y,
                                        add(
                                            sub(
                                                sub(add(r, add(r, mload(A7_P7))), mulmod(a7_m17, mload(A7_M23), r)),
                                                mulmod(sub(one, a7_m17), sub(add(r, mload(A8)), 1), r)
                                            ),
                                            mulmod(
                                                y,
                                                sub(add(r, add(mload(A8_P6), 2)), mulmod(a7_m17, add(mload(A8_M24), 2), r)),
                                                r
                                            )
                                        ),
                                        r
                                    )
                                ),
                                r
                            ),
                            mulmod(mload(T12), g, r)
                        ),
                        r
                    )
                )
                // S: chunk: S6 padding after the last new word (1)
                // S: chunk: S6 new 2 only after 1
                g := add(
                    mulmod(add(mload(A7_P2), 1), mulmod(a7_p25, sub(r, mload(A7_P4)), r), r),
                    mulmod(
                        y,
                        add(mulmod(mload(A3_P21), mulmod(a7_p25, sub(add(r, mload(A7_P2)), mload(A7)), r), r), mulmod(y, g, r)),
                        r
                    )
                )
                // S: chunk: S6 padding after the last new word (2)
                // S: chunk: S6 new word 0 is absorbed
                // S: chunk: S6 new word 1 is absorbed
                // S: chunk: S6 new word 2 is absorbed
                g := add(
                    mulmod(
                        a7_p25,
                        add(
                            sub(add(r, mload(A7_P5)), mload(A4_P21)),
                            mulmod(
                                y,
                                add(
                                    sub(add(r, mload(A7_P3)), mload(A3_P21)),
                                    mulmod(y, sub(add(r, mload(A7_P1)), mload(A2_P21)), r)
                                ),
                                r
                            )
                        ),
                        r
                    ),
                    mulmod(
                        mload(T12),
                        add(mulmod(mload(A4_P21), mulmod(a7_p25, sub(add(r, mload(A7_P4)), mload(A7)), r), r), mulmod(y, g, r)),
                        r
                    )
                )
            }
            {
                let a8_p29 := mload(A8_P29)
                // S: chunk: S6 the new list of the chunk before goes on
                // S: chunk: S6 the new list, once begun, goes on to the end
                // S: chunk: S6 only the last new chunk is padded
                g := add(
                    mulmod(mulmod(mload(A7_P25), a8_p29, r), add(add(mload(A7_M38), 1), mulmod(y, add(1, mload(A7)), r)), r),
                    mulmod(
                        mload(T11),
                        add(
                            mulmod(mload(T59), sub(add(r, a8_p29), mulmod(mload(A7_M17), sub(r, mload(A7_M42)), r)), r),
                            mulmod(y, g, r)
                        ),
                        r
                    )
                )
                // S: chunk: S6 new digest begins with the count
                let t61 := 0x30644e72e131a029b85045b68181585d2833e8487949011e43e1f593f0000001
                let t62 := add(mload(A7_P2), add(mload(A7), mload(A7_P4)))
                // S: chunk: S6 new digest goes on
                // S: chunk: S6 new positions left
                g := add(
                    mulmod(
                        mulmod(mload(A7_P25), a8_p29, r),
                        add(
                            mod(sub(add(r, add(mload(A7_M13), t62)), mload(A7_P29)), r),
                            mulmod(y, sub(add(r, mload(A1_P21)), mload(A8_M1)), r)
                        ),
                        r
                    ),
                    mulmod(
                        mload(T11),
                        add(
                            mulmod(
                                addmod(t62, sub(add(r, add(t61, mload(A1_P21))), mload(A7_P29)), r),
                                mulmod(mload(A7_P25), sub(sub(add(r, r), mload(A7)), a8_p29), r),
                                r
                            ),
                            mulmod(y, g, r)
                        ),
                        r
                    )
                )
                // S: chunk: S6 new positions are counted on
                // S: leaf: S6 same owner
                // S: leaf: S2 old digest
                // S: leaf: S6 new digest
                // S: leaf: S2 whole list absorbed
                g := add(
                    mulmod(
                        mload(A7_P20),
                        add(
                            mulmod(mload(A7_M17), mload(A8_M21), r),
                            mulmod(
                                y,
                                add(
                                    sub(add(r, add(t61, mload(A3_P21))), mulmod(a8_p29, add(t61, mload(A8_M1)), r)),
                                    mulmod(
                                        y,
                                        add(
                                            sub(add(r, add(t61, mload(A3))), mulmod(mload(A7_M17), add(t61, mload(A7_M1)), r)),
                                            mulmod(y, sub(add(r, mload(A1_P21)), mload(A1)), r)
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
                        mload(T54),
                        add(
                            mulmod(
                                mload(T59),
                                sub(add(r, add(mload(A7_M40), add(mload(A7_M42), add(mload(A7_M38), mload(A8))))), mload(A8_M42)),
                                r
                            ),
                            mulmod(y, g, r)
                        ),
                        r
                    )
                )
            }
            {
                // S: leaf: S6 whole new list absorbed
                // S: leaf: S3 all that is carried is listed
                // S: leaf: S5 nonce top limb
                // S: leaf: S1 index top limb
                // S: leaf: S5 cash' bit 126
                // S: leaf: S5 cash' bit 127
                // S: leaf: S5 new balance word
                let t63 := 0x100000000
                mstore(T64, 0x8000000000000000)
                mstore(T65, 0x40000000000000000000000000000000)
                mstore(
                    T66,
                    add(
                        mload(A8_P22),
                        add(
                            mulmod(mload(A7_P5), 0x80000000000000000000000000000000, r),
                            add(mulmod(mload(A7_P1), mload(T65), r), mulmod(mload(T64), mload(A8_P26), r))
                        )
                    )
                )
                // S: leaf: S5 old balance word
                g := add(
                    mulmod(
                        mload(A7_P20),
                        add(
                            addmod(
                                sub(mul(4, r), mload(T48)),
                                sub(
                                    add(mload(A2), one),
                                    mulmod(t63, sub(add(r, mload(T66)), mulmod(mload(A7_M17), mload(A8_M23), r)), r)
                                ),
                                r
                            ),
                            mulmod(
                                y,
                                add(
                                    addmod(sub(add(r, mload(A2_P21)), mulmod(t63, mload(T66), r)), sub(mul(4, r), mload(T48)), r),
                                    mulmod(y, add(mulmod(mload(A7_P5), sub(one, mload(A7_P5)), r), mulmod(y, mload(T51), r)), r)
                                ),
                                r
                            )
                        ),
                        r
                    ),
                    mulmod(
                        mload(T54),
                        add(
                            mulmod(
                                mload(A7_P20),
                                add(
                                    sub(add(r, mload(A7_P22)), mulmod(mload(A6_P3), 8, r)),
                                    mulmod(
                                        y,
                                        add(
                                            sub(add(r, mload(A5_P2)), mulmod(mload(A6_P1), 16, r)),
                                            mulmod(
                                                y,
                                                add(
                                                    mulmod(mload(A7_M17), sub(add(mload(A7_M23), one), mload(A8)), r),
                                                    mulmod(y, mulmod(mload(A8_P29), mload(A7_M13), r), r)
                                                ),
                                                r
                                            )
                                        ),
                                        r
                                    )
                                ),
                                r
                            ),
                            mulmod(mload(T54), g, r)
                        ),
                        r
                    )
                )
            }
            {
                let a8_p21 := mload(A8_P21)
                // S: leaf: S5 nonce' is not 0
                // S: leaf: S1 stands in the account tree
                let t67 := add(
                    mod(
                        sub(
                            sub(sub(sub(add(a8_p21, mul(4, r)), 0x10000000), mload(A6_P2)), mulmod(0x200, mload(A5_P3), r)),
                            mulmod(0x40000, mload(A6_P3), r)
                        ),
                        r
                    ),
                    mulmod(y, sub(add(r, mulmod(mload(A7_P3), mload(T48), r)), 1), r)
                )
                // S: node: S1 heap number below 2^36
                // S: node: child 0: heap number
                g := add(
                    mulmod(
                        mload(T58),
                        add(
                            sub(add(r, mload(A8)), mulmod(4, a8_p21, r)),
                            mulmod(y, mod(sub(add(a8_p21, mul(4, r)), mload(T48)), r), r)
                        ),
                        r
                    ),
                    mulmod(mload(T11), add(mulmod(mload(A7_P20), t67, r), mulmod(mload(T11), g, r)), r)
                )
            }
            {
                let t58 := mload(T58)
                let t11 := mload(T11)
                let a7 := mload(A7)
                // S: node: child 0: S8 sent is 0, or 1 in its kind of step
                let t68 := add(t58, mload(A7_P25))
                // S: node: child 0: old value
                // S: node: child 0: new value
                g := add(
                    mulmod(
                        t58,
                        add(sub(add(r, mload(A8_P1)), mload(A1_P21)), mulmod(y, sub(add(r, mload(A7_P1)), mload(A1)), r)),
                        r
                    ),
                    mulmod(t11, add(mulmod(a7, add(t68, a7), r), mulmod(y, g, r)), r)
                )
                // S: node: child 0: S1 S7 untouched stays
                // S: node: child 1: S8 sent is 0, or 1 in its kind of step
                g := add(
                    mulmod(mload(A7_P2), add(t68, mload(A7_P2)), r),
                    mulmod(y, add(mulmod(mulmod(t58, add(1, a7), r), sub(add(r, mload(A1)), mload(A1_P21)), r), mulmod(y, g, r)), r)
                )
                // S: node: child 1: old value
                // S: node: child 1: new value
                // S: node: child 1: S1 S7 untouched stays
                g := add(
                    mulmod(mulmod(t58, add(mload(A7_P2), 1), r), sub(add(r, mload(A2)), mload(A2_P21)), r),
                    mulmod(
                        y,
                        add(
                            mulmod(
                                t58,
                                add(sub(add(r, mload(A8_P3)), mload(A2_P21)), mulmod(y, sub(add(r, mload(A7_P3)), mload(A2)), r)),
                                r
                            ),
                            mulmod(t11, g, r)
                        ),
                        r
                    )
                )
                // S: node: child 1: numbered on
                // S: node: child 2: S8 sent is 0, or 1 in its kind of step
                g := add(
                    mulmod(mload(A7_P4), add(t68, mload(A7_P4)), r),
                    mulmod(y, add(mulmod(t68, sub(sub(add(r, add(r, mload(A8_P2))), mload(A8)), 1), r), mulmod(y, g, r)), r)
                )
                // S: node: child 2: old value
                // S: node: child 2: new value
                // S: node: child 2: S1 S7 untouched stays
                g := add(
                    mulmod(mulmod(t58, add(mload(A7_P4), 1), r), sub(add(r, mload(A3)), mload(A3_P21)), r),
                    mulmod(
                        y,
                        add(
                            mulmod(
                                t58,
                                add(sub(add(r, mload(A8_P5)), mload(A3_P21)), mulmod(y, sub(add(r, mload(A7_P5)), mload(A3)), r)),
                                r
                            ),
                            mulmod(t11, g, r)
                        ),
                        r
                    )
                )
                // S: node: child 2: numbered on
                // S: node: child 3: S8 sent is 0, or 1 in its kind of step
                g := add(
                    mulmod(mload(A7_P6), add(mload(A7_P6), t58), r),
                    mulmod(y, add(mulmod(t68, sub(sub(add(r, add(r, mload(A8_P4))), mload(A8)), 2), r), mulmod(y, g, r)), r)
                )
                // S: node: child 3: old value
                // S: node: child 3: new value
                // S: node: child 3: S1 S7 untouched stays
                g := add(
                    mulmod(mulmod(t58, add(mload(A7_P6), 1), r), sub(add(r, mload(A4)), mload(A4_P21)), r),
                    mulmod(
                        y,
                        add(
                            mulmod(
                                t58,
                                add(sub(add(r, mload(A8_P7)), mload(A4_P21)), mulmod(y, sub(add(r, mload(A7_P7)), mload(A4)), r)),
                                r
                            ),
                            mulmod(t11, g, r)
                        ),
                        r
                    )
                )
                // S: node: child 3: numbered on
                g := add(mulmod(t58, sub(sub(add(r, add(r, mload(A8_P6))), mload(A8)), 3), r), mulmod(y, g, r))
            }
            {
                let f5 := mload(F5)
                let t69 := mulmod(mload(T54), mload(T13), r)
                mstore(T69, t69)
                let t70 := mulmod(t69, t69, r)
                mstore(T70, t70)
                let t71 := mulmod(t70, t70, r)
                mstore(T71, t71)
                let t72 := mulmod(t71, t71, r)
                mstore(T72, t72)
                mstore(T73, 0x10216f7ba065e00de81ac1e7808072c9b8114d6d7de87adb16a0a73150000000)
                h := add(
                    mulmod(h, t72, r),
                    mulmod(g, mulmod(sub(add(r, f5), 4), mulmod(mload(T73), mulmod(mload(F6_M1), f5, r), r), r), r)
                )
            }
            {
                let a7_p12 := mload(A7_P12)
                let a7_p14 := mload(A7_P14)
                let a8_p18 := mload(A8_P18)
                // S: product: leaf or node
                // S: product: heap number
                // S: chain: present is a bit
                // S: chain: absent: no series message
                // S: chain: goes on until the last sentinel
                g := add(
                    mulmod(sub(one, a7_p12), add(mload(A7_M24), mulmod(y, add(mload(A7_P6), mulmod(y, a7_p12, r)), r)), r),
                    mulmod(
                        mload(T12),
                        add(sub(add(r, mload(A8_P19)), mload(A8)), mulmod(y, sub(add(r, mload(A7_P19)), mload(A7)), r)),
                        r
                    )
                )
                // S: chain: live until the last sentinel
                // S: chain: S8 busy is chunk or live chain
                // S: chain: sentinel is 0 or present
                // S: chain: sentinel word
                g := add(
                    mulmod(sub(r, a7_p14), add(sub(add(r, mload(A7_P15)), mload(A8_P2)), mulmod(y, add(a7_p14, a7_p12), r)), r),
                    mulmod(
                        mload(T11),
                        add(
                            sub(sub(add(r, add(r, mload(A8_P4))), mload(A7_P4)), mload(A7_P18)),
                            mulmod(
                                y,
                                add(
                                    sub(
                                        add(
                                            r,
                                            add(
                                                mload(A7_P18),
                                                mulmod(sub(r, a7_p14), sub(one, mulmod(mload(A8_P14), mload(A8_P14), r)), r)
                                            )
                                        ),
                                        a7_p12
                                    ),
                                    mulmod(y, g, r)
                                ),
                                r
                            )
                        ),
                        r
                    )
                )
                // S: chain: inside is 0 or present
                // S: chain: S3 only a carried series is offered
                // S: chain: S3 a settled series goes to its open interest
                g := add(
                    sub(add(r, mload(A7_P2)), mulmod(a8_p18, add(a7_p14, 1), r)),
                    mulmod(
                        y,
                        add(
                            mulmod(mload(A7_P6), sub(add(r, a8_p18), a7_p14), r),
                            mulmod(y, add(mulmod(a8_p18, sub(add(r, a7_p12), a8_p18), r), mulmod(y, g, r)), r)
                        ),
                        r
                    )
                )
            }
            // S: chain: S2 words strictly increase
            // S: chain: ranks count
            // S: chain: S3 inside between sentinels
            // S: chain: series message: word
            mstore(
                T74,
                add(
                    sub(add(r, mload(A8_P6)), mload(A8_P2)),
                    mulmod(
                        y,
                        add(
                            sub(
                                sub(add(r, add(r, mload(A8_P18))), mulmod(mload(A8_M24), mload(A7_M24), r)),
                                mulmod(mload(A8_P14), sub(r, mload(A7_P14)), r)
                            ),
                            mulmod(
                                y,
                                add(
                                    sub(
                                        sub(add(r, add(r, mload(A7_P3))), mload(A8_P18)),
                                        mulmod(mload(A7_M24), sub(add(r, add(mload(A7_M39), 2)), mload(A8_M24)), r)
                                    ),
                                    mulmod(
                                        y,
                                        mod(
                                            sub(
                                                sub(
                                                    sub(
                                                        sub(add(mload(A8_P2), mul(4, r)), mload(A8_P9)),
                                                        mulmod(mload(T64), mload(A8_P13), r)
                                                    ),
                                                    mulmod(mload(T65), mload(A8_P17), r)
                                                ),
                                                mulmod(mload(A7_M24), add(mload(A8_M40), 1), r)
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
            // S: chain: series message: rank
            // S: chain: S4 a carried series pays nothing
            // S: chain: rank message: ordinal
            g := add(
                mulmod(
                    mload(A7_P12),
                    add(
                        sub(add(r, mload(A8_P3)), mulmod(mload(A7_M24), add(mload(A8_M39), mload(A7_M40)), r)),
                        mulmod(y, add(mload(A8_P7), mulmod(y, sub(add(r, mload(A7_P7)), mload(A7_P3)), r)), r)
                    ),
                    r
                ),
                mulmod(mload(T12), add(mulmod(mload(A7_P12), mload(T74), r), mulmod(mload(T54), g, r)), r)
            )
            {
                let t13 := mload(T13)
                let t75 := mulmod(t13, t13, r)
                mstore(T75, t75)
                let t76 := mulmod(mload(T69), t75, r)
                mstore(T76, t76)
                h := add(
                    mulmod(h, t76, r),
                    mulmod(g, mulmod(mulmod(mload(T50), mload(T73), r), sub(add(r, mload(F5_M21)), 4), r), r)
                )
            }
            {
                let a8_p21 := mload(A8_P21)
                let a7_p21 := mload(A7_P21)
                let a7_p18 := mload(A7_P18)
                // S: interest: present is a bit
                // S: interest: first is 0 or present
                let t77 := add(mload(A7_P6), a8_p21)
                mstore(T77, t77)
                // S: interest: S9 a list begins with its first series, and goes on
                g := add(
                    sub(add(r, t77), mload(A8_M17)),
                    mulmod(y, add(mulmod(t77, sub(r, mload(A7_P6)), r), mulmod(y, mulmod(a8_p21, sub(one, a8_p21), r), r)), r)
                )
                // S: interest: S9 the list goes on until its last series
                // S: interest: last is 0 or present
                // S: interest: settles is 0 or present
                g := add(
                    mulmod(a7_p21, sub(add(r, a8_p21), a7_p21), r),
                    mulmod(
                        y,
                        add(
                            mulmod(a7_p18, sub(add(r, a8_p21), a7_p18), r),
                            mulmod(y, add(sub(add(r, add(mload(A8_P25), a7_p18)), a8_p21), mulmod(y, g, r)), r)
                        ),
                        r
                    )
                )
                // S: interest: S9 long message: lots settled
                mstore(T78, mulmod(5, mload(A7_P10), r))
                // S: interest: S9 short message: lots settled
                mstore(T79, mulmod(mload(A7), 4, r))
                // S: interest: S9 a passing series keeps its long lots
                // S: interest: S9 a passing series keeps its short lots
                g := add(
                    mulmod(sub(add(r, a8_p21), a7_p21), add(mload(T79), mulmod(y, mload(T78), r)), r),
                    mulmod(
                        mload(T11),
                        add(
                            sub(add(r, mload(T79)), mulmod(a8_p21, sub(add(r, mload(A4)), mload(A4_P21)), r)),
                            mulmod(
                                y,
                                add(
                                    sub(add(r, mload(T78)), mulmod(a8_p21, sub(add(r, mload(A3)), mload(A3_P21)), r)),
                                    mulmod(y, g, r)
                                ),
                                r
                            )
                        ),
                        r
                    )
                )
                // S: interest: rank message is taken
                // S: interest: close stays
                // S: interest: close is the public one
                // S: interest: expiry message: key
                g := add(
                    mulmod(sub(r, mload(A7_P6)), add(mload(A8_P6), mulmod(y, sub(add(r, mload(A7_P20)), mload(A8_P7)), r)), r),
                    mulmod(
                        mload(T11),
                        add(
                            mulmod(t77, sub(add(r, mload(A7_P20)), mload(A7_M22)), r),
                            mulmod(y, add(add(a7_p21, mload(A7_P2)), mulmod(y, g, r)), r)
                        ),
                        r
                    )
                )
            }
            {
                // S: interest: totals message: key
                // S: interest: S4 charged: fee and rest
                let t80 := add(mload(A7_P5), mulmod(0x200, mload(A7_P9), r))
                // S: interest: S4 rest below the unit
                g := add(
                    mulmod(mload(A7_P21), sub(add(r, add(mload(A7_P13), add(t80, mulmod(0x200, mload(A7_P17), r)))), 0x1869f), r),
                    mulmod(
                        y,
                        add(
                            sub(sub(add(mload(A8_P29), mul(3, r)), t80), mulmod(mload(A8_P13), 0x186a0, r)),
                            mulmod(y, add(mulmod(mload(A7_P18), mload(A8_P18), r), mulmod(y, g, r)), r)
                        ),
                        r
                    )
                )
            }
            {
                // S: interest: S4 slack of the fee, once more
                // S: interest: S9 old digest begins with the expiry or goes on
                let t81 := mulmod(sub(r, mload(A7_P6)), add(0x6f690000000000000000, mload(A7_P7)), r)
                // S: interest: S9 new digest begins with the expiry or goes on
                // S: interest: old row: word
                // S: interest: new row: word
                // S: interest: S9 long' is an amount
                // S: interest: S9 short' is an amount
                // S: interest: S9 closed: no long lots left
                // S: interest: S9 closed: no short lots left
                g := add(
                    mulmod(
                        mload(A8_P21),
                        add(
                            mulmod(mload(A7_P20), mload(A8_P9), r),
                            mulmod(
                                y,
                                add(
                                    mulmod(mload(A7_P20), mload(A8_P5), r),
                                    mulmod(
                                        y,
                                        add(
                                            sub(add(r, mload(A4_P21)), mload(A8_P9)),
                                            mulmod(y, sub(add(r, mload(A3_P21)), mload(A8_P5)), r)
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
                        mload(T54),
                        add(
                            mulmod(
                                mload(A8_P21),
                                add(
                                    sub(add(r, mload(A2_P21)), mload(A8)),
                                    mulmod(
                                        y,
                                        add(
                                            sub(add(r, mload(A2)), mload(A8)),
                                            mulmod(
                                                y,
                                                add(
                                                    sub(
                                                        sub(add(r, add(r, mload(A1_P21))), t81),
                                                        mulmod(mload(A8_M1), mload(T77), r)
                                                    ),
                                                    mulmod(
                                                        y,
                                                        sub(
                                                            sub(add(r, add(r, mload(A1))), t81),
                                                            mulmod(mload(A7_M1), mload(T77), r)
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
                            mulmod(mload(T54), add(sub(add(r, mload(A7_P4)), mload(A8_P17)), mulmod(y, g, r)), r)
                        ),
                        r
                    )
                )
            }
            {
                let a7_p25 := mload(A7_P25)
                // S: interest: long message: word
                // S: interest: long message: rank
                // S: interest: long message: net per lot
                // S: interest: short message: net per lot
                // S: interest: rank message: word
                // S: interest: rank message: rank
                // S: interest: ordinals count
                // S: interest: S7 payouts so far
                // S: interest: S7 fees so far
                g := add(
                    mulmod(
                        mload(A8_P21),
                        sub(
                            sub(add(r, add(r, mload(A8_P19))), mulmod(mload(A8_M23), mload(T77), r)),
                            mulmod(mload(A8_P13), add(mload(T79), mload(T78)), r)
                        ),
                        r
                    ),
                    mulmod(
                        y,
                        add(
                            mulmod(
                                mload(A8_P21),
                                add(
                                    sub(
                                        sub(add(r, add(r, mload(A7_P19))), mulmod(mload(A7_M23), mload(T77), r)),
                                        mulmod(a7_p25, sub(add(r, mload(T78)), mload(T79)), r)
                                    ),
                                    mulmod(
                                        y,
                                        add(
                                            sub(
                                                add(r, mload(A8_P3)),
                                                mulmod(mload(T77), sub(add(r, mload(A8_M39)), mload(A7_M40)), r)
                                            ),
                                            mulmod(
                                                y,
                                                add(
                                                    sub(add(r, mload(A7_P3)), mload(A7_P1)),
                                                    mulmod(y, sub(add(r, mload(A8_P2)), mload(A8)), r)
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
                                mload(T54),
                                add(
                                    mulmod(
                                        mload(A8_P21),
                                        add(
                                            add(a7_p25, add(mload(A8_P1), mload(A8_P13))),
                                            mulmod(
                                                y,
                                                add(
                                                    sub(add(r, add(mload(A8_P11), mload(A8_P13))), a7_p25),
                                                    mulmod(
                                                        y,
                                                        add(
                                                            sub(add(r, mload(A7_P11)), mload(A7_P1)),
                                                            mulmod(y, sub(add(r, mload(A8_P10)), mload(A8)), r)
                                                        ),
                                                        r
                                                    )
                                                ),
                                                r
                                            )
                                        ),
                                        r
                                    ),
                                    mulmod(mload(T54), g, r)
                                ),
                                r
                            )
                        ),
                        r
                    )
                )
            }
            {
                let f5 := mload(F5)
                let t82 := mulmod(mload(T55), mload(T69), r)
                mstore(T82, t82)
                let t83 := mulmod(t82, mload(T70), r)
                mstore(T83, t83)
                let t84 := 0x2c5bf293f91828263e49953ca1613baaba2f94ed1a3f51da7e39cbc79c000001
                mstore(T84, t84)
                h := add(
                    mulmod(h, t83, r),
                    mulmod(g, mulmod(sub(add(r, f5), 1), mulmod(t84, mulmod(mload(F6_M1), f5, r), r), r), r)
                )
            }
            {
                let a8 := mload(A8)
                let a7_m1 := mload(A7_M1)
                let a7_p9 := mload(A7_P9)
                // S: interest: price message is taken
                // S: interest: fees message is taken
                g := add(add(mload(A7_P6), a8), mulmod(y, add(mload(A7_P2), mload(A7)), r))
                // S: interest: fees message: key
                // S: interest: scale message is taken
                g := add(add(mload(A7_P10), a8), mulmod(y, add(mulmod(a8, sub(add(r, mload(A8_P6)), 1), r), mulmod(y, g, r)), r))
                // S: interest: scale message: key
                // S: interest: S9 closed: clearing' is 0
                g := add(
                    mulmod(
                        add(0x30644e72e131a029b85045b68181585ca833e84879b9709143e1f593f0000001, mload(A8_P11)),
                        mulmod(a8, a7_m1, r),
                        r
                    ),
                    mulmod(y, add(mulmod(a8, sub(add(r, mload(A8_P10)), 2), r), mulmod(y, g, r)), r)
                )
                // S: interest: slot message is sent by the last
                // S: interest: slot message: old digest
                // S: interest: S9 slot message: new digest, empty when closed
                // S: interest: slot message: heap number
                // S: interest: slot below 256
                g := add(
                    mulmod(
                        sub(add(r, a8), mload(A8_P4)),
                        add(
                            sub(add(r, mload(A7_P13)), mulmod(2, a7_p9, r)),
                            mulmod(
                                y,
                                add(
                                    sub(sub(add(r, add(r, mload(A8_P18))), 0x1100), a7_p9),
                                    mulmod(
                                        y,
                                        add(
                                            sub(add(r, mload(A8_P19)), mulmod(mload(A8_P20), sub(one, a7_m1), r)),
                                            mulmod(y, sub(add(r, mload(A7_P19)), mload(A8_M1)), r)
                                        ),
                                        r
                                    )
                                ),
                                r
                            )
                        ),
                        r
                    ),
                    mulmod(mload(T54), add(sub(add(r, add(mload(A7_P18), mload(A8_P4))), a8), mulmod(y, g, r)), r)
                )
            }
            {
                let a7_p12 := mload(A7_P12)
                let a8_p12 := mload(A8_P12)
                // S: interest: call is a bit
                // S: interest: capped is a bit
                g := add(
                    mulmod(a8_p12, sub(one, a8_p12), r),
                    mulmod(y, add(mulmod(a7_p12, sub(one, a7_p12), r), mulmod(y, g, r)), r)
                )
            }
            {
                let a8_p14 := mload(A8_P14)
                // S: interest: digital is a bit
                // S: interest: inverse is a bit
                g := add(
                    mulmod(a8_p14, sub(one, a8_p14), r),
                    mulmod(y, add(mulmod(mload(A7_P14), sub(one, mload(A7_P14)), r), mulmod(y, g, r)), r)
                )
                // S: interest: plain is a bit
                let t85 := sub(sub(add(r, add(r, mload(A7))), mload(A8_P12)), mload(A7_P14))
                mstore(T86, sub(add(r, t85), a8_p14))
                // S: interest: S4 word = underlying, expiry | kind | strike | cap
                g := add(
                    mulmod(
                        mload(A7),
                        sub(
                            add(
                                r,
                                add(
                                    mload(A8_M21),
                                    add(
                                        mulmod(0x30644e72e131a029b85045b68181585d2833e84879b9709043e1f593f0000001, mload(A8_P1), r),
                                        add(
                                            mulmod(
                                                0x30644e72e131a029b85045b68181575d2833e84879b9709143e1f593f0000001,
                                                mload(A7_P3),
                                                r
                                            ),
                                            mulmod(
                                                0x30644e72e131a029b85045b68181585c2833e84879b9709143e1f593f0000001,
                                                sub(
                                                    add(
                                                        r,
                                                        add(
                                                            2,
                                                            add(
                                                                mulmod(a8_p14, 6, r),
                                                                add(mulmod(4, mload(A7_P14), r), mulmod(2, mload(A8_P12), r))
                                                            )
                                                        )
                                                    ),
                                                    mload(A7_P12)
                                                ),
                                                r
                                            )
                                        )
                                    )
                                )
                            ),
                            mulmod(mload(A8_P5), sub(one, a8_p14), r)
                        ),
                        r
                    ),
                    mulmod(y, add(mulmod(mload(T86), sub(add(r, add(r, add(a8_p14, one))), t85), r), mulmod(y, g, r)), r)
                )
            }
            {
                let a7_p15 := mload(A7_P15)
                let a7_p17 := mload(A7_P17)
                let a8_p5 := mload(A8_P5)
                // S: interest: S4 plain kinds have no cap
                // S: interest: S4 the cap binds: a bit
                g := add(mulmod(a7_p15, sub(one, a7_p15), r), mulmod(y, add(mulmod(a8_p5, mload(T86), r), mulmod(y, g, r)), r))
                // S: interest: S4 in the money: a bit
                // S: interest: S4 distance to the cap
                g := add(
                    mulmod(
                        mload(A8_P12),
                        sub(
                            add(r, mulmod(sub(add(r, add(mload(A7_P12), mload(A7_P12))), 1), sub(add(r, mload(A8_P3)), a8_p5), r)),
                            mulmod(mload(A8_P13), sub(add(r, add(a7_p15, a7_p15)), 1), r)
                        ),
                        r
                    ),
                    mulmod(y, add(mulmod(a7_p17, sub(one, a7_p17), r), mulmod(y, g, r)), r)
                )
                // S: interest: S4 capped price
                // S: interest: S4 distance to the strike
                g := add(
                    mulmod(
                        mload(A7),
                        sub(
                            add(
                                r,
                                add(
                                    mload(A8_P9),
                                    mulmod(
                                        sub(add(r, add(mload(A7_P12), mload(A7_P12))), 1),
                                        sub(add(r, mload(A8_P16)), mload(A8_P1)),
                                        r
                                    )
                                )
                            ),
                            mulmod(a7_p17, add(mload(A8_P9), add(mload(A8_P9), 1)), r)
                        ),
                        r
                    ),
                    mulmod(
                        y,
                        add(
                            sub(
                                add(
                                    r,
                                    add(
                                        mload(A8_P16),
                                        mulmod(sub(add(r, mload(A8_P3)), a8_p5), mulmod(mload(A8_P12), a7_p15, r), r)
                                    )
                                ),
                                mload(A8_P3)
                            ),
                            mulmod(y, g, r)
                        ),
                        r
                    )
                )
                // S: interest: S4 intrinsic value
                // S: interest: S4 payoff per lot
                g := add(
                    sub(
                        sub(
                            sub(add(mload(A7_P4), mul(3, r)), mulmod(a8_p5, mload(A8_P14), r)),
                            mulmod(a8_p5, mulmod(a7_p17, mload(A7_P14), r), r)
                        ),
                        mulmod(mload(A7_P16), sub(sub(add(r, add(r, mload(A7))), mload(A7_P14)), mload(A8_P14)), r)
                    ),
                    mulmod(y, add(sub(add(r, mload(A7_P16)), mulmod(a7_p17, add(mload(A8_P9), 1), r)), mulmod(y, g, r)), r)
                )
            }
            {
                let a8_m17 := mload(A8_M17)
                let a8_p13 := mload(A8_P13)
                // S: interest: S4 inverse: scale intrinsic = payoff price + remainder
                // S: interest: S4 inverse: remainder below the price
                // S: interest: S4 fee by rate: a bit
                g := add(
                    mulmod(a8_m17, sub(one, a8_m17), r),
                    mulmod(
                        y,
                        add(
                            mulmod(
                                mload(A8_P14),
                                add(
                                    sub(sub(sub(add(mload(A8_P3), mul(3, r)), 1), a8_p13), mload(A8_P17)),
                                    mulmod(
                                        y,
                                        sub(
                                            sub(add(r, add(r, mulmod(mload(A7_P11), mload(A7_P16), r))), a8_p13),
                                            mulmod(mload(A8_P3), mload(A8_P5), r)
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
                let a7_m13 := mload(A7_M13)
                let a7_p4 := mload(A7_P4)
                // S: interest: S4 notional
                // S: interest: S4 fee is a floor
                let t87 := sub(add(r, mulmod(mload(A7_P7), a7_m13, r)), mulmod(mload(A8_P7), a7_p4, r))
                let t88 := mulmod(mload(A8_M17), t87, r)
                g := add(
                    sub(add(r, add(t88, mulmod(mload(A8_P7), a7_p4, r))), mload(A8_P8)),
                    mulmod(
                        y,
                        add(
                            sub(
                                sub(add(r, add(r, a7_m13)), mload(A8_P3)),
                                mulmod(mload(A8_P14), sub(add(r, mload(A7_P11)), mload(A8_P3)), r)
                            ),
                            mulmod(y, g, r)
                        ),
                        r
                    )
                )
                // S: interest: S4 fee is the smaller one
                g := add(
                    addmod(
                        sub(
                            add(r, mulmod(0x30644e72e131a029b85045b68181585d2833e84879b96f9143e1f593f0000001, mload(A7_P5), r)),
                            mulmod(mload(A7_P1), mload(T64), r)
                        ),
                        sub(sub(sub(add(t87, mul(3, r)), t88), t88), mload(A7_M17)),
                        r
                    ),
                    mulmod(y, g, r)
                )
            }
            {
                let t55 := mload(T55)
                let t89 := mulmod(mload(T12), mload(T54), r)
                mstore(T89, t89)
                let t90 := mulmod(t89, t55, r)
                mstore(T90, t90)
                let t91 := mulmod(t55, t55, r)
                mstore(T91, t91)
                let t92 := mulmod(t90, t91, r)
                mstore(T92, t92)
                h := add(
                    mulmod(h, t92, r),
                    mulmod(g, mulmod(mulmod(mload(T50), mload(T84), r), sub(add(r, mload(F5_M21)), 1), r), r)
                )
            }
            {
                let c1 := mload(C1)
                // S: bus: running sum 0
                let t93 := sub(sub(add(r, add(r, mload(C0))), 11), mulmod(mload(A5), c1, r))
                let t94 := sub(sub(add(r, add(r, mload(C0))), 11), mulmod(mload(A6), c1, r))
                mstore(
                    T95,
                    mulmod(
                        c1,
                        add(
                            0x2fe44e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001,
                            add(
                                mload(A8),
                                mulmod(
                                    0x30644e72e131a029b75045b68181585d2833e84879b9709143e1f593f0000001,
                                    mulmod(mload(T53), sub(add(r, add(mload(A7), mload(A7))), 1), r),
                                    r
                                )
                            )
                        ),
                        r
                    )
                )
                mstore(T96, mulmod(c1, c1, r))
                mstore(T97, mulmod(c1, mload(T96), r))
                mstore(T98, mulmod(mload(A7_P2), mload(T97), r))
                mstore(
                    T99,
                    addmod(
                        sub(r, mload(T98)),
                        sub(
                            sub(sub(sub(add(mload(C0), mul(4, r)), 4), mload(T95)), mulmod(mload(A7), mload(T52), r)),
                            mulmod(mload(T96), add(mload(A8_P2), mload(T52)), r)
                        ),
                        r
                    )
                )
                mstore(
                    T100,
                    mulmod(
                        mload(F10),
                        mulmod(mload(T99), mulmod(t94, mulmod(t93, sub(add(r, mload(A9_P1)), mload(A9)), r), r), r),
                        r
                    )
                )
                mstore(T101, mulmod(t94, mulmod(t93, sub(r, mulmod(mload(T56), mload(T53), r)), r), r))
                h := add(
                    sub(
                        sub(
                            sub(add(mload(T100), mul(3, r)), mload(T101)),
                            mulmod(mload(T99), mulmod(t94, sub(r, mload(F10)), r), r)
                        ),
                        mulmod(mload(T99), mulmod(t93, sub(r, mload(F10)), r), r)
                    ),
                    mulmod(y, h, r)
                )
            }
            {
                // S: bus: running sum 1
                let t102 := sub(
                    sub(
                        sub(sub(add(mload(C0), mul(4, r)), mload(F5)), mulmod(mload(A8), mload(C1), r)),
                        mulmod(mload(A7_P1), mload(T96), r)
                    ),
                    mulmod(mload(A8_P1), mload(T97), r)
                )
                let t103 := sub(
                    sub(sub(add(mload(C0), mul(3, r)), 1), mulmod(mload(A7_P3), mload(C1), r)),
                    mulmod(mload(A8), mload(T96), r)
                )
                mstore(
                    T104,
                    sub(
                        sub(sub(sub(add(mload(C0), mul(4, r)), mload(F1)), 2), mulmod(mload(F0), mload(C1), r)),
                        mulmod(mload(T96), mload(INSTANCE), r)
                    )
                )
                mstore(
                    T105,
                    mulmod(
                        mload(F10),
                        mulmod(mload(T104), mulmod(t103, mulmod(t102, sub(add(r, mload(A10_P1)), mload(A10)), r), r), r),
                        r
                    )
                )
                mstore(
                    T106,
                    mulmod(
                        t102,
                        mulmod(
                            mload(A7),
                            mulmod(
                                sub(add(r, mload(F8)), 2),
                                mulmod(
                                    sub(add(r, mload(F8)), 1),
                                    mulmod(mload(F8), 0x285396b510feb022c442e4c2c1411ef84c2b4191bac53323b891a1fb48000001, r),
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
                            sub(add(mload(T105), mul(3, r)), mulmod(t103, mload(T106), r)),
                            mulmod(mload(T104), mulmod(t103, mulmod(mload(A7), mload(F5), r), r), r)
                        ),
                        mulmod(mload(T104), mulmod(t102, mulmod(mload(A8_P1), mload(T56), r), r), r)
                    ),
                    mulmod(y, h, r)
                )
            }
            {
                let f9 := mload(F9)
                // S: bus: balanced where it starts and ends
                h := add(
                    mulmod(
                        add(mload(A10), mload(A9)),
                        mulmod(sub(add(r, f9), 2), mulmod(add(1, f9), mulmod(f9, sub(add(r, f9), 1), r), r), r),
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
                    mulmod(mload(FIRST_SUM), mload(X_32), r)
                ),
                r
            )
            {
                let weight := mload(SET0_Z)
            weight := mulmod(weight, v, r)
            mstore(SET1_Z, mulmod(weight, mload(SET1_Z), r))
            weight := mulmod(weight, v, r)
            mstore(SET2_REST, mulmod(weight, mulmod(mload(SET2_REST), mload(UNION_Z), r), r))
            weight := mulmod(weight, v, r)
            mstore(SET3_REST, mulmod(weight, mulmod(mload(SET3_REST), mload(UNION_Z), r), r))
            weight := mulmod(weight, v, r)
            mstore(SET4_Z, mulmod(weight, mload(SET4_Z), r))
            weight := mulmod(weight, v, r)
            mstore(SET5_Z, mulmod(weight, mload(SET5_Z), r))
            weight := mulmod(weight, v, r)
            mstore(SET6_Z, mulmod(weight, mload(SET6_Z), r))
            weight := mulmod(weight, v, r)
            mstore(SET7_Z, mulmod(weight, mload(SET7_Z), r))
            weight := mulmod(weight, v, r)
            mstore(SET8_Z, mulmod(weight, mload(SET8_Z), r))
            }
            let y := mload(OPEN_Y)
            {
                let power := y
                power := mulmod(power, power, r)
                power := mulmod(power, power, r)
                power := mulmod(power, power, r)
                power := mulmod(power, y, r)
                sum := add(sum, mulmod(mload(SET7_Z), mulmod(power, mload(H), r), r))
            }
            // The precompiles refuse what is not on the curve.
            // Set 8, rotations [-21, 0]: F5
            mcopy(ACC_AT, 0x01e0, 0x40)
            mstore(ACC_SCALAR, mload(SET8_Z))
            done := and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, SUM_AT, 0x40), done)
            // Set 7, rotations [0]: F7, F10, F0, F1, F2, F3, F4, F9, F8, H, RANDOM
            mcopy(ACC_AT, 0x0960, 0x40)
            mstore(ACC_SCALAR, y)
            done := and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, HOLD_AT, 0x40), done)
            mcopy(ACC_AT, 0x0ac0, 0x40)
            mstore(ACC_SCALAR, mload(XN))
            done := and(
                staticcall(ADD_GAS, 0x06, 0x0a00, 0x80, ACC_AT, 0x40),
                and(
                    staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x0a40, 0x40),
                    and(
                        staticcall(ADD_GAS, 0x06, 0x0a40, 0x80, ACC_AT, 0x40),
                        and(
                            staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x0a80, 0x40),
                            and(
                                staticcall(ADD_GAS, 0x06, 0x0a80, 0x80, ACC_AT, 0x40),
                                and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x0ac0, 0x40), done)
                            )
                        )
                    )
                )
            )
            done := and(
                staticcall(ADD_GAS, 0x06, HOLD_AT, 0x80, ACC_AT, 0x40),
                and(
                    staticcall(ADD_GAS, 0x06, 0x0980, 0x80, ACC_AT, 0x40),
                    and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x0980, 0x40), done)
                )
            )
            mstore(ACC_SCALAR, y)
            for { let p := 0x01e0 } lt(p, 0x03e0) { p := add(p, 0x80) } {
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
                staticcall(ADD_GAS, 0x06, 0x03e0, 0x80, ACC_AT, 0x40),
                and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x03e0, 0x40), done)
            )
            mstore(ACC_SCALAR, mload(SET7_Z))
            done := and(
                staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, SUM_AT, 0x40),
                and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, TERM_AT, 0x40), done)
            )
            // Set 6, rotations [-5, -1, 0, 4]: F6
            mstore(0x04a0, mload(SET6_Z))
            done := and(
                staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, SUM_AT, 0x40),
                and(staticcall(MUL_GAS, 0x07, 0x0460, 0x60, TERM_AT, 0x40), done)
            )
            // Set 5, rotations [0, 1, 2, 3]: A6
            mcopy(ACC_AT, 0x07e0, 0x40)
            mstore(ACC_SCALAR, mload(SET5_Z))
            done := and(
                staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, SUM_AT, 0x40),
                and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, TERM_AT, 0x40), done)
            )
            // Set 4, rotations [0, 1, 2, 3, 12]: A5
            mstore(0x07e0, mload(SET4_Z))
            done := and(
                staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, SUM_AT, 0x40),
                and(staticcall(MUL_GAS, 0x07, 0x07a0, 0x60, TERM_AT, 0x40), done)
            )
            // Set 3, rotations [-42, -40, -39, -38, -24, -23, -22, -17, -13, -1, 0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 25, 29]: A7
            mcopy(ACC_AT, 0x0820, 0x40)
            mstore(ACC_SCALAR, mload(SET3_REST))
            done := and(
                staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, SUM_AT, 0x40),
                and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, TERM_AT, 0x40), done)
            )
            // Set 2, rotations [-42, -40, -39, -24, -23, -21, -17, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 22, 25, 26, 29]: A8
            mstore(0x08a0, mload(SET2_REST))
            done := and(
                staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, SUM_AT, 0x40),
                and(staticcall(MUL_GAS, 0x07, 0x0860, 0x60, TERM_AT, 0x40), done)
            )
            // Set 1, rotations [0, 1, 21]: A1, A2, A3, A4
            mcopy(ACC_AT, 0x0760, 0x40)
            mstore(ACC_SCALAR, y)
            done := and(
                staticcall(ADD_GAS, 0x06, 0x06a0, 0x80, ACC_AT, 0x40),
                and(
                    staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x06e0, 0x40),
                    and(
                        staticcall(ADD_GAS, 0x06, 0x06e0, 0x80, ACC_AT, 0x40),
                        and(
                            staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x0720, 0x40),
                            and(
                                staticcall(ADD_GAS, 0x06, 0x0720, 0x80, ACC_AT, 0x40),
                                and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x0760, 0x40), done)
                            )
                        )
                    )
                )
            )
            mstore(ACC_SCALAR, mload(SET1_Z))
            done := and(
                staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, SUM_AT, 0x40),
                and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, TERM_AT, 0x40), done)
            )
            // Set 0, rotations [0, 1]: A0, A9, A10
            mcopy(ACC_AT, 0x0900, 0x40)
            mstore(ACC_SCALAR, y)
            done := and(
                staticcall(ADD_GAS, 0x06, SUM_AT, 0x80, SUM_AT, 0x40),
                and(
                    staticcall(ADD_GAS, 0x06, 0x0620, 0x80, TERM_AT, 0x40),
                    and(
                        staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x0620, 0x40),
                        and(
                            staticcall(ADD_GAS, 0x06, 0x0880, 0x80, ACC_AT, 0x40),
                            and(staticcall(MUL_GAS, 0x07, ACC_AT, 0x60, 0x0880, 0x40), done)
                        )
                    )
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
