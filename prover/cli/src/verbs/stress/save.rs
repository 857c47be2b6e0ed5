//! `stress --save`: one step of a replay as a database and a risk file.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use witness_gen::ledger::LedgerError;
use witness_gen::risk::RiskError;
use witness_gen::risk::file::RiskRound;
use witness_gen::store::{Store, write_whole};
use witness_gen::stress::{Export, Moment, PricePath, StressSpec};

use super::utc;
use crate::book::{ReplayNote, default_domain};
use crate::errors::Failure;
use crate::output::field_hex;

/// A step of a replay, found or yet to come.
pub(super) struct Saving {
    folder: PathBuf,
    /// The step asked for; without it the first with accounts below maintenance.
    at: Option<u64>,
    spec: StressSpec,
    found: Option<Found>,
}

struct Found {
    time: u64,
    round: Result<RiskRound, RiskError>,
    book: Result<Export, LedgerError>,
}

impl Saving {
    pub(super) fn new(folder: &Path, at: Option<u64>, spec: StressSpec) -> Self {
        Self {
            folder: folder.to_owned(),
            at,
            spec,
            found: None,
        }
    }

    /// Looks at a step before its liquidations.
    pub(super) fn look(&mut self, moment: &Moment<'_>) {
        let time = moment.tick.time;
        let wanted = || self.at.map_or_else(|| moment.below() > 0, |at| at == time);
        if self.found.is_none() && wanted() {
            self.found = Some(Found {
                time,
                round: moment.round(),
                book: moment.export(default_domain(), self.spec.seed),
            });
        }
    }

    /// Writes both files; what `--json` says of them, and a line for people.
    pub(super) fn write(self, path: &PricePath) -> Result<(Value, String), Failure> {
        let Some(Found { time, round, book }) = self.found else {
            return Err(Failure::rejected(
                "--save: expected a step with accounts below maintenance, found none; name one with --save-at",
            ));
        };
        let (round, book) = (round?, book?);
        let folder = &self.folder;
        std::fs::create_dir_all(folder).map_err(|error| Failure::io(folder, "a folder to write to", &error))?;
        let (db, risk) = (folder.join("book.sqlite"), folder.join("risk.json"));
        let note = ReplayNote {
            stress: path.name.clone(),
            time: utc(time),
            accounts: self.spec.accounts,
            seed: self.spec.seed,
        };
        let note = serde_json::to_string(&note).map_err(|error| Failure::internal(error.to_string()))?;
        let mut store = Store::create(&db, &book.ledger, &book.seed, Some(&note))?;
        store.set_takers(&book.takers)?;
        store.set_queue(&book.queue)?;
        write_whole(&risk, round.to_json().as_bytes())?;
        let value = json!({
            "database": db,
            "risk": risk,
            "time": utc(time),
            "below_maintenance": book.below,
            "takers": book.takers.len(),
            "waiting": book.queue.queue.waiting.len(),
            "state_root": field_hex(&book.ledger.state_root()),
            "risk_root": field_hex(&round.arrays.root()),
        });
        let line = format!(
            "saved the step of {} with {} accounts below: {} (SECRET), {}",
            utc(time),
            book.below,
            db.display(),
            risk.display()
        );
        Ok((value, line))
    }
}
