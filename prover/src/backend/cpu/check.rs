//! Every constraint in every row, before anything is committed to.
//!
//! Gates run as one program, folded by a random number, over all rows at once; only a row where that is not 0 is looked at constraint by
//! constraint. Rows below the usable ones hold random values, as in a proof. Copies come from the key's permutation and not from what the circuit
//! says now, so a circuit that is not the key's is found as well. Challenges are random: a check commits to nothing, so there is nothing
//! to draw them from, and a witness that satisfies its circuit satisfies it for all of them but a share of about 1/r.

use std::collections::{BTreeSet, HashMap};

use ff::{Field, PrimeField};
use halo2_proofs::halo2curves::bn256::{Fr, G1Affine};
use halo2_proofs::plonk::{Any, Circuit, Column, ConstraintSystem, Expression, ProvingKey};
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;
use vector::Unit;

use super::constraints::{self, Layout};
use super::domain::Domain;
use super::proof::key_values;
use super::witness::{self, PhaseEnd};
use super::{Failure, lookup};
use crate::backend::violation::{CellPlace, ColumnKind, Violation};
use crate::keys::Keys;

/// Random values below the usable rows, random challenges.
struct Phases<'a> {
    cs: &'a ConstraintSystem<Fr>,
    usable: usize,
    rng: ChaCha20Rng,
}

impl PhaseEnd for Phases<'_> {
    fn end(&mut self, phase: u8, columns: &[usize], values: &mut [Vec<Fr>]) -> Result<Vec<(usize, Fr)>, Failure> {
        for column in columns {
            for cell in &mut values[*column][self.usable..] {
                *cell = Fr::random(&mut self.rng);
            }
        }
        let of_phase = self.cs.challenge_phase();
        let drawn = (0..of_phase.len()).filter(|number| of_phase[*number] == phase);
        Ok(drawn.map(|number| (number, Fr::random(&mut self.rng))).collect())
    }
}

/// A witness on its rows.
struct Rows<'a> {
    cs: &'a ConstraintSystem<Fr>,
    unit: Unit,
    layout: Layout,
    n: usize,
    usable: usize,
    /// Of the circuit's phases.
    challenges: &'a [Fr],
    /// In the order of the layout, as far as gates, lookups and copies read them.
    columns: Vec<&'a [Fr]>,
}

/// The first violation, if there is one: of gates by row, then of lookups, then of copies.
pub(super) fn check<C: Circuit<Fr>>(
    keys: &Keys,
    circuit: &C,
    instance: &[Fr],
    mut rng: ChaCha20Rng,
) -> Result<Option<Violation>, Failure> {
    let (pk, cs) = (&keys.pk, keys.pk.get_vk().cs());
    let k = keys.pk.get_vk().get_domain().k();
    let n = 1usize << k;
    let usable = n - (cs.blinding_factors() + 1);
    let (weight, theta) = (Fr::random(&mut rng), Fr::random(&mut rng));
    let mut phases = Phases { cs, usable, rng };
    let (advice, challenges) = witness::collect(cs, circuit, instance, n, &mut phases)?;
    let mut inputs = instance.to_vec();
    inputs.resize(n, Fr::ZERO);
    let layout = Layout::new(cs);
    let mut columns = key_values(pk);
    columns.extend(advice.0.iter().map(Vec::as_slice).chain([&inputs[..]]));
    let rows = Rows {
        cs,
        unit: Unit::detect(),
        layout,
        n,
        usable,
        challenges: &challenges,
        columns,
    };
    let found = rows.gates(weight).or_else(|| rows.lookups(theta));
    Ok(found.or_else(|| rows.copies(pk, &Domain::new(k, rows.unit))))
}

