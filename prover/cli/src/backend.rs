//! `--backend`: which prover makes the proofs.

use clap::{Args, ValueEnum};
use prover::backend::{Chosen, Cpu, Stock};

/// The provers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BackendName {
    /// Ours.
    Cpu,
    /// The library's own: the same proofs, two to three times the work.
    Stock,
}

/// The choice of a prover, as every verb that proves has it.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct BackendOption {
    /// The prover.
    #[arg(long, value_enum, default_value = "cpu")]
    backend: BackendName,
}

impl BackendOption {
    /// Whether the prover keeps profiles.
    pub(crate) fn profiles(self) -> bool {
        self.backend == BackendName::Cpu
    }

    pub(crate) fn prover(self) -> Chosen {
        match self.backend {
            BackendName::Cpu => Chosen::Cpu(Cpu::default()),
            BackendName::Stock => Chosen::Stock(Stock),
        }
    }
}
