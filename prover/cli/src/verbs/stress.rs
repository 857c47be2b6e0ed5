//! `stress`: replays of crashes, and contagion.

mod save;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use halo2_proofs::halo2curves::bn256::Fr;
use serde_json::{Value, json};
use witness_gen::liquidation::LiquidationRules;
use witness_gen::market::UtcSeconds;
use witness_gen::risk::RiskGrid;
use witness_gen::statement::solvency::GRID;
use witness_gen::stress::contagion::{Clearing, Network};
use witness_gen::stress::path::SP500;
use witness_gen::stress::{Moment, PricePath, Replay, ReplayRules, Step, StressError, StressSpec, replay_watched};
use witness_gen::units::Cash;

use self::save::Saving;
use super::liquidate::{INITIAL_FACTOR, SHORT_CHARGE, margin_rules};
use crate::book;
use crate::errors::{Code, Failure};
use crate::output::{Output, seconds, table};
use crate::plots::frame::label;
use crate::plots::timeline::{self, Chart, Form, Series, Unit};

/// Where reference data is looked for when no file is named.
const DATA_FOLDERS: [&str; 3] = ["data", "shared/data", "../shared/data"];
const CRASHES: &str = "crypto_crash_hourly.csv.gz";
const SP500_DAYS: &str = "sp500_daily_1980_2023.csv";
/// Rows of the table on the terminal, the worst steps; `--json` has all.
const TABLE_ROWS: usize = 24;

/// Which path, over which book.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true))]
pub(crate) struct Stress {
    /// An event of the crash file, such as 2020-03-12-black-thursday; an unknown name lists them.
    #[arg(long, group = "what", conflicts_with_all = ["path", "sp500"])]
    event: Option<String>,
    /// The crash file or the S&P file. Default: the one in $ZKSETTLE_DATA, data, shared/data or ../shared/data.
    #[arg(long)]
    data: Option<PathBuf>,
    /// A path of one's own: CSV with the columns time (RFC 3339 or Unix seconds) and price.
    #[arg(long, group = "what", conflicts_with = "sp500")]
    path: Option<PathBuf>,
    /// Trading days of the S&P 500 around this one (YYYY-MM-DD).
    #[arg(long, group = "what")]
    sp500: Option<String>,
    /// ETH or BTC: the underlying of an event or of a path.
    #[arg(long, default_value = "ETH")]
    currency: String,
    /// Accounts of the made-up book.
    #[arg(long, default_value_t = 200)]
    accounts: u32,
    /// Its seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The scenario grid: derive-pmrm-23, paradex-24 or span-16.
    #[arg(long, default_value = "paradex-24")]
    grid: String,
    /// Most liquidations of a step.
    #[arg(long, default_value_t = 16)]
    cap: u32,
    /// Initial margin counts losses this many times, in 10^-4.
    #[arg(long, default_value_t = INITIAL_FACTOR)]
    initial_factor: u64,
    /// Charge for each short lot beside the scenarios, in 10^-4 of the spot.
    #[arg(long, default_value_t = SHORT_CHARGE)]
    short_charge: u64,
    /// Writes the charts into this folder, made if it is not there.
    #[arg(long)]
    svg: Option<PathBuf>,
    /// Writes the book of one step, before its liquidations, into this folder: book.sqlite (SECRET) and risk.json, for `liquidate prove`. The step is the
    /// first in which accounts are below maintenance.
    #[arg(long)]
    save: Option<PathBuf>,
    /// The step to save, by its time (RFC 3339).
    #[arg(long, requires = "save")]
    save_at: Option<String>,
    /// A network of books as TOML, to be cleared; with a path, the asset named as the currency falls by the path's worst fall.
    #[arg(long, group = "what")]
    contagion: Option<PathBuf>,
}

