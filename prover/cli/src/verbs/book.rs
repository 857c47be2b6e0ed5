//! `book generate`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;
use witness_gen::market::UtcSeconds;

use crate::book::{BookOptions, about_secret};
use crate::errors::Failure;
use crate::output::{Output, field_hex, joined, table};

/// Test books.
#[derive(Debug, Subcommand)]
pub(crate) enum Book {
    /// Invents accounts over a chain's real open interest and puts them into a new database. SECRET: mode 0600.
    Generate(Generate),
}

/// Which book, and where.
#[derive(Debug, Args)]
pub(crate) struct Generate {
    #[command(flatten)]
    book: BookOptions,
    /// The database to make.
    #[arg(long)]
    db: PathBuf,
}

impl Book {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        let Self::Generate(generate) = self;
        let (store, book) = generate.book.create(out, &generate.db)?;
        let secret = about_secret(out, &store)?;
        let (_, root) = store.state()?;
        let s = &book.summary;
        let value = json!({
            "database": generate.db,
            "state_root": field_hex(&root),
            "expiry_utc": UtcSeconds::of_expiry(book.expiry).to_string(),
            "style": book.style.to_string(),
            "reference_price": book.reference.get(),
            "accounts": book.accounts.len(),
            "positions": s.positions,
            "contracts": s.contracts,
            "open_series": s.open_series,
            "kept_series": s.kept_series,
            "target_open_series": s.target_open_series,
            "target_kept_series": s.target_kept_series,
            "target_over_limit": s.target_over_limit,
            "target_holders": s.target_holders,
            "distressed": s.distressed,
        });
        let rows = [
            ("accounts", book.accounts.len()),
            ("positions", s.positions),
            ("accounts that hold the expiry", s.target_holders),
            ("accounts short of money", s.distressed),
            ("series of the expiry, open", s.target_open_series),
            ("series of the expiry, kept", s.target_kept_series),
            ("series in all, open", s.open_series),
            ("series in all, kept", s.kept_series),
        ];
        let rows: Vec<Vec<String>> = rows
            .into_iter()
            .map(|(name, n)| vec![name.into(), n.to_string()])
            .collect();
        let text = format!(
            "{}\nexpiry {}, {}; state root {}\ndatabase {} (SECRET)",
            table(&["book", "number"], &rows),
            UtcSeconds::of_expiry(book.expiry),
            book.style,
            field_hex(&root),
            generate.db.display()
        );
        out.result(&joined(value, secret), &text)
    }
}
