//! A circuit of the character of the real ones: two phases, wide rotations, fifth powers, no copy constraints or lookups.

use ff::Field;
use halo2_proofs::circuit::{Layouter, Region, SimpleFloorPlanner, Value};
use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::{
    Advice, Challenge, Circuit, Column, ConstraintSystem, Error, Expression, FirstPhase, Fixed, Instance, SecondPhase,
    VirtualCells,
};
use halo2_proofs::poly::Rotation;
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

pub const K: u32 = 10;
pub const INSTANCES: usize = 13;
const ROWS: usize = 960;
const FIRST: usize = 8;
const SECOND: usize = 4;
const CONSTANTS: usize = 5;
const COEFFICIENTS: usize = 4;
const SOURCES: usize = 10;
const TARGETS: usize = 62;
const BITS: usize = 40;
/// Rows on which the wide gates hold; far enough apart that their cells do not meet.
const ACTIVE: [usize; 3] = [100, 200, 300];
const RUNNING: std::ops::Range<usize> = 500..540;

/// Fifty rotations between -42 and 41.
fn rotation(index: usize) -> i32 {
    let pool: Vec<i32> = (-42..-38)
        .chain((-34..-10).step_by(3))
        .chain(-10..10)
        .chain((10..34).step_by(2))
        .chain(36..42)
        .collect();
    assert_eq!(pool.len(), 50);
    pool[index % pool.len()]
}

/// The cells of the wide gates: column and rotation.
fn cells() -> Vec<(usize, i32)> {
    let all = (0..14).flat_map(|j| (0..FIRST).map(move |c| (c, rotation(c * 7 + j * 3))));
    let cells: Vec<(usize, i32)> = all.collect();
    assert_eq!(cells.len(), SOURCES + TARGETS + BITS);
    cells
}

#[derive(Clone, Debug)]
pub struct Config {
    first: Vec<Column<Advice>>,
    second: Vec<Column<Advice>>,
    /// Selectors of the wide, bit, running and instance gates.
    selectors: Vec<Column<Fixed>>,
    constants: Vec<Column<Fixed>>,
    coefficients: Vec<Column<Fixed>>,
    instance: Column<Instance>,
    challenges: [Challenge; 2],
}

#[derive(Clone, Debug)]
pub struct Synthetic {
    /// Values of the fixed columns and of the witness follow from these.
    pub fixed_seed: u64,
    pub witness_seed: u64,
    pub instance: Vec<Fr>,
}

impl Synthetic {
    pub fn new(fixed_seed: u64, witness_seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(witness_seed);
        Self {
            fixed_seed,
            witness_seed,
            instance: (0..INSTANCES).map(|_| Fr::random(&mut rng)).collect(),
        }
    }
}

fn pow5(a: Expression<Fr>) -> Expression<Fr> {
    let square = a.clone() * a.clone();
    square.clone() * square * a
}

fn fifth(a: Fr) -> Fr {
    a.square().square() * a
}

fn factor(i: usize, j: usize) -> Fr {
    Fr::from(((i % 5) * 31 + j * 7 + 3) as u64).invert().unwrap()
}

impl Circuit<Fr> for Synthetic {
    type Config = Config;
    type FloorPlanner = SimpleFloorPlanner;
    type Params = ();

    fn without_witnesses(&self) -> Self {
        self.clone()
    }

