//! circom and snarkjs, from npm: Groth16 without anything to install.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::Failure;
use crate::job::{DEPTH, Job};
use crate::measure::Report;
use crate::noir::input;
use crate::poseidon::Hash;
use crate::runner::Folder;
use crate::{Run, Statement};

const SNARKJS: &str = "node_modules/snarkjs/build/cli.cjs";
const CIRCOM: &str = "node_modules/circom2/cli.js";

/// Runs a row.
pub(crate) fn run(run: &Run, folder: &Folder, job: &Path, statement: Statement) -> Result<Report, Failure> {
    let job = Job::load(job)?;
    let n = job.accounts.len();
    fs::write(
        folder.at("input.json"),
        serde_json::to_string(&input(&job, Hash::Circomlib, statement)?)?,
    )?;
    let (template, claimed) = match statement {
        Statement::Membership => ("Membership", "digest"),
        Statement::Update => ("Update", "new_book"),
    };
    let main = format!(
        "pragma circom 2.1.0;\ninclude \"settle.circom\";\ncomponent main {{public [price, book, {claimed}, total]}} = {template}({n}, {DEPTH});\n"
    );
    fs::write(folder.at("main.circom"), main)?;
    fs::copy(crate::root().join("circom/settle.circom"), folder.at("settle.circom"))?;
    // circom2 is a sandbox: it sees the folder it runs in.
    fs::create_dir_all(folder.at("circomlib"))?;
    copy_tree(
        &crate::root().join("node_modules/circomlib/circuits"),
        &folder.at("circomlib/circuits"),
    )?;
    let compile = folder.node(
        CIRCOM,
        &["main.circom", "--r1cs", "--wasm", "--O2", "-l", ".", "-o", "."],
    )?;
    let (constraints, power) = size(&fs::read(folder.at("main.r1cs"))?)?;
    let ptau = ptau(run, folder, power)?;
    let ptau = ptau.to_string_lossy();
    let setup = folder.node(SNARKJS, &["groth16", "setup", "main.r1cs", &ptau, "main.zkey"])?;
    folder.node(SNARKJS, &["zkey", "export", "verificationkey", "main.zkey", "vk.json"])?;
    let witness = folder.node(
        SNARKJS,
        &["wtns", "calculate", "main_js/main.wasm", "input.json", "main.wtns"],
    )?;
    let mut proofs = Vec::new();
    let mut peak_bytes = 0;
    for _ in 0..run.runs.max(1) {
        let done = folder.node(
            SNARKJS,
            &[
                "groth16",
                "prove",
                "main.zkey",
                "main.wtns",
                "proof.json",
                "public.json",
            ],
        )?;
        proofs.push(done.cost);
        peak_bytes = peak_bytes.max(done.peak_bytes);
    }
    let verify = folder.node(SNARKJS, &["groth16", "verify", "vk.json", "public.json", "proof.json"])?;
    folder.node(
        SNARKJS,
        &["zkey", "export", "solidityverifier", "main.zkey", "Verifier.sol"],
    )?;
    let contract: Value = serde_json::from_str(&folder.node("evm.mjs", &["groth16", "."])?.stdout)?;
    Ok(Report {
        size: format!("{constraints} constraints"),
        compile: Some(compile.cost),
        setup: setup.cost,
        witness: witness.cost,
        proofs,
        peak_bytes,
        // Two points of the first group, one of the second.
        proof_bytes: 256,
        verify: Some(verify.cost),
        gas: contract["gas"].as_u64(),
        note: "verified by snarkjs (a process of its own) and by its contract".to_owned(),
    })
}

fn copy_tree(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Constraints of a file of circom, and the power of two that Groth16 takes for them.
fn size(r1cs: &[u8]) -> Result<(u32, u32), Failure> {
    let word = |at: usize| -> Result<u32, Failure> {
        let bytes = r1cs.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes
            .map(u32::from_le_bytes)
            .ok_or_else(|| Failure::new("main.r1cs: expected more bytes"))
    };
    let mut at = 12;
    for _ in 0..word(8)? {
        let (number, length) = (word(at)?, word(at + 4)? as usize);
        at += 12;
        if number == 1 {
            // Field size, modulus, wires, outputs, public inputs, private inputs, labels (64 bits), constraints.
            let field = at + 4 + word(at)? as usize;
            let public = word(field + 4)? + word(field + 8)?;
            let constraints = word(field + 24)?;
            return Ok((constraints, (constraints + public).ilog2() + 1));
        }
        at += length;
    }
    Err(Failure::new("main.r1cs: expected a header"))
}

/// Powers of tau for a size, made where they are not there yet.
fn ptau(run: &Run, folder: &Folder, power: u32) -> Result<PathBuf, Failure> {
    let path = run.work.join(format!("powers-{power}.ptau"));
    if !path.is_file() {
        let (power, out) = (power.to_string(), path.to_string_lossy().into_owned());
        folder.command(&std::env::current_exe()?, &["ptau", &power, &out])?;
    }
    Ok(path)
}
