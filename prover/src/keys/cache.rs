//! Proving keys on disk.
//!
//! An entry is `magic (16) ‖ key digest (32) ‖ sha256 of the payload (32) ‖ payload`, the payload being the library's
//! `RawBytes`. The file name carries the statement, the size, k, the setup and a fingerprint of the circuit's source. The hash
//! guards against damage, not against somebody who can write the folder: such a person can make the prover fail, and the
//! proof's own verification, or the contract, refuses what comes of it.

use std::fs;
use std::path::{Path, PathBuf};

use circuits::builder::{End, Laid, System};
use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::Circuit;
use sha2::{Digest, Sha256};

use super::{KeyDigest, KeyError, Keys, from_verified_bytes, keygen, to_bytes};
use crate::srs::{Setup, Sha256Digest};

const MAGIC: &[u8; 16] = b"zksettle-pk/1\n\0\0";
const HEADER: usize = MAGIC.len() + 32 + 32;

/// Which circuit a key belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircuitId {
    /// The statement, for instance `settlement`.
    pub statement: String,
    /// The size, for instance `small`.
    pub size: String,
    /// Public inputs, exactly.
    pub instance_len: usize,
    /// Hash of the circuit's source, or whatever changes when its fixed columns may.
    pub fingerprint: [u8; 32],
}

/// Hash of a circuit's fixed cells: column, row and value of each that is not 0.
pub fn fixed_cells_hash(fixed: &circuits::cell::Grid) -> Sha256 {
    let mut hash = Sha256::new();
    for column in 0..fixed.width() {
        hash.update((column as u64).to_be_bytes());
        let cells = fixed.col(column).iter().enumerate();
        for (row, value) in cells.filter(|(_, value)| **value != Fr::zero()) {
            hash.update((row as u64).to_be_bytes());
            hash.update(crate::transcript::scalar_bytes(value));
        }
    }
    hash
}

impl CircuitId {
    /// The name of a circuit that the builder laid out: changes with any fixed cell or copy.
    pub fn laid<S: System>(statement: &str, size: &str, instance_len: usize, circuit: &Laid<S>) -> Self {
        let mut hash = fixed_cells_hash(circuit.fixed());
        for (from, to) in circuit.copies() {
            let from = match from {
                End::Cell(cell) => [0, cell.col as u64, cell.row as u64],
                End::Input(input) => [1, *input as u64, 0],
            };
            for number in from.into_iter().chain([to.col as u64, to.row as u64]) {
                hash.update(number.to_be_bytes());
            }
        }
        Self {
            statement: statement.to_owned(),
            size: size.to_owned(),
            instance_len,
            fingerprint: hash.finalize().into(),
        }
    }

    /// Letters, digits and dashes; everything else would be a path.
    fn file_name(&self, setup: &Setup) -> String {
        let plain = |text: &str| -> String {
            let keep = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
            text.chars().take(40).map(keep).collect()
        };
        let mut hash = Sha256::new();
        for part in [&self.statement, &self.size] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.update((self.instance_len as u64).to_be_bytes());
        hash.update(self.fingerprint);
        hash.update(setup.provenance().sha256.0);
        hash.update(crate::srs::evm_g2(&setup.params().s_g2()));
        let whole = hex::encode(hash.finalize());
        let (statement, size, k) = (plain(&self.statement), plain(&self.size), setup.k());
        format!("{statement}-{size}-k{k}-{}.pk", &whole[..24])
    }
}

