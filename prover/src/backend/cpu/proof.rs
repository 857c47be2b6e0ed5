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
use super::secret::{Column, Columns, PackColumns, Secret};
use super::witness::{self, PhaseEnd};
use super::{Failure, domain, lookup, permutation};
use crate::keys::Keys;
use crate::srs::Setup;
use crate::transcript::EvmWrite;

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
        let setup = self.setup;
        let (table, bases) = (setup.lagrange_table(), setup.lagrange());
        self.write(commit(self.unit, columns, (table, bases), None))
    }

    /// Commits to coefficients, of which there may be one more than rows where the setup has a power for it.
    fn write_polynomials(&mut self, polynomials: &[&[Fr]]) -> Result<(), Failure> {
        let setup = self.setup;
        let (table, bases) = (setup.powers_table(), setup.powers());
        self.write(commit(self.unit, polynomials, (table, bases), setup.next_power()))
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
    let (mut advice, circuit_challenges) = witness::collect(cs, circuit, instance, n, &mut phases)?;
    let mut instance_column = instance.to_vec();
    instance_column.resize(n, Fr::ZERO);
    // In the order of the layout, from `of_proof` on. Whatever depends on the witness is overwritten when it is dropped.
    let mut values = Secret(std::mem::take(&mut advice.0));
    values.0.push(instance_column);
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
        let mut sorted = lookup::permuted(argument.name(), &input.0, &table.0, usable)?;
        for column in [&mut sorted.input, &mut sorted.table] {
            column.0.resize(n, Fr::ZERO);
            session.blind(&mut column.0, usable);
        }
        lookups.push((input, table, sorted));
    }
    let lists: Vec<&[Fr]> = lookups
        .iter()
        .flat_map(|(.., sorted)| [&sorted.input.0[..], &sorted.table.0])
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
        let mut product = lookup::product(&input.0, &table.0, sorted, (beta, gamma));
        products.0.push(std::mem::take(&mut product.0));
    }
    for z in &mut products.0 {
        session.blind(z, usable + 1);
    }
    let lists: Vec<&[Fr]> = products.0.iter().map(Vec::as_slice).collect();
    session.write_values(&lists)?;
    let of_lookups = products.0.split_off(layout.products.len());
    values.0.append(&mut products.0);
    for ((_, _, mut sorted), z) in lookups.into_iter().zip(of_lookups) {
        let [input, table] = [&mut sorted.input, &mut sorted.table].map(|column| std::mem::take(&mut column.0));
        values.0.extend([input, table, z]);
    }

    let random: Column = Secret((0..n).map(|_| Fr::random(&mut session.rng)).collect());
    session.write_polynomials(&[&random.0])?;
    session.recorder.end("running products and the random polynomial");
    let y = session.challenge();

    let interpolated = values.0.par_iter();
    let polynomials: PackColumns = Secret(
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
    let mut pieces = quotient(pk, prepared, &polynomials, &challenges);
    if setup.next_power().is_some() {
        randomise(&mut pieces, &mut session.rng);
        session.recorder.randomised();
    }
    session.recorder.ffts(prepared.pieces * (polynomials.0.len() + 1));
    session.recorder.end("quotient");
    let lists: Vec<&[Fr]> = pieces.0.iter().map(Vec::as_slice).collect();
    session.write_polynomials(&lists)?;
    session.recorder.end("quotient's commitments");
    open(session, pk, prepared, polynomials, random, &pieces)
}

/// The key's columns on the rows, in the order of the layout; the places of l, sigma and x, which no lookup reads, are empty.
pub(super) fn key_values(pk: &ProvingKey<G1Affine>) -> Vec<&[Fr]> {
    let layout = Layout::new(pk.get_vk().cs());
    let mut columns: Vec<&[Fr]> = pk.fixed_values().iter().map(|p| p.values()).collect();
    columns.resize(layout.of_key().len(), &[]);
    columns
}

/// Blinds the pieces: piece i gets + b·X^n and the next one - b, a fresh b for each pair. Their sum with the powers of x^n, which is all that the
/// verifier opens, stays what it was; each commitment but for that sum is uniform.
fn randomise(pieces: &mut Columns, rng: &mut ChaCha20Rng) {
    for i in 1..pieces.0.len() {
        let b = Fr::random(&mut *rng);
        pieces.0[i - 1].push(b);
        pieces.0[i][0] -= b;
    }
}

