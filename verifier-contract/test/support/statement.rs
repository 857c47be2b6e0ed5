//! A statement's verifier in an EVM: a proof is accepted, and nothing that says something else is.

use std::time::Instant;

use alloy_sol_types::private::U256;
use ff::PrimeField;
use halo2_proofs::halo2curves::CurveAffine;
use halo2_proofs::halo2curves::bn256::{Fq, Fr, G1Affine};
use num_bigint::BigUint;
use prover::transcript::scalar_bytes;
use prover::verify::verify;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;
use verifier_contract::artifact::MAX_RUNTIME;
use verifier_contract::calldata::{self, Revert, VerifierErrors, abi::Verifier};
use verifier_contract::evm::{CallOutcome, Evm};
use verifier_contract::{compile_with_node, emit_solidity, hinted, key_digest};

use super::proven::Proven;
use super::{Deployed, is_bounded, or_skip, print_gas};

const WORD: usize = 32;
/// Random changes of a statement's proof; `ZKSETTLE_MUTATIONS` sets another number.
const MUTATIONS: usize = 10_000;

/// A public input that somebody could want to pass a proof off for: what it would mean, its number, its value.
pub type Change = (&'static str, usize, Fr);

fn number(digits: &[u8]) -> BigUint {
    BigUint::parse_bytes(digits, 16).expect("digits")
}

/// The order of the scalar field.
fn order() -> BigUint {
    number(b"30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001")
}

/// The field of the coordinates.
fn base() -> BigUint {
    number(b"30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47")
}

fn word_of(value: &BigUint) -> [u8; WORD] {
    let bytes = value.to_bytes_be();
    let mut word = [0; WORD];
    word[WORD - bytes.len()..].copy_from_slice(&bytes);
    word
}

/// A word plus the order of the scalar field: the same field element, written otherwise.
fn aliased(word: &[u8]) -> [u8; WORD] {
    word_of(&(BigUint::from_bytes_be(word) + order()))
}

/// A word plus a number, modulo 2^256.
fn raised(word: &[u8], by: &BigUint) -> [u8; WORD] {
    let sum = BigUint::from_bytes_be(word) + by;
    word_of(&(sum % (BigUint::from(1u8) << 256)))
}

/// Whether 64 bytes are a point's coordinates.
fn is_point(bytes: &[u8]) -> bool {
    let coordinate = |word: &[u8]| {
        let mut word: [u8; WORD] = word.try_into().ok()?;
        word.reverse();
        Option::<Fq>::from(Fq::from_repr(word))
    };
    let (Some(x), Some(y)) = (coordinate(&bytes[..WORD]), coordinate(&bytes[WORD..])) else {
        return false;
    };
    Option::<G1Affine>::from(G1Affine::from_xy(x, y)).is_some()
}

/// Where a proof's points stand: those before the evaluations, and the two of the opening behind them.
fn points(proof: &[u8]) -> Vec<usize> {
    let before = proof.chunks_exact(2 * WORD).take_while(|pair| is_point(pair)).count();
    let opening = [4 * WORD, 2 * WORD].map(|back| proof.len() - back);
    let mut places: Vec<usize> = (0..before).map(|i| 2 * WORD * i).collect();
    assert!(2 * WORD * before < opening[0], "evaluations stand in between");
    places.extend(opening);
    places
}

/// What a verifier's refusal says, and its gas.
fn judge(what: &str, outcome: CallOutcome) -> (VerifierErrors, u64) {
    match outcome.revert {
        Some(Revert::Verifier(error)) => (error, outcome.gas_used),
        None => panic!("{what}: accepted"),
        Some(other) => panic!("{what}: expected a named error, found {other}"),
    }
}

/// A deployed verifier, a proof that it accepts, and what it made of all others.
pub struct Subject<'p> {
    proven: &'p Proven,
    verifier: Deployed,
    honest: u64,
    refused: usize,
    most: u64,
}

