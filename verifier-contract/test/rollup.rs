//! The rollup contract with a real verifier and real proofs. The circuit is the synthetic one, which proves any instance: what
//! is tested is that the contract builds the instance, and that nothing else moves the root.

mod support;

use alloy_sol_types::SolEvent;
use alloy_sol_types::private::U256;
use halo2_proofs::halo2curves::bn256::Fr;
use prover::transcript::scalar_bytes;
use support::synthetic::Synthetic;
use support::{Fixture, print_gas};
use verifier_contract::Artifact;
use verifier_contract::calldata::abi::Rollup;
use verifier_contract::calldata::{self, Revert, RollupConstructor, RollupErrors, Settlement, VerifierErrors};
use verifier_contract::evm::{Address, CallOutcome, Evm, EvmError};

const CHAIN: u64 = 31_337;
const ORACLE: Address = Address::repeat_byte(0x0a);
const EXPIRY: u32 = 29_500_000;
const PARAMETERS: u64 = 1234;
const GENESIS: u64 = 5678;
/// The first underlying that cannot be listed.
const UNUSED: u16 = 65_533;

struct World {
    evm: Evm,
    rollup: Address,
    verifier: Address,
    fixture: Fixture<Synthetic>,
}

impl World {
    fn new() -> Self {
        let fixture = Fixture::synthetic(7);
        let mut evm = Evm::new(CHAIN);
        let verifier = evm.install(&fixture.runtime());
        let digest = verifier_contract::key_digest(fixture.vk(), &fixture.setup(), &fixture.meta);
        let arguments = constructor(verifier, digest.unwrap());
        let deployment = evm.deploy(&creation(&arguments)).unwrap();
        println!("rollup deployment: {} gas", deployment.gas_used);
        Self {
            evm,
            rollup: deployment.address,
            verifier,
            fixture,
        }
    }

    fn call(&mut self, data: &[u8]) -> CallOutcome {
        self.evm.call(self.rollup, data).unwrap()
    }

    fn read(&mut self, data: &[u8]) -> U256 {
        U256::from_be_slice(&self.call(data).output)
    }

    fn post(&mut self, underlying: u16, price: u64) -> CallOutcome {
        let data = calldata::post_price(EXPIRY, underlying, price);
        self.evm.call_from(ORACLE, self.rollup, &data).unwrap()
    }

    /// A proof of the instance that the contract should build.
    fn prove(&mut self, old: u64, new: u64, batch: u64, close: bool, slots: &[(u16, u64)]) -> Vec<u8> {
        let domain = self.call(&calldata::domain()).output;
        let mut little = [0; 32];
        little.copy_from_slice(&domain);
        little.reverse();
        let mut instance = vec![ff::PrimeField::from_repr(little).unwrap()];
        let expiry = u64::from(EXPIRY);
        instance.extend([PARAMETERS, old, new, batch, expiry, u64::from(close)].map(Fr::from));
        // Slot k, if unused, names underlying 65533 + k at price 0.
        for slot in 0..3 {
            let unused = (UNUSED + slot as u16, 0);
            let (underlying, price) = slots.get(slot).copied().unwrap_or(unused);
            instance.extend([u64::from(underlying), price].map(Fr::from));
        }
        self.fixture.circuit.instance = instance.clone();
        self.fixture.instance = instance;
        let (proof, words) = (self.fixture.prove(), self.fixture.instance_words());
        assert!(self.fixture.accepts(&proof, &words));
        self.fixture.argument(&proof, &words)
    }
}

fn constructor(verifier: Address, key_digest: [u8; 32]) -> RollupConstructor {
    RollupConstructor {
        verifier,
        key_digest,
        oracle: ORACLE,
        parameters: word(PARAMETERS),
        genesis: word(GENESIS),
    }
}

fn creation(arguments: &RollupConstructor) -> Vec<u8> {
    let artifact = Artifact::committed("SettlementRollup").unwrap();
    [artifact.creation_bytes().unwrap(), arguments.encode()].concat()
}

fn word(value: u64) -> [u8; 32] {
    scalar_bytes(&Fr::from(value))
}

