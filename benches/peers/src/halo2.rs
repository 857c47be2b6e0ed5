//! halo2-base: its gate, its range check, the library's prover. Poseidon is circomlib's, in sparse form, written for that gate: the
//! library's own chip has other constants and takes twice the cells.

use ff::Field;
use halo2_base::QuantumCell::{self, Constant, Existing};
use halo2_base::gates::circuit::builder::BaseCircuitBuilder;
use halo2_base::gates::circuit::{BaseCircuitParams, CircuitBuilderStage};
use halo2_base::gates::flex_gate::MultiPhaseThreadBreakPoints;
use halo2_base::gates::{GateInstructions, RangeChip, RangeInstructions};
use halo2_base::{AssignedValue, Context};
use halo2_proofs::halo2curves::bn256::{Bn256, Fr, G1Affine};
use halo2_proofs::plonk::{ProvingKey, create_proof, keygen_pk, keygen_vk, verify_proof};
use halo2_proofs::poly::commitment::ParamsProver;
use halo2_proofs::poly::kzg::commitment::{KZGCommitmentScheme, ParamsKZG};
use halo2_proofs::poly::kzg::multiopen::{ProverSHPLONK, VerifierSHPLONK};
use halo2_proofs::poly::kzg::strategy::SingleStrategy;
use halo2_proofs::transcript::{Blake2bRead, Blake2bWrite, Challenge255, TranscriptReadBuffer, TranscriptWriterBuffer};
use prover::srs::dev::UnsafeDevSetup;
use rand::rngs::OsRng;

use crate::Statement;
use crate::error::Failure;
use crate::field::to_halo2;
use crate::job::{Book, DEPTH, Job};
use crate::measure::{Report, measured, proofs};
use crate::poseidon::{F, FULL, Hash, Poseidon};

type Value = AssignedValue<Fr>;
/// The most advice columns: the library's prover is faster with few rows and many columns, up to about here.
const COLUMNS: usize = 32;
/// Rows that only blinding may use, rounded up.
const UNUSABLE: usize = 20;

/// The constants of a Poseidon in this field.
struct Constants {
    width: usize,
    first: Vec<Vec<Fr>>,
    matrix: Vec<Vec<Fr>>,
    before: Vec<Vec<Fr>>,
    rounds: Vec<(Fr, Vec<Fr>, Vec<Fr>)>,
    last: Vec<Vec<Fr>>,
}

impl Constants {
    fn of(poseidon: &Poseidon) -> Self {
        let list = |values: &[F]| values.iter().map(to_halo2).collect::<Vec<_>>();
        let lists = |rows: &[Vec<F>]| rows.iter().map(|row| list(row)).collect::<Vec<_>>();
        let half = FULL / 2;
        let mut last = vec![list(&poseidon.sparse.after)];
        last.extend((1..half).map(|round| list(poseidon.round(half + poseidon.partial + round))));
        Self {
            width: poseidon.width,
            first: (0..half).map(|round| list(poseidon.round(round))).collect(),
            matrix: lists(&poseidon.matrix),
            before: lists(&poseidon.sparse.before),
            rounds: poseidon
                .sparse
                .rounds
                .iter()
                .map(|round| (to_halo2(&round.constant), list(&round.row), list(&round.column)))
                .collect(),
            last,
        }
    }
}

/// What the statement is written with.
struct Chip<'a> {
    range: &'a RangeChip<Fr>,
    two: Constants,
    six: Constants,
}

fn fifth(chip: &Chip<'_>, ctx: &mut Context<Fr>, x: QuantumCell<Fr>) -> QuantumCell<Fr> {
    if let Constant(value) = x {
        return Constant(value * value.square().square());
    }
    let gate = chip.range.gate();
    let square = gate.mul(ctx, x, x);
    let fourth = gate.mul(ctx, square, square);
    Existing(gate.mul(ctx, fourth, x))
}