impl<'p> Subject<'p> {
    /// Deploys the verifier and has it accept the proof; nothing where there is no compiler.
    pub fn new(proven: &'p Proven) -> Option<Self> {
        let (vk, ends, meta) = (proven.keys.pk.get_vk(), proven.ends(), &proven.meta);
        let source = emit_solidity(vk, &ends, meta).expect("a verifier");
        let artifact = or_skip(compile_with_node(&source, &format!("{}Verifier", meta.name)))?;

        // What the constructor leaves on the chain is what a patched artifact would be.
        let mut evm = Evm::default();
        let creation = artifact.creation_bytes().expect("hexadecimal");
        let deployed = evm.deploy(&creation).expect("a verifier that is deployed");
        let code = evm.code(deployed.address);
        assert!(code == artifact.patch_runtime(vk, &ends, meta).expect("the same shape"));
        println!(
            "{}: {} bytes of source, {} of code, deployed at {} gas",
            meta.name,
            source.len(),
            code.len(),
            deployed.gas_used
        );
        assert!(code.len() <= MAX_RUNTIME, "{} bytes", code.len());
        let mut verifier = Deployed {
            evm,
            address: deployed.address,
        };
        let digest = verifier.call(&calldata::key_digest()).output;
        assert_eq!(digest, key_digest(vk, &ends, meta).expect("a sound key"));

        let (proof, words) = (proven.hinted(), proven.words());
        let outcome = verifier.verify(&proof, &words);
        println!("proof of {} bytes", proven.proof.len());
        print_gas("accepted", &calldata::verify(&proof, &words), &outcome);
        assert_eq!(outcome.revert, None);
        Some(Self {
            proven,
            verifier,
            honest: outcome.gas_used,
            refused: 0,
            most: 0,
        })
    }

    /// Gas of the accepted proof.
    pub fn gas(&self) -> u64 {
        self.honest
    }

    fn refuse(&mut self, what: &str, argument: &[u8], words: &[[u8; WORD]]) -> VerifierErrors {
        let (error, gas) = judge(what, self.verifier.verify(argument, words));
        self.refused += 1;
        self.most = self.most.max(gas);
        error
    }

    /// Refuses a proof with the inverse that belongs to it.
    fn refuse_proof(&mut self, what: &str, proof: &[u8], words: &[[u8; WORD]]) -> VerifierErrors {
        let (vk, meta) = (self.proven.keys.pk.get_vk(), &self.proven.meta);
        let argument = hinted(vk, meta, proof, words).expect("a proof of that length");
        self.refuse(what, &argument, words)
    }

    /// Every class of change of the proof and of its public inputs, each of which the verifier refuses by its name.
    pub fn refuses_every_change(&mut self, changes: &[Change]) {
        let proven = self.proven;
        let (setup, key, fields) = (&proven.setup, proven.keys.verifier_key(), &proven.fields);
        let (proof, words, argument) = (&proven.proof, proven.words(), proven.hinted());

        // Another instance than the proof's, each of them one that somebody could want to pass it off for.
        for (what, at, value) in changes.iter().copied() {
            assert_ne!(value, fields[at], "{what}: no change");
            let mut changed = fields.to_vec();
            changed[at] = value;
            assert!(verify(setup, key, &changed, proof).is_err(), "{what}");
            let changed: Vec<[u8; WORD]> = changed.iter().map(scalar_bytes).collect();
            let error = self.refuse_proof(what, proof, &changed);
            assert_eq!(
                error,
                VerifierErrors::PairingFailed(Verifier::PairingFailed {}),
                "{what}"
            );
        }
        // The same field elements in other words, other numbers of them, another order.
        for i in 0..words.len() {
            let mut changed = words.clone();
            changed[i] = aliased(&words[i]);
            let index = U256::from(i);
            let error = VerifierErrors::InstanceNotCanonical(Verifier::InstanceNotCanonical { index });
            assert_eq!(self.refuse_proof("instance + r", proof, &changed), error);
            changed.copy_from_slice(&words);
            changed.swap(0, i);
            if changed != words {
                self.refuse_proof("instance swapped", proof, &changed);
            }
        }
        for found in [0, words.len() - 1, words.len() + 1] {
            let mut changed = words.clone();
            changed.resize(found, [0; WORD]);
            let (expected, found) = (U256::from(words.len()), U256::from(found));
            let error = Verifier::InvalidInstanceLength { expected, found };
            let error = VerifierErrors::InvalidInstanceLength(error);
            assert_eq!(self.refuse("instance length", &argument, &changed), error);
        }
        // Truncated and extended arguments; the bare proof.
        for found in [0, WORD, argument.len() - WORD, argument.len() - 1, argument.len() + 1] {
            let mut changed = argument.clone();
            changed.resize(found, 0);
            let (expected, found) = (U256::from(argument.len()), U256::from(found));
            let error = VerifierErrors::InvalidProofLength(Verifier::InvalidProofLength { expected, found });
            assert_eq!(self.refuse("proof length", &changed, &words), error);
        }
        // Another inverse.
        let at = argument.len() - WORD;
        for inverse in [[0; WORD], aliased(&argument[at..]), word_of(&order()), [0xff; WORD]] {
            let mut changed = argument.clone();
            changed[at..].copy_from_slice(&inverse);
            let error = self.refuse("inverse", &changed, &words);
            assert_eq!(error, VerifierErrors::InvalidInverse(Verifier::InvalidInverse {}));
        }
        // A flipped bit in every word, so in every commitment and every evaluation; the same plus r.
        for at in (0..proof.len()).step_by(WORD) {
            let place = at + (at / WORD) % WORD;
            let mut changed = proof.clone();
            changed[place] ^= 1 << (place % 8);
            assert!(verify(setup, key, fields, &changed).is_err(), "byte {place}");
            self.refuse_proof("flipped bit", &changed, &words);
            let mut changed = proof.clone();
            changed[at..at + WORD].copy_from_slice(&aliased(&proof[at..at + WORD]));
            self.refuse_proof("plus r", &changed, &words);
        }
        self.refuses_points();
        self.refuses_evaluations_above_the_field();
        self.refuses_calldata();
    }

