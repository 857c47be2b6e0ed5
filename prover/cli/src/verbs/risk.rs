//! `risk check` and `risk build`; `risk prove` and `risk verify` stand in [`super::risk_proof`].

use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, Subcommand};
use serde_json::json;
use witness_gen::market::chain::SnapshotChoice;
use witness_gen::market::{UtcSeconds, currency_of};
use witness_gen::pricing::bounds;
use witness_gen::pricing::vectors::{PROMISE, Worst, compare};
use witness_gen::risk::file::RiskRound;
use witness_gen::risk::{MarketInputs, RegimeRules, RegimeState, RiskGrid, RiskRules};
use witness_gen::store::write_whole;

use crate::book;
use crate::chain_file;
use crate::errors::Failure;
use crate::output::{Output, field_hex, seconds, table};
use crate::verbs::risk_proof;

/// Marks, Greeks and scenario values.
#[derive(Debug, Subcommand)]
pub(crate) enum Risk {
    /// Compares prices and Greeks with reference values, row by row, against their proven bounds.
    Check(Check),
    /// Computes the risk arrays of a chain: every listed series under every scenario of a grid.
    Build(Build),
    /// Proves the risk arrays of a risk file, part by part. Run it again to go on after an interruption.
    Prove(risk_proof::Prove),
    /// Verifies such a proof: every part, and that together they are the risk arrays of one round.
    Verify(risk_proof::Verify),
}

/// Which reference values.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// CSV with forward_cents, strike_cents, vol_1e4, t_seconds, rate_1e4, call, put, delta_call, delta_put, gamma, vega.
    #[arg(long)]
    vectors: PathBuf,
}

/// Which chain, under which scenarios.
#[derive(Debug, Args)]
pub(crate) struct Build {
    /// A chain as CSV, plain or gzipped, or one that `market import` wrote.
    #[arg(long)]
    chain: PathBuf,
    /// ETH or BTC.
    #[arg(long)]
    currency: String,
    /// Of a CSV with many snapshots: the one of exactly this time (RFC 3339).
    #[arg(long, conflicts_with = "before")]
    snapshot: Option<String>,
    /// Of a CSV with many snapshots: the last before this expiry (YYYY-MM-DD). Default: the last of all.
    #[arg(long)]
    before: Option<String>,
    /// derive-pmrm-23, paradex-24, span-16, or a TOML file like those in params/risk.
    #[arg(long, default_value = "derive-pmrm-23")]
    grid: String,
    /// The series as a linear book holds them, in quote, or as an inverse one does, in coin.
    #[arg(long, value_enum, default_value = "linear")]
    style: book::StyleName,
    /// The risk file of an earlier round, whose volatility regime this one goes on from. Default: the usual variance.
    #[arg(long)]
    previous: Option<PathBuf>,
    /// Where to write the risk file.
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Risk {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        match self {
            Self::Check(verb) => verb.run(out),
            Self::Build(verb) => verb.run(out),
            Self::Prove(verb) => verb.run(out),
            Self::Verify(verb) => verb.run(out),
        }
    }
}

impl Check {
    fn run(self, out: Output) -> Result<(), Failure> {
        let file = chain_file::open(&self.vectors)?;
        let report = compare(file).map_err(|error| Failure::from(error).about(&self.vectors))?;
        let quantities = [
            ("price", "max_price_error_rel_spot", report.price),
            ("delta", "max_delta_error", report.delta),
            ("gamma", "max_gamma_error_times_forward", report.gamma),
            ("vega", "max_vega_error_rel_spot", report.vega),
        ];
        let mut value = json!({
            "rows": report.rows,
            "price_promise_rel_spot": PROMISE,
            "price_bound_rel_spot": bounds::PRICE,
            "holds": report.holds(),
        });
        for (name, key, worst) in quantities {
            value[key] = json!(worst.error);
            value["lines"][name] = json!(worst.line);
            value["bounds"][name] = json!(worst.bound);
            value["max_error_over_bound"][name] = json!(worst.over_bound);
        }
        let line = |(name, _, worst): (&str, &str, Worst)| {
            vec![
                name.to_owned(),
                format!("{:.3e}", worst.error),
                worst.line.to_string(),
                format!("{:.3}", worst.over_bound),
                format!("{:.3e}", worst.bound),
            ]
        };
        let rows: Vec<Vec<String>> = quantities.into_iter().map(line).collect();
        let text = format!(
            "{}\n{} rows; price and vega over the forward, gamma times the forward; promised for prices: {PROMISE:e}",
            table(
                &["quantity", "max error", "line", "max error/bound", "bound there"],
                &rows
            ),
            report.rows
        );
        out.result(&value, &text)?;
        if report.holds() {
            return Ok(());
        }
        Err(Failure::rejected(format!(
            "{}: expected every error within its bound, found one beyond",
            self.vectors.display()
        )))
    }
}

