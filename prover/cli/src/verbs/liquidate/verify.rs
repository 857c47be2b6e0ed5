//! `liquidate verify`: proofs of liquidations, one after the other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use circuits::liquidation::{SIZES, Size};
use clap::Args;
use halo2_proofs::halo2curves::bn256::Fr;
use prover::keys::CachedKeys;
use prover::liquidation::{STATEMENT, about};
use prover::proof_file::ProofFile;
use prover::srs::Setup;
use prover::verify::verify;
use serde_json::{Value, json};
use witness_gen::statement::liquidation::Instance;

use crate::errors::Failure;
use crate::evm::Alone;
use crate::output::{Output, field_hex, field_of_hex, seconds};
use crate::setups;
use crate::verbs::risk::read_round;
use crate::verbs::verify::{Link, follows, of_statement};

/// Which proofs, and what they have to say.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The files, in any order: they are taken by their batch numbers.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The risk root that all have to be about: 0x and 64 digits, or the risk file, which is then computed again.
    #[arg(long)]
    risk: Option<String>,
    /// The state root that the first one has to start from.
    #[arg(long)]
    state: Option<String>,
    /// The setup. Default: the one in the cache that the file names.
    #[arg(long)]
    srs: Option<PathBuf>,
    /// Have the emitted contracts verify them too, in an EVM of our own; says what that costs. Needs node.
    #[arg(long)]
    evm: bool,
}

/// What verifies the proofs of one size under one setup.
struct Verifier {
    size: Size,
    setup: Setup,
    cached: CachedKeys,
    contract: Option<Alone>,
}

impl Verify {
    pub(super) fn run(self, out: Output) -> Result<(), Failure> {
        let claims = self.claims()?;
        let risk = self.risk.as_deref().map(risk_root).transpose()?;
        let mut wanted = match &self.state {
            Some(state) => Some(field_of_hex("state", state)?),
            None => None,
        };
        let mut verifiers: BTreeMap<String, Verifier> = BTreeMap::new();
        let mut before: Option<(&Path, Link)> = None;
        let (mut values, mut lines) = (Vec::new(), Vec::new());
        for (path, file, _) in &claims {
            let name = format!("{} {} {}", file.size, file.setup.sha256, file.setup.insecure);
            let verifier = match verifiers.entry(name) {
                std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(self.verifier(out, file).map_err(|failure| failure.about(path))?)
                }
            };
            let checked = one(verifier, file).and_then(|(instance, time)| {
                if let Some(root) = wanted.take() {
                    same("old state root", root, instance.old_state)?;
                }
                if let Some(root) = risk {
                    same("risk root", root, instance.risk_root)?;
                }
                if instance.breaker {
                    return Err(Failure::rejected("breaker: expected 0, found 1"));
                }
                if let Some((earlier, link)) = &before {
                    follows(earlier, link, &link_of(&instance))?;
                }
                let gas = verifier
                    .contract
                    .as_mut()
                    .map(|contract| contract.verify(file))
                    .transpose()?;
                Ok((instance, time, gas))
            });
            let (instance, time, gas) = checked.map_err(|failure| failure.about(path))?;
            let size = verifier.size;
            values.push(json!({
                "file": path,
                "batch": instance.batch,
                "size": size.name,
                "liquidations": size.transfers,
                "old_state": field_hex(&instance.old_state),
                "new_state": field_hex(&instance.new_state),
                "risk_root": field_hex(&instance.risk_root),
                "proof_bytes": file.proof.len(),
                "verify_seconds": time,
                "evm_gas": gas,
                "verified": true,
            }));
            let contract = gas.map_or_else(String::new, |gas| format!("; the contract accepts it: {gas} gas"));
            lines.push(format!(
                "{}: batch {}, {} liquidations, verified in {time:.3} s{contract}",
                path.display(),
                instance.batch,
                size.transfers
            ));
            before = Some((path, link_of(&instance)));
        }
        lines.push(format!(
            "{} verified, each starts where the one before ended",
            claims.len()
        ));
        for verifier in verifiers.values() {
            setups::warn_if_insecure(out, &verifier.setup);
            lines.push(format!("setup: {}", verifier.setup.provenance()));
            lines.push(format!(
                "key digest of size {}: {}",
                verifier.size.name, verifier.cached.keys.digest
            ));
        }
        let setups: Vec<Value> = verifiers.values().map(|v| json!(v.setup.provenance())).collect();
        let insecure = verifiers.values().any(|verifier| verifier.setup.insecure());
        let last = before.map(|(_, link)| link);
        let value = json!({
            "verified": true, "files": values, "final_root": last.map(|link| field_hex(&link.new)),
            "domain": last.map(|link| field_hex(&link.domain)), "parameters": last.map(|link| field_hex(&link.parameters)),
            "risk_checked": risk.is_some(), "setups": setups, "setup_insecure": insecure,
        });
        out.result(&value, &lines.join("\n"))
    }

    /// The files by the batch number that they claim.
    fn claims(&self) -> Result<Vec<(&Path, ProofFile, u64)>, Failure> {
        let read = |path: &PathBuf| -> Result<(ProofFile, u64), Failure> {
            let file = ProofFile::read(path)?;
            of_statement(&file, STATEMENT)?;
            let batch = instance_of(&file)?.batch;
            Ok((file, batch))
        };
        let mut claims = Vec::with_capacity(self.files.len());
        for path in &self.files {
            let (file, batch) = read(path).map_err(|failure| failure.about(path))?;
            claims.push((path.as_path(), file, batch));
        }
        claims.sort_by_key(|(_, _, batch)| *batch);
        Ok(claims)
    }

    fn verifier(&self, out: Output, file: &ProofFile) -> Result<Verifier, Failure> {
        let size = Size::by_name(&file.size).ok_or_else(|| {
            let names = SIZES.map(|size| size.name).join(", ");
            Failure::rejected(format!("size: expected one of {names}, found {:.40}", file.size))
        })?;
        let setup = match &self.srs {
            Some(path) => setups::load_of(out, path, size.k)?,
            None => setups::for_proof(out, &file.setup, size.k)?,
        };
        let (_, cached) = setups::liquidation_keys(out, &setup, size)?;
        let contract = match self.evm {
            true => Some(Alone::deploy(out, &cached.keys, &setup, &size)?),
            false => None,
        };
        Ok(Verifier {
            size,
            setup,
            cached,
            contract,
        })
    }
}

/// Names, key digest, ranges of the instance, then the proof.
fn one(verifier: &Verifier, file: &ProofFile) -> Result<(Instance, f64), Failure> {
    file.check(about(&verifier.size), verifier.cached.keys.digest, &verifier.setup)?;
    let instance = instance_of(file)?;
    let started = Instant::now();
    let key = verifier.cached.keys.verifier_key();
    verify(&verifier.setup, key, &file.values(), &file.proof)?;
    Ok((instance, seconds(started.elapsed())))
}

fn instance_of(file: &ProofFile) -> Result<Instance, Failure> {
    Instance::from_fields(&file.values()).map_err(|error| Failure::rejected(error.to_string()))
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

fn risk_root(risk: &str) -> Result<Fr, Failure> {
    if risk.starts_with("0x") {
        field_of_hex("risk", risk)
    } else {
        Ok(read_round(Path::new(risk))?.arrays.root())
    }
}

fn same(what: &str, expected: Fr, found: Fr) -> Result<(), Failure> {
    if expected == found {
        return Ok(());
    }
    let (expected, found) = (field_hex(&expected), field_hex(&found));
    Err(Failure::rejected(format!("{what}: expected {expected}, found {found}")))
}