    /// Points that are none, each by its number; and points of the curve that are others.
    fn refuses_points(&mut self) {
        let (proof, words) = (&self.proven.proof, self.proven.words());
        let pairing = VerifierErrors::PairingFailed(Verifier::PairingFailed {});
        for (i, at) in points(proof).into_iter().enumerate() {
            let (x, y) = (&proof[at..at + WORD], &proof[at + WORD..at + 2 * WORD]);
            let one = BigUint::from(1u8);
            let none: [(&str, [u8; WORD], [u8; WORD]); 5] = [
                ("x + p", raised(x, &base()), word_of(&BigUint::from_bytes_be(y))),
                ("y + p", word_of(&BigUint::from_bytes_be(x)), raised(y, &base())),
                ("y + 1", word_of(&BigUint::from_bytes_be(x)), raised(y, &one)),
                ("infinity", [0; WORD], [0; WORD]),
                ("all ones", [0xff; WORD], [0xff; WORD]),
            ];
            for (what, x, y) in none {
                let mut changed = proof.clone();
                changed[at..at + 2 * WORD].copy_from_slice(&[x, y].concat());
                let error = Verifier::PointNotOnCurve { index: U256::from(i) };
                let error = VerifierErrors::PointNotOnCurve(error);
                assert_eq!(self.refuse_proof(what, &changed, &words), error, "{what}, point {i}");
            }
            let minus = word_of(&(base() - BigUint::from_bytes_be(y)));
            let generator = [word_of(&one), word_of(&BigUint::from(2u8))].concat();
            for (what, other) in [("minus", [x, &minus].concat()), ("generator", generator)] {
                let mut changed = proof.clone();
                changed[at..at + 2 * WORD].copy_from_slice(&other);
                assert_eq!(self.refuse_proof(what, &changed, &words), pairing, "{what}, point {i}");
            }
        }
    }

    /// Every evaluation plus r, by its number.
    fn refuses_evaluations_above_the_field(&mut self) {
        let (proof, words) = (&self.proven.proof, self.proven.words());
        let start = 2 * WORD * (points(proof).len() - 2);
        for (i, at) in (start..proof.len() - 4 * WORD).step_by(WORD).enumerate() {
            let mut changed = proof.clone();
            changed[at..at + WORD].copy_from_slice(&aliased(&proof[at..at + WORD]));
            let error = Verifier::ScalarNotCanonical { index: U256::from(i) };
            let error = VerifierErrors::ScalarNotCanonical(error);
            assert_eq!(self.refuse_proof("evaluation + r", &changed, &words), error);
        }
    }

    /// The call as bytes: a flipped bit in every word of it, every other selector of a flipped bit, one byte or word less or more.
    ///
    /// What Solidity's decoder cannot read (an offset or a length that leads out of the calldata, a function that there is none of) it
    /// refuses before the contract's code runs, without data and for little gas. Everything else has a name.
    fn refuses_calldata(&mut self) {
        let call = calldata::verify(&self.proven.hinted(), &self.proven.words());
        let instances = 4 + 3 * WORD + self.proven.hinted().len();
        // Offsets and lengths: in all their bits.
        for at in [4, 4 + WORD, 4 + 2 * WORD, instances] {
            for bit in 0..8 * WORD {
                let mut changed = call.clone();
                changed[at + bit / 8] ^= 1 << (bit % 8);
                self.refuse_encoding(&format!("word at {at}, bit {bit}"), &changed);
            }
        }
        for at in (4..call.len()).step_by(WORD) {
            let place = at + (at / WORD) % WORD;
            let mut changed = call.clone();
            changed[place] ^= 1 << (place % 8);
            let what = format!("calldata, byte {place}");
            if [4, 4 + WORD, 4 + 2 * WORD, instances].contains(&at) {
                self.refuse_encoding(&what, &changed);
            } else {
                let outcome = self.verifier.call(&changed);
                let (_, gas) = judge(&what, outcome);
                self.most = self.most.max(gas);
                self.refused += 1;
            }
        }
        for bit in 0..32 {
            let mut changed = call.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            self.refuse_encoding(&format!("selector, bit {bit}"), &changed);
        }
        for length in [0, 3, 4, 4 + WORD, call.len() - WORD, call.len() - 1] {
            self.refuse_encoding(&format!("{length} bytes"), &call[..length]);
        }
        for more in [1, WORD] {
            let longer = [call.clone(), vec![0; more]].concat();
            let (error, _) = judge("longer", self.verifier.call(&longer));
            assert_eq!(error, VerifierErrors::InvalidCalldata(Verifier::InvalidCalldata {}));
            self.refused += 1;
        }
    }

