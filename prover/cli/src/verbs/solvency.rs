//! `solvency prove` and `solvency verify`: statement M.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use circuits::solvency::{SIZES, Size};
use clap::{Args, Subcommand, ValueEnum};
use halo2_proofs::halo2curves::bn256::Fr;
use prover::proof_file::ProofFile;
use prover::solvency::{Question, STATEMENT, SolvencyError, about, prepare, prove};
use prover::srs::Setup;
use prover::verify::verify;
use serde::Deserialize;
use serde_json::json;
use witness_gen::owner::OwnerKey;
use witness_gen::statement::solvency::{GRID, Instance, MarginRules, Requirement};
use witness_gen::store::{SecretOrigin, Store};

use crate::backend::BackendOption;
use crate::errors::Failure;
use crate::evm::Alone;
use crate::output::{Output, field_hex, field_of_hex, seconds};
use crate::setups;
use crate::verbs::risk::read_round;
use crate::verbs::verify::of_statement;

/// Money units of one quote.
const QUOTE: u128 = 1_000_000_000_000;

/// A hidden account against a requirement.
#[derive(Debug, Subcommand)]
pub(crate) enum Solvency {
    /// Proves that an account meets a requirement at the state and the risk arrays as they are, for one challenge.
    Prove(Box<Prove>),
    /// Verifies such a proof, and that it says what was asked.
    Verify(Verify),
}

/// What the account has to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RequirementName {
    /// Cash and marks are worth the threshold.
    Equity,
    /// No scenario takes more than there is.
    Maintenance,
    /// The same with every loss counted more often.
    Initial,
}

impl From<RequirementName> for Requirement {
    fn from(name: RequirementName) -> Self {
        match name {
            RequirementName::Equity => Self::Equity,
            RequirementName::Maintenance => Self::Maintenance,
            RequirementName::Initial => Self::Initial,
        }
    }
}

/// Whose solvency, towards whom.
#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// The database that holds the account.
    #[arg(long)]
    db: PathBuf,
    /// The account, by its leaf number.
    #[arg(long)]
    account: u32,
    /// The risk file (`risk build --grid paradex-24`): marks and scenario values of every listed series.
    #[arg(long)]
    risk: PathBuf,
    /// What the account has to have.
    #[arg(long, value_enum)]
    requirement: RequirementName,
    /// Money that has to be there beyond the requirement, in quote, at most 12 decimals.
    #[arg(long, default_value = "0")]
    threshold: String,
    /// The verifier's challenge: 0x and 64 digits, below r. A proof convinces who chose it, and nobody else.
    #[arg(long)]
    challenge: String,
    /// The owner's key: JSON with `signing` (two field elements) and `secret`. Default, for a simulated book only: the one it invents.
    #[arg(long)]
    owner_key: Option<PathBuf>,
    /// The setup: a ceremony's file, or one that `srs` stored.
    #[arg(long)]
    srs: PathBuf,
    /// The size: 8, 32 or 128 positions. Default: the smallest that holds the account. It is public.
    #[arg(long)]
    size: Option<String>,
    /// Where the proof file goes.
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    backend: BackendOption,
}

/// Which proof, and what it has to say.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The proof file.
    file: PathBuf,
    /// The challenge that was given.
    #[arg(long)]
    challenge: String,
    /// The state root it has to be about. Without it, whatever the file says is printed.
    #[arg(long)]
    state: Option<String>,
    /// The risk root it has to be about: 0x and 64 digits, or the risk file, which is then computed again.
    #[arg(long)]
    risk: Option<String>,
    /// The requirement it has to be about.
    #[arg(long, value_enum)]
    requirement: Option<RequirementName>,
    /// The least threshold it has to have, in quote.
    #[arg(long)]
    threshold: Option<String>,
    /// The setup. Default: the one in the cache that the file names.
    #[arg(long)]
    srs: Option<PathBuf>,
    /// Have the emitted contract verify it too, in an EVM of our own; says what that costs. Needs node.
    #[arg(long)]
    evm: bool,
}

/// An owner's key as it stands in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    signing: [String; 2],
    secret: String,
}

impl Solvency {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        match self {
            Self::Prove(verb) => verb.run(out),
            Self::Verify(verb) => verb.run(out),
        }
    }
}

impl From<SolvencyError> for Failure {
    fn from(error: SolvencyError) -> Self {
        let message = error.to_string();
        match error {
            SolvencyError::NoAccount { .. } => Self::usage(message),
            SolvencyError::Assign(_) => Self::resource(message),
            SolvencyError::Ledger(error) => error.into(),
            SolvencyError::Prove(error) => error.into(),
            _ => Self::rejected(message),
        }
    }
}

