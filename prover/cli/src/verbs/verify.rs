//! `verify`: proof files, one after the other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use halo2_proofs::halo2curves::bn256::Fr;
use prover::keys::CachedKeys;
use prover::proof_file::ProofFile;
use prover::sequencer::{STATEMENT, about};
use prover::srs::Setup;
use prover::verify::verify;
use serde_json::{Value, json};
use witness_gen::statement::settlement::Instance;

use crate::errors::Failure;
use crate::output::{Output, field_hex, seconds};
use crate::setups;

/// Verifies proof files.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The files, in any order: they are taken by their batch numbers.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The setup. Default: the one in the cache that the file names.
    #[arg(long)]
    srs: Option<PathBuf>,
}

/// A file, read but not verified. Its batch number is what it says; that decides the order and nothing else.
struct Claim<'a> {
    path: &'a Path,
    file: ProofFile,
    batch: u64,
}

/// What verifies the proofs of one size under one setup.
struct Verifier {
    setup: Setup,
    cached: CachedKeys,
}

impl Verify {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        let mut verifiers: BTreeMap<String, Verifier> = BTreeMap::new();
        let mut before: Option<(&Path, Link)> = None;
        let (mut values, mut lines) = (Vec::new(), Vec::new());
        let mut insecure = false;
        for Claim { path, file, .. } in self.claims()? {
            let name = format!("{} {} {}", file.size, file.setup.sha256, file.setup.insecure);
            let verifier = match verifiers.entry(name) {
                std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
                std::collections::btree_map::Entry::Vacant(entry) => entry.insert(self.verifier(out, &file)?),
            };
            let (instance, time) = one(verifier, &file).map_err(|failure| failure.about(path))?;
            if let Some((earlier, link)) = &before {
                follows(earlier, link, &link_of(&instance)).map_err(|failure| failure.about(path))?;
            }
            insecure |= verifier.setup.insecure();
            values.push(json!({
                "file": path,
                "batch": instance.batch,
                "expiry": instance.expiry.get(),
                "close": instance.close,
                "old_state": field_hex(&instance.old_state),
                "new_state": field_hex(&instance.new_state),
                "proof_bytes": file.proof.len(),
                "verify_seconds": time,
                "verified": true,
            }));
            let closing = if instance.close { ", closes the expiry" } else { "" };
            lines.push(format!(
                "{}: batch {}{closing}, verified in {time:.3} s",
                path.display(),
                instance.batch
            ));
            before = Some((path, link_of(&instance)));
        }
        lines.push(format!(
            "{} verified, each starts where the one before ended",
            self.files.len()
        ));
        let setups: Vec<Value> = verifiers
            .values()
            .map(|verifier| json!(verifier.setup.provenance()))
            .collect();
        for verifier in verifiers.values() {
            setups::warn_if_insecure(out, &verifier.setup);
            lines.push(format!("setup: {}", verifier.setup.provenance()));
            lines.push(format!("key digest: {}", verifier.cached.keys.digest));
        }
        let final_root = before.map(|(_, link)| field_hex(&link.new));
        let value = json!({
            "verified": true, "files": values, "final_root": final_root, "setups": setups, "setup_insecure": insecure,
        });
        out.result(&value, &lines.join("\n"))
    }

    /// The files by batch number, whatever order the shell gave them in. Equal numbers stay side by side, and are refused
    /// when the second one does not follow the first.
    fn claims(&self) -> Result<Vec<Claim<'_>>, Failure> {
        let read = |path: &'_ PathBuf| -> Result<(ProofFile, u64), Failure> {
            let file = ProofFile::read(path)?;
            of_statement(&file, STATEMENT)?;
            let batch = Instance::from_fields(&file.values())?.batch;
            Ok((file, batch))
        };
        let mut claims = Vec::with_capacity(self.files.len());
        for path in &self.files {
            let (file, batch) = read(path).map_err(|failure| failure.about(path))?;
            claims.push(Claim { path, file, batch });
        }
        claims.sort_by_key(|claim| claim.batch);
        Ok(claims)
    }

    /// The setup that the file names or that was given, and the keys rebuilt from it.
    fn verifier(&self, out: Output, file: &ProofFile) -> Result<Verifier, Failure> {
        let size = circuits::size::Size::by_name(&file.size).ok_or_else(|| {
            Failure::rejected(format!(
                "proof file, size: expected a known size, found {:.40}",
                file.size
            ))
        })?;
        let setup = match &self.srs {
            Some(path) => setups::load_for(out, path, Some(size.name))?.0,
            None => setups::for_proof(out, &file.setup, size.k)?,
        };
        let (_, cached) = setups::keys(out, &setup, size)?;
        Ok(Verifier { setup, cached })
    }
}

/// Names, key digest, ranges of the instance, then the proof.
fn one(verifier: &Verifier, file: &ProofFile) -> Result<(Instance, f64), Failure> {
    let size = setups::size_named(&file.size)?;
    file.check(about(&size), verifier.cached.keys.digest, &verifier.setup)?;
    let values = file.values();
    let instance = Instance::from_fields(&values)?;
    let started = Instant::now();
    verify(
        &verifier.setup,
        verifier.cached.keys.verifier_key(),
        &values,
        &file.proof,
    )?;
    Ok((instance, seconds(started.elapsed())))
}

/// Where a batch begins and ends.
#[derive(Clone, Copy)]
pub(super) struct Link {
    pub(super) batch: u64,
    pub(super) old: Fr,
    pub(super) new: Fr,
    pub(super) domain: Fr,
    pub(super) parameters: Fr,
}

fn link_of(instance: &Instance) -> Link {
    Link {
        batch: instance.batch,
        old: instance.old_state,
        new: instance.new_state,
        domain: instance.domain,
        parameters: instance.parameters,
    }
}

/// Whether a batch starts where the one before ended.
pub(super) fn follows(path: &Path, before: &Link, after: &Link) -> Result<(), Failure> {
    let gap = |what: &str, expected: String, found: String| {
        Failure::rejected(format!(
            "{what}: expected {expected} (after {}), found {found}",
            path.display()
        ))
    };
    if after.batch != before.batch + 1 {
        return Err(gap("batch", (before.batch + 1).to_string(), after.batch.to_string()));
    }
    let pairs = [
        ("old state root", before.new, after.old),
        ("domain", before.domain, after.domain),
        ("parameters", before.parameters, after.parameters),
    ];
    match pairs.into_iter().find(|(_, expected, found)| expected != found) {
        Some((what, expected, found)) => Err(gap(what, field_hex(&expected), field_hex(&found))),
        None => Ok(()),
    }
}

/// Refuses a file of another statement, and says which verb is for it.
pub(super) fn of_statement(file: &ProofFile, expected: &str) -> Result<(), Failure> {
    if file.statement == expected {
        return Ok(());
    }
    let verb = match file.statement.as_str() {
        STATEMENT => "; `verify` is for that",
        prover::solvency::STATEMENT => "; `solvency verify` is for that",
        prover::liquidation::STATEMENT => "; `liquidate verify` is for that",
        _ => "",
    };
    let found = &file.statement;
    Err(Failure::rejected(format!(
        "proof file, statement: expected {expected}, found {found:.40}{verb}"
    )))
}
