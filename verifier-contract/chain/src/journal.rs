//! What was meant to be sent, before it is sent: one file beside the deployment, rewritten whole and synced at every step.
//!
//! An intent has a name, a nonce that never changes, and every signed transaction that was made for it. So after a crash the nonce
//! and the receipts say what became of it, and nothing is paid for twice: all transactions of an intent share a nonce, and at most one
//! of them can be mined.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use alloy::primitives::{Address, B256, Bytes};
use serde::{Deserialize, Serialize};

use crate::error::ChainError;

/// Name and version of the format.
const FORMAT: &str = "zksettle-journal/1";

/// A signed transaction of an intent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// Its hash.
    pub hash: B256,
    /// Most that a unit of gas costs, wei.
    pub most_fee: u128,
    /// What of it is the producer's, wei.
    pub tip: u128,
    /// The transaction as it is sent. Left out once the intent is final.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<Bytes>,
}

/// Where an intent's transaction stands in the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mined {
    /// Hash of the transaction.
    pub transaction: B256,
    /// Number of its block.
    pub block: u64,
    /// Hash of its block: another one there means that the chain was reorganised.
    pub block_hash: B256,
    /// Gas that it used.
    pub gas: u64,
}

/// A step that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// What it is, such as `commit/7`.
    pub name: String,
    /// The nonce of all its transactions.
    pub nonce: u64,
    /// Where they go; none for a deployment.
    pub to: Option<Address>,
    /// Hash of their data.
    pub data_hash: B256,
    /// Gas limit.
    pub gas_limit: u64,
    /// Every transaction that was signed, oldest first.
    pub attempts: Vec<Attempt>,
    /// Where one of them was mined.
    pub mined: Option<Mined>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    format: String,
    chain_id: u64,
    sender: Address,
    intents: Vec<Intent>,
}

/// The journal of one account on one chain. One process holds it at a time.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    content: Content,
    // Held for its lock.
    _lock: File,
}

/// Takes a lock, or says after a second that another process has it. Asked again, because a child that is just being started still has the
/// files of its parent, and their locks, for a moment.
fn take(lock: &File) -> Result<(), TryLockError> {
    const LOOKS: u32 = 20;
    for _ in 1..LOOKS {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(50)),
            other => return other,
        }
    }
    lock.try_lock()
}