impl Prove {
    fn run(self, out: Output) -> Result<(), Failure> {
        let challenge = field_of_hex("challenge", &self.challenge)?;
        let threshold = money(&self.threshold)?;
        let store = Store::open(&self.db)?;
        let ledger = store.load_ledger()?;
        let spinner = out.spinner("computing the risk arrays again");
        let round = read_round(&self.risk)?;
        drop(spinner);
        let arrays = &round.arrays;
        let (rules, risk) = MarginRules::builtin(arrays.inputs.underlying)?;
        if risk.digest() != arrays.rules.digest() {
            return Err(Failure::usage(format!(
                "{}: expected risk arrays of the grid {GRID} with the program's regime, found others",
                self.risk.display()
            )));
        }
        let owner = match &self.owner_key {
            Some(path) => read_key(path)?,
            None if store.seed().origin() == SecretOrigin::BookSeed || store.book().is_some() => {
                store.seed().owner_key(self.account)
            }
            None => {
                return Err(Failure::usage(
                    "owner key: expected --owner-key for a book that is not simulated, found none",
                ));
            }
        };
        let question = Question {
            index: self.account,
            requirement: self.requirement.into(),
            threshold,
            challenge,
        };
        let (instance, witness) = prepare(&ledger, arrays, rules, owner, question)?;
        let positions = witness.account.positions.len();
        let size = match &self.size {
            Some(name) => size_named(name)?,
            None => Size::for_positions(positions)
                .ok_or_else(|| Failure::resource("size: expected at most 128 positions, found more"))?,
        };
        let setup = setups::load_of(out, &self.srs, size.k)?;
        setups::warn_if_insecure(out, &setup);
        let (circuit, cached) = setups::solvency_keys(out, &setup, size)?;
        let started = Instant::now();
        let spinner = out.spinner("proving");
        let proof = prove(
            &self.backend.prover(),
            &setup,
            &cached.keys,
            &circuit,
            &instance,
            &witness,
        )?;
        drop(spinner);
        let time = seconds(started.elapsed());
        let bytes = proof.len();
        let file = ProofFile::new(about(&size), &cached.keys, &setup, &instance.to_fields(), proof)?;
        file.write(&self.out)?;
        let value = json!({
            "file": self.out, "size": size.name, "prove_seconds": time, "proof_bytes": bytes,
            "state": field_hex(&instance.state), "risk_root": field_hex(&instance.risk_root),
            "challenge": field_hex(&instance.challenge), "pseudonym": field_hex(&instance.pseudonym),
            "requirement": instance.requirement, "key_digest": cached.keys.digest, "setup_insecure": setup.insecure(),
            "peak_memory_bytes": crate::machine::peak_memory(),
        });
        let text = format!(
            "{}: {} met, proven in {time:.2} s, {bytes} bytes\nstate root {}\nrisk root {}\npseudonym {}\nkey digest {}",
            self.out.display(),
            name(instance.requirement),
            field_hex(&instance.state),
            field_hex(&instance.risk_root),
            field_hex(&instance.pseudonym),
            cached.keys.digest
        );
        out.result(&value, &text)
    }
}

impl Verify {
    fn run(self, out: Output) -> Result<(), Failure> {
        let challenge = field_of_hex("challenge", &self.challenge)?;
        let file = ProofFile::read(&self.file).map_err(|error| Failure::from(error).about(&self.file))?;
        self.checked(out, &file, challenge)
            .map_err(|failure| failure.about(&self.file))
    }

