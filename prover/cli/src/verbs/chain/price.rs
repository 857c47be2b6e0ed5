//! `chain price`: sign, submit, finalize.

use std::fs;
use std::path::PathBuf;

use chain::deployment::Deployment;
use chain::prices::{FORMAT, Reports, finalize, signed_round};
use chain::primitives::U256;
use chain::signer::HashSigner;
use clap::{Args, Subcommand};
use serde_json::json;
use witness_gen::store::write_whole;

use super::options::{Access, Key, Node, Waiting, records_json, records_table, sender, show};
use super::proofs::number;
use crate::book;
use crate::errors::Failure;
use crate::output::{Output, field_of_hex};
use crate::verbs::risk::read_round;

/// Prices.
#[derive(Debug, Subcommand)]
pub(crate) enum Price {
    /// Signs a price with each key, and appends the round to a file of reports.
    Sign(Sign),
    /// Submits the rounds of a file of reports that the oracle does not have.
    Submit(Send),
    /// Makes the settlement price of an expiry final.
    Finalize(Finalize),
}

/// What to sign.
#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// The deployment: its oracle and chain are part of what is signed.
    #[arg(long)]
    deployment: PathBuf,
    /// Underlying, price, time and digest of volatilities are those of this risk file.
    #[arg(long, conflicts_with_all = ["currency", "price", "time", "volatility"], required_unless_present = "price")]
    risk: Option<PathBuf>,
    /// The underlying: ETH or BTC.
    #[arg(long, requires = "price")]
    currency: Option<String>,
    /// The price, in 10^-6 quote.
    #[arg(long, requires_all = ["currency", "time"])]
    price: Option<u64>,
    /// When it was observed, Unix seconds.
    #[arg(long)]
    time: Option<u64>,
    /// Digest of forwards and volatilities: 0x and 64 digits. Default: none.
    #[arg(long)]
    volatility: Option<String>,
    /// A signer's key: keystore:FILE, env:NAME or command:PROGRAM. May be given many times.
    #[arg(long = "signer", required = true)]
    signers: Vec<String>,
    #[command(flatten)]
    access: Access,
    /// The file of reports.
    #[arg(long)]
    out: PathBuf,
}

/// Which reports.
#[derive(Debug, Args)]
pub(crate) struct Send {
    #[command(flatten)]
    node: Node,
    #[command(flatten)]
    key: Key,
    /// The deployment.
    #[arg(long)]
    deployment: PathBuf,
    /// The file of reports.
    #[arg(long)]
    reports: PathBuf,
    #[command(flatten)]
    waiting: Waiting,
}

/// Which expiry.
#[derive(Debug, Args)]
pub(crate) struct Finalize {
    #[command(flatten)]
    node: Node,
    #[command(flatten)]
    key: Key,
    /// The deployment.
    #[arg(long)]
    deployment: PathBuf,
    /// The underlying: ETH or BTC.
    #[arg(long)]
    currency: String,
    /// The expiry: YYYY-MM-DD (08:00 UTC) or a full RFC 3339 time.
    #[arg(long)]
    expiry: String,
    #[command(flatten)]
    waiting: Waiting,
}

impl Price {
    pub(super) fn run(self, out: Output) -> Result<(), Failure> {
        match self {
            Self::Sign(verb) => verb.run(out),
            Self::Submit(verb) => verb.run(out),
            Self::Finalize(verb) => verb.run(out),
        }
    }
}

impl Sign {
    fn what(&self) -> Result<(u16, u64, u64, U256), Failure> {
        if let Some(path) = &self.risk {
            let inputs = read_round(path)?.arrays.inputs;
            let digest = number(&inputs.digest());
            return Ok((inputs.underlying.get(), inputs.spot.get(), inputs.time, digest));
        }
        let (Some(currency), Some(price), Some(time)) = (&self.currency, self.price, self.time) else {
            return Err(Failure::usage("expected --risk, or --currency, --price and --time"));
        };
        let digest = self
            .volatility
            .as_deref()
            .map(|text| field_of_hex("volatility", text))
            .transpose()?;
        let digest = digest.map_or(U256::ZERO, |digest| number(&digest));
        Ok((book::underlying(currency)?.get(), price, time, digest))
    }

