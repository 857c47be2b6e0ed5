//! A book in a database: made from a chain once, then only read.

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ff::FromUniformBytes;
use halo2_proofs::halo2curves::bn256::Fr;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use witness_gen::book::{BookSpec, GeneratedBook, generate};
use witness_gen::ledger::Ledger;
use witness_gen::market::chain::SnapshotChoice;
use witness_gen::market::{Style, UtcSeconds, underlying_of};
use witness_gen::params::RiskParameters;
use witness_gen::statement::solvency::MarginRules;
use witness_gen::store::{BlindingUse, SecretOrigin, SecretSeed, Store};
use witness_gen::units::{ExpiryMinutes, Underlying};

use crate::chain_file;
use crate::errors::Failure;
use crate::output::{Output, field_of_hex};

/// In what a book settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StyleName {
    /// In the quote currency; cash in 10^-12 quote.
    Linear,
    /// In the coin; cash in 10^-15 coin at the default scale.
    Inverse,
}

impl From<StyleName> for Style {
    fn from(name: StyleName) -> Self {
        match name {
            StyleName::Linear => Self::Linear,
            StyleName::Inverse => Self::Inverse,
        }
    }
}

/// Which book to make.
#[derive(Debug, Args)]
pub(crate) struct BookOptions {
    /// The option chain: CSV, plain or gzipped, or what `market import` wrote.
    #[arg(long)]
    pub(crate) chain: PathBuf,
    /// The underlying: ETH or BTC.
    #[arg(long)]
    pub(crate) currency: String,
    /// The expiry to settle: YYYY-MM-DD (08:00 UTC, Deribit's time) or a full RFC 3339 time.
    #[arg(long)]
    pub(crate) expiry: String,
    /// Accounts of the book.
    #[arg(long)]
    pub(crate) accounts: u32,
    /// Seed of the book. With it everything is simulated: the same options give the same state roots in every folder, and
    /// whoever knows the seed knows all accounts. Without it, the book and its blindings are drawn at random, once.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Settle in the quote currency or in the coin.
    #[arg(long, value_enum, default_value = "linear")]
    pub(crate) style: StyleName,
    /// The first public input, which binds proofs to a chain and a rollup contract (its `domain()`): 0x and 64 digits.
    #[arg(long)]
    pub(crate) domain: Option<String>,
}

/// What a database's book was made from; stands in the database.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BookNote {
    pub(crate) currency: String,
    pub(crate) accounts: u32,
    /// The seed that was given; a drawn one is used once and kept nowhere.
    pub(crate) seed: Option<u64>,
    pub(crate) style: StyleName,
    pub(crate) domain: String,
    /// The expiry that the book was made for; others of the same book can be settled too.
    pub(crate) expiry: String,
}

/// An underlying by its currency.
pub(crate) fn underlying(currency: &str) -> Result<Underlying, Failure> {
    underlying_of(currency).ok_or_else(|| Failure::usage(format!("currency: expected BTC or ETH, found {currency}")))
}

/// An expiry by its day or its time.
pub(crate) fn expiry(text: &str) -> Result<ExpiryMinutes, Failure> {
    let at = UtcSeconds::parse(text).or_else(|| UtcSeconds::parse(&format!("{text}T08:00:00Z")));
    at.and_then(UtcSeconds::to_expiry).ok_or_else(|| {
        Failure::usage(format!(
            "expiry: expected YYYY-MM-DD or an RFC 3339 time in UTC, found {text}"
        ))
    })
}

/// The domain without a contract: a constant, so that a database can be settled and verified without a chain.
pub(crate) fn default_domain() -> Fr {
    let mut wide = [0; 64];
    blake3::Hasher::new_derive_key("zksettle 2026-11-22 domain without a contract")
        .finalize_xof()
        .fill(&mut wide);
    Fr::from_uniform_bytes(&wide)
}

/// The domain that was given, or the one without a contract.
pub(crate) fn domain(text: Option<&str>) -> Result<Fr, Failure> {
    text.map_or_else(|| Ok(default_domain()), |text| field_of_hex("domain", text))
}

impl BookOptions {
    fn note(&self) -> Result<BookNote, Failure> {
        Ok(BookNote {
            currency: self.currency.clone(),
            accounts: self.accounts,
            seed: self.seed,
            style: self.style,
            domain: crate::output::field_hex(&domain(self.domain.as_deref())?),
            expiry: UtcSeconds::of_expiry(expiry(&self.expiry)?).to_string(),
        })
    }

    /// The book, as these options make it, and the seed of its blindings: both follow from the book's seed, or both are drawn.
    fn generate(&self, out: Output) -> Result<(GeneratedBook, SecretSeed), Failure> {
        let expiry = expiry(&self.expiry)?;
        let _spinner = out.spinner("reading the chain");
        let chain = chain_file::read(
            &self.chain,
            underlying(&self.currency)?,
            SnapshotChoice::LatestBefore(expiry),
        )?;
        let seed = self
            .seed
            .map_or_else(|| BookSpec::draw_seed().map_err(no_randomness), Ok)?;
        let spec = BookSpec::new(self.accounts, seed)
            .with_expiry(expiry)
            .with_style(self.style.into());
        let book = generate(&chain, &spec)?;
        let secret = match self.seed {
            Some(_) => SecretSeed::of_book(&spec, &book),
            None => secret_seed()?,
        };
        Ok((book, secret))
    }

