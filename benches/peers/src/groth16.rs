//! arkworks' Groth16 over an R1CS written by hand: one constraint for each multiplication, linear parts for nothing.

use ark_bn254::Bn254;
use ark_ff::{AdditiveGroup, BigInteger, One, PrimeField, UniformRand, Zero};
use ark_groth16::Groth16;
use ark_groth16::r1cs_to_qap::LibsnarkReduction;
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystem, ConstraintSystemRef, LinearCombination, OptimizationGoal,
    R1CS_PREDICATE_LABEL, SynthesisError, SynthesisMode, Variable,
};
use ark_serialize::CanonicalSerialize;
use ark_snark::SNARK;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use crate::Statement;
use crate::error::Failure;
use crate::job::{Account, Book, DEPTH, Job};
use crate::measure::{Report, measured, proofs};
use crate::poseidon::{F, FULL, Hash, Poseidon};

type System = ConstraintSystemRef<F>;
type Done<T> = Result<T, SynthesisError>;

/// A linear combination, strictly increasing by variable, and its value.
#[derive(Clone)]
struct Linear {
    terms: Vec<(F, Variable)>,
    value: F,
}

impl Linear {
    fn constant(value: F) -> Self {
        Self {
            terms: vec![(value, Variable::One)],
            value,
        }
    }

    /// `self + factor·other`, merged.
    fn plus(&self, factor: F, other: &Self) -> Self {
        let mut terms = Vec::with_capacity(self.terms.len() + other.terms.len());
        let (mut left, mut right) = (self.terms.iter().peekable(), other.terms.iter().peekable());
        loop {
            let next = match (left.peek(), right.peek()) {
                (None, None) => break,
                (Some(l), Some(r)) if l.1 == r.1 => {
                    let sum = (l.0 + factor * r.0, l.1);
                    left.next();
                    right.next();
                    sum
                }
                (Some(l), Some(r)) if l.1 < r.1 => {
                    let term = **l;
                    left.next();
                    term
                }
                (Some(l), None) => {
                    let term = **l;
                    left.next();
                    term
                }
                (_, Some(r)) => {
                    let term = (factor * r.0, r.1);
                    right.next();
                    term
                }
            };
            if !next.0.is_zero() {
                terms.push(next);
            }
        }
        Self {
            terms,
            value: self.value + factor * other.value,
        }
    }

    fn minus(&self, other: &Self) -> Self {
        self.plus(-F::one(), other)
    }

    fn zero() -> Self {
        Self {
            terms: Vec::new(),
            value: F::zero(),
        }
    }

    fn combination(&self) -> LinearCombination<F> {
        LinearCombination(self.terms.clone())
    }
}

fn witness(cs: &System, value: F) -> Done<Linear> {
    let variable = cs.new_witness_variable(|| Ok(value))?;
    Ok(Linear {
        terms: vec![(F::one(), variable)],
        value,
    })
}

fn public(cs: &System, value: F) -> Done<Linear> {
    let variable = cs.new_input_variable(|| Ok(value))?;
    Ok(Linear {
        terms: vec![(F::one(), variable)],
        value,
    })
}

/// a·b = c.
fn enforce(cs: &System, a: &Linear, b: &Linear, c: &Linear) -> Done<()> {
    cs.enforce_r1cs_constraint(|| a.combination(), || b.combination(), || c.combination())
}

fn equal(cs: &System, a: &Linear, b: &Linear) -> Done<()> {
    enforce(cs, &a.minus(b), &Linear::constant(F::one()), &Linear::zero())
}

fn times(cs: &System, a: &Linear, b: &Linear) -> Done<Linear> {
    let product = witness(cs, a.value * b.value)?;
    enforce(cs, a, b, &product)?;
    Ok(product)
}

fn bit(cs: &System, value: bool) -> Done<Linear> {
    let bit = witness(cs, F::from(value))?;
    enforce(cs, &bit, &bit.minus(&Linear::constant(F::one())), &Linear::zero())?;
    Ok(bit)
}

/// 0 ≤ value < 2^bits.
fn range(cs: &System, value: &Linear, bits: usize) -> Done<()> {
    let repr = value.value.into_bigint();
    let mut terms = Vec::with_capacity(bits);
    let mut power = F::one();
    for i in 0..bits {
        terms.push((power, bit(cs, repr.get_bit(i))?.terms[0].1));
        power.double_in_place();
    }
    // Variables were made in order, so the terms are in order.
    let sum = Linear {
        terms,
        value: value.value,
    };
    equal(cs, &sum, value)
}

