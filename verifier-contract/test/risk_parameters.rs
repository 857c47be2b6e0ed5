//! The digests that the contracts compute are those that the statements are proven under.

use std::fmt::Write as _;
use std::path::Path;

use alloy_sol_types::private::U256;
use alloy_sol_types::{SolCall, SolError, SolValue, sol};
use ark_ff::{BigInteger, PrimeField};
use halo2curves::bn256::Fr;
use light_poseidon::parameters::bn254_x5::get_poseidon_parameters;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use verifier_contract::Artifact;
use verifier_contract::evm::{Address, CallOutcome, Evm};
use witness_gen::poseidon::hash4;

/// Set to 1 to write `contracts/risk/Poseidon5.sol` anew.
const UPDATE: &str = "ZKSETTLE_UPDATE_GOLDEN";
const TEMPLATE: &str = include_str!("templates/Poseidon5.sol.in");

sol! {
    interface Poseidon {
        error NotInField(uint256 found);
        function hash(uint256 a, uint256 b, uint256 c, uint256 d) external pure returns (uint256 digest);
        function fold(uint256 seed, uint256[] calldata elements) external pure returns (uint256 digest);
    }
}

fn word(value: &Fr) -> U256 {
    U256::from_be_bytes(prover::transcript::scalar_bytes(value))
}

fn call(evm: &mut Evm, to: Address, data: &[u8]) -> CallOutcome {
    evm.call(to, data).expect("a transaction")
}

fn returned(evm: &mut Evm, to: Address, data: &[u8]) -> U256 {
    let outcome = call(evm, to, data);
    assert_eq!(outcome.revert, None);
    U256::from_be_slice(&outcome.output)
}

fn deploy(evm: &mut Evm, name: &str, arguments: &[u8]) -> Address {
    let artifact = Artifact::committed(name).expect("a committed artifact");
    let creation = [artifact.creation_bytes().expect("hexadecimal"), arguments.to_vec()].concat();
    evm.deploy(&creation).expect("a contract").address
}

#[test]
fn the_hash_has_the_constants_of_the_commitments() {
    let parameters = get_poseidon_parameters::<ark_bn254::Fr>(5).expect("width 5");
    assert_eq!((parameters.full_rounds, parameters.partial_rounds), (8, 60));
    let all = parameters.ark.iter().chain(parameters.mds.iter().flatten());
    let mut lines = String::new();
    for value in all {
        let digits = hex::encode(value.into_bigint().to_bytes_be());
        writeln!(lines, "        hex\"{digits}\"").expect("a string takes everything");
    }
    let source = TEMPLATE.replace("@CONSTANTS@", lines.trim_end());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts/risk/Poseidon5.sol");
    if std::env::var(UPDATE).as_deref() == Ok("1") {
        std::fs::write(&path, &source).expect("a file that can be written");
    }
    let committed = std::fs::read_to_string(&path).expect("a committed contract");
    assert!(
        source == committed,
        "{}: expected the template with the library's constants, found another text; run with {UPDATE}=1",
        path.display()
    );
}