    /// Makes the database.
    pub(crate) fn create(&self, out: Output, db: &Path) -> Result<(Store, GeneratedBook), Failure> {
        let (book, secret) = self.generate(out)?;
        let domain = domain(self.domain.as_deref())?;
        if let Some(folder) = db.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(|error| Failure::io(folder, "a folder that can be made", &error))?;
        }
        let note = serde_json::to_string(&self.note()?).map_err(|error| Failure::internal(error.to_string()))?;
        let store = create_store(db, &book, domain, &secret, Some(&note))?;
        Ok((store, book))
    }

    /// Opens the database if it is there, and refuses one of another book; makes it otherwise.
    pub(crate) fn open_or_create(&self, out: Output, db: &Path) -> Result<(Store, bool), Failure> {
        if db.symlink_metadata().is_err() {
            return Ok((self.create(out, db)?.0, true));
        }
        let store = Store::open(db)?;
        if let Some(made) = note_of(&store)? {
            let given = self.note()?;
            // Another expiry of the same book may be settled, and a seed that is not given is the database's.
            let wanted = BookNote {
                expiry: made.expiry.clone(),
                seed: given.seed.or(made.seed),
                ..self.note()?
            };
            if wanted != made {
                return Err(Failure::usage(format!(
                    "{}: expected the options its book was made with ({}), found {}",
                    db.display(),
                    in_words(&made),
                    in_words(&given)
                )));
            }
        }
        Ok((store, false))
    }
}

/// What a database that `stress --save` made says about its book.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplayNote {
    /// The path's name.
    pub(crate) stress: String,
    /// Time of the step, RFC 3339.
    pub(crate) time: String,
    pub(crate) accounts: u32,
    pub(crate) seed: u64,
}

/// What the database says that its book was made from; nothing where it was saved from a replay.
fn note_of(store: &Store) -> Result<Option<BookNote>, Failure> {
    if store
        .book()
        .is_some_and(|text| serde_json::from_str::<ReplayNote>(text).is_ok())
    {
        return Ok(None);
    }
    let parse = |text| {
        serde_json::from_str(text).map_err(|error| {
            let path = store.path().display();
            Failure::environment(format!(
                "{path}, book: expected the options it was made with, found {error}"
            ))
        })
    };
    store.book().map(parse).transpose()
}

fn in_words(note: &BookNote) -> String {
    let style = Style::from(note.style);
    let seed = note.seed.map_or("no seed".to_owned(), |seed| format!("seed {seed}"));
    format!(
        "{} {} accounts, {seed}, {style}, domain {}",
        note.accounts, note.currency, note.domain
    )
}

/// Says on stderr when the book is a simulation; what `--json` says about its secret.
pub(crate) fn about_secret(out: Output, store: &Store) -> Result<Value, Failure> {
    let seed = note_of(store)?.and_then(|note| note.seed);
    let simulated = store.seed().origin() == SecretOrigin::BookSeed;
    if simulated {
        let seed = seed.map_or_else(String::new, |seed| format!(" {seed}"));
        out.note(&format!(
            "the book is simulated: whoever knows its seed{seed} knows every account and every blinding"
        ));
    }
    Ok(json!({
        "secret_origin": store.seed().origin().as_str(),
        "seed_reveals_book": simulated,
        "book_seed": seed,
    }))
}

/// Fresh secret bytes, from which a database's blindings come.
pub(crate) fn secret_seed() -> Result<SecretSeed, Failure> {
    SecretSeed::generate().map_err(no_randomness)
}

fn no_randomness(error: impl Display) -> Failure {
    Failure::environment(format!("randomness: expected bytes from the system, found {error}"))
}

/// Puts a book into a new database.
pub(crate) fn create_store(
    db: &Path,
    book: &GeneratedBook,
    domain: Fr,
    seed: &SecretSeed,
    note: Option<&str>,
) -> Result<Store, Failure> {
    Ok(Store::create(db, &genesis(book, domain, seed)?, seed, note)?)
}

/// The genesis ledger of a book.
pub(crate) fn genesis(book: &GeneratedBook, domain: Fr, seed: &SecretSeed) -> Result<Ledger, Failure> {
    let blinding = |account, nonce| seed.blinding(BlindingUse::Leaf, account, nonce);
    let owner = |account| seed.owner_key(account).key_hash();
    let (rules, _) = MarginRules::builtin(book.underlying)?;
    let params = RiskParameters::default().with_margin_rules(rules.digest());
    Ok(Ledger::from_book(book, params, domain, owner, blinding)?)
}
