//! What the user sees: tables and one JSON object on stdout, progress and warnings on stderr.

use std::io::{IsTerminal, Write, stderr, stdout};
use std::time::Duration;

use ff::PrimeField;
use halo2_proofs::halo2curves::bn256::Fr;
use indicatif::{ProgressBar, ProgressStyle};
use prover::sequencer::{BatchReport, Observer, Stage};
use serde_json::{Value, json};

use crate::errors::Failure;

/// Where results go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    /// One JSON object instead of text.
    pub(crate) json: bool,
}

impl Output {
    /// The result of a verb: `text` for people, `value` with `--json`.
    pub(crate) fn result(self, value: &Value, text: &str) -> Result<(), Failure> {
        let line = if self.json {
            value.to_string()
        } else {
            text.trim_end().to_owned()
        };
        writeln!(stdout(), "{line}").or_else(broken_pipe_is_fine)
    }

    /// Something the user should see, on stderr.
    pub(crate) fn warn(self, text: &str) {
        let _ = writeln!(stderr(), "warning: {text}");
    }

    /// Something worth knowing, on stderr.
    pub(crate) fn note(self, text: &str) {
        let _ = writeln!(stderr(), "note: {text}");
    }

    /// A spinner on stderr, hidden unless that is a terminal.
    pub(crate) fn spinner(self, text: impl Into<String>) -> Spinner {
        let bar = if stderr().is_terminal() {
            ProgressBar::new_spinner()
        } else {
            ProgressBar::hidden()
        };
        bar.set_message(text.into());
        bar.enable_steady_tick(Duration::from_millis(120));
        Spinner(bar)
    }

    /// A bar that counts accounts while batches are settled.
    pub(crate) fn batches(self) -> BatchBar {
        let bar = if stderr().is_terminal() {
            ProgressBar::new(0)
        } else {
            ProgressBar::hidden()
        };
        if let Ok(style) = ProgressStyle::with_template("{msg:48} [{bar:24}] {pos}/{len} accounts, {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        BatchBar { bar, number: 0 }
    }

    /// A bar that counts the parts of a proof.
    pub(crate) fn parts(self, parts: usize) -> PartBar {
        let bar = if stderr().is_terminal() {
            ProgressBar::new(parts as u64)
        } else {
            ProgressBar::hidden()
        };
        if let Ok(style) = ProgressStyle::with_template("{msg:24} [{bar:24}] {pos}/{len} parts, {elapsed}, {eta} left")
        {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        PartBar(bar)
    }

    /// The failure, on stderr, and with `--json` also as the one object on stdout.
    pub(crate) fn failure(self, failure: &Failure) {
        let _ = writeln!(stderr(), "error: {failure}");
        if self.json {
            let _ = writeln!(stdout(), "{}", failure.json());
        }
    }
}

fn broken_pipe_is_fine(error: std::io::Error) -> Result<(), Failure> {
    if error.kind() == std::io::ErrorKind::BrokenPipe {
        return Ok(());
    }
    Err(Failure::environment(format!(
        "stdout: expected to write, found {error}"
    )))
}

/// A spinner that goes away when dropped.
pub(crate) struct Spinner(ProgressBar);

impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Shows how many parts are proven; goes away when dropped.
pub(crate) struct PartBar(ProgressBar);

impl PartBar {
    /// What is being done.
    pub(crate) fn doing(&self, what: String) {
        self.0.set_message(what);
    }

    /// One part more.
    pub(crate) fn done(&self) {
        self.0.inc(1);
    }
}

impl Drop for PartBar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Shows a sequencer's progress.
pub(crate) struct BatchBar {
    bar: ProgressBar,
    number: u64,
}

impl Observer for BatchBar {
    fn batch(&mut self, number: u64, accounts: usize, positions: usize, left: usize) {
        self.number = number;
        self.bar.set_length(self.bar.position() + (accounts + left) as u64);
        self.bar
            .set_message(format!("batch {number}: {accounts} accounts, {positions} positions"));
    }

    fn stage(&mut self, stage: Stage) {
        let doing = match stage {
            Stage::Witness => "witness",
            Stage::Prove => "proving",
            Stage::Verify => "verifying",
            Stage::Record => "recording",
        };
        self.bar.set_message(format!("batch {}: {doing}", self.number));
    }

    fn recorded(&mut self, batch: &BatchReport) {
        self.bar.inc(batch.accounts as u64);
    }
}

impl Drop for BatchBar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// The field element of `0x` and 64 digits, big-endian; the option that holds it is named in the error.
pub(crate) fn field_of_hex(what: &str, text: &str) -> Result<Fr, Failure> {
    let parse = || {
        let mut bytes: [u8; 32] = hex::decode(text.strip_prefix("0x")?).ok()?.try_into().ok()?;
        bytes.reverse();
        Option::from(Fr::from_repr(bytes))
    };
    parse().ok_or_else(|| Failure::usage(format!("{what}: expected 0x and 64 digits, below r, found {text:.80}")))
}

/// A field element as `0x` and 64 digits, big-endian.
pub(crate) fn field_hex(value: &Fr) -> String {
    let mut bytes = value.to_repr();
    bytes.as_mut().reverse();
    format!("0x{}", hex::encode(bytes.as_ref() as &[u8]))
}

/// Seconds to the millisecond.
pub(crate) fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1000.0).round() / 1000.0
}

/// One object with the fields of both.
pub(crate) fn joined(mut one: Value, other: Value) -> Value {
    if let (Value::Object(one), Value::Object(other)) = (&mut one, other) {
        one.extend(other);
    }
    one
}

/// A batch as JSON.
pub(crate) fn batch_json(batch: &BatchReport) -> Value {
    json!({
        "batch": batch.instance.batch,
        "accounts": batch.accounts,
        "positions": batch.positions,
        "series": batch.series,
        "close": batch.instance.close,
        "old_state": field_hex(&batch.instance.old_state),
        "new_state": field_hex(&batch.instance.new_state),
        "witness_seconds": seconds(batch.witness_time),
        "prove_seconds": seconds(batch.prove_time),
        "verify_seconds": seconds(batch.verify_time),
        "proof_bytes": batch.proof_bytes,
        "proof_file": batch.path,
    })
}

/// Columns of text; columns of numbers are aligned to the right.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let number = |cell: &String| {
        let digits = cell.strip_prefix('-').unwrap_or(cell);
        digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','))
    };
    let column = |at: usize| rows.iter().filter_map(move |row| row.get(at));
    let shape: Vec<(usize, bool)> = header
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let width = column(at)
                .map(|cell| cell.chars().count())
                .chain([name.chars().count()])
                .max();
            (width.unwrap_or(0), column(at).all(number))
        })
        .collect();
    let line = |cells: Vec<&str>| -> String {
        let padded = cells.iter().zip(&shape).map(|(cell, (width, right))| match right {
            true => format!("{cell:>width$}"),
            false => format!("{cell:<width$}"),
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut text = line(header.to_vec());
    for row in rows {
        text.push('\n');
        text.push_str(&line(row.iter().map(String::as_str).collect()));
    }
    text
}