impl Stress {
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        let path = self.read_path()?;
        let mut value = json!({});
        let mut texts = Vec::new();
        if let Some(path) = &path {
            let (json, text) = self.replay(out, path)?;
            value = json;
            texts.push(text);
        }
        if let Some(file) = &self.contagion {
            let (json, text) = self.clear(out, file, path.as_ref())?;
            value["contagion"] = json;
            texts.push(text);
        }
        out.result(&value, &texts.join("\n\n"))
    }

    fn read_path(&self) -> Result<Option<PricePath>, Failure> {
        let underlying = book::underlying(&self.currency)?;
        let read = |path: &Path, of: &dyn Fn(File) -> Result<PricePath, StressError>| {
            let file = File::open(path).map_err(|error| Failure::io(path, "a readable file", &error))?;
            of(file).map_err(|error| failure(error).about(path)).map(Some)
        };
        match (&self.event, &self.sp500, &self.path) {
            (Some(event), ..) => read(&self.data_file(CRASHES)?, &|file| {
                PricePath::of_event(file, event, underlying)
            }),
            (_, Some(date), _) => read(&self.data_file(SP500_DAYS)?, &|file| PricePath::of_sp500(file, date)),
            (.., Some(path)) => {
                let name = path
                    .file_stem()
                    .map_or("path".into(), |name| name.to_string_lossy().into_owned());
                read(path, &|file| PricePath::of_csv(file, &name, underlying))
            }
            (None, None, None) => Ok(None),
        }
    }

    fn data_file(&self, name: &str) -> Result<PathBuf, Failure> {
        if let Some(path) = &self.data {
            return Ok(path.clone());
        }
        let named = std::env::var_os("ZKSETTLE_DATA").map(PathBuf::from);
        let folders = named.into_iter().chain(DATA_FOLDERS.map(PathBuf::from));
        let found = folders.map(|folder| folder.join(name)).find(|path| path.exists());
        found.ok_or_else(|| {
            Failure::environment(format!(
                "data: expected --data FILE, or {name} in $ZKSETTLE_DATA, {}, found none",
                DATA_FOLDERS.join(" or ")
            ))
        })
    }

    fn replay(&self, out: Output, path: &PricePath) -> Result<(Value, String), Failure> {
        let liquidation = LiquidationRules {
            batch_cap: self.cap,
            ..LiquidationRules::default()
        };
        liquidation
            .validate()
            .map_err(|error| Failure::usage(error.to_string()))?;
        // Ranges only: the replay puts the digest of its own risk rules in.
        margin_rules(Fr::zero(), self.initial_factor, self.short_charge)?;
        let rules = ReplayRules {
            grid: RiskGrid::builtin(&self.grid)?,
            initial_factor: self.initial_factor,
            short_charge: self.short_charge,
            liquidation,
        };
        let spec = StressSpec {
            accounts: self.accounts,
            seed: self.seed,
        };
        let mut saving = self.saving(path, spec)?;
        let spinner = out.spinner(format!("replaying {} prices", path.ticks.len()));
        let start = Instant::now();
        let watch = &mut |moment: &Moment<'_>| {
            if let Some(saving) = &mut saving {
                saving.look(moment);
            }
        };
        let replayed = replay_watched(path, &rules, spec, watch).map_err(failure)?;
        let took = seconds(start.elapsed());
        drop(spinner);
        let charts = match &self.svg {
            Some(folder) => self.draw(folder, path, &replayed)?,
            None => Vec::new(),
        };
        let mut value = summary(path, &replayed);
        value["grid"] = json!(self.grid);
        value["seed"] = json!(self.seed);
        value["cap"] = json!(self.cap);
        value["seconds"] = json!(took);
        value["svg"] = json!(charts);
        value["hours"] = replayed.steps.iter().map(step_json).collect();
        let mut text = text(path, &replayed);
        if let Some(saving) = saving {
            let (json, line) = saving.write(path)?;
            value["saved"] = json;
            text.push_str(&format!("\n{line}"));
        }
        for chart in &charts {
            text.push_str(&format!("\nwritten to {}", chart.display()));
        }
        Ok((value, text))
    }

    /// What `--save` asks for, where it can be had.
    fn saving(&self, path: &PricePath, spec: StressSpec) -> Result<Option<Saving>, Failure> {
        let Some(folder) = &self.save else { return Ok(None) };
        if self.grid != GRID {
            return Err(Failure::usage(format!(
                "--save: expected the grid {GRID}, which liquidations are proven over, found {}",
                self.grid
            )));
        }
        let at = self.save_at.as_deref().map(|text| step_at(path, text)).transpose()?;
        Ok(Some(Saving::new(folder, at, spec)))
    }

    fn clear(&self, out: Output, file: &Path, path: Option<&PricePath>) -> Result<(Value, String), Failure> {
        let text = std::fs::read_to_string(file).map_err(|error| Failure::io(file, "a readable file", &error))?;
        let mut network = Network::from_toml(&text).map_err(|error| failure(error).about(file))?;
        if let Some(path) = path {
            let of = if path.underlying == SP500 {
                "SP500"
            } else {
                &self.currency
            };
            match network.assets.iter_mut().find(|asset| asset.name == of) {
                Some(asset) => asset.fall = path.worst_fall(),
                None => out.warn(&format!(
                    "{}: no asset is called {of}: the fall of {} moves no book",
                    file.display(),
                    path.name
                )),
            }
        }
        let cleared = network.clear();
        Ok(contagion(&network, &cleared))
    }
}

