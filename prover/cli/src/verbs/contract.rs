//! `contract`: the verifier's source and code, and the calls that carry proofs to it.

use std::fs;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use prover::error::ProofFileError;
use prover::proof_file::ProofFile;
use serde_json::json;
use verifier_contract::calldata;
use witness_gen::statement::settlement::Instance;
use witness_gen::store::write_whole;

use crate::errors::Failure;
use crate::evm;
use crate::output::Output;
use crate::setups;

/// The verifier contract.
#[derive(Debug, Subcommand)]
pub(crate) enum Contract {
    /// Writes the Solidity source of a size's verifier, and its runtime code where an artifact or a compiler is there.
    Emit(Emit),
    /// The calldata that carries a proof file to the rollup's `settle` and to the verifier's `verify`.
    Calldata(Calldata),
}

/// Which verifier.
#[derive(Debug, Args)]
pub(crate) struct Emit {
    /// The setup: a ceremony's file, or one that `srs` stored.
    #[arg(long)]
    srs: PathBuf,
    /// The size of the circuit. Default: the largest that the setup allows, at most m.
    #[arg(long)]
    size: Option<String>,
    /// The folder to write to.
    #[arg(long)]
    out: PathBuf,
}

/// Which proof.
#[derive(Debug, Args)]
pub(crate) struct Calldata {
    /// The proof file. Its proof is not verified here: `verify` does that.
    file: PathBuf,
}

impl Contract {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        match self {
            Self::Emit(verb) => emit(out, &verb),
            Self::Calldata(verb) => calls(out, &verb),
        }
    }
}

fn emit(out: Output, emit: &Emit) -> Result<(), Failure> {
    let (setup, size) = setups::load_for(out, &emit.srs, emit.size.as_deref())?;
    setups::warn_if_insecure(out, &setup);
    let (_, cached) = setups::keys(out, &setup, size)?;
    let contract = format!("{}Verifier", evm::meta(&size).name);
    let source = evm::source(&cached.keys, &setup, &size)?;
    fs::create_dir_all(&emit.out).map_err(|error| Failure::io(&emit.out, "a folder that can be made", &error))?;
    let path = emit.out.join(format!("{contract}.sol"));
    write_whole(&path, source.as_bytes())?;
    let mut text = format!("{}: {} bytes of source", path.display(), source.len());
    let spinner = out.spinner("compiling");
    let (code, reason) = match evm::runtime(&cached.keys, &setup, &size) {
        Ok(code) => (Some(code), None),
        Err(failure) => (None, Some(failure.message)),
    };
    drop(spinner);
    let runtime = emit.out.join(format!("{contract}.runtime.hex"));
    if let Some(code) = &code {
        write_whole(&runtime, hex::encode(code).as_bytes())?;
        text.push_str(&format!("\n{}: {} bytes of code", runtime.display(), code.len()));
    }
    if let Some(reason) = &reason {
        out.warn(&format!("no runtime code: {reason}"));
    }
    text.push_str(&format!(
        "\nkey digest {}\nsetup {}",
        cached.keys.digest,
        setup.provenance()
    ));
    let value = json!({
        "contract": contract,
        "source": path,
        "source_bytes": source.len(),
        "runtime": code.as_ref().map(|_| &runtime),
        "runtime_bytes": code.as_ref().map(Vec::len),
        "key_digest": cached.keys.digest,
        "contract_key_digest": format!("0x{}", hex::encode(evm::digest(&cached.keys, &setup, &size)?)),
        "setup": setup.provenance(),
        "setup_insecure": setup.insecure(),
    });
    out.result(&value, &text)
}

fn calls(out: Output, verb: &Calldata) -> Result<(), Failure> {
    let named = |error: ProofFileError| Failure::from(error).about(&verb.file);
    let file = ProofFile::read(&verb.file).map_err(named)?;
    let values = file.values();
    let instance = Instance::from_fields(&values).map_err(|error| Failure::from(error).about(&verb.file))?;
    let words: Vec<[u8; 32]> = values.iter().map(evm::word).collect();
    let hex = |bytes: Vec<u8>| format!("0x{}", hex::encode(bytes));
    let settle = hex(evm::settle_calldata(&instance, &file.proof));
    let verify = hex(calldata::verify(&file.proof, &words));
    let text = format!("settle {settle}\nverify {verify}");
    out.result(
        &json!({ "settle": settle, "verify": verify, "key_digest": file.key_digest }),
        &text,
    )
}
