//! `contract`: the verifier's source and code, and the calls that carry proofs to it.

use std::fs;
use std::path::PathBuf;

use circuits::risk::{Part, Unit};
use circuits::size::Size;
use circuits::{liquidation, risk, solvency};
use clap::{Args, Subcommand, ValueEnum};
use prover::error::{ProofFileError, SrsError};
use prover::keys::Keys;
use prover::proof_file::ProofFile;
use prover::srs::Setup;
use serde_json::json;
use verifier_contract::calldata;
use witness_gen::statement::settlement::Instance;
use witness_gen::statement::{liquidation as batch, solvency as account};
use witness_gen::store::write_whole;

use crate::errors::Failure;
use crate::evm::{self, BatchCalls, Hinter, Verifiable};
use crate::output::Output;
use crate::setups;

/// The verifier contract.
#[derive(Debug, Subcommand)]
pub(crate) enum Contract {
    /// Writes the Solidity source of a size's verifier, and its runtime code where an artifact or a compiler is there.
    Emit(Emit),
    /// The calldata that carries a proof file to the rollup, in three calls, and to the verifier's `verify`.
    Calldata(Calldata),
}

/// Whose verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatementName {
    /// A batch of accounts settles an expiry.
    Settlement,
    /// A hidden account meets a requirement.
    Solvency,
    /// A batch of accounts is liquidated.
    Liquidation,
    /// Rows of the risk arrays of neighbouring series, in quote.
    RiskSegment,
    /// The same, of a listing in coin.
    RiskSegmentInCoin,
    /// The contexts of risk arrays.
    RiskMarket,
}

/// Which verifier.
#[derive(Debug, Args)]
pub(crate) struct Emit {
    /// The statement that it verifies.
    #[arg(long, value_enum, default_value = "settlement")]
    statement: StatementName,
    /// The setup: a ceremony's file, or one that `srs` stored.
    #[arg(long)]
    srs: PathBuf,
    /// The size of the circuit: xs to xl, of solvency 8, 32 or 128, of liquidations xs to l, of risk arrays 4, 16 or 64. Default: the largest that
    /// the setup allows, of settlement at most m.
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
    /// Selector of the verifier at the router: the first four bytes of its key digest, which `contract emit` prints. Without it there is no
    /// call of `proveBatches`.
    #[arg(long)]
    selector: Option<String>,
    /// The setup, for the key that the inverse behind the proof depends on. Default: the one in the cache that the file names.
    #[arg(long)]
    srs: Option<PathBuf>,
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
    match emit.statement {
        StatementName::Settlement => {
            let (setup, size) = setups::load_for(out, &emit.srs, emit.size.as_deref())?;
            setups::warn_if_insecure(out, &setup);
            let (_, cached) = setups::keys(out, &setup, size)?;
            write_verifier(out, emit, &setup, &cached.keys, &size)
        }
        StatementName::Solvency => {
            let (setup, size) = setup_for(out, emit, &solvency::SIZES, |size| (size.name, size.k))?;
            let (_, cached) = setups::solvency_keys(out, &setup, size)?;
            write_verifier(out, emit, &setup, &cached.keys, &size)
        }
        StatementName::Liquidation => {
            let (setup, size) = setup_for(out, emit, &liquidation::SIZES, |size| (size.name, size.k))?;
            let (_, cached) = setups::liquidation_keys(out, &setup, size)?;
            write_verifier(out, emit, &setup, &cached.keys, &size)
        }
        StatementName::RiskSegment => risk_part(out, emit, Part::Segment(Unit::Quote)),
        StatementName::RiskSegmentInCoin => risk_part(out, emit, Part::Segment(Unit::Coin)),
        StatementName::RiskMarket => risk_part(out, emit, Part::Market),
    }
}

fn risk_part(out: Output, emit: &Emit, part: Part) -> Result<(), Failure> {
    let fits = |size: &risk::Size| match part {
        Part::Segment(unit) => unit.fits(size),
        Part::Market => true,
    };
    let sizes: Vec<risk::Size> = risk::SIZES.into_iter().filter(fits).collect();
    let (setup, size) = setup_for(out, emit, &sizes, |size| (size.name, size.k))?;
    let made = setups::risk_keys(out, &setup, part, size)?;
    write_verifier(out, emit, &setup, &made.keys, &(part, size))
}

