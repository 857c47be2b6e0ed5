//! The operator's state on disk: one SQLite file, and proof files beside it.
//!
//! **The file is the operator's secret.** It holds every account in the clear and the seed of all blindings. It is created
//! with mode 0600 and refused when others can read it. What it commits to, the state root, reveals nothing: every leaf is
//! hidden by a blinding that only the seed gives.
//!
//! **A batch is one transaction.** [`Store::record_batch`] and [`Store::record_liquidations`] write the batch's row and move accounts, open
//! interest and pools together (and the queue of liquidations), or nothing. The order of a run is: settle, prove, write the proof file ([`ProofFile::write`]: temporary file,
//! fsync, rename), record. A kill at any point leaves the old state or the new one. A proof file without its row is of a run
//! that was killed before recording; the next run settles the same batch, with the same blindings and so the same
//! new root, and overwrites it.
//!
//! The file is held exclusively while open: a second process is refused at once.

mod fault;
mod queue;
mod rows;
mod secret;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ff::PrimeField;
use halo2curves::bn256::Fr;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, params};
use thiserror::Error;

pub use fault::{KILL_AT, STEPS, checkpoint};
pub use queue::QueueState;
pub use rows::{BatchInstance, BatchRecord, BatchStatus};
pub use secret::{BlindingUse, SecretOrigin, SecretSeed};

use crate::ledger::{Ledger, LedgerError, LiquidatedBatch, SettledBatch};

/// SQLite's application id of our files: "zkst".
pub const APPLICATION_ID: i32 = 0x7a6b_7374;
/// The version of the tables.
pub const SCHEMA_VERSION: i32 = 4;

/// What went wrong with a store. Shows paths, roots and numbers of batches; no secret.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is something at the path already.
    #[error("store {path}: expected no file, found one")]
    Exists {
        /// The path.
        path: PathBuf,
    },
    /// There is nothing at the path.
    #[error("store {path}: expected a store, found no file")]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// Others can read or write the file.
    #[error("store {path}: expected access by its owner only (mode 0600), found mode {found:04o}")]
    Permissions {
        /// The path.
        path: PathBuf,
        /// Its mode.
        found: u32,
    },
    /// Another process, or another part of this one, has the store open.
    #[error("store {path}: expected to be its only user, found it locked by another")]
    Locked {
        /// The path.
        path: PathBuf,
    },
    /// Not one of our files.
    #[error("store {path}: expected a zksettle store (application id {APPLICATION_ID:#x}), found {found}")]
    Foreign {
        /// The path.
        path: PathBuf,
        /// What it seems to be.
        found: String,
    },
    /// A store of another version.
    #[error("store {path}: expected table version {SCHEMA_VERSION}, found {found}")]
    Version {
        /// The path.
        path: PathBuf,
        /// Its version.
        found: i32,
    },
    /// The file is damaged, or its rows do not make the state that they should.
    #[error("store: {place}: expected {expected}, found {found}")]
    Corrupt {
        /// Table and row.
        place: String,
        /// What should stand there.
        expected: String,
        /// What does, without secrets.
        found: String,
    },
    /// A batch over another state than the stored one.
    #[error("store: batch {number}: expected old state root {expected:?}, found {found:?}")]
    OldRoot {
        /// The batch.
        number: u64,
        /// The stored state root.
        expected: Fr,
        /// The batch's.
        found: Fr,
    },
    /// A batch that is not the next one.
    #[error("store: expected batch {expected}, found batch {found}")]
    BatchNumber {
        /// The next one.
        expected: u64,
        /// The one given.
        found: u64,
    },
    /// A batch of this number is recorded, and it is another one.
    #[error("store: batch {number}: expected the recorded batch again, found another")]
    OtherBatch {
        /// The batch.
        number: u64,
    },
    /// A batch whose parts do not belong together.
    #[error("store: batch {number}: expected an outcome that leads from old to new state root, found another")]
    Outcome {
        /// The batch.
        number: u64,
    },
    /// A ledger that does not load, or a batch that does not apply.
    #[error("store: {0}")]
    Ledger(#[from] LedgerError),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The path.
        path: PathBuf,
        /// The system's report.
        source: io::Error,
    },
    /// SQLite's report of anything else.
    #[error("store: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

