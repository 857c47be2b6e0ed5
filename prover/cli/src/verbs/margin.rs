//! `margin check` and `margin simulate`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use plotters::style::RGBColor;
use serde_json::{Value, json};
use witness_gen::margin::compare::{Report, RuleReport, TOLERANCE, compare};
use witness_gen::margin::reference::{Underlyings, read, read_underlyings};
use witness_gen::margin::simulate::{Market, Standing};
use witness_gen::margin::{ScenarioRule, Worst};
use witness_gen::market::{UtcSeconds, currency_of, parse_decimal};
use witness_gen::pricing::SpotMultiplier;
use witness_gen::risk::VolatilityMove;
use witness_gen::store::write_whole;
use witness_gen::units::{Cash, Price};

use super::risk::read_round;
use crate::chain_file;
use crate::errors::Failure;
use crate::output::{Output, table};
use crate::plots::frame::label;
use crate::plots::portfolio::{Line, Plot};

/// Requirements of portfolios.
#[derive(Debug, Subcommand)]
pub(crate) enum Margin {
    /// Computes the margins of reference portfolios and compares them with reference results, rule set by rule set.
    Check(Check),
    /// What a portfolio needs at an oracle round, and what trades would change.
    Simulate(Simulate),
}

/// Which reference.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// CSV of positions: portfolio_id, snapshot_utc, currency, instrument, expiry_utc, secs_to_expiry, strike_usd, cp, qty, forward_usd, iv, mark_coin.
    #[arg(long)]
    positions: PathBuf,
    /// CSV of results, a line per portfolio.
    #[arg(long)]
    results: PathBuf,
    /// A chain as CSV, plain or gzipped, with each contract's own underlying price, which Deribit's rule uses.
    #[arg(long)]
    chain: Option<PathBuf>,
    /// Also refuse portfolios whose reference does not follow the rule it names.
    #[arg(long)]
    strict: bool,
}

/// Which portfolio, and what to try.
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// A risk file of `risk build`: market, grid, regime.
    #[arg(long)]
    risk: PathBuf,
    /// Positions as CSV: instrument,quantity; or expiry,kind,strike,cap,lots as integers of the protocol.
    #[arg(long)]
    positions: PathBuf,
    /// Cash in quote, with at most 6 decimals; may be negative.
    #[arg(long, allow_hyphen_values = true)]
    cash: String,
    /// A trade to try, by itself and at the mark: INSTRUMENT:QUANTITY, negative to sell. May be given several times.
    #[arg(long = "trade", value_name = "INSTRUMENT:QUANTITY")]
    trades: Vec<String>,
    /// Where to write a plot of payoff at expiry and stress.
    #[arg(long)]
    svg: Option<PathBuf>,
}

impl Margin {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        match self {
            Self::Check(verb) => verb.run(out),
            Self::Simulate(verb) => verb.run(out),
        }
    }
}

impl Check {
    fn run(self, out: Output) -> Result<(), Failure> {
        let portfolios = read(chain_file::open(&self.positions)?, chain_file::open(&self.results)?)?;
        let underlyings = match &self.chain {
            Some(path) => {
                let spinner = out.spinner("reading the chain");
                let found = read_underlyings(chain_file::open(path)?, &portfolios);
                drop(spinner);
                found.map_err(|error| Failure::from(error).about(path))?
            }
            None => Underlyings::new(),
        };
        let report = compare(&portfolios, &underlyings)?;
        out.result(&report_value(&report), &report_text(&report))?;
        if !report.errata.is_empty() {
            out.warn(&format!(
                "{} portfolios of several expiries: the PMRM results in the file are not the rule's but those of a sum that docs/margin.md \
                 describes; they were compared with that sum",
                report.errata.len()
            ));
        }
        if report.holds(self.strict) {
            return Ok(());
        }
        Err(Failure::rejected(if report.max_relative() > TOLERANCE {
            format!(
                "{}: expected at most {TOLERANCE:e} of the notional on every portfolio, found {:.3e}",
                self.results.display(),
                report.max_relative()
            )
        } else {
            format!(
                "{}: expected every result to follow its rule, found {} that follow another sum",
                self.results.display(),
                report.errata.len()
            )
        }))
    }
}

