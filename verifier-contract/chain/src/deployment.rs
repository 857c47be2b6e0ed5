//! Where a deployment stands: `zksettle-deployment/1`, a JSON file that is rewritten after every step. It holds no secret.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use alloy::primitives::{Address, B256, FixedBytes};
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::config::Config;
use crate::error::ChainError;
use crate::journal::write_whole;

/// Name and version of the format.
pub const FORMAT: &str = "zksettle-deployment/1";

/// A contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Its address.
    pub address: Address,
    /// Keccak-256 of its code.
    pub code_hash: B256,
    /// The transaction that deployed it; none if it was there.
    pub transaction: Option<B256>,
    /// The block of that.
    pub block: Option<u64>,
}

/// A verifier that the router knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verifier {
    /// Number of the statement; segments of 4^levels series are 32 + levels.
    pub statement: u8,
    /// The contract's name.
    pub name: String,
    /// First bytes of the key digest.
    pub selector: FixedBytes<4>,
    /// Digest of key and setup.
    pub key_digest: B256,
    /// The contract.
    pub contract: Contract,
}

/// What made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Versions {
    /// This program.
    pub program: String,
    /// The compiler of this repository's contracts.
    pub solc: String,
    /// Packages that the others come from.
    pub packages: Vec<String>,
}

/// A deployment, finished or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// [`FORMAT`].
    pub format: String,
    /// The chain.
    pub chain_id: u64,
    /// Number of the last block when it began.
    pub from_block: u64,
    /// Who deployed.
    pub deployer: Address,
    /// What it is made from.
    pub config: Config,
    /// Contracts by name.
    pub contracts: BTreeMap<String, Contract>,
    /// Verifiers.
    pub verifiers: Vec<Verifier>,
    /// Whether every step is done.
    pub complete: bool,
    /// What made it.
    pub versions: Versions,
}

impl Deployment {
    /// Reads a deployment.
    ///
    /// # Errors
    /// There is none, or it is damaged.
    pub fn read(path: &Path) -> Result<Self, ChainError> {
        let text = fs::read(path).map_err(|error| ChainError::io(path, "a deployment", &error))?;
        let found: Self = serde_json::from_slice(&text).map_err(|error| {
            ChainError::Environment(format!("{}: expected {FORMAT}, found {error}", path.display()))
        })?;
        if found.format != FORMAT {
            let (path, found) = (path.display(), found.format);
            return Err(ChainError::Environment(format!(
                "{path}: expected {FORMAT}, found {found:.40}"
            )));
        }
        Ok(found)
    }

    /// Reads a finished deployment of the client's chain.
    ///
    /// # Errors
    /// It is none, unfinished, of another chain, or its rollup is not there.
    pub fn open(path: &Path, client: &Client) -> Result<Self, ChainError> {
        let found = Self::read(path)?;
        found.check_chain(path, client)?;
        if !found.complete {
            return Err(ChainError::Environment(format!(
                "{}: expected a finished deployment, found one that was interrupted; run deploy again",
                path.display()
            )));
        }
        let rollup = found.contract("SettlementRollup")?;
        match client.code_hash(rollup.address)? {
            Some(hash) if hash == rollup.code_hash => Ok(found),
            other => Err(ChainError::Environment(format!(
                "rollup {}: expected code of hash {}, found {}",
                rollup.address,
                rollup.code_hash,
                other.map_or("none".into(), |hash| hash.to_string())
            ))),
        }
    }

    /// The deployment is of the client's chain.
    pub(crate) fn check_chain(&self, path: &Path, client: &Client) -> Result<(), ChainError> {
        if self.chain_id == client.chain_id() {
            return Ok(());
        }
        let (path, expected, found) = (path.display(), self.chain_id, client.chain_id());
        Err(ChainError::Usage(format!(
            "{path}: expected a node of chain {expected}, found one of {found}"
        )))
    }

    /// Writes it whole.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), ChainError> {
        let mut text =
            serde_json::to_string_pretty(self).map_err(|error| ChainError::Internal(format!("deployment: {error}")))?;
        text.push('\n');
        write_whole(path, text.as_bytes())
    }

    /// A contract by name.
    ///
    /// # Errors
    /// It has not been deployed.
    pub fn contract(&self, name: &str) -> Result<&Contract, ChainError> {
        self.contracts
            .get(name)
            .ok_or_else(|| ChainError::Environment(format!("deployment: expected a contract {name}, found none")))
    }

    /// A contract's address by its name.
    ///
    /// # Errors
    /// It has not been deployed.
    pub fn address(&self, name: &str) -> Result<Address, ChainError> {
        Ok(self.contract(name)?.address)
    }

    /// The token of the escrow.
    ///
    /// # Errors
    /// The test token has not been deployed.
    pub fn token(&self) -> Result<Address, ChainError> {
        match self.config.token {
            Some(token) => Ok(token),
            None => self.address("TestToken"),
        }
    }

    /// The journal of an account for a deployment at a path: beside it.
    pub fn journal_path(path: &Path, account: Address) -> PathBuf {
        path.with_added_extension(format!("{account:#x}.journal"))
    }
}
