//! A circuit with copy constraints, lookups and selectors: what the real ones do without.

use ff::Field;
use halo2_proofs::circuit::{Layouter, SimpleFloorPlanner, Value};
use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::{Advice, Circuit, Column, ConstraintSystem, Error, Expression, Fixed, Instance, Selector};
use halo2_proofs::poly::Rotation;

pub const K: u32 = 8;
const TABLE: u64 = 64;
const ROWS: usize = 40;

#[derive(Clone, Debug)]
pub struct Config {
    advice: [Column<Advice>; 5],
    mul: Selector,
    range: Selector,
    constant: Column<Fixed>,
    table: [Column<Fixed>; 2],
    instance: Column<Instance>,
}

#[derive(Clone, Debug)]
pub struct Plonkish {
    pub seed: u64,
}

impl Plonkish {
    fn left(&self, row: usize) -> u64 {
        (self.seed + 7 * row as u64) % TABLE
    }

    fn right(&self, row: usize) -> u64 {
        (3 * self.seed + 5 * row as u64 + 1) % TABLE
    }

    /// The first two products.
    pub fn instance(&self) -> Vec<Fr> {
        (0..2).map(|row| Fr::from(self.left(row) * self.right(row))).collect()
    }
}

impl Circuit<Fr> for Plonkish {
    type Config = Config;
    type FloorPlanner = SimpleFloorPlanner;
    type Params = ();

    fn without_witnesses(&self) -> Self {
        self.clone()
    }

    fn configure(meta: &mut ConstraintSystem<Fr>) -> Config {
        let advice = [(); 5].map(|()| meta.advice_column());
        let (mul, range) = (meta.selector(), meta.complex_selector());
        let constant = meta.fixed_column();
        let table = [(); 2].map(|()| meta.fixed_column());
        let instance = meta.instance_column();
        for column in advice {
            meta.enable_equality(column);
        }
        meta.enable_equality(instance);
        meta.enable_equality(constant);
        let [a, b, c, d, e] = advice;
        meta.create_gate("product", |meta| {
            let q = meta.query_selector(mul);
            let [a, b, c] = [a, b, c].map(|column| meta.query_advice(column, Rotation::cur()));
            let d_next = meta.query_advice(d, Rotation::next());
            vec![q.clone() * (a * b - c.clone()), q * (c - d_next)]
        });
        meta.lookup_any("small", |meta| {
            let q = meta.query_selector(range);
            let a = meta.query_advice(a, Rotation::cur());
            let table = meta.query_fixed(table[0], Rotation::cur());
            vec![(q * a, table)]
        });
        meta.lookup_any("square", |meta| {
            let q = meta.query_selector(range);
            let a = meta.query_advice(a, Rotation::cur());
            let e = meta.query_advice(e, Rotation::cur());
            let [x, y] = table.map(|column| meta.query_fixed(column, Rotation::cur()));
            vec![(q.clone() * a, x), (q * e, y * Expression::Constant(Fr::ONE))]
        });
        Config {
            advice,
            mul,
            range,
            constant,
            table,
            instance,
        }
    }

    fn synthesize(&self, config: Config, mut layouter: impl Layouter<Fr>) -> Result<(), Error> {
        let outputs = layouter.assign_region(
            || "all",
            |mut region| {
                let [a, b, c, d, e] = config.advice;
                let mut outputs = Vec::new();
                for row in 0..ROWS {
                    config.mul.enable(&mut region, row)?;
                    config.range.enable(&mut region, row)?;
                    let known = |value: u64| Value::known(Fr::from(value));
                    let (left, right) = (self.left(row), self.right(row));
                    region.assign_advice(a, row, known(left));
                    let right_cell = region.assign_advice(b, row, known(right)).cell();
                    let product = region.assign_advice(c, row, known(left * right)).cell();
                    let copy = region.assign_advice(d, row + 1, known(left * right)).cell();
                    region.assign_advice(e, row, known(left * left));
                    region.constrain_equal(product, copy);
                    if row == 0 {
                        let constant = region.assign_fixed(config.constant, 0, Fr::from(right));
                        region.constrain_equal(constant, right_cell);
                    }
                    outputs.push(product);
                }
                for i in 0..TABLE {
                    region.assign_fixed(config.table[0], i as usize, Fr::from(i));
                    region.assign_fixed(config.table[1], i as usize, Fr::from(i * i));
                }
                Ok(outputs)
            },
        )?;
        for (row, cell) in outputs.into_iter().take(2).enumerate() {
            layouter.constrain_instance(cell, config.instance, row);
        }
        Ok(())
    }
}