fn report_value(report: &Report) -> Value {
    let mut rules = serde_json::Map::new();
    for rule in &report.rules {
        let worst = rule.worst();
        let mut figures = serde_json::Map::new();
        for (name, figure) in &rule.figures {
            let found = json!({
                "max_relative_difference": figure.relative,
                "difference": in_unit(rule, figure.absolute),
                "worst_portfolio": figure.portfolio,
            });
            figures.insert((*name).to_owned(), found);
        }
        let found = json!({
            "max_relative_difference": worst.relative,
            "difference": in_unit(rule, worst.absolute),
            "unit": rule.unit,
            "worst_portfolio": worst.portfolio,
            "required": rule.promised,
            "other_worst_scenario": rule.other_worst,
            "figures": figures,
        });
        rules.insert(rule.rule.to_owned(), found);
    }
    let erratum = |e: &witness_gen::margin::compare::Erratum| {
        json!({
            "portfolio": e.portfolio,
            "expiries": e.expiries,
            "relative_difference_to_rule": e.to_rule,
            "relative_difference_to_its_sum": e.to_sum,
        })
    };
    json!({
        "portfolios": report.portfolios,
        "max_relative_difference": report.max_relative(),
        "max_relative_difference_to_rule": report.max_relative_to_rule(),
        "tolerance": TOLERANCE,
        "holds": report.holds(false),
        "rules": rules,
        "errata": report.errata.iter().map(erratum).collect::<Vec<_>>(),
        "shorts_without_underlying": report.without_underlying,
    })
}

/// A difference in whole units, for people.
fn in_unit(rule: &RuleReport, difference: i128) -> f64 {
    difference as f64 / if rule.unit == "coin" { 1e18 } else { 1e12 }
}

fn report_text(report: &Report) -> String {
    let mut rows = Vec::new();
    for rule in &report.rules {
        for (name, figure) in &rule.figures {
            rows.push(vec![
                rule.rule.to_owned(),
                (*name).to_owned(),
                format!("{:.3e}", figure.relative),
                format!("{:.3e} {}", in_unit(rule, figure.absolute), rule.unit),
                figure.portfolio.clone(),
                if rule.promised { "yes" } else { "no" }.to_owned(),
            ]);
        }
    }
    let header = [
        "rule set",
        "figure",
        "max difference/notional",
        "difference there",
        "portfolio",
        "required",
    ];
    let mut text = format!(
        "{}\n{} portfolios; required of derive-pmrm-23 and paradex-24: at most {TOLERANCE:e} of the notional, found {:.3e}",
        table(&header, &rows),
        report.portfolios,
        report.max_relative()
    );
    if report.without_underlying > 0 {
        text.push_str(&format!(
            "\nderibit-standard: {} short positions without their own underlying price, the forward stands for it",
            report.without_underlying
        ));
    }
    if let Some(worst) = report.errata.iter().max_by(|a, b| a.to_rule.total_cmp(&b.to_rule)) {
        text.push_str(&format!(
            "\nderive-pmrm-23: on {} of them, of several expiries, the reference is NOT the rule's result: the rule differs by up to {:.3e} of the \
             notional (portfolio {}). There the figures above are differences to the reference's own sum (docs/margin.md, 5)",
            report.errata.len(),
            worst.to_rule,
            worst.portfolio
        ));
    }
    text
}

