//! The proof from first to last message, in the order of the library's verifier.

use ff::Field;
use halo2_proofs::halo2curves::bn256::{Fr, G1Affine};
use halo2_proofs::plonk::{Circuit, ConstraintSystem, ProvingKey};
use halo2_proofs::transcript::{Transcript, TranscriptWrite};
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;
use vector::fft::Scratch;
use vector::{Pack, Unit};

use super::constraints::{self, Challenges, Layout};
use super::key::Prepared;
use super::msm::commit;
use super::opening::{self, Opening, Polynomial};
use super::profile::{Profile, Recorder};
use super::witness::{self, PhaseEnd, Secret};
use super::{Failure, domain, lookup, permutation};
use crate::keys::Keys;
use crate::srs::Setup;
use crate::transcript::EvmWrite;

/// Polynomials of columns that depend on the witness. Overwritten when they are dropped.
struct Polynomials(Vec<Vec<Pack<Fr>>>);

impl Drop for Polynomials {
    fn drop(&mut self) {
        for column in &mut self.0 {
            column.fill(Pack::ZERO);
            // Keeps the stores to memory that is about to be freed.
            std::hint::black_box(column);
        }
    }
}

/// Transcript, randomness and setup of one proof.
struct Session<'a> {
    setup: &'a Setup,
    unit: Unit,
    transcript: EvmWrite,
    rng: ChaCha20Rng,
    /// Rows that hold the witness; the others blind.
    usable: usize,
    recorder: Recorder,
}

impl Session<'_> {
    fn challenge(&mut self) -> Fr {
        *self.transcript.squeeze_challenge_scalar::<()>()
    }

    /// Fresh random values in all rows from `from` on.
    fn blind(&mut self, column: &mut [Fr], from: usize) {
        for cell in &mut column[from..] {
            *cell = Fr::random(&mut self.rng);
        }
    }

    fn write(&mut self, (points, additions): (Vec<G1Affine>, usize)) -> Result<(), Failure> {
        self.recorder.msms(points.len(), additions);
        for point in points {
            self.transcript.write_point(point)?;
        }
        Ok(())
    }

    /// Commits to values on the rows.
    fn write_values(&mut self, columns: &[&[Fr]]) -> Result<(), Failure> {
        let (table, bases) = (self.setup.lagrange_table(), self.setup.lagrange());
        self.write(commit(self.unit, columns, table, bases))
    }

    /// Commits to coefficients.
    fn write_polynomials(&mut self, polynomials: &[&[Fr]]) -> Result<(), Failure> {
        let (table, bases) = (self.setup.powers_table(), self.setup.powers());
        self.write(commit(self.unit, polynomials, table, bases))
    }
}

struct Phases<'a, 'b> {
    session: &'a mut Session<'b>,
    cs: &'a ConstraintSystem<Fr>,
    instance: &'a [Fr],
}

impl PhaseEnd for Phases<'_, '_> {
    fn end(&mut self, phase: u8, columns: &[usize], values: &mut [Vec<Fr>]) -> Result<Vec<(usize, Fr)>, Failure> {
        if phase == 0 {
            for value in self.instance {
                self.session.transcript.common_scalar(*value)?;
            }
        }
        let usable = self.session.usable;
        for column in columns {
            self.session.blind(&mut values[*column], usable);
        }
        let lists: Vec<&[Fr]> = columns.iter().map(|c| &values[*c][..]).collect();
        self.session.write_values(&lists)?;
        let drawn = self.cs.challenge_phase();
        let numbers = drawn
            .iter()
            .enumerate()
            .filter(|(_, of)| **of == phase)
            .map(|(number, _)| number);
        Ok(numbers.map(|number| (number, self.session.challenge())).collect())
    }
}

