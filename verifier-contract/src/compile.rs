//! The Solidity compiler, where there is one: node with the pinned npm `solc`.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::artifact::{Artifact, ArtifactError};

/// Why a source was not compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// node cannot be started.
    #[error("node does not start: {0}")]
    NoNode(#[source] io::Error),
    /// The npm package `solc` is not installed beside the script.
    #[error("expected npm packages in {folder}: run `npm ci` there")]
    NoSolc {
        /// Where `node_modules` was looked for.
        folder: PathBuf,
    },
    /// Reading or writing the compiler's pipes failed.
    #[error("pipe to the compiler: {0}")]
    Pipe(#[source] io::Error),
    /// The compiler refused the source.
    #[error("compiler: {message}")]
    Refused {
        /// What it printed.
        message: String,
    },
    /// The output is not an artifact.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
}

/// The folder of `compile.mjs`: the environment variable `ZKSETTLE_CONTRACTS`, or this crate's source folder.
fn folder() -> PathBuf {
    std::env::var_os("ZKSETTLE_CONTRACTS").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).into(), PathBuf::from)
}

/// Compiles a source with node and the pinned npm `solc`; `contract` is the full name of the contract in it.
pub fn compile_with_node(source: &str, contract: &str) -> Result<Artifact, CompileError> {
    let folder = folder();
    if !folder.join("node_modules/solc/package.json").is_file() {
        return Err(CompileError::NoSolc { folder });
    }
    let mut node = Command::new("node")
        .arg(folder.join("compile.mjs"))
        .args(["--stdin", contract])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(CompileError::NoNode)?;
    // The script reads all of its input before it writes.
    if let Some(mut input) = node.stdin.take() {
        input.write_all(source.as_bytes()).map_err(CompileError::Pipe)?;
    }
    let output = node.wait_with_output().map_err(CompileError::Pipe)?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(CompileError::Refused { message });
    }
    Ok(Artifact::from_json(&String::from_utf8_lossy(&output.stdout))?)
}
