//! Files of reference portfolios and their margins, as CSV.
//!
//! Decimals become integers of their unit. A file that a program with floats wrote may say 82899.73999999999: what is less than a thousandth
//! of a unit away from a multiple of it counts as that multiple. Prices are rounded to 10^-6 quote, money to 10^-12.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use super::MarginError;
use super::table::Table;
use crate::market::{Premium, Right, UtcSeconds, Volatility, excerpt, underlying_of};
use crate::units::{ExpiryMinutes, Lots, Price, Underlying};

const POSITIONS: &str = "positions";
const RESULTS: &str = "results";
const CHAIN: &str = "chain";

/// A position of a reference portfolio.
#[derive(Debug, Clone)]
pub struct ReferencePosition {
    /// The venue's name of the contract.
    pub instrument: String,
    /// When it expires.
    pub expiry: ExpiryMinutes,
    /// Its strike.
    pub strike: Price,
    /// Call or put.
    pub right: Right,
    /// How much.
    pub lots: Lots,
    /// The forward of its expiry, one for all positions of a portfolio.
    pub forward: Price,
    /// Its volatility.
    pub volatility: Volatility,
    /// Its premium in coin.
    pub mark: Premium,
}

/// A portfolio with the margins that the reference gives it. Money in 10^-12 quote, coin in 10^-18.
#[derive(Debug, Clone)]
pub struct ReferencePortfolio {
    /// Its name: the `portfolio_id`.
    pub id: String,
    /// Its underlying.
    pub underlying: Underlying,
    /// When.
    pub snapshot: UtcSeconds,
    /// The index.
    pub spot: Price,
    /// Its cash.
    pub cash: i128,
    /// Its positions, in the order of the file.
    pub positions: Vec<ReferencePosition>,
    /// Deribit's standard margin: initial, maintenance.
    pub deribit: [i128; 2],
    /// Derive's StandardManager: net initial, net maintenance.
    pub derive_standard: [i128; 2],
    /// Derive's PMRM: net initial, net maintenance.
    pub pmrm: [i128; 2],
    /// Place of the worst scenario, the basis contingency after all of them.
    pub pmrm_worst: usize,
    /// Value of the positions.
    pub mark: i128,
    /// The greatest weighted loss of the 24 scenarios.
    pub scan: i128,
    /// Its place.
    pub scan_worst: usize,
}

/// Reads both files. Every portfolio of the results has positions, and every position has results.
///
/// # Errors
/// A file that is not CSV, lacks a column, has a field that is not what its column holds, or does not fit the other file.
pub fn read(positions: impl Read, results: impl Read) -> Result<Vec<ReferencePortfolio>, MarginError> {
    let mut by_portfolio = read_positions(positions)?;
    let mut portfolios = Vec::new();
    let mut table = Table::open(RESULTS, results)?;
    while let Some(row) = table.next_row()? {
        let id = row.text("portfolio_id")?.to_owned();
        let fault = |expected: &str, found: String| MarginError::Portfolio {
            portfolio: excerpt(&id),
            expected: expected.to_owned(),
            found,
        };
        let lines = by_portfolio
            .remove(&id)
            .ok_or_else(|| fault("positions, and one line of results", "neither or more".to_owned()))?;
        let count: usize = row.integer("n_positions")?;
        if count != lines.len() {
            return Err(fault(&format!("{count} positions"), lines.len().to_string()));
        }
        let currency = row.text("currency")?;
        let underlying = underlying_of(currency).ok_or_else(|| row.refuse("currency", "BTC or ETH"))?;
        let snapshot = row.time("snapshot_utc")?;
        let mut positions = Vec::with_capacity(count);
        for line in lines {
            if (line.snapshot, line.currency.as_str()) != (snapshot, currency) {
                let found = format!("{} at {}", excerpt(&line.currency), line.snapshot);
                return Err(fault(
                    &format!("positions in {} at {snapshot}", excerpt(currency)),
                    found,
                ));
            }
            let seconds = UtcSeconds::of_expiry(line.position.expiry).0 - snapshot.0;
            if seconds != line.seconds {
                return Err(fault(&format!("{seconds} seconds to expiry"), line.seconds.to_string()));
            }
            positions.push(line.position);
        }
        let one_forward = |a: &ReferencePosition| {
            let other = |b: &&ReferencePosition| b.expiry == a.expiry && b.forward != a.forward;
            positions.iter().find(other).map(|b| (a.forward, b.forward))
        };
        if let Some((a, b)) = positions.iter().find_map(one_forward) {
            return Err(fault("one forward per expiry", format!("{a} and {b} (10^-6 quote)")));
        }
        let pair = |initial, maintenance, places| -> Result<[i128; 2], MarginError> {
            Ok([row.decimal(initial, places)?, row.decimal(maintenance, places)?])
        };
        portfolios.push(ReferencePortfolio {
            underlying,
            snapshot,
            spot: row.price("spot_usd")?,
            cash: row.decimal("cash_usd", 12)?,
            deribit: pair("deribit_sm_im_coin", "deribit_sm_mm_coin", 18)?,
            derive_standard: pair("srm_net_im_usd", "srm_net_mm_usd", 12)?,
            pmrm: pair("pmrm_net_im_usd", "pmrm_net_mm_usd", 12)?,
            pmrm_worst: row.integer("pmrm_worst_idx")?,
            mark: row.decimal("options_mtm_usd", 12)?,
            scan: row.decimal("scan_risk_usd", 12)?,
            scan_worst: row.integer("scan_worst_idx")?,
            id,
            positions,
        });
    }
    match by_portfolio.into_keys().next() {
        Some(id) => Err(MarginError::Portfolio {
            portfolio: excerpt(&id),
            expected: "a line of results".to_owned(),
            found: "none".to_owned(),
        }),
        None if portfolios.is_empty() => Err(MarginError::Portfolio {
            portfolio: "of the results".to_owned(),
            expected: "at least one".to_owned(),
            found: "none".to_owned(),
        }),
        None => Ok(portfolios),
    }
}

