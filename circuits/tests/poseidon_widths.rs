//! Poseidon in the circuit at every width: all rows of the circomlib vectors by the chip's gates, and forged rows refused.
//!
//! One small circuit a permutation, its input and its hash public. Widths 2 to 17 run the same code; width 5 is the instance
//! that statements use.
#![allow(missing_docs)]

#[path = "../../witness-gen/tests/support/circomlib.rs"]
mod circomlib;
#[path = "../../witness-gen/tests/support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::sync::Arc;

use circuits::chips::poseidon::{Constants, ROW_ENTER, ROW_PARTIAL, RowKind, Selectors, WIDTH, constants};
use circuits::env::{Env, Symbolic};
use circuits::settlement::circuit::DEGREE;
use ff::{Field, PrimeField};
use halo2_proofs::circuit::{Layouter, SimpleFloorPlanner, Value};
use halo2_proofs::dev::{FailureLocation, MockProver, VerifyFailure};
use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::{Advice, Circuit, Column, ConstraintSystem, Error, Fixed, Instance};
use rayon::prelude::*;
use witness_gen::poseidon::MAX_INPUTS;

/// log2 of the height: the longest permutation has 37 rows (width 2).
const K: u32 = 6;
/// Row kinds, in the order of their selector columns, with the beginning of the names of their gates.
const KINDS: [(RowKind, &str); 5] = [
    (RowKind::Full, "full round: "),
    (RowKind::Enter, "into partial rounds: "),
    (RowKind::Partial, "partial rounds: "),
    (RowKind::Exit, "out of partial rounds: "),
    (RowKind::Last, "output"),
];

/// The rows of a permutation, and what stands in the output cell.
#[derive(Clone)]
struct Trace<const T: usize> {
    rows: Vec<[Fr; T]>,
    output: Fr,
}

impl<const T: usize> Trace<T> {
    /// Row by row from the input. A forger adds 1 to `(row, word)` (the output: the row after the last) and computes what follows
    /// from that.
    fn new(chip: &Constants<T>, input: [Fr; T], forged: Option<(usize, usize)>) -> Self {
        let mut rows: Vec<[Fr; T]> = Vec::new();
        for r in 0..=chip.row_last() {
            let mut row = rows.last().map_or(input, |before| chip.next_row(r - 1, before));
            if let Some((_, word)) = forged.filter(|(at, _)| *at == r) {
                row[word] += Fr::ONE;
            }
            rows.push(row);
        }
        let honest = chip.output(&rows[chip.row_last()]);
        let forged = forged.is_some_and(|(at, _)| at == rows.len());
        Self {
            output: honest + Fr::from(u64::from(forged)),
            rows,
        }
    }
}

/// One permutation. Public: the input, capacity first, then the hash.
#[derive(Clone)]
struct Permutation<const T: usize> {
    chip: Arc<Constants<T>>,
    trace: Trace<T>,
}

#[derive(Clone)]
struct Config {
    /// T words, the output.
    advice: Vec<Column<Advice>>,
    /// T constants, a selector for each row kind.
    fixed: Vec<Column<Fixed>>,
    instance: Column<Instance>,
}

impl<const T: usize> Circuit<Fr> for Permutation<T> {
    type Config = Config;
    type FloorPlanner = SimpleFloorPlanner;
    type Params = Option<Arc<Constants<T>>>;

    fn without_witnesses(&self) -> Self {
        self.clone()
    }

    fn params(&self) -> Self::Params {
        Some(self.chip.clone())
    }

    fn configure(_: &mut ConstraintSystem<Fr>) -> Config {
        unreachable!("the circuit is configured with its constants")
    }