    fn run(self, out: Output) -> Result<(), Failure> {
        let what = self.what()?;
        let deployment = Deployment::read(&self.deployment)?;
        let (chain_id, oracle) = (deployment.chain_id, deployment.address("OracleAggregator")?);
        let mut keys = Vec::new();
        for text in &self.signers {
            keys.push(self.access.open(text)?);
        }
        let signers: Vec<&dyn HashSigner> = keys.iter().map(AsRef::as_ref).collect();
        let round = signed_round((chain_id, oracle), what, &signers)?;
        let mut file = match fs::read_to_string(&self.out) {
            Ok(text) => Reports::parse(&text).map_err(|error| Failure::from(error).about(&self.out))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Reports {
                format: FORMAT.to_owned(),
                chain_id,
                oracle,
                rounds: Vec::new(),
            },
            Err(error) => return Err(Failure::io(&self.out, "a file of reports", &error)),
        };
        if (file.chain_id, file.oracle) != (chain_id, oracle) {
            let path = self.out.display();
            return Err(Failure::usage(format!(
                "{path}: expected reports for this deployment's oracle, found others"
            )));
        }
        file.rounds.push(round);
        let text = serde_json::to_string_pretty(&file).map_err(|error| Failure::internal(error.to_string()))?;
        write_whole(&self.out, text.as_bytes())?;
        let (underlying, price, time, _) = what;
        let value = json!({
            "reports": self.out, "rounds": file.rounds.len(), "underlying": underlying, "price": price, "time": time,
            "signers": signers.iter().map(|signer| signer.address()).collect::<Vec<_>>(),
        });
        let text = format!(
            "{}: {} rounds, the last of price {price} at {time}",
            self.out.display(),
            file.rounds.len()
        );
        out.result(&value, &text)
    }
}

impl Send {
    fn run(self, out: Output) -> Result<(), Failure> {
        let signer = self.key.open()?;
        let text = fs::read_to_string(&self.reports)
            .map_err(|error| Failure::io(&self.reports, "a file of reports", &error))?;
        let file = Reports::parse(&text).map_err(|error| Failure::from(error).about(&self.reports))?;
        let client = self.node.connect()?;
        let deployment = Deployment::open(&self.deployment, &client)?;
        let mut sender = sender(&client, signer.as_ref(), &self.deployment, self.waiting.policy())?;
        show(out, &mut sender);
        let sent = file.submit(&mut sender, &deployment)?;
        let value = json!({
            "rounds": file.rounds.len(), "sent": sent, "nothing_to_do": sent == 0,
            "transactions": records_json(&sender.records),
        });
        let text = format!(
            "{}\n{sent} of {} rounds sent",
            records_table(&sender.records),
            file.rounds.len()
        );
        out.result(&value, &text)
    }
}

impl Finalize {
    fn run(self, out: Output) -> Result<(), Failure> {
        let (expiry, underlying) = (book::expiry(&self.expiry)?, book::underlying(&self.currency)?);
        let signer = self.key.open()?;
        let client = self.node.connect()?;
        let deployment = Deployment::open(&self.deployment, &client)?;
        let mut sender = sender(&client, signer.as_ref(), &self.deployment, self.waiting.policy())?;
        show(out, &mut sender);
        let price = finalize(&mut sender, &deployment, expiry.get(), underlying.get())?;
        let value = json!({
            "expiry": expiry.get(), "underlying": underlying.get(), "price": price,
            "transactions": records_json(&sender.records),
        });
        out.result(
            &value,
            &format!(
                "settlement price of {} at {}: {price} (10^-6 quote)",
                self.currency, self.expiry
            ),
        )
    }
}