fn fifth(cs: &System, x: &Linear) -> Done<Linear> {
    let square = times(cs, x, x)?;
    let fourth = times(cs, &square, &square)?;
    times(cs, &fourth, x)
}

fn hash(cs: &System, inputs: &[Linear]) -> Done<Linear> {
    let poseidon = if inputs.len() == 2 {
        Poseidon::two()
    } else {
        Poseidon::six()
    };
    let half = FULL / 2;
    let mut state = vec![Linear::zero()];
    state.extend_from_slice(inputs);
    let full = |state: &[Linear], constants: &[F], matrix: &[Vec<F>]| -> Done<Vec<Linear>> {
        let powers: Vec<Linear> = state
            .iter()
            .zip(constants)
            .map(|(word, constant)| fifth(cs, &word.plus(F::one(), &Linear::constant(*constant))))
            .collect::<Done<_>>()?;
        Ok(matrix.iter().map(|row| dot(row, &powers)).collect())
    };
    for round in 0..half {
        let matrix = if round + 1 == half {
            &poseidon.sparse.before
        } else {
            &poseidon.matrix
        };
        state = full(&state, poseidon.round(round), matrix)?;
    }
    for round in &poseidon.sparse.rounds {
        state[0] = fifth(cs, &state[0].plus(F::one(), &Linear::constant(round.constant)))?;
        let first = state[0].clone();
        state[0] = dot(&round.row, &state);
        for (word, factor) in state[1..].iter_mut().zip(&round.column) {
            *word = word.plus(*factor, &first);
        }
    }
    for round in 0..half {
        let constants = match round {
            0 => &poseidon.sparse.after,
            _ => poseidon.round(half + poseidon.partial + round),
        };
        state = full(&state, constants, &poseidon.matrix)?;
    }
    Ok(state.swap_remove(0))
}

fn dot(row: &[F], state: &[Linear]) -> Linear {
    row.iter()
        .zip(state)
        .fold(Linear::zero(), |sum, (factor, word)| sum.plus(*factor, word))
}

/// The root above a leaf.
fn root(cs: &System, leaf: Linear, index: &[Linear], path: &[Linear]) -> Done<Linear> {
    index.iter().zip(path).try_fold(leaf, |node, (bit, sibling)| {
        let swap = times(cs, bit, &sibling.minus(&node))?;
        hash(cs, &[node.plus(F::one(), &swap), sibling.minus(&swap)])
    })
}

/// The statement of a job.
#[derive(Clone, Copy)]
struct Settle<'a> {
    job: &'a Job,
    book: &'a Book,
    statement: Statement,
}

impl Settle<'_> {
    /// Public inputs in their order.
    fn instance(&self) -> [F; 4] {
        let claimed = match self.statement {
            Statement::Membership => self.book.digest,
            Statement::Update => self.book.new_root,
        };
        [self.job.price.into(), self.book.root, claimed, self.job.total.into()]
    }

    /// Lots times payoff with its sign: the moneyness is the difference of two 64-bit halves, one of which is 0.
    fn value(&self, cs: &System, price: &Linear, account: &Account, terms: [&Linear; 4]) -> Done<Linear> {
        let [put, short, strike, lots] = terms;
        let two = F::from(2);
        let away = price.minus(strike);
        let moneyness = away.plus(-two, &times(cs, &away, put)?);
        let payoff = witness(cs, account.payoff(self.job.price).into())?;
        let other = payoff.minus(&moneyness);
        range(cs, &payoff, 64)?;
        range(cs, &other, 64)?;
        enforce(cs, &payoff, &other, &Linear::zero())?;
        range(cs, lots, 64)?;
        let value = times(cs, lots, &payoff)?;
        Ok(value.plus(-two, &times(cs, &value, short)?))
    }
}