/// A line of positions with what is compared with the results.
struct Line {
    snapshot: UtcSeconds,
    currency: String,
    seconds: i64,
    position: ReferencePosition,
}

fn read_positions(source: impl Read) -> Result<BTreeMap<String, Vec<Line>>, MarginError> {
    let mut table = Table::open(POSITIONS, source)?;
    let mut portfolios: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    while let Some(row) = table.next_row()? {
        let expiry = row.time("expiry_utc")?.to_expiry();
        let lots = row.exact("qty", 6)?;
        let lots = i64::try_from(lots).ok().and_then(|lots| Lots::new(lots).ok());
        let unsigned = |column: &'static str, places: u32, expected: &str| {
            u64::try_from(row.exact(column, places)?).map_err(|_| row.refuse(column, expected))
        };
        let volatility = unsigned("iv", 4, "a volatility, not negative")?;
        let position = ReferencePosition {
            instrument: row.text("instrument")?.to_owned(),
            expiry: expiry.ok_or_else(|| row.refuse("expiry_utc", "a whole minute"))?,
            strike: row.price("strike_usd")?,
            right: match row.text("cp")? {
                "C" => Right::Call,
                "P" => Right::Put,
                _ => return Err(row.refuse("cp", "C or P")),
            },
            lots: lots.ok_or_else(|| row.refuse("qty", "a quantity other than 0, below 2^63 in 10^-6"))?,
            forward: row.price("forward_usd")?,
            volatility: Volatility(
                u32::try_from(volatility).map_err(|_| row.refuse("iv", "a volatility below 2^32 in 10^-4"))?,
            ),
            mark: Premium(unsigned("mark_coin", 8, "a premium, not negative")?),
        };
        let line = Line {
            snapshot: row.time("snapshot_utc")?,
            currency: row.text("currency")?.to_owned(),
            seconds: row.integer("secs_to_expiry")?,
            position,
        };
        portfolios
            .entry(row.text("portfolio_id")?.to_owned())
            .or_default()
            .push(line);
    }
    Ok(portfolios)
}

/// The price of each contract's own underlying, by snapshot and instrument.
pub type Underlyings = HashMap<(UtcSeconds, String), Price>;

/// Reads the underlying prices of the contracts of some portfolios out of a chain file: `snapshot_utc instrument underlying_usd`.
///
/// Quotes of one expiry are polled seconds apart, and each has its own underlying price; the positions file has one for all.
pub fn read_underlyings(source: impl Read, portfolios: &[ReferencePortfolio]) -> Result<Underlyings, MarginError> {
    let wanted: std::collections::HashSet<(UtcSeconds, &str)> = portfolios
        .iter()
        .flat_map(|p| {
            p.positions
                .iter()
                .map(|position| (p.snapshot, position.instrument.as_str()))
        })
        .collect();
    let mut found = Underlyings::new();
    let mut table = Table::open(CHAIN, source)?;
    while let Some(row) = table.next_row()? {
        let instrument = row.text("instrument")?;
        let key = (row.time("snapshot_utc")?, instrument);
        if wanted.contains(&key) {
            found.insert((key.0, instrument.to_owned()), row.price("underlying_usd")?);
        }
    }
    Ok(found)
}
