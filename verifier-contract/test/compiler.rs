//! Emitted sources through the compiler, where node is: the committed artifacts are reproduced, and a key patched into a
//! compiled verifier gives what compiling the verifier of that key gives.

mod support;

use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::Circuit;
use support::{Fixture, golden_path, or_skip};
use verifier_contract::artifact::{MAX_RUNTIME, init_code, shape_sha256};
use verifier_contract::evm::Evm;
use verifier_contract::{Artifact, ArtifactError, CompileError, compile_with_node};

/// Set to 1 to write the artifacts of `test/golden` anew.
const UPDATE: &str = "ZKSETTLE_UPDATE_GOLDEN";

fn reproduces<C: Circuit<Fr> + Clone>(f: &Fixture<C>) {
    let source = f.source();
    if std::env::var(UPDATE).as_deref() == Ok("1") {
        let artifact = compile_with_node(&source, &f.contract()).unwrap();
        let text = serde_json::to_string_pretty(&artifact).unwrap();
        std::fs::write(golden_path(&f.contract()), text + "\n").unwrap();
    }
    let Some(artifact) = or_skip(compile_with_node(&source, &f.contract())) else {
        return;
    };
    let runtime = artifact.runtime.len() / 2;
    println!(
        "{}: source {} lines, runtime {runtime} bytes",
        f.contract(),
        source.lines().count()
    );
    assert!(runtime <= MAX_RUNTIME);
    assert_eq!(artifact, f.golden(), "run with {UPDATE}=1 after a wanted change");
}

#[test]
fn committed_artifacts_are_reproduced() {
    reproduces(&Fixture::synthetic(7));
    reproduces(&Fixture::plonkish(5));
}

#[test]
fn patched_runtime_equals_a_fresh_compilation() {
    for seed in [20, 21] {
        let f = Fixture::synthetic(seed);
        let Some(fresh) = or_skip(compile_with_node(&f.source(), &f.contract())) else {
            return;
        };
        let patched = f.runtime();
        // The artifacts differ in the creation code alone, which holds the key.
        let golden = f.golden();
        assert_eq!(fresh.runtime, golden.runtime);
        assert_eq!(fresh.immutables, golden.immutables);
        assert_eq!(fresh.shape_sha256, golden.shape_sha256);
        assert_ne!(fresh.creation, golden.creation);

        // What the constructor of the fresh verifier leaves on the chain is the patched runtime.
        let mut evm = Evm::default();
        let constructed = evm.deploy(&fresh.creation_bytes().unwrap()).unwrap();
        assert!(evm.code(constructed.address) == patched);
        let copied = evm.deploy(&init_code(&patched).unwrap()).unwrap();
        assert!(evm.code(copied.address) == patched);
        println!(
            "deployment: {} gas by constructor, {} gas by copy",
            constructed.gas_used, copied.gas_used
        );
        let words = f.instance_words();
        let call = verifier_contract::calldata::verify(&f.argument(&f.prove(), &words), &words);
        assert!(evm.call(constructed.address, &call).unwrap().success);
        assert!(evm.call(copied.address, &call).unwrap().success);
    }
}

#[test]
fn artifacts_of_other_circuits_are_refused() {
    let (synthetic, plonkish) = (Fixture::synthetic(7), Fixture::plonkish(5));
    let patch = |artifact: &Artifact| artifact.patch_runtime(synthetic.vk(), &synthetic.setup(), &synthetic.meta);
    let mut artifact = plonkish.golden();
    assert!(matches!(patch(&artifact), Err(ArtifactError::WrongContract { .. })));
    artifact.name = synthetic.contract();
    assert!(matches!(patch(&artifact), Err(ArtifactError::ShapeMismatch { .. })));

    // Names of immutables and blank places are checked too, should the hash have been edited.
    artifact.shape_sha256 = shape_sha256(synthetic.vk(), &synthetic.setup(), &synthetic.meta).unwrap();
    assert!(matches!(patch(&artifact), Err(ArtifactError::WrongImmutables { .. })));
    let mut artifact = synthetic.golden();
    artifact.immutables.insert("F0_X".into(), vec![0]);
    assert!(matches!(patch(&artifact), Err(ArtifactError::NotBlank { .. })));

    // Another number of rows is another shape.
    let mut meta = synthetic.meta.clone();
    meta.k += 1;
    let found = synthetic
        .golden()
        .patch_runtime(synthetic.vk(), &synthetic.setup(), &meta);
    assert!(matches!(found, Err(ArtifactError::Emit(_))));
}

#[test]
fn compiler_errors_are_reported() {
    let Some(error) = or_skip(match compile_with_node("contract A { uint x = y; }", "A") {
        Err(error @ CompileError::Refused { .. }) => Ok(error),
        Err(error) => Err(error),
        Ok(artifact) => panic!("compiled: {artifact:?}"),
    }) else {
        return;
    };
    assert!(error.to_string().contains("Undeclared identifier"), "{error}");
}
