//! Lookups: the input sorted by the table's order, and the running product.

use std::collections::HashMap;

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;

use super::Failure;
use super::permutation::{quotients, running};
use super::secret::{Column, Secret};

/// Input and table as the argument wants them: equal inputs stand together, each run beside its table value in its first row.
pub(super) struct Permuted {
    pub(super) input: Column,
    pub(super) table: Column,
}

/// The first row of each value of a table.
fn first_rows(table: &[Fr]) -> HashMap<Fr, u32> {
    let mut first = HashMap::with_capacity(table.len());
    for (row, value) in table.iter().enumerate() {
        first.entry(*value).or_insert(row as u32);
    }
    first
}

/// The first of the `usable` rows whose input is not in the table.
pub(super) fn missing(input: &[Fr], table: &[Fr], usable: usize) -> Option<usize> {
    let first = first_rows(&table[..usable]);
    input[..usable].iter().position(|value| !first.contains_key(value))
}

/// Sorts the first `usable` rows. The runs follow the order in which the table first has their values, so the result depends on nothing
/// but the two lists. The results have room for all rows, so a caller that adds the others moves nothing.
pub(super) fn permuted(name: &str, input: &[Fr], table: &[Fr], usable: usize) -> Result<Permuted, Failure> {
    let rows = input.len();
    let (input, table) = (&input[..usable], &table[..usable]);
    // Only asked, never walked: its order is not seen.
    let first = first_rows(table);
    let mut counts = Secret(vec![0u32; usable]);
    for (row, value) in input.iter().enumerate() {
        match first.get(value) {
            Some(at) => counts.0[*at as usize] += 1,
            None => {
                return Err(Failure::Lookup {
                    name: name.to_owned(),
                    row,
                });
            }
        }
    }
    let mut out = Permuted {
        input: Secret(Vec::with_capacity(rows)),
        table: Secret(Vec::with_capacity(rows)),
    };
    // Table rows that open no run fill the other places of runs: as many as there are, for both lists have `usable` rows.
    let mut left = (0..usable).filter(|row| counts.0[*row] == 0).map(|row| table[row]);
    for (row, count) in counts.0.iter().enumerate().filter(|(_, count)| **count > 0) {
        for i in 0..*count {
            out.input.0.push(table[row]);
            out.table.0.push(if i == 0 {
                table[row]
            } else {
                left.next().unwrap_or(Fr::ZERO)
            });
        }
    }
    Ok(out)
}

/// The running product over all rows; the rows from `usable + 1` on are the caller's to blind.
pub(super) fn product(input: &[Fr], table: &[Fr], permuted: &Permuted, (beta, gamma): (Fr, Fr)) -> Column {
    let factors = quotients(input.len(), |row| {
        let numerator = (input[row] + beta) * (table[row] + gamma);
        (
            numerator,
            (permuted.input.0[row] + beta) * (permuted.table.0[row] + gamma),
        )
    });
    running(Fr::ONE, &factors.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(values: &[u64]) -> Vec<Fr> {
        values.iter().map(|v| Fr::from(*v)).collect()
    }

    #[test]
    fn runs_stand_beside_their_table_value() {
        let (input, table) = (list(&[7, 5, 7, 7, 5, 9]), list(&[5, 6, 7, 7, 8, 9]));
        let sorted = permuted("test", &input, &table, 6).expect("every input is in the table");
        assert_eq!(sorted.input.0, list(&[5, 5, 7, 7, 7, 9]));
        assert_eq!(sorted.table.0, list(&[5, 6, 7, 7, 8, 9]));
    }

    #[test]
    fn an_input_outside_the_table_is_named_by_its_row() {
        let failure = permuted("limbs", &list(&[1, 4, 2]), &list(&[1, 2, 3]), 3);
        assert!(matches!(failure, Err(Failure::Lookup { name, row: 1 }) if name == "limbs"));
    }
}