impl Simulate {
    fn run(self, out: Output) -> Result<(), Failure> {
        let cash = cash_of(&self.cash)?;
        let market = Market::new(&read_round(&self.risk)?)?;
        let legs = market
            .read_positions(chain_file::open(&self.positions)?)
            .map_err(|error| Failure::from(error).about(&self.positions))?;
        let before = market.stand(&legs, cash)?;
        let mut trades = Vec::with_capacity(self.trades.len());
        for (number, text) in (1..).zip(&self.trades) {
            let trade = market.trade(number, text)?;
            trades.push((text.as_str(), market.after(&legs, cash, trade)?));
        }
        if let Some(path) = &self.svg {
            let svg = plot_of(&market, &before)?.svg()?;
            write_whole(path, svg.as_bytes())?;
        }
        let names = scenario_names(&market)?;
        let mut value = market_value(&market);
        value["positions"] = json!(before.portfolio.holdings().len());
        value["portfolio"] = standing_value(&market, &names, &before);
        value["scenarios"] = names
            .iter()
            .zip(before.assessment.plain.iter().zip(&before.assessment.counted))
            .map(
                |(name, (plain, counted))| json!({ "name": name, "change": quote(*plain), "counted": quote(*counted) }),
            )
            .collect();
        value["trades"] = trades
            .iter()
            .map(|(trade, after)| {
                json!({
                    "trade": trade,
                    "after": standing_value(&market, &names, after),
                    "change_initial": quote(after.assessment.initial) - quote(before.assessment.initial),
                    "change_maintenance": quote(after.assessment.maintenance) - quote(before.assessment.maintenance),
                })
            })
            .collect();
        value["svg"] = json!(self.svg);
        let mut text = simulate_text(&market, &names, &before, &trades);
        if let Some(path) = &self.svg {
            text.push_str(&format!("\nplot written to {}", path.display()));
        }
        out.result(&value, &text)
    }
}

/// A signed decimal in 10^-6 quote, as money.
fn cash_of(text: &str) -> Result<Cash, Failure> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let units = parse_decimal(digits, 6, false);
    units
        .map(|units| Cash(sign * i128::from(units) * 1_000_000))
        .ok_or_else(|| Failure::usage("cash: expected a decimal with at most 6 places, found something else"))
}

/// Quote to 10^-6, for people.
fn quote(cash: Cash) -> f64 {
    cash.get().div_euclid(1_000_000) as f64 / 1e6
}

fn price(price: Price) -> f64 {
    price.get() as f64 / 1e6
}

/// What the requirement follows.
fn rule_name(rule: ScenarioRule) -> &'static str {
    match rule {
        ScenarioRule::Pmrm(_) => "Derive PMRM",
        ScenarioRule::Paradex => "Paradex portfolio margin, without fees",
        ScenarioRule::Span => "greatest weighted loss",
    }
}

fn market_value(market: &Market) -> Value {
    let inputs = market.inputs();
    json!({
        "currency": currency_of(inputs.underlying),
        "time_utc": time_of(market),
        "spot": price(inputs.spot),
        "grid": market.rules().grid.name,
        "rule": rule_name(market.rule()),
        "factor": f64::from(market.factor().get()) / f64::from(1 << 18),
        "valued_as_twins_in_quote": market.twins,
    })
}

fn time_of(market: &Market) -> String {
    // A round's time is below 2^40.
    UtcSeconds(i64::try_from(market.inputs().time).unwrap_or(i64::MAX)).to_string()
}

/// What each scenario does, as widened by the regime.
fn scenario_names(market: &Market) -> Result<Vec<String>, Failure> {
    let grid = &market.rules().grid;
    let name = |scenario: &witness_gen::risk::Scenario| {
        let multiplier = grid.spot_multiplier(scenario, market.factor());
        let multiplier = multiplier.map_err(|error| Failure::environment(format!("scenario: {error}")))?;
        let percent = (multiplier.numerator() as f64 / SpotMultiplier::UNIT as f64 - 1.0) * 100.0;
        let volatility = match scenario.volatility {
            VolatilityMove::None => "volatility as it is",
            VolatilityMove::Up => "volatility up",
            VolatilityMove::Down => "volatility down",
        };
        let counts = match scenario.weight_bp {
            10_000 => String::new(),
            weight => format!(", {} % counts", f64::from(weight) / 100.0),
        };
        Ok(format!("spot {percent:+.2} %, {volatility}{counts}"))
    };
    grid.scenarios.iter().map(name).collect()
}