pub(super) fn create<C: Circuit<Fr>>(
    setup: &Setup,
    keys: &Keys,
    circuit: &C,
    instance: &[Fr],
    unit: Unit,
    rng: ChaCha20Rng,
) -> Result<(Vec<u8>, Profile), Failure> {
    let pk = &keys.pk;
    let (vk, cs) = (pk.get_vk(), pk.get_vk().cs());
    // What another unit prepared is of no use; that happens in tests.
    let own;
    let prepared = match keys.prepared.get_or_init(|| Prepared::new(pk, unit)) {
        prepared if prepared.domain.unit() == unit => prepared,
        _ => {
            own = Prepared::new(pk, unit);
            &own
        }
    };
    let (domain, layout) = (&prepared.domain, &prepared.layout);
    let n = domain.n();
    let usable = n - (cs.blinding_factors() + 1);
    let mut session = Session {
        setup,
        unit,
        transcript: EvmWrite::new(),
        rng,
        usable,
        recorder: Recorder::start(setup.k()),
    };

    vk.hash_into(&mut session.transcript)?;
    let mut phases = Phases {
        session: &mut session,
        cs,
        instance,
    };
    let (advice, circuit_challenges) = witness::collect(cs, circuit, instance, n, &mut phases)?;
    let mut instance_column = instance.to_vec();
    instance_column.resize(n, Fr::ZERO);
    // In the order of the layout, from `of_proof` on. Whatever depends on the witness is overwritten when it is dropped.
    let mut values = Secret(Vec::new());
    values.0.extend(advice.0.iter().cloned());
    values.0.push(instance_column);
    drop(advice);
    session.recorder.end("witness, and its commitments");
    let key_values = key_values(pk);

    let theta = session.challenge();
    let mut lookups = Vec::new();
    for argument in cs.lookups() {
        let columns: Vec<&[Fr]> = key_values
            .iter()
            .copied()
            .chain(values.0.iter().map(Vec::as_slice))
            .collect();
        let [input, table] = [argument.input_expressions(), argument.table_expressions()]
            .map(|side| constraints::compressed(layout, &circuit_challenges, side, theta).run_plain(unit, &columns, n));
        let mut sorted = lookup::permuted(argument.name(), &input, &table, usable)?;
        for column in [&mut sorted.input, &mut sorted.table] {
            column.resize(n, Fr::ZERO);
            session.blind(column, usable);
        }
        lookups.push((input, table, sorted));
    }
    let lists: Vec<&[Fr]> = lookups
        .iter()
        .flat_map(|(.., sorted)| [&sorted.input[..], &sorted.table])
        .collect();
    session.write_values(&lists)?;
    session.recorder.end("lookups sorted");

    let (beta, gamma) = (session.challenge(), session.challenge());
    let columns: Vec<&[Fr]> = key_values
        .iter()
        .copied()
        .chain(values.0.iter().map(Vec::as_slice))
        .collect();
    let permuted: Vec<&[Fr]> = cs
        .permutation()
        .get_columns()
        .iter()
        .map(|c| columns[layout.column(c)])
        .collect();
    let sigma: Vec<&[Fr]> = pk.permutation().permutations().iter().map(|p| p.values()).collect();
    let mut products = permutation::products(domain, &permuted, &sigma, layout.chunk, usable, (beta, gamma));
    for (input, table, sorted) in &lookups {
        products.push(lookup::product(input, table, sorted, (beta, gamma)));
    }
    for z in &mut products {
        session.blind(z, usable + 1);
    }
    let lists: Vec<&[Fr]> = products.iter().map(Vec::as_slice).collect();
    session.write_values(&lists)?;
    let of_lookups = products.split_off(layout.products.len());
    values.0.extend(products);
    for ((_, _, sorted), z) in lookups.into_iter().zip(of_lookups) {
        values.0.extend([sorted.input, sorted.table, z]);
    }

    let random: Vec<Fr> = (0..n).map(|_| Fr::random(&mut session.rng)).collect();
    session.write_polynomials(&[&random])?;
    session.recorder.end("running products and the random polynomial");
    let y = session.challenge();

    let interpolated = values.0.par_iter();
    let polynomials = Polynomials(
        interpolated
            .map_init(Scratch::default, |scratch, column| domain.interpolate(column, scratch))
            .collect(),
    );
    drop(values);
    session.recorder.ffts(polynomials.0.len());
    session.recorder.end("polynomials from values");
    let challenges = Challenges {
        circuit: &circuit_challenges,
        theta,
        beta,
        gamma,
        y,
    };
    let pieces = quotient(pk, prepared, &polynomials, &challenges);
    session.recorder.ffts(prepared.pieces * (polynomials.0.len() + 1));
    session.recorder.end("quotient");
    let lists: Vec<&[Fr]> = pieces.iter().map(Vec::as_slice).collect();
    session.write_polynomials(&lists)?;
    session.recorder.end("quotient's commitments");
    open(session, pk, prepared, polynomials, random, &pieces)
}

/// The key's columns on the rows, in the order of the layout; the places of l, sigma and x, which no lookup reads, are empty.
fn key_values(pk: &ProvingKey<G1Affine>) -> Vec<&[Fr]> {
    let layout = Layout::new(pk.get_vk().cs());
    let mut columns: Vec<&[Fr]> = pk.fixed_values().iter().map(|p| p.values()).collect();
    columns.resize(layout.of_key().len(), &[]);
    columns
}

/// The pieces of the quotient, coset by coset.
fn quotient(
    pk: &ProvingKey<G1Affine>,
    prepared: &Prepared,
    polynomials: &Polynomials,
    challenges: &Challenges<'_>,
) -> Vec<Vec<Fr>> {
    let (domain, layout) = (&prepared.domain, &prepared.layout);
    let program = constraints::numerator(pk.get_vk().cs(), layout, challenges);
    let cosets = (0..prepared.pieces)
        .map(|j| {
            let coset = prepared.coset(pk, j);
            let own: Vec<Vec<Pack<Fr>>> = polynomials
                .0
                .par_iter()
                .map_init(Scratch::default, |scratch, p| {
                    domain.on_coset(p, &coset.powers, scratch)
                })
                .collect();
            let columns: Vec<&[Pack<Fr>]> = coset.columns.iter().chain(&own).map(Vec::as_slice).collect();
            program.run(domain.unit(), &columns, domain.n())
        })
        .collect();
    domain::pieces(domain, cosets)
}

