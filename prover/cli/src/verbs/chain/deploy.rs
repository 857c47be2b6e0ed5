//! `chain deploy`.

use std::fs;
use std::path::PathBuf;

use chain::config::Config;
use chain::deploy::deploy;
use clap::Args;
use serde_json::json;

use super::options::{Key, Node, Waiting, records_json, records_table, sender, show};
use super::verifiers::{Setups, Which};
use crate::errors::Failure;
use crate::output::{Output, table};

/// What to deploy, and where.
#[derive(Debug, Args)]
pub(crate) struct Deploy {
    #[command(flatten)]
    node: Node,
    #[command(flatten)]
    key: Key,
    /// What to deploy: `zksettle-deploy/1`, as `chain config` writes it.
    #[arg(long)]
    config: PathBuf,
    /// Where the deployment stands: written after every step, read when it is there.
    #[arg(long)]
    deployment: PathBuf,
    /// A verifier, such as settlement:m, liquidation:m, solvency:8, risk-market:64, risk-segment:64. May be given many times.
    #[arg(long = "verifier", required = true)]
    verifiers: Vec<Which>,
    /// The setup that the verifiers' keys are of.
    #[arg(long)]
    srs: PathBuf,
    #[command(flatten)]
    waiting: Waiting,
}

impl Deploy {
    pub(super) fn run(self, out: Output) -> Result<(), Failure> {
        let text =
            fs::read_to_string(&self.config).map_err(|error| Failure::io(&self.config, "a configuration", &error))?;
        let config = Config::parse(&text).map_err(|error| Failure::from(error).about(&self.config))?;
        let signer = self.key.open()?;
        let client = self.node.connect()?;
        let mut setups = Setups::default();
        let mut codes = Vec::new();
        for which in &self.verifiers {
            codes.push(which.code(out, setups.get(out, Some(&self.srs), which.k())?)?);
        }
        setups.warn(out);
        let mut sender = sender(&client, signer.as_ref(), &self.deployment, self.waiting.policy())?;
        show(out, &mut sender);
        let program = format!("zksettle {}", env!("CARGO_PKG_VERSION"));
        let done = deploy(&mut sender, &self.deployment, &config, &codes, &program)?;
        let gas: u64 = sender.records.iter().map(|record| record.gas).sum();
        let value = json!({
            "deployment": self.deployment,
            "chain_id": done.chain_id,
            "contracts": done.contracts,
            "verifiers": done.verifiers,
            "transactions": records_json(&sender.records),
            "nothing_to_do": !sender.records.iter().any(|record| record.sent),
            "gas": gas,
            "setup_insecure": setups.insecure(),
        });
        let rows: Vec<Vec<String>> = done
            .contracts
            .iter()
            .map(|(name, contract)| vec![name.clone(), contract.address.to_string()])
            .collect();
        let text = format!(
            "{}\n\n{}\n\n{gas} gas; written to {}",
            records_table(&sender.records),
            table(&["contract", "address"], &rows),
            self.deployment.display()
        );
        out.result(&value, &text)
    }
}