/// The pieces of the quotient, coset by coset, with room for one coefficient more.
fn quotient(
    pk: &ProvingKey<G1Affine>,
    prepared: &Prepared,
    polynomials: &PackColumns,
    challenges: &Challenges<'_>,
) -> Columns {
    let (domain, layout) = (&prepared.domain, &prepared.layout);
    let program = constraints::numerator(pk.get_vk().cs(), layout, challenges);
    let cosets = (0..prepared.pieces)
        .map(|j| {
            let coset = prepared.coset(pk, j);
            let own: PackColumns = Secret(
                polynomials
                    .0
                    .par_iter()
                    .map_init(Scratch::default, |scratch, p| {
                        domain.on_coset(p, &coset.powers, scratch)
                    })
                    .collect(),
            );
            let columns: Vec<&[Pack<Fr>]> = coset.columns.iter().chain(&own.0).map(Vec::as_slice).collect();
            std::mem::take(&mut program.run(domain.unit(), &columns, domain.n()).0)
        })
        .collect();
    domain::pieces(domain, Secret(cosets))
}

/// The values at x, and the opening of all of them.
fn open(
    mut session: Session<'_>,
    pk: &ProvingKey<G1Affine>,
    prepared: &Prepared,
    own: PackColumns,
    random: Column,
    pieces: &Columns,
) -> Result<(Vec<u8>, Profile), Failure> {
    let (cs, domain, layout) = (pk.get_vk().cs(), &prepared.domain, &prepared.layout);
    let x = session.challenge();
    let xn = x.pow_vartime([domain.n() as u64]);
    let h = recombined(pieces, xn);

    // Places of polynomials: the key's (fixed, l, sigma, x) and the proof's as in the layout, then these two.
    let (quotient, blinder) = (layout.of_proof().end, layout.of_proof().end + 1);
    let unit = session.unit;
    let plain = |p| Polynomial::Plain(p);
    let mut polynomials: Vec<Polynomial<'_>> = pk.fixed_polys().iter().map(|p| plain(p.values())).collect();
    polynomials.resize(layout.sigma.start, plain(&[]));
    polynomials.extend(pk.permutation().polys().iter().map(|p| plain(p.values())));
    polynomials.resize(layout.of_proof().start, plain(&[]));
    polynomials.extend(own.0.iter().map(|p| Polynomial::Packs(p)));
    polynomials.extend([plain(&h.0), plain(&random.0)]);

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
    session.write_polynomials(&[&prover.finish(u).0])?;
    session.recorder.end("opening");
    Ok((session.transcript.into_proof(), session.recorder.finish()))
}

/// Sum of piece i times xn^i, as long as the longest piece.
fn recombined(pieces: &Columns, xn: Fr) -> Column {
    let length = pieces.0.iter().map(Vec::len).max().unwrap_or_default();
    let mut h = Secret(vec![Fr::ZERO; length]);
    let mut power = Fr::ONE;
    for piece in &pieces.0 {
        h.0.par_iter_mut().zip(piece).for_each(|(h, p)| *h += *p * power);
        power *= xn;
    }
    h
}

#[cfg(all(test, not(feature = "production")))]
mod tests {
    use halo2_proofs::arithmetic::eval_polynomial;
    use halo2_proofs::circuit::{Layouter, SimpleFloorPlanner, Value};
    use halo2_proofs::plonk::{Advice, Column as TraceColumn, Error, Fixed};
    use halo2_proofs::poly::Rotation;
    use rand::SeedableRng;

    use super::super::secret::wiped;
    use super::*;
    use crate::keys::keygen;
    use crate::srs::dev::UnsafeDevSetup;

    /// The vector unit's transforms begin here.
    const K: u32 = vector::fft::MIN_LOG;
    const N: usize = 1 << K;
    /// Values of the table; the witness looks one up in each of these rows.
    const TABLE: usize = 8;