impl ConstraintSynthesizer<F> for Settle<'_> {
    fn generate_constraints(self, cs: System) -> Done<()> {
        let [price, book, claimed, total] = self.instance().map(|value| public(&cs, value));
        let (price, book, claimed, total) = (price?, book?, claimed?, total?);
        let update = self.statement == Statement::Update;
        let paths = if update { &self.book.updates } else { &self.book.paths };
        let (mut running, mut sum, mut current) = (Linear::constant(F::zero()), Linear::zero(), book);
        for (account, path) in self.job.accounts.iter().zip(paths) {
            let [owner, cash, _, strike, lots, blinding] = account.fields().map(|value| witness(&cs, value));
            let (owner, cash, strike, lots, blinding) = (owner?, cash?, strike?, lots?, blinding?);
            let (put, short) = (bit(&cs, account.put)?, bit(&cs, account.short)?);
            let index: Vec<Linear> = (0..DEPTH)
                .map(|h| bit(&cs, account.index >> h & 1 == 1))
                .collect::<Done<_>>()?;
            let path: Vec<Linear> = path.iter().map(|value| witness(&cs, *value)).collect::<Done<_>>()?;
            let terms = put.plus(F::from(2), &short);
            let value = self.value(&cs, &price, account, [&put, &short, &strike, &lots])?;
            let leaf = hash(&cs, &[owner.clone(), cash.clone(), terms, strike, lots, blinding])?;
            equal(&cs, &root(&cs, leaf.clone(), &index, &path)?, &current)?;
            if update {
                let new_cash = cash.plus(F::one(), &value);
                range(&cs, &new_cash, 128)?;
                let new_blinding = witness(&cs, account.new_blinding)?;
                let leaf = [
                    owner,
                    new_cash,
                    Linear::zero(),
                    Linear::zero(),
                    Linear::zero(),
                    new_blinding,
                ];
                current = root(&cs, hash(&cs, &leaf)?, &index, &path)?;
            } else {
                running = hash(&cs, &[running, leaf])?;
            }
            sum = sum.plus(F::one(), &value);
        }
        equal(&cs, if update { &current } else { &running }, &claimed)?;
        equal(&cs, &sum, &total)
    }
}

/// Proves a job.
pub(crate) fn run(job: &Job, statement: Statement, runs: usize) -> Result<Report, Failure> {
    type Prover = Groth16<Bn254, LibsnarkReduction>;
    let mut rng = ChaCha20Rng::seed_from_u64(17);
    let book = job.book(Hash::Circomlib)?;
    let circuit = Settle { job, book, statement };
    // The proving key, and the constraints as matrices: whoever proves keeps both.
    let ((pk, vk, matrices, shape), setup) = measured(|| {
        let (pk, vk) =
            Prover::circuit_specific_setup(circuit, &mut rng).map_err(|error| Failure::new(error.to_string()))?;
        let cs = ConstraintSystem::new_ref();
        cs.set_optimization_goal(OptimizationGoal::Constraints);
        cs.set_mode(SynthesisMode::Setup);
        circuit.generate_constraints(cs.clone())?;
        cs.finalize();
        let matrices = cs.to_matrices()?.remove(R1CS_PREDICATE_LABEL);
        let matrices = matrices.ok_or_else(|| Failure::new("arkworks: expected the R1CS"))?;
        Ok((pk, vk, matrices, (cs.num_instance_variables(), cs.num_constraints())))
    })?;
    let (assignment, witness) = measured(|| {
        let cs = ConstraintSystem::new_ref();
        cs.set_optimization_goal(OptimizationGoal::Constraints);
        cs.set_mode(SynthesisMode::Prove {
            construct_matrices: false,
            generate_lc_assignments: false,
        });
        circuit.generate_constraints(cs.clone())?;
        cs.finalize();
        Ok([cs.instance_assignment()?, cs.witness_assignment()?].concat())
    })?;
    let (proof, costs, peak_bytes) = proofs(runs, || {
        let (r, s) = (F::rand(&mut rng), F::rand(&mut rng));
        Ok(Prover::create_proof_with_reduction_and_matrices(
            &pk,
            r,
            s,
            &matrices,
            shape.0,
            shape.1,
            &assignment,
        )?)
    })?;
    let instance = circuit.instance();
    let accepts =
        |instance: &[F]| Prover::verify(&vk, instance, &proof).map_err(|error| Failure::new(error.to_string()));
    let (accepted, verify) = measured(|| accepts(&instance))?;
    let mut other = instance;
    other[3] += F::one();
    if !accepted || accepts(&other)? {
        return Err(Failure::new("the proof does not verify, or verifies for another total"));
    }
    let mut bytes = Vec::new();
    proof
        .serialize_uncompressed(&mut bytes)
        .map_err(|error| Failure::new(error.to_string()))?;
    Ok(Report {
        size: format!("{} constraints", shape.1),
        setup,
        witness,
        proofs: costs,
        peak_bytes,
        proof_bytes: bytes.len(),
        verify: Some(verify),
        note: "proof uncompressed, as a contract takes it; gas as in the row of circom".to_owned(),
        ..Report::default()
    })
}
