//! Setups and keys: from a file or from the cache, always checked.
//!
//! The cache holds every imported setup in our own format, named by the SHA-256 of its source file, so that `verify` finds the
//! setup that a proof file names, and so that a ceremony's file is checked point by point once.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use circuits::liquidation::LiquidationCircuit;
use circuits::risk::{Part, RiskCircuit};
use circuits::settlement::circuit::SettlementCircuit;
use circuits::size::{SIZES, Size};
use circuits::solvency::SolvencyCircuit;
use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::Circuit;
use prover::error::SrsError;
use prover::keys::{CachedKeys, CircuitId, KeyCache};
use prover::proof_file::SetupName;
use prover::risk::PartKeys;
use prover::sequencer::circuit_id;
#[cfg(not(feature = "production"))]
use prover::srs::dev::UnsafeDevSetup;
use prover::srs::{self, Format, INSECURE_SUFFIX, Recognition, Setup, Sha256Digest};
use sha2::{Digest, Sha256};

use crate::errors::Failure;
use crate::machine;
use crate::output::Output;

/// The seed of the setup that `demo` and `srs dev` make unless told otherwise.
pub(crate) const DEV_SEED: &str = "demo";
/// The size that `settle` takes at most unless told otherwise.
pub(crate) const DEFAULT_SIZE: &str = "m";
/// How the files of [`Setup::save`] begin.
const STORED_MAGIC: &[u8] = b"zksettle-srs/";
/// Memory of a prover in bytes a row: 6.7 KiB measured at m (k = 15), keys included, rounded up.
const BYTES_PER_ROW: u64 = 8 << 10;

/// The folder of cached keys; setups lie in `setups` below it.
pub(crate) fn key_cache() -> Result<KeyCache, Failure> {
    KeyCache::from_env().ok_or_else(|| {
        Failure::environment("cache: expected ZKSETTLE_CACHE, XDG_CACHE_HOME or HOME to be set, found none")
    })
}

fn cache_path(sha256: &Sha256Digest, k: u32, insecure: bool) -> Option<PathBuf> {
    let ending = if insecure { INSECURE_SUFFIX } else { ".srs" };
    Some(
        KeyCache::from_env()?
            .folder()
            .join("setups")
            .join(format!("{sha256}-k{k}{ending}")),
    )
}

/// A size by name.
pub(crate) fn size_named(name: &str) -> Result<Size, Failure> {
    let names = || SIZES.map(|size| size.name).join(", ");
    Size::by_name(name).ok_or_else(|| Failure::usage(format!("size: expected one of {}, found {name}", names())))
}

/// The setup in `path`, of the size asked for; without one the largest up to [`DEFAULT_SIZE`] that the setup allows.
pub(crate) fn load_for(out: Output, path: &Path, size: Option<&str>) -> Result<(Setup, Size), Failure> {
    let wanted = size_named(size.unwrap_or(DEFAULT_SIZE))?;
    match load(out, path, wanted.k) {
        Ok(setup) => Ok((setup, wanted)),
        Err(SrsError::Size { k_max, .. }) => {
            let smaller = SIZES.into_iter().rev().find(|smaller| smaller.k <= k_max);
            match smaller.filter(|_| size.is_none()) {
                Some(smaller) => Ok((load(out, path, smaller.k).map_err(|error| named(path, error))?, smaller)),
                None => Err(Failure::resource(format!(
                    "{}: expected a setup of at least 2^{} powers for size {}, found 2^{k_max}",
                    path.display(),
                    wanted.k,
                    wanted.name
                ))),
            }
        }
        Err(error) => Err(named(path, error)),
    }
}

/// The setup in `path`, of exactly this k; one that is too small is a resource that is missing.
pub(crate) fn load_of(out: Output, path: &Path, k: u32) -> Result<Setup, Failure> {
    load(out, path, k).map_err(|error| match error {
        SrsError::Size { k_max, .. } => Failure::resource(format!(
            "{}: expected a setup of at least 2^{k} powers, found 2^{k_max}",
            path.display()
        )),
        error => named(path, error),
    })
}

fn named(path: &Path, error: SrsError) -> Failure {
    Failure::from(error).about(path)
}

