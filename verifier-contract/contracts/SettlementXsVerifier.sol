// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @title Verifier of statement settlement, size xs
/// @notice Verifies a halo2 proof (KZG on BN254, SHPLONK opening, Keccak-256 transcript) or reverts.
/// @dev Emitted from a verifying key; do not edit. Rows: 2^12. Commitments of the key: 13. Proof: 20 points and
/// 155 evaluations, opened in 8 rotation sets over 64 distinct points.
///
/// Everything that depends on the trusted setup stands in the immutables under "Verifying key"; all else follows from the
/// circuit. Memory is laid out by hand: `verify` claims it from 0x80 to END_AT at once, and no function allocates after that.
/// Compile without viaIR, which may move Solidity's own variables into memory: `verify` then always reverts (InvalidMemory).
///
/// Sums are reduced lazily: 5r < 2^256, so up to five canonical values are added with `add` before a `mulmod`, `addmod` or `mod`
/// takes the sum. A difference is lifted by r for every canonical value that is subtracted: a - b is `sub(add(r, a), b)`.
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
    /// @notice Bytes of a proof.
    uint256 public constant PROOF_LENGTH = 6240;
    /// @notice Values of an instance.
    uint256 public constant INSTANCES = 13;

    // -----------------------------------------------------------------------------------------------------------------
    // Verifying key
    // -----------------------------------------------------------------------------------------------------------------

    uint256 private immutable KEY_DIGEST = 0x85a2f4bc50a208feef6935b19124efdca4c92586589150b3acdb48cea60f9f10;
    uint256 private immutable TRANSCRIPT_REPR = 0x114e106ec256ee2b7f368d3d8601de12114b096865c2b5c122ffb4512761a19d;
    uint256 private immutable F0_X = 0x2d6ae5ee1bbc44ffd5803327d4a00bf393acfcf125f34758d09741fdac65daa4;
    uint256 private immutable F0_Y = 0x0e0d4604b282f3535e2f92a1011947a64eba6fa389b9fba814636f20cc36f8fb;
    uint256 private immutable F1_X = 0x25f0c4bd2be0061e4b7308af45937bddba5f255b85fb2eadad0f9011ddc225b7;
    uint256 private immutable F1_Y = 0x012cb181a1ed280f24cd366280ef7a014ea7501fd2f777db1724bede9c3c0fd9;
    uint256 private immutable F2_X = 0x0b6e42482e42b7b36f8b23bc15ab999907f348b891cdac3ba5c1ca16fbbe62b4;
    uint256 private immutable F2_Y = 0x2312f0f5a801afcc1a73147821cffd5e9b491457fb5a2b134489aa43656d15a6;
    uint256 private immutable F3_X = 0x005d5dfc65301cf159555b32c8c35c7838ec41a88363c3be739122a3f12c16f5;
    uint256 private immutable F3_Y = 0x0ff5a1c256d2f5e80ae11c8ae54280893c891f78909bec672771d59b8d1941f1;
    uint256 private immutable F4_X = 0x295ca5f3a66fec41159d862a2102dfc2a648b7f77392b94c7aad83e93acab644;
    uint256 private immutable F4_Y = 0x107e70c7905d8cb68fc7d982d24956c10a53b50f75685c7b0da7368522ee6438;
    uint256 private immutable F5_X = 0x2129a98c5dd1991550c93534568d7b11547eca143744a6ab9549baa95d15b0b8;
    uint256 private immutable F5_Y = 0x18fe50e322bfb425e23907b19488f75894201a0cd3622957bccc2aca6814003f;
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
    uint256 private immutable F11_X = 0x290df997afbc958ad40cf8466410d7844fda7aa4522532fa09224c6faa2e476f;
    uint256 private immutable F11_Y = 0x1b90fb3c11826ad87e4b652a027c801061ed353ed48e061f7ef2f4576344baa0;
    uint256 private immutable F12_X = 0x1600884b51a6ac901a9ea21a8330312c0a74d4d93e61a0d1aa4f6122993d11bb;
    uint256 private immutable F12_Y = 0x179226bda60bd2a9f9ea0ac61543f5787f5b6ac4298dace9a25751b93b8b85b4;
    uint256 private immutable S_G2_X_IM = 0x260e01b251f6f1c7e7ff4e580791dee8ea51d87a358e038b4efe30fac09383c1;
    uint256 private immutable S_G2_X_RE = 0x0118c4d5b837bcc2bc89b5b398b5974e9f5944073b32078b7e231fec938883b0;
    uint256 private immutable S_G2_Y_IM = 0x04fc6369f7110fe3d25156c1bb9a72859cf2a04641f99ba4ee413c80da6a5fe4;
    uint256 private immutable S_G2_Y_RE = 0x22febda3c0c0632a56475b4214e5615e11e6dd3f96e6cea2854a87d4dacc5e55;
    uint256 private immutable NEG_G2_X_IM = 0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2;
    uint256 private immutable NEG_G2_X_RE = 0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed;
    uint256 private immutable NEG_G2_Y_IM = 0x275dc4a288d1afb3cbb1ac09187524c7db36395df7be3b99e673b13a075a65ec;
    uint256 private immutable NEG_G2_Y_RE = 0x1d9befcd05a5323e6da4d435f3b617cdb3af83285c2df711ef39c01571827f9d;
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

    /// @dev Gas given to precompiles: several times what they cost, so that no input makes them burn all that is left.
    uint256 private constant MODEXP_GAS = 50000;
    uint256 private constant ADD_GAS = 3000;
    uint256 private constant MUL_GAS = 30000;
    uint256 private constant PAIRING_GAS = 350000;

    // -----------------------------------------------------------------------------------------------------------------
    // Memory
    // -----------------------------------------------------------------------------------------------------------------

    // Commitments of the verifying key.
    uint256 private constant KEY_AT = 0x0080;
    uint256 private constant F0_PT = 0x0080;
    uint256 private constant F1_PT = 0x00c0;
    uint256 private constant F2_PT = 0x0100;
    uint256 private constant F3_PT = 0x0140;
    uint256 private constant F4_PT = 0x0180;
    uint256 private constant F5_PT = 0x01c0;
    uint256 private constant F6_PT = 0x0200;
    uint256 private constant F7_PT = 0x0240;
    uint256 private constant F8_PT = 0x0280;
    uint256 private constant F9_PT = 0x02c0;
    uint256 private constant F10_PT = 0x0300;
    uint256 private constant F11_PT = 0x0340;
    uint256 private constant F12_PT = 0x0380;

    // Transcript: key, instance, then the proof as it stands in calldata.
    uint256 private constant TRANSCRIPT_AT = 0x03c0;
    uint256 private constant INSTANCES_AT = 0x03e0;
    uint256 private constant PROOF_AT = 0x0580;
    uint256 private constant A0_PT = 0x0580;
    uint256 private constant A1_PT = 0x05c0;
    uint256 private constant A2_PT = 0x0600;
    uint256 private constant A3_PT = 0x0640;
    uint256 private constant A4_PT = 0x0680;
    uint256 private constant A5_PT = 0x06c0;
    uint256 private constant A6_PT = 0x0700;
    uint256 private constant A7_PT = 0x0740;
    uint256 private constant A8_PT = 0x0780;
    uint256 private constant A9_PT = 0x07c0;
    uint256 private constant A10_PT = 0x0800;
    uint256 private constant A11_PT = 0x0840;
    uint256 private constant RANDOM_PT = 0x0880;
    uint256 private constant H0_PT = 0x08c0;
    uint256 private constant H1_PT = 0x0900;
    uint256 private constant H2_PT = 0x0940;
    uint256 private constant H3_PT = 0x0980;
    uint256 private constant H4_PT = 0x09c0;

    // Evaluations, by polynomial and rotation (_P1: next row, _M1: row before).
    uint256 private constant EVALUATIONS_AT = 0x0a00;
    uint256 private constant A0 = 0x0a00;
    uint256 private constant A1 = 0x0a20;
    uint256 private constant A2 = 0x0a40;
    uint256 private constant A3 = 0x0a60;
    uint256 private constant A4 = 0x0a80;
    uint256 private constant A0_P1 = 0x0aa0;
    uint256 private constant A1_P1 = 0x0ac0;
    uint256 private constant A2_P1 = 0x0ae0;
    uint256 private constant A3_P1 = 0x0b00;
    uint256 private constant A4_P1 = 0x0b20;
    uint256 private constant A8 = 0x0b40;
    uint256 private constant A7 = 0x0b60;
    uint256 private constant A7_P1 = 0x0b80;
    uint256 private constant A8_P1 = 0x0ba0;
    uint256 private constant A7_P3 = 0x0bc0;
    uint256 private constant A5 = 0x0be0;
    uint256 private constant A6 = 0x0c00;
    uint256 private constant A5_P1 = 0x0c20;
    uint256 private constant A6_P1 = 0x0c40;
    uint256 private constant A5_P2 = 0x0c60;
    uint256 private constant A6_P2 = 0x0c80;
    uint256 private constant A5_P3 = 0x0ca0;
    uint256 private constant A6_P3 = 0x0cc0;
    uint256 private constant A0_P21 = 0x0ce0;
    uint256 private constant A7_P41 = 0x0d00;
    uint256 private constant A8_P20 = 0x0d20;
    uint256 private constant A7_P2 = 0x0d40;
    uint256 private constant A8_P2 = 0x0d60;
    uint256 private constant A8_P3 = 0x0d80;
    uint256 private constant A5_M14 = 0x0da0;
    uint256 private constant A7_M3 = 0x0dc0;
    uint256 private constant A7_M1 = 0x0de0;
    uint256 private constant A8_M1 = 0x0e00;
    uint256 private constant A7_P13 = 0x0e20;
    uint256 private constant A8_P9 = 0x0e40;
    uint256 private constant A7_P40 = 0x0e60;
    uint256 private constant A8_P13 = 0x0e80;
    uint256 private constant A8_M33 = 0x0ea0;
    uint256 private constant A7_M29 = 0x0ec0;
    uint256 private constant A7_P20 = 0x0ee0;
    uint256 private constant A7_P35 = 0x0f00;
    uint256 private constant A7_P24 = 0x0f20;
    uint256 private constant A7_P28 = 0x0f40;
    uint256 private constant A7_P32 = 0x0f60;
    uint256 private constant A8_M42 = 0x0f80;
    uint256 private constant A8_P22 = 0x0fa0;
    uint256 private constant A8_P26 = 0x0fc0;
    uint256 private constant A8_P30 = 0x0fe0;
    uint256 private constant A7_M10 = 0x1000;
    uint256 private constant A7_P19 = 0x1020;
    uint256 private constant A7_M11 = 0x1040;
    uint256 private constant A7_P21 = 0x1060;
    uint256 private constant A7_M9 = 0x1080;
    uint256 private constant A8_M40 = 0x10a0;
    uint256 private constant A8_P21 = 0x10c0;
    uint256 private constant A8_M9 = 0x10e0;
    uint256 private constant A7_P39 = 0x1100;
    uint256 private constant A8_P39 = 0x1120;
    uint256 private constant A7_P17 = 0x1140;
    uint256 private constant A8_M3 = 0x1160;
    uint256 private constant A7_M25 = 0x1180;
    uint256 private constant A1_P21 = 0x11a0;
    uint256 private constant A3_P21 = 0x11c0;
    uint256 private constant A4_P21 = 0x11e0;
    uint256 private constant A7_M41 = 0x1200;
    uint256 private constant A8_P8 = 0x1220;
    uint256 private constant A8_P12 = 0x1240;
    uint256 private constant A7_P8 = 0x1260;
    uint256 private constant A8_P16 = 0x1280;
    uint256 private constant A8_P34 = 0x12a0;
    uint256 private constant A7_P16 = 0x12c0;
    uint256 private constant A7_P38 = 0x12e0;
    uint256 private constant A7_P12 = 0x1300;
    uint256 private constant A7_P34 = 0x1320;
    uint256 private constant A2_P21 = 0x1340;
    uint256 private constant A8_P40 = 0x1360;
    uint256 private constant A7_P4 = 0x1380;
    uint256 private constant A8_P4 = 0x13a0;
    uint256 private constant A7_P5 = 0x13c0;
    uint256 private constant A8_P5 = 0x13e0;
    uint256 private constant A7_P6 = 0x1400;
    uint256 private constant A8_P6 = 0x1420;
    uint256 private constant A7_P7 = 0x1440;
    uint256 private constant A8_P7 = 0x1460;
    uint256 private constant A7_P9 = 0x1480;
    uint256 private constant A8_P35 = 0x14a0;
    uint256 private constant A7_M7 = 0x14c0;
    uint256 private constant A8_M7 = 0x14e0;
    uint256 private constant A8_P10 = 0x1500;
    uint256 private constant A8_M32 = 0x1520;
    uint256 private constant A7_P11 = 0x1540;
    uint256 private constant A7_M31 = 0x1560;
    uint256 private constant A7_P36 = 0x1580;
    uint256 private constant A8_P36 = 0x15a0;
    uint256 private constant A7_P10 = 0x15c0;
    uint256 private constant A7_P14 = 0x15e0;
    uint256 private constant A7_P18 = 0x1600;
    uint256 private constant A7_P37 = 0x1620;
    uint256 private constant A8_P11 = 0x1640;
    uint256 private constant A8_P14 = 0x1660;
    uint256 private constant A7_P15 = 0x1680;
    uint256 private constant A8_P15 = 0x16a0;
    uint256 private constant A8_P18 = 0x16c0;
    uint256 private constant A8_P19 = 0x16e0;
    uint256 private constant A8_M23 = 0x1700;
    uint256 private constant A7_M24 = 0x1720;
    uint256 private constant A8_P37 = 0x1740;
    uint256 private constant A8_P42 = 0x1760;
    uint256 private constant A7_P42 = 0x1780;
    uint256 private constant A7_P27 = 0x17a0;
    uint256 private constant A8_P38 = 0x17c0;
    uint256 private constant A8_P29 = 0x17e0;
    uint256 private constant A8_P24 = 0x1800;
    uint256 private constant A7_M22 = 0x1820;
    uint256 private constant A7_P22 = 0x1840;
    uint256 private constant A7_P26 = 0x1860;
    uint256 private constant A7_P30 = 0x1880;
    uint256 private constant A8_M38 = 0x18a0;
    uint256 private constant A8_P27 = 0x18c0;
    uint256 private constant A7_P31 = 0x18e0;
    uint256 private constant A8_P31 = 0x1900;
    uint256 private constant A8_P41 = 0x1920;
    uint256 private constant A7_P25 = 0x1940;
    uint256 private constant A8_P25 = 0x1960;
    uint256 private constant A8_P23 = 0x1980;
    uint256 private constant A8_M18 = 0x19a0;
    uint256 private constant A7_P23 = 0x19c0;
    uint256 private constant A8_P17 = 0x19e0;
    uint256 private constant A8_P28 = 0x1a00;
    uint256 private constant A8_P32 = 0x1a20;
    uint256 private constant A8_P33 = 0x1a40;
    uint256 private constant A7_P33 = 0x1a60;
    uint256 private constant A7_P29 = 0x1a80;
    uint256 private constant A9_P1 = 0x1aa0;
    uint256 private constant A9 = 0x1ac0;
    uint256 private constant A10_P1 = 0x1ae0;
    uint256 private constant A10 = 0x1b00;
    uint256 private constant A11_P1 = 0x1b20;
    uint256 private constant A11 = 0x1b40;
    uint256 private constant F6 = 0x1b60;
    uint256 private constant F8 = 0x1b80;
    uint256 private constant F6_M5 = 0x1ba0;
    uint256 private constant F7 = 0x1bc0;
    uint256 private constant F6_P4 = 0x1be0;
    uint256 private constant F0 = 0x1c00;
    uint256 private constant F1 = 0x1c20;
    uint256 private constant F2 = 0x1c40;
    uint256 private constant F3 = 0x1c60;
    uint256 private constant F4 = 0x1c80;
    uint256 private constant F11 = 0x1ca0;
    uint256 private constant F9 = 0x1cc0;
    uint256 private constant F10 = 0x1ce0;
    uint256 private constant F5 = 0x1d00;
    uint256 private constant F12 = 0x1d20;
    uint256 private constant RANDOM = 0x1d40;
    uint256 private constant EVALUATIONS_END = 0x1d60;

    // Opening points of the proof; the generator of G1 is put behind them.
    uint256 private constant W1_PT = 0x1d60;
    uint256 private constant W2_PT = 0x1da0;
    uint256 private constant PROOF_END = 0x1de0;
    uint256 private constant G1_PT = 0x1de0;
    uint256 private constant OPENING_END = 0x1e20;

    // Challenges.
    uint256 private constant C0 = 0x1e20;
    uint256 private constant C1 = 0x1e40;
    uint256 private constant Y = 0x1e60;
    uint256 private constant X = 0x1e80;
    uint256 private constant OPEN_Y = 0x1ea0;
    uint256 private constant OPEN_V = 0x1ec0;
    uint256 private constant OPEN_U = 0x1ee0;

    // Values at x.
    uint256 private constant XN = 0x1f00;
    uint256 private constant INSTANCE = 0x1f20;
    uint256 private constant H = 0x1f40;

    // Product of u - x*w^i over the first rotation set; powers of 1/x.
    uint256 private constant FIRST_SET = 0x1f60;
    uint256 private constant INV_X_1 = 0x1f80;
    uint256 private constant INV_X_2 = 0x1fa0;
    uint256 private constant INV_X_3 = 0x1fc0;
    uint256 private constant INV_X_4 = 0x1fe0;
    uint256 private constant INV_X_53 = 0x2000;
    uint256 private constant INV_X_54 = 0x2020;

    // Inverted together: u - x*w^i, x*w^-i - 1, x, x^n - 1.
    uint256 private constant INVERT_AT = 0x2040;
    uint256 private constant D_M42 = 0x2040;
    uint256 private constant D_M41 = 0x2060;
    uint256 private constant D_M40 = 0x2080;
    uint256 private constant D_M38 = 0x20a0;
    uint256 private constant D_M33 = 0x20c0;
    uint256 private constant D_M32 = 0x20e0;
    uint256 private constant D_M31 = 0x2100;
    uint256 private constant D_M29 = 0x2120;
    uint256 private constant D_M25 = 0x2140;
    uint256 private constant D_M24 = 0x2160;
    uint256 private constant D_M23 = 0x2180;
    uint256 private constant D_M22 = 0x21a0;
    uint256 private constant D_M18 = 0x21c0;
    uint256 private constant D_M14 = 0x21e0;
    uint256 private constant D_M11 = 0x2200;
    uint256 private constant D_M10 = 0x2220;
    uint256 private constant D_M9 = 0x2240;
    uint256 private constant D_M7 = 0x2260;
    uint256 private constant D_M5 = 0x2280;
    uint256 private constant D_M3 = 0x22a0;
    uint256 private constant D_M1 = 0x22c0;
    uint256 private constant D = 0x22e0;
    uint256 private constant D_P1 = 0x2300;
    uint256 private constant D_P2 = 0x2320;
    uint256 private constant D_P3 = 0x2340;
    uint256 private constant D_P4 = 0x2360;
    uint256 private constant D_P5 = 0x2380;
    uint256 private constant D_P6 = 0x23a0;
    uint256 private constant D_P7 = 0x23c0;
    uint256 private constant D_P8 = 0x23e0;
    uint256 private constant D_P9 = 0x2400;
    uint256 private constant D_P10 = 0x2420;
    uint256 private constant D_P11 = 0x2440;
    uint256 private constant D_P12 = 0x2460;
    uint256 private constant D_P13 = 0x2480;
    uint256 private constant D_P14 = 0x24a0;
    uint256 private constant D_P15 = 0x24c0;
    uint256 private constant D_P16 = 0x24e0;
    uint256 private constant D_P17 = 0x2500;
    uint256 private constant D_P18 = 0x2520;
    uint256 private constant D_P19 = 0x2540;
    uint256 private constant D_P20 = 0x2560;
    uint256 private constant D_P21 = 0x2580;
    uint256 private constant D_P22 = 0x25a0;
    uint256 private constant D_P23 = 0x25c0;
    uint256 private constant D_P24 = 0x25e0;
    uint256 private constant D_P25 = 0x2600;
    uint256 private constant D_P26 = 0x2620;
    uint256 private constant D_P27 = 0x2640;
    uint256 private constant D_P28 = 0x2660;
    uint256 private constant D_P29 = 0x2680;
    uint256 private constant D_P30 = 0x26a0;
    uint256 private constant D_P31 = 0x26c0;
    uint256 private constant D_P32 = 0x26e0;
    uint256 private constant D_P33 = 0x2700;
    uint256 private constant D_P34 = 0x2720;
    uint256 private constant D_P35 = 0x2740;
    uint256 private constant D_P36 = 0x2760;
    uint256 private constant D_P37 = 0x2780;
    uint256 private constant D_P38 = 0x27a0;
    uint256 private constant D_P39 = 0x27c0;
    uint256 private constant D_P40 = 0x27e0;
    uint256 private constant D_P41 = 0x2800;
    uint256 private constant D_P42 = 0x2820;
    uint256 private constant E0 = 0x2840;
    uint256 private constant E1 = 0x2860;
    uint256 private constant E2 = 0x2880;
    uint256 private constant E3 = 0x28a0;
    uint256 private constant E4 = 0x28c0;
    uint256 private constant E5 = 0x28e0;
    uint256 private constant E6 = 0x2900;
    uint256 private constant E7 = 0x2920;
    uint256 private constant E8 = 0x2940;
    uint256 private constant E9 = 0x2960;
    uint256 private constant E10 = 0x2980;
    uint256 private constant E11 = 0x29a0;
    uint256 private constant E12 = 0x29c0;
    uint256 private constant INV_X = 0x29e0;
    uint256 private constant INV_VANISHING = 0x2a00;
    uint256 private constant PADDING0 = 0x2a20;
    uint256 private constant INVERT_END = 0x2a40;
    uint256 private constant PREFIX_AT = 0x2a40;

    // Scalars of the commitments, in the order of the points.
    uint256 private constant K_F0 = 0x3440;
    uint256 private constant K_F1 = 0x3460;
    uint256 private constant K_F2 = 0x3480;
    uint256 private constant K_F3 = 0x34a0;
    uint256 private constant K_F4 = 0x34c0;
    uint256 private constant K_F5 = 0x34e0;
    uint256 private constant K_F6 = 0x3500;
    uint256 private constant K_F7 = 0x3520;
    uint256 private constant K_F8 = 0x3540;
    uint256 private constant K_F9 = 0x3560;
    uint256 private constant K_F10 = 0x3580;
    uint256 private constant K_F11 = 0x35a0;
    uint256 private constant K_F12 = 0x35c0;
    uint256 private constant K_A0 = 0x35e0;
    uint256 private constant K_A1 = 0x3600;
    uint256 private constant K_A2 = 0x3620;
    uint256 private constant K_A3 = 0x3640;
    uint256 private constant K_A4 = 0x3660;
    uint256 private constant K_A5 = 0x3680;
    uint256 private constant K_A6 = 0x36a0;
    uint256 private constant K_A7 = 0x36c0;
    uint256 private constant K_A8 = 0x36e0;
    uint256 private constant K_A9 = 0x3700;
    uint256 private constant K_A10 = 0x3720;
    uint256 private constant K_A11 = 0x3740;
    uint256 private constant K_RANDOM = 0x3760;
    uint256 private constant K_H0 = 0x3780;
    uint256 private constant K_H1 = 0x37a0;
    uint256 private constant K_H2 = 0x37c0;
    uint256 private constant K_H3 = 0x37e0;
    uint256 private constant K_H4 = 0x3800;
    uint256 private constant K_W1 = 0x3820;
    uint256 private constant K_W2 = 0x3840;
    uint256 private constant K_G1 = 0x3860;

    // Buffers of the precompiles.
    uint256 private constant ACC_AT = 0x3880;
    uint256 private constant TERM_AT = 0x38c0;
    uint256 private constant TERM_SCALAR = 0x3900;
    uint256 private constant PAIRING_AT = 0x3920;

    // Intermediate results.
    uint256 private constant T0 = 0x3aa0;
    uint256 private constant T1 = 0x3ac0;
    uint256 private constant T2 = 0x3ae0;
    uint256 private constant T3 = 0x3b00;
    uint256 private constant T4 = 0x3b20;
    uint256 private constant T5 = 0x3b40;
    uint256 private constant T6 = 0x3b60;
    uint256 private constant T7 = 0x3b80;
    uint256 private constant T8 = 0x3ba0;
    uint256 private constant T9 = 0x3bc0;
    uint256 private constant T10 = 0x3be0;
    uint256 private constant T11 = 0x3c00;
    uint256 private constant T12 = 0x3c20;
    uint256 private constant T13 = 0x3c40;
    uint256 private constant T14 = 0x3c60;
    uint256 private constant T15 = 0x3c80;
    uint256 private constant T16 = 0x3ca0;
    uint256 private constant T17 = 0x3cc0;
    uint256 private constant T18 = 0x3ce0;
    uint256 private constant T19 = 0x3d00;
    uint256 private constant T20 = 0x3d20;
    uint256 private constant T21 = 0x3d40;
    uint256 private constant T22 = 0x3d60;
    uint256 private constant T23 = 0x3d80;
    uint256 private constant T24 = 0x3da0;
    uint256 private constant T25 = 0x3dc0;
    uint256 private constant T26 = 0x3de0;
    uint256 private constant T27 = 0x3e00;
    uint256 private constant T28 = 0x3e20;
    uint256 private constant T29 = 0x3e40;
    uint256 private constant T30 = 0x3e60;
    uint256 private constant T31 = 0x3e80;
    uint256 private constant T32 = 0x3ea0;
    uint256 private constant T33 = 0x3ec0;
    uint256 private constant T34 = 0x3ee0;
    uint256 private constant T35 = 0x3f00;
    uint256 private constant T36 = 0x3f20;
    uint256 private constant T37 = 0x3f40;
    uint256 private constant T38 = 0x3f60;
    uint256 private constant T39 = 0x3f80;
    uint256 private constant T40 = 0x3fa0;
    uint256 private constant T41 = 0x3fc0;
    uint256 private constant T42 = 0x3fe0;
    uint256 private constant T43 = 0x4000;
    uint256 private constant T44 = 0x4020;
    uint256 private constant T45 = 0x4040;
    uint256 private constant T46 = 0x4060;
    uint256 private constant T47 = 0x4080;
    uint256 private constant T48 = 0x40a0;
    uint256 private constant T49 = 0x40c0;
    uint256 private constant T50 = 0x40e0;
    uint256 private constant T51 = 0x4100;
    uint256 private constant T52 = 0x4120;
    uint256 private constant T53 = 0x4140;
    uint256 private constant T54 = 0x4160;
    uint256 private constant T55 = 0x4180;
    uint256 private constant T56 = 0x41a0;
    uint256 private constant T57 = 0x41c0;
    uint256 private constant T58 = 0x41e0;
    uint256 private constant T59 = 0x4200;
    uint256 private constant T60 = 0x4220;
    uint256 private constant T61 = 0x4240;
    uint256 private constant T62 = 0x4260;
    uint256 private constant T63 = 0x4280;
    uint256 private constant T64 = 0x42a0;
    uint256 private constant T65 = 0x42c0;
    uint256 private constant T66 = 0x42e0;
    uint256 private constant T67 = 0x4300;
    uint256 private constant T68 = 0x4320;
    uint256 private constant T69 = 0x4340;
    uint256 private constant T70 = 0x4360;
    uint256 private constant T71 = 0x4380;
    uint256 private constant T72 = 0x43a0;
    uint256 private constant T73 = 0x43c0;
    uint256 private constant T74 = 0x43e0;
    uint256 private constant T75 = 0x4400;
    uint256 private constant T76 = 0x4420;
    uint256 private constant T77 = 0x4440;
    uint256 private constant T78 = 0x4460;
    uint256 private constant T79 = 0x4480;
    uint256 private constant T80 = 0x44a0;
    uint256 private constant T81 = 0x44c0;
    uint256 private constant T82 = 0x44e0;
    uint256 private constant T83 = 0x4500;
    uint256 private constant T84 = 0x4520;
    uint256 private constant T85 = 0x4540;
    uint256 private constant T86 = 0x4560;
    uint256 private constant T87 = 0x4580;
    uint256 private constant T88 = 0x45a0;
    uint256 private constant T89 = 0x45c0;
    uint256 private constant T90 = 0x45e0;
    uint256 private constant T91 = 0x4600;
    uint256 private constant T92 = 0x4620;
    uint256 private constant T93 = 0x4640;
    uint256 private constant T94 = 0x4660;
    uint256 private constant T95 = 0x4680;
    uint256 private constant T96 = 0x46a0;
    uint256 private constant T97 = 0x46c0;
    uint256 private constant T98 = 0x46e0;
    uint256 private constant T99 = 0x4700;
    uint256 private constant T100 = 0x4720;
    uint256 private constant T101 = 0x4740;
    uint256 private constant T102 = 0x4760;
    uint256 private constant T103 = 0x4780;
    uint256 private constant T104 = 0x47a0;
    uint256 private constant T105 = 0x47c0;
    uint256 private constant T106 = 0x47e0;
    uint256 private constant T107 = 0x4800;
    uint256 private constant T108 = 0x4820;
    uint256 private constant T109 = 0x4840;
    uint256 private constant T110 = 0x4860;
    uint256 private constant T111 = 0x4880;
    uint256 private constant T112 = 0x48a0;
    uint256 private constant T113 = 0x48c0;
    uint256 private constant T114 = 0x48e0;
    uint256 private constant T115 = 0x4900;
    uint256 private constant T116 = 0x4920;
    uint256 private constant T117 = 0x4940;
    uint256 private constant T118 = 0x4960;
    uint256 private constant T119 = 0x4980;
    uint256 private constant T120 = 0x49a0;
    uint256 private constant T121 = 0x49c0;
    uint256 private constant T122 = 0x49e0;
    uint256 private constant T123 = 0x4a00;
    uint256 private constant T124 = 0x4a20;
    uint256 private constant T125 = 0x4a40;
    uint256 private constant T126 = 0x4a60;
    uint256 private constant T127 = 0x4a80;
    uint256 private constant T128 = 0x4aa0;
    uint256 private constant T129 = 0x4ac0;
    uint256 private constant T130 = 0x4ae0;
    uint256 private constant T131 = 0x4b00;
    uint256 private constant T132 = 0x4b20;
    uint256 private constant T133 = 0x4b40;
    uint256 private constant T134 = 0x4b60;
    uint256 private constant T135 = 0x4b80;
    uint256 private constant T136 = 0x4ba0;
    uint256 private constant T137 = 0x4bc0;
    uint256 private constant T138 = 0x4be0;
    uint256 private constant T139 = 0x4c00;
    uint256 private constant T140 = 0x4c20;
    uint256 private constant T141 = 0x4c40;
    uint256 private constant T142 = 0x4c60;
    uint256 private constant T143 = 0x4c80;
    uint256 private constant T144 = 0x4ca0;
    uint256 private constant T145 = 0x4cc0;
    uint256 private constant T146 = 0x4ce0;
    uint256 private constant T147 = 0x4d00;
    uint256 private constant T148 = 0x4d20;
    uint256 private constant T149 = 0x4d40;
    uint256 private constant T150 = 0x4d60;
    uint256 private constant T151 = 0x4d80;
    uint256 private constant T152 = 0x4da0;
    uint256 private constant T153 = 0x4dc0;
    uint256 private constant T154 = 0x4de0;
    uint256 private constant T155 = 0x4e00;
    uint256 private constant T156 = 0x4e20;
    uint256 private constant T157 = 0x4e40;
    uint256 private constant T158 = 0x4e60;
    uint256 private constant T159 = 0x4e80;
    uint256 private constant T160 = 0x4ea0;
    uint256 private constant T161 = 0x4ec0;
    uint256 private constant T162 = 0x4ee0;
    uint256 private constant T163 = 0x4f00;
    uint256 private constant T164 = 0x4f20;
    uint256 private constant T165 = 0x4f40;
    uint256 private constant T166 = 0x4f60;
    uint256 private constant T167 = 0x4f80;
    uint256 private constant T168 = 0x4fa0;
    uint256 private constant T169 = 0x4fc0;
    uint256 private constant T170 = 0x4fe0;
    uint256 private constant T171 = 0x5000;
    uint256 private constant T172 = 0x5020;
    uint256 private constant T173 = 0x5040;
    uint256 private constant T174 = 0x5060;
    uint256 private constant T175 = 0x5080;
    uint256 private constant T176 = 0x50a0;
    uint256 private constant T177 = 0x50c0;
    uint256 private constant T178 = 0x50e0;
    uint256 private constant T179 = 0x5100;
    uint256 private constant T180 = 0x5120;
    uint256 private constant T181 = 0x5140;
    uint256 private constant T182 = 0x5160;
    uint256 private constant T183 = 0x5180;
    uint256 private constant END_AT = 0x51a0;
    // -----------------------------------------------------------------------------------------------------------------
    // Verification
    // -----------------------------------------------------------------------------------------------------------------

    /// @notice Keccak-256 of 32-byte words: transcript representation of the key, fixed commitments, K, s*G2, G2.
    function keyDigest() external pure returns (bytes32) {
        return bytes32(KEY_DIGEST);
    }

    /// @notice Returns if the proof is valid for the instance, and reverts in every other case.
    /// @param proof Points (x, y) and scalars in transcript order, 32 bytes big-endian each.
    /// @param instances The public inputs, each below r.
    function verify(bytes calldata proof, uint256[] calldata instances) external view {
        if (proof.length != PROOF_LENGTH) revert InvalidProofLength(PROOF_LENGTH, proof.length);
        if (instances.length != INSTANCES) revert InvalidInstanceLength(INSTANCES, instances.length);
        _load(proof, instances);
        _requireCanonical();
        _requireOnCurve();
        _loadKey();
        _squeezeChallenges();
        _computeDenominators();
        _invert();
        _evaluateIdentities();
        _combineOpenings();
        _sumCommitments();
        _requirePairing();
    }

    /// @dev Claims the memory and copies the arguments into it.
    function _load(bytes calldata proof, uint256[] calldata instances) private pure {
        bool claimed;
        bool encoded;
        assembly {
            claimed := eq(mload(0x40), KEY_AT)
            mstore(0x40, END_AT)
            encoded := and(
                eq(calldatasize(), 0x1a84),
                and(eq(proof.offset, 0x64), eq(instances.offset, 0x18e4))
            )
            calldatacopy(PROOF_AT, proof.offset, PROOF_LENGTH)
            calldatacopy(INSTANCES_AT, instances.offset, 0x1a0)
        }
        if (!claimed) revert InvalidMemory();
        if (!encoded) revert InvalidCalldata();
    }

    /// @dev Requires every instance value and every evaluation to be below r.
    function _requireCanonical() private pure {
        uint256 bad;
        assembly {
            let max := sub(R, 1)
            for { let p := INSTANCES_AT } lt(p, PROOF_AT) { p := add(p, 0x20) } {
                bad := or(bad, gt(mload(p), max))
            }
            for { let p := EVALUATIONS_AT } lt(p, 0x1d00) { p := add(p, 0x100) } {
                bad := or(
                    bad,
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
                                        or(gt(mload(add(p, 0x40)), max), or(gt(mload(add(p, 0x20)), max), gt(mload(p), max)))
                                    )
                                )
                            )
                        )
                    )
                )
            }
            bad := or(bad, gt(mload(0x1d00), max))
            bad := or(bad, gt(mload(0x1d20), max))
            bad := or(bad, gt(mload(0x1d40), max))
        }
        if (bad == 0) return;
        unchecked {
            for (uint256 i = 0; i < INSTANCES; ++i) {
                if (_word(INSTANCES_AT, i) >= R) revert InstanceNotCanonical(i);
            }
            for (uint256 i = 0; true; ++i) {
                if (_word(EVALUATIONS_AT, i) >= R) revert ScalarNotCanonical(i);
            }
        }
    }

    function _word(uint256 start, uint256 index) private pure returns (uint256 word) {
        assembly {
            word := mload(add(start, shl(5, index)))
        }
    }

    /// @dev Requires every point (x, y) of the proof to have x < p, y < p, y^2 = x^3 + 3. Infinity, (0, 0), is none.
    function _requireOnCurve() private pure {
        uint256 bad;
        assembly {
            let p := P
            for { let at := PROOF_AT } lt(at, PROOF_END) {} {
                let x := mload(at)
                let y := mload(add(at, 0x20))
                if iszero(
                    and(
                        and(lt(x, p), lt(y, p)),
                        eq(mulmod(y, y, p), addmod(mulmod(x, mulmod(x, x, p), p), 3, p))
                    )
                ) {
                    bad := at
                    break
                }
                at := add(at, 0x40)
                if eq(at, EVALUATIONS_AT) { at := W1_PT }
            }
        }
        if (bad == 0) return;
        unchecked {
            uint256 before = bad < W1_PT ? PROOF_AT : W1_PT - (EVALUATIONS_AT - PROOF_AT);
            revert PointNotOnCurve((bad - before) >> 6);
        }
    }

    /// @dev Copies the key to memory. The immutables cannot be read in assembly.
    function _loadKey() private pure {
        uint256 word;
        word = TRANSCRIPT_REPR;
        assembly { mstore(TRANSCRIPT_AT, word) }
        word = F0_X;
        assembly { mstore(F0_PT, word) }
        word = F0_Y;
        assembly { mstore(add(F0_PT, 0x20), word) }
        word = F1_X;
        assembly { mstore(F1_PT, word) }
        word = F1_Y;
        assembly { mstore(add(F1_PT, 0x20), word) }
        word = F2_X;
        assembly { mstore(F2_PT, word) }
        word = F2_Y;
        assembly { mstore(add(F2_PT, 0x20), word) }
        word = F3_X;
        assembly { mstore(F3_PT, word) }
        word = F3_Y;
        assembly { mstore(add(F3_PT, 0x20), word) }
        word = F4_X;
        assembly { mstore(F4_PT, word) }
        word = F4_Y;
        assembly { mstore(add(F4_PT, 0x20), word) }
        word = F5_X;
        assembly { mstore(F5_PT, word) }
        word = F5_Y;
        assembly { mstore(add(F5_PT, 0x20), word) }
        word = F6_X;
        assembly { mstore(F6_PT, word) }
        word = F6_Y;
        assembly { mstore(add(F6_PT, 0x20), word) }
        word = F7_X;
        assembly { mstore(F7_PT, word) }
        word = F7_Y;
        assembly { mstore(add(F7_PT, 0x20), word) }
        word = F8_X;
        assembly { mstore(F8_PT, word) }
        word = F8_Y;
        assembly { mstore(add(F8_PT, 0x20), word) }
        word = F9_X;
        assembly { mstore(F9_PT, word) }
        word = F9_Y;
        assembly { mstore(add(F9_PT, 0x20), word) }
        word = F10_X;
        assembly { mstore(F10_PT, word) }
        word = F10_Y;
        assembly { mstore(add(F10_PT, 0x20), word) }
        word = F11_X;
        assembly { mstore(F11_PT, word) }
        word = F11_Y;
        assembly { mstore(add(F11_PT, 0x20), word) }
        word = F12_X;
        assembly { mstore(F12_PT, word) }
        word = F12_Y;
        assembly { mstore(add(F12_PT, 0x20), word) }
    }

    /// @dev The transcript: a challenge is the hash h of what was absorbed since the last one, behind the last h; modulo r.
    function _squeezeChallenges() private pure {
        assembly {
            // Hashes h and the `size` bytes at `at`. The word before them makes room for h and is put back.
            function absorb(at, size, h) -> next {
                let start := sub(at, 0x20)
                let word := mload(start)
                mstore(start, h)
                next := keccak256(start, add(size, 0x20))
                mstore(start, word)
            }
            // A challenge with nothing absorbed in between.
            function again(h) -> next {
                mstore(0x00, h)
                mstore8(0x20, 1)
                next := keccak256(0x00, 0x21)
            }
            let r := R
            let h := keccak256(TRANSCRIPT_AT, 0x400)
            mstore(C0, mod(h, r))
            h := again(h)
            mstore(C1, mod(h, r))
            h := absorb(A9_PT, 0xc0, h)
            h := again(h)
            h := again(h)
            h := absorb(RANDOM_PT, 0x40, h)
            mstore(Y, mod(h, r))
            h := absorb(H0_PT, 0x140, h)
            mstore(X, mod(h, r))
            h := absorb(EVALUATIONS_AT, 0x1360, h)
            mstore(OPEN_Y, mod(h, r))
            h := again(h)
            mstore(OPEN_V, mod(h, r))
            h := absorb(W1_PT, 0x40, h)
            mstore(OPEN_U, mod(h, r))
        }
    }

    /// @dev Powers of x, and the denominators.
    function _computeDenominators() private pure {
        assembly {
            let r := R
            let x := mload(X)
            let u := mload(OPEN_U)
            let power := x
            for { let i := 0 } lt(i, K) { i := add(i, 1) } { power := mulmod(power, power, r) }
            mstore(XN, power)
            mstore(INV_VANISHING, add(power, sub(r, 1)))
            mstore(INV_X, x)
            let minusOne := sub(r, 1)
            let t
            t := x
            mstore(D, add(u, sub(r, t)))
            {
                let w := OMEGA
                for { let p := D_P1 } lt(p, 0x2840) { p := add(p, 0x20) } {
                    t := mulmod(t, w, r)
                    mstore(p, add(u, sub(r, t)))
                }
            }
            t := x
            {
                let w := OMEGA_INV
                t := mulmod(t, w, r)
                mstore(D_M1, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                mstore(D_M3, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                mstore(D_M5, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                mstore(D_M7, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                mstore(D_M9, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                mstore(D_M10, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                mstore(D_M11, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                mstore(D_M14, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                mstore(D_M18, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                mstore(D_M22, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                mstore(D_M23, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                mstore(D_M24, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                mstore(D_M25, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                mstore(D_M29, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                mstore(D_M31, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                mstore(D_M32, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                mstore(D_M33, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                mstore(D_M38, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                t := mulmod(t, w, r)
                mstore(D_M40, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                mstore(D_M41, add(u, sub(r, t)))
                t := mulmod(t, w, r)
                mstore(D_M42, add(u, sub(r, t)))
            }
            t := x
            mstore(E0, add(t, minusOne))
            t := x
            {
                let w := OMEGA_INV
                for { let p := E1 } lt(p, 0x29e0) { p := add(p, 0x20) } {
                    t := mulmod(t, w, r)
                    mstore(p, add(t, minusOne))
                }
            }
            mstore(PADDING0, 1)
            t := mod(mload(D), r)
            t := mulmod(t, mload(D_P1), r)
            t := mulmod(t, mload(D_P21), r)
            mstore(FIRST_SET, t)
        }
    }

    /// @dev Inverts the words from INVERT_AT to INVERT_END: one exponentiation, three multiplications a word.
    function _invert() private view {
        bool nonzero;
        bool done;
        assembly {
            let r := R
            let product := 1
            for { let p := INVERT_AT } lt(p, INVERT_END) { p := add(p, 0x80) } {
                mstore(add(p, 0xa00), product)
                product := mulmod(product, mload(p), r)
                mstore(add(p, 0xa20), product)
                product := mulmod(product, mload(add(p, 0x20)), r)
                mstore(add(p, 0xa40), product)
                product := mulmod(product, mload(add(p, 0x40)), r)
                mstore(add(p, 0xa60), product)
                product := mulmod(product, mload(add(p, 0x60)), r)
            }
            nonzero := gt(product, 0)

            // product^(r - 2), in the memory of the precompile buffers.
            mstore(ACC_AT, 0x20)
            mstore(add(ACC_AT, 0x20), 0x20)
            mstore(add(ACC_AT, 0x40), 0x20)
            mstore(add(ACC_AT, 0x60), product)
            mstore(add(ACC_AT, 0x80), sub(r, 2))
            mstore(add(ACC_AT, 0xa0), r)
            done := and(eq(returndatasize(), 0x20), staticcall(MODEXP_GAS, 0x05, ACC_AT, 0xc0, 0x00, 0x20))
            let inverse := mload(0x00)

            for { let p := sub(INVERT_END, 0x80) } iszero(lt(p, INVERT_AT)) { p := sub(p, 0x80) } {
                let word
                word := mload(add(p, 0x60))
                mstore(add(p, 0x60), mulmod(inverse, mload(add(p, 0xa60)), r))
                inverse := mulmod(inverse, word, r)
                word := mload(add(p, 0x40))
                mstore(add(p, 0x40), mulmod(inverse, mload(add(p, 0xa40)), r))
                inverse := mulmod(inverse, word, r)
                word := mload(add(p, 0x20))
                mstore(add(p, 0x20), mulmod(inverse, mload(add(p, 0xa20)), r))
                inverse := mulmod(inverse, word, r)
                word := mload(p)
                mstore(p, mulmod(inverse, mload(add(p, 0xa00)), r))
                inverse := mulmod(inverse, word, r)
            }
        }
        if (!nonzero) revert DegenerateChallenge();
        if (!done) revert PrecompileFailed(0x05);
    }

    /// @dev The quotient's value at x: the identities, weighted by powers of y, over x^n - 1.
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
                // l_i(x) = (x^n - 1)/n / (x*w^-i - 1)
                let common := mulmod(add(mload(XN), sub(r, 1)), ROWS_INV, r)
                g := add(
                    mulmod(mload(add(INSTANCES_AT, 0x80)), mload(E4), r),
                    add(
                        mulmod(mload(add(INSTANCES_AT, 0x60)), mload(E3), r),
                        add(
                            mulmod(mload(add(INSTANCES_AT, 0x40)), mload(E2), r),
                            add(mulmod(mload(add(INSTANCES_AT, 0x20)), mload(E1), r), mulmod(mload(INSTANCES_AT), mload(E0), r))
                        )
                    )
                )
                g := addmod(
                    g,
                    add(
                        mulmod(mload(add(INSTANCES_AT, 0x120)), mload(E9), r),
                        add(
                            mulmod(mload(add(INSTANCES_AT, 0x100)), mload(E8), r),
                            add(
                                mulmod(mload(add(INSTANCES_AT, 0xe0)), mload(E7), r),
                                add(
                                    mulmod(mload(add(INSTANCES_AT, 0xc0)), mload(E6), r),
                                    mulmod(mload(add(INSTANCES_AT, 0xa0)), mload(E5), r)
                                )
                            )
                        )
                    ),
                    r
                )
                g := addmod(
                    g,
                    add(
                        mulmod(mload(add(INSTANCES_AT, 0x180)), mload(E12), r),
                        add(
                            mulmod(mload(add(INSTANCES_AT, 0x160)), mload(E11), r),
                            mulmod(mload(add(INSTANCES_AT, 0x140)), mload(E10), r)
                        )
                    ),
                    r
                )
                mstore(INSTANCE, mulmod(common, g, r))
            }
            let y := mload(Y)
            let h := 0
            {
                // S: full round: word 0
                mstore(T0, 0x251e7fdf99591080080b0af133b9e4369f22e57ace3cd7f64fc6fdbcf38d7da1)
                let t1 := pow5(add(mload(F0), mload(A0)), r)
                let t2 := pow5(add(mload(F1), mload(A1)), r)
                let t3 := pow5(add(mload(F2), mload(A2)), r)
                let t4 := pow5(add(mload(F3), mload(A3)), r)
                mstore(T5, pow5(add(mload(F4), mload(A4)), r))
                mstore(
                    T6,
                    add(
                        mulmod(0xaaa35e2c84baf117dea3e336cd96a39792b3813954fe9bf3ed5b90f2f69c977, mload(T5), r),
                        add(
                            mulmod(0x104d0295ab00c85e960111ac25da474366599e575a9b7edf6145f14ba6d3c1c4, t4, r),
                            add(
                                mulmod(0x293d617d7da72102355f39ebf62f91b06deb5325f367a4556ea1e31ed5767833, t3, r),
                                add(
                                    mulmod(0x25fb50b65acf4fb047cbd3b1c17d97c7fe26ea9ca238d6e348550486e91c7765, t2, r),
                                    mulmod(mload(T0), t1, r)
                                )
                            )
                        )
                    )
                )
                g := addmod(mload(A0_P1), sub(mul(5, r), mload(T6)), r)
                // S: full round: word 1
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        mulmod(0x1b86987807302e4e3836ea20eea889314023553a3b1519470ed48fb12400b6c0, mload(T5), r),
                        add(
                            mload(A1_P1),
                            add(
                                mulmod(0xedbce30fa32e2d54b0dc92d7668d4a18cd17abbc4dd57b47ef565ec91acf5ee, t4, r),
                                add(
                                    mulmod(0x7a190435ecca6caacfc7e846e325e299b66586cdad6bc318b776c44724c93ca, t3, r),
                                    add(
                                        mulmod(0x852fa0dc49f81b5553a9c233265ce416d94559aeac4b7183286676556e33287, t2, r),
                                        mulmod(0x5f394810c75d34df8122df4afa47d5b230ae46c13af8627d9eb93e1048b37c8, t1, r)
                                    )
                                )
                            )
                        ),
                        r
                    )
                )
                // S: full round: word 2
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        mulmod(0x16822e20aa98ce16f4ec39399c8c62e78cc19cef84a7c28f0c332b59c442e9a, mload(T5), r),
                        add(
                            mload(A2_P1),
                            add(
                                mulmod(0x1d9c6bc4e6df51d05f59e9d385d4d7bd5c8ba2bd50d522fededcd7b0be9c3065, t4, r),
                                add(
                                    mulmod(0x1aaac189a2e9e3c4ea21191fbaeaf498ee6fdbe849702a219be850e1c7403cd6, t3, r),
                                    add(
                                        mulmod(0x30482f957ecd44b60abd2afe73499caac079b71d45a5621fd677be4c96b2cfaf, t2, r),
                                        mulmod(0xfaa7595311e361d9ac13515117206fd27acc49148e99f69ee7711b58f2bfe4, t1, r)
                                    )
                                )
                            )
                        ),
                        r
                    )
                )
                // S: full round: word 3
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        mulmod(0x287436caf55c325931587866aa7093533ab4ef6578ffc7d5a4280308f8efdae2, mload(T5), r),
                        add(
                            mload(A3_P1),
                            add(
                                mulmod(0xa3e802a397e05e765dd1f919cd5c42720213c18b01826318b2bede55027aeb7, t4, r),
                                add(
                                    mulmod(0x141c244d3a07aa4a982deda17e363efc8ffd9e3684dfe795c71a98a0c27ec907, t3, r),
                                    add(
                                        mulmod(0x2277f98c053a4e23bdda8b3ceec4236c9d04ea19ac77261d563a7d50cf5e5c93, t2, r),
                                        mulmod(0x24254968753bf1149ece605843672ebbebf3ee0328fc4b7c52321ecdf8de07d1, t1, r)
                                    )
                                )
                            )
                        ),
                        r
                    )
                )
                // S: full round: word 4
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        mulmod(0x1c5d02c1949973a7eea32e98324b5a1374979dce06ddb9b77a547557f129a19d, mload(T5), r),
                        add(
                            mload(A4_P1),
                            add(
                                mulmod(0x32a3388b2c45be350474d29e5d854896a687cefbf792c726ef62682341e1c86, t4, r),
                                add(
                                    mulmod(0x2d77a20a623beb74505019dcafc7ed1138fe6dde95d1053be228cbf86d296373, t3, r),
                                    add(
                                        mulmod(0x201a5651dbcaeb0a0d55271c241d976eb81d7499a19896cd03a6f39538d85ab8, t2, r),
                                        mulmod(0x6436ace404c2296bed3a854faba9472abd5928678734af560ea696723d1ca6c, t1, r)
                                    )
                                )
                            )
                        ),
                        r
                    )
                )
                mstore(T7, mulmod(y, y, r))
                mstore(T8, mulmod(y, mload(T7), r))
                mstore(T9, mulmod(mload(T7), mload(T8), r))
                h := add(mulmod(h, mload(T9), r), mulmod(g, mload(F8), r))
            }
            {
                // S: into partial rounds: word 0
                let t10 := pow5(add(0xa01776bb22f4b6b8eccff33e76fded3144fb7e3ac14e846a91e64afb1500eff, mload(A0)), r)
                g := addmod(
                    add(
                        mulmod(0x25ba189018e5f1183a66078314a7ee23af08b034e46986d2050c3c84c096368a, mload(A4), r),
                        mulmod(0x20174bdd3630d7cb224f340a5ba71119c1da49f11f1df1b1e29c0448492c3e3d, mload(A3), r)
                    ),
                    sub(
                        sub(
                            add(
                                mload(A0_P1),
                                add(
                                    mul(2, r),
                                    add(
                                        mulmod(0x726ecf5638a7f2782f10bca8b51c6acba4895228651cc3bd54012751a8987ce, mload(A2), r),
                                        mulmod(0xa68fdbc8662507970847204c003c0952a0cfdabd78099adfb8cf10d06e3889c, mload(A1), r)
                                    )
                                )
                            ),
                            0x9d8db1e10531681407aaf525e01aecfbbb0a20ee68b595a72b78cc72ce6a73e
                        ),
                        mulmod(mload(T0), t10, r)
                    ),
                    r
                )
                // S: into partial rounds: word 1
                let t11 := 0x9fa487e7f5a0583903205ac467176e982991835de3fc7709778150adeff981e
                mstore(T12, pow5(mload(A0_P1), r))
                mstore(T13, mulmod(mload(T0), mload(T12), r))
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        sub(
                            add(
                                r,
                                add(
                                    mulmod(0x2f359c464aaf48390855f253dde592a8f62f71afee940262781c7701ebb20ee9, mload(A4), r),
                                    mulmod(0x89fc445bfdd0f1cc7806fe615cde730e175b3c5d276f5c71062f28cc7bf5ca4, mload(A3), r)
                                )
                            ),
                            mload(T13)
                        ),
                        sub(
                            sub(
                                add(
                                    mload(A1_P1),
                                    add(
                                        mul(2, r),
                                        add(
                                            mulmod(0x95f3708ff5e423df958bab911f85d8421370cff90207a810b676b02fa17e81c, mload(A2), r),
                                            mulmod(0x27a676f8c60d4141a946eaa09ae20ec8a2115b22dbb6f57ff5cc7d20e3ed134c, mload(A1), r)
                                        )
                                    )
                                ),
                                0x151efb27426ad51d3874abc4ce05faeb67758bb33760c644d8ab001b9941608b
                            ),
                            mulmod(t10, t11, r)
                        ),
                        r
                    )
                )
                // S: into partial rounds: word 2
                mstore(T14, pow5(mload(A1_P1), r))
                mstore(T15, mulmod(mload(T0), mload(T14), r))
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        sub(
                            add(
                                r,
                                add(
                                    mload(A2_P1),
                                    add(
                                        mulmod(0x2fb58ce64b9fb64f02fe08e6f9603f20ff174accfc67f611047872edc80f7419, mload(A2), r),
                                        add(
                                            mulmod(
                                                0x1a7fb9d35d74a64df3a65f67ffa3e30fe84b18cd5e336ba7245c5ba92cb3e706,
                                                mload(A1),
                                                r
                                            ),
                                            mulmod(0x18d9af4f1346334057c41601c6eb443b0eaec53fd24575050b8a5187bb74b08f, t10, r)
                                        )
                                    )
                                )
                            ),
                            0x2cf5a51438538da9d608292c8a4ba4baf6f356706d9bfad6b96aa9c5ef38faa4
                        ),
                        sub(
                            sub(
                                add(
                                    mul(2, r),
                                    add(
                                        mulmod(0x172bf261c168bc0060d9e2d378edaea6f5974f80bee8940fe26c23fe431e2fec, mload(A4), r),
                                        mulmod(0x10a93df59fd27f98502a0ae42603fc9f3871ce8af96eba0e92aa61358fe5df21, mload(A3), r)
                                    )
                                ),
                                mload(T15)
                            ),
                            mulmod(t11, mload(T12), r)
                        ),
                        r
                    )
                )
                // S: into partial rounds: word 3
                mstore(T16, pow5(mload(A2_P1), r))
                mstore(T17, mulmod(mload(T0), mload(T16), r))
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        sub(
                            add(
                                r,
                                add(
                                    mload(A3_P1),
                                    add(
                                        mulmod(0x2aadf9826e778b9baec611ab4074a43720e5dbc1acefbc97168bd5053e2b2a42, mload(A2), r),
                                        add(
                                            mulmod(0x90c5ed03c4c671652029de20885b16c417c22fba0ecd6a8ed6be752c5072c37, mload(A1), r),
                                            mulmod(0x1e44ce99bc20dc8819a1bb4ba0011bcfb66cac4b2956ddd21dccddc1bdfafe10, t10, r)
                                        )
                                    )
                                )
                            ),
                            0x14c074b8d3806789ee1642c41c4aa5ff2eb5e586aaf71676aede09c850cb3bbd
                        ),
                        sub(
                            sub(
                                add(
                                    mul(2, r),
                                    add(
                                        mulmod(0x18d9af4f1346334057c41601c6eb443b0eaec53fd24575050b8a5187bb74b08f, mload(T12), r),
                                        add(
                                            mulmod(0xa1031d59fe59980c0367a6440bbd57222d717300bd4f447ebe257cd5434d58f, mload(A4), r),
                                            mulmod(0x1ecb39efc998f472405cf7ebf59596212b8a47eec069f2a436474b017f661049, mload(A3), r)
                                        )
                                    )
                                ),
                                mload(T17)
                            ),
                            mulmod(t11, mload(T14), r)
                        ),
                        r
                    )
                )
                // S: into partial rounds: word 4
                mstore(T18, 0x218796dd338868e7300732cf5d3925c74c1badd0a32d8b41b96e555ddfe27869)
                mstore(T19, mulmod(mload(A0_P1), mload(T18), r))
                mstore(T20, 0x2503f642cfcb5f06e1a18c68efca3c0672ed26edfc7e6e77513ba7a4c660ab53)
                mstore(T21, mulmod(mload(A1_P1), mload(T20), r))
                mstore(T22, 0x2c01b6282fad3d37bdc72033b4d8da10494ac283ec74d5e63d72dbe06b4037c6)
                mstore(T23, mulmod(mload(A2_P1), mload(T22), r))
                mstore(T24, 0x172f5e628cc26149dcc488004690cfa55faac52708481fffb3d4cfa3808b4051)
                mstore(T25, mulmod(mload(A3_P1), mload(T24), r))
                mstore(T26, 0x74019237db9fbc928e4fceaf52b9ffe45ead67eab8e238cb18878e6b20b8a6c)
                mstore(T27, 0x14f6ab2c6caef74572f821bb82c4bda12a302be5aeb91ad1562b97b09db427d8)
                mstore(T28, mulmod(mload(T12), mload(T27), r))
                mstore(T29, 0x207da9637379529f714ecb391b8679e0e706aa377007317ef46da24e8f9124e)
                mstore(T30, mulmod(mload(T14), mload(T29), r))
                mstore(T31, 0xd1ecfc6e6ec39c56d953ff80bbbe31b5710aa74969d92b87beaf53de7935be3)
                mstore(T32, mulmod(mload(T16), mload(T31), r))
                mstore(T33, mulmod(mload(T0), pow5(mload(A3_P1), r), r))
                mstore(T34, mload(T33))
                mstore(
                    T35,
                    sub(sub(sub(sub(sub(mul(5, r), mload(T25)), mload(T28)), mload(T30)), mload(T32)), mulmod(t10, mload(T26), r))
                )
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        addmod(mload(T35), sub(r, mload(T34)), r),
                        sub(
                            sub(
                                sub(
                                    sub(
                                        add(mload(A4_P1), mul(4, r)),
                                        0x2cab4fbe7101ef8cfff6286674a3c934deb34ae61249b0554aca8af08dbef962
                                    ),
                                    mload(T19)
                                ),
                                mload(T21)
                            ),
                            mload(T23)
                        ),
                        r
                    )
                )
                h := add(mulmod(h, mload(T9), r), mulmod(g, mload(F6_M5), r))
            }
            {
                let a4 := mload(A4)
                // S: partial rounds: word 0
                mstore(T36, mulmod(mload(A3), mload(T22), r))
                mstore(T37, mulmod(a4, mload(T24), r))
                mstore(T38, pow5(mload(A0), r))
                mstore(T39, pow5(mload(A1), r))
                mstore(T40, pow5(mload(A2), r))
                mstore(T41, mulmod(mload(T29), mload(T40), r))
                mstore(T42, pow5(mload(A3), r))
                mstore(T43, mulmod(mload(T31), mload(T42), r))
                let t44 := pow5(a4, r)
                mstore(T45, mulmod(mload(T0), t44, r))
                mstore(
                    T46,
                    sub(
                        sub(sub(sub(sub(mul(5, r), mload(T37)), mload(T41)), mload(T43)), mulmod(mload(T26), mload(T38), r)),
                        mulmod(mload(T27), mload(T39), r)
                    )
                )
                g := addmod(
                    addmod(mload(T46), sub(r, mload(T45)), r),
                    sub(
                        sub(sub(sub(add(mload(A0_P1), mul(4, r)), mload(F0)), mload(T36)), mulmod(mload(A1), mload(T18), r)),
                        mulmod(mload(A2), mload(T20), r)
                    ),
                    r
                )
                // S: partial rounds: word 1
                mstore(T47, mulmod(mload(A3), mload(T20), r))
                mstore(T48, mulmod(a4, mload(T22), r))
                mstore(T49, mulmod(mload(T27), mload(T40), r))
                mstore(T50, mulmod(mload(T29), mload(T42), r))
                mstore(T51, mulmod(mload(T31), t44, r))
                mstore(
                    T52,
                    sub(
                        sub(sub(sub(sub(mul(5, r), mload(T48)), mload(T49)), mload(T50)), mulmod(mload(A0_P1), mload(T24), r)),
                        mulmod(mload(T26), mload(T39), r)
                    )
                )
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        addmod(mload(T52), sub(r, mload(T51)), r),
                        sub(
                            sub(sub(sub(add(mload(A1_P1), mul(4, r)), mload(T13)), mload(F1)), mload(T47)),
                            mulmod(mload(A2), mload(T18), r)
                        ),
                        r
                    )
                )
                // S: partial rounds: word 2
                mstore(T53, mulmod(a4, mload(T20), r))
                mstore(T54, mulmod(mload(A0_P1), mload(T22), r))
                mstore(T55, mulmod(mload(T27), mload(T42), r))
                mstore(T56, mulmod(mload(T29), t44, r))
                mstore(T57, mulmod(mload(T12), mload(T31), r))
                mstore(
                    T58,
                    sub(
                        sub(sub(sub(sub(mul(5, r), mload(T54)), mload(T55)), mload(T56)), mulmod(mload(A1_P1), mload(T24), r)),
                        mulmod(mload(T26), mload(T40), r)
                    )
                )
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        addmod(mload(T58), sub(r, mload(T57)), r),
                        sub(
                            sub(sub(sub(add(mload(A2_P1), mul(4, r)), mload(T15)), mload(F2)), mload(T53)),
                            mulmod(mload(A3), mload(T18), r)
                        ),
                        r
                    )
                )
                // S: partial rounds: word 3
                mstore(T59, mulmod(mload(A0_P1), mload(T20), r))
                mstore(T60, mulmod(mload(A1_P1), mload(T22), r))
                mstore(T61, mulmod(mload(T27), t44, r))
                mstore(T62, mulmod(mload(T12), mload(T29), r))
                mstore(T63, mulmod(mload(T14), mload(T31), r))
                mstore(
                    T64,
                    sub(
                        sub(sub(sub(sub(mul(5, r), mload(T60)), mload(T61)), mload(T62)), mulmod(mload(A2_P1), mload(T24), r)),
                        mulmod(mload(T26), mload(T42), r)
                    )
                )
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        addmod(mload(T64), sub(r, mload(T63)), r),
                        sub(
                            sub(sub(sub(add(mload(A3_P1), mul(4, r)), mload(T17)), mload(F3)), mload(T59)),
                            mulmod(a4, mload(T18), r)
                        ),
                        r
                    )
                )
                // S: partial rounds: word 4
                mstore(T65, mulmod(mload(T26), t44, r))
                mstore(T66, sub(sub(sub(sub(sub(mul(5, r), mload(T25)), mload(T23)), mload(T21)), mload(F4)), mload(T19)))
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        addmod(mload(T66), sub(r, mload(T65)), r),
                        sub(sub(sub(sub(add(mload(A4_P1), mul(4, r)), mload(T33)), mload(T32)), mload(T30)), mload(T28)),
                        r
                    )
                )
                h := add(mulmod(h, mload(T9), r), mulmod(g, mload(F7), r))
            }
            {
                let a0_p1 := mload(A0_P1)
                // S: out of partial rounds: word 0
                g := sub(add(r, a0_p1), mload(A4))
                // S: out of partial rounds: S-box of round 59
                let t67 := 0x164ce7689cd34e715530d7a8f9f89493fa401f28866868300a07b795463d35d5
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        mulmod(0xc04e3cd98c84e2db287d01e2c1add68422b44febfdc391ddf9fb39a694f0131, mload(A4_P1), r),
                        sub(
                            add(
                                r,
                                add(
                                    mload(T42),
                                    add(
                                        mulmod(0x339050c157ff7b18558655d6affc1f1a676adee6ae925a3a6a04251ed6458cc, mload(A3_P1), r),
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
                            mulmod(a0_p1, t67, r)
                        ),
                        r
                    )
                )
                // S: out of partial rounds: S-box of round 58
                let t68 := 0x146353a45fd9465d6ccb7ba26a617958f8573ad7ced04bd1e80e0a17947ca89e
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        sub(
                            add(
                                r,
                                add(
                                    mulmod(0x1615abbaa9d33e28fd84184fcf84848bf21ec74566c9ad2b9c2682f6d98b794e, mload(A4_P1), r),
                                    mulmod(0xf7660afa6796d89aa1dbcb21fabd0f5f969850bf2fb8c1f4e9ed715a33a8f88, mload(A3_P1), r)
                                )
                            ),
                            mulmod(mload(A3), t67, r)
                        ),
                        sub(
                            sub(
                                add(
                                    mload(T40),
                                    add(
                                        mul(2, r),
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
                                ),
                                0x25a2c48d82fde685c2dda1e3e09a5e72b57b9c92737218ba9df6e48c325ccf21
                            ),
                            mulmod(a0_p1, t68, r)
                        ),
                        r
                    )
                )
                // S: out of partial rounds: S-box of round 57
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        sub(
                            add(
                                r,
                                add(
                                    mload(T39),
                                    add(
                                        mulmod(0x17e2e56ef1459486b65323ffe043dd20a07fc1ecb310ccc43a6a81477e0b6d7f, mload(A2_P1), r),
                                        add(
                                            mulmod(
                                                0xe417a4c7dcf1dcb11d09ac6f40843b3cdf7988b567aab24489aea0cf36f9b97,
                                                mload(A1_P1),
                                                r
                                            ),
                                            mulmod(0x1bbea60bb1de71a14285064b51e26e038c927008bbc3d4eb905e0a061183f569, a0_p1, r)
                                        )
                                    )
                                )
                            ),
                            0x8c1a8ad162047f3b798448ddbd573e83945dc6facf6716f3efcdefbaa28b3b
                        ),
                        sub(
                            sub(
                                add(
                                    mul(2, r),
                                    add(
                                        mulmod(0x1ae734bbd947224cee34722c1c44ba11aeb4538ab448e3b7c602231a79369922, mload(A4_P1), r),
                                        mulmod(0x22692e9253cd7d3680ae514e45e26a8c929064847258256b3a578466e3ec9c90, mload(A3_P1), r)
                                    )
                                ),
                                mulmod(mload(A3), t68, r)
                            ),
                            mulmod(mload(A2), t67, r)
                        ),
                        r
                    )
                )
                // S: out of partial rounds: S-box of round 56
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        sub(
                            add(
                                r,
                                add(
                                    mload(T38),
                                    add(
                                        mulmod(0xbb264d97259033515ceff59854b56e0d62b7151c3b25335d34e358df41e071f, mload(A2_P1), r),
                                        add(
                                            mulmod(
                                                0xef3e3734d67b09fd4eb3353975bf320993451e37061c83fbdb6deb54e949f22,
                                                mload(A1_P1),
                                                r
                                            ),
                                            mulmod(0x22c7af531bbc2d08520e2738f7f1482b29f70c63bb1170d3fddaea17ef9494ab, a0_p1, r)
                                        )
                                    )
                                )
                            ),
                            0x2932671ade433c8d4f48a7cf0de0d97ba3e5e6dae267224781c736ac5834d4df
                        ),
                        sub(
                            sub(
                                add(
                                    mul(2, r),
                                    add(
                                        mulmod(0x1bbea60bb1de71a14285064b51e26e038c927008bbc3d4eb905e0a061183f569, mload(A3), r),
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
                                    )
                                ),
                                mulmod(mload(A2), t68, r)
                            ),
                            mulmod(mload(A1), t67, r)
                        ),
                        r
                    )
                )
                h := add(mulmod(h, mload(T9), r), mulmod(g, mload(F6_P4), r))
            }
            // S: output
            h := add(mulmod(h, y, r), mulmod(mload(F6), addmod(mload(A8), sub(mul(5, r), mload(T6)), r), r))
            // S: program: first field
            h := add(mulmod(h, y, r), mulmod(mload(F11), sub(add(r, mload(A8)), mload(F0)), r))
            {
                let f11 := mload(F11)
                // S: program: multiplicity
                h := add(
                    mulmod(h, y, r),
                    mulmod(sub(add(r, mload(A7)), f11), mulmod(sub(add(r, f11), 3), mulmod(f11, sub(add(r, f11), 2), r), r), r)
                )
            }
            // S: program: equation
            h := add(
                mulmod(h, y, r),
                mulmod(
                    mload(F11),
                    add(
                        mulmod(mload(F4), mload(A8), r),
                        add(
                            mulmod(mload(F3), mload(A7_P3), r),
                            add(mulmod(mload(F2), mload(A8_P1), r), mulmod(mload(F1), mload(A7_P1), r))
                        )
                    ),
                    r
                )
            )
            {
                let f9 := mload(F9)
                // S: group: 63-bit value
                let t69 := add(
                    mload(A5),
                    add(mulmod(0x8000000, mload(A6_P1), r), add(mulmod(0x40000, mload(A5_P1), r), mulmod(0x200, mload(A6), r)))
                )
                mstore(T69, t69)
                let t70 := addmod(
                    add(t69, mulmod(0x1000000000, mload(A5_P2), r)),
                    add(mulmod(0x40000000000000, mload(A5_P3), r), mulmod(0x200000000000, mload(A6_P2), r)),
                    r
                )
                mstore(T70, t70)
                g := sub(add(r, mload(A8)), t70)
                // S: group: 9-bit value
                g := add(mulmod(g, y, r), sub(add(r, mload(A7)), mload(A6_P3)))
                h := add(
                    mulmod(h, mload(T7), r),
                    mulmod(
                        g,
                        mulmod(
                            sub(add(r, f9), 3),
                            mulmod(
                                mulmod(0x183227397098d014dc2822db40c0ac2e9419f4243cdcb848a1f0fac9f8000001, f9, r),
                                sub(add(r, f9), 2),
                                r
                            ),
                            r
                        ),
                        r
                    )
                )
            }
            // S: step: capacity of the old permutation is 0
            g := mload(A0)
            // S: step: capacity of the new permutation is 0
            g := add(mulmod(g, y, r), mload(A0_P21))
            // S: step: old output beside the new one
            g := add(mulmod(g, y, r), sub(add(r, mload(A7_P41)), mload(A8_P20)))
            h := add(mulmod(h, mload(T8), r), mulmod(g, mload(F10), r))
            {
                let a7_p2 := mload(A7_P2)
                // S: position: present is a bit
                let t71 := sub(one, a7_p2)
                g := mulmod(a7_p2, t71, r)
                // S: position: long is a bit
                mstore(T72, sub(one, mload(A7)))
                g := add(mulmod(g, y, r), mulmod(mload(A7), mload(T72), r))
                // S: position: carried is 0 or present
                g := add(mulmod(g, y, r), mulmod(mload(A8_P2), sub(add(r, a7_p2), mload(A8_P2)), r))
                // S: position: S2 absent: no lots
                g := add(mulmod(g, y, r), mulmod(mload(T70), t71, r))
                // S: position: S2 absent: word 0
                g := add(mulmod(g, y, r), mulmod(mload(A8), t71, r))
                // S: position: S2 ranks strictly increase
                let t73 := mulmod(2, add(mload(A6_P3), mulmod(0x200, mload(A5_M14), r)), r)
                g := add(mulmod(g, y, r), mulmod(a7_p2, sub(sub(sub(add(mload(A7_P1), mul(3, r)), mload(A7_M3)), 2), t73), r))
                // S: position: S3 carried positions are counted
                g := add(mulmod(g, y, r), sub(sub(add(mload(A7_P3), mul(2, r)), mload(A7_M1)), mload(A8_P2)))
                // S: position: S5 cash so far
                mstore(T74, add(a7_p2, mload(T70)))
                g := add(mulmod(g, y, r), sub(sub(add(mload(A8_P3), mul(2, r)), mload(A8_M1)), mulmod(mload(A8_P1), mload(T74), r)))
                mstore(T75, mulmod(mload(T7), mload(T7), r))
                mstore(T76, mulmod(mload(T75), mload(T75), r))
                mstore(
                    T77,
                    mulmod(
                        sub(add(r, mload(F9)), 3),
                        mulmod(
                            mulmod(mload(F9), 0x183227397098d014dc2822db40c0ac2e9419f4243cdcb848a1f0fac9f8000000, r),
                            sub(add(r, mload(F9)), 1),
                            r
                        ),
                        r
                    )
                )
                h := add(mulmod(h, mload(T76), r), mulmod(g, mload(T77), r))
            }
            {
                let a8_p9 := mload(A8_P9)
                let a8_p13 := mload(A8_P13)
                let a7_p39 := mload(A7_P39)
                // S: step: S8 chunk is a bit
                let t78 := sub(one, a8_p9)
                g := mulmod(a8_p9, t78, r)
                // S: step: S8 leaf is a bit
                g := add(mulmod(g, y, r), mulmod(mload(A7_P13), sub(one, mload(A7_P13)), r))
                // S: step: S8 node is a bit
                mstore(T79, sub(add(r, mload(A7_P40)), mload(A7_P13)))
                g := add(mulmod(g, y, r), mulmod(mload(T79), sub(add(one, mload(A7_P13)), mload(A7_P40)), r))
                // S: step: S8 one kind at most
                mstore(T80, add(mload(A7_P13), a8_p9))
                mstore(T81, add(mload(T80), mload(T79)))
                g := add(mulmod(g, y, r), mulmod(mload(T81), sub(add(1, mul(4, r)), mload(T81)), r))
                // S: step: S8 an account goes on exactly after a chunk
                g := add(mulmod(g, y, r), sub(add(r, a8_p13), mload(A8_M33)))
                // S: step: S8 nothing goes on after a leaf
                g := add(mulmod(g, y, r), mulmod(a8_p13, mload(A7_M29), r))
                // S: step: S8 only chunk or leaf goes on
                g := add(mulmod(g, y, r), mulmod(a8_p13, sub(add(1, mul(2, r)), mload(T80)), r))
                // S: step: S8 an account begins after a leaf
                mstore(T82, sub(one, a8_p13))
                g := add(mulmod(g, y, r), mulmod(sub(one, mload(A7_M29)), mulmod(mload(T80), mload(T82), r), r))
                // S: step: S8 busy is chunk or live chain
                g := add(mulmod(g, y, r), sub(sub(add(mload(A7_P20), mul(2, r)), a8_p9), mload(A7_P35)))
                // S: chunk: S2 word 0 is absorbed
                g := add(mulmod(g, y, r), mulmod(a8_p9, sub(add(r, mload(A2)), mload(A8_P22)), r))
                // S: chunk: S8 position 0 only in a chunk
                g := add(mulmod(g, y, r), mulmod(t78, mload(A7_P24), r))
                // S: chunk: S2 word 1 is absorbed
                g := add(mulmod(g, y, r), mulmod(a8_p9, sub(add(r, mload(A3)), mload(A8_P26)), r))
                // S: chunk: S8 position 1 only in a chunk
                g := add(mulmod(g, y, r), mulmod(t78, mload(A7_P28), r))
                // S: chunk: S2 word 2 is absorbed
                g := add(mulmod(g, y, r), mulmod(a8_p9, sub(add(r, mload(A4)), mload(A8_P30)), r))
                // S: chunk: S8 position 2 only in a chunk
                g := add(mulmod(g, y, r), mulmod(t78, mload(A7_P32), r))
                // S: chunk: a chunk has a position
                mstore(T83, sub(one, mload(A7_P24)))
                g := add(mulmod(g, y, r), mulmod(a8_p9, mload(T83), r))
                // S: chunk: S2 position 1 only after 0
                g := add(mulmod(g, y, r), mulmod(mload(A7_P28), mload(T83), r))
                // S: chunk: S2 position 2 only after 1
                mstore(T84, sub(one, mload(A7_P28)))
                g := add(mulmod(g, y, r), mulmod(mload(A7_P32), mload(T84), r))
                // S: chunk: S2 only the last chunk is padded
                mstore(T85, mulmod(a8_p9, a8_p13, r))
                g := add(mulmod(g, y, r), mulmod(mload(T85), sub(one, mload(A7_M10)), r))
                // S: chunk: S2 digest begins with the count or goes on
                mstore(T86, add(mload(A7_P28), add(mload(A7_P24), mload(A7_P32))))
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        a8_p9,
                        sub(
                            sub(add(mload(A1), mul(2, r)), mulmod(mload(A7_M1), a8_p13, r)),
                            mulmod(mload(T82), add(mload(T86), add(0x706f730000000000000000, mload(A8))), r)
                        ),
                        r
                    )
                )
                // S: chunk: S2 positions left
                g := add(mulmod(g, y, r), mulmod(mload(T85), sub(sub(add(mload(A8_M42), mul(4, r)), mload(A8)), mload(T86)), r))
                // S: chunk: S2 rank before
                g := add(
                    mulmod(g, y, r),
                    mulmod(a8_p9, sub(add(r, add(mload(A7_P19), 2)), mulmod(a8_p13, add(mload(A7_M11), 2), r)), r)
                )
                // S: chunk: S3 carried before
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        a8_p9,
                        sub(
                            sub(add(mload(A7_P21), mul(2, r)), mulmod(a8_p13, mload(A7_M9), r)),
                            mulmod(mload(T82), mload(A8_M40), r)
                        ),
                        r
                    )
                )
                // S: chunk: S5 cash before
                mstore(T87, mulmod(a8_p13, mload(A8_M9), r))
                g := add(mulmod(g, y, r), mulmod(a8_p9, sub(add(r, mload(A8_P21)), mload(T87)), r))
                // S: chunk: S8 new 0 is 0, or 1 in a chunk
                g := add(mulmod(g, y, r), mulmod(a7_p39, sub(add(r, a8_p9), a7_p39), r))
                // S: chunk: S8 new 1 is 0, or 1 in a chunk
                g := add(mulmod(g, y, r), mulmod(mload(A8_P39), sub(add(r, a8_p9), mload(A8_P39)), r))
                // S: chunk: S8 new 2 is 0, or 1 in a chunk
                g := add(mulmod(g, y, r), mulmod(mload(A7_P17), sub(add(r, a8_p9), mload(A7_P17)), r))
                // S: chunk: S6 new 1 only after 0
                g := add(mulmod(g, y, r), mulmod(mload(A8_P39), sub(one, a7_p39), r))
                // S: chunk: S6 padding after the last new word (1)
                g := add(mulmod(g, y, r), mulmod(mload(A3_P21), mulmod(a7_p39, sub(one, mload(A8_P39)), r), r))
                // S: chunk: S6 new 2 only after 1
                g := add(mulmod(g, y, r), mulmod(mload(A7_P17), sub(one, mload(A8_P39)), r))
                // S: chunk: S6 padding after the last new word (2)
                g := add(mulmod(g, y, r), mulmod(mload(A4_P21), mulmod(a7_p39, sub(one, mload(A7_P17)), r), r))
                // S: chunk: begins is a bit
                g := add(mulmod(g, y, r), mulmod(a8_p9, mulmod(mload(A8_P1), sub(one, mload(A8_P1)), r), r))
                // S: chunk: S6 the new list, once begun, goes on to the end
                mstore(T88, sub(add(r, a7_p39), mload(A8_P1)))
                mstore(T89, mulmod(mload(A7_M3), a8_p13, r))
                g := add(mulmod(g, y, r), mulmod(a8_p9, sub(add(r, mload(T88)), mload(T89)), r))
                // S: chunk: S6 only the last new chunk is padded
                g := add(mulmod(g, y, r), mulmod(sub(one, mload(A7_M25)), mulmod(mload(A7_M3), mload(T85), r), r))
                // S: chunk: S6 new digest begins with the count
                mstore(T90, 0x30644e72e131a029b85045b68181585d2833e8487949011e43e1f593f0000001)
                mstore(T91, add(mload(A8_P39), add(a7_p39, mload(A7_P17))))
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        mulmod(mload(A8_P1), a8_p9, r),
                        addmod(sub(add(r, add(mload(T90), mload(A1_P21))), mload(A7_P1)), sub(mul(3, r), mload(T91)), r),
                        r
                    )
                )
                // S: chunk: S6 new digest goes on
                mstore(T92, mulmod(a8_p9, mload(T88), r))
                g := add(mulmod(g, y, r), mulmod(mload(T92), sub(add(r, mload(A1_P21)), mload(A8_M1)), r))
                // S: chunk: S6 new positions left
                g := add(mulmod(g, y, r), mulmod(mload(T92), sub(sub(add(mload(A7_M41), mul(4, r)), mload(A7_P1)), mload(T91)), r))
                // S: chunk: S6 new positions are counted on
                g := add(mulmod(g, y, r), mulmod(mload(T80), sub(sub(add(mload(A8_P2), mul(4, r)), mload(A8_M40)), mload(T91)), r))
                mstore(T93, mulmod(mload(T75), mload(T9), r))
                mstore(T94, mulmod(mload(T9), mload(T9), r))
                mstore(T95, mulmod(mload(T93), mload(T94), r))
                mstore(T96, mulmod(mload(T95), mload(T95), r))
                mstore(T97, mulmod(0x183227397098d014dc2822db40c0ac2e9419f4243cdcb848a1f0fac9f8000001, mload(F10), r))
                mstore(T98, mulmod(mload(T97), add(1, mload(F10)), r))
                h := add(mulmod(h, mload(T96), r), mulmod(g, mload(T98), r))
            }
            {
                let t90 := mload(T90)
                // S: leaf: S6 same owner
                g := sub(add(r, mload(A1_P21)), mload(A1))
                // S: leaf: S2 old digest
                g := add(mulmod(g, y, r), sub(add(r, add(t90, mload(A3))), mulmod(mload(A8_P13), add(t90, mload(A7_M1)), r)))
                // S: leaf: S6 new digest
                g := add(mulmod(g, y, r), sub(add(r, add(t90, mload(A3_P21))), mulmod(mload(T89), add(t90, mload(A8_M1)), r)))
                // S: leaf: S2 whole list absorbed
                g := add(mulmod(g, y, r), mulmod(mload(A8_P13), mload(A8_M42), r))
                // S: leaf: S6 whole new list absorbed
                g := add(mulmod(g, y, r), mulmod(mload(T89), mload(A7_M41), r))
                // S: leaf: S3 all that is carried is listed
                g := add(mulmod(g, y, r), mulmod(mload(A8_P13), sub(add(r, mload(A7_M9)), mload(A8_P2)), r))
                // S: leaf: S5 nonce top limb
                g := add(mulmod(g, y, r), sub(add(r, mload(A5_P2)), mulmod(mload(A6_P1), 16, r)))
                // S: leaf: S1 index top limb
                g := add(mulmod(g, y, r), sub(add(r, mload(A7_P38)), mulmod(mload(A6_P3), 8, r)))
                // S: leaf: S5 cash' top bits
                g := add(mulmod(g, y, r), sub(add(r, mload(A7_P12)), mulmod(128, mload(A7_P8), r)))
                // S: leaf: S5 cash top bits
                g := add(mulmod(g, y, r), sub(add(r, mload(A7_P34)), mulmod(128, mload(A7_P16), r)))
                // S: leaf: S5 new balance word
                mstore(T99, 0x8000000000000000)
                mstore(T100, add(mload(A8_P8), mulmod(mload(T99), mload(A8_P12), r)))
                mstore(T101, 0x40000000000000000000000000000000)
                let t102 := add(mload(T100), mulmod(mload(A7_P8), mload(T101), r))
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        add(mload(A2_P21), mulmod(0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f592f0000001, t102, r)),
                        sub(mul(4, r), mload(T69)),
                        r
                    )
                )
                // S: leaf: S5 old balance word
                let t103 := add(mload(A8_P16), add(mulmod(mload(A7_P16), mload(T101), r), mulmod(mload(T99), mload(A8_P34), r)))
                g := add(
                    mulmod(g, y, r),
                    addmod(
                        add(mload(A2), add(1, mulmod(0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f592f0000001, t103, r))),
                        sub(mul(4, r), mload(T69)),
                        r
                    )
                )
                // S: leaf: S5 cash' = cash + settled
                g := add(mulmod(g, y, r), addmod(t102, sub(sub(mul(4, r), t103), mload(T87)), r))
                // S: leaf: S5 nonce' is not 0
                g := add(mulmod(g, y, r), sub(add(r, mulmod(mload(A7_P3), mload(T69), r)), 1))
                // S: leaf: S1 stands in the account tree
                mstore(T104, mulmod(0x40000, mload(A6_P3), r))
                g := add(
                    mulmod(g, y, r),
                    mod(
                        sub(
                            sub(sub(sub(add(mload(A8_P40), mul(4, r)), 0x10000000), mload(A6_P2)), mload(T104)),
                            mulmod(0x200, mload(A5_P3), r)
                        ),
                        r
                    )
                )
                mstore(T105, mulmod(mload(T8), mload(T75), r))
                mstore(T106, mulmod(mload(T105), mload(T76), r))
                h := add(mulmod(h, mload(T106), r), mulmod(g, mulmod(mload(T98), mload(A7_P13), r), r))
            }
            // S: node: S1 heap number below 2^36
            h := add(mulmod(h, y, r), mulmod(mulmod(mload(T98), mload(T79), r), sub(add(mload(A8_P40), mul(4, r)), mload(T69)), r))
            {
                let t79 := mload(T79)
                let a7_p9 := mload(A7_P9)
                // S: node: child 0: S8 touched is 0, or 1 in a node
                g := mulmod(mload(A7), add(t79, mload(A7)), r)
                // S: node: child 0: heap number
                let t107 := mulmod(mload(A8_P40), 4, r)
                g := add(mulmod(g, y, r), mulmod(t79, sub(add(r, mload(A8)), t107), r))
                // S: node: child 0: old value
                g := add(mulmod(g, y, r), mulmod(t79, sub(add(r, mload(A7_P1)), mload(A1)), r))
                // S: node: child 0: new value
                g := add(mulmod(g, y, r), mulmod(t79, sub(add(r, mload(A8_P1)), mload(A1_P21)), r))
                // S: node: child 0: S1 S7 untouched stays
                g := add(mulmod(g, y, r), mulmod(mulmod(t79, add(1, mload(A7)), r), sub(add(r, mload(A1)), mload(A1_P21)), r))
                // S: node: child 1: S8 touched is 0, or 1 in a node
                g := add(mulmod(g, y, r), mulmod(mload(A7_P2), add(t79, mload(A7_P2)), r))
                // S: node: child 1: heap number
                g := add(mulmod(g, y, r), mulmod(t79, sub(sub(add(mload(A8_P2), mul(2, r)), t107), 1), r))
                // S: node: child 1: old value
                g := add(mulmod(g, y, r), mulmod(t79, sub(add(r, mload(A7_P3)), mload(A2)), r))
                // S: node: child 1: new value
                g := add(mulmod(g, y, r), mulmod(t79, sub(add(r, mload(A8_P3)), mload(A2_P21)), r))
                // S: node: child 1: S1 S7 untouched stays
                g := add(mulmod(g, y, r), mulmod(mulmod(t79, add(mload(A7_P2), 1), r), sub(add(r, mload(A2)), mload(A2_P21)), r))
                // S: node: child 2: S8 touched is 0, or 1 in a node
                g := add(mulmod(g, y, r), mulmod(mload(A7_P4), add(mload(A7_P4), t79), r))
                // S: node: child 2: heap number
                g := add(mulmod(g, y, r), mulmod(t79, sub(sub(add(mload(A8_P4), mul(2, r)), t107), 2), r))
                // S: node: child 2: old value
                g := add(mulmod(g, y, r), mulmod(t79, sub(add(r, mload(A7_P5)), mload(A3)), r))
                // S: node: child 2: new value
                g := add(mulmod(g, y, r), mulmod(t79, sub(add(r, mload(A8_P5)), mload(A3_P21)), r))
                // S: node: child 2: S1 S7 untouched stays
                mstore(T108, sub(add(r, mload(A3)), mload(A3_P21)))
                g := add(mulmod(g, y, r), mulmod(mload(T108), mulmod(t79, add(mload(A7_P4), 1), r), r))
                // S: node: child 3: S8 touched is 0, or 1 in a node
                g := add(mulmod(g, y, r), mulmod(mload(A7_P6), add(mload(A7_P6), t79), r))
                // S: node: child 3: heap number
                g := add(mulmod(g, y, r), mulmod(t79, sub(sub(add(mload(A8_P6), mul(2, r)), t107), 3), r))
                // S: node: child 3: old value
                g := add(mulmod(g, y, r), mulmod(t79, sub(add(r, mload(A7_P7)), mload(A4)), r))
                // S: node: child 3: new value
                g := add(mulmod(g, y, r), mulmod(t79, sub(add(r, mload(A8_P7)), mload(A4_P21)), r))
                // S: node: child 3: S1 S7 untouched stays
                mstore(T109, sub(add(r, mload(A4)), mload(A4_P21)))
                g := add(mulmod(g, y, r), mulmod(mload(T109), mulmod(t79, add(mload(A7_P6), 1), r), r))
                // S: chain: present is a bit
                let t110 := sub(one, a7_p9)
                g := add(mulmod(g, y, r), mulmod(a7_p9, t110, r))
                // S: chain: not in an account's step
                g := add(mulmod(g, y, r), mulmod(mload(T80), a7_p9, r))
                // S: chain: absent: no long message
                g := add(mulmod(g, y, r), mulmod(t110, mload(A7_P10), r))
                // S: chain: absent: no short message
                g := add(mulmod(g, y, r), mulmod(t110, mload(A7_P14), r))
                // S: chain: goes on until the last sentinel
                g := add(mulmod(g, y, r), mulmod(t110, mload(A7_M7), r))
                // S: chain: live until the last sentinel
                mstore(T111, sub(r, mload(A7_P36)))
                g := add(
                    mulmod(g, y, r),
                    sub(
                        add(r, add(mload(A7_P35), mulmod(mload(T111), sub(one, mulmod(mload(A8_P36), mload(A8_P36), r)), r))),
                        a7_p9
                    )
                )
                // S: chain: sentinel is 0 or present
                g := add(mulmod(g, y, r), mulmod(mload(T111), add(mload(A7_P36), a7_p9), r))
                // S: chain: sentinel word
                g := add(mulmod(g, y, r), mulmod(mload(T111), sub(add(r, mload(A7_P37)), mload(A8_P10)), r))
                // S: chain: inside is 0 or present
                g := add(mulmod(g, y, r), mulmod(mload(A8_P35), sub(add(r, a7_p9), mload(A8_P35)), r))
                // S: chain: S3 only a carried series is offered, long
                mstore(T112, sub(add(r, mload(A8_P35)), mload(A7_P36)))
                g := add(mulmod(g, y, r), mulmod(mload(A7_P10), mload(T112), r))
                // S: chain: S3 only a carried series is offered, short
                g := add(mulmod(g, y, r), mulmod(mload(A7_P14), mload(T112), r))
                // S: chain: S3 a settled series goes to its open interest
                g := add(mulmod(g, y, r), sub(add(r, mload(A7_P18)), mulmod(mload(A8_P35), add(mload(A7_P36), 1), r)))
                // S: chain: S2 words strictly increase
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        a7_p9,
                        sub(
                            sub(sub(add(mload(A8_P10), mul(4, r)), mload(T100)), mulmod(mload(T101), mload(A8_P16), r)),
                            mulmod(mload(A7_M7), add(mload(A8_M32), 1), r)
                        ),
                        r
                    )
                )
                // S: chain: ranks count
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        a7_p9,
                        sub(
                            sub(add(mload(A7_P11), mul(2, r)), mload(A8_P35)),
                            mulmod(mload(A7_M7), sub(add(r, add(mload(A7_M31), 2)), mload(A8_M7)), r)
                        ),
                        r
                    )
                )
                // S: chain: S3 inside between sentinels
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        a7_p9,
                        sub(
                            sub(add(mload(A8_P35), mul(2, r)), mulmod(mload(A7_M7), mload(A8_M7), r)),
                            mulmod(mload(T111), mload(A8_P36), r)
                        ),
                        r
                    )
                )
                // S: chain: S4 a carried series pays nothing, long
                g := add(mulmod(g, y, r), mulmod(a7_p9, mload(A8_P11), r))
                // S: chain: short message: word
                g := add(mulmod(g, y, r), mulmod(a7_p9, sub(add(r, mload(A8_P14)), mload(A8_P10)), r))
                // S: chain: short message: rank
                g := add(mulmod(g, y, r), mulmod(a7_p9, sub(add(r, mload(A7_P15)), mload(A7_P11)), r))
                // S: chain: S4 a carried series pays nothing, short
                g := add(mulmod(g, y, r), mulmod(a7_p9, mload(A8_P15), r))
                // S: chain: rank message: word
                g := add(mulmod(g, y, r), mulmod(a7_p9, sub(add(r, mload(A8_P18)), mload(A8_P10)), r))
                // S: chain: rank message: rank
                g := add(mulmod(g, y, r), mulmod(a7_p9, sub(add(r, mload(A7_P19)), mload(A7_P11)), r))
                // S: chain: rank message: ordinal
                g := add(
                    mulmod(g, y, r),
                    mulmod(a7_p9, sub(add(r, mload(A8_P19)), mulmod(mload(A7_M7), add(mload(A7_M24), mload(A8_M23)), r)), r)
                )
                mstore(T113, mulmod(mload(T8), mload(T8), r))
                mstore(T114, mulmod(mload(T9), mload(T113), r))
                mstore(T115, mulmod(mload(T94), mload(T114), r))
                mstore(T116, mulmod(mload(T115), mload(T115), r))
                h := add(mulmod(h, mload(T116), r), mulmod(g, mload(T98), r))
            }
            {
                let a8 := mload(A8)
                // S: interest: present is a bit
                g := mulmod(a8, sub(one, a8), r)
                // S: interest: first is 0 or present
                mstore(T117, sub(add(r, a8), mload(A7)))
                g := add(mulmod(g, y, r), mulmod(mload(A7), mload(T117), r))
                // S: interest: last is 0 or present
                g := add(mulmod(g, y, r), mulmod(mload(A7_P4), sub(add(r, a8), mload(A7_P4)), r))
                // S: interest: S9 the list goes on until its last series
                g := add(
                    mulmod(g, y, r),
                    mulmod(mulmod(a8, sub(one, mload(A7_P4)), r), sub(one, mulmod(mload(A8_P42), sub(one, mload(A7_P42)), r)), r)
                )
                // S: interest: the step before is not busy
                g := add(mulmod(g, y, r), mload(A7_M22))
                // S: interest: S9 long message: lots settled
                mstore(T118, mulmod(mload(A7_P2), 5, r))
                g := add(mulmod(g, y, r), sub(add(r, mload(T118)), mulmod(a8, mload(T108), r)))
                // S: interest: S9 short message: lots settled
                mstore(T119, mulmod(4, mload(A7_P6), r))
                g := add(mulmod(g, y, r), sub(add(r, mload(T119)), mulmod(a8, mload(T109), r)))
                // S: interest: passes is 0 or present
                let t120 := sub(add(r, a8), mload(A8_P37))
                g := add(mulmod(g, y, r), mulmod(mload(A8_P37), t120, r))
                // S: interest: S9 a passing series keeps its long lots
                g := add(mulmod(g, y, r), mulmod(mload(T118), mload(A8_P37), r))
                // S: interest: S9 a passing series keeps its short lots
                g := add(mulmod(g, y, r), mulmod(mload(T119), mload(A8_P37), r))
                // S: interest: rank message is taken
                g := add(mulmod(g, y, r), add(t120, mload(A7_P10)))
                // S: interest: price message is taken
                g := add(mulmod(g, y, r), add(t120, mload(A7_P14)))
                // S: interest: fees message is taken
                g := add(mulmod(g, y, r), add(mload(A7_P18), a8))
                // S: interest: scale message is taken
                g := add(mulmod(g, y, r), add(mload(A7_P22), a8))
                // S: interest: expiry message is taken by the first
                g := add(mulmod(g, y, r), add(mload(A7_P26), mload(A7)))
                // S: interest: slot message is sent by the last
                g := add(mulmod(g, y, r), sub(add(r, mload(A7_P30)), mload(A7_P4)))
                // S: interest: totals message is sent by the last
                g := add(mulmod(g, y, r), sub(add(r, mload(A7_P34)), mload(A7_P4)))
                // S: interest: close stays
                g := add(mulmod(g, y, r), mulmod(mload(T117), sub(add(r, mload(A8_P4)), mload(A8_M38)), r))
                // S: interest: close is the public one
                g := add(mulmod(g, y, r), mulmod(mload(A7), sub(add(r, mload(A8_P4)), mload(A8_P27)), r))
                // S: interest: expiry message: key
                g := add(mulmod(g, y, r), mulmod(mload(A7), mload(A8_P26), r))
                // S: interest: slot message: old digest
                g := add(mulmod(g, y, r), mulmod(mload(A7_P4), sub(add(r, mload(A7_P31)), mload(A8_P20)), r))
                // S: interest: S9 slot message: new digest, empty when closed
                g := add(
                    mulmod(g, y, r),
                    mulmod(mload(A7_P4), sub(add(r, mload(A8_P31)), mulmod(mload(A8_P41), sub(one, mload(A8_P4)), r)), r)
                )
                // S: interest: slot message: heap number
                g := add(mulmod(g, y, r), mulmod(mload(A7_P4), sub(sub(add(mload(A8_P30), mul(2, r)), 0x1100), mload(A7_P37)), r))
                // S: interest: slot below 256
                g := add(mulmod(g, y, r), mulmod(mload(A7_P4), sub(add(r, mload(A7_P25)), mulmod(2, mload(A7_P37), r)), r))
                // S: interest: totals message: key
                g := add(mulmod(g, y, r), mulmod(mload(A8_P34), mload(A7_P4), r))
                // S: interest: totals message: payouts
                g := add(mulmod(g, y, r), mulmod(mload(A7_P4), sub(add(r, mload(A7_P35)), mload(A8_P39)), r))
                // S: interest: totals message: fees
                g := add(mulmod(g, y, r), mulmod(mload(A7_P4), sub(add(r, mload(A8_P35)), mload(A8_P24)), r))
                // S: interest: S9 old digest begins with the expiry or goes on
                mstore(T121, mulmod(mload(A7), add(mload(A7_P27), 0x6f690000000000000000), r))
                g := add(
                    mulmod(g, y, r),
                    mulmod(a8, sub(sub(add(mload(A1), mul(2, r)), mload(T121)), mulmod(mload(T72), mload(A7_M1), r)), r)
                )
                // S: interest: S9 new digest begins with the expiry or goes on
                g := add(
                    mulmod(g, y, r),
                    mulmod(a8, sub(sub(add(mload(A1_P21), mul(2, r)), mload(T121)), mulmod(mload(T72), mload(A8_M1), r)), r)
                )
                // S: interest: old row: word
                g := add(mulmod(g, y, r), mulmod(a8, sub(add(r, mload(A2)), mload(A8_P2)), r))
                // S: interest: new row: word
                g := add(mulmod(g, y, r), mulmod(a8, sub(add(r, mload(A2_P21)), mload(A8_P2)), r))
                // S: interest: S9 long' is an amount
                g := add(mulmod(g, y, r), mulmod(a8, sub(add(r, mload(A3_P21)), mload(A8_P21)), r))
                // S: interest: S9 short' is an amount
                g := add(mulmod(g, y, r), mulmod(a8, sub(add(r, mload(A4_P21)), mload(A8_P25)), r))
                // S: interest: S9 closed: no long lots left
                g := add(mulmod(g, y, r), mulmod(a8, mulmod(mload(A8_P21), mload(A8_P4), r), r))
                // S: interest: S9 closed: no short lots left
                g := add(mulmod(g, y, r), mulmod(a8, mulmod(mload(A8_P4), mload(A8_P25), r), r))
                // S: interest: S9 closed: clearing' is 0
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        a8,
                        mulmod(
                            mload(A8_P4),
                            add(0x30644e72e131a029b85045b68181585ca833e84879b9709143e1f593f0000001, mload(A8_P23)),
                            r
                        ),
                        r
                    )
                )
                // S: interest: long message: net per lot
                g := add(mulmod(g, y, r), mulmod(a8, sub(add(r, add(mload(A8_P29), mload(A8_P3))), mload(A8_P38)), r))
                // S: interest: short message: word
                g := add(mulmod(g, y, r), mulmod(a8, sub(add(r, mload(A8_P6)), mload(A8_P2)), r))
                // S: interest: short message: rank
                g := add(mulmod(g, y, r), mulmod(a8, sub(add(r, mload(A7_P7)), mload(A7_P3)), r))
                // S: interest: short message: net per lot
                g := add(mulmod(g, y, r), mulmod(a8, add(mload(A8_P38), add(mload(A8_P7), mload(A8_P29))), r))
                // S: interest: rank message: word
                g := add(mulmod(g, y, r), mulmod(a8, sub(add(r, mload(A8_P10)), mload(A8_P2)), r))
                // S: interest: rank message: rank
                g := add(mulmod(g, y, r), mulmod(a8, sub(add(r, mload(A7_P11)), mload(A7_P3)), r))
                // S: interest: rank message: ordinal
                g := add(mulmod(g, y, r), mulmod(a8, sub(add(one, mload(A8_P11)), mload(A7_P39)), r))
                // S: interest: fees message: key
                g := add(mulmod(g, y, r), mulmod(a8, sub(add(r, mload(A8_P18)), 1), r))
                // S: interest: scale message: key
                g := add(mulmod(g, y, r), mulmod(a8, sub(add(r, mload(A8_P22)), 2), r))
                // S: interest: ordinals count
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        a8,
                        sub(sub(add(mload(A8_P37), add(mload(A7_P39), mul(2, r))), a8), mulmod(mload(T72), mload(A7_M3), r)),
                        r
                    )
                )
                // S: interest: S7 payouts so far
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        a8,
                        sub(
                            sub(add(mload(A8_P39), mul(2, r)), mulmod(mload(T72), mload(A8_M3), r)),
                            mulmod(mload(A8_P38), sub(add(r, mload(T118)), mload(T119)), r)
                        ),
                        r
                    )
                )
                // S: interest: S7 fees so far
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        a8,
                        sub(
                            sub(add(mload(A8_P24), mul(2, r)), mulmod(mload(T72), mload(A8_M18), r)),
                            mulmod(mload(A8_P29), add(mload(T119), mload(T118)), r)
                        ),
                        r
                    )
                )
                // S: interest: kind 1 is a bit
                g := add(mulmod(g, y, r), mulmod(mload(A7_P8), sub(one, mload(A7_P8)), r))
                // S: interest: kind 2 is a bit
                g := add(mulmod(g, y, r), mulmod(mload(A8_P8), sub(one, mload(A8_P8)), r))
                // S: interest: kind 3 is a bit
                g := add(mulmod(g, y, r), mulmod(mload(A7_P12), sub(one, mload(A7_P12)), r))
                // S: interest: kind 4 is a bit
                g := add(mulmod(g, y, r), mulmod(mload(A8_P12), sub(one, mload(A8_P12)), r))
                // S: interest: kind 5 is a bit
                g := add(mulmod(g, y, r), mulmod(mload(A7_P16), sub(one, mload(A7_P16)), r))
                // S: interest: kind 6 is a bit
                g := add(mulmod(g, y, r), mulmod(mload(A8_P16), sub(one, mload(A8_P16)), r))
                // S: interest: kind 7 is a bit
                g := add(mulmod(g, y, r), mulmod(mload(A7_P24), mload(T83), r))
                // S: interest: kind 8 is a bit
                mstore(
                    T122,
                    addmod(
                        sub(sub(sub(add(t120, mul(3, r)), mload(A7_P8)), mload(A8_P8)), mload(A7_P12)),
                        sub(sub(sub(mul(3, r), mload(A8_P12)), mload(A7_P16)), mload(A8_P16)),
                        r
                    )
                )
                mstore(T123, sub(add(r, mload(T122)), mload(A7_P24)))
                g := add(mulmod(g, y, r), mulmod(mload(T123), sub(add(one, mload(A7_P24)), mload(T122)), r))
                // S: interest: S4 word = underlying, expiry | kind | strike | cap
                mstore(
                    T124,
                    mulmod(
                        0x30644e72e131a029b85045b68181585c2833e84879b9709143e1f593f0000001,
                        addmod(
                            add(
                                mload(A7_P8),
                                add(
                                    mulmod(mload(A7_P16), 5, r),
                                    add(mulmod(mload(A8_P12), 4, r), add(mulmod(3, mload(A7_P12), r), mulmod(2, mload(A8_P8), r)))
                                )
                            ),
                            add(mulmod(8, mload(T123), r), add(mulmod(mload(A7_P24), 7, r), mulmod(mload(A8_P16), 6, r))),
                            r
                        ),
                        r
                    )
                )
                mstore(T125, add(mload(T123), mload(A7_P24)))
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        t120,
                        sub(
                            add(
                                r,
                                add(
                                    mload(T124),
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
                            mulmod(mload(A8_P5), sub(add(1, mul(3, r)), mload(T125)), r)
                        ),
                        r
                    )
                )
                // S: interest: S4 plain kinds have no cap
                g := add(mulmod(g, y, r), mulmod(mload(A8_P5), add(mload(A8_P8), mload(A7_P8)), r))
                // S: interest: S4 price reaches the cap: a bit
                g := add(mulmod(g, y, r), mulmod(mload(A7_P28), mload(T84), r))
                // S: interest: S4 above the strike: a bit
                g := add(mulmod(g, y, r), mulmod(mload(A8_P28), sub(one, mload(A8_P28)), r))
                // S: interest: S4 distance to the cap
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        add(mload(A8_P12), mload(A7_P12)),
                        sub(
                            sub(add(mload(A8_P15), mul(2, r)), mload(A8_P5)),
                            mulmod(mload(A8_P13), sub(add(r, add(mload(A7_P28), mload(A7_P28))), 1), r)
                        ),
                        r
                    )
                )
                // S: interest: S4 capped price
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        t120,
                        sub(
                            sub(
                                add(
                                    mload(A8_P36),
                                    add(mul(2, r), mulmod(mload(A8_P13), mulmod(mload(A7_P28), mload(A7_P12), r), r))
                                ),
                                mload(A8_P15)
                            ),
                            mulmod(mload(A8_P13), mulmod(mload(T84), mload(A8_P12), r), r)
                        ),
                        r
                    )
                )
                // S: interest: S4 distance to the strike
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        t120,
                        sub(
                            sub(add(mload(A8_P36), mul(2, r)), mload(A8_P1)),
                            mulmod(mload(A8_P9), sub(add(r, add(mload(A8_P28), mload(A8_P28))), 1), r)
                        ),
                        r
                    )
                )
                // S: interest: S4 not at the strike
                g := add(mulmod(g, y, r), sub(add(r, mload(A8_P32)), mulmod(mload(A8_P9), mload(A7_P32), r)))
                // S: interest: S4 at the strike or not
                g := add(mulmod(g, y, r), mulmod(mload(A8_P9), sub(one, mload(A8_P32)), r))
                // S: interest: S4 intrinsic value
                mstore(T126, add(mload(A7_P8), add(mload(A7_P12), add(mload(A7_P16), mload(A7_P24)))))
                mstore(T127, mulmod(mload(A8_P28), mload(T126), r))
                mstore(T128, mulmod(sub(one, mload(A8_P28)), sub(add(1, mul(4, r)), mload(T126)), r))
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        t120,
                        sub(
                            sub(add(mload(A7_P40), mul(2, r)), mulmod(mload(A8_P9), mload(T127), r)),
                            mulmod(mload(A8_P9), mload(T128), r)
                        ),
                        r
                    )
                )
                // S: interest: S4 digital pays
                g := add(
                    mulmod(g, y, r),
                    mulmod(t120, sub(add(r, mload(A8_P40)), mulmod(mload(A8_P32), add(mload(T128), mload(T127)), r)), r)
                )
                // S: interest: S4 payoff per lot
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        t120,
                        sub(
                            sub(
                                sub(
                                    add(mload(A8_P38), mul(3, r)),
                                    mulmod(
                                        mload(A7_P40),
                                        add(mload(A8_P12), add(mload(A7_P12), add(mload(A8_P8), mload(A7_P8)))),
                                        r
                                    )
                                ),
                                mulmod(mload(A8_P5), mload(T125), r)
                            ),
                            mulmod(mload(A8_P5), mulmod(mload(A8_P40), add(mload(A8_P16), mload(A7_P16)), r), r)
                        ),
                        r
                    )
                )
                // S: interest: S4 inverse: scale intrinsic = payoff price + remainder
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        mload(T125),
                        sub(
                            sub(add(mul(2, r), mulmod(mload(A7_P40), mload(A7_P23), r)), mload(A8_P13)),
                            mulmod(mload(A8_P5), mload(A8_P15), r)
                        ),
                        r
                    )
                )
                // S: interest: S4 inverse: remainder below the price
                g := add(
                    mulmod(g, y, r),
                    mulmod(mload(T125), sub(sub(sub(add(mload(A8_P15), mul(3, r)), 1), mload(A8_P13)), mload(A8_P17)), r)
                )
                // S: interest: S4 fee by rate: a bit
                g := add(mulmod(g, y, r), mulmod(mload(A7_P36), sub(one, mload(A7_P36)), r))
                // S: interest: S4 notional
                g := add(
                    mulmod(g, y, r),
                    mulmod(
                        t120,
                        sub(
                            sub(add(mload(A7_P38), mul(2, r)), mload(A8_P15)),
                            mulmod(mload(T125), sub(add(r, mload(A7_P23)), mload(A8_P15)), r)
                        ),
                        r
                    )
                )
                // S: interest: S4 fee is a floor
                mstore(T129, mulmod(mload(A8_P19), mload(A8_P38), r))
                mstore(T130, mulmod(mload(A7_P19), mload(A7_P38), r))
                mstore(T131, mulmod(mload(A7_P36), sub(add(r, mload(T130)), mload(T129)), r))
                mstore(T132, mulmod(mload(A8_P29), 0x186a0, r))
                mstore(T133, add(mload(A7_P1), mulmod(0x200, mload(A7_P5), r)))
                g := add(
                    mulmod(g, y, r),
                    mulmod(t120, sub(sub(add(mload(T131), add(mload(T129), mul(3, r))), mload(T132)), mload(T133)), r)
                )
                // S: interest: S4 rest below the unit
                g := add(
                    mulmod(g, y, r),
                    mulmod(t120, sub(add(r, add(mload(A7_P9), add(mload(T133), mulmod(0x200, mload(A7_P13), r)))), 0x1869f), r)
                )
                // S: interest: S4 fee is the smaller one
                mstore(T134, mulmod(mload(T99), mload(A7_P33), r))
                mstore(T135, mulmod(0x30644e72e131a029b85045b68181585d2833e84879b96f9143e1f593f0000001, mload(A7_P29), r))
                mstore(
                    T136,
                    addmod(
                        mload(T135),
                        sub(sub(sub(sub(add(mload(T130), mul(4, r)), mload(T131)), mload(T132)), mload(A8_P33)), mload(T134)),
                        r
                    )
                )
                g := add(mulmod(g, y, r), mulmod(t120, mload(T136), r))
                mstore(T137, mulmod(mload(T93), mload(T93), r))
                mstore(T138, mulmod(mload(T137), mload(T95), r))
                mstore(T139, mulmod(mload(T138), mload(T96), r))
                h := add(mulmod(h, mload(T139), r), mulmod(g, mulmod(mload(T97), sub(add(r, mload(F10)), 1), r), r))
            }
            {
                let c1 := mload(C1)
                // S: bus: running sum 0
                let t140 := sub(sub(add(mload(C0), mul(2, r)), 11), mulmod(mload(A5), c1, r))
                mstore(T141, sub(sub(add(mload(C0), mul(2, r)), 11), mulmod(mload(A6), c1, r)))
                mstore(
                    T142,
                    mulmod(
                        c1,
                        add(
                            0x2fe44e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001,
                            add(
                                mload(A8),
                                mulmod(
                                    0x30644e72e131a029b75045b68181585d2833e84879b9709143e1f593f0000001,
                                    mulmod(mload(T74), sub(add(r, add(mload(A7), mload(A7))), 1), r),
                                    r
                                )
                            )
                        ),
                        r
                    )
                )
                mstore(T143, mulmod(c1, c1, r))
                mstore(T144, mulmod(mload(T143), sub(add(r, add(mload(A7_P2), mload(A7_P1))), mload(A8_P2)), r))
                mstore(T145, mulmod(mload(A8_P1), mulmod(c1, mload(T143), r), r))
                mstore(
                    T146,
                    addmod(
                        sub(r, mload(T145)),
                        sub(sub(sub(sub(add(mload(C0), mul(4, r)), mload(A7)), 4), mload(T142)), mload(T144)),
                        r
                    )
                )
                mstore(
                    T147,
                    mulmod(
                        mload(F12),
                        mulmod(mload(T146), mulmod(mload(T141), mulmod(t140, sub(add(r, mload(A9_P1)), mload(A9)), r), r), r),
                        r
                    )
                )
                mstore(T148, mulmod(mload(T141), mulmod(t140, sub(r, mulmod(mload(T77), mload(T74), r)), r), r))
                h := add(
                    mulmod(h, y, r),
                    sub(
                        sub(
                            sub(add(mload(T147), mul(3, r)), mload(T148)),
                            mulmod(mload(T146), mulmod(mload(T141), sub(r, mload(F12)), r), r)
                        ),
                        mulmod(mload(T146), mulmod(t140, sub(r, mload(F12)), r), r)
                    )
                )
            }
            {
                // S: bus: running sum 1
                let t149 := sub(sub(sub(add(mload(A8_P2), mul(3, r)), mload(A7_P39)), mload(A8_P39)), mload(A7_P17))
                let t150 := sub(
                    sub(sub(add(mload(C0), mul(3, r)), 3), mulmod(mload(C1), add(t149, 1), r)),
                    mulmod(mload(A2_P21), mload(T143), r)
                )
                mstore(
                    T151,
                    sub(
                        sub(sub(add(mload(C0), mul(3, r)), 3), mulmod(mload(C1), add(t149, 2), r)),
                        mulmod(mload(A3_P21), mload(T143), r)
                    )
                )
                mstore(
                    T152,
                    sub(
                        sub(sub(add(mload(C0), mul(3, r)), 3), mulmod(mload(C1), add(t149, 3), r)),
                        mulmod(mload(A4_P21), mload(T143), r)
                    )
                )
                mstore(
                    T153,
                    mulmod(
                        mload(F12),
                        mulmod(mload(T152), mulmod(mload(T151), mulmod(t150, sub(add(r, mload(A10_P1)), mload(A10)), r), r), r),
                        r
                    )
                )
                mstore(T154, mulmod(mload(T152), mulmod(t150, sub(r, mulmod(mload(T98), mload(A8_P39), r)), r), r))
                mstore(T155, mulmod(mload(T151), mulmod(t150, sub(r, mulmod(mload(T98), mload(A7_P17), r)), r), r))
                h := add(
                    mulmod(h, y, r),
                    sub(
                        sub(sub(add(mload(T153), mul(3, r)), mload(T154)), mload(T155)),
                        mulmod(mload(T152), mulmod(mload(T151), sub(r, mulmod(mload(T98), mload(A7_P39), r)), r), r)
                    )
                )
            }
            {
                // S: bus: running sum 2
                mstore(T156, mulmod(mload(A7_P1), mload(T143), r))
                let t157 := sub(
                    sub(sub(sub(add(mload(C0), mul(4, r)), mload(T145)), mload(F5)), mload(T156)),
                    mulmod(mload(A8), mload(C1), r)
                )
                let t158 := sub(
                    sub(sub(add(mload(C0), mul(3, r)), 3), mulmod(mload(A7_P3), mload(C1), r)),
                    mulmod(mload(A8), mload(T143), r)
                )
                mstore(T159, mulmod(mload(T143), mload(INSTANCE), r))
                mstore(
                    T160,
                    sub(sub(sub(sub(add(mload(C0), mul(4, r)), mload(F1)), 2), mload(T159)), mulmod(mload(F0), mload(C1), r))
                )
                mstore(
                    T161,
                    mulmod(
                        mload(F12),
                        mulmod(mload(T160), mulmod(t158, mulmod(t157, sub(add(r, mload(A11_P1)), mload(A11)), r), r), r),
                        r
                    )
                )
                mstore(T162, mulmod(mload(T160), mulmod(t157, mulmod(mload(T77), mload(A8_P2), r), r), r))
                mstore(
                    T163,
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
                    )
                )
                mstore(T164, mulmod(t158, mulmod(t157, mload(T163), r), r))
                h := add(
                    mulmod(h, y, r),
                    sub(
                        sub(sub(add(mload(T161), mul(3, r)), mload(T162)), mload(T164)),
                        mulmod(mload(T160), mulmod(t158, mulmod(mload(A7), mload(F5), r), r), r)
                    )
                )
            }
            {
                let f11 := mload(F11)
                // S: bus: balanced where it starts and ends
                h := add(
                    mulmod(h, y, r),
                    mulmod(
                        add(mload(A10), add(mload(A9), mload(A11))),
                        mulmod(sub(add(r, f11), 2), mulmod(add(1, f11), mulmod(f11, sub(add(r, f11), 1), r), r), r),
                        r
                    )
                )
            }
            mstore(H, mulmod(h, mload(INV_VANISHING), r))
        }
    }

    /// @dev SHPLONK: the scalars of all commitments. With Z_i(u) the product of u - x*w^a over the i-th rotation set, the
    /// commitments of that set weigh v^i*Z_0(u)/Z_i(u)*y^j, and their evaluations take the same weight times the Lagrange
    /// basis of the set at u. The constants are 1/prod(w^a - w^b) over the other members b of the set.
    function _combineOpenings() private pure {
        assembly {
            let r := R
            {
                let inverse := mload(INV_X)
                let t := inverse
                mstore(INV_X_1, t)
                t := mulmod(t, inverse, r)
                mstore(INV_X_2, t)
                t := mulmod(t, inverse, r)
                mstore(INV_X_3, t)
                t := mulmod(t, inverse, r)
                mstore(INV_X_4, t)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                t := mulmod(t, inverse, r)
                mstore(INV_X_53, t)
                t := mulmod(t, inverse, r)
                mstore(INV_X_54, t)
            }
            let v := mload(OPEN_V)
            let weight := mload(FIRST_SET)
            let sum := 0
            let k
            let s
            // Set 0, rotations [0, 1, 21]: A0, A1, A2, A3, A4
            k := 1
            mstore(K_A0, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_A1, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_A2, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_A3, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_A4, k)
            mstore(
                T165,
                mulmod(
                    mload(OPEN_Y),
                    add(
                        mload(A1),
                        mulmod(
                            mload(OPEN_Y),
                            add(mload(A2), mulmod(mload(OPEN_Y), add(mload(A3), mulmod(mload(OPEN_Y), mload(A4), r)), r)),
                            r
                        )
                    ),
                    r
                )
            )
            mstore(
                T166,
                mulmod(
                    mload(OPEN_Y),
                    add(
                        mload(A1_P1),
                        mulmod(
                            mload(OPEN_Y),
                            add(mload(A2_P1), mulmod(mload(OPEN_Y), add(mload(A3_P1), mulmod(mload(OPEN_Y), mload(A4_P1), r)), r)),
                            r
                        )
                    ),
                    r
                )
            )
            mstore(
                T167,
                mulmod(
                    mload(OPEN_Y),
                    add(
                        mload(A1_P21),
                        mulmod(
                            mload(OPEN_Y),
                            add(
                                mload(A2_P21),
                                mulmod(mload(OPEN_Y), add(mload(A3_P21), mulmod(mload(OPEN_Y), mload(A4_P21), r)), r)
                            ),
                            r
                        )
                    ),
                    r
                )
            )
            s := add(
                mulmod(
                    mload(D_P21),
                    mulmod(0x200a4a7d17f6b37f5a0db5c3016d0ded55eb649bcb1cfeaa30d5252c6152e90, add(mload(A0_P21), mload(T167)), r),
                    r
                ),
                add(
                    mulmod(
                        mload(D_P1),
                        mulmod(
                            0x1aea3a35890ec010dcd70c5f02936590f5a51bfaa8e3e8d6b1224599288d407b,
                            add(mload(A0_P1), mload(T166)),
                            r
                        ),
                        r
                    ),
                    mulmod(
                        mload(D),
                        mulmod(0x13796f9586a374e0e5d85dfb4ed721ed5d3016041423b7cfefb25da8015d90f6, add(mload(A0), mload(T165)), r),
                        r
                    )
                )
            )
            sum := addmod(sum, mulmod(mulmod(weight, mload(INV_X_2), r), s, r), r)
            // Set 1, rotations [-42, -40, -38, -33, -32, -23, -18, -9, -7, -3, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42]: A8
            weight := mulmod(weight, v, r)
            mstore(T168, mulmod(mload(D), mload(D_P1), r))
            mstore(T169, mulmod(mload(D_P3), mulmod(mload(T168), mload(D_P2), r), r))
            mstore(
                T170,
                mulmod(
                    mload(D_M3),
                    mulmod(mload(D_M7), mulmod(mload(D_M9), mulmod(mload(D_P21), mulmod(mload(D_P4), mload(T169), r), r), r), r),
                    r
                )
            )
            mstore(
                T171,
                mulmod(
                    mload(D_P8),
                    mulmod(mload(D_P7), mulmod(mload(D_P6), mulmod(mload(D_P5), mulmod(mload(D_M1), mload(T170), r), r), r), r),
                    r
                )
            )
            mstore(
                T172,
                mulmod(
                    mload(D_P13),
                    mulmod(mload(D_P12), mulmod(mload(D_P11), mulmod(mload(D_P10), mulmod(mload(D_P9), mload(T171), r), r), r), r),
                    r
                )
            )
            mstore(
                T173,
                mulmod(
                    mload(D_P18),
                    mulmod(mload(D_P17), mulmod(mload(D_P16), mulmod(mload(D_P15), mulmod(mload(D_P14), mload(T172), r), r), r), r),
                    r
                )
            )
            mstore(
                T174,
                mulmod(
                    mload(D_P24),
                    mulmod(mload(D_P23), mulmod(mload(D_P22), mulmod(mload(D_P20), mulmod(mload(D_P19), mload(T173), r), r), r), r),
                    r
                )
            )
            mstore(
                T175,
                mulmod(
                    mload(D_P29),
                    mulmod(mload(D_P28), mulmod(mload(D_P27), mulmod(mload(D_P26), mulmod(mload(D_P25), mload(T174), r), r), r), r),
                    r
                )
            )
            mstore(
                T176,
                mulmod(
                    mload(D_P34),
                    mulmod(mload(D_P33), mulmod(mload(D_P32), mulmod(mload(D_P31), mulmod(mload(D_P30), mload(T175), r), r), r), r),
                    r
                )
            )
            mstore(
                T177,
                mulmod(
                    mload(D_P39),
                    mulmod(mload(D_P38), mulmod(mload(D_P37), mulmod(mload(D_P36), mulmod(mload(D_P35), mload(T176), r), r), r), r),
                    r
                )
            )
            mstore(T178, mulmod(mload(D_P42), mulmod(mload(D_P41), mulmod(mload(D_P40), mload(T177), r), r), r))
            mstore(
                T179,
                mulmod(
                    mload(D_M32),
                    mulmod(mload(D_M33), mulmod(mload(D_M38), mulmod(mload(D_M40), mulmod(mload(D_M42), mload(T178), r), r), r), r),
                    r
                )
            )
            k := mulmod(weight, mulmod(mload(D_M18), mulmod(mload(D_M23), mload(T179), r), r), r)
            mstore(K_A8, k)
            s := add(
                mulmod(
                    mload(D_M32),
                    mulmod(mload(A8_M32), 0x2fabc536cecda74a117932c5afec836d8f444edd7bb10f63a55a75d73b4ec033, r),
                    r
                ),
                add(
                    mulmod(
                        mload(D_M33),
                        mulmod(mload(A8_M33), 0xdf33d3ed79ca125a58f82c1a9882fa071ce499f5c3a66c6c6b5435380a5f49a, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_M38),
                            mulmod(mload(A8_M38), 0xe08ea05ea5944f319e8e5bfd65ef3d3ba48d6bc19b7c37b121f9bffd24a6708, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_M40),
                                mulmod(mload(A8_M40), 0xdcab5a3223d90484ab5d94a446de641e87898dab00931b0d146cb420dd94f7a, r),
                                r
                            ),
                            mulmod(
                                mload(D_M42),
                                mulmod(mload(A8_M42), 0xf561bb98461335415f2ff6ab61150d037b1524318c4e64fa155cd4497223ba, r),
                                r
                            )
                        )
                    )
                )
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_M3),
                        mulmod(mload(A8_M3), 0x12ff8b91c99f77c9d72f95bf0a3f7499b145edc1896119d4dd713d2f5a908674, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_M7),
                            mulmod(mload(A8_M7), 0x2295f667f968ca340dd2daee19ddfc14301411a511f83b94a91be01463a2c74a, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_M9),
                                mulmod(mload(A8_M9), 0xcf6331df515c8af71489aa66e2cd9f34c132bdc09e851238780d7d3d16aa32e, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_M18),
                                    mulmod(mload(A8_M18), 0x8c60489c15f509a8eaa8bba0b8996f9fe5ba99006329ab1294917fbdf784263, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_M23),
                                    mulmod(mload(A8_M23), 0x2a7393d35210ed7223b6ff62de0dfc7900306b66b29cbc1af73fb79592d2124a, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P3),
                        mulmod(mload(A8_P3), 0x16d3062901b0a9d6a769ca76a834e4baf186d27dfef588126dd475c81a00d3bc, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P2),
                            mulmod(mload(A8_P2), 0x122e14bedb596c309a232c29846486d020a44e4ba1a6457f7a3c337e659fbeaf, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_P1),
                                mulmod(mload(A8_P1), 0x11d3bab1577ac7102c12cea4dd6c600084c354eb1f6e4e93415c8aaef135ad9a, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D),
                                    mulmod(mload(A8), 0x4fec54e75d7f72bf4cea345d041b04468a8a3d3e12e5ce956c94503c55fcd8f, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_M1),
                                    mulmod(mload(A8_M1), 0x2313d13d9f577327d8a71b6c0758d3a002f6c0964125efce68490120f55ebc72, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P8),
                        mulmod(mload(A8_P8), 0x2c426bc65a3dae8f964cfdefe8396fe1b60d1c65795042cad6e81a665bba4f78, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P7),
                            mulmod(mload(A8_P7), 0x199dea24597a3e580d254123f0d8978c22d7f533e727f12467d1ab95f8eacd7e, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_P6),
                                mulmod(mload(A8_P6), 0x11789385d2132de951271ad6696ed732326255f53e6c54b07b7b908739315d02, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_P5),
                                    mulmod(mload(A8_P5), 0x20f7ee89815024cea569dee55d2b26df4b7c1bef817cd0a8a29720d1084a0ad3, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_P4),
                                    mulmod(mload(A8_P4), 0x2fad128f2ad5e67da968b59bc6770363841c52537a6fbeb102d15ae3e769b5f, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P13),
                        mulmod(mload(A8_P13), 0x629e87c4048d77388f34cc5c7e86cd67eb0e3f28525cfd00c9b66238f895d9a, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P12),
                            mulmod(mload(A8_P12), 0x2cd287f640cfcf9e099d43cf03f579b190ba112567a4db51c212592c0543c508, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_P11),
                                mulmod(mload(A8_P11), 0x99961dd7a091291a15df92a6578b5a6f5adac98f86a31d3a7bb5ba3230ede3c, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_P10),
                                    mulmod(mload(A8_P10), 0x1ea2d87ed558184f46df81331857aaec8e6ed9ede930a511f07985dfe71a8565, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_P9),
                                    mulmod(mload(A8_P9), 0x194f6e75b9a412b31363cff052d6ae4d3bc63e426823f4fdee669de06e44c530, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P18),
                        mulmod(mload(A8_P18), 0xad4f682acaefa759e6934c48d0e27afc13e25e84fee0c0174841900a3576c67, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P17),
                            mulmod(mload(A8_P17), 0x151d3b07cd538927a7fcd95bf434afe8dc0e17a97ba40f8c0f5940e4f9f6f67d, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_P16),
                                mulmod(mload(A8_P16), 0xf5dfdd87b6ed6c279fb4821e2864ecf6f6581dd8cb3658faf3b4921d9fb30a1, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_P15),
                                    mulmod(mload(A8_P15), 0x24a6baa8a1f26a7eae94b52afb0ea8e506cd58bd122696b1c009852ac03b4356, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_P14),
                                    mulmod(mload(A8_P14), 0xe9f932bc5670203469326e4b060b90081d1e67c7e74d61110a05d98112b3378, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P23),
                        mulmod(mload(A8_P23), 0x3012417e1d568e48c06fb680fbf03c00588ef6b550eeb40c1c9a87208b9cc884, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P22),
                            mulmod(mload(A8_P22), 0x166f22b9a5eb063bfc7b693af6614a31793ba61928724d4c4d2b08ee0c48e478, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_P21),
                                mulmod(mload(A8_P21), 0x2d23a8616c440863285e60d4a99954896a1ce89d4879d80dec14a452bb035974, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_P20),
                                    mulmod(mload(A8_P20), 0x1577a17dd92503de8936cd99f20e431553dde33c8839cda035c43c648ddc394, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_P19),
                                    mulmod(mload(A8_P19), 0x197c443d0a682009c573a99af094148be23b469e1898ed380dfffcfd809c3939, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P28),
                        mulmod(mload(A8_P28), 0xef5642b3545af8810b5afa2191bd815dc23f1accdb19ed42fa20796c0852a82, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P27),
                            mulmod(mload(A8_P27), 0x3f6d8c7168b6da848a0148667c27138fd7ee13d5044a66f9ae8656be3a8c34b, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_P26),
                                mulmod(mload(A8_P26), 0x754e9c5779226d428d27bc054e5ce99ef83cacee5750c620ac50be5961a5aca, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_P25),
                                    mulmod(mload(A8_P25), 0x2a1e9c28434d498afd504056cfac4723b8865527385013a4a3763331dde80e3, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_P24),
                                    mulmod(mload(A8_P24), 0x2060b0bd6afb048a6b0cd28c1be0789aa1e68656cde1cdb9ea4f64d0e19441cd, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P33),
                        mulmod(mload(A8_P33), 0xd51208efe726e0d58284ec2163151b5075eb842706ab4297ca59dd9e63c8256, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P32),
                            mulmod(mload(A8_P32), 0xcfbaef3a2702a46599119714185e9f597468c3217d5255f3053088c13c064db, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_P31),
                                mulmod(mload(A8_P31), 0x29eadf2783a1d7ed643d6416a60dd19492f897a19d2d6543583cc6e5a827fa2, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_P30),
                                    mulmod(mload(A8_P30), 0x29bffbfd9b0f4920e0c7e610e22b55debf02966aa08835a200663d3f0b2e0b12, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_P29),
                                    mulmod(mload(A8_P29), 0x2d4b7e7e067d3b7dedadf7fb7810005f600b7ab07a69589a2b165bdb84295f87, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P38),
                        mulmod(mload(A8_P38), 0xcb1d9c901e40356ca51232e834859748505c210e9a35bef9a2cc078610f6137, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P37),
                            mulmod(mload(A8_P37), 0x69f5a616808570f126a57db626fbb895622c1a9c171ecf974607a867b7375ac, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_P36),
                                mulmod(mload(A8_P36), 0x2965e617b995b6c297926fc1b0e7acf9e5284440f8cee9c6e582341c1fccfbdd, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_P35),
                                    mulmod(mload(A8_P35), 0x10ada058c119d4f734a98ee9961cbce818f71871fd9cfebec151966cb3d3f0db, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_P34),
                                    mulmod(mload(A8_P34), 0x1a70530757422f3cbbb18ea483f12bc1abf73633b0aac90c37455a90bd37c0d1, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P42),
                        mulmod(mload(A8_P42), 0x1304aea969935bd9d0d8de0c304aab7ea19a26ba0593b1175ea0ddf9e2b629ca, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P41),
                            mulmod(mload(A8_P41), 0xd5c57ab8a55d2e4d5154031ea996e3711aee3a90559baf3b98f071c7d3ec210, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_P40),
                                mulmod(mload(A8_P40), 0x12bf2437b6b7d8ccc340546d9791288533759cc94d91a1d2dd41ff1299090a79, r),
                                r
                            ),
                            mulmod(
                                mload(D_P39),
                                mulmod(mload(A8_P39), 0x293fa16c703077a499c3b3c89575014e6e8cbd968ecee90fd569f218a22790d1, r),
                                r
                            )
                        )
                    )
                ),
                r
            )
            sum := addmod(sum, mulmod(mulmod(weight, mload(INV_X_53), r), s, r), r)
            // Set 2, rotations [-41, -31, -29, -25, -24, -22, -11, -10, -9, -7, -3, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42]: A7
            weight := mulmod(weight, v, r)
            mstore(
                T180,
                mulmod(
                    mload(D_M24),
                    mulmod(mload(D_M25), mulmod(mload(D_M29), mulmod(mload(D_M31), mulmod(mload(T178), mload(D_M41), r), r), r), r),
                    r
                )
            )
            k := mulmod(weight, mulmod(mload(D_M10), mulmod(mload(D_M11), mulmod(mload(D_M22), mload(T180), r), r), r), r)
            mstore(K_A7, k)
            s := add(
                mulmod(
                    mload(D_M24),
                    mulmod(mload(A7_M24), 0x6475754fe7cf943727751ad35c22620c53b94472b3d998e8377acc05dfab4da, r),
                    r
                ),
                add(
                    mulmod(
                        mload(D_M25),
                        mulmod(mload(A7_M25), 0x2a2c64df7b0c56d322d225ebf48ba66df7bcd289baf155fd19849106b05db305, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_M29),
                            mulmod(mload(A7_M29), 0x2e2ba3ef165d07d259078a2bb1869577e469f4b7735c882521c08293a34c5cb9, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_M31),
                                mulmod(mload(A7_M31), 0x2bd35c6275e0eebe5f61b0cdd55e9cc236a80472ba0a4714f56624a285938bab, r),
                                r
                            ),
                            mulmod(
                                mload(D_M41),
                                mulmod(mload(A7_M41), 0x2d9183952d9cc439810ecfaedaa6877bb4cf845d863067fc30abe30f12a67693, r),
                                r
                            )
                        )
                    )
                )
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_M7),
                        mulmod(mload(A7_M7), 0x1eac18288ed00ada7a1122f0459ab774fa9d155c1226b25d1ae3a57ea31e6228, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_M9),
                            mulmod(mload(A7_M9), 0x2d0566016b3ed8783211a26a0388e4d71dae299eb804fdfe56bc1755f73117b3, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_M10),
                                mulmod(mload(A7_M10), 0x266b055fceefb0c481a0c6bf0c02762b2a76c0328c0d80292f693683fa47d92d, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_M11),
                                    mulmod(mload(A7_M11), 0x22a9feac7bca8db84fe389ef09c17937677e838efa732353eae0cc72d8b07bee, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_M22),
                                    mulmod(mload(A7_M22), 0x155036cea213cd369c4a1aa1f57ede7be5f03435c3b593736fa8e66a60f10f0b, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P2),
                        mulmod(mload(A7_P2), 0xadf15f9bb77645bbd263511b6f307609859c0b3cd157c890a4a9a8efff088bb, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P1),
                            mulmod(mload(A7_P1), 0x23b3630691effaae7d74b11403ca37ec05fc04a1b362d3ee3b8b3e493fd0fea3, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D),
                                mulmod(mload(A7), 0xb797d2b220ec9b6ecdfccd54fb6acfe371d7de75d5e5d8b71bece73fd42a058, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_M1),
                                    mulmod(mload(A7_M1), 0x27e65e5c1c3dfaa0e2b47c693fb96ff02a50eead04a187749615426da403512c, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_M3),
                                    mulmod(mload(A7_M3), 0x2c0de38f03d6bd4706fa8bf6c56ec929cd5d703ac1e84dc1bc1c5d1a21757cf3, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P7),
                        mulmod(mload(A7_P7), 0x10893fb319405fc34135b9b96bc2d3d8ec5603759b41bd380997d66e14c45774, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P6),
                            mulmod(mload(A7_P6), 0x23c9784f28acc409d7bb79f96bec4178a5b8fa101458d30bef35cbc967dbc991, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_P5),
                                mulmod(mload(A7_P5), 0xb29e937eb0a91b6a142c923aafed95e73afccfb43de51440815e3c864efde66, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_P4),
                                    mulmod(mload(A7_P4), 0x1afe39eb74aba3753d82f9492d8d54c8a6c9ac028656575759a67d8fcb6d985a, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_P3),
                                    mulmod(mload(A7_P3), 0x8715de0b0868a9c2c1a496457d82f7cdf2d504e2160f8bcbe8a4472c136f505, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P12),
                        mulmod(mload(A7_P12), 0x277a7551486fe931f81f5de716304484674e7bb38f5398939b3f6580fa4f1f7, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P11),
                            mulmod(mload(A7_P11), 0x120d1053fe122ad3512674ac04b90b54d9e3129fced466fefd76a2c7eb1ae9fa, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_P10),
                                mulmod(mload(A7_P10), 0x27a0de889bc01ee485bdc44b161b9515f7f6b65768908cbad634a92a879a6ede, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_P9),
                                    mulmod(mload(A7_P9), 0x27a40a3664ef5181eee75504be2f68932936cc09e6a9a3b68a4d405cfb336fd2, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_P8),
                                    mulmod(mload(A7_P8), 0x1cb0c750ba5bc56d6cb14d3d8ffe74a71d9802de6e2decb5230973427aafd680, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P17),
                        mulmod(mload(A7_P17), 0x2c2ba05bf7658ff623f69c1dda4558481d68d8b5fa0ef43e1dcb0d5ca029c80, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P16),
                            mulmod(mload(A7_P16), 0x1bc96eea2bc541205eebe153e4673133a0ac4f1a9a59860a6eb1647b44b5518f, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_P15),
                                mulmod(mload(A7_P15), 0x24ee6d25282b6655e55d85e06a78787ac816a4658e19f0312de747786e2ab671, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_P14),
                                    mulmod(mload(A7_P14), 0x143669a76b251a5e40924ec0d55aef4040ce4bd3491a39bee69de1a46cafff1c, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_P13),
                                    mulmod(mload(A7_P13), 0x120d02b724988a73390821adcffcd0cecb4b0089be1613be10507e3cf598ebf6, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P22),
                        mulmod(mload(A7_P22), 0x196994604aad0ad05182532a676596732f19bcdb538e761fa090b6c798ef96fe, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P21),
                            mulmod(mload(A7_P21), 0xd645c80f48435f63e7b03e8788ae1ed36913dd8ecb309d5692ed428be3980ed, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_P20),
                                mulmod(mload(A7_P20), 0xa77901a2bbc7dbb9f0eeb370d0cb209e544f91f3aae326812b60d2df65f4b0c, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_P19),
                                    mulmod(mload(A7_P19), 0x1bffb3b92b838b79e20d38c1d842ce6dfd4a863fd4cc958ef5fd01a1e9ff5f97, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_P18),
                                    mulmod(mload(A7_P18), 0xa8339ce0324651a3a5bd40532f134694943fa952199d3085df96ba0b1272838, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P27),
                        mulmod(mload(A7_P27), 0x1b3038d796c5c321017ad7d2ff8f63e78afac0b731a25fda8db3f3a1dd5e78a3, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P26),
                            mulmod(mload(A7_P26), 0x1ddd4f5f8d49e820d6c43b183dc6117afba8df0fb6641d7386205a236876025e, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_P25),
                                mulmod(mload(A7_P25), 0x2148a34da62d70c9777cad457ec24d692a7d4cac9a46490bd467f9960b48ad6f, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_P24),
                                    mulmod(mload(A7_P24), 0x250325834b7f67113954e0b93c98687b2cf936b6e12d1c764043e5fefa8017bb, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_P23),
                                    mulmod(mload(A7_P23), 0x2e33e6ba6a6799186ecbbd5f79f5dc02caf7995fe78790d0d61776c9f6d41c57, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P32),
                        mulmod(mload(A7_P32), 0xfda47deab80fe04fb76d2ba5f3df5485bc82e4dd4de91c1b160ce16110d4399, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P31),
                            mulmod(mload(A7_P31), 0x15e8d70eb80e7e29fdd9be81f423ed4b71954efe53b819bf76ed717ff9ecae98, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_P30),
                                mulmod(mload(A7_P30), 0x289700964d6eb1f10362b50a0d52b61eb9694c623f7b2c66636799f2732a9be5, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_P29),
                                    mulmod(mload(A7_P29), 0x2160e4f8691d78eb035cdea73970193ab444cb9d71df51a5cdad571bcadfe602, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_P28),
                                    mulmod(mload(A7_P28), 0x2ca3368f950e822e583488f0f90f4a8ff7127fe5875a0c1f6cd5bfa8120771cb, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P37),
                        mulmod(mload(A7_P37), 0x2716c0de592c58cd32742681812e02f6db22e0b8c1575ed71af2a072162b2287, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P36),
                            mulmod(mload(A7_P36), 0x1e3dcae6fcec80de888d00a2daf4132606bcb6adbc3a3c5b59c99ac7a19d5797, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_P35),
                                mulmod(mload(A7_P35), 0x23965b848c0c04aaf92bd54010a2794d582c314308cd2040ad489fd1a7356620, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_P34),
                                    mulmod(mload(A7_P34), 0x801616d03291d4e6edfa3fc251fa7d116233a09fa7f0ad2ef072a69fccc5384, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_P33),
                                    mulmod(mload(A7_P33), 0xcb9e32d3c811027783898d58eaacc3d75ac7403d4c09e54bdf01a477452dfe, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            s := addmod(
                s,
                add(
                    mulmod(
                        mload(D_P42),
                        mulmod(mload(A7_P42), 0xce403a6a4871ee4bb2afa0a3c7b92d2254b9eb079b190d31fc539dee9cc9887, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P41),
                            mulmod(mload(A7_P41), 0x1c52fdc0479b8f07e13afd60f0e524359654872fdd16f5a3aa89e1e69bb40db1, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D_P40),
                                mulmod(mload(A7_P40), 0x25a7de8ffb88241835f6d2be51c0eed0f2749662f87a7952f2c559ef8d782622, r),
                                r
                            ),
                            add(
                                mulmod(
                                    mload(D_P39),
                                    mulmod(mload(A7_P39), 0x46b00df4024992dadd53fb84f0bf3e99b96134eb6302bee83385acf6345b47e, r),
                                    r
                                ),
                                mulmod(
                                    mload(D_P38),
                                    mulmod(mload(A7_P38), 0x7cbb3fc4d4895de533fdc12d1efe2280c800750204c3d51eeb0a638f053a832, r),
                                    r
                                )
                            )
                        )
                    )
                ),
                r
            )
            sum := addmod(sum, mulmod(mulmod(weight, mload(INV_X_54), r), s, r), r)
            // Set 3, rotations [-14, 0, 1, 2, 3]: A5
            weight := mulmod(weight, v, r)
            k := mulmod(weight, mulmod(mload(T169), mload(D_M14), r), r)
            mstore(K_A5, k)
            s := add(
                mulmod(mload(D_P3), mulmod(mload(A5_P3), 0x55a4abe7901c790864f3ecb75728fe976dafba5625850ebbf7d1d8e26b672a, r), r),
                add(
                    mulmod(
                        mload(D_P2),
                        mulmod(mload(A5_P2), 0x2dba3ce621cf91ceacdf80e013f664e31c1f0f530da052aa15eba7542b2ae843, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P1),
                            mulmod(mload(A5_P1), 0x2940c2f14d54704afb54093590713725cde03e25389a94bf1a3d46d924097220, r),
                            r
                        ),
                        add(
                            mulmod(
                                mload(D),
                                mulmod(mload(A5), 0x1d9945f0d648bc4b5ce94425aca053f74152ba16730dfa372b31eff8d7f8ecb7, r),
                                r
                            ),
                            mulmod(
                                mload(D_M14),
                                mulmod(mload(A5_M14), 0x1c4300e47698059f1b6f0efb7c24f018b5dc01905dbdeb04b45330bcc66751bf, r),
                                r
                            )
                        )
                    )
                )
            )
            sum := addmod(sum, mulmod(mulmod(weight, mload(INV_X_4), r), s, r), r)
            // Set 4, rotations [0, 1, 2, 3]: A6
            weight := mulmod(weight, v, r)
            k := mulmod(weight, mload(T169), r)
            mstore(K_A6, k)
            s := add(
                mulmod(mload(D_P3), mulmod(mload(A6_P3), 0x30af7d3e1427d404d1f2faaf5e015355eb36d01e3c944e8155b08fc5b633c05, r), r),
                add(
                    mulmod(
                        mload(D_P2),
                        mulmod(mload(A6_P2), 0x28f040e75bdccda61d4d8030c7903d137390e5e98db77fa3d9509662f6ad383, r),
                        r
                    ),
                    add(
                        mulmod(
                            mload(D_P1),
                            mulmod(mload(A6_P1), 0x21e832208c29bb8e0859f75d3e2da9a259b9c2691e15132c904e074461145ecd, r),
                            r
                        ),
                        mulmod(mload(D), mulmod(mload(A6), 0x8e2206ffe079a81010246ab40fa95b4388daa7edeffa08260a3dbed041d91ac, r), r)
                    )
                )
            )
            sum := addmod(sum, mulmod(mulmod(weight, mload(INV_X_3), r), s, r), r)
            // Set 5, rotations [0, 1]: A9, A10, A11
            weight := mulmod(weight, v, r)
            k := mulmod(weight, mload(T168), r)
            mstore(K_A9, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_A10, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_A11, k)
            s := add(
                mulmod(
                    mload(D_P1),
                    mulmod(
                        0x1a141ce49dd20be7bbf1f15fab998f3c5311940a253962ff8a9419d9a1ad2854,
                        add(mload(A9_P1), mulmod(mload(OPEN_Y), add(mload(A10_P1), mulmod(mload(OPEN_Y), mload(A11_P1), r)), r)),
                        r
                    ),
                    r
                ),
                mulmod(
                    mload(D),
                    mulmod(
                        0x1650318e435f9441fc5e5456d5e7c920d522543e54800d91b94ddbba4e52d7ad,
                        add(mload(A9), mulmod(mload(OPEN_Y), add(mload(A10), mulmod(mload(OPEN_Y), mload(A11), r)), r)),
                        r
                    ),
                    r
                )
            )
            sum := addmod(sum, mulmod(mulmod(weight, mload(INV_X_1), r), s, r), r)
            // Set 6, rotations [-5, 0, 4]: F6
            weight := mulmod(weight, v, r)
            k := mulmod(weight, mulmod(mload(D_M5), mulmod(mload(D), mload(D_P4), r), r), r)
            mstore(K_F6, k)
            s := add(
                mulmod(mload(D_P4), mulmod(mload(F6_P4), 0x11efd26c7490618a05b5bf0aab1b90bf22d5e961b0bb8d16f21b16faa7def893, r), r),
                add(
                    mulmod(mload(D), mulmod(mload(F6), 0x194184f88f98672606a29034c804f91643acdcc8a07987659d4ca732af1883e, r), r),
                    mulmod(
                        mload(D_M5),
                        mulmod(mload(F6_M5), 0x1ce063b6e3a7b82d52305da889e5780ca123311a3ef64b03f7f214261d2f7f30, r),
                        r
                    )
                )
            )
            sum := addmod(sum, mulmod(mulmod(weight, mload(INV_X_2), r), s, r), r)
            // Set 7, rotations [0]: F8, F7, F0, F1, F2, F3, F4, F11, F9, F10, F5, F12, H, RANDOM
            weight := mulmod(weight, v, r)
            k := mulmod(weight, mload(D), r)
            mstore(K_F8, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_F7, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_F0, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_F1, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_F2, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_F3, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_F4, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_F11, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_F9, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_F10, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_F5, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_F12, k)
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_H0, k)
            mstore(K_H1, mulmod(mload(K_H0), mload(XN), r))
            mstore(K_H2, mulmod(mload(K_H1), mload(XN), r))
            mstore(K_H3, mulmod(mload(K_H2), mload(XN), r))
            mstore(K_H4, mulmod(mload(K_H3), mload(XN), r))
            k := mulmod(k, mload(OPEN_Y), r)
            mstore(K_RANDOM, k)
            mstore(
                T181,
                mulmod(
                    mload(OPEN_Y),
                    add(
                        mload(F5),
                        mulmod(
                            mload(OPEN_Y),
                            add(mload(F12), mulmod(mload(OPEN_Y), add(mload(H), mulmod(mload(OPEN_Y), mload(RANDOM), r)), r)),
                            r
                        )
                    ),
                    r
                )
            )
            mstore(
                T182,
                mulmod(
                    mload(OPEN_Y),
                    add(
                        mload(F4),
                        mulmod(
                            mload(OPEN_Y),
                            add(
                                mload(F11),
                                mulmod(mload(OPEN_Y), add(mload(F9), mulmod(mload(OPEN_Y), add(mload(F10), mload(T181)), r)), r)
                            ),
                            r
                        )
                    ),
                    r
                )
            )
            mstore(
                T183,
                mulmod(
                    mload(OPEN_Y),
                    add(
                        mload(F0),
                        mulmod(
                            mload(OPEN_Y),
                            add(
                                mload(F1),
                                mulmod(mload(OPEN_Y), add(mload(F2), mulmod(mload(OPEN_Y), add(mload(F3), mload(T182)), r)), r)
                            ),
                            r
                        )
                    ),
                    r
                )
            )
            s := mulmod(mload(D), add(mload(F8), mulmod(mload(OPEN_Y), add(mload(F7), mload(T183)), r)), r)
            sum := addmod(sum, mulmod(weight, s, r), r)
            mstore(K_W1, sub(r, mload(FIRST_SET)))
            mstore(K_W2, mload(OPEN_U))
            mstore(K_G1, sub(r, sum))
        }
    }

    /// @dev The sum of all commitments, times their scalars.
    function _sumCommitments() private view {
        bool done;
        assembly {
            // Adds the points from `p` to `end`, times the scalars from `s` on.
            function accumulate(p, end, s) -> ok {
                ok := 1
                for {} lt(p, end) {} {
                    mcopy(TERM_AT, p, 0x40)
                    mstore(TERM_SCALAR, mload(s))
                    ok := and(ok, staticcall(MUL_GAS, 0x07, TERM_AT, 0x60, TERM_AT, 0x40))
                    ok := and(ok, staticcall(ADD_GAS, 0x06, ACC_AT, 0x80, ACC_AT, 0x40))
                    p := add(p, 0x40)
                    s := add(s, 0x20)
                }
            }
            mstore(G1_PT, 1)
            mstore(add(G1_PT, 0x20), 2)
            mcopy(ACC_AT, A0_PT, 0x40)
            done := 1
            done := and(done, accumulate(0x0080, 0x03c0, 0x3440))
            done := and(done, accumulate(0x05c0, 0x0a00, 0x3600))
            done := and(done, accumulate(W1_PT, OPENING_END, K_W1))
        }
        if (!done) revert PrecompileFailed(0x07);
    }

    /// @dev e(W2, s*G2) = e(sum, G2).
    function _requirePairing() private view {
        uint256 word;
        bool done;
        bool valid;
        word = S_G2_X_IM;
        assembly { mstore(0x3960, word) }
        word = S_G2_X_RE;
        assembly { mstore(0x3980, word) }
        word = S_G2_Y_IM;
        assembly { mstore(0x39a0, word) }
        word = S_G2_Y_RE;
        assembly { mstore(0x39c0, word) }
        word = NEG_G2_X_IM;
        assembly { mstore(0x3a20, word) }
        word = NEG_G2_X_RE;
        assembly { mstore(0x3a40, word) }
        word = NEG_G2_Y_IM;
        assembly { mstore(0x3a60, word) }
        word = NEG_G2_Y_RE;
        assembly { mstore(0x3a80, word) }
        assembly {
            mcopy(PAIRING_AT, W2_PT, 0x40)
            mcopy(add(PAIRING_AT, 0xc0), ACC_AT, 0x40)
            mstore(0x00, 0)
            done := staticcall(PAIRING_GAS, 0x08, PAIRING_AT, 0x180, 0x00, 0x20)
            valid := eq(mload(0x00), 1)
        }
        if (!done) revert PrecompileFailed(0x08);
        if (!valid) revert PairingFailed();
    }
}
