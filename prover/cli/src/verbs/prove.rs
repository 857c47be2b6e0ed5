//! `prove`: the next batch of a database.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use prover::backend::Chosen;
use prover::sequencer::Job;
use serde_json::{Value, json};
use witness_gen::statement::settlement::{PRICE_SLOTS, PriceSlot};
use witness_gen::store::Store;

use super::bench::phases as phase_table;
use super::settle::{report_json, report_text};
use crate::backend::BackendOption;
use crate::book;
use crate::chain_file;
use crate::errors::Failure;
use crate::output::{Output, joined};
use crate::plots::phases;
use crate::setups;

/// Proves one batch.
#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// The database.
    #[arg(long)]
    db: PathBuf,
    /// The expiry: YYYY-MM-DD (08:00 UTC) or an RFC 3339 time.
    #[arg(long)]
    expiry: String,
    /// The underlying: ETH or BTC.
    #[arg(long)]
    currency: String,
    /// Delivery prices: CSV, or the answer of Deribit's public API.
    #[arg(long)]
    delivery: PathBuf,
    /// The setup: a ceremony's file, or one that `srs` stored.
    #[arg(long)]
    srs: PathBuf,
    /// Where the proof file goes. Default: the folder of the database.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The size of the circuit. Default: the largest that the setup allows, at most m.
    #[arg(long)]
    size: Option<String>,
    #[command(flatten)]
    backend: BackendOption,
    /// Says what each phase of the proof took: CPU and wall time, multiplications, FFTs.
    #[arg(long)]
    profile: bool,
    /// The same as a chart, an SVG file.
    #[arg(long, value_name = "FILE")]
    profile_svg: Option<PathBuf>,
    /// At most so many accounts in the batch.
    #[arg(long)]
    max_accounts_per_batch: Option<usize>,
    /// Writes the batch's witness to a file (mode 0600): every touched account in the clear.
    #[arg(long, requires = "i_know_this_is_secret")]
    dump_witness: Option<PathBuf>,
    /// Has to stand beside --dump-witness.
    #[arg(long)]
    i_know_this_is_secret: bool,
}

impl Prove {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        let (expiry, underlying) = (book::expiry(&self.expiry)?, book::underlying(&self.currency)?);
        let price = chain_file::read_delivery(&self.delivery, underlying)?.get(underlying, expiry)?;
        let mut prices = [None; PRICE_SLOTS];
        prices[0] = Some(PriceSlot { underlying, price });
        let mut store = Store::open(&self.db)?;
        let (setup, size) = setups::load_for(out, &self.srs, self.size.as_deref())?;
        setups::warn_if_insecure(out, &setup);
        let (circuit, cached) = setups::keys(out, &setup, size)?;
        let beside = self
            .db
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let mut job = Job {
            store: &mut store,
            setup: &setup,
            keys: &cached.keys,
            circuit: &circuit,
            expiry,
            prices,
            folder: self.out.as_deref().unwrap_or(beside),
            max_accounts: self.max_accounts_per_batch,
            max_batches: Some(1),
        };
        if let Some(path) = &self.dump_witness {
            dump(&job, path)?;
        }
        let wants_profile = self.profile || self.profile_svg.is_some();
        if wants_profile && !self.backend.profiles() {
            return Err(Failure::usage(
                "profile: expected --backend cpu, found one that keeps no profile",
            ));
        }
        let prover = self.backend.prover();
        let report = job.run(&prover, &mut out.batches())?;
        let about = json!({ "size": size.name, "setup_insecure": setup.insecure() });
        let mut value = joined(report_json(&report), about);
        let mut text = report_text(&report);
        let made = match prover.backend() {
            Chosen::Cpu(cpu) => cpu.profiles().take().pop(),
            Chosen::Stock(_) => None,
        };
        if let Some(profile) = made.filter(|_| wants_profile) {
            if let Some(path) = &self.profile_svg {
                phases::draw(path, &profile)
                    .map_err(|reason| Failure::environment(format!("{}: {reason}", path.display())))?;
            }
            text = format!("{text}\n{}", phase_table(&profile));
            value = joined(value, json!({ "profile": profile }));
        }
        out.result(&value, &text)
    }
}

/// The witness of the next batch, for its owner to look at.
fn dump(job: &Job<'_>, path: &Path) -> Result<(), Failure> {
    let Some(prepared) = job.prepare(&job.store.load_ledger()?)? else {
        return Ok(());
    };
    let witness = &prepared.batch.witness;
    let accounts: Vec<Value> = witness
        .accounts
        .iter()
        .map(|update| {
            json!({ "index": update.index, "account": update.account, "new_blinding": update.new_blinding, "path": update.path })
        })
        .collect();
    let value = json!({ "secret": true, "instance": prepared.batch.instance, "accounts": accounts });
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| writeln!(file, "{value:#}"));
    written.map_err(|error| Failure::io(path, "a new file that can be written", &error))
}
