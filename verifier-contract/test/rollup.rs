//! The contracts of a venue with a real verifier and real proofs. The circuit is the synthetic one, which proves any instance: what is
//! tested is that the rollup builds the instance, and that nothing else moves the root.

mod support;

use alloy_sol_types::private::U256;
use alloy_sol_types::{SolCall, SolEvent};
use halo2_proofs::halo2curves::bn256::Fr;
use prover::transcript::scalar_bytes;
use support::synthetic::Synthetic;
use support::{Fixture, print_gas};
use verifier_contract::calldata::{self, Revert, VerifierErrors};
use verifier_contract::evm::{Address, CallOutcome, Evm, EvmError};
use verifier_contract::venue::{
    self, BatchProof, Settlement, Terms, Venue, VenueError, VenueErrors, Word, calls, statement,
};

const CHAIN: u64 = 31_337;
const EXPIRY: u32 = 29_500_000;
const PARAMETERS: u64 = 1234;
const GENESIS: u64 = 5678;
const DELAY: u32 = 600;
/// The first underlying that cannot be listed.
const UNUSED: u16 = 65_533;
const STRANGER: Address = Address::repeat_byte(0x5a);

struct World {
    evm: Evm,
    venue: Venue,
    selector: [u8; 4],
    fixture: Fixture<Synthetic>,
}

/// A batch, and its instance as the rollup should build it.
#[derive(Clone)]
struct Batch {
    number: u64,
    old: u64,
    new: u64,
    close: bool,
    slots: Vec<(u16, u64)>,
    instance: Vec<Word>,
    /// As the prover writes it.
    plain: Vec<u8>,
    /// With the inverse behind it, as the verifier takes it.
    proof: Vec<u8>,
}

impl Batch {
    fn commit(&self) -> Vec<u8> {
        self.commit_with(|_| ())
    }

    fn commit_with(&self, change: impl FnOnce(&mut Settlement<'_>)) -> Vec<u8> {
        let underlyings: Vec<u16> = self.slots.iter().map(|(underlying, _)| *underlying).collect();
        let mut settlement = Settlement {
            batch: self.number,
            expiry: EXPIRY,
            close: self.close,
            underlyings: &underlyings,
            old_state: word(self.old),
            new_state: word(self.new),
        };
        change(&mut settlement);
        venue::commit_settlement(&settlement)
    }

    fn execute(&self) -> Vec<u8> {
        venue::execute_batches(self.number, &[&self.instance])
    }
}

impl World {
    fn new() -> Self {
        let fixture = Fixture::synthetic(7);
        let mut evm = Evm::new(CHAIN);
        let verifier = evm.install(&fixture.runtime());
        let digest = verifier_contract::key_digest(fixture.vk(), &fixture.setup(), &fixture.meta).unwrap();
        let venue = Venue::deploy(&mut evm, &terms(GENESIS)).unwrap();
        println!("deployment of all contracts but verifiers: {} gas", venue.gas);
        let added = venue.add_verifier(&mut evm, statement::SETTLEMENT, verifier, digest);
        let added = added.unwrap();
        println!("addVerifier: {} gas", added.gas_used);
        assert_eq!(added.revert, None);
        Self {
            evm,
            venue,
            selector: venue::selector(&digest),
            fixture,
        }
    }

    fn call(&mut self, data: &[u8]) -> CallOutcome {
        self.evm.call(self.venue.rollup, data).unwrap()
    }

    fn read(&mut self, data: &[u8]) -> U256 {
        U256::from_be_slice(&self.call(data).output)
    }

    fn post(&mut self, underlying: u16, price: u64) -> CallOutcome {
        let data = venue::post_price(EXPIRY, underlying, price);
        self.evm.call(self.venue.sole, &data).unwrap()
    }