fn rollup_error(outcome: &CallOutcome) -> &RollupErrors {
    match &outcome.revert {
        Some(Revert::Rollup(error)) => error,
        other => panic!("expected an error of the rollup, found {other:?}"),
    }
}

#[test]
fn a_batch_moves_the_root_once() {
    let mut w = World::new();
    assert!(w.post(1, 60_000_000_000).success);
    assert!(w.post(2, 3_000_000_000).success);
    let slots = [(1, 60_000_000_000), (2, 3_000_000_000)];
    let proof = w.prove(GENESIS, 777, 1, true, &slots);
    let settlement = Settlement {
        proof: &proof,
        new_state: word(777),
        batch: 1,
        expiry: EXPIRY,
        close: true,
        underlyings: &[1, 2],
    };
    let data = calldata::settle(&settlement);

    // Everything that the caller chooses is bound by the proof.
    let changes: [&dyn Fn(&mut Settlement<'_>); 5] = [
        &|s| s.new_state = word(778),
        &|s| s.close = false,
        &|s| s.underlyings = &[2, 1],
        &|s| s.underlyings = &[1],
        &|s| s.new_state[0] = 0xff,
    ];
    for (i, change) in changes.into_iter().enumerate() {
        let mut changed = settlement.clone();
        change(&mut changed);
        let outcome = w.call(&calldata::settle(&changed));
        let refused = matches!(
            outcome.revert,
            // The inverse belongs to the instance, too.
            Some(Revert::Verifier(
                VerifierErrors::InvalidInverse(_) | VerifierErrors::InstanceNotCanonical(_)
            ))
        );
        assert!(refused, "change {i}: {:?}", outcome.revert);
    }
    assert_eq!(w.read(&calldata::state_root()), U256::from(GENESIS));

    let outcome = w.call(&data);
    print_gas("settle", &data, &outcome);
    assert_eq!(outcome.revert, None);
    assert_eq!(w.read(&calldata::state_root()), U256::from(777));
    assert_eq!(w.read(&calldata::batch_number()), U256::from(1));
    let event = Rollup::BatchSettled::decode_log(&outcome.logs[0]).unwrap();
    assert_eq!((event.batch, event.expiry, event.closed), (1, EXPIRY, true));
    assert_eq!((event.oldState, event.newState), (U256::from(GENESIS), U256::from(777)));

    // The same batch again, and the same proof for the next one.
    let again = w.call(&data);
    let wrong = Rollup::WrongBatch { expected: 2, found: 1 };
    assert_eq!(rollup_error(&again), &RollupErrors::WrongBatch(wrong));
    let next = Settlement { batch: 2, ..settlement };
    assert!(!w.call(&calldata::settle(&next)).success);
}

#[test]
fn proofs_do_not_travel_to_another_rollup() {
    let mut w = World::new();
    w.post(1, 5);
    let proof = w.prove(GENESIS, 777, 1, false, &[(1, 5)]);
    let digest = verifier_contract::key_digest(w.fixture.vk(), &w.fixture.setup(), &w.fixture.meta);
    let arguments = constructor(w.verifier, digest.unwrap());
    let other = w.evm.deploy(&creation(&arguments)).unwrap().address;
    let price = calldata::post_price(EXPIRY, 1, 5);
    assert!(w.evm.call_from(ORACLE, other, &price).unwrap().success);
    let data = calldata::settle(&Settlement {
        proof: &proof,
        new_state: word(777),
        batch: 1,
        expiry: EXPIRY,
        close: false,
        underlyings: &[1],
    });
    let outcome = w.evm.call(other, &data).unwrap();
    assert!(matches!(
        outcome.revert,
        Some(Revert::Verifier(VerifierErrors::InvalidInverse(_)))
    ));
    assert!(w.call(&data).success);
}

#[test]
fn the_domain_names_chain_and_contract() {
    let mut w = World::new();
    let address = U256::from_be_slice(w.rollup.as_slice());
    let expected = (U256::from(CHAIN) << 160) + address;
    assert_eq!(w.read(&calldata::domain()), expected);
}

#[test]
fn posted_prices_never_change() {
    let mut w = World::new();
    assert!(w.post(1, 100).success);
    for price in [100, 101] {
        let outcome = w.post(1, price);
        let posted = Rollup::PriceAlreadyPosted {
            expiry: EXPIRY,
            underlying: 1,
        };
        assert_eq!(rollup_error(&outcome), &RollupErrors::PriceAlreadyPosted(posted));
    }
    for price in [0, 1 << 63, u64::MAX] {
        let outcome = w.post(2, price);
        let invalid = Rollup::InvalidPrice { found: price };
        assert_eq!(rollup_error(&outcome), &RollupErrors::InvalidPrice(invalid));
    }
    for underlying in [0, UNUSED, u16::MAX] {
        let outcome = w.post(underlying, 1);
        assert!(matches!(rollup_error(&outcome), RollupErrors::InvalidUnderlying(_)));
    }
    assert!(w.post(UNUSED - 1, 1).success);
    let stranger = w.call(&calldata::post_price(EXPIRY, 2, 1));
    let not_oracle = Rollup::NotOracle { found: Evm::OPERATOR };
    assert_eq!(rollup_error(&stranger), &RollupErrors::NotOracle(not_oracle));
    assert!(w.post(2, (1 << 63) - 1).success);
}

#[test]
fn batches_that_are_not_to_be_are_refused_before_the_proof() {
    let mut w = World::new();
    w.post(1, 100);
    let mut refusal = |batch: u64, underlyings: &[u16]| {
        let settlement = Settlement {
            proof: &[],
            new_state: word(1),
            batch,
            expiry: EXPIRY,
            close: false,
            underlyings,
        };
        let outcome = w.call(&calldata::settle(&settlement));
        rollup_error(&outcome).clone()
    };
    for batch in [0, 2, u64::MAX] {
        let wrong = Rollup::WrongBatch {
            expected: 1,
            found: batch,
        };
        assert_eq!(refusal(batch, &[1]), RollupErrors::WrongBatch(wrong));
    }
    for underlyings in [&[][..], &[1, 2, 3, 4]] {
        let found = U256::from(underlyings.len());
        let wrong = Rollup::WrongUnderlyingCount { found };
        assert_eq!(refusal(1, underlyings), RollupErrors::WrongUnderlyingCount(wrong));
    }
    for underlying in [0, 2, UNUSED + 1] {
        let missing = Rollup::PriceNotPosted {
            expiry: EXPIRY,
            underlying,
        };
        assert_eq!(refusal(1, &[1, underlying]), RollupErrors::PriceNotPosted(missing));
    }
    let duplicate = Rollup::DuplicateUnderlying { underlying: 1 };
    assert_eq!(refusal(1, &[1, 1]), RollupErrors::DuplicateUnderlying(duplicate));
}

#[test]
fn constructors_check_their_arguments() {
    let w = World::new();
    let digest = verifier_contract::key_digest(w.fixture.vk(), &w.fixture.setup(), &w.fixture.meta);
    let good = constructor(w.verifier, digest.unwrap());
    let mut evm = w.evm;
    let mut refusal = |change: &dyn Fn(&mut RollupConstructor)| {
        let mut arguments = good.clone();
        change(&mut arguments);
        match evm.deploy(&creation(&arguments)) {
            Err(EvmError::Deployment { revert }) => revert,
            other => panic!("expected a failed deployment, found {other:?}"),
        }
    };
    let too_large = [0xff; 32];
    assert!(matches!(
        refusal(&|a| a.key_digest[0] ^= 1),
        Revert::Rollup(RollupErrors::WrongKey(_))
    ));
    assert!(matches!(
        refusal(&|a| a.oracle = Address::ZERO),
        Revert::Rollup(RollupErrors::InvalidOracle(_))
    ));
    let invalid = |revert: Revert| matches!(revert, Revert::Rollup(RollupErrors::InvalidFieldElement(_)));
    assert!(invalid(refusal(&|a| a.parameters = too_large)));
    assert!(invalid(refusal(&|a| a.genesis = too_large)));
    assert!(invalid(refusal(&|a| a.genesis = [0; 32])));
    // An account without code is no verifier.
    refusal(&|a| a.verifier = Address::repeat_byte(0x77));
}