    fn configure_with_params(meta: &mut ConstraintSystem<Fr>, chip: Self::Params) -> Config {
        let chip = chip.expect("params() gives them");
        let advice: Vec<_> = (0..T + 1).map(|_| meta.advice_column()).collect();
        let fixed: Vec<_> = (0..T + KINDS.len()).map(|_| meta.fixed_column()).collect();
        let instance = meta.instance_column();
        advice.iter().for_each(|c| meta.enable_equality(*c));
        meta.enable_equality(instance);
        meta.create_gate("Poseidon", |cells| {
            let env = Symbolic::new(cells, &advice, &fixed, instance, None);
            let [full, enter, partial, exit, last] = std::array::from_fn(|i| env.fix(T + i, 0));
            let sel = Selectors {
                full,
                enter,
                partial,
                exit,
                last,
            };
            chip.gates(&env, sel, std::array::from_fn(|j| j), std::array::from_fn(|j| j), T)
        });
        Config {
            advice,
            fixed,
            instance,
        }
    }

    fn synthesize(&self, config: Config, mut layouter: impl Layouter<Fr>) -> Result<(), Error> {
        let public = layouter.assign_region(
            || "permutation",
            |mut region| {
                let mut public = Vec::new();
                for (r, row) in self.trace.rows.iter().enumerate() {
                    let kind = KINDS.iter().position(|(kind, _)| *kind == self.chip.kind(r));
                    region.assign_fixed(config.fixed[T + kind.expect("every kind is listed")], r, Fr::ONE);
                    for (column, constant) in config.fixed.iter().zip(self.chip.fixed_row(r)) {
                        region.assign_fixed(*column, r, constant);
                    }
                    for (column, word) in config.advice.iter().zip(row) {
                        let cell = region.assign_advice(*column, r, Value::known(*word)).cell();
                        if r == 0 {
                            public.push(cell);
                        }
                    }
                }
                let output = Value::known(self.trace.output);
                public.push(
                    region
                        .assign_advice(config.advice[T], self.chip.row_last(), output)
                        .cell(),
                );
                Ok(public)
            },
        )?;
        for (i, cell) in public.into_iter().enumerate() {
            layouter.constrain_instance(cell, config.instance, i);
        }
        Ok(())
    }
}

/// What the mock prover refuses for these public cells: gates by row and name, and public cells that differ.
fn refused<const T: usize>(
    chip: &Arc<Constants<T>>,
    trace: Trace<T>,
    input: [Fr; T],
    hash: Fr,
) -> Vec<(usize, String)> {
    let chip = chip.clone();
    let public = [&input[..], &[hash]].concat();
    let mock = MockProver::run(K, &Permutation { chip, trace }, vec![public]).expect("a permutation fits");
    let failures = mock.verify().err().unwrap_or_default();
    let named = failures.into_iter().map(|failure| match failure {
        VerifyFailure::ConstraintNotSatisfied {
            constraint,
            location: FailureLocation::InRegion { offset, .. },
            ..
        } => {
            let text = constraint.to_string();
            let name = text.split('\'').nth(1).expect("every gate has a name");
            (offset, name.to_owned())
        }
        VerifyFailure::Permutation { .. } => (0, "public".to_owned()),
        other => panic!("neither a gate nor a public cell: {other}"),
    });
    let unique: BTreeSet<_> = named.collect();
    unique.into_iter().collect()
}

/// The chip of a width: circomlib's constants as the library carries them, where it does, compared with generated ones.
fn chip_of<const T: usize, const RATE: usize>() -> Constants<T> {
    let (rounds, mds) = circomlib::parameters::<T, RATE>();
    let chip = match Constants::circomlib() {
        Ok(carried) => carried,
        Err(error) => {
            assert!(RATE > MAX_INPUTS, "{error}");
            Constants::new(rounds.clone(), mds).expect("circomlib's widths have the layout")
        }
    };
    assert_eq!((chip.rounds(), chip.mds()), (&rounds[..], &mds));
    assert_eq!(chip.partial(), circomlib::PARTIAL_ROUNDS[T - 2]);
    if T == WIDTH {
        let statements = constants();
        assert_eq!(chip.rounds().as_flattened(), statements.rounds().as_flattened());
        assert_eq!(chip.mds().as_flattened(), statements.mds().as_flattened());
    }
    chip
}

fn degree<const T: usize>(chip: &Arc<Constants<T>>) -> Option<usize> {
    let mut meta = ConstraintSystem::<Fr>::default();
    Permutation::configure_with_params(&mut meta, Some(chip.clone()));
    meta.gates()
        .iter()
        .flat_map(|g| g.polynomials())
        .map(|p| p.degree())
        .max()
}

