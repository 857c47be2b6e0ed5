//! A CSV reader of bounded memory: gzip told by its magic, lines of bounded length, fields found by column name.

use std::io::{self, BufReader, Cursor, Read};

use csv::{ErrorKind, StringRecord};
use flate2::bufread::MultiGzDecoder;

use super::{MarketError, UtcSeconds, excerpt, parse_decimal};
use crate::units::{ExpiryMinutes, Price};

/// The longest line accepted, in bytes.
pub(super) const MAX_LINE: u64 = 64 * 1024;
/// The most bytes read from one source, decompressed: a small gzip file cannot keep a reader busy for ever.
const MAX_BYTES: u64 = 4 << 30;
/// The two bytes that open a gzip stream.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The rows of a CSV file with a header.
pub(super) struct Rows<'r> {
    reader: csv::Reader<BoundedLines<Box<dyn Read + 'r>>>,
    record: StringRecord,
    width: u64,
    /// For each wanted column, its place in the header.
    places: Vec<(&'static str, usize)>,
    line: u64,
}

impl<'r> Rows<'r> {
    /// Reads the header of `source`, plain or gzipped, and finds `columns` in it.
    pub(super) fn open(mut source: impl Read + 'r, columns: &[&'static str]) -> Result<Self, MarketError> {
        let mut head = Vec::with_capacity(2);
        source
            .by_ref()
            .take(2)
            .read_to_end(&mut head)
            .map_err(|source| MarketError::Io { line: 1, source })?;
        let gzip = head == GZIP_MAGIC;
        let whole = BufReader::new(Cursor::new(head).chain(source));
        let text: Box<dyn Read + 'r> = if gzip {
            Box::new(MultiGzDecoder::new(whole))
        } else {
            Box::new(whole)
        };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .quoting(false)
            .flexible(true)
            .from_reader(BoundedLines::new(text));
        let mut record = StringRecord::new();
        if !reader.read_record(&mut record).map_err(|error| translate(error, 1))? {
            return Err(MarketError::Truncated {
                line: 1,
                expected: "a header line",
                found: "the end".into(),
            });
        }
        let header: Vec<&str> = record.iter().map(str::trim).collect();
        let mut places = Vec::with_capacity(columns.len());
        for &column in columns {
            let mut at = header
                .iter()
                .enumerate()
                .filter(|(_, name)| **name == column)
                .map(|(at, _)| at);
            let place = at.next().ok_or_else(|| MarketError::MissingColumn {
                column,
                found: excerpt(&header.join(",")),
            })?;
            if at.next().is_some() {
                return Err(MarketError::RepeatedColumn { column });
            }
            places.push((column, place));
        }
        let width = header.len() as u64;
        Ok(Self {
            reader,
            record,
            width,
            places,
            line: 1,
        })
    }

    /// The next row, or `None` at the end of the file.
    pub(super) fn next_row(&mut self) -> Result<Option<Row<'_>>, MarketError> {
        let line = self.line;
        if !self
            .reader
            .read_record(&mut self.record)
            .map_err(|error| translate(error, line + 1))?
        {
            return Ok(None);
        }
        self.line = self.record.position().map_or(line + 1, csv::Position::line);
        let found = self.record.len() as u64;
        if found != self.width {
            return Err(MarketError::FieldCount {
                line: self.line,
                expected: self.width,
                found,
            });
        }
        Ok(Some(Row {
            line: self.line,
            record: &self.record,
            places: &self.places,
        }))
    }
}

/// One row; every accessor refuses what is not exactly of its form.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    /// Its line in the file, from 1.
    pub(super) line: u64,
    record: &'a StringRecord,
    places: &'a [(&'static str, usize)],
}

