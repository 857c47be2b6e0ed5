//! `chain pause`.

use std::path::PathBuf;

use chain::deployment::Deployment;
use chain::guard;
use chain::primitives::B256;
use clap::{ArgGroup, Args};
use serde_json::json;

use super::options::{Key, Node, Waiting, records_json, sender, show};
use crate::errors::Failure;
use crate::output::Output;

/// What to stop.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["breaker", "verifier"]))]
pub(crate) struct Pause {
    #[command(flatten)]
    node: Node,
    #[command(flatten)]
    key: Key,
    /// The deployment.
    #[arg(long)]
    deployment: PathBuf,
    /// Trip the circuit breaker: no liquidations and no outflows until it ends by itself.
    #[arg(long)]
    breaker: bool,
    /// Stop this verifier, by its contract's name, FOR EVER: its key never counts again.
    #[arg(long)]
    verifier: Option<String>,
    /// Why, at most 32 bytes: it stands in the chain.
    #[arg(long, default_value = "guardian", requires = "breaker")]
    reason: String,
    #[command(flatten)]
    waiting: Waiting,
}

impl Pause {
    pub(super) fn run(self, out: Output) -> Result<(), Failure> {
        let reason = word_of(&self.reason)?;
        let signer = self.key.open()?;
        let client = self.node.connect()?;
        let deployment = Deployment::open(&self.deployment, &client)?;
        let mut sender = sender(&client, signer.as_ref(), &self.deployment, self.waiting.policy())?;
        show(out, &mut sender);
        let (until, text) = match &self.verifier {
            Some(name) => {
                guard::stop_verifier(&mut sender, &deployment, name)?;
                (None, format!("{name} is stopped for ever"))
            }
            None => {
                let until = guard::trip(&mut sender, &deployment, reason)?;
                (Some(until), format!("the breaker is on until {until} (Unix seconds)"))
            }
        };
        let value = json!({
            "breaker_until": until,
            "verifier": self.verifier,
            "transactions": records_json(&sender.records),
            "nothing_to_do": !sender.records.iter().any(|record| record.sent),
        });
        out.result(&value, &text)
    }
}

/// A text as the contract takes it: left-aligned in 32 bytes.
pub(super) fn word_of(text: &str) -> Result<B256, Failure> {
    let bytes = text.as_bytes();
    if bytes.len() > 32 {
        return Err(Failure::usage(format!(
            "reason: expected at most 32 bytes, found {}",
            bytes.len()
        )));
    }
    Ok(B256::right_padding_from(bytes))
}