    /// A batch with a proof of the instance that the contract should build.
    fn batch(&mut self, old: u64, new: u64, number: u64, close: bool, slots: &[(u16, u64)]) -> Batch {
        let domain = self.call(&venue::domain()).output;
        let mut little = [0; 32];
        little.copy_from_slice(&domain);
        little.reverse();
        let mut instance = vec![ff::PrimeField::from_repr(little).unwrap()];
        let expiry = u64::from(EXPIRY);
        instance.extend([PARAMETERS, old, new, number, expiry, u64::from(close)].map(Fr::from));
        // Slot k, if unused, names underlying 65533 + k at price 0.
        for slot in 0..3 {
            let unused = (UNUSED + slot as u16, 0);
            let (underlying, price) = slots.get(slot).copied().unwrap_or(unused);
            instance.extend([u64::from(underlying), price].map(Fr::from));
        }
        self.fixture.circuit.instance = instance.clone();
        self.fixture.instance = instance;
        let (plain, words) = (self.fixture.prove(), self.fixture.instance_words());
        assert!(self.fixture.accepts(&plain, &words));
        Batch {
            number,
            old,
            new,
            close,
            slots: slots.to_vec(),
            proof: self.fixture.argument(&plain, &words),
            instance: words,
            plain,
        }
    }

    fn proving(&self, batches: &[&Batch]) -> Vec<u8> {
        let proofs: Vec<BatchProof<'_>> = batches
            .iter()
            .map(|batch| BatchProof {
                selector: self.selector,
                instance: &batch.instance,
                proof: &batch.proof,
            })
            .collect();
        venue::prove_batches(batches[0].number, &proofs)
    }

    fn accept(&mut self, what: &str, data: &[u8]) -> CallOutcome {
        let outcome = self.call(data);
        print_gas(what, data, &outcome);
        assert_eq!(outcome.revert, None, "{what}");
        outcome
    }