/// constant + row·state.
fn affine(
    chip: &Chip<'_>,
    ctx: &mut Context<Fr>,
    row: &[Fr],
    state: &[QuantumCell<Fr>],
    constant: Fr,
) -> QuantumCell<Fr> {
    let values = std::iter::once(Constant(constant)).chain(state.iter().copied());
    let factors = std::iter::once(Constant(Fr::ONE)).chain(row.iter().map(|factor| Constant(*factor)));
    Existing(chip.range.gate().inner_product(ctx, values, factors))
}

fn hash(chip: &Chip<'_>, ctx: &mut Context<Fr>, inputs: &[QuantumCell<Fr>]) -> Value {
    let constants = if inputs.len() == 2 { &chip.two } else { &chip.six };
    let (gate, width, half) = (chip.range.gate(), constants.width, FULL / 2);
    // Constants of a round are added where the words of the round before are made.
    let mut state = vec![Constant(constants.first[0][0])];
    for (input, constant) in inputs.iter().zip(&constants.first[0][1..]) {
        state.push(match input {
            Constant(value) => Constant(*value + constant),
            cell => Existing(gate.add(ctx, *cell, Constant(*constant))),
        });
    }
    for round in 0..half {
        let powers: Vec<_> = state.iter().map(|word| fifth(chip, ctx, *word)).collect();
        let matrix = if round + 1 == half {
            &constants.before
        } else {
            &constants.matrix
        };
        state = (0..width)
            .map(|word| {
                let next = match constants.first.get(round + 1) {
                    Some(next) => next[word],
                    None if word == 0 => constants.rounds[0].0,
                    None => Fr::ZERO,
                };
                affine(chip, ctx, &matrix[word], &powers, next)
            })
            .collect();
    }
    for (place, (_, row, column)) in constants.rounds.iter().enumerate() {
        let next = constants
            .rounds
            .get(place + 1)
            .map_or(constants.last[0][0], |round| round.0);
        state[0] = fifth(chip, ctx, state[0]);
        let first = state[0];
        state[0] = affine(chip, ctx, row, &state, next);
        for (word, factor) in state[1..].iter_mut().zip(column) {
            *word = Existing(gate.mul_add(ctx, first, Constant(*factor), *word));
        }
    }
    for (word, constant) in state[1..].iter_mut().zip(&constants.last[0][1..]) {
        *word = Existing(gate.add(ctx, *word, Constant(*constant)));
    }
    for round in 0..half {
        let powers: Vec<_> = state.iter().map(|word| fifth(chip, ctx, *word)).collect();
        let words = if round + 1 == half { 1 } else { width };
        state = (0..words)
            .map(|word| {
                let next = constants.last.get(round + 1).map_or(Fr::ZERO, |next| next[word]);
                affine(chip, ctx, &constants.matrix[word], &powers, next)
            })
            .collect();
    }
    match state[0] {
        Existing(out) => out,
        _ => unreachable!("the last word is that of an inner product"),
    }
}