    fn checked(&self, out: Output, file: &ProofFile, challenge: Fr) -> Result<(), Failure> {
        of_statement(file, STATEMENT)?;
        let size = Size::by_name(&file.size).ok_or_else(|| {
            let names = SIZES.map(|size| size.name).join(", ");
            Failure::rejected(format!("size: expected one of {names}, found {:.40}", file.size))
        })?;
        let setup: Setup = match &self.srs {
            Some(path) => setups::load_of(out, path, size.k)?,
            None => setups::for_proof(out, &file.setup, size.k)?,
        };
        setups::warn_if_insecure(out, &setup);
        let (_, cached) = setups::solvency_keys(out, &setup, size)?;
        file.check(about(&size), cached.keys.digest, &setup)?;
        let values = file.values();
        let instance = Instance::from_fields(&values).map_err(|error| Failure::rejected(error.to_string()))?;
        let started = Instant::now();
        verify(&setup, cached.keys.verifier_key(), &values, &file.proof)?;
        let time = seconds(started.elapsed());
        same("challenge", challenge, instance.challenge)?;
        if let Some(state) = &self.state {
            same("state root", field_of_hex("state", state)?, instance.state)?;
        }
        if let Some(risk) = &self.risk {
            let root = if risk.starts_with("0x") {
                field_of_hex("risk", risk)?
            } else {
                read_round(Path::new(risk))?.arrays.root()
            };
            same("risk root", root, instance.risk_root)?;
        }
        if let Some(wanted) = self.requirement.map(Requirement::from)
            && wanted != instance.requirement
        {
            let (expected, found) = (name(wanted), name(instance.requirement));
            return Err(Failure::rejected(format!(
                "requirement: expected {expected}, found {found}"
            )));
        }
        if let Some(least) = &self.threshold {
            let least = money(least)?;
            if instance.threshold < least {
                let found = instance.threshold;
                return Err(Failure::rejected(format!(
                    "threshold: expected at least {least} units of 10^-12 quote, found {found}"
                )));
            }
        }
        let gas = match self.evm {
            true => Some(Alone::deploy(out, &cached.keys, &setup, &size)?.verify(file)?),
            false => None,
        };
        let value = json!({
            "verified": true, "verify_seconds": time, "evm_gas": gas, "proof_bytes": file.proof.len(), "size": size.name,
            "domain": field_hex(&instance.domain), "parameters": field_hex(&instance.parameters),
            "state": field_hex(&instance.state), "risk_root": field_hex(&instance.risk_root),
            "requirement": instance.requirement, "threshold": instance.threshold.to_string(),
            "challenge": field_hex(&instance.challenge), "pseudonym": field_hex(&instance.pseudonym),
            "key_digest": cached.keys.digest, "setup": setup.provenance(), "setup_insecure": setup.insecure(),
        });
        let text = format!(
            "verified in {time:.3} s: an account of at most {} positions meets {}, beyond it {} units of 10^-12 quote\nstate root \
             {}\nrisk root {}\nparameters {}\npseudonym {}\nsetup: {}",
            size.name,
            name(instance.requirement),
            instance.threshold,
            field_hex(&instance.state),
            field_hex(&instance.risk_root),
            field_hex(&instance.parameters),
            field_hex(&instance.pseudonym),
            setup.provenance()
        ) + &gas.map_or_else(String::new, |gas| format!("\nthe contract accepts it: {gas} gas"));
        out.result(&value, &text)
    }
}

fn name(requirement: Requirement) -> &'static str {
    match requirement {
        Requirement::Equity => "equity",
        Requirement::Maintenance => "maintenance margin",
        Requirement::Initial => "initial margin",
    }
}

fn same(what: &str, expected: Fr, found: Fr) -> Result<(), Failure> {
    if expected == found {
        return Ok(());
    }
    let (expected, found) = (field_hex(&expected), field_hex(&found));
    Err(Failure::rejected(format!("{what}: expected {expected}, found {found}")))
}

/// A size by name.
pub(super) fn size_named(name: &str) -> Result<Size, Failure> {
    let names = || SIZES.map(|size| size.name).join(", ");
    Size::by_name(name).ok_or_else(|| Failure::usage(format!("size: expected one of {}, found {name}", names())))
}

/// A decimal amount of quote in money units.
fn money(text: &str) -> Result<u128, Failure> {
    let wrong = || {
        Failure::usage(format!(
            "threshold: expected quote with at most 12 decimals, below 2^127 units, found {text:.80}"
        ))
    };
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 12 || whole.is_empty() || !(whole.bytes().chain(decimals.bytes())).all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let whole: u128 = whole.parse().map_err(|_| wrong())?;
    let decimals: u128 = format!("{decimals:0<12}").parse().map_err(|_| wrong())?;
    whole
        .checked_mul(QUOTE)
        .and_then(|units| units.checked_add(decimals))
        .filter(|units| *units < Instance::THRESHOLD_BOUND)
        .ok_or_else(wrong)
}

/// The owner's key. What is wrong with it is said without its text.
fn read_key(path: &Path) -> Result<OwnerKey, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::io(path, "an owner's key", &error))?;
    let wrong = || {
        let path = path.display();
        Failure::usage(format!(
            "{path}: expected JSON with signing (two of 0x and 64 digits) and secret (one), found something else"
        ))
    };
    let file: KeyFile = serde_json::from_str(&text).map_err(|_| wrong())?;
    let parse = |text: &str| field_of_hex("key", text).map_err(|_| wrong());
    Ok(OwnerKey {
        signing: [parse(&file.signing[0])?, parse(&file.signing[1])?],
        secret: parse(&file.secret)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_exact() {
        assert_eq!(money("0").expect("no money"), 0);
        assert_eq!(money("1.5").expect("quote"), 1_500_000_000_000);
        assert_eq!(money("0.000000000001").expect("one unit"), 1);
        for wrong in [
            "",
            ".5",
            "1.0000000000001",
            "-1",
            "1e5",
            "340282366920938463463374607431768211456",
        ] {
            assert!(money(wrong).is_err(), "{wrong}");
        }
    }
}
