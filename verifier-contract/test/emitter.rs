//! What the emitter refuses.

mod support;

use halo2_proofs::circuit::{Layouter, SimpleFloorPlanner};
use halo2_proofs::halo2curves::bn256::{Bn256, Fr};
use halo2_proofs::plonk::{Circuit, ConstraintSystem, Error, keygen_vk};
use halo2_proofs::poly::Rotation;
use halo2_proofs::poly::kzg::commitment::ParamsKZG;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use support::Fixture;
use verifier_contract::{EmitError, KeyError, Meta, SetupG2, emit_solidity};

const K: u32 = 5;

/// What is wrong with the circuit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Fault {
    #[default]
    None,
    NoInstance,
    TwoInstances,
    UnusedInstance,
    RotatedInstance,
    UnusedAdvice,
    CollidingRotations,
}

#[derive(Clone, Debug)]
struct Faulty(Fault);

impl Circuit<Fr> for Faulty {
    type Config = halo2_proofs::plonk::Column<halo2_proofs::plonk::Fixed>;
    type FloorPlanner = SimpleFloorPlanner;
    type Params = Fault;

    fn params(&self) -> Fault {
        self.0
    }

    fn without_witnesses(&self) -> Self {
        self.clone()
    }

    fn configure(_: &mut ConstraintSystem<Fr>) -> Self::Config {
        unreachable!("configured with parameters")
    }

    fn configure_with_params(meta: &mut ConstraintSystem<Fr>, fault: Fault) -> Self::Config {
        let fixed = meta.fixed_column();
        let advice = meta.advice_column();
        let instances = match fault {
            Fault::NoInstance => 0,
            Fault::TwoInstances => 2,
            _ => 1,
        };
        let instances: Vec<_> = (0..instances).map(|_| meta.instance_column()).collect();
        if fault == Fault::UnusedAdvice {
            meta.advice_column();
        }
        meta.create_gate("gate", |meta| {
            let q = meta.query_fixed(fixed, Rotation::cur());
            let mut sum = meta.query_advice(advice, Rotation::cur());
            if fault == Fault::CollidingRotations {
                sum = sum + meta.query_advice(advice, Rotation(1 << K));
            }
            if fault != Fault::UnusedInstance {
                for instance in instances {
                    let rotation = Rotation(i32::from(fault == Fault::RotatedInstance));
                    sum = sum - meta.query_instance(instance, rotation);
                }
            }
            vec![q * sum]
        });
        fixed
    }

    fn synthesize(&self, fixed: Self::Config, mut layouter: impl Layouter<Fr>) -> Result<(), Error> {
        layouter.assign_region(
            || "one",
            |mut region| {
                region.assign_fixed(fixed, 0, Fr::from(1));
                Ok(())
            },
        )
    }
}

fn emitted(fault: Fault) -> Result<String, EmitError> {
    let params = ParamsKZG::<Bn256>::setup(K, ChaCha20Rng::seed_from_u64(1));
    let vk = keygen_vk(&params, &Faulty(fault)).unwrap();
    let meta = Meta {
        name: "Faulty".into(),
        statement: "faulty".into(),
        size: "xs".into(),
        k: K,
        instances: 3,
        equal_columns: Vec::new(),
    };
    emit_solidity(&vk, &SetupG2::from(&params), &meta)
}

#[test]
fn unsupported_circuits_are_refused() {
    assert!(emitted(Fault::None).is_ok());
    for (fault, reason) in [
        (Fault::NoInstance, "0 instance columns, expected 1"),
        (Fault::TwoInstances, "2 instance columns, expected 1"),
        (Fault::UnusedInstance, "an instance column that no gate queries"),
        (
            Fault::RotatedInstance,
            "instance queries at rotations [1], expected [0]",
        ),
        (Fault::UnusedAdvice, "advice column 1, which no gate queries"),
    ] {
        let what = reason.to_owned();
        assert_eq!(emitted(fault), Err(EmitError::Unsupported { what }));
    }
    let collision = EmitError::RotationsCollide {
        k: K,
        first: 0,
        second: 1 << K,
    };
    assert_eq!(emitted(Fault::CollidingRotations), Err(collision));
}

#[test]
fn bad_keys_are_refused() {
    let f = Fixture::synthetic(7);
    let (setup, meta) = (f.setup(), &f.meta);
    let refused = |setup: &SetupG2, meta: &Meta| match emit_solidity(f.vk(), setup, meta) {
        Err(EmitError::Key(error)) => error,
        other => panic!("{:?}", other.map(|source| source.len())),
    };
    let trivial = SetupG2 {
        s_g2: setup.g2,
        ..setup
    };
    assert_eq!(refused(&trivial, meta), KeyError::TrivialSecret);
    let mut other = meta.clone();
    other.k = 9;
    let wrong = KeyError::WrongSize { expected: 9, found: 10 };
    assert_eq!(refused(&setup, &other), wrong);

    let mut plonkish = Fixture::plonkish(5);
    plonkish.meta.equal_columns.clear();
    let pairs = vec![("F3".to_owned(), "F4".to_owned())];
    let found = emit_solidity(plonkish.vk(), &plonkish.setup(), &plonkish.meta);
    assert_eq!(found, Err(KeyError::Duplicates { pairs }.into()));
}

#[test]
fn names_that_would_break_the_source_are_refused() {
    let f = Fixture::plonkish(5);
    let emitted = |change: &dyn Fn(&mut Meta)| {
        let mut meta = f.meta.clone();
        change(&mut meta);
        emit_solidity(f.vk(), &f.setup(), &meta)
    };
    for name in ["", "lower", "Two Words", "A;B", "Ä"] {
        let found = emitted(&|meta| meta.name = name.into());
        assert!(matches!(found, Err(EmitError::InvalidName { .. })), "{name}");
    }
    for label in ["a\"b", "a\\b", "a\nb", "é"] {
        let found = emitted(&|meta| meta.statement = label.into());
        assert!(matches!(found, Err(EmitError::InvalidLabel { .. })), "{label}");
    }
}
