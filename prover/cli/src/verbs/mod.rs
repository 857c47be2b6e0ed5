//! One file a verb.

mod bench;
mod book;
mod chain;
mod circuit;
mod completions;
mod contract;
mod demo;
mod doctor;
mod liquidate;
mod margin;
mod market;
mod prove;
mod risk;
mod risk_proof;
mod settle;
mod solvency;
mod srs;
mod stress;
mod verify;

use clap::Subcommand;

use crate::errors::Failure;
use crate::output::Output;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Builds a small book, settles and proves it, and has a contract accept it; then tries to cheat.
    Demo(demo::Demo),
    /// The KZG setup: import a ceremony's file, look at one, make an INSECURE one for tests.
    #[command(subcommand)]
    Srs(srs::Srs),
    /// Market data from outside.
    #[command(subcommand)]
    Market(market::Market),
    /// Seeded test books over a real chain.
    #[command(subcommand)]
    Book(book::Book),
    /// Marks, Greeks and scenario values of listed series.
    #[command(subcommand)]
    Risk(risk::Risk),
    /// Proves that one account meets a requirement, and verifies such proofs.
    #[command(subcommand)]
    Solvency(solvency::Solvency),
    /// What a portfolio needs: requirements, worst scenario, Greeks, trades.
    #[command(subcommand)]
    Margin(margin::Margin),
    /// Accounts below maintenance, and what is due then.
    #[command(subcommand)]
    Liquidate(liquidate::Liquidate),
    /// Replays a crash over a made-up book of option accounts, or clears a network of books.
    Stress(stress::Stress),
    /// Settles one expiry in as many batches as it needs. Run it again to go on after an interruption.
    Settle(settle::Settle),
    /// Proves the next batch of a database, and says what memory it took.
    Prove(prove::Prove),
    /// Verifies proof files, and that each batch starts where the one before ended.
    Verify(verify::Verify),
    /// The verifier contract.
    #[command(subcommand)]
    Contract(contract::Contract),
    /// The contracts on a chain: deployed, fed with prices and proofs, watched, stopped.
    #[command(subcommand)]
    Chain(chain::Chain),
    /// The circuits in figures.
    #[command(subcommand)]
    Circuit(circuit::Circuit),
    /// Measures the provers.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Looks at this machine: processor, memory, cache, compiler.
    Doctor(doctor::Doctor),
    /// Completions for a shell, on stdout.
    Completions(completions::Completions),
}

impl Verb {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        match self {
            Self::Demo(verb) => verb.run(out),
            Self::Srs(verb) => verb.run(out),
            Self::Market(verb) => verb.run(out),
            Self::Book(verb) => verb.run(out),
            Self::Risk(verb) => verb.run(out),
            Self::Solvency(verb) => verb.run(out),
            Self::Margin(verb) => verb.run(out),
            Self::Liquidate(verb) => verb.run(out),
            Self::Stress(verb) => verb.run(out),
            Self::Settle(verb) => verb.run(out),
            Self::Prove(verb) => verb.run(out),
            Self::Verify(verb) => verb.run(out),
            Self::Contract(verb) => verb.run(out),
            Self::Chain(verb) => verb.run(out),
            Self::Circuit(verb) => verb.run(out),
            Self::Bench(verb) => verb.run(out),
            Self::Doctor(verb) => verb.run(out),
            Self::Completions(verb) => verb.run(out),
        }
    }
}
