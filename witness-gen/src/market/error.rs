//! What can be wrong with market data, said with the place, the expectation and the finding.

use std::io;

use super::UtcSeconds;

/// A refused market-data input. Market data is public: the findings are quoted, cut to a bounded length.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MarketError {
    /// The source could not be read.
    #[error("market data: reading failed at line {line}: {source}")]
    Io {
        /// The line that was being read.
        line: u64,
        /// The system's report.
        source: io::Error,
    },
    /// The input ends too early.
    #[error("market data: truncated at line {line}: expected {expected}, found {found}")]
    Truncated {
        /// The last line seen.
        line: u64,
        /// What should have followed.
        expected: &'static str,
        /// What was there.
        found: String,
    },
    /// A line is longer, or an input larger, than a reader will hold.
    #[error("market data: line {line}: expected at most {limit} {unit}, found more")]
    TooLarge {
        /// The offending line.
        line: u64,
        /// The limit.
        limit: u64,
        /// What is counted.
        unit: &'static str,
    },
    /// A needed column is not in the header.
    #[error("market data: line 1: expected a column `{column}`, found the header `{found}`")]
    MissingColumn {
        /// The column.
        column: &'static str,
        /// The header, cut.
        found: String,
    },
    /// A column stands twice in the header.
    #[error("market data: line 1: expected the column `{column}` once, found it again")]
    RepeatedColumn {
        /// The column.
        column: &'static str,
    },
    /// A row has another number of fields than the header.
    #[error("market data: line {line}: expected {expected} fields, found {found}")]
    FieldCount {
        /// The line.
        line: u64,
        /// The header's count.
        expected: u64,
        /// The row's count.
        found: u64,
    },
    /// Bytes that are not UTF-8.
    #[error("market data: line {line}: expected UTF-8 text, found other bytes")]
    NotUtf8 {
        /// The line.
        line: u64,
    },
    /// A field that does not say what it should.
    #[error("market data: line {line}: `{field}`: expected {expected}, found `{found}`")]
    Field {
        /// The line.
        line: u64,
        /// The column, or the JSON member.
        field: &'static str,
        /// What would be accepted.
        expected: String,
        /// What stood there, cut.
        found: String,
    },
    /// The same contract, or the same delivery price, twice.
    #[error("market data: line {line}: expected each entry once, found `{what}` again (first at line {first})")]
    Duplicate {
        /// The second place.
        line: u64,
        /// What is repeated.
        what: String,
        /// The first place.
        first: u64,
    },
    /// Nothing for the currency asked for.
    #[error("market data: expected entries of {expected}, found {found}")]
    WrongCurrency {
        /// The currency asked for.
        expected: &'static str,
        /// What the source has instead.
        found: String,
    },
    /// No snapshot answers the choice.
    #[error("market data: expected a snapshot {expected}, found {found}")]
    NoSnapshot {
        /// The choice, in words.
        expected: String,
        /// The range of what there is.
        found: String,
    },
    /// A delivery price that the source does not have.
    #[error("market data: expected a delivery price of {currency} at {expiry}, found none")]
    NoDeliveryPrice {
        /// The currency.
        currency: &'static str,
        /// The expiry.
        expiry: UtcSeconds,
    },
    /// Not JSON, or JSON of another shape.
    #[error("market data: line {line}, column {column}: {message}")]
    Json {
        /// The line.
        line: u64,
        /// The column.
        column: u64,
        /// The parser's words: what it expected and found.
        message: String,
    },
    /// The venue answered with an error.
    #[error("market data: expected a result, found the venue's error {code}: {message}")]
    Venue {
        /// The venue's code, as written.
        code: String,
        /// The venue's message, cut.
        message: String,
    },
}

/// A finding for an error text: at most 80 characters, control characters made visible.
pub fn excerpt(found: &str) -> String {
    let mut text: String = found.chars().take(80).flat_map(char::escape_debug).collect();
    if found.chars().nth(80).is_some() {
        text.push_str("...");
    }
    text
}
