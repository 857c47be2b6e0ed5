//! The answers of Deribit's public API, as JSON-RPC writes them.
//!
//! | answer to | gives |
//! |---|---|
//! | `public/get_instruments` | the contracts: type, strike, expiry, settlement |
//! | `public/get_book_summary_by_currency` | open interest, mark, forward, volatility; joined by `instrument_name` |
//! | `public/get_delivery_prices` | delivery prices of one index |
//!
//! Every number is taken from its text in the file. `mark_iv` is a percentage there. A `reversed` contract is settled in
//! the coin, a `linear` one in the quote currency. A contract size other than 1 is refused: a lot is 10^-6 contract and
//! the payoff is per unit of the underlying.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::delivery::DeliveryPrices;
use super::{
    Contracts, MAX_QUOTES, MarketError, OptionChain, Premium, Quote, Right, Style, UtcSeconds, Volatility, currency_of,
    excerpt, instrument_name, parse_decimal,
};
use crate::units::{ExpiryMinutes, Price, Underlying};

/// The largest answer accepted, in bytes (a full list of instruments is about 2 MB).
pub const MAX_ANSWER: u64 = 64 << 20;

/// Reads the chain of `underlying` from the list of instruments and, where given, the book summaries.
///
/// Without summaries there is no open interest. The snapshot is the time of the venue's answer (`usOut`), of the summaries
/// if there are any, or else the latest `creation_timestamp` among them.
pub fn read_chain(
    instruments: impl Read,
    summaries: Option<&mut dyn Read>,
    underlying: Underlying,
) -> Result<OptionChain, MarketError> {
    let listing = Document::load(instruments)?;
    let answer: Answer<'_, Vec<Instrument<'_>>> = listing.parse()?;
    let mut snapshot = listing.answered(answer.us_out)?;
    let listed = listing.result(answer)?;

    let book = summaries.map(Document::load).transpose()?;
    let mut by_name = BTreeMap::new();
    if let Some(book) = &book {
        let answer: Answer<'_, Vec<Summary<'_>>> = book.parse()?;
        let answered = book.answered(answer.us_out)?;
        let mut created = None;
        for summary in book.result(answer)? {
            let name = book.text("instrument_name", summary.instrument_name)?;
            if let Some(at) = summary.creation_timestamp {
                created = created.max(Some(book.milliseconds("creation_timestamp", at)?));
            }
            let line = book.place(summary.instrument_name).0;
            if let Some((_, first)) = by_name.insert(name.clone(), (summary, line)) {
                return Err(MarketError::Duplicate {
                    line,
                    what: excerpt(&name),
                    first,
                });
            }
        }
        snapshot = answered.or(created).or(snapshot);
    }
    let snapshot = snapshot.ok_or_else(|| listing.refuse_at((1, 1), "usOut", "the time of the answer", "nothing"))?;

    let mut quotes = Vec::new();
    let mut style: Option<Style> = None;
    let mut others = BTreeSet::new();
    for instrument in listed {
        let Some(option) = read_instrument(&listing, &instrument, underlying, &mut others)? else {
            continue;
        };
        let first = *style.get_or_insert(option.style);
        if first != option.style {
            let found = option.style.to_string();
            return Err(listing.refuse(
                "instrument_type",
                instrument.instrument_name,
                &format!("{first} contracts throughout"),
                &found,
            ));
        }
        if quotes.len() == MAX_QUOTES {
            let line = listing.place(instrument.instrument_name).0;
            return Err(MarketError::TooLarge {
                line,
                limit: MAX_QUOTES as u64,
                unit: "quotes in a snapshot",
            });
        }
        let mut quote = option.quote;
        if let (Some(book), Some((summary, _))) = (&book, by_name.get(&quote.instrument)) {
            fill(book, summary, &mut quote)?;
        }
        quotes.push((listing.place(instrument.instrument_name).0, quote));
    }
    let Some(style) = style else {
        return Err(MarketError::WrongCurrency {
            expected: currency_of(underlying),
            found: if others.is_empty() {
                "no options".into()
            } else {
                Vec::from_iter(others).join(", ")
            },
        });
    };
    if book.is_some() && !quotes.iter().any(|(_, quote)| by_name.contains_key(&quote.instrument)) {
        return Err(MarketError::WrongCurrency {
            expected: currency_of(underlying),
            found: "book summaries of other instruments".into(),
        });
    }
    OptionChain::assemble(underlying, snapshot, style, quotes)
}

