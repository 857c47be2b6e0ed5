//! `market import`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use serde_json::json;
use witness_gen::market::chain::SnapshotChoice;
use witness_gen::market::{OptionChain, UtcSeconds, currency_of, deribit};
use witness_gen::store::write_whole;

use crate::book;
use crate::chain_file;
use crate::errors::Failure;
use crate::output::{Output, table};

/// Market data.
#[derive(Debug, Subcommand)]
pub(crate) enum Market {
    /// Reads an option chain, says what is in it, and writes it in one normalised form.
    Import(Import),
}

/// What to read.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("source").required(true).args(["chain", "instruments"]))]
pub(crate) struct Import {
    /// A chain as CSV, plain or gzipped, or one that this verb wrote.
    #[arg(long)]
    chain: Option<PathBuf>,
    /// Deribit's answer to public/get_instruments.
    #[arg(long)]
    instruments: Option<PathBuf>,
    /// Deribit's answer to public/get_book_summary_by_currency: open interest and premiums.
    #[arg(long, requires = "instruments")]
    summaries: Option<PathBuf>,
    /// ETH or BTC.
    #[arg(long)]
    currency: String,
    /// Of a CSV with many snapshots: the one of exactly this time (RFC 3339).
    #[arg(long, conflicts_with = "before")]
    snapshot: Option<String>,
    /// Of a CSV with many snapshots: the last before this expiry (YYYY-MM-DD). Default: the last of all.
    #[arg(long)]
    before: Option<String>,
    /// Delivery prices to check and count: CSV, or Deribit's answer.
    #[arg(long)]
    delivery: Option<PathBuf>,
    /// Where to write the normalised chain.
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Market {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        let Self::Import(import) = self;
        let underlying = book::underlying(&import.currency)?;
        let spinner = out.spinner("reading the chain");
        let chain = import.chain()?;
        drop(spinner);
        let delivery = match &import.delivery {
            Some(path) => {
                let prices = chain_file::read_delivery(path, underlying)?;
                Some(prices.iter().filter(|(found, ..)| *found == underlying).count())
            }
            None => None,
        };
        if let Some(path) = &import.out {
            write_whole(path, chain_file::to_json(&chain).as_bytes())?;
        }
        let (mut lines, mut rows) = (Vec::new(), Vec::new());
        for expiry in chain.expiries() {
            let of = || chain.quotes.iter().filter(|quote| quote.expiry == expiry);
            let open = of().filter(|quote| quote.open_interest.0 > 0).count();
            let interest: u128 = of().map(|quote| u128::from(quote.open_interest.0)).sum();
            let at = UtcSeconds::of_expiry(expiry).to_string();
            let contracts = format!("{}.{:06}", interest / 1_000_000, interest % 1_000_000);
            rows.push(vec![
                at.clone(),
                of().count().to_string(),
                open.to_string(),
                contracts.clone(),
            ]);
            lines.push(json!({
                "expiry_utc": at, "contracts": of().count(), "with_open_interest": open, "open_interest": contracts,
            }));
        }
        let value = json!({
            "currency": currency_of(chain.underlying),
            "snapshot_utc": chain.snapshot.to_string(),
            "style": chain.style.to_string(),
            "contracts": chain.quotes.len(),
            "expiries": lines,
            "delivery_prices": delivery,
            "written": import.out,
        });
        let mut text = format!(
            "{} options at {}, {} contracts, {}\n{}",
            currency_of(chain.underlying),
            chain.snapshot,
            chain.quotes.len(),
            chain.style,
            table(&["expiry", "contracts", "with interest", "open interest"], &rows)
        );
        if let Some(count) = delivery {
            text.push_str(&format!("\ndelivery prices: {count}"));
        }
        if let Some(path) = &import.out {
            text.push_str(&format!("\nwritten to {}", path.display()));
        }
        out.result(&value, &text)
    }
}

impl Import {
    fn chain(&self) -> Result<OptionChain, Failure> {
        let underlying = book::underlying(&self.currency)?;
        if let Some(path) = &self.chain {
            let choice = match (&self.snapshot, &self.before) {
                (Some(at), _) => SnapshotChoice::At(UtcSeconds::parse(at).ok_or_else(|| {
                    Failure::usage(format!(
                        "snapshot: expected an RFC 3339 time with whole seconds, found {at}"
                    ))
                })?),
                (None, Some(before)) => SnapshotChoice::LatestBefore(book::expiry(before)?),
                (None, None) => SnapshotChoice::Latest,
            };
            return chain_file::read(path, underlying, choice);
        }
        let path = self
            .instruments
            .as_ref()
            .ok_or_else(|| Failure::usage("expected --chain or --instruments, found none"))?;
        let instruments = chain_file::open(path)?;
        let mut summaries = self.summaries.as_ref().map(|path| chain_file::open(path)).transpose()?;
        let summaries = summaries.as_mut().map(|file| file as &mut dyn std::io::Read);
        deribit::read_chain(instruments, summaries, underlying).map_err(|error| Failure::from(error).about(path))
    }
}