impl Rows<'_> {
    fn gates(&self, weight: Fr) -> Option<Violation> {
        let program = constraints::gates(self.cs, &self.layout, self.challenges, weight);
        let values = program.run_plain(self.unit, &self.columns, self.n);
        let row = values.0.par_iter().position_first(|value| *value != Fr::ZERO)?;
        let of_gate = |gate: &halo2_proofs::plonk::Gate<Fr>| {
            let number = gate
                .polynomials()
                .iter()
                .position(|polynomial| self.value(polynomial, row) != Fr::ZERO)?;
            Some(Violation::Gate {
                gate: gate.name().to_owned(),
                number,
                constraint: gate.constraint_name(number).to_owned(),
                row,
                cells: self.cells(&gate.polynomials()[number..=number], row),
            })
        };
        self.cs.gates().iter().find_map(of_gate)
    }

    fn lookups(&self, theta: Fr) -> Option<Violation> {
        self.cs.lookups().iter().find_map(|argument| {
            let [input, table] = [argument.input_expressions(), argument.table_expressions()].map(|side| {
                let program = constraints::compressed(&self.layout, self.challenges, side, theta);
                program.run_plain(self.unit, &self.columns, self.n)
            });
            let row = lookup::missing(&input.0, &table.0, self.usable)?;
            Some(Violation::Lookup {
                lookup: argument.name().to_owned(),
                row,
                cells: self.cells(argument.input_expressions(), row),
            })
        })
    }

    /// The permutation names each cell by a number of its own, delta^column · omega^row; a cell that is no copy stands for itself.
    fn copies(&self, pk: &ProvingKey<G1Affine>, domain: &Domain) -> Option<Violation> {
        let columns = self.cs.permutation().get_columns();
        let powers: Vec<Fr> = domain.unit().unpacked(&domain.powers(domain.omega()));
        let mut delta = Fr::ONE;
        let mut places: HashMap<Fr, (usize, usize)> = HashMap::new();
        let mut moved = Vec::new();
        for (at, sigma) in pk.permutation().permutations().iter().enumerate() {
            for (row, (power, image)) in powers.iter().zip(sigma.values()).enumerate() {
                let name = delta * power;
                if name != *image {
                    places.insert(name, (at, row));
                    moved.push((at, row, *image));
                }
            }
            delta *= Fr::DELTA;
        }
        let value = |at: usize, row: usize| self.columns[self.layout.column(&columns[at])][row];
        moved.into_par_iter().find_map_first(|(at, row, image)| {
            // A permutation takes moved cells to moved cells.
            let (to, to_row) = places.get(&image).copied()?;
            let place = |at: usize, row| place(&columns[at], row);
            (value(at, row) != value(to, to_row)).then(|| Violation::Copy {
                one: place(at, row),
                other: place(to, to_row),
            })
        })
    }

    fn turned(&self, row: usize, rotation: i32) -> usize {
        (row as i64 + i64::from(rotation)).rem_euclid(self.n as i64) as usize
    }

    fn value(&self, expression: &Expression<Fr>, row: usize) -> Fr {
        let at = |column: usize, rotation: i32| self.columns[column][self.turned(row, rotation)];
        let layout = &self.layout;
        expression.evaluate(
            &|number| number,
            &|_| unreachable!("selectors became fixed columns at key generation"),
            &|query| at(layout.fixed.start + query.column_index(), query.rotation().0),
            &|query| at(layout.advice.start + query.column_index(), query.rotation().0),
            &|query| at(layout.instance.start + query.column_index(), query.rotation().0),
            &|challenge| self.challenges[challenge.index()],
            &|a| -a,
            &|a, b| a + b,
            &|a, b| a * b,
            &|a, factor| a * factor,
        )
    }

    /// What expressions read in a row, but for the circuit's own columns.
    fn cells(&self, expressions: &[Expression<Fr>], row: usize) -> Vec<CellPlace> {
        let none = BTreeSet::new;
        let cell = |kind, column, rotation| {
            BTreeSet::from([CellPlace {
                kind,
                column,
                row: self.turned(row, rotation),
            }])
        };
        let both = |mut a: BTreeSet<CellPlace>, b: BTreeSet<CellPlace>| {
            a.extend(b);
            a
        };
        let read = expressions.iter().map(|expression| {
            expression.evaluate(
                &|_| none(),
                &|_| none(),
                &|_| none(),
                &|query| cell(ColumnKind::Advice, query.column_index(), query.rotation().0),
                &|query| cell(ColumnKind::Instance, query.column_index(), query.rotation().0),
                &|_| none(),
                &|a| a,
                &both,
                &both,
                &|a, _| a,
            )
        });
        read.reduce(both).unwrap_or_default().into_iter().collect()
    }
}

fn place(column: &Column<Any>, row: usize) -> CellPlace {
    let kind = match column.column_type() {
        Any::Advice(_) => ColumnKind::Advice,
        Any::Fixed => ColumnKind::Fixed,
        Any::Instance => ColumnKind::Instance,
    };
    CellPlace {
        kind,
        column: column.index(),
        row,
    }
}
