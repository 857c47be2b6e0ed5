//! `liquidate scan`, `liquidate prove` and `liquidate verify`.

mod prove;
mod verify;

use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, Subcommand};
use halo2_proofs::halo2curves::bn256::Fr;
use serde_json::json;
use witness_gen::ledger::Ledger;
use witness_gen::liquidation::{LiquidationRules, Market, Scan as Found, scan};
use witness_gen::market::currency_of;
use witness_gen::risk::RiskArrays;
use witness_gen::risk::file::RiskRound;
use witness_gen::series::Kind;
use witness_gen::statement::solvency::MarginRules;
use witness_gen::store::Store;

use super::risk::read_round;
use crate::errors::Failure;
use crate::output::{Output, field_hex, seconds, table};

/// Initial margin counts losses this many times, in 10^-4.
pub(crate) const INITIAL_FACTOR: u64 = 12_500;
/// Charge for short lots, in 10^-4 of the spot.
pub(crate) const SHORT_CHARGE: u64 = 100;

/// Accounts below maintenance: who they are, their liquidation, proofs of it.
#[derive(Debug, Subcommand)]
pub(crate) enum Liquidate {
    /// Looks at every account of a database, on all cores, and counts those below maintenance.
    Scan(Scan),
    /// Liquidates a round of them, in queue order up to the cap, proves each batch and moves the database. Run it again to go on after an interruption.
    Prove(Box<prove::Prove>),
    /// Verifies proofs of liquidations, and that each batch starts where the one before ended.
    Verify(verify::Verify),
}

/// Which accounts, at which prices.
#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// The database.
    #[arg(long, required_unless_present = "out", conflicts_with = "out")]
    db: Option<PathBuf>,
    /// The folder that `settle` wrote: its database.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The risk file of the round (`risk build --out`), over the chain of the book.
    #[arg(long)]
    risk: PathBuf,
    /// Charge for each short lot beside the scenarios, in 10^-4 of the spot.
    #[arg(long, default_value_t = SHORT_CHARGE)]
    short_charge: u64,
    /// SECRET: also list the accounts below by leaf number, with what each is short of.
    #[arg(long)]
    show_accounts: bool,
}

impl Liquidate {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        match self {
            Self::Scan(verb) => verb.run(out),
            Self::Prove(verb) => verb.run(out),
            Self::Verify(verb) => verb.run(out),
        }
    }
}

/// Margin rules over these risk rules with the default liquidation rules.
pub(crate) fn margin_rules(risk: Fr, initial_factor: u64, short_charge: u64) -> Result<MarginRules, Failure> {
    let rules = MarginRules {
        risk,
        initial_factor,
        short_charge,
        liquidation: LiquidationRules::default().digest(),
    };
    rules.validate().map_err(|error| Failure::usage(error.to_string()))?;
    Ok(rules)
}