fn root(chip: &Chip<'_>, ctx: &mut Context<Fr>, leaf: Value, index: &[Value], path: &[Value]) -> Value {
    let gate = chip.range.gate();
    index.iter().zip(path).fold(leaf, |node, (bit, sibling)| {
        let away = gate.sub(ctx, *sibling, node);
        let left = gate.mul_add(ctx, *bit, away, node);
        let right = gate.sub_mul(ctx, *sibling, *bit, away);
        hash(chip, ctx, &[Existing(left), Existing(right)])
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
    fn instance(&self) -> [Fr; 4] {
        let claimed = match self.statement {
            Statement::Membership => self.book.digest,
            Statement::Update => self.book.new_root,
        };
        [
            F::from(self.job.price),
            self.book.root,
            claimed,
            F::from(self.job.total),
        ]
        .map(|value| to_halo2(&value))
    }

    /// Writes the statement into a builder.
    fn fill(&self, builder: &mut BaseCircuitBuilder<Fr>) {
        let range = builder.range_chip();
        let chip = Chip {
            range: &range,
            two: Constants::of(Poseidon::two()),
            six: Constants::of(Poseidon::six()),
        };
        let gate = range.gate();
        let ctx = builder.main(0);
        let public = self.instance().map(|value| ctx.load_witness(value));
        let [price, book, claimed, total] = public;
        let update = self.statement == Statement::Update;
        let paths = if update { &self.book.updates } else { &self.book.paths };
        let zero = ctx.load_constant(Fr::ZERO);
        let (mut running, mut sum, mut current) = (zero, zero, book);
        for (account, path) in self.job.accounts.iter().zip(paths) {
            let [owner, cash, _, strike, lots, blinding] =
                account.fields().map(|value| ctx.load_witness(to_halo2(&value)));
            let bit = |ctx: &mut Context<Fr>, value: bool| {
                let bit = ctx.load_witness(Fr::from(value));
                gate.assert_bit(ctx, bit);
                bit
            };
            let (put, short) = (bit(ctx, account.put), bit(ctx, account.short));
            let index: Vec<Value> = (0..DEPTH)
                .map(|height| bit(ctx, account.index >> height & 1 == 1))
                .collect();
            let path: Vec<Value> = path.iter().map(|value| ctx.load_witness(to_halo2(value))).collect();
            // The moneyness is the difference of two 64-bit halves, one of which is 0.
            let away = gate.sub(ctx, price, strike);
            let put_away = gate.mul(ctx, away, put);
            let moneyness = gate.sub_mul(ctx, away, Constant(Fr::from(2)), put_away);
            let payoff = ctx.load_witness(Fr::from(account.payoff(self.job.price)));
            let other = gate.sub(ctx, payoff, moneyness);
            for value in [payoff, other, lots] {
                range.range_check(ctx, value, 64);
            }
            let product = gate.mul(ctx, payoff, other);
            ctx.constrain_equal(&product, &zero);
            let value = gate.mul(ctx, lots, payoff);
            let short_value = gate.mul(ctx, value, short);
            let value = gate.sub_mul(ctx, value, Constant(Fr::from(2)), short_value);
            let terms = gate.mul_add(ctx, short, Constant(Fr::from(2)), put);
            let leaf = hash(&chip, ctx, &[owner, cash, terms, strike, lots, blinding].map(Existing));
            let opened = root(&chip, ctx, leaf, &index, &path);
            ctx.constrain_equal(&opened, &current);
            if update {
                let new_cash = gate.add(ctx, cash, value);
                range.range_check(ctx, new_cash, 128);
                let blinding = ctx.load_witness(to_halo2(&account.new_blinding));
                let none = Constant(Fr::ZERO);
                let fields = [
                    Existing(owner),
                    Existing(new_cash),
                    none,
                    none,
                    none,
                    Existing(blinding),
                ];
                let leaf = hash(&chip, ctx, &fields);
                current = root(&chip, ctx, leaf, &index, &path);
            } else {
                running = hash(&chip, ctx, &[Existing(running), Existing(leaf)]);
            }
            sum = gate.add(ctx, sum, value);
        }
        ctx.constrain_equal(if update { &current } else { &running }, &claimed);
        ctx.constrain_equal(&sum, &total);
        builder.assigned_instances[0] = public.to_vec();
    }

    fn builder(&self, stage: CircuitBuilderStage, k: u32) -> BaseCircuitBuilder<Fr> {
        let mut builder = BaseCircuitBuilder::from_stage(stage)
            .use_k(k as usize)
            .use_lookup_bits(lookup_bits(k))
            .use_instance_columns(1);
        self.fill(&mut builder);
        builder
    }
}

/// Bits of a limb: four limbs to 64 bits where the table fits, else five.
fn lookup_bits(k: u32) -> usize {
    if k > 16 { 16 } else { 13 }
}

struct Keys {
    pk: ProvingKey<G1Affine>,
    params: BaseCircuitParams,
    break_points: MultiPhaseThreadBreakPoints,
}

/// Proves a job.
pub(crate) fn run(job: &Job, statement: Statement, runs: usize) -> Result<Report, Failure> {
    let book = job.book(Hash::Circomlib)?;
    let settle = Settle { job, book, statement };
    let cells = settle
        .builder(CircuitBuilderStage::Mock, 20)
        .statistics()
        .gate
        .total_advice_per_phase[0];
    let columns = |k: &u32| cells.div_ceil((1 << k) - UNUSABLE);
    let k = (14..24)
        .find(|k| columns(k) <= COLUMNS)
        .ok_or_else(|| Failure::new("more cells than 2^23 rows take"))?;
    let setup = UnsafeDevSetup::generate(k, "peers")?;
    let params: &ParamsKZG<Bn256> = setup.params();
    let text = |error: &dyn std::fmt::Debug| Failure::new(format!("{error:?}"));
    let (keys, setup_cost) = measured(|| {
        let mut builder = settle.builder(CircuitBuilderStage::Keygen, k);
        let config = builder.calculate_params(Some(UNUSABLE));
        let vk = keygen_vk(params, &builder).map_err(|error| text(&error))?;
        let pk = keygen_pk(params, vk, &builder).map_err(|error| text(&error))?;
        let break_points = builder.break_points();
        Ok(Keys {
            pk,
            params: config,
            break_points,
        })
    })?;
    let make = || {
        let mut builder = BaseCircuitBuilder::prover(keys.params.clone(), keys.break_points.clone());
        settle.fill(&mut builder);
        builder
    };
    let (first, witness) = measured(|| Ok(make()))?;
    let instance = settle.instance();
    let mut ready = Some(first);
    let mut between = Vec::new();
    let (proof, mut costs, peak_bytes) = proofs(runs, || {
        // A builder serves one proof; making the next one is witness time, taken off below.
        let (builder, cost) = match ready.take() {
            Some(builder) => (builder, Default::default()),
            None => measured(|| Ok(make()))?,
        };
        between.push(cost);
        let mut transcript = Blake2bWrite::<_, _, Challenge255<_>>::init(vec![]);
        create_proof::<
            KZGCommitmentScheme<Bn256>,
            ProverSHPLONK<'_, Bn256>,
            Challenge255<_>,
            _,
            Blake2bWrite<Vec<u8>, G1Affine, _>,
            _,
        >(params, &keys.pk, &[builder], &[&[&instance]], OsRng, &mut transcript)
        .map_err(|error| text(&error))?;
        Ok(transcript.finalize())
    })?;
    for (cost, witness) in costs.iter_mut().zip(&between) {
        cost.wall_s -= witness.wall_s;
        cost.cpu_s -= witness.cpu_s;
    }
    let accepts = |instance: &[Fr]| {
        let mut transcript = Blake2bRead::<_, _, Challenge255<_>>::init(proof.as_slice());
        verify_proof::<KZGCommitmentScheme<Bn256>, VerifierSHPLONK<'_, Bn256>, Challenge255<G1Affine>, _, _>(
            params.verifier_params(),
            keys.pk.get_vk(),
            SingleStrategy::new(params),
            &[&[instance]],
            &mut transcript,
        )
        .is_ok()
    };
    let (accepted, verify) = measured(|| Ok(accepts(&instance)))?;
    let mut other = instance;
    other[3] += Fr::ONE;
    if !accepted || accepts(&other) {
        return Err(Failure::new("the proof does not verify, or verifies for another total"));
    }
    Ok(Report {
        size: format!("k = {k}, {} columns", keys.params.num_advice_per_phase[0]),
        setup: setup_cost,
        witness,
        proofs: costs,
        peak_bytes,
        proof_bytes: proof.len(),
        verify: Some(verify),
        note: format!("{cells} cells"),
        ..Report::default()
    })
}