fn worst_name(names: &[String], worst: Worst) -> String {
    match worst {
        Worst::None => "no scenario loses".to_owned(),
        Worst::Scenario(at) => names.get(at).cloned().unwrap_or_default(),
        Worst::Basis => "basis contingency".to_owned(),
        Worst::MinimumDelta => "minimum delta".to_owned(),
    }
}

/// Greeks in the units that people use: coin, coin for 1 %, quote for a point.
struct Readable {
    delta: f64,
    gross_delta: f64,
    gamma: f64,
    vega: f64,
}

impl Readable {
    fn of(standing: &Standing) -> Self {
        let greeks = standing.portfolio.greeks();
        let coin = |value: i128, bits: i32| value as f64 / 2f64.powi(bits) / 1e6;
        Self {
            delta: coin(greeks.delta, 36),
            gross_delta: coin(greeks.gross_delta, 36),
            gamma: coin(greeks.gamma_forward, 27) / 100.0,
            vega: greeks.vega as f64 / 1e12 / 100.0,
        }
    }
}

fn standing_value(market: &Market, names: &[String], standing: &Standing) -> Value {
    let (assessment, greeks) = (&standing.assessment, Readable::of(standing));
    let mut value = json!({
        "cash": quote(standing.cash),
        "value": quote(assessment.mark),
        "equity": quote(standing.equity),
        "initial": quote(assessment.initial),
        "maintenance": quote(assessment.maintenance),
        "net_initial": quote(standing.net_initial),
        "net_maintenance": quote(standing.net_maintenance),
        "meets_initial": standing.net_initial >= Cash::ZERO,
        "meets_maintenance": standing.net_maintenance >= Cash::ZERO,
        "worst": worst_name(names, assessment.worst),
        "scan_risk": quote(assessment.scan),
        "greeks": {
            "delta_coin": greeks.delta,
            "gross_delta_coin": greeks.gross_delta,
            "gamma_coin_per_percent": greeks.gamma,
            "vega_quote_per_point": greeks.vega,
        },
    });
    match market.rule() {
        ScenarioRule::Pmrm(_) => {
            value["basis_contingency"] = json!(-quote(assessment.basis));
            value["option_contingency"] = json!(quote(assessment.option_charge));
        }
        ScenarioRule::Paradex => value["minimum_delta"] = json!(quote(assessment.minimum_delta)),
        ScenarioRule::Span => {}
    }
    value
}

fn simulate_text(market: &Market, names: &[String], before: &Standing, trades: &[(&str, Standing)]) -> String {
    let inputs = market.inputs();
    let mut text = format!(
        "{} at {}, spot {:.2}; {}: {}, widened {:.4} times\n",
        currency_of(inputs.underlying),
        time_of(market),
        price(inputs.spot),
        market.rules().grid.name,
        rule_name(market.rule()),
        f64::from(market.factor().get()) / f64::from(1 << 18)
    );
    if market.twins {
        text.push_str("coin-settled series are valued as their twins in quote\n");
    }
    let columns: Vec<(&str, &Standing)> = std::iter::once(("now", before))
        .chain(trades.iter().map(|(name, standing)| (*name, standing)))
        .collect();
    let line = |name: &str, of: &dyn Fn(&Standing) -> String| -> Vec<String> {
        std::iter::once(name.to_owned())
            .chain(columns.iter().map(|(_, standing)| of(standing)))
            .collect()
    };
    let money = |cash: Cash| label(quote(cash), 2);
    let rows = vec![
        line("cash (USD)", &|s| money(s.cash)),
        line("value of positions (USD)", &|s| money(s.assessment.mark)),
        line("equity (USD)", &|s| money(s.equity)),
        line("initial requirement (USD)", &|s| money(s.assessment.initial)),
        line("maintenance requirement (USD)", &|s| money(s.assessment.maintenance)),
        line("equity - initial (USD)", &|s| money(s.net_initial)),
        line("equity - maintenance (USD)", &|s| money(s.net_maintenance)),
        line("delta (coin)", &|s| label(Readable::of(s).delta, 4)),
        line("gamma (coin for 1 %)", &|s| label(Readable::of(s).gamma, 5)),
        line("vega (USD for a point)", &|s| label(Readable::of(s).vega, 2)),
    ];
    let header: Vec<&str> = std::iter::once("")
        .chain(columns.iter().map(|(name, _)| *name))
        .collect();
    text.push_str(&table(&header, &rows));
    if !trades.is_empty() {
        text.push_str("\neach trade by itself, at the mark");
    }
    for (name, standing) in &columns {
        text.push_str(&format!("\n{name}: {}", verdict(names, standing)));
    }
    let scenarios: Vec<Vec<String>> = names
        .iter()
        .zip(before.assessment.plain.iter().zip(&before.assessment.counted))
        .map(|(name, (plain, counted))| vec![name.clone(), money(*plain), money(*counted)])
        .collect();
    text.push_str("\n\n");
    text.push_str(&table(&["scenario", "change (USD)", "as counted (USD)"], &scenarios));
    text
}