/// A proof on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofFile {
    /// The file's name in its folder.
    pub name: String,
    /// BLAKE3 of its bytes.
    pub digest: [u8; 32],
}

impl ProofFile {
    /// The name of a batch's proof file: `batch-000001.proof.json`. By name they sort as by number up to batch 999,999.
    pub fn name_of(batch: u64) -> String {
        format!("batch-{batch:06}.proof.json")
    }

    /// Writes the content of a batch's proof file into `folder` so that the file of that name is either the old one or the
    /// whole new one.
    ///
    /// # Errors
    /// [`StoreError::Io`] with the path that could not be written.
    pub fn write(folder: &Path, batch: u64, content: &[u8]) -> Result<Self, StoreError> {
        let name = Self::name_of(batch);
        write_whole(&folder.join(&name), content)?;
        Ok(Self {
            name,
            digest: *blake3::hash(content).as_bytes(),
        })
    }
}

/// Writes a file whole: a temporary file beside it, fsync, rename, fsync of the folder.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let temporary = beside(path, ".tmp");
    let failed = |at: &Path| {
        let path = at.to_owned();
        move |source| StoreError::Io { path, source }
    };
    let mut file = File::create(&temporary).map_err(failed(&temporary))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(failed(&temporary))?;
    drop(file);
    fs::rename(&temporary, path).map_err(failed(path))?;
    sync_folder(path)
}

/// Whether a batch was recorded now or stood there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// The store has moved to the batch's new state.
    Now,
    /// This very batch was recorded before; nothing changed.
    Before,
}

