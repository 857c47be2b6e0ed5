//! The library that checks many claims of verifiers with one pairing, in an EVM.

mod support;

use alloy_sol_types::private::U256;
use alloy_sol_types::{SolCall, SolError, SolInterface, sol};
use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::{Fq, Fr, G1Affine, G2Affine};
use halo2_proofs::halo2curves::group::Curve;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use support::{Deployed, or_skip};
use verifier_contract::calldata::Revert;
use verifier_contract::compile_with_node;

sol! {
    struct Claim { uint256 ax; uint256 ay; uint256 bx; uint256 by; }
    error NoClaims();
    error ClaimPrecompileFailed(uint256 precompile);
    error ClaimsFailed();
    function check(uint256[4] sG2, Claim[] claims) external view;
}

/// What every claim after the first may cost.
const CLAIM_GAS: u64 = 20_000;

const HARNESS: &str = "
contract Harness {
    function check(uint256[4] calldata sG2, PairingCheck.Claim[] calldata claims) external view {
        PairingCheck.requireAll(sG2, claims);
    }
}
";

fn word(value: Fq) -> U256 {
    let mut bytes = value.to_repr();
    bytes.reverse();
    U256::from_be_bytes(bytes)
}

/// e(a, G2)·e(b, s·G2) = 1 if `error` is 0, else the secret's power of a point too much.
fn claim(secret: Fr, rng: &mut ChaCha20Rng, error: Fr) -> Claim {
    let t = Fr::random(rng);
    let a = (G1Affine::generator() * (error - secret * t)).to_affine();
    let b = (G1Affine::generator() * t).to_affine();
    Claim {
        ax: word(a.x),
        ay: word(a.y),
        bx: word(b.x),
        by: word(b.y),
    }
}

fn setup(secret: Fr) -> [U256; 4] {
    let point = (G2Affine::generator() * secret).to_affine();
    [point.x.c1, point.x.c0, point.y.c1, point.y.c0].map(word)
}

struct Harness(Deployed);

impl Harness {
    fn new() -> Option<Self> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/contracts/libraries/PairingCheck.sol");
        let source = std::fs::read_to_string(path).expect("the library") + HARNESS;
        let artifact = or_skip(compile_with_node(&source, "Harness"))?;
        Some(Self(Deployed::new(&artifact.runtime_bytes().expect("hexadecimal"))))
    }

    /// The gas, or the data of the revert.
    fn check(&mut self, secret: Fr, claims: &[Claim]) -> Result<u64, Vec<u8>> {
        let call = checkCall {
            sG2: setup(secret),
            claims: claims.to_vec(),
        };
        let outcome = self.0.call(&call.abi_encode());
        match outcome.revert {
            None => Ok(outcome.gas_used),
            // Errors that the contracts of a venue have, too, are known by name.
            Some(Revert::Venue(error)) => Err(error.abi_encode()),
            Some(Revert::Unknown(data)) => Err(data),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn claims_are_checked_together() {
    let Some(mut harness) = Harness::new() else { return };
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let secret = Fr::random(&mut rng);
    let claims: Vec<Claim> = (0..5).map(|_| claim(secret, &mut rng, Fr::ZERO)).collect();
    let gas: Vec<u64> = (1..=5)
        .map(|count| harness.check(secret, &claims[..count]).expect("true claims"))
        .collect();
    println!("1 to 5 claims: {gas:?} gas");
    assert!(gas.windows(2).all(|pair| pair[1] - pair[0] < CLAIM_GAS));

    let failed = ClaimsFailed {}.abi_encode();
    // Another setup.
    assert_eq!(harness.check(secret + Fr::ONE, &claims), Err(failed.clone()));
    // A false claim at every place.
    for place in 0..claims.len() {
        let mut changed = claims.clone();
        changed[place] = claim(secret, &mut rng, Fr::ONE);
        assert_eq!(harness.check(secret, &changed), Err(failed.clone()), "claim {place}");
    }
    // Two false claims whose errors would cancel out without weights.
    let error = Fr::random(&mut rng);
    let pair = [error, -error].map(|error| claim(secret, &mut rng, error));
    assert_eq!(harness.check(secret, &pair), Err(failed));
    assert_eq!(harness.check(secret, &[]), Err(NoClaims {}.abi_encode()));
}

#[test]
fn points_off_the_curve_are_refused() {
    let Some(mut harness) = Harness::new() else { return };
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let secret = Fr::random(&mut rng);
    let good = claim(secret, &mut rng, Fr::ZERO);
    let one = U256::from(1);
    let changes: [fn(&mut Claim, U256); 4] = [
        |claim, by| claim.ax += by,
        |claim, by| claim.ay += by,
        |claim, by| claim.bx += by,
        |claim, by| claim.by += by,
    ];
    for change in changes {
        for place in 0..2 {
            let mut claims = [good.clone(), good.clone()];
            change(&mut claims[place], one);
            let data = harness.check(secret, &claims).expect_err("off the curve");
            assert_eq!(data[..4], ClaimPrecompileFailed::SELECTOR, "claim {place}");
        }
        let mut alone = [good.clone()];
        change(&mut alone[0], one);
        let data = harness.check(secret, &alone).expect_err("off the curve");
        assert_eq!(
            data,
            ClaimPrecompileFailed {
                precompile: U256::from(8)
            }
            .abi_encode()
        );
    }
}
