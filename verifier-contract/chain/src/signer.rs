//! Who signs: a key in an encrypted keystore, one in an environment variable, or a program that keeps it. Never one on a command line.

use std::fmt;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::str::FromStr;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use alloy::primitives::{Address, B256, Signature};
use alloy::signers::SignerSync;
use alloy::signers::local::PrivateKeySigner;
use serde_json::json;

use crate::error::{ChainError, short};

/// How long a program that signs has for an answer, unless somebody says otherwise: enough to confirm on a device.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// Bytes of a program's answer that are read; a right one has 133 at most.
const MOST: u64 = 4_096;
/// Time between two looks at a program that has answered and not ended.
const LOOK: Duration = Duration::from_millis(5);

/// Signs hashes for one account. A KMS is one of these.
pub trait HashSigner {
    /// The account.
    fn address(&self) -> Address;

    /// Signs a hash of a transaction or of typed data, as it stands.
    ///
    /// # Errors
    /// It cannot, or will not.
    fn sign(&self, hash: B256) -> Result<Signature, ChainError>;
}

/// Where a key is, as an option names it: `keystore:FILE`, `env:NAME` or `command:PROGRAM`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// An encrypted keystore of Ethereum's format (version 3).
    Keystore(PathBuf),
    /// An environment variable that holds 0x and 64 digits.
    Environment(String),
    /// A program that signs.
    Command(PathBuf),
}

impl FromStr for KeySource {
    type Err = String;

    /// What is wrong is said without the text: it may be a key.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            "expected keystore:FILE, env:NAME or command:PROGRAM, found something else; a key itself is never an option"
                .to_owned()
        };
        match text.split_once(':') {
            Some(("keystore", path)) if !path.is_empty() => Ok(Self::Keystore(path.into())),
            Some(("env", name)) if !name.is_empty() && !name.starts_with("0x") => Ok(Self::Environment(name.into())),
            Some(("command", program)) if !program.is_empty() => Ok(Self::Command(program.into())),
            _ => Err(wrong()),
        }
    }
}

/// Where a keystore's password is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordSource {
    /// The first line of a file.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
}

impl PasswordSource {
    fn read(&self) -> Result<String, ChainError> {
        match self {
            Self::File(path) => {
                let text = fs::read_to_string(path).map_err(|error| ChainError::io(path, "a password", &error))?;
                Ok(text.lines().next().unwrap_or_default().to_owned())
            }
            Self::Environment(name) => variable(name, "a password"),
        }
    }
}

fn variable(name: &str, wanted: &str) -> Result<String, ChainError> {
    std::env::var(name).map_err(|_| {
        ChainError::Environment(format!(
            "variable {name}: expected {wanted}, found it unset or not UTF-8"
        ))
    })
}

impl KeySource {
    /// The signer. A program gets `patience` for each answer.
    ///
    /// # Errors
    /// There is no key, the password is missing or wrong, or the program does not answer, or not in time.
    pub fn open(
        &self,
        password: Option<&PasswordSource>,
        patience: Duration,
    ) -> Result<Box<dyn HashSigner>, ChainError> {
        match self {
            Self::Keystore(path) => {
                let password = password.ok_or_else(|| {
                    ChainError::Usage("keystore: expected a password in a file or a variable, found neither".into())
                })?;
                // Looked for first: the library's error does not tell a missing file from a wrong password.
                fs::metadata(path).map_err(|error| ChainError::io(path, "a keystore", &error))?;
                let key = PrivateKeySigner::decrypt_keystore(path, password.read()?).map_err(|_| {
                    let path = path.display();
                    ChainError::Environment(format!("{path}: expected a keystore of this password, found another"))
                })?;
                Ok(Box::new(LocalKey(key)))
            }
            Self::Environment(name) => {
                let text = variable(name, "0x and 64 digits")?;
                let key = LocalKey::from_hex(text.trim()).map_err(|_| {
                    ChainError::Environment(format!(
                        "variable {name}: expected a key of 0x and 64 digits, found something else"
                    ))
                })?;
                Ok(Box::new(key))
            }
            Self::Command(program) => Ok(Box::new(External::start(program, patience)?)),
        }
    }
}

/// A key in memory.
pub struct LocalKey(PrivateKeySigner);

impl fmt::Debug for LocalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LocalKey({})", self.0.address())
    }
}

impl LocalKey {
    /// The key of 32 bytes.
    ///
    /// # Errors
    /// It is 0, or not below the order of the curve.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, ChainError> {
        PrivateKeySigner::from_slice(bytes).map(Self).map_err(|_| {
            ChainError::Usage("key: expected a number from 1 below the curve's order, found another".into())
        })
    }

    /// A fresh key.
    pub fn random() -> Self {
        Self(PrivateKeySigner::random())
    }

    /// The key of 0x and 64 digits.
    ///
    /// # Errors
    /// It is none; the text is not repeated.
    pub fn from_hex(text: &str) -> Result<Self, ChainError> {
        let bytes = text.strip_prefix("0x").and_then(|digits| hex::decode(digits).ok());
        let bytes: Option<[u8; 32]> = bytes.and_then(|bytes| bytes.try_into().ok());
        match bytes {
            Some(bytes) => Self::from_bytes(&bytes),
            None => Err(ChainError::Usage(
                "key: expected 0x and 64 digits, found something else".into(),
            )),
        }
    }
}

impl HashSigner for LocalKey {
    fn address(&self) -> Address {
        self.0.address()
    }