impl Build {
    fn run(self, out: Output) -> Result<(), Failure> {
        let underlying = book::underlying(&self.currency)?;
        let choice = match (&self.snapshot, &self.before) {
            (Some(at), _) => SnapshotChoice::At(UtcSeconds::parse(at).ok_or_else(|| {
                Failure::usage(format!(
                    "snapshot: expected an RFC 3339 time with whole seconds, found {at}"
                ))
            })?),
            (None, Some(before)) => SnapshotChoice::LatestBefore(book::expiry(before)?),
            (None, None) => SnapshotChoice::Latest,
        };
        let rules = RiskRules::new(self.grid()?, RegimeRules::builtin(underlying)?)?;
        let spinner = out.spinner("reading the chain");
        let mut chain = chain_file::read(&self.chain, underlying, choice)?;
        chain.style = self.style.into();
        drop(spinner);
        let (inputs, skipped) =
            MarketInputs::from_chain(&chain).map_err(|error| Failure::from(error).about(&self.chain))?;
        let before = match &self.previous {
            Some(path) => read_round(path)?.regime,
            None => RegimeState::start(&rules.regime, underlying, inputs.time, inputs.spot),
        };
        let start = Instant::now();
        let round = RiskRound::build(&rules, &inputs, before)?;
        let root = round.arrays.root();
        let took = seconds(start.elapsed());
        if let Some(path) = &self.out {
            write_whole(path, round.to_json().as_bytes())?;
        }
        let (arrays, scenarios) = (&round.arrays, rules.grid.scenarios.len());
        let value = json!({
            "currency": currency_of(underlying),
            "snapshot_utc": chain.snapshot.to_string(),
            "grid": rules.grid.name,
            "parameters": field_hex(&rules.digest()),
            "spot": inputs.spot.get(),
            "factor": f64::from(arrays.factor.get()) / f64::from(1 << 18),
            "expiries": inputs.expiries.len(),
            "series": arrays.rows.len(),
            "scenarios": scenarios,
            "skipped": skipped,
            "volatility_digest": field_hex(&inputs.digest()),
            "rows_root": field_hex(&arrays.rows_root()),
            "risk_root": field_hex(&root),
            "seconds": took,
            "written": self.out,
        });
        let mut text = format!(
            "{} at {}: {} series of {} expiries, {scenarios} scenarios of {}, widened {:.4} times, {took} s\nrisk root {}",
            currency_of(underlying),
            chain.snapshot,
            arrays.rows.len(),
            inputs.expiries.len(),
            rules.grid.name,
            f64::from(arrays.factor.get()) / f64::from(1 << 18),
            field_hex(&root)
        );
        if skipped.expired + skipped.unpriced > 0 {
            text.push_str(&format!(
                "\nleft out: {} expired, {} without a price",
                skipped.expired, skipped.unpriced
            ));
        }
        if let Some(path) = &self.out {
            text.push_str(&format!("\nwritten to {}", path.display()));
        }
        out.result(&value, &text)
    }

    fn grid(&self) -> Result<RiskGrid, Failure> {
        if RiskGrid::names().contains(&self.grid.as_str()) {
            return Ok(RiskGrid::builtin(&self.grid)?);
        }
        let path = PathBuf::from(&self.grid);
        if !path.exists() {
            return Err(Failure::usage(format!(
                "grid: expected one of {} or a file, found {}",
                RiskGrid::names().join(", "),
                self.grid
            )));
        }
        let text = std::fs::read_to_string(&path).map_err(|error| Failure::io(&path, "a readable file", &error))?;
        RiskGrid::from_toml(&text).map_err(|error| Failure::from(error).about(&path))
    }
}

/// Reads a risk file; everything in it is computed again.
pub(crate) fn read_round(path: &std::path::Path) -> Result<RiskRound, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::io(path, "a readable file", &error))?;
    RiskRound::from_json(&text).map_err(|error| Failure::from(error).about(path))
}