    fn configure(meta: &mut ConstraintSystem<Fr>) -> Config {
        let first: Vec<_> = (0..FIRST).map(|_| meta.advice_column()).collect();
        let challenges = [
            meta.challenge_usable_after(FirstPhase),
            meta.challenge_usable_after(FirstPhase),
        ];
        let second: Vec<_> = (0..SECOND).map(|_| meta.advice_column_in(SecondPhase)).collect();
        let mut fixed = |n: usize| (0..n).map(|_| meta.fixed_column()).collect::<Vec<_>>();
        let (selectors, constants, coefficients) = (fixed(4), fixed(CONSTANTS), fixed(COEFFICIENTS));
        let instance = meta.instance_column();
        let config = Config {
            first,
            second,
            selectors,
            constants,
            coefficients,
            instance,
            challenges,
        };

        let c = &config;
        meta.create_gate("wide", |meta| {
            let cell = |meta: &mut VirtualCells<'_, Fr>, i: usize| {
                let (column, rotation) = cells()[i];
                meta.query_advice(c.first[column], Rotation(rotation))
            };
            let q = meta.query_fixed(c.selectors[0], Rotation::cur());
            let sboxes: Vec<_> = (0..SOURCES)
                .map(|i| {
                    let constant = meta.query_fixed(c.constants[i % CONSTANTS], Rotation((i / CONSTANTS) as i32));
                    pow5(cell(meta, i) + constant)
                })
                .collect();
            let coefficient = meta.query_fixed(c.coefficients[0], Rotation(-1));
            let mut gates = Vec::new();
            for i in 0..TARGETS {
                let sum = (0..5)
                    .map(|j| sboxes[(i + j) % SOURCES].clone() * factor(i, j))
                    .reduce(|a, b| a + b)
                    .unwrap();
                gates.push(q.clone() * (cell(meta, SOURCES + i) - sum - coefficient.clone()));
            }
            gates
        });
        meta.create_gate("bits", |meta| {
            let q = meta.query_fixed(c.selectors[1], Rotation::cur());
            let one = Expression::Constant(Fr::ONE);
            (0..BITS)
                .map(|i| {
                    let (column, rotation) = cells()[SOURCES + TARGETS + i];
                    let bit = meta.query_advice(c.first[column], Rotation(rotation));
                    q.clone() * bit.clone() * (one.clone() - bit)
                })
                .collect::<Vec<_>>()
        });
        for i in 0..SECOND {
            meta.create_gate("running", |meta| {
                let q = meta.query_fixed(c.selectors[2], Rotation::cur());
                let [alpha, beta] = c.challenges.map(|challenge| meta.query_challenge(challenge));
                let here = meta.query_advice(c.second[i], Rotation::cur());
                let next = meta.query_advice(c.second[i], Rotation::next());
                let a = meta.query_advice(c.first[i], Rotation::cur());
                let k = meta.query_fixed(c.coefficients[i], Rotation::cur());
                vec![q * (next - pow5(here * alpha + k) - a * beta)]
            });
        }
        meta.create_gate("instance", |meta| {
            let q = meta.query_fixed(c.selectors[3], Rotation::cur());
            let a = meta.query_advice(c.first[0], Rotation::cur());
            let instance = meta.query_instance(c.instance, Rotation::cur());
            vec![q * (a - instance)]
        });
        meta.set_minimum_degree(6);
        config
    }

    fn synthesize(&self, config: Config, mut layouter: impl Layouter<Fr>) -> Result<(), Error> {
        layouter.assign_region(
            || "all",
            |mut region| {
                self.assign(&config, &mut region);
                Ok(())
            },
        )
    }
}

impl Synthetic {
    fn assign(&self, config: &Config, region: &mut Region<'_, Fr>) {
        let mut rng = ChaCha20Rng::seed_from_u64(self.fixed_seed);
        let mut random = || -> Vec<Fr> { (0..ROWS).map(|_| Fr::from(rng.next_u64())).collect() };
        let constants: Vec<_> = (0..CONSTANTS).map(|_| random()).collect();
        let coefficients: Vec<_> = (0..COEFFICIENTS).map(|_| random()).collect();
        for row in 0..ROWS {
            for (column, values) in config.constants.iter().zip(&constants) {
                region.assign_fixed(*column, row, values[row]);
            }
            for (column, values) in config.coefficients.iter().zip(&coefficients) {
                region.assign_fixed(*column, row, values[row]);
            }
        }
        for row in ACTIVE {
            region.assign_fixed(config.selectors[0], row, Fr::ONE);
            region.assign_fixed(config.selectors[1], row, Fr::from(2));
        }
        for row in RUNNING {
            region.assign_fixed(config.selectors[2], row, Fr::ONE);
        }
        for row in 0..INSTANCES {
            region.assign_fixed(config.selectors[3], row, Fr::ONE);
        }

        let mut rng = ChaCha20Rng::seed_from_u64(self.witness_seed + 1);
        let mut advice: Vec<Vec<Fr>> = (0..FIRST)
            .map(|_| (0..ROWS).map(|_| Fr::random(&mut rng)).collect())
            .collect();
        advice[0][..INSTANCES].copy_from_slice(&self.instance);
        let cells = cells();
        for active in ACTIVE {
            let row = |rotation: i32| (active as i32 + rotation) as usize;
            for (column, rotation) in &cells[SOURCES + TARGETS..] {
                advice[*column][row(*rotation)] = Fr::from(rng.next_u64() & 1);
            }
            let sboxes: Vec<Fr> = (0..SOURCES)
                .map(|i| {
                    let (column, rotation) = cells[i];
                    let constant = constants[i % CONSTANTS][active + i / CONSTANTS];
                    fifth(advice[column][row(rotation)] + constant)
                })
                .collect();
            for i in 0..TARGETS {
                let (column, rotation) = cells[SOURCES + i];
                let sum: Fr = (0..5).map(|j| sboxes[(i + j) % SOURCES] * factor(i, j)).sum();
                advice[column][row(rotation)] = sum + coefficients[0][active - 1];
            }
        }
        for (column, values) in config.first.iter().zip(&advice) {
            for (row, value) in values.iter().enumerate() {
                region.assign_advice(*column, row, Value::known(*value));
            }
        }
        region.next_phase();
        let [alpha, beta] = config.challenges.map(|challenge| region.get_challenge(challenge));
        for i in 0..SECOND {
            let mut here = Value::known(Fr::from(i as u64 + 1));
            for row in 0..ROWS {
                region.assign_advice(config.second[i], row, here);
                let (a, k) = (advice[i][row], coefficients[i][row]);
                here = here
                    .zip(alpha)
                    .zip(beta)
                    .map(|((here, alpha), beta)| fifth(here * alpha + k) + a * beta);
            }
        }
    }
}