/// The time of a step, in Unix seconds.
fn step_at(path: &PricePath, text: &str) -> Result<u64, Failure> {
    let time = UtcSeconds::parse(text).and_then(|time| u64::try_from(time.0).ok());
    time.filter(|time| path.ticks.iter().any(|tick| tick.time == *time))
        .ok_or_else(|| {
            let (from, to) = (utc(path.start().time), utc(path.end()));
            Failure::usage(format!(
                "--save-at: expected the time of a step between {from} and {to}, found {text}"
            ))
        })
}

fn failure(error: StressError) -> Failure {
    let code = match &error {
        StressError::Unknown { .. } | StressError::Accounts { .. } => Code::Usage,
        StressError::Conservation { .. } => Code::Internal,
        _ => Code::Environment,
    };
    Failure::new(code, error.to_string())
}

/// Money as quotes.
fn quotes(money: Cash) -> f64 {
    money.get() as f64 / 1e12
}

fn price(units: u64) -> f64 {
    units as f64 / 1e6
}

fn factor(step: &Step) -> f64 {
    f64::from(step.factor.get()) / f64::from(1 << 18)
}

fn utc(time: u64) -> String {
    UtcSeconds(i64::try_from(time).unwrap_or(i64::MAX)).to_string()
}

/// One step: prices and money in quotes, volatility as a fraction a year.
fn step_json(step: &Step) -> Value {
    json!({
        "time": utc(step.tick.time),
        "price": price(step.tick.price.get()),
        "volatility": f64::from(step.volatility.0) / 1e4,
        "regime_factor": factor(step),
        "accounts_below": step.below,
        "insolvent": step.insolvent,
        "liquidations": step.liquidations,
        "closed": step.closed,
        "over_cap": step.over_cap,
        "untaken": step.untaken,
        "penalties": quotes(step.penalties),
        "insurance_used": quotes(step.from_insurance),
        "insurance": quotes(step.insurance),
        "bad_debt": quotes(step.bad_debt),
        "equity": quotes(step.equity),
        "requirement": quotes(step.requirement),
    })
}

fn summary(path: &PricePath, replay: &Replay) -> Value {
    let total = |of: fn(&Step) -> usize| replay.steps.iter().map(of).sum::<usize>();
    let most = |of: fn(&Step) -> usize| replay.steps.iter().map(of).max().unwrap_or(0);
    let used: i128 = replay.steps.iter().map(|step| step.from_insurance.get()).sum();
    let penalties: i128 = replay.steps.iter().map(|step| step.penalties.get()).sum();
    let last = replay.steps.last();
    json!({
        "path": path.name,
        "from": utc(path.start().time),
        "to": utc(path.end()),
        "steps": replay.steps.len(),
        "worst_fall": f64::from(path.worst_fall()) / 1e4,
        "accounts": replay.accounts,
        "takers": replay.takers,
        "series": replay.series,
        "liquidations": total(|step| step.liquidations),
        "closed": total(|step| step.closed),
        "liquidated_accounts": replay.liquidated_accounts,
        "most_below": most(|step| step.below),
        "most_carried_over": most(|step| step.over_cap + step.untaken),
        "waiting_at_the_end": replay.waiting,
        "max_regime_factor": replay.steps.iter().map(factor).fold(1.0, f64::max),
        "insurance_start": quotes(replay.insurance_start),
        "penalties": quotes(Cash(penalties)),
        "insurance_used": quotes(Cash(used)),
        "insurance_end": last.map_or(0.0, |step| quotes(step.insurance)),
        "bad_debt": last.map_or(0.0, |step| quotes(step.bad_debt)),
        "conserved": replay.totals[0] == replay.totals[1],
    })
}

fn money(cash: Cash) -> String {
    label(quotes(cash), 0)
}