/// The setup of the size asked for; without one, of the largest that it allows.
fn setup_for<S: Copy>(
    out: Output,
    emit: &Emit,
    sizes: &[S],
    of: impl Fn(&S) -> (&'static str, u32),
) -> Result<(Setup, S), Failure> {
    let named = |name: &String| {
        let found = sizes.iter().find(|size| of(size).0 == name);
        let names = || sizes.iter().map(|size| of(size).0).collect::<Vec<_>>().join(", ");
        found.ok_or_else(|| Failure::usage(format!("size: expected one of {}, found {name}", names())))
    };
    if let Some(name) = &emit.size {
        let size = *named(name)?;
        let setup = setups::load_of(out, &emit.srs, of(&size).1)?;
        setups::warn_if_insecure(out, &setup);
        return Ok((setup, size));
    }
    // Sizes stand smallest first.
    let mut last = None;
    for size in sizes.iter().rev() {
        match setups::load(out, &emit.srs, of(size).1) {
            Ok(setup) => {
                setups::warn_if_insecure(out, &setup);
                return Ok((setup, *size));
            }
            Err(error @ SrsError::Size { .. }) => last = Some(error),
            Err(error) => return Err(Failure::from(error).about(&emit.srs)),
        }
    }
    // Invariant: every statement has a size, so there was an error.
    let error = last.map_or_else(|| Failure::internal("no size"), Failure::from);
    Err(error.about(&emit.srs))
}

/// Writes the source, and the runtime code if an artifact or a compiler gives it.
fn write_verifier(out: Output, emit: &Emit, setup: &Setup, keys: &Keys, size: &impl Verifiable) -> Result<(), Failure> {
    let contract = format!("{}Verifier", size.meta().name);
    let source = evm::source(keys, setup, size)?;
    fs::create_dir_all(&emit.out).map_err(|error| Failure::io(&emit.out, "a folder that can be made", &error))?;
    let path = emit.out.join(format!("{contract}.sol"));
    write_whole(&path, source.as_bytes())?;
    let mut text = format!("{}: {} bytes of source", path.display(), source.len());
    let spinner = out.spinner("compiling");
    let (code, reason) = match evm::runtime(keys, setup, size) {
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
    text.push_str(&format!("\nkey digest {}\nsetup {}", keys.digest, setup.provenance()));
    let value = json!({
        "contract": contract,
        "source": path,
        "source_bytes": source.len(),
        "runtime": code.as_ref().map(|_| &runtime),
        "runtime_bytes": code.as_ref().map(Vec::len),
        "key_digest": keys.digest,
        "contract_key_digest": format!("0x{}", hex::encode(evm::digest(keys, setup, size)?)),
        "setup": setup.provenance(),
        "setup_insecure": setup.insecure(),
    });
    out.result(&value, &text)
}

fn calls(out: Output, verb: &Calldata) -> Result<(), Failure> {
    let named = |error: ProofFileError| Failure::from(error).about(&verb.file);
    let file = ProofFile::read(&verb.file).map_err(named)?;
    let values = file.values();
    let words: Vec<[u8; 32]> = values.iter().map(evm::word).collect();
    let hex = |bytes: Vec<u8>| format!("0x{}", hex::encode(bytes));
    let checked = match file.statement.as_str() {
        prover::solvency::STATEMENT => Some(
            account::Instance::from_fields(&values)
                .map_err(|error| error.to_string())
                .err(),
        ),
        prover::liquidation::STATEMENT => Some(
            batch::Instance::from_fields(&values)
                .map_err(|error| error.to_string())
                .err(),
        ),
        _ => None,
    };
    if let Some(wrong) = checked {
        return match wrong {
            Some(error) => Err(Failure::rejected(error).about(&verb.file)),
            None => {
                let argument = hinter(out, verb, &file)?.argument(&file.proof, &words)?;
                let verify = hex(calldata::verify(&argument, &words));
                out.result(
                    &json!({ "verify": verify, "key_digest": file.key_digest }),
                    &format!("verify {verify}"),
                )
            }
        };
    }
    let instance = Instance::from_fields(&values).map_err(|error| Failure::from(error).about(&verb.file))?;
    let key = selector(verb.selector.as_deref())?;
    let argument = hinter(out, verb, &file)?.argument(&file.proof, &words)?;
    let verify = hex(calldata::verify(&argument, &words));
    let calls = BatchCalls::of(&instance, &argument, key.unwrap_or_default());
    let (commit, prove, execute) = (hex(calls.commit), key.map(|_| hex(calls.prove)), hex(calls.execute));
    let text = format!(
        "commitBatch {commit}\nproveBatches {}\nexecuteBatches {execute}\nverify {verify}",
        prove.as_deref().unwrap_or("(needs --selector)")
    );
    let value = json!({
        "commit": commit,
        "prove": prove,
        "execute": execute,
        "verify": verify,
        "key_digest": file.key_digest,
    });
    out.result(&value, &text)
}

/// Four bytes in hexadecimal, with or without `0x`.
fn selector(text: Option<&str>) -> Result<Option<[u8; 4]>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let mut bytes = [0; 4];
    match hex::decode_to_slice(digits, &mut bytes) {
        Ok(()) => Ok(Some(bytes)),
        Err(error) => Err(Failure::usage(format!(
            "selector: expected 4 bytes in hexadecimal, found {text}: {error}"
        ))),
    }
}

/// The key that a proof file names, for the inverse behind its proof.
fn hinter(out: Output, verb: &Calldata, file: &ProofFile) -> Result<Hinter, Failure> {
    let unknown =
        || Failure::rejected(format!("size: expected a known size, found {:.40}", file.size)).about(&verb.file);
    let setup = |k: u32| match &verb.srs {
        Some(path) => setups::load_of(out, path, k),
        None => setups::for_proof(out, &file.setup, k),
    };
    let checked = |keys: &Keys, size: &dyn Fn(&Keys) -> Hinter| {
        if keys.digest != file.key_digest {
            let (expected, found) = (&keys.digest, &file.key_digest);
            let failure = Failure::rejected(format!("key digest: expected {expected}, found {found}"));
            return Err(failure.about(&verb.file));
        }
        Ok(size(keys))
    };
    match file.statement.as_str() {
        prover::solvency::STATEMENT => {
            let size = solvency::Size::by_name(&file.size).ok_or_else(unknown)?;
            let (_, cached) = setups::solvency_keys(out, &setup(size.k)?, size)?;
            checked(&cached.keys, &|keys| Hinter::new(keys, &size))
        }
        prover::liquidation::STATEMENT => {
            let size = liquidation::Size::by_name(&file.size).ok_or_else(unknown)?;
            let (_, cached) = setups::liquidation_keys(out, &setup(size.k)?, size)?;
            checked(&cached.keys, &|keys| Hinter::new(keys, &size))
        }
        _ => {
            let size = Size::by_name(&file.size).ok_or_else(unknown)?;
            let (_, cached) = setups::keys(out, &setup(size.k)?, size)?;
            checked(&cached.keys, &|keys| Hinter::new(keys, &size))
        }
    }
}
