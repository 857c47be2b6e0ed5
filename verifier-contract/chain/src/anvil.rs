//! A chain of one's own: anvil as a child process, and its clock.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use alloy::primitives::{Address, B256};
use serde_json::{Value, json};

use crate::client::Client;
use crate::error::ChainError;

/// Finds anvil: in `ZKSETTLE_ANVIL`, in the npm package beside the contracts, or in PATH.
///
/// # Errors
/// It is in none of these places.
pub fn find() -> Result<PathBuf, ChainError> {
    if let Some(path) = std::env::var_os("ZKSETTLE_ANVIL").map(PathBuf::from) {
        return match path.is_file() {
            true => Ok(path),
            false => Err(ChainError::Environment(format!(
                "ZKSETTLE_ANVIL: expected anvil at {}, found no file",
                path.display()
            ))),
        };
    }
    let contracts = std::env::var_os("ZKSETTLE_CONTRACTS").map(PathBuf::from);
    let contracts = contracts.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    let packages = contracts.join("node_modules/@foundry-rs");
    let installed = std::fs::read_dir(&packages).into_iter().flatten().flatten();
    let mut installed: Vec<PathBuf> = installed
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("anvil-"))
        .map(|entry| entry.path().join("bin/anvil"))
        .collect();
    installed.sort();
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&on_path).map(|folder| folder.join("anvil"));
    let found = installed.into_iter().chain(on_path).find(|path| path.is_file());
    found.ok_or_else(|| {
        ChainError::Environment(
            "anvil: expected it in the npm packages of verifier-contract (npm ci) or in PATH, found it in neither"
                .into(),
        )
    })
}

/// A running anvil. Ends when dropped.
#[derive(Debug)]
pub struct Anvil {
    child: Child,
    /// Where it listens.
    pub url: String,
}

impl Anvil {
    /// Starts one at a free port, with blocks from this time on.
    ///
    /// # Errors
    /// It does not start.
    pub fn start(program: &Path, time: u64, more: &[&str]) -> Result<Self, ChainError> {
        let mut child = Command::new(program)
            .args(["--port", "0", "--accounts", "1", "--timestamp", &time.to_string()])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| ChainError::io(program, "anvil", &error))?;
        let stdout = child.stdout.take();
        let lines = stdout.into_iter().flat_map(|stdout| BufReader::new(stdout).lines());
        let mut url = None;
        for line in lines.map_while(Result::ok) {
            if let Some(address) = line.strip_prefix("Listening on ") {
                url = Some(format!("http://{}", address.trim()));
                break;
            }
        }
        let mut anvil = Self {
            child,
            url: String::new(),
        };
        anvil.url = url.ok_or_else(|| {
            ChainError::Environment(format!("{}: expected it to listen, found it ended", program.display()))
        })?;
        Ok(anvil)
    }
}

impl Drop for Anvil {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What only a test node does.
pub trait TestNode {
    /// Gives an account money, in ether.
    ///
    /// # Errors
    /// The node is no test node.
    fn fund(&self, account: Address, ether: u64) -> Result<(), ChainError>;
    /// Lets time pass, and makes a block; the block's time.
    ///
    /// # Errors
    /// The node is no test node.
    fn pass(&self, seconds: u64) -> Result<u64, ChainError>;
    /// Lets time pass up to a moment, and makes a block at it.
    ///
    /// # Errors
    /// The moment is not later than the last block, or the node is no test node.
    fn pass_until(&self, time: u64) -> Result<(), ChainError>;
    /// Makes blocks.
    ///
    /// # Errors
    /// The node is no test node.
    fn mine(&self, blocks: u64) -> Result<(), ChainError>;
    /// Whether transactions are mined at once.
    ///
    /// # Errors
    /// The node is no test node.
    fn automine(&self, on: bool) -> Result<(), ChainError>;
    /// Forgets a transaction that waits.
    ///
    /// # Errors
    /// The node is no test node.
    fn drop_transaction(&self, hash: B256) -> Result<(), ChainError>;
}

impl TestNode for Client {
    fn fund(&self, account: Address, ether: u64) -> Result<(), ChainError> {
        let wei = format!("{:#x}", u128::from(ether) * 1_000_000_000_000_000_000);
        self.raw("anvil_setBalance", json!([account, wei])).map(drop)
    }

    fn pass(&self, seconds: u64) -> Result<u64, ChainError> {
        self.raw("evm_increaseTime", json!([seconds]))?;
        self.mine(1)?;
        Ok(self.latest()?.time)
    }

    fn pass_until(&self, time: u64) -> Result<(), ChainError> {
        self.raw("evm_setNextBlockTimestamp", json!([time]))?;
        self.mine(1)
    }

    fn mine(&self, blocks: u64) -> Result<(), ChainError> {
        self.raw("anvil_mine", json!([format!("{blocks:#x}")])).map(drop)
    }

    fn automine(&self, on: bool) -> Result<(), ChainError> {
        self.raw("evm_setAutomine", json!([on])).map(drop)
    }

    fn drop_transaction(&self, hash: B256) -> Result<(), ChainError> {
        let dropped = self.raw("anvil_dropTransaction", json!([hash]))?;
        match dropped {
            Value::Null => Err(ChainError::node("drop", "no such transaction")),
            _ => Ok(()),
        }
    }
}