/// Rows of the vectors of this width that the circuit accepts, and forgeries that it refuses.
fn width<const T: usize, const RATE: usize>(vectors: &[(Vec<Fr>, Fr)]) -> [usize; 2] {
    let chip = Arc::new(chip_of::<T, RATE>());
    assert_eq!(degree(&chip), Some(DEGREE), "width {T}");
    let mine: Vec<([Fr; T], Fr)> = vectors
        .iter()
        .filter(|(inputs, _)| inputs.len() == RATE)
        .map(|(inputs, hash)| {
            let mut state = [Fr::ZERO; T];
            state[1..].copy_from_slice(inputs);
            (state, *hash)
        })
        .collect();
    for (input, hash) in &mine {
        let trace = Trace::new(&chip, *input, None);
        assert_eq!(trace.output, *hash, "width {T}: {input:?}");
        assert_eq!(refused(&chip, trace, *input, *hash), [], "width {T}: {input:?}");
    }
    let (input, hash) = mine.last().expect("every width has vectors");
    let honest = Trace::new(&chip, *input, None);
    let public = vec![(0, "public".to_owned())];
    assert_eq!(
        refused(&chip, honest.clone(), *input, *hash + Fr::ONE),
        public,
        "width {T}"
    );
    let mut other = *input;
    other[0] = Fr::ONE;
    assert_eq!(refused(&chip, honest, other, *hash), public, "width {T}: capacity");
    [mine.len(), 2 + forgeries(&chip, *input)]
}

/// Changes each cell that follows a row of each kind, computes the rest and the claimed hash from the change: the gates of that row
/// are all that refuses it. Returns how often.
fn forgeries<const T: usize>(chip: &Arc<Constants<T>>, input: [Fr; T]) -> usize {
    let before = [0, ROW_ENTER, ROW_PARTIAL, chip.row_exit(), chip.row_exit() + 1];
    let cells = before.into_iter().flat_map(|row| (0..T).map(move |word| (row, word)));
    let cells: Vec<(usize, usize)> = cells.chain([(chip.row_last(), 0)]).collect();
    for (row, word) in &cells {
        let trace = Trace::new(chip, input, Some((row + 1, *word)));
        let claimed = trace.output;
        let found = refused(chip, trace, input, claimed);
        let kind = KINDS.iter().find(|(kind, _)| *kind == chip.kind(*row));
        let (_, gates) = kind.expect("every kind is listed");
        let of_this_row = |(at, name): &(usize, String)| at == row && name.starts_with(gates);
        assert!(
            !found.is_empty() && found.iter().all(of_this_row),
            "width {T}, word {word} after row {row}: {found:?}"
        );
    }
    cells.len()
}

#[test]
fn all_rows_of_the_poseidon_vectors_at_every_width() {
    let Some(rows) = support::reference_rows("poseidon_bn254_vectors.csv") else {
        return;
    };
    let field = |decimal: &str| Fr::from_str_vartime(decimal).expect("a decimal below the modulus");
    let vectors: Vec<(Vec<Fr>, Fr)> = rows
        .iter()
        .map(|row| (row[3].split(' ').map(field).collect(), field(&row[4])))
        .collect();
    let widths = [
        width::<2, 1>,
        width::<3, 2>,
        width::<4, 3>,
        width::<5, 4>,
        width::<6, 5>,
        width::<7, 6>,
        width::<8, 7>,
        width::<9, 8>,
        width::<10, 9>,
        width::<11, 10>,
        width::<12, 11>,
        width::<13, 12>,
        width::<14, 13>,
        width::<15, 14>,
        width::<16, 15>,
        width::<17, 16>,
    ];
    let counts: Vec<[usize; 2]> = widths.par_iter().map(|check| check(&vectors)).collect();
    let sum = |i: usize| counts.iter().map(|c| c[i]).sum::<usize>();
    println!(
        "poseidon in the circuit: {} rows, {} widths; {} forgeries refused",
        sum(0),
        counts.len(),
        sum(1)
    );
    assert_eq!(sum(0), rows.len(), "every row has a width here");
}
