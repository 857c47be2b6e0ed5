//! `srs`: import, verify, info, dev.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use prover::error::SrsError;
use prover::srs::{self, Format, INSECURE_SUFFIX, MAX_K, Setup};
use serde_json::{Value, json};

use crate::errors::Failure;
use crate::output::Output;
use crate::setups;

/// The KZG setup.
#[derive(Debug, Subcommand)]
pub(crate) enum Srs {
    /// Makes a setup whose secret is known. INSECURE: whoever knows the seed can prove anything.
    Dev(Dev),
    /// Reads a ceremony's file (snarkjs .ptau, halo2 raw, arkworks/Aztec), checks every point, and stores our own format.
    Import(Import),
    /// Checks every point and every power of a setup file, stored or from a ceremony.
    Verify(One),
    /// Says what a setup file is.
    Info(One),
}

/// How to make a setup for tests.
#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// log2 of the number of powers.
    #[arg(long)]
    k: u32,
    /// The seed: one seed and size, one setup.
    #[arg(long, default_value = "demo")]
    seed: String,
    /// The file to write; its name has to end in .INSECURE-dev.srs. Default: `k<K>.INSECURE-dev.srs`.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// What to import.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The ceremony's file.
    file: PathBuf,
    /// log2 of the number of powers to take. Default: all, up to 2^15.
    #[arg(long)]
    k: Option<u32>,
    /// The layout; detected by default.
    #[arg(long)]
    format: Option<Layout>,
    /// Where to store it. Default: the cache only.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// One setup file.
#[derive(Debug, Args)]
pub(crate) struct One {
    /// The setup file.
    file: PathBuf,
    /// log2 of the number of powers to take from a ceremony's file. Default: all, up to 2^15.
    #[arg(long)]
    k: Option<u32>,
}

/// The layouts of ceremony files.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Layout {
    Arkworks,
    Halo2Raw,
    Ptau,
}

impl From<Layout> for Format {
    fn from(layout: Layout) -> Self {
        match layout {
            Layout::Arkworks => Self::Arkworks,
            Layout::Halo2Raw => Self::Halo2Raw,
            Layout::Ptau => Self::Ptau,
        }
    }
}

impl Srs {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        match self {
            Self::Dev(dev) => make_dev(out, dev),
            Self::Import(import) => import_file(out, &import),
            Self::Verify(one) => {
                let setup = whole(out, &one.file, one.k)?;
                if setups::is_stored(&one.file) {
                    let _spinner = out.spinner("checking every point");
                    setup.check().map_err(|error| Failure::from(error).about(&one.file))?;
                }
                setups::warn_if_insecure(out, &setup);
                let text = format!("{}\nevery check passed", describe_text(&setup));
                out.result(&describe(&setup, json!({ "verified": true })), &text)
            }
            Self::Info(one) => {
                let setup = whole(out, &one.file, one.k)?;
                setups::warn_if_insecure(out, &setup);
                out.result(&describe(&setup, json!({})), &describe_text(&setup))
            }
        }
    }
}

fn make_dev(out: Output, dev: Dev) -> Result<(), Failure> {
    if !(1..=MAX_K).contains(&dev.k) {
        return Err(Failure::usage(format!("k: expected 1 to {MAX_K}, found {}", dev.k)));
    }
    let path = dev.out.unwrap_or_else(|| format!("k{}{INSECURE_SUFFIX}", dev.k).into());
    let setup = setups::dev(out, dev.k, &dev.seed)?;
    setup.save(&path)?;
    setups::warn_if_insecure(out, &setup);
    let text = format!("{}\nwritten to {}", describe_text(&setup), path.display());
    out.result(&describe(&setup, json!({ "file": path })), &text)
}

fn import_file(out: Output, import: &Import) -> Result<(), Failure> {
    let read = |k| setups::import(out, &import.file, import.format.map(Format::from), k);
    let setup = match (read(import.k.unwrap_or(15)), import.k) {
        (Err(SrsError::Size { k_max, .. }), None) => read(k_max),
        (read, _) => read,
    };
    let setup = setup.map_err(|error| Failure::from(error).about(&import.file))?;
    let mut text = describe_text(&setup);
    if let Some(path) = &import.out {
        setup.save(path)?;
        text.push_str(&format!("\nwritten to {}", path.display()));
    }
    out.result(&describe(&setup, json!({ "file": import.out })), &text)
}

/// A setup in the size that its file has.
fn whole(out: Output, path: &Path, k: Option<u32>) -> Result<Setup, Failure> {
    let read = |k: Option<u32>| {
        if setups::is_stored(path) {
            return Setup::load(path);
        }
        let _spinner = out.spinner("checking powers of tau");
        match (srs::import(path, None, k.unwrap_or(15)), k) {
            (Err(SrsError::Size { k_max, .. }), None) => srs::import(path, None, k_max),
            (read, _) => read,
        }
    };
    read(k).map_err(|error| Failure::from(error).about(path))
}

fn describe(setup: &Setup, more: Value) -> Value {
    let mut value = json!({ "k": setup.k(), "insecure": setup.insecure(), "provenance": setup.provenance() });
    if let (Value::Object(all), Value::Object(more)) = (&mut value, more) {
        all.extend(more);
    }
    value
}

fn describe_text(setup: &Setup) -> String {
    format!("2^{} powers of {}", setup.k(), setup.provenance())
}
