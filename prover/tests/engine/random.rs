//! A circuit drawn from a seed. Each gate pins a column of its own to a random expression over the others; some cells are copies, some
//! columns are looked up in a table, one column may wait for a challenge.

use ff::Field;
use halo2_proofs::circuit::{Layouter, SimpleFloorPlanner, Value};
use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::{
    Advice, Challenge, Circuit, Column, ConstraintSystem, Error, Expression, FirstPhase, Fixed, Instance, SecondPhase,
};
use halo2_proofs::poly::Rotation;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// Public inputs.
const PUBLIC: usize = 2;
/// Rows that gates may look away from their own.
const REACH: i32 = 2;

/// A product of queries with a coefficient: (column, rotation).
type Monomial = (u64, Vec<(usize, i32)>);

/// What the circuit consists of: the same for key and witness.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    inputs: usize,
    /// Each gate: monomials over the inputs; whether a fixed coefficient column multiplies the first one.
    gates: Vec<(Vec<Monomial>, bool)>,
    /// Looked-up inputs: the first so many columns.
    lookups: usize,
    table: Vec<u64>,
    /// A column of the second phase: challenge · input 0 + input 1.
    second: bool,
    degree: usize,
    rows: usize,
    copies: Vec<(usize, usize, usize, usize)>,
}

/// What is changed in an honest witness.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    /// A gate's output.
    Output,
    /// An input that is looked up, to a value outside the table.
    Lookup,
    /// One end of a copy.
    Copy,
    /// A value of the second phase, which depends on a challenge.
    Challenge,
}

impl Change {
    pub(crate) const ALL: [Self; 4] = [Self::Output, Self::Lookup, Self::Copy, Self::Challenge];
}

#[derive(Clone, Debug)]
pub(crate) struct Random {
    shape: Shape,
    inputs: Vec<Vec<Fr>>,
    coefficients: Vec<Fr>,
    change: Option<Change>,
    panics: bool,
}

fn at(column: &[Fr], row: usize, rotation: i32) -> Fr {
    column[(row as i64 + i64::from(rotation)) as usize]
}