    /// How a proof ends.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    enum End {
        #[default]
        Well,
        /// With a panic once all cells are there.
        Panic,
        /// With an input that is not in its table: found after the witness was committed to.
        Outside,
    }

    /// Two columns, the second one of squares, the first one looked up.
    struct Squares(End);

    impl Circuit<Fr> for Squares {
        type Config = ([TraceColumn<Advice>; 2], [TraceColumn<Fixed>; 2]);
        type FloorPlanner = SimpleFloorPlanner;
        type Params = ();

        fn without_witnesses(&self) -> Self {
            Self(End::Well)
        }

        fn configure(meta: &mut ConstraintSystem<Fr>) -> Self::Config {
            let advice = [(); 2].map(|()| meta.advice_column());
            let fixed = [(); 2].map(|()| meta.fixed_column());
            // Empty: a key wants one.
            meta.instance_column();
            meta.create_gate("square", |meta| {
                let [a, b] = advice.map(|column| meta.query_advice(column, Rotation::cur()));
                let q = meta.query_fixed(fixed[0], Rotation::cur());
                vec![q * (a.clone() * a - b)]
            });
            meta.lookup_any("small", |meta| {
                let a = meta.query_advice(advice[0], Rotation::cur());
                vec![(a, meta.query_fixed(fixed[1], Rotation::cur()))]
            });
            (advice, fixed)
        }

        fn synthesize(&self, (advice, fixed): Self::Config, mut layouter: impl Layouter<Fr>) -> Result<(), Error> {
            layouter.assign_region(
                || "all",
                |mut region| {
                    for row in 0..TABLE {
                        let mut value = Fr::from(row as u64);
                        region.assign_fixed(fixed[0], row, Fr::ONE);
                        region.assign_fixed(fixed[1], row, value);
                        if self.0 == End::Outside && row == 3 {
                            value = Fr::from(TABLE as u64);
                        }
                        region.assign_advice(advice[0], row, Value::known(value));
                        region.assign_advice(advice[1], row, Value::known(value.square()));
                    }
                    assert_ne!(self.0, End::Panic, "on purpose");
                    Ok(())
                },
            )
        }
    }

    /// Cells that this thread overwrote while it made a proof, and whether there is one.
    fn wiped(unit: Unit, end: End) -> (bool, wiped::Count) {
        let setup = UnsafeDevSetup::generate(K, "wiped").expect("a development setup");
        let keys = keygen(&setup, &Squares(End::Well), 0).expect("keys");
        // A thread of its own, which is all of its pool: it counts everything.
        let run = move || {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
            let pool = pool.build().expect("a pool of this thread");
            pool.install(|| {
                let rng = ChaCha20Rng::from_seed([1; 32]);
                let (made, cells) = wiped::during(|| create(&setup, &keys, &Squares(end), &[], unit, rng).is_ok());
                (made == Some(true), cells)
            })
        };
        std::thread::spawn(run).join().expect("the panic was caught")
    }

    #[test]
    fn columns_are_overwritten_however_a_proof_ends() {
        for unit in [Unit::plain(), Unit::detect()] {
            let (made, cells) = wiped(unit, End::Panic);
            assert!(!made && cells.all >= 2 * N, "both columns of the witness: {cells:?}");
            let (made, cells) = wiped(unit, End::Outside);
            assert!(!made && cells.all >= 4 * N, "and both sides of the lookup: {cells:?}");
            // Values and polynomials of two columns, the instance's, one lookup's three and no copy's; each of them on two cosets or more. All
            // but the values are packs.
            let (made, cells) = wiped(unit, End::Well);
            assert!(made && cells.all >= (2 + 2) * 6 * N, "{cells:?}");
            assert!(cells.packed >= (1 + 2) * 6 * N, "{cells:?}");
        }
    }

    #[test]
    fn randomised_pieces_are_the_same_quotient() {
        let mut rng = ChaCha20Rng::from_seed([2; 32]);
        let x = Fr::random(&mut rng);
        for count in [1, 2, 5] {
            let mut piece = || (0..N).map(|_| Fr::random(&mut rng)).collect::<Vec<_>>();
            let plain: Vec<Vec<Fr>> = (0..count).map(|_| piece()).collect();
            let xn = x.pow_vartime([N as u64]);
            let before = eval_polynomial(&recombined(&Secret(plain.clone()), xn).0, x);
            let mut pieces = Secret(plain.clone());
            randomise(&mut pieces, &mut rng);
            let after = recombined(&pieces, xn);
            assert_eq!(eval_polynomial(&after.0, x), before, "{count} pieces");
            // One coefficient more than rows is no number of packs.
            for unit in [Unit::plain(), Unit::detect()] {
                assert_eq!(
                    Polynomial::Plain(&after.0).at(unit, x),
                    before,
                    "{count} pieces, {unit:?}"
                );
            }
            let same = pieces.0.iter().zip(&plain).filter(|(piece, plain)| piece == plain);
            assert_eq!(same.count(), usize::from(count == 1), "{count} pieces");
        }
    }
}