/// Reads the delivery prices of `underlying`; the answer does not name its index, so the caller does. Options expire at
/// 08:00 UTC of the date given.
pub fn read_delivery(source: impl Read, underlying: Underlying) -> Result<DeliveryPrices, MarketError> {
    let document = Document::load(source)?;
    let answer: Answer<'_, Deliveries<'_>> = document.parse()?;
    let mut prices = DeliveryPrices::default();
    for delivery in document.result(answer)?.data {
        let date = document.text("date", delivery.date)?;
        let expiry = (date.len() == 10)
            .then(|| UtcSeconds::parse(&format!("{date}T08:00:00Z")).and_then(UtcSeconds::to_expiry))
            .flatten()
            .ok_or_else(|| document.refuse("date", delivery.date, "a date, as 2026-02-06", delivery.date.get()))?;
        let price = document.price("delivery_price", delivery.delivery_price)?;
        prices.insert(document.place(delivery.date).0, underlying, expiry, price)?;
    }
    Ok(prices)
}

/// An option out of the list of instruments.
struct Listed {
    style: Style,
    quote: Quote,
}

/// Reads one instrument; `None` when it is not an option of `underlying`.
fn read_instrument(
    document: &Document,
    instrument: &Instrument<'_>,
    underlying: Underlying,
    others: &mut BTreeSet<String>,
) -> Result<Option<Listed>, MarketError> {
    let at = instrument.instrument_name;
    let name = document.text("instrument_name", at)?;
    match document.text("kind", instrument.kind)?.as_str() {
        "option" => {}
        "future" | "spot" | "future_combo" | "option_combo" => return Ok(None),
        other => {
            let expected = "option, future, spot, future_combo or option_combo";
            return Err(document.refuse("kind", instrument.kind, expected, other));
        }
    }
    let currency = document.text(
        "base_currency",
        document.need("base_currency", instrument.base_currency, at)?,
    )?;
    if currency != currency_of(underlying) {
        others.insert(excerpt(&currency));
        return Ok(None);
    }
    let option_type = document.need("option_type", instrument.option_type, at)?;
    let right = match document.text("option_type", option_type)?.as_str() {
        "call" => Right::Call,
        "put" => Right::Put,
        other => return Err(document.refuse("option_type", option_type, "call or put", other)),
    };
    let settled_in = document.need("settlement_currency", instrument.settlement_currency, at)?;
    let settlement = document.text("settlement_currency", settled_in)?;
    let instrument_type = document.need("instrument_type", instrument.instrument_type, at)?;
    let (style, prefix) = match document.text("instrument_type", instrument_type)?.as_str() {
        "reversed" if settlement == currency => (Style::Inverse, currency),
        "linear" if settlement != currency => (Style::Linear, format!("{currency}_{settlement}")),
        "reversed" | "linear" => {
            let expected = "the coin for a reversed contract, the quote currency for a linear one";
            return Err(document.refuse("settlement_currency", settled_in, expected, &settlement));
        }
        other => {
            return Err(document.refuse("instrument_type", instrument_type, "reversed or linear", other));
        }
    };
    let size = document.need("contract_size", instrument.contract_size, at)?;
    if parse_decimal(size.get(), 6, true) != Some(1_000_000) {
        return Err(document.refuse("contract_size", size, "1", size.get()));
    }
    let strike = document.price("strike", document.need("strike", instrument.strike, at)?)?;
    let expiry = document.expiry(document.need("expiration_timestamp", instrument.expiration_timestamp, at)?)?;
    let wanted = instrument_name(&prefix, expiry, strike, right);
    if wanted.as_deref() != Some(name.as_str()) {
        let wanted = wanted.unwrap_or_else(|| "a contract that expires in 2000-2099".into());
        return Err(document.refuse("instrument_name", at, &wanted, &name));
    }
    let quote = Quote {
        instrument: name,
        expiry,
        strike,
        right,
        index: None,
        forward: None,
        volatility: None,
        mark: None,
        bid: None,
        ask: None,
        open_interest: Contracts::default(),
    };
    Ok(Some(Listed { style, quote }))
}