/// Something about the cache that the user should see; the keys returned with it are good.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CacheWarning {
    /// The entry was damaged or stale. It was removed and made anew.
    #[error("removed the cached key {path} ({reason}); made it anew")]
    Discarded {
        /// The entry.
        path: PathBuf,
        /// What was wrong, expected and found.
        reason: String,
    },
    /// The entry exists and cannot be read.
    #[error("could not read the cached key {path} ({reason}); made it anew")]
    NotRead {
        /// The entry.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// The key was made and could not be stored: the next run makes it again.
    #[error("could not store the key in {path}: {reason}")]
    NotStored {
        /// The entry.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
}

/// Keys, and where they came from.
#[derive(Debug)]
pub struct CachedKeys {
    /// The keys.
    pub keys: Keys,
    /// Read from the cache; otherwise made.
    pub from_cache: bool,
    /// The entry's file.
    pub path: PathBuf,
    /// What the user should see.
    pub warnings: Vec<CacheWarning>,
}

/// A folder of proving keys.
#[derive(Clone, Debug)]
pub struct KeyCache {
    folder: PathBuf,
}

impl KeyCache {
    /// A cache in `folder`, which is made on first use.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// `$ZKSETTLE_CACHE`, else `$XDG_CACHE_HOME/zksettle/keys`, else `$HOME/.cache/zksettle/keys`; `None` without any of them.
    pub fn from_env() -> Option<Self> {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        if let Some(folder) = variable("ZKSETTLE_CACHE") {
            return Some(Self::new(folder));
        }
        let home = || variable("HOME").map(|home| PathBuf::from(home).join(".cache"));
        let base = variable("XDG_CACHE_HOME").map(PathBuf::from).or_else(home)?;
        Some(Self::new(base.join("zksettle").join("keys")))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The keys of `circuit`: from the cache if a sound entry is there, made and stored otherwise. The setup's tables are kept beside them.
    pub fn load_or_generate<C: Circuit<Fr>>(
        &self,
        id: &CircuitId,
        setup: &Setup,
        circuit: &C,
    ) -> Result<CachedKeys, KeyError> {
        setup.keep_tables_in(&self.folder.join("tables"));
        let path = self.folder.join(id.file_name(setup));
        let mut warnings = Vec::new();
        match self.load(&path, id, setup, circuit) {
            Loaded::Sound(keys) => {
                return Ok(CachedKeys {
                    keys: *keys,
                    from_cache: true,
                    path,
                    warnings,
                });
            }
            Loaded::Absent => {}
            Loaded::Unreadable(reason) => {
                let path = path.clone();
                warnings.push(CacheWarning::NotRead { path, reason });
            }
            Loaded::Bad(reason) => {
                // Storing the new entry replaces the old one; removing it first keeps a damaged one from outliving a full disk.
                let _ = fs::remove_file(&path);
                let path = path.clone();
                warnings.push(CacheWarning::Discarded { path, reason });
            }
        }
        let keys = keygen(setup, circuit, id.instance_len)?;
        if let Err(error) = self.store(&path, &keys) {
            let (path, reason) = (path.clone(), error.to_string());
            warnings.push(CacheWarning::NotStored { path, reason });
        }
        Ok(CachedKeys {
            keys,
            from_cache: false,
            path,
            warnings,
        })
    }

    fn load<C: Circuit<Fr>>(&self, path: &Path, id: &CircuitId, setup: &Setup, circuit: &C) -> Loaded {
        let entry = match fs::read(path) {
            Ok(entry) => entry,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Loaded::Absent,
            Err(error) => return Loaded::Unreadable(error.to_string()),
        };
        match parse(&entry, id, setup, circuit) {
            Ok(keys) => Loaded::Sound(Box::new(keys)),
            Err(reason) => Loaded::Bad(reason),
        }
    }

    fn store(&self, path: &Path, keys: &Keys) -> std::io::Result<()> {
        make_private(&self.folder)?;
        let payload = to_bytes(&keys.pk);
        crate::atomic::write(path, |out| {
            out.write_all(MAGIC)?;
            out.write_all(&keys.digest.0)?;
            out.write_all(&Sha256::digest(&payload))?;
            out.write_all(&payload)
        })
    }
}

enum Loaded {
    Sound(Box<Keys>),
    Absent,
    Unreadable(String),
    Bad(String),
}

/// Hash first, then the library's parser, then the same checks as after key generation, then the digest.
fn parse<C: Circuit<Fr>>(entry: &[u8], id: &CircuitId, setup: &Setup, circuit: &C) -> Result<Keys, String> {
    let too_short = || {
        let found = entry.len();
        format!("expected more than {HEADER} bytes, found {found}")
    };
    let (magic, rest) = entry.split_first_chunk::<16>().ok_or_else(too_short)?;
    let (digest, rest) = rest.split_first_chunk::<32>().ok_or_else(too_short)?;
    let (sha256, payload) = rest.split_first_chunk::<32>().ok_or_else(too_short)?;
    if magic != MAGIC {
        return Err("expected the header of a cached key, found another".into());
    }
    let (expected, found) = (Sha256Digest(*sha256), Sha256Digest(Sha256::digest(payload).into()));
    if expected != found {
        return Err(format!("expected sha256 {expected}, found {found}"));
    }
    let pk = from_verified_bytes(payload, circuit)
        .ok_or("expected a key of this circuit, found bytes the library does not read")?;
    if pk.get_vk().get_domain().k() != setup.k() {
        let found = pk.get_vk().get_domain().k();
        return Err(format!("expected k = {}, found {found}", setup.k()));
    }
    let keys = Keys::checked(setup, pk, id.instance_len).map_err(|error| error.to_string())?;
    // The library rebuilds the constraint system from the circuit at hand: other gates give another digest.
    let (expected, found) = (KeyDigest(*digest), keys.digest);
    if expected != found {
        return Err(format!("expected key digest {expected}, found {found}"));
    }
    Ok(keys)
}

/// Makes the folder, readable and writable by its owner only.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
