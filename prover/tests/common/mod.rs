//! A small circuit of the statements' character: two phases, one instance column that a gate reads, rotated fixed queries, a
//! constraint of degree 6, no copy constraints, no lookups.
#![allow(dead_code)] // Each test binary uses its part.

use ff::Field;
use halo2_proofs::circuit::{Layouter, SimpleFloorPlanner, Value};
use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::{
    Advice, Challenge, Circuit, Column, ConstraintSystem, Error, Expression, FirstPhase, Fixed, Instance, SecondPhase,
};
use halo2_proofs::poly::Rotation;

pub(crate) mod setup_files;

pub(crate) const INSTANCE_LEN: usize = 3;
const FIRST_ROW: usize = 8;
const ROWS: usize = 20;

#[derive(Clone, Debug)]
pub(crate) struct Config {
    on: Column<Fixed>,
    public: Column<Fixed>,
    weight: Column<Fixed>,
    a: Column<Advice>,
    b: Column<Advice>,
    sum: Column<Advice>,
    challenge: Challenge,
}

/// What to get wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Flaw {
    #[default]
    None,
    /// One cell of `b` is not the fifth power.
    Power,
    /// The second phase adds one somewhere.
    SecondPhase,
    /// `minimum_degree` is left out: the library declares 5.
    DegreeNotDeclared,
    /// `minimum_degree` is above the highest constraint.
    DegreeLoose,
    /// A fixed column is queried at one row through two rotations.
    Collision(i32),
    /// A second instance column.
    TwoInstanceColumns,
    /// A cell beyond the usable rows.
    OutOfRows,
    /// The second phase is assigned in the first pass, where its challenge is not known.
    NoPhaseChange,
}

/// In rows FIRST_ROW..: b = a^5 and sum = sum' + a + challenge b + weight(-5) + 2 weight(4); rows 0.. hold the instance in a.
#[derive(Clone, Debug, Default)]
pub(crate) struct Toy {
    pub(crate) inputs: Vec<Fr>,
    pub(crate) flaw: Flaw,
}

impl Toy {
    pub(crate) fn new(inputs: [u64; INSTANCE_LEN]) -> Self {
        Self {
            inputs: inputs.map(Fr::from).to_vec(),
            flaw: Flaw::None,
        }
    }

    pub(crate) fn with(self, flaw: Flaw) -> Self {
        Self { flaw, ..self }
    }

    pub(crate) fn instance(&self) -> Vec<Fr> {
        self.inputs.clone()
    }

    fn a(&self, row: usize) -> Fr {
        let input = self.inputs.get(row % INSTANCE_LEN).copied();
        input.unwrap_or_default() + Fr::from((row / INSTANCE_LEN) as u64)
    }
}

fn weight(row: usize) -> Fr {
    Fr::from((row * row + 1) as u64)
}

impl Circuit<Fr> for Toy {
    type Config = Config;
    type FloorPlanner = SimpleFloorPlanner;
    type Params = Flaw;

    fn params(&self) -> Flaw {
        self.flaw
    }

    fn without_witnesses(&self) -> Self {
        Self::default().with(self.flaw)
    }

    fn configure(meta: &mut ConstraintSystem<Fr>) -> Config {
        Self::configure_with_params(meta, Flaw::None)
    }

    fn configure_with_params(meta: &mut ConstraintSystem<Fr>, flaw: Flaw) -> Config {
        let instance: Column<Instance> = meta.instance_column();
        let (on, public, weight) = (meta.fixed_column(), meta.fixed_column(), meta.fixed_column());
        let a = meta.advice_column_in(FirstPhase);
        let b = meta.advice_column_in(FirstPhase);
        let sum = meta.advice_column_in(SecondPhase);
        let challenge = meta.challenge_usable_after(FirstPhase);
        match flaw {
            Flaw::DegreeNotDeclared => {}
            Flaw::DegreeLoose => meta.set_minimum_degree(7),
            _ => meta.set_minimum_degree(6),
        }

        meta.create_gate("b = a^5", |meta| {
            let on = meta.query_fixed(on, Rotation::cur());
            let a = meta.query_advice(a, Rotation::cur());
            let b = meta.query_advice(b, Rotation::cur());
            let square = a.clone() * a.clone();
            vec![on * (square.clone() * square * a - b)]
        });
        meta.create_gate("sum = previous sum + terms", |meta| {
            let on = meta.query_fixed(on, Rotation::cur());
            let a = meta.query_advice(a, Rotation::cur());
            let b = meta.query_advice(b, Rotation::cur());
            let previous = meta.query_advice(sum, Rotation::prev());
            let sum = meta.query_advice(sum, Rotation::cur());
            let challenge = meta.query_challenge(challenge);
            let behind = meta.query_fixed(weight, Rotation(-5));
            let ahead = meta.query_fixed(weight, Rotation(4));
            let two = Expression::Constant(Fr::from(2));
            vec![on * (previous + a + challenge * b + behind + two * ahead - sum)]
        });
        meta.create_gate("a = instance", |meta| {
            let public = meta.query_fixed(public, Rotation::cur());
            let a = meta.query_advice(a, Rotation::cur());
            let instance = meta.query_instance(instance, Rotation::cur());
            vec![public * (a - instance)]
        });
        if flaw == Flaw::TwoInstanceColumns {
            meta.instance_column();
        }
        if let Flaw::Collision(rotation) = flaw {
            meta.create_gate("collision", |meta| {
                let here = meta.query_fixed(weight, Rotation(-5));
                let there = meta.query_fixed(weight, Rotation(rotation));
                vec![here - there]
            });
        }
        Config {
            on,
            public,
            weight,
            a,
            b,
            sum,
            challenge,
        }
    }

    fn synthesize(&self, config: Config, mut layouter: impl Layouter<Fr>) -> Result<(), Error> {
        layouter.assign_region(
            || "toy",
            |mut region| {
                let last = FIRST_ROW + ROWS;
                let known = |value| Value::known(value);
                for row in 0..last + 5 {
                    region.assign_fixed(config.weight, row, weight(row));
                }
                for row in 0..INSTANCE_LEN {
                    region.assign_fixed(config.public, row, Fr::ONE);
                    region.assign_advice(config.a, row, known(self.inputs.get(row).copied().unwrap_or_default()));
                }
                for row in FIRST_ROW..last {
                    let a = self.a(row);
                    let mut b = a.pow_vartime([5]);
                    if self.flaw == Flaw::Power && row == FIRST_ROW + 3 {
                        b += Fr::ONE;
                    }
                    region.assign_fixed(config.on, row, Fr::ONE);
                    region.assign_advice(config.a, row, known(a));
                    region.assign_advice(config.b, row, known(b));
                }
                if self.flaw == Flaw::OutOfRows {
                    region.assign_fixed(config.on, 1 << 20, Fr::ONE);
                }
                if self.flaw != Flaw::NoPhaseChange {
                    region.next_phase();
                }
                let challenge = region.get_challenge(config.challenge);
                let mut sum = known(Fr::ZERO);
                region.assign_advice(config.sum, FIRST_ROW - 1, sum);
                for row in FIRST_ROW..last {
                    let (a, b) = (self.a(row), self.a(row).pow_vartime([5]));
                    let terms = a + weight(row - 5) + weight(row + 4).double();
                    sum = sum + challenge.map(|challenge| terms + challenge * b);
                    if self.flaw == Flaw::SecondPhase && row == FIRST_ROW + 7 {
                        sum = sum.map(|sum| sum + Fr::ONE);
                    }
                    region.assign_advice(config.sum, row, sum);
                }
                Ok(())
            },
        )
    }
}