/// Puts a book summary's figures into the quote of its contract.
fn fill(book: &Document, summary: &Summary<'_>, quote: &mut Quote) -> Result<(), MarketError> {
    let premium = |field, raw: Option<&RawValue>| {
        raw.map(|raw| book.decimal(field, raw, 8))
            .transpose()
            .map(|p| p.map(Premium))
    };
    quote.index = summary
        .estimated_delivery_price
        .map(|raw| book.price("estimated_delivery_price", raw))
        .transpose()?;
    quote.forward = summary
        .underlying_price
        .map(|raw| book.price("underlying_price", raw))
        .transpose()?;
    quote.mark = premium("mark_price", summary.mark_price)?;
    quote.bid = premium("bid_price", summary.bid_price)?;
    quote.ask = premium("ask_price", summary.ask_price)?;
    if let Some(raw) = summary.mark_iv {
        // A percentage of two places is a fraction of four.
        let volatility = book.decimal("mark_iv", raw, 2)?;
        quote.volatility =
            Some(Volatility(u32::try_from(volatility).map_err(|_| {
                book.refuse("mark_iv", raw, "a percentage below 42949672.96", raw.get())
            })?));
    }
    if let Some(raw) = summary.open_interest {
        quote.open_interest = Contracts(book.decimal("open_interest", raw, 6)?);
    }
    Ok(())
}

/// The envelope of an answer.
#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct Answer<'a, T> {
    result: Option<T>,
    error: Option<VenueError<'a>>,
    #[serde(rename = "usOut", borrow)]
    us_out: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct VenueError<'a> {
    #[serde(borrow)]
    code: &'a RawValue,
    #[serde(borrow)]
    message: &'a RawValue,
}

#[derive(Deserialize)]
struct Instrument<'a> {
    #[serde(borrow)]
    instrument_name: &'a RawValue,
    #[serde(borrow)]
    kind: &'a RawValue,
    #[serde(borrow)]
    option_type: Option<&'a RawValue>,
    #[serde(borrow)]
    strike: Option<&'a RawValue>,
    #[serde(borrow)]
    expiration_timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    base_currency: Option<&'a RawValue>,
    #[serde(borrow)]
    settlement_currency: Option<&'a RawValue>,
    #[serde(borrow)]
    instrument_type: Option<&'a RawValue>,
    #[serde(borrow)]
    contract_size: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Summary<'a> {
    #[serde(borrow)]
    instrument_name: &'a RawValue,
    #[serde(borrow)]
    creation_timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    open_interest: Option<&'a RawValue>,
    #[serde(borrow)]
    mark_price: Option<&'a RawValue>,
    #[serde(borrow)]
    bid_price: Option<&'a RawValue>,
    #[serde(borrow)]
    ask_price: Option<&'a RawValue>,
    #[serde(borrow)]
    mark_iv: Option<&'a RawValue>,
    #[serde(borrow)]
    underlying_price: Option<&'a RawValue>,
    #[serde(borrow)]
    estimated_delivery_price: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Deliveries<'a> {
    #[serde(borrow)]
    data: Vec<Delivery<'a>>,
}

#[derive(Deserialize)]
struct Delivery<'a> {
    #[serde(borrow)]
    date: &'a RawValue,
    #[serde(borrow)]
    delivery_price: &'a RawValue,
}

/// The text of an answer. Its values are slices of it, so that each can be said by line and column.
struct Document {
    text: String,
}

