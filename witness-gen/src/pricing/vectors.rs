//! Prices and Greeks against a file of reference values.
//!
//! CSV with at least the columns of [`COLUMNS`]: integers for the inputs, decimals for what is compared. A difference is an
//! exact integer of 10^-18; only its ratio to a bound is a float.

use std::io::Read;

use thiserror::Error;

use super::fixed::{BASIS_POINTS, YEAR_SECONDS};
use super::{Discount, PricingError, PricingInput, TimeToExpiry, bounds};
use crate::market::{Volatility, excerpt};
use crate::units::Price;

/// The columns that a file must have: forward and strike in cents, volatility and rate in 10^-4, time in seconds; call, put,
/// deltas, gamma and vega (for a volatility of 1.00) in quote, discounted.
pub const COLUMNS: [&str; 11] = [
    "forward_cents",
    "strike_cents",
    "vol_1e4",
    "t_seconds",
    "rate_1e4",
    "call",
    "put",
    "delta_call",
    "delta_put",
    "gamma",
    "vega",
];
/// 10^-6 quote in a cent.
const PER_CENT: u64 = 10_000;
/// What differences are counted in: 10^-18.
const ATTO: i128 = 1_000_000_000_000_000_000;
/// The promise: |price - exact| over the forward.
pub const PROMISE: f64 = 1e-6;

/// A file that cannot be compared with.
#[derive(Debug, Error)]
pub enum VectorError {
    /// Not CSV.
    #[error("vectors: expected CSV, found {0}")]
    Csv(#[from] csv::Error),
    /// A column that is not there.
    #[error("vectors: expected a column `{column}`, found none")]
    Column {
        /// Its name.
        column: &'static str,
    },
    /// A field that is not a number of its column.
    #[error("vectors, line {line}: `{column}`: expected {expected}, found `{found}`")]
    Field {
        /// The line.
        line: u64,
        /// The column.
        column: &'static str,
        /// What is accepted.
        expected: &'static str,
        /// What stood there, cut.
        found: String,
    },
    /// Inputs outside the admitted domain.
    #[error("vectors, line {line}: {source}")]
    Domain {
        /// The line.
        line: u64,
        /// What is out of range.
        source: PricingError,
    },
    /// A file without a row.
    #[error("vectors: expected at least one row, found none")]
    Empty,
}

/// The largest error of one quantity over a file.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Worst {
    /// The largest error.
    pub error: f64,
    /// The line it stands in.
    pub line: u64,
    /// The largest ratio of an error to the bound of its row.
    pub over_bound: f64,
    /// The bound of that row.
    pub bound: f64,
}

impl Worst {
    fn see(&mut self, line: u64, error: f64, bound: f64) {
        if error > self.error {
            (self.error, self.line) = (error, line);
        }
        if error / bound > self.over_bound || self.bound == 0.0 {
            (self.over_bound, self.bound) = (error / bound, bound);
        }
    }

    /// Whether no row is further off than its bound.
    pub fn holds(&self) -> bool {
        self.over_bound <= 1.0
    }
}

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Report {
    /// Rows compared: all of the file.
    pub rows: u64,
    /// Call and put, over the forward.
    pub price: Worst,
    /// Deltas of call and put.
    pub delta: Worst,
    /// Gamma times the forward.
    pub gamma: Worst,
    /// Vega over the forward.
    pub vega: Worst,
}

impl Report {
    /// Whether every bound holds in every row, and the promise for prices.
    pub fn holds(&self) -> bool {
        [self.price, self.delta, self.gamma, self.vega].iter().all(Worst::holds) && self.price.error <= PROMISE
    }
}

/// Compares every row of a file.
pub fn compare(source: impl Read) -> Result<Report, VectorError> {
    let mut reader = csv::Reader::from_reader(source);
    let header = reader.headers()?.clone();
    let mut places = [0; COLUMNS.len()];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        let found = header.iter().position(|name| name.trim() == column);
        *place = found.ok_or(VectorError::Column { column })?;
    }
    let mut report = Report::default();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        let field = |column: usize| record.get(places[column]).unwrap_or_default().trim();
        compare_row(&Row { line, field: &field }, &mut report)?;
        report.rows += 1;
    }
    if report.rows == 0 {
        return Err(VectorError::Empty);
    }
    Ok(report)
}

struct Row<'r> {
    line: u64,
    field: &'r dyn Fn(usize) -> &'r str,
}

impl Row<'_> {
    fn integer<T: std::str::FromStr>(&self, column: usize) -> Result<T, VectorError> {
        let found = (self.field)(column);
        found
            .parse()
            .map_err(|_| self.refuse(column, "an integer of the column's range"))
    }

    /// A decimal in 10^-18; further digits are cut.
    fn decimal(&self, column: usize) -> Result<i128, VectorError> {
        let refuse = || self.refuse(column, "a decimal below 10^18");
        let text = (self.field)(column);
        let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || whole.len() > 18 {
            return Err(refuse());
        }
        let fraction = format!("{fraction:0<18}");
        let number = |part: &str| part.parse::<i128>().map_err(|_| refuse());
        Ok(sign * (number(whole)? * ATTO + number(&fraction[..18])?))
    }

    fn refuse(&self, column: usize, expected: &'static str) -> VectorError {
        VectorError::Field {
            line: self.line,
            column: COLUMNS[column],
            expected,
            found: excerpt((self.field)(column)),
        }
    }
}