impl Random {
    pub(crate) fn new(seed: u64, k: u32) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let degree = 2 + (seed as usize % 8);
        let rows = (1usize << k) - 16;
        let inputs = rng.gen_range(2..=5);
        let lookups = if degree >= 4 {
            rng.gen_range(0..=2usize.min(inputs))
        } else {
            0
        };
        let monomial = |rng: &mut ChaCha20Rng, factors: usize| {
            let query = |rng: &mut ChaCha20Rng| (rng.gen_range(0..inputs), rng.gen_range(-REACH..=REACH));
            let list: Vec<_> = (0..factors).map(|_| query(rng)).collect();
            (rng.gen_range(1..1000), list)
        };
        let gates = (0..rng.gen_range(1..=3))
            .map(|gate| {
                // Selector times the largest monomial: the first gate has the circuit's degree.
                let top = if gate == 0 {
                    degree - 1
                } else {
                    rng.gen_range(1..degree)
                };
                let fixed = top > 1 && rng.gen_bool(0.5);
                let mut monomials = vec![monomial(&mut rng, top - usize::from(fixed))];
                for _ in 0..rng.gen_range(0..4) {
                    let factors = rng.gen_range(0..=top);
                    monomials.push(monomial(&mut rng, factors));
                }
                (monomials, fixed)
            })
            .collect();
        let table: Vec<u64> = (0..rows as u64).map(|i| i * i % 97).collect();
        let mut columns: Vec<Vec<Fr>> = (0..inputs)
            .map(|column| {
                let value = |rng: &mut ChaCha20Rng| match column < lookups {
                    true => Fr::from(table[rng.gen_range(0..table.len())]),
                    false => Fr::random(rng),
                };
                (0..rows).map(|_| value(&mut rng)).collect()
            })
            .collect();
        // Copies among columns that hold anything.
        let mut copies = Vec::new();
        if lookups + 1 < inputs {
            for _ in 0..rng.gen_range(0..6) {
                let mut end = || (rng.gen_range(lookups..inputs), rng.gen_range(0..rows));
                let ((from, from_row), (to, to_row)) = (end(), end());
                if (from, from_row) != (to, to_row) {
                    copies.push((from, from_row, to, to_row));
                }
            }
            for _ in 0..copies.len() {
                for (from, from_row, to, to_row) in copies.iter().copied() {
                    columns[to][to_row] = columns[from][from_row];
                }
            }
            copies.retain(|(from, from_row, to, to_row)| columns[*from][*from_row] == columns[*to][*to_row]);
        }
        let shape = Shape {
            inputs,
            gates,
            lookups,
            table,
            second: rng.gen_bool(0.5),
            degree: degree.max(3).max(if lookups > 0 { 5 } else { 0 }),
            rows,
            copies,
        };
        let coefficients = (0..rows).map(|_| Fr::random(&mut rng)).collect();
        Self {
            shape,
            inputs: columns,
            coefficients,
            change: None,
            panics: false,
        }
    }

    pub(crate) fn copies(&self) -> usize {
        self.shape.copies.len()
    }

    pub(crate) fn can(&self, change: Change) -> bool {
        match change {
            Change::Output => true,
            Change::Lookup => self.shape.lookups > 0,
            Change::Copy => !self.shape.copies.is_empty(),
            Change::Challenge => self.shape.second,
        }
    }

    pub(crate) fn changed(mut self, change: Change) -> Self {
        self.change = Some(change);
        match change {
            Change::Output | Change::Challenge => {}
            Change::Lookup => self.inputs[0][self.shape.rows / 2] = Fr::from(98),
            Change::Copy => {
                let (column, row) = (self.shape.copies[0].2, self.shape.copies[0].3);
                self.inputs[column][row] += Fr::ONE;
            }
        }
        self
    }

    /// Advice column and row of the cell that a change is about.
    pub(crate) fn cell(&self, change: Change) -> (usize, usize) {
        let (inputs, middle) = (self.shape.inputs, self.shape.rows / 2);
        match change {
            Change::Output => (inputs, middle),
            Change::Lookup => (0, middle),
            Change::Copy => (self.shape.copies[0].2, self.shape.copies[0].3),
            Change::Challenge => (inputs + self.shape.gates.len(), middle),
        }
    }

    /// Synthesis panics once all cells of the first phase have their values, and quotes one.
    pub(crate) fn panicking(mut self) -> Self {
        self.panics = true;
        self
    }

    /// The witness, as far as its values are not small.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Fr> {
        self.inputs[self.shape.lookups..].iter().flatten()
    }

    /// The first values of the last input.
    pub(crate) fn instance(&self) -> Vec<Fr> {
        self.inputs[self.shape.inputs - 1][..PUBLIC].to_vec()
    }

    fn gate_rows(&self) -> std::ops::Range<usize> {
        REACH as usize..self.shape.rows - REACH as usize
    }

    fn output(&self, gate: usize, row: usize) -> Fr {
        let (monomials, fixed) = &self.shape.gates[gate];
        let mut sum = Fr::ZERO;
        for (i, (coefficient, queries)) in monomials.iter().enumerate() {
            let product: Fr = queries
                .iter()
                .map(|(column, rotation)| at(&self.inputs[*column], row, *rotation))
                .product();
            let scale = if i == 0 && *fixed {
                self.coefficients[row]
            } else {
                Fr::ONE
            };
            sum += product * scale * Fr::from(*coefficient);
        }
        sum
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Config {
    inputs: Vec<Column<Advice>>,
    outputs: Vec<Column<Advice>>,
    selectors: Vec<Column<Fixed>>,
    coefficients: Column<Fixed>,
    table: Column<Fixed>,
    second: Option<(Column<Advice>, Challenge, Column<Fixed>)>,
    instance: Column<Instance>,
}

impl Circuit<Fr> for Random {
    type Config = Config;
    type FloorPlanner = SimpleFloorPlanner;
    type Params = Shape;

    fn params(&self) -> Shape {
        self.shape.clone()
    }

    fn without_witnesses(&self) -> Self {
        self.clone()
    }

    fn configure(_: &mut ConstraintSystem<Fr>) -> Config {
        unreachable!("the shape is a parameter")
    }

    fn configure_with_params(meta: &mut ConstraintSystem<Fr>, shape: Shape) -> Config {
        let inputs: Vec<_> = (0..shape.inputs).map(|_| meta.advice_column()).collect();
        let outputs: Vec<_> = shape.gates.iter().map(|_| meta.advice_column()).collect();
        let selectors: Vec<_> = shape.gates.iter().map(|_| meta.fixed_column()).collect();
        let (coefficients, table, instance) = (meta.fixed_column(), meta.fixed_column(), meta.instance_column());
        for column in &inputs[shape.lookups.min(shape.inputs - 1)..] {
            meta.enable_equality(*column);
        }
        meta.enable_equality(instance);
        for (gate, (monomials, fixed)) in shape.gates.iter().enumerate() {
            meta.create_gate("random", |meta| {
                let selector = meta.query_fixed(selectors[gate], Rotation::cur());
                let mut sum = -meta.query_advice(outputs[gate], Rotation::cur());
                for (i, (coefficient, queries)) in monomials.iter().enumerate() {
                    let mut product = Expression::Constant(Fr::from(*coefficient));
                    for (column, rotation) in queries {
                        product = product * meta.query_advice(inputs[*column], Rotation(*rotation));
                    }
                    if i == 0 && *fixed {
                        product = product * meta.query_fixed(coefficients, Rotation::cur());
                    }
                    sum = sum + product;
                }
                vec![selector * sum]
            });
        }
        for column in &inputs[..shape.lookups] {
            meta.lookup_any("table", |meta| {
                let selector = meta.query_fixed(selectors[0], Rotation::cur());
                let value = meta.query_advice(*column, Rotation::cur());
                vec![(selector * value, meta.query_fixed(table, Rotation::cur()))]
            });
        }
        let second = shape.second.then(|| {
            let challenge = meta.challenge_usable_after(FirstPhase);
            let (column, selector) = (meta.advice_column_in(SecondPhase), meta.fixed_column());
            meta.create_gate("challenge", |meta| {
                let selector = meta.query_fixed(selector, Rotation::cur());
                let [a, b] = [inputs[0], inputs[1]].map(|c| meta.query_advice(c, Rotation::cur()));
                let (challenge, out) = (
                    meta.query_challenge(challenge),
                    meta.query_advice(column, Rotation::cur()),
                );
                vec![selector * (a * challenge + b - out)]
            });
            (column, challenge, selector)
        });
        meta.set_minimum_degree(shape.degree);
        Config {
            inputs,
            outputs,
            selectors,
            coefficients,
            table,
            second,
            instance,
        }
    }

    fn synthesize(&self, config: Config, mut layouter: impl Layouter<Fr>) -> Result<(), Error> {
        let shape = &self.shape;
        let public = layouter.assign_region(
            || "all",
            |mut region| {
                let mut cells = Vec::new();
                for (column, values) in config.inputs.iter().zip(&self.inputs) {
                    let cell = |(row, v): (usize, &Fr)| region.assign_advice(*column, row, Value::known(*v)).cell();
                    cells.push(values.iter().enumerate().map(cell).collect::<Vec<_>>());
                }
                for (row, value) in shape.table.iter().enumerate() {
                    region.assign_fixed(config.table, row, Fr::from(*value));
                }
                for row in self.gate_rows() {
                    region.assign_fixed(config.coefficients, row, self.coefficients[row]);
                    for gate in 0..shape.gates.len() {
                        region.assign_fixed(config.selectors[gate], row, Fr::ONE);
                        let mut value = self.output(gate, row);
                        if matches!(self.change, Some(Change::Output)) && row == shape.rows / 2 && gate == 0 {
                            value += Fr::ONE;
                        }
                        region.assign_advice(config.outputs[gate], row, Value::known(value));
                    }
                }
                if self.panics {
                    panic!("found {:?} in the witness", self.inputs[shape.inputs - 1][0]);
                }
                for (from, from_row, to, to_row) in shape.copies.iter().copied() {
                    region.constrain_equal(cells[from][from_row], cells[to][to_row]);
                }
                if let Some((column, challenge, selector)) = config.second {
                    region.next_phase();
                    let challenge = region.get_challenge(challenge);
                    for row in 0..shape.rows {
                        region.assign_fixed(selector, row, Fr::ONE);
                        let wrong = matches!(self.change, Some(Change::Challenge)) && row == shape.rows / 2;
                        let value = challenge
                            .map(|c| self.inputs[0][row] * c + self.inputs[1][row] + Fr::from(u64::from(wrong)));
                        region.assign_advice(column, row, value);
                    }
                }
                Ok(cells[shape.inputs - 1][..PUBLIC].to_vec())
            },
        )?;
        for (row, cell) in public.into_iter().enumerate() {
            layouter.constrain_instance(cell, config.instance, row);
        }
        Ok(())
    }
}