impl<'a> Row<'a> {
    /// The text of a column that was asked for at opening.
    pub(super) fn text(&self, column: &'static str) -> &'a str {
        let place = self
            .places
            .iter()
            .find(|(name, _)| *name == column)
            .map(|(_, place)| *place);
        // The row has the header's width, so a place of the header is a place of the row.
        place.and_then(|place| self.record.get(place)).unwrap_or("")
    }

    /// The error of a column that does not hold what it should.
    pub(super) fn refuse(&self, column: &'static str, expected: impl Into<String>) -> MarketError {
        MarketError::Field {
            line: self.line,
            field: column,
            expected: expected.into(),
            found: excerpt(self.text(column)),
        }
    }

    /// A moment.
    pub(super) fn time(&self, column: &'static str) -> Result<UtcSeconds, MarketError> {
        UtcSeconds::parse(self.text(column))
            .ok_or_else(|| self.refuse(column, "a UTC time in whole seconds, as 2026-02-06T08:00:00Z"))
    }

    /// An expiry.
    pub(super) fn expiry(&self, column: &'static str) -> Result<ExpiryMinutes, MarketError> {
        self.time(column)?
            .to_expiry()
            .ok_or_else(|| self.refuse(column, "a UTC time in whole minutes"))
    }

    /// A decimal of `places` places.
    pub(super) fn decimal(&self, column: &'static str, places: u32) -> Result<u64, MarketError> {
        parse_decimal(self.text(column), places, false).ok_or_else(|| {
            self.refuse(
                column,
                format!("an unsigned decimal of at most {places} places below 2^64"),
            )
        })
    }

    /// A decimal, or nothing.
    pub(super) fn optional_decimal(&self, column: &'static str, places: u32) -> Result<Option<u64>, MarketError> {
        if self.text(column).is_empty() {
            Ok(None)
        } else {
            self.decimal(column, places).map(Some)
        }
    }

    /// A price above zero.
    pub(super) fn price(&self, column: &'static str) -> Result<Price, MarketError> {
        let refuse = || self.refuse(column, "a price of at most 6 places, above 0 and below 2^63 units");
        let units = parse_decimal(self.text(column), 6, false)
            .filter(|units| *units != 0)
            .ok_or_else(refuse)?;
        Price::new(units).map_err(|_| refuse())
    }
}

/// Puts the CSV reader's error into ours.
fn translate(error: csv::Error, line: u64) -> MarketError {
    let at = error.position().map_or(line, csv::Position::line);
    match error.into_kind() {
        ErrorKind::Utf8 { .. } => MarketError::NotUtf8 { line: at },
        ErrorKind::Io(source) => match source.get_ref().and_then(|inner| inner.downcast_ref::<Limit>()) {
            Some(Limit::Over { line, limit, unit }) => MarketError::TooLarge {
                line: *line,
                limit: *limit,
                unit,
            },
            Some(Limit::NoNewline { line }) => MarketError::Truncated {
                line: *line,
                expected: "a line that ends with a newline",
                found: "the end of the file".into(),
            },
            None if source.kind() == io::ErrorKind::UnexpectedEof => MarketError::Truncated {
                line: at,
                expected: "the rest of the gzip stream",
                found: "the end of the file".into(),
            },
            None => MarketError::Io { line: at, source },
        },
        other => MarketError::Io {
            line: at,
            source: io::Error::other(format!("{other:?}")),
        },
    }
}

/// Why [`BoundedLines`] stopped.
#[derive(Debug, thiserror::Error)]
enum Limit {
    #[error("line {line} goes over {limit} {unit}")]
    Over { line: u64, limit: u64, unit: &'static str },
    #[error("line {line} has no end")]
    NoNewline { line: u64 },
}

/// Passes bytes through, and fails on a line over [`MAX_LINE`], a source over [`MAX_BYTES`], or a last line that does not
/// end: a file cut in the middle of a row, or of its last number, is never read as a shorter valid one.
struct BoundedLines<R> {
    inner: R,
    line: u64,
    in_line: u64,
    total: u64,
}

impl<R> BoundedLines<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            line: 1,
            in_line: 0,
            total: 0,
        }
    }
}

impl<R: Read> Read for BoundedLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if count == 0 {
            return if self.in_line == 0 || buffer.is_empty() {
                Ok(0)
            } else {
                Err(io::Error::other(Limit::NoNewline { line: self.line }))
            };
        }
        for &byte in &buffer[..count] {
            if byte == b'\n' {
                self.line += 1;
                self.in_line = 0;
            } else {
                self.in_line += 1;
            }
            if self.in_line > MAX_LINE {
                return Err(io::Error::other(Limit::Over {
                    line: self.line,
                    limit: MAX_LINE,
                    unit: "bytes in a line",
                }));
            }
        }
        self.total += count as u64;
        if self.total > MAX_BYTES {
            return Err(io::Error::other(Limit::Over {
                line: self.line,
                limit: MAX_BYTES,
                unit: "bytes in all",
            }));
        }
        Ok(count)
    }
}