impl Journal {
    /// Opens a journal, or begins one.
    ///
    /// # Errors
    /// Another process has it, it is of another account or chain, or it cannot be read or written.
    pub fn open(path: &Path, chain_id: u64, sender: Address) -> Result<Self, ChainError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(|error| ChainError::io(folder, "a folder that can be made", &error))?;
        }
        let lock_path = path.with_added_extension("lock");
        let lock = File::create(&lock_path).map_err(|error| ChainError::io(&lock_path, "a file to lock", &error))?;
        take(&lock).map_err(|error| match error {
            TryLockError::WouldBlock => ChainError::Environment(format!(
                "{}: expected nobody else to send, found another process at it",
                path.display()
            )),
            TryLockError::Error(error) => ChainError::io(&lock_path, "a lock", &error),
        })?;
        let fresh = Content {
            format: FORMAT.to_owned(),
            chain_id,
            sender,
            intents: Vec::new(),
        };
        let content = match fs::read(path) {
            Ok(bytes) => serde_json::from_slice::<Content>(&bytes).map_err(|error| {
                ChainError::Environment(format!("{}: expected {FORMAT}, found {error}", path.display()))
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => fresh,
            Err(error) => return Err(ChainError::io(path, "a journal", &error)),
        };
        let wrong = |what: &str, expected: &dyn std::fmt::Display, found: &dyn std::fmt::Display| {
            let path = path.display();
            Err(ChainError::Usage(format!(
                "{path}, {what}: expected {expected}, found {found}"
            )))
        };
        if content.format != FORMAT {
            return wrong("format", &FORMAT, &content.format);
        }
        if content.chain_id != chain_id {
            return wrong("chain", &content.chain_id, &chain_id);
        }
        if content.sender != sender {
            return wrong("account", &content.sender, &sender);
        }
        Ok(Self {
            path: path.to_owned(),
            content,
            _lock: lock,
        })
    }

    /// The intent of a name.
    pub fn get(&self, name: &str) -> Option<&Intent> {
        self.content.intents.iter().find(|intent| intent.name == name)
    }

    /// All intents, in the order begun.
    pub fn intents(&self) -> &[Intent] {
        &self.content.intents
    }

    /// A nonce that no intent has: one more than the largest, if any.
    pub fn next_nonce(&self) -> u64 {
        let used = self.content.intents.iter().map(|intent| intent.nonce + 1);
        used.max().unwrap_or(0)
    }

    /// Writes an intent, in place of the one of its name.
    ///
    /// # Errors
    /// The file cannot be written; then nothing has changed.
    pub fn put(&mut self, intent: Intent) -> Result<(), ChainError> {
        let mut intents = self.content.intents.clone();
        match intents.iter_mut().find(|known| known.name == intent.name) {
            Some(known) => *known = intent,
            None => intents.push(intent),
        }
        self.write(intents)
    }

    /// Forgets an intent that can never be mined.
    ///
    /// # Errors
    /// The file cannot be written; then nothing has changed.
    pub fn forget(&mut self, name: &str) -> Result<(), ChainError> {
        let mut intents = self.content.intents.clone();
        intents.retain(|intent| intent.name != name);
        self.write(intents)
    }

    fn write(&mut self, intents: Vec<Intent>) -> Result<(), ChainError> {
        let before = std::mem::replace(&mut self.content.intents, intents);
        let text = serde_json::to_string_pretty(&self.content).unwrap_or_default();
        write_whole(&self.path, text.as_bytes()).inspect_err(|_| self.content.intents = before)
    }
}

/// Writes a file whole: beside it, synced, renamed, the folder synced.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), ChainError> {
    let beside = path.with_added_extension("new");
    let failed = |error: std::io::Error| ChainError::io(path, "a file that can be written", &error);
    let mut file = File::create(&beside).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&beside, path).map_err(failed)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = File::open(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    folder.sync_all().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intent(name: &str, nonce: u64) -> Intent {
        Intent {
            name: name.into(),
            nonce,
            to: None,
            data_hash: B256::ZERO,
            gas_limit: 1,
            attempts: Vec::new(),
            mined: None,
        }
    }

    #[test]
    fn what_was_meant_is_there_after_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a/journal.json");
        let sender = Address::repeat_byte(1);
        let mut journal = Journal::open(&path, 1, sender).expect("a journal");
        assert_eq!(journal.next_nonce(), 0);
        journal.put(intent("a", 4)).expect("written");
        journal.put(intent("b", 5)).expect("written");
        journal.put(intent("a", 4)).expect("written again");
        assert!(
            matches!(Journal::open(&path, 1, sender), Err(ChainError::Environment(_))),
            "held"
        );
        drop(journal);
        let mut journal = Journal::open(&path, 1, sender).expect("a journal");
        assert_eq!(journal.intents(), [intent("a", 4), intent("b", 5)]);
        assert_eq!(journal.next_nonce(), 6);
        journal.forget("b").expect("written");
        drop(journal);
        assert_eq!(
            Journal::open(&path, 1, sender).expect("a journal").intents(),
            [intent("a", 4)]
        );
        assert!(
            matches!(Journal::open(&path, 2, sender), Err(ChainError::Usage(_))),
            "chain"
        );
        assert!(
            matches!(Journal::open(&path, 1, Address::ZERO), Err(ChainError::Usage(_))),
            "account"
        );
        fs::write(&path, "{").expect("written");
        assert!(
            matches!(Journal::open(&path, 1, sender), Err(ChainError::Environment(_))),
            "damaged"
        );
    }
}