fn step_row(step: &Step) -> Vec<String> {
    vec![
        utc(step.tick.time),
        label(price(step.tick.price.get()), 2),
        format!("{:.0}", f64::from(step.volatility.0) / 100.0),
        format!("{:.2}", factor(step)),
        step.below.to_string(),
        step.insolvent.to_string(),
        step.liquidations.to_string(),
        (step.over_cap + step.untaken).to_string(),
        money(step.equity),
        money(step.requirement),
        money(step.insurance),
        money(step.bad_debt),
    ]
}

fn text(path: &PricePath, replay: &Replay) -> String {
    let busy = replay.steps.iter().filter(|step| step.below > 0).count();
    // The worst steps, then in the order of time again.
    let mut shown: Vec<(usize, &Step)> = replay
        .steps
        .iter()
        .enumerate()
        .filter(|(_, step)| step.below > 0)
        .collect();
    shown.sort_by_key(|(at, step)| (std::cmp::Reverse(step.below), *at));
    shown.truncate(TABLE_ROWS);
    shown.sort_by_key(|(at, _)| *at);
    let rows: Vec<Vec<String>> = shown.iter().map(|(_, step)| step_row(step)).collect();
    let header = [
        "time (UTC)",
        "price",
        "vol %",
        "regime",
        "below",
        "insolvent",
        "liquidated",
        "waiting",
        "equity",
        "required",
        "insurance",
        "bad debt",
    ];
    let steps = match busy {
        0 => "no account was below maintenance in any step".to_owned(),
        n => {
            let which = match n > TABLE_ROWS {
                true => format!("the {TABLE_ROWS} worst of {n} steps with accounts below maintenance"),
                false => format!("the {n} steps with accounts below maintenance"),
            };
            format!("{which}; money in USD\n{}", table(&header, &rows))
        }
    };
    let s = summary(path, replay);
    let of = |key: &str| label(s[key].as_f64().unwrap_or(0.0), 0);
    format!(
        "{}: {} prices, worst fall {:.2} %; {} accounts, {} series\n{steps}\n{} liquidations of {} accounts, {} of them to the last \
         position; at worst {} accounts below maintenance at once; {} waiting at the end\ninsurance {} -> {} USD: penalties brought {}, \
         deficits took {}; bad debt {} USD; regime factor up to {:.2}; value {} to the unit",
        path.name,
        replay.steps.len(),
        f64::from(path.worst_fall()) / 100.0,
        replay.accounts,
        replay.series,
        s["liquidations"],
        replay.liquidated_accounts,
        s["closed"],
        s["most_below"],
        replay.waiting,
        money(replay.insurance_start),
        of("insurance_end"),
        of("penalties"),
        of("insurance_used"),
        of("bad_debt"),
        s["max_regime_factor"].as_f64().unwrap_or(1.0),
        if s["conserved"] == true {
            "conserved"
        } else {
            "NOT conserved"
        },
    )
}

