//! Price paths: one price a step, exact, in time order.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use csv::StringRecord;
use flate2::bufread::MultiGzDecoder;

use super::StressError;
use crate::market::{UtcSeconds, currency_of, excerpt, parse_decimal};
use crate::units::{Price, Underlying};

/// The S&P 500 in replays: a number that no registered underlying has.
pub const SP500: Underlying = Underlying(65_000);
/// Trading days of the S&P file before the day asked for, and after it.
pub const SP500_DAYS: (usize, usize) = (20, 20);
/// Steps of this many seconds or more count as days.
const DAY_LIKE: u64 = 20 * 3_600;

/// A price at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// Unix seconds.
    pub time: u64,
    /// In 10^-6 quote.
    pub price: Price,
}

/// Prices of one underlying, times strictly increasing, at least two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricePath {
    /// What it is called in reports.
    pub name: String,
    /// The underlying.
    pub underlying: Underlying,
    /// The prices.
    pub ticks: Vec<Tick>,
}

impl PricePath {
    /// The path of ticks.
    ///
    /// # Errors
    /// Fewer than two of them, or one that is not later than the one before.
    pub fn new(name: impl Into<String>, underlying: Underlying, ticks: Vec<Tick>) -> Result<Self, StressError> {
        if ticks.len() < 2 {
            return Err(StressError::Short { found: ticks.len() });
        }
        if let Some(at) = ticks.windows(2).position(|pair| pair[0].time >= pair[1].time) {
            return Err(StressError::Line {
                // One header line, lines from 1, the second of the pair.
                line: at as u64 + 3,
                expected: "a time after that of the line before",
                found: UtcSeconds(ticks[at + 1].time as i64).to_string(),
            });
        }
        Ok(Self {
            name: name.into(),
            underlying,
            ticks,
        })
    }

    /// An event of the crash file (columns event, currency, time_utc, close; plain or gzipped): the hourly closes, each at the end of its hour.
    ///
    /// # Errors
    /// A file that is not such a one, or an event it does not have; the message lists those it has.
    pub fn of_event(file: impl Read, event: &str, underlying: Underlying) -> Result<Self, StressError> {
        let currency = currency_of(underlying);
        let mut events: BTreeMap<String, usize> = BTreeMap::new();
        let mut ticks = Vec::new();
        rows(
            file,
            ["event", "currency", "time_utc", "close"],
            |line, [name, of, time, close]| {
                *events.entry(name.to_owned()).or_default() += 1;
                if name == event && of == currency {
                    let Tick { time, price } = tick(line, time, close)?;
                    ticks.push(Tick {
                        time: time + 3_600,
                        price,
                    });
                }
                Ok(())
            },
        )?;
        if !events.contains_key(event) {
            let names: Vec<String> = events.into_keys().collect();
            return Err(StressError::Unknown {
                what: "event",
                expected: format!("one of {}", names.join(", ")),
                found: excerpt(event),
            });
        }
        Self::new(format!("{event} {currency}"), underlying, ticks)
    }

    /// The S&P 500 around a day (columns date, close): [`SP500_DAYS`] trading days before and after, each at 21:00 UTC.
    ///
    /// # Errors
    /// A file that is not such a one, or a day that is no trading day of it.
    pub fn of_sp500(file: impl Read, date: &str) -> Result<Self, StressError> {
        let mut ticks = Vec::new();
        let mut at = None;
        rows(file, ["date", "close"], |line, [day, close]| {
            if day == date {
                at = Some(ticks.len());
            }
            ticks.push(tick(line, &format!("{day}T21:00:00Z"), close)?);
            Ok(())
        })?;
        let unknown = || StressError::Unknown {
            what: "date",
            expected: "a trading day of the file".into(),
            found: excerpt(date),
        };
        let at = at.ok_or_else(unknown)?;
        let (first, last) = (
            at.saturating_sub(SP500_DAYS.0),
            (at + SP500_DAYS.1).min(ticks.len() - 1),
        );
        Self::new(format!("S&P 500 {date}"), SP500, ticks[first..=last].to_vec())
    }

    /// A user's own path: columns time (RFC 3339 or Unix seconds) and price.
    ///
    /// # Errors
    /// A line that is something else, or times that do not increase.
    pub fn of_csv(file: impl Read, name: &str, underlying: Underlying) -> Result<Self, StressError> {
        let mut ticks = Vec::new();
        rows(file, ["time", "price"], |line, [time, price]| {
            ticks.push(tick(line, time, price)?);
            Ok(())
        })?;
        Self::new(name, underlying, ticks)
    }

    /// The first price.
    pub fn start(&self) -> Tick {
        self.ticks[0]
    }

    /// The last time, Unix seconds.
    pub fn end(&self) -> u64 {
        self.ticks[self.ticks.len() - 1].time
    }

    /// Whether steps are days rather than hours.
    pub fn is_daily(&self) -> bool {
        let least = self.ticks.windows(2).map(|pair| pair[1].time - pair[0].time).min();
        least.is_some_and(|step| step >= DAY_LIKE)
    }