impl Document {
    fn load(source: impl Read) -> Result<Self, MarketError> {
        let mut bytes = Vec::new();
        source
            .take(MAX_ANSWER + 1)
            .read_to_end(&mut bytes)
            .map_err(|source| MarketError::Io { line: 1, source })?;
        if bytes.len() as u64 > MAX_ANSWER {
            return Err(MarketError::TooLarge {
                line: 1,
                limit: MAX_ANSWER,
                unit: "bytes in an answer",
            });
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self { text }),
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                let lines = error.as_bytes()[..good].iter().filter(|&&byte| byte == b'\n').count() as u64;
                Err(MarketError::NotUtf8 { line: lines + 1 })
            }
        }
    }

    fn parse<'a, T: Deserialize<'a>>(&'a self) -> Result<Answer<'a, T>, MarketError> {
        serde_json::from_str(&self.text).map_err(|error| {
            let (line, column) = (error.line() as u64, error.column() as u64);
            if error.is_eof() {
                return MarketError::Truncated {
                    line,
                    expected: "the rest of the JSON answer",
                    found: format!("the end at column {column}"),
                };
            }
            MarketError::Json {
                line,
                column,
                message: error.to_string(),
            }
        })
    }

    /// The result of an answer, or the venue's error.
    fn result<T>(&self, answer: Answer<'_, T>) -> Result<T, MarketError> {
        if let Some(error) = answer.error {
            return Err(MarketError::Venue {
                code: excerpt(error.code.get()),
                message: excerpt(error.message.get()),
            });
        }
        answer
            .result
            .ok_or_else(|| self.refuse_at((1, 1), "result", "the answer's result", "nothing"))
    }

    /// Line and column of a value, from 1.
    fn place(&self, raw: &RawValue) -> (u64, u64) {
        // Values borrow from the text, so the difference of addresses is the offset in it.
        let offset = (raw.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        let lines = before.iter().filter(|&&byte| byte == b'\n').count();
        let column = before.iter().rev().take_while(|&&byte| byte != b'\n').count();
        (lines as u64 + 1, column as u64 + 1)
    }

    fn refuse(&self, field: &str, raw: &RawValue, expected: &str, found: &str) -> MarketError {
        self.refuse_at(self.place(raw), field, expected, found)
    }

    fn refuse_at(&self, (line, column): (u64, u64), field: &str, expected: &str, found: &str) -> MarketError {
        let message = format!("`{field}`: expected {expected}, found `{}`", excerpt(found));
        MarketError::Json { line, column, message }
    }

    /// A member that an option must have; `at` is where its instrument stands.
    fn need<'d>(&self, field: &str, raw: Option<&'d RawValue>, at: &RawValue) -> Result<&'d RawValue, MarketError> {
        raw.ok_or_else(|| self.refuse(field, at, "a value in an option", "nothing"))
    }

    fn text(&self, field: &'static str, raw: &RawValue) -> Result<String, MarketError> {
        serde_json::from_str(raw.get()).map_err(|_| self.refuse(field, raw, "a string", raw.get()))
    }

    fn decimal(&self, field: &'static str, raw: &RawValue, places: u32) -> Result<u64, MarketError> {
        parse_decimal(raw.get(), places, true).ok_or_else(|| {
            let expected = format!("an unsigned number of at most {places} places below 2^64 units");
            self.refuse(field, raw, &expected, raw.get())
        })
    }

    fn price(&self, field: &'static str, raw: &RawValue) -> Result<Price, MarketError> {
        let refuse = || {
            self.refuse(
                field,
                raw,
                "a price of at most 6 places, above 0 and below 2^63 units",
                raw.get(),
            )
        };
        let units = parse_decimal(raw.get(), 6, true)
            .filter(|units| *units != 0)
            .ok_or_else(refuse)?;
        Price::new(units).map_err(|_| refuse())
    }

    /// Unix milliseconds, down to the second.
    fn milliseconds(&self, field: &'static str, raw: &RawValue) -> Result<UtcSeconds, MarketError> {
        let milliseconds = self.decimal(field, raw, 0)?;
        // Below 2^64 / 1000, so below 2^63.
        Ok(UtcSeconds((milliseconds / 1000) as i64))
    }

    fn expiry(&self, raw: &RawValue) -> Result<ExpiryMinutes, MarketError> {
        let milliseconds = self.decimal("expiration_timestamp", raw, 0)?;
        let minutes = (milliseconds % 60_000 == 0).then_some(milliseconds / 60_000);
        minutes
            .and_then(|minutes| u32::try_from(minutes).ok())
            .map(ExpiryMinutes)
            .ok_or_else(|| {
                self.refuse(
                    "expiration_timestamp",
                    raw,
                    "milliseconds of a whole minute below 2^32 minutes",
                    raw.get(),
                )
            })
    }

    /// The time of an answer, from its `usOut` in microseconds.
    fn answered(&self, us_out: Option<&RawValue>) -> Result<Option<UtcSeconds>, MarketError> {
        let microseconds = us_out.map(|raw| self.decimal("usOut", raw, 0)).transpose()?;
        // Below 2^64 / 10^6, so below 2^63.
        Ok(microseconds.map(|us| UtcSeconds((us / 1_000_000) as i64)))
    }
}