fn compare_row(row: &Row<'_>, report: &mut Report) -> Result<(), VectorError> {
    let line = row.line;
    let domain = |source| VectorError::Domain { line, source };
    let cents = |column| -> Result<Price, VectorError> {
        let units = row.integer::<u64>(column)?.checked_mul(PER_CENT);
        let price = units.and_then(|units| Price::new(units).ok());
        price.ok_or_else(|| row.refuse(column, "cents below 2^63 / 10^4"))
    };
    let (forward, strike) = (cents(0)?, cents(1)?);
    let volatility: u32 = row.integer(2)?;
    let seconds: i64 = row.integer(3)?;
    let time = TimeToExpiry::new(seconds).map_err(domain)?;
    let discount = Discount::new(row.integer(4)?, time).map_err(domain)?;
    let input = PricingInput::new(forward, strike, Volatility(volatility), time).map_err(domain)?;
    let (call, put) = (
        input.call_greeks().map_err(domain)?,
        input.put_greeks().map_err(domain)?,
    );

    // Below 2^45 in 10^-6 quote, so below 10^26 in 10^-18.
    let quote = |units: i64| i128::from(discount.apply(units)) * (ATTO / 1_000_000);
    // The difference of a found and a reference value, and its ratio to a scale, both in 10^-18.
    let off =
        |found: i128, column: usize| -> Result<f64, VectorError> { Ok((found - row.decimal(column)?).abs() as f64) };
    let scale = i128::from(forward.get()) * (ATTO / 1_000_000);
    let root = (seconds as f64 / YEAR_SECONDS as f64).sqrt();
    let s = f64::from(volatility) / BASIS_POINTS as f64 * root;
    let units = forward.get() as f64;
    // Values are below 2^45.
    let (call_value, put_value) = (input.value().call() as i64, input.value().put() as i64);
    for (found, column) in [(call_value, 5), (put_value, 6)] {
        report
            .price
            .see(line, off(quote(found), column)? / scale as f64, bounds::price(units));
    }
    for (delta, column) in [(call.delta, 7), (put.delta, 8)] {
        // @36 in 10^-18: below 2^37 2^60.
        let found = (i128::from(discount.apply(delta)) * ATTO) >> 36;
        report
            .delta
            .see(line, off(found, column)? / ATTO as f64, bounds::delta(s, root));
    }
    // The reference times the forward: a forward is below 2^45, a gamma below 10^3.
    let wanted = row.decimal(9)? * i128::from(forward.get()) / 1_000_000;
    let found = (i128::from(discount.apply(call.gamma_forward)) * ATTO) >> 27;
    let error = (found - wanted).abs() as f64 / ATTO as f64;
    report.gamma.see(line, error, bounds::gamma_forward(s, root));
    let error = off(quote(call.vega), 10)? / scale as f64;
    report.vega.see(line, error, bounds::vega(s, root, units));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str =
        "id,forward_cents,strike_cents,vol_1e4,t_seconds,rate_1e4,call,put,delta_call,delta_put,gamma,vega";

    fn report(row: &str) -> Result<Report, VectorError> {
        compare(format!("{HEADER}\n{row}\n").as_bytes())
    }

    #[test]
    fn a_good_row_holds_and_a_changed_one_does_not() {
        // F = K = 2000, 50 %, a year: d1 = 1/4; N(1/4) = 0.598706325682923701, n(1/4) = 0.386668116802849227.
        let row = "1,200000,200000,5000,31536000,0,394.825302731694804,394.825302731694804,0.598706325682923701,\
                   -0.401293674317076299,0.000386668116802849,773.336233605698454";
        let good = report(row).expect("a row of the domain");
        assert!(good.holds() && good.rows == 1, "{good:?}");
        for (from, to) in [
            ("394.825302731694804,394", "394.8275,394"),
            ("0.598706325", "0.598706425"),
            ("-0.401293674", "-0.401293774"),
            ("0.000386668", "0.000386768"),
            ("773.336", "773.337"),
        ] {
            let changed = row.replacen(from, to, 1);
            assert_ne!(changed, row);
            assert!(!report(&changed).expect("a row of the domain").holds(), "{to}");
        }
    }

    #[test]
    fn what_is_no_row_is_refused() {
        assert!(matches!(compare(HEADER.as_bytes()), Err(VectorError::Empty)));
        assert!(matches!(
            compare("a,b\n1,2\n".as_bytes()),
            Err(VectorError::Column { .. })
        ));
        let row = "1,200000,200000,5000,31536000,0,1,1,1,1,1,1";
        assert!(report(row).is_ok());
        for (from, to) in [
            ("5000", "x"),
            ("0,1,1", "0,1e3,1"),
            ("0,1,1", "0,.5,1"),
            ("0,1,1", "0,,1"),
        ] {
            assert!(
                matches!(report(&row.replacen(from, to, 1)), Err(VectorError::Field { .. })),
                "{to}"
            );
        }
        assert!(matches!(
            report(&row.replacen("5000", "0", 1)),
            Err(VectorError::Domain { line: 2, .. })
        ));
    }
}
