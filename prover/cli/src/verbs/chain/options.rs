//! Options that several verbs share: the node, the deployment, the key, how long to wait.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chain::client::Client;
use chain::deployment::Deployment;
use chain::journal::Journal;
use chain::sender::{Policy, Record, Sender};
use chain::signer::{HashSigner, KeySource, PATIENCE, PasswordSource};
use clap::Args;
use serde_json::{Value, json};

use crate::errors::Failure;
use crate::output::{Output, Spinner, table};

/// Names the node where no option does: its URL may hold a secret.
const RPC: &str = "ZKSETTLE_RPC";

/// Which node.
#[derive(Debug, Args)]
pub(super) struct Node {
    /// The node's URL, http or https. Default: the variable ZKSETTLE_RPC, which is the place for a URL that holds a secret.
    #[arg(long)]
    rpc: Option<String>,
}

impl Node {
    pub(super) fn connect(&self) -> Result<Client, Failure> {
        let url = self.rpc.clone().or_else(|| std::env::var(RPC).ok());
        let url = url.ok_or_else(|| Failure::usage(format!("node: expected --rpc or {RPC}, found neither")))?;
        Ok(Client::connect(&url)?)
    }
}

/// Which key.
#[derive(Debug, Args)]
pub(super) struct Key {
    /// Where the key is: keystore:FILE, env:NAME (a variable that holds it) or command:PROGRAM (a program that signs). Never the key itself.
    #[arg(long)]
    key: String,
    #[command(flatten)]
    access: Access,
}

/// What opening a signer takes: a keystore's password, patience with a program.
#[derive(Debug, Args)]
pub(super) struct Access {
    /// The password of keystores: the first line of this file.
    #[arg(long, conflicts_with = "password_env")]
    password_file: Option<PathBuf>,
    /// The password of keystores: this variable.
    #[arg(long)]
    password_env: Option<String>,
    /// Seconds that a program that signs has for each answer.
    #[arg(long, default_value_t = PATIENCE.as_secs(), value_parser = clap::value_parser!(u64).range(1..))]
    signer_timeout: u64,
}

impl Access {
    /// The signer that a text names.
    pub(super) fn open(&self, key: &str) -> Result<Box<dyn HashSigner>, Failure> {
        let file = self.password_file.clone().map(PasswordSource::File);
        let password = file.or_else(|| self.password_env.clone().map(PasswordSource::Environment));
        Ok(source(key)?.open(password.as_ref(), Duration::from_secs(self.signer_timeout))?)
    }
}

impl Key {
    pub(super) fn open(&self) -> Result<Box<dyn HashSigner>, Failure> {
        self.access.open(&self.key)
    }
}

/// Where a key is. Parsed here and not by the command line's parser, which repeats what it refuses: it may be a key.
fn source(text: &str) -> Result<KeySource, Failure> {
    text.parse().map_err(|reason| Failure::usage(format!("key: {reason}")))
}

/// How long to wait for transactions.
#[derive(Debug, Args)]
pub(super) struct Waiting {
    /// Blocks that a transaction has to be deep in the chain, its own counted.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    confirmations: u64,
    /// Seconds after which a transaction that waits is sent again with a higher fee.
    #[arg(long, default_value_t = 60)]
    bump_after: u64,
    /// Seconds after which a run gives up waiting for a transaction; the next run goes on.
    #[arg(long, default_value_t = 600)]
    give_up_after: u64,
    /// Milliseconds between two looks.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(10..))]
    poll: u64,
}

impl Waiting {
    pub(super) fn policy(&self) -> Policy {
        Policy {
            confirmations: self.confirmations,
            bump_after: Duration::from_secs(self.bump_after),
            give_up_after: Duration::from_secs(self.give_up_after),
            poll: Duration::from_millis(self.poll),
        }
    }
}

/// A sender whose journal lies beside the deployment.
pub(super) fn sender<'a>(
    client: &'a Client,
    signer: &'a dyn HashSigner,
    deployment: &Path,
    policy: Policy,
) -> Result<Sender<'a>, Failure> {
    let path = Deployment::journal_path(deployment, signer.address());
    let journal = Journal::open(&path, client.chain_id(), signer.address())?;
    Ok(Sender::new(client, signer, journal, policy))
}

/// Shows on a terminal which step is being sent.
pub(super) fn show<'a>(out: Output, sender: &mut Sender<'a>) {
    let mut spinner: Option<Spinner> = None;
    sender.tell = Box::new(move |step| {
        // The old one goes away first.
        drop(spinner.take());
        spinner = Some(out.spinner(step));
    });
}

/// Transactions as JSON.
pub(super) fn records_json(records: &[Record]) -> Value {
    json!(records)
}

/// Transactions as a table.
pub(super) fn records_table(records: &[Record]) -> String {
    let rows: Vec<Vec<String>> = records
        .iter()
        .map(|record| {
            vec![
                record.step.clone(),
                record.block.to_string(),
                record.gas.to_string(),
                record.bytes.to_string(),
                if record.sent { "now" } else { "before" }.to_owned(),
            ]
        })
        .collect();
    table(&["step", "block", "gas", "bytes", "sent"], &rows)
}