    /// Refused by name, or by the decoder: without data, for the price of the calldata and at most a tenth of an honest call.
    fn refuse_encoding(&mut self, what: &str, call: &[u8]) {
        let CallOutcome { gas_used, revert, .. } = self.verifier.call(call);
        // EIP-7623: a transaction that does little pays a higher price for its calldata.
        let price = |zero, other| {
            21_000
                + call
                    .iter()
                    .map(|byte| if *byte == 0 { zero } else { other })
                    .sum::<u64>()
        };
        let most = (price(4, 16) + self.honest / 10).max(price(10, 40));
        match revert {
            Some(Revert::Verifier(_)) => {}
            Some(Revert::Unknown(data)) if data.is_empty() => {
                assert!(gas_used <= most, "{what}: {gas_used} gas");
            }
            other => panic!("{what}: expected a refusal, found {other:?}"),
        }
        self.refused += 1;
        self.most = self.most.max(gas_used);
    }

    /// Random changes of one to three words of the arguments, one in eight with the inverse that belongs to them. Each has a seed of its
    /// own, so threads share them in any order.
    pub fn refuses_mutations(&mut self) {
        let count = std::env::var("ZKSETTLE_MUTATIONS").map_or(MUTATIONS, |count| count.parse().expect("a number"));
        let (proven, start) = (self.proven, Instant::now());
        let (words, argument) = (proven.words(), proven.hinted());
        let (vk, meta) = (proven.keys.pk.get_vk(), &proven.meta);
        let of_round = |verifier: &mut Deployed, round: usize| {
            let mut rng = ChaCha20Rng::seed_from_u64(7);
            rng.set_stream(round as u64);
            let (mut bytes, mut changed) = (argument.clone(), words.clone());
            for _ in 0..rng.gen_range(1..4) {
                mutate(&mut rng, &mut bytes, &mut changed);
            }
            let end = bytes.len() - WORD;
            if rng.gen_bool(0.125) {
                bytes = hinted(vk, meta, &bytes[..end], &changed).expect("that length");
            }
            // A change that changes nothing is none.
            ((&bytes, &changed) != (&argument, &words))
                .then(|| judge(&format!("mutation {round}"), verifier.verify(&bytes, &changed)).1)
        };
        let found: Vec<Option<u64>> = (0..count)
            .into_par_iter()
            .map_init(|| self.verifier.clone(), of_round)
            .collect();
        let gas: Vec<u64> = found.into_iter().flatten().collect();
        assert!(10 * gas.len() >= 9 * count, "{} of {count} are changes", gas.len());
        self.refused += gas.len();
        self.most = self.most.max(gas.iter().copied().max().unwrap_or_default());
        let seconds = start.elapsed().as_secs_f64();
        println!("{} of {count} random changes refused in {seconds:.1} s", gas.len());
    }

    /// No refusal took more than 120 % of the honest call, and none left a trace.
    pub fn finish(mut self) {
        let Self {
            honest, refused, most, ..
        } = self;
        println!("{refused} changes refused, at {most} gas or less, where the honest call takes {honest}");
        assert!(is_bounded(most, honest), "{most}");
        let (proof, words) = (self.proven.hinted(), self.proven.words());
        assert!(self.verifier.verify(&proof, &words).success);
    }
}

fn mutate(rng: &mut ChaCha20Rng, argument: &mut [u8], words: &mut [[u8; WORD]]) {
    let value = |rng: &mut ChaCha20Rng| {
        let fixed = [BigUint::ZERO, 1u8.into(), order() - 1u8, order(), base(), base() - 1u8];
        let random: [u8; WORD] = rng.r#gen();
        fixed.get(rng.gen_range(0..9)).map_or(random, word_of)
    };
    let at = WORD * rng.gen_range(0..argument.len() / WORD);
    let other = WORD * rng.gen_range(0..argument.len() / WORD);
    match rng.gen_range(0..6) {
        0 | 1 => argument[at + rng.gen_range(0..WORD)] ^= 1 << rng.gen_range(0..8),
        2 => argument[at..at + WORD].copy_from_slice(&value(rng)),
        3 => (0..WORD).for_each(|i| argument.swap(at + i, other + i)),
        4 => words[rng.gen_range(0..words.len())] = value(rng),
        _ => words.swap(0, rng.gen_range(0..words.len())),
    }
}