    /// The deepest fall below the highest price before, in 10^-4, rounded down.
    pub fn worst_fall(&self) -> u32 {
        let mut high = 1;
        let mut worst = 0;
        for tick in &self.ticks {
            high = high.max(tick.price.get());
            let fall = u128::from(high - tick.price.get()) * 10_000 / u128::from(high);
            worst = worst.max(fall as u32);
        }
        worst
    }
}

/// A time and a price above 0.
fn tick(line: u64, time: &str, price: &str) -> Result<Tick, StressError> {
    let wrong = |expected, found: &str| StressError::Line {
        line,
        expected,
        found: excerpt(found),
    };
    let seconds = UtcSeconds::parse(time).map(|at| at.0).or_else(|| time.parse().ok());
    let seconds = seconds.and_then(|at| u64::try_from(at).ok()).filter(|at| *at < 1 << 39);
    let number = parse_decimal(price, 6, false).and_then(|number| Price::new(number).ok());
    Ok(Tick {
        time: seconds.ok_or_else(|| wrong("a time (RFC 3339 or Unix seconds)", time))?,
        price: number
            .filter(|price| *price != Price::ZERO)
            .ok_or_else(|| wrong("a price above 0 with at most 6 decimals", price))?,
    })
}

/// Calls `each` with the columns of every row; the file may be gzipped.
fn rows<const N: usize>(
    file: impl Read,
    columns: [&'static str; N],
    mut each: impl FnMut(u64, [&str; N]) -> Result<(), StressError>,
) -> Result<(), StressError> {
    let mut file = BufReader::new(file);
    let packed = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let plain: Box<dyn Read + '_> = if packed {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    };
    let mut reader = csv::Reader::from_reader(plain);
    let wrong = |line, error: csv::Error| StressError::Line {
        line,
        expected: "CSV with a header",
        found: excerpt(&error.to_string()),
    };
    let header = reader.headers().map_err(|error| wrong(1, error))?.clone();
    let mut places = [0; N];
    for (place, column) in places.iter_mut().zip(columns) {
        let found = header.iter().position(|name| name.trim() == column);
        *place = found.ok_or_else(|| StressError::Line {
            line: 1,
            expected: column,
            found: excerpt(&header.iter().collect::<Vec<_>>().join(",")),
        })?;
    }
    let mut row = StringRecord::new();
    let mut line = 1;
    while reader.read_record(&mut row).map_err(|error| wrong(line + 1, error))? {
        line = row.position().map_or(line + 1, csv::Position::line);
        // A row has as many fields as the header.
        each(line, places.map(|place| row.get(place).unwrap_or_default().trim()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: &str = "event,currency,time_utc,open,high,low,close\n\
        a,ETH,2020-03-12T00:00:00Z,1,1,1,100.5\na,BTC,2020-03-12T00:00:00Z,1,1,1,7000\n\
        a,ETH,2020-03-12T01:00:00Z,1,1,1,80.4\nb,ETH,2020-03-12T01:00:00Z,1,1,1,3\n";

    #[test]
    fn an_event_is_the_closes_of_its_currency() {
        let path = PricePath::of_event(EVENTS.as_bytes(), "a", Underlying::ETH).expect("two closes");
        assert_eq!(path.ticks.len(), 2);
        assert_eq!(
            (path.start().time, path.start().price.get()),
            (1_583_974_800, 100_500_000)
        );
        assert_eq!((path.is_daily(), path.worst_fall()), (false, 2_000));
        let unknown = PricePath::of_event(EVENTS.as_bytes(), "c", Underlying::ETH).expect_err("no such event");
        assert_eq!(unknown.to_string(), "event: expected one of a, b, found c");
        assert!(matches!(
            PricePath::of_event(EVENTS.as_bytes(), "b", Underlying::ETH),
            Err(StressError::Short { found: 1 })
        ));
    }

    #[test]
    fn own_paths_and_days_are_checked_line_by_line() {
        let of = |text: &str| PricePath::of_csv(text.as_bytes(), "own", Underlying::ETH);
        assert_eq!(
            of("time,price\n60,1\n2020-03-12T00:00:00Z,2.5\n")
                .map(|p| p.ticks.len())
                .ok(),
            Some(2)
        );
        for (text, line) in [
            ("time,prices\n60,1\n", 1),
            ("time,price\n60,1\n60,2\n", 3),
            ("time,price\n60,0\n70,1\n", 2),
            ("time,price\n60,1\n70,-1\n", 3),
            ("time,price\nsoon,1\n", 2),
            ("time,price\n60\n", 2),
        ] {
            match of(text) {
                Err(StressError::Line { line: found, .. }) => assert_eq!(found, line, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        let days = "date,open,close\n1987-10-16,1,282.70\n1987-10-19,,224.84\n1987-10-20,1,236.83\n";
        let path = PricePath::of_sp500(days.as_bytes(), "1987-10-19").expect("a trading day");
        assert_eq!((path.ticks.len(), path.is_daily(), path.worst_fall()), (3, true, 2_046));
        assert!(PricePath::of_sp500(days.as_bytes(), "1987-10-18").is_err());
    }
}