    fn refuse(&mut self, data: &[u8]) -> VenueErrors {
        venue_error(&self.call(data))
    }
}

fn terms(genesis: u64) -> Terms {
    Terms {
        genesis: word(genesis),
        parameters: word(PARAMETERS),
        risk_parameters: word(1),
        execution_delay: DELAY,
        risk_max_age: 3_600,
    }
}

fn word(value: u64) -> Word {
    scalar_bytes(&Fr::from(value))
}

fn venue_error(outcome: &CallOutcome) -> VenueErrors {
    match &outcome.revert {
        Some(Revert::Venue(error)) => error.clone(),
        other => panic!("expected an error of the venue, found {other:?}"),
    }
}

#[test]
fn a_batch_moves_the_root_once_in_three_steps() {
    let mut w = World::new();
    assert!(w.post(1, 60_000_000_000).success);
    assert!(w.post(2, 3_000_000_000).success);
    let slots = [(1, 60_000_000_000), (2, 3_000_000_000)];
    let batch = w.batch(GENESIS, 777, 1, true, &slots);

    // Whatever else the operator commits to, the proof is not of it.
    let changes: [&dyn Fn(&mut Settlement<'_>); 4] = [
        &|s| s.new_state = word(778),
        &|s| s.close = false,
        &|s| s.underlyings = &[2, 1],
        &|s| s.underlyings = &[1],
    ];
    for (i, change) in changes.into_iter().enumerate() {
        assert!(w.call(&batch.commit_with(change)).success, "change {i}");
        let proving = w.proving(&[&batch]);
        assert!(
            matches!(w.refuse(&proving), VenueErrors::WrongInstance(_)),
            "change {i}"
        );
        // Nor does the proof verify for what was committed.
        let instance = changed(&batch, i);
        let committed = Batch {
            proof: w.fixture.argument(&batch.plain, &instance),
            instance,
            ..batch.clone()
        };
        let proving = w.proving(&[&committed]);
        let outcome = w.call(&proving);
        let failed = matches!(outcome.revert, Some(Revert::Verifier(VerifierErrors::PairingFailed(_))));
        assert!(failed, "change {i}: {:?}", outcome.revert);
        assert!(
            w.call(&venue::withdraw_batches(0, &committed.instance)).success,
            "change {i}"
        );
    }

    w.accept("commitBatch", &batch.commit());
    assert_eq!(w.read(&venue::state_root()), U256::from(GENESIS));
    let proving = w.proving(&[&batch]);
    // Anybody proves.
    let outcome = w.evm.call_from(STRANGER, w.venue.rollup, &proving).unwrap();
    print_gas("proveBatches", &proving, &outcome);
    assert_eq!(outcome.revert, None);
    let early = w.refuse(&batch.execute());
    let from = U256::from(w.evm.time() + u64::from(DELAY));
    let found = U256::from(w.evm.time());
    assert_eq!(
        early,
        VenueErrors::ExecutionTooEarly(calls::ExecutionTooEarly { from, found })
    );
    w.evm.set_time(w.evm.time() + u64::from(DELAY));
    let outcome = w.accept("executeBatches", &batch.execute());
    assert_eq!(w.read(&venue::state_root()), U256::from(777));
    let event = calls::BatchExecuted::decode_log(&outcome.logs[0]).unwrap();
    assert_eq!((event.batch, event.statement), (1, statement::SETTLEMENT));
    assert_eq!((event.oldState, event.newState), (U256::from(GENESIS), U256::from(777)));

    // The same batch again, in each step, and the same proof for the next one.
    let wrong = VenueErrors::WrongBatch(calls::WrongBatch { expected: 2, found: 1 });
    assert_eq!(w.refuse(&batch.commit()), wrong);
    assert_eq!(w.refuse(&proving), wrong);
    assert_eq!(w.refuse(&batch.execute()), wrong);
    let next = batch.commit_with(|s| s.batch = 2);
    assert!(matches!(w.refuse(&next), VenueErrors::WrongState(_)));
}

/// The instance that the rollup builds for change number i of the test above.
fn changed(batch: &Batch, i: usize) -> Vec<Word> {
    let mut instance = batch.instance.clone();
    match i {
        0 => instance[3] = word(778),
        1 => instance[6] = word(0),
        2 => {
            instance.swap(7, 9);
            instance.swap(8, 10);
        }
        _ => (instance[9], instance[10]) = (word(u64::from(UNUSED) + 1), word(0)),
    }
    instance
}

#[test]
fn proofs_do_not_travel_to_another_rollup_or_chain() {
    let mut w = World::new();
    w.post(1, 5);
    let batch = w.batch(GENESIS, 777, 1, false, &[(1, 5)]);
    let here = w.venue;
    // Another venue on this chain, with the same verifier, state, price.
    let mut other = Venue::deploy(&mut w.evm, &terms(GENESIS)).unwrap();
    other.router = here.router;
    let price = venue::post_price(EXPIRY, 1, 5);
    assert!(w.evm.call(other.sole, &price).unwrap().success);
    assert!(w.evm.call(other.rollup, &batch.commit()).unwrap().success);
    let proving = w.proving(&[&batch]);
    let outcome = w.evm.call(other.rollup, &proving).unwrap();
    assert!(matches!(venue_error(&outcome), VenueErrors::WrongInstance(_)));
    w.accept("commitBatch", &batch.commit());
    w.accept("proveBatches", &proving);
}

#[test]
fn the_domain_names_chain_and_contract() {
    let mut w = World::new();
    let address = U256::from_be_slice(w.venue.rollup.as_slice());
    let expected = (U256::from(CHAIN) << 160) + address;
    assert_eq!(w.read(&venue::domain()), expected);
}

#[test]
fn posted_prices_never_change() {
    let mut w = World::new();
    assert!(w.post(1, 100).success);
    for price in [100, 101] {
        let outcome = w.post(1, price);
        assert_eq!(
            venue_error(&outcome),
            VenueErrors::AlreadyPosted(calls::AlreadyPosted {})
        );
    }
    for price in [0, 1 << 63, u64::MAX] {
        let outcome = w.post(2, price);
        let invalid = calls::InvalidPrice { found: price };
        assert_eq!(venue_error(&outcome), VenueErrors::InvalidPrice(invalid));
    }
    let data = venue::post_price(EXPIRY, 2, 1);
    let stranger = w.evm.call_from(STRANGER, w.venue.sole, &data).unwrap();
    let not_owner = calls::NotOwner { found: STRANGER };
    assert_eq!(venue_error(&stranger), VenueErrors::NotOwner(not_owner));
    assert!(w.post(2, (1 << 63) - 1).success);
}

#[test]
fn batches_that_are_not_to_be_are_refused_before_the_proof() {
    let mut w = World::new();
    w.post(1, 100);
    let batch = w.batch(GENESIS, 777, 1, false, &[(1, 100)]);
    for found in [0, 2, u64::MAX] {
        let data = batch.commit_with(|s| s.batch = found);
        let wrong = calls::WrongBatch { expected: 1, found };
        assert_eq!(w.refuse(&data), VenueErrors::WrongBatch(wrong));
    }
    let data = batch.commit_with(|s| s.old_state = word(GENESIS + 1));
    let wrong = calls::WrongState {
        expected: U256::from(GENESIS),
        found: U256::from(GENESIS + 1),
    };
    assert_eq!(w.refuse(&data), VenueErrors::WrongState(wrong));
    let data = batch.commit_with(|s| s.new_state = [0xff; 32]);
    assert!(matches!(w.refuse(&data), VenueErrors::InvalidFieldElement(_)));
    for underlyings in [&[][..], &[1, 2, 3, 4]] {
        let data = batch.commit_with(|s| s.underlyings = underlyings);
        let found = U256::from(underlyings.len());
        let wrong = calls::WrongUnderlyingCount { found };
        assert_eq!(w.refuse(&data), VenueErrors::WrongUnderlyingCount(wrong));
    }
    for underlying in [0, 2, UNUSED + 1] {
        let other = Batch {
            slots: vec![(1, 100), (underlying, 0)],
            ..batch.clone()
        };
        let missing = calls::PriceNotFinal {
            expiry: EXPIRY,
            underlying,
        };
        assert_eq!(w.refuse(&other.commit()), VenueErrors::PriceNotFinal(missing));
    }
    let data = batch.commit_with(|s| s.underlyings = &[1, 1]);
    let duplicate = calls::DuplicateUnderlying { underlying: 1 };
    assert_eq!(w.refuse(&data), VenueErrors::DuplicateUnderlying(duplicate));
    // Somebody without the operator's role.
    let stranger = w.evm.call_from(STRANGER, w.venue.rollup, &batch.commit()).unwrap();
    let unauthorized = calls::AccessManagedUnauthorized { caller: STRANGER };
    assert_eq!(
        venue_error(&stranger),
        VenueErrors::AccessManagedUnauthorized(unauthorized)
    );
}

#[test]
fn a_stopped_verifier_proves_and_executes_nothing() {
    let mut w = World::new();
    w.post(1, 100);
    let batch = w.batch(GENESIS, 777, 1, false, &[(1, 100)]);
    w.accept("commitBatch", &batch.commit());
    let proving = w.proving(&[&batch]);
    w.accept("proveBatches", &proving);
    w.evm.set_time(w.evm.time() + u64::from(DELAY));
    let stop = calls::stopVerifierCall {
        statement: statement::SETTLEMENT,
        selector: w.selector.into(),
    };
    assert!(w.evm.call(w.venue.router, &stop.abi_encode()).unwrap().success);
    assert!(matches!(w.refuse(&batch.execute()), VenueErrors::VerifierLeft(_)));
    let words = batch.instance.iter().map(|word| U256::from_be_bytes(*word)).collect();
    let back = calls::expireBatchesCall {
        last: 0,
        instance: words,
    };
    let outcome = w.evm.call_from(STRANGER, w.venue.rollup, &back.abi_encode()).unwrap();
    assert_eq!(outcome.revert, None);
    w.accept("commitBatch", &batch.commit());
    assert!(matches!(w.refuse(&proving), VenueErrors::VerifierNotActive(_)));
}

#[test]
fn deployments_check_their_arguments() {
    let mut evm = Evm::new(CHAIN);
    for genesis in [[0; 32], [0xff; 32]] {
        let terms = Terms { genesis, ..terms(1) };
        let Err(VenueError::Evm(EvmError::Deployment { revert })) = Venue::deploy(&mut evm, &terms) else {
            panic!("expected a failed deployment");
        };
        assert!(matches!(revert, Revert::Venue(VenueErrors::InvalidFieldElement(_))));
    }
    // A verifier that is not what was announced.
    let mut w = World::new();
    let verifier = w.evm.install(&w.fixture.runtime());
    let wrong = w
        .venue
        .add_verifier(&mut w.evm, statement::SOLVENCY, verifier, [7; 32])
        .unwrap();
    assert!(matches!(venue_error(&wrong), VenueErrors::WrongKey(_)));
    let digest = w.evm.call(verifier, &calldata::key_digest()).unwrap().output;
    let digest: Word = digest.try_into().unwrap();
    let again = w
        .venue
        .add_verifier(&mut w.evm, statement::SETTLEMENT, verifier, digest)
        .unwrap();
    assert!(matches!(venue_error(&again), VenueErrors::SelectorUsed(_)));
}
