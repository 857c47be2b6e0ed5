//! `completions`.

use std::io::{Write, stdout};

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use serde_json::json;

use crate::errors::Failure;
use crate::output::Output;

/// Completions for a shell.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut crate::Arguments::command(), "zksettle", &mut script);
        if out.json {
            let text = String::from_utf8_lossy(&script);
            return out.result(&json!({ "shell": self.shell.to_string(), "script": text }), "");
        }
        stdout()
            .write_all(&script)
            .map_err(|error| Failure::environment(format!("stdout: expected to write, found {error}")))
    }
}
