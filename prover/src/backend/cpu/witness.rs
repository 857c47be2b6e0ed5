//! Collects the witness: our own `Assignment`, phase by phase.

use std::collections::BTreeMap;

use ff::Field;
use halo2_proofs::circuit::Value;
use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::halo2curves::group::ff::BatchInvert;
use halo2_proofs::plonk::{
    Advice, Any, Assigned, Assignment, Challenge, Circuit, Column, ConstraintSystem, Error, Fixed, FloorPlanner,
    Instance, Selector,
};

use super::Failure;
use super::secret::{Columns, Secret};

/// What happens at the end of a phase: takes the numbers of its columns and their values, which it may blind, and answers with
/// the challenges that are known from then on, as (number, value).
pub(super) trait PhaseEnd {
    fn end(&mut self, phase: u8, columns: &[usize], values: &mut [Vec<Fr>]) -> Result<Vec<(usize, Fr)>, Failure>;
}

struct Collector<'a, P> {
    cs: &'a ConstraintSystem<Fr>,
    instance: &'a [Fr],
    usable: usize,
    advice: Columns,
    /// Denominators of cells by column and row; the cell holds the numerator until the phase ends.
    fractions: Secret<BTreeMap<(usize, usize), Fr>>,
    challenges: Vec<Option<Fr>>,
    phase: u8,
    phases: u8,
    end: &'a mut P,
    failure: Option<Failure>,
}

/// The advice columns, all phases, and the circuit's challenges.
pub(super) fn collect<C: Circuit<Fr>, P: PhaseEnd>(
    cs: &ConstraintSystem<Fr>,
    circuit: &C,
    instance: &[Fr],
    rows: usize,
    end: &mut P,
) -> Result<(Columns, Vec<Fr>), Failure> {
    let mut fresh = ConstraintSystem::default();
    let config = C::configure_with_params(&mut fresh, circuit.params());
    let phases = cs.advice_column_phase().into_iter().max().unwrap_or_default() + 1;
    let mut collector = Collector {
        cs,
        instance,
        usable: rows - (cs.blinding_factors() + 1),
        advice: Secret(vec![vec![Fr::ZERO; rows]; cs.num_advice_columns()]),
        fractions: Secret::default(),
        challenges: vec![None; cs.num_challenges()],
        phase: 0,
        phases,
        end,
        failure: None,
    };
    // A circuit that calls `next_phase` itself passes all phases in one go; the others are run once for each phase.
    while collector.phase < phases {
        C::FloorPlanner::synthesize(&mut collector, circuit, config.clone(), cs.constants().clone())
            .map_err(Failure::Halo2)?;
        if let Some(failure) = collector.failure.take() {
            return Err(failure);
        }
        if collector.phase < phases {
            collector.finish_phase();
        }
        if let Some(failure) = collector.failure.take() {
            return Err(failure);
        }
    }
    let Collector { advice, challenges, .. } = collector;
    let challenges = challenges
        .into_iter()
        .map(|c| c.ok_or(Failure::Challenge))
        .collect::<Result<_, _>>()?;
    Ok((advice, challenges))
}

impl<P: PhaseEnd> Collector<'_, P> {
    fn fail(&mut self, failure: Failure) {
        self.failure.get_or_insert(failure);
    }

    fn finish_phase(&mut self) {
        // 1/0 is 0, as the library has it.
        let mut fractions = std::mem::take(&mut self.fractions);
        fractions.0.values_mut().batch_invert();
        for ((column, row), inverse) in &fractions.0 {
            self.advice.0[*column][*row] *= inverse;
        }
        let of_phase = self.cs.advice_column_phase();
        let columns: Vec<usize> = (0..of_phase.len()).filter(|c| of_phase[*c] == self.phase).collect();
        match self.end.end(self.phase, &columns, &mut self.advice.0) {
            Ok(challenges) => {
                for (number, value) in challenges {
                    self.challenges[number] = Some(value);
                }
            }
            Err(failure) => self.fail(failure),
        }
        self.phase += 1;
    }
}

impl<P: PhaseEnd> Assignment<Fr> for Collector<'_, P> {
    fn enter_region<NR, N>(&mut self, _: N)
    where
        NR: Into<String>,
        N: FnOnce() -> NR,
    {
    }

    fn exit_region(&mut self) {}

    fn annotate_column<A, AR>(&mut self, _: A, _: Column<Any>)
    where
        A: FnOnce() -> AR,
        AR: Into<String>,
    {
    }

    fn enable_selector<A, AR>(&mut self, _: A, _: &Selector, _: usize) -> Result<(), Error>
    where
        A: FnOnce() -> AR,
        AR: Into<String>,
    {
        Ok(())
    }

    fn query_instance(&self, column: Column<Instance>, row: usize) -> Result<Value<Fr>, Error> {
        if column.index() != 0 || row >= self.usable {
            return Err(Error::BoundsFailure);
        }
        Ok(Value::known(self.instance.get(row).copied().unwrap_or(Fr::ZERO)))
    }

    /// The returned value is unknown: the library's signature would need a reference of any lifetime into this collector. Circuits here
    /// compute from their own witness, not from cells.
    fn assign_advice<'v>(
        &mut self,
        column: Column<Advice>,
        row: usize,
        to: Value<Assigned<Fr>>,
    ) -> Value<&'v Assigned<Fr>> {
        let (index, expected) = (column.index(), self.usable);
        if row >= expected {
            self.fail(Failure::Row {
                column: index,
                row,
                expected,
            });
            return Value::unknown();
        }
        // A column of a phase that is over keeps what was committed; one of a later phase may be unknown until then.
        let phase = self.cs.advice_column_phase()[index];
        if phase < self.phase {
            return Value::unknown();
        }
        let mut known = false;
        to.map(|value| {
            known = true;
            self.advice.0[index][row] = value.numerator();
            match value.denominator() {
                Some(denominator) => self.fractions.0.insert((index, row), denominator),
                None => self.fractions.0.remove(&(index, row)),
            };
        });
        if !known && phase == self.phase {
            self.fail(Failure::Unknown { column: index, row });
        }
        Value::unknown()
    }

    fn assign_fixed(&mut self, _: Column<Fixed>, _: usize, _: Assigned<Fr>) {}

    fn copy(&mut self, _: Column<Any>, _: usize, _: Column<Any>, _: usize) {}

    fn fill_from_row(&mut self, _: Column<Fixed>, _: usize, _: Value<Assigned<Fr>>) -> Result<(), Error> {
        Ok(())
    }

    fn get_challenge(&self, challenge: Challenge) -> Value<Fr> {
        match self.challenges.get(challenge.index()) {
            Some(Some(value)) => Value::known(*value),
            _ => Value::unknown(),
        }
    }

    fn push_namespace<NR, N>(&mut self, _: N)
    where
        NR: Into<String>,
        N: FnOnce() -> NR,
    {
    }

    fn pop_namespace(&mut self, _: Option<String>) {}

    fn next_phase(&mut self) {
        if self.phase < self.phases && self.failure.is_none() {
            self.finish_phase();
        }
    }
}