/// The values at x, and the opening of all of them.
fn open(
    mut session: Session<'_>,
    pk: &ProvingKey<G1Affine>,
    prepared: &Prepared,
    own: Polynomials,
    random: Vec<Fr>,
    pieces: &[Vec<Fr>],
) -> Result<(Vec<u8>, Profile), Failure> {
    let (cs, domain, layout) = (pk.get_vk().cs(), &prepared.domain, &prepared.layout);
    let x = session.challenge();
    let xn = x.pow_vartime([domain.n() as u64]);
    let mut h = vec![Fr::ZERO; domain.n()];
    for piece in pieces.iter().rev() {
        h.par_iter_mut().zip(piece).for_each(|(h, p)| *h = *h * xn + p);
    }

    // Places of polynomials: the key's (fixed, l, sigma, x) and the proof's as in the layout, then these two.
    let (quotient, blinder) = (layout.of_proof().end, layout.of_proof().end + 1);
    let unit = session.unit;
    let plain = |p| Polynomial::Plain(p);
    let mut polynomials: Vec<Polynomial<'_>> = pk.fixed_polys().iter().map(|p| plain(p.values())).collect();
    polynomials.resize(layout.sigma.start, plain(&[]));
    polynomials.extend(pk.permutation().polys().iter().map(|p| plain(p.values())));
    polynomials.resize(layout.of_proof().start, plain(&[]));
    polynomials.extend(own.0.iter().map(|p| Polynomial::Packs(p)));
    polynomials.extend([plain(&h), plain(&random)]);

    let at = |polynomial: usize, rotation: i32| (polynomial, rotation);
    let advice: Vec<_> = cs
        .advice_queries()
        .iter()
        .map(|(c, r)| at(layout.advice.start + c.index(), r.0))
        .collect();
    let fixed: Vec<_> = cs
        .fixed_queries()
        .iter()
        .map(|(c, r)| at(layout.fixed.start + c.index(), r.0))
        .collect();
    let sigma: Vec<_> = layout.sigma.clone().map(|s| at(s, 0)).collect();
    let sets = layout.products.clone();
    let products: Vec<_> = sets.clone().flat_map(|z| [at(z, 0), at(z, 1)]).collect();
    let ends: Vec<_> = sets.clone().rev().skip(1).map(|z| at(z, layout.last)).collect();
    let lookups: Vec<usize> = layout.lookups.clone().step_by(3).collect();

    // The order of the values in the proof …
    let mut written = [&advice[..], &fixed, &[at(blinder, 0)], &sigma].concat();
    for z in sets.clone() {
        written.extend([at(z, 0), at(z, 1)]);
        if z + 1 < sets.end {
            written.push(at(z, layout.last));
        }
    }
    for a in lookups.iter().copied() {
        written.extend([at(a + 2, 0), at(a + 2, 1), at(a, 0), at(a, -1), at(a + 1, 0)]);
    }
    // … and that of the openings.
    let mut opened = [&advice[..], &products, &ends].concat();
    for a in lookups.iter().copied() {
        opened.extend([at(a + 2, 0), at(a, 0), at(a + 1, 0), at(a, -1), at(a + 2, 1)]);
    }
    opened.extend([&fixed[..], &sigma, &[at(quotient, 0), at(blinder, 0)]].concat());

    let openings: Vec<Opening> = opened
        .into_par_iter()
        .map(|(polynomial, rotation)| {
            let point = domain.rotate(x, rotation);
            Opening {
                polynomial,
                point,
                value: polynomials[polynomial].at(unit, point),
            }
        })
        .collect();
    for (polynomial, rotation) in written {
        let point = domain.rotate(x, rotation);
        let found = openings.iter().find(|o| o.polynomial == polynomial && o.point == point);
        let value = found.map_or_else(|| polynomials[polynomial].at(unit, point), |o| o.value);
        session.transcript.write_scalar(value)?;
    }

    session.recorder.end("values at the challenge");

    let (y, v) = (session.challenge(), session.challenge());
    let prover = opening::Prover::new(unit, &polynomials, &openings, y, v);
    session.write_polynomials(&[prover.quotient()])?;
    let u = session.challenge();
    session.write_polynomials(&[&prover.finish(u)])?;
    session.recorder.end("opening");
    Ok((session.transcript.into_proof(), session.recorder.finish()))
}
