//! `chain submit`.

use std::fs;
use std::path::{Path, PathBuf};

use chain::deployment::Deployment;
use chain::sender::Outcome;
use chain::submit::{Batch, Stage, submit};
use clap::Args;
use prover::proof_file::ProofFile;
use prover::risk::RiskProof;
use serde_json::json;

use super::options::{Key, Node, Waiting, records_json, records_table, sender, show};
use super::proofs::{self, Arguments};
use super::records;
use crate::errors::Failure;
use crate::output::Output;

/// Which proofs.
#[derive(Debug, Args)]
pub(crate) struct Submit {
    #[command(flatten)]
    node: Node,
    #[command(flatten)]
    key: Key,
    /// The deployment.
    #[arg(long)]
    deployment: PathBuf,
    /// Proof files of batches, or folders of them (batch-*.proof.json): taken in the order of their numbers.
    #[arg(long = "proofs", required_unless_present = "risk")]
    proofs: Vec<PathBuf>,
    /// The proof of a risk round (`risk prove`), sent first: liquidations stand at it.
    #[arg(long)]
    risk: Option<PathBuf>,
    /// The database that the batches are recorded in: how far the chain has come with each is noted there, before and after. One of another
    /// history is refused.
    #[arg(long)]
    db: Option<PathBuf>,
    /// The setup of the proofs. Default: the one in the cache that a proof file names.
    #[arg(long)]
    srs: Option<PathBuf>,
    #[command(flatten)]
    waiting: Waiting,
}

impl Submit {
    pub(super) fn run(self, out: Output) -> Result<(), Failure> {
        let signer = self.key.open()?;
        let client = self.node.connect()?;
        let deployment = Deployment::open(&self.deployment, &client)?;
        let mut arguments = Arguments::new(out, self.srs.clone());
        let round = match &self.risk {
            Some(path) => {
                let file = RiskProof::read(path).map_err(|error| Failure::from(error).about(path))?;
                Some(proofs::round(&mut arguments, &deployment, &file).map_err(|failure| failure.about(path))?)
            }
            None => None,
        };
        let batches = read_batches(&mut arguments, &deployment, &self.proofs)?;
        let policy = self.waiting.policy();
        let note = || {
            let note = |db: &PathBuf| records::note(db, &client, &deployment, policy.confirmations);
            self.db.as_ref().map(note).transpose()
        };
        // First, too: where the chain was reorganised, the database says so even if nothing can be sent now.
        note()?;
        let mut sender = sender(&client, signer.as_ref(), &self.deployment, policy)?;
        show(out, &mut sender);
        let round = round.map(|round| round.submit(&mut sender, &deployment)).transpose()?;
        let done = submit(&mut sender, &deployment, &batches)?;
        let executed = done.iter().filter(|one| one.stage == Stage::Executed).count();
        let from = done.iter().find_map(|one| one.executable_from);
        let noted = note()?;
        let value = json!({
            "batches": done,
            "database": noted,
            "executed": executed,
            "executable_from": from,
            "risk_round": round.map(|outcome| match outcome {
                Outcome::Mined(_) => "accepted",
                Outcome::Already => "accepted before",
            }),
            "transactions": records_json(&sender.records),
            "nothing_to_do": !sender.records.iter().any(|record| record.sent),
        });
        let mut text = format!(
            "{}\n{executed} of {} batches executed",
            records_table(&sender.records),
            batches.len()
        );
        if let Some(from) = from {
            text.push_str(&format!("; the next can be from {from} (Unix seconds): run again then"));
        }
        out.result(&value, &text)
    }
}

/// The batches of files and folders, by number.
fn read_batches(arguments: &mut Arguments, deployment: &Deployment, paths: &[PathBuf]) -> Result<Vec<Batch>, Failure> {
    let mut batches = Vec::new();
    for path in paths {
        let files = if path.is_dir() {
            proofs_in(path)?
        } else {
            vec![path.clone()]
        };
        for file in files {
            let read = ProofFile::read(&file).map_err(|error| Failure::from(error).about(&file))?;
            batches.push(proofs::batch(arguments, deployment, &read).map_err(|failure| failure.about(&file))?);
        }
    }
    batches.sort_by_key(Batch::number);
    Ok(batches)
}

fn proofs_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |error: std::io::Error| Failure::io(folder, "a folder of proofs", &error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("batch-") && name.ends_with(".proof.json") {
            found.push(path);
        }
    }
    if found.is_empty() {
        let folder = folder.display();
        return Err(Failure::environment(format!(
            "{folder}: expected batch-*.proof.json, found none"
        )));
    }
    Ok(found)
}
