//! `settle`: one expiry, from a chain to proof files.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use prover::sequencer::{Job, Report};
use serde_json::{Value, json};
use witness_gen::statement::settlement::{PRICE_SLOTS, PriceSlot};

use crate::backend::BackendOption;
use crate::book::{self, BookOptions};
use crate::chain_file;
use crate::errors::Failure;
use crate::machine;
use crate::output::{Output, batch_json, field_hex, joined, seconds, table};
use crate::setups;

/// Settles an expiry.
#[derive(Debug, Args)]
pub(crate) struct Settle {
    #[command(flatten)]
    book: BookOptions,
    /// Delivery prices: CSV, or the answer of Deribit's public API.
    #[arg(long)]
    delivery: PathBuf,
    /// The setup: a ceremony's file, or one that `srs` stored.
    #[arg(long)]
    srs: PathBuf,
    /// Where the proof files go.
    #[arg(long)]
    out: PathBuf,
    /// The size of the circuit. Default: the largest that the setup allows, at most m.
    #[arg(long)]
    size: Option<String>,
    /// The database, made if it is not there. SECRET. Default: state.sqlite in the folder of the proofs.
    #[arg(long)]
    db: Option<PathBuf>,
    #[command(flatten)]
    backend: BackendOption,
    /// At most so many accounts a batch, where fewer are wanted than fit.
    #[arg(long)]
    max_accounts_per_batch: Option<usize>,
}

impl Settle {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        let (expiry, underlying) = (book::expiry(&self.book.expiry)?, book::underlying(&self.book.currency)?);
        let price = chain_file::read_delivery(&self.delivery, underlying)?.get(underlying, expiry)?;
        let mut prices = [None; PRICE_SLOTS];
        prices[0] = Some(PriceSlot { underlying, price });
        let (setup, size) = setups::load_for(out, &self.srs, self.size.as_deref())?;
        setups::warn_if_insecure(out, &setup);
        fs::create_dir_all(&self.out).map_err(|error| Failure::io(&self.out, "a folder that can be made", &error))?;
        let db = self.db.clone().unwrap_or_else(|| self.out.join("state.sqlite"));
        let (mut store, created) = self.book.open_or_create(out, &db)?;
        let secret = book::about_secret(out, &store)?;
        let (circuit, cached) = setups::keys(out, &setup, size)?;
        let mut job = Job {
            store: &mut store,
            setup: &setup,
            keys: &cached.keys,
            circuit: &circuit,
            expiry,
            prices,
            folder: &self.out,
            max_accounts: self.max_accounts_per_batch,
            max_batches: None,
        };
        let report = job.run(&self.backend.prover(), &mut out.batches())?;
        if let Some(reason) = &report.open_because {
            out.warn(&format!("the expiry stays open: {reason}"));
        }
        let about = json!({
            "size": size.name,
            "k": size.k,
            "book_created": created,
            "delivery_price": price.get(),
            "key_digest": cached.keys.digest,
            "setup": setup.provenance(),
            "setup_insecure": setup.insecure(),
            "database": db,
        });
        let value = joined(joined(report_json(&report), about), secret);
        out.result(&value, &report_text(&report))
    }
}

/// A run as JSON.
pub(crate) fn report_json(report: &Report) -> Value {
    json!({
        "batches": report.batches.iter().map(batch_json).collect::<Vec<_>>(),
        "earlier_batches": report.earlier,
        "batch_number": report.batch_number,
        "final_root": field_hex(&report.final_root),
        "closed": report.closed,
        "remaining_accounts": report.remaining,
        "open_because": report.open_because,
        "nothing_to_do": report.batches.is_empty(),
        "peak_memory_bytes": machine::peak_memory(),
    })
}

/// A run for people.
pub(crate) fn report_text(report: &Report) -> String {
    let header = [
        "batch",
        "accounts",
        "positions",
        "series",
        "witness s",
        "prove s",
        "verify s",
        "proof bytes",
    ];
    let row = |batch: &prover::sequencer::BatchReport| {
        vec![
            batch.instance.batch.to_string(),
            batch.accounts.to_string(),
            batch.positions.to_string(),
            batch.series.to_string(),
            format!("{:.3}", seconds(batch.witness_time)),
            format!("{:.3}", seconds(batch.prove_time)),
            format!("{:.3}", seconds(batch.verify_time)),
            batch.proof_bytes.to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = report.batches.iter().map(row).collect();
    let mut text = if rows.is_empty() {
        "nothing to do".to_owned()
    } else {
        table(&header, &rows)
    };
    if report.earlier > 0 {
        text.push_str(&format!("\nbatches of this expiry recorded before: {}", report.earlier));
    }
    text.push_str(match (report.closed, report.remaining) {
        (true, _) => "\nthe expiry is closed",
        (false, 0) => "\nthe expiry is open, no account waits",
        (false, _) => "\nthe expiry is open, accounts wait",
    });
    text.push_str(&format!(
        "\nstate root after batch {}: {}",
        report.batch_number,
        field_hex(&report.final_root)
    ));
    if let Some(peak) = machine::peak_memory() {
        text.push_str(&format!("\npeak memory: {}", machine::mebibytes(peak)));
    }
    text
}