/// An open store.
pub struct Store {
    connection: Connection,
    path: PathBuf,
    seed: SecretSeed,
    book: Option<String>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Puts a genesis ledger and the seed of its blindings into a new file of mode 0600, and opens it. `book` is the caller's
    /// text on what a generated book was made from; it is kept as it is.
    ///
    /// The file is filled under another name and renamed when whole, so a store is never half created.
    ///
    /// # Errors
    /// [`StoreError::Exists`] where something is in the way; a file or a folder that cannot be written.
    pub fn create(path: &Path, ledger: &Ledger, seed: &SecretSeed, book: Option<&str>) -> Result<Self, StoreError> {
        vacant(path)?;
        let new = beside(path, ".new");
        for leftover in [new.clone(), beside(&new, "-journal")] {
            match fs::remove_file(&leftover) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(StoreError::Io { path: leftover, source });
                }
                _ => {}
            }
        }
        create_private(&new)?;
        let mut connection = connect(&new)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        rows::create(&transaction, ledger, seed, book)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        transaction.commit()?;
        connection.close().map_err(|(_, error)| error)?;
        vacant(path)?;
        fs::rename(&new, path).map_err(|source| StoreError::Io {
            path: path.to_owned(),
            source,
        })?;
        sync_folder(path)?;
        Self::open(path)
    }

    /// Opens a store and holds it until dropped.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        check_private(path)?;
        let connection = connect(path)?;
        let refuse = |error| open_error(path, error);
        // Held by this connection alone, from the first access on; set before it, so that no shared memory is used.
        connection
            .pragma_update(None, "locking_mode", "EXCLUSIVE")
            .map_err(refuse)?;
        connection.execute_batch("BEGIN EXCLUSIVE; COMMIT").map_err(refuse)?;
        let pragma = |name| {
            connection
                .pragma_query_value(None, name, |row| row.get::<_, i32>(0))
                .map_err(refuse)
        };
        let (application, version) = (pragma("application_id")?, pragma("user_version")?);
        if application != APPLICATION_ID {
            let found = format!("application id {application:#x}");
            return Err(StoreError::Foreign {
                path: path.to_owned(),
                found,
            });
        }
        if version != SCHEMA_VERSION {
            return Err(StoreError::Version {
                path: path.to_owned(),
                found: version,
            });
        }
        let mode: String = connection
            .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
            .map_err(refuse)?;
        if mode != "wal" {
            return Err(corrupt("journal", "write-ahead log", mode));
        }
        for (name, value) in [
            ("synchronous", "FULL"),
            ("foreign_keys", "ON"),
            ("trusted_schema", "OFF"),
        ] {
            connection.pragma_update(None, name, value).map_err(refuse)?;
        }
        let state: String = connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(refuse)?;
        if state != "ok" {
            return Err(corrupt("file", "whole pages", state));
        }
        let (seed, book) = rows::fixed(&connection)?;
        Ok(Self {
            connection,
            path: path.to_owned(),
            seed,
            book,
        })
    }

    /// Where the store is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The seed of all blindings.
    pub fn seed(&self) -> &SecretSeed {
        &self.seed
    }

    /// What the book was made from, in the words of whoever created the store; `None` for one that was not generated.
    pub fn book(&self) -> Option<&str> {
        self.book.as_deref()
    }

    /// The blinding of an account's leaf at a nonce.
    pub fn blinding(&self, account: u32, nonce: u32) -> Fr {
        self.seed.blinding(BlindingUse::Leaf, account, nonce)
    }

    /// The number of batches recorded, and the state root after them.
    pub fn state(&self) -> Result<(u64, Fr), StoreError> {
        rows::state(&self.connection)
    }

    /// Loads the ledger. Rows that do not make the recorded state root are an error.
    pub fn load_ledger(&self) -> Result<Ledger, StoreError> {
        let ledger = Ledger::from_parts(rows::parts(&self.connection)?)?;
        let (_, root) = self.state()?;
        if ledger.state_root() != root {
            return Err(corrupt(
                "rows",
                format!("state root {root:?}"),
                format!("{:?}", ledger.state_root()),
            ));
        }
        Ok(ledger)
    }

    /// Records a batch and moves the stored state by it, in one transaction.
    ///
    /// The batch must be the next one, over the stored state root. A batch that is recorded already is passed over
    /// when it is the same (its instance decides), so that a caller who does not know whether its last call succeeded may
    /// repeat it. The proof's row stays the first one then.
    pub fn record_batch(&mut self, batch: &SettledBatch, proof: &ProofFile) -> Result<Recorded, StoreError> {
        let outcome = &batch.outcome;
        let roots = [outcome.old_header.root(), outcome.header.root()];
        self.record(BatchInstance::Settlement(batch.instance), roots, proof, |to| {
            rows::move_settled(to, batch)
        })
    }

    /// Records a batch of liquidations and moves the stored state and the queue by it, as [`Store::record_batch`] does.
    pub fn record_liquidations(
        &mut self,
        batch: &LiquidatedBatch,
        queue: &QueueState,
        proof: &ProofFile,
    ) -> Result<Recorded, StoreError> {
        let outcome = &batch.outcome;
        let roots = [outcome.old_header.root(), outcome.header.root()];
        self.record(BatchInstance::Liquidation(batch.instance), roots, proof, |to| {
            rows::move_liquidated(to, batch)?;
            let (_, takers) = queue::read(to)?;
            queue::write(to, queue, &takers)
        })
    }

    /// One batch, one transaction: `roots` are those of its outcome, `moves` moves the rows.
    fn record(
        &mut self,
        instance: BatchInstance,
        roots: [Fr; 2],
        proof: &ProofFile,
        moves: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<(), StoreError>,
    ) -> Result<Recorded, StoreError> {
        let number = instance.number();
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let (current, root) = rows::state(&transaction)?;
        if number <= current {
            let same = rows::instance(&transaction, number)? == Some(instance);
            return if same {
                Ok(Recorded::Before)
            } else {
                Err(StoreError::OtherBatch { number })
            };
        }
        if number != current + 1 {
            return Err(StoreError::BatchNumber {
                expected: current + 1,
                found: number,
            });
        }
        let found = instance.states()[0];
        if found != root {
            let expected = root;
            return Err(StoreError::OldRoot {
                number,
                expected,
                found,
            });
        }
        if roots != instance.states() {
            return Err(StoreError::Outcome { number });
        }
        rows::insert_batch(&transaction, &instance, proof)?;
        moves(&transaction)?;
        checkpoint("in_transaction");
        transaction.commit()?;
        checkpoint("after_commit");
        Ok(Recorded::Now)
    }

    /// Who waits to be liquidated.
    pub fn queue(&self) -> Result<QueueState, StoreError> {
        Ok(queue::read(&self.connection)?.0)
    }

    /// Who takes positions of liquidated accounts, in the order asked.
    pub fn takers(&self) -> Result<Vec<u32>, StoreError> {
        Ok(queue::read(&self.connection)?.1)
    }

    /// Puts another queue in the place of the recorded one, where a round ends without a batch.
    pub fn set_queue(&mut self, queue: &QueueState) -> Result<(), StoreError> {
        self.write_queue(|_, takers| (queue.clone(), takers))
    }

    /// Remembers who takes positions. An account twice, or one that is not there, is refused.
    pub fn set_takers(&mut self, takers: &[u32]) -> Result<(), StoreError> {
        self.write_queue(|queue, _| (queue, takers.to_vec()))
    }

    fn write_queue(
        &mut self,
        new: impl FnOnce(QueueState, Vec<u32>) -> (QueueState, Vec<u32>),
    ) -> Result<(), StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let (queue, takers) = queue::read(&transaction)?;
        let (queue, takers) = new(queue, takers);
        queue::write(&transaction, &queue, &takers)?;
        Ok(transaction.commit()?)
    }

    /// The recorded batches, in order.
    pub fn batches(&self) -> Result<Vec<BatchRecord>, StoreError> {
        rows::batches(&self.connection)
    }

    /// Notes how far a recorded batch has come.
    pub fn set_status(&mut self, number: u64, status: BatchStatus) -> Result<(), StoreError> {
        let changed = self.connection.execute(
            "UPDATE batches SET status = ?2 WHERE number = ?1",
            params![rows::integer(number)?, status.as_str()],
        )?;
        if changed == 1 {
            Ok(())
        } else {
            Err(corrupt(format!("batch {number}"), "a recorded batch", "none"))
        }
    }
}

