//! Lookups: the input sorted by the table's order, and the running product.

use std::collections::HashMap;

use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;

use super::Failure;
use super::permutation::{quotients, running};

/// Input and table as the argument wants them: equal inputs stand together, each run beside its table value in its first row.
pub(super) struct Permuted {
    pub(super) input: Vec<Fr>,
    pub(super) table: Vec<Fr>,
}

/// Sorts the first `usable` rows. The runs follow the order in which the table first has their values, so the result depends on nothing
/// but the two lists.
pub(super) fn permuted(name: &str, input: &[Fr], table: &[Fr], usable: usize) -> Result<Permuted, Failure> {
    let (input, table) = (&input[..usable], &table[..usable]);
    // Only asked, never walked: its order is not seen.
    let mut first: HashMap<Fr, u32> = HashMap::with_capacity(usable);
    let mut counts = vec![0u32; usable];
    for (row, value) in table.iter().enumerate() {
        first.entry(*value).or_insert(row as u32);
    }
    for (row, value) in input.iter().enumerate() {
        match first.get(value) {
            Some(at) => counts[*at as usize] += 1,
            None => {
                return Err(Failure::Lookup {
                    name: name.to_owned(),
                    row,
                });
            }
        }
    }
    let mut out = Permuted {
        input: Vec::with_capacity(usable),
        table: Vec::with_capacity(usable),
    };
    // Table rows that open no run fill the other places of runs: as many as there are, for both lists have `usable` rows.
    let mut left = (0..usable).filter(|row| counts[*row] == 0).map(|row| table[row]);
    for (row, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        for i in 0..*count {
            out.input.push(table[row]);
            out.table.push(if i == 0 {
                table[row]
            } else {
                left.next().unwrap_or(Fr::ZERO)
            });
        }
    }
    Ok(out)
}

/// The running product over all rows; the rows from `usable + 1` on are the caller's to blind.
pub(super) fn product(input: &[Fr], table: &[Fr], permuted: &Permuted, (beta, gamma): (Fr, Fr)) -> Vec<Fr> {
    let factors = quotients(input.len(), |row| {
        let numerator = (input[row] + beta) * (table[row] + gamma);
        (numerator, (permuted.input[row] + beta) * (permuted.table[row] + gamma))
    });
    running(Fr::ONE, &factors)
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
        assert_eq!(sorted.input, list(&[5, 5, 7, 7, 7, 9]));
        assert_eq!(sorted.table, list(&[5, 6, 7, 7, 8, 9]));
    }

    #[test]
    fn an_input_outside_the_table_is_named_by_its_row() {
        let failure = permuted("limbs", &list(&[1, 4, 2]), &list(&[1, 2, 3]), 3);
        assert!(matches!(failure, Err(Failure::Lookup { name, row: 1 }) if name == "limbs"));
    }
}