impl Scan {
    fn run(self, out: Output) -> Result<(), Failure> {
        let db = match (&self.db, &self.out) {
            (Some(db), _) => db.clone(),
            (None, Some(folder)) => folder.join("state.sqlite"),
            (None, None) => return Err(Failure::usage("expected --db or --out, found neither")),
        };
        let spinner = out.spinner("reading accounts and prices");
        let ledger = Store::open(&db)?.load_ledger()?;
        let round = read_round(&self.risk)?;
        let twins = linear_twins(&round, &ledger)?;
        let arrays = twins.as_ref().unwrap_or(&round.arrays);
        let rules = margin_rules(arrays.rules.digest(), INITIAL_FACTOR, self.short_charge)?;
        let market = Market::of(arrays, rules).map_err(|error| Failure::environment(error.to_string()))?;
        drop(spinner);
        let start = Instant::now();
        let found = scan(&market, &ledger.parts().accounts);
        let took = seconds(start.elapsed());
        let insolvent = found.below.iter().filter(|below| below.insolvent).count();
        let mut value = json!({
            "database": db,
            "state_root": field_hex(&ledger.state_root()),
            "risk_root": field_hex(&arrays.root()),
            "currency": currency_of(arrays.inputs.underlying),
            "linear_twins": twins.is_some(),
            "time": arrays.inputs.time,
            "accounts": found.accounts,
            "below_maintenance": found.below.len(),
            "insolvent": insolvent,
            "unpriced": found.unpriced.len(),
            "worst_scenarios": scenarios(&found),
            "threads": std::thread::available_parallelism().map_or(1, usize::from),
            "seconds": took,
        });
        let mut text = format!(
            "{} accounts, {} below maintenance, {insolvent} of them without equity, {} without a price; {took:.3} s",
            found.accounts,
            found.below.len(),
            found.unpriced.len()
        );
        if let Some((_, error)) = found.unpriced.first() {
            value["first_unpriced"] = json!(error.to_string());
            text.push_str(&format!("\nfirst without a price: {error}"));
        }
        if self.show_accounts {
            out.warn("what follows is secret: leaf numbers and shortfalls of accounts");
            let list: Vec<_> = found
                .below
                .iter()
                .map(|below| {
                    json!({
                        "account": below.index,
                        "shortfall": below.shortfall.to_string(),
                        "scenario": below.scenario,
                        "insolvent": below.insolvent,
                    })
                })
                .collect();
            value["accounts_below"] = json!(list);
            let rows: Vec<Vec<String>> = found
                .below
                .iter()
                .map(|below| {
                    vec![
                        below.index.to_string(),
                        in_quote(&below.shortfall.to_string()),
                        below.scenario.to_string(),
                        if below.insolvent { "yes" } else { "no" }.to_owned(),
                    ]
                })
                .collect();
            text = format!(
                "{}\n{text}",
                table(&["account", "shortfall (quote)", "scenario", "insolvent"], &rows)
            );
        }
        out.result(&value, &text)
    }
}

/// The arrays of the series settled in quote, where the round is over a chain settled in coin and the book is not.
fn linear_twins(round: &RiskRound, ledger: &Ledger) -> Result<Option<RiskArrays>, Failure> {
    let arrays = &round.arrays;
    let mut held = ledger.parts().accounts.values().flat_map(|account| &account.positions);
    let in_coin = arrays.rows.iter().all(|row| row.terms.kind.is_inverse());
    if !in_coin || !held.any(|position| !position.series.kind.is_inverse()) {
        return Ok(None);
    }
    let mut inputs = arrays.inputs.clone();
    for series in &mut inputs.series {
        series.terms.kind = match series.terms.kind {
            Kind::InverseCall => Kind::Call,
            Kind::InversePut => Kind::Put,
            other => other,
        };
    }
    inputs.series.sort_by_key(|series| series.terms);
    Ok(Some(RiskArrays::build(&arrays.rules, &inputs, arrays.factor)?))
}

/// A number of 10^-12 of a quote, not negative, as quotes: exact, without the zeros at its end.
fn in_quote(units: &str) -> String {
    let units = format!("{units:0>13}");
    let (whole, rest) = units.split_at(units.len() - 12);
    match rest.trim_end_matches('0') {
        "" => whole.to_owned(),
        rest => format!("{whole}.{rest}"),
    }
}

/// How many accounts fail worst in each scenario, 0 the unmoved market.
fn scenarios(found: &Found) -> serde_json::Value {
    let mut counts = std::collections::BTreeMap::new();
    for below in &found.below {
        *counts.entry(below.scenario).or_insert(0usize) += 1;
    }
    let list: Vec<_> = counts
        .into_iter()
        .map(|(scenario, accounts)| json!({ "scenario": scenario, "accounts": accounts }))
        .collect();
    json!(list)
}

#[cfg(test)]
mod tests {
    use super::in_quote;

    #[test]
    fn shortfalls_are_exact_quotes() {
        for (units, expected) in [
            ("0", "0"),
            ("1", "0.000000000001"),
            ("2500000000000", "2.5"),
            ("12000000000000", "12"),
            ("1234567890123456", "1234.567890123456"),
        ] {
            assert_eq!(in_quote(units), expected);
        }
    }
}