/// The first 2^k powers of the setup in `path`: our own format, or a ceremony's file, which is then cached.
pub(crate) fn load(out: Output, path: &Path, k: u32) -> Result<Setup, SrsError> {
    if is_stored(path) {
        let setup = Setup::load(path)?;
        refuse_insecure(&setup)?;
        let setup = if setup.k() == k { setup } else { setup.truncated(k)? };
        remember(out, &setup, false);
        return Ok(setup);
    }
    let sha256 = sha256_of(path).ok();
    if let Some(cached) = sha256
        .and_then(|sha256| cache_path(&sha256, k, false))
        .filter(|cached| cached.is_file())
    {
        let _spinner = out.spinner("loading the checked setup");
        match Setup::load(&cached) {
            Ok(setup) if setup.complete() => return Ok(setup),
            Ok(_) => out.note(&format!("{}: of an older format; importing again", cached.display())),
            Err(error) => out.warn(&format!("{}: {error}; importing again", cached.display())),
        }
    }
    let spinner = out.spinner(format!("checking 2^{k} powers of tau"));
    let setup = srs::import(path, None, k)?;
    drop(spinner);
    remember(out, &setup, true);
    Ok(setup)
}

/// Imports a ceremony's file with every check, whatever the cache holds.
pub(crate) fn import(out: Output, path: &Path, format: Option<Format>, k: u32) -> Result<Setup, SrsError> {
    let spinner = out.spinner(format!("checking 2^{k} powers of tau"));
    let setup = srs::import(path, format, k)?;
    drop(spinner);
    remember(out, &setup, true);
    Ok(setup)
}

/// Whether a file is in our own format.
pub(crate) fn is_stored(path: &Path) -> bool {
    let mut head = [0; STORED_MAGIC.len()];
    File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && head == STORED_MAGIC
}

fn refuse_insecure(setup: &Setup) -> Result<(), SrsError> {
    if setup.insecure() && cfg!(feature = "production") {
        return Err(SrsError::InsecureRefused {
            name: setup.provenance().name.clone(),
        });
    }
    Ok(())
}

/// Puts a setup into the cache, over one that lies there if it was read or made `anew`. A cache that cannot be written costs time, nothing
/// else.
fn remember(out: Output, setup: &Setup, anew: bool) {
    let provenance = setup.provenance();
    let Some(path) = cache_path(&provenance.sha256, setup.k(), provenance.insecure) else {
        return;
    };
    if path.is_file() && !anew {
        return;
    }
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    let saved = folder
        .map_err(|error| error.to_string())
        .and_then(|()| setup.save(&path).map_err(|e| e.to_string()));
    if let Err(reason) = saved {
        out.warn(&format!("could not cache the setup: {reason}"));
    }
}

/// A one-party setup, from the cache or made now.
#[cfg(not(feature = "production"))]
pub(crate) fn dev(out: Output, k: u32, seed: &str) -> Result<Setup, Failure> {
    let _spinner = out.spinner(format!("making an INSECURE one-party setup of 2^{k} powers"));
    let tiny = UnsafeDevSetup::generate(1, seed)?;
    let cached = cache_path(&tiny.provenance().sha256, k, true).and_then(|path| Setup::load(&path).ok());
    // One of an older format lacks the power after the last one.
    if let Some(setup) = cached.filter(|setup| setup.next_power().is_some()) {
        return Ok(setup);
    }
    let setup = UnsafeDevSetup::generate(k, seed)?;
    remember(out, &setup, true);
    Ok(setup)
}

/// A production build makes none.
#[cfg(feature = "production")]
pub(crate) fn dev(_: Output, _: u32, _: &str) -> Result<Setup, Failure> {
    Err(Failure::environment(
        "setup: expected a ceremony's file (--srs) in a production build, found none",
    ))
}

