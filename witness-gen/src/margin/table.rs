//! A CSV file with named columns, its decimals as integers of their unit.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::MarginError;
use crate::market::{UtcSeconds, excerpt};
use crate::units::Price;

/// The most bytes of text that are read from one source.
const MAX_BYTES: u64 = 1 << 30;
/// The two bytes that open a gzip stream.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// A CSV file read row by row, its columns by name.
pub(super) struct Table<'r> {
    file: &'static str,
    reader: csv::Reader<Box<dyn Read + 'r>>,
    header: HashMap<String, usize>,
    record: csv::StringRecord,
}

impl<'r> Table<'r> {
    /// Reads the header of a source, plain or gzipped; of its text at most [`MAX_BYTES`] are read.
    pub(super) fn open(file: &'static str, source: impl Read + 'r) -> Result<Self, MarginError> {
        let mut source = BufReader::new(source);
        let head = source.fill_buf().map_err(|error| MarginError::Csv {
            file,
            source: error.into(),
        })?;
        let gzip = head.starts_with(&GZIP_MAGIC);
        let text: Box<dyn Read + 'r> = if gzip {
            Box::new(MultiGzDecoder::new(source).take(MAX_BYTES))
        } else {
            Box::new(source.take(MAX_BYTES))
        };
        let mut reader = csv::Reader::from_reader(text);
        let names = reader.headers().map_err(|source| MarginError::Csv { file, source })?;
        let header = names
            .iter()
            .enumerate()
            .map(|(at, name)| (name.trim().to_owned(), at))
            .collect();
        Ok(Self {
            file,
            reader,
            header,
            record: csv::StringRecord::new(),
        })
    }

    /// Whether there is a column of this name.
    pub(super) fn has(&self, column: &str) -> bool {
        self.header.contains_key(column)
    }

    /// The next row; `None` after the last.
    pub(super) fn next_row(&mut self) -> Result<Option<Row<'_>>, MarginError> {
        let file = self.file;
        let more = self.reader.read_record(&mut self.record);
        Ok(more
            .map_err(|source| MarginError::Csv { file, source })?
            .then_some(Row {
                file,
                header: &self.header,
                record: &self.record,
            }))
    }
}

/// A row.
pub(super) struct Row<'t> {
    file: &'static str,
    header: &'t HashMap<String, usize>,
    record: &'t csv::StringRecord,
}

impl<'t> Row<'t> {
    /// The field of a column, without spaces around it.
    pub(super) fn text(&self, column: &'static str) -> Result<&'t str, MarginError> {
        let file = self.file;
        let at = self.header.get(column).ok_or(MarginError::Column { file, column })?;
        Ok(self.record.get(*at).unwrap_or_default().trim())
    }

    /// The error about a field.
    pub(super) fn refuse(&self, column: &'static str, expected: &str) -> MarginError {
        MarginError::Field {
            file: self.file,
            line: self.record.position().map_or(0, csv::Position::line),
            column,
            expected: expected.to_owned(),
            found: excerpt(self.text(column).unwrap_or_default()),
        }
    }

    /// The error about a field whose content is secret.
    pub(super) fn refuse_secret(&self, column: &'static str, expected: &str) -> MarginError {
        MarginError::Field {
            file: self.file,
            line: self.record.position().map_or(0, csv::Position::line),
            column,
            expected: expected.to_owned(),
            found: "(withheld)".to_owned(),
        }
    }

    /// An integer of the type.
    pub(super) fn integer<T: std::str::FromStr>(&self, column: &'static str) -> Result<T, MarginError> {
        let text = self.text(column)?;
        text.parse()
            .map_err(|_| self.refuse(column, "an integer of the column's range"))
    }

    /// A moment.
    pub(super) fn time(&self, column: &'static str) -> Result<UtcSeconds, MarginError> {
        UtcSeconds::parse(self.text(column)?).ok_or_else(|| self.refuse(column, "an RFC 3339 time with whole seconds"))
    }

    /// A decimal in 10^-places, to the nearest.
    pub(super) fn decimal(&self, column: &'static str, places: u32) -> Result<i128, MarginError> {
        let (value, _) = decimal(self.text(column)?, places).ok_or_else(|| self.refuse(column, "a decimal"))?;
        Ok(value)
    }

    /// A decimal that is a multiple of 10^-places but for the noise of floats.
    pub(super) fn exact(&self, column: &'static str, places: u32) -> Result<i128, MarginError> {
        match decimal(self.text(column)?, places) {
            Some((value, thousandths)) if thousandths.abs() < 1 => Ok(value),
            _ => Err(self.refuse(column, &format!("a multiple of 10^-{places}"))),
        }
    }

    /// A price in 10^-6 quote, to the nearest.
    pub(super) fn price(&self, column: &'static str) -> Result<Price, MarginError> {
        let units = u64::try_from(self.decimal(column, 6)?).ok();
        let price = units.and_then(|units| Price::new(units).ok());
        price.ok_or_else(|| self.refuse(column, "a price, not negative and below 2^63 in 10^-6"))
    }
}

/// A decimal with or without an exponent in 10^-places, to the nearest, and what that leaves out, in thousandths of a unit.
fn decimal(text: &str, places: u32) -> Option<(i128, i64)> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, power) = match text.find(['e', 'E']) {
        Some(at) => (
            &text[..at],
            text[at + 1..].parse::<i32>().ok().filter(|p| p.abs() <= 40)?,
        ),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let digits = |part: &str| !part.is_empty() && part.len() <= 64 && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    // digits x 10^(power - fraction), wanted in thousandths of 10^-places.
    let shift = power + i32::try_from(places).ok()? + 3 - i32::try_from(fraction.len()).ok()?;
    let mut digits = format!("{whole}{fraction}");
    if shift >= 0 {
        digits.extend(std::iter::repeat_n('0', usize::try_from(shift).ok()?));
    } else {
        digits.truncate(digits.len().saturating_sub(usize::try_from(-shift).ok()?));
    }
    let cut: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    let value = (cut + 500) / 1_000;
    // What truncation threw away is below a thousandth: 999 stands for 999.9.
    let left = cut - value * 1_000;
    let left = if left < 0 { left + 1 } else { left };
    let sign = if negative { -1 } else { 1 };
    Some((sign * value, i64::try_from(left).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_rounded_and_say_what_they_lost() {
        for (text, places, wanted) in [
            ("82899.73999999999", 6, Some((82_899_740_000, 0))),
            ("2411.0150000000003", 6, Some((2_411_015_000, 0))),
            ("-1.2", 6, Some((-1_200_000, 0))),
            ("1.5e-07", 8, Some((15, 0))),
            ("6e-06", 8, Some((600, 0))),
            ("0.45185", 4, Some((4_519, -499))),
            ("0.45182", 4, Some((4_518, 200))),
            ("0", 6, Some((0, 0))),
            ("1e-30", 6, Some((0, 0))),
            ("", 6, None),
            ("-", 6, None),
            ("1e99", 6, None),
            ("1.2.3", 6, None),
            ("nan", 6, None),
        ] {
            assert_eq!(decimal(text, places), wanted, "{text}");
        }
    }
}