    fn sign(&self, hash: B256) -> Result<Signature, ChainError> {
        self.0
            .sign_hash_sync(&hash)
            .map_err(|error| ChainError::Internal(format!("signature: {error}")))
    }
}

/// A program that signs, such as one that asks a KMS. Called with no argument, it gets one JSON object on stdin and answers with one line
/// on stdout:
///
/// | stdin | stdout |
/// |---|---|
/// | `{"request":"address"}` | the account: 0x and 40 digits |
/// | `{"request":"sign","address":"0x…","hash":"0x…"}` | the signature over the hash: 0x and 130 digits, r, s, v (0, 1, 27 or 28) |
///
/// Exit code 0, or it has failed and stderr says why. One that has not answered and ended in time is stopped. A signature that is not the
/// account's is refused here.
#[derive(Debug)]
pub struct External {
    program: PathBuf,
    address: Address,
    patience: Duration,
}

impl External {
    /// Asks the program for its account. It has `patience` for this answer and every later one.
    ///
    /// # Errors
    /// It does not start, or does not answer as it has to, or not in time.
    pub fn start(program: &Path, patience: Duration) -> Result<Self, ChainError> {
        let text = answer(program, &json!({ "request": "address" }), patience)?;
        let address = text.parse().map_err(|_| wrong(program, "0x and 40 digits", &text))?;
        Ok(Self {
            program: program.to_owned(),
            address,
            patience,
        })
    }
}

impl HashSigner for External {
    fn address(&self) -> Address {
        self.address
    }

    fn sign(&self, hash: B256) -> Result<Signature, ChainError> {
        let question = json!({ "request": "sign", "address": self.address, "hash": hash });
        let text = answer(&self.program, &question, self.patience)?;
        let bytes = text.strip_prefix("0x").and_then(|digits| hex::decode(digits).ok());
        let signature = bytes.and_then(|bytes| Signature::from_raw(&bytes).ok());
        let signature = signature.ok_or_else(|| wrong(&self.program, "a signature of 0x and 130 digits", &text))?;
        // The chain takes the lower of the two values of s only.
        let signature = signature.normalize_s().unwrap_or(signature);
        match signature.recover_address_from_prehash(&hash) {
            Ok(found) if found == self.address => Ok(signature),
            _ => Err(wrong(&self.program, "a signature of its account", "another")),
        }
    }
}

fn wrong(program: &Path, wanted: &str, found: &str) -> ChainError {
    ChainError::Environment(format!(
        "{}: expected {wanted}, found {}",
        program.display(),
        short(found)
    ))
}

/// What the program says to a question.
fn answer(program: &Path, question: &serde_json::Value, patience: Duration) -> Result<String, ChainError> {
    let deadline = Instant::now() + patience;
    let failed = |error: std::io::Error| ChainError::io(program, "a program that signs", &error);
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read is judged by its answer.
        let _ = writeln!(stdin, "{question}");
    }
    let (out, err) = (text_of(child.stdout.take()), text_of(child.stderr.take()));
    let left = || deadline.saturating_duration_since(Instant::now());
    let answered = (
        out.recv_timeout(left()).ok(),
        end(&mut child, deadline).map_err(failed)?,
    );
    let (Some(said), Some(status)) = answered else {
        // It may have ended by now; what it started itself is not ours to stop.
        let _ = child.kill();
        let _ = child.wait();
        return Err(wrong(
            program,
            &format!("an answer within {} s", patience.as_secs_f64()),
            "none",
        ));
    };
    if !status.success() {
        let why = err.recv_timeout(left()).unwrap_or_default();
        return Err(wrong(program, "exit code 0", &format!("{status}: {why}")));
    }
    Ok(said)
}

/// The beginning of what comes out of a pipe, once it is closed: read by a thread of its own, as the program may keep it open for ever.
fn text_of(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // A pipe that breaks has said what it has said. The rest is taken off, so that the program does not wait.
            let _ = pipe.by_ref().take(MOST).read_to_end(&mut bytes);
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        // Nobody listens once the time is over.
        let _ = tell.send(String::from_utf8_lossy(&bytes).trim().to_owned());
    });
    told
}

/// How the program ended; none where it runs still at the deadline.
fn end(child: &mut Child, deadline: Instant) -> std::io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        thread::sleep(LOOK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn a_key_is_no_option_and_is_not_repeated() {
        for text in [KEY, &KEY[2..], "env:", "keystore:", "", &format!("env:{KEY}")] {
            let error = text.parse::<KeySource>().expect_err("no source");
            assert!(!error.contains("abcdef"), "{error}");
        }
        assert_eq!("env:KEY".parse(), Ok(KeySource::Environment("KEY".into())));
        assert_eq!("keystore:a:b".parse(), Ok(KeySource::Keystore("a:b".into())));
    }

    #[test]
    fn a_bad_key_is_refused_without_its_text() {
        for text in ["0xabcdef", "0x", &format!("{KEY}00"), &format!("0x{}", "0".repeat(64))] {
            let error = LocalKey::from_hex(text).expect_err("no key").to_string();
            assert!(!error.contains("abcdef"), "{error}");
        }
        let key = LocalKey::from_hex(KEY).expect("a key");
        assert!(!format!("{key:?}").contains("abcdef"));
        let hash = B256::repeat_byte(7);
        let signature = key.sign(hash).expect("a signature");
        assert_eq!(signature.recover_address_from_prehash(&hash).ok(), Some(key.address()));
    }
}