impl Stress {
    /// Equity against requirement and the liquidations; insurance and bad debt; price, regime and volatility.
    fn draw(&self, folder: &Path, path: &PricePath, replay: &Replay) -> Result<Vec<PathBuf>, Failure> {
        std::fs::create_dir_all(folder).map_err(|error| Failure::io(folder, "a folder to write to", &error))?;
        let times: Vec<u64> = replay.steps.iter().map(|step| step.tick.time).collect();
        let series = |name: &str, of: &dyn Fn(&Step) -> f64| Series {
            name: name.to_owned(),
            values: replay.steps.iter().map(of).collect(),
        };
        let note = format!(
            "{} accounts, seed {}, {}, at most {} liquidations a step",
            replay.accounts, self.seed, self.grid, self.cap
        );
        let chart = |title: &str, unit, form, series| Chart {
            title: format!("{}: {title}", path.name),
            note: note.clone(),
            unit,
            form,
            times: &times,
            series,
        };
        let s = summary(path, replay);
        let at_the_end =
            |name: &str, key: &str| format!("{name}, {} USD at the end", label(s[key].as_f64().unwrap_or(0.0), 0));
        let equity = chart(
            "accounts with short positions, all together",
            Unit::Money,
            Form::Lines,
            vec![
                series("equity", &|step| quotes(step.equity)),
                series("maintenance requirement", &|step| quotes(step.requirement)),
            ],
        );
        let counts = chart(
            "accounts below maintenance, and liquidations",
            Unit::Named("accounts in a step"),
            Form::Bars,
            vec![
                series("below maintenance", &|step| step.below as f64),
                series("liquidations", &|step| step.liquidations as f64),
            ],
        );
        let insurance = chart(
            "insurance pool and bad debt",
            Unit::Money,
            Form::Lines,
            vec![
                series(&at_the_end("insurance pool", "insurance_end"), &|step| {
                    quotes(step.insurance)
                }),
                series(&at_the_end("bad debt", "bad_debt"), &|step| quotes(step.bad_debt)),
            ],
        );
        // One step's penalties and deficits on either side of 0, so that both are seen.
        let flows = chart(
            "what the insurance pool gets and pays in a step",
            Unit::Money,
            Form::Bars,
            vec![
                series("penalties, in", &|step| quotes(step.penalties)),
                series("deficits, out", &|step| -quotes(step.from_insurance)),
            ],
        );
        let unit = if path.underlying == SP500 {
            "index points"
        } else {
            "USD"
        };
        let price = chart(
            "price",
            Unit::Named(unit),
            Form::Lines,
            vec![series("price", &|step| price(step.tick.price.get()))],
        );
        let regime = chart(
            "volatility regime, by which the scenarios are widened",
            Unit::Named("factor (1 = usual)"),
            Form::Lines,
            vec![series("regime factor", &factor)],
        );
        let volatility = chart(
            "volatility at which all options are marked",
            Unit::Named("% a year"),
            Form::Lines,
            vec![series("marked volatility", &|step| {
                f64::from(step.volatility.0) / 100.0
            })],
        );
        Ok(vec![
            timeline::write(&folder.join("equity.svg"), &[equity, counts])?,
            timeline::write(&folder.join("insurance.svg"), &[insurance, flows])?,
            timeline::write(&folder.join("regime.svg"), &[price, regime, volatility])?,
        ])
    }
}

fn contagion(network: &Network, cleared: &Clearing) -> (Value, String) {
    // 10^-12 quote; the exact integers are in the JSON as text.
    let quotes = |amount: &dyn ToString| amount.to_string().parse::<f64>().unwrap_or(f64::NAN) / 1e12;
    let books: Vec<Value> = cleared
        .books
        .iter()
        .map(|book| {
            json!({
                "book": book.name,
                "assets": quotes(&book.assets),
                "received": quotes(&book.received),
                "liabilities": quotes(&book.liabilities),
                "paid": quotes(&book.paid),
                "shortfall": quotes(&book.shortfall),
                "paid_units": book.paid.to_string(),
                "shortfall_units": book.shortfall.to_string(),
                "defaulted_in_round": book.round,
            })
        })
        .collect();
    let assets: Vec<Value> = network
        .assets
        .iter()
        .zip(&cleared.prices)
        .map(|(asset, end)| {
            json!({ "asset": asset.name, "price": price(asset.price), "fall_bp": asset.fall, "price_at_the_end": price(*end) })
        })
        .collect();
    let defaults = cleared.books.iter().filter(|book| book.round > 0).count();
    let rows: Vec<Vec<String>> = cleared
        .books
        .iter()
        .map(|book| {
            let amounts = [
                &book.assets,
                &book.received,
                &book.liabilities,
                &book.paid,
                &book.shortfall,
            ];
            let mut row = vec![book.name.clone()];
            row.extend(amounts.map(|amount| label(quotes(amount), 2)));
            row.push(match book.round {
                0 => "pays in full".to_owned(),
                round => format!("default in round {round}"),
            });
            row
        })
        .collect();
    let prices: Vec<String> = (network.assets.iter().zip(&cleared.prices))
        .map(|(asset, end)| {
            let [before, after] = [asset.price, *end].map(|p| label(price(p), 2));
            format!("{} {before} -> {after}", asset.name)
        })
        .collect();
    let text = format!(
        "prices and money in USD: {}\n{}\n{} books, {defaults} in default, {} rounds of clearing and sales",
        prices.join(", "),
        table(
            &["book", "assets", "received", "owes", "pays", "shortfall", "outcome"],
            &rows
        ),
        cleared.books.len(),
        cleared.rounds
    );
    let value = json!({ "books": books, "assets": assets, "defaults": defaults, "rounds": cleared.rounds });
    (value, text)
}
