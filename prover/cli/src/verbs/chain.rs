//! `chain`: the contracts on a chain.

mod deploy;
mod drill;
mod options;
mod pause;
mod price;
mod proofs;
mod records;
mod status;
mod submit;
mod template;
mod verifiers;

use chain::ChainError;
use clap::Subcommand;

use crate::errors::Failure;
use crate::output::Output;

/// What to do there.
#[derive(Debug, Subcommand)]
pub(crate) enum Chain {
    /// Writes a configuration for `chain deploy`, to be filled in: the program's own parameters and rules, and 0 for every address.
    Config(template::Config),
    /// Deploys all contracts and wires them. Run it again to go on after an interruption.
    Deploy(Box<deploy::Deploy>),
    /// Sends the proofs that `settle`, `liquidate` and `risk prove` wrote, each step once. Run it again to go on after an interruption.
    Submit(Box<submit::Submit>),
    /// What the chain says, compared with a local database.
    Status(status::Status),
    /// Signed price reports and settlement prices.
    #[command(subcommand)]
    Price(price::Price),
    /// Stops liquidations and outflows for a time, or a verifier for ever.
    Pause(pause::Pause),
    /// Starts a chain of one's own and goes all the way: prices, batches, liquidation, solvency, breaker, freeze.
    Drill(Box<drill::Drill>),
}

impl Chain {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        match self {
            Self::Config(verb) => verb.run(out),
            Self::Deploy(verb) => verb.run(out),
            Self::Submit(verb) => verb.run(out),
            Self::Status(verb) => verb.run(out),
            Self::Price(verb) => verb.run(out),
            Self::Pause(verb) => verb.run(out),
            Self::Drill(verb) => verb.run(out),
        }
    }
}

impl From<ChainError> for Failure {
    fn from(error: ChainError) -> Self {
        let message = error.to_string();
        match error {
            ChainError::Rejected(_) => Self::rejected(message),
            ChainError::Usage(_) => Self::usage(message),
            ChainError::Environment(_) => Self::environment(message),
            ChainError::Resource(_) => Self::resource(message),
            ChainError::Internal(_) => Self::internal(message),
        }
    }
}