/// Whether the portfolio may stand, and what sets its requirement.
fn verdict(names: &[String], standing: &Standing) -> String {
    let met = match (
        standing.net_initial >= Cash::ZERO,
        standing.net_maintenance >= Cash::ZERO,
    ) {
        (true, _) => "meets initial margin",
        (false, true) => "meets maintenance, misses initial margin",
        (false, false) => "BELOW maintenance margin",
    };
    format!("{met}; worst: {}", worst_name(names, standing.assessment.worst))
}

fn plot_of(market: &Market, standing: &Standing) -> Result<Plot, Failure> {
    let curve = market.curve(&standing.portfolio)?;
    let points = |points: &[(Price, Cash)]| points.iter().map(|(x, y)| (price(*x), quote(*y))).collect::<Vec<_>>();
    let expiry = points(&curve.expiry);
    let line = |name: &str, color, dashed, points| Line {
        name: name.to_owned(),
        color,
        dashed,
        points,
    };
    let now = |by: VolatilityMove| points(&curve.now[by.number()]);
    let (left, right) = (expiry.first().map_or(0.0, |p| p.0), expiry.last().map_or(0.0, |p| p.0));
    let (grid, spot) = (&market.rules().grid, price(market.inputs().spot));
    let mut dots = Vec::new();
    for (scenario, change) in grid.scenarios.iter().zip(&standing.assessment.plain) {
        let multiplier = grid.spot_multiplier(scenario, market.factor());
        let multiplier = multiplier.map_err(|error| Failure::environment(format!("scenario: {error}")))?;
        dots.push((
            spot * multiplier.numerator() as f64 / SpotMultiplier::UNIT as f64,
            quote(*change),
        ));
    }
    dots.retain(|(x, _)| (left..=right).contains(x));
    let beyond = grid.scenarios.len() - dots.len();
    let note = match beyond {
        0 => String::new(),
        n => format!("; {n} scenarios of the grid lie beyond these prices"),
    };
    let currency = currency_of(market.inputs().underlying);
    Ok(Plot {
        title: format!("{currency} portfolio: change of value over the price of {currency}"),
        note: format!(
            "{}, {currency} at {spot:.2} USD, grid {}{note}",
            time_of(market),
            grid.name
        ),
        spot,
        x_label: format!("{currency} price (USD)"),
        y_label: "change of value".to_owned(),
        lines: vec![
            line(
                "now, volatility as it is",
                RGBColor(31, 119, 180),
                false,
                now(VolatilityMove::None),
            ),
            line(
                "now, volatility up",
                RGBColor(214, 39, 40),
                false,
                now(VolatilityMove::Up),
            ),
            line(
                "now, volatility down",
                RGBColor(44, 160, 44),
                false,
                now(VolatilityMove::Down),
            ),
            line("at expiry", RGBColor(60, 60, 60), true, expiry),
        ],
        dots: ("scenarios of the grid".to_owned(), RGBColor(148, 103, 189), dots),
        levels: vec![(
            "equity is gone".to_owned(),
            RGBColor(150, 30, 30),
            -quote(standing.equity),
        )],
    })
}
