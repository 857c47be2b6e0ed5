//! The same settlement with other people's proving systems, side by side: see the README beside the manifest.

mod circom;
mod error;
mod field;
mod groth16;
mod halo2;
mod job;
mod measure;
mod noir;
mod ours;
mod poseidon;
mod runner;
mod setups;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use circuits::size::Size;
use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::Serialize;

use crate::error::Failure;
use crate::job::{Job, Layout};

/// What every peer leaves out.
macro_rules! less {
    () => {
        "less: one position an account, calls and puts only, no fees, open interest, nonces, pools or history; \
         membership does not say that the accounts are distinct"
    };
}

/// Who settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
enum Peer {
    /// Noir and barretenberg, Poseidon2 as the proving system has it.
    #[value(name = "noir-poseidon2")]
    NoirPoseidon2,
    /// Noir and barretenberg, circomlib's Poseidon.
    NoirCircomlib,
    /// arkworks' Groth16.
    Groth16,
    /// halo2-base with the library's prover.
    Halo2Base,
    /// circom and snarkjs, Groth16.
    Circom,
    /// Our circuit with the library's prover.
    Stock,
    /// Our circuit with our prover.
    Cpu,
}

impl Peer {
    const ALL: [Self; 7] = [
        Self::NoirPoseidon2,
        Self::NoirCircomlib,
        Self::Groth16,
        Self::Halo2Base,
        Self::Circom,
        Self::Stock,
        Self::Cpu,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::NoirPoseidon2 => "noir-poseidon2",
            Self::NoirCircomlib => "noir-circomlib",
            Self::Groth16 => "groth16",
            Self::Halo2Base => "halo2-base",
            Self::Circom => "circom",
            Self::Stock => "stock",
            Self::Cpu => "cpu",
        }
    }

    fn is_ours(self) -> bool {
        matches!(self, Self::Stock | Self::Cpu)
    }

    /// Only our circuit shares what the paths of neighbours have in common; for the others one layout says it all.
    fn layouts(self) -> &'static [Layout] {
        if self.is_ours() {
            &[Layout::Scattered, Layout::Neighbours]
        } else {
            &[Layout::Scattered]
        }
    }

    fn proves(self) -> &'static str {
        match self {
            Self::NoirPoseidon2 => concat!(
                less!(),
                "; another hash, Poseidon2, for which its proving system has a gate"
            ),
            Self::NoirCircomlib => less!(),
            Self::Groth16 | Self::Circom => {
                concat!(
                    less!(),
                    "; a ceremony for this one circuit and this one number of positions"
                )
            }
            Self::Halo2Base => concat!(less!(), "; a Blake2b transcript, which no contract takes"),
            Self::Stock => "the whole of statement S, with the library's prover; a universal setup",
            Self::Cpu => "the whole of statement S, with our prover; a universal setup",
        }
    }
}

/// What the peers prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
enum Statement {
    /// N accounts are in the book, and this is what they get.
    Membership,
    /// And this is the book when they have got it.
    Update,
}

impl Statement {
    const ALL: [Self; 2] = [Self::Membership, Self::Update];

    fn name(self) -> &'static str {
        match self {
            Self::Membership => "membership",
            Self::Update => "update",
        }
    }
}

/// The same settlement with our prover and with its peers.
#[derive(Debug, Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    inner: Option<Inner>,
    #[command(flatten)]
    run: Run,
}

/// What to run.
#[derive(Clone, Debug, Args)]
struct Run {
    /// Settled positions, one an account.
    #[arg(long, default_value_t = 64)]
    n: usize,
    /// Instead of --n: as many scattered accounts as this size of our circuit takes.
    #[arg(long)]
    fill: Option<String>,
    /// These peers only, comma-separated.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Peer>,
    /// These statements only; ours always proves the whole settlement.
    #[arg(long, value_delimiter = ',')]
    statement: Vec<Statement>,
    /// Proofs of each row; the one with the median CPU time is shown.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Names the accounts and their positions.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Rows as JSON on stdout, every run in them.
    #[arg(long)]
    json: bool,
    /// Seconds after which a command of a peer is stopped and the row is a failure.
    #[arg(long, default_value_t = 3600)]
    limit_s: u64,
    /// Where jobs, keys and proofs go.
    #[arg(long, default_value_os_t = root().join("target/peers"))]
    work: PathBuf,
    /// Aztec's setup as bb keeps it (a folder with bn254_g1.dat and bn254_g2.dat); without it one is made here, which costs the prover the
    /// same and which bb's own verifier does not take.
    #[arg(long)]
    bb_crs: Option<PathBuf>,
}

impl Run {
    fn positions(&self) -> Result<usize, Failure> {
        let Some(name) = &self.fill else {
            return if self.n == 0 {
                Err(Failure::new("--n: expected at least 1"))
            } else {
                Ok(self.n)
            };
        };
        let size = Size::by_name(name).ok_or_else(|| Failure::new("--fill: expected a size of our circuit"))?;
        job::capacity(&size, self.seed)
    }
}

/// What the runner starts in processes of their own.
#[derive(Debug, Subcommand)]
enum Inner {
    /// Makes a job.
    #[command(hide = true)]
    Prepare {
        n: usize,
        seed: u64,
        layout: Layout,
        out: PathBuf,
    },
    /// Runs a peer that is a Rust library.
    #[command(hide = true)]
    Peer {
        peer: Peer,
        statement: Statement,
        job: PathBuf,
        runs: usize,
    },
    /// Makes a setup for bb.
    #[command(hide = true)]
    Crs { points: usize, out: PathBuf },
    /// Makes a setup for snarkjs.
    #[command(hide = true)]
    Ptau { power: u32, out: PathBuf },
}

/// The folder of this crate.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn main() -> ExitCode {
    let Arguments { inner, run } = Arguments::parse();
    let done = match inner {
        None => runner::run(&run),
        Some(Inner::Prepare { n, seed, layout, out }) => Job::make(n, seed, layout).and_then(|job| job.save(&out)),
        Some(Inner::Peer {
            peer,
            statement,
            job,
            runs,
        }) => inner_peer(peer, statement, &job, runs),
        Some(Inner::Ptau { power, out }) => setups::make_ptau(power, &out),
        Some(Inner::Crs { points, out }) => setups::make_crs(points, &out),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn inner_peer(peer: Peer, statement: Statement, job: &Path, runs: usize) -> Result<(), Failure> {
    let job = Job::load(job)?;
    let report = match peer {
        Peer::Groth16 => groth16::run(&job, statement, runs)?,
        Peer::Halo2Base => halo2::run(&job, statement, runs)?,
        Peer::Stock => ours::run(&job, ours::Prover::Stock, runs)?,
        Peer::Cpu => ours::run(&job, ours::Prover::Cpu, runs)?,
        Peer::NoirPoseidon2 | Peer::NoirCircomlib | Peer::Circom => {
            return Err(Failure::new(format!("{}: is not a Rust library", peer.name())));
        }
    };
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}
