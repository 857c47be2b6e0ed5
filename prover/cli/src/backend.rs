//! `--backend` and `--check`: which prover makes the proofs, and whether the witness is looked at before.

use clap::{Args, ValueEnum};
use prover::backend::{Checked, Chosen, Cpu, Stock};

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
    /// Looks at every gate, lookup and copy of the witness before anything is proven, and names the first that does not hold.
    #[arg(long)]
    check: bool,
}

impl BackendOption {
    /// Whether the prover keeps profiles.
    pub(crate) fn profiles(self) -> bool {
        self.backend == BackendName::Cpu
    }

    pub(crate) fn prover(self) -> Checked<Chosen> {
        let chosen = match self.backend {
            BackendName::Cpu => Chosen::Cpu(Cpu::default()),
            BackendName::Stock => Chosen::Stock(Stock),
        };
        Checked::new(chosen, self.check)
    }
}