/// The setup that a proof file names, out of the cache.
pub(crate) fn for_proof(out: Output, named: &SetupName, k: u32) -> Result<Setup, Failure> {
    let missing = || {
        Failure::environment(format!(
            "setup {:.80} (sha256 {}): expected it in the cache or with --srs, found it in neither",
            named.name, named.sha256
        ))
    };
    let path = cache_path(&named.sha256, k, named.insecure).ok_or_else(missing)?;
    if path.is_file() {
        let setup = Setup::load(&path)?;
        refuse_insecure(&setup)?;
        return Ok(setup);
    }
    #[cfg(not(feature = "production"))]
    if named.insecure && UnsafeDevSetup::generate(1, DEV_SEED)?.provenance().sha256 == named.sha256 {
        return dev(out, k, DEV_SEED);
    }
    let _ = out;
    Err(missing())
}

/// The keys of statement S at a size.
pub(crate) fn keys(out: Output, setup: &Setup, size: Size) -> Result<(SettlementCircuit, CachedKeys), Failure> {
    let circuit = SettlementCircuit::new(size);
    let cached = keys_of(out, setup, (size.name, size.k), &circuit_id(&circuit), &circuit)?;
    Ok((circuit, cached))
}

/// The keys of statement M at a size.
pub(crate) fn solvency_keys(
    out: Output,
    setup: &Setup,
    size: circuits::solvency::Size,
) -> Result<(SolvencyCircuit, CachedKeys), Failure> {
    let circuit = SolvencyCircuit::new(size);
    let id = prover::solvency::circuit_id(&circuit);
    let cached = keys_of(out, setup, (size.name, size.k), &id, &circuit)?;
    Ok((circuit, cached))
}

/// Circuit and keys of a part of statement R at a size.
pub(crate) fn risk_keys(
    out: Output,
    setup: &Setup,
    part: Part,
    size: circuits::risk::Size,
) -> Result<PartKeys, Failure> {
    let circuit = RiskCircuit::new(part, size);
    let id = prover::risk::circuit_id(&circuit);
    let keys = keys_of(out, setup, (size.name, size.k), &id, circuit.laid())?.keys;
    Ok(PartKeys { circuit, keys })
}

/// The keys of statement L at a size.
pub(crate) fn liquidation_keys(
    out: Output,
    setup: &Setup,
    size: circuits::liquidation::Size,
) -> Result<(LiquidationCircuit, CachedKeys), Failure> {
    let circuit = LiquidationCircuit::new(size);
    let id = prover::liquidation::circuit_id(&circuit);
    let cached = keys_of(out, setup, (size.name, size.k), &id, circuit.laid())?;
    Ok((circuit, cached))
}

/// The keys of a circuit, from the cache or made now, with a check that memory suffices.
fn keys_of<C: Circuit<Fr>>(
    out: Output,
    setup: &Setup,
    (size, k): (&str, u32),
    id: &CircuitId,
    circuit: &C,
) -> Result<CachedKeys, Failure> {
    enough_memory(size, k)?;
    let spinner = out.spinner(format!("keys of {}, size {size}", id.statement));
    let cached = key_cache()?.load_or_generate(id, setup, circuit)?;
    drop(spinner);
    for warning in &cached.warnings {
        out.warn(&warning.to_string());
    }
    Ok(cached)
}

/// Memory that proving at a size takes, in bytes.
pub(crate) fn memory_of(size: Size) -> u64 {
    BYTES_PER_ROW << size.k
}

/// Refuses a size that would not fit into memory, rather than being killed half-way.
fn enough_memory(name: &str, k: u32) -> Result<(), Failure> {
    let (wanted, Some(found)) = (BYTES_PER_ROW << k, machine::available_memory()) else {
        return Ok(());
    };
    if wanted > found {
        let (wanted, found) = (machine::mebibytes(wanted), machine::mebibytes(found));
        return Err(Failure::resource(format!(
            "size {name}: expected {wanted} of memory, found {found}"
        )));
    }
    Ok(())
}

/// Says it wherever a setup was made by one party, or by nobody knows whom.
pub(crate) fn warn_if_insecure(out: Output, setup: &Setup) {
    if setup.insecure() || setup.provenance().recognition == Recognition::Unknown {
        out.warn(&setup.provenance().to_string());
    }
}

/// SHA-256 of a file.
pub(crate) fn sha256_of(path: &Path) -> std::io::Result<Sha256Digest> {
    let mut hash = Sha256::new();
    std::io::copy(&mut File::open(path)?, &mut hash)?;
    Ok(Sha256Digest(hash.finalize().into()))
}
