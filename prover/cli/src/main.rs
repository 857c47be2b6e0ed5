//! `zksettle`, the command line: parses, hands over to a verb, turns its failure into an exit code.

mod backend;
mod book;
mod chain_file;
mod errors;
mod evm;
mod machine;
mod output;
mod panics;
mod plots;
mod setups;
mod synthetic;
mod verbs;

use std::process::ExitCode;

use clap::Parser;

use crate::errors::{Code, Failure};
use crate::output::Output;
use crate::verbs::Verb;

/// Settles option books and proves it: private accounts, public prices, a proof for every batch.
#[derive(Debug, Parser)]
#[command(name = "zksettle", version, max_term_width = 110, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// One JSON object on stdout, nothing else there.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    verb: Verb,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 proof or statement rejected, 2 usage, 3 environment (missing or bad file, bad \
setup, database in use), 4 machine or size too small, 5 internal error.";

fn main() -> ExitCode {
    panics::hide_texts();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let out = Output { json: arguments.json };
    match panics::caught(|| arguments.verb.run(out)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            out.failure(&failure);
            ExitCode::from(failure.code as u8)
        }
    }
}

/// Help and version are no failures; everything else that clap refuses is a usage error.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if std::env::args_os().any(|argument| argument == "--json") {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        Output { json: true }.failure(&Failure::usage(first));
    } else {
        let _ = error.print();
    }
    ExitCode::from(Code::Usage as u8)
}
