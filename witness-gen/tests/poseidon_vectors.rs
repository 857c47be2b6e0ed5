//! All rows of the circomlib Poseidon vectors, by the library and by the textbook permutation.
#![allow(missing_docs)]

#[path = "support/circomlib.rs"]
mod circomlib;
mod support;

use circomlib::{FULL_ROUNDS, PARTIAL_ROUNDS, parameters};
use ff::{Field, PrimeField};
use halo2curves::bn256::Fr;
use num_bigint::BigUint;
use witness_gen::poseidon::{MAX_INPUTS, hash_n, hash4};

/// The permutation as the paper writes it: constants, S-boxes, matrix, in every round.
fn textbook<const T: usize, const RATE: usize>(inputs: &[Fr]) -> Fr {
    let (constants, mds) = parameters::<T, RATE>();
    let mut state = [Fr::ZERO; T];
    state[1..].copy_from_slice(inputs);
    let partial = FULL_ROUNDS / 2..FULL_ROUNDS / 2 + PARTIAL_ROUNDS[T - 2];
    for (round, constants) in constants.iter().enumerate() {
        for (word, constant) in state.iter_mut().zip(constants) {
            *word += constant;
        }
        let boxes = if partial.contains(&round) { 1 } else { T };
        for word in &mut state[..boxes] {
            *word = word.square().square() * *word;
        }
        state = std::array::from_fn(|i| mds[i].iter().zip(&state).map(|(m, s)| *m * s).sum());
    }
    state[0]
}

fn textbook_of(inputs: &[Fr]) -> Fr {
    macro_rules! widths {
        ($($rate:literal => $t:literal),*) => {
            match inputs.len() { $($rate => textbook::<$t, $rate>(inputs),)* n => panic!("no width for {n} inputs") }
        };
    }
    widths!(1 => 2, 2 => 3, 3 => 4, 4 => 5, 5 => 6, 6 => 7, 7 => 8, 8 => 9, 9 => 10, 10 => 11, 11 => 12,
        12 => 13, 13 => 14, 14 => 15, 15 => 16, 16 => 17)
}

fn field(decimal: &str) -> Fr {
    Fr::from_str_vartime(decimal).expect("a decimal below the modulus")
}

#[test]
fn all_rows_of_the_published_vectors() {
    let Some(rows) = support::reference_rows("poseidon_bn254_vectors.csv") else {
        return;
    };
    let mut by_library = 0;
    for row in &rows {
        let inputs: Vec<Fr> = row[3].split(' ').map(field).collect();
        assert_eq!(inputs.len().to_string(), row[1]);
        let expected = field(&row[4]);
        let digits = BigUint::parse_bytes(&row[5].as_bytes()[2..], 16).expect("a hexadecimal number");
        assert_eq!(BigUint::from_bytes_le(expected.to_repr().as_ref()), digits);
        assert_eq!(textbook_of(&inputs), expected, "textbook: {row:?}");
        match hash_n(&inputs) {
            Ok(hash) => {
                assert_eq!(hash, expected, "library: {row:?}");
                by_library += 1;
            }
            Err(error) => assert!(inputs.len() > MAX_INPUTS, "{error}"),
        }
        if let [a, b, c, d] = inputs[..] {
            assert_eq!(hash4([a, b, c, d]), expected);
        }
    }
    println!(
        "poseidon: {} rows by the textbook permutation, {by_library} of them by the library",
        rows.len()
    );
}

#[test]
fn other_numbers_of_inputs_are_refused() {
    assert!(hash_n(&[]).is_err());
    assert!(hash_n(&[Fr::ZERO; MAX_INPUTS + 1]).is_err());
}