/// Opens a file for SQLite; never creates one.
fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| open_error(path, error))?;
    connection.busy_timeout(std::time::Duration::ZERO)?;
    Ok(connection)
}

/// SQLite's errors on opening, in our words.
fn open_error(path: &Path, error: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked { path },
        Some(ErrorCode::NotADatabase) => StoreError::Foreign {
            path,
            found: "a file that is not a database".into(),
        },
        Some(ErrorCode::DatabaseCorrupt) => corrupt("file", "whole pages", "damaged ones"),
        _ => error.into(),
    }
}

fn corrupt(place: impl Into<String>, expected: impl Into<String>, found: impl Into<String>) -> StoreError {
    StoreError::Corrupt {
        place: place.into(),
        expected: expected.into(),
        found: found.into(),
    }
}

/// `path` with something after its name.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Refuses a path where a store is, or where an old one left its journal: SQLite would play that into a new file.
fn vacant(path: &Path) -> Result<(), StoreError> {
    let files = ["", "-wal", "-shm", "-journal"].map(|ending| beside(path, ending));
    match files.into_iter().find(|file| file.symlink_metadata().is_ok()) {
        Some(path) => Err(StoreError::Exists { path }),
        None => Ok(()),
    }
}

/// Makes the renaming of a file in its folder last.
fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let failed = |source| StoreError::Io {
        path: folder.to_owned(),
        source,
    };
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

/// Creates an empty file that only its owner can read or write.
fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|source| StoreError::Io {
        path: path.to_owned(),
        source,
    })
}

/// Checks that a store's file is there, and that only its owner can read or write it.
fn check_private(path: &Path) -> Result<(), StoreError> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        Err(source) => {
            return Err(StoreError::Io {
                path: path.to_owned(),
                source,
            });
        }
    };
    if !metadata.is_file() {
        return Err(StoreError::Foreign {
            path: path.to_owned(),
            found: "no plain file".into(),
        });
    }
    #[cfg(unix)]
    {
        let found = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777;
        if found & 0o077 != 0 {
            return Err(StoreError::Permissions {
                path: path.to_owned(),
                found,
            });
        }
    }
    Ok(())
}

/// A field element's 32 bytes, little endian.
fn field_bytes(value: &Fr) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(value.to_repr().as_ref());
    bytes
}
